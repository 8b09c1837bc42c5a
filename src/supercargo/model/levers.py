"""A parameter of a scenario by its name, FILE/ROW/COLUMN: what it is worth, and the scenario with it changed."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.model.scenario import Scenario, Settings
from supercargo.model.tables import SCENARIO_TABLES, Table

__all__ = [
    "LEVER_FORMS",
    "Lever",
    "cells_of",
    "lever_of",
    "lever_words",
    "pulled",
    "pulled_records",
    "rows_named",
    "rows_worded",
]

LEVER_FORMS = ("FILE/ROW/COLUMN*FACTOR", "FILE/ROW/COLUMN+NUMBER")
"""How a change of a parameter is written, such as `cost_rates.csv/mission integration/mission/usd*0.9`."""

HEAD = "scenario.toml"
_SECTIONS = ("limits", "service")
_FORM = re.compile(r"(?P<file>[a-z_]+\.(?:csv|toml))/(?P<row>.+)/(?P<column>[a-z_0-9]+)(?P<sign>[*+])(?P<number>[-+0-9.eE]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A change of one parameter, in all rows that bear the name: multiplied by a factor, or a number added."""

    file: str
    row: str
    column: str
    sign: str
    number: float

    @property
    def cell(self) -> str:
        """The parameter that it changes."""
        return f"{self.file}/{self.row}/{self.column}"

    def applied(self, value: float, share: float = 1.0) -> float:
        """The value after the change, where so large a share of it is reached."""
        return value * (1.0 + (self.number - 1.0) * share) if self.sign == "*" else value + self.number * share


def lever_of(word: str) -> Lever:
    """A change as it is written. Raises ScenarioError for one out of form."""
    match = _FORM.fullmatch(word.strip())
    try:
        number = float(match["number"]) if match else None
    except ValueError:
        number = None
    if match is None or number is None or not math.isfinite(number):
        fix = f"write {' or '.join(LEVER_FORMS)}, such as cost_rates.csv/mission control/docked_d/usd*0.9"
        raise ScenarioError(f"{word[:80]!r} is no change of a parameter", fix=fix, where="changes")
    return Lever(file=match["file"], row=match["row"], column=match["column"], sign=match["sign"], number=number)


def lever_words(word: str) -> tuple[str, str, str]:
    """File, row and column of a parameter written FILE/ROW/COLUMN. Raises ScenarioError for one out of form."""
    lever = lever_of(f"{word.strip()}+0")
    return lever.file, lever.row, lever.column


def _table(file: str) -> Table:
    for table in SCENARIO_TABLES:
        if table.file == file:
            return table
    raise ScenarioError(f"a scenario has no file {file!r}", fix=f"use {HEAD} or a file of docs/files.md", where="changes")


def _field(noun: type, column: str) -> dataclasses.Field[Any]:
    for declared in dataclasses.fields(noun):
        if (declared.metadata.get("column") or declared.name) == column:
            return declared
    names = ", ".join(f.name for f in dataclasses.fields(noun) if "unit" in f.metadata)
    raise ScenarioError(f"there is no column {column!r}", fix=f"use one of: {names or 'none is a number'}", where="changes")


def _number_field(noun: type, column: str) -> str:
    declared = _field(noun, column)
    if "unit" not in declared.metadata:
        raise ScenarioError(f"{column} is no number", fix="name a column with a unit", where="changes")
    return declared.name


def _key(table: Table, record: Any) -> tuple[str, ...]:
    return tuple(_word(getattr(record, name)) for name in table.key)


def _word(value: Any) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _named(table: Table, record: Any, row: str) -> bool:
    """True where the row's name is the record's key; a part `*` fits any, and `*` alone fits every row."""
    key = _key(table, record)
    if row in ("*", "/".join(key)):
        return True
    parts = row.split("/")
    return len(parts) == len(key) and all(part in ("*", word) for part, word in zip(parts, key, strict=True))


def cells_of(scenario: Scenario, cell: str) -> tuple[tuple[str, float | None], ...]:
    """Rows that a parameter FILE/ROW/COLUMN names, each with its value, in the scenario's order.

    Raises ScenarioError for a file, a column or a row that the scenario has not.
    """
    file, row, column = lever_words(cell)
    if file == HEAD:
        return ((row, getattr(_section(scenario.settings, row), _number_field(_section_type(row), column))),)
    table = _table(file)
    field = _number_field(table.noun, column)
    found = rows_named(cell, {table.attribute: getattr(scenario, table.attribute)})
    return tuple(("/".join(_key(table, one)), getattr(one, field)) for one in found)


def rows_worded(scenario: Scenario, cell: str) -> str:
    """What stands in FILE/ROW/COLUMN, numbers or words, as text; of several rows each with its key, in the scenario's order.

    Raises ScenarioError for a file, a column or a row that the scenario has not.
    """
    file, row, column = lever_words(cell)
    if file == HEAD:
        return _word(getattr(_section(scenario.settings, row), _field(_section_type(row), column).name))
    table = _table(file)
    field = _field(table.noun, column).name
    found = [one for one in getattr(scenario, table.attribute) if _named(table, one, row)]
    if not found:
        raise ScenarioError(f"{file} has no row {row!r}", fix="use the key of a row, its parts joined by /", where="change")
    if len(found) == 1:
        return _word(getattr(found[0], field))
    return "; ".join(f"{'/'.join(_key(table, one))}={_word(getattr(one, field))}" for one in found)


def rows_named(cell: str, records: Mapping[str, Sequence[Any]]) -> tuple[Any, ...]:
    """Records that a parameter FILE/ROW/COLUMN names, of records by the scenario's attribute; none for scenario.toml.

    Raises ScenarioError for a file, a column or a row that is not there.
    """
    file, row, column = lever_words(cell)
    if file == HEAD:
        _number_field(_section_type(row), column)
        return ()
    table = _table(file)
    _number_field(table.noun, column)
    rows = records[table.attribute]
    found = tuple(one for one in rows if _named(table, one, row))
    if not found:
        near = ", ".join("/".join(_key(table, one)) for one in rows[:4]) or "none: the file is empty"
        raise ScenarioError(f"{file} has no row {row!r}", fix=f"use the key of a row, such as {near}", where="changes")
    return found


def _section(settings: Settings, row: str) -> Any:
    if row not in _SECTIONS:
        raise ScenarioError(f"{HEAD} has no section {row!r}", fix=f"use {' or '.join(_SECTIONS)}", where="changes")
    return getattr(settings, row)


def _section_type(row: str) -> type:
    if row not in _SECTIONS:
        raise ScenarioError(f"{HEAD} has no section {row!r}", fix=f"use {' or '.join(_SECTIONS)}", where="changes")
    return {field.name: field for field in dataclasses.fields(Settings)}[row].default_factory  # type: ignore[return-value]


def pulled(scenario: Scenario, levers: Iterable[tuple[Lever, float]]) -> Scenario:
    """The scenario with parameters changed, one after another, each to its share; it bears no digest: no file carries it.

    Raises ScenarioError for a parameter that the scenario has not, or a value out of its lawful range.
    """
    for lever, share in levers:
        cells_of(scenario, lever.cell)
        scenario = replace(scenario, **_changed(scenario, lever, share), digest="")
    return scenario


def _changed(scenario: Scenario, lever: Lever, share: float) -> dict[str, Any]:
    if lever.file == HEAD:
        section = {lever.row: _section(scenario.settings, lever.row)}
        return {"settings": replace(scenario.settings, **pulled_records(section, lever, share))}
    attribute = _table(lever.file).attribute
    return pulled_records({attribute: getattr(scenario, attribute)}, lever, share)


def pulled_records(records: Mapping[str, Any], lever: Lever, share: float) -> dict[str, Any]:
    """What a change makes of the records that it names, by the scenario's attribute; of scenario.toml the section by its name.

    Raises ScenarioError, with the parameter and its value, for one out of its lawful range.
    """
    if lever.file == HEAD:
        return {lever.row: _pulled(records[lever.row], _number_field(_section_type(lever.row), lever.column), lever, share)}
    table = _table(lever.file)
    field = _number_field(table.noun, lever.column)
    return {
        table.attribute: tuple(
            _pulled(one, field, lever, share) if _named(table, one, lever.row) else one for one in records[table.attribute]
        )
    }


def _pulled(record: Any, field: str, lever: Lever, share: float) -> Any:
    value = getattr(record, field)
    if value is None:
        return record
    new = lever.applied(float(value), share)
    try:
        return replace(record, **{field: round(new) if isinstance(value, int) and not isinstance(value, bool) else new})
    except ScenarioError as error:
        fault = Fault(lever.file, 0, lever.column, f"{lever.cell} would be {new:g}: {error.what}", "change it by less")
        raise ScenarioError.of([fault], where="changes") from error
