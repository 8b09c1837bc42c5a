"""Commands on risks, policies and claims, decided on what the log shows and stored; repeated, each is one."""

from __future__ import annotations

from supercargo.app.operations.deciding import before, record_on
from supercargo.app.operations.known import not_before_release
from supercargo.app.operations.recording import Operations
from supercargo.kernel import parse_utc
from supercargo.track.acts import Act
from supercargo.track.envelope import Draft, Receipt
from supercargo.track.event_store import EventStore, View
from supercargo.track.missions.state import MissionState, mission_of
from supercargo.track.risks.claims import ClaimCommand, ClaimState, Damage, Notify, claim_of, decide_claim, on_policy
from supercargo.track.risks.policies import BindPolicy, PolicyCommand, PolicyState, decide_policy, policy_of
from supercargo.track.risks.register import RiskCommand, decide_risk, risk_of

__all__ = ["damage_of", "record_claim", "record_policy", "record_risk"]


def record_risk(store: Operations, risk: str, command: RiskCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a risk of the register; raises as `decide_risk` does."""
    return record_on(store, f"risk/{risk}", act, risk_of, lambda state: decide_risk(risk, state, command, act))


def record_policy(store: Operations, policy: str, command: PolicyCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a policy; raises as `decide_policy` does."""

    def decided(state: PolicyState | None) -> tuple[Draft, ...]:
        mission = _mission(store, command.mission_id) if isinstance(command, BindPolicy) else None
        if mission is not None:
            not_before_release(store, f"mission/{mission.mission_id}", act)
        return decide_policy(policy, state, command, act, mission=mission)

    return record_on(store, f"policy/{policy}", act, policy_of, decided)


def record_claim(store: Operations, claim: str, command: ClaimCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a claim; raises as `decide_claim` does. A loss is proven by the log, not by who claims it."""

    def decided(state: ClaimState | None) -> tuple[Draft, ...]:
        name = command.policy if isinstance(command, Notify) else state.policy if state else ""
        policy = policy_of(before(store, f"policy/{name}", on_policy(act))) if name else None
        lost = _lost(store, command.loss) if isinstance(command, Notify) else None
        return decide_claim(claim, state, command, act, policy=policy, lost=lost)

    return record_on(store, f"claim/{claim}", act, claim_of, decided)


def _lost(store: Operations, loss: str) -> MissionState | Damage | None:
    sort, _, name = loss.partition("/")
    if sort == "mission":
        return _mission(store, name)
    with store.reading() as view:
        return damage_of(view, loss)


def damage_of(view: View, thing: str) -> Damage:
    """What the cargo's record shows of a thing: its mission, and when it was first found damaged or lost."""
    row = view.get("unit", (thing,))
    if row is None:
        return Damage()
    cases = [case for case in view.find("ncr", "about", thing) if {"damage", "loss"} & set(str(case["cause"]).split(","))]
    found = min((str(case["opened_utc"]) for case in cases), default="")
    return Damage(mission_id=str(row["mission"] or ""), found_utc=parse_utc(found) if found else None)


def _mission(store: EventStore, name: str) -> MissionState | None:
    return mission_of(store.stream(f"mission/{name}"))
