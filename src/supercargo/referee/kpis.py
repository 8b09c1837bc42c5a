"""KPIs: all sixteen stand there, none claims what a plan can't know, and five are worked out again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from supercargo.referee.case import Case, stamp
from supercargo.referee.routes import carries_kg
from supercargo.referee.rule import Finding

__all__ = ["kpi_complete", "kpi_true", "kpi_unknown"]

_ALL = tuple(f"K{number}" for number in range(1, 17))
_UNKNOWN = ("K2", "K4", "K7", "K8", "K11", "K12", "K14")  # launches, damage, incidents, satisfaction: facts, not plans
_PERCENT_TOLERANCE = 1e-3
_USD_TOLERANCE = 1.0


def kpi_complete(case: Case) -> Iterator[Finding]:
    """All sixteen KPIs have one row each."""
    said = [row.kpi_id for row in case.plan.kpis]
    for kpi_id in _ALL:
        if said.count(kpi_id) != 1:
            yield kpi_id, f"kpis.csv has {said.count(kpi_id)} rows for {kpi_id}; one is lawful"
    for kpi_id in sorted(set(said) - set(_ALL)):
        yield kpi_id, f"kpis.csv has a row for {kpi_id!r}, which is no KPI"


def kpi_unknown(case: Case) -> Iterator[Finding]:
    """A KPI that only operations can measure has no value in a plan, and says what evidence is missing."""
    for row in case.plan.kpis:
        if row.kpi_id in _UNKNOWN and (row.value is not None or row.met is not None):
            yield row.kpi_id, f"{row.kpi_id} claims {row.value}, met {row.met}; a plan has no evidence for it"
        if row.value is None and not row.causes.strip():
            yield row.kpi_id, f"{row.kpi_id} has no value and does not say what evidence is missing"


def _on_time_percent(case: Case) -> float | None:
    """K3, strict: up lines with a due date all of which is delivered by it, over all such lines."""
    kept: dict[str, bool] = {}
    for name, line in case.scenario.lines.items():
        if line.direction == "up" and line.due_utc is not None:
            kept[name] = True
    seen = set()
    for item in case.items:
        if item.line is None or item.line.item_id not in kept or item.line.due_utc is None:
            continue
        name, at = item.line.item_id, item.row.delivered_utc
        seen.add(name)
        aboard = item.row.mission_id in case.missions
        kept[name] &= aboard and at is not None and stamp(at) <= stamp(item.line.due_utc)
    return 100.0 * sum(kept[name] for name in seen) / len(kept) if kept else None


def _utilisation_percent(case: Case) -> float | None:
    """K5: mean over missions of the larger of mass share and volume share."""
    shares = []
    for name, voyage in case.voyages.items():
        up = case.up(name)
        mass_kg, volume_m3 = math.fsum(load.row.mass_kg for load in up), math.fsum(load.line.volume_m3 for load in up)
        bays_m3, most_kg = case.bay_volume_m3(voyage.vehicle.vehicle_type), carries_kg(case, voyage)
        shares.append(max(mass_kg / most_kg if most_kg else 0.0, volume_m3 / bays_m3 if bays_m3 else 0.0))
    return 100.0 * math.fsum(shares) / len(shares) if shares else None


def _market_percent(case: Case) -> float | None:
    """K13: up mass delivered in the horizon over all suppliers' in its years, places with less than ours left out."""
    horizon = case.scenario.settings
    ours: dict[str, list[float]] = {}
    for item in case.items:
        row = item.row
        arrived = row.delivered_utc is not None and stamp(row.delivered_utc) < stamp(horizon.end_utc)
        if row.direction == "up" and row.mission_id and arrived:
            ours.setdefault(row.destination, []).append(row.mass_kg)
    pairs = [
        (math.fsum(ours.get(one.destination, ())), one.market_kg * horizon.years)
        for one in case.scenario.destinations
        if one.market_kg
    ]
    fair = [(mass_kg, market_kg) for mass_kg, market_kg in pairs if mass_kg <= market_kg]
    return 100.0 * math.fsum(mass for mass, _ in fair) / math.fsum(market for _, market in fair) if fair else None


def _true(case: Case) -> Mapping[str, float | None]:
    earned = math.fsum(row.plan_usd for row in case.plan.costs if row.account.startswith("revenue"))
    spent = math.fsum(
        row.plan_usd for row in case.plan.costs if not row.account.startswith("revenue") and row.paid_by == "service"
    )
    return {
        "K3": _on_time_percent(case),
        "K5": _utilisation_percent(case),
        "K9": earned,
        "K10": 100.0 * (earned - spent) / earned if earned > 0 else None,
        "K13": _market_percent(case),
    }


def kpi_true(case: Case) -> Iterator[Finding]:
    """On-time delivery, utilisation, revenue, margin and market share are what the plan's own rows come to."""
    true = _true(case)
    for row in case.plan.kpis:
        value = true.get(row.kpi_id)
        if row.kpi_id not in true or value is None:
            continue
        tolerance = _USD_TOLERANCE if row.kpi_id == "K9" else _PERCENT_TOLERANCE
        if row.value is None or abs(row.value - value) > tolerance:
            yield row.kpi_id, f"{row.kpi_id} says {row.value}, the plan's rows come to {value:.4f}"
        elif row.target is not None and row.met != (row.value >= row.target):
            yield row.kpi_id, f"{row.kpi_id} is {row.value:g} against a target of {row.target:g} and is called met: {row.met}"
