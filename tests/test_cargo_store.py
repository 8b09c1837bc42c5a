"""Cargo in a real store: recorded, imported, asked, by command and by use case, on both databases."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.operations.cargo import COMPANY, drafts_of, named_thing, opening_drafts, record_cargo, seen_at, where_is
from supercargo.app.operations.epcis import epcis_of, import_epcis, judge_epcis
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.kernel import Refused, ScenarioError
from supercargo.store.log import SqlStore, open_log
from supercargo.track.cargo.asking import whereabouts
from supercargo.track.cargo.life import Life
from supercargo.track.event_store import EventIdReused
from supercargo.track.people import Principal
from tests.cargo_files import a_file, a_life, later
from tests.cargo_lives import a_step, at
from tests.cli_runner import run
from tests.docs_text import help_text
from tests.many_cargo_events import ask, fill
from tests.plans import a_plan
from tests.test_epcis import a_full_life, told, vouched


@pytest.fixture
def log(log_url: str) -> Iterator[SqlStore]:
    with open_log(log_url, PROJECTIONS, later) as store:
        yield store


def test_steps_are_stored_as_one_and_the_views_follow(log: SqlStore) -> None:
    receipts = record_cargo(a_life(), log)
    assert [receipt.position for receipt in receipts] == [1, 2, 3, 4]
    with log.reading() as view:
        seen = where_is(view, "WATER-1", at(4))
        assert (seen.found.stage, seen.found.containers, seen.found.place) == ("packed", ("container/BAG-7",), "site/Cape")
        assert seen.found == whereabouts(view, "cargo/WATER-1")
        assert Life.of("cargo/WATER-1", log.stream("cargo/WATER-1")).now.mass_kg == seen.found.mass_kg


def test_steps_told_again_are_stored_once_and_another_content_is_refused(log: SqlStore) -> None:
    first = record_cargo(a_life(), log)
    again = record_cargo(a_life(), log)
    assert [(one.event_id, one.position) for one in first] == [(one.event_id, one.position) for one in again]
    assert all(receipt.repeated for receipt in again)
    assert log.head().position == 4
    for changes in ({"where": "site/Kourou"}, {"at_utc": at(2.1)}, {"by": "lee"}):
        with pytest.raises(EventIdReused, match="a correction is a new event"):
            record_cargo([replace(a_life()[2], **changes)], log)
    with pytest.raises(EventIdReused):
        record_cargo([a_step("observed", "container/BAG-7", 5, command_id="cargo/WATER-1-2")], log)
    assert log.head().position == 4


def test_of_several_steps_all_unlawful_ones_are_told_and_none_is_stored(log: SqlStore) -> None:
    record_cargo(a_life(), log)
    head = log.head()
    steps = [
        a_step("inspected", "cargo/WATER-1", 5),
        a_step("stowed", "cargo/WATER-1", 6),
        a_step("transferred", "container/BAG-7", 6),
        a_step("launched", "container/NONE", 6),
    ]
    with pytest.raises(Refused) as refusal:
        record_cargo(steps, log)
    assert "3 of 4 steps are refused" in str(refusal.value)
    for name in ("cargo/WATER-1", "container/BAG-7", "container/NONE"):
        assert name in str(refusal.value)
    assert log.head() == head


def test_a_spacecraft_does_not_lift_off_before_what_the_same_request_loads(log: SqlStore) -> None:
    ship = "container/WREN"
    steps = (
        a_step("registered", ship, 0, sort="vehicle", command_id="ship"),
        a_step("registered", f"{ship}/A", 0, sort="bay", where=ship, command_id="bay"),
        *a_life(),
        a_step("loaded", "container/BAG-7", 5, where=f"{ship}/A"),
    )
    with pytest.raises(Refused, match="was still being loaded"):
        record_cargo((*steps, a_step("launched", ship, 4)), log)
    assert log.head().position == 0
    record_cargo(steps, log)
    with pytest.raises(Refused, match="was still being loaded"):
        record_cargo([a_step("launched", ship, 4)], log)
    record_cargo([a_step("launched", ship, 6)], log)


def test_what_has_not_come_yet_is_refused_by_the_store(log: SqlStore) -> None:
    with pytest.raises(ScenarioError, match="has not come yet"):
        record_cargo([a_step("ordered", "cargo/X", 1001)], log)
    assert log.head().position == 0


def test_a_customer_sees_and_writes_nothing_of_another(log: SqlStore) -> None:
    record_cargo(a_life(), log)
    theirs = Principal(name="eve", scopes=frozenset({"read", "cargo"}), customer="Other")
    ours = replace(theirs, customer="ACME")
    with log.reading() as view:
        assert where_is(view, "WATER-1", at(5), ours).found.tenant == "ACME"
        for word in ("WATER-1", "WATER-2"):
            with pytest.raises(ScenarioError) as refusal:
                where_is(view, word, at(5), theirs)
            assert "WATER-1" not in refusal.value.fix
        assert seen_at(view, at(5), "", theirs) == ()
    with pytest.raises(Refused, match="is not known"):
        record_cargo([a_step("inspected", "cargo/WATER-1", 6)], log, theirs)
    with pytest.raises(Refused, match="scope 'custody'"):
        record_cargo([a_step("sealed", "cargo/WATER-1", 6)], log, ours)
    assert epcis_of(log, ["cargo/WATER-1"], theirs, created_utc=at(9))["epcisBody"]["eventList"] == []


@pytest.mark.parametrize(
    ("word", "near"), [("WATER-2", "WATER-1"), ("AATER-1", "WATER-1"), ("water1", "WATER-1"), ("BAG-8", "BAG-7")]
)
def test_a_name_that_nothing_has_is_answered_with_names_that_come_near(tmp_path: Path, word: str, near: str) -> None:
    with open_log(str(tmp_path / "log.sqlite"), PROJECTIONS, later) as log:
        record_cargo(a_life(), log)
        with log.reading() as view, pytest.raises(ScenarioError, match=f"did you mean {near}"):
            named_thing(view, word)
        with log.reading() as view, pytest.raises(ScenarioError, match="opened by a plan or an order"):
            named_thing(view, "something else")
        with log.reading() as view:
            assert named_thing(view, "BAG-7") == named_thing(view, "container/BAG-7") == "container/BAG-7"


def test_a_document_fills_another_store_with_the_same_events(log: SqlStore) -> None:
    world = a_full_life()
    things = {event.stream for event in told(world) if not event.stream.startswith("ncr/")}
    document = epcis_of(world.store, sorted(things), created_utc=at(30))  # type: ignore[arg-type]
    content = json.dumps(document).encode()
    imported = import_epcis(content, log)
    assert imported.stored_count == len(told(world)) == log.head().position
    assert len(imported.non_conformances) == sum(event.kind == "ncr_opened" for event in told(world))
    for one, other in zip(told(world), log.since(0), strict=True):
        assert (one.event_id, vouched(one).body) == (other.event_id, vouched(other).body)
    again = import_epcis(content, log)
    assert (again.stored_count, again.repeated_count) == (0, imported.steps_count)


def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(tmp_path: Path) -> None:
    file = tmp_path / "log.sqlite"
    content = a_file(tmp_path).read_bytes()
    judged = judge_epcis(content, str(file))
    assert (judged.stored_count, judged.dry_run) == (4, True)
    assert not file.exists()
    with open_log(str(file), PROJECTIONS, later) as log:
        assert import_epcis(content, log).stored_count == 4
    again = judge_epcis(content, str(file))
    assert (again.stored_count, again.repeated_count) == (0, 4)


def test_a_plan_is_opened_in_a_store_and_told_again_it_is_the_same(tmp_path: Path) -> None:
    plan = a_plan()
    with open_log(str(tmp_path / "log.sqlite"), PROJECTIONS, later) as log:
        first = opening_drafts(plan, log, by="lee", opened_utc=at(0), digest="one")
        log.append(first)
        assert opening_drafts(plan, log, by="lee", opened_utc=at(0), digest="one") == first
        item = next(draft.stream for draft in first if draft.kind == "planned" and draft.body["direction"] == "up")
        record_cargo([a_step("received", item, 1)], log)
        second = opening_drafts(plan, log, by="lee", opened_utc=at(0.5), digest="two")
        assert len(second) == len(first)
        log.append(second)
        with log.reading() as view:
            assert where_is(view, item, at(2)).found.stage == "received"


def test_commands_take_in_tell_and_write(tmp_path: Path) -> None:
    store = str(tmp_path / "log.sqlite")
    file = a_file(tmp_path)
    taken = run("track", "import", str(file), "--store", store)
    assert (taken.code, taken.err) == (0, "")
    assert "4 steps; 4 events stored" in taken.out
    assert "0 events stored, 4 known before" in run("track", "import", str(file), "--store", store).out
    where = run("track", "where", "WATER-1", "--store", store)
    assert "cargo/WATER-1: in container/BAG-7 at site/Cape" in where.out
    assert "packed since 2025-01-01T15:00:00Z" in where.out
    assert "held by Cargo Co" in where.out
    told_all = run("track", "history", "WATER-1", "--store", store).out
    assert [line.split()[1].strip(",") for line in told_all.splitlines() if " by kim" in line] == [
        "ordered",
        "received",
        "packed",
    ]
    assert "to now  Cargo Co" in told_all
    bag = run("track", "at", "2025-01-01T15:30:00Z", "BAG-7", "--store", store).out
    assert "cargo/WATER-1 in container/BAG-7 since 2025-01-01T15:00:00Z" in bag
    assert "in container/BAG-7" not in run("track", "at", "2025-01-01T14:30:00Z", "BAG-7", "--store", store).out
    assert len(run("track", "at", "2025-01-01T14:30:00Z", "--store", store).out.splitlines()) == 2
    out = tmp_path / "out.jsonld"
    assert "3 events" in run("track", "epcis", "WATER-1", "--out", str(out), "--store", store).out
    assert len(json.loads(out.read_text())["epcisBody"]["eventList"]) == 3
    assert run("track", "epcis", "WATER-1", "--out", str(out), "--store", store).code == 4


ANSWERED: list[tuple[list[str], int, str]] = [
    (["import", "none.jsonld"], 2, "the file can't be read"),
    (["import", "faulty.jsonld"], 2, "/epcisBody/eventList/0/action"),
    (["import", "unlawful.jsonld"], 4, "is not known"),
    (["where", "WATER-9"], 2, "did you mean WATER-1?"),
    (["history", "WATER-9"], 2, "did you mean WATER-1?"),
    (["at", "yesterday"], 2, "write it as 2027-03-01T12:00:00Z"),
    (["at", "2020-01-01T00:00:00Z", "WATER-1"], 2, "was not known then"),
]


@pytest.mark.parametrize(("words", "code", "said"), ANSWERED, ids=[" ".join(words) for words, _, _ in ANSWERED])
def test_what_goes_wrong_is_told_with_its_exit_code(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    store = str(tmp_path / "log.sqlite")
    file = a_file(tmp_path)
    assert run("track", "import", str(file), "--store", store).code == 0
    document: Any = json.loads(file.read_text())
    events = document["epcisBody"]["eventList"]
    (tmp_path / "unlawful.jsonld").write_text(
        json.dumps(document).replace("WATER-1", "SOUP-1").replace('ordering"', 'docking"')
    )
    del events[0]["action"]
    (tmp_path / "faulty.jsonld").write_text(json.dumps(document))
    asked = [str(tmp_path / word) if word.endswith(".jsonld") else word for word in words]
    if words[1] == "unlawful.jsonld":
        _only_the_last(tmp_path / "unlawful.jsonld")
    plain = run("track", *asked, "--store", store)
    assert (plain.code, plain.out) == (code, "")
    assert said in plain.err
    as_json = run("track", *asked, "--store", store, "--json")
    assert as_json.code == code
    assert said in as_json.out.replace("\\n", "\n")
    assert json.loads(as_json.out)["error"]


def _only_the_last(file: Path) -> None:
    document = json.loads(file.read_text())
    document["epcisBody"]["eventList"] = document["epcisBody"]["eventList"][-1:]
    file.write_text(json.dumps(document))


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert run("track", "where", "X", "--store", str(tmp_path / "none.sqlite")).code == 5


@pytest.mark.parametrize("command", ["import", "where", "history", "at", "epcis"])
def test_the_example_of_the_help_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    a_file(tmp_path).rename(tmp_path / "work" / "received.jsonld")
    with open_log("work/log.sqlite", PROJECTIONS, lambda: at(24 * 90)) as store:
        record_cargo(a_life(), store, COMPANY)
    help_lines = " ".join(help_text(f"track {command}").split())
    example = help_lines.partition("Example: supercargo ")[2]
    told_ = run(*shlex.split(example))
    assert (told_.code, told_.err) == (0, "")


def test_where_is_does_not_slow_down_with_the_log(tmp_path: Path) -> None:
    small, large = str(tmp_path / "small.sqlite"), str(tmp_path / "large.sqlite")
    fill(small, 1_000)
    fill(large, 10_000)
    times = [ask(url, 40, items)[20] for url, items in ((small, 49), (large, 499))]
    assert times[1] < 3 * times[0] + 0.005, "a question reads the rows of one item and of what it is in"


def test_refusals_of_one_step_come_as_they_are(tmp_path: Path) -> None:
    with open_log(str(tmp_path / "log.sqlite"), PROJECTIONS, later) as log, pytest.raises(Refused) as refusal:
        drafts_of([a_step("docked", "container/WREN", 1)], log)
    assert refusal.value.where == "docked-1"
    assert timedelta(0) < later() - at(0)


def test_where_and_history_tell_seals_damage_and_open_cases_of_a_thing_and_its_bag(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'log.sqlite'}"
    names = iter(f"n{number}" for number in range(20))

    def do(kind: str, thing: str, hours: float, **said: Any) -> Any:
        return a_step(kind, thing, hours, command_id=next(names), **said)

    with open_log(store, PROJECTIONS, lambda: at(30)) as log:
        steps = [
            do("registered", "container/BAG1", 0),
            do("ordered", "cargo/I1", 0),
            do("received", "cargo/I1", 1, pieces=1.0),
        ]
        steps += [do("packed", "cargo/I1", 2), do("damaged", "cargo/I1", 2.5, note="wet"), do("sealed", "container/BAG1", 3)]
        steps += [do("seal_checked", "container/BAG1", 4, found="broken")]
        record_cargo(steps, log)
    where, told = run("track", "where", "I1", "--store", store).out, run("track", "history", "I1", "--store", store).out
    for shown in (where, told):
        assert "seal S1 of container/BAG1: broken, found broken at" in shown
        assert "damage of cargo/I1 is reported" in shown
        assert "open non-conformance n2 of cargo/I1: " in shown
        assert "open non-conformance n6 of container/BAG1: " in shown
    assert "seal_checked with container/BAG1: broken, by kim" in told
