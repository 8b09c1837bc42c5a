"""Any tables as sheets of one workbook to be read, dated by one instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from supercargo.model import Table
from supercargo.store.book.writing import new_pen, write_table

__all__ = ["tables_book"]


def tables_book(title: str, at_utc: datetime, sheets: Iterable[tuple[Table, Sequence[Any]]]) -> bytes:
    """A workbook of tables, each as a sheet named after its file; the same content has the same bytes."""
    pen = new_pen(title, at_utc)
    for table, records in sheets:
        write_table(pen, table.file.removesuffix(".csv"), table, records, to_fill=False)
    return pen.close()
