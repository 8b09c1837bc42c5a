"""The schedule after an event against every choice there is, with the price of a departure reckoned by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from supercargo.kernel import NoPlan, Status, days
from supercargo.model import Blackout, Flight, LaunchWindow, Manifest, Scenario
from supercargo.plan.manifest import fill_manifest
from supercargo.plan.manifest_before import LINE_MOVED_USD, Before
from supercargo.plan.replan_flown import Flown
from supercargo.plan.replan_schedule import Old, first_choice, later_market, priced_market, resettle
from supercargo.plan.schedule import dated_choice, schedule_missions
from supercargo.plan.schedule_names import Turn, deal
from supercargo.plan.schedule_options import Market, Option
from supercargo.solve.scheduling import DatedChoice, faults_of_choice, value_of
from tests.builders import START, a_line, a_mission, a_scenario, on_day
from tests.test_manifest import ONE, THREE, missions_of, with_lines
from tests.test_schedule import a_window, faults

NOBODY = Flown((), (), ())


def one_port() -> Scenario:
    """Three missions that follow each other at one port, each with a month of freedom."""
    missions = tuple(
        a_mission(mission_id=name, earliest_utc=on_day(first), latest_utc=on_day(first + 30), docked_max_d=40.0)
        for name, first in (("M1", 30), ("M2", 75), ("M3", 120))
    )
    scenario = a_scenario(missions=missions)
    return a_scenario(missions=missions, ports=scenario.ports[:1])


def windows() -> tuple[LaunchWindow, ...]:
    return tuple(a_window(day) for day in range(30, 240, 6))


def old_of(scenario: Scenario, slips: dict[str, int], flown: Flown = NOBODY) -> Old:
    best = schedule_missions(scenario, windows(), ()).best
    assert best is not None
    assert len(best.flights) == 3
    return Old({flight.mission_id: flight for flight in best.flights}, {}, flown, START - timedelta(days=30), slips)


def slipped(scenario: Scenario, old: Old, name: str, delay_d: int) -> Scenario:
    first = old.flights[name].launch_utc + days(delay_d)
    missions = tuple(
        a_mission(
            mission_id=one.mission_id,
            earliest_utc=first if one.mission_id == name else one.earliest_utc,
            latest_utc=one.latest_utc + days(delay_d) if one.mission_id == name else one.latest_utc,
            docked_max_d=40.0,
        )
        for one in scenario.missions
    )
    return a_scenario(missions=missions, ports=scenario.ports)


def price_by_hand_usd(market: Market, option: Option, old: Flight, latest_d: float, delay_d: int) -> float:
    """2 million and 50,000 a day for another date, half a million for another port, 3 million for another pool on the ground.

    10 million and 100,000 a day beyond the contracted period; a mission that slips is held to its new date by the day alone.
    """
    launch_d = option.launch_s / 86_400
    old_d = (old.launch_utc - START) / timedelta(days=1) + delay_d
    moved_d = abs(launch_d - old_d)
    cost = 0.0
    if moved_d > 1e-4:
        cost += 50_000.0 * moved_d + (0.0 if delay_d else 2_000_000.0)
    if launch_d > latest_d + 1e-6:
        cost += 10_000_000.0 + 100_000.0 * (launch_d - latest_d)
    pools = market.yard.pools
    cost += 500_000.0 * (old.port not in pools[option.port].members)
    return cost + 3_000_000.0 * (old.vehicle_id not in pools[option.tail].members)


@pytest.mark.parametrize(("name", "delay_d"), [("M1", 21), ("M1", 36), ("M2", 21), ("M3", 12)])
def test_no_choice_at_all_is_cheaper_than_the_new_schedule(name: str, delay_d: int) -> None:
    scenario = one_port()
    old = old_of(scenario, {name: delay_d * 86_400})
    after = slipped(scenario, old, name, delay_d)
    settled = resettle(after, windows(), (), old, stretch=days(30))
    market, _ = later_market(after, windows(), old, days(30))
    problem = dated_choice(after, market, (), {})
    latest_d = {one.mission_id: (one.latest_utc - START) / timedelta(days=1) for one in after.missions}
    extra = [
        price_by_hand_usd(
            market,
            option,
            old.flights[market.missions[option.mission].mission_id],
            latest_d[market.missions[option.mission].mission_id],
            delay_d if market.missions[option.mission].mission_id == name else 0,
        )
        for option in market.options
    ]
    own = [[-1, *(i for i, option in enumerate(market.options) if option.mission == number)] for number in range(3)]
    best = min(
        value_of(problem, chosen) * 1000 + sum(extra[index] for index in chosen if index >= 0)
        for chosen in itertools.product(*own)
        if not list(faults_of_choice(problem, chosen))
    )
    assert settled.outcome.status is Status.OPTIMAL
    assert settled.outcome.objective == pytest.approx(best, abs=3000)  # each cost is rounded to whole thousands
    assert settled.outcome.best is not None
    wide = a_scenario(
        missions=tuple(
            a_mission(
                mission_id=one.mission_id,
                earliest_utc=one.earliest_utc,
                latest_utc=one.latest_utc + days(30),
                docked_max_d=40.0,
            )
            for one in after.missions
        ),
        ports=after.ports,
    )
    assert not list(faults(wide, settled.outcome.best.flights))


def two_ports(count: int) -> Scenario:
    """Missions that follow each other at two ports, with little freedom, so that a slip takes a port that another wants."""
    missions = tuple(
        a_mission(mission_id=f"M{n}", earliest_utc=on_day(30 + 22 * n), latest_utc=on_day(48 + 22 * n), docked_max_d=40.0)
        for n in range(count)
    )
    scenario = a_scenario(missions=missions)
    more = tuple(replace(scenario.tails[0], vehicle_id=f"X{n}") for n in range(count))
    return replace(scenario, tails=(*scenario.tails, *more))


def sparse(count: int) -> tuple[LaunchWindow, ...]:
    return tuple(a_window(day) for day in range(30, 60 + 22 * count, 9))


@pytest.mark.parametrize(
    ("count", "slips", "closed"),
    [
        (3, {"M0": 12}, None),
        (4, {"M1": 15}, None),
        (4, {"M0": 9, "M2": 9}, None),
        (5, {"M2": 18}, None),
        (5, {}, (60, 90)),
        (6, {"M1": 12}, (100, 120)),
    ],
)
def test_least_disturbance_is_the_best_of_every_assignment_of_up_to_six_missions(
    count: int, slips: dict[str, int], closed: tuple[int, int] | None
) -> None:
    scenario, seen = two_ports(count), sparse(count)
    best = schedule_missions(scenario, seen, ()).best
    assert best is not None
    flights = {flight.mission_id: flight for flight in best.flights}
    assert len(flights) == count
    old = Old(flights, {}, NOBODY, START - timedelta(days=30), {name: d * 86_400 for name, d in slips.items()})
    after = scenario
    for name, delay_d in slips.items():
        after = slipped_by(after, old, name, delay_d)
    if closed:
        shut = Blackout(
            kind="port", object=port_of(flights["M2"]), from_utc=on_day(closed[0]), to_utc=on_day(closed[1]), reason="out"
        )
        after = replace(after, blackouts=(*after.blackouts, shut))
    priced = priced_market(after, seen, (), old, days(15))
    settled = resettle(after, seen, (), old, stretch=days(15))
    assert settled.outcome.status is Status.OPTIMAL
    assert settled.outcome.objective == cheapest(priced.problem) * 1000
    first = first_choice(after, priced, old, frozenset(slips))
    assert not list(faults_of_choice(priced.problem, first))
    assert value_of(priced.problem, first) >= value_of(priced.problem, settled.chosen)


def port_of(flight: Flight) -> str:
    return f"{flight.destination}/{flight.port}"


def slipped_by(scenario: Scenario, old: Old, name: str, delay_d: int) -> Scenario:
    first = old.flights[name].launch_utc + days(delay_d)
    return replace(
        scenario,
        missions=tuple(
            replace(one, earliest_utc=first, latest_utc=one.latest_utc + days(delay_d)) if one.mission_id == name else one
            for one in scenario.missions
        ),
    )


def cheapest(problem: DatedChoice) -> int:
    """The least cost of all lawful assignments, found by trying every one; a part that costs more than the best is left."""
    own = problem.of_job()
    least = [min([problem.skip_costs[job], *(problem.alternatives[i].cost for i in own[job])]) for job in range(len(own))]
    best = sum(problem.skip_costs)

    def tried(job: int, chosen: tuple[int, ...], cost: int) -> None:
        nonlocal best
        if cost + sum(least[job:]) >= best and job < len(own):
            return
        if job == len(own):
            best = min(best, value_of(problem, chosen))
            return
        for index in (*own[job], -1):
            now = (*chosen, index)
            whole = (*now, *[-1] * (len(own) - job - 1))
            if index < 0 or not list(faults_of_choice(problem, whole)):
                tried(job + 1, now, cost + (problem.skip_costs[job] if index < 0 else problem.alternatives[index].cost))

    tried(0, (), 0)
    return best


def test_a_slip_that_nobody_is_in_the_way_of_moves_nobody_else() -> None:
    scenario = one_port()
    old = old_of(scenario, {"M3": 12 * 86_400})
    settled = resettle(slipped(scenario, old, "M3", 12), windows(), (), old, stretch=days(30))
    assert settled.outcome.best is not None
    for name in ("M1", "M2"):
        assert settled.outcome.best.flight_of[name] == old.flights[name]


def test_a_mission_in_the_way_of_a_slipped_one_moves_only_as_far_as_the_port_asks() -> None:
    scenario = one_port()
    old = old_of(scenario, {"M1": 36 * 86_400})
    settled = resettle(slipped(scenario, old, "M1", 36), windows(), (), old, stretch=days(30))
    assert settled.outcome.best is not None
    flights = settled.outcome.best.flight_of
    assert set(flights) == {"M1", "M2", "M3"}
    clear = flights["M1"].depart_utc + days(1)
    assert flights["M2"].launch_utc > old.flights["M2"].launch_utc
    assert clear <= flights["M2"].arrive_utc < clear + days(6)  # the windows are six days apart


def test_what_has_flown_holds_its_port_and_nobody_is_put_there() -> None:
    scenario = one_port()
    plain = old_of(scenario, {})
    gone = plain.flights["M1"]
    old = Old(plain.flights, {}, Flown((gone,), (), ()), gone.launch_utc, {})
    settled = resettle(scenario, windows(), (), old, stretch=days(30))
    assert settled.outcome.best is not None
    assert settled.outcome.best.flight_of == plain.flights
    assert all(option.launch_s > (gone.launch_utc - START).total_seconds() for option in settled.market.options)
    assert {request.mission_id for request in settled.market.missions} == {"M2", "M3"}


# names


def test_everyone_keeps_the_member_it_had_where_that_can_be() -> None:
    turns = [Turn(0, 10, 0, "b"), Turn(5, 15, 1, "a"), Turn(12, 20, 2, "b"), Turn(16, 30, 3, "a")]
    assert [name for _, name in deal(turns, ("a", "b"), (0, 0))] == ["b", "a", "b", "a"]


def test_the_least_number_of_wishes_is_denied() -> None:
    turns = [Turn(0, 10, 0, "a"), Turn(2, 12, 1, "a"), Turn(11, 20, 2, "a"), Turn(13, 22, 3, "b")]
    least = min(
        sum(name != turn.wish for turn, name in zip(turns, names, strict=True))
        for names in itertools.product("ab", repeat=4)
        if all(
            one == other or turns[i].end <= turns[j].start or names[i] != names[j]
            for (i, one), (j, other) in itertools.combinations(enumerate(range(4)), 2)
        )
    )
    assert sum(name != turn.wish for turn, name in deal(turns, ("a", "b"), (0, 0))) == least == 1


def test_what_cannot_be_moved_keeps_its_member_or_there_is_no_plan() -> None:
    held = Turn(0, 10, -1, "b")
    assert [name for _, name in deal([held, Turn(1, 5, 0, "b")], ("a", "b"), (0, 0))] == ["b", "a"]
    with pytest.raises(NoPlan, match="no free member"):
        deal([held, Turn(1, 5, -1, "b")], ("a", "b"), (0, 0))


# loads


def all_on(manifest: Manifest, mission_id: str) -> Manifest:
    return Manifest(loads=tuple(replace(load, mission_id=mission_id) for load in manifest.loads))


def test_a_line_keeps_its_mission_though_an_earlier_one_has_room() -> None:
    scenario = with_lines(a_line(item_id="A", due_utc=None))
    before = fill_manifest(scenario, THREE, ()).best
    assert before is not None
    assert missions_of(before, "A") == ["M1"]
    second = all_on(before, "M2")
    kept = fill_manifest(scenario, THREE, (), before=Before(second)).best
    assert kept is not None
    assert missions_of(kept, "A") == ["M2"]


def test_a_line_leaves_its_mission_where_lateness_costs_more_than_the_change() -> None:
    scenario = with_lines(a_line(item_id="A", mass_kg=300.0, due_utc=on_day(60), priority=1))
    before = fill_manifest(scenario, THREE, ()).best
    assert before is not None
    late = all_on(before, "M3")
    moved = fill_manifest(scenario, THREE, (), before=Before(late)).best
    assert moved is not None
    assert missions_of(moved, "A") == ["M1"]  # 0.6 of 400,000 USD of service and a fine against 20,000 USD
    assert 0.6 * scenario.settings.service.priority_usd[0] > LINE_MOVED_USD


def test_an_urgent_line_takes_the_room_of_the_least_that_has_to_give_way() -> None:
    rows = [a_line(item_id=f"X{i}", form="box", pieces=1, mass_kg=290.0, priority=1 + i, due_utc=None) for i in range(3)]
    scenario = with_lines(*rows)
    before = fill_manifest(scenario, ONE, ()).best
    assert before is not None
    assert all(missions_of(before, f"X{i}") == ["M1"] for i in range(3))
    urgent = a_line(item_id="URG", form="box", pieces=1, mass_kg=280.0, priority=5, due_utc=None)
    after = fill_manifest(with_lines(*rows, urgent), ONE, (), before=Before(before, urgent=frozenset({"URG"}))).best
    assert after is not None
    assert missions_of(after, "URG") == ["M1"]
    assert [i for i in range(3) if missions_of(after, f"X{i}") == [""]] == [2]
