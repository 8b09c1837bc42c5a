"""Orbits and transfer windows: element sets are what they claim to be, and every place flown to can be reached."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from supercargo.kernel import DAY_S, Fault
from supercargo.model.element_sets import element_set_faults, read_element_set
from supercargo.store.sheets import Sheets

__all__ = ["ORBIT_CHECKS"]

_EARTH_KM3_S2 = 398_600.4418
_EQUATOR_KM = 6378.137
_ROOM_KM = 10.0
"""Least rise from insertion to the place; the reckoning wants some of it."""

_LOWEST_PERIGEE_KM = 100.0
"""Below it the air ends an orbit within a revolution."""

_OLDEST_YEARS = 5.0
"""So far from the horizon an orbit's epoch says nothing of where its plane is."""

_LEAST_C3_KM2_S2 = {"Moon": -4.0}
"""Below it an ellipse from low Earth orbit tops out at half the Moon's distance (a fast way has some -2); others escape."""

_TOLERANCES = {
    "inclination_deg": 1e-4,
    "raan_deg": 1e-4,
    "eccentricity": 1e-6,
    "arg_perigee_deg": 1e-4,
    "mean_anomaly_deg": 1e-4,
    "mean_motion_rev_d": 1e-6,
    "bstar": 1e-6,
}


def _element_sets(sheets: Sheets) -> Iterator[Fault]:
    """Both lines are whole, belong together, and say what the columns beside them say."""
    for row, orbit in sheets.rows("orbits"):
        if orbit.kind != "tle":
            continue
        faulty = False
        for line, what, fix in element_set_faults(orbit.tle_line1, orbit.tle_line2):
            faulty = True
            yield sheets.fault("orbits", row, f"tle_line{line}", what, fix)
        if not faulty:
            yield from _disagreements(sheets, row, orbit)


def _disagreements(sheets: Sheets, row: int, orbit: Any) -> Iterator[Fault]:
    told = read_element_set(orbit.tle_line1, orbit.tle_line2)
    if abs(orbit.epoch_utc - told.epoch_utc) > timedelta(seconds=1):
        what = "epoch_utc is not the epoch of the element set"
        yield sheets.fault("orbits", row, "epoch_utc", what, f"write {told.epoch_utc:%Y-%m-%dT%H:%M:%SZ}")
    for field, tolerance in _TOLERANCES.items():
        value = getattr(told, field)
        if abs(getattr(orbit, field) - value) > tolerance:
            what = f"{field} is {getattr(orbit, field):g}, the element set says {value:.8g}"
            yield sheets.fault("orbits", row, field, what, f"write {value:.8g}")


def _measured_epochs(sheets: Sheets) -> Iterator[Fault]:
    """An element set is measured, so it can't be from after the instant up to which facts are known."""
    if sheets.settings is None:
        return
    for row, orbit in sheets.rows("orbits"):
        if orbit.kind == "tle" and orbit.epoch_utc > sheets.settings.as_of_utc:
            what = "the element set is from after as_of_utc"
            yield sheets.fault("orbits", row, "epoch_utc", what, "use an older set, or move as_of_utc in scenario.toml")


def _reachable_places(sheets: Sheets) -> Iterator[Fault]:
    """A place whose plane is crossed has an orbit; a place with listed opportunities has some listed."""
    if not sheets.sound("orbits", "transfer_windows"):
        return
    flown = {request.destination for request in sheets.records("missions")}
    orbits = sheets.tables["orbits"].key_words
    listed = sheets.tables["transfer_windows"].key_words
    for row, place in sheets.rows("destinations"):
        name = place.destination
        if place.window_kind == "plane" and name in flown and name not in orbits:
            what = f"missions fly to {name!r}, whose orbit is not given"
            yield sheets.fault("destinations", row, "destination", what, "add its orbit to orbits.csv")
        if place.window_kind == "catalogue" and name in flown and name not in listed:
            what = f"missions fly to {name!r}, for which no transfer window is listed"
            yield sheets.fault("destinations", row, "destination", what, "add its opportunities to transfer_windows.csv")


def _profiles_have_room(sheets: Sheets) -> Iterator[Fault]:
    """Two rises of half a revolution each must find room beside the coast."""
    for row, profile in sheets.rows("profiles"):
        if profile.revolutions - profile.coast_revolutions < 1.0:
            what = f"{profile.revolutions:g} revolutions leave less than one beside the coast"
            fix = "give at least one revolution more than coast_revolutions"
            yield sheets.fault("profiles", row, "revolutions", what, fix)


def _insertion_below_places(sheets: Sheets) -> Iterator[Fault]:
    """A launcher lets go below the place that is flown to, else nothing is gained on it."""
    if not sheets.sound("orbits", "vehicles", "destinations"):
        return
    lowest_km: dict[str, float] = {}
    for orbit in sheets.records("orbits"):
        height_km = _mean_height_km(orbit.mean_motion_rev_d)
        lowest_km[orbit.destination] = min(height_km, lowest_km.get(orbit.destination, height_km))
    by_plane = {place.destination for place in sheets.records("destinations") if place.window_kind == "plane"}
    named = sheets.lawful["vehicles"]
    flown = {
        (launcher, request.destination)
        for request in sheets.records("missions")
        for name in request.vehicle_types
        if request.destination in by_plane & set(lowest_km) and name in named and named[name].profiles
        for launcher in named[name].launchers
    }
    for row, launcher in sheets.rows("launchers"):
        insertion_km = (launcher.insertion_perigee_km + launcher.insertion_apogee_km) / 2.0
        for place in sorted(place for name, place in flown if name == launcher.launcher):
            if insertion_km > lowest_km[place] - _ROOM_KM:
                what = f"insertion at {insertion_km:.0f} km on average is not below {place!r} at {lowest_km[place]:.0f} km"
                fix = "lower insertion_perigee_km and insertion_apogee_km, or take profiles from the types that fly there"
                yield sheets.fault("launchers", row, "insertion_apogee_km", what, fix)


def _mean_height_km(mean_motion_rev_d: float) -> float:
    """Height of an orbit over the equator's radius by Kepler's third law [km]."""
    turn_rad_s = mean_motion_rev_d * 2.0 * math.pi / DAY_S
    return float((_EARTH_KM3_S2 / turn_rad_s**2) ** (1.0 / 3.0)) - _EQUATOR_KM


def _orbits_above_air(sheets: Sheets) -> Iterator[Fault]:
    """No orbit dips into the Earth or its air."""
    for row, orbit in sheets.rows("orbits"):
        if orbit.mean_motion_rev_d <= 0.0:
            continue
        axis_km = _mean_height_km(orbit.mean_motion_rev_d) + _EQUATOR_KM
        perigee_km = axis_km * (1.0 - orbit.eccentricity) - _EQUATOR_KM
        if perigee_km < _LOWEST_PERIGEE_KM:
            what = f"eccentricity {orbit.eccentricity:g} puts the perigee at {perigee_km:,.0f} km of height"
            fix = f"correct eccentricity or mean_motion_rev_d: the perigee is at {_LOWEST_PERIGEE_KM:g} km or higher"
            yield sheets.fault("orbits", row, "eccentricity", what, fix)


def _orbits_of_the_time(sheets: Sheets) -> Iterator[Fault]:
    """A place that is flown to has an orbit whose epoch is within a few years of the horizon."""
    if sheets.settings is None:
        return
    start, end, year = sheets.settings.start_utc, sheets.settings.end_utc, timedelta(days=365.25)
    flown = {request.destination for request in sheets.records("missions")}
    nearest: dict[str, tuple[timedelta, int, Any]] = {}
    for row, orbit in sheets.rows("orbits"):
        apart = max(start - orbit.epoch_utc, orbit.epoch_utc - end)
        if orbit.destination not in nearest or apart < nearest[orbit.destination][0]:
            nearest[orbit.destination] = (apart, row, orbit)
    for apart, row, orbit in nearest.values():
        if orbit.destination in flown and apart > _OLDEST_YEARS * year:
            what = f"the epoch is {apart / year:.1f} years from the horizon"
            fix = f"give an orbit of {orbit.destination} with an epoch within {_OLDEST_YEARS:g} years of it in orbits.csv"
            yield sheets.fault("orbits", row, "epoch_utc", what, fix)


def _flyable_transfers(sheets: Sheets) -> Iterator[Fault]:
    """A listed way takes time, leaves the Earth and costs something, and its place is one that lists are read for."""
    places = sheets.lawful["destinations"]
    for row, window in sheets.rows("transfer_windows"):
        faults = [*_free_of_charge(window)]
        if window.destination in places:
            faults += _out_of_reach(window, places[window.destination])
        for field, what, fix in faults:
            yield sheets.fault("transfer_windows", row, field, what, fix)


def _free_of_charge(window: Any) -> Iterator[tuple[str, str, str]]:
    if window.transit_d <= 0.0:
        yield "transit_d", "the way takes no time", "give the days from lift-off to arrival, more than 0"
    if window.route and window.delta_v_m_s == 0.0:
        what = f"the route {window.route!r} costs the spacecraft nothing"
        yield "delta_v_m_s", what, "give its manoeuvres, or leave the cell empty"


def _out_of_reach(window: Any, place: Any) -> Iterator[tuple[str, str, str]]:
    if place.window_kind == "plane":
        what = f"launch instants of {place.destination!r} are found by plane crossing, so the row is never read"
        yield "destination", what, "take the row away, or set window_kind to catalogue in destinations.csv"
    elif place.body != "Earth" and window.c3_km2_s2 is not None:
        least = _LEAST_C3_KM2_S2.get(place.body, 0.0)
        if window.c3_km2_s2 < least:
            what = f"launch energy {window.c3_km2_s2:g} km2/s2 does not reach {place.destination!r} ({place.body})"
            climbs = "a spacecraft that climbs by itself leaves it empty and counts the climb in delta_v_m_s"
            yield "c3_km2_s2", what, f"give {least:g} or more; {climbs}"


def _energies_fall(sheets: Sheets) -> Iterator[Fault]:
    """A launcher sends off less, the faster it has to go."""
    rows: dict[str, list[tuple[float, int, float]]] = {}
    for row, energy in sheets.rows("launch_energies"):
        rows.setdefault(energy.launcher, []).append((energy.c3_km2_s2, row, energy.payload_kg))
    for launcher, listed in rows.items():
        for (low_c3, before, low_kg), (high_c3, row, high_kg) in pairwise(sorted(listed)):
            if high_c3 > low_c3 and high_kg > low_kg:
                what = (
                    f"{launcher} sends {high_kg:,.0f} kg off at C3 {high_c3:g} km2/s2 (row {row}), "
                    f"more than {low_kg:,.0f} kg at {low_c3:g} (row {before})"
                )
                yield sheets.fault("launch_energies", row, "payload_kg", what, f"correct row {before} or row {row}")


ORBIT_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _element_sets,
    _measured_epochs,
    _reachable_places,
    _profiles_have_room,
    _insertion_below_places,
    _orbits_above_air,
    _orbits_of_the_time,
    _flyable_transfers,
    _energies_fall,
)
"""Checks of orbits, transfer windows and ways up."""
