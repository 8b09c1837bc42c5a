"""Columns of a file: how a cell of each type is read and written, derived from the noun's own field declarations."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any, get_type_hints

from supercargo.kernel import format_utc, places_of

__all__ = ["CEILINGS", "LARGEST_NUMBER", "PROVENANCE", "YEARS", "BadCell", "Column", "columns_of"]

LARGEST_NUMBER = 1e15
"""Beyond this a float no longer tells thousandths, and sums of it lose what a file has gained."""

CEILINGS: Mapping[str, float] = {
    "kg": 1e7,
    "m": 100.0,
    "m/s": 1e5,
    "km": 1e6,
    "s": 1e6,
    "h": 1e5,
    "d": 36_525.0,
    "W": 1e7,
    "USD": 1e12,
    "count": 1e4,
}
"""Largest size of a number that a scenario may give, by unit: a century, ten thousand tonnes, a million million dollars.

More is a slip of the pen, and sums of it would leave the calendar or the memory of the machine.
"""

YEARS = range(1950, 2151)
"""Years whose instants are read: outside them no ephemeris and no price holds."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_WITH_UNIT = re.compile(r"\s*[-+]?[\d.,]+\s*[A-Za-z%$€/]+[\d²³]?\s*", re.ASCII)
_UNIT_WORDS = {
    "kg": "kilograms",
    "m": "metres",
    "m3": "cubic metres",
    "d": "days",
    "s": "seconds",
    "h": "hours",
    "deg": "degrees",
}


class BadCell(ValueError):
    """A cell that is not a value of its column's type: what is wrong, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, the noun's field, and how its cells are read and written."""

    name: str
    field: str
    unit: str
    most: float  # largest lawful number; inf: none is declared
    choices: tuple[str, ...]
    default: Any  # value where the file has no such column; MISSING where it must have it
    empty: Any  # value of an empty cell; MISSING where the cell must say something
    is_text: bool
    kind: str  # text, words, number, whole, truth or instant
    read: Callable[[str], Any]
    write: Callable[[Any], str]

    @property
    def needed(self) -> bool:
        """True where a file without the column is refused."""
        return self.default is MISSING


PROVENANCE = ("source", "as_of", "evidence")
"""Columns of a record that say where its figures come from; people read them after the figures."""


@cache
def columns_of(noun: type) -> tuple[Column, ...]:
    """Columns of a noun's file, in the order in which its fields are declared, provenance last."""
    hints = get_type_hints(noun)
    kind: Any = noun
    fields = sorted(dataclasses.fields(kind), key=lambda f: f.name in PROVENANCE)
    return tuple(_column(f, hints[f.name]) for f in fields)


def _column(field: dataclasses.Field[Any], hint: Any) -> Column:
    unit = field.metadata.get("unit", "")
    read, write = _codec(hint, unit, places_of(field))
    return Column(
        name=field.metadata.get("column") or field.name,
        field=field.name,
        unit=unit,
        most=field.metadata.get("le", math.inf),
        choices=field.metadata.get("choices", ()),
        default=field.default,
        empty=_of_empty(field, hint),
        is_text=hint is str,
        kind=_kind(hint),
        read=read,
        write=write,
    )


def _of_empty(field: dataclasses.Field[Any], hint: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    if getattr(hint, "__origin__", None) is tuple:
        return ()
    return "" if hint is str else MISSING


def _kind(hint: Any) -> str:
    kinds = [kind for kind in getattr(hint, "__args__", (hint,)) if kind is not type(None)]
    if getattr(hint, "__origin__", None) is tuple:
        return "words"
    return {str: "text", int: "whole", float: "number", bool: "truth", datetime: "instant"}[kinds[0]]


def _codec(hint: Any, unit: str, places: int) -> tuple[Callable[[str], Any], Callable[[Any], str]]:
    kinds = [kind for kind in getattr(hint, "__args__", (hint,)) if kind is not type(None)]
    if getattr(hint, "__origin__", None) is tuple:
        return _read_words, _write_words
    codecs: dict[Any, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
        str: (str, str),
        int: (partial(_read_whole, unit), str),
        float: (partial(_read_number, unit), partial(_write_number, places)),
        bool: (_read_truth, lambda value: "true" if value else "false"),
        datetime: (_read_instant, _write_instant),
    }
    return codecs[kinds[0]]


def _read_number(unit: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise _not_a_number(unit, cell) from None
    if "_" in cell or not cell.isascii():
        raise _not_a_number(unit, cell)
    if not math.isfinite(value):
        raise BadCell(f"{cell[:40]!r} is not a finite number", f"give a finite number of {_in_words(unit)}")
    if abs(value) >= LARGEST_NUMBER:
        raise BadCell(f"{cell[:40]!r} is too large to be meant", f"give less than {LARGEST_NUMBER:g} {unit}".rstrip())
    return value


def _not_a_number(unit: str, cell: str) -> BadCell:
    shown = cell if len(cell) <= 40 else cell[:37] + "..."
    fix = f"write {_in_words(unit)} as a plain number with a decimal point, without unit or thousands separator"
    if _WITH_UNIT.fullmatch(cell):
        return BadCell(f"{shown!r} carries a unit or separator", fix)
    return BadCell(f"{shown!r} is not a number", fix)


def _in_words(unit: str) -> str:
    return _UNIT_WORDS.get(unit, unit or "the quantity")


def _read_whole(unit: str, cell: str) -> int:
    value = _read_number(unit, cell)
    if not value.is_integer():
        raise BadCell(f"{cell!r} is not a whole number", "give a whole number")
    return int(value)


def _write_number(places: int, value: float) -> str:
    written = f"{round(float(value), places) + 0.0:.{places}f}"
    return written.rstrip("0").rstrip(".")


def _read_truth(cell: str) -> bool:
    if cell == "true":
        return True
    if cell == "false":
        return False
    raise BadCell(f"{cell[:40]!r} is not a truth value", "write true or false")


@lru_cache(maxsize=65_536)
def _read_instant(cell: str) -> datetime:
    if _INSTANT.fullmatch(cell):
        try:
            instant = datetime.fromisoformat(cell)
        except ValueError:
            raise BadCell(f"{cell!r} is not a date of the calendar", "write an instant as YYYY-MM-DDTHH:MM:SSZ") from None
        if instant.year in YEARS:
            return instant
        raise BadCell(f"{cell!r} lies outside the years that can be planned", f"use years {YEARS[0]} to {YEARS[-1]}")
    raise BadCell(f"{cell[:40]!r} is not an instant", "write it in UTC as YYYY-MM-DDTHH:MM:SSZ, such as 2027-01-31T12:00:00Z")


@lru_cache(maxsize=65_536)
def _write_instant(value: datetime) -> str:
    return format_utc(value)


def _read_words(cell: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in cell.split(";"))
    if "" in words:
        raise BadCell(f"{cell[:40]!r} has an empty word between its semicolons", "separate words by one semicolon each")
    return words


def _write_words(words: tuple[str, ...]) -> str:
    if any(";" in word or word != word.strip() or not word for word in words):
        raise ValueError(f"{words!r} can't stand in a list separated by semicolons")
    return ";".join(words)
