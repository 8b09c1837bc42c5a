"""Edited tables of a scenario that is being flown: what may not be edited any more, and whose place was edited away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from supercargo.model import Event, OperationsPlan, PlannedMission, TablesEdited

__all__ = ["edited_lines", "edited_missions", "table_faults"]

_YEAR = ("horizon.start_utc", "horizon.end_utc", "as_of_utc", "currency_year")
_PUT_BACK = "put it back as the plan's own scenario has it"


def table_faults(plan: OperationsPlan, event: TablesEdited, as_of_utc: datetime) -> Iterator[tuple[str, str]]:
    """What contradicts what has flown by an instant, or makes another year of it: each with its fix."""
    flown = {mission.mission_id: mission for mission in plan.missions if mission.launch_utc <= as_of_utc}
    aboard = {row.item_id.partition("#")[0]: row.mission_id for row in plan.manifest if row.mission_id in flown}
    for key in sorted(event.names("scenario.toml") & set(_YEAR)):
        yield f"scenario.toml: {key} is edited, which makes another year", f"{_PUT_BACK}; a new year is a new plan"
    for name in sorted(event.names("missions.csv") & flown.keys()):
        yield f"missions.csv: {name} is edited, but it has lifted off by the instant of the event", _PUT_BACK
    for name in sorted(event.names("cargo.csv") & aboard.keys()):
        fix = f"{_PUT_BACK}; give what is to fly later as a line of its own"
        yield f"cargo.csv: {name} is edited, but it has lifted off on {aboard[name]} by the instant of the event", fix
    for file, key, name in sorted({used for mission in flown.values() for used in _used(mission)}):
        if any(one.went and (one.file, one.key) == (file, key) for one in event.changes):
            yield f"{file}: {key} is taken out, but {name} has lifted off with it", _PUT_BACK


def _used(mission: PlannedMission) -> Iterator[tuple[str, str, str]]:
    """File, row and mission of what a flight holds."""
    name = mission.mission_id
    yield "destinations.csv", mission.destination, name
    yield "ports.csv", f"{mission.destination} {mission.port}", name
    yield "vehicles.csv", mission.vehicle_type, name
    yield "launchers.csv", mission.launcher, name
    yield "sites.csv", mission.site, name
    yield "pads.csv", f"{mission.site} {mission.pad}", name
    yield "facilities.csv", mission.facility_id, name
    yield "tails.csv", mission.vehicle_id, name


def edited_lines(events: Iterable[Event]) -> frozenset[str]:
    """Lines of cargo.csv that were edited, added or taken out: none keeps the place that it had."""
    return frozenset(name for event in events if isinstance(event, TablesEdited) for name in event.names("cargo.csv"))


def edited_missions(events: Iterable[Event]) -> frozenset[str]:
    """Missions of missions.csv that were edited, added or taken out."""
    return frozenset(name for event in events if isinstance(event, TablesEdited) for name in event.names("missions.csv"))
