"""Put schedule, manifest, stowage and money together as the rows of a plan folder."""

from __future__ import annotations

import math
from collections.abc import Iterator

from supercargo.kernel import as_written
from supercargo.model import (
    Activity,
    CostRow,
    DemandSeries,
    Flight,
    LaunchWindow,
    Manifest,
    ManifestRow,
    MissionBay,
    OperationsPlan,
    PlannedMission,
    Scenario,
    Schedule,
    StowagePlan,
)
from supercargo.plan.bays import bays_of_type
from supercargo.plan.costing import cost_missions
from supercargo.plan.delivery import deliver
from supercargo.plan.projection import project_stock

__all__ = ["BEFORE_LOSS", "assemble_year", "mission_activities", "mission_bays", "planned_missions", "propellant_kg"]

BEFORE_LOSS = ("processing", "pad", "launch")
"""Activities of a mission that was lost on its way."""

G0_M_S2 = 9.80665
"""Standard gravity (CGPM 1901)."""


def propellant_kg(wet_kg: float, delta_v_m_s: float, isp_s: float) -> float:
    """Propellant burnt by a spacecraft of `wet_kg` for a change of speed (Tsiolkovsky) [kg].

    `wet_kg` is dry mass and cargo; the propellant is what must be added to it: m (exp(dv / (isp g0)) - 1).

    >>> round(propellant_kg(10_000.0, 150.0, 300.0), 1)
    523.1
    """
    return wet_kg * math.expm1(delta_v_m_s / (isp_s * G0_M_S2)) if isp_s else 0.0


def assemble_year(
    scenario: Scenario,
    schedule: Schedule,
    manifest: Manifest,
    stowage: StowagePlan,
    *,
    windows: tuple[LaunchWindow, ...],
    forecast: tuple[DemandSeries, ...],
) -> OperationsPlan:
    """What follows from flights, loads and places alone: deliveries, missions, stock and money; no stages or causes yet."""
    rows = deliver(scenario, schedule, manifest, stowage)
    costs = cost_missions(scenario, schedule, rows)
    return OperationsPlan(
        scenario=scenario,
        windows=windows,
        missions=planned_missions(scenario, schedule, rows, costs),
        activities=mission_activities(schedule),
        manifest=rows,
        stowage=stowage.placements,
        bays=mission_bays(scenario, schedule),
        inventory=project_stock(scenario, forecast, rows),
        costs=costs,
        unflown=schedule.unflown,
        seed=scenario.settings.seed,
    )


def planned_missions(
    scenario: Scenario, schedule: Schedule, rows: tuple[ManifestRow, ...], costs: tuple[CostRow, ...]
) -> tuple[PlannedMission, ...]:
    """One row a mission: where, when, how full, how dear."""
    aboard: dict[str, list[ManifestRow]] = {}
    for row in rows:
        aboard.setdefault(row.mission_id, []).append(row)
    money: dict[str, list[CostRow]] = {}
    for cost in costs:
        money.setdefault(cost.mission_id, []).append(cost)
    return tuple(
        as_written(_mission(scenario, flight, aboard.get(flight.mission_id, []), money.get(flight.mission_id, [])))
        for flight in schedule.flights
    )


def _mission(scenario: Scenario, flight: Flight, rows: list[ManifestRow], costs: list[CostRow]) -> PlannedMission:
    vehicle = scenario.vehicle_types[flight.vehicle_type]
    place = scenario.places[flight.destination]
    mass = {d: math.fsum(row.mass_kg for row in rows if row.direction == d) for d in ("up", "down", "disposal")}
    arrival_m_s = place.delta_v_m_s if flight.way_delta_v_m_s is None else flight.way_delta_v_m_s
    back_kg = mass["down"] + mass["disposal"]
    leaving_kg = propellant_kg(vehicle.dry_mass_kg + back_kg, place.departure_delta_v_m_s, vehicle.isp_s)
    spent = [cost for cost in costs if not cost.account.startswith("revenue")]
    return PlannedMission(
        mission_id=flight.mission_id,
        vehicle_id=flight.vehicle_id,
        vehicle_type=flight.vehicle_type,
        launcher=flight.launcher,
        site=flight.site,
        pad=flight.pad,
        facility_id=flight.facility_id,
        destination=flight.destination,
        port="" if flight.lost else flight.port,
        launch_utc=flight.launch_utc,
        arrive_utc=None if flight.lost else flight.arrive_utc,
        depart_utc=None if flight.lost else flight.depart_utc,
        end_utc=flight.end_utc,
        upmass_kg=mass["up"],
        upmass_capacity_kg=vehicle.upmass_kg if flight.lift_kg is None else flight.lift_kg,
        upvolume_m3=math.fsum(  # of the pieces themselves: a hundred rounded rows would add up to a litre too much
            scenario.lines[row.item_id.partition("#")[0]].volume_m3 for row in rows if row.direction == "up"
        ),
        upvolume_capacity_m3=math.fsum(b.dx_m * b.dy_m * b.dz_m for b in scenario.bays_of.get(flight.vehicle_type, ())),
        late_load_kg=math.fsum(
            row.mass_kg for row in rows if row.direction == "up" and scenario.lines[row.item_id.partition("#")[0]].late_load
        ),
        late_load_capacity_kg=vehicle.late_load_kg,
        downmass_kg=mass["down"],
        disposal_kg=mass["disposal"],
        delta_v_m_s=arrival_m_s + place.departure_delta_v_m_s,
        propellant_kg=leaving_kg + propellant_kg(vehicle.dry_mass_kg + mass["up"] + leaving_kg, arrival_m_s, vehicle.isp_s),
        cost_usd=math.fsum(cost.plan_usd for cost in spent),
        service_cost_usd=math.fsum(cost.plan_usd for cost in spent if cost.paid_by == "service"),
        price_usd=math.fsum(cost.plan_usd for cost in costs if cost.account.startswith("revenue")),
        furnished_by=scenario.requests[flight.mission_id].furnished_by,
        outcome=flight.outcome,
        profile=flight.profile,
    )


def mission_activities(schedule: Schedule) -> tuple[Activity, ...]:
    """Each use of a facility, pad, tail, port and crew by each mission, in order of mission and time.

    A lost mission used what it used up to its lift-off, and no port.
    """
    return tuple(
        activity
        for flight in schedule.flights
        for activity in _activities(flight)
        if not flight.lost or activity.kind in BEFORE_LOSS
    )


def _activities(flight: Flight) -> Iterator[Activity]:
    pad, port = f"{flight.site}/{flight.pad}", f"{flight.destination}/{flight.port}"
    spans = (
        ("processing", flight.facility_id, 1.0, flight.processing_utc, flight.pad_utc),
        ("pad", pad, 1.0, flight.pad_utc, flight.launch_utc),
        ("launch", flight.launcher, 1.0, flight.launch_utc, flight.launch_utc),
        ("phasing", flight.vehicle_id, 1.0, flight.launch_utc, flight.arrive_utc),
        ("dock", port, 1.0, flight.arrive_utc, flight.depart_utc),
        ("unload", flight.destination, flight.unload_h_d, flight.unload_start_utc, flight.unload_end_utc),
        ("load", flight.destination, flight.unload_h_d, flight.load_start_utc, flight.load_end_utc),
        ("undock", port, 1.0, flight.depart_utc, flight.depart_utc),
        ("return", flight.vehicle_id, 1.0, flight.depart_utc, flight.end_utc),
    )
    for kind, resource_id, units, start, end in spans:
        yield as_written(
            Activity(
                activity_id=f"{flight.mission_id}-{kind}",
                mission_id=flight.mission_id,
                kind=kind,
                resource_id=resource_id,
                units=units,
                start_utc=start,
                end_utc=end,
            )
        )


def mission_bays(scenario: Scenario, schedule: Schedule) -> tuple[MissionBay, ...]:
    """The bays of each mission's spacecraft, so that a plan folder can be judged alone."""
    names = (
        "bay", "x0_m", "y0_m", "z0_m", "dx_m", "dy_m", "dz_m", "max_mass_kg", "pressurised",
        "cg_x_min_m", "cg_x_max_m", "cg_y_min_m", "cg_y_max_m", "cg_z_min_m", "cg_z_max_m",
    )  # fmt: skip
    return tuple(
        as_written(MissionBay(mission_id=flight.mission_id, **{name: getattr(bay, name) for name in names}))
        for flight in schedule.flights
        for bay in bays_of_type(scenario, flight.vehicle_type)
    )
