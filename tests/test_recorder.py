"""Steps that many send at once: judged by one thread, stored together, with the promises of a single one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import bindparam, select

from supercargo.app.operations.cargo import COMPANY, record_cargo
from supercargo.app.operations.lives import Lives
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recorder import Recorder
from supercargo.bench.log_clients import steps_of
from supercargo.bench.log_year import EVENTS_EACH, year_of_cargo
from supercargo.kernel import Refused, StoreError
from supercargo.store.log import SqlStore, open_log
from supercargo.store.log.prepared import Prepared
from supercargo.store.log.tables import event
from supercargo.track.cargo.life import Life
from supercargo.track.event_store import EventIdReused
from tests.cargo_files import a_life, later
from tests.cargo_lives import a_step
from tests.test_api import client, desk, key_of

__all__ = ["client", "desk"]


@pytest.fixture
def log(log_url: str) -> Iterator[SqlStore]:
    with open_log(log_url, PROJECTIONS, later) as store:
        yield store


@pytest.fixture
def recorder(log: SqlStore) -> Iterator[Recorder]:
    recorder = Recorder(log, Lives(log))
    yield recorder
    recorder.close()


def test_steps_of_many_at_once_are_each_stored_once_and_the_views_are_those_made_anew(
    log: SqlStore, recorder: Recorder
) -> None:
    recorder.record(a_life("cargo/I0")[:1], COMPANY).result()
    answers = [recorder.record(a_life(f"cargo/I{number}")[1:], COMPANY) for number in range(30)]
    assert sorted(receipt.position for answer in answers for receipt in answer.result()) == list(range(2, 92))
    live = log.digest()
    log.rebuild()
    assert log.digest() == live


def test_steps_of_one_thing_told_at_once_wait_for_each_other(log: SqlStore, recorder: Recorder) -> None:
    recorder.record(a_life()[:3], COMPANY).result()
    seen = [a_step("observed", "cargo/WATER-1", 3, command_id=f"seen-{number}") for number in range(40)]
    answers = [recorder.record([step], COMPANY) for step in seen]
    assert [answer.result()[0].version for answer in answers] == list(range(3, 43))


def test_a_step_told_again_gives_its_first_receipt_and_another_content_is_refused(log: SqlStore, recorder: Recorder) -> None:
    (first, *_) = recorder.record(a_life(), COMPANY).result()
    (again, *_) = recorder.record(a_life(), COMPANY).result()
    assert (again.position, again.hash, again.repeated) == (first.position, first.hash, True)
    other = a_step("ordered", "cargo/WATER-1", 1, command_id="cargo/WATER-1-1", supplier="Forger")
    with pytest.raises(EventIdReused, match="another content"):
        recorder.record([other], COMPANY).result()


def test_an_unlawful_step_is_refused_and_those_beside_it_are_stored(log: SqlStore, recorder: Recorder) -> None:
    recorder.record(a_life(), COMPANY).result()
    wrong = recorder.record([a_step("launched", "cargo/WATER-1", 5, where="flight/M1")], COMPANY)
    right = recorder.record([a_step("observed", "cargo/WATER-1", 5)], COMPANY)
    with pytest.raises(Refused, match="only a spacecraft is launched"):
        wrong.result()
    assert right.result()[0].version == 4
    assert log.head().position == 5


def test_what_another_program_has_written_counts_for_the_next_step(log_url: str, log: SqlStore, recorder: Recorder) -> None:
    recorder.record(a_life()[:3], COMPANY).result()
    with open_log(log_url, PROJECTIONS, later) as other:
        record_cargo([a_step("sealed", "container/BAG-7", 2.5)], other)
    with pytest.raises(Refused, match=r"container/BAG-7 is sealed \(S1\)"):
        recorder.record(a_life()[3:], COMPANY).result()


def test_lives_that_are_kept_are_those_of_the_streams(log: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supercargo.app.operations.lives.MOST_LIVES", 3)
    lives = Lives(log)
    items = [f"cargo/I{number}" for number in range(5)]
    record_cargo(a_life("cargo/I0"), log, lives=lives)
    for item in items[1:]:
        record_cargo(a_life(item)[1:], log, lives=lives)
    wrong = a_step("corrected", "cargo/I2", 2, command_id="mend", wrong="cargo/I2-3", instead=None)
    record_cargo([wrong], log, lives=lives)
    with lives.reading() as (_, life):
        for name in (*items, "container/BAG-7"):
            assert life(name) == Life.of(name, log.stream(name))


def test_who_stops_waiting_takes_nothing_back_and_stops_nobody_else(log: SqlStore, recorder: Recorder) -> None:
    recorder.record(a_life()[:3], COMPANY).result()
    seen = [recorder.record([a_step("observed", "cargo/WATER-1", 3, command_id=f"seen-{n}")], COMPANY) for n in range(4)]
    assert not any(answer.cancel() for answer in seen[:2])
    assert [answer.result()[0].version for answer in seen] == [3, 4, 5, 6]


def test_a_recorder_that_was_closed_says_so(log: SqlStore) -> None:
    recorder = Recorder(log, Lives(log))
    recorder.close()
    with pytest.raises(StoreError, match="closed"):
        recorder.record(a_life(), COMPANY).result()


def test_a_closed_store_is_told_to_whoever_waits(log_url: str) -> None:
    store = open_log(log_url, PROJECTIONS, later)
    recorder = Recorder(store, Lives(store))
    store._writer.close()
    with pytest.raises(StoreError, match="takes no more events"):
        recorder.record(a_life(), COMPANY).result()
    with pytest.raises(StoreError, match="takes no more events"):
        recorder.record(a_life(), COMPANY).result(timeout=5)
    recorder.close()
    store.close()


def test_a_statement_that_is_kept_finds_what_it_finds_when_made_anew(log: SqlStore) -> None:
    record_cargo(a_life(), log)
    wanted = select(event.c.position).where(event.c.stream == bindparam("name")).order_by(event.c.version).limit(2)
    kept = Prepared(wanted)
    with log.snapshot() as connection:
        for name in ("cargo/WATER-1", "container/BAG-7", "cargo/NONE"):
            assert kept.run(connection, {"name": name}).all() == connection.execute(wanted, {"name": name}).all()


SWIFT_FAULTS: tuple[tuple[str, Any, dict[str, str], int], ...] = (
    ("/v1/things/cargo/I1/steps", {"command": "levitated"}, {}, 422),
    ("/v1/things/cargo/I1/steps", {"command": "observed", "more": 1}, {}, 422),
    ("/v1/things/cargo/I1/steps", [], {}, 422),
    (f"/v1/things/cargo/{'I' * 200}/steps", {"command": "observed"}, {}, 422),
    ("/v1/things/cargo/I1/steps", {"command": "observed"}, {"Idempotency-Key": "with blank"}, 422),
    ("/v1/things/cargo/I1/steps", {"command": "observed"}, {"Authorization": "Bearer nobody"}, 401),
    ("/v1/things/steps", [], {}, 422),
    ("/v1/things/steps", [{"command": "observed"}], {}, 422),
    ("/v1/things/steps", [{"command": "observed", "thing": "cargo/I1"}] * 501, {}, 422),
)


@pytest.mark.parametrize(("path", "body", "headers", "status"), SWIFT_FAULTS, ids=range(len(SWIFT_FAULTS)))
def test_what_is_out_of_form_is_refused_with_what_is_wrong(
    desk: Any, client: TestClient, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    answer = client.post(path, json=body, headers=key_of(desk, "cora") | headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fix"]
    assert desk.store.head().position == 0


def test_clients_of_the_benchmark_tell_a_lawful_life_and_the_same_key_tells_it_once(desk: Any, client: TestClient) -> None:
    headers = key_of(desk, "cora")
    bags = [
        {"command": "registered", "thing": "container/BAG", "sort": "bag", "where": "facility/BENCH", "custodian": "Ops"},
        *steps_of("A"),
    ]
    for number, said in enumerate(bags):
        body = dict(said)
        path = f"/v1/things/{body.pop('thing')}/steps"
        told = [client.post(path, json=body, headers={**headers, "Idempotency-Key": f"k{number}"}) for _ in range(2)]
        assert [answer.status_code for answer in told] == [201, 201], told[0].text
        first, again = (answer.json()[0] for answer in told)
        assert again == {**first, "repeated": True}
    assert desk.store.head().position == len(bags)


def test_a_year_of_cargo_is_as_long_as_asked_and_makes_the_same_views_twice(tmp_path: Path) -> None:
    events = 3 + 3 * EVENTS_EACH + 5
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with open_log(tmp_path / "year.sqlite", PROJECTIONS, lambda: noon + timedelta(days=2)) as store:
        store.append(tuple(year_of_cargo(events, noon)))
        assert store.head().position == events
        live = store.digest()
        store.rebuild()
        assert store.digest() == live
        assert live[0] == len(store.dump())
        with store.reading() as view:
            assert [row["about"] for row in view.find("ncr", "stage", "opened")] == [f"cargo/R000000{n}" for n in range(3)]
