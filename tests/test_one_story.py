"""Planner and windows command tell one story: lift-off, profile, docking and burns of each mission stand in what is listed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from supercargo.app.history import past_year
from supercargo.app.reference import reference_year
from supercargo.app.reference.tiny import tiny
from supercargo.astro.ccsds.messages import OrbitEphemerisMessage
from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.crossings import latitude_rate_rad_s, moving_plane
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import Fuse, Outcome, Status, Watch
from supercargo.model import (
    Arrival,
    Blackout,
    LaunchWindow,
    Manifest,
    OperationsPlan,
    Orbit,
    PlannedMission,
    PortTaken,
    Scenario,
    Schedule,
    StockNeed,
    StowagePlan,
    WindowQuery,
)
from supercargo.plan.arrivals import list_arrivals
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.pipeline import OPTIMISED, Planner, plan_year
from supercargo.plan.schedule_options import options_of
from supercargo.plan.ways import chaser_of, held_at, options_through, profiles_of
from supercargo.plan.windows import find_windows, pass_window, planes_held, window_key
from supercargo.referee import judge
from supercargo.store import read_catalogue, read_past_catalogue, read_records
from tests.test_profiles import a_year_by_profiles, planned

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
OF_WAYS = ("window-", "launch-", "arrival-", "profile-", "beta-", "daylight-", "mission-propellant")


def _empty(
    scenario: Scenario, schedule: Schedule, needs: tuple[StockNeed, ...], watch: Watch, fuse: Fuse
) -> tuple[Outcome[Manifest], StowagePlan]:
    return Outcome(Status.FEASIBLE, Manifest(loads=()), 0.0, -math.inf), StowagePlan(placements=())


UNLOADED = Planner("who flies when, without loads", OPTIMISED.schedule, _empty)


def unloaded(scenario: Scenario) -> OperationsPlan:
    return plan_year(scenario, planner=UNLOADED, watch=lambda stage, share: None)


def with_sets_all_year(scenario: Scenario, *, every_d: int = 10) -> Scenario:
    """Element sets of each place through the year, drifted from its last one at SGP4's own secular rates."""
    sets: list[Orbit] = []
    for orbits in scenario.orbits_of.values():
        last = orbits[-1]
        plane = moving_plane(last)
        count = (scenario.settings.end_utc - last.epoch_utc) // DAY + 10
        for day in range(0, count, every_d):
            since_s = day * 86_400.0
            turned = math.degrees(plane.node_rate_rad_s * since_s), math.degrees(latitude_rate_rad_s(plane) * since_s)
            node_deg = math.degrees(plane.satellite.nodeo) + turned[0]
            ahead_deg = math.degrees(plane.satellite.argpo + plane.satellite.mo) + turned[1]
            perigee_deg = math.degrees(plane.satellite.argpo) % 360.0
            sets.append(
                replace(
                    last, kind="elements", tle_line1="", tle_line2="", epoch_utc=last.epoch_utc + day * DAY,
                    raan_deg=round(node_deg % 360.0, 4), arg_perigee_deg=round(perigee_deg, 4),
                    mean_anomaly_deg=round((ahead_deg - perigee_deg) % 360.0, 4),
                )
            )  # fmt: skip
    return replace(scenario, orbits=tuple(sets))


def with_own_leads(scenario: Scenario) -> Scenario:
    """A past year whose types fly by the profiles of today's and whose launchers have today's lead without slip."""
    catalogue = read_catalogue()
    profiles = {row.vehicle_type: row.profiles for row in catalogue["vehicles"]}
    leads = {row.launcher: (row.lead_s, row.let_go_lead_s, row.steering_s) for row in catalogue["launchers"]}
    vehicles = tuple(replace(row, profiles=profiles.get(row.vehicle_type, ("2-day",))) for row in scenario.vehicles)
    launchers = tuple(
        replace(row, lead_s=leads[row.launcher][0], let_go_lead_s=leads[row.launcher][1], steering_s=leads[row.launcher][2])
        if row.launcher in leads
        else row
        for row in scenario.launchers
    )
    return replace(scenario, vehicles=vehicles, launchers=launchers, profiles=tuple(catalogue["profiles"]))


def a_past_year(year: int) -> Scenario:
    return past_year(read_records(), read_past_catalogue(), year).scenario


SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "reference year": lambda: reference_year(read_catalogue(), seed=1),
    "reference year with sets": lambda: with_sets_all_year(reference_year(read_catalogue(), seed=1)),
    "2016": lambda: a_past_year(2016),
    "2016 by profiles": lambda: with_own_leads(a_past_year(2016)),
    "2019 by profiles, with sets": lambda: with_sets_all_year(with_own_leads(a_past_year(2019))),
    "tiny": lambda: tiny(read_catalogue(), seed=1),
    "tiny with sets": lambda: with_sets_all_year(tiny(read_catalogue(), seed=1), every_d=1),
}


@cache
def the_plan(name: str) -> OperationsPlan:
    return unloaded(SCENARIOS[name]())


def listed(plan: OperationsPlan, mission: PlannedMission) -> tuple[list[LaunchWindow], list[Arrival]]:
    """What the windows command lists in the days about a lift-off, the ports of all other missions taken."""
    taken = tuple(
        PortTaken(
            destination=other.destination, port=other.port, arrive_utc=other.docked_utc[0], depart_utc=other.docked_utc[1],
            mission_id=other.mission_id,
        )
        for other in plan.missions
        if other.mission_id != mission.mission_id
    )  # fmt: skip
    query = WindowQuery(
        destination=mission.destination, site=mission.site, vehicle_types=(mission.vehicle_type,), taken=taken,
        start_utc=mission.launch_utc - DAY, end_utc=mission.launch_utc + DAY,
    )  # fmt: skip
    own = (mission.site, mission.pad, mission.launcher)
    found = list_arrivals(plan.scenario, query)
    windows = [row for row in found.windows if (row.site, row.pad, row.launcher) == own]
    return windows, [row for row in found.arrivals if (row.site, row.pad, row.launcher) == own]


def to_orbit(plan: OperationsPlan) -> list[PlannedMission]:
    return [mission for mission in plan.missions if plan.scenario.places[mission.destination].window_kind == "plane"]


def differences(plan: OperationsPlan, mission: PlannedMission) -> str:
    """In what a mission and the row of its lift-off differ; empty where they agree."""
    windows, rows = listed(plan, mission)
    if not mission.profile:  # its type names no profiles, or its way is agreed: the window alone is to be found
        grounded = {row.launch_utc for row in rows if "no launch" in row.refused}
        return "" if mission.launch_utc in {row.launch_utc for row in windows} - grounded else "no such window"
    rows = [row for row in rows if row.profile == mission.profile]
    if not rows:
        return "no such profile"
    row = min(rows, key=lambda row: abs(row.lift_off_utc - mission.launch_utc))
    place = plan.scenario.places[mission.destination]
    told = (
        ("lift-off", (mission.launch_utc - row.lift_off_utc).total_seconds()),
        ("docking", (mission.docked_utc[0] - row.dock_utc).total_seconds()),
        ("delta-v", round(mission.delta_v_m_s - place.departure_delta_v_m_s - row.delta_v_m_s, 2)),
        ("refused", row.refused),
    )
    return ", ".join(f"{what} {value}" for what, value in told if value)


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_planned_mission_stands_in_what_the_windows_command_lists(name: str) -> None:
    plan = the_plan(name)
    told = {mission.mission_id: differences(plan, mission) for mission in to_orbit(plan)}
    assert told
    assert {mission: words for mission, words in told.items() if words} == {}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_referee_finds_each_lift_off_in_its_plane_and_each_docking_by_its_profile(name: str) -> None:
    broken = [told for told in judge(the_plan(name)) if told.hard and told.rule.startswith(OF_WAYS)]
    assert broken == []


def test_near_the_epoch_flights_leave_at_instants_of_their_own_and_far_from_it_at_the_windows() -> None:
    near = the_plan("reference year with sets")
    usual = {window_key(window) for window in find_windows(near.scenario)}
    own = [mission for mission in to_orbit(near) if window_key(mission) not in usual]
    assert len(own) >= 20
    assert {near.scenario.launcher_named[mission.launcher].let_go_lead_s for mission in own} >= {191.0, 347.0}
    far = the_plan("reference year")
    usual = {window_key(window) for window in find_windows(far.scenario)}
    assert {window_key(mission) for mission in far.missions} <= usual


def test_a_lift_off_of_its_own_stands_beside_its_window_with_the_same_pass() -> None:
    plan = the_plan("reference year with sets")
    rows = {window_key(window): window for window in plan.windows}
    usual = {window_key(window): window for window in find_windows(plan.scenario)}
    assert set(usual) <= set(rows)
    moved = [row for key, row in rows.items() if key not in usual]
    assert moved
    for row in moved:
        window = usual[window_key(pass_window(plan.scenario, row))]
        assert window == pass_window(plan.scenario, row)
        assert (row.node, row.azimuth_deg, row.sigma_s) == (window.node, window.azimuth_deg, window.sigma_s)
        assert row.closes_utc - row.launch_utc == window.closes_utc - window.launch_utc
        assert 0.0 < abs((row.launch_utc - window.launch_utc).total_seconds()) < 600.0
        assert row.used_by
        assert window.used_by == ""


def test_the_referee_refuses_a_lift_off_at_the_windows_own_instant_where_the_way_has_another() -> None:
    plan = the_plan("tiny with sets")
    mission = max(to_orbit(plan), key=lambda one: abs(_moved_s(plan, one)))
    (window,) = (row for row in plan.windows if row.used_by == mission.mission_id)
    usual = pass_window(plan.scenario, window)
    assert abs(_moved_s(plan, mission)) > 90.0
    forged = replace(
        plan,
        missions=tuple(replace(one, launch_utc=usual.launch_utc) if one is mission else one for one in plan.missions),
        windows=tuple(
            replace(usual, used_by=mission.mission_id) if window_key(row) == window_key(usual) else replace(row, used_by="")
            for row in plan.windows
        ),
    )
    told = [violation for violation in judge(forged) if violation.rule == "window-plane"]
    assert any("out of the plane" in violation.text for violation in told)
    assert not [violation for violation in judge(plan) if violation.rule == "window-plane"]


def _moved_s(plan: OperationsPlan, mission: PlannedMission) -> float:
    (window,) = (row for row in plan.windows if row.used_by == mission.mission_id)
    return (window.launch_utc - pass_window(plan.scenario, window).launch_utc).total_seconds()


def test_a_way_whose_own_lift_off_falls_to_another_element_set_is_refused() -> None:
    plan = the_plan("tiny with sets")
    scenario = plan.scenario
    mission = max(to_orbit(plan), key=lambda one: abs(_moved_s(plan, one)))
    (row,) = (row for row in plan.windows if row.used_by == mission.mission_id)
    window, launcher = pass_window(scenario, row), scenario.launcher_named[row.launcher]
    chaser = chaser_of(scenario.vehicle_types[mission.vehicle_type], scenario.places[mission.destination])
    profiles = profiles_of((scenario.profile_named[mission.profile],))
    window_s, own_s = seconds_since_j2000(window.launch_utc), seconds_since_j2000(row.launch_utc)
    held = held_at(planes_held(scenario, mission.destination), window_s)
    (whole,) = options_through(window, held, launcher, chaser, profiles)
    assert (whole.lift_off_s, whole.refused) == (own_s, ())
    between_s = (window_s + own_s) / 2.0
    cut = (held[0], between_s, held[2]) if window_s > own_s else (held[0], held[1], between_s)
    (adrift,) = options_through(window, cut, launcher, chaser, profiles)
    assert any("element set" in reason for reason in adrift.refused)


def test_the_orbit_message_of_a_lift_off_of_its_own_docks_when_the_plan_does() -> None:
    plan = the_plan("reference year with sets")
    told = ephemerides_of(plan)
    assert set(told) == {mission.mission_id for mission in to_orbit(plan)}
    for mission in to_orbit(plan):
        message = parse_message(told[mission.mission_id].encode(), where=mission.mission_id)
        assert isinstance(message, OrbitEphemerisMessage)
        assert message.segments[-1].metadata.start_time.as_utc() == mission.arrive_utc


# light


def by_day(scenario: Scenario) -> Scenario:
    return replace(scenario, vehicles=tuple(replace(vehicle, daylight=True) for vehicle in scenario.vehicles))


def lights(plan: OperationsPlan) -> dict[str, str]:
    """By mission, the light at its docking as the windows command tells it."""
    found = {}
    for mission in to_orbit(plan):
        (row,) = (
            row for row in listed(plan, mission)[1] if (row.profile, row.lift_off_utc) == (mission.profile, mission.launch_utc)
        )
        found[mission.mission_id] = row.dock_light
    return found


def test_a_type_that_docks_only_in_sunlight_is_planned_by_day_and_where_light_is_not_known_all_the_same() -> None:
    free = a_year_by_profiles("2-day")
    dark = replace(free, missions=free.missions[:1])
    assert {option.way.profile for option in options_of(dark, find_windows(dark)).options} == {"2-day"}
    bright = by_day(free)
    plan = planned(bright)
    assert lights(plan) == {"M1": "lit", "M2": "unknown"}
    weighed, all_ways = (options_of(one, find_windows(one)).options for one in (bright, free))
    assert 0 < len(weighed) < len(all_ways)
    bright_year = unloaded(by_day(the_plan("reference year with sets").scenario))
    assert set(lights(bright_year).values()) == {"lit"}
    assert not [violation for violation in judge(bright_year) if violation.rule == "daylight-docking"]


def test_the_referee_knows_a_docking_in_the_dark_and_is_silent_where_it_can_not_know() -> None:
    plan = the_plan("reference year with sets")
    told = lights(plan)
    assert set(told.values()) == {"lit", "dark"}
    judged = replace(plan, scenario=by_day(plan.scenario))
    dark = {violation.object for violation in judge(judged) if violation.rule == "daylight-docking"}
    assert dark == {mission for mission, light in told.items() if light == "dark"}
    far = the_plan("reference year")
    assert set(lights(far).values()) == {"unknown"}
    assert not [
        violation for violation in judge(replace(far, scenario=by_day(far.scenario))) if violation.rule == "daylight-docking"
    ]


# what is closed


def test_a_blackout_that_begins_between_window_and_own_lift_off_keeps_the_flight_from_both() -> None:
    plan = the_plan("tiny with sets")
    mission = next(one for one in to_orbit(plan) if abs(_moved_s(plan, one)) > 5.0)
    (window,) = (row for row in plan.windows if row.used_by == mission.mission_id)
    for instant in (mission.launch_utc, pass_window(plan.scenario, window).launch_utc):
        shut = Blackout(kind="site", object=mission.site, from_utc=instant, to_utc=instant + SECOND, reason="ship in the area")
        closed = replace(plan.scenario, blackouts=(*plan.scenario.blackouts, shut))
        (row,) = (
            row
            for row in listed(replace(plan, scenario=closed), mission)[1]
            if (row.profile, row.lift_off_utc) == (mission.profile, mission.launch_utc)
        )
        assert "no launch: blackout of" in row.refused
        instants = {
            option.window.launch_utc + option.way.moved_s * SECOND
            for option in options_of(closed, find_windows(closed)).options
            if (option.window.pad, option.way.profile) == (mission.pad, mission.profile)
        }
        assert mission.launch_utc not in instants
