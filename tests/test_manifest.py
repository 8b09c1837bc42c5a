from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.reference.tiny import tiny
from supercargo.kernel import Outcome, Status, days
from supercargo.model import CargoLine, Flight, HazardPair, Manifest, Scenario, Schedule, StockNeed, Term, Unflown
from supercargo.plan.first_come_manifest import manifest_first_come
from supercargo.plan.manifest import fill_manifest, refill
from supercargo.plan.manifest_offers import fits_a_bay, hindrance, offers_at, too_much
from supercargo.plan.manifest_promises import unkept_promises
from supercargo.plan.manifest_worth import left_behind_usd, worth_usd, worths_usd
from supercargo.plan.schedule import schedule_missions
from supercargo.plan.windows import find_windows
from supercargo.store import read_catalogue
from tests.builders import a_bay, a_line, a_mission, a_scenario, a_vehicle, on_day


def a_flight(mission_id: str, day: float, **changes: Any) -> Flight:
    base: dict[str, Any] = {
        "mission_id": mission_id, "vehicle_id": "W1", "vehicle_type": "Wren", "launcher": "Lark", "site": "Cape", "pad": "P1",
        "facility_id": "Cape-PPF", "destination": "Hub", "port": "fore", "processing_utc": on_day(day - 23),
        "pad_utc": on_day(day - 3), "launch_utc": on_day(day), "arrive_utc": on_day(day + 1),
        "unload_start_utc": on_day(day + 1.5),
        "unload_end_utc": on_day(day + 6.5), "load_start_utc": on_day(day + 30), "load_end_utc": on_day(day + 33),
        "depart_utc": on_day(day + 33.5), "end_utc": on_day(day + 34), "unload_h_d": 8.0,
    }  # fmt: skip
    return Flight(**{**base, **changes})


THREE = Schedule(flights=(a_flight("M1", 35), a_flight("M2", 95), a_flight("M3", 210)))
ONE = Schedule(flights=(a_flight("M1", 35),))


def a_need(kg_by_day: dict[int, float], supply_class: str = "food") -> StockNeed:
    need = np.zeros(365)
    for day, kg in sorted(kg_by_day.items()):
        need[day:] = kg
    return StockNeed(destination="Hub", supply_class=supply_class, on_hand_kg=700.0, reserve_kg=300.0, need_kg=need)


def with_lines(*lines: CargoLine, **changes: Any) -> Scenario:
    terms = tuple(term for term in a_scenario().terms if term.term != "minimum_kg")
    return a_scenario(**{"cargo": tuple(lines), "terms": terms, **changes})


def filled(scenario: Scenario, schedule: Schedule = THREE, **more: Any) -> Manifest:
    outcome = fill_manifest(scenario, schedule, more.pop("needs", ()), **more)
    assert outcome.best is not None
    return outcome.best


def missions_of(manifest: Manifest, item_id: str) -> list[str]:
    return [load.mission_id for load in manifest.loads if load.item_id == item_id]


def reason_of(manifest: Manifest, item_id: str) -> str:
    (load,) = [load for load in manifest.left_behind if load.item_id == item_id]
    return load.reason


# A second count of every rule of loading, written apart from the planner's own table of measures.


def faults(scenario: Scenario, schedule: Schedule, manifest: Manifest) -> Iterator[str]:
    yield from line_faults(scenario, manifest)
    for flight in schedule.flights:
        loads = manifest.aboard.get(flight.mission_id, ())
        yield from (f"{flight.mission_id}: {fault}" for fault in flight_faults(scenario, flight, loads))


def line_faults(scenario: Scenario, manifest: Manifest) -> Iterator[str]:
    masses: dict[str, float] = defaultdict(float)
    parts: dict[str, list[int]] = defaultdict(list)
    for load in manifest.loads:
        masses[load.item_id] += load.mass_kg
        parts[load.item_id].append(load.part)
        if round(load.mass_kg, 3) != load.mass_kg:
            yield f"{load.written_id} has a mass finer than 0.001 kg"
        if bool(load.reason) == bool(load.mission_id):
            yield f"{load.written_id} has a reason or a mission too many"
    for line in scenario.cargo:
        if abs(masses[line.item_id] - line.mass_kg) > 1e-6:
            yield f"{line.item_id} does not add up"
        if parts[line.item_id] != [0] and parts[line.item_id] != list(range(1, len(parts[line.item_id]) + 1)):
            yield f"{line.item_id} has parts {parts[line.item_id]}"
        if len(parts[line.item_id]) > 1 and line.form != "bulk":
            yield f"{line.item_id} is split"


def flight_faults(scenario: Scenario, flight: Flight, loads: Any) -> Iterator[str]:
    vehicle, place = scenario.vehicle_types[flight.vehicle_type], scenario.places[flight.destination]
    use: dict[str, float] = defaultdict(float)
    hazards: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for load in loads:
        line = scenario.lines[load.item_id]
        up = line.direction == "up"
        side = "up" if up else "back"
        hours = load.mass_kg / 1000 * place.hours_per_bulk_t if line.form == "bulk" else line.pieces * place.hours_per_piece
        use[f"{side} hours"] += hours
        use[f"{side} volume {line.form == 'unpressurised'}"] += line.volume_m3
        use[line.direction] += load.mass_kg
        use[f"{side} cold"] += load.mass_kg * (line.cold and line.direction != "disposal")
        hazards[up][line.hazard] += 1
        if up:
            use[line.form if line.form in ("bulk", "unpressurised") else "inside"] += load.mass_kg
            use["late"] += load.mass_kg * line.late_load
            use["slots"] += line.pieces * (line.power_w > 0)
            use["watts"] += line.pieces * line.power_w
            cutoff = vehicle.late_cutoff_d if line.late_load else vehicle.cargo_cutoff_d
            if line.release_utc + days(cutoff) > flight.launch_utc:
                yield f"{line.item_id} comes after the cut-off"
            if line.form == "bulk" and line.supply_class not in vehicle.bulk_classes:
                yield f"{line.item_id} in the wrong tank"
        elif line.release_utc > flight.load_start_utc:
            yield f"{line.item_id} comes after loading starts"
    volume = {
        kind: sum(
            bay.dx_m * bay.dy_m * bay.dz_m for bay in scenario.bays_of[flight.vehicle_type] if bay.pressurised is not kind
        )
        for kind in (True, False)
    }
    limits = {
        "up": vehicle.upmass_kg, "inside": vehicle.pressurised_kg, "unpressurised": vehicle.unpressurised_kg,
        "bulk": vehicle.bulk_kg, "late": vehicle.late_load_kg, "up cold": vehicle.cold_kg, "back cold": vehicle.cold_kg,
        "slots": vehicle.powered_slots, "watts": vehicle.power_w, "up hours": vehicle.unload_h, "back hours": vehicle.load_h,
        "down": vehicle.downmass_kg, "disposal": vehicle.disposal_kg, "up volume True": volume[True],
        "up volume False": volume[False], "back volume True": volume[True], "back volume False": volume[False],
    }  # fmt: skip
    for name, limit in limits.items():
        if use[name] > limit + 1e-5:
            yield f"{name} {use[name]} over {limit}"
    for pair in scenario.hazard_pairs:
        for found in hazards.values():
            if found[pair.hazard_a] and found[pair.hazard_b] and pair.hazard_a != pair.hazard_b:
                yield f"{pair.hazard_a} with {pair.hazard_b}"


def worth_of(scenario: Scenario, schedule: Schedule, manifest: Manifest) -> float:
    total = 0.0
    for load in manifest.loads:
        line = scenario.lines[load.item_id]
        share = load.mass_kg / line.mass_kg
        whole = (
            worth_usd(scenario, line, schedule.flight_of[load.mission_id])
            if load.mission_id
            else -left_behind_usd(scenario, line)
        )
        total += share * whole
    return total


@st.composite
def cargo(draw: st.DrawFn) -> tuple[CargoLine, ...]:
    lines = []
    for k in range(draw(st.integers(0, 30))):
        form = draw(st.sampled_from(("bag", "box", "unpressurised", "bulk")))
        size = None if form == "bulk" else draw(st.sampled_from((0.25, 0.4, 0.5, 0.8, 1.7)))
        lines.append(
            a_line(
                item_id=f"K{k:02d}", form=form, dx_m=size, dy_m=size, dz_m=size,
                pieces=1 if form == "bulk" else draw(st.integers(1, 6)),
                direction=draw(st.sampled_from(("up", "up", "up", "down", "disposal"))),
                supply_class=draw(st.sampled_from(("food", "water", "science"))),
                mass_kg=draw(st.integers(1, 600_000)) / 1000, hazard=draw(st.sampled_from(("", "", "flammable", "oxidiser"))),
                cold=draw(st.booleans()), late_load=draw(st.booleans()), power_w=draw(st.sampled_from((0.0, 0.0, 90.0))),
                release_utc=on_day(draw(st.integers(-60, 230))), priority=draw(st.integers(1, 5)), must=draw(st.booleans()),
                due_utc=draw(st.sampled_from((None, on_day(60), on_day(130), on_day(400)))),
            )
        )  # fmt: skip
    return tuple(lines)


@settings(max_examples=25, deadline=None)
@given(cargo())
def test_no_flight_ever_holds_more_than_the_rules_allow(lines: tuple[CargoLine, ...]) -> None:
    scenario = a_scenario(cargo=lines)
    outcome = fill_manifest(scenario, THREE, (a_need({60: 100.0, 200: 250.0}),))
    assert outcome.best is not None
    assert list(faults(scenario, THREE, outcome.best)) == []
    assert outcome.bound <= outcome.objective
    assert list(faults(scenario, THREE, manifest_first_come(scenario, THREE))) == []


@settings(max_examples=12, deadline=None)
@given(cargo(), st.randoms(use_true_random=False))
def test_the_order_of_cargo_rows_and_flights_does_not_matter(lines: tuple[CargoLine, ...], random: Any) -> None:
    mixed, flights = list(lines), list(THREE.flights)
    random.shuffle(mixed)
    random.shuffle(flights)
    first, second = a_scenario(cargo=lines), a_scenario(cargo=tuple(mixed))
    assert filled(first) == filled(second, Schedule(flights=tuple(flights)))
    assert manifest_first_come(first, THREE) == manifest_first_come(second, Schedule(flights=tuple(flights)))


@settings(max_examples=12, deadline=None)
@given(cargo())
def test_first_come_is_never_worth_more_than_the_proven_bound_allows(lines: tuple[CargoLine, ...]) -> None:
    scenario = with_lines(*(replace(line, must=False) for line in lines))
    outcome = fill_manifest(scenario, THREE, ())
    assert outcome.best is not None
    baseline = worth_of(scenario, THREE, manifest_first_come(scenario, THREE))
    assert baseline <= -outcome.bound + 1.0
    assert worth_of(scenario, THREE, outcome.best) == pytest.approx(-outcome.objective, abs=1.0)
    assert baseline <= -outcome.objective + 0.005 * abs(outcome.objective) + 1.0


def test_the_same_year_gives_the_same_manifest_twice() -> None:
    scenario = a_scenario()
    assert fill_manifest(scenario, THREE, ()) == fill_manifest(scenario, THREE, ())


def test_dear_cargo_goes_before_cheap_when_the_flight_is_full() -> None:
    lines = [a_line(item_id=f"P{k}", mass_kg=300.0, pieces=1, priority=k) for k in range(1, 6)]
    manifest = filled(with_lines(*lines, vehicles=(a_vehicle(upmass_kg=600.0),)), ONE)
    assert {load.item_id for load in manifest.aboard["M1"]} == {"P1", "P2"}
    assert reason_of(manifest, "P3") == "the one flight it could take is full with lines worth more (mass on M1)"


def test_a_line_with_a_due_date_takes_the_early_flight_and_one_without_makes_way() -> None:
    urgent = a_line(item_id="URGENT", mass_kg=500.0, pieces=1, due_utc=on_day(60), release_utc=on_day(10))
    patient = a_line(item_id="PATIENT", mass_kg=500.0, pieces=1, due_utc=on_day(300), release_utc=on_day(-60))
    scenario = with_lines(urgent, patient, vehicles=(a_vehicle(upmass_kg=600.0),))
    manifest = filled(scenario)
    assert (missions_of(manifest, "URGENT"), missions_of(manifest, "PATIENT")) == (["M1"], ["M2"])
    by_hand = manifest_first_come(scenario, THREE)
    assert (missions_of(by_hand, "URGENT"), missions_of(by_hand, "PATIENT")) == (["M2"], ["M1"])


def test_equal_cargo_flies_early_rather_than_late() -> None:
    assert missions_of(filled(with_lines(a_line(due_utc=None))), "I1") == ["M1"]


def test_bulk_is_split_in_grams_that_add_up() -> None:
    water = a_line(item_id="W", form="bulk", supply_class="water", pieces=1, mass_kg=512.345, dx_m=None, dy_m=None, dz_m=None)
    manifest = filled(with_lines(water))
    assert [load.mass_kg for load in manifest.loads] == [200.0, 200.0, 112.345]
    assert [load.written_id for load in manifest.loads] == ["W#1", "W#2", "W#3"]


def test_the_rest_of_a_split_line_stays_behind_with_its_reason() -> None:
    water = a_line(item_id="W", form="bulk", supply_class="water", pieces=1, mass_kg=250.0, dx_m=None, dy_m=None, dz_m=None)
    aboard, left = filled(with_lines(water), ONE).loads
    assert (aboard.mass_kg, left.mass_kg, left.mission_id) == (200.0, 50.0, "")
    assert left.reason.startswith("rest of a line whose parts fly on M1")
    assert "tank mass on M1" in left.reason


def test_hazard_classes_that_must_not_meet_take_different_flights() -> None:
    lines = (a_line(item_id="A", hazard="flammable"), a_line(item_id="B", hazard="oxidiser"))
    manifest = filled(with_lines(*lines))
    assert missions_of(manifest, "A") != missions_of(manifest, "B")
    alone = filled(with_lines(*lines), ONE)
    (left,) = alone.left_behind
    assert "must not fly with" in left.reason


def test_of_a_class_that_must_not_meet_itself_one_line_flies() -> None:
    pair = replace(a_scenario().hazard_pairs[0], hazard_a="source", hazard_b="source")
    lines = (a_line(item_id="A", hazard="source"), a_line(item_id="B", hazard="source"))
    assert len(filled(with_lines(*lines, hazard_pairs=(pair,)), ONE).aboard["M1"]) == 1


def test_five_classes_in_a_ring_fly_at_most_two_together() -> None:
    classes = ("a", "b", "c", "d", "e")
    base = a_scenario().hazard_pairs[0]
    ring: tuple[HazardPair, ...] = tuple(
        replace(base, hazard_a=one, hazard_b=classes[(k + 1) % 5]) for k, one in enumerate(classes)
    )
    outcome = fill_manifest(with_lines(*(a_line(item_id=c, hazard=c) for c in classes), hazard_pairs=ring), ONE, ())
    assert outcome.best is not None
    assert len(outcome.best.aboard["M1"]) == 2
    assert outcome.gap < 1e-6


def test_a_need_brings_food_before_dearer_cargo() -> None:
    food = a_line(item_id="FOOD", mass_kg=500.0, pieces=1, priority=5, due_utc=None)
    dear = a_line(item_id="DEAR", mass_kg=500.0, pieces=1, priority=1, due_utc=on_day(60), supply_class="science")
    scenario = with_lines(food, dear, vehicles=(a_vehicle(upmass_kg=600.0),))
    assert missions_of(filled(scenario), "FOOD") == ["M2"]
    needed = filled(scenario, needs=(a_need({50: 450.0}),))
    assert missions_of(needed, "FOOD") == ["M1"]
    assert unkept_promises(scenario, THREE, (a_need({50: 450.0}),), needed) == ()


def test_a_reserve_that_cannot_be_kept_is_told_with_what_the_lines_offer() -> None:
    scenario = with_lines(a_line(mass_kg=80.0))
    need = a_need({100: 200.0})
    (said,) = unkept_promises(scenario, THREE, (need,), filled(scenario, needs=(need,)))
    assert said.startswith("stock of food at Hub falls below its reserve of 300 kg from 2027-04-11, by up to 120 kg")
    assert said.endswith("the lines that could fly before offer only 80 kg")


def test_a_need_before_the_first_flight_names_the_missing_flight() -> None:
    scenario = with_lines(a_line(mass_kg=80.0))
    need = a_need({3: 20.0})
    (said,) = unkept_promises(scenario, THREE, (need,), filled(scenario, needs=(need,)))
    assert "no flight is unloaded there before that day" in said


def test_a_must_line_flies_before_anything_else_and_else_is_told() -> None:
    must = a_line(item_id="MUST", mass_kg=500.0, pieces=1, priority=5, must=True, due_utc=None)
    dear = [a_line(item_id=f"D{k}", mass_kg=290.0, pieces=1, priority=1) for k in range(2)]
    scenario = with_lines(must, *dear, vehicles=(a_vehicle(upmass_kg=600.0),))
    assert missions_of(filled(scenario, ONE), "MUST") == ["M1"]
    late = with_lines(replace(must, release_utc=on_day(220)))
    (said,) = unkept_promises(late, THREE, (), filled(late))
    assert said.startswith(
        "must line MUST (500 kg) stays behind: no flight to Hub after its release: released 2027-08-09, 20.0 d"
    )


def test_a_must_mission_that_does_not_fly_is_told_with_the_schedules_reason() -> None:
    scenario = with_lines(missions=(a_mission(must=True),))
    schedule = Schedule(flights=(), unflown=(Unflown(mission_id="M1", reason="no pad is free"),))
    assert unkept_promises(scenario, schedule, (), filled(scenario, schedule)) == (
        "must mission M1 does not fly: no pad is free",
    )


def test_a_contract_minimum_pulls_its_lines_forward_and_else_is_told() -> None:
    mine = a_line(item_id="MINE", mass_kg=500.0, pieces=1, priority=5, due_utc=None)
    dear = a_line(item_id="DEAR", mass_kg=500.0, pieces=1, priority=1, contract_id="C2")
    contract = replace(a_scenario().contracts[0], contract_id="C2")
    term = Term(contract_id="C1", term="minimum_kg", value=400.0, unit="kg")
    scenario = with_lines(
        mine, dear, vehicles=(a_vehicle(upmass_kg=600.0),), contracts=(*a_scenario().contracts, contract), terms=(term,)
    )
    assert missions_of(filled(scenario, ONE), "MINE") == ["M1"]
    more = replace(scenario, terms=(replace(term, value=700.0),))
    (said,) = unkept_promises(more, ONE, (), filled(more, ONE))
    assert said == "contract C1 promises 700 kg up in the horizon, 500 kg are delivered: its lines offer only 500 kg"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"release_utc": on_day(203)}, "no flight to Hub after its release: released 2027-07-23, 3.0 d after"),
        ({"dx_m": 3.0}, "a piece of 3 x 0.425 x 0.248 m and 15 kg fits no pressurised bay of Wren"),
        ({"cold": True, "mass_kg": 90.0}, "takes more cold stowage than Wren can give even empty"),
        ({"destination": "Moon"}, "no flight to Moon is scheduled"),
        ({"form": "bulk", "supply_class": "xenon", "pieces": 1}, "Wren takes no xenon in tanks"),
        ({"direction": "down", "release_utc": on_day(260)}, "no flight back from Hub after its release"),
        ({"release_utc": on_day(100), "dz_m": 2.5, "orientation": "fixed"}, "2 earlier flights to Hub left before"),
    ],
)  # fmt: skip
def test_each_line_left_behind_says_why(changes: dict[str, Any], said: str) -> None:
    moon = replace(a_scenario().destinations[0], destination="Moon")
    scenario = with_lines(a_line(**changes), destinations=(*a_scenario().destinations, moon))
    assert reason_of(filled(scenario), "I1").startswith(said)


def test_a_refused_pair_is_never_chosen_again_and_named_in_the_reason() -> None:
    scenario = with_lines(a_line())
    assert missions_of(filled(scenario, barred=frozenset({("M1", "I1")})), "I1") == ["M2"]
    everywhere = frozenset((flight.mission_id, "I1") for flight in THREE.flights)
    assert "refused by stowage on M1, M2, M3" in reason_of(filled(scenario, barred=everywhere), "I1")


def test_a_lower_fill_leaves_volume_free() -> None:
    lines = [a_line(item_id=f"V{k}", mass_kg=10.0, pieces=1, dx_m=0.8, dy_m=0.8, dz_m=0.8) for k in range(9)]
    scenario = with_lines(*lines, bays=(a_bay(),))  # 2.88 m3, a line has 0.512 m3
    assert len(filled(scenario, ONE).aboard["M1"]) == 4
    assert len(filled(scenario, ONE, fill={"M1": 0.4}).aboard["M1"]) == 2


def test_a_lower_fill_of_the_cabin_leaves_the_open_bays_as_they_are() -> None:
    open_bay = a_bay(bay="T", dx_m=1.0, dy_m=1.0, dz_m=1.0, pressurised=False)
    box = a_line(form="unpressurised", mass_kg=50.0, pieces=1, dx_m=0.9, dy_m=0.9, dz_m=0.9)
    scenario = with_lines(box, bays=(a_bay(), open_bay))
    assert missions_of(filled(scenario, ONE, fill={"M1": 0.55}), "I1") == ["M1"]


def test_a_line_whose_penalty_exceeds_its_price_does_not_fly_only_because_there_is_room() -> None:
    line = a_line(release_utc=on_day(80), due_utc=on_day(70), priority=5)  # late on every flight that can take it
    terms = (
        Term(contract_id="C1", term="penalty_cap", value=400.0, unit="percent"),
        Term(contract_id="C1", term="penalty_per_day", value=100.0, unit="percent"),
    )
    beyond = replace(line, item_id="I2", due_utc=on_day(400), release_utc=on_day(80))
    scenario = with_lines(line, beyond, terms=terms)
    early = replace(scenario, settings=replace(scenario.settings, end_utc=on_day(60)))
    manifest = filled(early)
    assert missions_of(manifest, "I1") == [""]
    assert reason_of(manifest, "I1") == "its penalties on M2, M3 would exceed what it earns"
    assert missions_of(manifest, "I2") == ["M2"]


def test_late_delivery_costs_the_penalty_and_the_share_for_being_on_time() -> None:
    line = a_line(due_utc=on_day(94.5), release_utc=on_day(80))  # unloaded on day 101.5: 7 d late, 2 d beyond tolerance
    scenario = with_lines(line)
    price_usd, priority_usd = 300_000.0, 100_000.0
    waits_d = 95 - 10 - 80
    expected = price_usd * 0.98 + priority_usd * 0.4 * (1 - 1e-4 * waits_d)
    assert worth_usd(scenario, line, THREE.flights[1]) == pytest.approx(expected)
    assert left_behind_usd(scenario, line) == pytest.approx(0.2 * price_usd)
    assert left_behind_usd(scenario, replace(line, due_utc=on_day(366))) == 0.0


def refilled(scenario: Scenario, before: Outcome[Manifest], **more: Any) -> Outcome[Manifest]:
    assert before.best is not None
    return refill(scenario, THREE, (), before.best, bound=before.bound, **more)


def test_refilling_touches_only_the_named_flights_and_lines_left_behind() -> None:
    scenario = a_scenario(vehicles=(a_vehicle(upmass_kg=300.0),))
    before = fill_manifest(scenario, THREE, ())
    assert before.best is not None
    refused = before.best.aboard["M2"][0].item_id
    after = refilled(scenario, before, missions=frozenset({"M2"}), barred=frozenset({("M2", refused)}))
    assert after.best is not None
    assert "M2" not in missions_of(after.best, refused)
    kept = {load.item_id for load in before.best.aboard["M1"]}
    assert kept <= {load.item_id for load in after.best.aboard["M1"]}
    assert list(faults(scenario, THREE, after.best)) == []
    assert before.bound == after.bound <= before.objective <= after.objective
    assert after.status is Status.FEASIBLE


def test_refilling_moves_others_for_a_must_line_that_stowage_refused() -> None:
    must = a_line(item_id="MUST", mass_kg=500.0, pieces=1, must=True)
    dear = a_line(item_id="DEAR", mass_kg=500.0, pieces=1, priority=1, release_utc=on_day(80), due_utc=on_day(120))
    scenario = with_lines(must, dear, vehicles=(a_vehicle(upmass_kg=600.0),))
    before = fill_manifest(scenario, THREE, ())
    barred = frozenset({("M1", "MUST"), ("M3", "MUST")})
    after = refilled(scenario, before, missions=frozenset({"M1"}), barred=barred)
    assert after.best is not None
    assert missions_of(after.best, "MUST") == ["M2"]


def test_refilling_without_a_bound_claims_none() -> None:
    scenario = a_scenario()
    before = filled(scenario)
    assert refill(scenario, THREE, (), before, missions=frozenset({"M1"})).gap == math.inf


def test_progress_is_told_from_start_to_end() -> None:
    shares: list[float] = []
    filled(a_scenario(), watch=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_year_without_flights_or_cargo_has_an_empty_or_grounded_manifest() -> None:
    assert filled(with_lines(), THREE).loads == ()
    grounded = filled(a_scenario(), Schedule(flights=()))
    assert len(grounded.left_behind) == len(a_scenario().cargo)


def test_worth_of_all_pairs_at_once_is_that_of_each_pair_by_itself() -> None:
    scenario = tiny(read_catalogue(), seed=1)
    windows = find_windows(scenario)
    outcome = schedule_missions(scenario, windows, ())
    assert outcome.best is not None
    for place in scenario.destinations:
        offers = offers_at(scenario, outcome.best, frozenset({place.destination}))
        one_by_one = [
            worth_usd(scenario, offers.lines[i], offers.flights[f])
            for i, f in zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True)
        ]
        assert worths_usd(scenario, offers).tolist() == pytest.approx(one_by_one)


def test_lawful_pairs_are_those_that_nothing_hinders() -> None:
    scenario = tiny(read_catalogue(), seed=1)
    outcome = schedule_missions(scenario, find_windows(scenario), ())
    assert outcome.best is not None
    places = frozenset(place.destination for place in scenario.destinations)
    free = offers_at(scenario, outcome.best, places)
    first = (free.flights[free.pair_flight[0]].mission_id, free.lines[free.pair_line[0]].item_id)
    offers = offers_at(scenario, outcome.best, places, barred=frozenset({first}))
    found = set(zip(offers.pair_line.tolist(), offers.pair_flight.tolist(), strict=True))
    expected = set()
    for i, line in enumerate(offers.lines):
        for f, flight in enumerate(offers.flights):
            alike = line.destination == flight.destination
            roomy = not too_much(offers.taken[i], offers.held[f], bulk=line.form == "bulk")
            lawful = not hindrance(scenario, line, flight, frozenset({first}))
            if alike and roomy and lawful and fits_a_bay(line, scenario.bays_of.get(flight.vehicle_type, ())):
                expected.add((i, f))
    assert found == expected
    assert len(free.pair_line) == len(found) + 1
