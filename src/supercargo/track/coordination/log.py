"""The coordination log: a conflict is seen, options are offered with their cost, one is chosen and why, people are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.kernel import Refused, plain
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.bodies import Kinds, noun_of, word_of
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.event_store import View
from supercargo.track.views import Projection, ViewTable

__all__ = [
    "CONFLICT_KINDS",
    "COORDINATION",
    "COORDINATION_KINDS",
    "Acknowledge",
    "Acknowledged",
    "Choose",
    "ConflictSeen",
    "ConflictState",
    "CoordinationCommand",
    "Offer",
    "Option",
    "OptionChosen",
    "OptionOffered",
    "PartyTold",
    "SeeConflict",
    "Tell",
    "Told",
    "conflict_of",
    "decide_coordination",
    "decide_offers",
    "evolve_conflict",
]

CONFLICT_KINDS = ("ports", "pads", "crew", "cargo", "windows")
"""What missions are in each other's way about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSeen:
    """Two or more want the same port, pad, crew time, room or window."""

    conflict: str
    kind: str
    objects: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOffered:
    """A way out, with what it costs [USD] and by how many days it delays [d]."""

    option: str
    text: str
    cost_usd: float
    delay_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChosen:
    """A named person chooses a way out and says why."""

    option: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyTold:
    """Somebody whom it concerns is told of the choice."""

    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Who was told has taken note."""

    party: str


COORDINATION_KINDS = Kinds((ConflictSeen, OptionOffered, OptionChosen, PartyTold, Acknowledged))
"""Every kind of event of a conflict's stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeConflict:
    """State a conflict."""

    conflict: str
    kind: str
    objects: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Offer a way out."""

    option: str
    text: str
    cost_usd: float = 0.0
    delay_d: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """Choose one of the ways offered; a later choice replaces it, and all are told anew."""

    option: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """State that somebody was told of the choice."""

    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Take note, as the party that was told."""

    party: str


CoordinationCommand = SeeConflict | Offer | Choose | Tell | Acknowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way out as offered."""

    option: str
    text: str
    cost_usd: float
    delay_d: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who was told, by whom, when, and when it took note."""

    party: str
    by: str
    told_utc: datetime
    acknowledged_by: str = ""
    acknowledged_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictState:
    """A conflict as it stands."""

    conflict: str
    version: int
    kind: str
    objects: tuple[str, ...]
    text: str
    seen_by: str
    seen_utc: datetime
    options: tuple[Option, ...] = ()
    chosen: str = ""
    chosen_by: str = ""
    chosen_utc: datetime | None = None
    why: str = ""
    told: tuple[Told, ...] = ()

    @property
    def state(self) -> str:
        """seen, offered, chosen, told (some have not taken note) or closed."""
        if not self.chosen:
            return "offered" if self.options else "seen"
        if not self.told:
            return "chosen"
        return "closed" if all(one.acknowledged_utc for one in self.told) else "told"


def conflict_of(events: Iterable[Recorded]) -> ConflictState | None:
    """The state after a stream's events; None for a conflict that nobody has seen."""
    state: ConflictState | None = None
    for event in events:
        state = evolve_conflict(state, event)
    return state


def evolve_conflict(state: ConflictState | None, event: Recorded) -> ConflictState | None:
    """The state after one more event."""
    said, at, by = COORDINATION_KINDS.read(event), event.occurred_utc, event.by
    if isinstance(said, ConflictSeen):
        return ConflictState(
            conflict=said.conflict,
            version=event.version,
            kind=said.kind,
            objects=said.objects,
            text=said.text,
            seen_by=by,
            seen_utc=at,
        )
    if state is None:
        return None
    state = replace(state, version=event.version)
    match said:
        case OptionOffered(option=option, text=text, cost_usd=cost, delay_d=delay):
            offered = Option(option=option, text=text, cost_usd=cost, delay_d=delay, by=by)
            return replace(state, options=(*state.options, offered))
        case OptionChosen(option=option, why=why):
            return replace(state, chosen=option, chosen_by=by, chosen_utc=at, why=why, told=())
        case PartyTold(party=party):
            return replace(state, told=(*state.told, Told(party=party, by=by, told_utc=at)))
        case Acknowledged(party=party):
            noted = (
                replace(one, acknowledged_by=by, acknowledged_utc=at) if one.party == party else one for one in state.told
            )
            return replace(state, told=tuple(noted))
    return state


def decide_coordination(state: ConflictState | None, command: CoordinationCommand, act: Act) -> tuple[Draft, ...]:
    """A command on a conflict becomes drafts of its stream. Raises Refused with what is missing."""
    need(act.by, "the name of the person")
    if isinstance(command, SeeConflict):
        seen = _see(state, command)
        return drafts_of(act, COORDINATION_KINDS, f"coordination/{seen.conflict}", (seen,), version=0)
    standing, where = _standing(state, act)
    return drafts_of(act, COORDINATION_KINDS, where, (_said(standing, command, where),), version=standing.version)


def decide_offers(state: ConflictState | None, offers: Sequence[Offer], act: Act) -> tuple[Draft, ...]:
    """Several ways out are offered as one: all of them, or none. Raises Refused for the first that is not lawful."""
    need(act.by, "the name of the person")
    standing, where = _standing(state, act)
    said: list[OptionOffered] = []
    version = standing.version
    for offer in offers:
        offered = _said(standing, offer, where)
        option = Option(
            option=offered.option, text=offered.text, cost_usd=offered.cost_usd, delay_d=offered.delay_d, by=act.by
        )
        standing = replace(standing, options=(*standing.options, option))
        said.append(offered)
    return drafts_of(act, COORDINATION_KINDS, where, said, version=version)


def _standing(state: ConflictState | None, act: Act) -> tuple[ConflictState, str]:
    """The conflict that an act is done to, and its stream. Raises Refused for one not seen, or an act before its choice."""
    if state is None:
        raise Refused("no such conflict was seen", fix="state the conflict first, or give another name")
    where = f"coordination/{state.conflict}"
    not_before(state.chosen_utc or state.seen_utc, "the conflict", act, where)
    return state, where


def _see(state: ConflictState | None, command: SeeConflict) -> ConflictSeen:
    conflict = need(command.conflict, "the name of the conflict")
    where = f"coordination/{conflict}"
    if state is not None:
        raise Refused(f"the conflict was seen by {state.seen_by}", fix="give the new one another name", where=where)
    if command.kind not in CONFLICT_KINDS:
        raise Refused(f"{command.kind!r} is no kind of conflict", fix=f"use one of: {', '.join(CONFLICT_KINDS)}", where=where)
    objects = tuple(need(one, "the name of what is in conflict", where=where) for one in command.objects)
    if not objects:
        raise Refused("nothing is named that is in conflict", fix="name missions, ports, pads or lines", where=where)
    text = need(command.text, "what the conflict is", where=where)
    return ConflictSeen(conflict=conflict, kind=command.kind, objects=objects, text=text)


def _said(state: ConflictState, command: Offer | Choose | Tell | Acknowledge, where: str) -> Any:
    match command:
        case Offer(option=option, text=text, cost_usd=cost, delay_d=delay):
            option = need(option, "the name of the option", where=where)
            if any(one.option == option for one in state.options):
                raise Refused(f"option {option!r} is offered already", fix="give the new one another name", where=where)
            if not (abs(cost) <= 1e12 and abs(delay) <= 1e5):
                raise Refused("cost or delay is beyond all measure", fix="give USD and days", where=where)
            text = need(text, "what the option is", where=where)
            return OptionOffered(option=option, text=text, cost_usd=cost, delay_d=delay)
        case Choose(option=option, why=why):
            known = [one.option for one in state.options]
            if option not in known:
                fix = f"use one of: {', '.join(known)}" if known else "offer it first"
                raise Refused(f"{option!r} is not among the options", fix=fix, where=where)
            if option == state.chosen:
                raise Refused(f"{option!r} is chosen, by {state.chosen_by}", fix="choose another, or leave it", where=where)
            return OptionChosen(option=option, why=need(why, "why it was chosen", where=where))
        case Tell(party=party):
            if not state.chosen:
                raise Refused("nothing has been chosen yet", fix="choose an option first", where=where)
            party = need(party, "the name of who was told", where=where)
            if any(one.party == party for one in state.told):
                raise Refused(f"{party} was told", fix="wait for the acknowledgement", where=where)
            return PartyTold(party=party)
        case Acknowledge(party=party):
            told = next((one for one in state.told if one.party == party), None)
            if told is None:
                names = ", ".join(one.party for one in state.told) or "nobody"
                raise Refused(f"{party!r} was not told", fix=f"tell it first; told were: {names}", where=where)
            if told.acknowledged_utc is not None:
                raise Refused(f"{party} has taken note", fix="leave it", where=where)
            return Acknowledged(party=party)


CONFLICTS = ViewTable(
    name="coordination",
    key=("conflict",),
    columns=(
        "kind",
        "objects",
        "text",
        "state",
        "seen_by",
        "seen_utc",
        "options",
        "chosen",
        "chosen_by",
        "chosen_utc",
        "why",
        "told",
        "held",
    ),
    indexed=("kind", "state"),
)


def _project(event: Recorded, view: View) -> None:
    if COORDINATION_KINDS.read(event) is None:
        return
    key = (event.stream.partition("/")[2],)
    row = view.get(CONFLICTS.name, key)
    after = evolve_conflict(noun_of(ConflictState, row["held"]) if row else None, event)
    if after is not None:
        held = plain(after)
        words = {"state": after.state, "seen_utc": word_of(after.seen_utc), "chosen_utc": word_of(after.chosen_utc)}
        shown = {name: held[name] for name in CONFLICTS.columns if name in held}
        view.put(CONFLICTS.name, key, {"conflict": after.conflict, **shown, **words, "held": held})


COORDINATION = Projection(name="coordination", tables=(CONFLICTS,), project=_project)
"""Every conflict with its options, the choice, and who was told."""
