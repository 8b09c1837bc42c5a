"""A past year as it was flown, in the form of a plan, with each rule that history broke waived in its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from supercargo.app.history.flights import PastFlight
from supercargo.app.history.orbits import orbits_of_year
from supercargo.app.history.remarks import flown_remarks
from supercargo.app.history.year import PastYear
from supercargo.kernel import Watch, days, silent
from supercargo.model import (
    Flight,
    Load,
    Manifest,
    MissionRequest,
    OperationsPlan,
    Scenario,
    Schedule,
    Violation,
    Waiver,
)
from supercargo.plan.record import record_year
from supercargo.plan.schedule_instants import Course, course_of

__all__ = ["WAIVED", "flown_year", "history_waivers"]

WAIVED: Mapping[str, str] = {
    "stock-reserve": "what was on board at the start of the year and what each flight held of a class are assumptions",
    "load-after-unload": "the record gives the stay; the hours of unloading and loading are assumptions",
    "handling-hours": "the record gives the stay; the hours of unloading and loading are assumptions",
    "window-plane": "the lift-off is on record; the launcher's lead and the drift of the plane are assumptions",
    "window-azimuth": "the lift-off is on record; the launcher's path to the plane is not",
}
"""Rules that a flown year may break, and why the record is believed before our assumptions."""

BY = "record of past flights"


def flown_year(past: PastYear, *, watch: Watch = silent) -> OperationsPlan:
    """The year as flown: real lift-offs, ports and stays, lost flights that never docked, loads as recorded or filled.

    It is put together by the stages that follow a schedule and a manifest; KPIs, violations and waivers are the caller's.
    """
    scenario = _scenario(past)
    flights = tuple(_flight(scenario, flight) for flight in past.flights)
    lost = {flight.mission_id for flight in flights if flight.lost}
    loads = tuple(
        _load(line.item_id, line.mass_kg, flight.name, left=flight.name in lost and line.direction != "up")
        for flight in past.flights
        for line in past.lines[flight.name]
    )
    return record_year(scenario, Schedule(flights=flights), Manifest(loads=loads), watch=watch)


def _scenario(past: PastYear) -> Scenario:
    """The scenario of the planner with what is known afterwards: dates agreed as flown, the year's element sets."""
    settings = past.scenario.settings
    as_of = max(settings.end_utc, *(flight.end_utc for flight in past.flights))
    remarks = flown_remarks(past.flights, past.loads)
    requests = {request.mission_id: request for request in past.scenario.missions}
    return replace(
        past.scenario,
        settings=replace(settings, name=f"{settings.name} as flown", as_of_utc=as_of, remarks=remarks),
        missions=tuple(_agreed(requests[flight.name], flight) for flight in past.flights),
        orbits=orbits_of_year(past.records, settings.start_utc, settings.end_utc, as_of),
        digest="",
    )


def _agreed(request: MissionRequest, flight: PastFlight) -> MissionRequest:
    margin = timedelta(days=1)
    request = replace(request, earliest_utc=flight.launch_utc - margin, latest_utc=flight.launch_utc + margin)
    if flight.phasing_d is None or flight.docked_d is None or flight.return_d is None:
        return request
    return replace(
        request,
        docked_min_d=max(0.0, round(flight.docked_d - 0.001, 4)),
        docked_max_d=round(flight.docked_d + 0.001, 4),
        phasing_d=round(flight.phasing_d, 6),
        return_d=round(flight.return_d, 6),
    )


def _load(item_id: str, mass_kg: float, mission_id: str, *, left: bool) -> Load:
    reason = f"{mission_id}, which was to take it back, was lost" if left else ""
    return Load(item_id=item_id, part=0, mission_id="" if left else mission_id, mass_kg=mass_kg, reason=reason)


def _flight(scenario: Scenario, past: PastFlight) -> Flight:
    request = scenario.requests[past.name]
    vehicle, launcher = scenario.vehicle_types[past.vehicle_type], scenario.launcher_named[past.record.launch_vehicle]
    place = scenario.places["ISS"]
    phasing_d = vehicle.phasing_d if request.phasing_d is None else request.phasing_d
    course = course_of(request, vehicle, launcher, place, round(days(phasing_d).total_seconds()))
    assert course is not None  # the station has hands for cargo
    course = _as_flown(course, past)
    facility = next(one for one in scenario.facilities if one.site == past.record.launch_site)

    def at(instant_s: int) -> timedelta:
        return timedelta(seconds=instant_s)

    launch = past.launch_utc
    return Flight(
        mission_id=past.name,
        vehicle_id=past.name,
        vehicle_type=past.vehicle_type,
        launcher=launcher.launcher,
        site=past.record.launch_site,
        pad=past.record.launch_pad,
        facility_id=facility.facility_id,
        destination="ISS",
        port=past.record.port,
        processing_utc=launch + at(course.processing_s),
        pad_utc=launch + at(course.pad_s),
        launch_utc=launch,
        arrive_utc=launch + at(course.arrive_s),
        unload_start_utc=launch + at(course.unload_start_s),
        unload_end_utc=launch + at(course.unload_end_s),
        load_start_utc=launch + at(course.load_start_s),
        load_end_utc=launch + at(course.load_end_s),
        depart_utc=launch + at(course.depart_s),
        end_utc=past.end_utc if past.record.lost else launch + at(course.end_s),
        unload_h_d=min(vehicle.unload_h_d, place.handling_h_d),
        outcome="lost" if past.record.lost else "docked",
    )


def _as_flown(course: Course, past: PastFlight) -> Course:
    """The course with the stay of the record, even where our hours of handling would have asked for a longer one."""
    if past.docked_d is None:
        return course
    stay_s = round(days(past.docked_d).total_seconds())
    return course.departing(course.arrive_s + stay_s)


def history_waivers(plan: OperationsPlan, violations: tuple[Violation, ...]) -> tuple[Waiver, ...]:
    """A waiver for each hard rule that the record breaks and that rests on an assumption of ours; others stay violations."""
    at = plan.scenario.settings.as_of_utc
    broken = sorted({(one.rule, one.object) for one in violations if one.hard and one.rule in WAIVED})
    return tuple(Waiver(rule=rule, object=name, name=BY, reason=WAIVED[rule], at_utc=at) for rule, name in broken)
