"""Return cargo and trash: down lines for spacecraft that come home, disposal lines for those that burn up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from supercargo.app.reference.freedom import day_utc
from supercargo.app.reference.parties import contract_of
from supercargo.app.reference.shapes import Shape, bag_shape, box_shape, fitted
from supercargo.app.reference.timetable import Ground, NominalFlight
from supercargo.app.reference.upload import MEAN_DENSITY_KG_M3, pick
from supercargo.model import Bag, Bay, CargoLine

__all__ = ["return_line", "return_lines"]

DOWN_SHARE, TRASH_SHARE = 0.92, 0.75  # of what a nominal flight can take back
_DOWN = (("samples", 0.45), ("science", 0.25), ("failed units", 0.30))


def _room_back(flight: NominalFlight, bays: Sequence[Bay], share: float, limit_kg: float, other_kg: float) -> float:
    hold = sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in bays if bay.pressurised)
    return max(0.0, min(share * limit_kg, 0.72 * hold * MEAN_DENSITY_KG_M3 - other_kg))


def _masses(flights: Sequence[NominalFlight], bays: dict[str, list[Bay]]) -> list[tuple[float, float]]:
    """(down, disposal) mass of each flight [kg]; both share the hold and the hours for loading."""
    found = []
    for flight in flights:
        vehicle, own = flight.vehicle, bays.get(flight.vehicle.vehicle_type, [])
        down = _room_back(flight, own, DOWN_SHARE, vehicle.downmass_kg, 0.0)
        found.append((down, _room_back(flight, own, TRASH_SHARE, vehicle.disposal_kg, down)))
    return found


def return_line(flight: NominalFlight, shape: Shape, direction: str, ground: Ground, rng: np.random.Generator) -> CargoLine:
    """One line that leaves on a nominal flight: packed 6 to 60 days before loading starts, due weeks after landing."""
    down = direction == "down"
    supply = pick(_DOWN, rng) if down else "trash"
    contract = pick(ground.shares[flight.slot.place], rng)
    mass = round(shape.mass_kg, 3)
    return CargoLine(
        item_id="",
        customer=contract_of()[contract],
        contract_id=contract,
        destination=flight.slot.place,
        direction=direction,
        supply_class=supply,
        form=shape.form,
        pieces=shape.pieces,
        mass_kg=mass,
        dx_m=shape.dx_m,
        dy_m=shape.dy_m,
        dz_m=shape.dz_m,
        cold=supply == "samples" and mass < 25 and bool(rng.random() < 0.15),
        release_utc=day_utc(ground.start_utc, flight.load_start_d - float(rng.uniform(6, 60))),
        due_utc=day_utc(ground.start_utc, flight.end_d + float(rng.uniform(15, 60))) if down else None,
        priority=int(rng.integers(2, 6)),
        declared_usd=round(mass * float(rng.lognormal(8.4, 0.7)), 2) if down else 0.0,
    )


def return_lines(
    flights: Sequence[NominalFlight], ground: Ground, bays: dict[str, list[Bay]], *, bags: Sequence[Bag],
    counts: tuple[int, int], rng: np.random.Generator,
) -> list[CargoLine]:  # fmt: skip
    """Exactly `counts` = (down, disposal) lines, shared out by the mass each nominal flight can take back."""
    sizes = sorted(bags, key=lambda bag: bag.typical_kg)
    masses = _masses(flights, bays)
    found = []
    for kind, direction in enumerate(("down", "disposal")):
        weights = np.array([pair[kind] for pair in masses])
        if not weights.sum():
            continue
        ends = np.rint(np.cumsum(weights) / weights.sum() * counts[kind]).astype(int)
        numbers = np.diff(ends, prepend=0)
        for flight, (number, mass) in zip(flights, zip(numbers.tolist(), weights.tolist(), strict=True), strict=True):
            shapes = [_shape(mass / number, sizes, rng) for _ in range(number)]
            fitted(shapes, mass)
            found += [return_line(flight, shape, direction, ground, rng) for shape in shapes]
    return found


def _shape(mean_kg: float, bags: Sequence[Bag], rng: np.random.Generator) -> Shape:
    mass = mean_kg * float(np.clip(rng.lognormal(-0.1, 0.5), 0.3, 3.0))
    if rng.random() < 0.2:
        return box_shape("box", mass, float(rng.uniform(250, 400)), 0.60, rng)
    return bag_shape(bags, mass, float(np.clip(rng.normal(1.0, 0.1), 0.82, 1.38)), rng)
