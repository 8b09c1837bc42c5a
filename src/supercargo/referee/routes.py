"""Routes beyond low Earth orbit as the referee sees them: what a spacecraft can carry by one, from its own arithmetic.

Nothing of the planner's lift is used: propellant by Tsiolkovsky's equation, the launcher's mass between two rows of its table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from supercargo.model import LaunchWindow
from supercargo.referee.case import MASS_TOLERANCE_KG, Case, Voyage
from supercargo.referee.rule import Finding

__all__ = ["ROUTE_TOLERANCE_M_S", "burn_kg", "carries_kg", "launch_energy", "needs_kg", "route_of", "route_propellant"]

ROUTE_TOLERANCE_M_S = 2e-3
"""How far the change of speed of a mission may be from that of its route or place [m/s]."""

_G0_M_S2 = 9.80665  # standard gravity, CGPM 1901


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a launcher sends off; `known` is false where its table or the launch energy is missing."""

    kg: float
    known: bool


def burn_kg(wet_kg: float, delta_v_m_s: float, isp_s: float) -> float:
    """Propellant to be carried for a change of speed by a spacecraft of `wet_kg` at its end [kg] (Tsiolkovsky)."""
    if isp_s <= 0 or delta_v_m_s <= 0:
        return 0.0
    return wet_kg * (math.exp(min(delta_v_m_s / (isp_s * _G0_M_S2), 700.0)) - 1.0)


def route_of(case: Case, voyage: Voyage) -> LaunchWindow | None:
    """The listed window of a mission if it gives a delta-v of its own; None for any other way."""
    window = case.window_of.get(voyage.mission_id)
    return window if window and window.transit_d is not None and window.delta_v_m_s is not None else None


def needs_kg(case: Case, voyage: Voyage, arrival_m_s: float) -> float:
    """Propellant of a mission by its own loads: to the place, and from it with what it takes back [kg]."""
    vehicle, place = voyage.vehicle, voyage.place
    up_kg = math.fsum(load.row.mass_kg for load in case.up(voyage.mission_id))
    back_kg = math.fsum(load.row.mass_kg for load in case.back(voyage.mission_id))
    leaving_kg = burn_kg(vehicle.dry_mass_kg + back_kg, place.departure_delta_v_m_s, vehicle.isp_s)
    return leaving_kg + burn_kg(vehicle.dry_mass_kg + up_kg + leaving_kg, arrival_m_s, vehicle.isp_s)


def _sent(case: Case, route: LaunchWindow) -> _Sent:
    rows = sorted((row.c3_km2_s2, row.payload_kg) for row in case.scenario.launch_energies if row.launcher == route.launcher)
    if not rows or route.c3_km2_s2 is None:
        return _Sent(math.inf, known=False)
    energies, masses = zip(*rows, strict=True)
    if route.c3_km2_s2 > energies[-1]:
        return _Sent(0.0, known=True)
    return _Sent(float(np.interp(route.c3_km2_s2, energies, masses)), known=True)


def carries_kg(case: Case, voyage: Voyage) -> float:
    """The most cargo that a mission can take up [kg]: its type's upmass, or less by its route; 0 where it can't go at all."""
    vehicle, route = voyage.vehicle, route_of(case, voyage)
    if route is None or route.delta_v_m_s is None:
        return vehicle.upmass_kg
    thrust = vehicle.isp_s > 0
    if not thrust and (route.delta_v_m_s > 0 or voyage.place.departure_delta_v_m_s > 0):
        return 0.0
    back_kg = vehicle.downmass_kg + vehicle.disposal_kg
    kept_kg = burn_kg(vehicle.dry_mass_kg + back_kg, voyage.place.departure_delta_v_m_s, vehicle.isp_s)
    if kept_kg > vehicle.propellant_kg:
        return 0.0
    each_kg = burn_kg(1.0, route.delta_v_m_s, vehicle.isp_s)  # propellant for each kilogram that arrives
    arriving_kg = [_sent(case, route).kg / (1.0 + each_kg)]
    if each_kg > 0.0:
        arriving_kg.append((vehicle.propellant_kg - kept_kg) / each_kg)
    return max(0.0, min(vehicle.upmass_kg, min(arriving_kg) - vehicle.dry_mass_kg - kept_kg))


def route_propellant(case: Case) -> Iterator[Finding]:
    """By a route with its own delta-v, a spacecraft's tanks hold what its loads and its departure need."""
    for name, voyage in case.voyages.items():
        route = route_of(case, voyage)
        if route is None or route.delta_v_m_s is None:
            continue
        need_kg, have_kg = needs_kg(case, voyage, route.delta_v_m_s), voyage.vehicle.propellant_kg
        by = f"by {route.route or 'its listed window'} ({route.delta_v_m_s:g} m/s)"
        if need_kg > have_kg + MASS_TOLERANCE_KG:
            yield name, f"mission {name} needs {need_kg:.1f} kg of propellant {by}, its tanks hold {have_kg:g} kg"
        elif voyage.vehicle.isp_s <= 0 < route.delta_v_m_s:
            yield name, f"mission {name} goes {by}, and a {voyage.vehicle.vehicle_type} has no engine"


def launch_energy(case: Case) -> Iterator[Finding]:
    """A launcher sends off, at the launch energy of a listed route, the spacecraft with its loads and its propellant."""
    for name, voyage in case.voyages.items():
        route = route_of(case, voyage)
        if route is None or route.delta_v_m_s is None:
            continue
        sent = _sent(case, route)
        up_kg = math.fsum(load.row.mass_kg for load in case.up(name))
        whole_kg = voyage.vehicle.dry_mass_kg + up_kg + needs_kg(case, voyage, route.delta_v_m_s)
        if sent.known and whole_kg > sent.kg + MASS_TOLERANCE_KG:
            words = f"{route.launcher} sends {sent.kg:.1f} kg off at C3 {route.c3_km2_s2:g} km2/s2"
            yield name, f"mission {name} weighs {whole_kg:.1f} kg at lift-off, {words}"
