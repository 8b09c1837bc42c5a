"""Things as the log leaves them, kept from one request to the next, so that a step need not read whole streams again."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from supercargo.track.cargo.life import Life
from supercargo.track.envelope import Head, Recorded
from supercargo.track.event_store import View

__all__ = ["MOST_LIVES", "CargoReader", "Lives", "LivesRead"]

MOST_LIVES = 10_000
"""Things that are kept; of more, those that were not asked for longest are let go."""

_MOST_BEHIND = 2_000


class CargoReader(Protocol):
    """Streams and views that can be read."""

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order."""

    def reading(self) -> AbstractContextManager[View]:
        """The views as they stand at one instant."""


class _Followed(CargoReader, Protocol):
    """A log that can also be followed."""

    def since(self, position: int, *, limit: int = 1000) -> tuple[Recorded, ...]:
        """The next events of the log behind a position, in their order."""

    def head(self) -> Head:
        """The end of the log."""


LivesRead = tuple[View, Callable[[str], Life]]
"""The views, and what gives the life of a thing by its name, both as they stand at one instant."""


class Lives:
    """The lives of things in one log, brought up to its end before each use: other programs may have written."""

    def __init__(self, log: _Followed) -> None:
        self._log = log
        self._gate = threading.Lock()
        self._position = 0
        self._kept: dict[str, Life] = {}
        self._heard: deque[Recorded] = deque(maxlen=_MOST_BEHIND)  # what falls out is read back

    def hear(self, events: Iterable[Recorded]) -> None:
        """Events that were stored just now: those that follow on what is known need not be read again."""
        self._heard.extend(events)

    @contextmanager
    def reading(self) -> Iterator[LivesRead]:
        """The log as it stands at one instant; one reader at a time."""
        with self._gate, self._log.reading() as view:
            self._catch_up()
            yield view, self._life

    def _catch_up(self) -> None:
        while self._heard:
            event = self._heard.popleft()
            if self._kept and event.position == self._position + 1:
                self._follow(event)
        told = self._log.since(self._position, limit=_MOST_BEHIND) if self._kept else ()
        if not self._kept or len(told) == _MOST_BEHIND:
            self._kept.clear()
            self._position = self._log.head().position
            return
        for event in told:
            self._follow(event)

    def _follow(self, event: Recorded) -> None:
        if (life := self._kept.get(event.stream)) is not None:
            self._kept[event.stream] = life.after(event)
        self._position = event.position

    def _life(self, name: str) -> Life:
        life = self._kept.pop(name, None)
        if life is None:
            life = Life.of(name, self._log.stream(name))
            if len(self._kept) >= MOST_LIVES:
                del self._kept[next(iter(self._kept))]
        self._kept[name] = life
        return life
