"""A sheet as the numbered lines of cells that a file would give, and its cells that hold no value of their column's kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from supercargo.kernel import Fault
from supercargo.model import Table
from supercargo.store.book.cells import of_a_percentage, shown, text_of
from supercargo.store.book.marks import MOST_CELLS, column_letters
from supercargo.store.book.reading import Sheet
from supercargo.store.columns import BadCell, Column, columns_of

__all__ = ["lines_of"]

Odd = dict[str, dict[int, BadCell | None]]


def lines_of(sheet: Sheet, table: Table, faults: list[Fault]) -> tuple[list[tuple[int, list[str]]], Odd]:
    """Lines with their row numbers, the header first, and odd cells by column and row.

    What is wrong with the sheet's shape is added to `faults`.
    """
    header = [shown(cell) for cell in sheet.rows[0]] if sheet.rows else []
    while header and not header[-1]:
        header.pop()
    numbers = _filled(sheet)
    faults += _faults_of_shape(sheet, table.file, header, numbers)
    odd: Odd = {}
    faults += _merged(sheet, table.file, header, odd)
    columns = {column.name: column for column in columns_of(table.noun)}
    texts = [
        _texts(sheet, (place, columns[name]), numbers, odd) if name in columns else [""] * len(numbers)
        for place, name in enumerate(header)
    ]
    lines = [(number, list(cells)) for number, cells in zip(numbers, zip(*texts, strict=True), strict=True)] if texts else []
    return ([(1, header), *lines] if header else []), odd


def _filled(sheet: Sheet) -> list[int]:
    """Numbers of the rows beneath the header in which something stands."""
    marked = {row for row, _ in sheet.marks.cells}
    return [
        number
        for number, row in enumerate(sheet.rows[1:], 2)
        if number in marked or any(cell is not None and cell != "" for cell in row)
    ]


def _faults_of_shape(sheet: Sheet, file: str, header: list[str], numbers: list[int]) -> Iterator[Fault]:
    """Empty rows inside the table, values under no name, and a header that has no value."""
    if not header:
        return
    for before, number in zip([1, *numbers], numbers, strict=False):
        if number > before + 1:
            first, last = before + 1, number - 1
            what = "the row is empty" if first == last else f"rows {first:,} to {last:,} are empty"
            yield Fault(file, first, "", f"{what}, and rows follow it", "take empty rows away: a table ends at its first")
    places = [place for place in range(len(sheet.rows[0])) if place >= len(header) or not header[place]]
    unnamed = [place for place in places if (1, place + 1) not in sheet.marks.cells]
    for place in unnamed:
        number = next((number for number in numbers if sheet.rows[number - 1][place] not in ("", None)), 0)
        if number:
            letters = column_letters(place + 1)
            what = f"a value stands in column {letters}, which has no name in row 1"
            yield Fault(file, number, "", what, f"name column {letters}, or clear it")
    for (row, column), mark in sorted(sheet.marks.cells.items()):
        if row == 1:
            yield Fault(file, 1, "", f"{column_letters(column)}1: {mark.what}", "type the column's name itself")


def _merged(sheet: Sheet, file: str, header: list[str], odd: Odd) -> Iterator[Fault]:
    """Merged cells: one fault each, and no value for any cell of theirs."""
    left_cells = MOST_CELLS
    for top, left, bottom, right in sheet.marks.merges:
        bottom, right = min(bottom, len(sheet.rows)), min(right, len(header))
        if bottom < top or right < left or left_cells < 0:
            continue
        area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
        fix = "unmerge them, and give each cell a value of its own"
        yield Fault(file, top, header[left - 1], f"the cells {area} are merged", fix)
        left_cells -= (bottom - top + 1) * (right - left + 1)
        for name in header[left - 1 : right]:
            odd.setdefault(name, {}).update((row, None) for row in range(max(top, 2), bottom + 1))


def _texts(sheet: Sheet, placed: tuple[int, Column], numbers: list[int], odd: Odd) -> list[str]:
    """Text of each cell of a column; what has none becomes odd."""
    place, column = placed
    marks = sheet.marks.cells
    bad: dict[int, BadCell | None] = {
        row: BadCell(m.what, m.fix) for (row, at), m in marks.items() if at == place + 1 and row > 1
    }
    texts = []
    for number in numbers:
        cell: Any = sheet.rows[number - 1][place]
        text = ""
        try:
            if cell != "" and number not in bad:
                text = text_of(cell, column)
                if column.unit != "fraction" and (number, place + 1) in sheet.marks.percents:
                    raise of_a_percentage(cell)
        except BadCell as error:
            bad[number] = error
        texts.append(text)
    if bad:
        odd[column.name] = {**bad, **odd.get(column.name, {})}
    return texts
