"""When each load reaches its place, by the order in which pieces are moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from supercargo.kernel import DAY_S, as_written
from supercargo.model import CargoLine, Flight, Load, Manifest, ManifestRow, Scenario, Schedule, StowagePlan

__all__ = ["deliver"]


def deliver(scenario: Scenario, schedule: Schedule, manifest: Manifest, stowage: StowagePlan) -> tuple[ManifestRow, ...]:
    """A line is delivered when its last piece is through the hatch, not when the spacecraft docks.

    One row for each load, in order of item and part; see "Delivery" in docs/planning-rules.md.
    """
    delivered: dict[tuple[str, str], datetime] = {}
    for flight in (flight for flight in schedule.flights if not flight.lost):
        loads = manifest.aboard.get(flight.mission_id, ())
        for written_id, at in _unloaded(scenario, flight, loads, stowage).items():
            delivered[flight.mission_id, written_id] = at
    ordered = sorted(manifest.loads, key=lambda load: (load.item_id, load.part))
    return tuple(_row(scenario, schedule, load, delivered) for load in ordered)


def _unloaded(scenario: Scenario, flight: Flight, loads: tuple[Load, ...], stowage: StowagePlan) -> Mapping[str, datetime]:
    """Delivery instant of each up load of one flight."""
    place = scenario.places[flight.destination]
    moved_h: dict[str, float] = {}
    placements = sorted(stowage.of_mission.get(flight.mission_id, ()), key=lambda placed: placed.unload_order)
    for count, placed in enumerate(placements, start=1):
        moved_h[placed.item_id] = count * place.hours_per_piece
    hours = len(placements) * place.hours_per_piece
    for load in sorted(loads, key=lambda load: (load.item_id, load.part)):
        line = scenario.lines[load.item_id]
        if line.direction == "up" and line.form == "bulk":
            hours += load.mass_kg / 1000.0 * place.hours_per_bulk_t
            moved_h[load.written_id] = hours
    return {
        written_id: flight.unload_start_utc + timedelta(seconds=math.ceil(round(DAY_S * h / flight.unload_h_d, 3)) if h else 0)
        for written_id, h in moved_h.items()
    }


def _row(scenario: Scenario, schedule: Schedule, load: Load, delivered: Mapping[tuple[str, str], datetime]) -> ManifestRow:
    line = scenario.lines[load.item_id]
    flight = schedule.flight_of[load.mission_id] if load.mission_id else None
    lost = flight is not None and flight.lost
    at = None
    if flight is not None and not lost:
        at = delivered[load.mission_id, load.written_id] if line.direction == "up" else flight.end_utc
    return as_written(
        ManifestRow(
            item_id=load.written_id,
            direction=line.direction,
            form=line.form,
            mission_id=load.mission_id,
            mass_kg=load.mass_kg,
            volume_m3=line.volume_m3,
            customer=line.customer,
            due_utc=line.due_utc,
            delivered_utc=at,
            on_time=_on_time(line, at),
            reason=f"lost with {load.mission_id} before docking" if lost else load.reason,
            pieces=line.pieces,
            destination=line.destination,
            supply_class=line.supply_class,
            contract_id=scenario.contract_id(line),
        )
    )


def _on_time(line: CargoLine, delivered: datetime | None) -> bool | None:
    if line.due_utc is None:
        return None
    return delivered is not None and delivered <= line.due_utc
