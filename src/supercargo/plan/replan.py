"""A plan that an event has upset, planned anew from there on: the table of contents of replanning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import Fuse, ScenarioError, never, stream
from supercargo.model import Disturbance, Event, LaunchWindow, OperationsPlan, Scenario, Schedule, Urgent
from supercargo.plan.assembly import assemble_year
from supercargo.plan.demand import forecast_demand
from supercargo.plan.manifest_promises import unkept_promises
from supercargo.plan.needs import stock_needs
from supercargo.plan.pipeline import StageWatch, answer_of, share_of, stage_report, stowage_report, used_windows
from supercargo.plan.replan_changes import changes_of, disturbance_of
from supercargo.plan.replan_events import default_as_of, event_faults, lost_missions, slips_of, stretch_of, upset_scenario
from supercargo.plan.replan_flown import Flown, flown_by, needs_left, old_flights
from supercargo.plan.replan_loads import before_of, booked_before, reload, scenario_left
from supercargo.plan.replan_reasons import Reasons
from supercargo.plan.replan_schedule import Old, resettle
from supercargo.plan.windows import find_windows

__all__ = ["Replanned", "replan_year"]


@dataclass(frozen=True)
class Replanned:
    """A new plan and how far it departs from the old one."""

    plan: OperationsPlan
    disturbance: Disturbance


def replan_year(
    plan: OperationsPlan,
    events: Sequence[Event],
    *,
    as_of_utc: datetime | None = None,
    watch: StageWatch,
    fuse: Fuse = never,
) -> Replanned:
    """When a launch slips, the rest of the year is planned anew with the least disturbance that pays.

    What has lifted off by `as_of_utc` stays as it was. See docs/replan.md for what a departure from the old plan costs.

    Raises ScenarioError with every event that can't have happened to this plan, NoPlan where nothing can fly at all.
    """
    at = default_as_of(plan, events) if as_of_utc is None else as_of_utc
    faults = event_faults(plan, events, at)
    if faults:
        raise ScenarioError.of(faults, where="--event")
    lost, stretch = lost_missions(events), stretch_of(events)
    scenario = upset_scenario(plan, events, at)
    flown = flown_by(plan, at, lost)
    wide = _stretched(scenario, flown, stretch)
    windows = find_windows(wide, watch=share_of(watch, "windows"))
    forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
    needs = stock_needs(scenario, forecast)
    left = needs_left(scenario, needs, flown)
    delays = {name: slip.delay_s for name, slip in slips_of(events).items()}
    old = Old(old_flights(plan), booked_before(plan, flown), flown, at, delays)
    settled = resettle(
        scenario_left(scenario, flown), windows, left, old, stretch=stretch, watch=share_of(watch, "schedule"), fuse=fuse
    )
    schedule = answer_of(settled.outcome, "schedule")
    reports = [stage_report("schedule", settled.outcome, fuse)]
    upset, scenario = scenario, _agreed(scenario, schedule)
    urgent = frozenset(line.item_id for event in events if isinstance(event, Urgent) for line in event.lines)
    before = before_of(plan, schedule, flown, urgent)
    loaded, stowage = reload(scenario, schedule, left, before, flown, watch=share_of(watch, "manifest"), fuse=fuse)
    manifest = answer_of(loaded, "manifest")
    reports.append(stage_report("manifest", loaded, fuse))
    used = _windows_used(plan, scenario, windows, schedule, flown)
    new = assemble_year(scenario, schedule, manifest, stowage, windows=used, forecast=forecast)
    new = replace(
        new,
        stages=(*reports, stowage_report(stowage, new.manifest)),
        causes=unkept_promises(scenario, schedule, needs, manifest),
        waivers=plan.waivers,
    )
    reasons = Reasons(upset, events, old, settled)
    new = replace(new, changes=changes_of(plan, new, events, reasons))
    watch("assembly", 1.0)
    return Replanned(new, disturbance_of(plan, new, events, reasons))


def _stretched(scenario: Scenario, flown: Flown, stretch: timedelta) -> Scenario:
    """Periods in which windows are looked for: those of missions that have not flown are longer."""
    return replace(
        scenario,
        missions=tuple(
            request if request.mission_id in flown.names else replace(request, latest_utc=request.latest_utc + stretch)
            for request in scenario.missions
        ),
    )


def _agreed(scenario: Scenario, schedule: Schedule) -> Scenario:
    """The scenario with the periods that customers have to agree to."""
    return replace(
        scenario,
        missions=tuple(
            replace(request, latest_utc=max(request.latest_utc, schedule.flight_of[request.mission_id].launch_utc))
            if request.mission_id in schedule.flight_of
            else request
            for request in scenario.missions
        ),
    )


def _windows_used(
    plan: OperationsPlan, scenario: Scenario, windows: tuple[LaunchWindow, ...], schedule: Schedule, flown: Flown
) -> tuple[LaunchWindow, ...]:
    """Windows with those of the new flights marked, and those that flown ones took as they were."""
    later = [flight for flight in schedule.flights if flight.mission_id not in flown.names]
    taken = [row for row in plan.windows if row.used_by in flown.names]
    return used_windows(scenario, windows, later, taken)
