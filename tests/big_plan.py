"""A made-up plan of the size of a real year: consistent enough to be drawn and measured, not meant to pass the referee."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

from supercargo.kernel import Status, days
from supercargo.model import (
    Activity,
    CargoLine,
    CostRow,
    Customer,
    InventoryRow,
    ManifestRow,
    MissionBay,
    OperationsPlan,
    Placement,
    PlannedMission,
    Port,
    Scenario,
    StageReport,
    Unflown,
)
from tests import builders
from tests.builders import FACT, a_line, a_mission, a_scenario, on_day

PLACES = ("Hub", "Haven", "Starport", "Gateway", "Foundry", "Depot")
CLASSES = ("food", "water", "oxygen", "spares", "science", "clothing")
BAG = (0.502, 0.425, 0.248)


def a_big_scenario(missions: int, lines: int) -> Scenario:
    """Places with two ports each, missions spread evenly over places and year, lines over missions."""
    base = a_scenario()
    hub = base.destinations[0]
    customers = tuple(Customer(customer=f"CUST{n:02d}", name=f"Customer {n}", kind="company") for n in range(20))
    cargo = tuple(_line(n) for n in range(lines))
    return replace(
        base,
        missions=tuple(
            a_mission(mission_id=f"M{n:02d}", destination=PLACES[n % 6], earliest_utc=on_day(7 * n % 340))
            for n in range(missions)
        ),
        cargo=cargo,
        customers=(*base.customers, *customers),
        destinations=tuple(
            replace(hub, destination=name, market_kg=90_000.0 if n < 3 else None) for n, name in enumerate(PLACES)
        ),
        ports=tuple(
            Port(destination=name, port=port, docking_system=("IDSS",), **FACT) for name in PLACES for port in ("fore", "aft")
        ),
        digest="0" * 64,
    )


def _line(n: int) -> CargoLine:
    direction = ("up", "up", "up", "up", "down", "disposal")[n % 6]
    return a_line(
        item_id=f"L{n:04d}",
        customer=f"CUST{n % 20:02d}",
        destination=PLACES[(n // 6) % 6],
        direction=direction,
        supply_class=CLASSES[n % 5],
        pieces=1 + n % 4,
        mass_kg=8.0 * (1 + n % 4),
        dx_m=BAG[0],
        dy_m=BAG[1],
        dz_m=BAG[2],
        late_load=n % 17 == 0,
        priority=1 + n % 5,
        due_utc=on_day(30 + n * 37 % 400) if n % 7 else None,
        must=n % 50 == 0,
    )


def _planned(scenario: Scenario, n: int) -> PlannedMission:
    request = scenario.missions[n]
    launch = on_day(20 + 6.9 * n)
    return PlannedMission(
        mission_id=request.mission_id, vehicle_id=f"W{1 + n % 2}", vehicle_type="Wren", launcher="Lark", site="Cape", pad="P1",
        facility_id="Cape-PPF", destination=request.destination, port=("fore", "aft")[n // 6 % 2], launch_utc=launch,
        arrive_utc=launch + days(1), depart_utc=launch + days(41), end_utc=launch + days(41.5), upmass_kg=600.0 + 8 * n,
        upmass_capacity_kg=1000.0, upvolume_m3=4.0, upvolume_capacity_m3=5.76, late_load_kg=min(100.0, 3.0 * n),
        late_load_capacity_kg=100.0, downmass_kg=200.0, disposal_kg=300.0, delta_v_m_s=260.0, propellant_kg=420.0,
        cost_usd=115e6, service_cost_usd=20e6, price_usd=30e6, furnished_by="ACME" if n % 3 else "",
    )  # fmt: skip


def _activities(mission: PlannedMission) -> list[Activity]:
    launch, (arrive, depart) = mission.launch_utc, mission.docked_utc
    dock = f"{mission.destination}/{mission.port}"
    rows: list[tuple[str, str, float, Any, Any]] = [
        ("processing", "Cape-PPF", 1, launch - days(23), launch - days(3)),
        ("pad", "Cape/P1", 1, launch - days(3), launch),
        ("launch", "Lark", 1, launch, launch),
        ("phasing", mission.vehicle_id, 1, launch, arrive),
        ("dock", dock, 1, arrive, depart),
        ("unload", mission.destination, 8, arrive + days(0.5), arrive + days(5.5)),
        ("load", mission.destination, 8, depart - days(3.5), depart - days(0.5)),
        ("undock", dock, 1, depart, depart),
        ("return", mission.vehicle_id, 1, depart, mission.end_utc),
    ]
    return [
        Activity(activity_id=f"{mission.mission_id}-{kind}", mission_id=mission.mission_id, kind=kind, resource_id=resource,
                 units=units, start_utc=start, end_utc=end)
        for kind, resource, units, start, end in rows
    ]  # fmt: skip


def _row(line: CargoLine, mission: PlannedMission | None) -> ManifestRow:
    delivered = None
    if mission is not None:
        delivered = mission.docked_utc[0] + days(2) if line.direction == "up" else mission.end_utc
    on_time = None if line.due_utc is None else delivered is not None and delivered <= line.due_utc
    return ManifestRow(
        item_id=line.item_id, direction=line.direction, form=line.form, mission_id=mission.mission_id if mission else "",
        mass_kg=line.mass_kg, volume_m3=line.volume_m3, customer=line.customer, due_utc=line.due_utc, delivered_utc=delivered,
        on_time=on_time, reason="" if mission else f"all {2 + len(line.item_id) % 3} flights it could take are full (mass)",
        pieces=line.pieces, destination=line.destination, supply_class=line.supply_class, contract_id=line.contract_id,
    )  # fmt: skip


def _placements(mission: PlannedMission, lines: list[CargoLine], bays: tuple[MissionBay, ...]) -> list[Placement]:
    """Layers of equal bags from the floor of each pressurised bay up."""
    spots = []
    for bay in bays:
        if bay.pressurised:
            nx, ny, nz = (math.floor(side / size) for side, size in zip((bay.dx_m, bay.dy_m, bay.dz_m), BAG, strict=True))
            spots += [(bay.bay, i, j, k) for k in range(nz) for j in range(ny) for i in range(nx)]
    pieces = [(line, piece) for line in lines for piece in range(1, round(line.pieces) + 1)]
    return [
        Placement(mission_id=mission.mission_id, item_id=line.item_id, piece=piece, bay=bay, x_m=i * BAG[0], y_m=j * BAG[1],
                  z_m=k * BAG[2], dx_m=BAG[0], dy_m=BAG[1], dz_m=BAG[2], mass_kg=8.0, unload_order=order)
        for order, ((line, piece), (bay, i, j, k)) in enumerate(zip(pieces, spots, strict=False), start=1)
    ]  # fmt: skip


def _inventory(scenario: Scenario) -> list[InventoryRow]:
    rows = []
    for p, place in enumerate(PLACES):
        for c, supply_class in enumerate(CLASSES):
            on_hand_kg = 400.0 + 60 * c
            for day in range(365):
                inbound_kg = 420.0 if (day + 11 * p + 7 * c) % 60 == 0 else 0.0
                on_hand_kg += inbound_kg - (7.2 if (p, c) == (1, 2) else 6.0)
                spread_kg = 0.9 * math.sqrt(day + 1) * 3
                rows.append(
                    InventoryRow(destination=place, supply_class=supply_class, day_utc=on_day(day), on_hand_kg=on_hand_kg,
                                 p05_kg=on_hand_kg - spread_kg, p95_kg=on_hand_kg + spread_kg, reserve_kg=150.0,
                                 inbound_kg=inbound_kg)
                )  # fmt: skip
    return rows


def _costs(missions: list[PlannedMission]) -> list[CostRow]:
    amounts = (
        ("launch", "deliver", 60e6), ("spacecraft", "deliver", 50e6), ("mission control", "deliver", 0.8e6),
        ("cargo processing", "make", 4.2e6), ("insurance", "enable", 1.1e6), ("revenue:up", "deliver", 29e6),
        ("revenue:down", "return", 2e6), ("revenue:penalty", "deliver", -1e6),
    )  # fmt: skip
    return [
        CostRow(mission_id=mission.mission_id, customer=f"CUST{n % 20:02d}", destination=mission.destination, account=account,
                scor_process=process, plan_usd=usd, basis="made up",
                paid_by=mission.furnished_by if mission.furnished_by and account in ("launch", "spacecraft") else "service")
        for n, mission in enumerate(missions)
        for account, process, usd in amounts
    ]  # fmt: skip


def a_big_plan(missions: int = 48, lines: int = 5000, seed: int = 1) -> OperationsPlan:
    """A year of `missions` flights and `lines` cargo lines; the last mission stays on the ground."""
    rng = random.Random(seed)
    scenario = a_big_scenario(missions, lines)
    flown = [_planned(scenario, n) for n in range(missions - 1)]
    of_place: dict[str, list[PlannedMission]] = {place: [] for place in PLACES}
    for mission in flown:
        of_place[mission.destination].append(mission)
    aboard: dict[str, list[CargoLine]] = {mission.mission_id: [] for mission in flown}
    rows = []
    for line in scenario.cargo:
        chances = of_place[line.destination]
        chosen = rng.choice(chances) if chances and rng.random() > 0.06 else None
        rows.append(_row(line, chosen))
        if chosen is not None and line.direction == "up":
            aboard[chosen.mission_id].append(line)
    bays = {mission.mission_id: _bays(mission) for mission in flown}
    return OperationsPlan(
        scenario=scenario,
        windows=(),
        missions=tuple(flown),
        activities=tuple(activity for mission in flown for activity in _activities(mission)),
        manifest=tuple(rows),
        stowage=tuple(
            box for one in flown for box in _placements(one, aboard[one.mission_id], bays[one.mission_id])
        ),
        bays=tuple(bay for mission in flown for bay in bays[mission.mission_id]),
        inventory=tuple(_inventory(scenario)),
        costs=tuple(_costs(flown)),
        unflown=(Unflown(mission_id=scenario.missions[-1].mission_id, reason="no port in service takes IDSS"),),
        stages=(
            StageReport(stage="schedule", status=Status.FEASIBLE, objective=1.21e8, bound=1.19e8, gap=0.0165, unit="USD"),
            StageReport(stage="manifest", status=Status.OPTIMAL, objective=-1.9e9, bound=-1.9e9, gap=0.0, unit="USD"),
        ),
        seed=seed,
    )  # fmt: skip


def _bays(mission: PlannedMission) -> tuple[MissionBay, ...]:
    names = ("bay", "x0_m", "y0_m", "z0_m", "dx_m", "dy_m", "dz_m", "max_mass_kg", "pressurised", "cg_x_min_m", "cg_x_max_m",
             "cg_y_min_m", "cg_y_max_m", "cg_z_min_m", "cg_z_max_m")  # fmt: skip
    base = builders.a_scenario().bays
    return tuple(MissionBay(mission_id=mission.mission_id, **{name: getattr(bay, name) for name in names}) for bay in base)
