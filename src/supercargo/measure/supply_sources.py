"""Lead times, values, purchases and scores by what a plan's cargo is sourced from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from supercargo.kernel import days_between
from supercargo.model import OperationsPlan, Supplier, SupplyTables
from supercargo.model.supply import Consignment, GroundRoute, PolicyValue, Purchase, Sourcing, SupplierScore
from supercargo.model.supply_terms import weakest

__all__ = ["Lead", "lead_times", "lift_costs", "purchase_plan", "route_policy", "sourcing_policy", "supplier_scores"]


_PROVEN = 0.05


@dataclass(frozen=True, slots=True)
class Lead:
    """Mean days from order to lift-off of a class for a place, weighed by mass."""

    order_d: float = 0.0
    ground_d: float = 0.0
    site_d: float = 0.0


def lead_times(plan: OperationsPlan, consignments: Iterable[Consignment]) -> Mapping[tuple[str, str], Lead]:
    """Order to dispatch, dispatch to turnover, turnover to lift-off [d] for each (place, class) that is sourced."""
    to = {mission.mission_id: mission.destination for mission in plan.missions}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 4)
    for one in consignments:
        total = sums[to[one.mission_id], one.supply_class]
        spans = (
            days_between(one.order_utc, one.dispatch_utc),
            days_between(one.dispatch_utc, one.turnover_utc),
            days_between(one.turnover_utc, one.launch_utc),
        )
        for n, span in enumerate((1.0, *spans)):
            total[n] += one.mass_kg * span
    return {key: Lead(*(part / total[0] for part in total[1:])) for key, total in sums.items() if total[0]}


def lift_costs(plan: OperationsPlan) -> Mapping[str, float]:
    """Whole cost of the flights to a place for a kilogram of cargo up [USD]."""
    cost: dict[str, float] = defaultdict(float)
    mass: dict[str, float] = defaultdict(float)
    for mission in plan.missions:
        cost[mission.destination] += mission.cost_usd
        mass[mission.destination] += mission.upmass_kg
    return {place: cost[place] / mass[place] for place in cost if mass[place]}


def purchase_plan(plan: OperationsPlan, consignments: Iterable[Consignment]) -> tuple[Purchase, ...]:
    """What is ordered by month, supplier and class, in that order."""
    known = plan.scenario.settings.as_of_utc
    groups: dict[tuple[datetime, str, str, bool], list[Consignment]] = defaultdict(list)
    for one in consignments:
        month = datetime(one.order_utc.year, one.order_utc.month, 1, tzinfo=UTC)
        groups[month, one.supplier, one.supply_class, one.order_utc < known].append(one)
    return tuple(
        Purchase(
            month_utc=month,
            ordered=ordered,
            supplier=supplier,
            supply_class=supply_class,
            mass_kg=sum(one.mass_kg for one in rows),
            usd=sum(one.usd for one in rows),
            first_utc=min(one.order_utc for one in rows),
            missions_count=len({one.mission_id for one in rows}),
        )
        for (month, supplier, supply_class, ordered), rows in sorted(groups.items())
    )


def supplier_scores(plan: OperationsPlan, tables: SupplyTables, sourcing: Sourcing) -> tuple[SupplierScore, ...]:
    """Each supplier with what the plan takes from it, its record, its price beside others', and how full its best month is."""
    suppliers = sorted(plan.scenario.suppliers, key=lambda one: one.supplier)
    whole = sum(one.mass_kg for one in sourcing.consignments)
    return tuple(_score(one, suppliers, tables, sourcing.consignments, whole) for one in suppliers)


def _score(
    supplier: Supplier,
    suppliers: Sequence[Supplier],
    tables: SupplyTables,
    consignments: Sequence[Consignment],
    whole_kg: float,
) -> SupplierScore:
    own = [one for one in consignments if one.supplier == supplier.supplier]
    term, mass = tables.supplier_term(supplier.supplier), sum(one.mass_kg for one in own)
    months: dict[tuple[int, int], float] = defaultdict(float)
    mean_price = 0.0
    for one in own:
        months[one.dispatch_utc.year, one.dispatch_utc.month] += one.mass_kg
        rivals = [rival.usd_per_kg for rival in suppliers if one.supply_class in rival.classes]
        mean_price += one.mass_kg * sum(rivals) / len(rivals)
    most = term.capacity_kg_month
    return SupplierScore(
        supplier=supplier.supplier,
        place=supplier.place,
        mass_kg=mass,
        share_percent=min(100.0, 100.0 * mass / whole_kg) if whole_kg else 0.0,
        usd=sum(one.usd for one in own),
        lead_time_d=supplier.lead_time_d,
        on_time_percent=100.0 * term.on_time_fraction,
        price_index=supplier.usd_per_kg * mass / mean_price if mean_price else None,
        busiest_percent=100.0 * max(months.values(), default=0.0) / most if most else None,
        alone_for=tuple(
            name for name in supplier.classes if not any(name in rival.classes for rival in suppliers if rival != supplier)
        ),
        evidence=term.evidence,
    )


def sourcing_policy(tables: SupplyTables, sourcing: Sourcing) -> tuple[PolicyValue, ...]:
    """Each other policy of sourcing against the one that is followed; the interval is what the proofs leave open."""
    chosen = next(one for one in sourcing.options if one.policy == sourcing.policy)
    found = []
    for other in sourcing.options:
        if other.policy == chosen.policy:
            continue
        before, after = chosen.cost_usd + chosen.risk_usd, other.cost_usd + other.risk_usd
        short = f", leaves {other.unsourced_kg:,.0f} kg without a supplier" if other.unsourced_kg > 1.0 else ""
        proven = other.objective_usd - other.bound_usd <= _PROVEN * other.objective_usd
        share = f"{other.exposed_percent:.0f} % of mass in classes with one supplier above {100 * sourcing.most_share:.0f} %"
        found.append(
            PolicyValue(
                policy=f"sourcing: {other.policy}",
                basis=f"integer program, {other.status}, instead of {chosen.policy}; a stop of a supplier at its probability",
                before_usd=before,
                after_usd=after,
                saving_usd=before - after,
                low_usd=before - after - max(0.0, chosen.objective_usd - chosen.bound_usd),
                high_usd=before - after + (max(0.0, other.objective_usd - other.bound_usd) if proven else 0.0),
                hinges_on="what the proofs leave open"
                + ("" if proven else "; nothing is proven of how much cheaper it can be"),
                gives=f"{share}, {chosen.exposed_percent:.0f} % now; {other.on_time_percent:.1f} % dispatched on time{short}",
                evidence=weakest(term.evidence for term in tables.supplier_terms),
            )
        )
    return tuple(found)


def route_policy(sourcing: Sourcing) -> PolicyValue:
    """The cheapest ways against the fastest of those that were compared, on the mass that each lane carries."""
    best = {(way.supplier, way.site): way for way in sourcing.routes if way.rank == 1}
    fastest: dict[tuple[str, str], GroundRoute] = {}
    for way in sourcing.routes:
        lane = way.supplier, way.site
        if lane not in fastest or (way.days_d, way.rank) < (fastest[lane].days_d, fastest[lane].rank):
            fastest[lane] = way
    before = after = days_more = mass = 0.0
    for one in sourcing.consignments:
        lane = one.supplier, one.site
        before += one.mass_kg * _usd_per_kg(fastest[lane])
        after += one.mass_kg * _usd_per_kg(best[lane])
        days_more += one.mass_kg * (best[lane].days_d - fastest[lane].days_d)
        mass += one.mass_kg
    saving = before - after
    return PolicyValue(
        policy="routes: cheapest, not fastest",
        basis="each lane's mass at the cost of a kilogram in its typical shipment, capital on the way included",
        before_usd=before,
        after_usd=after,
        saving_usd=saving,
        low_usd=0.75 * saving,
        high_usd=1.25 * saving,
        hinges_on="freight, a quarter less or more",
        gives=f"{days_more / mass if mass else 0.0:.1f} days more on the way for a mean kilogram",
        evidence=weakest(way.evidence for way in sourcing.routes),
    )


def _usd_per_kg(way: GroundRoute) -> float:
    return way.typical_usd / way.typical_kg if way.typical_kg else way.usd_per_kg
