"""Profiles to the station, burns, falls and holds: published figures, and what must hold for any phase and height."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from supercargo.astro.departure import (
    CAPSULE,
    DISPOSAL,
    ZONES,
    Corridor,
    Descent,
    Zone,
    disposal_burns,
    fall_of,
    find_landings,
)
from supercargo.astro.elements import satellite_of, states
from supercargo.astro.frames import earth_fixed, pad_direction
from supercargo.astro.manoeuvres import (
    EARTH_KM,
    Burn,
    catch_up_deg,
    deorbit_m_s,
    hohmann_m_s,
    mean_motion_rad_s,
    paid,
    plane_turn_m_s,
)
from supercargo.astro.proximity import HOLDS, HoldPoint, Spread, drifted, retries, safety_of, two_burns_m_s
from supercargo.astro.rendezvous import (
    PROFILES,
    ArrivalOption,
    Busy,
    Chaser,
    DockLight,
    Insertion,
    Meeting,
    Profile,
    Slip,
    arrival_options,
    phase_at_insertion_deg,
    phase_range_deg,
    phasing_height_km,
)
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from tests.builders import START
from tests.test_astro import an_orbit

START_S = seconds_since_j2000(START)
PROGRESS = Chaser(mass_kg=7400.0, propellant_kg=620.0, isp_s=302.0, kept_kg=200.0)
SOYUZ = Insertion()
NAMED = {profile.name: profile for profile in PROFILES}
DEG_KM = math.radians(1.0) * (EARTH_KM + 405.0)


def options(phase_deg: float | None, chaser: Chaser = PROGRESS, **also: float) -> dict[str, ArrivalOption]:
    meeting = Meeting(lift_off_s=START_S, height_km=also.get("height_km", 415.0), phase_deg=phase_deg)
    return {option.profile: option for option in arrival_options(meeting, SOYUZ, chaser)}


# figures as published or computed elsewhere


@pytest.mark.parametrize(("height_km", "gained_deg"), [(200.0, 18.2), (230.0, 15.6), (300.0, 9.7), (350.0, 5.6)])
def test_catch_up_on_a_station_at_420_km_is_as_published(height_km: float, gained_deg: float) -> None:
    assert catch_up_deg(height_km, 420.0) == pytest.approx(gained_deg, abs=0.05)


def test_burns_of_low_orbit_are_as_published() -> None:
    assert sum(hohmann_m_s(200.0, 420.0)) == pytest.approx(127.0, abs=0.5)
    assert plane_turn_m_s(420.0, 1.0) == pytest.approx(134.0, abs=0.5)
    assert deorbit_m_s(420.0, 50.0) == pytest.approx(108.0, abs=0.5)


@pytest.mark.parametrize(
    ("profile", "from_h", "to_h"),
    [("2-orbit", 3.4, 3.7), ("4-orbit", 5.8, 6.3), ("1-day", 24.0, 26.0), ("2-day", 49.5, 51.0), ("3-day", 72.0, 76.0)],
)
def test_profiles_last_as_flown(profile: str, from_h: float, to_h: float) -> None:
    """Fast flights of 2018 took 3.4 to 3.7 h, those of 2013 6 h, 34 orbits 50 h."""
    found = options(-92.0 if profile in ("2-day", "3-day") else 0.0)[profile]
    assert from_h <= (found.dock_s - START_S) / 3600.0 <= to_h


def test_fast_flights_of_2017_and_2018_had_a_phase_that_two_orbits_close() -> None:
    """MS-09: station 370 miles short of the pad at lift-off, about 1,000 miles ahead at insertion. MS-07: 165 km short."""
    ms09_deg, ms07_deg = -370 * 1.609344 / DEG_KM, -165.0 / DEG_KM
    ahead_miles = phase_at_insertion_deg(ms09_deg, 405.0, SOYUZ) * DEG_KM / 1.609344
    assert ahead_miles == pytest.approx(1000.0, abs=60.0)
    for phase_deg in (ms09_deg, ms07_deg):
        assert options(phase_deg, height_km=405.0)["2-orbit"].refused == ()


def test_91p_needed_34_orbits_for_its_phase_and_docked_when_nasa_planned() -> None:
    """The station 92 deg behind the pad at lift-off; 49.66 h planned."""
    found = options(-92.0)
    assert found["2-orbit"].refused
    assert found["4-orbit"].refused
    assert found["2-day"].refused == ()
    assert (found["2-day"].dock_s - START_S) / 3600.0 == pytest.approx(49.66, abs=0.6)


# profiles


@settings(max_examples=60, deadline=None)
@given(phase=st.floats(0.0, 360.0), height=st.floats(380.0, 500.0), profile=st.sampled_from(PROFILES))
def test_the_phasing_height_closes_the_gap_or_the_gap_is_out_of_range(phase: float, height: float, profile: Profile) -> None:
    least, most = phase_range_deg(profile, SOYUZ, height)
    found = phasing_height_km(profile, SOYUZ, height, phase)
    closable = any(least <= phase + 360.0 * turns <= most for turns in range(4))
    assert (found is not None) is closable
    if found is not None:
        assert 221.0 <= found <= height
        cruise = profile.revolutions - profile.coast_revolutions - 1.0
        # the gain of the legs, revolution by revolution, with the transfers at their mean height
        gained = profile.coast_revolutions * -lag_deg(221.0, height) - cruise * lag_deg(found, height)
        gained -= 0.5 * lag_deg((221.0 + found) / 2.0, height) + 0.5 * lag_deg((found + height) / 2.0, height)
        assert (gained - phase + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)


def lag_deg(lower_km: float, upper_km: float) -> float:
    """What the station turns less than a spacecraft in one revolution of the spacecraft, as a negative number."""
    return 360.0 * (mean_motion_rad_s(EARTH_KM + upper_km) / mean_motion_rad_s(EARTH_KM + lower_km) - 1.0)


@settings(max_examples=40, deadline=None)
@given(phase=st.floats(0.0, 360.0), height=st.floats(380.0, 450.0))
def test_an_option_costs_at_least_the_cheapest_way_up_and_its_burns_add_up(phase: float, height: float) -> None:
    for option in options(phase, height_km=height).values():
        rise = sum(hohmann_m_s(221.0, height))
        assert rise + 15.0 <= option.delta_v_m_s <= rise + 40.0
        assert option.propellant_kg == pytest.approx(7400.0 * -math.expm1(-option.delta_v_m_s / (302.0 * 9.80665)), rel=1e-9)
        assert option.margin_kg == pytest.approx(420.0 - option.propellant_kg)
        assert (option.phasing_km is None) is any("phase" in reason for reason in option.refused)
        assert option.dock_s > START_S


SOYUZ_SLIP = Slip(without_gain_s=25.0 - 191.0, s_per_deg=0.49, phase_deg_s=0.062)


@settings(max_examples=60, deadline=None)
@given(phase=st.floats(0.0, 360.0), height=st.floats(390.0, 450.0))
def test_own_lift_off_and_gain_fit_each_other(phase: float, height: float) -> None:
    meeting = Meeting(lift_off_s=START_S, height_km=height, phase_deg=phase, slip=SOYUZ_SLIP)
    still = replace(meeting, slip=None)
    for option in arrival_options(meeting, SOYUZ, PROGRESS):
        moved_s = option.lift_off_s - START_S
        assert moved_s == round(moved_s)
        by_slip_deg = (moved_s - SOYUZ_SLIP.without_gain_s) / SOYUZ_SLIP.s_per_deg  # as the whole second has it
        ahead_deg = phase_at_insertion_deg(phase + SOYUZ_SLIP.phase_deg_s * moved_s, height, SOYUZ)
        gain_deg = ahead_deg + 360.0 * round((by_slip_deg - ahead_deg) / 360.0)
        assert abs(SOYUZ_SLIP.s_per_deg * (gain_deg - by_slip_deg)) <= 1.05
        assert option.insertion_phase_deg is not None
        assert (option.insertion_phase_deg - gain_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)
        least, most = option.needed_deg
        assert gain_deg >= least - 1e-6
        assert (option.phasing_km is not None) is (gain_deg <= most)
    assert all(option.lift_off_s == START_S for option in arrival_options(still, SOYUZ, PROGRESS))


def test_91p_and_fast_flights_lift_off_as_far_ahead_of_the_crossing_as_they_did() -> None:
    """Leads of 41 s for the 34 orbits of 91P and of about 160 s for six hours, from the one lead of Soyuz without slip."""
    ahead = {}
    for name, phase_deg in (("2-day", -92.0), ("4-orbit", 12.0)):
        meeting = Meeting(lift_off_s=START_S, height_km=415.0, phase_deg=phase_deg, slip=SOYUZ_SLIP)
        (option,) = arrival_options(meeting, SOYUZ, PROGRESS, [NAMED[name]])
        assert option.refused == ()
        ahead[name] = 25.0 - (option.lift_off_s - START_S)
    assert ahead["2-day"] == pytest.approx(41.0, abs=15.0)
    assert ahead["4-orbit"] == pytest.approx(168.0, abs=22.0)


def test_an_unknown_phase_leaves_only_profiles_that_close_any() -> None:
    found = options(None)
    assert [name for name, option in found.items() if not option.refused] == ["2-day", "3-day"]
    assert "not known so far ahead" in found["2-orbit"].refused[0]


def test_each_reason_for_a_refusal_is_told() -> None:
    meeting = Meeting(lift_off_s=START_S, height_km=415.0, phase_deg=90.0)
    chaser = Chaser(mass_kg=7400.0, propellant_kg=300.0, isp_s=302.0, beta_limit_deg=60.0, needs_light=True)
    (option,) = arrival_options(
        meeting, SOYUZ, chaser, [NAMED["2-orbit"]],
        light_of=lambda at_s: DockLight(beta_deg=-64.2, lit=False),
        busy=[Busy(from_s=START_S, to_s=START_S + DAY_S, why="port Zvezda aft is taken by Progress MS-30")],
    )  # fmt: skip
    told = " | ".join(option.refused)
    ahead_deg = phase_at_insertion_deg(90.0, 415.0, SOYUZ)
    assert f"phase out of range: the station is {ahead_deg:.1f} deg ahead at insertion, 2-orbit closes" in told
    assert "beta cut-out: -64.2 deg, the vehicle docks up to 60" in told
    assert "only in sunlight" in told
    assert "no arrival: port Zvezda aft is taken" in told
    assert "propellant short by" in told


def test_a_plane_left_aside_costs_134_m_s_a_degree() -> None:
    near, far = (
        arrival_options(Meeting(lift_off_s=0.0, height_km=420.0, phase_deg=None, plane_offset_deg=aside), SOYUZ, PROGRESS)[3]
        for aside in (0.0, 1.0)
    )
    assert far.delta_v_m_s - near.delta_v_m_s == pytest.approx(133.0, abs=3.0)


def test_a_profile_or_insertion_that_makes_no_sense_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="beyond its coast"):
        phase_range_deg(Profile(name="hop", revolutions=1.0, coast_revolutions=0.5), SOYUZ, 415.0)
    with pytest.raises(ScenarioError, match="below the station"):
        phase_range_deg(NAMED["2-orbit"], Insertion(perigee_km=400.0, apogee_km=420.0), 412.0)


def test_burns_are_paid_from_what_the_burns_before_have_left() -> None:
    first, second = paid([Burn(name="a", delta_v_m_s=100.0), Burn(name="b", delta_v_m_s=100.0)], 1000.0, 300.0)
    assert second.propellant_kg < first.propellant_kg
    (both,) = paid([Burn(name="ab", delta_v_m_s=200.0)], 1000.0, 300.0)
    assert first.propellant_kg + second.propellant_kg == pytest.approx(both.propellant_kg)


# coming down


def test_a_capsule_is_down_within_the_hour_after_its_burn() -> None:
    """Soyuz brakes some 54 minutes and the Shuttle braked an hour before it touched the ground."""
    fall = fall_of(420.0, CAPSULE)
    assert fall.delta_v_m_s == pytest.approx(108.0, abs=0.5)
    assert 50 * 60.0 <= fall.lasts_s <= 62 * 60.0
    assert 120.0 <= fall.arc_deg <= 180.0


@settings(max_examples=30, deadline=None)
@given(height=st.floats(350.0, 600.0), perigee=st.floats(-50.0, 80.0))
def test_a_deeper_dip_costs_more_and_falls_sooner(height: float, perigee: float) -> None:
    shallow = fall_of(height, Descent(perigee_km=perigee, interface_km=120.0, glide_arc_deg=20.0, glide_s=1500.0))
    deep = fall_of(height, Descent(perigee_km=perigee - 20.0, interface_km=120.0, glide_arc_deg=20.0, glide_s=1500.0))
    assert deep.delta_v_m_s > shallow.delta_v_m_s
    assert deep.lasts_s < shallow.lasts_s
    assert deep.arc_deg < shallow.arc_deg


def test_a_fall_that_never_meets_the_air_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="perigee below the air"):
        fall_of(420.0, Descent(perigee_km=150.0, interface_km=120.0, glide_arc_deg=20.0, glide_s=1500.0))


def test_landings_lie_within_the_zones_reach_of_the_track_and_by_day_where_the_sun_is_up() -> None:
    satellite, zone = satellite_of(an_orbit()), ZONES[1]
    (found,) = find_landings(satellite, 420.0, [zone], (START_S, START_S + 4 * DAY_S))
    fall = fall_of(420.0, CAPSULE)
    assert 4 <= found.land_s.size <= 16
    assert found.land_s - found.burn_s == pytest.approx(fall.lasts_s)
    there = states(satellite, found.land_s + fall.ahead_s)[0]
    ground = earth_fixed(there / np.linalg.norm(there, axis=-1, keepdims=True), found.land_s)
    off_km = EARTH_KM * np.arccos(ground @ pad_direction(zone.latitude_deg, zone.longitude_deg))
    assert off_km == pytest.approx(found.off_track_km, abs=1e-3)
    assert found.off_track_km.max() <= zone.reach_km
    local_h = ((found.land_s + 43_200.0) / 3600.0 + zone.longitude_deg / 15.0) % 24.0
    assert found.by_day[np.abs(local_h - 12.0) < 4.0].all()
    assert not found.by_day[np.abs(local_h - 12.0) > 8.0].any()


def test_a_zone_too_far_north_is_never_reached() -> None:
    north = Zone(name="North Cape", takes="land", latitude_deg=71.0, longitude_deg=25.0, reach_km=100.0)
    (found,) = find_landings(satellite_of(an_orbit()), 420.0, [north], (START_S, START_S + 3 * DAY_S))
    assert found.land_s.size == 0


SOUTH_PACIFIC = Corridor(name="South Pacific", south_deg=-60.0, north_deg=-25.0, west_deg=-175.0, east_deg=-85.0)


def test_debris_of_a_disposal_burn_falls_into_its_corridor_whole_and_of_one_a_minute_later_not() -> None:
    satellite = satellite_of(an_orbit())
    found = disposal_burns(satellite, 420.0, SOUTH_PACIFIC, (START_S, START_S + DAY_S))
    fall = fall_of(420.0, DISPOSAL)
    assert found.opens_s.size >= 5
    assert np.all(found.opens_s < found.closes_s)

    def middle(burn_s: float) -> tuple[float, float]:
        land_s = np.array([burn_s + fall.lasts_s])
        there = earth_fixed(states(satellite, land_s + fall.ahead_s)[0], land_s)[0]
        x, y, z = there / np.linalg.norm(there)
        return math.degrees(math.asin(z)), math.degrees(math.atan2(y, x))

    for burn_s in ((found.opens_s + found.closes_s) / 2.0).tolist():
        latitude, longitude = middle(burn_s)
        assert SOUTH_PACIFIC.holds(np.array([latitude]), np.array([longitude]))[0]
    longer = Corridor(
        name="S", south_deg=-60.0, north_deg=-25.0, west_deg=-175.0, east_deg=-85.0, before_km=2000.0, after_km=2000.0
    )
    fewer = disposal_burns(satellite, 420.0, longer, (START_S, START_S + DAY_S))
    assert (fewer.closes_s - fewer.opens_s).sum() < (found.closes_s - found.opens_s).sum()


def test_a_corridor_may_cross_the_date_line() -> None:
    across = Corridor(name="D", south_deg=-50.0, north_deg=-30.0, west_deg=170.0, east_deg=-150.0)
    held = across.holds(np.array([-40.0, -40.0, -40.0, -20.0]), np.array([175.0, -160.0, 0.0, 175.0]))
    assert held.tolist() == [True, True, False, False]


# near the station


def test_drift_agrees_with_curtis_example_7_2_in_form() -> None:
    """A spacecraft at rest below the station by d runs ahead by 12 pi d in a revolution and is then at rest below again."""
    period_s = 2.0 * math.pi / mean_motion_rad_s(EARTH_KM + 420.0)
    after = drifted(np.array([[-100.0, 0.0, 0.0, 0.0, 0.0, 0.0]]), np.array([period_s]), 420.0)[0, 0]
    assert after == pytest.approx([-100.0, 12.0 * math.pi * 100.0, 0.0, 0.0, 0.0, 0.0], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(up=st.floats(-500.0, 500.0), ahead=st.floats(-500.0, 500.0), pull=st.floats(-1e-6, 1e-6), after=st.floats(1.0, 6000.0))
def test_drift_obeys_hills_equations(up: float, ahead: float, pull: float, after: float) -> None:
    turn, step = mean_motion_rad_s(EARTH_KM + 420.0), 0.5
    at = after + np.array([-step, 0.0, step])
    flown = drifted(np.array([[up, ahead, 30.0, 0.01, -0.02, 0.03]]), at, 420.0, drag_m_s2=pull)[0]
    bend = (flown[0, 3:] - flown[2, 3:]) / (-2.0 * step)
    x, _, z, x_speed, y_speed, _ = flown[1]
    assert bend[0] == pytest.approx(2.0 * turn * y_speed + 3.0 * turn**2 * x, abs=1e-7)
    assert bend[1] == pytest.approx(-2.0 * turn * x_speed + pull, abs=1e-7)
    assert bend[2] == pytest.approx(-(turn**2) * z, abs=1e-7)
    assert (flown[2, :3] - flown[0, :3]) / (2.0 * step) == pytest.approx(flown[1, 3:], abs=1e-6)


def test_holds_below_are_safe_for_a_day_without_engines_and_those_along_the_flight_are_not() -> None:
    judged = {safety.hold.name: safety for safety in safety_of(415.0)}
    assert list(judged) == [hold.name for hold in HOLDS]
    assert judged["1 km below"].safe
    assert judged["250 m below"].safe
    assert not judged["2.5 km behind"].safe  # a hundredth of a metre a second brings it home within the day
    assert not judged["250 m ahead"].safe
    for safety in judged.values():
        assert safety.abort is not None, safety.hold.name
        assert safety.abort.delta_v_m_s <= 1.0


def test_a_steadier_spacecraft_is_safe_where_a_looser_one_is_not() -> None:
    hold = HoldPoint(name="2.5 km behind", up_m=0.0, ahead_m=-2500.0)
    steady = Spread(position_m=0.1, speed_m_s=1e-4, drag_m_s2=0.0)
    assert [safety.safe for safety in safety_of(415.0, [hold], spread=steady)] == [True]
    assert [safety.safe for safety in safety_of(415.0, [hold])] == [False]


@settings(max_examples=30, deadline=None)
@given(up=st.floats(-5e3, 5e3), ahead=st.floats(-5e4, 5e4), revolutions=st.floats(0.1, 1.9))
def test_two_burns_bring_a_spacecraft_to_its_hold(up: float, ahead: float, revolutions: float) -> None:
    assume(abs(revolutions - round(2.0 * revolutions) / 2.0) > 0.05)
    period_s = 2.0 * math.pi / mean_motion_rad_s(EARTH_KM + 415.0)
    start = np.array([up, ahead, 0.0, 0.0, 0.0, 0.0])
    total = two_burns_m_s(start, HOLDS[2], revolutions * period_s, 415.0)
    assert total >= 0.0
    assert two_burns_m_s(np.array([-250.0, 0.0, 0.0, 0.0, 0.0, 0.0]), HOLDS[2], 0.3 * period_s, 415.0) < 5.0


def test_a_time_in_which_no_two_burns_meet_is_refused_in_words() -> None:
    period_s = 2.0 * math.pi / mean_motion_rad_s(EARTH_KM + 415.0)
    with pytest.raises(ScenarioError, match="between half revolutions"):
        two_burns_m_s(np.zeros(6), HOLDS[0], period_s, 415.0)


def test_after_an_abort_later_chances_cost_more_and_leave_less() -> None:
    (safety,) = safety_of(415.0, [HOLDS[1]])
    chances = retries(safety, 415.0, 7000.0, 250.0, 302.0)
    assert [chance.hold_s for chance in chances] == sorted(chance.hold_s for chance in chances)
    left = [chance.propellant_left_kg for chance in chances]
    assert left == sorted(left, reverse=True)
    assert all(0.0 <= kg < 250.0 for kg in left)
    assert retries(safety, 415.0, 7000.0, 1.0, 302.0) == ()
