"""A plan flown through many futures: what moves a lift-off, what comes of it, and the same bytes for any number of workers."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.kernel import ScenarioError
from supercargo.measure.deliveries import line_name
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.summary import summarise
from supercargo.model import RISK_TABLES, Blackout, Chance, Chances, Future, OperationsPlan, RiskReport
from supercargo.model.chances import CHANCE_UNITS, CHANCES
from supercargo.plan.costing import late_penalty_usd
from supercargo.plan.demand import MONTH_D
from supercargo.simulate import monte_carlo
from supercargo.simulate.dispatch import GROUNDED
from supercargo.simulate.draws import draw
from supercargo.simulate.monte_carlo import BLOCK, Case, Order, fly_futures, fly_unharmed, quantiles_by_day
from supercargo.simulate.outcomes import METRICS
from supercargo.simulate.risk import simulate_plan
from supercargo.simulate.spreads import probability_error, spread_of
from supercargo.simulate.value import value_of
from supercargo.store import read_chances, read_rows, write_rows
from tests.builders import FACT, START, a_scenario
from tests.cli_runner import run
from tests.plans import a_plan

NAMES = [name for name, _ in METRICS]


def a_chance(chance: str, *sizes: float, **changes: Any) -> Chance:
    words = ("least_value", "likely_value", "most_value")
    given = dict(zip(words, sizes, strict=False))
    return Chance(**{**FACT, "chance": chance, "probability": 1.0, "unit": CHANCE_UNITS[chance], **given, **changes})


@cache
def tiny_plan(folder: Path) -> Path:
    """The tiny scenario, planned, as a folder."""
    assert run("new", str(folder / "year"), "--from", "tiny").code == 0
    assert run("plan", str(folder / "year"), "--out", str(folder / "plan")).code == 0
    return folder / "plan"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_plan(tmp_path_factory.mktemp("simulated"))


@cache
def catalogue() -> Chances:
    return read_chances(a_scenario())


def flown(plan: OperationsPlan, *rows: Chance, index: int = 0) -> dict[str, float | None]:
    """Lift-off of each mission in one future, in days after the planned one; None where it does not fly."""
    case = Case.of(plan, Chances(rows=rows))
    ((sample, _),) = fly_futures([Order(case=case, seed=1, runs=index + 1)])
    launch = case.course.timing.launch
    return {
        name: None if sample.when[index, at] >= GROUNDED else float(sample.when[index, at] - launch[at]) / 86_400
        for at, name in enumerate(case.course.missions)
    }


# the rule of dispatch


def test_a_plan_to_which_nothing_happens_is_flown_as_it_was_planned() -> None:
    assert set(flown(a_plan()).values()) == {0.0}


def test_figures_of_a_plan_to_which_nothing_happens_are_the_plans_own() -> None:
    plan = replace(a_plan(), kpis=())
    numbers, _, there = fly_unharmed(Case.of(plan, catalogue()))
    told = dict(zip(NAMES, map(float, numbers), strict=True))
    summary = summarise(plan)
    kpis = {kpi.kpi_id: kpi.value for kpi in measure_kpis(plan)}
    for name in ("K1", "K3", "K5", "K10", "K16"):
        assert told[name] == pytest.approx(kpis[name], abs=1e-4), name
    assert told["K9"] == pytest.approx(kpis["K9"], abs=0.05)
    assert told["service cost"] == pytest.approx(summary.money.service_cost_usd, abs=0.05)
    assert told["K10 chain"] == pytest.approx(summary.money.chain_margin_percent, abs=1e-4, nan_ok=True)
    assert (told["K2"], told["K4"], told["lost missions"]) == (0.0, 0.0, 0.0)
    rows = {(row.destination, row.supply_class, row.day_utc): row.on_hand_kg for row in plan.inventory}
    names = Case.of(plan, catalogue()).course.stock_names
    for (place, supply_class), curve in zip(names, there, strict=True):
        planned_kg = [rows[place, supply_class, START + timedelta(days=day)] for day in range(len(curve))]
        assert curve == pytest.approx(planned_kg, abs=0.2)


def test_an_overrun_moves_each_lift_off_to_its_next_chance_and_no_further() -> None:
    moved = flown(a_plan(), a_chance("overrun", 10, 10, 10))
    assert all(delay is not None and 10.0 <= delay < 13.0 for name, delay in moved.items() if name != "M4")


def test_a_family_stands_down_after_a_loss_for_as_long_as_was_drawn() -> None:
    plan = a_plan()
    first, second = sorted(plan.missions, key=lambda one: one.launch_utc)[:2]
    apart = (second.launch_utc - first.launch_utc) / timedelta(days=1)
    rows = (a_chance("loss", probability=0.4), a_chance("standdown", 100, 100, 100))
    struck = 0
    for index in range(40):
        case = Case.of(plan, Chances(rows=rows))
        future = draw(case.odds, seed=1, index=index)
        delays = flown(plan, *rows, index=index)
        if first.mission_id in future.lost:
            struck += 1
            delay = delays[second.mission_id]
            assert delay is None or delay >= 100.0 - apart - 1e-6
        if not future.lost:
            assert set(delays.values()) == {0.0}
    assert struck > 5


def test_a_port_out_keeps_a_mission_away_until_it_is_back() -> None:
    plan = a_plan()
    one_each = {(port.destination, port.docking_system) for port in plan.scenario.ports}
    rows = (a_chance("port_out", 30, 30, 30),)
    case = Case.of(plan, Chances(rows=rows))
    ((sample, _),) = fly_futures([Order(case=case, seed=3, runs=200)])
    timing = case.course.timing
    kept = 0
    for index in range(200):
        future = draw(case.odds, seed=3, index=index)
        out = {(one.destination, one.port): one for one in future.port_outs}
        for at, mission in enumerate(case.odds.missions):
            arrive = plan.scenario.settings.start_utc + timedelta(
                seconds=int(sample.when[index, at] + timing.transit[at])
            ) if sample.when[index, at] < GROUNDED else None  # fmt: skip
            closure = out[mission.destination, mission.port]
            alone = sum((mission.destination, port.docking_system) in one_each for port in plan.scenario.ports
                        if port.destination == mission.destination) == 1  # fmt: skip
            if arrive is not None and alone:
                assert not closure.from_utc <= arrive < closure.to_utc
                kept += 1
    assert kept > 100


def test_a_launcher_that_is_grounded_in_the_scenario_lifts_nothing_off() -> None:
    plan = a_plan()
    first = min(plan.missions, key=lambda one: one.launch_utc)
    grounded = Blackout(
        kind="launcher",
        object=first.launcher,
        from_utc=START - timedelta(days=1),
        to_utc=first.launch_utc + timedelta(days=20),
    )
    scenario = replace(plan.scenario, blackouts=(*plan.scenario.blackouts, grounded))
    delay = flown(replace(plan, scenario=scenario))[first.mission_id]
    assert delay is not None
    assert delay >= 20.0


def test_a_lost_tail_does_not_fly_again() -> None:
    plan = a_plan()
    by_tail: dict[str, list[str]] = {}
    for mission in sorted(plan.missions, key=lambda one: one.launch_utc):
        by_tail.setdefault(mission.vehicle_id, []).append(mission.mission_id)
    assert any(len(names) > 1 for names in by_tail.values())
    delays = flown(plan, a_chance("loss"))
    for names in by_tail.values():
        assert [delays[name] is not None for name in names] == [True] + [False] * (len(names) - 1)


def test_what_has_flown_stays_as_it_was_in_every_future() -> None:
    """All lifted off, one of them lost: nothing is left to chance but use."""
    plan = a_plan()
    gone = max(plan.missions, key=lambda one: one.launch_utc).mission_id
    missions = tuple(replace(one, outcome="lost" if one.mission_id == gone else "docked") for one in plan.missions)
    manifest = tuple(replace(row, delivered_utc=None) if row.mission_id == gone else row for row in plan.manifest)
    settings = replace(plan.scenario.settings, as_of_utc=max(one.launch_utc for one in plan.missions))
    record = replace(plan, missions=missions, manifest=manifest, scenario=replace(plan.scenario, settings=settings))
    case = Case.of(record, busy_chances())
    ((sample, _),) = fly_futures([Order(case=case, seed=1, runs=30)])
    numbers, _, _ = fly_unharmed(case)
    assert np.array_equal(sample.numbers, np.tile(numbers, (30, 1)), equal_nan=True)
    assert numbers[NAMES.index("lost missions")] == 1.0
    assert numbers[NAMES.index("K1")] == pytest.approx(75.0)
    assert (sample.when == case.course.timing.launch).all()


# what comes of it, recounted


def recounted(plan: OperationsPlan, future: Future, lift_offs: dict[str, datetime | None]) -> dict[str, float]:
    """Figures of one future by the nouns and the contract terms, load by load."""
    scenario, end = plan.scenario, plan.scenario.settings.end_utc
    revenue = math.fsum(row.plan_usd for row in plan.costs if row.account == "revenue:left-behind")
    failed: set[str] = set()
    late: set[str] = set()
    delivered_kg = 0.0
    for row in plan.manifest:
        line = scenario.lines[line_name(scenario, row.item_id)]
        dated = row.direction == "up" and line.due_utc is not None
        if not row.mission_id:
            late |= {line.item_id} if dated else set()
            continue
        mission, lifted = plan.mission_named[row.mission_id], lift_offs[row.mission_id]
        price = scenario.price_usd(line) * row.mass_kg / line.mass_kg
        vehicle = scenario.vehicle_types[mission.vehicle_type]
        cutoff = timedelta(days=vehicle.late_cutoff_d if line.late_load else vehicle.cargo_cutoff_d)
        behind = future.supplier_delays_s.get(row.item_id, 0)
        missed = lifted is not None and behind > 0 and line.release_utc + timedelta(seconds=behind) + cutoff > lifted
        if lifted is None or missed:
            late |= {line.item_id} if dated else set()
            if line.due_utc is not None and line.due_utc <= end:
                cap = scenario.term_values.get((scenario.contract_id(line), "penalty_cap"), 0.0)
                revenue -= price * cap / 100.0
            failed |= {row.mission_id} if line.must and missed else set()
            continue
        if row.mission_id in future.lost:
            late |= {line.item_id} if dated else set()
            continue
        assert row.delivered_utc is not None
        at = row.delivered_utc + (lifted - mission.launch_utc)
        share = future.damaged.get(row.item_id, 0.0)
        revenue += price * (1.0 - share) - late_penalty_usd(scenario, line, at, price)
        if line.must and share:
            failed.add(row.mission_id)
        if dated and line.due_utc is not None and at > line.due_utc:
            late.add(line.item_id)
        if row.direction == "up":
            delivered_kg += row.mass_kg * (1.0 - share)
    docked = [name for name, lifted in lift_offs.items() if lifted is not None and name not in future.lost]
    for name in docked:
        revenue += scenario.term_values.get((scenario.requests[name].contract_id, "milestone"), 0.0)
    dated_lines = [line for line in scenario.cargo if line.direction == "up" and line.due_utc is not None]
    return {
        "K1": 100.0 * len(set(docked) - failed) / len(scenario.missions),
        "K3": 100.0 * (len(dated_lines) - len(late)) / len(dated_lines),
        "revenue": revenue,
        "delivered up": delivered_kg,
    }


def busy_chances() -> Chances:
    """Everything happens often, so that few futures show all of it."""
    rows = (
        a_chance("slip", 0.2, 0.3, 0.6),
        a_chance("loss", probability=0.2),
        a_chance("standdown", 20, 30, 90),
        a_chance("port_out", 5, 20, 60, probability=0.5),
        a_chance("overrun", 2, 7, 30, probability=0.4),
        a_chance("damage", 0.1, 0.5, 1.0, probability=0.2),
        a_chance("demand", 0.8, 1.0, 1.4),
        a_chance("supplier_delay", 5, 60, 200, probability=0.3),
    )
    return Chances(rows=rows, slips=catalogue().slips)


def test_figures_of_each_future_agree_with_a_recount_load_by_load() -> None:
    plan = a_plan()
    case = Case.of(plan, busy_chances())
    ((sample, _),) = fly_futures([Order(case=case, seed=5, runs=150)])
    seen = set()
    for index in range(150):
        future = draw(case.odds, seed=5, index=index)
        lift_offs = {
            name: None if sample.when[index, at] >= GROUNDED else START + timedelta(seconds=int(sample.when[index, at]))
            for at, name in enumerate(case.course.missions)
        }
        told = dict(zip(NAMES, map(float, sample.numbers[index]), strict=True))
        for name, value in recounted(plan, future, lift_offs).items():
            assert told[name] == pytest.approx(value, abs=1e-6 * max(1.0, abs(value))), (index, name)
        seen |= {bool(future.lost), bool(future.damaged) and "damaged", None in lift_offs.values() and "unflown"}
    assert seen >= {True, False, "damaged", "unflown"}


def test_stock_of_each_day_agrees_with_a_recount() -> None:
    plan = a_plan()
    case = Case.of(plan, busy_chances())
    ((sample, grid),) = fly_futures([Order(case=case, seed=6, runs=1, banded=True)])
    assert grid is not None
    future = draw(case.odds, seed=6, index=0)
    for at, (place, supply_class) in enumerate(case.course.stock_names):
        stock = next(one for one in plan.scenario.stock if (one.destination, one.supply_class) == (place, supply_class))
        there, curve = stock.on_hand_kg, []
        for day, use in enumerate(case.odds.uses[at].mean_kg):
            factor = future.demand[place, supply_class] * future.monthly[place, supply_class][day // MONTH_D]
            there += float(sample.inbound_sum[at, day]) - float(use) * factor
            curve.append(there)
        assert sample.stock_sum[at] == pytest.approx(curve, abs=1e-6)
        assert sample.lowest[0, at] == pytest.approx(min(curve), abs=1e-6)
        assert sample.short_d[0, at] == sum(kg < stock.reserve_kg for kg in curve)
        assert sample.empty_d[0, at] == sum(kg < 0.0 for kg in curve)


def test_bands_of_stock_are_those_of_the_futures_to_within_a_bin() -> None:
    case, runs = Case.of(a_plan(), busy_chances()), BLOCK + 50
    ((sample, grid),) = fly_futures([Order(case=case, seed=7, runs=runs, banded=True)])
    assert grid is not None
    assert sample.heaps is not None
    assert (sample.heaps.sum(axis=2) == runs).all()
    job = monte_carlo._Job(case, 7, None)
    curves = np.array([monte_carlo._fly(job, index, index + 1).stock_sum for index in range(runs)])
    assert np.allclose(curves.sum(axis=0), sample.stock_sum)
    for share, told in zip((0.05, 0.5, 0.95), quantiles_by_day(sample, grid, (0.05, 0.5, 0.95)), strict=True):
        low, high = (np.quantile(curves, max(0.0, min(1.0, share + apart)), axis=0) for apart in (-0.005, 0.005))
        assert (told >= low - 1.01 * grid.width).all()
        assert (told <= high + 1.01 * grid.width).all()


# many futures


def test_the_same_bytes_come_from_one_two_and_three_workers(planned: Path, tmp_path: Path) -> None:
    """In processes of their own, as a person runs it."""
    for workers in (1, 2, 3):
        words = ["simulate", str(planned), "--runs", str(3 * BLOCK + 7), "--workers", str(workers)]
        command = [sys.executable, "-m", "supercargo", *words, "--out", str(tmp_path / f"w{workers}")]
        subprocess.run(command, check=True, capture_output=True)
    files = {file.name for file in (tmp_path / "w1").iterdir()} - {"run.json"}
    assert {table.file for table in RISK_TABLES} | {"risk.json", "risk.html", "chances.csv", "slips.csv"} == files
    for name in files:
        first = (tmp_path / "w1" / name).read_bytes()
        assert first == (tmp_path / "w2" / name).read_bytes() == (tmp_path / "w3" / name).read_bytes(), name
    assert json.loads((tmp_path / "w3" / "run.json").read_text())["workers"] == 3


def test_more_futures_begin_with_the_same_ones() -> None:
    case = Case.of(a_plan(), busy_chances())
    few, many = (fly_futures([Order(case=case, seed=1, runs=runs)])[0][0] for runs in (20, BLOCK + 10))
    assert np.array_equal(few.numbers, many.numbers[:20], equal_nan=True)
    other = fly_futures([Order(case=case, seed=2, runs=20)])[0][0]
    assert not np.array_equal(few.numbers, other.numbers, equal_nan=True)


@cache
def report(runs: int = 400) -> RiskReport:
    return simulate_plan(a_plan(), busy_chances(), seed=1, runs=runs)


def test_a_report_tells_each_chance_that_may_happen_and_the_largest_effect_on_the_margin_first() -> None:
    margins = [driver for driver in report().drivers if driver.metric == "margin"]
    assert {driver.chance for driver in margins} == set(CHANCES)
    sizes = [abs(driver.effect or 0.0) for driver in margins]
    assert sizes == sorted(sizes, reverse=True)


def test_all_sixteen_kpis_are_told_and_those_a_simulation_can_not_know_carry_no_number() -> None:
    kpis = {kpi.kpi_id: kpi for kpi in report().kpis}
    assert list(kpis) == [f"K{number}" for number in range(1, 17)]
    known = {name for name, kpi in kpis.items() if kpi.value is not None}
    assert known == {"K1", "K2", "K3", "K4", "K5", "K9", "K10", "K16"}  # no place of this plan has a market
    for name, kpi in kpis.items():
        assert (kpi.basis == "simulation") == (name in known)
        assert ("missing" in kpi.causes) == (name not in known)
        assert (kpi.met is None) == (kpi.value is None or kpi.target is None)


def test_the_error_of_a_mean_is_what_means_of_other_seeds_stray_by() -> None:
    case = Case.of(a_plan(), busy_chances())
    at = NAMES.index("margin")
    samples = fly_futures([Order(case=case, seed=seed, runs=100) for seed in range(30)])
    told = [spread_of("margin", "USD", sample.numbers[:, at]) for sample, _ in samples]
    means = np.array([one.mean for one in told])
    error = np.mean([one.mean_error for one in told])
    assert means.std(ddof=1) == pytest.approx(error, rel=0.45)  # 30 seeds tell a standard error to about 13 %
    medians = np.array([one.p50 for one in told])
    assert medians.std(ddof=1) == pytest.approx(np.mean([one.p50_error for one in told]), rel=0.6)


def test_a_figure_that_no_future_defines_is_told_as_such() -> None:
    one = spread_of("x", "percent", np.full(5, np.nan), plan=math.nan)
    assert (one.runs, one.plan, one.mean, one.p05) == (0, None, None, None)
    assert probability_error(0.0, 1000) > 0.0


def test_probabilities_of_stock_count_the_futures_with_such_a_day() -> None:
    case = Case.of(a_plan(), busy_chances())
    ((sample, _),) = fly_futures([Order(case=case, seed=1, runs=400)])
    for at, stock in enumerate(report().stocks):
        assert stock.below_reserve_probability == pytest.approx((sample.short_d[:, at] > 0).mean())
        assert stock.below_zero_probability == pytest.approx((sample.lowest[:, at] < 0.0).mean())
        assert stock.below_zero_probability <= stock.below_reserve_probability


# what a change is worth


def test_a_chance_switched_off_is_worth_nothing_where_it_never_happens() -> None:
    plan, rows = a_plan(), (a_chance("loss", probability=0.0), a_chance("overrun", 2, 7, 30))
    told = value_of((plan, Chances(rows=rows)), (plan, Chances(rows=rows[1:])), seed=1, runs=60)
    assert {one.effect for one in told if one.runs} == {0.0}


def test_more_stock_at_the_start_is_worth_days_above_reserve_and_moves_no_mission() -> None:
    plan, chances = a_plan(), busy_chances()
    stock = tuple(replace(one, on_hand_kg=one.on_hand_kg + 500.0) for one in plan.scenario.stock)
    raised = tuple(replace(row, on_hand_kg=row.on_hand_kg + 500.0) for row in plan.inventory)
    fuller = replace(plan, scenario=replace(plan.scenario, stock=stock), inventory=raised)
    told = {one.metric: one for one in value_of((plan, chances), (fuller, chances), seed=1, runs=200)}
    short = told["stock days below reserve"]
    assert short.effect is not None
    assert short.effect_error is not None
    assert short.effect < -3 * short.effect_error
    assert (told["margin"].effect, told["K3"].effect, told["mean delay"].effect) == (0.0, 0.0, 0.0)


# the command


def test_the_folder_of_a_simulation_holds_what_the_command_tells(planned: Path, tmp_path: Path) -> None:
    out = tmp_path / "risk"
    words = ("simulate", str(planned), "--runs", "40", "--workers", "1", "--out", str(out))
    told = json.loads(run(*words, "--json").out)
    assert told == json.loads((out / "risk.json").read_text())
    assert (told["runs"], told["seed"], told["driver_runs"]) == (40, 1, 40)
    faults: list[Any] = []
    for table in RISK_TABLES:
        assert read_rows(out / table.file, table, faults)
    assert faults == []
    page = (out / "risk.html").read_text()
    assert "nothing is planned anew" in page
    assert "never below reserve" not in page  # that would be said of the mean
    assert page.count("below zero in ") >= len(told["stocks"])
    assert "http" not in page.replace("http://www.w3.org", "").replace("https://github", "").split("<h2>What may happen")[0]
    with (out / "kpis.csv").open() as file:
        assert {row["basis"] for row in csv.DictReader(file)} == {"simulation", ""}
    assert run(*words).code == 4
    assert run(*words, "--force").code == 0


def test_the_terminal_tells_spreads_stocks_drivers_and_missions(planned: Path) -> None:
    told = run("simulate", str(planned), "--runs", "30", "--workers", "1").out
    for words in ("30 futures of tiny", "nothing is planned anew", "below zero", "What drives the margin", "slip", "TN-01"):
        assert words in told


def test_chances_of_a_folder_take_the_place_of_the_scenarios(planned: Path, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    calm.mkdir()
    (calm / "chances.csv").write_bytes(write_rows((a_chance("damage", probability=0.0),), Chance))
    told = json.loads(run("simulate", str(planned), "--runs", "5", "--workers", "1", "--chances", str(calm), "--json").out)
    margin = next(one for one in told["spreads"] if (one["metric"], one["object"]) == ("margin", ""))
    assert (margin["p05"], margin["p95"]) == (margin["plan"], margin["plan"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--runs", "0"), 2, "0 runs can't be flown"),
        (("--runs", "2000000"), 2, "give 1 to 1,000,000"),
        (("--workers", "0"), 2, "0 workers can't be flown"),
        (("--workers", "-3"), 2, "-3 workers can't be flown"),
    ],
)
def test_numbers_out_of_range_are_refused(planned: Path, words: tuple[str, ...], code: int, said: str) -> None:
    told = run("simulate", str(planned), *words)
    assert told.code == code
    assert said in told.err


def test_bad_chances_of_a_folder_are_refused_all_at_once_and_nothing_is_written(planned: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    head = "chance,applies_to,probability,least_value,likely_value,most_value,unit,source,as_of,evidence\n"
    rows = ("overrun,,0.1,-2,1,3,d", "loss,,1.2,0,0,0,", "loss,Falcno,0.1,0,0,0,", "demand,food@Mars,1,1,1,1,factor")
    (bad / "chances.csv").write_text(head + "".join(f"{row},mine,2026-12-01,assumption\n" for row in rows))
    told = run("simulate", str(planned), "--chances", str(bad), "--out", str(tmp_path / "risk"))
    assert told.code == 2
    for words in (
        "row 2 column least_value",
        "row 3 column probability",
        "row 4 column applies_to",
        "row 5 column applies_to",
    ):
        assert f"chances.csv {words}" in told.err
    assert not (tmp_path / "risk").exists()
    assert run("simulate", str(planned), "--chances", str(tmp_path)).code == 2


def test_chances_that_a_simulation_wrote_can_be_given_to_the_next(planned: Path, tmp_path: Path) -> None:
    words = ("simulate", str(planned), "--runs", "20", "--workers", "1", "--out")
    assert run(*words, str(tmp_path / "a")).code == 0
    assert run(*words, str(tmp_path / "b"), "--chances", str(tmp_path / "a")).code == 0
    for name in ("risk.json", "chances.csv", "slips.csv", "inventory.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    assert run("simulate", str(tmp_path)).code == 2
    with pytest.raises(ScenarioError, match="can't be flown"):
        fly_futures([Order(case=Case.of(a_plan(), Chances(rows=())), seed=1, runs=0)])
