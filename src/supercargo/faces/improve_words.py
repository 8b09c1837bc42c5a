"""Improvement and lessons, answered in words or as one JSON object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from supercargo.app.event_words import instant_of
from supercargo.app.improve_answers import ImproveAnswer, LessonAnswer
from supercargo.app.improving import ImproveAsked, improve_folder
from supercargo.faces.commands import answering, print_json, tell, tell_lines
from supercargo.faces.progress import Progress
from supercargo.faces.words import printable
from supercargo.kernel import ScenarioError, format_utc
from supercargo.report.improve import improvement_lines

__all__ = ["ImproveWords", "improve", "lesson"]

STAGES = {"reading": 0.2, "costing": 0.8}
"""Usual share of each stage in the time of a whole study."""


@dataclass(frozen=True, slots=True)
class ImproveWords:
    """What a person asks of `improve`, as written."""

    folder: Path
    store: str
    base: Path | None
    since: str
    replan: bool
    out: Path | None
    xlsx: Path | None
    force: bool


def _day(word: str) -> datetime | None:
    if not word:
        return None
    try:
        return instant_of(word)
    except ValueError:
        raise ScenarioError(f"{word[:40]!r} is no day", fix="write YYYY-MM-DD", where="--since") from None


def improve(words: ImproveWords, *, as_json: bool) -> None:
    """Tell what to improve, and write what is asked for."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        asked = ImproveAsked(
            words.folder, words.store, words.base, _day(words.since), replan=words.replan, out=words.out, xlsx=words.xlsx,
            force=words.force,
        )  # fmt: skip
        told = improve_folder(asked, watch=watch)
    files = [str(file) for file in (words.out, words.xlsx) if file is not None]
    if as_json:
        answer: ImproveAnswer = {
            "of": told.of,
            "basis": told.basis,
            "as_of_utc": format_utc(told.as_of_utc),
            "opportunities": list(told.opportunities),
            "costs": list(told.costs),
            "failures": list(told.failures),
            "charts": list(told.charts),
            "since_utc": format_utc(told.since_utc) if told.since_utc else "",
            "compared": list(told.compared),
            "lessons": list(told.lessons),
            "target_usd": told.programme.target_usd,
            "together_percent": told.programme.together_percent,
            "gap_usd": told.programme.gap_usd,
            "programme": told.programme,
            "progress": told.progress,
            "files": files,
        }
        print_json(answer)
        return
    lines = [*improvement_lines(told), *(f"written {file}" for file in files)]
    tell_lines(lines)


def lesson(words: tuple[str, str, str, str], folders: tuple[Path, Path], *, as_json: bool) -> None:
    """Close a lesson on a change that a released plan carries."""
    name, change, by, store = words
    with answering(as_json=as_json):
        # its libraries load only for those who have a store
        from supercargo.app.operations.lessons import Act, closing_on_plans, record_lesson
        from supercargo.app.operations.log import open_operations, read_operations

        command = closing_on_plans(folders, change)
        read_operations(store).close()  # an open lesson stands in a store that is there: none is made for it
        with open_operations(store, _now) as log:
            receipts = record_lesson(log, name, command, Act(command_id=uuid4().hex, by=by, at_utc=log.now_utc()))
    if as_json:
        answer: LessonAnswer = {"store": store, "lesson": name, "change": change, "receipts": list(receipts)}
        print_json(answer)
        return
    tell("".join(f"{printable(name)} closed on {printable(change)}: position {one.position}\n" for one in receipts))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
