"""The programme that sets the service up: tasks, the people and places they need, and gates that open on passed checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import ScenarioError, quantity, text
from supercargo.model.catalogue import _Checked, _Record

__all__ = [
    "CHECK_KINDS",
    "LINK_FORM",
    "NEED_FORM",
    "TASK_STATES",
    "After",
    "CheckFound",
    "GateCheck",
    "GateRow",
    "Need",
    "ProgrammePlan",
    "ProgrammeResource",
    "ProgrammeTables",
    "ProgrammeTask",
    "ResourceRow",
    "TaskRow",
]

CHECK_KINDS: dict[str, str] = {
    "record": "somebody records that it is passed (passed_utc) and where the proof stands (proof)",
    "no-violation": "the plan breaks no hard rule that is not waived",
    "kpi": "the KPI named by object stands in the plan and meets its target",
    "document": "the document named by object (D1 to D15) is made from the plan with nothing of its line left uncovered",
}
"""How a check is passed: recorded by a person, or computed from a plan."""

TASK_STATES = ("done", "under way", "late", "blocked", "to come")
"""late: it ends, or is planned to end, after its last month; blocked: behind a gate that is closed on the status date."""

LINK_FORM = "TASK, TASK+DAYS, or TASK:SS+DAYS (SS: start to start; FF: end to end)"
NEED_FORM = "RESOURCE*UNITS"

_LINK = re.compile(r"([^:+*]+?)(?::(FS|SS|FF))?(?:\+(\d{1,4}))?", re.ASCII)
_NEED = re.compile(r"([^:+*]+?)\*(\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class After:
    """What a task waits for: another task's end (FS), start (SS), or both ends together (FF), and so many days more."""

    task: str
    form: str
    lag_d: int

    @classmethod
    def of(cls, words: str) -> After:
        """Read `TASK`, `TASK+DAYS` or `TASK:SS+DAYS`. Raises ScenarioError for anything else.

        >>> After.of("P1-03:SS+10")
        After(task='P1-03', form='SS', lag_d=10)
        """
        found = _LINK.fullmatch(words.strip())
        if found is None:
            raise ScenarioError(f"{words[:60]!r} says no task to wait for", fix=f"write {LINK_FORM}", where="after")
        return cls(found[1].strip(), found[2] or "FS", int(found[3] or 0))


@dataclass(frozen=True, slots=True)
class Need:
    """Units of a resource that a task holds as long as it lasts."""

    resource: str
    units_count: int

    @classmethod
    def of(cls, words: str) -> Need:
        """Read `RESOURCE*UNITS`. Raises ScenarioError for anything else.

        >>> Need.of("engineers*4")
        Need(resource='engineers', units_count=4)
        """
        found = _NEED.fullmatch(words.strip())
        if found is None:
            raise ScenarioError(f"{words[:60]!r} says no resource with its units", fix=f"write {NEED_FORM}", where="needs")
        return cls(found[1].strip(), int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTask(_Record):
    """A task of the programme: its months by the timeline, its length, what it waits for and needs, how far it has come."""

    task_id: str = text("name of the task")
    phase: str = text("phase of the timeline")
    title: str = text("what is done")
    first_month: int = quantity("count", "month of the timeline in which it begins; 1: the programme's first", ge=1, le=240)
    last_month: int = quantity("count", "month of the timeline by whose end it is due", ge=1, le=240)
    duration_d: float = quantity("d", "length in whole days", ge=0, le=4000)
    after: tuple[str, ...] = text(f"what it waits for: {LINK_FORM}", default=())
    needs: tuple[str, ...] = text(f"what it holds as long as it lasts: {NEED_FORM}", default=())
    not_before_utc: datetime | None = text(
        "it does not start before; the first task's is the first day of month 1", default=None
    )
    owner: str = text("role that answers for it")
    actual_start_utc: datetime | None = text("when it was begun", default=None)
    actual_end_utc: datetime | None = text("when it was done", default=None)
    done_fraction: float = quantity("fraction", "share of it that is done", ge=0, le=1, default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeResource(_Record):
    """People or a place that tasks of the programme share."""

    resource: str = text("name of the resource")
    title: str = text("who or what it is")
    capacity_count: int = quantity("count", "units that can be held at once", ge=0, le=9999)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck(_Record):
    """One check of a readiness gate; what the gate comes after, before and holds back may stand in any of its rows."""

    gate: str = text("name of the gate")
    check: str = text("name of the check")
    title: str = text("what has to be true")
    kind: str = text("how it is passed: " + "; ".join(f"{kind}: {words}" for kind, words in CHECK_KINDS.items()),
                     choices=tuple(CHECK_KINDS))  # fmt: skip
    object: str = text("KPI or document that is asked; empty for other kinds", default="")
    after: tuple[str, ...] = text("tasks that are done before the gate can open", default=())
    before: tuple[str, ...] = text("tasks that do not start before the gate is open", default=())
    missions: tuple[str, ...] = text("missions that do not lift off before the gate is open; *: all", default=())
    owner: str = text("role that answers for it")
    passed_utc: datetime | None = text("record: when it was found passed", default=None)
    proof: str = text("record: where the proof stands", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTables:
    """A scenario's programme; `templates` names the files that it lacks, for which templates stand."""

    tasks: tuple[ProgrammeTask, ...]
    resources: tuple[ProgrammeResource, ...]
    checks: tuple[GateCheck, ...]
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckFound:
    """What a computed check came to, in words that carry its figures."""

    passed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(_Checked):
    """A planned task: first plan and forecast, room by links and by resources, progress on the status date."""

    task_id: str = text("task")
    phase: str = text("phase of the timeline")
    title: str = text("what is done")
    owner: str = text("role that answers for it")
    first_month: int = quantity("count", "month of the timeline in which it begins", ge=1)
    last_month: int = quantity("count", "month of the timeline by whose end it is due", ge=1)
    due_utc: datetime = text("end of its last month")
    first_start_utc: datetime = text("start by the first plan, in which nothing has happened yet")
    first_end_utc: datetime = text("end by the first plan")
    start_utc: datetime = text("start: as recorded, else planned")
    end_utc: datetime = text("end: as recorded, else planned")
    slack_d: float = quantity("d", "delay that moves no end of the programme, by links alone", ge=0)
    critical: bool = text("on the critical path: no slack by links alone")
    chain_slack_d: float = quantity("d", "delay that moves no end, by links and by who hands resources to whom", ge=0)
    chain: bool = text("on the resource-critical chain: no slack by links and resources")
    planned_fraction: float = quantity("fraction", "share that the first plan has done by the status date", ge=0, le=1)
    done_fraction: float = quantity("fraction", "share that is done on the status date", ge=0, le=1)
    late_d: float = quantity("d", "days from the end of its last month to its end; 0: in time", ge=0)
    moved_d: float = quantity("d", "end less the end by the first plan; below zero: sooner")
    state: str = text("how it stands on the status date", choices=TASK_STATES)
    waits_for: str = text("what is missing while it is blocked; empty: nothing", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow(_Checked):
    """A check of a gate on the status date, and whether and when the gate opens."""

    gate: str = text("gate")
    check: str = text("check")
    title: str = text("what has to be true")
    kind: str = text("how it is passed", choices=tuple(CHECK_KINDS))
    object: str = text("KPI or document that is asked", default="")
    passed: bool = text("passed on the status date")
    found: str = text("what was found, with its figures, or what is missing")
    open: bool = text("the gate is open on the status date")
    opens_utc: datetime = text("when the gate has opened or, by the plan, opens at the earliest")
    owner: str = text("role that answers for it")
    before: tuple[str, ...] = text("tasks that wait for the gate", default=())
    missions: tuple[str, ...] = text("missions that wait for the gate; *: all", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow(_Checked):
    """How a resource of the programme is used by the plan."""

    resource: str = text("resource")
    title: str = text("who or what it is")
    capacity_count: int = quantity("count", "units that can be held at once", ge=0)
    peak_count: int = quantity("count", "most units held at once", ge=0)
    held_unit_d: float = quantity("d", "unit days held from the status date to the end of the programme", ge=0)
    used_fraction: float = quantity("fraction", "share of the unit days from the status date to the end that is held", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePlan:
    """The programme as planned on a status date."""

    start_utc: datetime
    as_of_utc: datetime
    end_utc: datetime
    due_utc: datetime
    first_end_utc: datetime
    tasks: tuple[TaskRow, ...]
    gates: tuple[GateRow, ...]
    resources: tuple[ResourceRow, ...]
    planned_fraction: float
    done_fraction: float
    templates: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def critical_path(self) -> tuple[TaskRow, ...]:
        """Tasks that no link lets slip, by start."""
        return tuple(sorted((row for row in self.tasks if row.critical), key=lambda row: (row.start_utc, row.task_id)))

    @property
    def resource_chain(self) -> tuple[TaskRow, ...]:
        """Tasks that neither link nor resource lets slip, by start."""
        return tuple(sorted((row for row in self.tasks if row.chain), key=lambda row: (row.start_utc, row.task_id)))

    def opens_utc(self, gate: str) -> datetime | None:
        """When a gate opens; None: the programme has no such gate."""
        return next((row.opens_utc for row in self.gates if row.gate == gate), None)
