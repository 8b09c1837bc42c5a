"""Listed windows of one site to one place with each spacecraft's lift, propellant and arrival, or why it can't go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from supercargo.astro.rendezvous import Busy
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import as_written, days, format_utc
from supercargo.model import LaunchWindow, RouteArrival, Scenario, VehicleType, WindowQuery
from supercargo.plan.assembly import propellant_kg
from supercargo.plan.lift import Lift, kept_for_departure_kg, lift_by

__all__ = ["route_arrivals", "why_no_route"]

_NO_DELTA_V = "the window gives no delta-v: that of the place holds, and the launcher sets no limit"

Chance = tuple[LaunchWindow, tuple[str, ...]]
"""A listed window and what forbids to launch in it."""


def route_arrivals(
    scenario: Scenario,
    query: WindowQuery,
    chances: Sequence[Chance],
    vehicles: Sequence[VehicleType],
    busy: Mapping[str, Sequence[Busy]],
) -> tuple[RouteArrival, ...]:
    """A row for each window and each type that its launcher lifts; `busy` has the spans without arrivals by docking system."""
    return tuple(
        _row(scenario, query, chance, vehicle, busy[vehicle.docking_system])
        for chance in chances
        for vehicle in vehicles
        if chance[0].launcher in vehicle.launchers
    )


def _row(scenario: Scenario, query: WindowQuery, chance: Chance, vehicle: VehicleType, busy: Sequence[Busy]) -> RouteArrival:
    window, grounded = chance
    place = scenario.places[window.destination]
    arrive = window.launch_utc + days(window.transit_d or 0.0)
    lift = lift_by(scenario, vehicle, window) or Lift(vehicle.upmass_kg, "upmass", "", _NO_DELTA_V)
    delta_v_m_s = place.delta_v_m_s if window.delta_v_m_s is None else window.delta_v_m_s
    need_kg = left_kg = None
    if lift.kg > 0.0:
        kept_kg = kept_for_departure_kg(vehicle, place)
        need_kg = propellant_kg(vehicle.dry_mass_kg + lift.kg + kept_kg, delta_v_m_s, vehicle.isp_s)
        left_kg = vehicle.propellant_kg - kept_kg - need_kg
    needs_light = vehicle.daylight or query.daylight
    refused = (
        *grounded,
        *_no_lift(lift, left_kg),
        *(f"no arrival: {span.why}" for span in busy if span.from_s <= seconds_since_j2000(arrive) <= span.to_s),
        *(_dark(window.sun_elevation_deg) if needs_light else ()),
    )
    return as_written(
        RouteArrival(
            destination=window.destination,
            site=window.site,
            pad=window.pad,
            launcher=window.launcher,
            launch_utc=window.launch_utc,
            opens_utc=window.opens_utc,
            closes_utc=window.closes_utc,
            route=window.route,
            transit_d=window.transit_d or 0.0,
            c3_km2_s2=window.c3_km2_s2,
            delta_v_m_s=delta_v_m_s,
            arrive_utc=arrive,
            sun_elevation_deg=window.sun_elevation_deg,
            vehicle_type=vehicle.vehicle_type,
            stands=not refused,
            refused="; ".join(refused),
            lift_kg=lift.kg,
            limited_by=lift.limited_by,
            propellant_kg=need_kg,
            margin_kg=left_kg,
            remark=lift.remark,
        )
    )


def _no_lift(lift: Lift, left_kg: float | None) -> Iterator[str]:
    """A route that lifts nothing; or, where only the place's delta-v is known, tanks too small for a full spacecraft."""
    if lift.kg <= 0.0:
        yield f"no lift: {lift.why}"
    elif left_kg is not None and left_kg < -0.01:
        yield f"propellant short by {-left_kg:,.0f} kg when full"


def _dark(sun_deg: float | None) -> Iterator[str]:
    if sun_deg is not None and sun_deg < 0.0:
        yield f"dark at arrival, the Sun stands {sun_deg:.1f} deg over the horizon"


def why_no_route(scenario: Scenario, query: WindowQuery, vehicles: Sequence[VehicleType]) -> Iterator[str]:
    """Why a site has no listed window to a place in a span: no pad, nothing that fits, or none listed in it."""
    if not any(pad.site == query.site for pad in scenario.pads):
        yield f"{query.site} has no pad"
    elif not vehicles:
        yield f"no spacecraft that docks at {query.destination} is lifted by a launcher of {query.site}"
    else:
        listed = sorted(row.launch_utc for row in scenario.transfer_windows if row.destination == query.destination)
        yield f"no window to {query.destination} is listed in the span: {_nearest(listed, query)}"


def _nearest(listed: Sequence[datetime], query: WindowQuery) -> str:
    before = [at for at in listed if at < query.start_utc]
    after = [at for at in listed if at > query.end_utc]
    told = [f"the last before it lifts off {format_utc(before[-1])}"] if before else []
    told += [f"the next after it {format_utc(after[0])}"] if after else []
    return ", ".join(told) or "none is listed at all"
