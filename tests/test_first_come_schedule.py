"""The planner without foresight: lawful, in order, and no better than the optimiser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from supercargo.plan.first_come import first_come_choice, schedule_first_come
from supercargo.plan.schedule import dated_choice, schedule_missions
from supercargo.plan.schedule_options import options_of
from supercargo.solve.scheduling import faults_of_choice, value_of
from tests.builders import a_mission, a_scenario, on_day
from tests.test_schedule import CROWDED, a_crowded_year, a_window, closed, daily, faults


@pytest.mark.parametrize(("name", "changes"), CROWDED, ids=[name for name, _ in CROWDED])
def test_first_come_breaks_no_rule(name: str, changes: dict[str, Any]) -> None:
    scenario = replace(a_crowded_year(), **changes)
    schedule = schedule_first_come(scenario, daily())
    assert not list(faults(scenario, schedule.flights))
    assert len(schedule.flights) + len(schedule.unflown) == 8


def test_mission_asked_for_first_takes_the_first_window_and_the_next_one_waits() -> None:
    missions = (
        a_mission(mission_id="Z", earliest_utc=on_day(30), latest_utc=on_day(60)),
        a_mission(mission_id="A", earliest_utc=on_day(31), latest_utc=on_day(60)),
    )
    flights = schedule_first_come(a_scenario(missions=missions), tuple(a_window(day) for day in range(30, 61))).flights
    assert [(f.mission_id, f.launch_utc) for f in flights] == [("Z", on_day(30)), ("A", on_day(41))]  # the pad


def test_first_come_skips_closed_days() -> None:
    scenario = a_scenario(missions=(a_mission(),), blackouts=(closed("pad", "Cape/P1", 30, 36),))
    (flight,) = schedule_first_come(scenario, tuple(a_window(day) for day in range(30, 51))).flights
    assert flight.launch_utc == on_day(36)


def test_mission_without_a_free_date_is_left_out_with_its_cause() -> None:
    missions = tuple(a_mission(mission_id=f"M{i}", earliest_utc=on_day(30), latest_utc=on_day(35)) for i in range(2))
    schedule = schedule_first_come(a_scenario(missions=missions), daily())
    assert [row.mission_id for row in schedule.unflown] == ["M1"]
    assert "pad Cape/P1 is taken" in schedule.unflown[0].reason


def test_order_of_rows_does_not_matter() -> None:
    scenario = a_crowded_year()
    turned = replace(scenario, missions=scenario.missions[::-1], tails=scenario.tails[::-1], ports=scenario.ports[::-1])
    assert schedule_first_come(turned, daily()[::-1]) == schedule_first_come(scenario, daily())


@pytest.mark.parametrize(("name", "changes"), CROWDED[:4], ids=[name for name, _ in CROWDED[:4]])
def test_optimised_schedule_costs_no_more_than_first_come(name: str, changes: dict[str, Any]) -> None:
    scenario = replace(a_crowded_year(), **changes)
    market = options_of(scenario, daily())
    problem = dated_choice(scenario, market, ())
    chosen = first_come_choice(scenario, market)
    assert not list(faults_of_choice(problem, chosen))
    assert schedule_missions(scenario, daily(), ()).objective <= value_of(problem, chosen) * 1000
