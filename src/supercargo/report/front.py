"""The first sheet of a plan's workbook: what a manager reads, in blocks of figures with their units."""

from __future__ import annotations

from supercargo.measure.summary import Summary
from supercargo.model import Figure, Figures, OperationsPlan

__all__ = ["front_figures"]

MOST_LISTED = 40
"""Rows of the longest block; the tables have them all."""

Row = tuple[Figure, ...]


def front_figures(plan: OperationsPlan, summary: Summary) -> tuple[Figures, ...]:
    """Blocks of the first sheet: the year, KPIs, places, customers, stock, what stayed behind or is not told, the referee."""
    blocks = (
        _plan(plan, summary),
        _year(summary, plan.scenario.settings.span),
        _kpis(plan),
        _places(summary),
        _customers(summary),
        _stock_outs(summary),
        _left_behind(summary),
        _listed("Promises that can't be kept", ("promise",), [(cause,) for cause in plan.causes]),
        _listed("Missions that do not fly", ("mission", "why"), [(one.mission_id, one.reason) for one in summary.unflown]),
        _listed("Flights without a trajectory", ("mission", "why"), [(one.mission_id, one.reason) for one in plan.untraced]),
        _violations(plan),
    )
    return tuple(block for block in blocks if block.rows)


def _listed(title: str, heads: tuple[str, ...], rows: list[Row]) -> Figures:
    """A block of words, cut where it would no longer be read."""
    more = len(rows) - MOST_LISTED
    told: list[Row] = [(f"and {more:,} more", *[""] * (len(heads) - 1))] if more > 0 else []
    return Figures(title=title, heads=heads, units=("",) * len(heads), rows=(*rows[:MOST_LISTED], *told))


def _plan(plan: OperationsPlan, summary: Summary) -> Figures:
    settings = plan.scenario.settings
    rows: tuple[Row, ...] = (
        ("scenario", summary.name),
        ("start of the horizon", settings.start_utc),
        ("end of the horizon", settings.end_utc),
        ("facts as of", settings.as_of_utc),
        ("price year", settings.currency_year),
        ("seed", summary.seed),
        ("planned", "first come, first served" if summary.baseline else "by the planner"),
        ("scenario digest", summary.scenario_digest or "not known"),
        ("hard rules broken", summary.hard_violations_count),
        ("waived", summary.waived_violations_count),
        ("soft remarks", summary.soft_violations_count),
    )
    return Figures(title="The plan", heads=("what", "value"), units=("", ""), rows=rows)


def _year(summary: Summary, span: str) -> Figures:
    money, kept = summary.money, summary.on_time
    ways = [
        row
        for way in summary.directions
        for row in (
            (f"lines delivered, {way.direction}", way.delivered_lines_count, "lines", f"of {way.lines_count:,} asked for"),
            (f"mass delivered, {way.direction}", round(way.delivered_kg), "kg", f"of {way.asked_kg:,.0f} asked for"),
        )
    ]
    rows: tuple[Row, ...] = (
        ("missions flown", summary.flown_count, "missions", f"of {summary.due_count} contracted"),
        *ways,
        ("on time", _tenth(kept.strict_percent), "percent", f"of {kept.lines_count:,} dated lines up, by the due date"),
        ("on time, contractual", _tenth(kept.contractual_percent), "percent", "within the contracts' tolerance"),
        ("utilisation", _tenth(summary.utilisation_percent), "percent", "mean of the larger of mass and volume share"),
        ("stocks below reserve", len(summary.stock_outs), "stocks", f"of {summary.tracked_stocks_count}, on any day"),
        (
            "lines left behind",
            summary.left_lines_count,
            "lines",
            f"{summary.left_kg:,.0f} kg; {summary.partly_left_lines_count:,} of them only in part",
        ),
        ("revenue of the service", round(money.revenue_usd), "USD", ""),
        ("cost to the service", round(money.service_cost_usd), "USD", ""),
        ("margin of the service", _tenth(money.margin_percent), "percent", "of its revenue"),
        ("worth of the whole chain", round(money.catalogue_usd), "USD", "delivered mass at catalogue prices"),
        ("cost of the whole chain", round(money.whole_cost_usd), "USD", "furnished launches and spacecraft included"),
        ("margin of the whole chain", _tenth(money.chain_margin_percent), "percent", "of its worth"),
        (
            "cost for each kg up",
            None if summary.usd_per_kg is None else round(summary.usd_per_kg),
            "USD",
            "every cost, whoever pays",
        ),
    )
    return Figures(
        title=f"The {span} in numbers", heads=("what", "value", "unit", "remark"), units=("", "value", "", ""), rows=rows
    )


def _tenth(percent: float | None) -> float | None:
    return None if percent is None else round(percent, 1)


def _kpis(plan: OperationsPlan) -> Figures:
    rows: tuple[Row, ...] = tuple((f"{k.kpi_id} {k.name}", k.value, k.target, k.unit, k.met, k.basis) for k in plan.kpis)
    return Figures(
        title="KPIs (causes stand in the sheet kpis)",
        heads=("KPI", "value", "target", "unit", "met", "rests on"),
        units=("", "value", "value", "", "", ""),
        rows=rows,
    )


def _places(summary: Summary) -> Figures:
    rows: tuple[Row, ...] = tuple(
        (
            one.destination,
            one.flown_count,
            one.due_count,
            one.up_kg,
            one.down_kg,
            one.disposal_kg,
            one.on_time.strict_percent,
            one.left_lines_count,
            one.money.whole_cost_usd,
            one.usd_per_kg,
        )
        for one in summary.places
    )
    return Figures(
        title="By destination",
        heads=(
            "destination",
            "flown",
            "contracted",
            "up",
            "down",
            "disposal",
            "on time",
            "left lines",
            "whole cost",
            "cost per kg up",
        ),
        units=("", "count", "count", "kg", "kg", "kg", "percent", "count", "USD", "USD"),
        rows=rows,
    )


def _customers(summary: Summary) -> Figures:
    rows: tuple[Row, ...] = tuple(
        (
            one.customer,
            one.lines_count,
            one.left_lines_count,
            one.delivered_kg,
            one.on_time.strict_percent,
            one.on_time.contractual_percent,
            one.money.revenue_usd,
            one.money.service_cost_usd,
        )
        for one in summary.customers
    )
    return Figures(
        title="By customer",
        heads=("customer", "lines", "left lines", "delivered", "on time", "contractual", "revenue", "cost to the service"),
        units=("", "count", "count", "kg", "percent", "percent", "USD", "USD"),
        rows=rows,
    )


def _stock_outs(summary: Summary) -> Figures:
    rows: tuple[Row, ...] = tuple(
        (
            f"{one.supply_class} at {one.destination}",
            one.first_utc,
            one.below_reserve_count,
            one.below_zero_count,
            one.lowest_kg,
            one.reserve_kg,
        )
        for one in summary.stock_outs
    )
    return Figures(
        title="Stocks below reserve",
        heads=("stock", "first day", "days below reserve", "days below zero", "lowest", "reserve"),
        units=("", "", "count", "count", "kg", "kg"),
        rows=rows,
    )


def _left_behind(summary: Summary) -> Figures:
    rows: tuple[Row, ...] = tuple(
        (one.reason, one.lines_count, one.mass_kg, one.must_count, one.worst_priority or None) for one in summary.left_behind
    )
    return Figures(
        title="Left behind, by reason (each line's own stands in the sheet manifest)",
        heads=("reason", "lines", "mass", "must lines", "most urgent priority"),
        units=("", "count", "kg", "count", "count"),
        rows=rows,
    )


def _violations(plan: OperationsPlan) -> Figures:
    ranked = sorted(plan.violations, key=lambda one: (not one.hard, one))
    rows: list[Row] = [(one.rule, "hard" if one.hard else "soft", one.object, one.text) for one in ranked]
    return _listed("What the referee found", ("rule", "weight", "object", "text"), rows)
