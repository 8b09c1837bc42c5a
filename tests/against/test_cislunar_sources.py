"""The road to the Moon against published figures: PMC7385728 table 4, and a halo orbit corrected by another integrator."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from supercargo.astro.cislunar import cislunar_legs, tli_km_s
from supercargo.astro.three_body import MASS_SHARE, TIME_S, fly, halo_orbit, jacobi, nrho_9_2
from tests.test_far_ephemerides import read, rows_by, told

FOLDER = os.environ.get("SUPERCARGO_DATA")
pytestmark = pytest.mark.skipif(not FOLDER, reason="SUPERCARGO_DATA names no folder of outside data")


def published() -> dict[tuple[str, str], float]:
    """Delta-v of each leg in m/s, without the 5 percent reserve that some rows say they hold."""
    with (Path(str(FOLDER)) / "astro" / "cislunar_legs.csv").open(encoding="utf-8", newline="") as rows:
        return {
            (row["from"], row["to"]): 1e3 * float(row["dv_km_s"]) / (1.05 if "5% reserve" in row["note"] else 1.0)
            for row in csv.DictReader(rows)
        }


def test_every_computed_leg_agrees_with_the_published_table_to_5_percent() -> None:
    table = published()
    legs = cislunar_legs()
    assert {(leg.start, leg.end) for leg in legs} == {
        pair for pair in table if "RPOD" not in pair and "splashdown" not in pair
    } - {("TLI", "NRHO (ballistic lunar transfer)")}
    for leg in legs:
        assert leg.delta_v_m_s == pytest.approx(table[leg.start, leg.end], rel=0.05), leg


def test_departure_burn_agrees_to_1_percent() -> None:
    """Two-body impulses to 384,400 km: 3.131 km/s from 200 km, 3.080 from 407 km."""
    assert tli_km_s(200.0) == pytest.approx(3.131, rel=0.01)
    assert tli_km_s(407.0) == pytest.approx(3.080, rel=0.01)


def test_halo_orbit_agrees_with_one_corrected_by_another_integrator() -> None:
    """Start state and period by SciPy's DOP853 at 1e-12, mass share 0.01215058560962404."""
    stored = json.loads((Path(str(FOLDER)) / "astro" / "nrho_9_2_cr3bp.json").read_text())
    assert pytest.approx(stored["mu"], rel=1e-6) == MASS_SHARE
    found = halo_orbit(stored["period_TU"])
    assert found.start[[0, 2, 4]] == pytest.approx([stored["x0"], stored["z0"], stored["vy0"]], abs=2e-6)
    assert float(jacobi(found.start)) == pytest.approx(stored["jacobi"], abs=1e-6)


def test_period_of_gateways_orbit_is_6_562_days() -> None:
    orbit = nrho_9_2()
    assert orbit.period_d == pytest.approx(6.562, abs=0.005)
    assert 29.530_588 / orbit.period_d == pytest.approx(4.5, abs=0.003)
    assert np.abs(fly(orbit.start, orbit.period) - orbit.start).max() < 1e-9
    assert orbit.perilune_km == pytest.approx(3250.0, abs=50.0)
    assert orbit.apolune_km == pytest.approx(71_000.0, rel=0.02)
    assert pytest.approx(375_190.0, abs=5.0) == TIME_S


def test_the_halo_orbit_of_a_message_reaches_as_far_as_one_corrected_by_another_integrator() -> None:
    """Distances from the Moon do not depend on the axes that the states are turned into: apolune of SciPy's orbit."""
    stored = json.loads((Path(str(FOLDER)) / "astro" / "nrho_9_2_cr3bp.json").read_text())
    apolune_km = 384_400.0 * float(np.hypot(stored["x0"] - 1.0 + stored["mu"], stored["z0"]))
    halo = read(told(rows_by("fast to NRHO")[5])).segments[-1]
    speed = np.linalg.norm(halo.velocity_km_s, axis=1)
    far_km = np.linalg.norm(halo.position_km, axis=1)
    assert far_km.max() == pytest.approx(apolune_km, abs=30.0)  # a state each three hours there
    assert float(speed[np.argmax(far_km)]) < 0.2
