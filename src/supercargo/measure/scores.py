"""Which score belongs to which KPI: one table for a plan, a simulation's figures and the log of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from supercargo.measure import scored, scored_money
from supercargo.measure.facts import Facts
from supercargo.measure.scored import Scored
from supercargo.measure.scored_money import BaseYear

__all__ = ["SCORES", "scored_of"]

SCORES: Mapping[str, Callable[[Facts], Scored]] = {
    "K1": scored.score_missions,
    "K2": scored.score_delays,
    "K3": scored.score_on_time,
    "K4": scored.score_damage,
    "K5": scored.score_utilisation,
    "K6": scored.score_maintenance,
    "K7": scored.score_incidents,
    "K8": scored.score_protocols,
    "K9": scored_money.score_revenue,
    "K10": scored_money.score_margin,
    "K11": scored.score_satisfaction,
    "K12": scored.score_complaints,
    "K13": scored_money.score_market,
    "K14": scored.score_recognition,
    "K16": scored.score_resources,
}
"""What each KPI counts; K15 needs a base year too."""


def scored_of(kpi_id: str, facts: Facts, base: BaseYear | None = None) -> Scored:
    """The objects of a KPI."""
    return scored_money.score_cost(facts, base) if kpi_id == "K15" else SCORES[kpi_id](facts)
