"""Questions to the views: where is it, what has happened to it, what was where when, who held it, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import days_between, parse_utc
from supercargo.track.cargo.life import Fact, Thing, chain_of, custodian_of, folded, stage_of, standing_facts
from supercargo.track.cargo.stages import JOURNEYS
from supercargo.track.cargo.views import facts_in, thing_in
from supercargo.track.event_store import View

__all__ = [
    "Concern",
    "Custody",
    "Expected",
    "Happening",
    "Held",
    "Whereabouts",
    "concerns_of",
    "contents_of",
    "custody_of",
    "expected_of",
    "held_at",
    "history_of",
    "last_inside_utc",
    "whereabouts",
    "whereabouts_at",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a thing is: the containers from the inmost outwards, and the place of the outermost.

    `stage` and `stage_utc` take in what happened to the containers; `custodian` is who holds the outermost.
    """

    thing: str
    sort: str
    tenant: str
    stage: str
    stage_utc: datetime | None
    containers: tuple[str, ...]
    place: str
    custodian: str
    pieces: float
    mass_kg: float
    mission: str
    seals: tuple[str, ...]
    damaged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of a history: what was told of the thing itself or of the container `via` which it was in."""

    at_utc: datetime
    recorded_utc: datetime | None
    kind: str
    via: str
    where: str
    by: str
    event_id: str
    stands: bool
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is, or was, directly or further in inside a container or at a place."""

    thing: str
    where: str
    from_utc: datetime
    to_utc: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Somebody holds a thing from one instant to another; an empty custodian is a gap."""

    custodian: str
    from_utc: datetime
    to_utc: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The next step that the plan expects of a thing; `late_d` is above zero where it is due and has not happened [d]."""

    step: str
    where: str
    at_utc: datetime
    late_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What is to be minded of a thing: its seals with their state, damage, and open non-conformances with what they say."""

    thing: str
    seals: Mapping[str, str]
    damaged: bool
    cases: Mapping[str, str]


def concerns_of(view: View, name: str) -> tuple[Concern, ...]:
    """What is to be minded of a thing and of each container it is in, outwards; without those of which there is nothing."""
    found = []
    for thing in _chain(view, name):
        seals = {row["number"]: _seal_said(row) for row in view.find("seal", "thing", thing.name) if row["state"] != "off"}
        cases = {row["case_id"]: _case_said(row) for row in view.find("ncr", "about", thing.name) if row["stage"] != "closed"}
        if seals or thing.damaged or cases:
            found.append(Concern(thing=thing.name, seals=seals, damaged=thing.damaged, cases=cases))
    return tuple(found)


def _seal_said(row: Mapping[str, Any]) -> str:
    checked = f", found {row['found']} at {row['checked_utc']} by {row['checked_by']}" if row["checked_utc"] else ""
    return f"{row['state']}{checked}"


def _case_said(row: Mapping[str, Any]) -> str:
    return str(row["said"]) if isinstance(row["said"], str) else ", ".join(str(one) for one in row["said"])


def _chain(view: View, name: str) -> tuple[Thing, ...]:
    """The thing and what it is in, outwards; empty for a thing that is not known."""
    things: dict[str, Thing] = {}
    at = name
    while at and at not in things and (thing := thing_in(view, at)) is not None:
        things[at] = thing
        at = thing.inside
    return tuple(chain_of(things[name], things)) if name in things else ()


def _seen(chain: tuple[Thing, ...]) -> Whereabouts:
    own = chain[0]
    stage, since = stage_of(chain)
    return Whereabouts(
        thing=own.name, sort=own.sort, tenant=own.tenant, stage=stage, stage_utc=since,
        containers=tuple(thing.name for thing in chain[1:]), place=chain[-1].where, custodian=custodian_of(chain),
        pieces=own.pieces, mass_kg=own.mass_kg, mission=own.mission, seals=own.seals, damaged=own.damaged,
    )  # fmt: skip


def whereabouts(view: View, name: str) -> Whereabouts | None:
    """Where a thing is now; None if it is not known."""
    chain = _chain(view, name)
    return _seen(chain) if chain else None


def whereabouts_at(view: View, name: str, instant: datetime) -> Whereabouts | None:
    """Where a thing was at an instant, by what is known now; None if it was not known then."""
    chain: list[Thing] = []
    at = name
    while at and at not in {thing.name for thing in chain}:
        thing = _thing_at(view, at, instant)
        if thing is None:
            break
        chain.append(thing)
        at = thing.inside
    return _seen(tuple(chain)) if chain else None


def _thing_at(view: View, name: str, instant: datetime) -> Thing | None:
    facts = [fact for fact in standing_facts(facts_in(view, name)) if fact.at_utc <= instant]
    known = thing_in(view, name)
    return folded(name, facts, tenant=known.tenant if known else "") if facts else None


@dataclass(frozen=True, slots=True)
class _Span:
    where: str
    from_utc: datetime
    to_utc: datetime | None

    def within(self, outer: _Span) -> _Span | None:
        """The part of this span inside another; None if there is none."""
        start = max(self.from_utc, outer.from_utc)
        ends = [end for end in (self.to_utc, outer.to_utc) if end is not None]
        end = min(ends, default=None)
        return None if end is not None and end < start else replace(self, from_utc=start, to_utc=end)


def _stays(view: View, column: str, value: str) -> Iterator[tuple[str, _Span]]:
    for row in view.find("stay", column, value):
        end = parse_utc(row["to_utc"]) if row["to_utc"] else None
        yield row["thing"], _Span(row["where"], parse_utc(row["from_utc"]), end)


def history_of(view: View, name: str) -> tuple[Happening, ...]:
    """All that happened to a thing, in order of when it happened; with what befell each container while it was in it.

    Events declared wrong are shown where they were told to be, `stands` false.
    """
    seen: dict[str, Happening] = {}
    for happening in _told(view, name, None, depth=0):
        seen.setdefault(happening.event_id, happening)
    order = sorted(seen.values(), key=lambda told: (told.at_utc, told.recorded_utc or told.at_utc))
    return tuple(order)


_DEEPEST = 16
"""No thing is in more containers than this, one in another."""


def _told(view: View, name: str, window: _Span | None, *, depth: int) -> Iterator[Happening]:
    facts = facts_in(view, name)
    standing = standing_facts(facts)
    holds = {fact.event_id for fact in standing}
    shown = [
        *standing,
        *(replace(fact, version=-1) for fact in facts if fact.event_id not in holds or fact.kind == "corrected"),
    ]
    for fact in shown:
        if window is None or (window.from_utc <= fact.at_utc and (window.to_utc is None or fact.at_utc < window.to_utc)):
            yield _happening(fact, via="" if window is None else name)
    if depth >= _DEEPEST:
        return
    for _, stay in tuple(_stays(view, "thing", name)):
        inner = stay if window is None else stay.within(window)
        if inner is not None and stay.where.startswith("container/"):
            yield from _told(view, stay.where, inner, depth=depth + 1)


def _happening(fact: Fact, *, via: str) -> Happening:
    return Happening(
        at_utc=fact.at_utc, recorded_utc=fact.recorded_utc, kind=fact.kind, via=via, where=str(fact.body.get("where", "")),
        by=fact.by, event_id=fact.event_id, stands=fact.version >= 0, body=fact.body,
    )  # fmt: skip


def contents_of(view: View, where: str) -> tuple[str, ...]:
    """Everything inside a container or at a place now, at any depth, in order of name."""
    found: set[str] = set()
    todo = [where]
    while todo:
        inside = [row["name"] for row in view.find("unit", "where", todo.pop()) if row["stage"] not in _GONE]
        todo += [name for name in inside if name not in found]
        found |= set(inside)
    return tuple(sorted(found))


_GONE = frozenset({"consumed", "destroyed", "lost"})


def held_at(view: View, where: str, instant: datetime) -> tuple[Held, ...]:
    """Everything that was inside a container or at a place at an instant, at any depth, in order of name."""
    found: dict[str, Held] = {}
    todo = [where]
    while todo:
        place = todo.pop()
        for name, stay in _stays(view, "where", place):
            if stay.from_utc <= instant and (stay.to_utc is None or instant < stay.to_utc) and name not in found:
                found[name] = Held(thing=name, where=place, from_utc=stay.from_utc, to_utc=stay.to_utc)
                todo.append(name)
    return tuple(found[name] for name in sorted(found))


def last_inside_utc(view: View, container: str) -> datetime | None:
    """The last change of what is inside a container, at any depth; None for an empty one."""
    instants = [thing.since_utc for name in contents_of(view, container) if (thing := thing_in(view, name)) is not None]
    return max((instant for instant in instants if instant is not None), default=None)


def custody_of(view: View, name: str) -> tuple[Custody, ...]:
    """Who held a thing when: its own custody, and while it was in a container that of the outermost."""
    joined: list[Custody] = []
    for span in sorted(_custody(view, name, None, depth=0), key=lambda span: span.from_utc):
        if joined and joined[-1].to_utc is not None and joined[-1].to_utc < span.from_utc:
            joined.append(Custody(custodian="", from_utc=joined[-1].to_utc, to_utc=span.from_utc))
        if joined and joined[-1].custodian == span.where:
            joined[-1] = replace(joined[-1], to_utc=span.to_utc)
        else:
            joined.append(Custody(custodian=span.where, from_utc=span.from_utc, to_utc=span.to_utc))
    return tuple(joined)


def _custody(view: View, name: str, window: _Span | None, *, depth: int) -> Iterator[_Span]:
    """Spans whose `where` is the custodian."""
    own = [
        _Span(row["custodian"], parse_utc(row["from_utc"]), parse_utc(row["to_utc"]) if row["to_utc"] else None)
        for row in view.find("custody", "thing", name)
    ]
    for _, stay in tuple(_stays(view, "thing", name)):
        inner = stay if window is None else stay.within(window)
        if inner is None:
            continue
        theirs = list(_custody(view, stay.where, inner, depth=depth + 1)) if _nested(stay, depth) else []
        yield from theirs or (part for span in own if (part := span.within(inner)) is not None and _lasts(part))


def _nested(stay: _Span, depth: int) -> bool:
    return stay.where.startswith("container/") and depth < _DEEPEST


def _lasts(span: _Span) -> bool:
    return span.to_utc is None or span.to_utc > span.from_utc


def expected_of(view: View, name: str, as_of_utc: datetime) -> Expected | None:
    """The next step that the plan expects of an item; None where none is left or no plan flies it."""
    chain = _chain(view, name)
    if not chain or not chain[0].direction:
        return None
    stage, _ = stage_of(chain)
    order = JOURNEYS[chain[0].direction]
    reached = order.index(stage) if stage in order else -1 if stage in ("", "planned") else len(order)
    for step in chain[0].journey:
        if order.index(step["step"]) > reached:
            due = parse_utc(step["at_utc"])
            late_d = max(days_between(due, as_of_utc), 0.0)
            return Expected(step=step["step"], where=step["where"], at_utc=due, late_d=round(late_d, 4))
    return None
