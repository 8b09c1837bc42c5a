"""What somebody has edited in a scenario: its tables and settings beside those of another, row by row and cell by cell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import SCENARIO_TABLES, RowChange, Scenario, Table
from supercargo.store.checks import cross_faults
from supercargo.store.columns import columns_of
from supercargo.store.folders import read_within
from supercargo.store.rows import TableRead, read_table
from supercargo.store.scenario import as_read, assembled, tables_read
from supercargo.store.settings import SETTINGS_FILE, settings_text
from supercargo.store.sheets import Sheets

__all__ = ["EditedTables", "carried_over", "plan_taken_from", "read_edited", "row_numbers", "rows_edited"]

_WHOLE_ROW = "row"
_TAKE_AGAIN = "take the tables out again and edit what stands now"


@dataclass(frozen=True, slots=True)
class EditedTables:
    """Tables that somebody has sent: the files that they stand for, and the scenario with them (None: it has faults)."""

    files: tuple[str, ...]
    scenario: Scenario | None
    faults: tuple[Fault, ...]


def read_edited(path: Path, standing: Scenario) -> EditedTables:
    """Some tables of a scenario, a workbook's sheets or one file `cargo.csv`, in place of those of the `standing` one.

    Every fault is told, with sheet or file, row and column. Raises ScenarioError for what holds no table of a scenario.
    """
    faults: list[Fault] = []
    found = _of_file(path, standing, faults) if path.suffix.lower() == ".csv" else _of_book(path, standing, faults)
    return EditedTables(found[0], None if faults else found[1], tuple(sorted(faults)))


def _of_file(path: Path, standing: Scenario, faults: list[Fault]) -> tuple[tuple[str, ...], Scenario | None]:
    table = next((one for one in SCENARIO_TABLES if one.file == path.name), None)
    if table is None:
        fix = "name it as the table that it holds, as cargo.csv, or send a workbook"
        raise ScenarioError(f"{path.name} is no table of a scenario", fix=fix, where=path.name)
    content = read_within(path.parent, path.name, faults)
    if content is None:
        return (table.file,), None
    tables = {**tables_read(standing), table.attribute: read_table(content, table, faults)}
    faults += cross_faults(Sheets(standing.settings, tables))
    return (table.file,), assembled(standing.settings, tables, none_of=(*standing.none_of, table.file))


def _of_book(path: Path, standing: Scenario, faults: list[Fault]) -> tuple[tuple[str, ...], Scenario | None]:
    from supercargo.store.book import scenario as book  # its library loads only for those who read a workbook

    sheets = book.read_sheets(path, faults)
    if sheets is None:
        return (), None
    named = {book.SETTINGS_SHEET: SETTINGS_FILE} | {book.sheet_of(table.file): table.file for table in SCENARIO_TABLES}
    files = tuple(file for sheet, file in named.items() if sheet in sheets)
    if not files:
        fix = f"name its sheets as the tables that they hold: {', '.join(list(named)[:4])}, ..."
        raise ScenarioError(f"{path.name} has no sheet of a scenario", fix=fix, where=path.name)
    return files, book.scenario_of_sheets(sheets, faults, beside=standing)


def rows_edited(old: Scenario, new: Scenario) -> tuple[RowChange, ...]:
    """Every cell that differs as the files would say it, and every row that came or went, in the order of the files."""
    return (*_settings(old, new), *(one for table in SCENARIO_TABLES for one in _rows(old, new, table)))


def _settings(old: Scenario, new: Scenario) -> Iterator[RowChange]:
    was, now = (dict(_flat(tomllib.loads(settings_text(one.settings)))) for one in (old, new))
    for key in {**was, **now}:
        if was.get(key) != now.get(key):
            before, after = str(was.get(key, "")), str(now.get(key, ""))
            yield RowChange(file=SETTINGS_FILE, key=key, column="value", before=before, after=after)


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _rows(old: Scenario, new: Scenario, table: Table) -> Iterator[RowChange]:
    was, now = (_keyed(getattr(one, table.attribute), table) for one in (old, new))
    for key in {**was, **now}:
        before, after = was.get(key), now.get(key)
        if before == after:
            continue
        if before is None or after is None:
            here = [_WHOLE_ROW if row is not None else "" for row in (before, after)]
            yield RowChange(file=table.file, key=key, column="", before=here[0], after=here[1])
            continue
        for name, word in before.items():
            if word != after[name]:
                yield RowChange(file=table.file, key=key, column=name, before=word, after=after[name])


def plan_taken_from(path: Path) -> str:
    """The plan that a workbook says its tables were taken from; empty where it says none or can't be read."""
    from supercargo.store.book.forms import READ_ME, TAKEN_FROM
    from supercargo.store.book.parts import BadBook
    from supercargo.store.book.reading import Sheet, open_book

    if path.suffix.lower() != ".xlsx":
        return ""
    try:
        sheet = open_book(path.read_bytes()).read([READ_ME]).get(READ_ME)
    except BadBook:
        return ""  # what is wrong with it is told where its tables are read
    rows = sheet.rows[:3] if isinstance(sheet, Sheet) else []
    cells = (str(cell) for row in rows for cell in row[:1])
    found = next((cell.removeprefix(TAKEN_FROM).strip() for cell in cells if cell.startswith(TAKEN_FROM)), "")
    return found if found.isalnum() else ""


def carried_over(base: Scenario, sent: Scenario, standing: Scenario) -> EditedTables:
    """The edits that lead from a scenario to what was `sent`, made to the one that stands now.

    A row that both edited, and not alike, is a fault.
    """
    faults: list[Fault] = []
    tables: dict[str, TableRead] = {}
    for table in SCENARIO_TABLES:
        rows = [dict(zip(_keyed(records, table), records, strict=True)) for records in _three(base, sent, standing, table)]
        tables[table.attribute] = _merged(table, rows, faults)
    settings = standing.settings if sent.settings == base.settings else sent.settings
    if base.settings not in (sent.settings, standing.settings) and sent.settings != standing.settings:
        faults.append(Fault(SETTINGS_FILE, 0, "", "the settings were edited meanwhile too", _TAKE_AGAIN))
    faults += [] if faults else cross_faults(Sheets(settings, tables))
    found = None if faults else assembled(settings, tables, none_of=standing.none_of)
    return EditedTables((), found, tuple(sorted(faults)))


def _three(base: Scenario, sent: Scenario, standing: Scenario, table: Table) -> tuple[tuple[Any, ...], ...]:
    return tuple(getattr(one, table.attribute) for one in (base, sent, standing))


def _merged(table: Table, rows: list[dict[str, Any]], faults: list[Fault]) -> TableRead:
    was, mine, now = rows
    kept: list[Any] = []
    for number, key in enumerate({**mine, **now, **was}, 2):
        before, sent, stands = was.get(key), mine.get(key), now.get(key)
        if sent not in (before, stands) and stands != before:
            row = number if key in mine else 0
            faults.append(Fault(table.file, row, "", f"{key} was edited by somebody else meanwhile", _TAKE_AGAIN))
        found = stands if sent == before else sent
        kept += [] if found is None else [found]
    return as_read(tuple(kept), table)


def row_numbers(scenario: Scenario) -> dict[tuple[str, str], int]:
    """In which row of its file each key of a scenario stands (the header is row 1)."""
    return {
        (table.file, key): number
        for table in SCENARIO_TABLES
        for number, key in enumerate(_keyed(getattr(scenario, table.attribute), table), 2)
    }


def _keyed(records: tuple[Any, ...], table: Table) -> dict[str, dict[str, str]]:
    """Cells of each row by the words that name it."""
    columns = columns_of(table.noun)
    found = {}
    for record in records:
        values = [(one, getattr(record, one.field)) for one in columns]
        cells = {one.name: "" if value is None else one.write(value) for one, value in values}
        names = {one.field: cells[one.name] for one in columns}
        found[" ".join(names[field] for field in table.key)] = cells
    return found
