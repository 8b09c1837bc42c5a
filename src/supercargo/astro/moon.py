"""The Moon's own axes, and how high the Sun stands over a place on it.

Pole and prime meridian: IAU working group on cartographic coordinates and rotational elements (Archinal and others 2018, table
2), mean Earth axes to about 150 m. No terrain: a rim that stands over the mean sphere sees the Sun longer, a pit never; the
Sun's disk is 0.27 deg in radius.
"""

from __future__ import annotations

import numpy as np

from supercargo.astro.ephemeris import Ephemeris, tdb_days
from supercargo.astro.timescales import Floats

__all__ = ["SUN_RADIUS_DEG", "moon_axes", "sun_elevation_deg", "sunlit_share"]

SUN_RADIUS_DEG = 0.2666

_J2000_JD = 2_451_545.0
_CENTURY_D = 36_525.0

# E1 to E13: phase [deg] and rate [deg/d]; then the terms of right ascension and W (sines) and of declination (cosines) [deg]
_ANGLES = np.array([
    (125.045, -0.0529921), (250.089, -0.1059842), (260.008, 13.0120009), (176.625, 13.3407154), (357.529, 0.9856003),
    (311.589, 26.4057084), (134.963, 13.0649930), (276.617, 0.3287146), (34.226, 1.7484877), (15.134, -0.1589763),
    (119.743, 0.0036096), (239.961, 0.1643573), (25.053, 12.9590088),
])  # fmt: skip
_RIGHT_ASCENSION = np.array([-3.8787, -0.1204, 0.0700, -0.0172, 0, 0.0072, 0, 0, 0, -0.0052, 0, 0, 0.0043])
_DECLINATION = np.array([1.5419, 0.0239, -0.0278, 0.0068, 0, -0.0029, 0.0009, 0, 0, 0.0008, 0, 0, -0.0009])
_MERIDIAN = np.array([
    3.5610, 0.1208, -0.0642, 0.0158, 0.0252, -0.0066, -0.0047, -0.0046, 0.0028, 0.0052, 0.0040, 0.0019, -0.0044,
])  # fmt: skip


def moon_axes(count_s: Floats) -> Floats:
    """Rows: the Moon's x (mean Earth-facing meridian), y and z (pole) axes in ICRF at each instant. [instant, axis, 3]"""
    whole, rest = tdb_days(np.atleast_1d(np.asarray(count_s, dtype=np.float64)))
    day = (whole - _J2000_JD) + rest
    century = day / _CENTURY_D
    phase = np.radians(_ANGLES[:, 0] + _ANGLES[:, 1] * day[:, None])
    sines, cosines = np.sin(phase), np.cos(phase)
    right_ascension = np.radians(269.9949 + 0.0031 * century + sines @ _RIGHT_ASCENSION)
    declination = np.radians(66.5392 + 0.0130 * century + cosines @ _DECLINATION)
    meridian = np.radians(38.3213 + 13.176_358_15 * day - 1.4e-12 * day * day + sines @ _MERIDIAN)
    sa, ca, sd, cd = np.sin(right_ascension), np.cos(right_ascension), np.sin(declination), np.cos(declination)
    pole = np.stack([cd * ca, cd * sa, sd], axis=-1)
    node = np.stack([-sa, ca, np.zeros_like(sa)], axis=-1)
    beside = np.cross(pole, node)
    x = np.cos(meridian)[:, None] * node + np.sin(meridian)[:, None] * beside
    return np.stack([x, np.cross(pole, x), pole], axis=1)


def sun_elevation_deg(ephemeris: Ephemeris, count_s: Floats, latitude_deg: float, longitude_deg: float) -> Floats:
    """Height of the Sun's centre over the mean horizon of a place on the Moon, longitude east [deg]. [instant]"""
    sun = -ephemeris.states("Moon", count_s).position_km
    sun /= np.linalg.norm(sun, axis=-1, keepdims=True)
    seen = np.einsum("nij,nj->ni", moon_axes(count_s), sun)
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    return np.asarray(np.degrees(np.arcsin(np.clip(seen @ up, -1.0, 1.0))))


def sunlit_share(elevation_deg: Floats) -> float:
    """Share of instants at which some of the Sun's disk is over the mean horizon, evenly spaced instants taken."""
    return float(np.mean(elevation_deg > -SUN_RADIUS_DEG))
