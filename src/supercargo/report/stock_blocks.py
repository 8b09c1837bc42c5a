"""Blocks of an inventory plan: forecast, positions, safety, carrying cost."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from supercargo.model.supply import PolicyValue, StockPlan, SupplyReport
from supercargo.report.blocks import Column, Decision, Figure, Number, Option, Table
from supercargo.report.charts import Band, Bar, Series, bars, lines, matrix
from supercargo.report.svg import MONTHS

__all__ = [
    "abc_figure",
    "carrying_figure",
    "classes_table",
    "forecast_figure",
    "positions_table",
    "reserve_decision",
    "safety_figure",
    "safety_table",
    "sensitivity_figure",
    "shelf_table",
    "use_table",
]

_USE = "plan: inventory.csv, use by forecast with its 90 % band"
_SAFETY = (
    "inventory plan: inventory.csv, manifest.csv, missions.csv; record: chances.csv, slips.csv; assumption: stock_terms.csv"
)
_MONEY = "plan: inventory.csv, costs.csv; assumption: stock_terms.csv"
_MARKS = "ABC"
_STEADY = "XYZ"


def forecast_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Use of all stations by month without propellant, with its band, and what comes in."""
    months: dict[datetime, list[float]] = defaultdict(lambda: [0.0] * 4)
    for row in report.forecast:
        if row.supply_class != "propellant":
            at, half = months[row.month_utc], (row.high_kg - row.use_kg) / 1e3
            at[0] += row.use_kg / 1e3
            at[1] += half * half  # stocks stray independently: squares add
            at[2] += row.inbound_kg / 1e3
    ordered = sorted(months)
    band = Band(
        "90 % of use",
        tuple(
            (float(n), months[m][0] - months[m][1] ** 0.5, months[m][0] + months[m][1] ** 0.5) for n, m in enumerate(ordered)
        ),
    )
    series = [
        Series("use", tuple((float(n), months[m][0]) for n, m in enumerate(ordered)), "line"),
        Series("delivered", tuple((float(n), months[m][2]) for n, m in enumerate(ordered)), "line2"),
    ]
    data = Table(
        title="Use and deliveries by month",
        source=_USE,
        columns=(
            Column(name="month"),
            Column(name="use", unit="t", digits=2),
            Column(name="low", unit="t", digits=2),
            Column(name="high", unit="t", digits=2),
            Column(name="delivered", unit="t", digits=2),
        ),
        rows=tuple(
            (f"{m:%Y-%m}", months[m][0], months[m][0] - months[m][1] ** 0.5, months[m][0] + months[m][1] ** 0.5, months[m][2])
            for m in ordered
        ),
        note="Propellant is left out: it is planned, not forecast.",
    )
    marks = [(float(n), MONTHS[m.month - 1]) for n, m in enumerate(ordered)]
    drawing = lines(
        "Use of all stations by month with its band, and deliveries", series, unit="t", bands=[band], x_marks=marks
    )
    return Figure(title="Demand forecast by month", source=_USE, drawing=drawing, data=data, covers=covers)


def use_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Use of each stock: mean, spread, steadiness."""
    return Table(
        title="Demand of each stock",
        source=_USE,
        columns=(
            Column(name="place"),
            Column(name="class"),
            Column(name="a day", unit="kg", digits=2),
            Column(name="spread of a day", unit="kg", digits=2),
            Column(name="in the horizon", unit="kg"),
            Column(name="spread of a month", unit="percent", digits=0),
            Column(name="rank"),
        ),
        rows=tuple(
            (
                row.destination,
                row.supply_class,
                row.use_kg_d,
                row.spread_kg_d,
                row.use_kg,
                100 * row.month_spread,
                row.abc + row.xyz,
            )
            for row in report.stocks
        ),
        note="A to C by value used with its lift (80, 95 %), X to Z by the spread of 30 days' use over its mean (10, 25 %).",
        covers=covers,
    )


def classes_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Use and stock by class, all places together."""
    classes: dict[str, list[StockPlan]] = defaultdict(list)
    for row in report.stocks:
        classes[row.supply_class].append(row)
    rows = []
    for name, own in sorted(classes.items(), key=lambda item: (-sum(row.use_kg for row in item[1]), item[0])):
        use, mean = sum(row.use_kg_d for row in own), sum(row.mean_kg for row in own)
        low, lowest = sum(row.safety_kg for row in own), sum(row.lowest_kg for row in own)
        rows.append(
            (
                name,
                len(own),
                use,
                mean,
                mean / use if use else None,
                365 * use / mean if mean else None,
                low,
                lowest,
                sum(row.carrying_usd for row in own) / 1e6,
            )
        )
    return Table(
        title="Classes of supply",
        source=_MONEY,
        columns=(
            Column(name="class"),
            Column(name="places", unit="count"),
            Column(name="use a day", unit="kg", digits=1),
            Column(name="mean stock", unit="kg"),
            Column(name="cover", unit="d", digits=0),
            Column(name="turnover a year", digits=1),
            Column(name="safety stock", unit="kg"),
            Column(name="lowest in the plan", unit="kg"),
            Column(name="capital a year", unit="M USD", digits=1),
        ),
        rows=tuple(rows),
        covers=covers,
    )


def abc_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """How many stocks and how much capital stand in each field of ABC and XYZ."""
    fields: dict[tuple[str, str], list[StockPlan]] = defaultdict(list)
    for row in report.stocks:
        fields[row.abc, row.xyz].append(row)
    cells = {}
    for (a, x), own in fields.items():
        usd = sum(row.carrying_usd for row in own) / 1e6
        style = "one" if a == "A" else "three" if a == "B" else "band"
        cells[_STEADY.index(x), _MARKS.index(a)] = (f"{len(own)} stocks, {usd:,.1f} M", style)
    drawing = matrix(
        "Stocks by value used and steadiness of use, with capital bound a year",
        ("X steady", "Y varying", "Z lumpy"),
        ("A dear", "B", "C cheap"),
        cells,
        across_name="spread of a month's use",
        down_name="value used",
    )
    data = Table(
        title="ABC and XYZ",
        source=_MONEY,
        columns=(
            Column(name="field"),
            Column(name="stocks", unit="count"),
            Column(name="capital a year", unit="M USD", digits=2),
            Column(name="which"),
        ),
        rows=tuple(
            (
                a + x,
                len(own),
                sum(row.carrying_usd for row in own) / 1e6,
                ", ".join(f"{row.destination} {row.supply_class}" for row in own),
            )
            for (a, x), own in sorted(fields.items())
        ),
    )
    return Figure(title="Where value and uncertainty lie", source=_MONEY, drawing=drawing, data=data, covers=covers)


def positions_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """Mass, stay and cost at each position, place by place."""
    return Table(
        title="Positions of inventory, place by place",
        source="plan: manifest.csv, inventory.csv, costs.csv; ground program; assumption: stock_terms.csv",
        columns=(
            Column(name="place"),
            Column(name="position"),
            Column(name="passes", unit="kg"),
            Column(name="stays", unit="d", digits=1),
            Column(name="lies there", unit="kg"),
            Column(name="worth", unit="USD/kg"),
            Column(name="costs in the horizon", unit="M USD", digits=2),
        ),
        rows=tuple(
            (
                row.destination or "all together",
                row.position,
                row.throughput_kg,
                row.mean_d,
                row.mean_kg,
                row.usd_per_kg,
                row.carrying_usd / 1e6,
            )
            for row in report.positions
        ),
        note="A kilogram is worth what has been spent on it: the supplier's price, then freight, then the lift.",
        covers=covers,
    )


def safety_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """What protects each stock, and what is advised."""
    return Table(
        title="Safety stock of each class at each place",
        source=_SAFETY,
        columns=(
            Column(name="place"),
            Column(name="class"),
            Column(name="flights", unit="count"),
            Column(name="between them", unit="d", digits=0),
            Column(name="spread", unit="d", digits=0),
            Column(name="lost", unit="percent", digits=1),
            Column(name="order to unloaded", unit="d", digits=0),
            Column(name="service", unit="percent", digits=1),
            Column(name="safety", unit="kg"),
            Column(name="by the textbook", unit="kg"),
            Column(name="reserve now", unit="kg"),
            Column(name="advised", unit="kg"),
            Column(name="lowest in plan", unit="kg"),
        ),
        rows=tuple(
            (
                row.destination, row.supply_class, row.deliveries_count, row.gap_d, row.gap_spread_d,
                100 * row.loss_probability, row.order_d + row.ground_d + row.site_d + row.flight_d, 100 * row.service,
                row.safety_kg, row.normal_kg, row.reserve_kg, row.advised_kg, row.lowest_kg,
            )
            for row in report.stocks
        ),
        note="By the textbook: the same service if no delivery were ever lost. Advised: safety, not below the level at which"
        " the crew prepares to leave.",
        covers=covers,
    )  # fmt: skip


def safety_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Days of use in the safety stock beside those in the reserve, most first."""
    ranked = sorted((row for row in report.stocks if row.use_kg_d), key=lambda row: -row.safety_kg / row.use_kg_d)
    shown = ranked[:18]
    drawn = [
        Bar(
            f"{row.destination} {row.supply_class}", row.safety_kg / row.use_kg_d,
            f"{row.safety_kg / row.use_kg_d:,.0f} d; reserve {row.reserve_kg / row.use_kg_d:,.0f} d",
            "one" if row.safety_kg > row.reserve_kg else "three",
        )
        for row in shown
    ]  # fmt: skip
    drawing = bars("Days of use in the safety stock that the service level asks for", drawn, unit="d")
    data = Table(
        title="Days of safety and reserve",
        source=_SAFETY,
        columns=(Column(name="stock"), Column(name="safety", unit="d", digits=0), Column(name="reserve", unit="d", digits=0)),
        rows=tuple(
            (f"{row.destination} {row.supply_class}", row.safety_kg / row.use_kg_d, row.reserve_kg / row.use_kg_d)
            for row in ranked
        ),
    )
    return Figure(
        title="Safety stock in days, and the reserve of today", source=_SAFETY, drawing=drawing, data=data, covers=covers
    )


def sensitivity_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """What safety stock would be with one assumption moved."""
    moved = [
        row
        for row in report.sensitivity
        if row.assumption != "as the plan assumes" and not row.assumption.startswith("capital")
    ]
    ranked = sorted(moved, key=lambda row: -abs(row.change_percent))
    drawn = [
        Bar(row.assumption, row.change_percent, f"{row.change_percent:+.1f} %", "one" if row.change_percent >= 0 else "three")
        for row in ranked
    ]
    data = Table(
        title="Sensitivity of safety stock",
        source=_SAFETY,
        columns=(
            Column(name="assumption"),
            Column(name="safety", unit="kg"),
            Column(name="change", unit="percent", digits=1),
            Column(name="capital a year", unit="M USD", digits=1),
        ),
        rows=tuple((row.assumption, row.safety_kg, row.change_percent, row.carrying_usd / 1e6) for row in report.sensitivity),
    )
    drawing = bars("Change of all safety stock with one assumption moved", drawn, unit="percent")
    return Figure(title="What safety stock hinges on", source=_SAFETY, drawing=drawing, data=data, covers=covers)


def carrying_figure(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Figure:
    """Capital bound in mean stock for a year, dearest first."""
    ranked = sorted(report.stocks, key=lambda row: (-row.carrying_usd, row.destination, row.supply_class))
    drawn = [
        Bar(
            f"{row.destination} {row.supply_class}",
            row.carrying_usd / 1e6,
            f"{row.carrying_usd / 1e6:,.2f}, {row.mean_kg:,.0f} kg",
        )
        for row in ranked[:14]
    ]
    data = Table(
        title="Carrying cost of each stock",
        source=_MONEY,
        columns=(
            Column(name="stock"),
            Column(name="mean stock", unit="kg"),
            Column(name="worth on Earth", unit="USD/kg"),
            Column(name="lift", unit="USD/kg"),
            Column(name="capital a year", unit="USD"),
            Column(name="cover", unit="d", digits=0),
            Column(name="turnover a year", digits=1),
        ),
        rows=tuple(
            (
                f"{r.destination} {r.supply_class}",
                r.mean_kg,
                r.earth_usd_per_kg,
                r.lift_usd_per_kg,
                r.carrying_usd,
                r.cover_d,
                r.turnover,
            )
            for r in ranked
        ),
    )
    drawing = bars("Capital bound in mean stock for a year", drawn, unit="M USD")
    return Figure(title="What stocks cost to carry", source=_MONEY, drawing=drawing, data=data, covers=covers)


def shelf_table(report: SupplyReport, *, covers: tuple[str, ...] = ()) -> Table:
    """How old goods are when they are used, against how long they keep."""
    rows = [row for row in report.stocks if row.age_d is not None and row.shelf_life_d]
    ranked = sorted(rows, key=lambda row: -(row.age_d or 0.0) / (row.shelf_life_d or 1.0))
    return Table(
        title="Age when used, against shelf life",
        source=_MONEY,
        columns=(
            Column(name="place"),
            Column(name="class"),
            Column(name="age when used", unit="d", digits=0),
            Column(name="keeps", unit="d", digits=0),
            Column(name="of its life", unit="percent", digits=0),
            Column(name="too old", unit="kg"),
        ),
        rows=tuple(
            (
                r.destination,
                r.supply_class,
                r.age_d,
                r.shelf_life_d,
                100 * (r.age_d or 0.0) / (r.shelf_life_d or 1.0),
                r.expired_kg,
            )
            for r in ranked
        ),
        note="Oldest first; what is there at the start counts as fresh then, what comes has aged since its dispatch.",
        covers=covers,
    )


def reserve_decision(report: SupplyReport, due: str, *, covers: tuple[str, ...] = ()) -> Decision | None:
    """Whether reserves follow the safety stock; None without stocks."""
    found = {row.policy: row for row in report.policies}
    rise, spread = found.get("reserves by safety stock"), found.get("safety where it costs least")
    wanted = found.get("safety where it costs least, at the wanted service")
    if rise is None or spread is None or wanted is None:
        return None

    def told(name: str, usd: float, outs: float | None) -> tuple[Number, Number]:
        key = f"supply.policy.{name}"
        return (
            Number(key=f"{key}_usd", value=usd, unit="USD", source=_SAFETY),
            Number(key=f"{key}_outs", value=outs, unit="count", source=_SAFETY, digits=1),
        )

    short = sum(row.reserve_kg < row.safety_kg for row in report.stocks)
    more = "more" if rise.stock_kg < 0 else "less"
    effect = "{} of capital a year, {} stock-outs a year expected"
    options = (
        Option(
            name="Keep the reserves",
            effect=f"{effect}; {short} of {len(report.stocks)} reserves don't reach the wanted service",
            numbers=told("reserves.before", rise.before_usd, rise.stock_outs_before),
        ),
        Option(
            name="Move safety to where it costs least",
            effect=f"{effect}, no more than now",
            numbers=told("spread.after", spread.after_usd, spread.stock_outs_after),
        ),
        Option(
            name="The wanted service, where it costs least",
            effect=effect,
            numbers=told("wanted.after", wanted.after_usd, wanted.stock_outs_after),
        ),
        Option(
            name="Reserves by safety stock",
            effect=f"{effect}, {abs(rise.stock_kg):,.0f} kg {more} on stations",
            numbers=told("reserves.after", rise.after_usd, rise.stock_outs_after),
        ),
    )
    return Decision(
        question="Do reserves follow the safety stock?",
        owner="Supply chain director",
        due=due,
        options=options,
        advice=_reserve_advice(spread, wanted, found.get("lift-offs slip half as much")),
        covers=covers,
    )


def _reserve_advice(spread: PolicyValue, wanted: PolicyValue, slips: PolicyValue | None) -> str:
    """What is better than what stands, and what more service would cost."""
    if spread.saving_usd > 0:
        saved = f"{spread.saving_usd / 1e6:,.1f} M USD a year less"
        words = f"Move safety to where it costs least: no more stock-outs than now for {saved}."
    else:
        words = "Keep the reserves: at the service that they give nothing is cheaper."
    spared = (wanted.stock_outs_before or 0.0) - (wanted.stock_outs_after or 0.0)
    if wanted.saving_usd >= 0:
        words += " The wanted service costs no more than what stands: take it."
    elif spared > 0:
        words += (
            f" The wanted service costs {-wanted.saving_usd / 1e6:,.1f} M USD a year more than what stands and spares"
            f" {spared:,.1f} stock-outs, {-wanted.saving_usd / spared / 1e6:,.2f} M USD each: it pays where one costs more."
        )
    if slips is not None and slips.saving_usd > 0:
        saved = f"{slips.saving_usd / 1e6:,.1f} M USD a year less"
        words += f" Lift-offs that slip half as much would give today's service for {saved}."
    return words
