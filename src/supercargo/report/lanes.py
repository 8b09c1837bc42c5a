"""Which bars lie in which lane of the year's timeline: missions by place, then ports, crews, pads, facilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days
from supercargo.model import Activity, OperationsPlan, PlannedMission
from supercargo.report.svg import short_utc

__all__ = ["Bar", "Block", "Lane", "Shade", "timeline_blocks"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of use, with the words on it and the words behind it."""

    start: datetime
    end: datetime
    label: str
    title: str
    look: str  # class of the style sheet


@dataclass(frozen=True, slots=True)
class Shade:
    """A span in which the resource can't be used."""

    start: datetime
    end: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the timeline."""

    label: str
    bars: tuple[Bar, ...]
    shades: tuple[Shade, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lanes under one heading."""

    heading: str
    lanes: tuple[Lane, ...]


MISSION_LOOKS = (
    ("processing", "proc", "in processing"),
    ("pad", "pad", "on the pad"),
    ("phasing", "way", "on the way"),
    ("dock", "dock", "docked"),
    ("return", "way", "on the way back"),
)


def _titled(words: str, start: datetime, end: datetime) -> str:
    return f"{words}: {short_utc(start)} to {short_utc(end)} UTC"


def _arrived(plan: OperationsPlan, destination: str) -> str:
    """What a spacecraft at a place is: docked, or landed on a surface."""
    surfaces = [place.destination for place in plan.scenario.destinations if place.kind == "surface"]
    return "landed" if destination in surfaces else "docked"


def _shades(plan: OperationsPlan, kind: str, name: str) -> tuple[Shade, ...]:
    return tuple(
        Shade(shut.from_utc, shut.to_utc, _titled(f"{name} closed ({shut.reason or 'blackout'})", shut.from_utc, shut.to_utc))
        for shut in plan.scenario.blackouts
        if shut.kind == kind and shut.object == name
    )


def _mission_lane(plan: OperationsPlan, mission: PlannedMission, found: dict[str, Activity]) -> Lane:
    bars = []
    arrived = _arrived(plan, mission.destination)
    for kind, look, words in MISSION_LOOKS:
        activity = found.get(kind)
        if activity is not None:
            at = f" at {activity.resource_id}" if kind not in ("phasing", "return") else ""
            label = f"{mission.mission_id} {mission.port}" if kind == "dock" else ""
            title = _titled(
                f"{mission.mission_id} {arrived if kind == 'dock' else words}{at}", activity.start_utc, activity.end_utc
            )
            bars.append(Bar(activity.start_utc, activity.end_utc, label, title, look))
    launch = mission.launch_utc
    lift_off = (
        f"{mission.mission_id} lifts off {short_utc(launch)} UTC on {mission.launcher} from {mission.site}/{mission.pad}"
    )
    bars.append(Bar(launch, launch, "", lift_off, "lift"))
    if mission.lost:
        before = "landing" if arrived == "landed" else "docking"
        words = f"{mission.mission_id} was lost before {before}, {short_utc(mission.end_utc)} UTC"
        bars.append(Bar(launch + days(3.0), launch + days(3.0), "lost", words, "shut"))
    return Lane(f"{mission.mission_id} {mission.vehicle_type}", tuple(bars), _shades(plan, "destination", mission.destination))


def _mission_blocks(plan: OperationsPlan) -> Iterator[Block]:
    of_mission: dict[str, dict[str, Activity]] = defaultdict(dict)
    for activity in plan.activities:
        of_mission[activity.mission_id].setdefault(activity.kind, activity)
    by_place: dict[str, list[PlannedMission]] = defaultdict(list)
    for mission in sorted(plan.missions, key=lambda one: (one.launch_utc, one.mission_id)):
        by_place[mission.destination].append(mission)
    known = [place.destination for place in plan.scenario.destinations]
    for name in [*known, *sorted(by_place.keys() - set(known))]:
        if by_place[name]:
            lanes = tuple(_mission_lane(plan, mission, of_mission[mission.mission_id]) for mission in by_place[name])
            yield Block(f"{name}: {len(lanes)} mission{'s' if len(lanes) > 1 else ''}", lanes)


def _using(plan: OperationsPlan, kind: str) -> dict[str, list[Activity]]:
    found: dict[str, list[Activity]] = defaultdict(list)
    for activity in sorted(plan.activities, key=lambda one: (one.start_utc, one.mission_id)):
        if activity.kind == kind:
            found[activity.resource_id].append(activity)
    return found


def _port_lanes(plan: OperationsPlan) -> Iterator[Lane]:
    docked = _using(plan, "dock")
    start, end = plan.scenario.settings.start_utc, plan.scenario.settings.end_utc
    for port in plan.scenario.ports:
        name = f"{port.destination}/{port.port}"
        out = []
        if port.from_utc and port.from_utc > start:
            out.append(Shade(start, port.from_utc, f"{name} not yet in service before {short_utc(port.from_utc)} UTC"))
        if port.to_utc and port.to_utc < end:
            out.append(Shade(port.to_utc, end, f"{name} out of service from {short_utc(port.to_utc)} UTC"))
        stays = docked.pop(name, [])
        if stays:
            arrived = _arrived(plan, port.destination)
            yield Lane(name, tuple(_use(one, arrived, "dock") for one in stays), (*out, *_shades(plan, "port", name)))
    for name in sorted(docked):
        yield Lane(name, tuple(_use(one, "docked", "dock") for one in docked[name]))


def _use(activity: Activity, words: str, look: str) -> Bar:
    title = _titled(f"{activity.mission_id} {words} at {activity.resource_id}", activity.start_utc, activity.end_utc)
    return Bar(activity.start_utc, activity.end_utc, activity.mission_id, title, look)


def _rows(activities: list[Activity], *, letter_d: float, after_d: float) -> list[list[Activity]]:
    """Activities in as few rows as keep them, with their labels, from covering each other."""
    rows: list[tuple[datetime, list[Activity]]] = []
    for activity in activities:
        reach = max(activity.end_utc, activity.start_utc + days(after_d + letter_d * len(activity.mission_id)))
        free = next((n for n, (until, _) in enumerate(rows) if until <= activity.start_utc), None)
        if free is None:
            rows.append((reach, [activity]))
        else:
            rows[free] = (reach, [*rows[free][1], activity])
    return [row for _, row in rows]


def _named_rows(name: str, rows: list[list[Activity]]) -> Iterator[tuple[str, list[Activity]]]:
    for n, row in enumerate(rows, start=1):
        yield (name if len(rows) == 1 else f"{name} ({n})"), row


def _pad_lanes(plan: OperationsPlan) -> Iterator[Lane]:
    stacked = _using(plan, "pad")
    turnaround_d = {f"{pad.site}/{pad.pad}": pad.turnaround_d for pad in plan.scenario.pads}
    for name in [*turnaround_d, *sorted(stacked.keys() - turnaround_d.keys())]:
        shades = (*_shades(plan, "site", name.partition("/")[0]), *_shades(plan, "pad", name))
        for label, row in _named_rows(name, _rows(stacked.get(name, []), letter_d=2.0, after_d=5.0)):
            bars = []
            for stack in row:
                again = stack.end_utc + days(turnaround_d.get(name, 0.0))
                bars.append(Bar(stack.end_utc, again, "", _titled(f"{name} made ready again", stack.end_utc, again), "rest"))
                bars.append(_use(stack, "on the pad", "pad"))
            yield Lane(label, tuple(bars), shades)


def _facility_lanes(plan: OperationsPlan) -> Iterator[Lane]:
    processed = _using(plan, "processing")
    known = [facility.facility_id for facility in plan.scenario.facilities]
    for name in [*known, *sorted(processed.keys() - set(known))]:
        for label, row in _named_rows(name, _rows(processed.get(name, []), letter_d=0.0, after_d=0.0)):
            yield Lane(label, tuple(_use(one, "in processing", "proc") for one in row), _shades(plan, "facility", name))


def _crew_lanes(plan: OperationsPlan) -> Iterator[Lane]:
    """The crew or robots of each place at work on cargo, with the hours a day that the place has for it."""
    works = _using(plan, "unload")
    for name, more in _using(plan, "load").items():
        works[name] = sorted([*works[name], *more], key=lambda one: (one.start_utc, one.mission_id))
    hours = {place.destination: place.handling_h_d for place in plan.scenario.destinations}
    for name in [*hours, *sorted(works.keys() - hours.keys())]:
        there = f" of {hours[name]:g}" if name in hours else ""
        for label, row in _named_rows(_crew_label(name, hours.get(name)), _rows(works[name], letter_d=1.7, after_d=3.0)):
            bars = (_work(one, there) for one in row if one.end_utc > one.start_utc)
            yield Lane(label, tuple(bars), _shades(plan, "destination", name))


def _crew_label(place: str, hours_d: float | None) -> str:
    """What the lane of a place's crew is called: its name, and the hours a day that it has for cargo."""
    return f"{place}:" if hours_d is None else f"{place}: {hours_d:g} h a day"


def _work(activity: Activity, there: str) -> Bar:
    words = f"{activity.mission_id} is {activity.kind}ed at {activity.resource_id}, {activity.units:g}{there} crew hours a day"
    title = _titled(words, activity.start_utc, activity.end_utc)
    return Bar(activity.start_utc, activity.end_utc, activity.mission_id, title, activity.kind)


def timeline_blocks(plan: OperationsPlan) -> tuple[Block, ...]:
    """The year's lanes in reading order; ports, crews, pads and facilities that nothing uses are left out."""
    resources = (
        Block("Ports", tuple(_port_lanes(plan))),
        Block("Crew (hours for cargo; paler: loading)", tuple(lane for lane in _crew_lanes(plan) if lane.bars)),
        Block("Pads (paler: made ready again)", tuple(_pad_lanes(plan))),
        Block("Processing facilities", tuple(_facility_lanes(plan))),
    )
    return (*_mission_blocks(plan), *(block for block in resources if block.lanes))
