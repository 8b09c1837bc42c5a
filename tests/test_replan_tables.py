"""Edited tables of a scenario that is being flown: the plan follows them with the least disturbance, what has flown stays."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from supercargo.app.replanning import ReplanAsked, replan_folder
from supercargo.app.use_cases import NewScenario, convert_scenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import ScenarioError, days, format_utc
from supercargo.model import RowChange, TablesEdited
from supercargo.plan.replan_tables import table_faults
from supercargo.store import read_plan, read_scenario, rows_edited

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the tiny year: TN-01 in February, TN-02 in May, TN-03 in August."""
    base = tmp_path_factory.mktemp("tables")
    new_scenario(base / "tiny", NewScenario("tiny"))
    plan_scenario(base / "tiny", base / "plan")
    return base / "plan"


def edited(old_folder: Path, to: Path, **edits: Callable[[Rows], Rows]) -> Path:
    """The plan's scenario as a folder in which tables were edited."""
    shutil.copytree(old_folder / "scenario", to)
    for name, edit in edits.items():
        file = to / f"{name}.csv"
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
        head = list(rows[0])
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, fieldnames=head, lineterminator="\n")
            writer.writeheader()
            writer.writerows(edit([dict(row) for row in rows]))
    return to


def in_row(key: str, **cells: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, **cells} if key in row.values() else row for row in rows]


def without(key: str) -> Callable[[Rows], Rows]:
    return lambda rows: [row for row in rows if key not in row.values()]


def and_a_row_like(key: str, **cells: str) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows, {**next(row for row in rows if key in row.values()), **cells}]


def test_edits_are_told_cell_by_cell_and_row_by_row(old_folder: Path, tmp_path: Path) -> None:
    folder = edited(
        old_folder, tmp_path / "s", missions=and_a_row_like("TN-03", mission_id="TN-04"), customers=lambda rows: rows
    )
    text = (folder / "scenario.toml").read_text("utf-8")
    (folder / "scenario.toml").write_text(text.replace("seed = 1\n", "seed = 7\n"), "utf-8")
    assert rows_edited(read_scenario(old_folder / "scenario"), read_scenario(folder)) == (
        RowChange(file="scenario.toml", key="seed", column="value", before="1", after="7"),
        RowChange(file="missions.csv", key="TN-04", column="", before="", after="row"),
    )


def test_a_workbook_that_nobody_edited_is_no_event(old_folder: Path, tmp_path: Path) -> None:
    convert_scenario(old_folder / "scenario", tmp_path / "s.xlsx", force=False)
    with pytest.raises(ScenarioError, match=r"s\.xlsx says what the plan's scenario says"):
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{tmp_path / 's.xlsx'}"]))
    assert not (tmp_path / "p").exists()


def test_a_mission_and_a_line_that_are_added_fly_and_others_keep_their_dates(old_folder: Path, tmp_path: Path) -> None:
    old = read_plan(old_folder)
    first = old.scenario.cargo[0].item_id
    folder = edited(
        old_folder,
        tmp_path / "s",
        missions=and_a_row_like(
            "TN-03", mission_id="TN-04", earliest_utc="2027-10-01T00:00:00Z", latest_utc="2027-11-15T00:00:00Z"
        ),
        cargo=and_a_row_like(first, item_id="NEW-1", due_utc="", must="false"),
        tails=and_a_row_like("CXL-001", vehicle_id="CXL-009"),
    )
    made = replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"], partial=True))
    assert "TN-04" in made.plan.mission_named
    assert any(row.item_id.startswith("NEW-1") and row.mission_id for row in made.plan.manifest)
    for name, mission in old.mission_named.items():
        assert made.plan.mission_named[name].launch_utc == mission.launch_utc
    why = {row.object: row.why for row in made.plan.changes}
    assert why["TN-04"] == "its row of missions.csv is new in s"
    assert why["NEW-1"] == "its row of cargo.csv is new"
    assert why["EVENT 1"] == "given"
    assert math.isclose(sum(row.cost_usd for row in made.plan.changes), made.disturbance.cost_usd, abs_tol=0.01)
    assert rows_edited(made.plan.scenario, read_scenario(folder)) == ()
    assert not [one for one in verify_plan(tmp_path / "p") if one.hard]


def test_a_mission_that_is_added_and_finds_no_ship_is_told_with_its_reason(old_folder: Path, tmp_path: Path) -> None:
    folder = edited(old_folder, tmp_path / "s", missions=and_a_row_like("TN-01", mission_id="TN-00", must="false"))
    made = replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"], partial=True))
    row = next(row for row in made.plan.changes if row.object == "TN-00")
    assert (row.field, row.before, row.after, row.cost_usd) == ("flies", "", "false", 0.0)
    assert row.why == next(one.reason for one in made.plan.unflown if one.mission_id == "TN-00")


def test_a_mission_and_a_line_that_are_taken_out_are_gone_and_told(old_folder: Path, tmp_path: Path) -> None:
    old = read_plan(old_folder)
    line = next(row for row in old.manifest if row.mission_id == "TN-02" and "#" not in row.item_id)
    folder = edited(old_folder, tmp_path / "s", missions=without("TN-03"), cargo=without(line.item_id))
    made = replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"], partial=True))
    assert set(made.plan.mission_named) == {"TN-01", "TN-02"}
    assert not any(row.item_id.startswith(line.item_id) for row in made.plan.manifest)
    told = {row.object: row for row in made.plan.changes}
    assert told["TN-03"].why == "its row of missions.csv is taken out by s"
    assert (told[line.item_id].before, told[line.item_id].after) == ("TN-02", "")
    assert told[line.item_id].why == "its row of cargo.csv is taken out"
    assert made.disturbance.struck == ("TN-03",)


def test_an_edited_line_is_placed_anew_with_its_new_mass(old_folder: Path, tmp_path: Path) -> None:
    old = read_plan(old_folder)
    line = next(row for row in old.manifest if row.mission_id == "TN-03" and row.direction == "up" and "#" not in row.item_id)
    heavier = f"{line.mass_kg + 5.0:.3f}"
    folder = edited(old_folder, tmp_path / "s", cargo=in_row(line.item_id, mass_kg=heavier))
    made = replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"], partial=True))
    rows = [row for row in made.plan.manifest if row.item_id.partition("#")[0] == line.item_id]
    assert math.isclose(sum(row.mass_kg for row in rows), float(heavier), abs_tol=1e-6)
    assert not [one for one in verify_plan(tmp_path / "p") if one.hard]


def test_what_has_flown_is_not_edited_and_every_fault_is_told_at_once(old_folder: Path, tmp_path: Path) -> None:
    old = read_plan(old_folder)
    flown = old.mission_named["TN-01"]
    line = next(row for row in old.manifest if row.mission_id == "TN-01")
    item = line.item_id.partition("#")[0]
    folder = edited(
        old_folder,
        tmp_path / "s",
        missions=in_row("TN-01", latest_utc="2027-12-01T00:00:00Z"),
        cargo=in_row(item, priority="1" if int(old.scenario.lines[item].priority) != 1 else "2"),
    )
    text = (folder / "scenario.toml").read_text("utf-8")
    (folder / "scenario.toml").write_text(text.replace("end_utc = 2028", "end_utc = 2029"), "utf-8")
    at = format_utc(flown.launch_utc + days(1))
    with pytest.raises(ScenarioError) as error:
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"], as_of=at))
    told = str(error.value)
    assert "scenario.toml: horizon.end_utc is edited, which makes another year" in told
    assert "missions.csv: TN-01 is edited, but it has lifted off" in told
    assert f"cargo.csv: {item} is edited, but it has lifted off on TN-01" in told
    assert not (tmp_path / "p").exists()


def test_a_mission_that_is_edited_and_slips_is_said_twice(old_folder: Path, tmp_path: Path) -> None:
    folder = edited(old_folder, tmp_path / "s", missions=in_row("TN-02", must="true"))
    words = [f"tables:{folder}", "slip:TN-02=+5d"]
    with pytest.raises(ScenarioError, match="exclude each other: both say what becomes of TN-02"):
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", words))
    with pytest.raises(ScenarioError, match="both say what becomes of the tables"):
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"] * 2))


def test_faults_of_edited_tables_are_told_with_file_and_row(old_folder: Path, tmp_path: Path) -> None:
    folder = edited(
        old_folder, tmp_path / "s", missions=in_row("TN-02", destination="Nowhere"), stock=in_row("food", on_hand_kg="lots")
    )
    with pytest.raises(ScenarioError) as error:
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", [f"tables:{folder}"]))
    assert "missions.csv" in str(error.value)
    assert "Nowhere" in str(error.value)
    assert "stock.csv" in str(error.value)
    with pytest.raises(ScenarioError, match="does not exist"):
        replan_folder(ReplanAsked(old_folder, tmp_path / "p", ["tables:nowhere.xlsx"]))


def test_rows_that_flown_missions_hold_and_are_paid_by_stay_and_others_may_be_edited(old_folder: Path, tmp_path: Path) -> None:
    old = read_plan(old_folder)
    flown = old.mission_named["TN-01"]
    at = flown.launch_utc + days(1)
    line = next(row for row in old.manifest if row.mission_id == "TN-01" and row.direction == "up")
    tariff = old.scenario.contract_named[line.contract_id].price_basis
    price = next(one for one in old.scenario.prices if (one.tariff, one.direction) == (tariff, "up"))
    dearer = replace(price, usd_per_kg=price.usd_per_kg * 10)
    weaker = tuple(replace(one, upmass_kg=99.0) for one in old.scenario.vehicles)
    edited_scenario = replace(
        old.scenario,
        vehicles=weaker,
        prices=tuple(dearer if one == price else one for one in old.scenario.prices),
        stock=tuple(replace(one, reserve_kg=one.reserve_kg + 1.0) for one in old.scenario.stock),
    )
    event = TablesEdited(source="s", scenario=edited_scenario, changes=rows_edited(old.scenario, edited_scenario))
    told = {(one.file, one.key, one.column) for one in table_faults(old, event, at)}
    assert told == {
        ("prices.csv", f"{tariff} {price.destination} up", "usd_per_kg"),
        ("vehicles.csv", flown.vehicle_type, "upmass_kg"),
    }
    assert not list(table_faults(old, event, old.scenario.settings.as_of_utc)), "before its lift-off all may be edited"


def test_a_mission_that_could_only_have_flown_before_now_is_a_fault(old_folder: Path) -> None:
    old = read_plan(old_folder)
    first = old.scenario.missions[0]
    added = replace(first, mission_id="TN-09", latest_utc=first.earliest_utc + days(1))
    scenario = replace(old.scenario, missions=(*old.scenario.missions, added))
    event = TablesEdited(source="s", scenario=scenario, changes=rows_edited(old.scenario, scenario))
    (fault,) = table_faults(old, event, first.earliest_utc + days(2))
    assert (fault.key, fault.column) == ("TN-09", "latest_utc")
    assert "which is past" in fault.what
