"""What other policies of supply are worth against the plan as it stands, and what the answers hinge on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import NormalDist

from supercargo.measure.safety_stock import spread_kg
from supercargo.measure.stock_plan import Replan, Tweak, supply_of
from supercargo.model import SupplyTables
from supercargo.model.supply import PolicyValue, Sensitivity, StockPlan
from supercargo.model.supply_terms import weakest

__all__ = ["SERVICE_LIMITS", "inventory_policies", "safety_carrying_usd", "sensitivity_of", "spread_service"]

SERVICE_LIMITS = (0.80, 0.9995)
"""Service levels between which protection is moved from one stock to another."""


def _level(service: float) -> Callable[[StockPlan], float]:
    return lambda row: service


_MOVED: tuple[tuple[str, Tweak], ...] = (
    ("spread of use a quarter more", Tweak(spread=1.25)),
    ("slips half", Tweak(slip=0.5)),
    ("slips a half more", Tweak(slip=1.5)),
    ("losses half", Tweak(loss=0.5)),
    ("losses double", Tweak(loss=2.0)),
    ("lead times a quarter shorter", Tweak(lead=0.75)),
    ("service 0.90 for all", Tweak(service=_level(0.90))),
    ("service 0.99 for all", Tweak(service=_level(0.99))),
    ("capital a quarter cheaper", Tweak(capital=0.75)),
    ("capital a quarter dearer", Tweak(capital=1.25)),
)

Stocks = Sequence[StockPlan]


def safety_carrying_usd(rows: Stocks, tables: SupplyTables, kg: Callable[[StockPlan], float], capital: float = 1.0) -> float:
    """Capital bound for a year in so much of each stock [USD]."""
    return sum(
        kg(row) * (row.earth_usd_per_kg + row.lift_usd_per_kg) * tables.stock_term(row.supply_class).capital_fraction * capital
        for row in rows
    )


def sensitivity_of(rows: Stocks, tables: SupplyTables, again: Replan) -> tuple[Sensitivity, ...]:
    """Safety stock and its capital as the plan assumes, and with one assumption moved at a time."""
    base = sum(row.safety_kg for row in rows)
    found = [_moved("as the plan assumes", rows, tables, base)]
    for name, tweak in _MOVED:
        found.append(_moved(name, again(tweak), tables, base, tweak.capital))
    return tuple(found)


def _moved(name: str, rows: Stocks, tables: SupplyTables, base_kg: float, capital: float = 1.0) -> Sensitivity:
    safety = sum(row.safety_kg for row in rows)
    return Sensitivity(
        assumption=name,
        safety_kg=safety,
        change_percent=100.0 * (safety / base_kg - 1.0) if base_kg else 0.0,
        carrying_usd=safety_carrying_usd(rows, tables, _safety, capital),
    )


def _safety(row: StockPlan) -> float:
    return row.safety_kg


def _reserve(row: StockPlan) -> float:
    return row.reserve_kg


def _advised(row: StockPlan) -> float:
    return row.advised_kg


def inventory_policies(rows: Stocks, tables: SupplyTables, again: Replan) -> tuple[PolicyValue, ...]:
    """Reserves and stocks by safety stock, safety where it costs least, punctual launches, lead times, one buffer on Earth."""
    evidence = weakest(tables.stock_term(row.supply_class).evidence for row in rows)
    return (
        _by_safety(rows, tables, again, evidence),
        _to_safety(rows, tables, again, evidence),
        _by_cost(rows, tables, again, evidence),
        _moved_policy("lift-offs slip half as much", Tweak(slip=0.5), rows, tables, (again, evidence)),
        _moved_policy("lead times a quarter shorter", Tweak(lead=0.75), rows, tables, (again, evidence)),
        _pooled(rows, tables, evidence),
    )


def _by_safety(rows: Stocks, tables: SupplyTables, again: Replan, evidence: str) -> PolicyValue:
    before, after = (safety_carrying_usd(rows, tables, kg) for kg in (_reserve, _advised))
    dear, cheap = (safety_carrying_usd(again(Tweak(service=_level(level))), tables, _advised) for level in (0.99, 0.90))
    short = [row for row in rows if row.reserve_kg < row.safety_kg]
    return PolicyValue(
        policy="reserves by safety stock",
        basis="capital for a year in the scenario's reserves against safety stock, not below the level at which a crew leaves",
        before_usd=before,
        after_usd=after,
        saving_usd=before - after,
        low_usd=min(before - dear, before - after),
        high_usd=max(before - cheap, before - after),
        hinges_on="service level, 0.99 or 0.90 for all",
        stock_kg=sum(row.reserve_kg - row.advised_kg for row in rows),
        gives=f"{len(short)} of {len(rows)} reserves lie below their safety stock and rise",
        evidence=evidence,
    )


def spread_service(rows: Stocks, tables: SupplyTables) -> Mapping[tuple[str, str], float]:
    """Service level of each stock that binds least capital for as few expected stock-outs a year as at the present levels.

    A stock has 365 / gap cycles a year and runs out in a share 1 - service of them. The cheapest levels are those at which
    a stock-out less costs the same everywhere: v sigma = lambda (cycles) phi(k) for value v, spread sigma and factor k
    (Silver, Pyke and Thomas, chapter 6: safety stock allocated so that stock-outs are fewest). lambda is found by
    halving; levels stay within `SERVICE_LIMITS`.
    """
    normal = NormalDist()
    items = []
    for row in rows:
        value = (row.earth_usd_per_kg + row.lift_usd_per_kg) * tables.stock_term(row.supply_class).capital_fraction
        items.append(((row.destination, row.supply_class), 365.0 / row.gap_d, value * spread_kg(supply_of(row))))
    wanted = sum(365.0 / row.gap_d * (1.0 - row.service) for row in rows)

    def levels(weight: float) -> dict[tuple[str, str], float]:
        found = {}
        for key, cycles, cost in items:
            ratio = weight * cycles / (math.sqrt(2.0 * math.pi) * cost) if cost else math.inf
            level = normal.cdf(math.sqrt(2.0 * math.log(ratio))) if 1.0 < ratio < math.inf else SERVICE_LIMITS[ratio > 1.0]
            found[key] = min(max(level, SERVICE_LIMITS[0]), SERVICE_LIMITS[1])
        return found

    low, high = 1e-6, 1e15
    for _ in range(200):
        middle = math.sqrt(low * high)
        found = levels(middle)
        out = sum(cycles * (1.0 - found[key]) for key, cycles, _ in items)
        low, high = (middle, high) if out > wanted else (low, middle)
    return levels(high)


def _by_cost(rows: Stocks, tables: SupplyTables, again: Replan, evidence: str) -> PolicyValue:
    def saved(tweak: Tweak) -> tuple[float, float, float]:
        now = again(tweak)
        service = spread_service(now, tables)
        changed = again(replace(tweak, service=lambda row: service[row.destination, row.supply_class]))
        freed = sum(row.safety_kg for row in now) - sum(row.safety_kg for row in changed)
        return safety_carrying_usd(now, tables, _safety), safety_carrying_usd(changed, tables, _safety), freed

    before, after, freed = saved(Tweak())
    ends = [one[0] - one[1] for one in (saved(Tweak(spread=0.75)), saved(Tweak(spread=1.25)))]
    return PolicyValue(
        policy="safety where it costs least",
        basis="capital for a year in safety stock, levels set so that as few stock-outs are expected for least capital",
        before_usd=before,
        after_usd=after,
        saving_usd=before - after,
        low_usd=min(*ends, before - after),
        high_usd=max(*ends, before - after),
        hinges_on="spread of use, a quarter less or more",
        stock_kg=freed,
        gives="dear stocks are protected less: levels between {:.0%} and {:.2%}".format(*SERVICE_LIMITS),
        evidence=evidence,
    )


def _to_safety(rows: Stocks, tables: SupplyTables, again: Replan, evidence: str) -> PolicyValue:
    """Stock just before a delivery is brought to what is advised: lower where it is above, higher where below."""

    def mean(row: StockPlan) -> float:
        return row.mean_kg

    def brought(row: StockPlan) -> float:
        return max(0.0, row.mean_kg - (row.lowest_kg - row.advised_kg))

    before, after = (safety_carrying_usd(rows, tables, kg) for kg in (mean, brought))
    ends = [before - safety_carrying_usd(again(Tweak(service=_level(level))), tables, brought) for level in (0.90, 0.99)]
    bare = [row for row in rows if row.lowest_kg < row.safety_kg]
    return PolicyValue(
        policy="stock to safety, no higher and no lower",
        basis="capital for a year in mean stock, each stock moved so that its lowest is what is advised",
        before_usd=before,
        after_usd=after,
        saving_usd=before - after,
        low_usd=min(*ends, before - after),
        high_usd=max(*ends, before - after),
        hinges_on="service level, 0.99 or 0.90 for all",
        stock_kg=sum(row.lowest_kg - row.advised_kg for row in rows),
        gives=f"{len(bare)} of {len(rows)} stocks fall below their safety stock in the plan and are raised",
        evidence=evidence,
    )


def _moved_policy(name: str, tweak: Tweak, rows: Stocks, tables: SupplyTables, basis: tuple[Replan, str]) -> PolicyValue:
    again, evidence = basis
    changed = again(tweak)
    before, after = safety_carrying_usd(rows, tables, _safety), safety_carrying_usd(changed, tables, _safety)
    saving = before - after
    return PolicyValue(
        policy=name,
        basis="capital for a year in safety stock; what it costs to get there is not counted",
        before_usd=before,
        after_usd=after,
        saving_usd=saving,
        low_usd=min(0.75 * saving, 1.25 * saving),
        high_usd=max(0.75 * saving, 1.25 * saving),
        hinges_on="price of capital, a quarter less or more",
        stock_kg=sum(row.safety_kg for row in rows) - sum(row.safety_kg for row in changed),
        gives="what may be paid for it in a year",
        evidence=evidence,
    )


def _pooled(rows: Stocks, tables: SupplyTables, evidence: str) -> PolicyValue:
    """Buffers for the wait on suppliers, place by place or one for each class: spreads add, or their squares do."""
    own: dict[str, list[tuple[StockPlan, float]]] = defaultdict(list)
    for row in rows:
        kg = NormalDist().inv_cdf(row.service) * row.spread_kg_d * math.sqrt(row.order_d + row.ground_d)
        own[row.supply_class].append((row, max(0.0, kg)))
    before = after = freed = 0.0
    for supply_class, parts in own.items():
        cost = parts[0][0].earth_usd_per_kg * tables.stock_term(supply_class).capital_fraction
        apart, together = sum(kg for _, kg in parts), math.sqrt(sum(kg * kg for _, kg in parts))
        before, after, freed = before + apart * cost, after + together * cost, freed + apart - together
    saving = before - after
    return PolicyValue(
        policy="one buffer on Earth for all places",
        basis="safety stock for supplier and ground days, pooled over places (use at places is independent)",
        before_usd=before,
        after_usd=after,
        saving_usd=saving,
        low_usd=0.0,
        high_usd=saving,
        hinges_on="whether use at the places is independent: if it moves together nothing is saved",
        stock_kg=freed,
        gives="a kilogram on Earth serves the place that needs it first; it still has to fly",
        evidence=evidence,
    )
