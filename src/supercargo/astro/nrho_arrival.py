"""Arrival in Gateway's orbit: a burn at a lunar flyby, a coast, a burn into the orbit, at their cheapest together.

Within the Moon's reach only the Moon pulls (two-body); the search runs over the flyby's plane and height, the phase of the
orbit and the coast, on a grid that closes in on its best point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2
from supercargo.astro.impulses import RADIUS_KM
from supercargo.astro.lambert import solve_lambert
from supercargo.astro.three_body import TIME_S
from supercargo.astro.timescales import Floats
from supercargo.kernel import DAY_S

__all__ = ["HaloArrival", "arrival_costs", "cheapest_arrival", "flyby_states", "timed_arrival"]

LOWEST_KM = RADIUS_KM["Moon"] + 100.0
"""No flyby is lower than 100 km."""

_ROUNDS, _TIMED_ROUNDS = 14, 8
_SHORTEST_S = 0.05 * DAY_S


@dataclass(frozen=True, slots=True)
class HaloArrival:
    """The cheapest arrival found."""

    flyby_km_s: float
    insertion_km_s: float
    height_km: float
    """Of the flyby above the Moon."""
    days: float
    """From flyby to insertion."""
    choice: tuple[float, float, float, float]
    """Plane of the flyby [rad], its radius [km], phase [steps from apolune], coast [s]."""

    @property
    def total_km_s(self) -> float:
        """Both burns [km/s]."""
        return self.flyby_km_s + self.insertion_km_s


def flyby_states(approach_km_s: Floats, plane_rad: Floats, radius_km: Floats) -> tuple[Floats, Floats]:
    """Position [km] and velocity [km/s] at perilune of hyperbolas by approach, plane and radius. [flyby, axis]"""
    speed = float(np.linalg.norm(approach_km_s))
    along = approach_km_s / speed
    side = np.cross(along, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    normal = np.cos(plane_rad)[:, None] * side + np.sin(plane_rad)[:, None] * np.cross(along, side)
    mu = GM_KM3_S2["Moon"]
    bend = np.arcsin(1.0 / (1.0 + radius_km * speed * speed / mu))[:, None]
    ahead = along * np.cos(bend) + np.cross(normal, along) * np.sin(bend)
    fastest = np.sqrt(speed * speed + 2.0 * mu / radius_km)[:, None]
    return radius_km[:, None] * np.cross(ahead, normal), fastest * ahead


def arrival_costs(approach_km_s: Floats, places_km: Floats, motions_km_s: Floats, choices: Floats) -> tuple[Floats, Floats]:
    """Burns at flyby and insertion [km/s] of each choice of plane, radius, phase and coast; infinite where none. [choice]"""
    plane, radius, phase, coast = choices.T
    start, before = flyby_states(approach_km_s, plane, radius)
    here = np.mod(phase, places_km.shape[0])
    turn = coast / TIME_S  # the orbit's axes turn with the Moon while the spacecraft coasts
    goal, motion = (_turned(_between(path, here), turn) for path in (places_km, motions_km_s))
    found = solve_lambert(start, goal, coast, GM_KM3_S2["Moon"])
    burn, insertion = found.v1_km_s - before, motion - found.v2_km_s
    speeds = [np.where(found.solved, np.linalg.norm(one, axis=-1), np.inf) for one in (burn, insertion)]
    return speeds[0], speeds[1]


def _between(path: Floats, phase: Floats) -> Floats:
    """Points between the steps of a closed path, on a cubic through the four nearest. [phase, axis]"""
    count = path.shape[0]
    first = np.floor(phase).astype(np.int64)
    t = (phase - first)[:, None]
    a, b, c, d = (path[(first + step) % count] for step in (-1, 0, 1, 2))
    slope = 2.0 * a - 5.0 * b + 4.0 * c - d
    return np.asarray(b + 0.5 * t * ((c - a) + t * (slope + t * (3.0 * (b - c) + d - a))))


def _turned(vectors: Floats, angle: Floats) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = vectors.T
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=-1)


def cheapest_arrival(approach_km_s: Floats, places_km: Floats, motions_km_s: Floats) -> HaloArrival:
    """The cheapest arrival with an approach velocity in an orbit given by states in even steps of time. [phase, axis]"""
    count = places_km.shape[0]
    centre = np.array([np.pi, 3.0 * RADIUS_KM["Moon"], 0.5 * count, 2.0 * DAY_S])
    reach = np.array([np.pi, 2.0 * RADIUS_KM["Moon"], 0.5 * count, 1.7 * DAY_S])
    sizes, closing = (24, 7, 40, 9), np.array([0.12, 0.4, 0.06, 0.3])
    for _ in range(_ROUNDS):
        choices = _around(centre, reach, sizes)
        burn, insertion = arrival_costs(approach_km_s, places_km, motions_km_s, choices)
        best = int(np.argmin(burn + insertion))
        centre, reach = choices[best], closing * reach
        sizes, closing = (7, 5, 7, 7), np.full(4, 0.6)
    return _found(float(burn[best]), float(insertion[best]), centre)


def timed_arrival(approach_km_s: Floats, places_km: Floats, motions_km_s: Floats, phase: float, coast_s: float) -> HaloArrival:
    """The cheapest arrival that joins the orbit at a phase [steps] after a coast [s], the flyby's plane and height free."""
    centre = np.array([np.pi, 3.0 * RADIUS_KM["Moon"], phase, coast_s])
    reach = np.array([np.pi, 2.0 * RADIUS_KM["Moon"], 0.0, 0.0])
    for _ in range(_TIMED_ROUNDS):
        choices = _around(centre, reach, (25, 9, 1, 1))
        burn, insertion = arrival_costs(approach_km_s, places_km, motions_km_s, choices)
        best = int(np.argmin(burn + insertion))
        centre, reach = choices[best], 0.35 * reach
    return _found(float(burn[best]), float(insertion[best]), centre)


def _found(burn_km_s: float, insertion_km_s: float, choice: Floats) -> HaloArrival:
    return HaloArrival(
        flyby_km_s=burn_km_s,
        insertion_km_s=insertion_km_s,
        height_km=float(choice[1]) - RADIUS_KM["Moon"],
        days=float(choice[3]) / DAY_S,
        choice=(float(choice[0]), float(choice[1]), float(choice[2]), float(choice[3])),
    )


def _around(centre: Floats, reach: Floats, sizes: tuple[int, ...]) -> Floats:
    """A grid of lawful choices about one. [choice, 4]"""
    ends = zip(centre - reach, centre + reach, sizes, strict=True)
    axes = np.meshgrid(*(np.linspace(low, high, size) for low, high, size in ends), indexing="ij")
    choices = np.stack([axis.ravel() for axis in axes], axis=-1)
    return choices[(choices[:, 1] >= LOWEST_KM) & (choices[:, 3] >= _SHORTEST_S)]
