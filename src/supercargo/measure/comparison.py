"""Plans side by side, whoever made them: what differs between them, mission by mission, and what the difference costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from supercargo.kernel import decimals, format_utc
from supercargo.measure.compared import (
    ComparedKpi,
    ComparedLiftOffs,
    ComparedPlan,
    ComparedValue,
    Comparison,
    Figure,
    Value,
)
from supercargo.measure.compared_cargo import compare_lines, compare_stocks
from supercargo.measure.compared_flights import compare_missions, compare_places, compare_ports, is_lost, stay_of
from supercargo.measure.deliveries import line_fates
from supercargo.measure.lift_offs import LiftOff, lift_offs
from supercargo.measure.summary import Summary, is_waived, summarise
from supercargo.model import SCENARIO_TABLES, OperationsPlan, Scenario, Table

__all__ = ["compare_plans", "letter_of", "long_form"]


def letter_of(place: int) -> str:
    """A short name for the plan at a place of the list.

    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def compare_plans(named: Sequence[tuple[str, OperationsPlan]]) -> Comparison:
    """Two or more plans side by side, each under the name given; the first is the base of every difference.

    Plans may come from other scenarios, other years or other hands; what only some of them know is None in the others.
    KPIs and violations are those that the plans carry. Masses in kg, money in USD, spans in days.
    """
    names = [name for name, _ in named]
    plans = [plan for _, plan in named]
    summaries = [summarise(plan) for plan in plans]
    return Comparison(
        plans=tuple(_plan(n, name, plan) for n, (name, plan) in enumerate(named)),
        inputs=(*_inputs(plans), *_tables([plan.scenario for plan in plans])),
        headline=_headline(plans, summaries),
        kpis=_kpis(plans),
        rules=_rules(plans),
        missions=compare_missions(plans, summaries),
        ports=compare_ports(plans, summaries),
        places=compare_places(plans),
        stocks=compare_stocks(plans),
        lines=compare_lines(names, [line_fates(plan) for plan in plans]),
        accounts=_accounts(summaries),
        lift_offs=_lift_offs(plans),
    )


def _plan(place: int, name: str, plan: OperationsPlan) -> ComparedPlan:
    settings = plan.scenario.settings
    return ComparedPlan(
        letter=letter_of(place),
        name=name,
        scenario=settings.name,
        scenario_digest=plan.scenario.digest,
        seed=plan.seed,
        made=_made(plan),
        start_utc=settings.start_utc,
        end_utc=settings.end_utc,
        currency_year=settings.currency_year,
        remarks=settings.remarks,
        recorded=plan.recorded,
        causes=plan.causes,
    )


def _lift_offs(plans: Sequence[OperationsPlan]) -> tuple[ComparedLiftOffs, ...]:
    """Real lift-offs against every plan's windows; the flown year's own are those of the element sets known afterwards."""
    flown = next((plan for plan in plans if plan.recorded), None)
    if flown is None:
        return ()
    columns = [{one.mission_id: one for one in lift_offs(flown, plan)} for plan in plans]
    return tuple(
        ComparedLiftOffs(
            mission_id=mission.mission_id,
            launch_utc=mission.launch_utc,
            windows=tuple(_listed(column.get(mission.mission_id)) for column in columns),
        )
        for mission in flown.missions
    )


def _listed(one: LiftOff | None) -> LiftOff | None:
    return one if one is not None and one.window_utc is not None else None


def _made(plan: OperationsPlan) -> str:
    """How a plan came to be; a dash where it names no stage of a planner."""
    if plan.recorded:
        return "as flown"
    if plan.baseline:
        return "first come, first served"
    return "optimised" if plan.stages else "–"


def _inputs(plans: Sequence[OperationsPlan]) -> Iterator[Figure]:
    settings = [plan.scenario.settings for plan in plans]
    fields: tuple[tuple[str, str, tuple[Value, ...]], ...] = (
        ("scenario", "", tuple(one.name for one in settings)),
        ("scenario_digest", "", tuple(plan.scenario.digest for plan in plans)),
        ("as_of_utc", "d", tuple(one.as_of_utc for one in settings)),
        ("start_utc", "d", tuple(one.start_utc for one in settings)),
        ("end_utc", "d", tuple(one.end_utc for one in settings)),
        ("currency_year", "year", tuple(one.currency_year for one in settings)),
        ("seed", "count", tuple(plan.seed for plan in plans)),
        ("made", "", tuple(_made(plan) for plan in plans)),
        ("missions_contracted", "count", tuple(len(plan.scenario.missions) for plan in plans)),
        ("lines_asked_for", "count", tuple(len(plan.scenario.cargo) for plan in plans)),
    )
    for field, unit, values in fields:
        yield Figure(subject="input", object="", field=field, unit=unit, values=values)


def _tables(scenarios: Sequence[Scenario]) -> Iterator[Figure]:
    """Files of the scenario that are not the base's: how many rows they have, and how many are not the base's own."""
    for table in SCENARIO_TABLES:
        rows = [_keyed(scenario, table) for scenario in scenarios]
        unlike = tuple(_unlike(rows[0], found) for found in rows)
        if any(unlike):
            counts = tuple(len(found) for found in rows)
            yield Figure(subject="input", object=table.file, field="rows", unit="count", values=counts)
            yield Figure(subject="input", object=table.file, field="rows_unlike_base", unit="count", values=unlike)


def _keyed(scenario: Scenario, table: Table) -> dict[tuple[object, ...], object]:
    return {tuple(getattr(row, field) for field in table.key): row for row in getattr(scenario, table.attribute)}


def _unlike(base: dict[tuple[object, ...], object], here: dict[tuple[object, ...], object]) -> int:
    """Rows that were added, taken away or changed."""
    return sum(1 for key in {**base, **here} if base.get(key) != here.get(key))


def _headline(plans: Sequence[OperationsPlan], summaries: Sequence[Summary]) -> tuple[Figure, ...]:
    rows = [_headline_of(plan, summary) for plan, summary in zip(plans, summaries, strict=True)]
    return tuple(
        Figure(subject="headline", object="", field=field, unit=unit, sense=sense, values=tuple(row[n][3] for row in rows))
        for n, (field, unit, sense, _) in enumerate(rows[0])
    )


def _headline_of(plan: OperationsPlan, summary: Summary) -> tuple[tuple[str, str, str, Value], ...]:
    money = summary.money
    docked = sum(1 for mission in plan.missions if stay_of(mission))
    return (
        ("missions_due", "count", "", summary.due_count),
        ("missions_flown", "count", "more", summary.flown_count),
        ("missions_docked", "count", "more", docked),
        ("missions_lost", "count", "less", sum(1 for mission in plan.missions if is_lost(mission))),
        ("up_kg", "kg", "more", summary.delivered_kg("up")),
        ("down_kg", "kg", "more", summary.delivered_kg("down")),
        ("disposal_kg", "kg", "more", summary.delivered_kg("disposal")),
        ("lines_left_behind", "count", "less", summary.left_lines_count),
        ("left_behind_kg", "kg", "less", summary.left_kg),
        ("on_time_percent", "percent", "more", summary.on_time.strict_percent),
        ("on_time_contract_percent", "percent", "more", summary.on_time.contractual_percent),
        ("utilisation_percent", "percent", "more", summary.utilisation_percent),
        ("stocks_below_reserve", "count", "less", len(summary.stock_outs)),
        ("revenue_usd", "USD", "more", money.revenue_usd),
        ("service_cost_usd", "USD", "less", money.service_cost_usd),
        ("margin_usd", "USD", "more", money.margin_usd),
        ("margin_percent", "percent", "more", money.margin_percent),
        ("whole_cost_usd", "USD", "less", money.whole_cost_usd),
        ("usd_per_kg", "USD/kg", "less", summary.usd_per_kg),
        ("hard_violations", "count", "less", summary.hard_violations_count),
        ("waived_violations", "count", "less", summary.waived_violations_count),
        ("soft_violations", "count", "less", summary.soft_violations_count),
        ("promises_broken", "count", "less", len(plan.causes)),
    )


def _kpis(plans: Sequence[OperationsPlan]) -> tuple[ComparedKpi, ...]:
    found = [{kpi.kpi_id: kpi for kpi in plan.kpis} for plan in plans]
    order = dict.fromkeys(kpi_id for known in found for kpi_id in known)
    rows = []
    for kpi_id in order:
        ours = [known.get(kpi_id) for known in found]
        first = next(one for one in ours if one)
        values = tuple(one.value if one else None for one in ours)
        rows.append(
            ComparedKpi(
                kpi_id=kpi_id,
                name=first.name,
                unit=first.unit,
                target=tuple(one.target if one else None for one in ours),
                met=tuple(one.met if one else None for one in ours),
                causes=tuple(one.causes if one else "" for one in ours),
                figure=Figure(subject="kpi", object=kpi_id, field=first.name, unit=first.unit, values=values),
            )
        )
    return tuple(rows)


def _rules(plans: Sequence[OperationsPlan]) -> tuple[Figure, ...]:
    """Violations by rule and weight, those of most weight first."""
    counts = [
        Counter(
            ("soft" if not found.hard else "waived" if is_waived(plan, found) else "hard", found.rule)
            for found in plan.violations
        )
        for plan in plans
    ]
    names = sorted(
        {name for found in counts for name in found}, key=lambda name: (("hard", "waived", "soft").index(name[0]), name)
    )
    return tuple(
        Figure(
            subject="rule",
            object=rule,
            field=weight,
            unit="count",
            sense="less",
            values=tuple(c[weight, rule] for c in counts),
        )
        for weight, rule in names
    )


def _accounts(summaries: Sequence[Summary]) -> tuple[Figure, ...]:
    """Each account in USD, then cost and revenue of the service: their differences are what the difference costs."""
    sums = [{one.account: one for one in summary.accounts} for summary in summaries]
    names = sorted({name for found in sums for name in found}, key=lambda name: (name.startswith("revenue"), name))
    figures = []
    for name in names:
        sense = "more" if name.startswith("revenue") else "less"
        ours = [found.get(name) for found in sums]
        columns = (
            ("service_usd", tuple(one.service_usd if one else 0.0 for one in ours)),
            ("furnished_usd", tuple(one.furnished_usd if one else 0.0 for one in ours)),
        )
        figures += [
            Figure(subject="account", object=name, field=field, unit="USD", sense=sense, values=values)
            for field, values in columns
            if field == "service_usd" or any(values)
        ]
    return tuple(figures)


def long_form(comparison: Comparison) -> tuple[ComparedValue, ...]:
    """Every figure of every plan as a row of its own."""
    return tuple(
        ComparedValue(
            subject=figure.subject,
            object=figure.object,
            field=figure.field,
            unit=figure.unit,
            plan=plan.name,
            value=_written(value, figure.unit),
            difference="" if n == 0 or difference is None else _written(difference, figure.unit),
        )
        for figure in comparison.figures
        for n, (plan, value, difference) in enumerate(zip(comparison.plans, figure.values, figure.differences, strict=True))
    )


def _written(value: Value, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return ""
    places = decimals(unit.removesuffix("/kg"))
    return f"{round(float(value), places) + 0.0:.{places}f}".rstrip("0").rstrip(".")
