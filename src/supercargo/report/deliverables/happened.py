"""What the record tells beside the plan: which plan is in force, what became of the service, and which decisions are past."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from supercargo.measure.happened import Happened, Served
from supercargo.report.blocks import Block, Column, Decision, Missing, Number, Table, Text
from supercargo.report.deliverables.held import Held

__all__ = ["RECORD", "happened_text", "past_decision", "released_text", "served_table", "standing"]

RECORD = "log of operations: missions, contracts and their ledger"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def standing(held: Held) -> list[Block]:
    """With a record whose plan in force is another than the one given: that, before all else."""
    if not held.releases or held.releases[-1].digest == held.footer.digest:
        return []
    force = held.releases[-1]
    own = next((one for one in held.releases if one.digest == held.footer.digest), None)
    was = (
        f"It was released on {own.at_utc:%Y-%m-%d} by {own.by} and has been superseded since"
        if own
        else "It has never been released there"
    )
    words = (
        f"The plan of this document, {held.footer.digest[:12]}, is not the one in force in the record. {was}: in force is"
        f" {force.digest[:12]}, released on {force.at_utc:%Y-%m-%d} by {force.by}. What is planned is told of the plan given,"
        " what has happened of the record."
    )
    return [Text(words=words)]


def released_text(held: Held) -> Text | None:
    """That the plan given is released already; None where no record tells it."""
    own = next((one for one in held.releases if one.digest == held.footer.digest), None)
    if own is None:
        return None
    later = [one for one in held.releases if one.at_utc > own.at_utc]
    after = (
        f" {len(later)} later {'plan has' if len(later) == 1 else 'plans have'} followed it." if later else " It is in force."
    )
    words = f"Its release is not asked for: it was released on {own.at_utc:%Y-%m-%d} by {own.by}.{after}"
    return Text(words=words)


def past_decision(held: Held, block: Block) -> Block:
    """A decision whose date lies behind the end of the record is told as past; any other block as it is."""
    if held.happened is None or not isinstance(block, Decision):
        return block
    date = _DATE.search(block.due)
    if date is None or datetime.fromisoformat(date.group()).replace(tzinfo=UTC) > held.happened.as_of_utc:
        return block
    words = (
        f"Not asked for any more: “{block.question}” Its date, {date.group()}, lies behind the end of the record,"
        f" {held.happened.as_of_utc:%Y-%m-%d}."
    )
    return Text(words=words.replace("{}", "{ }"), covers=block.covers)


def _count(key: str, value: int) -> Number:
    return Number(key=f"record.{key}", value=value, unit="count", source=RECORD)


def _usd(key: str, value: float) -> Number:
    return Number(key=f"record.{key}", value=value, unit="USD", source=RECORD)


def happened_text(held: Held, *, covers: tuple[str, ...] = ()) -> list[Block]:
    """What became of the service up to the end of the record; empty without a record."""
    told: Happened | None = held.happened
    if told is None:
        return []
    whole = told.whole
    words = (
        f"What has happened, by the record up to {told.as_of_utc:%Y-%m-%d}:"
        " {} missions flew, {} were lost and {} have not flown yet. {} of {} lines are delivered. Of {} up lines whose date"
        " has come, {} came on time ({}), {} late and {} not at all. {} is earned; {} is taken off it for what was late, left"
        " behind or flown again."
    )
    numbers = (
        _count("flown", told.flown_count), _count("lost", told.lost_count), _count("waiting", told.waiting_count),
        _count("delivered_lines", whole.delivered_count), _count("lines", whole.lines_count),
        _count("dated_lines", whole.dated_count), _count("on_time_lines", whole.on_time_count),
        Number(key="record.on_time_percent", value=whole.on_time_percent, unit="percent", source=RECORD),
        _count("late_lines", whole.late_count), _count("open_lines", whole.open_count),
        _usd("earned_usd", whole.earned_usd), _usd("taken_usd", whole.taken_usd),
    )  # fmt: skip
    return [Text(words=words, numbers=numbers, covers=covers)]


def served_table(held: Held, names: dict[str, str], *, covers: tuple[str, ...] = ()) -> list[Block]:
    """Service by customer as the record tells it."""
    if held.happened is None:
        return []
    heads = ("lines", "delivered", "dated lines", "came late", "did not come")
    if not held.happened.customers:
        return [Missing(what="how customers were served", needs="contracts with lines on record")]
    return [
        Table(
            title="Service by customer as it happened",
            source=RECORD,
            columns=(
                Column(name="customer"),
                *(Column(name=name, unit="count") for name in heads),
                Column(name="on time", unit="percent"),
                Column(name="within tolerance", unit="percent"),
                Column(name="earned", unit="USD"),
                Column(name="taken off", unit="USD"),
            ),
            rows=tuple(_row(one, names) for one in held.happened.customers),
            note="Dated lines: up lines whose date has come, as K3 counts them. Taken off: penalties, lines left behind,"
            " re-flights.",
            covers=covers,
        )
    ]


def _row(one: Served, names: dict[str, str]) -> tuple[str | float | int | None, ...]:
    return (
        names.get(one.customer, one.customer), one.lines_count, one.delivered_count, one.dated_count, one.late_count,
        one.open_count, one.on_time_percent, one.within_percent, one.earned_usd, one.taken_usd,
    )  # fmt: skip
