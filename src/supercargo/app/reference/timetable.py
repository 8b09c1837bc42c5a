"""A timetable of the year that keeps every rule: the seed of freedom, due dates and releases. No planner sees it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from supercargo.app.reference.mix import Slot
from supercargo.app.reference.parties import SHARES
from supercargo.kernel import NoPlan, days_between
from supercargo.model import Destination, Facility, Launcher, Pad, VehicleType

__all__ = ["Ground", "NominalFlight", "Timetable", "build_timetable", "first_processing_d", "launches_of"]

AS_OF_MARGIN_D = 25.0  # processing starts no more than this many days before the year
RARE_WINDOWS = 20  # a place with fewer listed windows in the year chooses its day first
SLOW_D = 60.0  # a way to the Moon that takes longer is not what a nominal flight goes by, unless it is asked to
LAST_D = 7.0  # no nominal lift-off in the last days of the horizon
WINDOW_D = 1.0  # a plane crossing comes once a day: the real lift-off is up to a day after the nominal one


@dataclass(frozen=True, slots=True, kw_only=True)
class NominalFlight:
    """One flight of the timetable; days count from the start of the horizon."""

    mission_id: str
    slot: Slot
    vehicle: VehicleType
    tail: str
    launcher: str
    site: str
    pad: str
    facility: str
    processing_d: float
    launch_d: float
    arrive_d: float
    unload_end_d: float
    load_start_d: float
    depart_d: float
    end_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the timetable stands on: catalogue records by name, and how many copies of ports and pads there are."""

    start_utc: datetime
    vehicles: Mapping[str, VehicleType]
    launchers: Mapping[str, Launcher]
    pads: tuple[Pad, ...]
    facilities: tuple[Facility, ...]
    places: Mapping[str, Destination]
    listed: Mapping[str, tuple[tuple[float, float], ...]]  # place -> (launch day, transit days)
    reusable: Mapping[str, int]  # type -> tails for each copy of the mix
    copies: int
    horizon_d: float = 365.0
    use_d: int = 365
    """Days for which the use of supplies is drawn."""
    shares: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=lambda: SHARES)
    """Place -> (contract, share of its cargo)."""

    @classmethod
    def of(
        cls,
        catalogue: Mapping[str, tuple[Any, ...]],
        start_utc: datetime,
        reusable: Mapping[str, int],
        copies: int,
        *,
        horizon_d: float = 365.0,
    ) -> Ground:
        """Index the catalogue by name; listed windows become days from `start_utc`."""
        listed: dict[str, list[tuple[float, float]]] = {}
        for window in catalogue["transfer_windows"]:
            listed.setdefault(window.destination, []).append((days_between(start_utc, window.launch_utc), window.transit_d))
        return cls(
            start_utc=start_utc,
            vehicles={record.vehicle_type: record for record in catalogue["vehicles"]},
            launchers={record.launcher: record for record in catalogue["launchers"]},
            pads=tuple(catalogue["pads"]),
            facilities=tuple(catalogue["facilities"]),
            places={record.destination: record for record in catalogue["destinations"]},
            listed={place: tuple(sorted(found)) for place, found in listed.items()},
            reusable=dict(reusable),
            copies=copies,
            horizon_d=horizon_d,
        )


@dataclass(kw_only=True)
class Timetable:
    """Flights placed so far and what they occupy."""

    flights: list[NominalFlight] = field(default_factory=list)
    busy: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # pads, ports, tails
    work: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)  # place -> (from, to, h/d)

    def free(self, name: str, from_d: float, to_d: float) -> bool:
        """Whether `name` stands empty all through [from_d, to_d]."""
        return all(to_d <= start or end <= from_d for start, end in self.busy.get(name, ()))

    def peak(self, place: str, from_d: float, to_d: float) -> float:
        """Largest handling rate at `place` in [from_d, to_d], hours a day."""
        rows = [row for row in self.work.get(place, ()) if row[0] < to_d and from_d < row[1]]
        instants = [from_d, *(row[0] for row in rows if row[0] > from_d)]
        return max(sum(rate for start, end, rate in rows if start <= at < end) for at in instants)


def first_processing_d(vehicle: VehicleType, launcher: Launcher) -> float:
    """Earliest lawful nominal lift-off day: processing begins no earlier than shortly after the facts are known."""
    return vehicle.processing_d + launcher.pad_d - AS_OF_MARGIN_D


def _pad_choices(ground: Ground, slot: Slot, vehicle: VehicleType) -> list[tuple[str, str, str, float, float]]:
    """(launcher, site, pad, days on the pad, turnaround) in an order that spreads launches over the pads."""
    allowed = [name for name in vehicle.launchers if not slot.seat.launchers or name in slot.seat.launchers]
    found = []
    for name in sorted(allowed, key=lambda one: slot.seat.launchers.index(one) if slot.seat.launchers else 0):
        pad_d = ground.launchers[name].pad_d
        found += [(name, pad.site, pad.pad, pad_d, pad.turnaround_d) for pad in ground.pads if name in pad.launchers]
    reachable = [choice for choice in found if _reaches(choice[1], slot.place)]
    turn = int(slot.arrive_d) % max(1, len(reachable))
    return reachable if slot.seat.launchers else reachable[turn:] + reachable[:turn]


def _reaches(site: str, place: str) -> bool:
    polar = place == "Meridian Platform"
    return (site == "Vandenberg") == polar


def launches_of(ground: Ground, slot: Slot, vehicle: VehicleType) -> Iterator[tuple[float, float]]:
    """(launch day, transit days), nearest to the wished arrival first."""
    if ground.places[slot.place].window_kind == "catalogue":
        listed = slot.windows or ground.listed[slot.place]
        yield from sorted(listed, key=lambda way: (way[1] > SLOW_D and not slot.windows, abs(sum(way) - slot.arrive_d)))
        return
    wished = slot.arrive_d - vehicle.phasing_d
    step = 0.5 if slot.tight else 1.0
    for count in range(5 if slot.tight else 25):
        yield wished + step * count, vehicle.phasing_d
        if count:
            yield wished - step * count, vehicle.phasing_d


def _tail_choices(ground: Ground, slot: Slot, vehicle: VehicleType, number: int) -> list[str]:
    kind = "".join(word[0] for word in vehicle.vehicle_type.replace("+", "").split()) + vehicle.vehicle_type[-1]
    name = kind.upper()
    if vehicle.vehicle_type in ground.reusable:
        return [f"{name}-{index + 1}" for index in range(ground.reusable[vehicle.vehicle_type] * ground.copies)]
    return [f"{name}-{number:03d}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    processing: float
    launch: float
    arrive: float
    unload: tuple[float, float]
    load: tuple[float, float]
    depart: float
    end: float
    slip: float


def _times(ground: Ground, slot: Slot, launch_d: float, transit_d: float, pad_d: float) -> _Times:
    vehicle, place = ground.vehicles[slot.seat.types[0]], ground.places[slot.place]
    rate = min(vehicle.unload_h_d, place.handling_h_d)
    arrive = launch_d + transit_d
    depart = arrive + slot.docked_d
    unload_start = arrive + place.hatch_open_d
    load_end = depart - place.hatch_open_d
    slip = WINDOW_D if place.window_kind == "plane" else 0.05
    return _Times(
        processing=launch_d - pad_d - vehicle.processing_d,
        launch=launch_d,
        arrive=arrive,
        unload=(unload_start, unload_start + vehicle.unload_h / rate),
        load=(load_end - vehicle.load_h / rate, load_end),
        depart=depart,
        end=depart + vehicle.return_d,
        slip=slip,
    )


def _place_allows(table: Timetable, ground: Ground, slot: Slot, times: _Times) -> bool:
    vehicle, place = ground.vehicles[slot.seat.types[0]], ground.places[slot.place]
    port = f"{slot.place}/{slot.port}"
    if not table.free(port, times.arrive, times.depart + times.slip + place.clearance_d):
        return False
    rate = min(vehicle.unload_h_d, place.handling_h_d)
    limit = place.handling_h_d * ground.copies - rate + 1e-9
    return all(table.peak(slot.place, start, end + times.slip) <= limit for start, end in (times.unload, times.load))


def _facility(table: Timetable, ground: Ground, site: str, from_d: float, to_d: float) -> str:
    """The facility of the site with the fewest spacecraft in it over the days asked for."""
    best = min(
        (facility for facility in ground.facilities if facility.site == site),
        key=lambda facility: (
            sum(1 for start, end in table.busy.get(facility.facility_id, ()) if start < to_d and from_d < end)
            / max(facility.capacity, 0.5),
            facility.facility_id,
        ),
    )
    return best.facility_id


def _try(table: Timetable, ground: Ground, slot: Slot, number: int) -> NominalFlight | None:
    vehicle = ground.vehicles[slot.seat.types[0]]
    choices = _pad_choices(ground, slot, vehicle)
    for (launch_d, transit_d), choice in itertools.product(launches_of(ground, slot, vehicle), choices):
        launcher, site, pad, pad_d, turnaround_d = choice
        times = _times(ground, slot, launch_d, transit_d, pad_d)
        if (
            times.processing < -AS_OF_MARGIN_D
            or times.launch > ground.horizon_d - LAST_D
            or not _place_allows(table, ground, slot, times)
        ):
            continue
        pad_from, pad_to = launch_d - pad_d, launch_d + times.slip + turnaround_d
        copies = (f"{site}/{pad}" if copy == 0 else f"{site}/{pad} {copy + 1}" for copy in range(ground.copies))
        free_pad = next((name for name in copies if table.free(name, pad_from, pad_to)), "")
        until = times.end + times.slip + vehicle.turnaround_d
        tails = _tail_choices(ground, slot, vehicle, number)
        tail = next((name for name in tails if table.free(name, times.processing, until)), "")
        if not free_pad or not tail:
            continue
        facility = _facility(table, ground, site, times.processing, pad_from)
        _occupy(table, slot, times, {free_pad: (pad_from, pad_to), tail: (times.processing, until),
                                     facility: (times.processing, pad_from + times.slip)}, ground)  # fmt: skip
        return NominalFlight(
            mission_id="", slot=slot, vehicle=vehicle, tail=tail, launcher=launcher, site=site,
            pad=free_pad.split("/", 1)[1], facility=facility, processing_d=times.processing, launch_d=launch_d,
            arrive_d=times.arrive, unload_end_d=times.unload[1], load_start_d=times.load[0], depart_d=times.depart,
            end_d=times.end,
        )  # fmt: skip
    return None


def _occupy(table: Timetable, slot: Slot, times: _Times, held: dict[str, tuple[float, float]], ground: Ground) -> None:
    vehicle, place = ground.vehicles[slot.seat.types[0]], ground.places[slot.place]
    held[f"{slot.place}/{slot.port}"] = (times.arrive, times.depart + times.slip + place.clearance_d)
    for name, interval in held.items():
        table.busy.setdefault(name, []).append(interval)
    rate = min(vehicle.unload_h_d, place.handling_h_d)
    for start, end in (times.unload, times.load):
        table.work.setdefault(slot.place, []).append((start, end + times.slip, rate))


def _named(flights: list[NominalFlight]) -> list[NominalFlight]:
    counts: dict[str, int] = {}
    totals: dict[str, int] = {}
    for flight in flights:
        totals[flight.slot.prefix] = totals.get(flight.slot.prefix, 0) + 1
    named = []
    for flight in sorted(flights, key=lambda one: (one.launch_d, one.slot.place, one.slot.port)):
        prefix = flight.slot.prefix
        counts[prefix] = counts.get(prefix, 0) + 1
        digits = 2 if totals[prefix] < 100 else 3
        named.append(replace(flight, mission_id=f"{prefix}-{counts[prefix]:0{digits}d}"))
    return named


def build_timetable(ground: Ground, wished: list[Slot]) -> Timetable:
    """Place every flight: tight chains first, then by wished arrival, each at the nearest day that keeps every rule.

    Raises NoPlan if a flight finds no day; the mix is then too full for its resources.
    """
    table = Timetable()
    rare = {place for place, found in ground.listed.items() if len(found) < RARE_WINDOWS}
    ordered = sorted(wished, key=lambda slot: (not (slot.tight or slot.place in rare), slot.arrive_d, slot.place, slot.port))
    for number, slot in enumerate(ordered, start=1):
        flight = _try(table, ground, slot, number)
        if flight is None:
            raise NoPlan(
                f"no nominal day for a flight to {slot.place}, port {slot.port}, near day {slot.arrive_d:.0f}",
                fix="ask for fewer missions or give the mix more pads, ports or tails",
                where="reference year",
            )
        table.flights.append(flight)
    table.flights = _named(table.flights)
    return table
