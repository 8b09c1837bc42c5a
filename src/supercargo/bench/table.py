"""Which benchmarks there are, each with what it measures; a new one is a new row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from supercargo.bench.planning import bench_plan, plan_lines
from supercargo.bench.results import Result
from supercargo.kernel import ScenarioError

__all__ = ["BENCHMARKS", "Benchmark", "Order", "benchmark_named", "sizes_of"]

LEAST, MOST = 12, 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks of a benchmark; `watch` hears what is being done and the share of all that is done."""

    missions: tuple[int, ...] = (12, 48, 96, 192)
    seconds: float | None = None
    limit: int | None = None
    peers: bool = False
    out: Path | None = None
    watch: Callable[[str, float], None] = lambda doing, share: None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: its name, what it measures, how it is run, and its results in words."""

    name: str
    measures: str
    run: Callable[[Order], list[Result]]
    told: Callable[[Sequence[Result]], list[str]]


def _plan(order: Order) -> list[Result]:
    sizes = order.missions[: order.limit]
    return bench_plan(sizes, limit_s=order.seconds, peers=order.peers, out=order.out, watch=order.watch)


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        "plan", "seconds, memory and gaps of a whole plan, and how they grow with the number of missions", _plan, plan_lines
    ),
)


def benchmark_named(name: str) -> Benchmark:
    """The benchmark of a name; raises ScenarioError, listing those there are, for any other."""
    for benchmark in BENCHMARKS:
        if benchmark.name == name:
            return benchmark
    names = ", ".join(benchmark.name for benchmark in BENCHMARKS)
    raise ScenarioError(f"no benchmark is called {name!r}", fix=f"use one of: {names}", where="bench NAME")


def sizes_of(text: str) -> tuple[int, ...]:
    """Numbers of missions from a list with commas, smallest first; raises ScenarioError for what is no such list.

    >>> sizes_of("48, 12")
    (12, 48)
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or not all(word.isascii() and word.isdecimal() and LEAST <= int(word[:4]) <= MOST for word in words):
        fix = f"give whole numbers from {LEAST} to {MOST}, such as 12,48,96,192"
        raise ScenarioError(f"{text!r} is no list of numbers of missions", fix=fix, where="--missions")
    return tuple(sorted({int(word) for word in words}))
