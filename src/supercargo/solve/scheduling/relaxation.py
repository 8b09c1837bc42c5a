"""The linear relaxation of dated alternatives: often whole already, and then nothing is left to search."""

from __future__ import annotations

import math

import numpy as np

from supercargo.solve.integer import IntegerProgram, SparseRows, relax
from supercargo.solve.scheduling.problem import DatedChoice, faults_of_choice, value_of
from supercargo.solve.scheduling.rows import crowds

__all__ = ["relaxed_choice"]

WHOLE = 1e-6
"""Distance from a whole number at which a value of the relaxation counts as whole."""


def relaxed_choice(problem: DatedChoice) -> tuple[tuple[int, ...] | None, float]:
    """The optimum of the relaxation as a choice if it is whole, else None; and the bound it proves on any choice.

    Costs are whole, so the bound is rounded up. Columns: one an alternative, one a job for skipping it; covers may fall
    short at their price.
    """
    program = _program(problem)
    relaxed = relax(program)
    if relaxed is None:
        return None, -math.inf
    bound = float(math.ceil(relaxed.objective - 1e-6 * max(1.0, abs(relaxed.objective))))
    count = len(problem.alternatives)
    if np.any(np.abs(relaxed.values - np.round(relaxed.values)) > WHOLE):
        return None, bound
    chosen = [-1] * len(problem.skip_costs)
    for index in np.flatnonzero(relaxed.values[:count] > 0.5).tolist():
        chosen[problem.alternatives[index].job] = index
    choice = tuple(chosen)
    lawful = not any(faults_of_choice(problem, choice)) and value_of(problem, choice) <= bound
    return (choice if lawful else None), bound


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
