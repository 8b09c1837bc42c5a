"""What upsets a plan that is being flown, and what a new plan changes in the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from supercargo.kernel import format_utc, quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.demand import CargoLine

__all__ = ["Change", "DemandShift", "Disturbance", "Event", "Loss", "PortOut", "Slip", "Standdown", "Urgent"]


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


Event = Slip | Loss | Standdown | PortOut | Urgent | DemandShift


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """How far a new plan departs from the old one, and the price."""

    events: tuple[str, ...]
    as_of_utc: datetime
    flown_count: int  # missions flown before, which stay as they were
    later_count: int  # missions of the old plan that had yet to fly
    moved: tuple[str, ...]  # other missions with a new lift-off, port, spacecraft, launcher or pad, or none
    struck: tuple[str, ...]  # missions that the events name or ground
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
    why_more: str  # why more than the share of missions that is looked for had to move; empty: it had not

    @property
    def moved_percent(self) -> float:
        """Other missions moved, of those that had yet to fly [percent]."""
        return 100.0 * len(self.moved) / self.later_count if self.later_count else 0.0
