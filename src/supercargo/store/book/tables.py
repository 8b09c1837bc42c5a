"""A workbook of plain tables, a sheet each: what an analysis found, for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from supercargo.model import Table
from supercargo.store.book.scenario import sheet_of
from supercargo.store.book.writing import new_pen, write_table

__all__ = ["tables_book"]


def tables_book(title: str, as_of_utc: datetime, tables: Sequence[tuple[Table, Sequence[Any]]]) -> bytes:
    """A workbook with a sheet for each table, dated by `as_of_utc`, so that the same content has the same bytes."""
    pen = new_pen(title, as_of_utc)
    for table, records in tables:
        write_table(pen, sheet_of(table.file), table, records, to_fill=False)
    return pen.close()
