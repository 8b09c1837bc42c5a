"""Faults planted in a workbook: each is told with sheet, row, column and fix; all at once; nothing is computed or run."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from supercargo.store.book import parts
from tests.books import (
    Plant,
    column_of,
    computed,
    faults_in,
    in_part,
    in_program,
    part_of,
    put,
    repacked,
    small_book,
    with_part,
)
from tests.cli_runner import run


@dataclass(frozen=True)
class Planted:
    """One edit of the small scenario's workbook, and the fault that must be told for it."""

    name: str
    plant: Plant
    sheet: str
    row: int
    column: str
    fix: str


def both(*plants: Plant) -> Plant:
    def plant(path: Path) -> None:
        for one in plants:
            one(path)

    return plant


def an_error(book: Any) -> None:
    sheet = book["cargo"]
    cell = sheet.cell(4, column_of(sheet, "mass_kg"))
    cell.value, cell.data_type = "#N/A", "e"


def hidden(name: str, state: str) -> Plant:
    def change(book: Any) -> None:
        book[name].sheet_state = state

    return in_program(change)


def merged(area: str) -> Plant:
    return in_program(lambda book: book["cargo"].merge_cells(area))


def gap(book: Any) -> None:
    book["cargo"].insert_rows(6, 2)


def aside(book: Any) -> None:
    book["crew"].cell(2, 9).value = "ask Ann"


def renamed(old: str, new: str) -> Plant:
    def change(book: Any) -> None:
        book[old].title = new

    return in_program(change)


def taken_away(name: str) -> Plant:
    return in_program(lambda book: book.remove(book[name]))


def settings(key: str, value: Any, number_format: str = "General") -> Plant:
    def change(book: Any) -> None:
        sheet = book["scenario"]
        row = next(row for row in sheet.iter_rows() if row[0].value == key)
        row[1].value = value
        row[1].number_format = number_format if number_format != "General" else row[1].number_format

    return in_program(change)


def stray(book: Any) -> None:
    book["cargo"]["XFD1048576"].value = 1


def far_below(book: Any) -> None:
    book["cargo"]["V1000000"].value = 1


def locked(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))


def zip_locked(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def bomb(path: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        name = part_of(content, "cargo")
        content[name] = content[name].replace(b"</sheetData>", b"<row/>" * 2_000_000 + b"</sheetData>")

    path.write_bytes(repacked(path.read_bytes(), change))


def part_without_end(path: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        content["xl/sharedStrings.xml"] = content["xl/sharedStrings.xml"] + b" " * 65 * 1024 * 1024

    path.write_bytes(repacked(path.read_bytes(), change))


def repeated(path: Path) -> None:
    """One long text, held once and shown in very many cells."""

    def change(content: dict[str, bytes]) -> None:
        texts = content["xl/sharedStrings.xml"]
        number = texts.count(b"<si>")
        content["xl/sharedStrings.xml"] = texts.replace(b"</sst>", b"<si><t>" + b"x" * 130_000 + b"</t></si></sst>")
        cell = b'<row r="%d"><c r="P%d" t="s"><v>%d</v></c></row>'
        cells = b"".join(cell % (n, n, number) for n in range(100, 1_000))
        name = part_of(content, "cargo")
        content[name] = content[name].replace(b"</sheetData>", cells + b"</sheetData>")

    path.write_bytes(repacked(path.read_bytes(), change))


MANY_SHEETS = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 100) for n in range(300))


def entities(path: Path) -> None:
    spun = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    in_part("cargo", b"<worksheet", spun + b"<worksheet")(path)


def open_document(path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    path.write_bytes(out.getvalue())


def twice(path: Path) -> None:
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("XL/workbook.xml", "<x/>")
    path.write_bytes(content.getvalue())


BOOK = "book.xlsx"
PLANTED = (
    Planted(
        "formula never computed", put("cargo", 3, "mass_kg", "=A1*2"), "cargo", 3, "mass_kg", "let it compute and save it"
    ),
    Planted("formula for a name", put("cargo", 3, "item_id", '="F"&1'), "cargo", 3, "item_id", "type the value itself"),
    Planted("formula in a header", put("crew", 1, "crew_count", '="crew"'), "crew", 1, "", "type the column's name itself"),
    Planted("formula among the settings", settings("seed", "=1+1"), "scenario", 5, "seed", "let it compute"),
    Planted("cell that shows an error", in_program(an_error), "cargo", 4, "mass_kg", "mend what it draws on"),
    Planted("hidden sheet", hidden("contracts", "hidden"), "contracts", 0, "", "show the sheet and look at it"),
    Planted("sheet hidden by a program", hidden("cargo", "veryHidden"), "cargo", 0, "", "show the sheet"),
    Planted("hidden settings", hidden("scenario", "hidden"), "scenario", 0, "", "show the sheet"),
    Planted("merged cells", merged("B3:B5"), "cargo", 3, "customer", "unmerge them"),
    Planted("merged header", merged("A1:B1"), "cargo", 1, "item_id", "unmerge them"),
    Planted("empty rows inside", in_program(gap), "cargo", 6, "", "take empty rows away"),
    Planted("note beside the table", in_program(aside), "crew", 2, "", "name column I, or clear it"),
    Planted("number with a decimal comma", put("cargo", 3, "mass_kg", "1,5"), "cargo", 3, "mass_kg", "a decimal point"),
    Planted("number with a unit", put("cargo", 3, "mass_kg", "2.5 t"), "cargo", 3, "mass_kg", "kilograms as a plain number"),
    Planted("words for a number", put("cargo", 3, "mass_kg", "heavy"), "cargo", 3, "mass_kg", "not be formatted as text"),
    Planted("truth for a number", put("cargo", 3, "mass_kg", True), "cargo", 3, "mass_kg", "type the number of kg"),
    Planted(
        "date for a number",
        put("cargo", 3, "pieces", datetime(2027, 5, 1), "yyyy-mm-dd"),
        "cargo",
        3,
        "pieces",
        "format the cell as a number",
    ),
    Planted(
        "number for an instant",
        put("cargo", 3, "release_utc", 46388.5),
        "cargo",
        3,
        "release_utc",
        "format the cell as a date",
    ),
    Planted(
        "time without a day", put("cargo", 3, "release_utc", 0.5, "hh:mm"), "cargo", 3, "release_utc", "with its time in UTC"
    ),
    Planted(
        "instant with a fraction",
        put("cargo", 3, "release_utc", datetime(2027, 1, 1, 0, 0, 0, 400_000), "yyyy-mm-dd hh:mm:ss.000"),
        "cargo",
        3,
        "release_utc",
        "to whole seconds",
    ),
    Planted(
        "instant of another age",
        put("cargo", 3, "release_utc", datetime(2427, 1, 1), "yyyy-mm-dd"),
        "cargo",
        3,
        "release_utc",
        "use years 1950 to 2150",
    ),
    Planted("instant without zone", put("cargo", 3, "release_utc", "2027-01-01 12:00"), "cargo", 3, "release_utc", "in UTC"),
    Planted("number for a truth value", put("cargo", 3, "cold", 2), "cargo", 3, "cold", "write TRUE or FALSE"),
    Planted("broken number for a name", put("cargo", 3, "item_id", 4711.5), "cargo", 3, "item_id", "format the cell as text"),
    Planted(
        "name turned into a date",
        put("cargo", 3, "item_id", datetime(2027, 3, 4), "d-mmm"),
        "cargo",
        3,
        "item_id",
        "format the cell as text and type the word again",
    ),
    Planted("truth for a name", put("cargo", 3, "customer", False), "cargo", 3, "customer", "type the word again"),
    Planted("percentage", put("terms", 2, "value", 0.005, "0.0%"), "terms", 2, "value", "in the column's own unit"),
    Planted(
        "percentage of a percent",
        settings("service.on_time_target_percent", 0.95, "0%"),
        "scenario",
        9,
        "on_time_target_percent",
        "format the cell as a plain number",
    ),
    Planted("misspelt sheet", renamed("crew", "Crews"), "Crews", 0, "", "name it crew"),
    Planted("no cargo", taken_away("cargo"), "cargo", 0, "", "add a sheet named cargo"),
    Planted("no settings", taken_away("scenario"), "scenario", 0, "", "add a sheet named scenario"),
    Planted("misspelt column", put("stock", 1, "on_hand_kg", "on_hand_lb"), "stock", 1, "on_hand_lb", "give it in kg"),
    Planted(
        "unknown name",
        put("missions", 2, "destination", "Hubb"),
        "missions",
        2,
        "destination",
        "add it to the sheet destinations",
    ),
    Planted("unknown setting", settings("seed", None), "scenario", 5, "seed", "add seed"),
    Planted("seed in words", settings("seed", "one"), "scenario", 5, "seed", "give a whole number"),
    Planted(
        "amounts in other signs", settings("service.priority_usd", "1, 2, 3"), "scenario", 10, "priority_usd", "with ; between"
    ),
    Planted(
        "horizon turned round", settings("horizon.end_utc", datetime(2026, 1, 1)), "scenario", 8, "end_utc", "after start_utc"
    ),
    Planted("sheet without end", in_program(stray), "cargo", 0, "", "clear what stands outside the table, such as XFD1048576"),
    Planted("sheet of empty cells", in_program(far_below), "cargo", 0, "", "such as V1000000"),
    Planted("macros", with_part("xl/vbaProject.bin", b"\0"), BOOK, 0, "", "save it as .xlsx"),
    Planted("old macros", with_part("xl/macrosheets/sheet1.xml", b"<x/>"), BOOK, 0, "", "nothing in it is ever run"),
    Planted("links to others", with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), BOOK, 0, "", "break the links"),
    Planted("data connection", with_part("xl/connections.xml", b"<x/>"), BOOK, 0, "", "keep its rows as values"),
    Planted("password", locked, BOOK, 0, "", "take the password away"),
    Planted("password of the archive", zip_locked, BOOK, 0, "", "take the password away"),
    Planted(
        "old kind of workbook", lambda p: _write(p, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)), BOOK, 0, "", "as .xlsx"
    ),
    Planted("open document", open_document, BOOK, 0, "", "save it as .xlsx"),
    Planted("text with another name", lambda p: _write(p, b"item_id,customer\n"), BOOK, 0, "", "save it as .xlsx"),
    Planted("nothing at all", lambda p: _write(p, b""), BOOK, 0, "", "save it as .xlsx"),
    Planted("sheet that swells", bomb, "cargo", 0, "", "take empty and repeated rows away"),
    Planted("part without end", part_without_end, BOOK, 0, "", "split what is left"),
    Planted("entities", entities, "cargo", 0, "", "spreadsheets write none"),
    Planted("text that swells", repeated, "cargo", 0, "", "shorten the long texts"),
    Planted(
        "text without end", in_part("xl/sharedStrings.xml", b"<t>", b"<t>" + b"x" * 140_000), BOOK, 0, "", "shorten the cell"
    ),
    Planted(
        "sheets without end", in_part("xl/workbook.xml", b"<sheets>", b"<sheets>" + MANY_SHEETS), BOOK, 0, "", "at most 255"
    ),
    Planted("part that stands twice", twice, BOOK, 0, "", "save it as .xlsx again"),
    Planted("sheet cut short", in_part("cargo", b"</worksheet>", b""), "cargo", 0, "", "save it as .xlsx again"),
    Planted("cell without a place", in_part("cargo", b'r="A3"', b'r="3A"'), "cargo", 0, "", "save the workbook again"),
)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / BOOK
    path.write_bytes(small_book())
    return path


MORE_FOLLOW = {planted.name for planted in PLANTED if planted.sheet == BOOK} | {
    "merged cells", "merged header", "empty rows inside", "no cargo", "no settings", "cell without a place",
    "sheet hidden by a program", "hidden settings", "formula in a header",
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_planted_fault_is_told_with_sheet_row_column_and_fix_and_once(planted: Planted, book: Path) -> None:
    planted.plant(book)
    found = faults_in(book)
    told = [fault for fault in found if (fault.file, fault.row, fault.column) == (planted.sheet, planted.row, planted.column)]
    assert any(planted.fix in fault.fix for fault in told), [str(fault) for fault in found]
    if planted.sheet in ("cargo", "crew", "contracts", "stock", "missions") and planted.name not in MORE_FOLLOW:
        assert len(found) == 1, [str(fault) for fault in found]
    words = " ".join(map(str, found))
    assert [word for word in (".csv", ".toml", "quotation") if word in words] == []  # a workbook has none of these


def test_the_workbook_without_planted_faults_has_none(book: Path) -> None:
    assert faults_in(book) == ()


def test_merged_cells_are_told_once_and_not_again_as_empty_ones(book: Path) -> None:
    merged("B3:D5")(book)
    (told,) = faults_in(book)
    assert (told.row, told.column, told.what) == (3, "customer", "the cells B3:D5 are merged")


def test_faults_of_many_sheets_are_all_told_at_once(book: Path) -> None:
    chosen = [
        one
        for one in PLANTED
        if one.sheet != BOOK and one.name not in MORE_FOLLOW and not one.name.startswith(("sheet", "part", "text"))
    ]
    chosen = [one for one in chosen if one.name not in ("entities", "misspelt sheet", "horizon turned round")]
    by_place = {(one.sheet, one.row, one.column): one for one in chosen}
    for planted in by_place.values():
        planted.plant(book)
    told = {(fault.file, fault.row, fault.column) for fault in faults_in(book)}
    assert len(by_place) >= 13
    assert [planted.name for place, planted in by_place.items() if place not in told] == []


def test_parts_that_are_too_large_only_together_are_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGEST_PARTS", 60_000)
    assert any("unpacks to more than can be meant" in fault.what for fault in faults_in(book))
    monkeypatch.setattr(parts, "LARGEST_PARTS", 600_000)
    assert faults_in(book) == ()


def test_a_formula_with_a_stored_value_is_taken_by_it(book: Path) -> None:
    clean = small_book()
    in_part("cargo", b'<c r="H3"><v>1</v></c>', b'<c r="H3"><f>2*3</f><v>1</v></c>')(book)
    assert [fault.column for fault in faults_in(book)] == ["pieces"]  # the workbook asks to be computed first
    computed(book)
    assert faults_in(book) == ()
    assert book.read_bytes() != clean


def test_a_formula_whose_stored_value_is_missing_is_told_even_where_the_program_has_computed(book: Path) -> None:
    in_part("cargo", b'<c r="H3"><v>1</v></c>', b'<c r="H3"><f>2*3</f></c>')(book)
    computed(book)
    assert [(fault.row, fault.column) for fault in faults_in(book)] == [(3, "pieces")]
    assert "=2*3" in faults_in(book)[0].what


def test_a_row_of_formulas_without_values_is_not_lost(book: Path) -> None:
    def change(opened: Any) -> None:
        sheet = opened["cargo"]
        last = sheet.max_row
        for cell in sheet[last]:
            sheet.cell(last + 1, cell.column).value = f"={cell.coordinate}"

    in_program(change)(book)
    assert len({fault.column for fault in faults_in(book)}) > 10
    assert len({fault.row for fault in faults_in(book)}) == 1


def test_hidden_rows_are_read_because_filters_hide_them(book: Path) -> None:
    def change(opened: Any) -> None:
        opened["cargo"].row_dimensions[3].hidden = True
        opened["cargo"].column_dimensions["B"].hidden = True

    in_program(change)(book)
    assert faults_in(book) == ()


def test_a_share_may_be_shown_as_a_percentage(book: Path) -> None:
    settings("limits.packing_fraction", 0.82, "0%")(book)
    put("terms", 2, "value", 7, '0 "% no"')(book)
    assert faults_in(book) == ()


def test_a_file_that_carries_macros_by_its_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(small_book())
    assert ["save it as .xlsx" in fault.fix for fault in faults_in(path)] == [True]


def test_the_workbook_of_a_plan_is_no_scenario(tmp_path: Path) -> None:
    from supercargo.store.book.plan import plan_book
    from tests.test_store_plan import a_plan

    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_book(a_plan(), ()))
    assert [fault.fix for fault in faults_in(path)] == ["give the scenario it was made from"]


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_faulty_workbook_ends_a_command_with_exit_2_and_writes_nothing(command: str, book: Path, tmp_path: Path) -> None:
    put("cargo", 3, "mass_kg", "1,5")(book)
    before = sorted(tmp_path.iterdir())
    told = run(command, str(book), *(["--out", str(tmp_path / "plan")] if command == "plan" else []))
    assert told.code == 2
    assert "cargo row 3 column mass_kg: the cell holds the text '1,5' where a number is meant" in told.err
    assert told.out == ""
    assert sorted(tmp_path.iterdir()) == before
