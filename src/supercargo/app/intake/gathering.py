"""A store as it will stand after drafts that nobody has stored yet: each row of a file is decided upon the rows before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from supercargo.app.operations.recording import Operations
from supercargo.track.envelope import Draft, Head, Receipt, Recorded, receipt_of, recorded_from
from supercargo.track.event_store import StreamMoved, View

__all__ = ["Gathering"]


class Gathering:
    """Takes what is appended and keeps it; streams are those of the store with that behind them, views are the store's."""

    def __init__(self, store: Operations, view: View) -> None:
        self._store = store
        self._view = _Remembering(view)
        self._stored: dict[str, tuple[Recorded, ...]] = {}
        self._more: dict[str, list[Recorded]] = {}
        self.drafts: list[Draft] = []

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Keep the drafts, all of them or none; whether their names are free, the store says in the end.

        Raises StreamMoved as a store does.
        """
        kept: list[Recorded] = []
        for draft in drafts:
            version = len(self.stream(draft.stream)) + sum(one.stream == draft.stream for one in kept)
            if draft.expected_version not in (None, version):
                raise StreamMoved(f"{draft.stream} has moved", fix="look at it again", where=draft.stream)
            kept.append(recorded_from(draft, Head(), version=version + 1, recorded_utc=draft.occurred_utc))
        for event in kept:
            self._more.setdefault(event.stream, []).append(event)
        self.drafts += drafts
        return tuple(receipt_of(event) for event in kept)

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream, those that are not stored yet too."""
        if name not in self._stored:
            self._stored[name] = self._store.stream(name)
        return (*self._stored[name], *self._more.get(name, ()))

    def named(self, event_id: str) -> Recorded | None:
        """The stored event of a name; None where none has it."""
        return self._store.named(event_id)

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The store's next events behind a position."""
        return self._store.since(position, limit=limit)

    def head(self) -> Head:
        """The end of the store's log."""
        return self._store.head()

    @contextmanager
    def reading(self) -> Iterator[View]:
        """The store's views as they stood when the gathering began."""
        yield self._view


class _Remembering:
    """A view that is read once for what is asked again and again, row by row of a file."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        self.put: Callable[[str, tuple[str, ...], dict[str, Any]], None] = view.put
        self.drop: Callable[[str, tuple[str, ...]], None] = view.drop

    def get(self, table: str, key: tuple[str, ...]) -> dict[str, Any] | None:
        """A row, or None."""
        return self._view.get(table, key)

    def find(self, table: str, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Rows in which an indexed column has a value, in order of key."""
        key = (table, column, value)
        if key not in self._found:
            self._found[key] = list(self._view.find(table, column, value))
        return iter(self._found[key])
