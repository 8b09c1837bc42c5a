"""A year that has been flown, put together as a plan: who flew, when and with what is given, the rest follows."""

from __future__ import annotations

from dataclasses import replace

from supercargo.kernel import Watch, silent, stream
from supercargo.model import Flight, LaunchWindow, Manifest, OperationsPlan, Scenario, Schedule
from supercargo.plan.assembly import assemble_year
from supercargo.plan.demand import forecast_demand
from supercargo.plan.stowage import stow
from supercargo.plan.windows import find_windows, lift_off_window, with_lift_offs

__all__ = ["record_year"]


def record_year(scenario: Scenario, schedule: Schedule, manifest: Manifest, *, watch: Watch = silent) -> OperationsPlan:
    """What was flown is a plan that nobody chose: its deliveries, stocks and money follow from flights and loads alone.

    Where the bags stood is not on record, so they are stowed as a plan's are; windows.csv holds the windows of the days
    about each lift-off, and the lift-off itself. Nothing is optimised, so there is no stage with a bound.
    """
    windows = with_lift_offs(find_windows(scenario), (_used(scenario, flight) for flight in schedule.flights))
    forecast = forecast_demand(scenario, rng=stream(scenario.settings.seed, "demand"))
    stowage = stow(scenario, schedule, manifest, watch=watch)
    return assemble_year(scenario, schedule, manifest, stowage, windows=windows, forecast=forecast)


def _used(scenario: Scenario, flight: Flight) -> LaunchWindow:
    return replace(lift_off_window(scenario, flight), used_by=flight.mission_id)
