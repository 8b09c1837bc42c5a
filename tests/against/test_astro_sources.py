"""The outside ephemeris, element sets and flights that the windows are held against: readers, and that they read all."""

from __future__ import annotations

import csv
import gzip
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supercargo.astro.elements import parse_tle
from supercargo.astro.timescales import Floats, seconds_of
from supercargo.model import Orbit


def data_folder() -> Path:
    """The folder of outside data, or a named skip."""
    named = os.environ.get("SUPERCARGO_DATA")
    if not named or not (Path(named) / "astro").is_dir():
        pytest.skip("SUPERCARGO_DATA does not name the folder of outside data")
    return Path(named)


@dataclass(frozen=True)
class Ephemeris:
    """NASA's own states of the ISS, EME2000."""

    at_s: Floats
    position_km: Floats
    velocity_km_s: Floats


def nasa_ephemeris() -> Ephemeris:
    """Fifteen days of ISS states, one every four minutes, from 26 February 2025."""
    with gzip.open(data_folder() / "astro" / "iss_oem_2025-057_nasa_jsc.xml.gz", "rt") as lines:
        text = lines.read()
    epochs = [
        datetime(int(year), 1, 1, tzinfo=UTC) + timedelta(days=int(day) - 1, hours=int(h), minutes=int(m), seconds=float(s))
        for year, day, h, m, s in re.findall(r"<EPOCH>(\d+)-(\d+)T(\d+):(\d+):([\d.]+)Z", text)
    ]
    columns = {
        axis: np.array([float(word) for word in re.findall(rf'<{axis} units="[^"]+">([^<]+)<', text)])
        for axis in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    }
    return Ephemeris(
        seconds_of(epochs),
        np.stack([columns[axis] for axis in "XYZ"], axis=-1),
        np.stack([columns[f"{axis}_DOT"] for axis in "XYZ"], axis=-1),
    )


def orbit_of_tle(line1: str, line2: str, sigma_altitude_km: float = 2.0) -> Orbit:
    """An orbit row from a two-line set."""
    read = parse_tle(line1, line2)
    return Orbit(
        destination="ISS", kind="tle", tle_line1=line1, tle_line2=line2, epoch_utc=read.epoch_utc,
        inclination_deg=read.inclination_deg, raan_deg=read.raan_deg, eccentricity=read.eccentricity,
        arg_perigee_deg=read.arg_perigee_deg, mean_anomaly_deg=read.mean_anomaly_deg,
        mean_motion_rev_d=read.mean_motion_rev_d, bstar=read.bstar, sigma_altitude_km=sigma_altitude_km,
        source="public element set", as_of=f"{read.epoch_utc:%Y-%m-%d}", evidence="sourced",
    )  # fmt: skip


def orbit_of_2025() -> Orbit:
    """The public element set of the ephemeris's first day."""
    _, line1, line2 = (data_folder() / "astro" / "iss_2025-057.tle").read_text().splitlines()[:3]
    return orbit_of_tle(line1, line2)


def station_orbits(station: str) -> list[Orbit]:
    """Public element sets of a station, oldest first."""
    with (data_folder() / "catalogue" / "station_tles.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["station"] == station]
    orbits = [orbit_of_tle(row["tle_line1"], row["tle_line2"]) for row in rows]
    return sorted(orbits, key=lambda orbit: orbit.epoch_utc)


def flown() -> dict[str, dict[str, Any]]:
    """Cargo flights to the ISS by name."""
    with (data_folder() / "catalogue" / "iss_cargo_missions.csv").open(newline="") as lines:
        return {row["mission"]: row for row in csv.DictReader(lines)}


def test_the_ephemeris_has_a_state_every_four_minutes_for_15_days() -> None:
    truth = nasa_ephemeris()
    assert truth.at_s.size == 5413
    assert truth.at_s[-1] - truth.at_s[0] == 15 * 86_400.0
    height_km = np.linalg.norm(truth.position_km, axis=-1) - 6378.137
    assert 400.0 < height_km.min() < height_km.max() < 445.0


def test_every_public_set_of_both_stations_passes_the_checks() -> None:
    assert len(station_orbits("ISS")) == 77
    assert len(station_orbits("Tiangong")) == 5
    assert all(abs(orbit.inclination_deg - 51.64) < 0.02 for orbit in station_orbits("ISS"))


def test_flights_are_found_by_name() -> None:
    assert flown()["Progress MS-02"]["launch_utc"] == "2016-03-31T16:23:57Z"
