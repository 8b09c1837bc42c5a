"""D15, the market leadership strategy: where the service stands, what it does better, and how it stays ahead."""

from __future__ import annotations

from dataclasses import replace

from supercargo.measure.strategy_review import StrategyReview
from supercargo.model import OptionRow, PriceRow, RivalRow
from supercargo.report.blocks import (
    Block,
    Column,
    Decision,
    Document,
    Figure,
    Heading,
    KpiBlock,
    Missing,
    Number,
    Option,
    Table,
    Text,
)
from supercargo.report.charts import Bar, Series, bars, lines
from supercargo.report.coverage import phrase_ids
from supercargo.report.deliverables.dues import before_contracts, before_next_plan
from supercargo.report.deliverables.figures import kpi_number, kpi_of, simulated_number
from supercargo.report.deliverables.held import Held, Unmade, made, reference
from supercargo.report.deliverables.improving import programme_number
from supercargo.report.deliverables.strategy_parts import assumptions, money, nothing_held

__all__ = ["document"]

QUESTION = (
    "For the executive: where does the service lead, what would a better price or more capacity bring, and at what risk?"
)
_MARKET = "plan: K13, manifest.csv; market: destinations.csv, market_kg"
_RIVALS = "assumption: competitors.csv"
_LOGIT = "plan: logit with today's shares; elasticity: assumption, market_segments.csv"
_APART = ("K1", "K3", "K5", "K13")
_PRICED = (
    "usd_per_kg", "room_usd_per_kg", "margin_usd", "room_margin_usd", "share_percent", "room_share_percent",
    "room_whole_percent",
)  # fmt: skip
_OPTION = (
    "capex_usd", "price_usd_per_kg", "cost_usd_per_kg", "worth_usd", "wait_usd", "tail_usd", "gain_probability", "today_usd",
)  # fmt: skip


def document(held: Held) -> Document:
    """The market leadership strategy."""
    review = held.strategy
    if review is None or not review.segments:
        return made(
            held,
            "D15",
            QUESTION,
            nothing_held(
                "where the service stands in the market", phrase_ids("D15"), "a plan that flies, and market_segments.csv"
            ),
        )
    blocks: list[Block] = [Heading(words="On one page"), _page(held, review), *_decisions(held, review)]
    blocks += [Heading(words="Where the service stands"), _shares(review), _segments(review)]
    blocks += [Heading(words="What sets it apart"), *_apart(held), *_premium(review)]
    blocks += [Heading(words="Weight in the trade"), *_weight(held, review)]
    blocks += [Heading(words="How it stays ahead"), *_prices(review), *_options(review)]
    blocks += [
        assumptions(
            review, "market_segments.csv, competitors.csv, capacity_options.csv: elasticities, rivals, growth and costs"
        ),
    ]
    return made(held, "D15", QUESTION, blocks)


def _page(held: Held, review: StrategyReview) -> Text:
    led = _led(review)
    known = [row for row in review.segments if row.index is not None]
    words = (
        "The service carries {} of the mass up to the places whose market is known (K13). It is the largest carrier in {} of"
        " {} segments."
    )
    numbers = [
        kpi_number(held, "K13"),
        Number(key="strategy.segments_led", value=len(led), unit="count", source=f"{_MARKET}; {_RIVALS}"),
        Number(key="strategy.segments", value=len(known), unit="count", source="assumption: market_segments.csv"),
    ]
    losing = [row for row in review.prices if row.margin_usd < 0]
    if losing:
        words += f" In {', '.join(row.segment for row in losing)} cargo costs more than it pays: {{}} a year together."
        numbers.append(money("price.losing_usd", round(sum(row.margin_usd for row in losing), 2), _LOGIT))
    return Text(words=words, numbers=tuple(numbers), covers=("D15.1",))


def _led(review: StrategyReview) -> list[str]:
    """Segments in which no rival has more than we."""
    found = []
    for row in review.segments:
        rivals = [one.share_percent for one in review.rivals if one.segment == row.segment]
        if row.index is not None and row.share_percent and row.share_percent > max(rivals, default=0.0):
            found.append(row.segment)
    return found


def _decisions(held: Held, review: StrategyReview) -> list[Block]:
    return [*_price_decision(held, review), *_option_decision(held, review), *_cost_first(held)]


def _cost_first(held: Held) -> list[Block]:
    """What D12 decides before prices and capacity do."""
    if isinstance(held.improvement_held, Unmade) or not held.improvement.programme.savings:
        return []
    return [
        Text(
            words=f"What a kilogram costs is decided in {reference(held, 'D12')}: its measured initiatives save {{}}"
            " together, {} of what the service pays. Prices and capacity here rest on the cost of the plan as it stands;"
            " with that program in force both are to be reckoned anew: cheaper kilograms ask for lower prices and fill more"
            " capacity.",
            numbers=tuple(
                replace(programme_number(held, name), source="plan: costed with and without initiatives.csv, as in D12")
                for name in ("together_usd", "together_percent")
            ),
            covers=("D15.4",),
        )
    ]


def _price(row: PriceRow, name: str) -> Number:
    value = getattr(row, name)
    unit = "USD/kg" if name.endswith("usd_per_kg") else "percent" if name.endswith("percent") else "USD"
    return Number(key=f"strategy.price.{row.segment}.{name}", value=value, unit=unit, source=_LOGIT)


def _price_decision(held: Held, review: StrategyReview) -> list[Block]:
    if not review.prices:
        return []
    ranked = sorted(review.prices, key=lambda row: (row.margin_usd - row.room_margin_usd, row.segment))
    gain = ranked[0].room_margin_usd - ranked[0].margin_usd
    options = [
        Option(
            name=f"{'Raise' if row.room_usd_per_kg > row.usd_per_kg else 'Lower'} the price in {row.segment}",
            effect="from {} to {}: margin from {} to {} a year, share of the segment from {} to {}; K13 would be {}",
            numbers=tuple(_price(row, name) for name in _PRICED),
        )
        for row in ranked[:3]
    ]
    options.append(Option(name="Keep prices", effect="shares and margins stay as planned"))
    target = kpi.target if (kpi := kpi_of(held.plan.kpis, "K13")) else None
    falls = target is not None and ranked[0].room_whole_percent < target <= ranked[0].whole_percent
    lost = f" K13 would miss its target of {target:g} %." if falls else ""
    advice = (
        f"Begin with {ranked[0].segment}, and by steps: the gain rests on an assumed elasticity.{lost}"
        if gain > 0
        else "Keep prices: no segment gains by a change."
    )
    return [
        Decision(
            question="Which price is changed?",
            owner="Commercial manager",
            due=before_contracts(held),
            options=tuple(options),
            advice=advice,
            covers=("D15.1", "D15.4"),
        )
    ]


def _option_number(row: OptionRow, name: str, review: StrategyReview) -> Number:
    source = f"simulation: {review.demands_count} futures of demand; costs: assumption, capacity_options.csv"
    value = getattr(row, name)
    if name.endswith("usd_per_kg"):
        return Number(key=f"strategy.option.{row.option}.{name}", value=value, unit="USD/kg", source=source)
    if name == "gain_probability":
        return Number(key=f"strategy.option.{row.option}.gain", value=100 * value, unit="percent", source=source)
    return money(f"option.{row.option}.{name}", value, source)


def _price_words(row: OptionRow, review: StrategyReview) -> str:
    gains = any(one.gains for one in review.prices if one.segment == row.segment)
    return "the best price within the room" if gains else "today's price"


def _option_decision(held: Held, review: StrategyReview) -> list[Block]:
    if not review.options:
        return []
    words = {"begin": "Begin", "wait": "Wait with", "leave": "Leave"}
    options = tuple(
        Option(
            name=f"{words[row.verdict]} {row.option}",
            effect=f"{row.title}: {{}} of capital; at {_price_words(row, review)}, {{}}, and a cost of {{}}, begun now"
            " it is worth {}, the right to wait {}; the worst twentieth of futures brings {} on average, and {} of futures"
            " gain; at today's price it would be worth {}",
            numbers=tuple(_option_number(row, name, review) for name in _OPTION),
        )
        for row in review.options
    )
    begun = [row.option for row in review.options if row.verdict == "begin"]
    waiting = any(row.verdict == "wait" for row in review.options)
    none = "waiting is worth more" if waiting else "none earns its cost"
    advice = "Decide prices first: capacity is valued at them. "
    advice += f"Then begin {', '.join(begun)}: waiting gains nothing." if begun else f"Then begin none: {none}."
    lost = [row.option for row in review.options if row.verdict == "leave" and row.today_usd > 0]
    if lost:
        advice += f" If prices stay as they are, {', '.join(lost)} gains all the same: look at it again."
    return [
        Decision(
            question="Which capacity is added, once prices are decided?",
            owner="Executive",
            due=before_next_plan(held),
            options=options,
            advice=advice,
            covers=("D15.4",),
        )
    ]


def _shares(review: StrategyReview) -> Figure:
    rows = [row for row in review.segments if row.share_percent is not None]
    shown = [
        Bar(row.segment, row.share_percent or 0.0, f"{row.share_percent:.0f} % of {row.market_kg / 1000:,.0f} t")
        for row in rows
    ]
    data = Table(
        title="Share by segment",
        source=_MARKET,
        columns=(
            Column(name="segment"),
            Column(name="ours", unit="kg"),
            Column(name="market", unit="kg"),
            Column(name="share", unit="percent"),
        ),
        rows=tuple(
            (
                row.segment,
                row.ours_kg,
                row.market_kg,
                Number(key=f"strategy.share.{row.segment}", value=row.share_percent, unit="percent", source=_MARKET),
            )
            for row in rows
        ),
    )
    drawing = bars("Share of the mass up by segment; dashed: target of K13", shown, unit="percent", target=40.0)
    return Figure(title="Share by segment", source=_MARKET, drawing=drawing, data=data, covers=("D15.1",))


def _segments(review: StrategyReview) -> Table:
    return Table(
        title="Segments",
        source=f"{_MARKET}; price and cost: costs.csv; index with rivals: {_RIVALS}",
        columns=(
            Column(name="segment"),
            Column(name="places"),
            Column(name="price", unit="USD/kg", digits=0),
            Column(name="cost", unit="USD/kg", digits=0),
            Column(name="room left", unit="kg"),
            Column(name="index", unit="count"),
            Column(name="band"),
        ),
        rows=tuple(
            (
                row.segment, ", ".join(row.destinations), row.usd_per_kg, row.cost_usd_per_kg,
                max(0.0, row.capacity_kg - row.up_kg), row.index, row.band or "–",
            )
            for row in review.segments
        ),
        note="Price: all revenue with the places over kilograms up. Cost: of the service, caused by cargo.",
        covers=("D15.1",),
    )  # fmt: skip


def _apart(held: Held) -> list[Block]:
    kpis = tuple(kpi for kpi in held.plan.kpis if kpi.kpi_id in _APART and kpi.value is not None)
    blocks: list[Block] = [
        KpiBlock(title="What customers get, as planned", source="plan: kpis.csv", kpis=kpis, covers=("D15.2",))
    ]
    if held.simulated is not None:
        blocks.append(
            Text(
                words="Left alone in drawn futures, {} of dated lines arrive on time: that promise is kept only by planning"
                " anew during the year, and it is what rivals would have to match.",
                numbers=(simulated_number(held, "K3"),),
                covers=("D15.2",),
            )
        )
    blocks.append(Missing(what="how punctual rivals are", needs="their deliveries, which nobody reports here"))
    return blocks


def _premium(review: StrategyReview) -> list[Block]:
    if not review.rivals:
        return []
    return [
        Table(
            title="Our price beside rivals'",
            source=f"ours: plan, costs.csv; theirs: {_RIVALS}",
            columns=(
                Column(name="segment"),
                Column(name="rival"),
                Column(name="their price", unit="USD/kg", digits=0),
                Column(name="ours", unit="USD/kg", digits=0),
                Column(name="we are dearer by", unit="percent"),
                Column(name="their share", unit="percent"),
                Column(name="our share", unit="percent"),
            ),
            rows=tuple(
                (
                    one.segment, one.competitor, one.usd_per_kg, one.ours_usd_per_kg, one.dearer_percent, one.share_percent,
                    one.ours_percent,
                )
                for one in review.rivals
            ),
            note="Where we are dearer and larger all the same, customers pay for what sets the service apart.",
            covers=("D15.2", "D15.1"),
        )
    ]  # fmt: skip


def _weight(held: Held, review: StrategyReview) -> list[Block]:
    largest: dict[str, RivalRow] = {}
    for one in review.rivals:
        if one.segment not in largest or one.share_percent > largest[one.segment].share_percent:
            largest[one.segment] = one
    rows = tuple(
        (one.segment, one.ours_percent, one.competitor, one.share_percent, one.ours_percent - one.share_percent)
        for one in largest.values()
    )
    blocks: list[Block] = [
        Table(
            title="Lead over the largest rival",
            source=f"{_MARKET}; {_RIVALS}",
            columns=(
                Column(name="segment"),
                Column(name="ours", unit="percent"),
                Column(name="largest rival"),
                Column(name="its share", unit="percent"),
                Column(name="lead, points", unit="value", digits=1),
            ),
            rows=rows,
            note="Who carries most sets interfaces and dates that others follow; whether they do follow it does not tell.",
        )
    ]
    recognised = kpi_of(held.recorded_kpis or held.plan.kpis, "K14")
    if recognised is None or recognised.value is None:
        needs = "awards, certificates and citations with their dates, on record in operations: report with --store"
        blocks.append(Missing(what="how the trade recognises the service (K14)", needs=needs, opens=("D15.3",)))
        return blocks
    source = "operations: event log, recognitions" if held.recorded_kpis else "plan: kpis.csv, K14"
    known = Number(key=f"recognised.{recognised.kpi_id}", value=recognised.value, unit=recognised.unit, source=source)
    said = Text(words="{} recognitions by the trade are on record (K14).", numbers=(known,), covers=("D15.3",))
    return [said, *blocks]


def _prices(review: StrategyReview) -> list[Block]:
    if not review.prices:
        return nothing_held("how customers answer prices: market_segments.csv has no segment with a share")
    table = Table(
        title="Best prices",
        source=_LOGIT,
        columns=(
            Column(name="segment"),
            Column(name="today", unit="USD/kg"),
            Column(name="elasticity", unit="value", digits=2),
            Column(name="best within the room", unit="USD/kg"),
            Column(name="margin then", unit="USD"),
            Column(name="best with any room", unit="USD/kg"),
            Column(name="share then", unit="percent"),
            Column(name="second derivative", unit="value", digits=3),
            Column(name="if customers answer more", unit="USD/kg", digits=0),
            Column(name="if they answer less", unit="USD/kg", digits=0),
        ),
        rows=tuple(
            (
                row.segment, _price(row, "usd_per_kg"), row.elasticity, _price(row, "room_usd_per_kg"),
                _price(row, "room_margin_usd"), _price(row, "best_usd_per_kg"), row.best_share_percent, row.curvature,
                row.steeper_usd_per_kg, row.flatter_usd_per_kg,
            )
            for row in review.prices
        ),
        note="Held fixed: rivals' prices, the cost of a kilogram, its mass. A second derivative below zero is a top.",
        covers=("D15.4", "D15.1"),
    )  # fmt: skip
    widest = max(review.prices, key=lambda row: (row.best_margin_usd, row.segment))
    points = [point for point in review.price_points if point.segment == widest.segment]
    path = tuple((point.usd_per_kg, point.margin_usd / 1e6) for point in points)
    marks = [(price, f"{price:,.0f}") for price in sorted({points[0].usd_per_kg, widest.usd_per_kg, points[-1].usd_per_kg})]
    data = Table(
        title=f"Price and margin in {widest.segment}",
        source=_LOGIT,
        columns=(
            Column(name="price", unit="USD/kg", digits=0),
            Column(name="share", unit="percent"),
            Column(name="margin", unit="M USD"),
        ),
        rows=tuple((point.usd_per_kg, point.share_percent, point.margin_usd / 1e6) for point in points),
    )
    drawing = lines(
        f"Margin in {widest.segment} over the price of a kilogram; the middle mark is today's price",
        [Series("margin", path)], unit="M USD", x_marks=marks,
    )  # fmt: skip
    figure = Figure(
        title=f"Margin over price in {widest.segment}", source=_LOGIT, drawing=drawing, data=data, covers=("D15.4",)
    )
    return [table, figure]


def _options(review: StrategyReview) -> list[Block]:
    blocks: list[Block] = []
    if review.options:
        blocks.append(
            Table(
                title="Capacity that could be added",
                source=f"simulation: {review.demands_count} futures of demand; costs: assumption, capacity_options.csv",
                columns=(
                    Column(name="option"),
                    Column(name="segment"),
                    Column(name="say"),
                    Column(name="price", unit="USD/kg", digits=0),
                    Column(name="cost", unit="USD/kg", digits=0),
                    Column(name="begun now", unit="USD"),
                    Column(name="5 %", unit="M USD", digits=1),
                    Column(name="95 %", unit="M USD", digits=1),
                    Column(name="worst 5 %", unit="USD"),
                    Column(name="right to wait", unit="USD"),
                    Column(name="filled", unit="percent", digits=0),
                    Column(name="at today's price", unit="USD"),
                ),
                rows=tuple(
                    (
                        row.title, row.segment, row.verdict, row.price_usd_per_kg, row.cost_usd_per_kg,
                        _option_number(row, "worth_usd", review), row.p05_usd / 1e6, row.p95_usd / 1e6,
                        _option_number(row, "tail_usd", review), _option_number(row, "wait_usd", review), row.fill_percent,
                        _option_number(row, "today_usd", review),
                    )
                    for row in review.options
                ),
                note="At the best price within the room where that gains, else today's, and the share of the segment that it"
                " leaves; a kilogram costs what one of the segment costs in the plan, or what the option assumes if that is"
                " more. Demand beyond what is planned today fills it; fixed costs run without it.",
                covers=("D15.4",),
            )
        )  # fmt: skip
        first = review.options[0]
        moved = [row for row in review.tornado if row.of == first.option]
        shown = [
            Bar(row.assumption, row.swing_usd / 1e6, f"{row.low_usd / 1e6:,.0f} to {row.high_usd / 1e6:,.0f}") for row in moved
        ]
        data = Table(
            title=f"What moves {first.option}",
            source="simulation: same futures, each assumption a fifth lower and higher",
            columns=(
                Column(name="assumption"),
                Column(name="a fifth lower", unit="M USD", digits=1),
                Column(name="as assumed", unit="M USD", digits=1),
                Column(name="a fifth higher", unit="M USD", digits=1),
            ),
            rows=tuple((row.assumption, row.low_usd / 1e6, row.base_usd / 1e6, row.high_usd / 1e6) for row in moved),
        )
        drawing = bars("How far the worth moves if an assumption is a fifth lower or higher, M USD", shown, unit="M USD")
        blocks.append(
            Figure(
                title=f"What {first.title.lower()} hangs on", source=data.source, drawing=drawing, data=data, covers=("D15.4",)
            )
        )
    return blocks
