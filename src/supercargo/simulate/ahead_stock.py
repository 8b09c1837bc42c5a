"""Stock on board as arrivals bring it and a crew uses it, for one course of events or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supercargo.simulate.ahead import Ahead, Coming
from supercargo.simulate.bands import quantile

__all__ = ["UNLOADING_D", "Cover", "Use", "cover_of", "covers_of", "drawn_levels", "level_of", "opening_of"]

UNLOADING_D = 1
"""Days from docking until cargo counts as stock: an assumption."""

Levels = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Stock and use of one class of supply."""

    supply_class: str
    on_hand_kg: float  # as day 0 begins
    kg_d: tuple[float, ...]  # [day] kg used
    reserve_d: float  # days of use that make reserve


@dataclass(frozen=True, slots=True)
class Cover:
    """How low one stock came."""

    lowest_kg: float
    lowest_d: float  # in days of the use on that day
    lowest_day: int
    below_d: int  # days below reserve
    first_below: int | None
    at_end_kg: float


def opening_of(use_kg_d: float, days_count: int, arrived: Mapping[int, float], *, least_d: float) -> float:
    """Stock at the end of some days that began with the least that never let it fall below `least_d` days of use [kg].

    `arrived` holds what came in by day. Nobody recorded what was on board; this says what the flights of those days kept up.
    """
    flow = np.full(days_count, -use_kg_d)
    for day, mass_kg in arrived.items():
        flow[day] += mass_kg
    level = np.cumsum(flow)
    begun = least_d * use_kg_d + max(0.0, -float(level.min(initial=0.0)))
    return begun + float(level[-1]) if days_count else begun


def level_of(use: Use, arrived: Mapping[int, float]) -> Levels:
    """Stock at the end of each day [day] kg; below zero says what was lacking."""
    flow = -np.asarray(use.kg_d)
    for day, mass_kg in arrived.items():
        if day + UNLOADING_D < len(flow):
            flow[day + UNLOADING_D] += mass_kg
    return use.on_hand_kg + np.cumsum(flow)


def drawn_levels(ahead: Ahead, use: Use, futures: Sequence[Sequence[Coming]]) -> Levels:
    """Stock at the end of each day of every future [future, day] kg."""
    typical = {family.family: dict(family.loads_kg).get(use.supply_class, 0.0) for family in ahead.families}
    found = np.empty((len(futures), len(use.kg_d)))
    for row, future in zip(found, futures, strict=True):
        arrived: dict[int, float] = {}
        for one in future:
            arrived[one.day] = arrived.get(one.day, 0.0) + typical[one.family]
        row[:] = level_of(use, arrived)
    return found


def cover_of(use: Use, level: Levels) -> Cover:
    """How low a stock came, in kilograms and in days of use."""
    rate = np.asarray(use.kg_d)
    cover = level / rate
    lowest, below = int(np.argmin(cover)), np.flatnonzero(cover < use.reserve_d - 1e-9)
    return Cover(
        lowest_kg=float(level[lowest]),
        lowest_d=float(cover[lowest]),
        lowest_day=lowest,
        below_d=len(below),
        first_below=int(below[0]) if len(below) else None,
        at_end_kg=float(level[-1]),
    )


def covers_of(use: Use, levels: Levels, share: float) -> Cover:
    """The same of many futures: each figure is that share's quantile by itself, worse ones for a smaller share."""
    each = [cover_of(use, level) for level in levels]
    return Cover(
        lowest_kg=quantile([one.lowest_kg for one in each], share),
        lowest_d=quantile([one.lowest_d for one in each], share),
        lowest_day=-1,
        below_d=int(quantile([one.below_d for one in each], 1 - share)),
        first_below=None,
        at_end_kg=quantile([one.at_end_kg for one in each], share),
    )
