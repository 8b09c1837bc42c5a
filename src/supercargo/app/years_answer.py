"""Answer of `simulate` with years, as JSON."""

from __future__ import annotations

from typing import TypedDict

from supercargo.model import PairRow, YearRow

__all__ = ["YearsAnswer"]


class YearsAnswer(TypedDict):
    """Answer of `simulate` with years: each year of each planner, and how far the planners are apart."""

    folder: str
    report: str
    scenario: str
    missions: int
    years: int
    seeds: list[int]
    rows: list[YearRow]
    pairs: list[PairRow]
    assumptions: list[str]
