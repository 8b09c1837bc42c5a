"""Loads: no mission carries more than its spacecraft takes, counted in each of the ways that bind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from supercargo.referee.case import MASS_TOLERANCE_KG, Aboard, Case, Voyage
from supercargo.referee.routes import carries_kg
from supercargo.referee.rule import Finding

__all__ = [
    "bulk_class",
    "hazard_back",
    "hazard_up",
    "hours_load",
    "hours_unload",
    "low_fill",
    "mass_bulk",
    "mass_cold",
    "mass_cold_down",
    "mass_disposal",
    "mass_down",
    "mass_late_load",
    "mass_pressurised",
    "mass_unpressurised",
    "mass_up",
    "power_slots",
    "power_watts",
    "volume_back",
]

_HOURS_TOLERANCE = 1e-3
_VOLUME_TOLERANCE_M3 = 1e-4
_LOW_FILL = 0.5
_PRESSURISED = ("bag", "box")


def _mass_kg(loads: Iterable[Aboard]) -> float:
    return math.fsum(load.row.mass_kg for load in loads)


def _over(name: str, what: str, said_kg: float, limit_kg: float) -> Iterator[Finding]:
    if said_kg > limit_kg + MASS_TOLERANCE_KG:
        yield name, f"mission {name} carries {said_kg:.3f} kg {what}, {said_kg - limit_kg:.3f} kg more than {limit_kg:g} kg"


def mass_up(case: Case) -> Iterator[Finding]:
    """All cargo up stays within the spacecraft's upmass, and within what a listed route lets it carry."""
    for name, voyage in case.voyages.items():
        yield from _over(name, "up", _mass_kg(case.up(name)), carries_kg(case, voyage))


def mass_pressurised(case: Case) -> Iterator[Finding]:
    """Bags and boxes up stay within the pressurised mass."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.up(name) if load.line.form in _PRESSURISED)
        yield from _over(name, "in bags and boxes up", _mass_kg(loads), voyage.vehicle.pressurised_kg)


def mass_unpressurised(case: Case) -> Iterator[Finding]:
    """Unpressurised cargo up stays within its limit."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.up(name) if load.line.form == "unpressurised")
        yield from _over(name, "unpressurised up", _mass_kg(loads), voyage.vehicle.unpressurised_kg)


def mass_bulk(case: Case) -> Iterator[Finding]:
    """Bulk cargo up stays within the tanks."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.up(name) if load.line.form == "bulk")
        yield from _over(name, "in bulk up", _mass_kg(loads), voyage.vehicle.bulk_kg)


def bulk_class(case: Case) -> Iterator[Finding]:
    """The tanks carry only the classes of supply that they accept."""
    for name, voyage in case.voyages.items():
        for load in case.up(name):
            if load.line.form == "bulk" and load.line.supply_class not in voyage.vehicle.bulk_classes:
                words = f"line {load.row.item_id} is bulk {load.line.supply_class}"
                yield load.row.item_id, f"{words}, the tanks of {name} take {', '.join(voyage.vehicle.bulk_classes) or 'none'}"


def mass_late_load(case: Case) -> Iterator[Finding]:
    """Cargo of the last day stays within the late-load limit."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.up(name) if load.line.late_load)
        yield from _over(name, "of late load", _mass_kg(loads), voyage.vehicle.late_load_kg)


def mass_cold(case: Case) -> Iterator[Finding]:
    """Cold cargo up stays within cold stowage."""
    for name, voyage in case.voyages.items():
        yield from _over(name, "cold up", _mass_kg(load for load in case.up(name) if load.line.cold), voyage.vehicle.cold_kg)


def mass_cold_down(case: Case) -> Iterator[Finding]:
    """Cold cargo down stays within cold stowage."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.back(name) if load.line.cold and load.line.direction == "down")
        yield from _over(name, "cold down", _mass_kg(loads), voyage.vehicle.cold_kg)


def mass_down(case: Case) -> Iterator[Finding]:
    """Cargo brought back stays within the downmass."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.back(name) if load.line.direction == "down")
        yield from _over(name, "down", _mass_kg(loads), voyage.vehicle.downmass_kg)


def mass_disposal(case: Case) -> Iterator[Finding]:
    """Trash stays within what the spacecraft can take away."""
    for name, voyage in case.voyages.items():
        loads = (load for load in case.back(name) if load.line.direction == "disposal")
        yield from _over(name, "of trash", _mass_kg(loads), voyage.vehicle.disposal_kg)


def power_slots(case: Case) -> Iterator[Finding]:
    """Powered pieces up have an outlet each."""
    for name, voyage in case.voyages.items():
        count = math.fsum(load.line.pieces for load in case.up(name) if load.line.power_w > 0)
        if count > voyage.vehicle.powered_slots + 1e-9:
            yield name, f"mission {name} carries {count:g} powered pieces, {voyage.vehicle.powered_slots:g} have an outlet"


def power_watts(case: Case) -> Iterator[Finding]:
    """Powered pieces up draw no more than the spacecraft gives."""
    for name, voyage in case.voyages.items():
        watts = math.fsum(load.line.pieces * load.line.power_w for load in case.up(name) if load.line.power_w > 0)
        if watts > voyage.vehicle.power_w + 1e-6:
            yield name, f"the cargo of {name} draws {watts:g} W, the spacecraft gives {voyage.vehicle.power_w:g} W"


def _hours(loads: Iterable[Aboard], voyage: Voyage) -> float:
    place = voyage.place
    return math.fsum(
        load.row.mass_kg / 1000.0 * place.hours_per_bulk_t
        if load.line.form == "bulk"
        else load.line.pieces * place.hours_per_piece
        for load in loads
    )


def hours_unload(case: Case) -> Iterator[Finding]:
    """Unloading takes no more hours than are set aside for it."""
    for name, voyage in case.voyages.items():
        hours = _hours(case.up(name), voyage)
        if hours > voyage.vehicle.unload_h + _HOURS_TOLERANCE:
            yield name, f"unloading {name} takes {hours:.2f} h, set aside are {voyage.vehicle.unload_h:g} h"


def hours_load(case: Case) -> Iterator[Finding]:
    """Loading return cargo and trash takes no more hours than are set aside for it."""
    for name, voyage in case.voyages.items():
        hours = _hours(case.back(name), voyage)
        if hours > voyage.vehicle.load_h + _HOURS_TOLERANCE:
            yield name, f"loading {name} takes {hours:.2f} h, set aside are {voyage.vehicle.load_h:g} h"


def volume_back(case: Case) -> Iterator[Finding]:
    """Return cargo and trash fit the bays of their kind by volume."""
    for name, voyage in case.voyages.items():
        for forms, pressurised, kind in ((_PRESSURISED, True, "pressurised"), (("unpressurised",), False, "unpressurised")):
            taken_m3 = math.fsum(load.line.volume_m3 for load in case.back(name) if load.line.form in forms)
            there_m3 = case.bay_volume_m3(voyage.vehicle.vehicle_type, (pressurised,))
            if taken_m3 > there_m3 + _VOLUME_TOLERANCE_M3:
                yield name, f"mission {name} takes back {taken_m3:.3f} m3 {kind}, its bays hold {there_m3:.3f} m3"


def _hazards(case: Case, name: str, loads: Iterable[Aboard]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for load in loads:
        if load.line.hazard:
            first.setdefault(load.line.hazard, load.row.item_id)
    for pair in sorted(case.scenario.hazard_pairs, key=lambda pair: (pair.hazard_a, pair.hazard_b)):
        if pair.hazard_a in first and pair.hazard_b in first:
            both = f"{first[pair.hazard_a]} ({pair.hazard_a}) and {first[pair.hazard_b]} ({pair.hazard_b})"
            yield f"{name}/{pair.hazard_a}/{pair.hazard_b}", f"mission {name} carries {both} together"


def hazard_up(case: Case) -> Iterator[Finding]:
    """No two hazards of a forbidden pair fly up together."""
    for name in case.missions:
        yield from _hazards(case, name, case.up(name))


def hazard_back(case: Case) -> Iterator[Finding]:
    """No two hazards of a forbidden pair come back together."""
    for name in case.missions:
        yield from _hazards(case, name, case.back(name))


def low_fill(case: Case) -> Iterator[Finding]:
    """A spacecraft less than half full of mass and volume is a flight that others would pay for."""
    for name, voyage in case.voyages.items():
        share = _fill(case, name, voyage)
        if share < _LOW_FILL:
            yield name, f"mission {name} flies up {100 * share:.0f} % full"


def _fill(case: Case, name: str, voyage: Voyage) -> float:
    mass_kg = _mass_kg(case.up(name))
    volume_m3 = math.fsum(load.line.volume_m3 for load in case.up(name))
    bays_m3, most_kg = case.bay_volume_m3(voyage.vehicle.vehicle_type), carries_kg(case, voyage)
    of_mass = mass_kg / most_kg if most_kg else 1.0
    return max(of_mass, volume_m3 / bays_m3 if bays_m3 else 0.0)
