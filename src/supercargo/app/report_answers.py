"""The answer of `report`, as JSON: one object."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["CoveredAnswer", "DecisionAnswer", "ReportAnswer", "UnmadeAnswer"]


class CoveredAnswer(TypedDict):
    """A phrase of a deliverable's line, and the titles of the blocks that cover it; none: `missing` says what it needs."""

    phrase_id: str
    phrase: str
    blocks: list[str]
    missing: list[str]


class DecisionAnswer(TypedDict):
    """A decision that a document asks for."""

    document: str
    question: str
    owner: str
    due: str
    options: list[str]
    advice: str


class UnmadeAnswer(TypedDict):
    """A document that could not be made: it only says why."""

    document: str
    what: str
    where: str
    fix: str


class ReportAnswer(TypedDict):
    """Answer of `report`: documents made, what they cover, what they ask, files written, and those of others left."""

    documents: list[str]
    unmade: list[UnmadeAnswer]
    coverage: list[CoveredAnswer]
    uncovered: list[str]
    decisions: list[DecisionAnswer]
    out: str
    files: list[str]
    kept: list[str]
