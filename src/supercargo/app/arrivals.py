"""The use case of launch windows with their ways to dock: a question to a scenario, its answer to files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from supercargo.model import Arrival, PortTaken, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.report.window_chart import render_windows
from supercargo.store import read_plan, read_scenario, write_rows
from supercargo.store.folders import refuse_outputs, write_file

__all__ = ["windows_of"]


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
    refuse_outputs((out, picture), (folder, planned), force=force)
    if planned is not None:
        query = replace(query, taken=_taken(planned))
    found = list_arrivals(read_scenario(folder), query)
    if out is not None:
        write_file(out, write_rows(found.arrivals, Arrival), force=force)
    if picture is not None:
        write_file(picture, render_windows(found.arrivals, query.start_utc, query.end_utc).encode(), force=force)
    return found


def _taken(planned: Path) -> tuple[PortTaken, ...]:
    return tuple(
        PortTaken(
            destination=flight.destination,
            port=flight.port,
            arrive_utc=flight.docked_utc[0],
            depart_utc=flight.docked_utc[1],
            mission_id=flight.mission_id,
        )
        for flight in read_plan(planned).missions
        if not flight.lost
    )
