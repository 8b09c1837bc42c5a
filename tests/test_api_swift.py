"""Two ways to one law: what is answered at the door is what the inside of the API would have answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk, open_desk
from supercargo.faces.api.application import create_app
from supercargo.faces.api.swift import SwiftLane
from supercargo.faces.api.wire import dress
from supercargo.store.accounts import Person
from supercargo.track.cargo.steps import Register
from tests.test_api import NOW, WORD, key_of

ORDERED = {"command": "ordered", "customer": "ESA", "supplier": "Acme", "order_no": "P1", "pieces": 1, "mass_kg": 3.25}
RECEIVED = {"command": "received", "where": "facility/F", "taker": "Ops", "pieces": 1, "mass_kg": 3.25}
JSON = (b"content-type", b"application/json")
ONE, MANY = "/v1/things/R1/steps", "/v1/things/steps"
Parts = Sequence[bytes | None]


@contextmanager
def two_ways(folder: Path) -> Iterator[tuple[tuple[FastAPI, Desk], tuple[FastAPI, Desk]]]:
    """An app with the swift lane and one without, over stores of their own that hold the same."""
    with open_desk(str(folder / "a.sqlite"), lambda: NOW) as one, open_desk(str(folder / "b.sqlite"), lambda: NOW) as other:
        apps = []
        for desk in (one, other):
            for name, roles in (("cus", ("custodian",)), ("vic", ("viewer",)), ("esa", ("customer",))):
                customer = "ESA" if name == "esa" else ""
                desk.accounts.add(Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW), WORD)
            opening = Register(
                command_id="open-F", thing="container/B", at_utc=NOW, by="cus", sort="bag", where="facility/F", custodian="Ops"
            )
            record_cargo([opening], desk.store)
            apps.append((create_app(desk, lambda: NOW), desk))
        inside = apps[1][0]
        lane: Any = SwiftLane
        inside.user_middleware = [one for one in inside.user_middleware if one.cls is not lane]
        yield apps[0], apps[1]


def asked_of(app: FastAPI, path: str, headers: Sequence[tuple[bytes, bytes]], parts: Parts, query: bytes = b"") -> Any:
    """Status, headers and body of the answer to a request whose body comes in parts; None: the caller goes away."""
    came = [
        {"type": "http.disconnect"}
        if part is None
        else {"type": "http.request", "body": part, "more_body": number < len(parts) - 1}
        for number, part in enumerate(parts)
    ]
    sent: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": query, "headers": list(headers),
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip

    async def receive() -> Any:
        return came.pop(0) if came else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if not sent:
        return None
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], sorted(sent[0]["headers"]), json.loads(body) if body else None


def told(desk: Desk, body: Any, *more: tuple[bytes, bytes], key: str = "cus", name: bytes = b"k1") -> Any:
    """Headers and the whole body of a request as a scanner sends it."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    bearer = key_of(desk, key)["Authorization"].encode() if key else b""
    headers = [JSON, (b"content-length", str(len(content)).encode()), (b"authorization", bearer), (b"idempotency-key", name)]
    return [*(one for one in headers if one[1]), *more], content


BODIES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "in order": (ONE, ORDERED, {}),
    "in order, of several": (MANY, [{**ORDERED, "thing": "cargo/R1"}, {**RECEIVED, "thing": "cargo/R1"}], {}),
    "into a container": ("/v1/things/container/B/steps", {"command": "sealed", "number": "S1"}, {}),
    "not lawful": (ONE, RECEIVED, {}),
    "of no known command": (ONE, {"command": "eaten"}, {}),
    "with a word too many": (ONE, {**ORDERED, "more": 1}, {}),
    "with a negative mass": (ONE, {**ORDERED, "mass_kg": -1}, {}),
    "no object": (ONE, [1], {}),
    "no JSON": (ONE, b"{", {}),
    "nothing": (ONE, b"", {}),
    "half a sign": (ONE, b'{"command": "\xff"}', {}),
    "half a pair": (
        ONE,
        b'{"command":"ordered","customer":"\\ud800","supplier":"A","order_no":"","pieces":1,"mass_kg":1}',
        {},
    ),
    "of an empty name": ("/v1/things//steps", ORDERED, {}),
    "of a name too long": (f"/v1/things/{'R' * 161}/steps", ORDERED, {}),
    "of nobody": (ONE, ORDERED, {"key": ""}),
    "of one who only looks": (ONE, ORDERED, {"key": "vic"}),
    "of a customer": (ONE, ORDERED, {"key": "esa"}),
    "under a key out of form": (ONE, ORDERED, {"name": b"k 1"}),
    "ahead of time": (ONE, {**ORDERED, "at_utc": "2027-03-02T00:00:00Z"}, {}),
    "with parts of a second": (ONE, {**ORDERED, "at_utc": "2027-03-01T00:00:00.5Z"}, {}),
    "none at all": (MANY, [], {}),
    "too many": (MANY, [{**ORDERED, "thing": f"cargo/R{n}"} for n in range(501)], {}),
    "large": (ONE, {**ORDERED, "note": "n" * 300_000}, {}),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_request_is_answered_alike_at_the_door_and_inside(tmp_path: Path, case: str) -> None:
    path, body, how = BODIES[case]
    answers = []
    with two_ways(tmp_path) as ways:
        for app, desk in ways:
            headers, content = told(desk, body, **how)
            half = len(content) // 2
            first = asked_of(app, path, headers, [content])
            again = asked_of(app, path, headers, [content[:half], content[half:]])
            answers.append((first, again, desk.store.head().position))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "more",
    [
        (b"content-type", b"text/plain"),
        (b"authorization", b"Bearer nobody"),
        (b"idempotency-key", b"k2"),
        (b"content-length", b"3"),
    ],
)
def test_a_header_told_twice_is_read_as_inside(tmp_path: Path, more: tuple[bytes, bytes]) -> None:
    with two_ways(tmp_path) as ways:
        answers = []
        for app, desk in ways:
            headers, content = told(desk, ORDERED, more)
            answers.append(asked_of(app, ONE, headers, [content]))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("parts", [lambda body: [body[:9], None], lambda body: [body[:9]], lambda body: [body, b"more"]])
def test_a_body_that_is_not_as_long_as_stated_is_read_as_inside(tmp_path: Path, parts: Any) -> None:
    with two_ways(tmp_path) as ways:
        answers = []
        for app, desk in ways:
            headers, content = told(desk, ORDERED)
            try:
                answers.append((asked_of(app, ONE, headers, parts(content)), desk.store.head().position))
            except Exception as error:  # a caller that goes away is an error of its own inside
                answers.append((type(error).__name__, desk.store.head().position))
    assert answers[0] == answers[1]


def test_the_door_answers_by_itself_and_only_what_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with two_ways(tmp_path) as ((app, desk), _):
        inside: list[str] = []
        lane: Any = SwiftLane(_heard(inside), owner=app, dress=dress)
        headers, content = told(desk, ORDERED)
        assert asked_of(lane, ONE, headers, [content])[0] == 201
        assert inside == []
        asked_of(lane, ONE, headers, [b"{}"])
        asked_of(lane, ONE, headers, [content], b"a=b")
        assert inside == [ONE, ONE]


def _heard(inside: list[str]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        inside.append(scope["path"])

    return app
