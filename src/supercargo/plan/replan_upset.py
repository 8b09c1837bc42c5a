"""What every answer to the same events starts from: the scenario as it is now, what has flown, and all that may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import ScenarioError, stream
from supercargo.model import (
    DemandSeries,
    Event,
    LaunchWindow,
    OperationsPlan,
    Scenario,
    Schedule,
    StockNeed,
    Urgent,
)
from supercargo.plan.demand import forecast_demand
from supercargo.plan.needs import stock_needs
from supercargo.plan.pipeline import StageWatch, share_of
from supercargo.plan.replan_events import default_as_of, event_faults, lost_missions, slips_of, stretch_of, upset_scenario
from supercargo.plan.replan_flown import Flown, flown_by, needs_left, old_flights
from supercargo.plan.replan_loads import booked_before, scenario_left
from supercargo.plan.replan_reasons import struck_by
from supercargo.plan.replan_schedule import Old, Priced, priced_market
from supercargo.plan.replan_tables import edited_lines
from supercargo.plan.windows import find_windows

__all__ = ["Upset", "agreed", "upset_by"]


@dataclass(frozen=True)
class Upset:
    """An old plan that events have befallen: the scenario now, what has flown, what is left to do, what may be chosen."""

    plan: OperationsPlan
    events: tuple[Event, ...]
    scenario: Scenario
    left: Scenario  # cargo and terms that flown missions leave
    windows: tuple[LaunchWindow, ...]
    forecast: tuple[DemandSeries, ...]
    needs: tuple[StockNeed, ...]
    needs_left: tuple[StockNeed, ...]
    old: Old
    priced: Priced
    struck: frozenset[str]

    @property
    def flown(self) -> Flown:
        """What has lifted off, and stays as it was."""
        return self.old.flown

    @property
    def urgent(self) -> frozenset[str]:
        """Lines that have become urgent."""
        return frozenset(line.item_id for event in self.events if isinstance(event, Urgent) for line in event.lines)


def upset_by(plan: OperationsPlan, events: Sequence[Event], as_of_utc: datetime | None, watch: StageWatch) -> Upset:
    """Turn events into the scenario that is planned anew, and list what may be chosen in it.

    Raises ScenarioError with every event that can't have happened to this plan.
    """
    at = default_as_of(plan, events) if as_of_utc is None else as_of_utc
    faults = event_faults(plan, events, at)
    if faults:
        raise ScenarioError.of(faults, where="--event")
    stretch = stretch_of(events)
    scenario = upset_scenario(plan, events, at)
    flown = flown_by(plan, at, lost_missions(events))
    windows = find_windows(_stretched(scenario, flown, stretch), watch=share_of(watch, "windows"))
    forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
    needs = stock_needs(scenario, forecast)
    left, rest = scenario_left(scenario, flown), needs_left(scenario, needs, flown)
    delays = {name: slip.delay_s for name, slip in slips_of(events).items()}
    old = Old(old_flights(plan), booked_before(plan, flown, edited_lines(events)), flown, at, delays)
    priced = priced_market(left, windows, rest, old, stretch)
    struck = frozenset(struck_by(events, old))
    return Upset(plan, tuple(events), scenario, left, windows, forecast, needs, rest, old, priced, struck)


def _stretched(scenario: Scenario, flown: Flown, stretch: timedelta) -> Scenario:
    """Periods in which windows are looked for: those of missions that have not flown are longer."""
    return replace(
        scenario,
        missions=tuple(
            request if request.mission_id in flown.names else replace(request, latest_utc=request.latest_utc + stretch)
            for request in scenario.missions
        ),
    )


def agreed(scenario: Scenario, schedule: Schedule) -> Scenario:
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
