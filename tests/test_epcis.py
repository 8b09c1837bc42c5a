"""EPCIS documents: our events there and back, foreign events, corrections, and everything that is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.operations.cargo import COMPANY, record_cargo
from supercargo.app.operations.epcis import import_epcis
from supercargo.kernel import Refused, ScenarioError
from supercargo.track.cargo.asking import whereabouts
from supercargo.track.cargo.steps import STEPS, Correct, Load, Receive, Step
from supercargo.track.envelope import Recorded, same_statement
from supercargo.track.epcis.checking import DEEPEST, LARGEST_BYTES, faults_in
from supercargo.track.epcis.reading import read_document
from supercargo.track.epcis.schema import epcis_schema
from supercargo.track.epcis.vocabulary import (
    BASE,
    BIZ_STEPS,
    DISPOSITIONS,
    SAID_AS,
    event_of,
    event_uri,
    kind_of,
    place_of,
    place_uri,
    thing_of,
    thing_uri,
)
from supercargo.track.epcis.writing import write_document
from supercargo.track.event_store import EventIdReused
from tests.cargo_lives import World, a_step, a_world, an_item_received, at
from tests.operations import MemoryOperations


def a_full_life() -> World:
    """Every kind of step at least once, with counts, seals, sensors, handovers and corrections."""
    world = a_world()
    sensors = ({"sensorReport": [{"type": "gs1:Temperature", "value": 4.5, "uom": "CEL"}]},)
    for name in ("cargo/I1", "cargo/I2", "cargo/Ü b#2", "cargo/urn:epc:id:sgtin:4012345.011111.987"):
        world.do("planned", name, 0.5, journey=({"step": "launched", "where": "flight/M1", "at_utc": "2025-01-02T00:00:00Z"},))
        an_item_received(world, name)
    world.do("inspected", "cargo/I1", 2, pieces=3.0, mass_kg=31.5, sensors=sensors, note="one more than ordered")
    world.do("packed", "cargo/I1", 3, command_id="ni:///sha-256;abc?ver=CBV2.0")
    world.do("packed", "cargo/Ü b#2", 3, command_id="wrong")
    world.do("corrected", "cargo/Ü b#2", 3.2, wrong="wrong", reason="it was I2", command_id="void", note="seen later")
    late = a_step("inspected", "cargo/Ü b#2", 2, command_id="late", pieces=2.0)
    world.do("corrected", "cargo/Ü b#2", 3.3, instead=late, command_id="late", reason="left out")
    world.do("sealed", "container/BAG1", 4)
    world.do("seal_checked", "container/BAG1", 4.2, seen="S1")
    world.do("unsealed", "container/BAG1", 4.4)
    world.do("packed", "cargo/I2", 4.5, command_id="badly")
    right = a_step("loaded", "cargo/I2", 4.5, command_id="well", where="container/WREN/A")
    world.do("corrected", "cargo/I2", 4.6, wrong="badly", instead=right, command_id="well", reason="misread")
    world.do("loaded", "container/BAG1", 5)
    world.do("unloaded", "container/BAG1", 5.1)
    world.do("loaded", "container/BAG1", 5.2, where="container/WREN/A")
    world.do("damaged", "cargo/I1", 5.5, note="wet")
    world.do("observed", "container/WREN", 5.6, sensors=sensors)
    world.do("launched", "container/WREN", 6)
    world.do("docked", "container/WREN", 7)
    world.do("transferred", "container/BAG1", 8, taker="Crew")
    world.do("transferred", "cargo/I2", 8, where="container/RACK")
    world.do("handed_over", "container/BAG1", 8.5, giver="Crew", taker="Cargo Co")
    world.do("stowed", "container/BAG1", 9, where="container/RACK")
    world.do("stowed", "cargo/I1", 9.5)
    world.do("consumed", "cargo/I1", 10, mass_kg=0.5)
    world.do("consumed", "cargo/I1", 11, waste="cargo/T1")
    world.do("planned", "cargo/T1", 11, direction="disposal", customer="ACME")
    world.do("trashed", "cargo/T1", 12, taker="Cargo Co")
    world.do("loaded", "cargo/I2", 12)
    world.do("undocked", "container/WREN", 13)
    world.do("landed", "container/WREN", 14)
    world.do("unloaded", "cargo/I2", 15)
    world.do("returned", "cargo/I2", 16)
    world.do("lost", "cargo/Ü b#2", 17)
    world.do("registered", "container/OWL", 17, sort="vehicle")
    for hours, kind in ((18, "launched"), (19, "docked"), (20, "undocked"), (21, "entered")):
        world.do(kind, "container/OWL", hours)
    return world


def told(world: World) -> tuple[Recorded, ...]:
    return world.store.since(0)


def as_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def steps_of(document: Any) -> tuple[Step, ...]:
    return read_document(as_bytes(document), where="test.jsonld", by="importer")


def test_every_step_and_event_type_is_in_the_full_life() -> None:
    world = a_full_life()
    assert {event.kind for event in told(world)} == set(STEPS) | {"ncr_opened"}
    document = write_document(told(world), created_utc=at(24))
    types = {event["type"] for event in document["epcisBody"]["eventList"]}
    assert types == {"ObjectEvent", "AggregationEvent", "AssociationEvent", "TransactionEvent", "TransformationEvent"}


def test_our_events_come_back_from_epcis_as_the_same_events() -> None:
    world = a_full_life()
    document = write_document(told(world), created_utc=at(24))
    again = World()
    for step in steps_of(document):
        again.tell(step)
    assert len(told(again)) == len(told(world))
    for one, other in zip(told(world), told(again), strict=True):
        assert (other.by, other.body.get("claim")) == (("importer", one.by) if one.stream[:4] != "ncr/" else (other.by, None))
        assert same_statement(vouched(one), vouched(other))
    assert write_document(told(again), created_utc=at(24)) == {
        **document, "epcisBody": {"eventList": [_unrecorded(a, b) for a, b in _pairs(document, told(again))]},
    }  # fmt: skip


def vouched(event: Recorded) -> Recorded:
    """An event without who vouches for it: the importer does, and whom the document names is a claim, compared above."""

    def without(body: Any) -> Any:
        said = {name: value for name, value in body.items() if name != "claim"}
        if isinstance(said.get("instead"), dict):
            said["instead"] = {**said["instead"], "body": without(said["instead"]["body"])}
        return said

    return replace(event, by="", body=without(event.body))


def _pairs(document: Any, events: tuple[Recorded, ...]) -> list[tuple[Any, Any]]:
    fresh = write_document(events, created_utc=at(24))["epcisBody"]["eventList"]
    return list(zip(document["epcisBody"]["eventList"], fresh, strict=True))


def _unrecorded(event: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """The first with the second's time of recording: that is the only thing that a second store says otherwise."""
    return {**event, "recordTime": fresh["recordTime"]} if "recordTime" in event else event


def test_what_we_write_keeps_our_schema_by_another_validator() -> None:
    document = write_document(told(a_full_life()), created_utc=at(24))
    jsonschema.Draft202012Validator(epcis_schema()).validate(document)
    assert faults_in(document, epcis_schema(), file="x") == ()


def test_an_error_declaration_shares_its_events_identifier_and_content() -> None:
    document = write_document(told(a_full_life()), created_utc=at(24))
    events = document["epcisBody"]["eventList"]
    declared = [event for event in events if "errorDeclaration" in event]
    assert len(declared) == 2
    for event in declared:
        first = next(one for one in events if one["eventID"] == event["eventID"] and "errorDeclaration" not in one)
        assert {name: value for name, value in event.items() if name != "errorDeclaration"} == first
    reasons = {event["errorDeclaration"]["reason"] for event in declared}
    assert reasons == {"did_not_occur", "incorrect_data"}


def test_each_step_has_a_word_of_its_own_and_standard_words_where_there_are_some() -> None:
    assert set(SAID_AS) == set(STEPS) - {"corrected"}
    assert len({said.biz_step for said in SAID_AS.values()}) == len(SAID_AS)
    for kind, said in SAID_AS.items():
        assert kind_of(said.biz_step) == kind
        assert said.biz_step in BIZ_STEPS or said.biz_step.startswith(f"{BASE}bizstep:")
        assert not said.disposition or said.disposition in DISPOSITIONS
    for word in ("launching", "docking", "hatch_transfer", "stowing_in_orbit", "destructive_entry", "loading_for_disposal"):
        assert any(said.biz_step.endswith(f":{word}") for said in SAID_AS.values())


NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(name=NAMES)
@settings(max_examples=200)
def test_names_come_back_from_their_uris(name: str) -> None:
    for family in ("cargo", "container"):
        assert thing_of(thing_uri(f"{family}/{name}")) == f"{family}/{name}"
    for kind, where in (("docked", f"port/{name}/A"), ("received", f"site/{name}"), ("stowed", f"place/{name}")):
        assert place_of(kind, place_uri(kind, where)) == where
        assert all(" " <= sign <= "~" for sign in place_uri(kind, where))
    assert event_of(event_uri(name)) == name


def a_document(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2025-01-01T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }


def an_event(**changes: Any) -> dict[str, Any]:
    base = {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "eventTime": "2025-01-01T15:00:00.250+02:00",
        "eventTimeZoneOffset": "+02:00",
        "action": "OBSERVE",
        "epcList": ["urn:supercargo:cargo:I1"],
        "bizStep": "receiving",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
        "destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00000"}],
    }
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def test_a_foreign_event_is_read_as_a_step() -> None:
    (step,) = steps_of(
        a_document(an_event(quantityList=[{"epcClass": "urn:epc:class:lgtin:1.2.3", "quantity": 12500, "uom": "GRM"}]))
    )
    assert step == Receive(
        command_id="urn:uuid:00000000-0000-4000-8000-000000000001",
        thing="cargo/I1",
        at_utc=at(1),
        by="importer",
        where="site/urn:epc:id:sgln:0614141.07346.1234",
        taker="urn:epc:id:pgln:4012345.00000",
        mass_kg=12.5,
    )


@pytest.mark.parametrize(
    "written", ["receiving", "urn:epcglobal:cbv:bizstep:receiving", "https://ref.gs1.org/cbv/BizStep-receiving"]
)
def test_a_word_of_the_vocabulary_is_known_in_each_of_its_spellings(written: str) -> None:
    assert isinstance(steps_of(a_document(an_event(bizStep=written)))[0], Receive)


def test_an_aggregation_of_several_becomes_a_step_for_each() -> None:
    event = an_event(
        type="AggregationEvent", action="ADD", epcList=None, bizStep="loading", readPoint=None,
        parentID="urn:supercargo:container:WREN",
        childEPCs=["urn:supercargo:cargo:I1", "urn:epc:id:sscc:4012345.0000000001"],
    )  # fmt: skip
    one, other = steps_of(a_document(event))
    assert isinstance(one, Load)
    assert (one.thing, one.where) == ("cargo/I1", "container/WREN")
    assert other.thing == "container/urn:epc:id:sscc:4012345.0000000001"
    assert [step.command_id[-2:] for step in (one, other)] == ["#1", "#2"]


def test_a_foreign_correction_is_one_correction() -> None:
    true = an_event(eventID="urn:uuid:00000000-0000-4000-8000-000000000002", eventTime="2025-01-01T14:00:00Z")
    declared = {"declarationTime": "2025-01-02T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": [true["eventID"]]}
    steps = steps_of(a_document(an_event(), an_event(errorDeclaration=declared), true))
    assert [type(step) for step in steps] == [Receive, Correct]
    assert isinstance(steps[1], Correct)
    assert (steps[1].wrong, steps[1].command_id) == (an_event()["eventID"], true["eventID"])
    assert steps[1].instead is not None
    assert steps[1].instead.at_utc == at(2)
    (void,) = steps_of(a_document(an_event(errorDeclaration={"declarationTime": "2025-01-02T00:00:00Z"})))
    assert isinstance(void, Correct)
    assert void.instead is None


def test_an_event_without_a_name_gets_the_same_one_each_time() -> None:
    one, other = (steps_of(a_document(an_event(eventID=None, recordTime=time)))[0] for time in (None, "2025-01-01T16:00:00Z"))
    assert one.command_id == other.command_id
    assert one.command_id.startswith("sha256:")


BAD_EVENTS: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "QuantityEvent"}, "/type", "use one of: ObjectEvent"),
    ({"eventTime": "2025-01-01"}, "/eventTime", "2027-03-01T10:00:00Z"),
    ({"eventTime": "2027-02-30T10:00:00Z"}, "/eventTime", "2027-03-01T10:00:00Z"),
    ({"eventTime": "0001-01-01T00:00:00+14:00"}, "/eventTime", "is no instant"),
    ({"eventTimeZoneOffset": None}, "/eventTimeZoneOffset", "add eventTimeZoneOffset"),
    ({"eventTimeZoneOffset": "+25:00"}, "/eventTimeZoneOffset", "+00:00"),
    ({"action": "MOVE"}, "/action", "ADD, OBSERVE, DELETE"),
    ({"action": None}, "/action", "add action"),
    ({"epcList": None}, "", "name what it happened to in epcList"),
    ({"epcList": ["no uri"]}, "/epcList/0", "write a URI"),
    ({"epcList": "urn:supercargo:cargo:I1"}, "/epcList", "give a list"),
    ({"epcList": [], "quantityList": [{"epcClass": "urn:a:b", "quantity": 1}]}, "/epcList", "a class alone can't be tracked"),
    ({"bizStep": None}, "/bizStep", "use one of"),
    ({"bizStep": "retail_selling"}, "/bizStep", "is no step of cargo's life"),
    ({"bizStep": "recieving"}, "/bizStep", "use a word of CBV 2.0"),
    ({"disposition": "happy"}, "/disposition", "use a word of CBV 2.0"),
    ({"readPoint": None}, "/bizLocation", "give bizLocation"),
    ({"readPoint": {}}, "/readPoint/id", "add id"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": -1}]}, "/quantityList/0/quantity", "give 0 or more"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": True}]}, "/quantityList/0/quantity", "give a number"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": 1, "uom": "LTR"}]}, "/quantityList/0/uom", "KGM, GRM, TNE"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": 1}] * 2}, "/quantityList", "leave it out"),
    ({"epcListe": []}, "/epcListe", "mend its spelling"),
    ({"supercargo:colour": "red"}, "/supercargo:colour", "mend its spelling"),
    ({"supercargo:by": 7}, "/supercargo:by", "give the person's name"),
    ({"supercargo:note": ["x"]}, "/supercargo:note", "give text"),
    ({"sensorElementList": [{}]}, "/sensorElementList/0/sensorReport", "add sensorReport"),
    ({"bizStep": "loading"}, "/bizLocation", "is said"),
    ({"errorDeclaration": {}}, "/errorDeclaration/declarationTime", "add declarationTime"),
    (
        {"errorDeclaration": {"declarationTime": "2025-01-01T00:00:00Z", "correctiveEventIDs": ["urn:x:9"]}},
        "/errorDeclaration/correctiveEventIDs/0",
        "send the corrective event with it",
    ),
]


@pytest.mark.parametrize(("changes", "pointer", "fix"), BAD_EVENTS)
def test_a_faulty_event_is_refused_with_pointer_and_fix(changes: dict[str, Any], pointer: str, fix: str) -> None:
    if changes.get("bizStep") == "loading":
        changes, fix = {**changes, "readPoint": None}, "AggregationEvent"
    with pytest.raises(ScenarioError) as refusal:
        steps_of(a_document(an_event(**changes)))
    assert f"/epcisBody/eventList/0{pointer}" in {fault.column for fault in refusal.value.faults}
    assert fix in str(refusal.value)


def test_every_fault_of_a_document_is_told_at_once() -> None:
    bad = [an_event(**changes) for changes, _, _ in BAD_EVENTS[:12]]
    with pytest.raises(ScenarioError) as refusal:
        steps_of(a_document(*bad, schemaVersion="1.2", creationDate="today"))
    columns = {fault.column for fault in refusal.value.faults}
    assert {"/schemaVersion", "/creationDate"} <= columns
    assert {column.split("/")[3] for column in columns if column.startswith("/epcisBody")} >= {
        "0",
        "1",
        "4",
        "5",
        "6",
        "7",
        "8",
    }


def test_the_same_event_twice_in_a_document_is_refused_but_not_its_error_declaration() -> None:
    with pytest.raises(ScenarioError, match="send each event once"):
        steps_of(a_document(an_event(), an_event()))
    declared = {"declarationTime": "2025-01-02T00:00:00Z"}
    assert len(steps_of(a_document(an_event(), an_event(errorDeclaration=declared)))) == 2


HOSTILE: list[tuple[bytes, str]] = [
    (b"", "no JSON at line 1"),
    (b"\xff\xfe{}", "write the document in UTF-8"),
    (b'{"a": 1, "a": 2}', "stands twice"),
    (b'{"a": NaN}', "is no number of JSON"),
    (b'{"a": 1e999}', "is too large"),
    (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
    (b'{"a": "\\ud800"}', "surrogate"),
    (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nest at most"),
    (b"[" * 200_000, "nest at most"),
    (b"[]", "give an object"),
    (b"null", "give an object"),
    (b'{"@context": [], "type": "EPCISDocument"}', "add epcisBody"),
    (b" " * (LARGEST_BYTES + 1), "send the events in several documents"),
]


@pytest.mark.parametrize(("content", "told"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_document(content, where="x", by="kim")
    assert told in str(refusal.value)


def test_brackets_inside_words_do_not_count_as_depth() -> None:
    note = "[" * 500 + '\\"' + "{" * 500
    assert steps_of(a_document(an_event(**{"supercargo:note": note})))[0].note == note


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_spoilt_documents_are_judged_as_by_another_validator_and_never_crash(data: st.DataObject) -> None:
    document = copy.deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(document, data.draw)
    sound = jsonschema.Draft202012Validator(epcis_schema()).is_valid(document)
    assert (faults_in(document, epcis_schema(), file="x") == ()) == sound
    if not sound:
        with pytest.raises(ScenarioError):
            steps_of(document)
    else:
        with suppress(ScenarioError):  # a document of good form may still name no step of ours
            steps_of(document)


def _spoil(document: Any, draw: Callable[[Any], Any]) -> None:
    here = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        deeper = isinstance(here[key], dict | list) and here[key]
        if deeper and draw(st.integers(0, 4)):
            here = here[key]
            continue
        if draw(st.booleans()):
            here[key] = draw(
                st.sampled_from([None, True, -1, 1.5, "x", "", [], {}, ["x"], {"id": 3}, "ADD", "DELETE", "urn:a:b"])
            )
        else:
            del here[key]
        return


DOCUMENT = write_document(told(a_full_life())[8:20], created_utc=at(24))


def test_a_step_that_is_not_lawful_leaves_nothing() -> None:
    world = a_world()
    (step,) = steps_of(a_document(an_event()))
    with pytest.raises(Refused, match="is not known"):
        world.tell(step)
    assert whereabouts(world.view, "cargo/I1") is None


def in_a_store(*events: dict[str, Any], by: str = "ann") -> tuple[MemoryOperations, Any]:
    """A store that knows I1 and took in a document."""
    store = MemoryOperations()
    record_cargo([a_step("ordered", "cargo/I1", 0, command_id="o1")], store)
    return store, import_epcis(as_bytes(a_document(*events)), store, replace(COMPANY, name=by))


DECLARED = {"declarationTime": "2025-01-02T00:00:00Z", "reason": "did_not_occur", "supercargo:by": "lee"}


def test_who_takes_a_document_in_is_the_author_and_whom_it_names_a_claim() -> None:
    named = an_event(**{"supercargo:by": "lee"})
    store, _ = in_a_store(named, an_event(errorDeclaration={**DECLARED, "supercargo:reason": "it was a drill"}))
    events = [event for event in store.stream("cargo/I1") if event.kind in ("received", "corrected")]
    assert [(event.by, event.body["claim"]) for event in events] == [("ann", "lee"), ("ann", "lee")]
    assert events[1].body["reason"] == "it was a drill"
    again = import_epcis(as_bytes(a_document(named)), store, replace(COMPANY, name="bo"))
    assert (again.stored_count, again.repeated_count) == (0, 1)
    with pytest.raises(EventIdReused):
        import_epcis(as_bytes(a_document(an_event(**{"supercargo:by": "moe"}))), store, replace(COMPANY, name="ann"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"eventTime": "2025-01-01T16:00:00+02:00"}, "otherwise than it is stored: at_utc"),
        ({"readPoint": {"id": "urn:supercargo:location:site/Elsewhere"}}, "otherwise than it is stored: where"),
        ({"bizStep": "inspecting"}, "otherwise than it is stored: kind"),
        ({"eventID": "urn:uuid:00000000-0000-4000-8000-00000000000f"}, "has no event"),
    ],
)
def test_a_declaration_of_what_was_never_stored_is_refused(changes: dict[str, Any], told: str) -> None:
    store, _ = in_a_store(an_event())
    head = store.head()
    with pytest.raises(Refused, match=told):
        import_epcis(as_bytes(a_document(an_event(**changes, errorDeclaration=DECLARED))), store)
    assert store.head() == head
    assert import_epcis(as_bytes(a_document(an_event(errorDeclaration=DECLARED))), store).stored_count == 1
