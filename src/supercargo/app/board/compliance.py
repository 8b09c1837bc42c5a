"""What has to be shown, held against the plan in force and the record of operations."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from supercargo.app.board.shelf import KeptPlan
from supercargo.app.board.slow import Known, Slow
from supercargo.app.compliance import requirements_of
from supercargo.measure.compliance import Facts, Review, measure_compliance
from supercargo.store.log import LogReader
from supercargo.track.compliance.record import COMPLIANCE
from supercargo.track.envelope import Recorded
from supercargo.track.views import MemoryView, project_all

__all__ = ["Reviewer"]

_AT_ONCE = 2_000


class Reviewer:
    """Keeps what the log proves from one question to the next: only what came since is read."""

    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._gate = threading.Lock()
        self._position = 0
        self._view = MemoryView.of((COMPLIANCE,))
        self._last: tuple[tuple[str, int, datetime], Review] | None = None
        self._counted: Slow[Review] = Slow()

    def ask(self, kept: KeptPlan | None, as_of_utc: datetime, *, wait_s: float) -> Known[Review]:
        """What `review` last gave, while the newest is counted beside; waits for that up to `wait_s`."""
        hour = as_of_utc.replace(minute=0, second=0, microsecond=0)
        state = (kept.digest if kept else "", self._log.head().position, hour)
        return self._counted.ask("review", state, lambda: self.review(kept, as_of_utc), wait_s=wait_s)

    def review(self, kept: KeptPlan | None, as_of_utc: datetime) -> Review:
        """Every requirement of the packs, and of the plan where it has some, as things stand."""
        plan = kept.plan if kept else None
        with self._gate:
            project_all((COMPLIANCE,), self._news(), self._view)
            asked = (kept.digest if kept else "", self._position, as_of_utc.replace(minute=0, second=0))
            if self._last is not None and self._last[0] == asked:
                return self._last[1]  # nothing has come since, within the hour
            rows = measure_compliance(requirements_of(plan), Facts(as_of_utc=as_of_utc, plan=plan, view=self._view))
            named = f"{plan.scenario.settings.name} and the record of operations" if plan else "the record of operations"
            self._last = asked, Review(of=named, as_of_utc=as_of_utc, rows=rows)
            return self._last[1]

    def _news(self) -> Iterator[Recorded]:
        while told := self._log.since(self._position, limit=_AT_ONCE):
            yield from told
            self._position = told[-1].position
