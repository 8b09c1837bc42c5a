"""What may happen: rows that can't be meant are refused by name, and futures follow from seed and number alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from supercargo.app.schemas import all_schemas
from supercargo.kernel import Fault, ScenarioError
from supercargo.model import SCENARIO_TABLES, Chance, Chances, OperationsPlan, SlipRecord
from supercargo.model.chances import CHANCE_UNITS, CHANCES
from supercargo.simulate.draws import draw, draw_future, drawn_numbers
from supercargo.simulate.odds import Odds, odds_of
from supercargo.store import read_chances, read_records, read_scenario, read_table, scenario_files, write_rows, write_scenario
from supercargo.store.schemas import row_objects
from tests.builders import FACT, a_scenario, on_day
from tests.plans import a_plan


def a_chance(chance: str, **changes: Any) -> Chance:
    base: dict[str, Any] = {"chance": chance, "probability": 1.0, "unit": CHANCE_UNITS[chance]}
    return Chance(**{**base, **FACT, **changes})


def sized(chance: str, least: float, likely: float, most: float, **changes: Any) -> Chance:
    return a_chance(chance, least_value=least, likely_value=likely, most_value=most, **changes)


def a_slip(mission: str = "Old-1", **changes: Any) -> SlipRecord:
    base: dict[str, Any] = {
        "mission": mission,
        "family": "Wren",
        "reported_utc": on_day(-900),
        "planned_utc": on_day(-840),
        "lifted_utc": on_day(-820),
    }
    return SlipRecord(**{**base, **FACT, **changes})


def catalogue() -> Chances:
    """Every row of the catalogue, whatever a scenario has."""
    faults: list[Fault] = []
    folder = resources.files("supercargo") / "catalogue" / "chances"
    tables = {table.attribute: table for table in SCENARIO_TABLES}
    read = {
        name: read_table((folder / tables[name].file).read_bytes(), tables[name], faults).records
        for name in ("chances", "slip_records")
    }
    assert faults == []
    return Chances(rows=read["chances"], slips=read["slip_records"])


def some_odds(*rows: Chance, slips: tuple[SlipRecord, ...] = (), plan: OperationsPlan | None = None) -> Odds:
    return odds_of(plan or a_plan(), Chances(rows=rows, slips=slips))


# rows and files


def test_the_counts_of_losses_in_the_catalogue_are_those_of_its_history() -> None:
    flights = read_records().flights
    rows = {row.applies_to: row for row in catalogue().rows if row.chance == "loss" and row.evidence == "sourced"}
    for family, row in rows.items():
        flown = [flight for flight in flights if flight.launch_vehicle.startswith(family)]
        assert (row.trials_count, row.hits_count) == (len(flown), sum(flight.lost for flight in flown)), family
    assert set(rows) == {"", "Soyuz", "Antares"}


def test_soyuz_stood_down_as_long_as_the_history_says() -> None:
    progress = [flight for flight in read_records().flights if flight.vehicle == "Progress"]
    gaps_d = sorted((b.launch_utc - a.launch_utc) / timedelta(days=1) for a, b in pairwise(progress) if a.lost)
    row = catalogue().row_for("standdown", "Soyuz-2.1a")
    assert row is not None
    assert [row.least_value, row.likely_value, row.most_value] == [round(gap_d) for gap_d in gaps_d]


def test_every_chance_of_the_catalogue_says_where_it_comes_from() -> None:
    rows = catalogue().rows
    assert {row.chance for row in rows} == set(CHANCES)
    assert all(row.source and row.as_of for row in rows)
    assert {row.evidence for row in rows if row.source.startswith("invented")} == {"assumption"}
    assert len(catalogue().slips) == 143
    assert len({slip.mission for slip in catalogue().slips}) == 16


def test_a_scenario_without_chances_writes_none_and_takes_the_catalogues() -> None:
    assert not {"chances.csv", "slips.csv"} & set(scenario_files(a_scenario()))
    fitting = read_chances(a_scenario()).rows
    assert {row.applies_to for row in fitting} == {""}  # it has neither Falcon nor Soyuz
    assert {row.chance for row in fitting} == set(CHANCES)
    own = a_scenario(chances=(a_chance("damage", probability=0.5),))
    assert [row.chance for row in read_chances(own).rows] == ["damage"]
    assert len(read_chances(own).slips) == 143


def test_chances_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = (
        sized("demand", 0.8, 1.0, 1.5, applies_to="food@Hub"),
        a_chance("loss", probability=None, trials_count=9, hits_count=1),
    )
    scenario = a_scenario(chances=rows, slip_records=(a_slip(),))
    write_scenario(scenario, tmp_path / "year")
    again = read_scenario(tmp_path / "year")
    assert (again.chances, again.slip_records) == (rows, (a_slip(),))


def spoilt(tmp_path: Path, file: str, rows: tuple[Any, ...]) -> list[tuple[str, int, str, str]]:
    folder = tmp_path / "year"
    write_scenario(a_scenario(), folder)
    (folder / file).write_bytes(write_rows(rows, type(rows[0])))
    with pytest.raises(ScenarioError) as refused:
        read_scenario(folder)
    return [(fault.file, fault.row, fault.column, fault.fix) for fault in refused.value.faults]


def test_names_that_the_scenario_has_not_are_refused_all_at_once(tmp_path: Path) -> None:
    rows = (
        a_chance("loss", applies_to="Larc"),
        sized("port_out", 1, 2, 3, applies_to="Hubb"),
        sized("damage", 0, 0.5, 1, applies_to="fod"),
        sized("demand", 1, 1, 1, applies_to="food@Moon"),
        sized("supplier_delay", 1, 1, 1, applies_to="Nobody"),
        a_chance("loss", applies_to="Lark", probability=0.1),
    )
    faults = spoilt(tmp_path, "chances.csv", rows)
    assert [fault[:3] for fault in faults] == [("chances.csv", row, "applies_to") for row in range(2, 7)]
    assert faults[0][3].startswith("did you mean 'Lark'?")


def test_a_likelihood_told_twice_and_an_end_of_all_use_are_refused(tmp_path: Path) -> None:
    rows = (
        a_chance("loss", trials_count=3, hits_count=1),
        sized("demand", 0, 0, 0),
        sized("demand", 0, 0, 0, probability=0.0),
    )
    told = spoilt(tmp_path, "chances.csv", (*rows[:2], replace(rows[2], applies_to="food@Hub")))
    assert [fault[:3] for fault in told][:2] == [("chances.csv", 2, "probability"), ("chances.csv", 3, "most_value")]


def test_a_column_of_likelihood_that_is_missing_is_one_fault_of_the_header(tmp_path: Path) -> None:
    rows = tuple(a_chance("loss", applies_to=name, probability=None) for name in ("Wren", "Lark", ""))
    assert [fault[:3] for fault in spoilt(tmp_path, "chances.csv", rows)] == [("chances.csv", 1, "probability")]


def test_sizes_counts_and_units_that_can_not_be_meant_are_refused_all_at_once(tmp_path: Path) -> None:
    rows = (
        sized("overrun", 3, 2, 4),
        sized("port_out", 1, 5, 4),
        a_chance("damage", unit="d"),
        sized("damage", 0, 1, 2, applies_to="food"),
        a_chance("loss", probability=None),
        a_chance("loss", applies_to="Lark", probability=None, trials_count=3, hits_count=4),
        a_chance("slip", trials_count=3),
    )
    assert [fault[:3] for fault in spoilt(tmp_path, "chances.csv", rows)] == [
        ("chances.csv", 2, "least_value"),
        ("chances.csv", 3, "most_value"),
        ("chances.csv", 4, "unit"),
        ("chances.csv", 5, "most_value"),
        ("chances.csv", 6, "probability"),
        ("chances.csv", 7, "hits_count"),
        ("chances.csv", 8, "hits_count"),
    ]


def test_negative_durations_probabilities_above_one_and_unknown_chances_are_refused_all_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "year"
    write_scenario(a_scenario(), folder)
    head = "chance,applies_to,probability,least_value,likely_value,most_value,unit,source,as_of,evidence\n"
    rows = ("overrun,,0.1,-2,1,3,d", "loss,,1.2,0,0,0,", "meteor,,0.1,0,0,0,", "port_out,,0.1,1,2,nan,d")
    (folder / "chances.csv").write_text(head + "".join(f"{row},mine,2026-12-01,assumption\n" for row in rows))
    slips = (a_slip(planned_utc=on_day(-901)), a_slip("Old-2", lifted_utc=on_day(-901)))
    (folder / "slips.csv").write_bytes(write_rows(slips, SlipRecord))
    with pytest.raises(ScenarioError) as refused:
        read_scenario(folder)
    assert [(fault.file, fault.row, fault.column) for fault in refused.value.faults] == [
        ("chances.csv", 2, "least_value"),
        ("chances.csv", 3, "probability"),
        ("chances.csv", 4, "chance"),
        ("chances.csv", 5, "most_value"),
        ("slips.csv", 2, "planned_utc"),
        ("slips.csv", 3, "lifted_utc"),
    ]


def test_chances_in_memory_refuse_what_a_file_would() -> None:
    with pytest.raises(ScenarioError, match="given twice") as refused:
        Chances(rows=(sized("overrun", 3, 2, 4), a_chance("damage"), a_chance("damage")))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "least_value"), (4, "chance")]
    with pytest.raises(ScenarioError, match="no slip is on record"):
        Chances(rows=(sized("slip", 1, 1, 1),))
    with pytest.raises(ScenarioError, match="there is no chance 'meteor'"):
        catalogue().without(["meteor"])


def test_rows_pass_their_schema() -> None:
    schemas = all_schemas()
    for name, rows in {"chances": catalogue().rows, "slips": catalogue().slips}.items():
        validator = Draft202012Validator(schemas[f"scenario/{name}"])
        assert list(validator.iter_errors(row_objects(rows, type(rows[0])))) == []


def test_the_row_that_names_most_of_an_object_holds() -> None:
    rows = (a_chance("damage"), a_chance("damage", applies_to="food"), sized("demand", 1, 1, 1, applies_to="Hub"))
    chances = Chances(rows=(*rows, sized("demand", 1, 1, 2, applies_to="food@Hub")))
    assert chances.row_for("damage", "food") == rows[1]
    assert chances.row_for("damage", "water") == rows[0]
    assert chances.row_for("demand", "water@Hub", "Hub") == rows[2]
    assert chances.row_for("demand", "water@Gate", "Gate") is None
    assert chances.row_for("overrun", "Lark") is None


def test_only_slips_of_missions_that_had_lifted_off_are_known() -> None:
    chances = Chances(rows=(), slips=(a_slip(), a_slip("Old-2", lifted_utc=on_day(-700))))
    assert [slip.mission for slip in chances.known_by(on_day(-800)).slips] == ["Old-1"]


# futures


def test_a_future_follows_from_seed_and_number_alone() -> None:
    plan, chances = a_plan(), catalogue()
    odds = odds_of(plan, chances)
    backwards = [draw(odds, seed=3, index=index) for index in (2, 1, 0)]
    assert backwards[::-1] == [draw_future(plan, chances, seed=3, index=index) for index in (0, 1, 2)]
    assert draw(odds, seed=4, index=0) != draw(odds, seed=3, index=0)


@pytest.mark.parametrize("off", CHANCES)
def test_switching_one_chance_off_moves_no_other(off: str) -> None:
    plan, chances = a_plan(), catalogue()
    with_all, without = odds_of(plan, chances), odds_of(plan, chances.without([off]))
    fields = {
        "slip": ("slips", "slip_factor", "slip_s"),
        "loss": ("lost",),
        "standdown": ("grounded_s",),
        "port_out": ("port_out_s",),
        "overrun": ("overrun_s",),
        "damage": ("damage",),
        "demand": ("demand",),
        "supplier_delay": ("supplier_delay_s",),
    }
    for index in range(20):
        one, other = drawn_numbers(with_all, seed=1, index=index), drawn_numbers(without, seed=1, index=index)
        for chance, names in fields.items():
            for name in names:
                if chance != off:
                    assert np.array_equal(getattr(one, name), getattr(other, name)), (chance, name)


def test_nothing_happens_where_nothing_may() -> None:
    future = draw(some_odds(), seed=1, index=1)
    assert (future.slips, future.lost, future.groundings, future.port_outs) == ((), (), (), ())
    assert (dict(future.overruns_s), dict(future.damaged), dict(future.supplier_delays_s)) == ({}, {}, {})
    assert set(future.demand.values()) == {1.0}


def test_what_has_lifted_off_when_the_facts_are_known_is_left_alone() -> None:
    plan = a_plan()
    first = min(mission.launch_utc for mission in plan.missions)
    settings = replace(plan.scenario.settings, as_of_utc=first)
    later = replace(plan, scenario=replace(plan.scenario, settings=settings))
    odds = some_odds(a_chance("loss"), sized("overrun", 1, 1, 1), plan=later)
    flown = [mission.mission_id for mission in plan.missions if mission.launch_utc == first]
    future = draw(odds, seed=1, index=0)
    assert not set(flown) & {*future.lost, *future.overruns_s}
    assert len(future.lost) == len(plan.missions) - len(flown)


def test_a_loss_grounds_its_launchers_family_for_as_long_as_the_row_says() -> None:
    future = draw(some_odds(a_chance("loss"), sized("standdown", 100, 100, 100)), seed=1, index=0)
    grounding = future.grounding_of[future.lost[0]]
    standdown = grounding.standdown(on_day(10))
    assert (grounding.family, grounding.launchers, grounding.vehicle_types) == ("Lark", ("Lark",), ())
    assert (standdown.from_utc, standdown.to_utc) == (on_day(10), on_day(110))
    by_craft = draw(some_odds(a_chance("loss", applies_to="Wren"), sized("standdown", 9, 9, 9)), seed=1, index=0)
    assert (by_craft.groundings[0].launchers, by_craft.groundings[0].vehicle_types) == ((), ("Wren",))


def test_news_of_a_slip_comes_before_the_lift_off_that_was_told_and_ends_at_what_came_true() -> None:
    plan, odds = a_plan(), odds_of(a_plan(), catalogue())
    moved = 0
    for index in range(60):
        future, drawn = draw(odds, seed=2, index=index), drawn_numbers(odds, seed=2, index=index)
        told_s: dict[str, int] = {}
        known = {mission.mission_id: plan.scenario.settings.as_of_utc for mission in plan.missions}
        for news in future.slips:
            launch = plan.mission_named[news.mission_id].launch_utc + timedelta(seconds=told_s.get(news.mission_id, 0))
            assert known[news.mission_id] <= news.known_utc
            assert news.known_utc < launch
            told_s[news.mission_id], known[news.mission_id] = news.delay_s, news.known_utc
            moved += 1
        by_number = {odds.missions[at].mission_id: int(drawn.slip_s[at]) for at in range(len(odds.missions))}
        assert {name: told_s.get(name, 0) for name in by_number} == by_number
    assert moved > 60


def test_drawn_sizes_follow_their_triangle() -> None:
    odds = some_odds(sized("overrun", 2, 7, 30))
    days = np.concatenate([drawn_numbers(odds, seed=5, index=index).overrun_s for index in range(1500)]) / 86_400
    assert days.min() >= 2
    assert days.max() <= 30
    assert days.mean() == pytest.approx((2 + 7 + 30) / 3, abs=4 * days.std() / len(days) ** 0.5)


def test_a_port_is_out_as_often_as_its_chance_says() -> None:
    odds = some_odds(sized("port_out", 5, 5, 5, probability=0.3))
    count = sum(len(draw(odds, seed=6, index=index).port_outs) for index in range(800))
    trials = 800 * len(odds.ports)
    years = odds.plan.scenario.settings.years
    share = 1 - 0.7**years
    assert count / trials == pytest.approx(share, abs=4 * (share * (1 - share) / trials) ** 0.5)
