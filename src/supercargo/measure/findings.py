"""How a plan answers each KPI it can know: the value, and in words the date, denominator, excuses and causes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from supercargo.measure.deliveries import LineFate, line_fates, line_name, reason_kinds
from supercargo.measure.occupancy import RESOURCE_KINDS, ResourceUse
from supercargo.measure.summary import FULL_PERCENT, Summary
from supercargo.model import OperationsPlan

__all__ = [
    "Finding",
    "cost_per_kg",
    "margin",
    "market_share",
    "mission_success",
    "on_time_delivery",
    "resource_utilisation",
    "revenue",
    "time_in_maintenance",
    "utilisation",
]

NAMED_COUNT = 5
"""So many causes are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a KPI comes to, and why."""

    value: float | None
    causes: str


def _percent(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole > 0 else None


def _said(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.1f} %"


def _musd(usd: float) -> str:
    return f"{usd / 1e6:,.1f} MUSD"


def _some(words: Iterable[str], none: str = "none") -> str:
    listed = list(words)
    more = f" and {len(listed) - NAMED_COUNT} more" if len(listed) > NAMED_COUNT else ""
    return (", ".join(listed[:NAMED_COUNT]) + more) or none


def mission_success(plan: OperationsPlan, summary: Summary) -> Finding:
    """K1: a mission succeeds when it brings all the must lines it carries; one that never flies has failed."""
    scenario = plan.scenario
    failed = {one.mission_id for one in summary.unflown} | set(summary.lost_missions)
    left = 0
    for row in plan.manifest:
        line = scenario.lines.get(line_name(scenario, row.item_id))
        if line is None or not line.must:
            continue
        if not row.mission_id:
            left += 1
        elif row.delivered_utc is None or row.mission_id not in plan.mission_named:
            failed.add(row.mission_id)
    due = set(scenario.requests)
    succeeded = len(due - failed)
    unflown = [f"{one.mission_id} ({one.reason})" for one in summary.unflown]
    short = sorted(failed & due - {one.mission_id for one in summary.unflown} - set(summary.lost_missions))
    return Finding(
        _percent(succeeded, len(due)),
        f"date: delivery as planned, also after the horizon's end; denominator: {len(due)} missions due; excused: none; "
        f"strict = contractual; damage is not known to a plan; unflown: {_some(unflown)}; "
        f"lost before docking: {_some(summary.lost_missions)}; "
        f"flown without all their must lines: {_some(short)}; must lines left behind (of no mission): {left}",
    )


def _late_causes(plan: OperationsPlan, fates: list[LineFate]) -> str:
    kinds = reason_kinds(plan, tuple(fate.reason for fate in fates if not fate.whole))
    counts: Counter[tuple[str, str]] = Counter()
    for fate in fates:
        if not fate.on_time:
            why = f"left behind ({kinds[fate.reason]})" if not fate.whole else "delivered late"
            counts[fate.line.destination, why] += 1
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return _some(f"{place} {count} line{'s' if count != 1 else ''} {why}" for (place, why), count in ranked)


def on_time_delivery(plan: OperationsPlan, summary: Summary) -> Finding:
    """K3: an up line is on time when its last part is unloaded by its due date; left behind counts as late."""
    dated = [fate for fate in line_fates(plan) if fate.on_time is not None and fate.line.direction == "up"]
    figures = summary.on_time
    late = sorted(fate.late_d for fate in dated if fate.whole and not fate.on_time)
    median_d = late[len(late) // 2] if late else 0.0
    end = plan.scenario.settings.end_utc
    transit = sum(1 for fate in dated if fate.delivered_utc is not None and fate.delivered_utc >= end)
    return Finding(
        figures.strict_percent,
        f"date: end of the line's unloading against due_utc; denominator: {figures.lines_count} up lines with a due date, "
        f"parts of a split line as one; excused: none in the strict value; strict {_said(figures.strict_percent)}, "
        f"contractual (due_utc + due_tolerance) {_said(figures.contractual_percent)}; "
        f"left behind {figures.left_behind_count}, late {len(late)} (median {median_d:.1f} d), "
        f"delivered after the horizon's end {transit}; largest causes: {_late_causes(plan, dated)}",
    )


def utilisation(plan: OperationsPlan, summary: Summary) -> Finding:
    """K5: a spacecraft is used by the larger of its mass share and its volume share, up."""
    missions = sorted(summary.missions, key=lambda one: (one.fill_percent, one.mission_id))
    by_volume = sum(1 for one in missions if one.volume_percent > one.mass_percent)
    emptiest = _some(f"{one.mission_id} {one.fill_percent:.0f} %" for one in missions)
    return Finding(
        summary.utilisation_percent,
        f"date: lift-off; denominator: {len(missions)} missions flown, capacity of the type that flies, by its "
        f"route; excused: none; strict = contractual; {len(summary.full_missions)} missions at {FULL_PERCENT:.0f} % or more; "
        f"volume decides on {by_volume}; emptiest: {emptiest}",
    )


def time_in_maintenance(plan: OperationsPlan, summary: Summary) -> Finding:
    """K6: a tail is in maintenance for its type's turnaround after each landing."""
    owned_d = math.fsum(one.owned_d for one in summary.fleet)
    resting_d = math.fsum(one.maintenance_d for one in summary.fleet)
    types = sorted(summary.fleet, key=lambda one: (-one.maintenance_d, one.vehicle_type))
    largest = _some(f"{one.vehicle_type} {one.maintenance_d:.0f} of {one.owned_d:.0f} d" for one in types if one.maintenance_d)
    return Finding(
        _percent(resting_d, owned_d),
        f"date: days of the horizon; maintenance: turnaround after each flight but the last of a tail's life; denominator: "
        f"{owned_d:,.0f} days owned by {sum(one.tails_count for one in summary.fleet)} tails, from ready to the end of "
        f"the life or the horizon; excused: none; strict = contractual; unplanned repairs are not known to a plan; "
        f"largest: {largest}",
    )


def revenue(plan: OperationsPlan, summary: Summary) -> Finding:
    """K9: revenue is the sum of the revenue rows of costs.csv: tariffs and milestones less penalties."""
    parts = [one for one in summary.accounts if one.account.startswith("revenue")]
    if not parts and not plan.missions:
        return Finding(None, "missing: the plan has no missions and no revenue rows")
    listed = _some(f"{one.account.removeprefix('revenue:')} {_musd(one.service_usd)}" for one in parts)
    owed = math.fsum(min(0.0, one.service_usd) for one in parts)
    return Finding(
        summary.money.revenue_usd,
        f"date: missions that lift off in the horizon, price year {plan.scenario.settings.currency_year}; denominator: none; "
        f"excused: none; strict = contractual (after penalties) {_musd(summary.money.revenue_usd)}, "
        f"before penalties {_musd(summary.money.revenue_usd - owed)}; by account: {listed}",
    )


def margin(plan: OperationsPlan, summary: Summary) -> Finding:
    """K10: the service's margin counts what the service bears; the chain's margin counts all at catalogue prices."""
    money = summary.money
    costs = [one for one in summary.accounts if not one.account.startswith("revenue") and one.service_usd]
    costs.sort(key=lambda one: (-one.service_usd, one.account))
    return Finding(
        money.margin_percent,
        f"date: as K9; denominator: revenue {_musd(money.revenue_usd)}; excused: furnished launches and spacecraft "
        f"({_musd(money.whole_cost_usd - money.service_cost_usd)}), which their customers pay; strict (whole chain: delivered "
        f"mass at catalogue tariff {_musd(money.catalogue_usd)}, every cost {_musd(money.whole_cost_usd)}) "
        f"{_said(money.chain_margin_percent)}, contractual (service) {_said(money.margin_percent)}; "
        f"largest costs of the service: {_some(f'{one.account} {_musd(one.service_usd)}' for one in costs)}",
    )


def market_share(plan: OperationsPlan, summary: Summary) -> Finding:
    """K13: our share of a place's market is our up mass delivered in the horizon over all suppliers' mass to it."""
    end = plan.scenario.settings.end_utc
    ours: dict[str, float] = defaultdict(float)
    for row in plan.manifest:
        if row.direction == "up" and row.mission_id and row.delivered_utc is not None and row.delivered_utc < end:
            ours[row.destination] += row.mass_kg
    years = plan.scenario.settings.years
    given = [(place.destination, place.market_kg * years) for place in plan.scenario.destinations if place.market_kg]
    known = [(place, market_kg) for place, market_kg in given if ours[place] <= market_kg]
    small = [f"{place} {market_kg:,.0f} kg" for place, market_kg in given if ours[place] > market_kg]
    contradicted = f"; market figure below our own delivery, left out: {_some(small)}" if small else ""
    unknown = [place.destination for place in plan.scenario.destinations if not place.market_kg]
    if not known:
        words = "a market figure (market_kg) that holds our own delivery" if small else "any market figure (market_kg)"
        return Finding(None, f"missing: {words}{contradicted}")
    listed = _some(f"{place} {100 * ours[place] / market_kg:.0f} % of {market_kg:,.0f} kg" for place, market_kg in known)
    market_kg = math.fsum(mass_kg for _, mass_kg in known)
    return Finding(
        _percent(math.fsum(ours[place] for place, _ in known), market_kg),
        f"date: delivered within the horizon; denominator: {market_kg:,.0f} kg up in {_span(years)}, all suppliers, over "
        f"{len(known)} places with a market figure; excused: none; strict = contractual; by place: {listed}; "
        f"no figure: {_some(unknown)}{contradicted}",
    )


def _span(years: float) -> str:
    return "a year" if years == 1.0 else f"{years:.3g} years"


def cost_per_kg(plan: OperationsPlan, summary: Summary) -> Finding:
    """K15: cost falls when each kilogram delivered costs less than in a base year; a first year has none."""
    up_kg = summary.delivered_kg("up")
    if not up_kg:
        return Finding(None, "missing: a base year, and any up mass delivered")
    money = summary.money
    dearest = sorted(summary.places, key=lambda place: (-(place.usd_per_kg or 0.0), place.destination))
    listed = _some(f"{one.destination} {one.usd_per_kg:,.0f}" for one in dearest if one.usd_per_kg)
    return Finding(
        None,
        f"missing: a base year in the scenario; this {plan.scenario.settings.span}: "
        f"{money.whole_cost_usd / up_kg:,.0f} USD/kg whole chain, "
        f"{money.service_cost_usd / up_kg:,.0f} USD/kg borne by the service; denominator: {up_kg:,.0f} kg delivered up, "
        f"return cargo and trash ride free; price year {plan.scenario.settings.currency_year}; "
        f"dearest places, USD/kg: {listed}",
    )


def _group(uses: Iterable[ResourceUse]) -> tuple[float, float]:
    listed = tuple(uses)
    return math.fsum(use.used_h for use in listed), math.fsum(use.available_h for use in listed)


def resource_utilisation(plan: OperationsPlan, summary: Summary) -> Finding:
    """K16: ports are what a year of visiting vehicles runs out of, so their hours are the value; other groups stand beside."""
    groups = {kind: _group(use for use in summary.resources if use.kind == kind) for kind in RESOURCE_KINDS}
    listed = ", ".join(f"{kind} {_said(_percent(*hours))} of {hours[1]:,.0f} h" for kind, hours in groups.items())
    busiest = sorted(summary.resources, key=lambda use: (-use.percent, use.resource))
    ports = sorted((use for use in summary.resources if use.kind == "ports"), key=lambda use: (use.percent, use.resource))
    return Finding(
        _percent(*groups["ports"]),
        f"date: hours of the horizon; denominator: {groups['ports'][1]:,.0f} port hours in service; excused: hours outside "
        f"service and in blackouts; strict = contractual; value: ports; by group: {listed}; "
        f"busiest: {_some(f'{use.resource} {use.percent:.0f} %' for use in busiest)}; "
        f"idlest ports: {_some(f'{use.resource} {use.percent:.0f} %' for use in ports)}",
    )
