"""Flights, spacecraft and places: each contracted mission can be flown by something from somewhere to some port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from supercargo.kernel import Fault
from supercargo.store.sheets import Sheets

__all__ = ["FLIGHT_CHECKS"]

LONGEST_HORIZON_D = 1_100
STANDARD_GRAVITY_M_S2 = 9.80665
MOST_EXHAUST_SPEEDS = 5.0
"""Speed change over exhaust speed of one manoeuvre: at 5 a spacecraft would be 99 % propellant."""


def _length_of_horizon(sheets: Sheets) -> Iterator[Fault]:
    """Stock and use are told day by day, so a horizon is days to a few years, not a slip of the pen in the century."""
    if sheets.settings is None:
        return
    start, end = sheets.settings.start_utc, sheets.settings.end_utc
    if end - start > timedelta(days=LONGEST_HORIZON_D):
        what = f"the horizon has {(end - start).days} days"
        yield Fault("scenario.toml", 0, "end_utc", what, f"plan at most {LONGEST_HORIZON_D} days at once")


def _missions_in_horizon(sheets: Sheets) -> Iterator[Fault]:
    """A mission lifts off in the year that is planned."""
    if sheets.settings is None:
        return
    start, end = sheets.settings.start_utc, sheets.settings.end_utc
    for row, request in sheets.rows("missions"):
        if request.earliest_utc < start:
            fix = "move earliest_utc into the horizon of scenario.toml"
            yield sheets.fault("missions", row, "earliest_utc", "the first lift-off lies before the horizon", fix)
        if request.latest_utc > end:
            fix = "move latest_utc into the horizon of scenario.toml"
            yield sheets.fault("missions", row, "latest_utc", "the last lift-off lies after the horizon", fix)


def _mission_names(sheets: Sheets) -> Iterator[Fault]:
    """A mission's name becomes the name of a file."""
    for row, request in sheets.rows("missions"):
        name = request.mission_id
        if "/" in name or "\\" in name or name.startswith("."):
            fix = "use no / or \\ and no leading dot"
            yield sheets.fault("missions", row, "mission_id", f"{name!r} can't be the name of a file", fix)
        if not request.vehicle_types:
            fix = "name the types of spacecraft that may fly it"
            yield sheets.fault("missions", row, "vehicle_types", "no type of spacecraft is named", fix)


def _missions_can_fly(sheets: Sheets) -> Iterator[Fault]:
    """Some type has a launcher, a pad and a facility at one site, a port that takes it, time enough there, and a tail."""
    if not sheets.sound("vehicles", "launchers", "sites", "pads", "facilities", "ports", "tails"):
        return
    for row, request in sheets.rows("missions"):
        named = sheets.lawful["vehicles"]
        types = [named[name] for name in request.vehicle_types if name in named]
        others = ((request.launchers, "launchers"), (request.sites, "sites"), ((request.destination,), "destinations"))
        if len(types) < len(request.vehicle_types) or any(set(names) - set(sheets.lawful[of]) for names, of in others):
            continue  # unknown names are told already
        yield from _why_not(sheets, row, request, types)


def _why_not(sheets: Sheets, row: int, request: Any, types: list[Any]) -> Iterator[Fault]:
    if types and not any(_can_lift(sheets, request, vehicle) for vehicle in types):
        what = "no pad and processing facility of a lawful site serves a launcher that lifts any of its types"
        fix = "widen vehicle_types, launchers or sites, or add a pad or facility"
        yield sheets.fault("missions", row, "vehicle_types", what, fix)
    if types and not any(_can_dock(sheets, vehicle) for vehicle in types):
        systems = ", ".join(sorted({vehicle.docking_system for vehicle in types}))
        what = f"no port of {request.destination!r}, nor of any other place, takes {systems}"
        yield sheets.fault("missions", row, "destination", what, "add a port, or a type with another docking system")
    if types and all(request.docked_min_d > vehicle.docked_max_d for vehicle in types):
        what = f"docked_min_d is {request.docked_min_d:g}, longer than any of its types can stay"
        yield sheets.fault("missions", row, "docked_min_d", what, "shorten the stay or name another type")
    if types and not any(tail.vehicle_type in request.vehicle_types for tail in sheets.records("tails")):
        fix = "add a spacecraft of one of these types to tails.csv"
        yield sheets.fault("missions", row, "vehicle_types", "no spacecraft of any of its types is listed", fix)


def _can_lift(sheets: Sheets, request: Any, vehicle: Any) -> bool:
    launchers = set(vehicle.launchers) & set(request.launchers or vehicle.launchers)
    sites = {pad.site for pad in sheets.records("pads") if launchers & set(pad.launchers)}
    ready = {
        facility.site
        for facility in sheets.records("facilities")
        if facility.capacity >= 1 and (not facility.vehicle_types or vehicle.vehicle_type in facility.vehicle_types)
    }
    return bool(sites & ready & set(request.sites or sites))


def _can_dock(sheets: Sheets, vehicle: Any) -> bool:
    """A docking system that no port knows is a slip of the pen; a place short of ports is the planner's to report."""
    return any(vehicle.docking_system in port.docking_system for port in sheets.records("ports"))


def _spacecraft_have_bays(sheets: Sheets) -> Iterator[Fault]:
    """A spacecraft that carries pressurised or unpressurised cargo has a bay for it; tanks say what they accept."""
    if not sheets.sound("bays"):
        return
    kinds = {(bay.vehicle_type, bay.pressurised) for bay in sheets.records("bays")}
    for row, vehicle in sheets.rows("vehicles"):
        for field, pressurised in (("pressurised_kg", True), ("unpressurised_kg", False)):
            if getattr(vehicle, field) > 0 and (vehicle.vehicle_type, pressurised) not in kinds:
                what = f"{field} is above 0, but the type has no {field.removesuffix('_kg')} bay"
                yield sheets.fault("vehicles", row, field, what, f"add a bay to bays.csv, or set {field} to 0")
        if vehicle.bulk_kg > 0 and not vehicle.bulk_classes:
            what = "bulk_kg is above 0, but its tanks accept nothing"
            yield sheets.fault("vehicles", row, "bulk_classes", what, "name classes of supply, or set bulk_kg to 0")


def _launchers_lift_them(sheets: Sheets) -> Iterator[Fault]:
    """A launcher lifts the spacecraft with its propellant and all the cargo that the type may carry."""
    for row, vehicle in sheets.rows("vehicles"):
        full_kg = vehicle.dry_mass_kg + vehicle.propellant_kg + vehicle.upmass_kg
        for name in vehicle.launchers:
            launcher = sheets.lawful["launchers"].get(name)
            if launcher is not None and full_kg > launcher.payload_kg:
                what = f"full it has {full_kg:,.0f} kg (dry, propellant, cargo), {name} lifts {launcher.payload_kg:,.0f} kg"
                fix = f"take {name} away, or lower upmass_kg to what it lifts"
                yield sheets.fault("vehicles", row, "launchers", what, fix)


def _manoeuvres(sheets: Sheets) -> Iterator[Fault]:
    """Propellant grows with the exponential of speed change over exhaust speed: past some tenfold no tank can hold it."""
    flown = {(request.destination, name) for request in sheets.records("missions") for name in request.vehicle_types}
    for row, vehicle in sheets.rows("vehicles"):
        for place in sheets.records("destinations"):
            needed_m_s = max(place.delta_v_m_s, place.departure_delta_v_m_s)
            exhaust_m_s = vehicle.isp_s * STANDARD_GRAVITY_M_S2
            if (place.destination, vehicle.vehicle_type) in flown and needed_m_s > MOST_EXHAUST_SPEEDS * exhaust_m_s > 0:
                what = f"{needed_m_s:,.0f} m/s at {place.destination!r} are beyond an isp_s of {vehicle.isp_s:g} s"
                yield sheets.fault("vehicles", row, "isp_s", what, "raise isp_s, or lower the place's delta-v")


def _blackout_objects(sheets: Sheets) -> Iterator[Fault]:
    """What is closed exists."""
    if not sheets.sound("sites", "pads", "facilities", "destinations", "ports", "launchers", "vehicles"):
        return
    known = {
        "site": set(sheets.lawful["sites"]),
        "facility": set(sheets.lawful["facilities"]),
        "destination": set(sheets.lawful["destinations"]),
        "pad": {f"{pad.site}/{pad.pad}" for pad in sheets.records("pads")},
        "port": {f"{port.destination}/{port.port}" for port in sheets.records("ports")},
        "launcher": set(sheets.lawful["launchers"]),
        "vehicle": set(sheets.lawful["vehicles"]),
    }
    for row, blackout in sheets.rows("blackouts"):
        if blackout.object not in known[blackout.kind]:
            what = f"the {blackout.kind} {blackout.object!r} is not known"
            fix = "name it as its file does; a pad is SITE/PAD, a port DESTINATION/PORT, a vehicle its type"
            yield sheets.fault("blackouts", row, "object", what, fix)


def _crew_stays(sheets: Sheets) -> Iterator[Fault]:
    """One row says how many people are at a place at an instant; two would be added by some and not by others."""
    stays = sorted(sheets.rows("crew"), key=lambda pair: (pair[1].destination, pair[1].from_utc))
    for (earlier_row, earlier), (row, stay) in pairwise(stays):
        if stay.destination == earlier.destination and stay.from_utc < earlier.to_utc:
            what = f"the stay overlaps that of row {earlier_row}"
            yield sheets.fault("crew", row, "from_utc", what, "split stays so that each instant has one row")


FLIGHT_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _length_of_horizon,
    _missions_in_horizon,
    _mission_names,
    _missions_can_fly,
    _spacecraft_have_bays,
    _launchers_lift_them,
    _manoeuvres,
    _blackout_objects,
    _crew_stays,
)
"""Checks of missions, spacecraft, places and crews."""
