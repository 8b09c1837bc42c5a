"""Where the Sun, the Moon, the planets and small bodies are: JPL's DE440, and Kepler's ellipse from elements.

Instants are the room's UTC counts [s since 2000-01-01T12:00:00Z]; ephemerides run on barycentric dynamical time (TDB), 69.2 s
ahead of UTC now, in which the Earth moves 2,000 km: the change is made here and nowhere else. Axes are those of the ICRF
(equator of J2000 to 0.02 arc seconds).
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from jplephem.daf import DAF
from jplephem.spk import SPK

from supercargo.astro.kepler import ellipse_axes, ellipse_states
from supercargo.astro.timescales import Floats, instant_at, tai_minus_utc_s, tdb_minus_tt_s
from supercargo.kernel import DAY_S, ScenarioError, StoreError
from supercargo.model import SmallBody

__all__ = [
    "AU_KM",
    "BODIES",
    "GM_KM3_S2",
    "Ephemeris",
    "States",
    "ecliptic_to_equator",
    "read_ephemeris",
    "small_body_states",
    "tdb_days",
]

AU_KM = 149_597_870.7
"""The astronomical unit [km] (IAU 2012, resolution B2)."""

GM_KM3_S2 = {
    "Sun": 132_712_440_041.279_419,
    "Mercury": 22_031.868_551,
    "Venus": 324_858.592,
    "Earth": 398_600.435_507,
    "Moon": 4_902.800_118,
    "Mars": 42_828.375_816,
    "Jupiter": 126_712_764.1,
    "Saturn": 37_940_584.8418,
    "Uranus": 5_794_556.4,
    "Neptune": 6_836_527.100_58,
    "Pluto": 975.5,
}
"""Gravitational parameters of DE440 [km3/s2] (Park and others 2021, table 2); from Mars outward with the moons."""

_CHAINS = {
    "Sun": ((0, 10),),
    "Mercury": ((0, 1), (1, 199)),
    "Venus": ((0, 2), (2, 299)),
    "Earth": ((0, 3), (3, 399)),
    "Moon": ((0, 3), (3, 301)),
    "Mars": ((0, 4),),
    "Jupiter": ((0, 5),),
    "Saturn": ((0, 6),),
    "Uranus": ((0, 7),),
    "Neptune": ((0, 8),),
    "Pluto": ((0, 9),),
}
BODIES = tuple(_CHAINS)
"""Bodies of the ephemeris; from Mars outward the barycentre of the planet and its moons."""

_J2000_JD = 2_451_545.0
_TT_MINUS_TAI_S = 32.184
_AHEAD_S = 69.2  # TDB before UTC: the edges of the range need no leap seconds
_SAYABLE_S = 2e11  # further from J2000 no calendar has a date
_OBLIQUITY_RAD = math.radians(84_381.448 / 3600.0)
"""Ecliptic against equator of J2000, IAU 1976: the one that small-body elements are given in."""


@dataclass(frozen=True, slots=True)
class States:
    """Positions [km] and velocities [km/s] of a body. [instant, axis]"""

    position_km: Floats
    velocity_km_s: Floats


def tdb_days(count_s: Floats) -> tuple[Floats, Floats]:
    """UTC counts [s] as Julian dates of TDB in two parts [d], whole days from noon and the rest.

    >>> whole, rest = tdb_days(np.array([788_961_600.0 - 69.184]))  # 2025-01-01T00:00:00 TDB, less 0.03 ms
    >>> round(float((whole + rest)[0]), 6)
    2460676.5
    """
    count = np.asarray(count_s, dtype=np.float64)
    whole = np.floor(count / DAY_S)
    ahead_s = tai_minus_utc_s(count) + _TT_MINUS_TAI_S + tdb_minus_tt_s(count)
    return _J2000_JD + whole, (count - whole * DAY_S + ahead_s) / DAY_S


class Ephemeris:
    """A JPL development ephemeris held in memory: states of its bodies between its first and last epoch."""

    def __init__(self, kernel: SPK) -> None:
        self._segments = {(segment.center, segment.target): segment for segment in kernel.segments}
        needed = {pair for chain in _CHAINS.values() for pair in chain}
        if missing := needed - set(self._segments):
            raise StoreError(f"the ephemeris has no segment {sorted(missing)[0]}", fix="install the package again")
        self._first_jd = max(self._segments[pair].start_jd for pair in needed)
        self._last_jd = min(self._segments[pair].end_jd for pair in needed)

    @property
    def first_utc(self) -> datetime:
        """The first instant that it covers, to the next whole hour."""
        return instant_at(math.ceil((self._first_jd - _J2000_JD) * DAY_S / 3600.0) * 3600.0)

    @property
    def last_utc(self) -> datetime:
        """The last instant that it covers, to the whole hour before."""
        return instant_at(math.floor(((self._last_jd - _J2000_JD) * DAY_S - 120.0) / 3600.0) * 3600.0)

    def states(self, body: str, count_s: Floats, *, centre: str = "Sun") -> States:
        """States of a body seen from a centre, ICRF axes, geometric (no light time). [instant, axis]

        Raises ScenarioError for a body that it does not hold and an instant outside its range.
        """
        for name in (body, centre):
            if name not in _CHAINS:
                raise ScenarioError(f"the ephemeris has no body {name!r}", fix=f"use one of: {', '.join(BODIES)}")
        count = np.atleast_1d(np.asarray(count_s, dtype=np.float64))
        self.refuse_outside(count)
        whole, rest = tdb_days(count)
        position, velocity = np.zeros((count.size, 3)), np.zeros((count.size, 3))
        steps = [(pair, 1.0) for pair in _CHAINS[body] if pair not in _CHAINS[centre]]
        steps += [(pair, -1.0) for pair in _CHAINS[centre] if pair not in _CHAINS[body]]
        for pair, sign in steps:
            there, per_day = self._segments[pair].compute_and_differentiate(whole, rest)
            position += sign * there.T
            velocity += sign * per_day.T / DAY_S
        return States(position, velocity)

    def refuse_outside(self, count: Floats) -> None:
        """Raise ScenarioError with the range if an instant lies outside it. [instant]"""
        edges_s = [(jd - _J2000_JD) * DAY_S - _AHEAD_S for jd in (self._first_jd, self._last_jd)]
        outside = ~((count >= edges_s[0]) & (count <= edges_s[1]))  # a NaN is outside too
        if outside.any():
            at = float(count[outside][0])
            said = f"{instant_at(at):%Y-%m-%d}" if abs(at) < _SAYABLE_S else f"{at} s from J2000"
            span = f"{self.first_utc:%Y-%m-%d} to {self.last_utc:%Y-%m-%d}"
            raise ScenarioError(f"{said} is outside the ephemeris, {span}", fix="choose dates inside it", where="ephemeris")


def read_ephemeris(content: bytes) -> Ephemeris:
    """An ephemeris from the bytes of an SPK file. Raises StoreError if they are none, or not all."""
    try:
        kernel = SPK(DAF(io.BytesIO(content)))
        for segment in kernel.segments:
            segment.load_array()
    except (ValueError, TypeError, struct.error) as error:
        what = f"the ephemeris is no SPK file, or cut short: {error}"
        raise StoreError(what, fix="install the package again", where="ephemeris") from None
    return Ephemeris(kernel)


def ecliptic_to_equator(vectors: Floats) -> Floats:
    """Vectors in the ecliptic of J2000 seen in the equator of J2000 [..., 3]."""
    cos, sin = math.cos(_OBLIQUITY_RAD), math.sin(_OBLIQUITY_RAD)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([x, cos * y - sin * z, sin * y + cos * z], axis=-1)


def small_body_states(body: SmallBody, count_s: Floats) -> States:
    """Heliocentric states of a small body on the ellipse of its elements, ICRF axes. [instant, axis]

    No planet pulls: years from the epoch it may be 100,000 km off and more (Bennu passes the Earth).
    """
    whole, rest = tdb_days(np.atleast_1d(np.asarray(count_s, dtype=np.float64)))
    half_axis_km = body.half_axis_au * AU_KM
    rate_rad_d = math.sqrt(GM_KM3_S2["Sun"] / half_axis_km**3) * DAY_S
    mean_rad = math.radians(body.mean_anomaly_deg) + rate_rad_d * ((whole - body.epoch_tdb_jd) + rest)
    angles = (body.inclination_deg, body.node_deg, body.periapsis_deg)
    towards, along = (ecliptic_to_equator(axis) for axis in ellipse_axes(*map(math.radians, angles)))
    return States(*ellipse_states(mean_rad, body.eccentricity, half_axis_km, GM_KM3_S2["Sun"], (towards, along)))
