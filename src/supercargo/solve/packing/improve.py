"""Better packings by emptying a few bins and packing them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from supercargo.solve.packing.boxes import Bin, Kind, Order, Packing, pack

__all__ = ["repack"]


def repack(
    bins: Sequence[Bin],
    kinds: Sequence[Kind],
    packing: Packing,
    chosen: Sequence[int],
    order: Order,
    *,
    support_percent: int = 100,
) -> Packing:
    """Empty the `chosen` bins and fill them by an order with what they held and what had found no room."""
    inside = np.isin(packing.boxes[:, 1], np.array(chosen, np.int64))
    held = np.bincount(packing.boxes[inside, 0], minlength=len(kinds))
    counts = [int(held[number]) + packing.left[number] for number in range(len(kinds))]
    present = [number for number, count in enumerate(counts) if count]
    few = [replace(kinds[number], count=counts[number]) for number in present]
    liked = tuple(order.boost[number] for number in present) if order.boost else ()
    again = pack([bins[b] for b in chosen], few, replace(order, rank=(), boost=liked), support_percent=support_percent)
    rows = again.boxes
    rows[:, 0] = np.array(present, np.int64)[rows[:, 0]]
    rows[:, 1] = np.array(chosen, np.int64)[rows[:, 1]]
    left = [0] * len(kinds)
    for number, count in zip(present, again.left, strict=True):
        left[number] = count
    return Packing(np.concatenate([packing.boxes[~inside], rows]), tuple(left))
