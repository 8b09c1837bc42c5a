"""A file from upload to record: looked at, its rows judged upon each other, recorded as one act or not at all."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from supercargo.app.board.tables import Column as Shown
from supercargo.app.board.tables import Table as ShownTable
from supercargo.app.intake.gathering import Gathering
from supercargo.app.intake.judging import CHANGED, NEW, RowAsked
from supercargo.app.intake.mapping import MappedColumn, choices_of
from supercargo.app.intake.tables import Intake, Standing
from supercargo.kernel import Fault, Refused, ScenarioError, canonical_json, plain
from supercargo.store.intake import Given, ReadRows, open_given, read_given, returned_book
from supercargo.store.log import SqlStore
from supercargo.track import intake as told
from supercargo.track.acts import Act
from supercargo.track.envelope import Draft
from supercargo.track.people import Principal, permit

__all__ = [
    "Looked",
    "TakeAsked",
    "TakenFile",
    "Tray",
    "Upload",
    "faults_book",
    "look",
    "open_upload",
    "record_rows",
    "standing_table",
    "taken_files",
]

TakenFile = told.TakenFile

_MOST_EACH, _MOST_ALL, _KEPT = 3, 24, timedelta(hours=2)
_NO_REASON = "to be said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that waits to be looked at and recorded, whose it is, and how its columns go."""

    token: str
    owner: str
    table: str
    given: Given
    put_utc: datetime
    columns: tuple[MappedColumn, ...] = ()
    decimal_comma: bool = False
    formulas_taken: bool = False
    by_mapping: str = ""


@dataclass(slots=True)
class Tray:
    """Uploads that wait, in memory: three of a person at most, two dozen in all, each for two hours."""

    _kept: dict[str, Upload] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, upload: Upload) -> None:
        """Let one wait, or wait on as it is now; older ones make room."""
        with self._lock:
            self._kept.pop(upload.token, None)
            self._kept = {name: one for name, one in self._kept.items() if one.put_utc > upload.put_utc - _KEPT}
            own = [name for name, one in self._kept.items() if one.owner == upload.owner]
            for name in [
                *own[: max(0, len(own) - _MOST_EACH + 1)],
                *list(self._kept)[: max(0, len(self._kept) - _MOST_ALL + 1)],
            ]:
                self._kept.pop(name, None)
            self._kept[upload.token] = upload

    def get(self, token: str, owner: str, table: str) -> Upload | None:
        """One that waits for that person and table; None where there is none."""
        with self._lock:
            found = self._kept.get(token)
        return found if found is not None and (found.owner, found.table) == (owner, table) else None

    def drop(self, token: str) -> None:
        """It waits no longer."""
        with self._lock:
            self._kept.pop(token, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAsked:
    """Who takes a file in, when, under which name, and why rows that are recorded otherwise are corrected."""

    principal: Principal
    at_utc: datetime
    command_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What an upload would record: sound rows with what each is to the log, every fault, and the drafts."""

    records: Mapping[int, Any]
    states: Mapping[int, str]
    faults: tuple[Fault, ...]
    drafts: tuple[Draft, ...] = ()
    again: str = ""  # by whom and when the same was taken in before

    def count(self, state: str) -> int:
        """How many rows are that to the log."""
        return sum(one == state for one in self.states.values())

    @property
    def recorded_count(self) -> int:
        """How many rows would be recorded."""
        return self.count(NEW) + self.count(CHANGED)


def open_upload(intake: Intake, name: str, content: bytes, owner: Principal, at_utc: datetime) -> Upload:
    """A file as it was sent. Raises Refused for one without the scope, ScenarioError for a file that is not taken."""
    permit(owner, intake.scope)
    given = open_given(name, content)
    return Upload(token=secrets.token_hex(12), owner=owner.name, table=intake.name, given=given, put_utc=at_utc)


def look(store: SqlStore, intake: Intake, upload: Upload, asked: TakeAsked) -> Looked:
    """What an upload would record, if it were recorded now; nothing is stored.

    Raises ScenarioError for a mapping that does not fit the table.
    """
    read = _read(intake, upload)
    found = _judged(store, intake, (upload, read), replace(asked, reason=asked.reason or _NO_REASON))
    try:
        told.decide_taken(store.stream(f"intake/{intake.name}"), _taken(intake, upload, read), _act(asked))
    except Refused as error:
        return replace(found, again=error.what)
    return found


def _read(intake: Intake, upload: Upload) -> ReadRows:
    mapping = choices_of(upload.columns, intake)
    comma, taken = upload.decimal_comma, upload.formulas_taken
    return read_given(upload.given, intake.table, mapping, decimal_comma=comma, formulas_taken=taken)


def _act(asked: TakeAsked, number: int = 0) -> Act:
    name = f"{asked.command_id}.{number}" if number else asked.command_id
    return Act(command_id=name, by=asked.principal.name, at_utc=asked.at_utc)


def _judged(store: SqlStore, intake: Intake, what: tuple[Upload, ReadRows], asked: TakeAsked) -> Looked:
    upload, read = what
    states: dict[int, str] = {}
    faults = list(read.faults)
    with store.reading() as view:
        gathering = Gathering(store, view)
        for number, record in read.records.items():
            row = RowAsked(record=record, act=_act(asked, number), principal=asked.principal, reason=asked.reason)
            try:
                states[number] = intake.judge(gathering, row)
            except (Refused, ScenarioError) as error:
                faults.append(Fault(upload.given.file, number, "", error.what, error.fix))
    return Looked(records=read.records, states=states, faults=tuple(sorted(faults)), drafts=tuple(gathering.drafts))


def _taken(intake: Intake, upload: Upload, read: ReadRows) -> told.FileTaken:
    said = canonical_json(plain({"table": intake.name, "rows": list(read.records.values())}))
    return told.FileTaken(
        table=intake.name,
        file=upload.given.file,
        digest=upload.given.digest,
        rows_digest=hashlib.sha256(said.encode()).hexdigest(),
        rows_count=len(read.records),
        mapping=upload.columns,
    )


def record_rows(store: SqlStore, intake: Intake, upload: Upload, asked: TakeAsked) -> TakenFile:
    """Record every row of an upload, with the file itself, as one act; asked for twice under one name it is done once.

    Raises ScenarioError with every fault where a row has one, Refused without the scope, for a file that was taken in before,
    for one of which nothing is to be recorded, for changes without a reason, and where somebody else was faster.
    """
    permit(asked.principal, intake.scope)
    stream = f"intake/{intake.name}"
    events = store.stream(stream)
    done = next((one for one in told.taken_of(events) if one.event_id == f"{asked.command_id}.1"), None)
    if done is not None:
        return done
    read = _read(intake, upload)
    file = told.decide_taken(events, _taken(intake, upload, read), _act(asked))
    found = _judged(store, intake, (upload, read), replace(asked, reason=asked.reason.strip() or _NO_REASON))
    if found.faults:
        raise ScenarioError.of(found.faults, where=upload.given.file)
    if not found.drafts:
        raise Refused("no row is to be recorded", fix="all of them say what the record says, or nothing", where=stream)
    if found.count(CHANGED) and intake.name == "invoices" and not asked.reason.strip():
        raise Refused("invoices are corrected without a reason", fix="say why they are corrected", where="reason")
    store.append([*found.drafts, *file])
    return told.taken_of(store.stream(stream))[-1]


def taken_files(store: SqlStore, intake: Intake) -> tuple[TakenFile, ...]:
    """Files that were taken in, the last first."""
    return tuple(reversed(told.taken_of(store.stream(f"intake/{intake.name}"))))


def faults_book(upload: Upload, found: Looked) -> bytes:
    """The file as it was sent, as a workbook with what is wrong beside its rows."""
    return returned_book(upload.given, found.faults)


def standing_table(store: SqlStore, intake: Intake) -> ShownTable:
    """A table's rows as they are recorded, under our names of its columns, to be edited and put back."""
    with store.reading() as view:
        rows = [
            tuple(getattr(record, column.field) for column in intake.columns)
            for record in intake.standing(Standing(view, lambda name: store.page(name, limit=100_000)))
        ]
    shown = tuple(Shown(column.name, decimals=3) for column in intake.columns)
    return ShownTable(name=intake.name, caption=intake.title, columns=shown, rows=rows)
