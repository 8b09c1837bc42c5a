"""A review of the supply chain on the terminal and on one self-contained page that prints."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.kernel import format_utc
from supercargo.model.supply import POSITIONS, SupplyReport
from supercargo.report.blocks import Block, Document, Footer, Heading, Text
from supercargo.report.document_html import render_document
from supercargo.report.stock_blocks import (
    abc_figure,
    carrying_figure,
    classes_table,
    forecast_figure,
    positions_table,
    safety_figure,
    safety_table,
    sensitivity_figure,
    shelf_table,
)
from supercargo.report.supply_blocks import (
    chain_figure,
    freight_figure,
    lead_table,
    options_table,
    policies_figure,
    purchase_figure,
    purchase_table,
    routes_table,
    shipment_table,
    suppliers_table,
    together_table,
)

__all__ = ["render_supply", "supply_lines"]

_MOST = 12


def supply_lines(report: SupplyReport) -> list[str]:
    """What a person reads first: the chain, sources, stocks, and what other policies are worth."""
    lines = [
        f"{report.of}, as of {format_utc(report.as_of_utc)}",
        *report.remarks,
        "",
        "Positions     days   tonnes   USD/kg   MUSD",
    ]
    for name in POSITIONS:
        row = report.over_all(name)
        lines.append(
            f"    {name:<24} {row.mean_d:>6.1f} {row.mean_kg / 1e3:>8.1f} {row.usd_per_kg:>8,.0f} "
            f"{row.carrying_usd / 1e6:>8.2f}"
        )
    lines += _sources(report)
    lines += _stocks(report)
    if report.policies:
        lines += ["", "Other policies, by saving; the interval is what they hinge on"]
    for policy in report.policies:
        swing = f"{policy.low_usd / 1e6:+,.2f} to {policy.high_usd / 1e6:+,.2f}"
        lines.append(f"    {policy.policy:<40} {policy.saving_usd / 1e6:>+8.2f} MUSD ({swing}); {policy.gives}")
    return lines


def _sources(report: SupplyReport) -> Iterator[str]:
    yield ""
    if not report.sourcing.consignments:
        yield "Sourcing      nothing that the plan carries has a supplier with a way to its site"
        return
    yield f"Sourcing      {report.sourcing.policy} followed, {report.sourcing.advised} advised"
    for row in report.sourcing.options:
        short = f", {row.unsourced_kg:,.0f} kg without a supplier" if row.unsourced_kg > 1 else ""
        yield (
            f"    {row.policy:<12} {row.status:<9} {row.cost_usd / 1e6:>9,.2f} MUSD, {row.on_time_percent:.1f} % on time, "
            f"{row.exposed_percent:.0f} % exposed{short}"
        )
    freight = sum(row.freight_usd + row.keeping_usd for row in report.shipments)
    yield f"    {len(report.shipments)} shipments, freight and keeping {freight / 1e6:,.2f} MUSD"


def _stocks(report: SupplyReport) -> Iterator[str]:
    if report.stocks:
        yield ""
        yield "Stocks        rank  safety kg  reserve kg  lowest kg  cover d"
    ranked = sorted(report.stocks, key=lambda row: (-row.carrying_usd, row.destination, row.supply_class))
    for row in ranked[:_MOST]:
        cover = f"{row.cover_d:>8.0f}" if row.cover_d is not None else ""
        name = f"{row.destination} {row.supply_class}"
        kilograms = f"{row.safety_kg:>9,.0f} {row.reserve_kg:>11,.0f} {row.lowest_kg:>10,.0f}"
        yield f"    {name:<26} {row.abc}{row.xyz} {kilograms} {cover}"
    if len(ranked) > _MOST:
        yield f"    and {len(ranked) - _MOST} more"


def render_supply(report: SupplyReport, footer: Footer) -> str:
    """The review as an HTML page; no script, nothing from outside."""
    blocks: list[Block] = [Text(words=remark) for remark in report.remarks]
    blocks += [Heading(words="The chain"), chain_figure(report), lead_table(report)]
    blocks += [
        Heading(words="Sources"),
        options_table(report),
        suppliers_table(report),
        purchase_figure(report),
        purchase_table(report),
    ]
    blocks += [
        Heading(words="Ground transport"),
        routes_table(report),
        together_table(report),
        freight_figure(report),
        shipment_table(report),
    ]
    blocks += [
        Heading(words="Stocks"),
        forecast_figure(report),
        classes_table(report),
        abc_figure(report),
        safety_figure(report),
    ]
    blocks += [
        safety_table(report),
        sensitivity_figure(report),
        carrying_figure(report),
        shelf_table(report),
        positions_table(report),
    ]
    blocks += [Heading(words="Other policies"), policies_figure(report, ("",), "What other policies save")]
    question = (
        "Where do the goods of this plan come from, how do they travel, what lies where, and what would other policies save?"
    )
    document = Document(
        doc_id="supply",
        title="Supply chain",
        of=f"{report.of}, USD of {report.price_year}",
        question=question,
        blocks=tuple(blocks),
        footer=footer,
    )
    return render_document(document, ())
