"""KPIs over many futures of a plan: recounted from raw samples, the plan's own where nothing happens, or no number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from supercargo.measure.kpis import measure_kpis
from supercargo.model import CHANCES, Chances, OperationsPlan
from supercargo.model.chances import CHANCE_UNITS
from supercargo.simulate.monte_carlo import Case, Order, fly_futures
from supercargo.simulate.outcomes import METRICS
from supercargo.simulate.risk import simulate_plan, spreads_of_plan
from supercargo.store import read_chances, read_plan
from tests.cli_runner import run
from tests.plans import a_plan

RUNS, SEED = 60, 5
TOLD = ("K1", "K2", "K3", "K4", "K5", "K9", "K10", "K13", "K16")
UNTOLD = ("K6", "K7", "K8", "K11", "K12", "K14", "K15")
HEADER = "chance,applies_to,probability,trials_count,hits_count,least_value,likely_value,most_value,unit,source,as_of,evidence"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("simulated")
    assert run("new", str(place / "year"), "--from", "tiny").code == 0
    assert run("plan", str(place / "year"), "--out", str(place / "plan")).code == 0
    return place / "plan"


def asked(folder: Path, *words: str) -> Any:
    ran = run("kpi", str(folder), "--simulated", "--runs", str(RUNS), "--seed", str(SEED), "--workers", "1", "--json", *words)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    return asked(folder)


def raw_of(plan: OperationsPlan, chances: Chances) -> dict[str, list[float]]:
    """Each figure in each future, straight from the samples; futures that do not define it left out."""
    ((sample, _),) = fly_futures([Order(case=Case.of(plan, chances), seed=SEED, runs=RUNS)])
    columns = {name: sample.numbers[:, at].tolist() for at, (name, _) in enumerate(METRICS)}
    return {name: [one for one in column if one == one] for name, column in columns.items()}


def quantile(values: list[float], share: float) -> float:
    """By hand: the order statistics on both sides of the rank share (n - 1), linearly between them."""
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


def test_all_sixteen_are_told_and_none_that_no_future_tells_has_a_number(told: Any) -> None:
    assert told["basis"] == "simulation"
    assert [one["kpi_id"] for one in told["kpis"]] == [f"K{n}" for n in range(1, 17)]
    for one in told["kpis"]:
        if one["kpi_id"] in TOLD:
            assert one["basis"] == "simulation"
            assert one["causes"].startswith(f"simulation, {RUNS} futures, seed {SEED}: ")
        else:
            assert one["kpi_id"] in UNTOLD
            assert (one["value"], one["low"], one["high"], one["met"], one["basis"]) == (None, None, None, None, "")
            assert one["causes"].startswith("missing: no future tells it; ")


def test_mean_and_interval_agree_with_a_recount_from_the_raw_futures(folder: Path, told: Any) -> None:
    plan = read_plan(folder)
    raw = raw_of(plan, read_chances(plan.scenario))
    assert len(set(raw["K3"])) > 1
    for one in told["kpis"]:
        if one["kpi_id"] not in TOLD:
            continue
        values = raw[one["kpi_id"]]
        assert one["value"] == pytest.approx(sum(values) / len(values), rel=1e-9, abs=1e-3)
        assert one["low"] == pytest.approx(quantile(values, 0.05), rel=1e-9, abs=1e-3)
        assert one["high"] == pytest.approx(quantile(values, 0.95), rel=1e-9, abs=1e-3)


def test_they_are_those_of_the_report_of_simulate_and_no_second_simulation() -> None:
    plan, chances = a_plan(), Chances(rows=())
    report = simulate_plan(plan, chances, seed=SEED, runs=20)
    spreads = spreads_of_plan(plan, chances, seed=SEED, runs=20)
    assert spreads
    assert spreads == report.spreads[: len(spreads)]


def test_where_nothing_happens_each_is_the_plans_own(folder: Path, tmp_path: Path) -> None:
    plan = read_plan(folder)
    rows = [HEADER] + [f"{one},,0,,,0,0,0,{CHANCE_UNITS[one]},invented for a test,2026-11-27,assumption" for one in CHANCES]
    calm = tmp_path / "plan"
    _copied(folder, calm)
    (calm / "scenario" / "chances.csv").write_text("\n".join(rows) + "\n")
    own = {one.kpi_id: one.value for one in measure_kpis(plan)}
    seen = {one["kpi_id"]: one for one in asked(calm)["kpis"]}
    for name in ("K1", "K3", "K5", "K9", "K10", "K16"):
        assert seen[name]["value"] == pytest.approx(own[name], rel=1e-6, abs=1e-3), name
        assert seen[name]["low"] == seen[name]["high"] == pytest.approx(seen[name]["value"], rel=1e-9, abs=1e-3)
    assert (seen["K13"]["value"] is None) == (own["K13"] is None)
    assert (seen["K2"]["value"], seen["K4"]["value"]) == (0.0, 0.0)


def _copied(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_dir():
            to.mkdir(parents=True, exist_ok=True)
        else:
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())


def test_words_and_table_name_source_and_interval(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "kpis.csv"
    words = ("kpi", str(folder), "--simulated", "--runs", "12", "--workers", "1", "--csv", str(place))
    ran = run(*words, "--kpi", "K2", "--kpi", "K7")
    assert ran.code == 0, ran.err
    assert "simulation" in ran.out.splitlines()[0]
    assert "5 % to 95 % of futures" in ran.out
    assert "K7   safety incidents: no evidence" in ran.out
    rows = list(csv.DictReader(place.read_text().splitlines()))
    assert [(row["kpi_id"], row["basis"]) for row in rows] == [("K2", "simulation"), ("K7", "")]


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("--scor",), "ask for K1 to K16, without --scor"),
        (("--kpi", "RL.1.1"), "ask for K1 to K16, without --scor"),
        (("--drill",), "leave --drill out"),
        (("--given", "dso_d=30"), "leave --given out"),
        (("--trend", "month"), "leave --trend out"),
        (("--runs", "0"), "give 1 to 1,000,000"),
    ],
)
def test_what_no_future_tells_is_refused_with_its_fix(folder: Path, words: tuple[str, ...], fix: str) -> None:
    ran = run("kpi", str(folder), "--simulated", *words)
    assert ran.code == 2
    assert fix in " ".join(ran.err.replace("│", " ").split())


def test_all_that_is_wrong_is_told_at_once(folder: Path) -> None:
    ran = run("kpi", str(folder), "--simulated", "--scor", "--drill", "--json")
    assert ran.code == 2
    assert {"without --scor" in ran.err + ran.out, "leave --drill out" in ran.err + ran.out} == {True}


def test_futures_are_asked_for_by_their_own_word(folder: Path) -> None:
    ran = run("kpi", str(folder), "--runs", "10")
    assert ran.code == 2
    assert "--simulated" in ran.err
