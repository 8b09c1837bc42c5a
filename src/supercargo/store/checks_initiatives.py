"""Initiatives: each changes parameters that the scenario has, and somebody answers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import SCENARIO_TABLES, lever_of, rows_named
from supercargo.store.sheets import Sheets

__all__ = ["INITIATIVE_CHECKS"]


def _levers(sheets: Sheets) -> Iterator[Fault]:
    """A change of a parameter that is not there would save nothing, and nobody would be told."""
    records = {table.attribute: sheets.records(table.attribute) for table in SCENARIO_TABLES}
    attributes = {table.file: table.attribute for table in SCENARIO_TABLES}
    for row, one in sheets.rows("initiatives"):
        if not one.changes:
            fix = "name a parameter and its factor; a saving can't be entered, it is measured"
            yield sheets.fault("initiatives", row, "changes", f"{one.initiative_id} changes nothing", fix)
        for word in one.changes:
            try:
                lever = lever_of(word)
                attribute = attributes.get(lever.file, "")
                if not attribute or sheets.sound(attribute):
                    rows_named(lever.cell, records)
            except ScenarioError as error:
                yield sheets.fault("initiatives", row, "changes", f"{word[:80]}: {error.what}", error.fix)
                continue
            if lever.sign == "*" and lever.number < 0:
                what = f"{word[:80]}: a factor below 0 turns cost into revenue"
                yield sheets.fault("initiatives", row, "changes", what, "give a factor of 0 or more")


def _owners(sheets: Sheets) -> Iterator[Fault]:
    """Somebody answers for each initiative."""
    for row, one in sheets.rows("initiatives"):
        for field in ("owner", "title"):
            if not getattr(one, field).strip():
                yield sheets.fault("initiatives", row, field, f"{field} is missing", f"state {field}: an initiative has both")


INITIATIVE_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_levers, _owners)
"""Checks of initiatives."""
