"""What weighs most: causes from the largest to the smallest, and the few that make up four fifths of all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["VITAL_FRACTION", "Pareto", "ParetoRow", "pareto_of"]

VITAL_FRACTION = 0.8
"""The vital few: the first causes whose sum reaches this share of all (Juran)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoRow:
    """A cause, what it weighs, its share and the share of all causes down to it [fraction]."""

    rank: int
    name: str
    amount: float
    share: float
    cumulative: float
    vital: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """Causes ranked by what they weigh, in `unit`; `missing` says why there are none."""

    name: str
    unit: str
    total: float
    rows: tuple[ParetoRow, ...]
    missing: str = ""

    @property
    def vital(self) -> tuple[ParetoRow, ...]:
        """The vital few."""
        return tuple(row for row in self.rows if row.vital)


def pareto_of(name: str, unit: str, amounts: Mapping[str, float], *, missing: str = "nothing is recorded") -> Pareto:
    """Rank causes; those that weigh nothing, and credits below zero, are left out of the ranking.

    >>> [row.name for row in pareto_of("faults", "count", {"seal": 7, "mass": 2, "label": 1}).vital]
    ['seal', 'mass']
    """
    kept = sorted(((key, amount) for key, amount in amounts.items() if amount > 0), key=lambda one: (-one[1], one[0]))
    total = math.fsum(amount for _, amount in kept)
    rows, before = [], 0.0
    for rank, (key, amount) in enumerate(kept, 1):
        after = before + amount
        rows.append(
            ParetoRow(
                rank=rank,
                name=key,
                amount=amount,
                share=amount / total,
                cumulative=after / total,
                vital=before < VITAL_FRACTION * total - 1e-9 * total,
            )
        )
        before = after
    return Pareto(name=name, unit=unit, total=total, rows=tuple(rows), missing="" if rows else missing)
