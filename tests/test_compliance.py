"""Requirements held against plans: what is met, what lacks evidence, and who has to show it, recounted here by other means."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.compliance import requirements_of
from supercargo.kernel import ScenarioError, days
from supercargo.measure.compliance import CHECKS, STATES, Compliance, Facts, Review, measure_compliance
from supercargo.measure.compliance.due import due_utc
from supercargo.model import CargoLine, CostRow, OperationsPlan, Requirement
from supercargo.report.compliance import compliance_lines, render_compliance
from supercargo.store import plan_files, read_plan, read_requirement_packs, write_plan
from tests.builders import START, a_licence, a_line, a_requirement, a_team, on_day
from tests.cli_runner import run
from tests.plans import a_plan


def reviewed(
    plan: OperationsPlan | None, *requirements: Requirement, at: datetime = START, view: Any = None
) -> list[Compliance]:
    return list(measure_compliance(requirements, Facts(as_of_utc=at, plan=plan, view=view)))


def seen(plan: OperationsPlan, check: str, *parameters: str, **changes: Any) -> dict[str, tuple[str, str]]:
    """State and words by object of one check on a plan."""
    rows = reviewed(plan, a_requirement(check=check, parameters=parameters, **changes))
    return {row.object: (row.state, row.words) for row in rows}


def stocked(*on_hand_kg: float, inbound: dict[int, float] | None = None, low_kg: float = 1.0) -> OperationsPlan:
    """The plan with a stock of food at Hub that stands at these masses at the end of its first days, and no other stock."""
    plan = a_plan()
    first = next(row for row in plan.inventory if row.supply_class == "food")
    rows = tuple(
        replace(
            first,
            day_utc=on_day(day),
            on_hand_kg=kg,
            p05_kg=kg - low_kg,
            p95_kg=kg + 1.0,
            reserve_kg=50.0,
            inbound_kg=(inbound or {}).get(day, 0.0),
        )
        for day, kg in enumerate(on_hand_kg)
    )
    stock = tuple(replace(row, reserve_kg=50.0, critical_kg=20.0) for row in plan.scenario.stock if row.supply_class == "food")
    return replace(plan, inventory=rows, scenario=replace(plan.scenario, stock=stock))


# supplies


@pytest.mark.parametrize(("low", "state"), [(50.0, "met"), (49.98, "unmet")])
def test_a_stock_that_touches_its_reserve_meets_it_and_one_below_does_not(low: float, state: str) -> None:
    found = seen(stocked(90.0, 70.0, low, 60.0), "stock-reserve", "class=food")
    assert found["Hub/food"] == (state, f"lowest {low:,.1f} kg on 2027-01-03, reserve 50.0 kg")


def test_the_critical_level_is_held_against_the_low_quantile() -> None:
    assert seen(stocked(90.0, 40.0, low_kg=20.0), "stock-critical", "class=food")["Hub/food"][0] == "met"
    assert seen(stocked(90.0, 40.0, low_kg=20.1), "stock-critical", "class=food")["Hub/food"][0] == "unmet"


def test_days_of_cover_by_hand() -> None:
    # used 10, 10, 10, 10, 20 kg in the days after the first; 30 kg come on the fourth day
    plan = stocked(60.0, 50.0, 40.0, 60.0, 50.0, 30.0, inbound={3: 30.0})
    assert seen(plan, "stock-days", "class=food", "days=2") == {
        "Hub/food": ("met", "40.0 kg on 2027-01-03 against 20.0 kg used in the next 2 days")
    }
    plan = stocked(60.0, 50.0, 25.0, 55.0, 30.0, 10.0, inbound={3: 45.0})  # used 10, 25, 15, 25, 20
    assert seen(plan, "stock-days", "class=food", "days=2")["Hub/food"] == (
        "unmet",
        "25.0 kg on 2027-01-03 against 40.0 kg used in the next 2 days",
    )


def test_a_lost_flight_takes_what_it_would_have_brought_by_each_day() -> None:
    plan = stocked(60.0, 50.0, 90.0, 80.0, 70.0, 60.0)
    row = next(row for row in plan.manifest if row.supply_class == "food" and row.direction == "up" and row.mission_id == "M1")
    brought = (
        replace(row, mass_kg=30.0, delivered_utc=on_day(2.5)),
        replace(row, item_id="F2", mass_kg=20.0, delivered_utc=on_day(4.5)),
    )
    plan = replace(plan, manifest=brought)
    # without M1: 60 (90 - 30) on day 2, 50, 20 (70 - 50) on day 4, 10 on day 5
    assert seen(plan, "skip-cycle", "class=food", "days=2")["Hub/food"][1].startswith("without M1 50.0 kg within 2 days")
    assert seen(plan, "skip-cycle", "class=food", "days=3")["Hub/food"][0] == "met"
    assert seen(plan, "skip-cycle", "class=food", "days=4")["Hub/food"] == (
        "unmet",
        "without M1 10.0 kg within 4 days, critical 20.0 kg",
    )


def test_a_class_that_no_stock_tells_of_is_no_evidence_and_not_met() -> None:
    found = seen(a_plan(), "stock-reserve", "class=nitrogen")
    assert found == {"Hub/nitrogen": ("no evidence", "stock.csv has no nitrogen of Hub")}


def test_trash_that_flies_on_a_lost_flight_is_not_taken_away() -> None:
    plan = a_plan()
    trash = {row.mission_id: row.mass_kg for row in plan.manifest if row.direction == "disposal"}
    assert seen(plan, "trash-planned", "percent=100")["Hub"][0] == "met"
    missions = tuple(replace(row, outcome="lost") if row.mission_id in trash else row for row in plan.missions)
    assert seen(replace(plan, missions=missions), "trash-planned", "percent=1")["Hub"][1].startswith("0 of ")


# permissions


def licensed(kind: str, **changes: Any) -> dict[str, tuple[str, str]]:
    plan = a_plan()
    licences = (a_licence(kind, **changes),)
    return seen(replace(plan, scenario=replace(plan.scenario, licences=licences)), "licensed", f"kind={kind}")


@pytest.mark.parametrize("kind", ["launch", "station"])
def test_permissions_are_met_unmet_or_not_known(kind: str) -> None:
    assert licensed(kind)["Test"] == ("met", "in force for 4 flights")
    assert licensed(kind, to_utc=on_day(60))["Test"] == ("unmet", "none in force for M2, M3, M4")
    assert licensed(kind, holder="Somebody")["Test"][0] == "unmet"
    assert seen(a_plan(), "licensed", f"kind={kind}")[""][0] == "no evidence"


def test_a_place_without_trained_people_at_an_arrival_is_unmet() -> None:
    plan = a_plan()
    staff = (a_team("transfer", destinations=("Hub",)),)
    found = seen(replace(plan, scenario=replace(plan.scenario, staff=staff)), "crew-trained")
    assert found == {"Gate": ("unmet", "nobody trained when M4 arrives"), "Hub": ("met", "1 listed for 3 flights")}


# providers


def test_a_milestone_for_a_lost_mission_is_unmet_and_names_it() -> None:
    plan = a_plan()
    assert seen(plan, "milestone-docked")[""][0] == "met"
    missions = tuple(replace(row, outcome="lost") if row.mission_id == "M2" else row for row in plan.missions)
    assert seen(replace(plan, missions=missions), "milestone-docked") == {
        "M2": ("unmet", "a milestone is booked for M2, which was lost before it docked")
    }


def on_time_by_hand(folder: Path) -> dict[str, tuple[int, int]]:
    """Lines on time and dated lines of each operator, from the text of the files alone."""

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((folder / name).read_text())))

    operator = {row["vehicle_type"]: row["operator"] for row in rows("scenario/vehicles.csv")}
    flown = {row["mission_id"]: operator[row["vehicle_type"]] for row in rows("missions.csv")}
    counted: dict[str, list[bool]] = {}
    for row in rows("manifest.csv"):
        if row["direction"] == "up" and row["due_utc"] and row["mission_id"]:
            kept = row["delivered_utc"] != "" and row["delivered_utc"] <= row["due_utc"]  # one form of writing: words compare
            counted.setdefault(flown[row["mission_id"]], []).append(kept)
    return {name: (sum(kept), len(kept)) for name, kept in counted.items()}


@cache
def flown(year: int, root: Path) -> Path:
    assert run("new", str(root / f"{year}"), "--from", f"iss-{year}").code == 0
    return root / f"{year}" / "flown"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("past")


@pytest.mark.parametrize("year", [2014, 2015])
def test_the_on_time_record_of_a_flown_year_is_that_of_its_files(year: int, past: Path) -> None:
    folder = flown(year, past)
    found = seen(read_plan(folder), "provider-on-time", "percent=95")
    by_hand = on_time_by_hand(folder)
    assert set(found) == set(by_hand)
    for operator, (kept, dated) in by_hand.items():
        percent = 100 * kept / dated
        assert found[operator][1].startswith(f"{percent:.1f} % of {dated} dated lines flown on time"), operator
        assert found[operator][0] == ("met" if percent >= 95 else "unmet")


def test_the_three_losses_of_2014_and_2015_stand_in_the_record_of_their_providers(past: Path) -> None:
    lost: dict[str, str] = {}
    for year in (2014, 2015):
        found = seen(read_plan(flown(year, past)), "provider-lost", "percent=5")
        lost |= {operator: words for operator, (state, words) in found.items() if state == "unmet"}
        assert all(words.startswith("0 of ") for state, words in found.values() if state == "met")
    assert set(lost) == {"Orbital Sciences", "Roscosmos", "SpaceX"}
    assert "with Cygnus Orb-3, 44.6 %, 1 of 3 flights" in lost["Orbital Sciences"]
    assert "with Progress M-27M, 20.0 %, 1 of 5 flights" in lost["Roscosmos"]
    assert "with SpX-7, 37.0 %, 1 of 3 flights" in lost["SpaceX"]


def test_nothing_is_lost_or_safe_before_it_has_flown() -> None:
    assert seen(a_plan(), "provider-lost")["Test"] == ("no evidence", "none of its 4 missions has flown yet")


# SCOR


def test_processes_are_those_of_the_cost_rates_and_their_sums_are_those_of_the_file() -> None:
    plan = a_plan()
    found = seen(plan, "cost-process")
    sums: dict[str, float] = {}
    for row in csv.DictReader(io.StringIO(plan_files(plan)["costs.csv"].decode())):
        if not row["account"].startswith("revenue"):
            sums[row["scor_process"]] = sums.get(row["scor_process"], 0.0) + float(row["plan_usd"])
    assert {process: words.split(" USD")[0] for process, (_, words) in found.items()} == {
        process: f"{usd:,.0f}" for process, usd in sums.items()
    }
    assert all(state == "met" and "SCOR 12" in words for state, words in found.values())


def test_a_cost_without_a_process_is_unmet() -> None:
    plan = a_plan()
    orphan = CostRow(
        mission_id="M1", customer="ACME", destination="Hub", account="odd", scor_process="", plan_usd=5.0, basis="", paid_by=""
    )
    assert seen(replace(plan, costs=(*plan.costs, orphan)), "cost-process")["(none)"][0] == "unmet"


def late(line: CargoLine, due: datetime, **mission: Any) -> dict[str, tuple[str, str]]:
    """What process loses the days of a line aboard M1 that is due at an instant, when all other lines are timeless."""
    plan = a_plan()
    row = next(row for row in plan.manifest if row.item_id == line.item_id)
    cargo = tuple(line if one.item_id == line.item_id else one for one in plan.scenario.cargo)
    missions = tuple(replace(one, **mission) if one.mission_id == row.mission_id else one for one in plan.missions)
    changed = replace(row, due_utc=due, delivered_utc=None if mission else row.delivered_utc)
    return seen(
        replace(plan, manifest=(changed,), missions=missions, scenario=replace(plan.scenario, cargo=cargo)),
        "lost-days-process",
    )


def test_days_lost_go_to_the_process_that_loses_them() -> None:
    plan = a_plan()
    row = next(row for row in plan.manifest if row.mission_id == "M1" and row.item_id == "F1")
    assert row.delivered_utc is not None
    launch = plan.mission_named["M1"].launch_utc
    cutoff = days(plan.scenario.vehicle_types["Wren"].cargo_cutoff_d)
    due = row.delivered_utc - timedelta(days=2)
    in_time = a_line(item_id="F1", release_utc=launch - cutoff - timedelta(days=2))
    assert late(in_time, due) == {"plan": ("met", "2.0 line days lost by 1 lines (SCOR 12)")}
    too_late = a_line(item_id="F1", release_utc=launch - cutoff - timedelta(days=1))
    assert set(late(too_late, due)) == {"source"}
    assert set(late(in_time, due, outcome="lost")) == {"deliver"}
    assert late(in_time, row.delivered_utc) == {"": ("met", "no dated line is late")}


# requirements


def test_every_check_is_asked_for_by_a_pack_and_every_pack_is_lawful() -> None:
    packs = read_requirement_packs()
    assert {one.check for one in packs} == set(CHECKS)
    assert {one.framework for one in packs} == {"station", "cots", "iso28000", "scor"}
    assert len({one.requirement_id for one in packs}) == len(packs)
    rows = measure_compliance(packs, Facts(as_of_utc=START, plan=a_plan()))
    assert {row.requirement_id for row in rows} == {one.requirement_id for one in packs}
    assert all(row.words and row.owner and row.proof for row in rows)


def test_without_plan_or_record_everything_is_without_evidence_and_says_what_to_give() -> None:
    rows = measure_compliance(read_requirement_packs(), Facts(as_of_utc=START))
    assert {row.state for row in rows} == {"no evidence"}
    assert {row.words for row in rows} == {
        "missing: a plan: give the plan folder",
        "missing: the record of operations: give --store",
    }


def test_rows_of_the_scenario_take_the_place_of_those_of_the_packs() -> None:
    own = a_requirement(requirement_id="ST-W1", clause="Our own words", check="trash-planned", parameters=())
    plan = replace(a_plan(), scenario=replace(a_plan().scenario, requirements=(own, a_requirement(requirement_id="OWN-1"))))
    found = {one.requirement_id: one for one in requirements_of(plan)}
    assert found["ST-W1"].clause == "Our own words"
    assert set(found) == {one.requirement_id for one in read_requirement_packs()} | {"OWN-1"}


def test_a_waiver_holds_to_its_day_and_never_lifts_what_is_met() -> None:
    waiver: dict[str, Any] = {"waived_by": "Kim", "waiver_reason": "no flight left", "waived_until_utc": on_day(10)}
    bad = stocked(90.0, 10.0)
    (row,) = reviewed(bad, a_requirement(**waiver), at=on_day(10))
    assert (row.state, row.waived_by, row.overdue) == ("waived", "Kim", False)
    (row,) = reviewed(bad, a_requirement(**waiver), at=on_day(11))
    assert row.state == "unmet"
    assert row.words.endswith("the waiver has run out")
    (row,) = reviewed(stocked(90.0, 80.0), a_requirement(**waiver), at=on_day(1))
    assert (row.state, row.waived_by) == ("met", "")


def test_a_requirement_may_hold_for_named_objects_only() -> None:
    rows = reviewed(a_plan(), a_requirement(check="crew-trained", parameters=(), applies_to=("Gate",)))
    assert [row.words for row in rows] == ["nothing found of Gate"]
    assert list(seen(a_plan(), "stock-reserve", "class=food", applies_to=("Hub",))) == ["Hub/food"]


@pytest.mark.parametrize(
    ("rule", "instant"),
    [
        ("start", START),
        ("start-30d", on_day(-30)),
        ("end+1d", on_day(366)),
        ("as-of+5d", on_day(8)),
        ("first-launch", min(mission.launch_utc for mission in a_plan().missions)),
        ("last-end-1d", max(mission.end_utc for mission in a_plan().missions) - timedelta(days=1)),
    ],
)
def test_due_dates_count_from_their_anchor(rule: str, instant: datetime) -> None:
    assert due_utc(rule, Facts(as_of_utc=on_day(3), plan=a_plan())) == instant


def test_what_is_not_met_by_its_date_is_overdue() -> None:
    bad = stocked(90.0, 10.0)
    assert [reviewed(bad, a_requirement(due="start"), at=at)[0].overdue for at in (START, on_day(1))] == [False, True]


def test_all_faults_of_requirements_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        reviewed(
            a_plan(),
            a_requirement(requirement_id="A", check="nothing"),
            a_requirement(requirement_id="B", parameters=("days=4",)),
            a_requirement(requirement_id="C", due="soon"),
            a_requirement(requirement_id="D", check="stock-days", parameters=("class=food", "days=many")),
        )
    told = [(fault.what.partition(":")[0], fault.column) for fault in refused.value.faults]
    assert told == [("A", "check"), ("B", "parameters"), ("B", "parameters"), ("C", "due"), ("D", "parameters")]
    assert "stock-reserve" in refused.value.faults[0].fix


# words and pages


def test_text_lists_the_unmet_of_each_pack_first_and_one_row_for_alike_objects_without_evidence() -> None:
    rows = reviewed(
        stocked(90.0, 10.0),
        a_requirement(requirement_id="A"),
        a_requirement(requirement_id="B", check="trash-planned", parameters=()),
        a_requirement(requirement_id="C", check="partners-known", parameters=()),
    )
    lines = compliance_lines(Review(of="test", as_of_utc=START, rows=tuple(rows)))
    assert lines[0] == "test, as of 2027-01-01T00:00:00Z: 1 unmet, 1 no evidence, 0 waived, 1 met"
    states = [line.split("  ")[1] for line in lines if line.startswith("  ") and line[2] != " "]
    assert states == ["unmet", "no evidence", "met"]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name in ("src", "onload", "onclick") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_needs_nothing_from_outside_and_escapes_every_word() -> None:
    row = reviewed(stocked(90.0, 10.0), a_requirement(clause="<script>alert(1)</script>", owner="a & b"))[0]
    page = _Page()
    page.feed(render_compliance(Review(of="<b>test</b>", as_of_utc=START, rows=(row,))))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>alert(1)</script>" in page.words
    assert page.tags.count("tr") == 2


# the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan made by hand, in a folder."""
    place = tmp_path_factory.mktemp("comply") / "plan"
    scenario = a_plan().scenario
    vehicles = tuple(
        replace(vehicle, unpressurised_kg=0.0) if vehicle.vehicle_type == "Crow" else vehicle for vehicle in scenario.vehicles
    )
    write_plan(replace(a_plan(), scenario=replace(scenario, vehicles=vehicles)), place, run={}, report_html="", force=False)
    return place


def test_comply_answers_in_json_with_a_count_of_each_state(folder: Path) -> None:
    told = run("comply", str(folder), "--json")
    answer = json.loads(told.out)
    assert told.code == (3 if answer["unmet"] else 0)
    counts = [answer[state.replace(" ", "_")] for state in STATES]
    assert sum(counts) == len(answer["rows"])
    assert counts == [sum(row["state"] == state for row in answer["rows"]) for state in STATES]


def test_comply_writes_page_table_and_json_of_one_pack(folder: Path, tmp_path: Path) -> None:
    told = run("comply", str(folder), "--framework", "station", "--out", str(tmp_path / "review"))
    assert told.code in (0, 3)
    assert {path.name for path in (tmp_path / "review").iterdir()} == {"comply.html", "comply.csv", "comply.json"}
    rows = list(csv.DictReader(io.StringIO((tmp_path / "review" / "comply.csv").read_text())))
    assert {row["framework"] for row in rows} == {"station"}
    assert (
        json.loads((tmp_path / "review" / "comply.json").read_text())["rows"][0]["requirement_id"] == rows[0]["requirement_id"]
    )


def test_comply_refuses_what_it_cannot_review(folder: Path, tmp_path: Path) -> None:
    told = run("comply")
    assert (told.code, "give a plan folder, or --store" in told.err) == (2, True)
    assert run("comply", str(folder), "--framework", "fifo").code == 2
    assert run("comply", str(folder), "--as-of", "soon").code == 2
    assert run("comply", str(folder), "--out", str(folder)).code == 4


def test_comply_exits_3_where_anything_is_unmet(past: Path) -> None:
    told = run("comply", str(flown(2014, past)), "--framework", "cots")
    assert told.code == 3
    assert "Cygnus Orb-3" in told.out
