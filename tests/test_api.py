"""The API: who gets in, in what shape errors come, and that nobody sees what is another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import Desk, open_desk
from supercargo.faces.api.application import create_app
from supercargo.faces.api.rules import rules_missing
from supercargo.store.accounts import Person
from supercargo.track.envelope import Draft

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORD = "a word of twenty chars"
ROLES = {
    "ada": ("admin",), "ann": ("auditor",), "cora": ("controller",), "pia": ("planner",), "vic": ("viewer",),
    "esa": ("customer",), "nasa": ("customer",),
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(str(tmp_path / "log.sqlite"), lambda: NOW) as desk:
        for name, roles in ROLES.items():
            customer = name.upper() if roles == ("customer",) else ""
            desk.accounts.add(Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW), WORD)
        yield desk


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk, lambda: NOW), raise_server_exceptions=False) as client:
        yield client


def key_of(desk: Desk, name: str) -> dict[str, str]:
    person = next(person for person in desk.accounts.people() if person.name == name)
    key = desk.accounts.issue_key(name, sorted(person.scopes), expires_utc=NOW + timedelta(days=1))
    return {"Authorization": f"Bearer {key.secret}"}


def record(desk: Desk, name: str, tenant: str) -> None:
    desk.log.append(
        [Draft(event_id=name, stream=f"cargo/{name}", kind="received", body={}, occurred_utc=NOW, by="cora", tenant=tenant)]
    )


def test_every_route_carries_a_rule_and_one_without_is_found(desk: Desk) -> None:
    app = create_app(desk, lambda: NOW)
    assert rules_missing(app) == []
    assert sum(isinstance(route, APIRoute) for route in app.routes) >= 35
    app.get("/v1/open")(lambda: None)
    assert rules_missing(app) == ["/v1/open"]
    app.mount("/files", app)
    assert rules_missing(app) == ["/v1/open", "/files"]


def test_session_opens_and_closes(client: TestClient) -> None:
    assert client.get("/v1/me").status_code == 401
    assert client.post("/v1/session", json={"name": "vic", "password": WORD}).status_code == 204
    assert client.get("/v1/me").json() == {"name": "vic", "customer": "", "scopes": ["read"]}
    token = client.cookies["supercargo_session"]
    assert client.delete("/v1/session", headers={"Origin": "http://testserver"}).status_code == 204
    client.cookies.set("supercargo_session", token)
    assert client.get("/v1/me").status_code == 401


def test_write_under_a_session_from_another_page_is_turned_away(client: TestClient) -> None:
    client.post("/v1/session", json={"name": "ada", "password": WORD})
    new = {"name": "bo", "password": WORD, "roles": ["viewer"]}
    assert client.post("/v1/people", json=new, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/v1/people", json=new).status_code == 403
    assert client.post("/v1/people", json=new, headers={"Origin": "http://testserver"}).status_code == 201


def test_wrong_log_ins_are_slowed_down(client: TestClient) -> None:
    answers = [client.post("/v1/session", json={"name": "vic", "password": "x" * 12}).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2
    assert client.post("/v1/session", json={"name": "ada", "password": WORD}).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/health", 405),
        ("GET", "/v1/me", 401),
        ("POST", "/v1/session", 422),
        ("GET", "/v1/events?limit=0", 401),
    ],
)
def test_every_error_has_the_one_shape(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "fix", "where"} <= set(told)
    assert told["status"] == status
    assert told["fix"]


def test_customer_sees_its_own_events_and_no_other(desk: Desk, client: TestClient) -> None:
    for name, tenant in (("a", "ESA"), ("b", "NASA"), ("c", "")):
        record(desk, name, tenant)
    told = {
        who: [event["event_id"] for event in client.get("/v1/events", headers=key_of(desk, who)).json()["events"]]
        for who in ("esa", "nasa", "vic")
    }
    assert told == {"esa": ["a"], "nasa": ["b"], "vic": ["a", "b", "c"]}


def test_key_is_read_once_and_opens_until_it_is_revoked(desk: Desk, client: TestClient) -> None:
    admin = key_of(desk, "ada")
    made = client.post("/v1/people/vic/keys", json={"scopes": ["read"], "days": 3}, headers=admin)
    assert made.status_code == 201
    key = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert client.get("/v1/me", headers=key).json()["name"] == "vic"
    assert client.delete(f"/v1/people/vic/keys/{made.json()['key_id']}", headers=admin).status_code == 204
    assert client.get("/v1/me", headers=key).status_code == 401
    kinds = [(event.kind, event.by) for event in desk.log.stream("person/vic")]
    assert kinds == [("KeyIssued", "ada"), ("KeyRevoked", "ada")]


def test_too_large_a_body_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/v1/session", content=b"x" * 9_000_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    streamed = client.post("/v1/session", content=iter([b"x" * 3_000_000] * 3), headers={"Content-Type": "application/json"})
    assert streamed.status_code == 413


def test_description_names_every_route_and_the_shape_of_errors(client: TestClient) -> None:
    told = client.get("/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert {"/v1/me", "/v1/session", "/v1/events", "/v1/events/live", "/v1/log/head"} <= set(told["paths"])
    assert "Problem" in told["components"]["schemas"]
