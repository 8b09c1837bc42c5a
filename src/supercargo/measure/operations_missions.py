"""Missions as their own streams tell of them: committed and real instants, resources, gates, steps, incidents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import days
from supercargo.measure.facts import IncidentFact, MissionFact, StepFact
from supercargo.measure.intervals import Span
from supercargo.track.envelope import Recorded
from supercargo.track.missions import events as told
from supercargo.track.missions import phases

__all__ = ["MissionTold", "mission_told"]


@dataclass(slots=True)
class _Step:
    step: told.Step
    signed: int = 0
    position: int | None = None


@dataclass(slots=True)
class MissionTold:
    """What a mission's stream has told so far."""

    mission_id: str
    flight: told.FlightPlan | None = None
    committed_utc: datetime | None = None
    latest_utc: datetime | None = None
    state: str = "due"
    phase: str = ""
    reason: str = ""
    launched_utc: datetime | None = None
    docked_utc: datetime | None = None
    departed_utc: datetime | None = None
    ended_utc: datetime | None = None
    position: int | None = None
    launch_position: int | None = None
    last_utc: datetime | None = None
    spans: dict[str, list[Span]] = field(default_factory=lambda: {phases.PROCESSING: [], phases.ON_PAD: []})
    began: tuple[str, datetime] | None = None
    gates: dict[str, tuple[told.GateDue, str, int | None]] = field(default_factory=dict)
    steps: dict[tuple[str, str], _Step] = field(default_factory=dict)
    incidents: dict[str, IncidentFact] = field(default_factory=dict)

    def tell(self, event: Recorded) -> None:
        """Take in one more event of the stream."""
        said, at = told.MISSION_KINDS.read(event), event.occurred_utc
        if said is None:
            return
        self.last_utc = at if self.last_utc is None else max(self.last_utc, at)
        match said:
            case told.MissionOpened(flight=flight) | told.MissionReplanned(flight=flight):
                self._planned(flight, event)
            case told.MissionWithdrawn(reason=reason):
                self.state, self.reason, self.position = "withdrawn", reason, event.position
            case told.MissionSlipped(reason=reason, launch_utc=launch) if self.flight is not None:
                self.reason, self.position = reason, event.position
                self.flight = replace(self.flight, launch_utc=launch)
            case told.MissionLaunched():
                self._end_span(at)
                self.state, self.launched_utc = "flown", at
                self.position = self.launch_position = event.position
            case told.PhaseEntered(phase=phase):
                self._entered(phase, event)
            case _:
                self._logged(said, event)

    def _planned(self, flight: told.FlightPlan, event: Recorded) -> None:
        if self.committed_utc is None:
            self.committed_utc, self.latest_utc, self.position = flight.launch_utc, flight.latest_utc, event.position
        elif self.flight is not None and flight.launch_utc > self.flight.launch_utc:
            self.reason = "moved by a later plan"
        self.flight = flight
        self.state = "due" if self.state == "withdrawn" else self.state

    def _entered(self, phase: str, event: Recorded) -> None:
        at = event.occurred_utc
        self._end_span(at)
        self.phase = phase
        match phase:
            case phases.PROCESSING | phases.ON_PAD:
                self.began = (phase, at)
            case phases.DOCKED:
                self.docked_utc = at
            case phases.DEPARTED:
                self.departed_utc = at
            case phases.RETURNED:
                self.ended_utc = at
            case phases.LOST:
                self.state, self.ended_utc, self.position = "lost", at, event.position

    def _end_span(self, at: datetime) -> None:
        if self.began is not None:
            phase, since = self.began
            self.spans[phase].append((since, at))
            self.began = None

    def _logged(self, said: Any, event: Recorded) -> None:
        match said:
            case told.GatesSet(gates=gates):
                fresh = {gate.gate: gate for gate in gates}
                known = {name: self.gates.get(name, (gate, "open", event.position)) for name, gate in fresh.items()}
                self.gates = {name: (fresh[name], state, position) for name, (_, state, position) in known.items()}
            case told.GatePassed(gate=name) | told.GateFailed(gate=name) | told.GateWaived(gate=name) if name in self.gates:
                states: dict[type, str] = {told.GatePassed: "done", told.GateFailed: "failed", told.GateWaived: "waived"}
                self.gates[name] = (self.gates[name][0], states[type(said)], event.position)
            case told.ProcedureOpened(procedure=name, steps=steps):
                self.steps |= {(name, step.step): _Step(step, position=event.position) for step in steps}
            case told.StepSigned(procedure=name, step=step) if (name, step) in self.steps:
                kept = self.steps[name, step]
                kept.signed, kept.position = kept.signed + 1, event.position
            case told.IncidentOpened(incident=name, severity=severity, text=text):
                self.incidents[name] = IncidentFact(
                    incident=name,
                    mission_id=self.mission_id,
                    severity=severity,
                    said=text,
                    at_utc=event.occurred_utc,
                    position=event.position,
                )
            case told.IncidentUpdated(incident=name, severity=severity) if name in self.incidents:
                self.incidents[name] = replace(self.incidents[name], severity=severity)

    @property
    def papers(self) -> bool:
        """Every gate is passed on evidence: none is open, failed or waived."""
        return bool(self.gates) and all(state == "done" for _, state, _ in self.gates.values())

    def fact(self, now_utc: datetime) -> MissionFact:
        """The mission as figures take it."""
        assert self.flight is not None
        flight = self.flight
        if self.began is not None:
            self._end_span(max(self.began[1], now_utc))
        return MissionFact(
            mission_id=self.mission_id,
            state=self.state,
            customer=flight.customer,
            contract_id=flight.contract_id,
            destination=flight.destination,
            port=flight.port,
            pad=f"{flight.site}/{flight.pad}",
            facility_id=flight.facility_id,
            vehicle_id=flight.vehicle_id,
            vehicle_type=flight.vehicle_type,
            committed_utc=self.committed_utc,
            latest_utc=self.latest_utc,
            launched_utc=self.launched_utc,
            docked_utc=self.docked_utc,
            departed_utc=self.departed_utc,
            ended_utc=self.ended_utc,
            reason=self.reason,
            upmass_capacity_kg=flight.upmass_capacity_kg,
            upvolume_capacity_m3=flight.upvolume_capacity_m3,
            costs=flight.costs,
            processing=tuple(self.spans[phases.PROCESSING]),
            on_pad=tuple(self.spans[phases.ON_PAD]),
            position=self.position,
        )

    def due_steps(self, now_utc: datetime) -> tuple[StepFact, ...]:
        """Gates and steps of procedures that are due by lift-off as it stands, slips told; of a mission given up, none.

        What is not due yet counts neither way, even where it is done already.
        """
        if self.flight is None or self.state == "withdrawn":
            return ()
        launch = self.launched_utc or self.flight.launch_utc
        found = []
        for name, (gate, state, position) in self.gates.items():
            due = launch - days(gate.before_launch_d)
            if due <= now_utc:
                found.append(
                    StepFact(step=name, mission_id=self.mission_id, kind="gate", state=state, due_utc=due, position=position)
                )
        for (procedure, step), one in self.steps.items():
            if launch <= now_utc:
                done = one.signed >= one.step.people_count
                name, state = f"{procedure}/{step}", "done" if done else "open"
                found.append(
                    StepFact(
                        step=name, mission_id=self.mission_id, kind="step", state=state, due_utc=launch, position=one.position
                    )
                )
        return tuple(found)


def mission_told(mission_id: str, events: Iterable[Recorded]) -> MissionTold:
    """What a mission's stream tells."""
    mission = MissionTold(mission_id)
    for event in events:
        mission.tell(event)
    return mission
