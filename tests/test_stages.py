"""The small stages: demand, needs, delivery, stock, money, assembly, each against figures worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.kernel import days, stream
from supercargo.model import (
    CrewStay,
    Demand,
    Flight,
    InventoryRow,
    Load,
    Manifest,
    Placement,
    Scenario,
    Schedule,
    Spare,
    Stock,
    StowagePlan,
)
from supercargo.plan.assembly import mission_activities, mission_bays, planned_missions, propellant_kg
from supercargo.plan.costing import cost_missions, shares_in_cents
from supercargo.plan.delivery import deliver
from supercargo.plan.demand import crew_by_day, forecast_demand
from supercargo.plan.needs import stock_needs
from supercargo.plan.projection import project_stock
from tests.builders import a_line, a_mission, a_scenario, on_day


def a_flight(**changes: object) -> Flight:
    launch = on_day(40)
    arrive = launch + days(1.0)
    unload = arrive + days(0.5)
    depart = arrive + days(30.0)
    load_end = depart - days(0.5)
    base: dict[str, object] = {
        "mission_id": "M1", "vehicle_id": "W1", "vehicle_type": "Wren", "launcher": "Lark", "site": "Cape", "pad": "P1",
        "facility_id": "Cape-PPF", "destination": "Hub", "port": "fore", "processing_utc": launch - days(23.0),
        "pad_utc": launch - days(3.0), "launch_utc": launch, "arrive_utc": arrive, "unload_start_utc": unload,
        "unload_end_utc": unload + days(5.0), "load_start_utc": load_end - days(3.0), "load_end_utc": load_end,
        "depart_utc": depart, "end_utc": depart + days(0.5), "unload_h_d": 8.0,
    }  # fmt: skip
    return Flight(**{**base, **changes})  # type: ignore[arg-type]


def a_placement(item_id: str, piece: int, order: int) -> Placement:
    return Placement(
        mission_id="M1", item_id=item_id, piece=piece, bay="A", x_m=0.0, y_m=0.0, z_m=0.3 * order, dx_m=0.5, dy_m=0.4,
        dz_m=0.25, mass_kg=15.0, unload_order=order,
    )  # fmt: skip


def loaded() -> tuple[Scenario, Schedule, Manifest, StowagePlan]:
    """One flight with a line of two pieces, one of one piece, split water, a return line, and one line left behind."""
    scenario = a_scenario(
        missions=(a_mission(furnished_by="ACME"),),
        cargo=(
            a_line(item_id="A", mass_kg=30.0, pieces=2, due_utc=on_day(41.5) + timedelta(minutes=72)),
            a_line(item_id="B", mass_kg=15.0, pieces=1, due_utc=on_day(30)),
            a_line(
                item_id="W",
                form="bulk",
                supply_class="food",
                pieces=1,
                mass_kg=200.0,
                dx_m=None,
                dy_m=None,
                dz_m=None,
                due_utc=None,
            ),
            a_line(item_id="D", direction="down", mass_kg=20.0, pieces=1, due_utc=on_day(100)),
            a_line(item_id="Z", mass_kg=40.0, due_utc=on_day(80)),
        ),
    )
    manifest = Manifest(
        loads=(
            Load(item_id="A", part=0, mission_id="M1", mass_kg=30.0),
            Load(item_id="B", part=0, mission_id="M1", mass_kg=15.0),
            Load(item_id="W", part=1, mission_id="M1", mass_kg=150.0),
            Load(item_id="W", part=2, mass_kg=50.0, reason="tank full"),
            Load(item_id="D", part=0, mission_id="M1", mass_kg=20.0),
            Load(item_id="Z", part=0, mass_kg=40.0, reason="no room"),
        )
    )
    stowage = StowagePlan(placements=(a_placement("A", 1, 3), a_placement("B", 1, 1), a_placement("A", 2, 2)))
    return scenario, Schedule(flights=(a_flight(),)), manifest, stowage


def test_crew_is_averaged_over_the_day_of_change() -> None:
    scenario = a_scenario(
        crew=(
            CrewStay(destination="Hub", from_utc=on_day(0), to_utc=on_day(10.25), crew_count=4),
            CrewStay(destination="Hub", from_utc=on_day(10.25), to_utc=on_day(400), crew_count=8),
        )
    )
    crew = crew_by_day(scenario, "Hub")
    assert crew[[0, 9, 10, 11, 364]].tolist() == [4.0, 4.0, 7.0, 8.0, 8.0]


def test_mean_use_adds_crew_planned_draws_and_spares() -> None:
    scenario = a_scenario(
        demand=(Demand(destination="Hub", supply_class="food", from_utc=on_day(5), to_utc=on_day(6.5), kg_per_d=10.0),),
        spares=(Spare(destination="Hub", part="pump", supply_class="food", mass_kg=73.0, failures_per_year=2.0),),
    )
    (series,) = forecast_demand(scenario, rng=stream(1, "demand"))
    steady = 1.83 + 73.0 * 2.0 / 365.0
    assert series.mean_kg[[0, 5, 6, 7]] == pytest.approx([steady, steady + 10.0, steady + 5.0, steady])


def test_demand_band_holds_the_mean_and_widens() -> None:
    (series,) = forecast_demand(a_scenario(), rng=stream(1, "demand"))
    running = np.cumsum(series.mean_kg)
    assert (series.low_kg <= running + 1e-9).all()
    assert (series.high_kg >= running - 1e-9).all()
    width = series.high_kg - series.low_kg
    assert width[300] > width[60] > width[10]


def test_demand_band_covers_nine_futures_in_ten() -> None:
    """Each month is drawn with 10 %, so the year strays by 10 % over the root of 12.2: the 95 % point lies 1.645 of it out."""
    (series,) = forecast_demand(a_scenario(), rng=stream(3, "demand"))
    sd_kg = 1.83 * math.sqrt(12 * 30.0**2 + 5.0**2) * 0.1
    assert series.high_kg[-1] - 1.83 * 365 == pytest.approx(1.645 * sd_kg, rel=0.2)


def test_same_seed_draws_the_same_futures() -> None:
    first, second = (forecast_demand(a_scenario(), rng=stream(7, "demand"))[0] for _ in range(2))
    assert (first.high_kg == second.high_kg).all()


def test_the_order_of_rates_and_spares_moves_no_draw() -> None:
    scenario = a_scenario(
        rates=(a_scenario().rates[0], replace(a_scenario().rates[0], kg_per_crew_d=0.4, spread_fraction=0.3)),
        spares=tuple(
            Spare(destination="Hub", part=part, supply_class="food", mass_kg=kg, failures_per_year=9.0)
            for part, kg in (("pump", 73.0), ("belt", 11.0))
        ),
    )
    turned = replace(scenario, rates=scenario.rates[::-1], spares=scenario.spares[::-1])
    bands = [forecast_demand(one, rng=stream(1, "demand"))[0].high_kg for one in (scenario, turned)]
    assert bands[0].tolist() == bands[1].tolist()


def test_need_begins_when_use_reaches_the_reserve() -> None:
    scenario = a_scenario(
        stock=(Stock(destination="Hub", supply_class="food", on_hand_kg=310.0, reserve_kg=300.0, critical_kg=0),)
    )
    (need,) = stock_needs(scenario, forecast_demand(scenario, rng=stream(1, "demand")))
    assert need.need_kg[4] == 0.0  # five days use 9.15 kg of the 10 above reserve
    assert need.need_kg[5] == pytest.approx(6 * 1.83 - 10.0)
    assert (np.diff(need.need_kg) >= 0).all()


def test_pieces_are_delivered_in_unload_order_then_bulk() -> None:
    rows = {row.item_id: row for row in deliver(*loaded())}
    start = on_day(41.5)
    minutes = 0.4 * 60 * 24 / 8.0  # one piece: 0.4 h of work at 8 hours a day
    assert rows["B"].delivered_utc == start + timedelta(minutes=minutes)
    assert rows["A"].delivered_utc == start + timedelta(minutes=3 * minutes)
    assert rows["W#1"].delivered_utc == start + timedelta(minutes=3 * minutes + 0.15 * 4.0 * 180)
    assert rows["D"].delivered_utc == on_day(71.5)
    assert rows["W#2"].delivered_utc is None


def test_where_moving_takes_no_hands_all_is_delivered_when_the_hatch_opens() -> None:
    scenario, schedule, manifest, stowage = loaded()
    place = replace(scenario.destinations[0], handling_h_d=0.0, hours_per_piece=0.0, hours_per_bulk_t=0.0)
    flights = tuple(replace(flight, unload_h_d=0.0) for flight in schedule.flights)
    rows = deliver(replace(scenario, destinations=(place,)), Schedule(flights=flights), manifest, stowage)
    up = [row.delivered_utc for row in rows if row.direction == "up" and row.mission_id]
    assert up
    assert set(up) == {flights[0].unload_start_utc}


def test_on_time_is_strict_and_empty_without_a_due_date() -> None:
    rows = {row.item_id: row for row in deliver(*loaded())}
    assert {name: rows[name].on_time for name in rows} == {
        "A": False,
        "B": False,
        "D": True,
        "W#1": None,
        "W#2": None,
        "Z": False,
    }


def test_stock_falls_by_use_and_rises_by_delivery() -> None:
    scenario, schedule, manifest, stowage = loaded()
    forecast = forecast_demand(scenario, rng=stream(1, "demand"))
    rows = project_stock(scenario, forecast, deliver(scenario, schedule, manifest, stowage))
    by_day: dict[int, InventoryRow] = dict(enumerate(rows))
    assert len(rows) == 365
    assert by_day[40].on_hand_kg == pytest.approx(700 - 41 * 1.83, abs=1e-3)
    assert by_day[41].inbound_kg == pytest.approx(195.0)
    assert by_day[41].on_hand_kg == pytest.approx(700 + 195.0 - 42 * 1.83, abs=1e-3)
    assert all(row.p05_kg <= row.on_hand_kg <= row.p95_kg for row in rows)


def test_money_is_counted_as_the_rules_say() -> None:
    scenario, schedule, manifest, stowage = loaded()
    rows = deliver(scenario, schedule, manifest, stowage)
    costs = cost_missions(scenario, schedule, rows)
    by_account: dict[tuple[str, str], float] = {}
    for row in costs:
        key = (row.account, row.paid_by)
        by_account[key] = round(by_account.get(key, 0.0) + row.plan_usd, 2)
    assert by_account["launch", "ACME"] == 60e6
    assert by_account["spacecraft", "ACME"] == 50e6
    assert by_account["mission control", "service"] == 30 * 20_000.0
    assert by_account["cargo processing", "service"] == 195.0 * 500.0
    assert by_account["revenue:up", "service"] == 195.0 * 10_000.0
    assert by_account["revenue:down", "service"] == 20.0 * 10_000.0
    assert by_account["revenue:milestone", "service"] == 1e6
    # B was due on day 30 and moved on day 41.55: 6.55 days beyond the tolerance of 5, so 7 days begun at 1 % of 150,000.
    assert by_account["revenue:penalty", "service"] == pytest.approx(-10_500.0)
    # Z, due on day 80, stays: 20 % of 400,000.
    assert by_account["revenue:left-behind", "service"] == -80_000.0


def test_the_order_of_cost_rates_moves_no_row() -> None:
    scenario, schedule, manifest, stowage = loaded()
    rates = (*scenario.cost_rates, replace(scenario.cost_rates[0], driver="mission"))
    rows = deliver(scenario, schedule, manifest, stowage)
    books = [cost_missions(replace(scenario, cost_rates=some), schedule, rows) for some in (rates, rates[::-1])]
    assert books[0] == books[1]


def test_mission_row_adds_up() -> None:
    scenario, schedule, manifest, stowage = loaded()
    rows = deliver(scenario, schedule, manifest, stowage)
    costs = cost_missions(scenario, schedule, rows)
    (mission,) = planned_missions(scenario, schedule, rows, costs)
    assert (mission.upmass_kg, mission.downmass_kg, mission.disposal_kg) == (195.0, 20.0, 0.0)
    assert mission.cost_usd == pytest.approx(110e6 + 600_000.0 + 97_500.0)
    assert mission.service_cost_usd == pytest.approx(697_500.0)
    assert mission.price_usd == pytest.approx(1.95e6 + 0.2e6 + 1e6 - 10_500.0)
    leaving = 4020.0 * math.expm1(110.0 / (300.0 * 9.80665))
    assert mission.propellant_kg == pytest.approx(
        leaving + (4195.0 + leaving) * math.expm1(150.0 / (300.0 * 9.80665)), abs=1e-3
    )
    assert mission.furnished_by == "ACME"


def test_each_mission_has_each_activity_once_and_its_bays() -> None:
    scenario, schedule, _, _ = loaded()
    activities = mission_activities(schedule)
    assert len({activity.kind for activity in activities}) == len(activities) == 9
    assert sorted(bay.bay for bay in mission_bays(scenario, schedule)) == ["A", "B", "T"]


def test_propellant_agrees_with_the_rocket_equation_worked_in_spacenet_quick_start() -> None:
    """SpaceNet 2.5 Quick Start 1: the service module burns from 13,000 kg of fuelled mass; g0 there is 9.81, ours 9.80665."""
    burnt = propellant_kg(10_000.0, 612.3, 328.0)
    assert burnt == pytest.approx(10_000.0 * (math.exp(612.3 / (328.0 * 9.80665)) - 1.0))
    assert propellant_kg(10_000.0, 612.3, 0.0) == 0.0


@given(
    total=st.floats(0, 1e9).map(lambda usd: round(usd, 2)),
    weights=st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0.01, 1e6), min_size=1, max_size=12),
)
def test_shares_add_up_to_the_cent(total: float, weights: dict[str, float]) -> None:
    shares = shares_in_cents(total, weights)
    assert round(sum(shares.values()) * 100) == round(total * 100)
    assert all(share >= 0 for share in shares.values())


def test_order_of_loads_does_not_matter() -> None:
    scenario, schedule, manifest, stowage = loaded()
    turned = replace(manifest, loads=manifest.loads[::-1])
    assert deliver(scenario, schedule, manifest, stowage) == deliver(scenario, schedule, turned, stowage)
    rows = deliver(scenario, schedule, manifest, stowage)
    assert cost_missions(scenario, schedule, rows) == cost_missions(scenario, schedule, rows[::-1])
