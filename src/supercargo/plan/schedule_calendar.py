"""A diary of pools: what is booked when, and whether one more fits."""

from __future__ import annotations

from collections.abc import Iterable

from supercargo.plan.schedule_pools import Yard
from supercargo.solve.scheduling import Use

__all__ = ["Calendar"]


class Calendar:
    """Bookings of each pool; a use fits where the units booked at each instant of it leave room."""

    def __init__(self, yard: Yard) -> None:
        self._capacity = [pool.capacity for pool in yard.pools]
        self._booked: list[list[tuple[int, int, int]]] = [[] for _ in yard.pools]
        for block in yard.blocks:
            self._booked[block.resource].append((block.start, block.end, block.units))

    def fits(self, use: Use) -> bool:
        """Whether a use can be added to what is booked."""
        rows = [row for row in self._booked[use.resource] if row[0] < use.end and row[1] > use.start]
        instants = [use.start, *(start for start, _, _ in rows if start > use.start)]
        room = self._capacity[use.resource] - use.units
        return all(sum(units for start, end, units in rows if start <= at < end) <= room for at in instants)

    def clashes(self, uses: Iterable[Use]) -> tuple[int, ...]:
        """Pools at which the uses do not fit."""
        return tuple(use.resource for use in uses if not self.fits(use))

    def book(self, uses: Iterable[Use]) -> None:
        """Write uses into the diary."""
        for use in uses:
            self._booked[use.resource].append((use.start, use.end, use.units))
