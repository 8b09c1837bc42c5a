"""Licences, agreements, export permits and training: the planner keeps to them, and the referee finds who did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from supercargo.app.schemas import all_schemas
from supercargo.kernel import NoPlan, ScenarioError
from supercargo.model import OperationsPlan, Scenario, Schedule
from supercargo.plan.manifest import fill_manifest
from supercargo.plan.manifest_offers import hindrance, offers_at
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import read_scenario, scenario_files, write_rows, write_scenario
from supercargo.store.schemas import row_objects
from tests.builders import a_licence, a_line, a_mission, a_requirement, a_scenario, a_team, on_day
from tests.plans import a_plan
from tests.test_manifest import THREE, with_lines

RULES = {"launch-licensed", "arrival-agreed", "export-permitted", "staff-trained"}


def found(plan: OperationsPlan, **tables: Any) -> dict[str, list[str]]:
    """Objects by rule that the referee finds once the scenario has these permissions."""
    spoilt = replace(plan, scenario=replace(plan.scenario, **tables))
    told: dict[str, list[str]] = {}
    for violation in judge(spoilt):
        if violation.rule in RULES:
            told.setdefault(violation.rule, []).append(violation.object)
    return told


def scheduled(scenario: Scenario) -> Schedule:
    best = schedule_missions(scenario, find_windows(scenario), ()).best
    assert best is not None
    return best


# the referee


def test_without_rows_nothing_is_asked_for() -> None:
    assert found(a_plan()) == {}


def test_permissions_in_force_all_year_break_no_rule() -> None:
    kinds = tuple(a_licence(kind) for kind in ("launch", "station", "export"))
    assert found(a_plan(), licences=kinds, staff=(a_team("transfer"), a_team("processing"))) == {}


@pytest.mark.parametrize(
    ("changes", "faulted"),
    [
        ({}, []),
        ({"to_utc": "launch"}, []),
        ({"to_utc": "before"}, ["M4"]),
        ({"from_utc": "launch"}, ["M1", "M2", "M3"]),
        ({"state": "applied"}, ["M1", "M2", "M3", "M4"]),
        ({"state": "suspended"}, ["M1", "M2", "M3", "M4"]),
        ({"launchers": ("Rook",)}, ["M1", "M2", "M3", "M4"]),
        ({"holder": "Test", "sites": ("Point",)}, ["M1", "M2", "M3", "M4"]),
        ({"holder": "Somebody", "sites": ("Cape",)}, ["M1", "M2", "M3", "M4"]),
        ({"holder": "Somebody"}, []),
        ({"destinations": ("Gate",)}, ["M1", "M2", "M3"]),
    ],
)
def test_a_launch_licence_covers_its_holder_launcher_site_place_and_dates(changes: dict[str, Any], faulted: list[str]) -> None:
    last = a_plan().mission_named["M4"].launch_utc
    instants = {"launch": last, "before": last - timedelta(seconds=5)}
    given = {key: instants[value] if key.endswith("_utc") else value for key, value in changes.items()}
    assert found(a_plan(), licences=(a_licence("launch", **given),)).get("launch-licensed", []) == faulted


@pytest.mark.parametrize(
    ("changes", "faulted"),
    [
        ({}, []),
        ({"destinations": ("Hub",)}, []),
        ({"destinations": ("Hub",), "holder": "Somebody"}, ["M1", "M2", "M3"]),
        ({"holder": "Somebody"}, []),
        ({"holder": "Test", "vehicle_types": ("Crow",)}, ["M1", "M2", "M3", "M4"]),
        ({"to_utc": on_day(100)}, ["M2", "M3", "M4"]),
    ],
)
def test_an_agreement_covers_its_place_operator_type_and_dates(changes: dict[str, Any], faulted: list[str]) -> None:
    assert found(a_plan(), licences=(a_licence("station", **changes),)).get("arrival-agreed", []) == faulted


def test_a_second_agreement_takes_over_where_the_first_ends() -> None:
    first = a_licence("station", to_utc=on_day(100))
    second = a_licence("station", licence_id="station-2", from_utc=on_day(100))
    assert found(a_plan(), licences=(first, second)) == {}


def test_only_cargo_that_a_permit_names_needs_one() -> None:
    rows = {row.item_id: row for row in a_plan().manifest if row.mission_id and row.direction == "up"}
    lines = a_plan().scenario.lines
    named = {name for name, row in rows.items() if lines[name.partition("#")[0]].hazard == "flammable"}
    assert named
    flammable = a_licence("export", hazards=("flammable",), state="applied")
    assert set(found(a_plan(), licences=(flammable,))["export-permitted"]) == named
    beta = a_licence("export", holder="BETA", state="applied")
    assert set(found(a_plan(), licences=(beta,))["export-permitted"]) == {
        name for name, row in rows.items() if row.customer == "BETA"
    }


def test_an_export_permit_is_needed_at_the_cut_off_and_not_at_lift_off() -> None:
    mission = a_plan().mission_named["M1"]
    cutoff = mission.launch_utc - timedelta(days=a_plan().scenario.vehicle_types["Wren"].cargo_cutoff_d)
    aboard = {row.item_id for row in a_plan().manifest if row.mission_id == "M1" and row.direction == "up"}
    late = {name for name in aboard if a_plan().scenario.lines[name.partition("#")[0]].late_load}
    permit = a_licence("export", to_utc=cutoff)
    faulted = set(found(a_plan(), licences=(permit,))["export-permitted"])
    assert aboard & faulted == late
    over = a_licence("export", to_utc=cutoff - timedelta(seconds=5))
    assert aboard <= set(found(a_plan(), licences=(over,))["export-permitted"])


def test_what_comes_back_needs_no_export_permit() -> None:
    back = {row.item_id for row in a_plan().manifest if row.mission_id and row.direction != "up"}
    assert back
    assert not back & set(found(a_plan(), licences=(a_licence("export", state="applied"),))["export-permitted"])


def test_a_team_whose_hours_are_too_few_is_not_enough_and_two_are() -> None:
    rate = min(a_plan().scenario.vehicle_types["Wren"].unload_h_d, a_plan().scenario.places["Hub"].handling_h_d)
    half = a_team("transfer", destinations=("Hub",), shift_h_d=rate / 2)
    faulted = found(a_plan(), staff=(half,))["staff-trained"]
    assert set(faulted) == {f"{name}-{kind}" for name in ("M1", "M2", "M3") for kind in ("unload", "load")}
    assert found(a_plan(), staff=(half, replace(half, staff_id="second"))) == {}


def test_processing_needs_trained_people_to_its_end() -> None:
    pad_utc = next(row for row in a_plan().activities if row.activity_id == "M1-processing").end_utc
    team = a_team("processing", sites=("Cape",), to_utc=pad_utc)
    assert "M1-processing" not in found(a_plan(), staff=(team,))["staff-trained"]
    short = replace(team, to_utc=pad_utc - timedelta(minutes=1))
    assert "M1-processing" in found(a_plan(), staff=(short,))["staff-trained"]


# the planner


def test_missions_move_into_the_dates_of_their_launch_licence() -> None:
    first = scheduled(a_scenario()).flight_of["M1"].launch_utc
    licence = a_licence("launch", from_utc=first + timedelta(days=2))
    flight = scheduled(a_scenario(licences=(licence,))).flight_of["M1"]
    assert flight.launch_utc >= licence.from_utc > first


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"licences": (a_licence("launch", to_utc=on_day(20)),)}, "no launch licence is in force"),
        ({"licences": (a_licence("station", destinations=("Hub",), state="applied"),)}, "no agreement with Hub is in force"),
        ({"staff": (a_team("transfer", to_utc=on_day(20)),)}, "no trained team is on hand"),
        ({"staff": (a_team("processing", sites=("Cape",), to_utc=on_day(-300)),)}, "no trained team is on hand"),
        ({"staff": (a_team("transfer", shift_h_d=1.0),)}, "no trained team is on hand"),
    ],
)
def test_a_mission_without_permission_is_not_flown_and_says_why(tables: dict[str, Any], words: str) -> None:
    with pytest.raises(NoPlan) as refused:
        scheduled(a_scenario(missions=(a_mission(),), **tables))
    assert refused.value.causes[0].startswith("M1: ")
    assert words in refused.value.causes[0]


def test_one_mission_stays_on_the_ground_while_the_licensed_fly() -> None:
    schedule = scheduled(a_scenario(licences=(a_licence("launch", from_utc=on_day(60)),)))
    assert [flight.mission_id for flight in schedule.flights] == ["M2", "M3"]
    assert [(row.mission_id, row.reason) for row in schedule.unflown] == [
        ("M1", "no launch licence is in force at any lift-off it could make")
    ]


def test_another_hurdle_before_the_licence_is_named_first() -> None:
    scenario = a_scenario(missions=(a_mission(),), tails=(), licences=(a_licence("launch", state="applied"),))
    with pytest.raises(NoPlan, match="no mission has a lawful launch") as refused:
        scheduled(scenario)
    assert "no tail" in refused.value.causes[0]


def test_a_line_without_permit_stays_behind_with_that_reason() -> None:
    needy = a_line(item_id="H1", hazard="flammable")
    permit = a_licence("export", hazards=("flammable",), from_utc=on_day(85), to_utc=on_day(100))
    scenario = with_lines(needy, a_line(item_id="F1"), licences=(permit,))
    manifest = fill_manifest(scenario, THREE, ()).best
    assert manifest is not None
    flown = {load.item_id: load.mission_id for load in manifest.loads}
    assert flown["H1"] == "M2"  # loaded on day 85, the one cut-off within the permit
    lapsed = with_lines(needy, licences=(replace(permit, state="suspended"),))
    left = fill_manifest(lapsed, THREE, ()).best
    assert left is not None
    assert left.left_behind[0].reason == "no export permit is in force when it would be loaded for M1, M2, M3"


def test_pairs_that_permits_allow_are_those_that_nothing_hinders() -> None:
    permits = (
        a_licence("export", classes=("science",), to_utc=on_day(90)),
        a_licence("export", licence_id="export-2", holder="ACME", classes=("spares",), sites=("Elsewhere",)),
    )
    scenario = a_scenario(licences=permits)
    offers = offers_at(scenario, THREE, frozenset({"Hub"}))
    pairs = {
        (offers.lines[i].item_id, offers.flights[f].mission_id)
        for i, f in zip(offers.pair_line, offers.pair_flight, strict=True)
    }
    free = offers_at(a_scenario(), THREE, frozenset({"Hub"}))
    wanted = {
        (free.lines[i].item_id, free.flights[f].mission_id)
        for i, f in zip(free.pair_line, free.pair_flight, strict=True)
        if not hindrance(scenario, free.lines[i], free.flights[f], frozenset())
    }
    assert pairs == wanted
    assert len(pairs) < len(free.pair_line)
    assert not any(
        a_scenario().lines[item].supply_class == "spares" for item, _ in pairs if a_scenario().lines[item].direction == "up"
    )


# files


def test_tables_without_rows_are_not_written_and_change_no_digest() -> None:
    assert not {"licences.csv", "staff.csv", "requirements.csv"} & set(scenario_files(a_scenario()))


def test_licences_and_staff_are_read_as_they_were_written(tmp_path: Path) -> None:
    licences = (a_licence("launch", launchers=("Lark",), sites=("Cape",)), a_licence("export", hazards=("flammable",)))
    scenario = a_scenario(licences=licences, staff=(a_team("transfer", destinations=("Hub",), shift_h_d=7.5),))
    write_scenario(scenario, tmp_path / "year")
    again = read_scenario(tmp_path / "year")
    assert (again.licences, again.staff) == (scenario.licences, scenario.staff)


def spoilt(tmp_path: Path, file: str, rows: tuple[Any, ...]) -> list[tuple[str, int, str, str]]:
    """Faults that a scenario folder has once `file` holds these rows."""
    folder = tmp_path / "year"
    write_scenario(a_scenario(), folder)
    (folder / file).write_bytes(write_rows(rows, type(rows[0])))
    with pytest.raises(ScenarioError) as refused:
        read_scenario(folder)
    return [(fault.file, fault.row, fault.column, fault.fix) for fault in refused.value.faults]


def test_licences_that_could_bind_nobody_are_refused_all_at_once(tmp_path: Path) -> None:
    faults = spoilt(
        tmp_path,
        "licences.csv",
        (
            a_licence("launch", licence_id="A", holder="Tset"),
            a_licence("export", licence_id="B", hazards=("flamable",)),
            a_licence("station", licence_id="C", classes=("food",)),
            a_licence("launch", licence_id="D", launchers=("Larc",)),
            a_licence("launch", licence_id="E", from_utc=on_day(5), to_utc=on_day(4)),
        ),
    )
    assert [fault[:3] for fault in faults] == [
        ("licences.csv", 2, "holder"),
        ("licences.csv", 3, "hazards"),
        ("licences.csv", 4, "classes"),
        ("licences.csv", 5, "launchers"),
        ("licences.csv", 6, "to_utc"),
    ]
    assert [fault[3][:19] for fault in faults[:2]] == ["did you mean 'Test'", "did you mean 'flamm"]


def test_a_team_at_the_wrong_kind_of_place_is_refused(tmp_path: Path) -> None:
    (fault,) = spoilt(tmp_path, "staff.csv", (a_team("transfer", sites=("Cape",)),))
    assert fault == ("staff.csv", 2, "sites", "name its destinations instead, or empty sites")


def test_half_a_waiver_and_a_parameter_without_value_are_refused(tmp_path: Path) -> None:
    rows = (a_requirement(waived_by="Kim"), a_requirement(requirement_id="R2", parameters=("days", "class=food")))
    assert [fault[:3] for fault in spoilt(tmp_path, "requirements.csv", rows)] == [
        ("requirements.csv", 2, "waived_until_utc"),
        ("requirements.csv", 2, "waiver_reason"),
        ("requirements.csv", 3, "parameters"),
    ]


def test_rows_of_each_table_pass_their_schema() -> None:
    schemas = all_schemas()
    rows = {"licences": a_licence("export", classes=("food",)), "staff": a_team("transfer"), "requirements": a_requirement()}
    for name, row in rows.items():
        validator = Draft202012Validator(schemas[f"scenario/{name}"])
        assert list(validator.iter_errors(row_objects((row,), type(row)))) == []
