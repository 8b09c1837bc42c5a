"""Budget control: each line with its owner, what is spent, what it will come to, and whether that alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.measure.cents import cents_of, usd_of
from supercargo.measure.cost_earned import WorkPackage, earned
from supercargo.measure.cost_standards import invoiced_utc
from supercargo.model import BudgetLine, Invoice

__all__ = ["BUDGET_STATES", "BudgetState", "budget_states", "plan_budget"]

BUDGET_STATES = ("ok", "alarm", "over")
"""Below the alarm threshold; spent or forecast to reach it; more spent than set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A line of the budget as it stands [USD]."""

    line: str
    account: str
    destination: str
    owner: str
    budget_usd: float
    plan_usd: float
    actual_usd: float
    forecast_usd: float | None
    left_usd: float
    used_percent: float | None
    forecast_percent: float | None
    alarm_percent: float
    state: str


def plan_budget(packages: Iterable[WorkPackage]) -> tuple[BudgetLine, ...]:
    """A budget of what the plan costs, a line for each account, where nobody set one."""
    names = sorted({one.standard.account for one in packages})
    return tuple(BudgetLine(line=name, account=name) for name in names)


def budget_states(
    lines: Sequence[BudgetLine], packages: Sequence[WorkPackage], invoices: Sequence[Invoice], at_utc: datetime
) -> tuple[BudgetState, ...]:
    """Each line with plan, actual and forecast at completion of what it covers; what alarms most stands first.

    A line of one place covers the flights to it; invoices of no single flight are in the lines of every place alone.
    """
    place_of = {one.standard.mission_id: one.standard.destination for one in packages}
    states = [_state(line, packages, invoices, (at_utc, place_of)) for line in lines]
    return tuple(sorted(states, key=lambda one: (-BUDGET_STATES.index(one.state), one.budget_usd - _comes_to(one), one.line)))


def _comes_to(state: BudgetState) -> float:
    return state.actual_usd if state.forecast_usd is None else state.forecast_usd


def _state(
    line: BudgetLine, packages: Sequence[WorkPackage], invoices: Sequence[Invoice], at: tuple[datetime, dict[str, str]]
) -> BudgetState:
    at_utc, place_of = at

    def covers(account: str, destination: str) -> bool:
        return line.account in ("", account) and line.destination in ("", destination)

    told = earned(
        line.line,
        (one for one in packages if covers(one.standard.account, one.standard.destination)),
        (
            (invoiced_utc(one), cents_of(one.amount_usd))
            for one in invoices
            if covers(one.account, place_of.get(one.mission_id, ""))
        ),
        at_utc,
    )
    budget = told.bac if line.budget_usd is None else cents_of(line.budget_usd)
    most = max(told.ac, told.ac + told.bac - told.ev if told.eac is None else told.eac)  # without a pace: the rest as planned
    alarms = most > 0 and 100 * most >= line.alarm_percent * budget
    return BudgetState(
        line=line.line,
        account=line.account,
        destination=line.destination,
        owner=line.owner,
        budget_usd=usd_of(budget),
        plan_usd=usd_of(told.bac),
        actual_usd=usd_of(told.ac),
        forecast_usd=None if told.eac is None else usd_of(told.eac),
        left_usd=usd_of(budget - told.ac),
        used_percent=round(100 * told.ac / budget, 2) if budget else None,
        forecast_percent=round(100 * told.eac / budget, 2) if budget and told.eac is not None else None,
        alarm_percent=line.alarm_percent,
        state="over" if told.ac > budget else "alarm" if alarms else "ok",
    )
