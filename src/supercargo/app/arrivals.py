"""The use case of launch windows with their ways to dock: a question to a scenario, its answer to files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from supercargo.kernel import Refused, StoreError
from supercargo.model import Arrival, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.report.window_chart import render_windows
from supercargo.store import read_scenario, write_rows

__all__ = ["windows_of"]


def windows_of(
    folder: Path, query: WindowQuery, *, out: Path | None = None, picture: Path | None = None, force: bool = False
) -> WindowsFound:
    """Windows of a scenario's site to one of its places; `out` takes a table (CSV), `picture` a drawing (SVG).

    Raises ScenarioError for a faulty scenario or question, Refused for a file that exists unless `force`.
    """
    for path in (out, picture):
        if path is not None and path.exists() and not force:
            raise Refused("the file exists", fix="choose another name, or replace it with --force", where=str(path))
    found = list_arrivals(read_scenario(folder), query)
    files: dict[Path, bytes] = {}
    if out is not None:
        files[out] = write_rows(found.arrivals, Arrival)
    if picture is not None:
        files[picture] = render_windows(found.arrivals, query.start_utc, query.end_utc).encode()
    _write(files)
    return found


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        try:
            path.write_bytes(content)
        except OSError as error:
            what = f"can't be written: {error.strerror}"
            raise StoreError(what, fix="choose a folder that exists and may be written", where=str(path)) from error
