"""What all fifteen documents draw on, computed once, so that a number that stands in two of them is the same number."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import Outcome
from supercargo.measure.compliance import Review
from supercargo.measure.cost_report import CostReport
from supercargo.measure.facts import Facts
from supercargo.measure.improvement import Improvement
from supercargo.measure.risk_review import RiskReview
from supercargo.measure.strategy_review import StrategyReview
from supercargo.measure.summary import Summary
from supercargo.model import Kpi, OperationsPlan, ProgrammePlan, RiskReport
from supercargo.model.fleet import FleetReport
from supercargo.model.supply import SupplyReport
from supercargo.report.blocks import Block, Document, Footer
from supercargo.report.coverage import LINES

__all__ = ["Held", "made"]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A plan with everything measured and simulated of it; what is None was not asked for, and documents say so."""

    plan: OperationsPlan
    summary: Summary
    footer: Footer
    costs: CostReport
    review: RiskReview
    comply: Review
    stages: tuple[tuple[str, str, int | None], ...]  # stages of a thing's life: name, meaning, things in it by the record
    fleet: FleetReport
    supply: SupplyReport
    improvement: Improvement
    simulated: RiskReport | None = None
    recorded: Facts | None = None
    recorded_kpis: tuple[Kpi, ...] = ()
    programme: Outcome[ProgrammePlan] | None = None
    strategy: StrategyReview | None = None


def made(held: Held, doc_id: str, question: str, blocks: list[Block]) -> Document:
    """A document under its own title, with the footer of what is held."""
    settings = held.plan.scenario.settings
    line = next(line for line in LINES if line.doc_id == doc_id)
    of = f"{settings.name}, {settings.start_utc:%Y-%m-%d} to {settings.end_utc:%Y-%m-%d}"
    return Document(doc_id=doc_id, title=line.title, of=of, question=question, blocks=tuple(blocks), footer=held.footer)
