"""Where a spacecraft on a computed fast route to the Moon is meant to be, stretch by stretch.

Patched conics, as its burns are counted (`astro/cislunar.py`): an ellipse about the Earth from perigee to the Moon's centre,
an arc about the Moon from a flyby into Gateway's orbit, that orbit, the place of landing. Where Moon and Earth are is JPL's
DE440; what the plan does not decide, such as the plane of a low lunar orbit, is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from supercargo.astro.celestial import eme2000_from_gcrs
from supercargo.astro.cislunar import halo_arrival, halo_states, transit_ellipse
from supercargo.astro.ephemeris import GM_KM3_S2, Ephemeris
from supercargo.astro.impulses import RADIUS_KM
from supercargo.astro.kepler import propagate_conic
from supercargo.astro.lambert import solve_lambert
from supercargo.astro.moon import moon_axes
from supercargo.astro.nrho_arrival import flyby_states, timed_arrival
from supercargo.astro.three_body import SPEED_KM_S, TIME_S, fly, moon_centred, nrho_9_2
from supercargo.astro.timescales import Floats
from supercargo.kernel import DAY_S
from supercargo.plan.lunar_transfers import SOUTH_POLE_DEG
from supercargo.plan.oem_segments import Stretch, paced_s

__all__ = ["MoonBound"]

PARKING_KM = 200.0
"""Height of the circle from which the injection burn leaves: assumption."""

PARKED_S = 0.5 * 2.0 * math.pi * math.sqrt((RADIUS_KM["Earth"] + PARKING_KM) ** 3 / GM_KM3_S2["Earth"])
"""On it between ascent and injection [s], half a revolution: assumption."""

SLOWEST_S = 60.0
"""So much short of the slowest ellipse [s] the time under way still decides which ellipse it is."""

PACE_RAD, LONGEST_S = 0.15, 3.0 * 3600.0
"""Between two states lies no more than that angle of a circle at their distance, nor that time."""

LANDED_S, LANDED_STEP_S = DAY_S, 3600.0
"""On the ground, a state an hour for the first day tells where the spacecraft is; from then on it is there."""

_PLACES_KM, _PLACES_KM_S = 6, 9
_HALF_S = 30.0  # axes turn evenly for a minute: their rate is taken over one

Axes = Callable[[Floats], Floats]  # instants to rows of axes [instant, row, axis] in EME2000


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonBound:
    """A fast flight to the Moon: when it lifts off, leaves low orbit, meets the Moon, ends its route and stays until."""

    sky: Ephemeris
    launch_s: float  # all whole seconds since 2000-01-01T12:00:00Z
    ascent_s: float
    meet_s: float
    arrive_s: float
    depart_s: float
    tilt_deg: float

    @property
    def insertion_s(self) -> float:
        """The burn into Gateway's orbit on a route that goes there."""
        return self.meet_s + round(halo_arrival().days * DAY_S)

    @property
    def injection_s(self) -> float:
        """The burn out of low orbit: half a revolution after ascent, later where the slowest ellipse would come too soon."""
        half_axis = 0.5 * (RADIUS_KM["Earth"] + PARKING_KM + self._far_km())
        slowest_s = math.pi * math.sqrt(half_axis**3 / GM_KM3_S2["Earth"])
        return max(self.launch_s + round(self.ascent_s + PARKED_S), self.meet_s - math.floor(slowest_s - SLOWEST_S))

    def _far_km(self) -> float:
        return float(np.linalg.norm(self.sky.states("Moon", np.array([self.meet_s]), centre="Earth").position_km))

    def perigee(self) -> tuple[Floats, Floats]:
        """Position [km] and velocity [km/s] at injection, EME2000: the ellipse that meets the Moon. [axis]"""
        mu = GM_KM3_S2["Earth"]
        away, along, north = _moon_frame(self.sky)(np.array([self.meet_s]))[0]
        far_km = self._far_km()
        low_km = RADIUS_KM["Earth"] + PARKING_KM
        half_axis = transit_ellipse(low_km, far_km, (self.meet_s - self.injection_s) / DAY_S)
        eccentricity = 1.0 - low_km / half_axis
        turn = math.acos(max(-1.0, min(1.0, (low_km * (1.0 + eccentricity) / far_km - 1.0) / eccentricity)))
        tilt = math.radians(self.tilt_deg)
        ahead = math.cos(tilt) * along + math.sin(tilt) * north  # across the line to the Moon, on arrival
        towards = math.cos(turn) * away - math.sin(turn) * ahead
        motion = math.sin(turn) * away + math.cos(turn) * ahead
        return low_km * towards, math.sqrt(mu * (2.0 / low_km - 1.0 / half_axis)) * motion

    def c3_km2_s2(self) -> float:
        """Twice the energy of the ellipse."""
        position, velocity = self.perigee()
        return float(velocity @ velocity - 2.0 * GM_KM3_S2["Earth"] / np.linalg.norm(position))

    def from_earth(self) -> Stretch:
        """The ellipse about the Earth, from injection to where the Moon's centre is."""
        words = (
            "transfer ellipse about the Earth, after the injection burn; the last state lies at the Moon's centre:",
            "patched conics, the Moon's pull is left out of this segment",
        )
        start, span_s = self.perigee(), self.meet_s - self.injection_s
        samples = span_s * np.linspace(0.0, 1.0, 401) ** 3
        far_km = np.linalg.norm(_carried(start, samples, "Earth")[0], axis=-1)
        at_s = self.injection_s + _pace(samples, far_km, "Earth")
        return Stretch(words, "EARTH", "EME2000", at_s, _rounded(*_carried(start, at_s - self.injection_s, "Earth")))

    def flyby(self) -> tuple[Floats, Floats] | None:
        """Position [km] and velocity [km/s] about the Moon after the burn at the flyby; None if no arc leads on."""
        here, there = _moon_frame(self.sky)(np.array([self.meet_s, self.insertion_s]))
        moon = self.sky.states("Moon", np.array([self.meet_s]), centre="Earth").velocity_km_s[0]
        reached = _carried(self.perigee(), np.array([self.meet_s - self.injection_s]), "Earth")[1][0]
        speed, coast_s = here @ (reached - eme2000_from_gcrs(moon)), self.insertion_s - self.meet_s
        choice = timed_arrival(speed, *halo_states(), halo_arrival().choice[2], coast_s).choice
        low, _ = flyby_states(speed, np.array([choice[0]]), np.array([choice[1]]))
        goal = here @ (moon_centred(_joining())[0] @ there)
        # in the Moon's axes, for the sense of the arc is that about its north, as the burns are counted
        arc = solve_lambert(low, goal, coast_s, GM_KM3_S2["Moon"])
        return (low[0] @ here, arc.v1_km_s[0] @ here) if arc.solved.all() else None

    def from_flyby(self, start: tuple[Floats, Floats]) -> Stretch:
        """The arc about the Moon from the burn at perilune to the insertion in Gateway's orbit."""
        words = ("arc about the Moon, from the burn at the lunar flyby to the burn into Gateway's orbit; two-body",)
        samples = (self.insertion_s - self.meet_s) * np.linspace(0.0, 1.0, 401) ** 3
        far_km = np.linalg.norm(_carried(start, samples, "Moon")[0], axis=-1)
        at_s = self.meet_s + _pace(samples, far_km, "Moon")
        return Stretch(words, "MOON", "EME2000", at_s, _rounded(*_carried(start, at_s - self.meet_s, "Moon")))

    def on_halo(self) -> Stretch:
        """Gateway's orbit from insertion: once around, or to the end of the stay if that is sooner."""
        words = (
            "Gateway's near-rectilinear halo orbit in the circular restricted three-body problem, turned into the axes of",
            "Earth and Moon at each instant (JPL DE440), its size that at the Moon's mean distance: not a flight product.",
            "It begins with insertion, where the arc from the flyby joins it; meeting and docking follow on the same orbit.",
        )
        after_s, place, motion = _halo_track()
        kept = after_s <= self.depart_s - self.insertion_s
        at_s = self.insertion_s + after_s[kept]
        return Stretch(
            words, "MOON", "EME2000", at_s, _rounded(*_turning(_moon_frame(self.sky), place[kept], motion[kept], at_s))
        )

    def on_ground(self) -> Stretch:
        """The place of landing, which turns with the Moon, for the first day."""
        latitude, east = SOUTH_POLE_DEG
        words = (
            f"on the ground at latitude {latitude:g}, longitude {east:g} east, on a sphere of {RADIUS_KM['Moon']:g} km",
            "(terrain is some kilometres off it); the Moon's axes are those of the IAU report of 2015, good to 150 m",
        )
        last_s = min(self.depart_s, self.arrive_s + LANDED_S)
        at_s = np.unique(np.append(np.arange(self.arrive_s, last_s, LANDED_STEP_S), last_s))
        phi, turn = math.radians(latitude), math.radians(east)
        up = np.array([math.cos(phi) * math.cos(turn), math.cos(phi) * math.sin(turn), math.sin(phi)])
        place = np.tile(RADIUS_KM["Moon"] * up, (at_s.size, 1))
        return Stretch(words, "MOON", "EME2000", at_s, _rounded(*_turning(_crust, place, np.zeros_like(place), at_s)))


def _moon_frame(sky: Ephemeris) -> Axes:
    """Axes away from the Earth, along the Moon's motion, north of its path, at each instant."""

    def axes(at_s: Floats) -> Floats:
        moon = sky.states("Moon", at_s, centre="Earth")
        away = moon.position_km / np.linalg.norm(moon.position_km, axis=-1, keepdims=True)
        north = np.cross(moon.position_km, moon.velocity_km_s)
        north /= np.linalg.norm(north, axis=-1, keepdims=True)
        return eme2000_from_gcrs(np.stack([away, np.cross(north, away), north], axis=1))

    return axes


def _crust(at_s: Floats) -> Floats:
    return eme2000_from_gcrs(moon_axes(at_s))


def _turning(axes: Axes, place: Floats, motion: Floats, at_s: Floats) -> tuple[Floats, Floats]:
    """States among the stars of what stands and moves so on axes that turn. [instant, axis]"""
    rate = (axes(at_s + _HALF_S) - axes(at_s - _HALF_S)) / (2.0 * _HALF_S)
    now = axes(at_s)
    return np.einsum("nij,ni->nj", now, place), np.einsum("nij,ni->nj", now, motion) + np.einsum("nij,ni->nj", rate, place)


def _carried(start: tuple[Floats, Floats], after_s: Floats, body: str) -> tuple[Floats, Floats]:
    position, velocity = (np.broadcast_to(part, (after_s.size, 3)) for part in start)
    return propagate_conic(position, velocity, after_s, GM_KM3_S2[body])


def _pace(samples_s: Floats, far_km: Floats, body: str) -> Floats:
    rate = np.sqrt(GM_KM3_S2[body] / far_km**3)
    return paced_s(samples_s, rate, pace_rad=PACE_RAD, longest_s=LONGEST_S)


@lru_cache(maxsize=1)
def _joining() -> Floats:
    """The state of Gateway's orbit at which the arc from the flyby joins it, in the three-body problem's units. [6]"""
    orbit, count = nrho_9_2(), len(halo_states()[0])
    return fly(orbit.start, halo_arrival().choice[2] % count / count * orbit.period)


@lru_cache(maxsize=1)
def _halo_track() -> tuple[Floats, Floats, Floats]:
    """Gateway's orbit once around from the joining point: seconds after it, places [km] and motions [km/s] on turning axes."""
    orbit = nrho_9_2()
    places, first = halo_states()[0], halo_arrival().choice[2]
    count = len(places)
    phases = np.arange(count + 1)
    far_km = np.interp(first + phases, phases[:-1], np.linalg.norm(places, axis=-1), period=count)
    after_s = _pace(phases / count * orbit.period * TIME_S, far_km, "Moon")
    states = [_joining()]
    for step_s in np.diff(after_s).tolist():
        states.append(fly(states[-1], step_s / TIME_S))
    each = np.array(states)
    return after_s, moon_centred(each)[0], SPEED_KM_S * each[:, 3:]


def _rounded(position_km: Floats, velocity_km_s: Floats) -> Floats:
    return np.concatenate([np.round(position_km, _PLACES_KM), np.round(velocity_km_s, _PLACES_KM_S)], axis=1) + 0.0
