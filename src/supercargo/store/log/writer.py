"""One thread writes: requests that wait together are stored with one sync of the disk, and each hears of its own fate."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from supercargo.kernel import Refused, StoreError
from supercargo.store.log.engines import is_busy
from supercargo.track.envelope import Draft, Receipt
from supercargo.track.limits import check_drafts

__all__ = ["LARGEST_BATCH", "Caught", "Commit", "Request", "Tell", "Writer", "teller_of"]

LARGEST_BATCH = 512
"""Events that are stored with one sync; a single request may have more."""


@dataclass(slots=True)
class Request:
    """What one caller wants stored as one, with the body of each draft as JSON, and who is told what became of it."""

    drafts: tuple[Draft, ...]
    bodies: tuple[str, ...]
    tell: Tell
    told: bool = False

    def answer(self, answer: tuple[Receipt, ...] | BaseException) -> None:
        """Tell whoever waits, once."""
        self.told = True
        self.tell(answer)


Tell = Callable[["tuple[Receipt, ...] | BaseException"], None]
"""Takes what became of a request: its receipts, or what it failed of."""

Commit = Callable[[Sequence[Request]], Sequence[tuple[Receipt, ...] | Refused]]
"""Stores a batch in one transaction and gives what to answer to each request."""


def teller_of(future: Future[tuple[Receipt, ...]]) -> Tell:
    """What fills a future with what became of a request."""

    def tell(answer: tuple[Receipt, ...] | BaseException) -> None:
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    return tell


class Caught:
    """Keeps what work for others failed of: it is raised again where they wait for it."""

    error: Exception | None = None

    def __enter__(self) -> Caught:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return isinstance(error, Exception)


class Writer:
    """The thread that stores: requests that wait are one batch, and one transaction.

    After an error of the disk or the database it stops for good: what a failed sync left behind can't be known, and a
    second one that succeeds would prove nothing.
    """

    def __init__(self, commit: Commit, clock: Callable[[], datetime], where: str, *, reserved: str = "") -> None:
        self._commit, self._clock, self._where, self._reserved = commit, clock, where, reserved
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._reason = ""
        self._fix = ""
        self._thread = threading.Thread(target=self._run, name="event log", daemon=True)
        self._thread.start()

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Wait until the drafts are stored for good; see EventStore."""
        return self.submit(drafts).result()

    def submit(self, drafts: Sequence[Draft]) -> Future[tuple[Receipt, ...]]:
        """Have drafts stored; what `append` would answer or raise comes with the future. Raises ScenarioError at once."""
        future: Future[tuple[Receipt, ...]] = Future()
        self.send(drafts, teller_of(future))
        return future

    def send(self, drafts: Sequence[Draft], tell: Tell) -> None:
        """Have drafts stored; `tell` hears, in the thread that stores, what became of them. Raises ScenarioError at once."""
        wanted = tuple(drafts)
        request = Request(wanted, check_drafts(wanted, self._clock(), reserved=self._reserved), tell)
        if not wanted:
            request.answer(())
            return
        with self._gate:
            if self._reason:
                raise self._stopped()
            self._queue.put(request)

    def close(self) -> None:
        """Store what waits, then stop."""
        with self._gate:
            if not self._reason:
                self._reason, self._fix = "it was closed", "open the store again"
                self._queue.put(None)
        self._thread.join()

    def _stopped(self) -> StoreError:
        return StoreError(f"the store takes no more events: {self._reason}", fix=self._fix, where=self._where)

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                self._store(batch)
        self._refuse_all_that_wait()

    def _next_batch(self) -> tuple[list[Request], bool]:
        """What waits, as far as it fits into a batch, and whether anything may come after it."""
        first = self._queue.get()
        batch: list[Request] = []
        size = 0
        while first is not None:
            batch.append(first)
            size += len(first.drafts)
            if size >= LARGEST_BATCH or self._queue.empty():
                return batch, True
            first = self._queue.get()
        return batch, False

    def _store(self, batch: Sequence[Request]) -> None:
        """Store a batch; if it fails for a reason that may lie in one request, store each by itself."""
        if self._lost():
            self._refuse(batch)
            return
        with Caught() as caught:
            receipts = self._commit(batch)
        error = caught.error
        if error is None:
            for request, answer in zip(batch, receipts, strict=True):
                request.answer(answer)
        elif is_busy(error):
            for request in batch:
                request.answer(_held(self._where))
        elif isinstance(error, DBAPIError | OSError | StoreError):
            self._stop(error)
            self._refuse(batch)
        elif len(batch) == 1:
            batch[0].answer(error)
        else:
            for request in batch:
                if not request.told:
                    self._store([request])

    def _lost(self) -> bool:
        return bool(self._reason) and self._reason != "it was closed"

    def _stop(self, error: Exception) -> None:
        said = (
            str(error.orig) if isinstance(error, DBAPIError) else error.what if isinstance(error, StoreError) else str(error)
        )
        with self._gate:
            self._reason = " ".join(said.split())
            mend = error.fix if isinstance(error, StoreError) else "mend the cause"
            self._fix = f"{mend}; then open the store again and send the events once more: none is stored twice"
            self._queue.put(None)

    def _refuse(self, batch: Sequence[Request]) -> None:
        for request in batch:
            if not request.told:
                request.answer(self._stopped())

    def _refuse_all_that_wait(self) -> None:
        while not self._queue.empty():
            request = self._queue.get()
            if request is not None:
                self._refuse([request])


def _held(where: str) -> StoreError:
    fix = "send the events again; see which program holds the store"
    return StoreError("another program held the store for too long; nothing was stored", fix=fix, where=where)
