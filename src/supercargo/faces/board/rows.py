"""Rows of tables as HTML: the longest part of most pages, written here because a template takes three times as long."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from supercargo.app.board.tables import Cell, Column, Table

__all__ = ["instant_said", "number_said", "rows_of", "value_said"]


def rows_of(table: Table) -> Markup:
    """Every row of a table, the first cell of each as its heading; all words escaped."""
    return Markup("\n").join(Markup("<tr>{}</tr>").format(Markup("").join(_cells(row, table.columns))) for row in table.cells)


def _cells(row: list[Cell], columns: tuple[Column, ...]) -> Iterator[Markup]:
    for number, (cell, column) in enumerate(zip(row, columns, strict=True)):
        words = escape(value_said(cell.value, column.decimals))
        if cell.look:
            words = Markup('<span class="{}">{}</span>').format(cell.look, words)
        if cell.href:
            words = Markup('<a href="{}">{}</a>').format(cell.href, words)
        if cell.note:
            words += Markup(" <small>{}</small>").format(cell.note)
        yield Markup(_FRAMES[number == 0, _look(cell.value)] % words)


def _look(value: Any) -> str:
    """How a cell is set: numbers to the right, instants unbroken."""
    if isinstance(value, str | bool) or value is None:
        return ""
    return ' class="n"' if isinstance(value, int | float) else ' class="w"'


_FRAMES = {
    (first, look): f'<th scope="row"{look}>%s</th>' if first else f"<td{look}>%s</td>"
    for first in (True, False)
    for look in ("", ' class="n"', ' class="w"')
}


def instant_said(value: datetime | str | None) -> str:
    """An instant as a reader wants it, in UTC to the minute; a dash for none."""
    if not value:
        return "–"
    return value.replace("T", " ")[:16] if isinstance(value, str) else f"{value:%Y-%m-%d %H:%M}"


def number_said(value: float | None, decimals: int = 0) -> str:
    """A number with thousands apart and a true minus; a dash for none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.{decimals}f}".replace("-", "−")


def value_said(value: Any, decimals: int = 0) -> str:
    """A value of a table in words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return instant_said(value)
    return number_said(value, decimals) if isinstance(value, int | float) else str(value)
