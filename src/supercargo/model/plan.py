"""What a plan says: windows, flights, loads, boxes, stocks, money, KPIs. Each row type is one file of the plan folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from supercargo.kernel import Status, quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.demand import DIRECTIONS, FORMS
from supercargo.model.replanning import Change
from supercargo.model.risks import RiskRow
from supercargo.model.scenario import Scenario

__all__ = [
    "ACTIVITY_KINDS",
    "OUTCOMES",
    "Activity",
    "CostRow",
    "DemandSeries",
    "Ephemerides",
    "Flight",
    "InventoryRow",
    "Kpi",
    "LaunchWindow",
    "Load",
    "Manifest",
    "ManifestRow",
    "MissionBay",
    "OperationsPlan",
    "Placement",
    "PlannedMission",
    "Schedule",
    "StageReport",
    "StockNeed",
    "StowagePlan",
    "Unflown",
    "Untraced",
    "Violation",
    "Waiver",
]

OUTCOMES = ("", "docked", "lost")
ACTIVITY_KINDS = ("processing", "pad", "launch", "phasing", "dock", "unload", "load", "undock", "return")

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchWindow(_Checked):
    """One chance to lift off for a place from a pad: the instant, the steering window about it, its geometry."""

    destination: str = text("place")
    site: str = text("site")
    pad: str = text("pad")
    launcher: str = text("launcher")
    launch_utc: datetime = text("planned lift-off")
    opens_utc: datetime = text("first lift-off that steering allows")
    closes_utc: datetime = text("last lift-off that steering allows")
    sigma_s: float = quantity("s", "uncertainty of the instant, one sigma, from the node's drift", ge=0)
    node: str = text("pass of the pad through the plane", choices=("ascending", "descending", "catalogue"))
    azimuth_deg: float | None = quantity(
        "deg", "launch azimuth, Earth-fixed, from north over east", ge=0, le=360, default=None
    )
    plane_offset_deg: float | None = quantity("deg", "pad to plane at lift-off", ge=-90, le=90, default=None)
    phase_deg: float | None = quantity(
        "deg", "target ahead of the pad at lift-off; empty where unknown", ge=0, le=360, default=None
    )
    beta_deg: float | None = quantity("deg", "Sun above the target's plane", ge=-90, le=90, default=None)
    used_by: str = text("mission that uses it; empty: none", default="")
    transit_d: float | None = quantity("d", "lift-off to arrival of a listed opportunity", ge=0, default=None)
    route: str = text("way of a listed opportunity; empty: not told", default="")
    delta_v_m_s: float | None = quantity(
        "m/s", "spacecraft's own manoeuvres by a listed opportunity; empty: those of the place", ge=0, default=None
    )
    c3_km2_s2: float | None = quantity("km2/s2", "launch energy of a listed opportunity", ge=-100, le=300, default=None)
    sun_elevation_deg: float | None = quantity(
        "deg", "Sun above the horizon of the place at arrival; empty: unknown", ge=-90, le=90, default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight(_Checked):
    """One scheduled mission: which spacecraft, from where, to which port, and its instants."""

    mission_id: str = text("mission")
    vehicle_id: str = text("tail")
    vehicle_type: str = text("type")
    launcher: str = text("launcher")
    site: str = text("site")
    pad: str = text("pad")
    facility_id: str = text("processing facility")
    destination: str = text("place")
    port: str = text("docking place")
    processing_utc: datetime = text("enters processing")
    pad_utc: datetime = text("comes to the pad")
    launch_utc: datetime = text("lift-off")
    arrive_utc: datetime = text("docking or landing at the place")
    unload_start_utc: datetime = text("first piece moved")
    unload_end_utc: datetime = text("last instant set aside for unloading")
    load_start_utc: datetime = text("first piece of return cargo or trash moved")
    load_end_utc: datetime = text("last instant set aside for loading")
    depart_utc: datetime = text("undocking")
    end_utc: datetime = text("landing or destructive entry")
    unload_h_d: float = quantity("h", "crew hours a day while unloading and loading", ge=0)
    outcome: str = text(
        "empty: planned; what became of one that has flown (a lost one never saw its port)", choices=OUTCOMES, default=""
    )
    profile: str = text("way to the place: a profile or a listed route; empty: agreed, or neither is known", default="")
    way_delta_v_m_s: float | None = quantity(
        "m/s", "manoeuvres from insertion to contact by that way; empty: those of the place", ge=0, default=None
    )
    window_utc: datetime | None = text("planned lift-off of its window, where the way has one of its own", default=None)
    lift_kg: float | None = quantity("kg", "cargo that it can take by a listed route; empty: its upmass", ge=0, default=None)

    @property
    def lost(self) -> bool:
        """True for a flight that was lost before it docked; its instants after lift-off are those it was planned for."""
        return self.outcome == "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unflown(_Checked):
    """A contracted mission that the schedule does not fly, and why."""

    mission_id: str = text("mission")
    reason: str = text("why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Untraced(_Checked):
    """A mission that flies and has no orbit ephemeris message, and why."""

    mission_id: str = text("mission")
    reason: str = text("why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ephemerides:
    """Texts of orbit ephemeris messages by mission, and the missions without one."""

    messages: Mapping[str, str]
    untraced: tuple[Untraced, ...]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The missions that fly, in order of lift-off, and those that do not."""

    flights: tuple[Flight, ...]
    unflown: tuple[Unflown, ...] = ()

    @cached_property
    def flight_of(self) -> Mapping[str, Flight]:
        """Flights by mission."""
        return {flight.mission_id: flight for flight in self.flights}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(_Checked):
    """A use of a resource by a mission between two instants."""

    activity_id: str = text("name")
    mission_id: str = text("mission")
    kind: str = text("kind", choices=ACTIVITY_KINDS)
    resource_id: str = text("facility, SITE/PAD, tail, DESTINATION/PORT or DESTINATION")
    units: float = quantity("count", "units of the resource; crew hours a day for unload and load", ge=0)
    start_utc: datetime = text("start")
    end_utc: datetime = text("end")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSeries:
    """Expected use of one class at one place on each day of the horizon, with a 90 % band of the running total."""

    destination: str
    supply_class: str
    mean_kg: Series  # [day] kg drawn in the day
    low_kg: Series  # [day] kg drawn since the start, 5 % quantile
    high_kg: Series  # [day] kg drawn since the start, 95 % quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class StockNeed:
    """What must have been delivered to one place by the end of each day so that stock stays at or above reserve."""

    destination: str
    supply_class: str
    on_hand_kg: float
    reserve_kg: float
    need_kg: Series  # [day] kg delivered since the start, never falling


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(_Checked):
    """A line, or a part of a bulk line, that flies on a mission. `part` is 0 for a whole line, else 1, 2, ..."""

    item_id: str = text("line")
    part: int = quantity("count", "0: the whole line", ge=0)
    mission_id: str = text("mission; empty: left behind", default="")
    mass_kg: float = quantity("kg", "gross mass", ge=0)
    reason: str = text("why it was left behind", default="")

    @property
    def written_id(self) -> str:
        """ITEM, or ITEM#2 for the second part of a split line."""
        return f"{self.item_id}#{self.part}" if self.part else self.item_id


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Every line once: aboard a mission, or left behind with a reason."""

    loads: tuple[Load, ...]

    @cached_property
    def aboard(self) -> Mapping[str, tuple[Load, ...]]:
        """Loads by mission."""
        found: dict[str, list[Load]] = {}
        for load in self.loads:
            if load.mission_id:
                found.setdefault(load.mission_id, []).append(load)
        return {mission_id: tuple(loads) for mission_id, loads in found.items()}

    @property
    def left_behind(self) -> tuple[Load, ...]:
        """Loads without a mission."""
        return tuple(load for load in self.loads if not load.mission_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow(_Checked):
    """A line or part in the plan folder: where it flies, when it is delivered, or why it stays."""

    item_id: str = text("line, or ITEM#n for part n of a split line")
    direction: str = text("direction", choices=DIRECTIONS)
    form: str = text("form", choices=FORMS)
    mission_id: str = text("mission; empty: left behind")
    mass_kg: float = quantity("kg", "gross mass", ge=0)
    volume_m3: float = quantity("m3", "volume of all pieces; bulk 0", ge=0)
    customer: str = text("customer")
    due_utc: datetime | None = text("due", default=None)
    delivered_utc: datetime | None = text("up: end of its unloading; down, disposal: end of the mission", default=None)
    on_time: bool | None = text("delivered by the due date; empty without a due date", default=None)
    reason: str = text("why it was left behind", default="")
    pieces: float = quantity("count", "pieces", ge=0)
    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    contract_id: str = text("contract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(_Checked):
    """Where one piece stands: low corner and turned sizes in the bay's frame, and when it is taken out."""

    mission_id: str = text("mission")
    item_id: str = text("line")
    piece: int = quantity("count", "1 to the number of pieces", ge=1)
    bay: str = text("bay")
    x_m: float = quantity("m", "low corner, bay frame", ge=-1e-6)
    y_m: float = quantity("m", "low corner, bay frame", ge=-1e-6)
    z_m: float = quantity("m", "low corner, bay frame", ge=-1e-6)
    dx_m: float = quantity("m", "size along x as placed", ge=0)
    dy_m: float = quantity("m", "size along y as placed", ge=0)
    dz_m: float = quantity("m", "size along z as placed", ge=0)
    mass_kg: float = quantity("kg", "mass of the piece", ge=0)
    unload_order: int = quantity("count", "1 is taken out first, over the whole mission", ge=1)


@dataclass(frozen=True, kw_only=True)
class StowagePlan:
    """Every bag, box and unpressurised piece in its bay; `refused` names (mission, item) that found no room."""

    placements: tuple[Placement, ...]
    refused: tuple[tuple[str, str], ...] = ()

    @cached_property
    def of_mission(self) -> Mapping[str, tuple[Placement, ...]]:
        """Placements by mission."""
        found: dict[str, list[Placement]] = {}
        for placement in self.placements:
            found.setdefault(placement.mission_id, []).append(placement)
        return {mission_id: tuple(rows) for mission_id, rows in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionBay(_Checked):
    """A bay of the spacecraft that flies a mission, as in bays.csv of the scenario."""

    mission_id: str = text("mission")
    bay: str = text("bay")
    x0_m: float = quantity("m", "low corner, vehicle frame")
    y0_m: float = quantity("m", "low corner, vehicle frame")
    z0_m: float = quantity("m", "low corner, vehicle frame")
    dx_m: float = quantity("m", "size along x", ge=0)
    dy_m: float = quantity("m", "size along y", ge=0)
    dz_m: float = quantity("m", "size along z", ge=0)
    max_mass_kg: float = quantity("kg", "largest mass in the bay", ge=0)
    pressurised: bool = text("pressurised")
    cg_x_min_m: float = quantity("m", "lowest x of the centre of all placed cargo")
    cg_x_max_m: float = quantity("m", "highest x of that centre")
    cg_y_min_m: float = quantity("m", "lowest y of that centre")
    cg_y_max_m: float = quantity("m", "highest y of that centre")
    cg_z_min_m: float = quantity("m", "lowest z of that centre")
    cg_z_max_m: float = quantity("m", "highest z of that centre")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMission(_Checked):
    """A mission as planned: spacecraft, places, instants, loads against capacity, propellant, money."""

    mission_id: str = text("mission")
    vehicle_id: str = text("tail")
    vehicle_type: str = text("type")
    launcher: str = text("launcher")
    site: str = text("site")
    pad: str = text("pad")
    destination: str = text("place")
    port: str = text("docking place; empty: lost before docking")
    launch_utc: datetime = text("lift-off")
    arrive_utc: datetime | None = text("docking or landing at the place; empty: lost before", default=None)
    depart_utc: datetime | None = text("undocking; empty: lost before docking", default=None)
    end_utc: datetime = text("landing, destructive entry or loss")
    upmass_kg: float = quantity("kg", "cargo up, gross", ge=0)
    upmass_capacity_kg: float = quantity("kg", "largest cargo mass up", ge=0)
    upvolume_m3: float = quantity("m3", "volume of placed cargo", ge=0)
    downmass_kg: float = quantity("kg", "cargo brought back", ge=0)
    disposal_kg: float = quantity("kg", "trash taken away", ge=0)
    delta_v_m_s: float = quantity("m/s", "spacecraft's own manoeuvres, separation to end", ge=0)
    propellant_kg: float = quantity("kg", "propellant for them", ge=0)
    cost_usd: float = quantity("USD", "whole cost, furnished launch and spacecraft included", ge=0)
    price_usd: float = quantity("USD", "what the service earns: tariffs and milestone less penalties")
    facility_id: str = text("processing facility")
    upvolume_capacity_m3: float = quantity("m3", "volume of all bays", ge=0)
    late_load_kg: float = quantity("kg", "late-load cargo", ge=0)
    late_load_capacity_kg: float = quantity("kg", "largest late-load cargo", ge=0)
    service_cost_usd: float = quantity("USD", "the part that the logistics service bears", ge=0)
    furnished_by: str = text("customer that brings launch and spacecraft; empty: bought by the service")
    outcome: str = text("empty: planned; what became of a mission that has flown", choices=OUTCOMES, default="")
    profile: str = text(
        "way by which it arrives, of profiles.csv or a route of transfer_windows.csv; empty: agreed, or neither is known",
        default="",
    )

    @property
    def lost(self) -> bool:
        """True for a mission that lifted off and never docked."""
        return self.outcome == "lost"

    @property
    def docked_utc(self) -> tuple[datetime, datetime]:
        """Arrival and departure; of a mission that never docked a span of no length at its end."""
        return self.arrive_utc or self.end_utc, self.depart_utc or self.end_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRow(_Checked):
    """Stock of one class at one place at the end of a day."""

    destination: str = text("place")
    supply_class: str = text("class of supply", column="class")
    day_utc: datetime = text("the day, by its first instant")
    on_hand_kg: float = quantity("kg", "expected stock at the end of the day; below zero is a shortage")
    p05_kg: float = quantity("kg", "5 % quantile")
    p95_kg: float = quantity("kg", "95 % quantile")
    reserve_kg: float = quantity("kg", "reserve", ge=0)
    inbound_kg: float = quantity("kg", "delivered in the day", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow(_Checked):
    """A cost or a price, to the mission, customer and SCOR process that carry it. Revenue accounts start with `revenue`."""

    mission_id: str = text("mission; empty: not of one mission")
    customer: str = text("customer; empty: not of one customer")
    destination: str = text("place")
    account: str = text("account; `revenue:...` is earned, every other account is a cost")
    scor_process: str = text("SCOR process")
    plan_usd: float = quantity("USD", "amount; a penalty is a negative revenue")
    basis: str = text("how it was counted")
    paid_by: str = text("service, or the customer that furnishes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi(_Checked):
    """A KPI with its target, whether it is met, what it rests on and what weighs most in it."""

    kpi_id: str = text("K1 to K16")
    name: str = text("name")
    value: float | None = quantity("percent", "value; empty: no evidence", default=None)
    target: float | None = quantity("percent", "target", default=None)
    unit: str = text("unit")
    met: bool | None = text("target reached; empty: no evidence", default=None)
    basis: str = text("what it rests on", choices=("plan", "simulation", "operations", ""))
    causes: str = text("largest causes, or what evidence is missing")
    low: float | None = quantity("percent", "lower end of the interval; empty: no estimate", default=None)
    high: float | None = quantity("percent", "upper end of the interval", default=None)
    interval: str = text("how the interval was made", default="")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """A rule that a plan breaks: hard ones make it no plan unless waived by a named person."""

    rule: str
    object: str
    text: str
    hard: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(_Checked):
    """A named person's word that one broken rule is acceptable for one object."""

    rule: str = text("rule id")
    object: str = text("object as the referee names it; * for all")
    name: str = text("who waives")
    reason: str = text("why")
    at_utc: datetime = text("when")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """How well a stage did: status, objective and bound where it optimises, and a sentence."""

    stage: str
    status: Status
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    unit: str = ""
    note: str = ""
    fuse_blown: bool = False


@dataclass(frozen=True, kw_only=True)
class OperationsPlan:
    """The whole plan of a year, with the scenario it was made from."""

    scenario: Scenario
    windows: tuple[LaunchWindow, ...]
    missions: tuple[PlannedMission, ...]
    activities: tuple[Activity, ...]
    manifest: tuple[ManifestRow, ...]
    stowage: tuple[Placement, ...]
    bays: tuple[MissionBay, ...]
    inventory: tuple[InventoryRow, ...]
    costs: tuple[CostRow, ...]
    kpis: tuple[Kpi, ...] = ()
    risks: tuple[RiskRow, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    changes: tuple[Change, ...] = ()
    violations: tuple[Violation, ...] = ()
    unflown: tuple[Unflown, ...] = ()
    untraced: tuple[Untraced, ...] = ()
    stages: tuple[StageReport, ...] = ()
    seed: int = 0
    baseline: bool = False
    causes: tuple[str, ...] = field(default=())

    @property
    def recorded(self) -> bool:
        """True for a year that has been flown: each mission says what became of it."""
        return bool(self.missions) and all(mission.outcome for mission in self.missions)

    @cached_property
    def mission_named(self) -> Mapping[str, PlannedMission]:
        """Planned missions by name."""
        return {mission.mission_id: mission for mission in self.missions}
