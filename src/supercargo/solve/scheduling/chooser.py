"""Choosing dated alternatives at least cost: by relaxation where that is enough, else by search."""

from __future__ import annotations

import math
from dataclasses import replace

from supercargo.kernel import Outcome, Status, Watch, silent
from supercargo.solve.scheduling.effort import Effort
from supercargo.solve.scheduling.parts import Part, independent_parts
from supercargo.solve.scheduling.problem import DatedChoice, value_of
from supercargo.solve.scheduling.relaxation import relaxed_choice

__all__ = ["choose"]


def choose(
    problem: DatedChoice, effort: Effort, *, hint: tuple[int, ...] | None = None, watch: Watch = silent
) -> Outcome[tuple[int, ...]]:
    """Choose an alternative for each job (-1: skipped) at least cost; the bound is proven by the solver.

    `hint` is a first guess, lawful or not. Groups of jobs that share nothing are solved one by one, each with its share
    of the work, so the bound is the sum of theirs. There is always an answer: skipping all jobs is lawful.
    """
    parts = independent_parts(problem)
    sizes = [1 + len(part.alternatives) for part in parts]
    chosen = [-1] * len(problem.skip_costs)
    bound = float(sum(cover.price * max(0, cover.need) for cover in problem.covers if not cover.amounts))
    done = 0
    for part, size in zip(parts, sizes, strict=True):
        share = size / sum(sizes)
        own = replace(effort, work=max(effort.work * share, min(effort.work, 1.0)))
        best, part_bound = _solved(part, own, hint, _scaled(watch, done / sum(sizes), share))
        done += size
        bound += part_bound
        for job, pick in zip(part.jobs, best, strict=True):
            chosen[job] = part.alternatives[pick] if pick >= 0 else -1
    watch(1.0)
    objective = float(value_of(problem, tuple(chosen)))
    status = Status.OPTIMAL if bound >= objective else Status.FEASIBLE  # within the gap is not yet optimal
    return Outcome(status, tuple(chosen), objective, min(bound, objective))


def _solved(part: Part, effort: Effort, hint: tuple[int, ...] | None, watch: Watch) -> tuple[tuple[int, ...], float]:
    """Best choice and proven bound of one part: from the relaxation where it comes near enough, else by search."""
    problem, guess, proven = part.problem, _hint_of(part, hint), -math.inf
    if effort.fuse() > 0.0:
        choice, proven = relaxed_choice(problem, effort)
        if choice is not None:
            cost = value_of(problem, choice)
            if cost - proven <= effort.gap * abs(cost):
                return choice, proven
            guess = choice
    from supercargo.solve.scheduling.cpsat import search  # loading it takes longer than a small year's whole plan

    best, bound = search(problem, effort, guess, watch)
    return best, max(bound, proven)


def _scaled(watch: Watch, start: float, share: float) -> Watch:
    return lambda done: watch(start + share * done)


def _hint_of(part: Part, hint: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if hint is None:
        return None
    position = {index: place for place, index in enumerate(part.alternatives)}
    return tuple(position[hint[job]] if hint[job] >= 0 else -1 for job in part.jobs)
