"""Charts of documents: bars, stacked columns, lines with bands, spans on a calendar, control charts, a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.report.drawing import Box, Drawing, Path, Shape, Words
from supercargo.report.svg import CalendarAxis, clip

__all__ = ["Band", "Bar", "Series", "Span", "bars", "columns", "control_chart", "lines", "matrix", "spans", "ticks"]

WIDTH = 720.0
SOLID = ("one", "two", "three", "four", "five", "six")
STROKES = ("line", "line2", "line3", "line4")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, how long it is, words at its end, and a style."""

    label: str
    value: float
    words: str = ""
    style: str = "one"


@dataclass(frozen=True, slots=True)
class Series:
    """A line through (x, y); None breaks it."""

    name: str
    points: tuple[tuple[float, float | None], ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Room between a lower and an upper line over x."""

    name: str
    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time on a row, with words on it."""

    row: str
    start: datetime
    end: datetime
    style: str = "one"
    words: str = ""


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round values that span `low` to `high`, about `about` of them, steps of 1, 2 or 5 times a power of ten."""
    if not high > low:
        low, high = (low - 0.5, high + 0.5)
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough * (1 - 1e-12))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(index * step for index in range(first, last + 1))


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * size or (abs(value) >= size and letter != "k"):
            return f"{value / size:,.3g}{letter}"
    return f"{value:,.4g}"


def _key(names: Sequence[tuple[str, str, bool]], y: float, left: float) -> list[Shape]:
    """A key of styles; a stroke is shown as a line, a solid as a box."""
    shapes: list[Shape] = []
    room = WIDTH - left - 60.0
    size = min(10.5, 10.5 * room / max(sum(42 + 6.0 * len(name) for name, _, _ in names), 1.0))
    x = left
    for name, style, stroke in names:
        shapes.append(Path(((x, y - 4), (x + 2 * size, y - 4)), style) if stroke else Box(x, y - 10, 2 * size, 11, style))
        shapes.append(Words(x + 2.5 * size, y, name, size=size))
        x += (42 + 6.0 * len(name)) * size / 10.5
    return shapes


def bars(says: str, rows: Sequence[Bar], *, unit: str, target: float | None = None) -> Drawing:
    """Bars from left to right, one under the other; a dashed line marks a target."""
    left, right, top, step = 230.0, 120.0, 8.0, 19.0
    low = min([0.0, *(row.value for row in rows)])
    high = max([0.0, *(row.value for row in rows), *([target] if target is not None else [])])
    marks = ticks(low, high)
    scale = (WIDTH - left - right) / (marks[-1] - marks[0])
    foot = top + step * len(rows)

    def x(value: float) -> float:
        return left + (value - marks[0]) * scale

    shapes: list[Shape] = [Path(((x(mark), top), (x(mark), foot)), "grid") for mark in marks]
    for index, row in enumerate(rows):
        y = top + step * index
        start, end = sorted((x(0.0), x(row.value)))
        shapes.append(Box(start, y + 3, end - start, step - 6, row.style, f"{row.label}: {row.words or _short(row.value)}"))
        shapes.append(Words(left - 6, y + step - 6, clip(row.label, 40), "end", 10.5))
        shapes.append(Words(end + 4, y + step - 6, row.words or _short(row.value), size=10.0, style="soft"))
    shapes.append(Path(((x(0.0), top), (x(0.0), foot)), "axis"))
    if target is not None:
        shapes.append(Path(((x(target), top - 4), (x(target), foot)), "target"))
    shapes += [Words(x(mark), foot + 13, _short(mark), "middle", 10.0, "soft") for mark in marks]
    shapes.append(Words(WIDTH - 4, foot + 13, unit, "end", 10.0, "soft"))
    return Drawing(width=WIDTH, height=foot + 20, says=says, shapes=tuple(shapes) if rows else ())


def columns(
    says: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str, line: Series | None = None
) -> Drawing:
    """Columns side by side, each a stack of series; `line` runs over them, its x the number of the column."""
    left, top, tall = 60.0, 26.0, 190.0
    heights = [math.fsum(max(values[index], 0.0) for values in series.values()) for index in range(len(labels))]
    peaks = [y for _, y in line.points if y is not None] if line else []
    marks = ticks(0.0, max([*heights, *peaks, 1e-9]))
    foot, wide = top + tall, (WIDTH - left - 10) / max(len(labels), 1)
    shapes: list[Shape] = []
    for mark in marks:
        y = foot - tall * mark / marks[-1]
        shapes += [Path(((left, y), (WIDTH - 10, y)), "grid"), Words(left - 5, y + 3.5, _short(mark), "end", 10.0, "soft")]
    for index, label in enumerate(labels):
        y = foot
        for style, (name, values) in zip(SOLID, series.items(), strict=False):
            tallness = tall * max(values[index], 0.0) / marks[-1]
            y -= tallness
            said = f"{label}, {name}: {_short(values[index])} {unit}"
            shapes.append(Box(left + wide * (index + 0.14), y, wide * 0.72, tallness, style, said))
        shapes.append(
            Words(left + wide * (index + 0.5), foot + 13, label, "middle", 9.5 if len(labels) > 14 else 10.5, "soft")
        )
    shapes.append(Path(((left, foot), (WIDTH - 10, foot)), "axis"))
    names = [(name, style, False) for style, name in zip(SOLID, series, strict=False)]
    if line:
        path = tuple((left + wide * (x + 0.5), foot - tall * y / marks[-1]) for x, y in line.points if y is not None)
        shapes.append(Path(path, line.style or "limit"))
        names.append((line.name, line.style or "limit", True))
    shapes += [*_key(names, 12.0, left), Words(WIDTH - 4, 12, unit, "end", 10.0, "soft")]
    return Drawing(width=WIDTH, height=foot + 20, says=says, shapes=tuple(shapes) if labels else ())


def lines(
    says: str,
    series: Sequence[Series],
    *,
    unit: str,
    bands: Sequence[Band] = (),
    x_marks: Sequence[tuple[float, str]] = (),
    levels: Sequence[tuple[str, float]] = (),
) -> Drawing:
    """Lines over x with bands behind and level lines across; `x_marks` names places on the x axis."""
    left, top, tall, right = 60.0, 26.0, 190.0, 24.0
    xs = [x for one in series for x, _ in one.points] + [x for one in bands for x, _, _ in one.points]
    ys = [y for one in series for _, y in one.points if y is not None] + [level for _, level in levels]
    ys += [edge for one in bands for _, low, high in one.points for edge in (low, high)]
    if not xs or not ys:
        return Drawing(width=WIDTH, height=40, says=says, shapes=())
    marks = ticks(min([0.0, *ys]) if min(ys) < 0.35 * max(ys) else min(ys), max(ys))
    first, last = min(xs), max(max(xs), min(xs) + 1e-9)
    foot = top + tall

    def at(x: float, y: float) -> tuple[float, float]:
        wide = WIDTH - left - right
        return left + wide * (x - first) / (last - first), foot - tall * (y - marks[0]) / (marks[-1] - marks[0])

    shapes: list[Shape] = []
    for mark in marks:
        y = at(first, mark)[1]
        shapes += [
            Path(((left, y), (WIDTH - right, y)), "grid"),
            Words(left - 5, y + 3.5, _short(mark), "end", 10.0, "soft"),
        ]
    for band in bands:
        upper = [at(x, high) for x, _, high in band.points]
        shapes.append(
            Path((*upper, *(at(x, low) for x, low, _ in reversed(band.points))), "band", closed=True, title=band.name)
        )
    names = [(band.name, "band", False) for band in bands]
    for level_name, level in levels:
        y = at(first, level)[1]
        shapes.append(Path(((left, y), (WIDTH - right, y)), "target", title=f"{level_name}: {_short(level)} {unit}"))
        names.append((level_name, "target", True))
    for index, one in enumerate(series):
        style = one.style or STROKES[index % len(STROKES)]
        names.append((one.name, style, True))
        shapes += [Path(part, style, title=one.name) for part in _parts([(x, y) for x, y in one.points], at)]
    shapes.append(Path(((left, foot), (WIDTH - right, foot)), "axis"))
    shapes += [Words(at(x, marks[0])[0], foot + 13, name, "middle", 10.0, "soft") for x, name in x_marks]
    shapes += [*_key(names, 12.0, left), Words(WIDTH - 4, 12, unit, "end", 10.0, "soft")]
    return Drawing(width=WIDTH, height=foot + 20, says=says, shapes=tuple(shapes))


def _parts(points: Sequence[tuple[float, float | None]], at: object) -> list[tuple[tuple[float, float], ...]]:
    """Stretches of a line between its breaks, as places on the sheet."""
    assert callable(at)
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            parts.append([])
        else:
            parts[-1].append(at(x, y))
    return [tuple(part) for part in parts if part]


def spans(
    says: str,
    rows: Sequence[str],
    stretches: Sequence[Span],
    *,
    start: datetime,
    end: datetime,
    keys: Sequence[tuple[str, str]] = (),
    marks: Sequence[tuple[datetime, str]] = (),
) -> Drawing:
    """Stretches of time on a calendar, a row each; `marks` are instants that run down over every row."""
    left, top, step = 170.0, 40.0, 18.0
    axis = CalendarAxis(start, end, left, WIDTH - left - 8)
    foot = top + step * len(rows)
    row_y = {name: top + step * index for index, name in enumerate(rows)}
    shapes: list[Shape] = [*_key([(name, style, False) for name, style in keys], 12.0, left)]
    months = list(axis.months())
    every = 1 + len(months) // 13
    for index, (first, name) in enumerate(months):
        x = axis.x(first)
        shapes.append(Path(((x, top - 4), (x, foot)), "grid"))
        if index % every == 0:
            shapes.append(Words(x + 2, top - 6, name, size=9.5, style="soft"))
    for name, y in row_y.items():
        shapes.append(Words(left - 6, y + step - 5.5, clip(name, 30), "end", 10.0))
    for one in stretches:
        if one.start >= end or one.end <= start:
            continue
        x, y = axis.x(one.start), row_y[one.row]
        wide = max(axis.x(one.end) - x, 1.5)
        said = f"{one.row}: {one.words + ', ' if one.words else ''}{one.start:%Y-%m-%d} to {one.end:%Y-%m-%d}"
        shapes.append(Box(x, y + 3, wide, step - 6, one.style, said))
        if one.words and wide > 5.6 * len(one.words):
            ink = "ink" if one.style in {"two", "three", "five", "good", "band"} else "band"
            shapes.append(Words(x + wide / 2, y + step - 6, one.words, "middle", 9.0, ink))
    for instant, name in marks:
        x = axis.x(instant)
        shapes += [Path(((x, top - 4), (x, foot)), "limit"), Words(x + 2, foot + 11, name, size=9.5, style="soft")]
    return Drawing(width=WIDTH, height=foot + 16, says=says, shapes=tuple(shapes) if rows else ())


def control_chart(
    says: str,
    values: Sequence[float],
    *,
    centre: float,
    sigma: float,
    unit: str,
    signals: Mapping[int, str] | None = None,
    labels: Sequence[str] = (),
) -> Drawing:
    """Values in order with centre and limits at three sigma, zones at one and two; `signals` marks points and says why."""
    signals = signals or {}
    points = tuple((float(index), value) for index, value in enumerate(values))
    low, high = centre - 3 * sigma, centre + 3 * sigma
    every = 1 + len(labels) // 13
    sheet = lines(
        says,
        [
            Series("values", points, "line"),
            Series("centre", ((0.0, centre), (float(max(len(values) - 1, 1)), centre)), "centre"),
            Series("3 sigma", ((0.0, high), (float(max(len(values) - 1, 1)), high)), "limit"),
            Series("3 sigma below", ((0.0, low), (float(max(len(values) - 1, 1)), low)), "limit"),
        ],
        unit=unit,
        bands=[
            Band(
                "within 2 sigma",
                tuple((x, centre - 2 * sigma, centre + 2 * sigma) for x in (0.0, max(len(values) - 1.0, 1.0))),
            )
        ],
        x_marks=[(float(index), label) for index, label in enumerate(labels) if index % every == 0],
    )
    path = next((one for one in sheet.shapes if isinstance(one, Path) and one.title == "values"), None)
    dots: list[Shape] = []
    for index, (x, y) in enumerate(path.points if path else ()):
        style, size = ("bad", 8.0) if index in signals else ("one", 5.0)
        said = f"{labels[index] if labels else index + 1}: {_short(values[index])} {unit} {signals.get(index, '')}".strip()
        dots.append(Box(x - size / 2, y - size / 2, size, size, style, said))
    return Drawing(width=sheet.width, height=sheet.height, says=says, shapes=(*sheet.shapes, *dots) if values else ())


def matrix(
    says: str,
    across: Sequence[str],
    down: Sequence[str],
    cells: Mapping[tuple[int, int], tuple[str, str]],
    *,
    across_name: str,
    down_name: str,
) -> Drawing:
    """Fields of a table of two scales: (column, row) to words and style."""
    left = min(250.0, max([130.0, *(14.0 + 6.0 * len(name) for name in down)]))  # names as long as they are
    top, wide, tall = 20.0, (WIDTH - left - 10.0) / max(len(across), 1), 34.0
    shapes: list[Shape] = [
        Words(left, 12, across_name, size=10.0, style="soft"),
        Words(4, 12, down_name, size=10.0, style="soft"),
    ]
    for row, name in enumerate(down):
        shapes.append(Words(left - 6, top + tall * row + 21, clip(name, 40), "end", 10.5))
        for column in range(len(across)):
            words, style = cells.get((column, row), ("", "band"))
            x, y = left + wide * column, top + tall * row
            shapes.append(Box(x + 1, y + 1, wide - 2, tall - 2, style))
            dark = style in {"one", "bad", "six", "four"}
            shapes.append(Words(x + wide / 2, y + 21, clip(words, 24), "middle", 10.5, "band" if dark else "ink"))
    foot = top + tall * len(down)
    shapes += [
        Words(left + wide * (column + 0.5), foot + 14, clip(name, 22), "middle", 10.0, "soft")
        for column, name in enumerate(across)
    ]
    return Drawing(width=WIDTH, height=foot + 22, says=says, shapes=tuple(shapes) if across and down else ())
