"""Cells of a sheet as the text that a file would hold; a cell of the wrong kind is told in the words of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from supercargo.kernel import format_utc
from supercargo.store.columns import YEARS, BadCell, Column
from supercargo.store.rows import LARGEST_CELL

__all__ = ["instant_of", "of_a_percentage", "shown", "text_of"]

NEAR_US = 1_000
"""Microseconds by which a date cell may miss a whole second: a spreadsheet counts days, not seconds."""

_WHOLE = 1e15
_AS_DATE = "format the cell as a date with its time in UTC, or write the text YYYY-MM-DDTHH:MM:SSZ"
_AS_TEXT = "format the cell as text and type the word again"


def text_of(value: Any, column: Column) -> str:
    """The cell as its column's text. Raises BadCell if it is of a kind that the column can't hold."""
    if isinstance(value, str):
        return _of_words(value, column)
    return _TEXTS[column.kind](value, column)


def shown(value: Any) -> str:
    """The cell as a header or a heading would show it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _digits(float(value))
    return str(value)


def of_a_percentage(value: Any) -> BadCell:
    """A cell that shows a hundred times what it holds: which of the two is meant can't be known."""
    what = f"the cell shows {100 * float(value):g} % and holds {float(value):g}"
    return BadCell(what, "format the cell as a plain number and type it in the column's own unit")


def _of_words(words: str, column: Column) -> str:
    if len(words) > LARGEST_CELL:
        raise BadCell(f"the cell is longer than {LARGEST_CELL} characters", "shorten the cell")
    if "\0" in words:
        raise BadCell("a NUL character stands in the cell", "type the cell again")
    if column.kind == "truth" and words.lower() in ("true", "false"):
        return words.lower()
    if column.kind in ("number", "whole") and words:
        try:
            column.read(words)
        except BadCell as error:
            what = f"the cell holds the text {words[:40]!r} where a number is meant"
            raise BadCell(what, f"{error.fix}; the cell must not be formatted as text") from None
    return words


def _number(value: Any, column: Column) -> str:
    unit = f" of {column.unit}" if column.unit else ""
    if isinstance(value, bool):
        raise BadCell(f"the cell is {shown(value)} where a number is meant", f"type the number{unit}")
    if isinstance(value, int | float):
        return _digits(float(value))
    raise BadCell(f"the cell is {_moment(value)} where a number is meant", f"format the cell as a number and type it{unit}")


def _truth(value: Any, column: Column) -> str:
    if isinstance(value, bool | int | float) and value in (0, 1):  # some programs keep a truth value as its number
        return "true" if value else "false"
    told = _digits(float(value)) if isinstance(value, int | float) else _moment(value)
    raise BadCell(f"the cell is {told} where a truth value is meant", "write TRUE or FALSE")


def _instant(value: Any, column: Column) -> str:
    found = instant_of(value)
    if isinstance(found, datetime):
        return format_utc(found)
    raise found


def instant_of(value: Any) -> datetime | BadCell:
    """A date cell as an instant, or what is wrong with it."""
    if isinstance(value, datetime):
        if value.year not in YEARS:
            return BadCell(f"{value} lies outside the years that can be planned", f"use years {YEARS[0]} to {YEARS[-1]}")
        whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        if abs(whole - value) > timedelta(microseconds=NEAR_US):
            return BadCell(f"{value} has a fraction of a second", "round the instant to whole seconds")
        return whole.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float):
        return BadCell(f"the cell is {shown(value)} where an instant is meant", _AS_DATE)
    return BadCell(f"the cell is {_moment(value)}, without a day", _AS_DATE)


def _words(value: Any, column: Column) -> str:
    """Ids of digits alone are numbers to a spreadsheet; as_of is a day."""
    if isinstance(value, bool):
        raise BadCell(f"the cell is {shown(value)} where text is meant", _AS_TEXT)
    if isinstance(value, int | float):
        if float(value).is_integer() and abs(value) < _WHOLE:
            return _digits(float(value))
        raise BadCell(f"the cell is the number {value:g} where text is meant", _AS_TEXT)
    if column.name == "as_of" and type(value) is date:
        return value.isoformat()
    raise BadCell(f"the cell is {_moment(value)} where text is meant", _AS_TEXT)


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)


def _moment(value: Any) -> str:
    if isinstance(value, date):
        return f"the date {value}"
    if isinstance(value, time | timedelta):
        return f"the time {value}"
    return repr(value)[:40]


_TEXTS: dict[str, Callable[[Any, Column], str]] = {
    "number": _number,
    "whole": _number,
    "truth": _truth,
    "instant": _instant,
    "words": _words,
    "text": _words,
}
