"""What a spacecraft has room for, measure by measure, and what each line takes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from supercargo.model import Bay, CargoLine, Destination, Flight, Scenario, VehicleType
from supercargo.plan.bays import bay_volume_m3, bays_of_type

__all__ = ["MEASURES", "NO_FILL", "Hold", "Measure", "Rooms", "hold_of", "takes"]

Amounts = npt.NDArray[np.float64]

NO_FILL: Mapping[str, float] = MappingProxyType({})
"""Every mission may be filled to the packing fraction of the settings."""

ROOM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Hold:
    """A spacecraft as the manifest sees it: its type, its bays, and the shares of their volume that may be filled."""

    vehicle: VehicleType
    bays: tuple[Bay, ...]
    fill: float
    fill_inside_up: float  # of the pressurised bays on the way up, where stowage tells how much was too much
    lift_kg: float  # all cargo up: the type's upmass, or less by the flight's route

    def volume_m3(self, *, pressurised: bool) -> float:
        """Volume of the bays of one kind [m3]."""
        return bay_volume_m3(self.bays, pressurised=pressurised)

    def bay_mass_kg(self, *, pressurised: bool) -> float:
        """Largest mass of the bays of one kind [kg]."""
        return sum(bay.max_mass_kg for bay in self.bays if bay.pressurised is pressurised)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing a flight has only so much of: its name for people, what a line takes, what a hold has."""

    name: str
    unit: str
    taken: Callable[[CargoLine, Destination], float]
    held: Callable[[Hold], float]


def _hours(line: CargoLine, place: Destination) -> float:
    if line.form == "bulk":
        return line.mass_kg / 1000.0 * place.hours_per_bulk_t
    return line.pieces * place.hours_per_piece


def _inside(line: CargoLine) -> bool:
    return line.form in ("bag", "box")


def _up(amount: Callable[[CargoLine], float]) -> Callable[[CargoLine, Destination], float]:
    return lambda line, _: amount(line) if line.direction == "up" else 0.0


def _back(amount: Callable[[CargoLine], float]) -> Callable[[CargoLine, Destination], float]:
    return lambda line, _: amount(line) if line.direction != "up" else 0.0


def _slots(hold: Hold) -> float:
    return min(hold.vehicle.powered_slots, sum(bay.powered_slots for bay in hold.bays))


MEASURES: tuple[Measure, ...] = (
    Measure("mass", "kg", _up(lambda line: line.mass_kg), lambda hold: hold.lift_kg),
    Measure(
        "pressurised mass",
        "kg",
        _up(lambda line: line.mass_kg * _inside(line)),
        lambda hold: min(hold.vehicle.pressurised_kg, hold.bay_mass_kg(pressurised=True)),
    ),
    Measure(
        "unpressurised mass",
        "kg",
        _up(lambda line: line.mass_kg * (line.form == "unpressurised")),
        lambda hold: min(hold.vehicle.unpressurised_kg, hold.bay_mass_kg(pressurised=False)),
    ),
    Measure("tank mass", "kg", _up(lambda line: line.mass_kg * (line.form == "bulk")), lambda hold: hold.vehicle.bulk_kg),
    Measure("late load", "kg", _up(lambda line: line.mass_kg * line.late_load), lambda hold: hold.vehicle.late_load_kg),
    Measure("cold stowage", "kg", _up(lambda line: line.mass_kg * line.cold), lambda hold: hold.vehicle.cold_kg),
    Measure("powered slots", "pieces", _up(lambda line: line.pieces * (line.power_w > 0)), _slots),
    Measure("power", "W", _up(lambda line: line.pieces * line.power_w), lambda hold: hold.vehicle.power_w),
    Measure(
        "unloading hours",
        "h",
        lambda line, place: _hours(line, place) if line.direction == "up" else 0.0,
        lambda hold: hold.vehicle.unload_h,
    ),
    Measure(
        "volume",
        "m3",
        _up(lambda line: line.volume_m3 * _inside(line)),
        lambda hold: hold.volume_m3(pressurised=True) * hold.fill_inside_up,
    ),
    Measure(
        "unpressurised volume",
        "m3",
        _up(lambda line: line.volume_m3 * (line.form == "unpressurised")),
        lambda hold: hold.volume_m3(pressurised=False) * hold.fill,
    ),
    Measure(
        "mass back",
        "kg",
        lambda line, _: line.mass_kg * (line.direction == "down"),
        lambda hold: hold.vehicle.downmass_kg,
    ),
    Measure(
        "trash mass",
        "kg",
        lambda line, _: line.mass_kg * (line.direction == "disposal"),
        lambda hold: hold.vehicle.disposal_kg,
    ),
    Measure(
        "cold stowage back",
        "kg",
        lambda line, _: line.mass_kg * (line.cold and line.direction == "down"),
        lambda hold: hold.vehicle.cold_kg,
    ),
    Measure(
        "loading hours",
        "h",
        lambda line, place: 0.0 if line.direction == "up" else _hours(line, place),
        lambda hold: hold.vehicle.load_h,
    ),
    Measure(
        "volume back",
        "m3",
        _back(lambda line: line.volume_m3 * _inside(line)),
        lambda hold: hold.volume_m3(pressurised=True) * hold.fill,
    ),
    Measure(
        "unpressurised volume back",
        "m3",
        _back(lambda line: line.volume_m3 * (line.form == "unpressurised")),
        lambda hold: hold.volume_m3(pressurised=False) * hold.fill,
    ),
)
"""Every capacity of a flight; rows of the integer program, of the first-come planner and of the reasons."""


def hold_of(scenario: Scenario, flight: Flight, fill: Mapping[str, float] = NO_FILL) -> Amounts:
    """A flight's room by measure [measure], in each measure's unit; `fill` [1] overrides the pressurised share up."""
    share = scenario.settings.limits.packing_fraction
    vehicle = scenario.vehicle_types[flight.vehicle_type]
    hold = Hold(
        vehicle=vehicle,
        bays=bays_of_type(scenario, flight.vehicle_type),
        fill=share,
        fill_inside_up=fill.get(flight.mission_id, share),
        lift_kg=vehicle.upmass_kg if flight.lift_kg is None else flight.lift_kg,
    )
    return np.array([measure.held(hold) for measure in MEASURES])


def takes(line: CargoLine, place: Destination) -> Amounts:
    """What a whole line takes of each measure [measure], in each measure's unit."""
    return np.array([float(measure.taken(line, place)) for measure in MEASURES])


class Rooms:
    """What is left on each flight as lines are put aboard, with the hazard classes each carries up and back."""

    def __init__(self, scenario: Scenario, flights: tuple[Flight, ...], fill: Mapping[str, float] = NO_FILL) -> None:
        self.left = {flight.mission_id: hold_of(scenario, flight, fill) for flight in flights}  # [measure]
        self.aboard: dict[tuple[str, bool], dict[str, int]] = {}
        self.foes: dict[str, tuple[str, ...]] = {}
        for pair in scenario.hazard_pairs:
            self.foes[pair.hazard_a] = tuple(sorted({*self.foes.get(pair.hazard_a, ()), pair.hazard_b}))
            self.foes[pair.hazard_b] = tuple(sorted({*self.foes.get(pair.hazard_b, ()), pair.hazard_a}))

    def foe_aboard(self, line: CargoLine, mission_id: str) -> str:
        """Hazard class aboard that forbids this line; empty if none."""
        found = self.aboard.get((mission_id, line.direction == "up"), {})
        return next((foe for foe in self.foes.get(line.hazard, ()) if found.get(foe)), "") if line.hazard else ""

    def share(self, amounts: Amounts, mission_id: str) -> float:
        """Largest share of a line that fits [1], at most 1 and at least 0."""
        needed = amounts > 0.0
        if not needed.any():
            return 1.0
        return max(0.0, min(1.0, float(np.min((self.left[mission_id][needed] + ROOM_TOLERANCE) / amounts[needed]))))

    def full_measure(self, amounts: Amounts, mission_id: str) -> str:
        """Name of the measure that leaves the least room for a whole line; empty if it fits."""
        needed = np.flatnonzero(amounts > 0.0)
        shares = (self.left[mission_id][needed] + ROOM_TOLERANCE) / amounts[needed]
        if not len(needed) or shares.min() >= 1.0:
            return ""
        return MEASURES[int(needed[int(np.argmin(shares))])].name

    def put(self, line: CargoLine, amounts: Amounts, mission_id: str) -> None:
        """Take the room of a line, or of the part that `amounts` stands for."""
        self.left[mission_id] = self.left[mission_id] - amounts
        if line.hazard:
            found = self.aboard.setdefault((mission_id, line.direction == "up"), {})
            found[line.hazard] = found.get(line.hazard, 0) + 1
