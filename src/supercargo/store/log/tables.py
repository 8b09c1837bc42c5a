"""The tables of the log: events, where the views stand, what the store knows of itself, and the views."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from supercargo.kernel import ScenarioError
from supercargo.track.views import Projection, ViewTable

__all__ = ["FRESH", "LIVE", "cursor", "declared_digest", "event", "meta", "sql_table", "tables_of"]

LIVE = "view_"
"""What the name of a view's table begins with."""

FRESH = "fresh_"
"""The same while it is being rebuilt."""

_WORD = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points, in both databases."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

_log = MetaData()

event = Table(
    "event",
    _log,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("event_id", _WORD, nullable=False),
    Column("stream", _WORD, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_utc", Text, nullable=False),
    Column("recorded_utc", Text, nullable=False),
    Column("stated_by", Text, nullable=False, key="by"),
    Column("tenant", _WORD, nullable=False),
    Column("body_schema", Integer, nullable=False, key="schema"),
    Column("body", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("event_id", name="event_id_once"),
    UniqueConstraint("stream", "version", name="event_version_once"),
    Index("event_by_tenant", "tenant", "position"),
)
"""What was stated, in a chain; rows are added and never changed."""

cursor = Table(
    "cursor",
    _log,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("declared", Text, nullable=False),
)
"""Up to which position the views follow the log, how often they were rebuilt, and the digest of their declarations."""

meta = Table("meta", _log, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
"""The store's own name and its public key."""


def tables_of(projections: Iterable[Projection]) -> dict[str, ViewTable]:
    """Declared tables by name. Raises ScenarioError for a name that is out of form or stands twice."""
    found: dict[str, ViewTable] = {}
    for table in (table for projection in projections for table in projection.tables):
        wrong = [name for name in (table.name, *table.key, *table.columns) if not _NAME.fullmatch(name)]
        if wrong:
            fix = "use small letters, digits and _, at most 40"
            raise ScenarioError(f"{wrong[0]!r} can't be a name in a view", fix=fix, where=table.name)
        if table.name in found:
            raise ScenarioError("two views have a table of this name", fix="give each its own", where=table.name)
        if "row_json" in (*table.key, *table.columns) or not {*table.indexed} <= {*table.key, *table.columns}:
            fix = "index declared columns only; row_json is the store's own"
            raise ScenarioError("the table's columns don't fit together", fix=fix, where=table.name)
        found[table.name] = table
    return found


def declared_digest(projections: Iterable[Projection]) -> str:
    """SHA-256 of what the projections declare: views that were made under another one are made anew."""
    said = [
        [projection.name, [[table.name, table.key, table.columns, table.indexed] for table in projection.tables]]
        for projection in projections
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@lru_cache(maxsize=512)
def sql_table(declared: ViewTable, *, prefix: str = LIVE, mark: str = "") -> Table:
    """A view's table in SQL: its key, the columns it is sought by, and the whole row as JSON.

    Names of keys and indexes carry the mark of a rebuild, because they outlive the renaming of a table.
    """
    name = prefix + declared.name
    extra = [column for column in dict.fromkeys(declared.indexed) if column not in declared.key]
    sought = [column for column in dict.fromkeys(declared.indexed) if column != declared.key[0]]  # the key finds its first
    return Table(
        name,
        MetaData(),
        *(Column(column, _WORD, nullable=False) for column in declared.key),
        *(Column(column, _WORD, nullable=True) for column in extra),
        Column("row_json", Text, nullable=False),
        PrimaryKeyConstraint(*declared.key, name=f"key_{mark}_{declared.name}"),
        *(Index(f"ix_{mark}_{declared.name}_{n}", column) for n, column in enumerate(sought)),
        sqlite_with_rowid=False,
    )
