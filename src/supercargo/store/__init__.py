"""Scenario and plan folders, workbooks and the catalogue: what stands on disk to nouns and back. Nothing here plans."""

from supercargo.store.calendars import CALENDAR_FILE, calendar_text, old_calendar
from supercargo.store.catalogue import (
    read_catalogue,
    read_chances,
    read_initiatives,
    read_past_catalogue,
    read_programme,
    read_programme_template,
    read_records,
    read_requirement_packs,
    read_risks,
    read_strategy,
)
from supercargo.store.edits import EditedTables, carried_over, plan_taken_from, read_edited, row_numbers, rows_edited
from supercargo.store.folders import refuse_existing, refuse_existing_file, refuse_outputs, refuse_unwritable, refuse_within
from supercargo.store.plan import (
    NOT_YET,
    PLAN_FILE,
    digest_of_plan,
    digest_violations,
    folder_files,
    plan_files,
    read_plan,
    write_plan,
)
from supercargo.store.reference import read_ephemeris_file, read_reference_tables
from supercargo.store.rows import read_rows, read_table, write_rows
from supercargo.store.scenario import read_places, read_scenario, scenario_files, scenario_or_faults, write_scenario
from supercargo.store.settings import SETTINGS_FILE
from supercargo.store.supply_terms import read_supply_terms
from supercargo.store.workbooks import is_workbook, refuse_other_kinds, write_mending, write_scenario_book, write_template

__all__ = [
    "CALENDAR_FILE",
    "NOT_YET",
    "PLAN_FILE",
    "SETTINGS_FILE",
    "EditedTables",
    "calendar_text",
    "carried_over",
    "digest_of_plan",
    "digest_violations",
    "folder_files",
    "is_workbook",
    "old_calendar",
    "plan_files",
    "plan_taken_from",
    "read_catalogue",
    "read_chances",
    "read_edited",
    "read_ephemeris_file",
    "read_initiatives",
    "read_past_catalogue",
    "read_places",
    "read_plan",
    "read_programme",
    "read_programme_template",
    "read_records",
    "read_reference_tables",
    "read_requirement_packs",
    "read_risks",
    "read_rows",
    "read_scenario",
    "read_strategy",
    "read_supply_terms",
    "read_table",
    "refuse_existing",
    "refuse_existing_file",
    "refuse_other_kinds",
    "refuse_outputs",
    "refuse_unwritable",
    "refuse_within",
    "row_numbers",
    "rows_edited",
    "scenario_files",
    "scenario_or_faults",
    "write_mending",
    "write_plan",
    "write_rows",
    "write_scenario",
    "write_scenario_book",
    "write_template",
]
