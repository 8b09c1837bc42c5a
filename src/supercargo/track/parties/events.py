"""What customers say of the service, and what others recognise it for, as events of the party's stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.bodies import Kinds

__all__ = [
    "PARTY_KINDS",
    "ComplaintAnswered",
    "ComplaintClosed",
    "ComplaintOpened",
    "RecognitionGiven",
    "SurveyAnswered",
    "SurveyAsked",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintOpened:
    """A customer complains; `about` is a mission or a line, empty where it is the service as a whole."""

    complaint: str
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintAnswered:
    """The customer is told what is done about it."""

    complaint: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintClosed:
    """Another person than the one who took the complaint sees that it is settled."""

    complaint: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked:
    """A customer is asked how content it is, on a scale from 0 to `most`, with a mission, a line or the whole service."""

    survey: str
    about: str
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered:
    """The customer's answer on the scale of the question, and its words."""

    survey: str
    score: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionGiven:
    """The party gives the service an award, a certificate or a citation, on evidence."""

    title: str
    given_utc: datetime
    evidence: str


PARTY_KINDS = Kinds((ComplaintOpened, ComplaintAnswered, ComplaintClosed, SurveyAsked, SurveyAnswered, RecognitionGiven))
"""Kinds of event of a party's stream that are told here; its status as a partner is told by compliance."""
