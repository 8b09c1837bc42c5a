"""Time scales: UTC instants as seconds, Julian dates, terrestrial time for the Sun, sidereal time for the Earth's turn.

Arrays of instants are counted in UTC seconds since 2000-01-01T12:00:00Z, each day having 86,400 of them. UT1 is taken as
UTC (they differ by less than 0.9 s by decree), so a plane crossing carries at most that error. Atomic time (TAI) runs on
evenly and is ahead of UTC by the leap seconds; terrestrial time (TT) is 32.184 s ahead of that; the planets' time (TDB)
swings about it by 1.7 ms through the year.
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
    "Codes",
    "Floats",
    "Truths",
    "centuries_tt",
    "gmst_rad",
    "instant_at",
    "julian_dates",
    "seconds_of",
    "seconds_since_j2000",
    "tai_minus_utc_s",
    "tdb_minus_tt_s",
    "terrestrial_dates",
]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_J2000_JD = 2_451_545.0
_CENTURY_S = 36_525.0 * DAY_S
_TT_MINUS_TAI_S = 32.184
_TT_MINUS_UTC_S = 69.184  # since 2017-01-01; five seconds less in 2000, nothing against the Sun's 0.00001 deg in a second
# years whose January or July began with UTC a second further behind TAI (IERS Bulletin C); 10 s before the first
_JANUARIES = (*range(1973, 1981), 1988, 1990, 1991, 1996, 1999, 2006, 2009, 2017)
_JULIES = (1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015)
_LEAPS = sorted([*((year, 1) for year in _JANUARIES), *((year, 7) for year in _JULIES)])
_LEAPS_S = np.array([(datetime(year, month, 1, tzinfo=UTC) - _J2000).total_seconds() for year, month in _LEAPS])

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


def tai_minus_utc_s(count_s: Floats) -> Floats:
    """UTC is held near the Earth's turn by leap seconds, so atomic time runs ahead of it [s]; 37 s since 2017.

    No leap second is announced beyond the last one listed; instants before 1972 are given ten seconds.

    >>> tai_minus_utc_s(seconds_of([datetime(2016, 12, 31, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC)])).tolist()
    [36.0, 37.0]
    """
    return 10.0 + np.searchsorted(_LEAPS_S, count_s, side="right").astype(np.float64)


def terrestrial_dates(count_s: Floats) -> tuple[Floats, Floats]:
    """Julian dates of terrestrial time, in which precession, nutation and the Sun are counted: whole days and the rest [d]."""
    day, fraction = julian_dates(count_s)
    return day, fraction + (tai_minus_utc_s(count_s) + _TT_MINUS_TAI_S) / DAY_S


def tdb_minus_tt_s(count_s: Floats) -> Floats:
    """The time of the planets' ephemerides swings about terrestrial time by 1.7 ms through the year [s], good to 0.03 ms.

    Source: The Astronomical Almanac; Vallado, Fundamentals of Astrodynamics, section 3.5.4.
    """
    anomaly = np.radians(357.53 + 0.985_600_28 * count_s / DAY_S)
    return np.asarray(0.001_657 * np.sin(anomaly) + 0.000_022 * np.sin(2.0 * anomaly))


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
