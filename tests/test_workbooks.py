"""Workbooks: a scenario survives one at the declared decimals, a planner finds it filled with help, and mends it in place."""

from __future__ import annotations

import io
import json
import re
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app import use_cases
from supercargo.kernel import Fault, Refused, ScenarioError, StoreError, as_written
from supercargo.model import PLAN_TABLES, SCENARIO_TABLES, Figures, Limits, Service
from supercargo.report.front import front_figures
from supercargo.store import (
    folders,
    read_catalogue,
    read_scenario,
    scenario_files,
    write_mending,
    write_plan,
    write_scenario,
    write_scenario_book,
    write_template,
)
from supercargo.store.book.forms import scenario_book, template_book
from supercargo.store.book.plan import plan_book, read_plan_tables
from supercargo.store.book.scenario import sheet_of
from supercargo.store.columns import columns_of
from tests.big_plan import a_big_plan
from tests.books import column_of, faults_in, in_program, part_of, put, repacked, small_book
from tests.builders import START, a_line, a_mission, a_scenario, on_day
from tests.cli_runner import run
from tests.test_store_plan import a_plan
from tests.test_store_rows import INSTANTS, NAMES


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(small_book())
    return path


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


# what survives


def test_a_scenario_read_from_a_workbook_is_the_one_read_from_its_folder(scenario_folder: Path, book: Path) -> None:
    assert read_scenario(book) == read_scenario(scenario_folder)
    assert read_scenario(book).digest == read_scenario(scenario_folder).digest


def test_a_reference_year_goes_to_a_workbook_and_back_within_its_time(tmp_path: Path) -> None:
    """48 missions and 5,000 lines; twenty seconds are promised."""
    year = use_cases.new_scenario(tmp_path / "year", use_cases.NewScenario("reference-year"))
    began = time.process_time()  # of this process alone, however busy the machine is
    write_scenario_book(read_scenario(tmp_path / "year"), tmp_path / "year.xlsx", force=False)
    write_scenario(read_scenario(tmp_path / "year.xlsx"), tmp_path / "back", force=False)
    assert time.process_time() - began < 20.0  # usually 2 s
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == scenario_files(year)


HAZARDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=40)


@given(
    item_id=NAMES,
    hazard=HAZARDS,
    mass_kg=st.floats(0.001, 1e7),
    declared_usd=st.floats(0, 1e12),
    dx_m=st.floats(0.001, 20),
    pieces=st.integers(1, 10_000),
    release_utc=INSTANTS,
    due_utc=st.none() | INSTANTS,
    cold=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_any_lawful_line_survives_a_workbook(**cells: Any) -> None:
    line = a_line(**cells)
    scenario = replace(a_scenario(), cargo=(line,))
    assert read_back(scenario_book(scenario), "cargo") == (as_written(line),)


def read_back(content: bytes, attribute: str) -> Any:
    """Records of one sheet, without the checks against other sheets."""
    from supercargo.store.book.lines import lines_of
    from supercargo.store.book.reading import Sheet, open_book
    from supercargo.store.rows import read_lines

    table = next(table for table in SCENARIO_TABLES if table.attribute == attribute)
    sheet = open_book(content).read([sheet_of(table.file)])[sheet_of(table.file)]
    assert isinstance(sheet, Sheet)
    faults: list[Fault] = []
    lines, odd = lines_of(sheet, table, faults)
    records = read_lines(lines, table, faults, odd).records
    assert faults == []
    return records


@given(
    share=st.floats(0, 1),
    work=st.floats(0.1, 1e6),
    amounts=st.tuples(*[st.floats(0, 9e11)] * 5),
    seed=st.integers(0, 10**15 - 1),
    name=NAMES,
    as_of=INSTANTS,
)
@settings(max_examples=30, deadline=None)
def test_settings_survive_a_workbook_to_the_last_digit(
    share: float, work: float, amounts: tuple[float, ...], seed: int, name: str, as_of: datetime, tmp_path_factory: Any
) -> None:
    base = a_scenario()
    head = replace(
        base.settings,
        name=name,
        as_of_utc=as_of,
        seed=seed,
        service=Service(on_time_share=share, priority_usd=amounts),
        limits=Limits(schedule_work=work),
    )
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    path.write_bytes(scenario_book(replace(base, settings=head)))
    assert read_scenario(path).settings == head


def test_the_same_scenario_gives_the_same_bytes_dated_by_what_is_known() -> None:
    assert scenario_book(a_scenario()) == scenario_book(a_scenario())
    assert opened(small_book()).properties.created == a_scenario().settings.as_of_utc.replace(tzinfo=None)


@pytest.mark.parametrize("words", ["x" * 32_768, "a\ufffeb"])
def test_a_text_that_no_cell_can_hold_is_told_and_nothing_is_written(words: str, tmp_path: Path) -> None:
    scenario = replace(a_scenario(), cargo=(a_line(), a_line(item_id="I2", hazard=words)))
    with pytest.raises(ScenarioError) as caught:
        write_scenario_book(scenario, tmp_path / "book.xlsx", force=False)
    assert [(fault.file, fault.row, fault.column) for fault in caught.value.faults] == [("cargo.csv", 3, "hazard")]
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_left_out_comes_from_the_catalogue_as_a_file_does(scenario_folder: Path, book: Path) -> None:
    for name in ("cost_rates", "bags"):
        (scenario_folder / f"{name}.csv").unlink()

    def change(opened: Any) -> None:
        for name in ("cost_rates", "bags"):
            opened.remove(opened[name])

    in_program(change)(book)
    assert read_scenario(book).cost_rates != a_scenario().cost_rates
    assert read_scenario(book) == read_scenario(scenario_folder)


# what other programs write


def test_another_program_may_save_the_workbook_again(book: Path) -> None:
    before = read_scenario(book)
    in_program(lambda _: None)(book)
    assert read_scenario(book) == before


def test_dates_as_text_truth_as_text_or_number_and_numbers_as_text_are_taken(book: Path) -> None:
    before = read_scenario(book)
    written = before.cargo[1].release_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    put("cargo", 3, "release_utc", written)(book)
    put("cargo", 3, "cold", "False")(book)
    put("cargo", 4, "cold", 0)(book)
    put("cargo", 3, "mass_kg", repr(before.cargo[1].mass_kg))(book)
    assert read_scenario(book) == before


def test_an_id_of_digits_is_taken_as_it_is_typed(book: Path) -> None:
    put("cargo", 3, "item_id", 4711)(book)
    assert read_scenario(book).cargo[1].item_id == "4711"


def test_a_number_finer_than_files_carry_is_taken_at_their_decimals(book: Path) -> None:
    put("cargo", 3, "mass_kg", 12.34567)(book)
    assert read_scenario(book).cargo[1].mass_kg == 12.346


def test_a_day_without_a_time_is_its_first_instant_and_the_day_of_a_source_a_day(book: Path) -> None:
    put("cargo", 3, "release_utc", datetime(2027, 1, 9), "yyyy-mm-dd")(book)
    put("vehicles", 2, "as_of", datetime(2026, 11, 30), "yyyy-mm-dd")(book)
    read = read_scenario(book)
    assert read.cargo[1].release_utc == datetime(2027, 1, 9, tzinfo=UTC)
    assert read.vehicles[0].as_of == "2026-11-30"


def test_a_workbook_that_counts_days_from_1904_is_read_by_its_own_count(book: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def change(opened: Any) -> None:
        opened.epoch = CALENDAR_MAC_1904

    before = read_scenario(book)
    in_program(change)(book)
    assert b"date1904" in in_archive(book, "xl/workbook.xml")
    assert read_scenario(book) == before


def in_archive(path: Path, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_cells_that_do_not_say_where_they_stand_and_names_with_a_prefix_are_read(book: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        name = part_of(content, "customers")
        content[name] = re.sub(rb'(<(?:c|row)) r="\w+"', rb"\1", content[name])
        name = part_of(content, "crew")
        tags = rb"<(/?)(worksheet|sheetData|row|c|v|is|t|f|mergeCells|mergeCell)(?=[ />])"
        content[name] = re.sub(tags, rb"<\1x:\2", content[name]).replace(b"xmlns=", b"xmlns:x=")

    before = read_scenario(book)
    book.write_bytes(repacked(book.read_bytes(), change))
    assert read_scenario(book) == before


def test_columns_in_another_order_and_sheets_and_columns_of_ones_own_are_let_through(book: Path) -> None:
    def change(opened: Any) -> None:
        sheet = opened["crew"]
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        opened.remove(sheet)
        sheet = opened.create_sheet("crew")
        for row in rows:
            sheet.append([*row, "mine"])
        opened.create_sheet("thoughts")["A1"] = "=1+1"

    before = read_scenario(book)
    in_program(change)(book)
    assert read_scenario(book) == before


def test_the_same_instant_written_in_any_second_of_a_year_is_read_to_the_second() -> None:
    lines = tuple(
        a_line(item_id=f"I{n}", release_utc=START + timedelta(seconds=86_399 * n + n % 7), due_utc=None) for n in range(2_000)
    )
    assert read_back(scenario_book(replace(a_scenario(), cargo=lines)), "cargo") == lines


# what a planner finds


@pytest.mark.parametrize("table", SCENARIO_TABLES, ids=lambda table: table.file)
def test_every_sheet_has_its_header_frozen_filtered_and_explained(table: Any) -> None:
    sheet = shared_template()[sheet_of(table.file)]
    columns = columns_of(table.noun)
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert all(cell.font.bold for cell in sheet[1])
    for cell, column in zip(sheet[1], columns, strict=True):
        meaning = table.noun.__dataclass_fields__[column.field].metadata["doc"]
        assert meaning in cell.comment.text
        assert ("must be given" in cell.comment.text) != ("may be left empty" in cell.comment.text)
        if column.unit not in ("", "value"):
            assert f"unit: {column.unit}" in cell.comment.text
    widths = [(group.min, group.max, group.width) for group in sheet.column_dimensions.values()]
    for at, column in enumerate(columns, 1):
        assert any(first <= at <= last and width > len(column.name) for first, last, width in widths), column.name


def shared_template() -> Any:
    if not _TEMPLATE:
        _TEMPLATE.append(opened(template_book(read_catalogue())))
    return _TEMPLATE[0]


_TEMPLATE: list[Any] = []


def test_a_note_says_what_must_be_given_and_what_may_be_left_empty() -> None:
    cargo = shared_template()["cargo"]
    notes = {cell.value: cell.comment.text for cell in cargo[1]}
    assert [name for name in ("item_id", "mass_kg", "release_utc", "direction") if "must be given" not in notes[name]] == []
    assert [name for name in ("due_utc", "dx_m", "hazard", "must") if "may be left empty" not in notes[name]] == []
    assert "may be left empty" in shared_template()["missions"].cell(1, 4).comment.text  # launchers: any that fits
    assert notes["mass_kg"] == "gross mass of all pieces\nunit: kg, written to 0.001\nfrom 0.001\nmust be given"


def rule_of(sheet: Any, name: str) -> Any:
    letter = sheet.cell(1, column_of(sheet, name)).column_letter
    return next((rule for rule in sheet.data_validations.dataValidation if str(rule.sqref).startswith(f"{letter}2:")), None)


def test_choices_truth_names_and_bounds_are_offered_for_rows_to_come() -> None:
    cargo = shared_template()["cargo"]
    assert rule_of(cargo, "direction").formula1 == '"up,down,disposal"'
    assert rule_of(cargo, "must").formula1 == '"TRUE,FALSE"'
    assert rule_of(cargo, "destination").formula1.startswith("OFFSET(destinations!$A$2,")
    assert rule_of(cargo, "customer").errorStyle == "warning"  # a name may be added later
    assert (rule_of(cargo, "priority").formula1, rule_of(cargo, "priority").formula2) == ("1", "5")
    assert rule_of(cargo, "item_id") is None
    assert str(rule_of(cargo, "direction").sqref) == "E2:E1001"


def test_numbers_show_at_their_decimals_and_names_are_kept_as_typed() -> None:
    sheet = opened(small_book())["cargo"]
    shown = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
    assert shown["mass_kg"] == "#,##0.000"
    assert shown["declared_usd"] == "#,##0.00"
    assert shown["item_id"] == "@"
    assert shown["release_utc"] == 'yyyy-mm-dd"T"hh:mm:ss"Z"'
    assert isinstance(sheet.cell(2, column_of(sheet, "release_utc")).value, datetime)
    assert isinstance(sheet.cell(2, column_of(sheet, "cold")).value, bool)


def test_the_read_me_names_every_sheet_and_leads_to_it() -> None:
    template = shared_template()
    links = {cell.hyperlink.location: cell.value for row in template["read me"].iter_rows() for cell in row if cell.hyperlink}
    assert set(links.values()) == set(template.sheetnames) - {"read me"}
    assert links["'cargo'!A1"] == "cargo"


def test_a_template_asks_for_what_is_missing_and_a_filled_one_is_the_folder_without_the_catalogues_files(
    tmp_path: Path,
) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, force=False)
    assert {fault.column for fault in faults_in(path)} == {
        "name", "as_of_utc", "currency_year", "seed", "start_utc", "end_utc",
    }  # fmt: skip
    year = use_cases.new_scenario(tmp_path / "tiny", use_cases.NewScenario("tiny"))
    in_program(lambda book: fill(book, year))(path)
    for table in SCENARIO_TABLES:
        if not is_ones_own(table):
            (tmp_path / "tiny" / table.file).unlink()
    assert read_scenario(path).digest == read_scenario(tmp_path / "tiny").digest


def is_ones_own(table: Any) -> bool:
    """True for what the catalogue does not have, and for the tariffs that contracts name."""
    return table.attribute == "prices" or not read_catalogue()[table.attribute]


def fill(book: Any, scenario: Any) -> None:
    """Type a scenario into a template: settings, and the tables of one's own."""
    book["prices"].delete_rows(2, 1_000)
    head = book["scenario"]
    for row in head.iter_rows(min_row=2):
        section, _, key = row[0].value.rpartition(".")
        value = getattr(getattr(scenario.settings, section) if section in ("service", "limits") else scenario.settings, key)
        if not isinstance(value, tuple):
            row[1].value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    for table in SCENARIO_TABLES:
        if is_ones_own(table):
            for number, record in enumerate(getattr(scenario, table.attribute), 2):
                for at, column in enumerate(columns_of(table.noun), 1):
                    value = getattr(record, column.field)
                    if value is not None and value != () and value != "":
                        typed = column.write(value) if isinstance(value, tuple | datetime) else value
                        book[sheet_of(table.file)].cell(number, at).value = typed


# what is mended in place


def test_a_workbook_of_faults_is_mended_in_place_and_read_again(book: Path, tmp_path: Path) -> None:
    before = read_scenario(book)
    put("cargo", 3, "mass_kg", "1,5")(book)
    put("cargo", 5, "destination", "Hubb")(book)
    put("crew", 2, "crew_count", "=A1")(book)
    out = tmp_path / "faults.xlsx"
    told = run("check", str(book), "--errors", str(out))
    assert told.code == 2
    assert f"mend the coloured cells of {out} and check that file" in told.err
    handed = openpyxl.load_workbook(out)
    listed = [[cell.value for cell in row] for row in handed["errors"].iter_rows(min_row=2)]
    assert [row[:4] for row in listed] == [
        ["cargo", 3, "mass_kg", "I3"],
        ["cargo", 5, "destination", "D5"],
        ["crew", 2, "crew_count", "D2"],
    ]
    assert handed["errors"]["D2"].hyperlink.location == "'cargo'!I3"
    assert handed["cargo"]["I3"].fill.bgColor.rgb == "FFFFC7CE" or handed["cargo"]["I3"].fill.fgColor.rgb == "FFFFC7CE"
    assert "where a number is meant" in handed["cargo"]["I3"].comment.text
    assert [cell.value for cell in handed["cargo"][1]] == [cell.value for cell in opened(small_book())["cargo"][1]]
    assert {fault.file for fault in faults_in(out)} == {"cargo", "crew"}
    put("cargo", 3, "mass_kg", before.cargo[1].mass_kg)(out)
    put("cargo", 5, "destination", "Hub")(out)
    put("crew", 2, "crew_count", before.crew[0].crew_count)(out)
    assert read_scenario(out) == before


def test_the_faults_of_a_folder_come_as_a_workbook_too(scenario_folder: Path, tmp_path: Path) -> None:
    before = read_scenario(scenario_folder)
    cargo = scenario_folder / "cargo.csv"
    lines = cargo.read_text().splitlines()
    lines[4] = lines[4].replace(",up,", ",upp,")
    cargo.write_text("\n".join([*lines[:2], "", *lines[2:]]) + "\n")  # an empty line moves no row of the sheet
    settings_file = scenario_folder / "scenario.toml"
    settings_file.write_text(settings_file.read_text().replace("seed = 1", 'seed = "one"'))
    out = tmp_path / "faults.xlsx"
    assert run("check", str(scenario_folder), "--errors", str(out)).code == 2
    assert [(fault.file, fault.row, fault.column) for fault in faults_in(out)] == [
        ("cargo", 5, "direction"),
        ("scenario", 5, "seed"),
    ]
    put("cargo", 5, "direction", "up")(out)
    put("scenario", 5, "value", 1)(out)
    assert read_scenario(out) == before


def test_nothing_is_written_without_faults_or_where_no_sheet_can_be_read(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "faults.xlsx"
    assert run("check", str(book), "--errors", str(out)).code == 0
    assert not out.exists()
    book.write_bytes(b"no workbook")
    told = run("check", str(book), "--errors", str(out))
    assert told.code == 2
    assert "mend each line listed; nothing was written" in told.err
    assert not out.exists()


def test_sheets_of_ones_own_come_back_with_the_faults(book: Path, tmp_path: Path) -> None:
    def change(opened: Any) -> None:
        opened.create_sheet("thoughts")["B2"] = datetime(2027, 5, 1, 12)
        opened["cargo"]["I3"] = "heavy"

    in_program(change)(book)
    out = tmp_path / "faults.xlsx"
    run("check", str(book), "--errors", str(out))
    assert openpyxl.load_workbook(out)["thoughts"]["B2"].value == datetime(2027, 5, 1, 12)


def test_a_sheet_whose_rows_can_not_be_read_never_gives_way_to_the_catalogue(
    book: Path, scenario_folder: Path, tmp_path: Path
) -> None:
    in_program(lambda opened: opened["vehicles"].cell(1_048_576, 900, 1))(book)
    (scenario_folder / "vehicles.csv").write_bytes(b"\xff\xfe")
    for place in (book, scenario_folder):
        out = tmp_path / f"{place.stem}-faults.xlsx"
        assert run("check", str(place), "--errors", str(out)).code == 2
        handed = openpyxl.load_workbook(out)
        assert "copy the rows here from" in str(handed["vehicles"]["A2"].value)
        assert "could not be carried over" in str([cell.value for cell in handed["errors"]["F"]])
        assert {fault.file for fault in faults_in(out)} >= {"vehicles"}


def test_a_row_that_is_no_csv_keeps_its_place_and_stays_a_fault(scenario_folder: Path, tmp_path: Path) -> None:
    file = scenario_folder / "terms.csv"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1], 'C1,"penalty" cap,1,percent']) + "\n")
    out = tmp_path / "faults.xlsx"
    assert run("check", str(scenario_folder), "--errors", str(out)).code == 2
    handed = openpyxl.load_workbook(out)["terms"]
    assert handed["A3"].value == "(copy row 3 here from terms.csv)"
    assert handed["A3"].fill.fgColor.rgb == "FFFFC7CE"
    assert {(fault.file, fault.row) for fault in faults_in(out)} == {("terms", 3)}


@pytest.mark.parametrize(
    ("name", "code", "fix"),
    [
        ("book.xlsx", 4, "choose another name"),
        ("there.xlsx", 4, "--force"),
        ("faults.csv", 2, "workbook .xlsx"),
        ("faults", 2, "ends in .xlsx"),
    ],
)
def test_a_place_for_faults_that_will_not_do_is_refused_before_anything_is_read(
    name: str, code: int, fix: str, book: Path, tmp_path: Path
) -> None:
    (tmp_path / "there.xlsx").write_text("mine")
    told = run("check", str(book), "--errors", str(tmp_path / name))
    assert told.code == code
    assert fix in told.err
    assert (tmp_path / "there.xlsx").read_text() == "mine"


def test_hundreds_of_faulty_cells_are_all_coloured(tmp_path: Path) -> None:
    lines = tuple(a_line(item_id=f"I{n}") for n in range(400))
    path = tmp_path / "book.xlsx"
    path.write_bytes(scenario_book(replace(a_scenario(), cargo=lines)))
    faults = [Fault("cargo", row, "mass_kg", "wrong", "mend it") for row in range(2, 402)]
    assert write_mending(path, tmp_path / "out.xlsx", faults, force=False)
    sheet: Any = openpyxl.load_workbook(tmp_path / "out.xlsx")["cargo"]
    assert all("mend it" in sheet.cell(row, 9).comment.text for row in range(2, 402))


# the commands


def test_a_folder_becomes_a_workbook_and_a_folder_again(scenario_folder: Path, tmp_path: Path) -> None:
    book, back = tmp_path / "book.xlsx", tmp_path / "back"
    assert "3 missions, 24 cargo lines" in run("workbook", str(scenario_folder), "--out", str(book)).out
    assert run("workbook", str(book), "--out", str(back)).code == 0
    assert {path.name: path.read_bytes() for path in back.iterdir()} == {
        path.name: path.read_bytes() for path in scenario_folder.iterdir()
    }
    told = run("workbook", str(scenario_folder), "--out", str(book))
    assert (told.code, "--force" in told.err) == (4, True)
    assert run("workbook", str(scenario_folder), "--out", str(book), "--force").code == 0


def test_check_of_a_workbook_as_json_tells_the_folders_digest(scenario_folder: Path, book: Path) -> None:
    digests = [json.loads(run("check", str(place), "--json").out)["digest"] for place in (scenario_folder, book)]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    "words",
    [[], ["there"], ["--out", "x.xlsx"], ["there", "--template", "x.xlsx"], ["--template", "x.xlsx", "--out", "y.xlsx"]],
)
def test_workbook_without_its_words_is_a_question_of_usage(words: list[str]) -> None:
    told = run("workbook", *words)
    assert (told.code, told.out) == (2, "")
    assert "give SOURCE and --out, or --template alone" in told.err.replace("\n", " ")


def test_a_template_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "template.xlsx"
    assert "fill in the sheets" in run("workbook", "--template", str(path)).out
    assert run("workbook", "--template", str(path)).code == 4
    assert run("workbook", "--template", str(tmp_path / "template.xls")).code == 2
    assert json.loads(run("workbook", "--template", str(path), "--force", "--json").out)["template"] is True


@pytest.mark.parametrize("name", ["scenario/inside.xlsx", "scenario"])
def test_the_output_never_replaces_the_scenario_or_stands_inside_it(name: str, scenario_folder: Path, tmp_path: Path) -> None:
    told = run("workbook", str(scenario_folder), "--out", str(tmp_path / name), "--force")
    assert told.code == 4
    assert read_scenario(scenario_folder)


def test_an_interrupted_writing_leaves_what_stood_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("mine")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_write_synced", full)
    with pytest.raises(StoreError, match="free space"):
        write_scenario_book(a_scenario(), path, force=True)
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("book.xlsx", "mine")]
    with pytest.raises(Refused, match="not a plain file"):
        write_scenario_book(a_scenario(), tmp_path, force=True)


def test_a_link_to_a_workbook_is_followed(book: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "link.xlsx").symlink_to(book)
    assert read_scenario(place / "link.xlsx") == read_scenario(book)


# plan.xlsx


def test_the_tables_of_a_plan_survive_its_workbook() -> None:
    plan = a_big_plan(missions=6, lines=150)
    faults: list[Fault] = []
    tables = read_plan_tables(plan_book(plan, ()), faults)
    assert faults == []
    for table in PLAN_TABLES:
        assert list(map(as_written, tables[table.attribute])) == list(map(as_written, getattr(plan, table.attribute))), (
            table.file
        )


def test_the_first_sheet_of_a_plans_workbook_is_one_that_a_person_reads() -> None:
    plan = a_big_plan(missions=6, lines=150)
    summary = use_cases.summary_of(plan)
    content = plan_book(plan, front_figures(plan, summary))
    book = opened(content)
    assert book.sheetnames == ["summary", *(sheet_of(table.file) for table in PLAN_TABLES)]
    cells = {row[0].value: row[1].value for row in book["summary"].iter_rows()}
    assert cells["missions flown"] == summary.flown_count
    assert cells["lines left behind"] == summary.left_lines_count
    assert cells["cost of the whole chain"] == round(summary.money.whole_cost_usd)
    heads = [cell.value for row in book["summary"].iter_rows() for cell in row]
    assert "up [kg]" in heads
    assert "whole cost [USD]" in heads
    assert book["missions"].freeze_panes == "B2"
    assert "unit: kg" in book["missions"].cell(1, column_of(book["missions"], "upmass_kg")).comment.text


def test_a_plan_folder_carries_its_workbook_under_its_digest(tmp_path: Path) -> None:
    figures = Figures(title="T", heads=("what", "value"), units=("", "kg"), rows=(("mass", 1.5),))
    for name in ("one", "two"):
        write_plan(a_plan(), tmp_path / name, run={}, report_html="", front=(figures,), force=False)
    one, two = ((tmp_path / name / "plan.xlsx").read_bytes() for name in ("one", "two"))
    assert one == two
    head = json.loads((tmp_path / "one" / "plan.json").read_text())
    assert "plan.xlsx" not in head["not_yet"]
    assert opened(one).properties.created == a_plan().scenario.settings.as_of_utc.replace(tzinfo=None)


def test_a_reason_too_long_for_a_cell_is_cut_in_the_workbook_and_says_so() -> None:
    plan = replace(a_plan(), manifest=(replace(a_plan().manifest[0], reason="x" * 40_000),))
    sheet = opened(plan_book(plan, ()))["manifest"]
    cell = sheet.cell(2, column_of(sheet, "reason")).value
    assert len(cell) == 32_767
    assert cell.endswith("(cut; manifest.csv has it whole)")


def test_a_page_whose_rows_are_wider_than_its_heads_refuses_to_exist() -> None:
    with pytest.raises(ValueError, match="not as wide as its heads"):
        Figures(title="T", heads=("a",), units=("",), rows=(("x", 1.0),))


def test_names_of_letters_put_together_are_still_told_in_a_workbook(book: Path) -> None:
    put("cargo", 3, "item_id", unicodedata.normalize("NFD", "Café"))(book)
    assert [fault.column for fault in faults_in(book)] == ["item_id"]


def test_missions_out_of_the_year_are_told_as_in_a_folder(book: Path, scenario_folder: Path) -> None:
    late = replace(a_scenario(), missions=(a_mission(earliest_utc=on_day(400), latest_utc=on_day(420)),))
    book.write_bytes(scenario_book(late))
    write_scenario(late, scenario_folder, force=True)
    ours = [(fault.file, fault.row, fault.column) for fault in faults_in(book)]
    theirs = [(sheet_of(fault.file), fault.row, fault.column) for fault in faults_in(scenario_folder)]
    assert ours == theirs
    assert ours
