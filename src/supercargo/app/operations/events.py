"""The log as people see it: each only what is its own to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from supercargo.app.operations.desk import Desk
from supercargo.kernel import format_utc
from supercargo.track.envelope import Head, Recorded
from supercargo.track.hearing import told_to
from supercargo.track.people import Principal

__all__ = ["Batch", "EventShown", "event_shown", "events_since", "log_head"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShown:
    """An event as it is told."""

    position: int
    event_id: str
    stream: str
    version: int
    kind: str
    body: dict[str, Any]
    occurred_utc: str
    recorded_utc: str
    by: str
    tenant: str
    schema: int
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events that somebody may see, and how far the log was looked through for them."""

    events: tuple[EventShown, ...]
    position: int


def event_shown(event: Recorded) -> EventShown:
    """An event with its place in the log."""
    return EventShown(
        position=event.position,
        event_id=event.event_id,
        stream=event.stream,
        version=event.version,
        kind=event.kind,
        body=dict(event.body),
        occurred_utc=format_utc(event.occurred_utc),
        recorded_utc=format_utc(event.recorded_utc),
        by=event.by,
        tenant=event.tenant,
        schema=event.schema,
        previous_hash=event.previous_hash,
        hash=event.hash,
    )


def events_since(desk: Desk, principal: Principal, position: int, *, limit: int = 500) -> Batch:
    """What of the next `limit` events behind a position the principal may see; the position reached says where to go on.

    A customer is told the kinds and words that `TOLD_TO_CUSTOMERS` lists.
    """
    events = desk.log.since(position, limit=limit)
    shown = tuple(event_shown(told) for event in events if (told := told_to(principal, event)) is not None)
    return Batch(events=shown, position=events[-1].position if events else position)


def log_head(desk: Desk) -> Head:
    """The end of the log."""
    return desk.log.head()
