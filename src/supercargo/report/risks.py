"""A review of risks on the terminal and on one self-contained HTML page that can be printed."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.kernel import format_utc
from supercargo.measure.risk_review import SEVERITIES, RiskReview, severity_of
from supercargo.report.risk_chart import CLASS_MARKS, draw_classes, draw_heat_map, draw_values
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["render_risks", "risk_lines"]

_MOST = 8


def risk_lines(review: RiskReview) -> list[str]:
    """What a person reads: the register, the dearest first, contingencies by value, covers, and the record."""
    samples = f", {review.samples_count} courses of the year, seed {review.seed}" if review.samples_count else ""
    lines = [f"{review.of}, as of {format_utc(review.as_of_utc)}{samples}", *review.remarks]
    if review.risks:
        total = sum(row.expected_usd for row in review.risks)
        left = sum(row.residual_expected_usd for row in review.risks)
        counts = [severity_of(row) for row in review.risks]
        graves = ", ".join(f"{counts.count(word)} {word}" for word in reversed(SEVERITIES) if word in counts)
        lines += ["", f"Risks         {len(review.risks)}: {graves}"]
        lines += [f"              expected loss {_musd(total)}, {_musd(left)} with the mitigations; each counted alone"]
        lines += _risks(review)
    lines += _contingencies(review)
    lines += _covers(review)
    lines += _record(review)
    return lines


def _musd(usd: float) -> str:
    return f"{usd / 1e6:,.2f} MUSD"


def _risks(review: RiskReview) -> Iterator[str]:
    for row in review.risks:
        span = (
            f" ({row.probability_low:.3f} to {row.probability_high:.3f})"
            if row.probability_low is not None and row.probability_high is not None
            else ""
        )
        head = f"{row.rank:>3} {row.risk_id:<8} {row.risk_class:<12} {severity_of(row):<8}"
        days = f", {row.impact_d:,.0f} d" if row.impact_d else ""
        yield f"{head} {row.title}"
        yield f"{'':<14}p {row.probability:.3f}{span} x {_musd(row.impact_usd)}{days} = {_musd(row.expected_usd)}; {row.how}"


def _contingencies(review: RiskReview) -> Iterator[str]:
    if review.contingencies:
        yield ""
        yield "Contingencies, by net value; the interval holds 90 %"
    for row in review.contingencies:
        interval = f"{row.net_low_usd / 1e6:+,.2f} to {row.net_high_usd / 1e6:+,.2f}"
        yield f"{row.rank:>3} {row.contingency_id:<18} net {row.net_usd / 1e6:+,.2f} MUSD ({interval}): {row.verdict}"
        reserve = f"P(below reserve) {row.reserve_before:.3f} to {row.reserve_after:.3f}, "
        reserve += f"stock-days below {row.short_d_before:,.0f} to {row.short_d_after:,.0f}"
        yield f"{'':<22} avoids {_musd(row.avoided_usd)}, costs {_musd(row.cost_usd)}; {reserve}; {row.evidence}"


def _covers(review: RiskReview) -> Iterator[str]:
    told = review.portfolio
    if told is None:
        return
    yield ""
    bought = f"{told.bought_count} of {told.exposures_count} covers bought, the rest retained"
    yield f"Insurance     {bought}; {_musd(told.value_usd)} at stake"
    parts = (("premium", told.premium_usd), ("retained", told.retained_usd), ("capital", told.capital_usd))
    yield f"{'':<14}{' + '.join(f'{word} {_musd(usd)}' for word, usd in parts)}"
    yield f"{'':<14}= {_musd(told.objective_usd)}; no choice costs less than {_musd(told.bound_usd)}"
    tail = f"mean of the worst {100 * (1 - told.tail_level):g} % of years {_musd(told.tail_usd)}"
    yield f"{'':<14}{tail}, one year in {1 / (1 - told.tail_level):.0f} above {_musd(told.value_at_risk_usd)}"
    if review.premium_planned_usd is not None:
        yield f"{'':<14}costs.csv of the plan carries {_musd(review.premium_planned_usd)} for insurance"
    ordered = sorted(review.covers, key=lambda row: -row.value_usd)
    for row in ordered[:_MOST]:
        bought = f"{row.offer} of {row.insurer} for {row.premium_usd:,.0f} USD" if row.offer else "retained"
        covered = f"{100 * row.covered_fraction:.0f} % of a total loss covered"
        pays = f"; pays up to a rate of {100 * row.break_even_fraction:.1f} %" if row.break_even_fraction is not None else ""
        yield f"    {row.mission_id:<10} {row.covers:<6} {row.value_usd:>14,.0f} USD {bought}; {covered}{pays}"
    if len(ordered) > _MOST:
        yield f"    and {len(ordered) - _MOST} more"


def _record(review: RiskReview) -> Iterator[str]:
    if review.register or review.policies or review.claims:
        yield ""
        yield "On record in operations"
    for row in review.register:
        assessed = row["probability"] is not None
        figures = f"p {row['probability']:g}, {row['impact_usd']:,.0f} USD" if assessed else "not assessed"
        head = f"    risk {row['risk']:<10} {row['risk_class']:<12} {row['state']:<10}"
        yield f"{head} {row['title']}; {figures}; {row['owner']}"
    for row in review.policies:
        yield (
            f"    policy {row['policy']:<12} {row['mission_id']:<10} {row['insured_usd']:,.2f} USD insured by {row['insurer']}"
        )
    for row in review.claims:
        amount = row["paid_usd"] if row["paid_usd"] is not None else row["agreed_usd"]
        told = f"; {amount:,.2f} USD" if amount is not None else ""
        yield f"    claim {row['claim']:<13} {row['loss']:<18} {row['state']}{told}"


def render_risks(review: RiskReview) -> str:
    """A review as one HTML page that needs nothing from outside; every word of others is escaped."""
    page = template_of("risks.html", {"day": lambda instant: format_utc(instant)[:10], "instant": format_utc})
    return page.render(
        review=review,
        palette=PALETTE,
        severity_of=severity_of,
        marks=CLASS_MARKS,
        heat=draw_heat_map(review.risks),
        classes=draw_classes(review.classes),
        values=draw_values(review.contingencies) if review.contingencies else "",
        total=sum(row.expected_usd for row in review.risks),
        left=sum(row.residual_expected_usd for row in review.risks),
        covers=sorted(review.covers, key=lambda row: (-row.value_usd, row.mission_id)),
    )
