"""The benchmark of the main job: reference years of several sizes planned, each in a process of its own.

A process of its own makes peak memory that of one size, and leaves no size the compiled kernels of another: each process
first plans the tiny scenario, whose seconds are told apart as warm-up.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from supercargo.bench.results import Result, StageCost
from supercargo.kernel import NoPlan

__all__ = ["bench_plan", "growth_exponent", "plan_lines"]

SEED = 1
PEER = "first come, first served"
COUNTED_FROM, COUNTED_TO = 48, 192
"""The sizes whose costs are set against each other in one figure."""


def bench_plan(
    sizes: Sequence[int],
    *,
    limit_s: float | None,
    peers: bool,
    out: Path | None,
    watch: Callable[[str, float], None],
) -> list[Result]:
    """Plan a reference year of each size, smallest first; with `peers` also by the planner without foresight.

    Scenarios and plans stay in `out` if it is given. Raises NoPlan if a size can't be planned.
    """
    results, all_missions, done = [], sum(sizes), 0
    with tempfile.TemporaryDirectory(prefix="supercargo-bench-") as passing:
        for missions in sizes:
            watch(f"planning {missions} missions", done / all_missions)
            folder = out or Path(passing)
            mine = _measured(missions, folder, limit_s, "optimised")
            other = _measured(missions, folder, limit_s, "baseline") if peers else None
            results.append(_result(missions, mine, other))
            done += missions
    watch("planned", 1.0)
    return results


def _measured(missions: int, folder: Path, limit_s: float | None, planner: str) -> dict[str, Any]:
    asked = {"missions": missions, "seed": SEED, "folder": str(folder), "limit_s": limit_s, "planner": planner}
    command = [sys.executable, "-m", "supercargo.bench.worker", json.dumps(asked)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        last = ended.stderr.strip().splitlines()[-1:] or [f"the process ended with {ended.returncode}"]
        raise NoPlan(
            f"the reference year of {missions} missions was not planned: {last[0]}",
            fix="look at the cause; give fewer --missions where memory or time is short",
            where="bench plan",
        )
    measured: dict[str, Any] = json.loads(ended.stdout)
    return measured


def _result(missions: int, mine: dict[str, Any], other: dict[str, Any] | None) -> Result:
    objective = mine["objective"]
    peer_objective = other["objective"] if other else None
    return Result(
        name="plan",
        instance=f"reference-year, {missions} missions, seed {SEED}",
        status=mine["status"],
        objective=objective,
        bound=mine["bound"],
        seconds=mine["seconds"],
        peak_mb=mine["peak_mb"],
        peer=PEER if other else "",
        peer_objective=peer_objective,
        peer_seconds=other["seconds"] if other else None,
        ratio=objective / peer_objective if peer_objective and objective is not None else None,
        cpu_seconds=mine["cpu_seconds"],
        warm_up_seconds=mine["warm_up_seconds"],
        missions=missions,
        lines=mine["lines"],
        stages=tuple(StageCost(**stage) for stage in mine["stages"]),
    )


def growth_exponent(sizes: tuple[float, float], costs: tuple[float, float]) -> float | None:
    """The power of the size with which a cost grows between two sizes; None where a cost is too small to tell.

    >>> growth_exponent((48, 192), (3.0, 48.0))
    2.0
    """
    if min(*sizes, *costs) <= 0.0 or sizes[0] == sizes[1]:
        return None
    return math.log(costs[1] / costs[0]) / math.log(sizes[1] / sizes[0])


def plan_lines(results: Sequence[Result]) -> list[str]:
    """The results in words: seconds of each stage by size, gaps, memory, growth from size to size, 192 over 48."""
    if not results:
        return ["nothing was planned"]
    names = [stage.stage for stage in results[0].stages if stage.seconds or stage.cpu_seconds]
    return [
        "processor seconds, clock seconds in brackets",
        *_table(results, names),
        "",
        "growth: power of the number of missions with which processor seconds grow",
        *_growth(results, names),
        *_share(results),
        *(line for one in results for line in _peer(one)),
    ]


def _cell(text: str, width: int = 16) -> str:
    return f"{text:>{width}}"


def _spent(cpu_seconds: float, seconds: float) -> str:
    return f"{cpu_seconds:.2f} ({seconds:.2f})"


def _cost(one: Result, name: str) -> StageCost | None:
    return next((stage for stage in one.stages if stage.stage == name), None)


def _table(results: Sequence[Result], names: Sequence[str]) -> Iterator[str]:
    def row(title: str, cells: Sequence[str]) -> str:
        return f"{title:<16}" + "".join(map(_cell, cells))

    yield row("missions", [str(one.missions) for one in results])
    yield row("cargo lines", [f"{one.lines:,}" for one in results])
    for name in names:
        costs = [_cost(one, name) for one in results]
        yield row(name, [_spent(cost.cpu_seconds, cost.seconds) if cost else "-" for cost in costs])
    yield row("all", [_spent(one.cpu_seconds, one.seconds) for one in results])
    yield row("warm-up, apart", [f"({one.warm_up_seconds:.2f})" for one in results])
    yield row("peak MB", [f"{one.peak_mb:,.0f}" for one in results])
    for name in ("schedule", "manifest"):
        gaps = [cost.gap if cost else None for cost in (_cost(one, name) for one in results)]
        yield row(f"gap, {name}", ["not known" if gap is None else f"{100 * gap:.2f} %" for gap in gaps])
    yield row("status", [one.status for one in results])


def _growth(results: Sequence[Result], names: Sequence[str]) -> Iterator[str]:
    for small, large in pairwise(results):
        sizes = (float(small.missions), float(large.missions))
        powers = []
        for name in names:
            first, second = _cost(small, name), _cost(large, name)
            power = growth_exponent(sizes, (first.cpu_seconds, second.cpu_seconds)) if first and second else None
            powers.append(f"{name} {'-' if power is None else f'{power:.2f}'}")
        whole = growth_exponent(sizes, (small.cpu_seconds, large.cpu_seconds))
        powers.append(f"all {'-' if whole is None else f'{whole:.2f}'}")
        yield f"{small.missions} to {large.missions}: " + ", ".join(powers)


def _share(results: Sequence[Result]) -> Iterator[str]:
    by_size = {one.missions: one for one in results}
    small, large = by_size.get(COUNTED_FROM), by_size.get(COUNTED_TO)
    if small and large and small.cpu_seconds > 0 and small.seconds > 0:
        cpu, clock = large.cpu_seconds / small.cpu_seconds, large.seconds / small.seconds
        yield f"{COUNTED_TO} over {COUNTED_FROM}: {cpu:.1f} times the processor seconds, {clock:.1f} by the clock"


def _peer(one: Result) -> Iterator[str]:
    if one.peer and one.ratio is not None and one.peer_seconds is not None:
        yield f"{one.missions} missions: worth {one.ratio:.2f} times that of {one.peer}, which took {one.peer_seconds:.1f} s"
