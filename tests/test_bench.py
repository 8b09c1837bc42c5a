"""The benchmarks: what they measure, how they tell it, and the arithmetic of growth."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from supercargo.bench.planning import bench_plan, growth_exponent, plan_lines
from supercargo.bench.results import Result, StageCost, with_best_known
from supercargo.bench.table import BENCHMARKS, Order, benchmark_named, sizes_of
from supercargo.kernel import NoPlan, ScenarioError
from tests.cli_runner import run

PROMISED = {
    "name", "instance", "status", "objective", "bound", "best_known", "seconds", "peak_mb", "peer", "peer_objective",
    "peer_seconds", "ratio",
}  # fmt: skip


def a_result(missions: int, cpu_seconds: float, **changed: object) -> Result:
    stages = (
        StageCost(stage="schedule", seconds=1.0, cpu_seconds=cpu_seconds / 4, peak_mb=100.0, gap=0.0),
        StageCost(stage="manifest", seconds=3.0, cpu_seconds=3 * cpu_seconds / 4, peak_mb=200.0, gap=0.0025),
    )
    fields = {
        "name": "plan", "instance": f"{missions} missions", "status": "feasible", "objective": -100.0, "bound": -101.0,
        "seconds": 2 * cpu_seconds, "peak_mb": 200.0, "cpu_seconds": cpu_seconds, "missions": missions,
        "lines": 100 * missions, "stages": stages,
    } | changed  # fmt: skip
    return Result(**fields)  # type: ignore[arg-type]  # the fields stand in one mapping


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("bench")
    (result,) = bench_plan((12,), limit_s=1.0, peers=False, out=folder, watch=lambda doing, share: None)
    return result, folder


def test_bench_plans_the_smallest_year_and_tells_seconds_memory_and_proof_of_each_stage(twelve: tuple[Result, Path]) -> None:
    result, _ = twelve
    assert (result.missions, result.lines) == (12, 1250)
    assert result.status in ("feasible", "unknown")
    names = [stage.stage for stage in result.stages]
    assert names == ["reading", "windows", "schedule", "manifest", "assembly", "judging", "writing"]
    assert all(stage.cpu_seconds >= 0 and 20 < stage.peak_mb <= result.peak_mb for stage in result.stages)
    assert math.isclose(sum(stage.seconds for stage in result.stages), result.seconds, abs_tol=0.1)
    proven = {stage.stage: stage.gap for stage in result.stages if stage.status}
    assert proven["schedule"] is not None
    assert result.objective is not None
    assert result.bound is not None
    assert result.bound <= result.objective
    assert result.warm_up_seconds > 0


def test_bench_keeps_scenario_and_plan_where_it_is_told_to(twelve: tuple[Result, Path]) -> None:
    _, folder = twelve
    assert (folder / "12-missions" / "scenario" / "scenario.toml").is_file()
    head = json.loads((folder / "12-missions" / "optimised" / "run.json").read_text())
    assert all("cpu_seconds" in stage for stage in head["stages"])


def test_a_size_that_cannot_be_planned_is_told_with_its_cause(tmp_path: Path) -> None:
    with pytest.raises(NoPlan, match=r"of 3 missions was not planned"):
        bench_plan((3,), limit_s=None, peers=False, out=tmp_path, watch=lambda doing, share: None)


def test_growth_exponent_is_the_power_between_two_sizes() -> None:
    assert growth_exponent((48, 192), (2.0, 8.0)) == pytest.approx(1.0)
    assert growth_exponent((48, 96), (1.0, 4.0)) == pytest.approx(2.0)
    assert growth_exponent((48, 96), (0.0, 4.0)) is None
    assert growth_exponent((48, 48), (1.0, 1.0)) is None


def test_table_sets_192_against_48_and_names_the_growth_of_each_stage() -> None:
    told = "\n".join(plan_lines([a_result(48, 10.0), a_result(192, 65.0, objective=-400.0)]))
    assert "192 over 48: 6.5 times the processor seconds, 6.5 by the clock" in told
    assert "48 to 192: schedule 1.35, manifest 1.35, all 1.35" in told
    assert "0.25 %" in told
    assert "19,200" in told


def test_table_of_one_size_tells_no_growth_and_the_peer_only_where_it_ran() -> None:
    alone = "\n".join(plan_lines([a_result(48, 10.0)]))
    assert "192 over 48" not in alone
    assert "first come" not in alone
    peer = {"peer": "first come, first served", "peer_objective": -50.0, "peer_seconds": 3.0, "ratio": 2.0}
    assert (
        "worth 2.00 times that of first come, first served, which took 3.0 s" in plan_lines([a_result(48, 10.0, **peer)])[-1]
    )
    assert plan_lines([]) == ["nothing was planned"]


def test_best_known_is_the_least_that_earlier_answers_reached(tmp_path: Path) -> None:
    file = tmp_path / "best.json"
    rows = [{"name": "plan", "instance": "48 missions", "objective": value, "best_known": -120.0} for value in (-90.0, -110.0)]
    file.write_text(json.dumps(rows))
    found = with_best_known([a_result(48, 1.0), a_result(96, 1.0)], file)
    assert [one.best_known for one in found] == [-120.0, None]


@pytest.mark.parametrize("content", ["", "{}", '["plan"]', '[{"name": "plan"}]'])
def test_a_file_that_holds_no_results_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "best.json"
    file.write_text(content)
    with pytest.raises(ScenarioError, match="give a file that `supercargo bench"):
        with_best_known([], file)


def test_sizes_are_read_smallest_first_and_once() -> None:
    assert sizes_of("192,48, 48") == (48, 192)
    assert Order().missions == (12, 48, 96, 192)


@pytest.mark.parametrize("text", ["", "11", "12,many", "193", "12;48", "-12", "1" * 5000])
def test_what_is_no_list_of_sizes_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="whole numbers from 12 to 192"):
        sizes_of(text)


def test_an_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    assert benchmark_named("plan") is BENCHMARKS[0]
    ended = run("bench", "chess")
    assert ended.code == 2
    assert "no benchmark is called 'chess'" in ended.err
    assert ", ".join(benchmark.name for benchmark in BENCHMARKS) in ended.err


def test_results_carry_the_fields_that_programs_are_promised() -> None:
    from supercargo.kernel import plain

    row = plain(a_result(48, 1.0))
    assert set(row) >= PROMISED
    assert json.loads(json.dumps(row)) == row
