"""Views in SQL: the protocol `View` over tables of the store; what was read and written stays at hand until it is flushed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

from supercargo.kernel import StoreError
from supercargo.store.log.tables import LIVE, sql_table
from supercargo.track.limits import body_text
from supercargo.track.views import ViewTable

__all__ = ["MOST_KEPT", "SqlView", "create_tables", "drop_tables", "dump_views"]

MOST_KEPT = 200_000
"""Rows that are kept at hand; beyond it they are read from the database again."""

Key = tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """A table with the rows at hand: text of a row, or None for one that is known to be absent."""

    declared: ViewTable
    sql: Table
    rows: dict[Key, str | None] = field(default_factory=dict)
    changed: set[Key] = field(default_factory=set)
    sought: dict[str, dict[str, set[Key]]] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    whole: bool = False

    def keep(self, key: Key, row: dict[str, Any] | None) -> None:
        """Have a row at hand in place of what stood for its key."""
        if self.declared.indexed:
            self._unlink(key)
            for column in self.declared.indexed if row is not None else ():
                value = row[column] if row is not None else None
                if isinstance(value, str):
                    self.sought.setdefault(column, {}).setdefault(value, set()).add(key)
        self.rows[key] = None if row is None else body_text(row)

    def _unlink(self, key: Key) -> None:
        old = self.rows.get(key)
        if old is not None:
            before = json.loads(old)
            for column in self.declared.indexed:
                self.sought.get(column, {}).get(before[column], set()).discard(key)

    def forget(self) -> None:
        """Have nothing at hand."""
        for kept in (self.rows, self.changed, self.sought, self.asked):
            kept.clear()
        self.whole = False


class SqlView:
    """Rows of the views' tables; changes stay at hand until `flush` writes them inside the caller's transaction.

    A view made `empty` knows that its tables hold nothing yet, so that it need not ask. One that is not `writable`
    refuses to be changed.
    """

    def __init__(
        self,
        declared: Mapping[str, ViewTable],
        *,
        prefix: str = LIVE,
        empty: bool = False,
        writable: bool = True,
    ) -> None:
        self._kept = {name: _Kept(table, sql_table(table, prefix=prefix), whole=empty) for name, table in declared.items()}
        self._writable = writable
        self._connection: Connection | None = None

    def bind(self, connection: Connection) -> None:
        """Read and write over this connection from now on."""
        self._connection = connection

    def get(self, table: str, key: Key) -> dict[str, Any] | None:
        """A row, or None."""
        kept = self._kept[table]
        if key not in kept.rows and not kept.whole:
            self._fetch(kept, key)
        text = kept.rows.get(key)
        return None if text is None else json.loads(text)

    def put(self, table: str, key: Key, row: dict[str, Any]) -> None:
        """Set a row."""
        kept = self._kept[table]
        declared = kept.declared
        if set(row) != {*declared.key, *declared.columns}:
            raise KeyError(f"{table} has columns {declared.key + declared.columns}, the row {tuple(row)}")
        self._change(kept, key, row)

    def drop(self, table: str, key: Key) -> None:
        """Take a row away, if it is there."""
        self._change(self._kept[table], key, None)

    def _change(self, kept: _Kept, key: Key, row: dict[str, Any] | None) -> None:
        if not self._writable:
            raise TypeError("a view that is read is not changed; only events change it")
        if len(key) != len(kept.declared.key):
            raise KeyError(f"{kept.declared.name} has the key {kept.declared.key}, asked for {key}")
        kept.keep(key, row)
        kept.changed.add(key)

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Rows in which an indexed column has a value, in order of key."""
        kept = self._kept[table]
        if column not in kept.declared.indexed:
            raise KeyError(f"{table} is not sought by {column}")
        if not kept.whole and (column, value) not in kept.asked:
            self._fetch_all(kept, column, value)
        keys = sorted(kept.sought.get(column, {}).get(value, ()))
        texts = [kept.rows[key] for key in keys]
        return iter([json.loads(text) for text in texts if text is not None])

    def _fetch(self, kept: _Kept, key: Key) -> None:
        columns = kept.sql.c
        same = and_(*(columns[name] == bindparam(f"k_{name}") for name in kept.declared.key))
        values = {f"k_{name}": part for name, part in zip(kept.declared.key, key, strict=True)}
        text = self._bound().execute(select(columns.row_json).where(same), values).scalar()
        if text is None or not kept.declared.indexed:
            kept.rows[key] = text
        else:
            kept.keep(key, json.loads(text))

    def _fetch_all(self, kept: _Kept, column: str, value: str) -> None:
        columns = kept.sql.c
        wanted = select(*(columns[name] for name in kept.declared.key), columns.row_json)
        for *parts, text in self._bound().execute(wanted.where(columns[column] == bindparam("v")), {"v": value}):
            key = tuple(parts)
            if key not in kept.rows:
                kept.keep(key, json.loads(text))
        kept.asked.add((column, value))

    def _bound(self) -> Connection:
        if self._connection is None:
            raise StoreError("the view is not open", fix="read it inside `with store.reading() as view`", where="view")
        return self._connection

    def flush(self) -> None:
        """Write what was changed; rows stay at hand as long as they are few."""
        connection = self._bound()
        for kept in self._kept.values():
            if kept.changed:
                _write(connection, kept)
                kept.changed.clear()
            if len(kept.rows) > MOST_KEPT:
                kept.forget()

    def forget(self) -> None:
        """Have nothing at hand: the database may hold something else now, or a change was taken back."""
        for kept in self._kept.values():
            kept.forget()


def _write(connection: Connection, kept: _Kept) -> None:
    names = kept.declared.key
    gone: list[dict[str, Any]] = []
    set_: list[dict[str, Any]] = []
    extra = [column.name for column in kept.sql.c if column.name not in (*names, "row_json")]
    for key in sorted(kept.changed):
        text = kept.rows[key]
        if text is None:
            gone.append({f"k_{name}": part for name, part in zip(names, key, strict=True)})
            continue
        row = json.loads(text) if extra else {}
        cells = {name: row[name] if isinstance(row[name], str) else None for name in extra}
        set_.append({**dict(zip(names, key, strict=True)), **cells, "row_json": text})
    if gone:
        same = and_(*(kept.sql.c[name] == bindparam(f"k_{name}") for name in names))
        connection.execute(delete(kept.sql).where(same), gone)
    if set_:
        connection.execute(_upsert(connection, kept.sql, names, [*extra, "row_json"]), set_)


def _upsert(connection: Connection, table: Table, key: Key, others: list[str]) -> Any:
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    adding = insert(table)
    return adding.on_conflict_do_update(index_elements=list(key), set_={name: adding.excluded[name] for name in others})


def create_tables(connection: Connection, declared: Mapping[str, ViewTable], *, prefix: str, mark: str) -> None:
    """Make the empty tables of the views."""
    for table in declared.values():
        sql_table(table, prefix=prefix, mark=mark).create(connection)


def drop_tables(connection: Connection, prefix: str) -> None:
    """Take away every table of the views that begins with a prefix."""
    for name in inspect(connection).get_table_names():
        if name.startswith(prefix):
            connection.exec_driver_sql(f'DROP TABLE "{name}"')


def dump_views(connection: Connection, declared: Mapping[str, ViewTable], *, prefix: str = LIVE) -> Iterator[str]:
    """Every row of every table as a line of JSON, tables by name, rows by key: the same log gives the same bytes."""
    for name in sorted(declared):
        table = sql_table(declared[name], prefix=prefix)
        names = declared[name].key
        asked = select(*(table.c[column] for column in names), table.c.row_json).order_by(
            *(table.c[column] for column in names)
        )
        for *key, text in connection.execute(asked):
            yield body_text({"table": name, "key": key, "row": json.loads(text)})
