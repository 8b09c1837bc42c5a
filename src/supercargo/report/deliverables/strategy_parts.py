"""Blocks that the documents of strategy share: figures of a review, each made once."""

from __future__ import annotations

from collections.abc import Iterable

from supercargo.measure.strategy_review import StrategyReview
from supercargo.model import TIMELINE_MONTHS, FrontierRow, RoadmapRow
from supercargo.report.blocks import Block, Column, Evidence, Missing, Number, Table
from supercargo.report.drawing import Box, Drawing, Path, Shape, Words
from supercargo.report.svg import clip

__all__ = [
    "ASSUMED",
    "assumptions",
    "budget_number",
    "change_words",
    "money",
    "nothing_held",
    "technology_table",
    "timeline",
    "valued_source",
]

ASSUMED = "assumption: technologies.csv"


def money(key: str, value: float | None, source: str) -> Number:
    """An amount of a review of strategy."""
    return Number(key=f"strategy.{key}", value=value, unit="USD", source=source)


def valued_source(review: StrategyReview) -> str:
    """Where the worth of a technology comes from."""
    return f"simulation: {review.samples_count} courses of the year with and without it, same random numbers"


def nothing_held(
    what: str, opens: tuple[str, ...] = (), needs: str = "a plan that flies, and report with --runs above 0"
) -> list[Block]:
    """What a document says where its part of the review was not made."""
    return [Missing(what=what, needs=needs, opens=opens)]


def budget_number(row: FrontierRow, name: str) -> Number:
    """A figure of the best roadmap under one budget, by the budget in USD, with cents where it has some."""
    source = "plan: best roadmap under this budget, integer program"
    budget = f"{row.budget_usd:.2f}".removesuffix(".00")  # budgets are whole cents, so that two have two keys
    return money(f"frontier.{budget}.{name}_usd", getattr(row, f"{name}_usd"), source)


def assumptions(review: StrategyReview, files: str) -> Evidence:
    """What the document rests on."""
    return Evidence(
        claim="What is assumed stands in files of the scenario, or in the catalogue's templates where it has none.",
        rests_on=(files, *review.remarks, f"seed {review.seed}"),
    )


_THINGS = {
    "loss": "losses",
    "standdown": "stand-downs",
    "port_out": "ports out of use",
    "overrun": "overruns of processing",
    "supplier_delay": "late suppliers",
    "slip": "slips",
}


def change_words(change: str) -> str:
    """A change as a sentence's part.

    >>> change_words("cost/launch*0.92"), change_words("port_out.size*0.8"), change_words("damage.probability*0.7")
    ('launch costs 8 % less', 'ports out of use 20 % smaller', 'damage 30 % rarer')
    """
    head, star, number = change.partition("*")
    if not star:
        place, _, days = change.removeprefix("stock/").rpartition("+")
        return f"{'every place' if place == '*' else place}: {days} d more stock"
    off = f"{100.0 * (1.0 - float(number)):.3g} %"
    kind, slash, what = head.partition("/")
    if slash:
        return f"{what} costs {off} less" if kind == "cost" else f"{what} turned round {off} sooner"
    thing, _, part = head.rpartition(".")
    if not thing:
        return f"losses {off} cheaper"
    return f"{_THINGS.get(thing, thing)} {off} {'rarer' if part == 'probability' else 'smaller'}"


def technology_table(review: StrategyReview, rows: Iterable[RoadmapRow], title: str, *, covers: tuple[str, ...] = ()) -> Table:
    """Technologies with months, money and why they are in or out."""
    return Table(
        title=title,
        source=f"{valued_source(review)}; cost and effect: {ASSUMED}",
        columns=(
            Column(name="technology"),
            Column(name="changes"),
            Column(name="months"),
            Column(name="costs", unit="M USD", digits=1),
            Column(name="saves a year", unit="M USD", digits=2),
            Column(name="from", unit="M USD", digits=2),
            Column(name="to", unit="M USD", digits=2),
            Column(name="net present value", unit="M USD", digits=1),
            Column(name="in, or why not"),
        ),
        rows=tuple(
            (
                row.title,
                "; ".join(change_words(change) for change in row.changes),
                f"{row.start_month} to {row.ready_month}" if row.chosen else "–",
                row.cost_usd / 1e6,
                row.yearly_usd / 1e6,
                row.yearly_low_usd / 1e6,
                row.yearly_high_usd / 1e6,
                row.worth_usd / 1e6,
                "in" if row.chosen else row.why,
            )
            for row in rows
        ),
        note="From and to: 90 % interval of the mean. An interval that holds zero is counted as nothing.",
        covers=covers,
    )


def timeline(says: str, rows: Iterable[RoadmapRow]) -> Drawing:
    """Introductions as bars over the 24 months of the programme, its three phases apart."""
    listed = [row for row in rows if row.chosen]
    left, top, step, wide = 210.0, 34.0, 20.0, 20.5
    foot = top + step * len(listed)
    shapes: list[Shape] = []
    for first, last, name in ((1, 8, "phase 1"), (9, 18, "phase 2"), (19, TIMELINE_MONTHS, "phase 3")):
        x = left + wide * (first - 1)
        shapes.append(Path(((x, top - 16), (x, foot)), "grid"))
        shapes.append(Words(x + wide * (last - first + 1) / 2, top - 20, name, "middle", 10.5, "soft"))
    shapes += [
        Words(left + wide * (month - 0.5), top - 6, str(month), "middle", 9.0, "soft")
        for month in range(1, TIMELINE_MONTHS + 1)
    ]
    for at, row in enumerate(listed):
        start, ready = row.start_month or 1, row.ready_month or 1
        x, y, length = left + wide * (start - 1), top + step * at, wide * (ready - start + 1)
        said = f"{row.title}: months {start} to {ready}, {row.cost_usd / 1e6:,.1f} M USD"
        shapes.append(Words(left - 6, y + 14, clip(row.title, 36), "end", 10.0))
        shapes.append(Box(x, y + 3, length - 1, step - 6, "one", said))
        shapes.append(Words(x + length + 4, y + 14, f"{row.cost_usd / 1e6:,.0f} M USD", size=9.5, style="soft"))
    shapes.append(Path(((left, foot), (left + wide * TIMELINE_MONTHS, foot)), "axis"))
    return Drawing(width=720.0, height=foot + 10, says=says, shapes=tuple(shapes) if listed else ())
