"""Lessons recorded: opened and dropped by anybody of quality, closed on two plan folders that show what was changed."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

from supercargo.app.operations.known import not_absurdly_early
from supercargo.app.operations.recording import Operations
from supercargo.model import rows_worded
from supercargo.store import digest_of_plan, read_plan
from supercargo.track import acts
from supercargo.track.envelope import Receipt
from supercargo.track.event_store import StreamMoved
from supercargo.track.lessons.deciding import CloseLesson, LessonCommand, decide_lesson, lesson_of
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["Act", "closing_on_plans", "record_lesson"]

Act = acts.Act
TRIES = 5


def record_lesson(store: Operations, lesson: str, command: LessonCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a lesson; raises as `decide_lesson` does."""
    stream = f"lesson/{lesson}"
    not_absurdly_early(store, stream, act)
    moved: StreamMoved | None = None
    for _ in range(TRIES):
        events = takewhile(lambda event: event.event_id != f"{act.command_id}.1", store.stream(stream))
        released = tuple(made.digest for made, _ in register_of(store.stream(REGISTER)))
        try:
            return store.append(decide_lesson(lesson, lesson_of(events), command, act, released=released))
        except StreamMoved as error:
            moved = error
    assert moved is not None
    raise moved


def closing_on_plans(folders: tuple[Path, Path], change: str) -> CloseLesson:
    """The command that closes a lesson on a parameter FILE/ROW/COLUMN that two plan folders have otherwise.

    Old and new value are read, never told. Raises ScenarioError for a parameter that one of them has not.
    """
    before, after = (read_plan(folder) for folder in folders)
    old, new = (rows_worded(plan.scenario, change) for plan in (before, after))
    return CloseLesson(
        change=change,
        old=old,
        new=new,
        digest=digest_of_plan(folders[1]),
        scenario_digest=after.scenario.digest,
        finding=f"{change}: {old} -> {new}",
    )
