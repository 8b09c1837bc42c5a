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
from supercargo.kernel import ScenarioError
from supercargo.model import Orbit
from supercargo.model.element_sets import ElementSet, element_set_checksum, read_element_set

__all__ = [
    "MeanElements",
    "checksum_ok",
    "elements_of",
    "elements_of_set",
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
    return len(line) >= _LINE_LENGTH and line.isascii() and line[_LINE_LENGTH - 1] == str(element_set_checksum(line))


def parse_tle(line1: str, line2: str, *, where: str = "two-line set") -> MeanElements:
    """A two-line set states mean elements at an epoch counted in days of a year; years 57 to 99 are of the last century.

    Raises ScenarioError for a line of wrong length, number or checksum and for a field that is no number.
    """
    return elements_of_set(read_element_set(line1, line2, where=where))


def elements_of_set(read: ElementSet) -> MeanElements:
    """The mean elements of an element set, wherever it was read from."""
    return MeanElements(
        epoch_utc=read.epoch_utc,
        inclination_deg=read.inclination_deg,
        raan_deg=read.raan_deg,
        eccentricity=read.eccentricity,
        arg_perigee_deg=read.arg_perigee_deg,
        mean_anomaly_deg=read.mean_anomaly_deg,
        mean_motion_rev_d=read.mean_motion_rev_d,
        bstar=read.bstar,
    )


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
