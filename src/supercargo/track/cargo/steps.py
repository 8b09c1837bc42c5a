"""Steps of cargo's life: each is a command before it is judged, and what its event holds afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from supercargo.kernel import parse_utc, plain, quantity, text

__all__ = [
    "STEPS",
    "CheckSeal",
    "Consume",
    "Correct",
    "Counted",
    "Dock",
    "Enter",
    "HandOver",
    "Inspect",
    "Land",
    "Launch",
    "Load",
    "Move",
    "Observe",
    "Order",
    "Pack",
    "Plan",
    "Receive",
    "Register",
    "ReportDamage",
    "ReportLoss",
    "Return",
    "Seal",
    "Step",
    "Stow",
    "Transfer",
    "Trash",
    "Undock",
    "Unload",
    "Unseal",
    "said_of",
    "step_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that somebody says has happened to a thing; `command_id` is made by who says it, and names the event."""

    kind: ClassVar[str] = ""

    command_id: str = text("name of the event, made by who tells it")
    thing: str = text("cargo/ITEM or container/ID")
    at_utc: datetime = text("when it happened")
    by: str = text("person who tells it")
    note: str = text("remark", default="")
    claim: str = text("person whom a document names as its teller; nobody vouches for it", default="")
    sensors: tuple[Mapping[str, Any], ...] = text("sensor elements of EPCIS, as they came", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Step):
    """A step at which things may be counted and weighed."""

    pieces: float | None = quantity("count", "pieces counted; empty: not counted", ge=0, default=None)
    mass_kg: float | None = quantity("kg", "gross mass weighed; empty: not weighed", ge=0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Counted):
    """A step after which a thing is elsewhere, in a container or at a place."""

    where: str = text("container/ID, or a place such as place/ISS")
    taker: str = text("who holds it from now on; empty: as before", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Step):
    """A released plan flies an item: what it expects of it, and when."""

    kind: ClassVar[str] = "planned"
    customer: str = text("whose cargo it is")
    direction: str = text("up, down or disposal", choices=("up", "down", "disposal"))
    pieces: float = quantity("count", "pieces", ge=0)
    mass_kg: float = quantity("kg", "gross mass", ge=0)
    mission: str = text("mission that flies it")
    destination: str = text("place it goes to or comes from")
    plan: str = text("plan, by its digest")
    supply_class: str = text("class of supply", default="")
    journey: tuple[Mapping[str, str], ...] = text("expected steps: step, where, at_utc", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Step):
    """An item is ordered: from now on its supplier holds it."""

    kind: ClassVar[str] = "ordered"
    customer: str = text("whose cargo it is")
    supplier: str = text("who supplies it")
    order_no: str = text("number of the order")
    pieces: float = quantity("count", "pieces ordered", ge=0)
    mass_kg: float = quantity("kg", "gross mass ordered", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Step):
    """A container is made known: a bag, a spacecraft, one of its bays, a rack."""

    kind: ClassVar[str] = "registered"
    sort: str = text("what it is", choices=("bag", "box", "bay", "vehicle", "rack", "module"))
    where: str = text("place, or the container it is part of")
    custodian: str = text("who holds it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Move):
    """An item comes in and is counted; `taker` holds it from now on."""

    kind: ClassVar[str] = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect(Counted):
    """An item is looked at, counted or weighed."""

    kind: ClassVar[str] = "inspected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack(Move):
    """A thing is put into a bag or box."""

    kind: ClassVar[str] = "packed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Move):
    """A thing is put into a spacecraft or its bay, to fly up or home."""

    kind: ClassVar[str] = "loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unload(Move):
    """A thing is taken out of what it was in, on the ground."""

    kind: ClassVar[str] = "unloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trash(Move):
    """A thing is put into a spacecraft that will burn."""

    kind: ClassVar[str] = "trashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch(Move):
    """A spacecraft lifts off."""

    kind: ClassVar[str] = "launched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dock(Move):
    """A spacecraft is at a port."""

    kind: ClassVar[str] = "docked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undock(Move):
    """A spacecraft leaves its port."""

    kind: ClassVar[str] = "undocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Land(Move):
    """A spacecraft is back on Earth."""

    kind: ClassVar[str] = "landed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Move):
    """A spacecraft burns at entry, with all inside."""

    kind: ClassVar[str] = "entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Move):
    """A thing is carried across the hatch."""

    kind: ClassVar[str] = "transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stow(Move):
    """A thing is put in its place in the station."""

    kind: ClassVar[str] = "stowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Move):
    """A thing that has flown is handed over on the ground."""

    kind: ClassVar[str] = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consume(Step):
    """A part of an item, or all that is left, is used up; what becomes of it may be an item of waste."""

    kind: ClassVar[str] = "consumed"
    mass_kg: float | None = quantity("kg", "mass used up; empty: all that is left", ge=0, default=None)
    waste: str = text("item that holds what remains of it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal(Step):
    """A seal is put on."""

    kind: ClassVar[str] = "sealed"
    number: str = text("number of the seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseal(Step):
    """A seal is taken off on purpose."""

    kind: ClassVar[str] = "unsealed"
    number: str = text("number of the seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeal(Step):
    """Somebody looks at a seal; `seen` is the number that was read, empty where none could be."""

    kind: ClassVar[str] = "seal_checked"
    number: str = text("number the seal should have")
    found: str = text("how it was found", choices=("intact", "broken", "missing"))
    seen: str = text("number that was read", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Step):
    """Custody of a thing, and of all inside, passes from one to another."""

    kind: ClassVar[str] = "handed_over"
    giver: str = text("who held it")
    taker: str = text("who holds it from now on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDamage(Step):
    """A thing is found damaged."""

    kind: ClassVar[str] = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLoss(Step):
    """A thing is lost, with all inside."""

    kind: ClassVar[str] = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe(Step):
    """A thing is measured or seen; nothing changes."""

    kind: ClassVar[str] = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Step):
    """An event is declared wrong, or was left out; the log keeps what it said.

    `wrong` names the event (empty: none, something is told late), `instead` is the step that is true (None: nothing happened).
    """

    kind: ClassVar[str] = "corrected"
    reason: str = text("why")
    wrong: str = text("event declared wrong; empty: one was left out", default="")
    instead: Step | None = text("what really happened", default=None)


STEPS: Mapping[str, type[Step]] = {
    step.kind: step
    for step in (
        Plan, Order, Register, Receive, Inspect, Pack, Seal, Unseal, CheckSeal, Load, Unload, Launch, Dock, Transfer, Stow,
        Consume, Trash, Undock, Land, Enter, Return, HandOver, ReportDamage, ReportLoss, Observe, Correct,
    )
}  # fmt: skip
"""Every kind of step by the kind of its event."""

_NOT_SAID = frozenset({"command_id", "thing", "at_utc", "by"})


def said_of(step: Step) -> dict[str, Any]:
    """What a step says beyond who, what and when: the body of its event, without what is empty."""
    said: dict[str, Any] = {}
    kind: Any = type(step)
    for name, default, is_number in _said(kind):
        value = getattr(step, name)
        if value == default:
            continue
        if is_number:
            value = float(value)
        if isinstance(value, Step):
            value = {"kind": value.kind, "at_utc": value.at_utc, "body": said_of(value)}
        said[name] = plain(value)
    return said


@cache
def _said(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """What a kind of step says in its body: name, what it is left out for, and whether it is a quantity."""
    told = [declared for declared in dataclasses.fields(kind) if declared.name not in _NOT_SAID]
    return tuple((declared.name, declared.default, "unit" in declared.metadata) for declared in told)


def step_of(kind: str, said: Mapping[str, Any], **named: Any) -> Step:
    """The step that an event's body says; `named` gives command_id, thing, at_utc and by."""
    wanted = STEPS[kind]
    known = {declared.name for declared in dataclasses.fields(wanted)}
    values: dict[str, Any] = {name: value for name, value in said.items() if name in known}
    for name in ("sensors", "journey"):
        if name in values:
            values[name] = tuple(values[name])
    if isinstance(instead := values.get("instead"), Mapping):
        true = {**named, "at_utc": parse_utc(instead["at_utc"])}
        values["instead"] = step_of(instead["kind"], instead["body"], **true)
    return wanted(**values, **named)
