"""What an event is written in: who says that what happened when, and the chain of hashes that shows if it was altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from supercargo.kernel import format_utc, plain

__all__ = [
    "GENESIS",
    "Draft",
    "Head",
    "Receipt",
    "Recorded",
    "Statement",
    "hash_of",
    "receipt_of",
    "recorded_from",
    "same_statement",
]

GENESIS = "0" * 64
"""What the first event of a log has for the hash before it."""

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody states to have happened; the same statement told twice is one event.

    `stream` names the thing it happened to (`cargo/R000123`, `mission/ISS-01`), `kind` is in the past tense, `body` holds what
    JSON can carry, `tenant` is the customer whose event it is (empty: the company's own), `schema` the version of the body.
    """

    event_id: str
    stream: str
    kind: str
    body: Mapping[str, Json]
    occurred_utc: datetime
    by: str
    tenant: str = ""
    schema: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Statement):
    """A statement that is not stored yet; `expected_version` is the last version of its stream that the writer knew.

    0 says that the stream must be new; None takes any state of it.
    """

    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Statement):
    """A statement that is stored: `position` in the log and `version` in its stream, both from 1 and without gaps."""

    position: int
    version: int
    recorded_utc: datetime
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the writer of an event keeps: with it anybody can show later that the event stood at that place of the log.

    `repeated` is true where the same statement had been stored before: nothing was added.
    """

    event_id: str
    stream: str
    version: int
    position: int
    hash: str
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a log: how many events it holds, and the hash of the last."""

    position: int = 0
    hash: str = GENESIS


_STATED = tuple(field.name for field in fields(Statement))


def _stated(event: Statement) -> dict[str, Json]:
    return {name: plain(getattr(event, name)) for name in _STATED}


def receipt_of(event: Recorded, *, repeated: bool = False) -> Receipt:
    """What the writer of an event keeps."""
    return Receipt(
        event_id=event.event_id,
        stream=event.stream,
        version=event.version,
        position=event.position,
        hash=event.hash,
        repeated=repeated,
    )


def same_statement(one: Statement, other: Statement) -> bool:
    """Whether two events say the same, wherever they are stored."""
    return _stated(one) == _stated(other)


_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(event: Recorded) -> str:
    """SHA-256 over the hash before it and all that the event says, as JSON with sorted keys and no blanks (FIPS 180-4)."""
    place = {"position": event.position, "version": event.version, "recorded_utc": format_utc(event.recorded_utc)}
    return _hash({**_stated(event), **place}, event.previous_hash)


def _hash(said: Mapping[str, Json], previous: str) -> str:
    return hashlib.sha256(previous.encode() + _COMPACT.encode(said).encode()).hexdigest()


def recorded_from(draft: Draft, head: Head, *, version: int, recorded_utc: datetime, body: str = "") -> Recorded:
    """The draft as it stands in a log behind `head`; `body` is its body as JSON in the form of the hash, where known."""
    position = head.position + 1
    rest = {
        "by": draft.by, "event_id": draft.event_id, "kind": draft.kind, "occurred_utc": format_utc(draft.occurred_utc),
        "position": position, "recorded_utc": format_utc(recorded_utc), "schema": draft.schema, "stream": draft.stream,
        "tenant": draft.tenant, "version": version,
    }  # fmt: skip
    # `body` is the first word of an event in their order, and is the same text within the whole
    text = f'{{"body":{body or _COMPACT.encode(plain(draft.body))},{_COMPACT.encode(rest)[1:]}'
    return Recorded(
        event_id=draft.event_id, stream=draft.stream, kind=draft.kind, body=draft.body, occurred_utc=draft.occurred_utc,
        by=draft.by, tenant=draft.tenant, schema=draft.schema, position=position, version=version, recorded_utc=recorded_utc,
        previous_hash=head.hash, hash=hashlib.sha256(f"{head.hash}{text}".encode()).hexdigest(),
    )  # fmt: skip
