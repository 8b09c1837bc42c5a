"""The benchmark of flights between planets."""

from __future__ import annotations

from pathlib import Path

import pytest

import supercargo
from supercargo.bench.lambert import bench_lambert, bench_porkchop
from supercargo.kernel import ScenarioError
from tests.stand_ins import python_with

# Stands in for satkit, whose answers in m/s it takes from our own solver, put OFF by so much; it greets as some libraries do.
SATKIT = """
print("welcome")
import numpy as np
from supercargo.astro.lambert import solve_lambert
def lambert(a, b, t, mu):
    found = solve_lambert(a[None] / 1e3, b[None] / 1e3, np.array([t]), mu / 1e9)
    return [(found.v1_km_s[0] * 1e3 + OFF, found.v2_km_s[0] * 1e3)]
"""


def _satkit(folder: Path, off_m_s: float) -> str:
    path = f"import sys\nsys.path.append({str(Path(supercargo.__file__).parents[1])!r})\n"
    return python_with(folder, {"satkit.py": path + SATKIT.replace("OFF", repr(off_m_s))})


def test_peer_that_is_not_installed_is_skipped_by_name() -> None:
    rows = bench_lambert(count=1000, rounds=1, peers=("no such peer",), peer_python="/no/such/python")
    assert [row.peer for row in rows] == ["skipped: no such peer"] * 2
    assert all(row.status == "feasible" and row.ratio is None for row in rows)


def test_without_a_peers_python_each_engine_is_timed_alone() -> None:
    rows = bench_lambert(count=1000, rounds=1)
    assert [(row.instance, row.peer) for row in rows] == [("heliocentric-1000-numpy", ""), ("heliocentric-1000-compiled", "")]
    assert all(row.seconds > 0.0 and row.ratio is None and row.bar_ratio is None for row in rows)


@pytest.mark.parametrize(("off_m_s", "status"), [(0.0, "optimal"), (1.0, "unknown")])
def test_peer_and_ours_must_find_the_same_speeds(tmp_path: Path, off_m_s: float, status: str) -> None:
    python = _satkit(tmp_path, off_m_s)
    rows = bench_lambert(count=50, rounds=1, peers=("satkit",), peer_python=python)
    assert [(row.peer, row.status) for row in rows] == [("satkit", status)] * 2
    assert [row.bar_ratio for row in rows] == [2.3, None]
    for row in rows:
        assert row.objective == pytest.approx(off_m_s * 1e-3, abs=1e-9)
        assert row.peer_seconds is not None
        assert row.ratio == row.peer_seconds / row.seconds


def test_peer_that_dies_in_the_middle_is_an_error_that_names_it(tmp_path: Path) -> None:
    python = python_with(tmp_path, {"satkit.py": "import os\ndef lambert(*asked):\n    os._exit(9)\n"})
    with pytest.raises(ScenarioError, match="peer satkit stopped"):
        bench_lambert(count=50, rounds=2, peers=("satkit",), peer_python=python)


def test_bench_of_the_porkchop_times_both_engines_on_the_same_chart() -> None:
    rows = bench_porkchop(side=20, rounds=1)
    assert [row.instance for row in rows] == ["porkchop-bennu-20x20-numpy", "porkchop-bennu-20x20-compiled"]
    assert rows[0].objective == pytest.approx(rows[1].objective)
    assert all(row.seconds > 0.0 and row.status == "feasible" and row.bar_seconds is None for row in rows)
