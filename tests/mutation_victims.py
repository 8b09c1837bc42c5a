"""Finding a victim in a plan, and the plan with that victim changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any, TypeVar

from supercargo.model import CargoLine, ManifestRow, OperationsPlan, PlannedMission

__all__ = ["Spoil", "aboard", "changed", "couples", "leave", "line_of", "mission_of", "pick", "put", "scene", "shift"]

T = TypeVar("T")
Spoil = Callable[[OperationsPlan], OperationsPlan]


def pick(found: Iterable[T], what: str) -> T:
    for victim in found:
        return victim
    raise LookupError(f"the plan has no {what}")


def put(plan: OperationsPlan, table: str, old: Any, *new: Any) -> OperationsPlan:
    """The plan with the row `old` (found by identity) replaced by `new`."""
    rows = [kept for row in getattr(plan, table) for kept in (new if row is old else (row,))]
    changes: dict[str, Any] = {table: tuple(rows)}
    return replace(plan, **changes)


def changed(plan: OperationsPlan, table: str, old: Any, **changes: Any) -> OperationsPlan:
    return put(plan, table, old, replace(old, **changes))


def scene(plan: OperationsPlan, table: str, old: Any, **changes: Any) -> OperationsPlan:
    """The plan with one row of its scenario changed."""
    rows = tuple(replace(row, **changes) if row is old else row for row in getattr(plan.scenario, table))
    scene: dict[str, Any] = {table: rows}
    return replace(plan, scenario=replace(plan.scenario, **scene))


def line_of(plan: OperationsPlan, row: ManifestRow) -> CargoLine:
    lines = plan.scenario.lines
    return lines[row.item_id] if row.item_id in lines else lines[row.item_id.rpartition("#")[0]]


def aboard(plan: OperationsPlan, lawful: Callable[[CargoLine], bool] = lambda line: True) -> Iterator[ManifestRow]:
    return (row for row in plan.manifest if row.mission_id and lawful(line_of(plan, row)))


def mission_of(plan: OperationsPlan, name: str) -> PlannedMission:
    return plan.mission_named[name]


def shift(plan: OperationsPlan, mission: PlannedMission, by: timedelta, **changes: Any) -> OperationsPlan:
    """Move a mission and its activities in time."""
    columns = ("launch_utc", "arrive_utc", "depart_utc", "end_utc")
    plan = changed(plan, "missions", mission, **{name: getattr(mission, name) + by for name in columns}, **changes)
    moved = tuple(
        replace(row, start_utc=row.start_utc + by, end_utc=row.end_utc + by) if row.mission_id == mission.mission_id else row
        for row in plan.activities
    )
    return replace(plan, activities=moved)


def couples(plan: OperationsPlan, alike: Callable[[PlannedMission], Any]) -> Iterator[tuple[PlannedMission, PlannedMission]]:
    return ((a, b) for a, b in combinations(plan.missions, 2) if alike(a) == alike(b))


def leave(plan: OperationsPlan, lawful: Callable[[CargoLine], bool]) -> OperationsPlan:
    """Leave all lines of a kind behind."""
    rows = tuple(
        replace(row, mission_id="", delivered_utc=None, on_time=None, reason="cancelled")
        if lawful(line_of(plan, row))
        else row
        for row in plan.manifest
    )
    return replace(plan, manifest=rows)
