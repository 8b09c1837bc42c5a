"""Missions, ports and arrivals of several plans side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from supercargo.kernel import days_between
from supercargo.measure.compared import Arrival, ComparedMission, ComparedPlace, ComparedPort, Figure, Stay, Value
from supercargo.measure.deliveries import line_name
from supercargo.measure.summary import Summary
from supercargo.model import ManifestRow, OperationsPlan, PlannedMission

__all__ = ["compare_missions", "compare_places", "compare_ports", "is_lost", "stay_of"]


def is_lost(mission: PlannedMission) -> bool:
    """A mission that lifted off and never docked, as a year that was flown may tell."""
    return mission.lost


def stay_of(mission: PlannedMission) -> Stay | None:
    """When and where a mission is docked; None if it never is: without port, arrival or departure."""
    arrive_utc: datetime | None = mission.arrive_utc
    depart_utc: datetime | None = mission.depart_utc
    if not mission.port or arrive_utc is None or depart_utc is None:
        return None
    return Stay(
        mission_id=mission.mission_id,
        destination=mission.destination,
        port=mission.port,
        launch_utc=mission.launch_utc,
        arrive_utc=arrive_utc,
        depart_utc=depart_utc,
    )


def compare_missions(plans: Sequence[OperationsPlan], summaries: Sequence[Summary]) -> tuple[ComparedMission, ...]:
    """Every mission that any plan flies or owes: base's order of lift-off first, then those that only others have."""
    rows = [_aboard(plan) for plan in plans]
    order: dict[str, None] = {}
    for plan in plans:
        order |= dict.fromkeys(
            one.mission_id for one in sorted(plan.missions, key=lambda one: (one.launch_utc, one.mission_id))
        )
    for plan in plans:
        order |= dict.fromkeys(request.mission_id for request in plan.scenario.missions)
    reasons = [{one.mission_id: one.reason for one in summary.unflown} for summary in summaries]
    return tuple(_mission(mission_id, plans, rows, tuple(found.get(mission_id) for found in reasons)) for mission_id in order)


def _aboard(plan: OperationsPlan) -> dict[str, list[ManifestRow]]:
    found: dict[str, list[ManifestRow]] = defaultdict(list)
    for row in plan.manifest:
        if row.mission_id:
            found[row.mission_id].append(row)
    return found


def _mission(
    mission_id: str,
    plans: Sequence[OperationsPlan],
    rows: Sequence[dict[str, list[ManifestRow]]],
    reasons: tuple[str | None, ...],
) -> ComparedMission:
    missions = [plan.mission_named.get(mission_id) for plan in plans]
    stays = tuple(stay_of(one) if one else None for one in missions)
    places = [one.destination for one in missions if one]
    places += [plan.scenario.requests[mission_id].destination for plan in plans if mission_id in plan.scenario.requests]
    loads = [_loads(plan, found.get(mission_id, [])) for plan, found in zip(plans, rows, strict=True)]
    return ComparedMission(
        mission_id=mission_id,
        destination=places[0] if places else "",
        flown=tuple(one is not None for one in missions),
        lost=tuple(one is not None and is_lost(one) for one in missions),
        launches=tuple(one.launch_utc if one else None for one in missions),
        stays=stays,
        figures=(
            *_flight_figures(mission_id, missions, stays),
            *_load_figures(mission_id, missions, loads),
            Figure(subject="mission", object=mission_id, field="why_not_flown", values=reasons),
        ),
    )


def _loads(plan: OperationsPlan, rows: Sequence[ManifestRow]) -> dict[str, float]:
    """Mass aboard by line [kg]; parts of a line count as one."""
    masses: dict[str, float] = defaultdict(float)
    for row in rows:
        masses[line_name(plan.scenario, row.item_id)] += row.mass_kg
    return masses


def _state(mission: PlannedMission | None, stay: Stay | None) -> str:
    if mission is None:
        return "not flown"
    return "lost" if is_lost(mission) else "flown" if stay else "never docked"


def _flight_figures(
    mission_id: str, missions: Sequence[PlannedMission | None], stays: Sequence[Stay | None]
) -> tuple[Figure, ...]:
    fields: tuple[tuple[str, str, tuple[Value, ...]], ...] = (
        ("state", "", tuple(_state(one, stay) for one, stay in zip(missions, stays, strict=True))),
        ("vehicle_type", "", tuple(one.vehicle_type if one else None for one in missions)),
        ("vehicle_id", "", tuple(one.vehicle_id if one else None for one in missions)),
        ("launcher", "", tuple(one.launcher if one else None for one in missions)),
        ("pad", "", tuple(f"{one.site}/{one.pad}" if one else None for one in missions)),
        ("launch_utc", "d", tuple(one.launch_utc if one else None for one in missions)),
        ("port", "", tuple(stay.port if stay else None for stay in stays)),
        ("arrive_utc", "d", tuple(stay.arrive_utc if stay else None for stay in stays)),
        ("depart_utc", "d", tuple(stay.depart_utc if stay else None for stay in stays)),
        ("attached_d", "d", tuple(days_between(stay.arrive_utc, stay.depart_utc) if stay else None for stay in stays)),
    )
    return tuple(
        Figure(subject="mission", object=mission_id, field=name, unit=unit, values=values) for name, unit, values in fields
    )


def _load_figures(
    mission_id: str, missions: Sequence[PlannedMission | None], loads: Sequence[dict[str, float]]
) -> tuple[Figure, ...]:
    base = loads[0]
    off = [[name for name in base if name not in load] for load in loads]
    new = [[name for name in load if name not in base] for load in loads]
    fields: tuple[tuple[str, str, str, tuple[Value, ...]], ...] = (
        ("upmass_kg", "kg", "more", tuple(one.upmass_kg if one else None for one in missions)),
        ("room_left_kg", "kg", "less", tuple(_room_kg(one) for one in missions)),
        ("downmass_kg", "kg", "more", tuple(one.downmass_kg if one else None for one in missions)),
        ("disposal_kg", "kg", "more", tuple(one.disposal_kg if one else None for one in missions)),
        ("lines", "count", "more", _counts(missions, [len(load) for load in loads])),
        ("lines_taken_off", "count", "", _counts(missions, [len(names) for names in off])),
        ("mass_taken_off_kg", "kg", "", tuple(math.fsum(base[name] for name in names) for names in off)),
        ("lines_added", "count", "", _counts(missions, [len(names) for names in new])),
        ("cost_usd", "USD", "less", tuple(one.cost_usd if one else None for one in missions)),
        ("service_cost_usd", "USD", "less", tuple(one.service_cost_usd if one else None for one in missions)),
        ("price_usd", "USD", "more", tuple(one.price_usd if one else None for one in missions)),
    )
    return tuple(
        Figure(subject="mission", object=mission_id, field=name, unit=unit, sense=sense, values=values)
        for name, unit, sense, values in fields
    )


def _room_kg(mission: PlannedMission | None) -> float | None:
    return max(0.0, mission.upmass_capacity_kg - mission.upmass_kg) if mission else None


def _counts(missions: Sequence[PlannedMission | None], counts: Sequence[int]) -> tuple[Value, ...]:
    return tuple(float(number) if one else None for one, number in zip(missions, counts, strict=True))


def compare_ports(plans: Sequence[OperationsPlan], summaries: Sequence[Summary]) -> tuple[ComparedPort, ...]:
    """Every docking place that some plan uses, or has in service: days taken, visits and days attached to one visit."""
    uses = [{(use.destination, use.port): use for use in summary.ports} for summary in summaries]
    stays = [_by_port(plan) for plan in plans]
    names: dict[tuple[str, str], None] = {}
    for known, found in zip(uses, stays, strict=True):
        names |= dict.fromkeys((*known, *sorted(found.keys() - known.keys())))
    ports = []
    for name in names:
        if not any(found[name] for found in stays if name in found):
            continue
        attached = [[days_between(one.arrive_utc, one.depart_utc) for one in found.get(name, ())] for found in stays]
        taken = [known.get(name) for known in uses]
        fields: tuple[tuple[str, str, tuple[Value, ...]], ...] = (
            ("visits", "count", tuple(float(len(found)) for found in attached)),
            ("attached_mean_d", "d", tuple(math.fsum(found) / len(found) if found else None for found in attached)),
            ("attached_largest_d", "d", tuple(max(found, default=None) for found in attached)),
            ("occupied_d", "d", tuple(use.occupied_d if use else None for use in taken)),
            ("service_d", "d", tuple(use.service_d if use else None for use in taken)),
            ("occupied_percent", "percent", tuple(use.percent if use and use.service_d else None for use in taken)),
        )
        figures = tuple(
            Figure(subject="port", object=f"{name[0]}/{name[1]}", field=field, unit=unit, values=values)
            for field, unit, values in fields
        )
        ports.append(ComparedPort(destination=name[0], port=name[1], figures=figures))
    return tuple(ports)


def _by_port(plan: OperationsPlan) -> dict[tuple[str, str], list[Stay]]:
    found: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in _stays(plan):
        found[stay.destination, stay.port].append(stay)
    return found


def _stays(plan: OperationsPlan) -> list[Stay]:
    stays = [stay for mission in plan.missions if (stay := stay_of(mission))]
    return sorted(stays, key=lambda one: (one.arrive_utc, one.mission_id))


def compare_places(plans: Sequence[OperationsPlan]) -> tuple[ComparedPlace, ...]:
    """Every place that some plan flies to: its arrivals, and the days between one and the next."""
    arrivals = [_arrivals(plan) for plan in plans]
    names: dict[str, None] = {}
    for plan, found in zip(plans, arrivals, strict=True):
        names |= dict.fromkeys(place.destination for place in plan.scenario.destinations)
        names |= dict.fromkeys(sorted(found))
    return tuple(
        _place(name, [found.get(name, ()) for found in arrivals]) for name in names if any(name in a for a in arrivals)
    )


def _arrivals(plan: OperationsPlan) -> dict[str, tuple[Arrival, ...]]:
    by_place: dict[str, list[Stay]] = defaultdict(list)
    for stay in _stays(plan):
        by_place[stay.destination].append(stay)
    found = {}
    for name, stays in by_place.items():
        gaps_d = [None, *(days_between(before.arrive_utc, after.arrive_utc) for before, after in pairwise(stays))]
        found[name] = tuple(
            Arrival(mission_id=stay.mission_id, arrive_utc=stay.arrive_utc, gap_d=gap_d)
            for stay, gap_d in zip(stays, gaps_d, strict=True)
        )
    return found


def _place(name: str, arrivals: Sequence[tuple[Arrival, ...]]) -> ComparedPlace:
    gaps = [[one.gap_d for one in found if one.gap_d is not None] for found in arrivals]
    fields: tuple[tuple[str, str, str, tuple[Value, ...]], ...] = (
        ("arrivals", "count", "", tuple(float(len(found)) for found in arrivals)),
        ("gap_mean_d", "d", "", tuple(math.fsum(found) / len(found) if found else None for found in gaps)),
        ("gap_largest_d", "d", "less", tuple(max(found, default=None) for found in gaps)),
        ("gap_smallest_d", "d", "", tuple(min(found, default=None) for found in gaps)),
    )
    return ComparedPlace(
        destination=name,
        arrivals=tuple(arrivals),
        figures=tuple(
            Figure(subject="place", object=name, field=field, unit=unit, sense=sense, values=values)
            for field, unit, sense, values in fields
        ),
    )
