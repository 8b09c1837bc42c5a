"""Fixtures that several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from supercargo.store import write_scenario
from tests.builders import a_scenario

settings.register_profile("suite", deadline=None)  # a shared machine may pause any example
settings.load_profile("suite")


@pytest.fixture
def scenario_folder(tmp_path: Path) -> Path:
    """A folder with the small scenario of the builders, every file written."""
    folder = tmp_path / "scenario"
    write_scenario(a_scenario(), folder)
    return folder
