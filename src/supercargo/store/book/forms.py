"""Workbooks for planners: a scenario with notes and drop-downs, and one to fill in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from supercargo.model import SCENARIO_TABLES, Scenario, Settings, Table
from supercargo.store.book.scenario import SETTINGS_SHEET, sheet_of
from supercargo.store.book.writing import (
    ISO,
    Exact,
    Pen,
    days_of,
    new_pen,
    refuse_unwritable_texts,
    to_print,
    unwritable,
    write_note,
    write_table,
)
from supercargo.store.settings import SettingKey, setting_keys

__all__ = ["READ_ME", "TAKEN_FROM", "scenario_book", "settings_value", "template_book", "write_settings_header"]

READ_ME = "read me"
TAKEN_FROM = "Taken from plan "
TEMPLATE_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Date of the template's properties: it is of no year, and the same bytes wherever it is written."""

SETTINGS_HEADER = ("key", "value", "unit", "meaning")


def scenario_book(scenario: Scenario, tables: Sequence[Table] = SCENARIO_TABLES, *, taken_from: str = "") -> bytes:
    """A workbook of a scenario, or of some of its tables, without loss at the declared decimals.

    `taken_from` names the plan whose tables they are: the workbook says so when it is put back.

    Raises ScenarioError naming each text that no cell can hold.
    """
    records = {table.attribute: getattr(scenario, table.attribute) for table in tables}
    refuse_unwritable_texts([fault for table in tables for fault in unwritable(records[table.attribute], table)])
    pen = new_pen(scenario.settings.name, scenario.settings.as_of_utc)
    return _book(pen, scenario.settings, records, taken_from)


def template_book(catalogue: Mapping[str, Sequence[Any]]) -> bytes:
    """A workbook to fill in: the catalogue's records stand in it to choose from, and settings have their defaults."""
    return _book(
        new_pen("scenario to fill in", TEMPLATE_DATE), None, {t.attribute: catalogue[t.attribute] for t in SCENARIO_TABLES}
    )


def _book(pen: Pen, settings: Settings | None, records: Mapping[str, Sequence[Any]], taken_from: str = "") -> bytes:
    front = pen.book.add_worksheet(READ_ME)
    if taken_from:
        front.write_string(1, 0, f"{TAKEN_FROM}{taken_from}")
    _write_settings(pen, settings)
    tables = [table for table in SCENARIO_TABLES if table.attribute in records]
    for table in tables:
        sheet = write_table(pen, sheet_of(table.file), table, records[table.attribute], to_fill=True)
        if table.required:
            sheet.set_tab_color("#c55a11")
    _write_read_me(front, pen, settings, [(table, len(records[table.attribute])) for table in tables])
    return pen.close()


def write_settings_header(sheet: Worksheet, pen: Pen) -> None:
    """Header of the sheet of settings."""
    for at, name in enumerate(SETTINGS_HEADER):
        sheet.write_string(0, at, name, pen.header(needed=at < 2))
    for at, width in enumerate((32, 40, 12, 72)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 1)
    to_print(sheet)
    sheet.set_tab_color("#c55a11")


def _write_settings(pen: Pen, settings: Settings | None) -> None:
    sheet = pen.book.add_worksheet(SETTINGS_SHEET)
    write_settings_header(sheet, pen)
    for row, key in enumerate(setting_keys(), 1):
        value = _setting_of(settings, key)
        sheet.write_string(row, 0, key.dotted)
        settings_value(sheet, (row, 1), value, pen, key.hint)
        sheet.write_string(row, 2, "" if key.unit == "count" else key.unit)
        sheet.write_string(row, 3, key.meaning + ("" if settings or value is not None else " (must be given)"))
        if key.hint is datetime:
            write_note(sheet, (row, 1), "a date with its time, in UTC")


def _setting_of(settings: Settings | None, key: SettingKey) -> Any:
    """The value of a key; without settings its default, and None where it has none."""
    if settings is None:
        return None if key.default is dataclasses.MISSING else key.default
    return getattr(getattr(settings, key.section) if key.section in ("service", "limits") else settings, key.key)


def settings_value(sheet: Worksheet, place: tuple[int, int], value: Any, pen: Pen, hint: Any) -> None:
    """A value of the settings in a cell of its kind, to the last digit."""
    style = pen.style(
        num_format=ISO if hint is datetime else "@" if hint is str else "General", align="left", bg_color="#fff7e6"
    )
    if value is None:
        sheet.write_blank(*place, None, style)
    elif isinstance(value, datetime):
        sheet.write_number(*place, days_of(value), style)
    elif hint == tuple[str, ...]:
        sheet.write_string(*place, "\n".join(value), style)  # a sentence a line of the cell
    elif isinstance(value, tuple):
        sheet.write_string(*place, ";".join(repr(int(usd)) if usd.is_integer() else repr(usd) for usd in value), style)
    elif isinstance(value, str):
        sheet.write_string(*place, value, style)
    else:
        sheet.write_number(*place, Exact(value), style)


_WORDS = (
    "Each sheet is a table of the scenario: row 1 names the columns, every row beneath is one thing. "
    "Point at a column's name to read what it means and in which unit.",
    "Fill in the sheets scenario, missions and cargo first (orange). "
    "Dark columns must be there; light ones may be left out or empty.",
    "Leave no empty row inside a table, merge no cells, and hide no sheet. Sheets and columns of your own are let through.",
    "A sheet that you delete comes from the catalogue that ships with the program; an empty one means there is nothing of it.",
    "Numbers carry no unit: the unit is the column's. Dates are UTC. A list has ; between its words.",
    "Formulas may be used: their last computed value is read. Nothing is computed or run by the program.",
)
_COMMANDS = (
    "supercargo check BOOK.xlsx                          tells every fault at once, with sheet, row, column and fix",
    "supercargo check BOOK.xlsx --errors MENDED.xlsx     writes the workbook anew with its faulty cells coloured",
    "supercargo plan BOOK.xlsx --out PLAN                plans it",
    "supercargo workbook BOOK.xlsx --out FOLDER          writes it as a folder of plain files, and back",
)


def _write_read_me(sheet: Worksheet, pen: Pen, settings: Settings | None, told: Sequence[tuple[Table, int]]) -> None:
    """Plain words on how the workbook is filled and read, and a list of its sheets."""
    sheet.hide_gridlines(2)
    to_print(sheet)
    for at, width in enumerate((22, 10, 26, 84)):
        sheet.set_column(at, at, width)
    title = f"Scenario {settings.name}" if settings else "A scenario to fill in"
    sheet.write_string(0, 0, title, pen.style(bold=True, font_size=16, font_color="#1f4e79"))
    row = 2
    for words in _WORDS:
        sheet.merge_range(row, 0, row, 3, words, pen.style(text_wrap=True, valign="top"))
        sheet.set_row(row, 32 if len(words) > 130 else 16)
        row += 1
    for words in _COMMANDS:
        row += 1
        sheet.write_string(row, 0, words, pen.style(font_name="Courier New", font_size=10))
    row += 2
    for at, name in enumerate(("sheet", "rows", "", "what a row is")):
        sheet.write_string(row, at, name, pen.header())
    sheet.write_url(row + 1, 0, f"internal:'{SETTINGS_SHEET}'!A1", string=SETTINGS_SHEET)
    sheet.write_string(row + 1, 2, "must be there")
    sheet.write_string(
        row + 1, 3, "The head of the scenario: name, dates, price year, seed, service levels and limits of the search."
    )
    for number, (table, count) in enumerate(told, row + 2):
        _tell_sheet(sheet, number, table, count)


def _tell_sheet(sheet: Worksheet, row: int, table: Table, count: int) -> None:
    name = sheet_of(table.file)
    sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
    sheet.write_number(row, 1, count)
    sheet.write_string(row, 2, "must be there" if table.required else "may be deleted")
    sheet.write_string(row, 3, (table.noun.__doc__ or "").split("\n")[0])
