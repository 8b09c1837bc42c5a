"""Missions that move, drawn before and after on one calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from supercargo.model import Disturbance, MissionMoved, Settings
from supercargo.report.svg import CalendarAxis, escaped, short_utc
from supercargo.report.timeline import LABEL_PX, WIDTH_PX, grid_parts

__all__ = ["MOST_DRAWN", "draw_moves"]

MOST_DRAWN = 24
"""Missions that are drawn; the others stand in the table."""

_ROW_PX = 15
_GAP_PX = 7
_BESIDE_D = 20  # so much of the calendar is shown before and after what moves
_LONG_NAME = 26

Dates = tuple[datetime, datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    dates: Dates | None
    port: str
    look: str  # CSS class of the stay


def draw_moves(settings: Settings, answers: Sequence[tuple[str, Disturbance]]) -> str:
    """One SVG: each mission that moves in any answer, as it was and as each answer has it, from lift-off to departure.

    Empty where nothing moves. The first lane of a mission is the old plan's; later ones are named after the answers.
    """
    moved = _moved(answers)
    names = sorted(moved, key=lambda name: (not any(one.struck for one in moved[name].values()), name))[:MOST_DRAWN]
    if not names:
        return ""
    rows = [(name, list(_rows(moved[name], [label for label, _ in answers]))) for name in names]
    axis = _axis(settings, [row.dates for _, own in rows for row in own if row.dates])
    body: list[str] = []
    y = 24
    for n, (name, own) in enumerate(rows):
        if n % 2 == 0:
            body.append(
                f'<rect class="band" x="0" y="{y - 3}" width="{WIDTH_PX:.0f}" height="{len(own) * _ROW_PX + _GAP_PX}"/>'
            )
        struck = any(one.struck for one in moved[name].values())
        body.append(f'<text class="head" x="4" y="{y + 11}">{escaped(name, 14)}{" ⚡" if struck else ""}</text>')
        for place, row in enumerate(own):
            body.extend(_lane(axis, row, y + place * _ROW_PX))
        y += len(own) * _ROW_PX + _GAP_PX
    label = escaped("Missions that move, before and after: " + ", ".join(names))
    grid = "".join(grid_parts(axis, settings.end_utc, y))
    return (
        f'<svg class="timeline moves" viewBox="0 0 {WIDTH_PX:.0f} {y}" width="{WIDTH_PX:.0f}" height="{y}" role="group" '
        f'aria-label="{label}">{grid}{"".join(body)}</svg>'
    )


def _moved(answers: Sequence[tuple[str, Disturbance]]) -> dict[str, dict[str, MissionMoved]]:
    """Missions that move, by name and answer."""
    found: dict[str, dict[str, MissionMoved]] = {}
    for label, told in answers:
        for one in told.missions:
            found.setdefault(one.mission_id, {})[label] = one
    return found


def _rows(own: Mapping[str, MissionMoved], labels: Sequence[str]) -> Iterator[_Row]:
    any_one = next(iter(own.values()))
    yield _Row("before", any_one.before_utc, any_one.port_before, "same")
    for label in labels:
        one = own.get(label)
        if one is None:
            yield _Row(label, any_one.before_utc, any_one.port_before, "same")
        else:
            ported = one.port_after != one.port_before
            yield _Row(label, one.after_utc, one.port_after, "ported" if ported else "moved")


def _axis(settings: Settings, dates: Sequence[Dates]) -> CalendarAxis:
    """A calendar that begins and ends a little beside all that is drawn, within a quarter of a year about the horizon."""
    beside, quarter = timedelta(days=_BESIDE_D), timedelta(days=90)
    start = min((one[0] for one in dates), default=settings.start_utc) - beside
    end = max((one[2] for one in dates), default=settings.end_utc) + beside
    start, end = max(start, settings.start_utc), min(end, settings.end_utc + quarter)
    return CalendarAxis(start, max(end, start + beside), LABEL_PX, WIDTH_PX - LABEL_PX - 4)


def _lane(axis: CalendarAxis, row: _Row, y: float) -> Iterator[str]:
    """Lift-off as a wedge, the way as a thin bar, the stay at the port as a thick one that names the port."""
    yield f'<text class="lane" x="96" y="{y + 11}">{escaped(row.label, 14)}</text>'
    if row.dates is None:
        yield f'<text class="on gone-word" x="{LABEL_PX + 6:.0f}" y="{y + 11}">does not fly</text>'
        return
    launch, arrive, depart = row.dates
    x, docked, left = axis.x(launch), axis.x(arrive), axis.x(depart)
    stays = f"docks at {row.port or 'no port'} {short_utc(arrive)}, leaves {short_utc(depart)}"
    title = f"{row.label}: lift-off {short_utc(launch)}, {stays}"
    yield f"<g><title>{escaped(title)}</title>"
    yield f'<path class="lift" d="M{x:.1f} {y + 2}l5 10h-10z"/>'
    if docked > x:
        yield f'<rect class="way" x="{x:.1f}" y="{y + 6}" width="{docked - x:.1f}" height="3"/>'
    width = max(left - docked, 2.0)
    yield f'<rect class="stay {row.look}" x="{docked:.1f}" y="{y + 2}" width="{width:.1f}" height="11"/>'
    words = f"{launch:%d %b} · {escaped(row.port, _LONG_NAME)}"
    beside = docked + width + 4
    at_end = beside > WIDTH_PX - 150
    anchor, at = (' text-anchor="end"', min(x, docked) - 8) if at_end else ("", beside)
    yield f'<text class="on" x="{at:.1f}" y="{y + 11}"{anchor}>{words}</text></g>'
