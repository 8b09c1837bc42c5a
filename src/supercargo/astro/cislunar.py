"""Legs between low Earth orbit, Gateway's orbit, low lunar orbit and the Moon's surface, each from a stated model.

Burns are instantaneous except at the surface. Near the Earth only the Earth pulls, near the Moon only the Moon (patched
conics, the Moon on a circle); Gateway's orbit is that of the three-body problem. Where a published table carries more than
the cheapest geometry, the leg is computed for a geometry that a planner must be able to fly, and its words say which.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2
from supercargo.astro.impulses import RADIUS_KM, circular_km_s, escape_burn_km_s, hohmann_km_s, perigee_km_s
from supercargo.astro.nrho_arrival import HaloArrival, cheapest_arrival
from supercargo.astro.three_body import LENGTH_KM, fly, moon_centred, nrho_9_2
from supercargo.astro.timescales import Floats
from supercargo.kernel import DAY_S

__all__ = [
    "FAST_D",
    "LLO_KM",
    "QUICK_TILT_DEG",
    "Leg",
    "any_plane_escape_km_s",
    "approach",
    "ascent_km_s",
    "cislunar_legs",
    "descent_km_s",
    "halo_arrival",
    "halo_states",
    "level_burn_km_s",
    "low_orbit_to_nrho_km_s",
    "lunar_capture_km_s",
    "tli_km_s",
    "transit_ellipse",
]

LEO_HEIGHT_KM = 407.0
LLO_KM = RADIUS_KM["Moon"] + 100.0
"""Radius of low lunar orbit, 100 km up."""

FAST_D = 4.5
"""Days from leaving the Earth to the Moon on a fast transfer."""

QUICK_D, QUICK_TILT_DEG = 3.5, 28.5
"""Days to or from low lunar orbit, and the transfer's plane against the Moon's (a launch due east from Florida)."""

THRUST_M_S2 = 3.0
"""Acceleration of a lander's main engine with full tanks, as Apollo's: assumption for other landers."""

APPROACH_S = 150.0
"""Time from the end of braking to touchdown, hanging on the engine (Apollo: two and a half minutes from high gate)."""

RISE_S = 10.0
"""Vertical rise before an ascent turns."""

PERILUNE_KM = RADIUS_KM["Moon"] + 15.0
"""Where braking begins and an ascent ends."""

_MOON_PULL_KM_S2 = GM_KM3_S2["Moon"] / RADIUS_KM["Moon"] ** 2
_LOITER_PERIOD_S = DAY_S
_STRIDES, _HALVINGS = 15, 4  # 240 phases


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: where from and to, its burns together, days under way, and the model in words."""

    start: str
    end: str
    delta_v_m_s: float
    duration_d: float
    how: str
    assumed: bool = False
    """Whether the lander's thrust and approach, which are Apollo's, go into it."""


def tli_km_s(height_km: float, apogee_km: float = LENGTH_KM) -> float:
    """Burn from a circular orbit about the Earth to an ellipse that reaches the Moon's distance [km/s].

    >>> round(tli_km_s(200.0), 3), round(tli_km_s(407.0), 3)
    (3.131, 3.08)
    """
    low = RADIUS_KM["Earth"] + height_km
    return perigee_km_s("Earth", low, apogee_km) - circular_km_s("Earth", low)


def transit_ellipse(low_km: float, distance_km: float, transit_d: float) -> float:
    """Semi-major axis of the conic with a perigee that reaches a distance on its way out after a transit [km].

    Slower than the ellipse that just reaches it there is none: that one is returned.
    """
    slowest, fastest = 0.5 * (low_km + distance_km) * (1.0 + 1e-9), 1e9
    for _ in range(100):
        middle = math.sqrt(slowest * fastest)
        slower = _time_out_s(middle, low_km, distance_km) > transit_d * DAY_S
        slowest, fastest = (middle, fastest) if slower else (slowest, middle)
    return slowest


def _time_out_s(half_axis_km: float, low_km: float, distance_km: float) -> float:
    eccentricity = 1.0 - low_km / half_axis_km
    anomaly = math.acos(max(-1.0, min(1.0, (1.0 - distance_km / half_axis_km) / eccentricity)))
    return math.sqrt(half_axis_km**3 / GM_KM3_S2["Earth"]) * (anomaly - eccentricity * math.sin(anomaly))


def approach(transit_d: float, *, tilt_deg: float, distance_km: float = LENGTH_KM, moon_km_s: float | None = None) -> Floats:
    """Velocity against the Moon on arrival [km/s]: away from the Earth, along the Moon's motion, north. [axis]

    `tilt_deg` is the transfer's plane against the Moon's.
    """
    low = RADIUS_KM["Earth"] + LEO_HEIGHT_KM
    half_axis = transit_ellipse(low, distance_km, transit_d)
    mu = GM_KM3_S2["Earth"]
    speed2 = mu * (2.0 / distance_km - 1.0 / half_axis)
    across = low * math.sqrt(mu * (2.0 / low - 1.0 / half_axis)) / distance_km
    out = math.sqrt(max(0.0, speed2 - across * across))
    moon = math.sqrt((mu + GM_KM3_S2["Moon"]) / distance_km) if moon_km_s is None else moon_km_s
    tilt = math.radians(tilt_deg)
    return np.array([out, across * math.cos(tilt) - moon, across * math.sin(tilt)])


def _leaving_km_s(transit_d: float) -> float:
    low = RADIUS_KM["Earth"] + LEO_HEIGHT_KM
    half_axis = transit_ellipse(low, LENGTH_KM, transit_d)
    return math.sqrt(GM_KM3_S2["Earth"] * (2.0 / low - 1.0 / half_axis)) - circular_km_s("Earth", low)


def lunar_capture_km_s(v_infinity_km_s: float, radius_km: float = LLO_KM) -> float:
    """Burn from an arrival hyperbola into a circle about the Moon, its plane chosen by the aim [km/s]."""
    return float(escape_burn_km_s(np.array(v_infinity_km_s), "Moon", radius_km))


def any_plane_escape_km_s(v_infinity_km_s: float) -> float:
    """Burns from low lunar orbit to a departure at right angles to its plane [km/s].

    Three burns: up to an ellipse of a day, the plane turned at its top, off at its foot.
    """
    half_axis = math.cbrt(GM_KM3_S2["Moon"] * (_LOITER_PERIOD_S / (2.0 * math.pi)) ** 2)
    top = 2.0 * half_axis - LLO_KM
    foot_km_s = perigee_km_s("Moon", LLO_KM, top)
    off_km_s = math.sqrt(v_infinity_km_s**2 + 2.0 * GM_KM3_S2["Moon"] / LLO_KM)
    turn_km_s = math.sqrt(2.0) * foot_km_s * LLO_KM / top
    return turn_km_s + off_km_s - circular_km_s("Moon", LLO_KM)


def level_burn_km_s(speed_km_s: float, thrust_m_s2: float = THRUST_M_S2) -> float:
    """Thrust spent on a speed gained or lost at constant height above the Moon [km/s].

    The engine also holds what gravity is not balanced by motion: dv = a dv_h / sqrt(a2 - (g - v2/r)2), by Simpson's rule.
    """
    speeds = np.linspace(0.0, speed_km_s, 401)
    held = 1e3 * (_MOON_PULL_KM_S2 - speeds**2 / RADIUS_KM["Moon"])
    if np.max(np.abs(held)) >= thrust_m_s2:
        raise ValueError(f"{thrust_m_s2} m/s2 can't hold the height at {speed_km_s} km/s")
    each = thrust_m_s2 / np.sqrt(thrust_m_s2**2 - held**2)
    weights = np.ones(401)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return float(np.sum(weights * each) * speed_km_s / 400.0 / 3.0)


def _approach_km_s() -> float:
    return APPROACH_S * _MOON_PULL_KM_S2


def descent_km_s() -> float:
    """From low lunar orbit to the surface [km/s]: down to 15 km, braking at that height, approach."""
    down = circular_km_s("Moon", LLO_KM) - perigee_km_s("Moon", PERILUNE_KM, LLO_KM) * PERILUNE_KM / LLO_KM
    return down + level_burn_km_s(perigee_km_s("Moon", PERILUNE_KM, LLO_KM)) + _approach_km_s()


def ascent_km_s() -> float:
    """From the surface to low lunar orbit [km/s]: a vertical rise, a level burn, then up from 15 to 100 km."""
    up = hohmann_km_s("Moon", PERILUNE_KM, LLO_KM)
    return RISE_S * THRUST_M_S2 / 1e3 + level_burn_km_s(circular_km_s("Moon", PERILUNE_KM)) + sum(up)


@lru_cache(maxsize=1)
def halo_states() -> tuple[Floats, Floats]:
    """Gateway's orbit in even steps of time from apolune: positions [km] and velocities [km/s] about the Moon. [phase, axis]

    On still axes that lie along the problem's at that phase.
    """
    orbit = nrho_9_2()
    each = [orbit.start]
    for _ in range(_STRIDES - 1):
        each.append(fly(each[-1], orbit.period / _STRIDES))
    states = np.array(each)
    for _ in range(_HALVINGS):  # the states half-way between, all at once
        between = fly(states, 0.5 * orbit.period / len(states))
        states = np.stack([states, between], axis=1).reshape(-1, 6)
    return moon_centred(states)


@lru_cache(maxsize=1)
def halo_arrival() -> HaloArrival:
    """The cheapest arrival in Gateway's orbit by the fast transfer in the Moon's plane, at the Moon's mean distance."""
    return cheapest_arrival(approach(FAST_D, tilt_deg=0.0), *halo_states())


def low_orbit_to_nrho_km_s(within_d: float, apart_deg: float) -> float:
    """Cheapest two burns between low lunar orbit and Gateway's orbit, either way, within a time [km/s].

    The two planes meet at an angle; the difference is made up where the spacecraft is slow, at Gateway's orbit.
    """
    mu, circle = GM_KM3_S2["Moon"], circular_km_s("Moon", LLO_KM)
    places, motions = halo_states()
    far = np.linalg.norm(places, axis=-1)[:, None]
    radial = np.sum(places * motions, axis=-1)[:, None] / far
    around = np.sqrt(np.maximum(0.0, np.sum(motions**2, axis=-1)[:, None] - radial**2))
    foot = np.linspace(circle, 1.15 * math.sqrt(2.0) * circle, 1200)[None, :]  # speeds at the low end
    energy = 0.5 * foot**2 - mu / LLO_KM
    level = LLO_KM * foot / far
    rest = 2.0 * (energy + mu / far) - level**2
    steep = np.sqrt(np.maximum(0.0, rest))
    turn = math.cos(math.radians(apart_deg))
    meet = np.sqrt((steep - radial) ** 2 + level**2 + around**2 - 2.0 * level * around * turn)
    lawful = (rest >= 0.0) & (_climb_s(foot, far) <= within_d * DAY_S)
    return float(np.min(np.where(lawful, meet + foot - circle, np.inf)))


def _climb_s(foot: Floats, far: Floats) -> Floats:
    """Time from low lunar orbit to a distance on a conic with a speed at its foot [s]; infinite where it turns before."""
    mu = GM_KM3_S2["Moon"]
    half_axis = 1.0 / (2.0 / LLO_KM - foot**2 / mu)
    eccentricity = 1.0 - LLO_KM / half_axis
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = (1.0 - far / half_axis) / eccentricity
        bound = np.arccos(np.where(np.abs(reach) <= 1.0, reach, np.nan))
        free = np.arccosh(np.where(reach >= 1.0, reach, np.nan))
        unit = np.sqrt(np.abs(half_axis) ** 3 / mu)
        time = unit * np.where(half_axis > 0.0, bound - eccentricity * np.sin(bound), eccentricity * np.sinh(free) - free)
    return np.asarray(np.nan_to_num(time, nan=np.inf))


@lru_cache(maxsize=1)
def cislunar_legs() -> tuple[Leg, ...]:
    """The legs of the cargo road to the Moon and back, each by its own model."""
    quick = float(np.linalg.norm(approach(QUICK_D, tilt_deg=QUICK_TILT_DEG)))
    fast = approach(FAST_D, tilt_deg=0.0)
    halo = halo_arrival()
    touch = math.sqrt(float(fast @ fast) + 2.0 * GM_KM3_S2["Moon"] / PERILUNE_KM)
    into, out = low_orbit_to_nrho_km_s(0.5, 20.0), low_orbit_to_nrho_km_s(0.75, 90.0)
    swing = (
        f"burn of {1e3 * halo.flyby_km_s:.0f} m/s at a lunar flyby {halo.height_km:.0f} km up, "
        f"insertion {1e3 * halo.insertion_km_s:.0f} m/s"
    )
    tilted = f"{QUICK_D:g} d transit, {QUICK_TILT_DEG:g} deg off the Moon's plane, capture at perilune"
    days = FAST_D + halo.days
    legs = (
        ("LEO 407 km", "TLI", _leaving_km_s(FAST_D), 0.1, f"two-body ellipse, {FAST_D} d to the Moon's mean distance"),
        ("TLI", "LLO 100 km", lunar_capture_km_s(quick), QUICK_D, tilted),
        ("TLI", "NRHO", halo.total_km_s, days, swing),
        (
            "TLI",
            "Lunar surface",
            level_burn_km_s(touch) + _approach_km_s(),
            FAST_D,
            "straight down: braking at 15 km, approach",
        ),
        ("NRHO", "LLO 100 km", into, 0.5, "two burns within 12 h, planes 20 deg apart (1.5 days of the Moon's turn)"),
        ("LLO 100 km", "NRHO", out, 0.75, "two burns within 18 h, planes at any angle"),
        (
            "LLO 100 km",
            "Lunar surface",
            descent_km_s(),
            0.1,
            f"braking at 15 km, {THRUST_M_S2:g} m/s2, {APPROACH_S:.0f} s approach",
        ),
        ("Lunar surface", "LLO 100 km", ascent_km_s(), 0.1, f"rise, level burn at {THRUST_M_S2:g} m/s2, up from 15 to 100 km"),
        ("LLO 100 km", "TEI", any_plane_escape_km_s(quick), 1.0 + QUICK_D, "three burns over a day, planes at any angle"),
        ("NRHO", "TEI", halo.total_km_s, days, "the way in, flown backward"),
    )
    return tuple(
        Leg(start, end, 1e3 * speed, days, how, assumed="Lunar surface" in (start, end))
        for start, end, speed, days, how in legs
    )
