"""Best practice: how the places differ in what can be done alike everywhere, and what the best would be worth elsewhere."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from supercargo.kernel import days_between
from supercargo.measure.cost_activities import lift_share
from supercargo.measure.deliveries import line_fates
from supercargo.measure.money import SERVICE, is_revenue
from supercargo.model import OperationsPlan

__all__ = ["LEAST_FLIGHTS", "Practice", "PracticePlace", "practices_of"]

LEAST_FLIGHTS = 2
"""A place of fewer flights shows no practice."""

_ALIKE = ("mission control", "cargo preparation", "line engineering", "launch site services")
"""Work of the service that is the same for every place; what is bought, insured or brought back is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticePlace:
    """A place's figure of a practice, and the flights it rests on."""

    destination: str
    flights_count: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A practice by place, the best first. `worth_usd` is what the others would save as cheaply as the best; None: no money.

    It is the most that can be hoped for: places differ in more than practice.
    """

    name: str
    unit: str
    better: str
    places: tuple[PracticePlace, ...]
    mean: float
    worth_usd: float | None

    @property
    def best(self) -> PracticePlace:
        """The place to learn from."""
        return self.places[0]

    @property
    def worst(self) -> PracticePlace:
        """The place that has most to learn."""
        return self.places[-1]


def practices_of(plan: OperationsPlan) -> tuple[Practice, ...]:
    """Practices over places with two flights or more: days docked, room taken, lines on time, work for each kilogram moved."""
    flights: dict[str, int] = defaultdict(int)
    for mission in plan.missions:
        flights[mission.destination] += 1
    kept = {place: count for place, count in flights.items() if count >= LEAST_FLIGHTS}
    if len(kept) < 2:
        return ()
    moved, spent = _moved_kg(plan), _spent_usd(plan)
    found = [
        _practice(("days docked for each flight", "d", "below"), _sums(plan, _docked_d), flights, kept),
        _practice(("share of room taken", "percent", "above"), _sums(plan, _room_percent), flights, kept),
        _practice(("work of the service for each kilogram moved", "USD/kg", "below"), spent, moved, kept),
    ]
    hits, lines = _on_time(plan)
    shares = {place: 100.0 * hit for place, hit in hits.items()}
    found.append(_practice(("lines on time", "percent", "above"), shares, lines, kept))
    return tuple(one for one in found if one.places)


def _practice(
    told: tuple[str, str, str], above: Mapping[str, float], below: Mapping[str, float], flights: Mapping[str, int]
) -> Practice:
    name, unit, better = told
    places = [
        PracticePlace(destination=place, flights_count=flights[place], value=above.get(place, 0.0) / below[place])
        for place in sorted(flights)
        if below.get(place, 0.0) > 0
    ]
    places.sort(key=lambda one: (one.value if better == "below" else -one.value, one.destination))
    names = [one.destination for one in places]
    whole = math.fsum(below[place] for place in names)
    worth = None
    if unit == "USD/kg" and places:
        worth = math.fsum((one.value - places[0].value) * below[one.destination] for one in places)
    return Practice(
        name=name,
        unit=unit,
        better=better,
        places=tuple(places),
        mean=math.fsum(above.get(place, 0.0) for place in names) / whole if whole else 0.0,
        worth_usd=worth,
    )


def _docked_d(plan: OperationsPlan, mission_id: str) -> float:
    mission = plan.mission_named[mission_id]
    return days_between(*mission.docked_utc)


def _room_percent(plan: OperationsPlan, mission_id: str) -> float:
    return 100.0 * lift_share(plan.mission_named[mission_id])[0]


def _sums(plan: OperationsPlan, of: Callable[[OperationsPlan, str], float]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for mission in plan.missions:
        sums[mission.destination] += of(plan, mission.mission_id)
    return sums


def _moved_kg(plan: OperationsPlan) -> dict[str, float]:
    moved: dict[str, float] = defaultdict(float)
    for row in plan.manifest:
        if row.mission_id:
            moved[plan.mission_named[row.mission_id].destination] += row.mass_kg
    return moved


def _spent_usd(plan: OperationsPlan) -> dict[str, float]:
    spent: dict[str, float] = defaultdict(float)
    for row in plan.costs:
        if not is_revenue(row) and row.paid_by == SERVICE and row.account in _ALIKE:
            spent[row.destination] += row.plan_usd
    return spent


def _on_time(plan: OperationsPlan) -> tuple[dict[str, float], dict[str, float]]:
    hits: dict[str, float] = defaultdict(float)
    lines: dict[str, float] = defaultdict(float)
    for fate in line_fates(plan):
        line = fate.line
        if line.direction == "up" and line.due_utc is not None:
            lines[line.destination] += 1.0
            hits[line.destination] += fate.delivered_utc is not None and fate.delivered_utc <= line.due_utc
    return hits, lines
