"""Flights to the Moon drawn over their dates: cost of each route, and the Sun over the landing place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import DAY_S
from supercargo.model import LunarFlight, LunarStudy
from supercargo.report.porkchop import date_ticks
from supercargo.report.svg import PALETTE, escaped, points
from supercargo.report.templating import template_of

__all__ = ["draw_lunar", "render_lunar"]

LEFT, TOP, WIDE, HIGH, STRIP, GAP, MARGIN = 70.0, 48.0, 760.0, 300.0, 110.0, 34.0, 44.0


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime
    low: float
    high: float
    top: float
    height: float

    def x(self, at: datetime) -> float:
        return LEFT + WIDE * (at - self.first).total_seconds() / ((self.last - self.first).total_seconds() or DAY_S)

    def y(self, value: float) -> float:
        return self.top + self.height * (1.0 - (value - self.low) / ((self.high - self.low) or 1.0))


def draw_lunar(study: LunarStudy) -> str:
    """One SVG: delta-v of each route by departure date, and below it the Sun's height at the landing place on arrival."""
    routes = tuple(dict.fromkeys(flight.route for flight in study.every))
    lit = any(flight.sun_elevation_deg is not None for flight in study.every)
    dates = [flight.depart_utc for flight in study.every]
    costs = [flight.delta_v_m_s / 1e3 for flight in study.every]
    step = next((step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if (max(costs) - min(costs)) / step <= 6), 2.0)
    low, high = step * (math.ceil(min(costs) / step) - 1), step * (math.floor(max(costs) / step) + 1)
    scale = _Scale(min(dates), max(dates), low, high, TOP, HIGH)
    body = [*_grid(scale, step, "delta-v km/s"), *_routes(study.every, routes, scale, "delta_v_m_s")]
    base = TOP + HIGH
    if lit:
        below = _Scale(scale.first, scale.last, -2.0, 2.0, base + GAP, STRIP)
        body += _grid(below, 1.0, "Sun deg")
        body += _routes(study.every, routes, below, "sun_elevation_deg")
        zero = below.y(0.0)
        body.append(f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="#16212b"/>')
        base = base + GAP + STRIP
    body += _dates(scale, base)
    for number, route in enumerate(routes):
        y = base + 66 + 19 * number
        colour = PALETTE[number % len(PALETTE)]
        body.append(f'<line x1="{LEFT}" x2="{LEFT + 26}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        body.append(f'<text x="{LEFT + 34}" y="{y + 4}">{escaped(route)}</text>')
    height = base + 66 + 19 * len(routes) + 6
    title = escaped(f"{study.origin} to {study.destination}: delta-v by date of departure")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + MARGIN:.0f} {height:.0f}" '
        f'width="{LEFT + WIDE + MARGIN:.0f}" height="{height:.0f}" role="img" aria-label="{title}" '
        f'font-family="DejaVu Sans, Arial, sans-serif" font-size="12" fill="#16212b">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{LEFT}" y="24" font-size="17" font-weight="600">{title}</text>'
        f"{''.join(body)}</svg>"
    )


def _grid(scale: _Scale, step: float, name: str) -> Iterator[str]:
    yield f'<rect x="{LEFT}" y="{scale.top}" width="{WIDE}" height="{scale.height}" fill="none" stroke="#51606e"/>'
    for count in range(round((scale.high - scale.low) / step) + 1):
        value = scale.low + count * step
        y = scale.y(value)
        yield f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d4dbe1"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" font-size="11">{value:.3g}</text>'
    middle = scale.top + scale.height / 2
    yield f'<text transform="translate(18 {middle:.0f}) rotate(-90)" text-anchor="middle">{name}</text>'


def _routes(flights: Sequence[LunarFlight], routes: Sequence[str], scale: _Scale, figure: str) -> Iterator[str]:
    for number, route in enumerate(routes):
        values = [(one.depart_utc, getattr(one, figure)) for one in flights if one.route == route]
        unit = 1e-3 if figure.endswith("_m_s") else 1.0
        path = [(scale.x(at), scale.y(unit * value)) for at, value in values if value is not None]
        if path:
            ends = path if len(path) > 1 else [(path[0][0] - 3, path[0][1]), (path[0][0] + 3, path[0][1])]
            colour = PALETTE[number % len(PALETTE)]
            yield f'<polyline points="{points(ends)}" fill="none" stroke="{colour}" stroke-width="2.2"/>'


def _dates(scale: _Scale, base: float) -> Iterator[str]:
    for at, name in date_ticks((scale.first, scale.last)):
        x = scale.x(at)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}" stroke="#16212b"/>'
        yield f'<text x="{x:.1f}" y="{base + 19:.0f}" text-anchor="middle" font-size="11">{name}</text>'
    yield f'<text x="{LEFT + WIDE / 2:.0f}" y="{base + 42:.0f}" text-anchor="middle">departure (UTC)</text>'


def render_lunar(study: LunarStudy) -> str:
    """The study as one self-contained HTML page: drawing, best flights, legs beside the published table, masses."""
    return template_of("lunar.html").render(
        study=study,
        palette=PALETTE,
        drawing=draw_lunar(study) if study.flights else "",
        carriers=[one for one in study.delivered if one.cargo_kg > 0.0],
    )
