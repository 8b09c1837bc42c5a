"""What a draft may look like: the same limits hold in every store, and all faults of a request are told at once."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from supercargo.kernel import Fault, ScenarioError, format_utc
from supercargo.track.envelope import Draft

__all__ = [
    "DEEPEST_BODY",
    "FUTURE_TOLERANCE",
    "LARGEST_BODY",
    "LARGEST_WHOLE_NUMBER",
    "LONGEST_NAME",
    "MOST_DRAFTS",
    "body_text",
    "check_drafts",
]

LARGEST_BODY = 64 * 1024
"""Bytes of the largest body, as JSON in UTF-8."""

DEEPEST_BODY = 16
"""Levels of lists and objects in a body."""

LARGEST_WHOLE_NUMBER = 2**53 - 1
"""Beyond it, readers of JSON differ (RFC 8259, section 6)."""

LONGEST_NAME = 200
"""Signs in an event's name, a stream, a person or a customer."""

MOST_DRAFTS = 10_000
"""Drafts of one request, which is stored whole or not at all."""

FUTURE_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the store's clock an event may have happened: clocks of scanners are never quite right."""

_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_EVENT_ID = re.compile(r"[\x21-\x7e]+")
_STREAM = re.compile(r"[a-z][a-z0-9-]*/(?!\s)[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f]")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def body_text(body: Any) -> str:
    """The body as a store keeps it: JSON with sorted keys and no blanks."""
    return _COMPACT.encode(body)


def check_drafts(drafts: Sequence[Draft], now: datetime, *, reserved: str = "") -> tuple[str, ...]:
    """The body of each draft as JSON, once it is held to the limits.

    Raises ScenarioError with every fault of every draft: names out of form, bodies too large or no JSON, dates ahead. `row` of
    a fault counts the drafts from 1, `column` names the field. No name may begin with `reserved`.
    """
    if len(drafts) > MOST_DRAFTS:
        what = f"{len(drafts)} events in one request, more than {MOST_DRAFTS}"
        raise ScenarioError(what, fix="send them in several requests", where="events")
    faults: list[Fault] = []
    bodies: list[str] = []
    for number, draft in enumerate(drafts, start=1):
        faults += [Fault("events", number, column, what, fix) for column, what, fix in _faults(draft, now, bodies)]
        if reserved and str(draft.event_id).startswith(reserved):
            what = f"names that begin with {reserved!r} are those of a flown year"
            faults.append(Fault("events", number, "event_id", what, "give another name"))
    if faults:
        raise ScenarioError.of(faults, where=drafts[faults[0].row - 1].event_id if len(drafts) == 1 else "events")
    return tuple(bodies)


Told = Iterable[tuple[str, str, str]]


def _faults(draft: Draft, now: datetime, bodies: list[str]) -> Told:
    """What is wrong with a draft; the text of a body that is in form is put behind the others."""
    yield from _name("event_id", draft.event_id, _EVENT_ID, "give 1 to 200 letters, digits and signs without blanks")
    yield from _name("stream", draft.stream, _STREAM, "write area/NAME, such as cargo/R000123, at most 200 signs")
    yield from _name("kind", draft.kind, _KIND, "give a word of at most 64 letters, digits, _ . or -, such as received")
    for column in ("by", "tenant"):
        yield from _person(column, getattr(draft, column))
    yield from _numbers(draft)
    yield from _instant(draft.occurred_utc, now)
    yield from _body(draft.body, bodies)


def _name(column: str, value: Any, form: re.Pattern[str], fix: str) -> Told:
    if isinstance(value, str) and _is_name(value, form):
        return ()
    return ((column, f"{_short(value)} is out of form", fix),)


@lru_cache(maxsize=16_384)
def _is_name(value: str, form: re.Pattern[str]) -> bool:
    return len(value) <= LONGEST_NAME and form.fullmatch(value) is not None and _writable(value)


def _person(column: str, value: Any) -> Told:
    if column == "by" and value == "":
        return ((column, "nobody states the event", "say who states it"),)
    if isinstance(value, str) and _is_person(value):
        return ()
    return ((column, f"{_short(value)} is out of form", "give at most 200 printable signs without blanks at the ends"),)


@lru_cache(maxsize=1_024)
def _is_person(value: str) -> bool:
    return len(value) <= LONGEST_NAME and value.isprintable() and value == value.strip()


def _numbers(draft: Draft) -> Told:
    if type(draft.schema) is not int or not 1 <= draft.schema <= 9999:
        yield "schema", f"{_short(draft.schema)} is no version of a body", "give a whole number from 1 to 9999"
    known = draft.expected_version
    if known is not None and (type(known) is not int or not 0 <= known <= LARGEST_WHOLE_NUMBER):
        yield (
            "expected_version",
            f"{_short(known)} is no version of a stream",
            "give 0 for a new stream, or the last version read",
        )


def _instant(at: Any, now: datetime) -> Told:
    if not isinstance(at, datetime) or at.tzinfo is None or at.microsecond:
        yield (
            "occurred_utc",
            f"{_short(at)} is no instant in whole seconds",
            "give an aware UTC instant such as 2027-03-01T12:00:00Z",
        )
    elif at > now + FUTURE_TOLERANCE:
        ahead, stands = format_utc(at.astimezone(UTC)), format_utc(now.astimezone(UTC).replace(microsecond=0))
        what = f"{ahead} has not come yet: the store's clock stands at {stands}"
        yield "occurred_utc", what, "state what has happened; check the clock of the device"


def _body(body: Any, bodies: list[str]) -> Told:
    if type(body) is not dict:
        yield "body", f"{_short(body)} is no object", "give a dictionary of what JSON can carry"
        return
    if not _sound(body, 1):
        yield "body", *next(_wrong(body, "body", 1))
        return
    bodies.append(body_text(body))
    size = len(bodies[-1].encode())
    if size > LARGEST_BODY:
        yield (
            "body",
            f"it has {size} bytes, more than {LARGEST_BODY}",
            "keep documents elsewhere and name them by their digest",
        )


def _sound(value: Any, depth: int) -> bool:
    """Whether `_wrong` finds nothing; it is asked first, because it is quick and nearly always true."""
    kind = type(value)
    if kind is str:
        return _writable(value)
    if kind is float:
        return math.isfinite(value)
    if kind is int:
        return -LARGEST_WHOLE_NUMBER <= int(value) <= LARGEST_WHOLE_NUMBER
    if value is None or kind is bool:
        return True
    if depth > DEEPEST_BODY:
        return False
    if kind is dict:
        return all(type(key) is str and _writable(key) and _sound(part, depth + 1) for key, part in value.items())
    if kind is list or kind is tuple:
        return all(_sound(part, depth + 1) for part in value)
    return next(_wrong(value, "", depth), None) is None


def _wrong(value: Any, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """What JSON, or another reader of it, could not carry without loss."""
    if isinstance(value, dict | list | tuple):
        if depth > DEEPEST_BODY:
            yield f"{place[:80]} is more than {DEEPEST_BODY} levels deep", "make the body flatter"
            return
        if isinstance(value, dict):
            for key, part in value.items():
                if not isinstance(key, str) or not _writable(key):
                    yield f"{place[:80]} has the key {_short(key)}", "keys are text"
                else:
                    yield from _wrong(part, f"{place}.{key}", depth + 1)
        else:
            for number, part in enumerate(value):
                yield from _wrong(part, f"{place}[{number}]", depth + 1)
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield f"{place[:80]} is not finite", "leave out what is not known"
    elif isinstance(value, str):
        if not _writable(value):
            yield f"{place[:80]} has signs that no file can carry", "write text in Unicode"
    elif isinstance(value, int):
        if abs(value) > LARGEST_WHOLE_NUMBER:
            yield f"{place[:80]} is beyond {LARGEST_WHOLE_NUMBER}", "write such a number as text"
    elif value is not None:
        yield f"{place[:80]} is a {type(value).__name__}", "write it as text, number, truth, list or object"


def _writable(value: str) -> bool:
    """Half a surrogate pair is a string to Python and to nobody else."""
    return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else said[:57] + "..."
