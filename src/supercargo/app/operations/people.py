"""People and keys: who is let in is an event like any other; what proves it is kept apart from the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from supercargo.kernel import Refused, ScenarioError, format_utc
from supercargo.store import accounts as kept
from supercargo.track import people as known
from supercargo.track.envelope import Draft
from supercargo.track.event_store import EventStore

__all__ = [
    "KEY_D_MOST",
    "KEY_MARK",
    "ROLE_SCOPES",
    "SCOPES",
    "SESSION_H",
    "Accounts",
    "AdminAct",
    "IssuedKey",
    "Person",
    "Principal",
    "admit",
    "first_administrator",
    "issue_key",
    "let_in",
    "revoke_key",
]

KEY_MARK, SESSION_H = kept.KEY_MARK, kept.SESSION_H
SCOPES, ROLE_SCOPES = known.SCOPES, known.ROLE_SCOPES
Accounts = kept.Accounts
IssuedKey = kept.IssuedKey
Person = kept.Person
Principal = known.Principal

KEY_D_MOST = 366.0
"""A key opens for a year at most [d]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminAct:
    """Who does something, when, and under which name it is asked for: asked twice, it is done once."""

    principal: Principal
    at_utc: datetime
    command_id: str


def _told(act: AdminAct, name: str, kind: str, body: Mapping[str, object]) -> Draft:
    return Draft(
        event_id=f"{act.command_id}-1",
        stream=f"person/{name}",
        kind=kind,
        body=body,
        occurred_utc=act.at_utc,
        by=act.principal.name,
    )


def admit(accounts: Accounts, log: EventStore, act: AdminAct, person: Person, *, password: str) -> None:
    """Open an account for a person. Raises Refused without the scope admin or for a name that is taken."""
    known.permit(act.principal, "admin")
    accounts.add(person, password)
    log.append([_told(act, person.name, "PersonAdmitted", {"roles": list(person.roles), "customer": person.customer})])


def first_administrator(accounts: Accounts, log: EventStore, act: AdminAct, *, password: str) -> None:
    """Open the first account of a store, an administrator's, in its own name. Raises Refused where there are accounts."""
    if accounts.count():
        raise Refused("the store has accounts already", fix="log in as an administrator and add people", where="people")
    person = Person(name=act.principal.name, roles=("admin",), customer="", enabled=True, created_utc=act.at_utc)
    accounts.add(person, password)
    log.append([_told(act, person.name, "PersonAdmitted", {"roles": list(person.roles), "customer": ""})])


def let_in(accounts: Accounts, log: EventStore, act: AdminAct, name: str, *, enabled: bool) -> None:
    """Let a person in again, or shut it out. Raises Refused without the scope admin, and for one's own account."""
    known.permit(act.principal, "admin")
    if name == act.principal.name and not enabled:
        raise Refused("nobody shuts itself out", fix="ask another administrator", where="name")
    accounts.set_enabled(name, enabled=enabled)
    log.append([_told(act, name, "PersonLetIn" if enabled else "PersonShutOut", {})])


def issue_key(
    accounts: Accounts, log: EventStore, act: AdminAct, name: str, *, scopes: Sequence[str], days: float
) -> IssuedKey:
    """A key for a person; readable once. Raises Refused without the scope admin, ScenarioError for more than a year."""
    known.permit(act.principal, "admin")
    if not 0.0 < days <= KEY_D_MOST:
        raise ScenarioError(f"a key can't open for {days:g} days", fix=f"give up to {KEY_D_MOST:g} days", where="days")
    key = accounts.issue_key(name, scopes, expires_utc=act.at_utc + timedelta(seconds=round(days * 86_400)))
    told = {"key_id": key.key_id, "scopes": list(key.scopes), "expires_utc": format_utc(key.expires_utc)}
    log.append([_told(act, name, "KeyIssued", told)])
    return key


def revoke_key(accounts: Accounts, log: EventStore, act: AdminAct, name: str, *, key_id: str) -> None:
    """A key opens nothing any more. Raises Refused without the scope admin."""
    known.permit(act.principal, "admin")
    accounts.revoke_key(key_id, name)
    log.append([_told(act, name, "KeyRevoked", {"key_id": key_id})])
