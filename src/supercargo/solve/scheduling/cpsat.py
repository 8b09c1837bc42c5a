"""CP-SAT over dated alternatives: one literal for each, one row for each crowd, work counted instead of seconds.

Covers are seldom tight and spoil the relaxation, so they enter only where an answer breaks them: leaving some out can
only make the optimum cheaper, so every round's bound holds for the whole problem.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ortools.sat.python import cp_model

from supercargo.kernel import Watch
from supercargo.solve.scheduling.effort import Effort
from supercargo.solve.scheduling.problem import Cover, DatedChoice, faults_of_choice, value_of, whole_bound
from supercargo.solve.scheduling.rows import Crowd, crowds

__all__ = ["search"]

ROUNDS = 4
"""Rounds in which only broken covers are added; after that all of them enter."""

FIRST_SHARE = 0.3
"""Share of the work for a search without presolve; crowds are maximal already, so presolve seldom pays."""


@dataclass(frozen=True, slots=True)
class _Found:
    chosen: tuple[int, ...] | None
    bound: float
    work: float


def search(problem: DatedChoice, effort: Effort, hint: tuple[int, ...] | None, watch: Watch) -> tuple[tuple[int, ...], float]:
    """Best choice and proven bound of one part, in rounds that add the covers an answer breaks."""
    best = (-1,) * len(problem.skip_costs)
    if hint is not None and not any(faults_of_choice(problem, hint)):
        best = min(best, hint, key=lambda chosen: value_of(problem, chosen))
    rows = tuple(crowds(problem))
    active: frozenset[int] = frozenset()
    bound, left, presolve = _least_cost(problem), effort.work, False
    for turn in range(2 * ROUNDS):
        work = left if presolve else min(left, FIRST_SHARE * effort.work)
        model = _Model(replace(problem, covers=tuple(problem.covers[i] for i in sorted(active))), rows)
        told = _told(watch, effort.work, effort.work - left)
        found = model.solve(replace(effort, work=work), best, told, presolve=presolve)
        left -= found.work
        bound = max(bound, found.bound)
        broken = _broken(problem, found.chosen) - active
        best = best if found.chosen is None else min(best, found.chosen, key=lambda chosen: value_of(problem, chosen))
        cost = value_of(problem, best)
        if cost - bound <= effort.gap * abs(cost) or left <= 1e-3 or effort.fuse() <= 0.0 or (presolve and not broken):
            break
        active |= broken if turn < ROUNDS else frozenset(range(len(problem.covers)))
        presolve = True
    return best, bound


def _least_cost(problem: DatedChoice) -> float:
    """Cost of each job done or skipped at its cheapest, as if nothing were shared: no choice costs less."""
    costs = [alternative.cost for alternative in problem.alternatives]
    pairs = zip(problem.skip_costs, problem.of_job(), strict=True)
    return float(sum(min(skip, *(costs[index] for index in own)) if own else skip for skip, own in pairs))


def _broken(problem: DatedChoice, chosen: tuple[int, ...] | None) -> frozenset[int]:
    taken = frozenset(chosen or ())
    reached = [sum(amount for index, amount in cover.amounts.items() if index in taken) for cover in problem.covers]
    return frozenset(i for i, cover in enumerate(problem.covers) if chosen and reached[i] < cover.need)


class _Model:
    """A problem as CP-SAT sees it."""

    def __init__(self, problem: DatedChoice, rows: tuple[Crowd, ...]) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.taken = [self.model.new_bool_var("") for _ in problem.alternatives]
        self.skipped = [self.model.new_bool_var("") for _ in problem.skip_costs]
        for job, own in enumerate(problem.of_job()):
            self.model.add_exactly_one([self.taken[index] for index in own] + [self.skipped[job]])
        for crowd in rows:
            self._keep_room(crowd)
        missing = [self._shortfall(cover) for cover in problem.covers]
        costs = [alternative.cost for alternative in problem.alternatives]
        prices = [cover.price for cover in problem.covers]
        terms, weights = [*self.taken, *self.skipped, *missing], [*costs, *problem.skip_costs, *prices]
        self.model.minimize(cp_model.LinearExpr.weighted_sum(terms, weights))

    def _keep_room(self, crowd: Crowd) -> None:
        literals = [self.taken[index] for index, count in crowd.members if count <= crowd.room]
        units = [count for _, count in crowd.members if count <= crowd.room]
        if len(literals) < len(crowd.members):
            self.model.add_bool_and([self.taken[i].negated() for i, count in crowd.members if count > crowd.room])
        if units and min(units) * 2 > crowd.room:
            self.model.add_at_most_one(literals)
        elif units:
            self.model.add(cp_model.LinearExpr.weighted_sum(literals, units) <= crowd.room)

    def _shortfall(self, cover: Cover) -> Any:
        missing = self.model.new_int_var(0, max(0, cover.need), "")
        amounts: Mapping[int, int] = cover.amounts
        literals = [self.taken[index] for index in sorted(amounts)]
        reached = cp_model.LinearExpr.weighted_sum(literals, [amounts[index] for index in sorted(amounts)])
        self.model.add(reached + missing >= cover.need)
        return missing

    def solve(self, effort: Effort, hint: tuple[int, ...], teller: _Told, *, presolve: bool) -> _Found:
        """Search from `hint` until the effort is spent."""
        picked = frozenset(hint)
        for index, literal in enumerate(self.taken):
            self.model.add_hint(literal, index in picked)
        for job, literal in enumerate(self.skipped):
            self.model.add_hint(literal, hint[job] < 0)
        solver = cp_model.CpSolver()
        parameters: Any = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = effort.seed
        parameters.max_deterministic_time = max(effort.work, 1e-3)
        parameters.relative_gap_limit = effort.gap
        parameters.linearization_level = 2  # the crowds' relaxation is nearly whole; without it nothing is proven
        parameters.cp_model_presolve = presolve
        parameters.catch_sigint_signal = False  # the person's Ctrl-C belongs to Python
        if math.isfinite(left_s := effort.fuse()):
            parameters.max_time_in_seconds = max(left_s, 0.01)
        code = solver.solve(self.model, teller)
        work = max(float(solver.deterministic_time), 1e-3)
        if code not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return _Found(None, -math.inf, work)
        chosen = [-1] * len(self.skipped)
        for index, literal in enumerate(self.taken):
            if solver.boolean_value(literal):
                chosen[self.problem.alternatives[index].job] = index
        return _Found(tuple(chosen), whole_bound(float(solver.best_objective_bound)), work)


def _told(watch: Watch, work: float, done: float) -> _Told:
    """A listener for one round that starts when `done` of the `work` is spent."""
    return _Told(lambda spent: watch(min(1.0, (done + spent) / work)))


class _Told(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Tells how much work is spent, whenever a better answer is found."""

    def __init__(self, tell: Watch) -> None:
        super().__init__()
        self._tell = tell

    def on_solution_callback(self) -> None:
        """Report the work spent."""
        self._tell(float(self.deterministic_time))
