"""A review of strategy on the terminal and on one self-contained HTML page that can be printed."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.kernel import format_utc
from supercargo.measure.partners import LATE_D, MARKS
from supercargo.measure.strategy_review import StrategyReview
from supercargo.report.strategy_chart import draw_frontier, draw_prices, draw_roadmap, draw_tornado
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["render_strategy", "strategy_lines"]

_MOST = 4


def _musd(usd: float) -> str:
    return f"{usd / 1e6:,.2f} MUSD"


def strategy_lines(review: StrategyReview) -> list[str]:
    """What a person reads: the roadmap by months, partners by what hangs on them, prices and options by worth."""
    drawn = f", {review.samples_count} courses of the year, seed {review.seed}" if review.samples_count else ""
    lines = [f"{review.of}, as of {format_utc(review.as_of_utc)}{drawn}", *review.remarks]
    lines += _roadmap(review)
    lines += _partners(review)
    lines += _market(review)
    return lines


def _roadmap(review: StrategyReview) -> Iterator[str]:
    told = review.roadmap
    if told is None:
        return
    yield ""
    bound = f"none under its terms is worth more than {_musd(told.bound_usd)}"
    yield f"Roadmap       {_musd(told.worth_usd)} of net present value ({told.status}); {bound}"
    terms = f"{told.at_once_count} introductions at once, {100 * told.discount_fraction:g} % discount a year"
    yield f"{'':<14}{_musd(told.spent_usd)} of {_musd(told.budget_usd)} spent; {terms}"
    interval = f"{told.together_low_usd / 1e6:,.2f} to {told.together_high_usd / 1e6:,.2f}"
    yield f"{'':<14}a year: {_musd(told.together_usd)} together ({interval}), {_musd(told.apart_usd)} each alone added up"
    for row in review.technologies:
        when = f"months {row.start_month}-{row.ready_month}" if row.chosen else "not introduced"
        span = f"{row.yearly_low_usd / 1e6:,.2f} to {row.yearly_high_usd / 1e6:,.2f}"
        saves = f"saves {_musd(row.yearly_usd)} a year ({span}), costs {_musd(row.cost_usd)}"
        yield f"    {row.technology_id:<24} {when:<15} {saves}"
        elsewhere = f"at half the effect {_in(row.chosen_at_half)}, at 1.5 {_in(row.chosen_at_more)}"
        yield f"{'':<29}{row.why}; worth {_musd(row.worth_usd)}; {elsewhere}"
    yield "    under other budgets:"
    for point in review.frontier:
        worth = f"worth {_musd(point.worth_usd)}, {len(point.technologies)} introduced"
        yield f"{'':<8}{point.budget_usd / 1e6:>8,.1f} MUSD: {worth}"


def _in(chosen: bool) -> str:
    return "in" if chosen else "out"


def _partners(review: StrategyReview) -> Iterator[str]:
    if not review.partners:
        return
    yield ""
    yield "Partners, by cargo up; score of 100; what goes with each"
    for role in dict.fromkeys(row.role for row in review.partners):
        own = [row for row in review.partners if row.role == role]
        for row in own[:_MOST]:
            score = "   -" if row.score is None else f"{row.score:4.0f}"
            money = f"{_musd(row.alone_revenue_usd)} of revenue, {_musd(row.loss_usd)} of margin"
            gone = f"{row.alone_count} flights, {row.alone_kg:,.0f} kg, {money}"
            yield f"    {role:<11}{row.partner[:30]:<31}{row.share_percent:5.1f} %  score {score}; {gone}"
        if len(own) > _MOST:
            yield f"{'':<15}and {len(own) - _MOST} more"
    yield ""
    yield "Concentration (Herfindahl-Hirschman index)"
    for told in review.concentrations:
        largest = f"as {told.evenly_count:.1f} of equal size; largest {told.largest}, {told.largest_percent:.1f} %"
        yield f"    {told.role:<11}{told.measure:<10}{told.index:>7,.0f}  {told.band}; {largest}"
    for one in review.candidates:
        head = "Candidates" if one.rank == 1 else ""
        worth = f"worth {_musd(one.worth_usd)}, with room for all {_musd(one.worth_with_room_usd)}"
        yield f"{head:<14}{one.rank} {one.candidate}: {worth}"
        yield f"{'':<16}{one.how}"


def _market(review: StrategyReview) -> Iterator[str]:
    if not review.segments:
        return
    yield ""
    yield "Market by segment"
    for row in review.segments:
        share = "no figure" if row.share_percent is None else f"{row.share_percent:.1f} % of {row.market_kg:,.0f} kg"
        price = "" if row.usd_per_kg is None else f"; {row.usd_per_kg:,.0f} USD/kg, costs {row.cost_usd_per_kg or 0.0:,.0f}"
        index = "" if row.index is None else f"; index {row.index:,.0f}, {row.band}"
        yield f"    {row.segment:<22}{share}{price}{index}"
    for price_row in review.prices:
        head = "Prices" if price_row == review.prices[0] else ""
        best = f"best {price_row.best_usd_per_kg:,.0f} USD/kg"
        best += f" ({price_row.best_share_percent:.1f} %, {_musd(price_row.best_margin_usd)})"
        now = f"now {price_row.usd_per_kg:,.0f} ({price_row.share_percent:.1f} %, {_musd(price_row.margin_usd)})"
        room = f"; within the room {price_row.room_usd_per_kg:,.0f}" if price_row.missing_kg else ""
        yield f"{head:<14}{price_row.segment}: {now}; {best}{room}"
    for option in review.options:
        head = "Options" if option.rank == 1 else ""
        span = f"{option.worth_low_usd / 1e6:,.2f} to {option.worth_high_usd / 1e6:,.2f}"
        worth = f"now {_musd(option.worth_usd)} ({span}), right to wait {_musd(option.wait_usd)}"
        yield f"{head:<14}{option.rank} {option.option}: {option.verdict}; {worth}"
        bad = f"worst 5 % of futures {_musd(option.tail_usd)}, gains in {100 * option.gain_probability:.0f} %"
        widest = next((row.assumption for row in review.tornado if row.of == option.option), "nothing")
        yield f"{'':<16}{bad}; hangs most on {widest}"


def render_strategy(review: StrategyReview) -> str:
    """A review as one HTML page that needs nothing from outside; every word of others is escaped."""
    page = template_of("strategy.html", {"instant": format_utc, "musd": lambda usd: f"{usd / 1e6:,.2f}"})
    return page.render(
        review=review,
        palette=PALETTE,
        marks=MARKS,
        late_d=LATE_D,
        roadmap_chart=draw_roadmap(review.technologies, review.spending) if review.roadmap else "",
        frontier_chart=draw_frontier(review.frontier, review.roadmap.budget_usd) if review.roadmap else "",
        price_charts=[draw_prices(row, review.price_points) for row in review.prices],
        tornado_charts=[draw_tornado([row for row in review.tornado if row.of == option.option]) for option in review.options],
    )
