"""What a flown year tells operations, one doing after the other: commands of people, and calls for a new plan."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from supercargo.model import Event, OperationsPlan
from supercargo.track.acts import Act
from supercargo.track.cargo.nonconformance import CaseStep
from supercargo.track.cargo.steps import Step
from supercargo.track.contracts.deciding import ContractCommand, Deliver
from supercargo.track.coordination.log import CoordinationCommand
from supercargo.track.maintenance.orders import WorkCommand
from supercargo.track.missions.commands import MissionCommand

__all__ = [
    "Answer",
    "Doing",
    "Flown",
    "Names",
    "OnCargo",
    "OnCase",
    "OnConflict",
    "OnContract",
    "OnDeliveries",
    "OnMission",
    "OnWork",
    "Replan",
    "Told",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMission:
    """A command on a mission; it is answered with the names of the conflicts that it opened."""

    mission_id: str
    command: MissionCommand
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OnWork:
    """A command on a work order."""

    order: str
    command: WorkCommand
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OnConflict:
    """A command on a conflict."""

    conflict: str
    command: CoordinationCommand
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OnContract:
    """A command on a contract."""

    contract_id: str
    command: ContractCommand
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDeliveries:
    """Deliveries on one contract, stored as one."""

    contract_id: str
    deliveries: tuple[tuple[Deliver, Act], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCargo:
    """Steps of cargo, stored as one."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCase:
    """A step of a non-conformance."""

    step: CaseStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """The planner plans anew: the plan as it stands, what has happened since, and why; answered with the plan released.

    `opened_utc` is when it is released; answered with None where no new plan could be made.
    """

    number: int
    plan: OperationsPlan
    events: tuple[Event, ...]
    opened_utc: datetime
    why: str


Doing = OnMission | OnWork | OnConflict | OnContract | OnDeliveries | OnCargo | OnCase | Replan


@dataclass(frozen=True, slots=True)
class Told:
    """A doing, and when it is told."""

    at_utc: datetime
    doing: Doing


Answer = Sequence[str] | OperationsPlan | None
Flown = Generator[Told, Answer, None]
"""Doings in order of time; each is answered before the next is asked for."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of acts, made of what is done: the same in every run of one seed."""

    prefix: str

    def name(self, *words: object) -> str:
        """The name of an act.

        >>> Names("fly.1").name("TN-01", "gate", "late load")
        'fly.1.TN-01.gate.late%20load'
        """
        return ".".join((self.prefix, *(quote(str(word), safe="-_#+") for word in words)))

    def act(self, at_utc: datetime, by: str, *words: object) -> Act:
        """The doing of a person."""
        return Act(command_id=self.name(*words), by=by, at_utc=at_utc)
