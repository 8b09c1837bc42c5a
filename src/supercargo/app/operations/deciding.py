"""A command is decided on its stream and stored; where somebody else wrote to it meanwhile, it is decided anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import takewhile
from typing import TypeVar

from supercargo.app.operations.known import not_absurdly_early
from supercargo.track.acts import Act
from supercargo.track.envelope import Draft, Receipt, Recorded
from supercargo.track.event_store import EventStore, StreamMoved

__all__ = ["TRIES", "before", "record_on", "while_moved"]

T = TypeVar("T")

TRIES = 5
"""How often a command is decided before it is told that others keep writing to the same streams."""


def while_moved(tried: Callable[[], T]) -> T:
    """What a try gives, tried anew where a stream has moved meanwhile. Raises StreamMoved where the last try meets it too."""
    for _ in range(TRIES - 1):
        with suppress(StreamMoved):
            return tried()
    return tried()


def before(store: EventStore, stream: str, act: Act) -> Iterable[Recorded]:
    """The stream as it was before the command, so that one told again is decided alike and stored once."""
    return takewhile(lambda event: event.event_id != f"{act.command_id}.1", store.stream(stream))


def record_on(
    store: EventStore,
    stream: str,
    act: Act,
    fold: Callable[[Iterable[Recorded]], T],
    decided: Callable[[T], tuple[Draft, ...]],
) -> tuple[Receipt, ...]:
    """Store what is decided on the state of a stream. Raises Refused for an absurdly early act, and what `decided` does."""
    not_absurdly_early(store, act)
    return while_moved(lambda: store.append(decided(fold(before(store, stream, act)))))
