"""What a flight carried: what the record says, and the median of its kind where the record is silent.

Every figure says which it is: `sourced` or `memory` as the record's own source has it, `assumption` where it was filled.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supercargo.app.history.flights import PastFlight
from supercargo.model import FlownFlight, VehicleType

__all__ = ["Loads", "Mass", "loads_of"]

TRASH_SHARE = 0.6
"""Trash taken away for each kilogram of pressurised cargo, where no flight of the family says: an assumption."""

_TANKS = ("propellant_up_kg", "water_up_kg", "gas_up_kg")


@dataclass(frozen=True, slots=True)
class Mass:
    """A mass [kg] with the evidence and the source that it has."""

    kg: float
    evidence: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """The loads of one flight."""

    pressurised: Mass
    unpressurised: Mass
    propellant: Mass
    water: Mass
    gas: Mass
    down: Mass
    disposal: Mass

    @property
    def all(self) -> tuple[Mass, ...]:
        """Every load that is not nothing."""
        loads = (self.pressurised, self.unpressurised, self.propellant, self.water, self.gas, self.down, self.disposal)
        return tuple(load for load in loads if load.kg > 0)


def _tanks_kg(record: FlownFlight) -> float:
    return sum(getattr(record, column) or 0.0 for column in _TANKS)


def _dry_kg(record: FlownFlight) -> float | None:
    """Pressurised cargo without what is pumped [kg], as far as the record says."""
    outside, tanks = record.unpressurised_up_kg, _tanks_kg(record)
    if record.pressurised_up_kg is not None:
        whole = record.total_up_kg or 0.0
        pumped_inside = whole > 0 and record.pressurised_up_kg + (outside or 0.0) + tanks > whole + 1.0
        return whole - (outside or 0.0) - tanks if pumped_inside else record.pressurised_up_kg
    if record.total_up_kg is not None and (outside is not None or record.vehicle == "Progress"):
        return record.total_up_kg - (outside or 0.0) - tanks
    return None


@dataclass(frozen=True)
class _Kind:
    """The flights among which the median of a flight is sought: its variant, then its family."""

    flight: PastFlight
    flights: Sequence[PastFlight]

    def median(self, known: Callable[[FlownFlight], float | None]) -> tuple[float, str] | None:
        own = self.flight.record
        for what, alike in (
            (f"{own.vehicle} {own.variant}", [one for one in self.flights if one.vehicle_type == self.flight.vehicle_type]),
            (own.vehicle, [one for one in self.flights if one.record.vehicle == own.vehicle]),
        ):
            values = [value for one in alike if (value := known(one.record)) is not None]
            if values:
                count = f"{len(values)} {what} flight{'s' if len(values) > 1 else ''}"
                return statistics.median(values), f"the record is silent: median of {count} with a figure"
        return None


def _said(record: FlownFlight, kg: float) -> Mass:
    source = record.cargo_source or "mission collection"
    return Mass(round(kg, 3), "memory" if "memory" in source or not record.cargo_source else "sourced", source)


def _filled(kind: _Kind, known: Callable[[FlownFlight], float | None], most_kg: float) -> Mass:
    """A mass as recorded, else the median of its kind, at most what the type can take."""
    value = known(kind.flight.record)
    if value is not None:
        return _said(kind.flight.record, value)
    found = kind.median(known)
    return Mass(0.0, "assumption", "") if found is None else Mass(round(min(found[0], most_kg), 3), "assumption", found[1])


def loads_of(flight: PastFlight, flights: Sequence[PastFlight], vehicle: VehicleType) -> Loads:
    """What a flight carried up and took back, by form.

    `flights` are all of the record, later years too: what a spacecraft typically carries is known better afterwards.
    """
    kind, record = _Kind(flight, flights), flight.record
    outside = _filled(kind, lambda one: one.unpressurised_up_kg, vehicle.unpressurised_kg)
    if vehicle.unpressurised_kg == 0 or (record.unpressurised_up_kg is None and _adds_up(record)):
        outside = Mass(0.0, "assumption", "")
    tanks = [_tank(kind, column, vehicle) for column in _TANKS]
    dry = _filled(kind, _dry_kg, vehicle.pressurised_kg)
    if _dry_kg(record) is None and record.total_up_kg is not None:
        rest_kg = record.total_up_kg - outside.kg - sum(tank.kg for tank in tanks)
        dry = Mass(round(rest_kg, 3), "assumption", "total of the record less what is assumed for the rest")
    down = _filled(kind, lambda one: None if one.lost else one.return_kg, vehicle.downmass_kg)
    return Loads(
        pressurised=dry,
        unpressurised=outside,
        propellant=tanks[0],
        water=tanks[1],
        gas=tanks[2],
        down=down if vehicle.downmass_kg else Mass(0.0, "assumption", ""),
        disposal=_trash(kind, vehicle, dry),
    )


def _tank(kind: _Kind, column: str, vehicle: VehicleType) -> Mass:
    record = kind.flight.record
    own = getattr(record, column)
    if vehicle.bulk_kg == 0 or (own is None and _adds_up(record)):
        return Mass(0.0, "assumption", "")
    found: Mass = _filled(kind, lambda one: getattr(one, column), vehicle.bulk_kg)
    return found


def _adds_up(record: FlownFlight) -> bool:
    """True where the record's total leaves nothing for tanks that it does not mention."""
    if record.total_up_kg is None or record.pressurised_up_kg is None:
        return False
    return record.pressurised_up_kg + (record.unpressurised_up_kg or 0.0) + _tanks_kg(record) >= record.total_up_kg - 1.0


def _trash(kind: _Kind, vehicle: VehicleType, dry: Mass) -> Mass:
    if vehicle.disposal_kg == 0 or vehicle.downmass_kg:
        return Mass(0.0, "assumption", "")
    found = _filled(kind, lambda one: None if one.lost else one.disposal_kg, vehicle.disposal_kg)
    if found.kg > 0:
        return found
    source = f"the record is silent: {TRASH_SHARE:g} kg for each kg of pressurised cargo"
    return Mass(round(min(TRASH_SHARE * dry.kg, vehicle.disposal_kg), 3), "assumption", source)
