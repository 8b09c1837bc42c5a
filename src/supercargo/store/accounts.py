"""People, keys and sessions: what proves who somebody is; no secret is kept in a form that could be used again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import argon2
import sqlalchemy as sql

from supercargo.kernel import Refused, ScenarioError, format_utc, parse_utc
from supercargo.track.people import ROLE_SCOPES, SCOPES, Principal

__all__ = ["KEY_MARK", "PASSWORD_LEAST", "SESSION_H", "Accounts", "IssuedKey", "Person"]

KEY_MARK = "sck"
"""First word of every key, so that one that leaks is recognised by those who look for leaks."""

PASSWORD_LEAST = 12
"""Fewest characters of a password."""

SESSION_H = 12.0
"""A session ends so many hours after log-in [h]."""

_NAME_MOST, _PASSWORD_MOST = 64, 256

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
    """Somebody with an account; `customer` is whom a customer's person works for."""

    name: str
    roles: tuple[str, ...]
    customer: str
    enabled: bool
    created_utc: datetime

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


class Accounts:
    """The accounts of a store, in its own database: read by one engine, changed by another that locks as the log does."""

    def __init__(self, reading: sql.Engine, writing: sql.Engine) -> None:
        self._reading, self._writing = reading, writing

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
        _check_password(password)
        row = {
            "name": person.name,
            "password_hash": _HASHER.hash(password),
            "roles": ";".join(person.roles),
            "customer": person.customer,
            "enabled": person.enabled,
            "created_utc": format_utc(person.created_utc),
        }
        try:
            with self._writing.begin() as connection:
                connection.execute(sql.insert(PERSON).values(row))
        except sql.exc.IntegrityError:
            raise Refused(f"{person.name} has an account", fix="choose another name", where="name") from None

    def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Let a person in or shut it out; its sessions and keys stop at once. Raises ScenarioError for an unknown name."""
        with self._writing.begin() as connection:
            found = connection.execute(sql.update(PERSON).where(PERSON.c.name == name).values(enabled=enabled)).rowcount
            if not enabled:
                connection.execute(sql.delete(SESSION).where(SESSION.c.name == name))
        if not found:
            raise ScenarioError(f"nobody is called {name!r}", fix="look at the list of people", where="name")

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

    def log_in(self, name: str, password: str, at: datetime) -> str | None:
        """The token of a new session, or None; an unknown name takes as long as a wrong password."""
        person = self._enabled(name)
        stored = self._password_hash(name) if person else _NOBODY
        try:
            _HASHER.verify(stored, password[:_PASSWORD_MOST])
        except argon2.exceptions.VerifyMismatchError:
            return None
        if person is None:
            return None
        token = secrets.token_urlsafe(32)
        row = {"token_sha256": _digest(token), "name": name, "expires_utc": format_utc(at + timedelta(hours=SESSION_H))}
        with self._writing.begin() as connection:
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
        return None if person is None else _principal(person, person.scopes)

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

    def _password_hash(self, name: str) -> str:
        with self._reading.connect() as connection:
            return str(connection.execute(sql.select(PERSON.c.password_hash).where(PERSON.c.name == name)).scalar_one())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(row: sql.Row[tuple[object, ...]]) -> Person:
    at = row._mapping
    return Person(
        name=at["name"],
        roles=tuple(at["roles"].split(";")),
        customer=at["customer"],
        enabled=bool(at["enabled"]),
        created_utc=parse_utc(at["created_utc"]),
    )


def _principal(person: Person, scopes: frozenset[str]) -> Principal:
    return Principal(name=person.name, scopes=scopes, customer=person.customer)


def _check(person: Person) -> None:
    signs = person.name.isprintable() and not set(person.name) & set("/\\?#%;")
    if not signs or person.name != person.name.strip() or not 0 < len(person.name) <= _NAME_MOST:
        fix = f"give 1 to {_NAME_MOST} printable characters, without / \\ ? # % ;"
        raise ScenarioError("the name can't be used", fix=fix, where="name")
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


def _check_password(password: str) -> None:
    if not PASSWORD_LEAST <= len(password) <= _PASSWORD_MOST:
        raise ScenarioError(
            "the password is too short or too long",
            fix=f"use {PASSWORD_LEAST} to {_PASSWORD_MOST} characters",
            where="password",
        )
