"""What people ask of a mission; each command is decided on the mission's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.missions.events import Step

__all__ = [
    "POLL_POSITIONS",
    "AnswerPoll",
    "CloseIncident",
    "EnterPhase",
    "FailGate",
    "Hold",
    "Launch",
    "MissionCommand",
    "OpenIncident",
    "OpenPoll",
    "OpenProcedure",
    "PassGate",
    "Recycle",
    "Resume",
    "SignStep",
    "Slip",
    "StartCountdown",
    "UpdateIncident",
    "WaiveGate",
]

POLL_POSITIONS = ("flight director", "spacecraft", "launcher", "range", "cargo", "safety", "destination")
"""Who is asked before a lift-off unless others are named (an assumption, in the manner of public launch polls)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassGate:
    """Pass a gate on evidence."""

    gate: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailGate:
    """State that a gate was tried and not passed."""

    gate: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveGate:
    """Go on without a gate, for a reason."""

    gate: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoll:
    """Ask positions whether they are go."""

    positions: tuple[str, ...] = POLL_POSITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPoll:
    """Say go, no-go or absent for a position; all but go take a reason."""

    position: str
    answer: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Move lift-off to a later instant; `from_utc` is lift-off as who slips it saw it, and another than that is refused."""

    launch_utc: datetime
    reason: str
    closes_utc: datetime | None = None
    from_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProcedure:
    """Open a procedure."""

    procedure: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignStep:
    """Sign a step that is done."""

    procedure: str
    step: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCountdown:
    """Let the T- clock run, `t_minus_s` before T-0."""

    t_minus_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Stop the T- clock."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Let the T- clock run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycle:
    """Set the standing T- clock back."""

    t_minus_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """State lift-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPhase:
    """State that the mission is in another phase; docking takes evidence, because it is paid for."""

    phase: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """Report that something went wrong."""

    incident: str
    severity: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIncident:
    """Add to an incident; severity 0 leaves it as it is."""

    incident: str
    text: str
    severity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident:
    """Close an incident that somebody else opened."""

    incident: str
    finding: str


MissionCommand = (
    PassGate
    | FailGate
    | WaiveGate
    | OpenPoll
    | AnswerPoll
    | Slip
    | OpenProcedure
    | SignStep
    | StartCountdown
    | Hold
    | Resume
    | Recycle
    | Launch
    | EnterPhase
    | OpenIncident
    | UpdateIncident
    | CloseIncident
)
