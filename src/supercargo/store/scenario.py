"""Scenario folders: scenario.toml and one CSV a noun; what is left out comes from the catalogue."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supercargo.kernel import Fault, ScenarioError, digest_of_files
from supercargo.model import SCENARIO_TABLES, Destination, Scenario, Settings, Table
from supercargo.store.catalogue import read_catalogue_tables
from supercargo.store.checks import cross_faults
from supercargo.store.folders import read_within, write_whole
from supercargo.store.rows import TableRead, read_table, write_rows
from supercargo.store.settings import SETTINGS_FILE, read_settings, settings_text
from supercargo.store.sheets import Sheets

__all__ = [
    "as_read",
    "assembled",
    "completed",
    "misspelt",
    "read_places",
    "read_scenario",
    "scenario_files",
    "scenario_or_faults",
    "tables_read",
    "write_scenario",
]


def scenario_files(scenario: Scenario) -> dict[str, bytes]:
    """All files of a scenario folder by name."""
    files = {SETTINGS_FILE: settings_text(scenario.settings).encode()}
    for table in SCENARIO_TABLES:
        records = getattr(scenario, table.attribute)
        if records or not table.sparse or table.file in scenario.none_of:
            files[table.file] = write_rows(records, table.noun)
    return files


def write_scenario(
    scenario: Scenario, folder: Path, *, beside: Mapping[str, bytes] = MappingProxyType({}), force: bool = False
) -> None:
    """Write a scenario folder, whole or not at all; `beside` holds files of folders inside it that are no part of it.

    Raises Refused if the folder exists and `force` is false, StoreError if the disk refuses.
    """
    write_whole(folder, {**scenario_files(scenario), **beside}, force=force)


def read_scenario(folder: Path) -> Scenario:
    """The scenario of a folder, with the digest of its files as they would be written.

    Raises ScenarioError with every fault found: file, row, column and fix.
    """
    faults: list[Fault] = []
    scenario = scenario_or_faults(folder, faults)
    if scenario is None:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    return scenario


def read_places(folder: Path) -> tuple[Destination, ...]:
    """The places of a scenario folder, whatever else it lacks; the catalogue's where it has no file of them.

    Raises ScenarioError with every fault of that file.
    """
    table = next(one for one in SCENARIO_TABLES if one.noun is Destination)
    faults: list[Fault] = []
    if not os.path.isdir(folder):
        raise ScenarioError("the scenario folder is missing", fix="give a scenario folder that exists", where=str(folder))
    read = _read_given(folder, table, faults) if _is_given(folder, table) else read_catalogue_tables()[table.attribute]
    if faults:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    places: tuple[Destination, ...] = read.records
    return places


def scenario_or_faults(folder: Path, faults: list[Fault]) -> Scenario | None:
    """The scenario of a folder, or None with each of its faults added to `faults`."""
    before = len(faults)
    if os.path.isfile(folder):
        from supercargo.store.book.scenario import scenario_of_book  # its libraries load only for those who use them

        return scenario_of_book(folder, faults)
    if not os.path.isdir(folder):
        fix = "give a folder or workbook that exists"
        faults.append(Fault(folder.name or str(folder), 0, "", "the scenario folder is missing", fix))
        return None
    content = read_within(folder, SETTINGS_FILE, faults)
    settings = read_settings(content, faults) if content is not None else None
    _check_names(folder, faults)
    given = {table.attribute: _read_given(folder, table, faults) for table in SCENARIO_TABLES if _is_given(folder, table)}
    tables = completed(given)
    faults += cross_faults(Sheets(settings, tables))
    none_of = [table.file for table in SCENARIO_TABLES if table.attribute in given]
    return None if settings is None or len(faults) > before else assembled(settings, tables, none_of=none_of)


_NONE_MEANT = ("risks.csv", "initiatives.csv", "technologies.csv", "capacity_options.csv")
"""Files for which a template stands where they are missing, and nothing where they have a header alone."""


def assembled(settings: Settings, tables: Mapping[str, TableRead], *, none_of: Sequence[str] = ()) -> Scenario:
    """The scenario of sound tables, with its digest; `none_of` names files that are given and may mean none by no rows."""
    records: dict[str, Any] = {attribute: table.records for attribute, table in tables.items()}
    given = [table for table in SCENARIO_TABLES if table.file in _NONE_MEANT and table.file in none_of]
    empty = tuple(table.file for table in given if not records[table.attribute])
    scenario = Scenario(settings=settings, **records, none_of=empty)
    return dataclasses.replace(scenario, digest=digest_of_files(scenario_files(scenario)))


def _check_names(folder: Path, faults: list[Fault]) -> None:
    """A misspelt file name would silently give way to the catalogue."""
    known = [SETTINGS_FILE, *(table.file for table in SCENARIO_TABLES)]
    for name, meant in misspelt(sorted(os.listdir(folder)), known):
        faults.append(Fault(name, 0, "", f"the file {name!r} is not known", f"name it {meant}"))


def misspelt(names: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of a name that is not known and the absent one that it is a misspelling of."""
    absent = [name for name in known if name not in names]
    found = []
    for name in names:
        close = difflib.get_close_matches(name.lower().replace("-", "_")[:80], absent, n=1, cutoff=0.88)
        if name not in known and close:
            found.append((name, close[0]))
    return found


def completed(given: Mapping[str, TableRead]) -> dict[str, TableRead]:
    """All tables of a scenario: what is not given comes from the catalogue, as far as it fits what is."""
    missing = [table for table in SCENARIO_TABLES if table.attribute not in given]
    if all(table.sparse for table in missing):
        return {**given, **{table.attribute: TableRead() for table in missing}}
    catalogue = read_catalogue_tables()
    return _fitted({t.attribute: given.get(t.attribute, catalogue[t.attribute]) for t in SCENARIO_TABLES}, frozenset(given))


def tables_read(scenario: Scenario) -> dict[str, TableRead]:
    """The tables of a scenario as if they had just been read, by attribute."""
    return {table.attribute: as_read(getattr(scenario, table.attribute), table) for table in SCENARIO_TABLES}


def as_read(records: tuple[Any, ...], table: Table, rows: tuple[int, ...] = ()) -> TableRead:
    """Sound records as a file gives them, in the given rows of it or one after the other."""
    keys = (getattr(record, table.key[0]) for record in records)
    words = frozenset(key for key in keys if isinstance(key, str))
    return TableRead(records, rows or tuple(range(2, len(records) + 2)), words)


def _is_given(folder: Path, table: Table) -> bool:
    return table.required or os.path.lexists(folder / table.file)


def _read_given(folder: Path, table: Table, faults: list[Fault]) -> TableRead:
    content = read_within(folder, table.file, faults)
    return TableRead(whole=False, sound=False) if content is None else read_table(content, table, faults)


def _fitted(tables: dict[str, TableRead], given: frozenset[str]) -> dict[str, TableRead]:
    """Catalogue records of things that the scenario's own files do not know are left out."""
    borrowed = [table for table in SCENARIO_TABLES if table.attribute not in given and table.refers]
    files = {table.file: table.attribute for table in SCENARIO_TABLES}
    by_plane = {place.destination for place in tables["destinations"].records if place.window_kind == "plane"}
    shrinking = True
    while shrinking:
        shrinking = False
        for table in borrowed:
            old = tables[table.attribute]
            sources = {field: tables[files[file]] for field, file in table.refers}
            kept = [(row, fit) for row, record in old.numbered() if (fit := _fit(record, sources)) is not None]
            if table.attribute == "transfer_windows":
                kept = [(row, fit) for row, fit in kept if fit.destination not in by_plane]
            records = tuple(record for _, record in kept)
            if records != old.records:
                shrinking = True
                tables[table.attribute] = as_read(records, table, tuple(row for row, _ in kept))
    return tables


def _fit(record: Any, sources: Mapping[str, TableRead]) -> Any:
    """The record with lists cut to known names; None if a name it can't do without is unknown."""
    for field, source in sources.items():
        word = getattr(record, field)
        if not source.whole or not word:
            continue
        if isinstance(word, str):
            if word not in source.key_words:
                return None
            continue
        known = tuple(part for part in word if part in source.key_words)
        if not known:
            return None  # an empty list would mean any
        if known != word:
            record = dataclasses.replace(record, **{field: known})
    return record
