"""Ways to spoil missions, activities, windows and resources."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np

from supercargo.astro.elements import satellite_of, states
from supercargo.astro.lighting import shade_depth_rad
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import days
from supercargo.model import LaunchWindow, OperationsPlan, PlannedMission
from tests.mutation_victims import changed, couples, mission_of, pick, put, scene, shift

__all__ = [
    "activity_missing",
    "activity_short",
    "after_latest",
    "arrival_before_launch",
    "arrivals_crowded",
    "azimuth_forged",
    "before_ready",
    "docked_and_lost",
    "docked_by_another_profile",
    "docked_by_night",
    "doubt_forged",
    "ends_early",
    "energy_forged",
    "facility_crowded",
    "fate_foretold",
    "furnisher_denied",
    "hands_short",
    "in_blackout",
    "launcher_too_weak",
    "loaded_while_full",
    "mission_twice",
    "must_mission_dropped",
    "offset_forged",
    "opportunity_invented",
    "other_facility",
    "other_launcher",
    "other_pad",
    "other_place",
    "other_type",
    "outside_window",
    "pad_double_booked",
    "phase_forged",
    "phase_ignored",
    "port_not_yet_in_service",
    "port_out_of_service",
    "processing_d",
    "profile_invented",
    "range_crowded",
    "route_cheapened",
    "route_renamed",
    "stay_too_long",
    "sun_forged",
    "sun_too_high",
    "sunrise_forged",
    "sure_windows",
    "surest",
    "tail_too_soon",
    "tail_worn_out",
    "tanks_too_small",
    "transit_cut",
    "two_at_one_port",
    "uncontracted",
    "unknown_line",
    "unknown_port",
    "window_forged",
    "window_unmarked",
    "window_widened",
    "wrong_system",
]

# form and flights


def mission_twice(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    return put(plan, "missions", victim, victim, victim)


def unknown_port(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "missions", pick(plan.missions, "mission"), port="nowhere")


def unknown_line(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "manifest", pick(plan.manifest, "row"), item_id="GHOST")


def uncontracted(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "missions", pick(plan.missions, "mission"), mission_id="EXTRA-1")


def must_mission_dropped(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((m for m in plan.missions if plan.scenario.requests[m.mission_id].must), "must mission")
    return put(plan, "missions", victim)


def fate_foretold(plan: OperationsPlan) -> OperationsPlan:
    as_of = plan.scenario.settings.as_of_utc
    return changed(plan, "missions", pick((m for m in plan.missions if m.launch_utc > as_of), "mission"), outcome="docked")


def docked_and_lost(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "missions", pick(plan.missions, "mission"), outcome="lost")


def other_place(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    place = pick((name for name in plan.scenario.places if name != victim.destination), "second place")
    return changed(plan, "missions", victim, destination=place)


def furnisher_denied(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((mission for mission in plan.missions if mission.furnished_by), "furnished mission")
    return changed(plan, "missions", victim, furnished_by="")


def other_type(plan: OperationsPlan) -> OperationsPlan:
    found = (
        (mission, name)
        for mission in plan.missions
        for name in plan.scenario.vehicle_types
        if name not in plan.scenario.requests[mission.mission_id].vehicle_types
    )
    victim, name = pick(found, "type that a mission may not fly")
    return changed(plan, "missions", victim, vehicle_type=name)


def other_launcher(plan: OperationsPlan) -> OperationsPlan:
    found = (
        (mission, name)
        for mission in plan.missions
        for name in plan.scenario.launcher_named
        if name not in plan.scenario.vehicle_types[mission.vehicle_type].launchers
    )
    victim, name = pick(found, "launcher that does not lift a type")
    return changed(plan, "missions", victim, launcher=name)


def other_pad(plan: OperationsPlan) -> OperationsPlan:
    found = ((m, pad) for m in plan.missions for pad in plan.scenario.pads if m.launcher not in pad.launchers)
    victim, pad = pick(found, "pad that does not serve a launcher")
    return changed(plan, "missions", victim, site=pad.site, pad=pad.pad)


def other_facility(plan: OperationsPlan) -> OperationsPlan:
    found = (
        (mission, facility)
        for mission in plan.missions
        for facility in plan.scenario.facilities
        if facility.site != mission.site or (facility.vehicle_types and mission.vehicle_type not in facility.vehicle_types)
    )
    victim, facility = pick(found, "facility that is wrong for a mission")
    return changed(plan, "missions", victim, facility_id=facility.facility_id)


def after_latest(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    latest = plan.scenario.requests[victim.mission_id].latest_utc
    return shift(plan, victim, latest - victim.launch_utc + timedelta(hours=1))


def outside_window(plan: OperationsPlan) -> OperationsPlan:
    return shift(plan, pick(plan.missions, "mission"), timedelta(minutes=7))


def window_unmarked(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "windows", pick((row for row in plan.windows if row.used_by), "used window"), used_by="")


def arrival_before_launch(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    return changed(plan, "missions", victim, arrive_utc=victim.launch_utc - timedelta(hours=1))


def stay_too_long(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    longest_d = min(
        plan.scenario.requests[victim.mission_id].docked_max_d, plan.scenario.vehicle_types[victim.vehicle_type].docked_max_d
    )
    return changed(plan, "missions", victim, depart_utc=victim.docked_utc[0] + days(longest_d) + timedelta(minutes=1))


def ends_early(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    return changed(plan, "missions", victim, end_utc=victim.end_utc - timedelta(minutes=30))


def loaded_while_full(plan: OperationsPlan) -> OperationsPlan:
    victim = pick(plan.missions, "mission")
    hatch = days(plan.scenario.places[victim.destination].hatch_open_d)
    return changed(plan, "missions", victim, depart_utc=victim.docked_utc[0] + 2 * hatch + timedelta(hours=1))


def activity_missing(plan: OperationsPlan) -> OperationsPlan:
    return put(plan, "activities", pick((row for row in plan.activities if row.kind == "unload"), "unloading"))


def activity_short(plan: OperationsPlan) -> OperationsPlan:
    victim = pick((row for row in plan.activities if row.kind == "unload"), "unloading")
    return changed(plan, "activities", victim, end_utc=victim.end_utc - timedelta(hours=1))


# windows


def sure_windows(plan: OperationsPlan) -> list[LaunchWindow]:
    """Plane windows that a mission uses, the surest first."""
    return sorted((row for row in plan.windows if row.used_by and row.node != "catalogue"), key=lambda row: row.sigma_s)


def surest(plan: OperationsPlan) -> LaunchWindow:
    return pick(sure_windows(plan), "plane window in use")


def window_forged(plan: OperationsPlan) -> OperationsPlan:
    """Mission and window are shifted together, so that they still agree."""
    row, by = surest(plan), timedelta(hours=1)
    columns = ("launch_utc", "opens_utc", "closes_utc")
    plan = changed(plan, "windows", row, **{name: getattr(row, name) + by for name in columns})
    return shift(plan, mission_of(plan, row.used_by), by)


def offset_forged(plan: OperationsPlan) -> OperationsPlan:
    row = surest(plan)
    return changed(plan, "windows", row, plane_offset_deg=(row.plane_offset_deg or 0.0) + 20.0)


def azimuth_forged(plan: OperationsPlan) -> OperationsPlan:
    row = surest(plan)
    return changed(plan, "windows", row, azimuth_deg=((row.azimuth_deg or 0.0) + 180.0) % 360.0)


def window_widened(plan: OperationsPlan) -> OperationsPlan:
    row = surest(plan)
    return changed(plan, "windows", row, closes_utc=row.closes_utc + timedelta(hours=1))


def doubt_forged(plan: OperationsPlan) -> OperationsPlan:
    row = pick(reversed(sure_windows(plan)), "plane window in use")
    return changed(plan, "windows", row, sigma_s=10.0 * row.sigma_s + 100.0)


def sun_forged(plan: OperationsPlan) -> OperationsPlan:
    row = surest(plan)
    beta_deg = row.beta_deg or 0.0
    return changed(plan, "windows", row, beta_deg=beta_deg - math.copysign(60.0, beta_deg))


def transit_cut(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.transit_d), "listed window in use")
    return changed(plan, "windows", row, transit_d=(row.transit_d or 0.0) / 2.0)


def opportunity_invented(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.transit_d), "listed window in use")
    return changed(plan, "windows", row, launch_utc=row.launch_utc + timedelta(days=1000))


def route_renamed(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.route), "listed route in use")
    return changed(plan, "windows", row, route="low-energy")


def route_cheapened(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.delta_v_m_s), "listed route in use")
    return changed(plan, "windows", row, delta_v_m_s=(row.delta_v_m_s or 0.0) - 20.0)


def energy_forged(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.c3_km2_s2 is not None), "listed launch energy in use")
    return changed(plan, "windows", row, c3_km2_s2=(row.c3_km2_s2 or 0.0) - 1.0)


def sunrise_forged(plan: OperationsPlan) -> OperationsPlan:
    row = pick((row for row in plan.windows if row.used_by and row.route), "listed route in use")
    return changed(plan, "windows", row, sun_elevation_deg=5.0)


def launcher_too_weak(plan: OperationsPlan) -> OperationsPlan:
    """No launcher sends half of the spacecraft off."""
    pick((row for row in plan.windows if row.used_by and row.delta_v_m_s), "listed route in use")
    rows = tuple(replace(row, payload_kg=2000.0) for row in plan.scenario.launch_energies)
    return replace(plan, scenario=replace(plan.scenario, launch_energies=rows))


def tanks_too_small(plan: OperationsPlan) -> OperationsPlan:
    """The spacecraft of a route has no propellant."""
    row = pick((row for row in plan.windows if row.used_by and row.delta_v_m_s), "listed route in use")
    vehicle = plan.scenario.vehicle_types[mission_of(plan, row.used_by).vehicle_type]
    return scene(plan, "vehicles", vehicle, propellant_kg=0.0)


# ways up


def _by_plane(plan: OperationsPlan) -> list[PlannedMission]:
    """Missions to a place whose plane is crossed, on a way that is not agreed."""
    return [
        mission
        for mission in plan.missions
        if plan.scenario.places[mission.destination].window_kind == "plane"
        and not mission.lost
        and plan.scenario.requests[mission.mission_id].phasing_d is None
    ]


def profile_invented(plan: OperationsPlan) -> OperationsPlan:
    return changed(plan, "missions", pick(plan.missions, "mission"), profile="by balloon")


def phase_ignored(plan: OperationsPlan) -> OperationsPlan:
    """The mission claims the fastest profile, and its type may fly it, on a day on which the place is elsewhere."""
    fastest = min(plan.scenario.profiles, key=lambda profile: profile.revolutions)
    victim = pick(reversed(_by_plane(plan)), "mission to an orbit")
    vehicle = plan.scenario.vehicle_types[victim.vehicle_type]
    plan = scene(plan, "vehicles", vehicle, profiles=(fastest.profile,))
    return changed(plan, "missions", victim, profile=fastest.profile)


def docked_by_another_profile(plan: OperationsPlan) -> OperationsPlan:
    """The mission arrives as if it had flown by the shortest profile, but does not say so."""
    victim = pick((mission for mission in plan.missions if mission.profile), "mission by a profile")
    return changed(plan, "missions", victim, arrive_utc=victim.launch_utc + timedelta(hours=3.5))


def sun_too_high(plan: OperationsPlan) -> OperationsPlan:
    """The type can't bear the Sun where it docks."""
    victim = pick((mission for mission in _by_plane(plan) if mission.profile), "mission by a profile")
    return scene(plan, "vehicles", plan.scenario.vehicle_types[victim.vehicle_type], beta_limit_deg=0.0)


def docked_by_night(plan: OperationsPlan) -> OperationsPlan:
    """Elements of the day of lift-off have the place in the Earth's shadow at docking, and the type needs light."""
    victim = pick((mission for mission in _by_plane(plan) if mission.profile), "mission by a profile")
    plan = scene(plan, "vehicles", plan.scenario.vehicle_types[victim.vehicle_type], daylight=True)
    orbit = plan.scenario.orbits_of[victim.destination][0]
    dock_s = np.array([seconds_since_j2000(victim.docked_utc[0])])
    turned = (replace(orbit, epoch_utc=victim.launch_utc, mean_anomaly_deg=10.0 * step) for step in range(36))
    dark = pick(
        (one for one in turned if shade_depth_rad(states(satellite_of(one), dock_s)[0], dock_s, shade="umbra")[0] > 0.3),
        "place on its orbit in the shadow",
    )
    return scene(plan, "orbits", orbit, epoch_utc=dark.epoch_utc, mean_anomaly_deg=dark.mean_anomaly_deg)


def phase_forged(plan: OperationsPlan) -> OperationsPlan:
    row = surest(plan)
    return changed(plan, "windows", row, phase_deg=((row.phase_deg or 0.0) + 90.0) % 360.0)


# resources


def pad_double_booked(plan: OperationsPlan) -> OperationsPlan:
    first, second = pick(combinations(plan.missions, 2), "second mission")
    stack = {"launcher": first.launcher, "site": first.site, "pad": first.pad}
    return shift(plan, second, first.launch_utc - second.launch_utc, **stack)


def range_crowded(plan: OperationsPlan) -> OperationsPlan:
    """Two launches from one range come nineteen seconds apart."""
    sites = plan.scenario.sites
    named = {site.site: site.range_name or site.site for site in sites}
    spaced = {named[site.site] for site in sites if site.range_spacing_d > 0.01}
    found = ((a, b) for a, b in couples(plan, lambda mission: named[mission.site]) if named[a.site] in spaced)
    first, second = pick(found, "two missions from a range that asks for room between launches")
    return shift(plan, second, first.launch_utc - second.launch_utc + timedelta(seconds=19))


def arrivals_crowded(plan: OperationsPlan) -> OperationsPlan:
    """The place asks for more room between two arrivals than the plan gives."""
    first, second = pick(couples(plan, lambda mission: mission.destination), "two missions to one place")
    gap_d = abs(second.docked_utc[0] - first.docked_utc[0]) / timedelta(days=1)
    return scene(plan, "destinations", plan.scenario.places[first.destination], arrival_spacing_d=gap_d + 0.01)


def processing_d(plan: OperationsPlan, mission: PlannedMission) -> float:
    """Days from the start of processing to lift-off."""
    vehicle = plan.scenario.vehicle_types[mission.vehicle_type]
    return vehicle.processing_d + plan.scenario.launcher_named[mission.launcher].pad_d


def facility_crowded(plan: OperationsPlan) -> OperationsPlan:
    capacity = {facility.facility_id: facility.capacity for facility in plan.scenario.facilities}
    first = pick(
        (mission for mission in plan.missions if capacity[mission.facility_id] < len(plan.missions)), "small facility"
    )
    start = first.launch_utc - days(processing_d(plan, first))
    for mission in plan.missions:
        by = start + days(processing_d(plan, mission)) - mission.launch_utc
        plan = shift(plan, mission_of(plan, mission.mission_id), by, facility_id=first.facility_id)
    return plan


def before_ready(plan: OperationsPlan) -> OperationsPlan:
    return shift(plan, pick(plan.missions, "mission"), timedelta(days=-3000))


def tail_too_soon(plan: OperationsPlan) -> OperationsPlan:
    first, second = pick(couples(plan, lambda mission: mission.vehicle_type), "two missions of one type")
    return shift(plan, second, first.launch_utc - second.launch_utc + timedelta(days=1), vehicle_id=first.vehicle_id)


def tail_worn_out(plan: OperationsPlan) -> OperationsPlan:
    left = {tail.vehicle_id: tail.flights_left for tail in plan.scenario.tails}
    found = (mission.vehicle_id for mission in plan.missions if left[mission.vehicle_id] < len(plan.missions))
    tail = pick(found, "tail with fewer flights than the plan")
    return replace(plan, missions=tuple(replace(mission, vehicle_id=tail) for mission in plan.missions))


def wrong_system(plan: OperationsPlan) -> OperationsPlan:
    systems = {name: vehicle.docking_system for name, vehicle in plan.scenario.vehicle_types.items()}
    found = (
        (mission, port)
        for mission in plan.missions
        for port in plan.scenario.ports
        if port.destination == mission.destination and systems[mission.vehicle_type] not in port.docking_system
    )
    victim, port = pick(found, "port that does not fit a mission")
    return changed(plan, "missions", victim, port=port.port)


def port_out_of_service(plan: OperationsPlan) -> OperationsPlan:
    """The port goes out of service an hour before its visitor leaves."""
    victim = pick(plan.missions, "mission")
    ports = (port for port in plan.scenario.ports if (port.destination, port.port) == (victim.destination, victim.port))
    return scene(plan, "ports", pick(ports, "port"), to_utc=victim.docked_utc[1] - timedelta(hours=1))


def port_not_yet_in_service(plan: OperationsPlan) -> OperationsPlan:
    """The port comes into service an hour after its visitor."""
    victim = pick(plan.missions, "mission")
    ports = (port for port in plan.scenario.ports if (port.destination, port.port) == (victim.destination, victim.port))
    return scene(plan, "ports", pick(ports, "port"), from_utc=victim.docked_utc[0] + timedelta(hours=1))


def two_at_one_port(plan: OperationsPlan) -> OperationsPlan:
    first, second = pick(couples(plan, lambda mission: mission.destination), "two missions to one place")
    return shift(plan, second, first.docked_utc[1] - second.docked_utc[0], port=first.port)


def hands_short(plan: OperationsPlan) -> OperationsPlan:
    def rate(mission: PlannedMission) -> float:
        vehicle = plan.scenario.vehicle_types[mission.vehicle_type]
        return min(vehicle.unload_h_d, plan.scenario.places[mission.destination].handling_h_d)

    found = (
        (a, b)
        for a, b in couples(plan, lambda mission: mission.destination)
        if rate(a) + rate(b) > plan.scenario.places[a.destination].handling_h_d
    )
    first, second = pick(found, "two missions that one crew can't unload together")
    return shift(plan, second, first.docked_utc[0] - second.docked_utc[0])


def in_blackout(plan: OperationsPlan) -> OperationsPlan:
    for closure in plan.scenario.blackouts:
        for mission in plan.missions:
            instant = {
                ("site", mission.site): mission.launch_utc,
                ("pad", f"{mission.site}/{mission.pad}"): mission.launch_utc,
                ("destination", mission.destination): mission.docked_utc[0],
                ("port", f"{mission.destination}/{mission.port}"): mission.docked_utc[0],
            }.get((closure.kind, closure.object))
            if instant:
                return shift(plan, mission, closure.from_utc - instant)
    raise LookupError("the plan has no closure that a mission could meet")
