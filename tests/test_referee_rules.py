"""Rules one by one, where a spoilt plan alone would leave a doubt about what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from supercargo.model import Blackout, CargoLine, ManifestRow, OperationsPlan, PlannedMission, Term
from supercargo.referee import judge
from tests.builders import on_day
from tests.plans import a_plan, kpis_of


def _texts(plan: OperationsPlan, rule: str) -> list[str]:
    return [violation.text for violation in judge(plan) if violation.rule == rule]


def _objects(plan: OperationsPlan, rule: str) -> list[str]:
    return [violation.object for violation in judge(plan) if violation.rule == rule]


def _scene(plan: OperationsPlan, **tables: Any) -> OperationsPlan:
    return replace(plan, scenario=replace(plan.scenario, **tables))


def _relined(plan: OperationsPlan, item_id: str, **changes: Any) -> OperationsPlan:
    """The plan with one line of its scenario changed."""
    cargo = tuple(replace(line, **changes) if line.item_id == item_id else line for line in plan.scenario.cargo)
    return _scene(plan, cargo=cargo)


def _rows(plan: OperationsPlan, change: Callable[[ManifestRow], tuple[ManifestRow, ...]]) -> OperationsPlan:
    return replace(plan, manifest=tuple(new for row in plan.manifest for new in change(row)))


def _flown(name: str = "M1") -> PlannedMission:
    return a_plan().mission_named[name]


# closures

_SECOND = timedelta(seconds=1)
_CLOSURES: tuple[tuple[str, str, Callable[[PlannedMission], datetime]], ...] = (
    ("site", "Cape", lambda mission: mission.launch_utc),
    ("pad", "Cape/P1", lambda mission: mission.launch_utc),
    ("destination", "Hub", lambda mission: mission.docked_utc[0]),
    ("destination", "Hub", lambda mission: mission.docked_utc[1]),
    ("port", "Hub/fore", lambda mission: mission.docked_utc[0] + timedelta(days=3)),
    ("facility", "Cape-PPF", lambda mission: mission.launch_utc - timedelta(days=10)),
)


@pytest.mark.parametrize(("kind", "name", "instant"), _CLOSURES)
def test_a_closure_of_each_kind_is_kept(kind: str, name: str, instant: Callable[[PlannedMission], datetime]) -> None:
    at = instant(_flown())
    closure = Blackout(kind=kind, object=name, from_utc=at, to_utc=at + _SECOND)
    assert f"M1/{kind}" in _objects(_scene(a_plan(), blackouts=(closure,)), "blackout")


@pytest.mark.parametrize(("kind", "name", "instant"), _CLOSURES[:4])
def test_a_closure_is_over_at_its_last_instant(kind: str, name: str, instant: Callable[[PlannedMission], datetime]) -> None:
    at = instant(_flown())
    closure = Blackout(kind=kind, object=name, from_utc=at - timedelta(hours=1), to_utc=at)
    assert _objects(_scene(a_plan(), blackouts=(closure,)), "blackout") == []


def test_a_port_may_be_closed_from_the_departure_on() -> None:
    closure = Blackout(
        kind="port", object="Hub/fore", from_utc=_flown().docked_utc[1], to_utc=_flown().docked_utc[1] + _SECOND
    )
    assert _objects(_scene(a_plan(), blackouts=(closure,)), "blackout") == []


# flights


@pytest.mark.parametrize("edge", ["earliest_utc", "latest_utc"])
def test_a_launch_on_the_very_date_is_lawful(edge: str) -> None:
    plan = a_plan()
    at = {name: mission.launch_utc for name, mission in plan.mission_named.items()}
    requests = plan.scenario.missions
    if edge == "earliest_utc":
        requests = tuple(replace(request, earliest_utc=at[request.mission_id]) for request in requests)
    else:
        requests = tuple(replace(request, latest_utc=at[request.mission_id]) for request in requests)
    assert _objects(_scene(plan, missions=requests), "launch-period") == []


def test_a_listed_transit_and_not_the_phasing_sets_the_arrival() -> None:
    gate = _flown("M4")
    assert gate.docked_utc[0] - gate.launch_utc == timedelta(days=5)
    assert _objects(a_plan(), "arrival-instant") == []


def test_a_shift_of_window_and_mission_by_ten_minutes_is_seen_near_the_epoch() -> None:
    plan, by = a_plan(), timedelta(minutes=10)
    launchers = tuple(replace(launcher, steering_s=20.0) for launcher in plan.scenario.launchers)
    shifted = tuple(replace(row, launch_utc=row.launch_utc + by) if row.used_by == "M1" else row for row in plan.windows)
    found = _objects(replace(_scene(plan, launchers=launchers), windows=shifted), "window-plane")
    assert len(found) == 1
    assert found[0].startswith("Hub/Cape/P1/Lark/2027-0")


# room between launches and between arrivals


def _second_after_first(by: timedelta, **changes: Any) -> OperationsPlan:
    """The plan with the launch of M2, or another instant of it, set `by` after that of M1."""
    plan = a_plan()
    first, second = plan.mission_named["M1"], plan.mission_named["M2"]
    moved = {name: getattr(first, name) + by for name in ("launch_utc", "arrive_utc", "depart_utc", "end_utc")}
    second_moved = replace(second, **moved, **changes)
    return replace(plan, missions=tuple(second_moved if row is second else row for row in plan.missions))


def test_the_next_launch_may_come_when_the_spacing_of_the_range_is_over() -> None:
    half_a_day = timedelta(days=0.5)
    assert _objects(_second_after_first(half_a_day), "range-spacing") == []
    assert _objects(_second_after_first(half_a_day - 5 * _SECOND), "range-spacing") == ["Cape_Range/M1/M2"]


@pytest.mark.parametrize(
    ("range_name", "spacing_d", "faulted"),
    [("Cape Range", 0.0, True), ("Cape Range", 0.5, True), ("Point Range", 0.5, False), ("", 0.5, False)],
)
def test_sites_of_one_range_share_its_longest_spacing(range_name: str, spacing_d: float, faulted: bool) -> None:
    plan = _second_after_first(timedelta(seconds=19), site="Point")
    point = replace(plan.scenario.sites[0], site="Point", range_name=range_name, range_spacing_d=spacing_d)
    found = _objects(_scene(plan, sites=(*plan.scenario.sites, point)), "range-spacing")
    assert found == (["Cape_Range/M1/M2"] if faulted else [])


def test_two_spacecraft_arrive_as_far_apart_as_their_place_asks() -> None:
    def hub(spacing_d: float) -> OperationsPlan:
        plan = _second_after_first(timedelta(days=1))
        places = tuple(replace(place, arrival_spacing_d=spacing_d) for place in plan.scenario.destinations)
        return _scene(plan, destinations=places)

    assert _objects(hub(1.0), "arrival-spacing") == []
    assert _objects(hub(1.001), "arrival-spacing") == ["Hub/M1/M2"]
    assert "86 s short" in _texts(hub(1.001), "arrival-spacing")[0]


# lines


def test_parts_of_bulk_may_stay_behind_if_all_adds_up() -> None:
    plan = a_plan()

    def stay(row: ManifestRow) -> tuple[ManifestRow, ...]:
        if row.item_id == "W1#2":
            return (replace(row, mission_id="", delivered_utc=None, on_time=False, reason="tanks are full"),)
        return (row,)

    assert _objects(_rows(plan, stay), "line-once") == []
    assert _objects(_rows(plan, lambda row: () if row.item_id == "W1#2" else (row,)), "line-once") == ["W1"]


def test_a_whole_line_beside_its_parts_is_one_too_many() -> None:
    plan = a_plan()
    doubled = _rows(plan, lambda row: (row, replace(row, item_id="W1")) if row.item_id == "W1#2" else (row,))
    assert _objects(doubled, "line-once") == ["W1"]


def test_two_parts_of_one_number_are_faulted() -> None:
    plan = a_plan()
    doubled = _rows(plan, lambda row: (replace(row, item_id="W1#1"),) if row.item_id == "W1#2" else (row,))
    assert "W1" in _objects(doubled, "line-split")


def test_a_must_line_with_one_part_left_behind_is_left_behind() -> None:
    plan = _relined(a_plan(), "W1", must=True)
    assert _objects(plan, "must-line") == []
    stay = _rows(plan, lambda row: (replace(row, mission_id=""),) if row.item_id == "W1#2" else (row,))
    assert _objects(stay, "must-line") == ["W1"]


def test_late_load_has_the_later_cutoff() -> None:
    plan, launch = a_plan(), _flown("M2").launch_utc
    released = launch - timedelta(days=2)
    assert _objects(_relined(plan, "L2", release_utc=released), "line-cutoff") == []
    assert _objects(_relined(plan, "X5", release_utc=released), "line-cutoff") == ["X5"]
    assert _objects(_relined(plan, "X5", release_utc=launch - timedelta(days=10)), "line-cutoff") == []


# stowage


@pytest.mark.parametrize(
    ("orientation", "lawful"),
    [("any", {"turned", "tipped"}), ("upright", {"turned"}), ("fixed", set())],
)
def test_orientation_says_how_a_piece_may_stand(orientation: str, lawful: set[str]) -> None:
    plan = _relined(a_plan(), "G2", orientation=orientation)
    piece = next(row for row in plan.stowage if row.item_id == "G2")
    stands = {
        "turned": replace(piece, dx_m=piece.dy_m, dy_m=piece.dx_m),
        "tipped": replace(piece, dx_m=piece.dz_m, dz_m=piece.dx_m),
    }
    for name, row in stands.items():
        turned = replace(plan, stowage=tuple(row if placed is piece else placed for placed in plan.stowage))
        assert (_objects(turned, "stow-size") == []) is (name in lawful), name


# stock and promises


def test_deliveries_after_the_horizon_do_not_count_for_a_minimum() -> None:
    plan = a_plan()
    kept = sum(row.mass_kg for row in plan.manifest if row.contract_id == "C1" and row.direction == "up" and row.mission_id)
    terms = (*plan.scenario.terms[1:], Term(contract_id="C1", term="minimum_kg", value=kept, unit="kg"))
    terms = tuple(term for term in terms if term.term != "minimum_kg" or term.value == kept)
    whole = _scene(plan, terms=terms)
    assert _objects(whole, "contract-minimum") == []
    cut = replace(plan.scenario.settings, end_utc=on_day(150))
    assert _objects(_scene(whole, settings=cut), "contract-minimum") == ["C1"]


# money


def _penalty_usd(plan: OperationsPlan, mission_id: str) -> float:
    return sum(row.plan_usd for row in plan.costs if (row.mission_id, row.account) == (mission_id, "revenue:penalty"))


def test_the_penalty_of_the_plan_made_by_hand_is_capped_and_counted_by_days_begun() -> None:
    rows = {row.item_id: row for row in a_plan().manifest}
    late = [row for row in rows.values() if row.mission_id == "M3" and row.due_utc and row.delivered_utc]
    owed = 0.0
    for row in late:
        assert row.due_utc is not None
        assert row.delivered_utc is not None
        over = row.delivered_utc - row.due_utc - timedelta(days=5)
        begun = over.days + (over % timedelta(days=1) > timedelta(0))
        owed += row.mass_kg * 10_000.0 * min(20, max(0, begun)) / 100.0
    assert owed > 0
    assert _penalty_usd(a_plan(), "M3") == pytest.approx(-owed, abs=0.01)
    assert _objects(a_plan(), "penalty-true") == []


def test_a_milestone_goes_to_the_contracts_customer() -> None:
    plan = a_plan()
    costs = tuple(
        replace(row, customer="ACME") if (row.mission_id, row.account) == ("M4", "revenue:milestone") else row
        for row in plan.costs
    )
    assert _objects(replace(plan, costs=costs), "cost-share") == ["M4/revenue:milestone/ACME", "M4/revenue:milestone/BETA"]


def test_a_cent_in_a_missions_cost_is_let_through_and_two_are_not() -> None:
    plan = a_plan()
    for over_usd, faulted in ((0.01, False), (0.02, True)):
        first = replace(plan.missions[0], cost_usd=plan.missions[0].cost_usd + over_usd)
        assert (_objects(replace(plan, missions=(first, *plan.missions[1:])), "mission-money") == ["M1"]) is faulted


# KPIs


def test_k3_counts_a_split_line_once_and_late_if_a_part_is() -> None:
    plan = a_plan()
    parts = [row for row in plan.manifest if row.item_id.startswith("W1#")]
    assert [row.on_time for row in parts] == [True, False]
    assert _objects(plan, "kpi-true") == []
    due = [line for line in plan.scenario.cargo if line.direction == "up" and line.due_utc]
    counted_as_two = 100.0 * sum(bool(row.on_time) and row.direction == "up" for row in plan.manifest) / (len(due) + 1)
    kpis = tuple(replace(row, value=counted_as_two) if row.kpi_id == "K3" else row for row in kpis_of(plan))
    assert _objects(replace(plan, kpis=kpis), "kpi-true") == ["K3"]


def test_a_target_reached_must_be_called_reached() -> None:
    plan = a_plan()
    kpis = tuple(replace(row, target=100.0, met=True) if row.kpi_id == "K3" else row for row in plan.kpis)
    assert "called met: True" in _texts(replace(plan, kpis=kpis), "kpi-true")[0]


def test_a_line_without_a_due_date_is_neither_early_nor_late() -> None:
    plan = a_plan()
    undated: list[CargoLine] = [line for line in plan.scenario.cargo if line.due_utc is None]
    assert undated
    called = _rows(plan, lambda row: (replace(row, on_time=True),) if row.item_id == undated[0].item_id else (row,))
    assert _objects(called, "on-time-true") == [undated[0].item_id]
