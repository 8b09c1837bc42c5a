"""Bins, kinds of boxes and packing orders; `pack` fills several bins by one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from supercargo.solve.packing.kernel import MOST_SPACES, Grid, Limits, Pool, Rows, Taste, cover, fill_bin, new_grid

__all__ = ["Bin", "Kind", "Order", "Packing", "orders", "pack", "turns_of"]

_RISE = 1.5  # growth of the cap from one sweep over the bins to the next
TURNS = ((0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0), (2, 1, 0))


@dataclass(frozen=True, slots=True)
class Bin:
    """A box-shaped room that is filled from above: inner sides in whole units, mass and slots it can take."""

    dx: int
    dy: int
    dz: int
    max_mass: float = np.inf
    slots: int = 1 << 30

    @property
    def volume(self) -> int:
        """Inner volume in cubic units."""
        return self.dx * self.dy * self.dz


@dataclass(frozen=True, slots=True)
class Kind:
    """Equal boxes: sides, lawful turns (indices into the six), how many; `mass` is the one to reckon with for each.

    A slotted box takes one of a bin's slots. Nothing but boxes that are `last` themselves may stand above a `last` box.
    """

    dx: int
    dy: int
    dz: int
    count: int
    turns: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    mass: float = 0.0
    slotted: bool = False
    last: bool = False

    @property
    def volume(self) -> int:
        """Volume of one box in cubic units."""
        return self.dx * self.dy * self.dz


@dataclass(frozen=True, slots=True)
class Order:
    """One way to pack: how spaces and blocks are weighed, how full a bin gets in the first pass, in which order.

    `near` weighs the distance from the corner along x, y and z: a high last weight makes layers, a low one towers.
    `cap` is the share of a bin's volume filled in the first sweep, but never less than one box; later sweeps fill more.
    `headroom` is the share of its height kept free for boxes that stay on top, `rank` the order of the bins, `boost` an
    extra liking for each kind.
    """

    near: tuple[float, float, float] = (1.0, 1.0, 1.0)
    volume: float = 1.0
    loss: float = 1.0
    contact: float = 4.0
    many: float = 0.2
    noise: float = 0.0
    seed: int = 1
    cap: float = 1.0
    headroom: float = 0.0
    rank: tuple[int, ...] = ()
    boost: tuple[float, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Packing:
    """Boxes placed, one row each: kind, bin, x, y, z, dx, dy, dz; and how many of each kind found no room."""

    boxes: npt.NDArray[np.int64]  # [box, 8]
    left: tuple[int, ...]

    @property
    def volume(self) -> int:
        """Volume placed in cubic units."""
        return int((self.boxes[:, 5] * self.boxes[:, 6] * self.boxes[:, 7]).sum())


def turns_of(sides: tuple[int, int, int], upright: Sequence[int]) -> tuple[int, ...]:
    """Turns that put one of the sides numbered in `upright` vertical, each different outcome once.

    >>> turns_of((3, 2, 1), (2,))
    (0, 1)
    >>> turns_of((2, 2, 2), (0, 1, 2))
    (0,)
    """
    seen: dict[tuple[int, int, int], int] = {}
    for k, (a, b, c) in enumerate(TURNS):
        if c in upright:
            seen.setdefault((sides[a], sides[b], sides[c]), k)
    return tuple(seen.values())


_PLAIN = (
    Order(),
    Order(near=(1.0, 1.0, 3.0)),
    Order(near=(3.0, 1.0, 0.3)),
    Order(near=(1.0, 3.0, 0.3)),
    Order(contact=2.0, loss=2.0),
    Order(near=(1.0, 1.0, 3.0), contact=1.0),
)


@lru_cache(maxsize=8)
def orders(count: int) -> tuple[Order, ...]:
    """A fixed series of packing orders: the plain ones first, then noisy kin of them."""
    rng = np.random.default_rng(7)
    series = list(_PLAIN[:count])
    while len(series) < count:
        series.append(
            replace(
                _PLAIN[int(rng.integers(len(_PLAIN)))],
                loss=float(rng.choice([1.0, 2.0, 4.0])),
                contact=float(rng.choice([0.5, 1.0, 2.0, 4.0])),
                many=float(rng.choice([0.0, 0.1, 0.2, 0.4])),
                noise=float(rng.choice([0.1, 0.3, 0.6])),
                seed=int(rng.integers(1, 1 << 31)),
            )
        )
    return tuple(series)


@lru_cache(maxsize=64)
def _reach(sides: tuple[int, ...], longest: int) -> npt.NDArray[np.int64]:
    """Longest sum of sides that fits in each length [length]."""
    sums = np.zeros(longest + 1, np.bool_)
    sums[0] = True
    for side in [side for side in sides if side <= longest]:
        for start in range(side, longest + 1, side):
            end = min(start + side, longest + 1)
            sums[start:end] |= sums[start - side : end - side]
    lengths = np.where(sums, np.arange(longest + 1), 0)
    return np.maximum.accumulate(lengths).astype(np.int64)


def _pool(kinds: Sequence[Kind], longest: int, boost: Sequence[float]) -> Pool:
    turns = np.zeros((len(kinds), 6), np.bool_)
    sides = tuple(sorted({side for kind in kinds for side in (kind.dx, kind.dy, kind.dz)}))
    for t, kind in enumerate(kinds):
        turns[t, list(kind.turns)] = True
    return Pool(
        np.array([(k.dx, k.dy, k.dz) for k in kinds], np.int64).reshape(-1, 3),
        turns,
        np.array([k.count for k in kinds], np.int64),
        np.array([k.mass for k in kinds], np.float64),
        np.array([k.slotted for k in kinds], np.bool_),
        np.array(boost if boost else [0.0] * len(kinds), np.float64),
        np.ones(len(kinds), np.bool_),
        _reach(sides, longest),
    )


class _Work:
    """Bins being filled by one order."""

    def __init__(self, bins: Sequence[Bin], kinds: Sequence[Kind], order: Order, support_percent: int) -> None:
        self.bins, self.kinds, self.order, self.support = bins, kinds, order, support_percent
        self.pool = _pool(kinds, max(max(b.dx, b.dy, b.dz) for b in bins), order.boost)
        self.grids: list[Grid] = [new_grid(b.dx, b.dy) for b in bins]
        self.spare = [np.array([b.max_mass, b.slots, float(b.volume)]) for b in bins]
        self.taste = Taste(np.array(order.near), order.volume, order.loss, order.contact, order.many, order.noise)
        rows = np.zeros((sum(k.count for k in kinds) + 1, 8), np.int64)
        state = np.array([order.seed * 2654435761 + 88172645463325252], np.uint64)
        scratch = np.empty((MOST_SPACES, 9), np.int64), np.empty(MOST_SPACES, np.float64)
        self.rows = Rows(rows, np.zeros(1, np.int64), state, *scratch)

    def fill(self, rank: Sequence[int], *, last: bool, cap: float = 1.0, headroom: float = 0.0) -> None:
        """Place boxes in each bin up to a share of its volume, below a share of its height."""
        for t, kind in enumerate(self.kinds):
            self.pool.active[t] = kind.last == last
        for number in rank:
            if not (self.pool.left * self.pool.active).any():
                return
            self._fill_bin(number, cap, headroom)

    def _fill_bin(self, number: int, cap: float, headroom: float) -> None:
        room, spare = self.bins[number], self.spare[number]
        before = int(self.rows.used[0])
        largest = max(kind.volume for kind, left in zip(self.kinds, self.pool.left, strict=True) if left)
        hidden = max(0.0, room.volume - max(cap * room.volume, largest))
        top = room.dz - int(headroom * room.dz)
        spare[2] -= hidden
        limits = Limits(np.array([room.dx, room.dy, top]), spare, self.support)
        fill_bin(self.grids[number], self.pool, limits, self.taste, self.rows)
        spare[2] += hidden
        self.rows.boxes[before : int(self.rows.used[0]), 1] = number

    def seal(self) -> None:
        """Close the room above boxes that must stay on top."""
        for kind, number, x, y, _, dx, dy, _ in self.rows.boxes[: int(self.rows.used[0])].tolist():
            if self.kinds[kind].last:
                cover(self.grids[number], np.array([x, x + dx, y, y + dy]), self.bins[number].dz)


def pack(bins: Sequence[Bin], kinds: Sequence[Kind], order: Order, *, support_percent: int = 100) -> Packing:
    """Place boxes in bins by one order; what finds no room is counted in `left`.

    Every box lies inside its bin, overlaps none, and stands on the floor or with at least `support_percent` of its base
    on tops directly below. Bins are filled in sweeps of rising caps, then boxes that stay on top are added, then the rest.
    """
    work = _Work(bins, kinds, order, support_percent)
    rank = order.rank or tuple(range(len(bins)))
    cap, sweep = min(order.cap, 1.0), tuple(rank)
    while cap < 1.0:
        work.fill(sweep, last=False, cap=cap, headroom=order.headroom)
        cap, sweep = cap * _RISE, sweep[::-1]
    work.fill(sweep, last=False, headroom=order.headroom)
    work.fill(rank, last=True)
    if order.headroom > 0.0:
        work.seal()
        work.fill(rank, last=False)
    return Packing(work.rows.boxes[: int(work.rows.used[0])].copy(), tuple(int(n) for n in work.pool.left))
