"""Choosing one dated alternative for each job so that shared resources are never overbooked.

Each job is done in one of several alternatives or is skipped. Every alternative has a cost and occupies resources over
half-open intervals of whole time units; because its dates are fixed, a choice is lawful exactly if at every instant the
units in use stay within each resource's capacity. Time, resources and costs mean nothing in particular here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["FOREVER", "Alternative", "Block", "Cover", "DatedChoice", "Use", "faults_of_choice", "value_of", "whole_bound"]

FOREVER = 1 << 40
"""A time later than all others."""


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """`units` of a resource taken over [start, end)."""

    resource: int
    start: int
    end: int
    units: int = 1


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way and date of doing a job, its cost and what it occupies."""

    job: int
    cost: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`units` of a resource that nobody can have over [start, end)."""

    resource: int
    start: int
    end: int
    units: int


@dataclass(frozen=True, slots=True)
class Cover:
    """A soft floor: the amounts of the chosen alternatives should reach `need`; each unit missing costs `price`."""

    amounts: Mapping[int, int]
    need: int
    price: int


@dataclass(frozen=True, slots=True)
class DatedChoice:
    """Jobs (by the cost of skipping each), their alternatives, resource capacities, blocks and covers."""

    skip_costs: tuple[int, ...]
    alternatives: tuple[Alternative, ...]
    capacities: tuple[int, ...]
    blocks: tuple[Block, ...] = ()
    covers: tuple[Cover, ...] = ()

    def of_job(self) -> tuple[tuple[int, ...], ...]:
        """Alternatives of each job, by index."""
        found: list[list[int]] = [[] for _ in self.skip_costs]
        for index, alternative in enumerate(self.alternatives):
            found[alternative.job].append(index)
        return tuple(map(tuple, found))


def value_of(problem: DatedChoice, chosen: tuple[int, ...]) -> int:
    """Cost of a choice: alternatives taken, jobs skipped (-1) and units missing from covers."""
    taken = {index for index in chosen if index >= 0}
    cost = sum(problem.alternatives[index].cost for index in sorted(taken))
    cost += sum(skip for skip, index in zip(problem.skip_costs, chosen, strict=True) if index < 0)
    for cover in problem.covers:
        reached = sum(amount for index, amount in cover.amounts.items() if index in taken)
        cost += cover.price * max(0, cover.need - reached)
    return cost


def faults_of_choice(problem: DatedChoice, chosen: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield (resource, instant) where the chosen alternatives overbook a resource."""
    booked: dict[int, list[tuple[int, int, int]]] = {}
    for index in chosen:
        for use in problem.alternatives[index].uses if index >= 0 else ():
            if use.end > use.start:
                booked.setdefault(use.resource, []).append((use.start, use.end, use.units))
    for resource, uses in sorted(booked.items()):
        blocks = [(block.start, block.end, block.units) for block in problem.blocks if block.resource == resource]
        for instant in sorted({start for start, _, _ in uses + blocks}):
            wanted = sum(units for start, end, units in uses if start <= instant < end)
            taken = sum(units for start, end, units in blocks if start <= instant < end)
            if wanted and wanted + taken > problem.capacities[resource]:
                yield resource, instant


def whole_bound(bound: float) -> float:
    """Costs are whole, so no choice costs less than the next whole number over a bound; a solver's noise is let off.

    >>> whole_bound(13.2), whole_bound(14.000000000000002), whole_bound(13.999999999999998)
    (14.0, 14.0, 14.0)
    """
    return float(math.ceil(bound - 1e-6 * max(1.0, abs(bound)))) if math.isfinite(bound) else bound
