"""Steps judged in a process of their own: the same promises, also when that process is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from supercargo.app.operations.apart import RecorderApart
from supercargo.app.operations.cargo import COMPANY, record_cargo
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.kernel import Refused, ScenarioError, StoreError
from supercargo.store.log import SqlStore, open_log, read_log, verify_log
from supercargo.track.event_store import EventIdReused
from tests.cargo_files import a_life, later
from tests.cargo_lives import a_step

WAIT_S = 60.0


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "log.sqlite")


@pytest.fixture
def recorder(place: str) -> Iterator[RecorderApart]:
    recorder = RecorderApart(place)
    yield recorder
    recorder.close()


@pytest.fixture
def log(place: str, recorder: RecorderApart) -> Iterator[SqlStore]:
    with open_log(place, PROJECTIONS, later) as store:
        yield store


def test_what_is_told_apart_is_what_is_told_here(tmp_path: Path, place: str, log: SqlStore, recorder: RecorderApart) -> None:
    here = []
    with open_log(tmp_path / "here.sqlite", PROJECTIONS, later) as other:
        here = [record_cargo([step], other) for step in a_life()]
        events = other.since(0)
    apart = [recorder.record([step], COMPANY).result(WAIT_S) for step in a_life()]
    places = [[(one.event_id, one.stream, one.version, one.position) for one in told] for told in (*here, *apart)]
    assert places[: len(here)] == places[len(here) :]
    found = log.since(0)
    assert [(one.kind, one.body, one.by, one.tenant) for one in found] == [
        (one.kind, one.body, one.by, one.tenant) for one in events
    ]
    assert verify_log(log).findings == ()
    live = log.digest()
    log.rebuild()
    assert log.digest() == live


def test_refusals_and_faults_come_over_as_they_are_and_what_others_write_counts(
    log: SqlStore, recorder: RecorderApart
) -> None:
    (first, *_) = recorder.record(a_life(), COMPANY).result(WAIT_S)
    (again, *_) = recorder.record(a_life(), COMPANY).result(WAIT_S)
    assert (again.hash, again.repeated) == (first.hash, True)
    with pytest.raises(Refused, match="only a spacecraft is launched") as refused:
        recorder.record([a_step("launched", "cargo/WATER-1", 5, where="flight/M1")], COMPANY).result(WAIT_S)
    assert refused.value.fix
    other = a_step("ordered", "cargo/WATER-1", 1, command_id="cargo/WATER-1-1", supplier="Forger")
    with pytest.raises(EventIdReused, match="another content"):
        recorder.record([other], COMPANY).result(WAIT_S)
    ahead = a_step("observed", "cargo/WATER-1", 24 * 365 * 200)
    with pytest.raises(ScenarioError, match="has not come yet") as wrong:
        recorder.record([ahead], COMPANY).result(WAIT_S)
    assert wrong.value.faults[0].column == "occurred_utc"
    record_cargo([a_step("sealed", "container/BAG-7", 3.5)], log)  # by another program
    with pytest.raises(Refused, match=r"container/BAG-7 is sealed \(S1\)"):
        recorder.record([a_step("unloaded", "cargo/WATER-1", 4)], COMPANY).result(WAIT_S)
    assert log.head().position == len(a_life()) + 1


def test_what_was_confirmed_is_there_after_a_kill_and_what_is_sent_again_is_stored_once(
    place: str, log: SqlStore, recorder: RecorderApart
) -> None:
    recorder.record(a_life()[:3], COMPANY).result(WAIT_S)
    seen = [a_step("observed", "cargo/WATER-1", 3, command_id=f"seen-{number}") for number in range(60)]
    asked = [recorder.record([step], COMPANY) for step in seen]
    first = asked[0].result(WAIT_S)
    assert recorder.process_id is not None
    os.kill(recorder.process_id, signal.SIGKILL)
    confirmed = {}
    for step, answer in zip(seen, asked, strict=True):
        error = answer.exception(WAIT_S)
        if error is None:
            confirmed[step.command_id] = answer.result()[0].position
        else:
            assert isinstance(error, StoreError)
            assert "send the steps again" in error.fix
    assert confirmed[seen[0].command_id] == first[0].position
    again = {step.command_id: recorder.record([step], COMPANY).result(WAIT_S)[0] for step in seen}
    assert {name: again[name].position for name in confirmed} == confirmed
    assert sorted(one.position for one in again.values()) == list(range(4, 64))
    reader = read_log(place)
    assert verify_log(reader).findings == ()
    reader.close()


def test_a_closed_recorder_has_stored_what_it_was_told_and_takes_no_more(place: str, recorder: RecorderApart) -> None:
    asked = [recorder.record(a_life(f"cargo/I{number}")[1:2], COMPANY) for number in range(20)]
    recorder.close()
    assert sorted(one.result(0)[0].position for one in asked) == list(range(1, 21))
    with pytest.raises(StoreError, match="was closed"):
        recorder.record(a_life(), COMPANY).result(WAIT_S)
    reader = read_log(place)
    assert reader.head().position == 20
    reader.close()


def test_a_store_that_can_not_be_opened_apart_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"this is no database, though it is as long as one must be" * 100)
    with pytest.raises(StoreError, match="can't be used"):
        RecorderApart(str(tmp_path / "no.sqlite"))


def test_a_clock_of_the_tests_is_behind_that_of_the_machine() -> None:
    assert later() < datetime.now(later().tzinfo)
