"""A picture of launch windows: lift-offs by day and hour with the quickest way to dock, and the Sun over the plane beneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from supercargo.kernel import format_utc
from supercargo.model import Arrival
from supercargo.report.sun_chart import chart_line, chart_text, marked_days, sun_panel
from supercargo.report.svg import PALETTE, CalendarAxis, escaped, points

__all__ = ["render_windows"]

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 960, 560, 64, 64
_TOP, _HOURS_HIGH, _GAP, _SUN_HIGH = 48, 240, 56, 130
_SUN_TOP = _TOP + _HOURS_HIGH + _GAP
_NONE, _USUAL = "none", "usual"
_COLOURS = {
    "2-orbit": PALETTE[2],
    "4-orbit": PALETTE[0],
    "1-day": PALETTE[1],
    "2-day": PALETTE[3],
    "3-day": PALETTE[7],
    _USUAL: PALETTE[6],
    _NONE: PALETTE[5],
}
_LETTERS = {"2-orbit": "2", "4-orbit": "4", "1-day": "d", "2-day": "D", "3-day": "T", _USUAL: "u", _NONE: "x"}


def render_windows(rows: Sequence[Arrival], start: datetime, end: datetime) -> str:
    """An SVG of the windows' lift-offs over a span, one mark a window, with beta and the share of night.

    `rows` in order of lift-off, as `list_arrivals` gives them; an empty list gives empty axes.
    """
    axis = CalendarAxis(start, end, _LEFT, _WIDTH - _LEFT - _RIGHT)
    named = f"{rows[0].destination} from {rows[0].site}" if rows else "no window"
    title = f"Launch windows, {named}, {format_utc(start)[:10]} to {format_utc(end)[:10]}"
    sun = sorted({(row.launch_utc, row.beta_deg, row.eclipse_fraction) for row in rows})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f"<title>{escaped(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escaped(title)}</text>',
        *_hours_frame(axis),
        *sun_panel(sun, axis, _SUN_TOP, _SUN_HIGH),
        *_marks(rows, axis),
        *_legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _hours_frame(axis: CalendarAxis) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for hour in range(0, 25, 6):
        y = _TOP + _HOURS_HIGH * (1.0 - hour / 24.0)
        yield chart_line(_LEFT, y, right, y)
        yield chart_text(_LEFT - 8, y + 4, f"{hour:02d} h")
    for at, words in marked_days(axis):
        yield chart_line(axis.x(at), _TOP, axis.x(at), _TOP + _HOURS_HIGH)
        yield chart_text(axis.x(at), _TOP + _HOURS_HIGH + 16, words, "middle")
    yield chart_text(_LEFT, _TOP - 8, "lift-off, hour of the day UTC", "start")


def _quickest(rows: Sequence[Arrival]) -> dict[tuple[datetime, str, str], tuple[Arrival, str]]:
    """The quickest profile that stands for each window, or none."""
    found: dict[tuple[datetime, str, str], tuple[Arrival, str]] = {}
    for row in sorted(rows, key=lambda row: (not row.stands, row.dock_utc)):
        found.setdefault((row.launch_utc, row.pad, row.launcher), (row, (row.profile or _USUAL) if row.stands else _NONE))
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
        yield chart_text(x + 22, y + 4, told, "start")
        x += 122
    yield chart_text(
        _LEFT, y + 28, "disc: the place moves north over the pad (ascending); diamond: south (descending)", "start"
    )
