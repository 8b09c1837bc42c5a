"""The command that measures: sizes and limits in, a table for people or a list for programs out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from supercargo.bench.results import with_best_known
from supercargo.bench.table import Order, benchmark_named, sizes_of
from supercargo.faces.commands import answering, print_json, tell
from supercargo.faces.words import printable
from supercargo.kernel import plain

__all__ = ["BenchRequest", "bench"]


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What a person asks of `bench`."""

    name: str
    missions: str
    seconds: float | None = None
    limit: int | None = None
    best: Path | None = None
    peers: bool = False
    out: Path | None = None


def bench(asked: BenchRequest, *, as_json: bool) -> None:
    """Run a benchmark and tell what it found."""
    with answering(as_json=as_json):
        benchmark = benchmark_named(asked.name)
        order = Order(
            missions=sizes_of(asked.missions),
            seconds=asked.seconds,
            limit=asked.limit,
            peers=asked.peers,
            out=asked.out,
            watch=_watch,
        )
        if asked.best is not None:
            with_best_known([], asked.best)  # a faulty file is told before the work, not after it
        results = benchmark.run(order)
        if asked.best is not None:
            results = with_best_known(results, asked.best)
    if as_json:
        print_json(plain(results))
    else:
        tell("".join(printable(line) + "\n" for line in benchmark.told(results)))


def _watch(doing: str, share: float) -> None:
    sys.stderr.write(f"{doing}: {100 * share:.0f} % of all missions done\n")
