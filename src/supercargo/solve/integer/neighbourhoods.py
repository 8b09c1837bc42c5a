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

    The fuse cuts branch and bound and the rounds short; the relaxation always runs to its end, since it is the bound.
    """

    gap: float = 0.005
    nodes: int = 50
    rounds: int = 2
    columns: int = 1500
    whole_below: int = 1500
    fuse: Fuse = never


def search(
    program: IntegerProgram,
    neighbourhoods: Sequence[Ints],
    limits: Search,
    *,
    start: Floats | None = None,
    watch: Watch = silent,
) -> Outcome[Floats]:
    """Minimise a program whose columns fall into overlapping neighbourhoods, with the relaxation as the bound.

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
        best = _first_answer(program, relaxed, limits, start)
    if best is None:
        return Outcome(Status.UNDECIDED, None, math.inf, bound)
    watch(0.5)
    best = improve(program, best, neighbourhoods, limits, relaxed=relaxed, watch=watch)
    objective = objective_of(program, best)
    status = Status.OPTIMAL if objective - bound <= SAME * abs(objective) + 1e-9 else Status.FEASIBLE
    return Outcome(status, best, objective, min(bound, objective))


def _first_answer(program: IntegerProgram, relaxed: Relaxation, limits: Search, start: Floats | None) -> Floats | None:
    """Keep the columns that the relaxation sets to a whole value above zero; branch over cheap columns of the others."""
    whole = relaxed.values.round()
    sure = program.integral & (whole > 0.5) & (np.abs(relaxed.values - whole) < 1e-6)
    blocked = _blocked_by(program, sure)
    open_columns = ~sure & ~blocked
    free = _cheapest(relaxed, open_columns, open_columns & (relaxed.values > 1e-6), 2 * limits.columns)
    held = np.where(sure, whole, program.lower)
    effort = Effort(
        nodes=limits.nodes, gap_absolute=0.25 * limits.gap * abs(relaxed.objective), heuristic_share=0.1, fuse=limits.fuse
    )
    found = minimise(restrict(program, free, held), effort)
    answers = [] if start is None else [start]
    if found.best is not None:
        whole_answer = held.copy()
        whole_answer[free] = found.best
        answers.append(whole_answer)
    elif math.isfinite(objective_of(program, held)):
        answers.append(held)
    return min(answers, key=lambda answer: objective_of(program, answer), default=None)


def _blocked_by(program: IntegerProgram, sure: Bools) -> Bools:
    """Columns that share a full one-of-many row with a sure column."""
    rows = program.rows
    row_of = rows.row_of_entry
    unit = np.ones(len(program.row_upper), dtype=np.bool_)
    np.logical_and.at(unit, row_of, rows.values == 1.0)
    full = np.zeros(len(unit), dtype=np.bool_)
    full[row_of[sure[rows.columns]]] = True
    full &= unit & (program.row_upper == 1.0)
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
    objective, turns = objective_of(program, best), limits.rounds * len(neighbourhoods)
    weights = _row_weights(program, neighbourhoods)
    tried: dict[int, bytes] = {}
    for turn in range(turns):
        if objective - relaxed.objective <= limits.gap * abs(objective) or limits.fuse() <= 0.0:
            break
        step = _next_step(program, best, neighbourhoods, (relaxed, weights, tried), limits.columns)
        if step is None:
            break
        free, rest = step
        effort = Effort(
            nodes=limits.nodes, gap_absolute=0.1 * limits.gap * abs(objective) / len(neighbourhoods), fuse=limits.fuse
        )
        found = minimise(rest, effort, best[free])
        if found.best is not None and found.objective < objective:
            changed = best.copy()
            changed[free] = found.best
            if (value := objective_of(program, changed)) < objective:
                best, objective = changed, value
        watch(0.5 + 0.5 * (turn + 1) / turns)
    return best


_Memory = tuple[Relaxation, Floats, dict[int, bytes]]


def _next_step(
    program: IntegerProgram, best: Floats, neighbourhoods: Sequence[Ints], memory: _Memory, count: int
) -> tuple[Ints, IntegerProgram] | None:
    """Columns to free and the program over them, for the costliest neighbourhood not yet tried in its present state."""
    relaxed, weights, tried = memory
    by_column, by_row = _losses(program, best, relaxed)
    scores = weights @ by_row + np.array([by_column[columns].sum() for columns in neighbourhoods])
    slack = objective_of(program, best) - relaxed.objective
    for place in np.argsort(-scores, kind="stable").tolist():
        free = _free_columns(program, best, neighbourhoods[place], relaxed, (slack, count))
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


def _free_columns(program: IntegerProgram, best: Floats, columns: Ints, relaxed: Relaxation, room: tuple[float, int]) -> Ints:
    """Columns of a neighbourhood that could take part in a better answer, at most about `count` of them."""
    slack, count = room
    inside = np.zeros(program.column_count, dtype=np.bool_)
    inside[columns] = True
    # A column at zero whose reduced cost exceeds the whole gap is in no better answer.
    taken = _blocked_by(program, ~inside & (best > 0.5) & program.integral)
    useful = inside & (relaxed.reduced_cost <= slack) & ~taken
    keep = inside & ((best > 1e-9) | (~program.integral & ~taken))
    return _cheapest(relaxed, useful | keep, keep, count)
