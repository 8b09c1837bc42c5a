"""The maintenance plan of a fleet, and whether a longer life pays against new spacecraft."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from supercargo.kernel import days, days_between
from supercargo.measure.fleet_use import busy_before, flights_of, owned_span, rests_of
from supercargo.measure.intervals import Span, without
from supercargo.measure.reliability import loss_probability
from supercargo.model import Chances, FleetLife, OperationsPlan, PlannedMission, Tail
from supercargo.model.fleet import LifeOption, MaintenanceRow

__all__ = ["SWING", "life_options", "maintenance_plan"]

SWING = 0.25
"""Share by which prices of new spacecraft and of extensions are moved to see whether an answer turns."""


def maintenance_plan(plan: OperationsPlan, lives: Mapping[str, FleetLife]) -> tuple[MaintenanceRow, ...]:
    """Turnarounds between flights, and inspections that fall due by flights or by the calendar, in order of start.

    Flights flown before are those of the type's life that a tail no longer has; a tail counts as inspected when it is ready.
    """
    flights, starts = flights_of(plan), busy_before(plan)
    rows: list[MaintenanceRow] = []
    for tail in plan.scenario.tails:
        own, life = flights.get(tail.vehicle_id, ()), lives.get(tail.vehicle_type)
        entries = starts.get(tail.vehicle_id, ())
        rows += _turnarounds(plan, tail, own, entries, life)
        if life is not None:
            rows += _by_flights(plan, tail, own, entries, life)
            rows += _by_calendar(plan, tail, own, entries, life)
    end = plan.scenario.settings.end_utc
    return tuple(sorted(rows, key=lambda row: (row.start_utc or row.due_utc or end, row.vehicle_id, row.work)))


def _next(entries: Sequence[datetime], after: datetime) -> datetime | None:
    return next((entry for entry in entries if entry >= after), None)


def _float_d(entries: Sequence[datetime], since: datetime, until: datetime) -> float | None:
    """Days from the end of a work to the next processing after `since`; below zero: it is begun too early."""
    entry = _next(entries, since)
    return None if entry is None else days_between(until, entry)


def _turnarounds(
    plan: OperationsPlan, tail: Tail, flights: Sequence[PlannedMission], entries: Sequence[datetime], life: FleetLife | None
) -> list[MaintenanceRow]:
    ended = {mission.end_utc: mission.mission_id for mission in flights}
    return [
        MaintenanceRow(
            vehicle_id=tail.vehicle_id,
            vehicle_type=tail.vehicle_type,
            work="turnaround",
            start_utc=start,
            end_utc=end,
            after_mission=ended[start],
            float_d=_float_d(entries, start, end),
            cost_usd=life.refurbish_usd if life else 0.0,
            why="after a landing that is not the last of its life",
        )
        for start, end in rests_of(plan, tail, flights)
        if start < end
    ]


def _by_flights(
    plan: OperationsPlan, tail: Tail, flights: Sequence[PlannedMission], entries: Sequence[datetime], life: FleetLife
) -> list[MaintenanceRow]:
    every = life.inspection_flights
    if every is None or not life.inspection_work_d:
        return []
    flown = max(0.0, life.life_flights - tail.flights_left)
    rows = []
    for (landed, ready), mission in zip(rests_of(plan, tail, flights), flights, strict=False):
        flown += 1
        if flown % every:
            continue
        end = ready + days(life.inspection_work_d)
        left = _float_d(entries, landed, end)
        fits = left is None or left >= 0.0
        rows.append(
            MaintenanceRow(
                vehicle_id=tail.vehicle_id,
                vehicle_type=tail.vehicle_type,
                work="inspection",
                start_utc=ready if fits else None,
                end_utc=end if fits else None,
                due_utc=_next(entries, landed),
                after_mission=mission.mission_id,
                float_d=left,
                cost_usd=life.inspection_usd,
                why=f"after {flown:g} flights, every {every:g}",
            )
        )
    return rows


def _by_calendar(
    plan: OperationsPlan, tail: Tail, flights: Sequence[PlannedMission], entries: Sequence[datetime], life: FleetLife
) -> list[MaintenanceRow]:
    every = life.inspection_every_d
    own = owned_span(plan, tail, flights)
    if every is None or not life.inspection_work_d:
        return []
    rows, due = [], tail.ready_utc + days(every)
    while due < own[1]:
        gap = _last_gap(plan, tail, flights, entries, (own, due, life.inspection_work_d))
        start = gap[0] if gap else None
        end = start + days(life.inspection_work_d) if start else None
        rows.append(
            MaintenanceRow(
                vehicle_id=tail.vehicle_id,
                vehicle_type=tail.vehicle_type,
                work="inspection",
                start_utc=start,
                end_utc=end,
                due_utc=due,
                after_mission=_last_before(flights, start),
                float_d=days_between(end, gap[1]) if gap and end else None,
                cost_usd=life.inspection_usd,
                why=f"every {every:g} days since it was ready",
            )
        )
        due = (start or due) + days(every)
    return rows


def _last_before(flights: Sequence[PlannedMission], start: datetime | None) -> str:
    ended = [mission.mission_id for mission in flights if start is not None and mission.end_utc <= start]
    return ended[-1] if ended else ""


def _last_gap(
    plan: OperationsPlan,
    tail: Tail,
    flights: Sequence[PlannedMission],
    entries: Sequence[datetime],
    wanted: tuple[Span, datetime, float],
) -> Span | None:
    """The latest time free of flights, processing and turnaround that holds the work before it is due."""
    own, due, work_d = wanted
    taken = [(entry, mission.end_utc) for entry, mission in zip(entries, flights, strict=False)]
    free = without(own, [*taken, *rests_of(plan, tail, flights)])
    fitting = [gap for gap in free if gap[0] + days(work_d) <= min(gap[1], due)]
    return fitting[-1] if fitting else None


def life_options(plan: OperationsPlan, chances: Chances, lives: Mapping[str, FleetLife]) -> tuple[LifeOption, ...]:
    """For each type with a life of its own: whether extending its spacecraft pays against buying new ones.

    Flights wanted are those of a year of this plan, for as long as an extension holds, beyond what is left. A tail that is
    extended gives n flights less those that losses cut off: (1 - (1 - p)^n) / p. Each flight gained avoids the price of a new
    spacecraft over its life; work between flights is the same for both and is left out.
    """
    return tuple(_option(plan, chances, lives[name]) for name in sorted(lives))


def _option(plan: OperationsPlan, chances: Chances, life: FleetLife) -> LifeOption:
    tails = [tail for tail in plan.scenario.tails if tail.vehicle_type == life.vehicle_type]
    missions = [mission for mission in plan.missions if mission.vehicle_type == life.vehicle_type]
    used = {mission.vehicle_id for mission in missions}
    able = [tail for tail in tails if tail.vehicle_id in used or tail.flights_left > 0]
    years = plan.scenario.settings.years
    rate = len(missions) / years if years else 0.0
    left = sum(tail.flights_left for tail in tails) - len(missions)
    wanted = max(0.0, rate * life.extension_years - left)
    lost = sum(loss_probability(chances, mission) for mission in missions) / len(missions) if missions else 0.0
    each = (1.0 - (1.0 - lost) ** life.extension_flights) / lost if lost else life.extension_flights
    count = min(len(able), math.ceil(wanted / each - 1e-9)) if each and wanted else 0
    gained = min(wanted, count * each)
    share = life.new_usd / life.life_flights
    avoided, cost = gained * share, count * life.extension_usd
    low = avoided * (1.0 - SWING) - cost * (1.0 + SWING)
    high = avoided * (1.0 + SWING) - cost * (1.0 - SWING)
    turns = "extend" if low > 0.0 else "replace" if high < 0.0 else "not told apart"
    return LifeOption(
        vehicle_type=life.vehicle_type,
        tails_count=len(able),
        flights_a_year=rate,
        left_after_count=max(0.0, left),
        wanted_count=wanted,
        extended_count=count,
        gained_count=gained,
        avoided_usd=avoided,
        cost_usd=cost,
        net_usd=avoided - cost,
        net_low_usd=low,
        net_high_usd=high,
        break_even_usd=avoided / count if count else None,
        loss_probability=lost,
        verdict=turns if count else "not needed",
        evidence=life.evidence,
    )
