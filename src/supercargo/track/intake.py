"""Files taken in and how their columns are named: what was taken, by whom; mappings that are kept under a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import Refused
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.bodies import Kinds
from supercargo.track.envelope import Draft, Recorded

__all__ = [
    "INTAKE_KINDS",
    "FileTaken",
    "KeptMapping",
    "MappedColumn",
    "MappingDropped",
    "MappingSaved",
    "TakenFile",
    "decide_drop",
    "decide_mapping",
    "decide_taken",
    "mappings_of",
    "taken_of",
]

_NAME_MOST = 80
_MAPPINGS_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedColumn:
    """One column of theirs, the column of ours that it gives, and the unit that it is in (empty: ours)."""

    theirs: str
    ours: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaken:
    """A file was taken in whole: `digest` is of its bytes, `rows_digest` of what its rows say.

    Of its rows so many were new and so many changed what was recorded (None: not told then); `accepted` is what was odd about
    them and agreed to.
    """

    table: str
    file: str
    digest: str
    rows_digest: str
    rows_count: int
    mapping: tuple[MappedColumn, ...] = ()
    new_count: int | None = None
    changed_count: int | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSaved:
    """A mapping of columns is kept under a name, or kept anew."""

    name: str
    columns: tuple[MappedColumn, ...]
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingDropped:
    """A mapping is kept no longer."""

    name: str


INTAKE_KINDS = Kinds((FileTaken, MappingSaved, MappingDropped))
"""What happens to tables that are taken in, in the streams `intake/TABLE` and `mapping/TABLE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A file that was taken in, and the act that did it."""

    said: FileTaken
    event_id: str
    by: str
    at_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMapping:
    """A mapping as it stands, who kept it last, and when."""

    name: str
    columns: tuple[MappedColumn, ...]
    decimal_comma: bool
    by: str
    at_utc: datetime


def taken_of(events: Iterable[Recorded]) -> tuple[TakenFile, ...]:
    """Files that a stream `intake/TABLE` tells of, in their order."""
    told = ((event, INTAKE_KINDS.read(event)) for event in events)
    return tuple(
        TakenFile(said=said, event_id=event.event_id, by=event.by, at_utc=event.occurred_utc)
        for event, said in told
        if isinstance(said, FileTaken)
    )


def mappings_of(events: Iterable[Recorded]) -> dict[str, KeptMapping]:
    """Mappings that a stream `mapping/TABLE` keeps, by name."""
    kept: dict[str, KeptMapping] = {}
    for event in events:
        said = INTAKE_KINDS.read(event)
        if isinstance(said, MappingSaved):
            kept[said.name] = KeptMapping(
                name=said.name, columns=said.columns, decimal_comma=said.decimal_comma, by=event.by, at_utc=event.occurred_utc
            )
        elif isinstance(said, MappingDropped):
            kept.pop(said.name, None)
    return dict(sorted(kept.items()))


def decide_mapping(events: tuple[Recorded, ...], table: str, command: MappingSaved, act: Act) -> tuple[Draft, ...]:
    """Keep a mapping; kept as it is already, nothing is added. Raises Refused for no name, no column, or too many."""
    where = f"mapping/{table}"
    name = need(command.name, "the name of the mapping", where=where)
    kept = mappings_of(events)
    if len(name) > _NAME_MOST or not name.isprintable():
        raise Refused("that can't be the name of a mapping", fix=f"use at most {_NAME_MOST} signs of one line", where=where)
    if not command.columns:
        raise Refused("the mapping names no column", fix="choose for at least one column what it gives", where=where)
    for side in ("theirs", "ours"):
        names = [getattr(one, side) for one in command.columns]
        if twice := next((one for one in names if names.count(one) > 1), ""):
            raise Refused(f"{twice!r} stands twice in the mapping", fix="map each column once", where=where)
    if name not in kept and len(kept) >= _MAPPINGS_MOST:
        raise Refused(f"{_MAPPINGS_MOST} mappings are kept", fix="delete one that nobody uses", where=where)
    before = kept.get(name)
    if before and (before.columns, before.decimal_comma) == (command.columns, command.decimal_comma):
        return ()
    said = MappingSaved(name=name, columns=command.columns, decimal_comma=command.decimal_comma)
    return drafts_of(act, INTAKE_KINDS, where, (said,), version=len(events))


def decide_drop(events: tuple[Recorded, ...], table: str, name: str, act: Act) -> tuple[Draft, ...]:
    """Keep a mapping no longer. Raises Refused for one that is not kept."""
    where = f"mapping/{table}"
    if name not in mappings_of(events):
        raise Refused(f"no mapping is called {name[:60]!r}", fix="look at those that are kept", where=where)
    return drafts_of(act, INTAKE_KINDS, where, (MappingDropped(name=name),), version=len(events))


def decide_taken(events: tuple[Recorded, ...], command: FileTaken, act: Act) -> tuple[Draft, ...]:
    """A file is taken in once. Raises Refused for one that was taken in before, by its bytes or by what its rows say."""
    where = f"intake/{command.table}"
    for one in taken_of(events):
        if command.digest == one.said.digest or command.rows_digest == one.said.rows_digest:
            what = f"the same was taken in by {one.by} at {one.at_utc:%Y-%m-%d %H:%M} UTC, from {one.said.file}"
            raise Refused(what, fix="nothing is to be done; mend or add rows, and send those alone", where=where)
    return drafts_of(act, INTAKE_KINDS, where, (command,), version=len(events))
