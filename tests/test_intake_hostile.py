"""Hostile files: refused with the reason, in bounded memory and time, nothing half stored; what goes out computes nothing."""

from __future__ import annotations

import io
import re
import resource
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import Desk
from supercargo.kernel import ScenarioError
from supercargo.store.intake import FILE_BYTES, MOST_ROWS, open_given
from tests.books import repacked
from tests.intake_files import ORDER, alerts, book, csv_of, looked, posted, recorded, words_of
from tests.test_board import client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

SOUND = ("H1", "UNI-LAKE", "S", "1", 1, 2)
ROWS = [ORDER, SOUND]
SHEET = "xl/worksheets/sheet1.xml"
MOST_S, MOST_MB = 6.0, 200.0


@pytest.fixture(scope="module")
def client(desk: Desk) -> TestClient:
    return client_of(desk, "cora")


def sound() -> bytes:
    return book(ROWS)


def with_part(name: str, content: bytes) -> bytes:
    return repacked(sound(), lambda parts: parts.update({name: content}))


def changed(name: str, old: bytes, new: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name], parts[name][:600]
        parts[name] = parts[name].replace(old, new)

    return repacked(sound(), change)


def of_formula(words: str, stored: object = 2) -> bytes:
    """A workbook whose mass is computed, with the value that a spreadsheet has stored for it."""
    made = book([ORDER, (*SOUND[:5], f"={words}")])

    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET] = re.sub(rb"</f><v\s*/?>(</v>)?", b"</f><v>%s</v>" % str(stored).encode(), parts[SHEET])
        assert b"</f><v>%s" % str(stored).encode() in parts[SHEET]
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")

    return repacked(made, change)


def sheet_of(rows: bytes) -> bytes:
    """A workbook with rows of our making behind its own."""
    return changed(SHEET, b"</sheetData>", rows + b"</sheetData>")


def nested(depth: int) -> bytes:
    content = b"0" * 1_000_000
    for _ in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(10):
                archive.writestr(f"{n}.zip", content)
        content = out.getvalue()
    return content


def empty_rows(count: int) -> bytes:
    return b"".join(b'<row r="%d" spans="1:6" ht="15" customHeight="1"/>' % n for n in range(3, count + 3))


ENTITIES = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "macros": ("o.xlsx", lambda: with_part("xl/vbaProject.bin", b"\0macro"), "carries macros"),
    "macros in capitals": ("o.xlsx", lambda: with_part("xl/VBAPROJECT.BIN", b"\0macro"), "carries macros"),
    "macros by name": ("o.xlsm", sound, "its name says that it carries macros"),
    "macro sheets": ("o.xlsx", lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "carries macros"),
    "links to other books": ("o.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "refers to other"),
    "a data connection": ("o.xlsx", lambda: with_part("xl/connections.xml", b"<x/>"), "draws on a data connection"),
    "a bomb by ratio": ("o.xlsx", lambda: sheet_of(b"<!--" + b" " * 15_000_000 + b"-->"), "unpacks to more than can be meant"),
    "a bomb by size": ("o.xlsx", lambda: sheet_of(empty_rows(400_000)), "unpacks to more than can be meant"),
    "a million empty rows": ("o.xlsx", lambda: sheet_of(b"<row/>" * 1_000_000), "rows, empty ones counted"),
    "bombs in a bomb": ("o.xlsx", lambda: nested(3), "it has no xl/workbook.xml"),
    "entities that swell": ("o.xlsx", lambda: changed(SHEET, b"<worksheet", ENTITIES + b"<worksheet"), "document type"),
    "entities from outside": ("o.xlsx", lambda: changed(SHEET, b"<worksheet", OUTSIDE + b"<worksheet"), "document type"),
    "a document type in the book": (
        "o.xlsx", lambda: changed("xl/workbook.xml", b"<workbook", OUTSIDE + b"<workbook"), "document type",
    ),
    "a cell far away": ("o.xlsx", lambda: sheet_of(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "reaches to"),
    "too many rows": ("o.csv", lambda: csv_of([ORDER, *((f"R{n}", *SOUND[1:]) for n in range(MOST_ROWS + 1))]), "rows of 6"),
    "a table of too many rows": (
        "o.xlsx", lambda: book([("item_id", "pieces"), *((f"H{n}", 1) for n in range(6_000))]),
        "the sheet has 6,000 rows beneath its header; at most 5,000 are read: split it into files of at most 5,000 rows",
    ),
    "too many lines": ("o.csv", lambda: csv_of(ROWS) + b"\n" * 1_000_000, "lines"),
    "too many columns": ("o.csv", lambda: csv_of([[f"c{n}" for n in range(200)], range(200)]), "there are 200 columns"),
    "a huge cell": ("o.csv", lambda: csv_of([ORDER, ("H1", "UNI-LAKE", "x" * 100_000, "1", 1, 2)]), "100,000 signs"),
    "a huge cell in a book": ("o.xlsx", lambda: book([ORDER, ("H1", "UNI-LAKE", "x" * 30_000, "1", 1, 2)]), "30,000 signs"),
    "a huge cell unquoted": ("o.csv", lambda: b'item_id\n"' + b"x" * 2_000_000, "longer than 131072"),
    "a huge file": ("o.csv", lambda: b"a\n" * (FILE_BYTES // 2 + 1), "bytes"),
    "text named a workbook": ("o.xlsx", lambda: csv_of(ROWS), "it is named .xlsx and is no workbook"),
    "a workbook named text": ("o.csv", sound, "it is named .csv and is a packed file"),
    "a program": ("o.exe", lambda: b"MZ\x90\0", "files named .exe are not read"),
    "no ending": ("orders", lambda: csv_of(ROWS), "without an ending"),
    "bytes that are no text": ("o.csv", lambda: bytes(range(256)) * 20, "is not UTF-8"),
    "UTF-16": ("o.csv", lambda: csv_of(ROWS).decode().encode("utf-16"), "is not UTF-8"),
    "a NUL": ("o.csv", lambda: csv_of(ROWS) + b"H2\0,", "NUL"),
    "a workbook cut short": ("o.xlsx", lambda: sound()[:-400], "this is no workbook"),
    "half a workbook": ("o.xlsx", lambda: sound()[: len(sound()) // 2], "this is no workbook"),
    "a workbook of the old kind": ("o.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind (.xls)"),
    "another kind of workbook": ("o.ods", sound, ".ods is another kind"),
    "a part that leads out": ("o.xlsx", lambda: with_part("../../../etc/cron.d/x", b"x"), "leads out of it"),
    "a part from the root": ("o.xlsx", lambda: with_part("/etc/passwd", b"x"), "leads out of it"),
    "a part with a drive": ("o.xlsx", lambda: with_part("C:\\x", b"x"), "leads out of it"),
    "the same heading twice": ("o.csv", lambda: csv_of([("item_id", "ITEM_ID"), ("a", "b")]), "is named as another is"),
    "no heading": ("o.csv", lambda: b",,\n1,2,3\n", "row 1 names no column"),
    "nothing beneath": ("o.csv", lambda: csv_of([ORDER]), "no row stands beneath"),
    "nothing at all": ("o.csv", lambda: b"", "the file is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_the_reason_in_bounded_time_and_memory(
    name: str, client: TestClient, desk: Desk
) -> None:
    file, made, reason = HOSTILE[name]
    content, before = made(), desk.store.head()
    began, swollen = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status, told = posted(client, "orders", file, content)
    assert time.monotonic() - began <= MOST_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - swollen) / 1024 <= MOST_MB
    assert status == 422
    assert reason in alerts(told), alerts(told)[:500]
    assert desk.store.head() == before


def test_a_body_larger_than_any_file_is_turned_away_before_it_is_read(client: TestClient) -> None:
    assert posted(client, "orders", "o.csv", b"x" * (9 * 1024 * 1024))[0] == 413


@pytest.mark.parametrize(
    "words",
    ["cmd|'/c calc'!A0", "DDE(\"cmd\",\"x\",1)", "WEBSERVICE(\"http://evil.example/\")", "'[other.xlsx]Sheet'!A1",
     "HYPERLINK(\"http://evil.example\",2)", "SUM(Other!A1)"],
)  # fmt: skip
def test_a_formula_that_reaches_out_is_refused_whatever_was_agreed(words: str, client: TestClient, desk: Desk) -> None:
    place, text = looked(client, "orders", "f.xlsx", of_formula(words))
    assert "reaches out of the sheet" in text
    agreed = {f"c{at}": ours for at, ours in enumerate(ORDER)} | {"formulas": "yes", "key": "k" * 12, "do": "look"}
    assert client.post(place, data=agreed).status_code == 303
    assert "reaches out of the sheet" in client.get(place).text
    assert recorded(client, place)[0] == 422
    assert desk.store.stream("cargo/H1") == ()


def test_a_stored_value_of_a_formula_is_taken_only_where_that_was_agreed(client: TestClient, desk: Desk) -> None:
    place, text = looked(client, "orders", "f.xlsx", of_formula("1+1"))
    assert "the value is computed, by =1+1" in text
    assert "1 value computed by the spreadsheet: not taken" in words_of(text)
    agreed = {f"c{at}": ours for at, ours in enumerate(ORDER)} | {"formulas": "yes", "key": "k" * 12, "do": "look"}
    assert client.post(place, data=agreed).status_code == 303
    text = words_of(client.get(place).text)
    assert "taken as they are stored" in text
    assert "1 new" in text


@pytest.mark.parametrize("cell", ["=cmd|'/c calc'!A0", "@SUM(1)", "+1+cmd|x", "-2+3", "\t=1"])
def test_text_of_a_csv_that_a_spreadsheet_would_compute_is_refused(cell: str, client: TestClient) -> None:
    row = ("H1", "UNI-LAKE", "S", "1", 1, 2, f'"{cell}"')
    _, text = looked(client, "orders", "c.csv", csv_of([(*ORDER, "note"), row]))
    assert "would be computed by a spreadsheet" in text


def test_text_in_a_workbook_that_looks_like_a_formula_stays_text_in_and_out(client: TestClient, desk: Desk) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([*ORDER, "note"])
    sheet.append(["H9", "UNI-LAKE", "S", "1", 1, 2, "x"])
    cell = sheet.cell(2, 3)
    cell.value, cell.data_type = "=1+1", "s"
    out = io.BytesIO()
    made.save(out)
    place, text = looked(client, "orders", "t.xlsx", out.getvalue())
    assert recorded(client, place)[0] == 303, words_of(text)
    back = openpyxl.load_workbook(io.BytesIO(client.get("/cargo/H9?xlsx=custody").content))["custody"]
    assert (back.cell(2, 1).value, back.cell(2, 1).data_type) == ("=1+1", "s")
    page = client.get("/cargo?inside=supplier/=1%2B1&xlsx=cargo")
    sheets = openpyxl.load_workbook(io.BytesIO(page.content))
    assert all(one.data_type != "f" for row in sheets.active for one in row)  # type: ignore[union-attr]


def test_the_workbook_of_faults_computes_nothing(client: TestClient) -> None:
    rows = [ORDER, ("=1+1", "UNI-LAKE", "=cmd|'/c calc'!A0", "1", 1, 2)]
    place, _ = looked(client, "orders", "f.csv", csv_of(rows))
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}?book=faults").content))["rows"]
    assert sheet.cell(2, 3).value == "=cmd|'/c calc'!A0"
    assert [cell.data_type for cell in sheet[2]].count("f") == 0


def test_mixed_kinds_in_a_column_are_told_cell_by_cell(client: TestClient) -> None:
    rows = [ORDER] + [
        (f"K{n}", "UNI-LAKE", "S", "1", 1, mass) for n, mass in enumerate((2, "two", True, datetime(2027, 1, 1), "2 kg"))
    ]
    _, text = looked(client, "orders", "k.xlsx", book(rows))
    told = words_of(text)
    for words in (
        "the text 'two' where a number is meant",
        "the cell is TRUE where a number is meant",
        "the cell is the date",
    ):
        assert words in told
    assert "'2 kg'" in told


def dated(system_1904: bool, serial: float) -> bytes:
    """A workbook whose date is a bare serial number in one of the two systems of dates."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([*ORDER, "at_utc"])
    sheet.append([*SOUND, datetime(2027, 1, 5)])
    out = io.BytesIO()
    made.save(out)

    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET], count = re.subn(
            rb'(<c r="G2"[^>]*>)<v>[\d.]+</v>', rb"\g<1><v>%s</v>" % str(serial).encode(), parts[SHEET]
        )
        assert count == 1
        if system_1904:
            parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
            assert b"date1904" in parts["xl/workbook.xml"]

    return repacked(out.getvalue(), change)


@pytest.mark.parametrize(("system_1904", "serial"), [(False, 46392.5), (True, 46392.5 - 1462)])
def test_dates_are_those_of_the_system_that_the_workbook_counts_in(
    system_1904: bool, serial: float, client: TestClient
) -> None:
    _, text = looked(client, "orders", "d.xlsx", dated(system_1904, serial))
    assert "2027-01-05 12:00" in words_of(text)


@pytest.mark.parametrize("serial", [0, 1, 59, 60, 61, -5, 2_958_466, 1e9])
def test_dates_that_the_systems_dispute_or_can_not_hold_are_refused(serial: float, client: TestClient) -> None:
    _, text = looked(client, "orders", "d.xlsx", dated(False, serial))
    assert "1 fault:" in words_of(text), words_of(text)[600:1500]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..\\..\\x.csv", "/etc/x.csv", "a\0b.csv", "<script>alert(1)</script>.csv"]
)
def test_a_files_name_is_shown_in_signs_and_opens_nothing(name: str) -> None:
    given = open_given(name, csv_of(ROWS))
    assert "/" not in given.file
    assert "\\" not in given.file
    assert given.file.isprintable()


def test_a_row_at_the_end_that_is_refused_keeps_all_before_it_out_of_the_log(client: TestClient, desk: Desk) -> None:
    before = desk.store.head()
    rows: list[Any] = [ORDER, *((f"N{n}", "UNI-LAKE", "S", "1", 1, 2) for n in range(400)), ("N400", "NOBODY", "S", "1", 1, 2)]
    place, text = looked(client, "orders", "n.csv", csv_of(rows))
    assert "1 fault:" in words_of(text)
    assert recorded(client, place)[0] == 422
    assert desk.store.head() == before


def test_the_most_rows_that_are_taken_are_looked_at_and_recorded_within_half_a_minute(client: TestClient, desk: Desk) -> None:
    rows = [ORDER, *((f"M{n}", "UNI-LAKE", "S", "1", 1, 2) for n in range(1_000))]
    began = time.monotonic()
    place, _ = looked(client, "orders", "m.csv", csv_of(rows))
    assert recorded(client, place)[0] == 303
    assert time.monotonic() - began < 30.0
    assert len(desk.store.stream("cargo/M999")) == 1


def test_a_file_of_faults_alone_names_them_all() -> None:
    with pytest.raises(ScenarioError) as error:
        open_given("x.csv", csv_of([("a", "A", "b"), ("1", "2", "y" * 5000)]))
    assert len(error.value.faults) == 3
