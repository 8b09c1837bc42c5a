"""Boxes of one bay as arrays, and how they lie to each other: side by side, in each other, above, on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supercargo.model import Bay, CargoLine, Placement
from supercargo.referee.case import SIZE_TOLERANCE_M, Case

__all__ = ["BayLoad", "bay_loads", "overlap_pairs", "resting_share", "stacked_pairs"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

_STRIP = 256  # rows of the pair table looked at together, so that memory stays small whatever the plan says


@dataclass(frozen=True, slots=True)
class BayLoad:
    """The pieces in one bay of one mission; arrays are [piece] or [piece, axis] in the bay's frame."""

    mission_id: str
    bay: Bay
    rows: tuple[Placement, ...]
    lines: tuple[CargoLine, ...]
    low_m: Floats
    size_m: Floats

    @property
    def high_m(self) -> Floats:
        """High corners [piece, axis]."""
        return self.low_m + self.size_m

    def name(self, index: int) -> str:
        """ITEM/PIECE of one box."""
        return f"{self.rows[index].item_id}/{self.rows[index].piece}"


def bay_loads(case: Case) -> tuple[BayLoad, ...]:
    """Bays with known pieces, in order of mission and bay."""
    return case.once(_each_bay)


def _each_bay(case: Case) -> tuple[BayLoad, ...]:
    return tuple(load for name in case.voyages for load in _bays_of(case, name))


def _bays_of(case: Case, name: str) -> Iterator[BayLoad]:
    bays = {bay.bay: bay for bay in case.scenario.bays_of.get(case.missions[name].vehicle_type, ())}
    found: dict[str, list[tuple[Placement, CargoLine]]] = {}
    for row, line in case.stands(name):
        if row.bay in bays:
            found.setdefault(row.bay, []).append((row, line))
    for bay, pieces in sorted(found.items()):
        rows = tuple(row for row, _ in pieces)
        yield BayLoad(
            mission_id=name,
            bay=bays[bay],
            rows=rows,
            lines=tuple(line for _, line in pieces),
            low_m=np.array([(row.x_m, row.y_m, row.z_m) for row in rows], dtype=np.float64),
            size_m=np.array([(row.dx_m, row.dy_m, row.dz_m) for row in rows], dtype=np.float64),
        )


def _shared(load: BayLoad, part: slice, axis: int) -> Floats:
    """How far two boxes share an axis [m], negative where they lie apart [piece of the part, piece]."""
    low, high = load.low_m[:, axis], load.high_m[:, axis]
    return np.minimum(high[part, None], high[None, :]) - np.maximum(low[part, None], low[None, :])


def _pairs(load: BayLoad, meet: Callable[[slice], Truths]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(load.rows), _STRIP):
        for first, second in np.argwhere(meet(slice(start, start + _STRIP))):
            yield int(first) + start, int(second)


def overlap_pairs(load: BayLoad) -> Iterator[tuple[int, int]]:
    """Pairs of pieces that are partly in the same place, each pair once."""

    def meet(part: slice) -> Truths:
        found = _shared(load, part, 0) > SIZE_TOLERANCE_M
        for axis in (1, 2):
            found &= _shared(load, part, axis) > SIZE_TOLERANCE_M
        return np.asarray(found)

    return ((first, second) for first, second in _pairs(load, meet) if first < second)


def stacked_pairs(load: BayLoad) -> Iterator[tuple[int, int]]:
    """Pairs (upper, lower) of pieces one of which lies above the other, however far."""

    def meet(part: slice) -> Truths:
        found = load.low_m[part, None, 2] >= load.high_m[None, :, 2] - SIZE_TOLERANCE_M
        for axis in (0, 1):
            found &= _shared(load, part, axis) > SIZE_TOLERANCE_M
        return np.asarray(found)

    return ((upper, lower) for upper, lower in _pairs(load, meet) if upper != lower)


def resting_share(load: BayLoad) -> Floats:
    """Share of each piece's base that rests on the floor or on tops directly below [piece].

    Pieces that overlap each other could count twice; that is a breach of its own.
    """
    base_m2 = np.maximum(load.size_m[:, 0] * load.size_m[:, 1], 1e-12)
    shares = np.zeros(len(load.rows))
    for start in range(0, len(load.rows), _STRIP):
        part = slice(start, start + _STRIP)
        touching = np.abs(load.low_m[part, None, 2] - load.high_m[None, :, 2]) <= SIZE_TOLERANCE_M
        area_m2 = np.maximum(_shared(load, part, 0), 0.0) * np.maximum(_shared(load, part, 1), 0.0)
        shares[part] = np.sum(np.where(touching, area_m2, 0.0), axis=1) / base_m2[part]
    shares[load.low_m[:, 2] <= SIZE_TOLERANCE_M] = 1.0
    return shares
