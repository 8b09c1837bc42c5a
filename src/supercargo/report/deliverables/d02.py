"""D2, the fleet management strategy: how spacecraft are used and kept, what is left of them, and where room is lacking."""

from __future__ import annotations

from dataclasses import replace

from supercargo.report.blocks import Block, Decision, Document, Evidence, Heading, Missing, Text
from supercargo.report.deliverables.dues import before_horizon
from supercargo.report.deliverables.figures import kpi_number, plan_number, simulated_number
from supercargo.report.deliverables.held import Held, Unmade, made, reference
from supercargo.report.fleet_blocks import (
    balance_figure,
    capacity_figure,
    dear_table,
    extension_decision,
    fleet_number,
    gaps_table,
    lacking,
    lives_table,
    reliability_table,
    room_decision,
    season_text,
    smaller_table,
    tails_table,
    types_table,
    upkeep_calendar,
    use_figure,
)

__all__ = ["document"]

QUESTION = "For the fleet manager and the executive: is the fleet well used and kept, what is left, and where is it too small?"

_NOTHING_ASKED = (
    "Nothing is to be decided here: no spacecraft of the service's own pays for a longer life or a replacement now, and no"
    " place lacks room. Spacecraft that customers bring are theirs to extend."
)


def document(held: Held) -> Document:
    """The fleet management strategy."""
    fleet, settings = held.fleet, held.plan.scenario.settings
    due = before_horizon(held)
    asked = (_lives(held, due), _room(held, due))
    blocks: list[Block] = [Heading(words="The fleet on one page"), _summary(held), *_assumed(held)]
    blocks += [one for one in asked if isinstance(one, Decision)] or [Text(words=_NOTHING_ASKED)]
    blocks += [
        Heading(words="How spacecraft are used"),
        use_figure(fleet, covers=("D2.1",)),
        types_table(fleet, covers=("D2.1",)),
    ]
    blocks += [Heading(words="How they are kept"), _upkeep(held)]
    blocks += [
        upkeep_calendar(fleet, settings.start_utc, settings.end_utc, covers=("D2.2",)),
        lives_table(fleet, covers=("D2.2",)),
    ]
    blocks += [Heading(words="How well they perform"), *_performance(held), reliability_table(fleet, covers=("D2.3",))]
    blocks += [dear_table(fleet, covers=("D2.3",)), smaller_table(fleet, covers=("D2.3",))]
    blocks += [Heading(words="Capacity against demand"), season_text(fleet, covers=("D2.4",))]
    blocks += [capacity_figure(fleet, "up", covers=("D2.4",)), balance_figure(fleet, covers=("D2.4",))]
    blocks += [gaps_table(fleet, covers=("D2.4",)), Heading(words="Every spacecraft"), tails_table(fleet, covers=("D2.1",))]
    return made(held, "D2", QUESTION, [*blocks, _evidence()])


def _summary(held: Held) -> Text:
    words = (
        "{} spacecraft of {} types fly {} missions; {} have no flight in this plan and {} flights are left in all lives at its"
        " end. Flights are {} full by mass. Of the days owned {} are idle and {} go to turning round between flights. {} were"
        " asked up against {} that flights can lift; {} stay behind. By record {} flights are expected to be lost."
    )
    names = (
        "tails", "types", "flights", "unused", "left_after", "mass_percent", "idle_percent", "maintenance_percent",
        "demand_kg", "capacity_kg", "left_kg", "expected_losses",
    )  # fmt: skip
    return Text(words=words, numbers=tuple(fleet_number(held.fleet, name) for name in names), covers=("D2.1",))


def _lives(held: Held, due: str) -> Decision | None:
    """Longer lives are asked for of types that the service flies itself: those that customers bring are theirs to extend."""
    brought: dict[str, set[str]] = {}
    for one in held.plan.missions:
        brought.setdefault(one.vehicle_type, set()).add(one.furnished_by)
    theirs = {name: ", ".join(sorted(owners)) for name, owners in brought.items() if "" not in owners}
    told = [one for one in held.fleet.lives if one.vehicle_type not in theirs]
    asked = extension_decision(replace(held.fleet, lives=tuple(told)), due, covers=("D2.2",))
    left = [one.vehicle_type for one in held.fleet.lives if one.vehicle_type in theirs and one.verdict == "extend"]
    if asked is None or not left:
        return asked
    words = "; ".join(f"{name} (brought by {theirs[name]})" for name in left)
    return replace(asked, advice=f"{asked.advice} Not the service's to extend, though it would pay: {words}.")


def _room(held: Held, due: str) -> Decision | None:
    """Where room is added; a place that pays less than it costs is told as such."""
    asked = room_decision(held.fleet, due, covers=("D2.4",))
    if asked is None or isinstance(held.costs_held, Unmade):
        return asked
    places = [row.destination for row in lacking(held.fleet)]
    losing = [one.name for one in held.costs.by["destination"] if one.name in places and (one.margin_usd or 0.0) < 0]
    if not losing:
        return asked
    words = f" Loads to {', '.join(losing)} pay less than they cost: {reference(held, 'D12')} asks for their price first."
    return replace(asked, advice=asked.advice + words)


def _assumed(held: Held) -> list[Text]:
    return [Text(words=remark) for remark in held.fleet.remarks]


def _upkeep(held: Held) -> Text:
    works = [row for row in held.fleet.maintenance if row.work == "inspection"]
    bare = [row for row in works if row.start_utc is None]
    close = min(
        (row for row in held.fleet.maintenance if row.float_d is not None), key=lambda row: row.float_d or 0.0, default=None
    )
    words = f"{{}} of the days owned go to turnarounds (K6, target below 10 %). {len(works)} large inspections fall due"
    words += f", {len(bare)} of them fit no gap of the plan." if bare else "; each fits into the plan."
    if close is not None:
        after = close.after_mission or "it is ready"
        words += f" The tightest work is that of {close.vehicle_id} after {after}: {close.float_d:,.0f} days are left."
    return Text(words=words, numbers=(kpi_number(held, "K6"),), covers=("D2.2",))


def _performance(held: Held) -> list[Block]:
    said = Text(
        words="Utilisation counts the larger of mass and volume share (K5): {} as planned; a kilogram up costs {} in all.",
        numbers=(kpi_number(held, "K5"), plan_number(held, "usd_per_kg")),
        covers=("D2.3",),
    )
    if held.simulated is None:
        return [said, Missing(what="what losses and slips leave of it", needs="report with --runs above 0")]
    flown = Text(
        words="Flown through drawn futures, {} missions lift off within the horizon and utilisation is {}.",
        numbers=(simulated_number(held, "flown missions"), simulated_number(held, "K5")),
        covers=("D2.3",),
    )
    return [said, flown]


def _evidence() -> Evidence:
    return Evidence(
        claim="Use and capacity are counted from the plan; prices and lives are assumptions that can be edited.",
        rests_on=(
            "plan: missions.csv, activities.csv, manifest.csv, costs.csv",
            "scenario: tails.csv, vehicles.csv, cargo.csv",
            "record: chances.csv (losses of a family over its flights), Jeffreys' interval of 90 %",
            "assumption: lives.csv (lives, inspections, prices of new spacecraft and of extensions)",
            "supercargo fleet PLAN shows the same figures and writes them as a workbook",
        ),
    )
