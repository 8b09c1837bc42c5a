"""Plane crossings: the instants at which the turning Earth carries a pad through the orbit plane of a place.

Within two weeks of the elements' epoch the plane is SGP4's. Further off nobody knows where the place is on its orbit, but
the plane itself moves steadily: its node drifts at the secular rate, and the rate's error grows with what reboosts and drag
may do to the altitude. Method and figures: docs/windows.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from sgp4.api import Satrec

from supercargo.astro.elements import MeanElements, elements_of, satellite_from_elements, satellite_of, states
from supercargo.astro.frames import beta_deg, pad_direction, plane_normal, teme
from supercargo.astro.timescales import EARTH_TURN_RAD_S, Floats, Truths, gmst_rad, seconds_since_j2000
from supercargo.kernel import DAY_S, ScenarioError
from supercargo.model import Orbit

__all__ = [
    "NEAR_EPOCH_D",
    "Crossings",
    "LiftOffs",
    "MovingPlane",
    "crossing_sigma_s",
    "find_crossings",
    "latitude_rate_rad_s",
    "launch_azimuth_deg",
    "lift_offs",
    "moving_plane",
    "node_rate_rad_s",
    "node_sigma_rad",
    "normals",
    "phase_sigma_deg",
    "place_known",
]

NEAR_EPOCH_D = 14.0
"""Days from the elements' epoch within which SGP4 itself gives the plane [d]."""

_NEAR_FLOOR_S = 5.0  # measured against a station's own ephemeris near the epoch, see docs/windows.md
_FAR_FLOOR_S = 10.0  # the plane's wobble within each turn, which the mean node leaves out
_KNOWN_PHASE_DEG = 30.0
_EARTH_KM3_S2 = 398_600.4418
_EQUATOR_KM = 6378.137
_PARKING_KM_S = math.sqrt(_EARTH_KM3_S2 / (_EQUATOR_KM + 200.0))  # circular orbit at 200 km, where a launcher lets go
_GROUND_KM_S = EARTH_TURN_RAD_S * _EQUATOR_KM  # speed of the equator
_TURN = 2.0 * math.pi
_ROUNDS = 8  # of the crossing's iteration; each gains about two digits
_SETTLED_RAD = 1e-5  # last step: 0.1 s


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPlane:
    """The orbit plane of a place through time: SGP4 near the epoch, a drifting node beyond."""

    place: str
    satellite: Satrec
    epoch_s: float  # since 2000-01-01T12:00:00Z
    inclination_rad: float  # mean
    node_rate_rad_s: float  # secular
    border_node_rad: tuple[float, float]  # mean node two weeks before and after the epoch
    semi_major_axis_km: float
    sigma_altitude_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Passes of one pad through one plane, in order of time; arrays are [pass]."""

    at_s: Floats  # since 2000-01-01T12:00:00Z
    ascending: Truths
    azimuth_deg: Floats  # Earth-fixed, from north over east
    sigma_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftOffs:
    """How pad, plane, place and Sun stand at lift-off; arrays are [lift-off]."""

    offset_deg: Floats  # pad out of the plane, positive on the side of the angular momentum
    phase_deg: Floats  # place ahead of the pad, in the plane, 0 to 360; NaN where not known
    beta_deg: Floats  # Sun above the plane


def _mean_node_rad(satellite: Satrec, days: float, place: str) -> float:
    fault, _, _ = satellite.sgp4_tsince(days * 1440.0)
    if fault:
        what = f"the orbit of {place} decays within {NEAR_EPOCH_D:g} days of its epoch"
        raise ScenarioError(what, fix="give elements with a smaller drag term or a higher orbit", where=f"orbits.csv, {place}")
    return float(satellite.Om)


def _semi_major_axis_km(elements: MeanElements) -> float:
    return float(np.cbrt(_EARTH_KM3_S2 / (elements.mean_motion_rev_d * _TURN / DAY_S) ** 2))


def node_rate_rad_s(elements: MeanElements) -> float:
    """The Earth's bulge turns an orbit's node steadily: westward for a station, eastward for a retrograde orbit [rad/s].

    SGP4's own secular rate, with J2, J2 squared and J4, so that the drift goes on where the theory left off. Source: Hoots and
    Roehrich, Spacetrack Report No. 3 (1980), section 6.

    >>> from datetime import UTC, datetime
    >>> shuttle = MeanElements(  # Curtis, Orbital Mechanics, section 4.7, finds -5.18 to first order: 280 by 400 km
    ...     epoch_utc=datetime(2000, 1, 1, tzinfo=UTC), inclination_deg=51.43, raan_deg=0.0, eccentricity=0.008931,
    ...     arg_perigee_deg=0.0, mean_anomaly_deg=0.0, mean_motion_rev_d=15.7671, bstar=0.0)
    >>> round(math.degrees(node_rate_rad_s(shuttle)) * 86_400, 2)
    -5.18
    """
    return float(satellite_from_elements(elements).nodedot) / 60.0


def latitude_rate_rad_s(plane: MovingPlane) -> float:
    """A place gains on the node faster than Kepler's law says: the bulge turns its perigee too [rad/s].

    SGP4's own secular rates of mean anomaly and perigee together.
    """
    return float(plane.satellite.mdot + plane.satellite.argpdot) / 60.0


def moving_plane(orbit: Orbit) -> MovingPlane:
    """An orbit's plane turns about the pole, pulled by the Earth's bulge: west for a station, east for a retrograde orbit.

    Raises ScenarioError for elements that are broken or decay at once.
    """
    elements, satellite = elements_of(orbit), satellite_of(orbit)
    before = _mean_node_rad(satellite, -NEAR_EPOCH_D, orbit.destination)
    after = _mean_node_rad(satellite, NEAR_EPOCH_D, orbit.destination)
    return MovingPlane(
        place=orbit.destination,
        satellite=satellite,
        epoch_s=seconds_since_j2000(elements.epoch_utc),
        inclination_rad=math.radians(elements.inclination_deg),
        node_rate_rad_s=node_rate_rad_s(elements),
        border_node_rad=(before, after),
        semi_major_axis_km=_semi_major_axis_km(elements),
        sigma_altitude_km=orbit.sigma_altitude_km,
    )


def _ages_d(plane: MovingPlane, at_s: Floats) -> Floats:
    return np.asarray((at_s - plane.epoch_s) / DAY_S)


def normals(plane: MovingPlane, at_s: Floats) -> Floats:
    """The plane's normal in TEME [instant, axis] at each instant [s since 2000-01-01T12:00:00Z].

    Within two weeks of the epoch it is that of SGP4's position and velocity; beyond, that of the mean inclination and
    the node drifted from its mean value at the border.
    """
    ages_d = _ages_d(plane, at_s)
    since_s = at_s - plane.epoch_s - np.sign(ages_d) * NEAR_EPOCH_D * DAY_S
    node = np.where(ages_d < 0.0, *plane.border_node_rad) + plane.node_rate_rad_s * since_s
    sine, cosine = math.sin(plane.inclination_rad), math.cos(plane.inclination_rad)
    found = np.stack([sine * np.sin(node), -sine * np.cos(node), np.full_like(node, cosine)], axis=-1)
    near = np.flatnonzero(np.abs(ages_d) <= NEAR_EPOCH_D)
    if near.size:
        found[near] = plane_normal(*states(plane.satellite, at_s[near], where=f"orbits.csv, {plane.place}"))
    return found


def node_sigma_rad(plane: MovingPlane, at_s: Floats) -> Floats:
    """The node drifts the wrong way at a rate that the altitude's spread sets, the longer the further [rad, one sigma].

    The rate goes with a^(-7/2), so each kilometre of altitude changes it by 7/2 of itself over a.
    """
    rate_error = 3.5 * abs(plane.node_rate_rad_s) * plane.sigma_altitude_km / plane.semi_major_axis_km
    return np.asarray(rate_error * np.abs(at_s - plane.epoch_s))


def crossing_sigma_s(plane: MovingPlane, at_s: Floats) -> Floats:
    """A crossing is as uncertain as the node [s, one sigma]: rate error times age, over the Earth's turn against the node.

    The rate's error is that of `node_sigma_rad`.
    """
    drift_s = node_sigma_rad(plane, at_s) / (EARTH_TURN_RAD_S - plane.node_rate_rad_s)
    return np.hypot(np.where(np.abs(_ages_d(plane, at_s)) <= NEAR_EPOCH_D, _NEAR_FLOOR_S, _FAR_FLOOR_S), drift_s)


def phase_sigma_deg(plane: MovingPlane, at_s: Floats) -> Floats:
    """Where a place is on its orbit is soon lost: 3/2 mean motion / a for each km of altitude, times age [deg, one sigma]."""
    turn_deg_s = math.degrees(plane.satellite.no_kozai) / 60.0
    rate_error = 1.5 * turn_deg_s * plane.sigma_altitude_km / plane.semi_major_axis_km
    return np.asarray(rate_error * np.abs(at_s - plane.epoch_s))


def launch_azimuth_deg(normal: Floats, pad: Floats) -> Floats:
    """A launcher aims so that its own speed and the ground's add up to the plane: azimuth over the ground [deg].

    `normal` and `pad` [..., 3] are unit vectors in one frame whose third axis is the pole, the pad in the plane. The speed in
    the plane is that of a circular orbit at 200 km. Source: Vallado, chapter 6, launch windows.
    """
    along = np.cross(normal, pad)
    across = np.hypot(pad[..., 0], pad[..., 1])  # cosine of the latitude
    east_km_s = _PARKING_KM_S * (pad[..., 0] * along[..., 1] - pad[..., 1] * along[..., 0]) / across
    north_km_s = _PARKING_KM_S * along[..., 2] / across
    return np.degrees(np.arctan2(east_km_s - _GROUND_KM_S * across, north_km_s)) % 360.0


def place_known(plane: MovingPlane, at_s: Floats) -> Truths:
    """Where a place is on its orbit is known within two weeks of its elements, while its phase is sure to 30 deg [instant]."""
    return np.asarray((np.abs(_ages_d(plane, at_s)) <= NEAR_EPOCH_D) & (phase_sigma_deg(plane, at_s) <= _KNOWN_PHASE_DEG))


def _wrapped(angle_rad: Floats) -> Floats:
    """An angle brought into [-pi, pi)."""
    return np.asarray((angle_rad + math.pi) % _TURN - math.pi)


def _late_rad(plane: MovingPlane, pad: tuple[float, float], at_s: Floats, *, ascending: bool) -> Floats:
    """How far the pad has turned past the pass [rad]; NaN where its latitude lies beyond the plane's reach."""
    sine_latitude, longitude_rad = pad
    normal = normals(plane, at_s)
    node = np.arctan2(normal[:, 0], -normal[:, 1])
    reach = np.hypot(normal[:, 0], normal[:, 1])
    with np.errstate(divide="ignore", invalid="ignore"):  # an equatorial plane has no reach, a pole no longitude: NaN
        from_node = np.arcsin(sine_latitude * normal[:, 2] / (reach * math.sqrt(1.0 - sine_latitude**2)))
    target = from_node if ascending else math.pi - from_node
    return _wrapped(gmst_rad(at_s) + longitude_rad - node - target)


def _passes_s(plane: MovingPlane, pad: tuple[float, float], span_s: tuple[float, float], *, ascending: bool) -> Floats:
    """All passes of one kind in a span [s], by Newton's iteration from evenly spread first guesses."""
    rate = EARTH_TURN_RAD_S - plane.node_rate_rad_s
    period_s = _TURN / rate
    middle_s = np.array([(span_s[0] + span_s[1]) / 2.0])
    first = middle_s - _late_rad(plane, pad, middle_s, ascending=ascending) / rate
    if not np.isfinite(first).all():
        return np.empty(0)
    count = math.ceil((span_s[1] - span_s[0]) / 2.0 / period_s) + 1
    at_s = first + period_s * np.arange(-count, count + 1)
    late_rad = np.zeros_like(at_s)
    for _ in range(_ROUNDS):
        late_rad = _late_rad(plane, pad, at_s, ascending=ascending)
        at_s = at_s - late_rad / rate
    # a pad whose latitude all but equals the inclination grazes the plane, which wobbles: such a pass may have no instant
    settled = np.isfinite(at_s) & (np.abs(late_rad) < _SETTLED_RAD)
    return at_s[settled & (at_s >= span_s[0]) & (at_s <= span_s[1])]


def find_crossings(plane: MovingPlane, latitude_deg: float, longitude_deg: float, span_s: tuple[float, float]) -> Crossings:
    """Twice a day the Earth carries a pad through a plane whose inclination exceeds its latitude; otherwise never.

    `span_s`: first and last instant [s since 2000-01-01T12:00:00Z]. On the ascending pass the place moves north over the
    pad. Each instant solves: pad direction in the plane. Source: Vallado, Fundamentals of Astrodynamics, chapter 6,
    launch windows.
    """
    direction = pad_direction(latitude_deg, longitude_deg)
    pad = (float(direction[2]), math.radians(longitude_deg))
    rising, falling = (_passes_s(plane, pad, span_s, ascending=ascending) for ascending in (True, False))
    at_s = np.concatenate([rising, falling])
    order = np.argsort(at_s, kind="stable")
    at_s = at_s[order]
    ascending = (np.arange(at_s.size) < rising.size)[order]
    azimuth_deg = launch_azimuth_deg(normals(plane, at_s), teme(direction, at_s))
    return Crossings(at_s=at_s, ascending=ascending, azimuth_deg=azimuth_deg, sigma_s=crossing_sigma_s(plane, at_s))


def _phases_deg(plane: MovingPlane, at_s: Floats, normal: Floats, pad: Floats) -> Floats:
    phase_deg = np.full(at_s.size, np.nan)
    known = np.flatnonzero(place_known(plane, at_s))
    if known.size:
        place, _ = states(plane.satellite, at_s[known], where=f"orbits.csv, {plane.place}")
        ahead = np.cross(normal[known], pad[known])
        forward = np.sum(place * ahead, axis=-1)
        level = np.sum(place * np.cross(ahead, normal[known]), axis=-1)
        phase_deg[known] = np.degrees(np.arctan2(forward, level)) % 360.0
    return phase_deg


def lift_offs(plane: MovingPlane, latitude_deg: float, longitude_deg: float, at_s: Floats) -> LiftOffs:
    """At lift-off the pad is still short of the plane, the place is somewhere on it, and the Sun stands over it by beta.

    `at_s`: lift-offs [s since 2000-01-01T12:00:00Z]. The phase is given only while its one-sigma error is below 30 deg.
    """
    normal = normals(plane, at_s)
    pad = teme(pad_direction(latitude_deg, longitude_deg), at_s)
    height = np.sum(normal * pad, axis=-1)
    return LiftOffs(
        offset_deg=np.degrees(np.arcsin(np.clip(height, -1.0, 1.0))),
        phase_deg=_phases_deg(plane, at_s, normal, pad),
        beta_deg=beta_deg(normal, at_s),
    )
