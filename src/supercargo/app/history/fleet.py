"""What a past year had to fly with: types, launchers, pads and ports, each in use in that year."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from supercargo.app.history.flights import PastFlight
from supercargo.kernel import Fault, ScenarioError
from supercargo.model import Bay, Facility, Launcher, Pad, Port, Site, VehicleType

__all__ = ["Fleet", "fleet_of"]

_SHORTEST_D = 11.0  # unloading, loading and two hatches, as vehicles.csv sets the hours


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """Hardware of one year, and how long each type stays docked."""

    vehicles: tuple[VehicleType, ...]
    bays: tuple[Bay, ...]
    launchers: tuple[Launcher, ...]
    sites: tuple[Site, ...]
    pads: tuple[Pad, ...]
    facilities: tuple[Facility, ...]
    ports: tuple[Port, ...]
    docked_before: tuple[PastFlight, ...]  # still at a port when the year begins
    stays_d: Mapping[str, tuple[float, float]]  # by type: a quarter of its stays on record were shorter, none was longer


def fleet_of(
    catalogue: Mapping[str, tuple[Any, ...]], everything: Sequence[PastFlight], flights: Sequence[PastFlight], year: int
) -> Fleet:
    """Types, launchers, pads and sites that flew in the year, and ports that its flights or those before them used.

    Raises ScenarioError for a launcher, site or pad of the record that the catalogue does not know.
    """
    start_utc = datetime(year, 1, 1, tzinfo=UTC)
    before = tuple(one for one in everything if one.launch_utc < start_utc and one.undock_utc and one.undock_utc > start_utc)
    types = {flight.vehicle_type for flight in flights}
    launchers = {flight.record.launch_vehicle for flight in flights}
    sites = {flight.record.launch_site for flight in flights}
    pads = {(flight.record.launch_site, flight.record.launch_pad) for flight in flights}
    ports = {flight.record.port for flight in (*flights, *before) if flight.record.port}
    _check_known(catalogue, launchers=launchers, pads=pads, ports=ports)
    return Fleet(
        vehicles=tuple(
            replace(one, launchers=tuple(name for name in one.launchers if name in launchers))
            for one in catalogue["vehicles"]
            if one.vehicle_type in types
        ),
        bays=tuple(one for one in catalogue["bays"] if one.vehicle_type in types),
        launchers=tuple(one for one in catalogue["launchers"] if one.launcher in launchers),
        sites=tuple(one for one in catalogue["sites"] if one.site in sites),
        pads=tuple(
            replace(one, launchers=tuple(name for name in one.launchers if name in launchers))
            for one in catalogue["pads"]
            if (one.site, one.pad) in pads
        ),
        facilities=tuple(one for one in catalogue["facilities"] if one.site in sites),
        ports=tuple(one for one in catalogue["ports"] if one.port in ports),
        docked_before=before,
        stays_d={name: _stays_d(name, everything) for name in sorted(types)},
    )


def _check_known(
    catalogue: Mapping[str, tuple[Any, ...]], *, launchers: set[str], pads: set[tuple[str, str]], ports: set[str]
) -> None:
    known_pads = {(one.site, one.pad) for one in catalogue["pads"]}
    asked = (
        ("launch_vehicle", launchers - {one.launcher for one in catalogue["launchers"]}),
        ("launch_pad", {"/".join(pad) for pad in pads - known_pads}),
        ("port", ports - {one.port for one in catalogue["ports"]}),
    )
    faults = [
        Fault("iss_cargo_missions.csv", 0, column, f"{name!r} is not in the catalogue of past hardware", "correct the name")
        for column, names in asked
        for name in sorted(names)
    ]
    if faults:
        raise ScenarioError.of(faults, where="records of past flights")


def _stays_d(vehicle_type: str, everything: Sequence[PastFlight]) -> tuple[float, float]:
    """Shortest and longest stay to plan with [d]."""
    stays = sorted(one.docked_d for one in everything if one.vehicle_type == vehicle_type and one.docked_d is not None)
    if not stays:
        return _SHORTEST_D, 30.0
    quarter = statistics.quantiles(stays, n=4)[0] if len(stays) > 1 else stays[0]
    return max(_SHORTEST_D, math.floor(quarter)), float(math.ceil(max(stays[-1], _SHORTEST_D + 1.0)))
