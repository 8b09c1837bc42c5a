"""Answers to the same events side by side on one self-contained HTML page, in order of rank."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.measure.compared import Comparison
from supercargo.model import DEPARTURE_PARTS, Disturbance, OperationsPlan, RankedOption
from supercargo.report.compare_pictures import draw_docked
from supercargo.report.moves import MOST_DRAWN, draw_moves
from supercargo.report.page import FILTERS
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["render_options"]


def render_options(
    old: OperationsPlan,
    rows: Sequence[RankedOption],
    told: Sequence[Disturbance],
    tried: Sequence[tuple[str, str]],
    comparison: Comparison,
) -> str:
    """Ranked options as one HTML page: price part by part, who moves, customers' service, and why one goes first.

    `told` are the options' disturbances in the order of `rows`; `tried` are kinds of answer that gave no option, with the
    reason. The page needs nothing from outside and runs no script; every name is escaped; the same input gives the same bytes.
    """
    customers = sorted({one.customer for disturbance in told for one in disturbance.services if abs(one.cost_usd) >= 0.005})
    of = [{one.customer: one for one in disturbance.services} for disturbance in told]
    return template_of("options.html", FILTERS).render(
        settings=old.scenario.settings,
        events=told[0].events if told else (),
        as_of_utc=told[0].as_of_utc if told else None,
        options=list(zip(rows, told, strict=True)),
        parts=DEPARTURE_PARTS,
        customers=[(name, [services.get(name) for services in of]) for name in customers],
        customer_names={customer.customer: customer.name for customer in old.scenario.customers},
        tried=tried,
        moves=draw_moves(old.scenario.settings, [(row.option, one) for row, one in zip(rows, told, strict=True)]),
        most_drawn=MOST_DRAWN,
        timeline=draw_docked(comparison),
        plans=comparison.plans,
        palette=PALETTE,
    )
