"""What the API must never do again: each of these was once seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk, open_desk
from supercargo.faces.api.application import create_app
from supercargo.store.accounts import Person
from supercargo.track.cargo.steps import Order
from supercargo.track.envelope import Draft
from tests.test_api_live import NOW, record, url

__all__ = ["url"]

WORD = "a word of twenty chars"


class Clock:
    """A clock that goes on with every look."""

    def __init__(self) -> None:
        self.at = datetime(2027, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(str(tmp_path / "log.sqlite"), lambda: NOW + timedelta(days=1)) as desk:
        yield desk


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk, Clock()), raise_server_exceptions=False) as client:
        yield client


def key_of(desk: Desk, name: str, *roles: str, customer: str = "") -> dict[str, str]:
    person = Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW)
    desk.accounts.add(person, WORD)
    key = desk.accounts.issue_key(name, sorted(person.scopes), expires_utc=NOW + timedelta(days=9))
    return {"Authorization": f"Bearer {key.secret}", "key_id": key.key_id}


def ordered(desk: Desk) -> None:
    order = Order(
        command_id="o1", thing="cargo/R1", at_utc=NOW - timedelta(days=9), by="kim", customer="ESA", supplier="S",
        order_no="1", pieces=2.0, mass_kg=9.0,
    )  # fmt: skip
    record_cargo([order], desk.store)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v1/things/cargo/R1/steps", {"command": "observed", "note": "seen"}),
        ("/v1/things/R1/steps", {"command": "observed", "note": "seen"}),
        ("/v1/things/steps", [{"command": "observed", "note": "seen", "thing": "cargo/R1"}]),
        ("/v1/partners/S/commands", {"command": "set_partner_status", "status": "approved", "reason": "audit",
                                     "valid_until_utc": "2030-01-01T00:00:00Z"}),
    ],
)  # fmt: skip
def test_the_same_request_later_is_done_once_though_it_names_no_instant(
    desk: Desk, client: TestClient, path: str, said: object
) -> None:
    ordered(desk)
    key = {**key_of(desk, "cora", "controller", "safety"), "Idempotency-Key": "one"}
    first, second = (client.post(path, json=said, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert [one["repeated"] for one in (*first.json(), *second.json())] == [False, True]
    other = [{**said[0], "note": "other"}] if isinstance(said, list) else {**said, "note": "other", "reason": "other"}  # type: ignore[dict-item]
    if not isinstance(said, list):
        other = {name: value for name, value in other.items() if name in said}  # type: ignore[union-attr,operator]
    assert client.post(path, json=other, headers=key).status_code == 409


def test_key_of_another_person_is_not_taken_back(desk: Desk, client: TestClient) -> None:
    admin, vic = key_of(desk, "ada", "admin"), key_of(desk, "vic", "viewer")
    key_of(desk, "kim", "viewer")
    assert client.delete(f"/v1/people/kim/keys/{vic['key_id']}", headers=admin).status_code == 422
    assert client.get("/v1/me", headers=vic).status_code == 200


def test_what_contracts_say_is_heard_only_by_those_who_may_see_money(desk: Desk, client: TestClient) -> None:
    opened = {"stream": "contract/C1", "kind": "PriceNoted", "body": {"usd_per_kg": 1.0}, "occurred_utc": NOW, "by": "x"}
    desk.log.append([Draft(event_id="c1", **opened), Draft(event_id="c2", tenant="ESA", **opened)])  # type: ignore[arg-type]
    heard = {
        name: [one["event_id"] for one in client.get("/v1/events", headers=key).json()["events"]]
        for name, key in {
            "viewer": key_of(desk, "v", "viewer"), "auditor": key_of(desk, "a", "auditor"),
            "director": key_of(desk, "d", "director"), "customer": key_of(desk, "e", "customer", customer="ESA"),
        }.items()
    }  # fmt: skip
    assert heard == {"viewer": [], "auditor": ["c1", "c2"], "director": ["c1", "c2"], "customer": []}
    assert client.get("/v1/ledger", headers=key_of(desk, "a2", "auditor")).status_code == 200


def test_half_a_character_and_an_instant_before_all_time_are_faults_of_the_input(desk: Desk, client: TestClient) -> None:
    half = client.post(
        "/v1/session", content=b'{"name":"a\\ud800b","password":"p\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert half.status_code == 422, half.text
    ordered(desk)
    key = key_of(desk, "cora", "controller")
    early = {"command": "observed", "at_utc": "0001-01-01T00:00:00+10:00"}
    assert client.post("/v1/things/cargo/R1/steps", json=early, headers=key).status_code == 422
    when = {"instant_utc": "0001-01-01T00:00:00+10:00"}
    assert client.get("/v1/things/cargo/R1/at", params=when, headers=key).status_code == 422


def test_document_of_another_kind_and_log_in_from_another_page_are_turned_away(desk: Desk, client: TestClient) -> None:
    key = key_of(desk, "cora", "controller")
    plain = client.post("/v1/epcis/capture", content=b"{}", headers={**key, "Content-Type": "text/plain"})
    assert (plain.status_code, plain.headers["content-type"]) == (415, "application/problem+json")
    foreign = client.post("/v1/session", json={"name": "cora", "password": WORD}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403


def test_name_that_no_path_can_carry_gets_no_account(desk: Desk, client: TestClient) -> None:
    new = {"name": "a/../x?", "password": WORD, "roles": ["viewer"]}
    assert client.post("/v1/people", json=new, headers=key_of(desk, "ada", "admin")).status_code == 422


def test_live_stream_ends_when_the_key_is_taken_back(desk: Desk, url: str) -> None:
    key = key_of(desk, "vic", "viewer")
    record(desk, "first")

    def take_back() -> None:
        time.sleep(1.0)
        desk.accounts.revoke_key(key["key_id"], "vic")

    thread = threading.Thread(target=take_back)
    thread.start()
    began = time.monotonic()
    with httpx.stream("GET", f"{url}/v1/events/live?after=0", headers=key, timeout=20.0) as answer:
        lines = list(answer.iter_lines())
    thread.join()
    assert any("first" in line for line in lines)
    assert time.monotonic() - began < 10.0
