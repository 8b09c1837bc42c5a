"""A plan's timeline to look closer at: any span, one place or all, each bar leading to its mission, and where now is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from supercargo.kernel import DAY_S
from supercargo.model import OperationsPlan
from supercargo.report.lanes import Block, Lane, timeline_blocks
from supercargo.report.svg import CalendarAxis, escaped
from supercargo.report.timeline import HATCH, HEADING_PX, LABEL_PX, LANE_PX, WIDTH_PX, grid_parts, lane_parts

__all__ = ["CalendarAsked", "block_name", "calendar_blocks", "draw_calendar"]

_MONTHS_PX = 22
_SHEET_PX = 640  # on A4 across, beneath a heading
_RESOURCES = ("Ports", "Crew", "Pads", "Processing")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAsked:
    """What of a plan is drawn: from when to when, of which place (empty: all), which mission stands out, the present.

    `shut` are blocks by name of which only the heading is drawn; `marks` are missions with what is wrong about them.
    """

    start: datetime
    end: datetime
    place: str = ""
    mission: str = ""
    instant: datetime | None = None
    shut: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)


def block_name(block: Block) -> str:
    """What a block is called: the place, or the sort of resource."""
    return block.heading.partition(":")[0].partition(" (")[0]


def calendar_blocks(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The names of all blocks, in their order."""
    return tuple(block_name(block) for block in blocks)


def draw_calendar(plan: OperationsPlan, asked: CalendarAsked, blocks: Iterable[Block] | None = None) -> str:
    """Lanes of missions by place, ports, crews, pads and facilities over a span, as SVG; a lane of a mission leads to it.

    It is parted into pictures, one beneath the other, that fit on sheets of paper; each has the months above it. `blocks`
    are those of the plan where they are known already.
    """
    axis = CalendarAxis(asked.start, asked.end, LABEL_PX, WIDTH_PX - LABEL_PX - 4)
    parts: list[list[str]] = [[]]
    heights = [_MONTHS_PX]

    def begin(needed_px: int) -> int:
        """Where the next that needs so much room stands: beneath what is drawn, or on a picture of its own."""
        if heights[-1] + needed_px > _SHEET_PX and parts[-1]:
            parts.append([])
            heights.append(_MONTHS_PX)
        heights[-1] += needed_px
        return heights[-1] - needed_px

    for block in _chosen(timeline_blocks(plan) if blocks is None else blocks, asked):
        lanes = () if block_name(block) in asked.shut else block.lanes
        y = begin(HEADING_PX + (LANE_PX if lanes else 0))
        heights[-1] -= LANE_PX if lanes else 0
        parts[-1].append(f'<text class="head" x="4" y="{y + 18}">{escaped(block.heading, 90)}</text>')
        for n, lane in enumerate(lanes):
            y = begin(LANE_PX)
            if n % 2 == 0:
                parts[-1].append(f'<rect class="band" x="0" y="{y}" width="{WIDTH_PX:.0f}" height="{LANE_PX}"/>')
            parts[-1].extend(_linked(plan, axis, lane, y, asked))
    end_utc = plan.scenario.settings.end_utc
    return "".join(
        _sheet((number, len(parts)), (axis, asked, end_utc), "".join(part), height + 6)
        for number, (part, height) in enumerate(zip(parts, heights, strict=True), 1)
    )


def _sheet(number: tuple[int, int], of: tuple[CalendarAxis, CalendarAsked, datetime], body: str, height: int) -> str:
    """One picture of a timeline; the pattern of closed times stands in the first."""
    axis, asked, end_utc = of
    part = f", part {number[0]} of {number[1]}" if number[1] > 1 else ""
    name = escaped(
        f"Timeline from {asked.start:%Y-%m-%d} to {asked.end:%Y-%m-%d}: missions, ports, crews, pads and facilities{part}"
    )
    months, now = "".join(grid_parts(axis, end_utc, height)), _now_line(axis, asked.instant, height)
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH_PX:.0f} {height}" width="{WIDTH_PX:.0f}" height="{height}" role="group" '
        f'data-days="{(asked.end - asked.start).total_seconds() / DAY_S:.6f}" data-across="{axis.width_px / WIDTH_PX:.6f}" '
        f'aria-label="{name}">{HATCH if number[0] == 1 else ""}{months}{body}{now}</svg>'
    )


def _chosen(blocks: Iterable[Block], asked: CalendarAsked) -> Iterator[Block]:
    for block in blocks:
        resources = block.heading.startswith(_RESOURCES)
        if asked.place and not resources and not block.heading.startswith(f"{asked.place}:"):
            continue
        lanes = tuple(_within(lane, asked) for lane in block.lanes)
        if asked.place and resources:
            lanes = tuple(lane for lane in lanes if lane.label.startswith((f"{asked.place}/", f"{asked.place}:")))
        lanes = tuple(lane for lane in lanes if lane.bars or lane.shades)
        if lanes:
            yield Block(block.heading, lanes)


def _within(lane: Lane, asked: CalendarAsked) -> Lane:
    """The lane without what lies outside of the span; of a flight that begins after it, when it does is kept to be told."""
    inside = tuple(bar for bar in lane.bars if bar.end >= asked.start and bar.start <= asked.end)
    later = tuple(bar for bar in lane.bars if bar.label and bar.start > asked.end) if lane.shades and not inside else ()
    return replace(
        lane,
        bars=(*inside, *later),
        shades=tuple(shade for shade in lane.shades if shade.end >= asked.start and shade.start <= asked.end),
    )


def _linked(plan: OperationsPlan, axis: CalendarAxis, lane: Lane, y: int, asked: CalendarAsked) -> Iterator[str]:
    name = lane.label.partition(" ")[0]
    if name not in plan.mission_named:
        yield from lane_parts(axis, lane, y)
        return
    row = plan.mission_named[name]
    said = escaped(f"{name}, {row.vehicle_type} to {row.destination}, lift-off {row.launch_utc:%Y-%m-%d %H:%M} UTC")
    chosen = ' class="chosen"' if name == asked.mission else ""
    yield f'<a href="/missions/{escaped(name)}" aria-label="{said}" id="lane-{escaped(name)}"{chosen}>'
    yield from lane_parts(axis, lane, y)
    if wrong := asked.marks.get(name):
        yield f'<text class="mark" x="1" y="{y + 12.5}">!<title>{escaped(wrong)}</title></text>'
    yield "</a>"


def _now_line(axis: CalendarAxis, now: datetime | None, height: int) -> str:
    if now is None or not axis.start <= now <= axis.end:
        return ""
    x = axis.x(now)
    words = escaped(f"now, {now:%Y-%m-%d %H:%M} UTC")
    return f'<line class="now" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{height}"><title>{words}</title></line>'
