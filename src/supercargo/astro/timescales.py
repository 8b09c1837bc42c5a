"""Time scales: UTC instants as seconds, Julian dates, terrestrial time for the Sun, sidereal time for the Earth's turn.

Arrays of instants are counted in UTC seconds since 2000-01-01T12:00:00Z, each day having 86,400 of them. UT1 is taken as
UTC (they differ by less than 0.9 s by decree), so a plane crossing carries at most that error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S

__all__ = [
    "EARTH_TURN_RAD_S",
    "Floats",
    "Truths",
    "centuries_tt",
    "gmst_rad",
    "instant_at",
    "julian_dates",
    "seconds_of",
    "seconds_since_j2000",
]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_J2000_JD = 2_451_545.0
_CENTURY_S = 36_525.0 * DAY_S
_TT_MINUS_UTC_S = 69.184  # since 2017-01-01; five seconds less in 2000, nothing against the Sun's 0.00001 deg in a second

EARTH_TURN_RAD_S = 2.0 * math.pi * 1.002_737_909_35 / DAY_S
"""Turn of the Earth against the mean equinox [rad/s] (Vallado, Fundamentals of Astrodynamics, chapter 3)."""


def seconds_since_j2000(instant: datetime) -> float:
    """An instant counted in seconds from noon of 1 January 2000 UTC [s], leap seconds left out.

    >>> seconds_since_j2000(datetime(2000, 1, 2, 12, tzinfo=UTC))
    86400.0

    Raises ValueError if `instant` carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone; give an aware UTC instant")
    return (instant - _J2000).total_seconds()


def seconds_of(instants: Iterable[datetime]) -> Floats:
    """Instants as an array of seconds since 2000-01-01T12:00:00Z [s]."""
    return np.array([seconds_since_j2000(instant) for instant in instants], dtype=np.float64)


def instant_at(count_s: float) -> datetime:
    """The instant `count_s` seconds [s] from noon of 1 January 2000 UTC, to the nearest whole second."""
    return _J2000 + timedelta(seconds=round(count_s))


def julian_dates(count_s: Floats) -> tuple[Floats, Floats]:
    """A Julian date in two parts, whole days and a fraction in [0, 1) [d], so that no microsecond is lost.

    >>> [float(part[0]) for part in julian_dates(np.array([43_200.0]))]
    [2451545.0, 0.5]
    """
    days = np.floor(count_s / DAY_S)
    return _J2000_JD + days, (count_s - days * DAY_S) / DAY_S


def centuries_tt(count_s: Floats) -> Floats:
    """Terrestrial time in Julian centuries from J2000, the clock of the Sun's place in the sky."""
    return (count_s + _TT_MINUS_UTC_S) / _CENTURY_S


def gmst_rad(count_s: Floats) -> Floats:
    """Greenwich mean sidereal time of 1982 is the angle of the Earth's turn that SGP4's frame goes with [rad], 0 to 2 pi.

    Source: Vallado, Fundamentals of Astrodynamics, chapter 3 (IAU 1982), UT1 taken as UTC.

    >>> from datetime import UTC, datetime
    >>> example_s = seconds_of([datetime(1992, 8, 20, 12, 14, tzinfo=UTC)])  # Vallado, example 3-5
    >>> round(float(np.degrees(gmst_rad(example_s))[0]), 6)
    152.578788
    """
    centuries = count_s / _CENTURY_S
    # the whole-day part of 876,600 h a century is a number of full turns, so only the seconds of the day count
    turn_s = 67_310.548_41 + np.mod(count_s, DAY_S)
    turn_s += centuries * (8_640_184.812_866 + centuries * (0.093_104 - 6.2e-6 * centuries))
    return np.mod(turn_s * (2.0 * math.pi / DAY_S), 2.0 * math.pi)
