"""Rows of tables as HTML: the longest part of most pages, written here because a template takes longer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from supercargo.app.board.tables import Cell, Column, Table, Value

__all__ = ["instant_said", "number_said", "rows_of", "value_said"]


def rows_of(table: Table) -> Markup:
    """Every row of a table, the first cell of each as its heading; all words escaped."""
    columns = table.columns
    return Markup("\n".join([f"<tr>{''.join(_cells(row, columns))}</tr>" for row in table.rows]))


def _cells(row: Sequence[Cell | Value], columns: tuple[Column, ...]) -> Iterator[str]:
    for number, (one, column) in enumerate(zip(row, columns, strict=True)):
        cell = one if isinstance(one, Cell) else None
        value = one if cell is None else cell.value
        words = value_said(value, column.decimals)
        if isinstance(value, str):
            words = str(escape(words))
        if cell is not None:
            words = _led(cell, words)
        yield _FRAMES[number == 0, _look(value)] % words


def _led(cell: Cell, words: str) -> str:
    """A cell's words with what they mean, where they lead and what is noted."""
    if cell.look:
        words = f'<span class="{escape(cell.look)}">{words}</span>'
    if cell.href:
        words = f'<a href="{escape(cell.href)}">{words}</a>'
    return f"{words} <small>{escape(cell.note)}</small>" if cell.note else words


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
