"""Sheets of a workbook as cells with values: each part is looked through first, and the reader is given just those parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import python_calamine

from supercargo.store.book.marks import Marks, Shared, look_through
from supercargo.store.book.parts import (
    BOOK_PART,
    BOUNDS,
    LINKS_PART,
    ROOT,
    ROOT_PART,
    BadBook,
    Bounds,
    Parts,
    Place,
    open_parts,
    percent_styles,
    sheet_places,
    text_lengths,
)

__all__ = ["Book", "Sheet", "open_book"]

T = TypeVar("T")
_STYLES = "xl/styles.xml"
_TEXTS = "xl/sharedStrings.xml"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells from A1 on, rows of one width, and what was seen beside their values."""

    name: str
    rows: list[list[Any]]
    marks: Marks
    hidden: bool = False


@dataclass(frozen=True)
class Book:
    """A workbook that was found fit to be read."""

    parts: Parts
    places: tuple[Place, ...]
    uncomputed: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sheets, in order."""
        return tuple(place.name for place in self.places)

    def read(self, names: Iterable[str]) -> dict[str, Sheet | BadBook]:
        """The sheets of these names; for one that can't be read, what is wrong with it.

        Raises BadBook if what the sheets share is broken.
        """
        wanted = frozenset(names)
        fit: dict[str, bytes] = {name: self.parts.read(name) for name in (BOOK_PART, LINKS_PART)}
        shared = self._shared(fit)
        found: dict[str, Sheet | BadBook] = {}
        marked: dict[str, Marks] = {}
        for place in self.places:
            if place.name in wanted:
                try:
                    fit[place.part], marked[place.name] = self._looked_through(place, shared)
                except BadBook as error:
                    found[place.name] = error
        reader = _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_packed(fit))))
        for place in self.places:
            if place.name in marked:
                found[place.name] = _sheet(reader, place, marked[place.name])
        return found

    def _shared(self, fit: dict[str, bytes]) -> Shared:
        """What the sheets share; its parts are put to those that are read."""
        percents: frozenset[str] = frozenset()
        lengths: list[int] = []
        if _STYLES in self.parts.names:
            fit[_STYLES] = self.parts.read(_STYLES)
            percents = percent_styles(fit[_STYLES], _STYLES)
        if _TEXTS in self.parts.names:
            fit[_TEXTS] = self.parts.read(_TEXTS)
            lengths = text_lengths(fit[_TEXTS], _TEXTS)
        return Shared(self.uncomputed, percents, lengths, self.parts.bounds)

    def _looked_through(self, place: Place, shared: Shared) -> tuple[bytes, Marks]:
        if place.kind != "worksheet":
            raise BadBook("this is no sheet of cells", "put the table on a plain worksheet")
        content = self.parts.read(place.part)
        return content, look_through(content, place.part, shared)


def open_book(content: bytes, bounds: Bounds = BOUNDS) -> Book:
    """A workbook by its parts, read within bounds. Raises BadBook if it is none, or one that is not read."""
    parts = open_parts(content, bounds)
    places, uncomputed = sheet_places(parts)
    return Book(parts, places, uncomputed)


def _packed(parts: dict[str, bytes]) -> bytes:
    """The parts that were looked through and no others: what the reader sees is what was checked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {ROOT_PART: ROOT, **parts}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _sheet(reader: python_calamine.CalamineWorkbook, place: Place, marks: Marks) -> Sheet | BadBook:
    try:
        rows = _guarded(lambda: reader.get_sheet_by_name(place.name).to_python(skip_empty_area=False))
    except BadBook as error:
        return error
    rows += [[] for _ in range(marks.rows - len(rows))]
    width = max([marks.columns, *map(len, rows[:1])])
    return Sheet(place.name, [row + [""] * (width - len(row)) for row in rows], marks, place.hidden)


def _guarded(read: Callable[[], T]) -> T:
    """What the reader gives. Raises BadBook for its own errors; a panic of its is no Exception and is known by name alone."""
    try:
        return read()
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        what = f"the workbook can't be read: {error}"[:200]
        raise BadBook(what, "open it in the spreadsheet program and save it again") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            what = "the workbook can't be read: its parts contradict each other"
            raise BadBook(what, "open it in the spreadsheet program and save it again") from error
        raise
