"""Lessons recorded: opened and dropped by anybody of quality, closed on two plan folders that show what was changed."""

from __future__ import annotations

from pathlib import Path

from supercargo.app.operations.deciding import record_on
from supercargo.app.operations.recording import Operations
from supercargo.model import rows_worded
from supercargo.store import digest_of_plan, read_plan
from supercargo.track import acts
from supercargo.track.envelope import Draft, Receipt
from supercargo.track.lessons.deciding import CloseLesson, Lesson, LessonCommand, decide_lesson, lesson_of
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["Act", "closing_on_plans", "record_lesson"]

Act = acts.Act


def record_lesson(store: Operations, lesson: str, command: LessonCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a lesson; raises as `decide_lesson` does."""

    def decided(state: Lesson) -> tuple[Draft, ...]:
        released = tuple(made.digest for made, _ in register_of(store.stream(REGISTER)))
        return decide_lesson(lesson, state, command, act, released=released)

    return record_on(store, f"lesson/{lesson}", act, lesson_of, decided)


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
