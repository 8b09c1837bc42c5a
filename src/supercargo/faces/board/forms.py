"""Forms of the pages: what they ask, how what was typed is read, and that one sent twice is one act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import UploadFile

from supercargo.faces.api.problems import Problem
from supercargo.faces.api.rules import Asked
from supercargo.kernel import Refused, ScenarioError, SupercargoError, format_utc

__all__ = ["Asking", "Field", "Told", "Typed", "TypedWords", "choices_of", "form_id", "refusal", "refused", "words_of"]

_WORDS_MOST = 4000
_FIELDS_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a form asks: `kind` is text, words, number, instant, day or choice; `unit` stands behind the label."""

    name: str
    label: str
    kind: str = "text"
    unit: str = ""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A form: where it goes, its fields, and its buttons with the word that each sends as `do`."""

    name: str
    action: str
    buttons: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    legend: str = ""
    timed: bool = True

    @property
    def key(self) -> str:
        """A name for this showing of the form, drawn by lot: what is sent twice from it is one act."""
        return secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Told:
    """What a page tells of a form that was refused: why, how to mend it, what had been typed, and what stood against it.

    `where` is the field that is at fault, or what else is.
    """

    what: str
    fix: str
    where: str
    form: str
    typed: Mapping[str, str]
    causes: tuple[str, ...] = ()


class TypedWords(dict[str, str]):
    """What was typed into a form, by field; a field that is not there is empty. Fields `too_long` hold more than is read."""

    too_long: tuple[str, ...] = ()
    most: int = _WORDS_MOST

    def __missing__(self, name: str) -> str:
        return ""

    def number(self, name: str) -> float | None:
        """A number, None where none was typed. Raises ScenarioError for what is none."""
        if not (word := self[name].strip()):
            return None
        try:
            return float(word)
        except ValueError:
            raise ScenarioError(f"{word[:40]!r} is no number", fix="write it as 12.5", where=name) from None

    def count(self, name: str) -> int:
        """A whole number, 0 where none was typed. Raises ScenarioError for what is none."""
        number = self.number(name) or 0.0
        if not number.is_integer():
            raise ScenarioError(f"{self[name][:40]!r} is no whole number", fix="write it as 2", where=name)
        return int(number)

    def instant(self, name: str) -> str:
        """An instant as the log writes it, empty where none was typed; a browser leaves seconds and zone out.

        Raises ScenarioError for what is none.
        """
        if not (word := self[name].strip()):
            return ""
        try:
            at = datetime.fromisoformat(word.replace("Z", "+00:00"))
            utc = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):  # no instant, or one before the year 1 in UTC
            fix = "write it as 2027-03-01T12:00 in UTC"
            raise ScenarioError(f"{word[:40]!r} is no instant", fix=fix, where=name) from None
        return format_utc(utc.replace(microsecond=0))

    def listed(self, name: str) -> tuple[str, ...]:
        """Words that stand in lines or between semicolons."""
        return tuple(word.strip() for word in self[name].replace(";", "\n").splitlines() if word.strip())


async def _typed(request: Request) -> TypedWords:
    form = await request.form(max_files=0, max_fields=_FIELDS_MOST)
    return words_of({name: value for name, value in form.multi_items() if not isinstance(value, UploadFile)}, _WORDS_MOST)


def words_of(said: Mapping[str, str], most: int) -> TypedWords:
    """What was typed, with the names of fields that hold more than `most` signs: `form_id` refuses a form with such."""
    words = TypedWords(said)
    words.most, words.too_long = most, tuple(name for name, value in words.items() if len(value) > most)
    return words


Typed = Annotated[TypedWords, Depends(_typed)]
"""What a form sent, as an argument of a route."""


def form_id(asked: Asked, typed: TypedWords) -> str:
    """The name of the act that a form asks for: of who sends it and of the showing that it was sent from.

    Raises Problem for a form that names none, because sent twice it would be done twice, and ScenarioError for one in which
    more was typed than is read.
    """
    for name in typed.too_long:
        what = f"{len(typed[name]):,} signs are too many"
        raise ScenarioError(what, fix=f"write at most {typed.most:,}", where=name)
    if not (key := typed["key"]):
        raise Problem(422, "the form does not say which it is", fix="open the page again and send its form", where="key")
    return hashlib.sha256(f"{asked.principal.name}\0{key}".encode()).hexdigest()[:32]


_FIELDS = {"occurred_utc": "at", "at_utc": "at", "--at": "at", "--to": "to"}
"""Fields of forms by what errors call them."""


def refusal(error: SupercargoError, typed: TypedWords) -> Told:
    """What the page tells of an act that was refused; of faults that are listed the first, the others as causes."""
    causes = error.causes if isinstance(error, Refused) else ()
    faults = error.faults if isinstance(error, ScenarioError) else ()
    if faults:
        first, *others = faults
        where = _FIELDS.get(first.column, first.column)
        return Told(first.what, first.fix, where, typed["form"], typed, tuple(f"{one.what}: {one.fix}" for one in others))
    return Told(error.what, error.fix, _FIELDS.get(error.where, error.where), typed["form"], typed, causes)


def refused(page: Response, error: SupercargoError) -> Response:
    """The page that tells of a refusal, with the status of one."""
    page.status_code = 422 if isinstance(error, ScenarioError) else 409
    return page


def choices_of(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Choices that are shown as they are sent."""
    return tuple((name, name) for name in names)
