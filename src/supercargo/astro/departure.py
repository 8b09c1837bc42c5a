"""Departure and return: the braking burn, and when its fall ends in a landing zone by day or in a disposal corridor.

After the burn the spacecraft falls along half an ellipse to the air and glides a given arc to the ground, in the plane of the
station: sooner than the station as it falls, later as it glides. Method and figures: docs/rendezvous.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sgp4.api import Satrec

from supercargo.astro.elements import states
from supercargo.astro.frames import earth_fixed, pad_direction, sun_direction
from supercargo.astro.manoeuvres import EARTH_KM, deorbit_m_s, mean_motion_rad_s
from supercargo.astro.roots import Curve, peaks_s, roots_s
from supercargo.astro.timescales import Floats, Truths
from supercargo.kernel import ScenarioError

__all__ = [
    "CAPSULE",
    "DISPOSAL",
    "ZONES",
    "Corridor",
    "Descent",
    "DisposalBurns",
    "Fall",
    "Landings",
    "Zone",
    "disposal_burns",
    "fall_of",
    "find_landings",
]

_STEP_S = 30.0
_DAY_SUN_DEG = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """How a spacecraft comes down: how deep it aims, where the air takes hold, how far and how long it then glides."""

    perigee_km: float
    interface_km: float
    glide_arc_deg: float
    glide_s: float


CAPSULE = Descent(perigee_km=50.0, interface_km=120.0, glide_arc_deg=20.0, glide_s=1500.0)
"""A capsule under parachutes: 2,200 km and 25 minutes from the air to the ground."""

DISPOSAL = Descent(perigee_km=0.0, interface_km=120.0, glide_arc_deg=12.0, glide_s=900.0)
"""A spacecraft that breaks up: the middle of its debris, 1,300 km after the air takes hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The way down from the burn to the ground."""

    delta_v_m_s: float
    arc_deg: float  # burn to ground along the orbit
    lasts_s: float
    ahead_s: float  # how much earlier the spacecraft comes to the end of the arc than the station; negative if later


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A named place to land or splash down, reached if the track passes near enough."""

    name: str
    takes: Literal["sea", "land", "runway", "any"]  # what may come down there: a capsule at sea or on land, a spaceplane
    latitude_deg: float
    longitude_deg: float
    reach_km: float  # cross-range that the spacecraft can steer, and the zone's own size

    @property
    def kind(self) -> Literal["landing", "splashdown"]:
        """How a flight that ends there is told."""
        return "splashdown" if self.takes == "sea" else "landing"


ZONES = (
    Zone(name="Kazakhstan steppe", takes="land", latitude_deg=47.4, longitude_deg=69.6, reach_km=60.0),
    Zone(name="Kennedy Space Center", takes="runway", latitude_deg=28.615, longitude_deg=-80.694, reach_km=900.0),
    Zone(name="Pensacola", takes="sea", latitude_deg=29.8, longitude_deg=-87.5, reach_km=60.0),
    Zone(name="Tampa", takes="sea", latitude_deg=27.75, longitude_deg=-84.1, reach_km=60.0),
    Zone(name="Jacksonville", takes="sea", latitude_deg=30.5, longitude_deg=-80.5, reach_km=60.0),
    Zone(name="Pacific off Long Beach", takes="sea", latitude_deg=32.5, longitude_deg=-119.5, reach_km=60.0),
)
"""Zones in use, positions from memory to some tenths of a degree; a spaceplane's reach at Kennedy, capsules' elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A stretch of ocean between parallels and meridians, away from lanes and coasts, that takes what is left."""

    name: str
    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float  # may be less than west, across the date line
    before_km: float = 1000.0  # debris along the track, before and after its middle
    after_km: float = 1000.0

    def holds(self, latitude_deg: Floats, longitude_deg: Floats) -> Truths:
        """Whether points lie in it."""
        across = (longitude_deg - self.west_deg) % 360.0 <= (self.east_deg - self.west_deg) % 360.0
        return np.asarray((latitude_deg >= self.south_deg) & (latitude_deg <= self.north_deg) & across)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landings:
    """Chances to reach one zone, in order of time; arrays are [chance]."""

    zone: str
    burn_s: Floats  # since 2000-01-01T12:00:00Z
    land_s: Floats
    off_track_km: Floats  # zone from the track
    sun_deg: Floats  # over the zone's horizon at landing
    delta_v_m_s: float

    @property
    def by_day(self) -> Truths:
        """Whether the Sun is up at the landing."""
        return np.asarray(self.sun_deg > _DAY_SUN_DEG)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalBurns:
    """Spans in which a burn drops all debris into a corridor; arrays are [span]."""

    corridor: str
    opens_s: Floats  # of the burn, since 2000-01-01T12:00:00Z
    closes_s: Floats
    delta_v_m_s: float


def fall_of(height_km: float, descent: Descent) -> Fall:
    """Braking on a circular orbit begins half an ellipse that meets the air short of its perigee.

    `height_km` over the equator's radius. Source: Vallado, sections 1.3 and 2.2 (Kepler's equation).
    Raises ScenarioError unless perigee, air and orbit lie one over the other.
    """
    if not descent.perigee_km < descent.interface_km < height_km:
        what = f"no fall from {height_km:g} to {descent.perigee_km:g} km meets the air at {descent.interface_km:g} km"
        raise ScenarioError(what, fix="give a perigee below the air and an orbit above it", where="departure")
    high, low, air = EARTH_KM + height_km, EARTH_KM + descent.perigee_km, EARTH_KM + descent.interface_km
    axis, eccentricity = (high + low) / 2.0, (high - low) / (high + low)
    cosine = (axis * (1.0 - eccentricity**2) / air - 1.0) / eccentricity
    left_rad = math.acos(max(-1.0, min(1.0, cosine)))  # true anomaly still to go to perigee
    eccentric = 2.0 * math.atan(math.sqrt((1.0 - eccentricity) / (1.0 + eccentricity)) * math.tan(left_rad / 2.0))
    to_perigee_s = (eccentric - eccentricity * math.sin(eccentric)) / mean_motion_rad_s(axis)
    lasts_s = math.pi / mean_motion_rad_s(axis) - to_perigee_s + descent.glide_s
    arc_deg = 180.0 - math.degrees(left_rad) + descent.glide_arc_deg
    station_s = math.radians(arc_deg) / mean_motion_rad_s(high)
    return Fall(
        delta_v_m_s=deorbit_m_s(height_km, descent.perigee_km),
        arc_deg=arc_deg,
        lasts_s=lasts_s,
        ahead_s=station_s - lasts_s,
    )


def _ground(satellite: Satrec, fall: Fall, station_s: Floats, ahead_deg: float = 0.0) -> Floats:
    """Earth-fixed directions [instant, axis] where a spacecraft comes down when the station would be there at `station_s`.

    `ahead_deg`: a point so far along the track, for the ends of a footprint.
    """
    position, velocity = states(satellite, station_s)
    along = position / np.linalg.norm(position, axis=-1, keepdims=True)
    normal = np.cross(position, velocity)
    forward = np.cross(normal / np.linalg.norm(normal, axis=-1, keepdims=True), along)
    angle = math.radians(ahead_deg)
    return earth_fixed(math.cos(angle) * along + math.sin(angle) * forward, station_s - fall.ahead_s)


def _station_span(satellite: Satrec, fall: Fall, span_s: tuple[float, float]) -> Floats:
    """Samples of the station's coming by, for burns in a span."""
    delay_s = fall.lasts_s + fall.ahead_s
    count = max(3, math.ceil((span_s[1] - span_s[0]) / _STEP_S) + 1)
    return np.linspace(span_s[0] + delay_s, span_s[1] + delay_s, count)


def _sun_deg(place: Floats, at_s: Floats) -> Floats:
    height = np.sum(earth_fixed(sun_direction(at_s), at_s) * place, axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1.0, 1.0))))


def find_landings(
    satellite: Satrec, height_km: float, zones: Iterable[Zone], span_s: tuple[float, float], *, descent: Descent = CAPSULE
) -> tuple[Landings, ...]:
    """A zone can be reached when the track of the fall passes near it, on a few revolutions a day or none.

    `span_s`: first and last burn [s since 2000-01-01T12:00:00Z]. Raises ScenarioError if the orbit decays before the last
    landing, or as `fall_of` does.
    """
    fall = fall_of(height_km, descent)
    at_s = _station_span(satellite, fall, span_s)
    sampled = _ground(satellite, fall, at_s)
    found = []
    for zone in zones:
        place = pad_direction(zone.latitude_deg, zone.longitude_deg)

        def near(station_s: Floats, place: Floats = place) -> Floats:
            return np.asarray(np.sum(_ground(satellite, fall, station_s) * place, axis=-1))

        height = np.sum(sampled * place, axis=-1)
        peak = 1 + np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:]) & (height[1:-1] > 0.5))
        best_s = peaks_s(near, at_s[peak], _STEP_S)
        off_km = EARTH_KM * np.arccos(np.clip(near(best_s), -1.0, 1.0)) if best_s.size else best_s
        best_s, off_km = best_s[off_km <= zone.reach_km], off_km[off_km <= zone.reach_km]
        land_s = best_s - fall.ahead_s
        found.append(
            Landings(
                zone=zone.name,
                burn_s=land_s - fall.lasts_s,
                land_s=land_s,
                off_track_km=off_km,
                sun_deg=_sun_deg(place, land_s) if land_s.size else land_s,
                delta_v_m_s=fall.delta_v_m_s,
            )
        )
    return tuple(found)


def _inside(satellite: Satrec, fall: Fall, corridor: Corridor) -> Curve:
    """Plus one where the whole footprint lies in the corridor, minus one elsewhere."""
    ends_deg = np.degrees(np.array([-corridor.before_km, 0.0, corridor.after_km]) / EARTH_KM)

    def inside(station_s: Floats) -> Floats:
        held = np.full(station_s.size, True)
        for ahead_deg in ends_deg.tolist():
            x, y, z = _ground(satellite, fall, station_s, ahead_deg).T
            held &= corridor.holds(np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))), np.degrees(np.arctan2(y, x)))
        return np.where(held, 1.0, -1.0)

    return inside


def disposal_burns(
    satellite: Satrec, height_km: float, corridor: Corridor, span_s: tuple[float, float], *, descent: Descent = DISPOSAL
) -> DisposalBurns:
    """What is left of a spacecraft must fall into an empty ocean whole: burns that drop its footprint there, to the second.

    Raises ScenarioError as `find_landings` does.
    """
    fall = fall_of(height_km, descent)
    at_s = _station_span(satellite, fall, span_s)
    inside = _inside(satellite, fall, corridor)
    held = inside(at_s) > 0.0
    change = np.flatnonzero(held[1:] != held[:-1])
    edges = roots_s(inside, at_s[change], at_s[change + 1])
    opens, closes = edges[held[change + 1]], edges[~held[change + 1]]
    opens = np.concatenate([at_s[:1], opens]) if held[0] else opens
    closes = np.concatenate([closes, at_s[-1:]]) if held[-1] else closes
    delay_s = fall.lasts_s + fall.ahead_s
    return DisposalBurns(
        corridor=corridor.name, opens_s=opens - delay_s, closes_s=closes - delay_s, delta_v_m_s=fall.delta_v_m_s
    )
