"""What is known of a thing, folded from its stream; a correction takes one fact out and may put another in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import reduce
from operator import attrgetter
from typing import Any

from supercargo.kernel import parse_utc
from supercargo.track.cargo.stages import EXPECTED, OBSERVATIONS
from supercargo.track.envelope import Recorded

__all__ = [
    "Fact",
    "Life",
    "Thing",
    "applied",
    "chain_of",
    "comes_late",
    "custodian_of",
    "fact_of",
    "folded",
    "stage_of",
    "standing_facts",
]

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one event says of a thing: kind, body, when it happened, and the event's place in the stream."""

    event_id: str
    kind: str
    body: Mapping[str, Json]
    at_utc: datetime
    by: str
    version: int
    recorded_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An item or a container as its own events leave it; what happens to the container it is in stands there.

    `stage_utc`, `since_utc` are when it came to its stage and its place; `told_utc` is its last change of any kind but an
    observation or a plan. Masses are gross [kg]; `mass_kg` is what is left.
    """

    name: str
    sort: str = "item"
    tenant: str = ""
    stage: str = ""
    stage_utc: datetime | None = None
    where: str = ""
    since_utc: datetime | None = None
    custodian: str = ""
    held_utc: datetime | None = None
    pieces: float = 0.0
    mass_kg: float = 0.0
    mission: str = ""
    direction: str = ""
    destination: str = ""
    journey: tuple[Mapping[str, str], ...] = ()
    seals: tuple[str, ...] = ()
    damaged: bool = False
    told_utc: datetime | None = None

    @property
    def inside(self) -> str:
        """The container it is directly in; empty: none."""
        return self.where if self.where.startswith("container/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A stream as it stands: every fact, those declared wrong, and what follows from the others."""

    now: Thing
    facts: tuple[Fact, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, name: str, events: Iterable[Recorded] = ()) -> Life:
        """The life of a thing from its stream."""
        life = cls(now=Thing(name=name))
        for event in events:
            life = life.after(event)
        return life

    def after(self, event: Recorded) -> Life:
        """The life with one more event; never refuses."""
        return self.with_fact(fact_of(event), event.tenant)

    def with_fact(self, fact: Fact, tenant: str) -> Life:
        """The life with one more fact, told by an event of a tenant; never refuses."""
        facts = (*self.facts, fact)
        if fact.kind == "corrected" or comes_late(self.now, fact):
            now = folded(self.now.name, standing_facts(facts), tenant=self.now.tenant or tenant)
        else:
            now = applied(self.now, fact, tenant=tenant)
        return Life(now=now, facts=facts, version=fact.version)

    def at(self, instant: datetime) -> Thing:
        """The thing as it was at an instant, by what is known now."""
        known = (fact for fact in standing_facts(self.facts) if fact.at_utc <= instant)
        return folded(self.now.name, known, tenant=self.now.tenant)


def fact_of(event: Recorded) -> Fact:
    """The fact that an event states."""
    return Fact(
        event_id=event.event_id, kind=event.kind, body=event.body, at_utc=event.occurred_utc, by=event.by,
        version=event.version, recorded_utc=event.recorded_utc,
    )  # fmt: skip


def comes_late(thing: Thing, fact: Fact) -> bool:
    """Whether a change is told behind one that happened after it."""
    return fact.kind not in OBSERVATIONS and thing.told_utc is not None and fact.at_utc < thing.told_utc


def standing_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that hold, in order of when they happened: none declared wrong, each correction's own in its place.

    The plan that opened a thing comes first, whenever it was released: what really happened may be older.
    """
    told = tuple(facts)
    anew: dict[str, Any] = {}
    for fact in told:
        anew |= fact.body.get("anew", {}) if fact.kind == "corrected" else {}
    wrong = {str(fact.body.get("wrong", "")) for fact in told if fact.kind == "corrected"}
    holding = (_said_instead(fact) if fact.kind == "corrected" else fact for fact in told if fact.event_id not in wrong)
    true = (
        replace(fact, body={**fact.body, "after": anew[fact.event_id]}) if fact.event_id in anew else fact
        for fact in holding
        if fact is not None
    )
    return tuple(sorted(true, key=lambda fact: (not _opens(fact), fact.at_utc, fact.version)))


def _opens(fact: Fact) -> bool:
    return fact.kind == "planned" and fact.body.get("after", {}).get("stage") in EXPECTED


def _said_instead(fact: Fact) -> Fact | None:
    instead = fact.body.get("instead")
    if instead is None:
        return None
    return replace(fact, kind=instead["kind"], body=instead["body"], at_utc=parse_utc(instead["at_utc"]))


def folded(name: str, facts: Iterable[Fact], *, tenant: str = "") -> Thing:
    """A thing from facts in their order."""
    return reduce(applied, facts, Thing(name=name, tenant=tenant))


_NAMES = tuple(declared.name for declared in fields(Thing))
_values = attrgetter(*_NAMES)


def applied(thing: Thing, fact: Fact, *, tenant: str = "") -> Thing:
    """The thing after a fact; one that has no tenant yet gets that of the event; never refuses."""
    body, after = fact.body, fact.body.get("after", {})
    changes: dict[str, Any] = dict(zip(_NAMES, _values(thing), strict=True))
    if tenant and not thing.tenant:
        changes["tenant"] = tenant
    changes |= _FACTS.get(fact.kind, _nothing)(thing, body)
    if "where" in body and not (fact.kind == "registered" and thing.stage):
        changes |= {"where": body["where"], "since_utc": fact.at_utc}
    if "stage" in after and not (fact.kind == "planned" and thing.stage):
        changes |= {"stage": after["stage"], "stage_utc": fact.at_utc}
    if after.get("custodian", thing.custodian) != thing.custodian:
        changes |= {"custodian": after["custodian"], "held_utc": fact.at_utc}
    if fact.kind not in OBSERVATIONS and fact.kind != "planned":
        changes["told_utc"] = fact.at_utc
    return Thing(**changes)


def _nothing(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {}


def _planned(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    plan = {
        "direction": body["direction"],
        "destination": body["destination"],
        "mission": body["mission"],
        "journey": tuple(body.get("journey", ())),
    }
    if thing.stage and thing.stage not in EXPECTED:
        return plan  # what has been ordered or handled weighs what was found, whatever is planned anew
    place = {"where": f"place/{body['destination']}"} if body["direction"] != "up" else {}
    return {**plan, **place, "pieces": body["pieces"], "mass_kg": body["mass_kg"]}


def _ordered(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {"where": f"supplier/{body['supplier']}", "pieces": body["pieces"], "mass_kg": body["mass_kg"]}


def _registered(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {"sort": body["sort"]}


def _counted(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {name: body[name] for name in ("pieces", "mass_kg") if body.get(name) is not None}


def _consumed(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    used = body.get("mass_kg")
    left = 0.0 if used is None else round(thing.mass_kg - used, 3)
    return {"mass_kg": max(left, 0.0)} | ({"pieces": 0.0} if left <= 0 else {})


def _sealed(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {"seals": tuple(sorted({*thing.seals, body["number"]}))}


def _unsealed(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {"seals": tuple(number for number in thing.seals if number != body["number"])}


def _seal_checked(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {} if body["found"] == "intact" else _unsealed(thing, body)


def _damaged(thing: Thing, body: Mapping[str, Json]) -> dict[str, Any]:
    return {"damaged": True}


_FACTS: Mapping[str, Any] = {
    "planned": _planned,
    "ordered": _ordered,
    "registered": _registered,
    **dict.fromkeys(("received", "inspected", "packed", "loaded", "unloaded", "transferred", "stowed", "returned"), _counted),
    "consumed": _consumed,
    "sealed": _sealed,
    "unsealed": _unsealed,
    "seal_checked": _seal_checked,
    "damaged": _damaged,
}


def chain_of(thing: Thing, things: Mapping[str, Thing]) -> tuple[Thing, ...]:
    """The thing, the container it is in, the one that is in, and so on outwards; ends where a container is not known."""
    chain = {thing.name: thing}
    while (outer := things.get(thing.inside)) is not None and outer.name not in chain:
        chain[outer.name] = thing = outer
    return tuple(chain.values())


def stage_of(chain: Iterable[Thing]) -> tuple[str, datetime | None]:
    """The stage of the first of a chain, and since when: the latest that happened to it or to what it is in counts.

    Of two at one instant the inner counts. That a container is registered says nothing of what is in it.
    """
    stage, since = "", None
    for number, thing in enumerate(chain):
        says = thing.stage and not (number and thing.stage == "registered")
        if says and thing.stage_utc is not None and (since is None or thing.stage_utc > since):
            stage, since = thing.stage, thing.stage_utc
    return stage, since


def custodian_of(chain: Iterable[Thing]) -> str:
    """Who holds the first of a chain: who holds the outermost container holds all inside."""
    held = [thing.custodian for thing in chain if thing.custodian]
    return held[-1] if held else ""
