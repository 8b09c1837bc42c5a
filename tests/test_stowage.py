"""Stowage and the loop with the manifest: the rules of docs/planning-rules.md, and who is refused when not all fit."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.kernel import Status
from supercargo.model import Bay, CargoLine, Flight, Load, Manifest, Scenario, Schedule, StowagePlan
from supercargo.plan.loading import load_first_come, load_missions, reached_fill, without_refused
from supercargo.plan.manifest import fill_manifest
from supercargo.plan.manifest_worth import left_behind_usd, worth_usd
from supercargo.plan.stowage import stow, stowed_lines
from supercargo.plan.stowage_balance import badness, balance, lay_out
from supercargo.plan.stowage_pieces import holds_of, items_of
from supercargo.solve.packing import Packing
from tests.builders import START, a_bay, a_line, a_scenario, a_vehicle, on_day
from tests.stowage_rules import mission_faults

BAGS = (
    (0.425, 0.248, 0.235, 7.3),
    (0.502, 0.425, 0.248, 15.4),
    (0.502, 0.425, 0.502, 31.0),
    (0.749, 0.425, 0.502, 46.4),
    (0.897, 0.508, 0.533, 70.5),
)


def a_flight(mission_id: str = "M1", vehicle_type: str = "Wren") -> Flight:
    instants: dict[str, Any] = {name: START for name in Flight.__slots__ if name.endswith("_utc")}
    return Flight(
        mission_id=mission_id, vehicle_id="W1", vehicle_type=vehicle_type, launcher="Lark", site="Cape", pad="P1",
        facility_id="Cape-PPF", destination="Hub", port="fore", unload_h_d=8.0, **instants,
    )  # fmt: skip


def aboard(lines: tuple[CargoLine, ...], mission_id: str = "M1") -> Manifest:
    return Manifest(loads=tuple(Load(item_id=x.item_id, part=0, mission_id=mission_id, mass_kg=x.mass_kg) for x in lines))


def four_bays(**changes: Any) -> tuple[Bay, ...]:
    shape: dict[str, Any] = {"dx_m": 0.9, "dy_m": 1.0, "dz_m": 1.6, "cg_x_min_m": -0.2, "cg_x_max_m": 0.2, "cg_y_min_m": -0.2,
                             "cg_y_max_m": 0.2, **changes}  # fmt: skip
    corners = {"A": (-1.0, -1.1), "B": (0.1, -1.1), "C": (-1.0, 0.1), "D": (0.1, 0.1)}
    return tuple(a_bay(bay=bay, x0_m=x, y0_m=y, **shape) for bay, (x, y) in corners.items())


def some_cargo(seed: int, fill: float) -> tuple[CargoLine, ...]:
    """Bags and boxes up to a share of the four bays' volume, with late, powered, upright and fixed lines among them."""
    rng, lines, volume = np.random.default_rng(seed), list[CargoLine](), 0.0
    while volume < fill * 4 * 0.9 * 1.0 * 1.6:
        dx, dy, dz, kg = BAGS[int(rng.integers(len(BAGS)))]
        if rng.random() < 0.3:
            dx, dy, dz = (float(side) for side in np.round(rng.uniform(0.15, 0.8, 3), 3))
        pieces = int(rng.integers(1, 5))
        line = a_line(
            item_id=f"L{len(lines):03d}", pieces=pieces, mass_kg=round(float(pieces * kg * rng.uniform(0.6, 1.4)), 3),
            dx_m=dx, dy_m=dy, dz_m=dz, orientation=("any", "any", "any", "upright", "fixed")[int(rng.integers(5))],
            late_load=bool(rng.random() < 0.15), power_w=30.0 if rng.random() < 0.1 else 0.0, must=bool(rng.random() < 0.1),
            priority=int(rng.integers(1, 6)), due_utc=on_day(float(rng.integers(40, 200))),
        )  # fmt: skip
        lines.append(line)
        volume += line.volume_m3
    return tuple(lines)


def stowed(lines: tuple[CargoLine, ...], bays: tuple[Bay, ...], **changes: Any) -> tuple[Scenario, StowagePlan]:
    scenario = a_scenario(cargo=lines, bays=bays, **changes)
    return scenario, stow(scenario, Schedule(flights=(a_flight(),)), aboard(lines))


def faults(lines: tuple[CargoLine, ...], bays: tuple[Bay, ...], plan: StowagePlan) -> list[str]:
    refused = {item_id for _, item_id in plan.refused}
    return list(mission_faults(list(plan.placements), [line for line in lines if line.item_id not in refused], bays))


@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
@settings(max_examples=25, deadline=None)
def test_what_is_stowed_keeps_every_rule(seed: int, fill: float) -> None:
    lines, bays = some_cargo(seed, fill), four_bays()
    _, plan = stowed(lines, bays)
    assert not faults(lines, bays, plan)


@pytest.mark.parametrize("seed", range(6))
def test_a_hold_at_two_thirds_takes_nearly_every_line(seed: int) -> None:
    lines = some_cargo(seed, 0.66)
    _, plan = stowed(lines, four_bays())
    assert len(plan.refused) <= 2


def test_the_order_of_lines_and_loads_does_not_matter() -> None:
    lines = some_cargo(3, 0.6)
    _, one = stowed(lines, four_bays())
    _, other = stowed(tuple(reversed(lines)), four_bays())
    assert one == other


def test_refused_lines_leave_no_piece_aboard() -> None:
    lines = some_cargo(5, 1.3)
    _, plan = stowed(lines, four_bays())
    refused = {item_id for _, item_id in plan.refused}
    assert refused
    assert not refused & {row.item_id for row in plan.placements}
    assert {row.item_id for row in plan.placements} | refused == {line.item_id for line in lines}


def test_the_order_of_bays_in_the_file_does_not_matter() -> None:
    lines, bays = some_cargo(3, 0.5), four_bays()
    plans = [
        stow(a_scenario(cargo=lines, bays=some), Schedule(flights=(a_flight(),)), aboard(lines)) for some in (bays, bays[::-1])
    ]
    assert plans[0].placements
    assert plans[0] == plans[1]


def test_must_and_high_priority_lines_are_refused_last() -> None:
    bag: dict[str, Any] = {"pieces": 2, "mass_kg": 60.0, "dx_m": 0.9, "dy_m": 0.5, "dz_m": 0.8}
    ranks = [(3, False), (5, False), (1, False), (4, True), (2, False), (5, False)]
    lines = tuple(a_line(item_id=f"L{i}", priority=p, must=must, **bag) for i, (p, must) in enumerate(ranks))
    bays = four_bays(dz_m=0.8)  # eight pieces fit
    _, plan = stowed(lines, bays)
    assert [item_id for _, item_id in plan.refused] == ["L1", "L5"]
    assert not faults(lines, bays, plan)


def test_a_line_larger_than_every_bay_is_refused_and_the_rest_is_stowed() -> None:
    lines = (a_line(item_id="BIG", dx_m=1.7, must=True, pieces=1), *some_cargo(1, 0.3))
    _, plan = stowed(lines, four_bays())
    assert plan.refused == (("M1", "BIG"),)


def test_unpressurised_pieces_go_to_open_bays_only_and_are_refused_without() -> None:
    lines = (a_line(item_id="U", form="unpressurised", pieces=2, mass_kg=80.0), a_line(item_id="B", pieces=4, mass_kg=60.0))
    open_bay = a_bay(
        bay="T", x0_m=-0.6, y0_m=-0.6, z0_m=-1.5, dx_m=1.2, dy_m=1.2, dz_m=1.4, pressurised=False, cg_z_min_m=-2.0
    )
    closed = four_bays(cg_z_min_m=-2.0)
    _, plan = stowed(lines, (*closed, open_bay))
    assert {row.bay for row in plan.placements if row.item_id == "U"} == {"T"}
    _, without = stowed(lines, closed)
    assert without.refused == (("M1", "U"),)


def test_powered_pieces_are_spread_over_bays_with_slots() -> None:
    lines = (a_line(item_id="P", pieces=4, mass_kg=40.0, power_w=20.0), a_line(item_id="Q", pieces=4, mass_kg=40.0))
    bays = four_bays(powered_slots=1)
    _, plan = stowed(lines, bays)
    assert not plan.refused
    assert sorted(row.bay for row in plan.placements if row.item_id == "P") == ["A", "B", "C", "D"]


def test_heavy_and_light_pieces_change_places_until_the_load_is_in_balance() -> None:
    heavy = [a_line(item_id=f"H{i}", pieces=1, mass_kg=60.0, due_utc=on_day(30 + i)) for i in range(4)]
    light = [a_line(item_id=f"L{i}", pieces=1, mass_kg=5.0, due_utc=on_day(200 + i)) for i in range(12)]
    lines, bays = (*heavy, *light), four_bays(cg_x_min_m=-0.05, cg_x_max_m=0.05, cg_y_min_m=-0.05, cg_y_max_m=0.05)
    _, plan = stowed(lines, bays)
    assert not plan.refused
    assert not faults(lines, bays, plan)


def test_one_piece_that_no_bay_can_centre_is_refused() -> None:
    lines = (a_line(item_id="ONE", pieces=1, mass_kg=30.0),)
    _, plan = stowed(lines, four_bays(cg_x_min_m=-0.05, cg_x_max_m=0.05))
    assert plan.refused == (("M1", "ONE"),)


def test_balance_says_how_far_out_a_load_is() -> None:
    lines = [a_line(item_id="ONE", pieces=1, mass_kg=30.0)]
    holds = holds_of(lines, four_bays(cg_x_min_m=-0.05, cg_x_max_m=0.05))
    box = np.array([[0, 1, 300, 0, 0, 502, 425, 248]], np.int64)
    layout = lay_out(holds, [Packing(box, (0,))])
    bad, moved = balance(layout)
    assert badness(layout) > bad > 0.0
    assert moved.boxes[0, 2] == 900 - 300 - 502  # mirrored towards the axis


def test_bay_mass_is_kept_when_masses_differ_within_a_kind() -> None:
    lines = tuple(a_line(item_id=f"L{i:02d}", pieces=1, mass_kg=4.0 + 56.0 * (i % 2)) for i in range(16))
    bays = four_bays(max_mass_kg=135.0)
    _, plan = stowed(lines, bays)
    assert not plan.refused
    assert not faults(lines, bays, plan)


def test_urgent_lines_are_taken_out_first() -> None:
    late = a_line(item_id="LATE", pieces=2, mass_kg=20.0, late_load=True, due_utc=on_day(200), priority=5)
    soon = a_line(item_id="SOON", pieces=2, mass_kg=30.0, due_utc=on_day(40))
    rest = tuple(a_line(item_id=f"R{i}", pieces=2, mass_kg=30.0, due_utc=on_day(100 + i)) for i in range(6))
    _, plan = stowed((*rest, soon, late), four_bays())
    order = [row.item_id for row in plan.placements]
    assert order[:4] == ["LATE", "LATE", "SOON", "SOON"]


def test_grams_left_over_by_dividing_a_line_are_not_lost() -> None:
    assert items_of(a_line(pieces=3, mass_kg=100.0)).grams == (33334, 33333, 33333)


def test_loads_that_did_not_change_are_taken_over_as_they_are() -> None:
    lines = some_cargo(2, 0.5)
    scenario, plan = stowed(lines, four_bays())
    schedule, shuffled = Schedule(flights=(a_flight(),)), tuple(reversed(plan.placements))
    assert stow(scenario, schedule, aboard(lines), keep={"M1": shuffled}).placements == shuffled
    fewer = aboard(lines[1:])
    assert stow(scenario, schedule, fewer, keep={"M1": shuffled}) == stow(scenario, schedule, fewer)


def test_bulk_and_return_cargo_need_no_place_in_a_bay() -> None:
    bulk = a_line(item_id="W", form="bulk", supply_class="water", pieces=1, dx_m=None, dy_m=None, dz_m=None)
    down = a_line(item_id="D", direction="down")
    bag = a_line(item_id="B")
    scenario = a_scenario(cargo=(bulk, down, bag))
    assert [line.item_id for line in stowed_lines(scenario, aboard((bulk, down, bag)))["M1"]] == ["B"]


def test_lines_refused_to_the_end_are_left_behind_with_the_mission_named() -> None:
    lines = (a_line(item_id="BIG", dx_m=1.7, pieces=1), a_line(item_id="B", pieces=4, mass_kg=60.0))
    scenario, plan = stowed(lines, four_bays())
    schedule = Schedule(flights=(a_flight(),))
    manifest = without_refused(scenario, schedule, aboard(lines), plan)
    left = manifest.left_behind
    assert [load.item_id for load in left] == ["BIG"]
    assert left[0].reason.startswith("no room on M1 in 3D: ")
    assert [load.item_id for load in manifest.aboard["M1"]] == ["B"]


def test_refusals_at_a_low_fill_do_not_lower_the_fill_much() -> None:
    lines = (a_line(item_id="BIG", dx_m=1.7, pieces=1), a_line(item_id="B", pieces=4, mass_kg=60.0))
    scenario, plan = stowed(lines, four_bays())
    assert reached_fill(scenario, Schedule(flights=(a_flight(),)), plan) == {"M1": 0.55}


def test_progress_reaches_one_and_never_falls() -> None:
    lines = some_cargo(4, 0.3)
    scenario = a_scenario(cargo=lines, bays=four_bays())
    told: list[float] = []
    flights = (a_flight(), a_flight("M2"))
    stow(scenario, Schedule(flights=flights), aboard(lines), watch=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_few_tries_give_a_lawful_answer_too() -> None:
    lines, bays = some_cargo(7, 0.8), four_bays()
    scenario = a_scenario(cargo=lines, bays=bays)
    limits = replace(scenario.settings.limits, stowage_tries=1)
    few = replace(scenario, settings=replace(scenario.settings, limits=limits))
    plan = stow(few, Schedule(flights=(a_flight(),)), aboard(lines))
    assert not faults(lines, bays, plan)


def two_flights() -> Schedule:
    def on(mission_id: str, day: float) -> Flight:
        return replace(
            a_flight(mission_id), launch_utc=on_day(day), arrive_utc=on_day(day + 1), unload_start_utc=on_day(day + 1.5),
            unload_end_utc=on_day(day + 7), load_start_utc=on_day(day + 20), load_end_utc=on_day(day + 24),
            depart_utc=on_day(day + 25), end_utc=on_day(day + 26),
        )  # fmt: skip

    return Schedule(flights=(on("M1", 30.0), on("M2", 100.0)))


def tall_cargo() -> tuple[CargoLine, ...]:
    """Six lines of two upright pieces; four bays hold two such pieces each by their floor, though volume would allow three."""
    tall: dict[str, Any] = {"pieces": 2, "mass_kg": 60.0, "dx_m": 0.8, "dy_m": 0.5, "dz_m": 0.9, "orientation": "upright"}
    return tuple(a_line(item_id=f"T{i}", priority=1 + i % 5, release_utc=on_day(-60 + i), **tall) for i in range(6))


def test_what_one_mission_refuses_flies_on_the_next() -> None:
    scenario = a_scenario(cargo=tall_cargo(), bays=four_bays())
    outcome, plan = load_missions(scenario, two_flights(), ())
    assert outcome.best is not None
    assert not plan.refused
    assert not outcome.best.left_behind
    assert {row.mission_id for row in plan.placements} == {"M1", "M2"}
    for mission_id, lines in stowed_lines(scenario, outcome.best).items():
        assert not list(mission_faults(list(plan.of_mission[mission_id]), lines, scenario.bays))


def test_a_last_round_leaves_refused_lines_behind_and_prices_them() -> None:
    scenario = a_scenario(cargo=tall_cargo(), bays=four_bays())
    limits = replace(scenario.settings.limits, stowage_rounds=1, packing_fraction=1.0)
    once = replace(scenario, settings=replace(scenario.settings, limits=limits))
    schedule = Schedule(flights=two_flights().flights[:1])
    outcome, plan = load_missions(once, schedule, ())
    assert outcome.best is not None
    assert outcome.status is Status.FEASIBLE
    assert outcome.bound < outcome.objective
    aboard_ids = {load.item_id for load in outcome.best.aboard["M1"]}
    assert aboard_ids == {row.item_id for row in plan.placements}
    assert {load.item_id for load in outcome.best.left_behind} == {line.item_id for line in once.cargo} - aboard_ids
    assert all("no room on M1 in 3D" in load.reason for load in outcome.best.left_behind)


def test_the_objective_after_refusals_is_that_of_the_manifest_returned() -> None:
    water = a_line(
        item_id="W1", form="bulk", supply_class="water", pieces=1, mass_kg=150.0, dx_m=None, dy_m=None, dz_m=None, priority=5
    )
    vehicles = (a_vehicle(upmass_kg=380.0),)
    scenario = a_scenario(cargo=(*tall_cargo(), water), bays=four_bays(), vehicles=vehicles, terms=())
    limits = replace(scenario.settings.limits, stowage_rounds=1, packing_fraction=1.0)
    once = replace(scenario, settings=replace(scenario.settings, limits=limits))
    schedule = Schedule(flights=two_flights().flights[:1])
    outcome, _ = load_missions(once, schedule, ())
    assert outcome.best is not None
    lines, (flight,) = once.lines, schedule.flights
    flown = {load.item_id: load.mass_kg / lines[load.item_id].mass_kg for load in outcome.best.aboard["M1"]}
    worth = math.fsum(share * worth_usd(once, lines[name], flight) for name, share in flown.items())
    behind = math.fsum((1.0 - flown.get(name, 0.0)) * left_behind_usd(once, line) for name, line in lines.items())
    assert outcome.best.left_behind
    assert outcome.objective == pytest.approx(behind - worth)


def test_no_refusal_ever_raises_what_a_mission_may_be_filled_to() -> None:
    scenario = a_scenario(cargo=tall_cargo(), bays=four_bays())
    limits = replace(scenario.settings.limits, packing_fraction=0.4)
    tight = replace(scenario, settings=replace(scenario.settings, limits=limits))
    plan = StowagePlan(placements=(), refused=(("M1", "T0"),))
    assert reached_fill(tight, two_flights(), plan) == {"M1": 0.4}


def test_a_load_that_fits_at_once_keeps_the_status_of_the_manifest() -> None:
    scenario = a_scenario(cargo=tall_cargo()[:2], bays=four_bays())
    outcome, _ = load_missions(scenario, two_flights(), ())
    assert outcome.status is fill_manifest(scenario, two_flights(), ()).status


def test_first_come_sends_a_refused_line_on_to_the_next_mission() -> None:
    scenario = a_scenario(cargo=tall_cargo(), bays=four_bays())
    manifest, plan = load_first_come(scenario, two_flights())
    assert not manifest.left_behind
    moved_on = {row.item_id for row in plan.placements if row.mission_id == "M2"}
    assert moved_on == {"T3", "T4"}  # the two of lowest priority
