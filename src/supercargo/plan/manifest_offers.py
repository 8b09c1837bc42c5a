"""Which lines may lawfully fly on which missions, and what keeps the others off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import permutations

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days
from supercargo.model import Bay, CargoLine, Flight, Scenario, Schedule
from supercargo.plan.manifest_room import MEASURES, NO_FILL, ROOM_TOLERANCE, hold_of, takes
from supercargo.plan.permits import may_load, needs_permit

__all__ = [
    "Hindrance",
    "Offers",
    "cutoff_utc",
    "cutoffs_utc",
    "delivery_utc",
    "fits_a_bay",
    "hindrance",
    "offers_at",
    "too_much",
]


class Hindrance(StrEnum):
    """What keeps a line off a mission."""

    NONE = ""
    RELEASE = "release"
    SIZE = "size"
    TANK = "tank"
    PERMIT = "permit"
    ROOM = "room"
    REFUSED = "refused"


@dataclass(frozen=True)
class Offers:
    """Lines and flights of some places with every lawful pair of them; lines by item_id, flights by lift-off."""

    lines: tuple[CargoLine, ...]
    flights: tuple[Flight, ...]
    pair_line: npt.NDArray[np.int64]  # [pair]
    pair_flight: npt.NDArray[np.int64]  # [pair]
    taken: npt.NDArray[np.float64]  # [line, measure]
    held: npt.NDArray[np.float64]  # [flight, measure]


def cutoffs_utc(scenario: Scenario, flight: Flight) -> tuple[datetime, datetime, datetime]:
    """Last instants of a mission at which late loads, other lines up, and lines for the way back can be handed over."""
    vehicle = scenario.vehicle_types[flight.vehicle_type]
    late, plain = flight.launch_utc - days(vehicle.late_cutoff_d), flight.launch_utc - days(vehicle.cargo_cutoff_d)
    return late, plain, flight.load_start_utc


def cutoff_utc(scenario: Scenario, line: CargoLine, flight: Flight) -> datetime:
    """Last instant at which a line can be handed over for a mission: before lift-off, or before loading for the way back."""
    late, plain, back = cutoffs_utc(scenario, flight)
    return back if line.direction != "up" else late if line.late_load else plain


def delivery_utc(line: CargoLine, flight: Flight) -> datetime:
    """Instant by which a line is delivered for certain: the end of unloading, or the end of the mission on the way back."""
    return flight.unload_end_utc if line.direction == "up" else flight.end_utc


def _turns(line: CargoLine) -> tuple[tuple[float, float, float], ...]:
    size = (line.dx_m or 0.0, line.dy_m or 0.0, line.dz_m or 0.0)
    if line.orientation == "fixed":
        return (size,)
    if line.orientation == "upright":
        return (size, (size[1], size[0], size[2]))
    return tuple((size[a], size[b], size[c]) for a, b, c in permutations(range(3)))


def fits_a_bay(line: CargoLine, bays: tuple[Bay, ...]) -> bool:
    """Whether one piece fits some bay of its kind: turned as it may be, not too heavy, with power where it needs it."""
    if line.form == "bulk":
        return True
    inside = line.form in ("bag", "box")
    for bay in bays:
        if bay.pressurised is not inside or line.mass_kg / line.pieces > bay.max_mass_kg + 1e-9:
            continue
        if line.power_w > 0.0 and line.direction == "up" and bay.powered_slots < 1:
            continue
        room = (bay.dx_m + 1e-9, bay.dy_m + 1e-9, bay.dz_m + 1e-9)
        if any(all(size <= limit for size, limit in zip(turn, room, strict=True)) for turn in _turns(line)):
            return True
    return False


def hindrance(scenario: Scenario, line: CargoLine, flight: Flight, barred: frozenset[tuple[str, str]]) -> Hindrance:
    """What rule keeps a line off a mission of its place, before any other cargo is looked at (room apart)."""
    if line.release_utc > cutoff_utc(scenario, line, flight):
        return Hindrance.RELEASE
    vehicle = scenario.vehicle_types[flight.vehicle_type]
    if line.form == "bulk" and line.direction == "up" and line.supply_class not in vehicle.bulk_classes:
        return Hindrance.TANK
    if scenario.licences and not may_load(needs_permit(scenario, line), flight, cutoff_utc(scenario, line, flight)):
        return Hindrance.PERMIT
    if (flight.mission_id, line.item_id) in barred:
        return Hindrance.REFUSED
    return Hindrance.NONE


def too_much(taken: npt.NDArray[np.float64], held: npt.NDArray[np.float64], *, bulk: bool) -> str:
    """Name of the measure of which even an empty flight has too little; empty if it has enough."""
    limit = np.where(held > 0.0, np.inf, 0.0) if bulk else held + ROOM_TOLERANCE
    over = np.flatnonzero(taken > limit)
    return MEASURES[int(over[0])].name if len(over) else ""


def offers_at(
    scenario: Scenario,
    schedule: Schedule,
    places: frozenset[str],
    barred: frozenset[tuple[str, str]] = frozenset(),
    fill: Mapping[str, float] = NO_FILL,
) -> Offers:
    """Pair each line of `places` with the flights that may carry it by the rules."""
    lines = tuple(sorted((line for line in scenario.cargo if line.destination in places), key=lambda line: line.item_id))
    flights = tuple(
        sorted((f for f in schedule.flights if f.destination in places), key=lambda f: (f.launch_utc, f.mission_id))
    )
    none = np.zeros((0, len(MEASURES)))
    taken = np.array([takes(line, scenario.places[line.destination]) for line in lines]) if lines else none
    held = np.array([hold_of(scenario, flight, fill) for flight in flights]) if flights else none
    sieve = _Sieve(scenario, lines, barred)
    columns = []
    for f, flight in enumerate(flights):
        limit = np.where(
            sieve.bulk[:, None], np.where(held[f] > 0.0, np.inf, 0.0), held[f] + ROOM_TOLERANCE
        )  # [line, measure]
        lawful = sieve.lawful(np.flatnonzero(np.all(taken <= limit, axis=1)).astype(np.int64), flight)
        columns.append(np.stack((lawful, np.full(len(lawful), f, dtype=np.int64)), axis=1))
    found = np.concatenate([*columns, np.zeros((0, 2), dtype=np.int64)])
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    return Offers(lines, flights, found[:, 0].copy(), found[:, 1].copy(), taken, held)


class _Sieve:
    """The lines of some places as columns, so that a flight's lawful lines are found at once; the rules are `hindrance`'s."""

    def __init__(self, scenario: Scenario, lines: tuple[CargoLine, ...], barred: frozenset[tuple[str, str]]) -> None:
        self.scenario, self.lines = scenario, lines
        self.bulk = np.array([line.form == "bulk" for line in lines], dtype=np.bool_)
        self.up = np.array([line.direction == "up" for line in lines], dtype=np.bool_)
        self.late = np.array([line.late_load for line in lines], dtype=np.bool_)
        self.release_s = np.array([line.release_utc.timestamp() for line in lines])
        self.place = np.array([line.destination for line in lines], dtype=np.str_)
        self.tanked = np.array([line.supply_class for line in lines], dtype=np.str_)
        shapes: dict[tuple[float | str | bool | None, ...], int] = {}
        self.shape = np.array([shapes.setdefault(_shape(line), len(shapes)) for line in lines], dtype=np.int64)
        self.fits: dict[str, npt.NDArray[np.int8]] = {}  # by vehicle type [shape]; -1 where nobody has asked yet
        permits = {i: needs_permit(scenario, line) for i, line in enumerate(lines)} if scenario.licences else {}
        self.bound = {i: rows for i, rows in permits.items() if rows}
        number = {line.item_id: i for i, line in enumerate(lines)}
        self.barred: dict[str, list[int]] = {}
        for mission_id, item_id in sorted(barred):
            if item_id in number:
                self.barred.setdefault(mission_id, []).append(number[item_id])

    def lawful(self, able: npt.NDArray[np.int64], flight: Flight) -> npt.NDArray[np.int64]:
        """Those of the lines `able` that no rule keeps off a flight."""
        late, plain, back = (instant.timestamp() for instant in cutoffs_utc(self.scenario, flight))
        cutoff_s = np.where(self.up[able], np.where(self.late[able], late, plain), back)
        tanks = self.scenario.vehicle_types[flight.vehicle_type].bulk_classes
        free = (self.release_s[able] <= cutoff_s) & (self.place[able] == flight.destination)
        free &= ~(self.bulk & self.up)[able] | np.isin(self.tanked[able], np.array(tanks, dtype=np.str_))
        free &= ~np.isin(able, np.array(self.barred.get(flight.mission_id, ()), dtype=np.int64))
        able = able[free]
        if self.bound:
            able = able[np.array([self.may_load(i, flight) for i in able.tolist()], dtype=np.bool_)]
        return able[self._fit(able, flight.vehicle_type)]

    def may_load(self, i: int, flight: Flight) -> bool:
        """Whether a line needs no export permit, or has one on the day on which it is loaded for a flight."""
        return i not in self.bound or may_load(self.bound[i], flight, cutoff_utc(self.scenario, self.lines[i], flight))

    def _fit(self, able: npt.NDArray[np.int64], vehicle_type: str) -> npt.NDArray[np.bool_]:
        known = self.fits.setdefault(vehicle_type, np.full(len(self.lines), -1, dtype=np.int8))
        bays = self.scenario.bays_of.get(vehicle_type, ())
        for i in able[known[self.shape[able]] < 0].tolist():
            if known[self.shape[i]] < 0:
                known[self.shape[i]] = fits_a_bay(self.lines[i], bays)
        return np.asarray(known[self.shape[able]] > 0)


def _shape(line: CargoLine) -> tuple[float | str | bool | None, ...]:
    powered = line.power_w > 0.0 and line.direction == "up"
    return (line.form, line.dx_m, line.dy_m, line.dz_m, line.orientation, line.mass_kg / line.pieces, powered)
