"""An exported log is verified without the store, and nobody can change it unseen."""

from __future__ import annotations

import json
import random
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supercargo.kernel import Refused, ScenarioError, StoreError
from supercargo.store.log import (
    export_log,
    make_key,
    open_log,
    read_log,
    read_public_key,
    read_signer,
    store_url,
    verify_export,
    verify_log,
)
from supercargo.store.log.engines import writing_engine
from supercargo.store.log.exporting import verify_lines
from supercargo.store.log.rows import line_of
from supercargo.store.log.signing import Signer, text_of_head
from supercargo.track.chain import LogReport
from supercargo.track.envelope import Head, Receipt, Recorded, hash_of
from tests.event_logs import NOON, a_draft, noon

MUTATIONS = 10_000


class Exported:
    """A log of 12 events as bytes, with its key and the receipts of its writers."""

    def __init__(self, folder: Path) -> None:
        with open_log(folder / "log.sqlite", (), noon) as store:
            self.receipts: tuple[Receipt, ...] = ()
            for n in range(6):
                drafts = [
                    a_draft(f"e{n}-{m}", stream=f"cargo/R{n % 3}", body={"place": f"bay {m}", "mass_kg": 1.5 * n, "ok": True})
                    for m in range(2)
                ]
                self.receipts += store.append(drafts)
            self.signer: Signer = read_signer(folder / "log.sqlite.key")
            export_log(store, folder / "export", self.signer, NOON)
            self.events = store.since(0)
            self.store_id = store.store_id()
        self.folder = folder / "export"
        self.lines = (self.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
        self.head = (self.folder / "head.json").read_bytes()

    def verify(self, lines: Sequence[bytes], head: bytes) -> LogReport:
        return verify_lines(lines, head, public_key=self.signer.public_key)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(tmp_path_factory.mktemp("export"))


def test_an_untouched_export_verifies(exported: Exported) -> None:
    report = verify_export(exported.folder, public_key=exported.signer.public_key, receipts=exported.receipts)
    assert (report.findings, report.events_count, report.vouched) == ((), 12, "key")
    assert (report.position, report.hash) == (12, exported.events[-1].hash)
    assert report.store_id == exported.store_id


def _altered(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    number = rng.randrange(len(lines))
    line = bytearray(lines[number])
    place = rng.randrange(len(line))
    line[place] ^= 1 << rng.randrange(8)
    return [*lines[:number], bytes(line), *lines[number + 1 :]], head


def _deleted(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    number = rng.randrange(len(lines) - 1)
    return [*lines[:number], *lines[number + rng.randint(1, len(lines) - 1 - number) :]], head


def _reordered(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    one, other = rng.sample(range(len(lines)), 2)
    changed = list(lines)
    changed[one], changed[other] = changed[other], changed[one]
    return changed, head


def _put_in(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    number = rng.randrange(len(lines) + 1)
    return [*lines[:number], rng.choice([rng.choice(lines), b"\n", b"{}\n", lines[0][:-1]]), *lines[number:]], head


def _cut(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    return lines[: rng.randrange(len(lines))], head


def _head_altered(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    changed = bytearray(head)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return list(lines), bytes(changed)


def _rewritten(lines: list[bytes], head: bytes, rng: random.Random) -> tuple[list[bytes], bytes]:
    """The forger knows the form: a field is changed and every hash behind it is made anew."""
    number = rng.randrange(len(lines))
    events = [Recorded(**json.loads(line)) for line in lines]
    forged: list[Recorded] = []
    for place, one in enumerate(_with_instants(events)):
        changed = replace(one, previous_hash=forged[-1].hash) if forged else one
        if place == number:
            changed = replace(changed, by=one.by + "x")
        forged.append(replace(changed, hash=hash_of(changed)))
    return [line_of(one) for one in forged], head


def _with_instants(events: Sequence[Recorded]) -> list[Recorded]:
    return [replace(one, occurred_utc=NOON, recorded_utc=NOON) for one in events]


Mutation = Callable[[list[bytes], bytes, random.Random], tuple[list[bytes], bytes]]
KINDS: tuple[Mutation, ...] = (_altered, _deleted, _reordered, _put_in, _cut, _head_altered, _rewritten)


@pytest.mark.parametrize("mutation", KINDS, ids=lambda mutation: mutation.__name__.strip("_"))
def test_every_random_mutation_is_found(exported: Exported, mutation: Mutation) -> None:
    rng = random.Random(mutation.__name__)
    for number in range(-(-MUTATIONS // len(KINDS))):
        lines, head = mutation(exported.lines, exported.head, rng)
        assert (lines, head) != (exported.lines, exported.head), "nothing was changed: the test shows nothing"
        assert exported.verify(lines, head).findings_count, f"mutation {number} went unseen"


def test_a_cut_tail_is_found_by_one_receipt_even_where_the_head_is_forged(exported: Exported, tmp_path: Path) -> None:
    forger = make_key(tmp_path / "forger.key")
    cut = exported.events[8]
    head = text_of_head(forger.sign(exported.store_id, Head(position=9, hash=cut.hash), NOON))
    lines = exported.lines[:9]
    assert verify_lines(lines, head).findings == (), "without key or receipt a cut tail can't be seen"
    (found,) = verify_lines(lines, head, receipts=exported.receipts[-1:]).findings
    assert "the log ends before it, but a receipt says that event e5-1 stood here" in found.what
    (found,) = verify_lines(lines, head, public_key=exported.signer.public_key).findings
    assert "another key" in found.what


def test_a_log_written_anew_is_found_by_a_receipt(exported: Exported, tmp_path: Path) -> None:
    forger = make_key(tmp_path / "forger.key")
    lines, _ = _rewritten(exported.lines, b"", random.Random(3))
    last = json.loads(lines[-1])
    head = text_of_head(forger.sign(exported.store_id, Head(position=12, hash=last["hash"]), NOON))
    assert verify_lines(lines, head).findings == ()
    (found,) = verify_lines(lines, head, receipts=exported.receipts[-1:]).findings
    assert "the log was written anew" in found.what


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\n",
        b"null\n",
        b"x" * 3_000_000,
        b'{"position": NaN}\n',
    ],
    ids=["lists", "objects", "bytes", "null", "long", "nan"],
)
def test_a_line_that_is_no_event_is_a_finding_and_no_crash(exported: Exported, tmp_path: Path, line: bytes) -> None:
    folder = tmp_path / "export"
    shutil.copytree(exported.folder, folder)
    (folder / "events.jsonl").write_bytes(b"".join([*exported.lines[:5], line, *exported.lines[5:]]))
    report = verify_export(folder, public_key=exported.signer.public_key)
    assert (report.findings[0].position, "can't be read" in report.findings[0].what) == (6, True)


def test_a_folder_that_is_no_export_is_input_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="give a folder that `supercargo track export` wrote"):
        verify_export(tmp_path)


def test_an_export_without_its_head_is_found(exported: Exported, tmp_path: Path) -> None:
    shutil.copytree(exported.folder, tmp_path / "export")
    (tmp_path / "export" / "head.json").unlink()
    assert [found.what for found in verify_export(tmp_path / "export").findings] == ["the signed head is missing"]


def test_signature_agrees_with_openssl(exported: Exported, tmp_path: Path) -> None:
    """Oracle: OpenSSL verifies the Ed25519 signature (RFC 8032) over the head without its signature."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    head: dict[str, Any] = json.loads(exported.head)
    (tmp_path / "signature").write_bytes(bytes.fromhex(head.pop("signature")))
    key = str(exported.folder / "public_key.pem")
    words = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-sigfile", str(tmp_path / "signature"), "-in"]
    for name, said, good in (("true", head, True), ("false", {**head, "position": 11}, False)):
        (tmp_path / name).write_text(json.dumps(said, indent=2, sort_keys=True) + "\n")
        told = subprocess.run([*words, str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert (told.returncode == 0) is good, told.stderr


def test_hashes_agree_with_sha256sum(exported: Exported) -> None:
    """Oracle: coreutils' SHA-256 (FIPS 180-4) over the hash before and what the event says."""
    for line in exported.lines[:3]:
        said = json.loads(line)
        told, previous = said.pop("hash"), said.pop("previous_hash")
        text = previous + json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        found = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True).stdout
        assert found.split()[0].decode() == told


# Keys


def test_the_private_key_of_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.sqlite", (), noon) as store:
        key = tmp_path / "log.sqlite.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert read_signer(key).public_key == store.noted("public_key") == read_public_key(tmp_path / "log.sqlite.key.pub")
    before = key.read_bytes()
    open_log(tmp_path / "log.sqlite", (), noon).close()
    assert key.read_bytes() == before


def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    make_key(tmp_path / "k")
    (tmp_path / "k").chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        read_signer(tmp_path / "k")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path / "k")
    with pytest.raises(Refused, match="never lose it"):
        make_key(tmp_path / "k")


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(StoreError, match="put the right file back"):
        read_signer(tmp_path / "k")
    with pytest.raises(ScenarioError, match="as its owner handed it over"):
        read_public_key(tmp_path / "k")


# The live store


def _tamper(url: str, change: str) -> None:
    """Change the store behind its back, as someone who owns the database can."""
    engine = writing_engine(store_url(url))
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("event_no_update", "event_no_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER ALL")
        connection.exec_driver_sql(change)
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "position", "words"),
    [
        ('UPDATE event SET body = \'{"place":"mine"}\' WHERE position = 3', 3, "it was altered"),
        ("UPDATE event SET tenant = 'ESA' WHERE position = 5", 5, "it was altered"),
        ("UPDATE event SET body = 'no json' WHERE position = 3", 3, "can't be read"),
        ("UPDATE event SET occurred_utc = 'yesterday' WHERE position = 3", 3, "can't be read"),
        ("DELETE FROM event WHERE position = 3", 4, "missing or out of order"),
        ("UPDATE event SET position = -1 WHERE position = 3", -1, "missing or out of order"),
        ("UPDATE event SET position = 99 WHERE position = 3", 4, "missing or out of order"),
    ],
)
def test_a_store_that_was_altered_behind_its_back_is_found(log_url: str, change: str, position: int, words: str) -> None:
    with open_log(log_url, (), noon) as store:
        store.append([a_draft(stream=f"cargo/R{n}") for n in range(6)])
        assert verify_log(store).findings == ()
    _tamper(log_url, change)
    log = read_log(log_url)
    assert any(found.position == position and words in found.what for found in verify_log(log).findings)
    log.close()


def test_a_tail_cut_off_a_store_is_found_by_a_receipt(log_url: str) -> None:
    with open_log(log_url, (), noon) as store:
        receipts = store.append([a_draft() for _ in range(6)])
    _tamper(log_url, "DELETE FROM event WHERE position > 4")
    log = read_log(log_url)
    assert verify_log(log).findings == ()
    assert [found.position for found in verify_log(log, receipts=receipts).findings] == [5, 6]
    log.close()


def test_a_log_that_was_altered_is_not_signed(log_url: str, tmp_path: Path) -> None:
    with open_log(log_url, (), noon) as store:
        store.append([a_draft() for _ in range(6)])
    _tamper(log_url, "UPDATE event SET kind = 'lost' WHERE position = 4")
    log = read_log(log_url)
    with pytest.raises(StoreError, match=r"event 4(.|\n)*such a log is not signed"):
        export_log(log, tmp_path / "export", make_key(tmp_path / "k"), NOON)
    log.close()
    assert not (tmp_path / "export").exists()


def test_a_damaged_file_is_told_and_nothing_is_taken_for_true(tmp_path: Path) -> None:
    file = tmp_path / "log.sqlite"
    with open_log(file, (), noon) as store:
        store.append([a_draft(body={"text": "x" * 3000}) for _ in range(200)])
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = bytes(4096)
    file.write_bytes(content)
    log = read_log(file)
    try:
        found = [one.what for one in verify_log(log).findings]
    except StoreError as error:
        found = [error.what]
    log.close()
    assert found


def test_what_is_appended_while_an_export_is_written_comes_with_the_next(log_url: str, tmp_path: Path) -> None:
    with open_log(log_url, (), noon) as store:
        store.append([a_draft() for _ in range(5)])
        key = make_key(tmp_path / "k")
        late = iter([[a_draft()]])

        def watch(stage: str, share: float) -> None:
            for drafts in late:
                store.append(drafts)

        signed = export_log(store, tmp_path / "one", key, NOON + timedelta(microseconds=5), watch=watch)
        assert (signed.position, store.head().position) == (5, 6)
        assert verify_export(tmp_path / "one", public_key=key.public_key).findings == ()
        with pytest.raises(Refused, match="--force"):
            export_log(store, tmp_path / "one", key, NOON)
        assert export_log(store, tmp_path / "one", key, NOON, force=True).position == 6
        assert verify_export(tmp_path / "one", public_key=key.public_key).events_count == 6
