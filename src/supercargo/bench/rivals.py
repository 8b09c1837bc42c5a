"""Peers in processes of their own, and the measures that ours and theirs share.

A peer is a few lines of Python run by a Python that has it. They print a line that begins with "ready", and then, for each
line that they are sent, the processor's seconds of one round. So ours and theirs are timed in turns, what else runs on the
machine is counted for neither, and no peer's code (some are under the GPL) is ever loaded into our process.
"""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from supercargo.kernel import ScenarioError

__all__ = ["Rival", "compare_times", "peak_mb", "peer_python_at", "processor_seconds", "rival", "skipped"]

_READY = "ready"


def skipped(peer: str) -> str:
    """What a row says where the peer of a comparison could not be started."""
    return f"skipped: {peer}"


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kept / (1024.0**2 if sys.platform == "darwin" else 1024.0)  # macOS counts bytes, Linux kilobytes


def processor_seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor: what else runs on the machine is not counted."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def peer_python_at(path: str) -> str:
    """The Python of a path or name; raises ScenarioError where nothing can be run there."""
    found = shutil.which(path)
    if found is None:
        fix = "give the Python of an environment that has the peers, such as .venv-peers/bin/python after `make bench`"
        raise ScenarioError(f"no Python can be run at {path!r}", fix=fix, where="--peer-python")
    return found


class Rival:
    """A peer that waits in its own process; `told` is what it said after that it was ready."""

    def __init__(self, peer: str, process: subprocess.Popen[str], told: str) -> None:
        self._peer, self._process, self.told = peer, process, told

    def round(self) -> float:
        """Seconds of one round; raises ScenarioError if the peer has died."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("again\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None
        return float(self._line())

    def last(self) -> str:
        """What it says after the last round, when nothing more is asked of it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._died()
        return line.strip()

    def _died(self) -> ScenarioError:
        fix = "run it again, or leave --peers out"
        return ScenarioError(f"the peer {self._peer} stopped while it was timed", fix=fix, where="--peers")


@contextlib.contextmanager
def rival(peer: str, python: str, source: str, words: Sequence[str] = ()) -> Iterator[Rival | None]:
    """The peer ready to run its source on some words, or None where it is not installed or can't do what is asked."""
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            [python, "-c", source, *words], text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
    except OSError:
        yield None
        return
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")  # some libraries greet first
        ready = next((line for line in lines if line.startswith(_READY)), None)
        yield None if ready is None else Rival(peer, process, ready.removeprefix(_READY).strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):  # what a dead peer was still to be sent
            process.stdin.close()


def compare_times(ours: Callable[[], object], theirs: Rival | None, rounds: int) -> tuple[float, float | None]:
    """The shortest round of ours and, if it runs, of the peer [s], taken in turns so that a busy machine hits them alike."""
    mine, others = [], []
    for _ in range(rounds):
        mine.append(processor_seconds(ours))
        if theirs is not None:
            others.append(theirs.round())
    return min(mine), min(others) if others else None
