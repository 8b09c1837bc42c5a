"""Events in words: what can't be read, or can't have happened, is named with its fix, all at once; nothing is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from supercargo.app.event_words import EVENT_FORMS, instant_of, read_events
from supercargo.app.replanning import ReplanAsked, replan_folder
from supercargo.kernel import ScenarioError, days, format_utc
from supercargo.model import DemandShift, Loss, OperationsPlan, PortOut, Slip, Standdown, Urgent
from supercargo.plan.replan_events import event_faults
from supercargo.store import write_plan, write_rows
from tests.cli_runner import run
from tests.plans import a_plan

TYPES = tuple(one if one.vehicle_type == "Wren" else replace(one, unpressurised_kg=0.0) for one in a_plan().scenario.vehicles)
PLAN = replace(a_plan(), scenario=replace(a_plan().scenario, vehicles=TYPES))
LIFT_OFF = format_utc(PLAN.mission_named["M1"].launch_utc)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("events") / "plan"
    write_plan(PLAN, made, run={}, report_html="", force=False)
    return made


def fault_of(*words: str, plan: OperationsPlan = PLAN) -> str:
    with pytest.raises(ScenarioError) as error:
        read_events(plan, words)
    return str(error.value)


def test_each_kind_of_event_is_read() -> None:
    words = (
        "slip:M1=+3w",
        "loss:M2",
        "standdown:Lark=2027-05-01..2027-07-01T12:00:00Z",
        "port-out:Hub/fore=2027-05-01..2027-06-01",
    )
    slip, loss, down, out, less = read_events(PLAN, (*words, "demand:food@Hub=-2.5%"))
    assert slip == Slip(mission_id="M1", delay_s=21 * 86_400)
    assert loss == Loss(mission_id="M2")
    assert isinstance(down, Standdown)
    assert (down.launchers, down.vehicle_types) == (("Lark",), ())
    assert down.to_utc == instant_of("2027-07-01T12:00:00Z")
    assert isinstance(out, PortOut)
    assert (out.destination, out.port) == ("Hub", "fore")
    assert less == DemandShift(supply_class="food", destination="Hub", share=-0.025)


def test_urgent_lines_are_rows_of_cargo(tmp_path: Path) -> None:
    line = replace(PLAN.scenario.cargo[0], item_id="URG")
    path = tmp_path / "urgent.csv"
    path.write_bytes(write_rows([line], type(line)))
    assert read_events(PLAN, (f"urgent:{path}",)) == (Urgent(file="urgent.csv", lines=(line,)),)


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        ("slips:M1=+21d", "is no kind of event", "slip:MISSION=+21d"),
        ("M1", "is no kind of event", "loss:MISSION"),
        ("slip:M9=+21d", "'M9' is not in the plan", "use one that stands in missions.csv: M1"),
        ("slip:nobody=+21d", "'nobody' is not in the plan", "use one that stands in missions.csv"),
        ("slip:M1", "not complete", "slip:MISSION=+21d"),
        ("slip:M1=-21d", "is no delay", "above zero"),
        ("slip:M1=+0d", "out of range", "more than 0"),
        ("slip:M1=+4000d", "out of range", "at most 400 days"),
        ("slip:M1=+1e9d", "is no delay", "+21d"),
        ("slip:M1=soon", "is no delay", "+3w"),
        ("loss:M7", "'M7' is not in the plan", "M1"),
        ("standdown:Lark=2027-05-01", "is no span", "two UTC days or instants"),
        ("standdown:Lark=2027-07-01..2027-05-01", "ends before it begins", "earlier instant first"),
        ("standdown:Lark=2027-05-01..2047-05-01", "out of range", "1100 days"),
        ("standdown:La=2027-05-01..2027-06-01", "family 'La' is not in the plan", "did you mean 'Lark'?"),
        ("standdown:Zeppelin=2027-05-01..2027-06-01", "family 'Zeppelin'", "launchers.csv or vehicles.csv"),
        ("port-out:Hub=2027-05-01..2027-06-01", "'Hub' is not in the plan", "did you mean 'Hub/old'?"),
        ("port-out:Hub/fore=2027-02-30..2027-06-01", "is no span", "two UTC days"),
        ("demand:food@Hub=20%", "is no change", "a sign"),
        ("demand:food@Hub=+0%", "out of range", "not zero"),
        ("demand:food@Hub=-101%", "out of range", "-100 %"),
        ("demand:tea@Hub=+20%", "'tea@Hub' is not in the plan", "food@Hub"),
        ("urgent:nowhere.csv", "does not exist", "columns of cargo.csv"),
        ("urgent:/", "is a folder", "columns of cargo.csv"),
    ],
)
def test_words_that_are_no_event_are_named_with_their_fix(words: str, what: str, fix: str) -> None:
    told = fault_of(words)
    assert words[:20] in told
    assert what in told
    assert fix in told


def test_every_fault_of_every_event_is_told_at_once() -> None:
    told = fault_of("slip:M9=+21d", "loss:M1", "demand:food@Hub=20%")
    assert "2 faults" in told
    assert "event 1" in told
    assert "event 3" in told


def test_no_event_is_no_question() -> None:
    assert all(form in fault_of() for form in EVENT_FORMS.values())


def test_faults_of_urgent_lines_are_told_by_row_and_column(tmp_path: Path) -> None:
    line = PLAN.scenario.cargo[0]
    rows = [replace(line, item_id="U1", customer="NOBODY"), replace(line, item_id="U2", destination="Nowhere")]
    path = tmp_path / "urgent.csv"
    path.write_bytes(write_rows(rows, type(line)).replace(b"U2", b"U1") + b"U3,ACME\n")
    told = fault_of(f"urgent:{path}")
    assert f"{path} row 2 column customer: 'NOBODY' is not known to the plan" in told
    assert f"{path} row 4" in told
    path.write_bytes(b"\xff\xfe\x00rubbish")
    assert str(path) in fault_of(f"urgent:{path}")
    path.write_bytes(write_rows([], type(line)))
    assert "has no lines" in fault_of(f"urgent:{path}")


def refused(folder: Path, out: Path, *events: str, as_of: str = "") -> str:
    with pytest.raises(ScenarioError) as error:
        replan_folder(ReplanAsked(folder, out, events, as_of=as_of))
    assert not out.exists()
    return str(error.value)


def test_a_mission_that_has_flown_can_not_slip(folder: Path, tmp_path: Path) -> None:
    told = refused(folder, tmp_path / "p2", "slip:M1=+21d", as_of=LIFT_OFF)
    assert "M1 has lifted off by the instant of the event" in told
    assert "give an earlier --as-of" in told


def test_only_a_mission_under_way_can_be_lost(folder: Path, tmp_path: Path) -> None:
    early = format_utc(PLAN.mission_named["M1"].launch_utc - days(1))
    assert "has not lifted off" in refused(folder, tmp_path / "p2", "loss:M1", as_of=early)
    docked = format_utc(PLAN.mission_named["M1"].docked_utc[0] + days(1))
    assert "has docked" in refused(folder, tmp_path / "p2", "loss:M1", as_of=docked)


@pytest.mark.parametrize(
    ("events", "subject"),
    [
        (("slip:M2=+21d", "loss:M2"), "M2"),
        (("slip:M2=+21d", "slip:M2=+3d"), "M2"),
        (("demand:food@Hub=+20%", "demand:food@Hub=-20%"), "food at Hub"),
    ],
)
def test_events_that_exclude_each_other_are_named(folder: Path, tmp_path: Path, events: tuple[str, ...], subject: str) -> None:
    told = refused(folder, tmp_path / "p2", *events)
    assert "exclude each other" in told
    assert f"both say what becomes of {subject}" in told
    assert "keep one of event 1 and event 2" in told


@pytest.mark.parametrize(
    ("events", "subject"),
    [
        (("port-out:Hub/fore=2027-05-01..2027-06-01", "port-out:Hub/fore=2027-05-20..2027-07-01"), "Hub/fore"),
        (("standdown:Lark=2027-05-01..2027-06-01", "standdown:Lark=2027-05-31..2027-07-01"), "Lark"),
    ],
)
def test_spans_that_overlap_and_shut_the_same_are_named(
    folder: Path, tmp_path: Path, events: tuple[str, ...], subject: str
) -> None:
    told = refused(folder, tmp_path / "p2", *events)
    assert f"both say until when {subject} is shut" in told
    assert "give one span in place of event 1 and event 2" in told


def test_spans_that_touch_or_shut_different_things_do_not_exclude_each_other() -> None:
    at = PLAN.scenario.settings.as_of_utc
    words = (
        "port-out:Hub/fore=2027-05-01..2027-06-01",
        "port-out:Hub/fore=2027-06-01..2027-07-01",
        "port-out:Hub/old=2027-05-01..2027-07-01",
        "standdown:Lark=2027-05-01..2027-06-01",
    )
    assert event_faults(PLAN, read_events(PLAN, words), at) == ()


def test_a_stand_down_in_which_a_mission_has_lifted_off_is_refused_by_its_name(folder: Path, tmp_path: Path) -> None:
    mission = PLAN.mission_named["M1"]
    before, after = (format_utc(mission.launch_utc + days(shift)) for shift in (-1, 30))
    told = refused(folder, tmp_path / "p2", f"standdown:{mission.launcher}={before}..{after}", as_of=LIFT_OFF)
    assert "M1 lifted off in that span" in told
    assert "give an earlier --as-of" in told
    told = refused(folder, tmp_path / "p3", "loss:M1", f"standdown:{mission.launcher}={before}..{after}")
    assert "M1 lifted off in that span" in told
    events = read_events(PLAN, ("loss:M1", f"standdown:{mission.launcher}={LIFT_OFF}..{after}"))
    assert event_faults(PLAN, events, mission.launch_utc) == ()  # its loss is why the family stands down


def test_a_mission_that_slips_and_is_lost_in_one_breath_is_told_with_every_other_fault(folder: Path, tmp_path: Path) -> None:
    told = refused(folder, tmp_path / "p2", "slip:M1=+2d", "loss:M1", "slip:M1=+3d", as_of=LIFT_OFF)
    assert told.count("exclude each other") == 2
    assert "M1 has lifted off by the instant of the event" in told


def test_a_closure_that_touches_no_day_left_to_plan_is_refused(folder: Path, tmp_path: Path) -> None:
    told = refused(folder, tmp_path / "p2", "port-out:Hub/fore=2031-05-01..2031-06-01")
    assert "touches no part of the year that is left to plan" in told


def test_urgent_lines_need_names_of_their_own(folder: Path, tmp_path: Path) -> None:
    line = PLAN.scenario.cargo[0]
    path = tmp_path / "urgent.csv"
    path.write_bytes(write_rows([line], type(line)))
    assert f"{line.item_id} of urgent.csv stand in the plan already" in refused(folder, tmp_path / "p2", f"urgent:{path}")


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "2019-01-01", "2099-01-01"])
def test_an_instant_outside_the_plan_is_refused(folder: Path, tmp_path: Path, as_of: str) -> None:
    told = refused(folder, tmp_path / "p2", "slip:M2=+21d", as_of=as_of)
    assert "--as-of" in told
    assert "fix: give" in told


def test_the_command_tells_faults_as_json_too(folder: Path, tmp_path: Path) -> None:
    told = run("replan", str(folder), "--event", "slip:M9=+21d", "--out", str(tmp_path / "p2"), "--json")
    answer = json.loads(told.out)
    assert told.code == answer["exit_code"] == 2
    assert [fault["what"] for fault in answer["faults"]] == ["the mission 'M9' is not in the plan"]
