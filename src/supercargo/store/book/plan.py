"""plan.xlsx: a first sheet to read, and every table of a plan as a sheet; and its tables read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from supercargo.kernel import Fault
from supercargo.model import PLAN_TABLES, Figures, OperationsPlan
from supercargo.store.book.lines import lines_of
from supercargo.store.book.parts import BadBook
from supercargo.store.book.reading import open_book
from supercargo.store.book.scenario import sheet_of
from supercargo.store.book.writing import ISO, Pen, days_of, fit_text, new_pen, to_print, write_table
from supercargo.store.rows import read_lines

__all__ = ["PLAN_BOOK", "SUMMARY_SHEET", "plan_book", "read_plan_tables"]

PLAN_BOOK = "plan.xlsx"
SUMMARY_SHEET = "summary"
_WIDTHS = (46, 24, 18, 18, 18, 18, 18, 18, 18, 22)
_SHOWN = {"kg": "#,##0", "USD": "#,##0", "count": "#,##0", "percent": "0.0", "d": "0.0"}


def plan_book(plan: OperationsPlan, front: Sequence[Figures]) -> bytes:
    """A workbook of a plan: `front` on the first sheet, then the tables; dated by the scenario's as_of_utc."""
    pen = new_pen(f"plan of {plan.scenario.settings.name}", plan.scenario.settings.as_of_utc)
    summary = pen.book.add_worksheet(SUMMARY_SHEET)
    for table in PLAN_TABLES:
        write_table(pen, sheet_of(table.file), table, getattr(plan, table.attribute), to_fill=False)
    _write_front(summary, pen, plan, front)
    return pen.close()


def _write_front(sheet: Worksheet, pen: Pen, plan: OperationsPlan, front: Sequence[Figures]) -> None:
    sheet.hide_gridlines(2)
    to_print(sheet)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    title = f"Plan of {plan.scenario.settings.name}, seed {plan.seed}"
    sheet.write_string(0, 0, fit_text(title, "plan.json"), pen.style(bold=True, font_size=16, font_color="#1f4e79"))
    row = 2
    for block in (*front, _sheets(plan)):
        row = _write_block(sheet, pen, row, block) + 1


def _sheets(plan: OperationsPlan) -> Figures:
    rows = tuple(
        (sheet_of(table.file), len(getattr(plan, table.attribute)), (table.noun.__doc__ or "").split("\n")[0])
        for table in PLAN_TABLES
    )
    return Figures(
        title="Sheets of this workbook", heads=("sheet", "rows", "what a row is"), units=("", "count", ""), rows=rows
    )


def _write_block(sheet: Worksheet, pen: Pen, row: int, block: Figures) -> int:
    """A title, heads with units, and rows; gives the row beneath."""
    sheet.write_string(row, 0, block.title, pen.style(bold=True, font_size=12, font_color="#1f4e79"))
    for at, (head, unit) in enumerate(zip(block.heads, block.units, strict=True)):
        shown = f"{head} [{unit}]" if unit not in ("", "count", "value") else head
        sheet.write_string(row + 1, at, shown, pen.header())
    for number, figures in enumerate(block.rows, row + 2):
        for at, (figure, unit) in enumerate(zip(figures, block.units, strict=True)):
            _write_figure(sheet, pen, (number, at), figure, unit)
    if block.heads[0] == "sheet":
        for number, figures in enumerate(block.rows, row + 2):
            sheet.write_url(number, 0, f"internal:'{figures[0]}'!A1", string=str(figures[0]))
    return row + 2 + len(block.rows)


def _write_figure(sheet: Worksheet, pen: Pen, place: tuple[int, int], figure: Any, unit: str) -> None:
    if isinstance(figure, str):
        sheet.write_string(*place, fit_text(figure, "the CSV file"), pen.style(indent=1 if place[1] else 0))
    elif isinstance(figure, bool):
        sheet.write_string(*place, "yes" if figure else "no", pen.style(indent=1))
    elif isinstance(figure, datetime):
        sheet.write_number(*place, days_of(figure), pen.style(num_format=ISO, align="left", indent=1))
    elif figure is not None:
        fine = "#,##0" if abs(figure) >= 10_000 or float(figure).is_integer() else "#,##0.0"
        shown = _SHOWN.get(unit) or (fine if unit == "value" else "General")
        sheet.write_number(
            *place, figure, pen.style(num_format=shown, align="right" if unit else "left", indent=0 if unit else 1)
        )


def read_plan_tables(content: bytes, faults: list[Fault]) -> dict[str, tuple[Any, ...]]:
    """The tables of a plan's workbook by the plan's attribute; what is wrong with them is added to `faults`."""
    try:
        sheets = open_book(content).read(sheet_of(table.file) for table in PLAN_TABLES)
    except BadBook as error:
        faults.append(Fault(PLAN_BOOK, 0, "", error.what, error.fix))
        return {}
    found: dict[str, tuple[Any, ...]] = {}
    for table in PLAN_TABLES:
        sheet = sheets.get(sheet_of(table.file), BadBook("the sheet is missing", f"add a sheet named {sheet_of(table.file)}"))
        if isinstance(sheet, BadBook):
            faults.append(Fault(sheet_of(table.file), 0, "", sheet.what, sheet.fix))
            continue
        lines, odd = lines_of(sheet, table, faults)
        found[table.attribute] = read_lines(lines, table, faults, odd).records
    return found
