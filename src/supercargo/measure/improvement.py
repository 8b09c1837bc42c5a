"""What to improve: what costs most, what fails most, which processes are out of control, what a change has done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days_between
from supercargo.measure.before_after import BeforeAfter, compare_samples, compare_shares
from supercargo.measure.control_charts import (
    ControlChart,
    individuals_chart,
    moving_range_chart,
    rate_chart,
    share_chart,
)
from supercargo.measure.cost_objects import RESIDUAL, UNUSED, Share, attribute_costs
from supercargo.measure.facts import Facts
from supercargo.measure.measured import Counted, Measured, period_of
from supercargo.measure.money import SERVICE
from supercargo.measure.pareto import Pareto, pareto_of
from supercargo.measure.practice import Practice
from supercargo.measure.programme import Programme
from supercargo.measure.progress import Progress
from supercargo.model import OperationsPlan

__all__ = [
    "FAILING_KPIS",
    "CaseFact",
    "Improvement",
    "LessonTold",
    "Opportunity",
    "before_and_after",
    "charts_of",
    "cost_paretos",
    "failure_paretos",
    "opportunities",
]

FAILING_KPIS = ("K1", "K2", "K3", "K4")
"""Shares of objects: what is not as it should be has a reason, and each object counts once."""

OVER_TIME = {"K1": "missions that succeed", "K2": "missions late", "K3": "lines on time", "K4": "pieces damaged"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """A non-conformance as it stands in the log."""

    case_id: str
    cause: str
    stage: str
    about: str
    at_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonTold:
    """A lesson as it stands in the log; a closed one names the parameter that was changed and the plan that carries it."""

    lesson: str
    state: str
    text: str
    about: str
    owner: str
    opened_utc: str
    change: str
    old: str
    new: str
    digest: str
    closed_by: str
    closed_utc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """Something to improve, and what shows it; `weight` ranks those of a kind."""

    rank: int
    kind: str
    name: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """The state of improvement of a plan, or of a plan and its operations."""

    of: str
    basis: str
    as_of_utc: datetime
    figures: tuple[Measured, ...]
    costs: tuple[Pareto, ...]
    failures: tuple[Pareto, ...]
    charts: tuple[ControlChart, ...]
    compared: tuple[BeforeAfter, ...]
    since_utc: datetime | None
    lessons: tuple[LessonTold, ...]
    opportunities: tuple[Opportunity, ...]
    practices: tuple[Practice, ...]
    programme: Programme
    progress: Progress


def cost_paretos(plan: OperationsPlan) -> tuple[Pareto, ...]:
    """What costs the service most: by account, by activity (room to lift that nobody used apart), by place [USD]."""
    shares = [share for share in attribute_costs(plan) if share.paid_by == SERVICE]

    def of(name: str, key: Callable[[Share], str]) -> Pareto:
        cents: dict[str, int] = defaultdict(int)
        for share in shares:
            cents[key(share)] += share.cents
        return pareto_of(name, "USD", {word: total / 100.0 for word, total in cents.items()}, missing="nothing is paid")

    return (
        of("Cost of the service by account", lambda share: share.account),
        of("Cost of the service by activity", _activity),
        of("Cost of the service by place", lambda share: share.destination or "no single place"),
    )


def _activity(share: Share) -> str:
    if share.kind == UNUSED:
        return "room to lift that nobody used"
    return f"{share.activity}, of no load" if share.kind == RESIDUAL else share.activity


def failure_paretos(figures: Iterable[Measured], facts: Facts, cases: Sequence[CaseFact]) -> tuple[Pareto, ...]:
    """What fails most: objects that weigh against a KPI by their reason, non-conformances, incidents, complaints [count]."""
    found = []
    for one in figures:
        if one.kpi_id in FAILING_KPIS:
            counts: dict[str, float] = {cause.why: cause.count for cause in one.causes}
            name = f"{one.kpi_id} {one.name}: what weighs against it"
            found.append(pareto_of(name, "count", counts, missing=one.note if not one.known else "nothing weighs against it"))
    unseen = "no record of operations is given" if facts.basis != "operations" else "none is on record"
    found.append(pareto_of("Non-conformances by cause", "count", _counted(one.cause for one in cases), missing=unseen))
    found.append(
        pareto_of("Incidents by mission", "count", _counted(one.mission_id for one in facts.incidents), missing=unseen)
    )
    found.append(
        pareto_of("Complaints by customer", "count", _counted(one.customer for one in facts.complaints), missing=unseen)
    )
    return tuple(found)


def _counted(words: Iterable[str]) -> dict[str, float]:
    counts: dict[str, float] = defaultdict(float)
    for word in words:
        counts[word] += 1.0
    return dict(counts)


def charts_of(figures: Iterable[Measured], facts: Facts, cases: Sequence[CaseFact]) -> tuple[ControlChart, ...]:
    """Control charts of what is known: shares by month (p), counts by month (u), single flights in order (individuals)."""
    found = []
    for one in figures:
        if one.kpi_id in OVER_TIME:
            name = f"{one.kpi_id} {OVER_TIME[one.kpi_id]}, by month"
            found.append(share_chart(name, _monthly(one.rows)) if one.known else _no_chart("p", name, one.note))
    loads = [(row.object, _filled(row)) for one in figures if one.kpi_id == "K5" for row in _in_order(one.rows)]
    found += [individuals_chart("K5 share of room taken, by flight", "percent", loads, within=(0.0, 100.0))]
    found += [moving_range_chart("K5 step from flight to flight", "percent", loads)]
    late = list(_delays(facts))
    name = "Days from committed to actual lift-off, by flight"
    found.append(
        individuals_chart(name, "d", late) if late else _no_chart("individuals", name, "no flight has lifted off on record")
    )
    lines = _months((line.delivered_utc for line in facts.lines if line.delivered_utc), facts)
    flights = _months((one.launched_utc for one in facts.missions if one.launched_utc), facts)
    told: list[tuple[str, str, Iterable[datetime], dict[str, float]]] = [
        ("Non-conformances for each line delivered, by month", "count", (one.at_utc for one in cases), lines),
        ("K7 incidents for each flight, by month", "count", (one.at_utc for one in facts.incidents), flights),
    ]
    for name, unit, instants, exposed in told:
        if facts.basis == "operations":
            counts = _months(instants, facts)
            found.append(rate_chart(name, unit, [(key, counts.get(key, 0.0), exposed[key]) for key in sorted(exposed)]))
        else:
            found.append(_no_chart("u", name, "a plan can't know this: give a store"))
    return tuple(found)


def _no_chart(kind: str, name: str, why: str) -> ControlChart:
    return ControlChart(kind=kind, name=name, unit="", missing=why)


def _in_order(rows: Iterable[Counted]) -> list[Counted]:
    return sorted((row for row in rows if row.at_utc is not None), key=lambda row: (row.at_utc, row.object))


def _monthly(rows: Iterable[Counted]) -> list[tuple[str, float, float]]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _in_order(rows):
        assert row.at_utc is not None
        month = sums[period_of(row.at_utc, "month")]
        month[0] += row.hit
        month[1] += row.whole
    return [(month, hit, whole) for month, (hit, whole) in sorted(sums.items())]


def _months(instants: Iterable[datetime], facts: Facts) -> dict[str, float]:
    return _counted(period_of(at, "month") for at in instants if at <= facts.as_of_utc)


def _filled(row: Counted) -> float:
    return row.hit / row.whole if row.whole else 0.0


def _delays(facts: Facts) -> Iterator[tuple[str, float]]:
    for one in sorted(facts.missions, key=lambda one: (str(one.launched_utc), one.mission_id)):
        if one.launched_utc is not None and one.committed_utc is not None:
            yield one.mission_id, round(days_between(one.committed_utc, one.launched_utc), 6)


def before_and_after(figures: Iterable[Measured], facts: Facts, since_utc: datetime) -> tuple[BeforeAfter, ...]:
    """KPIs over objects that count before an instant and from it on: better, worse, or not to be told apart."""
    found = []
    for one in figures:
        dated = _in_order(one.rows)
        old = [row for row in dated if row.at_utc is not None and row.at_utc < since_utc]
        new = [row for row in dated if row.at_utc is not None and row.at_utc >= since_utc]
        name = f"{one.kpi_id} {one.name}"
        if one.kpi_id in FAILING_KPIS and one.known:
            found.append(compare_shares(name, _sum(old), _sum(new), better=one.sense))
        elif one.kpi_id == "K5" and one.known:
            found.append(
                compare_samples(name, "percent", [_filled(row) for row in old], [_filled(row) for row in new], better="above")
            )
    late = dict(_delays(facts))
    when = {one.mission_id: one.launched_utc for one in facts.missions if one.launched_utc}
    if late:
        early = [delay for name, delay in late.items() if when[name] < since_utc]
        after = [delay for name, delay in late.items() if when[name] >= since_utc]
        found.append(compare_samples("days from committed to actual lift-off", "d", early, after, better="below"))
    return tuple(found)


def _sum(rows: Iterable[Counted]) -> tuple[float, float]:
    listed = list(rows)
    return sum(row.hit for row in listed), sum(row.whole for row in listed)


def _short_of(value: float, target: float) -> float:
    """How far a figure is from its target, as a share of the target; from a target of 0, as it is."""
    return abs(value - target) / abs(target) if target else abs(value)


def opportunities(
    figures: Iterable[Measured], charts: Iterable[ControlChart], costs: Sequence[Pareto], programme: Programme
) -> tuple[Opportunity, ...]:
    """What to look at next: figures that miss their target, processes with signals, what costs most, what is missing to it."""
    found: list[tuple[str, str, str, float]] = []
    for one in figures:
        if one.met is False and one.value is not None and one.target is not None:
            cause = f"; weighs most: {one.causes[0].why} ({one.causes[0].count})" if one.causes else ""
            words = f"{one.value:,.2f} {one.unit} against {one.sense} {one.target:,.2f}{cause}"
            found.append(("target missed", f"{one.kpi_id} {one.name}", words, _short_of(one.value, one.target)))
    for chart in charts:
        if chart.signals:
            last = chart.signals[-1]
            words = f"{len(chart.signals)} signals, the last at {last.at}, {last.side} the centre: {last.words}"
            found.append(("out of control", chart.name, words, float(len(chart.signals))))
    for row in costs[0].vital if costs else ():
        known = [one.initiative_id for one in programme.savings if row.name in one.accounts]
        words = f"{100.0 * row.share:.1f} % of the service's cost; initiatives: {', '.join(known) or 'none'}"
        found.append(("costs most", row.name, words, row.amount))
    if programme.gap_usd > 0:
        words = f"{programme.together_percent:.1f} % of the service's cost measured against {programme.target_percent:g} %"
        found.append(("programme falls short", "cost programme", words, programme.gap_usd))
    order = ("target missed", "out of control", "programme falls short", "costs most")
    found.sort(key=lambda one: (order.index(one[0]), -one[3], one[1]))
    return tuple(
        Opportunity(rank=rank, kind=kind, name=name, words=words, weight=weight)
        for rank, (kind, name, words, weight) in enumerate(found, 1)
    )
