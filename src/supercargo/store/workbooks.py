"""Scenarios as workbooks on disk: written whole or not at all, as one to fill in, or as one to mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from supercargo.kernel import Fault, ScenarioError
from supercargo.model import Scenario
from supercargo.store.catalogue import read_catalogue
from supercargo.store.folders import write_file

__all__ = ["is_workbook", "refuse_other_kinds", "write_mending", "write_scenario_book", "write_template"]

_OTHER_KINDS = (".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".csv")


def is_workbook(path: Path) -> bool:
    """True if a path names a workbook rather than a folder."""
    return path.suffix.lower() == ".xlsx"


def refuse_other_kinds(path: Path) -> None:
    """Raise ScenarioError for a name that promises a kind of file that is not written."""
    if path.suffix.lower() in _OTHER_KINDS:
        raise ScenarioError(f"{path.suffix} files are not written", fix="name a folder, or a workbook .xlsx", where=str(path))


def write_scenario_book(scenario: Scenario, path: Path, *, force: bool) -> None:
    """Write a scenario as a workbook, without loss at the declared decimals.

    Raises ScenarioError for a text that no cell can hold, Refused if the file exists and `force` is false, StoreError if the
    disk refuses.
    """
    from supercargo.store.book.forms import scenario_book  # its library loads only for those who write

    write_file(path, scenario_book(scenario), force=force)


def write_template(path: Path, *, force: bool) -> None:
    """Write a workbook to fill in. Raises as `write_file` does."""
    from supercargo.store.book.forms import template_book

    write_file(path, template_book(read_catalogue()), force=force)


def write_mending(source: Path, path: Path, faults: Sequence[Fault], *, force: bool) -> bool:
    """Write what `source` gave with its faults to be mended in place; False, and nothing, if no sheet of it can be read.

    Raises as `write_file` does.
    """
    from supercargo.store.book.mending import mending_book

    content = mending_book(source, faults)
    if content is not None:
        write_file(path, content, force=force)
    return content is not None
