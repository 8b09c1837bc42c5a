"""D8, the inventory management plan: what is used, where stock lies, how much protects it, and what it costs to keep."""

from __future__ import annotations

from supercargo.report.blocks import Block, Column, Decision, Document, Evidence, Heading, Missing, Table, Text
from supercargo.report.coverage import phrase_ids
from supercargo.report.deliverables.dues import before_order
from supercargo.report.deliverables.figures import plan_number, runs_out_number
from supercargo.report.deliverables.held import STOCKS, Held, made
from supercargo.report.stock_blocks import (
    abc_figure,
    carrying_figure,
    classes_table,
    forecast_figure,
    positions_table,
    reserve_decision,
    safety_figure,
    safety_table,
    sensitivity_figure,
    shelf_table,
    use_table,
)
from supercargo.report.supply_blocks import chain_figure, policies_figure, supply_number

__all__ = ["document"]

QUESTION = (
    "For the inventory manager: how much of what lies where, what protects it against late and lost flights, at what cost?"
)
CARRYING = ("safety", "reserves", "stock to", "one buffer", "lift-offs", "lead times")


def document(held: Held) -> Document:
    """The inventory management plan."""
    supply = held.supply
    if not supply.stocks:
        return made(held, "D8", QUESTION, [*_without(held), _evidence()])
    due = before_order(held, (row.supply_class for row in supply.stocks))
    asked = reserve_decision(supply, due, covers=("D8.3",))
    blocks: list[Block] = [Heading(words="Inventory on one page"), _summary(held)]
    blocks += [Text(words=remark) for remark in supply.remarks]
    blocks += [asked] if isinstance(asked, Decision) else []
    blocks += [
        Heading(words="What is used"),
        _forecast(held),
        forecast_figure(supply, covers=("D8.1",)),
        use_table(supply, covers=("D8.1",)),
    ]
    blocks += [Heading(words="Where it lies"), chain_figure(supply, covers=("D8.2",)), classes_table(supply, covers=("D8.2",))]
    blocks += [abc_figure(supply, covers=("D8.2",)), positions_table(supply, covers=("D8.2",))]
    blocks += [Heading(words="What protects it"), _safety(held), safety_figure(supply, covers=("D8.3",))]
    blocks += [safety_table(supply, covers=("D8.3",)), sensitivity_figure(supply, covers=("D8.3",)), _flown(held)]
    blocks += [Heading(words="What it costs to keep"), _carrying(held), carrying_figure(supply, covers=("D8.4",))]
    blocks += [
        policies_figure(supply, CARRYING, "What other policies of stock save", covers=("D8.4",)),
        shelf_table(supply, covers=("D8.4",)),
    ]
    return made(held, "D8", QUESTION, [*blocks, _evidence()])


def _without(held: Held) -> list[Block]:
    """What can be said of a plan whose places keep nothing in stock."""
    what = "use, place, safety stock and carrying cost of stocks: no place keeps any"
    bare = Missing(what=what, needs=STOCKS, opens=phrase_ids("D8"))
    return [Heading(words="Inventory on one page"), bare, chain_figure(held.supply)]


def _summary(held: Held) -> Text:
    words = (
        "{} stocks use {} in the horizon and hold {} on a mean day, which turns over {} times a year and binds capital that"
        " costs {} a year. {} of {} stocks fall below their reserve on some day as planned. Safety stock for the service"
        " levels that are wanted is {}, reserves are {}. {} would be too old when their turn comes."
    )
    supply = held.supply
    numbers = (
        *(supply_number(supply, name) for name in ("stocks", "use_kg", "stock_kg", "turnover", "carrying_usd")),
        plan_number(held, "stocks_below_reserve"), plan_number(held, "stocks"),
        *(supply_number(supply, name) for name in ("safety_kg", "reserve_kg", "expired_kg")),
    )  # fmt: skip
    return Text(words=words, numbers=numbers, covers=("D8.1", "D8.2"))


def _forecast(held: Held) -> Text:
    steady = sum(row.xyz == "X" for row in held.supply.stocks)
    lumpy = sum(row.xyz == "Z" for row in held.supply.stocks)
    words = (
        f"Crews, failures of parts and planned draws make the demand of {{}} stocks: {steady} are steady, {lumpy} lumpy. The"
        " band is that of drawn futures of use; it grows with the square root of time where months are independent."
    )
    return Text(words=words, numbers=(supply_number(held.supply, "stocks"),), covers=("D8.1",))


def _safety(held: Held) -> Text:
    words = (
        "A stock has to last until the next delivery that arrives. Flights slip, so that gaps between them vary; a flight is"
        " lost now and then, so that the gap after it has to be bridged too; and use strays. {} of safety stock answer that at"
        " the wanted service; {} of {} reserves are smaller than their safety stock, and {} stocks fall below it in the plan."
    )
    names = ("safety_kg", "below_safety", "stocks", "lowest_below_safety")
    return Text(words=words, numbers=tuple(supply_number(held.supply, name) for name in names), covers=("D8.3",))


def _flown(held: Held) -> Block:
    if held.simulated is None:
        return Missing(what="how often stocks fall below reserve when flights slip", needs="report with --runs above 0")
    ranked = sorted(held.simulated.stocks, key=lambda row: (-row.below_reserve_d, row.destination, row.supply_class))
    safety = {(row.destination, row.supply_class): row for row in held.supply.stocks}
    rows = []
    for row in ranked[:12]:
        own = safety.get((row.destination, row.supply_class))
        rows.append(
            (
                row.destination, row.supply_class, 100 * row.below_reserve_probability, row.below_reserve_d,
                runs_out_number(held, row), max(0.0, row.lowest_p05_kg),
                max(0.0, -row.lowest_p05_kg), own.safety_kg if own else None,
            )
        )  # fmt: skip
    return Table(
        title="What futures do to stocks if nobody plans anew",
        source="simulation: stock_risk.csv, most days below reserve first",
        columns=(
            Column(name="place"),
            Column(name="class"),
            Column(name="falls below reserve", unit="percent", digits=0),
            Column(name="days below", unit="d", digits=0),
            Column(name="runs out", unit="percent", digits=0),
            Column(name="lowest, 1 in 20", unit="kg"),
            Column(name="lacking, 1 in 20", unit="kg"),
            Column(name="safety stock", unit="kg"),
        ),
        rows=tuple(rows),
        covers=("D8.3",),
    )


def _carrying(held: Held) -> Text:
    good = [row for row in held.supply.policies if row.policy.startswith(CARRYING) and row.low_usd > 0.0]
    words = "{} a year are the price of capital bound in mean stock, most of it for the lift of what lies on a station."
    points = tuple(f"{row.policy}: saves {row.saving_usd / 1e6:,.1f} M USD a year; {row.gives}" for row in good)
    return Text(words=words, numbers=(supply_number(held.supply, "carrying_usd"),), points=points, covers=("D8.4",))


def _evidence() -> Evidence:
    return Evidence(
        claim="Use and stocks are the plan's; slips and losses are on record; service levels and capital are assumptions.",
        rests_on=(
            "plan: inventory.csv (use by forecast with its band), manifest.csv, missions.csv, costs.csv",
            "record: chances.csv and slips.csv",
            "safety stock: Silver, Pyke and Thomas 2017, section 6.10; gaps bounded by a Poisson stream; losses as a mixture",
            "assumption: stock_terms.csv (value, shelf life, capital, storage, service)",
        ),
    )
