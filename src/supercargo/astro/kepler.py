"""Two-body motion in batches: from classical elements to states, and states carried along their conic.

Elements are those of small-body tables: semi-major axis, eccentricity, inclination, node, argument of periapsis, mean anomaly
at an epoch. States on any conic are carried by the universal variable (Vallado, Fundamentals of Astrodynamics, section 2.3),
solved by Laguerre's method, which no start throws off (Conway 1986).
"""

from __future__ import annotations

import numpy as np

from supercargo.astro.timescales import Floats

__all__ = ["eccentric_anomaly", "ellipse_axes", "ellipse_states", "propagate_conic"]

_ROUNDS = 200
_ULPS = 4.0 * np.finfo(np.float64).eps


def eccentric_anomaly(mean_rad: Floats, eccentricity: Floats | float) -> Floats:
    """Kepler's equation E - e sin E = M on ellipses, to rounding: Newton's method from Danby's start, with Halley's term.

    >>> round(float(np.degrees(eccentric_anomaly(np.radians([235.4]), 0.4))[0]), 5)  # Vallado, example 2-1
    220.51207

    Raises ValueError for an eccentricity outside [0, 1).
    """
    e = np.asarray(eccentricity, dtype=np.float64)
    if not np.all((e >= 0.0) & (e < 1.0)):
        raise ValueError("an ellipse has an eccentricity from 0 to below 1")
    turns = np.round(np.asarray(mean_rad) / (2.0 * np.pi))
    mean = np.asarray(mean_rad) - 2.0 * np.pi * turns
    anomaly = mean + 0.85 * e * np.sign(mean)
    for _ in range(_ROUNDS):
        sine, cosine = e * np.sin(anomaly), e * np.cos(anomaly)
        miss, slope = anomaly - sine - mean, 1.0 - cosine
        step = miss / (slope - 0.5 * (miss / slope) * sine)
        anomaly = anomaly - step
        if np.all(np.abs(step) <= _ULPS * (1.0 + np.abs(anomaly))):
            break
    return np.asarray(anomaly + 2.0 * np.pi * turns)


def ellipse_axes(inclination_rad: float, node_rad: float, periapsis_rad: float) -> tuple[Floats, Floats]:
    """Unit vectors towards periapsis and towards the motion there. [axis]"""
    ci, si = np.cos(inclination_rad), np.sin(inclination_rad)
    cn, sn = np.cos(node_rad), np.sin(node_rad)
    cp, sp = np.cos(periapsis_rad), np.sin(periapsis_rad)
    towards = np.array([cn * cp - sn * sp * ci, sn * cp + cn * sp * ci, sp * si])
    along = np.array([-cn * sp - sn * cp * ci, -sn * sp + cn * cp * ci, cp * si])
    return towards, along


def ellipse_states(
    mean_rad: Floats, eccentricity: float, half_axis_km: float, mu_km3_s2: float, axes: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Positions [km] and velocities [km/s] at mean anomalies on an ellipse with given axes. [instant, axis]"""
    anomaly = eccentric_anomaly(mean_rad, eccentricity)
    sine, cosine = np.sin(anomaly), np.cos(anomaly)
    flat = np.sqrt((1.0 - eccentricity) * (1.0 + eccentricity))
    rate = np.sqrt(mu_km3_s2 / half_axis_km) / (1.0 - eccentricity * cosine)
    towards, along = axes
    position = half_axis_km * ((cosine - eccentricity)[:, None] * towards + (flat * sine)[:, None] * along)
    velocity = (-rate * sine)[:, None] * towards + (rate * flat * cosine)[:, None] * along
    return position, velocity


def propagate_conic(r_km: Floats, v_km_s: Floats, time_s: Floats | float, mu_km3_s2: float) -> tuple[Floats, Floats]:
    """States [km], [km/s] carried a time [s] along their two-body conic, whatever its energy. [state, axis]

    >>> r, v = np.array([[1131.340, -2282.343, 6672.423]]), np.array([[-5.64305, 4.30333, 2.42879]])
    >>> later, _ = propagate_conic(r, v, 40.0 * 60.0, 398600.4418)  # Vallado, example 2-4
    >>> [round(float(part), 1) for part in later[0]]
    [-4219.8, 4363.0, -3958.8]
    """
    r, v = (np.atleast_2d(np.asarray(part, dtype=np.float64)) for part in (r_km, v_km_s))
    time = np.broadcast_to(np.asarray(time_s, dtype=np.float64), r.shape[:1])
    root = np.sqrt(mu_km3_s2)
    r0 = np.linalg.norm(r, axis=-1)
    radial = np.sum(r * v, axis=-1) / root
    alpha = 2.0 / r0 - np.sum(v * v, axis=-1) / mu_km3_s2
    semilatus = np.sum(np.cross(r, v) ** 2, axis=-1) / mu_km3_s2
    closest = semilatus / (1.0 + np.sqrt(np.maximum(0.0, 1.0 - alpha * semilatus)))
    chi = _universal((r0, radial, alpha), root * time, closest)
    u0, u1, u2, u3 = _stumpff(chi, alpha)
    far = r0 * u0 + radial * u1 + u2
    f, g = 1.0 - u2 / r0, time - u3 / root
    f_rate, g_rate = -root * u1 / (far * r0), 1.0 - u2 / far
    return f[:, None] * r + g[:, None] * v, f_rate[:, None] * r + g_rate[:, None] * v


def _universal(start: tuple[Floats, Floats, Floats], target: Floats, closest: Floats) -> Floats:
    """chi with r0 U1 + s U2 + U3 = sqrt(mu) dt, by Laguerre's method of degree 5 between brackets.

    d chi = sqrt(mu) dt / r, so chi lies between 0 and the target over the closest distance.
    """
    r0, radial, alpha = start
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # a path through the centre has no closest distance
        end = np.where(target == 0.0, 0.0, target / closest)
        low, high = np.minimum(0.0, end), np.maximum(0.0, end)
        chi = np.clip(target / r0, low, high)
        for _ in range(_ROUNDS):
            u0, u1, u2, u3 = _stumpff(chi, alpha)
            miss = r0 * u1 + radial * u2 + u3 - target
            slope = r0 * u0 + radial * u1 + u2
            bend = radial * u0 + (1.0 - alpha * r0) * u1
            far = ~np.isfinite(miss)  # the hyperbola's functions overflow: much too far
            low = np.where((miss < 0.0) | (far & (chi < 0.0)), chi, low)
            high = np.where((miss > 0.0) | (far & (chi >= 0.0)), chi, high)
            nearer = chi - 5.0 * miss / (slope + np.sqrt(np.abs(16.0 * slope * slope - 20.0 * miss * bend)))
            within = (nearer >= low) & (nearer <= high)
            nearer = np.where(within, nearer, np.where(np.isfinite(low + high), 0.5 * (low + high), 0.5 * chi))
            done = np.abs(nearer - chi) <= _ULPS * np.abs(nearer)
            chi = nearer
            if done.all():
                break
    return chi


def _stumpff(chi: Floats, alpha: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Universal functions U0 to U3 of chi at energy alpha = 1/a: a short series of chi halved, doubled back.

    The doubling formulas (Battin, section 4.5) have no difference of near equals in U1, U2 and U3.
    """
    halvings = 0
    while float(np.nanmax(np.abs(alpha * chi * chi), initial=0.0)) > 0.5 * 4.0**halvings and halvings < _ROUNDS:
        halvings += 1
    small = chi * 0.5**halvings
    z = alpha * small * small
    c2, c3 = np.zeros_like(z), np.zeros_like(z)
    for n in range(9, -1, -1):
        c2 = (1.0 - z * c2) / ((2 * n + 1) * (2 * n + 2))
        c3 = (1.0 - z * c3) / ((2 * n + 2) * (2 * n + 3))
    u2, u3 = small * small * c2, small * small * small * c3
    u0, u1 = 1.0 - alpha * u2, small - alpha * u3
    for _ in range(halvings):
        u0, u1, u2, u3 = 1.0 - 2.0 * alpha * u1 * u1, 2.0 * u0 * u1, 2.0 * u1 * u1, 2.0 * (u3 + u1 * u2)
    return u0, u1, u2, u3
