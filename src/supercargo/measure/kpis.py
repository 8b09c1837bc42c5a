"""The sixteen KPIs as a plan can know them: a visible table of formulas, each with target, basis and largest causes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from supercargo.kernel import as_written
from supercargo.measure.facts import Facts
from supercargo.measure.findings import (
    Finding,
    cost_per_kg,
    margin,
    market_share,
    mission_success,
    on_time_delivery,
    resource_utilisation,
    revenue,
    time_in_maintenance,
    utilisation,
)
from supercargo.measure.measured import METHODS, limits_of
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scores import scored_of
from supercargo.measure.summary import Summary, summarise
from supercargo.model import Kpi, OperationsPlan

__all__ = ["INTERVALS", "KPIS", "KpiDefinition", "describe_kpis", "measure_kpis", "reached"]

REACHED: dict[str, Callable[[float, float], bool]] = {
    "above": lambda value, target: value > target,
    "below": lambda value, target: value < target,
    "at least": lambda value, target: value >= target,
    "exactly": lambda value, target: value == target,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiDefinition:
    """One KPI: formula, target, and either how a plan measures it or what evidence a plan lacks."""

    kpi_id: str
    name: str
    formula: str
    sense: str
    target: float | None
    unit: str
    measured_by: Callable[[OperationsPlan, Summary], Finding] | None = None
    missing: str = ""
    yearly: bool = False
    """Whether the target is one for a year, so that a longer or shorter horizon has it in proportion."""


KPIS: tuple[KpiDefinition, ...] = (
    KpiDefinition(
        kpi_id="K1",
        name="mission success",
        formula="missions that delivered all their must lines undamaged / missions due",
        sense="above",
        target=98.0,
        unit="percent",
        measured_by=mission_success,
    ),
    KpiDefinition(
        kpi_id="K2",
        name="mission delay rate",
        formula="missions that launched later than committed / missions launched",
        sense="below",
        target=2.0,
        unit="percent",
        missing="actual lift-off instants against the committed ones: fly the plan or simulate it",
    ),
    KpiDefinition(
        kpi_id="K3",
        name="on-time delivery",
        formula="up lines with a due date delivered by it / all such lines, left behind counted late",
        sense="above",
        target=95.0,
        unit="percent",
        measured_by=on_time_delivery,
    ),
    KpiDefinition(
        kpi_id="K4",
        name="cargo damage",
        formula="delivered pieces with a damage record / delivered pieces",
        sense="below",
        target=1.0,
        unit="percent",
        missing="damage records from unpacking: none exist before the flights",
    ),
    KpiDefinition(
        kpi_id="K5",
        name="spacecraft utilisation",
        formula="mean over missions of the larger of mass share and volume share of capacity",
        sense="above",
        target=85.0,
        unit="percent",
        measured_by=utilisation,
    ),
    KpiDefinition(
        kpi_id="K6",
        name="maintenance downtime",
        formula="vehicle days in maintenance / vehicle days owned",
        sense="below",
        target=10.0,
        unit="percent",
        measured_by=time_in_maintenance,
    ),
    KpiDefinition(
        kpi_id="K7",
        name="safety incidents",
        formula="incidents, by severity",
        sense="exactly",
        target=0.0,
        unit="count",
        missing="the incident log of operations",
    ),
    KpiDefinition(
        kpi_id="K8",
        name="safety protocol compliance",
        formula="protocol steps done with evidence / steps due",
        sense="at least",
        target=100.0,
        unit="percent",
        missing="signed protocol checklists of operations",
    ),
    KpiDefinition(
        kpi_id="K9",
        name="revenue",
        formula="revenue booked by milestone: tariffs and milestones less penalties",
        sense="at least",
        target=1.8e9,
        unit="USD",
        measured_by=revenue,
        yearly=True,
    ),
    KpiDefinition(
        kpi_id="K10",
        name="margin",
        formula="(revenue - cost) / revenue, for the service",
        sense="above",
        target=20.0,
        unit="percent",
        measured_by=margin,
    ),
    KpiDefinition(
        kpi_id="K11",
        name="customer satisfaction",
        formula="satisfaction index, with response rate and interval",
        sense="above",
        target=95.0,
        unit="percent",
        missing="customers' answers to a survey after delivery",
    ),
    KpiDefinition(
        kpi_id="K12",
        name="complaints",
        formula="complaints / deliveries",
        sense="below",
        target=3.0,
        unit="percent",
        missing="recorded complaints and confirmed deliveries",
    ),
    KpiDefinition(
        kpi_id="K13",
        name="market share",
        formula="our kg / market's kg in the horizon, by destination",
        sense="above",
        target=40.0,
        unit="percent",
        measured_by=market_share,
    ),
    KpiDefinition(
        kpi_id="K14",
        name="industry recognition",
        formula="evidence list",
        sense="at least",
        target=None,
        unit="count",
        missing="a list of awards, certificates and citations with their dates",
    ),
    KpiDefinition(
        kpi_id="K15",
        name="cost reduction",
        formula="fall of the cost for each delivered kg, like for like, against the base year",
        sense="at least",
        target=15.0,
        unit="percent",
        measured_by=cost_per_kg,
    ),
    KpiDefinition(
        kpi_id="K16",
        name="resource utilisation",
        formula="hours used / hours available, over the named ports",
        sense="above",
        target=90.0,
        unit="percent",
        measured_by=resource_utilisation,
    ),
)
"""The KPIs with the targets of the framework that the service is run by; K1 to K16 in order."""


def reached(definition: KpiDefinition, value: float | None, target: float | None) -> bool | None:
    """Whether a value reaches a target; None where either is not known."""
    return None if value is None or target is None else REACHED[definition.sense](value, target)


def _row(definition: KpiDefinition, found: Finding, basis: str, years: float, limits: tuple[float, float, str] | None) -> Kpi:
    known = found.value is not None
    target = definition.target * years if definition.yearly and definition.target is not None else definition.target
    met = reached(definition, found.value, target)
    low, high, method = limits or (None, None, "")
    return as_written(
        Kpi(
            kpi_id=definition.kpi_id,
            name=definition.name,
            value=found.value,
            target=target,
            unit=definition.unit,
            met=met,
            basis=basis if known else "",
            causes=" ".join(found.causes.split()),
            low=low,
            high=high,
            interval=method,
        )
    )


def measure_kpis(plan: OperationsPlan) -> tuple[Kpi, ...]:
    """All sixteen KPIs of a plan, in order; where a plan can't know, value and met are empty and causes says what is missing.

    Values in percent, K9 in USD, K7 and K14 counts, with a 95 % interval where the objects are a sample; basis is `plan`
    wherever there is a value, `operations` where the plan is the record of a year that was flown.
    """
    summary, facts = summarise(plan), facts_of_plan(plan)
    rows = []
    for definition in KPIS:
        if definition.measured_by is None:
            found = Finding(value=None, causes=f"a plan can't know this; missing: {definition.missing}")
        else:
            found = definition.measured_by(plan, summary)
        limits = _limits(definition.kpi_id, facts) if found.value is not None else None
        rows.append(_row(definition, found, "operations" if plan.recorded else "plan", plan.scenario.settings.years, limits))
    return tuple(rows)


def _limits(kpi_id: str, facts: Facts) -> tuple[float, float, str] | None:
    """The interval of a KPI by its objects, and how it was made; None where it is no estimate or rests on too few."""
    found = scored_of(kpi_id, facts)
    limits = None if found.missing else limits_of(found.rows, found.way, kpi_id, found.scale)
    return (*limits, METHODS[found.way]) if limits else None


def describe_kpis() -> str:
    """The KPI table as Markdown, for the documentation: id, name, formula, target, unit, what a plan lacks, its interval."""
    head = ["| id | name | formula | target | unit | from a plan | interval |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for one in KPIS:
        target = "" if one.target is None else f"{one.sense} {one.target:,.0f}{' a year' if one.yearly else ''}"
        known = "yes" if one.measured_by else f"not known to a plan; missing: {one.missing}"
        head.append(
            f"| {one.kpi_id} | {one.name} | {one.formula} | {target} | {one.unit} | {known} | {INTERVALS[one.kpi_id]} |"
        )
    return "\n".join(head) + "\n"


_RATIO = METHODS["ratio"]
INTERVALS: dict[str, str] = {
    **dict.fromkeys(("K1", "K2", "K3", "K4", "K8"), METHODS["share"]),
    **dict.fromkeys(("K5", "K6", "K10", "K11", "K16"), _RATIO),
    "K7": METHODS["count"],
    "K12": METHODS["rate"],
    **dict.fromkeys(("K9", "K13", "K14", "K15"), "none: a total or a census is no estimate"),
}
"""How the interval of each KPI is made."""
