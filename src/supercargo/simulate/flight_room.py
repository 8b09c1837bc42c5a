"""A line that comes too late for its ship goes on a later one that has room for it, without a new plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from supercargo.model import CargoLine, Flight, Load, Manifest, ManifestRow, OperationsPlan, Placement, Schedule
from supercargo.plan.replan_flown import old_flights
from supercargo.plan.stowage import stow
from supercargo.simulate.flight_state import Craft, Year

__all__ = ["leave_off", "rebook"]

LATE = "came to the launch site after its ship was loaded"

_TRIES = 12


def leave_off(year: Year, rows: Sequence[ManifestRow]) -> None:
    """Lines that are not at hand stay behind, to go on a later ship."""
    names = {row.item_id for row in rows}
    year.tally.missed |= names
    year.waiting += sorted(names)
    missions = {row.mission_id for row in rows}
    off = {(row.mission_id, row.item_id) for row in rows}
    manifest = tuple(
        replace(row, mission_id="", delivered_utc=None, on_time=False if row.due_utc else None, reason=LATE)
        if (row.mission_id, row.item_id) in off
        else row
        for row in year.plan.manifest
    )
    stowage = tuple(place for place in year.plan.stowage if (place.mission_id, place.item_id) not in off)
    _follow(year, replace(year.plan, manifest=manifest, stowage=stowage), missions)


def _follow(year: Year, plan: OperationsPlan, missions: Iterable[str]) -> None:
    """Take over a plan in which some missions carry other lines."""
    loads = {name: [row for row in plan.manifest if row.mission_id == name and row.direction == "up"] for name in missions}
    changed = tuple(
        replace(
            one,
            upmass_kg=round(math.fsum(row.mass_kg for row in loads[one.mission_id]), 3),
            upvolume_m3=round(math.fsum(row.volume_m3 for row in loads[one.mission_id]), 4),
        )
        if one.mission_id in loads
        else one
        for one in plan.missions
    )
    year.adopt(replace(plan, missions=changed))
    rows = {row.item_id: row for row in plan.manifest}
    for name, parcel in year.parcels.items():
        parcel.row = rows.get(name, parcel.row)
    for name in loads:
        year.crafts[name].row = year.plan.mission_named[name]


def rebook(year: Year, craft: Craft) -> None:
    """Lines that wait go aboard as far as mass, kinds of room and bays allow, the most urgent first."""
    scenario = year.plan.scenario
    aboard = year.aboard(craft.name, "up")
    lines = [scenario.lines[row.item_id.partition("#")[0]] for row in aboard]
    kg = math.fsum(row.mass_kg for row in aboard)
    chosen: list[str] = []
    for name in sorted(year.waiting, key=lambda name: _urgency(year, name)):
        parcel = year.parcels[name]
        line = scenario.lines[name.partition("#")[0]]
        here = parcel.state == "received" and line.destination == craft.row.destination and not parcel.row.mission_id
        if here and _fits(year, craft, [*lines, line], kg + parcel.row.mass_kg):
            chosen.append(name)
            lines.append(line)
            kg += parcel.row.mass_kg
    if chosen:
        _put_aboard(year, craft, chosen)


def _urgency(year: Year, name: str) -> tuple[bool, float, str]:
    line = year.plan.scenario.lines[name.partition("#")[0]]
    due = line.due_utc or year.end_utc
    return not line.must, due.timestamp(), name


def _fits(year: Year, craft: Craft, lines: Sequence[CargoLine], kg: float) -> bool:
    """Mass, kinds of room and hazards; parts of bulk lines are left out of what waits."""
    scenario = year.plan.scenario
    vehicle = scenario.vehicle_types[craft.row.vehicle_type]
    new = lines[-1]
    if new.form == "bulk" or new.late_load or kg > craft.row.upmass_capacity_kg:
        return False

    def held_kg(*forms: str) -> float:
        return math.fsum(line.mass_kg for line in lines if line.form in forms)

    room = held_kg("bag", "box") <= vehicle.pressurised_kg and held_kg("unpressurised") <= vehicle.unpressurised_kg
    cold = math.fsum(line.mass_kg for line in lines if line.cold) <= vehicle.cold_kg
    powered = [line for line in lines if line.power_w > 0.0]
    power = sum(line.pieces for line in powered) <= vehicle.powered_slots
    power = power and math.fsum(line.power_w * line.pieces for line in powered) <= vehicle.power_w
    return room and cold and power and not new.hazard


def _put_aboard(year: Year, craft: Craft, chosen: Sequence[str]) -> None:
    flight = old_flights(year.plan)[craft.name]
    rows = {row.item_id: row for row in year.plan.manifest if row.mission_id == craft.name and row.direction == "up"}
    added = {name: year.parcels[name].row for name in chosen}
    kept, layout = _stowed(year, flight, rows, added)
    if not kept:
        return
    span = year.plan.mission_named[craft.name]
    unloaded = craft.spans.get("unload", span.docked_utc)[1]
    manifest = tuple(
        replace(row, mission_id=craft.name, delivered_utc=unloaded, on_time=_on_time(row, craft, unloaded), reason="")
        if row.item_id in kept
        else row
        for row in year.plan.manifest
    )
    stowage = (*(place for place in year.plan.stowage if place.mission_id != craft.name), *layout)
    _follow(year, replace(year.plan, manifest=manifest, stowage=stowage), (craft.name,))
    year.waiting = [name for name in year.waiting if name not in kept]
    year.tally.rebooked |= kept


def _on_time(row: ManifestRow, craft: Craft, unloaded: object) -> bool | None:
    return None if row.due_utc is None else unloaded + craft.late <= row.due_utc  # type: ignore[operator]


def _stowed(
    year: Year, flight: Flight, rows: dict[str, ManifestRow], added: dict[str, ManifestRow]
) -> tuple[set[str], tuple[Placement, ...]]:
    """Which of the added lines find room in the bays with all that is aboard, and the bays then."""
    scenario = year.plan.scenario
    limits = replace(scenario.settings.limits, stowage_tries=_TRIES)
    fewer = replace(scenario, settings=replace(scenario.settings, limits=limits))
    names = dict(added)
    while names:
        loads = tuple(_load(row, flight.mission_id) for row in (*rows.values(), *names.values()))
        made = stow(fewer, Schedule(flights=(flight,)), Manifest(loads=loads))
        refused = {item for _, item in made.refused}
        if not refused:
            return set(names), made.placements
        gone = refused & set(names) or {sorted(names)[-1]}
        names = {name: row for name, row in names.items() if name not in gone}
    return set(), ()


def _load(row: ManifestRow, mission_id: str) -> Load:
    item_id, _, part = row.item_id.partition("#")
    return Load(item_id=item_id, part=int(part or 0), mission_id=mission_id, mass_kg=row.mass_kg)
