"""The roadmap's wiring: changes read, technologies valued on drawn courses, chosen, valued together, laid on the timeline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from supercargo.app.metering import StageWatch, unwatched
from supercargo.kernel import Fault, ScenarioError
from supercargo.measure.contingencies import Effect, read_changes
from supercargo.measure.courses import Courses
from supercargo.measure.money import is_revenue
from supercargo.measure.strategy_review import RoadmapTold
from supercargo.model import (
    BOUGHT_ACCOUNTS,
    CHANCES,
    TIMELINE_MONTHS,
    Chances,
    Known,
    OperationsPlan,
    RoadmapRow,
    Technology,
    TechnologyWorth,
)
from supercargo.plan.roadmap import RoadmapTerms, choose_roadmap, frontier, phase_of, spending, worth_from
from supercargo.simulate.courses import Drawing
from supercargo.simulate.technologies import value_technologies, value_together

__all__ = ["draw_roadmap"]


def draw_roadmap(
    plan: OperationsPlan,
    given: tuple[Chances, Sequence[Technology]],
    terms: RoadmapTerms,
    drawing: Drawing,
    *,
    watch: StageWatch = unwatched,
) -> tuple[dict[str, Any], Courses]:
    """The parts of a review that the roadmap fills, and the courses drawn without any technology.

    Raises ScenarioError with every change of technologies.csv that can't be read.
    """
    chances, technologies = given
    effects = _effects(plan, technologies)
    valued = value_technologies(plan, chances, effects, drawing, watch=lambda done: watch("flying", 0.9 * done))
    watch("choosing", 0.0)
    sure = {one.technology_id: one.yearly_usd if _told_apart(one) else 0.0 for one in valued.worths}
    outcome = choose_roadmap(technologies, sure, terms)
    chosen = dict(outcome.best or {})
    at_half, at_more = (_chosen_at(technologies, valued.worths, name, terms) for name in ("half_usd", "more_usd"))
    together = value_together(
        plan,
        chances,
        [effects[name] for name in sorted(chosen)],
        drawing,
        watch=lambda done: watch("flying", 0.9 + 0.1 * done),
    )
    told = RoadmapTold(
        budget_usd=terms.budget_usd,
        at_once_count=terms.at_once_count,
        discount_fraction=terms.discount_fraction,
        status=str(outcome.status),
        worth_usd=round(-outcome.objective, 2) + 0.0,
        bound_usd=round(-outcome.bound, 2) + 0.0,
        spent_usd=round(math.fsum(one.cost_usd for one in technologies if one.technology_id in chosen), 2),
        apart_usd=round(math.fsum(one.yearly_usd for one in valued.worths if one.technology_id in chosen), 2),
        together_usd=together.yearly_usd,
        together_low_usd=together.yearly_low_usd,
        together_high_usd=together.yearly_high_usd,
    )
    rows = [
        _row(one, worth, chosen, (one.technology_id in at_half, one.technology_id in at_more), terms)
        for one, worth in zip(technologies, valued.worths, strict=True)
    ]
    rows.sort(key=lambda row: (not row.chosen, row.start_month or TIMELINE_MONTHS, -row.worth_usd, row.technology_id))
    parts = {
        "roadmap": told,
        "technologies": tuple(rows),
        "spending": spending(technologies, chosen),
        "frontier": frontier(technologies, sure, terms),
    }
    return parts, valued.courses


def _effects(plan: OperationsPlan, technologies: Sequence[Technology]) -> Mapping[str, Effect]:
    accounts = {row.account for row in plan.costs if not is_revenue(row)} | {*BOUGHT_ACCOUNTS}
    accounts |= {rate.account for rate in plan.scenario.cost_rates}
    known = Known(CHANCES, tuple(place.destination for place in plan.scenario.destinations), tuple(sorted(accounts)))
    faults: list[Fault] = []
    effects = {}
    for one in technologies:
        try:
            effects[one.technology_id] = read_changes(one.technology_id, one.changes, known, file="technologies.csv")
        except ScenarioError as refused:
            faults += refused.faults
    if faults:
        raise ScenarioError.of(sorted(faults), where="technologies.csv")
    return effects


def _told_apart(worth: TechnologyWorth) -> bool:
    """The courses tell it from nothing."""
    return worth.yearly_low_usd > 0 or worth.yearly_high_usd < 0


def _chosen_at(
    technologies: Sequence[Technology], worths: Sequence[TechnologyWorth], name: str, terms: RoadmapTerms
) -> frozenset[str]:
    """What the roadmap would hold if all effects were of another strength."""
    yearly = {one.technology_id: getattr(one, name) or 0.0 if _told_apart(one) else 0.0 for one in worths}
    return frozenset(choose_roadmap(technologies, yearly, terms).best or {})


def _row(
    one: Technology, worth: TechnologyWorth, chosen: Mapping[str, int], elsewhere: tuple[bool, bool], terms: RoadmapTerms
) -> RoadmapRow:
    start = chosen.get(one.technology_id)
    counted = worth.yearly_usd if _told_apart(worth) else 0.0
    months = range(one.earliest_month, TIMELINE_MONTHS - one.introduction_months + 2)
    best = max((worth_from(one, counted, month, terms) for month in months), default=-one.cost_usd)
    ready = None if start is None else start + one.introduction_months - 1
    return RoadmapRow(
        technology_id=one.technology_id,
        title=one.title,
        kind=one.kind,
        chosen=start is not None,
        start_month=start,
        ready_month=ready,
        phase=None if ready is None else phase_of(ready),
        cost_usd=one.cost_usd,
        running_usd=one.running_usd,
        yearly_usd=worth.yearly_usd,
        yearly_low_usd=worth.yearly_low_usd,
        yearly_high_usd=worth.yearly_high_usd,
        half_usd=worth.half_usd,
        more_usd=worth.more_usd,
        changes=one.changes,
        worth_usd=round(best if start is None else worth_from(one, counted, start, terms), 2),
        needs=one.needs,
        chosen_at_half=elsewhere[0],
        chosen_at_more=elsewhere[1],
        why=_why(one, worth, (start, best, len(months)), terms),
        evidence=one.evidence,
    )


def _why(one: Technology, worth: TechnologyWorth, found: tuple[int | None, float, int], terms: RoadmapTerms) -> str:
    start, best, months = found
    if start is not None:
        return "it brings more than it costs" if best > 0 else "others need it"
    if not months:
        return "it can't be ready within the timeline"
    if not _told_apart(worth):
        return "the courses can't tell what it saves from nothing"
    if best <= 0:
        return "it costs more than it brings"
    if one.cost_usd > terms.budget_usd:
        return "it costs more than the whole budget"
    return "budget, hands or what it needs leave no place for it"
