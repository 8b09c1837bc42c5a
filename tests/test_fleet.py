"""What a plan asks of its fleet: days, upkeep, lives, reliability, and capacity against what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from supercargo.kernel import days_between
from supercargo.measure.fleet import review_fleet
from supercargo.measure.fleet_upkeep import life_options, maintenance_plan
from supercargo.measure.occupancy import fleet_days
from supercargo.model import Chance, Chances, FleetLife, OperationsPlan, SupplyTables, Tail
from supercargo.plan.pipeline import OPTIMISED, plan_year
from tests.builders import FACT, a_mission, a_scenario, a_vehicle, on_day


def a_life(**changes: Any) -> FleetLife:
    base: dict[str, Any] = {
        "vehicle_type": "Wren",
        "life_flights": 6,
        "new_usd": 120e6,
        "refurbish_usd": 5e6,
        "inspection_flights": 2,
        "inspection_work_d": 10.0,
        "inspection_usd": 2e6,
        "extension_flights": 4,
        "extension_usd": 10e6,
        "extension_years": 5.0,
    }
    return FleetLife(**{**base, **FACT, **changes})


def a_loss(**changes: Any) -> Chances:
    base: dict[str, Any] = {"chance": "loss", "trials_count": 50, "hits_count": 1}
    return Chances(rows=(Chance(**{**base, **FACT, **changes}),))


SAFE = Chances(rows=())


def tables(*lives: FleetLife) -> SupplyTables:
    return SupplyTables(lives=lives, stock_terms=(), supplier_terms=(), ground_legs=())


@cache
def flown() -> OperationsPlan:
    tails = (
        Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=5),
        Tail(vehicle_id="W2", vehicle_type="Wren", ready_utc=on_day(400), flights_left=5),
    )
    missions = (
        a_mission(),
        a_mission(mission_id="M2", earliest_utc=on_day(90), latest_utc=on_day(120)),
        a_mission(mission_id="M3", earliest_utc=on_day(290), latest_utc=on_day(300)),
    )
    return plan_year(a_scenario(tails=tails, missions=missions), planner=OPTIMISED, watch=lambda stage, share: None)


def test_days_of_a_tail_add_up_to_those_it_is_owned() -> None:
    for tail in review_fleet(flown(), tables(a_life()), SAFE).tails:
        spent = tail.flying_d + tail.processing_d + tail.maintenance_d + tail.inspection_d + tail.idle_d
        assert spent == pytest.approx(tail.owned_d, abs=1e-9)


def test_maintenance_is_that_of_the_kpi() -> None:
    report = review_fleet(flown(), tables(), SAFE)
    found = fleet_days(flown())
    assert sum(tail.owned_d for tail in report.tails) == pytest.approx(sum(row.owned_d for row in found))
    assert sum(tail.maintenance_d for tail in report.tails) == pytest.approx(sum(row.maintenance_d for row in found))


def test_flights_are_taken_off_a_life() -> None:
    tails = {tail.vehicle_id: tail for tail in review_fleet(flown(), tables(), SAFE).tails}
    assert (tails["W1"].flights_count, tails["W1"].flights_left_after) == (3, 2)
    assert (tails["W2"].flights_count, tails["W2"].flights_left_after, tails["W2"].owned_d) == (0, 5, 0.0)


def test_utilisation_is_mass_over_capacity_of_the_missions() -> None:
    report, missions = review_fleet(flown(), tables(), SAFE), flown().missions
    whole = 100 * sum(one.upmass_kg for one in missions) / sum(one.upmass_capacity_kg for one in missions)
    assert report.utilisation_percent == pytest.approx(whole)
    assert report.types[0].mass_percent == pytest.approx(whole)


def test_every_landing_but_the_last_of_a_life_is_followed_by_a_turnaround() -> None:
    rows = [row for row in maintenance_plan(flown(), {}) if row.work == "turnaround"]
    assert [row.after_mission for row in rows] == ["M1", "M2", "M3"]
    for row in rows[:-1]:
        assert row.start_utc is not None
        assert row.end_utc is not None
        assert days_between(row.start_utc, row.end_utc) == 30.0
        assert (row.float_d or 0.0) >= 0.0
        assert row.float_d is not None
    assert rows[-1].float_d is None


def test_an_inspection_falls_due_by_flights_flown_before_too() -> None:
    """A tail with five of six flights left has flown one: the third is M2."""
    rows = [row for row in maintenance_plan(flown(), {"Wren": a_life(inspection_flights=3)}) if row.work == "inspection"]
    assert [row.after_mission for row in rows] == ["M2"]
    assert rows[0].why == "after 3 flights, every 3"
    assert rows[0].end_utc is not None
    assert rows[0].start_utc is not None
    assert days_between(rows[0].start_utc, rows[0].end_utc) == 10.0


def test_an_inspection_that_fits_no_gap_has_no_date_and_says_by_how_much() -> None:
    rows = [row for row in maintenance_plan(flown(), {"Wren": a_life(inspection_work_d=300.0)}) if row.work == "inspection"]
    assert rows[0].start_utc is None
    assert (rows[0].float_d or 0.0) < 0.0


def test_an_inspection_by_the_calendar_ends_before_it_is_due_and_while_nothing_flies() -> None:
    life = a_life(inspection_flights=None, inspection_every_d=300.0)
    rows = [row for row in maintenance_plan(flown(), {"Wren": life}) if row.work == "inspection"]
    assert rows
    for row in rows:
        assert row.end_utc is not None
        assert row.start_utc is not None
        assert row.due_utc is not None
        assert row.end_utc <= row.due_utc
        for mission in flown().missions:
            assert row.end_utc <= mission.launch_utc or row.start_utc >= mission.end_utc


def test_a_longer_life_is_worth_the_spacecraft_it_avoids() -> None:
    """Three flights a year for five years less the seven left: eight wanted, four each from two tails, 20 MUSD a flight."""
    (option,) = life_options(flown(), SAFE, {"Wren": a_life()})
    assert (option.wanted_count, option.extended_count, option.gained_count) == (8, 2, 8)
    assert option.avoided_usd == pytest.approx(160e6)
    assert option.net_usd == pytest.approx(140e6)
    assert option.verdict == "extend"
    assert option.break_even_usd == pytest.approx(80e6)


@pytest.mark.parametrize(("price_usd", "verdict"), [(10e6, "extend"), (75e6, "not told apart"), (200e6, "replace")])
def test_a_dear_extension_is_not_advised(price_usd: float, verdict: str) -> None:
    assert life_options(flown(), SAFE, {"Wren": a_life(extension_usd=price_usd)})[0].verdict == verdict


def test_losses_cut_an_extended_life_short() -> None:
    safe, risky = (life_options(flown(), chances, {"Wren": a_life()})[0] for chances in (SAFE, a_loss(hits_count=20)))
    assert risky.loss_probability == pytest.approx(20.5 / 51)
    assert risky.gained_count < safe.gained_count


def test_a_type_that_is_not_wanted_longer_needs_no_extension() -> None:
    (option,) = life_options(flown(), SAFE, {"Wren": a_life(extension_years=1.0)})
    assert (option.verdict, option.extended_count, option.cost_usd) == ("not needed", 0, 0.0)


def test_reliability_is_that_of_the_record() -> None:
    (row,) = review_fleet(flown(), tables(), a_loss()).reliability
    assert row.reliability == pytest.approx(1 - 1.5 / 51)
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.reliability < row.high
    assert row.expected_losses == pytest.approx(3 * 1.5 / 51)
    assert row.all_dock == pytest.approx((1 - 1.5 / 51) ** 3)


def test_a_persons_word_has_no_interval() -> None:
    (row,) = review_fleet(flown(), tables(), a_loss(trials_count=None, hits_count=None, probability=0.1)).reliability
    assert (row.trials_count, row.low, row.high) == (None, None, None)
    assert row.reliability == pytest.approx(0.9)


def test_capacity_and_demand_of_the_months_are_those_of_the_year() -> None:
    report = review_fleet(flown(), tables(), SAFE)
    up = next(row for row in report.gaps if (row.destination, row.kind) == ("", "up"))
    assert up.capacity_kg == pytest.approx(3 * 1000.0)
    lines = [line for line in flown().scenario.cargo if line.direction == "up"]
    assert up.demand_kg == pytest.approx(sum(line.mass_kg for line in lines))
    assert up.carried_kg == pytest.approx(sum(one.upmass_kg for one in flown().missions), abs=0.01)
    assert up.carried_kg + up.left_kg == pytest.approx(up.demand_kg, abs=0.01)
    months = report.months("up")
    assert len(months) == 12
    assert sum(row.capacity_kg for row in months) == pytest.approx(up.capacity_kg)
    assert months[-1].ahead_kg == pytest.approx(sum(row.capacity_kg - row.demand_kg for row in months))


def test_what_is_asked_for_beyond_capacity_is_too_little() -> None:
    small = replace(flown().scenario, vehicles=(a_vehicle(unpressurised_kg=10.0),))
    gaps = {
        row.kind: row for row in review_fleet(replace(flown(), scenario=small), tables(), SAFE).gaps if not row.destination
    }
    assert gaps["unpressurised"].verdict == "too little"
    assert gaps["disposal"].verdict == "too much"


def test_a_cheaper_type_that_carries_the_same_is_named() -> None:
    other = a_vehicle(vehicle_type="Finch", price_usd=20e6)
    scenario = flown().scenario
    bays = (*scenario.bays, *(replace(bay, vehicle_type="Finch") for bay in scenario.bays))
    missions = tuple(
        replace(one, vehicle_types=("Wren", "Finch")) if one.mission_id == "M2" else one for one in scenario.missions
    )
    changed = replace(scenario, vehicles=(*scenario.vehicles, other), bays=bays, missions=missions)
    found = review_fleet(replace(flown(), scenario=changed), tables(), SAFE).smaller
    assert {(row.mission_id, row.other_type, row.saving_usd, row.allowed) for row in found} == {
        ("M1", "Finch", 30e6, False), ("M2", "Finch", 30e6, True), ("M3", "Finch", 30e6, False),
    }  # fmt: skip
    tight = replace(changed, vehicles=(*scenario.vehicles, replace(other, pressurised_kg=1.0)))
    assert [row for row in review_fleet(replace(flown(), scenario=tight), tables(), SAFE).smaller if row.load_kg] == []


def test_order_of_tails_does_not_matter() -> None:
    turned = replace(flown().scenario, tails=flown().scenario.tails[::-1])
    first = review_fleet(flown(), tables(a_life()), a_loss())
    assert review_fleet(replace(flown(), scenario=turned), tables(a_life()), a_loss()) == first


def test_a_year_without_flights_is_reviewed() -> None:
    empty = replace(flown(), missions=(), activities=(), manifest=())
    report = review_fleet(empty, tables(a_life()), a_loss())
    assert report.utilisation_percent == 0.0
    assert {row.verdict for row in report.lives} == {"not needed"}
    assert report.capacity == ()
    assert report.as_of_utc == flown().scenario.settings.start_utc - timedelta(days=30)
