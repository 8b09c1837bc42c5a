"""Lambert's problem in batches: the conic that leaves r1, comes to r2 and takes a given time between.

Every problem of a batch gets a status: what has no solution, or no plane, is named, and its velocities are NaN. NumPy
serves everywhere; `Engine.COMPILED` runs them through machine code (numba, compiled on first use, kept on disk). Both
solve the same time equation, see `lambert_time`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np

from supercargo.astro.lambert_time import (
    LEAST_SINE,
    Shape,
    Triangle,
    bracketed_root,
    close_root,
    first_guess,
    least_time,
    shape_of,
    triangle,
)
from supercargo.astro.timescales import Codes, Floats, Truths

__all__ = ["Branch", "Engine", "LambertBatch", "LambertStatus", "Motion", "solve_lambert", "solve_revolutions"]

_CHUNK = 8192
"""Problems worked on at a time: their rows stay in the processor's second cache."""

_LEAST_CHORD = 1e-13
"""Shorter, as a share of the perimeter, two positions are one."""


class LambertStatus(IntEnum):
    """What became of a problem."""

    SOLVED = 0
    NOT_FINITE = 1
    """A position, or the time of flight, is NaN or infinite."""
    NO_TIME = 2
    """The time of flight is zero or negative."""
    NO_RADIUS = 3
    """A position is at the attracting body's centre."""
    COINCIDENT = 4
    """Departure and arrival are one point: every plane serves."""
    ANGLE_0 = 5
    """Departure and arrival lie in one direction: no plane, the path is a line through the centre."""
    ANGLE_180 = 6
    """Departure and arrival lie in opposite directions: the plane is free."""
    TOO_SHORT = 7
    """No flight with so many revolutions is that short."""
    UNSETTLED = 8
    """No root in double precision: x can't be told from its limits, or a square overflows."""


class Branch(Enum):
    """Which of the two flights with the same number of revolutions, by Izzo's x: LEFT of the fastest one, or RIGHT of it."""

    LEFT = "left"
    RIGHT = "right"


class Motion(Enum):
    """Sense of motion about the +z axis; a transfer in a plane that holds z counts as prograde up to 180 deg."""

    PROGRADE = 1.0
    RETROGRADE = -1.0


class Engine(Enum):
    """What runs the solver."""

    NUMPY = "numpy"
    COMPILED = "compiled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LambertBatch:
    """Velocities of a batch [km/s], NaN where `status` is not SOLVED."""

    v1_km_s: Floats  # [problem, axis]
    v2_km_s: Floats  # [problem, axis]
    status: Codes  # [problem] LambertStatus

    @property
    def solved(self) -> Truths:
        """Which problems have a solution. [problem]"""
        return np.asarray(self.status == LambertStatus.SOLVED)


def solve_lambert(
    r1_km: Floats,
    r2_km: Floats,
    tof_s: Floats | float,
    mu_km3_s2: float,
    *,
    revolutions: int = 0,
    branch: Branch = Branch.LEFT,
    motion: Motion = Motion.PROGRADE,
    engine: Engine = Engine.NUMPY,
) -> LambertBatch:
    """Velocities at departure and arrival of the conics that join r1 and r2 in a time of flight.

    Parameters
    ----------
    r1_km, r2_km : array
        Positions at departure and arrival [km], [problem, axis] or [axis]; one is repeated for many of the other.
    tof_s : array or float
        Time of flight [s], [problem].
    mu_km3_s2 : float
        Gravitational parameter of the attracting body [km3/s2].
    revolutions : int
        Whole revolutions in between [-], M; with one or more, `branch` says which of two flights.

    Raises ValueError for shapes that do not fit, a negative number of revolutions or a parameter that is not positive.

    Examples
    --------
    Vallado, Fundamentals of Astrodynamics, example 7-5:

    >>> r1, r2 = np.array([15945.34, 0.0, 0.0]), np.array([12214.83899, 10249.46731, 0.0])
    >>> found = solve_lambert(r1, r2, 76.0 * 60.0, 398600.4418)
    >>> [round(float(speed), 6) for speed in found.v1_km_s[0]]
    [2.058913, 2.915964, 0.0]
    """
    r1, r2, tof = _batch(r1_km, r2_km, tof_s)
    if revolutions < 0:
        raise ValueError(f"{revolutions} revolutions: give zero or more")
    if not (0.0 < mu_km3_s2 < np.inf):
        raise ValueError(f"mu is {mu_km3_s2} km3/s2: give a positive number")
    task = _Task(mu_km3_s2, motion.value, revolutions, branch is Branch.RIGHT)
    v1, v2 = np.empty_like(r1), np.empty_like(r2)
    status = np.empty(tof.size, dtype=np.int8)
    with np.errstate(all="ignore"):  # singular lanes run along; their status tells
        if engine is Engine.COMPILED:
            _solve_compiled((r1, r2, tof), task, (v1, v2, status))
        else:
            for first in range(0, tof.size, _CHUNK):
                part = slice(first, first + _CHUNK)
                v1[part], v2[part], status[part] = _solve(r1[part], r2[part], tof[part], task)
    return LambertBatch(v1_km_s=v1, v2_km_s=v2, status=status)


def solve_revolutions(
    r1_km: Floats, r2_km: Floats, tof_s: float, mu_km3_s2: float, *, most: int, motion: Motion = Motion.PROGRADE
) -> Iterator[tuple[int, Branch, LambertBatch]]:
    """Every flight between two points with up to `most` revolutions, fewest first: (revolutions, branch, batch).

    Stops at the first number of revolutions that the time of flight is too short for.
    """
    for revolutions in range(most + 1):
        for branch in (Branch.LEFT, Branch.RIGHT) if revolutions else (Branch.LEFT,):
            found = solve_lambert(r1_km, r2_km, tof_s, mu_km3_s2, revolutions=revolutions, branch=branch, motion=motion)
            if not found.solved.any():
                return
            yield revolutions, branch, found


def _batch(r1_km: Floats, r2_km: Floats, tof_s: Floats | float) -> tuple[Floats, Floats, Floats]:
    r1, r2 = (np.atleast_2d(np.asarray(r, dtype=np.float64)) for r in (r1_km, r2_km))
    tof = np.atleast_1d(np.asarray(tof_s, dtype=np.float64))
    if r1.ndim != 2 or r2.ndim != 2 or r1.shape[1] != 3 or r2.shape[1] != 3 or tof.ndim != 1:
        raise ValueError(f"positions of shape {r1.shape} and {r2.shape}, times {tof.shape}: give [problem, 3] and [problem]")
    count = np.broadcast_shapes(r1.shape[:1], r2.shape[:1], tof.shape)
    wide = (*count, 3)
    a, b = (np.ascontiguousarray(np.broadcast_to(r, wide)) for r in (r1, r2))
    return a, b, np.ascontiguousarray(np.broadcast_to(tof, count))


@dataclass(frozen=True, slots=True)
class _Task:
    mu: float
    sense: float
    revolutions: int
    right: bool


def _solve_compiled(given: tuple[Floats, Floats, Floats], task: _Task, found: tuple[Floats, Floats, Codes]) -> None:
    from supercargo.astro import lambert_compiled as compiled  # compiles: only who asks for it waits

    (r1, r2, tof), (v1, v2, status) = given, found
    status[:] = LambertStatus.SOLVED
    if task.revolutions:
        codes = compiled.multi_velocities(given, (task.mu, task.sense, float(task.revolutions), task.right), (v1, v2))
        short = codes == compiled.TOO_SHORT
        status[short] = LambertStatus.TOO_SHORT
        v1[short], v2[short] = np.nan, np.nan
        left = np.flatnonzero(codes == compiled.LEFT_TO_NUMPY)
    else:
        left = np.flatnonzero(~compiled.zero_velocities(given, task.mu, task.sense, (v1, v2)))
    for first in range(0, left.size, _CHUNK):
        some = left[first : first + _CHUNK]
        v1[some], v2[some], status[some] = _solve(r1[some], r2[some], tof[some], task)


def _solve(r1: Floats, r2: Floats, tof: Floats, task: _Task) -> tuple[Floats, Floats, Codes]:
    a, b = np.ascontiguousarray(r1.T), np.ascontiguousarray(r2.T)  # an axis a row: four times as fast
    form = triangle(a, b, task.sense)
    per = 1.0 / form.half
    t = np.sqrt(2.0 * task.mu * per) * per * tof
    status = _geometry(form, tof)
    x, shape, stands = _roots(t, form, task)
    sound = status == LambertStatus.SOLVED
    left = sound & ~stands
    if left.any():
        x[left], status[left] = _slow_roots(t[left], form.at(left), task)
        shape = shape_of(x, form)
    v1, v2 = _velocities(x, shape, form, (a, b), task.mu)
    if not np.isfinite(v1.sum() + v2.sum()):
        endless = ~np.isfinite(v1.sum(axis=-1) + v2.sum(axis=-1))
        status[endless & (status == LambertStatus.SOLVED)] = LambertStatus.UNSETTLED
    lost = status != LambertStatus.SOLVED
    if lost.any():
        v1[lost], v2[lost] = np.nan, np.nan
    return v1, v2, status


def _roots(t: Floats, form: Triangle, task: _Task) -> tuple[Floats, Shape, Truths]:
    if task.revolutions == 0:
        return close_root(t, form)
    x = np.zeros_like(t)
    return x, shape_of(x, form), np.zeros(t.shape, dtype=np.bool_)


def _geometry(form: Triangle, tof: Floats) -> Codes:
    """What is singular before any root is sought. [problem] LambertStatus"""
    status = np.zeros(tof.shape, dtype=np.int8)
    lengths = form.n1 * form.n2
    # a sum is finite exactly if all its terms are; an overflow of one is as unlawful
    flat = ~(form.cross > LEAST_SINE * lengths)
    unlawful = ~(tof > 0.0) | ~np.isfinite(form.half * lengths + tof)
    odd = flat | unlawful
    if not odd.any():
        return status
    status[flat & (form.dot > 0.0)] = LambertStatus.ANGLE_0
    status[flat & (form.dot <= 0.0)] = LambertStatus.ANGLE_180
    status[flat & (form.chord <= _LEAST_CHORD * form.half)] = LambertStatus.COINCIDENT
    status[lengths == 0.0] = LambertStatus.NO_RADIUS
    status[~(tof > 0.0)] = LambertStatus.NO_TIME
    status[~np.isfinite(form.half * lengths + tof)] = LambertStatus.NOT_FINITE
    return status


def _slow_roots(t: Floats, form: Triangle, task: _Task) -> tuple[Floats, Codes]:
    """Bracketed roots of sound problems and their status."""
    status = np.zeros(t.shape, dtype=np.int8)
    revolutions = np.full_like(t, task.revolutions)
    if task.revolutions == 0:
        ends = np.full_like(t, -1.0), np.full_like(t, np.inf)
        guess = first_guess(t, form)
    else:
        turn, least = least_time(form, revolutions)
        status[t < least * (1.0 - 1e-14)] = LambertStatus.TOO_SHORT
        ends = (turn, np.ones_like(t)) if task.right else (np.full_like(t, -1.0), turn)
        share = 8.0 * t / (np.pi * task.revolutions) if task.right else np.pi * (task.revolutions + 1) / (8.0 * t)
        share = share ** (2.0 / 3.0)
        guess = (share - 1.0) / (share + 1.0)
    x = bracketed_root(t, form, revolutions, ends, guess)
    status[~(np.isfinite(x) & (x > -1.0)) & (status == 0)] = LambertStatus.UNSETTLED
    return x, status


def _velocities(x: Floats, shape: Shape, form: Triangle, ends: tuple[Floats, Floats], mu: float) -> tuple[Floats, Floats]:
    """v1 = k1 r1 + k r2, v2 = k2 r2 - k r1 (Izzo 2015, algorithm 1, put in terms of the two positions). [problem, axis]"""
    lam, (a, b) = form.lam, ends
    gamma = np.sqrt(0.5 * mu * form.half)
    apart, per = form.n1 - form.n2, 1.0 / form.chord
    tangent = gamma * np.sqrt((form.chord - apart) * (form.chord + apart)) * per * shape.zeta / form.cross
    tangent = np.copysign(tangent, lam)
    ly = lam * shape.y
    along, across = gamma * (ly - x), gamma * apart * per * (ly + x)
    turned = tangent * form.dot
    k1 = (along - across - turned) / (form.n1 * form.n1)
    k2 = -(along + across - turned) / (form.n2 * form.n2)
    return (k1 * a + tangent * b).T, (k2 * b - tangent * a).T
