"""The catalogue that ships with the package: records beside the rooms, read as the nouns they are."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError, StoreError
from supercargo.model import (
    HISTORY_TABLES,
    SCENARIO_TABLES,
    Chances,
    Initiative,
    MarketSegment,
    ProgrammeTables,
    Records,
    Requirement,
    RiskTables,
    Scenario,
    StrategyTables,
    Table,
    cells_of,
    lever_of,
)
from supercargo.store.checks_chances import fitting
from supercargo.store.checks_strategy import STRATEGY_ATTRIBUTES, fitting_strategy
from supercargo.store.folders import read_within
from supercargo.store.rows import TableRead, read_table

__all__ = [
    "CHANCES_FOLDER",
    "HISTORY_FOLDER",
    "REGISTER_FOLDER",
    "STRATEGY_FOLDER",
    "own_or_templates",
    "read_catalogue",
    "read_catalogue_tables",
    "read_chances",
    "read_initiatives",
    "read_past_catalogue",
    "read_programme",
    "read_programme_template",
    "read_records",
    "read_requirement_packs",
    "read_risks",
    "read_segments_template",
    "read_strategy",
]

HISTORY_FOLDER = "history"
"""Folder of the catalogue that holds what has flown, and with what."""

REGISTER_FOLDER = "register"
"""Folder of the catalogue that holds templates of risks, contingencies and offers of insurance."""

STRATEGY_FOLDER = "strategy"
"""Folder of the catalogue that holds templates of what the service plans to become, its programme among them."""

CHANCES_FOLDER = "chances"
"""Folder of the catalogue that holds what may happen where a scenario says nothing of it."""


def read_catalogue() -> dict[str, tuple[Any, ...]]:
    """Records of the catalogue by the scenario's attribute, such as `vehicles`; what it does not hold is empty.

    Raises StoreError if a record that ships with the package is faulty.
    """
    return {attribute: table.records for attribute, table in read_catalogue_tables().items()}


def read_past_catalogue() -> dict[str, tuple[Any, ...]]:
    """The catalogue with the spacecraft, launchers, pads and ports of past years in place of today's.

    Raises StoreError if a record that ships with the package is faulty.
    """
    return {attribute: table.records for attribute, table in read_catalogue_tables(HISTORY_FOLDER).items()}


def read_catalogue_tables(before: str = "") -> dict[str, TableRead]:
    """The catalogue's files by the scenario's attribute, with row numbers; a file inside the folder `before` counts first.

    Raises StoreError if one is faulty.
    """
    folder = resources.files("supercargo") / "catalogue"
    faults: list[Fault] = []
    found = {}
    for table in SCENARIO_TABLES:
        file = folder / before / table.file if before and (folder / before / table.file).is_file() else folder / table.file
        found[table.attribute] = read_table(file.read_bytes(), table, faults) if file.is_file() else TableRead()
    _refuse_faulty(faults, "the catalogue is faulty")
    return found


def read_requirement_packs() -> tuple[Requirement, ...]:
    """What the shipped packs ask for, pack by pack in order of name. Raises StoreError if a record is faulty."""
    table = next(table for table in SCENARIO_TABLES if table.noun is Requirement)
    folder = resources.files("supercargo") / "catalogue" / "requirements"
    packs = sorted((file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)
    faults: list[Fault] = []
    found = tuple(record for file in packs for record in read_table(file.read_bytes(), table, faults).records)
    _refuse_faulty(faults, "the requirement packs are faulty")
    return found


def own_or_templates(
    scenario: Scenario, folder: str, attributes: Container[str], *, faulty: str = "the templates are faulty"
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The scenario's own rows by attribute, for what it has none of those of the catalogue's folder; and the files used of it.

    Raises StoreError, in the words `faulty`, if a template is.
    """
    rows = {table.attribute: getattr(scenario, table.attribute) for table in SCENARIO_TABLES if table.attribute in attributes}
    none = {table.attribute for table in SCENARIO_TABLES if table.file in scenario.none_of}
    lacking = [attribute for attribute, own in rows.items() if not own and attribute not in none]
    templates = _templates(folder, lacking, faulty=faulty)
    return rows | {table.attribute: found for table, found in templates.items()}, tuple(table.file for table in templates)


def _templates(
    folder: str, attributes: Container[str], *, faulty: str = "the templates are faulty"
) -> dict[Table, tuple[Any, ...]]:
    inside = resources.files("supercargo") / "catalogue" / folder
    faults: list[Fault] = []
    tables = [table for table in SCENARIO_TABLES if table.attribute in attributes]
    found = {table: read_table((inside / table.file).read_bytes(), table, faults).records for table in tables}
    _refuse_faulty(faults, faulty)
    return found


def _refuse_faulty(faults: Sequence[Fault], what: str) -> None:
    if faults:
        told = "\n".join(map(str, sorted(faults)))
        raise StoreError(f"{what}\n{told}", fix="install the package again", where="catalogue")


def read_chances(scenario: Scenario) -> Chances:
    """What may happen to a scenario: its own rows, and for a file that it leaves out those of the catalogue that fit.

    Raises StoreError if a record that ships with the package is faulty, ScenarioError for rows that can't be meant together.
    """
    found, _ = own_or_templates(scenario, CHANCES_FOLDER, ("chances", "slip_records"), faulty="the chances are faulty")
    rows = scenario.chances or fitting(found["chances"], scenario)
    return Chances(rows=rows, slips=found["slip_records"])


def read_risks(scenario: Scenario) -> RiskTables:
    """Risks, contingencies and offers of insurance: the scenario's own, else the templates that ship with the package.

    Raises StoreError if a template is faulty.
    """
    found, templates = own_or_templates(scenario, REGISTER_FOLDER, ("risks", "contingencies", "insurance"))
    return RiskTables(**found, templates=templates)


def read_programme(scenario: Scenario) -> ProgrammeTables:
    """The programme: the scenario's own if it has tasks of its own, else the template that ships with the package.

    The template's dates are moved so that month 9 of its timeline, the first of service, begins with the scenario's horizon.
    Raises StoreError if the template is faulty.
    """
    if scenario.programme_tasks:
        return ProgrammeTables(
            tasks=scenario.programme_tasks, resources=scenario.programme_resources, checks=scenario.programme_gates
        )
    template = read_programme_template()
    by = scenario.settings.start_utc.replace(hour=0, minute=0, second=0) - _TEMPLATE_SERVICE_UTC
    return replace(
        template,
        tasks=tuple(_moved(row, by) for row in template.tasks),
        checks=tuple(_moved(row, by) for row in template.checks),
    )


def read_programme_template() -> ProgrammeTables:
    """The programme that ships with the package, month 9 being January 2027. Raises StoreError if it is faulty."""
    named = {"programme_tasks": "tasks", "programme_resources": "resources", "programme_gates": "checks"}
    found = _templates(STRATEGY_FOLDER, named)
    rows: dict[str, Any] = {named[table.attribute]: rows for table, rows in found.items()}
    return ProgrammeTables(**rows, templates=tuple(table.file for table in found))


_TEMPLATE_SERVICE_UTC = datetime(2027, 1, 1, tzinfo=UTC)
"""First day of month 9 in the template of the programme."""


def _moved(row: Any, by: timedelta) -> Any:
    moved = {field.name: getattr(row, field.name) for field in fields(row) if field.name.endswith("_utc")}
    return replace(row, **{name: instant + by for name, instant in moved.items() if instant is not None})


def read_strategy(scenario: Scenario) -> StrategyTables:
    """What strategy is decided on: the scenario's own, else the rows of the templates that fit its places and carriers.

    Raises StoreError if a template is faulty.
    """
    found, templates = own_or_templates(scenario, STRATEGY_FOLDER, STRATEGY_ATTRIBUTES)
    return fitting_strategy(StrategyTables(**found, templates=templates), scenario)


def read_segments_template() -> tuple[MarketSegment, ...]:
    """The segments that stand for a scenario without its own. Raises StoreError if the template is faulty."""
    ((_, found),) = _templates(STRATEGY_FOLDER, ("market_segments",)).items()
    return found


def read_initiatives(scenario: Scenario) -> tuple[tuple[Initiative, ...], bool]:
    """Initiatives to make the service cheaper: the scenario's own, else the template; with True where it is the template.

    Rows of the template that change what the scenario has not are left out. Raises StoreError if the template is faulty.
    """
    if scenario.initiatives or "initiatives.csv" in scenario.none_of:
        return scenario.initiatives, False
    ((_, found),) = _templates(STRATEGY_FOLDER, ("initiatives",), faulty="the template is faulty").items()
    return tuple(one for one in found if all(_has(scenario, lever_of(word).cell) for word in one.changes)), True


def _has(scenario: Scenario, cell: str) -> bool:
    try:
        return bool(cells_of(scenario, cell))
    except ScenarioError:
        return False


def read_records(folder: Path | None = None) -> Records:
    """What has flown: the records that ship with the package, or those of a folder with files of the same names.

    Raises ScenarioError with every fault of the folder's files, StoreError if those of the package are faulty.
    """
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    shipped = resources.files("supercargo") / "catalogue" / HISTORY_FOLDER
    for table in HISTORY_TABLES:
        content: bytes | None
        if folder is None:
            content = (shipped / table.file).read_bytes()
        else:
            there = table.required or os.path.lexists(folder / table.file)
            content = read_within(folder, table.file, faults) if there else None
        found[table.attribute] = () if content is None else read_table(content, table, faults).records
    if faults and folder is None:
        raise StoreError("the records are faulty\n" + "\n".join(map(str, faults)), fix="install the package again")
    if faults:
        raise ScenarioError.of(sorted(faults), where=str(folder))
    return Records(**found)
