"""The catalogue's files that transfers are computed from; of these a scenario carries the launch energies alone."""

from __future__ import annotations

from supercargo.model import catalogue
from supercargo.model.tables import SCENARIO_TABLES, Table

__all__ = ["REFERENCE_TABLES"]

REFERENCE_TABLES: tuple[Table, ...] = (
    Table(file="cislunar_legs.csv", noun=catalogue.CislunarLeg, attribute="cislunar_legs", key=("start", "end")),
    Table(file="small_bodies.csv", noun=catalogue.SmallBody, attribute="small_bodies", key=("body",)),
    *(table for table in SCENARIO_TABLES if table.attribute == "launch_energies"),
)
