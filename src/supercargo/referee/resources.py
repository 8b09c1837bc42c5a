"""Resources: pads, ranges, facilities, tails, ports, approaches and hands hold no more than they can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from supercargo.referee.case import TIME_TOLERANCE_S, Case, Voyage, day_word, span_s, stamp, when
from supercargo.referee.rule import Finding

__all__ = [
    "arrival_spacing",
    "blackout",
    "facility_capacity",
    "handling_hours",
    "pad_free",
    "port_free",
    "port_service",
    "port_system",
    "range_spacing",
    "tail_life",
    "tail_ready",
    "tail_turnaround",
]

_Use = tuple[int, int, str]  # start, end [s since 1970], mission


def _grouped(uses: Iterable[tuple[str, _Use]]) -> Mapping[str, list[_Use]]:
    found: dict[str, list[_Use]] = {}
    for name, use in uses:
        found.setdefault(name, []).append(use)
    return {name: sorted(found[name]) for name in sorted(found)}


def _clashes(uses: list[_Use]) -> Iterator[tuple[str, str, int]]:
    """Yield (first, next, seconds that are missing) where a use starts before an earlier one is over."""
    holder: _Use | None = None
    for use in uses:
        if holder and use[0] < holder[1] - TIME_TOLERANCE_S:
            yield holder[2], use[2], holder[1] - use[0]
        if holder is None or use[1] > holder[1]:
            holder = use


def pad_free(case: Case) -> Iterator[Finding]:
    """A pad holds one stack, and needs its turnaround after a launch."""
    turnaround_d = {f"{pad.site}/{pad.pad}": pad.turnaround_d for pad in case.scenario.pads}
    uses = _grouped(
        (pad, (voyage.pad_s, voyage.launch_s + span_s(turnaround_d.get(pad, 0.0)), voyage.mission_id))
        for voyage in case.voyages.values()
        for pad in [f"{voyage.mission.site}/{voyage.mission.pad}"]
    )
    for pad, stacks in uses.items():
        for first, later, missing_s in _clashes(stacks):
            yield f"{pad}/{first}/{later}", f"pad {pad} is not free of {first} when {later} comes: {day_word(missing_s)} short"


def range_spacing(case: Case) -> Iterator[Finding]:
    """A range serves one launch at a time: the next lifts off from its sites only when its spacing is over."""
    range_of = {site.site: site.range_name or site.site for site in case.scenario.sites}
    spacing_d: dict[str, float] = {}
    for site in case.scenario.sites:
        name = range_of[site.site]
        spacing_d[name] = max(site.range_spacing_d, spacing_d.get(name, 0.0))
    launches = _grouped(
        (name, (voyage.launch_s, voyage.launch_s + span_s(spacing_d[name]), voyage.mission_id))
        for voyage in case.voyages.values()
        for name in [range_of.get(voyage.mission.site)]
        if name is not None
    )
    for name, uses in launches.items():
        for first, later, missing_s in _clashes(uses):
            words = f"{later} lifts off too soon after {first} on range {name}: {day_word(missing_s)} short"
            yield f"{name}/{first}/{later}", words


def arrival_spacing(case: Case) -> Iterator[Finding]:
    """A place receives one spacecraft at a time: two arrivals are as far apart as it asks, at whichever ports."""
    arrivals = _grouped(
        (
            voyage.mission.destination,
            (voyage.arrive_s, voyage.arrive_s + span_s(voyage.place.arrival_spacing_d), voyage.mission_id),
        )
        for voyage in case.arrivals.values()
    )
    for place, uses in arrivals.items():
        for first, later, missing_s in _clashes(uses):
            yield f"{place}/{first}/{later}", f"{later} arrives at {place} too soon after {first}: {day_word(missing_s)} short"


def port_free(case: Case) -> Iterator[Finding]:
    """A port takes one spacecraft at a time, with clearance between a departure and the next arrival."""
    uses = _grouped(
        (
            f"{voyage.mission.destination}/{voyage.mission.port}",
            (voyage.arrive_s, voyage.depart_s + span_s(voyage.place.clearance_d), voyage.mission_id),
        )
        for voyage in case.arrivals.values()
    )
    for port, stays in uses.items():
        for first, later, missing_s in _clashes(stays):
            words = f"port {port} is not free and clear of {first} when {later} arrives: {day_word(missing_s)} short"
            yield f"{port}/{first}/{later}", words


def port_system(case: Case) -> Iterator[Finding]:
    """A spacecraft docks only where its docking system fits."""
    systems = {(port.destination, port.port): port.docking_system for port in case.scenario.ports}
    for name, voyage in case.arrivals.items():
        mission = voyage.mission
        fits = systems.get((mission.destination, mission.port))
        if fits is not None and voyage.vehicle.docking_system not in fits:
            port = f"{mission.destination}/{mission.port}"
            yield (
                name,
                f"mission {name} carries {voyage.vehicle.docking_system}, port {port} takes {', '.join(fits) or 'none'}",
            )


def port_service(case: Case) -> Iterator[Finding]:
    """A port is used only while it is in service."""
    ports = {(port.destination, port.port): port for port in case.scenario.ports}
    for name, voyage in case.arrivals.items():
        port = ports.get((voyage.mission.destination, voyage.mission.port))
        if port and port.from_utc and voyage.arrive_s < stamp(port.from_utc) - TIME_TOLERANCE_S:
            yield (
                name,
                f"mission {name} arrives {when(voyage.arrive_s)}, port {port.port} serves from {when(stamp(port.from_utc))}",
            )
        if port and port.to_utc and voyage.depart_s > stamp(port.to_utc) + TIME_TOLERANCE_S:
            yield (
                name,
                f"mission {name} departs {when(voyage.depart_s)}, port {port.port} serves until {when(stamp(port.to_utc))}",
            )


def _peaks(loads: list[tuple[int, int, float, str]], limit: float) -> Iterator[tuple[str, float, int]]:
    """Yield (mission, load, instant) where the loads present as a mission enters exceed the limit."""
    for start_s, _, _, name in loads:
        present = [load for load in loads if load[0] <= start_s < load[1] - TIME_TOLERANCE_S]
        total = sum(load[2] for load in present)
        if total > limit + 1e-6:
            yield name, total, start_s


def facility_capacity(case: Case) -> Iterator[Finding]:
    """A facility holds at most its number of spacecraft."""
    capacity = {facility.facility_id: facility.capacity for facility in case.scenario.facilities}
    inside: dict[str, list[tuple[int, int, float, str]]] = {}
    for name, voyage in case.voyages.items():
        if voyage.mission.facility_id in capacity:
            inside.setdefault(voyage.mission.facility_id, []).append((voyage.processing_s, voyage.pad_s, 1.0, name))
    for facility_id in sorted(inside):
        for name, count, at_s in _peaks(sorted(inside[facility_id]), capacity[facility_id]):
            words = (
                f"{facility_id} holds {count:g} spacecraft when {name} enters at {when(at_s)}, {capacity[facility_id]:g} fit"
            )
            yield f"{facility_id}/{name}", words


def handling_hours(case: Case) -> Iterator[Finding]:
    """The crew or robots of a place give no more hours a day to cargo than they have, all ports together."""
    works: dict[str, list[tuple[int, int, float, str]]] = {}
    for name, voyage in case.arrivals.items():
        found = works.setdefault(voyage.mission.destination, [])
        found.append((voyage.unload_start_s, voyage.unload_end_s, voyage.rate_h_d, name))
        found.append((voyage.load_start_s, voyage.load_end_s, voyage.rate_h_d, name))
    for place in sorted(works):
        limit = case.scenario.places[place].handling_h_d
        for name, hours, at_s in _peaks(sorted(works[place]), limit):
            yield (
                f"{place}/{name}",
                f"cargo at {place} takes {hours:g} h a day from {when(at_s)} ({name}), there are {limit:g}",
            )


def tail_ready(case: Case) -> Iterator[Finding]:
    """A tail enters processing not before it is ready."""
    ready = {tail.vehicle_id: stamp(tail.ready_utc) for tail in case.scenario.tails}
    for name, voyage in case.voyages.items():
        ready_s = ready.get(voyage.mission.vehicle_id)
        if ready_s is not None and voyage.processing_s < ready_s - TIME_TOLERANCE_S:
            words = f"mission {name}: tail {voyage.mission.vehicle_id} enters processing {when(voyage.processing_s)}"
            yield name, f"{words}, ready is {when(ready_s)}"


def tail_turnaround(case: Case) -> Iterator[Finding]:
    """A tail flies again only after it has landed and been turned around."""
    uses = _grouped(
        (
            voyage.mission.vehicle_id,
            (voyage.processing_s, voyage.end_s + span_s(voyage.vehicle.turnaround_d), voyage.mission_id),
        )
        for voyage in case.voyages.values()
    )
    for tail, flights in uses.items():
        for first, later, missing_s in _clashes(flights):
            words = f"tail {tail} is not back and turned around from {first} when {later} enters processing"
            yield f"{tail}/{first}/{later}", f"{words}: {day_word(missing_s)} short"


def tail_life(case: Case) -> Iterator[Finding]:
    """A tail flies no more often than it has flights left."""
    flown: dict[str, list[str]] = {}
    for name, mission in sorted(case.missions.items()):
        flown.setdefault(mission.vehicle_id, []).append(name)
    for tail in sorted(case.scenario.tails, key=lambda tail: tail.vehicle_id):
        count = len(flown.get(tail.vehicle_id, ()))
        if count > tail.flights_left + 1e-9:
            yield tail.vehicle_id, f"tail {tail.vehicle_id} flies {count} times, {tail.flights_left:g} flights are left"


def _closed(voyage: Voyage) -> Mapping[tuple[str, str], tuple[str, tuple[tuple[int, int], ...]]]:
    """What a closure would hit: (kind, object) -> what happens there and the spans in which it does [s since 1970]."""
    mission = voyage.mission
    launch = ("lifts off", ((voyage.launch_s, voyage.launch_s + 1),))
    ground = {
        ("site", mission.site): launch,
        ("pad", f"{mission.site}/{mission.pad}"): launch,
        ("launcher", mission.launcher): launch,
        ("vehicle", mission.vehicle_type): launch,
        ("facility", mission.facility_id): ("is in processing", ((voyage.processing_s, voyage.pad_s),)),
    }
    if not voyage.docks:
        return ground
    ends = ((voyage.arrive_s, voyage.arrive_s + 1), (voyage.depart_s, voyage.depart_s + 1))
    return ground | {
        ("destination", mission.destination): ("arrives or departs", ends),
        ("port", f"{mission.destination}/{mission.port}"): ("is docked", ((voyage.arrive_s, voyage.depart_s),)),
    }


def blackout(case: Case) -> Iterator[Finding]:
    """Nothing lifts off from, arrives at, stays at or is processed in what is closed."""
    closures = sorted(case.scenario.blackouts, key=lambda closure: (closure.kind, closure.object, closure.from_utc))
    for name, voyage in case.voyages.items():
        hit = _closed(voyage)
        for closure in closures:
            deed, spans = hit.get((closure.kind, closure.object), ("", ()))
            from_s, to_s = stamp(closure.from_utc), stamp(closure.to_utc)
            if any(start_s < to_s and end_s > from_s for start_s, end_s in spans):
                words = f"mission {name} {deed} while {closure.kind} {closure.object} is closed"
                yield (
                    f"{name}/{closure.kind}",
                    f"{words}, {when(from_s)} to {when(to_s)} ({closure.reason or 'no reason given'})",
                )
