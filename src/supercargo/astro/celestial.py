"""From SGP4's frame to the stars' (GCRS, EME2000) and to the Earth's crust (ITRS), for grids of a million instants.

The precession and nutation of the IAU (2006/2000A) is dear, the motion itself slow: it is worked out three times a day and
interpolated by a cubic, which costs 0.3 mm at a station's distance. Method, figures: docs/earth-orbit.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import erfa
import numpy as np
from sgp4.api import Satrec

from supercargo.astro.compiling import compiled
from supercargo.astro.elements import states
from supercargo.astro.frames import earth_fixed, teme
from supercargo.astro.timescales import EARTH_TURN_RAD_S, Floats, gmst_rad, julian_dates, terrestrial_dates
from supercargo.kernel import DAY_S

__all__ = [
    "EarthOrientation",
    "eme2000_from_gcrs",
    "equator_of_date",
    "figure_pole",
    "gcrs_from_equator_of_date",
    "gcrs_from_teme",
    "gcrs_states",
    "itrs_from_teme",
    "teme_from_gcrs",
]

_STEP_S = DAY_S / 3.0
_ARCSEC_RAD = math.pi / 648_000.0
_POLYNOMIAL = np.array(  # cubic through nodes -1, 0, 1, 2: coefficient of u^0 ... u^3, u in [0, 1)
    [
        [0.0, 1.0, 0.0, 0.0],
        [-1.0 / 3.0, -1.0 / 2.0, 1.0, -1.0 / 6.0],
        [1.0 / 2.0, -1.0, 1.0 / 2.0, 0.0],
        [-1.0 / 6.0, 1.0 / 2.0, -1.0 / 2.0, 1.0 / 6.0],
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarthOrientation:
    """How the turning Earth differs from its schedule on a day, as the IERS publishes it; zeros cost 0.9 s of turn at most."""

    ut1_minus_utc_s: float = 0.0
    pole_x_arcsec: float = 0.0
    pole_y_arcsec: float = 0.0


def _of_date(count_s: Floats) -> Floats:
    """GCRS to the true equator and equinox of date [instant, axis, axis]."""
    return np.asarray(erfa.pnm06a(*terrestrial_dates(count_s)))


def _to_teme(count_s: Floats) -> Floats:
    """GCRS to SGP4's frame: the equinox of date moved so that the sidereal time of 1982 is the Earth's turn."""
    day, fraction = julian_dates(count_s)
    from_equinox = erfa.gst06a(day, fraction, *terrestrial_dates(count_s)) - gmst_rad(count_s)
    return np.asarray(erfa.rz(from_equinox, _of_date(count_s)))


@lru_cache(maxsize=32)
def _cubics(first: int, last: int, *, teme: bool) -> Floats:
    """Polynomial of the rotation in each step from node `first` to `last`: [step, power, axis of date, axis of GCRS].

    Nodes are whole steps from J2000, so an instant has the same rotation in whatever span it is asked for.
    """
    nodes_s = np.arange(first - 1.0, last + 3.0, dtype=np.float64) * np.float64(_STEP_S)
    turned = _to_teme(nodes_s) if teme else _of_date(nodes_s)
    around = np.stack([turned[k : k + last - first + 1] for k in range(4)])  # [node, step, date axis, GCRS axis]
    cubics = np.ascontiguousarray(np.einsum("pn,nsij->spij", _POLYNOMIAL, around))
    cubics.setflags(write=False)  # shared between calls
    return cubics


@compiled
def _turn(groups: tuple[Floats, ...], place: Floats, first: int, cubics: Floats, inverse: bool) -> None:
    """Turn the vectors of each group, in place, by their step's polynomial at their share of the step, or turn them back."""
    turn = np.empty((3, 3))
    for k in range(place.size):
        step = math.floor(place[k])
        gone, cubic = place[k] - step, cubics[step - first]
        for i in range(3):
            for j in range(3):
                element = cubic[0, i, j] + gone * (cubic[1, i, j] + gone * (cubic[2, i, j] + gone * cubic[3, i, j]))
                if inverse:
                    turn[j, i] = element
                else:
                    turn[i, j] = element
        for vectors in groups:
            x, y, z = vectors[k, 0], vectors[k, 1], vectors[k, 2]
            for i in range(3):
                vectors[k, i] = turn[i, 0] * x + turn[i, 1] * y + turn[i, 2] * z


def _turn_all(groups: tuple[Floats, ...], count_s: Floats, *, teme: bool, inverse: bool) -> None:
    place = np.asarray(count_s, dtype=np.float64) / _STEP_S
    if place.size:
        first, last = math.floor(place.min()), math.floor(place.max())
        _turn(groups, place, first, _cubics(first, last, teme=teme), inverse)


def _turned(vectors: Floats, count_s: Floats, *, teme: bool, inverse: bool) -> Floats:
    turned = np.array(vectors, dtype=np.float64, order="C")
    _turn_all((turned,), count_s, teme=teme, inverse=inverse)
    return turned


def gcrs_states(satellite: Satrec, count_s: Floats, *, where: str = "orbit") -> tuple[Floats, Floats]:
    """SGP4's position [km] and velocity [km/s] among the stars [instant, axis] at instants [s since 2000-01-01T12:00:00Z].

    Raises ScenarioError if the orbit decays or SGP4 breaks down before one of the instants.
    """
    position_km, velocity_km_s = states(satellite, count_s, where=where)
    _turn_all((position_km, velocity_km_s), count_s, teme=True, inverse=True)
    return position_km, velocity_km_s


def gcrs_from_teme(vectors: Floats, count_s: Floats) -> Floats:
    """SGP4's vectors [instant, axis] among the stars, at each instant [s since 2000-01-01T12:00:00Z].

    Agrees with Skyfield to a millimetre and with Orekit, which takes the nutation of 1980, to 1.1 m at a station's distance.
    """
    return _turned(vectors, count_s, teme=True, inverse=True)


def teme_from_gcrs(vectors: Floats, count_s: Floats) -> Floats:
    """Vectors among the stars [instant, axis] in SGP4's frame at each instant [s since 2000-01-01T12:00:00Z]."""
    return _turned(vectors, count_s, teme=True, inverse=False)


def equator_of_date(vectors: Floats, count_s: Floats) -> Floats:
    """Vectors among the stars [instant, axis] on the true equator and equinox of date, as the Sun's short formulas."""
    return _turned(vectors, count_s, teme=False, inverse=False)


def gcrs_from_equator_of_date(vectors: Floats, count_s: Floats) -> Floats:
    """Vectors on the true equator and equinox of date [instant, axis] among the stars."""
    return _turned(vectors, count_s, teme=False, inverse=True)


def figure_pole(count_s: Floats, *, orientation: EarthOrientation | None = None) -> Floats:
    """The axis of the Earth's bulge among the stars [instant, axis]: the pole of date, with its wander where that is given."""
    at = orientation or EarthOrientation()
    return gcrs_from_teme(teme(_pole_turn(at)[2], count_s + at.ut1_minus_utc_s), count_s)


def _pole_turn(at: EarthOrientation) -> Floats:
    """The turning Earth's frame with the pole of date to the crust's [axis, axis]."""
    return np.asarray(erfa.pom00(at.pole_x_arcsec * _ARCSEC_RAD, at.pole_y_arcsec * _ARCSEC_RAD, 0.0))


def eme2000_from_gcrs(vectors: Floats) -> Floats:
    """The mean equator of 2000, in which most ephemerides are given, lies 0.02 arc seconds from the GCRS [..., axis]."""
    bias, _, _ = erfa.bp06(2_451_545.0, 0.0)
    return np.asarray(vectors @ np.asarray(bias).T)


def itrs_from_teme(
    position: Floats, velocity: Floats, count_s: Floats, *, orientation: EarthOrientation | None = None
) -> tuple[Floats, Floats]:
    """SGP4's states [instant, axis; km, km/s] as the turning Earth sees them, with its own turn taken from the velocity.

    Without an `orientation` the Earth keeps its schedule: UT1 is UTC and the pole stands still, 0.9 s of turn (0.4 km at the
    equator) and 15 m at most. Source: Vallado, Fundamentals of Astrodynamics, section 3.7.
    """
    at = orientation or EarthOrientation()
    turned_s = count_s + at.ut1_minus_utc_s
    fixed = earth_fixed(position, turned_s)
    dragged = np.stack([fixed[..., 1], -fixed[..., 0], np.zeros_like(fixed[..., 0])], axis=-1) * EARTH_TURN_RAD_S
    moving = earth_fixed(velocity, turned_s) + dragged
    pole = _pole_turn(at)
    return fixed @ pole.T, moving @ pole.T
