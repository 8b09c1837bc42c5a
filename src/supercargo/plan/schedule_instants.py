"""When a mission is where, counted in whole seconds from its lift-off."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

from supercargo.kernel import DAY_S, days
from supercargo.model import Destination, Launcher, MissionRequest, VehicleType

__all__ = ["Course", "course_of", "seconds_of"]


@dataclass(frozen=True, slots=True)
class Course:
    """The instants of a mission as seconds after lift-off [s]; `latest_depart_s` is the end of its longest stay."""

    processing_s: int
    pad_s: int
    arrive_s: int
    unload_start_s: int
    unload_end_s: int
    load_start_s: int
    load_end_s: int
    depart_s: int
    end_s: int
    latest_depart_s: int

    @property
    def stays(self) -> bool:
        """Whether unloading and loading fit into the longest stay."""
        return self.depart_s <= self.latest_depart_s

    def departing(self, depart_s: int) -> Course:
        """The same flight with a later departure [s after lift-off]."""
        shift = depart_s - self.depart_s
        return replace(
            self,
            depart_s=depart_s,
            load_start_s=self.load_start_s + shift,
            load_end_s=self.load_end_s + shift,
            end_s=self.end_s + shift,
        )


def seconds_of(duration: timedelta) -> int:
    """Whole seconds of a duration that has no fraction [s]."""
    return duration.days * int(DAY_S) + duration.seconds


def _work_s(hours: float, rate_h_d: float) -> int:
    """Seconds to spend `hours` at `rate_h_d` hours a day, rounded up [s]."""
    return math.ceil(round(hours / rate_h_d * DAY_S, 6)) if hours > 0 else 0


def course_of(
    request: MissionRequest, vehicle: VehicleType, launcher: Launcher, place: Destination, arrive_s: int
) -> Course | None:
    """A cargo spacecraft leaves as soon as its shortest stay, its unloading and its loading allow.

    `arrive_s` is the length of the way [s after lift-off].
    None is returned where cargo has to be handled and nobody is there to handle it.
    """
    rate_h_d = min(vehicle.unload_h_d, place.handling_h_d)
    if rate_h_d <= 0 and vehicle.unload_h + vehicle.load_h > 0:
        return None
    pad_s = -seconds_of(days(launcher.pad_d))
    return_d = vehicle.return_d if request.return_d is None else request.return_d
    hatch_s = seconds_of(days(place.hatch_open_d))
    unload_end_s = arrive_s + hatch_s + _work_s(vehicle.unload_h, rate_h_d)
    load_s = _work_s(vehicle.load_h, rate_h_d)
    depart_s = max(arrive_s + seconds_of(days(request.docked_min_d)), unload_end_s + load_s + hatch_s)
    return Course(
        processing_s=pad_s - seconds_of(days(vehicle.processing_d)),
        pad_s=pad_s,
        arrive_s=arrive_s,
        unload_start_s=arrive_s + hatch_s,
        unload_end_s=unload_end_s,
        load_start_s=depart_s - hatch_s - load_s,
        load_end_s=depart_s - hatch_s,
        depart_s=depart_s,
        end_s=depart_s + seconds_of(days(return_d)),
        latest_depart_s=arrive_s + seconds_of(days(min(request.docked_max_d, vehicle.docked_max_d))),
    )
