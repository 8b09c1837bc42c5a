"""KPIs with interval, trend, causes and all they rest on: of a plan, of a simulation, of what has happened."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from supercargo.kernel import quantity, text
from supercargo.measure.facts import Facts
from supercargo.measure.kpis import KPIS, KpiDefinition, measure_kpis, reached
from supercargo.measure.measured import METHODS, Measured, amount_of, largest_causes, lenient_of, limits_of, trend_of
from supercargo.measure.plan_facts import facts_of_plan
from supercargo.measure.scored import Scored
from supercargo.measure.scored_money import BaseYear
from supercargo.measure.scores import scored_of
from supercargo.model import OperationsPlan

__all__ = [
    "NOT_SIMULATED",
    "OWN_KPIS",
    "Simulated",
    "measure_facts",
    "measure_plan",
    "measure_simulation",
    "seen_by",
    "without_value",
]

OWN_KPIS = frozenset({"K2", "K3", "K4", "K11", "K12"})
"""What a customer may see, measured over its own missions, lines, surveys and complaints alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A KPI over many futures: its mean, and the values that it stays above in 95 % and below in 95 % of them."""

    kpi_id: str = text("figure")
    value: float = quantity("value", "mean over futures")
    p05: float = quantity("value", "5 % quantile")
    p95: float = quantity("value", "95 % quantile")
    runs: int = quantity("count", "futures flown", ge=1)
    seed: int = quantity("count", "seed of the futures", ge=0)
    known: int | None = quantity("count", "futures in which it is defined; empty: all", default=None)
    plan: float | None = quantity("value", "if nothing happens; empty: not defined", default=None)
    error: float | None = quantity("value", "standard error of the mean; empty: of one future", default=None)

    @property
    def note(self) -> str:
        """Its source, and how mean and interval are made."""
        known = self.runs if self.known is None else self.known
        some = "" if known == self.runs else f" (defined in {known:,} of them)"
        sure = "" if self.error is None else f", standard error {self.error:,.4g}"
        plan = "not defined" if self.plan is None else f"{self.plan:,.2f}"
        source = f"simulation, {self.runs:,} future{'s' if self.runs != 1 else ''}, seed {self.seed}"
        return f"{source}: mean over futures{some}{sure}; interval: 5 % to 95 % of them; if nothing happens: {plan}"


NOT_SIMULATED: Mapping[str, str] = {
    "K6": "days in maintenance: a tail waits for its turnaround in every future, and nobody counts the days; repairs that no "
    "plan foresees are not drawn",
    "K7": "incidents: none are drawn",
    "K8": "signed protocol steps: none are drawn",
    "K11": "customers' answers: none are drawn",
    "K12": "complaints: none are drawn",
    "K14": "awards and certificates: none are drawn",
    "K15": "cost of a kilogram place by place: futures add it up over all places, and that is not like for like",
}
"""What a future does not tell, so that no number stands for it."""


def _measured(definition: KpiDefinition, found: Scored, basis: str, years: float, period: str) -> Measured:
    way, scale = found.way, found.scale
    empty = bool(found.missing)
    value = None if empty else amount_of(found.rows, way, scale)
    limits = limits_of(found.rows, way, definition.kpi_id, scale) if value is not None else None
    target = definition.target * years if definition.yearly and definition.target is not None else definition.target
    rows = () if empty else found.rows
    return Measured(
        kpi_id=definition.kpi_id,
        name=definition.name,
        formula=definition.formula,
        unit=definition.unit,
        sense=definition.sense,
        target=target,
        value=value,
        met=reached(definition, value, target),
        basis=basis if value is not None else "",
        note=f"missing: {found.missing}" if empty else found.note,
        contractual=None if empty else lenient_of(found.rows, way, scale),
        low=limits[0] if limits else None,
        high=limits[1] if limits else None,
        interval=METHODS[way] if limits else "",
        trend=trend_of(rows, way, definition.kpi_id, period, scale),
        causes=largest_causes(rows, by=found.weighed_by),
        rows=rows,
    )


def measure_facts(
    facts: Facts, *, base: BaseYear | None = None, period: str = "month", only: Iterable[str] = ()
) -> tuple[Measured, ...]:
    """All sixteen KPIs of the facts, or only those named; where nothing is known, the value is None and the note says why."""
    wanted = set(only)
    years = facts.held.years if facts.held is not None else 1.0
    return tuple(
        _measured(one, scored_of(one.kpi_id, facts, base), facts.basis, years, period)
        for one in KPIS
        if not wanted or one.kpi_id in wanted
    )


def measure_plan(
    plan: OperationsPlan, *, base: BaseYear | None = None, period: str = "month", only: Iterable[str] = ()
) -> tuple[Measured, ...]:
    """The KPIs of a plan as kpis.csv has them, with trend, causes and the objects behind each."""
    wanted = set(only)
    told = {row.kpi_id: row for row in measure_kpis(plan)}
    found = []
    for one in measure_facts(facts_of_plan(plan), base=base, period=period, only=wanted):
        row = told[one.kpi_id]
        if row.value is not None:
            lenient = one.contractual
            near = lenient is not None and math.isclose(lenient, row.value, abs_tol=1e-6)
            lenient = row.value if near else lenient
            told_as = replace(one, value=row.value, met=row.met, basis=row.basis, note=row.causes, target=row.target)
            found.append(replace(told_as, contractual=lenient))
        elif one.kpi_id == "K15" and one.value is not None:
            found.append(one)
        else:
            found.append(without_value(one, row.causes))
    return tuple(found)


def without_value(one: Measured, note: str) -> Measured:
    """The figure as one of which nothing can be told, for the reason in the note."""
    blank = replace(one, value=None, met=None, contractual=None, low=None, high=None, interval="", basis="", note=note)
    return replace(blank, trend=(), causes=(), rows=())


def measure_simulation(bands: Mapping[str, Simulated] | Iterable[Simulated], *, years: float = 1.0) -> tuple[Measured, ...]:
    """KPIs of a simulation, in order, held to their targets by the mean; one that no future tells has no value, and why."""
    listed = bands.values() if isinstance(bands, Mapping) else bands
    named = {one.kpi_id: one for one in listed}
    found = []
    for definition in KPIS:
        lacking = NOT_SIMULATED.get(definition.kpi_id, "a future in which it is defined")
        blank = _measured(definition, Scored(missing=f"no future tells it; {lacking}"), "", years, "month")
        band = named.get(definition.kpi_id)
        if band is None:
            found.append(blank)
            continue
        found.append(
            replace(
                blank,
                value=band.value,
                met=reached(definition, band.value, blank.target),
                basis="simulation",
                note=band.note,
                low=band.p05,
                high=band.p95,
                interval="5 % to 95 % of futures",
            )
        )
    return tuple(found)


def seen_by(facts: Facts, customer: str) -> Facts:
    """What a customer may see of the facts: its own missions, lines, damage, surveys and complaints, nobody else's."""
    own_items = {line.item_id for line in facts.lines if line.customer == customer}
    return replace(
        facts,
        of=customer,
        held=None,
        missions=tuple(replace(one, costs=()) for one in facts.missions if one.customer == customer),
        lines=tuple(line for line in facts.lines if line.customer == customer),
        revenue=(),
        damages=tuple(one for one in facts.damages if one.item_id in own_items),
        incidents=(),
        steps=(),
        work=(),
        complaints=tuple(one for one in facts.complaints if one.customer == customer),
        surveys=tuple(one for one in facts.surveys if one.customer == customer),
        recognitions=(),
        loaded={},
        seen_items=facts.seen_items & own_items,
        actual_usd={},
        billed_usd={},
        unparted=frozenset(),
    )
