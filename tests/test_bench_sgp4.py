"""The benchmark of states among the stars, and of a year's events of an orbit."""

from __future__ import annotations

from pathlib import Path

import pytest

from supercargo.bench.earth_orbit import bench_earth_orbit
from supercargo.bench.sgp4 import bench_sgp4
from tests.stand_ins import python_with

# Stands in for Skyfield: knows no orbit, answers with places ten metres from the centre of the Earth.
SKYFIELD = """
import types as t
import numpy as np
load = t.SimpleNamespace(timescale=lambda builtin: t.SimpleNamespace(utc=lambda *parts: parts[-1]))
def EarthSatellite(first, second, name, scale):
    return t.SimpleNamespace(at=lambda s: t.SimpleNamespace(position=t.SimpleNamespace(km=np.full((3, len(s)), 0.01))))
"""


def test_the_ratio_is_of_the_two_times_and_no_peer_is_spoken_of_unless_asked() -> None:
    (row,) = bench_sgp4(count=20_000)
    assert (row.instance, row.peer, row.status) == ("iss-20000-gcrs", "sgp4 array, own frame", "feasible")
    assert row.peer_seconds is not None
    assert row.seconds > 0.0
    assert row.ratio == row.peer_seconds / row.seconds


def test_skyfield_that_is_not_there_is_skipped_by_name(tmp_path: Path) -> None:
    python = python_with(tmp_path, {"skyfield/__init__.py": "raise ImportError"})
    row = bench_sgp4(count=1000, peer_python=python)[1]
    assert (row.peer, row.peer_seconds, row.ratio) == ("skipped: skyfield", None, None)


def test_a_skyfield_that_finds_other_places_is_told_with_the_distance(tmp_path: Path) -> None:
    python = python_with(tmp_path, {"skyfield/__init__.py": "", "skyfield/api.py": SKYFIELD})
    row = bench_sgp4(count=1000, peer_python=python)[1]
    assert (row.peer, row.status) == ("skyfield", "unknown")
    assert row.objective == pytest.approx(6_800e3, rel=0.01)
    assert row.ratio is not None


def test_states_among_the_stars_cost_little_more_than_sgp4() -> None:
    """The bar is 0.7 on a quiet machine; a shared one is let off to 0.4."""
    row = bench_sgp4(count=100_000)[0]
    assert row.bar_ratio == 0.7
    assert row.ratio is not None
    assert row.ratio > 0.4


def test_two_months_of_windows_beta_shadows_and_six_antennas_take_their_share_of_five_seconds_a_year() -> None:
    """Measured 0.9 s for a year on a quiet machine; three times the bar is let pass on a shared one."""
    (row,) = bench_earth_orbit(days=60.0, rounds=1)
    assert row.objective is not None
    assert row.objective > 2_500
    assert row.bar_seconds == pytest.approx(5.0 * 60.0 / 365.0)
    assert row.seconds <= 3.0 * 5.0 * 60.0 / 365.0
