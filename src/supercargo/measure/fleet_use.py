"""How each spacecraft spends its days and what its flights carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from supercargo.kernel import days, days_between
from supercargo.measure.intervals import Span, clipped, total_d
from supercargo.model import FleetLife, OperationsPlan, PlannedMission, Tail
from supercargo.model.fleet import MaintenanceRow, TailUse, TypeUse

__all__ = ["busy_before", "flights_of", "owned_span", "rests_of", "tail_use", "type_use"]


def flights_of(plan: OperationsPlan) -> Mapping[str, tuple[PlannedMission, ...]]:
    """Missions of each tail in order of lift-off; a tail that flies none has no entry."""
    found: dict[str, list[PlannedMission]] = defaultdict(list)
    for mission in sorted(plan.missions, key=lambda mission: mission.launch_utc):
        found[mission.vehicle_id].append(mission)
    return {tail: tuple(missions) for tail, missions in found.items()}


def owned_span(plan: OperationsPlan, tail: Tail, flights: Sequence[PlannedMission]) -> Span:
    """From ready (or the horizon's start) to the horizon's end, or to the end of the last flight of its life."""
    settings = plan.scenario.settings
    until = settings.end_utc
    if flights and len(flights) >= tail.flights_left:
        until = min(until, max(mission.end_utc for mission in flights))
    start = max(settings.start_utc, tail.ready_utc)
    return start, max(start, until)


def rests_of(plan: OperationsPlan, tail: Tail, flights: Sequence[PlannedMission]) -> tuple[Span, ...]:
    """Turnarounds of a tail: after each flight that is not the last of its life, for the days of its type."""
    vehicle = plan.scenario.vehicle_types.get(tail.vehicle_type)
    rest = days(vehicle.turnaround_d if vehicle else 0.0)
    spans = sorted((mission.end_utc, mission.end_utc + rest) for mission in flights)
    return tuple(spans[:-1] if spans and len(flights) >= tail.flights_left else spans)


def busy_before(plan: OperationsPlan) -> Mapping[str, tuple[datetime, ...]]:
    """Instants at which each tail enters processing, in order: by then work on it must be done."""
    of_mission = {mission.mission_id: mission.vehicle_id for mission in plan.missions}
    found: dict[str, list[datetime]] = defaultdict(list)
    for activity in plan.activities:
        if activity.kind == "processing" and activity.mission_id in of_mission:
            found[of_mission[activity.mission_id]].append(activity.start_utc)
    return {tail: tuple(sorted(starts)) for tail, starts in found.items()}


def tail_use(
    plan: OperationsPlan, maintenance: Sequence[MaintenanceRow], lives: Mapping[str, FleetLife]
) -> tuple[TailUse, ...]:
    """Each tail's days owned, by what they are spent on, and the flights of its life, in order of type and name."""
    flights = flights_of(plan)
    of_mission = {mission.mission_id: mission.vehicle_id for mission in plan.missions}
    prepared: dict[str, list[Span]] = defaultdict(list)
    for activity in plan.activities:
        if activity.kind in ("processing", "pad") and activity.mission_id in of_mission:
            prepared[of_mission[activity.mission_id]].append((activity.start_utc, activity.end_utc))
    inspected: dict[str, list[Span]] = defaultdict(list)
    for row in maintenance:
        if row.work == "inspection" and row.start_utc is not None and row.end_utc is not None:
            inspected[row.vehicle_id].append((row.start_utc, row.end_utc))
    found = []
    for tail in sorted(plan.scenario.tails, key=lambda tail: (tail.vehicle_type, tail.vehicle_id)):
        own_flights = flights.get(tail.vehicle_id, ())
        own = owned_span(plan, tail, own_flights)
        spans = {
            "flying_d": clipped([(one.launch_utc, one.end_utc) for one in own_flights], own),
            "processing_d": clipped(prepared[tail.vehicle_id], own),
            "maintenance_d": clipped(rests_of(plan, tail, own_flights), own),
            "inspection_d": clipped(inspected[tail.vehicle_id], own),
        }
        owned = max(0.0, days_between(*own))
        life = lives.get(tail.vehicle_type)
        found.append(
            TailUse(
                vehicle_id=tail.vehicle_id,
                vehicle_type=tail.vehicle_type,
                flights_count=len(own_flights),
                flights_left_before=tail.flights_left,
                flights_left_after=tail.flights_left - len(own_flights),
                life_flights=life.life_flights if life else None,
                owned_d=owned,
                idle_d=max(0.0, owned - total_d([span for part in spans.values() for span in part])),
                upmass_kg=sum(one.upmass_kg for one in own_flights),
                upmass_capacity_kg=sum(one.upmass_capacity_kg for one in own_flights),
                **{name: total_d(part) for name, part in spans.items()},
            )
        )
    return tuple(found)


def type_use(plan: OperationsPlan, tails: Sequence[TailUse]) -> tuple[TypeUse, ...]:
    """Tails and flights of each type together, in order of name; a type without tails that flies has a row too."""
    names = sorted({tail.vehicle_type for tail in tails} | {mission.vehicle_type for mission in plan.missions})
    return tuple(_of_type(plan, name, [tail for tail in tails if tail.vehicle_type == name]) for name in names)


def _of_type(plan: OperationsPlan, name: str, tails: Sequence[TailUse]) -> TypeUse:
    missions = [mission for mission in plan.missions if mission.vehicle_type == name]
    vehicle = plan.scenario.vehicle_types.get(name)
    owned = sum(tail.owned_d for tail in tails)
    up, capacity = sum(one.upmass_kg for one in missions), sum(one.upmass_capacity_kg for one in missions)
    volume = sum(one.upvolume_capacity_m3 for one in missions)
    back = len(missions) * (vehicle.downmass_kg if vehicle else 0.0)
    cost = sum(one.cost_usd for one in missions)

    def share(part: float, whole: float) -> float:
        return 100.0 * part / whole if whole else 0.0

    return TypeUse(
        vehicle_type=name,
        tails_count=len(tails),
        unused_count=sum(not tail.flights_count for tail in tails),
        flights_count=len(missions),
        flights_left_after=sum(tail.flights_left_after for tail in tails),
        owned_d=owned,
        flying_percent=share(sum(tail.flying_d for tail in tails), owned),
        maintenance_percent=share(sum(tail.maintenance_d + tail.inspection_d for tail in tails), owned),
        idle_percent=share(sum(tail.idle_d for tail in tails), owned),
        mass_percent=share(up, capacity),
        volume_percent=share(sum(one.upvolume_m3 for one in missions), volume) if volume else None,
        down_percent=share(sum(one.downmass_kg for one in missions), back) if back else None,
        cost_usd=cost,
        usd_per_kg=cost / up if up else None,
    )
