"""Readiness gates on a status date: what is passed, what is missing, and which tasks and missions wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from supercargo.model import CheckFound, GateCheck, ProgrammeTables, ProgrammeTask

__all__ = ["Found", "Gate", "gates_of"]

Found = Mapping[tuple[str, str], CheckFound]
"""What computed checks came to, by (kind, object)."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate with its checks in file order, each with what was found, and what stands before and behind it."""

    name: str
    checks: tuple[tuple[GateCheck, CheckFound], ...]
    after: tuple[str, ...]
    before: tuple[str, ...]
    missions: tuple[str, ...]
    undone: tuple[str, ...]
    """Tasks before it that are not done on the status date."""

    @property
    def open(self) -> bool:
        """Every task before it is done and every check is passed."""
        return not self.undone and all(found.passed for _, found in self.checks)

    @property
    def passed_utc(self) -> datetime | None:
        """Latest day on which a recorded check was passed."""
        return max((check.passed_utc for check, found in self.checks if found.passed and check.passed_utc), default=None)

    @property
    def missing(self) -> str:
        """What keeps it closed, in words; empty when it is open."""
        lacks = [f"task {name} is not done" for name in self.undone]
        lacks += [f"check {check.check} ({found.words})" for check, found in self.checks if not found.passed]
        return "; ".join(lacks)


def gates_of(tables: ProgrammeTables, as_of_utc: datetime, found: Found) -> tuple[Gate, ...]:
    """The gates in the order in which the file first names them."""
    rows: dict[str, list[GateCheck]] = {}
    for check in tables.checks:
        rows.setdefault(check.gate, []).append(check)
    done = {task.task_id for task in tables.tasks if _is_done(task, as_of_utc)}
    return tuple(_gate(name, checks, done, as_of_utc, found) for name, checks in rows.items())


def _is_done(task: ProgrammeTask, as_of_utc: datetime) -> bool:
    return task.actual_end_utc is not None and task.actual_end_utc <= as_of_utc


def _gate(name: str, checks: list[GateCheck], done: set[str], as_of_utc: datetime, found: Found) -> Gate:
    after = tuple(dict.fromkeys(task for check in checks for task in check.after))
    return Gate(
        name=name,
        checks=tuple((check, _found(check, as_of_utc, found)) for check in checks),
        after=after,
        before=tuple(dict.fromkeys(task for check in checks for task in check.before)),
        missions=tuple(dict.fromkeys(mission for check in checks for mission in check.missions)),
        undone=tuple(task for task in after if task not in done),
    )


_TELLERS = {
    "no-violation": "a plan tells it, and none is given",
    "kpi": "a plan tells it, and none is given that has this KPI",
    "document": "counted from made documents, and none are given",
}


def _found(check: GateCheck, as_of_utc: datetime, found: Found) -> CheckFound:
    if check.kind != "record":
        unknown = CheckFound(False, _TELLERS[check.kind])
        return found.get((check.kind, check.object), unknown)
    if check.passed_utc is None or check.passed_utc > as_of_utc:
        return CheckFound(False, "not on record as passed")
    return CheckFound(True, f"passed {check.passed_utc:%Y-%m-%d}; {check.proof}")
