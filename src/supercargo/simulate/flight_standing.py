"""The plan as it stands in operations: flights as they flew, slipped ones on their new dates, lines left off left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from supercargo.kernel import days
from supercargo.model import (
    Activity,
    CargoLine,
    DemandShift,
    Event,
    LaunchWindow,
    ManifestRow,
    MissionRequest,
    OperationsPlan,
    PlannedMission,
    PortOut,
    Standdown,
)
from supercargo.simulate.flight_cargo import ready_utc
from supercargo.simulate.flight_state import Craft, Year
from supercargo.simulate.flight_stock import observed_share
from supercargo.track.missions.phases import WITHDRAWN

__all__ = ["events_for", "standing_plan"]

_AFTER_D = 90.0
"""How long after now a mission may fly that a plan has left out [d]."""

_NEWS_SHARE = 0.10
"""Use that has strayed less from its forecast is no news."""


def standing_plan(year: Year, at: datetime) -> OperationsPlan:
    """The plan in force with the dates and loads that have come true or been announced."""
    plan = year.plan
    crafts = {name: craft for name, craft in year.crafts.items() if name in plan.mission_named}
    missions = tuple(_moved_mission(row, crafts[row.mission_id]) for row in plan.missions)
    scenario = replace(
        plan.scenario,
        missions=tuple(_agreed(one, year.crafts.get(one.mission_id), at, year.end_utc) for one in plan.scenario.missions),
        cargo=tuple(_released(year, line, at) for line in plan.scenario.cargo),
    )
    return replace(
        plan,
        scenario=scenario,
        missions=tuple(sorted(missions, key=lambda row: (row.launch_utc, row.mission_id))),
        activities=tuple(_moved_activity(row, crafts[row.mission_id]) for row in plan.activities),
        manifest=tuple(_moved_row(row, crafts.get(row.mission_id)) for row in plan.manifest),
        windows=_windows(year, crafts),
        changes=(),
        violations=(),
        causes=(),
    )


def _moved_mission(row: PlannedMission, craft: Craft) -> PlannedMission:
    late = craft.late
    if not late:
        return row
    return replace(
        row,
        launch_utc=row.launch_utc + late,
        arrive_utc=row.arrive_utc and row.arrive_utc + late,
        depart_utc=row.depart_utc and row.depart_utc + late,
        end_utc=row.end_utc + late,
    )


def _moved_activity(row: Activity, craft: Craft) -> Activity:
    return replace(row, start_utc=row.start_utc + craft.late, end_utc=row.end_utc + craft.late) if craft.late else row


def _moved_row(row: ManifestRow, craft: Craft | None) -> ManifestRow:
    if craft is None or not craft.late or row.delivered_utc is None:
        return row
    delivered = row.delivered_utc + craft.late
    return replace(row, delivered_utc=delivered, on_time=None if row.due_utc is None else delivered <= row.due_utc)


def _agreed(request: MissionRequest, craft: Craft | None, at: datetime, end_utc: datetime) -> MissionRequest:
    """A mission that has flown late flew in an agreed period; one that can't fly before an instant is not asked to.

    One that a plan did not fly may do so a while after its period.
    """
    if craft is None or not (craft.late or craft.slips_count or craft.phase == WITHDRAWN):
        return request
    latest = max(request.latest_utc, craft.launch_utc)
    if craft.on_ground or craft.phase == WITHDRAWN:
        earliest = max(request.earliest_utc, min(craft.not_before_utc, max(craft.launch_utc, at)))
        latest = max(latest, at + days(_AFTER_D)) if craft.phase == WITHDRAWN else latest
        return replace(request, earliest_utc=min(earliest, end_utc), latest_utc=min(max(latest, earliest), end_utc))
    return replace(request, latest_utc=min(latest, end_utc))


def _released(year: Year, line: CargoLine, at: datetime) -> CargoLine:
    """A line that its supplier delays is released when it is expected, once that is known."""
    parcel = year.parcels.get(line.item_id)
    if parcel is None or parcel.state != "expected" or line.item_id not in year.tally.missed:
        return line
    return replace(line, release_utc=max(line.release_utc, ready_utc(year, parcel.row)))


def _windows(year: Year, crafts: Mapping[str, Craft]) -> tuple[LaunchWindow, ...]:
    """Windows of the plan, those marked that missions use now."""
    used = {craft.name: year.yard.window_at(craft.row, craft.launch_utc) for craft in crafts.values() if craft.late}
    rows = [replace(row, used_by="") if row.used_by in used else row for row in year.plan.windows]
    key = {(row.destination, row.site, row.pad, row.launcher, row.launch_utc): at for at, row in enumerate(rows)}
    for name, window in used.items():
        if window is None:
            continue
        place = key.get((window.destination, window.site, window.pad, window.launcher, window.launch_utc))
        if place is None:
            rows.append(replace(window, used_by=name))
        else:
            rows[place] = replace(rows[place], used_by=name)
    return tuple(sorted(rows, key=lambda row: (row.destination, row.launch_utc, row.site, row.pad, row.launcher)))


def events_for(year: Year, at: datetime) -> tuple[Event, ...]:
    """What has happened since the last plan: losses, stand-downs and ports that are still out, use that has strayed."""
    settings = year.plan.scenario.settings
    events = [
        event
        for event in year.news
        if not isinstance(event, Standdown | PortOut)
        or (event.to_utc > max(at + timedelta(seconds=1), settings.start_utc) and event.from_utc < settings.end_utc)
    ]
    for key in sorted(year.stocks):
        share = round(observed_share(year, key, at), 2)
        if key not in year.shifted and abs(share) > _NEWS_SHARE:
            year.shifted.add(key)
            events.append(DemandShift(destination=key[0], supply_class=key[1], share=share))
    return tuple(events)
