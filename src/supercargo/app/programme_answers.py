"""The answer of `programme`, as JSON: one object."""

from __future__ import annotations

from typing import TypedDict

from supercargo.model import GateRow, ResourceRow, TaskRow

__all__ = ["ProgrammeAnswer"]


class ProgrammeAnswer(TypedDict):
    """Answer of `programme`: tasks, gates and resources on a status date; objective and bound are days of end and delay."""

    of: str
    start_utc: str
    as_of_utc: str
    end_utc: str
    due_utc: str
    first_end_utc: str
    status: str
    objective_d: float
    bound_d: float
    planned_fraction: float
    done_fraction: float
    critical_path: list[str]
    resource_chain: list[str]
    templates: list[str]
    remarks: list[str]
    tasks: list[TaskRow]
    gates: list[GateRow]
    resources: list[ResourceRow]
    files: list[str]
