"""Projects of works with lags and shared resources: the plan is lawful, its bound holds, and its slacks are true."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Status
from supercargo.solve.scheduling import (
    Block,
    Effort,
    Lag,
    Project,
    Work,
    earliest_starts,
    end_of,
    faults_of_starts,
    handed_on,
    latest_starts,
    plan_project,
    starts_value,
)

EFFORT = Effort(work=5.0, gap=0.0)


@st.composite
def small_projects(draw: st.DrawFn) -> Project:
    count = draw(st.integers(1, 4))
    capacities = (draw(st.integers(1, 3)), draw(st.integers(1, 2)))
    works = tuple(
        Work(
            draw(st.integers(0, 3)),
            earliest=draw(st.integers(0, 2)),
            due=draw(st.none() | st.integers(0, 6)),
            needs=tuple((r, draw(st.integers(0, capacity))) for r, capacity in enumerate(capacities)),
        )
        for _ in range(count)
    )
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count) if draw(st.booleans())]
    lags = tuple(Lag(a, b, draw(st.integers(-2, 3))) for a, b in pairs)
    blocks = (Block(0, 0, draw(st.integers(1, 3)), draw(st.integers(1, 4))),) if draw(st.booleans()) else ()
    return Project(works, lags, capacities, blocks)


def least_value(project: Project) -> int:
    """The least value over all starts, tried one by one; nobody else's code."""
    span = range(max(work.earliest for work in project.works) + sum(work.length for work in project.works) + 7)
    best = 10**9
    for starts in itertools.product(span, repeat=len(project.works)):
        if any(starts[lag.after] - starts[lag.before] < lag.least for lag in project.lags):
            continue
        if any(start < work.earliest for start, work in zip(starts, project.works, strict=True)):
            continue
        ends = [start + work.length for start, work in zip(starts, project.works, strict=True)]
        late = sum(max(0, end - work.due) for end, work in zip(ends, project.works, strict=True) if work.due is not None)
        if max(ends) + late < best and all(fits(project, starts, at) for at in range(max(ends))):
            best = max(ends) + late
    return best


def fits(project: Project, starts: tuple[int, ...], at: int) -> bool:
    used = [0] * len(project.capacities)
    for start, work in zip(starts, project.works, strict=True):
        for resource, units in work.needs if start <= at < start + work.length else ():
            used[resource] += units
    taken = [sum(b.units for b in project.blocks if b.resource == r and b.start <= at < b.end) for r in range(len(used))]
    return all(not u or u + t <= c for u, t, c in zip(used, taken, project.capacities, strict=True))


@settings(max_examples=60, deadline=None)
@given(small_projects())
def test_no_starts_of_a_small_project_are_better_than_those_planned(project: Project) -> None:
    found = plan_project(project, EFFORT)
    assert found.best is not None
    assert found.status is Status.OPTIMAL
    assert not list(faults_of_starts(project, found.best))
    assert found.objective == starts_value(project, found.best) == least_value(project)
    assert found.bound == found.objective


@settings(max_examples=60, deadline=None)
@given(small_projects(), st.data())
def test_a_work_can_use_up_its_slack_and_still_finds_its_units(project: Project, data: st.DataObject) -> None:
    starts = plan_project(project, EFFORT).best
    assert starts is not None
    flow = handed_on(project, starts)
    late = latest_starts(flow, end_of(project, starts))
    assert all(first <= last for first, last in zip(starts, late, strict=True))
    assert not list(faults_of_starts(flow, starts))
    index = data.draw(st.integers(0, len(starts) - 1))
    moved = replace_at(flow.works, index, Work(flow.works[index].length, late[index], None, flow.works[index].needs))
    kept = tuple(Work(w.length, s, None, w.needs) for w, s in zip(moved, starts, strict=True))
    again = earliest_starts(Project(replace_at(kept, index, moved[index]), flow.lags, flow.capacities))
    assert not list(faults_of_starts(Project(kept, project.lags, project.capacities, project.blocks), again))
    assert end_of(project, again) == end_of(project, starts)


def replace_at(works: tuple[Work, ...], index: int, work: Work) -> tuple[Work, ...]:
    return (*works[:index], work, *works[index + 1 :])


def test_a_work_that_needs_more_than_there_is_has_no_plan() -> None:
    found = plan_project(Project((Work(2, needs=((0, 3),)),), (), (2,)), EFFORT)
    assert (found.status, found.best) == (Status.INFEASIBLE, None)
    assert found.objective == math.inf


def test_works_that_are_taken_beforehand_beyond_a_capacity_only_keep_others_waiting() -> None:
    found = plan_project(Project((Work(2, needs=((0, 1),)),), (), (2,), (Block(0, 0, 5, 3),)), EFFORT)
    assert found.best == (5,)


def test_a_fuse_that_has_blown_leaves_an_answer_with_a_bound_of_lags_alone() -> None:
    project = Project((Work(4, needs=((0, 1),)), Work(4, needs=((0, 1),))), (), (1,))
    found = plan_project(project, Effort(work=5.0, gap=0.0, fuse=lambda: 0.0))
    assert (found.status, found.objective, found.bound) == (Status.FEASIBLE, 8.0, 4.0)


@pytest.mark.parametrize("least", [1, -1])
def test_lags_in_a_circle_are_refused(least: int) -> None:
    ring = Project((Work(1),) * 3, (Lag(0, 1, 1), Lag(1, 2, 1), Lag(2, 1, least)), ())
    with pytest.raises(ValueError, match="circle"):
        plan_project(ring, EFFORT)


def test_a_lag_below_zero_back_to_an_earlier_work_only_limits_how_far_they_drift_apart() -> None:
    pair = Project((Work(1), Work(1, earliest=9)), (Lag(0, 1, 1), Lag(1, 0, -3)), ())
    assert earliest_starts(pair) == (6, 9)
    assert latest_starts(pair, 12) == (10, 11)
