"""A backup is taken while others write, is verified before it counts, and brings back every event into an empty place."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from supercargo.kernel import Refused, ScenarioError, StoreError, SupercargoError
from supercargo.store.log import (
    Signer,
    backup_log,
    export_log,
    make_key,
    open_log,
    read_log,
    restore_log,
    source_of,
    verify_export,
    verify_log,
)
from tests.event_logs import NOON, WHERE, PostgresServer, a_draft, noon


@pytest.fixture
def key(tmp_path: Path) -> Signer:
    return make_key(tmp_path / "owner.key")


def _fill(url: str, count: int = 30) -> tuple[Any, ...]:
    with open_log(url, WHERE, noon) as store:
        return store.append([a_draft(stream=f"cargo/R{n % 7}", body={"place": f"bay {n % 3}", "n": n}) for n in range(count)])


def test_the_restore_drill_brings_back_every_event_and_every_view(log_url: str, tmp_path: Path, key: Signer) -> None:
    receipts = _fill(log_url)
    log = read_log(log_url, WHERE)
    signed = backup_log(log, tmp_path / "backup", key, NOON)
    restored = str(tmp_path / "restored.sqlite")
    head = restore_log(source_of(tmp_path / "backup", public_key=key.public_key), restored, WHERE)
    assert (head.position, head.hash) == (signed.position, signed.hash) == (30, receipts[-1].hash)
    with open_log(restored, WHERE, noon) as again:
        assert again.since(0) == log.since(0)
        assert again.dump() == log.dump()
        assert again.store_id() == log.store_id() == signed.store_id
        assert verify_log(again, receipts=receipts).findings == ()
        assert again.append([a_draft(stream="cargo/R1")])[0].position == 31
    log.close()


def test_a_log_moves_from_sqlite_to_postgresql_and_back(postgres: PostgresServer, tmp_path: Path, key: Signer) -> None:
    _fill(str(tmp_path / "log.sqlite"))
    log = read_log(tmp_path / "log.sqlite", WHERE)
    backup_log(log, tmp_path / "there", key, NOON)
    with postgres.database() as url:
        restore_log(source_of(tmp_path / "there"), url, WHERE)
        server = read_log(url, WHERE)
        assert server.dump() == log.dump()
        export_log(server, tmp_path / "back", key, NOON)
        server.close()
        with pytest.raises(Refused, match="holds a log already"):
            restore_log(source_of(tmp_path / "there"), url, WHERE)
    restore_log(source_of(tmp_path / "back"), tmp_path / "again.sqlite", WHERE)
    again = read_log(tmp_path / "again.sqlite", WHERE)
    assert (again.since(0), again.dump()) == (log.since(0), log.dump())
    for opened in (log, again):
        opened.close()


def test_a_backup_is_taken_while_others_write(tmp_path: Path, key: Signer) -> None:
    file = str(tmp_path / "log.sqlite")
    _fill(file, 2_000)
    done = threading.Event()
    with open_log(file, WHERE, noon) as store:

        def write() -> None:
            while not done.is_set():
                store.append([a_draft()])

        thread = threading.Thread(target=write)
        thread.start()
        try:
            signed = backup_log(store, tmp_path / "backup", key, NOON)
        finally:
            done.set()
            thread.join()
        assert 2_000 <= signed.position <= store.head().position
        assert source_of(tmp_path / "backup").signed == signed
        assert verify_log(store).findings == ()


def test_a_backup_of_sqlite_is_one_file_without_the_private_key(tmp_path: Path, key: Signer) -> None:
    _fill(str(tmp_path / "log.sqlite"))
    log = read_log(tmp_path / "log.sqlite")
    backup_log(log, tmp_path / "backup", key, NOON)
    log.close()
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["head.json", "log.sqlite"]
    with pytest.raises(Refused, match="--force"):
        backup_log(log, tmp_path / "backup", key, NOON)


def test_a_log_that_was_altered_is_no_backup(tmp_path: Path, key: Signer) -> None:
    file = tmp_path / "log.sqlite"
    _fill(str(file))
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET tenant = 'ESA' WHERE position = 7")
    connection.close()
    log = read_log(file)
    with pytest.raises(StoreError, match=r"event 7(.|\n)*keep the last good backup"):
        backup_log(log, tmp_path / "backup", key, NOON)
    log.close()
    assert not (tmp_path / "backup").exists()


def _alter_file(folder: Path) -> None:
    with sqlite3.connect(folder / "log.sqlite") as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET tenant = 'ESA' WHERE position = 7")
    connection.close()


def _cut_file(folder: Path) -> None:
    with sqlite3.connect(folder / "log.sqlite") as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event WHERE position > 20")
    connection.close()


def _forge_head(folder: Path) -> None:
    said = json.loads((folder / "head.json").read_text())
    (folder / "head.json").write_text(json.dumps({**said, "position": 20}, indent=2, sort_keys=True) + "\n")


def _lose_head(folder: Path) -> None:
    (folder / "head.json").unlink()


def _break_file(folder: Path) -> None:
    (folder / "log.sqlite").write_bytes(b"SQLite format 3\0" + bytes(100))


@pytest.mark.parametrize("harm", [_alter_file, _cut_file, _forge_head, _lose_head, _break_file])
def test_a_backup_that_was_altered_is_not_restored_and_leaves_nothing(tmp_path: Path, key: Signer, harm: Any) -> None:
    _fill(str(tmp_path / "log.sqlite"))
    log = read_log(tmp_path / "log.sqlite")
    backup_log(log, tmp_path / "backup", key, NOON)
    log.close()
    harm(tmp_path / "backup")
    with pytest.raises((StoreError, ScenarioError)):
        restore_log(source_of(tmp_path / "backup", public_key=key.public_key), tmp_path / "new" / "restored.sqlite", WHERE)
    assert not (tmp_path / "new").exists()


def test_an_export_that_changes_between_its_verification_and_its_reading_is_not_restored(
    log_url: str, tmp_path: Path, key: Signer
) -> None:
    _fill(log_url)
    log = read_log(log_url)
    export_log(log, tmp_path / "export", key, NOON)
    log.close()
    source = source_of(tmp_path / "export")
    lines = (tmp_path / "export" / "events.jsonl").read_bytes().splitlines(keepends=True)
    for changed in (lines[:-1], [*lines[:5], *lines[6:]], [*lines[:5], b"no event\n", *lines[5:]]):
        (tmp_path / "export" / "events.jsonl").write_bytes(b"".join(changed))
        with pytest.raises(SupercargoError, match="verify it and restore again"):
            restore_log(source, tmp_path / "restored.sqlite", WHERE)
        assert not (tmp_path / "restored.sqlite").exists()


def test_nothing_is_restored_over_a_store(tmp_path: Path, key: Signer) -> None:
    _fill(str(tmp_path / "log.sqlite"))
    log = read_log(tmp_path / "log.sqlite")
    backup_log(log, tmp_path / "backup", key, NOON)
    before = log.since(0)
    with pytest.raises(Refused, match="nothing is restored over a store"):
        restore_log(source_of(tmp_path / "backup"), tmp_path / "log.sqlite", WHERE)
    assert log.since(0) == before
    log.close()


def test_an_empty_log_is_exported_backed_up_and_restored(log_url: str, tmp_path: Path, key: Signer) -> None:
    open_log(log_url, WHERE, noon).close()
    log = read_log(log_url)
    export_log(log, tmp_path / "export", key, NOON)
    assert verify_export(tmp_path / "export", public_key=key.public_key).findings == ()
    backup_log(log, tmp_path / "backup", key, NOON)
    log.close()
    for number, name in enumerate(("export", "backup")):
        assert restore_log(source_of(tmp_path / name), tmp_path / f"{number}.sqlite", WHERE).position == 0
