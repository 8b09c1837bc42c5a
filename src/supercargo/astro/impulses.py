"""Burns as changes of speed in an instant: out of a parking orbit, into one, and what a burn costs in propellant."""

from __future__ import annotations

import math

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2
from supercargo.astro.timescales import Floats

__all__ = ["G0_M_S2", "RADIUS_KM", "circular_km_s", "escape_burn_km_s", "hohmann_km_s", "mass_ratio", "perigee_km_s"]

G0_M_S2 = 9.80665
"""Standard gravity: turns specific impulse into exhaust speed [m/s2]."""

RADIUS_KM = {
    "Mercury": 2439.7,
    "Venus": 6051.8,
    "Earth": 6378.137,
    "Moon": 1737.4,
    "Mars": 3396.19,
    "Jupiter": 71_492.0,
    "Saturn": 60_268.0,
    "Uranus": 25_559.0,
    "Neptune": 24_764.0,
    "Pluto": 1188.3,
}
"""Equatorial radii [km] (IAU working group on cartographic coordinates, 2015)."""


def circular_km_s(body: str, radius_km: float) -> float:
    """Speed on a circle about a body [km/s]."""
    return math.sqrt(GM_KM3_S2[body] / radius_km)


def escape_burn_km_s(v_infinity_km_s: Floats, body: str, radius_km: float) -> Floats:
    """Burn between a circle about a body and a hyperbola with a speed left over, either way [km/s].

    >>> round(float(escape_burn_km_s(np.array([0.0]), "Earth", 6778.137)[0]), 3)  # (sqrt 2 - 1) of 7.669 km/s
    3.176
    """
    mu = GM_KM3_S2[body]
    return np.asarray(np.sqrt(v_infinity_km_s * v_infinity_km_s + 2.0 * mu / radius_km) - math.sqrt(mu / radius_km))


def perigee_km_s(body: str, low_km: float, high_km: float) -> float:
    """Speed at the lower end of an ellipse between two radii [km/s]."""
    return math.sqrt(GM_KM3_S2[body] * 2.0 * high_km / (low_km * (low_km + high_km)))


def hohmann_km_s(body: str, low_km: float, high_km: float) -> tuple[float, float]:
    """Burns at the low and the high end of a Hohmann transfer between two circles [km/s].

    >>> [round(1e3 * burn) for burn in hohmann_km_s("Earth", 6578.137, 6798.137)]
    [64, 63]
    """
    low = perigee_km_s(body, low_km, high_km)
    return low - circular_km_s(body, low_km), circular_km_s(body, high_km) - low * low_km / high_km


def mass_ratio(delta_v_m_s: float, isp_s: float) -> float:
    """Mass before over mass after a burn (Tsiolkovsky); infinite for a burn without thrust.

    >>> round(mass_ratio(3000.0, 300.0), 3)
    2.772
    """
    if isp_s <= 0.0:
        return 1.0 if delta_v_m_s <= 0.0 else math.inf
    return math.exp(min(delta_v_m_s / (isp_s * G0_M_S2), 700.0))
