"""Bars in parts: how each of several things divides a whole."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.report.drawing import Box, Drawing, Path, Shape, Words
from supercargo.report.svg import clip

__all__ = ["stacked_bars"]

_WIDTH = 720.0
_STYLES = ("one", "three", "two", "four", "five", "six")


def stacked_bars(says: str, rows: Sequence[tuple[str, Sequence[float]]], parts: Sequence[str], *, unit: str) -> Drawing:
    """A bar from left to right for each row, its parts one after the other to a common scale; `parts` names them.

    Shares of 100 fill the width; other figures are scaled to the longest row.
    """
    left, right, top, step = 190.0, 20.0, 30.0, 18.0
    longest = max([1e-9, *(sum(values) for _, values in rows)])
    scale, foot = (_WIDTH - left - right) / longest, top + step * len(rows)
    shapes: list[Shape] = []
    for mark in range(5):
        x = left + scale * longest * mark / 4
        shapes += [
            Path(((x, top - 3), (x, foot)), "grid"),
            Words(x, foot + 13, f"{longest * mark / 4:,.0f}", "middle", 10.0, "soft"),
        ]
    for index, (name, values) in enumerate(rows):
        x, y = left, top + step * index
        for style, part, value in zip(_STYLES, parts, values, strict=False):
            shapes.append(Box(x, y + 3, value * scale, step - 6, style, f"{name}, {part}: {value:,.1f} {unit}"))
            x += value * scale
        shapes.append(Words(left - 6, y + step - 5.5, clip(name, 32), "end", 10.5))
    shapes.append(Path(((left, top), (left, foot)), "axis"))
    x = left
    for style, part in zip(_STYLES, parts, strict=False):
        shapes += [Box(x, 6, 18, 11, style), Words(x + 23, 16, part, size=10.5)]
        x += 40 + 6.0 * len(part)
    shapes.append(Words(_WIDTH - 4, 16, unit, "end", 10.0, "soft"))
    return Drawing(width=_WIDTH, height=foot + 20, says=says, shapes=tuple(shapes) if rows else ())
