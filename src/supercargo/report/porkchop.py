"""A porkchop that a person can read: dates on both axes, bands and lines of delta-v or C3, the best flights marked."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S
from supercargo.model import TransferFlight, TransferStudy
from supercargo.report.contours import contour_lines, nice_levels, round_levels
from supercargo.report.svg import MONTHS, PALETTE, escaped, points
from supercargo.report.templating import template_of

__all__ = ["date_ticks", "draw_porkchop", "render_transfer"]

Grid = npt.NDArray[np.float64]

LEFT, TOP, WIDE, HIGH, KEY = 118.0, 54.0, 700.0, 560.0, 190.0
BANDS = ("#08306b", "#14538f", "#2a7ab9", "#4f9fcf", "#85bfdd", "#b3d5e8", "#d3e4f1", "#e8eff7", "#f5f8fb", "#ffffff")
"""Dark is cheap; lightness alone tells the bands apart."""
MOST_TICKS = 11
MOST_DRAWN = 350
MOST_LABELS = 2
SHORTEST_LABELLED_PX = 90.0
CROWD_PX = 34.0
OVERLAP_PX = 0.6  # rows of a band overlap, else rounding leaves seams


@dataclass(frozen=True, slots=True)
class _Frame:
    """Departure dates run right, arrival dates up."""

    depart: tuple[datetime, datetime]
    arrive: tuple[datetime, datetime]

    def x(self, at: datetime) -> float:
        return LEFT + WIDE * _share(self.depart, at)

    def y(self, at: datetime) -> float:
        return TOP + HIGH * (1.0 - _share(self.arrive, at))


def _share(ends: tuple[datetime, datetime], at: datetime) -> float:
    span_s = (ends[1] - ends[0]).total_seconds() or DAY_S
    return (at - ends[0]).total_seconds() / span_s


def draw_porkchop(study: TransferStudy, *, figure: str = "delta-v") -> str:
    """One SVG of `delta-v` (both burns, km/s) or `C3` (km2/s2) over departure and arrival dates."""
    chart = study.chart
    values, unit = (chart.delta_v_m_s / 1e3, "km/s") if figure == "delta-v" else (chart.c3_km2_s2, "km²/s²")
    values = values[np.ix_(*(_shown(count) for count in values.shape))]
    frame = _Frame((chart.depart_utc[0], chart.depart_utc[-1]), (chart.arrive_utc[0], chart.arrive_utc[-1]))
    title = f"{study.origin} to {study.destination}: {_NAMES[figure]}, {unit}"
    levels = _levels(study, values, figure)
    body = [
        f'<text x="{LEFT:.0f}" y="24" font-size="17" font-weight="600">{escaped(title)}</text>',
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDE}" height="{HIGH}" fill="#efece6"/>',
        *_bands(values, levels),
        *_durations(frame),
        *_lines(values, levels, [(frame.x(one.depart_utc), frame.y(one.arrive_utc)) for one in study.flights]),
        *_axes(frame),
        *_marks(study.flights, frame),
        *_key(levels, unit, bool(study.flights)),
    ]
    width, height = LEFT + WIDE + KEY, TOP + HIGH + 66
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{escaped(title)}" font-family="DejaVu Sans, Arial, sans-serif" '
        f'font-size="12" fill="#16212b"><rect width="100%" height="100%" fill="#fff"/>'
        f'<defs><clipPath id="area"><rect x="{LEFT}" y="{TOP}" width="{WIDE}" height="{HIGH}"/></clipPath></defs>'
        f"{''.join(body)}</svg>"
    )


def _levels(study: TransferStudy, values: Grid, figure: str) -> tuple[float, ...]:
    """Delta-v from its least value up; C3 about that of the cheapest flight, because its own least may be of no use."""
    if figure == "C3" and study.flights:
        return round_levels(study.flights[0].c3_km2_s2 * growth for growth in _C3_SHARES)
    return nice_levels(float(np.nanmin(values))) if np.isfinite(values).any() and np.nanmin(values) > 0.0 else ()


_C3_SHARES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)


def _shown(count: int) -> npt.NDArray[np.int64]:
    """Places on an axis that are drawn: all, or as many as a screen can show apart, both ends among them."""
    return np.round(np.linspace(0, count - 1, min(count, MOST_DRAWN))).astype(np.int64)


_NAMES = {"delta-v": "delta-v of both burns", "C3": "launch energy C3"}


def _scale(count: int, length: float) -> float:
    return length / max(1, count - 1)


def _bands(values: Grid, levels: Sequence[float]) -> Iterator[str]:
    """Each band as one path of runs of cells with the same colour."""
    rows, columns = values.shape
    if not levels or rows < 2 or columns < 2:
        return
    band = np.where(np.isfinite(values), np.searchsorted(levels, np.nan_to_num(values), side="right"), -1)
    dx, dy = _scale(rows, WIDE), _scale(columns, HIGH)
    runs: dict[int, list[str]] = {}
    for column in range(columns):
        line = band[:, column]
        starts = np.flatnonzero(np.diff(line, prepend=-2))
        for start, end in zip(starts, [*starts[1:], rows], strict=True):
            if line[start] >= 0:
                x, y = LEFT + (start - 0.5) * dx, TOP + HIGH - (column + 0.5) * dy
                run = f"M{x:.1f} {y:.1f}h{(end - start) * dx:.1f}V{y + dy + OVERLAP_PX:.1f}H{x:.1f}z"
                runs.setdefault(int(line[start]), []).append(run)
    yield '<g clip-path="url(#area)" shape-rendering="crispEdges">'
    for number in sorted(runs):
        yield f'<path fill="{BANDS[min(number, len(BANDS) - 1)]}" d="{"".join(runs[number])}"/>'
    yield "</g>"


def _lines(values: Grid, levels: Sequence[float], marks: Sequence[tuple[float, float]]) -> Iterator[str]:
    rows, columns = values.shape
    if rows < 2 or columns < 2:
        return
    dx, dy = _scale(rows, WIDE), _scale(columns, HIGH)
    taken = list(marks)
    labels: list[str] = []
    yield '<g fill="none" stroke="#16212b" stroke-width="0.9" clip-path="url(#area)">'
    for level in levels:
        paths = [
            [(LEFT + row * dx, TOP + HIGH - column * dy) for row, column in line] for line in contour_lines(values, level)
        ]
        for path in paths:
            yield f'<polyline points="{points(path)}"/>'
        labels += _labels(paths, level, taken)
    yield "</g>"
    yield from labels


def _labels(paths: list[list[tuple[float, float]]], level: float, taken: list[tuple[float, float]]) -> Iterator[str]:
    """The level written on its longest lines, where no other label stands."""
    written = 0
    for path in sorted(paths, key=lambda line: -_length(line)):
        if written >= MOST_LABELS or _length(path) < SHORTEST_LABELLED_PX:
            return
        for share in (0.5, 0.3, 0.7, 0.15, 0.85):
            x, y = path[int(share * (len(path) - 1))]
            inside = LEFT + 16 < x < LEFT + WIDE - 16 and TOP + 10 < y < TOP + HIGH - 10
            if inside and all(math.hypot(x - a, y - b) > CROWD_PX for a, b in taken):
                taken.append((x, y))
                written += 1
                yield (
                    f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" stroke="#fff" stroke-width="3" '
                    f'paint-order="stroke">{level:g}</text>'
                )
                break


def _length(path: list[tuple[float, float]]) -> float:
    return sum(math.dist(one, other) for one, other in itertools.pairwise(path))


def _durations(frame: _Frame) -> Iterator[str]:
    """Slanted lines of equal duration in round numbers of days."""
    shortest = (frame.arrive[0] - frame.depart[1]).total_seconds() / DAY_S
    longest = (frame.arrive[1] - frame.depart[0]).total_seconds() / DAY_S
    step = next((days for days in (1, 2, 5, 10, 20, 50, 100, 200, 500) if (longest - max(0.0, shortest)) / days <= 10), 1000)
    yield '<g stroke="#a63a00" stroke-width="0.7" stroke-dasharray="5 4" clip-path="url(#area)">'
    labels = []
    for days in range(max(step, math.ceil(shortest / step) * step), int(longest) + 1, step):
        at = [
            (frame.x(day), TOP + HIGH * (1.0 - _share(frame.arrive, day) - days * DAY_S / _span_s(frame.arrive)))
            for day in frame.depart
        ]
        yield f'<line x1="{at[0][0]:.1f}" y1="{at[0][1]:.1f}" x2="{at[1][0]:.1f}" y2="{at[1][1]:.1f}"/>'
        (x0, y0), (x1, y1) = at
        if y1 <= TOP and y0 > TOP:
            x = x0 + (x1 - x0) * (y0 - TOP) / (y0 - y1)
            labels.append(
                f'<text x="{x:.1f}" y="{TOP - 5:.0f}" text-anchor="middle" font-size="10" fill="#a63a00">{days} d</text>'
            )
        elif TOP + 8 < y1 < TOP + HIGH - 4:
            labels.append(
                f'<text x="{LEFT + WIDE + 4:.1f}" y="{at[1][1] + 4:.1f}" font-size="10" fill="#a63a00">{days} d</text>'
            )
    yield "</g>"
    yield from labels


def _span_s(ends: tuple[datetime, datetime]) -> float:
    return (ends[1] - ends[0]).total_seconds() or DAY_S


def date_ticks(ends: tuple[datetime, datetime]) -> Iterator[tuple[datetime, str]]:
    """Round dates on an axis: days in a short range, else months; with their names."""
    days = _span_s(ends) / DAY_S
    if days < 62:
        step = next(step for step in (1, 2, 5, 10) if days / step <= MOST_TICKS)
        first = math.ceil(ends[0].timestamp() / DAY_S)
        for day in range(first, int(ends[1].timestamp() // DAY_S) + 1):
            at = datetime.fromtimestamp(day * DAY_S, UTC)
            if (day - first) % step == 0:
                yield at, f"{at.year} {MONTHS[at.month - 1]} {at.day}"
        return
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if days / (30.44 * step) <= MOST_TICKS), 120)
    month = ends[0].year * 12 + ends[0].month - 1
    while (at := datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) <= ends[1]:
        if at >= ends[0] and month % step == 0:
            yield at, f"{at.year} {MONTHS[at.month - 1]}"
        month += 1


def _axes(frame: _Frame) -> Iterator[str]:
    base, side = TOP + HIGH, LEFT + WIDE
    yield f'<rect x="{LEFT}" y="{TOP}" width="{WIDE}" height="{HIGH}" fill="none" stroke="#16212b"/>'
    for at, name in date_ticks(frame.depart):
        x = frame.x(at)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}" stroke="#16212b"/>'
        yield f'<text x="{x:.1f}" y="{base + 19:.0f}" text-anchor="middle" font-size="11">{name}</text>'
    for at, name in date_ticks(frame.arrive):
        y = frame.y(at)
        yield f'<line x1="{LEFT - 5}" x2="{LEFT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#16212b"/>'
        yield f'<text x="{LEFT - 9:.0f}" y="{y + 4:.1f}" text-anchor="end" font-size="11">{name}</text>'
    yield f'<text x="{(LEFT + side) / 2:.0f}" y="{base + 46:.0f}" text-anchor="middle">departure (UTC)</text>'
    yield f'<text transform="translate(20 {TOP + HIGH / 2:.0f}) rotate(-90)" text-anchor="middle">arrival (UTC)</text>'


def _marks(flights: Sequence[TransferFlight], frame: _Frame) -> Iterator[str]:
    for number, flight in reversed(list(enumerate(flights, start=1))):
        x, y = frame.x(flight.depart_utc), frame.y(flight.arrive_utc)
        r = 8.5 if number == 1 else 7.0
        fill = "#d55e00" if number == 1 else "#fff"
        ink = "#fff" if number == 1 else "#16212b"
        said = f"{number}: {flight.depart_utc:%Y-%m-%d} to {flight.arrive_utc:%Y-%m-%d}, {flight.delta_v_m_s / 1e3:.2f} km/s"
        yield f'<g><title>{escaped(said)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{fill}" stroke="#16212b"/>'
        yield f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" style="fill:{ink}">{number}</text></g>'


def _key(levels: Sequence[float], unit: str, any_flight: bool) -> Iterator[str]:
    x, y = LEFT + WIDE + 52, TOP + 6
    yield f'<text x="{x}" y="{y + 6}" font-weight="600">{unit}</text>'
    y += 16
    for number in range(len(levels) + 1 if levels else 0):
        low, high = (levels[number - 1] if number else None), (levels[number] if number < len(levels) else None)
        words = f"below {high:g}" if low is None else f"{low:g} and more" if high is None else f"{low:g} to {high:g}"
        fill = BANDS[min(number, len(BANDS) - 1)]
        yield f'<rect x="{x}" y="{y:.0f}" width="18" height="14" fill="{fill}" stroke="#51606e"/>'
        yield f'<text x="{x + 25}" y="{y + 11:.0f}" font-size="11">{words}</text>'
        y += 19
    yield f'<rect x="{x}" y="{y:.0f}" width="18" height="14" fill="#efece6" stroke="#51606e"/>'
    yield f'<text x="{x + 25}" y="{y + 11:.0f}" font-size="11">no transfer</text>'
    y += 28
    yield f'<line x1="{x}" x2="{x + 18}" y1="{y}" y2="{y}" stroke="#a63a00" stroke-dasharray="5 4"/>'
    yield f'<text x="{x + 25}" y="{y + 4:.0f}" font-size="11">equal duration</text>'
    if any_flight:
        y += 22
        yield f'<circle cx="{x + 9}" cy="{y}" r="8" fill="#d55e00" stroke="#16212b"/>'
        yield f'<text x="{x + 9}" y="{y + 4:.0f}" text-anchor="middle" font-size="11" style="fill:#fff">1</text>'
        yield f'<text x="{x + 25}" y="{y + 4:.0f}" font-size="11">cheapest flight</text>'


def render_transfer(study: TransferStudy) -> str:
    """The study as one self-contained HTML page: charts, best flights, masses delivered, round trips, assumptions."""
    drawn = np.isfinite(study.chart.c3_km2_s2).any()
    return template_of("transfer.html").render(
        study=study,
        palette=PALETTE,
        colours={},
        delta_v=draw_porkchop(study) if drawn else "",
        energy=draw_porkchop(study, figure="C3") if drawn else "",
        carriers=[one for one in study.delivered if one.cargo_kg > 0.0],
        others=sorted({f"{one.vehicle_type} on {one.launcher}" for one in study.delivered if one.cargo_kg <= 0.0}),
    )
