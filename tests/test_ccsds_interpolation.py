"""Interpolation of an ephemeris: exact where a polynomial is, refused where nobody knows."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from supercargo.astro.ccsds.epochs import Epoch, Epochs, parse_epoch
from supercargo.astro.ccsds.interpolation import interpolate
from supercargo.astro.ccsds.messages import EphemerisMetadata, EphemerisSegment, Header, OrbitEphemerisMessage
from supercargo.astro.timescales import Floats
from supercargo.kernel import ScenarioError

START = datetime(2027, 3, 1, tzinfo=UTC)
HEADER = Header(creation_date=Epoch.of(START), originator="TEST")
POWERS = np.array([[1001.0, -2.0, 3.0], [0.5, 0.25, -1.0], [1e-3, 2e-3, 0.0], [-1e-5, 0.0, 3e-5], [2e-8, 1e-8, 0.0]])


def curve(at_s: Floats) -> Floats:
    """A polynomial of the fourth degree and its derivative [instant, 6]."""
    place = sum(power * at_s[:, None] ** rank for rank, power in enumerate(POWERS))
    rate = sum(rank * power * at_s[:, None] ** (rank - 1) for rank, power in enumerate(POWERS) if rank)
    return np.concatenate([place, rate], axis=1)


def instants(at_s: Floats, start: datetime = START) -> Epochs:
    return Epochs.of(start + timedelta(microseconds=round(each * 1e6)) for each in at_s.tolist())


def a_segment(at_s: Floats, states: Floats | None = None, start: datetime = START, **changes: Any) -> EphemerisSegment:
    epochs = instants(at_s, start)
    base: dict[str, Any] = {
        "object_name": "TUG 1", "object_id": "UNKNOWN", "center_name": "EARTH", "ref_frame": "GCRF", "time_system": "UTC",
        "start_time": epochs.at(0), "stop_time": epochs.at(-1),
    }  # fmt: skip
    return EphemerisSegment(
        metadata=EphemerisMetadata(**{**base, **changes}), epochs=epochs, states=curve(at_s) if states is None else states
    )


def a_message(*segments: EphemerisSegment) -> OrbitEphemerisMessage:
    return OrbitEphemerisMessage(header=HEADER, segments=segments)


GRID = np.array([0.0, 60.0, 90.0, 150.0, 180.0, 230.0, 260.0])
BETWEEN = np.concatenate([GRID, np.linspace(0.0, 260.0, 53)])


@pytest.mark.parametrize("degree", [None, 5, 7, 9, 13])
def test_a_polynomial_of_lower_degree_is_met_exactly_between_uneven_states(degree: int | None) -> None:
    position, velocity = interpolate(a_message(a_segment(GRID)), instants(BETWEEN), degree=degree)
    truth = curve(BETWEEN)
    assert np.abs(position - truth[:, :3]).max() <= 1e-9
    assert np.abs(velocity - truth[:, 3:]).max() <= 1e-9


def test_the_degree_is_the_messages_where_it_recommends_hermite() -> None:
    rough = a_segment(GRID, interpolation="HERMITE", interpolation_degree=3)
    assert np.abs(interpolate(a_message(rough), instants(BETWEEN))[0] - curve(BETWEEN)[:, :3]).max() > 1e-4
    other = a_segment(GRID, interpolation="LAGRANGE", interpolation_degree=3)
    assert np.abs(interpolate(a_message(other), instants(BETWEEN))[0] - curve(BETWEEN)[:, :3]).max() <= 1e-9


def test_at_a_state_the_state_itself_is_given() -> None:
    rng = np.random.default_rng(4)
    states = rng.normal(size=(7, 6)) * 7000
    position, velocity = interpolate(a_message(a_segment(GRID, states)), instants(GRID))
    assert position == pytest.approx(states[:, :3], rel=1e-15)
    assert velocity == pytest.approx(states[:, 3:], rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "at_s"),
    [
        ({}, [-0.001]),
        ({}, [260.001]),
        ({"useable_start_time": Epoch.of(START + timedelta(seconds=60))}, [59.9]),
        ({"useable_stop_time": Epoch.of(START + timedelta(seconds=200))}, [200.1]),
        ({"start_time": Epoch.of(START - timedelta(hours=1))}, [-1.0]),
    ],
)
def test_an_instant_outside_of_the_useable_span_is_refused(changes: dict[str, Any], at_s: list[float]) -> None:
    message = a_message(a_segment(GRID, **changes))
    with pytest.raises(ScenarioError, match="1 of 2 instants lie outside of the useable span") as caught:
        interpolate(message, instants(np.array([100.0, *at_s])))
    assert "ask within 2027-" in caught.value.fix


def test_segments_are_not_mixed_and_the_later_one_owns_a_shared_endpoint() -> None:
    first = a_segment(np.array([0.0, 50.0, 100.0, 150.0]), np.full((4, 6), 1.0) * [1, 1, 1, 0, 0, 0])
    second = a_segment(np.array([150.0, 200.0, 250.0, 300.0]), np.full((4, 6), 2.0) * [1, 1, 1, 0, 0, 0])
    position, velocity = interpolate(a_message(first, second), instants(np.array([149.999, 150.0, 0.0, 300.0])))
    assert position[:, 0] == pytest.approx([1.0, 2.0, 1.0, 2.0], rel=1e-14)
    assert np.abs(velocity).max() < 1e-14


def test_a_gap_between_segments_is_refused() -> None:
    message = a_message(a_segment(np.arange(4.0)), a_segment(np.arange(10.0, 14.0)))
    with pytest.raises(ScenarioError, match="1 of 1 instants"):
        interpolate(message, instants(np.array([5.0])))


def test_too_few_states_for_the_degree_are_refused_and_a_lower_degree_is_offered() -> None:
    message = a_message(a_segment(np.array([0.0, 60.0, 120.0])))
    with pytest.raises(ScenarioError, match="3 states is too short for degree 7, which takes 4") as caught:
        interpolate(message, instants(np.array([30.0])))
    assert "degree 5 or less" in caught.value.fix
    assert interpolate(message, instants(np.array([30.0])), degree=5)[0][0] == pytest.approx(curve(np.array([30.0]))[0, :3])


def test_a_single_state_is_no_curve() -> None:
    message = a_message(a_segment(np.array([0.0])))
    with pytest.raises(ScenarioError, match="1 state is too short") as caught:
        interpolate(message, instants(np.array([0.0])), degree=1)
    assert "a second state" in caught.value.fix


def an_orbit(step_s: float) -> OrbitEphemerisMessage:
    """Six states on a circle 92.6 min around."""
    at_s, rate = np.arange(6.0) * np.float64(step_s), math.sqrt(398_600.4418 / 6_778.0**3)
    turn = rate * at_s
    place = 6_778.0 * np.stack([np.cos(turn), np.sin(turn), 0.0 * turn], axis=1)
    motion = 6_778.0 * rate * np.stack([-np.sin(turn), np.cos(turn), 0.0 * turn], axis=1)
    return a_message(a_segment(at_s, np.concatenate([place, motion], axis=1)))


@pytest.mark.parametrize("step_s", [600.0, 900.0, 1380.0])
def test_states_less_than_a_quarter_revolution_apart_say_where_the_object_is_between(step_s: float) -> None:
    position, _ = interpolate(an_orbit(step_s), instants(np.linspace(0.0, 5.0 * step_s, 101)))
    assert np.abs(np.linalg.norm(position, axis=1) - 6_778.0).max() < 6.0


@pytest.mark.parametrize("step_s", [1400.0, 3600.0, 5_553.6])
def test_between_states_a_quarter_revolution_apart_nothing_is_told_but_at_them_it_is(step_s: float) -> None:
    message = an_orbit(step_s)
    with pytest.raises(ScenarioError, match=r"the object turns by .* deg, and no polynomial is sure beyond 90 deg") as caught:
        interpolate(message, instants(np.array([0.0, 1.5 * step_s])))
    assert "closer together" in caught.value.fix
    at_states, _ = interpolate(message, instants(np.arange(6.0) * np.float64(step_s)))
    assert at_states == pytest.approx(message.segments[0].position_km, abs=1e-9)


def test_a_leap_second_takes_its_time() -> None:
    midnight = datetime(2017, 1, 1, tzinfo=UTC)
    at_s = np.array([0.0, 60.0, 120.0, 180.0])
    states = curve(at_s)
    labels = [
        parse_epoch(text)
        for text in ("2016-12-31T23:58:31", "2016-12-31T23:59:31", "2017-01-01T00:00:30", "2017-01-01T00:01:30")
    ]
    base = a_segment(at_s, states, midnight)
    metadata = replace(base.metadata, start_time=labels[0], stop_time=labels[-1])
    message = a_message(replace(base, metadata=metadata, epochs=Epochs.of(labels)))
    leap = Epochs.of([parse_epoch("2016-12-31T23:59:60.5"), parse_epoch("2017-01-01T00:00:00.5")])
    assert interpolate(message, leap)[0] == pytest.approx(curve(np.array([89.5, 90.5]))[:, :3], abs=1e-9)


def test_instants_of_another_time_system_are_converted_or_refused() -> None:
    message = a_message(a_segment(GRID, time_system="TAI"))
    utc = interpolate(message, instants(np.array([100.0 - 37.0])), time_system="UTC")[0]
    tt = interpolate(message, instants(np.array([100.0 + 32.184])), time_system="tt")[0]
    assert utc == pytest.approx(curve(np.array([100.0]))[:, :3], abs=1e-9)
    assert tt == pytest.approx(utc, abs=1e-9)
    with pytest.raises(ScenarioError, match="in UT1 can't be placed in an ephemeris in TAI"):
        interpolate(message, instants(np.array([100.0])), time_system="UT1")


def test_no_instant_gives_no_state() -> None:
    position, velocity = interpolate(a_message(a_segment(GRID)), Epochs.of([]))
    assert position.shape == velocity.shape == (0, 3)


def test_many_instants_give_what_each_gives_alone() -> None:
    message = a_message(a_segment(GRID))
    many = np.linspace(0.0, 260.0, 100_001)
    together = interpolate(message, instants(many))[0]
    for place in (0, 1, 65_535, 65_536, 100_000):
        alone = interpolate(message, instants(many[place : place + 1]))[0]
        assert together[place].tolist() == alone[0].tolist()
