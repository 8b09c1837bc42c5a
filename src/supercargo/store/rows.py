"""Rows of a CSV file to nouns and back. A faulty file is read to its end, so that every fault is told at once."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError, as_written, faults_of, format_utc
from supercargo.model import BOOK_TABLES, HISTORY_TABLES, INTAKE_TABLES, SCENARIO_TABLES, Table
from supercargo.store.columns import CEILINGS, BadCell, Column, columns_of
from supercargo.store.folders import read_within

__all__ = [
    "LARGEST_CELL",
    "LONGEST_NAME",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "MOST_TOLD",
    "OddCells",
    "TableRead",
    "read_lines",
    "read_rows",
    "read_table",
    "text_lines",
    "write_rows",
]

LARGEST_CELL = 131_072
"""Characters of the largest cell that is read; a longer one is refused before it is looked at."""

LONGEST_NAME = 120
"""Characters of the longest name: it must fit into the name of a file and the cell of a table."""

MOST_ROWS = 1_000_000
"""Rows of the longest file that is read."""

MOST_COLUMNS = 1_000
"""Columns of the widest file that is read."""

MOST_TOLD = 1_000
"""Faults told one by one of one column (or of whole rows) of a file; where there are more, the last one says how many."""

_GIVEN = (*SCENARIO_TABLES, *HISTORY_TABLES, *BOOK_TABLES, *INTAKE_TABLES)
_GIVEN_FILES = {id(table) for table in _GIVEN}  # a plan is the referee's to judge
_TO_QUOTE = re.compile(r'[,"\r\n]')
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class TableRead:
    """What a file gave: the sound records with their row numbers, and the keys of all rows, sound or not.

    `whole` is False where some row could not be read at all, so that nothing can be said about what the file lacks;
    `sound` is False where some row had a fault.
    """

    records: tuple[Any, ...] = ()
    row_of: tuple[int, ...] = ()
    key_words: frozenset[str] = frozenset()
    whole: bool = True
    sound: bool = True

    def numbered(self) -> Iterator[tuple[int, Any]]:
        """Pairs of row number (the header is row 1) and record."""
        return zip(self.row_of, self.records, strict=True)


class _Bounded:
    """Faults of one file: of each column the first MOST_TOLD, so that a file of rubbish does not bury those of others."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self._counts: Counter[str] = Counter()
        self._last: dict[str, Fault] = {}

    def append(self, fault: Fault) -> None:
        """Tell a fault, or only count it if its column has enough of them."""
        self._counts[fault.column] += 1
        if self._counts[fault.column] <= MOST_TOLD:
            self.faults.append(fault)
        else:
            self._last[fault.column] = fault

    def close(self) -> None:
        """Tell how many were only counted."""
        for column, fault in sorted(self._last.items()):
            more = self._counts[column] - MOST_TOLD
            what = f"{fault.what}: the last of {more:,} more like those above"
            self.faults.append(replace(fault, what=what))


def write_rows(records: Iterable[Any], noun: type) -> bytes:
    """A file of one noun: UTF-8, a header, one row a record, each number at its unit's decimals."""
    columns = columns_of(noun)
    lines = [",".join(column.name for column in columns)]
    plan = [(column.field, column.write) for column in columns]
    for record in records:
        values = [(getattr(record, field), write) for field, write in plan]
        lines.append(",".join("" if value is None else _quoted(write(value)) for value, write in values))
    return "".join(line + "\n" for line in lines).encode()


def _quoted(cell: str) -> str:
    """RFC 4180 quotation; the csv module leaves a lone carriage return unquoted where rows end in a line feed."""
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell


def read_rows(source: str | bytes | Path, table: Table, faults: list[Fault]) -> tuple[Any, ...]:
    """The sound records of a file; what is wrong with the others is added to `faults`.

    `source` is a path, or the text or bytes of a file.
    """
    return read_table(source, table, faults).records


def read_table(source: str | bytes | Path, table: Table, faults: list[Fault]) -> TableRead:
    """The records of a file with their row numbers; every fault of every cell is added to `faults`."""
    if isinstance(source, Path):
        content = read_within(source.parent, source.name, faults)
        return read_table(content, table, faults) if content is not None else TableRead(whole=False, sound=False)
    written = source if isinstance(source, str) else _decoded(source, table.file, faults)
    if written is None or _has_nul(written, table.file, faults) or _too_long(written, table.file, faults):
        return TableRead(whole=False, sound=False)
    bounded = _Bounded(faults)
    return _read_all(_lines(written, table.file, bounded), table, bounded, {})


def text_lines(content: bytes, file: str, faults: list[Fault]) -> list[tuple[int, list[str]]]:
    """Numbered lines of cells of a file, whatever they hold; none where it is no text, and a fault of each that is no CSV."""
    written = _decoded(content, file, faults)
    if written is None or _has_nul(written, file, faults) or _too_long(written, file, faults):
        return []
    bounded = _Bounded(faults)
    lines = list(_lines(written, file, bounded))
    bounded.close()
    return lines


OddCells = Mapping[str, Mapping[int, BadCell | None]]
"""By column and row: cells that hold no value of any kind, and why; None where that was told already."""


def read_lines(lines: Iterable[tuple[int, list[str]]], table: Table, faults: list[Fault], odd: OddCells) -> TableRead:
    """The records of numbered lines of cells, the header first; every fault of every cell is added to `faults`."""
    return _read_all(iter(lines), table, _Bounded(faults), odd)


def _read_all(lines: Iterator[tuple[int, list[str]]], table: Table, bounded: _Bounded, odd: OddCells) -> TableRead:
    faults = bounded.faults
    _, header = next(lines, (1, []))
    places = _placed(header, table, faults)
    if places is None:
        bounded.close()
        return TableRead(whole=False, sound=False)
    before = len(faults)
    found = _read_lines(list(lines), len(header), _Sheet(table, places, odd), bounded)
    bounded.close()
    key = next(column.name for column in columns_of(table.noun) if column.field == table.key[0])
    whole = all(fault.column for fault in faults[before:]) and not odd.get(key)
    return replace(found, whole=whole, sound=len(faults) == before and not odd)


def _decoded(content: bytes, file: str, faults: list[Fault]) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        what = f"byte {content[error.start]:#04x} is not UTF-8 text"
        faults.append(Fault(file, row, "", what, "save the file as CSV in UTF-8"))
        return None


def _has_nul(written: str, file: str, faults: list[Fault]) -> bool:
    at = written.find("\0")
    if at < 0:
        return False
    row = written.count("\n", 0, at) + 1
    faults.append(Fault(file, row, "", "a NUL character stands in the text", "save the file as plain CSV in UTF-8"))
    return True


def _too_long(written: str, file: str, faults: list[Fault]) -> bool:
    if written.count("\n") <= MOST_ROWS:
        return False
    what = f"the file has more than {MOST_ROWS:,} rows"
    faults.append(Fault(file, 0, "", what, "take empty rows away; split what is left"))
    return True


def _lines(written: str, file: str, faults: _Bounded) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of each row that is not blank; a row that is no CSV becomes a fault."""
    reader = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(_unreadable(error, file, number))
            continue
        if cells:
            yield number, cells


def _unreadable(error: csv.Error, file: str, row: int) -> Fault:
    if "field larger" in str(error):
        what = f"a cell is longer than {LARGEST_CELL} characters"
        return Fault(file, row, "", what, "shorten the cell; look for a quotation mark that is never closed")
    return Fault(
        file, row, "", f"the row is not CSV: {error}", 'put text with commas in quotation marks and double a " inside them'
    )


def _placed(header: Sequence[str], table: Table, faults: list[Fault]) -> dict[str, int] | None:
    """Where each known column stands; None if a needed one is missing."""
    columns = columns_of(table.noun)
    if not header:
        faults.append(
            Fault(table.file, 1, "", "the header row is missing", f"start with: {','.join(c.name for c in columns)}")
        )
        return None
    if len(header) == 1 and ";" in header[0]:
        faults.append(Fault(table.file, 1, "", "columns are separated by semicolons", "separate columns by commas"))
        return None
    if len(header) > MOST_COLUMNS:
        what = f"the header has {len(header):,} columns"
        faults.append(Fault(table.file, 1, "", what, f"keep these: {','.join(c.name for c in columns)}"))
        return None
    known = {column.name: column for column in columns}
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        if name in places:
            faults.append(Fault(table.file, 1, name, f"column {name!r} stands twice", "keep one of the two"))
        elif name in known:
            places[name] = place
    absent = [column for column in columns if column.name not in header]
    return places if not _name_missing(header, absent, table, faults) else None


def _name_missing(header: Sequence[str], absent: list[Column], table: Table, faults: list[Fault]) -> bool:
    """Report misspelt and missing columns; True if a needed one is not there."""
    known = {column.name for column in columns_of(table.noun)}
    meant = {}
    for name in header:
        column = None if name in known else _meant(name, absent)
        if column is not None:
            meant[column.name] = name
            what = f"column {name!r} is not known"
            unit = f" and give it in {column.unit}" if column.unit else ""
            faults.append(Fault(table.file, 1, name[:80], what, f"name it {column.name}{unit}"))
    needed = [column.name for column in absent if column.needed]
    faults += [
        Fault(table.file, 1, name, f"column {name!r} is missing", f"add the column {name}")
        for name in needed
        if name not in meant
    ]
    return bool(needed)


def _meant(name: str, absent: Sequence[Column]) -> Column | None:
    """The absent column that `name` is a misspelling of, or that it gives in another unit."""
    tidy = "_".join(name.lower().replace("-", " ").replace("(", " ").replace(")", " ").replace("_", " ").split())
    for column in absent:
        stem = column.name.removesuffix("_" + column.unit.lower().replace("/", "_")) if column.unit else column.name
        instant = column.name.removesuffix("_utc")
        dated = instant != column.name and tidy in (instant, f"{instant}_date", f"{instant}_day", f"{instant}_time")
        if dated or tidy in (column.name, stem) or (stem != column.name and tidy.rpartition("_")[0] == stem):
            return column
    close = difflib.get_close_matches(tidy[:80], [column.name for column in absent], n=1, cutoff=0.85)
    return next((column for column in absent if close and column.name == close[0]), None)


@dataclass(frozen=True, slots=True)
class _Sheet:
    table: Table
    places: dict[str, int]
    odd: OddCells


def _read_lines(lines: list[tuple[int, list[str]]], width: int, sheet: _Sheet, faults: _Bounded) -> TableRead:
    file = sheet.table.file
    even = []
    for number, cells in lines:
        if len(cells) == width:
            even.append((number, cells))
        else:
            what = f"{len(cells)} cells under {width} columns"
            faults.append(Fault(file, number, "", what, "give each row one cell a column; quote text that holds a comma"))
    numbers = [number for number, _ in even]
    values, bad = _read_columns([cells for _, cells in even], numbers, sheet, faults)
    bad |= _twins(values, numbers, sheet.table, faults)
    records, rows = _made(values, numbers, bad, sheet.table, faults)
    return TableRead(tuple(records), tuple(rows), _key_words(values, sheet.table))


def _key_words(values: dict[str, list[Any]], table: Table) -> frozenset[str]:
    return frozenset(word for word in values[table.key[0]] if isinstance(word, str))


def _read_columns(
    lines: list[list[str]], numbers: list[int], sheet: _Sheet, faults: _Bounded
) -> tuple[dict[str, list[Any]], set[int]]:
    """Values by field, column by column because that is several times faster than row by row; and the faulty rows."""
    values: dict[str, list[Any]] = {}
    bad: set[int] = set()
    wanted = id(sheet.table) in _GIVEN_FILES
    named = {*sheet.table.key, *(field for field, _ in sheet.table.refers)}
    for column in columns_of(sheet.table.noun):
        place = sheet.places.get(column.name)
        if place is None:
            values[column.field] = [column.default] * len(lines)
            continue
        column_faults: list[tuple[int, str, str]] = []
        values[column.field] = _cells([cells[place] for cells in lines], column, column_faults)
        if wanted and column.is_text:
            kept = "" if column.field not in named else ";" if sheet.table.parts else ";#"
            _check_words(values[column.field], column, kept, column_faults)
        elif wanted and column.unit in CEILINGS:
            _check_sizes(values[column.field], column, column_faults)
        if odd := sheet.odd.get(column.name):
            column_faults = _set_apart(values[column.field], numbers, odd, column_faults)
            bad.update(at for at, number in enumerate(numbers) if number in odd)
        for at, what, fix in column_faults:
            bad.add(at)
            faults.append(Fault(sheet.table.file, numbers[at], column.name, what, fix))
    return values, bad


def _set_apart(
    values: list[Any], numbers: list[int], odd: Mapping[int, BadCell | None], told: list[tuple[int, str, str]]
) -> list[tuple[int, str, str]]:
    """Odd cells have no value, and of what is told of them only the reason why."""
    faults = [fault for fault in told if numbers[fault[0]] not in odd]
    for at, number in enumerate(numbers):
        if number in odd:
            values[at] = None
            if (reason := odd[number]) is not None:
                faults.append((at, reason.what, reason.fix))
    return faults


def _cells(cells: list[str], column: Column, bad: list[tuple[int, str, str]]) -> list[Any]:
    if column.is_text:
        return [cell or column.empty for cell in cells] if column.empty else cells
    values: list[Any] = []
    read, empty = column.read, column.empty
    for at, cell in enumerate(cells):
        try:
            if cell:
                values.append(read(cell))
            elif empty is MISSING:
                raise BadCell("the cell is empty", f"give {column.name}" + (f" in {column.unit}" if column.unit else ""))
            else:
                values.append(empty)
        except BadCell as error:
            values.append(None)
            bad.append((at, error.what, error.fix))
    return values


def _check_words(cells: list[str], column: Column, kept: str, bad: list[tuple[int, str, str]]) -> None:
    """Text must not be empty where nothing stands for it; names keep clear of the signs that are `kept` between names."""
    if column.needed and "" not in column.choices:
        bad += [(at, "the cell is empty", f"give {column.name}") for at, cell in enumerate(cells) if not cell.strip()]
    if not kept:
        return
    for at, cell in enumerate(cells):
        if found := _fault_of_name(cell, kept):
            bad.append((at, *found))


def _fault_of_name(name: str, kept: str) -> tuple[str, str] | None:
    """What is wrong with a name, and the fix: names are read by people, spreadsheets and file systems too."""
    shown = repr(name[:40])
    if len(name) > LONGEST_NAME:
        return f"{shown}... has {len(name):,} characters", f"use at most {LONGEST_NAME}"
    if not name.isprintable():
        return f"{shown} holds a line break or a sign that can't be seen", "type the name again, in letters that can be seen"
    if name != name.strip() and name.strip():
        return f"{shown} begins or ends with a blank", "take the blank away"
    if any(sign in name for sign in kept):
        return f"{shown} holds a sign that is kept for lists and parts", f"use no {' or '.join(kept)}"
    if name.startswith(_FORMULA):
        return f"{shown} would be computed by a spreadsheet", "let the name begin with another sign than = + - @"
    if not unicodedata.is_normalized("NFC", name):
        return f"{shown} has letters put together from two signs", f"write {unicodedata.normalize('NFC', name)[:40]!r}"
    return None


def _check_sizes(values: list[Any], column: Column, bad: list[tuple[int, str, str]]) -> None:
    """No number of a scenario is so large that it can't be meant; a number that is gets no second fault."""
    most = CEILINGS[column.unit]
    for at, value in enumerate(values):
        if value is not None and abs(value) > most:
            what = f"{column.name} is {value:g} {column.unit}, which can't be meant"
            bad.append((at, what, f"give at most {min(most, column.most):,.12g} {column.unit}"))
            values[at] = None


def _made(
    values: dict[str, list[Any]], numbers: list[int], bad: set[int], table: Table, faults: _Bounded
) -> tuple[list[Any], list[int]]:
    """The records of sound rows; faulty rows are still searched for values out of range."""
    noun, fields = table.noun, list(values)
    names = {column.field: column.name for column in columns_of(noun)}
    records, rows = [], []
    # What is given is taken at the decimals that files carry; what is to be judged is taken as it stands.
    given = id(table) in _GIVEN_FILES
    for at, row in enumerate(zip(*values.values(), strict=True)):
        if at not in bad:
            try:
                record = noun(**dict(zip(fields, row, strict=True)))
                records.append(as_written(record) if given else record)
            except ScenarioError:
                pass
            else:
                rows.append(numbers[at])
                continue
        draft: Any = object.__new__(noun)
        for field, value in zip(fields, row, strict=True):
            object.__setattr__(draft, field, value)
        for field, what, fix in faults_of(draft):
            faults.append(Fault(table.file, numbers[at], names[field], what, fix))
    return records, rows


def _twins(values: dict[str, list[Any]], numbers: list[int], table: Table, faults: _Bounded) -> set[int]:
    """Places of rows whose key stood in an earlier row. In a plan the referee judges what stands twice."""
    if id(table) not in _GIVEN_FILES:
        return set()
    names = [next(column.name for column in columns_of(table.noun) if column.field == field) for field in table.key]
    first: dict[tuple[Any, ...], int] = {}
    twins = set()
    for at, key in enumerate(zip(*(values[field] for field in table.key), strict=True)):
        before = first.setdefault(key, numbers[at])
        if before != numbers[at] and None not in key:
            twins.add(at)
            what = f"{', '.join(names)} {_shown(key)} stands in row {before} already"
            faults.append(Fault(table.file, numbers[at], names[0], what, "give each row a key of its own, or take one away"))
    return twins


def _shown(key: tuple[Any, ...]) -> str:
    return ", ".join(format_utc(part) if isinstance(part, datetime) else repr(part) for part in key)
