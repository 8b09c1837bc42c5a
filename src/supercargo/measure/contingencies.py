"""What a contingency is worth: the loss that it avoids on the very courses of the year that were drawn without it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from supercargo.kernel import Fault, ScenarioError
from supercargo.measure.courses import Toll
from supercargo.measure.tails import Z_90
from supercargo.model import CHANGED_PARTS, Contingency, ContingencyValue, Known, change_faults, change_of

__all__ = ["NO_EFFECT", "Effect", "effect_of", "read_changes", "value_contingencies"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a contingency or technology changes: (chance, part) -> factor, place -> more days of stock, and factors on the
    cost of a loss, on accounts of the service, and on the time that a tail, a pad or processing needs."""

    factors: tuple[tuple[str, str, float], ...] = ()
    stock_d: tuple[tuple[str, float], ...] = ()  # place, or * for all
    loss_factor: float = 1.0
    accounts: tuple[tuple[str, float], ...] = ()
    turnarounds: tuple[tuple[str, float], ...] = ()  # one of TURNAROUNDS

    def scaled(self, share: float) -> Effect:
        """The same effect, so many times as strong: a factor of 0.8 becomes 0.9 at half; none falls below zero."""

        def of(factor: float) -> float:
            return max(0.0, 1.0 + share * (factor - 1.0))

        return Effect(
            factors=tuple((name, part, of(factor)) for name, part, factor in self.factors),
            stock_d=tuple((place, share * days) for place, days in self.stock_d),
            loss_factor=of(self.loss_factor),
            accounts=tuple((name, of(factor)) for name, factor in self.accounts),
            turnarounds=tuple((name, of(factor)) for name, factor in self.turnarounds),
        )

    def joined(self, other: Effect) -> Effect:
        """Both at once: factors on the same thing multiply, days of stock add up."""
        return Effect(
            factors=self.factors + other.factors,
            stock_d=self.stock_d + other.stock_d,
            loss_factor=self.loss_factor * other.loss_factor,
            accounts=self.accounts + other.accounts,
            turnarounds=self.turnarounds + other.turnarounds,
        )


NO_EFFECT = Effect()


def effect_of(one: Contingency, chances: Iterable[str], places: Iterable[str]) -> Effect:
    """A contingency's changes as numbers. Raises ScenarioError with every change that can't be read."""
    return read_changes(one.contingency_id, one.changes, Known(tuple(chances), tuple(places)), file="contingencies.csv")


def read_changes(name: str, changes: Collection[str], known: Known, *, file: str) -> Effect:
    """The changes of a row of a file as numbers. Raises ScenarioError with every change that can't be read."""
    found = sorted(Fault(file, 0, "changes", what, fix) for what, fix in change_faults(name, changes, known))
    if found:
        raise ScenarioError.of(found, where=file)
    read = [change_of(word) for word in changes]
    return Effect(
        factors=tuple((name, part, number) for name, part, number in read if part in CHANGED_PARTS),
        stock_d=tuple((place, number) for place, part, number in read if part == "stock"),
        loss_factor=math.prod(number for _, part, number in read if part == "loss_usd"),
        accounts=tuple((account, number) for account, part, number in read if part == "cost"),
        turnarounds=tuple((what, number) for what, part, number in read if part == "turnaround"),
    )


def value_contingencies(
    contingencies: Iterable[Contingency],
    before: Toll,
    after: Sequence[Toll],
) -> tuple[ContingencyValue, ...]:
    """Each contingency's value by common random numbers, the largest net value first.

    `after` are the same courses in the same order with each contingency in turn. The interval is of the mean of the
    differences, course by course: Student's for many courses, so the normal one. A value whose interval holds 0 is not told
    apart from none.
    """
    rows = [_valued(one, before, toll) for one, toll in zip(contingencies, after, strict=True)]
    rows.sort(key=lambda row: (-row.net_usd, row.contingency_id))
    return tuple(replace(row, rank=rank) for rank, row in enumerate(rows, 1))


def _valued(one: Contingency, before: Toll, after: Toll) -> ContingencyValue:
    if after.count != before.count:
        raise ValueError(f"{after.count} courses with {one.contingency_id}, {before.count} without it")
    avoided = before.loss_usd - after.loss_usd
    mean = float(avoided.mean())
    spread = float(avoided.std(ddof=1)) if before.count > 1 else 0.0
    half = Z_90 * spread / math.sqrt(before.count)
    net = mean - one.cost_usd
    sure = "worth it" if net - half > 0 else "not worth it" if net + half < 0 else "not told apart"
    return ContingencyValue(
        rank=1,
        contingency_id=one.contingency_id,
        title=one.title,
        cost_usd=one.cost_usd,
        avoided_usd=round(mean, 2),
        net_usd=round(net, 2),
        net_low_usd=round(net - half, 2),
        net_high_usd=round(net + half, 2),
        reserve_before=round(float(np.mean(before.below_reserve)), 6),
        reserve_after=round(float(np.mean(after.below_reserve)), 6),
        short_d_before=round(float(before.below_reserve_d.sum(axis=1).mean()), 4),
        short_d_after=round(float(after.below_reserve_d.sum(axis=1).mean()), 4),
        samples_count=before.count,
        verdict=sure,
        evidence=one.evidence,
    )
