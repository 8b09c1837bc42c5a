"""A store that is open for operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.app.board.compliance import Reviewer
from supercargo.app.board.shelf import Shelf, shelf_beside
from supercargo.app.operations.apart import RecorderApart
from supercargo.app.operations.lives import Lives
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.recorder import Recorder
from supercargo.store.accounts import Accounts
from supercargo.store.log import SqlStore
from supercargo.track.event_store import EventStore, View

__all__ = ["Desk", "open_desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What use cases work on: the log, what is made from it, who may come in, who records steps of cargo, plans released."""

    store: SqlStore
    accounts: Accounts
    recorder: Recorder | RecorderApart
    shelf: Shelf
    reviewer: Reviewer

    @property
    def log(self) -> EventStore:
        """The store as a log of events and nothing else."""
        return self.store

    @contextmanager
    def views(self) -> Iterator[View]:
        """The views as they stand at one instant."""
        with self.store.reading() as view:
            yield view


@contextmanager
def open_desk(url: str, clock: Callable[[], datetime], *, plans: Path | None = None, apart: bool = False) -> Iterator[Desk]:
    """Open a store for operations, making it where there is none; it is closed at the end of the block.

    `plans` is the folder of released plans; None: the one beside the store. `apart`: steps of cargo are judged and stored in a
    process of their own, by the clock of the machine.
    """
    with open_operations(url, clock) as store:
        recorder = RecorderApart(url) if apart else Recorder(store, Lives(store))
        try:
            yield Desk(
                store=store,
                accounts=store.accounts(),
                recorder=recorder,
                shelf=shelf_beside(url, plans),
                reviewer=Reviewer(store),
            )
        finally:
            recorder.close()
