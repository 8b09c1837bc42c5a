"""The catalogue that ships with the package: records beside the rooms, read as the nouns they are."""

from __future__ import annotations

from importlib import resources
from typing import Any

from supercargo.kernel import Fault, StoreError
from supercargo.model import REFERENCE_TABLES, SCENARIO_TABLES, Table
from supercargo.store.rows import TableRead, read_table

__all__ = ["read_catalogue", "read_catalogue_tables", "read_ephemeris_file", "read_reference_tables"]


def read_catalogue() -> dict[str, tuple[Any, ...]]:
    """Records of the catalogue by the scenario's attribute, such as `vehicles`; what it does not hold is empty.

    Raises StoreError if a record that ships with the package is faulty.
    """
    return {attribute: table.records for attribute, table in read_catalogue_tables().items()}


def read_catalogue_tables() -> dict[str, TableRead]:
    """The catalogue's files by the scenario's attribute, with row numbers. Raises StoreError if one is faulty."""
    return _read(SCENARIO_TABLES)


def read_reference_tables() -> dict[str, tuple[Any, ...]]:
    """Records that transfers are computed from: `small_bodies` and `launch_energies`. Raises StoreError if one is faulty."""
    return {attribute: table.records for attribute, table in _read(REFERENCE_TABLES).items()}


def read_ephemeris_file() -> bytes:
    """The excerpt of JPL's ephemeris that ships with the package. Raises StoreError if it is not there."""
    file = resources.files("supercargo") / "catalogue" / "ephemeris" / "de440_2020_2050.bsp"
    try:
        return file.read_bytes()
    except OSError as error:
        what = f"the ephemeris can't be read: {error.strerror}"
        raise StoreError(what, fix="install the package again", where="catalogue") from None


def _read(tables: tuple[Table, ...]) -> dict[str, TableRead]:
    folder = resources.files("supercargo") / "catalogue"
    faults: list[Fault] = []
    found = {}
    for table in tables:
        file = folder / table.file
        found[table.attribute] = read_table(file.read_bytes(), table, faults) if file.is_file() else TableRead()
    if faults:
        told = "\n".join(map(str, sorted(faults)))
        raise StoreError(f"the catalogue is faulty\n{told}", fix="install the package again", where="catalogue")
    return found
