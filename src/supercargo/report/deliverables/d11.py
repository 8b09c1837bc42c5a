"""D11, the technology integration roadmap: what is introduced when, with what money, and what it brings."""

from __future__ import annotations

from supercargo.measure.strategy_review import RoadmapTold, StrategyReview
from supercargo.model import FrontierRow, RoadmapRow
from supercargo.report.blocks import (
    Block,
    Column,
    Decision,
    Document,
    Figure,
    Heading,
    Number,
    Option,
    Table,
    Text,
)
from supercargo.report.charts import Series, columns, lines
from supercargo.report.coverage import phrase_ids
from supercargo.report.deliverables.dues import due_by, roadmap_month
from supercargo.report.deliverables.held import Held, made
from supercargo.report.deliverables.strategy_parts import (
    ASSUMED,
    assumptions,
    budget_number,
    money,
    nothing_held,
    technology_table,
    timeline,
    valued_source,
)

__all__ = ["document"]

QUESTION = (
    "For the executive and the head of engineering: which technologies are introduced when, what do they cost, and what "
    "do they bring?"
)
_PROGRAM = "plan: roadmap, integer program over technology and start month"


def document(held: Held) -> Document:
    """The technology integration roadmap."""
    review = held.strategy
    if review is None or review.roadmap is None:
        return made(held, "D11", QUESTION, nothing_held("which technologies pay, and when they start", phrase_ids("D11")))
    told, rows = review.roadmap, review.technologies
    blocks: list[Block] = [
        Heading(words="The roadmap on one page"),
        _page(held, review, told),
        *_decisions(held, review, told),
    ]
    blocks += [_when(review), _spending(review)]
    blocks += [Heading(words="Automation, robotics and autonomy"), *_kinds(held, review, _AUTOMATION)]
    blocks += [Heading(words="Tracking"), *_kinds(held, review, _TRACKING)]
    blocks += [Heading(words="Communication"), *_kinds(held, review, _COMMUNICATION)]
    blocks += [Heading(words="Adopting what is new"), *_adoption(review, rows), _gates(rows), *_frontier(review, told)]
    blocks += [assumptions(review, "technologies.csv: effects, costs, months and lives are assumptions")]
    return made(held, "D11", QUESTION, blocks)


def _page(held: Held, review: StrategyReview, told: RoadmapTold) -> Text:
    chosen = [row for row in review.technologies if row.chosen]
    valued = valued_source(review)
    return Text(
        words="{} of {} technologies are introduced within 24 months, for {} of a budget of {}. Their net present value is {};"
        " no roadmap under the same terms is worth more than {}. All at once they save {} a year ({} to {}); added up one by"
        f" one it would be {{}}. Month 1 begins on {roadmap_month(held, 1):%Y-%m-%d}, the first after the facts of this plan.",
        numbers=(
            Number(key="strategy.chosen", value=len(chosen), unit="count", source=_PROGRAM),
            Number(key="strategy.technologies", value=len(review.technologies), unit="count", source=ASSUMED),
            money("roadmap.spent_usd", told.spent_usd, _PROGRAM),
            money("roadmap.budget_usd", told.budget_usd, "assumption: budget asked for"),
            money("roadmap.worth_usd", told.worth_usd, _PROGRAM),
            money("roadmap.bound_usd", told.bound_usd, _PROGRAM),
            money("roadmap.together_usd", told.together_usd, valued),
            money("roadmap.together_low_usd", told.together_low_usd, valued),
            money("roadmap.together_high_usd", told.together_high_usd, valued),
            money("roadmap.apart_usd", told.apart_usd, valued),
        ),
        covers=("D11.4",),
    )


def _decisions(held: Held, review: StrategyReview, told: RoadmapTold) -> list[Block]:
    rows = list(review.frontier)
    asked = next((row for row in rows if abs(row.budget_usd - told.budget_usd) < 0.01), None)
    if asked is None:
        return []
    chosen = [row.start_month or 1 for row in review.technologies if row.chosen]
    best = min(rows, key=lambda row: (-row.worth_usd, row.budget_usd))
    options = [_budget("Release what is asked for", asked)] if chosen else []
    if best.worth_usd > asked.worth_usd + 1.0:
        options.append(_budget("Release more", best))
    options.append(Option(name="Introduce nothing", effect="nothing is spent and nothing saved"))
    more = best.worth_usd > asked.worth_usd + 1.0
    advice = "Release what is asked for: within it no roadmap brings more."
    if not chosen:
        advice = "Introduce nothing: none returns its cost on a service of this size."
    if more:
        added = ", ".join(sorted(set(best.technologies) - set(asked.technologies)))
        advice = (
            f"Release more if the money is there: it adds {added}, and its net present value already counts what it costs."
        )
    return [
        Decision(
            question="How much money is released for new technologies?",
            owner="Executive",
            due=due_by(held, roadmap_month(held, min(chosen, default=1)), "the first introduction starts"),
            options=tuple(options),
            advice=advice,
            covers=("D11.4",),
        )
    ]


def _budget(name: str, row: FrontierRow) -> Option:
    return Option(
        name=name,
        effect=f"a budget of {{}}: {len(row.technologies)} technologies for {{}}, net present value {{}}",
        numbers=tuple(budget_number(row, part) for part in ("budget", "spent", "worth")),
    )


def _when(review: StrategyReview) -> Figure:
    chosen = [row for row in review.technologies if row.chosen]
    data = Table(
        title="Months of introduction",
        source=_PROGRAM,
        columns=(
            Column(name="technology"),
            Column(name="starts in month", unit="count"),
            Column(name="ready at the end of", unit="count"),
            Column(name="phase", unit="count"),
            Column(name="needs"),
        ),
        rows=tuple((row.title, row.start_month, row.ready_month, row.phase, ", ".join(row.needs) or "–") for row in chosen),
    )
    drawing = timeline("Months in which technologies are introduced, in three phases", chosen)
    return Figure(title="Who starts when", source=_PROGRAM, drawing=drawing, data=data, covers=("D11.4",))


def _spending(review: StrategyReview) -> Figure:
    labels = [str(row.month) for row in review.spending]
    spent = {"spent": [row.spent_usd / 1e6 for row in review.spending]}
    data = Table(
        title="Money by month",
        source=_PROGRAM,
        columns=(
            Column(name="month", unit="count"),
            Column(name="spent", unit="M USD", digits=2),
            Column(name="under way", unit="count"),
        ),
        rows=tuple((row.month, row.spent_usd / 1e6, row.under_way_count) for row in review.spending),
    )
    drawing = columns("Money spent on introductions in each month", labels, spent, unit="M USD")
    return Figure(title="Money by month", source=_PROGRAM, drawing=drawing, data=data)


_AUTOMATION = (("automation", "robotics", "autonomy"), "D11.1", "What machines take over")
_TRACKING = (("tracking",), "D11.2", "What follows cargo")
_COMMUNICATION = (("communication",), "D11.3", "What links flights and people")


def _kinds(held: Held, review: StrategyReview, asked: tuple[tuple[str, ...], str, str]) -> list[Block]:
    """Text and table of the technologies of some kinds."""
    kinds, phrase, title = asked
    rows = [row for row in review.technologies if row.kind in kinds]
    if not rows:
        what = f"technologies of the kind {' or '.join(kinds)}: technologies.csv has none"
        return nothing_held(what, (phrase,), "rows of that kind in technologies.csv of the scenario")
    chosen = [row for row in rows if row.chosen]
    named = ", ".join(f"{row.title.lower()} (months {row.start_month} to {row.ready_month})" for row in chosen)
    saved = sum(row.yearly_usd for row in chosen)
    words = f"Introduced: {named or 'none'}. Alone they save {{}} a year for {{}}."
    numbers = [
        money(f"kind.{kinds[0]}.yearly_usd", round(saved, 2), valued_source(review)),
        money(f"kind.{kinds[0]}.cost_usd", round(sum(row.cost_usd for row in chosen), 2), ASSUMED),
    ]
    if kinds == _TRACKING[0]:
        words += " They would follow {} pieces of cargo up in the year planned."
        pieces = sum(row.pieces for row in held.plan.manifest if row.direction == "up" and row.mission_id)
        source = "plan: manifest.csv, pieces of lines up aboard a mission"
        numbers.append(Number(key="plan.up_pieces", value=pieces, unit="count", source=source))
    return [
        Text(words=words, numbers=tuple(numbers), covers=(phrase,) if chosen else ()),
        technology_table(review, rows, title, covers=(phrase,)),
    ]


def _adoption(review: StrategyReview, rows: tuple[RoadmapRow, ...]) -> list[Block]:
    others = [row for row in rows if row.kind in ("vehicle", "analytics")]
    blocks: list[Block] = []
    if others:
        blocks.append(technology_table(review, others, "Spacecraft and analytics", covers=("D11.4",)))
    source = f"{valued_source(review)}; a quarter of them for the effects half and one and a half times as strong"
    blocks.append(
        Table(
            title="If technologies do less, or more, than assumed",
            source=source,
            columns=(
                Column(name="technology"),
                Column(name="half the effect", unit="M USD", digits=2),
                Column(name="as assumed", unit="M USD", digits=2),
                Column(name="half as much again", unit="M USD", digits=2),
                Column(name="at half"),
                Column(name="as assumed, it is"),
                Column(name="at one and a half"),
            ),
            rows=tuple(
                (
                    row.title,
                    None if row.half_usd is None else row.half_usd / 1e6,
                    row.yearly_usd / 1e6,
                    None if row.more_usd is None else row.more_usd / 1e6,
                    *("in" if there else "out" for there in (row.chosen_at_half, row.chosen, row.chosen_at_more)),
                )
                for row in rows
            ),
            note="Saved in a year, and whether the best roadmap holds it if all technologies did that much.",
            covers=("D11.4",),
        )
    )
    return blocks


def _gates(rows: tuple[RoadmapRow, ...]) -> Table:
    ready = {row.technology_id: row for row in rows}
    gates = []
    for row in rows:
        for need in row.needs:
            first = ready.get(need)
            when = f"end of month {first.ready_month}" if first and first.chosen else "not on the roadmap"
            gates.append(
                (row.title, first.title if first else need, when, f"month {row.start_month}" if row.chosen else "out")
            )
    return Table(
        title="What has to be ready first",
        source=f"{ASSUMED}, needs; months: {_PROGRAM}",
        columns=(
            Column(name="technology"),
            Column(name="starts only after"),
            Column(name="ready by"),
            Column(name="starts in"),
        ),
        rows=tuple(gates),
        covers=("D11.4",),
    )


def _frontier(review: StrategyReview, told: RoadmapTold) -> list[Block]:
    rows = review.frontier
    data = Table(
        title="Best roadmap under each budget",
        source=_PROGRAM,
        columns=(
            Column(name="budget", unit="USD"),
            Column(name="spent", unit="USD"),
            Column(name="net present value", unit="USD"),
            Column(name="technologies"),
        ),
        rows=tuple(
            (
                *(budget_number(row, name) for name in ("budget", "spent", "worth")),
                ", ".join(row.technologies) or "none",
            )
            for row in rows
        ),
    )
    path = tuple((row.budget_usd / 1e6, row.worth_usd / 1e6) for row in rows)
    marks = [
        (row.budget_usd / 1e6, f"{row.budget_usd / 1e6:,.0f}") for row in rows if abs(row.budget_usd - told.budget_usd) > 1.0
    ]
    drawing = lines(
        "Net present value of the best roadmap over the budget, M USD",
        [Series("best roadmap", path)],
        unit="M USD",
        x_marks=marks,
    )
    return [
        Figure(title="What other budgets would bring", source=_PROGRAM, drawing=drawing, data=data, covers=("D11.4",)),
    ]
