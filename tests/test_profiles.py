"""Missions arrive by profiles: planned as the windows command tells, judged anew, told as orbit messages."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.ccsds.epochs import Epochs
from supercargo.astro.ccsds.interpolation import interpolate
from supercargo.astro.ccsds.messages import OrbitEphemerisMessage
from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.elements import satellite_of, states
from supercargo.astro.rendezvous import PROFILES, Insertion
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.model import Arrival, Blackout, OperationsPlan, PlannedMission, Scenario, WindowQuery
from supercargo.plan.arrivals import list_arrivals
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.pipeline import OPTIMISED, plan_year
from supercargo.plan.schedule_options import NEXT_PASS_S, options_of
from supercargo.plan.ways import insertion_of, profiles_of
from supercargo.plan.windows import find_windows
from supercargo.referee import judge
from supercargo.store import digest_violations, read_catalogue, write_plan
from tests.builders import START, WAYS_UP, a_mission, a_scenario, a_vehicle, on_day
from tests.plans import a_plan

EVERY = tuple(profile.profile for profile in WAYS_UP)


def a_year_by_profiles(*profiles: str, **changes: Any) -> Scenario:
    """Two missions: one in the days about the orbit's epoch, where the phase is known, one half a year later.

    The station is put on its orbit so that the first lift-off finds it some 30 deg ahead at insertion, where two and four
    revolutions reach it.
    """
    vehicle = a_vehicle(**{"profiles": profiles or EVERY, **changes.pop("vehicle", {})})
    base = a_scenario(vehicles=(vehicle,), cargo=a_scenario().cargo[:3])
    base = replace(base, orbits=(replace(base.orbits[0], mean_anomaly_deg=107.0),))
    missions = (
        a_mission(earliest_utc=on_day(1), latest_utc=on_day(9)),
        a_mission(mission_id="M2", earliest_utc=on_day(180), latest_utc=on_day(200)),
    )
    return replace(base, missions=missions, **changes)


def planned(scenario: Scenario) -> OperationsPlan:
    return plan_year(scenario, planner=OPTIMISED, watch=lambda stage, share: None)


def told_by_windows(scenario: Scenario, mission: PlannedMission) -> Arrival:
    """The row of the windows command for a mission's lift-off, type and profile."""
    day = timedelta(days=1)
    query = WindowQuery(
        destination=mission.destination, site=mission.site, start_utc=mission.launch_utc - day,
        end_utc=mission.launch_utc + day,
    )  # fmt: skip
    (row,) = (
        row
        for row in list_arrivals(scenario, query).arrivals
        if (row.launch_utc, row.pad, row.launcher, row.vehicle_type, row.profile)
        == (mission.launch_utc, mission.pad, mission.launcher, mission.vehicle_type, mission.profile)
    )
    return row


def test_the_catalogue_holds_the_profiles_that_were_fitted_to_flights() -> None:
    records = read_catalogue()["profiles"]
    assert profiles_of(records) == profiles_of(WAYS_UP) == PROFILES
    assert insertion_of(a_scenario().launchers[0]) == Insertion()


@pytest.mark.parametrize("profiles", [("2-orbit", "4-orbit", "2-day"), ("1-day", "2-day"), ("3-day",)])
def test_plan_and_windows_command_agree_on_instants_and_burns(profiles: tuple[str, ...]) -> None:
    scenario = a_year_by_profiles(*profiles)
    plan = planned(scenario)
    assert len(plan.missions) == 2
    place = scenario.places["Hub"]
    for mission in plan.missions:
        row = told_by_windows(scenario, mission)
        assert row.refused == ""
        assert row.dock_utc == mission.arrive_utc
        assert row.delta_v_m_s + place.departure_delta_v_m_s == pytest.approx(mission.delta_v_m_s, abs=1.1e-3)


def test_cargo_that_is_due_takes_the_fast_way_where_it_stands_and_far_from_the_epoch_a_way_for_any_phase_is_flown() -> None:
    scenario = a_year_by_profiles("2-orbit", "4-orbit", "2-day")
    due = tuple(
        replace(line, due_utc=on_day(8)) for line in scenario.cargo
    )  # five days of unloading after six hours, or two days
    plan = planned(replace(scenario, cargo=due))
    near, far = plan.mission_named["M1"], plan.mission_named["M2"]
    assert near.profile in {"2-orbit", "4-orbit"}
    assert near.docked_utc[0] - near.launch_utc < timedelta(hours=7)
    assert far.profile == "2-day"
    assert timedelta(hours=50) < far.docked_utc[0] - far.launch_utc < timedelta(hours=50.5)


def test_a_plan_by_profiles_keeps_every_hard_rule() -> None:
    for profiles in (("2-orbit", "4-orbit", "2-day"), ("1-day", "3-day"), ("2-day",)):
        plan = planned(a_year_by_profiles(*profiles, vehicle={"beta_limit_deg": 60.0}))
        rules = {violation.rule for violation in judge(plan) if violation.hard}
        assert rules <= {"kpi-complete", "contract-minimum", "stock-reserve"}, rules  # so little cargo keeps no promise


def test_where_the_phase_is_known_only_ways_that_close_it_are_weighed() -> None:
    scenario = a_year_by_profiles()
    for option in options_of(scenario, find_windows(scenario)).options:
        query = WindowQuery(
            destination="Hub", site="Cape", start_utc=option.window.launch_utc,
            end_utc=option.window.launch_utc + timedelta(seconds=1),
        )  # fmt: skip
        stands = {row.profile for row in list_arrivals(scenario, query).arrivals if row.stands}
        assert option.way.profile in stands


def test_a_slow_way_is_weighed_only_where_no_preferred_one_docks_a_day_earlier() -> None:
    scenario = a_year_by_profiles("2-orbit", "4-orbit", "1-day", "2-day", "3-day")
    by_lift_off: dict[Any, list[int]] = {}
    for option in options_of(scenario, find_windows(scenario)).options:
        by_lift_off.setdefault((option.mission, option.launch_s), []).append(option.course.arrive_s)
    assert all(max(arrivals) - min(arrivals) < NEXT_PASS_S for arrivals in by_lift_off.values())
    preferred = a_year_by_profiles("3-day", "2-day")
    names = {option.way.profile for option in options_of(preferred, find_windows(preferred)).options}
    assert names == {"3-day", "2-day"}  # the preferred way is the slow one: both are kept


def test_a_slow_way_is_kept_where_the_place_is_closed_for_the_fast_one() -> None:
    scenario = a_year_by_profiles("2-day", "3-day")
    launch = next(window for window in find_windows(scenario) if window.launch_utc > on_day(185)).launch_utc
    closed = Blackout(
        kind="destination", object="Hub", from_utc=launch + timedelta(hours=49), to_utc=launch + timedelta(hours=52), reason=""
    )
    scenario = replace(scenario, blackouts=(closed,))
    found = [option for option in options_of(scenario, find_windows(scenario)).options if option.window.launch_utc == launch]
    assert {option.way.profile for option in found} == {"3-day"}


def test_beta_keeps_a_type_away_and_the_mission_says_so() -> None:
    free = a_year_by_profiles("2-day")
    assert len(options_of(free, find_windows(free)).options) > 20
    strict = a_year_by_profiles("2-day", vehicle={"beta_limit_deg": 0.0})
    market = options_of(strict, find_windows(strict))
    assert market.options == ()
    middle = a_year_by_profiles("2-day", vehicle={"beta_limit_deg": 30.0})
    some = options_of(middle, find_windows(middle)).options
    assert 0 < len(some) < len(options_of(free, find_windows(free)).options)


def test_a_type_without_profiles_keeps_its_phasing_and_the_delta_v_of_the_place() -> None:
    scenario = a_year_by_profiles(vehicle={"profiles": ()})
    for mission in planned(scenario).missions:
        assert mission.profile == ""
        assert mission.docked_utc[0] - mission.launch_utc == timedelta(days=1)
        assert mission.delta_v_m_s == 260.0


def test_an_agreed_way_goes_before_every_profile() -> None:
    scenario = a_year_by_profiles("2-day", vehicle={"beta_limit_deg": 0.0})
    scenario = replace(scenario, missions=tuple(replace(request, phasing_d=3.25) for request in scenario.missions))
    plan = planned(scenario)
    assert {mission.profile for mission in plan.missions} == {""}
    assert {mission.docked_utc[0] - mission.launch_utc for mission in plan.missions} == {timedelta(days=3.25)}
    assert not [
        violation for violation in judge(plan) if violation.rule in {"profile-lawful", "beta-cutout", "arrival-instant"}
    ]


# the orbit messages


def messages_of(plan: OperationsPlan) -> dict[str, OrbitEphemerisMessage]:
    found = {}
    for name, told in ephemerides_of(plan, transfer_catalogue()).messages.items():
        message = parse_message(told.encode(), where=name)
        assert isinstance(message, OrbitEphemerisMessage)
        found[name] = message
    return found


def test_each_message_goes_from_insertion_to_a_day_after_docking_without_a_gap() -> None:
    plan = planned(a_year_by_profiles("2-orbit", "2-day"))
    for name, message in messages_of(plan).items():
        mission = plan.mission_named[name]
        spans = [(one.metadata.start_time.as_utc(), one.metadata.stop_time.as_utc()) for one in message.segments]
        assert spans[0][0] == mission.launch_utc + timedelta(seconds=528)
        assert all(before[1] == after[0] for before, after in pairwise(spans))
        assert spans[-1][0] == mission.arrive_utc
        assert spans[-1][1] == mission.docked_utc[0] + timedelta(days=1)
        assert message.header.originator == "SUPERCARGO"
        assert message.header.creation_date is not None
        assert message.header.creation_date.as_utc() == plan.scenario.settings.as_of_utc


def test_states_of_a_message_join_up_and_its_velocities_are_those_of_its_positions() -> None:
    plan = planned(a_year_by_profiles("2-orbit", "2-day"))
    for message in messages_of(plan).values():
        ends = [(one.position_km[0], one.position_km[-1]) for one in message.segments]
        for (_, before), (after, _) in pairwise(ends):
            assert np.linalg.norm(after - before) < 0.1  # half a second of rounding at a burn of some tens of metres a second
        cruise = message.segments[2]
        first = cruise.metadata.start_time.as_utc()
        between = [first + timedelta(minutes=10 * count + 5) for count in range(4)]  # half-way between the states
        position, velocity = interpolate(message, Epochs.of(between))
        radius, speed = np.linalg.norm(position, axis=1), np.linalg.norm(velocity, axis=1)
        circle_km = float(np.linalg.norm(cruise.position_km[0]))
        assert np.abs(radius - circle_km).max() < 0.05
        assert np.abs(speed - np.sqrt(398_600.4418 / circle_km)).max() < 0.02  # the plane's drift adds metres a second


def test_at_docking_the_message_has_the_spacecraft_where_the_elements_have_the_station() -> None:
    plan = planned(a_year_by_profiles("2-orbit", "4-orbit"))
    mission = plan.mission_named["M1"]
    docked = messages_of(plan)["M1"].segments[-1]
    orbit = plan.scenario.orbits[0]
    at_s = np.array([seconds_since_j2000(mission.docked_utc[0])])
    station, speed = states(satellite_of(orbit), at_s)
    # circle against ellipse, mean against osculating: 2 e a = 7 km each way and the bulge's 10 km
    assert np.linalg.norm(docked.position_km[0] - station[0]) < 40.0
    assert np.linalg.norm(docked.velocity_km_s[0] - speed[0]) < 0.05


def test_a_message_says_where_its_states_are_only_nominal() -> None:
    plan = planned(a_year_by_profiles("2-orbit", "2-day"))
    nominal = {name: " ".join(message.header.comments) for name, message in messages_of(plan).items()}
    assert "along the track the states are nominal" in nominal["M2"]
    assert "nominal" not in nominal["M1"]
    usual = planned(a_year_by_profiles(vehicle={"profiles": ()}))
    for message in messages_of(usual).values():
        assert any("begin at docking" in comment for comment in message.header.comments)
        assert len(message.segments) == 1


def test_messages_are_small_and_the_same_each_time() -> None:
    plan = planned(a_year_by_profiles("2-day"))
    first, second = (ephemerides_of(plan, transfer_catalogue()).messages for _ in range(2))
    assert first == second
    assert all(len(told) < 50_000 for told in first.values())


def test_between_the_states_of_a_message_the_product_s_own_interpolation_is_within_a_kilometre() -> None:
    plan = planned(a_year_by_profiles("2-orbit", "2-day"))
    for message in messages_of(plan).values():
        assert {segment.metadata.interpolation_degree for segment in message.segments} == {7}
        for segment in message.segments:
            radius = np.linalg.norm(segment.position_km, axis=-1)
            if np.ptp(radius) > 0.1:
                continue  # half an ellipse: its middle is not between its ends
            at = [segment.epochs.at(k).as_utc() for k in range(len(segment.epochs))]
            assert max(later - one for one, later in pairwise(at)) <= timedelta(seconds=600)
            middle = segment.position_km[1:] + segment.position_km[:-1]
            middle *= (radius[:-1] / np.linalg.norm(middle, axis=-1))[:, None]  # of an even turn along a circle
            found, _ = interpolate(message, Epochs.of(one + (later - one) / 2 for one, later in pairwise(at)))
            assert np.linalg.norm(found - middle, axis=-1).max() < 1.0


def test_the_way_up_of_a_message_takes_the_height_of_the_phasing_orbit() -> None:
    scenario = a_year_by_profiles("2-orbit", "4-orbit")
    plan = planned(scenario)
    row = told_by_windows(scenario, plan.mission_named["M1"])
    cruise = messages_of(plan)["M1"].segments[2]
    assert row.phasing_km is not None
    radius = [math.dist((0.0, 0.0, 0.0), tuple(position)) for position in cruise.position_km.tolist()]
    assert radius == pytest.approx([6378.137 + row.phasing_km] * len(radius), abs=0.01)
    assert plan.mission_named["M1"].launch_utc > START


def test_the_plan_folder_holds_a_message_for_each_flight_to_an_orbit_and_the_digest_vouches_for_them(tmp_path: Path) -> None:
    plan = a_plan()
    told = ephemerides_of(plan, transfer_catalogue()).messages
    assert sorted(told) == ["M1", "M2", "M3"]  # M4 goes to the Moon by no route that is computed
    write_plan(plan, tmp_path / "plan", run={}, report_html="", ephemerides=told, force=False)
    assert sorted(path.name for path in (tmp_path / "plan" / "oem").iterdir()) == ["M1.oem", "M2.oem", "M3.oem"]
    assert digest_violations(tmp_path / "plan") == ()
    with (tmp_path / "plan" / "oem" / "M1.oem").open("a") as file:
        file.write("COMMENT later\n")
    assert [violation.rule for violation in digest_violations(tmp_path / "plan")] == ["digest"]


def test_a_lost_mission_has_no_message_and_odd_names_do_no_harm() -> None:
    plan = a_plan()
    lost = replace(plan.missions[0], outcome="lost", arrive_utc=None, depart_utc=None, port="")
    odd = replace(plan.missions[1], vehicle_type="Zaunk\u00f6nig")
    types = (replace(plan.scenario.vehicle_types["Wren"], vehicle_type=odd.vehicle_type),)
    plan = replace(plan, missions=(lost, odd), scenario=replace(plan.scenario, vehicles=types))
    found = ephemerides_of(plan, transfer_catalogue())
    told = found.messages
    assert list(told) == [odd.mission_id]
    assert [one.mission_id for one in found.untraced] == [lost.mission_id]
    assert told[odd.mission_id].isascii()


# what the referee says of a way


def judged(plan: OperationsPlan, name: str, rule: str, **changes: Any) -> list[str]:
    missions = tuple(replace(m, **changes) if m.mission_id == name else m for m in plan.missions)
    return [v.text for v in judge(replace(plan, missions=missions)) if v.rule == rule and v.object == name]


def test_the_referee_lets_a_docking_be_five_minutes_off_and_no_more() -> None:
    plan = a_plan()
    at = plan.mission_named["M1"].docked_utc[0]
    assert judged(plan, "M1", "arrival-instant", arrive_utc=at + timedelta(seconds=290)) == []
    (told,) = judged(plan, "M1", "arrival-instant", arrive_utc=at + timedelta(seconds=310))
    assert "by 2-day it takes 2.09 d" in told


def test_the_referee_lets_burns_be_half_a_metre_a_second_off_and_propellant_goes_with_them() -> None:
    plan = a_plan()
    mission, vehicle = plan.mission_named["M1"], plan.scenario.vehicle_types["Wren"]
    assert judged(plan, "M1", "mission-propellant") == []
    (told,) = judged(plan, "M1", "mission-propellant", delta_v_m_s=mission.delta_v_m_s + 0.4)
    assert "propellant_kg says" in told  # the burns pass, the propellant no longer belongs to them
    full = math.exp(0.4 / (vehicle.isp_s * 9.80665))
    more_kg = mission.propellant_kg + (vehicle.dry_mass_kg + mission.upmass_kg + mission.propellant_kg) * (full - 1.0)
    off = judged(plan, "M1", "mission-propellant", delta_v_m_s=mission.delta_v_m_s + 0.4, propellant_kg=more_kg)
    assert off == []
    told = " ".join(judged(plan, "M1", "mission-propellant", delta_v_m_s=mission.delta_v_m_s + 0.6))
    assert "2-day asks" in told


def test_the_referee_faults_a_fast_profile_only_where_the_phase_is_out_of_its_range() -> None:
    scenario = a_year_by_profiles("2-orbit", "4-orbit")
    plan = planned(scenario)
    assert judged(plan, "M1", "profile-phase") == []
    away = replace(scenario.orbits[0], mean_anomaly_deg=287.0)  # the station is on the other side of the Earth
    (told,) = judged(replace(plan, scenario=replace(scenario, orbits=(away,))), "M1", "profile-phase")
    assert "deg ahead at insertion" in told
    far = planned(a_year_by_profiles("2-day"))
    (told,) = judged(far, "M2", "profile-phase", profile="2-orbit")
    assert "not known so far ahead" in told


def test_the_referee_wants_a_phase_where_it_is_known_and_none_where_it_is_not() -> None:
    plan = planned(a_year_by_profiles("2-day"))
    stated = next(row for row in plan.windows if row.phase_deg is not None)
    unknown = next(row for row in plan.windows if row.phase_deg is None)
    for row, phase, words in (
        (stated, None, "it is known and not stated"),
        (stated, ((stated.phase_deg or 0.0) + 1.0) % 360.0, "deg ahead of the pad"),
        (unknown, 10.0, "it is not known"),
    ):
        windows = tuple(replace(kept, phase_deg=phase) if kept is row else kept for kept in plan.windows)
        told = [v.text for v in judge(replace(plan, windows=windows)) if v.rule == "window-phase"]
        assert len(told) == 1
        assert words in told[0]


def test_windows_refuse_what_a_type_does_not_fly() -> None:
    query = WindowQuery(destination="Hub", site="Cape", start_utc=START, end_utc=on_day(3))
    rows = list_arrivals(a_year_by_profiles("2-day"), query).arrivals
    assert {row.profile for row in rows if "does not fly by this profile" not in row.refused} == {"2-day"}
    assert {row.profile for row in rows if not row.stands} == set(EVERY) - {"2-day"}


def test_a_launcher_that_lets_go_elsewhere_moves_docking_and_burns_and_the_referee_follows() -> None:
    base = a_year_by_profiles("2-orbit", "4-orbit", "2-day", vehicle={"approach_m_s": 22.0})
    high = replace(
        base.launchers[0], insertion_s=700.0, insertion_arc_deg=24.0, insertion_perigee_km=230.0, insertion_apogee_km=250.0,
        correction_m_s=1.0, plane_error_deg=0.01,
    )  # fmt: skip
    plan, usual = planned(replace(base, launchers=(high,))), planned(base)
    assert plan.mission_named["M2"].delta_v_m_s < usual.mission_named["M2"].delta_v_m_s - 5.0
    for mission in plan.missions:
        row = told_by_windows(plan.scenario, mission)
        assert (row.dock_utc, row.refused) == (mission.arrive_utc, "")
    ways = {"arrival-instant", "mission-propellant", "profile-phase", "profile-lawful", "beta-cutout"}
    assert [violation for violation in judge(plan) if violation.rule in ways] == []
