"""Tiny problems with known answers, by which an installation shows that its solvers and its compiler can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Trial", "compiler_trial", "integer_trial", "schedule_trial"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found, and what is right."""

    found: float
    right: float

    @property
    def passed(self) -> bool:
        """The answer is right."""
        return math.isclose(self.found, self.right, abs_tol=1e-6)


def integer_trial() -> Trial:
    """A knapsack of three things whose relaxation is better than any whole answer.

    >>> integer_trial().passed
    True
    """
    from supercargo.solve.integer import Effort, IntegerProgram, SparseRows, minimise

    rows = SparseRows.of_entries(np.zeros(3, np.int64), np.arange(3), np.array([5.0, 6.0, 4.0]), 1)
    program = IntegerProgram(
        cost=np.array([-10.0, -13.0, -7.0]),
        lower=np.zeros(3),
        upper=np.ones(3),
        integral=np.ones(3, np.bool_),
        rows=rows,
        row_lower=np.array([-math.inf]),
        row_upper=np.array([10.0]),
        row_price=np.array([math.inf]),
    )
    return Trial(found=minimise(program, Effort(nodes=100, gap=0.0)).objective, right=-20.0)


def schedule_trial() -> Trial:
    """Three jobs at one place that takes one at a time: the cheap dates of two collide, so one is done later.

    >>> schedule_trial().passed
    True
    """
    from supercargo.kernel import silent
    from supercargo.solve.scheduling import Alternative, DatedChoice, Effort, Use, value_of
    from supercargo.solve.scheduling.cpsat import search

    dated = ((0, 1, 0), (0, 4, 6), (1, 2, 2), (1, 7, 9), (2, 3, 12))
    problem = DatedChoice(
        skip_costs=(50, 50, 50),
        alternatives=tuple(Alternative(job, cost, (Use(0, start, start + 4),)) for job, cost, start in dated),
        capacities=(1,),
    )
    chosen, _ = search(problem, Effort(work=2.0, gap=0.0), None, silent)
    return Trial(found=value_of(problem, chosen), right=9.0)


def compiler_trial() -> Trial:
    """The compiler makes and runs a function, and finds a place for what it has made of the packing kernel.

    Raises RuntimeError if there is no folder in which compiled code can be kept.
    """
    import numba

    from supercargo.solve.packing import kernel

    assert kernel.__name__  # its import is the trial: each function looks for its place on disk
    doubled: Callable[[int], int] = numba.njit(_doubled)
    return Trial(found=doubled(21), right=42.0)


def _doubled(number: int) -> int:
    return number * 2
