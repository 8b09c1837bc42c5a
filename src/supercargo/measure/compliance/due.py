"""By when something has to be shown, from a rule such as `start-30d`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from supercargo.measure.compliance.seeing import Facts

__all__ = ["ANCHORS", "due_utc", "lawful_due"]

ANCHORS = ("start", "end", "as-of", "first-launch", "last-end")
"""start, end: of the horizon. as-of: now. first-launch: the first lift-off. last-end: the end of the last mission."""

_RULE = re.compile(r"([a-z-]+?)(?:([+-]\d{1,5})d)?", re.ASCII)


def lawful_due(rule: str) -> bool:
    """Whether a rule is one that can be read."""
    match = _RULE.fullmatch(rule)
    return match is not None and match[1] in ANCHORS


def due_utc(rule: str, facts: Facts) -> datetime | None:
    """The instant that a lawful rule names; None where what it counts from is not known.

    >>> from datetime import UTC
    >>> due_utc("as-of+2d", Facts(datetime(2027, 1, 1, tzinfo=UTC))).day
    3
    """
    match = _RULE.fullmatch(rule)
    start = _anchor(match[1], facts) if match else None
    return start + timedelta(days=int(match[2] or 0)) if match and start else None


def _anchor(name: str, facts: Facts) -> datetime | None:
    if name == "as-of":
        return facts.as_of_utc
    if facts.plan is None:
        return None
    settings, missions = facts.plan.scenario.settings, facts.plan.missions
    if name in ("start", "end"):
        return settings.start_utc if name == "start" else settings.end_utc
    if not missions:
        return None
    return min(row.launch_utc for row in missions) if name == "first-launch" else max(row.end_utc for row in missions)
