"""The ledger: what events bring by the terms, entry by entry, in whole cents that add up to each account's sum."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.kernel import format_utc, plain
from supercargo.track.bodies import noun_of, word_of
from supercargo.track.contracts import events as told
from supercargo.track.contracts.pricing import cap_usd, late_usd, line_order, price_usd
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.missions.events import MISSION_KINDS, MissionOpened, MissionReplanned, PhaseEntered
from supercargo.track.missions.phases import DOCKED, LOST
from supercargo.track.risks.events import CLAIM_KINDS, POLICY_KINDS, ClaimPaid, PremiumPaid
from supercargo.track.views import MemoryView, Projection, ViewTable, project_all

__all__ = ["LEDGER", "Entry", "book"]

CONTRACTS = ViewTable(
    name="contracts",
    key=("contract_id",),
    columns=("customer", "plan", "terms", "delivered_up_kg", "minimum_kg", "state", "settled_utc"),
    indexed=("customer", "state"),
)
PROMISES = ViewTable(
    name="promises",
    key=("contract_id", "item_id"),
    columns=("line", "mission_id", "customer", "state", "delivered_utc", "losses_count"),
    indexed=("contract_id", "mission_id", "customer"),
)
MILESTONES = ViewTable(name="milestones", key=("mission_id",), columns=("contract_id", "destination", "usd", "docked_utc"))
ACCOUNTS = ViewTable(
    name="ledger_accounts",
    key=("mission_id", "account", "customer", "destination"),
    columns=("amounts", "cents", "usd"),
    indexed=("mission_id", "account", "customer"),
)
ENTRIES = ViewTable(
    name="ledger",
    key=("entry_id",),
    columns=(
        "contract_id",
        "customer",
        "mission_id",
        "destination",
        "account",
        "usd",
        "at_utc",
        "event_id",
        "basis",
    ),
    indexed=("contract_id", "customer", "mission_id", "account"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger [USD]; accounts that start with `revenue` are earned, `credit` is what is owed in kind."""

    entry_id: str
    contract_id: str
    customer: str
    mission_id: str
    destination: str
    account: str
    usd: float
    at_utc: datetime
    event_id: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    """An exact amount of one line, before it is rounded with the others of its account."""

    account: str
    line: str
    usd: float
    basis: str


def book(events: Iterable[Recorded]) -> tuple[Entry, ...]:
    """Entries that follow from events, in order of the log; the terms are events too."""
    view = MemoryView.of((LEDGER,))
    project_all((LEDGER,), events, view)
    return tuple(noun_of(Entry, row) for _, row in sorted(view.rows.get(ENTRIES.name, {}).items()))


def _project(event: Recorded, view: View) -> None:
    said = told.CONTRACT_KINDS.read(event)
    if said is not None:
        _of_contract(event, said, view)
        return
    said = POLICY_KINDS.read(event) or CLAIM_KINDS.read(event)
    if isinstance(said, PremiumPaid | ClaimPaid):
        _insured(event, said, view)
        return
    said = MISSION_KINDS.read(event)
    if isinstance(said, MissionOpened | MissionReplanned):
        flight = said.flight
        row = {"mission_id": flight.mission_id, "contract_id": flight.contract_id, "destination": flight.destination}
        view.put(MILESTONES.name, (flight.mission_id,), {**row, "usd": 0.0, "docked_utc": ""})
    elif isinstance(said, PhaseEntered) and said.phase in (DOCKED, LOST):
        mission_id = event.stream.partition("/")[2]
        (_milestone if said.phase == DOCKED else _lost)(event, mission_id, view)


def _of_contract(event: Recorded, said: Any, view: View) -> None:
    if isinstance(said, told.ContractOpened | told.ContractAmended):
        _agree(said.plan, said.terms, view)
        return
    contract = _contract(event, view)
    if contract is None:
        return
    match said:
        case told.LinesPromised(lines=lines):
            for line in lines:
                _promise(contract.contract_id, line, view)
        case told.LineDelivered():
            _delivered(event, said, contract, view)
        case told.ContractSettled(until_utc=until):
            _settled(event, until, contract, view)
        case told.AmountAdjusted(account=account, mission_id=mission_id, usd=usd, reason=reason):
            row = view.get(MILESTONES.name, (mission_id,)) or {"destination": ""}
            amount = _Amount(account=account, line=event.event_id, usd=usd, basis=reason)
            where = (mission_id, contract.customer, row["destination"])
            _enter(event, contract.contract_id, where, (amount,), view)


def _insured(event: Recorded, said: PremiumPaid | ClaimPaid, view: View) -> None:
    """Insurance is the service's own: no contract's and no customer's. What comes in is above zero, a premium below."""
    place = (view.get(MILESTONES.name, (said.mission_id,)) or {"destination": ""})["destination"]
    account, usd = ("insurance:premium", -said.usd) if isinstance(said, PremiumPaid) else ("insurance:recovery", said.usd)
    amount = _Amount(account=account, line=event.event_id, usd=usd, basis=f"{event.stream}: {said.evidence}")
    _enter(event, "", (said.mission_id, "", place), (amount,) if usd else (), view)


def _agree(plan: str, terms: told.ContractTerms, view: View) -> None:
    old = view.get(CONTRACTS.name, (terms.contract_id,))
    row = {
        "contract_id": terms.contract_id,
        "customer": terms.customer,
        "plan": plan,
        "terms": plain(terms),
        "delivered_up_kg": old["delivered_up_kg"] if old else 0.0,
        "minimum_kg": terms.value("minimum_kg"),
        "state": "open",
        "settled_utc": old["settled_utc"] if old else "",
    }
    view.put(CONTRACTS.name, (terms.contract_id,), row)
    for row in list(view.find(PROMISES.name, "contract_id", terms.contract_id)):
        if row["state"] == "promised" and not row["losses_count"]:
            view.drop(PROMISES.name, (terms.contract_id, row["item_id"]))


def _promise(contract_id: str, line: told.Promise, view: View) -> None:
    old = view.get(PROMISES.name, (contract_id, line.item_id))
    if old and old["state"] in ("delivered", "settled"):
        return
    row = {
        "contract_id": contract_id,
        "item_id": line.item_id,
        "line": plain(line),
        "mission_id": line.mission_id,
        "customer": line.customer,
        "state": "promised",
        "delivered_utc": "",
        "losses_count": old["losses_count"] if old else 0,
    }
    view.put(PROMISES.name, (contract_id, line.item_id), row)


def _contract(event: Recorded, view: View) -> told.ContractTerms | None:
    row = view.get(CONTRACTS.name, (event.stream.partition("/")[2],))
    return noun_of(told.ContractTerms, row["terms"]) if row else None


def _delivered(event: Recorded, said: told.LineDelivered, terms: told.ContractTerms, view: View) -> None:
    key = (terms.contract_id, said.item_id)
    row = view.get(PROMISES.name, key)
    if row is None or row["state"] == "delivered":
        return
    line: told.Promise = noun_of(told.Promise, row["line"])
    at, price = event.occurred_utc, price_usd(terms, line)
    found = [_Amount(account=f"revenue:{line.direction}", line=line.item_id, usd=price, basis="tariff x kg")]
    late = 0.0 if row["state"] == "settled" else late_usd(terms, line, at)
    if late:
        found.append(_Amount(account="revenue:penalty", line=line.item_id, usd=-late, basis="contract terms x days late"))
    if 0 < row["losses_count"] <= terms.value("free_reflight"):
        found.append(_Amount(account="revenue:re-flight", line=line.item_id, usd=-price, basis="flown again at no price"))
        found.append(_Amount(account="credit:re-flight", line=line.item_id, usd=-price, basis="credit used"))
    where = (said.mission_id or line.mission_id, line.customer, line.destination)
    _enter(event, terms.contract_id, where, found, view)
    view.put(PROMISES.name, key, {**row, "state": "delivered", "delivered_utc": format_utc(at)})
    if line.direction == "up":
        contract = view.get(CONTRACTS.name, (terms.contract_id,)) or {}
        kg = math.fsum((contract["delivered_up_kg"], line.mass_kg))
        view.put(CONTRACTS.name, (terms.contract_id,), {**contract, "delivered_up_kg": round(kg, 3)})


def _settled(event: Recorded, until: datetime, terms: told.ContractTerms, view: View) -> None:
    for row in list(view.find(PROMISES.name, "contract_id", terms.contract_id)):
        line: told.Promise = noun_of(told.Promise, row["line"])
        if row["state"] != "promised" or line.mission_id or line.due_utc is None or line.due_utc > until:
            continue
        owed = cap_usd(terms, line)
        amount = _Amount(account="revenue:left-behind", line=line.item_id, usd=-owed, basis="penalty cap x price")
        _enter(event, terms.contract_id, ("", line.customer, line.destination), (amount,) if owed else (), view)
        view.put(PROMISES.name, (terms.contract_id, line.item_id), {**row, "state": "settled"})
    contract = view.get(CONTRACTS.name, (terms.contract_id,)) or {}
    view.put(CONTRACTS.name, (terms.contract_id,), {**contract, "state": "settled", "settled_utc": format_utc(until)})


def _milestone(event: Recorded, mission_id: str, view: View) -> None:
    row = view.get(MILESTONES.name, (mission_id,))
    contract = view.get(CONTRACTS.name, (row["contract_id"],)) if row else None
    if row is None or row["docked_utc"]:
        return
    usd = 0.0
    if contract is not None:
        terms: told.ContractTerms = noun_of(told.ContractTerms, contract["terms"])
        usd = terms.value("milestone")
        amount = _Amount(account="revenue:milestone", line="", usd=usd, basis="mission docked")
        where = (mission_id, terms.customer, row["destination"])
        _enter(event, terms.contract_id, where, (amount,) if usd else (), view)
    view.put(MILESTONES.name, (mission_id,), {**row, "usd": usd, "docked_utc": word_of(event.occurred_utc)})


def _lost(event: Recorded, mission_id: str, view: View) -> None:
    """A lost mission earns nothing for what it carried; where the contract says so, it is flown again at no price."""
    for row in list(view.find(PROMISES.name, "mission_id", mission_id)):
        if row["state"] != "promised":
            continue
        contract = view.get(CONTRACTS.name, (row["contract_id"],)) or {}
        terms: told.ContractTerms = noun_of(told.ContractTerms, contract["terms"])
        line: told.Promise = noun_of(told.Promise, row["line"])
        losses = row["losses_count"] + 1
        if losses <= terms.value("free_reflight"):
            basis = f"lost with {mission_id}: flown again at no price"
            amount = _Amount(account="credit:re-flight", line=line.item_id, usd=price_usd(terms, line), basis=basis)
            _enter(event, terms.contract_id, (mission_id, line.customer, line.destination), (amount,), view)
        view.put(PROMISES.name, (row["contract_id"], line.item_id), {**row, "state": "lost", "losses_count": losses})


def _enter(event: Recorded, contract_id: str, where: tuple[str, str, str], amounts: Iterable[_Amount], view: View) -> None:
    """Add amounts to their accounts; an entry is what the rounded sum of its account moves by."""
    mission_id, customer, destination = where
    for amount in amounts:
        key = (mission_id, amount.account, customer, destination)
        old = view.get(ACCOUNTS.name, key) or {"amounts": [], "cents": 0}
        held = sorted([*old["amounts"], [amount.line, amount.usd]], key=lambda pair: line_order(pair[0]))
        total = 0.0
        for _, usd in held:  # in the plan's order, one by one: the plan's own sum, to the last bit
            total += usd
        cents = round(round(total, 2) * 100)
        names = dict(zip(ACCOUNTS.key, key, strict=True))
        view.put(ACCOUNTS.name, key, {**names, "amounts": held, "cents": cents, "usd": cents / 100})
        entry_id = f"{event.position:012d}/{amount.account}/{amount.line}"
        row = {
            "entry_id": entry_id,
            "contract_id": contract_id,
            "customer": customer,
            "mission_id": mission_id,
            "destination": destination,
            "account": amount.account,
            "usd": (cents - old["cents"]) / 100,
            "at_utc": format_utc(event.occurred_utc),
            "event_id": event.event_id,
            "basis": amount.basis,
        }
        view.put(ENTRIES.name, (entry_id,), row)


LEDGER = Projection(name="ledger", tables=(CONTRACTS, PROMISES, MILESTONES, ACCOUNTS, ENTRIES), project=_project)
"""Contracts, what they promise, and the ledger."""
