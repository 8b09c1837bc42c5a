"""How much hangs on few: the Herfindahl-Hirschman index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BANDS", "Concentration", "band_of_index", "concentration_of", "herfindahl"]

BANDS: tuple[tuple[float, str], ...] = (
    (1000.0, "not concentrated"),
    (1800.0, "moderately concentrated"),
    (math.inf, "highly concentrated"),
)
"""Upper ends of its bands: U.S. Department of Justice and Federal Trade Commission, Merger Guidelines, 2023, 2.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """Shares of one kind of partner in one measure, condensed; `evenly_count` as many of equal size have the same index."""

    role: str
    measure: str
    partners_count: int
    index: float
    band: str
    evenly_count: float
    largest: str
    largest_percent: float
    index_without_largest: float | None


def herfindahl(amounts: Mapping[str, float]) -> float:
    """Sum of the squared shares in percent: 10,000 for one alone, 0 for nothing at all; amounts below zero count as none.

    >>> herfindahl({"a": 30, "b": 30, "c": 20, "d": 20})
    2600.0
    """
    whole = math.fsum(max(0.0, one) for one in amounts.values())
    if whole <= 0:
        return 0.0
    return math.fsum((100.0 * max(0.0, one) / whole) ** 2 for one in amounts.values())


def band_of_index(index: float) -> str:
    """Words for an index by the published bands.

    >>> band_of_index(999), band_of_index(1800), band_of_index(1801)
    ('not concentrated', 'moderately concentrated', 'highly concentrated')
    """
    return next(word for end, word in BANDS if index <= end and not (end == 1000.0 and index == end))


def concentration_of(role: str, measure: str, amounts: Mapping[str, float]) -> Concentration | None:
    """The index of amounts by partner; None where there is nothing to share."""
    held = {name: amount for name, amount in amounts.items() if amount > 0}
    if not held:
        return None
    index, whole = herfindahl(held), math.fsum(held.values())
    largest = max(sorted(held), key=lambda name: held[name])
    rest = {name: amount for name, amount in held.items() if name != largest}
    return Concentration(
        role=role,
        measure=measure,
        partners_count=len(held),
        index=round(index, 1),
        band=band_of_index(index),
        evenly_count=round(10_000.0 / index, 2),
        largest=largest,
        largest_percent=round(100.0 * held[largest] / whole, 2),
        index_without_largest=round(herfindahl(rest), 1) if rest else None,
    )
