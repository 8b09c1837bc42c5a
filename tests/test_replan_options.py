"""Several answers to one event: the first one found, how they differ and rank, and how they reach the coordination log."""

from __future__ import annotations

import csv
import json
import math
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.operations.offering import replan_offers
from supercargo.app.replan_options import Options, options_folder
from supercargo.app.replanning import Answer, ReplanAsked, replan_folder
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import NoPlan, Refused, ScenarioError
from supercargo.measure.replan_ranking import are_alike
from supercargo.model import DEPARTURE_PARTS
from supercargo.plan.replan_ways import WAYS
from supercargo.store import read_plan
from tests.cli_runner import run

SLIP = "slip:TN-01=+21d"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("options")
    new_scenario(folder / "tiny", NewScenario("tiny"))
    plan_scenario(folder / "tiny", folder / "plan")
    return folder


@pytest.fixture(scope="module")
def made(base: Path) -> Options:
    return options_folder(ReplanAsked(base / "plan", base / "options", [SLIP], options=8, conflict="K-1"))


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


# the first answer


def test_a_first_answer_is_told_before_the_last_and_the_last_is_no_dearer(base: Path, tmp_path: Path) -> None:
    told: list[Answer] = []
    done = replan_folder(ReplanAsked(base / "plan", tmp_path / "p2", [SLIP]), tell=told.append)
    assert len(told) == 1
    assert told[0].broken == ()
    assert done.first["price_usd"] == told[0].disturbance.departure.total_usd
    assert (done.final["hard_count"], done.final["price_usd"]) <= (done.first["hard_count"], done.first["price_usd"])
    assert done.final["schedule_bound_usd"] is not None
    assert done.final["schedule_bound_usd"] <= (done.first["schedule_usd"] or 0.0) + 1.0
    spent = json.loads((tmp_path / "p2" / "run.json").read_text())
    assert 0.0 < spent["first_answer"]["seconds"] <= spent["seconds"]
    assert 0.0 < spent["first_answer"]["cpu_seconds"] <= spent["cpu_seconds"]


def test_figures_of_both_answers_stand_in_the_json_and_seconds_do_not(base: Path, tmp_path: Path) -> None:
    told = run("replan", str(base / "plan"), "--event", SLIP, "--out", str(tmp_path / "p2"), "--json")
    answer = json.loads(told.out)
    assert set(answer["first"]) == set(answer["final"])
    assert not any("second" in name for name in (*answer["first"], *answer["final"]))
    assert "first answer after" in told.err


# the price, counted again from the files alone


def price_by_hand_usd(before: Path, after: Path, slipped: str, delay_d: float) -> float:
    """Margin lost, 50,000 USD a day beyond a slip's delay, 2 million and that of another mission, 20,000 USD a line bumped."""
    money = 0.0
    for sign, folder in ((1.0, before), (-1.0, after)):
        for row in rows_of(folder / "costs.csv"):
            if row["paid_by"] == "service":
                money += sign * float(row["plan_usd"]) * (1.0 if row["account"].startswith("revenue") else -1.0)
    flights = [{row["mission_id"]: row for row in rows_of(folder / "missions.csv")} for folder in (before, after)]
    moved = 0.0
    for name, was in flights[0].items():
        now = flights[1][name]
        shift_s = (datetime.fromisoformat(now["launch_utc"]) - datetime.fromisoformat(was["launch_utc"])).total_seconds()
        beyond_d = abs(shift_s / 86_400 - (delay_d if name == slipped else 0.0))
        if beyond_d > 1e-4:
            moved += 50_000.0 * beyond_d + (0.0 if name == slipped else 2_000_000.0)
        moved += 500_000.0 * (was["port"] != now["port"] and abs(shift_s) <= 1.0)
    aboard = [carried(folder) for folder in (before, after)]
    bumped = sum(bool(missions) and missions != aboard[1][item] for item, missions in aboard[0].items())
    return money + moved + 20_000.0 * bumped


def carried(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows_of(folder / "manifest.csv"):
        found.setdefault(row["item_id"].partition("#")[0], set()).update({row["mission_id"]} - {""})
    return found


def test_the_price_but_for_service_is_what_the_files_say(base: Path, made: Options) -> None:
    row = made.rows[0]
    assert row.consent_count == 0
    by_hand = price_by_hand_usd(base / "plan", base / "options" / row.option, "TN-01", 21.0)
    assert row.price_usd - row.service_usd - row.unflown_usd == pytest.approx(by_hand, abs=1.0)
    assert row.price_usd == pytest.approx(math.fsum(getattr(row, part) for part in DEPARTURE_PARTS), abs=0.01)


# options


def test_options_differ_in_flights_or_in_more_than_a_hundredth_of_the_lines(made: Options) -> None:
    assert len(made.rows) >= 2
    plans = [answer.plan for answer in made.answers]
    for at, one in enumerate(plans):
        assert not any(are_alike(one, other) for other in plans[:at])


def test_options_stand_in_order_of_broken_rules_then_price(made: Options) -> None:
    keys = [(row.hard_count, row.price_usd) for row in made.rows]
    assert keys == sorted(keys)
    assert [row.option for row in made.rows] == [f"option-{n}" for n in range(1, len(made.rows) + 1)]


def test_each_option_says_why_it_stands_before_the_next_in_figures_that_hold(made: Options) -> None:
    for row, following in zip(made.rows, made.rows[1:], strict=False):
        if row.hard_count < following.hard_count:
            assert f"keeps {following.hard_count - row.hard_count} more hard rule" in row.why
        else:
            assert f"{following.price_usd - row.price_usd:,.0f} USD less than {following.option}" in row.why


def test_each_option_is_a_whole_plan_that_the_referee_judges_as_told(base: Path, made: Options) -> None:
    for row in made.rows:
        folder = base / "options" / row.option
        assert sum(found.hard for found in verify_plan(folder)) == row.hard_count
        assert {one["conflict"] for one in rows_of(folder / "changes.csv")} == {"K-1"}


def test_no_kind_of_answer_is_lost_without_a_reason(made: Options) -> None:
    kinds = {row.way for row in made.rows} | {one.way for one in made.tried}
    assert kinds == {"keep", "least", "hold", "wait", "split", "first", "ports", "other-ship", "within", "ask"}
    assert all(one.why for one in made.tried)


def test_others_hold_their_flights_where_the_struck_mission_waits(base: Path, made: Options) -> None:
    old = read_plan(base / "plan")
    held = [answer for row, answer in zip(made.rows, made.answers, strict=True) if row.way in ("wait", "ports")]
    for answer in held:
        for name in ("TN-02", "TN-03"):
            assert answer.plan.mission_named[name].launch_utc == old.mission_named[name].launch_utc


def test_cargo_of_a_struck_mission_is_sent_ahead_where_that_is_the_way(made: Options) -> None:
    split = [answer for row, answer in zip(made.rows, made.answers, strict=True) if row.way == "split"]
    least = next(answer for row, answer in zip(made.rows, made.answers, strict=True) if row.way in ("least", "keep"))

    def aboard(answer: Answer) -> int:
        return sum(row.mission_id == "TN-01" and row.direction == "up" for row in answer.plan.manifest)

    assert split, [one.why for one in made.tried if one.way == "split"]
    assert aboard(split[0]) < aboard(least)


def test_the_table_the_page_and_the_comparison_tell_of_every_option(base: Path, made: Options) -> None:
    table = rows_of(base / "options" / "options.csv")
    assert [row["option"] for row in table] == [row.option for row in made.rows]
    assert [float(row["price_usd"]) for row in table] == [pytest.approx(row.price_usd, abs=0.01) for row in made.rows]
    page = (base / "options" / "options.html").read_text()
    for row in made.rows:
        assert f'href="{row.option}/report.html"' in page
        assert row.why.split(",")[0].replace("'", "&#39;") in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert (base / "options" / "compare" / "compare.html").exists()


def test_no_more_options_than_asked_and_the_rest_is_named(base: Path, made: Options, tmp_path: Path) -> None:
    told = run("replan", str(base / "plan"), "--event", SLIP, "--out", str(tmp_path / "o"), "--options", "1", "--json")
    answer = json.loads(told.out)
    assert [one["option"] for one in answer["options"]] == ["option-1"]
    assert answer["options"][0]["price_usd"] == made.rows[0].price_usd
    behind = [one for one in answer["tried"] if "ranks behind" in one["why"]]
    assert len(behind) == len(made.rows) - 1
    assert not (tmp_path / "o" / "option-2").exists()


def test_options_are_not_written_over_a_folder_that_holds_something_else(base: Path, tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match="something else"):
        options_folder(ReplanAsked(base / "plan", tmp_path / "o", [SLIP], options=2, force=True))
    assert (tmp_path / "o" / "notes.txt").read_text() == "mine"


def test_where_every_option_breaks_a_promise_nothing_is_written_unless_that_is_wanted(base: Path, tmp_path: Path) -> None:
    event = "standdown:Falcon=2027-01-15..2027-12-31"
    with pytest.raises(NoPlan, match="no plan keeps every promise"):
        options_folder(ReplanAsked(base / "plan", tmp_path / "o", [event], options=2))
    assert not (tmp_path / "o").exists()


# a mission that does not fly any more

STANDDOWN = "standdown:Cygnus Enhanced=2027-07-01..2027-12-31"


def grounded(base: Path, out: Path, *words: str) -> tuple[Path, str, str]:
    """Options for TN-03, whose family stands down to the end of its year: the folder, standard output and standard error."""
    told = run("replan", str(base / "plan"), "--event", STANDDOWN, "--out", str(out), "--options", "8", *words)
    assert told.code == 0, told.err
    return out, told.out, told.err


def test_a_mission_that_does_not_fly_is_said_first_by_each_option_and_on_the_page(base: Path, tmp_path: Path) -> None:
    folder, out, err = grounded(base, tmp_path / "o")
    rows = rows_of(folder / "options.csv")
    assert rows
    assert {(row["unflown_count"], row["unflown"]) for row in rows} == {("1", "TN-03")}
    assert all(row["title"].startswith("TN-03 does not fly, its cargo goes on others or stays behind; ") for row in rows)
    assert not any("struck mission" in row["title"] for row in rows)
    lines = out.splitlines()
    for row in rows:
        (said,) = (line for line in lines if line.startswith(row["option"].capitalize()))
        assert "TN-03 does not fly: " in said
    assert "1 mission no longer flown (TN-03)" in err
    page = (folder / "options.html").read_text()
    head = page.partition("<main>")[0]
    assert "option-1: TN-03 does not fly: " in head
    table = page.partition("Missions that do not fly any more")[2].partition("</tr>")[0]
    assert table.count("TN-03") == len(rows)
    assert page.index("Missions that do not fly any more") < page.index("Price of departure [USD]")


def test_the_json_and_the_report_name_missions_that_do_not_fly(base: Path, tmp_path: Path) -> None:
    told = run("replan", str(base / "plan"), "--event", STANDDOWN, "--out", str(tmp_path / "p2"), "--json")
    disturbance = json.loads(told.out)["disturbance"]
    assert disturbance["unflown"] == ["TN-03"]
    (why,) = disturbance["unflown_why"]
    assert why.startswith("TN-03 does not fly: ")
    report = (tmp_path / "p2" / "report.html").read_text()
    assert "TN-03 does not fly: " in report.partition('aria-labelledby="changes"')[2].partition("<h3>")[0]


def test_a_must_mission_that_does_not_fly_is_a_hard_rule_broken(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base / "tiny", tmp_path / "tiny")
    file = tmp_path / "tiny" / "missions.csv"
    rows = rows_of(file)
    next(row for row in rows if row["mission_id"] == "TN-03")["must"] = "true"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    plan_scenario(tmp_path / "tiny", tmp_path / "plan")
    asked = ReplanAsked(tmp_path / "plan", tmp_path / "o", [STANDDOWN], options=8, partial=True)
    made = options_folder(asked)
    assert all(row.unflown == ("TN-03",) and row.hard_count >= 1 for row in made.rows)
    assert all(any(one.rule == "must-mission" for one in answer.broken) for answer in made.answers)
    with pytest.raises(NoPlan, match="must mission TN-03 does not fly"):
        options_folder(replace(asked, out=tmp_path / "o2", partial=False))


@pytest.mark.parametrize(
    ("struck", "unflown", "words"),
    [
        ({"A"}, (), "hold all others; the struck mission takes what is free, its cargo stays on it where it can"),
        ((), (), "hold all others; cargo stays on its mission where it can"),
        (
            {"A"},
            ("A",),
            "A does not fly, its cargo goes on others or stays behind; "
            "hold all others; cargo stays on its mission where it can",
        ),
        (
            {"A"},
            ("B", "C"),
            "B, C do not fly, their cargo goes on others or stays behind; "
            "hold all others; the struck mission takes what is free, its cargo stays on it where it can",
        ),
    ],
)
def test_a_kind_of_answer_speaks_of_a_struck_mission_only_where_one_flies(
    struck: set[str], unflown: tuple[str, ...], words: str
) -> None:
    (wait,) = (way for way in WAYS if way.name == "wait")
    assert wait.said_of(struck, unflown) == words


def test_no_option_is_held_against_one_that_is_not_written(base: Path, made: Options, tmp_path: Path) -> None:
    assert len(made.rows) >= 2
    fewer = options_folder(ReplanAsked(base / "plan", tmp_path / "o", [SLIP], options=1))
    assert "option-2" not in "".join(
        (tmp_path / "o" / name).read_text() for name in ("options.html", "options.csv", "options.json")
    )
    behind = len(made.rows) - 1
    assert fewer.rows[-1].why.startswith(f"the last that is written; {behind} other")
    assert "option-2" in made.rows[0].why
    assert sum(one.why.startswith("it ranks behind: ") for one in fewer.tried) == behind


# conflicts


def test_options_of_a_replan_fill_a_conflict_and_the_choice_is_recorded(base: Path, made: Options, tmp_path: Path) -> None:
    store = str(tmp_path / "log.sqlite")
    folder = str(base / "options")
    assert run("release", str(base / "plan"), "--store", store, "--by", "Kim Doe").code == 0

    def conflict(*words: str) -> tuple[int, dict[str, Any]]:
        told = run("conflict", "K-1", *words, "--store", store, "--json")
        return told.code, json.loads(told.out)

    by = ("--by", "Kim Doe")
    assert conflict("see", "--kind", "ports", "--object", "TN-01", "--word", "it slips", *by)[0] == 0
    for _ in range(2):  # told twice under one name, it is one
        code, answer = conflict("offer", "--from", folder, "--id", "C-1", *by)
        assert code == 0
    (state,) = answer["conflicts"]
    assert [(one["option"], one["cost_usd"], one["delay_d"]) for one in state["options"]] == [
        (row.option, pytest.approx(row.price_usd), pytest.approx(row.delay_d)) for row in made.rows
    ]
    code, answer = conflict("choose", "--option", "option-1", "--word", "it costs least", *by)
    (state,) = answer["conflicts"]
    assert (code, state["chosen"], state["chosen_by"], state["why"]) == (0, "option-1", "Kim Doe", "it costs least")
    assert conflict("offer", "--from", folder, *by)[0] == 4  # option-1 is offered already


def test_options_made_for_another_conflict_or_none_at_all_are_refused(base: Path, made: Options, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="made for the conflict 'K-1'"):
        replan_offers(base / "options", "K-2")
    with pytest.raises(ScenarioError, match="supercargo replan --options N"):
        replan_offers(base / "plan", "K-1")
    (tmp_path / "options.json").write_text('{"conflict": "", "options": []}')
    with pytest.raises(ScenarioError, match="no option in it"):
        replan_offers(tmp_path, "K-1")
    (tmp_path / "options.json").write_text('{"conflict": "", "options": [{"option": "a", "price_usd": "dear"}]}')
    with pytest.raises(ScenarioError, match="holds no options"):
        replan_offers(tmp_path, "K-1")


def test_a_name_that_no_conflict_can_have_is_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no name of a conflict"):
        replan_folder(ReplanAsked(base / "plan", tmp_path / "p", [SLIP], conflict="a\nb"))


def test_the_same_options_are_the_same_bytes(base: Path, made: Options, tmp_path: Path) -> None:
    options_folder(ReplanAsked(base / "plan", tmp_path / "o", [SLIP], options=8, conflict="K-1"))
    for name in ("options.json", "options.csv", "options.html", "option-1/plan.json"):
        assert (tmp_path / "o" / name).read_bytes() == (base / "options" / name).read_bytes()
