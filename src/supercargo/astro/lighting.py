"""Light along an orbit: the Sun over its plane, the Earth's shadow with its half-light, and the light at a docking.

The shadow is a cone behind the flattened Earth: space is stretched along the pole until the Earth is round, which keeps
straight lines straight. Method and figures: docs/earth-orbit.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from sgp4.api import Satrec

from supercargo.astro.crossings import MovingPlane, node_sigma_rad, normals
from supercargo.astro.elements import states
from supercargo.astro.frames import beta_deg, plane_normal, sun_direction
from supercargo.astro.roots import roots_s
from supercargo.astro.timescales import Floats, Truths, centuries_tt

__all__ = [
    "BetaCalendar",
    "Light",
    "Shade",
    "Shadows",
    "beta_calendar",
    "eclipse_share",
    "find_shadows",
    "light_at",
    "shade_depth_rad",
    "sun_position_km",
]

Shade = Literal["umbra", "penumbra"]

_AU_KM = 149_597_870.7
_SUN_KM = 695_700.0
_EQUATOR_KM = 6378.137
_MEAN_KM = 6371.0  # of the limb, all around
_STRETCH = 1.0 / (1.0 - 1.0 / 298.257_223_563)
_HALF_SUN_RAD = _SUN_KM / _AU_KM
_SHARES = tuple(NormalDist().inv_cdf((k + 0.5) / 100) for k in range(100))
_STEP_S = 120.0  # no shadow of a low orbit is so short that two samples miss more than its grazing


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadows:
    """Runs through the Earth's shadow, in order of time; arrays are [run]. Runs cut by the span end at its border."""

    enter_s: Floats  # since 2000-01-01T12:00:00Z
    leave_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaCalendar:
    """The Sun over the plane of a place, and the share of each revolution without it; arrays are [instant]."""

    at_s: Floats  # since 2000-01-01T12:00:00Z
    beta_deg: Floats
    umbra_share: Floats
    sigma_deg: Floats  # of beta, from the node's


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light at some instants, such as dockings; arrays are [instant]."""

    lit: Truths  # outside the umbra
    beta_deg: Floats
    from_noon_deg: Floats  # along the orbit from the point nearest the Sun, -180 to 180, negative before it
    to_change_s: Floats  # to the next sunset or sunrise; infinite in full sunlight


def sun_position_km(count_s: Floats) -> Floats:
    """Earth's centre to the Sun [km], equator and equinox of date [instant, axis], to 0.02 deg and 1e-4 of the distance.

    Source: The Astronomical Almanac, low-precision formulas for the Sun.
    """
    anomaly = np.radians(357.528 + 0.985_600_3 * centuries_tt(np.asarray(count_s, dtype=np.float64)) * 36_525.0)
    distance = 1.000_14 - 0.016_71 * np.cos(anomaly) - 0.000_14 * np.cos(2.0 * anomaly)
    return sun_direction(count_s) * (_AU_KM * distance)[..., np.newaxis]


def shade_depth_rad(position_km: Floats, count_s: Floats, *, shade: Shade) -> Floats:
    """How far the Sun's disc is behind the Earth's limb, as an angle [rad]: above zero in the shade, below it outside.

    `position_km` [instant, axis] on the equator of date. In the umbra the whole disc is hidden, in the penumbra a part.
    """
    stretched = position_km * (1.0, 1.0, _STRETCH)
    to_sun = sun_position_km(count_s) * (1.0, 1.0, _STRETCH) - stretched
    radius = np.linalg.norm(stretched, axis=-1)
    away = np.linalg.norm(to_sun, axis=-1)
    apart = np.arccos(np.clip(-np.sum(stretched * to_sun, axis=-1) / (radius * away), -1.0, 1.0))
    half_sun = np.arcsin(_SUN_KM / away) * (-1.0 if shade == "umbra" else 1.0)
    return np.asarray(np.arcsin(np.minimum(_EQUATOR_KM / radius, 1.0)) + half_sun - apart)


def find_shadows(satellite: Satrec, span_s: tuple[float, float], *, shade: Shade = "umbra") -> Shadows:
    """An orbit runs through the Earth's shadow once in each revolution, unless the Sun stands high over its plane.

    `span_s`: first and last instant [s since 2000-01-01T12:00:00Z]. Raises ScenarioError if the orbit decays before its end.
    """

    def depth(at_s: Floats) -> Floats:
        return shade_depth_rad(states(satellite, at_s)[0], at_s, shade=shade)

    count = max(2, math.ceil((span_s[1] - span_s[0]) / _STEP_S) + 1)
    at_s = np.linspace(*span_s, count)
    dark = depth(at_s) > 0.0
    change = np.flatnonzero(dark[1:] != dark[:-1])
    edges = roots_s(depth, at_s[change], at_s[change + 1])
    entering = dark[change + 1]
    enter_s, leave_s = edges[entering], edges[~entering]
    if dark[0]:
        enter_s = np.concatenate([[span_s[0]], enter_s])
    if dark[-1]:
        leave_s = np.concatenate([leave_s, [span_s[1]]])
    return Shadows(enter_s=enter_s, leave_s=leave_s)


def eclipse_share(beta: Floats, radius_km: float, *, shade: Shade = "umbra") -> Floats:
    """The share of each revolution of a circular orbit in the shade, from the Sun's height over its plane [deg].

    `radius_km` from the Earth's centre. Zero where the whole orbit sees the Sun. Source: Vallado, section 5.3, with the cone.

    >>> eclipse_share(np.array([0.0, 75.0]), 6798.0).round(3).tolist()
    [0.385, 0.0]
    """
    reach = math.asin(_MEAN_KM / radius_km) + (-_HALF_SUN_RAD if shade == "umbra" else _HALF_SUN_RAD)
    ratio = math.cos(reach) / np.maximum(np.cos(np.radians(beta)), 1e-12)
    return np.asarray(np.arccos(np.minimum(ratio, 1.0)) / math.pi)


def beta_calendar(plane: MovingPlane, at_s: Floats) -> BetaCalendar:
    """The Sun's height over a plane swings with the drift of its node and the seasons, and with it the length of night.

    `at_s` [s since 2000-01-01T12:00:00Z], any time ahead: the drifting node needs no place on the orbit.
    """
    normal = normals(plane, at_s)
    beta = beta_deg(normal, at_s)
    return BetaCalendar(
        at_s=at_s,
        beta_deg=beta,
        umbra_share=eclipse_share(beta, plane.semi_major_axis_km),
        sigma_deg=_beta_sigma_deg(normal, node_sigma_rad(plane, at_s), at_s),
    )


def _beta_sigma_deg(normal: Floats, sigma_rad: Floats, at_s: Floats) -> Floats:
    """Root mean square of what beta moves by when the node strays, over equal shares of the normal distribution [deg].

    It stays right where the node is lost altogether and a slope would give more than a circle.
    """
    sun = sun_direction(at_s)
    here = np.arcsin(np.clip(np.sum(normal * sun, axis=-1), -1.0, 1.0))
    square = np.zeros_like(here)
    for share in _SHARES:
        turn = share * sigma_rad
        x = np.cos(turn) * normal[:, 0] - np.sin(turn) * normal[:, 1]
        y = np.sin(turn) * normal[:, 0] + np.cos(turn) * normal[:, 1]
        height = x * sun[:, 0] + y * sun[:, 1] + normal[:, 2] * sun[:, 2]
        square += (np.arcsin(np.clip(height, -1.0, 1.0)) - here) ** 2 / len(_SHARES)
    return np.asarray(np.degrees(np.sqrt(square)))


def light_at(satellite: Satrec, at_s: Floats) -> Light:
    """A docking wants light or dark: whether the Sun is up, how it stands to plane and orbit, and how long that lasts.

    `at_s` [s since 2000-01-01T12:00:00Z]. Raises ScenarioError if the orbit decays before one of them.
    """
    position, velocity = states(satellite, at_s)
    normal, sun = plane_normal(position, velocity), sun_direction(at_s)
    forward = np.sum(np.cross(normal, sun) * position, axis=-1)
    return Light(
        lit=shade_depth_rad(position, at_s, shade="umbra") <= 0.0,
        beta_deg=beta_deg(normal, at_s),
        from_noon_deg=np.degrees(np.arctan2(forward, np.sum(sun * position, axis=-1))),
        to_change_s=np.array([_to_change_s(satellite, float(at)) for at in at_s]),
    )


def _to_change_s(satellite: Satrec, at_s: float) -> float:
    """The next edge of the umbra within two revolutions [s from `at_s`], or infinity."""
    until_s = at_s + 4.0 * math.pi * 60.0 / satellite.no_kozai
    found = find_shadows(satellite, (at_s, until_s))
    edges = np.concatenate([found.enter_s, found.leave_s])
    edges = edges[(edges > at_s) & (edges < until_s)]
    return float(edges.min() - at_s) if edges.size else math.inf
