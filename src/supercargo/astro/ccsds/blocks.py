"""What a block of a CCSDS message is: keywords declared once, on the field, and everything else reads that line.

The declaration gives the keyword, the unit as the standard writes it, the lawful range and whether the block can stand
without it. Reader, writer, checks and the tables of docs/ccsds.md all follow it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import Any, ClassVar

import numpy as np

from supercargo.kernel import Fault, ScenarioError

__all__ = ["Block", "Field", "epoch", "fields_of", "freeze", "number", "refuse", "same", "unprintable", "whole", "words"]

_LARGEST_WHOLE = 2**31 - 1  # CCSDS 502.0-B-3, 7.5.4


@dataclass(frozen=True, slots=True)
class Field:
    """One keyword of a block."""

    keyword: str
    attribute: str
    kind: str  # epoch, number, whole or words
    unit: str
    least: float
    most: float
    must: bool
    choices: tuple[str, ...]


def _declared(kind: str, keyword: str, *, unit: str = "", must: bool = False, **rest: Any) -> Any:
    metadata = {
        "kind": kind,
        "keyword": keyword,
        "unit": unit,
        "must": must,
        "least": rest.get("ge", -math.inf),
        "most": rest.get("le", math.inf),
        "choices": rest.get("choices", ()),
    }
    return field(default=MISSING if must else rest.get("default"), metadata=metadata)


def epoch(keyword: str, *, must: bool = False) -> Any:
    """Declare an epoch."""
    return _declared("epoch", keyword, must=must)


def number(keyword: str, unit: str = "", *, must: bool = False, ge: float = -math.inf, le: float = math.inf) -> Any:
    """Declare a number with the unit that the standard gives it; empty where it has none."""
    return _declared("number", keyword, unit=unit, must=must, ge=ge, le=le)


def whole(keyword: str, *, ge: float = 0, le: float = _LARGEST_WHOLE) -> Any:
    """Declare an integer."""
    return _declared("whole", keyword, ge=ge, le=le)


def words(keyword: str, *, must: bool = False, choices: tuple[str, ...] = ()) -> Any:
    """Declare text; empty where it is not given."""
    return _declared("words", keyword, must=must, default="", choices=choices)


def fields_of(kind: Any) -> tuple[Field, ...]:
    """The keywords of a kind of block, in the order in which they are written."""
    return _fields_of(kind)


@cache
def _fields_of(kind: Any) -> tuple[Field, ...]:
    found = []
    for each in dataclasses.fields(kind):
        meta = each.metadata
        if "keyword" in meta:
            rest = (meta["kind"], meta["unit"], meta["least"], meta["most"], meta["must"], meta["choices"])
            found.append(Field(meta["keyword"], each.name, *rest))
    return tuple(found)


def freeze(array: Any) -> Any:
    """An array of float64 that nobody writes to: its own copy, unless it is frozen already."""
    if isinstance(array, np.ndarray) and array.dtype == np.float64 and not array.flags.writeable:
        return array
    copy = np.array(array, dtype=np.float64, order="C")
    copy.setflags(write=False)
    return copy


def unprintable(text: str) -> str:
    """The first sign of a text that no message may carry, or an empty string (CCSDS 502.0-B-3, 7.3.4)."""
    return next((sign for sign in text if not " " <= sign <= "~"), "")


def refuse(kind: str, wrong: Iterator[tuple[str, str, str]]) -> None:
    """Raise ScenarioError with each (keyword, what, fix) as a fault, if there is any."""
    faults = [Fault(kind, 0, keyword, what, fix) for keyword, what, fix in wrong]
    if faults:
        raise ScenarioError.of(faults, where=kind)


def same(one: Any, other: Any) -> bool:
    """Equality to the last bit, of numbers, arrays and tuples of either."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, float) and isinstance(other, float):
        return one.hex() == other.hex()
    return bool(one == other)


class Block:
    """A block refuses to exist wrong, and equals another one if every bit of it does."""

    __slots__ = ()
    title: ClassVar[str] = "block"

    def __post_init__(self) -> None:
        refuse(self.title, self.wrongs())

    def wrongs(self) -> Iterator[tuple[str, str, str]]:
        """Each thing wrong with the block: keyword, what, fix."""
        for comment in getattr(self, "comments", ()):
            if sign := unprintable(comment):
                yield "COMMENT", f"a comment has the sign {sign!r}", "write it with printable ASCII signs, one comment a line"
        for each in fields_of(type(self)):
            value = getattr(self, each.attribute)
            if value is not None:
                yield from ((each.keyword, what, fix) for what, fix in _wrongs_of(each, value))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(same(getattr(self, each.name), getattr(other, each.name)) for each in dataclasses.fields(self))  # type: ignore[arg-type]  # subclasses are dataclasses

    __hash__ = None  # type: ignore[assignment]  # may hold arrays, so it is no key of a dict


def _wrongs_of(each: Field, value: Any) -> Iterator[tuple[str, str]]:
    if each.kind == "words":
        if each.must and not value.strip():
            yield f"{each.keyword} is empty", f"give a value for {each.keyword}"
        elif sign := unprintable(value):
            yield f"{each.keyword} has the sign {sign!r}", "write it with printable ASCII signs"
        elif value != value.strip():
            yield f"{each.keyword} begins or ends in a blank", "take the blank away"
        elif each.choices and value and value.upper() not in each.choices:
            yield f"{each.keyword} is {value[:40]!r}, which is not known", f"use one of: {', '.join(each.choices)}"
    elif each.kind != "epoch" and not (each.least <= value <= each.most and math.isfinite(value)):
        span = f"[{each.least:g}, {each.most:g}]"
        unit = f" {each.unit}" if each.unit else ""
        yield f"{each.keyword} is {value}{unit}, outside {span}", f"give a finite number in {span}"
