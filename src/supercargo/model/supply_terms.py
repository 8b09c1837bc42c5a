"""Assumptions behind a fleet's and a supply chain's strategy: rows of a scenario that people can edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import EVIDENCE, _Record
from supercargo.model.demand import Supplier

__all__ = ["UNTOLD", "FleetLife", "GroundLeg", "StockTerm", "SupplierTerm", "SupplyTables", "weakest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetLife(_Record):
    """How long a type of spacecraft lasts, what work it needs, and what a new one and a longer life cost."""

    vehicle_type: str = text("type of spacecraft")
    life_flights: float = quantity("count", "flights for which a new one is certified", ge=1, le=1000)
    new_usd: float = quantity("USD", "price of a new spacecraft", ge=0, le=1e12)
    refurbish_usd: float = quantity("USD", "work between two flights", ge=0, le=1e12)
    inspection_flights: float | None = quantity(
        "count", "flights after which a large inspection is due; empty: none", ge=1, le=1000, default=None
    )
    inspection_every_d: float | None = quantity(
        "d", "days after which it is due, whatever has flown; empty: none", ge=1, le=36_525, default=None
    )
    inspection_work_d: float = quantity("d", "days that it takes", ge=0, le=4000, default=0.0)
    inspection_usd: float = quantity("USD", "what it costs", ge=0, le=1e12, default=0.0)
    extension_flights: float = quantity("count", "flights that an extension of life adds; 0: none is offered", ge=0, le=1000)
    extension_usd: float = quantity("USD", "what extending one spacecraft costs: analysis, tests, parts", ge=0, le=1e12)
    extension_years: float = quantity("year", "years for which an extension holds", ge=0, le=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTerm(_Record):
    """How a class of supply is bought, kept and counted."""

    supply_class: str = text("class of supply", column="class")
    bought: bool = text("bought by the service; false: its owner brings it to the supplier's place at no price")
    value_usd_per_kg: float | None = quantity(
        "USD", "value of one kilogram; empty: the cheapest supplier's price", ge=0, le=1e9, default=None
    )
    shelf_life_d: float | None = quantity("d", "days from dispatch for which it keeps; empty: it keeps", ge=1, default=None)
    capital_fraction: float = quantity("fraction", "what a USD held for a year costs: capital, insurance, loss", ge=0, le=1)
    storage_usd_per_kg_d: float = quantity("USD", "keeping one kilogram for a day at a launch site", ge=0, le=1e6, places=4)
    service_fraction: float = quantity(
        "fraction", "of cycles in which stock lasts from one delivery to the next", ge=0.5, le=0.99999
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierTerm(_Record):
    """What is known of a supplier beside its price and lead time."""

    supplier: str = text("supplier")
    capacity_kg_month: float | None = quantity("kg", "most that it dispatches in a month; empty: no limit", ge=0, default=None)
    order_usd: float = quantity("USD", "cost of one order: paper, inspection, receipt", ge=0, le=1e9)
    on_time_fraction: float = quantity("fraction", "share of what it dispatches by the date agreed", ge=0, le=1)
    late_d: float = quantity("d", "days late of what comes late; orders are placed so many days earlier", ge=0, le=4000)
    late_usd_per_kg: float = quantity(
        "USD", "what a kilogram costs that misses its flight and waits for the next", ge=0, le=1e6
    )
    stop_probability: float = quantity("probability", "that it stops delivering in a year", ge=0, le=1, default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundLeg(_Record):
    """A leg of transport on the ground: between a supplier's place, a hub and a launch site."""

    from_place: str = text("start", column="from")
    to_place: str = text("end", column="to")
    mode: str = text("mode", choices=("road", "air", "sea", "rail"))
    transit_d: float = quantity("d", "days on the way", ge=0)
    customs_d: float = quantity("d", "days for customs and transfer at its end", ge=0, default=0.0)
    usd_per_kg: float = quantity("USD", "freight for one kilogram", ge=0, le=1e6)
    usd_per_shipment: float = quantity("USD", "what each vehicle, container or charter costs whatever is in it", ge=0)
    shipment_kg: float | None = quantity("kg", "most that one takes; empty: no limit", ge=0.001, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyTables:
    """The assumptions of a fleet and of a supply chain; `templates` names files that the scenario lacks."""

    lives: tuple[FleetLife, ...]
    stock_terms: tuple[StockTerm, ...]
    supplier_terms: tuple[SupplierTerm, ...]
    ground_legs: tuple[GroundLeg, ...]
    templates: tuple[str, ...] = ()

    def stock_term(self, supply_class: str) -> StockTerm:
        """Terms of a class; of one without a row those that `UNTOLD` assumes."""
        found = next((term for term in self.stock_terms if term.supply_class == supply_class), None)
        return found or replace(UNTOLD, supply_class=supply_class)

    def supplier_term(self, supplier: str) -> SupplierTerm:
        """Terms of a supplier; one without a row has no limit, costs nothing to order from and is never late."""
        found = next((term for term in self.supplier_terms if term.supplier == supplier), None)
        return found or replace(_PUNCTUAL, supplier=supplier)

    def value_usd_per_kg(self, supply_class: str, suppliers: Iterable[Supplier]) -> float:
        """Value of a kilogram of a class at the supplier's gate [USD]: its row, else the cheapest price, else 0."""
        term = self.stock_term(supply_class)
        if term.value_usd_per_kg is not None:
            return term.value_usd_per_kg
        return min((one.usd_per_kg for one in suppliers if supply_class in one.classes), default=0.0)


UNTOLD = StockTerm(
    supply_class="",
    bought=True,
    capital_fraction=0.12,
    storage_usd_per_kg_d=0.0,
    service_fraction=0.95,
    source="no row in stock_terms.csv",
    as_of="",
    evidence="assumption",
)
"""Terms of a class of which nothing is told."""

_PUNCTUAL = SupplierTerm(
    supplier="",
    order_usd=0.0,
    on_time_fraction=1.0,
    late_d=0.0,
    late_usd_per_kg=0.0,
    source="no row in supplier_terms.csv",
    as_of="",
    evidence="assumption",
)


def weakest(evidences: Iterable[str]) -> str:
    """The weakest of several kinds of evidence.

    >>> weakest(["sourced", "memory"])
    'memory'
    """
    return max(evidences, key=EVIDENCE.index, default=EVIDENCE[-1])
