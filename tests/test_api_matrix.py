"""Every route times every role times own and others' rows: who is let in, who is turned away, who finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import Desk, open_desk
from supercargo.faces.api.application import create_app
from supercargo.faces.api.rules import RULE_MARK
from supercargo.store.accounts import Accounts, Person
from supercargo.track.cargo.steps import Order
from supercargo.track.people import ROLE_SCOPES

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORD = "a word of twenty chars"
STAFF = tuple(role for role in ROLE_SCOPES if role != "customer")
WHO = (*STAFF, "customer of ESA", "nobody")
THINGS = {"cargo/OWN": "ESA", "cargo/OTHER": "NASA"}


class World:
    """A store with a person of each role and one item of each of two customers."""

    def __init__(self, desk: Desk, client: TestClient) -> None:
        self.desk, self.client = desk, client
        self.keys = {who: self._key(who) for who in WHO}

    def _key(self, who: str) -> dict[str, str]:
        if who == "nobody":
            return {}
        customer = "ESA" if who.startswith("customer") else ""
        role = "customer" if customer else who
        person = Person(name=who, roles=(role,), customer=customer, enabled=True, created_utc=NOW)
        accounts: Accounts = self.desk.accounts
        accounts.add(person, WORD)
        key = accounts.issue_key(who, sorted(person.scopes), expires_utc=NOW + timedelta(days=1))
        return {"Authorization": f"Bearer {key.secret}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    place = tmp_path_factory.mktemp("matrix") / "log.sqlite"
    with open_desk(str(place), lambda: NOW) as desk, TestClient(create_app(desk, lambda: NOW)) as client:
        from supercargo.app.operations.cargo import record_cargo

        steps = [
            Order(
                command_id=f"order-{thing[6:]}", thing=thing, at_utc=NOW - timedelta(days=9), by="cora", customer=customer,
                supplier="Lowland Fluids", order_no="1", pieces=1.0, mass_kg=5.0,
            )
            for thing, customer in THINGS.items()
        ]  # fmt: skip
        record_cargo(steps, desk.store)
        yield World(desk, client)


def routes_of(path: Path) -> list[tuple[str, str, str, str]]:
    with open_desk(str(path), lambda: NOW) as desk:
        app = create_app(desk, lambda: NOW)
        return [
            (method, route.path, str(mark["scope"]), str(mark["seen"]))
            for route in app.routes
            if isinstance(route, APIRoute)
            for mark in [(route.openapi_extra or {})[RULE_MARK]]
            for method in sorted(route.methods or ())
        ]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str, str]]:
    return routes_of(tmp_path_factory.mktemp("routes") / "log.sqlite")


LIVE = "/v1/events/live"


def asked(world: World, who: str, method: str, path: str, thing: str) -> int:
    """The status of a request that is in order but for its body, which is empty."""
    filled = (
        path.replace("{name:path}", thing)
        .replace("{name}", thing.partition("/")[2])
        .replace("{key_id}", "0" * 16)
        .replace("{position}", "1")
    )
    headers = {**world.keys[who], "Idempotency-Key": f"{who}-{method}-{path}-{thing}".replace(" ", "")}
    query = {"instant_utc": "2027-02-27T00:00:00Z"} if filled.endswith("/at") else {}
    answer = world.client.request(method, filled, headers=headers, params=query, json={}, follow_redirects=False)
    if answer.headers.get("location", "").startswith("/login?"):
        return 401  # a browser is led to where it can say who it is
    return answer.status_code


def expected(who: str, scope: str, seen: str) -> str:
    """let in, turned away or unknown, by the rule alone."""
    if seen == "all":
        return "let in"
    if who == "nobody":
        return "unknown"
    role = "customer" if who.startswith("customer") else who
    if scope not in ROLE_SCOPES[role]:
        return "turned away"
    return "turned away" if seen == "company" and role == "customer" else "let in"


def test_every_route_lets_in_whom_its_rule_names_and_no_other(world: World, routes: list[tuple[str, str, str, str]]) -> None:
    wrong = []
    for method, path, scope, seen in routes:
        if path == LIVE:
            continue  # an answer without end: tests/test_api_live.py
        for who in WHO:
            status = asked(world, who, method, path, "cargo/OWN")
            want = expected(who, scope, seen)
            good = {
                "unknown": status == 401,
                "turned away": status == 403,
                "let in": status not in (401, 403) and status < 500,
            }
            if path == "/v1/session" and method == "POST":
                good["let in"] = status == 422
            if path == "/login" and method == "POST":
                good["let in"] = status in (401, 429)
            if not good[want]:
                wrong.append((method, path, who, want, status))
    assert wrong == []
    assert len(routes) >= 35


def test_what_is_anothers_answers_404_wherever_it_is_asked_for(world: World, routes: list[tuple[str, str, str, str]]) -> None:
    asked_for = [(method, path) for method, path, _, seen in routes if seen == "own" and "{name" in path]
    assert len(asked_for) >= 4
    for method, path in asked_for:
        assert asked(world, "customer of ESA", method, path, "cargo/OTHER") == 404, path
        assert asked(world, "customer of ESA", method, path, "cargo/NONE") == 404, path
        assert asked(world, "customer of ESA", method, path, "cargo/OWN") == 200, path
        assert asked(world, "viewer", method, path, "cargo/OTHER") == 200, path


def test_no_answer_to_a_customer_holds_a_word_of_another(world: World, routes: list[tuple[str, str, str, str]]) -> None:
    for method, path, _, seen in routes:
        if seen != "own" or path == LIVE or method != "GET":
            continue
        for thing in THINGS:
            filled = path.replace("{name:path}", thing)
            query = {"instant_utc": "2027-02-27T00:00:00Z", "mission": "", "inside": ""}
            told = world.client.get(filled, headers=world.keys["customer of ESA"], params=query).text
            told = told.replace("cargo/OTHER", "") if thing == "cargo/OTHER" else told  # the name that was asked for
            assert "OTHER" not in told, path
            assert "NASA" not in told, path
    inside = world.client.get(
        "/v1/things", headers=world.keys["customer of ESA"], params={"inside": "supplier/Lowland Fluids"}
    )
    assert {row["name"] for row in inside.json()["things"]} <= {"cargo/OWN"}
    listed = world.client.get("/v1/things", headers=world.keys["customer of ESA"]).json()["things"]
    assert [row["name"] for row in listed] == ["cargo/OWN"]
