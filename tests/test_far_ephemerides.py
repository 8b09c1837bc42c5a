"""Orbit messages of flights to the Moon and to asteroids: they close, by arithmetic of the tests' own, or there are none."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.app.transfers import transfer_catalogue
from supercargo.astro.ccsds.epochs import Epochs
from supercargo.astro.ccsds.interpolation import interpolate
from supercargo.astro.ccsds.messages import EphemerisSegment, OrbitEphemerisMessage
from supercargo.astro.ccsds.reading import parse_message
from supercargo.astro.ccsds.writing import write_oem_kvn
from supercargo.astro.celestial import eme2000_from_gcrs
from supercargo.astro.cislunar import halo_states
from supercargo.astro.ephemeris import small_body_states
from supercargo.astro.nrho_arrival import arrival_costs, timed_arrival
from supercargo.astro.three_body import fly, moon_centred, nrho_9_2
from supercargo.astro.timescales import Floats, instant_at, seconds_since_j2000
from supercargo.measure.summary import summarise
from supercargo.model import LaunchWindow, OperationsPlan, TransferRequest, TransferWindow
from supercargo.plan.ephemerides import ephemerides_of
from supercargo.plan.oem_segments import paced_s
from supercargo.plan.opportunities import list_opportunities
from supercargo.plan.transfers import Catalogue
from supercargo.report.page import render_report
from supercargo.store import write_plan
from tests.plans import a_plan

EARTH_KM3_S2, MOON_KM3_S2, SUN_KM3_S2 = 398_600.435_507, 4_902.800_118, 132_712_440_041.279_419  # DE440
PLACES = {"Gateway": "Gate", "Moon": "Gate", "lunar south pole": "Gate", "Bennu": "Bennu", "Ryugu": "Ryugu"}


@cache
def catalogue() -> Catalogue:
    return transfer_catalogue()


@cache
def listed(target: str) -> tuple[TransferWindow, ...]:
    """Computed lift-offs of 2027 for a target, as `transfer --rows` lists them."""
    first, last = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    asked = TransferRequest(origin="Earth", destination=target, depart=(first, last), arrive=(first, last + timedelta(500)))
    return list_opportunities(asked, catalogue(), PLACES[target])


def rows_by(route: str, target: str = "Gateway") -> list[TransferWindow]:
    return [row for row in listed(target) if row.route.startswith(route)]


def a_far_plan(row: TransferWindow, *, body: str = "Moon", stay_d: float = 20.0, **changes: Any) -> OperationsPlan:
    """The builders' plan with its one flight beyond the station in a listed window, as a schedule takes it over."""
    plan = a_plan()
    mission = plan.mission_named["M4"]
    window = LaunchWindow(
        destination=row.destination, site=mission.site, pad=mission.pad, launcher=mission.launcher, launch_utc=row.launch_utc,
        opens_utc=row.opens_utc, closes_utc=row.closes_utc, sigma_s=0.0, node="catalogue", transit_d=row.transit_d,
        route=row.route, c3_km2_s2=row.c3_km2_s2, delta_v_m_s=row.delta_v_m_s, used_by="M4",
    )  # fmt: skip
    arrive = row.launch_utc + timedelta(seconds=round(row.transit_d * 86_400))
    mission = replace(
        mission, destination=row.destination, launch_utc=row.launch_utc, arrive_utc=arrive, profile=row.route,
        depart_utc=arrive + timedelta(days=stay_d), end_utc=arrive + timedelta(days=stay_d + 500.0),
    )  # fmt: skip
    places = tuple(
        replace(place, destination=row.destination, body=body) if place.destination == "Gate" else place
        for place in plan.scenario.destinations
    )
    scenario = replace(plan.scenario, destinations=places)
    return replace(plan, scenario=scenario, missions=(replace(mission, **changes),), windows=(window,))


def told(row: TransferWindow, **changes: Any) -> str:
    found = ephemerides_of(a_far_plan(row, **changes), catalogue())
    assert found.untraced == ()
    return found.messages["M4"]


def read(text: str) -> OrbitEphemerisMessage:
    message = parse_message(text.encode(), where="M4.oem")
    assert isinstance(message, OrbitEphemerisMessage)
    return message


def untold(row: TransferWindow, **changes: Any) -> str:
    found = ephemerides_of(a_far_plan(row, **changes), catalogue())
    assert found.messages == {}
    (one,) = found.untraced
    assert one.mission_id == "M4"
    return one.reason


def counts_s(segment: EphemerisSegment) -> Floats:
    return np.array([seconds_since_j2000(segment.epochs.at(n).as_utc()) for n in range(len(segment.epochs))])


def moon_km(at_s: float) -> tuple[Floats, Floats]:
    """Where the Moon is seen from the Earth, and how it moves, EME2000."""
    moon = catalogue().ephemeris.states("Moon", np.array([at_s]), centre="Earth")
    return eme2000_from_gcrs(moon.position_km[0]), eme2000_from_gcrs(moon.velocity_km_s[0])


def flown(state: Floats, pull: Callable[[float, Floats], Floats], span_s: float, mu_km3_s2: float) -> Floats:
    """A state carried by the classical rule of Runge and Kutta, steps a hundredth of a radian: no code of the product."""
    at_s = 0.0

    def slope(when_s: float, now: Floats) -> Floats:
        return np.concatenate([now[3:], pull(when_s, now[:3])])

    while at_s < span_s:
        step = min(0.01 * math.sqrt(float(np.linalg.norm(state[:3])) ** 3 / mu_km3_s2), span_s / 500.0, span_s - at_s)
        first = slope(at_s, state)
        second = slope(at_s + 0.5 * step, state + 0.5 * step * first)
        third = slope(at_s + 0.5 * step, state + 0.5 * step * second)
        fourth = slope(at_s + step, state + step * third)
        state = state + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
        at_s += step
    return state


def central(mu_km3_s2: float) -> Callable[[float, Floats], Floats]:
    return lambda _, place: -mu_km3_s2 * place / float(np.linalg.norm(place)) ** 3


def kepler_km(state: Floats, span_s: float, mu_km3_s2: float) -> Floats:
    """Position on an ellipse after a time by Kepler's equation in closed form, bisected (Vallado, algorithm 2)."""
    place, motion = state[:3], state[3:]
    far = float(np.linalg.norm(place))
    axis = 1.0 / (2.0 / far - float(motion @ motion) / mu_km3_s2)
    cosine, sine = 1.0 - far / axis, float(place @ motion) / math.sqrt(mu_km3_s2 * axis)  # e cos E, e sin E
    shape, first = math.hypot(cosine, sine), math.atan2(sine, cosine)
    mean = first - sine + math.sqrt(mu_km3_s2 / axis**3) * span_s
    low, high = mean - 1.0, mean + 1.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle - shape * math.sin(middle) < mean else (low, middle)
    turned = low - first
    f = 1.0 - axis / far * (1.0 - math.cos(turned))
    g = span_s - math.sqrt(axis**3 / mu_km3_s2) * (turned - math.sin(turned))
    return np.asarray(f * place + g * motion)


FAST = [("fast to NRHO", "Gateway"), ("fast to LLO", "Moon"), ("fast to LLO, south pole", "lunar south pole")]


@pytest.mark.parametrize(("route", "target"), FAST)
def test_the_first_state_of_a_flight_to_the_moon_flown_on_its_own_meets_the_moon(route: str, target: str) -> None:
    for row in rows_by(route, target)[::7]:
        leg = read(told(row)).segments[0]
        assert (leg.metadata.center_name, leg.metadata.ref_frame, leg.metadata.time_system) == ("EARTH", "EME2000", "UTC")
        at_s = counts_s(leg)
        goal, _ = moon_km(at_s[-1])
        assert np.linalg.norm(kepler_km(leg.states[0], at_s[-1] - at_s[0], EARTH_KM3_S2) - goal) < 0.1
        assert np.linalg.norm(leg.position_km[-1] - goal) < 1e-5
    by_steps = flown(leg.states[0], central(EARTH_KM3_S2), at_s[-1] - at_s[0], EARTH_KM3_S2)
    assert np.linalg.norm(by_steps[:3] - goal) < 1.0
    assert np.linalg.norm(by_steps[3:] - leg.velocity_km_s[-1]) < 1e-5


@pytest.mark.parametrize(("route", "target"), FAST)
def test_the_energy_of_the_first_state_is_the_listed_launch_energy(route: str, target: str) -> None:
    for row in rows_by(route, target)[::5]:
        message = read(told(row))
        state = message.segments[0].states[0]
        c3_km2_s2 = float(state[3:] @ state[3:]) - 2.0 * EARTH_KM3_S2 / float(np.linalg.norm(state[:3]))
        assert row.c3_km2_s2 is not None
        assert abs(c3_km2_s2 - row.c3_km2_s2) < 0.02  # an hour of parking, and another height of it
        assert any(f"C3 at injection is {c3_km2_s2:.4f} km2/s2" in comment for comment in message.header.comments)


def test_the_states_begin_at_perigee_200_km_up_within_two_hours_of_lift_off() -> None:
    for row in rows_by("fast")[::9]:
        message = read(told(row))
        state = message.segments[0].states[0]
        gap = message.segments[0].metadata.start_time.as_utc() - row.launch_utc
        assert timedelta(minutes=30) < gap < timedelta(hours=2)
        assert any(f"{gap / timedelta(minutes=1):.0f} min later" in comment for comment in message.header.comments)
        assert float(np.linalg.norm(state[:3])) == pytest.approx(6578.137, abs=1e-3)
        assert abs(float(state[:3] @ state[3:])) < 0.01


def test_a_flight_to_gateway_lies_in_the_plane_of_the_moons_motion_and_one_to_low_orbit_28_5_deg_off_it() -> None:
    for route, target, tilt_deg in (("fast to NRHO", "Gateway", 0.0), ("fast to LLO", "Moon", 28.5)):
        leg = read(told(rows_by(route, target)[3])).segments[0]
        place, motion = moon_km(counts_s(leg)[-1])
        normals = [np.cross(place, motion), np.cross(leg.states[0, :3], leg.states[0, 3:])]
        one, other = (normal / np.linalg.norm(normal) for normal in normals)
        assert math.degrees(math.acos(min(1.0, float(one @ other)))) == pytest.approx(tilt_deg, abs=1e-3)


def test_where_the_moon_is_too_near_for_the_slowest_ellipse_the_spacecraft_parks_longer_and_still_meets_it() -> None:
    row = rows_by("fast to NRHO")[0]
    hours_s = seconds_since_j2000(datetime(2034, 1, 1, tzinfo=UTC)) + np.arange(24 * 365, dtype=np.float64) * 3600.0
    moon = catalogue().ephemeris.states("Moon", hours_s, centre="Earth").position_km
    nearest_s = float(hours_s[np.argmin(np.linalg.norm(moon, axis=-1))])
    late = replace(row, launch_utc=instant_at(nearest_s - 4.5 * 86_400.0), c3_km2_s2=None)
    leg = read(told(late)).segments[0]
    at_s = counts_s(leg)
    assert leg.metadata.start_time.as_utc() - late.launch_utc > timedelta(minutes=60)
    assert np.linalg.norm(kepler_km(leg.states[0], at_s[-1] - at_s[0], EARTH_KM3_S2) - moon_km(at_s[-1])[0]) < 0.1


def test_the_burns_that_the_states_of_a_flight_to_gateway_show_are_within_those_listed() -> None:
    for row in rows_by("fast to NRHO")[::4]:
        earth, arc, halo = read(told(row)).segments
        _, moon_km_s = moon_km(counts_s(earth)[-1])
        against = earth.velocity_km_s[-1] - moon_km_s
        perilune = arc.position_km[0]
        up = perilune / np.linalg.norm(perilune)
        before_km_s = math.sqrt(float(against @ against) + 2.0 * MOON_KM3_S2 / float(np.linalg.norm(perilune)))
        level = against - (against @ up) * up
        flyby = arc.velocity_km_s[0] - before_km_s * level / np.linalg.norm(level)
        insertion = halo.velocity_km_s[0] - arc.velocity_km_s[-1]
        both_m_s = 1e3 * float(np.linalg.norm(flyby) + np.linalg.norm(insertion))
        assert row.delta_v_m_s is not None
        assert 400.0 < both_m_s < row.delta_v_m_s - 45.0  # meeting and docking come on top
        assert np.linalg.norm(arc.position_km, axis=1).min() > 1737.4 + 100.0
        assert np.linalg.norm(arc.position_km[-1] - halo.position_km[0]) < 1e-5
        assert earth.metadata.stop_time == arc.metadata.start_time
        assert arc.metadata.stop_time == halo.metadata.start_time


def test_the_arc_about_the_moon_flown_on_its_own_comes_to_gateways_orbit() -> None:
    _, arc, halo = read(told(rows_by("fast to NRHO")[5])).segments
    at_s = counts_s(arc)
    by_steps = flown(arc.states[0], central(MOON_KM3_S2), at_s[-1] - at_s[0], MOON_KM3_S2)
    assert np.linalg.norm(by_steps[:3] - halo.position_km[0]) < 0.1


def test_gateways_orbit_is_told_once_around_from_insertion_south_of_the_moon_and_past_both_ends() -> None:
    row = rows_by("fast to NRHO")[5]
    halo = read(told(row)).segments[-1]
    assert (halo.metadata.center_name, halo.metadata.ref_frame) == ("MOON", "EME2000")
    span_d = (counts_s(halo)[-1] - counts_s(halo)[0]) / 86_400.0
    assert span_d == pytest.approx(6.562, abs=0.01)
    far_km = np.linalg.norm(halo.position_km, axis=1)
    assert (far_km.min(), far_km.max()) == pytest.approx((3250.0, 71_000.0), rel=0.02)  # NASA's 9:2 orbit
    place, motion = moon_km(counts_s(halo)[np.argmax(far_km)])
    north = np.cross(place, motion)
    assert float(halo.position_km[np.argmax(far_km)] @ north) / float(np.linalg.norm(north)) < -60_000.0
    contact = row.launch_utc + timedelta(seconds=round(row.transit_d * 86_400))
    assert halo.metadata.start_time.as_utc() < contact < halo.metadata.stop_time.as_utc()
    short = read(told(row, stay_d=2.0)).segments[-1]
    assert contact < short.metadata.stop_time.as_utc() <= contact + timedelta(days=2)


def test_a_spacecraft_on_gateways_orbit_stays_near_it_for_two_days_under_earth_and_moon_alone() -> None:
    """The three-body orbit in real axes is no flight product: eccentricity of the Moon's path moves it, not a wrong turn."""
    halo = read(told(rows_by("fast to NRHO")[5])).segments[-1]
    at_s = counts_s(halo)
    last = int(np.searchsorted(at_s, at_s[0] + 2.0 * 86_400.0))

    def pull(when_s: float, place: Floats) -> Floats:
        earth = -moon_km(float(at_s[0]) + when_s)[0]
        beside = place - earth
        tide = -EARTH_KM3_S2 * (beside / np.linalg.norm(beside) ** 3 + earth / np.linalg.norm(earth) ** 3)
        return np.asarray(central(MOON_KM3_S2)(0.0, place) + tide)

    by_steps = flown(halo.states[0], pull, float(at_s[last] - at_s[0]), MOON_KM3_S2)
    assert np.linalg.norm(by_steps[:3] - halo.position_km[last]) < 1500.0


def test_velocities_are_those_of_the_positions_on_every_stretch() -> None:
    rows = (rows_by("fast to NRHO")[5], rows_by("fast to LLO", "lunar south pole")[2])
    for message in (read(told(row)) for row in rows):
        for segment in message.segments:
            middle = counts_s(segment)
            middle = 0.5 * (middle[1:] + middle[:-1])
            alone = replace(message, segments=(segment,))
            before, after = (interpolate(alone, Epochs.of_count_s(middle + shift))[0] for shift in (-1.0, 1.0))
            _, velocity = interpolate(alone, Epochs.of_count_s(middle))
            assert np.abs((after - before) / 2.0 - velocity).max() < 1e-5
            # the recommended polynomial through every other state finds the states left out
            thinned = replace(segment, epochs=segment.epochs.every(slice(None, None, 2)), states=segment.states[::2])
            last = (len(segment.epochs) - 1) // 2 * 2
            found, _ = interpolate(replace(message, segments=(thinned,)), segment.epochs.every(slice(1, last, 2)))
            assert np.abs(found - segment.position_km[1:last:2]).max() < 5.0


def test_on_the_ground_the_sun_stands_as_high_as_the_window_lists() -> None:
    row = rows_by("fast to LLO", "lunar south pole")[2]
    ground = read(told(row)).segments[-1]
    assert ground.metadata.start_time.as_utc() == row.launch_utc + timedelta(seconds=round(row.transit_d * 86_400))
    up = ground.position_km[0] / np.linalg.norm(ground.position_km[0])
    sun = eme2000_from_gcrs(-catalogue().ephemeris.states("Moon", counts_s(ground)[:1]).position_km[0])
    elevation_deg = math.degrees(math.asin(float(up @ sun) / float(np.linalg.norm(sun))))
    assert row.sun_elevation_deg == pytest.approx(elevation_deg, abs=0.01)
    assert np.linalg.norm(ground.position_km, axis=1) == pytest.approx(np.full(25, 1737.4), abs=1e-5)
    # 0.33 deg from the pole, 10 km, once around in 27.3 d: 0.027 m/s; the pole itself nods at some millimetres a second
    speed_m_s = 1e3 * np.linalg.norm(ground.velocity_km_s, axis=1)
    assert speed_m_s == pytest.approx(np.full(25, 0.027), abs=0.01)


def test_what_a_route_leaves_open_is_not_in_the_file_and_the_comments_say_so() -> None:
    message = read(told(rows_by("fast to LLO", "Moon")[3]))
    assert len(message.segments) == 1
    words = " ".join(message.header.comments)
    assert "Low lunar orbit, and the ways into and out of it, are not in the file" in words
    assert "patched conics" in words.lower()
    by_halo = read(told(rows_by("fast to NRHO, LLO", "Moon")[3]))
    assert [one.metadata.center_name for one in by_halo.segments] == ["EARTH", "MOON"]


# to asteroids


@pytest.mark.parametrize("target", ["Bennu", "Ryugu"])
def test_the_first_state_of_a_flight_to_an_asteroid_flown_on_its_own_meets_it(target: str) -> None:
    body = next(one for one in catalogue().small_bodies if one.body == target)
    for row in rows_by("", target)[::6]:
        way, stay = read(told(row, body="Sun")).segments
        assert {(one.metadata.center_name, one.metadata.ref_frame) for one in (way, stay)} == {("SUN", "ICRF")}
        at_s = counts_s(way)
        goal = small_body_states(body, at_s[-1:]).position_km[0]
        assert np.linalg.norm(kepler_km(way.states[0], at_s[-1] - at_s[0], SUN_KM3_S2) - goal) < 20.0
        assert np.linalg.norm(way.position_km[-1] - goal) < 1.0
        assert np.linalg.norm(way.position_km[-1] - stay.position_km[0]) < 1.0
        assert np.diff(at_s).max() == 86_400.0
    by_steps = flown(way.states[0], central(SUN_KM3_S2), at_s[-1] - at_s[0], SUN_KM3_S2)
    assert np.linalg.norm(by_steps[:3] - goal) < 50.0


@pytest.mark.parametrize("target", ["Bennu", "Ryugu"])
def test_a_flight_to_an_asteroid_leaves_the_earth_with_the_listed_energy_and_comes_to_it_with_the_listed_burn(
    target: str,
) -> None:
    for row in rows_by("", target)[::6]:
        way, stay = read(told(row, body="Sun")).segments
        earth = catalogue().ephemeris.states("Earth", counts_s(way)[:1])
        assert np.linalg.norm(way.position_km[0] - earth.position_km[0]) < 0.01
        assert float(np.sum((way.velocity_km_s[0] - earth.velocity_km_s[0]) ** 2)) == pytest.approx(row.c3_km2_s2, abs=0.02)
        burn_m_s = 1e3 * float(np.linalg.norm(stay.velocity_km_s[0] - way.velocity_km_s[-1]))
        assert row.delta_v_m_s == pytest.approx(burn_m_s + 60.0, abs=2.0)  # 60 m/s of corrections


def test_an_asteroid_is_known_by_its_designation_too_and_is_stayed_with_to_departure() -> None:
    row = replace(rows_by("", "Bennu")[0], destination="101955")
    plan = a_far_plan(row, body="Sun")
    stay = read(ephemerides_of(plan, catalogue()).messages["M4"]).segments[-1]
    assert stay.metadata.start_time.as_utc() == plan.missions[0].arrive_utc
    assert stay.metadata.stop_time.as_utc() == plan.missions[0].depart_utc
    assert len(stay.epochs) == 21


# none where none is computed


def test_a_low_energy_route_has_no_message_for_it_is_not_computed() -> None:
    for target, route in (("Gateway", "low-energy to NRHO"), ("Moon", "low-energy to NRHO, LLO")):
        assert "low-energy route is not computed" in untold(rows_by(route, target)[1])


def test_a_window_that_closes_no_conic_has_no_message() -> None:
    row = rows_by("fast to NRHO")[3]
    bennu = rows_by("", "Bennu")[2]
    assert row.c3_km2_s2 is not None
    assert bennu.c3_km2_s2 is not None
    assert "names no route" in untold(replace(row, route="", transit_d=11.0))
    assert "is none that is computed" in untold(replace(row, route="by tug"))
    assert "the route takes 5.41 d and the flight 11.00 d" in untold(replace(row, transit_d=11.0))
    assert "the route takes 5.41 d and the flight 4.00 d" in untold(replace(row, transit_d=4.0))
    assert "it states C3 -0.7 km2/s2" in untold(replace(row, c3_km2_s2=-0.7))
    assert "it states C3" in untold(replace(bennu, c3_km2_s2=bennu.c3_km2_s2 + 0.1), body="Sun")
    assert "it states C3" in untold(replace(bennu, transit_d=bennu.transit_d + 20.0), body="Sun")
    assert "states no launch energy" in untold(replace(bennu, c3_km2_s2=None), body="Sun")
    late = a_far_plan(bennu, body="Sun").missions[0].docked_utc[0] + timedelta(days=1)
    assert "another day" in untold(bennu, body="Sun", arrive_utc=late)
    assert "no elements of Vesta" in untold(replace(bennu, destination="Vesta"), body="Sun")
    far = timedelta(days=365.25 * 30)
    assert "outside the ephemeris" in untold(replace(row, launch_utc=row.launch_utc + far))


def test_a_transit_that_is_half_a_revolution_has_no_message_but_a_reason() -> None:
    """Where the Earth and the body lie in one line with the Sun no plane is set: the reason says so and nothing breaks."""
    bennu = rows_by("", "Bennu")[2]
    reason = untold(replace(bennu, transit_d=0.0), body="Sun")
    assert "no conic of less than one revolution joins the Earth and Bennu" in reason


def test_each_message_reads_back_to_the_bit_and_is_the_same_each_time() -> None:
    cases = [(rows_by(route, target)[4], "Moon") for route, target in FAST] + [(rows_by("", "Bennu")[1], "Sun")]
    for row, body in cases:
        text = told(row, body=body)
        assert write_oem_kvn(read(text)) == text
        assert told(row, body=body) == text
        assert text.isascii()
        assert len(text) < 100_000


def test_a_plan_folder_has_the_messages_and_its_head_and_its_page_say_why_one_is_missing(tmp_path: Path) -> None:
    plan = a_plan()
    found = ephemerides_of(plan, catalogue())
    plan = replace(plan, untraced=found.untraced)
    assert [one.mission_id for one in found.untraced] == ["M4"]
    page = render_report(plan, summarise(plan))
    write_plan(plan, tmp_path / "plan", run={}, report_html=page, ephemerides=found.messages, force=False)
    head = json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert head["untraced"] == [{"mission_id": "M4", "reason": found.untraced[0].reason}]
    assert f"M4: {escape(found.untraced[0].reason)}" in page
    assert not (tmp_path / "plan" / "oem" / "M4.oem").exists()
    assert "Flights without a trajectory" not in render_report(replace(plan, untraced=()), summarise(plan))


# what it rests on


def test_gateways_orbit_in_halves_of_strides_is_that_flown_state_by_state() -> None:
    orbit = nrho_9_2()
    places, motions = halo_states()
    assert len(places) == 240
    for phase in (1, 7, 119, 121, 200, 239):
        place, motion = moon_centred(fly(orbit.start, phase / 240.0 * orbit.period))
        assert np.abs(places[phase] - place).max() < 1e-3
        assert np.abs(motions[phase] - motion).max() < 1e-6


def test_a_timed_arrival_joins_at_its_phase_and_costs_no_more_than_any_flyby_of_a_coarse_search() -> None:
    places, motions = halo_states()
    speed = np.array([0.86, 0.2 - 0.35, 0.0])
    found = timed_arrival(speed, places, motions, 159.0, 78_600.0)
    assert found.choice[2:] == (159.0, 78_600.0)
    assert found.days == pytest.approx(78_600.0 / 86_400.0)
    planes, radii = np.meshgrid(np.linspace(0.0, 6.28, 60), np.linspace(1840.0, 8000.0, 40))
    timed = np.full(planes.size, 159.0), np.full(planes.size, 78_600.0)
    burn, insertion = arrival_costs(speed, places, motions, np.stack([planes.ravel(), radii.ravel(), *timed], axis=-1))
    assert found.total_km_s <= float(np.min(burn + insertion)) + 1e-6


def test_paced_instants_are_whole_seconds_with_both_ends_and_never_too_far_apart() -> None:
    samples = np.linspace(0.0, 400_000.0, 4001)
    rate = 1e-3 / (1.0 + samples / 800.0)
    found = paced_s(samples, rate, pace_rad=0.15, longest_s=10_800.0)
    assert (found[0], found[-1]) == (0.0, 400_000.0)
    assert np.all(found == np.round(found))
    steps = np.diff(found)
    assert steps.min() > 0.0
    assert np.all(steps <= 10_801.0)
    assert np.all(steps * np.interp(found[:-1], samples, rate) < 0.2)
