"""Earth, Moon and a spacecraft: the circular restricted three-body problem and Gateway's near-rectilinear halo orbit.

Lengths are shares of the Moon's mean distance (384,400 km), times of its mean motion; the Earth stands at x = -mu, the Moon at
x = 1 - mu, and the axes turn with them. The halo orbit crosses y = 0 at right angles twice a revolution, so half a revolution
decides it: three numbers of the start (x, z, vy) are corrected until y, vx and vz vanish half a period later, where the period
is what makes nine revolutions in two synodic months (9:2, so that the Earth's shadow is passed by for good).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from supercargo.astro.ephemeris import GM_KM3_S2
from supercargo.astro.timescales import Floats
from supercargo.kernel import DAY_S

__all__ = [
    "LENGTH_KM",
    "MASS_SHARE",
    "SPEED_KM_S",
    "TIME_S",
    "HaloOrbit",
    "fly",
    "halo_orbit",
    "jacobi",
    "moon_centred",
    "nrho_9_2",
]

MASS_SHARE = GM_KM3_S2["Moon"] / (GM_KM3_S2["Earth"] + GM_KM3_S2["Moon"])
"""The Moon's share of both masses, mu."""

LENGTH_KM = 384_400.0
"""Mean distance of the Moon [km]."""

TIME_S = math.sqrt(LENGTH_KM**3 / (GM_KM3_S2["Earth"] + GM_KM3_S2["Moon"]))
"""The problem's unit of time: 1 over the Moon's mean motion [s]."""

SPEED_KM_S = LENGTH_KM / TIME_S

SYNODIC_D = 29.530_588
"""New moon to new moon [d]."""

_GUESS = (1.02, -0.18, -0.10)
"""Somewhere in the southern L2 family near the Moon: x, z, vy."""

_COLUMNS = 8
_TOLERANCE = 1e-12
_ROUNDS = 30
_SHORTEST = 1e-7  # 0.04 s: so short a step is asked for only within ten kilometres of a centre


@dataclass(frozen=True, slots=True)
class HaloOrbit:
    """A periodic halo orbit by its state at apolune, in the problem's units."""

    start: Floats  # [6] x, y, z, vx, vy, vz
    period: float
    """In units of TIME_S."""

    @property
    def period_d(self) -> float:
        """One revolution [d]."""
        return self.period * TIME_S / DAY_S

    @property
    def perilune_km(self) -> float:
        """Closest distance from the Moon's centre [km]: half a revolution from the start."""
        return float(np.linalg.norm(moon_centred(fly(self.start, 0.5 * self.period))[0]))

    @property
    def apolune_km(self) -> float:
        """Farthest distance from the Moon's centre [km]."""
        return float(np.linalg.norm(moon_centred(self.start)[0]))


def _pull(states: Floats) -> Floats:
    """Right-hand side of the equations of motion. [..., 6]"""
    x, y, z, vx, vy, vz = (states[..., n] for n in range(6))
    to_earth, to_moon = x + MASS_SHARE, x - 1.0 + MASS_SHARE
    off = y * y + z * z
    earth = (1.0 - MASS_SHARE) * (to_earth * to_earth + off) ** -1.5
    moon = MASS_SHARE * (to_moon * to_moon + off) ** -1.5
    both = earth + moon
    ax = 2.0 * vy + x - earth * to_earth - moon * to_moon
    return np.stack([vx, vy, vz, ax, -2.0 * vx + y - both * y, -both * z], axis=-1)


def fly(states: Floats, span: float) -> Floats:
    """States carried a time along their motion [..., 6], in the problem's units, to about 1e-12 a step.

    Bulirsch and Stoer: the modified midpoint rule at 2, 4 ... 16 substeps, extrapolated (Hairer, Norsett and Wanner, Solving
    Ordinary Differential Equations I, section II.9); the step follows the error.
    """
    state, left = np.array(states, dtype=np.float64), span
    step = math.copysign(min(abs(span), 0.05), span)
    while left != 0.0:
        step = left if abs(step) >= abs(left) else step
        tried, error = _extrapolated(state, step)
        scale = error / _TOLERANCE
        if scale <= 1.0:
            state, left = tried, 0.0 if step == left else left - step
        step *= min(4.0, max(0.2, 0.9 * max(scale, 1e-12) ** (-1.0 / (2 * _COLUMNS - 1))))
        if abs(step) < _SHORTEST:
            raise ArithmeticError("the path runs into a body's centre")
    return state


def _extrapolated(state: Floats, step: float) -> tuple[Floats, float]:
    table: list[Floats] = []
    first = _pull(state)
    for column in range(_COLUMNS):
        count = 2 * (column + 1)
        h = step / count
        before, here = state, state + h * first
        for _ in range(count - 1):
            before, here = here, before + 2.0 * h * _pull(here)
        row = [0.5 * (before + here + h * _pull(here))]
        for back in range(column):
            ratio = ((column + 1) / (column - back)) ** 2
            row.append(row[back] + (row[back] - table[back]) / (ratio - 1.0))
        table = row
    error = float(np.max(np.abs(table[-1] - table[-2]) / (1.0 + np.abs(table[-1]))))
    return table[-1], error


def jacobi(states: Floats) -> Floats:
    """Jacobi's constant, which no motion changes. [...]"""
    x, y, z = states[..., 0], states[..., 1], states[..., 2]
    earth = np.sqrt((x + MASS_SHARE) ** 2 + y * y + z * z)
    moon = np.sqrt((x - 1.0 + MASS_SHARE) ** 2 + y * y + z * z)
    speed2 = np.sum(states[..., 3:] ** 2, axis=-1)
    return np.asarray(x * x + y * y + 2.0 * (1.0 - MASS_SHARE) / earth + 2.0 * MASS_SHARE / moon - speed2)


def halo_orbit(period: float, guess: tuple[float, float, float] = _GUESS) -> HaloOrbit:
    """The halo orbit of a period near a guess of x, z and vy at apolune, by differential correction.

    Raises ArithmeticError if the correction does not settle.
    """
    free = np.array(guess)
    for _ in range(_ROUNDS):
        nudge = 1e-7
        starts = np.zeros((4, 6))
        starts[:, [0, 2, 4]] = free
        starts[[1, 2, 3], [0, 2, 4]] += nudge
        ends = fly(starts, 0.5 * period)[:, [1, 3, 5]]
        change = np.linalg.solve(((ends[1:] - ends[0]) / nudge).T, -ends[0])
        free = free + change * min(1.0, 0.02 / float(np.max(np.abs(change))))
        if float(np.max(np.abs(change))) < 1e-12:
            start = np.zeros(6)
            start[[0, 2, 4]] = free
            return HaloOrbit(start, period)
    raise ArithmeticError("no halo orbit was found near the guess")


@lru_cache(maxsize=1)
def nrho_9_2() -> HaloOrbit:
    """Gateway's orbit: the southern L2 near-rectilinear halo orbit with nine revolutions in two synodic months.

    >>> round(nrho_9_2().period_d, 3)
    6.562
    """
    return halo_orbit(SYNODIC_D * 2.0 / 9.0 * DAY_S / TIME_S)


def moon_centred(states: Floats) -> tuple[Floats, Floats]:
    """Positions [km] and velocities [km/s] from the Moon on still axes that lie along the problem's now. [..., 3]"""
    place = states[..., :3].copy()
    place[..., 0] -= 1.0 - MASS_SHARE
    turned = np.stack([-place[..., 1], place[..., 0], np.zeros_like(place[..., 0])], axis=-1)
    return LENGTH_KM * place, SPEED_KM_S * (states[..., 3:] + turned)
