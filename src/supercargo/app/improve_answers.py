"""Answers of `improve` and `lesson`, as JSON: one object each."""

from __future__ import annotations

from typing import TypedDict

from supercargo.measure.before_after import BeforeAfter
from supercargo.measure.control_charts import ControlChart
from supercargo.measure.improvement import LessonTold, Opportunity
from supercargo.measure.pareto import Pareto
from supercargo.measure.programme import Programme
from supercargo.measure.progress import Progress
from supercargo.track.envelope import Receipt

__all__ = ["ImproveAnswer", "LessonAnswer"]


class ImproveAnswer(TypedDict):
    """Answer of `improve`: what costs and fails most, control charts, comparisons, lessons, the cost programme measured."""

    of: str
    basis: str
    as_of_utc: str
    opportunities: list[Opportunity]
    costs: list[Pareto]
    failures: list[Pareto]
    charts: list[ControlChart]
    since_utc: str
    compared: list[BeforeAfter]
    lessons: list[LessonTold]
    target_usd: float
    together_percent: float
    gap_usd: float
    programme: Programme
    progress: Progress
    files: list[str]


class LessonAnswer(TypedDict):
    """Answer of `lesson`: the change on which it was closed, and the receipts of the log."""

    store: str
    lesson: str
    change: str
    receipts: list[Receipt]
