"""What the docs say of commands and files is what the code does."""

from __future__ import annotations

import re
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
        commands |= {f"{group.name} {command.callback.__name__}" for command in nested if command.callback}
    assert commands == set(COMMANDS) - {""}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command])
def test_the_help_of_a_command_has_an_example_that_names_it(command: str) -> None:
    assert f"Example: supercargo {command} " in help_text(command)


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
