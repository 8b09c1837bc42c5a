"""What a check is given and what it answers: facts, its parameters, and for each object whether it is as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from supercargo.model import OperationsPlan, PlannedMission
from supercargo.track.event_store import View

__all__ = ["Check", "Facts", "Finder", "Given", "Seen"]


@dataclass(frozen=True)
class Facts:
    """What is known at `as_of_utc`: a plan, the view of the log that `track.compliance.record` makes, or both."""

    as_of_utc: datetime
    plan: OperationsPlan | None = None
    view: View | None = None

    def listed(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table of the view; none without a view."""
        return list(self.view.find(table, "register", table)) if self.view is not None else []

    @cached_property
    def year(self) -> OperationsPlan:
        """The plan, for checks that are asked only where there is one."""
        if self.plan is None:
            raise LookupError("a check that reads the plan was asked without one")
        return self.plan

    @cached_property
    def operator_of(self) -> Mapping[str, str]:
        """Operator of each type of spacecraft, as far as a plan names it."""
        types = self.plan.scenario.vehicle_types if self.plan else {}
        return {name: vehicle.operator for name, vehicle in types.items()}

    @cached_property
    def missions_of(self) -> Mapping[str, tuple[PlannedMission, ...]]:
        """Missions by the operator of their spacecraft, operators in order of name."""
        found: dict[str, list[PlannedMission]] = {}
        for mission in self.year.missions:
            found.setdefault(self.operator_of.get(mission.vehicle_type, mission.vehicle_type), []).append(mission)
        return {operator: tuple(missions) for operator, missions in sorted(found.items())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a check found of one object: True as asked, False not so, None nothing is known, and what in words."""

    object: str
    met: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters of a requirement, each of the kind that its check declares."""

    requirement_id: str
    words: Mapping[str, str]

    def word(self, name: str) -> str:
        """A parameter as it is written."""
        return self.words[name]

    def number(self, name: str) -> float:
        """A parameter as a number."""
        return float(self.words[name])


Finder = Callable[[Facts, Given], Iterator[Seen]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A way to check a requirement: what it reads, the parameters it takes, and what finds the answer.

    A parameter's default tells its kind: a number, or words; None must be given.
    """

    name: str
    reads: str  # plan or operations
    find: Finder
    parameters: Mapping[str, float | str | None]

    @property
    def sentence(self) -> str:
        """What the check says, in one sentence."""
        return (self.find.__doc__ or self.name).strip().splitlines()[0]
