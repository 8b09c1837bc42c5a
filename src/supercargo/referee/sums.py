"""Sums of a mission's row: its loads, its spacecraft's limits, its propellant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from supercargo.referee.case import MASS_TOLERANCE_KG, Case, Voyage
from supercargo.referee.routes import ROUTE_TOLERANCE_M_S, carries_kg, needs_kg, route_of
from supercargo.referee.rule import Finding
from supercargo.referee.ways import WAY_TOLERANCE_M_S, way_up

__all__ = ["bays_true", "mission_capacity", "mission_propellant", "mission_sums", "propellant_short"]

_VOLUME_TOLERANCE_M3 = 1e-3
_BAY_FIELDS = (
    "x0_m", "y0_m", "z0_m", "dx_m", "dy_m", "dz_m", "max_mass_kg",
    "cg_x_min_m", "cg_x_max_m", "cg_y_min_m", "cg_y_max_m", "cg_z_min_m", "cg_z_max_m",
)  # fmt: skip


def mission_sums(case: Case) -> Iterator[Finding]:
    """A mission's masses and volume are the sums of its loads."""
    for name, mission in sorted(case.missions.items()):
        up, back = case.up(name), case.back(name)
        sums = (
            ("upmass_kg", mission.upmass_kg, math.fsum(load.row.mass_kg for load in up)),
            ("late_load_kg", mission.late_load_kg, math.fsum(load.row.mass_kg for load in up if load.line.late_load)),
            (
                "downmass_kg",
                mission.downmass_kg,
                math.fsum(load.row.mass_kg for load in back if load.line.direction == "down"),
            ),
            (
                "disposal_kg",
                mission.disposal_kg,
                math.fsum(load.row.mass_kg for load in back if load.line.direction == "disposal"),
            ),
        )
        for column, said, true in sums:
            if abs(said - true) > MASS_TOLERANCE_KG:
                yield name, f"mission {name}: {column} says {said:.3f}, its loads add up to {true:.3f} kg"
        volume_m3 = math.fsum(load.line.volume_m3 for load in up)
        if abs(mission.upvolume_m3 - volume_m3) > _VOLUME_TOLERANCE_M3:
            yield name, f"mission {name}: upvolume_m3 says {mission.upvolume_m3:.4f}, its pieces take {volume_m3:.4f} m3"


def mission_capacity(case: Case) -> Iterator[Finding]:
    """A mission's capacities are those of its spacecraft, its upmass by a listed route what that route lets it carry."""
    for name, voyage in case.voyages.items():
        mission, vehicle = voyage.mission, voyage.vehicle
        limits = (
            ("upmass_capacity_kg", mission.upmass_capacity_kg, carries_kg(case, voyage), MASS_TOLERANCE_KG),
            ("late_load_capacity_kg", mission.late_load_capacity_kg, vehicle.late_load_kg, MASS_TOLERANCE_KG),
            (
                "upvolume_capacity_m3",
                mission.upvolume_capacity_m3,
                case.bay_volume_m3(vehicle.vehicle_type),
                _VOLUME_TOLERANCE_M3,
            ),
        )
        for column, said, true, tolerance in limits:
            if abs(said - true) > tolerance:
                yield name, f"mission {name}: {column} says {said:g}, a {vehicle.vehicle_type} has {true:g}"


def _arrival_m_s(case: Case, voyage: Voyage) -> tuple[float, float]:
    """Change of speed on the way to the place and how far a plan may be from it [m/s]: of profile, route or place."""
    way, route = way_up(case, voyage), route_of(case, voyage)
    if route is not None and route.delta_v_m_s is not None:
        return route.delta_v_m_s, ROUTE_TOLERANCE_M_S
    return (way.delta_v_m_s, WAY_TOLERANCE_M_S) if way else (voyage.place.delta_v_m_s, ROUTE_TOLERANCE_M_S)


def mission_propellant(case: Case) -> Iterator[Finding]:
    """A mission's change of speed is that of its profile or route, else of its place, and its propellant follows from it."""
    for name, voyage in case.voyages.items():
        mission, leaving_m_s = voyage.mission, voyage.place.departure_delta_v_m_s
        arrival_m_s, tolerance_m_s = _arrival_m_s(case, voyage)
        said_m_s = mission.delta_v_m_s - leaving_m_s
        if abs(said_m_s - arrival_m_s) > tolerance_m_s:
            asks = f"{mission.profile or 'the place'} asks {arrival_m_s + leaving_m_s:.3f} m/s"
            yield name, f"mission {name}: delta_v_m_s says {mission.delta_v_m_s:g}, {asks}"
        elif voyage.mission.profile:
            arrival_m_s = said_m_s  # within the tolerance the propellant goes with what is said
        true_kg = needs_kg(case, voyage, arrival_m_s)
        if abs(mission.propellant_kg - true_kg) > MASS_TOLERANCE_KG + 1e-9 * true_kg:
            yield name, f"mission {name}: propellant_kg says {mission.propellant_kg:.3f}, by its loads it is {true_kg:.3f} kg"


def propellant_short(case: Case) -> Iterator[Finding]:
    """But for listed routes, a spacecraft that needs more propellant than its tanks hold flies at the operator's word only."""
    for name, voyage in case.voyages.items():
        need_kg, have_kg = needs_kg(case, voyage, _arrival_m_s(case, voyage)[0]), voyage.vehicle.propellant_kg
        if route_of(case, voyage) is None and need_kg > have_kg + MASS_TOLERANCE_KG:
            yield name, f"mission {name} needs {need_kg:.1f} kg of propellant, its tanks hold {have_kg:g} kg"


def bays_true(case: Case) -> Iterator[Finding]:
    """A mission's bays are those of its spacecraft, all of them, as the scenario describes them."""
    rows = {(row.mission_id, row.bay): row for row in case.plan.bays}
    for name, voyage in case.voyages.items():
        true = {bay.bay: bay for bay in case.scenario.bays_of.get(voyage.vehicle.vehicle_type, ())}
        said = {bay: row for (mission_id, bay), row in rows.items() if mission_id == name}
        for bay in sorted(set(true) ^ set(said)):
            words = "is missing from bays.csv" if bay in true else f"is not a bay of a {voyage.vehicle.vehicle_type}"
            yield f"{name}/{bay}", f"bay {bay} of mission {name} {words}"
        for bay in sorted(set(true) & set(said)):
            wrong = [field for field in _BAY_FIELDS if abs(getattr(said[bay], field) - getattr(true[bay], field)) > 6e-4]
            wrong += ["pressurised"] if said[bay].pressurised != true[bay].pressurised else []
            for field in wrong:
                words = f"{field} says {getattr(said[bay], field)}, by the scenario it is {getattr(true[bay], field)}"
                yield f"{name}/{bay}", f"bay {bay} of mission {name}: {words}"
