"""Ctrl-C ends the command at once, even while a solver works outside Python."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["STOPPED", "Stopped", "prompt_interrupts", "words_of"]

Stopped = str | Callable[[], str]
"""What is said where somebody interrupts, or what tells it then."""

STOPPED = "interrupted; nothing was written"
"""What is said where somebody interrupts work that writes at its end."""

GRACE_S = 2.0


@contextmanager
def prompt_interrupts(stopped: Stopped = STOPPED) -> Iterator[None]:
    """Python tells of a signal only between its own steps, and a solver's run is one step that may last for minutes.

    A second thread is woken by the signal and gives the first a moment to put things away. If it does not, it is inside a
    solver, where nothing is half written, and the process ends. SIGTERM counts as Ctrl-C. `stopped` is said then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    done = threading.Event()
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    old = signal.signal(signal.SIGTERM, signal.default_int_handler)
    watcher = threading.Thread(target=_end_if_stuck, args=(woken, done, stopped), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGTERM, old)
        waking.close()
        watcher.join()
        woken.close()


def words_of(stopped: Stopped) -> str:
    """What is said to who interrupts now."""
    return stopped if isinstance(stopped, str) else stopped()


def _end_if_stuck(woken: socket.socket, done: threading.Event, stopped: Stopped) -> None:
    while told := woken.recv(1):
        if told[0] in (signal.SIGINT, signal.SIGTERM) and not done.wait(GRACE_S):
            sys.stderr.write(f"{words_of(stopped)}\n")
            sys.stderr.flush()
            os._exit(128 + signal.SIGINT)
