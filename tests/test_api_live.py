"""Live events over a real server: they come at once, go on where they broke off, and nobody hears what is another's."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
import uvicorn

from supercargo.app.operations.desk import Desk, open_desk
from supercargo.faces.api import live
from supercargo.faces.api.application import create_app
from supercargo.store.accounts import Person
from supercargo.track.envelope import Draft

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(str(tmp_path / "log.sqlite"), lambda: NOW) as desk:
        yield desk


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(desk, lambda: NOW), log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


def key_of(desk: Desk, name: str, customer: str = "") -> dict[str, str]:
    roles = ("customer",) if customer else ("viewer",)
    desk.accounts.add(
        Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW), "a word of twenty chars"
    )
    secret = desk.accounts.issue_key(name, ["read"], expires_utc=NOW + timedelta(days=1)).secret
    return {"Authorization": f"Bearer {secret}"}


def record(desk: Desk, name: str, tenant: str = "", area: str = "notes", kind: str = "Noted") -> None:
    desk.log.append(
        [Draft(event_id=name, stream=f"{area}/{name}", kind=kind, body={}, occurred_utc=NOW, by="x", tenant=tenant)]
    )


def heard(url: str, headers: dict[str, str], count: int, *, after: str = "?after=0") -> list[tuple[str, float]]:
    """The first events that come, each with the instant at which it came."""
    told: list[tuple[str, float]] = []
    with httpx.stream("GET", f"{url}/v1/events/live{after}", headers=headers, timeout=10.0) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append((json.loads(line[6:])["event_id"], time.monotonic()))
                if len(told) == count:
                    break
    return told


def test_event_comes_within_a_second(desk: Desk, url: str) -> None:
    key = key_of(desk, "vic")
    stored: list[float] = []

    def later() -> None:
        time.sleep(0.5)
        record(desk, "one")
        stored.append(time.monotonic())

    thread = threading.Thread(target=later)
    thread.start()
    ((name, at),) = heard(url, key, 1, after="")
    thread.join()
    assert name == "one"
    assert at - stored[0] < 1.0


def test_after_a_break_it_goes_on_with_nothing_missed_or_doubled(desk: Desk, url: str) -> None:
    key = key_of(desk, "vic")
    for number in range(700):
        record(desk, f"e{number}")
    first = [name for name, _ in heard(url, key, 250)]
    position = desk.log.stream(f"notes/{first[-1]}")[0].position
    rest = [name for name, _ in heard(url, {**key, "Last-Event-ID": str(position)}, 450, after="")]
    assert first + rest == [f"e{number}" for number in range(700)]


@pytest.mark.parametrize(("query", "line"), [("?unnamed=true", "event: alive"), ("", ": at 0")])
def test_a_quiet_connection_is_told_to_be_alive_in_a_way_that_its_listener_can_hear(
    desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch, query: str, line: str
) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.3)
    with httpx.stream("GET", f"{url}/v1/events/live{query}", headers=key_of(desk, "vic"), timeout=10.0) as answer:
        lines = (one for one in answer.iter_lines() if one and not one.startswith(": from"))
        assert next(lines) == line


def test_customer_hears_its_own_alone(desk: Desk, url: str) -> None:
    key = key_of(desk, "eve", customer="ESA")
    for name, tenant in (("a", "NASA"), ("b", "ESA"), ("c", ""), ("d", "ESA")):
        record(desk, name, tenant, "cargo", "received")
        record(desk, f"{name}-note", tenant)
    assert [name for name, _ in heard(url, key, 2)] == ["b", "d"]


@pytest.mark.parametrize("said", ["x", "-1", "1" * 30, "²"])
def test_position_that_is_none_is_refused(desk: Desk, url: str, said: str) -> None:
    key = key_of(desk, "vic")
    sent = [(name.encode(), value.encode()) for name, value in {**key, "Last-Event-ID": said}.items()]
    answer = httpx.get(f"{url}/v1/events/live", headers=sent, timeout=5.0)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
