"""Connections to the database of the log: SQLite in a file, or PostgreSQL; never one that forgets what it has confirmed."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from supercargo.kernel import ScenarioError, StoreError

__all__ = [
    "BUSY_MS",
    "is_busy",
    "lock",
    "place_of",
    "reading_engine",
    "refuse_forgetful",
    "shown",
    "store_url",
    "writing_engine",
]

BUSY_MS = 30_000
"""How long a writer waits for another one on the same file [ms]."""

CACHE_KB = 65_536
"""Memory of a writer for pages of the file [KiB]: keys of many streams are scattered over it."""

WAL_PAGES = 4_096
"""Pages of the journal after which it is worked into the file; fewer would write the same page again and again."""

CONNECTIONS_KEPT, CONNECTIONS_MORE = 8, 48
"""Connections that a program keeps, and how many more it opens while as many threads read at once."""

APPEND_LOCK = 0x5C_A2_60_10
"""The advisory lock of PostgreSQL under which events are appended."""


def store_url(told: str | Path) -> URL:
    """The database that a person names: a path is a file of SQLite, anything with `://` a URL.

    Raises ScenarioError for a URL that is none, and for databases that the log is not tested on.
    """
    words = str(told)
    fix = "give a file, such as work/log.sqlite, or postgresql://USER@HOST/DATABASE"
    if "://" not in words:
        if not words or words.startswith(":"):
            raise ScenarioError("the store must be a file", fix=fix, where=words or "--store")
        return URL.create("sqlite", database=words)
    try:
        url = make_url(words)
    except (ArgumentError, ValueError):
        raise ScenarioError("the URL of the store can't be read", fix=fix, where="--store") from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ScenarioError(f"{url.drivername} is no database that the log is kept in", fix=fix, where="--store")
    return url.set(drivername="sqlite")


def place_of(url: URL) -> Path | None:
    """The file of an SQLite store; None for a server."""
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def shown(url: URL) -> str:
    """The store's name as it may stand in a message: without the password."""
    return str(place_of(url) or url.render_as_string(hide_password=True))


def writing_engine(url: URL) -> Engine:
    """An engine whose transactions take the lock for writing at their beginning."""
    engine = _engine(url)
    if url.drivername == "sqlite":
        event.listen(engine, "connect", _set_up_writer)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        event.listen(engine, "connect", _demand_durable_commits)
    return engine


def reading_engine(url: URL) -> Engine:
    """An engine whose transactions see one state of the store and can't change it."""
    engine = _engine(_on_sealed_disk(url))
    if url.drivername == "sqlite":
        event.listen(engine, "connect", _set_up_reader)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _on_sealed_disk(url: URL) -> URL:
    """The same database where the disk can't be written: SQLite may then read it only as one that nobody changes.

    Raises StoreError where a part of the log still stands beside the file and can't be joined there.
    """
    file = place_of(url)
    if file is None or not file.is_file() or os.access(file.parent, os.W_OK):
        return url
    beside = file.with_name(file.name + "-wal")
    if beside.is_file() and beside.stat().st_size:
        what = f"the newest events stand in {beside.name}, which can't be joined on a disk that is read-only"
        raise StoreError(what, fix="copy both files to a disk that can be written", where=shown(url))
    return URL.create(
        "sqlite", database=f"file:{quote(str(file.absolute()))}", query={"mode": "ro", "immutable": "1", "uri": "true"}
    )


def _engine(url: URL) -> Engine:
    if url.drivername == "sqlite" and place_of(url) is None:
        return create_engine(url, poolclass=NullPool)
    try:
        return create_engine(url, pool_size=CONNECTIONS_KEPT, max_overflow=CONNECTIONS_MORE)
    except ImportError:
        fix = "install it: pip install 'supercargo[postgres]'"
        raise StoreError("the driver for PostgreSQL is missing", fix=fix, where=shown(url)) from None


def _set_up_writer(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = ON",
        f"cache_size = -{CACHE_KB}",
        f"wal_autocheckpoint = {WAL_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_reader(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _demand_durable_commits(connection: Any, _: Any) -> None:
    before, connection.autocommit = connection.autocommit, True
    connection.execute("SET synchronous_commit = on")
    connection.autocommit = before


def refuse_forgetful(connection: Connection) -> None:
    """Raises StoreError where the database would confirm what a power cut can still take away."""
    if connection.dialect.name == "sqlite":
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        wanted: dict[str, Any] = {"journal_mode": "wal", "synchronous": 2}
    else:
        found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("fsync", "synchronous_commit")}
        wanted = {"fsync": "on", "synchronous_commit": "on"}
    for name, value in wanted.items():
        if found[name] != value:
            raise StoreError(
                f"{name} is {found[name]}, not {value}: a power cut could take away what was confirmed",
                fix="put the file on a local disk" if name == "journal_mode" else f"set {name} to {value}",
                where="store",
            )


def lock(connection: Connection) -> None:
    """Inside a transaction of a writing engine: from here to its end nobody else appends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})


def is_busy(error: BaseException) -> bool:
    """Whether another writer held the store for too long; nothing was written then, and nothing is broken."""
    original = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(original, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY
