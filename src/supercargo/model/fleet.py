"""What is found of a fleet: how it is used, kept, and how its capacity stands against what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = [
    "CAPACITY_KINDS",
    "CapacityGap",
    "CapacityRow",
    "FleetReport",
    "LifeOption",
    "MaintenanceRow",
    "Reliability",
    "SmallerVehicle",
    "TailUse",
    "TypeUse",
]

CAPACITY_KINDS = ("up", "pressurised", "unpressurised", "bulk", "down", "disposal")
"""What a spacecraft offers: all cargo up; of it bags and boxes, unpressurised pieces, tanks; cargo brought back; trash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TailUse(_Checked):
    """A spacecraft's days of the horizon and the flights of its life. The five kinds of days add up to those owned."""

    vehicle_id: str = text("name or serial")
    vehicle_type: str = text("its type")
    flights_count: int = quantity("count", "flights in the plan", ge=0)
    flights_left_before: float = quantity("count", "flights left in its life at the start", ge=0)
    flights_left_after: float = quantity("count", "flights left after the plan")
    life_flights: float | None = quantity("count", "flights of a whole life; empty: not told", ge=1, default=None)
    owned_d: float = quantity("d", "from ready to the end of its life or of the horizon", ge=0)
    flying_d: float = quantity("d", "lift-off to landing or entry", ge=0)
    processing_d: float = quantity("d", "in processing and on the pad", ge=0)
    maintenance_d: float = quantity("d", "turned round after a landing", ge=0)
    inspection_d: float = quantity("d", "in large inspections of the maintenance plan", ge=0)
    idle_d: float = quantity("d", "ready and not used", ge=0)
    upmass_kg: float = quantity("kg", "cargo up", ge=0)
    upmass_capacity_kg: float = quantity("kg", "largest cargo mass of its flights", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeUse(_Checked):
    """A type of spacecraft: flights, share of its days in use, share of mass and volume, money for each kilogram."""

    vehicle_type: str = text("type")
    tails_count: int = quantity("count", "spacecraft owned or contracted", ge=0)
    unused_count: int = quantity("count", "of these, without a flight in the plan", ge=0)
    flights_count: int = quantity("count", "flights", ge=0)
    flights_left_after: float = quantity("count", "flights left after the plan, all tails together")
    owned_d: float = quantity("d", "days owned", ge=0)
    flying_percent: float = quantity("percent", "of the days owned, flying", ge=0)
    maintenance_percent: float = quantity("percent", "of the days owned, turned round or inspected", ge=0)
    idle_percent: float = quantity("percent", "of the days owned, ready and not used", ge=0)
    mass_percent: float = quantity("percent", "cargo up over largest cargo mass", ge=0)
    volume_percent: float | None = quantity(
        "percent", "placed volume over volume of the bays; empty: no bay", ge=0, default=None
    )
    down_percent: float | None = quantity(
        "percent", "cargo back over largest mass back; empty: brings nothing back", ge=0, default=None
    )
    cost_usd: float = quantity("USD", "whole cost of its flights", ge=0)
    usd_per_kg: float | None = quantity("USD", "whole cost for a kilogram up; empty: carried none", ge=0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRow(_Checked):
    """Work that a spacecraft needs: what, from when to when, why, and how much time is left before its next processing."""

    vehicle_id: str = text("spacecraft")
    vehicle_type: str = text("its type")
    work: str = text("kind of work", choices=("turnaround", "inspection"))
    start_utc: datetime | None = text("begins; empty: no gap in the plan is long enough", default=None)
    end_utc: datetime | None = text("ends", default=None)
    due_utc: datetime | None = text("an inspection: due by; empty: no date", default=None)
    after_mission: str = text("flight after which it is done; empty: before the first", default="")
    float_d: float | None = quantity("d", "days left before its next processing; empty: flies no more", default=None)
    cost_usd: float = quantity("USD", "what the work costs by lives.csv", ge=0)
    why: str = text("what makes it due")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeOption(_Checked):
    """A longer life of a type against new spacecraft: cost, replacement avoided, how the answer turns."""

    vehicle_type: str = text("type")
    tails_count: int = quantity("count", "spacecraft that could be extended", ge=0)
    flights_a_year: float = quantity("count", "flights a year, as in the plan", ge=0)
    left_after_count: float = quantity("count", "flights left after the plan without an extension", ge=0)
    wanted_count: float = quantity("count", "flights wanted beyond these while an extension holds", ge=0)
    extended_count: int = quantity("count", "spacecraft extended", ge=0)
    gained_count: float = quantity("count", "flights gained that are wanted, losses taken off", ge=0)
    avoided_usd: float = quantity("USD", "new spacecraft avoided by them", ge=0)
    cost_usd: float = quantity("USD", "cost of the extensions", ge=0)
    net_usd: float = quantity("USD", "avoided less cost")
    net_low_usd: float = quantity("USD", "the same with new spacecraft a quarter cheaper and extensions a quarter dearer")
    net_high_usd: float = quantity("USD", "the same the other way round")
    break_even_usd: float | None = quantity(
        "USD", "price of one extension at which it pays no more; empty: none", ge=0, default=None
    )
    loss_probability: float = quantity("probability", "that a flight is lost, which ends a life", ge=0, le=1)
    verdict: str = text(
        "extend, replace, not needed, or not told apart", choices=("extend", "replace", "not needed", "not told apart")
    )
    evidence: str = text("weakest evidence among the figures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability(_Checked):
    """How likely a flight of a type is to dock, from the record of its launcher or spacecraft."""

    vehicle_type: str = text("type")
    record: str = text("whose record it is; empty: of all launchers together", default="")
    trials_count: float | None = quantity("count", "flights on record; empty: a person's word", ge=0, default=None)
    losses_count: float | None = quantity("count", "of these lost", ge=0, default=None)
    reliability: float = quantity("probability", "mean that a flight docks", ge=0, le=1)
    low: float | None = quantity("probability", "lower end of the 90 % interval; empty: no record", ge=0, le=1, default=None)
    high: float | None = quantity("probability", "its upper end", ge=0, le=1, default=None)
    flights_count: int = quantity("count", "flights in the plan", ge=0)
    expected_losses: float = quantity("count", "flights of the plan that are expected to be lost", ge=0)
    all_dock: float = quantity("probability", "that every flight of the plan docks", ge=0, le=1)
    evidence: str = text("evidence of the record")


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRow(_Checked):
    """What flights of a month offer a place, and what is due there in that month."""

    month_utc: datetime = text("first instant of the month")
    destination: str = text("place; empty: all together", default="")
    kind: str = text("what is offered", choices=CAPACITY_KINDS)
    flights_count: int = quantity("count", "flights that arrive; down, disposal: that end", ge=0)
    capacity_kg: float = quantity("kg", "largest mass of these flights", ge=0)
    demand_kg: float = quantity("kg", "lines due in the month; without a date, ready in it", ge=0)
    undated_kg: float = quantity("kg", "of the demand, lines without a date", ge=0)
    carried_kg: float = quantity("kg", "carried by these flights", ge=0)
    ahead_kg: float = quantity("kg", "capacity less demand since the start; below zero: more was due than could have come")


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityGap(_Checked):
    """Capacity of the horizon against what is asked: where the fleet has too little, and where too much."""

    destination: str = text("place; empty: all together", default="")
    kind: str = text("what is offered", choices=CAPACITY_KINDS)
    flights_count: int = quantity("count", "flights", ge=0)
    capacity_kg: float = quantity("kg", "largest mass of its flights", ge=0)
    demand_kg: float = quantity("kg", "lines of the scenario", ge=0)
    carried_kg: float = quantity("kg", "carried", ge=0)
    left_kg: float = quantity("kg", "left behind", ge=0)
    worst_month_utc: datetime | None = text(
        "month in which demand since the start is furthest ahead; empty: never", default=None
    )
    worst_kg: float = quantity("kg", "by so much it is ahead then", ge=0)
    verdict: str = text("too little, tight, balanced or too much", choices=("too little", "tight", "balanced", "too much"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallerVehicle(_Checked):
    """A mission whose load another type that flies to the place would carry for less."""

    mission_id: str = text("mission")
    vehicle_type: str = text("type that flies")
    other_type: str = text("type that would carry the same")
    load_kg: float = quantity("kg", "cargo up", ge=0)
    other_kg: float = quantity("kg", "largest cargo mass of the other type", ge=0)
    saving_usd: float = quantity("USD", "difference of the catalogue prices of spacecraft and launch", ge=0)
    allowed: bool = text("the contracted flight names the other type too")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetReport:
    """All that is found of a fleet in a plan."""

    of: str
    as_of_utc: datetime
    price_year: int
    remarks: tuple[str, ...]
    tails: tuple[TailUse, ...]
    types: tuple[TypeUse, ...]
    maintenance: tuple[MaintenanceRow, ...]
    lives: tuple[LifeOption, ...]
    reliability: tuple[Reliability, ...]
    capacity: tuple[CapacityRow, ...]
    gaps: tuple[CapacityGap, ...]
    smaller: tuple[SmallerVehicle, ...]

    @property
    def utilisation_percent(self) -> float:
        """Cargo up over the largest cargo mass of all flights [percent]."""
        capacity = sum(row.upmass_capacity_kg for row in self.tails)
        return 100.0 * sum(row.upmass_kg for row in self.tails) / capacity if capacity else 0.0

    @property
    def maintenance_percent(self) -> float:
        """Days turned round over days owned, all tails together [percent], without inspections, as K6 counts it."""
        owned = sum(row.owned_d for row in self.tails)
        return 100.0 * sum(row.maintenance_d for row in self.tails) / owned if owned else 0.0

    def months(self, kind: str, destination: str = "") -> tuple[CapacityRow, ...]:
        """Rows of one kind and place, month by month; no place: all together."""
        return tuple(row for row in self.capacity if (row.kind, row.destination) == (kind, destination))
