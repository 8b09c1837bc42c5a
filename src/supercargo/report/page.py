"""The page a person reads first: the whole plan on one self-contained HTML page."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from supercargo.kernel import format_utc
from supercargo.measure.kpis import KPIS
from supercargo.measure.summary import FULL_PERCENT, Summary, is_waived
from supercargo.model import EVIDENCE, ManifestRow, OperationsPlan
from supercargo.report.stock import draw_stocks
from supercargo.report.stowage import class_colours, draw_stowage
from supercargo.report.svg import PALETTE, short_utc
from supercargo.report.timeline import draw_timeline

__all__ = ["render_report"]

WORST_COUNT = 50
VIOLATIONS_COUNT = 300
SIGNS = {"above": ">", "below": "<", "at least": "≥", "exactly": "="}


def render_report(plan: OperationsPlan, summary: Summary) -> str:
    """A year's plan as one HTML page: timeline, cargo, stowage, stock, money, KPIs, broken rules, and what stayed behind.

    The page needs nothing from outside: style and drawings are inside it. Every name is escaped. The same plan gives the same
    bytes. `summary` is that of the same plan.
    """
    pages = Environment(
        loader=PackageLoader("supercargo.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(FILTERS)
    colours = class_colours(plan)
    return pages.get_template("page.html").render(
        plan=plan,
        settings=plan.scenario.settings,
        summary=summary,
        timeline=draw_timeline(plan),
        missions=_mission_rows(plan, summary),
        colours=colours,
        pictures=draw_stowage(plan, colours),
        stocks=draw_stocks(plan),
        customer_names={customer.customer: customer.name for customer in plan.scenario.customers},
        busiest_port=max(summary.ports, key=lambda port: port.percent, default=None),
        largest_usd=_largest_usd(summary),
        violations=_violations(plan),
        violations_count=VIOLATIONS_COUNT,
        worst=_worst_left_behind(plan),
        full_percent=FULL_PERCENT,
        evidence=_evidence(plan),
        senses={one.kpi_id: SIGNS[one.sense] for one in KPIS},
        palette=PALETTE,
    )


def _mission_rows(plan: OperationsPlan, summary: Summary) -> list[dict[str, Any]]:
    figures = {one.mission_id: one for one in summary.missions}
    ordered = sorted(plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
    return [{"plan": mission, "figures": figures[mission.mission_id]} for mission in ordered]


def _largest_usd(summary: Summary) -> dict[str, float]:
    return {
        "account": max((abs(one.total_usd) for one in summary.accounts), default=0.0) or 1.0,
        "place": max((max(one.money.whole_cost_usd, one.money.revenue_usd) for one in summary.places), default=0.0) or 1.0,
    }


def _violations(plan: OperationsPlan) -> list[tuple[str, str, str, str]]:
    rows = []
    for violation in plan.violations:
        weight = "soft" if not violation.hard else "waived" if is_waived(plan, violation) else "hard"
        rows.append((weight, violation.rule, violation.object, violation.text))
    return sorted(rows, key=lambda row: (("hard", "waived", "soft").index(row[0]), *row[1:]))


def _worst_left_behind(plan: OperationsPlan) -> list[tuple[ManifestRow, float, bool]]:
    """Left-behind rows that hurt most: must lines first, then by priority, due date and mass."""
    rows = []
    for row in plan.manifest:
        if not row.mission_id:
            line = plan.scenario.lines.get(row.item_id) or plan.scenario.lines.get(row.item_id.partition("#")[0])
            rows.append((row, line.priority if line else 5.0, bool(line and line.must)))
    last = plan.scenario.settings.end_utc
    rows.sort(key=lambda one: (not one[2], one[1], one[0].due_utc or last, -one[0].mass_kg, one[0].item_id))
    return rows[:WORST_COUNT]


def _evidence(plan: OperationsPlan) -> list[tuple[str, dict[str, int], list[str], list[str]]]:
    """For each kind of catalogue record: how many rest on which evidence, their sources, and which are assumptions."""
    scenario = plan.scenario
    kinds: tuple[tuple[str, tuple[Any, ...], Callable[[Any], str]], ...] = (
        ("spacecraft types", scenario.vehicles, lambda one: one.vehicle_type),
        ("cargo bays", scenario.bays, lambda one: f"{one.vehicle_type} {one.bay}"),
        ("bags", scenario.bags, lambda one: one.bag_type),
        ("launchers", scenario.launchers, lambda one: one.launcher),
        ("sites", scenario.sites, lambda one: one.site),
        ("pads", scenario.pads, lambda one: f"{one.site}/{one.pad}"),
        ("facilities", scenario.facilities, lambda one: one.facility_id),
        ("destinations", scenario.destinations, lambda one: one.destination),
        ("ports", scenario.ports, lambda one: f"{one.destination}/{one.port}"),
        ("orbits", scenario.orbits, lambda one: one.destination),
        ("listed windows", scenario.transfer_windows, lambda one: f"{one.destination} {one.launch_utc:%Y-%m-%d}"),
        ("rates of use", scenario.rates, lambda one: one.supply_class),
        ("hazard pairs", scenario.hazard_pairs, lambda one: f"{one.hazard_a} with {one.hazard_b}"),
        ("cost rates", scenario.cost_rates, lambda one: one.account),
    )
    rows = []
    for kind, records, name in kinds:
        if records:
            counts = {word: sum(1 for one in records if one.evidence == word) for word in EVIDENCE}
            sources: dict[str, int] = defaultdict(int)
            for one in records:
                sources[one.source] += 1
            ranked = sorted(sources, key=lambda source: (-sources[source], source))
            assumed = list(dict.fromkeys(name(one) for one in records if one.evidence == "assumption"))
            rows.append((kind, counts, ranked[:6], assumed))
    return rows


def _number(value: float | None, places: int = 0) -> str:
    """A number with its thousands apart by narrow blanks; a dash where there is none."""
    return (
        "–"
        if value is None or not math.isfinite(value)
        else f"{value:,.{places}f}".replace(",", "\u202f").replace("-", "\u2212")
    )


def _millions(value: float | None) -> str:
    return "–" if value is None else _number(value / 1e6, 1)


def _percent(value: float | None, places: int = 1) -> str:
    written = _number(value, places)
    return written if written == "–" else f"{written}\u202f%"


def _kpi_value(value: float | None, unit: str) -> str:
    """A KPI's value or target with its unit; money in millions."""
    if value is None:
        return "–"
    if unit == "USD":
        return f"{_millions(value)} MUSD"
    return _percent(value) if unit == "percent" else _number(value)


def _causes(words: str) -> list[str]:
    """Causes are clauses set apart by semicolons."""
    return [clause for clause in words.split("; ") if clause]


def _width(value: float, largest: float) -> str:
    """Length of a bar in percent of its cell, never outside it."""
    return f"{min(100.0, max(0.0, 100.0 * value / largest)) if largest > 0 else 0.0:.1f}%"


FILTERS: dict[str, Callable[..., Any]] = {
    "number": _number,
    "millions": _millions,
    "percent": _percent,
    "kpi_value": _kpi_value,
    "causes": _causes,
    "width": _width,
    "day": lambda instant: instant.strftime("%Y-%m-%d") if instant else "–",
    "clock": lambda instant: f"{instant:%H:%M}",
    "minute": lambda instant: short_utc(instant) if instant else "–",
    "iso": lambda instant: format_utc(instant) if instant else "",
}
