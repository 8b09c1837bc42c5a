"""The programme: gates that open on passed checks alone, progress on a status date, missions that wait, files with faults."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.programme import checks_of_documents, programme_of_plan
from supercargo.kernel import Outcome, ScenarioError, Status, days, format_utc
from supercargo.model import (
    CheckFound,
    GateCheck,
    ProgrammePlan,
    ProgrammeResource,
    ProgrammeTables,
    ProgrammeTask,
    Scenario,
    TaskRow,
)
from supercargo.plan.programme import missions_held, plan_programme
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import read_programme, read_programme_template, read_scenario, write_rows, write_scenario
from tests.builders import FACT, START, a_scenario, on_day
from tests.cli_runner import run
from tests.plans import a_plan


def a_task(name: str, length_d: float, *after: str, **changes: Any) -> ProgrammeTask:
    base: dict[str, Any] = {
        "task_id": name, "phase": "one", "title": f"task {name}", "first_month": 1, "last_month": 12, "duration_d": length_d,
        "after": after, "owner": "director", "not_before_utc": None if after else START,
    }  # fmt: skip
    return ProgrammeTask(**{**base, **FACT, **changes})


def a_check(gate: str = "ready", check: str = "review", **changes: Any) -> GateCheck:
    base: dict[str, Any] = {"gate": gate, "check": check, "title": "all is ready", "kind": "record", "owner": "director"}
    return GateCheck(**{**base, **FACT, **changes})


def people(count: int) -> ProgrammeResource:
    return ProgrammeResource(resource="people", title="people", capacity_count=count, **FACT)


def tables(*tasks: ProgrammeTask, checks: tuple[GateCheck, ...] = (), capacity: int = 9) -> ProgrammeTables:
    return ProgrammeTables(tasks=tasks, resources=(people(capacity),), checks=checks)


def planned(programme: ProgrammeTables, day: float = 0.0, **more: Any) -> ProgrammePlan:
    outcome: Outcome[ProgrammePlan] = plan_programme(programme, as_of_utc=on_day(day), **more)
    assert outcome.status is Status.OPTIMAL
    assert outcome.best is not None
    return outcome.best


def row_of(plan: ProgrammePlan, name: str) -> TaskRow:
    return next(row for row in plan.tasks if row.task_id == name)


def day_of(instant: datetime) -> float:
    return (instant - START) / days(1)


# links, resources and room


def test_slack_is_the_delay_that_moves_no_end_and_the_critical_path_has_none() -> None:
    plan = planned(tables(a_task("A", 5), a_task("B", 10, "A"), a_task("C", 4, "A+2"), a_task("D", 1, "B", "C")))
    assert [row.task_id for row in plan.critical_path] == ["A", "B", "D"]
    assert row_of(plan, "C").slack_d == 4.0
    assert day_of(plan.end_utc) == 16.0


def test_two_tasks_for_one_crew_follow_each_other_and_the_resource_chain_tells_it() -> None:
    plan = planned(tables(*(a_task(name, 5, needs=("people*2",)) for name in "AB"), a_task("C", 8), capacity=3))
    assert day_of(plan.end_utc) == 10.0
    assert {row.task_id for row in plan.critical_path} == {"C"}
    assert {row.task_id for row in plan.resource_chain} == {"A", "B"}
    assert row_of(plan, "C").chain_slack_d == 2.0
    assert [(row.peak_count, row.capacity_count, row.used_fraction) for row in plan.resources] == [(2, 3, 20 / 30)]


@pytest.mark.parametrize(("link", "day"), [("A", 6.0), ("A+3", 9.0), ("A:SS+2", 2.0), ("A:FF+1", 3.0)])
def test_a_link_is_read_as_it_is_written(link: str, day: float) -> None:
    assert day_of(row_of(planned(tables(a_task("A", 6), a_task("B", 4, link))), "B").start_utc) == day


def test_a_task_is_late_by_the_days_after_its_last_month() -> None:
    row = row_of(planned(tables(a_task("A", 70, last_month=2))), "A")
    assert (row.due_utc, row.late_d, row.state) == (on_day(59), 11.0, "late")


# progress


def test_done_tasks_keep_their_dates_and_the_rest_moves_with_what_is_left() -> None:
    done = {"actual_start_utc": on_day(1), "actual_end_utc": on_day(8), "done_fraction": 1.0}
    begun = {"actual_start_utc": on_day(8), "done_fraction": 0.25}
    plan = planned(tables(a_task("A", 5, **done), a_task("B", 8, "A", **begun), a_task("C", 3, "B")), 12.0)
    assert [row.state for row in plan.tasks] == ["done", "under way", "to come"]
    assert [(day_of(row.start_utc), day_of(row.end_utc)) for row in plan.tasks] == [(1.0, 8.0), (8.0, 18.0), (18.0, 21.0)]
    assert [row.moved_d for row in plan.tasks] == [3.0, 5.0, 5.0]
    assert plan.planned_fraction == pytest.approx((5 + 7) / 16)
    assert plan.done_fraction == pytest.approx((5 + 0.25 * 8) / 16)


def test_what_is_not_begun_by_the_status_date_starts_no_earlier() -> None:
    plan = planned(tables(a_task("A", 5), a_task("B", 5, "A")), 9.5)
    assert day_of(row_of(plan, "A").start_utc) == 10.0
    assert row_of(plan, "A").planned_fraction == 1.0


def test_what_was_recorded_after_the_status_date_is_not_known_on_it() -> None:
    done = {"actual_start_utc": on_day(0), "actual_end_utc": on_day(10), "done_fraction": 1.0}
    row = row_of(planned(tables(a_task("A", 8, **done)), 5.0), "A")
    assert (row.state, row.done_fraction) == ("under way", 0.5)
    assert day_of(row.end_utc) == 9.0


def test_people_who_are_busy_with_what_is_under_way_keep_others_waiting() -> None:
    begun = {"actual_start_utc": on_day(0), "done_fraction": 0.5, "needs": ("people*2",)}
    plan = planned(tables(a_task("A", 10, **begun), a_task("B", 3, needs=("people*2",)), capacity=3), 4.0)
    assert day_of(row_of(plan, "B").start_utc) == 9.0
    assert [row.task_id for row in plan.resource_chain] == ["A", "B"]
    assert [row.task_id for row in plan.critical_path] == ["A"]


# gates


def gated(**changes: Any) -> ProgrammeTables:
    return tables(
        a_task("A", 5), a_task("B", 5, not_before_utc=START), checks=(a_check(after=("A",), before=("B",), **changes),)
    )


def test_a_closed_gate_blocks_its_tasks_and_says_which_task_and_check_are_missing() -> None:
    plan = planned(gated(), 2.0)
    row = row_of(plan, "B")
    assert (row.state, day_of(row.start_utc)) == ("blocked", 7.0)
    assert row.waits_for == "gate ready: task A is not done; check review (not on record as passed)"
    assert [gate.open for gate in plan.gates] == [False]


def test_a_gate_whose_check_is_missing_opens_no_earlier_than_the_status_date() -> None:
    done = {"actual_start_utc": on_day(0), "actual_end_utc": on_day(5), "done_fraction": 1.0}
    programme = tables(a_task("A", 5, **done), a_task("B", 5, not_before_utc=START), checks=gated().checks)
    assert day_of(row_of(planned(programme, 30.0), "B").start_utc) == 30.0
    passed = replace(programme, checks=(replace(gated().checks[0], passed_utc=on_day(6), proof="minutes"),))
    plan = planned(passed, 30.0)
    assert (plan.gates[0].open, day_of(plan.gates[0].opens_utc), row_of(plan, "B").state) == (True, 6.0, "to come")
    assert not planned(passed, 5.5).gates[0].open


def test_a_task_begun_through_a_closed_gate_is_told() -> None:
    begun = a_task("B", 5, actual_start_utc=on_day(1), done_fraction=0.1, not_before_utc=START)
    plan = planned(replace(gated(), tasks=(a_task("A", 5), begun)), 2.0)
    assert plan.remarks == (
        "task B was begun although gate ready is closed: task A is not done; check review (not on record as passed)",
    )


def test_a_computed_check_is_passed_by_what_was_found_and_by_nothing_else() -> None:
    programme = gated(kind="kpi", object="K3")
    assert not planned(programme).gates[0].passed
    for passed in (True, False):
        found = {("kpi", "K3"): CheckFound(passed, "96 percent"), ("kpi", "K1"): CheckFound(True, "")}
        assert [(row.passed, row.found) for row in planned(programme, found=found).gates] == [(passed, "96 percent")]


def test_a_plan_answers_its_checks_with_its_own_figures() -> None:
    checks = (
        a_check(check="rules", kind="no-violation", before=("A",)), a_check(check="time", kind="kpi", object="K3"),
        a_check(check="damage", kind="kpi", object="K4"),
    )  # fmt: skip
    own = replace(
        a_plan().scenario, programme_tasks=(a_task("A", 5),), programme_resources=(people(2),), programme_gates=checks
    )
    plan = replace(a_plan(), scenario=own)
    rows = {row.check: row for row in programme_of_plan(plan).plan.gates}
    k3 = next(kpi for kpi in plan.kpis if kpi.kpi_id == "K3")
    assert rows["rules"].passed
    assert rows["time"].passed is bool(k3.met)
    assert f"{k3.value:,.1f} percent" in rows["time"].found
    assert not rows["damage"].passed
    broken = replace(plan, missions=plan.missions[1:])
    assert "hard rules are broken" in {r.check: r for r in programme_of_plan(broken).plan.gates}["rules"].found


def test_a_document_passes_only_with_every_phrase_of_its_line_covered(tmp_path: Path) -> None:
    rows = (
        "phrase_id,document,phrase,blocks,covered_by",
        "D5.1,Safety,use,2,a; b",
        "D5.2,Safety,risk,0,",
        "D2.1,Fleet,use,1,c",
    )
    text = "\n".join(rows)
    (tmp_path / "coverage.csv").write_text(text)
    found = checks_of_documents(tmp_path)
    assert found["document", "D5"] == CheckFound(False, "nothing covers risk")
    assert found["document", "D2"] == CheckFound(True, "D2 is complete")
    assert found["document", "D11"] == CheckFound(False, "D11 is not among the documents made")
    with pytest.raises(ScenarioError, match="supercargo report"):
        checks_of_documents(tmp_path / "none")


# missions that wait


def held(day: float) -> Scenario:
    check, task = a_check(after=("A",), missions=("*",)), a_task("A", day)
    return replace(a_scenario(), programme_tasks=(task,), programme_resources=(people(1),), programme_gates=(check,))


def test_no_mission_is_planned_before_the_gate_that_it_hangs_on() -> None:
    free = schedule_missions(a_scenario(), find_windows(a_scenario()), ()).best
    scenario = held(45.0)
    waiting = schedule_missions(scenario, find_windows(scenario), ()).best
    assert free is not None
    assert waiting is not None
    assert min(flight.launch_utc for flight in free.flights) < on_day(45)
    assert min(flight.launch_utc for flight in waiting.flights) >= on_day(45)
    assert len(waiting.flights) == len(free.flights)


def test_a_mission_that_the_gate_outlasts_says_so() -> None:
    scenario = held(60.0)
    schedule = schedule_missions(scenario, find_windows(scenario), ()).best
    assert schedule is not None
    (row,) = [one for one in schedule.unflown if one.mission_id == "M1"]
    assert "when gate ready of the programme opens" in row.reason


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_gate_opens_sooner_by_the_plan_than_the_referee_counts(data: st.DataObject) -> None:
    day = st.integers(0, 40)
    tasks: list[ProgrammeTask] = []
    for name in "ABCD":
        links = [f"{one.task_id}:{form}+{data.draw(st.integers(0, 5))}" for one in tasks
                 if (form := data.draw(st.sampled_from(("", "FS", "SS", "FF"))))]  # fmt: skip
        begun = data.draw(st.none() | day)
        done = data.draw(st.sampled_from((0.0, 0.4, 1.0))) if begun is not None else 0.0
        tasks.append(a_task(
            name, data.draw(st.integers(0, 9)), *links, not_before_utc=on_day(data.draw(day)), done_fraction=done,
            needs=(f"people*{data.draw(st.integers(1, 2))}",), actual_start_utc=None if begun is None else on_day(begun),
            actual_end_utc=on_day(begun + data.draw(day)) if begun is not None and done == 1.0 else None,
        ))  # fmt: skip
    passed = data.draw(st.none() | day)
    check = a_check(after=("B",), before=("C",), passed_utc=None if passed is None else on_day(passed))
    last = a_check(gate="launch", after=("D",), missions=("*",))
    plan = a_plan()
    known = replace(plan.scenario.settings, as_of_utc=on_day(data.draw(st.integers(0, 20)) + 0.25))
    scenario = replace(plan.scenario, settings=known, programme_tasks=tuple(tasks), programme_resources=(people(2),),
                       programme_gates=(check, last))  # fmt: skip
    _, opens_utc = missions_held(scenario)["M3"]
    late = [one for one in judge(replace(plan, scenario=scenario)) if one.rule == "gate-open"]
    launches = {one.mission_id: one.launch_utc for one in plan.missions}
    assert all(known.as_of_utc <= launches[one.object] < opens_utc for one in late)
    lifted = {format_utc(launch) for launch in launches.values()}
    counted = {word for one in late for word in one.text.split() if word.endswith("Z")} - lifted
    assert all(word <= format_utc(opens_utc) for word in counted)


def test_the_referee_faults_exactly_the_missions_before_their_gate() -> None:
    plan = a_plan()
    own = held(45.0)
    scenario = replace(plan.scenario, programme_tasks=own.programme_tasks, programme_resources=own.programme_resources,
                       programme_gates=own.programme_gates)  # fmt: skip
    faulted = {one.object for one in judge(replace(plan, scenario=scenario)) if one.rule == "gate-open"}
    assert faulted == {one.mission_id for one in plan.missions if one.launch_utc < on_day(45)} != set()


def test_a_template_holds_no_mission_back() -> None:
    assert read_programme(a_scenario()).templates
    assert missions_held(a_scenario()) == {}


def test_missions_that_lift_off_before_their_gate_are_told_of_a_plan() -> None:
    own = replace(held(45.0), settings=a_plan().scenario.settings)
    plan = replace(a_plan(), scenario=replace(
        a_plan().scenario, programme_tasks=own.programme_tasks, programme_resources=own.programme_resources,
        programme_gates=own.programme_gates,
    ))  # fmt: skip
    early = [one.mission_id for one in plan.missions if one.launch_utc < on_day(45)]
    assert early
    (remark,) = programme_of_plan(plan).plan.remarks
    assert remark.startswith(f"{len(early)} missions of the plan lift off before gate ready opens")


# the template


@cache
def template() -> ProgrammeTables:
    return read_programme_template()


def test_the_template_has_every_phrase_of_the_timeline_in_its_months() -> None:
    wanted = {
        (1, 2): "Requirements analysis, infrastructure assessment, system design",
        (3, 4): "Operations system development, technology implementation, staff training",
        (5, 6): "Integration testing, performance validation, quality assurance",
        (7, 8): "Operational readiness, customer preparation, service launch preparation",
        (9, 10): "Service launch, initial mission execution, performance monitoring",
        (11, 12): "Operations optimization, efficiency improvement, customer feedback integration",
        (13, 15): "Multi-mission coordination, capacity expansion, service enhancement",
        (16, 18): "Performance excellence, competitive positioning, market leadership",
        (19, 20): "Advanced technology integration, capability enhancement, innovation implementation",
        (21, 22): "Market expansion, strategic partnerships, competitive advantage",
        (23, 24): "Industry leadership, strategic planning, future capability development",
    }
    assert len(template().tasks) == 33
    for months, words in wanted.items():
        titles = [task.title for task in template().tasks if (task.first_month, task.last_month) == months]
        assert ", ".join(titles).lower() == words.lower()


def test_the_template_can_be_kept_in_its_24_months_and_says_that_it_is_assumed() -> None:
    first_utc = min(task.not_before_utc for task in template().tasks if task.not_before_utc)
    outcome = plan_programme(template(), as_of_utc=first_utc)
    assert outcome.status is Status.OPTIMAL
    assert outcome.best is not None
    assert outcome.best.first_end_utc <= outcome.best.due_utc
    records = (*template().tasks, *template().resources, *template().checks)
    assert {record.evidence for record in records} == {"assumption"}


def test_month_nine_of_the_template_begins_with_the_horizon_of_any_scenario() -> None:
    moved = read_programme(a_scenario())
    launch = next(task for task in moved.tasks if task.first_month == 9 and task.title == "Service launch")
    assert launch.not_before_utc == a_scenario().settings.start_utc


# files with faults


def spoilt(tmp_path: Path, **files: list[dict[str, str]]) -> list[tuple[str, int, str, str]]:
    """File, row, column and fix of the faults of a scenario whose programme has these cells in these rows."""
    folder = tmp_path / "year"
    own = replace(
        a_scenario(), programme_tasks=(a_task("A", 5, needs=("people*1",)), a_task("B", 5, "A")),
        programme_resources=(people(2),), programme_gates=(a_check(before=("B",)),),
    )  # fmt: skip
    write_scenario(own, folder)
    for name, changed in files.items():
        noun = {"tasks": own.programme_tasks, "gates": own.programme_gates}[name]
        rows = list(csv.DictReader(io.StringIO(write_rows(noun, type(noun[0])).decode())))
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **cells} for row, cells in zip(rows, changed, strict=False))
        (folder / f"programme_{name}.csv").write_text(out.getvalue())
    with pytest.raises(ScenarioError) as refused:
        read_scenario(folder)
    return [(fault.file, fault.row, fault.column, fault.fix) for fault in sorted(refused.value.faults)]


@pytest.mark.parametrize(
    ("cells", "column", "fix"),
    [
        ({"after": "Z"}, "after", "use one of: A, B"),
        ({"after": "A:XX+1"}, "after", "TASK:SS+DAYS"),
        ({"after": "B"}, "after", "take one link of the circle away"),
        ({"needs": "people"}, "needs", "RESOURCE*UNITS"),
        ({"needs": "peple*1"}, "needs", "did you mean 'people'?"),
        ({"needs": "people*2;people*1"}, "needs", "raise capacity_count"),
        ({"duration_d": "2.5"}, "duration_d", "round it"),
        ({"first_month": "13"}, "last_month", "first_month or later"),
        ({"after": ""}, "not_before_utc", "or a task that it comes after"),
        ({"done_fraction": "1"}, "done_fraction", "actual_end_utc and 1"),
        ({"done_fraction": "0.4"}, "actual_start_utc", "give actual_start_utc"),
        ({"actual_end_utc": "2027-01-03T00:00:00Z", "done_fraction": "1"}, "actual_end_utc", "earlier instant"),
    ],
)
def test_a_task_that_can_not_be_meant_is_refused(tmp_path: Path, cells: dict[str, str], column: str, fix: str) -> None:
    gate = [{"before": ""}] if cells == {"after": ""} else [{}]
    faults = spoilt(tmp_path, tasks=[{}, cells], gates=gate)
    assert [(file, row, where) for file, row, where, _ in faults] == [("programme_tasks.csv", 3, column)]
    assert fix in faults[0][3]


@pytest.mark.parametrize(
    ("cells", "column", "fix"),
    [
        ({"before": "Z"}, "before", "use one of: A, B"),
        ({"kind": "kpi", "object": "K99"}, "object", "K1 to K16"),
        ({"kind": "document", "object": "D16"}, "object", "D1 to D15"),
        ({"object": "K3"}, "object", "empty it"),
        ({"kind": "kpi", "object": "K3", "proof": "seen"}, "proof", "set kind to record"),
        ({"passed_utc": "2027-01-01T00:00:00Z"}, "proof", "give proof"),
        ({"proof": "seen"}, "passed_utc", "give passed_utc"),
        ({"missions": "M9"}, "missions", "did you mean"),
    ],
)
def test_a_gate_that_can_not_be_meant_is_refused(tmp_path: Path, cells: dict[str, str], column: str, fix: str) -> None:
    faults = spoilt(tmp_path, gates=[cells])
    assert [(file, row, where) for file, row, where, _ in faults] == [("programme_gates.csv", 2, column)]
    assert fix in faults[0][3]


def test_a_circle_through_a_gate_is_refused_for_each_task_in_it(tmp_path: Path) -> None:
    faults = spoilt(tmp_path, tasks=[{"not_before_utc": ""}, {}], gates=[{"after": "B", "before": "A"}])
    assert [(row, where) for _, row, where, _ in faults] == [(2, "after"), (3, "after")]


def test_gates_without_tasks_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "year"
    write_scenario(replace(a_scenario(), programme_gates=(a_check(),)), folder)
    with pytest.raises(ScenarioError, match=r"programme_tasks\.csv"):
        read_scenario(folder)


# the command


def test_the_command_tells_writes_and_refuses(tmp_path: Path) -> None:
    write_scenario(a_scenario(), tmp_path / "year")
    page, book = tmp_path / "p.html", tmp_path / "p.xlsx"
    told = run("programme", str(tmp_path / "year"), "--out", str(page))
    assert told.code == 0
    assert "Critical      " in told.out
    assert "Gate          service-launch: closed" in told.out
    assert page.read_text().count("<svg") == 1
    assert run("programme", str(tmp_path / "year"), "--out", str(page)).code == 4
    again = run("programme", str(tmp_path / "year"), "--out", str(book), "--json")
    answer = json.loads(again.out)
    assert answer["status"] == "optimal"
    assert answer["objective_d"] == answer["bound_d"]
    assert [Path(file).name for file in answer["files"]] == ["p.xlsx"]
    assert run("programme", str(tmp_path / "year"), "--out", str(tmp_path / "p.txt")).code == 2
    wrong = run("programme", str(tmp_path / "year"), "--as-of", "soon")
    assert (wrong.code, "2027-03-01" in wrong.err) == (2, True)


def test_a_page_escapes_the_words_of_others(tmp_path: Path) -> None:
    task = a_task("A", 5, title="<script>x</script>")
    own = replace(a_scenario(), programme_tasks=(task,), programme_resources=(people(1),))
    write_scenario(own, tmp_path / "year")
    assert run("programme", str(tmp_path / "year"), "--out", str(tmp_path / "p.html")).code == 0
    assert "<script" not in (tmp_path / "p.html").read_text()
