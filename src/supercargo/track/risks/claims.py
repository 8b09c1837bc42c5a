"""A claim from loss to settlement: notified, documented, assessed, agreed, paid or refused, subrogation closed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from supercargo.kernel import Fault, Refused, ScenarioError, format_utc, text
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.missions.phases import LOST
from supercargo.track.missions.state import MissionState
from supercargo.track.risks import events as told
from supercargo.track.risks.policies import PolicyState
from supercargo.track.risks.recovery import Terms, cents, recovery_cents

__all__ = [
    "Agree",
    "AssessLoss",
    "ClaimCommand",
    "ClaimState",
    "CloseSubrogation",
    "Damage",
    "Document",
    "Notify",
    "Pay",
    "Refuse",
    "claim_of",
    "decide_claim",
    "evolve_claim",
    "on_policy",
]

MOST_USD = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tell the insurer of a loss: mission/MISSION of one that is lost, or cargo/ITEM of one that is damaged or lost."""

    policy: str = text("policy that covers it")
    loss: str = text("what is lost: mission/MISSION or cargo/ITEM")
    text: str = text("what happened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Say what the loss is, with the evidence of it."""

    claimed_usd: float = text("what is claimed, in whole cents")
    evidence: tuple[str, ...] = text("records that show it")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessLoss:
    """An assessor finds what the loss is."""

    assessor: str = text("who assesses it")
    loss_usd: float = text("what the loss is found to be, in whole cents")
    finding: str = text("on what grounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree:
    """Insurer and insured agree on an amount."""

    usd: float = text("what will be paid, in whole cents")
    agreed_with: str = text("who agrees for the insurer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """The agreed amount has come in."""

    evidence: str = text("what shows it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The insurer pays nothing."""

    reason: str = text("why")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSubrogation:
    """The insurer's own claim against whoever caused the loss is over."""

    against: str = text("against whom; nobody, where there was none")
    recovered_usd: float = text("what it brought the insurer, in whole cents", default=0.0)
    evidence: str = text("what shows it")


ClaimCommand = Notify | Document | AssessLoss | Agree | Pay | Refuse | CloseSubrogation


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What the cargo's own record shows of an item: the mission it was aboard, and when it was found damaged or lost."""

    mission_id: str = ""
    found_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimState:
    """A claim as it stands."""

    claim: str
    version: int
    policy: str
    mission_id: str
    loss: str
    insurer: str
    value_usd: float
    terms: Terms
    notified_by: str
    notified_utc: datetime
    since_utc: datetime
    state: str = "notified"
    claimed_usd: float | None = None
    evidence: tuple[str, ...] = ()
    loss_usd: float | None = None
    assessor: str = ""
    agreed_usd: float | None = None
    agreed_with: str = ""
    paid_usd: float | None = None
    paid_utc: datetime | None = None
    recovered_usd: float | None = None
    why: str = ""


def claim_of(events: Iterable[Recorded]) -> ClaimState | None:
    """The state after a stream's events; None for a claim that was never notified."""
    state: ClaimState | None = None
    for event in events:
        state = evolve_claim(state, event)
    return state


def evolve_claim(state: ClaimState | None, event: Recorded) -> ClaimState | None:
    """The state after one more event."""
    said, at = told.CLAIM_KINDS.read(event), event.occurred_utc
    if isinstance(said, told.ClaimNotified):
        terms = Terms(cover_fraction=said.cover_fraction, limit_usd=said.limit_usd, deductible_usd=said.deductible_usd)
        return ClaimState(
            claim=said.claim,
            version=event.version,
            policy=said.policy,
            mission_id=said.mission_id,
            loss=said.loss,
            insurer=said.insurer,
            value_usd=said.value_usd,
            terms=terms,
            notified_by=event.by,
            notified_utc=at,
            since_utc=at,
            why=said.text,
        )
    if state is None:
        return None
    state = replace(state, version=event.version, since_utc=at)
    match said:
        case told.ClaimDocumented(claimed_usd=usd, evidence=evidence):
            return replace(state, state="documented", claimed_usd=usd, evidence=evidence)
        case told.ClaimAssessed(assessor=assessor, loss_usd=usd, finding=finding):
            return replace(state, state="assessed", loss_usd=usd, assessor=assessor, why=finding)
        case told.ClaimAgreed(usd=usd, agreed_with=who):
            return replace(state, state="agreed", agreed_usd=usd, agreed_with=who)
        case told.ClaimPaid(usd=usd):
            return replace(state, state="paid", paid_usd=usd, paid_utc=at)
        case told.ClaimRefused(reason=reason):
            return replace(state, state="refused", why=reason)
        case told.SubrogationClosed(recovered_usd=usd):
            return replace(state, state="closed", recovered_usd=usd)
    return state


_AFTER: dict[type, tuple[str, ...]] = {
    Document: ("notified", "documented"),
    AssessLoss: ("documented", "assessed"),
    Agree: ("assessed",),
    Pay: ("agreed",),
    Refuse: ("notified", "documented", "assessed"),
    CloseSubrogation: ("paid",),
}
"""States in which each command is lawful."""


def decide_claim(
    name: str,
    state: ClaimState | None,
    command: ClaimCommand,
    act: Act,
    *,
    policy: PolicyState | None,
    lost: MissionState | Damage | None = None,
) -> tuple[Draft, ...]:
    """A command on a claim becomes drafts of its stream and, where it binds the policy, of the policy's too.

    `lost` is what the log says of what is lost: the mission, or the item. Raises ScenarioError with every number and word
    that is not lawful, Refused where there was no such loss, where it is claimed already, and where the claim is not so far;
    nothing is stored then.
    """
    where = f"claim/{need(name, 'the name of the claim')}"
    if faults := sorted(_faults(where, command, act)):
        raise ScenarioError.of(faults, where=where)
    if isinstance(command, Notify):
        return _notified(name, state, command, act, (policy, lost))
    if state is None:
        raise Refused("no such claim was notified", fix="notify it first, or give another name", where=where)
    lawful = _AFTER[type(command)]
    if state.state not in lawful:
        can = ", ".join(kind.__name__.lower() for kind, states in _AFTER.items() if state.state in states) or "nothing more"
        raise Refused(f"the claim is {state.state}", fix=f"lawful now: {can}", where=where)
    not_before(state.since_utc, "the claim", act, where)
    said = _said(state, command, policy, where)
    drafts = drafts_of(act, told.CLAIM_KINDS, where, (said,), version=state.version)
    if isinstance(said, told.ClaimAgreed) and policy is not None:
        drafts += _beside(act, policy, told.RecoveryAgreed(claim=name, usd=said.usd))
    return drafts


def on_policy(act: Act) -> Act:
    """The act on a claim as the policy's own stream has it."""
    return replace(act, command_id=f"{act.command_id}.policy")


def _beside(act: Act, policy: PolicyState, said: object) -> tuple[Draft, ...]:
    """What the policy's own stream is told with the claim, so that two claims at once can't both hold."""
    return drafts_of(on_policy(act), told.POLICY_KINDS, f"policy/{policy.policy}", (said,), version=policy.version)


def _notified(
    name: str,
    state: ClaimState | None,
    command: Notify,
    act: Act,
    known: tuple[PolicyState | None, MissionState | Damage | None],
) -> tuple[Draft, ...]:
    where, (policy, lost) = f"claim/{name}", known
    if state is not None:
        raise Refused(f"the claim was notified by {state.notified_by}", fix="give the new one another name", where=where)
    if policy is None:
        fix = f"bind it before the mission lifts off, or name another than {command.policy!r}"
        raise Refused("no such policy is bound", fix=fix, where=where)
    if (other := policy.losses.get(command.loss)) is not None:
        raise Refused(f"{command.loss} is claimed already, by claim {other}", fix="go on with that claim", where=where)
    _covered(command.loss, policy, lost, act)
    said = told.ClaimNotified(
        claim=name,
        policy=policy.policy,
        mission_id=policy.mission_id,
        loss=command.loss,
        insurer=policy.insurer,
        value_usd=policy.value_usd(command.loss),
        cover_fraction=policy.terms.cover_fraction,
        limit_usd=policy.terms.limit_usd,
        deductible_usd=policy.terms.deductible_usd,
        text=command.text.strip(),
    )
    drafts = drafts_of(act, told.CLAIM_KINDS, where, (said,), version=0)
    return (*drafts, *_beside(act, policy, told.LossClaimed(claim=name, loss=command.loss)))


def _covered(loss: str, policy: PolicyState, lost: MissionState | Damage | None, act: Act) -> None:
    """Refuse a loss that the log does not show, or that the policy is not for."""
    where, (sort, _, name) = f"policy/{policy.policy}", loss.partition("/")
    if sort == "mission":
        if name != policy.mission_id:
            fix = "name the policy of that mission"
            raise Refused(f"the policy is for {policy.mission_id}, not for {name}", fix=fix, where=where)
        since = lost.since_utc if isinstance(lost, MissionState) and lost.phase == LOST else None
        if since is None:
            phase = lost.phase if isinstance(lost, MissionState) else "not open"
            fix = "record the loss first; nothing else opens a claim but a damaged item"
            raise Refused(f"{name} is not lost: it is {phase}", fix=fix, where=f"mission/{name}")
    else:
        damage = lost if isinstance(lost, Damage) else Damage()
        since = damage.found_utc
        if policy.covers != "cargo":
            raise Refused("the policy covers the flight, not the cargo", fix="name a policy for cargo", where=where)
        if since is None:
            fix = "record the damage first: supercargo record things"
            raise Refused(f"{loss} is not damaged or lost on the cargo's record", fix=fix, where=loss)
        if damage.mission_id != policy.mission_id:
            what = f"the policy is for {policy.mission_id}, {loss} was aboard {damage.mission_id or 'no mission'}"
            raise Refused(what, fix="name the policy of its mission", where=where)
        if policy.lots and name not in policy.lots:
            raise Refused(f"{name} is no lot of the policy", fix="claim a lot that is insured", where=where)
        whole = policy.losses.get(f"mission/{policy.mission_id}")
        if whole is not None:
            raise Refused(f"the whole mission is claimed, by claim {whole}", fix="go on with that claim", where=where)
    if act.at_utc < since:
        fix = "state when the insurer was told, not earlier"
        raise Refused(f"the loss is of {format_utc(since)}, the claim is before it", fix=fix, where=where)


def _said(state: ClaimState, command: ClaimCommand, policy: PolicyState | None, where: str) -> object:
    match command:
        case Document(claimed_usd=usd, evidence=evidence):
            if cents(usd) > cents(state.value_usd):
                what = f"{usd:,.2f} USD are claimed, {state.value_usd:,.2f} USD are declared"
                raise Refused(what, fix="claim at most the declared value", where=where)
            return told.ClaimDocumented(claimed_usd=usd, evidence=tuple(word.strip() for word in evidence))
        case AssessLoss(assessor=assessor, loss_usd=usd, finding=finding):
            if state.claimed_usd is None or cents(usd) > cents(state.claimed_usd):
                what = f"the loss is found to be {usd:,.2f} USD, {state.claimed_usd or 0:,.2f} USD are claimed"
                raise Refused(what, fix="document the larger loss first", where=where)
            return told.ClaimAssessed(assessor=assessor.strip(), loss_usd=usd, finding=finding.strip())
        case Agree(usd=usd, agreed_with=who):
            used = policy.used_cents(but=state.claim) if policy else 0
            owed = recovery_cents(state.terms, cents(state.loss_usd or 0.0), used_cents=used)
            if cents(usd) > owed:
                terms = state.terms
                fix = (
                    f"agree on at most that: {terms.cover_fraction:g} of {state.loss_usd or 0:,.2f} USD within a limit of "
                    f"{terms.limit_usd - used / 100:,.2f} USD, less {terms.deductible_usd:,.2f} USD"
                )
                raise Refused(f"{usd:,.2f} USD are more than the {owed / 100:,.2f} USD owed", fix=fix, where=where)
            return told.ClaimAgreed(usd=usd, agreed_with=who.strip())
        case Pay(evidence=evidence):
            paid = state.agreed_usd or 0.0
            return told.ClaimPaid(mission_id=state.mission_id, usd=paid, evidence=evidence.strip())
        case Refuse(reason=reason):
            return told.ClaimRefused(reason=reason.strip())
        case CloseSubrogation(against=against, recovered_usd=usd, evidence=evidence):
            if cents(usd) > cents(state.paid_usd or 0.0):
                what = f"{usd:,.2f} USD are more than the {state.paid_usd or 0:,.2f} USD that were paid"
                raise Refused(what, fix="state what the insurer got back, at most what it paid", where=where)
            return told.SubrogationClosed(against=against.strip(), recovered_usd=usd, evidence=evidence.strip())
    raise TypeError(f"{type(command).__name__} is no command of a claim that is open")


_AMOUNTS = ("claimed_usd", "loss_usd", "usd", "recovered_usd")


def _faults(where: str, command: ClaimCommand, act: Act) -> Iterator[Fault]:
    """Every word and number of a command that is not lawful."""
    if not act.by.strip():
        yield Fault(where, 0, "by", "the name of the person is missing", "say who does it")
    for name in ("policy", "loss", "text", "assessor", "finding", "agreed_with", "reason", "against"):
        word = getattr(command, name, None)
        if isinstance(word, str) and not word.strip():
            yield Fault(where, 0, name, f"{name} is missing", f"state {name}")
    evidence = getattr(command, "evidence", None)
    words = (evidence,) if isinstance(evidence, str) else evidence
    if words is not None and not (words and all(word.strip() for word in words)):
        yield Fault(where, 0, "evidence", "the evidence is missing", "name the records that show it")
    if isinstance(command, Notify) and command.loss.strip() and command.loss.partition("/")[0] not in ("mission", "cargo"):
        yield Fault(where, 0, "loss", f"{command.loss[:60]!r} is no loss", "write mission/MISSION or cargo/ITEM")
    for name in _AMOUNTS:
        usd = getattr(command, name, None)
        if usd is None:
            continue
        if not (math.isfinite(usd) and 0 <= usd <= MOST_USD):
            yield Fault(where, 0, name, f"{name} is {usd:g}", f"give an amount from 0 to {MOST_USD:,.0f} USD")
        elif round(usd, 2) != usd:
            yield Fault(where, 0, name, f"{name} is {usd!r}", "give whole cents")
