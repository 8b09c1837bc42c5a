"""What time it is for a store: the machine's, but for one in which a year was flown ahead of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from supercargo.app.operations.clocks import FLOWN, now_at
from supercargo.app.operations.log import open_flight, open_operations
from supercargo.kernel import ScenarioError
from tests.event_logs import NOON, a_draft

AHEAD, FAR = NOON + timedelta(days=90), NOON + timedelta(days=9000)


def flown(store: Path) -> str:
    """A store in which a year was flown 90 days ahead of noon."""
    with open_flight(str(store), lambda: AHEAD) as log:
        log.append([a_draft(f"{FLOWN}1.keep.dock", occurred_utc=AHEAD)])
    return str(store)


def test_a_flown_store_takes_what_happens_at_the_end_of_its_year_and_nothing_later(tmp_path: Path) -> None:
    with open_operations(flown(tmp_path / "log.sqlite"), lambda: NOON) as log:
        assert log.now_utc() == AHEAD
        log.append([a_draft("a", occurred_utc=AHEAD)])
        with pytest.raises(ScenarioError, match=f"the store's clock stands at {AHEAD:%Y-%m-%dT%H:%M:%SZ}"):
            log.append([a_draft("b", occurred_utc=AHEAD + timedelta(minutes=6))])
        assert [event.recorded_utc for event in log.since(0)] == [AHEAD, AHEAD]


def test_one_who_records_by_a_wrong_clock_moves_nobody_elses(tmp_path: Path) -> None:
    plain, other = str(tmp_path / "plain.sqlite"), flown(tmp_path / "flown.sqlite")
    for store, now in ((plain, NOON), (other, AHEAD)):
        with open_operations(store, lambda: FAR) as log:
            log.append([a_draft(occurred_utc=FAR)])
        with open_operations(store, lambda: NOON) as log:
            assert log.now_utc() == now
        assert now_at(store, NOON) == now


def test_a_machine_that_is_later_than_the_flown_year_tells_its_own_time(tmp_path: Path) -> None:
    store = flown(tmp_path / "log.sqlite")
    with open_operations(store, lambda: FAR) as log:
        assert log.now_utc() == now_at(store, FAR) == FAR


def test_names_of_a_flown_year_are_nobody_elses(tmp_path: Path) -> None:
    with (
        open_operations(str(tmp_path / "log.sqlite"), lambda: NOON) as log,
        pytest.raises(ScenarioError, match="those of a flown year"),
    ):
        log.append([a_draft(f"{FLOWN}1.keep.dock")])


def test_a_store_that_stands_open_follows_the_year_that_another_program_flies_in_it(tmp_path: Path) -> None:
    store, ticks = str(tmp_path / "log.sqlite"), iter(NOON + timedelta(seconds=n) for n in range(1000))
    with open_operations(store, lambda: next(ticks)) as log:
        log.append([a_draft()])
        assert log.now_utc() < NOON + timedelta(minutes=1)
        flown(Path(store))
        assert log.now_utc() == AHEAD
