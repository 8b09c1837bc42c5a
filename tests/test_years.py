"""Years of operations: both planners meet the same fortune, a year leaves what the next begins with, pairs are of a kind."""

from __future__ import annotations

import csv
import pickle
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.closed_loop import YearsAsked, _drawn_year, _policy, fly_years, years_files, years_folder
from supercargo.app.reference import tiny
from supercargo.kernel import Fault, NoPlan, Refused, ScenarioError, days
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.paired import paired_interval
from supercargo.measure.years import YEAR_MEASURES, compare_years
from supercargo.model import POLICIES, Future, Grounding, OperationsPlan, PortOut, Scenario, Slip, SlipNews, YearRow
from supercargo.plan.first_come_again import serve_again
from supercargo.referee import judge
from supercargo.report.years import pair_verdict, render_years
from supercargo.simulate.years import FlownYear, fly_year, year_row
from supercargo.simulate.years_carry import NOTHING_CARRIED, Carried, carried_into, with_carried
from supercargo.store import read_catalogue, write_scenario

CALM = Future(seed=1, index=1)


@cache
def year() -> Scenario:
    return _drawn_year(tiny(read_catalogue(), seed=1), 1, 1)


@cache
def first(policy: str) -> OperationsPlan:
    return _policy(policy).plan(year())


def fly(policy: str, future: Future) -> FlownYear:
    return fly_year(year(), future, _policy(policy), mark=".1")


def lift_off(plan: OperationsPlan, mission: str) -> datetime:
    return plan.mission_named[mission].launch_utc


def slip(mission: str, delay_d: float, known: datetime | None = None) -> SlipNews:
    return SlipNews(mission_id=mission, known_utc=known or year().settings.start_utc, delay_s=round(delay_d * 86_400))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_calm_year_is_flown_as_it_was_planned(policy: str) -> None:
    flown = fly(policy, CALM)
    assert (flown.replans, flown.plan.missions) == (0, first(policy).missions)
    row = year_row(flown, seed=1, year=1, policy=policy)
    assert (row.k2_percent, row.lost, row.flown, row.due) == (0.0, 0, 3, 3)
    assert flown.carried.missions == ()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_mission_that_slips_lifts_off_no_earlier_than_it_can(policy: str) -> None:
    flown = fly(policy, replace(CALM, slips=(slip("TN-02", 20.0),)))
    assert lift_off(flown.plan, "TN-02") >= lift_off(first(policy), "TN-02") + days(20)
    assert lift_off(flown.plan, "TN-01") == lift_off(first(policy), "TN-01")
    late = year_row(flown, seed=1, year=1, policy=policy).k2_percent
    assert late is not None
    assert late > 33.3
    assert flown.replans == 1


@pytest.mark.parametrize("policy", POLICIES)
def test_news_that_comes_after_the_old_lift_off_comes_as_it_is_about_to_lift_off(policy: str) -> None:
    late = slip("TN-02", 9.0, known=year().settings.end_utc - days(1))
    flown = fly(policy, replace(CALM, slips=(late,)))
    assert lift_off(flown.plan, "TN-02") >= lift_off(first(policy), "TN-02") + days(9)
    assert flown.plan.scenario.settings.as_of_utc >= lift_off(first(policy), "TN-02") - timedelta(hours=1)


@pytest.mark.parametrize("policy", POLICIES)
def test_an_overrun_delays_as_a_slip_does(policy: str) -> None:
    flown = fly(policy, replace(CALM, overruns_s={"TN-01": 12 * 86_400}))
    assert lift_off(flown.plan, "TN-01") >= lift_off(first(policy), "TN-01") + days(12)


def lost(mission: str, lasts_d: float) -> Future:
    grounding = Grounding(
        mission_id=mission, family="Falcon", launchers=("Falcon 9",), vehicle_types=(), lasts_s=round(lasts_d * 86_400)
    )
    return replace(CALM, lost=(mission,), groundings=(grounding,))


@pytest.mark.parametrize("policy", POLICIES)
def test_after_a_loss_nothing_of_the_family_lifts_off_while_it_stands_down(policy: str) -> None:
    flown = fly(policy, lost("TN-01", 120.0))
    lifted = lift_off(flown.plan, "TN-01")
    assert flown.plan.mission_named["TN-01"].lost
    later = [one for one in flown.plan.missions if one.launcher == "Falcon 9" and one.launch_utc > lifted]
    assert all(one.launch_utc >= lifted + days(120) for one in later)
    row = year_row(flown, seed=1, year=1, policy=policy)
    calm = year_row(fly(policy, CALM), seed=1, year=1, policy=policy)
    assert row.lost == 1
    assert row.delivered_kg < calm.delivered_kg
    assert row.below_reserve_d >= calm.below_reserve_d


@pytest.mark.parametrize("policy", POLICIES)
def test_the_year_as_flown_breaks_no_rule_of_flights_and_loads(policy: str) -> None:
    future = replace(CALM, slips=(slip("TN-01", 30.0), slip("TN-03", 15.0)))
    plan = fly(policy, future).plan
    broken = {found.rule for found in judge(replace(plan, kpis=measure_kpis(plan))) if found.hard}
    assert broken <= {"stock-reserve", "must-line", "must-mission", "minimum-kg"}  # promises that fortune breaks


def test_a_port_that_is_out_is_not_used_while_it_is() -> None:
    for policy in POLICIES:
        arrive = first(policy).mission_named["TN-02"].arrive_utc
        assert arrive is not None
        port = first(policy).mission_named["TN-02"].port
        out = PortOut(destination="Starlab", port=port, from_utc=arrive - days(30), to_utc=arrive + days(40))
        flown = fly(policy, replace(CALM, port_outs=(out,)))
        for mission in flown.plan.missions:
            if mission.port == port and mission.arrive_utc is not None:
                assert not out.from_utc <= mission.arrive_utc < out.to_utc


def test_first_come_first_served_serves_again_in_its_own_order() -> None:
    plan = first(POLICIES[1])
    at = lift_off(plan, "TN-01") + days(1)
    again = serve_again(plan, (Slip(mission_id="TN-02", delay_s=25 * 86_400),), as_of_utc=at)
    assert again.mission_named["TN-01"] == plan.mission_named["TN-01"]
    assert again.baseline
    aboard = {row.item_id for row in plan.manifest if row.mission_id == "TN-01"}
    assert {row.item_id for row in again.manifest if row.mission_id == "TN-01"} == aboard
    with pytest.raises(ScenarioError, match="has lifted off"):
        serve_again(plan, (Slip(mission_id="TN-01", delay_s=86_400),), as_of_utc=at)


# what a year leaves


def waiting() -> Carried:
    return fly(POLICIES[0], replace(CALM, slips=(slip("TN-03", 300.0),))).carried


def test_a_mission_that_slips_out_of_its_year_waits_with_its_cargo_and_its_ship() -> None:
    carried, plan = waiting(), first(POLICIES[0])
    assert [one.mission_id for one in carried.missions] == ["TN-03.1"]
    assert [(one.vehicle_id, one.vehicle_type) for one in carried.tails] == [("TN-03.1-ship", "Cygnus Enhanced")]
    can_fly = lift_off(plan, "TN-03") + days(300) - (year().settings.end_utc - year().settings.start_utc)
    assert carried.missions[0].earliest_utc == can_fly
    booked = {row.item_id.partition("#")[0] for row in plan.manifest if row.mission_id == "TN-03" and row.direction == "up"}
    assert carried.lines
    assert {line.item_id.removesuffix(".1") for line in carried.lines} <= booked
    assert all(line.due_utc is None or line.due_utc > can_fly for line in carried.lines)


def test_the_next_year_begins_with_the_stock_that_was_left_and_orders_what_it_lacks() -> None:
    key = next((row.destination, row.supply_class) for row in year().stock if row.on_hand_kg > 50.0)
    whole = next(row.on_hand_kg for row in year().stock if (row.destination, row.supply_class) == key)
    begun = carried_into(year(), replace(waiting(), left_kg={key: whole - 30.0}, lines=()))
    assert next(row.on_hand_kg for row in begun.stock if (row.destination, row.supply_class) == key) == pytest.approx(
        whole - 30
    )
    ordered = [line for line in begun.cargo if "+" in line.item_id]
    assert {(line.destination, line.supply_class) for line in ordered} == {key}
    assert sum(line.mass_kg for line in ordered) >= 29.0
    assert len(begun.missions) == len(year().missions) + 1
    assert carried_into(year(), NOTHING_CARRIED) == replace(year(), digest="")


def test_a_carried_mission_keeps_the_fortune_that_was_drawn_for_it() -> None:
    future = replace(lost("TN-03", 50.0), slips=(slip("TN-03", 300.0),))
    carried = fly(POLICIES[0], future).carried
    told = with_carried(CALM, carried)
    assert told.lost == ("TN-03.1",)
    assert told.grounding_of["TN-03.1"].lasts_s == 50 * 86_400


def test_a_stand_down_lasts_into_the_next_year() -> None:
    carried = fly(POLICIES[0], lost("TN-03", 300.0)).carried
    until = lift_off(fly(POLICIES[0], lost("TN-03", 300.0)).plan, "TN-03") + days(300)
    back = year().settings.end_utc - year().settings.start_utc
    assert [(row.object, row.to_utc) for row in carried.blackouts] == [("Falcon 9", until - back)]


def test_a_year_in_which_nothing_can_fly_is_a_year_in_which_all_waits() -> None:
    grounded = fly(POLICIES[0], lost("TN-01", 4.0 * 365)).carried
    again = carried_into(year(), grounded)
    for policy in POLICIES:
        flown = fly_year(again, CALM, _policy(policy), mark=".2")
        row = year_row(flown, seed=1, year=2, policy=policy)
        assert (row.flown, row.k2_percent, row.delivered_kg, row.usd_per_kg) == (0, None, 0.0, None)
        assert len(flown.carried.missions) == len(again.missions)


def test_stock_falls_by_the_use_that_comes_true() -> None:
    doubled = {(row.destination, row.supply_class): 2.0 for row in year().stock}
    calm, greedy = fly(POLICIES[0], CALM), fly(POLICIES[0], replace(CALM, demand=doubled))
    assert greedy.below_reserve_d > calm.below_reserve_d
    assert all(greedy.carried.left_kg[key] <= calm.carried.left_kg[key] for key in calm.carried.left_kg)
    assert min(greedy.carried.left_kg.values()) >= 0.0


# chains and pairs


def asked(folder: Path, **wishes: Any) -> YearsAsked:
    return YearsAsked(folder=folder, out=folder.parent / "years", **wishes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_scenario(tiny(read_catalogue(), seed=1), tmp_path / "tiny", force=False)
    return tmp_path / "tiny"


def test_the_number_of_workers_changes_no_byte_and_more_chains_change_no_other(folder: Path) -> None:
    scenario = tiny(read_catalogue(), seed=1)
    one = fly_years(scenario, asked(folder, years=2, runs=2, workers=1))
    two = fly_years(scenario, asked(folder, years=2, runs=2, workers=2))
    assert years_files(one) == years_files(two)
    alone = fly_years(scenario, asked(folder, years=2, runs=1, seed=2))
    assert alone.rows == tuple(row for row in one.rows if row.seed == 2)


def test_the_folder_holds_each_year_of_each_planner_and_a_page(folder: Path) -> None:
    found = years_folder(asked(folder, years=1, runs=2))
    out = folder.parent / "years"
    with (out / "years.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert [(row["seed"], row["policy"]) for row in rows] == [(seed, name) for seed in ("1", "2") for name in POLICIES]
    page = (out / "years.html").read_text()
    assert page == render_years(found)
    assert "<script" not in page
    with pytest.raises(Refused):
        years_folder(asked(folder, years=1, runs=1))


@pytest.mark.parametrize(
    ("wishes", "where"), [({"years": 0}, "--years"), ({"runs": 0}, "--runs"), ({"workers": -1}, "--workers")]
)
def test_numbers_out_of_range_are_refused_by_name(wishes: dict[str, int], where: str, folder: Path) -> None:
    with pytest.raises(ScenarioError, match="is asked for") as told:
        years_folder(asked(folder, **wishes))
    assert told.value.where == where
    assert "ask for 1 to" in told.value.fix


def row(seed: int, at: int, policy: str, k3: float | None) -> YearRow:
    return YearRow(
        seed=seed, year=at, policy=policy, due=3, flown=3, lost=0, replans=1, k3_percent=k3, delivered_kg=10.0,
        below_reserve_d=0.0, empty_d=0.0,
    )  # fmt: skip


def test_pairs_are_of_the_same_year_and_chain() -> None:
    told = {(1, 1): (90.0, 80.0), (1, 2): (70.0, 66.0), (2, 1): (95.0, 75.0), (2, 2): (None, 50.0)}
    rows = [row(*key, name, value) for key, pair in told.items() for name, value in zip(POLICIES, pair, strict=True)]
    k3 = next(one for one in compare_years(rows, YEAR_MEASURES) if one.measure.startswith("K3"))
    assert (k3.years, k3.chains) == (3, 2)
    assert k3.difference == pytest.approx((10 + 4 + 20) / 3)
    assert (k3.low, k3.high) == pytest.approx(paired_interval([10.0, 4.0, 20.0]))
    assert (k3.chains_low, k3.chains_high) == pytest.approx(paired_interval([7.0, 20.0]))
    assert not any(one.measure.startswith("K10") for one in compare_years(rows, YEAR_MEASURES))  # never told


def test_an_interval_by_hand_and_none_of_one_pair() -> None:
    """Mean 2, standard deviation 1, three pairs: 2 -+ 4.303 / sqrt 3."""
    assert paired_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 2.48414, 2 + 2.48414), abs=1e-4)
    assert paired_interval([1.0]) is None


def test_a_verdict_needs_an_interval_that_leaves_out_nothing() -> None:
    def pair(differences: list[float], better: str) -> str:
        told = [(1, at, value) for at, value in enumerate(differences, 1)]
        rows = [row(seed, at, POLICIES[0], 50.0 + value) for seed, at, value in told]
        rows += [row(seed, at, POLICIES[1], 50.0) for seed, at, _ in told]
        k3 = next(one for one in compare_years(rows, YEAR_MEASURES) if one.measure.startswith("K3"))
        return pair_verdict(replace(k3, better=better))

    assert pair([5.0, 6.0, 5.5], "more") == "planner better, over years alone"
    assert pair([5.0, 6.0, 5.5], "less") == "first come better, over years alone"
    assert pair([-5.0, 6.0, 0.5], "more") == "no difference shown"
    assert pair([5.0], "more") == ""


@pytest.mark.parametrize(
    "error",
    [
        NoPlan("none", fix="widen", where="missions.csv", causes=("a", "b")),
        ScenarioError.of((Fault("cargo.csv", 2, "mass_kg", "heavy", "lighten"),), where="year"),
        Refused("no", fix="yes", causes=("c",)),
    ],
)
def test_an_error_of_a_worker_says_all_that_it_said(error: Exception) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert type(pickle.loads(pickle.dumps(error))) is type(error)
