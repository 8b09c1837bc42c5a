"""The sheets of a scenario before it is one: what each file gave, to be checked against the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from supercargo.kernel import Fault
from supercargo.model import SCENARIO_TABLES, Settings
from supercargo.store.columns import columns_of
from supercargo.store.rows import TableRead

__all__ = ["Sheets"]

_TABLE_OF = {table.attribute: table for table in SCENARIO_TABLES}


@dataclass(frozen=True)
class Sheets:
    """Settings (None if faulty) and what each file gave, by the scenario's attribute."""

    settings: Settings | None
    tables: Mapping[str, TableRead]

    def rows(self, attribute: str) -> Iterator[tuple[int, Any]]:
        """Pairs of row number and sound record of one file."""
        return self.tables[attribute].numbered()

    def records(self, attribute: str) -> tuple[Any, ...]:
        """Sound records of one file."""
        return self.tables[attribute].records

    def knows(self, attribute: str, word: str) -> bool:
        """True if some row, sound or not, carries this key, or if the file could not be read to its end."""
        table = self.tables[attribute]
        return word in table.key_words or not table.whole

    def sound(self, *attributes: str) -> bool:
        """True if every row of these files is sound, so that what they lack is lacking."""
        tables = [self.tables[attribute] for attribute in attributes]
        return all(table.whole and table.sound for table in tables)

    @cached_property
    def lawful(self) -> Mapping[str, Mapping[str, Any]]:
        """Sound records of the files with a single key, by attribute and key."""
        return {
            table.attribute: {getattr(record, table.key[0]): record for record in self.records(table.attribute)}
            for table in SCENARIO_TABLES
            if len(table.key) == 1
        }

    def fault(self, attribute: str, row: int, field: str, what: str, fix: str) -> Fault:
        """A fault of one cell, with file and column as they are written."""
        table = _TABLE_OF[attribute]
        column = next((column.name for column in columns_of(table.noun) if column.field == field), field)
        return Fault(table.file, row, column, what, fix)
