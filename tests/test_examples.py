"""Every example of the docs runs, and every page can be found."""

from __future__ import annotations

import re
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

from supercargo.faces.cli import app
from supercargo.store import NOT_YET
from tests import cli_runner
from tests.docs_text import help_text
from tests.examples import (
    KINDS,
    ROOT,
    Block,
    Stage,
    blocks_of,
    looks_like_a_command,
    make_targets,
    pages,
    path_with_our_commands,
    run_block,
    stage_in,
)

DOCS = ROOT / "docs"
COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}


def _options(command: Any) -> set[str]:
    """Every option of a command; of a group, those of its commands too."""
    own = {word for parameter in command.params for word in parameter.opts} | {"--help"}
    return own.union(*map(_options, getattr(command, "commands", {}).values()))


_GROUP: Any = typer.main.get_command(app)
OPTIONS = {name: _options(command) for name, command in _GROUP.commands.items()}


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


# examples in fences


@pytest.mark.parametrize("page", [page for page in pages() if blocks_of(page)], ids=_named)
def test_every_example_of_a_page_does_what_the_page_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path_with_our_commands())
    stage = stage_in(tmp_path)
    for block in blocks_of(page):
        run_block(block, stage)


@pytest.mark.parametrize("page", pages(), ids=_named)
def test_every_fence_of_a_page_says_what_stands_in_it(page: Path) -> None:
    assert [str(block) for block in blocks_of(page) if block.kind not in KINDS] == []


@pytest.mark.parametrize("page", pages(), ids=_named)
def test_no_command_of_a_page_stands_where_it_is_not_run(page: Path) -> None:
    """Indented text is a code block too, and a fence may be written in more than one way."""
    lines = page.read_text("utf-8").split("\n")
    fences = sum(1 for line in lines if line.lstrip(" >*-").startswith(("```", "~~~")))
    assert fences == 2 * len(blocks_of(page))
    assert "<pre" not in "\n".join(lines)
    fenced = {number for block in blocks_of(page) for number in range(block.row, block.row + block.text.count("\n") + 2)}
    loose = [line for number, line in enumerate(lines, start=1) if number not in fenced and line.startswith(("    ", "$ "))]
    assert [line for line in loose if looks_like_a_command(line)] == []


# examples in sentences


def _spans(page: Path) -> list[str]:
    """The words between single backquotes."""
    prose = re.sub(r"^\s*(```|~~~).*?^\s*\1\s*$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


@pytest.mark.parametrize("page", pages(), ids=_named)
def test_commands_named_in_a_sentence_exist_with_the_options_they_are_given(page: Path) -> None:
    for span in _spans(page):
        words = span.removeprefix("supercargo ").split()
        if span.startswith("supercargo ") and words[0].islower() and words[0].isalpha():
            assert words[0] in OPTIONS, f"{page.name}: `{span}`"
        if words[0] in OPTIONS and len(words) > 1:
            assert {word for word in words if word.startswith("--")} <= OPTIONS[words[0]], f"{page.name}: `{span}`"


@pytest.mark.parametrize("page", pages(), ids=_named)
def test_what_a_sentence_asks_to_make_or_run_exists(page: Path) -> None:
    for span in _spans(page):
        if target := re.match(r"make ([a-z-]+)$", span):
            assert target[1] in make_targets(), f"{page.name}: `{span}`"
        if module := re.search(r"python -m (tests\.\w+)", span):
            assert find_spec(module[1]), f"{page.name}: `{span}`"


# examples in the help


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the year of the help's examples is the tiny scenario, planned both ways."""
    folder = tmp_path_factory.mktemp("planned")
    year = str(folder / "work/year")
    assert cli_runner.run("new", year, "--from", "tiny").code == 0
    assert cli_runner.run("workbook", year, "--out", f"{year}.xlsx").code == 0
    assert cli_runner.run("plan", year, "--out", str(folder / "work/plan")).code == 0
    assert cli_runner.run("plan", year, "--out", str(folder / "work/baseline"), "--baseline").code == 0
    return folder


def _examples(command: str) -> list[list[str]]:
    return [
        shlex.split(line) for line in re.findall(r"^  Example: supercargo (.+(?:\n  .+)*)$", help_text(command), re.MULTILINE)
    ]


LONG = {"bench", "serve"}
"""Commands whose example is work for minutes or until it is stopped; their own tests run them."""


@pytest.mark.parametrize("command", sorted(LONG))
def test_the_example_of_a_long_command_has_the_options_that_it_names(command: str) -> None:
    for example in _examples(command):
        assert {word for word in example if word.startswith("--")} <= OPTIONS[command]


@pytest.mark.parametrize("command", sorted(COMMANDS - LONG))
def test_the_example_of_a_commands_help_runs(
    command: str, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(planned / "work", tmp_path / "work")
    monkeypatch.chdir(tmp_path)
    if command == "windows":  # its place is not one that the tiny scenario flies to
        shutil.rmtree("work/year")
        assert cli_runner.run(*_examples("new")[0]).code == 0
    if command in {"act", "board", "ledger", "mission"}:  # of a plan that is released
        assert cli_runner.run(*_examples("release")[0]).code == 0
    if command == "lesson":  # of a plan that is released, and otherwise than the one before
        assert cli_runner.run(*_examples("release")[0]).code == 0
        opened = ("record", "lessons", "L-1", "open_lesson", "--say", "text=x", "--say", "owner=lee", "--by", "kim")
        assert cli_runner.run(*opened).code == 0
        rates = Path("work/baseline/scenario/cost_rates.csv")
        rates.write_text(rates.read_text("utf-8").replace(",20000,", ",25000,"), "utf-8")
    assert _examples(command)
    for example in _examples(command):
        made = example[1] if command == "new" else example[example.index("--out") + 1] if "--out" in example else ""
        if made:
            # what the example makes must not stand there before
            Path(made).unlink(missing_ok=True) if Path(made).suffix else shutil.rmtree(made, ignore_errors=True)
        told = cli_runner.run(*example)
        assert told.code == 0, told.out + told.err


# the pages


def _links(text: str, page: Path) -> set[Path]:
    """Pages that a text leads to; a link to a folder leads to every page in it."""
    found = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    targets = [(page.parent / link).resolve() for link in found]
    return {
        one for target in targets for one in (target.rglob("*.md") if target.is_dir() else [target]) if one.suffix == ".md"
    }


def _reached(first: set[Path]) -> set[Path]:
    seen: set[Path] = set()
    while first:
        seen |= first
        first = {link for page in first for link in _links(page.read_text("utf-8"), page)} - seen
    return seen


def test_every_page_is_reached_from_the_readmes_table() -> None:
    readme = ROOT / "README.md"
    table = readme.read_text("utf-8").split("## Where to read on")[1].split("\n## ")[0]
    assert set(DOCS.rglob("*.md")) - _reached(_links(table, readme)) == set()


def test_the_index_of_the_docs_leads_to_every_page_at_once() -> None:
    index = DOCS / "README.md"
    text = index.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[:4] == ["Manager", "Director", "Engineer", "Contributor"]
    assert set(DOCS.rglob("*.md")) - _links(text, index) == {index}


def test_the_readme_says_which_files_of_a_plan_do_not_exist_yet() -> None:
    part = (ROOT / "README.md").read_text("utf-8").split("## What it is not yet")[1].split("\n## ")[0]
    (sentence,) = re.findall(r"`not_yet`[^:]*: ([^.]*(?:\.\w[^.]*)*)\.", part)
    assert re.findall(r"`([^`]+)`", sentence) == list(NOT_YET)


# the harness itself


def _block(kind: str, text: str) -> Block:
    return Block(DOCS / "example.md", 1, tuple(kind.split()), text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("", "supercargo check work/nowhere\n"),
        ("bash", "true\n"),
        ("console", "$ echo one\ntwo\n"),
        ("console", "$ supercargo check work/nowhere\n"),
        ("console exit 3", "$ supercargo check work/nowhere\n"),
        ("console", "no prompt\n"),
        ("sh", "make coffee\n"),
        ("sh", "false\n"),
        ("text", "supercargo check work/nowhere\n"),
        ("csv", "a,b\n1\n"),
        ("python", ">>> 1 + 1\n3\n"),
        ("python", "assert False\n"),
    ],
)
def test_an_example_that_does_something_else_than_its_page_says_is_told(kind: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_block(_block(kind, text), Stage(tmp_path))


def test_rows_of_an_example_change_the_rows_of_that_name_and_add_the_others(tmp_path: Path) -> None:
    stage = stage_in(tmp_path)
    file = tmp_path / "work/crew.csv"
    file.write_text("destination,from_utc,to_utc,crew_count\nHub,2027-01-01T00:00:00Z,2027-02-01T00:00:00Z,4\n")
    rows = "destination,from_utc,crew_count\nHub,2027-01-01T00:00:00Z,3\nGate,2027-01-01T00:00:00Z,2\n"
    run_block(_block("csv work/crew.csv", rows), stage)
    assert file.read_text().splitlines()[1:] == [
        "Hub,2027-01-01T00:00:00Z,2027-02-01T00:00:00Z,3",
        "Gate,2027-01-01T00:00:00Z,,2",
    ]
