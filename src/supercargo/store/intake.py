"""Files that strangers send to be taken in: opened within narrow bounds, their columns named by a mapping, written back."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from supercargo.kernel import Fault, ScenarioError, format_utc
from supercargo.model import Table
from supercargo.store.book.cells import instant_of, shown
from supercargo.store.book.lines import lines_of
from supercargo.store.book.marks import Mark, column_letters
from supercargo.store.book.parts import BadBook, Bounds
from supercargo.store.book.reading import Sheet, open_book
from supercargo.store.columns import LARGEST_NUMBER, Column, columns_of
from supercargo.store.rows import read_lines, text_lines

__all__ = [
    "FAULT_COLUMN",
    "FILE_BYTES",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Choice",
    "Given",
    "ReadRows",
    "open_given",
    "read_given",
    "returned_book",
]

FAULT_COLUMN = "fault"
"""Column that a file of faults has beside its own; it is passed over when the file comes back."""

FILE_BYTES = 4 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 5_000, 100, 200_000
_BOUNDS = Bounds(
    part_bytes=16 * 1024 * 1024, all_bytes=24 * 1024 * 1024, rows=MOST_ROWS + 1, cells=MOST_CELLS, empty_rows=4 * MOST_ROWS
)  # fmt: skip
_LONGEST_CELL = 4_000
_NAME_MOST = 80
_ZIP = b"PK\x03\x04"
_OTHER_BOOKS = (".xlsm", ".xltm", ".xlam", ".xlsb", ".xls", ".ods", ".xltx")
_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
_CALLS_OUT = "DDE|DDEAUTO|WEBSERVICE|HYPERLINK|CALL|REGISTER|IMPORT\\w*|RTD|CUBE\\w*|FILTERXML"
_REACHES_OUT = re.compile(rf"\||\[|!\s*'?[A-Z]+\d|https?:|file:|\\\\|\b(?:{_CALLS_OUT})\s*\(", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?\d{1,3}(\.\d{3})*(,\d+)?|[-+]?\d+(,\d+)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z| UTC)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was sent: its name, its header, its rows from the second on by number, and what was seen beside values."""

    file: str
    digest: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    sheet: Sheet | None = None
    sheets: tuple[str, ...] = ()

    @property
    def formulas_count(self) -> int:
        """Cells below the header whose value a spreadsheet has computed and stored."""
        return 0 if self.sheet is None else sum(row > 1 for row, _ in self.sheet.marks.formulas)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which column of ours one of theirs gives, and what one of its units is in ours."""

    column: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRows:
    """The sound rows of a file by their numbers, and every fault."""

    records: Mapping[int, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def open_given(name: str, content: bytes) -> Given:
    """A workbook (its first sheet) or CSV in UTF-8, parted by commas or semicolons.

    Raises ScenarioError with the reason for what is neither, for what could run, and for more than 5,000 rows, 100 columns,
    200,000 cells or four megabytes.
    """
    file = _tame(name)
    if not content:
        raise _bad(file, "the file is empty", "choose a file with the names of its columns in row 1")
    if len(content) > FILE_BYTES:
        raise _bad(file, f"the file has {len(content):,} bytes", f"send at most {FILE_BYTES:,}; split it")
    suffix = PurePosixPath(file).suffix.lower()
    if suffix in _OTHER_BOOKS:
        what = "its name says that it carries macros" if suffix.endswith("m") else f"{suffix} is another kind of workbook"
        raise _bad(file, what, "open it in the spreadsheet program and save it as .xlsx")
    if suffix not in (".xlsx", ".csv"):
        raise _bad(file, f"files named {suffix or 'without an ending'} are not read", "send a workbook .xlsx or a file .csv")
    packed = content.startswith((_ZIP, b"\xd0\xcf\x11\xe0"))
    if packed != (suffix == ".xlsx"):
        kind = "a packed file" if packed else "no workbook"
        raise _bad(file, f"it is named {suffix} and is {kind}", "name it by what it is: .xlsx a workbook, .csv text")
    given = _of_book(file, content) if packed else _of_text(file, content)
    return _bounded(given)


def _bad(file: str, what: str, fix: str, row: int = 0) -> ScenarioError:
    return ScenarioError.of([Fault(file, row, "", what, fix)], where=file)


def _tame(name: str) -> str:
    """The last part of a file's name, in signs that can be seen: it is shown and never opened."""
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    return "".join(sign for sign in last if sign.isprintable())[-_NAME_MOST:].strip() or "file"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _of_book(file: str, content: bytes) -> Given:
    try:
        book = open_book(content, _BOUNDS)
        if not book.names:
            raise BadBook("the workbook has no sheet", "put the table on its first sheet")
        sheet = book.read(book.names[:1])[book.names[0]]
    except BadBook as error:
        sheet = error
    if isinstance(sheet, BadBook):
        raise _bad(file, sheet.what, sheet.fix)
    header = [shown(cell).strip() for cell in sheet.rows[0]] if sheet.rows else []
    while header and not header[-1]:
        header.pop()
    rows = tuple((number, tuple(row)) for number, row in enumerate(sheet.rows[1:], 2) if any(c not in ("", None) for c in row))
    return Given(file, _digest(content), tuple(header), rows, sheet, book.names)


def _of_text(file: str, content: bytes) -> Given:
    first = content.split(b"\n", 1)[0]
    faults: list[Fault] = []
    parted = _with_commas(content) if first.count(b";") > first.count(b",") else content
    if content.count(b"\n") > MOST_ROWS * 4:
        raise _bad(file, f"the file has {content.count(bytes([10])):,} lines", f"send at most {MOST_ROWS:,} rows; split it")
    lines = text_lines(parted, file, faults)
    if faults:
        raise ScenarioError.of(faults, where=file)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    while header and not header[-1]:
        header.pop()
    rows = tuple((number, tuple(cells)) for number, cells in lines[1:] if any(cell.strip() for cell in cells))
    return Given(file, _digest(content), tuple(header), rows)


def _with_commas(content: bytes) -> bytes:
    """A file parted by semicolons as one parted by commas; one that can't be parted is told of by who reads it."""
    out = io.StringIO(newline="")
    try:
        written = content.decode("utf-8-sig")
        csv.writer(out, lineterminator="\n").writerows(
            csv.reader(io.StringIO(written, newline=""), delimiter=";", strict=True)
        )
    except (UnicodeDecodeError, csv.Error):
        return content
    return out.getvalue().encode()


def _bounded(given: Given) -> Given:
    """Refuse what has no header or too much of anything, all reasons at once."""
    file, faults = given.file, []
    if not given.header:
        raise _bad(file, "row 1 names no column", "put the names of the columns into row 1", 1)
    if not given.rows:
        raise _bad(file, "no row stands beneath the header", "put at least one row beneath it", 1)
    counts = Counter(name.casefold() for name in given.header if name)
    for at, name in enumerate(given.header):
        if counts[name.casefold()] > 1:
            fix = "give each column a name of its own, or take one away"
            faults.append(Fault(file, 1, name[:80], f"column {column_letters(at + 1)} is named as another is", fix))
        if len(name) > _NAME_MOST:
            faults.append(Fault(file, 1, name[:40], f"the name of a column has {len(name):,} signs", f"use {_NAME_MOST}"))
    if len(given.header) > MOST_COLUMNS:
        faults.append(Fault(file, 1, "", f"there are {len(given.header)} columns", f"keep at most {MOST_COLUMNS}"))
    if len(given.rows) > MOST_ROWS or len(given.rows) * len(given.header) > MOST_CELLS:
        what = f"there are {len(given.rows):,} rows of {len(given.header)} columns"
        faults.append(Fault(file, 0, "", what, f"send at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells; split it"))
    for number, cells in given.rows:
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > _LONGEST_CELL:
                name = given.header[at] if at < len(given.header) else column_letters(at + 1)
                what = f"the cell has {len(cell):,} signs"
                faults.append(Fault(file, number, name[:80], what, f"write at most {_LONGEST_CELL:,}"))
    if faults:
        raise ScenarioError.of(sorted(faults), where=file)
    return given


def read_given(
    given: Given, table: Table, mapping: Mapping[str, Choice], *, decimal_comma: bool = False, formulas_taken: bool = False
) -> ReadRows:
    """The rows of a file as nouns of a table, its columns going by a mapping; those without one are passed over.

    Values that a spreadsheet has computed are taken only where that was agreed to, and none of a formula that reaches out of
    the workbook. Faults name the columns as the file does.
    """
    columns = {column.name: column for column in columns_of(table.noun)}
    theirs = {choice.column: name for name, choice in mapping.items() if name in given.header}
    missing = [column for column in columns.values() if column.needed and column.name not in theirs]
    if missing:
        fix = "choose the column that gives it, or add one of this name"
        return ReadRows(faults=tuple(Fault(given.file, 1, one.name, f"no column gives {one.name}", fix) for one in missing))
    places = [(name, mapping.get(name)) for name in given.header]
    named = [choice.column if choice else f"{at} passed over" for at, (_, choice) in enumerate(places)]
    ours = [columns.get(name) for name in named]
    tidy = _Tidy(ours, [choice.factor if choice else 1.0 for _, choice in places], decimal_comma)
    faults: list[Fault] = []
    if given.sheet is None:
        lines = [(number, [str(cell) for cell in tidy.row(cells)]) for number, cells in given.rows]
        faults += _parts_of_cents(given.file, lines, named)
        faults += _computed(given, ours)
        found = read_lines([(1, named), *_even(lines, len(named))], table, faults, {})
    else:
        sheet = _without_formulas(given.sheet, ours, taken=formulas_taken)
        rows: list[list[Any]] = [[*named, *sheet.rows[0][len(named) :]], *(tidy.row(row) for row in sheet.rows[1:])]
        faults += _parts_of_cents(given.file, list(enumerate(rows[1:], 2)), named)
        shaped, odd = lines_of(replace(sheet, rows=rows), table, faults)
        found = read_lines(shaped, table, faults, odd)
    told = tuple(sorted({replace(one, file=given.file, column=theirs.get(one.column, one.column)) for one in faults}))
    bad = {fault.row for fault in told}
    whole = not any(fault.row <= 1 for fault in told)
    records = {number: record for number, record in found.numbered() if whole and number not in bad}
    return ReadRows(records=records, faults=told)


def _even(lines: Sequence[tuple[int, list[str]]], width: int) -> list[tuple[int, list[str]]]:
    """Rows of a file that a spreadsheet has written may end in empty cells, or leave them out."""
    return [
        (number, [*cells, *[""] * (width - len(cells))] if len(cells) < width else _cut(cells, width))
        for number, cells in lines
    ]


def _cut(cells: list[str], width: int) -> list[str]:
    return cells[:width] if not any(cells[width:]) else cells


def _parts_of_cents(file: str, rows: Sequence[tuple[int, Sequence[Any]]], named: Sequence[str]) -> list[Fault]:
    """Amounts that are no whole cents: rounded in silence, the file's sum and the log's would differ."""
    if "amount_usd" not in named:
        return []
    at, faults = named.index("amount_usd"), []
    for number, cells in rows:
        try:
            amount = float(cells[at])
        except (TypeError, ValueError, IndexError):
            continue
        if abs(amount) < LARGEST_NUMBER and abs(round(amount, 2) - amount) > 1e-6:
            faults.append(
                Fault(file, number, "amount_usd", f"{amount!r} USD is not in whole cents", "round the amount to cents")
            )
    return faults


def _computed(given: Given, columns: Sequence[Column | None]) -> list[Fault]:
    """Text of a CSV that a spreadsheet would compute when it opens the file: nobody's words begin so."""
    fix = "let the text begin with another sign than = + - @"
    return [
        Fault(given.file, number, column.name, f"{cell.strip()[:40]!r} would be computed by a spreadsheet", fix)
        for number, cells in given.rows
        for column, cell in zip(columns, cells, strict=False)
        if column is not None and column.kind == "text" and cell.lstrip(" ").startswith(_COMPUTED)
    ]


def _without_formulas(sheet: Sheet, columns: Sequence[Column | None], *, taken: bool) -> Sheet:
    """The sheet with each formula marked as without value that is not to be taken."""
    cells = dict(sheet.marks.cells)
    for (row, at), words in sheet.marks.formulas.items():
        if row == 1 or at > len(columns) or columns[at - 1] is None:
            continue
        if _REACHES_OUT.search(words):
            cells[row, at] = Mark(f"the formula ={words[:60]} reaches out of the sheet", "type the value itself")
        elif not taken:
            fix = "agree below to take stored values, or type the value itself"
            cells[row, at] = Mark(f"the value is computed, by ={words[:60]}", fix)
    return replace(sheet, marks=replace(sheet.marks, cells=cells))


@dataclass(frozen=True, slots=True)
class _Tidy:
    """Cells as files of ours write them: instants in UTC, decimal points, our units; what can't be is left to be told of."""

    columns: Sequence[Column | None]
    factors: Sequence[float]
    decimal_comma: bool

    def row(self, cells: Sequence[Any]) -> list[Any]:
        """The cells of a row."""
        known = len(self.columns)
        return [self._cell(cell, at) if at < known else cell for at, cell in enumerate(cells)]

    def _cell(self, cell: Any, at: int) -> Any:
        column = self.columns[at]
        if column is None:
            return "" if cell is None else cell
        if column.kind == "instant":
            return _instant(cell)
        if column.kind in ("number", "whole"):
            return self._number(cell, self.factors[at])
        if column.name == "date" and isinstance(cell, datetime | date):
            return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
        if column.name == "date" and isinstance(cell, str):
            return _day(cell.strip())
        return cell.strip() if isinstance(cell, str) else cell

    def _number(self, cell: Any, factor: float) -> Any:
        if isinstance(cell, str):
            cell = cell.strip()
            if self.decimal_comma and _GROUPED.fullmatch(cell):
                cell = cell.replace(".", "").replace(",", ".")
        if factor == 1.0 or isinstance(cell, bool) or cell == "":
            return cell
        try:
            value = float(cell) * factor
        except (TypeError, ValueError):
            return cell
        return repr(float(f"{value:.12g}")) if isinstance(cell, str) else float(f"{value:.12g}")


def _day(words: str) -> str:
    dotted = _DOTTED.fullmatch(words)
    return f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d}" if dotted else words


def _instant(cell: Any) -> Any:
    """A day is its first instant; a moment without seconds or zone is of UTC, as the headings of our tables say."""
    if isinstance(cell, datetime):
        found = instant_of(cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell)
        return format_utc(found) if isinstance(found, datetime) else cell
    if not isinstance(cell, str):
        return cell
    words = _day(cell.strip())
    if _DAY.fullmatch(words):
        return f"{words}T00:00:00Z"
    if moment := _MOMENT.fullmatch(words):
        return f"{moment[1]}T{moment[2]}{moment[3] or ':00'}Z"
    return words


def returned_book(given: Given, faults: Sequence[Fault]) -> bytes:
    """The file as it was sent, as a workbook, with what is wrong with each row beside it, faulty cells coloured."""
    from supercargo.store.book.mending import write_raw  # its library loads only for those who write
    from supercargo.store.book.writing import fit_text, new_pen

    pen = new_pen("rows to mend", datetime(2000, 1, 1, tzinfo=UTC))
    sheet = pen.book.add_worksheet("rows")
    keep = [at for at, name in enumerate(given.header) if name != FAULT_COLUMN]
    told: dict[int, list[Fault]] = {}
    for fault in faults:
        told.setdefault(fault.row, []).append(fault)
    red = pen.style(bg_color="#ffc7ce")
    for place, at in enumerate(keep):
        sheet.write_string(0, place, fit_text(given.header[at], given.file), pen.header())
        sheet.set_column(place, place, max(12, min(40, len(given.header[at]) + 3)))
    sheet.write_string(0, len(keep), FAULT_COLUMN, pen.style(bold=True, bg_color="#c00000", font_color="white"))
    sheet.set_column(len(keep), len(keep), 90)
    for line, (number, cells) in enumerate(given.rows, 1):
        about = {fault.column for fault in told.get(number, ())}
        for place, at in enumerate(keep):
            value: Any = cells[at] if at < len(cells) else ""
            style = red if given.header[at] in about else None
            if value not in ("", None) or style is not None:
                dated = isinstance(value, datetime | date)
                shape = {"num_format": "yyyy-mm-dd hh:mm:ss"} | ({"bg_color": "#ffc7ce"} if style else {})
                write_raw(sheet, (line, place), value, pen.style(**shape) if dated else style)
        words = [f"{one.column}: {one.what}; {one.fix}".removeprefix(": ") for one in told.get(number, ())]
        sheet.write_string(line, len(keep), fit_text(" | ".join(words), given.file), red if words else None)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(given.rows), len(keep))
    return pen.close()
