"""The propagator, by what must hold for any orbit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supercargo.astro.propagation import Air, Forces, fit_density, propagate
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.kernel import ScenarioError
from tests.builders import START

START_S = seconds_since_j2000(START)
KEPLER = Forces(j=(0.0, 0.0, 0.0), sun_km3_s2=0.0, moon_km3_s2=0.0)
BULGE = Forces(sun_km3_s2=0.0, moon_km3_s2=0.0)
AIRY = Forces(air=Air())


def circular(radius_km: float = 6790.0, inclination_deg: float = 51.6) -> Floats:
    speed = math.sqrt(KEPLER.mu_km3_s2 / radius_km)
    tilt = math.radians(inclination_deg)
    return np.array([radius_km, 0.0, 0.0, 0.0, speed * math.cos(tilt), speed * math.sin(tilt)])


def energy(position: Floats, velocity: Floats) -> Floats:
    away = np.linalg.norm(position, axis=-1)
    return np.asarray(np.sum(velocity**2, axis=-1) / 2.0 - KEPLER.mu_km3_s2 / away)


@settings(max_examples=20, deadline=None)
@given(radius=st.floats(6600.0, 42_000.0), inclination=st.floats(0.0, 180.0))
def test_without_disturbance_a_circular_orbit_closes_after_its_period(radius: float, inclination: float) -> None:
    start = circular(radius, inclination)
    period_s = 2.0 * math.pi * math.sqrt(radius**3 / KEPLER.mu_km3_s2)
    flown = propagate(start, START_S, np.array([START_S + period_s]), KEPLER)
    assert np.abs(flown.position_km[0, 0] - start[:3]).max() <= 1e-6
    assert np.abs(flown.velocity_km_s[0, 0] - start[3:]).max() <= 1e-9


def test_the_bulge_turns_the_node_of_a_station_by_5_degrees_a_day() -> None:
    at_s = START_S + np.linspace(0.0, 86_400.0, 97)
    flown = propagate(circular(), START_S, at_s, BULGE)
    normal = np.cross(flown.position_km[0], flown.velocity_km_s[0])
    node_deg = np.degrees(np.unwrap(np.arctan2(normal[:, 0], -normal[:, 1])))
    assert np.polyfit(at_s - START_S, node_deg, 1)[0] * 86_400.0 == pytest.approx(-5.0, abs=0.1)


def test_halving_the_step_changes_a_day_by_less_than_a_millimetre() -> None:
    at_s = np.array([START_S + 86_400.0])
    coarse, fine = (propagate(circular(), START_S, at_s, AIRY, step_s=step_s).position_km for step_s in (60.0, 30.0))
    assert np.abs(coarse - fine).max() <= 1e-6


def test_time_runs_back_as_it_runs_ahead() -> None:
    there = propagate(circular(), START_S, np.array([START_S + 40_000.0]), AIRY)
    end = np.concatenate([there.position_km[0, 0], there.velocity_km_s[0, 0]])
    back = propagate(end, START_S + 40_000.0, np.array([START_S]), AIRY)
    assert np.abs(back.position_km[0, 0] - circular()[:3]).max() <= 1e-6


def test_air_takes_energy_and_more_air_takes_more() -> None:
    at_s = np.array([START_S + 86_400.0])
    thin, thick = (
        Forces(j=(0.0, 0.0, 0.0), sun_km3_s2=0.0, moon_km3_s2=0.0, air=Air(density_kg_m3=rho)) for rho in (1e-12, 4e-12)
    )
    flown = propagate(np.stack([circular()] * 3), START_S, at_s, (KEPLER, thin, thick))
    kept = energy(flown.position_km[:, 0], flown.velocity_km_s[:, 0])
    lost = kept[0] - kept
    assert lost[2] == pytest.approx(4.0 * lost[1], rel=0.02)
    assert lost[1] > 0.0


def test_many_trajectories_fly_as_each_alone() -> None:
    starts = np.stack([circular(6700.0 + 20.0 * k, 10.0 * k) for k in range(5)])
    at_s = START_S + np.array([100.0, 5000.0])
    together = propagate(starts, START_S, at_s, AIRY).position_km
    alone = np.concatenate([propagate(start, START_S, at_s, AIRY).position_km for start in starts])
    assert np.array_equal(together, alone)


def test_the_density_that_made_an_arc_is_found_again() -> None:
    at_s = START_S + np.arange(1.0, 25.0) * 3600.0
    made = Forces(air=Air(density_kg_m3=5.5e-12))
    seen = propagate(circular(), START_S, at_s, made).position_km[0]
    found = fit_density(circular(), START_S, at_s, seen, AIRY)
    assert found.air is not None
    assert found.air.density_kg_m3 == pytest.approx(5.5e-12, rel=1e-6)


def test_what_falls_or_has_no_air_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="start higher"):
        propagate(circular(6400.0) * (1, 1, 1, 1, 0.9, 0.9), START_S, np.array([START_S + 3000.0]), KEPLER)
    with pytest.raises(ScenarioError, match="not finite"):
        propagate(np.full(6, np.nan), START_S, np.array([START_S + 3000.0]), KEPLER)
    with pytest.raises(ScenarioError, match="to start from"):
        fit_density(circular(), START_S, np.array([START_S]), np.zeros((1, 3)), KEPLER)
