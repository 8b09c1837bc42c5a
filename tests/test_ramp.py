"""The ramp: no flight before the programme's service launch, the rate goes up to 48 a year, and its plan keeps every rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.reference import ramp
from supercargo.app.reference.ramp import END_UTC, RATES, rate_steps
from supercargo.app.reference.year import AS_OF_UTC, START_UTC
from supercargo.kernel import ScenarioError, days, days_between
from supercargo.measure.kpis import measure_kpis
from supercargo.model import ProgrammePlan, Scenario
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.plan.programme import missions_held, plan_programme
from supercargo.referee import judge
from supercargo.store import read_catalogue, read_programme_template, read_scenario, scenario_files, write_scenario
from tests.cli_runner import run

SLICE = 14


@cache
def made(seed: int = 1, missions: int | None = None) -> Scenario:
    return ramp(dict(read_catalogue()), read_programme_template(), seed=seed, missions=missions)


@cache
def programme() -> ProgrammePlan:
    best = plan_programme(read_programme_template(), as_of_utc=AS_OF_UTC).best
    assert best is not None
    return best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_flight_may_lift_off_before_the_service_is_launched(seed: int) -> None:
    opens_utc = programme().opens_utc("service-launch")
    assert opens_utc is not None
    assert min(request.earliest_utc for request in made(seed).missions) >= opens_utc
    assert {gate for gate, _ in missions_held(made(seed)).values()} == {"service-launch"}
    assert len(missions_held(made(seed))) == len(made(seed).missions)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rate_goes_up_with_the_programme_to_48_a_year(seed: int) -> None:
    middles = [request.earliest_utc + (request.latest_utc - request.earliest_utc) / 2 for request in made(seed).missions]
    steps = [instant for instant, _ in rate_steps(programme())]
    rates = [
        365 * sum(first <= middle < last for middle in middles) / days_between(first, last)
        for first, last in zip(steps, [*steps[1:], END_UTC], strict=True)
    ]
    assert rates[0] <= 18
    assert rates[0] < rates[2] < rates[3]
    assert 43 <= rates[3] <= 53


def test_a_programme_that_lags_lets_fewer_flights_fly() -> None:
    template = read_programme_template()
    slow = tuple(replace(task, duration_d=task.duration_d + 60.0 * (task.task_id == "P1-12")) for task in template.tasks)
    late = ramp(dict(read_catalogue()), replace(template, tasks=slow), seed=1)
    assert len(late.missions) < len(made().missions)
    assert min(one.earliest_utc for one in late.missions) >= min(one.earliest_utc for one in made().missions) + days(30)


def test_a_programme_without_the_tasks_that_rates_hang_on_is_refused() -> None:
    template = read_programme_template()
    tasks = tuple(replace(task, task_id="X") if task.task_id == "P2-08" else task for task in template.tasks)
    tasks = tuple(replace(task, after=tuple("X" if one == "P2-08" else one for one in task.after)) for task in tasks)
    checks = tuple(
        replace(one, before=tuple("X" if name == "P2-08" else name for name in one.before)) for one in template.checks
    )
    with pytest.raises(ScenarioError, match="P2-08"):
        ramp(dict(read_catalogue()), replace(template, tasks=tasks, checks=checks), seed=1)


def test_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    again = ramp(dict(read_catalogue()), read_programme_template(), seed=1)
    assert scenario_files(again) == scenario_files(made())
    assert scenario_files(made(2)) != scenario_files(made())


def test_the_ramp_is_written_and_read_without_a_loss(tmp_path: Path) -> None:
    write_scenario(made(), tmp_path / "ramp")
    again: Any = read_scenario(tmp_path / "ramp")
    for field in ("missions", "cargo", "stock", "programme_tasks", "programme_resources", "programme_gates"):
        assert getattr(again, field) == getattr(made(), field)
    assert (again.settings.start_utc, again.settings.end_utc) == (START_UTC, END_UTC)
    assert {name for name, _ in RATES} <= {task.task_id for task in again.programme_tasks} | {
        check.gate for check in again.programme_gates
    }


def test_the_plan_of_the_first_flights_breaks_no_hard_rule_and_none_flies_before_the_gate() -> None:
    plan = plan_year(made(1, SLICE), planner=OPTIMISED, watch=lambda stage, share: None)
    judged = judge(replace(plan, kpis=measure_kpis(plan)))
    assert [violation for violation in judged if violation.hard] == []
    assert plan.causes == ()
    assert len(plan.missions) == SLICE
    opens_utc = programme().opens_utc("service-launch")
    assert opens_utc is not None
    assert min(mission.launch_utc for mission in plan.missions) >= opens_utc


def test_new_writes_as_many_flights_of_the_ramp_as_are_asked_for(tmp_path: Path) -> None:
    told = run("new", str(tmp_path / "ramp"), "--from", "ramp", "--missions", "12")
    assert told.code == 0
    assert len(read_scenario(tmp_path / "ramp").missions) == 12
