"""One thread judges the steps that many send at once: those that wait are judged on one reading of the log."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from supercargo.app.operations.cargo import judged
from supercargo.app.operations.deciding import TRIES
from supercargo.app.operations.lives import Lives, LivesRead
from supercargo.kernel import StoreError
from supercargo.store.log import SqlStore
from supercargo.store.log.writer import Caught, Tell, teller_of
from supercargo.track.cargo.steps import Step
from supercargo.track.envelope import Receipt, receipt_of
from supercargo.track.event_store import StreamMoved
from supercargo.track.people import Principal

__all__ = ["Recorder"]

_MOST_AT_ONCE = 256


@dataclass(slots=True)
class _Told:
    """Steps that somebody wants recorded as one, who is told what became of them, and how often that was tried."""

    steps: tuple[Step, ...]
    principal: Principal
    tell: Tell
    tries: int = 0
    told: bool = False
    written: frozenset[str] = field(init=False)  # things whose streams are written to
    touched: frozenset[str] = field(init=False)  # those, and what they are put into

    def answer(self, answer: tuple[Receipt, ...] | BaseException) -> None:
        """Tell whoever waits, once."""
        if not self.told:
            self.told = True
            self.tell(answer)

    def __post_init__(self) -> None:
        self.written = frozenset([step.thing for step in self.steps])
        self.touched = self.written.union([str(getattr(step, "where", "")) for step in self.steps])


class Recorder:
    """Records steps of cargo for callers that do not wait in a thread of their own; the promises are `record_cargo`'s.

    Steps of a thing that is just being written to, or put into one, wait until that is stored: they are judged on it.
    """

    def __init__(self, store: SqlStore, lives: Lives) -> None:
        self._store, self._lives = store, lives
        self._queue: queue.SimpleQueue[_Told | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        store.on_stored(lives.hear)
        self._under_way: dict[str, list[_Told]] = {}
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, steps: Sequence[Step], principal: Principal) -> Future[tuple[Receipt, ...]]:
        """Have steps stored as one: the future brings the receipts, or raises what `record_cargo` does."""
        future: Future[tuple[Receipt, ...]] = Future()
        future.set_running_or_notify_cancel()  # whoever stops waiting does not take back what may be stored already
        self.send(steps, principal, teller_of(future))
        return future

    def send(self, steps: Sequence[Step], principal: Principal, tell: Tell) -> None:
        """Have steps stored as one: `tell` hears, in some thread, the receipts or what `record_cargo` would raise."""
        self._put(_Told(tuple(steps), principal, tell))

    def close(self) -> None:
        """Judge what waits, then stop; the store is closed after it."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _put(self, told: _Told) -> None:
        with self._gate:
            if not self._closed:
                self._queue.put(told)
                return
        told.answer(StoreError("the store was closed", fix="send the steps again", where="store"))

    def _run(self) -> None:
        going_on = True
        while going_on:
            waiting, going_on = self._waiting()
            self._judge_all(waiting)

    def _waiting(self) -> tuple[list[_Told], bool]:
        first = self._queue.get()
        waiting: list[_Told] = []
        while first is not None:
            waiting.append(first)
            if len(waiting) >= _MOST_AT_ONCE or self._queue.empty():
                return waiting, True
            first = self._queue.get()
        return waiting, False

    def _judge_all(self, waiting: Sequence[_Told]) -> None:
        with Caught() as caught, self._lives.reading() as read:
            for told in waiting:
                with Caught() as refused:
                    self._judge(told, read)
                if refused.error is not None:
                    told.answer(refused.error)
        if caught.error is not None:
            for told in waiting:
                if not told.told:
                    told.answer(caught.error)

    def _judge(self, told: _Told, read: LivesRead) -> None:
        if self._waits(told):
            return
        drafts, known = judged(told.steps, self._store, told.principal, read)
        again = tuple(receipt_of(event, repeated=True) for event in known)
        if not drafts:
            told.answer(again)
            return
        told.tries += 1
        self._begin(told)
        sent = False
        try:
            self._store.send(drafts, lambda stored: self._stored(told, again, stored))
            sent = True
        finally:
            if not sent:
                self._end(told)

    def _waits(self, told: _Told) -> bool:
        with self._gate:
            for name in told.touched:
                if name in self._under_way:
                    self._under_way[name].append(told)
                    return True
        return False

    def _begin(self, told: _Told) -> None:
        with self._gate:
            self._under_way |= {name: [] for name in told.written}

    def _end(self, told: _Told) -> None:
        with self._gate:
            waiting = [one for name in told.written for one in self._under_way.pop(name, ())]
        for one in waiting:
            self._put(one)

    def _stored(self, told: _Told, again: tuple[Receipt, ...], stored: tuple[Receipt, ...] | BaseException) -> None:
        self._end(told)
        if isinstance(stored, StreamMoved) and told.tries < TRIES:
            self._put(told)
        elif isinstance(stored, BaseException):
            told.answer(stored)
        else:
            told.answer((*again, *stored))
