"""What was learned and what was changed by it, as events of the lesson's stream."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.track.bodies import Kinds

__all__ = ["LESSON_KINDS", "LessonClosed", "LessonDropped", "LessonOpened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOpened:
    """Something is to be learned; `about` is what it comes from, such as ncr/CASE, mission/NAME or a KPI."""

    text: str
    about: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonClosed:
    """A rule or parameter, FILE/ROW/COLUMN of the scenario, was changed, and the released plan of the digest carries it."""

    change: str
    old: str
    new: str
    digest: str
    scenario_digest: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDropped:
    """Nothing is changed, for a reason; a dropped lesson is not a learned one."""

    reason: str


LESSON_KINDS = Kinds((LessonOpened, LessonClosed, LessonDropped))
"""Every kind of event of a lesson's stream."""
