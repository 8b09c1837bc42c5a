"""Up cargo: lines cut to the room of each nominal flight, with dates, owners and needs, and some more than fits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from supercargo.app.reference.draws import Quotas
from supercargo.app.reference.freedom import day_utc
from supercargo.app.reference.parties import contract_of
from supercargo.app.reference.shapes import Shape, bag_shape, box_shape, fitted
from supercargo.app.reference.timetable import Ground, NominalFlight
from supercargo.model import Bag, Bay, CargoLine, VehicleType

__all__ = ["CONSUMABLES", "MEAN_DENSITY_KG_M3", "Room", "UpLine", "in_tanks", "pick", "up_lines"]

CONSUMABLES = ("food", "water", "oxygen", "hygiene", "clothing", "crew items")
MEAN_DENSITY_KG_M3 = 330.0
HOLD_SHARE = 0.72  # of bay volume that a nominal load fills at most
DUE_SHARE, SPARE_SHARE = 0.985, 0.10  # mass with a due date, and beyond it without one, over the room of all flights
SPARE_LINES = 0.075  # share of lines without a due date: few and heavy, the first to stay behind
STOCK_SHARE = 0.65  # of a flight's dry load that goes to stocks at most
EARLY_SHARE = 0.30  # of lines are handed over months before the flight that they need

_CLASSES: Mapping[str, tuple[tuple[str, float], ...]] = {
    # of the mass that no stock waits for
    "crewed": (("science", 0.44), ("equipment", 0.32), ("payloads", 0.24)),
    "exposed": (("equipment", 0.42), ("science", 0.30), ("payloads", 0.28)),
    "gateway": (("spares", 0.32), ("science", 0.32), ("equipment", 0.36)),
    "open": (("equipment", 0.45), ("science", 0.30), ("spares", 0.25)),
}
_HAZARDS: Mapping[str, tuple[tuple[str, float], ...]] = {
    # share of a class's lines
    "science": (("biohazard", 0.016), ("flammable", 0.010), ("corrosive", 0.005), ("battery", 0.008)),
    "payloads": (("biohazard", 0.008), ("flammable", 0.010), ("corrosive", 0.005), ("battery", 0.022)),
    "equipment": (("battery", 0.030), ("oxidiser", 0.014), ("flammable", 0.006)),
    "spares": (("battery", 0.024), ("oxidiser", 0.016), ("corrosive", 0.012)),
    "crew items": (("battery", 0.024), ("flammable", 0.012)),
    "hygiene": (("flammable", 0.024),),
}
_BULK_KG: Mapping[str, tuple[tuple[str, float, int], ...]] = {
    # nominal mass and lines of each class in a type's tanks
    "Progress MS": (("propellant", 660.0, 3), ("water", 290.0, 3), ("oxygen", 190.0, 2), ("nitrogen", 70.0, 1)),
    "HTV-X": (("water", 80.0, 1),),
    "Depot Tanker": (("propellant", 11900.0, 9),),
    "Platform Servicer": (("propellant", 45.0, 1),),
    "Platform Servicer L": (("propellant", 250.0, 2), ("nitrogen", 60.0, 1)),
}
_PRIORITIES = (0.08, 0.22, 0.36, 0.22, 0.12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one nominal flight takes up, by form [kg]."""

    pressurised_kg: float
    unpressurised_kg: float
    late_kg: float
    bulk: tuple[tuple[str, float, int], ...]

    @classmethod
    def of(cls, vehicle: VehicleType, bays: Sequence[Bay], *, lift_kg: float = math.inf) -> Room:
        """Share the type's limits out so that the load closes at upmass or the route's lift and leaves the hold some air."""
        bulk = _BULK_KG.get(vehicle.vehicle_type, ())
        open_kg = vehicle.unpressurised_kg * 0.97
        hold = sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in bays if bay.pressurised)
        left = min(vehicle.upmass_kg, lift_kg) - sum(kg for _, kg, _ in bulk)
        open_kg = min(open_kg, left)
        closed_kg = min(vehicle.pressurised_kg, left - open_kg, HOLD_SHARE * hold * MEAN_DENSITY_KG_M3)
        late = vehicle.late_load_kg if vehicle.pressurised_kg else 0.0
        return cls(pressurised_kg=closed_kg, unpressurised_kg=open_kg, late_kg=late, bulk=bulk)

    @property
    def weight(self) -> float:
        """Share of the year's lines that this room asks for."""
        return float((self.pressurised_kg + self.unpressurised_kg) ** 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpLine:
    """A line and the nominal flight it was cut for."""

    flight: NominalFlight
    line: CargoLine
    spare: bool


def pick(table: Sequence[tuple[str, float]], rng: np.random.Generator) -> str:
    """A name of a (name, weight) table, drawn by weight."""
    at = float(rng.random()) * sum(weight for _, weight in table)
    for name, weight in table:
        at -= weight
        if at < 0:
            return name
    return table[-1][0]


def _count_shares(rooms: Sequence[Room], lines: int) -> list[int]:
    """Lines of each flight: whole numbers that add up to `lines`, at least six each."""
    total = sum(room.weight for room in rooms)
    exact = [max(6.0, lines * room.weight / total) for room in rooms]
    exact = [value * lines / sum(exact) for value in exact]
    counts = [int(value) for value in exact]
    by_rest = sorted(range(len(exact)), key=lambda index: (counts[index] - exact[index], index))
    for index in by_rest[: lines - sum(counts)]:
        counts[index] += 1
    return counts


def _shapes(count: int, target_kg: float, open_hold: bool, bags: Sequence[Bag], rng: np.random.Generator) -> list[Shape]:
    """`count` lines that together weigh `target_kg`."""
    if count <= 0 or target_kg <= 0:
        return []
    found = []
    for weight in rng.lognormal(0.0, 0.55, count):
        mass = float(np.clip(weight * 0.86, 0.3, 3.2)) * target_kg / count
        if open_hold:
            found.append(box_shape("unpressurised", mass, float(rng.uniform(260, 440)), 0.80, rng))
        elif rng.random() < 0.22:
            found.append(box_shape("box", mass, float(rng.uniform(290, 460)), 0.60, rng))
        else:
            found.append(bag_shape(bags, mass, float(np.clip(rng.normal(1.14, 0.1), 0.82, 1.38)), rng))
    fitted(found, target_kg)
    return found


def _slack_d(rng: np.random.Generator) -> float:
    kind = float(rng.random())
    if kind < 0.12:
        return float(rng.uniform(4, 10))
    return float(rng.uniform(10, 30)) if kind < 0.60 else float(rng.uniform(30, 60))


def _release_d(flight: NominalFlight, cutoff_d: float, supply_class: str, rng: np.random.Generator) -> float:
    cutoff = flight.launch_d - cutoff_d
    if supply_class in (*CONSUMABLES, "spares"):
        return cutoff - float(rng.uniform(40, 120))
    early = rng.random() < EARLY_SHARE
    return cutoff - float(rng.uniform(60, 240) if early else rng.uniform(10, 38))


@dataclass(slots=True)
class _Needs:
    """Cold mass and powered pieces still free on a nominal flight."""

    cold_kg: float
    slots: float
    watts: float


@dataclass(frozen=True, slots=True)
class _Marks:
    """How a line travels and what it is."""

    late: bool
    spare: bool
    supply: str


def _drawn_class(flight: NominalFlight, ground: Ground, shape: Shape, rng: np.random.Generator, *, late: bool) -> str:
    """Class of a line that no stock waits for."""
    if late and rng.random() < 0.7:
        return "science"
    station = ground.places[flight.slot.place].kind == "station"
    outside = shape.form == "unpressurised"
    mix = ("exposed" if station else "open") if outside else "crewed" if station else "gateway"
    return pick(_CLASSES[mix], rng)


def _line(
    flight: NominalFlight, shape: Shape, ground: Ground, marks: _Marks, needs: _Needs, rng: np.random.Generator
) -> CargoLine:
    vehicle, late, supply = flight.vehicle, marks.late, marks.supply
    contract = pick(ground.shares[flight.slot.place], rng)
    mass = round(shape.mass_kg, 3)
    cold = (late or supply == "science") and rng.random() < (0.35 if late else 0.06) and mass <= needs.cold_kg
    powered = supply == "science" and shape.pieces <= min(2, needs.slots) and rng.random() < 0.14
    watts = float(rng.integers(20, 91)) if powered else 0.0
    powered = powered and watts * shape.pieces <= needs.watts
    if cold:
        needs.cold_kg -= mass
    if powered:
        needs.slots -= shape.pieces
        needs.watts -= watts * shape.pieces
    free_turn = shape.form == "bag" and shape.dx_m > 0.75
    turn = float(rng.random())
    limit = (0.80, 0.97) if shape.form == "bag" else (0.62, 0.92)
    release = _release_d(flight, vehicle.late_cutoff_d if late else vehicle.cargo_cutoff_d, supply, rng)
    due = flight.unload_end_d + _slack_d(rng)
    priority = 1 + int(rng.choice(5, p=_PRIORITIES)) if not marks.spare else int(rng.integers(4, 6))
    return CargoLine(
        item_id="",
        customer=contract_of()[contract],
        contract_id=contract,
        destination=flight.slot.place,
        direction="up",
        supply_class=supply,
        form=shape.form,
        pieces=shape.pieces,
        mass_kg=mass,
        dx_m=shape.dx_m,
        dy_m=shape.dy_m,
        dz_m=shape.dz_m,
        power_w=watts if powered else 0.0,
        late_load=late,
        cold=cold,
        hazard=_hazard(supply, rng),
        orientation="any" if free_turn or turn < limit[0] else "upright" if turn < limit[1] else "fixed",
        release_utc=day_utc(ground.start_utc, release),
        due_utc=None if marks.spare else day_utc(ground.start_utc, due),
        priority=max(2, priority) if late else priority,
        declared_usd=round(mass * float(rng.lognormal(8.6, 0.7)), 2),
    )


def _hazard(supply_class: str, rng: np.random.Generator) -> str:
    kind = float(rng.random())
    for name, share in _HAZARDS.get(supply_class, ()):
        kind -= share
        if kind < 0:
            return name
    return ""


def _bulk(flight: NominalFlight, room: Room, ground: Ground, rng: np.random.Generator) -> list[UpLine]:
    found = []
    for supply, nominal_kg, count in room.bulk:
        parts = rng.dirichlet(np.full(count, 8.0)) * nominal_kg * DUE_SHARE
        for mass, spare in [(float(part), False) for part in parts] + [(nominal_kg * SPARE_SHARE, True)]:
            shape = Shape(form="bulk", pieces=1, piece_kg=mass, least_kg=0.0, most_kg=mass, dx_m=0.1, dy_m=0.1, dz_m=0.1)
            line = _line(flight, shape, ground, _Marks(False, spare, supply), _Needs(0.0, 0.0, 0.0), rng)
            release = _release_d(flight, flight.vehicle.cargo_cutoff_d, "water", rng)
            found.append(
                UpLine(
                    flight=flight,
                    spare=spare,
                    line=replace(
                        line, dx_m=None, dy_m=None, dz_m=None, power_w=0.0, cold=False, hazard="",
                        orientation="any", release_utc=day_utc(ground.start_utc, release),
                        declared_usd=round(mass * 60.0, 2),
                    ),
                )
            )  # fmt: skip
    return found


def _batches(room: Room, count: int) -> list[tuple[int, float, bool, bool, bool]]:
    """(lines, mass, open hold, late, spare) of one flight."""
    late_lines = min(count // 3, round(room.late_kg / 18.0)) if room.late_kg else 0
    spare_lines = max(1, round(SPARE_LINES * count))
    late_spare = max(1, late_lines // 8) if late_lines else 0
    late_kg = room.late_kg if late_lines else 0.0
    rest = max(2, count - late_lines - spare_lines - late_spare)
    mass = room.pressurised_kg + room.unpressurised_kg
    open_lines = round(rest * room.unpressurised_kg / mass) if mass else 0
    spare_open = round(spare_lines * room.unpressurised_kg / mass) if mass else 0
    if room.unpressurised_kg and not room.pressurised_kg:
        open_lines, spare_open = rest, spare_lines
    closed_kg = room.pressurised_kg * DUE_SHARE - late_kg * DUE_SHARE
    return [
        (late_lines, late_kg * DUE_SHARE, False, True, False),
        (late_spare, late_kg * 0.12, False, True, True),
        (rest - open_lines, closed_kg, False, False, False),
        (spare_lines - spare_open, room.pressurised_kg * SPARE_SHARE - late_kg * 0.12, False, False, True),
        (open_lines, room.unpressurised_kg * DUE_SHARE, True, False, False),
        (spare_open, room.unpressurised_kg * SPARE_SHARE, True, False, True),
    ]


def in_tanks(flights: Sequence[NominalFlight], rooms: Sequence[Room]) -> dict[tuple[str, str], float]:
    """What the tanks of each flight bring, by (mission, class) [kg]."""
    rows = zip(flights, rooms, strict=True)
    return {(flight.mission_id, supply): kg for flight, room in rows for supply, kg, _ in room.bulk}


@dataclass(slots=True)
class _Stores:
    """Mass that stocks still wait for, by place and class [kg]; what a flight can't bring is asked of the next."""

    wanted: Quotas
    open_kg: dict[tuple[str, str], float]

    def ask(self, flight: NominalFlight, room: Room) -> None:
        """Add a flight's quotas, at most a share of its dry load."""
        own = {supply: kg for (mission, supply), kg in self.wanted.items() if mission == flight.mission_id and kg > 0.0}
        scale = min(1.0, STOCK_SHARE * room.pressurised_kg / sum(own.values())) if own else 1.0
        for supply, kg in own.items():
            key = (flight.slot.place, supply)
            self.open_kg[key] = self.open_kg.get(key, 0.0) + kg * scale

    def take(self, place: str, mass_kg: float) -> str:
        """The class that lacks most and at least half of the mass offered, or none."""
        short = [(kg, supply) for (where, supply), kg in self.open_kg.items() if where == place and kg >= 0.5 * mass_kg]
        if not short:
            return ""
        supply = max(short)[1]
        self.open_kg[place, supply] -= mass_kg
        return supply


def up_lines(
    flights: Sequence[NominalFlight], ground: Ground, rooms: Sequence[Room], *, bags: Sequence[Bag], count: int,
    wanted: Quotas, rng: np.random.Generator,
) -> list[UpLine]:  # fmt: skip
    """About `count` up lines, cut flight by flight, with the mass of each flight's room and a tenth more.

    `rooms` stand in the order of `flights`; `wanted` goes to stocks, the rest of the load to all other classes. Lines have no
    item_id yet.
    """
    bulk = [found for flight, room in zip(flights, rooms, strict=True) for found in _bulk(flight, room, ground, rng)]
    counts = _count_shares(rooms, count - len(bulk))
    small = sorted(bags, key=lambda bag: bag.typical_kg)
    found, stores = list(bulk), _Stores(wanted, {})
    for flight, room, lines in zip(flights, rooms, counts, strict=True):
        needs = _Needs(flight.vehicle.cold_kg * 0.85, flight.vehicle.powered_slots * 0.8, flight.vehicle.power_w * 0.9)
        stores.ask(flight, room)
        for number, mass, open_hold, late, spare in _batches(room, lines):
            stocked = not (open_hold or late or spare)
            for shape in _shapes(number, mass, open_hold, small[:2] if late else small, rng):
                supply = stores.take(flight.slot.place, shape.mass_kg) if stocked else ""
                supply = supply or _drawn_class(flight, ground, shape, rng, late=late)
                line = _line(flight, shape, ground, _Marks(late, spare, supply), needs, rng)
                found.append(UpLine(flight=flight, line=line, spare=spare))
    return found
