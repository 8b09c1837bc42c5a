"""The ramp: months 9 to 24 of the programme, from the first flight of the service to 48 flights a year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from supercargo.app.reference import freedom, mix
from supercargo.app.reference.draws import YEAR_D
from supercargo.app.reference.mix import Slot
from supercargo.app.reference.timetable import Ground, build_timetable, first_processing_d, launches_of
from supercargo.app.reference.year import AS_OF_UTC, PRICE_YEAR, REUSABLE, START_UTC, blank_scenario, with_cargo, with_flights
from supercargo.kernel import NoPlan, ScenarioError, as_written, days_between, stream
from supercargo.model import MissionRequest, ProgrammePlan, ProgrammeTables, Scenario, Settings
from supercargo.plan.programme import plan_programme

__all__ = ["END_UTC", "RATES", "ramp", "rate_steps"]

END_UTC = datetime(2028, 5, 1, tzinfo=UTC)
SERVICE_GATE = "service-launch"
RATES: tuple[tuple[str, float], ...] = ((SERVICE_GATE, 12.0), ("P2-02", 24.0), ("P2-04", 36.0), ("P2-08", 48.0))
"""Flights a year from a gate's opening or a task's end on: scenario assumption."""

LEAD_D = 3.0  # a nominal lift-off comes so many days after the gate
MOST_ROOM = 6.0  # flights that a lull leaves room for afterwards
LAST_ARRIVAL_D = 10.0  # no nominal arrival in the last days


@dataclass(frozen=True, slots=True)
class _Step:
    from_d: float
    flights_a_year: float


def rate_steps(programme: ProgrammePlan) -> tuple[tuple[datetime, float], ...]:
    """Instants from which on so many flights a year are flown, as the programme's plan lets them."""
    ends = {row.task_id: row.end_utc for row in programme.tasks} | {row.gate: row.opens_utc for row in programme.gates}
    missing = [name for name, _ in RATES if name not in ends]
    if missing:
        what = f"the programme has no {', '.join(missing)}, on which the rate of flights hangs"
        raise ScenarioError(what, fix="keep the tasks and the gate of the template", where="programme_tasks.csv")
    return tuple((ends[name], rate) for name, rate in RATES)


def _every_slot(ground: Ground, until_d: float, rng: np.random.Generator) -> list[Slot]:
    """The mix of the reference year run on at its cadence, where a way is listed for as long as it runs."""
    found = []
    for chain in mix.chains():
        place = ground.places[chain.place]
        last_d = until_d
        if place.window_kind == "catalogue":
            last_d = min(until_d, max(launch + transit for launch, transit in ground.listed[chain.place]))
        found += mix.slots_of(mix.running_on(chain, last_d), 0, place.clearance_d, rng)
    return found


def _lift_d(ground: Ground, slot: Slot) -> float:
    """Day on which a slot would lift off if nothing else flew."""
    return next(launches_of(ground, slot, ground.vehicles[slot.seat.types[0]]))[0]


def _ready_d(ground: Ground, slot: Slot) -> float:
    """Day from which on its spacecraft can be ready, processed since the facts are known."""
    vehicle = ground.vehicles[slot.seat.types[0]]
    names = slot.seat.launchers or vehicle.launchers
    return min(first_processing_d(vehicle, ground.launchers[name]) for name in names)


def _ramped(slots: Sequence[Slot], ground: Ground, steps: Sequence[_Step]) -> list[Slot]:
    """The slots in order of lift-off that the rate of their days leaves room for; room that is not used is soon lost."""
    kept, room, at_d = [], 1.0, steps[0].from_d
    for lift_d, slot in sorted(((_lift_d(ground, slot), slot) for slot in slots), key=lambda row: (row[0], row[1].place)):
        if lift_d < max(steps[0].from_d + LEAD_D, _ready_d(ground, slot)):
            continue
        room = min(MOST_ROOM, room + _flights(steps, at_d, lift_d))
        at_d = lift_d
        if room >= 1.0:
            kept.append(slot)
            room -= 1.0
    return kept


def _flights(steps: Sequence[_Step], from_d: float, to_d: float) -> float:
    """Flights that the rate of the days leaves room for."""
    ends = [*(step.from_d for step in steps[1:]), math.inf]
    spans = ((step, min(to_d, end) - max(from_d, step.from_d)) for step, end in zip(steps, ends, strict=True))
    return sum(step.flights_a_year * max(0.0, span_d) / YEAR_D for step, span_d in spans)


def _after_launch(request: MissionRequest, opens_utc: datetime) -> MissionRequest:
    return replace(request, earliest_utc=max(request.earliest_utc, opens_utc))


def ramp(
    catalogue: Mapping[str, tuple[Any, ...]], programme: ProgrammeTables, *, seed: int, missions: int | None = None
) -> Scenario:
    """Sixteen months of flights that the programme lets begin, the rate going up with its tasks, and the programme itself.

    `missions` keeps the first flights alone, with the whole horizon. No flight lifts off before the programme's gate of
    service launch is planned to open. The same seed gives the same scenario. All dates, rates and demand are scenario
    assumptions on the catalogue's facts (docs/programme.md).

    Raises ScenarioError where the programme lacks a task or gate that rates hang on, NoPlan if the flights find no timetable.
    """
    planned = plan_programme(programme, as_of_utc=AS_OF_UTC).best
    if planned is None:
        raise NoPlan("the programme has no plan", fix="look at supercargo programme", where="programme_tasks.csv")
    dated = rate_steps(planned)
    steps = [_Step(days_between(START_UTC, instant), rate) for instant, rate in dated]
    horizon_d = days_between(START_UTC, END_UTC)
    ground = replace(Ground.of(catalogue, START_UTC, REUSABLE, 1, horizon_d=horizon_d), use_d=round(horizon_d))
    every = _every_slot(ground, horizon_d - LAST_ARRIVAL_D, stream(seed, "ramp-mix"))
    table = build_timetable(ground, _ramped(every, ground, steps)[:missions])
    rng = stream(seed, "ramp-freedom")
    opens_utc = dated[0][0]
    requests = tuple(as_written(_after_launch(one, opens_utc)) for one in freedom.requests(table, ground, rng))
    settings = Settings(
        name="ramp", as_of_utc=AS_OF_UTC, start_utc=START_UTC, end_utc=END_UTC, currency_year=PRICE_YEAR, seed=seed
    )
    scenario = replace(
        blank_scenario(catalogue, settings),
        programme_tasks=programme.tasks,
        programme_resources=programme.resources,
        programme_gates=programme.checks,
    )
    flying = with_flights(scenario, ground, table, requests, rng)
    return with_cargo(flying, catalogue, ground, table, dict(flying.requests))
