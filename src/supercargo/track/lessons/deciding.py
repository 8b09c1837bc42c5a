"""What may be said of a lesson: opened, closed on a change that a released plan carries, dropped for a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import Refused, format_utc
from supercargo.model import lever_words
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.lessons import events as told

__all__ = ["CloseLesson", "DropLesson", "Lesson", "LessonCommand", "OpenLesson", "decide_lesson", "lesson_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLesson:
    """Say what is to be learned, from what, and who sees to it."""

    text: str
    owner: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLesson:
    """Close it on a changed rule or parameter: where it stands, its old and new value, and the plan that carries it."""

    change: str
    old: str
    new: str
    digest: str
    scenario_digest: str
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropLesson:
    """Give it up, for a reason."""

    reason: str


LessonCommand = OpenLesson | CloseLesson | DropLesson


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson as it stands: not known (empty), open, closed or dropped."""

    state: str = ""
    opened_by: str = ""
    since_utc: datetime | None = None
    version: int = 0


def lesson_of(events: Iterable[Recorded]) -> Lesson:
    """A lesson from its stream."""
    lesson = Lesson()
    for event in events:
        lesson = replace(lesson, version=event.version)
        match told.LESSON_KINDS.read(event):
            case told.LessonOpened():
                lesson = replace(lesson, state="open", opened_by=event.by, since_utc=event.occurred_utc)
            case told.LessonClosed():
                lesson = replace(lesson, state="closed")
            case told.LessonDropped():
                lesson = replace(lesson, state="dropped")
    return lesson


def decide_lesson(
    name: str, lesson: Lesson, command: LessonCommand, act: Act, *, released: Iterable[str] = ()
) -> tuple[Draft, ...]:  # fmt: skip
    """A command on a lesson becomes a draft of its stream; `released` are digests of the plans released so far.

    Raises Refused with what is missing: without a changed parameter in a released plan no lesson is closed.
    """
    need(act.by, "the name of the person")
    where = f"lesson/{need(name, 'the name of the lesson')}"
    said = _said(lesson, command, act, where, tuple(released))
    return drafts_of(act, told.LESSON_KINDS, where, (said,), version=lesson.version)


def _said(lesson: Lesson, command: LessonCommand, act: Act, where: str, released: tuple[str, ...]) -> Any:
    if isinstance(command, OpenLesson):
        if lesson.state:
            raise Refused(f"{where} is known already", fix="give the new one another name", where=where)
        text, owner = need(command.text, "what is to be learned", where=where), need(command.owner, "who owns it", where=where)
        return told.LessonOpened(text=text, about=command.about.strip(), owner=owner)
    if lesson.state != "open":
        fix = "open it first: open_lesson" if not lesson.state else "open a new one that names it"
        raise Refused(f"{where} is {lesson.state or 'not known'}", fix=fix, where=where)
    if lesson.since_utc is not None and act.at_utc < lesson.since_utc:
        what = f"{where} is open since {format_utc(lesson.since_utc)}"
        raise Refused(what, fix="state an instant after it", where=where)
    if isinstance(command, DropLesson):
        return told.LessonDropped(reason=need(command.reason, "the reason", where=where))
    if lesson.opened_by == act.by:
        raise Refused(f"{act.by} opened {where}", fix="let another person close it", where=where)
    file, row, column = lever_words(need(command.change, "the rule or parameter that was changed", where=where))
    if command.old.strip() == command.new.strip():
        what = f"{file}/{row}/{column} is {command.new!r} as before: nothing was changed"
        raise Refused(what, fix="change the rule or parameter, plan and release, or drop the lesson", where=where)
    if command.digest not in released:
        what = f"no plan with digest {command.digest[:12] or '(none)'} is released"
        raise Refused(what, fix="release the plan that carries the change, then close the lesson", where=where)
    return told.LessonClosed(
        change=f"{file}/{row}/{column}",
        old=command.old.strip(),
        new=command.new.strip(),
        digest=command.digest,
        scenario_digest=command.scenario_digest,
        finding=command.finding.strip(),
    )
