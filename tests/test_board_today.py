"""The first page: it asks for what is to be decided, and for nothing that is no longer so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from fastapi.testclient import TestClient

from supercargo.app.board.conflicts import overtaken_conflicts
from supercargo.app.board.searching import items_near
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.today import decisions_of
from supercargo.app.operations.asking import conflicts_seen
from supercargo.app.operations.desk import Desk
from supercargo.app.operations.parties import record_party
from supercargo.app.operations.recording import record_conflict, record_mission
from supercargo.kernel import format_utc
from supercargo.store.accounts import Person
from supercargo.track.acts import drafts_of
from supercargo.track.coordination.log import SeeConflict
from supercargo.track.missions import commands as asked
from supercargo.track.missions.events import MISSION_KINDS, MissionReplanned
from supercargo.track.missions.state import mission_of
from supercargo.track.parties.deciding import AnswerComplaint, CloseComplaint, OpenComplaint, PartyCommand
from tests.builders import START
from tests.operations import MemoryOperations, act, released
from tests.plans import a_plan
from tests.test_board import NOW, SCRIPT, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

PLAN = a_plan()
LATEST = PLAN.scenario.requests["M1"].latest_utc


def slipped(store: MemoryOperations, days: float) -> str:
    """M1 slips to so many days after its period; the conflict that this opens."""
    slip = asked.Slip(launch_utc=LATEST + timedelta(days=days), reason="boats")
    streams = [one.stream for one in record_mission(store, "M1", slip, act(START))]
    return next(one for one in streams if one.endswith("-windows")).partition("/")[2]


def asked_for(store: MemoryOperations) -> list[str]:
    return [
        one.href for one in decisions_of(store.view, None, START) if one.kind == "conflict" and not one.href.endswith("-ports")
    ]


def test_a_conflict_of_a_slip_is_asked_for_until_another_slip_overtakes_it() -> None:
    store = released(PLAN)
    first = slipped(store, 1)
    assert asked_for(store) == [f"/conflicts/{first}"]
    second = slipped(store, 8)
    assert asked_for(store) == [f"/conflicts/{second}"]
    why = overtaken_conflicts(store.view, conflicts_seen(store.view))
    assert second in why[first]
    assert format_utc(LATEST + timedelta(days=8)) in why[first]


def test_a_conflict_of_a_slip_is_over_when_a_plan_takes_the_mission_back_into_its_period() -> None:
    store = released(PLAN)
    first = slipped(store, 1)
    state = mission_of(store.stream("mission/M1"))
    assert state is not None
    flight = replace(state.flight, launch_utc=LATEST - timedelta(hours=1))
    back = drafts_of(act(START), MISSION_KINDS, "mission/M1", (MissionReplanned(flight=flight),), version=state.version)
    store.append(back)
    assert asked_for(store) == []
    assert "no later than was asked for" in overtaken_conflicts(store.view, conflicts_seen(store.view))[first]


def test_a_conflict_that_a_person_stated_is_not_overtaken_by_a_slip() -> None:
    store = released(PLAN)
    seen = SeeConflict(conflict="M1-late", kind="windows", objects=("M1",), text="too late for the crew")
    record_conflict(store, "M1-late", seen, act(START))
    slipped(store, 1)
    slipped(store, 8)
    assert "/conflicts/M1-late" in asked_for(store)


def slip(client: TestClient, desk: Desk, days: float) -> str:
    """TN-02 is slipped to so many days after its period; the name of the conflict about its window."""
    before = desk.store.head().position
    mission = mission_of(desk.store.stream("mission/TN-02"))
    assert mission is not None
    assert mission.flight.latest_utc is not None
    told = asked.Slip(launch_utc=mission.flight.latest_utc + timedelta(days=days), reason="a valve")
    record_mission(desk.store, "TN-02", told, act(NOW))
    streams = [event.stream for event in desk.store.since(before)]
    return next(one for one in streams if one.endswith("-windows")).partition("/")[2]


def test_pages_show_an_overtaken_conflict_as_such_with_its_reason(desk: Desk) -> None:
    client = client_of(desk, "dora")
    first, second = slip(client, desk, 2), slip(client, desk, 9)
    today = client.get("/").text
    assert f"/conflicts/{first}" not in today
    assert f"/conflicts/{second}" in today
    assert "Overtaken, nothing is to be decided: TN-02 slipped again" in client.get(f"/conflicts/{first}").text
    assert "Overtaken" not in client.get(f"/conflicts/{second}").text
    assert client.get("/conflicts").text.count(">overtaken<") + client.get("/conflicts").text.count(">overtaken ") == 1


def complained(desk: Desk, name: str, days_ago: float, *more: PartyCommand) -> None:
    """UNI-LAKE complains, and what is done about it then."""
    opened = NOW - timedelta(days=days_ago)
    said = OpenComplaint(complaint=name, text=f"{name}: {SCRIPT}", about="TN-01")
    record_party(desk.store, "UNI-LAKE", said, act(opened, "esa"))
    for n, one in enumerate(more, start=1):
        record_party(desk.store, "UNI-LAKE", one, act(opened + timedelta(hours=n), f"quality-{n}"))


def test_open_complaints_stand_on_today_for_who_may_answer_them_the_oldest_first(desk: Desk) -> None:
    desk.accounts.add(Person(name="quita", roles=("quality",), customer="", enabled=True, created_utc=NOW), WORD)
    answer = AnswerComplaint(complaint="C-answered", answer="we look")
    close = CloseComplaint(complaint="C-closed", finding="settled")
    complained(desk, "C-young", 1)
    complained(desk, "C-old", 6)
    complained(desk, "C-answered", 8, answer)
    complained(desk, "C-closed", 9, replace(answer, complaint="C-closed"), close)
    text = client_of(desk, "quita").get("/?kind=complaint").text
    names = re.findall(r"(C-[a-z]+) of UNI-LAKE, about TN-01: (opened|answered)", text)
    assert list(dict.fromkeys(names)) == [("C-old", "opened"), ("C-young", "opened"), ("C-answered", "answered")]
    assert 'href="/customer?name=UNI-LAKE#complaints"' in text
    assert SCRIPT not in text
    assert "C-old" not in client_of(desk, "cora").get("/").text  # a controller may not answer


def test_a_search_that_finds_nothing_names_a_customer_its_own_items_alone(desk: Desk) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    other = next(row for row in kept.plan.manifest if row.customer != "UNI-LAKE")
    short = other.item_id.partition("#")[0].replace("00", "0", 1)
    assert other.item_id.partition("#")[0] in items_near(kept, short, "")
    own = {row.item_id.partition("#")[0] for row in kept.plan.manifest if row.customer == "UNI-LAKE"}
    assert set(items_near(kept, short, "UNI-LAKE")) <= own
    text = client_of(desk, "esa").get("/cargo", params={"q": short}).text
    assert f"/cargo/{other.item_id.partition('#')[0]}" not in text
