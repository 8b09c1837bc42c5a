"""What time it is for a store: the machine's, or that of a year which was flown in it ahead of the machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from supercargo.store.log import LogReader, read_log

__all__ = ["FLOWN", "StoreClock", "now_at", "now_in"]

FLOWN = "fly."
"""What names of events begin with that a flown year told; nobody else may use it."""


def now_in(log: LogReader, now_utc: datetime) -> datetime:
    """What time it is for a store that is read, while the machine's clock tells `now_utc`."""
    told = log.last_of(FLOWN)
    return now_utc if told is None else max(now_utc, told[1])


def now_at(url: str, now_utc: datetime) -> datetime:
    """The same for a store that is not open; that of the machine where no store is named."""
    if not url:
        return now_utc
    with closing(read_log(url)) as log:
        return now_in(log, now_utc)


class StoreClock:
    """The machine's clock, or the instant up to which a year was flown in the store, whichever is later.

    Only what `fly` told moves it: in any other store, and beyond the flown year, a wrong clock of one who records changes
    nothing for the others. The log is looked at once for each instant of the machine's clock, and only where it has grown.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._log: LogReader | None = None
        self._looked: datetime | None = None
        self._position = 0
        self._flown: datetime | None = None

    def follow(self, log: LogReader) -> None:
        """Name the store whose clock it is; before that it is the machine's."""
        self._log = log

    def __call__(self) -> datetime:
        """What time it is."""
        now = self._clock()
        if self._log is not None and now != self._looked:
            self._looked = now
            told = self._log.last_of(FLOWN, after=self._position)
            if told is not None:
                self._position, self._flown = told
        return now if self._flown is None else max(now, self._flown)
