"""The bytes of a log do not depend on the version that wrote it: events, receipts, answers and views of one day are known."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from supercargo.app.operations.desk import Desk
from supercargo.bench.log_clients import steps_of
from supercargo.store.log.rows import line_of
from supercargo.track.envelope import GENESIS, Head, hash_of, recorded_from
from tests.event_logs import NOON, a_draft
from tests.test_api import client, desk, key_of

__all__ = ["client", "desk"]

WRITTEN = {
    "answers": "30ca00c6d76ca64c91d38ff67a136bde1a0aaa78d3d80687ae428e5a6311fc9b",
    "events": "f47a8bfe330d074e58845ee4385cd9af785b353b5a5df5898619d5dd6e1f2461",
    "rows": "8664b05f05a4783919f74b5ae209c612777784b230404fff7aa4b925fb339cac",
    "views": "89b52c78b6170a3db7a109532e8d50bf8c1ba5cbac6e3c260d38ee5178b88e95",
}
"""SHA-256 of what version 0.1 wrote on 1 March 2027, before steps were stored by shorter ways."""

BAG = {"command": "registered", "sort": "bag", "where": "facility/BENCH", "custodian": "Ops"}
MORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("container/BAG", {"command": "sealed", "number": "S-1", "note": 'gemäß "Plan"\\ \u2028 \U0001f680 ü'}),
    ("container/BAG", {"command": "seal_checked", "number": "S-1", "found": "broken", "seen": ""}),
    ("cargo/A", {"command": "inspected", "mass_kg": 3.1, "pieces": 1, "sensors": [{"kind": "temperature", "value": 1e-7}]}),
    ("cargo/A", {"command": "received", "where": "facility/BENCH", "taker": "Lab", "at_utc": "2027-03-01T11:00:00Z"}),
    ("cargo/A", {"command": "damaged", "note": "a corner\tis dented"}),
    ("cargo/A", {"command": "handed_over", "giver": "Ops", "taker": "Lab"}),
    ("cargo/A", {"command": "inspected", "mass_kg": 12345678.125}),
)
ODD = (
    {"float": 1e16, "small": 1e-7, "minus": -0.0, "whole": 2**53 - 1, "none": None, "true": True},
    {"z": [1, (2.5, "x"), {}], "a": {"é": "\x7f\u2028", "b": '"\\/'}, "": ""},
)


def _told(desk: Desk, client: TestClient) -> list[Any]:
    headers = key_of(desk, "cora")
    steps: list[tuple[str, dict[str, Any]]] = [("container/BAG", BAG)]
    for name in "AB":
        steps += [(str(said["thing"]), {key: said[key] for key in said if key != "thing"}) for said in steps_of(name)]
    answers: list[Any] = []
    for number, (thing, body) in enumerate((*steps, *MORE)):
        for _ in range(2 if number % 7 == 3 else 1):
            answer = client.post(f"/v1/things/{thing}/steps", json=body, headers={**headers, "Idempotency-Key": f"k{number}"})
            answers.append([answer.status_code, answer.text])
    receipts = [json.loads(text)[0] for status, text in answers if status == 201]
    wrong = next(one["event_id"] for one in receipts if (one["stream"], one["version"]) == ("cargo/B", 20))
    mended = {"command": "corrected", "reason": "was another bag", "wrong": wrong, "instead": None}
    instead = {"command": "corrected", "reason": "left out", "wrong": "", "instead": {"command": "observed", "note": "ö"}}
    for number, body in enumerate((mended, instead)):
        answer = client.post("/v1/things/cargo/B/steps", json=body, headers={**headers, "Idempotency-Key": f"c{number}"})
        answers.append([answer.status_code, answer.text])
    many = [{**next(steps_of(name)), "note": "ß"} for name in "CDE"]
    answer = client.post("/v1/things/steps", json=many, headers={**headers, "Idempotency-Key": "m"})
    return [*answers, [answer.status_code, answer.text]]


def test_events_receipts_and_views_have_the_bytes_that_they_always_had(desk: Desk, client: TestClient, tmp_path: Path) -> None:
    answers = _told(desk, client)
    desk.log.append([a_draft(f"odd-{n}", body=body, by="Müller", tenant="ESA") for n, body in enumerate(ODD)])
    with sqlite3.connect(tmp_path / "log.sqlite") as file:
        rows = repr(file.execute("SELECT * FROM event ORDER BY position").fetchall())
    found = {
        "answers": json.dumps(answers),
        "events": b"".join(map(line_of, desk.log.since(0))).decode(),
        "rows": rows,
        "views": "\n".join(desk.store.dump()),
    }
    assert {status for status, _ in answers} == {201, 409}
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()} == WRITTEN


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(body=st.dictionaries(WORDS, JSON, max_size=4), by=WORDS, tenant=WORDS, version=st.integers(0, 9999))
def test_a_hash_is_that_of_the_documented_text_whatever_an_event_says(body: Any, by: str, tenant: str, version: int) -> None:
    event = recorded_from(a_draft("e", body=body, by=by, tenant=tenant), Head(), version=version, recorded_utc=NOON)
    said = {
        "body": body, "by": by, "event_id": "e", "kind": "moved", "occurred_utc": "2027-03-01T12:00:00Z", "position": 1,
        "recorded_utc": "2027-03-01T12:00:00Z", "schema": 1, "stream": "cargo/R1", "tenant": tenant, "version": version,
    }  # fmt: skip
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert event.hash == hash_of(event) == hashlib.sha256((GENESIS + text).encode()).hexdigest()
