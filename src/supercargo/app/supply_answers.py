"""The answers of `fleet` and `supply`, as JSON: one object each."""

from __future__ import annotations

from typing import TypedDict

from supercargo.model.fleet import (
    CapacityGap,
    CapacityRow,
    LifeOption,
    MaintenanceRow,
    Reliability,
    SmallerVehicle,
    TailUse,
    TypeUse,
)
from supercargo.model.supply import (
    Consignment,
    GroundRoute,
    MonthUse,
    PolicyValue,
    Position,
    Purchase,
    Sensitivity,
    Shipment,
    SourcingOption,
    StockPlan,
    SupplierScore,
)

__all__ = ["FleetAnswer", "SupplyAnswer"]


class FleetAnswer(TypedDict):
    """Answer of `fleet`: use, upkeep, lives, reliability, and capacity against what is asked."""

    of: str
    as_of_utc: str
    price_year: int
    remarks: list[str]
    utilisation_percent: float
    maintenance_percent: float
    types: list[TypeUse]
    tails: list[TailUse]
    maintenance: list[MaintenanceRow]
    lives: list[LifeOption]
    reliability: list[Reliability]
    gaps: list[CapacityGap]
    capacity: list[CapacityRow]
    smaller: list[SmallerVehicle]
    files: list[str]


class SupplyAnswer(TypedDict):
    """Answer of `supply`: stocks, positions, sources, purchases, routes, shipments, and what other policies are worth."""

    of: str
    as_of_utc: str
    price_year: int
    remarks: list[str]
    policy: str
    advised: str
    most_share: float
    options: list[SourcingOption]
    suppliers: list[SupplierScore]
    purchases: list[Purchase]
    consignments: list[Consignment]
    routes: list[GroundRoute]
    shipments: list[Shipment]
    stocks: list[StockPlan]
    forecast: list[MonthUse]
    positions: list[Position]
    policies: list[PolicyValue]
    sensitivity: list[Sensitivity]
    files: list[str]
