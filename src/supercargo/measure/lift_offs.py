"""Lift-offs that have happened, held against the launch windows that a plan had listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import DAY_S, days_between
from supercargo.model import LaunchWindow, OperationsPlan, PlannedMission, Scenario

__all__ = ["NEAR_D", "LiftOff", "lift_offs"]

NEAR_D = 14.0
"""Days from an element set within which windows are good to the minute; further off they are good to the day [d]."""

_SURE = 3.0  # sigmas
_SAME_DAY_S = DAY_S / 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftOff:
    """A lift-off and the window nearest to it on the same pad; `window_utc` is None where the plan lists none there."""

    mission_id: str
    launch_utc: datetime
    window_utc: datetime | None
    off_s: float | None  # lift-off after the window's planned instant
    sigma_s: float | None
    steering_s: float
    age_d: float | None  # lift-off after the epoch of the nearest element set; None without one

    @property
    def to_the_minute(self) -> bool:
        """True where an element set is near enough to hold the window to its instant."""
        return self.age_d is not None and abs(self.age_d) <= NEAR_D

    @property
    def slipped_away(self) -> bool:
        """No window is listed within half a day: the lift-off slipped out of the dates that were planned with."""
        return self.off_s is None or abs(self.off_s) > _SAME_DAY_S

    @property
    def inside(self) -> bool:
        """The lift-off lies in the window: within steering and three sigma of a near set, else on the same day."""
        if self.off_s is None or self.sigma_s is None:
            return False
        sure_s = self.steering_s + _SURE * self.sigma_s
        return abs(self.off_s) <= (sure_s if self.to_the_minute else max(sure_s, _SAME_DAY_S))


def lift_offs(flown: OperationsPlan, listed: OperationsPlan) -> tuple[LiftOff, ...]:
    """Each lift-off of a flown year against the windows of `listed`, which may be the flown year itself.

    A row of windows.csv that a flown mission uses is the lift-off itself, so it is no evidence and left out.
    """
    stands: dict[tuple[str, str, str, str], list[LaunchWindow]] = {}
    for window in listed.windows:
        if not (listed.recorded and window.used_by):
            stands.setdefault((window.destination, window.site, window.pad, window.launcher), []).append(window)
    return tuple(
        _lift_off(mission, stands.get((mission.destination, mission.site, mission.pad, mission.launcher), ()), listed.scenario)
        for mission in flown.missions
        if mission.outcome
    )


def _lift_off(mission: PlannedMission, windows: Iterable[LaunchWindow], scenario: Scenario) -> LiftOff:
    launch = mission.launch_utc
    nearest = min(windows, key=lambda window: (abs(window.launch_utc - launch), window.launch_utc), default=None)
    ages = [days_between(orbit.epoch_utc, launch) for orbit in scenario.orbits_of.get(mission.destination, ())]
    launcher = scenario.launcher_named.get(mission.launcher)
    return LiftOff(
        mission_id=mission.mission_id,
        launch_utc=launch,
        window_utc=nearest.launch_utc if nearest else None,
        off_s=(launch - nearest.launch_utc).total_seconds() if nearest else None,
        sigma_s=nearest.sigma_s if nearest else None,
        steering_s=launcher.steering_s if launcher else 0.0,
        age_d=min(ages, key=abs, default=None),
    )
