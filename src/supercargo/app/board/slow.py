"""Figures that take seconds: counted beside the pages, which show what is known and since when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["HOLDS_S", "Known", "Slow"]

HOLDS_S = 20.0
"""A figure that others stand beside is counted anew so often at most [s]."""

_MOST = 16
_COUNTERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="counting")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What is known: None while it is counted for the first time; `counting` while newer figures are on their way."""

    value: T | None
    counting: bool


@dataclass(slots=True)
class _Entry(Generic[T]):
    """The last count that ended, and the one that goes on; each with the state that it is of and when it was begun."""

    ended: Future[T] | None = None
    going: Future[T] | None = None
    of: Hashable = None
    begun_s: float = 0.0

    def settle(self) -> None:
        """Let a count that has ended take the place of the one before."""
        if self.going is not None and self.going.done():
            self.ended, self.going = self.going, None


class Slow(Generic[T]):
    """Values by name, each of a state: asked for in a newer state, the old value is given and the new one is counted."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry[T]] = {}
        self._gate = threading.Lock()

    def ask(self, name: Hashable, state: Hashable, count: Callable[[], T], *, wait_s: float = 0.0) -> Known[T]:
        """What is known under a name; waits up to `wait_s` for what is counted. Raises what counting raised last."""
        with self._gate:
            entry = self._entries.pop(name, None) or _Entry[T]()
            self._entries[name] = entry
            while len(self._entries) > _MOST:
                del self._entries[next(iter(self._entries))]
            entry.settle()
            stale = entry.of != state and (entry.ended is None or time.monotonic() - entry.begun_s >= HOLDS_S)
            if stale and entry.going is None:
                entry.going, entry.of, entry.begun_s = _COUNTERS.submit(count), state, time.monotonic()
            going = entry.going
        if going is not None:
            wait((going,), wait_s)
        with self._gate:
            entry.settle()
            ended, counting = entry.ended, entry.going is not None
        return Known(None if ended is None else ended.result(), counting)
