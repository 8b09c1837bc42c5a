"""The rule of dispatch: each mission lifts off as soon as nothing keeps it, and nothing is planned anew.

What moves a lift-off to the right: its slip or overrun, a stand-down of its family, its pad, its processing room, its tail,
a free port of its place, the spacing of arrivals, and the next chance to lift off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from supercargo.simulate.course import Timing

__all__ = ["GROUNDED", "compiled", "dispatch"]

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

GROUNDED = 2**60
"""Lift-off of a mission that does not fly in the horizon."""

_ROUNDS = 200
_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on the first call; the machine code is kept on disk."""
    return cast(_F, numba.njit(cache=True, error_model="numpy")(function))


@compiled
def _after_standdown(timing: Timing, at: int, mission: int, state: tuple[Whole, Truth, Whole]) -> int:
    """Not while a loss keeps the family on the ground."""
    when, lost, grounded = state
    for other in range(len(when)):
        keeps = lost[other] and when[other] < GROUNDED and timing.grounds[other, mission]
        if keeps and when[other] < at and at < when[other] + grounded[other]:
            at = when[other] + grounded[other]
    return at


@compiled
def _after_closures(closures: Whole, at: int) -> int:
    """Not inside one of the closures of an object."""
    for _ in range(closures.shape[0] + 1):
        before = at
        for closure in range(closures.shape[0]):
            if closures[closure, 0] <= at and at < closures[closure, 1]:
                at = closures[closure, 1]
        if at == before:
            break
    return at


@compiled
def _after_room(timing: Timing, at: int, mission: int, when: Whole) -> int:
    """Not before a place of the processing room is free for the whole of its processing."""
    room = timing.facility[mission]
    before = timing.processing[mission] + timing.stacked[mission]
    start = int(at - before)
    end = start + timing.processing[mission]
    for point in range(-1, len(when)):  # the taken places change only where a stay begins
        instant = start + 0
        if point >= 0:
            if when[point] >= GROUNDED or timing.facility[point] != room:
                continue
            instant = when[point] - timing.stacked[point] - timing.processing[point]
            if instant <= start or instant >= end:
                continue
        taken = 0
        first_free = GROUNDED
        for other in range(len(when)):
            if when[other] < GROUNDED and timing.facility[other] == room:
                until = when[other] - timing.stacked[other]
                if until - timing.processing[other] <= instant and instant < until:
                    taken += 1
                    first_free = min(first_free, until)
        if taken >= timing.capacity[room]:
            return int(first_free + before)
    return at


@compiled
def _port_free(timing: Timing, span: tuple[int, int], port: int, state: tuple[Whole, Whole, Truth, Whole]) -> int:
    """The first arrival of mission `span[1]` from `span[0]` on at a port."""
    when, where, lost, out = state
    at, mission = span
    stay, clearance = timing.stay[mission], timing.clearance[mission]
    for _ in range(_ROUNDS):
        before = at
        for closure in range(timing.closed.shape[1]):
            first, last = timing.closed[port, closure, 0], timing.closed[port, closure, 1]
            if at < last and at + stay > first and first < last:
                at = last
        if out[port, 0] <= at and at < out[port, 1]:
            at = out[port, 1]
        for other in range(len(when)):
            if where[other] == port and when[other] < GROUNDED and not lost[other]:
                docked = when[other] + timing.transit[other]
                if at < docked + timing.stay[other] + clearance and at + stay + clearance > docked:
                    at = docked + timing.stay[other] + clearance
        if at == before:
            break
    return at


@compiled
def _after_port(timing: Timing, at: int, mission: int, state: tuple[Whole, Whole, Truth, Whole]) -> tuple[int, int]:
    """Not before a port of its kind is free on arrival; the planned one where it is as early as any."""
    when, _, lost, _ = state
    arrive = at + timing.transit[mission]
    for _ in range(_ROUNDS):
        before = arrive
        arrive = _after_closures(timing.shut[mission], arrive)
        for other in range(len(when)):
            if timing.place[other] == timing.place[mission] and when[other] < GROUNDED and not lost[other]:
                apart = arrive - when[other] - timing.transit[other]
                if -timing.spacing[mission] < apart and apart < timing.spacing[mission]:
                    arrive += timing.spacing[mission] - apart
        if arrive == before:
            break
    chosen, best = -1, GROUNDED
    for choice in range(timing.ports.shape[1]):
        port = timing.ports[mission, choice]
        if port < 0:
            break
        free = _port_free(timing, (arrive, mission), port, state)
        if free < best:
            chosen, best = port, free
    if chosen < 0:
        best = arrive
    return best - timing.transit[mission], chosen


@compiled
def _next_chance(timing: Timing, at: int, mission: int) -> int:
    """The first chance to lift off; where only seasons are listed and all are over, it does not fly."""
    if at == timing.launch[mission]:
        return at
    if timing.step[mission] > 0:
        behind = at - timing.launch[mission]
        return int(timing.launch[mission] + -(-behind // timing.step[mission]) * timing.step[mission])
    for window in range(timing.windows.shape[1]):
        if timing.windows[mission, window] >= at:
            return int(min(timing.windows[mission, window], GROUNDED))
    return GROUNDED


@compiled
def _earliest(timing: Timing, mission: int, ready: int, state: tuple[Whole, Whole, Truth, Whole, Whole]) -> tuple[int, int]:
    """First lift-off that nothing keeps, and the port."""
    when, where, lost, grounded, out = state
    at, port = ready, -1
    for _ in range(_ROUNDS):
        before = at
        at = _after_standdown(timing, at, mission, (when, lost, grounded))
        at = _after_closures(timing.barred[mission], at)
        for other in range(len(when)):
            if when[other] >= GROUNDED:
                continue
            if timing.pad[other] == timing.pad[mission]:
                at = max(at, when[other] + timing.pad_turn[other] + timing.stacked[mission])
            if timing.tail[other] == timing.tail[mission]:
                if lost[other]:
                    return GROUNDED, -1
                back = when[other] + timing.transit[other] + timing.stay[other] + timing.home[other] + timing.tail_turn[other]
                at = max(at, back + timing.processing[mission] + timing.stacked[mission])
        at = _after_room(timing, at, mission, when)
        at, port = _after_port(timing, at, mission, (when, where, lost, out))
        at = _next_chance(timing, at, mission)
        if at == before or at >= timing.end:
            break
    return at, port


@compiled
def dispatch(timing: Timing, delay: Whole, lost: Truth, grounded: Whole, out: Whole) -> tuple[Whole, Whole]:
    """Lift-off [s] and port of each mission in order of when nothing keeps it; GROUNDED if not in the horizon.

    `delay` [s] is what slips and overruns ask for, `grounded` [s] the stand-down after a loss, `out` the drawn closures.
    """
    count = len(timing.launch)
    when = np.full(count, GROUNDED)
    where = np.full(count, -1, dtype=np.int64)
    waiting = np.ones(count, dtype=np.bool_)
    for _ in range(count):
        chosen, first, port = -1, GROUNDED, -1
        for mission in range(count):
            if not waiting[mission]:
                continue
            ready = timing.launch[mission] + delay[mission]
            if chosen >= 0 and ready >= first:
                continue
            if timing.fixed[mission]:
                at, place = timing.launch[mission], timing.ports[mission, 0]
            else:
                at, place = _earliest(timing, mission, ready, (when, where, lost, grounded, out))
            if at < first:
                chosen, first, port = mission, at, place
        if chosen < 0 or first >= timing.end:
            break
        when[chosen], where[chosen], waiting[chosen] = first, port, False
    return when, where
