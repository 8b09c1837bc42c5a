"""An orbit carried through time by forces: the Earth's bulge (J2 to J4), drag, Sun and Moon, for many states at once.

Runge-Kutta of eighth order in equal steps, so the same input gives the same bytes. States stand among the stars (GCRS); zonal
forces and the turning air follow the pole of date. Method and figures: docs/earth-orbit.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import erfa
import numpy as np

from supercargo.astro.celestial import EarthOrientation, figure_pole
from supercargo.astro.compiling import compiled
from supercargo.astro.timescales import Floats, terrestrial_dates
from supercargo.kernel import ScenarioError

__all__ = ["Air", "Forces", "Trajectories", "fit_density", "propagate"]

_AU_KM = 149_597_870.7
_KNOT_S = 3600.0  # Sun, Moon and pole are worked out every hour and interpolated by a cubic
_TURN_RAD_S = 7.292_115e-5  # of the air with the Earth
_FLATTENING = 1.0 / 298.257_223_563
_EQUATOR_KM = 6378.137
_ECCENTRIC = _FLATTENING * (2.0 - _FLATTENING)

# Fehlberg, NASA TR R-287 (1968), table X, RK7(8), carried on with the eighth order
_SHARES = np.array([0, 2 / 27, 1 / 9, 1 / 6, 5 / 12, 1 / 2, 5 / 6, 1 / 6, 2 / 3, 1 / 3, 1, 0, 1])
_STAGES = np.zeros((13, 12))
for _row, _entries in enumerate(
    (
        {},
        {0: 2 / 27},
        {0: 1 / 36, 1: 1 / 12},
        {0: 1 / 24, 2: 1 / 8},
        {0: 5 / 12, 2: -25 / 16, 3: 25 / 16},
        {0: 1 / 20, 3: 1 / 4, 4: 1 / 5},
        {0: -25 / 108, 3: 125 / 108, 4: -65 / 27, 5: 125 / 54},
        {0: 31 / 300, 4: 61 / 225, 5: -2 / 9, 6: 13 / 900},
        {0: 2, 3: -53 / 6, 4: 704 / 45, 5: -107 / 9, 6: 67 / 90, 7: 3},
        {0: -91 / 108, 3: 23 / 108, 4: -976 / 135, 5: 311 / 54, 6: -19 / 60, 7: 17 / 6, 8: -1 / 12},
        {0: 2383 / 4100, 3: -341 / 164, 4: 4496 / 1025, 5: -301 / 82, 6: 2133 / 4100, 7: 45 / 82, 8: 45 / 164, 9: 18 / 41},
        {0: 3 / 205, 5: -6 / 41, 6: -3 / 205, 7: -3 / 41, 8: 3 / 41, 9: 6 / 41},
        {0: -1777 / 4100, 3: -341 / 164, 4: 4496 / 1025, 5: -289 / 82, 6: 2193 / 4100, 7: 51 / 82, 8: 33 / 164, 9: 12 / 41,
         11: 1},
    )
):  # fmt: skip
    for _column, _value in _entries.items():
        _STAGES[_row, _column] = _value
_WEIGHTS = np.array([0, 0, 0, 0, 0, 34 / 105, 9 / 35, 9 / 35, 9 / 280, 9 / 280, 0, 41 / 840, 41 / 840])


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """The air about one height, thinning evenly with height, turning with the Earth, and what it finds of the spacecraft."""

    density_kg_m3: float = 3e-12
    at_height_km: float = 420.0
    scale_km: float = 60.0
    area_per_mass_m2_kg: float = 0.004
    drag_coefficient: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forces:
    """What pulls: constants of the Earth's field (EIGEN's, 2010, zero tide), Sun, Moon, and the air unless None."""

    mu_km3_s2: float = 398_600.441_5
    equator_km: float = 6378.136_46
    j: tuple[float, float, float] = (1.082_627e-3, -2.532_244e-6, -1.619_973e-6)  # J2, J3, J4
    sun_km3_s2: float = 1.327_124_400_41e11
    moon_km3_s2: float = 4902.800_118
    air: Air | None = None


_EARTH = Forces()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """States through time; arrays are [trajectory, instant, axis]."""

    at_s: Floats  # since 2000-01-01T12:00:00Z
    position_km: Floats
    velocity_km_s: Floats


def _knots(first_s: float, last_s: float, orientation: EarthOrientation | None) -> tuple[int, Floats]:
    """Sun, Moon [km] and pole among the stars at whole hours: number of the first hour, and rows [hour, 9]."""
    first, last = math.floor(first_s / _KNOT_S) - 1, math.floor(last_s / _KNOT_S) + 3
    at_s = np.arange(first, last + 1, dtype=np.float64) * _KNOT_S
    dates = terrestrial_dates(at_s)
    sun = -np.asarray(erfa.epv00(*dates)[0]["p"]) * _AU_KM
    moon = np.asarray(erfa.moon98(*dates)["p"]) * _AU_KM
    pole = figure_pole(at_s, orientation=orientation)
    return first, np.ascontiguousarray(np.concatenate([sun, moon, pole], axis=1))


@compiled
def _sky(at_s: float, first: int, knots: Floats, sky: Floats) -> None:
    """Sun, Moon and pole at an instant, by a cubic through four hours."""
    place = at_s / _KNOT_S
    k = math.floor(place)
    u = place - k
    a, b, c = -u * (u - 1.0) * (u - 2.0) / 6.0, (u + 1.0) * (u - 1.0) * (u - 2.0) / 2.0, -(u + 1.0) * u * (u - 2.0) / 2.0
    d = (u + 1.0) * u * (u - 1.0) / 6.0
    row = k - first
    for i in range(9):
        sky[i] = a * knots[row - 1, i] + b * knots[row, i] + c * knots[row + 1, i] + d * knots[row + 2, i]


@compiled
def _height_km(across: float, axial: float) -> float:
    """Height over the ellipsoid by Bowring's formula."""
    polar = _EQUATOR_KM * (1.0 - _FLATTENING)
    angle = math.atan2(axial * _EQUATOR_KM, across * polar)
    second = _ECCENTRIC / (1.0 - _ECCENTRIC)
    latitude = math.atan2(
        axial + second * polar * math.sin(angle) ** 3, across - _ECCENTRIC * _EQUATOR_KM * math.cos(angle) ** 3
    )
    curve = _EQUATOR_KM / math.sqrt(1.0 - _ECCENTRIC * math.sin(latitude) ** 2)
    return across * math.cos(latitude) + axial * math.sin(latitude) - curve * (1.0 - _ECCENTRIC * math.sin(latitude) ** 2)


@compiled
def _pull(state: Floats, sky: Floats, field: Floats, slope: Floats) -> None:
    """Change of a state: `field` is mu, equator, J2, J3, J4, Sun's and Moon's mu, drag factor, its height and its scale."""
    mu, equator = field[0], field[1]
    r2 = state[0] ** 2 + state[1] ** 2 + state[2] ** 2
    r = math.sqrt(r2)
    px, py, pz = sky[6], sky[7], sky[8]
    s = (state[0] * px + state[1] * py + state[2] * pz) / r
    q = equator / r
    s2 = s * s
    legendre2, legendre3, legendre4 = 1.5 * s2 - 0.5, (2.5 * s2 - 1.5) * s, (35.0 * s2 * s2 - 30.0 * s2 + 3.0) / 8.0
    slope2, slope3, slope4 = 3.0 * s, 7.5 * s2 - 1.5, (17.5 * s2 - 7.5) * s
    w2, w3, w4 = field[2] * q**2, field[3] * q**3, field[4] * q**4
    polar = w2 * slope2 + w3 * slope3 + w4 * slope4
    radial = -1.0 + 3.0 * w2 * legendre2 + 4.0 * w3 * legendre3 + 5.0 * w4 * legendre4 + s * polar
    g = mu / r2
    for i in range(3):
        slope[i] = state[3 + i]
        slope[3 + i] = g * (radial * state[i] / r - polar * sky[6 + i])
    for body in range(2):
        strength = field[5 + body]
        if strength > 0.0:
            bx, by, bz = sky[3 * body], sky[3 * body + 1], sky[3 * body + 2]
            dx, dy, dz = bx - state[0], by - state[1], bz - state[2]
            near, far = (dx * dx + dy * dy + dz * dz) ** 1.5, (bx * bx + by * by + bz * bz) ** 1.5
            slope[3] += strength * (dx / near - bx / far)
            slope[4] += strength * (dy / near - by / far)
            slope[5] += strength * (dz / near - bz / far)
    if field[7] > 0.0:
        height = _height_km(r * math.sqrt(max(0.0, 1.0 - s2)), r * s)
        vx = state[3] - _TURN_RAD_S * (py * state[2] - pz * state[1])
        vy = state[4] - _TURN_RAD_S * (pz * state[0] - px * state[2])
        vz = state[5] - _TURN_RAD_S * (px * state[1] - py * state[0])
        brake = field[7] * math.exp((field[8] - height) / field[9]) * math.sqrt(vx * vx + vy * vy + vz * vz)
        slope[3] -= brake * vx
        slope[4] -= brake * vy
        slope[5] -= brake * vz


@compiled
def _step(state: Floats, at_s: float, step_s: float, first: int, knots: Floats, field: Floats, slopes: Floats) -> None:
    """One step of eighth order, in place."""
    sky, inner = np.empty(9), np.empty(6)
    for stage in range(13):
        for i in range(6):
            total = 0.0
            for k in range(stage):
                total += _STAGES[stage, k] * slopes[k, i]
            inner[i] = state[i] + step_s * total
        _sky(at_s + _SHARES[stage] * step_s, first, knots, sky)
        _pull(inner, sky, field, slopes[stage])
    for i in range(6):
        total = 0.0
        for k in range(13):
            total += _WEIGHTS[k] * slopes[k, i]
        state[i] += step_s * total


@compiled
def _carry(starts: Floats, start_s: float, at_s: Floats, step_s: float, first: int, knots: Floats, fields: Floats) -> Floats:
    """States [trajectory, instant, 6]: from instant to instant in equal steps no longer than `step_s`."""
    found = np.empty((starts.shape[0], at_s.size, 6))
    slopes, state = np.empty((13, 6)), np.empty(6)
    for k in range(starts.shape[0]):
        now = start_s
        state[:] = starts[k]
        for m in range(at_s.size):
            gap = at_s[m] - now
            count = max(1, math.ceil(abs(gap) / step_s)) if gap != 0.0 else 0
            for n in range(count):
                _step(state, now + gap * n / count, gap / count, first, knots, fields[k], slopes)
            now = at_s[m]
            found[k, m] = state
    return found


def _field(forces: Forces) -> list[float]:
    air = forces.air
    drag = (0.0, 0.0, 1.0)
    if air is not None:
        drag = (air.density_kg_m3 * air.drag_coefficient * air.area_per_mass_m2_kg * 500.0, air.at_height_km, air.scale_km)
    return [forces.mu_km3_s2, forces.equator_km, *forces.j, forces.sun_km3_s2, forces.moon_km3_s2, *drag]


def propagate(
    starts: Floats,
    start_s: float,
    at_s: Floats,
    forces: Forces | tuple[Forces, ...] = _EARTH,
    *,
    step_s: float = 60.0,
    orientation: EarthOrientation | None = None,
) -> Trajectories:
    """States drift from Kepler's ellipse as the Earth's bulge, the air, Sun and Moon pull, each by its forces.

    Parameters
    ----------
    starts : array
        States [trajectory, 6], km and km/s among the stars, at `start_s` [s since 2000-01-01T12:00:00Z].
    at_s : array
        Instants asked for, in the order of flight, ahead or back in time.
    forces : Forces or a tuple of them
        One for all trajectories, or one for each.
    step_s : float
        Longest step [s]; 60 s is good to a millimetre a day in low orbit.
    orientation : EarthOrientation, optional
        The wander of the pole; leaving it out costs some 3.5 m a day in low orbit.

    Raises
    ------
    ScenarioError
        if a trajectory falls to the ground or a number in it is not finite.
    """
    states = np.atleast_2d(np.asarray(starts, dtype=np.float64))
    each = forces if isinstance(forces, tuple) else (forces,) * states.shape[0]
    fields = np.array([_field(one) for one in each])
    instants = np.asarray(at_s, dtype=np.float64)
    span = np.concatenate([[start_s], instants])
    first, knots = _knots(float(span.min()), float(span.max()), orientation)
    found = _carry(np.ascontiguousarray(states), start_s, instants, step_s, first, knots, fields)
    radius = np.linalg.norm(found[..., :3], axis=-1)
    if found.size and not (np.isfinite(found).all() and radius.min() > _EQUATOR_KM * (1.0 - _FLATTENING)):
        fix = "start higher, or ask for a shorter span"
        raise ScenarioError("a trajectory falls to the ground, or a number of it is not finite", fix=fix, where="propagation")
    return Trajectories(at_s=instants, position_km=found[..., :3], velocity_km_s=found[..., 3:])


def fit_density(start: Floats, start_s: float, at_s: Floats, seen_km: Floats, forces: Forces) -> Forces:
    """Of all that is uncertain in a low orbit the air is first: one density makes a flown arc fit best, in least squares.

    `start` [6] at `start_s`, positions `seen_km` [instant, axis] at `at_s`. Gauss and Newton's method on the logarithm.
    Raises ScenarioError if `forces` have no air to fit.
    """
    if forces.air is None:
        raise ScenarioError("the forces have no air to fit", fix="give Forces(air=Air()) to start from", where="propagation")
    air = forces.air
    for _ in range(6):
        both = tuple(replace(forces, air=replace(air, density_kg_m3=air.density_kg_m3 * factor)) for factor in (1.0, 1.01))
        flown = propagate(np.stack([start, start]), start_s, at_s, both).position_km
        change = (flown[1] - flown[0]) / math.log(1.01)
        step = float(np.sum(change * (seen_km - flown[0])) / np.sum(change * change))
        air = replace(air, density_kg_m3=air.density_kg_m3 * math.exp(max(-2.0, min(2.0, step))))
        if abs(step) < 1e-9:
            break
    return replace(forces, air=air)
