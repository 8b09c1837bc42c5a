"""Whether a step is lawful, and what is written then: its event, and a non-conformance where something does not agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from supercargo.kernel import Refused, ScenarioError, format_utc, plain
from supercargo.track.cargo.lawful import after_step
from supercargo.track.cargo.life import Fact, Life, Thing, applied, standing_facts
from supercargo.track.cargo.nonconformance import findings_of, opened_by
from supercargo.track.cargo.stages import VEHICLE_STEPS
from supercargo.track.cargo.steps import Correct, Step, said_of, step_of
from supercargo.track.envelope import Draft

__all__ = ["decide", "lives_around", "needed_by"]


def needed_by(step: Step, lives: Mapping[str, Life]) -> frozenset[str]:
    """Streams that must be read before a step can be judged and are not among `lives` yet.

    Ask again after reading them: a container read may be in another one.
    """
    wanted = {step.thing, *_named(step)}
    for life in lives.values():
        wanted.add(life.now.inside)
        if isinstance(step, Correct):
            wanted.update(str(fact.body.get("where", "")) for fact in standing_facts(life.facts))
    wanted.difference_update(lives)
    return frozenset(name for name in wanted if name.startswith(("cargo/", "container/")))


def lives_around(step: Step, life: Callable[[str], Life]) -> dict[str, Life]:
    """The streams that a step touches: all that `needed_by` asks for, until it asks for no more."""
    found: dict[str, Life] = {}
    names = [step.thing, *_named(step)]
    while names:
        name = names.pop()
        if name in found or not name.startswith(("cargo/", "container/")):
            continue
        one = found[name] = life(name)
        names.append(one.now.inside)
        if isinstance(step, Correct):
            names += [str(fact.body.get("where", "")) for fact in standing_facts(one.facts)]
    return found


def _named(step: Step) -> tuple[str, ...]:
    instead = _named(step.instead) if isinstance(step, Correct) and step.instead else ()
    return (str(getattr(step, "where", "")), *instead)


def decide(
    step: Step, lives: Mapping[str, Life], *, last_inside_utc: Mapping[str, datetime] | None = None
) -> tuple[Draft, ...]:
    """What is written for a step, given the streams that it touches (`needed_by`).

    `last_inside_utc` says of a container when the last change of its contents was, where that is known. Raises ScenarioError
    for a step out of form, Refused for one that is not lawful now, with the stage the thing is in, what is lawful and how to
    correct.
    """
    life = lives.get(step.thing, Life.of(step.thing))
    if isinstance(step, Correct):
        return _corrected(step, life, lives)
    last = (last_inside_utc or {}).get(step.thing)
    if step.kind in VEHICLE_STEPS and last is not None and last > step.at_utc:
        raise Refused(
            f"{step.thing} was still being loaded or unloaded at {format_utc(last)}, after {format_utc(step.at_utc)}",
            fix="give the true instant, or correct what was told of its contents first",
            where=step.command_id,
        )
    after = after_step(step, {name: other.now for name, other in lives.items()} | {step.thing: life.now})
    body = {**said_of(step), **({"after": after} if after else {})}
    tenant = life.now.tenant or str(getattr(step, "customer", ""))
    event = _drafted(step, body, tenant=tenant, expected_version=life.version)
    return event, *_nonconforming(step, life.now, tenant)


def _drafted(step: Step, body: Mapping[str, Any], *, tenant: str, expected_version: int) -> Draft:
    return Draft(
        event_id=step.command_id, stream=step.thing, kind=step.kind, body=body, occurred_utc=step.at_utc, by=step.by,
        tenant=tenant, expected_version=expected_version,
    )  # fmt: skip


def _nonconforming(step: Step, before: Thing, tenant: str) -> Iterator[Draft]:
    if findings := findings_of(step, before):
        yield opened_by(step, findings, tenant=tenant)


def _corrected(step: Correct, life: Life, lives: Mapping[str, Life]) -> tuple[Draft, ...]:
    _refuse_idle_correction(step, life)
    said = said_of(step)
    own = Fact(
        event_id=step.command_id, kind=step.kind, body=said, at_utc=step.at_utc, by=step.by, version=life.version + 1
    )  # fmt: skip
    standing = standing_facts((*life.facts, own))
    anew: dict[str, Any] = {}
    drafts: list[Draft] = []
    now = Thing(name=step.thing, tenant=life.now.tenant)
    for fact in standing:
        told = step_of(fact.kind, fact.body, command_id=fact.event_id, thing=step.thing, at_utc=fact.at_utc, by=fact.by)
        after = _still_lawful(told, now, lives, step)
        if after != fact.body.get("after", {}):
            anew[fact.event_id] = after
        if fact.event_id == step.command_id:
            drafts += _nonconforming(told, now, life.now.tenant)
        now = applied(now, replace(fact, body={**fact.body, "after": after}))
    body = {**said, **({"anew": plain(anew)} if anew else {})}
    event = _drafted(step, body, tenant=life.now.tenant, expected_version=life.version)
    return event, *drafts


def _still_lawful(told: Step, now: Thing, lives: Mapping[str, Life], step: Correct) -> dict[str, Any]:
    then = {name: other.at(told.at_utc) for name, other in lives.items()} | {told.thing: now}
    try:
        return after_step(told, then)
    except Refused as refusal:
        if told.command_id == step.command_id:
            raise
        raise Refused(
            f"with this correction {told.kind} at {format_utc(told.at_utc)} ({told.command_id}) would not be lawful: "
            f"{refusal.what}",
            fix=f"correct {told.command_id} first, or give in `instead` what makes it lawful",
            where=step.command_id,
        ) from refusal


def _refuse_idle_correction(step: Correct, life: Life) -> None:
    faults = []
    standing = {fact.event_id for fact in standing_facts(life.facts)}
    told = {fact.event_id for fact in life.facts}
    if not step.reason.strip():
        faults.append(("it says no reason", "say why the event is wrong"))
    if not step.wrong and step.instead is None:
        faults.append(("it names no wrong event and nothing that happened instead", "name one of them"))
    if step.wrong and step.wrong not in told:
        faults.append((f"{step.thing} has no event {step.wrong!r}", f"see `supercargo track history {step.thing}`"))
    elif step.wrong and step.wrong not in standing:
        faults.append((f"{step.wrong} has been declared wrong before", "correct the correction that replaced it"))
    if isinstance(step.instead, Correct):
        faults.append(("what happened instead is itself a correction", "give the step that really happened"))
    elif step.instead is not None and (step.instead.thing, step.instead.by) != (step.thing, step.by):
        faults.append(("what happened instead is of another thing or person", f"say it of {step.thing}, by {step.by}"))
    for what, fix in faults[:1]:
        raise (ScenarioError if not step.reason.strip() else Refused)(what, fix=fix, where=step.command_id)
