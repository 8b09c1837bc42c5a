"""A plan that an event has upset: what has flown stays, the rest departs as little as pays, and each departure has a price."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from supercargo.app.replanning import ReplanAsked, replan_folder
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import NoPlan, Refused, days, format_utc, parse_utc, stream
from supercargo.model import Disturbance, OperationsPlan
from supercargo.plan.demand import forecast_demand
from supercargo.store import read_plan
from tests.cli_runner import run


@pytest.fixture(scope="module")
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the tiny year: TN-01 in February, TN-02 in May, TN-03 in August, two ports."""
    base = tmp_path_factory.mktemp("replan")
    new_scenario(base / "tiny", NewScenario("tiny"))
    plan_scenario(base / "tiny", base / "plan")
    return base / "plan"


@pytest.fixture(scope="module")
def old(old_folder: Path) -> OperationsPlan:
    return read_plan(old_folder)


def replanned(folder: Path, out: Path, *events: str, **more: object) -> tuple[OperationsPlan, Disturbance]:
    made = replan_folder(ReplanAsked(folder, out, events, **more))  # type: ignore[arg-type]
    return made.plan, made.disturbance


def hard(plan: OperationsPlan) -> list[str]:
    return [f"{found.rule} {found.object}" for found in plan.violations if found.hard]


def urgent_file(folder: Path, *rows: dict[str, str]) -> Path:
    """Lines like the first bag of the tiny year, each with its changes."""
    source = list(csv.DictReader((folder / "scenario" / "cargo.csv").read_text().splitlines()))
    bag = next(row for row in source if row["direction"] == "up" and row["form"] == "bag" and row["late_load"] == "false")
    path = folder.parent / f"urgent-{len(rows)}-{rows[0]['item_id']}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(bag))
        writer.writeheader()
        writer.writerows([{**bag, "must": "false", **row} for row in rows])
    return path


def changes(plan: OperationsPlan, name: str) -> dict[str, tuple[str, str]]:
    return {row.field: (row.before, row.after) for row in plan.changes if row.object == name}


# each kind of event


def test_a_slip_moves_the_mission_by_the_delay_or_more_and_no_other(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "slip:TN-01=+21d")
    first = old.mission_named["TN-01"].launch_utc + days(21)
    assert first <= new.mission_named["TN-01"].launch_utc <= first + days(2)
    for name in ("TN-02", "TN-03"):
        assert new.mission_named[name].launch_utc == old.mission_named[name].launch_utc
        assert new.mission_named[name].port == old.mission_named[name].port
    assert (told.struck, told.moved, told.consents) == (("TN-01",), (), ())
    assert told.lines_moved_count == told.lines_left_count == 0
    assert not hard(new)


def test_the_new_folder_is_judged_lawful_by_itself_and_holds_its_changes(old_folder: Path, tmp_path: Path) -> None:
    replanned(old_folder, tmp_path / "p2", "slip:TN-01=+21d")
    assert not [found for found in verify_plan(tmp_path / "p2") if found.hard]
    head = json.loads((tmp_path / "p2" / "plan.json").read_text())
    assert "changes.csv" not in head["not_yet"]
    assert "changes.csv" in head["files"]
    assert "changes.csv" in json.loads((old_folder / "plan.json").read_text())["not_yet"]
    assert not (old_folder / "changes.csv").exists()
    rows = list(csv.DictReader((tmp_path / "p2" / "changes.csv").read_text().splitlines()))
    assert list(rows[0])[:7] == ["object", "field", "before", "after", "why", "cost_usd", "customer"]
    assert rows[0]["after"] == "TN-01 slips by 21 d"
    assert "What changes, and why" in (tmp_path / "p2" / "report.html").read_text()
    assert "What changes, and why" not in (old_folder / "report.html").read_text()


def test_the_costs_of_all_changes_add_up_to_the_margin_lost(old_folder: Path, old: OperationsPlan, tmp_path: Path) -> None:
    def margin_usd(plan: OperationsPlan) -> float:
        service = [row for row in plan.costs if row.paid_by == "service"]
        return math.fsum(row.plan_usd if row.account.startswith("revenue") else -row.plan_usd for row in service)

    for number, event in enumerate(("slip:TN-01=+21d", "loss:TN-02")):
        new, told = replanned(old_folder, tmp_path / f"p{number}", event, partial=True)
        assert told.cost_usd == pytest.approx(margin_usd(old) - margin_usd(new), abs=0.05)
        assert told.cost_usd == pytest.approx(math.fsum(row.cost_usd for row in new.changes), abs=0.005)
        assert told.cost_usd != 0.0


def test_a_lost_mission_stays_lost_with_its_cargo_and_what_it_was_to_bring_back_waits(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "loss:TN-01", partial=True)
    lost = new.mission_named["TN-01"]
    assert lost.outcome == "lost"
    assert lost.launch_utc == old.mission_named["TN-01"].launch_utc == told.as_of_utc
    aboard = {row.item_id for row in old.manifest if row.mission_id == "TN-01" and row.direction == "up"}
    assert {row.item_id for row in new.manifest if row.mission_id == "TN-01"} == aboard
    assert all(row.delivered_utc is None for row in new.manifest if row.mission_id == "TN-01")
    back = {row.item_id for row in old.manifest if row.mission_id == "TN-01" and row.direction != "up"}
    assert back
    assert {row.mission_id for row in new.manifest if row.item_id in back} <= {"TN-02", "TN-03", ""}
    broken = {found.partition(" ")[0] for found in hard(new)}
    assert broken <= {"contract-minimum", "stock-reserve"}, hard(new)  # cargo is gone: no plan can keep those promises


def test_a_family_that_stands_down_does_not_lift_off_and_its_customer_is_asked(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    until = parse_utc("2027-06-10T00:00:00Z")
    new, told = replanned(old_folder, tmp_path / "p2", "standdown:Nyx=2027-05-01..2027-06-10")
    moved = new.mission_named["TN-02"].launch_utc
    assert old.mission_named["TN-02"].launch_utc < until
    assert moved >= until or moved < parse_utc("2027-05-01T00:00:00Z")
    assert told.struck == ("TN-02",)
    late = moved > old.scenario.requests["TN-02"].latest_utc
    assert told.consents == (("TN-02",) if late else ())
    assert not hard(new)


def test_a_family_is_every_name_that_begins_with_its_words(old_folder: Path, tmp_path: Path) -> None:
    new, _ = replanned(old_folder, tmp_path / "p2", "standdown:Cygnus=2027-08-18..2027-08-22")
    closed = {(row.kind, row.object) for row in new.scenario.blackouts if row.reason == "Cygnus stands down"}
    assert closed == {("vehicle", "Cygnus Enhanced"), ("vehicle", "Cygnus XL")}
    launch = new.mission_named["TN-03"].launch_utc
    assert not parse_utc("2027-08-18T00:00:00Z") <= launch < parse_utc("2027-08-22T00:00:00Z")


def test_nobody_stays_at_a_port_that_is_out(old_folder: Path, old: OperationsPlan, tmp_path: Path) -> None:
    assert old.mission_named["TN-02"].port == "Bus forward"
    new, told = replanned(old_folder, tmp_path / "p2", "port-out:Starlab/Bus forward=2027-05-15..2027-06-01")
    out = parse_utc("2027-05-15T00:00:00Z"), parse_utc("2027-06-01T00:00:00Z")
    for mission in new.missions:
        arrive, depart = mission.docked_utc
        assert mission.port != "Bus forward" or depart <= out[0] or arrive >= out[1]
    assert told.struck == ("TN-02",)
    assert not hard(new)


def test_a_ship_that_is_docked_when_its_port_fails_stays_until_it_leaves(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    docked = old.mission_named["TN-02"]
    at = format_utc(docked.docked_utc[0] + days(1))
    event = f"port-out:Starlab/Bus forward={at}..2027-10-01"
    new, told = replanned(old_folder, tmp_path / "p2", event, as_of=at)
    assert new.mission_named["TN-02"] == docked
    (closure,) = [row for row in new.scenario.blackouts if row.reason == "port out"]
    assert closure.from_utc == docked.depart_utc
    assert told.struck == ()
    assert not hard(new)


def test_urgent_cargo_flies_on_the_first_mission_that_can_take_it(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    early = urgent_file(old_folder, {"item_id": "URG-1", "release_utc": "2027-01-02T00:00:00Z", "due_utc": ""})
    new, told = replanned(old_folder, tmp_path / "p1", f"urgent:{early}")
    (row,) = [row for row in new.manifest if row.item_id == "URG-1"]
    assert row.mission_id == "TN-01"
    assert told.placed == (
        f"URG-1 flies on TN-01, delivered {format_utc(row.delivered_utc)}; nothing has to give way",  # type: ignore[arg-type]
    )
    assert told.moved == ()
    released = format_utc(old.mission_named["TN-01"].launch_utc)
    late = urgent_file(old_folder, {"item_id": "URG-2", "release_utc": released, "due_utc": ""})
    new, _ = replanned(old_folder, tmp_path / "p2", f"urgent:{late}")
    assert [row.mission_id for row in new.manifest if row.item_id == "URG-2"] == ["TN-02"]
    assert not hard(new)


def use_kg(plan: OperationsPlan, place: str, supply_class: str) -> list[float]:
    rows = forecast_demand(plan.scenario, rng=stream(plan.scenario.settings.seed, "demand"))
    (series,) = [row for row in rows if (row.destination, row.supply_class) == (place, supply_class)]
    return list(series.mean_kg)


@pytest.mark.parametrize(("words", "factor"), [("+20%", 1.2), ("-10%", 0.9)])
def test_use_changes_by_the_share_from_the_instant_on_and_not_before(
    old_folder: Path, old: OperationsPlan, tmp_path: Path, words: str, factor: float
) -> None:
    was = use_kg(old, "Starlab", "water")
    new, _ = replanned(old_folder, tmp_path / "p1", f"demand:water@Starlab={words}", partial=True)
    rounded = 5e-5 * 10  # rates stand in files to 0.0001 kg for each of a crew and day
    assert use_kg(new, "Starlab", "water") == pytest.approx([factor * kg for kg in was], abs=rounded)
    assert use_kg(new, "Starlab", "food") == pytest.approx(use_kg(old, "Starlab", "food"))
    new, _ = replanned(old_folder, tmp_path / "p2", f"demand:water@Starlab={words}", as_of="2027-06-30", partial=True)
    now = use_kg(new, "Starlab", "water")
    drawn = rounded + 5e-4  # and draws of demand.csv to 0.001 kg a day
    assert now[:180] == pytest.approx(was[:180], abs=drawn)
    assert sum(now[180:]) == pytest.approx(factor * sum(was[180:]), abs=drawn * len(now[180:]))
    assert {found.partition(" ")[0] for found in hard(new)} <= {"stock-reserve"}


# what has flown


def test_what_has_flown_stays_as_it_was_to_the_row(old_folder: Path, old: OperationsPlan, tmp_path: Path) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "slip:TN-03=+21d", as_of="2027-06-01")
    assert told.flown_count == 2
    for name in ("TN-01", "TN-02"):
        assert new.mission_named[name] == old.mission_named[name]
        for table in ("activities", "manifest", "stowage", "bays", "costs"):
            was, now = ([row for row in getattr(plan, table) if row.mission_id == name] for plan in (old, new))
            assert was == now
            assert was
    assert new.scenario.settings.as_of_utc == parse_utc("2027-06-01T00:00:00Z")
    assert new.mission_named["TN-03"].launch_utc >= old.mission_named["TN-03"].launch_utc + days(21)


def test_nothing_lifts_off_before_the_instant_unless_it_has_flown(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    at = old.mission_named["TN-02"].launch_utc - days(1)
    new, _ = replanned(old_folder, tmp_path / "p2", "slip:TN-02=+6h", as_of=format_utc(at))
    assert all(mission.launch_utc > at for mission in new.missions if mission.mission_id != "TN-01")


def test_an_event_that_touches_nothing_changes_no_mission_and_no_line(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "port-out:Starlab/Bus nadir=2027-12-20..2027-12-28")
    assert new.missions == old.missions
    assert new.manifest == old.manifest
    assert new.stowage == old.stowage
    assert [row.object for row in new.changes] == ["EVENT 1"]
    assert (told.cost_usd, told.moved, told.struck) == (0.0, (), ())


def test_the_same_events_give_the_same_bytes(old_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        replanned(old_folder, tmp_path / name, "slip:TN-01=+21d", "standdown:Nyx=2027-05-01..2027-06-10")
    digests = [json.loads((tmp_path / name / "plan.json").read_text())["digest"] for name in ("a", "b")]
    assert digests[0] == digests[1]


def test_a_new_plan_can_be_planned_anew(old_folder: Path, tmp_path: Path) -> None:
    replanned(old_folder, tmp_path / "p2", "slip:TN-01=+21d")
    new, told = replanned(tmp_path / "p2", tmp_path / "p3", "slip:TN-01=+3d")
    assert told.events == ("TN-01 slips by 3 d",)
    assert not hard(new)


def file_rows(folder: Path, name: str, missions: set[str]) -> list[bytes]:
    """Lines of a file that speak of some missions, as they stand in it."""
    head, *rows = (folder / name).read_bytes().splitlines()
    at = head.decode().split(",").index("mission_id")
    return [row for row in rows if next(csv.reader([row.decode()]))[at] in missions]


def test_a_replan_of_a_replan_keeps_what_has_flown_byte_by_byte(old_folder: Path, tmp_path: Path) -> None:
    replanned(old_folder, tmp_path / "p2", "slip:TN-02=+5d", as_of="2027-04-01")
    replanned(tmp_path / "p2", tmp_path / "p3", "slip:TN-03=+9d", as_of="2027-07-01")
    for name in ("missions.csv", "manifest.csv", "stowage.csv", "activities.csv", "costs.csv", "bays.csv"):
        first = file_rows(old_folder, name, {"TN-01"})
        assert first
        assert first == file_rows(tmp_path / "p2", name, {"TN-01"}) == file_rows(tmp_path / "p3", name, {"TN-01"})
        second = file_rows(tmp_path / "p2", name, {"TN-02"})
        assert second
        assert second == file_rows(tmp_path / "p3", name, {"TN-02"})


@pytest.mark.parametrize(
    "event",
    [
        "port-out:Starlab/Bus nadir=2027-01-01..2027-01-20",
        "standdown:Nyx=2027-11-20..2027-12-31",
        "demand:food@Starlab=+0.0001%",
    ],
)
def test_an_event_in_nobodys_way_moves_nobody_and_costs_nothing(
    old_folder: Path, old: OperationsPlan, tmp_path: Path, event: str
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", event)
    assert new.missions == old.missions
    assert new.manifest == old.manifest
    assert [row.object for row in new.changes] == ["EVENT 1"]
    assert told.departure.total_usd == 0.0
    assert told.missions == ()


def test_an_urgent_line_that_fits_nowhere_says_of_each_mission_why(old_folder: Path, tmp_path: Path) -> None:
    huge = {"item_id": "URG-9", "form": "box", "pieces": "1", "dx_m": "4.5", "dy_m": "4.5", "dz_m": "4.5", "due_utc": ""}
    new, told = replanned(old_folder, tmp_path / "p2", f"urgent:{urgent_file(old_folder, huge)}", partial=True)
    (row,) = [row for row in new.manifest if row.item_id == "URG-9"]
    assert row.mission_id == ""
    (words,) = told.placed
    assert words.startswith("URG-9 stays behind: ")
    for name in ("TN-01", "TN-02", "TN-03"):
        assert f"{name}: a piece of 4.5 x 4.5 x 4.5 m" in words
    assert told.departure.waiting_usd == 400 * 20_000.0


def test_service_of_each_customer_is_counted_from_the_rows_of_both_plans(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "slip:TN-01=+21d")
    for one in told.services:
        for plan, due, on_time in (
            (old, one.due_before_count, one.on_time_before_count),
            (new, one.due_after_count, one.on_time_after_count),
        ):
            kept: dict[str, bool] = {}
            for row in plan.manifest:
                if row.customer == one.customer and row.direction == "up" and row.on_time is not None:
                    item = row.item_id.partition("#")[0]
                    kept[item] = kept.get(item, True) and row.on_time
            assert (due, on_time) == (len(kept), sum(kept.values()))
    owed = math.fsum(one.penalties_after_usd for one in told.services)
    booked = -math.fsum(row.plan_usd for row in new.costs if row.account in ("revenue:penalty", "revenue:left-behind"))
    assert owed == pytest.approx(booked, abs=0.05)
    assert owed > 0.0


# the command


def test_the_command_says_who_moves_who_pays_and_what_is_in_the_way(old_folder: Path, tmp_path: Path) -> None:
    told = run("replan", str(old_folder), "--event", "slip:TN-01=+3w", "--out", str(tmp_path / "p2"))
    assert told.code == 0
    assert "TN-01 slips by 21 d" in told.out
    assert "1 struck by the event, 0 others of 3 yet to fly move (0 %)" in told.out
    assert "UNI-LAKE" in told.out
    assert "no hard rule is broken" in told.out


def test_the_answer_in_json_is_one_object_with_every_change(old_folder: Path, tmp_path: Path) -> None:
    told = run("replan", str(old_folder), "--event", "slip:TN-01=+21d", "--out", str(tmp_path / "p2"), "--json")
    answer = json.loads(told.out)
    assert answer["disturbance"]["struck"] == ["TN-01"]
    assert answer["moved_percent"] == 0.0
    rows = list(csv.DictReader((tmp_path / "p2" / "changes.csv").read_text().splitlines()))
    assert [row["object"] for row in rows] == [row["object"] for row in answer["changes"]]


def test_a_folder_that_exists_is_left_alone(old_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "p2").mkdir()
    with pytest.raises(Refused, match="exists"):
        replanned(old_folder, tmp_path / "p2", "slip:TN-01=+21d")
    assert not list((tmp_path / "p2").iterdir())


def test_a_promise_that_the_event_breaks_is_named_and_nothing_is_written(old_folder: Path, tmp_path: Path) -> None:
    event = "standdown:Falcon=2027-01-15..2027-12-31"
    with pytest.raises(NoPlan) as refusal:
        replanned(old_folder, tmp_path / "p2", event)
    assert any("TN-01" in cause for cause in refusal.value.causes)
    assert not (tmp_path / "p2").exists()
    new, told = replanned(old_folder, tmp_path / "p2", event, partial=True)
    assert hard(new)
    assert told.lines_left_count > 0


def test_a_mission_whose_family_stands_down_to_its_end_does_not_fly_and_says_why(
    old_folder: Path, old: OperationsPlan, tmp_path: Path
) -> None:
    new, told = replanned(old_folder, tmp_path / "p2", "standdown:Cygnus Enhanced=2027-07-01..2027-12-31")
    assert changes(new, "TN-03")["flies"] == ("true", "false")
    aboard = {row.item_id for row in old.manifest if row.mission_id == "TN-03"}
    gone = {row.object: row.why for row in new.changes if row.object in aboard}
    assert set(gone) == aboard
    assert all("TN-03 does not fly" in why for why in gone.values())
    assert told.lines_left_count == len(aboard)
