"""Which gates a mission has to pass: the template that names most of the mission holds."""

from __future__ import annotations

from collections.abc import Iterable

from supercargo.model import GateTemplate, PlannedMission
from supercargo.track.missions.events import FlightPlan, GateDue

__all__ = ["gates_for"]


def gates_for(flight: FlightPlan | PlannedMission, templates: Iterable[GateTemplate]) -> tuple[GateDue, ...]:
    """The gates of a mission, the earliest due first.

    Of two templates of one name the one that names both type and place counts before one that names either, and that before
    one for all; of two alike the first.
    """
    chosen: dict[str, tuple[int, GateTemplate]] = {}
    for one in templates:
        if one.vehicle_types and flight.vehicle_type not in one.vehicle_types:
            continue
        if one.destinations and flight.destination not in one.destinations:
            continue
        named = bool(one.vehicle_types) + bool(one.destinations)
        if one.gate not in chosen or named > chosen[one.gate][0]:
            chosen[one.gate] = named, one
    found = (
        GateDue(gate=one.gate, before_launch_d=one.before_launch_d, owner=one.owner, proof=one.proof)
        for _, one in chosen.values()
    )
    return tuple(sorted(found, key=lambda due: (-due.before_launch_d, due.gate)))
