"""How far the cost programme has come: what was billed against what the plan without initiatives was to cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from supercargo.measure.before_after import BeforeAfter, compare_pairs
from supercargo.measure.cents import usd_of
from supercargo.measure.cost_standards import billed_lines, invoiced_utc
from supercargo.measure.cost_variance import Measured
from supercargo.measure.measured import period_of
from supercargo.measure.programme import COST_TARGET_PERCENT, month_start
from supercargo.model import Initiative, InitiativeSaving, Invoice, OperationsPlan

__all__ = ["InitiativeProgress", "Progress", "ProgressPoint", "measure_progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPoint:
    """Flights up to the end of a month by their lift-off: planned and billed [USD], and what the target asks [percent].

    The target's path is a straight line from nothing at the start of the year to all of it at its end.
    """

    month: str
    planned_usd: float
    actual_usd: float
    reduction_percent: float
    target_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeProgress:
    """What an initiative that works has saved: its accounts on flights since it works, planned less billed [USD].

    `shared` names the other initiatives that move one of its accounts: what was saved is then of all of them. `test` compares
    planned and billed cost flight by flight.
    """

    initiative_id: str
    accounts: tuple[str, ...]
    since_utc: datetime
    flights_count: int
    planned_usd: float
    actual_usd: float
    saved_usd: float
    expected_usd: float
    shared: tuple[str, ...]
    test: BeforeAfter


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Progress of the programme by what is billed; `missing` says why there is none."""

    as_of_utc: datetime
    planned_usd: float
    actual_usd: float
    reduction_percent: float | None
    points: tuple[ProgressPoint, ...]
    initiatives: tuple[InitiativeProgress, ...]
    missing: str = ""


def measure_progress(
    plan: OperationsPlan, invoices: Iterable[Invoice], initiatives: Sequence[Initiative], savings: Sequence[InitiativeSaving]
) -> Progress:
    """Progress against a plan without initiatives, over the accounts of flights that are billed.

    What is not billed yet is in neither sum. Positions of no single flight count in whole, at their month.
    """
    known = tuple(invoices)
    as_of = max((invoiced_utc(one) for one in known), default=plan.scenario.settings.as_of_utc)
    lines = billed_lines(plan, known, as_of).lines
    if not lines:
        return Progress(
            as_of_utc=as_of, planned_usd=0.0, actual_usd=0.0, reduction_percent=None, points=(), initiatives=(),
            missing="no invoice is booked: give a store with invoices (supercargo cost import)",
        )  # fmt: skip
    planned, actual = sum(line.budget_cents for line in lines), sum(line.actual_cents for line in lines)
    return Progress(
        as_of_utc=as_of,
        planned_usd=usd_of(planned),
        actual_usd=usd_of(actual),
        reduction_percent=100.0 * (planned - actual) / planned if planned else None,
        points=_points(plan, lines),
        initiatives=tuple(_working(plan, lines, initiatives, savings)),
    )


def _points(plan: OperationsPlan, lines: Sequence[Measured]) -> tuple[ProgressPoint, ...]:
    settings = plan.scenario.settings
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        mission = plan.mission_named.get(line.mission_id)
        month = period_of(mission.launch_utc if mission else settings.start_utc, "month")
        sums[month][0] += line.budget_cents
        sums[month][1] += line.actual_cents
    points, planned, actual = [], 0, 0
    first = settings.start_utc.year * 12 + settings.start_utc.month
    for month in sorted(sums):
        planned += sums[month][0]
        actual += sums[month][1]
        year, number = month.split("-")
        passed = min(12, max(0, int(year) * 12 + int(number) - first + 1))
        points.append(
            ProgressPoint(
                month=month,
                planned_usd=usd_of(planned),
                actual_usd=usd_of(actual),
                reduction_percent=100.0 * (planned - actual) / planned if planned else 0.0,
                target_percent=COST_TARGET_PERCENT * passed / 12.0,
            )
        )
    return tuple(points)


def _working(
    plan: OperationsPlan, lines: Sequence[Measured], initiatives: Sequence[Initiative], savings: Sequence[InitiativeSaving]
) -> Iterable[InitiativeProgress]:  # fmt: skip
    told = {row.initiative_id: row for row in savings}
    for one in initiatives:
        row = told.get(one.initiative_id)
        if one.state not in ("running", "done") or row is None or not row.saving_usd:
            continue
        since = month_start(plan.scenario.settings.start_utc, one.start_month)
        flights: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for line in lines:
            mission = plan.mission_named.get(line.mission_id)
            if mission and mission.launch_utc >= since and line.account in row.accounts:
                flights[line.mission_id][0] += line.budget_cents
                flights[line.mission_id][1] += line.actual_cents
        pairs = [(usd_of(planned), usd_of(actual)) for planned, actual in (flights[name] for name in sorted(flights))]
        planned_usd, actual_usd = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        account_usd = _planned(plan, row.accounts)
        others = (other for other in savings if other.initiative_id != one.initiative_id and other.saving_usd)
        yield InitiativeProgress(
            initiative_id=one.initiative_id,
            accounts=row.accounts,
            since_utc=since,
            flights_count=len(pairs),
            planned_usd=planned_usd,
            actual_usd=actual_usd,
            saved_usd=planned_usd - actual_usd,
            expected_usd=planned_usd * row.saving_usd / account_usd if account_usd else 0.0,
            shared=tuple(sorted(other.initiative_id for other in others if set(other.accounts) & set(row.accounts))),
            test=compare_pairs(f"{one.initiative_id}: planned and billed cost of a flight", "USD", pairs, better="below"),
        )


def _planned(plan: OperationsPlan, accounts: Iterable[str]) -> float:
    wanted = set(accounts)
    return sum(row.plan_usd for row in plan.costs if row.account in wanted and row.paid_by == "service")
