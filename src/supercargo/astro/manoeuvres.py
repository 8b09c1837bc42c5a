"""Burns of low orbit by two-body mechanics: raising, lowering, turning the plane, and what propellant they take.

Sources: Vallado, Fundamentals of Astrodynamics, chapter 6; Curtis, Orbital Mechanics for Engineering Students, chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "EARTH_KM",
    "MU_KM3_S2",
    "Burn",
    "PaidBurn",
    "catch_up_deg",
    "deorbit_m_s",
    "hohmann_m_s",
    "mean_motion_rad_s",
    "paid",
    "plane_turn_m_s",
    "speed_km_s",
]

EARTH_KM = 6378.137
MU_KM3_S2 = 398_600.4418
_STANDARD_GRAVITY_M_S2 = 9.80665


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """One burn of the spacecraft's own engines."""

    name: str
    delta_v_m_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidBurn:
    """A burn with the propellant it takes."""

    name: str
    delta_v_m_s: float
    propellant_kg: float


def mean_motion_rad_s(semi_major_km: float) -> float:
    """A wider orbit turns more slowly [rad/s] (Kepler's third law)."""
    return math.sqrt(MU_KM3_S2 / semi_major_km**3)


def speed_km_s(radius_km: float, semi_major_km: float) -> float:
    """Speed at a distance from the Earth's centre on an ellipse [km/s] (Vallado, section 1.3, the vis-viva equation)."""
    return math.sqrt(MU_KM3_S2 * (2.0 / radius_km - 1.0 / semi_major_km))


def catch_up_deg(lower_km: float, upper_km: float) -> float:
    """In each revolution of the upper orbit a spacecraft on the lower gains on it [deg].

    Heights over the equator's radius [km], circular orbits.

    >>> [round(catch_up_deg(height, 420.0), 1) for height in (200.0, 230.0, 300.0, 350.0)]
    [18.2, 15.6, 9.7, 5.6]
    """
    return 360.0 * (mean_motion_rad_s(EARTH_KM + lower_km) / mean_motion_rad_s(EARTH_KM + upper_km) - 1.0)


def hohmann_m_s(from_km: float, to_km: float) -> tuple[float, float]:
    """The cheapest way between two circular orbits is half an ellipse that touches both: first and second burn [m/s].

    Heights over the equator's radius [km]. Source: Vallado, algorithm 36.

    >>> round(sum(hohmann_m_s(200.0, 420.0)))
    127
    """
    low, high = EARTH_KM + from_km, EARTH_KM + to_km
    middle = (low + high) / 2.0
    first = abs(speed_km_s(low, middle) - speed_km_s(low, low))
    second = abs(speed_km_s(high, high) - speed_km_s(high, middle))
    return first * 1e3, second * 1e3


def plane_turn_m_s(height_km: float, angle_deg: float) -> float:
    """Turning a circular orbit's plane costs twice the speed times the sine of half the angle [m/s] (Vallado, section 6.4).

    >>> round(plane_turn_m_s(420.0, 1.0))
    134
    """
    radius = EARTH_KM + height_km
    return 2e3 * speed_km_s(radius, radius) * math.sin(math.radians(abs(angle_deg)) / 2.0)


def deorbit_m_s(height_km: float, perigee_km: float) -> float:
    """Braking on a circular orbit so that its far side dips to a perigee [m/s].

    >>> round(deorbit_m_s(420.0, 50.0))
    108
    """
    return hohmann_m_s(height_km, perigee_km)[0]


def paid(burns: Sequence[Burn], mass_kg: float, isp_s: float) -> tuple[PaidBurn, ...]:
    """Each burn takes a share of the mass left after the burns before it (Tsiolkovsky).

    `mass_kg` before the first burn; `isp_s` specific impulse [s].
    """
    exhaust_m_s = isp_s * _STANDARD_GRAVITY_M_S2
    spent: list[PaidBurn] = []
    left_kg = mass_kg
    for burn in burns:
        used_kg = left_kg * -math.expm1(-burn.delta_v_m_s / exhaust_m_s)
        left_kg -= used_kg
        spent.append(PaidBurn(name=burn.name, delta_v_m_s=burn.delta_v_m_s, propellant_kg=used_kg))
    return tuple(spent)
