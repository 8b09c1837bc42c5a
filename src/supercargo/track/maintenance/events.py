"""What can have happened to a work order, and the use of what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.track.bodies import Kinds

__all__ = [
    "ASSET_KINDS",
    "WORK_KINDS",
    "Limit",
    "UseRecorded",
    "WorkCancelled",
    "WorkDeferred",
    "WorkDone",
    "WorkIssued",
    "WorkSigned",
    "WorkStarted",
]

ASSET_KINDS = ("tail", "pad", "facility")
"""What is kept in order: spacecraft by their tails, pads as SITE/PAD, processing facilities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """When work is due: at so many hours or cycles of the asset's life, or at an instant; the first that comes counts."""

    hours: float | None = None
    cycles: int | None = None
    due_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkIssued:
    """Work is to be done on an asset."""

    order: str
    asset_kind: str
    asset: str
    task: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStarted:
    """Work begins; from here to its end the asset is in maintenance."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSigned:
    """A person signs that the work is good."""

    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """The work is over; the asset is fit again."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDeferred:
    """A named person lets the asset be used up to a new limit."""

    limit: Limit
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCancelled:
    """The work is not to be done after all."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRecorded:
    """Hours and cycles that an asset was used for, beside its flights; each lift-off counts one cycle by itself."""

    asset_kind: str
    asset: str
    hours: float
    cycles: int


WORK_KINDS = Kinds((WorkIssued, WorkStarted, WorkSigned, WorkDone, WorkDeferred, WorkCancelled, UseRecorded))
"""Every kind of event of a work order's stream, and of an asset's."""
