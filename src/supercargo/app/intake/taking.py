"""A file from upload to record: looked at, its rows judged upon each other, recorded as one act or not at all."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from supercargo.app.board.tables import Column as Shown
from supercargo.app.board.tables import Table as ShownTable
from supercargo.app.intake.doubting import SORTS, Question, Yardstick
from supercargo.app.intake.gathering import Gathering
from supercargo.app.intake.judging import CHANGED, NEW, RowAsked
from supercargo.app.intake.mapping import MappedColumn, choices_of
from supercargo.app.intake.signs import changes_between, sign_of
from supercargo.app.intake.tables import Intake, Standing
from supercargo.kernel import Fault, Refused, ScenarioError, canonical_json, format_utc, plain
from supercargo.model import OperationsPlan
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
_ACCEPTED_MOST = 100


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
    """Who takes a file in, when, under which name, and why rows that are recorded otherwise are corrected.

    Rows are held against the `plan` in force. `seen` is the sign of the preview that was seen, `accepted` the sorts of
    questions that were agreed to.
    """

    principal: Principal
    at_utc: datetime
    command_id: str
    reason: str = ""
    plan: OperationsPlan | None = None
    seen: str = ""
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What an upload would record: sound rows with what each is to the log, every fault and question, and the drafts.

    `sign` is that of all of it, as `changes_between` compares it.
    """

    records: Mapping[int, Any]
    states: Mapping[int, str]
    faults: tuple[Fault, ...]
    questions: tuple[Question, ...] = ()
    drafts: tuple[Draft, ...] = ()
    sign: str = ""
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
    asked = replace(asked, command_id=f"look-{upload.token}")  # a word that nobody types, so that it can be left out again
    found = _judged(store, intake, (upload, read), asked)
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
    faults, questions = list(read.faults), list[Question]()
    with store.reading() as view:
        gathering, known = Gathering(store, view), Yardstick(store, view, asked.plan, asked.at_utc)
        for number, record in read.records.items():
            try:
                state = _state(store, intake, (gathering, known), _row(asked, number, record))
            except (Refused, ScenarioError) as error:
                faults += _faults_of(error, (upload, intake), number, known.meant(getattr(record, "item_id", "")))
                continue
            states[number] = state
            if state in (NEW, CHANGED):
                questions += known.doubts(intake.name, number, record)
    found = Looked(
        records=read.records, states=states, faults=tuple(sorted(faults)), questions=tuple(sorted(questions)),
        drafts=tuple(gathering.drafts),
    )  # fmt: skip
    return replace(found, sign=_sign(upload, found, asked))


def _row(asked: TakeAsked, number: int, record: Any) -> RowAsked:
    return RowAsked(record=record, act=_act(asked, number), principal=asked.principal, reason=asked.reason or _NO_REASON)


def _state(store: SqlStore, intake: Intake, held: tuple[Gathering, Yardstick], row: RowAsked) -> str:
    """What a row is to the log. Raises Refused or ScenarioError for one that can't be, or that the log would not take."""
    gathering, known = held
    if words := known.impossible(row.record):
        raise Refused(words, fix="check the year", where="at_utc")
    before = len(gathering.drafts)
    state = intake.judge(gathering, row)
    store.check(gathering.drafts[before:])
    return state


_STATED = {"occurred_utc": "at_utc"}


def _faults_of(error: Refused | ScenarioError, sent: tuple[Upload, Intake], number: int, meant: str) -> Iterator[Fault]:
    """The faults of a row under the names that the file gives its columns."""
    upload, intake = sent
    theirs = {one.ours: one.theirs for one in upload.columns}
    told = error.faults if isinstance(error, ScenarioError) and error.faults else (
        Fault("", 0, error.where, error.what, f"{error.fix}{meant.replace(': did', '; did')}"),
    )  # fmt: skip
    ours = {column.name for column in intake.columns}
    for one in told:
        column = _STATED.get(one.column, one.column)
        yield Fault(upload.given.file, number, theirs.get(column, column if column in ours else ""), one.what, one.fix)


def _sign(upload: Upload, found: Looked, asked: TakeAsked) -> str:
    """The sign of a preview; names of events and the present instant, which no page shows, are left out of it."""
    told_of = [{name: value for name, value in one.body.items() if name != "reason"} for one in found.drafts]
    effects = [
        f"{one.stream.partition('/')[0]} {one.kind} {canonical_json(plain(body))}".replace(asked.command_id, "").replace(
            format_utc(asked.at_utc), "now"
        )
        for one, body in zip(found.drafts, told_of, strict=True)
    ]
    return sign_of(
        {
            "file": upload.given.digest,
            "columns": upload.columns,
            "numbers": (upload.decimal_comma, upload.formulas_taken),
            "rows": list(found.records.items()),
            "states": sorted(found.states.items()),
            "questions": found.questions,
            "effects": effects,
        }
    )


def _taken(intake: Intake, upload: Upload, read: ReadRows, found: Looked | None = None) -> told.FileTaken:
    said = canonical_json(plain({"table": intake.name, "rows": list(read.records.values())}))
    return told.FileTaken(
        table=intake.name,
        file=upload.given.file,
        digest=upload.given.digest,
        rows_digest=hashlib.sha256(said.encode()).hexdigest(),
        rows_count=len(read.records),
        mapping=upload.columns,
        new_count=found.count(NEW) if found else None,
        changed_count=found.count(CHANGED) if found else None,
        accepted=tuple(f"row {one.row}: {one.what[:200]}" for one in found.questions[:_ACCEPTED_MOST]) if found else (),
    )


def record_rows(store: SqlStore, intake: Intake, upload: Upload, asked: TakeAsked) -> TakenFile:
    """Record every row of an upload, with the file itself, as one act; asked for twice under one name it is done once.

    Raises ScenarioError with every fault where a row has one, Refused without the scope, for a file that was taken in before,
    for one of which nothing is to be recorded, for one that would record something else than was seen, for questions that were
    not agreed to, for changes without a reason, and where somebody else was faster.
    """
    permit(asked.principal, intake.scope)
    stream = f"intake/{intake.name}"
    events = store.stream(stream)
    done = next((one for one in told.taken_of(events) if one.event_id == f"{asked.command_id}.1"), None)
    if done is not None:
        return done
    read = _read(intake, upload)
    told.decide_taken(events, _taken(intake, upload, read), _act(asked))
    found = _judged(store, intake, (upload, read), replace(asked, reason=asked.reason.strip()))
    _refuse_unsound(intake, upload, found, asked)
    store.append([*found.drafts, *told.decide_taken(events, _taken(intake, upload, read, found), _act(asked))])
    return told.taken_of(store.stream(stream))[-1]


def _refuse_unsound(intake: Intake, upload: Upload, found: Looked, asked: TakeAsked) -> None:
    """Raises ScenarioError or Refused for what can't be recorded, or was not seen and agreed to as it would be recorded."""
    if found.faults:
        raise ScenarioError.of(found.faults, where=upload.given.file)
    if not found.drafts:
        fix = "all of them say what the record says, or nothing"
        raise Refused("no row is to be recorded", fix=fix, where=f"intake/{intake.name}")
    if changes := changes_between(asked.seen, found.sign):
        what = f"what would be recorded is not what the page showed: {'; '.join(changes)}"
        raise Refused(what, fix="look at it as it is shown now, then record it; nothing was recorded", where="sign")
    if missing := sorted({one.sort for one in found.questions} - asked.accepted):
        what = f"not agreed to: {'; '.join(SORTS[sort] for sort in missing)}"
        raise Refused(what, fix="tick what is meant so, or mend the file; nothing was recorded", where=missing[0])
    if found.count(CHANGED) and intake.name == "invoices" and not asked.reason.strip():
        raise Refused("invoices are corrected without a reason", fix="say why they are corrected", where="reason")


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
