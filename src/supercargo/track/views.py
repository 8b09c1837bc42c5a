"""Views: what is made from the log alone, table by table; any store of rows can hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View

__all__ = ["MemoryView", "Projection", "ViewTable", "project_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTable:
    """A table of a view: its key columns (words), its other columns, and the columns that rows are sought by."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    indexed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """How a part of the view follows from events: its tables, and what an event does to them.

    `project` never refuses: what is in the log has happened. It reads no clock and draws no number.
    """

    name: str
    tables: tuple[ViewTable, ...]
    project: Callable[[Recorded, View], None]


@dataclass(slots=True)
class MemoryView:
    """A view in memory, for tests and for short questions."""

    tables: dict[str, ViewTable]
    rows: dict[str, dict[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, projections: Iterable[Projection]) -> MemoryView:
        """An empty view for projections."""
        return cls({table.name: table for projection in projections for table in projection.tables})

    def get(self, table: str, key: tuple[str, ...]) -> dict[str, Any] | None:
        """A row, or None."""
        row = self.rows.get(table, {}).get(key)
        return None if row is None else dict(row)

    def put(self, table: str, key: tuple[str, ...], row: dict[str, Any]) -> None:
        """Set a row."""
        declared = self.tables[table]
        if set(row) != {*declared.key, *declared.columns}:
            raise KeyError(f"{table} has columns {declared.key + declared.columns}, the row {tuple(row)}")
        self.rows.setdefault(table, {})[key] = dict(row)

    def drop(self, table: str, key: tuple[str, ...]) -> None:
        """Take a row away, if it is there."""
        self.rows.get(table, {}).pop(key, None)

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Rows in which an indexed column has a value, in order of key."""
        if column not in self.tables[table].indexed:
            raise KeyError(f"{table} is not sought by {column}")
        for _, row in sorted(self.rows.get(table, {}).items()):
            if row[column] == value:
                yield dict(row)


def project_all(projections: Iterable[Projection], events: Iterable[Recorded], view: View) -> None:
    """Bring a view up to date with events, in their order."""
    wanted = tuple(projections)
    for event in events:
        for projection in wanted:
            projection.project(event, view)
