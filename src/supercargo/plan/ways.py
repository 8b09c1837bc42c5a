"""Ways up: by which profiles a spacecraft that lifts off in a window can dock, when, and what its manoeuvres add up to.

The windows command and the schedule ask the same questions here, so that they can't tell different stories.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from supercargo.astro.crossings import MovingPlane, normals
from supercargo.astro.frames import beta_deg
from supercargo.astro.manoeuvres import EARTH_KM
from supercargo.astro.rendezvous import Ascent, Insertion, Meeting, Profile, ascend
from supercargo.astro.timescales import seconds_since_j2000
from supercargo.kernel import DAY_S
from supercargo.model import LaunchWindow, MissionRequest, Scenario, VehicleType
from supercargo.model import Profile as ProfileRecord
from supercargo.plan.windows import planes_held

__all__ = ["Way", "Ways", "ascent_of", "insertion_of", "meeting_of", "plane_at", "profile_of"]

Held = tuple[MovingPlane, float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the place: by a profile of the type, or, where the profile is empty, as agreed, as listed or as usual."""

    profile: str
    arrive_s: int  # after lift-off
    delta_v_m_s: float | None = None  # from insertion to contact; None: those of the place


def profile_of(record: ProfileRecord) -> Profile:
    """The profile of a catalogue record."""
    return Profile(
        name=record.profile,
        revolutions=record.revolutions,
        coast_revolutions=record.coast_revolutions,
        approach_s=record.approach_h * 3600.0,
    )


def insertion_of(record: ProfileRecord) -> Insertion:
    """Where the launcher lets go on the way that a catalogue record describes."""
    return Insertion(
        after_s=record.ascent_s,
        arc_deg=record.ascent_arc_deg,
        perigee_km=record.perigee_km,
        apogee_km=record.apogee_km,
        correction_m_s=record.correction_m_s,
        plane_error_deg=record.plane_error_deg,
    )


def meeting_of(window: LaunchWindow, plane: MovingPlane) -> Meeting:
    """The place as it stands when a window's launcher lifts off."""
    phase = window.phase_deg
    return Meeting(
        lift_off_s=seconds_since_j2000(window.launch_utc),
        height_km=plane.semi_major_axis_km - EARTH_KM,
        phase_deg=None if phase is None else (phase + 180.0) % 360.0 - 180.0,
    )


def ascent_of(record: ProfileRecord, meeting: Meeting) -> Ascent:
    """The way up by a catalogue record."""
    return ascend(meeting, insertion_of(record), profile_of(record), record.approach_m_s)


def plane_at(held: Iterable[Held], at_s: float) -> MovingPlane:
    """Of a place's orbits the one that holds at an instant [s since 2000-01-01T12:00:00Z]."""
    return next(plane for plane, after_s, until_s in held if after_s < at_s <= until_s)


_Chance = tuple[datetime, float | None]  # lift-off and phase: what a way up depends on


class Ways:
    """The ways up through the windows of a scenario; each is worked out once, whoever asks."""

    def __init__(self, scenario: Scenario, windows: Iterable[LaunchWindow]) -> None:
        self._scenario = scenario
        self._windows: dict[str, dict[_Chance, LaunchWindow]] = {}
        for window in windows:
            if window.transit_d is None:
                self._windows.setdefault(window.destination, {})[window.launch_utc, window.phase_deg] = window
        self._held: dict[str, tuple[Held, ...]] = {}
        self._found: dict[tuple[str, str, str], Mapping[_Chance, tuple[Way, float]]] = {}

    def of(self, request: MissionRequest, vehicle: VehicleType, window: LaunchWindow) -> tuple[Way, ...]:
        """Ways by which a type may arrive through a window, the preferred first; none if none stands."""
        if window.transit_d is not None:
            return (Way("", _whole_s(window.transit_d)),)
        if request.phasing_d is not None:
            return (Way("", _whole_s(request.phasing_d)),)
        if not vehicle.profiles and vehicle.beta_limit_deg is None:
            return (Way("", _whole_s(vehicle.phasing_d)),)
        found = []
        for name in vehicle.profiles or ("",):
            chances = self._chances(window.destination, name, vehicle)
            way = chances.get((window.launch_utc, window.phase_deg))
            if way and (vehicle.beta_limit_deg is None or way[1] <= vehicle.beta_limit_deg):
                found.append(way[0])
        return tuple(found)

    def _chances(self, destination: str, name: str, vehicle: VehicleType) -> Mapping[_Chance, tuple[Way, float]]:
        """By lift-off and phase, the way by a profile, or of a type without, where it stands, with beta at docking [deg]."""
        key = (destination, name, "" if name else vehicle.vehicle_type)
        if key not in self._found:
            record = self._scenario.profile_named[name] if name else None
            self._found[key] = self._worked_out(destination, record, _whole_s(vehicle.phasing_d))
        return self._found[key]

    def _worked_out(
        self, destination: str, record: ProfileRecord | None, phasing_s: int
    ) -> Mapping[_Chance, tuple[Way, float]]:
        if destination not in self._held:
            self._held[destination] = planes_held(self._scenario, destination)
        ascents: dict[tuple[int, float | None], Ascent] = {}
        chances: dict[int, list[tuple[_Chance, Way]]] = {}
        for chance, window in self._windows.get(destination, {}).items():
            plane = plane_at(self._held[destination], seconds_since_j2000(window.launch_utc))
            if record is None:
                chances.setdefault(id(plane), []).append((chance, Way("", phasing_s)))
                continue
            key = (id(plane), window.phase_deg)
            if key not in ascents:
                ascents[key] = ascent_of(record, meeting_of(window, plane))
            ascent = ascents[key]
            if not ascent.refused:
                delta_v_m_s = round(math.fsum(burn.delta_v_m_s for burn in ascent.burns), 3)
                chances.setdefault(id(plane), []).append((chance, Way(record.profile, round(ascent.flight_s), delta_v_m_s)))
        planes = {id(plane): plane for plane, _, _ in self._held[destination]}
        return {
            chance: (way, beta)
            for number, rows in chances.items()
            for (chance, way), beta in zip(rows, _docking_betas_deg(planes[number], rows), strict=True)
        }


def _docking_betas_deg(plane: MovingPlane, rows: list[tuple[_Chance, Way]]) -> list[float]:
    """How high the Sun stands over the plane, on either side, at each docking [deg]."""
    dock_s = np.array([seconds_since_j2000(launch) + way.arrive_s for (launch, _), way in rows])
    betas: list[float] = np.abs(beta_deg(normals(plane, dock_s), dock_s)).tolist()
    return betas


def _whole_s(count_d: float) -> int:
    return round(count_d * DAY_S)
