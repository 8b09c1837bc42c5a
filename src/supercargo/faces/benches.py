"""The command that measures: sizes and limits in, a table for people or a list for programs out."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path

from supercargo.bench.results import with_best_known
from supercargo.bench.rivals import peer_python_at
from supercargo.bench.table import Order, benchmark_named, files_of, refuse_idle_options, sizes_of
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.kernel import plain

__all__ = ["BenchRequest", "bench"]


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What a person asks of `bench`; None, empty and false are what was not asked."""

    name: str
    missions: str | None = None
    seconds: float | None = None
    limit: int | None = None
    best: Path | None = None
    instances: tuple[Path, ...] = ()
    peers: bool = False
    peer_python: str | None = None
    out: Path | None = None
    events: int | None = None

    def given(self) -> frozenset[str]:
        """The options that were asked for, as they are written."""
        asked = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "name"}
        unasked = {name for name, value in asked.items() if value is None or value is False or value == ()}
        return frozenset(name.replace("_", "-") for name in asked.keys() - unasked)


def bench(asked: BenchRequest, *, as_json: bool) -> None:
    """Run a benchmark and tell what it found."""
    with answering(as_json=as_json):
        benchmark = benchmark_named(asked.name)
        refuse_idle_options(benchmark, asked.given())
        order = _order(asked)
        if asked.best is not None:
            with_best_known([], asked.best)  # a faulty file is told before the work, not after it
        results = benchmark.run(order)
        if asked.best is not None:
            results = with_best_known(results, asked.best)
    if as_json:
        print_json(plain(results))
    else:
        tell_lines(benchmark.told(results))


def _order(asked: BenchRequest) -> Order:
    order = Order(
        seconds=asked.seconds,
        limit=asked.limit,
        instances=files_of(asked.instances),
        peers=asked.peers,
        out=asked.out,
        watch=_watch,
    )
    if asked.events is not None:
        order = replace(order, events=asked.events)
    if asked.missions is not None:
        order = replace(order, missions=sizes_of(asked.missions))
    if asked.peer_python is not None:
        order = replace(order, peer_python=peer_python_at(asked.peer_python))
    return order


def _watch(doing: str, share: float) -> None:
    sys.stderr.write(f"{doing}: {100 * share:.0f} % done\n")
