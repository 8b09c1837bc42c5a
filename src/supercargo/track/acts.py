"""Who does what and when, and how what was decided becomes drafts of one stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.kernel import Refused, format_utc
from supercargo.track.bodies import Kinds
from supercargo.track.envelope import Draft

__all__ = ["Act", "drafts_of", "need", "not_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One doing of one person: its name, which the doer gives so that a repeat is known, who, and when it happened."""

    command_id: str
    by: str
    at_utc: datetime


def drafts_of(
    act: Act, kinds: Kinds, stream: str, said: Sequence[Any], *, version: int, tenant: str = ""
) -> tuple[Draft, ...]:
    """Drafts of what is said, named after the command, behind the version of the stream that the decision rests on."""
    drafts = []
    for number, one in enumerate(said, start=1):
        kind, body, schema = kinds.body(one)
        drafts.append(
            Draft(
                event_id=f"{act.command_id}.{number}",
                stream=stream,
                kind=kind,
                body=body,
                occurred_utc=act.at_utc,
                by=act.by,
                tenant=tenant,
                schema=schema,
                expected_version=version + number - 1,
            )
        )
    return tuple(drafts)


def not_before(since_utc: datetime, what: str, act: Act, where: str) -> None:
    """Refuse an act that is stated before `what` came to stand as it does."""
    if act.at_utc < since_utc:
        said = f"{what} has stood as it is since {format_utc(since_utc)}"
        raise Refused(said, fix="state an instant after it", where=where)


def need(said: str, what: str, *, where: str = "") -> str:
    """The words that were given, without blanks around them. Raises Refused where there are none."""
    if not said.strip():
        raise Refused(f"{what} is missing", fix=f"state {what}", where=where)
    return said.strip()
