"""Chances from a folder beside a plan, checked against the plan's scenario as if they had been a part of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import SCENARIO_TABLES, Scenario
from supercargo.store.checks_chances import CHANCE_CHECKS
from supercargo.store.folders import read_within
from supercargo.store.rows import TableRead, read_table
from supercargo.store.sheets import Sheets

__all__ = ["CHANCE_ATTRIBUTES", "with_chances_of"]

CHANCE_ATTRIBUTES = ("chances", "slip_records")


def with_chances_of(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with chances.csv and slips.csv of a folder in place of its own, as far as the folder has them.

    Raises ScenarioError with every fault of both files, or for a folder that has neither.
    """
    tables = {table.attribute: table for table in SCENARIO_TABLES}
    given = [tables[name] for name in CHANCE_ATTRIBUTES if os.path.lexists(folder / tables[name].file)]
    if not given:
        fix = "give a folder with chances.csv, slips.csv or both"
        raise ScenarioError("the folder has neither chances.csv nor slips.csv", fix=fix, where=str(folder))
    faults: list[Fault] = []
    read = {attribute: TableRead(getattr(scenario, attribute)) for attribute in tables}
    for table in given:
        content = read_within(folder, table.file, faults)
        read[table.attribute] = TableRead(sound=False) if content is None else read_table(content, table, faults)
    for name in CHANCE_ATTRIBUTES:
        if tables[name] not in given:
            read[name] = TableRead()
    faults += [fault for check in CHANCE_CHECKS for fault in check(Sheets(scenario.settings, read))]
    if faults:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    return replace(scenario, **_records(read, [table.attribute for table in given]))


def _records(read: Mapping[str, TableRead], given: Sequence[str]) -> dict[str, Any]:
    return {attribute: read[attribute].records for attribute in given}
