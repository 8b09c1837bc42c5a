"""The station's orbit in a past year, from the element sets on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from supercargo.astro.elements import MeanElements, parse_tle
from supercargo.kernel import ScenarioError, as_written, days_between
from supercargo.model import ElementSet, Orbit, Records

__all__ = ["known_orbit", "orbits_of_year"]

STATION = "ISS"
SIGMA_KM = 3.0
"""How far the mean altitude strays from that of the nearest element set, one sigma: an assumption for reboosts and drag."""

SIGMA_KM_YEAR = 6.0
"""What each further year away from the set adds to it: the station was kept at 350 to 420 km over the decades."""


def _dated(records: Records) -> list[tuple[datetime, ElementSet, MeanElements]]:
    found = []
    for one in records.element_sets:
        if one.station == STATION:
            elements = parse_tle(one.tle_line1, one.tle_line2, where=f"station_tles.csv, {one.tle_line1[18:32]}")
            found.append((elements.epoch_utc, one, elements))
    if not found:
        what, fix = "no element set of the station is on record", "add station_tles.csv with its two-line sets"
        raise ScenarioError(what, fix=fix, where="records of past flights")
    return sorted(found, key=lambda row: row[0])


def known_orbit(records: Records, as_of_utc: datetime) -> Orbit:
    """The element set on record nearest to the start of a year.

    One from after `as_of_utc` stands as mean elements, for want of the older ones that the station's planners had.
    Raises ScenarioError for records without an element set or with a broken one.
    """
    nearest = min(_dated(records), key=lambda row: abs(row[0] - as_of_utc))
    return _orbit(nearest, as_of_utc, as_of_utc + timedelta(days=182))


def orbits_of_year(records: Records, start_utc: datetime, end_utc: datetime, as_of_utc: datetime) -> tuple[Orbit, ...]:
    """Every element set of a year, and the nearest ones before and after it, for judging what was flown."""
    dated = _dated(records)
    inside = [row for row in dated if start_utc <= row[0] < end_utc]
    before = [row for row in dated if row[0] < start_utc][-1:]
    after = [row for row in dated if row[0] >= end_utc][:1]
    middle = start_utc + (end_utc - start_utc) / 2
    return tuple(_orbit(row, as_of_utc, row[0] if row in inside else middle) for row in (*before, *inside, *after))


def _orbit(row: tuple[datetime, ElementSet, MeanElements], as_of_utc: datetime, used_utc: datetime) -> Orbit:
    epoch, one, elements = row
    measured = epoch <= as_of_utc
    years = abs(days_between(epoch, used_utc)) / 365.25
    later = "" if measured else "; nearest on record, from after the year began, so taken as mean elements"
    return as_written(
        Orbit(
            source=f"{one.source}; spread of the altitude: assumption{later}",
            as_of=f"{epoch:%Y-%m-%d}",
            evidence="assumption",
            destination=STATION,
            kind="tle" if measured else "elements",
            tle_line1=one.tle_line1 if measured else "",
            tle_line2=one.tle_line2 if measured else "",
            epoch_utc=epoch.replace(microsecond=0) + timedelta(seconds=round(epoch.microsecond / 1e6)),
            inclination_deg=elements.inclination_deg,
            raan_deg=elements.raan_deg,
            eccentricity=elements.eccentricity,
            arg_perigee_deg=elements.arg_perigee_deg,
            mean_anomaly_deg=elements.mean_anomaly_deg,
            mean_motion_rev_d=elements.mean_motion_rev_d,
            bstar=elements.bstar,
            sigma_altitude_km=SIGMA_KM + SIGMA_KM_YEAR * max(0.0, years - 0.5),
        )
    )
