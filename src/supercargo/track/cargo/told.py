"""What people are told of cargo: where a thing is, what happened to it, what a document brought."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.track.cargo.asking import Concern, Custody, Expected, Happening, Held, Whereabouts
from supercargo.track.envelope import Receipt

__all__ = ["Imported", "ThingHistory", "ThingSeen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a document brought: its steps, the events stored, those known before, and non-conformances opened by them."""

    steps_count: int
    stored_count: int
    repeated_count: int
    non_conformances: tuple[str, ...]
    dry_run: bool
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingSeen:
    """Where a thing is or was, what its stage means, what is in it, and what the plan expects next of it."""

    found: Whereabouts
    meaning: str
    contents: tuple[Held, ...] = ()
    expected: Expected | None = None
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHistory:
    """All that happened to a thing, and who held it."""

    thing: str
    happenings: tuple[Happening, ...]
    custody: tuple[Custody, ...]
    concerns: tuple[Concern, ...] = ()
