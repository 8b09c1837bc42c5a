"""A small valid plan made by hand, in the plainest way, so that a test can spoil one thing in it.

`a_plan()` is the plan; `small_scenario()` what it plans: three flights to a station, one to a lunar gateway.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from supercargo.kernel import as_written, days
from supercargo.model import (
    ACTIVITY_KINDS,
    Activity,
    Blackout,
    CargoLine,
    Contract,
    CostRow,
    CrewStay,
    Customer,
    Demand,
    InventoryRow,
    Kpi,
    LaunchEnergy,
    LaunchWindow,
    ManifestRow,
    MissionBay,
    OperationsPlan,
    Placement,
    PlannedMission,
    Port,
    Price,
    Scenario,
    Spare,
    Stock,
    Term,
    TransferWindow,
)
from supercargo.plan.windows import find_windows
from tests.builders import FACT, START, a_bay, a_line, a_mission, a_scenario, a_vehicle, on_day

# line or part -> mission; what is not named stays behind
FLOWN = {
    "F1": "M1", "W1#1": "M1", "U1": "M1", "L1": "M1", "H1": "M1", "X0": "M1", "X1": "M1", "X2": "M1", "X3": "M1", "B1": "M1",
    "D1": "M1", "D2": "M1", "T1": "M1",
    "W1#2": "M2", "H2": "M2", "X4": "M2", "X5": "M2", "X6": "M2", "X7": "M2", "X8": "M2", "X9": "M2", "X10": "M2", "B2": "M2",
    "P1": "M2", "L2": "M2", "D3": "M2", "F2": "M2",
    "X11": "M3", "X12": "M3", "X13": "M3", "X14": "M3", "F3": "M3", "U2": "M3", "T2": "M3",
    "G1": "M4", "G2": "M4",
}  # fmt: skip
BULK_PARTS = {"W1#1": 200.0, "W1#2": 60.0}
# 32.6 revolutions from 221 km to a station at 416.7 km (15.5 revolutions a day), half-way up in the cruise; desk calculator:
# 2.5 of 5335.1 s, half of 5394.5, 29.1 of 5454.2, half of 5514.1, ascent of 528 s and approach of 2700 s
WAY_UP_S = 180_737
# from 200 km straight up to it 62.82 and 62.32 m/s, less 12.38 that the launcher gave; 3 for spread, 2.69 plane, 15 approach
WAY_UP_M_S = 62.82 + 62.32 - 12.38 + 3.0 + 2.69 + 15.0
TAILS = {"M1": "W1", "M2": "W2", "M3": "W1", "M4": "W2"}
PORTS = {"M1": "fore", "M2": "aft", "M3": "fore", "M4": "dock"}


def small_scenario() -> Scenario:
    """The builders' scenario with a second customer, a second place and one of each kind of cargo."""
    base = a_scenario()
    hub = base.destinations[0]
    gate = replace(
        hub, destination="Gate", body="Moon", kind="gateway", window_kind="catalogue", delta_v_m_s=400.0, handling_h_d=6.0
    )
    tall = [replace(bay, y0_m=-1.0, dy_m=2.0, dz_m=2.1) if bay.pressurised else bay for bay in base.bays]
    bays = [replace(bay, cg_z_min_m=-1.5, cg_z_max_m=2.0) for bay in tall]
    more = (
        a_line(item_id="B1", customer="BETA", contract_id="C2", mass_kg=40.0, declared_usd=5e5),
        a_line(item_id="B2", customer="BETA", contract_id="C2", mass_kg=36.0, due_utc=on_day(130)),
        a_line(item_id="D2", direction="down", hazard="flammable", release_utc=on_day(5), due_utc=on_day(50)),
        a_line(item_id="D3", direction="down", hazard="oxidiser", release_utc=on_day(60), due_utc=on_day(200)),
        a_line(item_id="F2", mass_kg=100.0, pieces=5, due_utc=on_day(130), must=True),
        a_line(item_id="F3", mass_kg=160.0, pieces=6, due_utc=None),
        a_line(item_id="G1", destination="Gate", mass_kg=50.0, due_utc=on_day(300)),
        a_line(item_id="G2", destination="Gate", mass_kg=20.0, pieces=1, orientation="fixed", due_utc=on_day(310)),
        a_line(item_id="L2", late_load=True, pieces=1, mass_kg=12.0, release_utc=on_day(70), due_utc=on_day(140)),
        a_line(item_id="P1", power_w=80.0, pieces=2, mass_kg=20.0, due_utc=on_day(140)),
        a_line(item_id="T2", direction="disposal", mass_kg=60.0, release_utc=on_day(150), due_utc=None),
        a_line(item_id="U2", form="unpressurised", pieces=2, mass_kg=90.0, dx_m=0.5, dy_m=0.6, dz_m=0.4, due_utc=on_day(260)),
        a_line(item_id="Z1", hazard="flammable", release_utc=on_day(360), due_utc=on_day(364)),
        a_line(item_id="Z2", release_utc=on_day(5), due_utc=None, mass_kg=900.0, pieces=2),
    )
    return replace(
        base,
        destinations=(hub, gate),
        missions=(
            base.missions[0],
            replace(base.missions[1], furnished_by="BETA", must=True),
            base.missions[2],
            a_mission(mission_id="M4", destination="Gate", earliest_utc=on_day(240), latest_utc=on_day(270), contract_id="C2"),
        ),
        cargo=base.cargo + more,
        customers=(*base.customers, Customer(customer="BETA", name="Beta Space Agency", kind="agency")),
        contracts=(
            *base.contracts,
            Contract(contract_id="C2", customer="BETA", from_utc=START, to_utc=on_day(365), price_basis="service"),
        ),
        terms=(*base.terms, Term(contract_id="C2", term="milestone", value=2.5e6, unit="USD")),
        prices=base.prices
        + tuple(
            Price(tariff="service", destination="Gate", direction=direction, usd_per_kg=50_000.0, price_year=2026)
            for direction in ("up", "down", "disposal")
        ),
        ports=(
            *base.ports,
            Port(destination="Hub", port="old", docking_system=("probe",), **FACT),
            Port(destination="Gate", port="dock", docking_system=("IDSS",), from_utc=on_day(100), **FACT),
        ),
        transfer_windows=(
            TransferWindow(
                destination="Gate",
                opens_utc=on_day(249),
                launch_utc=on_day(250.4),
                closes_utc=on_day(252),
                transit_d=5.0,
                c3_km2_s2=-2.0,
                route="fast",
                delta_v_m_s=550.0,
                **FACT,
            ),
        ),
        launch_energies=(
            LaunchEnergy(launcher="Lark", c3_km2_s2=-5.0, payload_kg=9000.0, **FACT),
            LaunchEnergy(launcher="Lark", c3_km2_s2=10.0, payload_kg=6000.0, **FACT),
        ),
        launchers=(*base.launchers, replace(base.launchers[0], launcher="Rook")),
        pads=(*base.pads, replace(base.pads[0], pad="P2", launchers=("Rook",))),
        facilities=(*base.facilities, replace(base.facilities[0], facility_id="Cape-Small", vehicle_types=("Crow",))),
        tails=(replace(base.tails[0], flights_left=2), replace(base.tails[1], flights_left=2)),
        vehicles=(
            a_vehicle(profiles=("2-day",), beta_limit_deg=75.0),
            a_vehicle(vehicle_type="Crow", launchers=("Lark",), docking_system="probe"),
        ),
        bays=(*bays, a_bay(vehicle_type="Crow")),
        blackouts=(
            Blackout(kind="port", object="Hub/aft", from_utc=on_day(10), to_utc=on_day(30), reason="crew vehicle"),
            Blackout(kind="site", object="Cape", from_utc=on_day(60), to_utc=on_day(61), reason="range"),
        ),
        stock=(
            *base.stock,
            Stock(destination="Hub", supply_class="spares", on_hand_kg=90.0, reserve_kg=10.0, critical_kg=5.0),
        ),
        demand=(Demand(destination="Hub", supply_class="food", from_utc=on_day(20), to_utc=on_day(40.5), kg_per_d=0.5),),
        crew=(
            CrewStay(destination="Hub", from_utc=START, to_utc=on_day(100.25), crew_count=1),
            CrewStay(destination="Hub", from_utc=on_day(100.25), to_utc=on_day(365), crew_count=1),
        ),
        spares=(Spare(destination="Hub", part="pump", supply_class="spares", mass_kg=40.0, failures_per_year=1.5),),
    )


def _flown_windows(scenario: Scenario) -> tuple[LaunchWindow, ...]:
    """Every fourth window, with the one in the middle of each mission's period marked."""
    found = list(find_windows(scenario)[::4])
    for request in scenario.missions:
        fits = [
            index
            for index, window in enumerate(found)
            if window.destination == request.destination and request.earliest_utc <= window.launch_utc <= request.latest_utc
        ]
        index = fits[len(fits) // 2]
        found[index] = replace(found[index], used_by=request.mission_id)
    return tuple(found)


def _rows_aboard(scenario: Scenario, mission_id: str) -> dict[str, CargoLine]:
    return {
        written: scenario.lines[written.partition("#")[0]]
        for written, mission in sorted(FLOWN.items())
        if mission == mission_id
    }


def _stow(scenario: Scenario, mission_id: str) -> tuple[Placement, ...]:
    """Each line is a column of its pieces; columns stand in rows on the floor, light bay first, late loads taken out first."""
    placed = {name: line for name, line in _rows_aboard(scenario, mission_id).items() if line.direction == "up"}
    first_y = 0.8 if len(placed) < 4 else 0.4 if len(placed) < 8 else 0.0
    corner = {"A": [0.0, first_y, 0.0, 0.0], "B": [0.0, first_y, 0.0, 0.0], "T": [0.3, 0.3, 0.0, 0.0]}  # x, y, row depth, mass
    sizes = {bay.bay: bay for bay in scenario.bays_of["Wren"]}
    columns: list[list[Placement]] = []
    for name, line in sorted(placed.items(), key=lambda pair: (-pair[1].mass_kg, pair[0])):
        if line.form == "bulk" or line.dx_m is None or line.dy_m is None or line.dz_m is None:
            continue
        bay = "T" if line.form == "unpressurised" else min("AB", key=lambda bay: (corner[bay][3], bay))
        x, y, depth, mass = corner[bay]
        dx, dy = (line.dx_m, line.dy_m) if line.orientation == "fixed" or bay == "T" else (line.dy_m, line.dx_m)
        if x + dx > sizes[bay].dx_m:
            x, y, depth = 0.0, y + depth, 0.0
        corner[bay] = [x + dx, y, max(depth, dy), mass + line.mass_kg]
        columns.append(
            [
                Placement(
                    mission_id=mission_id, item_id=name, piece=piece + 1, bay=bay, x_m=x, y_m=y, z_m=piece * line.dz_m,
                    dx_m=dx, dy_m=dy, dz_m=line.dz_m, mass_kg=line.mass_kg / line.pieces, unload_order=1,
                )
                for piece in reversed(range(round(line.pieces)))
            ]
        )  # fmt: skip
    columns.sort(key=lambda column: (not scenario.lines[column[0].item_id].late_load, column[0].item_id))
    pieces = [piece for column in columns for piece in column]
    return tuple(as_written(replace(piece, unload_order=order)) for order, piece in enumerate(pieces, start=1))


def _up_to_second(hours: float, rate_h_d: float) -> timedelta:
    return timedelta(seconds=math.ceil(round(hours / rate_h_d * 86_400, 3)))


def _mission(scenario: Scenario, mission_id: str, window: LaunchWindow) -> PlannedMission:
    request, vehicle = scenario.requests[mission_id], scenario.vehicle_types["Wren"]
    place = scenario.places[request.destination]
    aboard = _rows_aboard(scenario, mission_id)
    mass = {
        way: math.fsum(BULK_PARTS.get(name, line.mass_kg) for name, line in aboard.items() if line.direction == way)
        for way in ("up", "down", "disposal")
    }
    way_up = window.transit_d is None
    arrive = window.launch_utc + (days(window.transit_d) if window.transit_d is not None else timedelta(seconds=WAY_UP_S))
    arrival_m_s = WAY_UP_M_S if way_up or window.delta_v_m_s is None else window.delta_v_m_s
    depart = arrive + days(request.docked_min_d + 2.0)
    g0 = 9.80665
    dry = vehicle.dry_mass_kg + mass["down"] + mass["disposal"]
    leaving = dry * (math.exp(place.departure_delta_v_m_s / vehicle.isp_s / g0) - 1)
    coming = (vehicle.dry_mass_kg + mass["up"] + leaving) * (math.exp(arrival_m_s / vehicle.isp_s / g0) - 1)
    most_back = vehicle.dry_mass_kg + vehicle.downmass_kg + vehicle.disposal_kg
    kept = most_back * (math.exp(place.departure_delta_v_m_s / vehicle.isp_s / g0) - 1)
    lift = (vehicle.propellant_kg - kept) / (math.exp(arrival_m_s / vehicle.isp_s / g0) - 1) - vehicle.dry_mass_kg - kept
    assert way_up or lift < vehicle.upmass_kg, "the listed route of the plan made by hand lets less up than the type takes"
    return PlannedMission(
        mission_id=mission_id, vehicle_id=TAILS[mission_id], vehicle_type="Wren", launcher="Lark", site="Cape", pad="P1",
        facility_id="Cape-PPF", destination=request.destination, port=PORTS[mission_id], launch_utc=window.launch_utc,
        arrive_utc=arrive, depart_utc=depart, end_utc=depart + days(vehicle.return_d), upmass_kg=mass["up"],
        upmass_capacity_kg=vehicle.upmass_kg if way_up else lift,
        upvolume_m3=math.fsum(line.volume_m3 for line in aboard.values() if line.direction == "up"),
        upvolume_capacity_m3=math.fsum(bay.dx_m * bay.dy_m * bay.dz_m for bay in scenario.bays_of["Wren"]),
        late_load_kg=math.fsum(line.mass_kg for line in aboard.values() if line.late_load),
        late_load_capacity_kg=vehicle.late_load_kg, downmass_kg=mass["down"], disposal_kg=mass["disposal"],
        delta_v_m_s=arrival_m_s + place.departure_delta_v_m_s, propellant_kg=leaving + coming, cost_usd=0.0,
        service_cost_usd=0.0, price_usd=0.0, furnished_by=request.furnished_by,
        profile="2-day" if way_up else window.route,
    )  # fmt: skip


def activities_of(scenario: Scenario, mission: PlannedMission) -> tuple[Activity, ...]:
    """The nine activities of a mission, from its row."""
    vehicle, place = scenario.vehicle_types[mission.vehicle_type], scenario.places[mission.destination]
    rate = min(vehicle.unload_h_d, place.handling_h_d)
    pad_utc = mission.launch_utc - days(scenario.launcher_named[mission.launcher].pad_d)
    pad, port = f"{mission.site}/{mission.pad}", f"{mission.destination}/{mission.port}"
    unload, loaded = mission.docked_utc[0] + days(place.hatch_open_d), mission.docked_utc[1] - days(place.hatch_open_d)
    spans = (
        (mission.facility_id, 1.0, pad_utc - days(vehicle.processing_d), pad_utc),
        (pad, 1.0, pad_utc, mission.launch_utc),
        (mission.launcher, 1.0, mission.launch_utc, mission.launch_utc),
        (mission.vehicle_id, 1.0, mission.launch_utc, mission.docked_utc[0]),
        (port, 1.0, mission.docked_utc[0], mission.docked_utc[1]),
        (mission.destination, rate, unload, unload + _up_to_second(vehicle.unload_h, rate)),
        (mission.destination, rate, loaded - _up_to_second(vehicle.load_h, rate), loaded),
        (port, 1.0, mission.docked_utc[1], mission.docked_utc[1]),
        (mission.vehicle_id, 1.0, mission.docked_utc[1], mission.end_utc),
    )
    return tuple(
        Activity(
            activity_id=f"{mission.mission_id}-{kind}", mission_id=mission.mission_id, kind=kind, resource_id=resource,
            units=units, start_utc=start, end_utc=end,
        )
        for kind, (resource, units, start, end) in zip(ACTIVITY_KINDS, spans, strict=True)
    )  # fmt: skip


def _delivered(
    scenario: Scenario, missions: Mapping[str, PlannedMission], stowage: Mapping[str, tuple[Placement, ...]]
) -> dict[str, datetime]:
    found = {}
    for mission_id, mission in missions.items():
        place = scenario.places[mission.destination]
        start = mission.docked_utc[0] + days(place.hatch_open_d)
        rate = min(scenario.vehicle_types[mission.vehicle_type].unload_h_d, place.handling_h_d)
        for piece in sorted(stowage[mission_id], key=lambda piece: piece.unload_order):
            found[piece.item_id] = start + _up_to_second(piece.unload_order * place.hours_per_piece, rate)
        hours = len(stowage[mission_id]) * place.hours_per_piece
        for name, line in _rows_aboard(scenario, mission_id).items():
            if line.direction != "up":
                found[name] = mission.end_utc
            elif line.form == "bulk":
                hours += BULK_PARTS.get(name, line.mass_kg) / 1000 * place.hours_per_bulk_t
                found[name] = start + _up_to_second(hours, rate)
    return found


def _manifest(scenario: Scenario, delivered: Mapping[str, datetime]) -> tuple[ManifestRow, ...]:
    flown = {name.partition("#")[0] for name in FLOWN}
    names = [*FLOWN, *(name for name in scenario.lines if name not in flown)]
    rows = []
    for name in sorted(names):
        line, at = scenario.lines[name.partition("#")[0]], delivered.get(name)
        rows.append(
            ManifestRow(
                item_id=name, direction=line.direction, form=line.form, mission_id=FLOWN.get(name, ""),
                mass_kg=BULK_PARTS.get(name, line.mass_kg), volume_m3=line.volume_m3, customer=line.customer,
                due_utc=line.due_utc, delivered_utc=at,
                on_time=None if line.due_utc is None else at is not None and at <= line.due_utc,
                reason="" if name in FLOWN else "its flights are full", pieces=line.pieces, destination=line.destination,
                supply_class=line.supply_class, contract_id=scenario.contract_id(line),
            )
        )  # fmt: skip
    return tuple(as_written(row) for row in rows)


def _inventory(scenario: Scenario, rows: tuple[ManifestRow, ...]) -> tuple[InventoryRow, ...]:
    found = []
    for stock in scenario.stock:
        on_hand = stock.on_hand_kg
        for day in range(365):
            start, end = on_day(day), on_day(day + 1)
            inbound = math.fsum(
                row.mass_kg
                for row in rows
                if row.direction == "up"
                and (row.destination, row.supply_class) == (stock.destination, stock.supply_class)
                and row.delivered_utc
                and start <= row.delivered_utc < end
            )
            if stock.supply_class == "food":
                use = 1.83 + (0.5 if 20 <= day < 40 else 0.25 if day == 40 else 0.0)
            else:
                use = 40.0 * 1.5 / 365
            on_hand += inbound - use
            found.append(
                as_written(
                    InventoryRow(
                        destination=stock.destination, supply_class=stock.supply_class, day_utc=start, on_hand_kg=on_hand,
                        p05_kg=on_hand - 5, p95_kg=on_hand + 5, reserve_kg=stock.reserve_kg, inbound_kg=inbound,
                    )
                )
            )  # fmt: skip
    return tuple(found)


def _costs(scenario: Scenario, mission: PlannedMission, rows: list[ManifestRow]) -> list[CostRow]:
    """Money of one mission: shared costs to customers by up mass, odd cents to the first."""
    up = [row for row in rows if row.direction == "up"]
    mass: dict[str, float] = {}
    for row in up:
        mass[row.customer] = mass.get(row.customer, 0.0) + row.mass_kg
    found: list[CostRow] = []

    def book(account: str, customer: str, usd: float, paid_by: str = "service") -> None:
        if round(usd, 2):
            found.append(
                CostRow(
                    mission_id=mission.mission_id, customer=customer, destination=mission.destination, account=account,
                    scor_process="make" if account == "cargo processing" else "deliver",
                    plan_usd=round(usd, 2), basis="by hand", paid_by=paid_by,
                )
            )  # fmt: skip

    def share(account: str, usd: float, paid_by: str = "service") -> None:
        parts = {customer: round(usd * kg / sum(mass.values()), 2) for customer, kg in sorted(mass.items())}
        first = min(parts)
        parts[first] = round(parts[first] + usd - sum(parts.values()), 2)
        for customer, part in parts.items():
            book(account, customer, part, paid_by)

    payer = mission.furnished_by or "service"
    share("launch", scenario.launcher_named[mission.launcher].price_usd, payer)
    share("spacecraft", scenario.vehicle_types[mission.vehicle_type].price_usd, payer)
    share("mission control", 20_000.0 * (mission.docked_utc[1] - mission.docked_utc[0]) / timedelta(days=1))
    tariff = 10_000.0 if mission.destination == "Hub" else 50_000.0
    for customer in sorted({row.customer for row in rows}):
        own = [row for row in rows if row.customer == customer]
        book("cargo processing", customer, 500.0 * math.fsum(row.mass_kg for row in own if row.direction == "up"))
        for way in ("up", "down", "disposal"):
            book(f"revenue:{way}", customer, tariff * math.fsum(row.mass_kg for row in own if row.direction == way))
        if customer == "ACME":
            late = (
                (row.mass_kg, math.ceil((row.delivered_utc - row.due_utc) / timedelta(days=1) - 5.0))
                for row in own
                if row.delivered_utc and row.due_utc
            )
            book(
                "revenue:penalty",
                customer,
                -tariff * math.fsum(kg * min(20, late_d) for kg, late_d in late if late_d > 0) / 100,
            )
    contract = scenario.requests[mission.mission_id].contract_id
    book("revenue:milestone", {"C1": "ACME", "C2": "BETA"}[contract], {"C1": 1e6, "C2": 2.5e6}[contract])
    return found


def _left_behind(rows: tuple[ManifestRow, ...]) -> CostRow:
    owed = math.fsum(
        row.mass_kg * 10_000 * 0.2 for row in rows if not row.mission_id and row.due_utc and row.customer == "ACME"
    )
    return CostRow(
        mission_id="", customer="ACME", destination="Hub", account="revenue:left-behind", scor_process="deliver",
        plan_usd=-round(owed, 2), basis="by hand", paid_by="service",
    )  # fmt: skip


def kpis_of(plan: OperationsPlan) -> tuple[Kpi, ...]:
    """The sixteen KPIs of a plan: four with their values, the others without evidence."""
    due = [line.item_id for line in plan.scenario.cargo if line.direction == "up" and line.due_utc]
    bad = {row.item_id.partition("#")[0] for row in plan.manifest if not row.on_time}
    earned = math.fsum(row.plan_usd for row in plan.costs if row.account.startswith("revenue"))
    spent = math.fsum(row.plan_usd for row in plan.costs if not row.account.startswith("revenue") and row.paid_by == "service")
    fill = [max(m.upmass_kg / m.upmass_capacity_kg, m.upvolume_m3 / m.upvolume_capacity_m3) for m in plan.missions]
    values = {
        "K3": 100 * sum(name not in bad for name in due) / len(due),
        "K5": 100 * math.fsum(fill) / len(fill),
        "K9": earned,
        "K10": 100 * (earned - spent) / earned,
    }
    return tuple(
        as_written(
            Kpi(
                kpi_id=name, name=name, value=values.get(name), target=0.0 if name in values else None, unit="percent",
                met=values[name] >= 0.0 if name in values else None, basis="plan" if name in values else "",
                causes="strict" if name in values else "no evidence in a plan made by hand",
            )
        )
        for name in (f"K{number}" for number in range(1, 17))
    )  # fmt: skip


def _bays(scenario: Scenario, mission_id: str) -> tuple[MissionBay, ...]:
    left_out = {"vehicle_type", "powered_slots", "source", "as_of", "evidence"}
    names = [name for name in type(scenario.bays[0]).__dataclass_fields__ if name not in left_out]
    return tuple(
        MissionBay(mission_id=mission_id, **{name: getattr(bay, name) for name in names}) for bay in scenario.bays_of["Wren"]
    )


@cache
def a_plan() -> OperationsPlan:
    """A valid plan of `small_scenario()`: four flights, four lines left behind, one line late."""
    scenario = small_scenario()
    windows = _flown_windows(scenario)
    flown = {window.used_by: window for window in windows if window.used_by}
    missions = {name: _mission(scenario, name, flown[name]) for name in sorted(flown)}
    stowage = {name: _stow(scenario, name) for name in missions}
    manifest = _manifest(scenario, _delivered(scenario, missions, stowage))
    costs = [_left_behind(manifest)]
    for name, mission in missions.items():
        own = _costs(scenario, mission, [row for row in manifest if row.mission_id == name])
        spent = [row for row in own if not row.account.startswith("revenue")]
        missions[name] = as_written(
            replace(
                mission,
                cost_usd=math.fsum(row.plan_usd for row in spent),
                service_cost_usd=math.fsum(row.plan_usd for row in spent if row.paid_by == "service"),
                price_usd=math.fsum(row.plan_usd for row in own if row.account.startswith("revenue")),
            )
        )
        costs += own
    plan = OperationsPlan(
        scenario=scenario,
        windows=windows,
        missions=tuple(missions.values()),
        activities=tuple(activity for mission in missions.values() for activity in activities_of(scenario, mission)),
        manifest=manifest,
        stowage=tuple(piece for pieces in stowage.values() for piece in pieces),
        bays=tuple(bay for name in missions for bay in _bays(scenario, name)),
        inventory=_inventory(scenario, manifest),
        costs=tuple(costs),
    )
    return replace(plan, kpis=kpis_of(plan))
