"""What can have happened to a mission, from its release to its end; who and when stand on the envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.bodies import Kinds
from supercargo.track.missions.basis import PlannedCost

__all__ = [
    "MISSION_KINDS",
    "CountdownHeld",
    "CountdownRecycled",
    "CountdownResumed",
    "CountdownStarted",
    "FlightPlan",
    "GateDue",
    "GateFailed",
    "GatePassed",
    "GateWaived",
    "GatesSet",
    "IncidentClosed",
    "IncidentOpened",
    "IncidentUpdated",
    "MissionLaunched",
    "MissionOpened",
    "MissionReplanned",
    "MissionSlipped",
    "MissionWithdrawn",
    "PhaseEntered",
    "PollAnswered",
    "PollOpened",
    "ProcedureOpened",
    "Step",
    "StepSigned",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightPlan:
    """What a released plan says of a mission; instants that may be None are then not known.

    `closes_utc` is the end of its launch window, `latest_utc` the last lift-off that was asked for. Capacities are those of
    the spacecraft by its route, `costs` as planned; None and empty in releases that did not tell them.
    """

    mission_id: str
    plan: str
    destination: str
    port: str
    vehicle_id: str
    vehicle_type: str
    launcher: str
    site: str
    pad: str
    facility_id: str
    contract_id: str
    customer: str
    launch_utc: datetime
    arrive_utc: datetime | None
    depart_utc: datetime | None
    end_utc: datetime
    closes_utc: datetime | None = None
    latest_utc: datetime | None = None
    upmass_capacity_kg: float | None = None
    upvolume_capacity_m3: float | None = None
    costs: tuple[PlannedCost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDue:
    """A gate that a mission has to pass: its days before lift-off [d], whose it is, and what shows that it is passed."""

    gate: str
    before_launch_d: float
    owner: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a procedure, and how many different people sign it."""

    step: str
    text: str
    people_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionOpened:
    """A released plan opens a mission for operations."""

    flight: FlightPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionReplanned:
    """A later plan moves a mission that has not lifted off."""

    flight: FlightPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionWithdrawn:
    """A later plan does not fly the mission."""

    plan: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatesSet:
    """The gates between opening and lift-off."""

    gates: tuple[GateDue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePassed:
    """A gate is passed on evidence."""

    gate: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFailed:
    """A gate was tried and not passed; it may be tried again."""

    gate: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWaived:
    """A named person lets the mission go on without a gate."""

    gate: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpened:
    """Positions are asked whether they are go for one lift-off."""

    number: int
    positions: tuple[str, ...]
    launch_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswered:
    """A position says go, no-go or is absent; its last word counts."""

    number: int
    position: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionSlipped:
    """Lift-off moves to a later instant; poll and countdown are void, gates that are passed stay passed."""

    from_utc: datetime
    launch_utc: datetime
    closes_utc: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureOpened:
    """A procedure with steps to be signed in their order."""

    procedure: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSigned:
    """A person signs a step of a procedure."""

    procedure: str
    step: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownStarted:
    """The T- clock runs from `t_minus_s` before T-0."""

    t_minus_s: float
    t_zero_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownHeld:
    """The T- clock stands; the L- clock goes on."""

    t_minus_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownResumed:
    """The T- clock runs again."""

    t_minus_s: float
    t_zero_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownRecycled:
    """The T- clock goes back to an earlier point and stands there."""

    t_minus_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionLaunched:
    """Lift-off; the use of tail, pad and facility counts from here."""

    vehicle_id: str
    pad: str
    facility_id: str
    planned_utc: datetime
    poll: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEntered:
    """The mission is in its next phase."""

    phase: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened:
    """Something went wrong: severity 1 is the gravest, 4 the least."""

    incident: str
    severity: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentUpdated:
    """More is known of an incident."""

    incident: str
    severity: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed:
    """Another person than the one who opened it closes an incident with what was found."""

    incident: str
    finding: str


MISSION_KINDS = Kinds(
    (
        MissionOpened,
        MissionReplanned,
        MissionWithdrawn,
        GatesSet,
        GatePassed,
        GateFailed,
        GateWaived,
        PollOpened,
        PollAnswered,
        MissionSlipped,
        ProcedureOpened,
        StepSigned,
        CountdownStarted,
        CountdownHeld,
        CountdownResumed,
        CountdownRecycled,
        MissionLaunched,
        PhaseEntered,
        IncidentOpened,
        IncidentUpdated,
        IncidentClosed,
    )
)
"""Every kind of event of a mission's stream."""
