"""Answers to events in figures, as `replan --json` states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from supercargo.model import Departure

__all__ = ["AnswerFigures", "TriedWay"]


class AnswerFigures(TypedDict):
    """An answer in figures: its price part by part, and what each stage found and proved [USD]."""

    price_usd: float
    departure: Departure
    hard_count: int
    moved_count: int
    schedule_usd: float | None
    schedule_bound_usd: float | None
    manifest_usd: float | None
    manifest_bound_usd: float | None


@dataclass(frozen=True, slots=True)
class TriedWay:
    """A kind of answer that is not among the options, and why."""

    way: str
    title: str
    why: str
