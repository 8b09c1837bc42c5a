"""Lambert's problem: every answer flies to its target, every singular case says its name."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.kepler import eccentric_anomaly, propagate_conic
from supercargo.astro.lambert import Branch, Engine, LambertStatus, Motion, solve_lambert, solve_revolutions
from supercargo.astro.lambert_time import first_guess, flight_time, shape_of, triangle
from supercargo.astro.timescales import Floats
from supercargo.bench.lambert import heliocentric_problems

SUN_KM3_S2 = 132_712_440_018.0
EARTH_KM3_S2 = 398_600.4418
HERE = np.array([7000.0, 0.0, 0.0])
ASIDE = np.array([0.0, 9000.0, 500.0])


def relative_miss(r1: Floats, v1: Floats, tof: Floats, r2: Floats, mu: float) -> Floats:
    reached, _ = propagate_conic(r1, v1, tof, mu)
    return np.asarray(np.linalg.norm(reached - r2, axis=-1) / np.linalg.norm(r2, axis=-1))


@pytest.mark.parametrize("engine", Engine)
def test_departure_velocities_fly_to_the_target_in_the_given_time(engine: Engine) -> None:
    r1, r2, tof = heliocentric_problems(5000, seed=2)
    found = solve_lambert(r1, r2, tof, SUN_KM3_S2, engine=engine)
    assert found.solved.all()
    assert relative_miss(r1, found.v1_km_s, tof, r2, SUN_KM3_S2).max() <= 1e-11


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("branch", Branch)
@pytest.mark.parametrize("revolutions", [1, 2, 5])
def test_flights_with_revolutions_come_to_the_target_or_are_called_too_short(
    revolutions: int, branch: Branch, engine: Engine
) -> None:
    r1, r2, tof = heliocentric_problems(2000, seed=3)
    tof *= 1.5 * revolutions + 1.0
    found = solve_lambert(r1, r2, tof, SUN_KM3_S2, revolutions=revolutions, branch=branch, engine=engine)
    some = found.solved
    assert set(found.status.tolist()) == {LambertStatus.SOLVED, LambertStatus.TOO_SHORT}
    assert some.mean() > 0.3
    assert np.percentile(relative_miss(r1[some], found.v1_km_s[some], tof[some], r2[some], SUN_KM3_S2), 99.5) <= 1e-10


def test_the_two_branches_meet_at_the_shortest_time_of_so_many_revolutions() -> None:
    def speeds(tof_s: float) -> Any:
        pair = [solve_lambert(HERE, ASIDE, tof_s, EARTH_KM3_S2, revolutions=1, branch=branch) for branch in Branch]
        return pair[0].v1_km_s - pair[1].v1_km_s if pair[0].solved.all() else None

    low, high = 1000.0, 40_000.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if speeds(middle) is None else (low, middle)
    assert np.abs(speeds(high)).max() < 1e-4
    assert np.abs(speeds(high * 1.1)).max() > 0.1


angles = st.floats(0.02, 2 * np.pi - 0.02).filter(lambda turn: abs(turn - np.pi) > 1e-3)


@settings(max_examples=300, deadline=None)
@given(
    turn=angles,
    ratio=st.floats(0.05, 20.0),
    pace=st.floats(0.1, 50.0),
    tilt=st.floats(-1.4, 1.4),
    engine=st.sampled_from(Engine),
)
def test_any_triangle_is_flown_at_any_pace(turn: float, ratio: float, pace: float, tilt: float, engine: Engine) -> None:
    """From a tenth of the parabola's time (fast hyperbolas) to fifty times."""
    tip = np.array([[np.cos(turn), np.sin(turn) * np.cos(tilt), np.sin(turn) * np.sin(tilt)]])
    r1, r2 = 10_000.0 * np.array([[1.0, 0.0, 0.0]]), 10_000.0 * ratio * tip
    chord = float(np.linalg.norm(r2 - r1))
    half = 0.5 * (10_000.0 * (1.0 + ratio) + chord)
    lam = np.copysign(np.sqrt(max(0.0, 1.0 - chord / half)), np.pi - turn)
    parabola_s = np.sqrt(half**3 / (2.0 * EARTH_KM3_S2)) * 2.0 / 3.0 * (1.0 - lam**3)
    tof = np.array([parabola_s * pace])
    found = solve_lambert(r1, r2, tof, EARTH_KM3_S2, engine=engine)
    assert found.solved.all()
    assert (
        relative_miss(r1, found.v1_km_s, tof, r2, EARTH_KM3_S2).max() <= 1e-8
    )  # so much only where the path grazes the centre


@settings(max_examples=100, deadline=None)
@given(x=st.floats(-0.99, 6.0), turn=angles, ratio=st.floats(0.2, 5.0))
def test_time_of_flight_is_the_books_on_ellipse_and_hyperbola(x: float, turn: float, ratio: float) -> None:
    """Izzo 2015, equation 18: T = (psi / sqrt|1 - x2| - x + lambda y) / (1 - x2), psi by arccosine or area cosine."""
    if abs(x - 1.0) < 0.05:
        x += 0.1  # the book's formula is a difference of near equals there
    tip = np.array([[np.cos(turn)], [np.sin(turn)], [0.0]])
    form = triangle(np.array([[1.0], [0.0], [0.0]]), ratio * tip, 1.0)
    lam = float(form.lam[0])
    y = np.sqrt(1.0 - lam * lam * (1.0 - x * x))
    inner = x * y + lam * (1.0 - x * x)
    psi = np.arccos(np.clip(inner, -1.0, 1.0)) if x < 1.0 else np.arccosh(max(inner, 1.0))
    book = (psi / np.sqrt(abs(1.0 - x * x)) - x + lam * y) / (1.0 - x * x)
    assert float(flight_time(np.array([x]), form, np.zeros(1))[0]) == pytest.approx(book, rel=3e-8)


def test_first_guess_is_good_to_0_04_or_2_percent() -> None:
    turn, x = np.meshgrid(np.radians(np.linspace(2.0, 358.0, 90)), np.linspace(-0.9, 8.0, 200))
    tips = np.stack([np.cos(turn.ravel()), np.sin(turn.ravel()), np.zeros(turn.size)])
    form = triangle(np.array([[1.0], [0.0], [0.0]]), 1.3 * tips, 1.0)
    t = flight_time(x.ravel(), form, np.zeros(turn.size))
    off = np.abs(first_guess(t, form) - x.ravel())
    assert np.all(off <= np.maximum(0.04, 0.02 * x.ravel()))


def test_parabola_is_no_singularity() -> None:
    form = triangle(HERE[:, None], ASIDE[:, None], 1.0)
    t = flight_time(np.array([1.0]), form, np.zeros(1))
    assert float(t[0]) == pytest.approx(float(2.0 / 3.0 * (1.0 - form.lam[0] ** 3)), rel=1e-14)
    tof = t * np.sqrt(form.half**3 / (2.0 * EARTH_KM3_S2))
    for engine in Engine:
        found = solve_lambert(HERE, ASIDE, tof, EARTH_KM3_S2, engine=engine)
        energy = 0.5 * float(np.sum(found.v1_km_s**2)) - EARTH_KM3_S2 / 7000.0
        assert abs(energy) < 1e-7
    assert float(shape_of(np.array([1.0]), form).omx2[0]) == 0.0


SINGULAR = {
    "coincident": (HERE, HERE, 3600.0, LambertStatus.COINCIDENT),
    "same direction": (HERE, 2.0 * HERE, 3600.0, LambertStatus.ANGLE_0),
    "opposite direction": (HERE, -1.5 * HERE, 3600.0, LambertStatus.ANGLE_180),
    "no time": (HERE, ASIDE, 0.0, LambertStatus.NO_TIME),
    "backward": (HERE, ASIDE, -5.0, LambertStatus.NO_TIME),
    "at the centre": (np.zeros(3), ASIDE, 3600.0, LambertStatus.NO_RADIUS),
    "no number": (np.array([np.nan, 0.0, 1.0]), ASIDE, 3600.0, LambertStatus.NOT_FINITE),
    "endless": (HERE, np.array([np.inf, 0.0, 0.0]), 3600.0, LambertStatus.NOT_FINITE),
    "for ever": (HERE, ASIDE, np.inf, LambertStatus.NOT_FINITE),
    "time is no number": (HERE, ASIDE, np.nan, LambertStatus.NOT_FINITE),
}


@pytest.mark.parametrize("revolutions", [0, 1])
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("case", SINGULAR)
def test_singular_case_says_its_name_and_leaves_its_neighbours_alone(case: str, engine: Engine, revolutions: int) -> None:
    r1, r2, tof_s, status = SINGULAR[case]
    usual_s = 3600.0 + 20_000.0 * revolutions
    sound = solve_lambert(HERE, ASIDE, usual_s, EARTH_KM3_S2, engine=engine, revolutions=revolutions)
    found = solve_lambert(
        np.stack([HERE, r1, HERE]),
        np.stack([ASIDE, r2, ASIDE]),
        np.array([usual_s, tof_s, usual_s]),
        EARTH_KM3_S2,
        engine=engine,
        revolutions=revolutions,
    )
    assert found.status.tolist() == [LambertStatus.SOLVED, status, LambertStatus.SOLVED]
    assert np.isnan(found.v1_km_s[1]).all()
    assert np.isnan(found.v2_km_s[1]).all()
    assert np.array_equal(found.v1_km_s[[0, 2]], np.repeat(sound.v1_km_s, 2, axis=0))


@settings(max_examples=200, deadline=None)
@given(
    numbers=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=7, max_size=7),
    revolutions=st.integers(0, 2),
    engine=st.sampled_from(Engine),
)
def test_a_solved_problem_never_holds_a_nan(numbers: list[float], revolutions: int, engine: Engine) -> None:
    r1, r2, tof = np.array(numbers[:3]), np.array(numbers[3:6]), numbers[6]
    found = solve_lambert(r1, r2, tof, EARTH_KM3_S2, revolutions=revolutions, engine=engine)
    sound = np.isfinite(found.v1_km_s).all() and np.isfinite(found.v2_km_s).all()
    assert sound == bool(found.solved[0])


def test_retrograde_flight_mirrors_the_prograde_one() -> None:
    mirror = np.array([1.0, -1.0, 1.0])
    there = solve_lambert(HERE, ASIDE, 5000.0, EARTH_KM3_S2)
    back = solve_lambert(HERE * mirror, ASIDE * mirror, 5000.0, EARTH_KM3_S2, motion=Motion.RETROGRADE)
    assert back.v1_km_s * mirror == pytest.approx(there.v1_km_s, rel=1e-14)


def test_every_branch_up_to_the_most_revolutions_is_found_once() -> None:
    found = list(solve_revolutions(HERE, ASIDE, 40_000.0, EARTH_KM3_S2, most=20))
    assert [(revolutions, branch) for revolutions, branch, _ in found][:3] == [
        (0, Branch.LEFT),
        (1, Branch.LEFT),
        (1, Branch.RIGHT),
    ]
    speeds = np.array([batch.v1_km_s[0] for _, _, batch in found])
    assert 3 <= len(found) < 41
    assert len(np.unique(np.round(speeds, 9), axis=0)) == len(found)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mu_km3_s2": 0.0}, "mu is 0.0 km3/s2"),
        ({"mu_km3_s2": np.nan}, "give a positive number"),
        ({"revolutions": -1}, "-1 revolutions"),
        ({"r1_km": np.zeros((2, 2))}, r"give \[problem, 3\]"),
    ],
)
def test_words_that_make_no_problem_are_refused(wrong: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"r1_km": HERE, "r2_km": ASIDE, "tof_s": 3600.0, "mu_km3_s2": EARTH_KM3_S2}
    with pytest.raises(ValueError, match=words):
        solve_lambert(**{**given, **wrong})


def test_importing_lambert_compiles_nothing() -> None:
    asked = "import sys, supercargo.astro.lambert; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@given(mean=st.floats(-50.0, 50.0), e=st.floats(0.0, 0.99))
def test_keplers_equation_holds(mean: float, e: float) -> None:
    anomaly = eccentric_anomaly(np.array([mean]), e)
    assert float((anomaly - e * np.sin(anomaly))[0]) == pytest.approx(mean, abs=1e-13 * (1 + abs(mean)))


def test_conic_carried_there_and_back_is_where_it_was() -> None:
    r = np.tile(HERE, (4, 1))
    v = np.array([[0.0, 5.0, 1.0], [0.0, 10.67, 0.3], [-2.0, 14.0, 0.0], [7.0, 0.001, 0.0]])
    there = propagate_conic(r, v, 5000.0, EARTH_KM3_S2)
    back = propagate_conic(*there, -5000.0, EARTH_KM3_S2)
    assert back[0] == pytest.approx(r, abs=1e-4)
