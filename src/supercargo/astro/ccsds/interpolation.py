"""States between the states of an ephemeris message, by Hermite's polynomial through positions and velocities.

A message may recommend another method; Hermite's is used all the same, for it takes both what the states say of position and
of velocity: on a station's ephemeris thinned to 480 s it stays within 2 m where Lagrange's with as many states misses by 78 m
(docs/ccsds.md). The degree is the message's where it recommends Hermite.
"""

from __future__ import annotations

import numpy as np

from supercargo.astro.ccsds.epochs import Epoch, Epochs, Whole, comparable, elapsed_s
from supercargo.astro.ccsds.messages import EphemerisSegment, OrbitEphemerisMessage
from supercargo.astro.timescales import Floats, Truths
from supercargo.kernel import ScenarioError

__all__ = ["USUAL_DEGREE", "interpolate"]

USUAL_DEGREE = 7
"""Degree where the message names none for Hermite: four states."""

_WIDEST_RAD = 0.5 * np.pi  # a quarter revolution: at degree 7 a low circular orbit is then 5 km off

_CHUNK = 65_536  # instants at a time, so that a year of seconds fits into memory


def interpolate(
    message: OrbitEphemerisMessage, at: Epochs, *, time_system: str = "UTC", degree: int | None = None
) -> tuple[Floats, Floats]:
    """Position [km] and velocity [km/s], [instant, axis], in the frame of the message, at each instant of `at`.

    `at` is in `time_system`, UTC, TAI, TT and GPS being converted; `degree` overrules the message's. Where two useable spans
    share an endpoint the later segment counts. Source: Burden and Faires, Numerical Analysis, theorem 3.9.

    Raises
    ------
    ScenarioError
        for an instant outside of every useable span, for time systems that can't be compared, for a segment with fewer
        states than the degree asks for, and for an instant between states a quarter revolution apart or more.
    """
    ours, time_system = message.segments[0].metadata.time_system.upper(), time_system.upper()
    if not comparable(time_system, ours):
        what = f"instants in {time_system} can't be placed in an ephemeris in {ours}"
        raise ScenarioError(what, fix=f"give the instants in {ours}", where="interpolation")
    states = np.full((len(at), 6), np.nan)
    taken = np.zeros(len(at), dtype=np.bool_)
    for segment in reversed(message.segments):
        chosen = np.flatnonzero(_within(segment, at, time_system) & ~taken)
        for start in range(0, chosen.size, _CHUNK):
            part = chosen[start : start + _CHUNK]
            states[part] = _in_segment(segment, at.every(part), time_system, degree)
        taken[chosen] = True
    if not taken.all():
        _refuse_outside(message, at, np.flatnonzero(~taken))
    return states[:, :3], states[:, 3:]


def _refuse_outside(message: OrbitEphemerisMessage, at: Epochs, missed: Whole) -> None:
    spans = [segment.metadata.useable for segment in message.segments]
    told = ", ".join(f"{first} to {last}" for first, last in spans[:3]) + (" and more" if len(spans) > 3 else "")
    what = f"{missed.size} of {len(at)} instants lie outside of the useable span, the first at {at.at(int(missed[0]))}"
    raise ScenarioError(what, fix=f"ask within {told}", where="interpolation")


def _within(segment: EphemerisSegment, at: Epochs, time_system: str) -> Truths:
    """Instants in the useable span, as far as there are states."""
    ours = segment.metadata.time_system.upper()
    first, last = segment.metadata.useable
    first, last = max(first, segment.epochs.at(0)), min(last, segment.epochs.at(-1))
    after = _elapsed_s(at, first, time_system, ours) >= 0.0
    return np.asarray(after & (_elapsed_s(at, last, time_system, ours) <= 0.0))


def _elapsed_s(at: Epochs, since: Epoch, time_system: str, since_system: str) -> Floats:
    return elapsed_s(at, since, time_system=time_system, since_system=since_system)


def _nodes_of(segment: EphemerisSegment, degree: int | None) -> int:
    """How many states one polynomial goes through."""
    metadata = segment.metadata
    if degree is None:
        recommended = metadata.interpolation_degree if metadata.interpolation.upper() == "HERMITE" else None
        degree = recommended or USUAL_DEGREE
    nodes = max((degree + 2) // 2, 2)
    if nodes > len(segment.epochs):
        count = len(segment.epochs)
        what = f"a segment of {count} state{'s' * (count != 1)} is too short for degree {degree}, which takes {nodes}"
        fix = f"ask for degree {2 * count - 1} or less" if count > 1 else "give the segment a second state"
        raise ScenarioError(what, fix=fix, where="interpolation")
    return nodes


def _in_segment(segment: EphemerisSegment, at: Epochs, time_system: str, degree: int | None) -> Floats:
    ours = segment.metadata.time_system.upper()
    nodes = _nodes_of(segment, degree)
    origin = segment.epochs.at(0)
    grid_s = elapsed_s(segment.epochs, origin, time_system=ours)
    at_s = _elapsed_s(at, origin, time_system, ours)
    _refuse_wide(segment, grid_s, at_s)
    place = np.searchsorted(grid_s, at_s, side="right") - nodes // 2
    first = np.clip(place, 0, grid_s.size - nodes)
    picks = first[:, None] + np.arange(nodes)
    return _hermite(grid_s[picks], segment.position_km[picks], segment.velocity_km_s[picks], at_s)


def _refuse_wide(segment: EphemerisSegment, grid_s: Floats, at_s: Floats) -> None:
    """States so far apart that no polynomial knows what lies between; at a state itself the state holds all the same."""
    after = np.clip(np.searchsorted(grid_s, at_s, side="right") - 1, 0, grid_s.size - 2)
    turned_rad = 0.5 * np.diff(grid_s) * (_turn_rad_s(segment)[1:] + _turn_rad_s(segment)[:-1])
    wide = np.flatnonzero((turned_rad[after] > _WIDEST_RAD) & (at_s > grid_s[after]) & (at_s < grid_s[after + 1]))
    if wide.size:
        first = int(after[wide[0]])
        span = f"between the states at {segment.epochs.at(first)} and {segment.epochs.at(first + 1)}"
        what = f"{span} the object turns by {np.degrees(turned_rad[first]):.0f} deg, and no polynomial is sure beyond 90 deg"
        fix = "ask for an ephemeris with states closer together, or at the instants of its states only"
        raise ScenarioError(what, fix=fix, where="interpolation")


def _turn_rad_s(segment: EphemerisSegment) -> Floats:
    """How fast the direction from the centre turns at each state [rad/s]; at the centre itself there is none: zero."""
    moment = np.linalg.norm(np.cross(segment.position_km, segment.velocity_km_s), axis=-1)
    square = np.sum(segment.position_km**2, axis=-1)
    return np.asarray(np.divide(moment, square, out=np.zeros_like(moment), where=square > 0.0))


def _hermite(grid_s: Floats, position_km: Floats, velocity_km_s: Floats, at_s: Floats) -> Floats:
    """Hermite's polynomial through `grid_s` [instant, node] and its derivative at `at_s`: [instant, 6].

    By products of Lagrange's basis, which give the nodes themselves exactly and bear uneven steps; `position_km` and
    `velocity_km_s` are [instant, node, axis].
    """
    same = np.eye(grid_s.shape[1], dtype=np.bool_)
    apart = 1.0 / np.where(same, np.inf, grid_s[:, :, None] - grid_s[:, None, :])  # [instant, node, other node] 1/s
    ahead = at_s[:, None] - grid_s
    basis, rate = np.ones_like(grid_s), np.zeros_like(grid_s)
    for other in range(grid_s.shape[1]):
        factor = np.where(same[other], 1.0, ahead[:, other : other + 1] * apart[:, :, other])
        rate = rate * factor + basis * apart[:, :, other]
        basis = basis * factor
    square, square_rate = basis**2, 2.0 * basis * rate
    lean = apart.sum(axis=2)
    upright = 1.0 - 2.0 * ahead * lean
    weights = np.stack([upright * square, upright * square_rate - 2.0 * lean * square], axis=1)  # [instant, derivative, node]
    pulls = np.stack([ahead * square, square + ahead * square_rate], axis=1)
    return np.asarray((weights @ position_km + pulls @ velocity_km_s).reshape(-1, 6))
