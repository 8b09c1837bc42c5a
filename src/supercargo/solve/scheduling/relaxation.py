"""The linear relaxation of dated alternatives: often whole already; where it is not, it says which alternatives matter."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from supercargo.solve.integer import Effort as Branching
from supercargo.solve.integer import IntegerProgram, Relaxation, SparseRows, minimise, relax, restrict
from supercargo.solve.scheduling.effort import Effort
from supercargo.solve.scheduling.problem import DatedChoice, faults_of_choice, value_of, whole_bound
from supercargo.solve.scheduling.rows import crowds

__all__ = ["relaxed_choice"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WHOLE = 1e-6
"""Distance from a whole number at which a value of the relaxation counts as whole."""

SIFTED_NODES = 25
"""Branch-and-bound nodes over the sifted alternatives for each unit of work."""


def relaxed_choice(problem: DatedChoice, effort: Effort) -> tuple[tuple[int, ...] | None, float]:
    """A choice as cheap as the relaxation allows, else the best found (None: none); and the bound the relaxation proves.

    Where the relaxation is not whole, branch and bound looks among the alternatives whose reduced cost leaves the bound
    in reach: no other stands in a choice that costs as little. Costs are whole, so the bound is rounded up. Columns: one an
    alternative, one a job for skipping it; covers may fall short at their price.
    """
    program = _program(problem)
    relaxed = relax(program)
    if relaxed is None:
        return None, -math.inf
    bound = whole_bound(relaxed.objective)
    if np.all(np.abs(relaxed.values - np.round(relaxed.values)) <= WHOLE):
        return _choice(problem, relaxed.values), bound
    best, least = None, math.inf
    for free in _sieves(problem, relaxed, bound):
        values = _branched(program, relaxed.values, free, effort)
        choice = None if values is None else _choice(problem, values)
        if choice is not None and (cost := float(value_of(problem, choice))) < least:
            best, least = choice, cost
        if least - bound <= effort.gap * abs(least):
            break
    return best, bound


def _sieves(problem: DatedChoice, relaxed: Relaxation, bound: float) -> Iterator[Bools]:
    """Columns to branch over: those in reach of the jobs that the relaxation leaves open, then those of all jobs."""
    reach = bound - relaxed.objective + 1e-6 * max(1.0, abs(relaxed.objective))
    within = relaxed.reduced_cost <= reach
    jobs = [alternative.job for alternative in problem.alternatives]
    job_of = np.array([*jobs, *range(len(problem.skip_costs))], dtype=np.int64)
    broken = np.abs(relaxed.values - np.round(relaxed.values)) > WHOLE
    undecided = np.zeros(len(problem.skip_costs), dtype=np.bool_)
    undecided[job_of[broken]] = True
    yield within & undecided[job_of]
    yield within


def _branched(program: IntegerProgram, relaxed: Floats, free: Bools, effort: Effort) -> Floats | None:
    """The best whole answer over the free columns, every other one staying as the relaxation has it, if there is one."""
    values = np.where(free, 0.0, np.round(relaxed))
    columns = np.flatnonzero(free).astype(np.int64)
    nodes = max(1, round(SIFTED_NODES * effort.work))
    found = minimise(restrict(program, columns, values), Branching(nodes=nodes, gap=effort.gap, fuse=effort.fuse))
    if found.best is None:
        return None
    values[columns] = found.best
    return values


def _choice(problem: DatedChoice, values: Floats) -> tuple[int, ...] | None:
    """The choice that whole values stand for, if it is lawful."""
    chosen = [-1] * len(problem.skip_costs)
    for index in np.flatnonzero(values[: len(problem.alternatives)] > 0.5).tolist():
        chosen[problem.alternatives[index].job] = index
    choice = tuple(chosen)
    return None if any(faults_of_choice(problem, choice)) else choice


def _program(problem: DatedChoice) -> IntegerProgram:
    count, jobs = len(problem.alternatives), len(problem.skip_costs)
    entries: list[tuple[int, int, float]] = []  # (row, column, value)
    limits: list[tuple[float, float, float]] = []  # (lower, upper, price of falling short)

    def add(members: list[tuple[int, float]], lower: float, upper: float, price: float = math.inf) -> None:
        entries.extend((len(limits), column, value) for column, value in members)
        limits.append((lower, upper, price))

    for job, own in enumerate(problem.of_job()):
        add([(index, 1.0) for index in own] + [(count + job, 1.0)], 1.0, 1.0)
    for crowd in crowds(problem):
        add([(index, float(units)) for index, units in crowd.members], -math.inf, float(crowd.room))
    for cover in problem.covers:
        members = [(index, float(amount)) for index, amount in sorted(cover.amounts.items())]
        add(members, float(max(0, cover.need)), math.inf, float(cover.price))
    table, bounds = np.array(entries, dtype=np.float64).reshape(-1, 3), np.array(limits).reshape(-1, 3)
    costs = [alternative.cost for alternative in problem.alternatives]
    return IntegerProgram(
        cost=np.array([*costs, *problem.skip_costs], dtype=np.float64),
        lower=np.zeros(count + jobs),
        upper=np.ones(count + jobs),
        integral=np.ones(count + jobs, dtype=np.bool_),
        rows=SparseRows.of_entries(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], len(limits)),
        row_lower=bounds[:, 0],
        row_upper=bounds[:, 1],
        row_price=bounds[:, 2],
    )
