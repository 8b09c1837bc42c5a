"""Windows of one site to one place with each spacecraft's ways to dock: geometry, burns, light, and reasons for refusal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from supercargo.astro.crossings import MovingPlane, find_crossings, moving_plane
from supercargo.astro.frames import pad_direction
from supercargo.astro.lighting import eclipse_share
from supercargo.astro.manoeuvres import Burn, paid
from supercargo.astro.rendezvous import ArrivalOption, Busy, Chaser, DockLight, Profile, light_reasons
from supercargo.astro.timescales import instant_at, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError, as_written, days, format_utc
from supercargo.model import (
    Arrival,
    Destination,
    Launcher,
    LaunchWindow,
    MissionRequest,
    Orbit,
    Port,
    Scenario,
    Site,
    VehicleType,
    WindowQuery,
    WindowsFound,
)
from supercargo.plan.route_arrivals import route_arrivals, why_no_route
from supercargo.plan.ways import Held, chaser_of, docking_lights, held_at, not_flown, options_through, profiles_of
from supercargo.plan.windows import azimuth_lawful, find_windows, planes_held

__all__ = ["list_arrivals"]

_FAR_AHEAD = timedelta(days=60)
_FLAT_DEG = 1e-6  # an inclination below which a plane is the equator's


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What all windows of a question share."""

    query: WindowQuery
    place: Destination
    site: Site
    vehicles: tuple[VehicleType, ...]
    plane: MovingPlane  # nearest to the span
    held: tuple[Held, ...]
    busy: dict[str, tuple[Busy, ...]]  # by docking system
    launchers: Mapping[str, Launcher]  # by name
    profiles: tuple[Profile, ...]


def _named(scenario: Scenario, query: WindowQuery) -> tuple[Destination, Site]:
    """The place and the site asked for. Raises ScenarioError naming the known ones."""
    place = scenario.places.get(query.destination)
    if place is None:
        known = ", ".join(sorted(scenario.places))
        raise ScenarioError(f"no place is called {query.destination!r}", fix=f"use one of: {known}", where="--destination")
    site = next((site for site in scenario.sites if site.site == query.site), None)
    if site is None:
        known = ", ".join(sorted(site.site for site in scenario.sites))
        raise ScenarioError(f"no site is called {query.site!r}", fix=f"use one of: {known}", where="--site")
    return place, site


def _orbit(scenario: Scenario, query: WindowQuery) -> Orbit:
    """The place's orbit nearest in time to the span asked for."""
    orbits = [orbit for orbit in scenario.orbits if orbit.destination == query.destination]
    if not orbits:
        fix = f"add a row for {query.destination} to orbits.csv"
        raise ScenarioError(f"{query.destination} has no orbit", fix=fix, where="orbits.csv")
    return min(orbits, key=lambda orbit: abs(orbit.epoch_utc - query.start_utc))


def _vehicles(scenario: Scenario, query: WindowQuery) -> tuple[VehicleType, ...]:
    """Types asked for, or all, that a launcher of the site lifts and a port of the place takes; sorted by name."""
    known = {vehicle.vehicle_type for vehicle in scenario.vehicles}
    for name in query.vehicle_types:
        if name not in known:
            fix = f"use one of: {', '.join(sorted(known))}"
            raise ScenarioError(f"no type of spacecraft is called {name!r}", fix=fix, where="--vehicle")
    launchers = {name for pad in scenario.pads if pad.site == query.site for name in pad.launchers}
    systems = {system for port in scenario.ports if port.destination == query.destination for system in port.docking_system}
    fitting = [
        vehicle
        for vehicle in scenario.vehicles
        if launchers & set(vehicle.launchers)
        and vehicle.docking_system in systems
        and (not query.vehicle_types or vehicle.vehicle_type in query.vehicle_types)
    ]
    return tuple(sorted(fitting, key=lambda vehicle: vehicle.vehicle_type))


def _request(query: WindowQuery, vehicles: tuple[VehicleType, ...]) -> MissionRequest:
    return MissionRequest(
        mission_id="asked", destination=query.destination, launchers=(), sites=(query.site,),
        vehicle_types=tuple(vehicle.vehicle_type for vehicle in vehicles),
        earliest_utc=query.start_utc, latest_utc=query.end_utc, docked_min_d=0.0, docked_max_d=1.0,
    )  # fmt: skip


Closure = tuple[float, float, str]


def _closures(scenario: Scenario, query: WindowQuery, port: Port, span_s: tuple[float, float]) -> list[Closure]:
    """Spans in which a port takes no arrival: out of service, blacked out, or taken, with the clearance before and after."""
    found: list[Closure] = []
    if port.from_utc is not None:
        found.append((span_s[0], seconds_since_j2000(port.from_utc), "not yet in service"))
    if port.to_utc is not None:
        found.append((seconds_since_j2000(port.to_utc), span_s[1], "no longer in service"))
    for blackout in scenario.blackouts:
        if (blackout.kind, blackout.object) == ("port", f"{port.destination}/{port.port}"):
            why = blackout.reason or "blackout"
            found.append((seconds_since_j2000(blackout.from_utc), seconds_since_j2000(blackout.to_utc), why))
    apart_s = scenario.places[port.destination].clearance_d * DAY_S
    for taken in query.taken:
        if (taken.destination, taken.port) == (port.destination, port.port):
            arrive_s, depart_s = seconds_since_j2000(taken.arrive_utc), seconds_since_j2000(taken.depart_utc)
            found.append((arrive_s - apart_s, depart_s + apart_s, f"taken by {taken.mission_id}"))
    return found


def _busy(scenario: Scenario, query: WindowQuery, system: str, ahead: timedelta = _FAR_AHEAD) -> tuple[Busy, ...]:
    """Spans without an arrival for one docking system: blackouts of the place, and spans in which every port is closed.

    They are told up to `ahead` after the last lift-off asked for.
    """
    span_s = (seconds_since_j2000(query.start_utc), seconds_since_j2000(query.end_utc + ahead))
    spans = [
        Busy(
            from_s=seconds_since_j2000(blackout.from_utc), to_s=seconds_since_j2000(blackout.to_utc),
            why=f"blackout of {query.destination}" + (f": {blackout.reason}" if blackout.reason else ""),
        )
        for blackout in scenario.blackouts
        if (blackout.kind, blackout.object) == ("destination", query.destination)
    ]  # fmt: skip
    ports = [port for port in scenario.ports if port.destination == query.destination and system in port.docking_system]
    closed = [_closures(scenario, query, port, span_s) for port in ports]
    borders = sorted({span_s[0], span_s[1], *(edge for spans in closed for span in spans for edge in span[:2])})
    for begin, end in pairwise(borders):
        middle = (begin + end) / 2.0
        whys = [[why for a, b, why in spans if a <= middle <= b] for spans in closed]
        if ports and all(whys):
            named = "; ".join(f"port {port.port} {why[0]}" for port, why in zip(ports, whys, strict=True))
            spans.append(Busy(from_s=begin, to_s=end, why=named))
    return tuple(spans)


def _no_launch(scenario: Scenario, window: LaunchWindow, launch_utc: datetime) -> tuple[str, ...]:
    """Blackouts of the window's site or pad at its lift-off, or at a way's own."""
    closed = {("site", window.site), ("pad", f"{window.site}/{window.pad}")}
    return tuple(
        f"no launch: blackout of {blackout.object}" + (f": {blackout.reason}" if blackout.reason else "")
        for blackout in scenario.blackouts
        if (blackout.kind, blackout.object) in closed
        and any(blackout.from_utc <= instant < blackout.to_utc for instant in (window.launch_utc, launch_utc))
    )


def _chaser(vehicle: VehicleType, case: _Case) -> Chaser:
    """A spacecraft as the question has it: it may ask for another limit of beta, or for light."""
    own, query = chaser_of(vehicle, case.place), case.query
    limit_deg = own.beta_limit_deg if query.beta_limit_deg is None else query.beta_limit_deg
    return replace(own, beta_limit_deg=limit_deg, needs_light=own.needs_light or query.daylight)


def _row(case: _Case, window: LaunchWindow, vehicle: VehicleType, option: ArrivalOption) -> Arrival:
    beta = window.beta_deg if window.beta_deg is not None else 0.0
    light = option.light or DockLight(beta_deg=beta, lit=None)
    burns = "; ".join(f"{burn.name} {burn.delta_v_m_s:.1f} m/s {burn.propellant_kg:.1f} kg" for burn in option.burns)
    return as_written(
        Arrival(
            destination=window.destination,
            site=window.site,
            pad=window.pad,
            launcher=window.launcher,
            launch_utc=window.launch_utc,
            opens_utc=window.opens_utc,
            closes_utc=window.closes_utc,
            sigma_s=window.sigma_s,
            node=window.node,
            azimuth_deg=window.azimuth_deg or 0.0,
            azimuth_min_deg=case.site.azimuth_min_deg,
            azimuth_max_deg=case.site.azimuth_max_deg,
            plane_offset_deg=window.plane_offset_deg or 0.0,
            phase_deg=window.phase_deg,
            beta_deg=beta,
            eclipse_fraction=float(eclipse_share(np.array([beta]), case.plane.semi_major_axis_km)[0]),
            vehicle_type=vehicle.vehicle_type,
            profile=option.profile,
            lift_off_utc=instant_at(option.lift_off_s),
            dock_utc=instant_at(option.dock_s),
            stands=not option.refused,
            refused="; ".join(option.refused),
            insertion_phase_deg=option.insertion_phase_deg,
            needed_min_deg=option.needed_deg[0],
            needed_max_deg=option.needed_deg[1],
            phasing_km=option.phasing_km,
            delta_v_m_s=option.delta_v_m_s,
            propellant_kg=option.propellant_kg,
            margin_kg=option.margin_kg,
            burns=burns,
            dock_beta_deg=light.beta_deg,
            dock_light={None: "unknown", True: "lit", False: "dark"}[light.lit],
        )
    )


def _usual(
    case: _Case, window: LaunchWindow, vehicle: VehicleType, light_of: Callable[[float], DockLight]
) -> Iterator[ArrivalOption]:
    """The way of a type that names no profiles, as it is planned: after its phasing_d, with the place's delta-v.

    Beta and light bind it only where the question asks for them.
    """
    if vehicle.profiles:
        return
    lift_off_s = seconds_since_j2000(window.launch_utc)
    dock_s = lift_off_s + days(vehicle.phasing_d).total_seconds()
    limit_deg = 90.0 if case.query.beta_limit_deg is None else case.query.beta_limit_deg
    chaser = replace(_chaser(vehicle, case), beta_limit_deg=limit_deg, needs_light=case.query.daylight)
    burns = paid([Burn(name="all manoeuvres", delta_v_m_s=case.place.delta_v_m_s)], chaser.mass_kg, chaser.isp_s)
    margin_kg = chaser.propellant_kg - chaser.kept_kg - burns[0].propellant_kg
    light = light_of(dock_s)
    refused = [
        *light_reasons(chaser, light),
        *(f"no arrival: {span.why}" for span in case.busy[vehicle.docking_system] if span.from_s <= dock_s < span.to_s),
        *([f"propellant short by {-margin_kg:.0f} kg"] if margin_kg < 0.0 else []),
    ]
    yield ArrivalOption(
        profile="",
        lift_off_s=lift_off_s,
        dock_s=dock_s,
        needed_deg=(0.0, 360.0),
        insertion_phase_deg=None,
        phasing_km=None,
        burns=tuple(burns),
        margin_kg=margin_kg,
        light=light,
        refused=tuple(refused),
    )


def _arrivals(scenario: Scenario, case: _Case, window: LaunchWindow) -> Iterator[Arrival]:
    """Rows of one window: each spacecraft that its launcher lifts, by each profile, without profiles its usual way first."""
    launcher, sure = case.launchers[window.launcher], np.array([window.phase_deg is not None])
    held = held_at(case.held, seconds_since_j2000(window.launch_utc))

    def light_of(at_s: float) -> DockLight:
        return docking_lights(held[0], np.array([float(round(at_s))]), sure)[0]

    for vehicle in case.vehicles:
        if window.launcher not in vehicle.launchers:
            continue
        options = options_through(
            window, held, launcher, _chaser(vehicle, case), case.profiles,
            light_of=light_of, busy=case.busy[vehicle.docking_system],
        )  # fmt: skip
        for option in (*_usual(case, window, vehicle, light_of), *options):
            grounded = _no_launch(scenario, window, instant_at(option.lift_off_s))
            refused = (*grounded, *not_flown(vehicle, option.profile), *option.refused)
            yield _row(case, window, vehicle, replace(option, refused=refused))


def _why_none(scenario: Scenario, case: _Case) -> Iterator[str]:
    """Why a site has no window to a place: no pad with a launcher, too far north, or the range's azimuths."""
    pads = [pad for pad in scenario.pads if pad.site == case.site.site]
    if not pads:
        yield f"{case.site.site} has no pad"
    elif not case.vehicles:
        yield f"no spacecraft that docks at {case.place.destination} is lifted by a launcher of {case.site.site}"
    inclination_deg = math.degrees(case.plane.inclination_rad)
    highest_deg = min(inclination_deg, 180.0 - inclination_deg)
    span_s = (seconds_since_j2000(case.query.start_utc), seconds_since_j2000(case.query.end_utc))
    for pad in pads:
        north_deg = math.degrees(math.asin(abs(float(pad_direction(pad.latitude_deg, pad.longitude_deg)[2]))))
        passes = find_crossings(case.plane, pad.latitude_deg, pad.longitude_deg, span_s)
        if not passes.at_s.size and north_deg > highest_deg:
            yield f"pad {pad.pad} lies {north_deg:.2f} deg from the equator, and the plane reaches {highest_deg:.2f} deg"
        elif not passes.at_s.size and highest_deg < _FLAT_DEG:
            yield f"pad {pad.pad} lies in the plane all day, so that no crossing sets an instant"
        elif not passes.at_s.size:
            yield f"pad {pad.pad} does not cross the plane between {format_utc(case.query.start_utc)} and the end of the span"
        elif not azimuth_lawful(case.site, passes.azimuth_deg).any():
            flown = ", ".join(f"{azimuth:.1f}" for azimuth in sorted(set(np.round(passes.azimuth_deg, 1).tolist()))[:4])
            limits = f"{case.site.azimuth_min_deg:g} to {case.site.azimuth_max_deg:g}"
            yield f"pad {pad.pad} would need an azimuth of {flown} deg, and the range allows {limits}"


def _listed(scenario: Scenario, query: WindowQuery, vehicles: tuple[VehicleType, ...]) -> WindowsFound:
    """The answer for a place whose windows are listed."""
    if query.beta_limit_deg is not None:
        what = f"{query.destination} is not reached by crossing an orbit plane, so no beta limits an arrival there"
        raise ScenarioError(what, fix="leave the limit out; --daylight asks for a lit arrival", where="--beta-limit")
    windows: tuple[LaunchWindow, ...] = ()
    if vehicles:
        windows = find_windows(replace(scenario, missions=(_request(query, vehicles),)))
    ahead = _FAR_AHEAD + days(max((window.transit_d or 0.0 for window in windows), default=0.0))
    systems = sorted({vehicle.docking_system for vehicle in vehicles})
    rows = route_arrivals(
        scenario, query, [(window, _no_launch(scenario, window, window.launch_utc)) for window in windows], vehicles,
        {system: _busy(scenario, query, system, ahead) for system in systems},
    )  # fmt: skip
    reasons = () if windows else tuple(why_no_route(scenario, query, vehicles))
    return WindowsFound(windows=windows, arrivals=(), reasons=reasons, routes=rows)


def list_arrivals(scenario: Scenario, query: WindowQuery) -> WindowsFound:
    """A launch window is worth what can dock through it: each window of a site in a span with every spacecraft's profiles.

    Windows are those of `find_windows`, for a mission that might fly at any time of the span; options are those of
    `options_through`, as for the schedule, the spacecraft loaded full, its departure kept. A port that is closed, blacked out
    or taken by a mission named in the question refuses an arrival if every other that fits does too; a blackout of site or pad
    refuses a launch. A place beyond low Earth orbit has its listed windows, each with every spacecraft's lift by its route.

    Raises
    ------
    ScenarioError
        for an unknown place, site or type, a place without orbit or listed window, or an empty span; for a limit of beta
        at a place that is not reached by crossing a plane.
    """
    place, site = _named(scenario, query)
    if query.end_utc <= query.start_utc:
        raise ScenarioError("the span asked for is empty", fix="give at least one day", where="--days")
    vehicles = _vehicles(scenario, query)
    if place.window_kind != "plane":
        return _listed(scenario, query, vehicles)
    systems = {vehicle.docking_system for vehicle in vehicles}
    case = _Case(
        query=query, place=place, site=site, vehicles=vehicles,
        plane=moving_plane(_orbit(scenario, query)), held=planes_held(scenario, query.destination),
        busy={system: _busy(scenario, query, system) for system in sorted(systems)},
        launchers=scenario.launcher_named, profiles=profiles_of(scenario.profiles),
    )  # fmt: skip
    windows: tuple[LaunchWindow, ...] = ()
    if vehicles:
        windows = find_windows(replace(scenario, missions=(_request(query, vehicles),)))
    arrivals = tuple(row for window in windows for row in _arrivals(scenario, case, window))
    return WindowsFound(windows=windows, arrivals=arrivals, reasons=() if windows else tuple(_why_none(scenario, case)))
