"""Time scales, element sets, frames and plane crossings, by what must hold for any orbit and pad."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.crossings import (
    NEAR_EPOCH_D,
    crossing_sigma_s,
    find_crossings,
    launch_azimuth_deg,
    lift_offs,
    moving_plane,
    node_rate_rad_s,
    normals,
    phase_sigma_deg,
)
from supercargo.astro.elements import (
    MeanElements,
    checksum_ok,
    elements_of,
    parse_tle,
    satellite_from_elements,
    satellite_from_tle,
    states,
)
from supercargo.astro.frames import beta_deg, earth_fixed, geodetic_km, pad_direction, plane_normal, sun_direction, teme
from supercargo.astro.timescales import gmst_rad, instant_at, julian_dates, seconds_of, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import Orbit
from tests.builders import FACT, START

LINE1 = "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991"
LINE2 = "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024"
EPOCH_S = seconds_since_j2000(START)
CAPE = (28.5619, -80.5774)


def an_orbit(**changes: Any) -> Orbit:
    base: dict[str, Any] = {
        "destination": "Hub", "kind": "elements", "epoch_utc": START, "inclination_deg": 51.6, "raan_deg": 120.0,
        "eccentricity": 0.0005, "arg_perigee_deg": 0.0, "mean_anomaly_deg": 0.0, "mean_motion_rev_d": 15.5, "bstar": 1e-4,
        "sigma_altitude_km": 2.0,
    }  # fmt: skip
    return Orbit(**{**base, **FACT, **changes})


def with_checksum(line: str) -> str:
    total = sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[:68])
    return line[:68] + str(total % 10)


# time


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC)))
def test_an_instant_survives_the_way_to_seconds_and_back(instant: datetime) -> None:
    assert instant_at(seconds_since_j2000(instant)) == instant


def test_an_instant_of_another_zone_counts_as_its_utc() -> None:
    east = datetime(2027, 1, 1, 5, tzinfo=timezone(timedelta(hours=5)))
    assert seconds_since_j2000(east) == seconds_since_j2000(START)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="give an aware UTC instant"):
        seconds_since_j2000(datetime(2027, 1, 1))


def test_julian_date_parts_keep_a_tenth_of_a_microsecond() -> None:
    whole, part = julian_dates(np.array([852_000_000.000_001]))
    assert whole[0] == math.floor(whole[0])
    assert part[0] * DAY_S + (whole[0] - 2_451_545.0) * DAY_S == pytest.approx(852_000_000.000_001, abs=2e-7)


def test_the_earth_gains_one_turn_a_year_on_the_sun() -> None:
    angle = gmst_rad(seconds_of([datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)]))
    assert math.degrees((angle[1] - angle[0]) % (2 * math.pi)) == pytest.approx(0.985_647, abs=1e-6)


# element sets


def test_a_flipped_digit_breaks_the_checksum() -> None:
    assert checksum_ok(LINE1)
    assert checksum_ok(LINE2)
    for place in range(2, 68):
        if LINE2[place].isdigit():
            assert not checksum_ok(LINE2[:place] + str((int(LINE2[place]) + 1) % 10) + LINE2[place + 1 :])


def test_a_sign_of_another_script_is_no_digit() -> None:
    assert not checksum_ok(LINE1[:20] + "٣" + LINE1[21:])
    assert not checksum_ok("")


@pytest.mark.parametrize(
    ("line1", "line2", "fix"),
    [
        (LINE1[:-1] + "2", LINE2, "a digit was altered"),
        (LINE1, LINE2[:-1], "copy the line whole"),
        (LINE2, LINE1, "lines may be swapped"),
        (LINE1, with_checksum(LINE2.replace("25544", "25545")), "both lines from the same element set"),
        (LINE1, with_checksum(LINE2.replace("51.6387", "51.6E+-")), "copy both lines again"),
        (with_checksum(LINE1.replace("91556-3", "9x556-3")), LINE2, "copy both lines again"),
    ],
)
def test_a_broken_element_set_is_refused_with_its_fix(line1: str, line2: str, fix: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        satellite_from_tle(line1, line2, where="orbits.csv, Hub")
    assert fix in caught.value.fix
    assert caught.value.where == "orbits.csv, Hub"


def test_an_element_set_is_read_field_by_field() -> None:
    read = parse_tle(LINE1, LINE2)
    assert read.epoch_utc == datetime(2025, 2, 26, 16, 41, 32, 889_984, tzinfo=UTC)
    assert (read.inclination_deg, read.raan_deg, read.eccentricity) == (51.6387, 134.2889, 0.0005831)
    assert (read.arg_perigee_deg, read.mean_anomaly_deg) == (315.8203, 179.6729)
    assert read.mean_motion_rev_d == 15.49515680
    assert read.bstar == pytest.approx(0.91556e-3)


def test_a_negative_drag_term_and_the_last_century_are_read() -> None:
    old = with_checksum(LINE1.replace("25057.69551956", "98057.69551956").replace(" 91556-3", "-11606-4"))
    read = parse_tle(old, LINE2)
    assert read.epoch_utc.year == 1998
    assert read.bstar == pytest.approx(-0.11606e-4)


def test_elements_and_their_two_line_set_fly_the_same_path() -> None:
    read = parse_tle(LINE1, LINE2)
    at_s = seconds_since_j2000(read.epoch_utc) + np.linspace(-7.0, 7.0, 21) * DAY_S
    ours, _ = states(satellite_from_elements(read), at_s)
    theirs, _ = states(satellite_from_tle(LINE1, LINE2), at_s)
    assert np.abs(ours - theirs).max() < 1e-5  # km


def test_the_two_line_set_counts_and_not_the_columns_beside_it() -> None:
    orbit = an_orbit(kind="tle", tle_line1=LINE1, tle_line2=LINE2, raan_deg=1.0)
    assert elements_of(orbit).raan_deg == 134.2889


def test_elements_below_the_ground_are_refused() -> None:
    with pytest.raises(ScenarioError, match="stays above the ground"):
        moving_plane(an_orbit(eccentricity=0.2, mean_motion_rev_d=16.0))


def test_an_orbit_that_decays_at_once_is_refused() -> None:
    with pytest.raises(ScenarioError, match="smaller drag term"):
        moving_plane(an_orbit(mean_motion_rev_d=16.45, bstar=0.02))


def test_states_beyond_decay_name_the_cure() -> None:
    read = parse_tle(LINE1, LINE2)
    with pytest.raises(ScenarioError, match="nearer to the dates"):
        states(satellite_from_elements(read), np.array([seconds_since_j2000(read.epoch_utc) + 900 * DAY_S]))


# frames

angles = st.floats(-180, 180)
latitudes = st.floats(-85, 85)


@given(latitudes, angles, st.floats(0, 1e9))
def test_turning_to_the_earth_and_back_changes_nothing(latitude: float, longitude: float, at_s: float) -> None:
    place = geodetic_km(latitude, longitude)
    back = earth_fixed(teme(place, np.array([at_s])), np.array([at_s]))
    assert np.abs(back[0] - place).max() < 1e-8


def test_the_pad_direction_leans_to_the_equator_by_the_flattening() -> None:
    direction = pad_direction(45.0, 0.0)
    assert math.degrees(math.asin(direction[2])) == pytest.approx(45.0 - 0.1924, abs=2e-4)


def test_a_height_adds_along_the_vertical() -> None:
    assert np.linalg.norm(geodetic_km(30.0, 40.0, 5.0) - geodetic_km(30.0, 40.0)) == pytest.approx(5.0)


def test_an_eastward_equatorial_orbit_has_its_normal_north() -> None:
    assert plane_normal(np.array([7000.0, 0.0, 0.0]), np.array([0.0, 7.5, 0.0])).tolist() == [0.0, 0.0, 1.0]


def test_the_sun_stands_over_the_equator_at_the_equinox_and_over_the_tropic_at_the_solstice() -> None:
    equinox, solstice = sun_direction(
        seconds_of([datetime(2027, 3, 20, 20, 25, tzinfo=UTC), datetime(2027, 6, 21, 14, 11, tzinfo=UTC)])
    )
    assert math.degrees(math.asin(equinox[2])) == pytest.approx(0.0, abs=0.02)
    assert math.degrees(math.asin(solstice[2])) == pytest.approx(23.437, abs=0.02)


@given(st.floats(0, 180), st.floats(0, 360), st.floats(8e8, 9e8))
def test_beta_is_never_more_than_inclination_and_obliquity_together(tilt: float, node: float, at_s: float) -> None:
    i, o = math.radians(tilt), math.radians(node)
    normal = np.array([[math.sin(i) * math.sin(o), -math.sin(i) * math.cos(o), math.cos(i)]])
    assert abs(beta_deg(normal, np.array([at_s]))[0]) <= min(90.0, min(tilt, 180.0 - tilt) + 23.45)


# crossings

orbits = st.builds(
    an_orbit,
    inclination_deg=st.floats(20.0, 110.0),
    raan_deg=st.floats(0.0, 360.0),
    mean_motion_rev_d=st.floats(14.5, 15.8),
    mean_anomaly_deg=st.floats(0.0, 360.0),
)
starts_d = st.floats(-40.0, 200.0)


@settings(max_examples=60, deadline=None)
@given(orbits, latitudes, angles, starts_d)
def test_at_each_crossing_the_pad_lies_in_the_plane(orbit: Orbit, latitude: float, longitude: float, start_d: float) -> None:
    plane = moving_plane(orbit)
    start_s = EPOCH_S + start_d * DAY_S
    passes = find_crossings(plane, latitude, longitude, (start_s, start_s + 20 * DAY_S))
    away = np.sum(normals(plane, passes.at_s) * teme(pad_direction(latitude, longitude), passes.at_s), axis=-1)
    assert np.all(np.abs(np.degrees(away)) < 0.001)
    assert np.all(np.diff(passes.at_s) >= 0)
    assert np.all((passes.at_s >= start_s) & (passes.at_s <= start_s + 20 * DAY_S))


@settings(max_examples=60, deadline=None)
@given(orbits, latitudes, angles, starts_d)
def test_a_pad_has_two_passes_a_day_or_none(orbit: Orbit, latitude: float, longitude: float, start_d: float) -> None:
    start_s = EPOCH_S + start_d * DAY_S
    passes = find_crossings(moving_plane(orbit), latitude, longitude, (start_s, start_s + 20 * DAY_S))
    reach = min(orbit.inclination_deg, 180.0 - orbit.inclination_deg)
    centric = abs(math.degrees(math.asin(pad_direction(latitude, longitude)[2])))
    if centric > reach + 0.1:
        assert passes.at_s.size == 0
    elif centric < reach - 0.1:
        assert 39 <= passes.at_s.size <= 42
        assert abs(int(passes.ascending.sum()) * 2 - passes.at_s.size) <= 2


def test_a_station_s_window_comes_about_23_minutes_earlier_each_day() -> None:
    plane = moving_plane(an_orbit())
    start_s = EPOCH_S + 60 * DAY_S
    passes = find_crossings(plane, *CAPE, (start_s, start_s + 100 * DAY_S))
    steps_min = np.diff(passes.at_s[passes.ascending]) / 60.0 - 1440.0
    assert np.allclose(steps_min, -23.39, atol=0.02)  # 1440 (360 / (360.986 + 4.96) - 1)
    assert steps_min.std() < 1e-3


def test_a_sun_synchronous_window_keeps_its_time_of_day() -> None:
    plane = moving_plane(an_orbit(inclination_deg=97.787, mean_motion_rev_d=14.83, bstar=0.0))
    start_s = EPOCH_S + 60 * DAY_S
    passes = find_crossings(plane, 34.6, -120.6, (start_s, start_s + 100 * DAY_S))
    steps_min = np.diff(passes.at_s[passes.ascending]) / 60.0 - 1440.0
    assert np.abs(steps_min).max() < 0.05


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_plane_by_sgp4_and_plane_by_drift_meet_at_the_border(side: float) -> None:
    plane = moving_plane(an_orbit())
    border_s = EPOCH_S + side * NEAR_EPOCH_D * DAY_S
    pair = normals(plane, np.array([border_s - 1.0, border_s + 1.0]))
    assert math.degrees(math.acos(float(np.clip(pair[0] @ pair[1], -1, 1)))) < 0.05


def test_the_ascending_pass_is_flown_north_and_the_descending_south() -> None:
    passes = find_crossings(moving_plane(an_orbit()), *CAPE, (EPOCH_S, EPOCH_S + 10 * DAY_S))
    assert np.allclose(passes.azimuth_deg[passes.ascending], 42.7, atol=0.3)
    assert np.allclose(passes.azimuth_deg[~passes.ascending], 137.3, atol=0.3)


def test_a_retrograde_orbit_is_flown_west_of_the_meridian() -> None:
    passes = find_crossings(moving_plane(an_orbit(inclination_deg=97.8)), 34.6, -120.6, (EPOCH_S, EPOCH_S + 10 * DAY_S))
    assert np.all(passes.azimuth_deg[~passes.ascending] > 190.0)
    assert np.all(passes.azimuth_deg[~passes.ascending] < 200.0)
    assert np.all(passes.azimuth_deg[passes.ascending] > 340.0)


def test_due_east_needs_no_correction_for_the_turning_ground() -> None:
    east = launch_azimuth_deg(
        np.array([[-math.sin(0.5), 0.0, math.cos(0.5)]]), np.array([[math.cos(0.5), 0.0, math.sin(0.5)]])
    )
    assert east[0] == pytest.approx(90.0)


def test_the_node_s_uncertainty_grows_with_age_and_altitude_spread() -> None:
    plane, looser = moving_plane(an_orbit()), moving_plane(an_orbit(sigma_altitude_km=4.0))
    at_s = EPOCH_S + np.array([1.0, 30.0, 180.0]) * DAY_S
    sigma, wide = crossing_sigma_s(plane, at_s), crossing_sigma_s(looser, at_s)
    assert sigma[0] < sigma[1] < sigma[2]
    assert wide[2] == pytest.approx(2 * sigma[2], rel=0.02)
    assert sigma[2] == pytest.approx(3.5 * 4.95 * 2 / 6795 * 180 * 236, rel=0.03)  # deg/d, km, d, s/deg


def test_the_node_s_uncertainty_is_the_rate_s_change_with_altitude() -> None:
    low, high = an_orbit(mean_motion_rev_d=15.5), an_orbit(mean_motion_rev_d=15.5 * (6795.0 / 6797.0) ** 1.5)
    change_deg_d = math.degrees(node_rate_rad_s(elements_of(high)) - node_rate_rad_s(elements_of(low))) * DAY_S
    plane = moving_plane(low)
    far_s = np.array([EPOCH_S + 300 * DAY_S])
    sigma_deg = crossing_sigma_s(plane, far_s)[0] * 360.0 / 84_587.0
    assert change_deg_d * 300 == pytest.approx(sigma_deg, rel=0.01)


# lift-off


def test_the_place_is_where_the_phase_says() -> None:
    plane = moving_plane(an_orbit(bstar=0.0))
    at_s = find_crossings(plane, *CAPE, (EPOCH_S, EPOCH_S + 3 * DAY_S)).at_s
    view = lift_offs(plane, *CAPE, at_s)
    position, _ = states(plane.satellite, at_s)
    pad, normal = teme(pad_direction(*CAPE), at_s), normals(plane, at_s)
    for k in range(at_s.size):
        turn = math.radians(view.phase_deg[k])
        ahead = math.cos(turn) * pad[k] + math.sin(turn) * np.cross(normal[k], pad[k])
        assert np.allclose(ahead, position[k] / np.linalg.norm(position[k]), atol=1e-6)


def test_the_phase_is_unknown_where_the_place_may_be_a_twelfth_of_a_turn_off() -> None:
    plane = moving_plane(an_orbit())
    at_s = EPOCH_S + np.array([-200.0, -13.0, -1.0, 0.0, 5.0, 11.0, 13.5, 15.0]) * DAY_S
    known = np.isfinite(lift_offs(plane, *CAPE, at_s).phase_deg)
    assert known.tolist() == (phase_sigma_deg(plane, at_s) <= 30.0).tolist()
    assert known.tolist() == [False, False, True, True, True, True, False, False]


def test_a_steady_orbit_s_phase_is_still_unknown_far_from_the_epoch() -> None:
    plane = moving_plane(an_orbit(sigma_altitude_km=0.0))
    assert np.isnan(lift_offs(plane, *CAPE, np.array([EPOCH_S + 15 * DAY_S])).phase_deg).all()


def test_five_minutes_before_the_crossing_the_cape_is_0_9_degrees_out_of_plane() -> None:
    plane = moving_plane(an_orbit())
    passes = find_crossings(plane, *CAPE, (EPOCH_S, EPOCH_S + 3 * DAY_S))
    ascending = lift_offs(plane, *CAPE, passes.at_s[passes.ascending] - 330.0)
    assert np.allclose(np.abs(ascending.offset_deg), 0.88, atol=0.02)


def test_mean_elements_of_a_polar_orbit_do_not_drift() -> None:
    polar = MeanElements(
        epoch_utc=START, inclination_deg=90.0, raan_deg=0.0, eccentricity=0.0, arg_perigee_deg=0.0, mean_anomaly_deg=0.0,
        mean_motion_rev_d=15.0, bstar=0.0,
    )  # fmt: skip
    assert abs(node_rate_rad_s(polar)) < 1e-20
