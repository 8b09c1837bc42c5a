"""D6, the supply chain optimization strategy: the chain from supplier to station, what it costs, and what would be better."""

from __future__ import annotations

from supercargo.report.blocks import Block, Decision, Document, Evidence, Heading, Missing, Text
from supercargo.report.deliverables.figures import kpi_number, plan_number
from supercargo.report.deliverables.held import Held, made
from supercargo.report.stock_blocks import abc_figure, classes_table, reserve_decision, sensitivity_figure
from supercargo.report.supply_blocks import (
    chain_figure,
    lead_table,
    options_table,
    policies_figure,
    policies_table,
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
    due = f"{held.plan.scenario.settings.as_of_utc:%Y-%m-%d}"
    asked = (sourcing_decision(supply, due, covers=("D6.1",)), reserve_decision(supply, due, covers=("D6.2",)))
    blocks: list[Block] = [Heading(words="The chain on one page"), _summary(held)]
    blocks += [Text(words=remark) for remark in supply.remarks]
    if not supply.sourcing.consignments:
        blocks.append(Missing(what="who supplies what is carried", needs="suppliers.csv with classes that the plan carries"))
    blocks += [one for one in asked if isinstance(one, Decision)]
    blocks += [
        Heading(words="From supplier to station"),
        chain_figure(supply, covers=("D6.1",)),
        lead_table(supply, covers=("D6.1",)),
    ]
    blocks += [options_table(supply, covers=("D6.1",)), suppliers_table(supply, covers=("D6.1",))]
    blocks += [Heading(words="Inventory"), *_stocks(held)]
    blocks += [Heading(words="Where cost is reduced"), _cost(held)]
    blocks += [
        policies_figure(supply, ("",), "What every policy saves or costs", covers=("D6.3",)),
        policies_table(supply, covers=("D6.3",)),
    ]
    blocks += [
        Heading(words="How it performs, and what makes it better"),
        _performance(held),
        urgent_text(supply, covers=("D6.4",)),
    ]
    blocks += [sensitivity_figure(supply, covers=("D6.4",)), _evidence()]
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
        return [Missing(what="what stocks hold and what protects them: no place keeps any", needs="rows in stock.csv")]
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
        covers=("D6.3",),
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
