"""Sheets as they were given, faulty or not: of a workbook or of a folder's files, to be handed back for mending."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, parse_utc
from supercargo.model import SCENARIO_TABLES, Table
from supercargo.store.book.cells import shown
from supercargo.store.book.forms import SETTINGS_HEADER
from supercargo.store.book.reading import Sheet
from supercargo.store.book.scenario import OWN_SHEETS, SETTINGS_SHEET, read_sheets, sheet_of
from supercargo.store.columns import BadCell, columns_of
from supercargo.store.folders import read_within
from supercargo.store.rows import text_lines
from supercargo.store.settings import SETTINGS_FILE, setting_keys

__all__ = ["Draft", "drafts_of"]

_LAWFUL = re.compile(r"[^\[\]:*?/\\']([^\[\]:*?/\\]{0,29}[^\[\]:*?/\\'])?")


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A sheet to be handed back: rows of cells from row 1 on, and where a row or key of the source stands in it."""

    name: str
    rows: list[list[Any]]
    row_of: Mapping[int, int] | None = None  # row of the file to row of the sheet; None: the same
    key_of: Mapping[str, int] = dataclasses.field(default_factory=dict)  # of settings: key to row
    unread: bool = False  # its rows could not be read and are not here

    @property
    def table(self) -> Table | None:
        """The noun of the sheet, if it is one of a scenario."""
        return next((table for table in SCENARIO_TABLES if sheet_of(table.file) == self.name), None)

    def place_of(self, fault: Fault) -> tuple[int, int] | None:
        """Row and column, from 0, of the cell that a fault is about; None if it is about the whole sheet."""
        if self.name == SETTINGS_SHEET:
            row = (fault.row if self.row_of is None else 0) or self.key_of.get(fault.column, 0)
            return (row - 1, 1) if row else None
        row = fault.row if self.row_of is None else self.row_of.get(fault.row, 0)
        if not row:
            return None
        header = [shown(cell) for cell in self.rows[0]] if self.rows else []
        return row - 1, header.index(fault.column) if fault.column in header else 0


def drafts_of(source: Path) -> list[Draft]:
    """Every sheet of a workbook, or every file of a folder that can be split into cells; empty if there is none."""
    return _of_book(source) if os.path.isfile(source) else _of_folder(source)


def _of_book(path: Path) -> list[Draft]:
    sheets = read_sheets(path, [], everything=True) or {}
    drafts = []
    for name, sheet in sheets.items():
        if name.lower() in OWN_SHEETS or not _LAWFUL.fullmatch(name):
            continue
        if isinstance(sheet, Sheet):
            drafts.append(_settings_of_sheet(sheet) if name == SETTINGS_SHEET else Draft(name, sheet.rows))
        else:
            drafts += [_unread(table, path.name) for table in SCENARIO_TABLES if sheet_of(table.file) == name]
    return drafts


def _unread(table: Table, source: str) -> Draft:
    """A sheet in place of one that can't be read: left out, it would give way to the catalogue; its only row is a fault."""
    header = [column.name for column in columns_of(table.noun)]
    return Draft(sheet_of(table.file), [[*header], _lost(header, f"copy the rows here from {source}")], unread=True)


def _lost(header: list[str], words: str) -> list[Any]:
    """A row that stands for what could not be read: with one cell it is no sound row of any table."""
    return [f"({words})", *[""] * (len(header) - 1)]


def _settings_of_sheet(sheet: Sheet) -> Draft:
    """Settings, key and value first, whatever columns stand around them."""
    header = [shown(cell) for cell in sheet.rows[0]] if sheet.rows else []
    if "key" not in header or "value" not in header:
        return Draft(SETTINGS_SHEET, sheet.rows)
    order = [header.index("key"), header.index("value")]
    order += [at for at in range(len(header)) if at not in order]
    rows = [[row[at] for at in order] for row in sheet.rows]
    keys = {shown(row[0]).strip().rpartition(".")[2]: number for number, row in enumerate(rows, 1) if number > 1}
    return Draft(SETTINGS_SHEET, rows, key_of=keys)


def _of_folder(folder: Path) -> list[Draft]:
    given = [table for table in SCENARIO_TABLES if os.path.lexists(folder / table.file)]
    return [_settings_of_file(folder), *(_of_file(folder, table) for table in given)]


def _of_file(folder: Path, table: Table) -> Draft:
    """A file as a sheet; a row that is no CSV keeps its place."""
    content = read_within(folder, table.file, [])
    faults: list[Fault] = []
    lines = None if content is None else text_lines(content, table.file, faults)
    if not lines or any(fault.row < lines[0][0] for fault in faults):
        return _unread(table, table.file)
    (first, header), *given = lines
    columns = {column.name: column for column in columns_of(table.noun)}
    kinds = [columns.get(name) for name in header]
    found = {number: [_typed(cell, kind) for cell, kind in _paired(cells, kinds)] for number, cells in given}
    found |= {fault.row: _lost(header, f"copy row {fault.row} here from {table.file}") for fault in faults}
    rows: list[list[Any]] = [[*header], *(found[number] for number in sorted(found))]
    return Draft(sheet_of(table.file), rows, {number: at for at, number in enumerate([first, *sorted(found)], 1)})


def _paired(cells: list[str], kinds: list[Any]) -> list[tuple[str, Any]]:
    return list(zip(cells, kinds + [None] * (len(cells) - len(kinds)), strict=False))


def _typed(cell: str, column: Any) -> Any:
    """The cell as its column's kind if it can be read so, else its text."""
    if column is None or column.kind in ("text", "words") or not cell:
        return cell
    try:
        return column.read(cell)
    except BadCell:
        return cell


def _settings_of_file(folder: Path) -> Draft:
    """Keys of scenario.toml as far as it can be read; those that are missing stand there to be filled in."""
    content = read_within(folder, SETTINGS_FILE, []) if (folder / SETTINGS_FILE).exists() else None
    try:
        head = tomllib.loads((content or b"").decode("utf-8-sig"))
    except (ValueError, RecursionError):  # told as a fault of the file already
        head = {}
    given: dict[str, Any] = {}
    for name, value in head.items():
        given |= {f"{name}.{key}": part for key, part in value.items()} if isinstance(value, Mapping) else {name: value}
    keys = {key.dotted: key for key in setting_keys()}
    rows: list[list[Any]] = [list(SETTINGS_HEADER)]
    for name in [*keys, *(name for name in given if name not in keys)]:
        value = given.get(name, "")
        key = keys.get(name)
        rows.append([name, _plain(value), key.unit if key else "", key.meaning if key else ""])
    numbers = {row[0].rpartition(".")[2]: number for number, row in enumerate(rows, 1) if number > 1}
    return Draft(SETTINGS_SHEET, rows, row_of={}, key_of=numbers)


def _plain(value: Any) -> Any:
    """A value of TOML as a cell."""
    if isinstance(value, list):
        sentences = bool(value) and all(isinstance(part, str) for part in value)
        return ("\n" if sentences else ";").join(str(part) for part in value)
    if isinstance(value, str):
        try:
            return parse_utc(value)
        except ValueError:
            return value
    return value if isinstance(value, bool | int | float) or hasattr(value, "year") else str(value)
