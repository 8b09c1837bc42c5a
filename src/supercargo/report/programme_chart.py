"""The programme drawn as bars over months: first plan, forecast, progress, critical path and gates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from supercargo.kernel import days
from supercargo.model import GateRow, ProgrammePlan, TaskRow
from supercargo.report.svg import CalendarAxis, clip, escaped

__all__ = ["draw_programme", "gates_by_name"]

WIDTH_PX = 1180.0
LABEL_PX = 268.0
ROW_PX = 20
HEAD_PX = 26
TOP_PX = 24
LETTER_PX = 6.2


def gates_by_name(plan: ProgrammePlan) -> dict[str, list[GateRow]]:
    """Checks of each gate, in order of the file."""
    found: dict[str, list[GateRow]] = {}
    for row in plan.gates:
        found.setdefault(row.gate, []).append(row)
    return found


def draw_programme(plan: ProgrammePlan) -> str:
    """One SVG: a row for each task under its phase, a row for the gates, the status date as a line; dates stand as titles."""
    ends = [row.due_utc for row in plan.tasks] + [row.end_utc for row in plan.tasks]
    axis = CalendarAxis(plan.start_utc, max(ends) + days(10), LABEL_PX, WIDTH_PX - LABEL_PX - 6)
    body: list[str] = []
    y, phase = TOP_PX, ""
    for row in plan.tasks:
        if row.phase != phase:
            phase = row.phase
            body.append(f'<text class="head" x="4" y="{y + 18}">{escaped(phase, 60)}</text>')
            y += HEAD_PX
        body += _task(axis, row, y)
        y += ROW_PX
    if plan.gates:
        body.append(f'<text class="head" x="4" y="{y + 18}">Gates</text>')
        y += HEAD_PX
        for name, rows in gates_by_name(plan).items():
            body += _gate(axis, name, rows[0], y)
            y += ROW_PX
    height = y + 8
    name = f"Programme from {plan.start_utc:%B %Y}: first plan, forecast and progress of each task; gates; status date"
    return (
        f'<svg class="programme" viewBox="0 0 {WIDTH_PX:.0f} {height}" role="img" aria-label="{escaped(name)}">'
        f"{''.join(_grid(axis, height))}{''.join(body)}{_status(axis, plan.as_of_utc, height)}</svg>"
    )


def _grid(axis: CalendarAxis, height: int) -> Iterator[str]:
    free_px = 0.0
    for first, name in axis.months():
        x = axis.x(first)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height}"/>'
        if x >= free_px:
            yield f'<text class="month" x="{x + 3:.1f}" y="15">{name}</text>'
            free_px = x + LETTER_PX * (len(name) + 1)


def _status(axis: CalendarAxis, as_of: datetime, height: int) -> str:
    x = axis.x(as_of)
    title = f"<title>status date {as_of:%Y-%m-%d}</title>"
    return f'<line class="status" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP_PX - 4}" y2="{height}">{title}</line>'


def _task(axis: CalendarAxis, row: TaskRow, y: int) -> Iterator[str]:
    label = clip(f"{row.task_id} {row.title}", int(LABEL_PX / LETTER_PX) - 1)
    yield f'<text class="row" x="12" y="{y + 13}">{escaped(label)}</text>'
    told = f"{row.task_id} {row.title}: {row.start_utc:%Y-%m-%d} to {row.end_utc:%Y-%m-%d}, {row.state}"
    told += f", {100 * row.done_fraction:.0f} % done" + (", critical" if row.critical else "")
    first, last = axis.x(row.first_start_utc), axis.x(row.first_end_utc)
    yield f'<rect class="first" x="{first:.1f}" y="{y + 14}" width="{max(last - first, 1.5):.1f}" height="3"/>'
    x, until = axis.x(row.start_utc), axis.x(row.end_utc)
    look = f"bar {'critical' if row.critical else 'plain'} {row.state.replace(' ', '-')}"
    width = max(until - x, 2.0)
    yield f'<rect class="{look}" x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="9"><title>{escaped(told)}</title></rect>'
    if row.done_fraction:
        yield f'<rect class="done" x="{x:.1f}" y="{y + 6.5}" width="{width * row.done_fraction:.1f}" height="4"/>'
    due = axis.x(row.due_utc)
    yield f'<path class="due{" missed" if row.late_d else ""}" d="M{due:.1f} {y + 3}v11"/>'


def _gate(axis: CalendarAxis, name: str, row: GateRow, y: int) -> Iterator[str]:
    x = axis.x(row.opens_utc)
    state = "open since" if row.open else "closed, opens at the earliest"
    yield f'<text class="row" x="12" y="{y + 13}">{escaped(clip(name, 36))}</text>'
    yield (
        f'<path class="gate {"open" if row.open else "closed"}" d="M{x:.1f} {y + 2}l7 7l-7 7l-7 -7z">'
        f"<title>{escaped(f'{name}: {state} {row.opens_utc:%Y-%m-%d}')}</title></path>"
    )
