"""Tables as pages show them and as workbooks take them out: columns with their units, cells with what they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.store.book.listing import Listing, listing_book

__all__ = ["Cell", "Column", "Table", "Value", "workbook_of"]

Value = str | float | int | datetime | bool | None
"""What a cell may hold."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its unit where it has one, and how many decimals are shown of a number."""

    title: str
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that leads somewhere or means something: `look` is good, bad or warn."""

    value: Value
    href: str = ""
    look: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it tells, what to do where it is empty, and how many rows there are beyond those shown."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell | Value]]
    empty: str = "Nothing here."
    unshown_count: int = 0
    next_href: str = ""
    back_href: str = ""  # where it goes in again once it was edited

    @property
    def cells(self) -> list[list[Cell]]:
        """Every cell as one."""
        return [[one if isinstance(one, Cell) else Cell(one) for one in row] for row in self.rows]


def workbook_of(title: str, tables: Sequence[Table], *, as_of_utc: datetime) -> bytes:
    """The tables as an Excel workbook, one sheet each; units stand in the heading."""
    listings = [
        Listing(
            name=table.name,
            titles=tuple(f"{one.title} [{one.unit}]" if one.unit else one.title for one in table.columns),
            rows=[[cell.value for cell in row] for row in table.cells],
        )
        for table in tables
    ]
    return listing_book(title, listings, as_of_utc=as_of_utc)
