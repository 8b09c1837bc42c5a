"""The case before the referee: a plan's rows indexed so that unknown and repeated names do no harm.

Instants are whole seconds since 1970, so that no date that a file can hold overflows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from supercargo.kernel import DAY_S
from supercargo.model import (
    CargoLine,
    Destination,
    Launcher,
    LaunchWindow,
    ManifestRow,
    MissionRequest,
    OperationsPlan,
    Placement,
    PlannedMission,
    Scenario,
    VehicleType,
)

__all__ = [
    "GRAM_KG",
    "MASS_TOLERANCE_KG",
    "SIZE_TOLERANCE_M",
    "TIME_TOLERANCE_S",
    "USD_TOLERANCE",
    "Aboard",
    "Case",
    "Item",
    "Voyage",
    "day_word",
    "span_s",
    "stamp",
    "up_to_second",
    "when",
]

T = TypeVar("T")

MASS_TOLERANCE_KG = 0.01
SIZE_TOLERANCE_M = 1e-6
TIME_TOLERANCE_S = 1
USD_TOLERANCE = 0.01
GRAM_KG = 0.0005  # files carry masses to a gram: half of it is lost in rounding

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # only ever subtracted from another instant without a zone
_NEVER_S = 10**14
_LONG_D = 4e8


def stamp(instant: datetime) -> int:
    """Seconds since 1970 of an instant [s]; one without a time zone is read as UTC."""
    since = instant - _EPOCH if instant.tzinfo is not None else instant - _NAIVE_EPOCH
    return since.days * 86_400 + since.seconds


def span_s(count_d: float) -> int:
    """Whole seconds in `count_d` days [s]; beyond a million years any span is as good as another."""
    return round(min(max(count_d, -_LONG_D), _LONG_D) * DAY_S)


def up_to_second(hours: float, rate_h_d: float) -> int:
    """Seconds that `hours` of work take at `rate_h_d` hours a day, rounded up [s]; without a rate it never ends."""
    if hours <= 0:
        return 0
    if rate_h_d <= 0:
        return _NEVER_S
    # a rest of a microsecond is the noise of division, not a second begun
    return math.ceil(min(hours / rate_h_d * DAY_S, float(_NEVER_S)) - 1e-6)


def when(second: float) -> str:
    """An instant in words, to the second."""
    try:
        return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return f"second {second:.0f}"


def day_word(seconds: float) -> str:
    """A span in words: seconds, hours or days, whichever reads best."""
    size = abs(seconds)
    if size < 600:
        return f"{seconds:.0f} s"
    if size < 2 * DAY_S:
        return f"{seconds / 3600:.2f} h"
    return f"{seconds / DAY_S:.2f} d"


@dataclass(frozen=True, slots=True)
class Voyage:
    """A mission whose names are all known, with the instants that follow from its own row [s since 1970]."""

    mission: PlannedMission
    request: MissionRequest
    vehicle: VehicleType
    launcher: Launcher
    place: Destination
    launch_s: int
    pad_s: int
    processing_s: int
    arrive_s: int
    depart_s: int
    end_s: int
    unload_start_s: int
    unload_end_s: int
    load_start_s: int
    load_end_s: int
    rate_h_d: float

    @property
    def mission_id(self) -> str:
        """Name of the mission."""
        return self.mission.mission_id

    @property
    def docks(self) -> bool:
        """False for a mission that says it was lost on its way, or that names no arrival or departure."""
        return not self.mission.lost and self.mission.arrive_utc is not None and self.mission.depart_utc is not None


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the manifest with the scenario's line that it names, if there is one."""

    row: ManifestRow
    line: CargoLine | None
    part: int

    @property
    def base_id(self) -> str:
        """The line's name without the number of the part."""
        return self.line.item_id if self.line else self.row.item_id


@dataclass(frozen=True, slots=True)
class Aboard:
    """A load whose line is known, on one mission; the share is 1 for a whole line."""

    row: ManifestRow
    line: CargoLine

    @property
    def share(self) -> float:
        """Share of the line's mass in this load."""
        return self.row.mass_kg / self.line.mass_kg

    @property
    def back(self) -> bool:
        """True for what comes down or is thrown away."""
        return self.line.direction != "up"

    @property
    def placed(self) -> bool:
        """True for what stands in a bay on the way up."""
        return self.line.direction == "up" and self.line.form != "bulk"


class Case:
    """A plan before the referee, with the indexes that the rules share."""

    def __init__(self, plan: OperationsPlan) -> None:
        self.plan = plan
        self.scenario: Scenario = plan.scenario
        settings = plan.scenario.settings
        self.start_s, self.end_s = stamp(settings.start_utc), stamp(settings.end_utc)
        self._worked_out: dict[Callable[[Case], Any], Any] = {}

    def once(self, work: Callable[[Case], T]) -> T:
        """What `work` finds in this case, worked out once however many rules ask."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        found: T = self._worked_out[work]
        return found

    @cached_property
    def missions(self) -> Mapping[str, PlannedMission]:
        """Planned missions, the first row of each name."""
        return _first((mission.mission_id, mission) for mission in self.plan.missions)

    @cached_property
    def voyages(self) -> Mapping[str, Voyage]:
        """Missions whose request, type, launcher and place are known, in order of name."""
        found = ((name, self._voyage(self.missions[name])) for name in sorted(self.missions))
        return {name: voyage for name, voyage in found if voyage}

    @cached_property
    def arrivals(self) -> Mapping[str, Voyage]:
        """The voyages that reach their place."""
        return {name: voyage for name, voyage in self.voyages.items() if voyage.docks}

    def _voyage(self, mission: PlannedMission) -> Voyage | None:
        scenario = self.scenario
        request = scenario.requests.get(mission.mission_id)
        vehicle = scenario.vehicle_types.get(mission.vehicle_type)
        launcher = scenario.launcher_named.get(mission.launcher)
        place = scenario.places.get(mission.destination)
        if not (request and vehicle and launcher and place):
            return None
        launch_s, end_s = stamp(mission.launch_utc), stamp(mission.end_utc)
        # of a mission that never docks all later instants fall together, so that it takes up no port and no hands
        arrive_s = end_s if mission.arrive_utc is None else stamp(mission.arrive_utc)
        depart_s = end_s if mission.depart_utc is None else stamp(mission.depart_utc)
        rate_h_d = min(vehicle.unload_h_d, place.handling_h_d)
        pad_s = launch_s - span_s(launcher.pad_d)
        unload_start_s = arrive_s + span_s(place.hatch_open_d)
        load_end_s = depart_s - span_s(place.hatch_open_d)
        return Voyage(
            mission=mission,
            request=request,
            vehicle=vehicle,
            launcher=launcher,
            place=place,
            launch_s=launch_s,
            pad_s=pad_s,
            processing_s=pad_s - span_s(vehicle.processing_d),
            arrive_s=arrive_s,
            depart_s=depart_s,
            end_s=end_s,
            unload_start_s=unload_start_s,
            unload_end_s=unload_start_s + up_to_second(vehicle.unload_h, rate_h_d),
            load_start_s=load_end_s - up_to_second(vehicle.load_h, rate_h_d),
            load_end_s=load_end_s,
            rate_h_d=rate_h_d,
        )

    @cached_property
    def window_of(self) -> Mapping[str, LaunchWindow]:
        """The row of windows.csv that each mission's lift-off equals in place, pad, launcher and instant."""
        flown: dict[tuple[str, str, str, str, int], list[str]] = {}
        for mission in self.missions.values():
            key = (mission.destination, mission.site, mission.pad, mission.launcher, stamp(mission.launch_utc))
            flown.setdefault(key, []).append(mission.mission_id)
        pads = {key[:4] for key in flown}
        found: dict[str, LaunchWindow] = {}
        for window in self.plan.windows:
            pad = (window.destination, window.site, window.pad, window.launcher)
            if pad in pads:
                for mission_id in flown.get((*pad, stamp(window.launch_utc)), ()):
                    found.setdefault(mission_id, window)
        return found

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Rows of the manifest with their lines, in order of item."""
        return tuple(self._item(row) for row in sorted(self.plan.manifest, key=lambda row: (row.item_id, row.mission_id)))

    def _item(self, row: ManifestRow) -> Item:
        lines = self.scenario.lines
        if row.item_id in lines:
            return Item(row, lines[row.item_id], 0)
        base, mark, number = row.item_id.rpartition("#")
        if mark and number.isascii() and number.isdigit() and 0 < len(number) < 9 and base in lines:
            return Item(row, lines[base], int(number))
        return Item(row, None, 0)

    @cached_property
    def aboard(self) -> Mapping[str, tuple[Aboard, ...]]:
        """Loads of known lines by mission, in order of item; missions in order of name."""
        found: dict[str, list[Aboard]] = {name: [] for name in sorted(self.missions)}
        for item in self.items:
            if item.line and item.row.mission_id in found:
                found[item.row.mission_id].append(Aboard(item.row, item.line))
        return {name: tuple(loads) for name, loads in found.items()}

    def up(self, mission_id: str) -> tuple[Aboard, ...]:
        """Loads that fly up on a mission."""
        return self._ways[0].get(mission_id, ())

    def back(self, mission_id: str) -> tuple[Aboard, ...]:
        """Loads that come down or are thrown away with a mission."""
        return self._ways[1].get(mission_id, ())

    @cached_property
    def _ways(self) -> tuple[Mapping[str, tuple[Aboard, ...]], Mapping[str, tuple[Aboard, ...]]]:
        up = {name: tuple(load for load in loads if not load.back) for name, loads in self.aboard.items()}
        back = {name: tuple(load for load in loads if load.back) for name, loads in self.aboard.items()}
        return up, back

    @cached_property
    def placements(self) -> Mapping[str, tuple[Placement, ...]]:
        """Placed pieces by mission, in order of item and piece."""
        found: dict[str, list[Placement]] = {}
        for row in sorted(self.plan.stowage, key=lambda row: (row.mission_id, row.item_id, row.piece, row.unload_order)):
            found.setdefault(row.mission_id, []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    def stands(self, mission_id: str) -> tuple[tuple[Placement, CargoLine], ...]:
        """Placed pieces of a mission whose lines are known."""
        lines = self.scenario.lines
        return tuple((row, lines[row.item_id]) for row in self.placements.get(mission_id, ()) if row.item_id in lines)

    def bay_volume_m3(self, vehicle_type: str, pressurised: tuple[bool, ...] = (True, False)) -> float:
        """Volume of a type's bays [m3], of both kinds unless one is named."""
        bays = self.scenario.bays_of.get(vehicle_type, ())
        return math.fsum(bay.dx_m * bay.dy_m * bay.dz_m for bay in bays if bay.pressurised in pressurised)


def _first(rows: Iterable[tuple[str, PlannedMission]]) -> dict[str, PlannedMission]:
    found: dict[str, PlannedMission] = {}
    for name, row in rows:
        found.setdefault(name, row)
    return found
