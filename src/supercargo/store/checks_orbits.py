"""Orbits and transfer windows: element sets are what they claim to be, and every place flown to can be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from supercargo.kernel import Fault
from supercargo.model.element_sets import element_set_faults, read_element_set
from supercargo.store.sheets import Sheets

__all__ = ["ORBIT_CHECKS"]

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


ORBIT_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_element_sets, _measured_epochs, _reachable_places)
"""Checks of orbits and transfer windows."""
