"""Blocks of a supply chain's review: positions, sources, ground transport."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from supercargo.model.supply import POSITIONS, SourcingOption, SupplyReport
from supercargo.report.blocks import Column, Decision, Figure, Number, Option, Table, Text
from supercargo.report.charts import Bar, Span, bars, columns, spans
from supercargo.report.svg import MONTHS

__all__ = [
    "chain_figure",
    "freight_figure",
    "lead_table",
    "options_table",
    "policies_figure",
    "policies_table",
    "purchase_figure",
    "purchase_table",
    "routes_table",
    "shipment_calendar",
    "shipment_table",
    "sourcing_decision",
    "suppliers_table",
    "supply_number",
    "together_table",
    "urgent_text",
]

_SOURCING = "sourcing program on manifest.csv, suppliers.csv; assumption: supplier_terms.csv, stock_terms.csv, ground_legs.csv"
_GROUND = "ground program on the consignments; assumption: ground_legs.csv, stock_terms.csv"
_POSITIONS = "plan: manifest.csv, inventory.csv, costs.csv; ground program; assumption: stock_terms.csv"


def supply_number(report: SupplyReport, name: str) -> Number:
    """A figure of the supply chain by name. Raises KeyError for a name that isn't known."""
    chosen, stocks = report.chosen, report.stocks
    freight = sum(row.freight_usd for row in report.shipments)
    mass = sum(one.mass_kg for one in report.sourcing.consignments)
    inventory = "plan: inventory.csv"
    safety = "inventory plan; assumption: stock_terms.csv, chances.csv"
    table: dict[str, tuple[float | None, str, str]] = {
        "sourced_kg": (mass, "kg", _SOURCING),
        "purchase_usd": (chosen.purchase_usd, "USD", _SOURCING),
        "chosen_usd": (chosen.cost_usd, "USD", _SOURCING),
        "bound_usd": (chosen.bound_usd, "USD", _SOURCING),
        "on_time_percent": (chosen.on_time_percent, "percent", _SOURCING),
        "largest_percent": (chosen.largest_percent, "percent", _SOURCING),
        "exposed_percent": (chosen.exposed_percent, "percent", _SOURCING),
        "orders": (chosen.orders_count, "count", _SOURCING),
        "suppliers": (sum(row.mass_kg > 0 for row in report.suppliers), "count", _SOURCING),
        "shipments": (len(report.shipments), "count", _GROUND),
        "vehicles": (sum(row.vehicles_count for row in report.shipments), "count", _GROUND),
        "freight_usd": (freight, "USD", _GROUND),
        "keeping_usd": (sum(row.keeping_usd for row in report.shipments), "USD", _GROUND),
        "freight_usd_per_kg": (freight / mass if mass else None, "USD/kg", _GROUND),
        "lanes": (len({(row.supplier, row.site) for row in report.shipments}), "count", _GROUND),
        "stocks": (len(stocks), "count", inventory),
        "stock_kg": (sum(row.mean_kg for row in stocks), "kg", inventory),
        "use_kg": (sum(row.use_kg for row in stocks), "kg", inventory),
        "turnover": (_turnover(report), "", inventory),
        "carrying_usd": (sum(row.carrying_usd for row in stocks), "USD", f"{inventory}; assumption: stock_terms.csv"),
        "safety_kg": (sum(row.safety_kg for row in stocks), "kg", safety),
        "reserve_kg": (sum(row.reserve_kg for row in stocks), "kg", "scenario: stock.csv"),
        "below_safety": (sum(row.reserve_kg < row.safety_kg for row in stocks), "count", safety),
        "lowest_below_safety": (sum(row.lowest_kg < row.safety_kg for row in stocks), "count", f"{inventory}; {safety}"),
        "expired_kg": (sum(row.expired_kg for row in stocks), "kg", f"{inventory}; assumption: stock_terms.csv"),
        "chain_kg": (sum(report.over_all(name).mean_kg for name in POSITIONS), "kg", _POSITIONS),
        "chain_usd": (sum(report.over_all(name).carrying_usd for name in POSITIONS), "USD", _POSITIONS),
        "ordered_kg": (sum(row.mass_kg for row in report.purchases if row.ordered), "kg", _SOURCING),
    }
    value, unit, source = table[name]
    return Number(key=f"supply.{name}", value=value, unit=unit, source=source)


def _turnover(report: SupplyReport) -> float | None:
    mean = sum(row.mean_kg for row in report.stocks)
    return 365.0 * sum(row.use_kg_d for row in report.stocks) / mean if mean else None


def chain_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """What goods cost at each position of the chain."""
    rows = [report.over_all(name) for name in POSITIONS]
    data = Table(
        title="The chain, position by position",
        source=_POSITIONS,
        columns=(
            Column(name="position"),
            Column(name="passes", unit="kg"),
            Column(name="stays", unit="d", digits=1),
            Column(name="lies there", unit="kg"),
            Column(name="worth", unit="USD/kg"),
            Column(name="a day costs", unit="USD/kg", digits=2),
            Column(name="in the horizon", unit="M USD", digits=1),
        ),
        rows=tuple(
            (r.position, r.throughput_kg, r.mean_d, r.mean_kg, r.usd_per_kg, r.carrying_usd_per_kg_d, r.carrying_usd / 1e6)
            for r in rows
        ),
        note="Lies there: kilogram-days over the horizon's days. At the station only classes that it keeps in stock count.",
    )
    drawn = [
        Bar(row.position, row.carrying_usd / 1e6, f"{row.carrying_usd / 1e6:,.1f} for {row.mean_kg / 1e3:,.1f} t")
        for row in rows
    ]
    drawing = bars("Capital and storage cost of what lies at each position", drawn, unit="M USD")
    return Figure(
        title="What lies where, and what it costs to keep", source=_POSITIONS, drawing=drawing, data=data, covers=covers
    )


def suppliers_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Each supplier as the plan uses it."""
    return Table(
        title="Suppliers",
        source=_SOURCING,
        columns=(
            Column(name="supplier"),
            Column(name="ships from"),
            Column(name="mass", unit="kg"),
            Column(name="share", unit="percent", digits=1),
            Column(name="bought", unit="M USD", digits=1),
            Column(name="price index", digits=2),
            Column(name="lead time", unit="d", digits=0),
            Column(name="on time", unit="percent", digits=0),
            Column(name="best month full", unit="percent", digits=0),
            Column(name="alone for"),
            Column(name="evidence"),
        ),
        rows=tuple(
            (
                row.supplier, row.place, row.mass_kg, row.share_percent, row.usd / 1e6, row.price_index, row.lead_time_d,
                row.on_time_percent, row.busiest_percent, ", ".join(row.alone_for), row.evidence,
            )
            for row in report.suppliers
        ),
        note="Price index: its price over the mean of all suppliers of what it delivers. Goods of owners have no price.",
        covers=covers,
    )  # fmt: skip


def options_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """The policies of sourcing with status and bound."""
    return Table(
        title="One source, two, or a free split",
        source=_SOURCING,
        columns=(
            Column(name="policy"),
            Column(name="status"),
            Column(name="cost", unit="M USD", digits=1),
            Column(name="of it bought", unit="M USD", digits=1),
            Column(name="freight", unit="M USD", digits=2),
            Column(name="lateness", unit="M USD", digits=2),
            Column(name="risk of a stop", unit="M USD", digits=2),
            Column(name="orders", unit="count"),
            Column(name="on time", unit="percent"),
            Column(name="exposed", unit="percent", digits=0),
            Column(name="without supplier", unit="kg"),
            Column(name="gap to bound", unit="percent", digits=2),
        ),
        rows=tuple(
            (
                row.policy + (" (followed)" if row.policy == report.sourcing.policy else ""), row.status, row.cost_usd / 1e6,
                row.purchase_usd / 1e6, row.freight_usd / 1e6, row.late_usd / 1e6, row.risk_usd / 1e6, row.orders_count,
                row.on_time_percent, row.exposed_percent, row.unsourced_kg,
                100 * (row.objective_usd - row.bound_usd) / row.objective_usd if row.objective_usd else None,
            )
            for row in report.sourcing.options
        ),
        note=f"Exposed: mass of classes of which one supplier has more than {100 * report.sourcing.most_share:.0f} %."
        " What is left without a supplier is priced in objective and bound, not in the cost.",
        covers=covers,
    )  # fmt: skip


def sourcing_decision(report: SupplyReport, due: str, *, covers: tuple[str, ...] = ()) -> Decision | None:
    """Which policy of sourcing is followed; None where nothing is sourced."""
    if not report.sourcing.consignments:
        return None
    options = tuple(_policy(row) for row in report.sourcing.options)
    advice = f"{report.sourcing.advised.capitalize()}: cheapest with the risk of a stop in it."
    advice += " Prices and record of suppliers are assumptions: ask for offers first."
    return Decision(
        question="From how many suppliers is each class bought?", owner="Supply chain director", due=due, options=options,
        advice=advice, covers=covers,
    )  # fmt: skip


def _policy(row: SourcingOption) -> Option:
    def number(name: str, value: float, unit: str) -> Number:
        return Number(key=f"supply.{row.policy}.{name}", value=value, unit=unit, source=_SOURCING)

    words = "costs {}, and {} of mass is in classes that rest on one supplier for the most part"
    numbers = (number("cost_usd", row.cost_usd, "USD"), number("exposed_percent", row.exposed_percent, "percent"))
    if row.unsourced_kg <= 1.0:
        return Option(name=row.policy.capitalize(), effect=words, numbers=numbers)
    left = number("unsourced_kg", row.unsourced_kg, "kg")
    return Option(name=row.policy.capitalize(), effect=words + "; {} finds no supplier", numbers=(*numbers, left))


def purchase_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Mass and money to order by month."""
    months: dict[datetime, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in report.purchases:
        at = months[row.month_utc]
        at[0 if row.ordered else 1] += row.mass_kg / 1e3
        at[2] += row.usd / 1e6
    labels = [MONTHS[month.month - 1] for month in sorted(months)]
    series = {
        "before what is known": [months[month][0] for month in sorted(months)],
        "open": [months[month][1] for month in sorted(months)],
    }
    data = Table(
        title="Orders by month",
        source=_SOURCING,
        columns=(
            Column(name="month"),
            Column(name="before what is known", unit="t"),
            Column(name="open", unit="t"),
            Column(name="price", unit="M USD", digits=2),
        ),
        rows=tuple((f"{month:%Y-%m}", *months[month]) for month in sorted(months)),
    )
    drawing = columns("Tonnes to be ordered by month", labels, series, unit="t")
    return Figure(title="Purchase plan by month of order", source=_SOURCING, drawing=drawing, data=data, covers=covers)


def purchase_table(report: SupplyReport, *, covers: tuple[str, ...] = (), most: int = 24) -> Table:
    """The next orders: open ones in order of date."""
    rows = sorted((row for row in report.purchases if not row.ordered), key=lambda row: (row.first_utc, row.supplier))
    return Table(
        title="The next orders",
        source=_SOURCING,
        columns=(
            Column(name="order by"),
            Column(name="supplier"),
            Column(name="class"),
            Column(name="mass", unit="kg"),
            Column(name="price", unit="USD"),
            Column(name="for missions", unit="count"),
        ),
        rows=tuple(
            (f"{r.first_utc:%Y-%m-%d}", r.supplier, r.supply_class, r.mass_kg, r.usd, r.missions_count) for r in rows[:most]
        ),
        note=f"{len(rows)} open orders in all." if len(rows) > most else "",
        covers=covers,
    )


def urgent_text(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Text:
    """What had to be ordered before the scenario's facts begin."""
    words = (
        "{} of what flies had to be ordered before the facts of this plan begin: the scenario does not say whether it was."
        " Confirm those orders first; what was not ordered comes late for its mission."
    )
    return Text(words=words, numbers=(supply_number(report, "ordered_kg"),), covers=covers)


def lead_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Order to station by class: means over what is sourced."""
    days: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    for one in report.sourcing.consignments:
        at = days[one.supply_class]
        order = (one.dispatch_utc - one.order_utc).total_seconds() / 86_400
        ground = (one.turnover_utc - one.dispatch_utc).total_seconds() / 86_400
        site = (one.launch_utc - one.turnover_utc).total_seconds() / 86_400
        for n, value in enumerate((1.0, order, ground, site)):
            at[n] += one.mass_kg * value
    rows = []
    for name, (mass, order, ground, site, _) in sorted(days.items()):
        if mass:
            rows.append((name, mass, order / mass, ground / mass, site / mass, (order + ground + site) / mass))
    return Table(
        title="From order to lift-off",
        source=_SOURCING,
        columns=(
            Column(name="class"),
            Column(name="mass", unit="kg"),
            Column(name="order to dispatch", unit="d", digits=0),
            Column(name="dispatch to turnover", unit="d", digits=0),
            Column(name="turnover to lift-off", unit="d", digits=0),
            Column(name="together", unit="d", digits=0),
        ),
        rows=tuple(rows),
        note="Means by mass. Turnover is the date by which goods are handed over at the site for their mission.",
        covers=covers,
    )


def routes_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Ways of each lane that is used, the one that is taken first."""
    used = {(one.supplier, one.site) for one in report.sourcing.consignments}
    return Table(
        title="Ways on the ground",
        source=_GROUND,
        columns=(
            Column(name="supplier"),
            Column(name="site"),
            Column(name="rank", unit="count"),
            Column(name="way"),
            Column(name="days", unit="d", digits=1),
            Column(name="freight", unit="USD/kg", digits=2),
            Column(name="each vehicle", unit="USD"),
            Column(name="typical shipment", unit="kg"),
            Column(name="it costs", unit="USD"),
            Column(name="evidence"),
        ),
        rows=tuple(
            (
                way.supplier, way.site, way.rank, way.path, way.days_d, way.usd_per_kg, way.usd_per_shipment, way.typical_kg,
                way.typical_usd, way.evidence,
            )
            for way in report.sourcing.routes
            if (way.supplier, way.site) in used
        ),
        note="Up to three ways of at most three legs; capital bound on the way counts, so that a cheap slow way can lose.",
        covers=covers,
    )  # fmt: skip


def shipment_calendar(report: SupplyReport, start: datetime, end: datetime, *, covers: tuple[str, ...] = ()) -> Figure:
    """Shipments on the way, a row for each lane of most shipments."""
    lanes: dict[str, list[Span]] = defaultdict(list)
    for row in report.shipments:
        name = f"{row.supplier.split(' (')[0]} to {row.site}"
        lanes[name].append(Span(name, row.depart_utc, row.arrive_utc, "one", row.shipment_id))
    shown = sorted(sorted(lanes, key=lambda name: (-len(lanes[name]), name))[:16])
    stretches = [span for name in shown for span in lanes[name]]
    first = min([start, *(span.start for span in stretches)])
    drawing = spans(
        f"Shipments on the way on {len(shown)} lanes", shown, stretches, start=first, end=end, marks=((start, "horizon"),)
    )
    return Figure(title="Shipments on the ground", source=_GROUND, drawing=drawing, data=shipment_table(report), covers=covers)


def shipment_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Every shipment in order of its departure."""
    return Table(
        title="Shipments",
        source=_GROUND,
        columns=(
            Column(name="shipment"),
            Column(name="way"),
            Column(name="leaves"),
            Column(name="at the site"),
            Column(name="mass", unit="kg"),
            Column(name="vehicles", unit="count"),
            Column(name="for"),
            Column(name="freight", unit="USD"),
            Column(name="keeping", unit="USD"),
        ),
        rows=tuple(
            (
                row.shipment_id, row.path, f"{row.depart_utc:%Y-%m-%d}", f"{row.arrive_utc:%Y-%m-%d}", row.mass_kg,
                row.vehicles_count, ", ".join(row.missions), row.freight_usd, row.keeping_usd,
            )
            for row in sorted(report.shipments, key=lambda row: (row.depart_utc, row.shipment_id))
        ),
        covers=covers,
    )  # fmt: skip


def together_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Each lane: shipments against missions served, how full vehicles are, what it costs."""
    lanes: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 6)
    limits = {(way.supplier, way.site): way.shipment_kg for way in report.sourcing.routes if way.rank == 1}
    served: dict[tuple[str, str], int] = defaultdict(int)
    for row in report.shipments:
        lane = row.supplier, row.site
        for n, value in enumerate((1, row.vehicles_count, row.mass_kg, row.freight_usd, row.keeping_usd)):
            lanes[lane][n] += value
        served[lane] += len(row.missions)
    rows = []
    for lane, (count, vehicles, mass, freight, keeping, _) in sorted(lanes.items(), key=lambda item: -item[1][3]):
        limit = limits.get(lane)
        full = 100 * mass / (limit * vehicles) if limit and vehicles else None
        rows.append(
            (
                lane[0],
                lane[1],
                served[lane],
                int(count),
                int(vehicles),
                mass,
                full,
                freight,
                keeping,
                freight / mass if mass else None,
            )
        )
    return Table(
        title="What travels together, lane by lane",
        source=_GROUND,
        columns=(
            Column(name="supplier"),
            Column(name="site"),
            Column(name="missions served", unit="count"),
            Column(name="shipments", unit="count"),
            Column(name="vehicles", unit="count"),
            Column(name="mass", unit="kg"),
            Column(name="vehicles full", unit="percent", digits=0),
            Column(name="freight", unit="USD"),
            Column(name="keeping", unit="USD"),
            Column(name="freight a kilogram", unit="USD/kg", digits=2),
        ),
        rows=tuple(rows),
        note="Missions served: once for each shipment that carries something for one. The cut of each lane is optimal among"
        " those that keep consignments whole and in order of date.",
        covers=covers,
    )


def freight_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Freight by launch site."""
    sites: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in report.shipments:
        sites[row.site][0] += row.freight_usd + row.keeping_usd
        sites[row.site][1] += row.mass_kg
    ranked = sorted(sites.items(), key=lambda item: (-item[1][0], item[0]))
    drawn = [Bar(site, usd / 1e3, f"{usd / 1e3:,.0f}k for {kg / 1e3:,.1f} t") for site, (usd, kg) in ranked]
    data = Table(
        title="Ground cost by site",
        source=_GROUND,
        columns=(
            Column(name="site"),
            Column(name="cost", unit="USD"),
            Column(name="mass", unit="kg"),
            Column(name="each", unit="USD/kg", digits=2),
        ),
        rows=tuple((site, usd, kg, usd / kg if kg else None) for site, (usd, kg) in ranked),
    )
    drawing = bars("Freight and keeping by launch site", drawn, unit="1,000 USD")
    return Figure(title="What ground transport costs by site", source=_GROUND, drawing=drawing, data=data, covers=covers)


def policies_figure(report: SupplyReport, words: tuple[str, ...], title: str, *, covers: tuple[str, ...] = ()) -> Figure:
    """Savings of policies whose names begin with some words, the largest first; those that cost are marked."""
    rows = [row for row in report.policies if row.policy.startswith(words)]
    drawn = [
        Bar(
            row.policy, row.saving_usd / 1e6,
            f"{row.saving_usd / 1e6:+,.1f} ({row.low_usd / 1e6:+,.1f} to {row.high_usd / 1e6:+,.1f})",
            "one" if row.saving_usd >= 0 else "two",
        )
        for row in rows
    ]  # fmt: skip
    drawing = bars("Saving of each policy against the plan as it stands", drawn, unit="M USD")
    return Figure(
        title=title, source="policies, see the table", drawing=drawing, data=policies_table(report, words), covers=covers
    )


def policies_table(report: SupplyReport, words: tuple[str, ...] = ("",), *, covers: tuple[str, ...] = ()) -> Table:
    """What other policies save, how sure that is, and what they take."""
    return Table(
        title="Other policies against the plan as it stands",
        source="inventory plan, sourcing and ground programs; assumption: stock_terms, supplier_terms, ground_legs",
        columns=(
            Column(name="policy"),
            Column(name="before", unit="M USD", digits=2),
            Column(name="after", unit="M USD", digits=2),
            Column(name="saves", unit="M USD", digits=2),
            Column(name="lowest", unit="M USD", digits=2),
            Column(name="highest", unit="M USD", digits=2),
            Column(name="hinges on"),
            Column(name="frees", unit="kg"),
            Column(name="stock-outs a year before", unit="count", digits=1),
            Column(name="stock-outs a year after", unit="count", digits=1),
            Column(name="brings or takes"),
            Column(name="counted"),
        ),
        rows=tuple(
            (
                row.policy, row.before_usd / 1e6, row.after_usd / 1e6, row.saving_usd / 1e6, row.low_usd / 1e6,
                row.high_usd / 1e6, row.hinges_on, row.stock_kg, row.stock_outs_before, row.stock_outs_after,
                row.gives, row.basis,
            )
            for row in report.policies
            if row.policy.startswith(words)
        ),
        note="Below zero a policy costs. Savings of several policies don't add up: they share the same stock. Stock-outs are"
        " those of the model of safety stock: a stock begins each cycle with its mean use and its reserve, nobody plans anew.",
        covers=covers,
    )  # fmt: skip
