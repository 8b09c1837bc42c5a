"""Instants are aware UTC datetimes, whole seconds, written `YYYY-MM-DDTHH:MM:SSZ`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["DAY_S", "days", "days_between", "format_utc", "parse_utc", "seconds"]

DAY_S = 86_400.0


def parse_utc(written: str) -> datetime:
    """Read an instant written `YYYY-MM-DDTHH:MM:SSZ`.

    >>> parse_utc("2027-01-01T00:00:00Z").year
    2027

    Raises ValueError for anything else.
    """
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def format_utc(instant: datetime) -> str:
    """Write an instant; fractions of a second are refused because files carry none."""
    return _written(instant)


@lru_cache(maxsize=4096)  # an event is written to several places, and many share their instants
def _written(instant: datetime) -> str:
    if instant.tzinfo is None or instant.microsecond:
        raise ValueError(f"{instant!r} is not an aware instant in whole seconds")
    return (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).isoformat()[:19] + "Z"


def days(count_d: float) -> timedelta:
    """Duration of `count_d` days, to the whole second."""
    return timedelta(seconds=round(count_d * DAY_S))


def seconds(count_s: float) -> timedelta:
    """Duration of `count_s` seconds, to the whole second."""
    return timedelta(seconds=round(count_s))


def days_between(start: datetime, end: datetime) -> float:
    """Days from `start` to `end` [d], negative if `end` comes first."""
    return (end - start).total_seconds() / DAY_S
