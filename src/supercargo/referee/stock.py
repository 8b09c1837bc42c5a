"""Stock: what each place has on each day follows from what was there, what was used and what was unloaded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S
from supercargo.model import InventoryRow, Stock
from supercargo.referee.case import MASS_TOLERANCE_KG, TIME_TOLERANCE_S, Case, stamp, when
from supercargo.referee.rule import Finding

__all__ = ["contract_minimum", "inventory_band", "inventory_complete", "inventory_true", "stock_reserve"]

Floats = npt.NDArray[np.float64]

_YEAR_D = 365.0
_LONGEST_D = 40_000  # a horizon beyond a century is no year's plan


@dataclass(frozen=True, slots=True)
class _Course:
    """The stock of one class at one place; arrays are [day], with the rows that claim it (None: no row)."""

    stock: Stock
    on_hand_kg: Floats
    inbound_kg: Floats
    rows: tuple[InventoryRow | None, ...]

    @property
    def name(self) -> str:
        return f"{self.stock.destination}/{self.stock.supply_class}"


def _days(case: Case) -> int:
    """Days of the horizon, as `Settings.horizon_days` counts them."""
    return min(max(round((case.end_s - case.start_s) / DAY_S), 0), _LONGEST_D)


def _daily(case: Case, spans: Sequence[tuple[datetime, datetime, float]]) -> Floats:
    """Amounts a day over spans (from, to, amount), by the share of each day that a span covers [day]."""
    edges_s = case.start_s + np.arange(_days(case) + 1) * DAY_S
    total = np.zeros(_days(case))
    for from_utc, to_utc, amount in spans:
        covered_s = np.minimum(edges_s[1:], stamp(to_utc)) - np.maximum(edges_s[:-1], stamp(from_utc))
        total += amount * np.maximum(covered_s, 0.0) / DAY_S
    return total


def _use_kg(case: Case, stock: Stock) -> Floats:
    """Expected use of each day [day] kg."""
    scenario, place, supply_class = case.scenario, stock.destination, stock.supply_class
    crew = _daily(case, [(stay.from_utc, stay.to_utc, stay.crew_count) for stay in scenario.crew if stay.destination == place])
    each_kg = math.fsum(
        rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)
        for rate in scenario.rates
        if rate.supply_class == supply_class and (not rate.destinations or place in rate.destinations)
    )
    drawn = [
        (draw.from_utc, draw.to_utc, draw.kg_per_d)
        for draw in scenario.demand
        if (draw.destination, draw.supply_class) == (place, supply_class)
    ]
    failing_kg = math.fsum(
        spare.mass_kg * spare.failures_per_year / _YEAR_D
        for spare in scenario.spares
        if (spare.destination, spare.supply_class) == (place, supply_class)
    )
    return np.asarray(crew * each_kg + _daily(case, drawn) + failing_kg)


def _inbound_kg(case: Case) -> Mapping[tuple[str, str], Floats]:
    """Mass delivered up in each day [day] kg, by place and class; the delivery instants are held by a rule of their own."""
    found: dict[tuple[str, str], Floats] = {}
    for item in case.items:
        row, line = item.row, item.line
        if line is None or line.direction != "up" or row.mission_id not in case.missions or row.delivered_utc is None:
            continue
        day = (stamp(row.delivered_utc) - case.start_s) // round(DAY_S)
        if 0 <= day < _days(case):
            found.setdefault((line.destination, line.supply_class), np.zeros(_days(case)))[day] += row.mass_kg
    return found


def _courses(case: Case) -> tuple[_Course, ...]:
    inbound, count = _inbound_kg(case), _days(case)
    rows: dict[tuple[str, str], list[InventoryRow | None]] = {}
    stocks = {(stock.destination, stock.supply_class): stock for stock in case.scenario.stock}
    for key in sorted(stocks):
        rows[key] = [None] * count
    for row in case.plan.inventory:
        day = _day(case, row)
        if day is not None and (row.destination, row.supply_class) in rows:
            rows[row.destination, row.supply_class][day] = row
    found = []
    for key, claimed in rows.items():
        arrived = inbound.get(key, np.zeros(count))
        on_hand = stocks[key].on_hand_kg + np.cumsum(arrived - _use_kg(case, stocks[key]))
        found.append(_Course(stocks[key], on_hand, arrived, tuple(claimed)))
    return tuple(found)


def _day(case: Case, row: InventoryRow) -> int | None:
    """Number of the day that a row is about, None where it is not the start of a day of the horizon."""
    day, rest_s = divmod(stamp(row.day_utc) - case.start_s, round(DAY_S))
    return day if rest_s <= TIME_TOLERANCE_S and 0 <= day < _days(case) else None


def inventory_complete(case: Case) -> Iterator[Finding]:
    """Each tracked class of each place has a row for each day of the horizon, and nothing else has one."""
    for course in case.once(_courses):
        missing = [day for day, row in enumerate(course.rows) if row is None]
        if missing:
            first = when(case.start_s + missing[0] * DAY_S)
            yield course.name, f"{course.name} has no row on {len(missing)} of {len(course.rows)} days, first {first}"
    tracked = {(stock.destination, stock.supply_class) for stock in case.scenario.stock}
    for row in case.plan.inventory:
        name = f"{row.destination}/{row.supply_class}"
        if (row.destination, row.supply_class) not in tracked:
            yield name, f"{name} has a row for {when(stamp(row.day_utc))} and is not tracked in stock.csv"
        elif _day(case, row) is None:
            yield name, f"{name} has a row for {when(stamp(row.day_utc))}, which is no day of the horizon"


def inventory_true(case: Case) -> Iterator[Finding]:
    """Stock, deliveries and reserve of each day are what use and deliveries make them."""
    for course in case.once(_courses):
        for column, true in (
            ("on_hand_kg", course.on_hand_kg),
            ("inbound_kg", course.inbound_kg),
            ("reserve_kg", np.full(len(course.rows), course.stock.reserve_kg)),
        ):
            said = np.array([np.nan if row is None else getattr(row, column) for row in course.rows], dtype=np.float64)
            with np.errstate(invalid="ignore"):
                wrong = np.flatnonzero(np.abs(said - true) > MASS_TOLERANCE_KG)
            if wrong.size:
                day = int(wrong[0])
                words = f"{column} is wrong on {wrong.size} days, first {when(case.start_s + day * DAY_S)}"
                yield course.name, f"{course.name}: {words}: says {said[day]:.3f}, true is {true[day]:.3f} kg"


def inventory_band(case: Case) -> Iterator[Finding]:
    """The expected stock lies inside its 90 % band."""
    for course in case.once(_courses):
        for row in course.rows:
            if row and not row.p05_kg - MASS_TOLERANCE_KG <= row.on_hand_kg <= row.p95_kg + MASS_TOLERANCE_KG:
                words = f"on_hand_kg {row.on_hand_kg:.3f} is outside its band {row.p05_kg:.3f} to {row.p95_kg:.3f} kg"
                yield f"{course.name}/{when(stamp(row.day_utc))}", f"{course.name} on {when(stamp(row.day_utc))}: {words}"


def stock_reserve(case: Case) -> Iterator[Finding]:
    """Stock stays at or above its reserve on every day."""
    for course in case.once(_courses):
        short = course.stock.reserve_kg - course.on_hand_kg
        below = np.flatnonzero(short > MASS_TOLERANCE_KG)
        if below.size:
            first, worst = when(case.start_s + below[0] * DAY_S), float(short.max())
            words = f"is below its reserve of {course.stock.reserve_kg:g} kg on {below.size} days, first {first}"
            yield course.name, f"{course.name} {words}, by {worst:.1f} kg at worst"


def contract_minimum(case: Case) -> Iterator[Finding]:
    """Each contract gets its minimum mass delivered before the horizon ends."""
    delivered: dict[str, float] = {}
    for item in case.items:
        row, line = item.row, item.line
        if line is None or line.direction != "up" or row.mission_id not in case.missions or row.delivered_utc is None:
            continue
        if stamp(row.delivered_utc) < case.end_s + TIME_TOLERANCE_S:
            contract_id = case.scenario.contract_id(line)
            delivered[contract_id] = delivered.get(contract_id, 0.0) + row.mass_kg
    for (contract_id, term), minimum_kg in sorted(case.scenario.term_values.items()):
        if term == "minimum_kg" and delivered.get(contract_id, 0.0) < minimum_kg - MASS_TOLERANCE_KG:
            words = f"gets {delivered.get(contract_id, 0.0):.1f} kg delivered in the horizon, promised are {minimum_kg:g} kg"
            yield contract_id, f"contract {contract_id} {words}"
