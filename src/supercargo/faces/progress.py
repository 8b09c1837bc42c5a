"""Progress with time left on standard error, for work that takes longer than a second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

__all__ = ["REPLAN_SHARES", "STAGE_SHARES", "Progress", "patience", "share_done"]

QUIET_S = 1.0
LINE_EVERY_S = 10.0

STAGE_SHARES: Mapping[str, float] = {
    "reading": 0.02,
    "windows": 0.02,
    "schedule": 0.10,
    "manifest": 0.74,
    "assembly": 0.03,
    "judging": 0.04,
    "writing": 0.05,
}
"""Usual share of each stage in the time of a whole plan, in the order in which they come."""


REPLAN_SHARES: Mapping[str, float] = {
    "reading": 0.05,
    "windows": 0.05,
    "first answer": 0.15,
    "schedule": 0.20,
    "manifest": 0.24,
    "assembly": 0.03,
    "cargo held": 0.18,
    "judging": 0.01,
    "writing": 0.09,
}
"""Usual share of each stage in the time of a new plan after an event."""


def share_done(stage: str, share: float, shares: Mapping[str, float] = STAGE_SHARES) -> float | None:
    """Share of the whole work that is done when `share` of `stage` is; None for an unknown stage."""
    if stage not in shares:
        return None
    names = list(shares)
    before = sum(shares[name] for name in names[: names.index(stage)])
    return min(1.0, before + shares[stage] * min(1.0, max(0.0, share)))


class Progress:
    """A stage watch that shows a bar on a terminal, and elsewhere a line for each stage and every ten seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, shares: Mapping[str, float] = STAGE_SHARES) -> None:
        self._clock, self._shares = clock, shares
        self._began = self._told = clock()
        self._stage, self._done = "", 0.0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, share: float) -> None:
        """Tell that `share` of `stage` is done."""
        self._done = max(self._done, share_done(stage, share, self._shares) or 0.0)
        now = self._clock()
        if now - self._began < QUIET_S:
            return
        if sys.stderr.isatty():
            self._draw(stage, self._left(now))
        elif stage != self._stage or now - self._told >= LINE_EVERY_S:
            sys.stderr.write(f"{stage}: {100 * self._done:.0f} % done, {self._left(now)}\n")
            self._told = now
        self._stage = stage

    def _left(self, now: float) -> str:
        if self._done < 0.02:
            return "time left not known yet"
        left_s = (now - self._began) * (1.0 - self._done) / self._done
        return f"about {left_s:.0f} s left"

    def _draw(self, stage: str, left: str) -> None:
        if self._bar is None:
            self._bar = _started_bar()
            self._task = self._bar.add_task(stage, total=1.0, left=left)
        self._bar.update(self._task, description=stage, completed=self._done, left=left)


def _started_bar() -> Any:
    from rich import progress
    from rich.console import Console

    columns = (progress.TextColumn("{task.description:<9}", markup=False), progress.BarColumn(), progress.TaskProgressColumn())
    left = progress.TextColumn("{task.fields[left]}", markup=False)
    bar = progress.Progress(*columns, left, progress.TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    bar.start()
    return bar


@contextmanager
def patience(doing: str) -> Iterator[None]:
    """Work of a few seconds that can't count its own steps says after a second that it goes on."""
    timer = threading.Timer(QUIET_S, lambda: sys.stderr.write(f"{doing} ... a few seconds left\n"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
