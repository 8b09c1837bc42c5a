"""The T- clock: it runs, holds, runs again, or goes back; the L- clock to lift-off never stops."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from supercargo.kernel import Refused, format_utc, seconds
from supercargo.track.acts import Act, need
from supercargo.track.missions import commands as asked
from supercargo.track.missions import events as told
from supercargo.track.missions import phases
from supercargo.track.missions.state import MissionState

__all__ = ["CLOCK_COMMANDS", "clock"]

CLOCK_COMMANDS = (asked.StartCountdown, asked.Hold, asked.Resume, asked.Recycle)
LONGEST_S = 30 * 86_400.0


def _refuse(state: MissionState, what: str, fix: str) -> Refused:
    return Refused(what, fix=fix, where=f"mission/{state.mission_id}")


def clock(state: MissionState, command: Any, act: Act) -> Any:
    """What a command to the countdown leads to. Raises Refused if the clock does not stand as the command needs it."""
    if state.phase != phases.ON_PAD:
        raise _refuse(state, f"a countdown runs on the pad, and the mission is {state.phase}", "bring it to the pad first")
    since = state.countdown.since_utc
    if since is not None and act.at_utc < since:
        raise _refuse(state, f"the clock was set at {format_utc(since)}", "state an instant after it")
    match command:
        case asked.StartCountdown(t_minus_s=left):
            _stands_as(state, "")
            if not 0 < left <= LONGEST_S:
                raise _refuse(state, f"T-{left:g} s is no start", f"give seconds above 0, at most {LONGEST_S:g}")
            return told.CountdownStarted(t_minus_s=left, t_zero_utc=_zero(state, act, left))
        case asked.Hold(reason=reason):
            _stands_as(state, "running")
            assert state.countdown.t_zero_utc is not None
            left = (state.countdown.t_zero_utc - act.at_utc).total_seconds()
            if left <= 0:
                raise _refuse(state, "T-0 has passed", "state lift-off, or slip")
            return told.CountdownHeld(t_minus_s=left, reason=need(reason, "the reason of the hold"))
        case asked.Resume():
            _stands_as(state, "held")
            left = state.countdown.t_minus_s
            return told.CountdownResumed(t_minus_s=left, t_zero_utc=_zero(state, act, left))
        case asked.Recycle(t_minus_s=left, reason=reason):
            _stands_as(state, "held")
            if not state.countdown.t_minus_s < left <= LONGEST_S:
                raise _refuse(state, f"the clock stands at T-{state.countdown.t_minus_s:g} s", "go back to an earlier point")
            return told.CountdownRecycled(t_minus_s=left, reason=need(reason, "the reason of going back"))
    raise TypeError(f"{command!r} is no command to the clock")


def _stands_as(state: MissionState, wanted: str) -> None:
    if state.countdown.state != wanted:
        fixes = {"": "hold and recycle it", "running": "start or resume it first", "held": "hold it first"}
        raise _refuse(state, f"the countdown is {state.countdown.state or 'not started'}", fixes[wanted])


def _zero(state: MissionState, act: Act, left_s: float) -> datetime:
    zero = act.at_utc + seconds(left_s)
    closes = state.flight.closes_utc
    if closes is not None and zero > closes:
        what = f"T-0 would be {format_utc(zero)}, the launch window closes at {format_utc(closes)}"
        raise _refuse(state, what, "slip to a lift-off in another window")
    return zero
