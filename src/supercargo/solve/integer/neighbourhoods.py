"""Large programs: fix what the relaxation is sure of, solve the rest, then free one neighbourhood after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supercargo.kernel import Fuse, Outcome, Status, Watch, never, silent
from supercargo.solve.integer.highs import SAME, Effort, Relaxation, minimise, relax
from supercargo.solve.integer.program import Bools, Floats, IntegerProgram, Ints, objective_of, restrict, tighten

__all__ = ["Search", "improve", "search"]


@dataclass(frozen=True, slots=True)
class Search:
    """Work allowed: the gap that suffices, nodes of each branch and bound, rounds over all neighbourhoods, columns freed.

    It ends when `patience` neighbourhoods in a row have won nothing.

    Of the columns that the relaxation takes whole, a branch and bound frees the `loosened` ones that lie nearest to being
    left out, and of those left out the `cheapest` ones. The fuse cuts branch and bound and the rounds short; the relaxation
    always runs to its end, since it is the bound.
    """

    gap: float = 0.005
    nodes: int = 50
    rounds: int = 2
    patience: int = 1_000_000
    loosened: int = 150
    cheapest: int = 550
    whole_below: int = 600
    fuse: Fuse = never


def search(
    program: IntegerProgram,
    neighbourhoods: Sequence[Ints],
    limits: Search,
    *,
    blocks: Sequence[Ints] = (),
    start: Floats | None = None,
    watch: Watch = silent,
) -> Outcome[Floats]:
    """Minimise a program whose columns fall into overlapping neighbourhoods, with the relaxation as the bound.

    The first answer is found `blocks` by block, which together hold every column; without blocks, in one piece.
    A program of at most `limits.whole_below` columns goes to branch and bound as it is. `start` is an answer to improve on.
    """
    program = tighten(program)
    relaxed = relax(program)
    if relaxed is None:  # no answer is not yet a proof that there is none
        return minimise(program, Effort(nodes=limits.nodes, fuse=limits.fuse), start)
    bound = relaxed.objective
    watch(0.2)
    if program.column_count <= limits.whole_below:
        whole = minimise(program, Effort(nodes=limits.nodes * 4, gap=limits.gap / 10, fuse=limits.fuse), start)
        bound = max(bound, whole.bound)
        best = whole.best
    else:
        everything = np.arange(program.column_count, dtype=np.int64)
        best = _first_answer(program, relaxed, blocks or (everything,), limits, start)
    if best is None:
        return Outcome(Status.UNDECIDED, None, math.inf, bound)
    watch(0.5)
    best = improve(program, best, neighbourhoods, limits, relaxed=relaxed, watch=watch)
    objective = objective_of(program, best)
    status = Status.OPTIMAL if objective - bound <= SAME * abs(objective) + 1e-9 else Status.FEASIBLE
    return Outcome(status, best, objective, min(bound, objective))


def _first_answer(
    program: IntegerProgram, relaxed: Relaxation, blocks: Sequence[Ints], limits: Search, start: Floats | None
) -> Floats | None:
    """Begin with the columns that the relaxation takes whole; branch over the doubtful ones of one block after another."""
    best = np.where(program.integral & _whole(relaxed), relaxed.values.round(), program.lower)
    enough = 0.5 * limits.gap * abs(relaxed.objective) / len(blocks)
    for block in blocks:
        free = _doubtful(program, best, block, relaxed, limits)
        if not len(free):
            continue
        effort = Effort(nodes=limits.nodes, gap_absolute=enough, fuse=limits.fuse)
        found = minimise(restrict(program, free, best), effort)
        if found.best is not None:
            best[free] = found.best
    answers = [answer for answer in (best, start) if answer is not None and math.isfinite(objective_of(program, answer))]
    return min(answers, key=lambda answer: objective_of(program, answer), default=None)


def _whole(relaxed: Relaxation) -> Bools:
    """Columns that the relaxation takes by whole units [column]."""
    values = relaxed.values
    return np.asarray((values > 0.5) & (np.abs(values - values.round()) < 1e-6))


def _doubtful(
    program: IntegerProgram,
    best: Floats,
    columns: Ints,
    relaxed: Relaxation,
    limits: Search,
    *,
    slack: float = math.inf,
) -> Ints:
    """Columns of a block over which it pays to branch: those in which answer and relaxation differ, and the nearest others.

    A column left out whose reduced cost exceeds `slack`, the whole gap, is in no better answer.
    """
    inside = np.zeros(program.column_count, dtype=np.bool_)
    inside[columns] = True
    taken = program.integral & (best > 0.5)
    agreed = np.flatnonzero(inside & taken & _whole(relaxed))
    loose = agreed[np.argsort(-relaxed.reduced_cost[agreed], kind="stable")[: limits.loosened]]
    firm = taken & ~inside
    firm[agreed] = True
    firm[loose] = False
    open_columns = inside & ~firm & ~_blocked_by(program, firm)
    keep = open_columns & ((relaxed.values > 1e-6) | (best > 1e-9) | ~program.integral)
    useful = keep | (open_columns & (relaxed.reduced_cost <= slack))
    return _cheapest(relaxed, useful, keep, int(keep.sum()) + limits.cheapest)


def _blocked_by(program: IntegerProgram, sure: Bools) -> Bools:
    """Columns that share a full one-of-many row with a sure column."""
    rows = program.rows
    row_of = rows.row_of_entry
    full = np.zeros(len(program.row_upper), dtype=np.bool_)
    full[row_of[sure[rows.columns]]] = True
    full[row_of[rows.values != 1.0]] = False
    full &= program.row_upper == 1.0
    blocked = np.zeros(program.column_count, dtype=np.bool_)
    blocked[rows.columns[full[row_of]]] = True
    return blocked & ~sure & program.integral


def _cheapest(relaxed: Relaxation, open_columns: Bools, keep: Bools, count: int) -> Ints:
    """Columns to free: those of `keep`, then the open ones of least reduced cost, in all about `count`."""
    extra = np.flatnonzero(open_columns & ~keep)
    room = max(0, count - int(keep.sum()))
    chosen = extra[np.argsort(relaxed.reduced_cost[extra], kind="stable")[:room]]
    return np.sort(np.concatenate((np.flatnonzero(keep), chosen))).astype(np.int64)


def improve(
    program: IntegerProgram,
    best: Floats,
    neighbourhoods: Sequence[Ints],
    limits: Search,
    *,
    relaxed: Relaxation,
    watch: Watch = silent,
) -> Floats:
    """Free the neighbourhood that loses most against the relaxation, keep what is better, and so on.

    Stops at the gap to the relaxation, when every neighbourhood has been tried as it stands, or when the rounds are used up.
    """
    objective, turns, idle = objective_of(program, best), limits.rounds * len(neighbourhoods), 0
    weights = _row_weights(program, neighbourhoods)
    tried: dict[int, bytes] = {}
    for turn in range(turns):
        if objective - relaxed.objective <= limits.gap * abs(objective) or limits.fuse() <= 0.0:
            break
        step = _next_step(program, best, neighbourhoods, (relaxed, weights, tried), limits)
        if step is None:
            break
        free, rest = step
        effort = Effort(
            nodes=limits.nodes, gap_absolute=0.3 * limits.gap * abs(objective) / len(neighbourhoods), fuse=limits.fuse
        )
        found = minimise(rest, effort, best[free])
        if found.best is not None and found.objective < objective:
            changed = best.copy()
            changed[free] = found.best
            if (value := objective_of(program, changed)) < objective:
                idle = -1 if objective - value > 0.01 * limits.gap * abs(objective) else idle
                best, objective = changed, value
        idle += 1
        if idle >= limits.patience:
            break
        watch(0.5 + 0.5 * (turn + 1) / turns)
    return best


_Memory = tuple[Relaxation, Floats, dict[int, bytes]]


def _next_step(
    program: IntegerProgram, best: Floats, neighbourhoods: Sequence[Ints], memory: _Memory, limits: Search
) -> tuple[Ints, IntegerProgram] | None:
    """Columns to free and the program over them, for the costliest neighbourhood not yet tried in its present state."""
    relaxed, weights, tried = memory
    by_column, by_row = _losses(program, best, relaxed)
    scores = weights @ by_row + np.array([by_column[columns].sum() for columns in neighbourhoods])
    slack = objective_of(program, best) - relaxed.objective
    for place in np.argsort(-scores, kind="stable").tolist():
        free = _doubtful(program, best, neighbourhoods[place], relaxed, limits, slack=slack)
        if not len(free):
            continue
        rest = restrict(program, free, best)
        mark = free.tobytes() + rest.row_upper.tobytes() + best[free].tobytes()
        if tried.get(place) != mark:
            tried[place] = mark
            return free, rest
    return None


def _losses(program: IntegerProgram, best: Floats, relaxed: Relaxation) -> tuple[Floats, Floats]:
    """By complementary slackness the gap to the relaxation falls into parts, one a column and one a row, none negative."""
    cost, dual = relaxed.reduced_cost, relaxed.row_dual
    side = np.where(cost > 0.0, program.lower, program.upper)
    by_column = np.maximum(0.0, cost * (best - side))
    activity = program.rows.times(best)
    priced = np.isfinite(program.row_price)
    short = np.where(priced, np.maximum(0.0, program.row_lower - activity), 0.0)
    limit = np.where(dual > 0.0, program.row_lower, program.row_upper)
    distance = np.where(dual == 0.0, 0.0, activity + short - np.where(np.isfinite(limit), limit, activity + short))
    price = np.where(priced, program.row_price, 0.0)
    by_row = np.maximum(0.0, dual * distance) + np.where(priced, np.maximum(0.0, price - dual) * short, 0.0)
    return by_column, by_row


def _row_weights(program: IntegerProgram, neighbourhoods: Sequence[Ints]) -> Floats:
    """Share of each row's columns that lie in each neighbourhood [neighbourhood, row]."""
    rows, row_of = program.rows, program.rows.row_of_entry
    size = np.maximum(1, np.diff(rows.starts))
    weights = np.zeros((len(neighbourhoods), len(size)))
    for place, columns in enumerate(neighbourhoods):
        inside = np.zeros(program.column_count, dtype=np.bool_)
        inside[columns] = True
        weights[place] = np.bincount(row_of[inside[rows.columns]], minlength=len(size)) / size
    return weights
