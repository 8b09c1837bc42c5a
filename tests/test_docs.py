"""What the docs say of commands and files is what the code does."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from supercargo.faces.cli import app
from tests.docs_text import COMMANDS, DOCS, fresh, help_text, parts

ROOT = DOCS.parent


@pytest.mark.parametrize("document", sorted(parts()))
def test_the_parts_of_a_document_that_are_read_off_the_code_are_fresh(document: str) -> None:
    assert (DOCS / document).read_text() == fresh(document), "run: python -m tests.docs_text"


def test_every_command_stands_in_the_docs() -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    for group in app.registered_groups:
        nested = group.typer_instance.registered_commands if group.typer_instance else []
        commands |= {f"{group.name} {command.name or command.callback.__name__}" for command in nested if command.callback}
    assert commands == set(COMMANDS) - {""}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command])
def test_the_help_of_a_command_has_an_example_that_names_it(command: str) -> None:
    assert f"Example: supercargo {command} " in help_text(command)


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_files_and_names_of_the_code_that_a_page_mentions_exist(page: Path) -> None:
    source = "\n".join(file.read_text("utf-8") for folder in ("src", "tests") for file in (ROOT / folder).rglob("*.py"))
    places = (ROOT, ROOT / "src/supercargo", ROOT / "docs", ROOT / "src/supercargo/catalogue")
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`\n]+)`", prose):
        if re.fullmatch(r"[\w./-]+/[\w.-]+\.(py|md|csv)", span) and not span.startswith("work/"):
            assert any((place / span).exists() for place in places), span
            continue
        for name in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", span):
            assert re.search(rf"\b{name}\b", source), f"`{span}`: nothing in src or tests is called {name}"


def _calls_of_the_flow() -> list[tuple[str, str, str]]:
    """Module, function and parameters of each stage that the house shows."""
    flow = (DOCS / "house.md").read_text("utf-8").split("## What flows through")[1].split("```")[1]
    return re.findall(r"(\w+/(?:\w+\.py)?) +(\w+)\(([^)]*)\)", flow)


@pytest.mark.parametrize(("module", "function", "words"), _calls_of_the_flow())
def test_the_flow_of_the_house_shows_each_stage_with_the_arguments_that_it_has(module: str, function: str, words: str) -> None:
    room = import_module("supercargo." + module.removesuffix(".py").strip("/").replace("/", "."))
    taken = inspect.signature(getattr(room, function)).parameters.values()
    by_place = [one.name for one in taken if one.kind is not one.KEYWORD_ONLY]
    by_name = [one.name for one in taken if one.kind is one.KEYWORD_ONLY]
    assert words == ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
