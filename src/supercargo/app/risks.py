"""The use case of reviewing risk: a plan folder, the record of operations or both, to figures, a page and a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.pages import book_of, refuse_pages, write_pages
from supercargo.app.simulating import cores
from supercargo.kernel import ScenarioError, format_utc
from supercargo.measure.contingencies import effect_of, value_contingencies
from supercargo.measure.courses import Courses
from supercargo.measure.insured import Exposure, Portfolio, cover_rows, exposures, portfolio_of
from supercargo.measure.risk_register import register_risks
from supercargo.measure.risk_review import RiskReview
from supercargo.model import CHANCES, ContingencyValue, CoverRow, OperationsPlan, RiskRow, RiskTables, Table
from supercargo.plan.cover import Appetite, Choice, choose_cover
from supercargo.report.risks import render_risks
from supercargo.simulate.courses import Drawing, draw_courses, draw_losses
from supercargo.store import read_chances, read_plan, read_risks
from supercargo.track.acts import Act
from supercargo.track.envelope import Receipt
from supercargo.track.risks.policies import BindPolicy

__all__ = ["REVIEW_TABLES", "RiskAsked", "bind_covers", "review_plan", "review_risks", "with_record", "write_review"]

REVIEW_TABLES: tuple[Table, ...] = (
    Table(file="risks.csv", noun=RiskRow, attribute="risks", key=("risk_id",)),
    Table(file="contingencies.csv", noun=ContingencyValue, attribute="contingencies", key=("contingency_id",)),
    Table(file="insurance.csv", noun=CoverRow, attribute="covers", key=("mission_id", "covers")),
)
"""What a review holds, as sheets of a workbook."""

LOSS_COURSES = 20_000
"""Courses of losses alone that covers are chosen on: the worst hundredth of them is what a bad year rests on."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RiskAsked:
    """What a person asks of `risk`."""

    folder: Path | None = None
    store: str = ""
    runs: int = 500
    seed: int | None = None
    workers: int | None = None
    tail: float = 0.99
    capital: float = 0.1
    bind: bool = False
    by: str = ""
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False


def review_risks(asked: RiskAsked, *, now_utc: datetime, watch: StageWatch = unwatched) -> RiskReview:
    """Review the risks of a plan, of operations, or of both.

    Raises ScenarioError where neither is named, for a page or workbook of another name, and for contingencies that can't be
    read; Refused for a file that exists unless `force`.
    """
    if asked.folder is None and not asked.store:
        raise ScenarioError("nothing is named to be reviewed", fix="give a plan folder, or --store, or both", where="risk")
    if asked.bind and not (asked.folder and asked.store and asked.by.strip() and asked.runs):
        fix = "give a plan folder, --store URL, --by NAME and --runs above 0"
        raise ScenarioError(
            "covers are chosen for a plan, on courses, and bound in a record by a person", fix=fix, where="--bind"
        )
    refuse_pages(asked, asked.folder)
    record = _record(asked.store) if asked.store else {}
    if asked.folder is None:
        return RiskReview(
            of="the record of operations", as_of_utc=now_utc, price_year=None, seed=None, samples_count=0, remarks=(), **record
        )
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    return _reviewed(plan, asked, record, watch)


def review_plan(plan: OperationsPlan, asked: RiskAsked, *, watch: StageWatch = unwatched) -> RiskReview:
    """Review the risks of a plan that has been read; of `asked` only the courses and the appetite count."""
    return _reviewed(plan, asked, {}, watch)


def _reviewed(plan: OperationsPlan, asked: RiskAsked, record: Mapping[str, Any], watch: StageWatch) -> RiskReview:
    tables, chances = read_risks(plan.scenario), read_chances(plan.scenario)
    places = [place.destination for place in plan.scenario.destinations]
    effects = [effect_of(one, CHANCES, places) for one in tables.contingencies]
    settings = plan.scenario.settings
    seed = settings.seed if asked.seed is None else asked.seed

    courses: Courses | None = None
    values: tuple[ContingencyValue, ...] = ()
    covers: tuple[CoverRow, ...] = ()
    portfolio: Portfolio | None = None
    if asked.runs:
        drawing = Drawing(seed, asked.runs, asked.workers or _processes(asked.runs * (1 + len(effects))))
        courses, tolls = draw_courses(plan, chances, effects, drawing, watch=lambda done: watch("flying", done))
        values = value_contingencies(tables.contingencies, courses, tolls)
        watch("covers", 0.0)
        losses = draw_losses(plan, chances, seed=seed, count=LOSS_COURSES)
        covers, portfolio = _insured(plan, tables, losses, asked)
    return RiskReview(
        of=" and ".join([settings.name, *(["the record of operations"] if asked.store else [])]),
        as_of_utc=settings.as_of_utc,
        price_year=settings.currency_year,
        seed=seed if asked.runs else None,
        samples_count=asked.runs,
        remarks=tuple(_remarks(tables, asked)),
        risks=register_risks(plan, tables.risks, courses),
        contingencies=values,
        covers=covers,
        portfolio=portfolio,
        premium_planned_usd=_planned_premium(plan),
        **record,
    )


_WORTH_STARTING = 2000
"""Courses from which on starting more processes takes less time than it saves."""


def _processes(courses_count: int) -> int:
    return cores() if courses_count > _WORTH_STARTING else 1


def _remarks(tables: RiskTables, asked: RiskAsked) -> Iterator[str]:
    if tables.templates:
        yield f"The scenario has no {', '.join(tables.templates)}: templates stand for them: their figures are assumptions."
    if asked.runs:
        yield "In the courses missions fly as soon as nothing keeps them, and nothing is planned anew: replans lose less."
    else:
        yield "No course of the year was drawn: all probabilities are a person's word, and nothing is said of covers."


def _planned_premium(plan: OperationsPlan) -> float:
    rows = (row for row in plan.costs if "insurance" in row.account and not row.account.startswith("revenue"))
    return sum(round(row.plan_usd * 100) for row in rows) / 100


def _insured(
    plan: OperationsPlan, tables: RiskTables, losses: tuple[tuple[str, ...], Bools], asked: RiskAsked
) -> tuple[tuple[CoverRow, ...], Portfolio | None]:
    found = exposures(plan, tables.insurance)
    if not found:
        return (), None
    missions, drawn = losses
    column = {name: at for at, name in enumerate(missions)}
    lost = drawn[:, [column[one.mission_id] for one in found]]
    choices = [Choice(one.value_usd, tuple((o.premium_usd, o.recovery_usd) for o in one.options)) for one in found]
    outcome = choose_cover(choices, lost, Appetite(level=asked.tail, capital_fraction=asked.capital))
    chosen = outcome.best or (-1,) * len(found)
    appetite = (asked.tail, asked.capital)
    rows = cover_rows(found, chosen, lost, appetite=appetite)
    return rows, portfolio_of(found, chosen, lost, appetite=appetite, bound_usd=outcome.bound)


def with_record(review: RiskReview, store: str) -> RiskReview:
    """The same review with what the log has now."""
    return replace(review, **_record(store))


def _record(store: str) -> dict[str, Any]:
    """What the log has of risks, policies and claims. Raises StoreError for views that are not those of this program."""
    from supercargo.app.operations.log import current_log  # its libraries load only for those who have a store

    with current_log(store) as log:
        tables = {"register": "risk_register", "policies": "policies", "claims": "claims"}
        return {name: tuple(_shown(row) for row in log.page(table, limit=100_000)) for name, table in tables.items()}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "held"}


def bind_covers(asked: RiskAsked, review: RiskReview, *, clock: Callable[[], datetime]) -> tuple[Receipt, ...]:
    """Bind a policy for each cover that the review buys, named MISSION-COVERS; one that is bound already stays as it is.

    Raises Refused for a mission that is not open or has lifted off.
    """
    from supercargo.app.operations.insuring import record_policy
    from supercargo.app.operations.log import open_operations

    assert asked.folder is not None
    plan = read_plan(asked.folder)
    found = {(one.mission_id, one.covers): one for one in exposures(plan, read_risks(plan.scenario).insurance)}
    known = {row["policy"] for row in review.policies}
    bought = [row for row in review.covers if row.offer and f"{row.mission_id}-{row.covers}" not in known]
    receipts: list[Receipt] = []
    with open_operations(asked.store, clock) as store:
        for row in bought:
            name = f"{row.mission_id}-{row.covers}"
            act = Act(command_id=f"bind-{name}", by=asked.by, at_utc=store.now_utc())
            receipts += record_policy(store, name, _bound(row, found[row.mission_id, row.covers]), act)
    return tuple(receipts)


def _bound(row: CoverRow, exposure: Exposure) -> BindPolicy:
    option = next(one for one in exposure.options if one.offer.offer == row.offer)
    return BindPolicy(
        mission_id=row.mission_id,
        insurer=row.insurer,
        covers=row.covers,
        insured_usd=row.value_usd,
        cover_fraction=option.offer.cover_fraction,
        limit_usd=option.offer.limit_usd,
        deductible_usd=option.offer.deductible_usd,
        premium_usd=option.premium_usd,
        lots=exposure.lots,
    )


def write_review(asked: RiskAsked, review: RiskReview) -> tuple[Path, ...]:
    """Write the page and the workbook that are asked for; gives what was written."""
    title = f"risks of {review.of}, {format_utc(review.as_of_utc)}"
    return write_pages(asked, lambda: render_risks(review), lambda: book_of(title, review.as_of_utc, REVIEW_TABLES, review))
