"""Work orders: issued with a limit, started, signed by two, done; deferred only by a named person with a reason."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.kernel import Refused, format_utc
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.maintenance import events as told

__all__ = [
    "CancelWork",
    "DeferWork",
    "FinishWork",
    "IssueWork",
    "OrderState",
    "RecordUse",
    "SignWork",
    "StartWork",
    "Use",
    "WorkCommand",
    "decide_use",
    "decide_work",
    "evolve_order",
    "order_of",
    "overdue_reason",
]

SIGNATURES_COUNT = 2
MOST_HOURS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueWork:
    """Order work on an asset, due by a limit."""

    order: str
    asset_kind: str
    asset: str
    task: str
    limit: told.Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWork:
    """Begin the work."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWork:
    """Sign the work; two different people do."""

    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishWork:
    """End the work, when two have signed."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferWork:
    """Put the work off to a new limit, for a reason."""

    limit: told.Limit
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWork:
    """Take the order back, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUse:
    """State hours and cycles of use beside flights."""

    asset_kind: str
    asset: str
    hours: float = 0.0
    cycles: int = 0


WorkCommand = IssueWork | StartWork | SignWork | FinishWork | DeferWork | CancelWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much an asset has been used: hours [h] and cycles, its lift-offs among them."""

    hours: float = 0.0
    cycles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """A work order as it stands: issued, started, done or cancelled."""

    order: str
    version: int
    asset_kind: str
    asset: str
    task: str
    limit: told.Limit
    issued_by: str
    issued_utc: datetime
    state: str = "issued"
    since_utc: datetime
    started_utc: datetime | None = None
    signed_by: tuple[str, ...] = ()
    deferred_by: str = ""
    deferrals_count: int = 0
    why: str = ""

    @property
    def open(self) -> bool:
        """True until it is done or cancelled."""
        return self.state in ("issued", "started")


def order_of(events: Iterable[Recorded]) -> OrderState | None:
    """The state after a stream's events; None for an order that was never issued."""
    state: OrderState | None = None
    for event in events:
        state = evolve_order(state, event)
    return state


def evolve_order(state: OrderState | None, event: Recorded) -> OrderState | None:
    """The state after one more event."""
    said, at = told.WORK_KINDS.read(event), event.occurred_utc
    if isinstance(said, told.WorkIssued):
        return OrderState(
            order=said.order,
            version=event.version,
            asset_kind=said.asset_kind,
            asset=said.asset,
            task=said.task,
            limit=said.limit,
            issued_by=event.by,
            issued_utc=at,
            since_utc=at,
        )
    if state is None:
        return None
    state = replace(state, version=event.version)
    match said:
        case told.WorkStarted():
            return replace(state, state="started", since_utc=at, started_utc=at)
        case told.WorkSigned():
            return replace(state, signed_by=(*state.signed_by, event.by), since_utc=at)
        case told.WorkDone():
            return replace(state, state="done", since_utc=at)
        case told.WorkDeferred(limit=limit, reason=reason):
            count = state.deferrals_count + 1
            return replace(state, limit=limit, deferred_by=event.by, deferrals_count=count, why=reason)
        case told.WorkCancelled(reason=reason):
            return replace(state, state="cancelled", since_utc=at, why=reason)
    return state


def overdue_reason(state: OrderState, use: Use, now_utc: datetime) -> str:
    """Why an open order is overdue, or an empty word; work that has been started keeps its asset on the ground too."""
    if not state.open:
        return ""
    name = f"work order {state.order} on {state.asset_kind} {state.asset}"
    if state.state == "started":
        return f"{name} is under way"
    limit = state.limit
    if limit.due_utc is not None and now_utc >= limit.due_utc:
        return f"{name} was due at {format_utc(limit.due_utc)}"
    if limit.cycles is not None and use.cycles >= limit.cycles:
        return f"{name} was due at {limit.cycles} cycles, it has {use.cycles}"
    if limit.hours is not None and use.hours >= limit.hours:
        return f"{name} was due at {limit.hours:g} h, it has {use.hours:g} h"
    return ""


def decide_work(state: OrderState | None, command: WorkCommand, act: Act) -> tuple[Draft, ...]:
    """A command on a work order becomes drafts of its stream. Raises Refused with what is missing."""
    need(act.by, "the name of the person")
    if isinstance(command, IssueWork):
        said = _issue(state, command)
        return drafts_of(act, told.WORK_KINDS, f"workorder/{said.order}", (said,), version=0)
    if state is None:
        raise Refused("no such work order was issued", fix="issue it first, or give another name")
    where = f"workorder/{state.order}"
    if not state.open:
        raise Refused(f"the order is {state.state}", fix="issue a new one", where=where)
    not_before(state.since_utc, "the order", act, where)
    return drafts_of(act, told.WORK_KINDS, where, (_said(state, command, act, where),), version=state.version)


def _said(
    state: OrderState, command: StartWork | SignWork | FinishWork | DeferWork | CancelWork, act: Act, where: str
) -> told.WorkStarted | told.WorkSigned | told.WorkDone | told.WorkDeferred | told.WorkCancelled:
    started = state.state == "started"
    match command:
        case StartWork(note=note):
            if started:
                raise Refused("the work is under way", fix="sign it when it is good", where=where)
            return told.WorkStarted(note=note)
        case SignWork(evidence=evidence):
            if not started:
                raise Refused("the work has not been started", fix="start it first", where=where)
            if act.by in state.signed_by:
                raise Refused(f"{act.by} has signed", fix="let another person sign: it takes two", where=where)
            return told.WorkSigned(evidence=need(evidence, "the evidence of the work", where=where))
        case FinishWork(note=note):
            missing = SIGNATURES_COUNT - len(state.signed_by)
            if not started or missing > 0:
                names = ", ".join(state.signed_by) or "nobody"
                what = f"the work is signed by {names}, and takes {SIGNATURES_COUNT}"
                raise Refused(what, fix="let two different people sign it", where=where)
            return told.WorkDone(note=note)
        case DeferWork(limit=limit, reason=reason):
            if started:
                raise Refused("the work is under way", fix="finish it", where=where)
            _lawful(limit, where)
            return told.WorkDeferred(limit=limit, reason=need(reason, "the reason of the deferral", where=where))
        case CancelWork(reason=reason):
            if started:
                raise Refused("the work is under way", fix="finish it", where=where)
            return told.WorkCancelled(reason=need(reason, "the reason", where=where))


def _issue(state: OrderState | None, command: IssueWork) -> told.WorkIssued:
    order = need(command.order, "the name of the order")
    where = f"workorder/{order}"
    if state is not None:
        raise Refused(f"the order was issued by {state.issued_by}", fix="give the new one another name", where=where)
    if command.asset_kind not in told.ASSET_KINDS:
        raise Refused(
            f"{command.asset_kind!r} is not kept in order", fix=f"use one of: {', '.join(told.ASSET_KINDS)}", where=where
        )
    _lawful(command.limit, where)
    return told.WorkIssued(
        order=order,
        asset_kind=command.asset_kind,
        asset=need(command.asset, "the name of the asset", where=where),
        task=need(command.task, "what is to be done", where=where),
        limit=command.limit,
    )


def _lawful(limit: told.Limit, where: str) -> None:
    if limit == told.Limit():
        raise Refused("the order has no limit", fix="give hours, cycles or a date", where=where)
    if limit.hours is not None and not 0 <= limit.hours <= MOST_HOURS:
        raise Refused(f"{limit.hours:g} h is no limit", fix=f"give 0 to {MOST_HOURS:g} h", where=where)
    if limit.cycles is not None and not 0 <= limit.cycles <= MOST_HOURS:
        raise Refused(f"{limit.cycles} cycles is no limit", fix=f"give 0 to {MOST_HOURS:g} cycles", where=where)


def decide_use(version: int, command: RecordUse, act: Act) -> tuple[Draft, ...]:
    """Use of an asset becomes a draft of its stream, behind `version`. Raises Refused for what is no use."""
    need(act.by, "the name of the person")
    asset = need(command.asset, "the name of the asset")
    where = f"asset/{command.asset_kind}/{asset}"
    if command.asset_kind not in told.ASSET_KINDS:
        raise Refused(
            f"{command.asset_kind!r} is not kept in order", fix=f"use one of: {', '.join(told.ASSET_KINDS)}", where=where
        )
    lawful = math.isfinite(command.hours) and 0 <= command.hours <= MOST_HOURS and 0 <= command.cycles <= MOST_HOURS
    if not lawful or not (command.hours or command.cycles):
        raise Refused("that is no use of an asset", fix="give hours or cycles above 0", where=where)
    said = told.UseRecorded(asset_kind=command.asset_kind, asset=asset, hours=command.hours, cycles=command.cycles)
    return drafts_of(act, told.WORK_KINDS, where, (said,), version=version)
