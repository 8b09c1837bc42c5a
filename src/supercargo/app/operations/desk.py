"""A store that is open for operations."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.store.accounts import Accounts
from supercargo.track.event_store import EventStore, View

__all__ = ["Desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What use cases work on: the log, what is made from it, and who may come in."""

    log: EventStore
    views: View
    accounts: Accounts
