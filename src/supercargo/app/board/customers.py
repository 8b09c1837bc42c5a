"""What a customer wants to know: its lines with the range in which each arrives, its complaints, what it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from supercargo.app.board.shelf import KeptPlan
from supercargo.simulate.draws import drawn_numbers
from supercargo.simulate.odds import odds_of
from supercargo.store import read_chances
from supercargo.track.event_store import View

__all__ = ["DRAWS", "ArrivalRange", "CustomerSeen", "Delays", "arrivals_of", "customer_seen", "customers_known", "delays_of"]

DRAWS = 400
"""Courses of the year that a range rests on."""

_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRange:
    """One line: when it is planned to be delivered, and between which instants nine times of ten; why the range is so wide."""

    item_id: str
    mission_id: str
    destination: str
    direction: str
    mass_kg: float
    due_utc: datetime | None
    planned_utc: datetime | None
    early_utc: datetime | None
    late_utc: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """What is on record of a customer's words."""

    complaints: tuple[dict[str, Any], ...]
    surveys: tuple[dict[str, Any], ...]


Delays = dict[str, tuple[int, int, float]]
"""Of each mission the delay that one of twenty stays below, that one of twenty goes beyond [s], and the share that slips."""


def delays_of(kept: KeptPlan) -> Delays:
    """How far each mission's lift-off may move, by the slips on record, drawn with a fixed seed."""
    odds = odds_of(kept.plan, read_chances(kept.plan.scenario))
    drawn = np.array([drawn_numbers(odds, seed=_SEED, index=n).slip_s for n in range(DRAWS)])  # [course, mission] s
    low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
    slipped = (drawn > 0).mean(axis=0)
    return {mission.mission_id: (int(low[n]), int(high[n]), float(slipped[n])) for n, mission in enumerate(odds.missions)}


def arrivals_of(kept: KeptPlan, customer: str, delays: Delays, standing: dict[str, str]) -> tuple[ArrivalRange, ...]:
    """Every line of a customer; `standing` is the lift-off of each mission as operations know it now."""
    rows = (row for row in kept.plan.manifest if row.customer == customer)
    return tuple(_range(kept, row, delays, standing) for row in sorted(rows, key=lambda row: row.item_id))


def _range(kept: KeptPlan, row: Any, delays: Delays, standing: dict[str, str]) -> ArrivalRange:
    told = {
        "item_id": row.item_id,
        "mission_id": row.mission_id,
        "destination": row.destination,
        "direction": row.direction,
        "mass_kg": row.mass_kg,
        "due_utc": row.due_utc,
    }
    if not row.mission_id or row.delivered_utc is None:
        why = row.reason or "no flight takes it"
        return ArrivalRange(**told, planned_utc=None, early_utc=None, late_utc=None, reason=f"left behind: {why}")
    moved = _moved(kept, row.mission_id, standing)
    low_s, high_s, share = delays.get(row.mission_id, (0, 0, 0.0))
    planned = row.delivered_utc + moved
    reason = f"{100 * share:.0f} % of lift-offs so far ahead slip, by the record of past flights"
    if moved:
        reason = f"the flight has slipped by {moved.total_seconds() / 86_400:.0f} d; " + reason
    return ArrivalRange(
        **told,
        planned_utc=planned,
        early_utc=planned + timedelta(seconds=low_s),
        late_utc=planned + timedelta(seconds=high_s),
        reason=reason,
    )


def _moved(kept: KeptPlan, mission_id: str, standing: dict[str, str]) -> timedelta:
    now = standing.get(mission_id, "")
    return datetime.fromisoformat(now) - kept.plan.mission_named[mission_id].launch_utc if now else timedelta(0)


def customer_seen(view: View, customer: str) -> CustomerSeen:
    """A customer's complaints and surveys, the latest first."""
    return CustomerSeen(
        complaints=_latest(view.find("complaints", "customer", customer), "opened_utc"),
        surveys=_latest(view.find("surveys", "customer", customer), "asked_utc"),
    )


def _latest(rows: Iterable[dict[str, Any]], column: str) -> tuple[dict[str, Any], ...]:
    return tuple(sorted(rows, key=lambda row: str(row[column]), reverse=True))


def customers_known(view: View) -> tuple[str, ...]:
    """Customers with a contract that a plan has opened."""
    rows = [row for state in ("open", "settled") for row in view.find("contracts", "state", state)]
    return tuple(sorted({str(row["customer"]) for row in rows}))
