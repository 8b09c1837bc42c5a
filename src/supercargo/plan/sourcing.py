"""Who supplies what: the split of each mission's cargo among suppliers that costs least under a policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from supercargo.kernel import Fuse, Outcome, ScenarioError, Status, days, never
from supercargo.model import GateTemplate, OperationsPlan, PlannedMission, Supplier, SupplyTables
from supercargo.model.supply import SOURCING_POLICIES, Consignment, GroundRoute, Sourcing, SourcingOption
from supercargo.plan.ground import find_routes
from supercargo.solve.integer import Effort, IntegerProgram, SparseRows, minimise, relax

__all__ = ["UNSOURCED_USD_PER_KG", "Cell", "cells_of", "source_supplies"]

UNSOURCED_USD_PER_KG = 100_000.0
"""Price at which the program leaves a kilogram without a supplier: above all that a supplier asks."""

EARLY_D = (0.0, 30.0)
"""Goods leave so many days before they have to: a month earlier where a supplier's month is full."""

NODES = 100
GAP = 2e-3
_YEAR_D = 365.0
_SMALL_KG = 1e-3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """Cargo of a class that a mission needs from outside: mass, and the date by which it is handed over at the site."""

    supply_class: str
    mission_id: str
    site: str
    late_load: bool
    mass_kg: float
    turnover_utc: datetime
    launch_utc: datetime


@dataclass(frozen=True, slots=True)
class _Offer:
    """A supplier for a cell by its cheapest way, with the USD of a kilogram by kind of cost."""

    cell: int
    supplier: Supplier
    route: GroundRoute
    order: tuple[str, str, tuple[int, int]]  # supplier, site, month of dispatch: one order
    leaves_utc: datetime
    price: float
    freight: float
    late: float


def cells_of(plan: OperationsPlan) -> tuple[Cell, ...]:
    """What the plan carries up, by class, mission and whether it is loaded late, with the date of its turnover.

    Turnover is the earlier of the gate `turnover` that holds for the mission and its spacecraft's cut-off for cargo; late
    loads are handed over at the cut-off for late loads.
    """
    scenario = plan.scenario
    missions = {mission.mission_id: mission for mission in plan.missions}
    mass: dict[tuple[str, str, bool], float] = defaultdict(float)
    for row in plan.manifest:
        if row.direction == "up" and row.mission_id in missions:
            line = scenario.lines.get(row.item_id) or scenario.lines.get(row.item_id.rpartition("#")[0])
            mass[row.supply_class, row.mission_id, bool(line and line.late_load)] += row.mass_kg
    found = []
    for (supply_class, mission_id, late), kg in sorted(mass.items()):
        mission = missions[mission_id]
        before = _turnover_d(plan, mission, late)
        found.append(
            Cell(supply_class, mission_id, mission.site, late, kg, mission.launch_utc - days(before), mission.launch_utc)
        )
    return tuple(found)


def _turnover_d(plan: OperationsPlan, mission: PlannedMission, late: bool) -> float:
    vehicle = plan.scenario.vehicle_types.get(mission.vehicle_type)
    if late:
        return vehicle.late_cutoff_d if vehicle else 0.0
    gates = [gate.before_launch_d for gate in plan.scenario.gates if gate.gate == "turnover" and _holds(gate, mission)]
    return max([vehicle.cargo_cutoff_d if vehicle else 0.0, *gates])


def _holds(gate: GateTemplate, mission: PlannedMission) -> bool:
    for_type = not gate.vehicle_types or mission.vehicle_type in gate.vehicle_types
    return for_type and (not gate.destinations or mission.destination in gate.destinations)


def source_supplies(
    plan: OperationsPlan, tables: SupplyTables, *, policy: str = "", most_share: float = 0.7, fuse: Fuse = never
) -> Sourcing:
    """The cost of each policy of sourcing, and the consignments of the one that is wanted, or else advised.

    `most_share`: with two sources, the share of a class that one supplier has at most. The program splits each cell among the
    suppliers of its class, within what they dispatch in a month; an order for a site and month costs once. What no supplier
    has room for stays unsourced. Raises ScenarioError for a policy that is not known or a share outside [0.5, 1].
    """
    if policy and policy not in SOURCING_POLICIES:
        fix = f"use one of: {', '.join(SOURCING_POLICIES)}"
        raise ScenarioError(f"there is no sourcing policy {policy[:40]!r}", fix=fix, where="sourcing")
    if not 0.5 <= most_share <= 1.0:
        raise ScenarioError(f"a share of {most_share:g} can't be kept by two suppliers", fix="give 0.5 to 1", where="sourcing")
    cells = cells_of(plan)
    routes = find_routes(plan.scenario, tables, _typical(plan, cells))
    offers = _offers(plan, tables, cells, routes)
    answers = {name: _solve(name, cells, offers, tables, most_share, fuse) for name in SOURCING_POLICIES}
    options = tuple(_option(name, answers[name], cells, offers, (tables, most_share)) for name in SOURCING_POLICIES)
    advised = min(options, key=lambda one: (round(one.unsourced_kg), one.cost_usd + one.risk_usd)).policy
    best = answers[policy or advised].best
    split = np.zeros(len(offers)) if best is None else best[: len(offers)]
    return Sourcing(
        options=options,
        policy=policy or advised,
        advised=advised,
        most_share=most_share,
        consignments=tuple(_consignments(plan, tables, cells, offers, split)),
        routes=routes,
    )


def _typical(plan: OperationsPlan, cells: Sequence[Cell]) -> dict[tuple[str, str], float]:
    """Mean mass of a mission's cargo that a supplier could deliver to a site, for each pair that has some [kg]."""
    found: dict[tuple[str, str], float] = {}
    for supplier in plan.scenario.suppliers:
        for site in sorted({cell.site for cell in cells}):
            own = [cell for cell in cells if cell.site == site and cell.supply_class in supplier.classes]
            if own:
                found[supplier.supplier, site] = sum(cell.mass_kg for cell in own) / len({cell.mission_id for cell in own})
    return found


def _offers(
    plan: OperationsPlan, tables: SupplyTables, cells: Sequence[Cell], routes: Sequence[GroundRoute]
) -> tuple[_Offer, ...]:
    best = {(route.supplier, route.site): route for route in routes if route.rank == 1}
    suppliers = sorted(plan.scenario.suppliers, key=lambda one: one.supplier)
    found = []
    for number, cell in enumerate(cells):
        stock = tables.stock_term(cell.supply_class)
        bound = tables.value_usd_per_kg(cell.supply_class, suppliers) * stock.capital_fraction / _YEAR_D
        for supplier in suppliers:
            route = best.get((supplier.supplier, cell.site))
            if route is None or cell.supply_class not in supplier.classes:
                continue
            term = tables.supplier_term(supplier.supplier)
            late = (1.0 - term.on_time_fraction) * term.late_usd_per_kg + bound * term.late_d
            for early_d in EARLY_D if term.capacity_kg_month is not None else EARLY_D[:1]:
                leaves = cell.turnover_utc - days(route.days_d + early_d)
                found.append(
                    _Offer(
                        cell=number,
                        supplier=supplier,
                        route=route,
                        order=(supplier.supplier, cell.site, (leaves.year, leaves.month)),
                        leaves_utc=leaves,
                        price=supplier.usd_per_kg if stock.bought else 0.0,
                        freight=route.usd_per_kg + bound * route.days_d,
                        late=late + early_d * (bound + stock.storage_usd_per_kg_d),
                    )
                )
    return tuple(found)


def _solve(
    policy: str, cells: Sequence[Cell], offers: Sequence[_Offer], tables: SupplyTables, most_share: float, fuse: Fuse
) -> Outcome[Floats]:
    """Columns: kilograms of each offer, then whether an order is placed, then, with one source, whose a class is."""
    orders = sorted({offer.order for offer in offers})
    pairs = sorted({(cells[o.cell].supply_class, o.supplier.supplier) for o in offers}) if policy == "one source" else []
    order_at = {order: len(offers) + n for n, order in enumerate(orders)}
    pair_at = {pair: len(offers) + len(orders) + n for n, pair in enumerate(pairs)}
    rows = _Rows()
    _meet(rows, cells, offers)
    _place(rows, cells, offers, order_at)
    _hold(rows, offers, tables)
    if policy == "two sources":
        _share(rows, cells, offers, most_share)
    _one(rows, cells, offers, pair_at)
    total = len(offers) + len(orders) + len(pairs)
    way = {offer.order: offer.route for offer in offers}
    order_usd = [tables.supplier_term(order[0]).order_usd + way[order].usd_per_shipment for order in orders]
    cost = np.array([*(o.price + o.freight + o.late for o in offers), *order_usd, *(0.0 for _ in pairs)])
    upper = np.array([*(cells[o.cell].mass_kg for o in offers), *(1.0 for _ in range(len(orders) + len(pairs)))])
    program = rows.program(cost, upper, np.arange(total) >= len(offers))
    effort = Effort(nodes=NODES, gap=GAP, fuse=fuse)
    return _with_one(program, pair_at, effort) if pair_at else minimise(program, effort)


def _with_one(program: IntegerProgram, pair_at: Mapping[tuple[str, str], int], effort: Effort) -> Outcome[Floats]:
    """From the suppliers that the relaxation favours, the change of one class that saves most, until none does.

    Choices are compared by their relaxations; the relaxation of the whole is the bound.
    """
    relaxed = relax(program)
    if relaxed is None:
        return minimise(program, effort)
    of_class: dict[str, list[int]] = defaultdict(list)
    for (supply_class, _), column in sorted(pair_at.items()):
        of_class[supply_class].append(column)
    chosen = {name: max(columns, key=lambda at: (relaxed.values[at], -at)) for name, columns in of_class.items()}

    def fixed(choice: Mapping[str, int]) -> IntegerProgram:
        upper, lower = program.upper.copy(), program.lower.copy()
        upper[list(pair_at.values())] = 0.0
        upper[list(choice.values())] = 1.0
        lower[list(choice.values())] = 1.0
        return replace(program, upper=upper, lower=lower)

    def least(choice: Mapping[str, int]) -> float:
        answer = relax(fixed(choice))
        return answer.objective if answer is not None else float("inf")

    cost = least(chosen)
    while True:
        changes = [{**chosen, name: at} for name, columns in of_class.items() for at in columns if at != chosen[name]]
        tried = min(((least(change), n) for n, change in enumerate(changes)), default=(cost, 0))
        if tried[0] >= cost * (1.0 - 1e-6):
            break
        cost, chosen = tried[0], changes[tried[1]]
    found = minimise(fixed(chosen), effort)
    bound = min(relaxed.objective, found.objective)
    return Outcome(Status.FEASIBLE if found.best is not None else found.status, found.best, found.objective, bound)


class _Rows:
    """Rows of a program as they are gathered."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.price: list[float] = []

    def add(self, entries: Sequence[tuple[int, float]], lower: float, upper: float, price: float = np.inf) -> None:
        self.entries += [(len(self.lower), column, value) for column, value in entries]
        self.lower.append(lower)
        self.upper.append(upper)
        self.price.append(price)

    def program(self, cost: Floats, upper: Floats, integral: npt.NDArray[np.bool_]) -> IntegerProgram:
        rows, columns, values = (np.array(part) for part in zip(*self.entries, strict=True)) if self.entries else ([], [], [])
        return IntegerProgram(
            cost=cost,
            lower=np.zeros(len(cost)),
            upper=upper,
            integral=integral,
            rows=SparseRows.of_entries(
                np.asarray(rows, dtype=np.int64),
                np.asarray(columns, dtype=np.int64),
                np.asarray(values, dtype=np.float64),
                len(self.lower),
            ),
            row_lower=np.array(self.lower, dtype=np.float64),
            row_upper=np.array(self.upper, dtype=np.float64),
            row_price=np.array(self.price, dtype=np.float64),
        )


def _meet(rows: _Rows, cells: Sequence[Cell], offers: Sequence[_Offer]) -> None:
    of_cell: dict[int, list[int]] = defaultdict(list)
    for column, offer in enumerate(offers):
        of_cell[offer.cell].append(column)
    for number, columns in sorted(of_cell.items()):
        kg = cells[number].mass_kg
        rows.add([(column, 1.0) for column in columns], kg, kg, UNSOURCED_USD_PER_KG)


def _place(
    rows: _Rows, cells: Sequence[Cell], offers: Sequence[_Offer], order_at: Mapping[tuple[str, str, tuple[int, int]], int]
) -> None:
    for column, offer in enumerate(offers):
        rows.add([(column, 1.0), (order_at[offer.order], -cells[offer.cell].mass_kg)], -np.inf, 0.0)


def _hold(rows: _Rows, offers: Sequence[_Offer], tables: SupplyTables) -> None:
    months: dict[tuple[str, tuple[int, int]], list[int]] = defaultdict(list)
    for column, offer in enumerate(offers):
        months[offer.supplier.supplier, offer.order[2]].append(column)
    for (supplier, _), columns in sorted(months.items()):
        most = tables.supplier_term(supplier).capacity_kg_month
        if most is not None:
            rows.add([(column, 1.0) for column in columns], -np.inf, most)


def _share(rows: _Rows, cells: Sequence[Cell], offers: Sequence[_Offer], most_share: float) -> None:
    """No supplier has more than its share of a class that two can deliver."""
    own: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for column, offer in enumerate(offers):
        own[cells[offer.cell].supply_class][offer.supplier.supplier].append(column)
    for supply_class, by_supplier in sorted(own.items()):
        whole = sum(cell.mass_kg for cell in cells if cell.supply_class == supply_class)
        if len(by_supplier) > 1:
            for _, columns in sorted(by_supplier.items()):
                rows.add([(column, 1.0) for column in columns], -np.inf, most_share * whole)


def _one(rows: _Rows, cells: Sequence[Cell], offers: Sequence[_Offer], pair_at: Mapping[tuple[str, str], int]) -> None:
    """A class is one supplier's alone."""
    if not pair_at:
        return
    own: dict[tuple[str, str], list[int]] = defaultdict(list)
    for column, offer in enumerate(offers):
        own[cells[offer.cell].supply_class, offer.supplier.supplier].append(column)
    for pair, columns in sorted(own.items()):
        whole = sum(cell.mass_kg for cell in cells if cell.supply_class == pair[0])
        rows.add([*((column, 1.0) for column in columns), (pair_at[pair], -whole)], -np.inf, 0.0)
    for supply_class in sorted({pair[0] for pair in pair_at}):
        rows.add([(at, 1.0) for pair, at in pair_at.items() if pair[0] == supply_class], -np.inf, 1.0)


def _option(
    policy: str, outcome: Outcome[Floats], cells: Sequence[Cell], offers: Sequence[_Offer], terms: tuple[SupplyTables, float]
) -> SourcingOption:
    tables, most_share = terms
    split = np.zeros(len(offers)) if outcome.best is None else outcome.best[: len(offers)]
    taken = [(offer, float(kg)) for offer, kg in zip(offers, split, strict=True) if kg > _SMALL_KG]
    orders = {offer.order: offer.route for offer, _ in taken}
    mass = sum(kg for _, kg in taken)
    of_supplier: dict[str, float] = defaultdict(float)
    of_class: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for offer, kg in taken:
        of_supplier[offer.supplier.supplier] += kg
        of_class[cells[offer.cell].supply_class][offer.supplier.supplier] += kg
    punctual = sum(kg * tables.supplier_term(offer.supplier.supplier).on_time_fraction for offer, kg in taken)
    exposed = sum(
        sum(own.values()) for own in of_class.values() if max(own.values()) > (most_share + 1e-6) * sum(own.values())
    )
    offered = {offer.cell for offer in offers}

    def percent(part: float) -> float:
        return min(100.0, 100.0 * part / mass) if mass else 0.0

    return SourcingOption(
        policy=policy,
        status=outcome.status,
        objective_usd=outcome.objective,
        bound_usd=min(outcome.bound, outcome.objective),
        purchase_usd=sum(kg * offer.price for offer, kg in taken),
        freight_usd=sum(kg * offer.freight for offer, kg in taken) + sum(way.usd_per_shipment for way in orders.values()),
        orders_usd=sum(tables.supplier_term(order[0]).order_usd for order in orders),
        late_usd=sum(kg * offer.late for offer, kg in taken),
        orders_count=len(orders),
        on_time_percent=percent(punctual),
        largest_percent=percent(max(of_supplier.values(), default=0.0)),
        exposed_percent=percent(exposed),
        risk_usd=_risk_usd(of_class, offers, cells, tables),
        unsourced_kg=max(0.0, sum(cells[number].mass_kg for number in offered) - mass),
    )


def _risk_usd(
    of_class: Mapping[str, Mapping[str, float]], offers: Sequence[_Offer], cells: Sequence[Cell], tables: SupplyTables
) -> float:
    """Expected cost of suppliers that stop: what comes late until another supplier's lead time is over, at most a year."""
    leads: dict[str, dict[str, float]] = defaultdict(dict)
    for offer in offers:
        leads[cells[offer.cell].supply_class][offer.supplier.supplier] = offer.supplier.lead_time_d
    total = 0.0
    for supply_class, own in of_class.items():
        for name, kg in own.items():
            term = tables.supplier_term(name)
            others = [lead for other, lead in leads[supply_class].items() if other != name]
            share = min(1.0, min(others, default=_YEAR_D) / _YEAR_D)
            total += term.stop_probability * kg * share * term.late_usd_per_kg
    return total


def _consignments(
    plan: OperationsPlan, tables: SupplyTables, cells: Sequence[Cell], offers: Sequence[_Offer], split: Floats
) -> list[Consignment]:
    known = plan.scenario.settings.as_of_utc
    found: list[Consignment] = []
    for offer, value in zip(offers, split, strict=True):
        kg = float(value)
        if kg <= _SMALL_KG:
            continue
        cell, term = cells[offer.cell], tables.supplier_term(offer.supplier.supplier)
        leaves, word = offer.leaves_utc, cell.supply_class + ("-late" if cell.late_load else "")
        ordered = leaves - days(offer.supplier.lead_time_d + term.late_d)
        found.append(
            Consignment(
                consignment_id=f"{cell.mission_id}-{word}-{len(found) + 1:04d}",
                mission_id=cell.mission_id,
                supply_class=cell.supply_class,
                late_load=cell.late_load,
                supplier=offer.supplier.supplier,
                site=cell.site,
                mass_kg=kg,
                usd=kg * offer.price,
                order_utc=ordered,
                dispatch_utc=leaves,
                turnover_utc=cell.turnover_utc,
                launch_utc=cell.launch_utc,
                state="under way" if leaves < known else "on order" if ordered < known else "open",
            )
        )
    return found
