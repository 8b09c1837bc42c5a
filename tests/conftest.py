"""Fixtures that several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from supercargo.store import write_scenario
from tests.builders import a_scenario


@pytest.fixture
def scenario_folder(tmp_path: Path) -> Path:
    """A folder with the small scenario of the builders, every file written."""
    folder = tmp_path / "scenario"
    write_scenario(a_scenario(), folder)
    return folder
