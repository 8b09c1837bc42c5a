"""Scenario workbooks: one sheet a file, read into the same tables, checked by the same checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault
from supercargo.model import SCENARIO_TABLES, Scenario, Settings, Table
from supercargo.store.book.cells import instant_of, of_a_percentage, shown
from supercargo.store.book.lines import lines_of
from supercargo.store.book.parts import BadBook
from supercargo.store.book.reading import Book, Sheet, open_book
from supercargo.store.checks import cross_faults
from supercargo.store.columns import BadCell
from supercargo.store.folders import read_within
from supercargo.store.rows import TableRead, read_lines
from supercargo.store.scenario import assembled, completed, misspelt, tables_read
from supercargo.store.settings import SETTINGS_FILE, setting_keys, settings_of
from supercargo.store.sheets import Sheets

__all__ = ["OWN_SHEETS", "SETTINGS_SHEET", "in_sheets", "read_sheets", "scenario_of_book", "scenario_of_sheets", "sheet_of"]

SETTINGS_SHEET = "scenario"
OWN_SHEETS = ("errors", "read me")
"""Sheets that the program writes for people and never reads."""

MOST_SETTINGS = 1_000


def sheet_of(file: str) -> str:
    """The sheet that stands for a file of a scenario or plan folder."""
    return SETTINGS_SHEET if file == SETTINGS_FILE else file.removesuffix(".csv")


_FILES = re.compile(r"\b(" + "|".join(sorted({sheet_of(table.file) for table in SCENARIO_TABLES})) + r")\.csv\b")
_IN_A_BOOK = (
    (re.compile(r"\badd (\w+) under \[(\w+)\]"), r"add the key \2.\1"),
    (re.compile(r" in quotation marks"), ""),
    (re.compile(r" and without quotation marks"), ""),
    (re.compile(r"numbers in \[ \]"), "numbers with ; between them"),
)


def in_sheets(fault: Fault) -> Fault:
    """A fault in the words of a workbook: sheets where a folder has files."""
    what, fix = (
        _FILES.sub(r"the sheet \1", words).replace(SETTINGS_FILE, "the sheet scenario") for words in (fault.what, fault.fix)
    )
    if fault.file == SETTINGS_FILE:
        for pattern, words in _IN_A_BOOK:
            fix = pattern.sub(words, fix)
    return replace(fault, file=sheet_of(fault.file), what=what, fix=fix)


def scenario_of_book(path: Path, faults: list[Fault]) -> Scenario | None:
    """The scenario of a workbook, or None with each of its faults added to `faults`."""
    sheets = read_sheets(path, faults)
    return None if sheets is None else scenario_of_sheets(sheets, faults)


def read_sheets(path: Path, faults: list[Fault], *, everything: bool = False) -> dict[str, Sheet | BadBook] | None:
    """The sheets of a workbook that a scenario knows (or `everything`); None and a fault if it can't be read at all."""
    place = path.resolve()
    content = read_within(place.parent, place.name, faults)
    if content is None:
        return None
    try:
        if path.suffix.lower() == ".xlsm":
            raise BadBook("the workbook carries macros", "save it as .xlsx, which has none; nothing in it is ever run")
        book = open_book(content)
        _refuse_a_plan(book)
        meant = {wrong for wrong, _ in misspelt(book.names, _KNOWN)}
        return book.read(name for name in book.names if everything or name in _KNOWN or name in meant)
    except BadBook as error:
        faults.append(Fault(path.name, 0, "", error.what, error.fix))
        return None


_KNOWN = (SETTINGS_SHEET, *(sheet_of(table.file) for table in SCENARIO_TABLES))


def _refuse_a_plan(book: Book) -> None:
    if {"manifest", "stowage"} <= set(book.names) and "cargo" not in book.names:
        raise BadBook("this is the workbook of a plan, not of a scenario", "give the scenario it was made from")


def scenario_of_sheets(
    sheets: Mapping[str, Sheet | BadBook], faults: list[Fault], *, beside: Scenario | None = None
) -> Scenario | None:
    """The scenario of a workbook's sheets, or None with each of its faults added to `faults`.

    What has no sheet is that of the scenario `beside`, where one is given.
    """
    found: list[Fault] = []
    names = [name for name in sheets if name not in OWN_SHEETS]
    for name, meant in misspelt(names, _KNOWN):
        found.append(Fault(name, 0, "", f"the sheet {name!r} is not known", f"name it {meant}"))
    for name in _KNOWN:
        sheet = sheets.get(name)
        if isinstance(sheet, BadBook):
            found.append(Fault(name, 0, "", sheet.what, sheet.fix))
        elif sheet is not None and sheet.hidden:
            fix = "show the sheet and look at it; take it away if it is not meant"
            found.append(Fault(name, 0, "", "the sheet is hidden", fix))
    if beside is not None and SETTINGS_SHEET not in sheets:
        settings: Settings | None = beside.settings
    else:
        settings = _settings(sheets.get(SETTINGS_SHEET), found)
    standing = {} if beside is None else tables_read(beside)
    given = standing | {
        table.attribute: _table(sheets.get(sheet_of(table.file)), table, found)
        for table in SCENARIO_TABLES
        if (table.required and not standing) or sheet_of(table.file) in sheets
    }
    tables = completed(given)
    found += cross_faults(Sheets(settings, tables))
    faults += map(in_sheets, found)
    return None if settings is None or found else assembled(settings, tables)


def _missing(file: str) -> Fault:
    return Fault(file, 0, "", "the sheet is missing", f"add a sheet named {sheet_of(file)}")


def _table(sheet: Sheet | BadBook | None, table: Table, faults: list[Fault]) -> TableRead:
    if isinstance(sheet, Sheet):
        lines, odd = lines_of(sheet, table, faults)
        return read_lines(lines, table, faults, odd)
    if sheet is None:
        faults.append(_missing(table.file))
    return TableRead(whole=False, sound=False)


def _settings(sheet: Sheet | BadBook | None, faults: list[Fault]) -> Settings | None:
    """Settings of the sheet `scenario`: a row a key."""
    if not isinstance(sheet, Sheet):
        if sheet is None:
            faults.append(_missing(SETTINGS_FILE))
        return None
    header = [shown(cell) for cell in sheet.rows[0]] if sheet.rows else []
    if "key" not in header or "value" not in header:
        what, fix = "the columns key and value are missing", "write key and value into row 1, and a key a row below"
        faults.append(Fault(SETTINGS_FILE, 1, "", what, fix))
        return None
    at_key, at_value = header.index("key"), header.index("value")
    head: dict[str, Any] = {}
    rows: dict[tuple[str, str], int] = {}
    for number, row in enumerate(sheet.rows[1:MOST_SETTINGS], 2):
        value = sheet.marks.cells.get((number, at_value + 1), row[at_value])
        name = shown(row[at_key]).strip()
        if (number, at_value + 1) in sheet.marks.percents and name not in _FRACTIONS:
            value = of_a_percentage(value)
        if not name:
            if value != "":
                faults.append(
                    Fault(SETTINGS_FILE, number, "", "a value stands beside no key", "name the key in the column key")
                )
            continue
        _put(name, value, number, (head, rows, faults))
    return settings_of(head, faults, lambda section, key: rows.get((section, key), 0))


def _put(name: str, value: Any, number: int, places: tuple[dict[str, Any], dict[tuple[str, str], int], list[Fault]]) -> None:
    """Put a value where scenario.toml would have it."""
    head, rows, faults = places
    section, _, key = name.rpartition(".")
    if section not in _HINTS:
        section, key = "", name
    if (section, key) in rows:
        what = f"the key {name} stands in row {rows[section, key]} already"
        faults.append(Fault(SETTINGS_FILE, number, key, what, "keep one of the two"))
        return
    rows[section, key] = number
    if value == "":
        return
    table = head.setdefault(section, {}) if section else head
    if section or key not in _HINTS:
        table[key] = _setting(value, _HINTS.get(section, {}).get(key))


_HINTS: dict[str, dict[str, Any]] = {}
_FRACTIONS = {key.dotted for key in setting_keys() if key.unit == "fraction"}
for _key in setting_keys():
    _HINTS.setdefault(_key.section, {})[_key.key] = _key.hint


def _setting(value: Any, hint: Any) -> Any:
    """The cell as scenario.toml would have it; what does not fit is left as it is, to be told."""
    if not isinstance(value, str | bool | int | float | datetime | date):
        return BadCell(value.what, value.fix) if hasattr(value, "what") else str(value)
    if hint is datetime:
        return value if isinstance(value, str) else instant_of(value)
    if hint is str:
        return shown(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if hint in (int, float):
        return _number(value)
    if hint == tuple[str, ...]:
        return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value
    if isinstance(value, str):
        parts = [_number(part.strip()) for part in value.split(";")]
        return value if any(isinstance(part, str) for part in parts) else parts
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: Any) -> Any:
    """A number that TOML tells from text: whole ones as int."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?", value, re.ASCII):
        value = float(value)
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return int(value) if whole else value
