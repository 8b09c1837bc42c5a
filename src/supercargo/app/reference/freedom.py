"""What the planner may choose: freedom around the timetable, tails, blackouts in its gaps, facilities and ports enough."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from supercargo.app.reference.timetable import AS_OF_MARGIN_D, Ground, NominalFlight, Timetable
from supercargo.astro.crossings import moving_plane, normals
from supercargo.astro.frames import beta_deg
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S, days
from supercargo.model import Blackout, Facility, MissionRequest, Orbit, Pad, Port, Tail

__all__ = [
    "blackouts",
    "day_utc",
    "firm_d",
    "latest_d",
    "range_closures",
    "requests",
    "scaled_facilities",
    "scaled_pads",
    "scaled_ports",
    "tails",
]

SPARE_TAILS = ("Nyx", "Cygnus Enhanced", "Cygnus XL")  # so that a choice between types is a choice
FIRM_D = 10.0  # days after its nominal lift-off that stocks still wait for a flight
HIGH_BETA_DEG = 60.0  # a station then has no shade: no arrivals, no departures
CREW_PORTS = ("Poisk zenith", "Rassvet nadir", "Prichal nadir", "Harmony forward")


def day_utc(start_utc: datetime, day: float) -> datetime:
    """Instant of a day of the horizon, to the whole hour."""
    return start_utc + days(round(day * 24.0) / 24.0)


def _freedom(flight: NominalFlight, ground: Ground, rng: np.random.Generator) -> tuple[float, float]:
    """First and last lift-off day."""
    first = (
        flight.vehicle.processing_d + (flight.launch_d - flight.processing_d - flight.vehicle.processing_d) - AS_OF_MARGIN_D
    )
    if flight.slot.tight:
        before, after = float(rng.uniform(7, 10)), float(rng.uniform(9, 11))
    elif ground.places[flight.slot.place].window_kind == "catalogue":
        before, after = float(rng.uniform(16, 20)), float(rng.uniform(18, 25))
    else:
        before, after = float(rng.uniform(8, 15)), float(rng.uniform(15, 24))
    earliest = max(math.floor(flight.launch_d - before), math.ceil(first - 2.0), 1)
    return float(min(earliest, math.floor(flight.launch_d))), float(
        min(math.ceil(flight.launch_d + after), ground.horizon_d - 1)
    )


def latest_d(request: MissionRequest, start_utc: datetime) -> float:
    """Last lift-off of a request as a day of the horizon."""
    return (request.latest_utc - start_utc).total_seconds() / 86_400.0


def firm_d(flight: NominalFlight, request: MissionRequest, start_utc: datetime) -> float:
    """Day by whose end a flight's cargo can be counted on: some days after the nominal one, or when it can't come later."""
    launch = min(latest_d(request, start_utc), flight.launch_d + FIRM_D)
    return launch + flight.unload_end_d - flight.launch_d


def requests(table: Timetable, ground: Ground, rng: np.random.Generator) -> tuple[MissionRequest, ...]:
    """Each flight of the timetable as a request with freedom around its nominal day."""
    found = []
    for flight in table.flights:
        seat = flight.slot.seat
        earliest, latest = _freedom(flight, ground, rng)
        longest = min(ground.vehicles[name].docked_max_d for name in seat.types)
        longer = 10.0 if flight.slot.tight else float(rng.uniform(12, 25))
        florida = len(seat.types) == 1 and flight.launcher == "Falcon 9" and rng.random() < 0.5
        found.append(
            MissionRequest(
                mission_id=flight.mission_id,
                destination=flight.slot.place,
                vehicle_types=seat.types,
                launchers=seat.launchers or (("Falcon 9",) if florida else ()),
                sites=("Cape Canaveral", "Kennedy Space Center") if florida else (),
                earliest_utc=day_utc(ground.start_utc, earliest),
                latest_utc=day_utc(ground.start_utc, latest),
                docked_min_d=flight.slot.docked_d,
                docked_max_d=round(max(flight.slot.docked_d, min(longest, flight.slot.docked_d + longer)), 1),
                contract_id=seat.contract,
                furnished_by=seat.furnished_by,
                must=seat.must,
            )
        )
    return tuple(found)


def tails(table: Timetable, ground: Ground, rng: np.random.Generator) -> tuple[Tail, ...]:
    """Spacecraft of the fleet: each ready some days before the timetable needs it."""
    first: dict[str, float] = {}
    flown: dict[str, int] = {}
    kinds: dict[str, str] = {}
    for flight in table.flights:
        first[flight.tail] = min(first.get(flight.tail, math.inf), flight.processing_d)
        flown[flight.tail] = flown.get(flight.tail, 0) + 1
        kinds[flight.tail] = flight.vehicle.vehicle_type
    found = [
        Tail(
            vehicle_id=name,
            vehicle_type=kinds[name],
            ready_utc=day_utc(ground.start_utc, first[name] - float(rng.uniform(3, 22))),
            flights_left=flown[name] + (1 if kinds[name] in ground.reusable else 0),
        )
        for name in sorted(first)
    ]
    used = set(kinds.values())
    found += [
        Tail(
            vehicle_id=f"{kind.upper().replace(' ', '-')}-SPARE",
            vehicle_type=kind,
            ready_utc=day_utc(ground.start_utc, float(rng.uniform(60, 120))),
            flights_left=1,
        )
        for kind in SPARE_TAILS
        if kind in used
    ]
    return tuple(found)


def _gap(taken: Iterable[tuple[float, float]], margin_d: float, from_d: float, to_d: float) -> list[tuple[float, float]]:
    """Stretches of [from_d, to_d] that stay `margin_d` away from everything taken, longest first."""
    gaps, at = [], from_d
    for start, end in sorted(taken):
        if start - margin_d > at:
            gaps.append((at, min(start - margin_d, to_d)))
        at = max(at, end + margin_d)
    if at < to_d:
        gaps.append((at, to_d))
    return sorted((gap for gap in gaps if gap[1] > gap[0]), key=lambda gap: (gap[0] - gap[1], gap[0]))


def _closed(
    kind: str, name: str, gap: tuple[float, float], most_d: float, reason: str, start_utc: datetime
) -> Blackout | None:
    length = min(most_d, gap[1] - gap[0])
    if length < 2.0:
        return None
    middle = 0.5 * (gap[0] + gap[1])
    return Blackout(
        kind=kind,
        object=name,
        from_utc=day_utc(start_utc, math.floor(middle - length / 2) + 1),
        to_utc=day_utc(start_utc, math.floor(middle + length / 2)),
        reason=reason,
    )


def _site_blackouts(table: Timetable, ground: Ground, rng: np.random.Generator) -> list[Blackout | None]:
    found: list[Blackout | None] = []
    for site in sorted({flight.site for flight in table.flights}):
        launches = [(flight.launch_d, flight.launch_d + 1.0) for flight in table.flights if flight.site == site]
        gaps = _gap(launches, 2.0, 5.0, ground.horizon_d - 10.0)[:4]
        found += [
            _closed("site", site, gaps[index], float(rng.uniform(3, 8)), "range upgrade", ground.start_utc)
            for index in sorted(rng.permutation(len(gaps))[:2].tolist())
        ]
    return found


def _high_beta(orbits: Iterable[Orbit], place: str, start_utc: datetime) -> list[tuple[float, float]]:
    """Stretches of the year in which the Sun stands more than 60 degrees over the orbit plane [d]."""
    found: list[tuple[float, float]] = []
    for orbit in (one for one in orbits if one.destination == place):
        at_s = np.asarray(seconds_since_j2000(start_utc) + np.arange(4 * 365 + 1) * DAY_S / 4.0, dtype=np.float64)
        high = np.abs(beta_deg(normals(moving_plane(orbit), at_s), at_s)) > HIGH_BETA_DEG
        edges = np.flatnonzero(np.diff(np.concatenate(([False], high, [False])).astype(int)))
        found += [(first / 4.0, (past - 1) / 4.0) for first, past in edges.reshape(-1, 2).tolist()]
    return found


def _quiet_days(moves: list[tuple[float, float]], high: list[tuple[float, float]]) -> list[tuple[tuple[float, float], str]]:
    """Two stretches without arrival or departure: at high beta where there is one, else in the longest gaps."""
    sunlit = [gap for first, last in high for gap in _gap(moves, 1.0, first, last)[:1] if gap[1] - gap[0] >= 4.0]
    sunlit.sort(key=lambda gap: (gap[0] - gap[1], gap[0]))
    found = [(gap, "beta angle cut-out") for gap in sunlit[:2]]
    closed = [gap for gap, _ in found]
    rest = _gap([*moves, *closed], 2.0, 10.0, 355.0)
    return [*found, *((gap, "station maintenance") for gap in rest[: 2 - len(found)])]


def _place_blackouts(
    table: Timetable, ground: Ground, orbits: Sequence[Orbit], rng: np.random.Generator
) -> list[Blackout | None]:
    found: list[Blackout | None] = []
    for place in ("ISS", "Axiom Station", "Starlab"):
        here = [flight for flight in table.flights if flight.slot.place == place]
        moves = [(at, at + 1.0) for flight in here for at in (flight.arrive_d, flight.depart_d)]
        quiet = _quiet_days(moves, _high_beta(orbits, place, ground.start_utc)) if here else []
        found += [_closed("destination", place, gap, 5.0, reason, ground.start_utc) for gap, reason in quiet]
    for place, port in (("Axiom Station", "Hab forward"), ("Orbital Reef", "Core forward"), ("Starlab", "Bus forward")):
        stays = [
            (one.arrive_d, one.depart_d + 1.0) for one in table.flights if (one.slot.place, one.slot.port) == (place, port)
        ]
        gaps = _gap(stays, 16.0, 0.0, 365.0)
        if stays and gaps:
            most = float(rng.uniform(12, 20))
            found.append(_closed("port", f"{place}/{port}", gaps[0], most, "crew vehicle visit", ground.start_utc))
    return found


def range_closures(table: Timetable, ground: Ground, rng: np.random.Generator) -> tuple[Blackout, ...]:
    """Range upgrades that leave the timetable alone, two at each site that it launches from."""
    return tuple(closure for closure in _site_blackouts(table, ground, rng) if closure is not None)


def blackouts(table: Timetable, ground: Ground, orbits: Sequence[Orbit], rng: np.random.Generator) -> tuple[Blackout, ...]:
    """Closures that leave the timetable alone: ports kept for crews, range upgrades, beta cut-outs, crew visits."""
    crew = [
        Blackout(
            kind="port",
            object=f"ISS/{port}",
            from_utc=day_utc(ground.start_utc, -31),
            to_utc=day_utc(ground.start_utc, 900),
            reason="kept for crew vehicles",
        )
        for port in CREW_PORTS
    ]
    overhauls = [
        _closed("facility", name, gap, 14.0, "crane overhaul", ground.start_utc)
        for name in ("Wallops-HIF", "Kourou-S5")
        for gap in _gap(table.busy.get(name, []), 14.0, 20.0, 340.0)[:1]
    ]
    found = [*_site_blackouts(table, ground, rng), *_place_blackouts(table, ground, orbits, rng), *overhauls]
    return (*crew, *(closure for closure in found if closure is not None))


def scaled_facilities(table: Timetable, ground: Ground) -> tuple[Facility, ...]:
    """Facilities with room for the timetable and one spacecraft more."""
    found = []
    for facility in ground.facilities:
        stays = table.busy.get(facility.facility_id, [])
        peak = max((sum(1 for start, end in stays if start <= at < end) for at, _ in stays), default=0)
        found.append(replace(facility, capacity=max(facility.capacity, peak + 1)))
    return tuple(found)


def _copy_name(name: str, copy: int) -> str:
    return name if copy == 0 else f"{name} {copy + 1}"


def scaled_ports(ports: Iterable[Port], copies: int) -> tuple[Port, ...]:
    """The catalogue's ports, once for each copy of the mix."""
    return tuple(replace(port, port=_copy_name(port.port, copy)) for copy in range(copies) for port in ports)


def scaled_pads(pads: Iterable[Pad], copies: int) -> tuple[Pad, ...]:
    """The catalogue's pads, once for each copy of the mix."""
    return tuple(replace(pad, pad=_copy_name(pad.pad, copy)) for copy in range(copies) for pad in pads)
