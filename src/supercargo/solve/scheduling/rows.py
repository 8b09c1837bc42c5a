"""The instants at which a resource can be overbooked, and who could be there: one row for each maximal crowd.

An interval set overbooks a resource only at the start of one of its members, and a crowd that is contained in the next
one needs no row of its own. That leaves one row for each start that is followed by an end before the next start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from supercargo.solve.scheduling.problem import DatedChoice

__all__ = ["Crowd", "crowds"]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Alternatives (with units) that would be at a resource at one instant, and the room left for them there."""

    members: tuple[tuple[int, int], ...]  # (alternative, units)
    room: int


def _rows_of_resource(uses: list[tuple[int, int, int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield the maximal crowds of intervals given as (start, end, units, owner); owner -1 is a block."""
    events = sorted([(start, 1, i) for i, (start, *_) in enumerate(uses)] + [(uses[i][1], 0, i) for i in range(len(uses))])
    active: dict[int, None] = {}
    grown = False
    for _, starts, i in events:
        if starts:
            active[i] = None
            grown = True
            continue
        if grown:
            yield [(uses[k][3], uses[k][2]) for k in active]
            grown = False
        active.pop(i, None)


def crowds(problem: DatedChoice) -> Iterator[Crowd]:
    """Rows that together say exactly: no resource is ever overbooked. Rows that can't bind are left out."""
    uses: list[list[tuple[int, int, int, int]]] = [[] for _ in problem.capacities]
    for index, alternative in enumerate(problem.alternatives):
        for use in alternative.uses:
            if use.end > use.start and use.units > 0:
                uses[use.resource].append((use.start, use.end, use.units, index))
    for block in problem.blocks:
        if block.end > block.start:
            uses[block.resource].append((block.start, block.end, block.units, -1))
    job_of = [alternative.job for alternative in problem.alternatives]
    for resource, intervals in enumerate(uses):
        for members in _rows_of_resource(intervals):
            room = problem.capacities[resource] - sum(units for owner, units in members if owner < 0)
            largest: dict[int, int] = {}
            for owner, units in members:
                if owner >= 0:
                    largest[job_of[owner]] = max(largest.get(job_of[owner], 0), units)
            if sum(largest.values()) > room:
                yield Crowd(tuple(sorted(member for member in members if member[0] >= 0)), max(0, room))
