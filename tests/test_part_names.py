"""Names of parts over plans that follow one another: one name, one mass."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from supercargo.app.flying import FlyAsked, fly_plan
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.model import CHANCES, Load, Manifest
from supercargo.plan.part_names import named_as_before
from supercargo.store.log import read_log
from supercargo.track.envelope import Recorded


def a_line(*parts: tuple[int, str, float]) -> tuple[Load, ...]:
    return tuple(Load(item_id="W", part=part, mission_id=mission, mass_kg=mass_kg) for part, mission, mass_kg in parts)


def named(before: tuple[Load, ...], after: tuple[Load, ...]) -> list[tuple[int, str, float]]:
    made = named_as_before(Manifest(loads=after), before)
    return [(load.part, load.mission_id, load.mass_kg) for load in made.loads]


def test_a_part_whose_mass_stays_keeps_its_name_wherever_it_flies() -> None:
    before = a_line((1, "M1", 300.0), (2, "M2", 200.0))
    assert named(before, a_line((1, "M2", 300.0), (2, "M3", 200.0))) == [(1, "M2", 300.0), (2, "M3", 200.0)]
    assert named(before, a_line((1, "M1", 200.0), (2, "M2", 300.0))) == [(2, "M1", 200.0), (1, "M2", 300.0)]


def test_of_two_parts_of_one_mass_each_stays_on_its_mission() -> None:
    before = a_line((1, "M1", 250.0), (2, "M2", 250.0))
    assert named(before, a_line((1, "M2", 250.0), (2, "", 250.0))) == [(2, "M2", 250.0), (1, "", 250.0)]


def test_a_part_of_another_mass_gets_a_number_that_was_never_used() -> None:
    before = a_line((1, "M1", 300.0), (2, "M2", 200.0))
    assert named(before, a_line((1, "M1", 320.0), (2, "M2", 180.0))) == [(3, "M1", 320.0), (4, "M2", 180.0)]
    assert named(before, a_line((1, "M1", 300.0), (2, "M2", 120.0), (3, "", 80.0))) == [
        (1, "M1", 300.0), (3, "M2", 120.0), (4, "", 80.0),
    ]  # fmt: skip


def test_a_line_in_one_piece_has_no_number_until_it_was_split_and_then_keeps_one() -> None:
    whole, split = a_line((0, "M1", 500.0)), a_line((1, "M1", 300.0), (2, "M2", 200.0))
    assert named(whole, a_line((0, "M2", 500.0))) == [(0, "M2", 500.0)]
    assert named(whole, split) == [(1, "M1", 300.0), (2, "M2", 200.0)]
    assert named(split, a_line((0, "M2", 500.0))) == [(3, "M2", 500.0)]
    assert named(a_line((3, "M2", 500.0)), split) == [(4, "M1", 300.0), (5, "M2", 200.0)]
    assert named((), split) == [(1, "M1", 300.0), (2, "M2", 200.0)]


def test_through_any_plans_one_after_the_other_no_name_stands_for_two_masses() -> None:
    splits = [a_line(*((n, f"M{m}", kg) for n, (m, kg) in enumerate(one, 1))) for one in (
        ((1, 300.0), (2, 200.0)), ((1, 200.0), (2, 300.0)), ((2, 100.0), (3, 400.0)), ((1, 250.0), (3, 250.0)),
    )]  # fmt: skip
    whole = a_line((0, "M2", 500.0))
    for course in itertools.permutations([*splits, whole, whole]):
        known: dict[int, float] = {}
        loads: tuple[Load, ...] = ()
        for plan in course:
            loads = named_as_before(Manifest(loads=plan), loads).loads
            assert len({load.part for load in loads}) == len(loads)
            for load in loads:
                assert known.setdefault(load.part, load.mass_kg) == load.mass_kg, course


HEADER = "chance,applies_to,probability,trials_count,hits_count,least_value,likely_value,most_value,unit,source,as_of,evidence"
UNITS = {"slip": "factor", "standdown": "d", "port_out": "d", "overrun": "d", "damage": "fraction", "demand": "factor",
         "supplier_delay": "d"}  # fmt: skip


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, ...]:
    """The tiny year with a line of water for two tanks; a port is out before the first lift-off, so that it is split anew."""
    folder = tmp_path_factory.mktemp("split")
    new_scenario(folder / "year", NewScenario("tiny"))
    _with_water(folder / "year")
    rows = [
        f"{one},,{int(one == 'port_out')},,,{size},{size},{size},{UNITS.get(one, '')},invented,2026-11-27,assumption"
        for one in CHANCES
        for size in ((150,) if one == "port_out" else (0,))
    ]
    (folder / "year" / "chances.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    plan_scenario(folder / "year", folder / "plan")
    fly_plan(FlyAsked(folder=folder / "plan", store=str(folder / "log.sqlite"), by="kim", seed=74))
    log = read_log(str(folder / "log.sqlite"))
    try:
        return log.since(0, limit=1_000_000)
    finally:
        log.close()


def _with_water(year: Path) -> None:
    rows = list(csv.reader((year / "vehicles.csv").read_text().splitlines()))
    tank, takes = rows[0].index("bulk_kg"), rows[0].index("bulk_classes")
    for row in rows[1:]:
        row[tank], row[takes] = "300", "water"
    with (year / "vehicles.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    with (year / "cargo.csv").open("a") as file:
        file.write(
            "W1,STARLAB,STARLAB-MAIN,Starlab,up,water,bulk,1,500,,,,0,false,false,,any,2026-09-18T01:00:00Z,"
            "2027-06-15T00:00:00Z,2,false,0,,\n"
        )


def test_a_year_in_which_a_line_is_split_anew_opens_no_non_conformance_of_its_mass(flown: tuple[Recorded, ...]) -> None:
    released = [event for event in flown if event.kind == "PlanReleased"]
    planned = [event for event in flown if event.kind == "planned" and event.stream.startswith("cargo/W1")]
    assert len(released) == 2
    assert len({(event.stream, str(event.body["mission"])) for event in planned}) > 2, "the line has to be split anew"
    assert [event.body["said"] for event in flown if event.kind == "ncr_opened"] == []


def test_each_part_is_received_with_the_mass_that_it_was_planned_with(flown: tuple[Recorded, ...]) -> None:
    planned: dict[str, set[float]] = {}
    for event in flown:
        if event.kind == "planned":
            planned.setdefault(event.stream, set()).add(float(event.body["mass_kg"]))
    received = {event.stream: float(event.body["mass_kg"]) for event in flown if event.kind == "received"}
    assert all(len(masses) == 1 for masses in planned.values())
    assert all({mass} == planned[name] for name, mass in received.items())
    assert sum(mass for name, mass in received.items() if name.startswith("cargo/W1")) == pytest.approx(500.0)
