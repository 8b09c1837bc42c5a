"""What a customer is told of its own events: listed kinds and words alone, over every kind that the program knows."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import supercargo.track
from supercargo.app.operations.events import events_since
from supercargo.track.bodies import Kinds
from supercargo.track.cargo.steps import STEPS
from supercargo.track.contracts import events as contracts
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.hearing import TOLD_TO_CUSTOMERS, told_to
from supercargo.track.people import PEOPLE_EVENTS, ROLE_SCOPES, Principal
from tests.test_api_matrix import NOW, World, world

__all__ = ["world"]  # the store of the matrix

CUSTOMER = Principal(name="esa", scopes=frozenset(ROLE_SCOPES["customer"]), customer="ESA")
AT = datetime(2027, 3, 1, tzinfo=UTC)
NCR = ("ncr_opened", "ncr_dispositioned", "ncr_action_set", "ncr_closed")
PARTY = ("ComplaintOpened", "ComplaintAnswered", "ComplaintClosed", "SurveyAsked", "SurveyAnswered")
AREAS = (
    "cargo", "container", "ncr", "party", "contract", "cost", "budget", "policy", "claim", "risk", "mission", "plan", "work",
    "asset", "coordination", "lesson", "person", "intake", "requirement", "partner", "new-area",
)  # fmt: skip
NEVER = ("usd", "tariff", "terms", "price", "lines", "claim", "note", "owner", "evidence", "roles", "scopes", "key_id")
ROUTES = (
    "/v1/events", "/v1/things", "/v1/things/cargo/OWN", "/v1/things/cargo/OWN/history", "/v1/epcis/things/cargo/OWN", "/cargo",
    "/cargo/OWN", "/customer", "/account",
)  # fmt: skip


def nouns() -> Iterator[type]:
    """Every noun that a kind of event of the program is."""
    for module in pkgutil.walk_packages(supercargo.track.__path__, "supercargo.track."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Kinds):
                yield from value.nouns


def words_by_kind() -> dict[str, set[str]]:
    """Every kind of event with the words that its body may have."""
    found = {noun.__name__: {one.name for one in dataclasses.fields(noun)} for noun in nouns()}
    found |= {kind: {one.name for one in dataclasses.fields(step)} | {"after", "anew"} for kind, step in STEPS.items()}
    found |= {kind: {"about", "said", "cause", "findings", "event_id", "disposition", "action", "owner"} for kind in NCR}
    found |= {kind: {"roles", "customer", "key_id", "scopes", "expires_utc", "until_utc"} for kind in PEOPLE_EVENTS}
    return found


KINDS = words_by_kind()


def an_event(area: str, kind: str, body: dict[str, Any]) -> Recorded:
    return Recorded(
        event_id="e", stream=f"{area}/X", kind=kind, body=body, occurred_utc=AT, by="kim", tenant="ESA", schema=1, position=1,
        version=1, recorded_utc=AT, previous_hash="p", hash="h",
    )  # fmt: skip


def test_of_all_kinds_a_customer_hears_steps_of_cargo_non_conformances_and_its_own_words_alone() -> None:
    assert len(KINDS) >= 90
    heard = {(area, kind) for area in AREAS for kind in KINDS if told_to(CUSTOMER, an_event(area, kind, {})) is not None}
    steps = {(area, kind) for area in ("cargo", "container") for kind in STEPS}
    assert heard == steps | {("ncr", kind) for kind in NCR} | {("party", kind) for kind in PARTY}
    assert heard == set(TOLD_TO_CUSTOMERS)


@pytest.mark.parametrize(("area", "kind"), sorted(TOLD_TO_CUSTOMERS))
def test_of_a_kind_that_is_told_no_word_is_told_that_is_not_listed(area: str, kind: str) -> None:
    body = {word: f"<{word}>" for word in (*KINDS[kind], *NEVER, "added_later")}
    told = told_to(CUSTOMER, an_event(area, kind, body))
    assert told is not None
    assert told.hash == ""
    own_note = {"note"} if kind in ("damaged", "lost") else set()
    assert not set(told.body) & ({*NEVER, "added_later"} - own_note)
    assert set(told.body) <= KINDS[kind] | {"due_utc"}
    whole = an_event(area, kind, dict(told.body))
    assert told_to(CUSTOMER, whole) == whole  # what loses nothing keeps its hash


def test_what_happened_instead_loses_its_unlisted_words_too() -> None:
    instead = {"kind": "received", "at_utc": "x", "body": {"where": "place/KSC", "note": "beside NASA's", "claim": "lee"}}
    told = told_to(CUSTOMER, an_event("cargo", "corrected", {"wrong": "e1", "reason": "r", "instead": instead}))
    assert told is not None
    assert told.body["instead"] == {"kind": "received", "at_utc": "x", "body": {"where": "place/KSC"}}


def test_the_companys_own_people_hear_as_before_and_tariffs_with_the_scope_money_alone() -> None:
    opened = an_event("contract", "ContractOpened", {"terms": {"tariffs": [1.0]}})
    assert told_to(Principal(name="vic", scopes=frozenset({"read"})), opened) is None
    assert told_to(Principal(name="dora", scopes=frozenset({"read", "money"})), opened) == opened


def test_no_answer_to_a_customer_holds_a_tariff_a_remark_or_a_line_of_another(world: World) -> None:
    terms = contracts.ContractTerms(
        contract_id="C", customer="ESA", from_utc=NOW, to_utc=NOW, terms=(),
        tariffs=(contracts.Tariff(destination="ISS", direction="up", usd_per_kg=98765.25),),
    )  # fmt: skip
    line = contracts.Promise(
        item_id="OTHER-LINE", customer="NASA", mission_id="M", destination="ISS", direction="up", mass_kg=1.0, line_kg=1.0,
        due_utc=None,
    )  # fmt: skip
    said = (contracts.ContractOpened(plan="p", terms=terms), contracts.LinesPromised(plan="p", lines=(line,)))
    drafts = []
    for number, noun in enumerate(said):
        kind, body, schema = contracts.CONTRACT_KINDS.body(noun)
        drafts.append(
            Draft(
                event_id=f"told-{number}",
                stream="contract/C",
                kind=kind,
                body=body,
                occurred_utc=NOW,
                by="kim",
                tenant="ESA",
                schema=schema,
            )
        )
    note = {"where": "place/KSC", "note": "beside the box of NASA, 98765.25 a kilogram", "claim": "lee"}
    told = [
        *drafts,
        Draft(event_id="r", stream="cargo/OWN", kind="received", body=note, occurred_utc=NOW, by="kim", tenant="ESA"),
    ]
    world.desk.log.append(told)
    assert "98765.25" in "".join(str(one.body) for one in world.desk.log.stream("contract/C"))
    own = world.keys["customer of ESA"]
    for path in ROUTES:
        answer = world.client.get(path, headers=own, params={"limit": "1000"} if path == "/v1/events" else {})
        assert answer.status_code == 200, (path, answer.text)
        assert not [word for word in ("98765", "OTHER-LINE", "beside the box") if word in answer.text], path
    batch = events_since(world.desk, CUSTOMER, 0, limit=1000)
    assert [one.event_id for one in batch.events] == ["order-OWN", "r"]
    assert batch.events[-1].body == {"where": "place/KSC"}
