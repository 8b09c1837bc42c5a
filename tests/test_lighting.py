"""Light along an orbit and passes over stations, by what must hold for any orbit and place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.crossings import moving_plane
from supercargo.astro.elements import satellite_of, states
from supercargo.astro.frames import beta_deg, plane_normal
from supercargo.astro.lighting import beta_calendar, eclipse_share, find_shadows, light_at, shade_depth_rad, sun_position_km
from supercargo.astro.passes import GroundStation, Passes, find_passes
from supercargo.astro.roots import peaks_s, roots_s
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from tests.builders import START
from tests.test_astro import an_orbit

START_S = seconds_since_j2000(START)
KENNEDY = GroundStation(name="Kennedy", latitude_deg=28.6083, longitude_deg=-80.6041)


def test_the_shadow_found_revolution_by_revolution_has_the_share_that_beta_foretells() -> None:
    satellite = satellite_of(an_orbit())
    found = find_shadows(satellite, (START_S, START_S + 5 * DAY_S))
    whole = slice(1, -1)
    middle_s = (found.enter_s + found.leave_s)[whole] / 2.0
    period_s = 2.0 * math.pi * 60.0 / satellite.no_kozai
    share = (found.leave_s - found.enter_s)[whole] / period_s
    position, velocity = states(satellite, middle_s)
    foretold = eclipse_share(beta_deg(plane_normal(position, velocity), middle_s), float(np.linalg.norm(position[0])))
    assert share.size >= 75
    assert np.abs(share - foretold).max() <= 0.004


def test_the_penumbra_wraps_the_umbra_by_some_seconds() -> None:
    satellite, span_s = satellite_of(an_orbit()), (START_S, START_S + DAY_S)
    umbra, penumbra = find_shadows(satellite, span_s), find_shadows(satellite, span_s, shade="penumbra")
    assert umbra.enter_s.size == penumbra.enter_s.size
    early, late = (umbra.enter_s - penumbra.enter_s)[1:], (penumbra.leave_s - umbra.leave_s)[:-1]
    assert 5.0 <= early.min() <= early.max() <= 20.0
    assert 5.0 <= late.min() <= late.max() <= 20.0


def test_a_plane_that_faces_the_sun_has_no_night() -> None:
    facing = an_orbit(inclination_deg=97.6, raan_deg=11.0, mean_motion_rev_d=14.2)
    satellite, span_s = satellite_of(facing), (START_S, START_S + DAY_S)
    calendar = beta_calendar(moving_plane(facing), np.array(span_s))
    assert calendar.beta_deg.min() > 70.0
    assert calendar.umbra_share.tolist() == [0.0, 0.0]
    assert find_shadows(satellite, span_s).enter_s.size == 0
    light = light_at(satellite, np.array([span_s[0]]))
    assert light.lit.tolist() == [True]
    assert light.to_change_s.tolist() == [math.inf]


def test_light_at_an_instant_agrees_with_the_shadows_about_it() -> None:
    satellite, span_s = satellite_of(an_orbit()), (START_S, START_S + DAY_S)
    shadows = find_shadows(satellite, span_s)
    enter_s, leave_s = float(shadows.enter_s[3]), float(shadows.leave_s[3])
    light = light_at(satellite, np.array([enter_s - 60.0, enter_s + 60.0, leave_s + 60.0]))
    assert light.lit.tolist() == [True, False, True]
    assert light.to_change_s[:2] == pytest.approx([60.0, leave_s - enter_s - 60.0], abs=0.01)
    assert light.from_noon_deg[0] > 90.0
    assert light.from_noon_deg[2] < -90.0
    assert np.abs(light.beta_deg).max() <= 76.0


def test_the_sun_is_a_year_and_1_au_away() -> None:
    at_s = START_S + np.arange(0.0, 366.0) * DAY_S
    distance = np.linalg.norm(sun_position_km(at_s), axis=-1)
    assert distance.min() == pytest.approx(147.1e6, rel=1e-3)
    assert distance.max() == pytest.approx(152.1e6, rel=1e-3)
    behind = -sun_position_km(at_s) / distance[:, np.newaxis] * 6_800.0
    assert shade_depth_rad(behind, at_s, shade="umbra").min() > 1.0
    assert shade_depth_rad(-behind, at_s, shade="penumbra").max() < -1.0


def one_pass(found: Passes, k: int) -> tuple[float, float, float]:
    return float(found.rise_s[k]), float(found.highest_s[k]), float(found.set_s[k])


@settings(max_examples=25, deadline=None)
@given(latitude=st.floats(-60.0, 60.0), longitude=st.floats(-180.0, 180.0), least=st.floats(0.0, 80.0))
def test_a_pass_rises_climbs_and_sets_and_is_above_the_horizon_only_then(
    latitude: float, longitude: float, least: float
) -> None:
    station = GroundStation(name="S", latitude_deg=latitude, longitude_deg=longitude, least_elevation_deg=least)
    satellite = satellite_of(an_orbit())
    (found,) = find_passes(satellite, [station], (START_S, START_S + 9 * DAY_S))
    assert np.all(found.rise_s <= found.highest_s)
    assert np.all(found.highest_s <= found.set_s)
    assert np.all(found.set_s[:-1] < found.rise_s[1:])
    assert np.all(found.set_s - found.rise_s < 700.0)
    assert np.all(found.highest_deg >= least - 1e-6)
    higher = GroundStation(name="S", latitude_deg=latitude, longitude_deg=longitude, least_elevation_deg=least + 5.0)
    (fewer,) = find_passes(satellite, [higher], (START_S, START_S + 9 * DAY_S))
    assert fewer.rise_s.size == np.count_nonzero(found.highest_deg > least + 5.0)


def test_a_span_that_begins_in_a_pass_begins_with_it() -> None:
    satellite = satellite_of(an_orbit())
    (found,) = find_passes(satellite, [KENNEDY], (START_S, START_S + DAY_S))
    rise_s, highest_s, set_s = one_pass(found, 1)
    (cut,) = find_passes(satellite, [KENNEDY], (highest_s - 10.0, highest_s + 10.0))
    assert one_pass(cut, 0) == pytest.approx((highest_s - 10.0, highest_s, highest_s + 10.0), abs=0.1)
    (last,) = find_passes(satellite, [KENNEDY], (rise_s - 100.0, set_s + 100.0))
    assert one_pass(last, 0) == pytest.approx((rise_s, highest_s, set_s), abs=0.01)


def test_over_a_station_too_far_north_no_place_rises() -> None:
    (found,) = find_passes(satellite_of(an_orbit()), [GroundStation(name="Pole", latitude_deg=89.0, longitude_deg=0.0)],
                           (START_S, START_S + DAY_S))  # fmt: skip
    assert found.rise_s.size == found.set_s.size == found.highest_deg.size == 0


def test_passes_of_an_orbit_that_decays_are_refused_in_words() -> None:
    sinking = satellite_of(an_orbit(mean_motion_rev_d=16.2, bstar=0.01))
    with pytest.raises(ScenarioError, match="nearer to the dates"):
        find_passes(sinking, [KENNEDY], (START_S, START_S + 200 * DAY_S))


def test_roots_and_peaks_of_a_known_curve_are_found() -> None:
    def wave(at_s: Floats) -> Floats:
        return np.sin(at_s / 500.0)

    low = np.array([100.0, 2000.0])
    assert roots_s(wave, low + 1000.0, low + 1900.0) == pytest.approx([500.0 * math.pi, 1000.0 * math.pi], abs=1e-3)
    assert peaks_s(wave, np.array([760.0]), 60.0) == pytest.approx([250.0 * math.pi], abs=0.01)
    assert roots_s(wave, np.empty(0), np.empty(0)).size == 0
    assert peaks_s(wave, np.empty(0), 30.0).size == 0
