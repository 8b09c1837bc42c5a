"""The use case of launch windows with their ways to dock: a question to a scenario, its answer to files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from supercargo.kernel import Refused, StoreError
from supercargo.model import Arrival, PortTaken, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.report.window_chart import render_windows
from supercargo.store import read_plan, read_scenario, write_rows

__all__ = ["refuse_existing_file", "windows_of", "write_file"]


def windows_of(
    folder: Path,
    query: WindowQuery,
    *,
    planned: Path | None = None,
    out: Path | None = None,
    picture: Path | None = None,
    force: bool = False,
) -> WindowsFound:
    """Windows of a scenario's site to one of its places; `out` takes a table (CSV), `picture` a drawing (SVG).

    `planned` is a plan folder whose missions take ports. Raises ScenarioError for a faulty scenario, plan or question,
    Refused for a file that exists unless `force`.
    """
    refuse_existing_file(out, force=force)
    refuse_existing_file(picture, force=force)
    if planned is not None:
        query = replace(query, taken=_taken(planned))
    found = list_arrivals(read_scenario(folder), query)
    write_file(out, write_rows(found.arrivals, Arrival))
    write_file(picture, render_windows(found.arrivals, query.start_utc, query.end_utc).encode())
    return found


def _taken(planned: Path) -> tuple[PortTaken, ...]:
    return tuple(
        PortTaken(
            destination=flight.destination,
            port=flight.port,
            arrive_utc=flight.arrive_utc,
            depart_utc=flight.depart_utc,
            mission_id=flight.mission_id,
        )
        for flight in read_plan(planned).missions
    )


def refuse_existing_file(path: Path | None, *, force: bool) -> None:
    """A file is replaced only where that is asked for. Raises Refused."""
    if path is not None and path.exists() and not force:
        raise Refused("the file exists", fix="choose another name, or replace it with --force", where=str(path))


def write_file(path: Path | None, content: bytes) -> None:
    """Write a file if one is asked for. Raises StoreError if it can't be written."""
    if path is None:
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise StoreError(what, fix="choose a folder that exists and may be written", where=str(path)) from error
