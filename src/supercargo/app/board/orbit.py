"""What a place's orbit looks like now: its track over the ground, the Sun over its plane, launch windows and who uses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from supercargo.astro.crossings import NEAR_EPOCH_D
from supercargo.astro.elements import satellite_of, states
from supercargo.astro.frames import earth_fixed
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import days
from supercargo.model import BetaDay, LaunchWindow, OperationsPlan, Scenario
from supercargo.plan.orbit_views import beta_days

__all__ = ["GroundTrack", "OrbitSeen", "TrackPoint", "orbit_seen"]

_REVOLUTIONS_MIN = 190.0
_STEP_S = 30.0
_SUN_D = 180
_WINDOWS_D = 60


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a place is over the ground: instant, geocentric latitude and longitude [deg], height over the mean Earth [km]."""

    at_utc: datetime
    latitude_deg: float
    longitude_deg: float
    height_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTrack:
    """Two revolutions over the ground; `live` says that they begin now, else at the epoch of the elements."""

    points: tuple[TrackPoint, ...]
    epoch_utc: datetime
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitSeen:
    """A place's orbit as the pages show it; `track` is None for a place that circles no Earth or has no elements."""

    destination: str
    track: GroundTrack | None
    sun: tuple[BetaDay, ...]
    windows: tuple[LaunchWindow, ...]


def orbit_seen(plan: OperationsPlan, destination: str, now: datetime) -> OrbitSeen:
    """What is known of a place's orbit from an instant on. Raises ScenarioError for elements that are broken."""
    scenario = plan.scenario
    windows = [row for row in plan.windows if row.destination == destination and row.closes_utc >= now]
    windows = [row for row in windows if row.launch_utc <= now + days(_WINDOWS_D) or row.used_by]
    about_earth = scenario.places[destination].body == "Earth" and any(
        orbit.destination == destination for orbit in scenario.orbits
    )
    start = now.replace(hour=0, minute=0, second=0)
    return OrbitSeen(
        destination=destination,
        track=_track(scenario, destination, now) if about_earth else None,
        sun=beta_days(scenario, destination, (start, start + days(_SUN_D))) if about_earth else (),
        windows=tuple(sorted(windows, key=lambda row: (row.launch_utc, row.site, row.launcher))),
    )


def _track(scenario: Scenario, destination: str, now: datetime) -> GroundTrack:
    orbit = min((one for one in scenario.orbits if one.destination == destination), key=lambda one: abs(one.epoch_utc - now))
    live = abs(orbit.epoch_utc - now) <= days(NEAR_EPOCH_D)
    start = now if live else orbit.epoch_utc.replace(microsecond=0)
    count_s = seconds_since_j2000(start) + np.arange(0.0, _REVOLUTIONS_MIN * 60.0 + 1.0, _STEP_S)
    position_km, _ = states(satellite_of(orbit), count_s, where=destination)
    fixed = earth_fixed(position_km, count_s)
    radius = np.linalg.norm(fixed, axis=-1)
    latitude = np.degrees(np.arcsin(fixed[:, 2] / radius))
    longitude = np.degrees(np.arctan2(fixed[:, 1], fixed[:, 0]))
    points = tuple(
        TrackPoint(start + timedelta(seconds=_STEP_S * n), float(latitude[n]), float(longitude[n]), float(radius[n] - 6371.0))
        for n in range(len(radius))
    )
    return GroundTrack(points=points, epoch_utc=orbit.epoch_utc, live=live)
