"""The planner without foresight after an event: what has flown stays, all else is served first come, first served, again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from supercargo.kernel import ScenarioError, silent, stream
from supercargo.model import Event, Load, Manifest, OperationsPlan, Scenario, Schedule, StowagePlan
from supercargo.plan.assembly import assemble_year
from supercargo.plan.demand import forecast_demand
from supercargo.plan.first_come import first_come_choice
from supercargo.plan.loading import load_first_come
from supercargo.plan.manifest_loads import Parts, grams, manifest_of
from supercargo.plan.manifest_promises import unkept_promises
from supercargo.plan.needs import stock_needs
from supercargo.plan.pipeline import used_windows
from supercargo.plan.replan_events import event_faults, lost_missions, slips_of, stretch_of, upset_scenario
from supercargo.plan.replan_flown import Flown, flown_by, names_before, old_flights
from supercargo.plan.replan_loads import scenario_left
from supercargo.plan.replan_schedule import Old, later_market
from supercargo.plan.schedule_decode import schedule_of
from supercargo.plan.windows import find_windows

__all__ = ["serve_again"]


def serve_again(plan: OperationsPlan, events: Sequence[Event], *, as_of_utc: datetime) -> OperationsPlan:
    """A plan that an event has upset, planned anew in the order of first possible lift-offs and of lines' releases.

    Missions may leave their contracted period as far as a replanner's may; nothing weighs what a change costs.
    Raises ScenarioError with every event that can't have happened to this plan.
    """
    faults = event_faults(plan, events, as_of_utc)
    if faults:
        raise ScenarioError.of(faults, where="--event")
    scenario = upset_scenario(plan, events, as_of_utc)
    flown = flown_by(plan, as_of_utc, lost_missions(events))
    stretch = stretch_of(events)
    windows = find_windows(_longer(scenario, flown, stretch), watch=silent)
    left = scenario_left(scenario, flown)
    delays = {name: slip.delay_s for name, slip in slips_of(events).items()}
    old = Old(old_flights(plan), {}, flown, as_of_utc, delays)
    market, held = later_market(left, windows, old, stretch)
    settled = schedule_of(left, market, first_come_choice(left, market), names_before(old.flights.values()), held)
    flights = sorted((*flown.flights, *settled.flights), key=lambda flight: (flight.launch_utc, flight.mission_id))
    schedule = Schedule(flights=tuple(flights), unflown=settled.unflown)
    scenario = _agreed(scenario, schedule)
    loaded, stowage = load_first_come(scenario_left(scenario, flown), settled)
    manifest = _joined(scenario, schedule, flown, loaded)
    forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
    taken = [row for row in plan.windows if row.used_by in flown.names]
    new = assemble_year(
        scenario,
        schedule,
        manifest,
        StowagePlan(placements=(*flown.placements, *stowage.placements)),
        windows=used_windows(scenario, windows, settled.flights, taken),
        forecast=forecast,
    )
    causes = unkept_promises(scenario, schedule, stock_needs(scenario, forecast), manifest)
    return replace(new, causes=causes, waivers=plan.waivers, baseline=True)


def _longer(scenario: Scenario, flown: Flown, stretch: timedelta) -> Scenario:
    return replace(
        scenario,
        missions=tuple(
            request if request.mission_id in flown.names else replace(request, latest_utc=request.latest_utc + stretch)
            for request in scenario.missions
        ),
    )


def _agreed(scenario: Scenario, schedule: Schedule) -> Scenario:
    """The scenario with the periods that missions have left."""
    found = schedule.flight_of
    return replace(
        scenario,
        missions=tuple(
            replace(request, latest_utc=max(request.latest_utc, found[request.mission_id].launch_utc))
            if request.mission_id in found
            else request
            for request in scenario.missions
        ),
    )


def _joined(scenario: Scenario, schedule: Schedule, flown: Flown, loaded: Manifest) -> Manifest:
    """One manifest of flown and later loads, with the reasons of what stays behind."""
    parts: dict[str, Parts] = {}
    for load in (*flown.loads, *loaded.loads):
        if load.mission_id:
            mine = parts.setdefault(load.item_id, {})
            mine[load.mission_id] = mine.get(load.mission_id, 0) + grams(load.mass_kg)
    reasons = {load.item_id: load.reason for load in loaded.loads if not load.mission_id}
    whole = manifest_of(scenario, parts, {flight.mission_id: place for place, flight in enumerate(schedule.flights)})

    def told(load: Load) -> Load:
        return load if load.mission_id else replace(load, reason=reasons.get(load.item_id, ""))

    return Manifest(loads=tuple(told(load) for load in whole.loads))
