"""Element sets: two-line sets read with suspicion, mean elements, and SGP4, which carries either through time.

A layout that looks right proves little: invented sets circulate. So each line's length, number and checksum are held,
and its fields must be numbers. Sources: Hoots and Roehrich, Spacetrack Report 3; Vallado et al., AIAA 2006-6753.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sgp4.api import SGP4_ERRORS, WGS72, Satrec

from supercargo.astro.timescales import Floats, julian_dates
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import Orbit

__all__ = [
    "MeanElements",
    "check_tle",
    "checksum_ok",
    "elements_of",
    "parse_tle",
    "satellite_from_elements",
    "satellite_from_tle",
    "satellite_of",
    "states",
]

_SGP4_EPOCH = datetime(1949, 12, 31, tzinfo=UTC)
_LINE_LENGTH = 69


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanElements:
    """Mean elements as SGP4 means them, in its true-equator, mean-equinox frame."""

    epoch_utc: datetime  # to the microsecond
    inclination_deg: float
    raan_deg: float
    eccentricity: float
    arg_perigee_deg: float
    mean_anomaly_deg: float
    mean_motion_rev_d: float  # Kozai's, as printed in a two-line set
    bstar: float  # per Earth radius


def checksum_ok(line: str) -> bool:
    """The 69th sign of a two-line set's line is the sum of its digits, each minus counted as one, modulo ten.

    >>> checksum_ok("2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024")
    True
    """
    if len(line) < _LINE_LENGTH or not line.isascii() or not line[_LINE_LENGTH - 1].isdigit():
        return False
    total = sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[: _LINE_LENGTH - 1])
    return total % 10 == int(line[_LINE_LENGTH - 1])


def check_tle(line1: str, line2: str, *, where: str = "two-line set") -> None:
    """A two-line set is two lines of 69 signs, numbered 1 and 2, of one satellite, each with its checksum.

    Raises
    ------
    ScenarioError
        naming the line that breaks the form and what the form asks.
    """
    for number, line in enumerate((line1.rstrip(), line2.rstrip()), start=1):
        if len(line) != _LINE_LENGTH or not line.isascii():
            what = f"line {number} of the element set has {len(line)} signs instead of {_LINE_LENGTH}"
            raise ScenarioError(what, fix="copy the line whole, blanks included, from the issuing source", where=where)
        if not line.startswith(f"{number} "):
            what = f"line {number} of the element set starts with {line[:2]!r}"
            raise ScenarioError(what, fix=f"start it with {f'{number} '!r}; the two lines may be swapped", where=where)
        if not checksum_ok(line):
            what = f"line {number} of the element set has a wrong checksum"
            raise ScenarioError(what, fix="copy the line again from the issuing source; a digit was altered", where=where)
    if line1[2:7] != line2[2:7]:
        what = f"the element set's lines name two satellites, {line1[2:7]} and {line2[2:7]}"
        raise ScenarioError(what, fix="take both lines from the same element set", where=where)


def _with_exponent(written: str) -> float:
    mantissa = written[:-2].strip()
    sign = -1.0 if mantissa.startswith("-") else 1.0
    return sign * float("0." + mantissa.lstrip("+-")) * 10.0 ** int(written[-2:])


def parse_tle(line1: str, line2: str, *, where: str = "two-line set") -> MeanElements:
    """A two-line set states mean elements at an epoch counted in days of a year; years 57 to 99 are of the last century.

    Raises ScenarioError for a line of wrong length, number or checksum and for a field that is no number.
    """
    check_tle(line1, line2, where=where)
    try:
        year = int(line1[18:20])
        first = datetime(year + (1900 if year >= 57 else 2000), 1, 1, tzinfo=UTC)
        return MeanElements(
            epoch_utc=first + timedelta(microseconds=round((float(line1[20:32]) - 1.0) * DAY_S * 1e6)),
            inclination_deg=float(line2[8:16]),
            raan_deg=float(line2[17:25]),
            eccentricity=float("0." + line2[26:33].strip()),
            arg_perigee_deg=float(line2[34:42]),
            mean_anomaly_deg=float(line2[43:51]),
            mean_motion_rev_d=float(line2[52:63]),
            bstar=_with_exponent(line1[53:61]),
        )
    except ValueError as error:
        what = f"a field of the element set is no number ({error})"
        raise ScenarioError(what, fix="copy both lines again from the issuing source", where=where) from error


def satellite_from_tle(line1: str, line2: str, *, where: str = "two-line set") -> Satrec:
    """SGP4 made ready from a two-line set that has passed the form's checks.

    Raises ScenarioError as `parse_tle` does, or if SGP4 refuses the elements.
    """
    parse_tle(line1, line2, where=where)
    return _ready(Satrec.twoline2rv(line1.rstrip(), line2.rstrip()), where)


def satellite_from_elements(elements: MeanElements, *, where: str = "elements") -> Satrec:
    """SGP4 made ready from mean elements, for a place whose orbit is planned and not yet tracked.

    Raises ScenarioError if SGP4 refuses the elements (a perigee below the ground, say).
    """
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        0,
        (elements.epoch_utc - _SGP4_EPOCH) / timedelta(days=1),
        elements.bstar,
        0.0,  # the two derivatives of the mean motion, which SGP4 doesn't use
        0.0,
        elements.eccentricity,
        math.radians(elements.arg_perigee_deg),
        math.radians(elements.inclination_deg),
        math.radians(elements.mean_anomaly_deg),
        elements.mean_motion_rev_d * 2.0 * math.pi / 1440.0,
        math.radians(elements.raan_deg),
    )
    return _ready(satellite, where)


def _ready(satellite: Satrec, where: str) -> Satrec:
    if satellite.error:
        what = f"SGP4 refuses the elements: {SGP4_ERRORS[satellite.error]}"
        raise ScenarioError(what, fix="give elements of an orbit that stays above the ground", where=where)
    return satellite


def elements_of(orbit: Orbit) -> MeanElements:
    """The mean elements of a place's orbit; where it states a two-line set, the set counts and not the columns beside it.

    Raises ScenarioError for a two-line set that breaks its form.
    """
    if orbit.kind == "tle":
        return parse_tle(orbit.tle_line1, orbit.tle_line2, where=_where(orbit))
    return MeanElements(
        epoch_utc=orbit.epoch_utc,
        inclination_deg=orbit.inclination_deg,
        raan_deg=orbit.raan_deg,
        eccentricity=orbit.eccentricity,
        arg_perigee_deg=orbit.arg_perigee_deg,
        mean_anomaly_deg=orbit.mean_anomaly_deg,
        mean_motion_rev_d=orbit.mean_motion_rev_d,
        bstar=orbit.bstar,
    )


def satellite_of(orbit: Orbit) -> Satrec:
    """SGP4 made ready for the orbit of a place, from its two-line set or its mean elements.

    Raises ScenarioError for elements that are broken or that SGP4 refuses.
    """
    if orbit.kind == "tle":
        return satellite_from_tle(orbit.tle_line1, orbit.tle_line2, where=_where(orbit))
    return satellite_from_elements(elements_of(orbit), where=_where(orbit))


def _where(orbit: Orbit) -> str:
    return f"orbits.csv, {orbit.destination}"


def states(satellite: Satrec, count_s: Floats, *, where: str = "orbit") -> tuple[Floats, Floats]:
    """SGP4's position [km] and velocity [km/s] in its own frame (TEME) at each instant [s since 2000-01-01T12:00:00Z].

    Raises ScenarioError if the orbit decays or SGP4 breaks down before one of the instants.
    """
    faults, position_km, velocity_km_s = satellite.sgp4_array(*julian_dates(np.asarray(count_s, dtype=np.float64)))
    if np.any(faults):
        what = f"SGP4 can't carry the orbit so far: {SGP4_ERRORS[int(faults[np.flatnonzero(faults)[0]])]}"
        raise ScenarioError(what, fix="give an element set nearer to the dates, or a smaller drag term", where=where)
    return position_km, velocity_km_s  # [instant, axis]
