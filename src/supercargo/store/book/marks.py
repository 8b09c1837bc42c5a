"""What a sheet's cells are beside their values: formulas without one, errors, merged cells, and how far the sheet reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from supercargo.store.book.parts import BOUNDS, BadBook, Bounds, new_parser, run_parser
from supercargo.store.rows import MOST_COLUMNS

__all__ = ["MOST_CELLS", "MOST_TEXT", "Mark", "Marks", "Shared", "column_letters", "look_through"]

MOST_CELLS = BOUNDS.cells
"""Cells of the area that a sheet may span, empty ones included."""

MOST_TEXT = 100_000_000
"""Characters of all cells of a sheet together."""

MOST_MERGES = 10_000
_FORMULA_SHOWN = 200
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell that has no value to read: what is wrong with it, and the fix."""

    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sheets of a workbook share: whether stored values of formulas are not to be trusted, styles, texts."""

    uncomputed: bool = False
    percents: frozenset[str] = frozenset()  # styles that show a percentage
    lengths: Sequence[int] = ()  # characters of each shared text
    bounds: Bounds = BOUNDS


@dataclass(slots=True)
class Marks:
    """What was seen in a sheet; places are (row, column), both from 1."""

    cells: dict[tuple[int, int], Mark] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)  # those whose stored value is taken
    percents: set[tuple[int, int]] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def column_letters(number: int) -> str:
    """Letters of a column, 1 is A.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _numbered(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _place(reference: str) -> tuple[int, int]:
    """Row and column of `C7`. Raises BadBook for what is no such reference."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise BadBook(f"{reference[:40]!r} is no cell of a sheet", "save the workbook again in the spreadsheet program")
    return int(found[2]), _numbered(found[1])


def look_through(content: bytes, name: str, shared: Shared) -> Marks:
    """What the cells of a sheet's part are beside their values.

    Raises BadBook if the part can't be read, if the sheet reaches further than can be meant, or if its cells repeat more text.
    """
    watcher = _Watcher(shared)
    parser = new_parser(watcher.start)
    parser.buffer_text = True
    parser.EndElementHandler = watcher.end
    parser.CharacterDataHandler = watcher.text
    run_parser(parser, content, name)
    watcher.refuse_too_long()
    return watcher.marks


class _Watcher:
    """Follows a sheet's XML cell by cell."""

    def __init__(self, shared: Shared) -> None:
        self.marks = Marks()
        self._shared = shared
        self._text_count = self._rows_count = 0
        self._filled_count = self._last_filled = 0
        self._too_long = False
        self._style = ""
        self._row = self._column = 0
        self._kind = ""
        self._inside = ""
        self._formula: str | None = None
        self._value: str | None = None
        self._locals: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = self._locals.get(name) or self._locals.setdefault(name, name.rpartition(":")[2])
        if local == "c":
            self._cell(attributes)
        elif local == "v":
            self._inside, self._value = "v", ""
        elif local == "f":
            self._inside, self._formula = "f", ""
        elif local == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else self._row + 1
            self._column = 0
            self._rows_count += 1
            if self._rows_count > self._shared.bounds.empty_rows:
                what = f"the sheet has more than {self._shared.bounds.empty_rows:,} rows, empty ones counted"
                raise BadBook(what, "take empty rows away and save it again; split what is left")
        elif local == "is":
            self._value = ""
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            self._row, self._column = _place(reference)
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._formula = self._value = None

    def text(self, words: str) -> None:
        """Words stand inside an element."""
        if self._inside == "f":
            self._formula = (self._formula or "") + words
        elif self._inside == "v":
            self._value = (self._value or "") + words

    def end(self, name: str) -> None:
        """An element ends."""
        local = self._locals.get(name, name)
        if local in ("v", "f"):
            self._inside = ""
        elif local == "c" and (self._value is not None or self._formula is not None):
            if self._row != self._last_filled:
                self._filled_count, self._last_filled = self._filled_count + 1, self._row
            self._reach()
            if self._too_long:
                return  # it is refused at its end, when its rows are known
            if self._kind == "e" or self._formula is not None:
                self._judge()
            if self._kind == "s":
                self._spend()
            elif self._kind == "n" and self._style in self._shared.percents:
                self.marks.percents.add((self._row, self._column))

    def _reach(self) -> None:
        marks = self.marks
        marks.rows, marks.columns = max(marks.rows, self._row), max(marks.columns, self._column)
        bounds = self._shared.bounds
        self._too_long = self._too_long or (marks.rows > bounds.rows and 2 * self._filled_count > bounds.rows)
        if self._too_long:
            return
        if marks.rows > bounds.rows or marks.columns > MOST_COLUMNS or marks.rows * marks.columns > bounds.cells:
            cell = f"{column_letters(self._column)}{self._row}"
            what = f"the sheet reaches to {cell}, over more cells than can be meant"
            raise BadBook(what, f"clear what stands outside the table, such as {cell}; split what is left")

    def refuse_too_long(self) -> None:
        """Raises BadBook for a table with more rows than are read: it is full of rows, and no cell that strayed."""
        if self._too_long:
            most = self._shared.bounds.rows - 1
            what = f"the sheet has {self._filled_count - 1:,} rows beneath its header; at most {most:,} are read"
            raise BadBook(what, f"split it into files of at most {most:,} rows")

    def _spend(self) -> None:
        """Texts are held once in the workbook and once a cell when they are read."""
        lengths, value = self._shared.lengths, self._value or ""
        if value.isascii() and value.isdigit() and len(value) < 10 and int(value) < len(lengths):
            self._text_count += lengths[int(value)]
        if self._text_count > MOST_TEXT:
            raise BadBook("the cells repeat more text than can be meant", "shorten the long texts that stand in many rows")

    def _judge(self) -> None:
        """Mark a formula without a value and an error; a formula with a value is taken by it."""
        shown = f"the formula ={self._formula[:60]}" if self._formula else "a formula"
        if self._kind == "e":
            begin = f"{shown} gives" if self._formula is not None else "the cell shows"
            mark = Mark(f"{begin} {(self._value or 'an error')[:20]}", "mend what it draws on, or type the value itself")
        elif self._value is None or self._shared.uncomputed or (not self._value and self._kind != "str"):
            fix = "open the workbook in the spreadsheet program, let it compute and save it; or type the value itself"
            mark = Mark(f"{shown} has no stored value", fix)
        else:
            self.marks.formulas[self._row, self._column] = (self._formula or "")[:_FORMULA_SHOWN]
            return
        self.marks.cells[self._row, self._column] = mark

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _place(first)
        bottom, right = _place(last or first)
        if len(self.marks.merges) < MOST_MERGES:
            self.marks.merges.append((top, left, bottom, right))
