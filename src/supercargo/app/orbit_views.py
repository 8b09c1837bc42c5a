"""The use case of orbit views: a question to a scenario, its rows, and a table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from supercargo.model import BetaDay, HoldSafety, OrbitFound, OrbitQuery, ReturnChance, Scenario, StationPass
from supercargo.plan.orbit_views import antennas_of, beta_days, hold_safety, station_passes, ways_home
from supercargo.report.sun_chart import render_beta
from supercargo.store import read_scenario, write_rows
from supercargo.store.folders import refuse_outputs, write_file

__all__ = ["VIEWS", "orbit_view"]


def _beta(scenario: Scenario, query: OrbitQuery) -> OrbitFound:
    return OrbitFound(rows=beta_days(scenario, query.destination, (query.start_utc, query.end_utc)))


def _passes(scenario: Scenario, query: OrbitQuery) -> OrbitFound:
    antennas = query.antennas or antennas_of(scenario)
    return OrbitFound(rows=station_passes(scenario, query.destination, antennas, (query.start_utc, query.end_utc)))


def _returns(scenario: Scenario, query: OrbitQuery) -> OrbitFound:
    span = (query.start_utc, query.end_utc)
    return ways_home(scenario, query.destination, query.vehicle_type, span, zones=query.zones, corridor=query.corridor)


def _holds(scenario: Scenario, query: OrbitQuery) -> OrbitFound:
    return OrbitFound(rows=hold_safety(scenario, query.destination, query.vehicle_type))


VIEWS: Mapping[str, tuple[type, Callable[[Scenario, OrbitQuery], OrbitFound]]] = {
    "beta": (BetaDay, _beta),
    "passes": (StationPass, _passes),
    "returns": (ReturnChance, _returns),
    "holds": (HoldSafety, _holds),
}
"""What can be asked of an orbit: the rows it gives and how they are found."""


def orbit_view(
    folder: Path, view: str, query: OrbitQuery, *, out: Path | None = None, picture: Path | None = None, force: bool = False
) -> OrbitFound:
    """One view of a scenario's place; `out` takes its rows as a table (CSV), `picture` a drawing of beta (SVG).

    Raises ScenarioError for a faulty scenario or question, Refused for a file that exists unless `force`.
    """
    noun, find = VIEWS[view]
    refuse_outputs((out, picture), (folder,), force=force)
    found = find(read_scenario(folder), query)
    if out is not None:
        write_file(out, write_rows(found.rows, noun), force=force)
    if picture is not None:
        write_file(
            picture,
            render_beta([row for row in found.rows if isinstance(row, BetaDay)], query.start_utc, query.end_utc).encode(),
            force=force,
        )
    return found
