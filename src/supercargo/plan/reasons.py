"""Why a line stays behind, in words that its owner understands."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between, format_utc
from supercargo.model import CargoLine, Flight, Load, Manifest, Scenario, Schedule
from supercargo.plan.manifest_offers import Hindrance, cutoff_utc, fits_a_bay, hindrance, too_much
from supercargo.plan.manifest_room import NO_FILL, Rooms, hold_of, takes
from supercargo.plan.manifest_worth import left_behind_usd, worth_usd

__all__ = ["Standing", "mission_reasons", "reason_left_behind", "standing", "with_reasons"]

NAMED = 4
"""Missions named in a sentence before it says how many more there are."""

RIVALS = "lines worth more"

Barred = frozenset[tuple[str, str]]


class Standing:
    """A manifest as a reader of it sees it: flights by place, what they hold, what is left on them."""

    def __init__(self, scenario: Scenario, schedule: Schedule, fill: Mapping[str, float]) -> None:
        self.scenario, self.fill, self.rivals = scenario, fill, RIVALS
        flights = sorted(schedule.flights, key=lambda flight: (flight.launch_utc, flight.mission_id))
        self.flights_to: dict[str, list[Flight]] = {}
        for flight in flights:
            self.flights_to.setdefault(flight.destination, []).append(flight)
        self.held = {flight.mission_id: hold_of(scenario, flight, fill) for flight in flights}
        self.rooms = Rooms(scenario, tuple(flights), fill)

    def put(self, load: Load) -> None:
        """Take the room of a load that is aboard."""
        line = self.scenario.lines[load.item_id]
        self.rooms.put(line, self.takes(line) * (load.mass_kg / line.mass_kg), load.mission_id)

    def takes(self, line: CargoLine) -> npt.NDArray[np.float64]:
        """What a whole line takes of each measure."""
        return takes(line, self.scenario.places[line.destination])

    def obstacle(self, line: CargoLine, flight: Flight, barred: Barred) -> tuple[Hindrance, str]:
        """What keeps a line off a flight by itself, with the measure that even an empty flight lacks."""
        found = hindrance(self.scenario, line, flight, barred)
        if found:
            return found, ""
        if not fits_a_bay(line, self.scenario.bays_of.get(flight.vehicle_type, ())):
            return Hindrance.SIZE, ""
        lacking = too_much(self.takes(line), self.held[flight.mission_id], bulk=line.form == "bulk")
        return (Hindrance.ROOM, lacking) if lacking else (Hindrance.NONE, "")


def standing(scenario: Scenario, schedule: Schedule, manifest: Manifest, fill: Mapping[str, float] = NO_FILL) -> Standing:
    """The flights with the loads of a manifest aboard."""
    found = Standing(scenario, schedule, fill)
    for load in manifest.loads:
        if load.mission_id in found.held:
            found.put(load)
    return found


def with_reasons(
    scenario: Scenario,
    schedule: Schedule,
    manifest: Manifest,
    *,
    barred: Barred = frozenset(),
    fill: Mapping[str, float] = NO_FILL,
    rivals: str = RIVALS,
) -> Manifest:
    """Give each load that stays behind its reason; a reason that it brings along is written anew.

    `rivals` says by what merit the lines aboard came before those left behind.
    """
    stands = standing(scenario, schedule, manifest, fill)
    stands.rivals = rivals
    flown: dict[str, list[str]] = {}
    for load in manifest.loads:
        if load.mission_id:
            flown.setdefault(load.item_id, []).append(load.mission_id)
    loads = (
        load
        if load.mission_id
        else replace(load, reason=reason_left_behind(stands, load, barred, tuple(flown.get(load.item_id, ()))))
        for load in manifest.loads
    )
    return Manifest(loads=tuple(loads))


def reason_left_behind(stands: Standing, load: Load, barred: Barred, flown: tuple[str, ...] = ()) -> str:
    """One sentence: the flights a line could have taken and what they lack, or why it could take none.

    `flown` names the missions that carry other parts of the same line.
    """
    line = stands.scenario.lines[load.item_id]
    flights = stands.flights_to.get(line.destination, [])
    way = f"to {line.destination}" if line.direction == "up" else f"back from {line.destination}"
    if not flights:
        return f"no flight {way} is scheduled"
    obstacles = [(flight, *stands.obstacle(line, flight, barred)) for flight in flights]
    lawful = [flight for flight, found, _ in obstacles if not found]
    said = _full(stands, line, lawful) if lawful else _none_lawful(stands, line, obstacles, way)
    refused = [flight.mission_id for flight, found, _ in obstacles if found is Hindrance.REFUSED]
    if lawful and refused:
        said += f"; refused by stowage on {_named(refused)}"
    return f"rest of a line whose parts fly on {_named(list(flown))}: {said}" if flown else said


def mission_reasons(stands: Standing, load: Load) -> tuple[str, ...]:
    """Why a load is aboard none of the missions to its place: one sentence for each, in order of lift-off."""
    place = stands.scenario.lines[load.item_id].destination
    flights, said = stands.flights_to.get(place, []), []
    for flight in flights:
        alone = copy(stands)
        alone.flights_to = {place: [flight]}
        said.append(f"{flight.mission_id}: {reason_left_behind(alone, load, frozenset())}")
    return tuple(said)


def _named(missions: list[str]) -> str:
    if len(missions) <= NAMED:
        return ", ".join(missions)
    return f"{', '.join(missions[:NAMED])} and {len(missions) - NAMED} more"


def _full(stands: Standing, line: CargoLine, flights: list[Flight]) -> str:
    """The line may fly, but what is aboard leaves no room, or it would fly at a loss: by which measure on which flights."""
    lacking: dict[str, list[str]] = {}
    foes: dict[str, list[str]] = {}
    unpaid: list[str] = []
    taken = stands.takes(line)
    for flight in flights:
        foe = stands.rooms.foe_aboard(line, flight.mission_id)
        if foe:
            foes.setdefault(foe, []).append(flight.mission_id)
            continue
        measure = stands.rooms.full_measure(taken, flight.mission_id)
        if not measure and worth_usd(stands.scenario, line, flight) + left_behind_usd(stands.scenario, line) < 0.0:
            unpaid.append(flight.mission_id)
            continue
        lacking.setdefault(measure or "room too small to be worth a part", []).append(flight.mission_id)
    said = [f"{measure} on {_named(missions)}" for measure, missions in sorted(lacking.items())]
    count = sum(len(missions) for missions in lacking.values())
    sentences = []
    if count:
        flights_are = "the one flight it could take is" if count == 1 else f"all {count} flights it could take are"
        sentences.append(f"{flights_are} full with {stands.rivals} ({'; '.join(said)})")
    if unpaid:
        sentences.append(f"its penalties on {_named(unpaid)} would exceed what it earns")
    for foe, missions in sorted(foes.items()):
        sentences.append(f"hazard class {line.hazard} must not fly with {foe}, which is aboard {_named(missions)}")
    return "; ".join(sentences)


def _none_lawful(stands: Standing, line: CargoLine, obstacles: list[tuple[Flight, Hindrance, str]], way: str) -> str:
    """No flight may take the line: its release, its size or what the spacecraft lack."""
    in_time = [entry for entry in obstacles if entry[1] is not Hindrance.RELEASE]
    if not in_time:
        return _too_late(stands, line, [flight for flight, _, _ in obstacles], way)
    parts = []
    for kind in (Hindrance.REFUSED, Hindrance.SIZE, Hindrance.TANK, Hindrance.PERMIT, Hindrance.ROOM):
        those = [entry for entry in in_time if entry[1] is kind]
        if those:
            parts.append(_obstacle_said(line, kind, those))
    missed = len(obstacles) - len(in_time)
    early = f"{missed} earlier flight{'s' if missed != 1 else ''} {way} left before its release; " if missed else ""
    return early + "; ".join(parts)


def _too_late(stands: Standing, line: CargoLine, flights: list[Flight], way: str) -> str:
    cutoffs = [(cutoff_utc(stands.scenario, line, flight), flight.mission_id) for flight in flights]
    last, mission_id = max(cutoffs)
    late_d = days_between(last, line.release_utc)
    what = "cut-off" if line.direction == "up" else "start of loading"
    return (
        f"no flight {way} after its release: released {format_utc(line.release_utc)[:10]}, {late_d:.1f} d after"
        f" the last {what} ({mission_id}, {format_utc(last)[:10]})"
    )


def _obstacle_said(line: CargoLine, kind: Hindrance, entries: list[tuple[Flight, Hindrance, str]]) -> str:
    missions = _named([flight.mission_id for flight, _, _ in entries])
    types = ", ".join(sorted({flight.vehicle_type for flight, _, _ in entries}))
    if kind is Hindrance.REFUSED:
        return f"refused by stowage on {missions}: no place found in 3D"
    if kind is Hindrance.SIZE:
        size = f"{line.dx_m or 0.0:g} x {line.dy_m or 0.0:g} x {line.dz_m or 0.0:g} m"
        return f"a piece of {size} and {line.mass_kg / line.pieces:g} kg fits no {_bay_kind(line)} bay of {types} ({missions})"
    if kind is Hindrance.TANK:
        return f"{types} take{'s' if len(types.split(', ')) == 1 else ''} no {line.supply_class} in tanks ({missions})"
    if kind is Hindrance.PERMIT:
        return f"no export permit is in force when it would be loaded for {missions}"
    lacking = sorted({measure for _, _, measure in entries})
    return f"takes more {' or '.join(lacking)} than {types} can give even empty ({missions})"


def _bay_kind(line: CargoLine) -> str:
    return "unpressurised" if line.form == "unpressurised" else "pressurised"
