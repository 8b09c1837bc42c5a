"""A policy in operations: bound for a mission before it lifts off, its premium paid, its losses claimed once each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from supercargo.kernel import Fault, Refused, ScenarioError, format_utc, text
from supercargo.model import COVERED
from supercargo.track.acts import Act, drafts_of, need, not_before
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.missions.phases import LOST, WITHDRAWN
from supercargo.track.missions.state import MissionState
from supercargo.track.risks import events as told
from supercargo.track.risks.recovery import Terms, cents

__all__ = ["BindPolicy", "PayPremium", "PolicyCommand", "PolicyState", "decide_policy", "evolve_policy", "policy_of"]

MOST_USD = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class BindPolicy:
    """Insure a mission's cargo or flight, before it lifts off."""

    mission_id: str = text("mission")
    insurer: str = text("who bears the risk")
    covers: str = text(f"what is insured: {', '.join(COVERED)}", default="cargo")
    insured_usd: float = text("declared value of what is insured")
    cover_fraction: float = text("share of a loss that is paid for, 0 to 1", default=1.0)
    limit_usd: float = text("most that is paid")
    deductible_usd: float = text("taken off each claim", default=0.0)
    premium_usd: float = text("premium, in whole cents")
    lots: tuple[told.Lot, ...] = text("cargo lots and their declared values; empty: not told apart", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPremium:
    """The premium is paid."""

    evidence: str = text("what shows it")


PolicyCommand = BindPolicy | PayPremium


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """A policy as it stands: its terms, losses claimed by claim, and how much of the limit is used."""

    policy: str
    version: int
    mission_id: str
    insurer: str
    covers: str
    insured_usd: float
    terms: Terms
    premium_usd: float
    bound_by: str
    bound_utc: datetime
    since_utc: datetime
    lots: Mapping[str, float] = field(default_factory=dict)
    paid_utc: datetime | None = None
    losses: Mapping[str, str] = field(default_factory=dict)
    agreed: Mapping[str, float] = field(default_factory=dict)

    def used_cents(self, but: str = "") -> int:
        """Cents of the limit that claims have been agreed for, `but` one claim; each used its deductible too."""
        taken = [cents(usd) for claim, usd in self.agreed.items() if claim != but]
        return sum(taken) + sum(1 for usd in taken if usd) * cents(self.terms.deductible_usd)

    def value_usd(self, loss: str) -> float:
        """Declared value of what is lost: a lot's own where lots are known, else all that is insured.

        What claims on lots were for is no part of the loss of the whole.
        """
        if loss.startswith("cargo/"):
            return self.lots.get(loss.partition("/")[2], self.insured_usd)
        claimed = [one.partition("/")[2] for one in self.losses if one.startswith("cargo/")]
        apart = sum(cents(self.lots[item]) for item in claimed) if self.lots else self.used_cents()
        return max(0, cents(self.insured_usd) - apart) / 100


def policy_of(events: Iterable[Recorded]) -> PolicyState | None:
    """The state after a stream's events; None for a policy that was never bound."""
    state: PolicyState | None = None
    for event in events:
        state = evolve_policy(state, event)
    return state


def evolve_policy(state: PolicyState | None, event: Recorded) -> PolicyState | None:
    """The state after one more event."""
    said, at = told.POLICY_KINDS.read(event), event.occurred_utc
    if isinstance(said, told.PolicyBound):
        terms = Terms(cover_fraction=said.cover_fraction, limit_usd=said.limit_usd, deductible_usd=said.deductible_usd)
        return PolicyState(
            policy=said.policy,
            version=event.version,
            mission_id=said.mission_id,
            insurer=said.insurer,
            covers=said.covers,
            insured_usd=said.insured_usd,
            terms=terms,
            premium_usd=said.premium_usd,
            bound_by=event.by,
            bound_utc=at,
            since_utc=at,
            lots={lot.item_id: lot.usd for lot in said.lots},
        )
    if state is None:
        return None
    state = replace(state, version=event.version, since_utc=at)
    match said:
        case told.PremiumPaid():
            return replace(state, paid_utc=at)
        case told.LossClaimed(claim=claim, loss=loss):
            return replace(state, losses={**state.losses, loss: claim})
        case told.RecoveryAgreed(claim=claim, usd=usd):
            return replace(state, agreed={**state.agreed, claim: usd})
    return state


def decide_policy(
    name: str, state: PolicyState | None, command: PolicyCommand, act: Act, *, mission: MissionState | None = None
) -> tuple[Draft, ...]:
    """A command on a policy becomes a draft of its stream; `mission` is the one that is insured, as it stands.

    Raises ScenarioError with every number and word that is not lawful, Refused for a policy that is bound already, a mission
    that is not open or has lifted off, and a premium paid twice; nothing is stored then.
    """
    where = f"policy/{need(name, 'the name of the policy')}"
    if faults := sorted(_faults(where, command, act)):
        raise ScenarioError.of(faults, where=where)
    if isinstance(command, BindPolicy):
        if state is not None:
            raise Refused(f"the policy was bound by {state.bound_by}", fix="give the new one another name", where=where)
        _insurable(command, mission, act, where)
        return drafts_of(act, told.POLICY_KINDS, where, (_bound(name, command),), version=0)
    if state is None:
        raise Refused("no such policy is bound", fix="bind it first, or give another name", where=where)
    if state.paid_utc is not None:
        raise Refused(f"its premium was paid at {format_utc(state.paid_utc)}", fix="leave it; it is booked once", where=where)
    not_before(state.since_utc, "the policy", act, where)
    said = told.PremiumPaid(mission_id=state.mission_id, usd=state.premium_usd, evidence=command.evidence.strip())
    return drafts_of(act, told.POLICY_KINDS, where, (said,), version=state.version)


def _insurable(command: BindPolicy, mission: MissionState | None, act: Act, where: str) -> None:
    if mission is None:
        fix = "release a plan that flies it, or name another"
        raise Refused(f"no mission {command.mission_id} is open", fix=fix, where=where)
    since = mission.launched_utc
    if since is not None and act.at_utc >= since:
        what = f"{command.mission_id} lifted off at {format_utc(since)}"
        raise Refused(what, fix="insure a mission before it lifts off", where=where)
    if mission.phase in (LOST, WITHDRAWN):
        raise Refused(f"{command.mission_id} is {mission.phase}", fix="insure a mission that is yet to fly", where=where)


def _bound(name: str, command: BindPolicy) -> told.PolicyBound:
    return told.PolicyBound(
        policy=name,
        mission_id=command.mission_id,
        insurer=command.insurer.strip(),
        covers=command.covers,
        insured_usd=command.insured_usd,
        cover_fraction=command.cover_fraction,
        limit_usd=command.limit_usd,
        deductible_usd=command.deductible_usd,
        premium_usd=command.premium_usd,
        lots=command.lots,
    )


def _faults(where: str, command: PolicyCommand, act: Act) -> Iterator[Fault]:
    """Every word and number of a command that is not lawful."""
    if not act.by.strip():
        yield Fault(where, 0, "by", "the name of the person is missing", "say who does it")
    if isinstance(command, PayPremium):
        if not command.evidence.strip():
            yield Fault(where, 0, "evidence", "the evidence of the payment is missing", "name the record that shows it")
        return
    for name in ("mission_id", "insurer"):
        if not getattr(command, name).strip():
            yield Fault(where, 0, name, f"{name} is missing", f"state {name}")
    if command.covers not in COVERED:
        yield Fault(where, 0, "covers", f"{command.covers!r} can't be insured", f"use one of: {', '.join(COVERED)}")
    if not (math.isfinite(command.cover_fraction) and 0 < command.cover_fraction <= 1):
        yield Fault(where, 0, "cover_fraction", f"cover_fraction is {command.cover_fraction:g}", "give a share above 0, to 1")
    amounts = [(name, getattr(command, name)) for name in ("insured_usd", "limit_usd", "deductible_usd", "premium_usd")]
    amounts += [(f"lots/{lot.item_id}", lot.usd) for lot in command.lots]
    for name, usd in amounts:
        if not (math.isfinite(usd) and 0 <= usd <= MOST_USD):
            yield Fault(where, 0, name, f"{name} is {usd:g}", f"give an amount from 0 to {MOST_USD:,.0f} USD")
        elif round(usd, 2) != usd:
            yield Fault(where, 0, name, f"{name} is {usd!r}", "give whole cents")
    for name in ("insured_usd", "limit_usd"):
        if getattr(command, name) == 0:
            yield Fault(where, 0, name, f"{name} is 0", "give an amount above 0: nothing else is insured")
    told_twice = len({lot.item_id for lot in command.lots}) < len(command.lots)
    if told_twice:
        yield Fault(where, 0, "lots", "a lot is named twice", "name each lot once")
    elif command.lots and sum(cents(lot.usd) for lot in command.lots if math.isfinite(lot.usd)) > cents(command.insured_usd):
        yield Fault(where, 0, "lots", "the lots are worth more than is insured", "raise insured_usd or leave lots out")
