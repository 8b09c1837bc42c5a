"""Whether an event that is stored says what a step says: the same happening told again, or another under its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from supercargo.kernel import format_utc, parse_utc, plain
from supercargo.track.cargo.steps import Step, said_of
from supercargo.track.envelope import Recorded

__all__ = ["odd_parts", "same_telling"]

_FOLLOWS = frozenset({"after", "anew", "claim"})
"""Parts of a body that follow from the log, or that only name a person."""


def same_telling(step: Step, event: Recorded) -> bool:
    """Whether an event is this step, told by the same person; a document's word of who told it counts as that person."""
    told_by, stored_by = step.claim or step.by, event.body.get("claim") or event.by
    return told_by == stored_by and not odd_parts(step, event)


def odd_parts(step: Step, event: Recorded) -> tuple[str, ...]:
    """Names of what an event, or what is true instead of it, says otherwise than a step; empty where they agree."""
    kind, at, body = event.kind, event.occurred_utc, event.body
    if kind == "corrected" != step.kind:
        if body.get("instead") is None:
            return ("kind",)
        kind, at, body = body["instead"]["kind"], parse_utc(body["instead"]["at_utc"]), body["instead"]["body"]
    stored, told = _parts(kind, at, body), _parts(step.kind, step.at_utc, said_of(step))
    return tuple(sorted(name for name in stored.keys() | told.keys() if stored.get(name) != told.get(name)))


def _parts(kind: str, at_utc: datetime, body: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: plain(value) for name, value in body.items() if name not in _FOLLOWS}
    if isinstance(said.get("instead"), dict):
        inner = {name: value for name, value in said["instead"]["body"].items() if name not in _FOLLOWS}
        said["instead"] = {**said["instead"], "body": inner}
    return {"kind": kind, "at_utc": format_utc(at_utc), **said}
