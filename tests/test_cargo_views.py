"""Views of cargo: nesting, where-is, history, what was where when; and a model of it all in a dictionary."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from supercargo.kernel import Refused
from supercargo.track.cargo.asking import (
    contents_of,
    custody_of,
    expected_of,
    held_at,
    history_of,
    whereabouts,
    whereabouts_at,
)
from supercargo.track.cargo.life import Life
from supercargo.track.cargo.opening import open_cargo, opening_steps
from supercargo.track.cargo.views import CARGO, NON_CONFORMANCES, facts_in, thing_in
from supercargo.track.memory import MemoryStore
from supercargo.track.views import MemoryView, project_all
from tests.cargo_lives import World, a_step, a_world, an_item_received, at
from tests.plans import a_plan


def a_voyage() -> World:
    """Two items in a bag in a bay of a spacecraft that docks, and one item loaded by itself."""
    world = a_world()
    for name in ("cargo/I1", "cargo/I2", "cargo/I3"):
        an_item_received(world, name)
    world.do("packed", "cargo/I1", 2)
    world.do("packed", "cargo/I2", 2.5)
    world.do("loaded", "container/BAG1", 3, where="container/WREN/A")
    world.do("loaded", "cargo/I3", 3.5, where="container/WREN")
    world.do("launched", "container/WREN", 4)
    world.do("docked", "container/WREN", 5)
    world.do("transferred", "cargo/I1", 6)
    world.do("undocked", "container/WREN", 7)
    return world


def test_one_event_moves_all_inside_and_nothing_else() -> None:
    world = a_voyage()
    place = {name: whereabouts(world.view, name).place for name in ("cargo/I1", "cargo/I2", "cargo/I3")}  # type: ignore[union-attr]
    assert place == {"cargo/I1": "place/Hub", "cargo/I2": "flight/M1", "cargo/I3": "flight/M1"}
    assert contents_of(world.view, "container/WREN") == ("cargo/I2", "cargo/I3", "container/BAG1", "container/WREN/A")
    assert contents_of(world.view, "place/Hub") == ("cargo/I1", "container/RACK")


def test_what_was_where_when() -> None:
    world = a_voyage()
    was = [whereabouts_at(world.view, "cargo/I1", at(hours)) for hours in (0.5, 1.2, 2.2, 3.2, 4.5, 5.5, 6.5)]
    assert was[0] is None
    assert [(one.stage, one.place, one.containers) for one in was if one] == [
        ("ordered", "supplier/Mill", ()),
        ("packed", "site/Cape", ("container/BAG1",)),
        ("loaded", "site/Cape", ("container/BAG1", "container/WREN/A", "container/WREN")),
        ("launched", "flight/M1", ("container/BAG1", "container/WREN/A", "container/WREN")),
        ("docked", "port/Hub/A", ("container/BAG1", "container/WREN/A", "container/WREN")),
        ("transferred", "place/Hub", ()),
    ]
    assert [held.thing for held in held_at(world.view, "container/BAG1", at(2.2))] == ["cargo/I1"]
    assert [held.thing for held in held_at(world.view, "container/BAG1", at(5.9))] == ["cargo/I1", "cargo/I2"]
    assert [held.thing for held in held_at(world.view, "container/BAG1", at(6))] == ["cargo/I2"]
    assert "cargo/I1" in [held.thing for held in held_at(world.view, "container/WREN", at(5.9))]
    assert "cargo/I1" in [held.thing for held in held_at(world.view, "port/Hub/A", at(5.9))]


def test_the_history_of_an_item_has_what_befell_its_containers_while_it_was_in_them() -> None:
    world = a_voyage()
    told = [(one.kind, one.via) for one in history_of(world.view, "cargo/I1")]
    assert told == [
        ("ordered", ""),
        ("received", ""),
        ("packed", ""),
        ("loaded", "container/BAG1"),
        ("launched", "container/WREN"),
        ("docked", "container/WREN"),
        ("transferred", ""),
    ]
    # I2 is still aboard, so the undocking is its own as well; being packed at 2.5 it saw nothing of the bag before.
    assert [one.kind for one in history_of(world.view, "cargo/I2")][-1] == "undocked"


def test_a_history_shows_what_was_declared_wrong_and_that_it_does_not_stand() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3, command_id="wrong")
    world.do("corrected", "cargo/I1", 4, wrong="wrong", command_id="fix")
    told = [(one.kind, one.stands) for one in history_of(world.view, "cargo/I1")]
    assert told == [("ordered", True), ("received", True), ("packed", False), ("corrected", False)]


def test_unknown_things_are_nowhere() -> None:
    world = a_world()
    assert whereabouts(world.view, "cargo/NONE") is None
    assert history_of(world.view, "cargo/NONE") == ()
    assert expected_of(world.view, "cargo/NONE", at(1)) is None


def test_a_lost_spacecraft_takes_all_inside_with_it() -> None:
    world = a_world()
    an_item_received(world)
    world.do("loaded", "cargo/I1", 3)
    world.do("launched", "container/WREN", 4)
    world.do("lost", "container/WREN", 5)
    where = whereabouts(world.view, "cargo/I1")
    assert where is not None
    assert where.stage == "lost"
    with pytest.raises(Refused, match="is lost"):
        world.do("transferred", "cargo/I1", 6)
    assert custody_of(world.view, "cargo/I1")[-1].to_utc == at(5)


def test_the_view_made_anew_is_the_view_kept_up_to_date() -> None:
    world = a_voyage()
    world.do("corrected", "cargo/I3", 8, instead=a_step("damaged", "cargo/I3", 3.2, command_id="late"), command_id="late")
    anew = MemoryView.of((CARGO, NON_CONFORMANCES))
    project_all((CARGO, NON_CONFORMANCES), world.store.since(0), anew)
    assert anew.rows == world.view.rows


def test_a_view_never_knows_more_than_the_streams_say() -> None:
    world = a_voyage()
    for row in list(world.view.rows["unit"].values()):
        assert thing_in(world.view, row["name"]) == Life.of(row["name"], world.store.stream(row["name"])).now
        facts = Life.of(row["name"], world.store.stream(row["name"])).facts
        assert [fact.event_id for fact in facts_in(world.view, row["name"])] == [fact.event_id for fact in facts]


def test_a_plan_opens_each_flown_item_with_the_journey_it_expects() -> None:
    plan = a_plan()
    drafts = open_cargo(plan, by="lee", digest="abc")
    items = [draft for draft in drafts if draft.kind == "planned"]
    assert [draft.stream for draft in items] == sorted(f"cargo/{row.item_id}" for row in plan.manifest if row.mission_id)
    assert len({draft.event_id for draft in drafts}) == len(drafts)
    store, view = MemoryStore(clock=lambda: plan.scenario.settings.as_of_utc), MemoryView.of((CARGO,))
    store.append(drafts)
    project_all((CARGO,), store.since(0), view)
    for row in plan.manifest:
        if not row.mission_id:
            continue
        mission = plan.mission_named[row.mission_id]
        draft = next(draft for draft in items if draft.stream == f"cargo/{row.item_id}")
        assert draft.tenant == row.customer
        steps = {step["step"]: step for step in draft.body["journey"]}
        dates = [step["at_utc"] for step in draft.body["journey"]]
        assert dates == sorted(dates)
        if row.direction == "up":
            assert steps["launched"]["at_utc"] == f"{mission.launch_utc:%Y-%m-%dT%H:%M:%SZ}"
            assert steps["loaded"]["where"].startswith(f"container/{mission.vehicle_id}")
        else:
            assert list(steps)[-1] == ("destroyed" if row.direction == "disposal" else "returned")
        expected = expected_of(view, draft.stream, mission.launch_utc)
        assert expected is not None
        assert expected.step == draft.body["journey"][0]["step"]


def test_the_plan_says_what_comes_next_and_how_late_it_is() -> None:
    world = a_world()
    journey = (
        {"step": "received", "where": "site/Cape", "at_utc": "2025-01-01T14:00:00Z"},
        {"step": "loaded", "where": "container/WREN/A", "at_utc": "2025-01-02T12:00:00Z"},
        {"step": "launched", "where": "flight/M1", "at_utc": "2025-01-03T12:00:00Z"},
        {"step": "stowed", "where": "place/Hub", "at_utc": "2025-01-05T12:00:00Z"},
    )
    world.do("planned", "cargo/I1", 0, journey=journey)

    def comes(hours: float) -> tuple[str, float] | None:
        expected = expected_of(world.view, "cargo/I1", at(hours))
        return (expected.step, expected.late_d) if expected else None

    assert comes(1) == ("received", 0.0)
    assert comes(14) == ("received", 0.5)
    world.do("received", "cargo/I1", 15)
    assert comes(16) == ("loaded", 0.0)
    world.do("loaded", "cargo/I1", 17)
    world.do("launched", "container/WREN", 60)
    assert comes(61) == ("stowed", 0.0)
    world.do("docked", "container/WREN", 70)
    world.do("transferred", "cargo/I1", 80)
    world.do("stowed", "cargo/I1", 98)
    assert comes(99) is None


def test_a_plan_made_anew_changes_the_journey_and_not_the_stage() -> None:
    world = a_world()
    for number, plan in enumerate(("p1", "p2")):
        world.do("planned", "cargo/I1", number, mission=f"M{number}", plan=plan)
        if not number:
            world.do("received", "cargo/I1", 0.5)
    where = whereabouts(world.view, "cargo/I1")
    assert where is not None
    assert (where.stage, where.mission, where.place) == ("received", "M1", "site/Cape")


def test_a_plan_forbids_nothing_that_happened_before_its_release() -> None:
    world = a_world()
    world.do("planned", "cargo/I1", 20)
    world.do("planned", "cargo/I2", 20, direction="down")
    world.do("ordered", "cargo/I1", 1)
    world.do("received", "cargo/I1", 2, command_id="came")
    world.do("inspected", "cargo/I1", 3)
    world.do("packed", "cargo/I1", 4)
    world.do("received", "cargo/I2", 5, where="place/Hub", taker="crew")
    with pytest.raises(Refused, match="comes before what is told"):
        world.do("inspected", "cargo/I1", 3.5)
    for _ in range(2):
        one, other = whereabouts(world.view, "cargo/I1"), whereabouts(world.view, "cargo/I2")
        assert one is not None
        assert other is not None
        assert (one.stage, one.stage_utc, one.containers) == ("packed", at(4), ("container/BAG1",))
        assert (one.mission, other.stage, other.stage_utc) == ("M1", "stowed", at(5))
        assert [held.from_utc for held in held_at(world.view, "place/Hub", at(6)) if held.thing == "cargo/I2"] == [at(5)]
        if one.pieces == 2:  # what was counted is corrected: all is judged anew, and stands as it did
            counted = a_step("received", "cargo/I1", 2, command_id="fix", pieces=1.0)
            world.do("corrected", "cargo/I1", 21, command_id="fix", reason="miscount", wrong="came", instead=counted)
    assert one is not None
    assert one.pieces == 1
    world.do("planned", "cargo/I1", 22, mission="M2")
    replanned = whereabouts(world.view, "cargo/I1")
    assert replanned is not None
    assert (replanned.stage, replanned.stage_utc, replanned.mission) == ("packed", at(4), "M2")


def test_a_plan_is_opened_twice_without_a_change_to_what_lives() -> None:
    plan = a_plan()
    world = World()
    for digest in ("one", "two"):
        for step in opening_steps(plan, digest=digest):
            world.tell(step)
    stages = {row["stage"] for row in world.view.rows["unit"].values() if row["sort"] == "item"}
    assert stages <= {"planned", "awaited"}


ITEMS, BAGS = ("cargo/I1", "cargo/I2", "cargo/I3"), ("container/BAG1", "container/BAG2")


class Custodians(RuleBasedStateMachine):
    """Moves and handovers at random, beside a dictionary that knows who is in what and who holds what."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.hours = 1.0
        self.inside: dict[str, str] = {}
        self.holder: dict[str, str] = {}
        self.told: dict[float, dict[str, str]] = {}
        for bag in BAGS:
            self.world.do("registered", bag, 0)
            self.inside[bag], self.holder[bag] = "", "Cargo Co"
        for item in ITEMS:
            an_item_received(self.world, item, 0)
            self.inside[item], self.holder[item] = "", "Cargo Co"

    def root(self, thing: str) -> str:
        return self.root(self.inside[thing]) if self.inside[thing] else thing

    def attempt(self, lawful: bool, kind: str, thing: str, **said: Any) -> bool:
        self.hours += 1
        if lawful:
            self.world.do(kind, thing, self.hours, **said)
        else:
            before = self.world.store.head()
            with pytest.raises(Refused):
                self.world.do(kind, thing, self.hours, **said)
            assert self.world.store.head() == before
        self.told[self.hours + 0.5] = dict(self.inside)
        return lawful

    @rule(thing=st.sampled_from((*ITEMS, *BAGS)), bag=st.sampled_from(BAGS))
    def pack(self, thing: str, bag: str) -> None:
        around = thing == bag or self.root(bag) == thing or self.inside[bag] == thing
        same = self.holder[self.root(thing)] == self.holder[self.root(bag)]
        if self.attempt(not around and same, "packed", thing, where=bag):
            self.holder[thing] = self.holder[self.root(thing)]
            self.inside[thing] = bag
        self.told[self.hours + 0.5] = dict(self.inside)

    @rule(thing=st.sampled_from((*ITEMS, *BAGS)))
    def take_out(self, thing: str) -> None:
        stage = whereabouts(self.world.view, thing).stage  # type: ignore[union-attr]
        if self.attempt(stage == "packed", "unloaded", thing):
            self.holder[thing] = self.holder[self.root(thing)]
            self.inside[thing] = ""
        self.told[self.hours + 0.5] = dict(self.inside)

    @rule(
        thing=st.sampled_from((*ITEMS, *BAGS)),
        giver=st.sampled_from(("Cargo Co", "Crew", "Launch Co")),
        taker=st.sampled_from(("Cargo Co", "Crew", "Launch Co")),
    )
    def hand_over(self, thing: str, giver: str, taker: str) -> None:
        lawful = not self.inside[thing] and giver == self.holder[thing] and giver != taker
        if self.attempt(lawful, "handed_over", thing, giver=giver, taker=taker):
            self.holder[thing] = taker

    @invariant()
    def the_view_says_what_the_dictionary_says(self) -> None:
        if not hasattr(self, "world"):
            return
        for thing in (*ITEMS, *BAGS):
            where = whereabouts(self.world.view, thing)
            assert where is not None
            assert where.custodian == self.holder[self.root(thing)]
            assert (where.containers[0] if where.containers else "") == self.inside[thing]
            spans = custody_of(self.world.view, thing)
            assert spans[-1].custodian == where.custodian
            assert all(one.to_utc == other.from_utc for one, other in pairwise(spans)), "a gap"
            assert all(span.custodian for span in spans)

    def teardown(self) -> None:
        for hours, inside in getattr(self, "told", {}).items():
            for thing, bag in inside.items():
                was = whereabouts_at(self.world.view, thing, at(hours))
                assert was is not None
                assert (was.containers[0] if was.containers else "") == bag
                assert (thing in {held.thing for held in held_at(self.world.view, bag, at(hours))}) == bool(bag)
        if hasattr(self, "world"):
            anew = MemoryView.of((CARGO, NON_CONFORMANCES))
            project_all((CARGO, NON_CONFORMANCES), self.world.store.since(0), anew)
            assert anew.rows == self.world.view.rows


Custodians.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCustodians = Custodians.TestCase


def test_the_latest_that_happened_to_a_thing_or_its_containers_is_its_stage() -> None:
    world = a_voyage()
    lives = {name: Life.of(name, world.store.stream(name)).now for name in ("cargo/I2", "container/BAG1", "container/WREN")}
    assert lives["cargo/I2"].stage == "packed"
    assert replace(lives["cargo/I2"], stage="").inside == "container/BAG1"
    where = whereabouts(world.view, "cargo/I2")
    assert where is not None
    assert where.stage == "undocked"
