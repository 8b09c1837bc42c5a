"""Tables as sheets: the header with its notes, cells of their own kinds, drop-downs for what is chosen."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from supercargo.kernel import DECIMALS, Fault, ScenarioError, decimals, format_utc
from supercargo.model import SCENARIO_TABLES, Table
from supercargo.store.book.marks import column_letters
from supercargo.store.columns import Column, columns_of

__all__ = [
    "FIRST_DAY",
    "ISO",
    "KEYS",
    "LONGEST_TEXT",
    "ROWS_TO_COME",
    "Exact",
    "Pen",
    "days_of",
    "fit_text",
    "new_pen",
    "note_of",
    "number_format",
    "offer",
    "refuse_unwritable_texts",
    "to_print",
    "unwritable",
    "write_header",
    "write_note",
    "write_table",
]

LONGEST_TEXT = 32_767
"""Characters that a cell of a spreadsheet holds."""

ROWS_TO_COME = 1_000
"""Rows beneath a table that have its drop-downs too."""

FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_WRITTEN = datetime(1900, 3, 1, tzinfo=UTC)  # before it spreadsheets disagree on the calendar
_EXACT_FROM = 1e9  # below it fifteen digits tell every number of six decimals from its neighbours
_UNSEEN = ("\ufffe", "\uffff")
_LOOKED_AT = 200
_WIDEST = 44
TRUTH = '"TRUE";"TRUE";"FALSE"'
"""For programs that show a truth value by its number."""

ISO = 'yyyy-mm-dd"T"hh:mm:ss"Z"'


class Exact(float):
    """A number that the library writes to its last digit, not to the sixteenth."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def days_of(instant: datetime) -> float:
    """An instant as a date cell counts it: days since the first one."""
    return (instant - FIRST_DAY).total_seconds() / 86_400


def fit_text(words: str, file: str) -> str:
    """Text as a cell can hold it: cut, and saying so, where it is too long."""
    if not words.isascii():
        for sign in _UNSEEN:
            words = words.replace(sign, "\ufffd")
    if len(words) <= LONGEST_TEXT:
        return words
    told = f" ... (cut; {file} has it whole)"
    return words[: LONGEST_TEXT - len(told)] + told


def unwritable(records: Iterable[Any], table: Table) -> Iterator[Fault]:
    """Texts of a table that no cell of a spreadsheet can hold."""
    columns = [column for column in columns_of(table.noun) if column.kind in ("text", "words")]
    for number, record in enumerate(records, 2):
        for column in columns:
            words = column.write(getattr(record, column.field) or "")
            if len(words) > LONGEST_TEXT:
                what = f"the text has {len(words):,} characters, and a cell of a spreadsheet holds {LONGEST_TEXT:,}"
                yield Fault(table.file, number, column.name, what, "shorten the text, or keep the scenario as a folder")
            elif any(sign in words for sign in _UNSEEN):
                yield Fault(
                    table.file,
                    number,
                    column.name,
                    "the text holds a sign that no workbook can",
                    "take U+FFFE and U+FFFF away",
                )


@dataclasses.dataclass
class Pen:
    """A workbook that is being written, and its formats, each made once."""

    book: xlsxwriter.Workbook
    out: io.BytesIO
    formats: dict[tuple[tuple[str, Any], ...], Format] = dataclasses.field(default_factory=dict)

    def style(self, **properties: Any) -> Format:
        """The format of these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def header(self, *, needed: bool = True) -> Format:
        """Format of a column's name."""
        fill = "#1f4e79" if needed else "#5b7f9d"
        return self.style(
            bold=True, font_color="white", bg_color=fill, border=1, border_color="#ffffff", valign="top", text_wrap=True
        )

    def close(self) -> bytes:
        """Bytes of the finished workbook."""
        self.book.close()
        return self.out.getvalue()


def new_pen(title: str, created: datetime) -> Pen:
    """An empty workbook whose only date is `created`, so that the same content has the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": title, "author": "supercargo", "created": created.astimezone(UTC).replace(tzinfo=None)})
    return Pen(book, out)


def number_format(column: Column) -> str:
    """How a column's cells show: numbers at their unit's decimals, instants as files write them, text as it is typed."""
    if column.kind == "number" and column.unit in DECIMALS:
        return "#,##0." + "0" * decimals(column.unit)
    return {"truth": TRUTH, "instant": ISO, "text": "@", "words": "@", "whole": "0"}.get(column.kind, "General")


def note_of(column: Column, table: Table) -> str:
    """What a planner must know to fill a column."""
    field = table.noun.__dataclass_fields__[column.field]  # type: ignore[attr-defined]  # every noun is a dataclass
    refers = dict(table.refers).get(column.field, "").removesuffix(".csv")
    kind = {
        "words": "a list, with ; between its words",
        "truth": "TRUE or FALSE",
        "instant": "a date with its time, UTC",
        "whole": "a whole number",
    }.get(column.kind, "")
    low, high = field.metadata.get("ge", -float("inf")), field.metadata.get("le", float("inf"))
    bounds = f"from {low:g}" if low > -float("inf") else ""
    bounds += f" to {high:g}" if high < float("inf") else ""
    unit = f"unit: {column.unit}" if column.unit not in ("", "value") else ""
    places = f", written to {10 ** -decimals(column.unit):g}" if column.unit in DECIMALS else ""
    choices = ", ".join(choice for choice in column.choices if choice)
    lines = (
        field.metadata["doc"],
        unit + places,
        bounds.strip(),
        kind,
        f"one of: {choices}" if choices else "",
        f"stands in the sheet {refers}" if refers else "",
        "must be given" if _must_be_given(column) else "may be left empty",
    )
    return "\n".join(line for line in lines if line)


def _must_be_given(column: Column) -> bool:
    if column.kind == "text":
        return column.needed and "" not in column.choices
    return column.empty is dataclasses.MISSING


def write_header(sheet: Worksheet, pen: Pen, table: Table, names: Sequence[str]) -> None:
    """Names of the columns, frozen, each known one with a note and the format of its cells."""
    known = {column.name: column for column in columns_of(table.noun)}
    for at, name in enumerate(names):
        column = known.get(name)
        sheet.write_string(0, at, fit_text(name, table.file), pen.header(needed=column is not None and column.needed))
        if column is not None:
            write_note(sheet, (0, at), note_of(column, table))
    sheet.freeze_panes(1, 1)
    to_print(sheet)


def to_print(sheet: Worksheet) -> None:
    """Across one page, the names of the columns on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write_note(sheet: Worksheet, place: tuple[int, int], words: str) -> None:
    """A note beside a cell, large enough for its words."""
    lines = sum(1 + len(line) // 42 for line in words.split("\n"))
    options = {"author": "supercargo", "width": 260, "height": 20 + 16 * lines, "font_size": 9, "color": "#fffbe6"}
    sheet.write_comment(*place, words[:LONGEST_TEXT], options)


def write_table(pen: Pen, name: str, table: Table, records: Sequence[Any], *, to_fill: bool) -> Worksheet:
    """A sheet of one noun; `to_fill` gives it drop-downs and bounds."""
    sheet = pen.book.add_worksheet(name)
    columns = columns_of(table.noun)
    write_header(sheet, pen, table, [column.name for column in columns])
    for at, column in enumerate(columns):
        style = pen.style(num_format=number_format(column)) if number_format(column) != "General" else None
        values = [getattr(record, column.field) for record in records]
        sheet.set_column(at, at, _width(column, values), style)
        _write_cells(sheet, at, column, values, table.file)
        if to_fill:
            offer(sheet, (at, len(records)), (table, column), KEYS)
    sheet.autofilter(0, 0, max(1, len(records)), len(columns) - 1)
    words = [column_letters(at) for at, column in enumerate(columns, 1) if column.kind in ("text", "words")]
    if words:  # an id of digits is no slip of the pen
        sheet.ignore_errors({"number_stored_as_text": " ".join(f"{letters}2:{letters}1048576" for letters in words)})
    return sheet


def _width(column: Column, values: Sequence[Any]) -> float:
    longest = max((len(column.write(value)) for value in values[:_LOOKED_AT] if value is not None), default=0)
    longest = longest + 4 if column.kind == "number" else longest  # separators and zeros that are shown
    return float(min(_WIDEST, max(len(column.name) + 3, longest + 1)))


def _write_cells(sheet: Worksheet, at: int, column: Column, values: Sequence[Any], file: str) -> None:
    """Cells of one column, from row 2 on; what is empty stays empty."""
    given = [(row, value) for row, value in enumerate(values, 1) if value is not None and value != "" and value != ()]
    if column.kind in ("text", "words"):
        for row, value in given:
            sheet.write_string(row, at, fit_text(column.write(value), file))
    elif column.kind in ("number", "whole"):
        places = decimals(column.unit)
        for row, value in given:
            rounded = round(float(value), places) + 0.0
            sheet.write_number(row, at, rounded if abs(rounded) < _EXACT_FROM else Exact(rounded))
    elif column.kind == "truth":
        for row, value in given:
            sheet.write_boolean(row, at, value)
    else:
        for row, value in given:
            if value < _FIRST_WRITTEN:
                sheet.write_string(row, at, format_utc(value))
            else:
                sheet.write_number(row, at, days_of(value))


def offer(sheet: Worksheet, place: tuple[int, int], of: tuple[Table, Column], keys: Mapping[str, str]) -> None:
    """A drop-down where a cell is chosen, bounds where a number has them, for the rows there are and some to come.

    `place` is the column, from 0, and the number of rows; `keys` has the letters of the key's column by sheet.
    """
    at, count = place
    rule = _rule(*of, keys)
    if rule:
        rule = {"ignore_blank": True, "error_title": of[1].name[:32], **rule}
        sheet.data_validation(1, at, count + ROWS_TO_COME, at, rule)


def _rule(table: Table, column: Column, keys: Mapping[str, str]) -> dict[str, Any]:
    if column.kind == "truth":
        return {"validate": "list", "source": ["TRUE", "FALSE"], "error_message": "Choose TRUE or FALSE."}
    if column.kind == "text" and column.choices:
        choices = [choice for choice in column.choices if choice]
        return {"validate": "list", "source": choices, "error_message": "Choose a word of the list."}
    name = dict(table.refers).get(column.field, "").removesuffix(".csv")
    if column.kind == "text" and name in keys:
        # A formula for the names there are, however many come; it works in a drop-down, never in a cell.
        letters = keys[name]
        names = f"=OFFSET({name}!${letters}$2,0,0,MAX(1,COUNTA({name}!${letters}:${letters})-1),1)"
        message = f"This name does not stand in the sheet {name}. Keep it, and add it there?"
        return {"validate": "list", "source": names, "error_type": "warning", "error_message": message}
    return _bounds(column, table) if column.kind in ("number", "whole") else {}


KEYS = {
    table.file.removesuffix(".csv"): column_letters(
        next(n for n, column in enumerate(columns_of(table.noun), 1) if column.field == table.key[0])
    )
    for table in SCENARIO_TABLES
}
"""Letters of the key's column of each sheet as we write it."""


def _bounds(column: Column, table: Table) -> dict[str, Any]:
    metadata = table.noun.__dataclass_fields__[column.field].metadata  # type: ignore[attr-defined]  # as in note_of
    low, high = metadata.get("ge", -float("inf")), metadata.get("le", float("inf"))
    kind = "integer" if column.kind == "whole" else "decimal"
    unit = f" {column.unit}" if column.unit not in ("", "count", "value") else ""
    if low > -float("inf") and high < float("inf"):
        told = f"Give a number from {low:g} to {high:g}{unit}."
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high, "error_message": told}
    if low > -float("inf"):
        return {"validate": kind, "criteria": ">=", "value": low, "error_message": f"Give a number of {low:g}{unit} or more."}
    return {}


def refuse_unwritable_texts(faults: Sequence[Fault]) -> None:
    """Raise ScenarioError where a workbook could not hold what is written without loss."""
    if faults:
        raise ScenarioError.of(sorted(faults), where="workbook")
