"""Past years: what the record says is what the flown folder holds, and what it does not say is marked."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supercargo.app.history import PastYear, past_year
from supercargo.app.history.flights import past_flights
from supercargo.app.history.flown import WAIVED, flown_year, history_waivers
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import ScenarioError, SupercargoError, days_between
from supercargo.measure.comparison import compare_plans
from supercargo.measure.kpis import measure_kpis
from supercargo.measure.lift_offs import lift_offs
from supercargo.measure.summary import summarise
from supercargo.model import HISTORY_TABLES, OperationsPlan, Records, Table
from supercargo.referee import judge, unwaived
from supercargo.report.compare import render_comparison
from supercargo.report.compare_lines import comparison_lines
from supercargo.report.page import render_report
from supercargo.store import read_past_catalogue, read_plan, read_records, read_scenario
from tests.cli_runner import run

YEARS = range(2001, 2022)
PLANNED = (2014, 2015, 2019, 2021)
LOST = {
    2011: ["Progress M-12M"], 2014: ["Cygnus Orb-3"], 2015: ["Progress M-27M", "SpX-7"], 2016: ["Progress MS-04"],
}  # fmt: skip


@cache
def records() -> Records:
    return read_records()


@cache
def the_year(year: int) -> PastYear:
    return past_year(records(), read_past_catalogue(), year)


@cache
def as_flown(year: int) -> OperationsPlan:
    plan = flown_year(the_year(year))
    return replace(plan, kpis=measure_kpis(plan))


@pytest.mark.parametrize("year", YEARS)
def test_a_flown_year_breaks_no_rule_but_those_that_rest_on_our_assumptions(year: int) -> None:
    plan = as_flown(year)
    violations = judge(plan)
    left = unwaived(violations, history_waivers(plan, violations))
    assert [violation for violation in left if violation.hard] == []
    assert {violation.rule for violation in violations if violation.hard} <= set(WAIVED)


@pytest.mark.parametrize("year", YEARS)
def test_a_flown_year_has_the_lift_offs_ports_and_stays_of_the_record(year: int) -> None:
    flown = as_flown(year).mission_named
    flights = [flight for flight in past_flights(records()) if flight.launch_utc.year == year]
    assert sorted(flown) == sorted(flight.name for flight in flights)
    for flight in flights:
        mission, record = flown[flight.name], flight.record
        assert (mission.launch_utc, mission.launcher, mission.site) == (
            record.launch_utc, record.launch_vehicle, record.launch_site,
        )  # fmt: skip
        assert mission.port == record.port
        if flight.dock_utc and flight.undock_utc and mission.arrive_utc and mission.depart_utc:
            assert abs(days_between(flight.dock_utc, mission.arrive_utc)) * 86_400 <= 1
            assert abs(days_between(flight.undock_utc, mission.depart_utc)) * 86_400 <= 1


@pytest.mark.parametrize("year", YEARS)
def test_lost_flights_never_dock_and_deliver_nothing(year: int) -> None:
    plan = as_flown(year)
    lost = [mission for mission in plan.missions if mission.lost]
    assert sorted(mission.mission_id for mission in lost) == LOST.get(year, [])
    for mission in lost:
        assert (mission.port, mission.arrive_utc, mission.depart_utc) == ("", None, None)
        rows = [row for row in plan.manifest if row.mission_id == mission.mission_id]
        assert rows
        assert {row.delivered_utc for row in rows} == {None}
        assert mission.price_usd == 0.0
        assert mission.cost_usd > 0.0
    assert summarise(plan).lost_missions == tuple(mission.mission_id for mission in lost)


@pytest.mark.parametrize("year", YEARS)
def test_known_masses_are_kept_and_filled_ones_are_marked(year: int) -> None:
    past = the_year(year)
    for flight in past.flights:
        up = [line for line in past.lines[flight.name] if line.direction == "up"]
        total = flight.record.total_up_kg
        if total is not None:
            assert sum(line.mass_kg for line in up) == pytest.approx(total, abs=0.01)
        else:
            assert any(line.evidence == "assumption" for line in up)
        for line in past.lines[flight.name]:
            assert line.evidence in ("sourced", "memory", "assumption")
            assert line.source
            assert (line.evidence == "assumption") == ("silent" in line.source or "assumed for the rest" in line.source)


def test_progress_takes_the_median_of_the_progress_flights_with_a_figure() -> None:
    past = the_year(2014)
    loads = past.loads["Progress M-22M"]
    assert (loads.propellant.kg, loads.water.kg, loads.gas.kg) == (600.0, 420.0, 44.5)
    assert loads.pressurised.evidence == "assumption"
    assert "median of 5 Progress flights" in loads.pressurised.source


def test_under_half_of_the_masses_of_all_flights_are_known() -> None:
    known = Counter(flight.total_up_kg is not None for flight in records().flights)
    assert known[True] < known[False]


@pytest.mark.parametrize("year", PLANNED)
def test_the_planner_finds_a_feasible_year(year: int, tmp_path: Path) -> None:
    new_scenario(tmp_path / "year", NewScenario(f"iss-{year}"))
    plan = plan_scenario(tmp_path / "year", tmp_path / "plan")
    assert [violation for violation in plan.violations if violation.hard] == []
    assert plan.unflown == ()
    assert [violation for violation in verify_plan(tmp_path / "plan") if violation.hard] == []
    assert [violation for violation in verify_plan(tmp_path / "year" / "flown") if violation.hard] == []


def test_a_past_year_is_written_twice_with_the_same_bytes_and_its_flown_folder_is_a_plan(tmp_path: Path) -> None:
    for name in ("one", "two"):
        new_scenario(tmp_path / name, NewScenario("iss-2015"))
    first, second = (
        {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert {name for name in first if first[name] != second.get(name)} <= {"flown/run.json"}
    assert first.keys() == second.keys()
    flown = read_plan(tmp_path / "one" / "flown")
    assert flown.recorded
    assert read_scenario(tmp_path / "one").settings.remarks == the_year(2015).scenario.settings.remarks
    assert {row.basis for row in measure_kpis(read_plan(tmp_path / "one" / "flown")) if row.value is not None} == {
        "operations"
    }
    head = json.loads(first["flown/plan.json"])
    assert head["violations"]


def test_lift_offs_of_2016_lie_in_their_windows_to_the_minute_where_an_element_set_is_near() -> None:
    near = [one for one in lift_offs(as_flown(2016), as_flown(2016)) if one.to_the_minute]
    assert [one.mission_id for one in near] == ["Cygnus OA-6", "Progress MS-02", "SpX-8"]
    for one in near:
        assert one.inside
        assert one.off_s is not None
        assert abs(one.off_s) <= 60.0


@pytest.mark.parametrize("year", YEARS)
def test_every_lift_off_lies_in_a_window_of_its_day(year: int) -> None:
    assert [one.mission_id for one in lift_offs(as_flown(year), as_flown(year)) if not one.inside] == []


def test_the_page_of_a_flown_year_says_what_differs_and_shows_the_losses() -> None:
    plan = as_flown(2015)
    page = render_report(plan, summarise(plan))
    assert "This is the record, not a plan" in page
    assert "Lost before docking: Progress M-27M on 2015-04-28" in page
    assert "lost before docking" in page
    planned = the_year(2015).scenario.settings.remarks
    assert any("The planner knows what people then did not" in remark for remark in planned)
    assert any("They knew what the planner does not" in remark for remark in planned)


@pytest.mark.parametrize(("year", "known"), [(1999, "2001 to 2021"), (2000, "2001 to 2021"), (2022, "2001 to 2021")])
def test_a_year_without_flights_on_record_is_refused_with_the_years_that_are(year: int, known: str) -> None:
    with pytest.raises(ScenarioError, match=f"no flight to the station is on record for {year}") as told:
        past_year(records(), read_past_catalogue(), year)
    assert f"choose a year of the record: {known}" in told.value.fix


@pytest.mark.parametrize(
    ("field", "value", "fix"),
    [
        ("dock_utc", "soon", "write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"),
        ("dock_utc", "", "give both, or say how it was lost"),
        ("dock_utc", "2013-12-31", "correct the dates"),
        ("port", "", "name the port"),
        ("variant", "Mk 9", "use one of: "),
    ],
)
def test_a_faulty_record_is_named_with_row_column_and_fix(field: str, value: str, fix: str) -> None:
    changes: dict[str, str] = {field: value}
    flights = tuple(
        replace(flight, **changes) if flight.mission == "SpX-3" else flight  # type: ignore[arg-type]  # text fields only
        for flight in records().flights
    )
    with pytest.raises(ScenarioError) as told:
        past_flights(replace(records(), flights=flights))
    (fault,) = told.value.faults
    assert (fault.file, fault.column) == ("iss_cargo_missions.csv", field)
    assert fix in fault.fix


def test_hardware_that_the_catalogue_does_not_know_is_named() -> None:
    flights = tuple(
        replace(flight, launch_vehicle="Saturn V", port="Quest") if flight.mission == "SpX-3" else flight
        for flight in records().flights
    )
    with pytest.raises(ScenarioError) as told:
        past_year(replace(records(), flights=flights), read_past_catalogue(), 2014)
    assert [fault.column for fault in told.value.faults] == ["launch_vehicle", "port"]


@pytest.mark.skipif(not os.environ.get("SUPERCARGO_DATA"), reason="SUPERCARGO_DATA holds the collected record")
def test_the_record_that_ships_is_the_collected_one() -> None:
    collected = read_records(Path(os.environ["SUPERCARGO_DATA"]) / "catalogue")
    assert collected.flights == records().flights
    assert collected.slips == records().slips
    station = [one for one in collected.element_sets if one.station == "ISS"]
    assert [(one.tle_line1, one.tle_line2) for one in station] == [
        (one.tle_line1, one.tle_line2) for one in records().element_sets
    ]


def test_a_flown_year_beside_its_plan_shows_windows_remarks_and_what_the_losses_did() -> None:
    flown = as_flown(2016)
    comparison = compare_plans([("flown", flown), ("by another seed", replace(flown, seed=1))])
    assert [one.mission_id for one in comparison.lift_offs] == [mission.mission_id for mission in flown.missions]
    page = render_comparison(comparison)
    assert "Lift-offs against launch windows" in page
    assert page.count("yes, to the minute") == 6
    assert page.count("What to know of") == 2
    assert "Lift-offs" in "\n".join(comparison_lines(comparison))


def test_a_lift_off_that_slipped_out_of_the_planned_dates_is_told_apart() -> None:
    flown = as_flown(2014)
    early = replace(flown, windows=tuple(one for one in flown.windows if one.launch_utc.month == 1))
    found = {one.mission_id: one for one in lift_offs(flown, early)}
    assert found["Progress M-23M"].slipped_away
    assert not found["Progress M-23M"].inside
    assert not found["Cygnus Orb-1"].slipped_away


@dataclass(frozen=True)
class Planted:
    """One edit of the records, and what must be told for it."""

    name: str
    file: str
    row: int
    column: str
    value: str
    fix: str


PLANTED = (
    Planted("mass below nothing", "iss_cargo_missions.csv", 40, "total_up_kg", "-3", "in range"),
    Planted("mass with its unit", "iss_cargo_missions.csv", 41, "water_up_kg", "420 kg", "kilograms as a plain number"),
    Planted("lift-off without a time", "iss_cargo_missions.csv", 42, "launch_utc", "2007-05-12", "YYYY-MM-DDTHH:MM:SSZ"),
    Planted("unknown fate", "iss_cargo_missions.csv", 43, "outcome", "fine", "use one of: success"),
    Planted("two flights of one name", "iss_cargo_missions.csv", 45, "mission", "Progress M-44", "a key of its own"),
    Planted("category below nothing", "iss_cargo_breakdown.csv", 3, "science_kg", "-1", "in range"),
    Planted("unknown way", "iss_cargo_breakdown.csv", 4, "direction", "sideways", "use one of: up, return"),
    Planted("slip of no flight", "launch_slips.csv", 2, "mission", "", "give mission"),
)


def put(folder: Path, one: Planted) -> None:
    with (folder / one.file).open(newline="") as source:
        rows = list(csv.reader(source))
    rows[one.row - 1][rows[0].index(one.column)] = one.value
    with (folder / one.file).open("w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


@pytest.fixture
def record_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    shipped = resources.files("supercargo") / "catalogue" / "history"
    for table in HISTORY_TABLES:
        (folder / table.file).write_bytes((shipped / table.file).read_bytes())
    return folder


def test_a_folder_of_records_gives_the_year_that_the_package_gives(record_folder: Path, tmp_path: Path) -> None:
    new_scenario(tmp_path / "theirs", NewScenario("iss-2019", records=record_folder))
    assert read_scenario(tmp_path / "theirs").cargo == the_year(2019).scenario.cargo


@pytest.mark.parametrize("one", PLANTED, ids=[one.name for one in PLANTED])
def test_a_fault_planted_in_the_records_is_named_with_its_fix(one: Planted, record_folder: Path) -> None:
    put(record_folder, one)
    with pytest.raises(ScenarioError) as told:
        read_records(record_folder)
    assert [(fault.file, fault.row, fault.column) for fault in told.value.faults] == [(one.file, one.row, one.column)]
    assert one.fix in told.value.faults[0].fix


def test_all_faults_of_the_records_are_told_at_once_and_nothing_is_written(record_folder: Path, tmp_path: Path) -> None:
    for one in PLANTED:
        put(record_folder, one)
    told = run("new", str(tmp_path / "year"), "--from", "iss-2014", "--records", str(record_folder), "--json")
    answer = json.loads(told.out)
    assert (told.code, answer["exit_code"]) == (2, 2)
    found = {(fault["file"], fault["row"], fault["column"]) for fault in answer["faults"]}
    assert found == {(one.file, one.row, one.column) for one in PLANTED}
    assert not (tmp_path / "year").exists()


def test_a_folder_without_flights_and_an_element_set_with_a_wrong_digit_are_refused(record_folder: Path) -> None:
    (record_folder / "iss_cargo_missions.csv").unlink()
    with pytest.raises(ScenarioError) as told:
        read_records(record_folder)
    assert "add iss_cargo_missions.csv" in told.value.faults[0].fix
    first = records().element_sets[0]
    wrong = replace(first, tle_line2=first.tle_line2.replace("247.4627", "347.4627"))
    with pytest.raises(ScenarioError, match="checksum") as refused:
        past_year(replace(records(), element_sets=(wrong,)), read_past_catalogue(), 2014)
    assert "copy the line again" in refused.value.fix


@given(place=st.integers(0, 35_000), written=st.binary(min_size=0, max_size=6), table=st.sampled_from(HISTORY_TABLES))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_with_any_bytes_altered_are_read_or_refused_in_words(
    place: int, written: bytes, table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzzed")
    shipped = resources.files("supercargo") / "catalogue" / "history"
    for each in HISTORY_TABLES:
        content = (shipped / each.file).read_bytes()
        if each is table:
            at = place % len(content)
            content = content[:at] + written + content[at + len(written) :]
        (folder / each.file).write_bytes(content)
    with suppress(SupercargoError):
        past_year(read_records(folder), read_past_catalogue(), 2014)
