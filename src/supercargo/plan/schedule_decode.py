"""From chosen options to flights: who exactly, and every instant in full."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from supercargo.model import Flight, Scenario, Schedule
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_options import Market, Option, uses_of
from supercargo.plan.schedule_reasons import unflown_of
from supercargo.solve.scheduling import FOREVER

__all__ = ["schedule_of"]


def schedule_of(scenario: Scenario, market: Market, chosen: tuple[int, ...]) -> Schedule:
    """The schedule that a choice of one option for each mission (-1: none) stands for."""
    options = {index: market.options[index] for index in chosen if index >= 0}
    names = _members(scenario, market, options)
    flights = [_flight(scenario, market, option, names[index]) for index, option in options.items()]
    flights.sort(key=lambda flight: (flight.launch_utc, flight.mission_id))
    return Schedule(flights=tuple(flights), unflown=unflown_of(scenario, market, chosen))


def _members(scenario: Scenario, market: Market, options: Mapping[int, Option]) -> dict[int, dict[str, str]]:
    """Give each option the first free member of its pad, facility, port and tail pools, in order of the use's start."""
    ready = {tail.vehicle_id: seconds_of(tail.ready_utc - scenario.settings.start_utc) for tail in scenario.tails}
    asked: dict[int, list[tuple[int, int, int]]] = {}
    for index, option in options.items():
        for use in uses_of(scenario, market.yard, option):
            asked.setdefault(use.resource, []).append((use.start, use.end, index))
    names: dict[int, dict[str, str]] = {index: {} for index in options}
    for resource, rows in sorted(asked.items()):
        pool = market.yard.pools[resource]
        if pool.kind not in ("pad", "facility", "port", "tail"):
            continue
        tails = pool.kind == "tail"
        free_from = [ready[member] if tails else -FOREVER for member in pool.members]
        for start, end, index in sorted(rows):
            slot = next(place for place, instant in enumerate(free_from) if instant <= start)
            free_from[slot] = end
            names[index][pool.kind] = pool.members[slot]
    for index, option in options.items():  # a stay of no length asks for nothing, yet has a name
        pad = market.yard.pads[option.window.site, option.window.pad]
        held = (("pad", pad), ("facility", option.facility), ("port", option.port), ("tail", option.tail))
        for kind, resource in held:
            names[index].setdefault(kind, market.yard.pools[resource].members[0])
    return names


def _flight(scenario: Scenario, market: Market, option: Option, names: Mapping[str, str]) -> Flight:
    course, vehicle, window = option.course, option.vehicle, option.window
    place = scenario.places[window.destination]

    def at(instant_s: int) -> timedelta:
        return timedelta(seconds=instant_s)

    launch_utc = window.launch_utc + at(option.way.moved_s)
    return Flight(
        mission_id=market.missions[option.mission].mission_id,
        vehicle_id=names["tail"],
        vehicle_type=vehicle.vehicle_type,
        launcher=option.launcher.launcher,
        site=window.site,
        pad=names["pad"],
        facility_id=names["facility"],
        destination=window.destination,
        port=names["port"],
        processing_utc=launch_utc + at(course.processing_s),
        pad_utc=launch_utc + at(course.pad_s),
        launch_utc=launch_utc,
        arrive_utc=launch_utc + at(course.arrive_s),
        unload_start_utc=launch_utc + at(course.unload_start_s),
        unload_end_utc=launch_utc + at(course.unload_end_s),
        load_start_utc=launch_utc + at(course.load_start_s),
        load_end_utc=launch_utc + at(course.load_end_s),
        depart_utc=launch_utc + at(course.depart_s),
        end_utc=launch_utc + at(course.end_s),
        unload_h_d=min(vehicle.unload_h_d, place.handling_h_d),
        profile=option.way.profile,
        way_delta_v_m_s=option.way.delta_v_m_s,
        window_utc=window.launch_utc if option.way.moved_s else None,
        lift_kg=None if option.way.lift is None else option.lift_kg,
    )
