"""The use case of launch windows with their ways to dock: a question to a scenario, its answer to files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from supercargo.kernel import ScenarioError
from supercargo.model import Arrival, PortTaken, RouteArrival, Scenario, WindowQuery, WindowsFound
from supercargo.plan.arrivals import list_arrivals
from supercargo.report.route_chart import render_routes
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
    scenario = read_scenario(folder)
    if planned is not None:
        query = replace(query, taken=_taken(planned, scenario))
    found = list_arrivals(scenario, query)
    listed = scenario.places[query.destination].window_kind != "plane"
    if out is not None:
        table = write_rows(found.routes, RouteArrival) if listed else write_rows(found.arrivals, Arrival)
        write_file(out, table, force=force)
    if picture is not None:
        span = (query.start_utc, query.end_utc)
        drawn = render_routes(found.routes, *span) if listed else render_windows(found.arrivals, *span)
        write_file(picture, drawn.encode(), force=force)
    return found


def _taken(planned: Path, scenario: Scenario) -> tuple[PortTaken, ...]:
    plan = read_plan(planned)
    _refuse_other(plan.scenario, scenario, planned)
    return tuple(
        PortTaken(
            destination=flight.destination,
            port=flight.port,
            arrive_utc=flight.docked_utc[0],
            depart_utc=flight.docked_utc[1],
            mission_id=flight.mission_id,
        )
        for flight in plan.missions
        if not flight.lost
    )


def _refuse_other(planned: Scenario, asked: Scenario, folder: Path) -> None:
    """Flights of another scenario take no ports of this one: name and horizon have to be the same."""
    horizons = [(one.settings.start_utc, one.settings.end_utc) for one in (planned, asked)]
    differs = ["name"] if planned.settings.name != asked.settings.name else []
    differs += ["horizon"] if horizons[0] != horizons[1] else []
    if differs:
        what = f"the plan is of another scenario, {planned.settings.name!r}: it has another {' and '.join(differs)}"
        raise ScenarioError(what, fix="give a plan of the scenario that is asked about", where=f"--plan {folder}")
