"""Scenario and plan folders and the catalogue: text on disk to nouns and back. Nothing here plans."""

from supercargo.store.catalogue import read_catalogue
from supercargo.store.folders import refuse_existing, refuse_unwritable
from supercargo.store.plan import NOT_YET, digest_of_plan, digest_violations, plan_files, read_plan, write_plan
from supercargo.store.reference import read_ephemeris_file, read_reference_tables
from supercargo.store.rows import read_rows, read_table, write_rows
from supercargo.store.scenario import read_scenario, scenario_files, write_scenario

__all__ = [
    "NOT_YET",
    "digest_of_plan",
    "digest_violations",
    "plan_files",
    "read_catalogue",
    "read_ephemeris_file",
    "read_plan",
    "read_reference_tables",
    "read_rows",
    "read_scenario",
    "read_table",
    "refuse_existing",
    "refuse_unwritable",
    "scenario_files",
    "write_plan",
    "write_rows",
    "write_scenario",
]
