"""The planner without foresight: first come, first served. It is the baseline that others are measured against."""

from __future__ import annotations

from supercargo.model import LaunchWindow, Scenario, Schedule
from supercargo.plan.schedule_calendar import Calendar
from supercargo.plan.schedule_decode import schedule_of
from supercargo.plan.schedule_options import Market, options_of, uses_of

__all__ = ["first_come_choice", "schedule_first_come"]


def schedule_first_come(scenario: Scenario, windows: tuple[LaunchWindow, ...]) -> Schedule:
    """Missions are served in the order of their first possible lift-off; each takes the first way and date still free."""
    market = options_of(scenario, windows)
    return schedule_of(scenario, market, first_come_choice(scenario, market))


def first_come_choice(scenario: Scenario, market: Market) -> tuple[int, ...]:
    """Option taken by each mission (-1: none was free), in the order of market.missions."""
    calendar = Calendar(market.yard)
    own: dict[int, list[int]] = {}
    for index, option in enumerate(market.options):
        own.setdefault(option.mission, []).append(index)
    chosen = [-1] * len(market.missions)
    queue = sorted(range(len(chosen)), key=lambda m: (market.missions[m].earliest_utc, market.missions[m].mission_id))
    for mission in queue:
        for index in sorted(own.get(mission, ()), key=lambda index: market.options[index].key):
            uses = uses_of(scenario, market.yard, market.options[index])
            if not calendar.clashes(uses):
                calendar.book(uses)
                chosen[mission] = index
                break
    return tuple(chosen)
