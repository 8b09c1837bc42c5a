"""What may be said of a contract: a delivery on evidence, a settlement, an amount booked by a named person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from supercargo.kernel import Refused, format_utc
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.contracts import events as told
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.missions.phases import DEPARTED, RETURNED
from supercargo.track.missions.state import MissionState

__all__ = [
    "Adjust",
    "ContractCommand",
    "ContractState",
    "Deliver",
    "Settle",
    "carrier_of",
    "contract_of",
    "decide_contract",
    "evolve_contract",
]

MOST_USD = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """State that a line or part is delivered: up once the mission has docked, down and disposal once it has ended."""

    item_id: str
    evidence: str
    mission_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Settle lines due by an instant that no mission carries."""

    until_utc: datetime
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust:
    """Book an amount that no term foresees."""

    account: str
    usd: float
    reason: str
    mission_id: str = ""


ContractCommand = Deliver | Settle | Adjust


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractState:
    """A contract as it stands: its customer, its lines by name with mission and direction, what is delivered."""

    contract_id: str
    customer: str
    version: int
    missions: dict[str, str] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    delivered: dict[str, str] = field(default_factory=dict)
    settled_utc: datetime | None = None


def contract_of(events: Iterable[Recorded]) -> ContractState | None:
    """The state after a stream's events; None for a contract that no plan has opened."""
    state: ContractState | None = None
    for event in events:
        state = evolve_contract(state, event)
    return state


def evolve_contract(state: ContractState | None, event: Recorded) -> ContractState | None:
    """The state after one more event."""
    said = told.CONTRACT_KINDS.read(event)
    if isinstance(said, told.ContractOpened):
        terms = said.terms
        return ContractState(contract_id=terms.contract_id, customer=terms.customer, version=event.version)
    if state is None:
        return None
    state = replace(state, version=event.version)
    match said:
        case told.ContractAmended(terms=terms):
            kept = {name: mission for name, mission in state.missions.items() if name in state.delivered}
            return replace(state, customer=terms.customer, missions=kept)
        case told.LinesPromised(lines=lines):
            missions = {**state.missions, **{line.item_id: line.mission_id for line in lines}}
            directions = {**state.directions, **{line.item_id: line.direction for line in lines}}
            return replace(state, missions=missions, directions=directions)
        case told.LineDelivered(item_id=item_id):
            return replace(state, delivered={**state.delivered, item_id: event.by})
        case told.ContractSettled(until_utc=until):
            return replace(state, settled_utc=until)
    return state


def decide_contract(
    state: ContractState | None, command: ContractCommand, act: Act, *, flights: Mapping[str, MissionState] | None = None
) -> tuple[Draft, ...]:
    """A command on a contract becomes drafts of its stream, seen by its customer.

    `flights` are missions by name: nothing is delivered by one that is not among them or has not flown. Raises Refused with
    what is missing.
    """
    need(act.by, "the name of the person")
    if state is None:
        raise Refused("no such contract is open", fix="release a plan that works under it, or give another name")
    where = f"contract/{state.contract_id}"
    said: told.LineDelivered | told.ContractSettled | told.AmountAdjusted
    match command:
        case Deliver(item_id=item_id, evidence=evidence):
            mission_id = _carrier(state, command, where)
            evidence = need(evidence, f"the evidence that {item_id} is delivered", where=where)
            _flown(state.directions[item_id], mission_id, (flights or {}).get(mission_id), act)
            said = told.LineDelivered(item_id=item_id, mission_id=mission_id, evidence=evidence)
        case Settle(until_utc=until, evidence=evidence):
            if until > act.at_utc:
                raise Refused("the settlement is before its end", fix="settle when the time is over", where=where)
            if state.settled_utc is not None and until <= state.settled_utc:
                what = f"the contract is settled until {format_utc(state.settled_utc)}"
                raise Refused(what, fix="settle to a later instant", where=where)
            said = told.ContractSettled(
                until_utc=until, evidence=need(evidence, "the evidence of the settlement", where=where)
            )
        case Adjust(account=account, usd=usd, reason=reason, mission_id=mission_id):
            if not account.startswith(("revenue:", "credit:")):
                raise Refused(f"{account!r} is no account of a contract", fix="use revenue:... or credit:...", where=where)
            if abs(usd) > MOST_USD:
                fix = f"give at most {MOST_USD:,.0f} USD in one amount"
                raise Refused(f"{usd!r} USD can't be booked: it is too much", fix=fix, where=where)
            if not abs(usd) > 0 or round(usd, 2) != usd:
                raise Refused(f"{usd!r} USD can't be booked", fix="give an amount in whole cents, not 0", where=where)
            reason = need(reason, "the reason of the amount", where=where)
            said = told.AmountAdjusted(account=account, mission_id=mission_id, usd=usd, reason=reason)
    return drafts_of(act, told.CONTRACT_KINDS, where, (said,), version=state.version, tenant=state.customer)


def carrier_of(state: ContractState | None, command: ContractCommand) -> str:
    """The mission by which a command says that a line was delivered; empty where it says nothing of the kind."""
    if state is None or not isinstance(command, Deliver):
        return ""
    return command.mission_id or state.missions.get(command.item_id, "")


def _carrier(state: ContractState, command: Deliver, where: str) -> str:
    item_id = command.item_id
    if item_id not in state.missions:
        raise Refused(f"{item_id} is no line of the contract", fix="give a line of the released plan", where=where)
    if item_id in state.delivered:
        raise Refused(f"{item_id} is delivered, by {state.delivered[item_id]}", fix="leave it; it is booked once", where=where)
    mission_id = carrier_of(state, command)
    if not mission_id:
        raise Refused(f"no mission carries {item_id}", fix="name the mission that brought it", where=where)
    return mission_id


def _flown(direction: str, mission_id: str, flight: MissionState | None, act: Act) -> None:
    """Refuse a delivery before the mission has docked (up), or has come back after it had docked (down, disposal)."""
    where = f"mission/{mission_id}"
    if flight is None:
        raise Refused(f"no mission {mission_id} is open", fix="name the mission that carried it", where=where)
    docked, back = flight.docked_utc, flight.since_utc if flight.phase == RETURNED else None
    what, since = ("docked", docked) if direction == "up" else ("come back", back if docked else None)
    if since is None:
        entered = "docked" if direction == "up" else f"{DEPARTED} and then {RETURNED}"
        fix = f"record that the mission is {entered}, then the delivery"
        raise Refused(f"{mission_id} is {flight.phase}: it has not {what}, so nothing is delivered", fix=fix, where=where)
    if act.at_utc < since:
        fix = "state when it was delivered, not earlier than that"
        raise Refused(f"{mission_id} has {what} at {format_utc(since)}, the delivery is before it", fix=fix, where=where)
