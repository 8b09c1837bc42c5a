"""The answer of `risk`, as JSON: one object."""

from __future__ import annotations

from typing import Any, TypedDict

from supercargo.measure.insured import Portfolio
from supercargo.model import ContingencyValue, CoverRow, RiskRow
from supercargo.track.envelope import Receipt

__all__ = ["RiskAnswer"]


class RiskAnswer(TypedDict):
    """Answer of `risk`: the register with figures, contingencies, covers, and what operations have on record."""

    of: str
    as_of_utc: str
    seed: int | None
    samples_count: int
    remarks: list[str]
    risks: list[RiskRow]
    contingencies: list[ContingencyValue]
    covers: list[CoverRow]
    portfolio: Portfolio | None
    register: list[dict[str, Any]]
    policies: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    receipts: list[Receipt]
    files: list[str]
