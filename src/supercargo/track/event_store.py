"""What operations ask of a store of events; the rooms below know no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from supercargo.kernel import Refused
from supercargo.track.envelope import Draft, Head, Receipt, Recorded

__all__ = ["EventIdReused", "EventStore", "StreamMoved", "View"]


class StreamMoved(Refused):
    """Somebody else wrote to the stream since the writer read it."""


class EventIdReused(Refused):
    """An event's name comes again with another content: a faulty scanner, or a forgery."""


class EventStore(Protocol):
    """An append-only log of events in streams.

    What `append` has answered is stored for good: all drafts of one call, or none of them.
    """

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Store the drafts in their order, as one.

        A draft whose event_id is stored with the same content gives its first receipt, `repeated`. Raises EventIdReused where
        the content differs, StreamMoved where a stream is not at its expected version, ScenarioError for drafts out of form,
        StoreError where the disk or the database says no; nothing is stored then.
        """

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order; none for a stream that is not known."""

    def named(self, event_id: str) -> Recorded | None:
        """The event of a name; None where none has it."""

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The next events of the log behind a position, in their order."""

    def head(self) -> Head:
        """The end of the log."""


class View(Protocol):
    """Tables that are made from the log alone and can be thrown away: rows by table and key.

    Keys and rows hold what JSON can carry; a key is a tuple of words.
    """

    def get(self, table: str, key: tuple[str, ...]) -> dict[str, Any] | None:
        """A row, or None."""

    def put(self, table: str, key: tuple[str, ...], row: dict[str, Any]) -> None:
        """Set a row."""

    def drop(self, table: str, key: tuple[str, ...]) -> None:
        """Take a row away, if it is there."""

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Rows in which an indexed column has a value, in order of key."""
