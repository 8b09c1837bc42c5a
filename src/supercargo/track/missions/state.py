"""The state of a mission, and how each event changes it. Nothing here refuses: what is recorded has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import days
from supercargo.track.envelope import Recorded
from supercargo.track.missions import events as told
from supercargo.track.missions import phases

__all__ = [
    "Answer",
    "Countdown",
    "Gate",
    "Incident",
    "MissionState",
    "Poll",
    "Procedure",
    "Signature",
    "evolve",
    "mission_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate and what became of it: open, passed, failed or waived, by whom, when, and on what word."""

    gate: str
    before_launch_d: float
    owner: str
    proof: str
    state: str = "open"
    by: str = ""
    at_utc: datetime | None = None
    said: str = ""

    @property
    def done(self) -> bool:
        """True for a gate that no longer stands in the way."""
        return self.state in ("passed", "waived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a position says in a poll."""

    position: str
    answer: str = ""
    by: str = ""
    at_utc: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll for one lift-off; `void` after a slip."""

    number: int
    launch_utc: datetime
    opened_utc: datetime
    answers: tuple[Answer, ...]
    void: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Positions that are not go, each with what it says."""
        return tuple(f"{one.position}: {one.answer or 'no answer'}" for one in self.answers if one.answer != "go")

    @property
    def go(self) -> bool:
        """True if each position is go, for this lift-off."""
        return not self.void and not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a step, when and on what evidence."""

    step: str
    by: str
    at_utc: datetime
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure and who has signed what."""

    procedure: str
    steps: tuple[told.Step, ...]
    signed: tuple[Signature, ...] = ()

    def signers(self, step: str) -> tuple[str, ...]:
        """Who has signed a step."""
        return tuple(one.by for one in self.signed if one.step == step)

    @property
    def next_step(self) -> told.Step | None:
        """The first step that lacks a signature."""
        return next((step for step in self.steps if len(self.signers(step.step)) < step.people_count), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """The T- clock: T-0 while it runs, seconds before T-0 while it stands."""

    state: str = ""
    t_minus_s: float = 0.0
    t_zero_utc: datetime | None = None
    since_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident of a mission."""

    incident: str
    severity: int
    text: str
    opened_by: str
    opened_utc: datetime
    notes: tuple[str, ...] = ()
    closed_by: str = ""
    closed_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionState:
    """A mission as it stands; `planned_utc` is the lift-off of the first plan that was released."""

    version: int
    flight: told.FlightPlan
    planned_utc: datetime
    launch_utc: datetime
    phase: str
    since_utc: datetime
    slips_count: int = 0
    launched_utc: datetime | None = None
    docked_utc: datetime | None = None
    gates: tuple[Gate, ...] = ()
    poll: Poll | None = None
    procedures: tuple[Procedure, ...] = ()
    countdown: Countdown = Countdown()
    incidents: tuple[Incident, ...] = ()

    @property
    def mission_id(self) -> str:
        """Name of the mission."""
        return self.flight.mission_id

    def due_utc(self, gate: Gate) -> datetime:
        """When a gate is due: its days before lift-off as it now stands."""
        return self.launch_utc - days(gate.before_launch_d)

    @property
    def next_gate(self) -> Gate | None:
        """The undone gate that is due first."""
        undone = [gate for gate in self.gates if not gate.done]
        return min(undone, key=lambda gate: (self.due_utc(gate), gate.gate), default=None)


def mission_of(events: Iterable[Recorded]) -> MissionState | None:
    """The state after a stream's events; None for a mission that was never opened."""
    state: MissionState | None = None
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: MissionState | None, event: Recorded) -> MissionState | None:
    """The state after one more event."""
    said = told.MISSION_KINDS.read(event)
    if isinstance(said, told.MissionOpened):
        return _opened(said.flight, event)
    if state is None:
        return None
    return replace(_changed(state, said, event), version=event.version)


def _opened(flight: told.FlightPlan, event: Recorded) -> MissionState:
    return MissionState(
        version=event.version,
        flight=flight,
        planned_utc=flight.launch_utc,
        launch_utc=flight.launch_utc,
        phase=phases.PHASES[0],
        since_utc=event.occurred_utc,
    )


def _changed(state: MissionState, said: Any, event: Recorded) -> MissionState:
    """By subject: the plan's word, gates, poll, countdown, phases; procedures and incidents stand apart."""
    match said:
        case told.MissionReplanned(flight=flight):
            moved = flight.launch_utc != state.launch_utc
            return replace(_void(state) if moved else state, flight=flight, launch_utc=flight.launch_utc)
        case told.MissionWithdrawn():
            return replace(_void(state), phase=phases.WITHDRAWN, since_utc=event.occurred_utc)
        case told.GatesSet(gates=gates):
            return replace(state, gates=_gates_set(state, gates))
        case told.GatePassed(gate=gate, evidence=word):
            return _marked(state, gate, "passed", event, word)
        case told.GateFailed(gate=gate, finding=word):
            return _marked(state, gate, "failed", event, word)
        case told.GateWaived(gate=gate, reason=word):
            return _marked(state, gate, "waived", event, word)
        case told.MissionSlipped(launch_utc=launch):
            flight = _moved(state.flight, said)
            return replace(_void(state), flight=flight, launch_utc=launch, slips_count=state.slips_count + 1)
        case told.PollOpened(number=number, positions=positions, launch_utc=launch):
            answers = tuple(Answer(position=position) for position in positions)
            return replace(state, poll=Poll(number=number, launch_utc=launch, opened_utc=event.occurred_utc, answers=answers))
        case told.PollAnswered():
            return replace(state, poll=_answered(state.poll, said, event))
        case told.MissionLaunched():
            at = event.occurred_utc
            return replace(state, phase=phases.ASCENT, since_utc=at, launched_utc=at, countdown=Countdown())
        case told.PhaseEntered(phase=phase):
            docked = event.occurred_utc if phase == phases.DOCKED else state.docked_utc
            return replace(state, phase=phase, since_utc=event.occurred_utc, docked_utc=docked)
    return _counted(state, said, event)


def _counted(state: MissionState, said: Any, event: Recorded) -> MissionState:
    at = event.occurred_utc
    match said:
        case told.CountdownStarted(t_minus_s=left, t_zero_utc=zero) | told.CountdownResumed(t_minus_s=left, t_zero_utc=zero):
            return replace(state, countdown=Countdown(state="running", t_minus_s=left, t_zero_utc=zero, since_utc=at))
        case told.CountdownHeld(t_minus_s=left) | told.CountdownRecycled(t_minus_s=left):
            return replace(state, countdown=Countdown(state="held", t_minus_s=left, since_utc=at))
        case told.ProcedureOpened(procedure=name, steps=steps):
            return replace(state, procedures=(*state.procedures, Procedure(procedure=name, steps=steps)))
        case told.StepSigned(procedure=name, step=step, evidence=word):
            signature = Signature(step=step, by=event.by, at_utc=at, evidence=word)
            signed = (
                replace(one, signed=(*one.signed, signature)) if one.procedure == name else one for one in state.procedures
            )
            return replace(state, procedures=tuple(signed))
        case told.IncidentOpened(incident=name, severity=severity, text=text):
            opened = Incident(incident=name, severity=severity, text=text, opened_by=event.by, opened_utc=at)
            return replace(state, incidents=(*state.incidents, opened))
        case told.IncidentUpdated() | told.IncidentClosed():
            return replace(state, incidents=tuple(_told_more(one, said, event) for one in state.incidents))
    return state


def _void(state: MissionState) -> MissionState:
    """After lift-off has moved nobody has said go for it, and no clock runs towards it."""
    poll = replace(state.poll, void=True) if state.poll else None
    return replace(state, poll=poll, countdown=Countdown())


def _gates_set(state: MissionState, gates: tuple[told.GateDue, ...]) -> tuple[Gate, ...]:
    """Gates that were done stay done, under whatever template comes later."""
    known = {gate.gate: gate for gate in state.gates}
    fresh = (Gate(gate=due.gate, before_launch_d=due.before_launch_d, owner=due.owner, proof=due.proof) for due in gates)
    return tuple(
        replace(known[gate.gate], before_launch_d=gate.before_launch_d, owner=gate.owner, proof=gate.proof)
        if gate.gate in known
        else gate
        for gate in fresh
    )


def _marked(state: MissionState, name: str, mark: str, event: Recorded, word: str) -> MissionState:
    gates = tuple(
        replace(gate, state=mark, by=event.by, at_utc=event.occurred_utc, said=word) if gate.gate == name else gate
        for gate in state.gates
    )
    return replace(state, gates=gates)


def _moved(flight: told.FlightPlan, slip: told.MissionSlipped) -> told.FlightPlan:
    """All that follows lift-off moves with it."""
    by = slip.launch_utc - slip.from_utc
    return replace(
        flight,
        launch_utc=slip.launch_utc,
        arrive_utc=flight.arrive_utc and flight.arrive_utc + by,
        depart_utc=flight.depart_utc and flight.depart_utc + by,
        end_utc=flight.end_utc + by,
        closes_utc=slip.closes_utc,
    )


def _answered(poll: Poll | None, said: told.PollAnswered, event: Recorded) -> Poll | None:
    if poll is None or poll.number != said.number:
        return poll
    given = Answer(position=said.position, answer=said.answer, by=event.by, at_utc=event.occurred_utc, reason=said.reason)
    return replace(poll, answers=tuple(given if one.position == said.position else one for one in poll.answers))


def _told_more(one: Incident, said: told.IncidentUpdated | told.IncidentClosed, event: Recorded) -> Incident:
    if one.incident != said.incident:
        return one
    if isinstance(said, told.IncidentUpdated):
        return replace(one, severity=said.severity, notes=(*one.notes, said.text))
    return replace(one, closed_by=event.by, closed_utc=event.occurred_utc, notes=(*one.notes, said.finding))
