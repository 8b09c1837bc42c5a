"""What is found of a supply chain: stocks and their policy, sources, routes, shipments, what policies are worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import Status, quantity, text
from supercargo.model.catalogue import _Checked

__all__ = [
    "POSITIONS",
    "SOURCING_POLICIES",
    "Consignment",
    "GroundRoute",
    "MonthUse",
    "PolicyValue",
    "Position",
    "Purchase",
    "Sensitivity",
    "Shipment",
    "Sourcing",
    "SourcingOption",
    "StockPlan",
    "SupplierScore",
    "SupplyReport",
]

POSITIONS = ("on the way to the site", "at the launch site", "aboard", "at the station")
"""Where goods are between a supplier's gate and their use."""

SOURCING_POLICIES = ("one source", "two sources", "free split")
"""one source: all of a class from one supplier; two sources: none has more than a share; free split: as is cheapest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPlan(_Checked):
    """One class at one place: use, how it is replenished, what protects it, what it costs to keep."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    abc: str = text("A: first 80 % of the value used, B: to 95 %, C: the rest", choices=("A", "B", "C"))
    xyz: str = text("by the spread of a month's use: X steady, Y varying, Z lumpy", choices=("X", "Y", "Z"))
    use_kg_d: float = quantity("kg", "mean use a day", ge=0)
    use_kg: float = quantity("kg", "use in the horizon", ge=0)
    spread_kg_d: float = quantity("kg", "standard deviation of a day's use", ge=0)
    month_spread: float = quantity("1", "standard deviation of 30 days' use over its mean", ge=0)
    deliveries_count: int = quantity("count", "flights that bring it in the horizon", ge=0)
    gap_d: float = quantity("d", "mean days between them", ge=0)
    gap_spread_d: float = quantity("d", "their standard deviation, planned gaps and slips of lift-offs together", ge=0)
    loss_probability: float = quantity("probability", "that a delivery is lost", ge=0, le=1)
    order_d: float = quantity("d", "order to dispatch, the supplier's lead time; 0: no supplier", ge=0)
    ground_d: float = quantity("d", "dispatch to turnover at the site, the cheapest route", ge=0)
    site_d: float = quantity("d", "turnover to lift-off", ge=0)
    flight_d: float = quantity("d", "lift-off to unloaded", ge=0)
    service: float = quantity("probability", "wanted: that stock lasts to the next delivery", ge=0, le=1)
    safety_kg: float = quantity("kg", "safety stock for that, deliveries that may be lost included", ge=0)
    normal_kg: float = quantity("kg", "the same by the textbook's formula, as if no delivery were lost", ge=0)
    cycle_kg: float = quantity("kg", "half of what is used between two deliveries", ge=0)
    reserve_kg: float = quantity("kg", "reserve of the scenario", ge=0)
    reserve_d: float | None = quantity("d", "days of use in it; empty: none is used", ge=0, default=None)
    mean_kg: float = quantity("kg", "mean stock in the plan", ge=0)
    lowest_kg: float = quantity("kg", "lowest stock expected in the plan")
    lowest_utc: datetime = text("day of it")
    lowest_p05_kg: float = quantity("kg", "lowest 5 % quantile in the plan")
    cover_d: float | None = quantity("d", "days of use in the mean stock; empty: none is used", ge=0, default=None)
    turnover: float | None = quantity("1", "use of a year over mean stock; empty: no stock", ge=0, default=None)
    advised_kg: float = quantity("kg", "reserve advised: the safety stock, not below what the crew needs to leave", ge=0)
    earth_usd_per_kg: float = quantity("USD", "value of one kilogram at the launch site", ge=0)
    lift_usd_per_kg: float = quantity("USD", "whole cost of carrying one kilogram there", ge=0)
    carrying_usd: float = quantity("USD", "capital bound in the mean stock, for a year", ge=0)
    shelf_life_d: float | None = quantity("d", "days for which it keeps; empty: it keeps", ge=0, default=None)
    age_d: float | None = quantity("d", "mean age when used, first in first out; empty: nothing is used", ge=0, default=None)
    expired_kg: float = quantity("kg", "older than it keeps when it would be used", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthUse(_Checked):
    """What a place is forecast to use of a class in a month, with a 90 % band."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    month_utc: datetime = text("first instant of the month")
    use_kg: float = quantity("kg", "mean use", ge=0)
    low_kg: float = quantity("kg", "5 % quantile", ge=0)
    high_kg: float = quantity("kg", "95 % quantile", ge=0)
    inbound_kg: float = quantity("kg", "delivered in the month", ge=0)
    end_kg: float = quantity("kg", "stock at its end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(_Checked):
    """How much lies at one position of the chain, how long, and what a kilogram is worth and costs there."""

    position: str = text("where", choices=POSITIONS)
    destination: str = text("bound for or at this place; empty: all together", default="")
    throughput_kg: float = quantity("kg", "what passes in the plan", ge=0)
    mean_d: float = quantity("d", "mean days that a kilogram stays", ge=0)
    mean_kg: float = quantity("kg", "mean mass there over the horizon", ge=0)
    usd_per_kg: float = quantity("USD", "what has been spent on a kilogram by then", ge=0)
    carrying_usd_per_kg_d: float = quantity("USD", "what a kilogram costs for a day there", ge=0, places=4)
    carrying_usd: float = quantity("USD", "what it costs in the horizon", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRoute(_Checked):
    """A way from a supplier's place to a launch site."""

    supplier: str = text("supplier")
    site: str = text("launch site")
    rank: int = quantity("count", "1: the cheapest for the shipment shown", ge=1)
    path: str = text("places and modes in order")
    days_d: float = quantity("d", "dispatch to arrival, customs included", ge=0)
    usd_per_kg: float = quantity("USD", "freight for one kilogram", ge=0)
    usd_per_shipment: float = quantity("USD", "what each shipment costs whatever is in it", ge=0)
    shipment_kg: float | None = quantity("kg", "most that one shipment takes; empty: no limit", ge=0, default=None)
    typical_kg: float = quantity("kg", "shipment that is compared", ge=0)
    typical_usd: float = quantity("USD", "its cost, capital bound on the way included", ge=0)
    evidence: str = text("weakest evidence of its legs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment(_Checked):
    """Goods of a class from one supplier for one mission, with the dates that the mission's schedule needs."""

    consignment_id: str = text("name")
    mission_id: str = text("mission")
    supply_class: str = text("class of supply", column="class")
    late_load: bool = text("handed over in the last days before lift-off")
    supplier: str = text("supplier")
    site: str = text("launch site")
    mass_kg: float = quantity("kg", "mass", ge=0)
    usd: float = quantity("USD", "price; 0: its owner brings it", ge=0)
    order_utc: datetime = text("order by")
    dispatch_utc: datetime = text("leave the supplier by")
    turnover_utc: datetime = text("hand over at the site by")
    launch_utc: datetime = text("lift-off")
    state: str = text(
        "open; on order: had to be ordered before what is known; under way: had to leave before",
        choices=("open", "on order", "under way"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase(_Checked):
    """What is ordered from a supplier in a month."""

    month_utc: datetime = text("month of the order")
    ordered: bool = text("had to be ordered before what is known: stands as an open order, or comes late")
    supplier: str = text("supplier")
    supply_class: str = text("class of supply", column="class")
    mass_kg: float = quantity("kg", "mass", ge=0)
    usd: float = quantity("USD", "price", ge=0)
    first_utc: datetime = text("earliest date to order by")
    missions_count: int = quantity("count", "missions that it is for", ge=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcingOption(_Checked):
    """A policy of sourcing: what it costs and what it depends on."""

    policy: str = text("policy", choices=SOURCING_POLICIES)
    status: str = text("what is known of the answer", choices=tuple(Status))
    objective_usd: float = quantity("USD", "cost, and what is unsourced at a price above all that suppliers ask")
    bound_usd: float = quantity("USD", "no choice of this policy costs less")
    purchase_usd: float = quantity("USD", "price of what is bought", ge=0)
    freight_usd: float = quantity("USD", "freight for each kilogram", ge=0)
    orders_usd: float = quantity("USD", "cost of orders", ge=0)
    late_usd: float = quantity("USD", "expected cost of what comes late, and capital of ordering earlier", ge=0)
    orders_count: int = quantity("count", "orders", ge=0)
    on_time_percent: float = quantity("percent", "mass that suppliers dispatch on time", ge=0, le=100)
    largest_percent: float = quantity("percent", "mass from the largest supplier", ge=0, le=100)
    exposed_percent: float = quantity(
        "percent", "mass of classes of which one supplier has more than the largest share", ge=0, le=100
    )
    risk_usd: float = quantity("USD", "expected cost of a supplier that stops until another delivers", ge=0)
    unsourced_kg: float = quantity("kg", "mass that no supplier has room for", ge=0)

    @property
    def cost_usd(self) -> float:
        """Purchase, freight, orders, expected lateness and capital of what is ordered or sent early [USD]."""
        return self.purchase_usd + self.freight_usd + self.orders_usd + self.late_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourcing:
    """The options of sourcing with the one chosen, and its split by consignment."""

    options: tuple[SourcingOption, ...]
    policy: str  # the one that consignments follow
    advised: str  # cheapest with its risk among those that leave least unsourced
    most_share: float
    consignments: tuple[Consignment, ...]
    routes: tuple[GroundRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierScore(_Checked):
    """A supplier as the plan would use it."""

    supplier: str = text("supplier")
    place: str = text("where it ships from")
    mass_kg: float = quantity("kg", "mass in the plan", ge=0)
    share_percent: float = quantity("percent", "of all mass", ge=0, le=100)
    usd: float = quantity("USD", "price of what is bought there", ge=0)
    lead_time_d: float = quantity("d", "order to dispatch", ge=0)
    on_time_percent: float = quantity("percent", "dispatched by the date agreed", ge=0, le=100)
    price_index: float | None = quantity(
        "1",
        "its price over the mean price of all suppliers of its classes, by mass; empty: it sells nothing",
        ge=0,
        default=None,
    )
    busiest_percent: float | None = quantity(
        "percent", "of its capacity in its busiest month; empty: no limit", ge=0, default=None
    )
    alone_for: tuple[str, ...] = text("classes for which there is no other", default=())
    evidence: str = text("weakest evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment(_Checked):
    """Consignments that travel together from a supplier to a site."""

    shipment_id: str = text("name")
    supplier: str = text("supplier")
    site: str = text("launch site")
    path: str = text("places and modes in order")
    depart_utc: datetime = text("leaves the supplier")
    arrive_utc: datetime = text("at the site")
    mass_kg: float = quantity("kg", "mass", ge=0)
    vehicles_count: int = quantity("count", "vehicles, containers or charters", ge=1)
    missions: tuple[str, ...] = text("missions that it is for")
    consignments: tuple[str, ...] = text("what is in it")
    freight_usd: float = quantity("USD", "freight and vehicles", ge=0)
    keeping_usd: float = quantity("USD", "storage and capital of what comes before its date", ge=0)
    status: str = text("what is known of its lane's grouping", choices=tuple(Status))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue(_Checked):
    """Another policy against today's: what it saves, what it takes, how sure that is."""

    policy: str = text("policy")
    basis: str = text("how it was counted")
    before_usd: float = quantity("USD", "cost as the plan stands, in its horizon")
    after_usd: float = quantity("USD", "cost with the policy")
    saving_usd: float = quantity("USD", "before less after; below zero: it costs")
    low_usd: float = quantity("USD", "saving where its main assumption is least favourable")
    high_usd: float = quantity("USD", "saving where it is most favourable")
    hinges_on: str = text("the assumption that is moved, and how far")
    stock_kg: float = quantity("kg", "stock that it frees; below zero: that it binds", default=0.0)
    stock_outs_before: float | None = quantity("count", "stock-outs expected a year as the plan stands", ge=0, default=None)
    stock_outs_after: float | None = quantity("count", "stock-outs expected a year with the policy", ge=0, default=None)
    gives: str = text("what it brings or takes beside money")
    evidence: str = text("weakest evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity(_Checked):
    """One assumption moved: what safety stock and its capital would be."""

    assumption: str = text("what is moved")
    safety_kg: float = quantity("kg", "safety stock, all places together", ge=0)
    change_percent: float = quantity("percent", "against the plan's assumptions")
    carrying_usd: float = quantity("USD", "capital bound in it, for a year", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyReport:
    """All that is found of the supply chain of a plan."""

    of: str
    as_of_utc: datetime
    price_year: int
    remarks: tuple[str, ...]
    stocks: tuple[StockPlan, ...]
    forecast: tuple[MonthUse, ...]
    positions: tuple[Position, ...]
    sourcing: Sourcing
    suppliers: tuple[SupplierScore, ...]
    purchases: tuple[Purchase, ...]
    shipments: tuple[Shipment, ...]
    policies: tuple[PolicyValue, ...]
    sensitivity: tuple[Sensitivity, ...]

    @property
    def chosen(self) -> SourcingOption:
        """The policy of sourcing that consignments, purchases and shipments follow."""
        return next(one for one in self.sourcing.options if one.policy == self.sourcing.policy)

    def over_all(self, position: str) -> Position:
        """One position over all places."""
        return next(row for row in self.positions if (row.position, row.destination) == (position, ""))
