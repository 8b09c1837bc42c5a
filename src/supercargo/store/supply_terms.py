"""Assumptions of a fleet and of a supply chain: the scenario's own rows, else the templates that fit it."""

from __future__ import annotations

from importlib import resources
from typing import Any

from supercargo.kernel import Fault, StoreError
from supercargo.model import SCENARIO_TABLES, Scenario, SupplyTables
from supercargo.store.rows import read_table

__all__ = ["STRATEGY_FOLDER", "read_supply_terms"]

STRATEGY_FOLDER = "strategy"
"""Folder of the catalogue that holds templates of assumptions on which strategies rest."""

_TABLES = ("lives", "stock_terms", "supplier_terms", "ground_legs")


def read_supply_terms(scenario: Scenario) -> SupplyTables:
    """Lives of spacecraft, terms of stock and suppliers, and ground legs: the scenario's own, else the templates.

    Of a template only rows are taken that name what the scenario has. Raises StoreError if a template is faulty.
    """
    folder = resources.files("supercargo") / "catalogue" / STRATEGY_FOLDER
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    templates = []
    for table in (table for table in SCENARIO_TABLES if table.attribute in _TABLES):
        found[table.attribute] = getattr(scenario, table.attribute)
        if not found[table.attribute]:
            rows = read_table((folder / table.file).read_bytes(), table, faults).records
            found[table.attribute] = _fitting(table.attribute, rows, scenario)
            templates.append(table.file)
    if faults:
        told = "\n".join(map(str, sorted(faults)))
        raise StoreError(f"the templates are faulty\n{told}", fix="install the package again", where="catalogue")
    return SupplyTables(**found, templates=tuple(templates))


def _fitting(attribute: str, rows: tuple[Any, ...], scenario: Scenario) -> tuple[Any, ...]:
    if attribute == "lives":
        return tuple(row for row in rows if row.vehicle_type in scenario.vehicle_types)
    if attribute == "supplier_terms":
        known = {supplier.supplier for supplier in scenario.suppliers}
        return tuple(row for row in rows if row.supplier in known)
    return rows
