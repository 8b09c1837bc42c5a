"""Contour lines of a grid: where a surface of numbers crosses a level, joined into lines (marching squares)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

__all__ = ["contour_lines", "nice_levels", "round_levels"]

Grid = npt.NDArray[np.float64]
Place = tuple[float, float]
_Edge = tuple[int, int, int]

# corners of a square (row, column): 1 low low, 2 high low, 4 high high, 8 low high
# sides: 0 low column, 1 high row, 2 high column, 3 low row
_SIDES = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((0, 2),), 11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip
_GROWTH = (1.01, 1.03, 1.07, 1.15, 1.3, 1.5, 1.8, 2.3, 3.0)


def nice_levels(least: float) -> tuple[float, ...]:
    """Round levels above a least value, close together near it and wide apart far off.

    >>> nice_levels(4.95)
    (5.0, 5.1, 5.3, 5.7, 6.5, 7.5, 9.0, 12.0, 15.0)
    """
    return round_levels(least * growth for growth in _GROWTH)


def round_levels(numbers: Iterable[float]) -> tuple[float, ...]:
    """Rising positive numbers rounded up to two digits, each once.

    >>> round_levels([4.812, 4.88, 31.4])
    (4.9, 32.0)
    """
    levels: list[float] = []
    for wanted in numbers:
        unit = 10.0 ** (math.floor(math.log10(wanted)) - 1)
        level = round(math.ceil(wanted / unit - 1e-9) * unit, 6)
        if not levels or level > levels[-1]:
            levels.append(level)
    return tuple(levels)


def contour_lines(values: Grid, level: float) -> tuple[tuple[Place, ...], ...]:
    """Lines on which the grid has a level, longest first, in units of its rows and columns; squares with a NaN are left out.

    >>> contour_lines(np.array([[0.0, 0.0], [2.0, 2.0]]), 1.0)
    (((0.5, 0.0), (0.5, 1.0)),)
    """
    above = values >= level
    whole = np.isfinite(values)
    whole = whole[:-1, :-1] & whole[1:, :-1] & whole[1:, 1:] & whole[:-1, 1:]
    kind = above[:-1, :-1] + 2 * above[1:, :-1] + 4 * above[1:, 1:] + 8 * above[:-1, 1:]
    joins: dict[_Edge, list[_Edge]] = defaultdict(list)
    for row, column in np.argwhere(whole & (kind > 0) & (kind < 15)).tolist():
        for one, other in _sides(int(kind[row, column]), values[row : row + 2, column : column + 2], level):
            a, b = _edge(row, column, one), _edge(row, column, other)
            joins[a].append(b)
            joins[b].append(a)
    lines = [tuple(_place(values, edge, level) for edge in chain) for chain in _chains(joins)]
    return tuple(sorted(lines, key=lambda line: (-len(line), line)))


def _sides(kind: int, square: Grid, level: float) -> tuple[tuple[int, int], ...]:
    """Pairs of sides that a line crosses; the mean of a saddle's corners says which pair of corners holds together."""
    if kind not in (5, 10):
        return _SIDES[kind]
    joined = bool(np.mean(square) >= level)
    return ((0, 1), (2, 3)) if joined == (kind == 5) else ((3, 0), (1, 2))


def _edge(row: int, column: int, side: int) -> _Edge:
    """A side of a square named alike from both squares that share it: (axis it runs along, row, column)."""
    return ((0, row, column), (1, row + 1, column), (0, row, column + 1), (1, row, column))[side]


def _place(values: Grid, edge: _Edge, level: float) -> Place:
    axis, row, column = edge
    low = float(values[row, column])
    high = float(values[row + 1, column] if axis == 0 else values[row, column + 1])
    share = min(1.0, max(0.0, (level - low) / (high - low)))
    return (row + share, float(column)) if axis == 0 else (float(row), column + share)


def _chains(joins: dict[_Edge, list[_Edge]]) -> list[list[_Edge]]:
    """Sides joined end to end; open lines from an end of theirs, closed ones back to their start."""
    unused = {edge: list(others) for edge, others in joins.items()}
    starts = [edge for edge, others in joins.items() if len(others) == 1] + list(joins)
    chains = []
    for start in starts:
        chain = [start]
        while unused[chain[-1]]:
            here = chain[-1]
            step = unused[here].pop()
            unused[step].remove(here)
            chain.append(step)
        if len(chain) > 1:
            chains.append(chain)
    return chains
