"""What upsets a plan that is being flown, and what a new plan changes in the old one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from supercargo.kernel import format_utc, quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.demand import CargoLine
from supercargo.model.scenario import Scenario

__all__ = [
    "DEPARTURE_PARTS",
    "Change",
    "CustomerService",
    "DemandShift",
    "Departure",
    "Disturbance",
    "Event",
    "Loss",
    "MissionMoved",
    "PortOut",
    "RankedOption",
    "RowChange",
    "Slip",
    "Standdown",
    "TablesEdited",
    "Urgent",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip(_Checked):
    """A mission can't lift off before its planned instant plus a delay."""

    mission_id: str = text("mission")
    delay_s: int = quantity("s", "lift-off not before the planned one plus this", ge=1, le=400 * 86_400)

    @property
    def delay(self) -> timedelta:
        """The delay as a span."""
        return timedelta(seconds=self.delay_s)

    def __str__(self) -> str:
        return f"{self.mission_id} slips by {self.delay_s / 86_400:g} d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(_Checked):
    """A mission is lost after its lift-off and before it docks, with all that is aboard."""

    mission_id: str = text("mission")

    def __str__(self) -> str:
        return f"{self.mission_id} is lost before docking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standdown(_Checked):
    """No launcher and no spacecraft of a family lifts off between two instants."""

    family: str = text("first words of the names of launchers or types of spacecraft")
    launchers: tuple[str, ...] = text("launchers that it grounds")
    vehicle_types: tuple[str, ...] = text("types of spacecraft that it grounds")
    from_utc: datetime = text("from")
    to_utc: datetime = text("until")

    def __str__(self) -> str:
        return f"{self.family} stands down from {format_utc(self.from_utc)} to {format_utc(self.to_utc)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortOut(_Checked):
    """A port can't be used between two instants."""

    destination: str = text("place")
    port: str = text("docking place")
    from_utc: datetime = text("from")
    to_utc: datetime = text("until")

    def __str__(self) -> str:
        return f"{self.destination}/{self.port} is out from {format_utc(self.from_utc)} to {format_utc(self.to_utc)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """Lines that have to fly on the earliest mission that can take them."""

    file: str
    lines: tuple[CargoLine, ...]

    def __str__(self) -> str:
        return f"{len(self.lines)} urgent line{'' if len(self.lines) == 1 else 's'} of {self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandShift(_Checked):
    """A place uses more or less of a class of supply than was expected."""

    supply_class: str = text("class of supply")
    destination: str = text("place")
    share: float = quantity("fraction", "change of the use", ge=-1, le=5)

    def __str__(self) -> str:
        return f"use of {self.supply_class} at {self.destination} changes by {100 * self.share:+g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange(_Checked):
    """What somebody has edited in a table of a scenario: one cell, or a whole row that came or went."""

    file: str = text("file of the scenario")
    key: str = text("what names the row; of scenario.toml the key")
    column: str = text("column; empty: the whole row")
    before: str = text("as it was; empty: there was nothing")
    after: str = text("as it is; empty: there is nothing")

    @property
    def came(self) -> bool:
        """Whether a whole row is new."""
        return not self.column and not self.before

    @property
    def went(self) -> bool:
        """Whether a whole row is gone."""
        return not self.column and not self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesEdited:
    """Tables of the scenario are other ones: what was edited, and the scenario as it is now."""

    source: str
    scenario: Scenario
    changes: tuple[RowChange, ...]

    def names(self, file: str) -> frozenset[str]:
        """Rows of a file that were edited, taken out or added."""
        return frozenset(one.key for one in self.changes if one.file == file)

    def __str__(self) -> str:
        rows: dict[str, set[str]] = {}
        for one in self.changes:
            rows.setdefault(one.file, set()).add(one.key)
        told = ", ".join(f"{len(keys):,} of {file}" for file, keys in rows.items())
        return f"rows are edited by {self.source}: {told}"


Event = Slip | Loss | Standdown | PortOut | Urgent | DemandShift | TablesEdited


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(_Checked):
    """What a new plan changes in the old one: of which object, from what to what, why, and what it costs the service."""

    object: str = text("mission, line, or event as EVENT n")
    field: str = text("what changes")
    before: str = text("in the old plan; empty: nothing")
    after: str = text("in the new plan; empty: nothing")
    why: str = text("event or conflict that asks for it")
    cost_usd: float = quantity("USD", "revenue lost and cost added; below zero: gained")
    customer: str = text("whose cargo or mission it is; empty: nobody's alone")
    conflict: str = text("conflict of the coordination log that the new plan resolves; empty: none is named", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure(_Checked):
    """What a new plan costs against the old one, part by part; answers to the same events are ranked by the sum."""

    margin_usd: float = quantity("USD", "margin that the service loses; below zero: gains")
    moved_usd: float = quantity(
        "USD", "other lift-offs, ports, sites and ships, and consents, at the prices of a departure", ge=0
    )
    bumped_usd: float = quantity("USD", "lines taken off the mission that they were booked on", ge=0)
    service_usd: float = quantity("USD", "worth of service lost on lines that come late or stay behind; below zero: gained")
    unflown_usd: float = quantity("USD", "worth of missions that do not fly any more; below zero: more fly")
    waiting_usd: float = quantity("USD", "days that urgent lines wait for their delivery", ge=0)

    @property
    def total_usd(self) -> float:
        """The sum of the parts [USD]."""
        parts = (self.margin_usd, self.moved_usd, self.bumped_usd, self.service_usd, self.unflown_usd, self.waiting_usd)
        return round(math.fsum(parts), 2)


DEPARTURE_PARTS: Mapping[str, str] = {
    "margin_usd": "margin lost",
    "moved_usd": "flights moved",
    "bumped_usd": "lines bumped",
    "service_usd": "service lost",
    "unflown_usd": "missions not flown",
    "waiting_usd": "urgent lines waiting",
}
"""Parts of the price of a departure, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerService(_Checked):
    """What a new plan does to one customer: lines up with a due date that come by it, and what the service owes for others."""

    customer: str = text("customer")
    due_before_count: int = quantity("count", "lines up with a due date in the old plan", ge=0)
    due_after_count: int = quantity("count", "the same in the new plan", ge=0)
    on_time_before_count: int = quantity("count", "of these, lines that come by their date in the old plan", ge=0)
    on_time_after_count: int = quantity("count", "the same in the new plan", ge=0)
    penalties_before_usd: float = quantity("USD", "penalties owed in the old plan for what is late or left behind", ge=0)
    penalties_after_usd: float = quantity("USD", "the same in the new plan", ge=0)
    cost_usd: float = quantity("USD", "margin lost on its lines and missions; below zero: gained")

    @property
    def before_percent(self) -> float | None:
        """K3 of the customer's lines in the old plan [percent]; None without a line that is due."""
        return 100.0 * self.on_time_before_count / self.due_before_count if self.due_before_count else None

    @property
    def after_percent(self) -> float | None:
        """K3 of the customer's lines in the new plan [percent]; None without a line that is due."""
        return 100.0 * self.on_time_after_count / self.due_after_count if self.due_after_count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionMoved:
    """A mission that departs from the old plan, at both of its dates and ports; None and empty where it does not fly."""

    mission_id: str
    struck: bool  # by the event itself
    before_utc: tuple[datetime, datetime, datetime] | None  # lift-off, docking, departure
    after_utc: tuple[datetime, datetime, datetime] | None
    port_before: str
    port_after: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """How far a new plan departs from the old one, and the price."""

    events: tuple[str, ...]
    as_of_utc: datetime
    flown_count: int  # missions flown before, which stay as they were
    later_count: int  # missions of the old plan that had yet to fly
    moved: tuple[str, ...]  # other missions with a new lift-off, port, spacecraft, launcher or pad, or none
    struck: tuple[str, ...]  # missions that the events name or ground
    unflown: tuple[str, ...]  # missions of the old plan that do not fly any more, struck or not
    unflown_why: tuple[str, ...]  # of each of them, one sentence
    consents: tuple[str, ...]  # missions that leave their contracted period
    lines_moved_count: int
    lines_left_count: int  # flew in the old plan, stay behind now
    lines_gained_count: int  # stayed behind in the old plan, fly now
    on_time_before_percent: float | None
    on_time_after_percent: float | None
    cost_usd: float  # margin of the service lost
    customers_usd: tuple[tuple[str, float], ...]  # by customer, the dearest first
    conflicts: tuple[str, ...]  # what stood in the way of the old plan
    placed: tuple[str, ...]  # urgent lines: where they fly, and what gives way
    departure: Departure  # the price of it all, part by part
    services: tuple[CustomerService, ...]  # every customer with a line up that is due, or that pays or gains
    missions: tuple[MissionMoved, ...]  # all that depart, struck ones first
    lines_late_count: int  # lines up that came by their date in the old plan and do not now, left behind counted late
    why_more: str  # why more than the share of missions that is looked for had to move; empty: it had not

    @property
    def moved_percent(self) -> float:
        """Other missions moved, of those that had yet to fly [percent]."""
        return 100.0 * len(self.moved) / self.later_count if self.later_count else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedOption(_Checked):
    """One answer among several to the same events, as it stands in options.csv."""

    option: str = text("name of the option and of its plan folder")
    way: str = text("kind of answer")
    title: str = text("what is done")
    price_usd: float = quantity("USD", "sum of the parts of the departure, by which options are ranked")
    hard_count: int = quantity("count", "hard rules broken and not waived, which rank before the price", ge=0)
    unflown_count: int = quantity("count", "missions that flew before and do not fly any more", ge=0)
    moved_count: int = quantity("count", "missions that move beside those that the events strike", ge=0)
    consent_count: int = quantity("count", "missions that leave their contracted period with consent", ge=0)
    customers_count: int = quantity("count", "customers with other money or service than before", ge=0)
    lines_late_count: int = quantity("count", "lines up that came by their date before and do not now", ge=0)
    lines_moved_count: int = quantity("count", "lines on other missions", ge=0)
    lines_left_count: int = quantity("count", "lines that flew before and stay behind", ge=0)
    delay_d: float = quantity("d", "largest delay of the lift-off of a mission that flies")
    margin_usd: float = quantity("USD", "margin that the service loses; below zero: gains")
    moved_usd: float = quantity("USD", "price of flights moved, consents among them")
    bumped_usd: float = quantity("USD", "price of lines bumped")
    service_usd: float = quantity("USD", "worth of service lost; below zero: gained")
    unflown_usd: float = quantity("USD", "worth of missions not flown")
    waiting_usd: float = quantity("USD", "price of days that urgent lines wait")
    moved: tuple[str, ...] = text("missions that move beside those struck")
    unflown: tuple[str, ...] = text("missions that do not fly any more")
    why: str = text("why it stands where it does")
