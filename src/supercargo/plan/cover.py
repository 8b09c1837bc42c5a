"""Retain or buy: the covers that make a year's premiums, retained losses and capital cheapest together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supercargo.kernel import Fuse, Outcome, Status, never
from supercargo.solve.integer import Effort, IntegerProgram, SparseRows, minimise, relax

__all__ = ["Appetite", "Choice", "choose_cover", "cost_of_choice"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Appetite:
    """How a bad year is priced: a USD of capital costs `capital_fraction` a year, held for the tail mean beyond `level`.

    `nodes` and `gap` bound the search of the proof; the answer carries its bound.
    """

    level: float = 0.99
    capital_fraction: float = 0.1
    nodes: int = 200
    gap: float = 1e-4


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be lost at once, its value, and the covers that can be bought for it: (premium, recovery) [USD]."""

    value_usd: float
    options: tuple[tuple[float, float], ...]


def cost_of_choice(choices: Sequence[Choice], chosen: Sequence[int], lost: Bools, appetite: Appetite) -> float:
    """Premiums + mean retained loss + price of capital x (tail mean - mean) over the courses drawn [USD].

    `lost`: [course, choice]; `chosen`: an option of each choice, -1 for none.
    """
    kept, premium = _kept(choices, chosen)
    return premium + _priced(lost @ kept, appetite)


def _kept(choices: Sequence[Choice], chosen: Sequence[int]) -> tuple[Floats, float]:
    kept = [one.value_usd - (one.options[n][1] if n >= 0 else 0.0) for one, n in zip(choices, chosen, strict=True)]
    premium = sum(one.options[n][0] for one, n in zip(choices, chosen, strict=True) if n >= 0)
    return np.array(kept, dtype=np.float64), float(premium)


def _priced(retained: Floats, appetite: Appetite) -> float:
    mean, k = float(retained.mean()), appetite.capital_fraction
    return (1.0 - k) * mean + k * _tail_mean(retained, appetite.level)


def _tail_mean(retained: Floats, level: float) -> float:
    """Mean of the worst share 1 - level, the sample at its edge by its part."""
    share = (1.0 - level) * len(retained)
    whole = int(share)
    worst = np.sort(retained)[::-1][: whole + 1]
    edge = (share - whole) * worst[whole] if whole < len(worst) else 0.0
    return float((worst[:whole].sum() + edge) / share)


def choose_cover(
    choices: Sequence[Choice], lost: Bools, appetite: Appetite, *, fuse: Fuse = never
) -> Outcome[tuple[int, ...]]:
    """An option of each choice, -1 for none, that costs least by `cost_of_choice`, with a proven bound.

    The tail mean is a linear program's optimum (Rockafellar and Uryasev, J. Risk 2 (2000), theorem 1), so that the whole is a
    mixed integer program over the courses of the year; courses with the same losses are one row.
    """
    if not choices or not len(lost):
        return Outcome(Status.OPTIMAL, (-1,) * len(choices), 0.0, 0.0)
    start = _descended(choices, lost, appetite)
    best = cost_of_choice(choices, start, lost, appetite)
    program, columns = _program(choices, lost, appetite)
    begun = _as_columns(choices, start, lost, appetite.level)
    outcome = minimise(program, Effort(nodes=appetite.nodes, gap=appetite.gap, fuse=fuse), begun)
    chosen = _chosen(choices, columns, outcome.best) if outcome.best is not None else start
    found = cost_of_choice(choices, chosen, lost, appetite)
    if found > best:
        chosen, found = start, best
    bound = outcome.bound * _UNIT
    if not np.isfinite(bound):
        relaxed = relax(program)
        bound = relaxed.objective * _UNIT if relaxed is not None else -np.inf
    bound = min(bound, found)
    proven = found - bound <= 1e-6 * abs(found) + 0.01
    return Outcome(Status.OPTIMAL if proven else Status.FEASIBLE, chosen, found, bound)


_UNIT = 1e6  # the program counts in millions of USD


def _descended(choices: Sequence[Choice], lost: Bools, appetite: Appetite) -> tuple[int, ...]:
    """From nothing bought, the one change that saves most, again and again until none saves."""
    chosen = [-1] * len(choices)
    kept, premium = _kept(choices, chosen)
    retained = lost @ kept
    cost = premium + _priced(retained, appetite)
    while True:
        best: tuple[float, int, int] | None = None
        for place, one in enumerate(choices):
            for n in range(-1, len(one.options)):
                if n != chosen[place]:
                    paid, left = _moved(one, chosen[place], n)
                    tried = premium + paid + _priced(retained + lost[:, place] * left, appetite)
                    if tried < (best[0] if best else cost) - 1e-9:
                        best = (tried, place, n)
        if best is None:
            return tuple(chosen)
        cost, place, n = best
        paid, left = _moved(choices[place], chosen[place], n)
        premium, retained = premium + paid, retained + lost[:, place] * left
        chosen[place] = n


def _moved(one: Choice, before: int, after: int) -> tuple[float, float]:
    """What a change of option adds to the premium, and to what is retained of a loss."""
    old, new = (one.options[n] if n >= 0 else (0.0, 0.0) for n in (before, after))
    return new[0] - old[0], old[1] - new[1]


def _sets(lost: Bools) -> tuple[Bools, Floats]:
    """The sets of losses that came about, without the empty one, and the share of courses of each."""
    found, counts = np.unique(lost[lost.any(axis=1)], axis=0, return_counts=True)
    return found, counts / len(lost)


def _program(choices: Sequence[Choice], lost: Bools, appetite: Appetite) -> tuple[IntegerProgram, list[tuple[int, int]]]:
    """Columns: an option bought each, the edge of the tail, what each set of losses costs beyond it."""
    columns = [(place, n) for place, one in enumerate(choices) for n in range(len(one.options))]
    sets, shares = _sets(lost)
    chance, k = lost.mean(axis=0), appetite.capital_fraction
    values = np.array([one.value_usd for one in choices]) / _UNIT
    options = np.array([choices[place].options[n] for place, n in columns]).reshape(-1, 2) / _UNIT
    places = np.array([place for place, _ in columns], dtype=np.int64)
    bought, count = len(columns), len(sets)
    edge = bought
    cost = np.concatenate(
        (options[:, 0] - (1.0 - k) * chance[places] * options[:, 1], [k], k * shares / (1.0 - appetite.level))
    )
    set_rows, set_columns = np.nonzero(sets[:, places]) if bought else (np.zeros(0, int), np.zeros(0, int))
    each = np.arange(count)
    rows = np.concatenate((set_rows, each, each, count + places))
    entries = np.concatenate((set_columns, np.full(count, edge), edge + 1 + each, np.arange(bought)))
    factors = np.concatenate((options[set_columns, 1], np.ones(2 * count), np.ones(bought)))
    one_each = len(choices)
    total = bought + 1 + count
    program = IntegerProgram(
        cost=cost,
        lower=np.zeros(total),
        upper=np.concatenate((np.ones(bought), np.full(1 + count, np.inf))),
        integral=np.arange(total) < bought,
        rows=SparseRows.of_entries(rows, entries, factors, count + one_each),
        row_lower=np.concatenate((sets @ values, np.zeros(one_each))),
        row_upper=np.concatenate((np.full(count, np.inf), np.ones(one_each))),
        row_price=np.full(count + one_each, np.inf),
        offset=float((1.0 - k) * chance @ values),
    )
    return program, columns


def _as_columns(choices: Sequence[Choice], chosen: Sequence[int], lost: Bools, level: float) -> Floats:
    """A choice as values of the program's columns; the edge of the tail is its quantile."""
    sets, _ = _sets(lost)
    kept, _ = _kept(choices, chosen)
    retained = lost @ kept
    edge = float(np.sort(retained)[min(int(level * len(retained)), len(retained) - 1)])
    taken = [float(n == chosen[place]) for place, one in enumerate(choices) for n in range(len(one.options))]
    beyond = np.maximum(0.0, sets @ kept - edge)
    return np.concatenate((taken, [edge / _UNIT], beyond / _UNIT))


def _chosen(choices: Sequence[Choice], columns: Sequence[tuple[int, int]], values: Floats) -> tuple[int, ...]:
    found = [-1] * len(choices)
    for (place, n), value in zip(columns, values, strict=False):
        if value > 0.5:
            found[place] = n
    return tuple(found)
