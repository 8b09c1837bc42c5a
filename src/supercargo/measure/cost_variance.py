"""Actual less planned cost, parted by cause: how much was done, of what, how thriftily and at which price.

Each line passes through checkpoints in whole cents, and a variance is the step from one to the next, so that they add up
to actual less plan whatever the numbers are:

    plan         SP x BQ                          static budget
    -> volume    SP x BQ x (sum AO / sum BO)      what all lines of the account would cost in the planned mix
    -> mix       SP x SQ, SQ = BQ x AO / BO       flexible budget: standard units for what was done
    -> usage     SP x AQ                          (AQ - SQ) x SP
    -> price     AC                               (AP - SP) x AQ

BQ, SQ, AQ: budgeted, standard and actual units; SP, AP: standard and actual price; BO, AO: planned and actual output.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CAUSES", "Measured", "Variance", "grouped", "variances"]

CAUSES = ("volume", "mix", "usage", "price", "unplanned")
"""What actual cost departs from plan by; `unplanned` is what no standard foresees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One account of one flight: what it was to cost for which units and output, and what was done and billed.

    `actual_units` is None where nobody told how much was billed: then it counts as the standard, and all else is price.
    """

    mission_id: str
    destination: str
    account: str
    scor_process: str
    budget_cents: int
    budget_units: float
    planned_output: float
    actual_output: float
    actual_units: float | None
    actual_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """Cents by cause; positive is dearer than planned. `name` is the account of a line, or what lines are grouped by."""

    name: str
    mission_id: str
    destination: str
    account: str
    scor_process: str
    plan: int
    volume: int
    mix: int
    usage: int
    price: int
    unplanned: int
    actual: int

    @property
    def total(self) -> int:
        """Actual less plan [cents]."""
        return self.volume + self.mix + self.usage + self.price + self.unplanned


def variances(lines: Sequence[Measured]) -> tuple[Variance, ...]:
    """The variances of each line, in the order given; mix is that of the lines of one account among themselves.

    For every line volume + mix + usage + price + unplanned = actual - plan to the cent (C. T. Horngren, "Cost Accounting",
    chapters 7 and 14: price, efficiency, mix and quantity; from memory).
    """
    planned: dict[str, Fraction] = defaultdict(Fraction)
    done: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        if _has_standard(line):
            planned[line.account] += Fraction(line.planned_output)
            done[line.account] += Fraction(line.actual_output)
    share = {account: done[account] / whole if whole else Fraction(1) for account, whole in planned.items()}
    return tuple(_of_line(line, share.get(line.account, Fraction(1))) for line in lines)


def _has_standard(line: Measured) -> bool:
    return line.budget_cents != 0 and line.budget_units > 0 and line.planned_output > 0


def _of_line(line: Measured, share: Fraction) -> Variance:
    plan, actual = line.budget_cents, line.actual_cents
    if not _has_standard(line):
        return _variance(line, (plan, plan, plan, plan, plan), unplanned=actual - plan)
    in_mix = round(plan * share)
    allowed = plan * Fraction(line.actual_output) / Fraction(line.planned_output)
    flexible = round(allowed)
    used = flexible if line.actual_units is None else round(plan * Fraction(line.actual_units) / Fraction(line.budget_units))
    return _variance(line, (plan, in_mix, flexible, used, actual))


def _variance(line: Measured, points: tuple[int, int, int, int, int], unplanned: int = 0) -> Variance:
    plan, in_mix, flexible, used, paid = points
    return Variance(
        name=line.account,
        mission_id=line.mission_id,
        destination=line.destination,
        account=line.account,
        scor_process=line.scor_process,
        plan=plan,
        volume=in_mix - plan,
        mix=flexible - in_mix,
        usage=used - flexible,
        price=paid - used,
        unplanned=unplanned,
        actual=line.actual_cents,
    )


def grouped(rows: Iterable[Variance], name_of: Callable[[Variance], str]) -> tuple[Variance, ...]:
    """Variances added up by a name, the largest departure first."""
    groups: dict[str, list[Variance]] = defaultdict(list)
    for row in rows:
        groups[name_of(row)].append(row)
    made = [_sum(name, found) for name, found in groups.items()]
    return tuple(sorted(made, key=lambda one: (-abs(one.total), one.name)))


def _sum(name: str, rows: Sequence[Variance]) -> Variance:
    def alike(field: str) -> str:
        words = {str(getattr(row, field)) for row in rows}
        return words.pop() if len(words) == 1 else ""

    return Variance(
        name=name,
        mission_id=alike("mission_id"),
        destination=alike("destination"),
        account=alike("account"),
        scor_process=alike("scor_process"),
        plan=sum(row.plan for row in rows),
        volume=sum(row.volume for row in rows),
        mix=sum(row.mix for row in rows),
        usage=sum(row.usage for row in rows),
        price=sum(row.price for row in rows),
        unplanned=sum(row.unplanned for row in rows),
        actual=sum(row.actual for row in rows),
    )
