"""Workbooks for tests: the small scenario as one, and ways to spoil it as a spreadsheet or a stranger would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from supercargo.kernel import Fault, ScenarioError
from supercargo.store import read_scenario
from supercargo.store.book.forms import scenario_book
from tests.builders import a_scenario

Plant = Callable[[Path], None]


@cache
def small_book() -> bytes:
    """The scenario of the builders as a workbook."""
    return scenario_book(a_scenario())


def faults_in(path: Path) -> tuple[Fault, ...]:
    """What is told of a folder or workbook."""
    try:
        read_scenario(path)
    except ScenarioError as error:
        return error.faults
    return ()


def in_program(change: Callable[[Any], None]) -> Plant:
    """Open the workbook in another program, change it there, and save it."""

    def plant(path: Path) -> None:
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)

    return plant


def column_of(sheet: Any, name: str) -> int:
    """Number of a column by its name in row 1."""
    return [cell.value for cell in sheet[1]].index(name) + 1


def put(sheet: str, row: int, column: str, value: Any, number_format: str = "General") -> Plant:
    """A value into a cell, as another program would write it."""

    def change(book: Any) -> None:
        cell = book[sheet].cell(row, column_of(book[sheet], column))
        cell.value = value
        cell.number_format = number_format

    return in_program(change)


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, compression)
    return out.getvalue()


def part_of(parts: dict[str, bytes], sheet: str) -> str:
    """Name of the part of a sheet, as our own writer names it."""
    names = [line.split(b'"')[1].decode() for line in parts["xl/workbook.xml"].split(b"<sheet ")[1:]]
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def in_part(sheet: str, old: bytes, new: bytes) -> Plant:
    """Replace the first `old` in the XML of a sheet."""

    def plant(path: Path) -> None:
        def change(parts: dict[str, bytes]) -> None:
            name = part_of(parts, sheet) if "/" not in sheet else sheet
            assert old in parts[name], (old, parts[name][:3000])
            parts[name] = parts[name].replace(old, new, 1)

        path.write_bytes(repacked(path.read_bytes(), change))

    return plant


def with_part(name: str, content: bytes) -> Plant:
    """Add a part."""

    def plant(path: Path) -> None:
        path.write_bytes(repacked(path.read_bytes(), lambda parts: parts.update({name: content})))

    return plant


def computed(path: Path) -> None:
    """As a spreadsheet program leaves it after it has computed."""
    in_part("xl/workbook.xml", b' fullCalcOnLoad="1"', b"")(path)
