"""An event as a row of the table, and as a line of an export."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from supercargo.kernel import StoreError, format_utc, plain
from supercargo.track.envelope import Recorded
from supercargo.track.limits import body_text

__all__ = ["LONGEST_LINE", "event_of_line", "event_of_row", "line_of", "row_of"]

LONGEST_LINE = 1024 * 1024
"""Bytes of the longest line of an export; an event has far fewer."""

_KINDS: dict[str, type] = {
    "position": int,
    "version": int,
    "schema": int,
    "body": dict,
    **{field.name: str for field in fields(Recorded) if field.name not in {"position", "version", "schema", "body"}},
}


def row_of(event: Recorded, body: str = "") -> dict[str, Any]:
    """The event as the table keeps it: instants and body as text; `body` is that text, where it is known."""
    return {
        "position": event.position,
        "event_id": event.event_id,
        "stream": event.stream,
        "version": event.version,
        "kind": event.kind,
        "occurred_utc": format_utc(event.occurred_utc),
        "recorded_utc": format_utc(event.recorded_utc),
        "by": event.by,
        "tenant": event.tenant,
        "schema": event.schema,
        "body": body or body_text(event.body),
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def event_of_row(row: Any) -> Recorded:
    """The event of a row of the table, its columns in their order. Raises StoreError where a column is out of form."""
    position, event_id, stream, version, kind, occurred, recorded, by, tenant, schema, body, previous, own = row
    try:
        return Recorded(
            position=position,
            event_id=event_id,
            stream=stream,
            version=version,
            kind=kind,
            occurred_utc=datetime.fromisoformat(occurred),
            recorded_utc=datetime.fromisoformat(recorded),
            by=by,
            tenant=tenant,
            schema=schema,
            body=json.loads(body),
            previous_hash=previous,
            hash=own,
        )
    except (TypeError, ValueError, RecursionError) as error:
        fix = "see `supercargo track verify-log`; restore the last backup beside it"
        raise StoreError(f"event {position} can't be read: {error}", fix=fix, where="event log") from None


def line_of(event: Recorded) -> bytes:
    """The event as a line of an export: JSON with sorted keys, no blanks, a newline at the end."""
    said = {field.name: plain(getattr(event, field.name)) for field in fields(Recorded)}
    return body_text(said).encode() + b"\n"


def event_of_line(line: bytes) -> Recorded:
    """The event of a line. Raises ValueError unless it is byte for byte what `line_of` writes."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"the line is longer than {LONGEST_LINE} bytes")
    try:
        event = _event_of(json.loads(line))
        canonical = line_of(event)
    except RecursionError:
        raise ValueError("the line is nested too deep") from None
    if canonical != line:
        raise ValueError("the line is not written as an export writes it")
    return event


def _event_of(said: Any) -> Recorded:
    if not isinstance(said, dict) or {name: type(value) for name, value in said.items()} != _KINDS:
        raise ValueError("the line is no event")
    for name in ("occurred_utc", "recorded_utc"):
        said[name] = datetime.fromisoformat(said[name])
    return Recorded(**said)
