"""A second copy of the log, taken while it is written to, and the way back from it into an empty place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy import insert as insert_into
from sqlalchemy.exc import DBAPIError

from supercargo.kernel import Refused, ScenarioError, StoreError
from supercargo.store.folders import written_whole
from supercargo.store.log.engines import lock, place_of, refuse_forgetful, shown, store_url, writing_engine
from supercargo.store.log.exporting import EVENTS_FILE, HEAD_FILE, export_log, verify_export, verify_log
from supercargo.store.log.migrate import upgrade
from supercargo.store.log.rebuilding import rebuild_views
from supercargo.store.log.rows import event_of_line, row_of
from supercargo.store.log.signing import Signer, head_of_text, text_of_head
from supercargo.store.log.sql_store import LogReader, broken_store, make_room, note, read_log
from supercargo.store.log.tables import event
from supercargo.track.chain import Chain, SignedHead
from supercargo.track.envelope import Head, Recorded
from supercargo.track.views import Projection

__all__ = ["BACKUP_FILE", "BACKUP_FILES", "Source", "backup_log", "restore_log", "source_of"]

BACKUP_FILE = "log.sqlite"
BACKUP_FILES = (BACKUP_FILE, EVENTS_FILE, HEAD_FILE)

_PAGES_AT_ONCE = 4_096
_PAGE = 2_000

Watch = Callable[[str, float], None]


def _silent(stage: str, share: float) -> None:
    return None


def backup_log(
    log: LogReader, folder: Path, signer: Signer, now: datetime, *, force: bool = False, watch: Watch = _silent
) -> SignedHead:
    """Copy the log into a folder while others go on writing to it; the copy is verified before it counts as one.

    Of SQLite it is the file itself, by its online backup, with a signed head; of PostgreSQL an export. The private key is
    left out. Raises StoreError for a log that does not verify, Refused for a folder that exists unless `force`.
    """
    file = place_of(log.url)
    if file is None:
        return export_log(log, folder, signer, now, force=force, watch=watch)
    with written_whole(folder, force=force, like=BACKUP_FILES) as draft:
        _copy_file(file, draft / BACKUP_FILE, watch)
        copy = read_log(draft / BACKUP_FILE)
        try:
            report = verify_log(copy, watch=watch)
            if report.findings:
                told = report.findings[0]
                fix = "see `supercargo track verify-log`; keep the last good backup"
                raise StoreError(f"event {told.position}: {told.what}; this is no backup", fix=fix, where=str(file))
            signed = signer.sign(copy.store_id(), copy.head(), now)
        finally:
            copy.close()
        (draft / HEAD_FILE).write_bytes(text_of_head(signed))
    return signed


def _copy_file(file: Path, target: Path, watch: Watch) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(
                copy, pages=_PAGES_AT_ONCE, progress=lambda _, left, total: watch("copying", 1.0 - left / max(1, total))
            )
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error as error:
        fix = "check the path, free space and permissions; the store itself is as it was"
        raise StoreError(f"the file can't be copied: {error}", fix=fix, where=str(file)) from error


@dataclass(frozen=True, slots=True)
class Source:
    """A backup or an export that has been verified: its signed head, and its events in their order."""

    signed: SignedHead
    events: Callable[[], Iterator[Recorded]]


def source_of(folder: Path, *, public_key: str = "", watch: Watch = _silent) -> Source:
    """The log of a backup or export. Raises ScenarioError for a folder that is neither, StoreError if it does not verify."""
    file = folder / BACKUP_FILE
    if not file.is_file():
        report = verify_export(folder, public_key=public_key, watch=watch)
        _refuse_findings([(found.position, found.what) for found in report.findings], folder)
        signed = head_of_text((folder / HEAD_FILE).read_bytes(), public_key)
        return Source(signed, lambda: _events_of_lines(folder / EVENTS_FILE))
    try:
        signed = head_of_text((folder / HEAD_FILE).read_bytes(), public_key)
    except OSError as error:
        fix = "give a folder that `supercargo track export` or `backup` wrote"
        raise ScenarioError(f"there is no backup: {error.strerror}", fix=fix, where=str(folder / HEAD_FILE)) from None
    except ValueError as error:
        raise StoreError(f"the signed head is no good: {error}", fix="take another backup", where=str(folder)) from None
    log = read_log(file)
    report = verify_log(log, watch=watch)
    found = [(one.position, one.what) for one in report.findings]
    if not found and (Head(position=report.position, hash=report.hash), report.store_id) != (signed.head(), signed.store_id):
        found = [(report.position, f"the signed head says position {signed.position}")]
    _refuse_findings(found, folder)
    return Source(signed, lambda: _events_of(log))


def _refuse_findings(found: Sequence[tuple[int, str]], folder: Path) -> None:
    if found:
        position, what = found[0]
        fix = "take another backup; nothing was restored"
        raise StoreError(f"the backup was altered: event {position}: {what}", fix=fix, where=str(folder))


def _events_of_lines(file: Path) -> Iterator[Recorded]:
    with file.open("rb") as lines:
        for line in lines:
            yield event_of_line(line)


def _events_of(log: LogReader) -> Iterator[Recorded]:
    try:
        position = 0
        while page := log.since(position, limit=_PAGE):
            yield from page
            position = page[-1].position
    finally:
        log.close()


def restore_log(source: Source, url: str | Path, projections: Sequence[Projection] = (), *, watch: Watch = _silent) -> Head:
    """Put a log into an empty place, whole or not at all, and make its views anew; gives its end.

    It goes on as the same store, with the same name. Raises Refused where the place holds a log already.
    """
    place = store_url(url)
    file = place_of(place)
    if file is not None and file.exists():
        raise Refused("the place is not empty", fix="choose another name; nothing is restored over a store", where=str(file))
    made = False
    engine = writing_engine(place)
    try:
        make_room(file)
        with engine.begin() as connection:
            lock(connection)
            refuse_forgetful(connection)
            if inspect(connection).has_table("event"):
                fix = "choose an empty database; nothing is restored over a store"
                raise Refused("the database holds a log already", fix=fix, where=shown(place))
            upgrade(connection)
            note(connection, "store_id", source.signed.store_id)
            note(connection, "public_key", source.signed.public_key)
            head = _fill(connection, source, watch)
        made = True
        if projections:
            rebuild_views(engine, projections, watch=watch)
    except (DBAPIError, OSError) as error:
        raise broken_store(error, place) from error
    except ValueError as error:
        what = f"the backup changed while it was read: {error}"
        raise ScenarioError(what, fix="verify it and restore again", where=shown(place)) from error
    finally:
        engine.dispose()
        if not made and file is not None:
            for name in (file, *(file.with_name(file.name + tail) for tail in ("-wal", "-shm", "-journal"))):
                name.unlink(missing_ok=True)
    return head


def _fill(connection: Connection, source: Source, watch: Watch) -> Head:
    """Every event is held to the chain again as it goes in: the files may have changed since they were verified."""
    chain = Chain()
    page: list[Recorded] = []
    for stored in source.events():
        if chain.check(stored):
            raise ValueError(f"event {stored.position} does not follow the one before it")
        page.append(stored)
        if len(page) == _PAGE:
            connection.execute(insert_into(event), [row_of(one) for one in page])
            watch("restoring", chain.head.position / source.signed.position)
            page.clear()
    if page:
        connection.execute(insert_into(event), [row_of(one) for one in page])
    if chain.head != source.signed.head():
        raise ValueError(f"it ends at position {chain.head.position}, not {source.signed.position}")
    return chain.head
