"""The page a person reads first: the whole plan on one self-contained HTML page."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from supercargo.kernel import format_utc
from supercargo.measure.kpis import KPIS
from supercargo.measure.summary import FULL_PERCENT, Summary, is_waived
from supercargo.model import DEPARTURE_PARTS, EVIDENCE, Change, Disturbance, Kpi, ManifestRow, OperationsPlan, Settings
from supercargo.referee import RULES
from supercargo.report.cargo import cargo_sheets
from supercargo.report.moves import draw_moves
from supercargo.report.stock import draw_stocks
from supercargo.report.stowage import class_colours, draw_stowage
from supercargo.report.svg import PALETTE, short_utc
from supercargo.report.templating import template_of
from supercargo.report.timeline import draw_timeline

__all__ = ["FILTERS", "render_report"]

WORST_COUNT = 50
OTHERS_COUNT = 1000
VIOLATIONS_COUNT = 300
FILES = (
    ("missions.csv", "one mission a row: spacecraft, pad, port, instants, loads, money"),
    ("manifest.csv", "every cargo line: its mission and delivery, or why it was left behind"),
    ("stowage.csv", "every piece: bay, corner, size, unload order"),
    ("inventory.csv", "stock of each class at each place, day by day"),
    ("activities.csv", "processing, pad, dock, unloading and loading with their resources"),
    ("windows.csv", "launch windows found, and the mission that uses each"),
    ("costs.csv", "costs and prices by mission, customer and account"),
    ("kpis.csv", "KPIs with target and causes"),
    ("plan.json", "digests, solvers' bounds, what the referee found"),
)
CHANGES_FILE = ("changes.csv", "what departs from the plan before, why, and what it costs")
CHANGES_COUNT = 200
COUNTED = ("date:", "denominator:", "excused:", "strict = ", "value:", "maintenance:", "price year")
"""Clauses of a KPI's causes that say how it is counted; the others say why it is as it is."""
SIGNS = {"above": ">", "below": "<", "at least": "≥", "exactly": "="}


def render_report(plan: OperationsPlan, summary: Summary, disturbance: Disturbance | None = None) -> str:
    """A year's plan as one HTML page: timeline, cargo, stowage, stock, money, KPIs, broken rules, and what stayed behind.

    The page needs nothing from outside: style and drawings are inside it. Every name is escaped. The same plan gives the same
    bytes. `summary` is that of the same plan; `disturbance` is how far it departs from the plan that it follows, if any.
    """
    colours = class_colours(plan)
    left, violations = _left_behind(plan), _violations(plan)
    return template_of("page.html", FILTERS).render(
        plan=plan,
        settings=plan.scenario.settings,
        lands=any(place.kind == "surface" for place in plan.scenario.destinations),
        plan_of=_plan_of(plan.scenario.settings),
        summary=summary,
        timeline=draw_timeline(plan),
        missions=_mission_rows(plan, summary),
        colours=colours,
        pictures={picture.mission_id: picture for picture in draw_stowage(plan, colours)},
        sheets=cargo_sheets(plan),
        classes=sorted({name for one in summary.missions for name, _ in one.classes_kg}),
        verdict=_verdict(plan),
        stocks=draw_stocks(plan),
        customer_names={customer.customer: customer.name for customer in plan.scenario.customers},
        busiest_port=max(summary.ports, key=lambda port: port.percent, default=None),
        largest_usd=_largest_usd(summary),
        violations=violations,
        violations_count=VIOLATIONS_COUNT,
        broken_rules=_broken_rules(violations),
        worst=left[:WORST_COUNT],
        others=left[WORST_COUNT : WORST_COUNT + OTHERS_COUNT],
        unlisted_count=max(0, len(left) - WORST_COUNT - OTHERS_COUNT),
        files=(*FILES, CHANGES_FILE) if plan.changes else FILES,
        disturbance=disturbance,
        changes=_changes(plan),
        conflict=next((row.conflict for row in plan.changes), ""),
        moves=draw_moves(plan.scenario.settings, [("now", disturbance)]) if disturbance else "",
        parts=DEPARTURE_PARTS,
        changes_count=CHANGES_COUNT,
        untraced=_untraced(plan),
        full_percent=FULL_PERCENT,
        evidence=_evidence(plan),
        senses={one.kpi_id: SIGNS[one.sense] for one in KPIS},
        palette=PALETTE,
    )


def _plan_of(settings: Settings) -> str:
    return "the year" if settings.span == "year" else f"{settings.start_utc:%Y-%m-%d} to {settings.end_utc:%Y-%m-%d}"


def _changes(plan: OperationsPlan) -> list[tuple[str, list[Change]]]:
    """Changes of missions, then of lines, the dearest first within each."""
    missions = [row for row in plan.changes if row.object in plan.scenario.requests]
    lines = [row for row in plan.changes if row.object in plan.scenario.lines]
    dearest = sorted(lines, key=lambda row: (-row.cost_usd, row.object))
    return [(title, rows) for title, rows in (("Missions", missions), ("Cargo lines", dearest)) if rows]


def _mission_rows(plan: OperationsPlan, summary: Summary) -> list[dict[str, Any]]:
    figures = {one.mission_id: one for one in summary.missions}
    ordered = sorted(plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
    unload_utc = {one.mission_id: one.start_utc for one in plan.activities if one.kind == "unload"}
    return [
        {
            "number": number,
            "plan": mission,
            "figures": figures[mission.mission_id],
            "classes_kg": dict(figures[mission.mission_id].classes_kg),
            "unload_utc": unload_utc.get(mission.mission_id),
        }
        for number, mission in enumerate(ordered, start=1)
    ]


def _verdict(plan: OperationsPlan) -> dict[str, list[Kpi]]:
    return {
        "met": [one for one in plan.kpis if one.met],
        "missed": [one for one in plan.kpis if one.met is False],
        "unknown": [one for one in plan.kpis if one.met is None],
    }


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


def _broken_rules(violations: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, int]]:
    """Each rule that is broken, with its sentence and how often, in the order of the list."""
    sentences = {rule.rule_id: rule.sentence for rule in RULES}
    counts = Counter((weight, rule) for weight, rule, _, _ in violations)
    return [(weight, rule, sentences.get(rule, ""), number) for (weight, rule), number in counts.items()]


def _left_behind(plan: OperationsPlan) -> list[tuple[ManifestRow, float, bool]]:
    """Left-behind rows that hurt most: must lines first, then by priority, due date and mass."""
    rows = []
    for row in plan.manifest:
        if not row.mission_id:
            line = plan.scenario.lines.get(row.item_id) or plan.scenario.lines.get(row.item_id.partition("#")[0])
            rows.append((row, line.priority if line else 5.0, bool(line and line.must)))
    last = plan.scenario.settings.end_utc
    rows.sort(key=lambda one: (not one[2], one[1], one[0].due_utc or last, -one[0].mass_kg, one[0].item_id))
    return rows


def _untraced(plan: OperationsPlan) -> list[tuple[str, list[str]]]:
    """Each reason for which flights have no trajectory, with their names."""
    names: dict[str, list[str]] = defaultdict(list)
    for one in plan.untraced:
        names[one.reason].append(one.mission_id)
    return sorted(names.items())


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
        ("launch energies", scenario.launch_energies, lambda one: f"{one.launcher} {one.c3_km2_s2:g} km2/s2"),
        ("rates of use", scenario.rates, lambda one: one.supply_class),
        ("hazard pairs", scenario.hazard_pairs, lambda one: f"{one.hazard_a} with {one.hazard_b}"),
        ("cost rates", scenario.cost_rates, lambda one: one.account),
        ("cargo lines", tuple(line for line in scenario.cargo if line.evidence), lambda one: one.item_id),
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
    """A number with commas between its thousands; a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.{places}f}".replace("-", "\u2212")


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
    """Causes are clauses set apart by semicolons; without those that only say how the KPI is counted."""
    return [clause for clause in words.split("; ") if clause and not clause.startswith(COUNTED)]


def _counted(words: str) -> str:
    """The clauses that say how the KPI is counted, on one line."""
    return "; ".join(clause for clause in words.split("; ") if clause.startswith(COUNTED))


def _width(value: float, largest: float) -> str:
    """Length of a bar in percent of its cell, never outside it."""
    return f"{min(100.0, max(0.0, 100.0 * value / largest)) if largest > 0 else 0.0:.1f}%"


FILTERS: dict[str, Callable[..., Any]] = {
    "number": _number,
    "millions": _millions,
    "percent": _percent,
    "kpi_value": _kpi_value,
    "causes": _causes,
    "counted": _counted,
    "width": _width,
    "day": lambda instant: instant.strftime("%Y-%m-%d") if instant else "–",
    "clock": lambda instant: f"{instant:%H:%M}",
    "minute": lambda instant: short_utc(instant) if instant else "–",
    "iso": lambda instant: format_utc(instant) if instant else "",
}
