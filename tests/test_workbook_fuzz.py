"""Workbooks broken in every way that chance finds: a fault in words or a scenario, and nothing else."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Fault
from supercargo.store import scenario_or_faults, write_mending
from supercargo.store.book.plan import PLAN_BOOK, plan_book, read_plan_tables
from tests.books import repacked, small_book
from tests.test_store_plan import a_plan

NAMES = tuple(sorted(zipfile.ZipFile(io.BytesIO(small_book())).namelist()))
READ = tuple(name for name in NAMES if name.endswith((".xml", ".rels")) and "comments" not in name and "drawing" not in name)
WORDS = (
    b"",
    b"0",
    b"-1",
    b"4294967295",
    b"999999999999",
    b"XFD1048576",
    b"A0",
    b"\xff",
    b"\0",
    b"<",
    b"&a;",
    b"e",
    b"str",
    b"1e999",
)


def outcome(content: bytes) -> None:
    """Read a workbook; anything but a scenario or faults in words is raised. What can be handed back is handed back."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        faults: list[Fault] = []
        if scenario_or_faults(path, faults) is None:
            assert faults
            assert all(fault.fix for fault in faults)
            write_mending(path, Path(folder) / "mended.xlsx", faults, force=False)


@given(st.lists(st.tuples(st.integers(0, len(small_book()) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_flipped_bytes_are_faults_and_nothing_worse(flips: list[tuple[int, int]]) -> None:
    content = bytearray(small_book())
    for place, byte in flips:
        content[place] = byte
    outcome(bytes(content))


@given(st.integers(0, len(small_book())))
@settings(max_examples=20, deadline=None)
def test_a_workbook_cut_short_is_a_fault(length: int) -> None:
    outcome(small_book()[:length])


@given(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_parts_taken_away_are_faults_and_nothing_worse(names: set[str]) -> None:
    def change(parts: dict[str, bytes]) -> None:
        for name in names:
            del parts[name]

    outcome(repacked(small_book(), change))


@given(st.sampled_from(READ), st.integers(0, 10**6), st.integers(0, 60), st.sampled_from(WORDS))
@settings(max_examples=50, deadline=None)
def test_xml_rewritten_at_random_is_a_fault_and_nothing_worse(name: str, at: int, length: int, word: bytes) -> None:
    def change(parts: dict[str, bytes]) -> None:
        start = at % max(1, len(parts[name]))
        parts[name] = parts[name][:start] + word + parts[name][start + length :]

    outcome(repacked(small_book(), change))


@cache
def attributes(name: str) -> tuple[tuple[int, int], ...]:
    """Where the values of the attributes of a part stand."""
    content = zipfile.ZipFile(io.BytesIO(small_book())).read(name)
    marks = [place for place, byte in enumerate(content) if byte == ord('"')]
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@given(st.sampled_from(READ), st.integers(0, 10**6), st.sampled_from(WORDS))
@settings(max_examples=50, deadline=None)
def test_any_attribute_with_any_value_is_a_fault_or_let_through(name: str, at: int, word: bytes) -> None:
    def change(parts: dict[str, bytes]) -> None:
        places = attributes(name)
        begin, end = places[at % len(places)]
        parts[name] = parts[name][: begin + 1] + word.replace(b"<", b"&lt;") + parts[name][end:]

    outcome(repacked(small_book(), change))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4), st.sampled_from(READ[:6]))
@settings(max_examples=15, deadline=None)
def test_a_plans_workbook_broken_is_a_fault_and_nothing_worse(flips: list[tuple[int, int]], name: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        content = bytearray(parts[name])
        for at, byte in flips:
            content[at % len(content)] = byte
        parts[name] = bytes(content)

    faults: list[Fault] = []
    read_plan_tables(repacked(plan_book(a_plan(), ()), change), faults)
    assert all(fault.fix and fault.file for fault in faults)


def test_a_plans_workbook_is_named_by_its_file() -> None:
    faults: list[Fault] = []
    assert read_plan_tables(b"", faults) == {}
    assert [fault.file for fault in faults] == [PLAN_BOOK]
