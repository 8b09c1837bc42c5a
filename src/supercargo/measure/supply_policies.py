"""What other policies of supply are worth against the plan as it stands, and what the answers hinge on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from supercargo.measure.safety_stock import service_of, spread_kg
from supercargo.measure.stock_plan import Replan, Tweak, supply_of
from supercargo.model import SupplyTables
from supercargo.model.supply import PolicyValue, Sensitivity, StockPlan
from supercargo.model.supply_terms import weakest

__all__ = [
    "SERVICE_LIMITS",
    "inventory_policies",
    "safety_carrying_usd",
    "sensitivity_of",
    "spread_service",
    "stock_outs_a_year",
]

SERVICE_LIMITS = (0.80, 0.9995)
"""Service levels between which protection is moved from one stock to another."""


_LEAST = 1e-6
"""Below it no service is told apart from none."""


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


def _lowest(row: StockPlan) -> float:
    return row.lowest_kg


def inventory_policies(rows: Stocks, tables: SupplyTables, again: Replan) -> tuple[PolicyValue, ...]:
    """Reserves and stocks by safety stock, safety where it costs least, punctual launches, lead times, one buffer on Earth.

    Before is what the plan's own reserves bind and how often they are expected to run out, by the same model as after.
    """
    evidence = weakest(tables.stock_term(row.supply_class).evidence for row in rows)
    basis = (again, evidence)
    return (
        _by_safety(rows, tables, again, evidence),
        _to_safety(rows, tables, again, evidence),
        _by_cost(rows, tables, basis),
        _by_cost_as_wanted(rows, tables, basis),
        _moved_policy("lift-offs slip half as much", Tweak(slip=0.5), rows, tables, basis),
        _moved_policy("lead times a quarter shorter", Tweak(lead=0.75), rows, tables, basis),
        _pooled(rows, tables, evidence),
    )


def stock_outs_a_year(rows: Stocks, kg: Callable[[StockPlan], float]) -> float:
    """Times a year that some stock runs out before a delivery comes, protected by so much of each above its mean use."""
    return sum(_cycles(row) * (1.0 - service_of(supply_of(row), kg(row))) for row in rows)


def _cycles(row: StockPlan) -> float:
    return 365.0 / row.gap_d


def _standing(rows: Stocks) -> dict[tuple[str, str], float]:
    """The service that each reserve of the plan gives as it stands, within what a level can be."""
    most = SERVICE_LIMITS[1]
    return {
        (row.destination, row.supply_class): min(max(service_of(supply_of(row), row.reserve_kg), _LEAST), most) for row in rows
    }


def _at(service: Mapping[tuple[str, str], float]) -> Callable[[StockPlan], float]:
    return lambda row: service[row.destination, row.supply_class]


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
        stock_outs_before=stock_outs_a_year(rows, _reserve),
        stock_outs_after=stock_outs_a_year(rows, _advised),
        gives=f"{len(short)} of {len(rows)} reserves lie below their safety stock and rise",
        evidence=evidence,
    )


def spread_service(rows: Stocks, tables: SupplyTables, *, least: float = SERVICE_LIMITS[0]) -> Mapping[tuple[str, str], float]:
    """Service level of each stock that binds least capital for as few expected stock-outs a year as at the present levels.

    A stock has 365 / gap cycles a year and runs out in a share 1 - service of them. The cheapest levels are those at which
    a stock-out less costs the same everywhere: v sigma = lambda (cycles) phi(k) for value v, spread sigma and factor k
    (Silver, Pyke and Thomas, chapter 6: safety stock allocated so that stock-outs are fewest). lambda is found by
    halving; levels stay within `least` and the upper of `SERVICE_LIMITS`.
    """
    normal, most = NormalDist(), SERVICE_LIMITS[1]
    items = []
    for row in rows:
        value = (row.earth_usd_per_kg + row.lift_usd_per_kg) * tables.stock_term(row.supply_class).capital_fraction
        items.append(((row.destination, row.supply_class), _cycles(row), value * spread_kg(supply_of(row))))
    wanted = sum(_cycles(row) * (1.0 - row.service) for row in rows)

    def levels(weight: float) -> dict[tuple[str, str], float]:
        found = {}
        for key, cycles, cost in items:
            ratio = weight * cycles / (math.sqrt(2.0 * math.pi) * cost) if cost else math.inf
            level = normal.cdf(math.sqrt(2.0 * math.log(ratio))) if 1.0 < ratio < math.inf else (least, most)[ratio > 1.0]
            found[key] = min(max(level, least), most)
        return found

    low, high = 1e-6, 1e15
    for _ in range(200):
        middle = math.sqrt(low * high)
        found = levels(middle)
        out = sum(cycles * (1.0 - found[key]) for key, cycles, _ in items)
        low, high = (middle, high) if out > wanted else (low, middle)
    return levels(high)


@dataclass(frozen=True, slots=True)
class _Levels:
    """Reserves as they stand and with other levels of service: capital a year, stock and stock-outs a year."""

    before_usd: float
    after_usd: float
    freed_kg: float
    outs_before: float
    outs_after: float

    @property
    def saving_usd(self) -> float:
        """Below zero: it costs."""
        return self.before_usd - self.after_usd


def _levels(rows: Stocks, changed: Stocks, tables: SupplyTables) -> _Levels:
    return _Levels(
        safety_carrying_usd(rows, tables, _reserve),
        safety_carrying_usd(changed, tables, _advised),
        sum(row.reserve_kg for row in rows) - sum(row.advised_kg for row in changed),
        stock_outs_a_year(rows, _reserve),
        stock_outs_a_year(changed, _advised),
    )


def _by_cost(rows: Stocks, tables: SupplyTables, basis: tuple[Replan, str]) -> PolicyValue:
    """The stock-outs that the plan's reserves let expect, for as little capital as can be."""
    again, _ = basis

    def found(tweak: Tweak) -> _Levels:
        now = again(tweak)
        standing = _standing(now)
        served = [replace(row, service=standing[row.destination, row.supply_class]) for row in now]
        service = spread_service(served, tables, least=min(SERVICE_LIMITS[0], *standing.values()))
        return _levels(now, again(replace(tweak, service=_at(service))), tables)

    return _spread_policy("safety where it costs least", found, basis, "as many stock-outs as the reserves let expect")


def _by_cost_as_wanted(rows: Stocks, tables: SupplyTables, basis: tuple[Replan, str]) -> PolicyValue:
    """The stock-outs that the wanted levels of service let expect, for as little capital as can be."""
    again, _ = basis

    def found(tweak: Tweak) -> _Levels:
        now = again(tweak)
        return _levels(now, again(replace(tweak, service=_at(spread_service(now, tables)))), tables)

    return _spread_policy("safety where it costs least, at the wanted service", found, basis, "the wanted service in all")


def _spread_policy(name: str, found: Callable[[Tweak], _Levels], basis: tuple[Replan, str], gives: str) -> PolicyValue:
    one = found(Tweak())
    ends = [found(Tweak(spread=spread)).saving_usd for spread in (0.75, 1.25)]
    return PolicyValue(
        policy=name,
        basis="capital for a year in the plan's reserves against safety stock with levels set for least capital",
        before_usd=one.before_usd,
        after_usd=one.after_usd,
        saving_usd=one.saving_usd,
        low_usd=min(*ends, one.saving_usd),
        high_usd=max(*ends, one.saving_usd),
        hinges_on="spread of use, a quarter less or more",
        stock_kg=one.freed_kg,
        stock_outs_before=one.outs_before,
        stock_outs_after=one.outs_after,
        gives=f"{gives}; dear stocks are protected less, cheap ones more",
        evidence=basis[1],
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
        stock_outs_before=stock_outs_a_year(rows, _lowest),
        stock_outs_after=stock_outs_a_year(rows, _advised),
        gives=f"{len(bare)} of {len(rows)} stocks fall below their safety stock in the plan and are raised",
        evidence=evidence,
    )


def _moved_policy(name: str, tweak: Tweak, rows: Stocks, tables: SupplyTables, basis: tuple[Replan, str]) -> PolicyValue:
    """What each reserve could be so that it serves as it does now, were the assumption moved."""
    again, evidence = basis
    one = _levels(rows, again(replace(tweak, service=_at(_standing(rows)))), tables)
    saving = one.saving_usd
    return PolicyValue(
        policy=name,
        basis="capital for a year in the plan's reserves and in those that serve as well; how to get there is not counted",
        before_usd=one.before_usd,
        after_usd=one.after_usd,
        saving_usd=saving,
        low_usd=min(0.75 * saving, 1.25 * saving),
        high_usd=max(0.75 * saving, 1.25 * saving),
        hinges_on="price of capital, a quarter less or more",
        stock_kg=one.freed_kg,
        stock_outs_before=one.outs_before,
        stock_outs_after=one.outs_after,
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
        basis="safety stock for supplier and ground days, one for each place against one for all; the plan names none",
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
