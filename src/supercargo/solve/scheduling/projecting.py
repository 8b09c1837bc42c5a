"""Planning a project by CP-SAT: an interval for each work, a row for each resource, work counted instead of seconds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from supercargo.kernel import Outcome, Status, Watch, silent
from supercargo.solve.scheduling.effort import Effort
from supercargo.solve.scheduling.problem import whole_bound
from supercargo.solve.scheduling.project import (
    Project,
    earliest_starts,
    end_of,
    faults_of_starts,
    greedy_starts,
    latest_starts,
    starts_value,
)

__all__ = ["plan_project"]


def plan_project(project: Project, effort: Effort, *, watch: Watch = silent) -> Outcome[tuple[int, ...]]:
    """Starts that end the project soonest, a unit of lateness of a work counting as much as a unit of the end.

    Nothing starts later than what is placed before it asks. What is taken beforehand may exceed a capacity: no work is then
    added to it. INFEASIBLE where a work needs more units than there are. Raises ValueError where lags run in a circle.
    """
    early = earliest_starts(project)
    floor = float(starts_value(project, early))  # lags alone: no schedule ends sooner or is less late
    if any(units > project.capacities[resource] for work in project.works for resource, units in work.needs if work.length):
        return Outcome(Status.INFEASIBLE, None, math.inf, math.inf)
    late = latest_starts(project, end_of(project, early))
    slacks = sorted(range(len(early)), key=lambda i: (late[i], early[i], i))
    best = min((greedy_starts(project, tuple(slacks)), greedy_starts(project, _by_start(early))), key=_value(project))
    bound = floor
    if starts_value(project, best) > floor and effort.fuse() > 0.0:
        found, proven = _searched(project, effort, best)
        best, bound = min((best, found), key=_value(project)), max(bound, proven)
    best = min((best, greedy_starts(project, _by_start(best))), key=_value(project))  # nothing waits without a cause
    watch(1.0)
    objective = float(starts_value(project, best))
    status = Status.OPTIMAL if bound >= objective else Status.FEASIBLE
    return Outcome(status, best, objective, min(bound, objective))


def _by_start(starts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(starts)), key=lambda index: (starts[index], index)))


def _value(project: Project) -> Any:
    """Less is better: the objective, then the end, then the starts one by one, so that ties fall the same way each time."""
    return lambda starts: (starts_value(project, starts), end_of(project, starts), sum(starts), starts)


def _searched(project: Project, effort: Effort, hint: tuple[int, ...]) -> tuple[tuple[int, ...], float]:
    """The best starts that CP-SAT finds from `hint`, and its bound."""
    from ortools.sat.python import cp_model  # loading it takes longer than most projects

    model = cp_model.CpModel()
    ceiling = min(project.horizon(), starts_value(project, hint))
    starts = [
        model.new_int_var(work.earliest, work.earliest if work.pinned else max(work.earliest, ceiling), "")
        for work in project.works
    ]
    for lag in project.lags:
        model.add(starts[lag.after] >= starts[lag.before] + lag.least)
    _share(model, project, starts)
    last = model.new_int_var(0, ceiling, "")
    late = []
    for start, work in zip(starts, project.works, strict=True):
        model.add(last >= start + work.length)
        if work.due is not None:
            late.append(model.new_int_var(0, ceiling, ""))
            model.add(late[-1] >= start + work.length - work.due)
    model.minimize(last + sum(late))
    for variable, value in zip([*starts, last], [*hint, end_of(project, hint)], strict=True):
        model.add_hint(variable, value)
    solver = cp_model.CpSolver()
    parameters: Any = solver.parameters
    parameters.num_workers = 1
    parameters.random_seed = effort.seed
    parameters.max_deterministic_time = max(effort.work, 1e-3)
    parameters.relative_gap_limit = effort.gap
    parameters.catch_sigint_signal = False  # the person's Ctrl-C belongs to Python
    if math.isfinite(left_s := effort.fuse()):
        parameters.max_time_in_seconds = max(left_s, 0.01)
    code = solver.solve(model)
    if code not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return hint, -math.inf
    found = tuple(int(solver.value(start)) for start in starts)
    if any(faults_of_starts(project, found)):
        raise AssertionError("the search broke a rule of the project")
    return found, whole_bound(float(solver.best_objective_bound))


def _share(model: Any, project: Project, starts: list[Any]) -> None:
    """Rows that keep works within what blocks leave of each resource."""
    for resource, capacity in enumerate(project.capacities):
        spans, units = [], []
        for start, work in zip(starts, project.works, strict=True):
            for name, count in work.needs:
                if name == resource and count and work.length:
                    spans.append(model.new_fixed_size_interval_var(start, work.length, ""))
                    units.append(count)
        for start, end, count in _taken(project, resource) if spans else ():
            spans.append(model.new_fixed_size_interval_var(start, end - start, ""))
            units.append(count)
        if spans:
            model.add_cumulative(spans, units, capacity)


def _taken(project: Project, resource: int) -> list[tuple[int, int, int]]:
    """Spans in which blocks hold units of a resource, all together and no more than there are."""
    own = [block for block in project.blocks if block.resource == resource and block.end > block.start]
    turns = sorted({instant for block in own for instant in (block.start, block.end)})
    spans = [(a, b, sum(one.units for one in own if one.start <= a < one.end)) for a, b in pairwise(turns)]
    return [(a, b, min(units, project.capacities[resource])) for a, b, units in spans if units]
