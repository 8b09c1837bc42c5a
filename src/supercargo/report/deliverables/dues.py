"""By when a decision is due: the date of the first thing that it changes, never one that is past without saying so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from supercargo.measure.programme import month_start
from supercargo.report.deliverables.held import Held

__all__ = [
    "before_contracts",
    "before_dispatch",
    "before_horizon",
    "before_lift_off",
    "before_next_plan",
    "before_order",
    "due_by",
    "due_words",
    "roadmap_month",
]


def due_words(as_of_utc: datetime, when_utc: datetime, why: str = "") -> str:
    """A date in words, with what it hangs on; one that is not after the facts are known is overdue.

    >>> from datetime import UTC
    >>> due_words(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC), "the first order")
    '2026-12-08, the first order'
    """
    said = f"{when_utc:%Y-%m-%d}" + (f", {why}" if why else "")
    return said if when_utc.date() > as_of_utc.date() else f"overdue since {said}"


def due_by(held: Held, when_utc: datetime, why: str = "") -> str:
    """A date in words, seen from when the plan's facts are known."""
    return due_words(held.plan.scenario.settings.as_of_utc, when_utc, why)


def _first(held: Held, dates: Iterable[datetime]) -> datetime | None:
    """The first date that is still to come, else the last of all; None without any."""
    ordered = sorted(dates)
    as_of = held.plan.scenario.settings.as_of_utc
    return next((one for one in ordered if one.date() > as_of.date()), ordered[-1] if ordered else None)


def before_lift_off(held: Held) -> str:
    """Before the next mission lifts off."""
    settings = held.plan.scenario.settings
    launch = _first(held, (one.launch_utc for one in held.plan.missions)) or settings.start_utc
    return due_by(held, launch, "the next lift-off")


def before_order(held: Held, classes: Iterable[str] | None = None) -> str:
    """Before the next order that is not placed yet, of some classes or of any; without one before the next lift-off."""
    wanted = None if classes is None else set(classes)
    goods = [one for one in held.supply.sourcing.consignments if wanted is None or one.supply_class in wanted]
    order = _first(held, (one.order_utc for one in goods))
    if order is None or order.date() <= held.plan.scenario.settings.as_of_utc.date():
        return before_lift_off(held)
    return due_by(held, order, "the next order that is not placed yet")


def before_dispatch(held: Held) -> str:
    """Before the next shipment leaves a supplier; without one before the next lift-off."""
    leaves = _first(held, (one.depart_utc for one in held.supply.shipments))
    if leaves is None or leaves.date() <= held.plan.scenario.settings.as_of_utc.date():
        return before_lift_off(held)
    return due_by(held, leaves, "the next shipment leaves its supplier")


def before_horizon(held: Held, why: str = "the horizon begins") -> str:
    """Before the horizon begins; where it has begun, before the next lift-off."""
    settings = held.plan.scenario.settings
    if settings.start_utc.date() > settings.as_of_utc.date():
        return due_by(held, settings.start_utc, why)
    return before_lift_off(held)


def before_next_plan(held: Held) -> str:
    """Before the next horizon is planned, as long before it begins as this one was, at least a month."""
    return due_by(held, _next_plan_utc(held), "the next horizon is planned")


def _next_plan_utc(held: Held) -> datetime:
    settings = held.plan.scenario.settings
    return settings.end_utc - max(settings.start_utc - settings.as_of_utc, timedelta(days=30))


def before_contracts(held: Held) -> str:
    """Before the first contract ends, but never after the next horizon is planned: its cargo is planned at its prices."""
    settings = held.plan.scenario.settings
    ends = _first(held, (one.to_utc for one in held.plan.scenario.contracts))
    if ends is None or ends >= _next_plan_utc(held) > settings.as_of_utc:
        return before_next_plan(held)
    return due_by(held, ends, "the first contract ends")


def roadmap_month(held: Held, month: int) -> datetime:
    """The instant at which a month of the roadmap begins; month 1 is the first whole month after the facts are known."""
    as_of = held.plan.scenario.settings.as_of_utc.replace(hour=0, minute=0, second=0, microsecond=0)
    return month_start(as_of.replace(day=1), month + 1)
