"""A review of the fleet on the terminal and on one self-contained page that prints."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.kernel import format_utc
from supercargo.model.fleet import FleetReport
from supercargo.report.blocks import Block, Document, Footer, Heading, Text
from supercargo.report.document_html import render_document
from supercargo.report.fleet_blocks import (
    balance_figure,
    capacity_figure,
    dear_table,
    gaps_table,
    lacking,
    lives_table,
    reliability_table,
    smaller_table,
    tails_table,
    types_table,
    upkeep_table,
    use_figure,
)

__all__ = ["fleet_lines", "render_fleet"]


def fleet_lines(report: FleetReport) -> list[str]:
    """What a person reads first: use, upkeep, lives, and where capacity is lacking."""
    lines = [f"{report.of}, as of {format_utc(report.as_of_utc)}", *report.remarks, ""]
    flights = sum(row.flights_count for row in report.tails)
    unused = sum(not row.flights_count for row in report.tails)
    lines.append(
        f"Fleet         {len(report.tails)} spacecraft of {len(report.types)} types, {flights} flights, {unused} without one"
    )
    lines.append(
        f"{'':<14}{report.utilisation_percent:.1f} % full by mass, {report.maintenance_percent:.1f} % of days turned round"
    )
    lines += _types(report)
    lines += _upkeep(report)
    lines += _lives(report)
    short = lacking(report, 5)
    if short:
        lines += ["", "Too little room"]
        lines += [
            f"    {row.destination:<18} {row.kind:<14} {row.left_kg:>8,.0f} kg of {row.demand_kg:>9,.0f} stay behind"
            for row in short
        ]
    lost = sum(row.expected_losses for row in report.reliability)
    lines += ["", f"By record {lost:.2f} flights of the plan are expected to be lost"] if report.reliability else []
    return lines


def _types(report: FleetReport) -> Iterator[str]:
    for row in report.types:
        cost = f"{row.usd_per_kg:>9,.0f} USD/kg" if row.usd_per_kg is not None else ""
        full = f"{row.mass_percent:5.1f} % full" if row.flights_count else f"{'':<12}"
        yield f"    {row.vehicle_type:<30} {row.flights_count:>3} flights, {full}, {row.idle_percent:3.0f} % idle {cost}"


def _upkeep(report: FleetReport) -> Iterator[str]:
    works = [row for row in report.maintenance if row.work == "inspection"]
    turned = len(report.maintenance) - len(works)
    if report.maintenance:
        yield ""
        yield f"Maintenance   {turned} turnarounds, {len(works)} inspections"
    for row in works:
        when = (
            f"{row.start_utc:%Y-%m-%d} to {row.end_utc:%Y-%m-%d}"
            if row.start_utc and row.end_utc
            else "fits no gap of the plan"
        )
        yield f"    {row.vehicle_id:<16} {when}; {row.why}"


def _lives(report: FleetReport) -> Iterator[str]:
    if report.lives:
        yield ""
        yield "A longer life, or new spacecraft"
    for row in report.lives:
        swing = f"{row.net_low_usd / 1e6:+,.0f} to {row.net_high_usd / 1e6:+,.0f}"
        told = f"net {row.net_usd / 1e6:+,.0f} MUSD ({swing}), {row.extended_count} extended"
        yield f"    {row.vehicle_type:<30} {row.verdict}: {told}"


def render_fleet(report: FleetReport, footer: Footer) -> str:
    """The review as an HTML page; no script, nothing from outside."""
    blocks: list[Block] = [Text(words=remark) for remark in report.remarks]
    blocks += [Heading(words="Use"), use_figure(report), types_table(report), dear_table(report)]
    blocks += [Heading(words="Upkeep and lives"), upkeep_table(report), lives_table(report), reliability_table(report)]
    blocks += [Heading(words="Capacity"), capacity_figure(report, "up"), balance_figure(report), gaps_table(report)]
    blocks += [smaller_table(report), Heading(words="Spacecraft"), tails_table(report)]
    question = "What does the plan ask of the fleet, what is left of it, and where is it too small or too large?"
    document = Document(
        doc_id="fleet",
        title="Fleet",
        of=f"{report.of}, USD of {report.price_year}",
        question=question,
        blocks=tuple(blocks),
        footer=footer,
    )
    return render_document(document, ())
