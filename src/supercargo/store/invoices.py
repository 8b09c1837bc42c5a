"""Invoices as suppliers and accountants send them: CSV or Excel, with their own column names, commas and days."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import BUDGET_TABLE, INVOICE_TABLE, BudgetLine, Invoice, Table
from supercargo.store.book.cells import shown
from supercargo.store.book.lines import lines_of
from supercargo.store.book.parts import BadBook
from supercargo.store.book.reading import Sheet, open_book
from supercargo.store.columns import columns_of
from supercargo.store.folders import read_within
from supercargo.store.rows import TableRead, read_lines, text_lines
from supercargo.store.workbooks import is_workbook

__all__ = [
    "FAULT_COLUMN",
    "InvoiceSheet",
    "bad_rows",
    "mapping_file",
    "read_budget",
    "read_invoices",
    "read_mapping",
]

FAULT_COLUMN = "fault"
"""Column that a file of bad rows has beside its own; it is passed over when the file comes back."""

_GROUPED = re.compile(r"[-+]?\d{1,3}(\.\d{3})*(,\d+)?|[-+]?\d+(,\d+)?", re.ASCII)
_COMPUTED = ("=", "+", "-", "@", "\t")
_SIGNED = re.compile(r"[-+][\d.,]*\d", re.ASCII)
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """A file as it was given, line by line with its own header, and the sound rows of it by their row numbers."""

    file: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: Mapping[int, Invoice]
    faults: tuple[Fault, ...]

    @property
    def bad_rows(self) -> tuple[int, ...]:
        """Rows that gave no invoice, or about which a fault is told."""
        told = {fault.row for fault in self.faults}
        return tuple(number for number, _ in self.lines if number not in self.rows or number in told)

    def with_faults(self, faults: Iterable[Fault]) -> InvoiceSheet:
        """The same sheet with more faults told; rows that they are about give no invoice."""
        more = tuple(faults)
        bad = {fault.row for fault in more}
        kept = {number: row for number, row in self.rows.items() if number not in bad}
        return replace(self, rows=kept, faults=tuple(sorted({*self.faults, *more})))


def read_mapping(path: Path) -> dict[str, str]:
    """Column names of a saved mapping, theirs to ours. Raises ScenarioError for a file that is none."""
    faults: list[Fault] = []
    content = read_within(path.parent, path.name, faults)
    lines = text_lines(content, path.name, faults) if content is not None else []
    if not faults and (not lines or lines[0][1] != ["theirs", "ours"] or any(len(cells) != 2 for _, cells in lines)):
        fix = "let the header be theirs,ours, and each row name one column by both"
        faults.append(Fault(path.name, 1, "", "this is no mapping of columns", fix))
    if faults:
        raise ScenarioError.of(faults, where=str(path))
    return {cells[0]: cells[1] for _, cells in lines[1:]}


def mapping_file(mapping: Mapping[str, str]) -> bytes:
    """A mapping of columns as a file that `read_mapping` reads."""
    return _csv([["theirs", "ours"], *([theirs, ours] for theirs, ours in sorted(mapping.items()))])


def read_invoices(path: Path, mapping: Mapping[str, str], *, decimal_comma: bool) -> InvoiceSheet:
    """A file of invoices, every fault of every row told; `mapping` names their columns as ours.

    CSV in UTF-8 with commas or semicolons, or the first sheet of a workbook. With `decimal_comma` text is read as 1.234,56.
    Raises ScenarioError for a mapping to a column that there is not, or of one that the file has not.
    """
    faults: list[Fault] = []
    given = _given(path, faults)
    if given is None or not given.header:
        if not faults:
            faults.append(Fault(path.name, 1, "", "the file is empty", "start with the names of the columns"))
        return InvoiceSheet(path.name, (), (), {}, tuple(_of_file(faults, path)))
    named = _named(given.header, mapping, path.name)
    found = given.read(INVOICE_TABLE, named, faults, decimal_comma=decimal_comma)
    rows = dict(zip(found.row_of, found.records, strict=True))
    sheet = InvoiceSheet(path.name, given.header, given.lines, rows, ())
    amounts = given.column(named, "amount_usd", decimal_comma=decimal_comma)
    more = [*_currencies(rows, path.name), *_parts_of_cents(rows, amounts, path.name)]
    sheet = sheet.with_faults([*_of_file(faults, path), *more])
    return sheet.with_faults(_named_twice(sheet, named))


def read_budget(path: Path) -> tuple[BudgetLine, ...]:
    """Lines of a budget file, CSV or workbook. Raises ScenarioError with every fault at once."""
    faults: list[Fault] = []
    given = _given(path, faults)
    found = given.read(BUDGET_TABLE, list(given.header), faults, decimal_comma=False) if given else None
    if faults or found is None:
        raise ScenarioError.of(sorted(_of_file(faults, path)), where=str(path))
    return tuple(found.records)


def _named_twice(sheet: InvoiceSheet, named: Sequence[str]) -> list[Fault]:
    """Of rows under one name nobody knows which is right: the first is at fault with those behind it."""
    at = named.index("invoice_id") if "invoice_id" in named else None
    told = {fault.row for fault in sheet.faults}
    names = {cells[at]: number for number, cells in sheet.lines if number in told and at is not None and at < len(cells)}
    return [
        Fault(sheet.file, number, "invoice_id", f"{row.invoice_id} is given again in row {names[row.invoice_id]}", "keep one")
        for number, row in sheet.rows.items()
        if row.invoice_id in names
    ]


def _of_file(faults: Iterable[Fault], path: Path) -> list[Fault]:
    return [replace(fault, file=path.name) for fault in faults]


@dataclass(frozen=True)
class _Given:
    """A file before it is read: its header, its lines as they were given, and, of a workbook, its sheet."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    sheet: Sheet | None = None

    def read(self, table: Table, named: list[str], faults: list[Fault], *, decimal_comma: bool) -> TableRead:
        """The sound rows, columns going by the names given."""
        columns = {column.name: column.kind for column in columns_of(table.noun)}
        kinds = ["day" if name == "date" else columns.get(name, "") for name in named]
        if self.sheet is None:
            tidy = [(number, _tidied(cells, kinds, decimal_comma=decimal_comma)) for number, cells in self.lines]
            return read_lines([(1, named), *tidy], table, faults, {})
        rows = [_tidied(row, kinds, decimal_comma=decimal_comma) for row in self.sheet.rows[1:]]
        head = [*named, *self.sheet.rows[0][len(named) :]]
        lines, odd = lines_of(replace(self.sheet, rows=[head, *rows]), table, faults)
        return read_lines(lines, table, faults, odd)

    def column(self, named: Sequence[str], name: str, *, decimal_comma: bool) -> dict[int, float]:
        """Numbers of a column by row, before they are rounded as files are; without cells that hold none."""
        if name not in named:
            return {}
        place = named.index(name)
        found: dict[int, float] = {}
        for number, cells in self.lines:
            cell = self.sheet.rows[number - 1][place] if self.sheet else cells[place] if place < len(cells) else ""
            try:
                found[number] = float(_tidy(cell, "number", decimal_comma))
            except (TypeError, ValueError):
                continue
        return found


def _given(path: Path, faults: list[Fault]) -> _Given | None:
    content = read_within(path.parent, path.name, faults)
    if content is None:
        return None
    if is_workbook(path):
        return _of_book(content, faults)
    first = content.split(b"\n", 1)[0]
    if first.count(b";") > first.count(b","):
        content = _with_commas(content)
    lines = text_lines(content, path.name, faults)
    if lines and FAULT_COLUMN in lines[0][1]:  # a file of bad rows that comes back
        lines = [(number, _as_given(cells)) for number, cells in lines]
    return _Given(tuple(lines[0][1]), tuple(lines[1:])) if lines else None


def _with_commas(content: bytes) -> bytes:
    """A file parted by semicolons as one parted by commas; one that can't be parted is told of by who reads it."""
    try:
        written = content.decode("utf-8-sig")
        return _csv(csv.reader(io.StringIO(written, newline=""), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error):
        return content


def _of_book(content: bytes, faults: list[Fault]) -> _Given | None:
    try:
        book = open_book(content)
        sheet = book.read(book.names[:1])[book.names[0]]
    except BadBook as error:
        sheet = error
    if isinstance(sheet, BadBook):
        faults.append(Fault("", 0, "", sheet.what, sheet.fix))
        return None
    header = [shown(cell) for cell in sheet.rows[0]] if sheet.rows else []
    while header and not header[-1]:
        header.pop()
    rows = [(number, [shown(_day_of(cell)) for cell in row[: len(header)]]) for number, row in enumerate(sheet.rows[1:], 2)]
    lines = tuple((number, cells) for number, cells in rows if any(cells))
    return _Given(tuple(header), lines, sheet)


def _day_of(cell: Any) -> Any:
    """A date cell as the day that it shows."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell


def _named(header: Sequence[str], mapping: Mapping[str, str], file: str) -> list[str]:
    """The header in our names. Raises ScenarioError for a mapping that does not fit."""
    ours = {column.name for column in columns_of(Invoice)}
    faults = [
        Fault(file, 1, name[:80], f"there is no column {name!r} to map", f"its columns are: {', '.join(header)}"[:300])
        for name in mapping
        if name not in header
    ]
    faults += [
        Fault(file, 1, theirs[:80], f"{name!r} is no column of invoices", f"use one of: {', '.join(sorted(ours))}")
        for theirs, name in mapping.items()
        if name not in ours
    ]
    if faults:
        raise ScenarioError.of(sorted(faults), where="--map")
    return [mapping.get(name, name) for name in header]


def _tidied(cells: Sequence[Any], kinds: Sequence[str], *, decimal_comma: bool) -> list[Any]:
    """Cells with numbers and days as files of ours write them; what can't be one is left to be told of."""
    return [_tidy(cell, kinds[at] if at < len(kinds) else "", decimal_comma) for at, cell in enumerate(cells)]


def _tidy(cell: Any, kind: str, decimal_comma: bool) -> Any:
    if kind == "day":
        cell = _day_of(cell)
    if kind not in ("day", "number") or not isinstance(cell, str):
        return cell
    words = cell.strip()
    if kind == "number" and decimal_comma and _GROUPED.fullmatch(words):
        return words.replace(".", "").replace(",", ".")
    if kind == "day" and (dotted := _DOTTED_DAY.fullmatch(words)):
        return f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d}"
    return words


def _currencies(rows: Mapping[int, Invoice], file: str) -> list[Fault]:
    fix = "convert the amount to USD, and leave the currency empty or write USD"
    return [
        Fault(file, number, "currency", f"{row.currency[:20]!r} is not converted here", fix)
        for number, row in rows.items()
        if row.currency not in ("", "USD")
    ]


def _parts_of_cents(rows: Mapping[int, Invoice], amounts: Mapping[int, float], file: str) -> list[Fault]:
    """Amounts that are no whole cents: rounded in silence, the file's sum and the log's would differ."""
    fix = "round the amount to cents"
    return [
        Fault(file, number, "amount_usd", f"{amounts[number]!r} USD is not in whole cents", fix)
        for number, row in rows.items()
        if number in amounts and abs(amounts[number] - row.amount_usd) > 1e-6
    ]


def bad_rows(sheet: InvoiceSheet, path: Path) -> bytes:
    """The rows that gave no invoice, in their own columns, as they were given, with what is wrong, to come back mended.

    A workbook where `path` ends in .xlsx, else CSV with commas, in which an apostrophe stands before text that a spreadsheet
    would compute; it is taken off when the file comes back.
    """
    told: dict[int, list[str]] = {}
    for fault in sheet.faults:
        told.setdefault(fault.row, []).append(f"{fault.column}: {fault.what}; {fault.fix}".removeprefix(": "))
    cells_of = dict(sheet.lines)
    header = [name for name in sheet.header if name != FAULT_COLUMN]
    places = [place for place, name in enumerate(sheet.header) if name != FAULT_COLUMN]
    rows = [
        [
            *(cells_of[number][place] if place < len(cells_of[number]) else "" for place in places),
            " | ".join(told.get(number, [])),
        ]
        for number in sheet.bad_rows
    ]
    lines = [[*header, FAULT_COLUMN], *rows]
    return _book(lines) if is_workbook(path) else _csv([[_unarmed(cell) for cell in cells] for cells in lines])


def _unarmed(cell: str) -> str:
    """A cell that a spreadsheet shows and does not compute; numbers with a sign stay numbers."""
    return f"'{cell}" if cell.startswith(_COMPUTED) and not _SIGNED.fullmatch(cell) else cell


def _as_given(cells: Sequence[str]) -> list[str]:
    return [cell[1:] if cell.startswith("'") and cell[1:].startswith(_COMPUTED) else cell for cell in cells]


def _book(lines: Sequence[Sequence[str]]) -> bytes:
    from supercargo.store.book.writing import fit_text, new_pen

    pen = new_pen("rows to mend", datetime(2000, 1, 1, tzinfo=UTC))
    sheet = pen.book.add_worksheet("invoices")
    for number, cells in enumerate(lines):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, fit_text(cell, "the file"), pen.header() if number == 0 else None)
    sheet.freeze_panes(1, 0)
    return pen.close()


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue().encode()
