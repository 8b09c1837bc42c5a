"""The tables that the plan in force was made of: taken out, edited, put back, and planned anew as a proposal."""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from supercargo.app.board.ripple import slips_standing
from supercargo.app.board.shelf import KeptPlan, Shelf
from supercargo.app.board.tables import Column
from supercargo.app.board.tables import Table as Shown
from supercargo.kernel import Fault, Refused, ScenarioError, decimals
from supercargo.model import SCENARIO_TABLES, Event, OperationsPlan, RowChange, Scenario, Slip, Table, TablesEdited
from supercargo.plan.replan_events import event_faults
from supercargo.plan.replan_tables import table_faults
from supercargo.store import carried_over, plan_taken_from, read_edited, row_numbers, rows_edited
from supercargo.store.columns import columns_of
from supercargo.track.missions.phases import GROUND_PHASES
from supercargo.track.people import Principal

__all__ = [
    "Drafts",
    "EditedDraft",
    "Flying",
    "draft_of",
    "faults_book_of",
    "flying_of",
    "scenario_tables",
    "table_shown",
    "tables_book_of",
]

_MONEY_FILES = frozenset({"contracts.csv", "terms.csv", "prices.csv", "cost_rates.csv", "insurance.csv"})
"""Tables that tell what contracts say, earn and owe: for those who may see money alone."""

_ROWS_SHOWN = 200
_MOST_EACH, _MOST_ALL, _KEPT = 2, 8, timedelta(hours=2)
_BOOK = "scenario.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedDraft:
    """Tables as somebody has sent them, beside those of the plan `base`: what is edited, and what is wrong with it."""

    token: str
    owner: str
    name: str  # as it was sent
    file: str  # as it is read
    content: bytes
    base: str
    put_utc: datetime
    files: tuple[str, ...]
    changes: tuple[RowChange, ...]
    faults: tuple[Fault, ...]
    taken: str = ""  # the plan that the workbook says it was taken from


@dataclass(slots=True)
class Drafts:
    """Edited tables that wait, in memory: two of a person at most, eight in all, each for two hours."""

    _kept: dict[str, EditedDraft] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, draft: EditedDraft) -> None:
        """Let one wait; older ones make room."""
        with self._lock:
            kept = {name: one for name, one in self._kept.items() if one.put_utc > draft.put_utc - _KEPT}
            own = [name for name, one in kept.items() if one.owner == draft.owner]
            for name in [*own[: max(0, len(own) - _MOST_EACH + 1)], *list(kept)[: max(0, len(kept) - _MOST_ALL + 1)]]:
                kept.pop(name, None)
            self._kept = {**kept, draft.token: draft}

    def get(self, token: str, owner: str) -> EditedDraft | None:
        """One that waits for that person; None where there is none."""
        with self._lock:
            found = self._kept.get(token)
        return found if found is not None and found.owner == owner else None

    def drop(self, token: str) -> None:
        """It waits no longer."""
        with self._lock:
            self._kept.pop(token, None)


def scenario_tables(principal: Principal) -> tuple[Table, ...]:
    """The tables of a scenario that somebody may see."""
    money = "money" in principal.scopes
    return tuple(table for table in SCENARIO_TABLES if money or table.file not in _MONEY_FILES)


def tables_book_of(scenario: Scenario, tables: tuple[Table, ...], *, plan: str = "") -> bytes:
    """A workbook of some tables of a scenario, to be edited and put back; it says of which `plan` they are."""
    from supercargo.store.book.forms import scenario_book

    return scenario_book(scenario, tables, taken_from=plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flying:
    """How a plan in force is flown: slips of missions on the ground [s], what has flown, and up to when flights are known."""

    slips: Mapping[str, float]
    flown: tuple[str, ...]
    known_utc: datetime


def flying_of(plan: OperationsPlan, rows: Sequence[Mapping[str, Any]], now_utc: datetime, moved: str = "") -> Flying:
    """What has become of a plan by the `rows` of the mission board; `moved` is a mission that is to slip.

    Flights are known up to now, or to just before the first mission that has slipped was to lift off: from then on the
    plan can't tell what has flown. Raises Refused where the plan's horizon is over.
    """
    settings = plan.scenario.settings
    if now_utc >= settings.end_utc:
        raise Refused("the horizon of the plan in force is over", fix="plan the next one and release it", where="plan")
    slips = {name: later.total_seconds() for name, later in slips_standing(plan, rows).items()}
    late = [plan.mission_named[name].launch_utc for name in (*slips, moved) if name in plan.mission_named]
    known = min((now_utc, *(at - timedelta(seconds=1) for at in late)))
    flown = tuple(row["mission_id"] for row in rows if row["phase"] not in GROUND_PHASES)
    return Flying(slips=slips, flown=flown, known_utc=max(settings.as_of_utc, known))


def table_shown(scenario: Scenario, noun: Table, first: int) -> Shown:
    """The rows of one table from the `first` on, two hundred."""
    records = getattr(scenario, noun.attribute)
    columns, name = columns_of(noun.noun), noun.file.removesuffix(".csv")
    shown = records[first - 1 : first - 1 + _ROWS_SHOWN]
    after = first + _ROWS_SHOWN
    return Shown(
        name="rows",
        caption=f"Rows {first:,} to {first - 1 + len(shown):,} of {len(records):,}" if shown else "No rows",
        columns=tuple(Column(one.name, one.unit, decimals(one.unit)) for one in columns),
        rows=[tuple(_cell(getattr(record, one.field)) for one in columns) for record in shown],
        empty="It has no rows here: take it out, add some, and put it back.",
        next_href=f"/scenario/tables/{name}?first={after}" if after <= len(records) else "",
    )


def _cell(value: Any) -> Any:
    return ";".join(str(one) for one in value) if isinstance(value, tuple) else value


def draft_of(
    shelf: Shelf, kept: KeptPlan, sent: tuple[str, bytes], owner: Principal, *, flying: Flying, now_utc: datetime
) -> EditedDraft:
    """Tables as they were sent, `(name, content)`, held against the plan in force and what has flown of it.

    What a workbook of an earlier plan edits is edited in the tables as they stand now. Raises Refused where nothing is edited
    or what is sent is not the sender's to see, ScenarioError for what is no table.
    """
    name, content = sent
    file = _file_of(name)
    with tempfile.TemporaryDirectory(prefix="edited-") as place:
        path = Path(place) / file
        path.write_bytes(content)
        taken = plan_taken_from(path)
        base = shelf.plan(taken) if taken and taken != kept.digest[:12] else kept
        if base is None:
            fix = "take the tables out again and edit those"
            raise Refused(f"the tables were taken from plan {taken}, which is not kept here", fix=fix, where=name[:80])
        read = read_edited(path, base.plan.scenario)
    seen = {table.file for table in scenario_tables(owner)} | {"scenario.toml"}
    if hidden := sorted(set(read.files) - seen):
        fix = "take them out of what you send, or ask for a role with the scope 'money'"
        raise Refused(f"{', '.join(hidden)} are for those who may see money", fix=fix, where=name[:80])
    if base is not kept and read.scenario is not None:
        read = replace(carried_over(base.plan.scenario, read.scenario, kept.plan.scenario), files=read.files)
        if read.scenario is not None:
            file, content = _BOOK, tables_book_of(read.scenario, SCENARIO_TABLES)
    changes = () if read.scenario is None else rows_edited(kept.plan.scenario, read.scenario)
    faults = read.faults
    if read.scenario is not None:
        if not changes:
            raise Refused("the tables say what the plan in force says", fix="edit a row of them", where=name[:80])
        edited = TablesEdited(source=name[:80], scenario=read.scenario, changes=changes)
        faults = _faults_of(kept.plan, edited, flying)
    return EditedDraft(
        token=secrets.token_hex(12), owner=owner.name, name=name[:80], file=file, content=content, base=kept.digest[:12],
        put_utc=now_utc, files=read.files, changes=changes, faults=faults, taken=taken,
    )  # fmt: skip


def _file_of(name: str) -> str:
    """The name under which what was sent is read."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    if plain.lower().endswith(".xlsx"):
        return _BOOK
    if any(plain == table.file for table in SCENARIO_TABLES):
        return plain
    fix = "send a workbook .xlsx, or one table under its own name, as cargo.csv"
    raise ScenarioError(f"{plain[:80]!r} is no table of a scenario", fix=fix, where="file")


def _faults_of(plan: OperationsPlan, edited: TablesEdited, flying: Flying) -> tuple[Fault, ...]:
    """Edits of what is past, with table and row, and edits of missions that have slipped."""
    slips = sorted(flying.slips.items())
    later: list[Event] = [Slip(mission_id=name, delay_s=max(1, round(late_s))) for name, late_s in slips]
    rows = row_numbers(edited.scenario)
    past = tuple(table_faults(plan, edited, flying.known_utc))
    told = {str(one) for one in past}
    clashes = (one for one in event_faults(plan, [edited, *later], flying.known_utc) if one.what not in told)
    return (
        *(Fault(one.file, rows.get((one.file, one.key), 0), one.column, one.what, one.fix) for one in past),
        *(Fault("", 0, "", one.what, one.fix) for one in clashes),
    )


def faults_book_of(draft: EditedDraft) -> bytes | None:
    """What was sent as a workbook with its faults beside its rows; None where no sheet of it can be read."""
    from supercargo.store.book.mending import mending_book

    with tempfile.TemporaryDirectory(prefix="edited-") as place:
        path = Path(place) / draft.file
        path.write_bytes(draft.content)
        return mending_book(path, [one for one in draft.faults if one.file]) if draft.file == _BOOK else None
