"""One thread judges the steps that many send at once: those that wait are judged on one reading of the log."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from supercargo.app.operations.cargo import TRIES, judged
from supercargo.app.operations.lives import Lives, LivesRead
from supercargo.kernel import StoreError
from supercargo.store.log import SqlStore
from supercargo.store.log.writer import Caught
from supercargo.track.cargo.steps import Step
from supercargo.track.envelope import Receipt, receipt_of
from supercargo.track.event_store import StreamMoved
from supercargo.track.people import Principal

__all__ = ["Recorder"]

_MOST_AT_ONCE = 256


@dataclass(slots=True)
class _Told:
    """Steps that somebody wants recorded as one, how often that was tried, and the answer that is waited for."""

    steps: tuple[Step, ...]
    principal: Principal
    tries: int = 0
    answer: Future[tuple[Receipt, ...]] = field(default_factory=Future)

    @property
    def written(self) -> frozenset[str]:
        """Things whose streams are written to."""
        return frozenset(step.thing for step in self.steps)

    @property
    def touched(self) -> frozenset[str]:
        """Those, and what they are put into."""
        return self.written | {str(getattr(step, "where", "")) for step in self.steps}


class Recorder:
    """Records steps of cargo for callers that do not wait in a thread of their own; the promises are `record_cargo`'s.

    Steps of a thing that is just being written to, or put into one, wait until that is stored: they are judged on it.
    """

    def __init__(self, store: SqlStore, lives: Lives) -> None:
        self._store, self._lives = store, lives
        self._queue: queue.SimpleQueue[_Told | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._under_way: dict[str, list[_Told]] = {}
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, steps: Sequence[Step], principal: Principal) -> Future[tuple[Receipt, ...]]:
        """Have steps stored as one: the future brings the receipts, or raises what `record_cargo` does."""
        told = _Told(tuple(steps), principal)
        told.answer.set_running_or_notify_cancel()  # whoever stops waiting does not take back what may be stored already
        self._put(told)
        return told.answer

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
        told.answer.set_exception(StoreError("the store was closed", fix="send the steps again", where="store"))

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
                    told.answer.set_exception(refused.error)
        for told in waiting if caught.error is not None else ():
            if not told.answer.done():
                told.answer.set_exception(caught.error)

    def _judge(self, told: _Told, read: LivesRead) -> None:
        if self._waits(told):
            return
        drafts, known = judged(told.steps, self._store, told.principal, read)
        again = tuple(receipt_of(event, repeated=True) for event in known)
        if not drafts:
            told.answer.set_result(again)
            return
        told.tries += 1
        self._begin(told)
        sent = False
        try:
            storing = self._store.submit(drafts)
            sent = True
        finally:
            if not sent:
                self._end(told)
        storing.add_done_callback(lambda stored: self._stored(told, again, stored))

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

    def _stored(self, told: _Told, again: tuple[Receipt, ...], stored: Future[tuple[Receipt, ...]]) -> None:
        self._end(told)
        error = stored.exception()
        if isinstance(error, StreamMoved) and told.tries < TRIES:
            self._put(told)
        elif error is not None:
            told.answer.set_exception(error)
        else:
            told.answer.set_result((*again, *stored.result()))
