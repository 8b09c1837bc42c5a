"""The year drawn as bars on a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from supercargo.model import OperationsPlan
from supercargo.report.lanes import Bar, Lane, timeline_blocks
from supercargo.report.svg import CalendarAxis, clip, escaped

__all__ = ["HATCH", "HEADING_PX", "LABEL_PX", "LANE_PX", "WIDTH_PX", "draw_timeline", "grid_parts", "lane_parts"]

WIDTH_PX = 1352.0
LABEL_PX = 192.0
LANE_PX = 17
HEADING_PX = 26
LETTER_PX = 6.1
AFTER_D = 45  # so much of the following year is shown where missions reach into it


def draw_timeline(plan: OperationsPlan) -> str:
    """One SVG: missions by place, ports, crews, pads and facilities over months, closed times shaded, dates as titles."""
    settings = plan.scenario.settings
    latest = max((mission.end_utc for mission in plan.missions), default=settings.end_utc)
    end = min(max(latest, settings.end_utc), settings.end_utc + timedelta(days=AFTER_D))
    axis = CalendarAxis(settings.start_utc, end, LABEL_PX, WIDTH_PX - LABEL_PX - 4)
    body: list[str] = []
    y = 22
    for block in timeline_blocks(plan):
        body.append(f'<text class="head" x="4" y="{y + 18}">{escaped(block.heading, 90)}</text>')
        y += HEADING_PX
        for n, lane in enumerate(block.lanes):
            if n % 2 == 0:
                body.append(f'<rect class="band" x="0" y="{y}" width="{WIDTH_PX:.0f}" height="{LANE_PX}"/>')
            body.extend(lane_parts(axis, lane, y))
            y += LANE_PX
    height = y + 6
    name = escaped(f"Timeline of {settings.name}: missions by destination, ports, crews, pads and facilities, month by month")
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH_PX:.0f} {height}" width="{WIDTH_PX:.0f}" height="{height}" role="group" '
        f'aria-label="{name}">{HATCH}{"".join(grid_parts(axis, settings.end_utc, height))}{"".join(body)}</svg>'
    )


HATCH = (
    '<defs><pattern id="shut" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#f3d9d0"/><rect width="2" height="6" fill="#b5502b"/></pattern></defs>'
)


def grid_parts(axis: CalendarAxis, end: datetime, height: int) -> Iterator[str]:
    """Months as lines, named where the name has room, and what lies after the year's end as a grey field."""
    if axis.end > end:
        x = axis.x(end)
        yield f'<rect class="after" x="{x:.1f}" y="0" width="{axis.x(axis.end) - x:.1f}" height="{height}"/>'
    free_px = 0.0
    for first, name in axis.months():
        x = axis.x(first)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height}"/>'
        if x >= free_px:
            yield f'<text class="month" x="{x + 4:.1f}" y="15">{name}</text>'
            free_px = x + LETTER_PX * len(name)


def lane_parts(axis: CalendarAxis, lane: Lane, y: int) -> Iterator[str]:
    """One lane: its name, closed times and bars, each with its dates as title."""
    yield f'<text class="lane" x="10" y="{y + 12.5}">{escaped(lane.label, 32)}</text>'
    for shade in lane.shades:
        x, until = axis.x(shade.start), axis.x(shade.end)
        if until > x:
            yield (
                f'<rect class="shut" x="{x:.1f}" y="{y + 1}" width="{max(until - x, 2.0):.1f}" height="{LANE_PX - 2}">'
                f"<title>{escaped(shade.title)}</title></rect>"
            )
    drawn = [bar for bar in lane.bars if bar.end >= axis.start and bar.start <= axis.end]
    starts = sorted(axis.x(bar.start) for bar in drawn if bar.label)
    for bar in drawn:
        yield _bar(axis, bar, y, next((x for x in starts if x > axis.x(bar.start)), WIDTH_PX))
    yield from (_beyond(bar, y) for bar in lane.bars if bar.label and bar.start > axis.end)


def _beyond(bar: Bar, y: int) -> str:
    """Words at the right edge for a bar that begins after the end of the picture."""
    words = f"{clip(bar.label, 40)} from {bar.start:%Y-%m-%d} →"
    width = len(words) * LETTER_PX
    return (
        f'<rect class="under" x="{WIDTH_PX - 8 - width:.0f}" y="{y + 1}" width="{width + 4:.0f}" height="{LANE_PX - 2}"/>'
        f'<text class="on beyond" x="{WIDTH_PX - 6:.0f}" y="{y + 12.5}">{escaped(words)}'
        f"<title>{escaped(bar.title)}</title></text>"
    )


def _bar(axis: CalendarAxis, bar: Bar, y: int, next_x: float) -> str:
    x, until = axis.x(bar.start), axis.x(bar.end)
    title = f"<title>{escaped(bar.title)}</title>"
    if bar.look == "lift":
        return f'<path class="lift" d="M{x:.1f} {y + 2}l4 11h-8z">{title}</path>'
    thin = 4 if bar.look == "way" else 0
    box = (
        f'<rect class="{bar.look}" x="{x:.1f}" y="{y + 2 + thin}" width="{max(until - x, 1.5):.1f}" '
        f'height="{LANE_PX - 4 - 2 * thin}" rx="2">{title}</rect>'
    )
    needs = len(bar.label) * LETTER_PX + 5
    beside = needs > until - x and next_x - until > needs
    fits = int((next_x - (until if beside else x) - 5) / LETTER_PX)
    if not bar.label or fits < min(3, len(bar.label)):
        return box
    at = until + (2 if bar.look in ("pad", "proc") else 6) if beside else x + 4
    look = "on beside" if beside else "on"
    return f'{box}<text class="{look}" x="{at:.1f}" y="{y + 12.5}">{escaped(clip(bar.label, fits))}</text>'
