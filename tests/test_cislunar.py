"""Flights to the Moon: three-body motion, arrival in Gateway's orbit, light at the pole, the study and the command."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.cislunar import (
    LLO_KM,
    approach,
    ascent_km_s,
    cislunar_legs,
    descent_km_s,
    level_burn_km_s,
    low_orbit_to_nrho_km_s,
    lunar_capture_km_s,
    transit_ellipse,
)
from supercargo.astro.ephemeris import GM_KM3_S2, Ephemeris, ecliptic_to_equator, read_ephemeris
from supercargo.astro.impulses import RADIUS_KM
from supercargo.astro.kepler import propagate_conic
from supercargo.astro.moon import moon_axes, sun_elevation_deg, sunlit_share
from supercargo.astro.nrho_arrival import arrival_costs, cheapest_arrival, flyby_states
from supercargo.astro.three_body import LENGTH_KM, MASS_SHARE, SPEED_KM_S, TIME_S, fly, jacobi, moon_centred, nrho_9_2
from supercargo.astro.timescales import Floats, seconds_of
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import LunarStudy, TransferRequest
from supercargo.plan.lunar_transfers import lunar_place, study_lunar
from supercargo.plan.transfers import Catalogue
from supercargo.report.lunar import draw_lunar, render_lunar
from supercargo.store import read_ephemeris_file
from supercargo.store.transfer import lunar_files
from tests.cli_runner import run


@cache
def ephemeris() -> Ephemeris:
    return read_ephemeris(read_ephemeris_file())


@cache
def halo() -> tuple[Floats, Floats]:
    """Gateway's orbit in 240 steps about the Moon."""
    orbit = nrho_9_2()
    states = [orbit.start]
    for _ in range(239):
        states.append(fly(states[-1], orbit.period / 240))
    return moon_centred(np.array(states))


# three bodies


@settings(max_examples=25, deadline=None)
@given(x=st.floats(0.2, 0.7), y=st.floats(0.5, 0.9), z=st.floats(-0.2, 0.2), v=st.floats(-0.3, 0.3))
def test_flight_keeps_jacobis_constant_and_comes_back_the_same_way(x: float, y: float, z: float, v: float) -> None:
    start = np.array([x, y, z, 0.1, v, -0.05])
    there = fly(start, 1.0)
    assert float(jacobi(there)) == pytest.approx(float(jacobi(start)), abs=2e-10)  # seen in thousands: 1.7e-10
    assert fly(there, -1.0) == pytest.approx(start, abs=1e-8)


def test_five_points_of_rest_stay_at_rest() -> None:
    """L4: the third corner of the triangle with Earth and Moon."""
    l4 = np.array([0.5 - MASS_SHARE, np.sqrt(3.0) / 2.0, 0.0, 0.0, 0.0, 0.0])
    assert np.abs(fly(l4, 0.5) - l4).max() < 1e-12


def test_near_the_moon_the_motion_is_keplers() -> None:
    """An hour on a circle 500 km up: the Earth's tide moves it by less than 100 m."""
    radius = RADIUS_KM["Moon"] + 500.0
    speed = np.sqrt(GM_KM3_S2["Moon"] / radius)
    still, moving = np.array([[radius, 0.0, 0.0]]), np.array([[0.0, 0.0, speed]])
    place = np.array([radius / LENGTH_KM + 1.0 - MASS_SHARE, 0.0, 0.0])
    start = np.concatenate([place, [0.0, -radius / LENGTH_KM, speed / SPEED_KM_S]])
    reached, _ = moon_centred(fly(start, 3600.0 / TIME_S)[None, :])
    carried, _ = propagate_conic(still, moving, 3600.0, GM_KM3_S2["Moon"])
    turn = 3600.0 / TIME_S  # the axes have turned since
    back = np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    assert np.linalg.norm(reached[0] - back @ carried[0]) < 0.1


def test_a_fall_into_the_moons_centre_is_an_error_and_no_endless_loop() -> None:
    falling = np.array([1.0 - MASS_SHARE + 0.01, 0.0, 0.0, 0.0, -0.01, 0.0])
    with pytest.raises(ArithmeticError, match="runs into a body's centre"):
        fly(falling, 1.0)


# arrival in the halo orbit


def test_flyby_state_lies_on_the_hyperbola_of_its_approach() -> None:
    coming = approach(4.5, tilt_deg=10.0)
    radius = np.array([2000.0, 5000.0])
    place, motion = flyby_states(coming, np.array([0.3, 4.0]), radius)
    assert np.linalg.norm(place, axis=-1) == pytest.approx(radius)
    assert np.sum(place * motion, axis=-1) == pytest.approx([0.0, 0.0], abs=1e-9)
    before, speed = propagate_conic(place, motion, -30.0 * DAY_S, GM_KM3_S2["Moon"])
    along = speed / np.linalg.norm(speed, axis=-1, keepdims=True)
    assert along @ (coming / np.linalg.norm(coming)) == pytest.approx([1.0, 1.0], abs=1e-3)
    energy = 0.5 * np.sum(speed**2, axis=-1) - GM_KM3_S2["Moon"] / np.linalg.norm(before, axis=-1)
    assert energy == pytest.approx(0.5 * float(coming @ coming))


def test_cheapest_arrival_is_a_minimum() -> None:
    coming = approach(4.5, tilt_deg=0.0)
    found = cheapest_arrival(coming, *halo())
    rng = np.random.default_rng(5)
    beside = np.array(found.choice) * (1.0 + 1e-3 * rng.normal(size=(400, 4)))
    burn, insertion = arrival_costs(coming, *halo(), beside[beside[:, 1] > RADIUS_KM["Moon"] + 100.0])
    assert np.min(burn + insertion) > found.total_km_s - 2e-4
    assert found.total_km_s == pytest.approx(0.45, rel=0.05)


def test_arrival_holds_in_three_body_motion_within_5_percent() -> None:
    """The coast from flyby to insertion, flown with the Earth pulling too; the flyby burn is corrected until it arrives."""
    coming = approach(4.5, tilt_deg=0.0)
    found = cheapest_arrival(coming, *halo())
    plane, radius, phase, coast = (np.array([part]) for part in found.choice)
    place, before = flyby_states(coming, plane, radius)
    step = round(found.choice[2])
    goal = np.concatenate([halo()[0][step] / LENGTH_KM + [1.0 - MASS_SHARE, 0.0, 0.0]])
    burn = np.zeros(3)

    def arrive(burns: Floats) -> Floats:
        speed = (before + burns) / SPEED_KM_S
        rest, moon = place / LENGTH_KM, np.array([1.0 - MASS_SHARE, 0.0, 0.0])
        turning = np.stack([-rest[:, 1], rest[:, 0], 0 * rest[:, 0]], axis=-1)
        starts = np.concatenate([np.repeat(rest + moon, len(burns), axis=0), speed - turning], axis=1)
        return fly(starts, float(coast[0]) / TIME_S)

    two_body, _ = arrival_costs(coming, *halo(), np.array([found.choice]))
    assert two_body[0] == pytest.approx(found.flyby_km_s)
    burn = found.flyby_km_s * before[0] / np.linalg.norm(before[0]) * -1.0
    for _ in range(30):
        ends = arrive(burn + np.concatenate([np.zeros((1, 3)), 1e-5 * np.eye(3)]))
        miss = ends[0, :3] - goal
        change = np.linalg.solve(((ends[1:, :3] - ends[0, :3]) / 1e-5).T, -miss)
        burn = burn + change * min(1.0, 0.05 / float(np.linalg.norm(change)))
        if np.linalg.norm(miss) * LENGTH_KM < 0.01:
            break
    assert np.linalg.norm(miss) * LENGTH_KM < 0.01
    _, speed = moon_centred(ends[:1])
    insertion = float(np.linalg.norm(halo()[1][step] - speed[0]))
    assert float(np.linalg.norm(burn)) + insertion == pytest.approx(found.total_km_s, rel=0.05)
    assert abs(float(phase[0]) - step) <= 0.5


# legs


def test_transit_ellipse_takes_the_transit() -> None:
    low = RADIUS_KM["Earth"] + 407.0
    for transit_d in (2.5, 3.5, 4.5):
        half_axis = transit_ellipse(low, LENGTH_KM, transit_d)
        speed = np.sqrt(GM_KM3_S2["Earth"] * (2.0 / low - 1.0 / half_axis))
        reached, _ = propagate_conic(
            np.array([[low, 0.0, 0.0]]), np.array([[0.0, speed, 0.0]]), transit_d * DAY_S, GM_KM3_S2["Earth"]
        )
        assert float(np.linalg.norm(reached)) == pytest.approx(LENGTH_KM, rel=1e-6)


def test_faster_transit_and_tilted_plane_arrive_faster() -> None:
    speeds = [float(np.linalg.norm(approach(days, tilt_deg=0.0))) for days in (4.5, 4.0, 3.0)]
    assert speeds == sorted(speeds)
    assert np.linalg.norm(approach(4.0, tilt_deg=40.0)) > speeds[1]
    assert lunar_capture_km_s(speeds[0]) < lunar_capture_km_s(speeds[2])


def test_surface_legs_cost_more_than_their_impulses_and_less_with_more_thrust() -> None:
    circle = np.sqrt(GM_KM3_S2["Moon"] / LLO_KM)
    assert ascent_km_s() > circle
    assert descent_km_s() > ascent_km_s()
    assert level_burn_km_s(1.68, 6.0) < level_burn_km_s(1.68, 3.0) < 1.2 * 1.68
    with pytest.raises(ValueError, match="can't hold the height"):
        level_burn_km_s(1.68, 1.5)


def test_more_time_and_closer_planes_make_the_halo_orbit_cheaper() -> None:
    assert low_orbit_to_nrho_km_s(3.0, 0.0) < low_orbit_to_nrho_km_s(0.5, 0.0) < low_orbit_to_nrho_km_s(0.5, 90.0)
    assert (
        low_orbit_to_nrho_km_s(3.0, 0.0) > np.sqrt(2 * GM_KM3_S2["Moon"] / LLO_KM) - np.sqrt(GM_KM3_S2["Moon"] / LLO_KM) - 0.04
    )


# light


def years() -> Floats:
    ends = seconds_of([datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)])
    return np.linspace(ends[0], ends[1], 4000)


def test_moons_axis_leans_1_54_deg_from_the_ecliptic() -> None:
    """Cassini's laws: 1.543 deg (Archinal and others 2018)."""
    lean = np.degrees(np.arccos(moon_axes(years())[:, 2] @ ecliptic_to_equator(np.array([0.0, 0.0, 1.0]))))
    assert lean.mean() == pytest.approx(1.543, abs=0.02)


def test_moon_shows_the_earth_its_face_within_its_librations() -> None:
    """Optical librations: up to 7.9 deg in longitude, 6.9 in latitude."""
    axes = moon_axes(years())
    earth = -ephemeris().states("Moon", years(), centre="Earth").position_km
    seen = np.einsum("nij,nj->ni", axes, earth / np.linalg.norm(earth, axis=-1, keepdims=True))
    longitude, latitude = np.degrees(np.arctan2(seen[:, 1], seen[:, 0])), np.degrees(np.arcsin(seen[:, 2]))
    assert 7.4 < np.abs(longitude).max() < 8.2
    assert 6.5 < np.abs(latitude).max() < 6.95
    assert axes @ np.swapaxes(axes, 1, 2) == pytest.approx(np.tile(np.eye(3), (axes.shape[0], 1, 1)), abs=1e-12)


def test_sun_stands_at_most_1_6_deg_over_the_pole_and_overhead_on_the_equator() -> None:
    pole = sun_elevation_deg(ephemeris(), years(), -90.0, 0.0)
    north = sun_elevation_deg(ephemeris(), years(), 90.0, 0.0)
    assert 1.5 < pole.max() < 1.62
    assert pole == pytest.approx(-north, abs=1e-9)
    assert sun_elevation_deg(ephemeris(), years(), 0.0, 0.0).max() > 88.0


def test_a_place_on_the_equator_is_lit_half_the_time_once_in_29_5_days() -> None:
    height = sun_elevation_deg(ephemeris(), years(), 0.0, 45.0)
    assert sunlit_share(height) == pytest.approx(0.5, abs=0.01)
    rises = int(np.sum((height[:-1] < 0.0) & (height[1:] >= 0.0)))
    assert 4 * 365.25 / rises == pytest.approx(29.53, rel=0.02)


# the study


def day(year: int, month: int = 1, date: int = 1) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


@cache
def catalogue() -> Catalogue:
    return transfer_catalogue()


def a_study(**changes: Any) -> LunarStudy:
    asked = TransferRequest(
        origin="Earth",
        destination="Lunar South Pole",
        depart=(day(2027, 1), day(2027, 2)),
        arrive=(day(2027, 1), day(2027, 7)),
        grid=32,
        best=2,
    )
    return study_lunar(replace(asked, **changes), catalogue())


def test_landings_in_light_come_first_and_the_sum_of_burns_is_the_cost() -> None:
    study = a_study()
    dark = [flight.sun_elevation_deg is not None and flight.sun_elevation_deg < 0.0 for flight in study.flights]
    assert dark == sorted(dark)
    assert {flight.route.split(" ")[0] for flight in study.flights} == {"fast", "low-energy"}
    for flight in study.every:
        assert flight.delta_v_m_s == pytest.approx(flight.departure_burn_m_s + flight.arrival_burn_m_s)
        assert day(2027, 1) <= flight.arrive_utc <= day(2027, 7)
        assert 356_000 < flight.moon_distance_km < 407_000


def test_low_energy_saves_what_the_table_says_and_takes_months() -> None:
    flights = {flight.route: flight for flight in a_study(destination="Gateway").flights}
    fast, slow = flights["fast to NRHO"], flights["low-energy to NRHO"]
    legs = {(leg.start, leg.end): leg.delta_v_m_s for leg in cislunar_legs()}
    assert fast.arrival_burn_m_s - slow.arrival_burn_m_s == pytest.approx(legs["TLI", "NRHO"] - 70.0)
    assert 90.0 <= slow.duration_d <= 120.0
    assert fast.duration_d < 7.0
    assert slow.departure_burn_m_s > fast.departure_burn_m_s


def test_days_asked_for_leave_only_routes_that_keep_to_them() -> None:
    study = a_study(destination="Gateway", duration_d=(1.0, 10.0))
    assert {flight.route for flight in study.every} == {"fast to NRHO"}


def test_leaving_for_a_farther_moon_in_the_same_time_costs_more() -> None:
    flights = [flight for flight in a_study(destination="LLO", grid=60).every if flight.route == "fast to LLO"]
    nearest, farthest = (pick(flights, key=lambda one: one.moon_distance_km) for pick in (min, max))
    assert farthest.moon_distance_km > nearest.moon_distance_km + 30_000
    assert farthest.departure_burn_m_s > nearest.departure_burn_m_s
    assert all(830.0 < flight.arrival_burn_m_s < 960.0 for flight in flights)


def test_every_leg_names_its_basis_and_what_is_looked_up_says_so() -> None:
    rows = {(leg.start, leg.end): leg for leg in a_study().legs}
    slow = rows["TLI", "NRHO low-energy"]
    assert (slow.delta_v_m_s, slow.evidence) == (None, "memory")
    assert slow.basis.startswith("table: memory")
    assert rows["LLO 100 km", "Lunar surface"].evidence == "assumption"
    assert rows["TLI", "NRHO"].evidence == "sourced"
    assert all(leg.basis for leg in rows.values())


@pytest.mark.parametrize(
    ("name", "place"), [("Gateway", "NRHO"), (" moon ", "LLO"), ("LUNAR SOUTH POLE", "South pole"), ("Mars", None)]
)
def test_places_of_the_moon_are_known_by_their_names(name: str, place: str | None) -> None:
    assert lunar_place(name) == place


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"origin": "Mars"}, "begin at the Earth"),
        ({"stay_d": (1.0, 9.0), "back": (day(2027), day(2028))}, "way back from the Moon is not searched"),
        ({"depart": (day(2028), day(2027))}, "back to front"),
        ({"arrive": (day(2050), day(2052))}, "outside the ephemeris"),
        ({"depart": (day(2019), day(2027))}, "2019-01-01 is outside the ephemeris"),
    ],
)
def test_question_for_the_moon_that_can_not_be_answered_says_why(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        a_study(**wrong)


def test_no_flight_within_the_dates_is_an_empty_list_with_the_reason() -> None:
    study = a_study(arrive=(day(2027, 1), day(2027, 1, 2)), depart=(day(2027, 1), day(2027, 1, 2)))
    assert (study.flights, study.every, study.delivered) == ((), (), ())
    assert "no route keeps to the dates" in study.reason
    assert study.reason in render_lunar(study)


def test_lunar_files_and_drawing_are_the_same_bytes_each_time() -> None:
    one, other = a_study(), a_study()
    assert lunar_files(one) == lunar_files(other)
    assert draw_lunar(one) == draw_lunar(other)
    drawn = ElementTree.fromstring(draw_lunar(one))
    said = "".join(drawn.itertext())
    assert "delta-v km/s" in said
    assert "Sun deg" in said
    assert len([part for part in drawn.iter() if part.tag.endswith("polyline")]) == 6


def test_command_plans_a_flight_to_gateway(tmp_path: Path) -> None:
    words = (
        "transfer",
        "--from",
        "Earth",
        "--to",
        "Gateway",
        "--depart",
        "2027-01-01..2027-02-01",
        "--arrive",
        "2027-01-01..2027-07-01",
    )
    out = tmp_path / "gateway"
    told = run(*words, "--grid", "20", "--out", str(out))
    assert told.code == 0
    assert "fast to NRHO" in told.out
    assert "Dragon XL on Falcon Heavy" in told.out
    assert {path.name for path in out.iterdir()} == {
        "dates.csv", "flights.csv", "masses.csv", "legs.csv", "transfer.svg", "transfer.html",
    }  # fmt: skip
    answer = json.loads(run(*words, "--grid", "20", "--json").out)
    assert answer["lunar_flights"][0]["route"] == "low-energy to NRHO"
    assert len(answer["legs"]) == 13
