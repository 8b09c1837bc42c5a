"""Runs a command inside the test's process, as a person would see it: exit code, standard output, standard error."""

from __future__ import annotations

from dataclasses import dataclass

from typer.testing import CliRunner

from supercargo.faces.cli import app


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


def run(*words: str) -> Told:
    """Exit code and both outputs of `supercargo WORDS`; an exception that is no exit is raised."""
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    return Told(result.exit_code, result.stdout, result.stderr)
