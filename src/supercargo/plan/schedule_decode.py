"""From chosen options to flights: who exactly, and every instant in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from supercargo.model import Flight, Scenario, Schedule
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_names import Turn, deal
from supercargo.plan.schedule_options import Market, Option, uses_of
from supercargo.plan.schedule_reasons import unflown_of
from supercargo.solve.scheduling import FOREVER, Use

__all__ = ["NO_NAMES", "Held", "Names", "schedule_of"]

Names = Mapping[str, Mapping[str, str]]
"""Members of pools by mission and kind of pool."""

Held = tuple[Use, str]
"""A use of a pool by something that is no option of the market, and the member that it has."""

NO_NAMES: Names = {}


def schedule_of(
    scenario: Scenario, market: Market, chosen: tuple[int, ...], wanted: Names = NO_NAMES, held: Iterable[Held] = ()
) -> Schedule:
    """The schedule that a choice of one option for each mission (-1: none) stands for.

    As many missions as can be have the pad, facility, port and tail that is `wanted` for them; what is `held` is taken.
    """
    options = {index: market.options[index] for index in chosen if index >= 0}
    names = _members(scenario, market, options, wanted, tuple(held))
    flights = [_flight(scenario, market, option, names[index]) for index, option in options.items()]
    flights.sort(key=lambda flight: (flight.launch_utc, flight.mission_id))
    return Schedule(flights=tuple(flights), unflown=unflown_of(scenario, market, chosen))


def _members(
    scenario: Scenario, market: Market, options: Mapping[int, Option], wanted: Names, held: tuple[Held, ...]
) -> dict[int, dict[str, str]]:
    """Give each option a free member of its pad, facility, port and tail pools, in order of the use's start."""
    ready = {tail.vehicle_id: seconds_of(tail.ready_utc - scenario.settings.start_utc) for tail in scenario.tails}
    asked: dict[int, list[Turn]] = {}
    for index, option in options.items():
        wishes = wanted.get(market.missions[option.mission].mission_id, {})
        for use in uses_of(scenario, market.yard, option):
            wish = wishes.get(market.yard.pools[use.resource].kind, "")
            asked.setdefault(use.resource, []).append(Turn(use.start, use.end, index, wish))
    for use, name in held:
        if use.resource in asked:
            asked[use.resource].append(Turn(use.start, use.end, -1, name))
    names: dict[int, dict[str, str]] = {index: {} for index in options}
    for resource, turns in sorted(asked.items()):
        pool = market.yard.pools[resource]
        if pool.kind not in ("pad", "facility", "port", "tail"):
            continue
        tails = pool.kind == "tail"
        free_from = tuple(ready[member] if tails else -FOREVER for member in pool.members)
        for turn, name in deal(turns, pool.members, free_from):
            if turn.index >= 0:
                names[turn.index][pool.kind] = name
    for index, option in options.items():  # a stay of no length asks for nothing, yet has a name
        pad = market.yard.pads[option.window.site, option.window.pad]
        places = (("pad", pad), ("facility", option.facility), ("port", option.port), ("tail", option.tail))
        for kind, resource in places:
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
