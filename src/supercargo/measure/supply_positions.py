"""Where goods lie between a supplier's gate and their use, and what a kilogram costs at each position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from supercargo.kernel import days_between
from supercargo.measure.supply_sources import lift_costs
from supercargo.model import OperationsPlan, SupplyTables
from supercargo.model.supply import POSITIONS, Position, Shipment, Sourcing, StockPlan

__all__ = ["positions_of"]

_YEAR_D = 365.0

_Add = Callable[[str, str, float, float, tuple[float, float]], None]


class _Sum:
    """Mass, mass x days, mass x value, and carrying cost of one position and place."""

    def __init__(self) -> None:
        self.kg = self.kg_d = self.usd = self.carrying = self.daily = 0.0

    def add(self, kg: float, stay_d: float, usd_per_kg: float, usd_per_kg_d: float) -> None:
        self.kg += kg
        self.kg_d += kg * stay_d
        self.usd += kg * usd_per_kg
        self.daily += kg * usd_per_kg_d
        self.carrying += kg * stay_d * usd_per_kg_d


def positions_of(
    plan: OperationsPlan,
    tables: SupplyTables,
    sourcing: Sourcing,
    shipments: Iterable[Shipment],
    stocks: Iterable[StockPlan],
) -> tuple[Position, ...]:
    """The four positions, first over all places and then place by place.

    Mean mass is kilogram-days over the horizon (Little's law). Value is what has been spent by then: the supplier's price,
    then freight, then the lift; a day costs capital on that value, and storage at a launch site.
    """
    sums: dict[tuple[str, str], _Sum] = defaultdict(_Sum)

    def add(position: str, place: str, kg: float, stay_d: float, value: tuple[float, float]) -> None:
        for where in (place, ""):
            sums[position, where].add(kg, stay_d, *value)

    freight = _on_the_ground(plan, tables, sourcing, shipments, add)
    _aboard(plan, tables, freight, add)
    horizon = float(plan.scenario.settings.horizon_days)
    for row in stocks:
        term = tables.stock_term(row.supply_class)
        value = row.earth_usd_per_kg + freight.get(row.supply_class, 0.0) + row.lift_usd_per_kg
        stay = row.mean_kg * horizon / row.use_kg if row.use_kg else 0.0
        add(POSITIONS[3], row.destination, row.use_kg, stay, (value, value * term.capital_fraction / _YEAR_D))
    places = sorted({place for _, place in sums})
    return tuple(_rows(sums, places, horizon))


def _rows(sums: Mapping[tuple[str, str], _Sum], places: list[str], horizon_d: float) -> Iterator[Position]:
    for place in places:
        for position in POSITIONS:
            total = sums.get((position, place), _Sum())
            if not total.kg and place:
                continue
            yield Position(
                position=position,
                destination=place,
                throughput_kg=total.kg,
                mean_d=total.kg_d / total.kg if total.kg else 0.0,
                mean_kg=total.kg_d / horizon_d if horizon_d else 0.0,
                usd_per_kg=total.usd / total.kg if total.kg else 0.0,
                carrying_usd_per_kg_d=total.daily / total.kg if total.kg else 0.0,
                carrying_usd=total.carrying,
            )


def _on_the_ground(
    plan: OperationsPlan, tables: SupplyTables, sourcing: Sourcing, shipments: Iterable[Shipment], add: _Add
) -> dict[str, float]:
    """Adds what is on the way and waits at a site; gives the freight of a kilogram of each class [USD]."""
    consignments = {one.consignment_id: one for one in sourcing.consignments}
    to = {mission.mission_id: mission.destination for mission in plan.missions}
    usd: dict[str, float] = defaultdict(float)
    mass: dict[str, float] = defaultdict(float)
    for shipment in shipments:
        each = shipment.freight_usd / shipment.mass_kg if shipment.mass_kg else 0.0
        for name in shipment.consignments:
            one = consignments[name]
            term = tables.stock_term(one.supply_class)
            gate = tables.value_usd_per_kg(one.supply_class, plan.scenario.suppliers)
            daily = term.capital_fraction / _YEAR_D
            place = to[one.mission_id]
            way = days_between(shipment.depart_utc, shipment.arrive_utc)
            wait = days_between(shipment.arrive_utc, one.launch_utc)
            add(POSITIONS[0], place, one.mass_kg, way, (gate, gate * daily))
            add(POSITIONS[1], place, one.mass_kg, wait, (gate + each, (gate + each) * daily + term.storage_usd_per_kg_d))
            usd[one.supply_class] += one.mass_kg * each
            mass[one.supply_class] += one.mass_kg
    return {name: usd[name] / mass[name] for name in usd if mass[name]}


def _aboard(plan: OperationsPlan, tables: SupplyTables, freight: Mapping[str, float], add: _Add) -> None:
    missions, lifts = {mission.mission_id: mission for mission in plan.missions}, lift_costs(plan)
    for row in plan.manifest:
        mission = missions.get(row.mission_id)
        if row.direction != "up" or mission is None or row.delivered_utc is None:
            continue
        gate = tables.value_usd_per_kg(row.supply_class, plan.scenario.suppliers)
        value = gate + freight.get(row.supply_class, 0.0) + lifts.get(row.destination, 0.0)
        stay = days_between(mission.launch_utc, row.delivered_utc)
        daily = value * tables.stock_term(row.supply_class).capital_fraction / _YEAR_D
        add(POSITIONS[2], row.destination, row.mass_kg, stay, (value, daily))
