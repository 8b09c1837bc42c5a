"""A review of risks: the register with figures, contingencies by value, covers, and what operations have on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.measure.insured import Portfolio
from supercargo.model import RISK_CLASSES, ContingencyValue, CoverRow, RiskRow

__all__ = ["IMPACT_BANDS_USD", "PROBABILITY_BANDS", "SEVERITIES", "RiskReview", "band_of", "severity_of"]

PROBABILITY_BANDS = (0.01, 0.05, 0.2, 0.5)
"""Upper ends of all bands of probability but the last, in the horizon: rare, unlikely, possible, likely, near sure."""

IMPACT_BANDS_USD = (1e6, 1e7, 5e7, 2e8)
"""Upper ends of all bands of impact but the last [USD]: slight, moderate, serious, major, extreme."""

SEVERITIES = ("low", "medium", "high", "extreme")
"""By the sum of both bands, each counted from 0: up to 2, 3 and 4, 5 and 6, 7 and 8."""


def band_of(value: float, ends: tuple[float, ...]) -> int:
    """The band in which a value lies, counted from 0; an end belongs to the band beneath it.

    >>> band_of(0.05, PROBABILITY_BANDS), band_of(0.051, PROBABILITY_BANDS)
    (1, 2)
    """
    return sum(value > end for end in ends)


def severity_of(row: RiskRow) -> str:
    """How grave a risk is by the bands of its probability and impact."""
    total = band_of(row.probability, PROBABILITY_BANDS) + band_of(row.impact_usd, IMPACT_BANDS_USD)
    return SEVERITIES[0 if total <= 2 else 1 if total <= 4 else 2 if total <= 6 else 3]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReview:
    """What is known of risk, of a plan, of operations or of both; money of a price year."""

    of: str
    as_of_utc: datetime
    price_year: int | None
    seed: int | None
    samples_count: int
    remarks: tuple[str, ...]
    risks: tuple[RiskRow, ...] = ()
    contingencies: tuple[ContingencyValue, ...] = ()
    covers: tuple[CoverRow, ...] = ()
    portfolio: Portfolio | None = None
    premium_planned_usd: float | None = None  # what costs.csv of the plan carries for insurance
    register: tuple[Mapping[str, Any], ...] = ()  # rows of the log's register
    policies: tuple[Mapping[str, Any], ...] = ()
    claims: tuple[Mapping[str, Any], ...] = ()

    def of_class(self, risk_class: str) -> tuple[RiskRow, ...]:
        """Risks of one of the eight classes, the dearest first."""
        return tuple(row for row in self.risks if row.risk_class == risk_class)

    @property
    def classes(self) -> tuple[tuple[str, int, float, float], ...]:
        """Each class with its risks, their expected loss and what is left of it with the mitigations in place [USD]."""
        return tuple(
            (
                name,
                len(own := self.of_class(name)),
                round(sum(row.expected_usd for row in own), 2),
                round(sum(row.residual_expected_usd for row in own), 2),
            )
            for name in RISK_CLASSES
        )
