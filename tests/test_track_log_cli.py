"""`supercargo track`: what people type to verify, export, rebuild, back up and restore the log."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.operations import log as use_cases
from supercargo.bench.log import log_lines
from supercargo.bench.results import Result
from supercargo.store.log import open_log
from supercargo.track.envelope import Receipt
from tests.cli_runner import run
from tests.docs_text import help_text
from tests.event_logs import WHERE, PostgresServer, a_draft, noon


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "log.sqlite")


@pytest.fixture
def receipts(store: str, tmp_path: Path) -> tuple[Receipt, ...]:
    with open_log(store, (), noon) as opened:
        kept = opened.append([a_draft(f"e{n}", stream=f"cargo/R{n}") for n in range(4)])
    (tmp_path / "receipts.json").write_text(json.dumps([asdict(one) for one in kept]))
    return kept


def test_a_sound_store_is_told_with_what_vouches_for_its_end(
    store: str, receipts: tuple[Receipt, ...], tmp_path: Path
) -> None:
    told = run("track", "verify-log", "--store", store)
    assert told.code == 0
    assert f"4 events in an unbroken chain, the last with hash {receipts[-1].hash}" in told.out
    assert "nothing vouches for its end" in told.out
    told = run("track", "verify-log", "--store", store, "--receipts", str(tmp_path / "receipts.json"))
    assert (told.code, "it holds every event of the receipts" in told.out) == (0, True)


def test_an_export_is_verified_with_the_owners_key_and_receipts(
    store: str, receipts: tuple[Receipt, ...], tmp_path: Path
) -> None:
    out = str(tmp_path / "export")
    assert run("track", "export", "--store", store, "--out", out).code == 0
    assert "with the key in the export itself" in run("track", "verify-log", "--export", out).out
    told = run(
        "track",
        "verify-log",
        "--export",
        out,
        "--public-key",
        f"{store}.key.pub",
        "--receipts",
        str(tmp_path / "receipts.json"),
    )
    assert (told.code, "vouched for by the key given" in told.out) == (0, True)
    assert "it holds every event of the receipts" in told.out


def test_an_export_with_a_cut_tail_ends_with_3(store: str, receipts: tuple[Receipt, ...], tmp_path: Path) -> None:
    out = tmp_path / "export"
    run("track", "export", "--store", store, "--out", str(out))
    lines = (out / "events.jsonl").read_bytes().splitlines(keepends=True)
    (out / "events.jsonl").write_bytes(b"".join(lines[:-1]))
    told = run("track", "verify-log", "--export", str(out), "--json")
    assert (told.code, json.loads(told.out)["sound"]) == (3, False)
    told = run("track", "verify-log", "--export", str(out))
    assert (told.code, "the log ends at position 3, the signed head says 4" in told.out) == (3, True)


def test_a_backup_is_restored_and_goes_on(store: str, receipts: tuple[Receipt, ...], tmp_path: Path) -> None:
    backup, restored = str(tmp_path / "backup"), str(tmp_path / "restored.sqlite")
    assert "4 events, verified and signed" in run("track", "backup", "--store", store, "--out", backup).out
    told = run("track", "restore", backup, "--store", restored, "--public-key", f"{store}.key.pub")
    assert (told.code, "4 events restored" in told.out) == (0, True)
    assert run("track", "restore", backup, "--store", restored).code == 4
    kept = str(tmp_path / "receipts.json")
    assert run("track", "verify-log", "--store", restored, "--receipts", kept).code == 0


def test_a_restored_store_signs_with_the_old_key_or_with_a_new_one(
    store: str, receipts: tuple[Receipt, ...], tmp_path: Path
) -> None:
    backup, restored = str(tmp_path / "backup"), str(tmp_path / "restored.sqlite")
    run("track", "backup", "--store", store, "--out", backup)
    run("track", "restore", backup, "--store", restored)
    asked = ("track", "export", "--store", restored, "--out")
    told = run(*asked, str(tmp_path / "one"))
    assert (told.code, "put the key file back where it was" in told.err) == (5, True)
    assert run(*asked, str(tmp_path / "two"), "--key", f"{store}.key").code == 0
    assert run(*asked, str(tmp_path / "three"), "--new-key").code == 0
    verify = ("track", "verify-log", "--export", str(tmp_path / "three"), "--public-key")
    assert run(*verify, f"{restored}.key.pub").code == 0
    assert run(*verify, f"{store}.key.pub").code == 3
    told = run(*asked, str(tmp_path / "four"), "--key", f"{store}.key")
    assert (told.code, "not the key of the store" in told.err) == (5, True)


def test_a_log_on_a_server_needs_a_key_file(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as url:
        with open_log(url, (), noon) as opened:
            opened.append([a_draft()])
        told = run("track", "export", "--store", url, "--out", str(tmp_path / "one"))
        assert (told.code, "give --key FILE" in told.err) == (2, True)
        for name in ("one", "two"):
            made = run("track", "export", "--store", url, "--out", str(tmp_path / name), "--key", str(tmp_path / "k"))
            assert made.code == 0
            told = run("track", "verify-log", "--export", str(tmp_path / name), "--public-key", str(tmp_path / "k.pub"))
            assert told.code == 0
        assert run("track", "backup", "--store", url, "--out", str(tmp_path / "b"), "--key", str(tmp_path / "k")).code == 0
        assert run("track", "restore", str(tmp_path / "b"), "--store", str(tmp_path / "r.sqlite")).code == 0


def test_rebuild_tells_whether_the_views_were_the_same(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "PROJECTIONS", WHERE)
    with open_log(store, (), noon) as opened:
        opened.append([a_draft()])
    assert "2 rows from 1 event, made for the first time" in run("track", "rebuild", "--store", store).out
    assert "2 rows from 1 event, as before" in run("track", "rebuild", "--store", store).out
    told = json.loads(run("track", "rebuild", "--store", store, "--json").out)
    assert (told["same"], told["rows_count"], told["digest"]) == (True, 2, told["digest_before"])


@pytest.mark.parametrize(
    ("words", "code", "fix"),
    [
        (("verify-log", "--store", "{tmp}/none"), 5, "a store is made by the first command that records something"),
        (("verify-log", "--export", "{tmp}"), 2, "give a folder that `supercargo track export` wrote"),
        (("verify-log", "--store", "oracle://x/y"), 2, "give a file, such as work/log.sqlite"),
        (("verify-log", "--public-key", "{tmp}/k"), 2, "give --export DIR too"),
        (("verify-log", "--store", "{store}", "--receipts", "{tmp}/none"), 2, "give receipts as they were answered"),
        (("export", "--store", "{store}", "--out", "{store}"), 4, "choose a folder beside it"),
        (("backup", "--store", "{store}", "--out", "{tmp}"), 4, "choose a folder beside it"),
        (("restore", "{tmp}", "--store", "{tmp}/new"), 2, "give a folder that `supercargo track export` or `backup` wrote"),
        (("restore", "{tmp}/none", "--store", "{tmp}/new"), 2, "give a folder"),
        (("rebuild", "--store", "{tmp}/none"), 5, "check the name"),
    ],
)
def test_what_is_asked_wrongly_is_told_with_its_fix(
    store: str, receipts: tuple[Receipt, ...], tmp_path: Path, words: tuple[str, ...], code: int, fix: str
) -> None:
    before = sorted(tmp_path.iterdir())
    told = run("track", *(word.format(tmp=tmp_path, store=store) for word in words))
    assert (told.code, fix in told.err.replace("\n", " ")) == (code, True), told.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("text", ["[{}]", "{", '[{"event_id": 1}]', "[[]]", "null", '"x"'])
def test_receipts_out_of_form_are_told(store: str, receipts: tuple[Receipt, ...], tmp_path: Path, text: str) -> None:
    (tmp_path / "bad").write_text(text)
    told = run("track", "verify-log", "--store", store, "--receipts", str(tmp_path / "bad"))
    assert (told.code, "the receipts can't be read" in told.err) == (2, True)


def test_receipts_are_read_one_a_line_too(store: str, receipts: tuple[Receipt, ...], tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("".join(json.dumps(asdict(one)) + "\n" for one in receipts))
    assert use_cases.receipts_of(tmp_path / "lines") == receipts


def test_the_examples_of_the_help_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_log("work/log.sqlite", (), noon) as opened:
        opened.append([a_draft()])
    (tmp_path / "log.pub").write_bytes((tmp_path / "work/log.sqlite.key.pub").read_bytes())
    for command in ("export", "verify-log", "rebuild", "backup", "restore"):
        (line,) = re.findall(r"^  Example: supercargo (.+(?:\n  .+)*)$", help_text(f"track {command}"), re.MULTILINE)
        told = run(*shlex.split(line))
        assert told.code == 0, told.err


def _measured(**told: Any) -> Result:
    common: dict[str, Any] = {"name": "store", "instance": "some", "status": "feasible", "objective": 0.05, "bound": None}
    return Result(**{**common, "seconds": 0.5, "peak_mb": 100.0, **told})


def test_bench_lines_tell_rates_bars_and_broken_promises() -> None:
    told = log_lines(
        [
            _measured(peer="fdatasync", peer_seconds=0.4, ratio=0.8, bar_ratio=0.4),
            _measured(peer="fdatasync", peer_seconds=0.1, ratio=0.2, bar_ratio=0.4),
            _measured(bar_seconds=0.4),
            _measured(status="unsat"),
        ]
    )
    assert told == [
        "some: 2,000 a second, the disk alone syncs 2,500 times, ratio 0.80 (at least 0.4: met), p99 50.0 ms",
        "some: 2,000 a second, the disk alone syncs 10,000 times, ratio 0.20 (at least 0.4: missed), p99 50.0 ms",
        "some: 0.5 s (at most 0.4 s: missed)",
        "some: 0.5 s, A PROMISE IS BROKEN",
    ]
