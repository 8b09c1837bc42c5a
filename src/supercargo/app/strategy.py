"""The use case of reviewing strategy: a plan to the roadmap, partners and market, a page and a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.pages import book_of, refuse_pages, write_pages
from supercargo.app.strategy_roadmap import draw_roadmap
from supercargo.kernel import NoPlan, ScenarioError, format_utc
from supercargo.measure.candidates import value_candidates
from supercargo.measure.collaborations import collaborations
from supercargo.measure.courses import Courses
from supercargo.measure.market import price_curve, price_segments, rivals_of, segments_of
from supercargo.measure.partners import Partners, concentrations, score_partners
from supercargo.measure.strategy_review import PARTS, StrategyReview
from supercargo.model import (
    CandidateRow,
    CollaborationRow,
    ConcentrationRow,
    FrontierRow,
    OperationsPlan,
    OptionRow,
    PartnerRow,
    PricePoint,
    PriceRow,
    RivalRow,
    RoadmapRow,
    SegmentRow,
    SpendingRow,
    StrategyTables,
    Table,
    TornadoRow,
)
from supercargo.plan.roadmap import RoadmapTerms
from supercargo.report.strategy import render_strategy
from supercargo.simulate.capacity import Demand, tornado_of, value_options
from supercargo.simulate.courses import Drawing, draw_courses
from supercargo.store import read_chances, read_plan, read_strategy

__all__ = ["STRATEGY_TABLES", "StrategyAsked", "review_plan", "review_strategy", "strategy_for_documents", "write_strategy"]

STRATEGY_TABLES: tuple[Table, ...] = (
    Table(file="roadmap.csv", noun=RoadmapRow, attribute="technologies", key=("technology_id",)),
    Table(file="spending.csv", noun=SpendingRow, attribute="spending", key=("month",)),
    Table(file="frontier.csv", noun=FrontierRow, attribute="frontier", key=("budget_usd",)),
    Table(file="partners.csv", noun=PartnerRow, attribute="partners", key=("role", "partner")),
    Table(file="concentration.csv", noun=ConcentrationRow, attribute="concentrations", key=("role", "measure")),
    Table(file="candidates.csv", noun=CandidateRow, attribute="candidates", key=("candidate", "role")),
    Table(
        file="collaborations.csv", noun=CollaborationRow, attribute="collaborations", key=("technology_id", "change", "role")
    ),
    Table(file="rivals.csv", noun=RivalRow, attribute="rivals", key=("segment", "competitor")),
    Table(file="segments.csv", noun=SegmentRow, attribute="segments", key=("segment",)),
    Table(file="prices.csv", noun=PriceRow, attribute="prices", key=("segment",)),
    Table(file="price_points.csv", noun=PricePoint, attribute="price_points", key=("segment", "usd_per_kg")),
    Table(file="options.csv", noun=OptionRow, attribute="options", key=("option",)),
    Table(file="tornado.csv", noun=TornadoRow, attribute="tornado", key=("of", "assumption")),
)
"""What a review holds, as sheets of a workbook."""


@dataclass(frozen=True, slots=True)
class StrategyAsked:
    """What a person asks of `strategy`."""

    folder: Path
    only: tuple[str, ...] = ()  # parts of a review; none named: all
    runs: int = 100
    demands: int = 4000
    seed: int | None = None
    budget_usd: float = 120e6
    at_once: int = 3
    discount: float = 0.08
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts that are asked for."""
        return self.only or PARTS


def review_strategy(asked: StrategyAsked, *, watch: StageWatch = unwatched) -> StrategyReview:
    """Review the strategy of a plan folder.

    Raises ScenarioError for a part that is not known, a page or workbook of another name, and changes that can't be read;
    Refused for a file that exists unless `force`.
    """
    for part in asked.parts:
        if part not in PARTS:
            raise ScenarioError(f"there is no part {part!r}", fix=f"use one or more of: {', '.join(PARTS)}", where="--only")
    refuse_pages(asked, asked.folder)
    watch("reading", 0.0)
    return review_plan(read_plan(asked.folder), asked, watch=watch)


def review_plan(plan: OperationsPlan, asked: StrategyAsked, *, watch: StageWatch = unwatched) -> StrategyReview:
    """Review the strategy of a plan that has been read. Raises ScenarioError for changes that can't be read, NoPlan without a
    mission."""
    if not plan.missions:
        raise NoPlan("the plan flies no mission", fix="plan a scenario that flies", where=plan.scenario.settings.name)
    settings = plan.scenario.settings
    tables, chances = read_strategy(plan.scenario), read_chances(plan.scenario)
    drawing = Drawing(settings.seed if asked.seed is None else asked.seed, asked.runs)
    found: dict[str, Any] = {}
    courses: Courses | None = None
    if "roadmap" in asked.parts:
        terms = RoadmapTerms(asked.budget_usd, asked.at_once, asked.discount)
        part, courses = draw_roadmap(plan, (chances, tables.technologies), terms, drawing, watch=watch)
        found |= part
    elif "partners" in asked.parts and asked.runs:
        courses, _ = draw_courses(plan, chances, (), drawing, watch=lambda done: watch("flying", done))
    held = Partners(plan, chances, courses)
    watch("partners", 0.0)
    if "partners" in asked.parts:
        rows = score_partners(held)
        found |= {
            "partners": rows,
            "concentrations": concentrations(rows),
            "candidates": value_candidates(held, tables.partner_candidates, rows),
            "collaborations": collaborations(found.get("technologies", ()), rows),
        }
    watch("market", 0.0)
    if "market" in asked.parts:
        found |= _market(held, tables, drawing.seed, asked.demands)
    return StrategyReview(
        of=settings.name,
        as_of_utc=settings.as_of_utc,
        price_year=settings.currency_year,
        seed=drawing.seed,
        samples_count=asked.runs if courses is not None else 0,
        demands_count=asked.demands if "market" in asked.parts else 0,
        remarks=tuple(_remarks(tables, asked)),
        **found,
    )


def _remarks(tables: StrategyTables, asked: StrategyAsked) -> Iterator[str]:
    if tables.templates:
        yield f"The scenario has no {', '.join(tables.templates)}: templates stand for them: their figures are assumptions."
    if "roadmap" in asked.parts:
        yield "A technology whose interval holds zero is counted as worth nothing: the courses can't tell it from nothing."
    if "partners" in asked.parts:
        yield "When a partner goes, the other flights fly as planned, nobody takes up what is left, and its cost is saved."
    if "market" in asked.parts:
        yield "Best prices hold the rivals' prices, the cost of a kilogram and the segment's mass fixed."


DOCUMENT_RUNS = 60
"""Courses of the year that technologies are valued on for documents, at most."""


def strategy_for_documents(
    plan: OperationsPlan, folder: Path, runs: int, *, watch: StageWatch = unwatched
) -> StrategyReview | None:
    """What documents show of strategy; without runs no roadmap, without a mission nothing."""
    if not plan.missions:
        return None
    wanted = StrategyAsked(folder, PARTS if runs else PARTS[1:], runs=min(runs, DOCUMENT_RUNS))
    return review_plan(plan, wanted, watch=lambda _, share: watch("strategy", share))


def write_strategy(asked: StrategyAsked, review: StrategyReview) -> tuple[Path, ...]:
    """Write the page and the workbook that are asked for; gives what was written."""
    title = f"strategy of {review.of}, {format_utc(review.as_of_utc)}"
    return write_pages(
        asked, lambda: render_strategy(review), lambda: book_of(title, review.as_of_utc, STRATEGY_TABLES, review)
    )


def _market(held: Partners, tables: StrategyTables, seed: int, count: int) -> dict[str, Any]:
    rows = segments_of(held, tables.market_segments, tables.competitors)
    named = {row.segment: row for row in rows}
    prices = price_segments(rows, tables.market_segments, tables.competitors)
    years = held.plan.scenario.settings.years
    demands = {
        one.segment: Demand.of(named[one.segment], one, years)
        for one in tables.market_segments
        if named[one.segment].usd_per_kg
    }
    return {
        "segments": rows,
        "rivals": rivals_of(rows, tables.competitors),
        "prices": prices,
        "price_points": tuple(point for row in prices for point in price_curve(row, named[row.segment], tables.competitors)),
        "options": value_options(tables.capacity_options, demands, seed=seed, count=count),
        "tornado": tornado_of(tables.capacity_options, demands, seed=seed, count=count),
    }
