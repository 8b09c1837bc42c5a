"""Commands that fly a plan, answered in words or as one JSON object."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from supercargo.app.board.shelf import shelf_beside
from supercargo.app.operations import asking, typed
from supercargo.app.operations.clocks import now_in
from supercargo.app.operations.log import current_log, open_operations
from supercargo.app.operations.releasing import ReleaseAsked, release_plan
from supercargo.app.operations_answers import ConflictAnswer, LedgerAnswer, MissionAnswer, ReleaseAnswer, WorkAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.operations_lines import conflict_lines, ledger_lines, mission_lines, work_lines
from supercargo.faces.progress import patience
from supercargo.faces.words import count

__all__ = ["act", "conflict", "doing", "ledger", "mission", "release", "work"]


def doing(by: str, at: str, name: str) -> tuple[str, str, datetime, str]:
    """Who does it, when, and under which name: now, and a new one, where nothing is said."""
    return by, at, _now(), name or uuid.uuid4().hex


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def release(folder: Path, store: str, *, by: str, waive: tuple[str, ...], supersedes: str, as_json: bool) -> None:
    """Release a plan and tell what was opened."""
    with answering(as_json=as_json), patience("judging and releasing the plan"), open_operations(store, _now) as log:
        done = release_plan(folder, log, ReleaseAsked(by=by, at_utc=log.now_utc(), waive=waive, supersedes=supersedes))
        shelf_beside(store).keep(folder)
    if as_json:
        answer: ReleaseAnswer = {"folder": str(folder), "store": store, "released": done}
        print_json(answer)
        return
    opened = f"{count(done.missions_count, 'mission')}, {count(done.lines_count, 'line')}, "
    lines = [f"plan {done.plan} is released: {opened}{count(done.contracts_count, 'contract')}"]
    lines += [f"{count(done.events_count, 'event')} in {store}, the last at {done.position}"]
    lines += [f"{count(done.waivers_count, 'waiver')} recorded"] if done.waivers_count else []
    lines += [f"it replaces plan {done.supersedes}"] if done.supersedes else []
    tell_lines(lines)


def mission(name: str, store: str, *, as_json: bool) -> None:
    """Show the board or one mission."""
    with answering(as_json=as_json), current_log(store) as log, log.reading() as view:
        seen = asking.mission_seen(view, name) if name else asking.mission_board(view)
        now = now_in(log, _now())
    _tell_mission(seen, (), store, None if as_json else now)


def _opened(receipts: Sequence[Any]) -> list[str]:
    """Conflicts that an act opened by itself."""
    streams = (one.stream for one in receipts if one.stream.startswith("coordination/"))
    return [f"opened conflict {name}: see supercargo conflict {name}" for name in (s.partition("/")[2] for s in streams)]


def _tell_mission(seen: asking.MissionSeen, receipts: Sequence[Any], store: str, now_utc: datetime | None) -> None:
    """Show missions as they stand now; as one JSON object where no instant is given."""
    if now_utc is None:
        answer: MissionAnswer = {"store": store, "receipts": list(receipts), **seen}
        print_json(answer)
    else:
        tell_lines([*mission_lines(seen, now_utc), *_opened(receipts)])


def act(mission_id: str, what: str, store: str, told: typed.ActWords, *, as_json: bool) -> None:
    """Record what happens to a mission, then show it."""
    with answering(as_json=as_json), open_operations(store, _now) as log:
        receipts = typed.do_mission(log, mission_id, what, replace(told, now_utc=log.now_utc()))
        with log.reading() as view:
            seen = asking.mission_seen(view, mission_id)
        now = log.now_utc()
    _tell_mission(seen, receipts, store, None if as_json else now)


def work(order: str, what: str, store: str, told: typed.WorkWords, *, as_json: bool) -> None:
    """Record work, or show it."""
    receipts: Sequence[Any] = ()
    with answering(as_json=as_json):
        if what:
            with open_operations(store, _now) as log:
                receipts = typed.do_work(log, order, what, replace(told, now_utc=log.now_utc()))
        with current_log(store) as reader, reader.reading() as view:
            seen = asking.work_seen(view, "" if what == "use" else order)
    if as_json:
        answer: WorkAnswer = {"store": store, "receipts": list(receipts), **seen}
        print_json(answer)
    else:
        tell_lines(work_lines(seen))


def conflict(name: str, what: str, store: str, told: typed.ConflictWords, *, as_json: bool) -> None:
    """Record a conflict, or show it."""
    receipts: Sequence[Any] = ()
    with answering(as_json=as_json):
        if what:
            with open_operations(store, _now) as log:
                receipts = typed.do_conflict(log, name, what, replace(told, now_utc=log.now_utc()))
        with current_log(store) as reader, reader.reading() as view:
            seen = asking.conflicts_seen(view, name)
    if as_json:
        answer: ConflictAnswer = {"store": store, "receipts": list(receipts), "conflicts": seen}
        print_json(answer)
    else:
        tell_lines(conflict_lines(seen))


def ledger(contract: str, what: str, store: str, told: typed.LedgerWords, *, as_json: bool) -> None:
    """Record a delivery, a settlement or an amount, or show the ledger."""
    receipts: Sequence[Any] = ()
    with answering(as_json=as_json):
        if what:
            with open_operations(store, _now) as log:
                receipts = typed.do_ledger(log, contract, what, replace(told, now_utc=log.now_utc()))
        with current_log(store) as reader, reader.reading() as view:
            seen = asking.ledger_seen(view, contract, told.mission)
    if as_json:
        answer: LedgerAnswer = {"store": store, "receipts": list(receipts), **seen}
        print_json(answer)
    else:
        tell_lines(ledger_lines(seen))
