"""What all fifteen documents draw on, computed once, so that a number that stands in two of them is the same number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from supercargo.kernel import Outcome, ScenarioError, SupercargoError
from supercargo.measure.compliance import Review
from supercargo.measure.cost_report import CostReport
from supercargo.measure.facts import Facts
from supercargo.measure.happened import Happened, Released
from supercargo.measure.improvement import Improvement
from supercargo.measure.risk_review import RiskReview
from supercargo.measure.strategy_review import StrategyReview
from supercargo.measure.summary import Summary
from supercargo.model import CheckFound, Kpi, OperationsPlan, ProgrammePlan, RiskReport
from supercargo.model.fleet import FleetReport
from supercargo.model.supply import SupplyReport
from supercargo.report.blocks import Block, Document, Footer, Missing
from supercargo.report.coverage import LINES, phrase_ids

__all__ = ["STOCKS", "SUPPLIERS", "Held", "Unmade", "made", "reference", "unmade"]


_T = TypeVar("_T")

SUPPLIERS = (
    "suppliers.csv with suppliers of the classes that the plan carries, and lanes.csv or ground_legs.csv for their ways"
)
"""What a scenario needs so that goods have a supplier and a way to the launch site."""

STOCKS = "rows in stock.csv of the scenario, one for each place and class that is kept"
"""What a scenario needs so that stocks can be planned."""


@dataclass(frozen=True, slots=True)
class Unmade:
    """Why something that documents draw on could not be made."""

    why: SupercargoError


def _told(one: _T | Unmade) -> _T:
    if isinstance(one, Unmade):
        raise one.why
    return one


@dataclass(frozen=True, kw_only=True)
class Held:
    """A plan with everything measured and simulated of it; what is None was not asked for, and documents say so.

    What could not be made is held as the reason; whoever asks for it meets that reason as an error.
    """

    plan: OperationsPlan
    summary: Summary
    footer: Footer
    comply: Review
    checks: Mapping[tuple[str, str], CheckFound]  # what the plan answers of the checks of the programme's gates
    stages: tuple[tuple[str, str, int | None], ...]  # stages of a thing's life: name, meaning, things in it by the record
    costs_held: CostReport | Unmade
    review_held: RiskReview | Unmade
    fleet_held: FleetReport | Unmade
    supply_held: SupplyReport | Unmade
    improvement_held: Improvement | Unmade
    simulated_held: RiskReport | Unmade | None = None
    programme_held: Outcome[ProgrammePlan] | Unmade | None = None
    strategy_held: StrategyReview | Unmade | None = None
    recorded: Facts | None = None
    recorded_kpis: tuple[Kpi, ...] = ()
    happened: Happened | None = None  # what the record adds up to; None without a record
    releases: tuple[Released, ...] = ()  # by the record, in their order: the last one is in force
    run: tuple[str, ...] = tuple(line.doc_id for line in LINES)  # documents that are made together

    @property
    def costs(self) -> CostReport:
        """Cost of the plan. Raises the error that kept it from being made."""
        return _told(self.costs_held)

    @property
    def review(self) -> RiskReview:
        """Risks. Raises the error that kept it from being made."""
        return _told(self.review_held)

    @property
    def fleet(self) -> FleetReport:
        """The fleet. Raises the error that kept it from being made."""
        return _told(self.fleet_held)

    @property
    def supply(self) -> SupplyReport:
        """Suppliers, shipments and stocks. Raises the error that kept it from being made."""
        return _told(self.supply_held)

    @property
    def improvement(self) -> Improvement:
        """What to improve, and the cost programme. Raises the error that kept it from being made."""
        return _told(self.improvement_held)

    @property
    def simulated(self) -> RiskReport | None:
        """Futures; None: none were asked for. Raises the error that kept it from being made."""
        return _told(self.simulated_held)

    @property
    def programme(self) -> Outcome[ProgrammePlan] | None:
        """The programme that sets the service up. Raises the error that kept it from being made."""
        return _told(self.programme_held)

    @property
    def strategy(self) -> StrategyReview | None:
        """The review of strategy. Raises the error that kept it from being made."""
        return _told(self.strategy_held)


def reference(held: Held, doc_id: str) -> str:
    """Another document, as a text names it; one that is not made in this run is not promised."""
    line = next(line for line in LINES if line.doc_id == doc_id)
    return f"{doc_id} {line.title}" + ("" if doc_id in held.run else " (not part of this run)")


def unmade(held: Held, doc_id: str, why: SupercargoError) -> Document:
    """The document that stands for one that could not be made: it says why, and what mends it."""
    faults = [str(fault) for fault in why.faults] if isinstance(why, ScenarioError) else []
    what = "; ".join((f"{why.where}: {why.what}" if why.where else why.what, *faults))
    said = "This document could not be made; the reason stands below."
    return made(held, doc_id, said, [Missing(what=what, needs=why.fix, opens=phrase_ids(doc_id))])


def made(held: Held, doc_id: str, question: str, blocks: list[Block]) -> Document:
    """A document under its own title, with the footer of what is held."""
    settings = held.plan.scenario.settings
    line = next(line for line in LINES if line.doc_id == doc_id)
    of = f"{settings.name}, {settings.start_utc:%Y-%m-%d} to {settings.end_utc:%Y-%m-%d}"
    return Document(doc_id=doc_id, title=line.title, of=of, question=question, blocks=tuple(blocks), footer=held.footer)
