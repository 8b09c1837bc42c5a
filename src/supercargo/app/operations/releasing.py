"""`release`: a plan folder is judged, its waivers are written down, and operations open on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from supercargo.app.operations.cargo import opening_drafts
from supercargo.app.operations.recording import Operations
from supercargo.kernel import Refused, ScenarioError
from supercargo.measure.deliveries import line_name
from supercargo.model import OperationsPlan, Violation, Waiver
from supercargo.referee import judge, unwaived
from supercargo.store import digest_of_plan, digest_violations, read_plan
from supercargo.track.contracts.deciding import contract_of
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.event_store import EventIdReused, StreamMoved
from supercargo.track.limits import MOST_DRAFTS
from supercargo.track.missions.phases import FLOWN_PHASES, PHASES
from supercargo.track.missions.release import (
    REGISTER,
    Released,
    ReleaseOrder,
    Standing,
    begun_release,
    decide_release,
    name_of_release,
    register_of,
)
from supercargo.track.missions.state import mission_of

__all__ = ["NEVER_WAIVED", "ReleaseAsked", "release_plan", "release_read", "waivers_of"]


NEVER_WAIVED = ("row-once", "number-bound", "known-name", "mission-requested", "line-once")
"""Rules without which a plan can't be read as one: its rows stand once, its numbers are finite, its names are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAsked:
    """What a person asks of `release`; `waive` are words RULE:OBJECT=REASON."""

    by: str
    at_utc: datetime
    waive: tuple[str, ...] = ()
    supersedes: str = ""


def release_plan(folder: Path, store: Operations, asked: ReleaseAsked, *, most: int = MOST_DRAFTS) -> Released:
    """Open a plan for operations, in one append, or in appends of at most `most` events that a second run completes.

    Raises ScenarioError for a folder that can't be read and for waivers out of form, Refused for a plan whose files are not
    those that plan.json vouches for, that breaks a hard rule which nobody waived, that is released, flown, or older than the
    plan in force.
    """
    return release_read(read_plan(folder), folder, store, asked, most=most)


def release_read(
    plan: OperationsPlan, folder: Path, store: Operations, asked: ReleaseAsked, *, most: int = MOST_DRAFTS
) -> Released:
    """Open a plan as it was read from its folder a moment ago, which for a year takes a second. Raises as `release_plan`."""
    digest = digest_of_plan(folder)
    if odd := digest_violations(folder):
        raise Refused(odd[0].text, fix="plan again, or release the folder as it was written", where=str(folder))
    given = waivers_of(asked)
    order = ReleaseOrder(
        digest=digest, by=asked.by, at_utc=asked.at_utc, waivers=(*plan.waivers, *given), supersedes=asked.supersedes
    )
    order = begun_release(store.stream(f"plan/{digest[:12]}"), order)
    order = _judged(plan, order, given)
    standing = _standing(plan, order, store)
    decide_release(plan, order, standing)  # what is refused is told before the cargo is looked through
    flown = {name for name, state in standing.missions.items() if state.phase in FLOWN_PHASES}
    with store.reading():  # thousands of streams, each of which would begin a transaction of its own
        cargo = opening_drafts(plan, store, by=order.by, opened_utc=order.at_utc, digest=digest, flown=flown)
    drafts = decide_release(plan, order, standing, cargo=cargo)
    try:
        receipts = [receipt for part in _parts(drafts, most) for receipt in store.append(part)]
    except (StreamMoved, EventIdReused) as error:
        raise _forestalled(store, digest, standing) from error
    return Released(
        plan=digest[:12],
        digest=digest,
        missions_count=len(plan.missions),
        lines_count=len({line_name(plan.scenario, row.item_id) for row in plan.manifest}),
        contracts_count=len(plan.scenario.contracts),
        waivers_count=len(order.waivers),
        events_count=len(receipts),
        repeated_count=sum(receipt.repeated for receipt in receipts),
        supersedes=str(drafts[-1].body["supersedes"])[:12],
        position=receipts[-1].position,
    )


def _forestalled(store: Operations, digest: str, standing: Standing) -> Refused:
    """Why a release came too late by an instant: who released what meanwhile, or that operations went on beneath it."""
    after = register_of(store.stream(REGISTER))[len(standing.released) :]
    if not after:
        what = f"operations went on while plan {digest[:12]} was being released"
        return Refused(what, fix="release it again: it is held against what has happened by then", where=digest[:12])
    said, at = after[-1]
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    what = f"{said.by} released plan {said.digest[:12]} (as of {when}) while plan {digest[:12]} was being released"
    fix = "look at the plan in force, and release yours again, or plan it anew upon that one"
    return Refused(what, fix=fix, where=digest[:12])


def waivers_of(asked: ReleaseAsked) -> tuple[Waiver, ...]:
    """Words RULE:OBJECT=REASON as waivers of the person who releases. Raises ScenarioError for words out of form."""
    found = []
    for word in asked.waive:
        rule, colon, rest = word.partition(":")
        thing, equals, reason = rest.partition("=")
        if not (colon and equals and rule.strip() and thing.strip() and reason.strip()):
            fix = "write RULE:OBJECT=REASON, as in 'range-spacing:ISS-07=agreed with the range'"
            raise ScenarioError(f"{word[:80]!r} is no waiver", fix=fix, where="--waive")
        waiver = Waiver(rule=rule.strip(), object=thing.strip(), name=asked.by, reason=reason.strip(), at_utc=asked.at_utc)
        found.append(waiver)
    return tuple(found)


def _judged(plan: OperationsPlan, order: ReleaseOrder, given: Sequence[Waiver]) -> ReleaseOrder:
    """The order with what the plan breaks, waived or not, and only the waivers that something needs."""
    hard = tuple(one for one in judge(plan) if one.hard)
    for waiver in given:
        if waiver.rule in NEVER_WAIVED:
            fix = "plan again: without it the plan can't be read"
            raise Refused(f"{waiver.rule} can't be waived", fix=fix, where="--waive")
        if not _lifted(hard, waiver):
            what = f"the plan does not break {waiver.rule} for {waiver.object}"
            raise Refused(
                what, fix="leave the waiver out, or name rule and object as `supercargo verify` does", where="--waive"
            )
    needed = tuple(one for one in order.waivers if one.rule not in NEVER_WAIVED and _lifted(hard, one))
    left = unwaived(hard, needed)
    waived = tuple(one for one in hard if one not in set(left))
    return replace(order, waivers=needed, waived=waived, unwaived=left)


def _lifted(hard: Sequence[Violation], waiver: Waiver) -> bool:
    """Whether a waiver lifts anything, by the referee's own rule of what one lifts."""
    return len(unwaived(hard, (waiver,))) < len(hard)


def _standing(plan: OperationsPlan, order: ReleaseOrder, store: Operations) -> Standing:
    """What operations know, but for what an earlier run of this release has written."""
    own = name_of_release(order.digest)

    def before(stream: str) -> tuple[Recorded, ...]:
        return tuple(event for event in store.stream(stream) if not event.event_id.startswith(own))

    with store.reading() as view:
        known = {str(row["mission_id"]) for phase in PHASES for row in view.find("missions", "phase", phase)}
    names = sorted(known | set(plan.mission_named))
    missions = {name: state for name in names if (state := mission_of(before(f"mission/{name}"))) is not None}
    states = {one.contract_id: contract_of(before(f"contract/{one.contract_id}")) for one in plan.scenario.contracts}
    contracts = {name: state.version for name, state in states.items() if state is not None}
    return Standing(released=register_of(store.stream(REGISTER)), missions=missions, contracts=contracts)


def _parts(drafts: Sequence[Draft], most: int) -> Iterable[Sequence[Draft]]:
    return (drafts[start : start + most] for start in range(0, len(drafts), most))
