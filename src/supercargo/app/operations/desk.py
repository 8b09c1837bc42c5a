"""A store that is open for operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from supercargo.app.operations.lives import Lives
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recorder import Recorder
from supercargo.store.accounts import Accounts
from supercargo.store.log import SqlStore, open_log
from supercargo.track.event_store import EventStore, View

__all__ = ["Desk", "open_desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What use cases work on: the log, what is made from it, who may come in, and who records steps of cargo."""

    log: EventStore
    store: SqlStore
    accounts: Accounts
    recorder: Recorder

    @contextmanager
    def views(self) -> Iterator[View]:
        """The views as they stand at one instant."""
        with self.store.reading() as view:
            yield view


@contextmanager
def open_desk(url: str, clock: Callable[[], datetime]) -> Iterator[Desk]:
    """Open a store for operations, making it where there is none; it is closed at the end of the block."""
    with open_log(url, PROJECTIONS, clock) as store:
        recorder = Recorder(store, Lives(store))
        try:
            yield Desk(log=store, store=store, accounts=store.accounts(), recorder=recorder)
        finally:
            recorder.close()
