"""The bays of a spacecraft in an order of their own, and the room they have."""

from __future__ import annotations

import math
from collections.abc import Iterable

from supercargo.model import Bay, Scenario

__all__ = ["bay_volume_m3", "bays_of_type"]


def bays_of_type(scenario: Scenario, vehicle_type: str) -> tuple[Bay, ...]:
    """A spacecraft is gone through from its low end up, larger bays first, then round its axis; files may list them anyhow."""
    return tuple(sorted(scenario.bays_of.get(vehicle_type, ()), key=_place))


def _place(bay: Bay) -> tuple[bool, float, float, float, str]:
    x_m, y_m = bay.x0_m + bay.dx_m / 2.0, bay.y0_m + bay.dy_m / 2.0
    round_deg = round(math.degrees(math.atan2(y_m, x_m)) % 360.0, 3) % 360.0
    return not bay.pressurised, bay.z0_m, -bay.dx_m * bay.dy_m * bay.dz_m, round_deg, bay.bay


def bay_volume_m3(bays: Iterable[Bay], *, pressurised: bool) -> float:
    """Volume of the bays of one kind together [m3]."""
    return sum(bay.dx_m * bay.dy_m * bay.dz_m for bay in bays if bay.pressurised is pressurised)
