"""A picture of listed windows: lift-offs by day and length of the way, a colour for each route, with the best lift beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from supercargo.kernel import format_utc
from supercargo.model import RouteArrival
from supercargo.report.sun_chart import chart_line, chart_text, marked_days
from supercargo.report.svg import PALETTE, CalendarAxis, escaped

__all__ = ["render_routes"]

_WIDTH, _LEFT, _RIGHT, _TOP, _HIGH = 960, 64, 64, 56, 300
_PLAIN = "listed"
_MOST_MARKED = 24
_COLOURS = (PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[7])


def render_routes(rows: Sequence[RouteArrival], start: datetime, end: datetime) -> str:
    """An SVG of the listed windows' lift-offs over a span, higher for a longer way; hollow where no spacecraft can go.

    `rows` as `list_arrivals` gives them; an empty list gives empty axes.
    """
    axis = CalendarAxis(start, end, _LEFT, _WIDTH - _LEFT - _RIGHT)
    named = f"{rows[0].destination} from {rows[0].site}" if rows else "no window"
    title = f"Listed windows, {named}, {format_utc(start)[:10]} to {format_utc(end)[:10]}"
    routes = sorted({row.route or _PLAIN for row in rows})
    colours = {route: _COLOURS[number % len(_COLOURS)] for number, route in enumerate(routes)}
    most_d = max([row.transit_d for row in rows], default=0.0) or 1.0
    high = _TOP + _HIGH + 44 + 20 * (len(routes) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {high}" font-family="sans-serif" font-size="12">',
        f"<title>{escaped(title)}</title>",
        f'<rect width="{_WIDTH}" height="{high}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escaped(title)}</text>',
        *_frame(axis, most_d),
        *_marks(rows, axis, most_d, colours),
        *_legend(colours),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _y(transit_d: float, most_d: float) -> float:
    return _TOP + _HIGH * (1.0 - transit_d / (1.1 * most_d))


def _frame(axis: CalendarAxis, most_d: float) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        y = _y(share * most_d, most_d)
        yield chart_line(_LEFT, y, _WIDTH - _RIGHT, y)
        yield chart_text(_LEFT - 8, y + 4, f"{share * most_d:.0f} d")
    for at, words in marked_days(axis):
        yield chart_line(axis.x(at), _TOP, axis.x(at), _TOP + _HIGH)
        yield chart_text(axis.x(at), _TOP + _HIGH + 16, words, "middle")
    yield chart_text(_LEFT, _TOP - 8, "lift-off to arrival, days; beside a mark the best lift in tonnes", "start")


def _marks(rows: Sequence[RouteArrival], axis: CalendarAxis, most_d: float, colours: Mapping[str, str]) -> Iterator[str]:
    best: dict[tuple[datetime, str], RouteArrival] = {}
    for row in rows:
        key = (row.launch_utc, row.route)
        if key not in best or (row.stands, row.lift_kg) > (best[key].stands, best[key].lift_kg):
            best[key] = row
    for _, row in sorted(best.items()):
        x, y, colour = axis.x(row.launch_utc), _y(row.transit_d, most_d), colours[row.route or _PLAIN]
        lift = f"{row.vehicle_type} lifts {row.lift_kg:,.0f} kg" if row.stands else "nothing can go"
        told = (
            f"{format_utc(row.launch_utc)} {row.launcher}, {row.route or _PLAIN}, arrives {format_utc(row.arrive_utc)}: {lift}"
        )
        inside = colour if row.stands else "#ffffff"
        yield (
            f'<g><title>{escaped(told)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{inside}" stroke="{colour}" '
            f'stroke-width="2"/></g>'
        )
        if row.stands and len(best) <= _MOST_MARKED:
            yield chart_text(x + 10, y + 4, f"{row.lift_kg / 1e3:.1f}", "start")


def _legend(colours: Mapping[str, str]) -> Iterator[str]:
    y = float(_TOP + _HIGH + 44)
    for route, colour in colours.items():
        yield f'<circle cx="{_LEFT + 6}" cy="{y:.1f}" r="6" fill="{colour}"/>'
        yield chart_text(_LEFT + 20, y + 4, route, "start")
        y += 20.0
    yield chart_text(_LEFT, y + 4, "hollow: no spacecraft of the site can go by it", "start")
