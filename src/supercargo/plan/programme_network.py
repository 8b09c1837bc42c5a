"""The programme as a project of whole days: works of tasks and gates, their lags, and what is held already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import days, days_between
from supercargo.model import After, Need, ProgrammeTables, ProgrammeTask
from supercargo.plan.programme_gates import Gate
from supercargo.solve.scheduling import Block, Lag, Project, Work

__all__ = ["Calendar", "current_project", "done_fraction", "first_project", "stage_of"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whole days from the programme's first; a month of the timeline is a month of the calendar from that day on."""

    start_utc: datetime

    @classmethod
    def of(cls, tables: ProgrammeTables) -> Calendar:
        """The first day is that on which a task may first begin, or has begun."""
        known = [task.not_before_utc for task in tables.tasks] + [task.actual_start_utc for task in tables.tasks]
        first = min(instant for instant in known if instant is not None)
        return cls(first.replace(hour=0, minute=0, second=0))

    def utc(self, day: int) -> datetime:
        """First instant of a day."""
        return self.start_utc + days(day)

    def day_from(self, instant: datetime) -> int:
        """First day that begins at an instant or after it, 0 or later."""
        return max(0, math.ceil(days_between(self.start_utc, instant)))

    def day_in(self, instant: datetime) -> int:
        """Day in which an instant lies, 0 or later."""
        return max(0, math.floor(days_between(self.start_utc, instant)))

    def end_of_month(self, month: int) -> datetime:
        """Instant at which a month of the timeline is over."""
        years, place = divmod(self.start_utc.month - 1 + month, 12)
        first = self.start_utc.replace(year=self.start_utc.year + years, month=place + 1, day=1)
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return min(first + days(self.start_utc.day - 1), following)


def stage_of(task: ProgrammeTask, as_of_utc: datetime) -> str:
    """done, under way or to come, by what is on record by an instant."""
    if task.actual_end_utc is not None and task.actual_end_utc <= as_of_utc:
        return "done"
    return "under way" if task.actual_start_utc is not None and task.actual_start_utc <= as_of_utc else "to come"


def done_fraction(task: ProgrammeTask, as_of_utc: datetime) -> float:
    """Share of a task that is done by an instant; of one on record as done later, the share of its days that is over."""
    stage = stage_of(task, as_of_utc)
    if stage != "under way" or task.actual_start_utc is None:
        return 1.0 if stage == "done" else 0.0
    if task.actual_end_utc is None:
        return task.done_fraction
    return days_between(task.actual_start_utc, as_of_utc) / days_between(task.actual_start_utc, task.actual_end_utc)


def first_project(tables: ProgrammeTables, gates: Sequence[Gate], calendar: Calendar) -> Project:
    """The programme as if nothing had happened yet; gates open with the tasks before them."""
    works = [_work(tables, task, calendar, round(task.duration_d), 0) for task in tables.tasks]
    return _project(tables, gates, works + [Work(0)] * len(gates), set())


def current_project(tables: ProgrammeTables, gates: Sequence[Gate], calendar: Calendar, as_of_utc: datetime) -> Project:
    """The programme on a status date: what has begun is pinned, what is to come waits for that date and for closed gates."""
    as_of = calendar.day_from(as_of_utc)
    number_of = {resource.resource: number for number, resource in enumerate(tables.resources)}
    works, blocks, owners, pinned = [], [], [], set()
    for index, task in enumerate(tables.tasks):
        stage = stage_of(task, as_of_utc)
        if stage == "to come" or task.actual_start_utc is None:
            works.append(_work(tables, task, calendar, round(task.duration_d), as_of))
            continue
        pinned.add(index)
        start = calendar.day_in(task.actual_start_utc)
        if stage == "done" and task.actual_end_utc is not None:
            end = calendar.day_from(task.actual_end_utc)
        else:
            end = max(as_of, start) + max(1, math.ceil((1.0 - done_fraction(task, as_of_utc)) * task.duration_d - 1e-9))
            blocks += [Block(number_of[n.resource], as_of, end, n.units_count) for n in map(Need.of, task.needs)]
            owners += [index] * len(task.needs)
        works.append(Work(end - start, start, _due(task, calendar), pinned=True))
    for gate in gates:
        passed = calendar.day_from(gate.passed_utc) if gate.passed_utc else 0
        works.append(Work(0, passed if gate.open else max(passed, as_of)))
    project = _project(tables, gates, works, pinned)
    return replace(project, blocks=tuple(blocks), owners=tuple(owners))


def _due(task: ProgrammeTask, calendar: Calendar) -> int:
    return calendar.day_in(calendar.end_of_month(task.last_month))


def _work(tables: ProgrammeTables, task: ProgrammeTask, calendar: Calendar, length: int, earliest: int) -> Work:
    number_of = {resource.resource: number for number, resource in enumerate(tables.resources)}
    first = calendar.day_from(task.not_before_utc) if task.not_before_utc else 0
    needs = tuple((number_of[need.resource], need.units_count) for need in map(Need.of, task.needs))
    return Work(length, max(first, earliest), _due(task, calendar), needs)


def _project(tables: ProgrammeTables, gates: Sequence[Gate], works: list[Work], pinned: set[int]) -> Project:
    """Links between tasks and gates as lags; nothing holds back what has begun."""
    place = {task.task_id: index for index, task in enumerate(tables.tasks)}
    lags = []
    for index, task in enumerate(tables.tasks):
        for link in map(After.of, task.after):
            before = place[link.task]
            ends = {"FS": works[before].length, "SS": 0, "FF": works[before].length - works[index].length}
            lags.append(Lag(before, index, ends[link.form] + link.lag_d))
    for number, gate in enumerate(gates, start=len(tables.tasks)):
        lags += [Lag(place[name], number, works[place[name]].length) for name in gate.after]
        lags += [Lag(number, place[name], 0) for name in gate.before]
    return Project(
        works=tuple(works),
        lags=tuple(sorted(lag for lag in lags if lag.after not in pinned)),
        capacities=tuple(resource.capacity_count for resource in tables.resources),
    )
