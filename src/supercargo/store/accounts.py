"""People, keys and sessions: what proves who somebody is; no secret is kept in a form that could be used again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import argon2
import sqlalchemy as sql

from supercargo.kernel import Refused, ScenarioError, format_utc, parse_utc
from supercargo.track.people import ROLE_SCOPES, SCOPES, Principal

__all__ = [
    "KEY_MARK",
    "PASSWORD_LEAST",
    "SESSION_H",
    "Accounts",
    "IssuedKey",
    "OpenSession",
    "Person",
    "check_password",
    "folded",
    "session_id_of",
    "spelt_alike",
]

KEY_MARK = "sck"
"""First word of every key, so that one that leaks is recognised by those who look for leaks."""

PASSWORD_LEAST = 12
"""Fewest characters of a password."""

SESSION_H = 12.0
"""A session ends so many hours after log-in [h]."""

_NAME_MOST, _PASSWORD_MOST, _SESSION_ID = 64, 256, 16

METADATA = sql.MetaData()

PERSON = sql.Table(
    "account_person",
    METADATA,
    sql.Column("name", sql.String(_NAME_MOST), primary_key=True),
    sql.Column("password_hash", sql.String(255), nullable=False),
    sql.Column("roles", sql.String(255), nullable=False),
    sql.Column("customer", sql.String(120), nullable=False),
    sql.Column("enabled", sql.Boolean, nullable=False),
    sql.Column("created_utc", sql.String(20), nullable=False),
    sql.Column("once_until_utc", sql.String(20), nullable=False, server_default=""),
)
KEY = sql.Table(
    "account_key",
    METADATA,
    sql.Column("key_id", sql.String(24), primary_key=True),
    sql.Column("secret_sha256", sql.String(64), nullable=False),
    sql.Column("name", sql.String(_NAME_MOST), sql.ForeignKey("account_person.name"), nullable=False),
    sql.Column("scopes", sql.String(255), nullable=False),
    sql.Column("expires_utc", sql.String(20), nullable=False),
    sql.Column("last_used_utc", sql.String(20), nullable=False),
    sql.Column("revoked", sql.Boolean, nullable=False),
)
SESSION = sql.Table(
    "account_session",
    METADATA,
    sql.Column("token_sha256", sql.String(64), primary_key=True),
    sql.Column("name", sql.String(_NAME_MOST), sql.ForeignKey("account_person.name"), nullable=False),
    sql.Column("expires_utc", sql.String(20), nullable=False),
)

_HASHER = argon2.PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""What a log-in under an unknown name is checked against, so that it takes as long as one under a known name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account; `customer` is whom a customer's person works for.

    `once_until_utc` is the end of a password that an administrator made; None for one that the person chose.
    """

    name: str
    roles: tuple[str, ...]
    customer: str
    enabled: bool
    created_utc: datetime
    once_until_utc: datetime | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the roles let the person do."""
        return frozenset(scope for role in self.roles for scope in ROLE_SCOPES[role])


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A key at the only moment at which it can be read."""

    key_id: str
    secret: str
    scopes: tuple[str, ...]
    expires_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that is open; its name is made of its token and opens nothing."""

    session_id: str
    opened_utc: datetime
    expires_utc: datetime


def folded(name: str) -> str:
    """A name as names are compared: without case, and whichever way its signs are composed.

    >>> folded("Société") == folded("SOCIÉTÉ")
    True
    """
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def spelt_alike(name: str, known: Iterable[str]) -> str | None:
    """The name among known ones that differs from a name in case alone; the name itself where it stands there.

    >>> spelt_alike("PLA", ["ESA", "pla"])
    'pla'
    """
    names = tuple(known)
    return name if name in names else next((one for one in names if folded(one) == folded(name)), None)


class Accounts:
    """The accounts of a store, in its own database: read by one engine, changed by another that locks as the log does."""

    def __init__(self, reading: sql.Engine, writing: sql.Engine) -> None:
        self._reading, self._writing = reading, writing
        self.turn = threading.Lock()
        """Held by one who looks whether something is done, does it and tells of it."""

    def count(self) -> int:
        """How many people have an account."""
        with self._reading.connect() as connection:
            return int(connection.execute(sql.select(sql.func.count()).select_from(PERSON)).scalar_one())

    def people(self) -> tuple[Person, ...]:
        """All accounts, by name."""
        with self._reading.connect() as connection:
            return tuple(_person(row) for row in connection.execute(sql.select(PERSON).order_by(PERSON.c.name)))

    def add(self, person: Person, password: str) -> None:
        """Open an account. Raises ScenarioError for an unlawful name, role or password, Refused for a name that is taken."""
        _check(person)
        check_password(password)
        row = {
            "name": person.name,
            "password_hash": _HASHER.hash(password),
            "roles": ";".join(person.roles),
            "customer": person.customer,
            "enabled": person.enabled,
            "created_utc": format_utc(person.created_utc),
            "once_until_utc": _stamp(person.once_until_utc),
        }
        try:
            with self._writing.begin() as connection:
                if (taken := spelt_alike(person.name, _names(connection))) is not None:
                    raise Refused(f"{taken} has an account", fix="choose another name; case makes no other", where="name")
                connection.execute(sql.insert(PERSON).values(row))
        except sql.exc.IntegrityError:
            raise Refused(f"{person.name} has an account", fix="choose another name", where="name") from None

    def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Let a person in or shut it out; its sessions and keys stop at once.

        Raises ScenarioError for an unknown name, Refused for the last administrator.
        """
        with self._writing.begin() as connection:
            _keep_an_administrator(connection, _locked(connection, name), stays=enabled)
            connection.execute(sql.update(PERSON).where(PERSON.c.name == name).values(enabled=enabled))
            if not enabled:
                connection.execute(sql.delete(SESSION).where(SESSION.c.name == name))

    def set_roles(self, name: str, roles: Sequence[str], customer: str) -> None:
        """Give a person other roles; what its sessions and keys open follows at once.

        Raises ScenarioError for an unknown name or unlawful roles, Refused for the last administrator.
        """
        with self._writing.begin() as connection:
            person = _locked(connection, name)
            _check(replace(person, roles=tuple(roles), customer=customer))
            _keep_an_administrator(connection, person, stays="admin" in roles)
            told = {"roles": ";".join(roles), "customer": customer}
            connection.execute(sql.update(PERSON).where(PERSON.c.name == name).values(told))

    def set_password(self, name: str, password: str, *, once_until_utc: datetime | None = None) -> None:
        """Give a person another password and end all its sessions; with an end it opens nothing but the way to a new one.

        Raises ScenarioError for an unknown name or an unlawful password.
        """
        check_password(password)
        told = {"password_hash": _HASHER.hash(password), "once_until_utc": _stamp(once_until_utc)}
        with self._writing.begin() as connection:
            _locked(connection, name)
            connection.execute(sql.update(PERSON).where(PERSON.c.name == name).values(told))
            connection.execute(sql.delete(SESSION).where(SESSION.c.name == name))

    def issue_key(self, name: str, scopes: Sequence[str], *, expires_utc: datetime) -> IssuedKey:
        """A key for a machine that acts for a person, with no more scopes than the person has.

        Raises ScenarioError for an unknown name or scope, Refused for a scope that the person lacks.
        """
        person = self._named(name)
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            what = f"no scope is called {', '.join(unknown)}" if unknown else "a key without a scope opens nothing"
            raise ScenarioError(what, fix=f"use some of: {', '.join(SCOPES)}", where="scopes")
        lacking = sorted(set(scopes) - person.scopes)
        if lacking:
            raise Refused(f"{name} itself may not: {', '.join(lacking)}", fix="give the person the role first", where="scopes")
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        row = {
            "key_id": key_id,
            "secret_sha256": _digest(secret),
            "name": name,
            "scopes": ";".join(sorted(set(scopes))),
            "expires_utc": format_utc(expires_utc),
            "last_used_utc": "",
            "revoked": False,
        }
        with self._writing.begin() as connection:
            connection.execute(sql.insert(KEY).values(row))
        return IssuedKey(
            key_id=key_id, secret=f"{KEY_MARK}_{key_id}_{secret}", scopes=tuple(sorted(set(scopes))), expires_utc=expires_utc
        )

    def revoke_key(self, key_id: str, name: str) -> None:
        """A person's key opens nothing any more. Raises ScenarioError for one that the person does not have."""
        with self._writing.begin() as connection:
            found = connection.execute(
                sql.update(KEY).where(KEY.c.key_id == key_id, KEY.c.name == name).values(revoked=True)
            ).rowcount
        if not found:
            raise ScenarioError(f"{name} has no key {key_id!r}", fix="look at the events of the person", where="key_id")

    def of_key(self, secret: str, at: datetime) -> Principal | None:
        """Whose key it is, if it is one that opens at an instant."""
        mark, _, rest = secret.partition("_")
        key_id, _, own = rest.partition("_")
        if mark != KEY_MARK or not own:
            return None
        with self._reading.connect() as connection:
            row = connection.execute(sql.select(KEY).where(KEY.c.key_id == key_id)).mappings().one_or_none()
        if row is None or row["revoked"] or not hmac.compare_digest(row["secret_sha256"], _digest(own)):
            return None
        if parse_utc(row["expires_utc"]) <= at:
            return None
        stamp = format_utc(at)
        if row["last_used_utc"][:13] != stamp[:13]:  # once an hour is enough to see that a key is in use
            with self._writing.begin() as connection:
                connection.execute(sql.update(KEY).where(KEY.c.key_id == key_id).values(last_used_utc=stamp))
        person = self._enabled(row["name"])
        return None if person is None else _principal(person, frozenset(row["scopes"].split(";")) & person.scopes)

    def proves(self, name: str, password: str, at: datetime) -> str | None:
        """The name as it is written where the password is a let-in person's; an unknown name takes as long as a wrong word.

        The name may be written in any case; a one-time password counts until its end.
        """
        proved = self._proved(name, password, at)
        return None if proved is None else proved[0]

    def _proved(self, name: str, password: str, at: datetime) -> tuple[str, str] | None:
        """Name and hash of who is proved."""
        with self._reading.connect() as connection:
            written = spelt_alike(name, _names(connection)) or ""
            row = (
                connection.execute(sql.select(PERSON).where(PERSON.c.name == written, PERSON.c.enabled))
                .mappings()
                .one_or_none()
            )
        stored = _NOBODY if row is None else str(row["password_hash"])
        try:
            _HASHER.verify(stored, password[:_PASSWORD_MOST])
        except argon2.exceptions.VerifyMismatchError:
            return None
        if row is None or (row["once_until_utc"] and parse_utc(row["once_until_utc"]) <= at):
            return None
        return written, stored

    def log_in(self, name: str, password: str, at: datetime) -> str | None:
        """The token of a new session, or None; an unknown name takes as long as a wrong password."""
        proved = self._proved(name, password, at)
        if proved is None:
            return None
        written, stored = proved
        token = secrets.token_urlsafe(32)
        row = {"token_sha256": _digest(token), "name": written, "expires_utc": format_utc(at + timedelta(hours=SESSION_H))}
        as_proved = sql.select(PERSON.c.name).where(
            PERSON.c.name == written, PERSON.c.enabled, PERSON.c.password_hash == stored
        )
        with self._writing.begin() as connection:
            if connection.execute(as_proved.with_for_update()).one_or_none() is None:
                return None  # shut out, or given another password, while the old one was looked at
            connection.execute(sql.delete(SESSION).where(SESSION.c.expires_utc <= format_utc(at)))
            connection.execute(sql.insert(SESSION).values(row))
        return token

    def of_session(self, token: str, at: datetime) -> Principal | None:
        """Whose session it is, if it is open at an instant."""
        with self._reading.connect() as connection:
            row = (
                connection.execute(sql.select(SESSION).where(SESSION.c.token_sha256 == _digest(token)))
                .mappings()
                .one_or_none()
            )
        if row is None or parse_utc(row["expires_utc"]) <= at:
            return None
        person = self._enabled(row["name"])
        if person is None:
            return None
        return replace(_principal(person, person.scopes), password_due=person.once_until_utc is not None)

    def sessions(self, name: str, at: datetime) -> tuple[OpenSession, ...]:
        """A person's sessions that are open at an instant, the latest first."""
        wanted = sql.select(SESSION).where(SESSION.c.name == name, SESSION.c.expires_utc > format_utc(at))
        with self._reading.connect() as connection:
            rows = connection.execute(wanted.order_by(SESSION.c.expires_utc.desc(), SESSION.c.token_sha256)).mappings().all()
        ends = [(str(row["token_sha256"]), parse_utc(row["expires_utc"])) for row in rows]
        return tuple(
            OpenSession(session_id=mark[:_SESSION_ID], opened_utc=end - timedelta(hours=SESSION_H), expires_utc=end)
            for mark, end in ends
        )

    def end_session(self, name: str, session_id: str) -> None:
        """End a session of a person by its name. Raises ScenarioError for one that the person does not have."""
        like = SESSION.c.token_sha256.startswith(session_id, autoescape=True)
        found = 0
        if len(session_id) == _SESSION_ID:
            with self._writing.begin() as connection:
                found = connection.execute(sql.delete(SESSION).where(SESSION.c.name == name, like)).rowcount
        if not found:
            raise ScenarioError("the session is not open", fix="open the page again: it lists those that are", where="session")

    def log_out(self, token: str) -> None:
        """End a session, if it is open."""
        with self._writing.begin() as connection:
            connection.execute(sql.delete(SESSION).where(SESSION.c.token_sha256 == _digest(token)))

    def _named(self, name: str) -> Person:
        with self._reading.connect() as connection:
            row = connection.execute(sql.select(PERSON).where(PERSON.c.name == name)).one_or_none()
        if row is None:
            raise ScenarioError(f"nobody is called {name!r}", fix="look at the list of people", where="name")
        return _person(row)

    def _enabled(self, name: str) -> Person | None:
        with self._reading.connect() as connection:
            row = connection.execute(sql.select(PERSON).where(PERSON.c.name == name, PERSON.c.enabled)).one_or_none()
        return None if row is None else _person(row)


def session_id_of(token: str) -> str:
    """The name of the session that a token opens."""
    return _digest(token)[:_SESSION_ID]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _stamp(at: datetime | None) -> str:
    return "" if at is None else format_utc(at)


def _names(connection: sql.Connection) -> tuple[str, ...]:
    return tuple(connection.execute(sql.select(PERSON.c.name).order_by(PERSON.c.name)).scalars())


def _locked(connection: sql.Connection, name: str) -> Person:
    """A person, with all accounts held as they are until the transaction ends. Raises ScenarioError for an unknown name."""
    people = {row.name: _person(row) for row in connection.execute(sql.select(PERSON).with_for_update())}
    if name not in people:
        raise ScenarioError(f"nobody is called {name!r}", fix="look at the list of people", where="name")
    return people[name]


def _keep_an_administrator(connection: sql.Connection, person: Person, *, stays: bool) -> None:
    """Raises Refused where nobody who is let in would be an administrator any more."""
    if stays or "admin" not in person.roles or not person.enabled:
        return
    others = [
        _person(row) for row in connection.execute(sql.select(PERSON).where(PERSON.c.name != person.name, PERSON.c.enabled))
    ]
    if not any("admin" in one.roles for one in others):
        what = f"{person.name} is the last administrator"
        raise Refused(what, fix="make another person an administrator first", where="name")


def _person(row: sql.Row[tuple[object, ...]]) -> Person:
    at = row._mapping
    return Person(
        name=at["name"],
        roles=tuple(at["roles"].split(";")),
        customer=at["customer"],
        enabled=bool(at["enabled"]),
        created_utc=parse_utc(at["created_utc"]),
        once_until_utc=parse_utc(at["once_until_utc"]) if at["once_until_utc"] else None,
    )


def _principal(person: Person, scopes: frozenset[str]) -> Principal:
    return Principal(name=person.name, scopes=scopes, customer=person.customer)


def _check(person: Person) -> None:
    signs = person.name.isprintable() and not set(person.name) & set("/\\?#%;")
    if not signs or person.name != person.name.strip() or not 0 < len(person.name) <= _NAME_MOST:
        fix = f"give 1 to {_NAME_MOST} printable characters, without / \\ ? # % ;"
        raise ScenarioError("the name can't be used", fix=fix, where="name")
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in person.name if sign.isalpha()}
    if len(scripts) > 1:
        fix = "write it in one script: letters that look alike would pass for another's name"
        raise ScenarioError(f"the name mixes scripts: {', '.join(sorted(scripts)).lower()}", fix=fix, where="name")
    unknown = sorted(set(person.roles) - set(ROLE_SCOPES))
    if unknown or not person.roles:
        what = f"no role is called {', '.join(unknown)}" if unknown else "the person has no role"
        raise ScenarioError(what, fix=f"use some of: {', '.join(ROLE_SCOPES)}", where="roles")
    if ("customer" in person.roles) != bool(person.customer) or (person.customer and person.roles != ("customer",)):
        raise ScenarioError(
            "a customer's person has the role customer alone and names the customer; nobody else names one",
            fix="give the role customer with the customer's name, or other roles without",
            where="customer",
        )


def check_password(password: str) -> None:
    """Raises ScenarioError for a password that is too short or too long."""
    if not PASSWORD_LEAST <= len(password) <= _PASSWORD_MOST:
        raise ScenarioError(
            "the password is too short or too long",
            fix=f"use {PASSWORD_LEAST} to {_PASSWORD_MOST} characters",
            where="password",
        )
