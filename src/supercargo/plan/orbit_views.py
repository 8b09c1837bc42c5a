"""What an orbit allows, read off a scenario: beta and night, passes over antennas, ways home, holds near the place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from supercargo.astro.crossings import NEAR_EPOCH_D, MovingPlane, moving_plane, phase_sigma_deg
from supercargo.astro.departure import DISPOSAL, ZONES, Corridor, Zone, disposal_burns, fall_of, find_landings
from supercargo.astro.elements import states
from supercargo.astro.lighting import beta_calendar, shade_depth_rad
from supercargo.astro.manoeuvres import EARTH_KM, Burn, paid
from supercargo.astro.passes import GroundStation, find_passes
from supercargo.astro.proximity import retries, safety_of
from supercargo.astro.rendezvous import Chaser, Insertion, Meeting, arrival_options
from supercargo.astro.timescales import instant_at, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError, as_written, days, format_utc
from supercargo.model import (
    Antenna,
    BetaDay,
    DisposalCorridor,
    HoldSafety,
    LandingZone,
    Orbit,
    OrbitFound,
    ReturnChance,
    Scenario,
    StationPass,
    VehicleType,
)

__all__ = ["SOUTH_PACIFIC", "antennas_of", "beta_days", "hold_safety", "station_passes", "ways_home"]

SOUTH_PACIFIC = Corridor(name="South Pacific", south_deg=-60.0, north_deg=-25.0, west_deg=-175.0, east_deg=-85.0)
"""The empty ocean east of New Zealand, in which stations' cargo ships end; borders from memory, kept narrow."""

_FAR_KM = 5000.0  # nobody asks how much farther off a zone is

Span = tuple[datetime, datetime]


def _plane(scenario: Scenario, destination: str, start: datetime) -> MovingPlane:
    """The plane of a place, from its orbit nearest in time. Raises ScenarioError for an unknown place or one without orbit."""
    if destination not in scenario.places:
        known = ", ".join(sorted(scenario.places))
        raise ScenarioError(f"no place is called {destination!r}", fix=f"use one of: {known}", where="--destination")
    body = scenario.places[destination].body
    if body != "Earth":
        about = sorted({orbit.destination for orbit in scenario.orbits if scenario.places[orbit.destination].body == "Earth"})
        fix = f"ask for a place in Earth orbit: {', '.join(about) or 'none has elements in orbits.csv'}"
        what = f"{destination} is not in Earth orbit, its body is {body}, and the view is of orbits about the Earth"
        raise ScenarioError(what, fix=fix, where="--destination")
    orbits: list[Orbit] = [orbit for orbit in scenario.orbits if orbit.destination == destination]
    if not orbits:
        fix = f"add a row for {destination} to orbits.csv, or ask for a place that has one"
        raise ScenarioError(f"{destination} has no orbit", fix=fix, where="orbits.csv")
    return moving_plane(min(orbits, key=lambda orbit: abs(orbit.epoch_utc - start)))


def _near_span_s(plane: MovingPlane, span: Span) -> tuple[float, float]:
    """A span in which the place on the orbit is known. Raises ScenarioError if it reaches beyond two weeks from the epoch."""
    span_s = (seconds_since_j2000(span[0]), seconds_since_j2000(span[1]))
    if span_s[1] <= span_s[0]:
        raise ScenarioError("the span asked for is empty", fix="give at least an hour", where="--days")
    reach_s = NEAR_EPOCH_D * DAY_S
    if span_s[0] < plane.epoch_s - reach_s or span_s[1] > plane.epoch_s + reach_s:
        epoch = format_utc(instant_at(plane.epoch_s))
        what = f"where {plane.place} is on its orbit is known only within {NEAR_EPOCH_D:g} days of {epoch}"
        raise ScenarioError(what, fix="ask for a span within these days, or give newer elements", where="orbits.csv")
    return span_s


def _vehicle(scenario: Scenario, name: str) -> VehicleType:
    found = next((vehicle for vehicle in scenario.vehicles if vehicle.vehicle_type == name), None)
    if found is None:
        known = ", ".join(sorted(vehicle.vehicle_type for vehicle in scenario.vehicles))
        raise ScenarioError(f"no type of spacecraft is called {name!r}", fix=f"use one of: {known}", where="--vehicle")
    return found


def beta_days(scenario: Scenario, destination: str, span: Span) -> tuple[BetaDay, ...]:
    """The Sun over a plane swings through the year with seasons and node; a row a day, any time ahead, with its doubt.

    Raises ScenarioError for an unknown place, one without orbit, or an empty span.
    """
    if span[1] <= span[0]:
        raise ScenarioError("the span asked for is empty", fix="give at least one day", where="--days")
    plane = _plane(scenario, destination, span[0])
    found = beta_calendar(plane, np.arange(seconds_since_j2000(span[0]), seconds_since_j2000(span[1]) + 1.0, DAY_S))
    columns = (found.at_s, found.beta_deg, found.umbra_share, found.sigma_deg)
    return tuple(
        as_written(
            BetaDay(destination=destination, at_utc=instant_at(at_s), beta_deg=beta, night_fraction=share, sigma_deg=sigma)
        )
        for at_s, beta, share, sigma in zip(*(column.tolist() for column in columns), strict=True)
    )


def antennas_of(scenario: Scenario) -> tuple[Antenna, ...]:
    """Where no antenna is named, each launch site is taken to have one."""
    return tuple(
        Antenna(name=site.site, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg) for site in scenario.sites
    )


def station_passes(scenario: Scenario, destination: str, antennas: Sequence[Antenna], span: Span) -> tuple[StationPass, ...]:
    """Passes over antennas in order of time, with what the altitude's spread does to their instants.

    Raises ScenarioError as `beta_days` does, and for a span beyond two weeks from the elements.
    """
    plane = _plane(scenario, destination, span[0])
    span_s = _near_span_s(plane, span)
    stations = [
        GroundStation(
            name=antenna.name,
            latitude_deg=antenna.latitude_deg,
            longitude_deg=antenna.longitude_deg,
            height_km=antenna.height_km,
            least_elevation_deg=antenna.least_elevation_deg,
        )
        for antenna in antennas
    ]
    turn_deg_s = math.degrees(plane.satellite.no_kozai) / 60.0
    rows = []
    for found in find_passes(plane.satellite, stations, span_s, where=f"orbits.csv, {destination}"):
        if not found.rise_s.size:
            continue
        lit = shade_depth_rad(states(plane.satellite, found.highest_s)[0], found.highest_s, shade="umbra") <= 0.0
        sigma_s = phase_sigma_deg(plane, found.highest_s) / turn_deg_s
        rows += [
            as_written(
                StationPass(
                    station=found.station,
                    rise_utc=instant_at(float(found.rise_s[k])),
                    highest_utc=instant_at(float(found.highest_s[k])),
                    set_utc=instant_at(float(found.set_s[k])),
                    highest_deg=float(found.highest_deg[k]),
                    rise_azimuth_deg=float(found.rise_azimuth_deg[k]),
                    set_azimuth_deg=float(found.set_azimuth_deg[k]),
                    lit=bool(lit[k]),
                    sigma_s=float(sigma_s[k]),
                )
            )
            for k in range(found.rise_s.size)
        ]
    return tuple(sorted(rows, key=lambda row: (row.rise_utc, row.station)))


def _braking_kg(vehicle: VehicleType, delta_v_m_s: float, cargo_kg: float) -> float:
    (burn,) = paid([Burn(name="braking", delta_v_m_s=delta_v_m_s)], vehicle.dry_mass_kg + cargo_kg, vehicle.isp_s)
    return burn.propellant_kg


def _zones(asked: Sequence[str | LandingZone]) -> tuple[Zone, ...]:
    """Zones asked for, or all that are known. Raises ScenarioError for an unknown one."""
    known = {zone.name: zone for zone in ZONES}
    chosen = []
    for zone in asked:
        if isinstance(zone, LandingZone):
            place = {"latitude_deg": zone.latitude_deg, "longitude_deg": zone.longitude_deg, "reach_km": zone.reach_km}
            chosen.append(Zone(name=zone.name, takes="any", **place))
        elif zone in known:
            chosen.append(known[zone])
        else:
            fix = f"use one of: {', '.join(sorted(known))}; or NAME,LATITUDE,LONGITUDE,REACH_KM"
            raise ScenarioError(f"no zone is called {zone!r}", fix=fix, where="--zone")
    return tuple(chosen) or ZONES


def _corridor(asked: DisposalCorridor | None) -> Corridor:
    """The corridor asked for, or the South Pacific. Raises ScenarioError if it has no height."""
    if asked is None:
        return SOUTH_PACIFIC
    if asked.north_deg <= asked.south_deg:
        what = f"corridor {asked.name} has its northern parallel at or below its southern one"
        raise ScenarioError(what, fix="write NAME,SOUTH,NORTH,WEST,EAST in degrees", where="--corridor")
    return Corridor(
        name=asked.name,
        south_deg=asked.south_deg,
        north_deg=asked.north_deg,
        west_deg=asked.west_deg,
        east_deg=asked.east_deg,
    )


def _refuse_elsewhere(scenario: Scenario, destination: str, vehicle: VehicleType) -> None:
    """A spacecraft comes home from where it can dock. Raises ScenarioError where no port of the place takes it."""
    systems = {system for port in scenario.ports if port.destination == destination for system in port.docking_system}
    if vehicle.docking_system not in systems:
        what = f"{vehicle.vehicle_type} can't be at {destination}: it docks by {vehicle.docking_system}"
        what += f", and the place has {', '.join(sorted(systems))}" if systems else ", and the place has no port"
        fix = "ask for a type that docks there, or add the docking system to a port of the place in ports.csv"
        raise ScenarioError(what, fix=fix, where="--vehicle")


_ENDS = {"sea": "at sea", "land": "on land", "runway": "on a runway"}


def _fitting(vehicle: VehicleType, zones: tuple[Zone, ...], remarks: list[str]) -> tuple[Zone, ...]:
    """Zones that take what the type is; a zone that a person describes takes anything."""
    wanted = (vehicle.lands,) if vehicle.lands else ("sea", "land")
    if not vehicle.lands:
        what = f"vehicles.csv does not say how {vehicle.vehicle_type} lands (lands is empty)"
        remarks.append(f"{what}: taken as a capsule, at sea or on land")
    fitting = tuple(zone for zone in zones if zone.takes in (*wanted, "any"))
    for takes, end in _ENDS.items():
        unfit = ", ".join(zone.name for zone in zones if zone.takes == takes and zone not in fitting)
        if unfit:
            own = " or ".join(_ENDS[word] for word in wanted)
            remarks.append(f"not for {vehicle.vehicle_type}, which comes down {own}: {unfit}, for landings {end}")
    return fitting


def ways_home(
    scenario: Scenario,
    destination: str,
    vehicle_type: str,
    span: Span,
    *,
    zones: Sequence[str | LandingZone] = (),
    corridor: DisposalCorridor | None = None,
) -> OrbitFound:
    """A spacecraft that brings cargo back lands where its zones and the track meet; one that doesn't ends in the ocean.

    Undocking and burns in the span, in order of time; `zones` narrows down where it may land, `corridor` says where else than
    in the South Pacific it may end. Remarks tell what was left out and why there is none. Raises ScenarioError as
    `station_passes` does, for an unknown type or zone, and for a type that can't dock at the place.
    """
    chosen, ocean = _zones(zones), _corridor(corridor)
    vehicle = _vehicle(scenario, vehicle_type)
    plane = _plane(scenario, destination, span[0])
    _refuse_elsewhere(scenario, destination, vehicle)
    span_s = _near_span_s(plane, span)
    remarks: list[str] = []
    if vehicle.downmass_kg > 0.0:
        fitting = _fitting(vehicle, chosen, remarks)
        rows = list(_landings(vehicle, plane, fitting, span_s))
        why = _why_no_landing(plane, fitting, span_s) if not rows else ()
    else:
        remarks.append(f"{vehicle_type} brings nothing back (downmass_kg is 0): it ends in the {ocean.name}")
        rows = list(_disposals(vehicle, plane, ocean, span_s))
        why = () if rows else (f"no burn of the span drops all that is left of it into the {ocean.name}",)
    kept = sorted((row for row in rows if row.undock_utc >= span[0]), key=lambda row: (row.burn_utc, row.zone))
    if early := len(rows) - len(kept):
        sooner = f"would undock, return_d ({vehicle.return_d:g} d) before the ground, ahead of {format_utc(span[0])}"
        remarks.append(f"{early} of {len(rows)} ways left out, for they {sooner}")
    return OrbitFound(rows=tuple(kept), remarks=(*remarks, *why))


def _why_no_landing(plane: MovingPlane, zones: tuple[Zone, ...], span_s: tuple[float, float]) -> tuple[str, ...]:
    """How near the track of a fall passes each zone in a span."""
    anywhere = [replace(zone, reach_km=_FAR_KM) for zone in zones]
    found = find_landings(plane.satellite, plane.semi_major_axis_km - EARTH_KM, anywhere, span_s)
    told = []
    for zone, passed in zip(zones, found, strict=True):
        near = f"{passed.off_track_km.min():,.0f} km" if passed.off_track_km.size else f"more than {_FAR_KM:,.0f} km"
        told.append(f"the track passes {zone.name} at {near} in the span, and it is reached within {zone.reach_km:g} km")
    return tuple(told) or ("no zone takes it: describe one with --zone NAME,LATITUDE,LONGITUDE,REACH_KM",)


def _landings(
    vehicle: VehicleType, plane: MovingPlane, zones: tuple[Zone, ...], span_s: tuple[float, float]
) -> Iterator[ReturnChance]:
    kinds = {zone.name: zone.kind for zone in zones}
    for found in find_landings(plane.satellite, plane.semi_major_axis_km - EARTH_KM, zones, span_s):
        used_kg = _braking_kg(vehicle, found.delta_v_m_s, vehicle.downmass_kg)
        for k in range(found.burn_s.size):
            burn, ground = instant_at(float(found.burn_s[k])), instant_at(float(found.land_s[k]))
            yield as_written(
                ReturnChance(
                    vehicle_type=vehicle.vehicle_type,
                    zone=found.zone,
                    kind=kinds[found.zone],
                    undock_utc=min(ground - days(vehicle.return_d), burn),
                    burn_utc=burn,
                    burn_until_utc=burn,
                    ground_utc=ground,
                    off_track_km=float(found.off_track_km[k]),
                    sun_deg=float(found.sun_deg[k]),
                    by_day=bool(found.by_day[k]),
                    delta_v_m_s=found.delta_v_m_s,
                    propellant_kg=used_kg,
                )
            )


def _disposals(
    vehicle: VehicleType, plane: MovingPlane, corridor: Corridor, span_s: tuple[float, float]
) -> Iterator[ReturnChance]:
    height_km = plane.semi_major_axis_km - EARTH_KM
    fall = fall_of(height_km, DISPOSAL)
    found = disposal_burns(plane.satellite, height_km, corridor, span_s)
    used_kg = _braking_kg(vehicle, found.delta_v_m_s, vehicle.disposal_kg)
    for opens_s, closes_s in zip(found.opens_s.tolist(), found.closes_s.tolist(), strict=True):
        burn, ground = instant_at(opens_s), instant_at(opens_s + fall.lasts_s)
        yield as_written(
            ReturnChance(
                vehicle_type=vehicle.vehicle_type,
                zone=found.corridor,
                kind="disposal",
                undock_utc=min(ground - days(vehicle.return_d), burn),
                burn_utc=burn,
                burn_until_utc=instant_at(closes_s),
                ground_utc=ground,
                by_day=False,
                delta_v_m_s=found.delta_v_m_s,
                propellant_kg=used_kg,
            )
        )


def hold_safety(scenario: Scenario, destination: str, vehicle_type: str) -> tuple[HoldSafety, ...]:
    """Each usual hold judged for a spacecraft on its way in, loaded full, its two-day flight paid.

    Raises ScenarioError for an unknown place or type, or a place without orbit.
    """
    vehicle = _vehicle(scenario, vehicle_type)
    plane = _plane(scenario, destination, scenario.settings.start_utc)
    height_km = plane.semi_major_axis_km - EARTH_KM
    full_kg = vehicle.dry_mass_kg + vehicle.upmass_kg + vehicle.propellant_kg
    chaser = Chaser(mass_kg=full_kg, propellant_kg=vehicle.propellant_kg, isp_s=vehicle.isp_s)
    flown = arrival_options(Meeting(lift_off_s=plane.epoch_s, height_km=height_km, phase_deg=None), Insertion(), chaser)[3]
    left_kg = max(0.0, vehicle.propellant_kg - flown.propellant_kg)
    rows = []
    for judged in safety_of(height_km):
        chances = retries(judged, height_km, full_kg - flown.propellant_kg, left_kg, vehicle.isp_s)
        abort, first = judged.abort, chances[0] if chances else None
        rows.append(
            as_written(
                HoldSafety(
                    vehicle_type=vehicle_type,
                    hold=judged.hold.name,
                    nearest_m=judged.nearest_m,
                    safe=judged.safe,
                    abort=abort.direction if abort else "",
                    abort_m_s=abort.delta_v_m_s if abort else None,
                    abort_nearest_m=abort.nearest_m if abort else None,
                    retry_h=first.hold_s / 3600.0 if first else None,
                    retry_m_s=first.delta_v_m_s if first else None,
                    left_kg=first.propellant_left_kg if first else None,
                    retries_count=len(chances),
                )
            )
        )
    return tuple(rows)
