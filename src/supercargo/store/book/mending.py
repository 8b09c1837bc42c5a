"""The workbook of faults: every sheet as it was given, the faulty cells coloured, and a list that leads to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from supercargo.kernel import Fault
from supercargo.store.book.drafts import Draft, drafts_of
from supercargo.store.book.forms import TEMPLATE_DATE, write_settings_header
from supercargo.store.book.marks import column_letters
from supercargo.store.book.scenario import SETTINGS_SHEET, in_sheets
from supercargo.store.book.writing import (
    ISO,
    Exact,
    Pen,
    days_of,
    fit_text,
    new_pen,
    note_of,
    number_format,
    offer,
    to_print,
    write_note,
)
from supercargo.store.columns import columns_of

__all__ = ["ERRORS_SHEET", "mending_book", "write_raw"]

ERRORS_SHEET = "errors"
MOST_LINKS = 60_000  # a sheet holds no more than 65,530
MOST_NOTES = 10_000
_RED = "#ffc7ce"
_HEADER = ("sheet", "row", "column", "cell", "what is wrong", "how to mend it")

Place = tuple[int, int]


def mending_book(source: Path, faults: Sequence[Fault]) -> bytes | None:
    """A workbook of what `source` gave, with its faults to be mended in place; None if no sheet of it can be read."""
    drafts = drafts_of(source)
    if all(draft.unread or not draft.rows for draft in drafts):
        return None
    pen = new_pen(f"faults of {source.name}", _as_of(drafts))
    unread = {draft.name for draft in drafts if draft.unread}
    listed = [(fault, _told_of(in_sheets(fault), unread, source.name)) for fault in sorted(faults)]
    sheets = {draft.name: draft for draft in drafts}
    keys = {draft.name: letters for draft in drafts if (letters := _letters_of_key(draft))}
    front = pen.book.add_worksheet(ERRORS_SHEET)
    _write_list(front, pen, [fault for _, fault in listed], _places(listed, sheets))
    for draft in drafts:
        told: dict[Place, list[str]] = defaultdict(list)
        about = [(given, fault) for given, fault in listed if fault.file == draft.name]
        for given, fault in about:
            if (place := draft.place_of(given)) is not None:
                told[place].append(f"{fault.what}\nfix: {fault.fix}")
        sheet = _write_draft(pen, draft, told, keys)
        if about:
            sheet.set_tab_color("#c00000")
    front.activate()
    return pen.close()


def _told_of(fault: Fault, unread: set[str], source: str) -> Fault:
    """A fault as it is listed; what can't be mended here says where."""
    if fault.file not in unread:
        return fault
    return replace(fault, fix=f"{fault.fix}; its rows could not be carried over from {source}")


def _as_of(drafts: Sequence[Draft]) -> datetime:
    """The scenario's own date if it has one."""
    for draft in drafts:
        for row in draft.rows:
            if draft.name == SETTINGS_SHEET and row[:1] == ["as_of_utc"] and isinstance(row[1], datetime):
                return row[1].replace(tzinfo=UTC)
    return TEMPLATE_DATE


def _letters_of_key(draft: Draft) -> str:
    """Letters of the column whose names others draw on; empty if it is not there."""
    if draft.table is None or not draft.rows:
        return ""
    name = next(column.name for column in columns_of(draft.table.noun) if column.field == draft.table.key[0])
    return column_letters(draft.rows[0].index(name) + 1) if name in draft.rows[0] else ""


def _places(listed: Sequence[tuple[Fault, Fault]], sheets: Mapping[str, Draft]) -> Iterator[Place | None]:
    """For each fault the cell it is about: A1 for a whole sheet, None where there is no such sheet."""
    for given, fault in listed:
        draft = sheets.get(fault.file)
        yield None if draft is None else draft.place_of(given) or (0, 0)


def _write_list(sheet: Worksheet, pen: Pen, faults: Sequence[Fault], places: Iterator[Place | None]) -> None:
    for at, (name, width) in enumerate(zip(_HEADER, (20, 8, 22, 10, 70, 80), strict=True)):
        sheet.write_string(0, at, name, pen.header())
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(faults)), len(_HEADER) - 1)
    sheet.set_tab_color("#c00000")
    to_print(sheet)
    wrapped = pen.style(text_wrap=True, valign="top")
    for row, (fault, place) in enumerate(zip(faults, places, strict=True), 1):
        for at, words in enumerate((fault.file, "", fault.column, "", fault.what, fault.fix)):
            sheet.write_string(row, at, fit_text(words, "the answer of check"), wrapped)
        if place is not None:
            cell = f"{column_letters(place[1] + 1)}{place[0] + 1}"
            sheet.write_number(row, 1, place[0] + 1, wrapped)
            if row < MOST_LINKS:
                sheet.write_url(row, 3, f"internal:'{fault.file}'!{cell}", string=cell)
            else:
                sheet.write_string(row, 3, cell)


def _write_draft(pen: Pen, draft: Draft, told: Mapping[Place, list[str]], keys: Mapping[str, str]) -> Worksheet:
    """A sheet as it was given; cells that are told of are coloured and say why."""
    sheet = pen.book.add_worksheet(draft.name)
    header = [cell if isinstance(cell, str) else "" for cell in draft.rows[0]] if draft.rows else []
    if draft.name == SETTINGS_SHEET:
        write_settings_header(sheet, pen)
        shapes = ["General"] * len(header)
    else:
        shapes = _prepare(sheet, pen, draft, keys)
    for row, cells in enumerate(draft.rows):
        for at, cell in enumerate(cells):
            if cell != "" or (row, at) in told:
                shape = shapes[at] if at < len(shapes) else "General"
                write_raw(sheet, (row, at), cell, _style(pen, (cell, shape), header=row == 0, faulty=(row, at) in told))
    for number, (place, reasons) in enumerate(told.items()):
        if place[0] >= len(draft.rows) or place[1] >= len(draft.rows[place[0]]):
            sheet.write_blank(*place, None, _style(pen, ("", "General"), header=False, faulty=True))
        if number < MOST_NOTES:
            write_note(sheet, place, "\n\n".join(reasons))
    return sheet


def _prepare(sheet: Worksheet, pen: Pen, draft: Draft, keys: Mapping[str, str]) -> list[str]:
    """Notes, drop-downs and formats of a sheet's columns; gives how the cells of each show."""
    header = [cell if isinstance(cell, str) else "" for cell in draft.rows[0]] if draft.rows else []
    table = draft.table
    known = {column.name: column for column in columns_of(table.noun)} if table else {}
    shapes = [number_format(known[name]) if name in known else "General" for name in header]
    for at, (name, shape) in enumerate(zip(header, shapes, strict=True)):
        width = 22.0 if shape == ISO else float(min(44, max(len(name) + 3, 10)))
        sheet.set_column(at, at, width, pen.style(num_format=shape) if shape != "General" else None)
        if table is not None and name in known:
            write_note(sheet, (0, at), note_of(known[name], table))
            offer(sheet, (at, len(draft.rows)), (table, known[name]), keys)
    if header:
        to_print(sheet)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(draft.rows) - 1), len(header) - 1)
    return shapes


def _style(pen: Pen, shown: tuple[Any, str], *, header: bool, faulty: bool) -> Format | None:
    """Format of a cell; None where its column's is enough."""
    value, shape = shown
    if header:
        return pen.style(bold=True, bg_color="#c00000", font_color="white") if faulty else pen.header()
    own = shape
    if isinstance(value, date):
        own = ISO if shape == ISO or isinstance(value, datetime) else "yyyy-mm-dd"
    elif isinstance(value, time | timedelta):
        own = "hh:mm:ss" if isinstance(value, time) else "[h]:mm:ss"
    if faulty:
        return pen.style(num_format=own, bg_color=_RED)
    return pen.style(num_format=own) if own != shape else None


def write_raw(sheet: Worksheet, place: Place, value: Any, style: Format | None) -> None:
    """A cell of the kind that it had."""
    if value is None or value == "":
        sheet.write_blank(*place, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(*place, Exact(value), style)
    elif isinstance(value, date | time | timedelta):
        sheet.write_number(*place, Exact(_days(value)), style)
    else:
        sheet.write_string(*place, fit_text(str(value), "the source"), style)


def _days(value: Any) -> float:
    """A date, a time of day or a length of time as a date cell counts it."""
    if isinstance(value, timedelta):
        return value.total_seconds() / 86_400
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86_400
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return days_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
