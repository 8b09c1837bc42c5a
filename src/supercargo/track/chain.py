"""What shows that a log was altered: each event is held to the one before it, to its own hash, and to kept receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from supercargo.track.envelope import Head, Receipt, Recorded, hash_of

__all__ = ["HEAD_FORM", "Chain", "Finding", "LogReport", "SignedHead"]

HEAD_FORM = "supercargo/log-head/1"
"""What a signed head says of its own form."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a log, and the position where it shows."""

    position: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a verification found: nothing, or where the log was altered.

    `vouched` tells what the end of the log was held to: `key` a public key that the reader had, `export` only the key
    that stands in the export itself, which a forger could have put there, `receipts`, or empty for nothing.
    """

    events_count: int
    position: int
    hash: str
    store_id: str = ""
    signed_utc: str = ""
    vouched: str = ""
    findings_count: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """The end of a log as its owner vouches for it; key and signature are in hexadecimal digits."""

    store_id: str
    position: int
    hash: str
    signed_utc: str
    public_key: str
    signature: str
    form: str = HEAD_FORM

    def head(self) -> Head:
        """The end of the log that is vouched for."""
        return Head(position=self.position, hash=self.hash)


class Chain:
    """Walks along a log from its beginning; `receipts` are what writers kept of their events."""

    def __init__(self, receipts: Iterable[Receipt] = ()) -> None:
        self.head = Head()
        self.events_count = 0
        self._versions: dict[str, int] = {}
        self._names: set[str] = set()
        self._receipts: dict[int, list[Receipt]] = {}
        for receipt in receipts:
            self._receipts.setdefault(receipt.position, []).append(receipt)

    def check(self, event: Recorded) -> list[Finding]:
        """What is wrong with the next event."""
        found = [Finding(event.position, what) for what in self._faults(event)]
        self.events_count += 1
        self.head = Head(position=event.position, hash=event.hash)
        self._versions[event.stream] = event.version
        self._names.add(event.event_id)
        return found

    def _faults(self, event: Recorded) -> Iterator[str]:
        if event.position != self.head.position + 1:
            yield f"it comes behind position {self.head.position}: events are missing or out of order"
        if event.previous_hash != self.head.hash:
            yield "it does not follow the event before it: something was altered, taken away or put in between"
        if event.hash != hash_of(event):
            yield "it was altered: its content does not have its hash"
        if event.version != self._versions.get(event.stream, 0) + 1:
            yield f"version {event.version} of {event.stream} comes behind version {self._versions.get(event.stream, 0)}"
        if event.event_id in self._names:
            yield f"event {event.event_id} stands in the log twice"
        for receipt in self._receipts.pop(event.position, ()):
            if (receipt.event_id, receipt.stream, receipt.version, receipt.hash) != (
                event.event_id,
                event.stream,
                event.version,
                event.hash,
            ):
                yield f"a receipt says that event {receipt.event_id} stood here: the log was written anew"

    def miss(self) -> None:
        """The next event can't be read: the one behind it is held to its own content alone."""
        self.head = Head(position=self.head.position + 1, hash=self.head.hash)

    def end(self, signed: Head | None = None) -> list[Finding]:
        """What is wrong with where the log ends: behind it there is neither a receipt nor a signed head."""
        found = [
            Finding(position, f"the log ends before it, but a receipt says that event {receipt.event_id} stood here")
            for position, receipts in sorted(self._receipts.items())
            for receipt in receipts
        ]
        if signed is not None and signed != self.head:
            what = f"the log ends at position {self.head.position}, the signed head says {signed.position}"
            if signed.position == self.head.position:
                what = "the last event is not the one that the signed head names"
            found.append(Finding(max(signed.position, self.head.position), what))
        return found
