"""The Sun over an orbit plane as a picture: beta and the share of night through a span, alone or beneath another picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from supercargo.kernel import format_utc
from supercargo.model import BetaDay
from supercargo.report.svg import PALETTE, CalendarAxis, escaped, points

__all__ = ["SunPoint", "chart_line", "chart_text", "marked_days", "render_beta", "sun_panel"]

SunPoint = tuple[datetime, float, float]
"""Instant, beta [deg] and the share of each revolution in the shadow."""

_MOST_DAY_MARKS = 16
_BETA_SPAN_DEG = 90.0
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _HIGH = 960, 320, 64, 64, 56, 200


_THIN = {"grid": "#dddddd", "limit": "#a63a00"}


def chart_line(x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> str:
    """A thin line: of the grid, or a limit. A page that has looks of its own colours it by its kind."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{_THIN[kind]}"/>'


def chart_text(x: float, y: float, words: str, anchor: str = "end") -> str:
    """Words beside an axis."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333333">{escaped(words)}</text>'


def marked_days(axis: CalendarAxis) -> Iterator[tuple[datetime, str]]:
    """Midnights that are marked, some sixteen at most; beyond a month each first of a month, with the year in January."""
    if (axis.end - axis.start).days > 7 * _MOST_DAY_MARKS:
        yield from axis.months()
        return
    midnight = axis.start.replace(hour=0, minute=0, second=0)
    span = max((axis.end - axis.start).days, 1)
    every = next(step for step in (1, 2, 5, 7) if span / step <= _MOST_DAY_MARKS)
    for k in range(0, span + 2, every):
        at = midnight + timedelta(days=k)
        if axis.start <= at <= axis.end:
            yield at, format_utc(at)[5:10]


def sun_panel(sun: Sequence[SunPoint], axis: CalendarAxis, top: float, high: float) -> Iterator[str]:
    """Frame, scales and both curves, `high` from `top` downward [px]; the limit of 60 deg that some ships keep is drawn in."""
    left, right = axis.left_px, axis.left_px + axis.width_px

    def beta_y(beta_deg: float) -> float:
        return top + high * (0.5 - beta_deg / (2.0 * _BETA_SPAN_DEG))

    def night_y(share: float) -> float:
        return top + high * (1.0 - share / 0.5)

    for beta in (-90, -60, 0, 60, 90):
        yield chart_line(left, beta_y(beta), right, beta_y(beta), "limit" if abs(beta) == 60 else "grid")
        yield chart_text(left - 8, beta_y(beta) + 4, f"{beta:+d}°" if beta else "0°")
    for percent in (0, 25, 50):
        yield chart_text(right + 8, night_y(percent / 100.0) + 4, f"{percent} %", "start")
    for at, _ in marked_days(axis):
        yield chart_line(axis.x(at), top, axis.x(at), top + high)
    told = "Sun over the plane (beta), line; night, share of each revolution, dashes (right scale)"
    yield chart_text(left, top - 8, told, "start")
    curve = [(axis.x(at), beta_y(beta)) for at, beta, _ in sun]
    night = [(axis.x(at), night_y(share)) for at, _, share in sun]
    yield f'<polyline class="beta" points="{points(curve)}" fill="none" stroke="{PALETTE[5]}" stroke-width="2"/>'
    yield (
        f'<polyline class="night" points="{points(night)}" fill="none" stroke="{PALETTE[0]}" stroke-width="2" '
        'stroke-dasharray="6 4"/>'
    )


def render_beta(rows: Sequence[BetaDay], start: datetime, end: datetime) -> str:
    """An SVG of beta and night through a span; rows in order of time."""
    axis = CalendarAxis(start, end, _LEFT, _WIDTH - _LEFT - _RIGHT)
    named = rows[0].destination if rows else "no place"
    title = f"Sun over {named}, {format_utc(start)[:10]} to {format_utc(end)[:10]}"
    sun = [(row.at_utc, row.beta_deg, row.night_fraction) for row in rows]
    parts = [
        f'<svg class="sun" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f"<title>{escaped(title)}</title>",
        f'<rect class="sheet" width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escaped(title)}</text>',
        *sun_panel(sun, axis, _TOP, _HIGH),
        *(chart_text(axis.x(at), _TOP + _HIGH + 18, words, "middle") for at, words in marked_days(axis)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
