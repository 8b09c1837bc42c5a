"""Unload order: urgent pieces first, never one before those that lie above it."""

from __future__ import annotations

import heapq
from datetime import datetime

from supercargo.plan.stowage_balance import Layout
from supercargo.plan.stowage_pieces import Item

__all__ = ["unload_order"]

_Rank = tuple[bool, datetime, float, str, int]


def _above(layout: Layout) -> tuple[list[list[int]], list[list[int]]]:
    """For each place the places above it in its bay, and those below it."""
    rows = layout.boxes.tolist()
    over: list[list[int]] = [[] for _ in rows]
    under: list[list[int]] = [[] for _ in rows]
    for i, (_, bay, x, y, z, dx, dy, _) in enumerate(rows):
        for j, (_, other, u, v, w, du, dv, _) in enumerate(rows):
            if bay == other and w > z and x < u + du and u < x + dx and y < v + dv and v < y + dy:
                over[i].append(j)
                under[j].append(i)
    return over, under


def unload_order(layout: Layout) -> tuple[int, ...]:
    """Order in which each place is emptied, from 1.

    A piece is as urgent as the most urgent piece that lies under it: late loads first, then by due date, priority, line.
    """
    over, under = _above(layout)
    rank: list[_Rank] = [_rank(owner) for owner in layout.owner]
    for i in sorted(range(len(rank)), key=lambda i: int(layout.boxes[i, 4])):
        for j in over[i]:
            rank[j] = min(rank[j], rank[i])
    waits = [len(above) for above in over]
    free = [(rank[i], _rank(layout.owner[i]), i) for i in range(len(rank)) if not waits[i]]
    heapq.heapify(free)
    order = [0] * len(rank)
    for turn in range(1, len(rank) + 1):
        _, _, i = heapq.heappop(free)
        order[i] = turn
        for j in under[i]:
            waits[j] -= 1
            if not waits[j]:
                heapq.heappush(free, (rank[j], _rank(layout.owner[j]), j))
    return tuple(order)


def _rank(owner: tuple[Item, int]) -> _Rank:
    return (*owner[0].urgency, owner[1])
