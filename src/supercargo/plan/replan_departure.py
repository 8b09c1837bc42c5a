"""The price of an answer to events, part by part, what it does to each customer, and which missions it moves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from supercargo.kernel import days_between
from supercargo.model import Change, CustomerService, Departure, MissionMoved, OperationsPlan, PlannedMission
from supercargo.plan.manifest_before import LINE_MOVED_USD
from supercargo.plan.replan_lines import Lines
from supercargo.plan.replan_reasons import Reasons
from supercargo.plan.replan_schedule import departure_usd
from supercargo.plan.schedule_worth import mission_worth_usd

__all__ = ["NEVER_D", "WAITING_USD_D", "departure_of", "missions_moved", "moved_fields", "services_of"]

WAITING_USD_D = 20_000.0
"""Price of each day that an urgent line waits for its delivery [USD/d], an assumption."""

NEVER_D = 400.0
"""Days that an urgent line is said to wait where no mission takes it [d], an assumption."""

FIELDS = ("launch_utc", "vehicle_type", "launcher", "site", "pad", "port", "facility_id", "vehicle_id", "outcome")


def departure_of(old: OperationsPlan, new: OperationsPlan, reasons: Reasons, urgent: frozenset[str]) -> Departure:
    """What the new plan costs against the old one; each part is read off the rows of both plans [USD].

    Only prices that docs/replan.md states: those of departures, of lines bumped and of days waited are assumptions.
    """
    before, after = Lines(old), Lines(new)
    items = sorted(before.of.keys() & after.of.keys())  # who takes a line out wants no service for it
    names = [(before.missions(item), after.missions(item)) for item in items]
    bumped = sum(bool(was) and was != now for was, now in names)
    service = math.fsum(before.service_usd(item) - after.service_usd(item) for item in items)
    return Departure(
        margin_usd=round(math.fsum(row.cost_usd for row in new.changes), 2) + 0.0,
        moved_usd=round(_moved_usd(reasons), 2),
        bumped_usd=bumped * LINE_MOVED_USD,
        service_usd=round(service, 2) + 0.0,
        unflown_usd=round(_unflown_usd(new, old) - _unflown_usd(old, old), 2) + 0.0,
        waiting_usd=round(WAITING_USD_D * math.fsum(_waits_d(new, after, item) for item in sorted(urgent)), 2),
    )


def _moved_usd(reasons: Reasons) -> float:
    """Departures of the options chosen, at the prices that the schedule was solved with [USD]."""
    settled = reasons.settled
    taken = (settled.market.options[index] for index in settled.chosen if index >= 0)
    return math.fsum(departure_usd(reasons.scenario, settled.market, reasons.old, option) for option in taken)


def _unflown_usd(plan: OperationsPlan, before: OperationsPlan) -> float:
    """Worth of the missions that a plan does not fly, without their milestones, which are money [USD]."""
    requests = before.scenario.requests
    left = (requests[row.mission_id] for row in plan.unflown if row.mission_id in requests)
    terms = plan.scenario.term_values
    return math.fsum(
        mission_worth_usd(plan.scenario, request, 0.0) - terms.get((request.contract_id, "milestone"), 0.0) for request in left
    )


def _waits_d(plan: OperationsPlan, lines: Lines, item_id: str) -> float:
    """Days from the instant of the events, or a line's release after it, to the delivery of its last part [d]."""
    rows = lines.of.get(item_id, ())
    delivered = [row.delivered_utc for row in rows if row.delivered_utc is not None]
    if not rows or len(delivered) < len(rows):
        return NEVER_D
    start = max(plan.scenario.settings.as_of_utc, plan.scenario.lines[item_id].release_utc)
    return max(0.0, days_between(start, max(delivered)))


def services_of(old: OperationsPlan, new: OperationsPlan, changes: Sequence[Change]) -> tuple[CustomerService, ...]:
    """Each customer's K3 and penalties before and after, those that lose most first."""
    before, after = _by_customer(old), _by_customer(new)
    cost: dict[str, list[float]] = {}
    for row in changes:
        if row.customer:
            cost.setdefault(row.customer, []).append(row.cost_usd)
    found = [
        CustomerService(
            customer=name,
            due_before_count=before.get(name, _NONE)[0],
            due_after_count=after.get(name, _NONE)[0],
            on_time_before_count=before.get(name, _NONE)[1],
            on_time_after_count=after.get(name, _NONE)[1],
            penalties_before_usd=round(before.get(name, _NONE)[2], 2),
            penalties_after_usd=round(after.get(name, _NONE)[2], 2),
            cost_usd=round(math.fsum(cost.get(name, ())), 2) + 0.0,
        )
        for name in sorted({*before, *after, *cost})
    ]
    return tuple(
        sorted(found, key=lambda one: (-one.cost_usd, one.on_time_after_count - one.on_time_before_count, one.customer))
    )


_NONE = (0, 0, 0.0)


def _by_customer(plan: OperationsPlan) -> dict[str, tuple[int, int, float]]:
    """Lines up that are due, those that come by then, and penalties of all lines [USD], by customer."""
    lines = Lines(plan)
    found: dict[str, tuple[int, int, float]] = {}
    for item_id, rows in sorted(lines.of.items()):
        line = plan.scenario.lines[item_id]
        due, on_time, owed_usd = found.get(line.customer, _NONE)
        told = [row.on_time for row in rows if row.on_time is not None]
        is_due = bool(told) and line.direction == "up"
        found[line.customer] = (due + is_due, on_time + (is_due and all(told)), owed_usd + lines.penalty_usd(item_id))
    return found


def moved_fields(was: PlannedMission, now: PlannedMission) -> tuple[str, ...]:
    """Names of what is otherwise about a mission's flight."""
    return tuple(name for name in FIELDS if getattr(was, name) != getattr(now, name))


def missions_moved(old: OperationsPlan, new: OperationsPlan, reasons: Reasons) -> tuple[MissionMoved, ...]:
    """Missions that fly otherwise than before, or not at all, or now for the first time; struck ones first."""
    return tuple(sorted(_moved(old, new, reasons), key=lambda one: (not one.struck, one.mission_id)))


def _moved(old: OperationsPlan, new: OperationsPlan, reasons: Reasons) -> Iterable[MissionMoved]:
    for name in {*old.mission_named, *new.mission_named}:
        was, now = old.mission_named.get(name), new.mission_named.get(name)
        if was is None or now is None or moved_fields(was, now):
            yield MissionMoved(
                mission_id=name,
                struck=name in reasons.struck,
                before_utc=_dates(was),
                after_utc=_dates(now),
                port_before=was.port if was else "",
                port_after=now.port if now else "",
                why=reasons.of_mission(new, name),
            )


def _dates(mission: PlannedMission | None) -> tuple[datetime, datetime, datetime] | None:
    if mission is None:
        return None
    if mission.lost:
        return mission.launch_utc, mission.launch_utc, mission.launch_utc + timedelta(days=1)
    return mission.launch_utc, *mission.docked_utc
