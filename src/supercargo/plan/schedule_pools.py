"""What missions compete for: pads, ranges, facilities, tails, ports, approaches and hands, pooled where members are alike.

Members of a pool can be told apart by nothing that a mission cares about, so it is enough to count them: where at no
instant more are wanted than there are, the first free one can be given to each mission in order of its start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.kernel import days, days_between
from supercargo.model import Blackout, Facility, LaunchWindow, Pad, Port, Scenario, Site, Tail, VehicleType
from supercargo.plan.schedule_instants import seconds_of
from supercargo.solve.scheduling import FOREVER, Block

__all__ = ["Closures", "Pool", "Yard", "closures_of", "hands", "yard_of"]

HANDS = 100  # units for one crew hour a day: hundredths of an hour


@dataclass(frozen=True, slots=True)
class Pool:
    """Alike members of one kind; `reusable` tails come back, others are gone after one flight."""

    kind: str
    members: tuple[str, ...]
    capacity: int
    reusable: bool = True
    flights: int = -1  # resource that counts flights of a tail near the end of its life


@dataclass(frozen=True)
class Closures:
    """Closed times [s from the start of the horizon) by (kind, name)."""

    spans: Mapping[tuple[str, str], tuple[tuple[int, int], ...]]

    def end_of(self, kind: str, name: str, instant: int) -> int:
        """First open instant at or after `instant`."""
        for start, end in self.spans.get((kind, name), ()):
            if start <= instant < end:
                instant = end
        return instant

    def meet(self, kind: str, name: str, start: int, end: int) -> bool:
        """Whether [start, end) touches a closed time."""
        return any(start < until and end > since for since, until in self.spans.get((kind, name), ()))


@dataclass(frozen=True)
class Yard:
    """All pools (a resource is its index) and where to look for them."""

    pools: tuple[Pool, ...]
    blocks: tuple[Block, ...]
    pad_named: Mapping[tuple[str, str], Pad]  # by site and pad
    pads: Mapping[tuple[str, str], int]  # by site and pad
    facilities: Mapping[str, tuple[tuple[int, Facility], ...]]  # by site
    ports: Mapping[str, tuple[tuple[int, Port], ...]]  # by destination
    tails: Mapping[str, tuple[int, ...]]  # by vehicle type
    crews: Mapping[str, int]  # by destination
    ranges: Mapping[str, tuple[int, int]]  # by site: pool, and seconds for which a launch holds it
    arrivals: Mapping[str, int]  # by destination


def hands(rate_h_d: float, handling_h_d: float) -> int:
    """Crew hours a day as whole units, rounded up but never above all hands of the place."""
    return min(math.ceil(round(rate_h_d * HANDS, 6)), math.floor(round(handling_h_d * HANDS, 6)))


def closures_of(blackouts: Iterable[Blackout], start_utc: datetime) -> Closures:
    """Collect blackouts by what they close, in order of time."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for blackout in blackouts:
        span = (seconds_of(blackout.from_utc - start_utc), seconds_of(blackout.to_utc - start_utc))
        spans.setdefault((blackout.kind, blackout.object), []).append(span)
    return Closures({key: tuple(sorted(found)) for key, found in spans.items()})


class _Ledger:
    """Pools as they are written down; a pool's number is its place."""

    def __init__(self) -> None:
        self.pools: list[Pool] = []
        self.blocks: list[Block] = []

    def add(self, kind: str, members: tuple[str, ...], capacity: int) -> int:
        self.pools.append(Pool(kind, members, capacity))
        return len(self.pools) - 1


def yard_of(scenario: Scenario, windows: Iterable[LaunchWindow], closures: Closures) -> Yard:
    """Pool everything missions compete for, in an order that does not depend on the order of the input."""
    ledger = _Ledger()
    pads = _pads(scenario, windows, closures, ledger)
    crews = {}
    for place in sorted(scenario.destinations, key=lambda place: place.destination):
        units = math.floor(round(place.handling_h_d * HANDS, 6))
        crews[place.destination] = ledger.add("crew", (place.destination,), units)
    facilities = _facilities(scenario, closures, ledger)
    ports = _ports(scenario, closures, ledger)
    tails = _tails(scenario, ledger)
    ranges = _ranges(scenario, ledger)
    arrivals = {}
    for place in sorted(scenario.destinations, key=lambda place: place.destination):
        arrivals[place.destination] = ledger.add("arrival", (place.destination,), 1)
    named = {(pad.site, pad.pad): pad for pad in scenario.pads}
    pools, blocks = tuple(ledger.pools), tuple(ledger.blocks)
    return Yard(pools, blocks, named, pads, facilities, ports, tails, crews, ranges, arrivals)


def _pads(
    scenario: Scenario, windows: Iterable[LaunchWindow], closures: Closures, ledger: _Ledger
) -> dict[tuple[str, str], int]:
    """Pool the pads of a site that turn round alike, close alike and open to the same places at the same instants."""
    opens: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for window in windows:
        seen = (window.destination, window.launcher, window.launch_utc, window.transit_d)
        opens.setdefault((window.site, window.pad), set()).add(seen)
    alike: dict[tuple[object, ...], list[Pad]] = {}
    for pad in sorted(scenario.pads, key=lambda pad: (pad.site, pad.pad)):
        spans = closures.spans.get(("pad", f"{pad.site}/{pad.pad}"), ())
        seen_from = frozenset(opens.get((pad.site, pad.pad), ()))
        key = (pad.site, tuple(sorted(pad.launchers)), pad.turnaround_d, spans, seen_from)
        alike.setdefault(key, []).append(pad)
    found = {}
    for group in alike.values():
        number = ledger.add("pad", tuple(pad.pad for pad in group), len(group))
        found.update({(pad.site, pad.pad): number for pad in group})
    return found


def _ranges(scenario: Scenario, ledger: _Ledger) -> dict[str, tuple[int, int]]:
    """Pool sites by the range they name; a site that names none is its own. The longest spacing stated on a range holds."""
    members: dict[str, list[Site]] = {}
    for site in sorted(scenario.sites, key=lambda site: site.site):
        members.setdefault(site.range_name or site.site, []).append(site)
    found = {}
    for name, sites in sorted(members.items()):
        number = ledger.add("range", (name,), 1)
        spacing_s = seconds_of(days(max(site.range_spacing_d for site in sites)))
        found.update({site.site: (number, spacing_s) for site in sites})
    return found


def _facilities(scenario: Scenario, closures: Closures, ledger: _Ledger) -> dict[str, tuple[tuple[int, Facility], ...]]:
    alike: dict[tuple[object, ...], list[Facility]] = {}
    for facility in sorted(scenario.facilities, key=lambda facility: facility.facility_id):
        spans = closures.spans.get(("facility", facility.facility_id), ())
        alike.setdefault((facility.site, tuple(sorted(facility.vehicle_types)), spans), []).append(facility)
    found: dict[str, list[tuple[int, Facility]]] = {}
    for group in alike.values():
        slots = tuple(facility.facility_id for facility in group for _ in range(int(facility.capacity)))
        if slots:
            number = ledger.add("facility", slots, len(slots))
            found.setdefault(group[0].site, []).append((number, group[0]))
    return {site: tuple(rows) for site, rows in found.items()}


def _ports(scenario: Scenario, closures: Closures, ledger: _Ledger) -> dict[str, tuple[tuple[int, Port], ...]]:
    alike: dict[tuple[object, ...], list[Port]] = {}
    for port in sorted(scenario.ports, key=lambda port: (port.destination, port.port)):
        spans = closures.spans.get(("port", f"{port.destination}/{port.port}"), ())
        key = (port.destination, tuple(sorted(port.docking_system)), port.from_utc, port.to_utc, spans)
        alike.setdefault(key, []).append(port)
    found: dict[str, list[tuple[int, Port]]] = {}
    for group in alike.values():
        number = ledger.add("port", tuple(port.port for port in group), len(group))
        found.setdefault(group[0].destination, []).append((number, group[0]))
    return {destination: tuple(rows) for destination, rows in found.items()}


def _tails(scenario: Scenario, ledger: _Ledger) -> dict[str, tuple[int, ...]]:
    """Pool the tails of each type: those with one flight left, those never worn out this year, each other by itself."""
    found: dict[str, tuple[int, ...]] = {}
    for name, vehicle in sorted(scenario.vehicle_types.items()):
        tails = sorted((t for t in scenario.tails if t.vehicle_type == name), key=lambda t: (t.ready_utc, t.vehicle_id))
        most = _most_flights(scenario, vehicle)
        once = [tail for tail in tails if int(tail.flights_left) == 1]
        fresh = [tail for tail in tails if int(tail.flights_left) >= max(2, most)]
        others = [[tail] for tail in tails if 1 < int(tail.flights_left) < max(2, most)]
        groups = [group for group in (once, fresh, *others) if group]
        found[name] = tuple(_tail_pool(scenario, ledger, group, most) for group in groups)
    return found


def _tail_pool(scenario: Scenario, ledger: _Ledger, group: list[Tail], most: int) -> int:
    number = ledger.add("tail", tuple(tail.vehicle_id for tail in group), len(group))
    start_utc = scenario.settings.start_utc
    for tail in group:
        ledger.blocks.append(Block(number, -FOREVER, seconds_of(tail.ready_utc - start_utc), 1))
    left = int(group[0].flights_left)
    if left == 1:
        ledger.pools[number] = replace(ledger.pools[number], reusable=False)
    elif left < most:
        ledger.pools[number] = replace(ledger.pools[number], flights=ledger.add("flights", (group[0].vehicle_id,), left))
    return number


def _most_flights(scenario: Scenario, vehicle: VehicleType) -> int:
    """Flights that one tail could make at the very most: as many as ask for its type, or as its cycle leaves time for."""
    asking = [request for request in scenario.missions if vehicle.vehicle_type in request.vehicle_types]
    if not asking:
        return 0
    shortest_d = min(request.docked_min_d for request in asking)
    cycle_d = vehicle.processing_d + shortest_d + vehicle.return_d + vehicle.turnaround_d
    span_d = days_between(min(r.earliest_utc for r in asking), max(r.latest_utc for r in asking))
    return min(len(asking), math.floor(span_d / cycle_d) + 1 if cycle_d > 0 else len(asking))
