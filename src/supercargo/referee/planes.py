"""Orbit planes as the referee sees them: SGP4 within two weeks of the elements, beyond that a node drifting by J2 and J4.

The secular rate of the node is Brouwer's to second order, as printed by Hoots and Roehrich, Spacetrack Report 3 (SGP4),
and in Vallado, Fundamentals of Astrodynamics, section 9.6, counted from the mean node of the epoch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from supercargo.astro.elements import MeanElements, elements_of, satellite_of, states
from supercargo.astro.frames import pad_direction, plane_normal, teme
from supercargo.astro.timescales import EARTH_TURN_RAD_S, Floats, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import Orbit

__all__ = ["EARTH_TURN_DEG_S", "PHASE_EDGE", "Plane", "plane_of"]

EARTH_TURN_DEG_S = math.degrees(EARTH_TURN_RAD_S)

PHASE_EDGE = 0.02
"""So near to the border of what is known of a phase (`Plane.phase_doubt`), to say it and to leave it out are both lawful."""

_J2, _J4 = 1.082616e-3, -1.65597e-6  # WGS 72, as SGP4 uses them
_EARTH_KM = 6378.135
_KE = 0.0743669161  # sqrt(GM) in Earth radii and minutes, WGS 72
_NEAR_S = 14 * DAY_S
_KNOWN_DEG = 30.0


@dataclass(frozen=True, slots=True)
class _Drift:
    """How the node moves in the long run."""

    rate_rad_s: float
    semi_major_km: float


def _drift(elements: MeanElements) -> _Drift:
    cosine = math.cos(math.radians(elements.inclination_deg))
    square, k2, k4 = cosine * cosine, _J2 / 2.0, -3.0 / 8.0 * _J4
    shape = 1.0 - elements.eccentricity**2
    kozai = elements.mean_motion_rev_d * 2.0 * math.pi / 1440.0  # rad/min
    first = (_KE / kozai) ** (2.0 / 3.0)
    pull = 1.5 * k2 * (3.0 * square - 1.0) / shape**1.5
    delta = pull / first**2
    radius = first * (1.0 - delta / 3.0 - delta**2 - 134.0 / 81.0 * delta**3)
    motion = kozai / (1.0 + pull / radius**2)
    semi_latus = (_KE / motion) ** (2.0 / 3.0) * shape
    rate = -3.0 * k2 / semi_latus**2
    rate += 1.5 * k2**2 / semi_latus**4 * (4.0 - 19.0 * square)
    rate += 5.0 * k4 / (2.0 * semi_latus**4) * (3.0 - 7.0 * square)
    return _Drift(rate * cosine * motion / 60.0, (_KE / motion) ** (2.0 / 3.0) * _EARTH_KM)


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane of a place's orbit through time, and how sure it is."""

    orbit: Orbit
    epoch_s: float  # since 2000-01-01T12:00:00Z
    inclination_deg: float
    drift: _Drift
    node_rad: float  # mean, at the epoch

    def normals(self, at_s: Floats) -> Floats:
        """Unit normals in TEME [instant, axis] at instants [s since 2000-01-01T12:00:00Z].

        Raises ScenarioError where SGP4 can't carry the orbit within two weeks of its epoch.
        """
        node = self.node_rad + self.drift.rate_rad_s * (at_s - self.epoch_s)
        sine, cosine = math.sin(math.radians(self.inclination_deg)), math.cos(math.radians(self.inclination_deg))
        found = np.stack([np.sin(node) * sine, -np.cos(node) * sine, np.full_like(node, cosine)], axis=-1)
        near = np.abs(at_s - self.epoch_s) <= _NEAR_S
        if near.any():
            found[near] = plane_normal(*states(satellite_of(self.orbit), at_s[near]))
        return found

    def node_sigma_deg(self, at_s: Floats) -> Floats:
        """One sigma of the node [deg]: 7/2 of its rate for each unit of relative error in the semi-major axis, times age."""
        slope = 3.5 * math.degrees(abs(self.drift.rate_rad_s)) / self.drift.semi_major_km  # deg/s for each km
        return np.asarray(slope * self.orbit.sigma_altitude_km * np.abs(at_s - self.epoch_s))

    def phases_deg(self, latitude_deg: float, longitude_deg: float, at_s: Floats) -> Floats:
        """How far the place is ahead of a pad along its orbit [instant] deg, 0 to 360, by SGP4.

        Raises ScenarioError where SGP4 can't carry the orbit.
        """
        place, _ = states(satellite_of(self.orbit), at_s)
        normal = self.normals(at_s)
        over = teme(pad_direction(latitude_deg, longitude_deg), at_s)
        over = over - normal * np.sum(normal * over, axis=-1, keepdims=True)  # the pad's foot in the plane
        across = np.sum(normal * np.cross(over, place), axis=-1)
        return np.asarray(np.degrees(np.arctan2(across, np.sum(over * place, axis=-1))) % 360.0)

    def phase_doubt(self, at_s: Floats) -> Floats:
        """Below 1 the place on the orbit is known [instant]: sigma of the phase over 30 deg, or age over 14 days, the greater.

        Each kilometre of mean altitude changes the mean motion by 3/2 of itself over the semi-major axis.
        """
        age_s = np.abs(at_s - self.epoch_s)
        turn_deg_s = math.degrees(_KE / 60.0 * (_EARTH_KM / self.drift.semi_major_km) ** 1.5)
        sigma_deg = 1.5 * turn_deg_s * self.orbit.sigma_altitude_km / self.drift.semi_major_km * age_s
        return np.asarray(np.maximum(sigma_deg / _KNOWN_DEG, age_s / _NEAR_S))


def plane_of(orbit: Orbit) -> Plane | None:
    """The plane of an orbit, or None where its elements are broken or SGP4 refuses them."""
    try:
        elements = elements_of(orbit)
        satellite_of(orbit)
        epoch_s = seconds_since_j2000(elements.epoch_utc)
        drift = _drift(elements)
    except (ScenarioError, ValueError, ArithmeticError):
        return None
    return Plane(orbit, epoch_s, elements.inclination_deg, drift, math.radians(elements.raan_deg))
