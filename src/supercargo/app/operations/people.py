"""People and keys: who is let in is an event like any other; what proves it is kept apart from the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from supercargo.kernel import Refused, ScenarioError, format_utc
from supercargo.store import accounts as kept
from supercargo.track import people as known
from supercargo.track.envelope import Draft
from supercargo.track.event_store import EventStore

__all__ = [
    "KEY_D_MOST",
    "KEY_MARK",
    "ONCE_H",
    "PASSWORD_LEAST",
    "PASSWORD_RULE",
    "ROLE_SCOPES",
    "SCOPES",
    "SESSION_H",
    "Accounts",
    "AdminAct",
    "IssuedKey",
    "OneTimePassword",
    "OpenSession",
    "Person",
    "Principal",
    "admit",
    "change_password",
    "check_password",
    "first_administrator",
    "folded",
    "issue_key",
    "let_in",
    "one_time_password",
    "reset_at_the_machine",
    "reset_password",
    "revoke_key",
    "session_id_of",
    "set_roles",
]

KEY_MARK, SESSION_H, PASSWORD_LEAST = kept.KEY_MARK, kept.SESSION_H, kept.PASSWORD_LEAST
check_password, folded, session_id_of = kept.check_password, kept.folded, kept.session_id_of
SCOPES, ROLE_SCOPES = known.SCOPES, known.ROLE_SCOPES
Accounts = kept.Accounts
IssuedKey = kept.IssuedKey
OpenSession = kept.OpenSession
Person = kept.Person
Principal = known.Principal

KEY_D_MOST = 366.0
"""A key opens for a year at most [d]."""


ONCE_H = 72.0
"""A password that an administrator made opens so many hours [h]."""

PASSWORD_RULE = "not your name with little beside it, no piece repeated such as abcabcabcabc, no run such as 123456789012"
"""What a password that people choose for themselves may not be, in words for who chooses it."""

_BESIDE_NAME_LEAST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimePassword:
    """A password at the only moment at which it can be read; it opens nothing but the way to one's own."""

    name: str
    word: str
    until_utc: datetime


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


def set_roles(
    accounts: Accounts, log: EventStore, act: AdminAct, name: str, *, roles: Sequence[str], customer: str = ""
) -> None:
    """Give a person other roles. Raises Refused without the scope admin, for the last administrator, for the same roles."""
    known.permit(act.principal, "admin")
    before = next((one for one in accounts.people() if one.name == name), None)
    if before is not None and (set(before.roles), before.customer) == (set(roles), customer):
        raise Refused(f"{name} has these roles already", fix="choose others, or leave them", where="roles")
    accounts.set_roles(name, roles, customer)
    log.append([_told(act, name, "RolesSet", {"roles": list(roles), "customer": customer})])


def one_time_password(name: str, at_utc: datetime) -> OneTimePassword:
    """A new password by lot, to be changed by whom it is for."""
    until = at_utc + timedelta(hours=ONCE_H)
    return OneTimePassword(name=name, word=secrets.token_urlsafe(15), until_utc=until)


def reset_password(accounts: Accounts, log: EventStore, act: AdminAct, name: str) -> OneTimePassword:
    """Give another person a one-time password; all its sessions end.

    Raises Refused without the scope admin, for one's own account, and where the act is done already.
    """
    known.permit(act.principal, "admin")
    if name == act.principal.name:
        raise Refused("one's own password is not reset", fix="change it on your own page, /account", where="name")
    return _reset(accounts, log, act, name)


def reset_at_the_machine(accounts: Accounts, log: EventStore, act: AdminAct, name: str) -> OneTimePassword:
    """Give anybody a one-time password, for one who may write the store's own file; the first account is an administrator's.

    Raises ScenarioError for an unknown name, with those that are known.
    """
    people = {one.name: one for one in accounts.people()}
    if people and name not in people:
        told = ", ".join(f"{one.name} ({', '.join(one.roles)})" for one in people.values())
        raise ScenarioError(f"nobody is called {name!r}", fix=f"use one of: {told}", where="name")
    if people:
        return _reset(accounts, log, act, name)
    made = one_time_password(name, act.at_utc)
    first = Person(
        name=name, roles=("admin",), customer="", enabled=True, created_utc=act.at_utc, once_until_utc=made.until_utc
    )
    accounts.add(first, made.word)
    log.append([_told(act, name, "PersonAdmitted", {"roles": list(first.roles), "customer": ""})])
    return made


def _reset(accounts: Accounts, log: EventStore, act: AdminAct, name: str) -> OneTimePassword:
    with accounts.turn:  # a form sent twice at once would make two passwords and show one that opens nothing
        if log.named(f"{act.command_id}-1") is not None:
            fix = "use the password that was shown, or open the page again and reset it anew"
            raise Refused("this was done already", fix=fix, where="name")
        made = one_time_password(name, act.at_utc)
        accounts.set_password(name, made.word, once_until_utc=made.until_utc)
        log.append([_told(act, name, "PasswordReset", {"until_utc": format_utc(made.until_utc)})])
    return made


def _easily_guessed(name: str, password: str) -> str:
    """Why a password is guessed easily; empty where it is not."""
    word, own = folded(password), folded(name)
    rest = word.replace(own, "").replace(own[::-1], "")
    if rest != word and len(rest) < _BESIDE_NAME_LEAST:
        return "is the name with little beside it"
    length = len(word)
    if any(word == (word[:n] * length)[:length] for n in range(1, length // 2 + 1)):
        return "is one piece repeated"
    steps = {ord(after) - ord(before) for before, after in pairwise(word)}
    if steps <= {1, -9} or steps <= {-1, 9}:  # from 9 on to 0
        return "is a run of signs that follow each other"
    return ""


def change_password(
    accounts: Accounts, log: EventStore, act: AdminAct, *, old: str, new: str, proves: Callable[[str, str], bool]
) -> None:
    """Give oneself another password; all one's sessions end, the one that asks too.

    `proves` tells whether a password is a person's. Raises ScenarioError for a new one that is out of form, the old one or
    easily guessed by PASSWORD_RULE, and for an old one that is wrong.
    """
    name = act.principal.name
    check_password(new)
    if why := "is the old one" if new == old else _easily_guessed(name, new):
        raise ScenarioError(f"the new password {why}", fix="choose another", where="new")
    if not proves(name, old):
        raise ScenarioError("the old password does not fit", fix="type it as it is now", where="old")
    accounts.set_password(name, new)
    log.append([_told(act, name, "PasswordChanged", {})])


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
