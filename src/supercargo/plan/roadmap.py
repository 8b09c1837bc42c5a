"""The roadmap: which technologies start in which month, worth most under a budget, what they need, and the team's hands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from supercargo.kernel import Fuse, Outcome, Status, never
from supercargo.model import TIMELINE_MONTHS, FrontierRow, SpendingRow, Technology
from supercargo.solve.integer import Effort, IntegerProgram, SparseRows, minimise

__all__ = ["RoadmapTerms", "choose_roadmap", "frontier", "phase_of", "spending", "worth_from", "worth_of_roadmap"]

Roadmap = Mapping[str, int]
"""Month in which each chosen technology starts."""

_UNIT = 1e6  # the program counts in millions of USD


@dataclass(frozen=True, slots=True)
class RoadmapTerms:
    """Budget of all introductions, how many may be under way in a month, and what money costs a year."""

    budget_usd: float
    at_once_count: int = 3
    discount_fraction: float = 0.08
    nodes: int = 5000
    fuse: Fuse = never


def phase_of(month: int) -> int:
    """Phase of the programme that a month lies in: to month 8, to month 18, to month 24.

    >>> [phase_of(month) for month in (8, 9, 18, 19)]
    [1, 2, 2, 3]
    """
    return 1 if month <= 8 else 2 if month <= 18 else 3


def worth_from(one: Technology, yearly_usd: float, start_month: int, terms: RoadmapTerms) -> float:
    """Net present value [USD], at the start of month 1, of a technology that starts in a month.

    Its cost falls evenly on its months, what it saves less what it runs on evenly on the months of its life after them; each
    at the middle of its month, months discounted by (1 + a year's discount) ** (months / 12).
    """
    ready = start_month - 1 + one.introduction_months
    life = round(12 * one.life_years)
    months = np.arange(start_month - 1, ready + life) + 0.5
    flows = np.full(len(months), (yearly_usd - one.running_usd) / 12.0)
    flows[: one.introduction_months] = -one.cost_usd / one.introduction_months
    return float(flows @ (1.0 + terms.discount_fraction) ** (-months / 12.0))


def worth_of_roadmap(
    technologies: Sequence[Technology], yearly_usd: Mapping[str, float], roadmap: Roadmap, terms: RoadmapTerms
) -> float:
    """Net present value of a roadmap [USD]: that of each technology in it, added up."""
    return sum(
        worth_from(one, yearly_usd[one.technology_id], roadmap[one.technology_id], terms)
        for one in technologies
        if one.technology_id in roadmap
    )


def choose_roadmap(
    technologies: Sequence[Technology], yearly_usd: Mapping[str, float], terms: RoadmapTerms
) -> Outcome[Roadmap]:
    """The roadmap of the largest net present value, as an integer program over technology and start month.

    Minimised: the net present value's negative [USD]. What a technology needs is ready before it starts; all are ready within
    the timeline. What they save adds up: the simulation of all together says how far that holds.
    """
    columns = [
        (at, month)
        for at, one in enumerate(technologies)
        for month in range(one.earliest_month, TIMELINE_MONTHS - one.introduction_months + 2)
    ]
    if not columns:
        return Outcome(Status.OPTIMAL, {}, 0.0, 0.0)
    program = _program(technologies, yearly_usd, columns, terms)
    outcome = minimise(program, Effort(nodes=terms.nodes, fuse=terms.fuse), np.zeros(len(columns)))
    if outcome.best is None:
        return Outcome(outcome.status, None, outcome.objective, outcome.bound * _UNIT)
    roadmap = {
        technologies[at].technology_id: month for (at, month), value in zip(columns, outcome.best, strict=True) if value > 0.5
    }
    objective = -worth_of_roadmap(technologies, yearly_usd, roadmap, terms)
    bound = min(outcome.bound * _UNIT, objective)
    return Outcome(outcome.status, roadmap, objective, bound)


def _program(
    technologies: Sequence[Technology],
    yearly_usd: Mapping[str, float],
    columns: Sequence[tuple[int, int]],
    terms: RoadmapTerms,
) -> IntegerProgram:
    cost = [-worth_from(technologies[at], yearly_usd[technologies[at].technology_id], month, terms) for at, month in columns]
    rows = [*_once(technologies, columns), *_money_and_hands(technologies, columns, terms), *_orders(technologies, columns)]
    entries = [(row, column, value) for row, (terms_of, _) in enumerate(rows) for column, value in sorted(terms_of.items())]
    count = len(columns)
    return IntegerProgram(
        cost=np.array(cost) / _UNIT,
        lower=np.zeros(count),
        upper=np.ones(count),
        integral=np.ones(count, dtype=np.bool_),
        rows=SparseRows.of_entries(
            np.array([row for row, _, _ in entries], dtype=np.int64),
            np.array([column for _, column, _ in entries], dtype=np.int64),
            np.array([value for _, _, value in entries], dtype=np.float64),
            len(rows),
        ),
        row_lower=np.full(len(rows), -np.inf),
        row_upper=np.array([upper for _, upper in rows]),
        row_price=np.full(len(rows), np.inf),
    )


Row = tuple[dict[int, float], float]  # factor of each column, upper limit


def _once(technologies: Sequence[Technology], columns: Sequence[tuple[int, int]]) -> Iterator[Row]:
    """Each technology starts at most once."""
    for at in range(len(technologies)):
        yield {column: 1.0 for column, (own, _) in enumerate(columns) if own == at}, 1.0


def _money_and_hands(
    technologies: Sequence[Technology], columns: Sequence[tuple[int, int]], terms: RoadmapTerms
) -> Iterator[Row]:
    """The budget, and in each month no more introductions under way than there are hands for."""
    yield {column: technologies[at].cost_usd / _UNIT for column, (at, _) in enumerate(columns)}, terms.budget_usd / _UNIT
    for month in range(1, TIMELINE_MONTHS + 1):
        yield (
            {
                column: 1.0
                for column, (at, start) in enumerate(columns)
                if start <= month < start + technologies[at].introduction_months
            },
            float(terms.at_once_count),
        )


def _orders(technologies: Sequence[Technology], columns: Sequence[tuple[int, int]]) -> Iterator[Row]:
    """By each month no technology has started unless what it needs was ready before."""
    named = {one.technology_id: at for at, one in enumerate(technologies)}
    for at, one in enumerate(technologies):
        for need in one.needs:
            first = named[need]
            months = technologies[first].introduction_months
            for month in range(one.earliest_month, TIMELINE_MONTHS + 1):
                row = {column: 1.0 for column, (own, start) in enumerate(columns) if own == at and start <= month}
                ready = {
                    column: -1.0 for column, (own, start) in enumerate(columns) if own == first and start + months <= month
                }
                if row:
                    yield row | ready, 0.0


def spending(technologies: Sequence[Technology], roadmap: Roadmap) -> tuple[SpendingRow, ...]:
    """Money and introductions under way in each month of the timeline."""
    chosen = [(one, roadmap[one.technology_id]) for one in technologies if one.technology_id in roadmap]
    rows = []
    for month in range(1, TIMELINE_MONTHS + 1):
        here = [one for one, start in chosen if start <= month < start + one.introduction_months]
        spent = sum(one.cost_usd / one.introduction_months for one in here)
        rows.append(SpendingRow(month=month, spent_usd=round(spent, 2), under_way_count=len(here)))
    return tuple(rows)


def frontier(
    technologies: Sequence[Technology], yearly_usd: Mapping[str, float], terms: RoadmapTerms, *, points: int = 9
) -> tuple[FrontierRow, ...]:
    """The best roadmap under each of several budgets, from none to what all technologies cost."""
    whole = sum(one.cost_usd for one in technologies)
    budgets = sorted({round(whole * at / (points - 1), 2) for at in range(points)} | {round(terms.budget_usd, 2)})
    rows = []
    for budget in budgets:
        outcome = choose_roadmap(technologies, yearly_usd, replace(terms, budget_usd=budget))
        chosen = outcome.best or {}
        rows.append(
            FrontierRow(
                budget_usd=budget,
                worth_usd=round(-outcome.objective, 2) + 0.0,
                bound_usd=round(-outcome.bound, 2) + 0.0,
                spent_usd=round(sum(one.cost_usd for one in technologies if one.technology_id in chosen), 2),
                technologies=tuple(sorted(chosen)),
            )
        )
    return tuple(rows)
