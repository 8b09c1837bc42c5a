"""The inventory plan: for each class at each place its use, its replenishment, its safety, and what it costs to keep."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from statistics import fmean, pstdev

from supercargo.kernel import days, days_between
from supercargo.measure.reliability import loss_probability
from supercargo.measure.safety_stock import Supply, normal_safety_kg, safety_kg
from supercargo.measure.supply_sources import Lead, lead_times, lift_costs
from supercargo.model import Chances, InventoryRow, OperationsPlan, PlannedMission, Stock, SupplyTables
from supercargo.model.supply import MonthUse, Sourcing, StockPlan

__all__ = ["SLIP_LEADS_D", "Replan", "Tweak", "forecast_by_month", "slip_spread_d", "stock_planner", "supply_of"]

SLIP_LEADS_D = (30.0, 180.0)
"""Slips count by reports so long before the lift-off that they plan: when a load is already ordered."""

_Z_90 = 1.6448536269514722
_MONTH_D = 30.0
_YEAR_D = 365.0
_A_SHARE, _B_SHARE = 0.80, 0.95
_X_SPREAD, _Y_SPREAD = 0.10, 0.25

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tweak:
    """Assumptions moved: factors on spread of use, slips, losses, lead times and capital; a service level for all."""

    spread: float = 1.0
    slip: float = 1.0
    loss: float = 1.0
    lead: float = 1.0
    capital: float = 1.0
    service: Callable[[StockPlan], float] | None = None


Replan = Callable[[Tweak], tuple[StockPlan, ...]]
"""The stock plans with some assumptions moved."""


@dataclass(frozen=True, slots=True)
class _Stock:
    """What a plan knows of a stock."""

    stock: Stock
    rows: tuple[InventoryRow, ...]
    use: tuple[float, ...]  # [day] kg
    flight_d: float
    lead: Lead
    missions: tuple[PlannedMission, ...]  # that bring the class
    arrivals: tuple[datetime, ...]  # the first piece of it from each


def stock_planner(plan: OperationsPlan, tables: SupplyTables, chances: Chances, sourcing: Sourcing) -> Replan:
    """A function from moved assumptions to the plan of each stock, in order of place and class.

    Use a day and its spread follow from the plan's forecast; gaps are those between flights that bring the class, spread
    further by slips on record, but no further than a Poisson stream of the same rate (the limit of many streams displaced
    independently); a delivery is lost with its launcher's probability; the lead time is order, ground, site and flight.
    """
    stocks = _stocks(plan, sourcing)
    slips = {name: slip_spread_d(chances, one.missions) for name, one in stocks.items()}
    lifts = lift_costs(plan)

    def planned(tweak: Tweak) -> tuple[StockPlan, ...]:
        found = [
            _plan_of(one, plan, tables, (chances, slips[name] * tweak.slip, lifts, tweak))
            for name, one in sorted(stocks.items())
        ]
        ranked = _abc(found)
        return tuple(_served(row, ranked[row.destination, row.supply_class], tweak) for row in found)

    return planned


def _stocks(plan: OperationsPlan, sourcing: Sourcing) -> dict[Key, _Stock]:
    rows: dict[Key, list[InventoryRow]] = defaultdict(list)
    for row in plan.inventory:
        rows[row.destination, row.supply_class].append(row)
    missions = {mission.mission_id: mission for mission in plan.missions}
    flown: dict[Key, list[float]] = defaultdict(list)
    came: dict[Key, dict[str, datetime]] = defaultdict(dict)
    for line in plan.manifest:
        if line.direction == "up" and line.mission_id in missions and line.delivered_utc is not None:
            key = line.destination, line.supply_class
            flown[key].append(days_between(missions[line.mission_id].launch_utc, line.delivered_utc))
            came[key][line.mission_id] = min(came[key].get(line.mission_id, line.delivered_utc), line.delivered_utc)
    leads = lead_times(plan, sourcing.consignments)
    found = {}
    for stock in plan.scenario.stock:
        key = stock.destination, stock.supply_class
        own = sorted(rows[key], key=lambda row: row.day_utc)
        if own:
            to = tuple(missions[name] for name in sorted(came[key]))
            flight = fmean(flown[key]) if flown[key] else 0.0
            arrivals = tuple(sorted(came[key].values()))
            found[key] = _Stock(stock, tuple(own), _use(stock, own), flight, leads.get(key, Lead()), to, arrivals)
    return found


def _use(stock: Stock, rows: Sequence[InventoryRow]) -> tuple[float, ...]:
    """Use of each day: what was there and came in, less what is left."""
    before = [stock.on_hand_kg, *(row.on_hand_kg for row in rows[:-1])]
    return tuple(max(0.0, last + row.inbound_kg - row.on_hand_kg) for last, row in zip(before, rows, strict=True))


def slip_spread_d(chances: Chances, missions: Iterable[PlannedMission]) -> float:
    """Standard deviation of slips on record, by reports 30 to 180 days ahead, at the factors of the missions' families [d]."""
    delays = [slip.delay_d for slip in chances.slips if SLIP_LEADS_D[0] <= slip.lead_d <= SLIP_LEADS_D[1] and not slip.struck]
    rows = [chances.row_for("slip", mission.launcher, mission.vehicle_type) for mission in missions]
    factors = [row.likely_value * row.mean_probability if row else 0.0 for row in rows]
    return pstdev(delays) * fmean(factors) if len(delays) > 1 and factors else 0.0


def _gaps(one: _Stock) -> tuple[int, float, float]:
    """Flights that bring the class in the horizon, mean days between them and their standard deviation.

    The horizon's ends count as deliveries: what is there at the start has come, and what comes after the end is not known.
    """
    start, end = one.rows[0].day_utc, one.rows[-1].day_utc + days(1.0)
    came = [at for at in one.arrivals if start < at < end]
    marks = [start, *came, end]
    gaps = [days_between(a, b) for a, b in pairwise(marks)]
    return len(came), fmean(gaps), pstdev(gaps)


def _plan_of(
    one: _Stock,
    plan: OperationsPlan,
    tables: SupplyTables,
    basis: tuple[Chances, float, Mapping[str, float], Tweak],
) -> StockPlan:
    chances, slip, lifts, tweak = basis
    stock, rows, horizon = one.stock, one.rows, len(one.rows)
    use, term = sum(one.use), tables.stock_term(one.stock.supply_class)
    count, gap, planned_spread = _gaps(one)
    spread = tweak.spread * _spread(rows)
    lost = fmean([loss_probability(chances, mission) for mission in one.missions]) if one.missions else 0.0
    mean = fmean([max(0.0, row.on_hand_kg) for row in rows])
    lowest = min(rows, key=lambda row: row.on_hand_kg)
    earth = tables.value_usd_per_kg(stock.supply_class, plan.scenario.suppliers)
    lift = lifts.get(stock.destination, 0.0)
    daily = use / horizon
    on_way = (one.lead.ground_d + one.lead.site_d) * tweak.lead + one.flight_d
    age, expired = _ages(one, on_way, term.shelf_life_d)
    return StockPlan(
        destination=stock.destination,
        supply_class=stock.supply_class,
        abc="C",
        xyz="X",
        use_kg_d=daily,
        use_kg=use,
        spread_kg_d=spread,
        month_spread=spread * math.sqrt(_MONTH_D) / (daily * _MONTH_D) if daily else 0.0,
        deliveries_count=count,
        gap_d=gap,
        gap_spread_d=max(planned_spread, min(math.hypot(planned_spread, math.sqrt(2.0) * slip), gap)),
        loss_probability=min(0.99, lost * tweak.loss),
        order_d=one.lead.order_d * tweak.lead,
        ground_d=one.lead.ground_d * tweak.lead,
        site_d=one.lead.site_d * tweak.lead,
        flight_d=one.flight_d,
        service=term.service_fraction,
        safety_kg=0.0,
        normal_kg=0.0,
        cycle_kg=daily * gap / 2.0,
        reserve_kg=stock.reserve_kg,
        reserve_d=stock.reserve_kg / daily if daily else None,
        mean_kg=mean,
        lowest_kg=lowest.on_hand_kg,
        lowest_utc=lowest.day_utc,
        lowest_p05_kg=min(row.p05_kg for row in rows),
        cover_d=mean / daily if daily else None,
        turnover=daily * _YEAR_D / mean if mean else None,
        advised_kg=stock.critical_kg,
        earth_usd_per_kg=earth,
        lift_usd_per_kg=lift,
        carrying_usd=mean * (earth + lift) * term.capital_fraction * tweak.capital,
        shelf_life_d=term.shelf_life_d,
        age_d=age,
        expired_kg=expired,
    )


def _spread(rows: Sequence[InventoryRow]) -> float:
    """Standard deviation of a day's use, from the 90 % band of the use since the start on the last day."""
    last = rows[-1]
    return (last.p95_kg - last.p05_kg) / (2.0 * _Z_90) / math.sqrt(len(rows))


def _ages(one: _Stock, on_way_d: float, shelf_life_d: float | None) -> tuple[float | None, float]:
    """Mean age of what is used, oldest first, and the mass that was too old [d, kg].

    What is there at the start counts as fresh then; what comes has been on the way since its dispatch.
    """
    lots = [(0.0, one.stock.on_hand_kg)]  # (day of dispatch, kg)
    used = aged = expired = 0.0
    for day, (row, wanted) in enumerate(zip(one.rows, one.use, strict=True)):
        if row.inbound_kg > 0.0:
            lots.append((day - on_way_d, row.inbound_kg))
        left = wanted
        while lots and left > 1e-9:
            born, kg = lots[0]
            part = min(kg, left)
            used, aged, left = used + part, aged + part * (day - born), left - part
            if shelf_life_d is not None and day - born > shelf_life_d:
                expired += part
            lots[0] = (born, kg - part)
            if lots[0][1] <= 1e-9:
                lots.pop(0)
    return (aged / used if used else None), expired


def _abc(rows: Sequence[StockPlan]) -> dict[Key, str]:
    """A, B and C by value used: what is carried up counts with its lift."""
    ranked = sorted(
        rows, key=lambda row: (-row.use_kg * (row.earth_usd_per_kg + row.lift_usd_per_kg), row.destination, row.supply_class)
    )
    whole = sum(row.use_kg * (row.earth_usd_per_kg + row.lift_usd_per_kg) for row in rows)
    found, before = {}, 0.0
    for row in ranked:
        share = before / whole if whole else 1.0
        found[row.destination, row.supply_class] = "A" if share < _A_SHARE else "B" if share < _B_SHARE else "C"
        before += row.use_kg * (row.earth_usd_per_kg + row.lift_usd_per_kg)
    return found


def supply_of(row: StockPlan) -> Supply:
    """What safety stock rests on."""
    return Supply(
        use_kg_d=row.use_kg_d,
        spread_kg_d=row.spread_kg_d,
        gap_d=row.gap_d,
        gap_spread_d=row.gap_spread_d,
        lead_d=row.order_d + row.ground_d + row.site_d + row.flight_d,
        loss_probability=row.loss_probability,
    )


def _served(row: StockPlan, abc: str, tweak: Tweak) -> StockPlan:
    supply = supply_of(row)
    service = row.service if tweak.service is None else tweak.service(row)
    safety = safety_kg(supply, service)
    return replace(
        row,
        abc=abc,
        xyz="X" if row.month_spread <= _X_SPREAD else "Y" if row.month_spread <= _Y_SPREAD else "Z",
        service=service,
        safety_kg=safety,
        normal_kg=normal_safety_kg(replace(supply, loss_probability=0.0), service),
        advised_kg=max(row.advised_kg, safety),
    )


def forecast_by_month(plan: OperationsPlan, stocks: Iterable[StockPlan], sourcing: Sourcing) -> tuple[MonthUse, ...]:
    """Use of each stock in each month with a 90 % band, what comes in, and what is left at its end."""
    known = _stocks(plan, sourcing)
    found = []
    for row in stocks:
        one = known[row.destination, row.supply_class]
        months: dict[datetime, list[int]] = defaultdict(list)
        for day, at in enumerate(one.rows):
            months[datetime(at.day_utc.year, at.day_utc.month, 1, tzinfo=UTC)].append(day)
        for month, numbers in sorted(months.items()):
            use = sum(one.use[n] for n in numbers)
            half = _Z_90 * row.spread_kg_d * math.sqrt(len(numbers))
            found.append(
                MonthUse(
                    destination=row.destination,
                    supply_class=row.supply_class,
                    month_utc=month,
                    use_kg=use,
                    low_kg=max(0.0, use - half),
                    high_kg=use + half,
                    inbound_kg=sum(one.rows[n].inbound_kg for n in numbers),
                    end_kg=one.rows[numbers[-1]].on_hand_kg,
                )
            )
    return tuple(found)
