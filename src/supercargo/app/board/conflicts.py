"""Conflicts that ask for no decision any more, as the missions stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from supercargo.track.bodies import noun_of
from supercargo.track.coordination.slips import slip_overtaken
from supercargo.track.event_store import View
from supercargo.track.missions.state import MissionState

__all__ = ["OPEN_STATES", "overtaken_conflicts"]

OPEN_STATES = ("seen", "offered")
"""States of a conflict for which no way out is chosen yet."""


def overtaken_conflicts(view: View, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Of each conflict without a choice that no longer stands why that is so; `rows` are all conflicts."""
    known = {str(row["conflict"]): row for row in rows}
    found: dict[str, str] = {}
    for name, row in known.items():
        if row["state"] in OPEN_STATES and (why := slip_overtaken(name, known, _states(view, row["objects"]))):
            found[name] = why
    return found


def _states(view: View, objects: Iterable[str]) -> dict[str, MissionState]:
    """The missions among what a conflict is about, each as it stands."""
    held = ((name, view.get("mission_states", (name,))) for name in objects)
    return {name: noun_of(MissionState, row["state"]) for name, row in held if row is not None}
