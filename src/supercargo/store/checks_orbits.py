"""Orbits and transfer windows: element sets are what they claim to be, and every place flown to can be reached.

Form of a two-line element set and its checksum: Hoots and Roehrich, Spacetrack Report No. 3 (1980), and the column table
of CelesTrak's "NORAD Two-Line Element Set Format".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from supercargo.kernel import Fault
from supercargo.store.sheets import Sheets

__all__ = ["ORBIT_CHECKS", "element_set_checksum"]

_TOLERANCES = {
    "inclination_deg": 1e-4,
    "raan_deg": 1e-4,
    "eccentricity": 1e-6,
    "arg_perigee_deg": 1e-4,
    "mean_anomaly_deg": 1e-4,
    "mean_motion_rev_d": 1e-6,
    "bstar": 1e-6,
}


def element_set_checksum(line: str) -> int:
    """The last digit of an element set's line is the sum of its digits, a minus counting 1, modulo 10.

    >>> element_set_checksum("1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  292")
    7
    """
    return sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[:68]) % 10


def _element_sets(sheets: Sheets) -> Iterator[Fault]:
    """Both lines are whole, belong together, and say what the columns beside them say."""
    for row, orbit in sheets.rows("orbits"):
        if orbit.kind != "tle":
            continue
        faulty = False
        for number, field in ((1, "tle_line1"), (2, "tle_line2")):
            for what, fix in _line_faults(getattr(orbit, field), number):
                faulty = True
                yield sheets.fault("orbits", row, field, what, fix)
        if not faulty:
            yield from _disagreements(sheets, row, orbit)


def _line_faults(line: str, number: int) -> Iterator[tuple[str, str]]:
    if not line.isascii():
        yield f"line {number} of the element set has a sign that is not ASCII", "copy the line from its source again"
    elif len(line) != 69:
        yield f"line {number} of the element set has {len(line)} characters, not 69", "copy the whole line from its source"
    elif line[:2] != f"{number} ":
        yield f"line {number} of the element set begins with {line[:2]!r}", "put line 1 and line 2 into their own columns"
    elif line[68] != str(element_set_checksum(line)):
        what = f"line {number} of the element set ends in {line[68]!r}, its checksum is {element_set_checksum(line)}"
        yield what, "copy the line from its source again: a character is wrong"


def _disagreements(sheets: Sheets, row: int, orbit: Any) -> Iterator[Fault]:
    try:
        number, values, epoch = _elements(orbit.tle_line1, orbit.tle_line2)
    except (ValueError, OverflowError):
        fix = "copy both lines from their source again"
        yield sheets.fault("orbits", row, "tle_line2", "a number in the element set can't be read", fix)
        return
    if number[0] != number[1]:
        what = f"the two lines are of objects {number[0]} and {number[1]}"
        yield sheets.fault("orbits", row, "tle_line2", what, "take both lines from one element set")
    if abs(orbit.epoch_utc - epoch) > timedelta(seconds=1):
        what = "epoch_utc is not the epoch of the element set"
        yield sheets.fault("orbits", row, "epoch_utc", what, f"write {epoch:%Y-%m-%dT%H:%M:%SZ}")
    for field, value in values.items():
        if abs(getattr(orbit, field) - value) > _TOLERANCES[field]:
            what = f"{field} is {getattr(orbit, field):g}, the element set says {value:.8g}"
            yield sheets.fault("orbits", row, field, what, f"write {value:.8g}")


def _elements(line1: str, line2: str) -> tuple[tuple[str, str], dict[str, float], datetime]:
    year = int(line1[18:20])
    start = datetime(2000 + year if year < 57 else 1900 + year, 1, 1, tzinfo=UTC)
    exponent = int(line1[59:61])
    values = {
        "inclination_deg": float(line2[8:16]),
        "raan_deg": float(line2[17:25]),
        "eccentricity": float("0." + line2[26:33].replace(" ", "0")),
        "arg_perigee_deg": float(line2[34:42]),
        "mean_anomaly_deg": float(line2[43:51]),
        "mean_motion_rev_d": float(line2[52:63]),
        "bstar": float(line1[53:59].strip().replace(" ", "0")) * 10.0 ** (exponent - 5),
    }
    epoch = start + timedelta(days=float(line1[20:32]) - 1)
    return (line1[2:7].strip(), line2[2:7].strip()), values, epoch


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
