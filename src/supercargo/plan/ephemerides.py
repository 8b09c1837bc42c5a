"""Ephemerides of a plan: where each spacecraft on its way to low Earth orbit is meant to be, as CCSDS messages.

Circular orbits and half ellipses of the profile in the plane of the place, whose node drifts at its secular rate: what the
plan's instants and burns rest on. The place's own ephemeris, drag and the short swings of an orbit are not in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from supercargo.astro.crossings import MovingPlane, latitude_rate_rad_s, normals
from supercargo.astro.frames import pad_direction, teme
from supercargo.astro.manoeuvres import EARTH_KM, MU_KM3_S2, mean_motion_rad_s
from supercargo.astro.rendezvous import Profile
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.model import Ephemerides, LaunchWindow, OperationsPlan, PlannedMission, Scenario, Untraced
from supercargo.plan.far_ephemerides import far_message
from supercargo.plan.listed_ways import contradictions
from supercargo.plan.oem_segments import HERMITE_DEGREE, Stretch, message_text, plain
from supercargo.plan.transfers import Catalogue
from supercargo.plan.ways import Held, chaser_of, held_at, insertion_of, options_through, profiles_of
from supercargo.plan.windows import pass_window, planes_held, window_key

__all__ = ["ephemerides_of"]

STEP_S = 600
"""Between two states [s], at most: nine to a revolution, between which Hermite's polynomial of degree 7 is within 1 km."""

DOCKED_SPAN_S = 86_400
"""Docked, the first day tells where the spacecraft is; from then on it is where the place is."""

_PLACES_KM, _PLACES_KM_S = 3, 6


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stretch without burns: from one radius to another, half an ellipse or a circle, from an angle past the node."""

    name: str
    start_s: float  # since 2000-01-01T12:00:00Z
    end_s: float
    from_km: float
    to_km: float
    from_rad: float

    def states(self, at_s: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Radius [km], angle past the node [rad], radial and transverse speed [km/s], each [instant]."""
        axis_km = (self.from_km + self.to_km) / 2.0
        shape = (self.to_km - self.from_km) / (self.to_km + self.from_km)  # eccentricity; the leg begins at its low point
        mean = mean_motion_rad_s(axis_km) * (at_s - self.start_s)
        eccentric = mean.copy()
        for _ in range(8):  # Newton on Kepler's equation; the shape is below 0.1
            eccentric = eccentric - (eccentric - shape * np.sin(eccentric) - mean) / (1.0 - shape * np.cos(eccentric))
        radius = axis_km * (1.0 - shape * np.cos(eccentric))
        half = math.sqrt(1.0 + shape) * np.sin(eccentric / 2.0), math.sqrt(1.0 - shape) * np.cos(eccentric / 2.0)
        past = 2.0 * np.arctan2(*half)
        past = past + 2.0 * math.pi * np.rint((eccentric - past) / (2.0 * math.pi))
        momentum = math.sqrt(MU_KM3_S2 * axis_km * (1.0 - shape**2))
        return radius, self.from_rad + past, MU_KM3_S2 / momentum * shape * np.sin(past), momentum / radius

    def turned_rad(self) -> float:
        """Angle past the node at the end of the leg."""
        return float(self.states(np.array([self.end_s]))[1][0])


@dataclass(frozen=True, slots=True)
class _Plane:
    """The place's plane about one mission: its node drifts steadily from where it is at docking."""

    inclination_rad: float
    node_rad: float
    node_rate_rad_s: float
    at_s: float
    swept_rad_s: float  # what the bulge adds to every motion along the orbit
    since_s: float

    def states_km(self, leg: _Leg, at_s: Floats) -> Floats:
        """Position and velocity in TEME [instant, axis] km, km/s; the drift of the node is part of the velocity."""
        radius, past, radial, transverse = leg.states(at_s)
        past = past + self.swept_rad_s * (at_s - self.since_s)
        transverse = transverse + self.swept_rad_s * radius
        node = self.node_rad + self.node_rate_rad_s * (at_s - self.at_s)
        toward = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=-1)
        sine, cosine = math.sin(self.inclination_rad), math.cos(self.inclination_rad)
        across = np.stack([-np.sin(node) * cosine, np.cos(node) * cosine, np.full_like(node, sine)], axis=-1)
        along = np.cos(past)[:, None] * toward + np.sin(past)[:, None] * across
        ahead = np.cos(past)[:, None] * across - np.sin(past)[:, None] * toward
        position = radius[:, None] * along
        velocity = radial[:, None] * along + transverse[:, None] * ahead
        velocity += self.node_rate_rad_s * np.stack([-position[:, 1], position[:, 0], np.zeros_like(node)], axis=-1)
        return np.concatenate([np.round(position, _PLACES_KM), np.round(velocity, _PLACES_KM_S)], axis=1) + 0.0


def _plane_about(plane: MovingPlane, launch_s: float, at_s: float) -> _Plane:
    normal = normals(plane, np.array([at_s]))[0]
    node_rad = math.atan2(float(normal[0]), -float(normal[1]))
    swept_rad_s = latitude_rate_rad_s(plane) - mean_motion_rad_s(plane.semi_major_axis_km)
    return _Plane(math.acos(float(normal[2])), node_rad, plane.node_rate_rad_s, at_s, swept_rad_s, launch_s)


def _foot_rad(plane: _Plane, direction: Floats) -> float:
    """Angle past the node of a direction's foot in the plane, at lift-off."""
    node = plane.node_rad + plane.node_rate_rad_s * (plane.since_s - plane.at_s)
    toward = np.array([math.cos(node), math.sin(node), 0.0])
    sine, cosine = math.sin(plane.inclination_rad), math.cos(plane.inclination_rad)
    across = np.array([-math.sin(node) * cosine, math.cos(node) * cosine, sine])
    return math.atan2(float(direction @ across), float(direction @ toward))


def _legs_up(profile: Profile, radii_km: tuple[float, float, float], begin: tuple[float, float]) -> list[_Leg]:
    """The legs from insertion to contact; `radii_km` of insertion, cruise, place; `begin`: instant and angle of insertion."""
    first_km, cruise_km, place_km = radii_km
    cruise = profile.revolutions - profile.coast_revolutions - 1.0
    shapes = (
        ("coast on the insertion orbit, at its mean height", profile.coast_revolutions, first_km, first_km),
        ("rise to the phasing orbit, after the burn phasing 1", 0.5, first_km, cruise_km),
        ("cruise on the phasing orbit, after the burn phasing 2", cruise, cruise_km, cruise_km),
        ("rise to the place, after the burn transfer 1", 0.5, cruise_km, place_km),
    )
    legs: list[_Leg] = []
    at_s, past = begin
    for name, revolutions, from_km, to_km in shapes:
        end_s = at_s + revolutions * 2.0 * math.pi / mean_motion_rad_s((from_km + to_km) / 2.0)
        legs.append(_Leg(name, at_s, end_s, from_km, to_km, past))
        at_s, past = end_s, legs[-1].turned_rad()
    legs.append(_Leg("approach, after the burn transfer 2", at_s, at_s + profile.approach_s, place_km, place_km, past))
    return [leg for leg in legs if leg.end_s > leg.start_s]


def _stretch(plane: _Plane, leg: _Leg) -> Stretch | None:
    """States of a leg at whole seconds, ends included, as many as its degree takes; none of a leg shorter than a second."""
    first_s, last_s = round(leg.start_s), round(leg.end_s)
    if last_s <= first_s:
        return None
    nodes = (HERMITE_DEGREE + 1) // 2
    count = max(nodes, math.ceil((last_s - first_s) / STEP_S) + 1)
    at_s = np.unique(np.rint(np.linspace(first_s, last_s, count)))
    return Stretch((leg.name,), "EARTH", "TEME", at_s, plane.states_km(leg, at_s))


@dataclass(frozen=True, slots=True)
class _Trip:
    """A mission, its window and the orbit of its place, with the span in which it holds."""

    plan: OperationsPlan
    mission: PlannedMission
    window: LaunchWindow
    held: Held

    @property
    def orbit(self) -> MovingPlane:
        return self.held[0]

    def legs(self, plane: _Plane) -> Iterator[_Leg]:
        """Legs from insertion, or where the way up is not by a profile from docking, to a day after it."""
        place_km = self.orbit.semi_major_axis_km
        arrive, depart = self.mission.docked_utc
        dock_s = seconds_since_j2000(arrive)
        scenario = self.plan.scenario
        pad = next(pad for pad in scenario.pads if (pad.site, pad.pad) == (self.mission.site, self.mission.pad))
        launch_s = seconds_since_j2000(self.mission.launch_utc)
        foot_rad = _foot_rad(plane, teme(pad_direction(pad.latitude_deg, pad.longitude_deg), np.array([launch_s]))[0])
        record = scenario.profile_named.get(self.mission.profile)
        at_dock_rad = foot_rad + mean_motion_rad_s(place_km) * (dock_s - launch_s) + math.radians(self.window.phase_deg or 0.0)
        if record:
            launcher = scenario.launcher_named[self.mission.launcher]
            insertion, vehicle = insertion_of(launcher), scenario.vehicle_types[self.mission.vehicle_type]
            chaser = chaser_of(vehicle, scenario.places[self.mission.destination])
            (option,) = options_through(
                pass_window(scenario, self.window), self.held, launcher, chaser, profiles_of((record,))
            )
            begin = (launch_s + insertion.after_s, foot_rad + math.radians(insertion.arc_deg))
            first_km = EARTH_KM + (insertion.perigee_km + insertion.apogee_km) / 2.0
            half_way_km = (first_km + place_km) / 2.0
            cruise_km = half_way_km if option.phasing_km is None else EARTH_KM + option.phasing_km
            legs = _legs_up(profiles_of((record,))[0], (first_km, cruise_km, place_km), begin)
            yield from legs
            dock_s, at_dock_rad = legs[-1].end_s, legs[-1].turned_rad()
        stay_s = min((depart - arrive) / timedelta(seconds=1), DOCKED_SPAN_S)
        yield _Leg(f"docked at {plain(self.mission.destination)}", dock_s, dock_s + stay_s, place_km, place_km, at_dock_rad)

    def comments(self) -> Iterator[str]:
        """What a reader has to know before he uses the states."""
        place = plain(self.mission.destination)
        yield f"Plan of {plain(self.mission.mission_id)} to {place}: neither measured nor what will be flown to the metre."
        yield f"Circles and half ellipses in the drifting mean plane of {place}. Not for conjunction assessment."
        if not self.mission.profile:
            yield "The way up is not by a profile of the scenario, so the states begin at docking."
        if self.window.phase_deg is None:
            yield f"Where {place} will be on its orbit is not known so far ahead: along the track the states are nominal."

    def message(self) -> str:
        """The text of the message."""
        launch_s, dock_s = (seconds_since_j2000(at) for at in (self.mission.launch_utc, self.mission.docked_utc[0]))
        plane = _plane_about(self.orbit, launch_s, dock_s)
        found = (_stretch(plane, leg) for leg in self.legs(plane))
        return message_text(self.plan, self.mission, self.comments(), (stretch for stretch in found if stretch))


def _contradicted(scenario: Scenario, window: LaunchWindow, catalogue: Catalogue) -> str:
    """What the listed window of a flight states that its computed route does not come to; empty if nothing."""
    listed = (one for one in scenario.transfer_windows if one.destination == window.destination)
    row = next((one for one in listed if one.launch_utc == window.launch_utc), None)
    words = [] if row is None else [*contradictions(row, scenario.places[row.destination], catalogue)]
    return f"its listed window contradicts the route it names: {'; '.join(words)}" if words else ""


def ephemerides_of(plan: OperationsPlan, catalogue: Catalogue) -> Ephemerides:
    """An OEM for each flight that arrives where its way is computed: in low Earth orbit, at the Moon, at an asteroid.

    The others are named with the reason. Raises ScenarioError for a place without orbit, or for elements that are broken.
    """
    scenario = plan.scenario
    windows = {window_key(row): row for row in plan.windows}
    held = {}
    messages: dict[str, str] = {}
    untraced: list[Untraced] = []
    for mission in sorted(plan.missions, key=lambda mission: mission.mission_id):
        place, name = mission.destination, mission.mission_id
        if mission.lost:
            untraced.append(Untraced(mission_id=name, reason="it was lost before it arrived"))
            continue
        window = windows[window_key(mission)]
        if scenario.places[place].window_kind != "plane":
            wrong = _contradicted(scenario, window, catalogue)
            found = Untraced(mission_id=name, reason=wrong) if wrong else far_message(plan, mission, window, catalogue)
            if isinstance(found, Untraced):
                untraced.append(found)
            else:
                messages[name] = found
            continue
        if place not in held:
            held[place] = planes_held(scenario, place)
        orbit = held_at(held[place], seconds_since_j2000(mission.launch_utc))
        messages[name] = _Trip(plan, mission, window, orbit).message()
    return Ephemerides(messages=messages, untraced=tuple(untraced))
