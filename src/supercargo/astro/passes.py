"""Passes of an orbiting place over stations on the ground: when it rises and sets, and how high it climbs between.

The antenna's horizon is the plane that touches the ellipsoid at the station, raised by its least elevation; the air bends no
ray. The Earth keeps its schedule (UT1 is UTC), which moves a pass by 0.06 s at most. Figures: docs/earth-orbit.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sgp4.api import Satrec

from supercargo.astro.compiling import compiled
from supercargo.astro.elements import states
from supercargo.astro.frames import earth_fixed, geodetic_km
from supercargo.astro.roots import peaks_s, roots_s
from supercargo.astro.timescales import Floats

__all__ = ["GroundStation", "Passes", "find_passes"]

Indices = npt.NDArray[np.int64]

_STEP_S = 60.0
_NEAR = 0.15  # sine of elevation below the horizon within which a peak between two samples may still rise


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundStation:
    """An antenna on the ground."""

    name: str
    latitude_deg: float  # geodetic
    longitude_deg: float
    height_km: float = 0.0
    least_elevation_deg: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """Passes over one station, in order of time; arrays are [pass]. A pass cut by the span ends at its border."""

    station: str
    rise_s: Floats  # since 2000-01-01T12:00:00Z; the sight is acquired
    set_s: Floats  # the sight is lost
    highest_s: Floats
    highest_deg: Floats  # elevation
    rise_azimuth_deg: Floats
    set_azimuth_deg: Floats


@dataclass(frozen=True, slots=True)
class _Horizon:
    """The station's place and its directions east, north and up, Earth-fixed."""

    place_km: Floats
    axes: Floats  # [east, north, up]
    least: float  # sine of the least elevation

    def seen(self, position_km: Floats) -> tuple[Floats, Floats]:
        """Sine of elevation, and azimuth [deg], of Earth-fixed positions."""
        sight = position_km - self.place_km
        east, north, up = (sight @ self.axes.T).T
        return up / np.linalg.norm(sight, axis=-1), np.degrees(np.arctan2(east, north)) % 360.0


def _horizon(station: GroundStation) -> _Horizon:
    latitude, longitude = math.radians(station.latitude_deg), math.radians(station.longitude_deg)
    sine, cosine = math.sin(latitude), math.cos(latitude)
    east = (-math.sin(longitude), math.cos(longitude), 0.0)
    up = (cosine * math.cos(longitude), cosine * math.sin(longitude), sine)
    axes = np.array([east, np.cross(up, east), up])
    place = geodetic_km(station.latitude_deg, station.longitude_deg, station.height_km)
    return _Horizon(place, axes, math.sin(math.radians(station.least_elevation_deg)))


@compiled
def _elevations(position_km: Floats, place_km: Floats, up: Floats) -> Floats:
    """Sine of elevation of each Earth-fixed position."""
    sines = np.empty(position_km.shape[0])
    for k in range(position_km.shape[0]):
        x, y, z = (position_km[k, 0] - place_km[0], position_km[k, 1] - place_km[1], position_km[k, 2] - place_km[2])
        sines[k] = (x * up[0] + y * up[1] + z * up[2]) / math.sqrt(x * x + y * y + z * z)
    return sines


def find_passes(
    satellite: Satrec, stations: Iterable[GroundStation], span_s: tuple[float, float], *, where: str = "orbit"
) -> tuple[Passes, ...]:
    """A low station rises over an antenna a few times a day, ten minutes at most; over one too far north never.

    `span_s`: first and last instant [s since 2000-01-01T12:00:00Z]. Raises ScenarioError if the orbit decays before its end.
    """
    count = max(3, math.ceil((span_s[1] - span_s[0]) / _STEP_S) + 1)
    at_s = np.linspace(*span_s, count)
    fixed = earth_fixed(states(satellite, at_s, where=where)[0], at_s)
    return tuple(_passes_over(satellite, station, at_s, fixed) for station in stations)


def _passes_over(satellite: Satrec, station: GroundStation, at_s: Floats, fixed: Floats) -> Passes:
    horizon = _horizon(station)

    def over(instants_s: Floats) -> Floats:
        position = earth_fixed(states(satellite, instants_s)[0], instants_s)
        return horizon.seen(position)[0] - horizon.least

    sampled = _elevations(fixed, horizon.place_km, horizon.axes[2]) - horizon.least
    padded = np.concatenate([[-np.inf], sampled, [-np.inf]])
    peak = np.flatnonzero((sampled > padded[:-2]) & (sampled >= padded[2:]) & (sampled > -_NEAR))
    highest_s = np.clip(peaks_s(over, at_s[peak], float(at_s[1] - at_s[0])), at_s[0], at_s[-1])
    rises = over(highest_s) > 0.0 if peak.size else np.full(0, False)
    peak, highest_s = peak[rises], highest_s[rises]
    before, after = _around(np.flatnonzero(sampled <= 0.0), peak, at_s.size)
    whole, ended = before >= 0, after < at_s.size
    rise_s, set_s = np.full(peak.size, at_s[0]), np.full(peak.size, at_s[-1])
    rise_s[whole] = roots_s(over, at_s[before[whole]], highest_s[whole])
    set_s[ended] = roots_s(over, highest_s[ended], at_s[after[ended]])
    views = [horizon.seen(earth_fixed(states(satellite, s)[0], s)) for s in (rise_s, highest_s, set_s)]
    return Passes(
        station=station.name,
        rise_s=rise_s,
        set_s=set_s,
        highest_s=highest_s,
        highest_deg=np.degrees(np.arcsin(views[1][0])),
        rise_azimuth_deg=views[0][1],
        set_azimuth_deg=views[2][1],
    )


def _around(below: Indices, peak: Indices, size: int) -> tuple[Indices, Indices]:
    """The samples below the horizon next before and next after each peak; -1 and `size` stand for none."""
    place = np.searchsorted(below, peak)
    padded = np.concatenate([[-1], below, [size, size]])
    on_sample = padded[place + 1] == peak  # a pass so short that its own sample is below
    return padded[place], padded[place + 1 + on_sample]
