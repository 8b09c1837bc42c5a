"""Ephemeris of the package: against ERFA's own series, between its ends, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import erfa
import numpy as np
import pytest

from supercargo.astro.ephemeris import AU_KM, BODIES, GM_KM3_S2, Ephemeris, read_ephemeris, small_body_states, tdb_days
from supercargo.astro.kepler import propagate_conic
from supercargo.astro.timescales import Floats, seconds_of
from supercargo.kernel import DAY_S, ScenarioError, StoreError
from supercargo.model import SmallBody
from supercargo.store import read_ephemeris_file, read_reference_tables


@cache
def ephemeris() -> Ephemeris:
    return read_ephemeris(read_ephemeris_file())


def small_bodies() -> dict[str, SmallBody]:
    return {body.body: body for body in read_reference_tables()["small_bodies"]}


def years_s(first: int, last: int, count: int) -> Floats:
    ends = seconds_of([datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)])
    return np.linspace(ends[0], ends[1], count)


def test_earth_agrees_with_erfas_epv00_to_10_km_and_1_cm_a_second() -> None:
    """ERFA epv00 (VSOP2000 cut short) is good to 13.4 km and 4.9 mm/s against DE405 (its own notes)."""
    at_s = years_s(2021, 2049, 500)
    found = ephemeris().states("Earth", at_s)
    heliocentric, _ = erfa.epv00(*tdb_days(at_s))
    assert np.abs(found.position_km - AU_KM * heliocentric["p"]).max() < 10.0
    assert np.abs(found.velocity_km_s - AU_KM / DAY_S * heliocentric["v"]).max() < 1e-5


def test_moon_agrees_with_erfas_moon98_to_30_km() -> None:
    """ERFA moon98 (Meeus): 25.5 km at most in 2021 to 2049."""
    at_s = years_s(2021, 2049, 500)
    found = ephemeris().states("Moon", at_s, centre="Earth")
    seen = erfa.moon98(*tdb_days(at_s))
    assert np.linalg.norm(found.position_km - AU_KM * seen["p"], axis=-1).max() < 30.0


@pytest.mark.parametrize("body", BODIES)
def test_velocity_is_the_slope_of_position(body: str) -> None:
    at_s = years_s(2022, 2048, 40)
    before, after = (ephemeris().states(body, at_s + step).position_km for step in (-60.0, 60.0))
    slope = (after - before) / 120.0
    assert ephemeris().states(body, at_s).velocity_km_s == pytest.approx(slope, abs=2e-6)


def test_seen_from_another_centre_a_body_is_the_difference_of_the_two() -> None:
    at_s = years_s(2025, 2030, 20)
    moon, earth = (ephemeris().states(body, at_s) for body in ("Moon", "Earth"))
    seen = ephemeris().states("Moon", at_s, centre="Earth")
    assert seen.position_km == pytest.approx(moon.position_km - earth.position_km, abs=1e-6)
    assert np.array_equal(ephemeris().states("Earth", at_s, centre="Earth").position_km, np.zeros((20, 3)))


def test_tdb_is_69_s_ahead_of_utc_now_and_67_s_before_2015() -> None:
    def ahead_s(at: datetime) -> float:
        count = seconds_of([at])
        whole, rest = tdb_days(count)
        return float(((whole - 2_451_545.0) + rest - count / DAY_S)[0] * DAY_S)

    assert ahead_s(datetime(2027, 1, 1, tzinfo=UTC)) == pytest.approx(69.184, abs=0.002)
    assert ahead_s(datetime(2014, 1, 1, tzinfo=UTC)) == pytest.approx(67.184, abs=0.002)


@pytest.mark.parametrize("beyond_h", [-2, 2])
def test_instants_outside_the_ephemeris_are_refused_with_its_range(beyond_h: int) -> None:
    edge = ephemeris().first_utc if beyond_h < 0 else ephemeris().last_utc
    inside = seconds_of([edge])
    assert np.isfinite(ephemeris().states("Earth", inside).position_km).all()
    with pytest.raises(ScenarioError, match="outside the ephemeris, 2020-01-01 to 2050-12-31") as refused:
        ephemeris().states("Earth", seconds_of([edge, edge + timedelta(hours=beyond_h)]))
    assert "choose dates inside it" in str(refused.value)


@pytest.mark.parametrize("count", [np.nan, np.inf, 1e300])
def test_instants_that_are_none_are_refused(count: float) -> None:
    with pytest.raises(ScenarioError, match="outside the ephemeris"):
        ephemeris().states("Earth", np.array([count]))


def test_a_body_that_is_not_held_is_refused_with_those_that_are() -> None:
    with pytest.raises(ScenarioError, match="no body 'Vulcan'") as refused:
        ephemeris().states("Vulcan", np.array([8e8]))
    assert "use one of: Sun, Mercury" in refused.value.fix


@pytest.mark.parametrize("length", [0, 100, 5000, 2_000_000])
def test_a_file_that_is_cut_short_or_no_ephemeris_is_the_stores_fault(length: int) -> None:
    with pytest.raises(StoreError, match="no SPK file, or cut short"):
        read_ephemeris(read_ephemeris_file()[:length])
    with pytest.raises(StoreError, match="no SPK file"):
        read_ephemeris(b"not an ephemeris" * 500)


@pytest.mark.parametrize("name", sorted(small_bodies()))
def test_small_body_moves_as_its_conic_does(name: str) -> None:
    body = small_bodies()[name]
    at_s = years_s(2028, 2040, 30)
    found = small_body_states(body, at_s)
    start = found.position_km[:1], found.velocity_km_s[:1]
    carried, _ = propagate_conic(
        np.repeat(start[0], 30, axis=0), np.repeat(start[1], 30, axis=0), at_s - at_s[0], GM_KM3_S2["Sun"]
    )
    assert np.linalg.norm(carried - found.position_km, axis=-1).max() < 1.0
    near, far = body.half_axis_au * (1.0 - body.eccentricity), body.half_axis_au * (1.0 + body.eccentricity)
    away_au = np.linalg.norm(found.position_km, axis=-1) / AU_KM
    assert np.all((away_au >= near * (1 - 1e-9)) & (away_au <= far * (1 + 1e-9)))


def test_every_small_body_and_launch_energy_names_its_source_and_says_what_is_not_sourced() -> None:
    tables = read_reference_tables()
    for record in (*tables["small_bodies"], *tables["launch_energies"]):
        assert record.source
        assert record.as_of.startswith("2026-")
        assert record.evidence == "sourced" or record.evidence in record.source
    assert {record.evidence for record in tables["small_bodies"]} == {"sourced"}


def test_faulty_reference_record_is_the_stores_fault_with_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from supercargo.model import REFERENCE_TABLES
    from supercargo.store import reference

    table = next(one for one in REFERENCE_TABLES if one.file == "small_bodies.csv")
    monkeypatch.setattr(reference, "REFERENCE_TABLES", (replace(table, file="launch_energy.csv"),))
    with pytest.raises(StoreError, match="the catalogue is faulty"):
        read_reference_tables()
