"""A review of strategy: the roadmap of technologies, partners, the market, and what each answer rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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

__all__ = ["PARTS", "RoadmapTold", "StrategyReview"]

PARTS = ("roadmap", "partners", "market")
"""What a review of strategy can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapTold:
    """The roadmap chosen: its terms, how sure it is the best, and what its technologies bring together [USD].

    `apart_usd` adds up what each saves a year alone; `together_usd` is what all save at once on the same courses, with the
    90 % interval of that mean.
    """

    budget_usd: float
    at_once_count: int
    discount_fraction: float
    status: str
    worth_usd: float
    bound_usd: float
    spent_usd: float
    apart_usd: float
    together_usd: float
    together_low_usd: float
    together_high_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyReview:
    """What is known of strategy, by part; parts that were not asked for are empty. Money of the price year."""

    of: str
    as_of_utc: datetime
    price_year: int
    seed: int
    samples_count: int
    demands_count: int
    remarks: tuple[str, ...]
    roadmap: RoadmapTold | None = None
    technologies: tuple[RoadmapRow, ...] = ()
    spending: tuple[SpendingRow, ...] = ()
    frontier: tuple[FrontierRow, ...] = ()
    partners: tuple[PartnerRow, ...] = ()
    concentrations: tuple[ConcentrationRow, ...] = ()
    candidates: tuple[CandidateRow, ...] = ()
    collaborations: tuple[CollaborationRow, ...] = ()
    segments: tuple[SegmentRow, ...] = ()
    rivals: tuple[RivalRow, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    price_points: tuple[PricePoint, ...] = ()
    options: tuple[OptionRow, ...] = ()
    tornado: tuple[TornadoRow, ...] = ()
