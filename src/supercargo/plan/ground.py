"""Ways on the ground from suppliers to launch sites, and what travels together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from supercargo.kernel import Outcome, Status, days, days_between
from supercargo.model import GroundLeg, Scenario, Supplier, SupplyTables
from supercargo.model.supply import Consignment, GroundRoute, PolicyValue, Shipment
from supercargo.model.supply_terms import weakest
from supercargo.solve.lot_sizing import group_in_order

__all__ = ["HELD_MOST_D", "MOST_LEGS", "Shipping", "find_routes", "route_usd", "ship", "value_of_together"]

MOST_LEGS = 3
"""Legs of a way at most: two places of transfer."""

HELD_MOST_D = 120.0
"""Goods wait at a launch site so many days at most for those that travel with them."""

_BEST = 3
_SWING = 0.25
_YEAR_D = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """Shipments of all lanes, and what the same consignments cost if each mission's travelled alone."""

    shipments: tuple[Shipment, ...]
    alone_usd: float


def find_routes(scenario: Scenario, tables: SupplyTables, typical: Mapping[tuple[str, str], float]) -> tuple[GroundRoute, ...]:
    """Up to three ways for each (supplier, site) of `typical`, the cheapest first for its shipment [kg].

    Every way of at most three legs that passes no place twice is tried; cost is freight, vehicles, and capital bound on the
    way. Legs are those of ground_legs.csv, and of lanes.csv where that has no row for the same places and mode.
    """
    legs = _legs(scenario, tables)
    suppliers = {one.supplier: one for one in scenario.suppliers}
    found: list[GroundRoute] = []
    for (name, site), kg in sorted(typical.items()):
        ways = [
            _route(suppliers[name], site, way, kg, tables, scenario.suppliers)
            for way in _ways(legs, suppliers[name].place, site, ())
        ]
        ranked = sorted(ways, key=lambda way: (way.typical_usd, way.days_d, way.path))
        found += (_ranked(way, rank) for rank, way in enumerate(ranked[:_BEST], 1))
    return tuple(found)


def _legs(scenario: Scenario, tables: SupplyTables) -> Mapping[str, tuple[GroundLeg, ...]]:
    told = {(leg.from_place, leg.to_place, leg.mode): leg for leg in tables.ground_legs}
    for lane in scenario.lanes:
        told.setdefault(
            (lane.from_place, lane.to_place, lane.mode),
            GroundLeg(
                from_place=lane.from_place,
                to_place=lane.to_place,
                mode=lane.mode,
                transit_d=lane.transit_d,
                usd_per_kg=lane.usd_per_kg,
                usd_per_shipment=0.0,
                source="lanes.csv",
                as_of="",
                evidence="assumption",
            ),
        )
    found: dict[str, list[GroundLeg]] = defaultdict(list)
    for _, leg in sorted(told.items()):
        found[leg.from_place].append(leg)
    return {place: tuple(rows) for place, rows in found.items()}


def _ways(
    legs: Mapping[str, Sequence[GroundLeg]], at: str, site: str, way: tuple[GroundLeg, ...]
) -> Iterator[tuple[GroundLeg, ...]]:
    if at == site:
        yield way
        return
    if len(way) == MOST_LEGS:
        return
    passed = {leg.from_place for leg in way}
    for leg in legs.get(at, ()):
        if leg.to_place not in passed:
            yield from _ways(legs, leg.to_place, site, (*way, leg))


def _route(
    supplier: Supplier,
    site: str,
    way: Sequence[GroundLeg],
    kg: float,
    tables: SupplyTables,
    suppliers: Iterable[Supplier],
) -> GroundRoute:
    limits = [leg.shipment_kg for leg in way if leg.shipment_kg is not None]
    path = supplier.place + "".join(f" -{leg.mode}- {leg.to_place}" for leg in way)
    route = GroundRoute(
        supplier=supplier.supplier,
        site=site,
        rank=1,
        path=path,
        days_d=sum(leg.transit_d + leg.customs_d for leg in way),
        usd_per_kg=sum(leg.usd_per_kg for leg in way),
        usd_per_shipment=sum(leg.usd_per_shipment for leg in way),
        shipment_kg=min(limits, default=None),
        typical_kg=kg,
        typical_usd=0.0,
        evidence=weakest(leg.evidence for leg in way) if way else "assumption",
    )
    each = tuple(suppliers)
    bound = [tables.value_usd_per_kg(name, each) * tables.stock_term(name).capital_fraction for name in supplier.classes]
    capital = kg * route.days_d * sum(bound) / len(bound) / _YEAR_D if bound else 0.0
    return _ranked(route, 1, route_usd(route, kg) + capital)


def _ranked(route: GroundRoute, rank: int, usd: float | None = None) -> GroundRoute:
    return replace(route, rank=rank, typical_usd=route.typical_usd if usd is None else usd)


def route_usd(route: GroundRoute, kg: float) -> float:
    """Freight and vehicles of one shipment by a way [USD]; as many vehicles as its smallest leg makes necessary."""
    return kg * route.usd_per_kg + _vehicles(route, kg) * route.usd_per_shipment


def _vehicles(route: GroundRoute, kg: float) -> int:
    return max(1, math.ceil(kg / route.shipment_kg - 1e-9)) if route.shipment_kg else 1


def ship(
    scenario: Scenario, tables: SupplyTables, consignments: Iterable[Consignment], routes: Iterable[GroundRoute]
) -> Outcome[Shipping]:
    """Consignments of a supplier and a site that travel together: the cheapest cut of each lane's list in order of date.

    Going with an earlier one saves a vehicle and costs storage and capital until the own date. The cut is optimal among all
    that keep consignments whole and in order of date; the objective is the sum over all lanes [USD].
    """
    best = {(route.supplier, route.site): route for route in routes if route.rank == 1}
    lanes: dict[tuple[str, str], list[Consignment]] = defaultdict(list)
    for one in consignments:
        lanes[one.supplier, one.site].append(one)
    shipments: list[Shipment] = []
    total = alone = 0.0
    for lane, rows in sorted(lanes.items()):
        found, usd, apart = _grouped(best[lane], sorted(rows, key=_order), scenario, tables)
        shipments += found
        total, alone = total + usd, alone + apart
    return Outcome(Status.OPTIMAL, Shipping(shipments=tuple(shipments), alone_usd=alone), total, total)


def _order(one: Consignment) -> tuple[object, ...]:
    return one.dispatch_utc, one.mission_id, one.consignment_id


def _keeping(rows: Sequence[Consignment], scenario: Scenario, tables: SupplyTables) -> list[float]:
    """What a day at the site costs for each consignment [USD/d]."""
    found = []
    for one in rows:
        term = tables.stock_term(one.supply_class)
        value = tables.value_usd_per_kg(one.supply_class, scenario.suppliers)
        found.append(one.mass_kg * (term.storage_usd_per_kg_d + value * term.capital_fraction / _YEAR_D))
    return found


def _grouped(
    route: GroundRoute, rows: Sequence[Consignment], scenario: Scenario, tables: SupplyTables
) -> tuple[list[Shipment], float, float]:
    first = rows[0].dispatch_utc
    at = [days_between(first, one.dispatch_utc) for one in rows]
    daily = _keeping(rows, scenario, tables)

    def kept(start: int, stop: int) -> float:
        return sum(daily[k] * (at[k] - at[start]) for k in range(start, stop))

    def cost(start: int, stop: int) -> float:
        if at[stop - 1] - at[start] > HELD_MOST_D:
            return math.inf
        return route_usd(route, sum(one.mass_kg for one in rows[start:stop])) + kept(start, stop)

    total, runs = group_in_order(len(rows), cost)
    by_mission: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for k, one in enumerate(rows):
        by_mission[one.mission_id, one.late_load].append(k)
    apart = sum(route_usd(route, sum(rows[k].mass_kg for k in ks)) for ks in by_mission.values())
    return [_shipment(route, rows[a:b], n, kept(a, b)) for n, (a, b) in enumerate(runs, 1)], total, apart


def _shipment(route: GroundRoute, rows: Sequence[Consignment], number: int, keeping_usd: float) -> Shipment:
    kg = sum(one.mass_kg for one in rows)
    depart = rows[0].dispatch_utc
    word = "".join(part[0] for part in route.supplier.split() if part[0].isalnum()).upper()
    return Shipment(
        shipment_id=f"{word}-{route.site.replace(' ', '-')}-{number:02d}",
        supplier=route.supplier,
        site=route.site,
        path=route.path,
        depart_utc=depart,
        arrive_utc=depart + days(route.days_d),
        mass_kg=kg,
        vehicles_count=_vehicles(route, kg),
        missions=tuple(sorted({one.mission_id for one in rows})),
        consignments=tuple(one.consignment_id for one in rows),
        freight_usd=route_usd(route, kg),
        keeping_usd=keeping_usd,
        status=Status.OPTIMAL,
    )


def value_of_together(
    scenario: Scenario, tables: SupplyTables, consignments: Sequence[Consignment], routes: Sequence[GroundRoute]
) -> PolicyValue:
    """What travelling together saves against each mission's goods travelling alone, also with vehicles at 75 and 125 %."""

    def saving(factor: float) -> tuple[float, float]:
        priced = [replace(route, usd_per_shipment=route.usd_per_shipment * factor) for route in routes]
        outcome = ship(scenario, tables, consignments, priced)
        return (outcome.best.alone_usd if outcome.best else 0.0), outcome.objective

    (before, after), low, high = saving(1.0), saving(1.0 - _SWING), saving(1.0 + _SWING)
    return PolicyValue(
        policy="shipments together",
        basis="the cheapest cut of each lane's consignments in order of date, against one shipment for each mission",
        before_usd=before,
        after_usd=after,
        saving_usd=before - after,
        low_usd=min(low[0] - low[1], before - after),
        high_usd=max(high[0] - high[1], before - after),
        hinges_on="price of a vehicle, a quarter less or more",
        gives=f"goods wait up to {HELD_MOST_D:.0f} days at the site; one damaged shipment touches several missions",
        evidence=weakest(route.evidence for route in routes),
    )
