"""The catalogue's files that transfers are computed from; a scenario does not carry them."""

from __future__ import annotations

from supercargo.model import catalogue
from supercargo.model.tables import Table

__all__ = ["REFERENCE_TABLES"]

REFERENCE_TABLES: tuple[Table, ...] = (
    Table(file="cislunar_legs.csv", noun=catalogue.CislunarLeg, attribute="cislunar_legs", key=("start", "end")),
    Table(file="small_bodies.csv", noun=catalogue.SmallBody, attribute="small_bodies", key=("body",)),
    Table(
        file="launch_energy.csv",
        noun=catalogue.LaunchEnergy,
        attribute="launch_energies",
        key=("launcher", "c3_km2_s2"),
    ),
)
