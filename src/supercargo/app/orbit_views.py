"""The use case of orbit views: a question to a scenario, its rows, and a table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from supercargo.model import BetaDay, HoldSafety, OrbitQuery, ReturnChance, Scenario, StationPass
from supercargo.plan.orbit_views import antennas_of, beta_days, hold_safety, return_chances, station_passes
from supercargo.report.sun_chart import render_beta
from supercargo.store import read_scenario, write_rows
from supercargo.store.folders import refuse_outputs, write_file

__all__ = ["VIEWS", "orbit_view"]

Rows = tuple[Any, ...]


def _beta(scenario: Scenario, query: OrbitQuery) -> Rows:
    return beta_days(scenario, query.destination, (query.start_utc, query.end_utc))


def _passes(scenario: Scenario, query: OrbitQuery) -> Rows:
    antennas = query.antennas or antennas_of(scenario)
    return station_passes(scenario, query.destination, antennas, (query.start_utc, query.end_utc))


def _returns(scenario: Scenario, query: OrbitQuery) -> Rows:
    span = (query.start_utc, query.end_utc)
    return return_chances(scenario, query.destination, query.vehicle_type, span, zones=query.zones, corridor=query.corridor)


def _holds(scenario: Scenario, query: OrbitQuery) -> Rows:
    return hold_safety(scenario, query.destination, query.vehicle_type)


VIEWS: Mapping[str, tuple[type, Callable[[Scenario, OrbitQuery], Rows]]] = {
    "beta": (BetaDay, _beta),
    "passes": (StationPass, _passes),
    "returns": (ReturnChance, _returns),
    "holds": (HoldSafety, _holds),
}
"""What can be asked of an orbit: the rows it gives and how they are found."""


def orbit_view(
    folder: Path, view: str, query: OrbitQuery, *, out: Path | None = None, picture: Path | None = None, force: bool = False
) -> Rows:
    """Rows of one view of a scenario's place; `out` takes them as a table (CSV), `picture` a drawing of beta (SVG).

    Raises ScenarioError for a faulty scenario or question, Refused for a file that exists unless `force`.
    """
    noun, find = VIEWS[view]
    refuse_outputs((out, picture), (folder,), force=force)
    rows = find(read_scenario(folder), query)
    if out is not None:
        write_file(out, write_rows(rows, noun), force=force)
    if picture is not None:
        write_file(picture, render_beta(rows, query.start_utc, query.end_utc).encode(), force=force)
    return rows
