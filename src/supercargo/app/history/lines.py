"""Cargo lines of a past flight: its masses cut into bags, open pieces and tanks, by class of supply."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.app.history.flights import PastFlight
from supercargo.app.history.masses import Loads, Mass
from supercargo.kernel import as_written, days
from supercargo.model import Bag, Bay, CargoBreakdown, CargoLine, Rate, VehicleType

__all__ = ["AGENCY_OF", "FREEDOM_D", "Hold", "lines_of"]

FREEDOM_D = 30.0
"""Days by which the planner may move a lift-off either way: an assumption."""

AGENCY_OF: Mapping[str, str] = {
    "Progress": "ROSCOSMOS", "ATV": "ESA", "HTV": "JAXA", "Dragon 1": "NASA", "Dragon 2 Cargo": "NASA", "Cygnus": "NASA",
}  # fmt: skip
"""Whose cargo a family flies, as the scenario takes it."""

_LINE_KG = 90.0
_FILL = 0.56  # of the bays' volume: loose enough for a packing that nobody recorded
_CATEGORIES = (
    "crew_supplies",
    "science",
    "vehicle_hardware",
    "spacewalk_equipment",
    "computer_resources",
    "russian_hardware",
    "other",
)
_RUSSIAN_SHARES = {"crew_supplies": 0.45, "science": 0.10, "russian_hardware": 0.45}
_PRIORITY = {"food": 1, "water": 1, "oxygen": 1, "propellant": 2, "hygiene": 2, "clothing": 2, "crew items": 2, "science": 3}
_CREW_CLASSES = ("food", "hygiene", "clothing", "crew items")
_READY_D, _DUE_D, _BACK_READY_D, _HOME_DUE_D = 45.0, 45.0, 20.0, 60.0


@dataclass(frozen=True)
class Hold:
    """A type of spacecraft with its bays and the bags that go into them."""

    vehicle: VehicleType
    bays: tuple[Bay, ...]
    bags: tuple[Bag, ...]

    def density_kg_m3(self, mass_kg: float) -> float:
        """Packing that lets the mass into the bays, between what bags weigh typically and at most."""
        volume = sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in self.bays if bay.pressurised)
        return min(500.0, max(290.0, mass_kg / (_FILL * volume)))


def lines_of(
    flight: PastFlight, loads: Loads, hold: Hold, breakdowns: Sequence[CargoBreakdown], rates: Sequence[Rate]
) -> tuple[CargoLine, ...]:
    """Every line of one flight, up and back, each with the evidence of its mass; what is in which bag is assumed."""
    cut = _Cut(flight, loads, hold, breakdowns, rates)
    lines = (*cut.pressurised(), *cut.unpressurised(), *cut.tanks(), *cut.back())
    return tuple(as_written(line) for line in lines if line.mass_kg >= 0.001)


@dataclass
class _Cut:
    flight: PastFlight
    loads: Loads
    hold: Hold
    breakdowns: Sequence[CargoBreakdown]
    rates: Sequence[Rate]
    number: int = 0

    @property
    def arrive_utc(self) -> datetime:
        return self.flight.nominal_utc + days(self.hold.vehicle.phasing_d)

    def pressurised(self) -> Iterator[CargoLine]:
        shares, source = self._shares()
        mass = self.loads.pressurised
        density = self.hold.density_kg_m3(mass.kg)
        for supply_class, share in shares.items():
            kg = mass.kg * share
            for part_kg in _even(kg, _LINE_KG):
                yield self._bags(supply_class, Mass(part_kg, mass.evidence, f"{mass.source}; {source}"), density, "up")

    def _shares(self) -> tuple[dict[str, float], str]:
        """Share of each class of supply in the pressurised mass, and where that comes from."""
        if self.flight.record.vehicle == "Progress":
            by_category, source = _RUSSIAN_SHARES, "classes: assumption"
        else:
            own = [one for one in self.breakdowns if one.mission == self.flight.name and one.direction == "up"]
            usable = [shares for one in own or self.breakdowns if one.direction == "up" and (shares := _by_category(one))]
            by_category = (
                {category: statistics.fmean(shares.get(category, 0.0) for shares in usable) for category in _CATEGORIES}
                if usable
                else {"crew_supplies": 1.0}
            )
            source = "classes by the agency's categories" if own and usable else "classes: mean of the flights broken down"
        crew = {rate.supply_class: rate.kg_per_crew_d for rate in self.rates if rate.supply_class in _CREW_CLASSES}
        whole = sum(crew.values())
        found = {name: by_category["crew_supplies"] * kg / whole for name, kg in crew.items()}
        found |= {name.replace("_", " "): share for name, share in by_category.items() if name != "crew_supplies"}
        total = sum(found.values())
        return {name: share / total for name, share in found.items() if share > 0}, source

    def _bags(self, supply_class: str, mass: Mass, density: float, direction: str) -> CargoLine:
        bag = self.hold.bags[self.number % len(self.hold.bags)]
        piece_kg = min(bag.max_kg, density * bag.dx_m * bag.dy_m * bag.dz_m)
        pieces = max(1, round(mass.kg / piece_kg), math.ceil(mass.kg / bag.max_kg - 1e-9))
        return self._line(supply_class, "bag", mass, direction, pieces=pieces, size_m=(bag.dx_m, bag.dy_m, bag.dz_m))

    def unpressurised(self) -> Iterator[CargoLine]:
        """Open cargo goes in pairs, so that the two sides of a trunk balance; a lone deployer stands alone."""
        mass, pair = self.loads.unpressurised, 2 if self.hold.vehicle.unpressurised_kg > 500 else 1
        for part_kg in _even(mass.kg, 900.0):
            part = Mass(part_kg, mass.evidence, mass.source)
            yield self._line("external hardware", "unpressurised", part, "up", pieces=pair, size_m=(1.0, 0.9, 0.7))

    def tanks(self) -> Iterator[CargoLine]:
        for supply_class, mass in (
            ("propellant", self.loads.propellant),
            ("water", self.loads.water),
            ("oxygen", self.loads.gas),
        ):
            if mass.kg > 0:
                yield self._line(supply_class, "bulk", mass, "up", pieces=1, size_m=None)

    def back(self) -> Iterator[CargoLine]:
        for direction, supply_class, mass in (
            ("down", "return cargo", self.loads.down),
            ("disposal", "trash", self.loads.disposal),
        ):
            density = self.hold.density_kg_m3(mass.kg)
            for part_kg in _even(mass.kg, 2.0 * _LINE_KG):
                yield self._bags(supply_class, Mass(part_kg, mass.evidence, mass.source), density, direction)

    def _line(
        self,
        supply_class: str,
        form: str,
        mass: Mass,
        direction: str,
        *,
        pieces: int,
        size_m: tuple[float, float, float] | None,
    ) -> CargoLine:
        self.number += 1
        dx_m, dy_m, dz_m = size_m or (None, None, None)
        up = direction == "up"
        due = {
            "up": self.arrive_utc + days(_DUE_D),
            "down": self.arrive_utc + days(self.hold.vehicle.docked_max_d + _HOME_DUE_D),
        }
        agency = AGENCY_OF[self.flight.record.vehicle]
        return CargoLine(
            item_id=f"{self.flight.record.iss_flight_no or self.flight.name}-{self.number:03d}",
            customer=agency,
            contract_id=f"{agency}-STATION",
            destination="ISS",
            direction=direction,
            supply_class=supply_class,
            form=form,
            pieces=pieces,
            mass_kg=mass.kg,
            dx_m=dx_m,
            dy_m=dy_m,
            dz_m=dz_m,
            release_utc=self.flight.nominal_utc - days(_READY_D) if up else self.arrive_utc - days(_BACK_READY_D),
            due_utc=due.get(direction),
            priority=_PRIORITY.get(supply_class, 4),
            source=mass.source,
            evidence=mass.evidence,
        )


def _by_category(one: CargoBreakdown) -> dict[str, float]:
    """Shares of the categories of one flight; none where crew supplies or the rest are not told."""
    kg = {category: getattr(one, f"{category}_kg") or 0.0 for category in _CATEGORIES}
    whole = sum(kg.values())
    return (
        {category: value / whole for category, value in kg.items()} if kg["crew_supplies"] and one.vehicle_hardware_kg else {}
    )


def _even(mass_kg: float, about_kg: float) -> Iterator[float]:
    """A mass in equal parts of about a size [kg], each in whole grams, that add up to it."""
    if mass_kg < 0.001:
        return
    parts, grams = max(1, round(mass_kg / about_kg)), round(mass_kg * 1000)
    for index in range(parts):
        yield (grams * (index + 1) // parts - grams * index // parts) / 1000
