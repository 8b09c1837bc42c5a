"""What is asked for in a year: flights, cargo lines, contracts, crews, stocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import EVIDENCE, _Checked

__all__ = [
    "DIRECTIONS",
    "FORMS",
    "TERMS",
    "Blackout",
    "CargoLine",
    "Contract",
    "CrewStay",
    "Customer",
    "Demand",
    "Lane",
    "MissionRequest",
    "Price",
    "Spare",
    "Stock",
    "Supplier",
    "Tail",
    "Term",
]

DIRECTIONS = ("up", "down", "disposal")
FORMS = ("bag", "box", "unpressurised", "bulk")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionRequest(_Checked):
    """A contracted flight and the freedom left to the planner."""

    mission_id: str = text("name of the mission")
    destination: str = text("where it goes")
    vehicle_types: tuple[str, ...] = text("types of spacecraft that may fly it")
    launchers: tuple[str, ...] = text("launchers that may lift it; empty: any that fits the type")
    sites: tuple[str, ...] = text("sites it may fly from; empty: any with a pad for the launcher")
    earliest_utc: datetime = text("first lift-off")
    latest_utc: datetime = text("last lift-off")
    docked_min_d: float = quantity("d", "shortest stay at the port", ge=0)
    docked_max_d: float = quantity("d", "longest stay at the port", ge=0)
    contract_id: str = text("contract under which it flies", default="")
    furnished_by: str = text("customer that brings launch and spacecraft; empty: bought by the service", default="")
    must: bool = text("a plan without it is no plan", default=False)
    phasing_d: float | None = quantity(
        "d", "lift-off to docking where it is agreed; empty: the type's own", ge=0, le=60, places=6, default=None
    )
    return_d: float | None = quantity(
        "d", "undocking to the end where it is agreed; empty: the type's own", ge=0, le=800, places=6, default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoLine(_Checked):
    """One line of cargo: pieces of one kind that travel together unless they are bulk."""

    item_id: str = text("name of the line")
    customer: str = text("who pays")
    contract_id: str = text("contract that prices it; empty: the customer's only contract", default="")
    destination: str = text("where it goes, or comes from")
    direction: str = text("up: to the place, down: intact to Earth, disposal: trash", choices=DIRECTIONS)
    supply_class: str = text("class of supply", column="class")
    form: str = text("bag or box (pressurised), unpressurised, or bulk (pumped)", choices=FORMS)
    pieces: float = quantity("count", "number of equal pieces; 1 for bulk", ge=1, le=10_000)
    mass_kg: float = quantity("kg", "gross mass of all pieces", ge=0.001)
    dx_m: float | None = quantity("m", "length of one piece; empty for bulk", ge=0.001, le=20, default=None)
    dy_m: float | None = quantity("m", "width of one piece; empty for bulk", ge=0.001, le=20, default=None)
    dz_m: float | None = quantity("m", "height of one piece; empty for bulk", ge=0.001, le=20, default=None)
    power_w: float = quantity("W", "power during flight, each piece", ge=0, default=0.0)
    late_load: bool = text("handed over in the last day before lift-off", default=False)
    cold: bool = text("needs cold stowage", default=False)
    hazard: str = text("hazard class; empty: none", default="")
    orientation: str = text(
        "any: all six, upright: dz stays vertical, fixed: as given", choices=("any", "upright", "fixed"), default="any"
    )
    release_utc: datetime = text("up: ready at the launch site; down, disposal: ready at the place")
    due_utc: datetime | None = text("up: unloaded by; down: landed by; empty: no date", default=None)
    priority: float = quantity("count", "1 is the highest, 5 the lowest", ge=1, le=5)
    must: bool = text("a plan without it is no plan", default=False)
    declared_usd: float = quantity("USD", "declared value", ge=0, default=0.0)
    source: str = text("where the line's figures come from", default="")
    evidence: str = text("weakest evidence among them; empty: the sender's own word", choices=("", *EVIDENCE), default="")

    @property
    def volume_m3(self) -> float:
        """Volume of all pieces [m3]; bulk takes tank mass, not hold volume."""
        if self.dx_m is None or self.dy_m is None or self.dz_m is None:
            return 0.0
        return self.pieces * self.dx_m * self.dy_m * self.dz_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail(_Checked):
    """One spacecraft: when it can enter processing first and how many flights it has left."""

    vehicle_id: str = text("name or serial")
    vehicle_type: str = text("its type")
    ready_utc: datetime = text("first day it can enter processing")
    flights_left: float = quantity("count", "flights left in its life; 1 if expendable", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout(_Checked):
    """A time in which a site, pad, facility, port or place can't be used, or a launcher or type of spacecraft stands down."""

    kind: str = text("what is closed", choices=("site", "pad", "facility", "destination", "port", "launcher", "vehicle"))
    object: str = text("its name; a pad as SITE/PAD, a port as DESTINATION/PORT; a vehicle by its type")
    from_utc: datetime = text("closed from")
    to_utc: datetime = text("open again")
    reason: str = text("why", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(_Checked):
    """Who sends cargo."""

    customer: str = text("short name")
    name: str = text("full name")
    kind: str = text("kind of customer", choices=("agency", "station", "company", "university"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(_Checked):
    """An agreement with a customer, and the tariff that prices it."""

    contract_id: str = text("name of the contract")
    customer: str = text("with whom")
    from_utc: datetime = text("in force from")
    to_utc: datetime = text("in force until")
    price_basis: str = text("tariff in prices.csv")


TERMS = ("due_tolerance", "penalty_per_day", "penalty_cap", "minimum_kg", "option_kg", "milestone", "free_reflight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(_Checked):
    """One term of a contract.

    due_tolerance [d]: days late without penalty. penalty_per_day [percent of the line's price, each day begun].
    penalty_cap [percent of the line's price], also owed for a line left behind past its due date. minimum_kg [kg]: up
    mass that must be delivered in the horizon. option_kg [kg]: further mass the customer may order. milestone [USD]:
    paid for each mission of the contract that docks. free_reflight [count]: lost lines flown again at no price.
    """

    contract_id: str = text("contract")
    term: str = text("name of the term", choices=TERMS)
    value: float = quantity("value", "its value", ge=0)
    unit: str = text("its unit", choices=("d", "percent", "kg", "USD", "count"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier(_Checked):
    """Who delivers goods to the launch sites."""

    supplier: str = text("name")
    classes: tuple[str, ...] = text("classes of supply it delivers")
    place: str = text("where it ships from")
    lead_time_d: float = quantity("d", "order to dispatch", ge=0)
    usd_per_kg: float = quantity("USD", "price of one kilogram", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane(_Checked):
    """A ground route from a supplier's place to a launch site."""

    from_place: str = text("start", column="from")
    to_place: str = text("end", column="to")
    mode: str = text("mode", choices=("road", "air", "sea", "rail"))
    transit_d: float = quantity("d", "days on the way", ge=0)
    usd_per_kg: float = quantity("USD", "freight for one kilogram", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(_Checked):
    """A tariff: what the customer pays for one kilogram. The tariff `catalogue` values the whole chain."""

    tariff: str = text("name of the tariff")
    destination: str = text("place")
    direction: str = text("direction", choices=DIRECTIONS)
    usd_per_kg: float = quantity("USD", "price of one kilogram, gross", ge=0)
    price_year: float = quantity("year", "price year", ge=1950, le=2100)
    basis: str = text("how the figure was found", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock(_Checked):
    """What a place holds at the start of the horizon and what it must never fall below, gross as packaged."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    on_hand_kg: float = quantity("kg", "at the start of the horizon", ge=0)
    reserve_kg: float = quantity("kg", "reserve that must stay", ge=0)
    critical_kg: float = quantity("kg", "level at which the crew prepares to leave", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand(_Checked):
    """A draw on stock that does not follow the crew: leaks, experiments, refuelling."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    from_utc: datetime = text("from")
    to_utc: datetime = text("until")
    kg_per_d: float = quantity("kg", "drawn each day", ge=0)
    basis: str = text("how the figure was found", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewStay(_Checked):
    """How many people live at a place between two instants."""

    destination: str = text("place")
    from_utc: datetime = text("from")
    to_utc: datetime = text("until")
    crew_count: float = quantity("count", "people on board", ge=0, le=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare(_Checked):
    """A part that fails now and then; each failure draws its mass from the stock of spares."""

    destination: str = text("place")
    part: str = text("name of the part")
    supply_class: str = text("class of supply", column="class")
    mass_kg: float = quantity("kg", "gross mass of one spare", ge=0)
    failures_per_year: float = quantity("count", "mean failures a year (scenario assumption)", ge=0)
