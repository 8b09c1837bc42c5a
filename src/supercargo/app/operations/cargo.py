"""Cargo in a store: steps recorded, EPCIS documents taken in and written, and questions answered from the views."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Protocol

from supercargo.app.operations.deciding import while_moved
from supercargo.app.operations.known import customer_known, not_absurdly_early
from supercargo.app.operations.lives import CargoReader, Lives, LivesRead
from supercargo.kernel import Refused, ScenarioError
from supercargo.model import OperationsPlan
from supercargo.track.cargo.alike import odd_parts, same_telling
from supercargo.track.cargo.asking import (
    Concern,
    Happening,
    concerns_of,
    custody_of,
    expected_of,
    held_at,
    history_of,
    last_inside_utc,
    whereabouts,
    whereabouts_at,
)
from supercargo.track.cargo.deciding import decide, lives_around, needed_by
from supercargo.track.cargo.life import Fact, Life
from supercargo.track.cargo.nonconformance import CaseStep, case_of, decide_case
from supercargo.track.cargo.opening import opening_steps
from supercargo.track.cargo.stages import SORTS, VEHICLE_STEPS, meaning_of
from supercargo.track.cargo.steps import Order, Step
from supercargo.track.cargo.told import ThingHistory, ThingSeen
from supercargo.track.cargo.views import spelling_of
from supercargo.track.envelope import Draft, Head, Receipt, Recorded, receipt_of, recorded_from
from supercargo.track.event_store import EventIdReused, EventStore, View
from supercargo.track.hearing import told_body
from supercargo.track.people import Principal, permit, visible

__all__ = [
    "COMPANY",
    "CargoLog",
    "as_person",
    "drafts_of",
    "history",
    "judged",
    "named_thing",
    "opening_drafts",
    "record_cargo",
    "record_case",
    "seen_at",
    "where_is",
]

COMPANY = Principal(name="the company's own", scopes=frozenset({"read", "cargo", "custody"}))
"""Who sits at the machine itself."""


def as_person(name: str) -> Principal:
    """A person at the machine itself. Raises ScenarioError for no name."""
    if not name.strip():
        raise ScenarioError("no name is given", fix="say who takes it in", where="--by")
    return replace(COMPANY, name=name.strip())


_CUSTODY = frozenset({"handed_over", "sealed", "unsealed", "seal_checked"})
_MOST_REFUSALS = 20


class CargoLog(CargoReader, EventStore, Protocol):
    """A store of events whose views can be read."""


@dataclass(slots=True)
class _Bench:
    """Streams as they stand, with what the steps before have added and nobody has stored yet."""

    log: CargoReader
    stored_life: Callable[[str], Life]
    lives: dict[str, Life] = field(default_factory=dict)
    told: dict[str, Draft] = field(default_factory=dict)
    moved_utc: dict[str, datetime] = field(default_factory=dict)

    def life(self, name: str) -> Life:
        life = self.lives.get(name)
        if life is None:
            life = self.lives[name] = self.stored_life(name)
        return life

    def around(self, step: Step) -> Mapping[str, Life]:
        """The streams that a step touches."""
        return lives_around(step, self.life)

    def stored(self, step: Step) -> Recorded | None:
        """The event of this name, if the thing's stream has it."""
        known = next((fact for fact in self.life(step.thing).facts if fact.event_id == step.command_id), None)
        if known is None:
            return None
        if step.command_id in self.told:
            draft = self.told[step.command_id]
            return recorded_from(draft, Head(), version=known.version, recorded_utc=draft.occurred_utc)
        return next(event for event in self.log.stream(step.thing) if event.event_id == step.command_id)

    def add(self, drafts: Iterable[Draft]) -> None:
        for draft in drafts:
            if draft.stream in self.lives:
                life = self.lives[draft.stream]
                fact = Fact(
                    event_id=draft.event_id, kind=draft.kind, body=draft.body, at_utc=draft.occurred_utc, by=draft.by,
                    version=life.version + 1, recorded_utc=draft.occurred_utc,
                )  # fmt: skip
                self.lives[draft.stream] = life.with_fact(fact, draft.tenant)
                self.told[draft.event_id] = draft
                self._note_move(draft)

    def _note_move(self, draft: Draft) -> None:
        """When something last went into or out of each container, and of those around it."""
        for place in (draft.body.get("where", ""), draft.body.get("after", {}).get("was", "")):
            seen: set[str] = set()
            while place.startswith("container/") and place not in seen:
                seen.add(place)
                self.moved_utc[place] = max(self.moved_utc.get(place, draft.occurred_utc), draft.occurred_utc)
                place = self.life(place).now.inside

    def last_inside_utc(self, view: View, step: Step) -> dict[str, datetime]:
        """When the contents of a spacecraft that moves were changed last, as far as that is known."""
        if step.kind not in VEHICLE_STEPS:
            return {}
        known = (last_inside_utc(view, step.thing), self.moved_utc.get(step.thing))
        last = max((instant for instant in known if instant is not None), default=None)
        return {} if last is None else {step.thing: last}


@contextmanager
def _read_anew(log: CargoReader) -> Iterator[LivesRead]:
    with log.reading() as view:
        yield view, lambda name: Life.of(name, log.stream(name))


def drafts_of(
    steps: Sequence[Step],
    log: CargoReader,
    principal: Principal = COMPANY,
    *,
    lives: Lives | None = None,
    declared: Mapping[str, Step] | None = None,
) -> tuple[tuple[Draft, ...], tuple[Recorded, ...]]:
    """What steps, told one after the other, would write, and the events of those that were told before.

    `declared` says of corrections, by name, what the event that they declare wrong is held to have said.
    Raises Refused that names every step that is not lawful (what follows from one that is not is left out), ScenarioError for
    steps out of form, EventIdReused for a name that has another content.
    """
    with _read_anew(log) if lives is None else lives.reading() as read:
        return judged(steps, log, principal, read, declared=declared)


def judged(
    steps: Sequence[Step],
    log: CargoReader,
    principal: Principal,
    read: LivesRead,
    *,
    declared: Mapping[str, Step] | None = None,
) -> tuple[tuple[Draft, ...], tuple[Recorded, ...]]:
    """What `drafts_of` gives, on a log that is being read."""
    drafts: list[Draft] = []
    known: list[Recorded] = []
    refused: list[Refused] = []
    spoilt: set[str] = set()
    view, stored_life = read
    bench = _Bench(log, stored_life)
    last = len(steps)
    for number, step in enumerate(steps, start=1):
        if step.thing in spoilt or getattr(step, "where", "") in spoilt:
            spoilt.add(step.thing)
            continue
        try:
            _permit(step, bench, principal)
            _hold_to_log(step, declared or {}, bench)
            if (event := bench.stored(step)) is not None:
                known.append(_same(step, event))
                continue
            if isinstance(step, Order) and bench.life(step.thing).now.tenant != step.customer:
                customer_known(view, step.customer, step.command_id)
            told = decide(step, bench.around(step), last_inside_utc=bench.last_inside_utc(view, step))
        except Refused as refusal:
            refused.append(refusal)
            spoilt.add(step.thing)
            continue
        drafts += told
        if number < last:
            bench.add(told)
    _raise_all(refused, len(steps))
    return tuple(drafts), tuple(known)


def _permit(step: Step, bench: _Bench, principal: Principal) -> None:
    permit(principal, "custody" if step.kind in _CUSTODY else "cargo")
    tenant = bench.life(step.thing).now.tenant or str(getattr(step, "customer", ""))
    if not visible(principal, tenant):
        raise Refused(f"{step.thing} is not known", fix="check the spelling of its name", where=step.command_id)


def _hold_to_log(step: Step, declared: Mapping[str, Step], bench: _Bench) -> None:
    """Refuse a declaration of an event that was never stored, or that says something else."""
    wrong = declared.get(step.command_id)
    if wrong is None:
        return
    event = bench.stored(wrong)
    if event is None:
        fix = "send the event before its error declaration; check its eventID"
        raise Refused(f"{step.thing} has no event {wrong.command_id!r} to declare wrong", fix=fix, where=step.command_id)
    if odd := odd_parts(wrong, event):
        what = f"the declaration tells {wrong.command_id} otherwise than it is stored: {', '.join(odd)}"
        fix = f"repeat the event as it was sent; see `supercargo track history {step.thing}`"
        raise Refused(what, fix=fix, where=step.command_id)


def _same(step: Step, event: Recorded) -> Recorded:
    if not same_telling(step, event):
        raise EventIdReused(
            f"event {step.command_id} is stored with another content",
            fix="give each event a name of its own; a correction is a new event",
            where=step.thing,
        )
    return event


def _raise_all(refused: Sequence[Refused], steps_count: int) -> None:
    if not refused:
        return
    if len(refused) == 1:
        raise refused[0]
    listed = "\n".join(str(refusal) for refusal in refused[:_MOST_REFUSALS])
    more = f"\nand {len(refused) - _MOST_REFUSALS} more" if len(refused) > _MOST_REFUSALS else ""
    raise Refused(f"{len(refused)} of {steps_count} steps are refused:\n{listed}{more}", fix="mend each; nothing was stored")


def record_cargo(
    steps: Sequence[Step],
    log: CargoLog,
    principal: Principal = COMPANY,
    *,
    lives: Lives | None = None,
    declared: Mapping[str, Step] | None = None,
) -> tuple[Receipt, ...]:
    """Store what steps write, as one: all or nothing; a step told again gives its first receipt.

    `lives` are those of the log, where they are kept from one call to the next.

    Raises what `drafts_of` does, and StreamMoved where others keep writing to the same things.
    """

    def recorded() -> tuple[Receipt, ...]:
        drafts, known = drafts_of(steps, log, principal, lives=lives, declared=declared)
        again = tuple(receipt_of(event, repeated=True) for event in known)
        return (*again, *log.append(drafts)) if drafts else again

    return while_moved(recorded)


def record_case(log: EventStore, step: CaseStep) -> tuple[Receipt, ...]:
    """Store a step of a non-conformance; told again it gives its first receipt.

    Raises Refused for one that is not lawful, or stated years before anything that the store tells of.
    """
    not_absurdly_early(log, step)

    def recorded() -> tuple[Receipt, ...]:
        events = _before(step, log.stream(f"ncr/{step.case_id}"))
        return log.append(decide_case(case_of(step.case_id, events), step))

    return while_moved(recorded)


def opening_drafts(
    plan: OperationsPlan,
    log: EventStore,
    *,
    by: str,
    opened_utc: datetime,
    digest: str,
    flown: Collection[str] = (),
) -> tuple[Draft, ...]:
    """What opening a plan writes into a store that may hold some of its cargo: new journeys for what lives, all else new.

    A thing that came to its end keeps it: nothing is written for it, nor for what missions carry that have `flown`. Decided
    on each stream as it was before this plan was opened, so that an opening told again is the same.
    """
    lives: dict[str, Life] = {}
    drafts: list[Draft] = []
    blank = log.head().position == 0
    for step in opening_steps(plan, by=by, opened_utc=opened_utc, digest=digest, flown=flown):
        near: dict[str, Life] = {}  # what the step touches; all there are would be looked through for each
        while wanted := needed_by(step, near):
            for name in wanted - lives.keys():
                events = () if blank else log.stream(name)
                lives[name] = Life.of(name, _before(step, events) if name == step.thing else events)
            near |= {name: lives[name] for name in wanted}
        now = lives[step.thing].now
        if now.stage in _ENDED or (now.told_utc is not None and now.told_utc > opened_utc):
            step = replace(step, at_utc=max(opened_utc, now.told_utc or opened_utc))
        if now.stage in _ENDED:
            continue
        for draft in decide(step, near):
            event = recorded_from(draft, Head(), version=lives[step.thing].version + 1, recorded_utc=draft.occurred_utc)
            lives[step.thing] = lives[step.thing].after(event)
            drafts.append(draft)
    return tuple(drafts)


_ENDED = frozenset({"consumed", "destroyed", "returned", "lost"})


def _before(step: Step | CaseStep, events: Iterable[Recorded]) -> Iterable[Recorded]:
    return takewhile(lambda event: event.event_id != step.command_id, events)


def named_thing(view: View, word: str, principal: Principal = COMPANY) -> str:
    """The thing that a word names: R1 or cargo/R1, BAG1 or container/BAG1.

    Raises ScenarioError with names that come near for one that nothing visible has.
    """
    names = [word] if word.startswith(("cargo/", "container/")) else [f"cargo/{word}", f"container/{word}"]
    for name in names:
        if (row := view.get("unit", (name,))) is not None and visible(principal, row["tenant"]):
            return name
    near = _near(view, names, principal)
    fix = f"did you mean {', '.join(near)}?" if near else "check the spelling; an item is opened by a plan or an order"
    raise ScenarioError(f"nothing is called {word[:60]!r}", fix=fix, where="ITEM")


def _near(view: View, names: Sequence[str], principal: Principal) -> list[str]:
    found: set[str] = set()
    for name in names:
        for column, part in spelling_of(name).items():
            rows = view.find("unit", column, part) if part else iter(())
            found |= {row["name"] for row in rows if visible(principal, row["tenant"])}
    spelt = {_spelt(name): name.partition("/")[2] for name in sorted(found)}
    return [spelt[near] for near in difflib.get_close_matches(_spelt(names[0]), list(spelt), n=3, cutoff=0.5)]


def _spelt(name: str) -> str:
    return name.partition("/")[2].casefold()


def where_is(view: View, word: str, now_utc: datetime, principal: Principal = COMPANY) -> ThingSeen:
    """Where a thing is, and what the plan expects next of it. Raises ScenarioError for a name that nothing has."""
    name = named_thing(view, word, principal)
    found = whereabouts(view, name)
    assert found is not None
    return ThingSeen(
        found=found,
        meaning=meaning_of(found.stage, found.place),
        expected=expected_of(view, name, now_utc),
        concerns=_concerns(view, name, principal),
    )


def _concerns(view: View, name: str, principal: Principal) -> tuple[Concern, ...]:
    """What is to be minded of a thing and of its containers, as far as the principal may see them."""
    return tuple(one for one in concerns_of(view, name) if one.thing == name or _may_see(view, one.thing, principal))


def history(view: View, word: str, principal: Principal = COMPANY) -> ThingHistory:
    """What happened to a thing and to what it was in, and who held it. Raises ScenarioError as `where_is` does."""
    name = named_thing(view, word, principal)
    return ThingHistory(
        thing=name,
        happenings=tuple(_told(one, name, principal) for one in history_of(view, name)),
        custody=custody_of(view, name),
        concerns=_concerns(view, name, principal),
    )


def _told(one: Happening, thing: str, principal: Principal) -> Happening:
    """A line of a history as it may be told: a customer is told the words that are listed, no more."""
    area = (one.via or thing).partition("/")[0]
    return replace(one, body=told_body(area, one.kind, one.body)) if principal.customer else one


def seen_at(view: View, instant: datetime, word: str = "", principal: Principal = COMPANY) -> tuple[ThingSeen, ...]:
    """Where a thing was at an instant and what was in it; without a name everything that was known then.

    Raises ScenarioError for a name that nothing has, and for one that was not known at the instant.
    """
    if not word:
        return tuple(_everything(view, instant, principal))
    name = named_thing(view, word, principal)
    found = whereabouts_at(view, name, instant)
    if found is None:
        raise ScenarioError(f"{name} was not known then", fix="give a later instant; see its history", where=word)
    contents = tuple(held for held in held_at(view, name, instant) if _may_see(view, held.thing, principal))
    return (ThingSeen(found=found, meaning=meaning_of(found.stage, found.place), contents=contents),)


def _may_see(view: View, name: str, principal: Principal) -> bool:
    row = view.get("unit", (name,))
    return row is not None and visible(principal, row["tenant"])


def _everything(view: View, instant: datetime, principal: Principal) -> Iterator[ThingSeen]:
    names = sorted(
        row["name"] for sort in SORTS for row in view.find("unit", "sort", sort) if visible(principal, row["tenant"])
    )  # fmt: skip
    for name in names:
        found = whereabouts_at(view, name, instant)
        if found is not None:
            yield ThingSeen(found=found, meaning=meaning_of(found.stage, found.place))
