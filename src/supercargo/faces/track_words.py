"""Each command under `supercargo track` calls one use case and prints its answer, in words or as one JSON object."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from supercargo.app.answers import HeadAnswer, LogAnswer, RebuildAnswer, RestoreAnswer
from supercargo.app.operations import log
from supercargo.faces.commands import VIOLATIONS_FOUND, answering, print_json, tell_lines
from supercargo.faces.track_cli import STORE
from supercargo.faces.words import count

__all__ = ["backup", "export", "kept", "rebuild", "restore", "verify_log"]

_EVERY_S = 2.0


class _Watch:
    """A line on standard error every two seconds, for work that lasts longer."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()

    def __call__(self, stage: str, share: float) -> None:
        now = time.monotonic()
        if now - self._told >= _EVERY_S:
            left = f", about {(now - self._began) * (1.0 / share - 1.0):.0f} s left" if share > 0.02 else ""
            sys.stderr.write(f"{stage}: {100 * share:.0f} % done{left}\n")
            self._told = now


def kept(key: Path | None, *, new: bool) -> log.Kept:
    """The private key that is to vouch."""
    return log.Kept(key=key, new=new)


def verify_log(store: str, export: Path | None, public_key: Path | None, receipts: Path | None, *, as_json: bool) -> None:
    """Tell whether a log was altered; exit 3 if it was."""
    with answering(as_json=as_json):
        place = store if export is None else str(export)
        if export is None:
            report = log.verify_store(store or STORE, receipts=receipts, watch=_Watch())
            place = store or STORE
        else:
            report = log.verify_exported(export, public_key=public_key, receipts=receipts, watch=_Watch())
            if store and not report.findings_count:
                report = log.verify_store(store, receipts=receipts, export=export, watch=_Watch())
                place = f"{store}, held to {export}"
    told: LogAnswer = {"place": place, "sound": not report.findings_count, "report": report}
    if as_json:
        print_json(told)
    else:
        tell_lines(_log_lines(told, receipts))
    if report.findings_count:
        raise SystemExit(VIOLATIONS_FOUND)


def _log_lines(told: LogAnswer, receipts: Path | None) -> list[str]:
    place, report = told["place"], told["report"]
    lines = [f"event {found.position}: {found.what}" for found in report.findings]
    if report.findings_count > len(report.findings):
        lines.append(f"and {count(report.findings_count - len(report.findings), 'finding')} more")
    if lines:
        return [*lines, f"{place}: this log was altered or damaged"]
    ends = {
        "key": f"its end is vouched for by the key given, at {report.signed_utc}",
        "export": f"signed at {report.signed_utc} with the key in the export itself: hold it to one that you had before",
        "receipts": "it holds every event of the receipts",
        "": "nothing vouches for its end: hold it to receipts or to an export",
    }
    also = ["it holds every event of the receipts"] if receipts and report.vouched != "receipts" else []
    sound = f"{place}: {count(report.events_count, 'event')} in an unbroken chain, the last with hash {report.hash}"
    return [sound, *also, ends[report.vouched]]


def export(store: str, out: Path, key: log.Kept, *, force: bool, as_json: bool) -> None:
    """Write the log into a folder and tell what was signed."""
    with answering(as_json=as_json):
        signed = log.export_store(store, out, datetime.now(UTC), key, force=force, watch=_Watch())
    _tell_head({"store": store, "folder": str(out), "head": signed}, as_json)


def backup(store: str, out: Path, key: log.Kept, *, force: bool, as_json: bool) -> None:
    """Copy the log into a folder and tell up to where."""
    with answering(as_json=as_json):
        signed = log.backup_store(store, out, datetime.now(UTC), key, force=force, watch=_Watch())
    _tell_head({"store": store, "folder": str(out), "head": signed}, as_json)


def _tell_head(told: HeadAnswer, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    head = told["head"]
    size = count(head.position, "event")
    tell_lines([f"{told['folder']}: {size}, verified and signed; the last has the hash {head.hash}"])


def rebuild(store: str, *, as_json: bool) -> None:
    """Make the views anew and tell whether they were the same before."""
    with answering(as_json=as_json):
        made = log.rebuild_store(store, watch=_Watch())
    same = made.digest == made.digest_before
    if as_json:
        told: RebuildAnswer = {
            "store": store,
            "same": same,
            "events_count": made.events_count,
            "rows_count": made.rows_count,
            "digest": made.digest,
            "digest_before": made.digest_before,
        }
        print_json(told)
        return
    before = "as before" if same else "not as before" if made.digest_before else "made for the first time"
    tell_lines([f"{store}: {count(made.rows_count, 'row')} from {count(made.events_count, 'event')}, {before}"])


def restore(folder: Path, store: str, public_key: Path | None, *, as_json: bool) -> None:
    """Restore a log and tell its end."""
    with answering(as_json=as_json):
        head = log.restore_store(folder, store, public_key=public_key, watch=_Watch())
    if as_json:
        told: RestoreAnswer = {"folder": str(folder), "store": store, "position": head.position, "hash": head.hash}
        print_json(told)
    else:
        tell_lines([f"{store}: {count(head.position, 'event')} restored; the last has the hash {head.hash}"])
