"""The page and the workbook that a review is written to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from supercargo.kernel import ScenarioError
from supercargo.model import Table
from supercargo.store import refuse_outputs
from supercargo.store.folders import write_file

__all__ = ["PagesAsked", "book_of", "refuse_pages", "write_pages"]


class PagesAsked(Protocol):
    """What is asked for: a page, a workbook, and whether those that exist are replaced."""

    @property
    def out(self) -> Path | None:
        """The page."""

    @property
    def xlsx(self) -> Path | None:
        """The workbook."""

    @property
    def force(self) -> bool:
        """Whether files that exist are replaced."""


def refuse_pages(asked: PagesAsked, *sources: Path | None) -> None:
    """Raise ScenarioError for a page or workbook of another kind of name, Refused as `refuse_outputs` does."""
    for file, ending in ((asked.out, ".html"), (asked.xlsx, ".xlsx")):
        if file is not None and file.suffix.lower() != ending:
            raise ScenarioError("the file has another kind of name", fix=f"give a name that ends in {ending}", where=str(file))
    refuse_outputs((asked.out, asked.xlsx), sources, force=asked.force)


def write_pages(asked: PagesAsked, page: Callable[[], str], book: Callable[[], bytes]) -> tuple[Path, ...]:
    """Write the page and the workbook that are asked for; gives what was written. Raises as `write_file` does."""
    written = []
    if asked.out is not None:
        write_file(asked.out, page().encode(), force=asked.force)
        written.append(asked.out)
    if asked.xlsx is not None:
        write_file(asked.xlsx, book(), force=asked.force)
        written.append(asked.xlsx)
    return tuple(written)


def book_of(title: str, as_of_utc: datetime, tables: Sequence[Table], *held: Any) -> bytes:
    """A workbook of tables, each the attribute of the first of `held` that has it."""
    from supercargo.store.book.tables import tables_book  # its library loads only for those who write

    rows = [(table, next(one for one in held if hasattr(one, table.attribute))) for table in tables]
    return tables_book(title, as_of_utc, [(table, getattr(one, table.attribute)) for table, one in rows])
