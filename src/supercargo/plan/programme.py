"""Plan the programme that sets the service up: its tasks as a project on a status date, with gates that open on checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from supercargo.kernel import Fuse, NoPlan, Outcome, Watch, never, silent
from supercargo.model import GateRow, ProgrammePlan, ProgrammeTables, ProgrammeTask, ResourceRow, Scenario, TaskRow
from supercargo.plan.programme_gates import Found, Gate, gates_of
from supercargo.plan.programme_network import Calendar, current_project, done_fraction, first_project, stage_of
from supercargo.solve.scheduling import Effort, Project, earliest_starts, end_of, handed_on, latest_starts, plan_project

__all__ = ["missions_held", "plan_programme"]

NOTHING: Found = MappingProxyType({})
EFFORT = Effort(work=20.0, gap=0.0)
"""Work spent on each of the two projects, the first plan and the one on the status date."""


def plan_programme(
    tables: ProgrammeTables, *, as_of_utc: datetime, found: Found = NOTHING, watch: Watch = silent, fuse: Fuse = never
) -> Outcome[ProgrammePlan]:
    """The programme ends as early, and its tasks as little after their months, as links, resources and gates allow.

    Done tasks keep their dates, tasks under way end after the rest of their length, tasks to come start from `as_of_utc` on;
    a closed gate opens no earlier than that day. `found` is what computed checks came to. The objective [d] is the day of
    the end plus the days by which tasks end after their last month; the bound is proven.

    Raises NoPlan for a programme without tasks.
    """
    if not tables.tasks:
        raise NoPlan("the programme has no tasks", fix="add rows to programme_tasks.csv", where="programme_tasks.csv")
    calendar, gates = Calendar.of(tables), gates_of(tables, as_of_utc, found)
    effort = Effort(work=EFFORT.work, gap=EFFORT.gap, fuse=fuse)
    first = _answered(first_project(tables, gates, calendar), effort, lambda share: watch(share / 2))
    project = current_project(tables, gates, calendar, as_of_utc)
    outcome = plan_project(project, effort, watch=lambda share: watch(0.5 + share / 2))
    if first is None or outcome.best is None:
        return Outcome(outcome.status, None, outcome.objective, outcome.bound)
    now = _Answer(project, outcome.best)
    return Outcome(
        outcome.status, _Rows(tables, gates, calendar, as_of_utc).plan(first, now), outcome.objective, outcome.bound
    )


def missions_held(scenario: Scenario) -> Mapping[str, tuple[str, datetime]]:
    """Gate and day before which a mission does not lift off, by the scenario's own programme; empty without one.

    A gate that is closed when the scenario's facts were known counts from the day on which the programme's plan opens it.
    """
    checks = [check for check in scenario.programme_gates if check.missions]
    if not (scenario.programme_tasks and checks):
        return {}
    tables = ProgrammeTables(
        tasks=scenario.programme_tasks, resources=scenario.programme_resources, checks=scenario.programme_gates
    )
    plan = plan_programme(tables, as_of_utc=scenario.settings.as_of_utc).best
    held: dict[str, tuple[str, datetime]] = {}
    for row in plan.gates if plan else ():
        named = [one.mission_id for one in scenario.missions] if "*" in row.missions else row.missions
        for mission in named:
            if mission not in held or held[mission][1] < row.opens_utc:
                held[mission] = (row.gate, row.opens_utc)
    return held


@dataclass(frozen=True, slots=True)
class _Answer:
    """Starts of a project, with the room that each work has by links alone, and by links and resources."""

    project: Project
    starts: tuple[int, ...]

    def ends(self, index: int) -> int:
        return self.starts[index] + self.project.works[index].length

    def slacks(self) -> tuple[int, ...]:
        early = earliest_starts(self.project)
        late = latest_starts(self.project, end_of(self.project, early))
        return tuple(last - start for start, last in zip(early, late, strict=True))

    def chain_slacks(self) -> tuple[int, ...]:
        late = latest_starts(handed_on(self.project, self.starts), end_of(self.project, self.starts))
        return tuple(last - start for start, last in zip(self.starts, late, strict=True))


def _answered(project: Project, effort: Effort, watch: Watch) -> _Answer | None:
    best = plan_project(project, effort, watch=watch).best
    return None if best is None else _Answer(project, best)


@dataclass(frozen=True)
class _Rows:
    """What people read, from the first plan and the one on the status date."""

    tables: ProgrammeTables
    gates: Sequence[Gate]
    calendar: Calendar
    as_of_utc: datetime

    def plan(self, first: _Answer, now: _Answer) -> ProgrammePlan:
        tasks = self._tasks(first, now)
        weights = [task.duration_d for task in self.tables.tasks]
        total = sum(weights) or 1.0
        return ProgrammePlan(
            start_utc=self.calendar.start_utc,
            as_of_utc=self.as_of_utc,
            end_utc=self.calendar.utc(end_of(now.project, now.starts)),
            due_utc=max(row.due_utc for row in tasks),
            first_end_utc=self.calendar.utc(end_of(first.project, first.starts)),
            tasks=tasks,
            gates=tuple(row for number, gate in enumerate(self.gates) for row in self._gate(number, gate, now)),
            resources=tuple(self._resources(now)),
            planned_fraction=sum(w * row.planned_fraction for w, row in zip(weights, tasks, strict=True)) / total,
            done_fraction=sum(w * row.done_fraction for w, row in zip(weights, tasks, strict=True)) / total,
            templates=self.tables.templates,
            remarks=tuple(self._remarks()),
        )

    def _tasks(self, first: _Answer, now: _Answer) -> tuple[TaskRow, ...]:
        slacks = [(a.slacks(), a.chain_slacks()) for a in (first, now)]
        return tuple(
            self._task(index, task, first, now, [(own[index], chain[index]) for own, chain in slacks])
            for index, task in enumerate(self.tables.tasks)
        )

    def _task(self, index: int, task: ProgrammeTask, first: _Answer, now: _Answer, slacks: list[tuple[int, int]]) -> TaskRow:
        stage, calendar = stage_of(task, self.as_of_utc), self.calendar
        slack, chain = slacks[0 if stage == "done" else 1]  # what is done can't slip any more: its room by the first plan
        due_utc, end_utc = calendar.end_of_month(task.last_month), calendar.utc(now.ends(index))
        closed = [gate for gate in self.gates if task.task_id in gate.before and not gate.open] if stage == "to come" else []
        late_d = max(0, (end_utc - due_utc).days)
        over = calendar.day_in(self.as_of_utc) - first.starts[index]
        length = first.project.works[index].length
        state = "blocked" if closed else "late" if stage != "done" and late_d else stage
        return TaskRow(
            task_id=task.task_id,
            phase=task.phase,
            title=task.title,
            owner=task.owner,
            first_month=task.first_month,
            last_month=task.last_month,
            due_utc=due_utc,
            first_start_utc=calendar.utc(first.starts[index]),
            first_end_utc=calendar.utc(first.ends(index)),
            start_utc=calendar.utc(now.starts[index]),
            end_utc=end_utc,
            slack_d=float(slack),
            critical=slack == 0,
            chain_slack_d=float(chain),
            chain=chain == 0,
            planned_fraction=min(1.0, max(0.0, over / length)) if length else float(over >= 0),
            done_fraction=done_fraction(task, self.as_of_utc),
            late_d=float(late_d),
            moved_d=float(now.ends(index) - first.ends(index)),
            state=state,
            waits_for="; ".join(f"gate {gate.name}: {gate.missing}" for gate in closed),
        )

    def _gate(self, number: int, gate: Gate, now: _Answer) -> tuple[GateRow, ...]:
        opens_utc = self.calendar.utc(now.starts[len(self.tables.tasks) + number])
        return tuple(
            GateRow(
                gate=gate.name,
                check=check.check,
                title=check.title,
                kind=check.kind,
                object=check.object,
                passed=found.passed,
                found=found.words,
                open=gate.open,
                opens_utc=opens_utc,
                owner=check.owner,
                before=gate.before,
                missions=gate.missions,
            )
            for check, found in gate.checks
        )

    def _resources(self, now: _Answer) -> list[ResourceRow]:
        """Use from the status date on: what is under way and what is to come."""
        project, found = now.project, []
        as_of, end = self.calendar.day_from(self.as_of_utc), end_of(project, now.starts)
        for number, resource in enumerate(self.tables.resources):
            spans = [(b.start, b.end, b.units) for b in project.blocks if b.resource == number]
            for start, work in zip(now.starts, project.works, strict=True):
                spans += [(start, start + work.length, units) for name, units in work.needs if name == number and work.length]
            peak = max((sum(u for a, b, u in spans if a <= at < b) for at, _, _ in spans), default=0)
            held = sum((b - a) * units for a, b, units in spans)
            room = resource.capacity_count * max(0, end - as_of)
            found.append(
                ResourceRow(
                    resource=resource.resource,
                    title=resource.title,
                    capacity_count=resource.capacity_count,
                    peak_count=peak,
                    held_unit_d=float(held),
                    used_fraction=held / room if room else 0.0,
                )
            )
        return found

    def _remarks(self) -> list[str]:
        """Tasks that were begun although a gate before them is closed."""
        return [
            f"task {task.task_id} was begun although gate {gate.name} is closed: {gate.missing}"
            for gate in self.gates
            if not gate.open
            for task in self.tables.tasks
            if task.task_id in gate.before and stage_of(task, self.as_of_utc) != "to come"
        ]
