"""The answer of `strategy`, as JSON: one object."""

from __future__ import annotations

from typing import TypedDict

from supercargo.measure.strategy_review import RoadmapTold
from supercargo.model import (
    CandidateRow,
    CollaborationRow,
    ConcentrationRow,
    FrontierRow,
    OptionRow,
    PartnerRow,
    PricePoint,
    PriceRow,
    RivalRow,
    RoadmapRow,
    SegmentRow,
    SpendingRow,
    TornadoRow,
)

__all__ = ["StrategyAnswer"]


class StrategyAnswer(TypedDict):
    """Answer of `strategy`: the roadmap, partners and the market; parts that were not asked for are empty."""

    of: str
    as_of_utc: str
    price_year: int
    seed: int
    samples_count: int
    demands_count: int
    remarks: list[str]
    roadmap: RoadmapTold | None
    technologies: list[RoadmapRow]
    spending: list[SpendingRow]
    frontier: list[FrontierRow]
    partners: list[PartnerRow]
    concentrations: list[ConcentrationRow]
    candidates: list[CandidateRow]
    collaborations: list[CollaborationRow]
    segments: list[SegmentRow]
    rivals: list[RivalRow]
    prices: list[PriceRow]
    price_points: list[PricePoint]
    options: list[OptionRow]
    tornado: list[TornadoRow]
    files: list[str]
