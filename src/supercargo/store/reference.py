"""What ships for transfers: the ephemeris, and the records of small bodies, launch energies and legs."""

from __future__ import annotations

from importlib import resources
from typing import Any

from supercargo.kernel import Fault, StoreError
from supercargo.model import REFERENCE_TABLES
from supercargo.store.rows import read_table

__all__ = ["read_ephemeris_file", "read_reference_tables"]

EPHEMERIS = "de440_2020_2050.bsp"


def read_reference_tables() -> dict[str, tuple[Any, ...]]:
    """Records by table: `small_bodies`, `launch_energies`, `cislunar_legs`. Raises StoreError if one is faulty."""
    folder = resources.files("supercargo") / "catalogue"
    faults: list[Fault] = []
    found = {
        table.attribute: read_table((folder / table.file).read_bytes(), table, faults).records for table in REFERENCE_TABLES
    }
    if faults:
        told = "\n".join(map(str, sorted(faults)))
        raise StoreError(f"the catalogue is faulty\n{told}", fix="install the package again", where="catalogue")
    return found


def read_ephemeris_file() -> bytes:
    """The excerpt of JPL's ephemeris that ships with the package. Raises StoreError if it is not there."""
    file = resources.files("supercargo") / "catalogue" / "ephemeris" / EPHEMERIS
    try:
        return file.read_bytes()
    except OSError as error:
        what = f"the ephemeris can't be read: {error.strerror}"
        raise StoreError(what, fix="install the package again", where="catalogue") from None
