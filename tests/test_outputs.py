"""Outputs never cost anybody what stood there: not what is read, not what is somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_runner import run

LONG = "x" * 300

VIEWS = [
    ("windows", "--destination", "ISS", "--site", "Cape Canaveral", "--start", "2027-03-01", "--days", "2"),
    ("orbit", "beta", "--destination", "ISS", "--start", "2027-03-01", "--days", "2"),
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    assert run("new", str(tmp_path / "tiny"), "--from", "tiny").code == 0
    return tmp_path / "tiny"


def asked_of(view: tuple[str, ...], scenario: Path, *more: str) -> tuple[str, ...]:
    at = 2 if view[0] == "orbit" else 1
    return (*view[:at], str(scenario), *view[at:], *more)


@pytest.mark.parametrize("view", VIEWS, ids=["windows", "beta"])
@pytest.mark.parametrize("option", ["--out", "--picture"])
def test_a_scenarios_own_file_is_not_written_over(view: tuple[str, ...], option: str, tiny: Path) -> None:
    before = (tiny / "cargo.csv").read_bytes()
    for name in ("cargo.csv", "new.csv"):
        told = run(*asked_of(view, tiny, option, str(tiny / name), "--force"))
        assert (told.code, "which is read" in told.err) == (4, True)
    assert (tiny / "cargo.csv").read_bytes() == before
    assert not (tiny / "new.csv").exists()


@pytest.mark.parametrize("view", VIEWS, ids=["windows", "beta"])
def test_two_outputs_of_one_name_are_refused_before_anything_is_written(view: tuple[str, ...], tiny: Path) -> None:
    same = str(tiny.parent / "same.csv")
    told = run(*asked_of(view, tiny, "--out", same, "--picture", same, "--force"))
    assert (told.code, "two outputs have the same name" in told.err) == (4, True)
    assert not Path(same).exists()


@pytest.mark.parametrize(
    "words",
    [
        ("new", "THERE", "--from", "tiny"),
        ("plan", "TINY", "--out", "THERE"),
        ("workbook", "TINY", "--out", "THERE"),
        ("schema", "--out", "THERE"),
        ("schema", "cargo", "--out", "THERE"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_force_replaces_an_earlier_output_or_an_empty_folder_and_nothing_else(words: tuple[str, ...], tiny: Path) -> None:
    there = tiny.parent / "there"
    spoken = [str(tiny) if word == "TINY" else str(there) if word == "THERE" else word for word in words]
    there.mkdir()
    (there / "thesis.txt").write_text("precious")
    told = run(*spoken, "--force")
    assert (told.code, "thesis.txt" in told.err) == (4, True)
    assert (there / "thesis.txt").read_text() == "precious"
    (there / "thesis.txt").unlink()
    assert run(*spoken, "--force").code == 0
    assert run(*spoken, "--force").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("check", LONG),
        ("plan", LONG, "--out", "out"),
        ("verify", LONG),
        ("kpi", LONG),
        ("compare", LONG, LONG),
        ("workbook", LONG, "--out", "out"),
        ("new", "out", "--from", "iss-2015", "--records", LONG),
        *(asked_of(view, Path(LONG)) for view in VIEWS),
    ],
    ids=lambda words: words[0],
)
def test_a_name_that_no_disk_takes_is_a_fault_of_the_input(words: tuple[str, ...], tmp_path: Path) -> None:
    spoken = [str(tmp_path / word) if word in (LONG, "out") else word for word in words]
    told = run(*spoken)
    assert (told.code, "fix:" in told.err or "missing" in told.err) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--from", "tiny", "--missions", "12"), "--missions"),
        (("--from", "tiny", "--records", "past"), "--records"),
        (("--from", "iss-2014", "--missions", "20"), "--missions"),
        (("--from", "iss-2014", "--seed", "5"), "--seed"),
    ],
)
def test_a_wish_that_a_source_cannot_serve_is_told(words: tuple[str, ...], option: str, tmp_path: Path) -> None:
    told = run("new", str(tmp_path / "year"), *words)
    assert (told.code, option in told.err) == (2, True)
    assert not (tmp_path / "year").exists()


@pytest.mark.parametrize("heading", ["due", "due_date", "Due (UTC)"])
def test_a_due_date_under_another_heading_is_a_fault(heading: str, tiny: Path) -> None:
    path = tiny / "cargo.csv"
    path.write_text(path.read_text().replace("due_utc", heading, 1))
    told = run("check", str(tiny))
    assert (told.code, "name it due_utc" in told.err) == (2, True)


def test_what_is_no_plan_is_named(tiny: Path) -> None:
    book = tiny.parent / "tiny.xlsx"
    assert run("workbook", str(tiny), "--out", str(book)).code == 0
    assert "this is a scenario, not a plan" in run("verify", str(tiny)).err
    assert "this is a file, not a plan folder" in run("kpi", str(book)).err


def test_a_year_without_missions_is_told_as_such(tiny: Path) -> None:
    for name in ("missions.csv", "cargo.csv"):
        path = tiny / name
        path.write_text(path.read_text().splitlines()[0] + "\n")
    told = run("plan", str(tiny), "--out", str(tiny.parent / "plan"))
    assert (told.code, "the scenario has no missions" in told.err) == (3, True)


def test_the_version_is_told() -> None:
    told = run("--version")
    assert (told.code, told.out.startswith("supercargo ")) == (0, True)
