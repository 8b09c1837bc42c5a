"""The search for a packing that holds everything: fresh orders first, then bays emptied two at a time and packed anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from supercargo.plan.stowage_pieces import Hold, PieceKind
from supercargo.solve.packing import Order, Packing, orders, pack, repack

__all__ = ["HoldPacker", "losses"]

_SUPPORT_PERCENT = 71  # one more than the rule asks, so that a referee's rounding can't matter
_HOPELESS = 0.08  # share of the hold's volume left over by all fresh orders at which repacking is idle
_SQUEAK = 0.15  # liking gained by a kind that found no room, as a logarithm of volume
_FRESH = 0.2  # share of the tries that start afresh
_CAPS = (1.04, 10.0, 1.12)  # first-pass fill of a bay over the hold's mean fill


class HoldPacker:
    """One hold under a series of tries: kinds that found no room are liked better the next time.

    A try is one order for all bays, or half as many repackings of two bays as there are bays.
    """

    def __init__(self, hold: Hold, tries: int) -> None:
        self.hold = hold
        self.kinds = [kind.kind for kind in hold.kinds]
        self.series = orders(tries)
        self.fresh = tries if len(hold.bins) < 3 else max(3, math.ceil(tries * _FRESH))
        self.dear = tuple(math.log(max(item.weight / item.pieces for item in kind.items)) for kind in hold.kinds)
        self.boost = [0.0] * len(self.kinds)
        self.headroom = 0.0
        self.best: Packing | None = None
        self.done: Packing | None = None
        self.hopeless = False

    def next(self, number: int) -> Packing:
        """The packing of try `number`; one that holds everything is kept until it is found out of balance."""
        if self.done is not None:
            return self.done
        order = self.series[number]
        old = self.best if number >= self.fresh else None
        found = self._repacked(old, order) if old else self._afresh(order, number)
        if self.best is None or self._want(found) <= self._want(self.best):
            self.best = found
        if not any(found.left):
            self.done = found
        return found

    def _afresh(self, order: Order, number: int) -> Packing:
        bins = len(self.hold.bins)
        liked = [boost + (0.4 * dear if number % 4 == 3 else 0.0) for boost, dear in zip(self.boost, self.dear, strict=True)]
        bent = replace(
            order,
            cap=min(1.0, self.hold.share * _CAPS[number % len(_CAPS)]),
            headroom=self.headroom if number % 2 else 0.0,
            rank=tuple(range(bins)) if number < len(_CAPS) else _shuffled(bins, order.seed),
            boost=tuple(liked),
        )
        return pack(self.hold.bins, self.kinds, bent, support_percent=_SUPPORT_PERCENT)

    def _repacked(self, packing: Packing, order: Order) -> Packing:
        rng = np.random.default_rng(order.seed)
        bins = len(self.hold.bins)
        for turn in range(bins // 2):
            if not any(packing.left):
                break
            chosen = tuple(int(b) for b in rng.choice(bins, 2, replace=False))
            bent = replace(order, seed=order.seed + turn, headroom=self.headroom if turn % 2 else 0.0, boost=tuple(self.boost))
            found = repack(self.hold.bins, self.kinds, packing, chosen, bent, support_percent=_SUPPORT_PERCENT)
            if self._want(found) <= self._want(packing):
                packing = found
        return packing

    def _want(self, packing: Packing) -> float:
        """Volume that found no room, dear lines counted more."""
        return sum(
            kind.volume * left * (1.0 + 0.2 * dear)
            for kind, left, dear in zip(self.kinds, packing.left, self.dear, strict=True)
        )

    def listen(self, number: int, packing: Packing, *, tilted: bool) -> None:
        """Learn from the last packing what squeaks; start anew where it held everything but out of balance."""
        if tilted:
            self.best = self.done = None
            self.fresh = len(self.series)
            return
        for kind, left in enumerate(packing.left):
            if left:
                self.boost[kind] += _SQUEAK
        late = [kind for kind, left in zip(self.kinds, packing.left, strict=True) if left and kind.last]
        if late:
            lowest = min(room.dz for room in self.hold.bins)
            self.headroom = min(0.5, max(min(kind.dx, kind.dy, kind.dz) for kind in late) / lowest)
        if number + 1 == self.fresh and self.best is not None:
            over = sum(kind.volume * left for kind, left in zip(self.kinds, self.best.left, strict=True))
            self.hopeless = over > _HOPELESS * sum(room.volume for room in self.hold.bins)


def _shuffled(count: int, seed: int) -> tuple[int, ...]:
    return tuple(int(b) for b in np.random.default_rng(seed).permutation(count))


def losses(holds: Sequence[Hold], packings: Sequence[Packing]) -> tuple[float, set[str]]:
    """Weight and names of the lines to drop so that what was placed suffices for the others."""
    lost, dropped = 0.0, set()
    for hold, packing in zip(holds, packings, strict=True):
        for kind, left in zip(hold.kinds, packing.left, strict=True):
            if left:
                weight, names = _cheapest(kind, left)
                lost += weight
                dropped |= names
    return lost, dropped


def _cheapest(kind: PieceKind, need: int) -> tuple[float, set[str]]:
    """Lines of a kind with at least `need` pieces together and the least weight."""
    best: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    best.extend([(float("inf"), ())] * need)
    for item in kind.items:
        for have in range(need, -1, -1):
            weight, names = best[have]
            reached = min(need, have + item.pieces)
            if reached != have and weight + item.weight < best[reached][0]:
                best[reached] = weight + item.weight, (*names, item.item_id)
    return best[need][0], set(best[need][1])
