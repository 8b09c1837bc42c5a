"""The use case of improving: a plan folder and the record of operations to what weighs most, charts, programme and lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supercargo.app.kpis import base_of_folder
from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.pages import refuse_pages, write_pages
from supercargo.kernel import ScenarioError, parse_utc
from supercargo.measure.facts import Facts
from supercargo.measure.improvement import (
    CaseFact,
    Improvement,
    LessonTold,
    before_and_after,
    charts_of,
    cost_paretos,
    failure_paretos,
    opportunities,
)
from supercargo.measure.measured import Measured
from supercargo.measure.measuring import measure_facts, measure_plan
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.practice import practices_of
from supercargo.measure.programme import Programme, measure_programme
from supercargo.measure.progress import measure_progress
from supercargo.measure.scored_money import BaseYear, base_year_of
from supercargo.model import Initiative, Invoice, Lever, OperationsPlan, Scenario
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.plan.recosting import coster, is_priced
from supercargo.report.improve import improvement_figures, render_improvement
from supercargo.store import read_initiatives, read_plan
from supercargo.store.book.figures import figures_book

if TYPE_CHECKING:  # its libraries load only for those who have a store
    from supercargo.store.log import LogReader

__all__ = [
    "ImproveAsked",
    "Known",
    "improve_folder",
    "improvement_of",
    "known_of_plan",
    "known_of_store",
    "measured_programme",
]

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class ImproveAsked:
    """What a person asks of `improve`."""

    folder: Path
    store: str = ""
    base: Path | None = None
    since_utc: datetime | None = None
    replan: bool = False
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a plan or of its operations: facts and figures, non-conformances, invoices and lessons of a store."""

    facts: Facts
    figures: tuple[Measured, ...]
    cases: tuple[CaseFact, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    lessons: tuple[LessonTold, ...] = ()


def improve_folder(asked: ImproveAsked, *, watch: StageWatch = unwatched) -> Improvement:
    """Improvement of a plan folder, written as a page and a workbook where names for them are given.

    Raises ScenarioError for faulty input, StoreError for a store whose views are old, Refused for outputs that exist unless
    `force`.
    """
    refuse_pages(asked, asked.folder, asked.base)
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    base = base_of_folder(asked.base) if asked.base else None
    known = known_of_store(plan, asked.store, base) if asked.store else known_of_plan(plan, base)
    _refuse_empty_side(known, asked.since_utc)
    watch("costing", 0.0)
    programme = measured_programme(plan, base=base, replan=asked.replan)
    told = improvement_of(plan, known, programme, since_utc=asked.since_utc)
    title = f"improvement of {told.of}"
    write_pages(
        asked,
        lambda: render_improvement(told),
        lambda: figures_book(title, improvement_figures(told), told.as_of_utc),
    )
    return told


def _refuse_empty_side(known: Known, since_utc: datetime | None) -> None:
    """A day that parts nothing from nothing is a slip of the pen. Raises ScenarioError for it."""
    dates = [row.at_utc for one in known.figures for row in one.rows if row.at_utc is not None]
    if since_utc is None or not dates:
        return
    first, last = min(dates), max(dates)
    if not first < since_utc <= last:
        side = f"before {since_utc:%Y-%m-%d}" if since_utc <= first else f"from {since_utc:%Y-%m-%d} on"
        what = f"nothing that counts lies {side}"
        fix = f"give a day after {first:%Y-%m-%d} and not after {last:%Y-%m-%d}: what counts lies between them"
        raise ScenarioError(what, fix=fix, where="--since")


def improvement_of(
    plan: OperationsPlan, known: Known, programme: Programme, *, since_utc: datetime | None = None
) -> Improvement:
    """What to improve, from what is known of a plan and its measured programme."""
    initiatives, _ = read_initiatives(plan.scenario)
    charts = charts_of(known.figures, known.facts, known.cases)
    costs = cost_paretos(plan)
    return Improvement(
        of=plan.scenario.settings.name,
        basis=known.facts.basis,
        as_of_utc=plan.scenario.settings.as_of_utc if known.facts.basis == "plan" else known.facts.as_of_utc,
        figures=known.figures,
        costs=costs,
        failures=failure_paretos(known.figures, known.facts, known.cases),
        charts=charts,
        compared=before_and_after(known.figures, known.facts, since_utc) if since_utc else (),
        since_utc=since_utc,
        lessons=known.lessons,
        opportunities=opportunities(known.figures, charts, costs, programme),
        practices=practices_of(plan),
        programme=programme,
        progress=measure_progress(plan, known.invoices, initiatives, programme.savings),
    )


def known_of_plan(plan: OperationsPlan, base: BaseYear | None = None) -> Known:
    """What a plan alone tells."""
    return Known(facts=facts_of_plan(plan), figures=measure_plan(plan, base=base))


def measured_programme(plan: OperationsPlan, *, base: BaseYear | None = None, replan: bool = False) -> Programme:
    """The cost programme of a plan; with `replan` also initiatives that change what is planned, each on a new plan."""
    initiatives, template = read_initiatives(plan.scenario)
    _readable(initiatives)

    def anew(scenario: Scenario) -> OperationsPlan:
        return plan_year(replace(scenario, initiatives=()), planner=OPTIMISED, watch=unwatched)

    def can(lever: Lever) -> bool:
        return replan or is_priced(lever)

    return measure_programme(plan, initiatives, coster(plan, anew), can, base=base, template=template)


def _readable(initiatives: Iterable[Initiative]) -> None:
    from supercargo.model import lever_of

    for one in initiatives:
        for word in one.changes:
            lever_of(word)


def known_of_store(plan: OperationsPlan, store: str, base: BaseYear | None = None) -> Known:
    """What operations tell; K15 is held against the plan given where no other base year is.

    Raises StoreError for a store whose views are not those of this program.
    """
    from supercargo.app.operations.booking import booked_invoices
    from supercargo.app.operations.log import current_log  # its libraries load only for those who have a store
    from supercargo.measure.operations import facts_of_log

    with current_log(store) as log:
        with log.reading() as view:
            facts = facts_of_log(log, view)
            invoices = booked_invoices(view)
        own = base or base_year_of(facts_of_plan(plan), "the plan")
        return Known(
            facts=facts,
            figures=measure_facts(facts, base=own),
            cases=tuple(_case(row) for row in _page(log, "ncr")),
            invoices=invoices,
            lessons=tuple(
                LessonTold(**{name: str(row[name]) for name in LessonTold.__slots__}) for row in _page(log, "lessons")
            ),
        )


def _page(log: LogReader, table: str) -> Iterable[Mapping[str, Any]]:
    return log.page(table, limit=_ALL)


def _case(row: Mapping[str, Any]) -> CaseFact:
    return CaseFact(
        case_id=str(row["case_id"]),
        cause=str(row["cause"]) or "not told",
        stage=str(row["stage"]),
        about=str(row["about"]),
        at_utc=parse_utc(str(row["opened_utc"])),
    )
