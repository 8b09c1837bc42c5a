"""What a mission lets people do: a command becomes events, or is refused with what is missing. Nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supercargo.kernel import Refused, format_utc
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.envelope import Draft
from supercargo.track.missions import commands as asked
from supercargo.track.missions import events as told
from supercargo.track.missions import phases
from supercargo.track.missions.countdown import CLOCK_COMMANDS, clock
from supercargo.track.missions.procedures import LOG_COMMANDS, logged
from supercargo.track.missions.state import Gate, MissionState

__all__ = ["decide", "launch_gaps"]

ANSWERS = ("go", "no-go", "absent")
GRAVEST_TO_FLY_WITH = 3
"""An open incident graver than this (a smaller number) keeps a mission on the ground."""


def decide(
    state: MissionState | None, command: asked.MissionCommand, act: Act, *, overdue: Sequence[str] = ()
) -> tuple[Draft, ...]:
    """A command on a mission becomes drafts for its stream.

    `overdue` names work that is due on tail, pad and facility: it keeps the mission from lifting off. Raises Refused with
    what is missing and what mends it.
    """
    need(act.by, "the name of the person")
    if state is None:
        raise Refused("no such mission is open", fix="release a plan that flies it, or give another name")
    said = _said(state, command, act, tuple(overdue))
    return drafts_of(act, told.MISSION_KINDS, f"mission/{state.mission_id}", (said,), version=state.version)


def _said(state: MissionState, command: asked.MissionCommand, act: Act, overdue: tuple[str, ...]) -> Any:
    match command:
        case asked.PassGate() | asked.FailGate() | asked.WaiveGate():
            return _gate(state, command)
        case asked.OpenPoll():
            return _open_poll(state, command, act)
        case asked.AnswerPoll():
            return _answer(state, command, act)
        case asked.Slip():
            return _slip(state, command, act)
        case asked.Launch():
            return _launch(state, act, overdue)
        case asked.EnterPhase():
            return _enter(state, command, act)
    if isinstance(command, CLOCK_COMMANDS):
        return clock(state, command, act)
    assert isinstance(command, LOG_COMMANDS)
    return logged(state, command, act)


def _refuse(state: MissionState, what: str, fix: str) -> Refused:
    return Refused(what, fix=fix, where=f"mission/{state.mission_id}")


def _on_ground(state: MissionState, doing: str) -> None:
    if state.phase not in phases.GROUND_PHASES:
        raise _refuse(state, f"{doing} belongs before lift-off, and the mission is {state.phase}", "record what has happened")


def _gate(state: MissionState, command: asked.PassGate | asked.FailGate | asked.WaiveGate) -> Any:
    gate = _gate_named(state, command.gate)
    _on_ground(state, f"the gate {gate.gate!r}")
    if gate.done:
        fix = "leave it; what was wrong about it is an incident"
        raise _refuse(state, f"the gate {gate.gate!r} was {gate.state} by {gate.by}", fix)
    match command:
        case asked.PassGate():
            return told.GatePassed(
                gate=gate.gate, evidence=need(command.evidence, f"the evidence ({gate.proof})", where=gate.gate)
            )
        case asked.FailGate():
            return told.GateFailed(gate=gate.gate, finding=need(command.finding, "what was found", where=gate.gate))
    return told.GateWaived(gate=gate.gate, reason=need(command.reason, "the reason of the waiver", where=gate.gate))


def _gate_named(state: MissionState, name: str) -> Gate:
    for gate in state.gates:
        if gate.gate == name:
            return gate
    known = ", ".join(gate.gate for gate in state.gates) or "none"
    raise _refuse(state, f"the mission has no gate {name!r}", f"use one of: {known}")


def _open_poll(state: MissionState, command: asked.OpenPoll, act: Act) -> told.PollOpened:
    _on_ground(state, "a poll")
    positions = tuple(position.strip() for position in command.positions)
    if not positions or not all(positions):
        raise _refuse(state, "a poll asks nobody", "name the positions that are asked")
    if len(set(positions)) < len(positions):
        raise _refuse(state, "a position is asked twice", "name each position once")
    number = state.poll.number + 1 if state.poll else 1
    return told.PollOpened(number=number, positions=positions, launch_utc=state.launch_utc)


def _answer(state: MissionState, command: asked.AnswerPoll, act: Act) -> told.PollAnswered:
    _on_ground(state, "a poll")
    poll = state.poll
    if poll is None or poll.void:
        why = "was for another lift-off" if poll else "is not open"
        raise _refuse(state, f"the poll {why}", "open a poll for the lift-off as it stands")
    if act.at_utc < poll.opened_utc:
        raise _refuse(state, f"the poll was opened at {format_utc(poll.opened_utc)}", "state an instant after it")
    if command.position not in {one.position for one in poll.answers}:
        asked_ones = ", ".join(one.position for one in poll.answers)
        raise _refuse(state, f"{command.position!r} is not asked in this poll", f"use one of: {asked_ones}")
    if command.answer not in ANSWERS:
        raise _refuse(state, f"{command.answer!r} is no answer", f"use one of: {', '.join(ANSWERS)}")
    for other in poll.answers:
        if other.by == act.by and other.position != command.position:
            what = f"{act.by} speaks for {other.position!r} in this poll"
            raise _refuse(state, what, "let another person answer: each position has its own")
    reason = command.reason.strip()
    if command.answer != "go":
        reason = need(reason, f"the reason for {command.answer}", where=command.position)
    return told.PollAnswered(number=poll.number, position=command.position, answer=command.answer, reason=reason)


def _slip(state: MissionState, command: asked.Slip, act: Act) -> told.MissionSlipped:
    _on_ground(state, "a slip")
    if command.from_utc is not None and command.from_utc != state.launch_utc:
        what = f"lift-off was moved from {format_utc(command.from_utc)} to {format_utc(state.launch_utc)} since you looked"
        raise _refuse(state, what, "look at the mission as it stands now, and slip it from there")
    if command.launch_utc <= state.launch_utc:
        what = f"lift-off is planned for {format_utc(state.launch_utc)}, the slip is not later"
        raise _refuse(state, what, "state a later instant; an earlier lift-off is another plan")
    if command.launch_utc <= act.at_utc:
        raise _refuse(state, "the new lift-off is before the slip", "state a lift-off that is still ahead")
    if command.closes_utc is not None and command.closes_utc < command.launch_utc:
        raise _refuse(state, "the launch window closes before lift-off", "state when the window of the new lift-off closes")
    return told.MissionSlipped(
        from_utc=state.launch_utc,
        launch_utc=command.launch_utc,
        closes_utc=command.closes_utc,
        reason=need(command.reason, "the reason of the slip"),
    )


def launch_gaps(state: MissionState, overdue: Sequence[str] = ()) -> tuple[str, ...]:
    """What is missing for lift-off, a sentence each; none for a mission that is ready."""
    gaps = [] if state.phase == phases.ON_PAD else [f"it is {state.phase}, not on the pad"]
    gaps += [f"gate {gate.gate}: {gate.state}, owner {gate.owner}" for gate in state.gates if not gate.done]
    if state.poll is None:
        gaps.append("no go/no-go poll")
    elif state.poll.void:
        gaps.append("the poll was for another lift-off")
    else:
        gaps += [f"poll, {position}" for position in state.poll.missing]
    for procedure in state.procedures:
        if (step := procedure.next_step) is not None:
            gaps.append(f"procedure {procedure.procedure}: step {step.step} is not signed")
    gaps += [
        f"incident {one.incident} of severity {one.severity} is open"
        for one in state.incidents
        if one.closed_utc is None and one.severity < GRAVEST_TO_FLY_WITH
    ]
    if state.countdown.state == "held":
        gaps.append(f"the countdown stands at T-{state.countdown.t_minus_s:g} s")
    return (*gaps, *overdue)


def _launch(state: MissionState, act: Act, overdue: tuple[str, ...]) -> told.MissionLaunched:
    _on_ground(state, "lift-off")
    gaps = launch_gaps(state, overdue)
    if gaps:
        fix = "pass or waive the gates, complete the poll, sign the steps, do or defer the work, then launch"
        count = f"{len(gaps)} thing{'s' if len(gaps) > 1 else ''}"
        raise Refused(f"not ready to lift off, {count} missing", fix=fix, where=f"mission/{state.mission_id}", causes=gaps)
    _after(state, act)
    zero = state.countdown.t_zero_utc
    if zero is not None and act.at_utc < zero:
        raise _refuse(state, f"T-0 is at {format_utc(zero)}", "state lift-off at T-0 or after it")
    closes = state.flight.closes_utc
    if closes is not None and act.at_utc > closes:
        raise _refuse(state, f"the launch window closed at {format_utc(closes)}", "slip to a lift-off in another window")
    flight = state.flight
    assert state.poll is not None
    return told.MissionLaunched(
        vehicle_id=flight.vehicle_id,
        pad=f"{flight.site}/{flight.pad}",
        facility_id=flight.facility_id,
        planned_utc=state.planned_utc,
        poll=state.poll.number,
    )


def _enter(state: MissionState, command: asked.EnterPhase, act: Act) -> told.PhaseEntered:
    following = phases.NEXT_PHASES[state.phase]
    if command.phase == phases.ASCENT:
        raise _refuse(state, "lift-off is stated by itself", "use the command that launches")
    if command.phase not in following:
        may = ", ".join(phase for phase in following if phase != phases.ASCENT)
        fix = f"from {state.phase} it may become: {may}" if may else "nothing follows this phase"
        raise _refuse(state, f"a mission that is {state.phase} can't become {command.phase}", fix)
    _after(state, act)
    evidence = command.evidence.strip()
    if command.phase in (phases.DOCKED, phases.LOST):
        evidence = need(evidence, f"the evidence that it is {command.phase}", where=f"mission/{state.mission_id}")
    return told.PhaseEntered(phase=command.phase, evidence=evidence)


def _after(state: MissionState, act: Act) -> None:
    if act.at_utc < state.since_utc:
        what = f"it has been {state.phase} since {format_utc(state.since_utc)}, the new phase is stated before that"
        raise _refuse(state, what, "state the instant at which it happened, in the order in which it happened")
