"""Lift: how much cargo a spacecraft takes by a listed route, by its own limit, by its tanks and by its launcher."""

from __future__ import annotations

import math
from dataclasses import dataclass

from supercargo.astro.deliveries import cargo_limits_kg, payload_at_energy
from supercargo.astro.impulses import mass_ratio
from supercargo.model import Destination, LaunchWindow, Scenario, VehicleType

__all__ = ["Lift", "kept_for_departure_kg", "lift_by"]


@dataclass(frozen=True, slots=True)
class Lift:
    """Cargo that a spacecraft takes by a route, and what binds: its upmass, its propellant or its launcher."""

    kg: float  # 0 where not even the empty spacecraft gets there
    limited_by: str
    why: str  # in words, with the numbers of what binds
    remark: str = ""  # what is not known of the launcher


def kept_for_departure_kg(vehicle: VehicleType, place: Destination) -> float:
    """Propellant kept for the way from the place, loaded with all the cargo and trash that the type may take back [kg].

    Infinite for a spacecraft without an engine that has to leave by one.
    """
    back_kg = vehicle.downmass_kg + vehicle.disposal_kg
    burnt = mass_ratio(place.departure_delta_v_m_s, vehicle.isp_s) - 1.0
    return (vehicle.dry_mass_kg + back_kg) * burnt


def lift_by(scenario: Scenario, vehicle: VehicleType, window: LaunchWindow) -> Lift | None:
    """The lift of a type by a window's route, whole grams; None for a window that gives no delta-v of its own.

    The least of the type's upmass, of what its tanks push through the delta-v with the departure's propellant kept, and of
    what the launcher sends off at the window's launch energy less the spacecraft and the propellant it needs. A launcher
    without a table, and a window without a launch energy, set no limit and are remarked.
    """
    if window.delta_v_m_s is None:
        return None
    kept_kg = kept_for_departure_kg(vehicle, scenario.places[window.destination])
    if kept_kg > vehicle.propellant_kg:
        needs = f"needs {kept_kg:,.0f} kg of propellant" if math.isfinite(kept_kg) else "has no engine"
        held = f"its tanks hold {vehicle.propellant_kg:,.0f} kg"
        return Lift(0.0, "propellant", f"a {vehicle.vehicle_type} {needs} to leave {window.destination}, {held}")
    sent_kg, remark = _sent(scenario, window)
    limits = cargo_limits_kg(vehicle, window.delta_v_m_s, sent_kg=sent_kg, kept_kg=kept_kg)
    limited_by = min(limits, key=lambda name: limits[name])
    why = _why(vehicle, window, limited_by, (limits[limited_by], sent_kg))
    return Lift(max(0.0, math.floor(limits[limited_by] * 1e3 + 1e-6) / 1e3), limited_by, why, remark)


def _sent(scenario: Scenario, window: LaunchWindow) -> tuple[float | None, str]:
    """Mass that the window's launcher sends off [kg]: None sets no limit, 0 is beyond its table; and what is not known."""
    table = scenario.energies_of.get(window.launcher, ())
    if not table:
        return None, f"what {window.launcher} sends off at a launch energy is not known: it sets no limit"
    if window.c3_km2_s2 is None:
        return None, f"the launch energy is not given: {window.launcher} sets no limit"
    return payload_at_energy(table, window.c3_km2_s2) or 0.0, ""


def _why(vehicle: VehicleType, window: LaunchWindow, limited_by: str, binding: tuple[float, float | None]) -> str:
    limit_kg, sent_kg = binding
    route = f"{window.route or 'listed'}, {window.delta_v_m_s:,.0f} m/s"
    empty = "" if limit_kg > 0.0 else ", too little even for the empty spacecraft"
    if limited_by == "launcher":
        sent = f"{sent_kg:,.0f} kg" if sent_kg else "nothing that its table knows of"
        return f"{window.launcher} sends {sent} off at C3 {window.c3_km2_s2:g} km2/s2{empty} ({route})"
    if limited_by == "propellant":
        return f"the tanks of a {vehicle.vehicle_type} hold {vehicle.propellant_kg:,.0f} kg of propellant{empty} ({route})"
    return f"a {vehicle.vehicle_type} carries up to {vehicle.upmass_kg:,.0f} kg"
