"""Steps judged and stored in a process of their own: whoever speaks with the clients has another processor to itself."""

from __future__ import annotations

import gc
import multiprocessing
import queue
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from supercargo.app.operations.lives import Lives
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.recorder import Recorder
from supercargo.kernel import StoreError
from supercargo.store.log.writer import Caught, Tell, teller_of
from supercargo.track.cargo.steps import Step
from supercargo.track.envelope import Receipt
from supercargo.track.people import Principal

__all__ = ["RecorderApart"]

T = TypeVar("T")
_Told = tuple[Tell, tuple[Step, ...], Principal]
_Asked = tuple[int, tuple[Step, ...], Principal]
_Answer = tuple[int, "tuple[Receipt, ...] | BaseException"]
_GONE = (EOFError, OSError)
"""What reading and writing raise when the other side is no more."""


class RecorderApart:
    """A `Recorder` in a process of its own, with the same promises; it opens the store by its URL.

    Where that process ends unasked, those who wait are told so and the next step starts another: what was confirmed is
    stored, and what is sent again under its name is stored once.
    """

    def __init__(self, url: str) -> None:
        """Start the process. Raises what opening the store raises there."""
        self._url = url
        self._queue: queue.SimpleQueue[_Told | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._line = _Line(url)
        self._thread = threading.Thread(target=self._run, name="recorder's errands", daemon=True)
        self._thread.start()

    @property
    def process_id(self) -> int | None:
        """The number of the process that judges and stores now."""
        return self._line.process.pid

    def record(self, steps: Sequence[Step], principal: Principal) -> Future[tuple[Receipt, ...]]:
        """Have steps stored as one: the future brings the receipts, or raises what `record_cargo` does."""
        answer: Future[tuple[Receipt, ...]] = Future()
        answer.set_running_or_notify_cancel()  # whoever stops waiting does not take back what may be stored already
        self.send(steps, principal, teller_of(answer))
        return answer

    def send(self, steps: Sequence[Step], principal: Principal, tell: Tell) -> None:
        """Have steps stored as one: `tell` hears, in some thread, the receipts or what `record_cargo` would raise."""
        with self._gate:
            if not self._closed:
                self._queue.put((tell, tuple(steps), principal))
                return
        tell(StoreError("the store was closed", fix="send the steps again", where="store"))

    def close(self) -> None:
        """Have what waits judged and stored, then end the process."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going_on = True
        while going_on:
            told, going_on = _waiting_in(self._queue)
            while told and not self._line.ask(told):
                with Caught() as caught:
                    self._line = _Line(self._url)
                if caught.error is not None:
                    for tell, _, _ in told:
                        tell(caught.error)
                    break
        self._line.end()


class _Line:
    """One process, and what it was asked and has not answered yet."""

    def __init__(self, url: str) -> None:
        start = multiprocessing.get_context("spawn")
        self._line, theirs = start.Pipe()
        self.process = start.Process(target=_work, args=(url, theirs), name="recorder", daemon=True)
        with _deaf():
            self.process.start()
        theirs.close()
        self._gate = threading.Lock()
        self._waiting: dict[int, Tell] = {}
        self._count = 0
        self._over = False
        _opened(self._line)
        self._thread = threading.Thread(target=self._listen, name="recorder's answers", daemon=True)
        self._thread.start()

    def ask(self, told: Sequence[_Told]) -> bool:
        """Send what is asked; False where the process is known to be no more."""
        asked: list[_Asked] = []
        with self._gate:
            if self._over:
                return False
            for tell, steps, principal in told:
                self._count += 1
                self._waiting[self._count] = tell
                asked.append((self._count, steps, principal))
        _say(self._line, asked)  # where nobody hears it, whoever listens finds it out and tells those who wait
        return True

    def end(self) -> None:
        """Let it store what it has been given, and wait for it."""
        _say(self._line, None)
        self._thread.join()
        self.process.join()
        self._line.close()

    def _listen(self) -> None:
        while (answers := _heard(self._line)) is not None:
            for number, answer in answers:
                self._waiting.pop(number)(answer)
        with self._gate:
            self._over = True
        for tell in self._waiting.values():
            tell(_ended())


@contextmanager
def _deaf() -> Iterator[None]:
    """A process that is started here does not hear who interrupts the server at its keyboard, from its first instant."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ended() -> StoreError:
    fix = "send the steps again under the same names: none is stored twice"
    return StoreError("the process that stores has ended", fix=fix, where="store")


def _opened(line: Connection) -> None:
    """Wait until the store is open on the other side; raises what went wrong there."""
    try:
        failed = line.recv()
    except _GONE as error:
        fix = "see what it said; then start again"
        raise StoreError("the process that stores did not come up", fix=fix, where="store") from error
    if failed is not None:
        raise failed


def _heard(line: Connection) -> Any:
    """The next thing that comes over a line; None at its end."""
    try:
        return line.recv()
    except _GONE:
        return None


def _waiting_in(waiting: queue.SimpleQueue[T | None]) -> tuple[list[T], bool]:
    """What waits in a queue, at least one; and whether anything may come after it: None is the end."""
    first = waiting.get()
    found: list[T] = []
    while first is not None:
        found.append(first)
        if waiting.empty():
            return found, True
        first = waiting.get()
    return found, False


# In the process of its own


_COLLECT = (50_000, 20, 100)
"""How seldom the memory is looked through for what nobody needs: lives and rows are kept long, and hardly ever in circles."""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _work(url: str, line: Connection) -> None:
    """Judge and store what comes over the line until it ends; who interrupts the server ends this by the line alone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    gc.set_threshold(*_COLLECT)
    answers: queue.SimpleQueue[_Answer | None] = queue.SimpleQueue()
    telling = threading.Thread(target=_tell, args=(answers, line), name="answers", daemon=True)
    with Caught() as caught, open_operations(url, _now) as store:
        recorder = Recorder(store, Lives(store))
        _say(line, None)
        telling.start()
        while (asked := _heard(line)) is not None:
            for number, steps, principal in asked:
                recorder.send(steps, principal, _teller(answers, number))
        recorder.close()
    if caught.error is None:
        answers.put(None)  # now that the store is closed, everybody has an answer
        telling.join()
    elif telling.ident is None:
        _say(line, caught.error)
    else:
        raise caught.error


def _teller(answers: queue.SimpleQueue[_Answer | None], number: int) -> Tell:
    return lambda answer: answers.put((number, answer))


def _tell(answers: queue.SimpleQueue[_Answer | None], line: Connection) -> None:
    going_on = True
    while going_on:
        told, going_on = _waiting_in(answers)
        if told:
            _say(line, told)


def _say(line: Connection, told: Any) -> None:
    try:
        line.send(told)
    except _GONE:
        return  # nobody is there to hear it; what is stored is stored
