"""Blocks of figures as a workbook: one sheet a block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xlsxwriter.worksheet import Worksheet

from supercargo.model import Figures
from supercargo.store.book.writing import ISO, Pen, days_of, fit_text, new_pen, to_print

__all__ = ["figures_book"]

_SHOWN = {"USD": "#,##0.00", "kg": "#,##0.000", "percent": "0.00", "ratio": "0.0000", "count": "#,##0"}
_WIDEST, _NAME_LENGTH = 44, 31


def figures_book(title: str, blocks: Sequence[Figures], created: datetime) -> bytes:
    """A workbook of blocks, each on a sheet of its title; dated by `created`, so that the same blocks have the same bytes."""
    pen = new_pen(title, created)
    for block in blocks:
        _write(pen.book.add_worksheet(block.title[:_NAME_LENGTH]), pen, block)
    return pen.close()


def _write(sheet: Worksheet, pen: Pen, block: Figures) -> None:
    for at, (head, unit) in enumerate(zip(block.heads, block.units, strict=True)):
        told = f"{head} [{unit}]" if unit else head
        sheet.write_string(0, at, fit_text(told, "the page"), pen.header())
        longest = max((len(f"{row[at]}") for row in block.rows[:200]), default=0)
        sheet.set_column(at, at, min(_WIDEST, max(len(told), longest) + 4))
        for number, row in enumerate(block.rows, 1):
            figure = row[at]
            if figure is None or figure == "":
                continue
            if isinstance(figure, datetime):
                sheet.write_number(number, at, days_of(figure), pen.style(num_format=ISO))
            elif isinstance(figure, int | float) and not isinstance(figure, bool):
                sheet.write_number(number, at, figure, pen.style(num_format=_SHOWN.get(unit, "General")))
            else:
                sheet.write_string(number, at, fit_text(f"{figure}", "the page"))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(block.rows)), len(block.heads) - 1)
    to_print(sheet)
