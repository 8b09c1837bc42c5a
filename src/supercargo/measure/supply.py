"""A supply chain reviewed: stocks, positions, suppliers, purchases, policies and what they hinge on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from supercargo.measure.stock_plan import Tweak, forecast_by_month, stock_planner
from supercargo.measure.supply_policies import inventory_policies, sensitivity_of
from supercargo.measure.supply_positions import positions_of
from supercargo.measure.supply_sources import purchase_plan, route_policy, sourcing_policy, supplier_scores
from supercargo.model import Chances, OperationsPlan, SupplyTables
from supercargo.model.supply import PolicyValue, Shipment, Sourcing, StockPlan, SupplyReport

__all__ = ["review_supply"]


def review_supply(
    plan: OperationsPlan,
    tables: SupplyTables,
    chances: Chances,
    sourcing: Sourcing,
    moved: tuple[Sequence[Shipment], Iterable[PolicyValue]],
) -> SupplyReport:
    """The supply chain of a plan as it is sourced; `moved`: its shipments, and what travelling together is worth."""
    shipments, of_shipping = moved

    again = stock_planner(plan, tables, chances, sourcing)
    stocks = again(Tweak())
    settings = plan.scenario.settings
    policies = [*of_shipping]
    if sourcing.consignments:
        policies += [*sourcing_policy(tables, sourcing), route_policy(sourcing)]
    if stocks:
        policies += inventory_policies(stocks, tables, again)
    return SupplyReport(
        of=settings.name,
        as_of_utc=settings.as_of_utc,
        price_year=settings.currency_year,
        remarks=tuple(_remarks(plan, tables, sourcing, stocks)),
        stocks=stocks,
        forecast=forecast_by_month(plan, stocks, sourcing),
        positions=positions_of(plan, tables, sourcing, shipments, stocks),
        sourcing=sourcing,
        suppliers=supplier_scores(plan, tables, sourcing),
        purchases=purchase_plan(plan, sourcing.consignments),
        shipments=tuple(shipments),
        policies=tuple(sorted(policies, key=lambda row: (-row.saving_usd, row.policy))),
        sensitivity=sensitivity_of(stocks, tables, again) if stocks else (),
    )


def _remarks(plan: OperationsPlan, tables: SupplyTables, sourcing: Sourcing, stocks: Sequence[StockPlan]) -> Iterator[str]:
    names = [name for name in tables.templates if name != "lives.csv"]
    if names:
        yield f"The scenario has no {', '.join(names)}: templates stand for them: their figures are assumptions."
    up = {row.supply_class for row in plan.manifest if row.direction == "up" and row.mission_id}
    bare = sorted(up - {word for supplier in plan.scenario.suppliers for word in supplier.classes})
    if bare:
        yield f"No supplier offers {', '.join(bare)}: nothing is said of where it comes from."
    reached = {(way.supplier, way.site) for way in sourcing.routes}
    cut = sorted({mission.site for mission in plan.missions} - {site for _, site in reached})
    if cut and plan.scenario.suppliers:
        yield f"No way on the ground leads to {', '.join(cut)}."
    late = sum(one.mass_kg for one in sourcing.consignments if one.state != "open")
    if late:
        yield (
            f"{late:,.0f} kg had to be ordered before {plan.scenario.settings.as_of_utc:%Y-%m-%d}: "
            "the scenario does not say whether they were."
        )
    old = sum(row.expired_kg for row in stocks)
    if old > 0.5:
        yield f"{old:,.0f} kg would be older than they keep when their turn comes."
