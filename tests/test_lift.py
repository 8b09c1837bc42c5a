"""Routes beyond low Earth orbit decide what a flight carries, and which date it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from supercargo.app.use_cases import plan_scenario
from supercargo.kernel import NoPlan
from supercargo.measure.kpis import measure_kpis
from supercargo.model import LaunchEnergy, OperationsPlan, Scenario, TransferWindow
from supercargo.plan.lift import lift_by
from supercargo.plan.pipeline import BASELINE, OPTIMISED, plan_year
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import write_scenario
from tests.builders import FACT, a_line, a_scenario, a_vehicle, on_day
from tests.plans import a_plan
from tests.test_windows import a_far_scenario, a_listed_window

FAST = {"route": "fast", "delta_v_m_s": 550.0, "transit_d": 5.0}  # a Wren takes 742.785 kg
SLOW = {"route": "low-energy", "delta_v_m_s": 300.0, "transit_d": 60.0}  # a full 1000 kg


def at(day: float, route: dict[str, Any]) -> TransferWindow:
    return a_listed_window(opens_utc=on_day(day), launch_utc=on_day(day), closes_utc=on_day(day), **route)


def bags(count: int, due_d: float | None, mass_kg: float = 60.0) -> tuple[Any, ...]:
    due = None if due_d is None else on_day(due_d)
    return tuple(
        a_line(item_id=f"G{n:02d}", destination="Far", pieces=1, mass_kg=mass_kg, due_utc=due, must=False)
        for n in range(count)
    )


def far(*listed: TransferWindow, cargo: tuple[Any, ...] = (), **changes: Any) -> Scenario:
    """One mission to a far place, 200 kg in tanks and 900 kg in holds at most, with prices there."""
    scenario = a_far_scenario(*listed, latest_utc=on_day(140))
    base = a_scenario()
    own: dict[str, Any] = {
        "cargo": cargo,
        "ports": tuple(replace(port, destination="Far") for port in base.ports),
        "prices": tuple(replace(price, destination="Far") for price in base.prices),
        **dict.fromkeys(("stock", "crew", "demand", "spares", "rates"), ()),
    }
    return replace(scenario, **{**own, **changes})


def planned(scenario: Scenario, planner: Any = OPTIMISED) -> OperationsPlan:
    plan = plan_year(scenario, planner=planner, watch=lambda stage, share: None)
    return replace(plan, kpis=measure_kpis(plan))


def hard(plan: OperationsPlan) -> list[str]:
    return [f"{one.rule} {one.text}" for one in judge(plan) if one.hard]


def test_a_mission_flies_by_a_listed_route_and_carries_what_that_route_lifts() -> None:
    plan = planned(far(at(100.3, FAST), cargo=bags(14, None)))
    (mission,) = plan.missions
    assert (mission.profile, mission.delta_v_m_s) == ("fast", 660.0)  # with 110 m/s to leave
    assert mission.upmass_capacity_kg == pytest.approx(742.785, abs=1e-3)
    assert mission.upmass_kg == 720.0  # twelve bags of 60 kg; a Wren of 1000 kg would take all fourteen
    assert sum("mass on" in row.reason for row in plan.manifest if not row.mission_id) == 2
    assert mission.propellant_kg <= 1200.0
    assert hard(plan) == []
    assert next(kpi.value for kpi in plan.kpis if kpi.kpi_id == "K5") == pytest.approx(100 * 720 / 742.785, abs=1e-3)


def test_the_planner_without_foresight_carries_no_more_than_the_route_lifts() -> None:
    plan = planned(far(at(100.3, FAST), cargo=bags(14, None)), BASELINE)
    assert plan.missions[0].upmass_kg == 720.0
    assert hard(plan) == []


@pytest.mark.parametrize(
    ("cargo", "route"),
    [(bags(14, None), "low-energy"), (bags(6, 112.0), "fast")],
    ids=["much cargo without dates", "little cargo with a date"],
)
def test_of_two_routes_the_schedule_takes_what_carries_more_or_comes_earlier(cargo: tuple[Any, ...], route: str) -> None:
    plan = planned(far(at(100.3, FAST), at(100.9, SLOW), cargo=cargo))
    (mission,) = plan.missions
    assert mission.profile == route
    assert len([row for row in plan.manifest if row.mission_id]) == len(cargo)
    assert all(row.on_time is not False for row in plan.manifest)
    assert hard(plan) == []


def test_a_route_without_a_delta_v_keeps_the_place_s_and_the_type_s_upmass() -> None:
    named = planned(far(at(100.3, {"route": "fast", "transit_d": 5.0}), cargo=bags(14, None))).missions[0]
    plain = planned(far(at(100.3, {"transit_d": 5.0}), cargo=bags(14, None))).missions[0]
    assert (named.profile, plain.profile) == ("fast", "")
    assert replace(named, profile="") == plain
    assert plain.upmass_capacity_kg == 1000.0
    assert plain.delta_v_m_s == 260.0


@pytest.mark.parametrize(("daylight", "route"), [(False, "fast"), (True, "low-energy")])
def test_a_type_that_docks_in_daylight_takes_the_route_that_arrives_in_the_light(daylight: bool, route: str) -> None:
    dark, lit = at(100.3, {**FAST, "sun_elevation_deg": -0.5}), at(100.9, {**SLOW, "sun_elevation_deg": 0.5})
    plan = planned(far(dark, lit, cargo=bags(6, 112.0), vehicles=(a_vehicle(daylight=daylight),)))
    assert plan.missions[0].profile == route
    assert hard(plan) == []
    seeing = tuple(replace(one, daylight=True) for one in plan.scenario.vehicles)
    told = judge(replace(plan, scenario=replace(plan.scenario, vehicles=seeing)))
    assert [one.object for one in told if one.rule == "daylight-docking"] == ([] if daylight else ["M1"])


def energies(payload_kg: float) -> tuple[LaunchEnergy, ...]:
    return (LaunchEnergy(launcher="Lark", c3_km2_s2=0.0, payload_kg=payload_kg, **FACT),)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"vehicles": (a_vehicle(propellant_kg=900.0),)},
            "the tanks of a Wren hold 900 kg of propellant, too little even for",
        ),
        (
            {"vehicles": (a_vehicle(propellant_kg=100.0),)},
            "a Wren needs 187 kg of propellant to leave Far, its tanks hold 100 kg",
        ),
        ({"vehicles": (a_vehicle(isp_s=0.0),)}, "a Wren has no engine to leave Far"),
        ({"launch_energies": energies(4900.0)}, "Lark sends 4,900 kg off at C3 -1.5 km2/s2, too little even for"),
    ],
    ids=["tanks", "tanks for the way back", "no engine", "launcher"],
)
def test_a_route_by_which_nothing_can_be_carried_is_told_with_what_binds(changes: dict[str, Any], told: str) -> None:
    scenario = far(at(100.3, {**FAST, "delta_v_m_s": 500.0, "c3_km2_s2": -1.5}), cargo=bags(2, None), **changes)
    with pytest.raises(NoPlan) as refused:
        planned(scenario)
    assert "its spacecraft carries nothing by any route that is listed" in str(refused.value)
    assert told in str(refused.value)


def test_a_must_line_left_behind_is_a_cause_once(tmp_path: Path) -> None:
    cargo = tuple(replace(line, must=True) for line in bags(20, None))
    write_scenario(far(at(100.3, FAST), cargo=cargo), tmp_path / "s")
    with pytest.raises(NoPlan) as refused:
        plan_scenario(tmp_path / "s", tmp_path / "out")
    named = [cause.split()[0:3] for cause in refused.value.causes if "must" in cause.split()[0]]
    lines = [cause for cause in refused.value.causes if cause.startswith("must line G")]
    assert len(lines) == len({cause.split()[2] for cause in lines}) >= 1
    assert [words for words in named if words[0] == "must-line"] == []


def test_a_launcher_without_a_table_or_a_window_without_an_energy_sets_no_limit_and_is_remarked() -> None:
    scenario = far(at(100.3, {**SLOW, "c3_km2_s2": -0.6}), at(110.3, SLOW), cargo=bags(2, None))
    near, other = find_windows(scenario)
    known = replace(scenario, launch_energies=energies(5500.0))
    vehicle = scenario.vehicles[0]
    free = lift_by(scenario, vehicle, near)
    assert free is not None
    assert (free.kg, free.remark) == (1000.0, "what Lark sends off at a launch energy is not known: it sets no limit")
    unsaid, bound = lift_by(known, vehicle, other), lift_by(known, vehicle, near)
    assert unsaid is not None
    assert bound is not None
    assert (unsaid.kg, unsaid.remark) == (1000.0, "the launch energy is not given: Lark sets no limit")
    assert (bound.limited_by, bound.remark) == ("launcher", "")
    assert bound.kg < 1000.0


# the referee


def test_the_plan_made_by_hand_keeps_the_rules_of_its_route() -> None:
    plan = a_plan()
    (window,) = [row for row in plan.windows if row.used_by == "M4"]
    assert (window.route, window.delta_v_m_s, window.c3_km2_s2) == ("fast", 550.0, -2.0)
    assert hard(plan) == []


@pytest.mark.parametrize(("spare_kg", "faulted"), [(0.1, False), (-0.1, True)])
def test_tanks_too_small_for_the_loads_of_a_route_break_a_hard_rule(spare_kg: float, faulted: bool) -> None:
    plan = a_plan()
    held_kg = plan.mission_named["M4"].propellant_kg + spare_kg
    small = tuple(replace(one, propellant_kg=held_kg) for one in plan.scenario.vehicles)
    told = judge(replace(plan, scenario=replace(plan.scenario, vehicles=small)))
    assert [(one.object, one.hard) for one in told if one.rule == "route-propellant"] == ([("M4", True)] if faulted else [])
    assert "M4" not in {one.object for one in told if one.rule == "propellant-short"}


@pytest.mark.parametrize(("spare_kg", "faulted"), [(0.1, False), (-0.1, True)])
def test_a_launcher_sends_off_the_whole_spacecraft_or_breaks_a_hard_rule(spare_kg: float, faulted: bool) -> None:
    plan = a_plan()
    mission = plan.mission_named["M4"]
    whole_kg = plan.scenario.vehicle_types["Wren"].dry_mass_kg + mission.upmass_kg + mission.propellant_kg
    rows = tuple(replace(row, payload_kg=whole_kg + spare_kg) for row in plan.scenario.launch_energies)
    found = [
        one
        for one in judge(replace(plan, scenario=replace(plan.scenario, launch_energies=rows)))
        if one.rule == "launch-energy"
    ]
    assert [(one.object, one.hard) for one in found] == ([("M4", True)] if faulted else [])
