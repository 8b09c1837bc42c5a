"""All that a supply chain director asks of cost at one instant: to serve, by cause, by forecast, against the budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.measure.cents import cents_of, usd_of
from supercargo.measure.cost_budget import BudgetState, budget_states, plan_budget
from supercargo.measure.cost_earned import (
    Earned,
    Progress,
    earned,
    earned_by_mission,
    earned_by_quarter,
    work_packages,
)
from supercargo.measure.cost_objects import UNUSED, USED, attribute_costs, attribute_revenue, total_of
from supercargo.measure.cost_standards import billed_lines, invoiced_utc
from supercargo.measure.cost_to_serve import BY, Served, cost_to_serve
from supercargo.measure.cost_variance import CAUSES, Variance, grouped, variances
from supercargo.measure.money import SERVICE
from supercargo.model import BudgetLine, Invoice, OperationsPlan

__all__ = ["Books", "Cause", "CostReport", "EarnedTold", "Step", "VarianceTold", "cost_report"]

CAUSES_RANKED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What is known beside the plan: invoices, the budget (empty: the plan's own), and how far flights are; None: not told."""

    invoices: tuple[Invoice, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    progress: Progress | None = None
    as_of_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the way from plan to actual [USD]: where it starts, and what it adds."""

    name: str
    from_usd: float
    usd: float
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceTold:
    """Departures from plan by cause [USD]; positive is dearer than planned."""

    name: str
    mission_id: str
    destination: str
    account: str
    scor_process: str
    plan_usd: float
    volume_usd: float
    mix_usd: float
    usage_usd: float
    price_usd: float
    unplanned_usd: float
    actual_usd: float
    total_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause of one account at one place, ranked by what it moves [USD]; with the flight that moves it most."""

    cause: str
    account: str
    destination: str
    usd: float
    mission_id: str
    mission_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedTold:
    """Earned value of a flight, a quarter or the whole [USD; ratios]."""

    name: str
    bac_usd: float
    pv_usd: float
    ev_usd: float
    ac_usd: float
    cv_usd: float
    sv_usd: float
    cpi: float | None
    spi: float | None
    eac_usd: float | None
    etc_usd: float | None
    vac_usd: float | None
    tcpi: float | None
    no_forecast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """Cost of a plan, attributed and, where invoices are known, compared; every total is that of costs.csv to the cent."""

    name: str
    as_of_utc: datetime
    currency_year: int
    planned_usd: float
    service_usd: float
    unused_usd: float
    service_unused_usd: float
    residual_usd: float
    revenue_usd: float
    margin_usd: float
    by: dict[str, tuple[Served, ...]]
    invoices_count: int
    later_invoices_count: int
    open_usd: float
    steps: tuple[Step, ...]
    accounts: tuple[VarianceTold, ...]
    places: tuple[VarianceTold, ...]
    missions: tuple[VarianceTold, ...]
    causes: tuple[Cause, ...]
    whole: EarnedTold
    earned_missions: tuple[EarnedTold, ...]
    quarters: tuple[EarnedTold, ...]
    budget: tuple[BudgetState, ...]
    flown_known: bool


def cost_report(plan: OperationsPlan, books: Books) -> CostReport:
    """The cost of a plan as it stands at an instant: that asked for, else the last invoice's day, else the plan's own."""
    costs, revenue = attribute_costs(plan), attribute_revenue(plan)
    settings = plan.scenario.settings
    days = [invoiced_utc(one) for one in books.invoices]
    as_of = books.as_of_utc or max(days, default=settings.as_of_utc)
    known = tuple(one for one in books.invoices if invoiced_utc(one) <= as_of)
    billed = billed_lines(plan, known, as_of)
    rows = variances(billed.lines)
    packages = work_packages(plan, known, books.progress)
    spent = [(invoiced_utc(one), cents_of(one.amount_usd)) for one in known]
    open_cents = sum(one.cents for one in billed.open)
    paid = [share for share in costs if share.paid_by == SERVICE]
    earned_cents = total_of(revenue)
    return CostReport(
        name=settings.name,
        as_of_utc=as_of,
        currency_year=settings.currency_year,
        planned_usd=usd_of(total_of(costs)),
        service_usd=usd_of(total_of(paid)),
        unused_usd=usd_of(total_of(share for share in costs if share.kind == UNUSED)),
        service_unused_usd=usd_of(total_of(share for share in paid if share.kind == UNUSED)),
        residual_usd=usd_of(total_of(share for share in costs if share.kind not in (USED, UNUSED))),
        revenue_usd=usd_of(earned_cents),
        margin_usd=usd_of(earned_cents - total_of(paid)),
        by={name: cost_to_serve(name, costs, revenue, plan.manifest) for name in BY},
        invoices_count=len(known),
        later_invoices_count=len(books.invoices) - len(known),
        open_usd=usd_of(open_cents),
        steps=_steps(total_of(paid), open_cents, rows) if known else (),
        accounts=tuple(_told(one) for one in grouped(rows, lambda row: row.account)),
        places=tuple(_told(one) for one in grouped(rows, lambda row: row.destination or "no single place")),
        missions=tuple(_told(one) for one in grouped(rows, lambda row: row.mission_id or "no single flight")),
        causes=_causes(rows),
        whole=_value(earned("whole plan", packages, spent, as_of)),
        earned_missions=tuple(_value(one) for one in earned_by_mission(packages, known, as_of)),
        quarters=tuple(
            _value(one) for one in earned_by_quarter(packages, known, (settings.start_utc, settings.end_utc), as_of)
        ),
        budget=budget_states(books.budget or plan_budget(packages), packages, known, as_of),
        flown_known=books.progress is not None,
    )


def _steps(plan: int, open_cents: int, rows: Sequence[Variance]) -> tuple[Step, ...]:
    """The way from the whole plan to what was billed; each step begins where the one before it ends."""
    at, made = plan, [Step(name="plan", from_usd=0.0, usd=usd_of(plan), whole=True)]
    moves = [("not billed yet", -open_cents), *((cause, sum(getattr(row, cause) for row in rows)) for cause in CAUSES)]
    for name, cents in moves:
        made.append(Step(name=name, from_usd=usd_of(at), usd=usd_of(cents)))
        at += cents
    return (*made, Step(name="actual", from_usd=0.0, usd=usd_of(at), whole=True))


def _told(row: Variance) -> VarianceTold:
    return VarianceTold(
        name=row.name,
        mission_id=row.mission_id,
        destination=row.destination,
        account=row.account,
        scor_process=row.scor_process,
        plan_usd=usd_of(row.plan),
        volume_usd=usd_of(row.volume),
        mix_usd=usd_of(row.mix),
        usage_usd=usd_of(row.usage),
        price_usd=usd_of(row.price),
        unplanned_usd=usd_of(row.unplanned),
        actual_usd=usd_of(row.actual),
        total_usd=usd_of(row.total),
    )


def _causes(rows: Sequence[Variance]) -> tuple[Cause, ...]:
    """The largest movements, by cause, account and place; volume and mix are those of a whole account."""
    groups: dict[tuple[str, str, str], list[Variance]] = defaultdict(list)
    for row in rows:
        for cause in CAUSES:
            place = "" if cause in ("volume", "mix") else row.destination
            groups[cause, row.account, place].append(row)
    found = [one for key, mine in groups.items() if (one := _cause(key, mine)).usd]
    return tuple(sorted(found, key=lambda one: (-abs(one.usd), one.account, one.destination, one.cause))[:CAUSES_RANKED])


def _cause(key: tuple[str, str, str], rows: Sequence[Variance]) -> Cause:
    cause, account, destination = key
    most = max(rows, key=lambda row: (abs(getattr(row, cause)), row.mission_id))
    return Cause(
        cause=cause,
        account=account,
        destination=destination,
        usd=usd_of(sum(getattr(row, cause) for row in rows)),
        mission_id=most.mission_id,
        mission_usd=usd_of(getattr(most, cause)),
    )


def _value(told: Earned) -> EarnedTold:
    def ratio(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    def usd(cents: int | None) -> float | None:
        return None if cents is None else usd_of(cents)

    return EarnedTold(
        name=told.name,
        bac_usd=usd_of(told.bac),
        pv_usd=usd_of(told.pv),
        ev_usd=usd_of(told.ev),
        ac_usd=usd_of(told.ac),
        cv_usd=usd_of(told.cv),
        sv_usd=usd_of(told.sv),
        cpi=ratio(told.cpi),
        spi=ratio(told.spi),
        eac_usd=usd(told.eac),
        etc_usd=usd(told.etc),
        vac_usd=usd(told.vac),
        tcpi=ratio(told.tcpi),
        no_forecast=told.no_forecast,
    )
