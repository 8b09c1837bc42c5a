"""The event log in SQL: opened for writing by one thread of one program or of several, read by as many as like."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, bindparam, func, insert, literal, select, tuple_
from sqlalchemy.exc import DBAPIError

from supercargo.kernel import Refused, StoreError
from supercargo.store.accounts import Accounts
from supercargo.store.log.appending import Follower, head_of, since, store_batch
from supercargo.store.log.engines import lock, place_of, reading_engine, refuse_forgetful, shown, store_url, writing_engine
from supercargo.store.log.migrate import revision_of, upgrade
from supercargo.store.log.prepared import Prepared
from supercargo.store.log.rebuilding import rebuild_views, views_are_current, views_position
from supercargo.store.log.rows import event_of_row
from supercargo.store.log.signing import key_beside, make_key, read_signer
from supercargo.store.log.tables import declared_digest, event, meta, sql_table, tables_of
from supercargo.store.log.views import SqlView, dump_views
from supercargo.store.log.writer import Request, Tell, Writer
from supercargo.track.envelope import Draft, Head, Receipt, Recorded
from supercargo.track.event_store import View
from supercargo.track.limits import check_drafts
from supercargo.track.views import Projection

__all__ = ["LogReader", "SqlStore", "broken_store", "make_room", "note", "note_in", "open_log", "read_log", "rebuild_log"]

_STREAM = Prepared(select(event).where(event.c.stream == bindparam("name")).order_by(event.c.version))


class LogReader:
    """A log that is only read: several programs may do so while another one writes."""

    def __init__(self, url: URL, projections: Sequence[Projection] = ()) -> None:
        self.url = url
        self.projections = tuple(projections)
        self._tables = tables_of(projections)
        self._readers = reading_engine(url)
        self._open = threading.local()

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order; none for a stream that is not known."""
        with self.snapshot() as connection:
            return tuple(event_of_row(row) for row in _STREAM.run(connection, {"name": name}))

    def named(self, event_id: str) -> Recorded | None:
        """The event of a name; None where none has it."""
        with self.snapshot() as connection:
            row = connection.execute(select(event).where(event.c.event_id == event_id)).one_or_none()
        return None if row is None else event_of_row(row)

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The next events of the log behind a position, in their order."""
        with self.snapshot() as connection:
            return since(connection, position, limit)

    def head(self) -> Head:
        """The end of the log."""
        with self.snapshot() as connection:
            return head_of(connection)

    def tenants(self) -> tuple[str, ...]:
        """Whose own events the log holds, by name."""
        with self.snapshot() as connection:
            found = connection.execute(select(event.c.tenant).distinct().where(event.c.tenant != "")).scalars()
            return tuple(sorted(str(one) for one in found))

    def last_of(self, prefix: str, *, after: int = 0) -> tuple[int, datetime] | None:
        """Position of the last event behind `after` whose name begins with some signs, and when it was stored; None: none."""
        after_all = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        named = (event.c.event_id >= prefix) & (event.c.event_id < after_all)
        begins = func.substr(event.c.event_id, 1, len(prefix)) == prefix
        with self.snapshot() as connection:
            if connection.execute(select(event.c.event_id).where(named, begins).limit(1)).first() is None:
                return None  # found by the index of names; the log itself is looked through from its end
            wanted = select(event.c.position, event.c.recorded_utc).where(event.c.position > after, begins)
            row = connection.execute(wanted.order_by(event.c.position.desc()).limit(1)).first()
        return None if row is None else (int(row[0]), datetime.fromisoformat(row[1]))

    def store_id(self) -> str:
        """The name that the store gave itself when it was made."""
        return self.noted("store_id")

    def noted(self, name: str) -> str:
        """What the store has noted of itself under a name; empty where there is nothing."""
        with self.snapshot() as connection:
            return _noted(connection, name)

    @contextmanager
    def reading(self) -> Iterator[View]:
        """The views as they stand at one instant; to be read, not changed."""
        view = SqlView(self._tables, writable=False)
        with self.snapshot() as connection:
            view.bind(connection)
            yield view

    @property
    def views(self) -> View:
        """The views as they stand at each question."""
        return _OpenViews(self)

    def views_are_current(self) -> bool:
        """Whether the views were made under these declarations, and follow the log to its end."""
        with self.snapshot() as connection:
            return (
                views_are_current(connection, self.projections) and views_position(connection) == head_of(connection).position
            )

    def page(
        self, table: str, *, column: str = "", value: str = "", after: tuple[str, ...] = (), limit: int = 100
    ) -> tuple[dict[str, Any], ...]:
        """Rows of a view in order of key, behind a key: all, or those in which an indexed column has a value.

        Raises KeyError for a table that is not declared or a column that it is not sought by.
        """
        declared = self._tables[table]
        if column and column not in declared.indexed:
            raise KeyError(f"{table} is not sought by {column}")
        rows = sql_table(declared)
        keys = [rows.c[name] for name in declared.key]
        wanted = select(rows.c.row_json).order_by(*keys).limit(limit)
        if column:
            wanted = wanted.where(rows.c[column] == value)
        if after:
            wanted = wanted.where(tuple_(*keys) > tuple_(*(literal(part) for part in after)))
        with self.snapshot() as connection:
            return tuple(json.loads(text) for text in connection.execute(wanted).scalars())

    def dump(self) -> tuple[str, ...]:
        """Every row of the views as a line of JSON, in an order that does not depend on how they were made."""
        with self.snapshot() as connection:
            return tuple(dump_views(connection, self._tables))

    def digest(self) -> tuple[int, str]:
        """How many rows the views have, and SHA-256 of all lines of `dump`, each with its newline."""
        rows_count, total = 0, hashlib.sha256()
        with self.snapshot() as connection:
            for line in dump_views(connection, self._tables):
                rows_count += 1
                total.update(line.encode() + b"\n")
        return rows_count, total.hexdigest()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one state of the store; an error of the database comes out as StoreError.

        Asked for again in its own block, by the same thread, it is the same one: what is read together agrees.
        """
        standing: Connection | None = getattr(self._open, "connection", None)
        if standing is not None:
            yield standing
            return
        try:
            with self._readers.begin() as connection:
                self._open.connection = connection
                try:
                    yield connection
                finally:
                    self._open.connection = None
        except DBAPIError as error:
            raise broken_store(error, self.url) from error

    def close(self) -> None:
        """Let go of the database."""
        self._readers.dispose()


class _OpenViews:
    """Views that are looked up one row at a time, each in a snapshot of its own."""

    def __init__(self, log: LogReader) -> None:
        self._log = log

    def get(self, table: str, key: tuple[str, ...]) -> dict[str, Any] | None:
        with self._log.reading() as view:
            return view.get(table, key)

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        with self._log.reading() as view:
            return view.find(table, column, value)

    def put(self, table: str, key: tuple[str, ...], row: dict[str, Any]) -> None:
        with self._log.reading() as view:
            view.put(table, key, row)

    def drop(self, table: str, key: tuple[str, ...]) -> None:
        with self._log.reading() as view:
            view.drop(table, key)


class SqlStore(LogReader):
    """An EventStore in SQL; what `append` has answered is on the disk, in the log and in the views."""

    def __init__(
        self, url: URL, projections: Sequence[Projection], clock: Callable[[], datetime], *, reserved: str = ""
    ) -> None:
        super().__init__(url, projections)
        self._writers = writing_engine(url)
        self._clock = clock
        view = SqlView(self._tables)
        self._follower = Follower(projections, declared_digest(projections), view)
        self._hearers: list[Callable[[Sequence[Recorded]], None]] = []
        self._writer = Writer(self._commit, clock, shown(url), reserved=reserved)

    def now_utc(self) -> datetime:
        """What time it is by the store's clock, in whole seconds."""
        return self._clock().replace(microsecond=0)

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Store the drafts as one, and wait until a power cut can't take them away; see EventStore."""
        return self._writer.append(drafts)

    def submit(self, drafts: Sequence[Draft]) -> Future[tuple[Receipt, ...]]:
        """Have drafts stored while the caller goes on: the future brings what `append` would answer or raise."""
        return self._writer.submit(drafts)

    def send(self, drafts: Sequence[Draft], tell: Tell) -> None:
        """Have drafts stored while the caller goes on: `tell` hears what `append` would answer or raise."""
        self._writer.send(drafts, tell)

    def check(self, drafts: Sequence[Draft]) -> None:
        """Raises ScenarioError where `append` would refuse the drafts for their form or their instants; nothing is stored."""
        check_drafts(drafts, self._clock())

    def on_stored(self, hear: Callable[[Sequence[Recorded]], None]) -> None:
        """Have somebody hear the events that this program stores, in their order, before those who wait have their answers."""
        self._hearers.append(hear)

    def accounts(self) -> Accounts:
        """People and keys, kept in the same database."""
        return Accounts(self._readers, self._writers)

    def catch_up(self) -> None:
        """Bring the views to the end of the log."""
        self._commit(())

    def rebuild(self, *, watch: Callable[[str, float], None] = lambda stage, share: None) -> int:
        """Make the views anew from the log alone; gives the number of events."""
        try:
            return rebuild_views(self._writers, self.projections, watch=watch)
        except (DBAPIError, OSError) as error:
            raise broken_store(error, self.url) from error

    def close(self) -> None:
        """Store what waits, then let go of the database."""
        self._writer.close()
        self._writers.dispose()
        super().close()

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _commit(self, batch: Sequence[Request]) -> Sequence[tuple[Receipt, ...] | Refused]:
        stored = False
        try:
            with self._writers.begin() as connection:
                lock(connection)
                answers, added = store_batch(connection, batch, self._follower, self._clock)
            stored = True
            for hear in self._hearers:
                hear(added)
            return answers
        finally:
            if not stored:
                self._follower.forget()


def open_log(
    url: str | Path, projections: Sequence[Projection], clock: Callable[[], datetime], *, reserved: str = ""
) -> SqlStore:
    """Open a log for writing, making it where there is none; views that are missing or declared otherwise are made anew.

    `projections` empty leaves the views as they are: the next program that has some brings them up to date. `reserved` is
    what the name of no event may begin with. Raises
    StoreError where the database can't be opened, forgets what it confirms, or is of a newer form.
    """
    place = store_url(url)
    make_room(place_of(place))
    engine = writing_engine(place)
    try:
        with engine.begin() as connection:
            lock(connection)
            refuse_forgetful(connection)
            upgrade(connection)
            _name_store(connection, place)
            current = not projections or views_are_current(connection, projections)
        if not current:
            rebuild_views(engine, projections)
    except (DBAPIError, OSError) as error:
        raise broken_store(error, place) from error
    finally:
        engine.dispose()
    return _followed(SqlStore(place, projections, clock, reserved=reserved))


def _followed(store: SqlStore) -> SqlStore:
    """The store with its views at the end of the log: a program without views may have written since."""
    try:
        store.catch_up()
    except (DBAPIError, OSError) as error:
        store.close()
        raise broken_store(error, store.url) from error
    return store


def read_log(url: str | Path, projections: Sequence[Projection] = ()) -> LogReader:
    """Open a log that is there, to read it alone. Raises StoreError where there is none."""
    place = store_url(url)
    file = place_of(place)
    fix = "check the name; a store is made by the first command that records something"
    if file is not None and not file.is_file():
        raise StoreError("there is no such store", fix=fix, where=str(file))
    reader = LogReader(place, projections)
    with reader.snapshot() as connection:
        if revision_of(connection) is None:
            raise StoreError("the database holds no event log", fix=fix, where=shown(place))
    return reader


def rebuild_log(
    url: str | Path, projections: Sequence[Projection], *, watch: Callable[[str, float], None] = lambda stage, share: None
) -> int:
    """Make the views of a log anew from its events alone, while others go on writing; gives the number of events."""
    read_log(url).close()
    place = store_url(url)
    engine = writing_engine(place)
    try:
        return rebuild_views(engine, projections, watch=watch)
    except (DBAPIError, OSError) as error:
        raise broken_store(error, place) from error
    finally:
        engine.dispose()


def note_in(url: str | Path, name: str, value: str) -> None:
    """Have a store note something of itself."""
    place = store_url(url)
    engine = writing_engine(place)
    try:
        with engine.begin() as connection:
            lock(connection)
            note(connection, name, value)
    except (DBAPIError, OSError) as error:
        raise broken_store(error, place) from error
    finally:
        engine.dispose()


def make_room(file: Path | None) -> None:
    """A new file's name must be on the disk too, not only its content."""
    if file is None or file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o640))
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise broken_store(error, store_url(file)) from error


def _name_store(connection: Connection, url: URL) -> None:
    """A new store gets a name and, where it is a file, a pair of keys beside it."""
    if _noted(connection, "store_id"):
        return
    note(connection, "store_id", str(uuid.uuid4()))
    file = place_of(url)
    if file is not None:
        key = key_beside(file)
        note(connection, "public_key", (read_signer(key) if key.exists() else make_key(key)).public_key)


def note(connection: Connection, name: str, value: str) -> None:
    """Note something of the store itself, in place of what stood under that name, inside the caller's transaction."""
    connection.execute(meta.delete().where(meta.c.name == name))
    connection.execute(insert(meta).values(name=name, value=value))


def _noted(connection: Connection, name: str) -> str:
    return str(connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar() or "")


def broken_store(error: Exception, url: URL) -> StoreError:
    """What a person is told of an error of the disk or the database."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    fix = "check the path, free space, permissions, and that the server runs; nothing was half stored"
    return StoreError(f"the store can't be used: {' '.join(said.split())}", fix=fix, where=shown(url))
