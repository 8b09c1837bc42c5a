"""The life of cargo: which step is lawful in which stage, custody, seals, counts, corrections."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from supercargo.kernel import Refused, ScenarioError
from supercargo.track.cargo.asking import custody_of, whereabouts
from supercargo.track.cargo.lawful import after_step
from supercargo.track.cargo.life import Life, Thing
from supercargo.track.cargo.nonconformance import CloseCase, Dispose, OpenCase, PlanAction, case_of, decide_case
from supercargo.track.cargo.stages import ITEM_STEPS, STAGES, TRANSITIONS, VEHICLE_STEPS, lawful_steps
from supercargo.track.cargo.steps import STEPS, said_of, step_of
from supercargo.track.cargo.views import thing_in
from tests.cargo_lives import World, a_step, a_world, an_item_received, at

ALL = tuple(itertools.product(STAGES, [kind for kind in STEPS if kind != "corrected"]))
GROUND_SEALABLE = {"registered", "received", "inspected", "packed", "sealed", "unloaded"}


def expected_after(stage: str, kind: str) -> str | None:
    """The law as a person would write it down, apart from the table of the code: None where the step is refused."""
    dead = {"", "consumed", "destroyed", "returned", "lost"}
    if kind in ("planned", "registered"):
        return {"planned": "planned", "registered": "registered"}[kind] if stage == "" else None if stage in dead else stage
    if kind in ("handed_over", "unsealed", "seal_checked", "damaged", "observed", "lost"):
        return None if stage in dead else "lost" if kind == "lost" else stage
    at_place = {"transferred", "stowed"}
    if kind == "sealed":
        kept = {"loaded", "trashed", "docked", "landed"} | at_place
        return "sealed" if stage in GROUND_SEALABLE else stage if stage in kept else None
    if kind == "inspected":
        kept = at_place | {"packed", "sealed"}
        return "inspected" if stage in {"received", "inspected", "unloaded"} else stage if stage in kept else None
    if kind == "packed" and stage in at_place | {"awaited"}:
        return "stowed" if stage == "awaited" else stage
    if kind == "received" and stage in {"awaited", "registered", "packed", "sealed"}:
        return "stowed" if stage == "awaited" else stage
    simple = {
        "ordered": ({"", "planned"}, "ordered"),
        "received": ({"planned", "ordered", "received", "inspected", "unloaded"}, "received"),
        "packed": (GROUND_SEALABLE, "packed"),
        "loaded": (GROUND_SEALABLE | at_place | {"loaded", "awaited"}, "loaded"),
        "unloaded": ({"packed", "sealed", "loaded", "landed"}, "unloaded"),
        "launched": ({"registered", "sealed", "landed"}, "launched"),
        "docked": ({"launched", "undocked"}, "docked"),
        "transferred": ({"docked"}, "transferred"),
        "stowed": (at_place | {"awaited", "loaded", "trashed"}, "stowed"),
        "consumed": (at_place, "consumed"),
        "trashed": (at_place | {"awaited"}, "trashed"),
        "undocked": ({"docked"}, "undocked"),
        "landed": ({"undocked"}, "landed"),
        "entered": ({"undocked"}, "destroyed"),
        "returned": ({"landed", "unloaded"}, "returned"),
    }
    before, after = simple[kind]
    return after if stage in before else None


@pytest.mark.parametrize(("stage", "kind"), ALL, ids=lambda word: word or "unknown")
def test_each_step_is_lawful_in_each_stage_as_the_law_says_and_nowhere_else(stage: str, kind: str) -> None:
    of_vehicle = kind in VEHICLE_STEPS or kind == "registered"
    name = "container/WREN" if of_vehicle else "cargo/I1"
    told = at(0) if stage else None
    seals = ("S1",) if kind == "unsealed" else ()
    thing = Thing(
        name=name, sort="vehicle" if of_vehicle else "item", stage=stage, stage_utc=told, where="site/Cape",
        custodian="Cargo Co", told_utc=told, pieces=2.0, mass_kg=30.0, seals=seals,
    )  # fmt: skip
    aloft = stage in {"awaited", "transferred", "stowed"} or (kind == "stowed" and stage in {"loaded", "trashed"})
    # A ship and a bag that stand where the thing is.
    thing = replace(thing, where="container/SHIP" if aloft and stage in {"loaded", "trashed"} else "site/Cape")
    ship = Thing(name="container/SHIP", sort="vehicle", stage="docked" if aloft else "registered", stage_utc=at(-1))
    bag = Thing(name="container/BAG1", sort="bag", stage="stowed" if aloft else "registered", stage_utc=at(-1))
    things = {each.name: each for each in (thing, ship, bag)}
    said = {"where": "container/SHIP"} if kind in {"loaded", "trashed"} else {}
    said |= {"sort": "vehicle", "custodian": "Cargo Co"} if kind == "registered" else {}
    said |= {"number": "S2"} if kind == "sealed" else {}
    step = a_step(kind, name, 1, **said)
    expected = expected_after(stage, kind)
    if expected is None:
        with pytest.raises(Refused) as refusal:
            after_step(step, things)
        if stage:
            assert f"is {stage}" in refusal.value.what
            assert all(word in refusal.value.fix for word in lawful_steps(stage))
        else:
            assert "not known" in refusal.value.what
    else:
        assert after_step(step, things).get("stage", stage) == expected


def test_the_table_of_steps_has_every_step() -> None:
    assert set(TRANSITIONS) == set(STEPS) - {"corrected"}
    assert set(TRANSITIONS) >= VEHICLE_STEPS | ITEM_STEPS


def test_cargo_goes_from_the_supplier_to_the_rack_and_its_spacecraft_takes_it_along() -> None:
    world = a_world()
    an_item_received(world)
    world.do("inspected", "cargo/I1", 2, pieces=2.0, mass_kg=30.0)
    world.do("packed", "cargo/I1", 3)
    world.do("sealed", "container/BAG1", 4)
    world.do("loaded", "container/BAG1", 5, where="container/WREN/A")
    before = len(world.store.stream("cargo/I1"))
    world.do("launched", "container/WREN", 6)
    assert seen(world).stage == "launched"
    assert seen(world).place == "flight/M1"
    assert seen(world).containers == ("container/BAG1", "container/WREN/A", "container/WREN")
    world.do("docked", "container/WREN", 7)
    assert (seen(world).stage, seen(world).place) == ("docked", "port/Hub/A")
    world.do("transferred", "container/BAG1", 8, taker="Crew")
    assert (seen(world).stage, seen(world).custodian) == ("transferred", "Crew")
    assert len(world.store.stream("cargo/I1")) == before, "what befell the bag is written once, with the bag"
    world.do("unsealed", "container/BAG1", 9)
    world.do("handed_over", "container/RACK", 9, giver="Cargo Co", taker="Crew")
    world.do("stowed", "cargo/I1", 10, where="container/RACK")
    assert (seen(world).stage, seen(world).containers, seen(world).place) == ("stowed", ("container/RACK",), "place/Hub")
    world.do("consumed", "cargo/I1", 11, mass_kg=10.0)
    assert (seen(world).stage, seen(world).mass_kg) == ("stowed", 20.0)
    world.do("consumed", "cargo/I1", 12)
    assert (seen(world).stage, seen(world).mass_kg) == ("consumed", 0.0)


def seen(world: World, thing: str = "cargo/I1"):  # type: ignore[no-untyped-def]
    where = whereabouts(world.view, thing)
    assert where is not None
    return where


def a_flight_up(world: World) -> None:
    world.do("loaded", "cargo/I1", 3)
    world.do("launched", "container/WREN", 4)
    world.do("docked", "container/WREN", 5)
    world.do("transferred", "cargo/I1", 6)


def test_cargo_returns_or_burns_with_its_spacecraft() -> None:
    for last, end in (("landed", "landed"), ("entered", "destroyed")):
        world = a_world()
        an_item_received(world)
        a_flight_up(world)
        world.do("loaded" if last == "landed" else "trashed", "cargo/I1", 7)
        world.do("undocked", "container/WREN", 8)
        world.do(last, "container/WREN", 9)
        assert seen(world).stage == end
        if last == "landed":
            world.do("unloaded", "cargo/I1", 10)
            world.do("returned", "cargo/I1", 11)
            assert (seen(world).stage, seen(world).custodian) == ("returned", "ACME")
        else:
            with pytest.raises(Refused, match="lawful now: nothing more"):
                world.do("stowed", "cargo/I1", 10)


@pytest.mark.parametrize(
    ("kind", "thing", "said", "told"),
    [
        ("packed", "cargo/I1", {"where": "container/NONE"}, "register the container first"),
        ("packed", "cargo/I1", {"where": "container/WREN"}, "name a bag or box"),
        ("loaded", "cargo/I1", {"where": "place/Hub"}, "container/ID"),
        ("loaded", "container/WREN/A", {}, "move what is in it"),
        ("launched", "container/BAG1", {}, "name the spacecraft it is in"),
        ("consumed", "container/BAG1", {}, "name an item"),
        ("handed_over", "cargo/I1", {"giver": "Mill"}, "name Cargo Co as giver"),
        ("handed_over", "cargo/I1", {"taker": "Cargo Co"}, "name who gives and who takes"),
        ("unsealed", "cargo/I1", {}, "name a seal that is on it"),
        ("unloaded", "cargo/I9", {}, "check the spelling of its name"),
        ("packed", "cargo/I1", {"taker": "Mill"}, "hand it over first, or name Cargo Co as taker"),
        ("ordered", "cargo/I2", {"customer": "Other"}, "give the item another name"),
        ("registered", "container/BAG1", {"sort": "box"}, "give the box another name"),
        ("registered", "container/B9", {"where": "container/NONE"}, "register the outer container first"),
        ("registered", "container/B9", {"where": "nowhere"}, "use one of: supplier/NAME"),
        ("registered", "cargo/I9", {}, "order it, or let a plan open it"),
    ],
)
def test_an_unlawful_step_is_refused_with_what_to_do(kind: str, thing: str, said: dict[str, str], told: str) -> None:
    world = a_world()
    an_item_received(world)
    world.do("planned", "cargo/I2", 0)
    before = world.store.head()
    with pytest.raises(Refused, match=r"fix: (.|\n)*" + told):
        world.do(kind, thing, 3, **said)
    assert world.store.head() == before


def test_a_plan_says_what_is_expected_until_something_is_ordered_or_handled() -> None:
    world = a_world()
    world.do("planned", "cargo/I7", 0)
    world.do("planned", "cargo/I7", 1, mass_kg=36.0, pieces=3.0, plan="p2")
    thing = thing_in(world.view, "cargo/I7")
    assert thing is not None
    assert (thing.mass_kg, thing.pieces) == (36.0, 3.0)
    told = world.do("received", "cargo/I7", 2, mass_kg=36.0, pieces=3.0)
    assert [one.stream for one in told] == ["cargo/I7"], "what the plan in force expects opens no non-conformance"
    world.do("planned", "cargo/I7", 3, mass_kg=99.0, plan="p3")
    after = thing_in(world.view, "cargo/I7")
    assert after is not None
    assert after.mass_kg == 36.0


@pytest.mark.parametrize("said", [{"thing": "I1"}, {"by": " "}, {"thing": "cargo/" + "x" * 300}, {"where": "site/\x1b[2J"}])
def test_a_step_out_of_form_is_input_that_is_wrong(said: dict[str, str]) -> None:
    world = a_world()
    an_item_received(world)
    with pytest.raises(ScenarioError, match="fix:"):
        world.do("packed", **{"thing": "cargo/I1", "hours": 3, **said})  # type: ignore[arg-type]


def test_a_bag_is_never_put_into_itself() -> None:
    world = a_world()
    world.do("registered", "container/BAG2", 0)
    world.do("packed", "container/BAG1", 1, where="container/BAG2")
    with pytest.raises(Refused, match="inside itself"):
        world.do("packed", "container/BAG2", 2, where="container/BAG1")


def test_cargo_on_the_ground_is_not_loaded_into_a_docked_spacecraft() -> None:
    world = a_world()
    an_item_received(world)
    world.do("launched", "container/WREN", 4)
    with pytest.raises(Refused, match="nothing goes in now"):
        world.do("loaded", "cargo/I1", 5)
    world.do("docked", "container/WREN", 6)
    with pytest.raises(Refused, match="on the ground"):
        world.do("loaded", "cargo/I1", 7)


def test_cargo_in_orbit_is_not_unloaded_on_the_ground_but_taken_back_into_the_station() -> None:
    world = a_world()
    an_item_received(world)
    a_flight_up(world)
    world.do("loaded", "cargo/I1", 7)
    with pytest.raises(Refused, match="stow it at the place"):
        world.do("unloaded", "cargo/I1", 8)
    world.do("stowed", "cargo/I1", 8)
    assert (seen(world).stage, seen(world).containers) == ("stowed", ())
    world.do("registered", "container/OWL", 8, sort="vehicle")
    world.do("launched", "container/OWL", 9)
    world.do("docked", "container/OWL", 10, where="port/Gateway/A")
    with pytest.raises(Refused, match="cargo/I1 is at Hub, container/OWL is at Gateway"):
        world.do("loaded", "cargo/I1", 11, where="container/OWL")
    with pytest.raises(Refused, match="place/Gateway is at Gateway"):
        world.do("stowed", "cargo/I1", 11, where="place/Gateway")


def test_a_bag_is_received_at_the_next_site_with_all_inside() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3)
    with pytest.raises(Refused, match="receive the container"):
        world.do("received", "cargo/I1", 4, where="site/Kourou")
    world.do("received", "container/BAG1", 4, where="site/Kourou", taker="Launch Co")
    assert (seen(world).place, seen(world).custodian, seen(world).stage) == ("site/Kourou", "Launch Co", "packed")


def test_more_than_is_left_is_not_consumed() -> None:
    world = a_world()
    an_item_received(world)
    a_flight_up(world)
    with pytest.raises(Refused, match="30 kg are left"):
        world.do("consumed", "cargo/I1", 7, mass_kg=30.1)


def test_nothing_goes_in_or_out_past_a_seal() -> None:
    world = a_world()
    an_item_received(world)
    an_item_received(world, "cargo/I2")
    world.do("packed", "cargo/I1", 3)
    world.do("sealed", "container/BAG1", 4)
    with pytest.raises(Refused, match="take the seal off first"):
        world.do("unloaded", "cargo/I1", 5)
    with pytest.raises(Refused, match="take the seal off first"):
        world.do("packed", "cargo/I2", 5)
    world.do("unsealed", "container/BAG1", 6)
    world.do("unloaded", "cargo/I1", 7)


@pytest.mark.parametrize(
    ("said", "opens"),
    [({}, False), ({"seen": "S1"}, False), ({"seen": "S7"}, True), ({"found": "broken"}, True), ({"number": "S9"}, True)],
)
def test_a_broken_or_wrong_seal_opens_a_non_conformance_by_itself(said: dict[str, str], opens: bool) -> None:
    world = a_world()
    world.do("sealed", "container/BAG1", 1)
    events = world.do("seal_checked", "container/BAG1", 2, **said)
    assert [event.kind for event in events] == ["seal_checked"] + ["ncr_opened"] * opens
    assert len(list(world.view.find("ncr", "about", "container/BAG1"))) == opens
    row = world.view.get("seal", ("container/BAG1", "S1"))
    assert row is not None
    assert row["state"] == ("broken" if said.get("found") == "broken" else "on")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"pieces": 2.0, "mass_kg": 30.0}, ""),
        ({"mass_kg": 30.14}, ""),
        ({"mass_kg": 30.16}, "mass_kg"),
        ({"pieces": 1.0}, "pieces"),
        ({"pieces": 3.0, "mass_kg": 45.0}, "mass_kg,pieces"),
    ],
)
def test_a_count_or_mass_that_differs_opens_a_non_conformance_by_itself(said: dict[str, float], found: str) -> None:
    world = a_world()
    world.do("ordered", "cargo/I1", 1)
    world.do("received", "cargo/I1", 2, command_id="in-1", **said)
    rows = list(world.view.find("ncr", "about", "cargo/I1"))
    assert [row["cause"] for row in rows] == ([found] if found else [])
    thing = thing_in(world.view, "cargo/I1")
    assert thing is not None
    assert (thing.pieces, thing.mass_kg) == (said.get("pieces", 2.0), said.get("mass_kg", 30.0))
    if found:
        assert rows[0]["case_id"] == "in-1"
        assert world.store.stream("ncr/in-1")[0].tenant == "ACME"


@pytest.mark.parametrize("kind", ["damaged", "lost"])
def test_damage_and_loss_open_a_non_conformance(kind: str) -> None:
    world = a_world()
    an_item_received(world)
    world.do(kind, "cargo/I1", 3, note="dropped")
    assert [row["said"] for row in world.view.find("ncr", "about", "cargo/I1")] != []


def test_a_non_conformance_is_closed_by_another_person_and_only_when_all_is_said() -> None:
    world = a_world()

    def tell(step: OpenCase | Dispose | PlanAction | CloseCase) -> None:
        world.now_utc = step.at_utc
        case = case_of(step.case_id, world.store.stream(f"ncr/{step.case_id}"))
        world.store.append(decide_case(case, step))

    def named(kind: str, hours: float, by: str = "kim") -> dict[str, object]:
        return {"command_id": f"{kind}{hours}", "case_id": "N1", "at_utc": at(hours), "by": by}

    with pytest.raises(Refused, match="not known"):
        tell(Dispose(**named("d", 0), disposition="repair", said="dent"))  # type: ignore[arg-type]
    tell(OpenCase(**named("o", 1), about="cargo/I1", said="dent", customer="ACME"))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="lawful now: ncr_dispositioned"):
        tell(CloseCase(**named("c", 2, "lee"), said="seen"))  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="use one of: use_as_is"):
        tell(Dispose(**named("d", 2), disposition="forget", said="dent"))  # type: ignore[arg-type]
    tell(Dispose(**named("d", 3), disposition="use_as_is", said="sound"))  # type: ignore[arg-type]
    tell(PlanAction(**named("a", 4), action="softer crane", owner="lee"))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="let another person close it"):
        tell(CloseCase(**named("c", 5), said="seen"))  # type: ignore[arg-type]
    tell(CloseCase(**named("c", 6, "lee"), said="seen"))  # type: ignore[arg-type]
    assert case_of("N1", world.store.stream("ncr/N1")).stage == "closed"
    assert {event.tenant for event in world.store.stream("ncr/N1")} == {"ACME"}
    with pytest.raises(Refused, match="nothing more"):
        tell(PlanAction(**named("a", 7), action="more", owner="lee"))  # type: ignore[arg-type]


def test_a_change_that_comes_late_is_refused_unless_told_as_a_correction() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 5)
    with pytest.raises(Refused, match="tell it as a correction"):
        world.do("inspected", "cargo/I1", 4)
    left_out = a_step("inspected", "cargo/I1", 4, command_id="fix1", pieces=2.0)
    world.do("corrected", "cargo/I1", 6, command_id="fix1", instead=left_out)
    assert [fact.kind for fact in Life.of("cargo/I1", world.store.stream("cargo/I1")).facts] == [
        "ordered", "received", "packed", "corrected",
    ]  # fmt: skip
    assert seen(world).stage == "packed"
    assert Life.of("cargo/I1", world.store.stream("cargo/I1")).at(at(4.5)).stage == "inspected"


def test_what_happens_to_the_bag_also_counts_for_what_comes_late() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3)
    world.do("loaded", "container/BAG1", 6)
    with pytest.raises(Refused, match="comes before what is told"):
        world.do("unloaded", "cargo/I1", 5)


def test_a_spacecraft_does_not_lift_off_before_what_was_loaded_last() -> None:
    world = a_world()
    an_item_received(world)
    world.do("loaded", "cargo/I1", 5, where="container/WREN/A")
    with pytest.raises(Refused, match="was still being loaded"):
        world.do("launched", "container/WREN", 4)
    world.do("launched", "container/WREN", 6)


def test_an_observation_may_be_told_late() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 5)
    world.do("observed", "cargo/I1", 4)
    world.do("damaged", "cargo/I1", 2)
    assert seen(world).damaged
    assert seen(world).stage == "packed"


def test_a_correction_puts_right_where_a_thing_is_and_what_follows_from_it() -> None:
    world = a_world()
    world.do("registered", "container/BAG2", 0)
    an_item_received(world)
    world.do("packed", "cargo/I1", 3, command_id="wrong")
    true = a_step("packed", "cargo/I1", 3, command_id="fix", where="container/BAG2")
    world.do("corrected", "cargo/I1", 4, command_id="fix", wrong="wrong", instead=true)
    assert seen(world).containers == ("container/BAG2",)
    assert [row["where"] for row in world.view.find("stay", "thing", "cargo/I1")] == [
        "supplier/Mill", "site/Cape", "container/BAG2",
    ]  # fmt: skip
    with pytest.raises(Refused, match="declared wrong before"):
        world.do("corrected", "cargo/I1", 5, wrong="wrong", instead=true)
    world.do("corrected", "cargo/I1", 5, wrong="fix")
    assert (seen(world).stage, seen(world).place) == ("received", "site/Cape")


def test_a_correction_that_makes_a_later_event_unlawful_is_refused_and_names_it() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3, command_id="pack")
    world.do("unloaded", "cargo/I1", 4, command_id="out")
    with pytest.raises(Refused, match=r"correct out first"):
        world.do("corrected", "cargo/I1", 5, wrong="pack")
    world.do("corrected", "cargo/I1", 6, wrong="out")
    world.do("corrected", "cargo/I1", 7, wrong="pack")
    assert seen(world).stage == "received"


def test_a_correction_of_who_took_it_reaches_the_custody_after_it() -> None:
    world = World()
    world.do("ordered", "cargo/I1", 1)
    world.do("received", "cargo/I1", 2, command_id="in", taker="Wrong Co")
    world.do("inspected", "cargo/I1", 3)
    true = a_step("received", "cargo/I1", 2, command_id="fix", taker="Right Co")
    world.do("corrected", "cargo/I1", 5, command_id="fix", wrong="in", instead=true)
    assert [span.custodian for span in custody_of(world.view, "cargo/I1")] == ["Mill", "Right Co"]
    assert seen(world).custodian == "Right Co"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"wrong": "e1"}, "see `supercargo track history"),
        ({}, "name one of them"),
        ({"wrong": "in", "instead": a_step("packed", "cargo/I2", 3)}, "say it of cargo/I1"),
        ({"wrong": "in", "instead": a_step("corrected", "cargo/I1", 3)}, "give the step that really happened"),
    ],
)
def test_a_correction_of_nothing_is_refused(said: dict[str, object], told: str) -> None:
    world = World()
    world.do("ordered", "cargo/I1", 1, command_id="o")
    world.do("received", "cargo/I1", 2, command_id="in")
    with pytest.raises(Refused, match=told):
        world.do("corrected", "cargo/I1", 5, **said)
    with pytest.raises(ScenarioError, match="say why"):
        world.do("corrected", "cargo/I1", 5, wrong="in", reason=" ")


def test_custody_has_no_gap_from_the_supplier_to_the_end() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3)
    world.do("handed_over", "container/BAG1", 4, taker="Launch Co")
    world.do("handed_over", "container/WREN", 4, taker="Launch Co")
    world.do("loaded", "container/BAG1", 5)
    world.do("launched", "container/WREN", 6)
    world.do("docked", "container/WREN", 7)
    world.do("transferred", "cargo/I1", 8, taker="Crew")
    spans = custody_of(world.view, "cargo/I1")
    assert [(span.custodian, span.from_utc) for span in spans] == [
        ("Mill", at(1)), ("Cargo Co", at(1.5)), ("Launch Co", at(4)), ("Crew", at(8)),
    ]  # fmt: skip
    assert [span.to_utc for span in spans] == [at(1.5), at(4), at(8), None]


def test_what_is_in_a_bag_is_handed_over_with_the_bag_and_not_alone() -> None:
    world = a_world()
    an_item_received(world)
    world.do("packed", "cargo/I1", 3)
    with pytest.raises(Refused, match="hand over the container"):
        world.do("handed_over", "cargo/I1", 4)


def test_what_a_step_says_comes_back_from_its_body() -> None:
    for kind in STEPS:
        step = a_step(kind, "cargo/I1", 1, note="a note", sensors=({"sensorReport": [{"type": "gs1:Temperature"}]},))
        named = {"command_id": step.command_id, "thing": step.thing, "at_utc": step.at_utc, "by": step.by}
        assert step_of(kind, said_of(step), **named) == step
