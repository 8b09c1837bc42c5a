"""The schedule against the definitions of docs/planning-rules.md, recounted here from the flights alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from supercargo.app.reference import reference_year
from supercargo.kernel import NoPlan, Outcome, Status, stream
from supercargo.model import Blackout, Facility, Flight, LaunchWindow, Port, Scenario, Schedule, Site, StockNeed, Tail
from supercargo.plan.demand import forecast_demand
from supercargo.plan.needs import stock_needs
from supercargo.plan.schedule import dated_choice, schedule_missions
from supercargo.plan.schedule_options import options_of
from supercargo.plan.windows import find_windows
from supercargo.solve.scheduling import value_of
from supercargo.store import read_catalogue
from tests.builders import FACT, START, a_line, a_mission, a_scenario, a_vehicle, on_day


def a_window(day: float, **changes: Any) -> LaunchWindow:
    at = on_day(day)
    base: dict[str, Any] = {
        "destination": "Hub", "site": "Cape", "pad": "P1", "launcher": "Lark", "launch_utc": at, "opens_utc": at,
        "closes_utc": at, "sigma_s": 10.0, "node": "ascending",
    }  # fmt: skip
    return LaunchWindow(**{**base, **changes})


def daily(first: int = 0, last: int = 365, **changes: Any) -> tuple[LaunchWindow, ...]:
    """One launch window a day, each 24 minutes earlier than the day before, as a plane drifts."""
    return tuple(a_window(day + (1 - day * 0.0167 % 1), **changes) for day in range(first, last))


def solved(scenario: Scenario, windows: tuple[LaunchWindow, ...], needs: tuple[StockNeed, ...] = ()) -> Schedule:
    best = schedule_missions(scenario, windows, needs).best
    assert best is not None
    return best


def a_day(count: float) -> timedelta:
    return timedelta(seconds=round(count * 86_400))


def most_at_once(spans: list[tuple[datetime, datetime, float]]) -> float:
    """Largest sum of units over half-open spans."""
    return max((sum(u for s, e, u in spans if s <= at < e) for at, end, _ in spans if end > at), default=0.0)


def faults(scenario: Scenario, flights: tuple[Flight, ...]) -> Iterator[str]:
    """Every breach of the definitions of instants and resources, recounted from the flights."""
    for flight in flights:
        yield from _instant_faults(scenario, flight)
        yield from _blackout_faults(scenario, flight)
    pads = {(pad.site, pad.pad): pad for pad in scenario.pads}
    places = scenario.places
    groups: dict[tuple[str, ...], list[tuple[datetime, datetime, float]]] = {}
    limits: dict[tuple[str, ...], float] = {}

    def add(key: tuple[str, ...], start: datetime, end: datetime, limit: float = 1.0, units: float = 1.0) -> None:
        groups.setdefault(key, []).append((start, end, units))
        limits[key] = limit

    for f in flights:
        place, vehicle = places[f.destination], scenario.vehicle_types[f.vehicle_type]
        add(("pad", f.site, f.pad), f.pad_utc, f.launch_utc + a_day(pads[f.site, f.pad].turnaround_d))
        add(("port", f.destination, f.port), f.arrive_utc, f.depart_utc + a_day(place.clearance_d))
        add(("tail", f.vehicle_id), f.processing_utc, f.end_utc + a_day(vehicle.turnaround_d))
        add(("arrivals", f.destination), f.arrive_utc, f.arrive_utc + a_day(place.arrival_spacing_d))
        ranges = {site.site: site.range_name or site.site for site in scenario.sites}
        spacing_d = max(site.range_spacing_d for site in scenario.sites if ranges[site.site] == ranges[f.site])
        add(("range", ranges[f.site]), f.launch_utc, f.launch_utc + a_day(spacing_d))
        capacity = next(x.capacity for x in scenario.facilities if x.facility_id == f.facility_id)
        add(("facility", f.facility_id), f.processing_utc, f.pad_utc, capacity)
        add(("hands", f.destination), f.unload_start_utc, f.unload_end_utc, place.handling_h_d, f.unload_h_d)
        add(("hands", f.destination), f.load_start_utc, f.load_end_utc, place.handling_h_d, f.unload_h_d)
    for key, spans in groups.items():
        if most_at_once(spans) > limits[key] + 1e-9:
            yield f"{key} overbooked"
    for tail in scenario.tails:
        own = [f for f in flights if f.vehicle_id == tail.vehicle_id]
        if len(own) > tail.flights_left:
            yield f"{tail.vehicle_id} worn out"
        for f in own:
            if f.processing_utc < tail.ready_utc or f.vehicle_type != tail.vehicle_type:
                yield f"{f.mission_id} takes a tail that is not ready or not of its type"


def _instant_faults(scenario: Scenario, f: Flight) -> Iterator[str]:
    request, vehicle = scenario.requests[f.mission_id], scenario.vehicle_types[f.vehicle_type]
    launcher, place = scenario.launcher_named[f.launcher], scenario.places[f.destination]
    rate = min(vehicle.unload_h_d, place.handling_h_d)
    unload, load = (timedelta(seconds=math.ceil(h / rate * 86_400 - 1e-6)) for h in (vehicle.unload_h, vehicle.load_h))
    stay = f.depart_utc - f.arrive_utc
    true = {
        "pad": f.pad_utc == f.launch_utc - a_day(launcher.pad_d),
        "processing": f.processing_utc == f.pad_utc - a_day(vehicle.processing_d),
        "unload start": f.unload_start_utc == f.arrive_utc + a_day(place.hatch_open_d),
        "unload end": f.unload_end_utc == f.unload_start_utc + unload,
        "load end": f.load_end_utc == f.depart_utc - a_day(place.hatch_open_d),
        "load start": f.load_start_utc == f.load_end_utc - load and f.load_start_utc >= f.unload_end_utc,
        "end": f.end_utc == f.depart_utc + a_day(vehicle.return_d),
        "stay": a_day(request.docked_min_d) <= stay <= a_day(min(request.docked_max_d, vehicle.docked_max_d)),
        "lift-off": request.earliest_utc <= f.launch_utc <= request.latest_utc,
        "rate": f.unload_h_d == rate,
        "type": f.vehicle_type in request.vehicle_types and f.launcher in vehicle.launchers,
        "docking": any(
            vehicle.docking_system in p.docking_system
            and (p.from_utc is None or p.from_utc <= f.arrive_utc)
            and (p.to_utc is None or f.depart_utc <= p.to_utc)
            for p in scenario.ports
            if (p.destination, p.port) == (f.destination, f.port)
        ),
    }
    yield from (f"{f.mission_id} {name}" for name, holds in true.items() if not holds)


def _blackout_faults(scenario: Scenario, f: Flight) -> Iterator[str]:
    spans = {
        ("site", f.site): [(f.launch_utc, f.launch_utc)],
        ("pad", f"{f.site}/{f.pad}"): [(f.launch_utc, f.launch_utc)],
        ("destination", f.destination): [(f.arrive_utc, f.arrive_utc), (f.depart_utc, f.depart_utc)],
        ("port", f"{f.destination}/{f.port}"): [(f.arrive_utc, f.depart_utc)],
        ("facility", f.facility_id): [(f.processing_utc, f.pad_utc)],
    }
    for b in scenario.blackouts:
        for start, end in spans.get((b.kind, b.object), []):
            if start < b.to_utc and (end > b.from_utc or start == end >= b.from_utc):
                yield f"{f.mission_id} in blackout of {b.object}"


def closed(kind: str, name: str, first: float, last: float) -> Blackout:
    return Blackout(kind=kind, object=name, from_utc=on_day(first), to_utc=on_day(last))


def a_crowded_year(**changes: Any) -> Scenario:
    """Eight missions that want two ports, one pad, three tails and twelve handling hours a day."""
    missions = tuple(
        a_mission(mission_id=f"M{i}", earliest_utc=on_day(30 + 18 * i), latest_utc=on_day(62 + 18 * i)) for i in range(8)
    )
    lines = tuple(
        a_line(
            item_id=f"L{i:03}",
            mass_kg=40.0 + 3 * (i % 9),
            priority=1 + i % 5,
            release_utc=on_day(i - 20),
            due_utc=on_day(55 + 2 * i),
        )
        for i in range(80)
    )
    tails = tuple(
        Tail(vehicle_id=f"W{i}", vehicle_type="Wren", ready_utc=on_day(-30 + 9 * i), flights_left=4) for i in range(3)
    )
    return a_scenario(missions=missions, cargo=lines, tails=tails, **changes)


CROWDED: list[tuple[str, dict[str, Any]]] = [
    ("plain", {}),
    ("port closed", {"blackouts": (closed("port", "Hub/aft", 60, 120),)}),
    ("place closed", {"blackouts": (closed("destination", "Hub", 70, 76), closed("destination", "Hub", 150, 153))}),
    ("range closed", {"blackouts": (closed("site", "Cape", 40, 55), closed("pad", "Cape/P1", 100, 110))}),
    ("facility closed", {"blackouts": (closed("facility", "Cape-PPF", 60, 64),)}),
    ("one place in processing", {"facilities": (Facility(
        facility_id="Cape-PPF", site="Cape", kind="processing", vehicle_types=("Wren",), capacity=1, **FACT),)}),
    ("a pair of buildings", {"facilities": tuple(Facility(
        facility_id=name, site="Cape", kind="processing", vehicle_types=(), capacity=1, **FACT) for name in ("A", "B"))}),
    ("busy approach", {"destinations": (replace(a_scenario().destinations[0], arrival_spacing_d=12.5),)}),
    ("busy range", {"sites": (replace(a_scenario().sites[0], range_spacing_d=13.0),)}),
    ("few hands", {"vehicles": (a_vehicle(unload_h_d=7.0),)}),
    ("expendable", {"tails": tuple(Tail(
        vehicle_id=f"E{i}", vehicle_type="Wren", ready_utc=on_day(-30 + 20 * i), flights_left=1) for i in range(7))}),
    ("ports come and go", {"ports": (
        Port(destination="Hub", port="fore", docking_system=("IDSS",), from_utc=on_day(80), **FACT),
        Port(destination="Hub", port="aft", docking_system=("IDSS", "probe"), to_utc=on_day(200), **FACT))}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), CROWDED, ids=[name for name, _ in CROWDED])
def test_no_flight_breaks_a_definition_or_shares_what_can_not_be_shared(name: str, changes: dict[str, Any]) -> None:
    scenario = replace(a_crowded_year(), **changes)
    outcome = schedule_missions(scenario, daily(), ())
    assert outcome.best is not None
    assert not list(faults(scenario, outcome.best.flights))
    assert len(outcome.best.flights) + len(outcome.best.unflown) == 8
    assert len(outcome.best.flights) >= 4
    assert outcome.bound <= outcome.objective
    assert outcome.gap <= scenario.settings.limits.schedule_gap + 1e-9


def test_flights_stand_in_order_of_lift_off_on_rows_of_the_windows() -> None:
    windows = daily()
    flights = solved(a_crowded_year(), windows).flights
    assert [f.launch_utc for f in flights] == sorted(f.launch_utc for f in flights)
    rows = {(w.site, w.pad, w.launcher, w.launch_utc) for w in windows}
    assert all((f.site, f.pad, f.launcher, f.launch_utc) in rows for f in flights)


def test_same_input_in_another_order_gives_the_same_schedule() -> None:
    scenario = a_crowded_year()
    turned = replace(
        scenario,
        missions=scenario.missions[::-1], cargo=scenario.cargo[::-1], ports=scenario.ports[::-1], tails=scenario.tails[::-1],
        facilities=scenario.facilities[::-1], pads=scenario.pads[::-1], terms=scenario.terms[::-1],
    )  # fmt: skip
    first = schedule_missions(scenario, daily(), ())
    assert schedule_missions(scenario, daily(), ()) == first
    assert schedule_missions(turned, tuple(reversed(daily())), ()) == first


def _three_missions(lines: int = 30, **changes: Any) -> Scenario:
    missions = tuple(
        a_mission(mission_id=f"M{i}", earliest_utc=on_day(28 + 6 * i), latest_utc=on_day(58 + 6 * i)) for i in range(3)
    )
    cargo = tuple(
        a_line(item_id=f"L{i:02}", mass_kg=90.0, release_utc=on_day(i - 15), due_utc=on_day(40 + 2 * i), priority=1 + i % 5)
        for i in range(lines)
    )
    return a_scenario(missions=missions, cargo=cargo, **changes)


@pytest.mark.parametrize("ports", [1, 2])
@pytest.mark.parametrize("step", [3, 7])
def test_objective_equals_that_of_the_best_of_all_lawful_combinations(ports: int, step: int) -> None:
    scenario = _three_missions()
    scenario = replace(
        scenario,
        ports=scenario.ports[:ports],
        settings=replace(scenario.settings, limits=replace(scenario.settings.limits, schedule_gap=0.0)),
    )
    windows = tuple(a_window(day) for day in range(28, 72, step))
    market = options_of(scenario, windows)
    problem = dated_choice(scenario, market, ())
    cheapest = math.inf
    for combination in itertools.product(*[(-1, *own) for own in problem.of_job()]):
        cost = value_of(problem, combination)
        if cost < cheapest and _lawful(scenario, [market.options[i] for i in combination if i >= 0]):
            cheapest = cost
    outcome = schedule_missions(scenario, windows, ())
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == cheapest * 1000
    assert outcome.bound == pytest.approx(outcome.objective)


def _lawful(scenario: Scenario, options: list[Any]) -> bool:
    """One pad, alike ports, two tails, two in processing, twelve hands: counted in spans of seconds."""

    def crowded(spans: list[tuple[int, int]], limit: int) -> bool:
        return any(sum(s <= at < e for s, e in spans) > limit for at, _ in spans)

    at = [(o.launch_s, o.course) for o in options]
    day, hands = 86_400, [[(t + c.unload_start_s, t + c.unload_end_s), (t + c.load_start_s, t + c.load_end_s)] for t, c in at]
    return not (
        crowded([(t - 3 * day, t + 8 * day) for t, _ in at], 1)
        or crowded([(t + c.arrive_s, t + c.depart_s + day) for t, c in at], len(scenario.ports))
        or crowded([(t - 23 * day, t + c.end_s + 30 * day) for t, c in at], 2)
        or crowded([(t - 23 * day, t - 3 * day) for t, _ in at], 2)
        or crowded([span for pair in hands for span in pair], 1)
    )  # fmt: skip


def test_one_port_fewer_makes_the_schedule_dearer() -> None:
    scenario = _three_missions(tails=tuple(
        Tail(vehicle_id=f"W{i}", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=2) for i in range(3)))  # fmt: skip
    two = schedule_missions(scenario, daily(), ())
    one = schedule_missions(replace(scenario, ports=scenario.ports[:1]), daily(), ())
    assert one.bound > two.objective
    assert two.best is not None
    assert one.best is not None
    assert len(one.best.flights) < len(two.best.flights)


def test_departure_waits_until_the_place_opens_again() -> None:
    scenario = a_scenario(missions=(a_mission(),), blackouts=(closed("destination", "Hub", 55, 70),))
    (flight,) = solved(scenario, (a_window(31),)).flights
    assert flight.arrive_utc == on_day(32)
    assert flight.depart_utc == on_day(70)
    assert not list(faults(scenario, (flight,)))


def test_lift_off_waits_for_the_cargo_it_is_meant_to_carry() -> None:
    late = tuple(a_line(item_id=f"A{i}", mass_kg=100.0, release_utc=on_day(30), due_utc=on_day(120)) for i in range(8))
    scenario = a_scenario(missions=(a_mission(),), cargo=late)
    (flight,) = solved(scenario, daily()).flights
    assert flight.launch_utc >= on_day(40)  # release and ten days of cut-off


def test_lift_off_does_not_wait_when_cargo_would_be_late() -> None:
    urgent = tuple(a_line(item_id=f"A{i}", mass_kg=100.0, release_utc=on_day(0), due_utc=on_day(42)) for i in range(8))
    (flight,) = solved(a_scenario(missions=(a_mission(),), cargo=urgent), daily()).flights
    assert flight.unload_end_utc <= on_day(42)


def test_cheaper_launcher_is_taken_when_the_service_pays_and_nothing_else_differs() -> None:
    base = a_scenario(missions=(a_mission(),))
    dear = replace(base.launchers[0], launcher="Rook", price_usd=90e6)
    pad = replace(base.pads[0], pad="P2", launchers=("Rook",))
    scenario = replace(
        base, launchers=(dear, *base.launchers), pads=(pad, *base.pads), vehicles=(a_vehicle(launchers=("Rook", "Lark")),)
    )
    (flight,) = solved(scenario, daily() + daily(pad="P2", launcher="Rook")).flights
    assert flight.launcher == "Lark"


def test_must_mission_flies_before_one_that_is_worth_more() -> None:
    missions = (
        a_mission(mission_id="A", earliest_utc=on_day(40), latest_utc=on_day(42)),
        a_mission(mission_id="B", earliest_utc=on_day(40), latest_utc=on_day(42), must=True),
    )
    schedule = solved(a_scenario(missions=missions), daily())
    assert [f.mission_id for f in schedule.flights] == ["B"]
    assert "pad Cape/P1 is taken" in schedule.unflown[0].reason


def test_mission_that_can_not_fly_stays_out_whatever_it_is_worth() -> None:
    missions = (a_mission(), a_mission(mission_id="M2", earliest_utc=on_day(90), latest_utc=on_day(91), must=True))
    schedule = solved(a_scenario(missions=missions), daily(0, 60))
    assert [row.mission_id for row in schedule.unflown] == ["M2"]
    assert "no launch window opens between 2027-04-01" in schedule.unflown[0].reason


def two_sites(**changes: Any) -> Scenario:
    """Two missions of one day, each bound to a pad of its own, at two sites of one range and to two places."""
    base = a_scenario()
    hub, site, pad = base.destinations[0], base.sites[0], base.pads[0]
    asked = {"earliest_utc": on_day(40), "latest_utc": on_day(41)}
    scenario = a_scenario(
        sites=(site, replace(site, site="Point")),
        pads=(pad, replace(pad, site="Point")),
        facilities=(*base.facilities, replace(base.facilities[0], facility_id="Point-PPF", site="Point")),
        destinations=(hub, replace(hub, destination="Spare")),
        ports=(*base.ports, replace(base.ports[0], destination="Spare")),
        missions=(
            a_mission(sites=("Cape",), must=True, **asked),
            a_mission(mission_id="M2", sites=("Point",), destination="Spare", **asked),
        ),
    )
    return replace(scenario, **changes)


def from_both(first: float, second: float, destination: str = "Spare") -> tuple[LaunchWindow, ...]:
    return (a_window(first), a_window(second, site="Point", destination=destination))


def test_neighbouring_sites_share_their_range_and_the_next_launch_may_come_when_its_spacing_is_over() -> None:
    scenario = two_sites()
    assert len(solved(scenario, from_both(40, 40.5)).flights) == 2
    schedule = solved(scenario, from_both(40, 40.5 - 1 / 86_400))
    assert [flight.mission_id for flight in schedule.flights] == ["M1"]
    assert "Cape Range gives its launch slots to others (1 of 1 choices)" in schedule.unflown[0].reason


@pytest.mark.parametrize(
    ("cape", "point", "flown"),
    [
        ({}, {"range_name": "Point Range"}, 2),
        ({"range_name": ""}, {"range_name": ""}, 2),
        ({"range_name": ""}, {"range_name": "Cape"}, 1),
        ({"range_spacing_d": 0.0}, {"range_spacing_d": 0.0}, 2),
        ({"range_spacing_d": 0.0}, {}, 1),
    ],
)
def test_range_is_known_by_its_name_and_keeps_the_longest_spacing_stated(
    cape: dict[str, Any], point: dict[str, Any], flown: int
) -> None:
    scenario = two_sites()
    sites = tuple(replace(site, **changes) for site, changes in zip(scenario.sites, (cape, point), strict=True))
    assert len(solved(replace(scenario, sites=sites), from_both(40, 40.25)).flights) == flown


def test_catalogue_lets_cape_canaveral_and_kennedy_share_a_range_and_asks_for_room_on_every_range() -> None:
    sites = {site.site: site for site in read_catalogue()["sites"]}
    assert sites["Cape Canaveral"].range_name == sites["Kennedy Space Center"].range_name != ""
    assert all(site.range_name and site.range_spacing_d >= 0.5 for site in sites.values())


def test_place_receives_one_spacecraft_at_a_time_whatever_the_ports() -> None:
    scenario = two_sites()
    hub = replace(scenario.destinations[0], arrival_spacing_d=0.75, handling_h_d=24.0)
    missions = (scenario.missions[0], replace(scenario.missions[1], destination="Hub"))
    busy = replace(scenario, missions=missions, destinations=(hub,), ports=scenario.ports[:2])
    assert len(solved(busy, from_both(40, 40.75, "Hub")).flights) == 2
    schedule = solved(busy, from_both(40, 40.75 - 1 / 86_400, "Hub"))
    assert [flight.mission_id for flight in schedule.flights] == ["M1"]
    assert "another spacecraft arrives at Hub too near in time" in schedule.unflown[0].reason


UNFLOWN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("launcher that the request allows", {"launchers": ("Rook",)}, {}),
    ("no pad at an allowed site", {"sites": ("Moonport",)}, {"sites": (Site(
        site="Moonport", country="US", latitude_deg=0, longitude_deg=0, azimuth_min_deg=0, azimuth_max_deg=90, **FACT),)}),
    ("closed at every launch window", {}, {"blackouts": (closed("site", "Cape", 85, 130),)}),
    ("stay is too short", {"docked_min_d": 2.0, "docked_max_d": 4.0}, {}),
    ("the place is closed", {}, {"blackouts": (closed("destination", "Hub", 85, 130),)}),
    ("no processing facility", {}, {"facilities": ()}),
    ("facilities are closed", {}, {"blackouts": (closed("facility", "Cape-PPF", 60, 130),)}),
    ("no port of Hub takes", {}, {"ports": (Port(destination="Hub", port="x", docking_system=("probe",), **FACT),)}),
    ("in service and open", {}, {"ports": (
        Port(destination="Hub", port="x", docking_system=("IDSS",), to_utc=on_day(60), **FACT),)}),
    ("no tail", {}, {"tails": (Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=START, flights_left=0),)}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "asks", "changes"), UNFLOWN, ids=[words for words, _, _ in UNFLOWN])
def test_schedule_says_which_hurdle_no_option_passes(words: str, asks: dict[str, Any], changes: dict[str, Any]) -> None:
    request = a_mission(earliest_utc=on_day(90), latest_utc=on_day(120), **asks)
    with pytest.raises(NoPlan, match="widen earliest_utc and latest_utc") as refusal:
        schedule_missions(a_scenario(missions=(request,), **changes), daily(), ())
    assert words in refusal.value.causes[0]


def test_busy_tail_is_named_as_what_binds() -> None:
    tails = (Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=1),)
    schedule = solved(a_scenario(tails=tails), daily())
    assert len(schedule.flights) == 1
    assert all("no tail of Wren is free (W1)" in row.reason for row in schedule.unflown)


def test_tail_with_two_flights_left_makes_no_third() -> None:
    tails = (Tail(vehicle_id="W1", vehicle_type="Wren", ready_utc=on_day(-60), flights_left=2),)
    schedule = solved(a_scenario(tails=tails), daily())
    assert len(schedule.flights) == 2
    assert "no flight left" in schedule.unflown[0].reason


def _a_need(day: int, kg: float) -> StockNeed:
    need = np.zeros(365)
    need[day:] = kg
    return StockNeed(destination="Hub", supply_class="food", on_hand_kg=0.0, reserve_kg=0.0, need_kg=need)


def test_supplies_needed_by_a_day_pull_the_mission_forward() -> None:
    held_back = tuple(a_line(item_id=f"A{i}", mass_kg=100.0, release_utc=on_day(35), due_utc=on_day(120)) for i in range(8))
    scenario = a_scenario(missions=(a_mission(),), cargo=held_back)
    (calm,) = solved(scenario, daily()).flights
    (pressed,) = solved(scenario, daily(), (_a_need(41, 500.0),)).flights
    assert calm.launch_utc >= on_day(45)
    assert pressed.unload_end_utc < on_day(42)


def test_alike_pads_are_one_pool_and_each_launch_stands_on_a_free_one_with_a_window_of_its_own() -> None:
    base = a_scenario()
    twin = replace(base.pads[0], pad="P2", turnaround_d=40.0)
    twins = (replace(base.pads[0], turnaround_d=40.0), twin)
    missions = tuple(a_mission(mission_id=f"M{n}") for n in range(2))
    scenario = a_scenario(missions=missions, pads=twins)
    windows = daily() + daily(pad="P2")
    market = options_of(scenario, windows)
    assert market.yard.pads["Cape", "P1"] == market.yard.pads["Cape", "P2"]
    assert len(market.options) == len(options_of(a_scenario(missions=missions), daily()).options)
    flights = solved(scenario, windows).flights
    assert not list(faults(scenario, flights))
    rows = {(w.site, w.pad, w.launcher, w.launch_utc) for w in windows}
    assert all((f.site, f.pad, f.launcher, f.launch_utc) in rows for f in flights)


def test_pads_that_open_at_different_instants_are_no_pool() -> None:
    base = a_scenario()
    scenario = a_scenario(pads=(base.pads[0], replace(base.pads[0], pad="P2")))
    market = options_of(scenario, daily() + daily(pad="P2")[:-1])
    assert market.yard.pads["Cape", "P1"] != market.yard.pads["Cape", "P2"]


def test_need_that_nobody_can_meet_leaves_the_objective_alone() -> None:
    scenario = a_scenario(missions=(a_mission(),))
    calm = schedule_missions(scenario, daily(), ())
    pressed: Outcome[Schedule] = schedule_missions(scenario, daily(), (_a_need(3, 1e6),))
    assert pressed.status is Status.OPTIMAL
    assert pressed.objective <= calm.objective + 900 * 200_000 * 73  # no more than what its one mission could bring
    assert pressed.best is not None
    assert len(pressed.best.flights) == 1


def test_no_work_allowed_still_returns_an_honest_bound() -> None:
    scenario = a_crowded_year()
    limits = replace(scenario.settings.limits, schedule_work=0.1, schedule_gap=0.0)
    outcome = schedule_missions(replace(scenario, settings=replace(scenario.settings, limits=limits)), daily(), ())
    assert outcome.bound <= outcome.objective
    assert outcome.best is None or not list(faults(scenario, outcome.best.flights))


def test_reference_year_is_scheduled_lawfully_and_proven_within_five_percent() -> None:
    scenario = reference_year(read_catalogue(), seed=1)
    windows = find_windows(scenario)
    needs = stock_needs(scenario, forecast_demand(scenario, rng=stream(1, "demand")))
    outcome = schedule_missions(scenario, windows, needs)
    assert outcome.best is not None
    assert not list(faults(scenario, outcome.best.flights))
    assert len(outcome.best.flights) == len(scenario.missions) == 48
    assert outcome.gap <= 0.05
