from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.kernel import days_between
from supercargo.measure.deliveries import line_fates, line_name, reason_kinds
from supercargo.measure.intervals import clipped, total_d, without
from supercargo.measure.kpis import KPIS, describe_kpis, measure_kpis
from supercargo.measure.occupancy import fleet_days, port_use, resource_use
from supercargo.measure.summary import summarise
from supercargo.model import (
    Blackout,
    CargoLine,
    CostRow,
    InventoryRow,
    Kpi,
    ManifestRow,
    OperationsPlan,
    PlannedMission,
    Tail,
    Unflown,
    Violation,
    Waiver,
)
from supercargo.referee import judge
from tests.big_plan import a_big_plan
from tests.builders import START, a_line, a_mission, a_scenario, on_day
from tests.plans import a_plan as a_valid_plan

DOCS = Path(__file__).parent.parent / "docs" / "kpis.md"


def a_flight(**changes: Any) -> PlannedMission:
    base: dict[str, Any] = {
        "mission_id": "M1", "vehicle_id": "W1", "vehicle_type": "Wren", "launcher": "Lark", "site": "Cape", "pad": "P1",
        "facility_id": "Cape-PPF", "destination": "Hub", "port": "fore", "launch_utc": on_day(39), "arrive_utc": on_day(40),
        "depart_utc": on_day(80), "end_utc": on_day(81), "upmass_kg": 500.0, "upmass_capacity_kg": 1000.0, "upvolume_m3": 3.0,
        "upvolume_capacity_m3": 5.0, "late_load_kg": 97.0, "late_load_capacity_kg": 100.0, "downmass_kg": 0.0,
        "disposal_kg": 0.0, "delta_v_m_s": 260.0, "propellant_kg": 400.0, "cost_usd": 0.0, "service_cost_usd": 0.0,
        "price_usd": 0.0, "furnished_by": "",
    }  # fmt: skip
    return PlannedMission(**{**base, **changes})


def a_row(line: CargoLine, **changes: Any) -> ManifestRow:
    """The whole line aboard M1, unloaded on day 42."""
    base: dict[str, Any] = {
        "item_id": line.item_id, "direction": line.direction, "form": line.form, "mission_id": "M1", "mass_kg": line.mass_kg,
        "volume_m3": line.volume_m3, "customer": line.customer, "due_utc": line.due_utc, "delivered_utc": on_day(42),
        "on_time": None, "reason": "", "pieces": line.pieces, "destination": line.destination,
        "supply_class": line.supply_class, "contract_id": line.contract_id,
    }  # fmt: skip
    return ManifestRow(**{**base, **changes})


def left(line: CargoLine, reason: str, **changes: Any) -> ManifestRow:
    return a_row(line, mission_id="", delivered_utc=None, reason=reason, **changes)


def a_cost(account: str, usd: float, **changes: Any) -> CostRow:
    base: dict[str, Any] = {
        "mission_id": "M1", "customer": "ACME", "destination": "Hub", "account": account, "scor_process": "deliver",
        "plan_usd": usd, "basis": "made up", "paid_by": "service",
    }  # fmt: skip
    return CostRow(**{**base, **changes})


def a_plan(lines: tuple[CargoLine, ...] = (), rows: tuple[ManifestRow, ...] = (), **changes: Any) -> OperationsPlan:
    """One mission due and flown, with the given lines."""
    scenario = changes.pop("scenario", None) or a_scenario(missions=(a_mission(),), cargo=lines)
    empty: dict[str, Any] = {
        "windows": (), "missions": (a_flight(),), "activities": (), "manifest": rows, "stowage": (), "bays": (),
        "inventory": (), "costs": (),
    }  # fmt: skip
    return OperationsPlan(scenario=scenario, **{**empty, **changes})


def kpi(plan: OperationsPlan, kpi_id: str) -> Kpi:
    return {row.kpi_id: row for row in measure_kpis(plan)}[kpi_id]


def test_a_plan_has_all_sixteen_rows_in_order() -> None:
    assert [row.kpi_id for row in measure_kpis(a_big_plan(6, 60))] == [f"K{n}" for n in range(1, 17)]


@pytest.mark.parametrize("kpi_id", ["K2", "K4", "K7", "K8", "K11", "K12", "K14", "K15"])
def test_what_a_plan_cannot_know_is_empty_and_says_what_is_missing(kpi_id: str) -> None:
    row = kpi(a_big_plan(6, 60), kpi_id)
    assert (row.value, row.met, row.basis) == (None, None, "")
    assert "missing:" in row.causes


@pytest.mark.parametrize("kpi_id", ["K1", "K3", "K5", "K6", "K9", "K10", "K13", "K16"])
def test_each_value_states_date_denominator_excuses_and_the_strict_value(kpi_id: str) -> None:
    row = kpi(a_big_plan(12, 200), kpi_id)
    assert row.value is not None
    assert row.met is not None
    assert row.basis == "plan"
    for word in ("date:", "denominator:", "excused:", "strict"):
        assert word in row.causes
    assert "\n" not in row.causes


def test_the_documented_table_is_the_table_of_the_code() -> None:
    assert describe_kpis() in DOCS.read_text(encoding="utf-8")


def test_targets_are_those_of_the_framework() -> None:
    targets = {one.kpi_id: one.target for one in KPIS}
    assert targets == {
        "K1": 98.0, "K2": 2.0, "K3": 95.0, "K4": 1.0, "K5": 85.0, "K6": 10.0, "K7": 0.0, "K8": 100.0, "K9": 1.8e9, "K10": 20.0,
        "K11": 95.0, "K12": 3.0, "K13": 40.0, "K14": None, "K15": 15.0, "K16": 90.0,
    }  # fmt: skip


def test_an_empty_plan_of_an_empty_year_still_has_its_rows() -> None:
    plan = a_plan(scenario=a_scenario(missions=(), cargo=(), tails=(), ports=(), stock=()), missions=())
    assert [row.value for row in measure_kpis(plan)] == [None] * 16


# K1


def test_an_unflown_mission_has_failed() -> None:
    scenario = a_scenario(missions=(a_mission(), a_mission(mission_id="M2")), cargo=())
    row = kpi(a_plan(scenario=scenario, unflown=(Unflown(mission_id="M2", reason="no tail is ready"),)), "K1")
    assert row.value == 50.0
    assert "M2 (no tail is ready)" in row.causes


def test_a_must_line_without_a_delivery_fails_the_mission_that_carries_it() -> None:
    line = a_line(must=True)
    assert kpi(a_plan((line,), (a_row(line),)), "K1").value == 100.0
    assert kpi(a_plan((line,), (a_row(line, delivered_utc=None),)), "K1").value == 0.0


def test_a_must_line_left_behind_belongs_to_no_mission_but_is_counted_in_words() -> None:
    line = a_line(must=True)
    row = kpi(a_plan((line,), (left(line, "mass"),)), "K1")
    assert row.value == 100.0
    assert "must lines left behind (of no mission): 1" in row.causes


# K3


def test_strict_is_by_the_due_date_and_contractual_by_the_tolerance_after_it() -> None:
    lines = tuple(a_line(item_id=f"I{n}", due_utc=on_day(due)) for n, due in enumerate((42, 41, 37, 36.9)))
    plan = a_plan(lines, tuple(a_row(line) for line in lines))
    kept = summarise(plan).on_time
    assert (kept.lines_count, kept.strict_count, kept.contractual_count) == (4, 1, 3)  # tolerance 5 d
    row = kpi(plan, "K3")
    assert row.value == 25.0
    assert "strict 25.0 %, contractual (due_utc + due_tolerance) 75.0 %" in row.causes


def test_a_second_after_the_due_date_is_late() -> None:
    line = a_line(due_utc=on_day(42) - timedelta(seconds=1))
    assert kpi(a_plan((line,), (a_row(line),)), "K3").value == 0.0


def test_left_behind_counts_as_late_and_its_place_and_reason_stand_in_the_causes() -> None:
    lines = tuple(a_line(item_id=f"I{n}") for n in range(4))
    rows = (a_row(lines[0]), *(left(line, f"all {n + 1} flights to Hub are full (mass)") for n, line in enumerate(lines[1:])))
    row = kpi(a_plan(lines, rows), "K3")
    assert row.value == 25.0
    assert "Hub 3 lines left behind (flights full)" in row.causes


@pytest.mark.parametrize(
    ("second", "on_time", "count"),
    [({}, True, 1), ({"delivered_utc": on_day(300)}, False, 1), ({"mission_id": "", "delivered_utc": None}, False, 1)],
)
def test_parts_of_a_split_line_count_as_one_line(second: dict[str, Any], on_time: bool, count: int) -> None:
    line = a_line(form="bulk", pieces=1, dx_m=None, dy_m=None, dz_m=None)
    rows = (a_row(line, item_id="I1#1", mass_kg=10.0), a_row(line, item_id="I1#2", mass_kg=20.0, **second))
    kept = summarise(a_plan((line,), rows)).on_time
    assert (kept.strict_count == 1, kept.lines_count) == (on_time, count)


def test_lines_without_a_due_date_or_going_down_are_not_in_k3() -> None:
    lines = (a_line(due_utc=None), a_line(item_id="D", direction="down", due_utc=on_day(50)))
    row = kpi(a_plan(lines, tuple(a_row(line) for line in lines)), "K3")
    assert (row.value, row.met, row.basis) == (None, None, "")


def test_a_line_that_the_manifest_misses_is_left_behind() -> None:
    summary = summarise(a_plan((a_line(),), ()))
    assert (summary.on_time.strict_count, summary.left_lines_count, summary.left_kg) == (0, 1, 30.0)
    assert summary.left_behind[0].reason == "not in the manifest"


def test_a_line_whose_name_has_a_number_sign_is_itself() -> None:
    scenario = a_scenario(cargo=(a_line(item_id="A#2"), a_line(item_id="A")))
    assert line_name(scenario, "A#2") == "A#2"
    assert line_name(scenario, "A#1") == "A"
    assert line_name(scenario, "A#x") == "A#x"


# K5, K6


def test_utilisation_is_the_mean_of_the_larger_share() -> None:
    missions = (a_flight(), a_flight(mission_id="M2", upmass_kg=1000.0), a_flight(mission_id="M3", upvolume_m3=4.5))
    summary = summarise(a_plan(missions=missions))
    assert kpi(a_plan(missions=missions), "K5").value == pytest.approx((60 + 100 + 90) / 3)
    assert summary.full_missions == ("M2",)
    assert summary.late_load_full_missions == ("M1", "M2", "M3")


def test_a_type_without_capacity_is_empty_not_a_fault() -> None:
    flight = a_flight(
        upmass_kg=0.0, upmass_capacity_kg=0.0, upvolume_m3=0.0, upvolume_capacity_m3=0.0, late_load_capacity_kg=0.0
    )
    summary = summarise(a_plan(missions=(flight,)))
    assert summary.utilisation_percent == 0.0
    assert summary.missions[0].late_load_percent is None


def test_maintenance_is_the_turnaround_after_each_flight_but_the_last_of_a_life() -> None:
    tails = (
        Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=5),
        Tail(vehicle_id="W2", vehicle_type="Wren", ready_utc=on_day(65), flights_left=1),
    )
    missions = (a_flight(), a_flight(mission_id="M2", vehicle_id="W2", end_utc=on_day(165)))
    plan = a_plan(scenario=a_scenario(tails=tails), missions=missions)
    (fleet,) = fleet_days(plan)
    assert fleet.owned_d == pytest.approx(365 + 100)
    assert fleet.maintenance_d == pytest.approx(30)
    assert kpi(plan, "K6").value == pytest.approx(100 * 30 / 465, abs=1e-5)


def test_maintenance_beyond_the_horizon_is_not_counted() -> None:
    (fleet,) = fleet_days(a_plan(missions=(a_flight(end_utc=on_day(355)),)))
    assert fleet.maintenance_d == pytest.approx(10)


# K9, K10, K13, K15


MONEY = (
    a_cost("launch", 60e6, paid_by="ACME"),
    a_cost("spacecraft", 50e6),
    a_cost("mission control", 5e6),
    a_cost("revenue:up", 90e6),
    a_cost("revenue:penalty", -10e6),
)


def test_revenue_is_the_sum_of_the_revenue_rows() -> None:
    row = kpi(a_plan(costs=MONEY), "K9")
    assert (row.value, row.unit, row.met) == (80e6, "USD", False)
    assert "before penalties 90.0 MUSD" in row.causes


def test_a_year_without_contracts_has_no_revenue_rather_than_an_unknown_one() -> None:
    row = kpi(a_plan(costs=MONEY[:3]), "K9")
    assert (row.value, row.met) == (0.0, False)


def test_the_service_bears_what_is_not_furnished_and_the_chain_bears_all() -> None:
    line = a_line(mass_kg=2000.0)
    plan = a_plan((line,), (a_row(line),), costs=MONEY)
    money = summarise(plan).money
    assert (money.service_cost_usd, money.whole_cost_usd) == (55e6, 115e6)
    assert money.catalogue_usd == pytest.approx(140e6)  # 2,000 kg at 70,000 USD
    assert kpi(plan, "K10").value == pytest.approx(100 * 25 / 80)
    assert f"{100 * 25 / 140:.1f} %" in kpi(plan, "K10").causes


def test_places_and_customers_share_the_money_without_loss() -> None:
    plan = a_big_plan(24, 300)
    summary = summarise(plan)
    for rows in (summary.places, summary.customers):
        assert sum(row.money.revenue_usd for row in rows) == pytest.approx(summary.money.revenue_usd)
        assert sum(row.money.whole_cost_usd for row in rows) == pytest.approx(summary.money.whole_cost_usd)
        assert sum(row.money.catalogue_usd for row in rows) == pytest.approx(summary.money.catalogue_usd)


def test_market_share_counts_up_mass_delivered_in_the_horizon_where_the_market_is_known() -> None:
    hub = replace(a_scenario().destinations[0], market_kg=300.0)
    lines = (a_line(), a_line(item_id="LATE"), a_line(item_id="BACK", direction="down"))
    rows = (a_row(lines[0]), a_row(lines[1], delivered_utc=on_day(365)), a_row(lines[2]))
    scenario = a_scenario(destinations=(hub,), cargo=lines)
    assert kpi(a_plan(scenario=scenario, rows=rows), "K13").value == 10.0
    assert kpi(a_plan(lines, rows), "K13").value is None


def over(days_count: float, **changes: Any) -> Any:
    base = a_scenario()
    return a_scenario(settings=replace(base.settings, end_utc=on_day(days_count)), **changes)


@pytest.mark.parametrize(("days_count", "years"), [(365, 1.0), (364, 1.0), (1095, 3.0), (1096, 3.0), (182.625, 0.5)])
def test_figures_a_year_count_once_for_each_year_of_the_horizon(days_count: float, years: float) -> None:
    line = a_line()
    hub = replace(a_scenario().destinations[0], market_kg=300.0)
    plan = a_plan(scenario=over(days_count, destinations=(hub,), cargo=(line,)), rows=(a_row(line),))
    assert plan.scenario.settings.years == pytest.approx(years)
    assert kpi(plan, "K13").value == pytest.approx(10.0 / years, abs=1e-6)
    assert kpi(plan, "K9").target == pytest.approx(1.8e9 * years)


def test_a_market_smaller_than_our_own_delivery_gives_no_share_and_is_named() -> None:
    line = a_line()
    hub = replace(a_scenario().destinations[0], market_kg=line.mass_kg - 1.0)
    found = kpi(a_plan(scenario=a_scenario(destinations=(hub,), cargo=(line,)), rows=(a_row(line),)), "K13")
    assert found.value is None
    assert f"market figure below our own delivery, left out: Hub {line.mass_kg - 1.0:,.0f} kg" in found.causes


def test_the_referee_faults_a_market_share_that_divides_three_years_by_one() -> None:
    plan = a_valid_plan()
    settings = replace(plan.scenario.settings, end_utc=plan.scenario.settings.start_utc + timedelta(days=1095))
    places = tuple(replace(place, market_kg=90_000.0) for place in plan.scenario.destinations)
    long = replace(plan, scenario=replace(plan.scenario, settings=settings, destinations=places))
    measured = measure_kpis(long)
    share = next(one.value for one in measured if one.kpi_id == "K13")
    assert share
    faults = [one.object for one in judge(replace(long, kpis=measured)) if one.rule == "kpi-true"]
    assert "K13" not in faults
    wrong = tuple(replace(one, value=3.0 * share) if one.kpi_id == "K13" else one for one in measured)
    assert "K13" in [one.object for one in judge(replace(long, kpis=wrong)) if one.rule == "kpi-true"]


def test_without_a_base_year_the_cost_per_kg_stands_in_words() -> None:
    line = a_line(mass_kg=1000.0)
    assert "115,000 USD/kg whole chain, 55,000 USD/kg borne" in kpi(a_plan((line,), (a_row(line),), costs=MONEY), "K15").causes


# K16


def test_a_port_is_occupied_from_arrival_to_departure_within_its_service_and_the_horizon() -> None:
    scenario = a_scenario(
        ports=(replace(a_scenario().ports[0], from_utc=on_day(50), to_utc=on_day(250)),),
        blackouts=(Blackout(kind="port", object="Hub/fore", from_utc=on_day(200), to_utc=on_day(300)),),
    )
    (use,) = port_use(a_plan(scenario=scenario))
    assert [use.occupied_d, use.blocked_d, use.service_d] == pytest.approx([30, 31, 150])
    assert kpi(a_plan(scenario=scenario), "K16").value == pytest.approx(20.0)


def test_a_facility_offers_its_capacity_and_a_pad_is_taken_until_it_is_ready_again() -> None:
    plan = a_big_plan(2, 0)
    uses = {(use.kind, use.resource): use for use in resource_use(plan)}
    year_h = 365 * 24
    assert uses["facilities", "Cape-PPF"].available_h == 2 * year_h
    assert uses["pads", "Cape/P1"].used_h == pytest.approx((3 + 8) * 24)
    assert uses["crew handling", "Hub"].used_h == pytest.approx(8 * (5 + 3))
    assert uses["crew handling", "Hub"].available_h == pytest.approx(12 * 365)


# summary


def test_stock_below_reserve_is_counted_by_day_and_a_hundredth_of_a_kilogram_is_forgiven() -> None:
    def stock(day: int, on_hand_kg: float) -> InventoryRow:
        return InventoryRow(destination="Hub", supply_class="food", day_utc=on_day(day), on_hand_kg=on_hand_kg, p05_kg=0.0,
                            p95_kg=500.0, reserve_kg=300.0, inbound_kg=0.0)  # fmt: skip

    summary = summarise(a_plan(inventory=(stock(0, 300.0), stock(1, 299.995), stock(2, 120.0), stock(3, -4.0))))
    (short,) = summary.stock_outs
    assert (short.below_reserve_count, short.below_zero_count, short.lowest_kg) == (2, 1, -4.0)
    assert short.first_utc == on_day(2)
    assert summary.tracked_stocks_count == 1


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("all 2 flights it could take are full with lines worth more (mass on M1, M2)", "flights full: mass"),
        ("the one flight it could take is full with lines worth more (late load on M1; volume back on M2)",
         "flights full: late load, volume back"),
        ("1 flight to Hub left before its release; hazard class battery must not fly with oxidiser, which is aboard M1",
         "hazard class"),
        ("no room on M1 in 3D: no packing tried holds it beside the 152 other pieces", "no room in 3D"),
        ("no flight to Hub after its release: released 2027-07-19, 0.4 d after the last cut-off (M3, 2027-07-19)",
         "no flight after its release"),
        ("no flight to Hub is scheduled", "no flight is scheduled"),
        ("customs hold it at Hub until 2027-09-11", "customs hold it at … until …"),
        ("customs hold it at M1, M2 and 3 more", "customs hold it at …"),
        ("", "no reason"),
    ],
)  # fmt: skip
def test_the_kind_of_a_reason_is_what_stays_without_names_dates_and_amounts(reason: str, kind: str) -> None:
    assert reason_kinds(a_plan(scenario=a_scenario()), (reason,)) == {reason: kind}


def test_left_behind_is_ranked_by_lines_and_names_the_most_urgent_priority() -> None:
    lines = tuple(a_line(item_id=f"I{n}", priority=5 - n, mass_kg=10.0) for n in range(3))
    first, second = summarise(
        a_plan(lines, (left(lines[0], "mass"), left(lines[1], "hazard flammable: with I9"), left(lines[2], "mass")))
    ).left_behind
    assert (first.reason, first.lines_count, first.mass_kg, first.worst_priority) == ("mass", 2, 20.0, 3)
    assert (second.reason, second.worst_priority) == ("hazard flammable", 4)


def test_a_mission_that_is_neither_flown_nor_explained_is_still_unflown() -> None:
    plan = a_plan(scenario=a_scenario(cargo=()))
    assert [one.mission_id for one in summarise(plan).unflown] == ["M2", "M3"]


def test_waived_violations_are_counted_apart() -> None:
    plan = a_plan(
        violations=(
            Violation(rule="cg", object="M1", text="out"),
            Violation(rule="cg", object="M2", text="out"),
            Violation(rule="late", object="I1", text="late", hard=False),
        ),
        waivers=(Waiver(rule="cg", object="M1", name="A. Person", reason="known", at_utc=START),),
    )
    summary = summarise(plan)
    counts = (summary.hard_violations_count, summary.waived_violations_count, summary.soft_violations_count)
    assert counts == (1, 1, 1)


def test_every_line_is_delivered_or_left_behind_and_mass_adds_up() -> None:
    plan = a_big_plan(24, 400)
    summary = summarise(plan)
    asked = sum(line.mass_kg for line in plan.scenario.cargo)
    assert sum(one.delivered_kg for one in summary.directions) + summary.left_kg == pytest.approx(asked)
    assert sum(one.delivered_lines_count for one in summary.directions) + summary.left_lines_count == 400
    assert sum(one.lines_count for one in summary.left_behind) == summary.left_lines_count


def test_order_of_rows_does_not_matter() -> None:
    plan = a_big_plan(12, 200)
    mixed = replace(plan, manifest=plan.manifest[::-1], costs=plan.costs[::-1], activities=plan.activities[::-1])
    assert measure_kpis(mixed) == measure_kpis(plan)


def test_a_plan_with_unknown_names_is_measured_all_the_same() -> None:
    plan = a_big_plan(6, 60)
    strange = replace(
        plan,
        missions=(*plan.missions, a_flight(mission_id="X", vehicle_type="?", destination="?", port="?", vehicle_id="?")),
        manifest=(*plan.manifest, a_row(a_line(item_id="?", destination="?"), mission_id="?")),
        costs=(*plan.costs, a_cost("", 1.0, destination="?", customer="?")),
    )
    assert len(measure_kpis(strange)) == 16


spans = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 60)).map(lambda pair: (on_day(pair[0]), on_day(sum(pair)))), max_size=12
)


@given(spans, spans)
def test_open_and_closed_time_add_up_to_the_whole(taken: list[Any], closed: list[Any]) -> None:
    year = (START, on_day(365))
    assert total_d(without(year, closed)) + total_d(clipped(closed, year)) == pytest.approx(365)
    days_taken = {day for start, end in taken for day in range((start - START).days, (end - START).days)}
    assert total_d(taken) == pytest.approx(len(days_taken))
    assert all(days_between(*span) > 0 for span in clipped(taken, year))


def test_fates_follow_the_scenario_order_of_lines() -> None:
    plan = a_big_plan(6, 60)
    assert [fate.line.item_id for fate in line_fates(plan)] == [line.item_id for line in plan.scenario.cargo]


def test_the_referee_that_counts_for_itself_agrees_with_the_kpis() -> None:
    plan = a_valid_plan()
    measured = replace(plan, kpis=measure_kpis(plan))
    assert not [violation for violation in judge(measured) if violation.rule.startswith("kpi")]
    raised = tuple(replace(row, value=row.value + 1.0) if row.kpi_id == "K3" and row.value else row for row in measured.kpis)
    assert [violation.object for violation in judge(replace(plan, kpis=raised)) if violation.rule.startswith("kpi")] == ["K3"]
