"""The main job on the full reference year: planned, judged, spoilt, planned again.

Seed 1 runs always; `SUPERCARGO_SEEDS=1-20` runs more of them.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from supercargo.app.reference import reference_year
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario, verify_plan
from supercargo.kernel import days_between, stream
from supercargo.measure.kpis import measure_kpis
from supercargo.model import OperationsPlan, Scenario
from supercargo.plan.demand import forecast_demand
from supercargo.plan.needs import stock_needs
from supercargo.plan.pipeline import BASELINE, OPTIMISED, plan_year
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import plan_files, read_catalogue, read_plan
from tests.mutations import MUTATIONS, Mutation


def seeds() -> list[int]:
    first, _, last = os.environ.get("SUPERCARGO_SEEDS", "1").partition("-")
    return list(range(int(first), int(last or first) + 1))


def unwatched(stage: str, share: float) -> None:
    """Nobody listens."""


def planned(scenario: Scenario, planner: object = OPTIMISED) -> OperationsPlan:
    plan = plan_year(scenario, planner=planner, watch=unwatched)  # type: ignore[arg-type]
    return replace(plan, kpis=measure_kpis(plan))


@pytest.fixture(scope="module", params=seeds(), ids=lambda seed: f"seed{seed}")
def year(request: pytest.FixtureRequest) -> OperationsPlan:
    return planned(reference_year(read_catalogue(), seed=request.param))


def kpi(plan: OperationsPlan, kpi_id: str) -> float:
    value = next(row.value for row in measure_kpis(plan) if row.kpi_id == kpi_id)
    assert value is not None
    return value


def test_year_has_the_size_and_variety_it_claims(year: OperationsPlan) -> None:
    scenario = year.scenario
    assert (len(scenario.missions), len(scenario.cargo)) == (48, 5000)
    assert len(scenario.customers) >= 20
    assert len({mission.vehicle_type for mission in year.missions}) >= 10
    assert len({mission.site for mission in year.missions}) >= 6
    kinds = {place.kind for place in scenario.destinations}
    assert kinds == {"station", "gateway", "surface", "asteroid", "platform", "depot"}
    assert sum(place.kind == "station" for place in scenario.destinations) >= 4  # the ISS and three commercial ones


def test_year_is_planned_without_a_hard_fault(year: OperationsPlan) -> None:
    assert [violation for violation in judge(year) if violation.hard] == []
    assert year.causes == ()
    assert year.unflown == ()


def test_gaps_of_the_year_are_proven(year: OperationsPlan) -> None:
    gaps = {stage.stage: stage.gap for stage in year.stages}
    assert gaps["schedule"] is not None
    assert gaps["schedule"] <= 0.02
    assert gaps["manifest"] is not None
    assert gaps["manifest"] <= 0.01


def test_two_ports_are_taken_85_percent_of_the_year(year: OperationsPlan) -> None:
    settings = year.scenario.settings
    taken_d: dict[tuple[str, str], float] = defaultdict(float)
    for mission in year.missions:
        until = min(mission.docked_utc[1], settings.end_utc)
        taken_d[mission.destination, mission.port] += max(0.0, days_between(mission.docked_utc[0], until))
    assert sum(days / settings.horizon_days >= 0.85 for days in taken_d.values()) >= 2


def test_missions_are_full_and_late_load_is_short(year: OperationsPlan) -> None:
    shares = [max(m.upmass_kg / m.upmass_capacity_kg, m.upvolume_m3 / m.upvolume_capacity_m3) for m in year.missions]
    assert sum(share >= 0.97 for share in shares) >= 8
    late = [m.late_load_kg / m.late_load_capacity_kg for m in year.missions if m.late_load_capacity_kg]
    assert sum(share >= 0.97 for share in late) >= 5


def test_revenue_is_that_of_the_service_and_leaves_its_margin(year: OperationsPlan) -> None:
    assert kpi(year, "K9") == pytest.approx(1.8e9, rel=0.03)
    assert kpi(year, "K10") > 20.0


def test_first_come_first_served_is_ten_points_worse(year: OperationsPlan) -> None:
    baseline = planned(year.scenario, BASELINE)
    assert kpi(year, "K3") - kpi(baseline, "K3") >= 10.0
    promises = {"must-line", "must-mission", "stock-reserve", "contract-minimum"}
    assert {violation.rule for violation in judge(baseline) if violation.hard} <= promises


def test_one_port_fewer_makes_the_schedule_worse(year: OperationsPlan) -> None:
    scenario = year.scenario

    def objective(tried: Scenario) -> float:
        needs = stock_needs(tried, forecast_demand(tried, rng=stream(tried.settings.seed, "demand")))
        return schedule_missions(tried, find_windows(tried), needs).bound

    ports = tuple(port for port in scenario.ports if (port.destination, port.port) != ("ISS", "Harmony nadir"))
    assert len(ports) == len(scenario.ports) - 1
    reported = next(stage.objective for stage in year.stages if stage.stage == "schedule")
    assert reported is not None
    assert objective(replace(scenario, ports=ports)) > 1.5 * reported


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_referee_names_what_was_spoilt_in_the_year(year: OperationsPlan, mutation: Mutation) -> None:
    try:
        spoilt = mutation.spoil(year)
    except LookupError as error:
        pytest.skip(f"{mutation.name}: {error}")
    assert mutation.rule in {violation.rule for violation in judge(spoilt)}


def test_order_of_rows_does_not_matter(year: OperationsPlan) -> None:
    shuffled: dict[str, Any] = {}
    for name in (
        "missions",
        "cargo",
        "ports",
        "pads",
        "tails",
        "facilities",
        "stock",
        "spares",
        "vehicles",
        "orbits",
        "blackouts",
    ):
        rows = list(getattr(year.scenario, name))
        Random(5).shuffle(rows)
        shuffled[name] = tuple(rows)
    again = planned(replace(year.scenario, **shuffled))
    mine, theirs = plan_files(year), plan_files(again)
    differing = {name for name in mine if mine[name] != theirs[name] and not name.startswith("scenario/")}
    assert differing <= {"plan.json"}


def folder_bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_tiny_gives_the_same_bytes_twice_and_is_judged_from_its_folder(tmp_path: Path) -> None:
    new_scenario(tmp_path / "tiny", NewScenario("tiny", seed=4))
    plans = [tmp_path / "one", tmp_path / "two"]
    for out in plans:
        plan_scenario(tmp_path / "tiny", out)
    first, second = (folder_bytes(out) for out in plans)
    assert {name for name in first if first[name] != second.get(name)} <= {"run.json"}
    assert first.keys() == second.keys()
    assert [violation for violation in verify_plan(plans[0]) if violation.hard] == []
    head = json.loads(first["plan.json"])
    assert head["fuse_blown"] is False
    assert not set(head["not_yet"]) & set(first)
    assert len(read_plan(plans[0]).kpis) == 16


def test_a_blown_fuse_is_owned_up_to(tmp_path: Path) -> None:
    new_scenario(tmp_path / "tiny", NewScenario("tiny", seed=4))
    plan_scenario(tmp_path / "tiny", tmp_path / "out", limit_s=0.001)
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["fuse_blown"] is True
    assert [violation for violation in verify_plan(tmp_path / "out") if violation.hard] == []
