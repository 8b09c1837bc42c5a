"""What has flown by an instant, read off the rows of a plan: flights, their loads, and what they hold of the yard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from supercargo.kernel import ScenarioError, days
from supercargo.model import (
    Activity,
    Flight,
    Load,
    Manifest,
    OperationsPlan,
    Placement,
    PlannedMission,
    Scenario,
    StockNeed,
    Term,
)
from supercargo.plan.manifest_loads import grams
from supercargo.plan.manifest_model import delivery_day
from supercargo.plan.schedule_decode import Held
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_pools import Yard, hands
from supercargo.solve.scheduling import FOREVER, Block, Use

__all__ = ["Flown", "flown_by", "held_by", "names_before", "needs_left", "old_flights", "old_manifest", "terms_left"]


@dataclass(frozen=True)
class Flown:
    """Flights that have lifted off, and the loads and places of pieces aboard them."""

    flights: tuple[Flight, ...]
    loads: tuple[Load, ...]
    placements: tuple[Placement, ...]

    @property
    def names(self) -> frozenset[str]:
        """Missions that have flown."""
        return frozenset(flight.mission_id for flight in self.flights)


def old_flights(plan: OperationsPlan) -> dict[str, Flight]:
    """Each mission of a plan as a flight, in order of lift-off.

    Raises ScenarioError where activities.csv lacks what a mission does.
    """
    did: dict[tuple[str, str], Activity] = {(row.mission_id, row.kind): row for row in plan.activities}
    windows = {row.used_by: row.launch_utc for row in plan.windows if row.used_by}
    missions = sorted(plan.missions, key=lambda mission: (mission.launch_utc, mission.mission_id))
    return {mission.mission_id: _flight(plan.scenario, mission, did, windows) for mission in missions}


def _flight(
    scenario: Scenario,
    mission: PlannedMission,
    did: Mapping[tuple[str, str], Activity],
    windows: Mapping[str, datetime],
) -> Flight:
    name, place = mission.mission_id, scenario.places[mission.destination]
    vehicle = scenario.vehicle_types[mission.vehicle_type]
    arrive_utc, depart_utc = mission.docked_utc

    def span(kind: str) -> tuple[datetime, datetime]:
        row = did.get((name, kind))
        if row is None:
            if mission.lost and kind in ("unload", "load"):
                return mission.end_utc, mission.end_utc
            fix = "give a plan folder that `supercargo verify` finds no hard fault in"
            raise ScenarioError(f"{name} has no activity {kind!r}", fix=fix, where="activities.csv")
        return row.start_utc, row.end_utc

    unload, load = span("unload"), span("load")
    return Flight(
        mission_id=name,
        vehicle_id=mission.vehicle_id,
        vehicle_type=mission.vehicle_type,
        launcher=mission.launcher,
        site=mission.site,
        pad=mission.pad,
        facility_id=mission.facility_id,
        destination=mission.destination,
        port=mission.port,
        processing_utc=span("processing")[0],
        pad_utc=span("pad")[0],
        launch_utc=mission.launch_utc,
        arrive_utc=arrive_utc,
        unload_start_utc=unload[0],
        unload_end_utc=unload[1],
        load_start_utc=load[0],
        load_end_utc=load[1],
        depart_utc=depart_utc,
        end_utc=mission.end_utc,
        unload_h_d=min(vehicle.unload_h_d, place.handling_h_d),
        outcome=mission.outcome,
        profile=mission.profile,
        way_delta_v_m_s=max(0.0, mission.delta_v_m_s - place.departure_delta_v_m_s),
        window_utc=windows.get(name),
        lift_kg=None if mission.upmass_capacity_kg == vehicle.upmass_kg else mission.upmass_capacity_kg,
    )


def old_manifest(plan: OperationsPlan) -> Manifest:
    """The loads of a plan's rows, reasons left out."""
    loads = []
    for row in plan.manifest:
        item_id, _, part = row.item_id.partition("#")
        loads.append(Load(item_id=item_id, part=int(part or 0), mission_id=row.mission_id, mass_kg=row.mass_kg))
    return Manifest(loads=tuple(loads))


def flown_by(plan: OperationsPlan, as_of_utc: datetime, lost: frozenset[str]) -> Flown:
    """What has lifted off by an instant stays as it was; of a lost mission what was to come back waits for another."""
    flights = [
        _lost(plan.scenario, flight) if flight.mission_id in lost else flight
        for flight in old_flights(plan).values()
        if flight.launch_utc <= as_of_utc
    ]
    names = {flight.mission_id for flight in flights}
    lines = plan.scenario.lines
    loads = tuple(
        load
        for load in old_manifest(plan).loads
        if load.mission_id in names and (load.mission_id not in lost or lines[load.item_id].direction == "up")
    )
    placements = tuple(row for row in plan.stowage if row.mission_id in names)
    return Flown(tuple(flights), loads, placements)


def _lost(scenario: Scenario, flight: Flight) -> Flight:
    """A flight that never docked; of a way near the Earth, of which only a docking tells, nothing is known."""
    if scenario.places[flight.destination].window_kind != "plane":
        return replace(flight, outcome="lost")
    return replace(flight, outcome="lost", profile="", way_delta_v_m_s=None)


def names_before(flights: Iterable[Flight]) -> dict[str, dict[str, str]]:
    """Pad, facility, port and tail of each mission."""
    return {
        flight.mission_id: {
            "pad": flight.pad,
            "facility": flight.facility_id,
            "port": flight.port,
            "tail": flight.vehicle_id,
        }
        for flight in flights
    }


def held_by(scenario: Scenario, yard: Yard, flights: Iterable[Flight]) -> tuple[tuple[Block, ...], tuple[Held, ...]]:
    """What flown flights take from the pools of a yard, as blocks and by name."""
    blocks: list[Block] = []
    held: list[Held] = []
    for flight in flights:
        for use, name in _uses(scenario, yard, flight):
            if use.end > use.start:
                blocks.append(Block(use.resource, use.start, use.end, use.units))
                held.append((use, name))
    return tuple(blocks), tuple(held)


def _uses(scenario: Scenario, yard: Yard, flight: Flight) -> Iterator[Held]:
    start_utc = scenario.settings.start_utc

    def at(instant: datetime) -> int:
        return seconds_of(instant - start_utc)

    vehicle, place = scenario.vehicle_types[flight.vehicle_type], scenario.places[flight.destination]
    launch, processing, to_pad = at(flight.launch_utc), at(flight.processing_utc), at(flight.pad_utc)
    pad = yard.pad_named.get((flight.site, flight.pad))
    if pad is not None:
        clear = launch + seconds_of(days(pad.turnaround_d))
        yield Use(yard.pads[flight.site, flight.pad], to_pad, clear), flight.pad
        launch_range, spacing_s = yard.ranges[flight.site]
        yield Use(launch_range, launch, launch + spacing_s), ""
    for number, _ in yard.facilities.get(flight.site, ()):
        if flight.facility_id in yard.pools[number].members:
            yield Use(number, processing, to_pad), flight.facility_id
    for number in yard.tails.get(flight.vehicle_type, ()):
        pool = yard.pools[number]
        if flight.vehicle_id in pool.members:
            gone = flight.lost or not pool.reusable
            back = FOREVER if gone else at(flight.end_utc) + seconds_of(days(vehicle.turnaround_d))
            yield Use(number, processing, back), flight.vehicle_id
            if pool.flights >= 0:
                yield Use(pool.flights, 0, 1), flight.vehicle_id
    if flight.lost:
        return
    arrive, depart = at(flight.arrive_utc), at(flight.depart_utc)
    for number, _ in yard.ports.get(flight.destination, ()):
        if flight.port in yard.pools[number].members:
            yield Use(number, arrive, depart + seconds_of(days(place.clearance_d))), flight.port
    yield Use(yard.arrivals[flight.destination], arrive, arrive + seconds_of(days(place.arrival_spacing_d))), ""
    rate = hands(flight.unload_h_d, place.handling_h_d)
    crew = yard.crews[flight.destination]
    yield Use(crew, at(flight.unload_start_utc), at(flight.unload_end_utc), rate), ""
    yield Use(crew, at(flight.load_start_utc), at(flight.load_end_utc), rate), ""


def needs_left(scenario: Scenario, needs: tuple[StockNeed, ...], flown: Flown) -> tuple[StockNeed, ...]:
    """Stock needs less what flown missions bring [kg]."""
    came: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    flights = {flight.mission_id: flight for flight in flown.flights if not flight.lost}
    horizon = scenario.settings.horizon_days
    for load in flown.loads:
        line, flight = scenario.lines[load.item_id], flights.get(load.mission_id)
        if flight is None or line.direction != "up":
            continue
        day = delivery_day(scenario, flight)
        if day < horizon:
            came.setdefault((line.destination, line.supply_class), np.zeros(horizon))[max(day, 0) :] += load.mass_kg
    return tuple(
        replace(
            need,
            need_kg=np.maximum.accumulate(
                np.maximum(need.need_kg - came.get((need.destination, need.supply_class), 0.0), 0.0)
            ),
        )
        for need in needs
    )


def terms_left(scenario: Scenario, flown: Flown) -> tuple[Term, ...]:
    """Terms of contracts, least masses less what flown missions deliver in the horizon [kg]."""
    done: dict[str, int] = {}
    flights = {flight.mission_id: flight for flight in flown.flights if not flight.lost}
    for load in flown.loads:
        line, flight = scenario.lines[load.item_id], flights.get(load.mission_id)
        if flight is not None and line.direction == "up" and flight.unload_end_utc < scenario.settings.end_utc:
            contract_id = scenario.contract_id(line)
            done[contract_id] = done.get(contract_id, 0) + grams(load.mass_kg)
    return tuple(
        replace(term, value=max(0.0, term.value - done.get(term.contract_id, 0) / 1000.0))
        if term.term == "minimum_kg"
        else term
        for term in scenario.terms
    )
