"""How missions hang together, by hand; and D4, whose numbers are counted again from the plan folder."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.kernel import days, days_between, parse_utc
from supercargo.measure.coordination import Coupling, at_once, couplings, most_at_once, reach_of
from supercargo.report.blocks import Document, Figure, Missing, Table, numbers_of
from supercargo.report.coverage import uncovered
from supercargo.report.deliverables.held import Held
from supercargo.report.deliverables.programme_part import programme_blocks
from tests.plans import a_plan

PLAN = a_plan()


def a_coupling(first: str, then: str, room_d: float) -> Coupling:
    return Coupling(kind="pad", resource="P", mission_id=first, next_id=then, room_d=room_d)


def test_a_delay_is_passed_on_less_the_room_between() -> None:
    names = [mission.mission_id for mission in PLAN.missions]
    chain = [a_coupling(names[0], names[1], 4.0), a_coupling(names[1], names[2], 9.0), a_coupling(names[0], names[3], 20.0)]
    moved = {row.mission_id: row.moved for row in reach_of(PLAN, chain, 12.0)}
    assert moved == {names[0]: (names[1],), names[1]: (names[2],), names[2]: (), names[3]: ()}
    wide = {row.mission_id: row.moved for row in reach_of(PLAN, chain, 13.5)}
    assert wide[names[0]] == (names[1], names[2])


def test_a_mission_that_takes_a_place_later_has_so_much_more_room() -> None:
    rooms = {(one.kind, one.mission_id, one.next_id): one.room_d for one in couplings(PLAN)}
    (kind, first, then), room_d = next((key, room) for key, room in rooms.items() if key[0] == "docking place")
    moved = tuple(
        replace(one, arrive_utc=one.docked_utc[0] + days(2.5)) if one.mission_id == then else one for one in PLAN.missions
    )
    again = {(one.kind, one.mission_id, one.next_id): one.room_d for one in couplings(replace(PLAN, missions=moved))}
    assert again[kind, first, then] == pytest.approx(room_d + 2.5)


def test_no_two_missions_of_a_lawful_plan_share_a_place_a_pad_or_a_tail_without_room() -> None:
    assert couplings(PLAN)
    assert min(one.room_d for one in couplings(PLAN)) >= 0.0


def test_missions_at_once_are_those_whose_activities_hold_that_instant() -> None:
    dock = [one for one in PLAN.activities if one.kind == "dock"]
    for row in at_once(PLAN, every_d=11.0):
        assert row.counts[3] == sum(one.start_utc <= row.at_utc < one.end_utc for one in dock)
    assert most_at_once(PLAN, ("dock",)) >= max(row.counts[3] for row in at_once(PLAN, every_d=1.0))


# the document


@dataclass(frozen=True)
class Made:
    folder: Path
    held: Held
    document: Document


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    base = tmp_path_factory.mktemp("d4")
    new_scenario(base / "year", NewScenario("tiny"))
    plan_scenario(base / "year", base / "plan")
    held = hold(ReportAsked(base / "plan", runs=0))
    return Made(base / "plan", held, make_documents(held, ("D4",))[0])


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def spans_of(made: Made, *kinds: str) -> list[tuple[datetime, datetime]]:
    rows = rows_of(made.folder / "activities.csv")
    return [(parse_utc(row["start_utc"]), parse_utc(row["end_utc"])) for row in rows if row["kind"] in kinds]


def most(spans: list[tuple[datetime, datetime]]) -> int:
    return max(sum(first <= at < last for first, last in spans) for at, _ in spans)


def rooms_of(made: Made) -> list[float]:
    """Days between what gives back and what takes, from the files alone."""
    year = made.folder / "scenario"
    clear = {row["destination"]: float(row["clearance_d"]) for row in rows_of(year / "destinations.csv")}
    turn = {f"{row['site']}/{row['pad']}": float(row["turnaround_d"]) for row in rows_of(year / "pads.csv")}
    rest = {row["vehicle_type"]: float(row["turnaround_d"]) for row in rows_of(year / "vehicles.csv")}
    uses: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    begun = {}
    for row in rows_of(made.folder / "activities.csv"):
        start, end = parse_utc(row["start_utc"]), parse_utc(row["end_utc"])
        if row["kind"] == "pad":
            uses.setdefault(("pad", row["resource_id"]), []).append((start, end + days(turn[row["resource_id"]])))
        if row["kind"] == "processing":
            begun[row["mission_id"]] = start
    for row in rows_of(made.folder / "missions.csv"):
        arrive, depart, end = (parse_utc(row[name]) for name in ("arrive_utc", "depart_utc", "end_utc"))
        port, tail = ("port", f"{row['destination']}/{row['port']}"), ("tail", row["vehicle_id"])
        uses.setdefault(port, []).append((arrive, depart + days(clear[row["destination"]])))
        uses.setdefault(tail, []).append((begun[row["mission_id"]], end + days(rest[row["vehicle_type"]])))
    return [days_between(a[1], b[0]) for own in uses.values() for a, b in pairwise(sorted(own))]


def test_ten_numbers_of_d4_are_those_of_the_plan_folder(made: Made) -> None:
    told = {number.key: number.value for number in numbers_of(made.document)}
    missions = rows_of(made.folder / "missions.csv")
    stages = {row["stage"]: row for row in json.loads((made.folder / "plan.json").read_text())["stages"]}
    best, bound = stages["schedule"]["objective"], stages["schedule"]["bound"]
    gap = 100 * max(0.0, best - bound) / abs(best) if best > bound else 0.0
    rooms = rooms_of(made)
    template = rows_of(Path(__file__).parents[1] / "src/supercargo/catalogue/strategy/programme_tasks.csv")
    wanted = {
        "plan.missions_flown": len(missions),
        "coordination.places": len({row["destination"] for row in missions}),
        "coordination.docking_places": len({(row["destination"], row["port"]) for row in missions}),
        "coordination.pads": len({(row["site"], row["pad"]) for row in missions}),
        "coordination.at_once": most(spans_of(made, "processing", "pad", "phasing", "dock", "return")),
        "coordination.docked_at_once": most(spans_of(made, "dock")),
        "coordination.couplings": len(rooms),
        "coordination.tight_couplings": sum(room < 14.0 for room in rooms),
        "plan.hard_violations": 0,
        "plan.schedule_gap_percent": gap,
        "programme.tasks": len(template),
        "programme.gates": 4,
    }
    assert {key: told[key] for key in wanted} == pytest.approx(wanted)
    narrow = [value for key, value in told.items() if key.startswith("coordination.room_d") and value is not None]
    assert min(narrow) == pytest.approx(min(rooms))


def test_every_phrase_of_d4_is_covered(made: Made) -> None:
    assert uncovered([made.document]) == ()


def test_what_was_not_simulated_is_said_to_be_missing(made: Made) -> None:
    missing = [block.what for block in made.document.blocks if isinstance(block, Missing)]
    assert "which missions are likely to be later than their room" in missing


def test_the_programme_is_told_of_some_phases_or_said_to_be_missing(made: Made) -> None:
    phase = "Advanced Capabilities and Expansion"
    _, _, figure, gates = programme_blocks(made.held, phases=(phase,))
    assert isinstance(figure, Figure)
    assert isinstance(gates, Table)
    assert figure.data is not None
    assert figure.data.rows[0][0] == "P3-01 Advanced technology integration"
    assert (len(figure.data.rows), len(gates.rows)) == (9, 13)
    (missing,) = programme_blocks(replace(made.held, programme_held=None))
    assert isinstance(missing, Missing)
