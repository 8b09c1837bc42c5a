"""The use cases of fleet and supply: a plan folder to figures, a page and a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supercargo import __version__
from supercargo.app.metering import StageWatch, unwatched
from supercargo.app.pages import book_of, refuse_pages, write_pages
from supercargo.kernel import format_utc
from supercargo.measure.fleet import review_fleet
from supercargo.measure.supply import review_supply
from supercargo.model import Chances, OperationsPlan, SupplyTables, Table
from supercargo.model import fleet as fleet_nouns
from supercargo.model import supply as supply_nouns
from supercargo.model.fleet import FleetReport
from supercargo.model.supply import SupplyReport
from supercargo.plan.ground import ship, value_of_together
from supercargo.plan.sourcing import source_supplies
from supercargo.report.blocks import Footer
from supercargo.report.fleet_page import render_fleet
from supercargo.report.supply_page import render_supply
from supercargo.store import digest_of_plan, read_chances, read_plan, read_supply_terms

__all__ = [
    "FLEET_TABLES",
    "SUPPLY_TABLES",
    "SupplyAsked",
    "fleet_of",
    "footer_of",
    "review_fleet_folder",
    "review_supply_folder",
    "supply_of",
]

FLEET_TABLES: tuple[Table, ...] = (
    Table(file="types.csv", noun=fleet_nouns.TypeUse, attribute="types", key=("vehicle_type",)),
    Table(file="tails.csv", noun=fleet_nouns.TailUse, attribute="tails", key=("vehicle_id",)),
    Table(file="upkeep.csv", noun=fleet_nouns.MaintenanceRow, attribute="maintenance", key=("vehicle_id", "work", "why")),
    Table(file="lives.csv", noun=fleet_nouns.LifeOption, attribute="lives", key=("vehicle_type",)),
    Table(file="reliability.csv", noun=fleet_nouns.Reliability, attribute="reliability", key=("vehicle_type", "record")),
    Table(file="gaps.csv", noun=fleet_nouns.CapacityGap, attribute="gaps", key=("destination", "kind")),
    Table(file="months.csv", noun=fleet_nouns.CapacityRow, attribute="capacity", key=("month_utc", "destination", "kind")),
    Table(file="smaller.csv", noun=fleet_nouns.SmallerVehicle, attribute="smaller", key=("mission_id", "other_type")),
)
"""What a review of the fleet holds, as sheets of a workbook."""

SUPPLY_TABLES: tuple[Table, ...] = (
    Table(file="stocks.csv", noun=supply_nouns.StockPlan, attribute="stocks", key=("destination", "supply_class")),
    Table(
        file="forecast.csv", noun=supply_nouns.MonthUse, attribute="forecast", key=("destination", "supply_class", "month_utc")
    ),
    Table(file="positions.csv", noun=supply_nouns.Position, attribute="positions", key=("position", "destination")),
    Table(file="suppliers.csv", noun=supply_nouns.SupplierScore, attribute="suppliers", key=("supplier",)),
    Table(file="sourcing.csv", noun=supply_nouns.SourcingOption, attribute="options", key=("policy",)),
    Table(
        file="purchases.csv",
        noun=supply_nouns.Purchase,
        attribute="purchases",
        key=("month_utc", "supplier", "supply_class", "ordered"),
    ),
    Table(file="consignments.csv", noun=supply_nouns.Consignment, attribute="consignments", key=("consignment_id",)),
    Table(file="routes.csv", noun=supply_nouns.GroundRoute, attribute="routes", key=("supplier", "site", "rank")),
    Table(file="shipments.csv", noun=supply_nouns.Shipment, attribute="shipments", key=("shipment_id",)),
    Table(file="policies.csv", noun=supply_nouns.PolicyValue, attribute="policies", key=("policy",)),
    Table(file="sensitivity.csv", noun=supply_nouns.Sensitivity, attribute="sensitivity", key=("assumption",)),
)
"""What a review of the supply chain holds, as sheets of a workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyAsked:
    """What a person asks of `fleet` and `supply`; no policy: the one that is advised."""

    folder: Path
    out: Path | None = None
    xlsx: Path | None = None
    force: bool = False
    policy: str = ""
    most_share: float = 0.7


def fleet_of(plan: OperationsPlan) -> FleetReport:
    """The review of a plan's fleet, by the scenario's own assumptions or the templates."""
    return review_fleet(plan, read_supply_terms(plan.scenario), read_chances(plan.scenario))


def supply_of(
    plan: OperationsPlan, *, policy: str = "", most_share: float = 0.7, watch: StageWatch = unwatched
) -> SupplyReport:
    """The review of a plan's supply chain: sourced, routed, shipped, stocked.

    Raises ScenarioError for a policy that is not known or a share that two suppliers can't keep.
    """
    tables, chances = read_supply_terms(plan.scenario), read_chances(plan.scenario)
    watch("sourcing", 0.0)
    sourcing = source_supplies(plan, tables, policy=policy, most_share=most_share)
    watch("shipping", 0.0)
    moved = ship(plan.scenario, tables, sourcing.consignments, sourcing.routes)
    shipments = moved.best.shipments if moved.best is not None else ()
    values = [value_of_together(plan.scenario, tables, sourcing.consignments, sourcing.routes)] if shipments else []
    watch("stocks", 0.0)
    return _reviewed(plan, tables, chances, (sourcing, shipments, values))


def _reviewed(plan: OperationsPlan, tables: SupplyTables, chances: Chances, parts: tuple[Any, Any, Any]) -> SupplyReport:
    sourcing, shipments, values = parts
    return review_supply(plan, tables, chances, sourcing, (shipments, values))


def footer_of(plan: OperationsPlan, folder: Path) -> Footer:
    """What a page says that it was made from; no futures are drawn."""
    return Footer(
        digest=digest_of_plan(folder),
        scenario_digest=plan.scenario.digest or "not known",
        seed=plan.seed,
        runs=0,
        version=__version__,
        as_of=format_utc(plan.scenario.settings.as_of_utc),
    )


def review_fleet_folder(asked: SupplyAsked, *, watch: StageWatch = unwatched) -> tuple[FleetReport, tuple[Path, ...]]:
    """The fleet of a plan folder, and the files written of it.

    Raises ScenarioError for a folder that can't be read or a file of another kind, Refused for one that exists unless `force`.
    """
    refuse_pages(asked, asked.folder)
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    report = fleet_of(plan)
    return report, write_pages(
        asked,
        lambda: render_fleet(report, footer_of(plan, asked.folder)),
        lambda: book_of(report.of, report.as_of_utc, FLEET_TABLES, report),
    )


def review_supply_folder(asked: SupplyAsked, *, watch: StageWatch = unwatched) -> tuple[SupplyReport, tuple[Path, ...]]:
    """The supply chain of a plan folder, and the files written of it; raises as `review_fleet_folder` does."""
    refuse_pages(asked, asked.folder)
    watch("reading", 0.0)
    plan = read_plan(asked.folder)
    report = supply_of(plan, policy=asked.policy, most_share=asked.most_share, watch=watch)
    return report, write_pages(
        asked,
        lambda: render_supply(report, footer_of(plan, asked.folder)),
        lambda: book_of(report.of, report.as_of_utc, SUPPLY_TABLES, report, report.sourcing),
    )
