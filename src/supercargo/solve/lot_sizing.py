"""Lots in order: which needs that follow each other are served together."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["group_in_order"]


def group_in_order(count: int, cost: Callable[[int, int], float]) -> tuple[float, tuple[tuple[int, int], ...]]:
    """The cheapest cut of `count` needs in order into runs first..last (last not in it), and its cost.

    `cost(first, last)` is what serving needs first to last - 1 together costs, at the date of the first; infinite where they
    can't be. The forward recursion of Wagner and Whitin, Management Science 5 (1958), 89-96: optimal among all such cuts.
    Raises ValueError where no cut has a finite cost.
    """
    best, cut = [0.0] + [float("inf")] * count, [0] * (count + 1)
    for last in range(1, count + 1):
        for first in range(last - 1, -1, -1):
            tried = best[first] + cost(first, last)
            if tried < best[last]:
                best[last], cut[last] = tried, first
    if best[count] == float("inf"):
        raise ValueError("some need can be served neither alone nor with others")
    runs, last = [], count
    while last:
        runs.append((cut[last], last))
        last = cut[last]
    return best[count], tuple(reversed(runs))
