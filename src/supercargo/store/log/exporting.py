"""The log as a folder of files that anybody can verify without the store, and the verification of a log wherever it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from supercargo.kernel import ScenarioError, StoreError
from supercargo.store.folders import written_whole
from supercargo.store.log.rows import LONGEST_LINE, event_of_line, event_of_row, line_of
from supercargo.store.log.signing import Signer, head_of_text, public_key_text, text_of_head
from supercargo.store.log.sql_store import LogReader
from supercargo.store.log.tables import event
from supercargo.track.chain import Chain, Finding, LogReport, SignedHead
from supercargo.track.envelope import Receipt, receipt_of

__all__ = [
    "EVENTS_FILE",
    "EXPORT_FILES",
    "HEAD_FILE",
    "MOST_FINDINGS",
    "PUBLIC_KEY_FILE",
    "export_log",
    "last_receipt",
    "verify_export",
    "verify_lines",
    "verify_log",
]

EVENTS_FILE = "events.jsonl"
HEAD_FILE = "head.json"
PUBLIC_KEY_FILE = "public_key.pem"
EXPORT_FILES = (EVENTS_FILE, HEAD_FILE, PUBLIC_KEY_FILE)

MOST_FINDINGS = 100
"""Findings that are told one by one; one alone is enough not to believe a log."""

_PAGE = 2_000
_BEFORE_ALL = -(2**62)  # a forger may have put something before the first position

Watch = Callable[[str, float], None]


def _silent(stage: str, share: float) -> None:
    return None


def export_log(
    log: LogReader, folder: Path, signer: Signer, now: datetime, *, force: bool = False, watch: Watch = _silent
) -> SignedHead:
    """Write the log into a folder: a line an event, and the signed head.

    Raises StoreError, and writes nothing, where the log does not verify: what is false is not signed. Raises Refused for a
    folder that exists unless `force`.
    """
    end = log.head()
    chain = Chain()
    with written_whole(folder, force=force, like=EXPORT_FILES) as draft:
        with (draft / EVENTS_FILE).open("xb") as file:
            while chain.head.position < end.position:
                page = log.since(chain.head.position, limit=min(_PAGE, end.position - chain.head.position))
                findings = [found for stored in page for found in chain.check(stored)]
                if findings or not page:
                    raise _not_signed(findings, chain.head.position + 1)
                file.write(b"".join(map(line_of, page)))
                watch("exporting", chain.head.position / end.position)
            file.flush()
            os.fsync(file.fileno())
        signed = signer.sign(log.store_id(), end, now)
        _write(draft / HEAD_FILE, text_of_head(signed))
        _write(draft / PUBLIC_KEY_FILE, public_key_text(signer.public_key))
    return signed


def _not_signed(findings: Sequence[Finding], position: int) -> StoreError:
    told = findings[0] if findings else Finding(position, "it is missing")
    fix = "see `supercargo track verify-log`; restore the last backup beside it"
    return StoreError(f"event {told.position}: {told.what}; such a log is not signed", fix=fix, where="event log")


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def verify_export(
    folder: Path, *, public_key: str = "", receipts: Sequence[Receipt] = (), watch: Watch = _silent
) -> LogReport:
    """Hold an exported log to its chain, its signed head and to receipts; no store is needed.

    Raises ScenarioError for a folder that is no export.
    """
    lines = folder / EVENTS_FILE
    if not lines.is_file():
        fix = f"give a folder that `supercargo track export` wrote: it has {EVENTS_FILE} and {HEAD_FILE}"
        raise ScenarioError("there is no exported log", fix=fix, where=str(folder))
    try:
        head = (folder / HEAD_FILE).read_bytes() if (folder / HEAD_FILE).is_file() else b""
        with lines.open("rb") as file:
            told = _watched(_lines(file.readline), max(1, lines.stat().st_size), watch)
            return verify_lines(told, head, public_key=public_key, receipts=receipts)
    except OSError as error:
        raise ScenarioError(f"the export can't be read: {error}", fix="check the files", where=str(folder)) from error


def last_receipt(folder: Path) -> tuple[Receipt, ...]:
    """What an export shows of a log's end: the receipt of its last event; none for an empty one.

    Raises ScenarioError for an export whose last line is no event.
    """
    last = b""
    with (folder / EVENTS_FILE).open("rb") as file:
        for line in _lines(file.readline):
            last = line
    if not last:
        return ()
    try:
        end = event_of_line(last)
    except (ValueError, KeyError, TypeError) as error:
        raise ScenarioError(
            f"the export's last line is no event: {error}", fix="verify the export", where=str(folder)
        ) from None
    return (receipt_of(end),)


def _lines(readline: Callable[[int], bytes]) -> Iterator[bytes]:
    """Lines up to the longest that an event can have; a longer one comes in parts, none of which is an event."""
    while line := readline(LONGEST_LINE):
        yield line


def _watched(lines: Iterable[bytes], size: int, watch: Watch) -> Iterator[bytes]:
    done = 0
    for number, line in enumerate(lines):
        done += len(line)
        if number % 10_000 == 0:
            watch("verifying", done / size)
        yield line


def verify_lines(lines: Iterable[bytes], head: bytes, *, public_key: str = "", receipts: Sequence[Receipt] = ()) -> LogReport:
    """Hold the lines of an export and the text of its signed head to each other; see `verify_export`."""
    chain = Chain(receipts)
    findings = _Findings()
    for number, line in enumerate(lines, start=1):
        try:
            stored = event_of_line(line)
        except ValueError as error:
            findings.add([Finding(number, f"it can't be read: {error}")])
            chain.miss()
            continue
        findings.add(chain.check(stored))
    signed = None
    try:
        signed = head_of_text(head, public_key)
    except ValueError as error:
        findings.add([Finding(0, str(error) if head else "the signed head is missing")])
    findings.add(chain.end(signed.head() if signed else None))
    vouched = ("key" if public_key else "export") if signed else "receipts" if receipts else ""
    return _report(chain, findings, signed, vouched)


class _Findings:
    """The first findings, and the number of all."""

    def __init__(self) -> None:
        self.first: list[Finding] = []
        self.count = 0

    def add(self, found: Sequence[Finding]) -> None:
        self.count += len(found)
        self.first += found[: MOST_FINDINGS - len(self.first)]


def _report(chain: Chain, findings: _Findings, signed: SignedHead | None, vouched: str) -> LogReport:
    return LogReport(
        events_count=chain.events_count,
        position=chain.head.position,
        hash=chain.head.hash,
        store_id=signed.store_id if signed else "",
        signed_utc=signed.signed_utc if signed else "",
        vouched=vouched,
        findings_count=findings.count,
        findings=tuple(findings.first),
    )


def verify_log(log: LogReader, *, receipts: Sequence[Receipt] = (), watch: Watch = _silent) -> LogReport:
    """Hold the events of a store to their chain and to receipts, and an SQLite file to its own form."""
    end = log.head()
    chain = Chain(receipts)
    findings = _Findings()
    findings.add(_broken_pages(log))
    after = _BEFORE_ALL
    while True:
        with log.snapshot() as connection:
            asked = select(event).where(event.c.position > after).order_by(event.c.position).limit(_PAGE)
            rows = connection.execute(asked).all()
        for row in rows:
            after = row[0]
            try:
                findings.add(chain.check(event_of_row(row)))
            except StoreError as error:
                findings.add([Finding(row[0], error.what)])
                chain.miss()
        if len(rows) < _PAGE:
            break
        watch("verifying", min(1.0, after / max(1, end.position)))
    findings.add(chain.end())
    report = _report(chain, findings, None, "receipts" if receipts else "")
    return replace(report, store_id=log.store_id())


def _broken_pages(log: LogReader) -> list[Finding]:
    if log.url.drivername != "sqlite":
        return []
    with log.snapshot() as connection:
        told = connection.exec_driver_sql("PRAGMA quick_check(10)").scalars().all()
    return [Finding(0, f"the file is damaged: {line}") for line in told if line != "ok"]
