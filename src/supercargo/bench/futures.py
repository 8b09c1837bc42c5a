"""The benchmark of the Monte Carlo: 10,000 futures of the reference year by two processes, and without its drivers."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from supercargo.app.metering import peak_mb
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.bench.results import Result
from supercargo.model import OperationsPlan, RiskReport
from supercargo.simulate.risk import simulate_plan
from supercargo.store import read_chances, read_plan

__all__ = ["bench_futures"]

RUNS, WORKERS, SEED = 10_000, 2, 1
MOST_SECONDS = 60.0
"""As long as 10,000 futures of the reference year may take on two cores, drivers included."""


def bench_futures(
    *, instances: Sequence[Path] = (), runs: int = RUNS, watch: Callable[[str, float], None] = lambda doing, share: None
) -> list[Result]:
    """Seconds by the clock, compiling and starting of processes included, and the memory of all processes together.

    `instances` are files of plan folders; without them the reference year is planned first, which does not count.
    """
    with tempfile.TemporaryDirectory(prefix="supercargo-bench-") as passing:
        folders = list(dict.fromkeys(file.parent for file in instances)) or [_planned(Path(passing), watch)]
        results = []
        for number, folder in enumerate(folders):
            share = 0.5 + 0.5 * number / len(folders)
            watch(f"flying {runs:,} futures of {folder.name}", share)
            results.append(_measured(read_plan(folder), runs))
        watch("measured", 1.0)
    return results


def _planned(folder: Path, watch: Callable[[str, float], None]) -> Path:
    watch("planning the reference year", 0.0)
    new_scenario(folder / "year", NewScenario("reference-year", missions=None, seed=SEED))
    plan_scenario(folder / "year", folder / "plan")
    return folder / "plan"


def _measured(plan: OperationsPlan, runs: int) -> Result:
    chances = read_chances(plan.scenario)
    began, cpu = time.perf_counter(), _cpu_seconds()
    report = simulate_plan(plan, chances, seed=SEED, runs=runs, workers=WORKERS)
    seconds = time.perf_counter() - began
    return Result(
        name="simulate",
        instance=f"{plan.scenario.settings.name}, {runs:,} futures, {WORKERS} processes",
        status="feasible",
        objective=_margin(report),
        bound=None,
        seconds=seconds,
        peak_mb=peak_mb() + WORKERS * _peak_child_mb(),
        bar_seconds=MOST_SECONDS * max(1.0, runs / RUNS),
        cpu_seconds=_cpu_seconds() - cpu,
        missions=len(plan.missions),
        lines=len(plan.scenario.cargo),
    )


def _margin(report: RiskReport) -> float | None:
    return report.spread("margin").mean


def _cpu_seconds() -> float:
    """Processor seconds of this process and of those of its own that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_child_mb() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024.0)
