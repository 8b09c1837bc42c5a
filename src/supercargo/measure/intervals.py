"""Time on a calendar: how long a resource is open and how long it is taken, in days of the horizon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from supercargo.kernel import days_between

__all__ = ["Span", "clipped", "total_d", "without"]

Span = tuple[datetime, datetime]
"""Half-open interval of two instants."""


def clipped(spans: Iterable[Span], within: Span) -> tuple[Span, ...]:
    """Parts of the spans that lie inside `within`, empty ones dropped, in order of their start."""
    low, high = within
    cut = ((max(start, low), min(end, high)) for start, end in spans)
    return tuple(sorted(span for span in cut if span[0] < span[1]))


def without(span: Span, closed: Iterable[Span]) -> tuple[Span, ...]:
    """Parts of `span` outside the `closed` ones."""
    open_parts: list[Span] = []
    at = span[0]
    for start, end in clipped(closed, span):
        if start > at:
            open_parts.append((at, start))
        at = max(at, end)
    if at < span[1]:
        open_parts.append((at, span[1]))
    return tuple(open_parts)


def total_d(spans: Iterable[Span]) -> float:
    """Days covered by the spans together [d]; time that two of them share counts once."""
    covered, reached = 0.0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            covered += days_between(begin, end)
        reached = end if reached is None else max(reached, end)
    return covered
