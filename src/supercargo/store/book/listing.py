"""Tables that somebody looks at, as a workbook to take along: titles, widths, a filter, numbers as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.store.book.writing import ISO, days_of, fit_text, new_pen, to_print

__all__ = ["Listing", "listing_book"]

Value = str | float | int | datetime | bool | None
_WIDEST = 60
_NAME_MOST = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A sheet: its name, the titles of its columns, its rows."""

    name: str
    titles: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def listing_book(title: str, listings: Sequence[Listing], *, as_of_utc: datetime) -> bytes:
    """The listings as a workbook, a sheet each; text stays text, whatever it begins with; same content, same bytes."""
    pen = new_pen(title, as_of_utc)
    used: set[str] = set()
    for number, listing in enumerate(listings, start=1):
        name = listing.name.translate(_NOT_IN_NAMES)[:_NAME_MOST] or str(number)
        if name.casefold() in used:
            name = f"{name[: _NAME_MOST - 4]} {number}"
        used.add(name.casefold())
        sheet = pen.book.add_worksheet(name)
        for column, words in enumerate(listing.titles):
            sheet.write_string(0, column, fit_text(words, title), pen.header())
            longest = max((len(str(row[column])) for row in listing.rows[:200]), default=0)
            sheet.set_column(column, column, min(max(len(words), longest) + 2, _WIDEST))
        for line, row in enumerate(listing.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(line, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(line, column, value)
                elif isinstance(value, datetime):
                    sheet.write_number(line, column, days_of(value), pen.style(num_format=ISO))
                elif value:
                    sheet.write_string(line, column, fit_text(value, title))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(listing.rows), 1), max(len(listing.titles) - 1, 0))
        to_print(sheet)
    return pen.close()
