"""What is open when a plan is released: stocks that futures empty, cargo without a known order, gates that were due."""

from __future__ import annotations

from datetime import datetime

from supercargo.measure.gates import gates_due
from supercargo.model import StockRisk
from supercargo.report.blocks import Number, Option, Text
from supercargo.report.deliverables.figures import runs_out_number, usd
from supercargo.report.deliverables.held import Held, Unmade, reference
from supercargo.report.supply_blocks import supply_number

__all__ = ["contingency_option", "first_open_order", "open_words", "stocks_text"]

MOST_PLACES, MOST_CLASSES = 4, 5
"""Places whose stocks are named, and stocks of each, the likeliest to run out first."""


def stocks_text(held: Held) -> Text | None:
    """Which stocks run out most often over the futures, beside what the plan says of reserves; None without futures."""
    if held.simulated is None:
        return None
    out = [row for row in held.simulated.stocks if row.below_zero_probability > 0.0]
    if not out:
        return Text(words="In none of these futures does a stock run out.", covers=("D1.4",))
    places: dict[str, list[StockRisk]] = {}
    for row in sorted(out, key=lambda row: (-row.below_zero_probability, row.destination, row.supply_class)):
        places.setdefault(row.destination, []).append(row)
    named = [(place, rows[:MOST_CLASSES]) for place, rows in list(places.items())[:MOST_PLACES]]
    often = sum(row.below_zero_probability >= 0.5 for row in out)
    count = Number(
        key="simulated.stocks_out_half",
        value=often,
        unit="count",
        source="simulation: stock_risk.csv, stocks that run out in at least every second future",
    )
    words = "Stocks last as planned only if nothing happens: in the same futures {} run out in every second one or more."
    words += " Likeliest to run out, in how many of the futures: "
    words += "; ".join(f"{place}: " + ", ".join(f"{row.supply_class} {{}}" for row in rows) for place, rows in named)
    words += f". Days and amounts stand in {reference(held, 'D8')}."
    numbers = (count, *(runs_out_number(held, row) for _, rows in named for row in rows))
    return Text(words=words, numbers=numbers, covers=("D1.4",))


def open_words(held: Held) -> tuple[str, tuple[Number, ...]]:
    """What nobody has confirmed yet, as the part of a sentence with its numbers; no words where nothing is open."""
    parts: list[str] = []
    numbers: list[Number] = []
    as_of = f"{held.plan.scenario.settings.as_of_utc:%Y-%m-%d}"
    if not isinstance(held.supply_held, Unmade):
        ordered = supply_number(held.supply_held, "ordered_kg")
        if ordered.value:
            parts.append(f"{{}} of its cargo had to be ordered before {as_of} and have no known order")
            numbers.append(ordered)
    due = gates_due(held.plan)
    for gate, count in due.items():
        numbers.append(
            Number(
                key=f"plan.gates_due.{gate}",
                value=count,
                unit="count",
                source="plan: missions.csv; scenario: gates.csv, days before lift-off",
            )
        )
    if due:
        named = ", ".join(f"{gate} (missions: {{}})" for gate in due)
        parts.append(f"gates due by {as_of} that the plan can't know to be passed: {named}")
    return "; ".join(parts), tuple(numbers)


def first_open_order(held: Held) -> tuple[datetime, str] | None:
    """By when the first order is placed that waits for the release, and with whom; None where none waits."""
    if isinstance(held.supply_held, Unmade):
        return None
    waiting = [one for one in held.supply_held.sourcing.consignments if one.state == "open"]
    if not waiting:
        return None
    first = min(waiting, key=lambda one: (one.order_utc, one.supplier))
    return first.order_utc, first.supplier


def contingency_option(held: Held, place: int) -> Option:
    """A contingency: what it costs, what it avoids or adds in money, and the days of short stock it saves, without a price."""
    one = held.review.contingencies[place]
    assumed, valued = "assumption: contingencies.csv", "simulation: contingencies valued on the same futures"
    key = f"contingency.{one.contingency_id}"
    numbers = [usd(f"{key}.cost_usd", one.cost_usd, assumed)]
    words = "costs {} and avoids no loss that has a price"
    if one.avoided_usd > 0.0:
        words = "costs {} and avoids {} a year"
        numbers.append(usd(f"{key}.avoided_usd", one.avoided_usd, valued))
    elif one.avoided_usd < 0.0:
        words = "costs {} and adds {} of loss a year"
        numbers.append(usd(f"{key}.added_usd", -one.avoided_usd, valued))
    if one.verdict == "not told apart":
        words += " (cost and gain are not told apart)"
    saved = one.short_d_before - one.short_d_after
    if abs(saved) >= 0.05:
        words += f"; {{}} {'less' if saved > 0 else 'more'} of stocks below reserve, and short stock has no price in this"
        numbers.append(Number(key=f"{key}.short_d", value=abs(saved), unit="d", source=valued))
    return Option(name=one.title, effect=words, numbers=tuple(numbers))
