"""The referee as a whole: its table, its words, its waivers, its patience with nonsense, its speed."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from supercargo.model import SCENARIO_TABLES, OperationsPlan, Violation, Waiver
from supercargo.referee import RULES, judge, unwaived
from supercargo.referee.table import MOST_LISTED
from tests.builders import on_day
from tests.mutations import MUTATIONS
from tests.plans import a_plan

T = TypeVar("T")
DOCS = Path(__file__).parent.parent / "docs"


def _broken(plan: OperationsPlan) -> set[str]:
    return {violation.rule for violation in judge(plan) if violation.hard}


def _row(name: str, plan: OperationsPlan | None = None) -> int:
    rows = (plan or a_plan()).manifest
    return next(index for index, row in enumerate(rows) if row.item_id == name)


def _with(noun: T, **changes: Any) -> T:
    """A changed copy, whatever the columns are called."""
    return replace(noun, **changes)  # type: ignore[type-var]


# the table


def test_docs_list_every_rule_with_its_kind_and_sentence() -> None:
    told = [line for line in (DOCS / "rules.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert told == [f"| `{rule.rule_id}` | {'hard' if rule.hard else 'soft'} | {rule.sentence} |" for rule in RULES]


def test_rules_have_ids_of_their_own_in_small_letters() -> None:
    ids = [rule.rule_id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(name == name.lower() and " " not in name for name in ids)


def test_soft_rules_stand_after_hard_ones() -> None:
    kinds = [rule.hard for rule in RULES]
    assert kinds == sorted(kinds, reverse=True)


# exactness


def test_referee_faults_exactly_the_manifests_over_upmass() -> None:
    plan = a_plan()
    heavy = plan.mission_named["M1"].upmass_kg
    tight = tuple(replace(vehicle, upmass_kg=heavy - 0.5) for vehicle in plan.scenario.vehicles)
    found = judge(replace(plan, scenario=replace(plan.scenario, vehicles=tight)))
    assert [violation.object for violation in found if violation.rule == "mass-up"] == ["M1"]


@pytest.mark.parametrize(("over_kg", "faulted"), [(0.009, False), (0.011, True)])
def test_mass_is_held_to_ten_grams(over_kg: float, faulted: bool) -> None:
    plan = a_plan()
    limit = plan.mission_named["M1"].upmass_kg - over_kg
    tight = tuple(replace(vehicle, upmass_kg=limit) for vehicle in plan.scenario.vehicles)
    assert ("mass-up" in _broken(replace(plan, scenario=replace(plan.scenario, vehicles=tight)))) is faulted


@pytest.mark.parametrize(("late_s", "faulted"), [(1, False), (2, True)])
def test_instants_are_held_to_a_second(late_s: int, faulted: bool) -> None:
    plan = a_plan()
    mission = plan.missions[0]
    later = replace(mission, end_utc=mission.end_utc + timedelta(seconds=late_s))
    assert ("end-instant" in _broken(replace(plan, missions=(later, *plan.missions[1:])))) is faulted


@pytest.mark.parametrize(("into_m", "faulted"), [(0.0, False), (5e-7, False), (1e-5, True)])
def test_boxes_may_touch_but_not_enter_each_other(into_m: float, faulted: bool) -> None:
    plan = a_plan()
    upper = next(piece for piece in plan.stowage if piece.z_m > 0 and piece.bay == "A")
    rows = tuple(replace(piece, z_m=piece.z_m - into_m) if piece is upper else piece for piece in plan.stowage)
    assert ("stow-overlap" in _broken(replace(plan, stowage=rows))) is faulted


@pytest.mark.parametrize(("resting", "faulted"), [(0.701, False), (0.699, True)])
def test_seventy_percent_of_a_base_must_rest(resting: float, faulted: bool) -> None:
    plan = a_plan()
    top = max((piece for piece in plan.stowage if piece.item_id == "F1"), key=lambda piece: piece.z_m)
    moved = replace(top, x_m=top.x_m + (1.0 - resting) * top.dx_m)
    rows = tuple(moved if piece is top else piece for piece in plan.stowage)
    found = judge(replace(plan, stowage=rows))
    assert ("stow-support" in {violation.rule for violation in found}) is faulted


def test_a_port_needs_its_clearance_to_the_second() -> None:
    plan = a_plan()
    first, second = plan.missions[0], plan.missions[1]
    for missing_s, faulted in ((0, False), (5, True)):
        arrive = first.docked_utc[1] + timedelta(days=1, seconds=-missing_s)
        moved = replace(second, port=first.port, arrive_utc=arrive)
        found = _broken(replace(plan, missions=(first, moved, *plan.missions[2:])))
        assert ("port-free" in found) is faulted


def test_a_late_line_is_told_with_both_instants() -> None:
    plan = a_plan()
    index = _row("X0")
    row = plan.manifest[index]
    assert row.delivered_utc is not None
    early = replace(row, delivered_utc=row.delivered_utc - timedelta(hours=3))
    rows = (*plan.manifest[:index], early, *plan.manifest[index + 1 :])
    found = [violation for violation in judge(replace(plan, manifest=rows)) if violation.rule == "delivered-true"]
    assert [violation.object for violation in found] == ["X0"]
    assert "3.00 h later" in found[0].text


def test_stock_below_reserve_is_told_with_its_first_day_and_its_worst() -> None:
    plan = a_plan()
    stock = tuple(replace(row, reserve_kg=655.0) if row.supply_class == "food" else row for row in plan.scenario.stock)
    found = judge(replace(plan, scenario=replace(plan.scenario, stock=stock)))
    words = [violation.text for violation in found if violation.rule == "stock-reserve"]
    assert len(words) == 1
    assert "below its reserve of 655 kg" in words[0]
    assert "2027-" in words[0]


# words


def test_objects_are_one_word_and_texts_one_line() -> None:
    plan = a_plan()
    index = _row("X0")
    evil = replace(plan.manifest[index], item_id="X 0\nmass-up M1 forged\x1b[2J")
    rows = (*plan.manifest[:index], evil, *plan.manifest[index + 1 :])
    found = [violation for violation in judge(replace(plan, manifest=rows)) if violation not in judge(plan)]
    assert found
    assert all(len(violation.object.split()) == 1 for violation in judge(replace(plan, manifest=rows)))
    assert all((violation.object + violation.text).isprintable() for violation in found)


def test_violations_are_sorted_and_come_in_any_order_of_rows() -> None:
    plan = MUTATIONS[-2].spoil(a_plan())
    turned = _with(
        plan,
        **{
            table: tuple(reversed(getattr(plan, table)))
            for table in ("missions", "activities", "windows", "manifest", "stowage", "bays", "inventory", "costs", "kpis")
        },
    )
    assert judge(plan) == judge(turned) == tuple(sorted(judge(plan)))
    assert judge(plan)


# waivers


def _a_waiver(rule: str, name: str = "A. Person", reason: str = "agreed", of: str = "*") -> Waiver:
    return Waiver(rule=rule, object=of, name=name, reason=reason, at_utc=on_day(0))


def test_a_waiver_lifts_its_rule_for_its_object_only() -> None:
    found = tuple(Violation(rule="mass-up", object=name, text="too heavy") for name in ("M1", "M2"))
    assert unwaived(found, ()) == found
    assert unwaived(found, [_a_waiver("mass-up", of="M1")]) == found[1:]
    assert unwaived(found, [_a_waiver("mass-up")]) == ()
    assert unwaived(found, [_a_waiver("mass-down")]) == found


def test_a_waiver_without_a_name_or_a_reason_lifts_nothing() -> None:
    found = (Violation(rule="mass-up", object="M1", text="too heavy"),)
    assert unwaived(found, [_a_waiver("mass-up", name=" ")]) == found
    assert unwaived(found, [_a_waiver("mass-up", reason="")]) == found


def test_judge_does_not_look_at_waivers() -> None:
    plan = MUTATIONS[0].spoil(a_plan())
    assert judge(replace(plan, waivers=(_a_waiver(MUTATIONS[0].rule),))) == judge(plan)


# nonsense


def test_an_empty_plan_is_judged_and_misses_its_lines() -> None:
    plan = a_plan()
    names = ("windows", "missions", "activities", "manifest", "stowage", "bays", "inventory", "costs", "kpis")
    broken = _broken(_with(plan, **dict.fromkeys(names, ())))
    assert {"line-once", "must-mission", "must-line", "inventory-complete", "contract-minimum", "kpi-complete"} <= broken


@pytest.mark.parametrize("table", [table.attribute for table in SCENARIO_TABLES])
def test_a_scenario_that_lost_a_table_is_judged_without_a_crash(table: str) -> None:
    plan = a_plan()
    judge(replace(plan, scenario=_with(plan.scenario, **{table: ()})))


_MISSION_NAMES = ("mission_id", "vehicle_id", "vehicle_type", "launcher", "site", "pad", "facility_id", "destination", "port")
_NAMES = (
    *(("missions", name) for name in _MISSION_NAMES),
    ("manifest", "item_id"), ("manifest", "mission_id"), ("stowage", "item_id"), ("stowage", "bay"), ("stowage", "mission_id"),
    ("windows", "destination"), ("windows", "pad"), ("windows", "launcher"), ("activities", "mission_id"), ("bays", "bay"),
    ("inventory", "destination"), ("costs", "mission_id"), ("costs", "account"), ("kpis", "kpi_id"),
)  # fmt: skip


@pytest.mark.parametrize(("table", "field"), _NAMES)
def test_unknown_and_repeated_names_are_faults_and_no_crash(table: str, field: str) -> None:
    plan = a_plan()
    for word in ("", "nobody", "#", "W1#0", "W1#99999999999999999999", "²#²"):
        rows = tuple(_with(row, **{field: word}) for row in getattr(plan, table))
        assert _broken(_with(plan, **{table: rows})), word
        doubled = (*getattr(plan, table), _with(getattr(plan, table)[0], **{field: word}))
        judge(_with(plan, **{table: doubled}))


@pytest.mark.parametrize("year", [1, 9999])
def test_dates_at_the_ends_of_the_calendar_are_faults_and_no_crash(year: int) -> None:
    plan = a_plan()
    far = datetime(year, 6, 1, tzinfo=UTC)
    columns = ("launch_utc", "arrive_utc", "depart_utc", "end_utc")
    missions = tuple(_with(mission, **dict.fromkeys(columns, far)) for mission in plan.missions)
    manifest = tuple(replace(row, delivered_utc=far, due_utc=far) for row in plan.manifest)
    windows = tuple(replace(row, launch_utc=far, opens_utc=far, closes_utc=far) for row in plan.windows)
    inventory = tuple(replace(row, day_utc=far) for row in plan.inventory)
    spoilt = replace(plan, missions=missions, manifest=manifest, windows=windows, inventory=inventory)
    assert {"launch-period", "inventory-complete"} <= _broken(spoilt)


def test_numbers_beyond_all_bounds_are_faults_and_no_crash() -> None:
    plan = a_plan()
    manifest = tuple(replace(row, mass_kg=1e308) for row in plan.manifest)
    costs = tuple(replace(row, plan_usd=(-1e308, 1e308)[index % 2]) for index, row in enumerate(plan.costs))
    places = tuple(replace(place, hatch_open_d=1e300, clearance_d=1e300) for place in plan.scenario.destinations)
    boxes = tuple(replace(piece, x_m=1e308, dx_m=1e308) for piece in plan.stowage)
    scenario = replace(plan.scenario, destinations=places)
    assert "number-bound" in _broken(replace(plan, scenario=scenario, manifest=manifest, costs=costs, stowage=boxes))


def test_an_orbit_that_sgp4_refuses_makes_its_windows_faulty() -> None:
    plan = a_plan()
    orbits = tuple(replace(orbit, eccentricity=0.9) for orbit in plan.scenario.orbits)
    assert "window-plane" in _broken(replace(plan, scenario=replace(plan.scenario, orbits=orbits)))


def test_a_flood_of_breaches_is_cut_short_and_told() -> None:
    plan = a_plan()
    piece = plan.stowage[0]
    crowd = tuple(replace(piece, piece=number + 1, unload_order=number + 1) for number in range(1_000))
    found = [violation for violation in judge(replace(plan, stowage=crowd)) if violation.rule == "stow-overlap"]
    assert len(found) == MOST_LISTED + 1
    assert any("more than 5000" in violation.text for violation in found)


# speed


def _a_big_plan() -> OperationsPlan:
    """The size of a year: 40,000 windows, 20,000 days of stock, 8,000 boxes, a thousand in a bay."""
    plan = a_plan()
    windows = tuple(row for row in plan.windows for _ in range(40_000 // len(plan.windows) + 1))
    inventory = tuple(row for row in plan.inventory for _ in range(28))
    piece, names = plan.stowage[0], [mission.mission_id for mission in plan.missions]
    stowage = tuple(
        replace(piece, mission_id=names[i % 4], bay="AB"[i // 4 % 2], x_m=i // 8 * piece.dx_m, piece=i // 8 + 1)
        for i in range(8_000)
    )
    return replace(plan, windows=windows, inventory=inventory, stowage=stowage)


def test_a_plan_of_a_years_size_is_judged_in_seconds() -> None:
    plan = _a_big_plan()
    started = time.process_time()
    judge(plan)
    assert time.process_time() - started < 10.0  # three seconds at leisure; the bound only keeps quadratic work out
