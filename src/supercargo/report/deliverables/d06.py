"""D6, the supply chain optimization strategy: the chain from supplier to station, what it costs, and what would be better."""

from __future__ import annotations

from supercargo.report.blocks import Block, Decision, Document, Evidence, Heading, Missing, Text
from supercargo.report.deliverables.dues import before_order
from supercargo.report.deliverables.figures import kpi_number, plan_number
from supercargo.report.deliverables.held import STOCKS, SUPPLIERS, Held, made, reference
from supercargo.report.stock_blocks import abc_figure, classes_table, sensitivity_figure
from supercargo.report.supply_blocks import (
    chain_figure,
    lead_table,
    options_table,
    policies_figure,
    sourcing_decision,
    suppliers_table,
    supply_number,
    urgent_text,
)

__all__ = ["document"]

QUESTION = "For the supply chain director: how do goods come from supplier to station, at what cost, what is changed first?"
STOCK_POLICIES = ("safety", "reserves", "stock to", "one buffer", "lift-offs", "lead times")


def document(held: Held) -> Document:
    """The supply chain optimization strategy."""
    supply = held.supply
    asked = sourcing_decision(supply, before_order(held), covers=("D6.1",))
    sourced = bool(supply.sourcing.consignments)
    design, better = (("D6.1",), ("D6.4",)) if sourced else ((), ())
    blocks: list[Block] = [Heading(words="The chain on one page"), *([_summary(held)] if sourced else [])]
    blocks += [Text(words=remark) for remark in supply.remarks]
    if not supply.sourcing.consignments:
        what = "who supplies what is carried, over which ways, and how punctually"
        blocks.append(Missing(what=what, needs=SUPPLIERS, opens=("D6.1", "D6.3", "D6.4")))
    blocks += [asked] if isinstance(asked, Decision) else []
    blocks += [
        Heading(words="From supplier to station"),
        chain_figure(supply, covers=design),
        lead_table(supply, covers=design),
    ]
    blocks += [options_table(supply, covers=design), suppliers_table(supply, covers=design)]
    blocks += [Heading(words="Inventory"), *_stocks(held)]
    blocks += [Heading(words="Where cost is reduced"), _cost(held)]
    blocks += [
        policies_figure(supply, ("",), "What every policy saves or costs", covers=("D6.3",)),
    ]
    blocks += [
        Heading(words="How it performs, and what makes it better"),
        *([_performance(held)] if sourced else []),
        urgent_text(supply, covers=better),
    ]
    blocks += [sensitivity_figure(supply, covers=better), _evidence()]
    return made(held, "D6", QUESTION, blocks)


def _summary(held: Held) -> Text:
    words = (
        "{} come from {} suppliers over {} shipments, bought for {} and brought to the launch sites for {}. On the way, at the"
        " sites, aboard and on the stations lie {} on a mean day; capital and storage of that cost {} in the horizon, most of"
        " it after lift-off, where a kilogram is dearest. Stocks turn over {} times a year."
    )
    names = ("sourced_kg", "suppliers", "shipments", "purchase_usd", "freight_usd", "chain_kg", "chain_usd", "turnover")
    return Text(words=words, numbers=tuple(supply_number(held.supply, name) for name in names), covers=("D6.1",))


def _stocks(held: Held) -> list[Block]:
    if not held.supply.stocks:
        return [Missing(what="what stocks hold and what protects them: no place keeps any", needs=STOCKS, opens=("D6.2",))]
    return [
        _inventory(held),
        classes_table(held.supply, covers=("D6.2",)),
        abc_figure(held.supply, covers=("D6.2",)),
        policies_figure(held.supply, STOCK_POLICIES, "What other policies of stock save", covers=("D6.2",)),
    ]


def _inventory(held: Held) -> Text:
    words = (
        "{} stocks hold {} on a mean day. The service levels of stock_terms.csv ask for a safety stock of {} in all; reserves"
        " are {}, and {} of them lie below their safety stock. {} stocks fall below it in the plan before a delivery comes."
    )
    names = ("stocks", "stock_kg", "safety_kg", "reserve_kg", "below_safety", "lowest_below_safety")
    words += f" Whether reserves follow the safety stock is asked in {reference(held, 'D8')}."
    return Text(words=words, numbers=tuple(supply_number(held.supply, name) for name in names), covers=("D6.2",))


def _cost(held: Held) -> Text:
    good = [row for row in held.supply.policies if row.low_usd > 0.0]
    words = "A kilogram delivered costs {} in all, {} of it for freight on the ground: what is saved is saved in space first."
    words += f" {len(good)} policies save even where their main assumption is least favourable."
    points = tuple(f"{row.policy}: {row.saving_usd / 1e6:,.2f} M USD; {row.gives}" for row in good)
    return Text(
        words=words,
        numbers=(plan_number(held, "usd_per_kg"), supply_number(held.supply, "freight_usd_per_kg")),
        points=points,
        covers=("D6.3",) if held.supply.policies else (),
    )


def _performance(held: Held) -> Text:
    moved = {row.assumption: abs(row.change_percent) for row in held.supply.sensitivity}
    slips, lead = moved.get("slips half"), moved.get("lead times a quarter shorter")
    words = (
        "{} of the dated lines arrive on time (K3); suppliers dispatch {} of the mass on time by their record. {} of the mass"
        " is in classes that rest on one supplier for the most part."
    )
    if slips is not None and lead is not None:
        first, then = (
            ("punctual lift-offs", "shorter lead times") if slips > lead else ("shorter lead times", "punctual lift-offs")
        )
        words += f" For stocks {first} come before {then}: half the slips move safety stock by {slips:.1f} %,"
        words += f" lead times a quarter shorter by {lead:.1f} %."
    numbers = (
        kpi_number(held, "K3"),
        supply_number(held.supply, "on_time_percent"),
        supply_number(held.supply, "exposed_percent"),
    )
    return Text(words=words, numbers=numbers, covers=("D6.4",))


def _evidence() -> Evidence:
    return Evidence(
        claim="Demand, stocks and flights are the plan's; suppliers, freight and capital are assumptions that can be edited.",
        rests_on=(
            "plan: manifest.csv, inventory.csv, missions.csv, costs.csv",
            "sourcing program: an integer program with status and bound for each policy",
            "ground program: the cheapest cut of each lane's consignments (Wagner and Whitin 1958)",
            "safety stock: Silver, Pyke and Thomas 2017, section 6.10, with deliveries that may be lost",
            "assumption: stock_terms.csv, supplier_terms.csv, ground_legs.csv",
            "supercargo supply PLAN shows the same figures and writes them as a workbook",
        ),
    )
