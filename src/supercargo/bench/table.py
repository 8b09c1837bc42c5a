"""Which benchmarks there are, each with what it measures and the options that act on it; a new one is a new row."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from supercargo.bench.comparisons import comparison_lines
from supercargo.bench.planning import bench_plan, plan_lines
from supercargo.bench.results import Result
from supercargo.kernel import ScenarioError

__all__ = ["BENCHMARKS", "Benchmark", "Order", "benchmark_named", "files_of", "refuse_idle_options", "sizes_of"]

LEAST, MOST = 12, 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks of a benchmark; `watch` hears what is being done and the share of all that is done."""

    missions: tuple[int, ...] = (12, 48, 96, 192)
    seconds: float | None = None
    limit: int | None = None
    instances: tuple[Path, ...] = ()
    peers: bool = False
    peer_python: str = sys.executable
    out: Path | None = None
    events: int = 500_000
    watch: Callable[[str, float], None] = lambda doing, share: None

    @property
    def rivals_python(self) -> str | None:
        """The Python that has the peers, None where no peer is asked for."""
        return self.peer_python if self.peers else None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: its name, what it measures, how it is run, its results in words, and the options that act on it."""

    name: str
    measures: str
    run: Callable[[Order], list[Result]]
    told: Callable[[Sequence[Result]], list[str]]
    options: frozenset[str]


# What a benchmark measures is imported when it is run: one of them should not wait for the libraries of the others.


def _plan(order: Order) -> list[Result]:
    sizes = order.missions[: order.limit]
    return bench_plan(sizes, limit_s=order.seconds, peers=order.peers, out=order.out, watch=order.watch)


def _lambert(order: Order) -> list[Result]:
    from supercargo.bench.lambert import bench_lambert, bench_porkchop

    flights = bench_lambert(peer_python=order.rivals_python, watch=lambda doing, share: order.watch(doing, 0.7 * share))
    order.watch("drawing porkchops of a million flights", 0.7)
    charts = bench_porkchop()
    order.watch("measured", 1.0)
    return [*flights, *charts]


def _sgp4(order: Order) -> list[Result]:
    from supercargo.bench.earth_orbit import bench_earth_orbit
    from supercargo.bench.sgp4 import bench_sgp4

    order.watch("carrying a station by SGP4", 0.0)
    states = bench_sgp4(peer_python=order.rivals_python)
    order.watch("finding a year's events", 0.5)
    events = bench_earth_orbit()
    order.watch("measured", 1.0)
    return [*states, *events]


def _oem(order: Order) -> list[Result]:
    from supercargo.bench.oem import bench_oem

    return bench_oem(instances=order.instances[: order.limit], peer_python=order.rivals_python, watch=order.watch)


def _simulate(order: Order) -> list[Result]:
    from supercargo.bench.futures import bench_futures

    return bench_futures(instances=order.instances, watch=order.watch)


def _store(order: Order) -> list[Result]:
    from supercargo.bench.log import bench_log

    return bench_log(events=order.events, out=order.out, watch=order.watch)


def _store_lines(results: Sequence[Result]) -> list[str]:
    from supercargo.bench.log import log_lines

    return log_lines(results)


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        "plan",
        "seconds, memory and gaps of a whole plan, and how they grow with the number of missions",
        _plan,
        plan_lines,
        frozenset({"missions", "seconds", "limit", "best", "peers", "out"}),
    ),
    Benchmark(
        "lambert",
        "a hundred thousand flights between planets and a porkchop of a million, beside pykep and satkit",
        _lambert,
        comparison_lines,
        frozenset({"peers", "peer-python"}),
    ),
    Benchmark(
        "sgp4",
        "a million states among the stars beside SGP4 alone and Skyfield, and a year's windows, shadows and passes",
        _sgp4,
        comparison_lines,
        frozenset({"peers", "peer-python"}),
    ),
    Benchmark(
        "oem",
        "the reading of orbit ephemeris messages beside the bare XML parser and ccsds-ndm",
        _oem,
        comparison_lines,
        frozenset({"instances", "limit", "peers", "peer-python"}),
    ),
    Benchmark(
        "simulate",
        "ten thousand futures of the reference year, and a thousand without each chance, by two processes",
        _simulate,
        comparison_lines,
        frozenset({"instances"}),
    ),
    Benchmark(
        "store",
        "confirmed events beside the disk's own syncs, over HTTP too, a year's views made anew, look-ups, 200 kills",
        _store,
        _store_lines,
        frozenset({"events", "out"}),
    ),
)


def benchmark_named(name: str) -> Benchmark:
    """The benchmark of a name; raises ScenarioError, listing those there are, for any other."""
    for benchmark in BENCHMARKS:
        if benchmark.name == name:
            return benchmark
    names = ", ".join(benchmark.name for benchmark in BENCHMARKS)
    raise ScenarioError(f"no benchmark is called {name!r}", fix=f"use one of: {names}", where="bench NAME")


def refuse_idle_options(benchmark: Benchmark, given: frozenset[str]) -> None:
    """Raises ScenarioError, naming them, for options that would change nothing in what is measured."""
    idle = sorted(given - benchmark.options)
    if idle:
        names, able = (", ".join(f"--{name}" for name in some) for some in (idle, sorted(benchmark.options)))
        verb = "does" if len(idle) == 1 else "do"
        raise ScenarioError(
            f"{names} {verb} nothing in the benchmark {benchmark.name}", fix=f"leave out; it takes {able}", where="bench"
        )
    for name, needed in (("peer-python", "peers"), *((("limit", "instances"),) if benchmark.name == "oem" else ())):
        if name in given and needed not in given:
            raise ScenarioError(
                f"--{name} does nothing without --{needed}", fix=f"add --{needed} or leave it out", where="bench"
            )


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


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that are named and those of the folders that are named, by name; raises ScenarioError for an empty folder."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        if not inside:
            raise ScenarioError("the folder has no files", fix="name files, or a folder of them", where=str(path))
        files += inside
    return tuple(files)
