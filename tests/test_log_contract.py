"""Every event store keeps one contract: in memory, in SQLite, and in PostgreSQL 18 on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from supercargo.kernel import ScenarioError, plain
from supercargo.store.log import open_log
from supercargo.track.envelope import GENESIS, Head, hash_of
from supercargo.track.event_store import EventIdReused, EventStore, StreamMoved
from supercargo.track.memory import MemoryStore
from tests.event_logs import NOON, PostgresServer, a_draft, noon


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[EventStore]:
    if request.param == "memory":
        yield MemoryStore(noon)
    elif request.param == "sqlite":
        with open_log(tmp_path / "log.sqlite", (), noon) as opened:
            yield opened
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.database() as url, open_log(url, (), noon) as opened:
            yield opened


def test_the_server_of_these_tests_is_postgresql_18(postgres: PostgresServer) -> None:
    assert postgres.version().startswith("18")


def test_what_is_appended_is_read_back_in_its_order_in_a_chain(store: EventStore) -> None:
    drafts = [a_draft(stream=f"cargo/R{n % 2}", body={"n": n, "part": [1.5, None, True, "Ω \n"]}) for n in range(5)]
    receipts = store.append(drafts)
    events = store.since(0)
    assert [(e.position, e.version, e.stream) for e in events] == [
        (1, 1, "cargo/R0"), (2, 1, "cargo/R1"), (3, 2, "cargo/R0"), (4, 2, "cargo/R1"), (5, 3, "cargo/R0"),
    ]  # fmt: skip
    assert [e.body for e in events] == [d.body for d in drafts]
    assert [e.previous_hash for e in events] == [GENESIS, *(e.hash for e in events[:-1])]
    assert all(hash_of(e) == e.hash for e in events)
    assert [(r.event_id, r.position, r.hash, r.repeated) for r in receipts] == [
        (e.event_id, e.position, e.hash, False) for e in events
    ]
    assert store.head() == Head(position=5, hash=events[-1].hash)
    assert store.stream("cargo/R1") == (events[1], events[3])


def test_an_empty_log_and_an_unknown_stream_have_no_events(store: EventStore) -> None:
    assert (store.head(), store.since(0), store.stream("cargo/none"), store.append([])) == (Head(), (), (), ())


def test_since_gives_at_most_the_limit_behind_the_position(store: EventStore) -> None:
    store.append([a_draft() for _ in range(7)])
    assert [e.position for e in store.since(2, limit=3)] == [3, 4, 5]
    assert [e.position for e in store.since(6, limit=3)] == [7]


def test_the_same_statement_told_twice_is_one_event(store: EventStore) -> None:
    draft = a_draft(expected_version=0)
    (first,) = store.append([draft])
    again = store.append([draft, draft, a_draft("second")])
    assert [(r.position, r.repeated) for r in again] == [(1, True), (1, True), (2, False)]
    assert again[0].hash == first.hash
    assert store.head().position == 2


def test_an_events_name_with_another_content_is_refused_and_nothing_is_stored(store: EventStore) -> None:
    store.append([a_draft("once")])
    with pytest.raises(EventIdReused, match="a correction is a new event"):
        store.append([a_draft("new"), a_draft("once", body={"place": "elsewhere"})])
    assert store.head().position == 1


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_stream_that_has_moved_is_refused_and_nothing_is_stored(store: EventStore, expected: int) -> None:
    store.append([a_draft(), a_draft()])
    with pytest.raises(StreamMoved, match="read the stream again"):
        store.append([a_draft(stream="cargo/other"), a_draft(expected_version=expected)])
    assert store.head().position == 2
    assert store.stream("cargo/other") == ()


def test_expected_versions_count_on_within_one_request(store: EventStore) -> None:
    store.append([a_draft(expected_version=0), a_draft(expected_version=1), a_draft(stream="bag/B", expected_version=0)])
    assert [e.version for e in store.stream("cargo/R1")] == [1, 2]


def test_events_may_come_out_of_their_order_in_time(store: EventStore) -> None:
    store.append([a_draft(occurred_utc=NOON), a_draft(occurred_utc=NOON - timedelta(days=400))])
    assert store.head().position == 2


DEEP: Any = "core"
for _ in range(16):
    DEEP = [DEEP]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("event_id", {"event_id": "two words"}, "is out of form"),
    ("event_id", {"event_id": "x" * 201}, "is out of form"),
    ("stream", {"stream": "R1"}, "write area/NAME"),
    ("stream", {"stream": "cargo/"}, "write area/NAME"),
    ("stream", {"stream": "cargo/R\x00"}, "write area/NAME"),
    ("stream", {"stream": "cargo/\ud800"}, "write area/NAME"),
    ("kind", {"kind": ""}, "give a word"),
    ("kind", {"kind": "drop table"}, "give a word"),
    ("by", {"by": ""}, "say who states it"),
    ("by", {"by": "kim\x1b[2J"}, "printable"),
    ("tenant", {"tenant": " NASA"}, "printable"),
    ("schema", {"schema": 0}, "from 1 to 9999"),
    ("schema", {"schema": True}, "from 1 to 9999"),
    ("expected_version", {"expected_version": -1}, "0 for a new stream"),
    ("occurred_utc", {"occurred_utc": NOON + timedelta(minutes=5, seconds=1)}, "has not come yet"),
    ("occurred_utc", {"occurred_utc": NOON.replace(tzinfo=None)}, "aware UTC"),
    ("occurred_utc", {"occurred_utc": NOON.replace(microsecond=1)}, "whole seconds"),
    ("body", {"body": {"mass_kg": float("nan")}}, "body.mass_kg is not finite"),
    ("body", {"body": {"mass_kg": [1.0, float("-inf")]}}, r"body.mass_kg\[1\] is not finite"),
    ("body", {"body": {"at": NOON}}, "body.at is a datetime"),
    ("body", {"body": {1: "one"}}, "keys are text"),
    ("body", {"body": {"text": "\ud800"}}, "no file can carry"),
    ("body", {"body": {"n": 2**53}}, "write such a number as text"),
    ("body", {"body": {"deep": DEEP}}, "more than 16 levels"),
    ("body", {"body": {"text": "x" * 65536}}, "more than 65536"),
    ("body", {"body": [1]}, "is no object"),
]


@pytest.mark.parametrize(("column", "told", "words"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_draft_out_of_form_is_refused_with_its_fix_and_nothing_is_stored(
    store: EventStore, column: str, told: dict[str, Any], words: str
) -> None:
    draft = a_draft(**{"event_id": "ok", **told})
    with pytest.raises(ScenarioError, match=words) as refused:
        store.append([a_draft(), draft])
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, column)]
    assert store.head().position == 0


def test_every_fault_of_every_draft_is_told_at_once(store: EventStore) -> None:
    with pytest.raises(ScenarioError) as refused:
        store.append([a_draft(by="", kind=""), a_draft(), a_draft(stream="")])
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(1, "kind"), (1, "by"), (3, "stream")]


def test_what_is_just_within_the_limits_is_stored(store: EventStore) -> None:
    shallow = DEEP[0]
    drafts = [
        a_draft("x" * 200, body={"n": 2**53 - 1, "deep": shallow, "text": "x" * 65000}, stream="cargo/" + "é" * 194),
        a_draft("urn:uuid:6b1f;ver=CBV2.0?x", occurred_utc=NOON + timedelta(minutes=5), tenant="ESA", kind="w" * 64),
    ]
    store.append(drafts)
    assert [plain(e.body) for e in store.since(0)] == [plain(d.body) for d in drafts]


def test_ten_thousand_events_are_the_most_of_one_request(store: EventStore) -> None:
    with pytest.raises(ScenarioError, match="several requests"):
        store.append([a_draft()] * 10_001)
    store.append([a_draft() for _ in range(1_200)])
    assert store.head().position == 1_200
