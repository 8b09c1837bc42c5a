"""Lessons as a table, made from the log alone."""

from __future__ import annotations

from typing import Any

from supercargo.kernel import format_utc
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.lessons import events as told
from supercargo.track.views import Projection, ViewTable

__all__ = ["LESSONS"]

_TABLE = ViewTable(
    name="lessons",
    key=("lesson",),
    columns=(
        "text", "about", "owner", "state", "opened_utc", "opened_by", "change", "old", "new", "digest", "scenario_digest",
        "finding", "closed_utc", "closed_by", "position",
    ),
    indexed=("state", "owner"),
)  # fmt: skip


def _project(event: Recorded, view: View) -> None:
    said = told.LESSON_KINDS.read(event)
    if said is None:
        return
    name, at = event.stream.partition("/")[2], format_utc(event.occurred_utc)
    if isinstance(said, told.LessonOpened):
        row: dict[str, Any] = dict.fromkeys((*_TABLE.key, *_TABLE.columns), "")
        row |= {"lesson": name, "text": said.text, "about": said.about, "owner": said.owner, "state": "open"}
        view.put(_TABLE.name, (name,), {**row, "opened_utc": at, "opened_by": event.by, "position": event.position})
        return
    row = dict(view.get(_TABLE.name, (name,)) or {})
    if isinstance(said, told.LessonClosed):
        row |= {"state": "closed", "change": said.change, "old": said.old, "new": said.new, "digest": said.digest}
        row |= {"scenario_digest": said.scenario_digest, "finding": said.finding}
    else:
        row |= {"state": "dropped", "finding": said.reason}
    view.put(_TABLE.name, (name,), {**row, "closed_utc": at, "closed_by": event.by})


LESSONS = Projection(name="lessons", tables=(_TABLE,), project=_project)
"""What was learned, and what was changed by it."""
