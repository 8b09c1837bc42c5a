"""What somebody has edited in a scenario: its tables and settings beside those of another, row by row and cell by cell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from supercargo.model import SCENARIO_TABLES, RowChange, Scenario, Table
from supercargo.store.columns import columns_of
from supercargo.store.settings import SETTINGS_FILE, settings_text

__all__ = ["rows_edited"]

_WHOLE_ROW = "row"


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
