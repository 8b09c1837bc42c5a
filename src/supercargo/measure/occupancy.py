"""How busy ports, pads, facilities, crews and spacecraft are over the horizon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from supercargo.kernel import days, days_between
from supercargo.measure.intervals import Span, clipped, total_d, without
from supercargo.model import Blackout, OperationsPlan, Scenario

__all__ = ["RESOURCE_KINDS", "FleetDays", "PortUse", "ResourceUse", "fleet_days", "port_use", "resource_use"]

RESOURCE_KINDS = ("ports", "pads", "facilities", "crew handling")
HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortUse:
    """A docking place is the scarcest resource of a station: days taken against days in service."""

    destination: str
    port: str
    occupied_d: float  # arrival to departure
    blocked_d: float  # the same with the clearance after each departure
    service_d: float  # in service in the horizon, blackouts taken off
    missions_count: int

    @property
    def percent(self) -> float:
        """Days occupied over days in service [percent]; 0 for a port never in service."""
        return 100.0 * self.occupied_d / self.service_d if self.service_d else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUse:
    """Hours of one named resource that the plan uses, against the hours it has in the horizon."""

    kind: str
    resource: str
    used_h: float
    available_h: float

    @property
    def percent(self) -> float:
        """Hours used over hours available [percent]; 0 where none are available."""
        return 100.0 * self.used_h / self.available_h if self.available_h else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDays:
    """A tail is owned from the day it is ready until its life is flown, and in maintenance after each landing."""

    vehicle_type: str
    tails_count: int
    owned_d: float
    maintenance_d: float


def _horizon(scenario: Scenario) -> Span:
    return scenario.settings.start_utc, scenario.settings.end_utc


def _closed(blackouts: tuple[Blackout, ...], kind: str, name: str) -> list[Span]:
    return [(shut.from_utc, shut.to_utc) for shut in blackouts if shut.kind == kind and shut.object == name]


def port_use(plan: OperationsPlan) -> tuple[PortUse, ...]:
    """Days each port is occupied, in the scenario's order of ports; a mission at an unknown port counts nowhere."""
    scenario = plan.scenario
    start, end = _horizon(scenario)
    stays: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for mission in plan.missions:
        stays[mission.destination, mission.port].append(mission.docked_utc)
    rows = []
    for port in scenario.ports:
        service = (max(port.from_utc or start, start), min(port.to_utc or end, end))
        shut = _closed(scenario.blackouts, "port", f"{port.destination}/{port.port}")
        place = scenario.places.get(port.destination)
        clearance = days(place.clearance_d if place else 0.0)
        taken = stays[port.destination, port.port]
        rows.append(
            PortUse(
                destination=port.destination,
                port=port.port,
                occupied_d=total_d(clipped(taken, service)),
                blocked_d=total_d(clipped([(first, last + clearance) for first, last in taken], service)),
                service_d=total_d(without(service, shut)) if service[0] < service[1] else 0.0,
                missions_count=len(taken),
            )
        )
    return tuple(rows)


def _ports(plan: OperationsPlan) -> Iterator[ResourceUse]:
    for use in port_use(plan):
        yield ResourceUse(
            kind="ports",
            resource=f"{use.destination}/{use.port}",
            used_h=use.occupied_d * HOURS_A_DAY,
            available_h=use.service_d * HOURS_A_DAY,
        )


def _pads(plan: OperationsPlan) -> Iterator[ResourceUse]:
    horizon = _horizon(plan.scenario)
    stacks: dict[str, list[Span]] = defaultdict(list)
    for activity in plan.activities:
        if activity.kind == "pad":
            stacks[activity.resource_id].append((activity.start_utc, activity.end_utc))
    for pad in plan.scenario.pads:
        name = f"{pad.site}/{pad.pad}"
        taken = [(start, end + days(pad.turnaround_d)) for start, end in stacks[name]]
        used_h = total_d(clipped(taken, horizon)) * HOURS_A_DAY
        yield ResourceUse(kind="pads", resource=name, used_h=used_h, available_h=days_between(*horizon) * HOURS_A_DAY)


def _facilities(plan: OperationsPlan) -> Iterator[ResourceUse]:
    horizon = _horizon(plan.scenario)
    used_d: dict[str, float] = defaultdict(float)
    for activity in plan.activities:
        if activity.kind == "processing":
            used_d[activity.resource_id] += total_d(clipped([(activity.start_utc, activity.end_utc)], horizon))
    for facility in plan.scenario.facilities:
        shut = _closed(plan.scenario.blackouts, "facility", facility.facility_id)
        yield ResourceUse(
            kind="facilities",
            resource=facility.facility_id,
            used_h=used_d[facility.facility_id] * HOURS_A_DAY,
            available_h=total_d(without(horizon, shut)) * facility.capacity * HOURS_A_DAY,
        )


def _handling(plan: OperationsPlan) -> Iterator[ResourceUse]:
    horizon = _horizon(plan.scenario)
    used_h: dict[str, float] = defaultdict(float)
    for activity in plan.activities:
        if activity.kind in ("unload", "load"):
            span_d = total_d(clipped([(activity.start_utc, activity.end_utc)], horizon))
            used_h[activity.resource_id] += span_d * activity.units
    for place in plan.scenario.destinations:
        yield ResourceUse(
            kind="crew handling",
            resource=place.destination,
            used_h=used_h[place.destination],
            available_h=days_between(*horizon) * place.handling_h_d,
        )


def resource_use(plan: OperationsPlan) -> tuple[ResourceUse, ...]:
    """Hours used and available of each port, pad, processing bay and handling crew, within the horizon.

    A pad is used from the stack's arrival to the end of its turnaround; a facility offers its capacity times the hours it is
    open; crew hours are those set aside for unloading and loading.
    """
    return (*_ports(plan), *_pads(plan), *_facilities(plan), *_handling(plan))


def fleet_days(plan: OperationsPlan) -> tuple[FleetDays, ...]:
    """Days owned and days in maintenance of the tails of each type [d], within the horizon.

    Owned: from ready_utc (or the horizon's start) to the horizon's end, or to the end of the last flight of its life.
    Maintenance: turnaround_d after each flight that is not the last of its life.
    """
    start, end = _horizon(plan.scenario)
    landings: dict[str, list[Span]] = defaultdict(list)
    for mission in plan.missions:
        vehicle = plan.scenario.vehicle_types.get(mission.vehicle_type)
        rest = days(vehicle.turnaround_d if vehicle else 0.0)
        landings[mission.vehicle_id].append((mission.end_utc, mission.end_utc + rest))
    counts: dict[str, int] = defaultdict(int)
    owned: dict[str, float] = defaultdict(float)
    resting: dict[str, float] = defaultdict(float)
    for tail in plan.scenario.tails:
        rests = sorted(landings[tail.vehicle_id])
        until = end
        if rests and len(rests) >= tail.flights_left:
            until = min(end, rests[-1][0])
            rests = rests[:-1]
        counts[tail.vehicle_type] += 1
        own = (max(start, tail.ready_utc), until)
        owned[tail.vehicle_type] += max(0.0, days_between(*own))
        resting[tail.vehicle_type] += total_d(clipped(rests, own))
    return tuple(
        FleetDays(vehicle_type=name, tails_count=counts[name], owned_d=owned[name], maintenance_d=resting[name])
        for name in sorted(counts)
    )
