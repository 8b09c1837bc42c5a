"""What a contingency is worth: the loss that it avoids on the very courses of the year that were drawn without it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from supercargo.kernel import Fault, ScenarioError
from supercargo.measure.courses import Toll
from supercargo.measure.tails import Z_90
from supercargo.model import CHANGE_FORMS, Contingency, ContingencyValue

__all__ = ["NO_EFFECT", "Effect", "effect_of", "value_contingencies"]

_PARTS = ("size", "probability")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a contingency changes: (chance, part) -> factor, place -> more days of stock, factor on the cost of a loss."""

    factors: tuple[tuple[str, str, float], ...] = ()
    stock_d: tuple[tuple[str, float], ...] = ()  # place, or * for all
    loss_factor: float = 1.0


NO_EFFECT = Effect()


def effect_of(one: Contingency, chances: Iterable[str], places: Iterable[str]) -> Effect:
    """A contingency's changes as numbers. Raises ScenarioError with every change that can't be read."""
    known, there = tuple(chances), tuple(places)
    faults = sorted(fault for word in one.changes for fault in _faults(one, word, known, there))
    if not one.changes:
        what = f"{one.contingency_id} changes nothing"
        faults = [Fault("contingencies.csv", 0, "changes", what, f"write one of: {', '.join(CHANGE_FORMS)}")]
    if faults:
        raise ScenarioError.of(faults, where="contingencies.csv")
    read = [_read(word) for word in one.changes]
    return Effect(
        factors=tuple((name, part, number) for name, part, number in read if part in _PARTS),
        stock_d=tuple((place, number) for place, part, number in read if part == "stock"),
        loss_factor=math.prod(number for _, part, number in read if part == "loss_usd"),
    )


def _read(word: str) -> tuple[str, str, float]:
    """(chance or place, part, number); the part is empty where the word is out of form."""
    head, star, factor = word.strip().partition("*")
    if word.strip().startswith("stock/"):
        place, _, days = word.strip().removeprefix("stock/").rpartition("+")
        return place, "stock" if place else "", _number(days)
    if head == "loss_usd":
        return "", "loss_usd" if star else "", _number(factor)
    name, _, part = head.rpartition(".")
    return name, part if part in _PARTS and star else "", _number(factor)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def _faults(one: Contingency, word: str, chances: tuple[str, ...], places: tuple[str, ...]) -> Iterator[Fault]:
    def fault(what: str, fix: str) -> Fault:
        return Fault("contingencies.csv", 0, "changes", f"{one.contingency_id}: {what}", fix)

    name, part, number = _read(word)
    if not part:
        yield fault(f"{word[:40]!r} is no change", f"write one of: {', '.join(CHANGE_FORMS)}")
        return
    if not (math.isfinite(number) and 0 <= number <= 1000):
        yield fault(f"{word[:40]!r} has no number from 0 to 1000", "write a factor, or days of stock")
    if part in _PARTS and name not in chances:
        yield fault(f"there is no chance {name!r}", f"use one of: {', '.join(chances)}")
    if part == "stock" and name != "*" and name not in places:
        yield fault(f"there is no place {name!r}", f"use one of: {', '.join(places)}, or *")


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
