"""The law of a single step: what a thing may do in its stage, into what, held by whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, NoReturn

from supercargo.kernel import Refused, ScenarioError, check_quantities, format_utc
from supercargo.track.cargo.life import Thing, chain_of, custodian_of, stage_of
from supercargo.track.cargo.stages import (
    ALOFT,
    EXPECTED,
    FIXED_SORTS,
    ITEM_STEPS,
    OBSERVATIONS,
    PLACE_KINDS,
    PLACES_OF,
    STAGES,
    TAKES_IN,
    TRANSITIONS,
    VEHICLE_STEPS,
    lawful_steps,
)
from supercargo.track.cargo.steps import Consume, HandOver, Move, Order, Plan, Register, Seal, Step, Unseal

__all__ = ["after_step"]

_WEIGHED_KG = 0.001
"""What masses are told to; see kernel.DECIMALS."""
_LONGEST_NAME = 190
_EVENT_NAME = re.compile(r"[\x21-\x7e]{1,190}")
_SETS_STAGE = frozenset(TRANSITIONS) - OBSERVATIONS - {"unsealed", "handed_over"}


def after_step(step: Step, things: Mapping[str, Thing]) -> dict[str, Any]:
    """What follows from a lawful step: `stage`, `custodian`, `giver` where custody passes, `was` where it was.

    Raises ScenarioError for a step out of form and Refused for one that is not lawful.
    """
    _check_form(step)
    thing = things.get(step.thing, Thing(name=step.thing))
    chain = chain_of(thing, things)
    stage, since = stage_of(chain)
    _check_kind(step, thing)
    if stage not in TRANSITIONS[step.kind]:
        _refuse_stage(step, stage, since)
    real = None if stage in EXPECTED else since
    late = max((instant for instant in (thing.told_utc, real) if instant is not None), default=None)
    if step.kind not in OBSERVATIONS and late is not None and step.at_utc < late:
        _refuse_late(step, stage, format_utc(late))
    holder = custodian_of(chain)
    after: dict[str, Any] = {}
    if step.kind in _SETS_STAGE:
        after["stage"] = TRANSITIONS[step.kind][stage]
    if isinstance(step, Move):
        after |= _after_move(step, thing, things, holder)
    elif isinstance(step, Register):
        after = _after_registering(step, thing, things)
    else:
        after |= _AFTER.get(step.kind, _nothing_more)(step, thing, things, holder)
    return after


def _nothing_more(step: Step, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    return {}


def _refuse(step: Step, what: str, fix: str) -> NoReturn:
    raise Refused(what, fix=fix, where=step.command_id)


_WORDS = (
    "thing", "by", "command_id", "claim", "where", "giver", "taker", "number", "custodian", "customer", "supplier", "mission",
    "destination",
)  # fmt: skip
_MAY_BE_EMPTY = frozenset({"taker", "claim"})


@cache
def _words_of(kind: Any) -> tuple[str, ...]:
    """The words of a kind of step that stand in lists and on labels."""
    known = {declared.name for declared in fields(kind)}
    return tuple(name for name in _WORDS if name in known)


def _check_form(step: Step) -> None:
    check_quantities(step)
    pieces = getattr(step, "pieces", None)
    if pieces is not None and pieces != int(pieces):
        raise ScenarioError(f"{pieces:g} pieces are not whole", fix="give a whole number of pieces", where=step.command_id)
    if not _EVENT_NAME.fullmatch(step.command_id):
        what = f"command_id is {step.command_id[:40]!r}"
        raise ScenarioError(what, fix="give 1 to 190 letters, digits and signs without blanks", where=step.kind)
    kind: Any = type(step)
    for name in _words_of(kind):
        word = getattr(step, name)
        if not isinstance(word, str):
            continue
        blank = word != word.strip() or (not word and name not in _MAY_BE_EMPTY)
        if blank or len(word) > _LONGEST_NAME or not word.isprintable():
            raise ScenarioError(
                f"{name} is {word[:40]!r}",
                fix=f"give 1 to {_LONGEST_NAME} printable signs, none blank at the ends",
                where=step.command_id,
            )
    if not step.thing.partition("/")[2] or step.thing.partition("/")[0] not in {"cargo", "container"}:
        raise ScenarioError(f"{step.thing!r} is no thing", fix="name it cargo/ITEM or container/ID", where=step.command_id)


def _check_kind(step: Step, thing: Thing) -> None:
    sort = step.sort if isinstance(step, Register) else thing.sort
    is_item = step.thing.startswith("cargo/")
    if is_item and isinstance(step, Register):
        _refuse(step, f"{step.thing} is cargo, not a container", "order it, or let a plan open it")
    if not is_item and step.kind in ITEM_STEPS:
        _refuse(step, f"{step.thing} is a container; {step.kind} is for cargo", "name an item, as cargo/ITEM")
    if step.kind in VEHICLE_STEPS and thing.stage and sort != "vehicle":
        _refuse(step, f"{step.thing} is {_a(sort)}; only a spacecraft is {step.kind}", "name the spacecraft it is in")
    if isinstance(step, Move) and step.kind not in VEHICLE_STEPS and sort in (*FIXED_SORTS, "vehicle"):
        _refuse(step, f"{step.thing} is {_a(sort)} and is not {step.kind}", "move what is in it")


def _a(sort: str) -> str:
    return f"an {sort}" if sort[:1] in "aeiou" else f"a {sort}"


def _refuse_stage(step: Step, stage: str, since: Any) -> NoReturn:
    if not stage:
        fix = "order it, let a plan open it, or register the container; check the spelling of its name"
        _refuse(step, f"{step.thing} is not known, so it can't be {step.kind}", fix)
    lawful = ", ".join(lawful_steps(stage)) or "nothing more"
    what = f"{step.thing} is {stage} ({STAGES[stage]}) since {format_utc(since)}, so it can't be {step.kind}"
    _refuse(step, what, f"lawful now: {lawful}; if an earlier event is wrong, declare it with a correction")


def _refuse_late(step: Step, stage: str, late: str) -> NoReturn:
    _refuse(
        step,
        f"{step.kind} at {format_utc(step.at_utc)} comes before what is told of {step.thing} already ({stage}, {late})",
        "if it was left out, tell it as a correction without a wrong event; else give the true instant",
    )


def _aloft(thing: Thing, things: Mapping[str, Thing]) -> bool:
    """Whether a thing is at the place; what is in a spacecraft is where that is."""
    chain = chain_of(thing, things)
    stage, _ = stage_of(chain)
    return stage in ALOFT or (stage in {"loaded", "trashed", "sealed"} and chain[-1].stage in ALOFT)


def _check_side(step: Move, thing: Thing, things: Mapping[str, Thing]) -> None:
    """What is in orbit is not unloaded on the ground, nor the other way round; what is in a bag comes with the bag."""
    aloft = _aloft(thing, things)
    if step.kind == "unloaded" and aloft:
        _refuse(step, f"{step.thing} is at the place, not on the ground", "stow it at the place: stowed")
    if step.kind == "stowed" and not aloft:
        _refuse(step, f"{step.thing} is not at the place", "record how it came there first, or unload it on the ground")
    if step.kind == "received" and thing.inside:
        _refuse(step, f"{step.thing} is inside {thing.inside}", "receive the container, or take it out first: unloaded")
    here = _destination(_place(thing, things))
    there = _destination(_place(things[step.where], things) if step.where in things else step.where)
    if aloft and here and there and here != there:
        _refuse(step, f"{step.thing} is at {here}, {step.where} is at {there}", "name a container or place that is at hand")


def _place(thing: Thing, things: Mapping[str, Thing]) -> str:
    return chain_of(thing, things)[-1].where


def _destination(place: str) -> str:
    """The destination of a port or of a place at it; empty for what is elsewhere."""
    kind, _, name = place.partition("/")
    return name.partition("/")[0] if kind in {"port", "place"} else ""


def _after_move(step: Move, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    target = things.get(step.where)
    if step.kind not in VEHICLE_STEPS:
        _check_side(step, thing, things)
    if step.where.startswith("container/"):
        _check_target(step, thing, target, things)
    else:
        _check_place(step)
    _check_seals(step, things.get(thing.inside), target)
    theirs = custodian_of(chain_of(target, things)) if target else ""
    taker = step.taker or holder or theirs
    if not taker or (step.kind in {"received", "returned"} and not step.taker):
        _refuse(step, f"it is not said who holds {step.thing} from now on", "name the taker")
    if theirs and taker != theirs:
        fix = f"hand it over first, or name {theirs} as taker"
        _refuse(step, f"{step.where} is held by {theirs}, {step.thing} by {taker}", fix)
    passes = {"giver": holder} if holder and taker != holder else {}
    return {"custodian": taker, **passes, **({"was": thing.where} if thing.where else {})}


def _check_place(step: Move) -> None:
    kind, _, name = step.where.partition("/")
    allowed = PLACES_OF.get(step.kind, ())
    if kind not in PLACE_KINDS or not name or kind not in allowed:
        into = [f"{word}/NAME" for word in allowed] + (["container/ID"] if step.kind in TAKES_IN else [])
        _refuse(step, f"{step.where!r} is no place that a thing is {step.kind} at", f"use one of: {', '.join(into)}")


def _check_target(step: Move, thing: Thing, target: Thing | None, things: Mapping[str, Thing]) -> None:
    sorts = TAKES_IN.get(step.kind, ())
    if not sorts:
        _check_place(step)
    if target is None or not target.stage:
        _refuse(step, f"{step.where} is not known", "register the container first; check the spelling of its name")
    if target.sort not in sorts:
        _refuse(step, f"{step.where} is {_a(target.sort)}; nothing is {step.kind} into it", f"name a {' or '.join(sorts)}")
    holders = chain_of(target, things)
    if any(holder.name == thing.name for holder in holders):
        _refuse(step, f"{step.where} is inside {thing.name}", "a thing can't be inside itself: name another container")
    stage, since = stage_of(holders)
    if since is not None and step.at_utc < since:
        _refuse_late(step, f"{step.where} {stage}", format_utc(since))
    if stage in {"launched", "undocked", "consumed", "destroyed", "returned", "lost"}:
        _refuse(step, f"{step.where} is {stage}: nothing goes in now", "name a container that is at hand")
    if _aloft(target, things) != _aloft_after(step, thing, things):
        here, there = ("at the place", "on the ground")[:: 1 if _aloft(thing, things) else -1]
        _refuse(step, f"{thing.name} is {here}, {step.where} is {there}", "record how it came there first")


def _aloft_after(step: Move, thing: Thing, things: Mapping[str, Thing]) -> bool:
    return step.kind in {"transferred", "stowed"} or _aloft(thing, things)


def _check_seals(step: Step, holder: Thing | None, target: Thing | None = None) -> None:
    for container in (holder, target):
        if container is not None and container.seals and step.kind not in VEHICLE_STEPS:
            _refuse(step, f"{container.name} is sealed ({', '.join(container.seals)})", "take the seal off first: unsealed")


def _after_registering(step: Register, thing: Thing, things: Mapping[str, Thing]) -> dict[str, Any]:
    if thing.stage:
        if thing.sort != step.sort:
            _refuse(step, f"{step.thing} is registered as {_a(thing.sort)}", f"give the {step.sort} another name")
        return {}
    kind, _, name = step.where.partition("/")
    if kind == "container":
        outer = things.get(step.where)
        if outer is None or not outer.stage:
            _refuse(step, f"{step.where} is not known", "register the outer container first")
        aloft = _aloft(outer, things)
    else:
        if kind not in PLACE_KINDS or not name:
            _refuse(step, f"{step.where!r} is no place", f"use one of: {', '.join(f'{word}/NAME' for word in PLACE_KINDS)}")
        aloft = kind == "place"
    return {"stage": "stowed" if aloft else "registered", "custodian": step.custodian}


def _planned(step: Plan, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    if thing.tenant and thing.tenant != step.customer:
        _refuse(step, f"{step.thing} belongs to {thing.tenant}, not to {step.customer}", "give the item another name")
    if thing.stage:
        return {"stage": thing.stage} if thing.stage_utc is None else {}
    return {"stage": "planned" if step.direction == "up" else "awaited"}


def _ordered(step: Order, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    if thing.tenant and thing.tenant != step.customer:
        _refuse(step, f"{step.thing} belongs to {thing.tenant}, not to {step.customer}", "give the item another name")
    return {"custodian": step.supplier}


def _handed_over(step: HandOver, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    if thing.inside:
        fix = "hand over the container, or take it out first"
        _refuse(step, f"{step.thing} is inside {thing.inside}, which {holder or 'nobody known'} holds", fix)
    if step.giver == step.taker:
        _refuse(step, f"{step.giver} can't hand over to itself", "name who gives and who takes")
    if holder and step.giver != holder:
        fix = f"name {holder} as giver, or correct how {holder} came to hold it"
        _refuse(step, f"{step.thing} is held by {holder}, not by {step.giver}", fix)
    return {"custodian": step.taker, "giver": step.giver}


def _consumed(step: Consume, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    _check_seals(step, thing, things.get(thing.inside))
    stage, _ = stage_of(chain_of(thing, things))
    if step.mass_kg is None:
        return {"stage": "consumed"}
    if step.mass_kg > thing.mass_kg + _WEIGHED_KG / 2:
        fix = "give what was used, or weigh what is left first (inspected)"
        _refuse(step, f"{step.mass_kg:g} kg used of {step.thing}, {thing.mass_kg:g} kg are left", fix)
    return {"stage": "consumed" if thing.mass_kg - step.mass_kg < _WEIGHED_KG / 2 else stage}


def _sealed(step: Seal, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    if step.number in thing.seals:
        _refuse(step, f"seal {step.number} is on {step.thing} already", "give the number of the new seal")
    return {}


def _unsealed(step: Unseal, thing: Thing, things: Mapping[str, Thing], holder: str) -> dict[str, Any]:
    if step.number not in thing.seals:
        on = ", ".join(thing.seals) or "none"
        _refuse(step, f"seal {step.number} is not on {step.thing}; seals on it: {on}", "name a seal that is on it")
    return {}


_AFTER: Mapping[str, Any] = {
    "planned": _planned,
    "ordered": _ordered,
    "handed_over": _handed_over,
    "consumed": _consumed,
    "sealed": _sealed,
    "unsealed": _unsealed,
}
