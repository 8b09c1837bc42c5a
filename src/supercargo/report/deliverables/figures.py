"""Numbers that several documents show: each is made here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable

from supercargo.model import Kpi, Spread, StockRisk
from supercargo.report.blocks import Number
from supercargo.report.deliverables.held import Held

__all__ = ["kpi_number", "kpi_of", "plan_number", "runs_out_number", "simulated_number", "spread_of", "targets_missed", "usd"]

_SUMMARY = "plan: missions.csv and manifest.csv, counted by `summarise`"
_LINES = "plan: manifest.csv, the parts of a line as one"
_MONEY = "plan: costs.csv"


def usd(key: str, value: float | None, source: str = _MONEY) -> Number:
    """An amount of money."""
    return Number(key=key, value=value, unit="USD", source=source)


def plan_number(held: Held, name: str) -> Number:
    """A figure of the plan by name, in the unit a reader wants. Raises KeyError for a name that isn't known."""
    one = held.summary
    money = one.money
    table: dict[str, tuple[float | None, str, str]] = {
        "missions_flown": (one.flown_count, "count", "plan: missions.csv"),
        "missions_due": (one.due_count, "count", "scenario: missions.csv"),
        "up_t": (one.delivered_kg("up") / 1000, "t", _SUMMARY),
        "down_t": (one.delivered_kg("down") / 1000, "t", _SUMMARY),
        "disposal_t": (one.delivered_kg("disposal") / 1000, "t", _SUMMARY),
        "lines": (len(held.plan.scenario.cargo), "count", "scenario: cargo.csv"),
        "flying_lines": (one.flying_lines_count, "count", _LINES),
        "split_lines": (one.split_lines_count, "count", _LINES),
        "left_lines": (one.left_lines_count, "count", _LINES),
        "partly_left_lines": (one.partly_left_lines_count, "count", _LINES),
        "left_t": (one.left_kg / 1000, "t", "plan: manifest.csv, rows without a mission"),
        "on_time_percent": (one.on_time.strict_percent, "percent", "plan: manifest.csv, delivered_utc against due_utc"),
        "utilisation_percent": (one.utilisation_percent, "percent", "plan: missions.csv, larger of mass and volume share"),
        "stocks_below_reserve": (len(one.stock_outs), "count", "plan: inventory.csv"),
        "stocks": (one.tracked_stocks_count, "count", "plan: inventory.csv"),
        "revenue_usd": (money.revenue_usd, "USD", _MONEY),
        "service_cost_usd": (money.service_cost_usd, "USD", _MONEY),
        "margin_usd": (money.margin_usd, "USD", _MONEY),
        "margin_percent": (money.margin_percent, "percent", _MONEY),
        "whole_cost_usd": (money.whole_cost_usd, "USD", _MONEY),
        "usd_per_kg": (one.usd_per_kg, "USD/kg", "plan: costs.csv over kilograms up of missions.csv"),
        "hard_violations": (one.hard_violations_count, "count", "referee: rules judged on the plan folder"),
        "soft_violations": (one.soft_violations_count, "count", "referee: rules judged on the plan folder"),
    }
    value, unit, source = table[name]
    return Number(key=f"plan.{name}", value=value, unit=unit, source=source)


def kpi_of(kpis: Iterable[Kpi], kpi_id: str) -> Kpi | None:
    """A KPI by its id."""
    return next((kpi for kpi in kpis if kpi.kpi_id == kpi_id), None)


def kpi_number(held: Held, kpi_id: str) -> Number:
    """A KPI of the plan."""
    kpi = kpi_of(held.plan.kpis, kpi_id)
    unit = kpi.unit if kpi else ""
    return Number(key=f"plan.{kpi_id}", value=kpi.value if kpi else None, unit=unit, source=f"plan: kpis.csv, {kpi_id}")


def spread_of(held: Held, metric: str, about: str = "") -> Spread | None:
    """How a figure spreads over the futures; None where none were drawn or it isn't measured."""
    spreads = held.simulated.spreads if held.simulated else ()
    return next((one for one in spreads if (one.metric, one.object) == (metric, about)), None)


def simulated_number(held: Held, metric: str, part: str = "mean", about: str = "") -> Number:
    """Mean, p05, p50 or p95 of a figure over the futures; None where it isn't known."""
    spread = spread_of(held, metric, about)
    value = getattr(spread, part) if spread else None
    source = f"simulation: {held.footer.runs} futures of this plan, no replanning in them"
    return Number(key=f"simulated.{metric}.{about}.{part}", value=value, unit=spread.unit if spread else "", source=source)


def runs_out_number(held: Held, row: StockRisk) -> Number:
    """In how many of the futures a stock runs out."""
    source = f"simulation: {held.footer.runs} futures of this plan, stock_risk.csv, a day below zero"
    key = f"simulated.runs_out.{row.destination}.{row.supply_class}"
    return Number(key=key, value=100 * row.below_zero_probability, unit="percent", source=source, digits=0)


def targets_missed(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """KPIs whose target isn't met."""
    return tuple(kpi for kpi in kpis if kpi.met is False)
