"""What is done to the log as a whole: verify, export, rebuild, back up, restore."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.operations.clocks import FLOWN, StoreClock
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.kernel import ScenarioError, StoreError
from supercargo.store.folders import refuse_within
from supercargo.store.log import (
    LogReader,
    Signer,
    SqlStore,
    backup_log,
    export_log,
    key_beside,
    last_receipt,
    make_key,
    note_in,
    open_log,
    place_of,
    read_log,
    read_public_key,
    read_signer,
    rebuild_log,
    restore_log,
    source_of,
    store_url,
    verify_export,
    verify_log,
)
from supercargo.track.chain import LogReport, SignedHead
from supercargo.track.envelope import Head, Receipt

__all__ = [
    "Kept",
    "Rebuilt",
    "backup_store",
    "current_log",
    "export_store",
    "open_flight",
    "open_operations",
    "read_operations",
    "rebuild_store",
    "receipts_of",
    "restore_store",
    "verify_exported",
    "verify_opened",
    "verify_store",
]

Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The private key that vouches for a log: the one beside the store unless another file is named."""

    key: Path | None = None
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """Views that were made anew: from how many events, how many rows, and the digest of all rows, now and before.

    `digest_before` is empty where there were no views of these declarations at the end of the log.
    """

    events_count: int
    rows_count: int
    digest: str
    digest_before: str


def open_operations(url: str, clock: Callable[[], datetime]) -> SqlStore:
    """The log of operations, to be written to, with all views.

    `clock` is the machine's: the store's is that of the year where one was flown in it ahead of the machine.
    """
    standing = StoreClock(clock)
    store = open_log(url, PROJECTIONS, standing, reserved=FLOWN)
    standing.follow(store)
    return store


def open_flight(url: str, clock: Callable[[], datetime]) -> SqlStore:
    """The same to fly a year in: the clock given is the store's."""
    return open_log(url, PROJECTIONS, clock)


def read_operations(url: str) -> LogReader:
    """The log of operations, to be read alone."""
    return read_log(url, PROJECTIONS)


@contextmanager
def current_log(url: str) -> Iterator[LogReader]:
    """A store that is there, to be asked. Raises StoreError where there is none or its views are another program's."""
    with closing(read_operations(url)) as log:
        if not log.views_are_current():
            fix = "bring them up to date: supercargo track rebuild"
            raise StoreError("the views are not those of this program", fix=fix, where=url)
        yield log


def verify_store(url: str, *, receipts: Path | None, export: Path | None = None, watch: Watch) -> LogReport:
    """Hold the events of a store to their chain, to receipts that writers kept, and to the end of an earlier export."""
    kept = receipts_of(receipts) + (last_receipt(export) if export else ())
    with closing(read_log(url)) as log:
        return verify_log(log, receipts=kept, watch=watch)


def verify_opened(log: LogReader) -> LogReport:
    """Hold the events of a store that is open already to their chain."""
    return verify_log(log)


def verify_exported(folder: Path, *, public_key: Path | None, receipts: Path | None, watch: Watch) -> LogReport:
    """Hold an exported log to its chain, its signed head and to receipts; no store is needed."""
    known = read_public_key(public_key) if public_key is not None else ""
    return verify_export(folder, public_key=known, receipts=receipts_of(receipts), watch=watch)


def export_store(url: str, out: Path, now: datetime, kept: Kept, *, force: bool, watch: Watch) -> SignedHead:
    """Write the log into a folder with a signed head."""
    _refuse_over_store(url, out)
    with closing(read_log(url)) as log:
        return export_log(log, out, _signer(log, kept), now, force=force, watch=watch)


def backup_store(url: str, out: Path, now: datetime, kept: Kept, *, force: bool, watch: Watch) -> SignedHead:
    """Copy the log into a folder, verified, with a signed head."""
    _refuse_over_store(url, out)
    with closing(read_log(url)) as log:
        return backup_log(log, out, _signer(log, kept), now, force=force, watch=watch)


def restore_store(folder: Path, url: str, *, public_key: Path | None, watch: Watch) -> Head:
    """Put a backup or an export into an empty place and make its views; what does not verify is not restored."""
    known = read_public_key(public_key) if public_key is not None else ""
    return restore_log(source_of(folder, public_key=known, watch=watch), url, PROJECTIONS, watch=watch)


def rebuild_store(url: str, *, watch: Watch) -> Rebuilt:
    """Make all views anew from the log alone, and tell whether they were the same before."""
    with closing(read_operations(url)) as log:
        before = log.digest()[1] if log.views_are_current() else ""
        events_count = rebuild_log(url, PROJECTIONS, watch=watch)
        rows_count, digest = log.digest()
    return Rebuilt(events_count=events_count, rows_count=rows_count, digest=digest, digest_before=before)


def _refuse_over_store(url: str, out: Path) -> None:
    file = place_of(store_url(url))
    if file is not None:
        refuse_within(out, file, fix="choose a folder beside it, best on another disk")


def _signer(log: LogReader, kept: Kept) -> Signer:
    """The holder of the store's key, which is made where the store has none yet, or where a new one is asked for."""
    file = place_of(log.url)
    path = kept.key or (key_beside(file) if file is not None else None)
    if path is None:
        fix = "give --key FILE: it is made the first time; keep it where the server's backups are not"
        raise ScenarioError("a log on a server has no key beside it", fix=fix, where="--key")
    known = log.noted("public_key")
    if kept.new or (not known and not path.exists()):
        signer = make_key(path)
    else:
        signer = read_signer(path)
        if known not in ("", signer.public_key):
            fix = "give the key that the store was signed with, or a new one with --new-key"
            raise StoreError("this is not the key of the store", fix=fix, where=str(path))
    if signer.public_key != known:
        note_in(log.url.render_as_string(hide_password=False), "public_key", signer.public_key)
    return signer


def receipts_of(file: Path | None) -> tuple[Receipt, ...]:
    """Receipts from a file of JSON: a list of them, or one a line. Raises ScenarioError for anything else."""
    if file is None:
        return ()
    fix = "give receipts as they were answered: a list in JSON, or one a line"
    try:
        text = file.read_text("utf-8")
        told = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]
        return tuple(_receipt(one) for one in told)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ScenarioError(f"the receipts can't be read: {error}", fix=fix, where=str(file)) from None


def _receipt(told: Any) -> Receipt:
    receipt = Receipt(**told)
    kinds = (type(receipt.event_id), type(receipt.stream), type(receipt.version), type(receipt.position), type(receipt.hash))
    if kinds != (str, str, int, int, str):
        raise ValueError(f"{told} is no receipt")
    return receipt
