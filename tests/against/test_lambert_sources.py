"""Lambert's problem against books and pykep.

Vallado, Fundamentals of Astrodynamics, example 7-5; Curtis, Orbital Mechanics for Engineering Students, example 5.2; 610
branches computed once with pykep 3.0.1 (`lambert_problem`, counterclockwise, 0 to 3 revolutions; branches of M revolutions
numbered 2M - 1 left, 2M right): 300 from the Earth's neighbourhood to 0.8 to 1.7 AU, the others about the Earth. Every
twentieth and every sixth of them stand in `lambert_pykep.csv` beside this file; all of them in the folder of outside data.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from supercargo.astro.lambert import Branch, Engine, LambertBatch, solve_lambert
from supercargo.astro.timescales import Floats

FOLDER = os.environ.get("SUPERCARGO_DATA")
outside = pytest.mark.skipif(not FOLDER, reason="SUPERCARGO_DATA names no folder of outside data")


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "lambert_pykep.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def vectors(rows: list[dict[str, str]], name: str) -> Floats:
    return np.array([[float(row[name + axis]) for axis in "xyz"] for row in rows])


def apart_km_s(found: LambertBatch, rows: list[dict[str, str]]) -> Floats:
    ends = ((found.v1_km_s, "v1"), (found.v2_km_s, "v2"))
    return np.asarray(np.max([np.abs(ours - vectors(rows, name)).max(axis=-1) for ours, name in ends], axis=0))


@pytest.mark.parametrize("engine", Engine)
def test_agrees_with_vallado_example_7_5(engine: Engine) -> None:
    r1, r2 = np.array([15945.34, 0.0, 0.0]), np.array([12214.83899, 10249.46731, 0.0])
    found = solve_lambert(r1, r2, 76 * 60.0, 398600.4418, engine=engine)
    assert found.v1_km_s[0] == pytest.approx([2.058913, 2.915965, 0.0], abs=2e-6)
    assert found.v2_km_s[0] == pytest.approx([-3.451565, 0.910315, 0.0], abs=2e-6)


@pytest.mark.parametrize("engine", Engine)
def test_agrees_with_curtis_example_5_2(engine: Engine) -> None:
    r1, r2 = np.array([5000.0, 10000.0, 2100.0]), np.array([-14600.0, 2500.0, 7000.0])
    found = solve_lambert(r1, r2, 3600.0, 398600.0, engine=engine)
    assert found.v1_km_s[0] == pytest.approx([-5.99249, 1.92536, 3.24564], abs=1e-5)
    assert found.v2_km_s[0] == pytest.approx([-3.31246, -4.19662, -0.385288], abs=1e-5)


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("center", ["sun", "earth"])
def test_agrees_with_branches_of_pykep(engine: Engine, center: str) -> None:
    rows = [row for row in rows_of(Path(__file__).parent) if row["center"] == center]
    assert len(rows) == {"sun": 15, "earth": 52}[center]
    check_against_pykep(rows, engine)


@outside
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("center", ["sun", "earth"])
def test_agrees_with_every_branch_of_pykep_to_1e_9_km_s(engine: Engine, center: str) -> None:
    rows = [row for row in rows_of(Path(str(FOLDER)) / "astro") if row["center"] == center]
    assert len(rows) == {"sun": 300, "earth": 310}[center]
    check_against_pykep(rows, engine)


def check_against_pykep(rows: list[dict[str, str]], engine: Engine) -> None:
    for key in {(row["revs"], int(row["branch"]) % 2) for row in rows}:
        some = [row for row in rows if (row["revs"], int(row["branch"]) % 2) == key]
        found = solve_lambert(
            vectors(some, "r1"),
            vectors(some, "r2"),
            np.array([float(row["tof_s"]) for row in some]),
            float(some[0]["mu_km3_s2"]),
            revolutions=int(key[0]),
            branch=Branch.LEFT if key[1] else Branch.RIGHT,
            engine=engine,
        )
        assert found.solved.all()
        assert apart_km_s(found, some).max() <= 1e-12  # the bar is 1e-9
