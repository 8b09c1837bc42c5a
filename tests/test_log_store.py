"""The log in SQL: what is confirmed is on the disk, nothing is changed, one fault harms nobody else, views follow it."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from supercargo.kernel import ScenarioError, StoreError
from supercargo.store.log import SqlStore, engines, open_log, read_log, rebuild_log, rebuilding, store_url, verify_log
from supercargo.store.log.engines import reading_engine, writing_engine
from supercargo.store.log.migrate import downgrade, newest, revision_of, upgrade
from supercargo.store.log.tables import event as event_table
from supercargo.store.log.views import SqlView, create_tables
from supercargo.store.log.writer import LARGEST_BATCH
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.event_store import EventIdReused, StreamMoved, View
from supercargo.track.views import MemoryView, Projection, ViewTable, project_all
from tests.event_logs import NOON, WHERE, a_draft, noon

# What is stored is not changed


@pytest.mark.parametrize("change", ["UPDATE event SET body = '{}'", "DELETE FROM event", "TRUNCATE event"])
def test_the_database_itself_refuses_to_change_an_event(log_url: str, change: str) -> None:
    with open_log(log_url, (), noon) as store:
        store.append([a_draft()])
    url = store_url(log_url)
    if change.startswith("TRUNCATE") and url.drivername == "sqlite":
        change = "DELETE FROM event WHERE position = 1"
    engine = writing_engine(url)
    with pytest.raises(DBAPIError, match="never changed or taken away"), engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    assert len(_all(log_url)) == 1


def _all(url: str) -> tuple[Recorded, ...]:
    log = read_log(url)
    try:
        return log.since(0, limit=100_000)
    finally:
        log.close()


def test_the_last_event_of_some_names_is_told_whatever_others_recorded_behind_it(log_url: str) -> None:
    clock = [NOON]
    with open_log(log_url, (), lambda: clock[0]) as store:
        assert store.last_of("fly.") is None
        for days, name in ((500, "fly.1"), (0, "flz"), (501, "fly"), (400, "fly.2"), (502, "FLY.3")):
            clock[0] = NOON + timedelta(days=days)
            store.append([a_draft(name)])
        assert store.last_of("fly.") == (4, NOON + timedelta(days=400))
    log = read_log(log_url)
    assert log.last_of("fly.", after=1) == (4, NOON + timedelta(days=400))
    assert log.last_of("fly.", after=4) is None
    log.close()


def test_a_reader_can_not_write(log_url: str) -> None:
    open_log(log_url, (), noon).close()
    engine = reading_engine(store_url(log_url))
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM meta"))
    engine.dispose()


# Forms of the tables, forward and back


def test_tables_are_made_step_by_step_and_taken_back(log_url: str) -> None:
    open_log(log_url, WHERE, noon).close()
    engine = writing_engine(store_url(log_url))
    with engine.begin() as connection:
        assert revision_of(connection) == newest()
        assert {"event", "cursor", "meta", "view_now", "view_company"} <= set(inspect(connection).get_table_names())
        downgrade(connection)
    with engine.begin() as connection:
        assert revision_of(connection) is None
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        upgrade(connection)
    engine.dispose()
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft()])
        assert store.head().position == 1


def test_tables_made_by_the_steps_are_those_the_program_uses(log_url: str) -> None:
    open_log(log_url, (), noon).close()
    engine = create_engine(store_url(log_url))
    found = {column["name"]: column["nullable"] for column in inspect(engine).get_columns("event")}
    assert found == {column.name: column.nullable for column in event_table.c}
    indexes = {index["name"] for index in inspect(engine).get_indexes("event")}
    assert {index.name for index in event_table.indexes} <= indexes
    engine.dispose()


def test_a_store_of_a_newer_form_is_refused(log_url: str) -> None:
    open_log(log_url, (), noon).close()
    engine = writing_engine(store_url(log_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"form 9999(.|\n)*use the version of supercargo that wrote it"):
        open_log(log_url, (), noon)


# A store that forgets is not opened


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="journal_mode is memory, not wal"):
        open_log("sqlite://", (), noon)


def test_a_file_whose_journal_can_not_be_set_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    monkeypatch.setattr(engines, "_set_up_writer", set_up)
    with pytest.raises(StoreError, match=r"synchronous is 1, not 2(.|\n)*set synchronous to 2"):
        open_log(tmp_path / "log.sqlite", (), noon)


@pytest.mark.parametrize("store", ["log.sqlite", "log"])
def test_each_writing_connection_waits_for_the_disk(tmp_path: Path, store: str) -> None:
    open_log(tmp_path / store, (), noon).close()
    engine = writing_engine(store_url(tmp_path / store))
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_postgresql_sessions_commit_to_the_disk_even_where_the_server_would_not(postgres: Any) -> None:
    with postgres.database() as url:
        open_log(url, (), noon).close()
        admin = create_engine(store_url(url), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {store_url(url).database} SET synchronous_commit = off"))
        with open_log(url, (), noon) as store:
            store.append([a_draft()])
            with store._writers.begin() as connection:
                assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {store_url(url).database} RESET synchronous_commit"))
        admin.dispose()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("mysql://host/x", "mysql is no database that the log is kept in"),
        ("postgresql://host:port/x", "can't be read"),
        ("://x", "can't be read"),
        ("", "must be a file"),
        (":memory:", "must be a file"),
    ],
)
def test_a_store_that_is_none_is_refused_with_an_example(told: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=rf"{words}(.|\n)*work/log.sqlite"):
        store_url(told)


def test_a_password_never_stands_in_an_error() -> None:
    with pytest.raises(StoreError) as refused:
        open_log("postgresql://kim:secret@127.0.0.1:1/none", (), noon)
    assert "secret" not in str(refused.value)
    assert "kim:***@127.0.0.1" in str(refused.value)


def test_a_store_that_is_not_there_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such store"):
        read_log(tmp_path / "none.sqlite")
    assert list(tmp_path.iterdir()) == []
    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreError, match="holds no event log"):
        read_log(tmp_path / "other.sqlite")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("mission_id\n" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        open_log(tmp_path / "plan.csv", (), noon)
    assert (tmp_path / "plan.csv").read_text() == "mission_id\n" * 1000


# One writer, many who ask


class Held:
    """A clock at which the writer stands until it is let go, so that requests gather behind it."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.reached = threading.Event()

    def __call__(self) -> datetime:
        if threading.current_thread().name == "event log":
            self.reached.set()
            assert self.gate.wait(30)
        return NOON


def _together(store: SqlStore, clock: Held, requests: Sequence[Sequence[Draft]]) -> list[Any]:
    """Answers of requests that all waited for the same batch, behind one that went before."""
    answers: list[Any] = [None] * len(requests)

    def ask(number: int) -> None:
        try:
            answers[number] = store.append(requests[number])
        except (StoreError, ScenarioError, StreamMoved, EventIdReused, ZeroDivisionError) as error:
            answers[number] = error

    first = threading.Thread(target=store.append, args=([a_draft(stream="cargo/first")],))
    first.start()
    assert clock.reached.wait(30)
    asking = [threading.Thread(target=ask, args=(number,)) for number in range(len(requests))]
    for number, thread in enumerate(asking):
        thread.start()
        while store._writer._queue.qsize() <= number:
            pass
    clock.gate.set()
    for thread in (first, *asking):
        thread.join(30)
    return answers


def test_requests_that_wait_are_stored_with_one_commit(log_url: str) -> None:
    clock = Held()
    with open_log(log_url, (), clock) as store:
        commits = []
        event.listen(store._writers, "commit", lambda connection: commits.append(1))
        answers = _together(store, clock, [[a_draft(stream=f"cargo/R{n}")] for n in range(20)])
        assert [answer[0].position for answer in answers] == list(range(2, 22))
        assert len(commits) == 2


def test_a_batch_is_bounded(log_url: str) -> None:
    clock = Held()
    with open_log(log_url, (), clock) as store:
        commits = []
        event.listen(store._writers, "commit", lambda connection: commits.append(1))
        _together(store, clock, [[a_draft() for _ in range(LARGEST_BATCH // 2)] for _ in range(5)])
        assert len(commits) == 1 + 3
        assert store.head().position == 1 + 5 * (LARGEST_BATCH // 2)


def test_a_refused_request_does_not_harm_the_others_of_its_batch(log_url: str) -> None:
    clock = Held()
    with open_log(log_url, WHERE, clock) as store:
        same = a_draft("same")
        answers = _together(
            store,
            clock,
            [
                [a_draft(stream="cargo/A", expected_version=0)],
                [a_draft(stream="cargo/B"), a_draft(stream="cargo/A", expected_version=0)],
                [same],
                [same],
                [a_draft("same", kind="lost")],
                [a_draft(stream="cargo/A", expected_version=1)],
            ],
        )
        assert [type(answer) for answer in answers] == [tuple, StreamMoved, tuple, tuple, EventIdReused, tuple]
        assert [answers[n][0].repeated for n in (2, 3)] == [False, True]
        assert [stored.stream for stored in store.since(0)] == ["cargo/first", "cargo/A", "cargo/R1", "cargo/A"]
        assert store.stream("cargo/B") == ()
        assert verify_log(store).findings == ()


def _breaks(stored: Recorded, view: View) -> None:
    if stored.kind == "breaks":
        view.put("now", ("half",), {"stream": "half", "place": "", "moves_count": 1 // len(stored.body), "places": []})


def test_an_event_that_a_view_breaks_on_is_refused_alone(log_url: str) -> None:
    clock = Held()
    faulty = Projection(name="faulty", tables=(), project=_breaks)
    with open_log(log_url, (*WHERE, faulty), clock) as store:
        answers = _together(store, clock, [[a_draft()], [a_draft(), a_draft(kind="breaks", body={})], [a_draft()]])
        assert [type(answer) for answer in answers] == [tuple, ZeroDivisionError, tuple]
        assert store.head().position == 3
        with store.reading() as view:
            assert view.get("now", ("half",)) is None
        live = store.dump()
        store.rebuild()
        assert store.dump() == live


def test_writers_of_many_threads_lose_and_double_nothing(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:

        def write(number: int) -> None:
            for n in range(25):
                draft = a_draft(f"{number}-{n}", stream=f"cargo/R{n}", body={"place": f"p{number % 3}"})
                store.append([draft])
                assert store.append([draft])[0].repeated

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.head().position == 200
        assert verify_log(store).findings == ()
        assert store.dump() == _in_memory(store)


def _in_memory(store: SqlStore) -> tuple[str, ...]:
    """The dump of the same views made in memory, the plainest way."""
    from supercargo.track.limits import body_text

    view = MemoryView.of(WHERE)
    project_all(WHERE, store.since(0, limit=100_000), view)
    return tuple(
        body_text({"table": name, "key": list(key), "row": row})
        for name in sorted(view.tables)
        for key, row in sorted(view.rows.get(name, {}).items())
    )


def test_what_adds_nothing_writes_nothing(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.sqlite", WHERE, noon) as store:
        draft = a_draft(expected_version=0)
        store.append([draft])
        journal = tmp_path / "log.sqlite-wal"
        before = journal.read_bytes()
        for _ in range(5):
            assert store.append([draft])[0].repeated
            with pytest.raises(StreamMoved):
                store.append([a_draft(expected_version=0)])
        assert journal.read_bytes() == before


# Two programs on one store


WRITE = """
import sys, time
from supercargo.store.log import open_log
from tests.event_logs import WHERE, a_draft, noon
with open_log(sys.argv[1], WHERE, noon) as store:
    print("open", flush=True)
    sys.stdin.readline()
    for n in range(60):
        store.append([a_draft(f"{sys.argv[2]}-{n}", stream=f"cargo/R{n % 7}", body={"place": sys.argv[2]})])
        time.sleep(0.002)
"""


def test_two_programs_write_to_one_store_one_after_the_other(log_url: str) -> None:
    open_log(log_url, WHERE, noon).close()
    words = [sys.executable, "-c", WRITE, log_url]
    programs = [
        subprocess.Popen([*words, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in ("one", "two")
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    with open_log(log_url, WHERE, noon) as store:
        assert store.head().position == 120
        assert verify_log(store).findings == ()
        assert store.dump() == _in_memory(store)
    names = [stored.event_id.split("-")[0] for stored in _all(log_url)]
    assert names != sorted(names), "the programs took no turns: the test shows nothing"


def test_a_writer_that_waits_too_long_is_refused_and_may_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_MS", 50)
    with open_log(tmp_path / "log.sqlite", (), noon) as store:
        other = sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"held the store for too long(.|\n)*send the events again"):
            store.append([a_draft("late")])
        other.execute("ROLLBACK")
        other.close()
        assert store.append([a_draft("late")])[0].position == 1


# A broken disk


def test_after_an_error_of_the_disk_nothing_more_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_log(tmp_path / "log.sqlite", (), noon) as store:
        store.append([a_draft("before")])
        syncs = []

        def fail(connection: Any) -> None:
            syncs.append(1)
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(store._writers.dialect, "do_commit", fail)
        for name in ("first", "second"):
            with pytest.raises(StoreError, match=r"takes no more events: disk I/O error(.|\n)*none is stored twice"):
                store.append([a_draft(name)])
        assert len(syncs) == 1, "a sync that failed was tried again"
        monkeypatch.undo()
        with pytest.raises(StoreError, match="disk I/O error"):
            store.append([a_draft("third")])
    with open_log(tmp_path / "log.sqlite", (), noon) as store:
        assert [receipt.repeated for receipt in store.append([a_draft("before"), a_draft("first")])] == [True, False]


def test_a_closed_store_takes_nothing(log_url: str) -> None:
    store = open_log(log_url, (), noon)
    store.close()
    with pytest.raises(StoreError, match="it was closed"):
        store.append([a_draft()])


def test_a_full_database_refuses_whole_requests_and_stays_sound(tmp_path: Path) -> None:
    store = open_log(tmp_path / "log.sqlite", WHERE, noon)
    event.listen(store._writers, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 60").close())
    store._writers.dispose()  # the next connection is one with the limit
    large = {"place": "dock", "text": "x" * 900}
    stored = _filled(store, large)
    with pytest.raises(StoreError, match="takes no more events: database or disk is full"):
        store.append([a_draft()])
    store.close()
    assert 0 < stored == len(_all(str(tmp_path / "log.sqlite")))
    with open_log(tmp_path / "log.sqlite", WHERE, noon) as again:
        assert verify_log(again).findings == ()
        assert again.dump() == _in_memory(again)


def _filled(store: SqlStore, body: dict[str, Any]) -> int:
    """Events that were confirmed before the store took no more, seven a request."""
    for number in range(100):
        try:
            store.append([a_draft(body=body) for _ in range(7)])
        except StoreError:
            return 7 * number
    return 700


FILL = """
import resource, sys
from supercargo.kernel import StoreError
from supercargo.store.log import open_log
from tests.event_logs import WHERE, a_draft, noon
store = open_log(sys.argv[1], WHERE, noon)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    for n in range(500):
        store.append([a_draft(f"{n}-{m}", body={"place": "dock", "text": "x" * 900}) for m in range(7)])
        print(7 * (n + 1), flush=True)
except StoreError as error:
    print(error, flush=True)
"""


@pytest.mark.parametrize("size", [300_000, 300_001, 512_345])
def test_a_disk_that_takes_no_more_bytes_loses_nothing_that_was_confirmed(tmp_path: Path, size: int) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (resource.RLIM_INFINITY, 2**63 - 1)
    file = tmp_path / "log.sqlite"
    told = subprocess.run([sys.executable, "-c", FILL, str(file), str(size)], capture_output=True, text=True, check=True)
    *confirmed, what, fix = told.stdout.splitlines()
    assert "takes no more events" in what
    assert "mend the cause" in fix
    assert len(_all(str(file))) == int(confirmed[-1]) > 0
    with open_log(file, WHERE, noon) as again:
        assert verify_log(again).findings == ()
        assert again.dump() == _in_memory(again)
        again.append([a_draft("behind")])


# Views


def test_views_are_the_same_when_they_are_made_anew(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        for n in range(40):
            kind = "gone" if n % 11 == 10 else "moved"
            store.append([a_draft(stream=f"cargo/R{n % 7}", kind=kind, body={"place": f"bay {n % 3} Ω"})])
        live = store.dump()
        assert live == _in_memory(store)
        assert len(live) > 7
        assert store.rebuild() == 40
        assert store.dump() == live
        store.append([a_draft(stream="cargo/R1", body={"place": "bay 0 Ω"})])
        assert store.dump() == _in_memory(store) != live
        assert rebuild_log(log_url, WHERE) == 41
        store.append([a_draft(stream="cargo/R2", body={"place": "bay 0 Ω"})])
        assert store.dump() == _in_memory(store)


def test_a_view_that_was_altered_by_hand_is_put_right_by_a_rebuild(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft(stream=f"cargo/R{n}") for n in range(5)])
        live = store.dump()
        engine = writing_engine(store_url(log_url))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM view_now WHERE stream = 'cargo/R3'"))
        engine.dispose()
        assert store.dump() != live
        store.rebuild()
        assert store.dump() == live


def test_rows_are_found_by_an_indexed_column_in_order_of_key(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft(stream=f"cargo/{n}", body={"place": "dock"}) for n in ("b", "a", "Z", "é")])
        store.append([a_draft(stream="cargo/a", body={"place": "bay"})])
        assert [row["stream"] for row in store.views.find("now", "place", "dock")] == ["cargo/Z", "cargo/b", "cargo/é"]
        assert store.views.get("now", ("cargo/a",)) == {
            "stream": "cargo/a", "place": "bay", "moves_count": 2, "places": ["dock", "bay"],
        }  # fmt: skip
        with pytest.raises(KeyError, match="not sought by"):
            store.views.find("now", "moves_count", "1")
        with pytest.raises(TypeError, match="only events change it"):
            store.views.put("now", ("x",), {"stream": "x", "place": "", "moves_count": 1, "places": []})


def test_a_program_without_views_leaves_them_to_the_next_one(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft()])
    with open_log(log_url, (), noon) as bare:
        bare.append([a_draft(), a_draft(stream="bag/B")])
    with open_log(log_url, WHERE, noon) as store:
        assert store.views_are_current()
        assert store.dump() == _in_memory(store)
        with open_log(log_url, (), noon) as bare:
            bare.append([a_draft(stream="bag/B")])
        assert not store.views_are_current()
        store.append([a_draft(stream="cargo/R9")])
        assert store.views_are_current()
        assert store.dump() == _in_memory(store)


def test_views_that_are_declared_otherwise_are_made_anew_and_end_the_older_program(log_url: str) -> None:
    (projection,) = WHERE
    more = ViewTable(name="more", key=("id",), columns=("count",))
    newer = (Projection(name="where", tables=(*projection.tables, more), project=projection.project),)
    with open_log(log_url, WHERE, noon) as older:
        older.append([a_draft()])
        with open_log(log_url, newer, noon) as store:
            assert store.head().position == 1
            assert store.views.get("now", ("cargo/R1",)) is not None
            with pytest.raises(StoreError, match="use the same version of both"):
                older.append([a_draft()])
            store.append([a_draft()])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (ViewTable(name="Now", key=("id",), columns=()), "can't be a name in a view"),
        (ViewTable(name="now; DROP", key=("id",), columns=()), "can't be a name in a view"),
        (ViewTable(name="now", key=("row_json",), columns=()), "don't fit together"),
        (ViewTable(name="now", key=("id",), columns=(), indexed=("place",)), "don't fit together"),
    ],
)
def test_a_view_that_can_not_be_a_table_is_refused(tmp_path: Path, table: ViewTable, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        open_log(tmp_path / "log.sqlite", (Projection(name="p", tables=(table,), project=lambda e, v: None),), noon)


def test_names_of_a_rebuilt_table_do_not_stand_in_the_way_of_the_next(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft()])
        for _ in range(3):
            store.rebuild()
        assert store.head().position == 1
        assert len(store.dump()) == 2


def test_what_a_rebuild_that_was_cut_short_has_left_is_taken_away_by_the_next(log_url: str) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft()])
        with store._writers.begin() as connection:
            create_tables(connection, {"now": WHERE[0].tables[0]}, prefix="fresh_0_", mark="0")
        store.rebuild()
        with store.snapshot() as connection:
            assert [name for name in inspect(connection).get_table_names() if name.startswith("fresh")] == []


def test_two_rebuilds_at_once_end_with_the_same_views(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_log(log_url, WHERE, noon) as store:
        store.append([a_draft(stream=f"cargo/R{n}") for n in range(20)])
        live = store.dump()
        inner: list[int] = []
        plainly = SqlView

        def between(*told: Any, **named: Any) -> SqlView:
            """The first rebuild has made its tables and read nothing yet: another one runs from its beginning to its end."""
            monkeypatch.setattr(rebuilding, "SqlView", plainly)
            inner.append(rebuild_log(log_url, WHERE))
            return plainly(*told, **named)

        monkeypatch.setattr(rebuilding, "SqlView", between)
        assert (store.rebuild(), inner) == (20, [20])
        assert store.dump() == live
