"""A log of many cargo events, for measuring: `python -m tests.many_cargo_events FILE EVENTS` makes one and asks it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from supercargo.app.operations.cargo import where_is
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.store.log import open_log, read_log
from supercargo.track.cargo.life import Life
from supercargo.track.envelope import Draft
from tests.cargo_lives import World, at

BATCH = 10_000


def drafts(events_count: int) -> Iterator[Draft]:
    """Drafts of items that are moved about in bags in bays of one spacecraft, 20 events each, each lawful."""
    world, pattern = a_pattern()
    yield from world
    for number in range(max(1, (events_count - len(world)) // len(pattern))):
        for draft in pattern:
            stream = draft.stream.replace("X", f"{number:07d}")
            yield replace(draft, event_id=f"{draft.event_id}-{number}", stream=stream)


def a_pattern() -> tuple[tuple[Draft, ...], tuple[Draft, ...]]:
    """What is written once, and what is written for each item, as judged and stored for one."""
    world = World()
    world.do("registered", "container/WREN", 0, sort="vehicle")
    world.do("registered", "container/WREN/A", 0, sort="bay", where="container/WREN")
    world.do("registered", "container/BAG1", 0, where="container/WREN/A")
    once = world.store.head().position
    world.do("ordered", "cargo/X", 1)
    world.do("received", "cargo/X", 2)
    for turn in range(9):
        world.do("packed", "cargo/X", 3 + turn)
        world.do("unloaded" if turn < 8 else "inspected", "cargo/X", 3.5 + turn)
    stored = [
        Draft(
            event_id=event.event_id, stream=event.stream, kind=event.kind, body=event.body, occurred_utc=event.occurred_utc,
            by=event.by, tenant=event.tenant,
        )
        for event in world.store.since(0)
    ]  # fmt: skip
    assert Life.of("cargo/X", world.store.stream("cargo/X")).now.inside == "container/BAG1"
    return tuple(stored[:once]), tuple(stored[once:])


def fill(url: str, events_count: int) -> float:
    """Write so many events into a new store; seconds that it took."""
    began = time.perf_counter()
    told = drafts(events_count)
    with open_log(url, PROJECTIONS, lambda: at(0) + timedelta(days=30)) as store:
        while batch := tuple(islice(told, BATCH)):
            store.append(batch)
    return time.perf_counter() - began


def ask(url: str, times: int, items_count: int) -> list[float]:
    """Seconds that each of so many questions took, each about another item, nothing kept at hand."""
    taken = []
    log = read_log(url, PROJECTIONS)
    try:
        for number in range(times):
            name = f"{(number * 7919) % items_count:07d}"
            began = time.perf_counter()
            with log.reading() as view:
                seen = where_is(view, name, at(100))
            taken.append(time.perf_counter() - began)
            assert seen.found.containers == ("container/BAG1", "container/WREN/A", "container/WREN")
    finally:
        log.close()
    return sorted(taken)


def main(file: str, events_count: int) -> None:
    """Make a log and tell how fast it was made and answers."""
    seconds = fill(file, events_count)
    taken = ask(file, 1000, (events_count - 3) // 20)
    middle, late = 1e3 * taken[len(taken) // 2], 1e3 * taken[int(0.99 * len(taken))]
    print(f"{events_count} events in {seconds:.1f} s; where-is: median {middle:.2f} ms, 99 of 100 within {late:.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
