"""Small words of the drawing language: escaped text, calendar axis, colours that colour-blind eyes tell apart."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from supercargo.kernel import DAY_S

__all__ = ["PALETTE", "CalendarAxis", "clip", "escaped", "points", "short_utc"]

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8C6D46", "#B7B7B7")
"""After Okabe and Ito, "Color Universal Design" (2008), with a brown and a grey; letters stand beside the colours."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def escaped(words: str, longest: int = 300) -> str:
    """Text made harmless for HTML and SVG, cut at `longest` characters."""
    return html.escape(clip(words, longest), quote=True)


def clip(words: str, longest: int) -> str:
    """Text of at most `longest` characters; a cut is shown by an ellipsis."""
    return words if len(words) <= longest else words[: max(1, longest - 1)] + "…"


def points(path: list[tuple[float, float]]) -> str:
    """Corner list of a polygon or polyline, one decimal."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in path)


def short_utc(instant: datetime) -> str:
    """An instant as a reader wants it: day and minute."""
    return f"{instant.year:04d}-{instant.month:02d}-{instant.day:02d} {instant.hour:02d}:{instant.minute:02d}"


@dataclass(frozen=True, slots=True)
class CalendarAxis:
    """Days laid out from left to right: `start` at `left_px`, `end` at `left_px + width_px`."""

    start: datetime
    end: datetime
    left_px: float
    width_px: float

    def x(self, instant: datetime) -> float:
        """Place of an instant, held inside the axis [px]."""
        inside = min(max(instant, self.start), self.end)
        span_s = (self.end - self.start).total_seconds() or DAY_S
        return self.left_px + self.width_px * (inside - self.start).total_seconds() / span_s

    def months(self) -> Iterator[tuple[datetime, str]]:
        """First instant and name of each month that begins on the axis; January carries the year."""
        year, month = self.start.year, self.start.month
        while (first := datetime(year, month, 1, tzinfo=UTC)) < self.end:
            if first >= self.start:
                yield first, MONTHS[month - 1] + (f" {year}" if month == 1 else "")
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
