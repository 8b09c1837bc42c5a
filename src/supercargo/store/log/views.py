"""Views in SQL: the protocol `View` over tables of the store; what was read and written stays at hand until it is flushed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

from supercargo.kernel import StoreError
from supercargo.store.log.prepared import Prepared
from supercargo.store.log.tables import LIVE, sql_table
from supercargo.track.limits import body_text
from supercargo.track.views import ViewTable

__all__ = ["MOST_KEPT", "SqlView", "create_tables", "drop_tables", "dump_views"]

MOST_KEPT = 50_000
"""Rows of a table that are kept at hand; beyond it they are read from the database again."""

Key = tuple[str, ...]
Row = dict[str, Any]

_PLAIN = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)
"""Rows are read as JSON, so their words stand in any order; `dump_views` puts them into one."""

_SIMPLE = frozenset({str, int, float, bool, type(None)})


def _carried(row: Row) -> Row:
    """A row of one's own, as it would come back from the database: what is changed in it later changes no other."""
    if _SIMPLE.issuperset(map(type, row.values())):
        return row.copy()
    return {name: value if type(value) in _SIMPLE else _own(value) for name, value in row.items()}


def _own(value: Any) -> Any:
    kind = type(value)
    if kind in _SIMPLE:
        return value
    if not value and kind is list:
        return []
    if kind is list or kind is tuple:
        return [_own(part) for part in value]
    if kind is dict and all(type(name) is str for name in value):
        return {name: _own(part) for name, part in value.items()}
    return json.loads(body_text(value))


@dataclass(slots=True)
class _Kept:
    """A table with the rows at hand: a row, or None for one that is known to be absent."""

    declared: ViewTable
    sql: Table
    columns: frozenset[str]
    rows: dict[Key, Row | None] = field(default_factory=dict)
    changed: set[Key] = field(default_factory=set)
    sought: dict[str, dict[str, set[Key]]] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    whole: bool = False

    def keep(self, key: Key, row: Row | None) -> None:
        """Have a row at hand in place of what stood for its key."""
        if self.sought:
            self._link(key, self.rows.get(key) or {}, row or {})
        self.rows[key] = row

    def _link(self, key: Key, before: Row, row: Row) -> None:
        for column, found in self.sought.items():
            old, value = before.get(column), row.get(column)
            if old == value:
                continue
            if isinstance(old, str):
                found[old].discard(key)
            if isinstance(value, str):
                found.setdefault(value, set()).add(key)

    def keys_by(self, column: str) -> dict[str, set[Key]]:
        """Keys of the rows at hand by what stands in a column; from its first use on it is kept up to date."""
        if column not in self.sought:
            found = self.sought[column] = dict[str, set[Key]]()
            for key, row in self.rows.items():
                if row is not None and isinstance(value := row[column], str):
                    found.setdefault(value, set()).add(key)
        return self.sought[column]

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
        self._declared, self._prefix, self._empty = declared, prefix, empty
        self._tables: dict[str, _Kept] = {}
        self._writable = writable
        self._connection: Connection | None = None

    def _kept(self, name: str) -> _Kept:
        kept = self._tables.get(name)
        if kept is None:
            table = self._declared[name]
            kept = self._tables[name] = _Kept(
                table, sql_table(table, prefix=self._prefix), frozenset((*table.key, *table.columns)), whole=self._empty
            )
        return kept

    def bind(self, connection: Connection) -> None:
        """Read and write over this connection from now on."""
        self._connection = connection

    def get(self, table: str, key: Key) -> dict[str, Any] | None:
        """A row, or None."""
        kept = self._kept(table)
        if key not in kept.rows and not kept.whole:
            self._fetch(kept, key)
        row = kept.rows.get(key)
        return None if row is None else _carried(row)

    def put(self, table: str, key: Key, row: dict[str, Any]) -> None:
        """Set a row."""
        kept = self._kept(table)
        if row.keys() != kept.columns:
            raise KeyError(f"{table} has columns {kept.declared.key + kept.declared.columns}, the row {tuple(row)}")
        self._change(kept, key, _carried(row))

    def drop(self, table: str, key: Key) -> None:
        """Take a row away, if it is there."""
        self._change(self._kept(table), key, None)

    def _change(self, kept: _Kept, key: Key, row: dict[str, Any] | None) -> None:
        if not self._writable:
            raise TypeError("a view that is read is not changed; only events change it")
        if len(key) != len(kept.declared.key):
            raise KeyError(f"{kept.declared.name} has the key {kept.declared.key}, asked for {key}")
        kept.keep(key, row)
        kept.changed.add(key)

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Rows in which an indexed column has a value, in order of key."""
        kept = self._kept(table)
        if column not in kept.declared.indexed:
            raise KeyError(f"{table} is not sought by {column}")
        if not kept.whole and (column, value) not in kept.asked:
            self._fetch_all(kept, column, value)
        keys = sorted(kept.keys_by(column).get(value, ()))
        rows = [kept.rows[key] for key in keys]
        return iter([_carried(row) for row in rows if row is not None])

    def _fetch(self, kept: _Kept, key: Key) -> None:
        text = _select_one(kept.sql).run(self._bound(), _key_values(kept, key)).scalar()
        kept.keep(key, None if text is None else json.loads(text))

    def _fetch_all(self, kept: _Kept, column: str, value: str) -> None:
        for found in _select_by(kept.sql, column).run(self._bound(), {"v": value}):
            key: Key = tuple(found[:-1])
            if key not in kept.rows:
                kept.keep(key, json.loads(found[-1]))
        kept.asked.add((column, value))

    def _bound(self) -> Connection:
        if self._connection is None:
            raise StoreError("the view is not open", fix="read it inside `with store.reading() as view`", where="view")
        return self._connection

    def flush(self) -> None:
        """Write what was changed; rows stay at hand as long as they are few."""
        connection = self._bound()
        for kept in self._tables.values():
            if kept.changed:
                _write(connection, kept)
                kept.changed.clear()
            if len(kept.rows) > MOST_KEPT:
                kept.forget()

    def forget(self) -> None:
        """Have nothing at hand: the database may hold something else now, or a change was taken back."""
        for kept in self._tables.values():
            kept.forget()


def _key_values(kept: _Kept, key: Key) -> dict[str, str]:
    return {f"k_{name}": part for name, part in zip(kept.declared.key, key, strict=True)}


def _write(connection: Connection, kept: _Kept) -> None:
    names = kept.declared.key
    gone: list[dict[str, Any]] = []
    set_: list[dict[str, Any]] = []
    extra = [column.name for column in kept.sql.c if column.name not in (*names, "row_json")]
    for key in sorted(kept.changed):
        row = kept.rows[key]
        if row is None:
            gone.append(_key_values(kept, key))
            continue
        cells = {name: row[name] if isinstance(row[name], str) else None for name in extra}
        set_.append({**dict(zip(names, key, strict=True)), **cells, "row_json": _PLAIN.encode(row)})
    if gone:
        _delete(kept.sql).run_all(connection, gone)
    if set_:
        _upsert(kept.sql, connection.dialect.name).run_all(connection, set_)


def _same_key(table: Table) -> Any:
    return and_(*(column == bindparam(f"k_{column.name}") for column in table.primary_key))


@lru_cache(maxsize=512)
def _select_one(table: Table) -> Prepared:
    return Prepared(select(table.c.row_json).where(_same_key(table)))


@lru_cache(maxsize=512)
def _select_by(table: Table, column: str) -> Prepared:
    return Prepared(select(*table.primary_key, table.c.row_json).where(table.c[column] == bindparam("v")))


@lru_cache(maxsize=512)
def _delete(table: Table) -> Prepared:
    return Prepared(delete(table).where(_same_key(table)))


@lru_cache(maxsize=512)
def _upsert(table: Table, dialect: str) -> Prepared:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    adding = insert(table).values({column.name: bindparam(column.name) for column in table.c})
    key = [column.name for column in table.primary_key]
    others = {column.name: adding.excluded[column.name] for column in table.c if column.name not in key}
    return Prepared(adding.on_conflict_do_update(index_elements=key, set_=others))


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
