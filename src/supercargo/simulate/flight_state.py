"""A year in flight as it stands: missions on their dates, cargo on its way, what is still to be done, what was counted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from supercargo.kernel import ScenarioError
from supercargo.model import Future, LaunchWindow, ManifestRow, OperationsPlan, PlannedMission
from supercargo.model.replanning import Event
from supercargo.simulate.flight_dates import Dated, Yard
from supercargo.simulate.flight_doings import Flown, Names
from supercargo.simulate.odds import StockUse
from supercargo.track.missions.phases import GROUND_PHASES, PLANNED

__all__ = [
    "KEEP",
    "PLANNERS",
    "RANK",
    "REPLAN",
    "Call",
    "Craft",
    "Parcel",
    "Policy",
    "Spans",
    "Store",
    "Tally",
    "Year",
    "spans_of",
]

KEEP, REPLAN = "keep", "replan"
PLANNERS = (REPLAN, KEEP)
"""replan: a new plan where one is needed. keep: the plan is kept, what is late moves to the right."""

RANK = {
    name: rank
    for rank, name in enumerate(
        (
            "news", "receive", "processing", "gate", "overrun", "load", "pad", "late load", "procedure", "poll", "countdown",
            "launch", "ascent", "dock", "unload", "deliver", "loading", "depart", "end", "work", "case", "stock", "review",
            "settle",
        )
    )
}  # fmt: skip
"""What comes first of what is done at one instant."""

Span = tuple[datetime, datetime]
Spans = Mapping[str, Span]
Call = Callable[["Year", datetime, str], Flown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who decides, and when a new plan is asked for."""

    by: str
    planner: str = REPLAN
    apart: timedelta = timedelta(days=75)  # between two new plans, a loss or a port out apart
    most_replans: int = 6
    kept_replans: int = 2  # of these, for losses and ports out alone
    late_lines: int = 10  # lines that a slip makes late before it asks for a new plan
    until_utc: datetime | None = None

    def __post_init__(self) -> None:
        if self.planner not in PLANNERS:
            fix = f"use one of: {', '.join(PLANNERS)}"
            raise ScenarioError(f"there is no planner {self.planner!r}", fix=fix, where="--planner")


@dataclass(slots=True)
class Craft:
    """A mission: its row in the plan in force, its date as it stands, how far it has come."""

    row: PlannedMission
    spans: Spans  # activities of the row by kind
    launch_utc: datetime
    committed_utc: datetime  # lift-off by the first plan
    not_before_utc: datetime
    phase: str = PLANNED
    turn: int = 0  # doings of an earlier turn are no longer done
    done: set[str] = field(default_factory=set)  # gates passed, procedures signed
    begun_utc: datetime | None = None  # processing
    slips_count: int = 0
    tail_lost: bool = False
    life: int = 0  # how often it was withdrawn before

    @property
    def name(self) -> str:
        """Mission."""
        return self.row.mission_id

    @property
    def words(self) -> tuple[str, ...]:
        """What names of acts on it begin with: one that is opened again after it was withdrawn begins anew."""
        return (self.name, f"again-{self.life}") if self.life else (self.name,)

    @property
    def late(self) -> timedelta:
        """How much later than its row."""
        return self.launch_utc - self.row.launch_utc

    @property
    def on_ground(self) -> bool:
        """True until lift-off, of a mission that a plan flies."""
        return self.phase in GROUND_PHASES

    @property
    def lost(self) -> bool:
        """True once it is lost."""
        return self.phase == "lost"

    def span(self, kind: str) -> Span:
        """An activity as it stands."""
        start, end = self.spans.get(kind, (self.row.launch_utc, self.row.launch_utc))
        return start + self.late, end + self.late

    @property
    def dated(self) -> Dated:
        """The mission at its date."""
        row = self.row
        pad = self.spans.get("pad", (row.launch_utc, row.launch_utc))[0]
        processing = self.spans.get("processing", (pad, pad))[0]
        return Dated(
            row=row,
            launch_utc=self.launch_utc,
            stacked=row.launch_utc - pad,
            prepared=row.launch_utc - processing,
            flown=not self.on_ground,
            lost=self.lost,
        )


@dataclass(slots=True)
class Parcel:
    """A line or part: its row in the plan in force, where it is, and what it is in."""

    row: ManifestRow
    state: str = "expected"  # expected, received, packed, loaded, stowed, consumed, gone
    site: str = ""
    box: str = ""
    place: str = ""  # container it is in, where that is no box
    mission_id: str = ""  # mission that it is packed or loaded for
    mass_kg: float = 0.0  # as the record has it
    delivered_utc: datetime | None = None
    damaged: bool = False
    told_utc: datetime | None = None  # last step
    stowed_by: str = ""  # event by which it is delivered

    @property
    def item_id(self) -> str:
        """Line or part."""
        return self.row.item_id


@dataclass(slots=True)
class Store:
    """A stock: what was there at the start, and lines delivered since, the oldest first."""

    use: StockUse
    opening_kg: float
    lots: list[str] = field(default_factory=list)

    def on_hand_kg(self, parcels: Mapping[str, Parcel]) -> float:
        """Stock as it stands [kg]."""
        return self.opening_kg + sum(parcels[name].mass_kg for name in self.lots)


@dataclass(slots=True)
class Tally:
    """What has been counted on the way."""

    flown: set[str] = field(default_factory=set)
    slipped: set[str] = field(default_factory=set)
    slips_count: int = 0
    lost: list[str] = field(default_factory=list)
    delivered: dict[str, datetime] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)  # came too late for their ship
    rebooked: set[str] = field(default_factory=set)  # went on a later one without a new plan
    replans: list[tuple[datetime, str]] = field(default_factory=list)
    refused_replans: list[tuple[datetime, str]] = field(default_factory=list)
    port_outs_count: int = 0
    standdowns_count: int = 0
    overruns_count: int = 0
    incidents_count: int = 0
    conflicts_count: int = 0
    work_orders_count: int = 0
    consumed_kg: float = 0.0
    short_kg: float = 0.0


@dataclass
class Year:
    """The whole year in flight."""

    plan: OperationsPlan
    future: Future
    policy: Policy
    start_utc: datetime
    yard: Yard
    names: Names
    crafts: dict[str, Craft] = field(default_factory=dict)
    parcels: dict[str, Parcel] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)  # box -> container it is loaded in, empty: on the ground
    sealed: dict[str, str] = field(default_factory=dict)  # box -> number of its seal
    stocks: dict[tuple[str, str], Store] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)  # lines that missed their ship
    tally: Tally = field(default_factory=Tally)
    news: list[Event] = field(default_factory=list)  # events that no plan takes in yet
    reasons: list[str] = field(default_factory=list)
    replanned_utc: datetime | None = None
    shifted: set[tuple[str, str]] = field(default_factory=set)  # stocks whose use a plan has taken in
    extra_windows: dict[str, LaunchWindow] = field(default_factory=dict)
    seals_count: int = 0
    coming: list[tuple[datetime, str]] = field(default_factory=list)  # lines on their way to the launch site, the first first
    released: dict[str, datetime] = field(default_factory=dict)  # release of lines by the first plan
    box_of: dict[str, str] = field(default_factory=dict)  # box -> mission
    told: dict[str, datetime] = field(default_factory=dict)  # box -> its last step
    used: dict[str, int] = field(default_factory=dict)  # names of steps -> how often
    first_site: str = ""
    reserves: dict[tuple[str, str], float] = field(default_factory=dict)  # kg
    calls: dict[str, Call] = field(default_factory=dict)  # what news leads to
    _agenda: list[tuple[datetime, int, int, str, int, Call]] = field(default_factory=list)
    _pushed: int = 0

    @property
    def end_utc(self) -> datetime:
        """End of the horizon: what has not lifted off by then does not fly in this year."""
        return self.plan.scenario.settings.end_utc

    def push(self, at_utc: datetime, rank: int, call: Call, name: str = "", *, turn: int = -1) -> None:
        """Have something done at an instant; of one instant the lower rank comes first."""
        self._pushed += 1
        heapq.heappush(self._agenda, (at_utc.replace(microsecond=0), rank, self._pushed, name, turn, call))

    def pop(self) -> tuple[datetime, str, Call] | None:
        """What is done next; None where nothing is left."""
        while self._agenda:
            at, _, _, name, turn, call = heapq.heappop(self._agenda)
            if turn < 0 or self.crafts[name].turn == turn:
                return at, name, call
        return None

    def aboard(self, mission_id: str, *directions: str) -> tuple[ManifestRow, ...]:
        """Rows that the plan in force has aboard a mission."""
        return tuple(row for row in self.manifest_of.get(mission_id, ()) if row.direction in directions)

    @cached_property
    def manifest_of(self) -> dict[str, tuple[ManifestRow, ...]]:
        """Rows of the plan in force by mission, lines that went on another ship with that one."""
        found: dict[str, list[ManifestRow]] = {}
        for row in self.plan.manifest:
            if row.mission_id:
                found.setdefault(row.mission_id, []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def bay_of(self) -> dict[tuple[str, str], str]:
        """Bay of each line on a mission: the first by name that holds a piece of it."""
        found: dict[tuple[str, str], str] = {}
        for place in sorted(self.plan.stowage, key=lambda place: place.bay):
            found.setdefault((place.mission_id, place.item_id), place.bay)
        return found

    @cached_property
    def _stock_planned(self) -> dict[tuple[str, str, datetime], float]:
        return {(row.destination, row.supply_class, row.day_utc): row.on_hand_kg for row in self.plan.inventory}

    def planned_kg(self, key: tuple[str, str], at_utc: datetime) -> float:
        """Stock that the plan in force expects at the end of the day before [kg]; 0 where it says nothing."""
        day = (at_utc - timedelta(seconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return self._stock_planned.get((*key, day), 0.0)

    def adopt(self, plan: OperationsPlan) -> None:
        """Follow another plan from here on."""
        self.plan = plan
        for name in ("manifest_of", "bay_of", "_stock_planned"):
            self.__dict__.pop(name, None)

    def ground(self) -> Iterator[Craft]:
        """Missions that have not lifted off, in order of their dates."""
        return iter(sorted((c for c in self.crafts.values() if c.on_ground), key=lambda c: (c.launch_utc, c.name)))


def spans_of(plan: OperationsPlan) -> dict[str, dict[str, Span]]:
    """Activities of each mission by kind."""
    found: dict[str, dict[str, Span]] = {}
    for row in plan.activities:
        found.setdefault(row.mission_id, {})[row.kind] = (row.start_utc, row.end_utc)
    return found
