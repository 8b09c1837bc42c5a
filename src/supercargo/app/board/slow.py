"""Figures that take seconds: counted beside the pages, which show what is known and since when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["HOLDS_S", "Known", "Slow"]

HOLDS_S = 20.0
"""A figure that others stand beside is counted anew so often at most [s]."""

_MOST = 16

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What is known: None while it is counted for the first time; `counting` while newer figures are on their way."""

    value: T | None
    counting: bool


@dataclass(slots=True)
class _Entry(Generic[T]):
    value: T | None = None
    of: Hashable = None
    error: Exception | None = None
    made_s: float = 0.0
    counting: bool = False


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
            stale = entry.of != state and (entry.of is None or time.monotonic() - entry.made_s >= HOLDS_S)
            if stale and not entry.counting:
                entry.counting = True
                threading.Thread(target=self._count, args=(entry, state, count), daemon=True).start()
        give_up = time.monotonic() + wait_s
        while entry.counting and time.monotonic() < give_up:
            time.sleep(0.005)
        if entry.error is not None and not entry.counting:
            raise entry.error
        return Known(entry.value, entry.counting)

    def _count(self, entry: _Entry[T], state: Hashable, count: Callable[[], T]) -> None:
        try:
            value = count()
        except Exception as error:  # it is raised where somebody asks
            entry.error = error
        else:
            entry.value, entry.error = value, None
        entry.of, entry.made_s = state, time.monotonic()
        entry.counting = False
