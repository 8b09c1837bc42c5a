"""What a nominal flight lifts by the listed route that it is reckoned by."""

from __future__ import annotations

import math

from supercargo.app.reference.timetable import NominalFlight
from supercargo.kernel import days_between
from supercargo.model import LaunchWindow, Scenario, TransferWindow, VehicleType
from supercargo.plan.lift import lift_by

__all__ = ["listed_lift_kg", "nominal_lift_kg"]


def listed_lift_kg(scenario: Scenario, vehicle: VehicleType, row: TransferWindow, launcher: str) -> float:
    """What a type lifts by a listed route on a launcher [kg]; its upmass where the route gives no manoeuvres."""
    window = LaunchWindow(
        destination=row.destination,
        site="",
        pad="",
        launcher=launcher,
        launch_utc=row.launch_utc,
        opens_utc=row.opens_utc,
        closes_utc=row.closes_utc,
        sigma_s=0.0,
        node="catalogue",
        transit_d=row.transit_d,
        route=row.route,
        delta_v_m_s=row.delta_v_m_s,
        c3_km2_s2=row.c3_km2_s2,
    )
    lift = lift_by(scenario, vehicle, window)
    return vehicle.upmass_kg if lift is None else lift.kg


def nominal_lift_kg(scenario: Scenario, flight: NominalFlight) -> float:
    """What a nominal flight lifts by its route [kg]; no limit to a place that is reached by plane crossing."""
    start_utc = scenario.settings.start_utc
    here = (row for row in scenario.transfer_windows if row.destination == flight.slot.place)
    row = min(here, key=lambda one: abs(days_between(start_utc, one.launch_utc) - flight.launch_d), default=None)
    return math.inf if row is None else listed_lift_kg(scenario, flight.vehicle, row, flight.launcher)
