"""Ways up: by which profiles a spacecraft that lifts off in a window can dock, when, and what its manoeuvres add up to.

The windows command and the schedule ask the same questions here, so that they can't tell different stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from supercargo.astro.crossings import MovingPlane, normals
from supercargo.astro.frames import beta_deg
from supercargo.astro.manoeuvres import EARTH_KM
from supercargo.astro.rendezvous import ArrivalOption, Chaser, Insertion, Meeting, Profile, arrival_options
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S
from supercargo.model import Launcher, LaunchWindow, MissionRequest, Scenario, VehicleType
from supercargo.model import Profile as ProfileRecord
from supercargo.plan.windows import planes_held

__all__ = ["Way", "Ways", "insertion_of", "meeting_of", "not_flown", "option_of", "plane_at", "profiles_of"]

Held = tuple[MovingPlane, float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the place: by a profile of the type, or, where the profile is empty, as agreed, as listed or as usual."""

    profile: str
    arrive_s: int  # after lift-off
    delta_v_m_s: float | None = None  # from insertion to contact; None: those of the place


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


def meeting_of(window: LaunchWindow, plane: MovingPlane) -> Meeting:
    """The place as it stands when a window's launcher lifts off."""
    phase = window.phase_deg
    return Meeting(
        lift_off_s=seconds_since_j2000(window.launch_utc),
        height_km=plane.semi_major_axis_km - EARTH_KM,
        phase_deg=None if phase is None else (phase + 180.0) % 360.0 - 180.0,
    )


def option_of(record: ProfileRecord, meeting: Meeting, launcher: Launcher, vehicle: VehicleType) -> ArrivalOption:
    """The way up by a catalogue record; what is refused of it is the phase's fault alone.

    Its propellant is that of a kilogram: the loads are not known yet.
    """
    any_load = Chaser(mass_kg=1.0, propellant_kg=1.0, isp_s=300.0, approach_m_s=vehicle.approach_m_s)
    (option,) = arrival_options(meeting, insertion_of(launcher), any_load, profiles_of((record,)))
    return option


def plane_at(held: Iterable[Held], at_s: float) -> MovingPlane:
    """Of a place's orbits the one that holds at an instant [s since 2000-01-01T12:00:00Z]."""
    return next(plane for plane, after_s, until_s in held if after_s < at_s <= until_s)


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
        self._found: dict[tuple[str, str, str, float], Mapping[_Chance, tuple[Way, float]]] = {}

    def of(self, request: MissionRequest, vehicle: VehicleType, window: LaunchWindow) -> tuple[Way, ...]:
        """Ways by which a type may arrive through a window, the preferred first; none if none stands."""
        if window.transit_d is not None:
            return (Way("", _whole_s(window.transit_d)),)
        if request.phasing_d is not None:
            return (Way("", _whole_s(request.phasing_d)),)
        if not vehicle.profiles:
            return (Way("", _whole_s(vehicle.phasing_d)),)
        found = []
        for name in vehicle.profiles:
            way = self._chances(name, vehicle, window).get((window.launch_utc, window.phase_deg))
            if way and way[1] <= vehicle.beta_limit_deg:
                found.append(way[0])
        return tuple(found)

    def _chances(self, name: str, vehicle: VehicleType, window: LaunchWindow) -> Mapping[_Chance, tuple[Way, float]]:
        """By lift-off and phase, the way by a profile where it stands, with beta at docking [deg]."""
        key = (window.destination, window.launcher, name, vehicle.approach_m_s)
        if key not in self._found:
            launcher = self._scenario.launcher_named[window.launcher]
            record = self._scenario.profile_named[name]
            self._found[key] = self._worked_out(window.destination, record, launcher, vehicle)
        return self._found[key]

    def _worked_out(
        self, destination: str, record: ProfileRecord, launcher: Launcher, vehicle: VehicleType
    ) -> Mapping[_Chance, tuple[Way, float]]:
        if destination not in self._held:
            self._held[destination] = planes_held(self._scenario, destination)
        options: dict[tuple[int, float | None], Way | None] = {}
        chances: dict[int, list[tuple[_Chance, Way]]] = {}
        for chance, window in self._windows.get((destination, launcher.launcher), {}).items():
            plane = plane_at(self._held[destination], seconds_since_j2000(window.launch_utc))
            key = (id(plane), window.phase_deg)
            if key not in options:
                meeting = meeting_of(window, plane)
                options[key] = _way(option_of(record, meeting, launcher, vehicle), meeting)
            way = options[key]
            if way is not None:
                chances.setdefault(id(plane), []).append((chance, way))
        planes = {id(plane): plane for plane, _, _ in self._held[destination]}
        return {
            chance: (way, beta)
            for number, rows in chances.items()
            for (chance, way), beta in zip(rows, _docking_betas_deg(planes[number], rows), strict=True)
        }


def _way(option: ArrivalOption, meeting: Meeting) -> Way | None:
    """The way that an option stands for, or None where the phase refuses it."""
    refused = tuple(reason for reason in option.refused if not reason.startswith("propellant short"))
    return None if refused else Way(option.profile, round(option.dock_s - meeting.lift_off_s), round(option.delta_v_m_s, 3))


def _docking_betas_deg(plane: MovingPlane, rows: list[tuple[_Chance, Way]]) -> list[float]:
    """How high the Sun stands over the plane, on either side, at each docking [deg]."""
    dock_s = np.array([seconds_since_j2000(launch) + way.arrive_s for (launch, _), way in rows])
    betas: list[float] = np.abs(beta_deg(normals(plane, dock_s), dock_s)).tolist()
    return betas


def _whole_s(count_d: float) -> int:
    return round(count_d * DAY_S)
