"""Rows of a file to nouns and back."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supercargo.kernel import Fault, as_written
from supercargo.model import PLAN_TABLES, SCENARIO_TABLES, CargoLine, LaunchWindow
from supercargo.store import read_rows, rows, write_rows
from tests.builders import START, a_line, a_scenario

CARGO = next(table for table in SCENARIO_TABLES if table.file == "cargo.csv")
WINDOWS = next(table for table in PLAN_TABLES if table.file == "windows.csv")


def faults_of_text(text: str | bytes) -> list[Fault]:
    faults: list[Fault] = []
    read_rows(text, CARGO, faults)
    return faults


@pytest.mark.parametrize("table", SCENARIO_TABLES, ids=lambda table: table.file)
def test_every_noun_reads_back_as_it_was_written(table) -> None:  # type: ignore[no-untyped-def]
    records = getattr(a_scenario(), table.attribute)
    written = write_rows(records, table.noun)
    faults: list[Fault] = []
    assert read_rows(written, table, faults) == tuple(map(as_written, records))
    assert faults == []
    assert write_rows(read_rows(written, table, faults), table.noun) == written


def is_a_name(word: str) -> bool:
    tidy = word == word.strip() and unicodedata.is_normalized("NFC", word)
    return tidy and word.isprintable() and not word.startswith(("=", "+", "-", "@"))


NAMES = st.text(st.characters(codec="utf-8", exclude_characters=";#"), min_size=1, max_size=9).filter(is_a_name)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))


@given(
    item_id=NAMES,
    hazard=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
    mass_kg=st.floats(0.001, 1e7),
    dx_m=st.floats(0.001, 20),
    pieces=st.integers(1, 10_000),
    release_utc=INSTANTS,
    cold=st.booleans(),
)
def test_any_lawful_line_survives_a_file(item_id, hazard, mass_kg, dx_m, pieces, release_utc, cold) -> None:  # type: ignore[no-untyped-def]
    line = a_line(
        item_id=item_id,
        hazard=hazard,
        mass_kg=mass_kg,
        dx_m=dx_m,
        pieces=pieces,
        release_utc=release_utc,
        due_utc=None,
        cold=cold,
    )
    faults: list[Fault] = []
    assert read_rows(write_rows([line], CargoLine), CARGO, faults) == (as_written(line),)
    assert faults == []


def test_numbers_are_written_at_their_units_decimals_and_no_longer() -> None:
    header, row = write_rows([a_line(mass_kg=30.00049, declared_usd=1.239, power_w=-0.0)], CargoLine).decode().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["mass_kg"], cells["declared_usd"], cells["power_w"]) == ("30", "1.24", "0")


def test_formulas_and_quotes_are_plain_text() -> None:
    line = a_line(hazard='=HYPERLINK("x"), "quoted"')
    faults: list[Fault] = []
    assert read_rows(write_rows([line], CargoLine), CARGO, faults) == (line,)


def test_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    written = write_rows([a_line()], CargoLine)
    faults: list[Fault] = []
    assert read_rows(b"\xef\xbb\xbf" + written.replace(b"\n", b"\r\n"), CARGO, faults) == (a_line(),)
    assert faults == []


def test_unknown_columns_are_let_through_and_optional_ones_may_be_left_out() -> None:
    lines = write_rows([a_line()], CargoLine).decode().splitlines()
    at = lines[0].split(",").index("hazard")
    shorter = [[*line.split(",")[:at], *line.split(",")[at + 1 :]] for line in lines]
    shorter[0].append("colour")
    shorter[1].append("red")
    faults: list[Fault] = []
    assert read_rows("\n".join(map(",".join, shorter)), CARGO, faults) == (a_line(),)
    assert faults == []


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("mass_kg", "mass_lb", "name it mass_kg and give it in kg"),
        ("mass_kg", "Mass kg", "name it mass_kg and give it in kg"),
        ("destination", "destinaton", "name it destination"),
        ("orientation", "orientaton", "name it orientation"),
        ("mass_kg", "weight", "add the column mass_kg"),
        ("dx_m", "mass_kg", "keep one of the two"),
        (",", ";", "separate columns by commas"),
    ],
)
def test_header_fault_says_what_to_name_the_column(old: str, new: str, fix: str) -> None:
    header, row = write_rows([a_line()], CargoLine).decode().splitlines()
    header = header.replace(old, new) if old == "," else ",".join(new if name == old else name for name in header.split(","))
    told = faults_of_text(f"{header}\n{row}\n")
    assert any(fault.row == 1 and fix in fault.fix for fault in told), told


@pytest.mark.parametrize("number", ["1_000", "١٢", "0x10", "1,5", "--1", "1e999", "2.5 t", "12 kg", " ", "1.5.5"])
def test_what_is_no_plain_finite_number_is_refused(number: str) -> None:
    line = write_rows([a_line(mass_kg=7777.0)], CargoLine).decode().replace("7777", f'"{number}"')
    told = faults_of_text(line)
    assert [(fault.row, fault.column) for fault in told] == [(2, "mass_kg")]
    assert "kilograms" in told[0].fix


def test_a_quotation_mark_never_closed_is_told_with_its_row() -> None:
    text = write_rows([a_line(), a_line(item_id="I2")], CargoLine).decode().replace("I2", '"I2')
    assert any("quotation mark" in fault.fix and fault.row == 3 for fault in faults_of_text(text))


def test_an_empty_file_is_told_to_start_with_its_header() -> None:
    assert "start with: item_id," in faults_of_text("")[0].fix


def test_a_row_with_two_faults_tells_both() -> None:
    text = write_rows([a_line(priority=3, mass_kg=7777.0)], CargoLine).decode().replace("7777", "-1").replace(",up,", ",over,")
    assert {fault.column for fault in faults_of_text(text)} == {"mass_kg", "direction"}


def test_a_row_that_stands_twice_in_a_plan_is_left_to_the_referee() -> None:
    faults: list[Fault] = []
    assert len(read_rows(write_rows(windows(1) * 2, LaunchWindow), WINDOWS, faults)) == 2
    assert faults == []


def windows(count: int) -> list[LaunchWindow]:
    first = LaunchWindow(
        destination="Hub", site="Cape", pad="P1", launcher="Lark", launch_utc=START, opens_utc=START, closes_utc=START,
        sigma_s=0.0, node="ascending", azimuth_deg=44.9, plane_offset_deg=0.1, beta_deg=-12.5,
    )  # fmt: skip
    shifts = [timedelta(seconds=613 * number) for number in range(count)]
    return [replace(first, launch_utc=first.launch_utc + shift, sigma_s=shift.total_seconds() / 9e4) for shift in shifts]


def test_a_years_cargo_and_windows_are_read_within_their_time() -> None:
    cargo = write_rows([a_line(item_id=f"R{number}", mass_kg=1 + number / 7) for number in range(5000)], CargoLine)
    faults: list[Fault] = []
    began = time.perf_counter()
    assert len(read_rows(cargo, CARGO, faults)) == 5000
    cargo_s = time.perf_counter() - began
    assert cargo_s < 1.5  # usually 0.1 s; the rest is for a busy machine
    assert len(read_rows(write_rows(windows(5000), LaunchWindow), WINDOWS, faults)) == 5000
    assert time.perf_counter() - began - cargo_s < 3.0


def test_a_file_over_the_largest_size_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "cargo.csv"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    faults: list[Fault] = []
    assert read_rows(path, CARGO, faults) == ()
    assert "endless cell" in faults[0].fix


def test_a_path_is_read_like_its_content(tmp_path: Path) -> None:
    path = tmp_path / "cargo.csv"
    path.write_bytes(write_rows([a_line()], CargoLine))
    faults: list[Fault] = []
    assert read_rows(path, CARGO, faults) == (a_line(),)


def test_what_is_given_finer_than_files_carry_is_taken_at_their_decimals() -> None:
    header, row = write_rows([a_line(dx_m=0.75)], CargoLine).decode().splitlines()
    faults: list[Fault] = []
    (line,) = read_rows(f"{header}\n{row.replace('0.75', '0.7494')}\n", CARGO, faults)
    assert (line.dx_m, faults) == (0.749, [])


def test_rubbish_is_told_up_to_a_bound_and_the_rest_is_counted() -> None:
    row = write_rows([a_line()], CargoLine).decode().splitlines()
    cells = row[1].split(",")
    cells[row[0].split(",").index("mass_kg")] = "rubbish"
    faults = faults_of_text("\n".join([row[0], *[",".join([f"I{n}", *cells[1:]]) for n in range(rows.MOST_TOLD + 5)]]) + "\n")
    assert len(faults) == rows.MOST_TOLD + 1
    assert "the last of 5 more like those above" in faults[-1].what
    assert faults[-1].row == rows.MOST_TOLD + 6


def test_a_header_or_a_file_without_end_is_refused_before_it_is_looked_at() -> None:
    began = time.monotonic()
    (wide,) = faults_of_text("," * 5_000_000)
    (long,) = faults_of_text("\n" * 5_000_000)
    assert "keep these: item_id" in wide.fix
    assert "take empty rows away" in long.fix
    assert time.monotonic() - began < 5.0
