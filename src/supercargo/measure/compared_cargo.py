"""Stocks and cargo lines of several plans side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from supercargo.kernel import days_between
from supercargo.measure.compared import ComparedLines, ComparedStock, Figure, LineChange, LineGroup, Value
from supercargo.measure.deliveries import LineFate
from supercargo.model import InventoryRow, OperationsPlan

__all__ = ["LINE_CHANGES", "compare_lines", "compare_stocks"]

MASS_TOLERANCE_KG = 0.01
Curves = dict[tuple[str, str], tuple[InventoryRow, ...]]


def compare_stocks(plans: Sequence[OperationsPlan]) -> tuple[ComparedStock, ...]:
    """Every tracked stock: how near it comes to its reserve, on which day, and when first below reserve or below zero.

    Cover is stock on hand less reserve [kg].
    """
    curves = [_curves(plan) for plan in plans]
    order: dict[str, int] = {}
    for plan in plans:
        for place in plan.scenario.destinations:
            order.setdefault(place.destination, len(order))
    names = sorted({name for found in curves for name in found}, key=lambda name: (order.get(name[0], len(order)), name))
    return tuple(_stock(name, tuple(found.get(name, ()) for found in curves)) for name in names)


def _curves(plan: OperationsPlan) -> Curves:
    found: dict[tuple[str, str], list[InventoryRow]] = defaultdict(list)
    for row in plan.inventory:
        found[row.destination, row.supply_class].append(row)
    return {name: tuple(sorted(rows, key=lambda row: row.day_utc)) for name, rows in found.items()}


def _stock(name: tuple[str, str], curves: tuple[tuple[InventoryRow, ...], ...]) -> ComparedStock:
    tightest = [min(rows, key=lambda row: (_cover_kg(row), row.day_utc)) if rows else None for rows in curves]
    fields: tuple[tuple[str, str, str, tuple[Value, ...]], ...] = (
        ("cover_least_kg", "kg", "more", tuple(_cover_kg(row) if row else None for row in tightest)),
        ("cover_least_utc", "d", "", tuple(row.day_utc if row else None for row in tightest)),
        ("reserve_kg", "kg", "", tuple(row.reserve_kg if row else None for row in tightest)),
        ("below_reserve_utc", "d", "more", tuple(_first(rows, _is_short) for rows in curves)),
        ("below_reserve_days", "count", "less", _days(curves, _is_short)),
        ("below_zero_utc", "d", "more", tuple(_first(rows, _is_out) for rows in curves)),
        ("closing_kg", "kg", "more", tuple(rows[-1].on_hand_kg if rows else None for rows in curves)),
        ("delivered_kg", "kg", "", tuple(math.fsum(row.inbound_kg for row in rows) if rows else None for rows in curves)),
    )
    return ComparedStock(
        destination=name[0],
        supply_class=name[1],
        curves=curves,
        figures=tuple(
            Figure(subject="stock", object=f"{name[0]}/{name[1]}", field=field, unit=unit, sense=sense, values=values)
            for field, unit, sense, values in fields
        ),
    )


def _cover_kg(row: InventoryRow) -> float:
    return row.on_hand_kg - row.reserve_kg


def _is_short(row: InventoryRow) -> bool:
    return _cover_kg(row) < -MASS_TOLERANCE_KG


def _is_out(row: InventoryRow) -> bool:
    return row.on_hand_kg < -MASS_TOLERANCE_KG


def _first(rows: Sequence[InventoryRow], holds: Callable[[InventoryRow], bool]) -> datetime | None:
    return next((row.day_utc for row in rows if holds(row)), None)


def _days(curves: Sequence[Sequence[InventoryRow]], holds: Callable[[InventoryRow], bool]) -> tuple[Value, ...]:
    return tuple(float(sum(1 for row in rows if holds(row))) if rows else None for rows in curves)


LINE_CHANGES = (
    "left behind here, aboard in the base",
    "aboard here, left behind in the base",
    "on another mission",
    "delivered at another time by the same mission",
    "asked for here only",
    "asked for in the base only",
)
"""How a line may fly otherwise than in the base, each line in one way."""


def compare_lines(names: Sequence[str], fates: Sequence[Sequence[LineFate]]) -> tuple[ComparedLines, ...]:
    """For each plan but the base, the lines that fly otherwise, largest first. A line's parts count as one."""
    by_name = [{fate.line.item_id: fate for fate in found} for found in fates]
    return tuple(
        ComparedLines(plan=name, groups=_groups(by_name[0], found)) for name, found in zip(names[1:], by_name[1:], strict=True)
    )


def _groups(base: dict[str, LineFate], here: dict[str, LineFate]) -> tuple[LineGroup, ...]:
    changes: dict[str, list[LineChange]] = {kind: [] for kind in LINE_CHANGES}
    for item_id in {**base, **here}:
        before, now = base.get(item_id), here.get(item_id)
        kind = _kind(before, now)
        if kind:
            changes[kind].append(_change(item_id, before, now))
    return tuple(
        LineGroup(
            kind=kind,
            lines_count=len(found),
            mass_kg=math.fsum(one.mass_kg for one in found),
            customers=tuple(sorted({one.customer for one in found})),
            changes=tuple(sorted(found, key=lambda one: (-one.mass_kg, one.item_id))),
        )
        for kind, found in changes.items()
        if found
    )


def _missions_kg(fate: LineFate | None) -> dict[str, float]:
    masses: dict[str, float] = defaultdict(float)
    for row in fate.rows if fate else ():
        if row.mission_id and row.delivered_utc is not None:
            masses[row.mission_id] += row.mass_kg
    return masses


def _kind(before: LineFate | None, now: LineFate | None) -> str:
    if before is None or now is None:
        return LINE_CHANGES[4] if before is None else LINE_CHANGES[5]
    less_kg = before.delivered_kg - now.delivered_kg
    if abs(less_kg) > MASS_TOLERANCE_KG:
        return LINE_CHANGES[0] if less_kg > 0 else LINE_CHANGES[1]
    if _moved_kg(before, now) > MASS_TOLERANCE_KG:
        return LINE_CHANGES[2]
    return LINE_CHANGES[3] if before.delivered_utc != now.delivered_utc else ""


def _moved_kg(before: LineFate, now: LineFate) -> float:
    """Mass that flies on other missions than in the base [kg]."""
    old, new = _missions_kg(before), _missions_kg(now)
    return math.fsum(max(0.0, mass_kg - old.get(mission_id, 0.0)) for mission_id, mass_kg in new.items())


def _change(item_id: str, before: LineFate | None, now: LineFate | None) -> LineChange:
    line = next(fate.line for fate in (now, before) if fate)
    mass_kg = line.mass_kg
    if before and now:
        less_kg = abs(before.delivered_kg - now.delivered_kg)
        mass_kg = less_kg if less_kg > MASS_TOLERANCE_KG else _moved_kg(before, now) or line.mass_kg
    ends = (before.delivered_utc if before else None, now.delivered_utc if now else None)
    return LineChange(
        item_id=item_id,
        customer=line.customer,
        destination=line.destination,
        direction=line.direction,
        supply_class=line.supply_class,
        mass_kg=mass_kg,
        priority=float(line.priority),
        base_missions=_said(before),
        missions=_said(now),
        moved_d=days_between(ends[0], ends[1]) if ends[0] and ends[1] else None,
    )


def _said(fate: LineFate | None) -> str:
    if fate is None:
        return "not asked for"
    words = sorted(_missions_kg(fate))
    if fate.left_kg > MASS_TOLERANCE_KG:
        words.append("left behind" if not words else "rest left behind")
    return ", ".join(words)
