"""Stocks of the plan in force as they stand now: how long they last, when they fall short, and what is coming."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from supercargo.kernel import days
from supercargo.model import InventoryRow, OperationsPlan

__all__ = ["Coming", "StockSeen", "ended_utc", "stocks_seen"]

_TOLERANCE_KG = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What a mission brings of one class to a place, and the instant at which the last of it is unloaded."""

    mission_id: str
    delivered_utc: datetime
    mass_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSeen:
    """One class at one place on a day of the plan: today, or the plan's last day where that is past.

    Where the plan draws more than there is, nothing is on hand and `lacking_kg` is what is missing. `cover_d` is how
    many days the stock lasts by the plan's expected use without any delivery [d], None if it outlasts the plan;
    `below_utc` the first day on which it is below its reserve, from now on, or the day on which it fell so low where it is
    already; `fixed_utc` the first after now that is not; `lowest_kg` is negative by what is missing then.
    """

    destination: str
    supply_class: str
    day_utc: datetime
    on_hand_kg: float
    lacking_kg: float
    reserve_kg: float
    cover_d: float | None
    below_utc: datetime | None
    lowest_kg: float
    fixed_utc: datetime | None
    coming: tuple[Coming, ...]


def ended_utc(plan: OperationsPlan, now_utc: datetime) -> datetime | None:
    """The last day of the stocks of a plan whose days are all past; None while a day of it is to come, or it tells none."""
    last = max((row.day_utc for row in plan.inventory), default=None)
    return last if last is not None and last + days(1) <= now_utc else None


def stocks_seen(plan: OperationsPlan, now_utc: datetime, *, place: str = "", supply_class: str = "") -> tuple[StockSeen, ...]:
    """Every tracked stock, or those of a place or a class, the soonest below its reserve first."""
    series: dict[tuple[str, str], list[InventoryRow]] = defaultdict(list)
    for row in plan.inventory:
        if place in ("", row.destination) and supply_class in ("", row.supply_class):
            series[row.destination, row.supply_class].append(row)
    coming = _coming(plan, now_utc)
    seen = [_seen(sorted(rows, key=lambda row: row.day_utc), now_utc, coming[key]) for key, rows in series.items()]
    never = datetime.max.replace(tzinfo=now_utc.tzinfo)
    return tuple(sorted(seen, key=lambda one: (one.below_utc or never, one.destination, one.supply_class)))


def _seen(rows: Sequence[InventoryRow], now_utc: datetime, coming: Sequence[Coming]) -> StockSeen:
    first = next((n for n, row in enumerate(rows) if row.day_utc + days(1) > now_utc), len(rows) - 1)
    left = rows[first:]
    low = next((first + n for n, row in enumerate(left) if _is_low(row)), None)
    mended = next((row.day_utc for row in rows[low:] if not _is_low(row)), None) if low is not None else None
    while low is not None and low <= first and low > 0 and _is_low(rows[low - 1]):
        low -= 1
    return StockSeen(
        destination=left[0].destination,
        supply_class=left[0].supply_class,
        day_utc=left[0].day_utc,
        on_hand_kg=max(0.0, left[0].on_hand_kg),
        lacking_kg=max(0.0, -left[0].on_hand_kg),
        reserve_kg=left[0].reserve_kg,
        cover_d=_cover_d(left),
        below_utc=rows[low].day_utc if low is not None else None,
        lowest_kg=min(row.on_hand_kg for row in left),
        fixed_utc=mended,
        coming=tuple(coming),
    )


def _is_low(row: InventoryRow) -> bool:
    return row.on_hand_kg < row.reserve_kg - _TOLERANCE_KG


def _cover_d(rows: Sequence[InventoryRow]) -> float | None:
    """Days until what is on hand is used up if nothing comes; use is what the plan takes from one day to the next."""
    left_kg = rows[0].on_hand_kg
    if left_kg <= 0:
        return 0.0
    for number, (before, row) in enumerate(pairwise(rows)):
        used_kg = max(0.0, before.on_hand_kg + row.inbound_kg - row.on_hand_kg)
        if used_kg >= left_kg:
            return number + (left_kg / used_kg if used_kg else 0.0)
        left_kg -= used_kg
    return None


def _coming(plan: OperationsPlan, now_utc: datetime) -> dict[tuple[str, str], list[Coming]]:
    """What is still to come of each class at each place, by mission, in order of time."""
    masses: dict[tuple[str, str], dict[str, tuple[datetime, float]]] = defaultdict(dict)
    for row in plan.manifest:
        if row.direction != "up" or row.delivered_utc is None or row.delivered_utc <= now_utc:
            continue
        line = plan.scenario.lines.get(row.item_id) or plan.scenario.lines.get(row.item_id.partition("#")[0])
        if line is None:
            continue
        key = (line.destination, line.supply_class)
        at, mass_kg = masses[key].get(row.mission_id, (row.delivered_utc, 0.0))
        masses[key][row.mission_id] = (max(at, row.delivered_utc), mass_kg + row.mass_kg)
    found: dict[tuple[str, str], list[Coming]] = defaultdict(list)
    for key, missions in masses.items():
        rows = [Coming(mission_id=name, delivered_utc=at, mass_kg=mass) for name, (at, mass) in missions.items()]
        found[key] = sorted(rows, key=lambda one: (one.delivered_utc, one.mission_id))
    return found
