"""Ways up: by which profiles a spacecraft that lifts off in a window can dock, when, and what its manoeuvres add up to.

The windows command and the schedule ask the same questions here, so that they can't tell different stories.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from supercargo.astro.crossings import MovingPlane, normals, place_known
from supercargo.astro.elements import states
from supercargo.astro.frames import beta_deg
from supercargo.astro.leads import node_bias_s
from supercargo.astro.lighting import shade_depth_rad
from supercargo.astro.manoeuvres import EARTH_KM, Burn, paid
from supercargo.astro.rendezvous import (
    ArrivalOption,
    Busy,
    Chaser,
    DockLight,
    Insertion,
    Meeting,
    Profile,
    Slip,
    arrival_options,
    light_reasons,
)
from supercargo.astro.timescales import EARTH_TURN_RAD_S, Floats, Truths, seconds_since_j2000
from supercargo.kernel import DAY_S
from supercargo.model import Destination, Launcher, LaunchWindow, MissionRequest, Scenario, VehicleType
from supercargo.model import Profile as ProfileRecord
from supercargo.plan.lift import Lift, lift_by
from supercargo.plan.windows import planes_held

__all__ = [
    "Held",
    "Way",
    "Ways",
    "chaser_of",
    "docking_lights",
    "held_at",
    "insertion_of",
    "not_flown",
    "options_through",
    "profiles_of",
]

Held = tuple[MovingPlane, float, float]
"""An orbit of a place, and the span (after, until] of lift-offs to which it holds [s since 2000-01-01T12:00:00Z]."""

_ADRIFT = "its own lift-off falls out of the span in which the window's element set is known to hold"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the place: by a profile of the type or a listed route; where that is empty, as agreed, listed or usual."""

    profile: str
    arrive_s: int  # after lift-off
    delta_v_m_s: float | None = None  # from insertion to contact; None: those of the place
    moved_s: int = 0  # lift-off after the window's: the slip of the node, where the launcher's lead without it is known
    lift: Lift | None = None  # what the route lets the type carry; None: its upmass


def profiles_of(records: Iterable[ProfileRecord]) -> tuple[Profile, ...]:
    """The profiles of catalogue records, in their order."""
    return tuple(
        Profile(
            name=record.profile,
            revolutions=record.revolutions,
            coast_revolutions=record.coast_revolutions,
            approach_s=record.approach_h * 3600.0,
        )
        for record in records
    )


def insertion_of(launcher: Launcher) -> Insertion:
    """Where a launcher lets go."""
    return Insertion(
        after_s=launcher.insertion_s,
        arc_deg=launcher.insertion_arc_deg,
        perigee_km=min(launcher.insertion_perigee_km, launcher.insertion_apogee_km),
        apogee_km=max(launcher.insertion_perigee_km, launcher.insertion_apogee_km),
        correction_m_s=launcher.correction_m_s,
        plane_error_deg=launcher.plane_error_deg,
    )


def not_flown(vehicle: VehicleType, profile: str) -> tuple[str, ...]:
    """The reason that refuses a profile which a type does not fly; none for a type that names no profiles."""
    unused = vehicle.profiles and profile not in vehicle.profiles
    return (f"{vehicle.vehicle_type} does not fly by this profile",) if unused else ()


def chaser_of(vehicle: VehicleType, place: Destination) -> Chaser:
    """A spacecraft loaded to its upmass, that keeps what its departure takes."""
    leaving_kg = vehicle.dry_mass_kg + max(vehicle.downmass_kg, vehicle.disposal_kg)
    (departure,) = paid([Burn(name="departure", delta_v_m_s=place.departure_delta_v_m_s)], leaving_kg, vehicle.isp_s)
    return Chaser(
        mass_kg=vehicle.dry_mass_kg + vehicle.upmass_kg + vehicle.propellant_kg,
        propellant_kg=vehicle.propellant_kg,
        isp_s=vehicle.isp_s,
        kept_kg=departure.propellant_kg,
        approach_m_s=vehicle.approach_m_s,
        beta_limit_deg=vehicle.beta_limit_deg,
        needs_light=vehicle.daylight,
    )


def _slip(launcher: Launcher, plane: MovingPlane) -> Slip | None:
    """How flights of a launcher move about its windows, where its record says what lead it has without the node's slip."""
    if launcher.let_go_lead_s is None:
        return None
    turn_deg_s = math.degrees(plane.satellite.no_kozai) / 60.0
    return Slip(
        without_gain_s=launcher.lead_s - launcher.let_go_lead_s,
        s_per_deg=node_bias_s(plane, 1.0),
        phase_deg_s=turn_deg_s - math.degrees(EARTH_TURN_RAD_S) * math.cos(plane.inclination_rad),
    )


def _meeting_of(window: LaunchWindow, plane: MovingPlane, launcher: Launcher) -> Meeting:
    """The place as it stands when a window's launcher lifts off, and how flights move about the window."""
    phase = window.phase_deg
    return Meeting(
        lift_off_s=seconds_since_j2000(window.launch_utc),
        height_km=plane.semi_major_axis_km - EARTH_KM,
        phase_deg=None if phase is None else (phase + 180.0) % 360.0 - 180.0,
        slip=_slip(launcher, plane),
    )


def options_through(
    window: LaunchWindow,
    held: Held,
    launcher: Launcher,
    chaser: Chaser,
    profiles: Sequence[Profile],
    *,
    light_of: Callable[[float], DockLight] | None = None,
    busy: Sequence[Busy] = (),
) -> tuple[ArrivalOption, ...]:
    """The ways up through a window by each profile, with the reasons that refuse them: `arrival_options`, and one more.

    `held`: the orbit of the place that holds at the window; a way whose own lift-off it is not known to hold for is refused.
    """
    plane, after_s, until_s = held
    meeting, insertion = _meeting_of(window, plane, launcher), insertion_of(launcher)
    options = arrival_options(meeting, insertion, chaser, profiles, light_of=light_of, busy=busy)
    if window.phase_deg is None:
        return options
    own_s = np.array([option.lift_off_s for option in options])
    known = place_known(plane, own_s) & (own_s > after_s) & (own_s <= until_s)
    return tuple(
        option if sure else replace(option, refused=(_ADRIFT, *option.refused))
        for option, sure in zip(options, known.tolist(), strict=True)
    )


def docking_lights(plane: MovingPlane, dock_s: Floats, sure: Truths) -> tuple[DockLight, ...]:
    """Light at each docking [s since 2000-01-01T12:00:00Z], of a place whose orbit is held by `plane`.

    Whether the Sun is up is known only where the place on the orbit is, at lift-off (`sure`) and at docking.
    """
    beta = beta_deg(normals(plane, dock_s), dock_s)
    known = np.flatnonzero(sure & place_known(plane, dock_s))
    lit: dict[int, bool] = {}
    if known.size:
        position, _ = states(plane.satellite, dock_s[known], where=f"orbits.csv, {plane.place}")
        up = shade_depth_rad(position, dock_s[known], shade="umbra") <= 0.0
        lit = dict(zip(known.tolist(), up.tolist(), strict=True))
    return tuple(DockLight(beta_deg=value, lit=lit.get(number)) for number, value in enumerate(beta.tolist()))


def held_at(held: Iterable[Held], at_s: float) -> Held:
    """Of a place's orbits the one that holds at an instant [s since 2000-01-01T12:00:00Z], with its span."""
    return next(row for row in held if row[1] < at_s <= row[2])


_Chance = tuple[datetime, float | None]  # lift-off and phase: what a way up depends on


class Ways:
    """The ways up through the windows of a scenario; each is worked out once, whoever asks."""

    def __init__(self, scenario: Scenario, windows: Iterable[LaunchWindow]) -> None:
        self._scenario = scenario
        self._windows: dict[tuple[str, str], dict[_Chance, LaunchWindow]] = {}
        for window in windows:
            if window.transit_d is None:
                own = self._windows.setdefault((window.destination, window.launcher), {})
                own[window.launch_utc, window.phase_deg] = window
        self._held: dict[str, tuple[Held, ...]] = {}
        self._chasers: dict[tuple[str, str], Chaser] = {}
        self._found: dict[tuple[str, str, str, Chaser], Mapping[_Chance, Way]] = {}
        self._routes: dict[tuple[object, ...], Way] = {}

    def of(self, request: MissionRequest, vehicle: VehicleType, window: LaunchWindow) -> tuple[Way, ...]:
        """Ways by which a type may arrive through a window, the preferred first; none if none stands.

        By profile, those of `options_through` that light and phase let pass; by a listed route, unless it arrives in the
        dark with a type that needs light. Propellant is judged of the loads, once known.
        """
        if window.transit_d is not None:
            sun_deg = window.sun_elevation_deg if vehicle.daylight else None
            return () if sun_deg is not None and sun_deg < 0.0 else (self._route(vehicle, window, window.transit_d),)
        if request.phasing_d is not None:
            return (Way("", _whole_s(request.phasing_d)),)
        if not vehicle.profiles:
            return (Way("", _whole_s(vehicle.phasing_d)),)
        found = []
        for name in vehicle.profiles:
            way = self._chances(name, vehicle, window).get((window.launch_utc, window.phase_deg))
            if way is not None:
                found.append(way)
        return tuple(found)

    def _route(self, vehicle: VehicleType, window: LaunchWindow, transit_d: float) -> Way:
        """The way of a listed window, with its lift where it gives a delta-v; where it gives no route, that of the place."""
        asked = (window.destination, transit_d, window.route, window.delta_v_m_s, window.c3_km2_s2, window.launcher)
        key = (vehicle.vehicle_type, *asked)
        if key not in self._routes:
            lift = lift_by(self._scenario, vehicle, window)
            self._routes[key] = Way(window.route, _whole_s(transit_d), window.delta_v_m_s, lift=lift)
        return self._routes[key]

    def _chances(self, name: str, vehicle: VehicleType, window: LaunchWindow) -> Mapping[_Chance, Way]:
        """By lift-off and phase, the way by a profile where it stands."""
        loaded = (window.destination, vehicle.vehicle_type)
        if loaded not in self._chasers:
            self._chasers[loaded] = chaser_of(vehicle, self._scenario.places[window.destination])
        key = (window.destination, window.launcher, name, self._chasers[loaded])
        if key not in self._found:
            self._found[key] = self._worked_out(*key)
        return self._found[key]

    def _worked_out(self, destination: str, launcher_name: str, name: str, chaser: Chaser) -> Mapping[_Chance, Way]:
        if destination not in self._held:
            self._held[destination] = planes_held(self._scenario, destination)
        launcher, profiles = self._scenario.launcher_named[launcher_name], profiles_of((self._scenario.profile_named[name],))
        options: dict[tuple[int, _Chance | None], Way | None] = {}
        chances: dict[int, list[tuple[_Chance, Way]]] = {}
        for chance, window in self._windows.get((destination, launcher_name), {}).items():
            held = held_at(self._held[destination], seconds_since_j2000(window.launch_utc))
            key = (id(held[0]), None if window.phase_deg is None else chance)  # far from the epoch all lift-offs are alike
            if key not in options:
                (option,) = options_through(window, held, launcher, chaser, profiles)
                options[key] = _way(option, seconds_since_j2000(window.launch_utc))
            way = options[key]
            if way is not None:
                chances.setdefault(id(held[0]), []).append((chance, way))
        planes = {id(plane): plane for plane, _, _ in self._held[destination]}
        return {chance: way for number, rows in chances.items() for chance, way in _lit(planes[number], rows, chaser)}


def _way(option: ArrivalOption, window_s: float) -> Way | None:
    """The way that an option stands for, or None where it is refused for more than a full load's propellant."""
    refused = tuple(reason for reason in option.refused if not reason.startswith("propellant short"))
    if refused:
        return None
    moved_s = round(option.lift_off_s - window_s)
    return Way(option.profile, round(option.dock_s - window_s) - moved_s, round(option.delta_v_m_s, 3), moved_s)


def _lit(plane: MovingPlane, rows: list[tuple[_Chance, Way]], chaser: Chaser) -> Iterator[tuple[_Chance, Way]]:
    """The ways that the light at their docking does not forbid."""
    dock_s = np.array([seconds_since_j2000(launch) + way.moved_s + way.arrive_s for (launch, _), way in rows])
    sure = np.array([phase is not None for (_, phase), _ in rows])
    for row, light in zip(rows, docking_lights(plane, dock_s, sure), strict=True):
        if not light_reasons(chaser, light):
            yield row


def _whole_s(count_d: float) -> int:
    return round(count_d * DAY_S)
