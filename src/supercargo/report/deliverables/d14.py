"""D14, strategic partnership development: who the service hangs on, how they do, and whom to win."""

from __future__ import annotations

from supercargo.measure.strategy_review import StrategyReview
from supercargo.model import CandidateRow, ConcentrationRow, PartnerRow
from supercargo.report.blocks import Block, Column, Decision, Document, Figure, Heading, Number, Option, Table, Text
from supercargo.report.charts import Bar, bars
from supercargo.report.coverage import phrase_ids
from supercargo.report.deliverables.dues import before_next_plan
from supercargo.report.deliverables.figures import plan_number
from supercargo.report.deliverables.held import Held, Unmade, made, reference
from supercargo.report.deliverables.strategy_parts import assumptions, change_words, money, nothing_held

__all__ = ["document"]

QUESTION = "For the executive and the commercial manager: on whom does the service hang, and which partners are worth winning?"
_BOOKS = "plan: manifest.csv, missions.csv and costs.csv, cost attributed by activity"
_FEW = "plan: shares of manifest.csv and costs.csv; bands of the U.S. Merger Guidelines of 2023"
_CANDIDATES = "assumption: partner_candidates.csv; room and cost: plan"
_CARRIERS = ("spacecraft", "launch", "site", "facility")


def document(held: Held) -> Document:
    """Strategic partnership development."""
    review = held.strategy
    if review is None or not review.partners:
        return made(held, "D14", QUESTION, nothing_held("who the service hangs on", phrase_ids("D14"), "a plan that flies"))
    blocks: list[Block] = [Heading(words="On one page"), _page(held, review), *_decisions(held, review)]
    blocks += [Heading(words="Customers"), _customer_bars(review), _customers(review)]
    blocks += [Heading(words="Carriers, sites and suppliers"), *_stakes(review), _carriers(review), _suppliers(held, review)]
    blocks += [_concentration(review)]
    blocks += [Heading(words="Technology together"), *_technology(review)]
    blocks += [Heading(words="Winning more"), *_expansion(review)]
    blocks += [
        assumptions(review, "partner_candidates.csv: who could be won; chances.csv: slips, losses and damage"),
    ]
    return made(held, "D14", QUESTION, blocks)


def _few(review: StrategyReview, role: str, measure: str = "cargo up") -> ConcentrationRow | None:
    return next((one for one in review.concentrations if (one.role, one.measure) == (role, measure)), None)


def _index(told: ConcentrationRow) -> Number:
    key = f"strategy.index.{told.role}.{told.measure}"
    return Number(key=key, value=told.index, unit="count", source=_FEW)


def _share(told: ConcentrationRow) -> Number:
    key = f"strategy.largest.{told.role}.{told.measure}"
    return Number(key=key, value=told.largest_percent, unit="percent", source=_FEW)


def _page(held: Held, review: StrategyReview) -> Text:
    roles = [
        told for told in (_few(review, "customer", "revenue"), _few(review, "launch"), _few(review, "spacecraft")) if told
    ]
    words = "{} missions earn {}."
    for told in roles:
        words += f" By {told.measure}, {told.role} partners are {told.band} (index {{}}): {told.largest} has {{}}."
    numbers = [plan_number(held, "missions_flown"), plan_number(held, "revenue_usd")]
    for told in roles:
        numbers += [_index(told), _share(told)]
    return Text(words=words, numbers=tuple(numbers), covers=("D14.1", "D14.2"))


def _decisions(held: Held, review: StrategyReview) -> list[Block]:
    blocks: list[Block] = []
    if review.candidates:
        best = review.candidates[0]
        named = list(review.candidates[:3])
        options = [
            Option(
                name=f"Win {one.candidate}",
                effect=f"costs {{}}, worth {{}} in the year planned, {{}} with room for all its cargo; {one.how}",
                numbers=tuple(_candidate(one, name) for name in ("cost_usd", "worth_usd", "worth_with_room_usd")),
            )
            for one in named
        ]
        options.append(Option(name="Win nobody now", effect="flights stay as full as they are"))
        roomy = [one for one in named if one.worth_with_room_usd > 0]
        advice = (
            f"Win {best.candidate}: it returns its cost within the year."
            if best.worth_usd > 0
            else f"Find room first: {roomy[0].candidate} returns its cost only on flights that are not planned yet."
            if roomy
            else "Win nobody now: no candidate returns its cost."
        )
        blocks.append(
            Decision(
                question="Which partner is won next?",
                owner="Commercial manager",
                due=before_next_plan(held),
                options=tuple(options),
                advice=advice,
                covers=("D14.4",),
            )
        )
    return blocks


def _candidate(one: CandidateRow, name: str) -> Number:
    return money(f"candidate.{one.candidate}.{name}", getattr(one, name), _CANDIDATES)


def _of(review: StrategyReview, *roles: str) -> list[PartnerRow]:
    return [row for row in review.partners if row.role in roles]


def _customer_bars(review: StrategyReview) -> Figure:
    rows = sorted(_of(review, "customer"), key=lambda row: (-row.revenue_usd, row.partner))
    shown = [
        Bar(row.partner, row.revenue_usd / 1e6, f"{row.revenue_usd / 1e6:,.0f}, margin {row.margin_usd / 1e6:,.0f}")
        for row in rows[:14]
    ]
    data = Table(
        title="Revenue by customer",
        source=_BOOKS,
        columns=(Column(name="customer"), Column(name="revenue", unit="USD"), Column(name="margin", unit="USD")),
        rows=tuple(
            (
                row.partner,
                money(f"customer.{row.partner}.revenue_usd", row.revenue_usd, _BOOKS),
                money(f"customer.{row.partner}.margin_usd", row.margin_usd, _BOOKS),
            )
            for row in rows
        ),
    )
    drawing = bars("Revenue by customer, M USD", shown, unit="M USD")
    return Figure(title="Who pays", source=_BOOKS, drawing=drawing, data=data, covers=("D14.1",))


def _customers(review: StrategyReview) -> Table:
    return Table(
        title="How customers do, and what goes with each",
        source=_BOOKS,
        columns=(
            Column(name="customer"),
            Column(name="score", unit="value", digits=0),
            Column(name="cargo up", unit="kg"),
            Column(name="on time", unit="percent"),
            Column(name="margin", unit="M USD", digits=1),
            Column(name="flights that go", unit="count"),
            Column(name="cargo that goes", unit="kg"),
            Column(name="revenue that goes", unit="M USD", digits=1),
            Column(name="margin that goes", unit="M USD", digits=1),
        ),
        rows=tuple(
            (
                row.partner, row.score, row.up_kg, row.on_time_percent, row.margin_usd / 1e6, row.alone_count, row.alone_kg,
                row.alone_revenue_usd / 1e6, row.loss_usd / 1e6,
            )
            for row in _of(review, "customer")
        ),
        note="With a customer go its cargo and the flights it furnishes. Margin below zero: its cargo costs the service more"
        " than it pays.",
        covers=("D14.1",),
    )  # fmt: skip


def _stakes(review: StrategyReview) -> list[Block]:
    rows = sorted(_of(review, *_CARRIERS), key=lambda row: (-row.alone_revenue_usd, row.partner))
    held = [row for row in rows if row.alone_count]
    data = Table(
        title="What hangs on each alone",
        source=_BOOKS,
        columns=(
            Column(name="partner"),
            Column(name="role"),
            Column(name="flights", unit="count"),
            Column(name="cargo", unit="kg"),
            Column(name="revenue", unit="USD"),
            Column(name="margin", unit="USD"),
        ),
        rows=tuple(
            (
                row.partner,
                row.role,
                row.alone_count,
                row.alone_kg,
                money(f"alone.{row.role}.{row.partner}.revenue_usd", row.alone_revenue_usd, _BOOKS),
                money(f"alone.{row.role}.{row.partner}.margin_usd", row.loss_usd, _BOOKS),
            )
            for row in held
        ),
    )
    shown = [
        Bar(
            f"{row.partner} ({row.role})",
            row.alone_revenue_usd / 1e6,
            f"{row.alone_revenue_usd / 1e6:,.0f}, {row.alone_count} flights",
        )
        for row in held[:12]
    ]
    drawing = bars("Revenue of flights that nothing else could fly, M USD", shown, unit="M USD")
    said = Text(
        words="If one of them fails for the whole year, this is what stays on the ground because the scenario has no other"
        " spacecraft with a tail to spare, no other launcher, site or facility for it. Each flight is asked alone, so that it"
        " is the least that would be lost.",
        covers=("D14.2",),
    )
    return [said, Figure(title="What hangs on whom", source=_BOOKS, drawing=drawing, data=data, covers=("D14.2",))]


def _carriers(review: StrategyReview) -> Table:
    source = f"{_BOOKS}; late and lost: simulation of {review.samples_count} courses of the year"
    return Table(
        title="How carriers, sites and facilities do",
        source=source,
        columns=(
            Column(name="partner"),
            Column(name="role"),
            Column(name="score", unit="value", digits=0),
            Column(name="flights", unit="count"),
            Column(name="of all capacity", unit="percent"),
            Column(name="on time", unit="percent"),
            Column(name="over 30 d late", unit="percent"),
            Column(name="lost", unit="percent", digits=2),
            Column(name="service cost", unit="USD/kg", digits=0),
        ),
        rows=tuple(
            (
                row.partner, row.role, row.score, row.missions_count, row.capacity_percent, row.on_time_percent,
                row.late_percent, row.lost_percent, row.usd_per_kg,
            )
            for row in _of(review, *_CARRIERS)
        ),
        covers=("D14.2",),
    )  # fmt: skip


def _suppliers(held: Held, review: StrategyReview) -> Table:
    drawn = {} if isinstance(held.supply_held, Unmade) else {one.supplier: one.mass_kg for one in held.supply.suppliers}
    return Table(
        title="How suppliers do",
        source=f"{_BOOKS}; suppliers.csv of the scenario; damage: chances.csv",
        columns=(
            Column(name="supplier"),
            Column(name="score", unit="value", digits=0),
            Column(name="first named for", unit="kg"),
            Column(name="supplies by D6", unit="kg"),
            Column(name="on time", unit="percent"),
            Column(name="damage expected", unit="percent", digits=2),
            Column(name="cargo nobody else supplies", unit="kg"),
        ),
        rows=tuple(
            (row.partner, row.score, row.up_kg, drawn.get(row.partner), row.on_time_percent, row.damage_percent, row.alone_kg)
            for row in _of(review, "supplier")
        ),
        note="Score, shares and what is on time count a line with the supplier that suppliers.csv names first for its class;"
        f" {reference(held, 'D6')} splits each class among its suppliers by cost and capacity, so the two masses differ."
        " One without a score is first for nothing aboard.",
        covers=("D14.2",),
    )


def _concentration(review: StrategyReview) -> Table:
    return Table(
        title="How few each role hangs on",
        source=_FEW,
        columns=(
            Column(name="role"),
            Column(name="shares of"),
            Column(name="partners", unit="count"),
            Column(name="index", unit="count"),
            Column(name="band"),
            Column(name="as many of equal size", unit="value", digits=1),
            Column(name="largest"),
            Column(name="its share", unit="percent"),
            Column(name="index of the others", unit="count"),
        ),
        rows=tuple(
            (
                told.role, told.measure, told.partners_count, _index(told), told.band, told.evenly_count, told.largest,
                _share(told), told.index_without_largest,
            )
            for told in review.concentrations
        ),
        note="Herfindahl-Hirschman index: to 1,000 not, to 1,800 moderately, above highly concentrated.",
        covers=("D14.1", "D14.2"),
    )  # fmt: skip


def _technology(review: StrategyReview) -> list[Block]:
    if not review.collaborations:
        return nothing_held("which partners new technologies need", ("D14.3",))
    rows = sorted(review.collaborations, key=lambda row: (not row.chosen, row.technology_id, row.role, row.change))
    return [
        Table(
            title="Whose hands each technology takes",
            source="assumption: technologies.csv, what is changed; partners: plan, largest by cargo up",
            columns=(
                Column(name="technology"),
                Column(name="on the roadmap"),
                Column(name="changes"),
                Column(name="takes its"),
                Column(name="begin with"),
                Column(name="which has", unit="percent"),
                Column(name="partners of the role", unit="count"),
            ),
            rows=tuple(
                (
                    row.technology_id, "yes" if row.chosen else "no", change_words(row.change), row.role, row.partner,
                    row.share_percent,
                    row.partners_count,
                )
                for row in rows
            ),
            note="A change that belongs to nobody but the service is not listed.",
            covers=("D14.3",),
        )
    ]  # fmt: skip


def _expansion(review: StrategyReview) -> list[Block]:
    blocks: list[Block] = []
    if review.candidates:
        blocks.append(
            Table(
                title="Who could be won",
                source=_CANDIDATES,
                columns=(
                    Column(name="candidate"),
                    Column(name="role"),
                    Column(name="brings", unit="kg"),
                    Column(name="finds room", unit="kg"),
                    Column(name="costs", unit="USD"),
                    Column(name="worth", unit="USD"),
                    Column(name="with room for all", unit="USD"),
                    Column(name="how it is counted"),
                ),
                rows=tuple(
                    (
                        one.candidate,
                        one.role,
                        one.asked_kg,
                        one.carried_kg,
                        *(_candidate(one, name) for name in ("cost_usd", "worth_usd", "worth_with_room_usd")),
                        one.how,
                    )
                    for one in review.candidates
                ),
                note="Held fixed: flights, their cost and all other cargo. A second source counts flights alone that bring"
                " more than they cost.",
                covers=("D14.4",),
            )
        )
    rows = [row for row in review.segments if row.share_percent is not None]
    blocks.append(
        Table(
            title="Where there is cargo that goes with others",
            source="plan: K13, destinations.csv market_kg",
            columns=(
                Column(name="segment"),
                Column(name="market", unit="kg"),
                Column(name="ours", unit="kg"),
                Column(name="with others, or not flown", unit="kg"),
                Column(name="room left", unit="kg"),
            ),
            rows=tuple(
                (row.segment, row.market_kg, row.ours_kg, row.market_kg - row.ours_kg, max(0.0, row.capacity_kg - row.up_kg))
                for row in rows
            ),
            covers=("D14.4",),
        )
    )
    return blocks
