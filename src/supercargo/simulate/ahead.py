"""Arrivals that may come, drawn from what is known on a day: dated plans with their usual delays, else each family's cadence.

Every day is a whole number counted from the day stood on, which is 0. A future has streams of its own, so that neither
the number of futures nor their order moves another's numbers.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from supercargo.kernel import stream

__all__ = ["Ahead", "Coming", "FamilyAhead", "Planned", "draw_arrivals"]

_LEAD_SOFT_D, _LEAD_WIDTH = 15.0, 0.5
"""Leads are alike where their logarithms, each with two weeks added, differ by less than about a half."""

_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A flight with a date: the day planned, and how long before it that plan was told."""

    mission: str
    day: int
    lead_d: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAhead:
    """What is known of one family of spacecraft."""

    family: str
    last_day: int  # last lift-off, before 0
    last_lost: bool
    gaps_d: tuple[int, ...]  # between lift-offs, none of them after a loss
    phasing_d: tuple[int, ...]  # calendar days from lift-off to docking
    planned: tuple[Planned, ...]  # by day
    underway: tuple[int, ...]  # lift-offs of flights on their way
    left_count: int | None  # flights that may still come; None: no end is known
    flown_count: int  # flights whose outcome is known
    lost_count: int
    standdowns_d: tuple[int, ...]  # the family's own, from a loss to its next lift-off
    loads_kg: tuple[tuple[str, float], ...] = ()  # by class of supply, on a typical flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is known on the day stood on."""

    families: tuple[FamilyAhead, ...]
    standdowns_d: tuple[int, ...]  # of launchers and spacecraft of all kinds
    delays: tuple[tuple[tuple[int, int], ...], ...]  # by flown mission: lead and delay of each report [d]
    last_arrival_day: int


@dataclass(frozen=True, slots=True, order=True)
class Coming:
    """An arrival of one future."""

    day: int
    family: str


def draw_arrivals(ahead: Ahead, *, seed: int, index: int, until_d: int) -> tuple[Coming, ...]:
    """Arrivals of one future in order, of flights that lift off by a day.

    A family's chance of a loss is drawn once a future from what its own record leaves open (Jeffreys: Beta(lost + 1/2,
    docked + 1/2)), so that a family of few flights is a greater risk.
    """
    coming: list[Coming] = []
    for family in ahead.families:
        rng = stream(seed, f"ahead {index} {family.family}")
        chance = float(rng.beta(family.lost_count + 0.5, family.flown_count - family.lost_count + 0.5))
        course = _Course(ahead, family, rng, chance)
        coming += [Coming(day, family.family) for day in course.arrivals(until_d)]
    return tuple(sorted(coming))


@dataclass
class _Course:
    ahead: Ahead
    family: FamilyAhead
    rng: np.random.Generator
    chance: float

    def arrivals(self, until_d: int) -> Iterator[int]:
        for lifted in self.family.underway:
            if not self._lost():
                yield lifted + self._phasing_d(at_least=-lifted)
        for day in self._lift_offs(until_d):
            yield day + self._phasing_d()

    def _lift_offs(self, until_d: int) -> Iterator[int]:
        """Lift-offs of flights that arrive; one that is lost grounds the family."""
        family, before = self.family, self.family.last_day
        free = before + self._standdown_d(at_least=-before) if family.last_lost else 0
        shortest = min(family.gaps_d, default=1)
        plans, left = list(family.planned), family.left_count
        while left is None or left > 0:
            planned = plans.pop(0) if plans else None
            day = self._by_cadence(before) if planned is None else self._by_plan(planned, before)
            day = max(day, free, before + shortest, 0)
            if day > until_d:
                return
            before, left = day, None if left is None else left - 1
            if self._lost():
                free = day + self._standdown_d()
            else:
                yield day

    def _lost(self) -> bool:
        return bool(self.rng.random() < self.chance)

    def _by_plan(self, planned: Planned, before: int) -> int:
        """The planned day with the delay that a flown mission had at a like lead; missions are drawn, not reports."""
        if not self.ahead.delays:
            return planned.day if planned.day >= 0 else self._by_cadence(before)
        own = math.log(max(planned.lead_d, 0) + _LEAD_SOFT_D)
        delays, weights = [], []
        for reports in self.ahead.delays:
            away, delay = min((abs(math.log(max(lead, 0) + _LEAD_SOFT_D) - own), delay) for lead, delay in reports)
            if planned.day + delay >= 0:
                delays.append(delay)
                weights.append(math.exp(-0.5 * (away / _LEAD_WIDTH) ** 2) + 1e-12)
        if not delays:
            return self._by_cadence(before)
        return planned.day + delays[self._place(weights)]

    def _place(self, weights: Sequence[float]) -> int:
        reached = np.cumsum(weights)
        return min(int(np.searchsorted(reached, self.rng.random() * reached[-1], side="right")), len(weights) - 1)

    def _by_cadence(self, before: int) -> int:
        """The day of the last lift-off and a gap like one of the family's own, known not to have ended before day 0."""
        gaps = self.family.gaps_d
        waited = max(0, -before)
        spread = _spread(gaps)
        longer = [gap for gap in gaps if gap >= waited]
        if not longer:
            return before + waited + round(self.rng.random() * gaps[self._place([1.0] * len(gaps))])
        gap = longer[self._place([1.0] * len(longer))] * math.exp(spread * self.rng.standard_normal())
        return before + max(waited, round(gap))

    def _phasing_d(self, at_least: int = 0) -> int:
        known = [one for one in self.family.phasing_d if one >= at_least]
        return known[self._place([1.0] * len(known))] if known else max(at_least, 1)

    def _standdown_d(self, at_least: int = 0) -> int:
        """A stand-down like those on record: n of its own count for n / (n + 1), those of all kinds for the rest."""
        own = self.family.standdowns_d
        pool = own if self.rng.random() < len(own) / (len(own) + 1) else self.ahead.standdowns_d
        known = [one for one in pool if one >= at_least] or [one for one in self.ahead.standdowns_d if one >= at_least]
        return known[self._place([1.0] * len(known))] if known else at_least + 30


def _spread(gaps: Sequence[int]) -> float:
    """Width by which a drawn gap is blurred: Silverman's rule on the logarithms."""
    logs = [math.log(max(gap, 1)) for gap in gaps]
    return max(_LEAST_SPREAD, 1.06 * statistics.pstdev(logs) * math.pow(len(logs), -0.2))
