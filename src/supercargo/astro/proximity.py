"""Near the station: how a spacecraft drifts if its engines fail, which hold points and aborts stay clear, and the way back in.

Motion relative to a station on a circular orbit (Clohessy and Wiltshire, 1960). Axes: `up` away from the Earth, `ahead` along
the station's flight, `aside` along its angular momentum; lengths m, speeds m/s. Method: docs/rendezvous.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from supercargo.astro.manoeuvres import EARTH_KM, mean_motion_rad_s
from supercargo.astro.timescales import Floats
from supercargo.kernel import DAY_S, ScenarioError

__all__ = [
    "HOLDS",
    "Abort",
    "HoldPoint",
    "Retry",
    "Safety",
    "Spread",
    "drifted",
    "retries",
    "safety_of",
    "two_burns_m_s",
]

_STEP_S = 30.0
_ABORT_SPEEDS_M_S = (0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_ABORT_DIRECTIONS = {"back": (0.0, -1.0, 0.0), "ahead": (0.0, 1.0, 0.0), "down": (-1.0, 0.0, 0.0), "up": (1.0, 0.0, 0.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPoint:
    """A place near the station where a spacecraft waits for a word, at rest to it."""

    name: str
    up_m: float
    ahead_m: float
    aside_m: float = 0.0


HOLDS = (
    HoldPoint(name="2.5 km behind", up_m=0.0, ahead_m=-2500.0),
    HoldPoint(name="1 km below", up_m=-1000.0, ahead_m=0.0),
    HoldPoint(name="250 m below", up_m=-250.0, ahead_m=0.0),
    HoldPoint(name="250 m ahead", up_m=0.0, ahead_m=250.0),
    HoldPoint(name="30 m below", up_m=-30.0, ahead_m=0.0),
)
"""Holds of the usual approaches from below and along the flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far a hold may be from its place when the engines fail, and how the air pulls the two apart; each way."""

    position_m: float = 10.0
    speed_m_s: float = 0.01
    drag_m_s2: float = 2e-7  # spacecraft's less the station's, along the flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """The gentlest burn after which a day's drift keeps clear, whatever the spread."""

    direction: str
    delta_v_m_s: float
    nearest_m: float
    away_m: float  # along the flight a day later, ahead positive, without spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """A hold point judged: nearest the station in a day of free drift, and the abort from it."""

    hold: HoldPoint
    nearest_m: float
    safe: bool  # the drift keeps out of the sphere, or never comes nearer than the hold itself stands within it
    abort: Abort | None  # None: no single burn up to 3 m/s keeps clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A second chance after an abort: when the hold is reached again, at what cost, and what is then left."""

    hold_s: float  # after the abort
    delta_v_m_s: float
    propellant_left_kg: float


def _turn_rad_s(height_km: float) -> float:
    return mean_motion_rad_s(EARTH_KM + height_km)


def _transition(turn: float, after_s: Floats) -> Floats:
    """Clohessy and Wiltshire's solution: state at each time from that at zero [instant, 6, 6] (Vallado, section 6.8)."""
    angle = turn * after_s
    sine, cosine = np.sin(angle), np.cos(angle)
    matrix = np.zeros((after_s.size, 6, 6))
    matrix[:, 0, 0] = 4.0 - 3.0 * cosine
    matrix[:, 0, 3], matrix[:, 0, 4] = sine / turn, 2.0 * (1.0 - cosine) / turn
    matrix[:, 1, 0], matrix[:, 1, 1] = 6.0 * (sine - angle), 1.0
    matrix[:, 1, 3], matrix[:, 1, 4] = 2.0 * (cosine - 1.0) / turn, (4.0 * sine - 3.0 * angle) / turn
    matrix[:, 2, 2], matrix[:, 2, 5] = cosine, sine / turn
    matrix[:, 3, 0], matrix[:, 3, 3], matrix[:, 3, 4] = 3.0 * turn * sine, cosine, 2.0 * sine
    matrix[:, 4, 0] = 6.0 * turn * (cosine - 1.0)
    matrix[:, 4, 3], matrix[:, 4, 4] = -2.0 * sine, 4.0 * cosine - 3.0
    matrix[:, 5, 2], matrix[:, 5, 5] = -turn * sine, cosine
    return matrix


def drifted(starts: Floats, after_s: Floats, height_km: float, *, drag_m_s2: Floats | float = 0.0) -> Floats:
    """Without engines a spacecraft below the station runs ahead, above it falls behind, and rocks once in a revolution.

    `starts` [trajectory, 6]: up, ahead, aside [m] and their speeds [m/s]; `drag_m_s2`: steady pull along the flight, one for
    all or one for each. Returns states [trajectory, instant, 6] at `after_s` [s].

    >>> drifted(np.array([[0.0, -500.0, 0.0, 0.0, 0.0, 0.0]]), np.array([86_400.0]), 420.0)[0, 0, :2].tolist()  # stands still
    [0.0, -500.0]
    """
    turn = _turn_rad_s(height_km)
    states = np.einsum("tij,kj->kti", _transition(turn, after_s), np.atleast_2d(starts))
    angle = turn * after_s
    pull = np.broadcast_to(np.atleast_1d(np.asarray(drag_m_s2, dtype=np.float64)), (states.shape[0],))[:, np.newaxis]
    states[:, :, 0] += pull * 2.0 * (angle - np.sin(angle)) / turn**2
    states[:, :, 1] += pull * (4.0 * (1.0 - np.cos(angle)) / turn**2 - 1.5 * after_s**2)
    states[:, :, 3] += pull * 2.0 * (1.0 - np.cos(angle)) / turn
    states[:, :, 4] += pull * (4.0 * np.sin(angle) / turn - 3.0 * after_s)
    return np.asarray(states)


def _corners(hold: HoldPoint, kick_m_s: Sequence[float], spread: Spread) -> tuple[Floats, Floats]:
    """The hold with the kick, and every corner of its spread; and the pull of the air at each."""
    middle = np.array([hold.up_m, hold.ahead_m, hold.aside_m, *kick_m_s])
    states, pulls = [middle], [0.0]
    for signs in product((-1.0, 1.0), repeat=5):
        up, ahead, up_speed, ahead_speed, pull = signs
        spread_by = np.array(
            [
                up * spread.position_m,
                ahead * spread.position_m,
                0.0,
                up_speed * spread.speed_m_s,
                ahead_speed * spread.speed_m_s,
                0.0,
            ]
        )
        states.append(middle + spread_by)
        pulls.append(pull * spread.drag_m_s2)
    return np.array(states), np.array(pulls)


def _nearest_m(hold: HoldPoint, kick_m_s: Sequence[float], spread: Spread, height_km: float) -> tuple[float, float]:
    """Nearest to the station's middle in a day, over the spread, and where the middle case is along the flight at its end."""
    after_s = np.arange(0.0, DAY_S + _STEP_S, _STEP_S)
    states, pulls = _corners(hold, kick_m_s, spread)
    flown = drifted(states, after_s, height_km, drag_m_s2=pulls)[:, :, :3]
    return float(np.linalg.norm(flown, axis=-1).min()), float(flown[0, -1, 1])


def _abort(hold: HoldPoint, spread: Spread, height_km: float, clear_m: float) -> Abort | None:
    """Weakest burns first; of equal ones the one that keeps farthest."""
    for speed in _ABORT_SPEEDS_M_S:
        tried = []
        for direction, axis in _ABORT_DIRECTIONS.items():
            nearest, away = _nearest_m(hold, [speed * part for part in axis], spread, height_km)
            tried.append(Abort(direction=direction, delta_v_m_s=speed, nearest_m=nearest, away_m=away))
        best = max(tried, key=lambda abort: abort.nearest_m)
        if best.nearest_m >= clear_m:
            return best
    return None


def safety_of(
    height_km: float, holds: Iterable[HoldPoint] = HOLDS, *, spread: Spread | None = None, keep_out_m: float = 200.0
) -> tuple[Safety, ...]:
    """A hold is safe if a day without engines, from wherever the spread puts it, never enters the keep-out sphere.

    A hold inside the sphere is never safe by itself: from there an abort must take the spacecraft straight out, and it is
    clear when its drift keeps off the station by half the hold's own distance.
    """
    given = spread or Spread()
    found = []
    for hold in holds:
        stands_m = math.sqrt(hold.up_m**2 + hold.ahead_m**2 + hold.aside_m**2)
        nearest, _ = _nearest_m(hold, (0.0, 0.0, 0.0), given, height_km)
        clear_m = keep_out_m if stands_m > keep_out_m + given.position_m else stands_m / 2.0
        abort = _abort(hold, given, height_km, clear_m)
        found.append(Safety(hold=hold, nearest_m=nearest, safe=nearest >= keep_out_m, abort=abort))
    return tuple(found)


def two_burns_m_s(start: Floats, goal: HoldPoint, takes_s: float, height_km: float) -> float:
    """Two burns bring a spacecraft from a state [6] to rest at a hold in a given time [s]: both together [m/s].

    Source: Vallado, algorithm 48.
    Raises ScenarioError for a time in which no pair of burns does it, such as whole revolutions.
    """
    turn = _turn_rad_s(height_km)
    matrix = _transition(turn, np.array([takes_s]))[0]
    place, reach = matrix[:3, :3], matrix[:3, 3:]
    if abs(np.linalg.det(reach)) * turn**3 < 1e-3:
        what = f"no two burns meet in {takes_s:g} s, a whole number of half revolutions or nearly so"
        raise ScenarioError(what, fix="give a time between half revolutions", where="proximity")
    leave = np.linalg.solve(reach, np.array([goal.up_m, goal.ahead_m, goal.aside_m]) - place @ start[:3])
    arrive = matrix[3:, :3] @ start[:3] + matrix[3:, 3:] @ leave
    return float(np.linalg.norm(leave - start[3:]) + np.linalg.norm(arrive))


def retries(safety: Safety, height_km: float, mass_kg: float, propellant_kg: float, isp_s: float) -> tuple[Retry, ...]:
    """After an abort a spacecraft waits out of reach and comes back to its hold: after three revolutions, half a day, a day.

    `propellant_kg` is what is left at the abort. Chances that it can't pay are left out; none if no abort is clear.
    """
    if safety.abort is None:
        return ()
    kick = _ABORT_DIRECTIONS[safety.abort.direction]
    hold, speed = safety.hold, safety.abort.delta_v_m_s
    start = np.array([hold.up_m, hold.ahead_m, hold.aside_m, *(speed * part for part in kick)])
    period_s = 2.0 * math.pi / _turn_rad_s(height_km)
    found = []
    for waits in (3.0, 8.0, 15.5):
        away = drifted(start[np.newaxis], np.array([waits * period_s]), height_km)[0, 0]
        back_m_s = two_burns_m_s(away, hold, 1.75 * period_s, height_km)
        total = speed + back_m_s
        left_kg = propellant_kg - mass_kg * -math.expm1(-total / (isp_s * 9.80665))
        if left_kg >= 0.0:
            found.append(Retry(hold_s=(waits + 1.75) * period_s, delta_v_m_s=total, propellant_left_kg=left_kg))
    return tuple(found)
