"""Commands on risks, policies and claims, decided on what the log shows and stored; repeated, each is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import TypeVar

from supercargo.app.operations.known import not_absurdly_early, not_before_release
from supercargo.app.operations.recording import Operations
from supercargo.kernel import parse_utc
from supercargo.track.acts import Act
from supercargo.track.envelope import Draft, Receipt, Recorded
from supercargo.track.event_store import EventStore, StreamMoved, View
from supercargo.track.missions.state import MissionState, mission_of
from supercargo.track.risks.claims import ClaimCommand, Damage, Notify, claim_of, decide_claim
from supercargo.track.risks.policies import BindPolicy, PolicyCommand, decide_policy, policy_of
from supercargo.track.risks.register import RiskCommand, decide_risk, risk_of

__all__ = ["damage_of", "record_claim", "record_policy", "record_risk"]

T = TypeVar("T")
TRIES = 5


def record_risk(store: Operations, risk: str, command: RiskCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a risk of the register; raises as `decide_risk` does."""
    stream = f"risk/{risk}"
    return _recorded(store, stream, act, lambda: decide_risk(risk, risk_of(_before(store, stream, act)), command, act))


def record_policy(store: Operations, policy: str, command: PolicyCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a policy; raises as `decide_policy` does."""
    stream = f"policy/{policy}"

    def decided() -> tuple[Draft, ...]:
        mission = _mission(store, command.mission_id) if isinstance(command, BindPolicy) else None
        if mission is not None:
            not_before_release(store, f"mission/{mission.mission_id}", act)
        return decide_policy(policy, policy_of(_before(store, stream, act)), command, act, mission=mission)

    return _recorded(store, stream, act, decided)


def record_claim(store: Operations, claim: str, command: ClaimCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a claim; raises as `decide_claim` does. A loss is proven by the log, not by who claims it."""
    stream = f"claim/{claim}"

    def decided() -> tuple[Draft, ...]:
        state = claim_of(_before(store, stream, act))
        name = command.policy if isinstance(command, Notify) else state.policy if state else ""
        policy = policy_of(_before(store, f"policy/{name}", act)) if name else None
        lost = _lost(store, command.loss) if isinstance(command, Notify) else None
        return decide_claim(claim, state, command, act, policy=policy, lost=lost)

    return _recorded(store, stream, act, decided)


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


def _before(store: EventStore, stream: str, act: Act) -> Iterable[Recorded]:
    """The stream as it was before the command, so that one told again is decided alike."""
    own = f"{act.command_id}."
    return tuple(takewhile(lambda event: not event.event_id.startswith(own), store.stream(stream)))


def _recorded(store: EventStore, stream: str, act: Act, decided: Callable[[], tuple[Draft, ...]]) -> tuple[Receipt, ...]:
    not_absurdly_early(store, stream, act)
    moved: StreamMoved | None = None
    for _ in range(TRIES):
        try:
            return store.append(decided())
        except StreamMoved as error:
            moved = error
    assert moved is not None
    raise moved
