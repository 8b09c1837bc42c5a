"""What each account of each flight is to cost and for how many units, and what invoices say of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from supercargo.kernel import days_between
from supercargo.measure.cents import cents_of
from supercargo.measure.cost_activities import DRIVERS
from supercargo.measure.cost_variance import Measured
from supercargo.measure.money import SERVICE, is_revenue
from supercargo.model import Invoice, OperationsPlan, PlannedMission

__all__ = [
    "DAYS_USED",
    "Billed",
    "Standard",
    "billed_lines",
    "invoiced_utc",
    "milestone_of",
    "planned_instants",
    "standards_of",
]

DAYS_USED = ("docked_d", "processing_d")
"""Drivers of which a flight can use more or less than its standard; units of any other driver are what was done."""

_BOUGHT = {"launch": "launch", "spacecraft": "flight"}
"""Accounts that are a price and no rate, and their unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What an account of a flight is to cost the service, for how many units of its driver."""

    mission_id: str
    destination: str
    account: str
    scor_process: str
    driver: str
    cents: int
    units: float


def standards_of(plan: OperationsPlan) -> Mapping[tuple[str, str], Standard]:
    """Standards by mission and account: what the service pays; what customers furnish is not billed to it."""
    cents: dict[tuple[str, str], int] = defaultdict(int)
    heads: dict[tuple[str, str], tuple[str, str]] = {}
    for row in plan.costs:
        if not is_revenue(row) and row.paid_by == SERVICE:
            cents[row.mission_id, row.account] += cents_of(row.plan_usd)
            heads[row.mission_id, row.account] = (row.destination, row.scor_process)
    drivers = {rate.account: rate.driver for rate in plan.scenario.cost_rates} | _BOUGHT
    units = _units(plan)
    return {
        (mission_id, account): Standard(
            mission_id=mission_id,
            destination=heads[mission_id, account][0],
            account=account,
            scor_process=heads[mission_id, account][1],
            driver=drivers.get(account, "flight"),
            cents=total,
            units=units.get((mission_id, drivers.get(account, "flight")), 1.0),
        )
        for (mission_id, account), total in sorted(cents.items())
    }


def _units(plan: OperationsPlan) -> dict[tuple[str, str], float]:
    """Units of each driver by mission; of one that is not here a flight has one."""
    counts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in plan.manifest:
        for driver, taken in DRIVERS.items() if row.mission_id else ():
            counts[row.mission_id, driver].append(taken(row, plan.scenario))
    units = {key: math.fsum(values) for key, values in counts.items()}
    for mission in plan.missions:
        arrive, depart = mission.docked_utc
        units[mission.mission_id, "docked_d"] = days_between(arrive, depart)
    for activity in plan.activities:
        if activity.kind == "processing":
            units[activity.mission_id, "processing_d"] = days_between(activity.start_utc, activity.end_utc)
    return units


def milestone_of(account: str, scor_process: str) -> str:
    """The milestone of a flight by which an account's work is done, all at once (the fixed formula 0/100).

    What is bought or made ready is done at lift-off, the flight's control at departure, what comes back at the end.
    """
    if account in _BOUGHT or scor_process in ("plan", "source", "make", "enable"):
        return "launched"
    return "departed" if scor_process == "deliver" else "ended"


def planned_instants(mission: PlannedMission) -> Mapping[str, datetime]:
    """When a flight is to reach its milestones."""
    return {
        "launched": mission.launch_utc,
        "departed": mission.depart_utc or mission.end_utc,
        "ended": mission.end_utc,
    }


def invoiced_utc(invoice: Invoice) -> datetime:
    """The end of an invoice's day."""
    return datetime.combine(datetime.fromisoformat(invoice.date).date(), time(23, 59, 59), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """Lines that can be compared, and what of the plan is not billed yet [cents]: whole accounts, or the rest of one."""

    lines: tuple[Measured, ...]
    open: tuple[Standard, ...]


def billed_lines(plan: OperationsPlan, invoices: Iterable[Invoice], as_of_utc: datetime) -> Billed:
    """Plan and invoices, account by account of each flight.

    An account of which nothing is billed is open. Where a flight is not so far, what its invoices tell the units of is
    compared, and the rest of the account stays open. Plan = sum of lines' budgets + open, to the cent.
    """
    standards = standards_of(plan)
    due = {mission.mission_id: planned_instants(mission) for mission in plan.missions}
    found: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        found[invoice.mission_id, invoice.account].append(invoice)
    lines: list[Measured] = []
    still: list[Standard] = [one for key, one in standards.items() if key not in found]
    for (mission_id, account), told in sorted(found.items()):
        standard = standards.get((mission_id, account)) or _unforeseen(plan, mission_id, account)
        units = [one.billed for one in told if one.billed is not None]
        amount, count = sum(cents_of(one.amount_usd) for one in told), math.fsum(units) if units else None
        done = due[mission_id][milestone_of(account, standard.scor_process)] <= as_of_utc if mission_id in due else True
        now, rest = (standard, None) if done or count is None else _so_far(standard, count)
        lines.append(_measured(now, count, amount))
        still += [rest] if rest else []
    return Billed(lines=tuple(lines), open=tuple(sorted(still, key=lambda one: (one.mission_id, one.account))))


def _unforeseen(plan: OperationsPlan, mission_id: str, account: str) -> Standard:
    """A standard of nothing: the account costs the service nothing on that flight by plan."""
    place = next((one.destination for one in plan.missions if one.mission_id == mission_id), "")
    process = next((row.scor_process for row in plan.costs if row.account == account), "enable")
    return Standard(
        mission_id=mission_id, destination=place, account=account, scor_process=process, driver="", cents=0, units=0.0
    )


def _so_far(standard: Standard, count: float) -> tuple[Standard, Standard | None]:
    share = min(1.0, max(0.0, count / standard.units)) if standard.units > 0 else 1.0
    cents = round(standard.cents * share)
    if cents == 0 or cents == standard.cents:
        return standard, None
    part = {name: getattr(standard, name) for name in Standard.__slots__}
    now = Standard(**part | {"cents": cents, "units": standard.units * share})
    rest = Standard(**part | {"cents": standard.cents - cents, "units": standard.units * (1.0 - share)})
    return now, rest


def _measured(standard: Standard, count: float | None, cents: int) -> Measured:
    uses_days = standard.driver in DAYS_USED
    planned = 1.0 if uses_days else standard.units
    return Measured(
        mission_id=standard.mission_id,
        destination=standard.destination,
        account=standard.account,
        scor_process=standard.scor_process,
        budget_cents=standard.cents,
        budget_units=standard.units,
        planned_output=planned,
        actual_output=planned if uses_days or count is None else max(0.0, count),
        actual_units=count,
        actual_cents=cents,
    )
