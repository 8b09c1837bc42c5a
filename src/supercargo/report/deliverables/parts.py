"""Blocks that several documents share: figures of the plan drawn the same way everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from supercargo.kernel import days_between
from supercargo.measure.summary import LeftBehind
from supercargo.model import Kpi, OperationsPlan
from supercargo.report.blocks import Column, Figure, KpiBlock, Missing, Table, Text
from supercargo.report.charts import Bar, Span, bars, columns, spans
from supercargo.report.deliverables.held import Held, reference
from supercargo.report.svg import MONTHS, CalendarAxis

__all__ = [
    "closest_turnovers",
    "compliance_table",
    "facility_months",
    "kpi_blocks",
    "missed_names",
    "mission_calendar",
    "no_way",
    "port_bars",
    "solver_table",
]

CALENDAR_BEYOND_D = 120
"""Days that a calendar shows behind the horizon; what lies later stands in its table."""
STAYS = ("one", "three", "two", "four", "five", "six")


def no_way(one: LeftBehind) -> bool:
    """Lines that stay behind because no spacecraft that goes there could take them: more flights would not help."""
    return any(word in one.reason for word in ("fits no", "no mission"))


def mission_calendar(held: Held, *, covers: tuple[str, ...] = ()) -> Figure:
    """Each mission from lift-off to its end, a row for each docking place, oldest first."""
    plan, settings = held.plan, held.plan.scenario.settings
    docked = [one for one in plan.missions if not one.lost]
    rows = sorted({f"{one.destination} {one.port}" for one in docked})
    stays = [
        Span(
            f"{one.destination} {one.port}",
            *one.docked_utc,
            STAYS[rows.index(f"{one.destination} {one.port}") % 2],
            one.mission_id,
        )
        for one in docked
    ]
    data = Table(
        title="Stays at docking places",
        source="plan: missions.csv",
        columns=(Column(name="docking place"), Column(name="mission"), Column(name="arrives"), Column(name="departs")),
        rows=tuple(sorted((one.row, one.words, one.start, one.end) for one in stays)),
    )
    last = max([settings.end_utc, *(one.end for one in stays)])
    end = min(last, settings.end_utc + timedelta(days=CALENDAR_BEYOND_D))
    drawing = spans(
        f"{len(docked)} missions at {len(rows)} docking places over the {settings.span}",
        rows,
        stays,
        start=settings.start_utc,
        end=end,
        marks=((settings.end_utc, "end of horizon"),) if end > settings.end_utc else (),
    )
    return Figure(title="Who is docked where, when", source="plan: missions.csv", drawing=drawing, data=data, covers=covers)


def kpi_blocks(held: Held, *, only: tuple[str, ...] = (), covers: tuple[str, ...] = ()) -> list[KpiBlock | Missing | Text]:
    """KPIs as planned and, where futures were drawn, as simulated; with `only` some of them, and where the others stand."""
    planned = tuple(kpi for kpi in held.plan.kpis if not only or kpi.kpi_id in only)
    blocks: list[KpiBlock | Missing | Text] = [
        KpiBlock(title="KPIs if nothing happens", source="plan: kpis.csv", kpis=planned, covers=covers)
    ]
    if only:
        blocks.insert(
            0, Text(words=f"All sixteen KPIs stand in {reference(held, 'D9')}; here those that this document asks for.")
        )
    if held.simulated is None:
        blocks.append(Missing(what="how the KPIs spread over futures", needs="report with --runs above 0"))
        return blocks
    told = held.simulated.kpis
    known = tuple(kpi for kpi in told if kpi.value is not None and (not only or kpi.kpi_id in only))
    source = f"simulation: {held.simulated.runs} futures, the plan left alone in them"
    blocks.append(KpiBlock(title="KPIs over futures in which nobody plans anew", source=source, kpis=known, covers=covers))
    return blocks


def port_bars(held: Held, *, covers: tuple[str, ...] = (), most: int = 16) -> Figure:
    """Docking places by the share of their days in service that are taken."""
    busy = sorted((one for one in held.summary.ports if one.missions_count), key=lambda one: (-one.percent, one.destination))
    rows = [Bar(f"{one.destination} {one.port}", one.percent, f"{one.percent:.0f} %") for one in busy[:most]]
    data = Table(
        title="Use of docking places",
        source="plan: missions.csv against ports.csv and blackouts.csv of the scenario",
        columns=(
            Column(name="docking place"),
            Column(name="missions", unit="count"),
            Column(name="occupied", unit="d", digits=1),
            Column(name="in service", unit="d", digits=1),
            Column(name="used", unit="percent", digits=1),
        ),
        rows=tuple((f"{o.destination} {o.port}", o.missions_count, o.occupied_d, o.service_d, o.percent) for o in busy),
    )
    return Figure(
        title="How full docking places are",
        source="plan: missions.csv, days docked over days in service",
        drawing=bars("Share of days in service that docking places are taken", rows, unit="percent"),
        data=data,
        covers=covers,
    )


def closest_turnovers(plan: OperationsPlan, *, covers: tuple[str, ...] = (), most: int = 10) -> Table:
    """The shortest gaps between a departure and the next arrival at the same docking place."""
    at: dict[tuple[str, str], list[tuple[datetime, datetime, str]]] = {}
    for one in plan.missions:
        if not one.lost:
            at.setdefault((one.destination, one.port), []).append((*one.docked_utc, one.mission_id))
    gaps = [
        (days_between(before[1], after[0]), f"{place} {port}", before[2], after[2])
        for (place, port), stays in at.items()
        for before, after in pairwise(sorted(stays))
    ]
    return Table(
        title="Where one mission waits for another",
        source="plan: missions.csv, departure to the next arrival",
        columns=(
            Column(name="docking place"),
            Column(name="leaves"),
            Column(name="comes next"),
            Column(name="gap", unit="d", digits=1),
        ),
        rows=tuple((where, first, then, gap) for gap, where, first, then in sorted(gaps)[:most]),
        note="A slip longer than the gap moves the next mission too.",
        covers=covers,
    )


def solver_table(held: Held, *, covers: tuple[str, ...] = ()) -> Table:
    """What each optimising stage proved."""
    rows = []
    for stage in held.plan.stages:
        gap = None if stage.gap is None else 100 * stage.gap
        rows.append((stage.stage, stage.status.value, stage.objective, stage.bound, gap, stage.unit, stage.note or ""))
    return Table(
        title="How good the plan is, by proof",
        source="plan: plan.json, stages",
        columns=(
            Column(name="stage"),
            Column(name="status"),
            Column(name="objective", unit="value", digits=0),
            Column(name="bound", unit="value", digits=0),
            Column(name="gap", unit="percent", digits=2),
            Column(name="in"),
            Column(name="remark"),
        ),
        rows=tuple(rows),
        note="No plan can beat the bound under the scenario's rules; the gap is what could still be won at most.",
        covers=covers,
    )


def missed_names(kpis: Sequence[Kpi]) -> str:
    """Names of KPIs whose target is missed, for a sentence."""
    return ", ".join(f"{kpi.kpi_id} {kpi.name}" for kpi in kpis) or "none"


def facility_months(held: Held, *, covers: tuple[str, ...] = (), most: int = 6) -> Figure:
    """Days of processing in each month at the busiest facilities."""
    settings = held.plan.scenario.settings
    names = [
        one.resource
        for one in sorted(held.summary.resources, key=lambda one: (-one.used_h, one.resource))
        if one.kind == "facilities"
    ]
    shown = [name for name in names if _processing(held, name)][:most]
    months = list(CalendarAxis(settings.start_utc, settings.end_utc, 0.0, 1.0).months())
    starts = [first for first, _ in months]
    ends = [*starts[1:], settings.end_utc]
    used = {
        name: [
            sum(max(0.0, days_between(max(one, first), min(two, last))) for one, two in _processing(held, name))
            for first, last in zip(starts, ends, strict=True)
        ]
        for name in shown
    }
    data = Table(
        title="Days of processing by month",
        source="plan: activities.csv, kind processing",
        columns=(Column(name="month"), *(Column(name=name, unit="d", digits=1) for name in shown)),
        rows=tuple((f"{first:%Y-%m}", *(used[name][index] for name in shown)) for index, first in enumerate(starts)),
    )
    drawing = columns(
        "Days of processing by month and facility", [f"{MONTHS[one.month - 1]}" for one in starts], used, unit="days"
    )
    return Figure(
        title="When facilities process spacecraft and cargo",
        source="plan: activities.csv, kind processing",
        drawing=drawing,
        data=data,
        covers=covers,
    )


def _processing(held: Held, facility: str) -> list[tuple[datetime, datetime]]:
    return [
        (one.start_utc, one.end_utc)
        for one in held.plan.activities
        if one.kind == "processing" and one.resource_id == facility
    ]


def compliance_table(held: Held, frameworks: Sequence[str], *, covers: tuple[str, ...] = (), only_open: bool = False) -> Table:
    """Requirements of packs with what was found; the unmet first."""
    order = {"unmet": 0, "no evidence": 1, "waived": 2, "met": 3}
    rows = sorted(
        (
            row
            for row in held.comply.rows
            if row.framework in frameworks and not (only_open and row.state in ("met", "waived"))
        ),
        key=lambda row: (order.get(row.state, 4), row.requirement_id, row.object),
    )
    return Table(
        title="Requirements and whether they are met",
        source="compliance: requirement packs held against plan" + (" and record" if held.recorded else ""),
        columns=tuple(
            Column(name=name) for name in ("requirement", "asks", "of", "state", "found or missing", "due", "owner")
        ),
        rows=tuple((o.requirement_id, o.clause, o.object, o.state, o.words, o.due_utc, o.owner) for o in rows[:40]),
        note=f"{len(rows) - 40} more stand in `supercargo comply`." if len(rows) > 40 else "",
        covers=covers,
    )
