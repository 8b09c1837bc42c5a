"""A store of events in memory: the plainest thing that keeps the promises of one, but for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from supercargo.track.envelope import Draft, Head, Receipt, Recorded, receipt_of, recorded_from, same_statement
from supercargo.track.event_store import EventIdReused, StreamMoved
from supercargo.track.limits import check_drafts

__all__ = ["MemoryStore"]


class MemoryStore:
    """Keeps events as long as the program runs; `clock` tells when an event is recorded."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._log: list[Recorded] = []
        self._streams: dict[str, list[Recorded]] = {}
        self._by_id: dict[str, Recorded] = {}

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Store the drafts as one; see EventStore."""
        added: list[Recorded] = []
        receipts: list[Receipt] = []
        at = self._clock().replace(microsecond=0)
        check_drafts(drafts, at)
        head = self.head()
        fresh: dict[str, Recorded] = {}
        versions: dict[str, int] = {}
        for draft in drafts:
            known = fresh.get(draft.event_id) or self._by_id.get(draft.event_id)
            if known is None:
                version = versions.get(draft.stream, len(self._streams.get(draft.stream, ())))
                if draft.expected_version is not None and draft.expected_version != version:
                    raise StreamMoved(
                        f"{draft.stream} is at version {version}, the writer knew version {draft.expected_version}",
                        fix="read the stream again and decide anew",
                        where=draft.event_id,
                    )
                event = recorded_from(draft, head, version=version + 1, recorded_utc=at)
                head = Head(position=event.position, hash=event.hash)
                versions[draft.stream] = version + 1
                fresh[draft.event_id] = event
                added.append(event)
                receipts.append(receipt_of(event))
            elif same_statement(known, draft):
                receipts.append(receipt_of(known, repeated=True))
            else:
                raise EventIdReused(
                    f"event {draft.event_id} is stored with another content",
                    fix="give each event a name of its own; a correction is a new event",
                    where=draft.stream,
                )
        for event in added:
            self._log.append(event)
            self._streams.setdefault(event.stream, []).append(event)
            self._by_id[event.event_id] = event
        return tuple(receipts)

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order."""
        return tuple(self._streams.get(name, ()))

    def named(self, event_id: str) -> Recorded | None:
        """The event of a name; None where none has it."""
        return self._by_id.get(event_id)

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The next events of the log behind a position."""
        return tuple(self._log[position : position + limit])

    def head(self) -> Head:
        """The end of the log."""
        return Head(position=self._log[-1].position, hash=self._log[-1].hash) if self._log else Head()
