"""SGP4, sidereal time and the Sun against Vallado's verification vectors and against ERFA."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from itertools import pairwise

import erfa
import numpy as np
import pytest

from supercargo.astro.elements import parse_tle, satellite_from_elements, satellite_from_tle, states
from supercargo.astro.frames import geodetic_km, sun_direction
from supercargo.astro.timescales import gmst_rad, julian_dates, seconds_of, seconds_since_j2000
from supercargo.kernel import ScenarioError

Rows = list[tuple[float, list[float]]]


def with_checksum(line: str) -> str:
    return line[:68] + str(sum(int(sign) if sign.isdigit() else sign == "-" for sign in line[:68]) % 10)


def verification_sets() -> dict[str, tuple[str, str]]:
    """Some of the file's made-up sets carry wrong checksums; those are put right, the elements are as printed."""
    lines = resources.files("sgp4").joinpath("SGP4-VER.TLE").read_text().splitlines()
    pairs: dict[str, tuple[str, str]] = {}
    for line1, line2 in pairwise(lines):
        if line1.startswith("1 ") and line2.startswith("2 "):
            pairs.setdefault(line1[2:7].strip().lstrip("0"), (with_checksum(line1), with_checksum(line2)))
    return pairs


def verification_rows() -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    satellite = ""
    for line in resources.files("sgp4").joinpath("tcppver.out").read_text().splitlines():
        words = line.split()
        if len(words) == 2 and words[1] == "xx":
            satellite = words[0].lstrip("0")
            found.setdefault(satellite, [])
        elif words:
            found[satellite].append((float(words[0]), [float(word) for word in words[1:7]]))
    return found


def test_agrees_with_vallados_vectors_to_a_millimetre() -> None:
    """Vallado et al., AIAA 2006-6753, as shipped with the sgp4 package."""
    rows, compared, worst_km = verification_rows(), 0, 0.0
    for satellite, (line1, line2) in verification_sets().items():
        try:
            ready = satellite_from_tle(line1, line2)
        except ScenarioError:
            continue
        for minutes, state in rows.get(satellite, []):
            fault, position, velocity = ready.sgp4_tsince(minutes)
            if not fault:
                compared += 1
                worst_km = max(worst_km, np.abs(np.subtract(position, state[:3])).max())
                assert np.abs(np.subtract(velocity, state[3:])).max() < 1e-8
    assert compared >= 600
    assert worst_km <= 1e-6


def test_our_instants_reach_the_same_states_as_minutes_from_the_epoch() -> None:
    line1, line2 = verification_sets()["6251"]
    ready = satellite_from_tle(line1, line2)
    epoch_s = seconds_since_j2000(parse_tle(line1, line2).epoch_utc)
    minutes = np.arange(0.0, 2881.0, 120.0)
    ours, _ = states(ready, epoch_s + minutes * 60.0)
    truth = np.array([ready.sgp4_tsince(float(minute))[1] for minute in minutes])
    assert np.abs(ours - truth).max() < 1e-5


def test_mean_elements_fly_as_their_two_line_sets_in_the_verification_file() -> None:
    for satellite, rows in verification_rows().items():
        try:
            line1, line2 = verification_sets()[satellite]
            ready = satellite_from_elements(parse_tle(line1, line2))
        except (KeyError, ScenarioError):
            continue
        for minutes, state in rows:
            fault, position, _ = ready.sgp4_tsince(minutes)
            if not fault:
                assert np.abs(np.subtract(position, state[:3])).max() < 1e-4, satellite


years = seconds_of([datetime(year, month, 3, 7, 11, 13, tzinfo=UTC) for year in range(2005, 2045) for month in (1, 5, 9)])


def test_agrees_with_erfa_on_sidereal_time_of_1982() -> None:
    whole, part = julian_dates(years)
    gap = (gmst_rad(years) - erfa.gmst82(whole, part) + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(gap)).max() < 1e-7


def test_agrees_with_erfa_on_the_sun_to_0_02_degrees() -> None:
    """ERFA's planetary theory (epv00), with annual aberration, in the true equator and equinox of date."""
    whole, part = julian_dates(years)
    tt = part + 69.184 / 86_400.0
    heliocentric, _ = erfa.epv00(whole, tt)
    sun = -heliocentric["p"]
    earth_speed = heliocentric["v"] * 0.005_775_518_331  # au/d to units of light
    distance = np.linalg.norm(sun, axis=-1, keepdims=True)
    apparent = sun / distance + earth_speed
    of_date = np.einsum("nij,nj->ni", erfa.pnm06a(whole, tt), apparent)
    of_date /= np.linalg.norm(of_date, axis=-1, keepdims=True)
    gap = np.degrees(np.arccos(np.clip(np.sum(of_date * sun_direction(years), axis=-1), -1, 1)))
    assert gap.max() < 0.02


@pytest.mark.parametrize(
    ("latitude", "longitude", "height"), [(45.996, 63.564, 0.1), (-39.26, 177.865, 0.0), (28.6, -80.6, 0.003)]
)
def test_agrees_with_erfa_on_the_ellipsoid(latitude: float, longitude: float, height: float) -> None:
    theirs = erfa.gd2gc(1, np.radians(longitude), np.radians(latitude), height * 1e3) / 1e3
    assert np.abs(geodetic_km(latitude, longitude, height) - theirs).max() < 1e-8
