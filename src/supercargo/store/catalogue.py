"""The catalogue that ships with the package: records beside the rooms, read as the nouns they are."""

from __future__ import annotations

from importlib import resources
from typing import Any

from supercargo.kernel import Fault, StoreError
from supercargo.model import SCENARIO_TABLES
from supercargo.store.rows import TableRead, read_table

__all__ = ["read_catalogue", "read_catalogue_tables"]


def read_catalogue() -> dict[str, tuple[Any, ...]]:
    """Records of the catalogue by the scenario's attribute, such as `vehicles`; what it does not hold is empty.

    Raises StoreError if a record that ships with the package is faulty.
    """
    return {attribute: table.records for attribute, table in read_catalogue_tables().items()}


def read_catalogue_tables() -> dict[str, TableRead]:
    """The catalogue's files by the scenario's attribute, with row numbers. Raises StoreError if one is faulty."""
    folder = resources.files("supercargo") / "catalogue"
    faults: list[Fault] = []
    found = {}
    for table in SCENARIO_TABLES:
        file = folder / table.file
        found[table.attribute] = read_table(file.read_bytes(), table, faults) if file.is_file() else TableRead()
    if faults:
        told = "\n".join(map(str, sorted(faults)))
        raise StoreError(f"the catalogue is faulty\n{told}", fix="install the package again", where="catalogue")
    return found
