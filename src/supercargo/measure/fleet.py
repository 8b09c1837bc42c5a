"""A fleet reviewed: use, upkeep, lives, reliability, and capacity against what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.measure.fleet_capacity import capacity_gaps, capacity_rows, smaller_vehicles
from supercargo.measure.fleet_upkeep import life_options, maintenance_plan
from supercargo.measure.fleet_use import tail_use, type_use
from supercargo.measure.reliability import reliability_of
from supercargo.model import Chances, OperationsPlan, SupplyTables
from supercargo.model.fleet import FleetReport

__all__ = ["review_fleet"]


def review_fleet(plan: OperationsPlan, tables: SupplyTables, chances: Chances) -> FleetReport:
    """What a plan asks of its fleet and what the fleet has left; prices, lives and inspections are the tables' assumptions."""
    settings = plan.scenario.settings
    lives = {life.vehicle_type: life for life in tables.lives}
    maintenance = maintenance_plan(plan, lives)
    tails = tail_use(plan, maintenance, lives)
    capacity = capacity_rows(plan)
    return FleetReport(
        of=settings.name,
        as_of_utc=settings.as_of_utc,
        price_year=settings.currency_year,
        remarks=tuple(_remarks(plan, tables)),
        tails=tails,
        types=type_use(plan, tails),
        maintenance=maintenance,
        lives=life_options(plan, chances, lives),
        reliability=reliability_of(plan, chances),
        capacity=capacity,
        gaps=capacity_gaps(plan, capacity),
        smaller=smaller_vehicles(plan),
    )


def _remarks(plan: OperationsPlan, tables: SupplyTables) -> Iterator[str]:
    if "lives.csv" in tables.templates and tables.lives:
        yield "The scenario has no lives.csv: a template stands for it; its lives and prices are assumptions."
    flying = {mission.vehicle_type for mission in plan.missions}
    unknown = sorted(
        vehicle.vehicle_type
        for vehicle in plan.scenario.vehicles
        if vehicle.vehicle_type in flying
        and vehicle.turnaround_d
        and vehicle.vehicle_type not in {r.vehicle_type for r in tables.lives}
    )
    if unknown:
        yield f"lives.csv says nothing of {', '.join(unknown)}: no inspection and no longer life is counted for them."
