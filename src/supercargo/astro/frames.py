"""Frames: a pad on the ellipsoid, SGP4's frame and the turning Earth's, the plane of an orbit, the Sun's direction.

TEME is SGP4's frame: true equator, mean equinox of date. The pseudo Earth-fixed frame is TEME turned by mean sidereal
time; polar motion (below 0.0002 deg) is left out. Source: Vallado, Fundamentals of Astrodynamics, chapter 3.
"""

from __future__ import annotations

import math

import numpy as np

from supercargo.astro.timescales import Floats, centuries_tt, gmst_rad

__all__ = ["beta_deg", "earth_fixed", "geodetic_km", "pad_direction", "plane_normal", "sun_direction", "teme"]

_EQUATOR_KM = 6378.137  # WGS 84
_FLATTENING = 1.0 / 298.257_223_563


def geodetic_km(latitude_deg: float, longitude_deg: float, height_km: float = 0.0) -> Floats:
    """A point on or above the WGS 84 ellipsoid in the Earth-fixed frame [km] (Vallado, chapter 3).

    >>> [round(float(axis), 1) for axis in geodetic_km(0.0, 90.0)]
    [0.0, 6378.1, 0.0]
    """
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    squared = _FLATTENING * (2.0 - _FLATTENING)
    curvature_km = _EQUATOR_KM / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
    across_km = (curvature_km + height_km) * math.cos(latitude)
    axial_km = (curvature_km * (1.0 - squared) + height_km) * math.sin(latitude)
    return np.array([across_km * math.cos(longitude), across_km * math.sin(longitude), axial_km])


def pad_direction(latitude_deg: float, longitude_deg: float) -> Floats:
    """Earth's centre to a pad, Earth-fixed, length one: an orbit plane holds the centre, so this line decides a crossing."""
    place_km = geodetic_km(latitude_deg, longitude_deg)
    return np.asarray(place_km / np.linalg.norm(place_km))


def _turned(vectors: Floats, angle_rad: Floats) -> Floats:
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.stack(np.broadcast_arrays(cos * x - sin * y, sin * x + cos * y, z), axis=-1)


def teme(vectors: Floats, count_s: Floats) -> Floats:
    """Earth-fixed vectors [..., 3] seen in TEME at each instant [s since 2000-01-01T12:00:00Z]."""
    return _turned(vectors, gmst_rad(count_s))


def earth_fixed(vectors: Floats, count_s: Floats) -> Floats:
    """TEME vectors [..., 3] seen in the turning Earth's frame at each instant [s since 2000-01-01T12:00:00Z]."""
    return _turned(vectors, -gmst_rad(count_s))


def plane_normal(position: Floats, velocity: Floats) -> Floats:
    """The orbit plane's normal, along the angular momentum, length one: position x velocity [..., 3]."""
    normal = np.cross(position, velocity)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def sun_direction(count_s: Floats) -> Floats:
    """Earth's centre to the Sun, equator and equinox of date, length one, good to 0.02 deg from 1950 to 2050.

    Source: The Astronomical Almanac, low-precision formulas for the Sun. [instant, axis]
    """
    days = centuries_tt(np.asarray(count_s, dtype=np.float64)) * 36_525.0
    anomaly = np.radians(357.528 + 0.985_600_3 * days)
    longitude = np.radians(280.460 + 0.985_647_4 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * days)
    sine = np.sin(longitude)
    return np.stack([np.cos(longitude), np.cos(obliquity) * sine, np.sin(obliquity) * sine], axis=-1)


def beta_deg(normal: Floats, count_s: Floats) -> Floats:
    """The Sun's height over an orbit plane [deg], positive on the side of the angular momentum."""
    along = np.sum(normal * sun_direction(count_s), axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip(along, -1.0, 1.0))))
