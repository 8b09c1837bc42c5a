"""A picture of launch windows: lift-offs by day and hour with the quickest way to dock, and the Sun over the plane beneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from supercargo.kernel import format_utc
from supercargo.model import Arrival
from supercargo.report.svg import PALETTE, CalendarAxis, escaped, points

__all__ = ["render_windows"]

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 960, 560, 64, 64
_TOP, _HOURS_HIGH, _GAP, _SUN_HIGH = 48, 240, 56, 130
_SUN_TOP = _TOP + _HOURS_HIGH + _GAP
_BETA_SPAN_DEG = 90.0
_NONE = "none"
_COLOURS = {
    "2-orbit": PALETTE[2],
    "4-orbit": PALETTE[0],
    "1-day": PALETTE[1],
    "2-day": PALETTE[3],
    "3-day": PALETTE[7],
    _NONE: PALETTE[5],
}
_LETTERS = {"2-orbit": "2", "4-orbit": "4", "1-day": "d", "2-day": "D", "3-day": "T", _NONE: "x"}
_MOST_DAY_MARKS = 16


def render_windows(rows: Sequence[Arrival], start: datetime, end: datetime) -> str:
    """An SVG of the windows' lift-offs over a span, one mark a window, with beta and the share of night.

    `rows` in order of lift-off, as `list_arrivals` gives them; an empty list gives empty axes.
    """
    axis = CalendarAxis(start, end, _LEFT, _WIDTH - _LEFT - _RIGHT)
    named = f"{rows[0].destination} from {rows[0].site}" if rows else "no window"
    title = f"Launch windows, {named}, {format_utc(start)[:10]} to {format_utc(end)[:10]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f"<title>{escaped(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escaped(title)}</text>',
        *_hours_frame(axis),
        *_sun_frame(axis),
        *_sun_curves(rows, axis),
        *_marks(rows, axis),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _days(axis: CalendarAxis) -> Iterator[tuple[datetime, str]]:
    """Midnights that are marked, some sixteen at most."""
    midnight = axis.start.replace(hour=0, minute=0, second=0)
    span = max((axis.end - axis.start).days, 1)
    every = next((step for step in (1, 2, 5, 7, 14, 30) if span / step <= _MOST_DAY_MARKS), 61)
    day = type(axis.end - axis.start)(days=1)
    for k in range(0, span + 2, every):
        at = midnight + k * day
        if axis.start <= at <= axis.end:
            yield at, format_utc(at)[5:10]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#dddddd") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "end") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333333">{escaped(words)}</text>'


def _hours_frame(axis: CalendarAxis) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for hour in range(0, 25, 6):
        y = _TOP + _HOURS_HIGH * (1.0 - hour / 24.0)
        yield _line(_LEFT, y, right, y)
        yield _text(_LEFT - 8, y + 4, f"{hour:02d} h")
    for at, words in _days(axis):
        yield _line(axis.x(at), _TOP, axis.x(at), _TOP + _HOURS_HIGH)
        yield _text(axis.x(at), _TOP + _HOURS_HIGH + 16, words, "middle")
    yield _text(_LEFT, _TOP - 8, "lift-off, hour of the day UTC", "start")


def _beta_y(beta_deg: float) -> float:
    return _SUN_TOP + _SUN_HIGH * (0.5 - beta_deg / (2.0 * _BETA_SPAN_DEG))


def _night_y(share: float) -> float:
    return _SUN_TOP + _SUN_HIGH * (1.0 - share / 0.5)


def _sun_frame(axis: CalendarAxis) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for beta in (-90, -60, 0, 60, 90):
        yield _line(_LEFT, _beta_y(beta), right, _beta_y(beta), "#e8b0a0" if abs(beta) == 60 else "#dddddd")
        yield _text(_LEFT - 8, _beta_y(beta) + 4, f"{beta:+d}°" if beta else "0°")
    for percent in (0, 25, 50):
        yield _text(right + 8, _night_y(percent / 100.0) + 4, f"{percent} %", "start")
    for at, _ in _days(axis):
        yield _line(axis.x(at), _SUN_TOP, axis.x(at), _SUN_TOP + _SUN_HIGH)
    yield _text(
        _LEFT, _SUN_TOP - 8, "Sun over the plane (beta), line; night, share of each revolution, dashes (right scale)", "start"
    )


def _sun_curves(rows: Sequence[Arrival], axis: CalendarAxis) -> Iterator[str]:
    at = {row.launch_utc: row for row in rows}
    beta = [(axis.x(launch), _beta_y(row.beta_deg)) for launch, row in sorted(at.items())]
    night = [(axis.x(launch), _night_y(row.eclipse_fraction)) for launch, row in sorted(at.items())]
    yield f'<polyline points="{points(beta)}" fill="none" stroke="{PALETTE[5]}" stroke-width="2"/>'
    yield f'<polyline points="{points(night)}" fill="none" stroke="{PALETTE[0]}" stroke-width="2" stroke-dasharray="6 4"/>'


def _quickest(rows: Sequence[Arrival]) -> dict[tuple[datetime, str, str], tuple[Arrival, str]]:
    """The quickest profile that stands for each window, or none."""
    found: dict[tuple[datetime, str, str], tuple[Arrival, str]] = {}
    for row in sorted(rows, key=lambda row: (not row.stands, row.dock_utc)):
        found.setdefault((row.launch_utc, row.pad, row.launcher), (row, row.profile if row.stands else _NONE))
    return found


def _marks(rows: Sequence[Arrival], axis: CalendarAxis) -> Iterator[str]:
    for _, (row, profile) in sorted(_quickest(rows).items()):
        hour = row.launch_utc.hour + row.launch_utc.minute / 60.0
        x, y = axis.x(row.launch_utc), _TOP + _HOURS_HIGH * (1.0 - hour / 24.0)
        told = f"{format_utc(row.launch_utc)} {row.launcher} pad {row.pad}, azimuth {row.azimuth_deg:.1f} deg: {profile}"
        yield f"<g><title>{escaped(told)}</title>{_mark(x, y, profile, ascending=row.node == 'ascending')}</g>"


def _mark(x: float, y: float, profile: str, *, ascending: bool) -> str:
    colour, letter = _COLOURS.get(profile, PALETTE[8]), _LETTERS.get(profile, "?")
    shape = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{colour}"/>'
        if ascending
        else f'<polygon points="{points([(x, y - 9), (x + 9, y), (x, y + 9), (x - 9, y)])}" fill="{colour}"/>'
    )
    return shape + f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="#ffffff" font-size="11">{letter}</text>'


def _legend() -> Iterator[str]:
    y, x = _SUN_TOP + _SUN_HIGH + 34, float(_LEFT)
    words = {**{name: f"{name} quickest" for name in _COLOURS if name != _NONE}, _NONE: "nothing stands"}
    for profile, told in words.items():
        yield _mark(x + 8, y, profile, ascending=True)
        yield _text(x + 22, y + 4, told, "start")
        x += 132
    yield _text(_LEFT, y + 28, "disc: the place moves north over the pad (ascending); diamond: south (descending)", "start")
