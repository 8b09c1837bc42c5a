"""Log-in, log-out, who am I; people and keys."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from supercargo.app.operations.admitting import admit_for, set_roles_for
from supercargo.app.operations.people import (
    AdminAct,
    Person,
    change_password,
    check_password,
    issue_key,
    let_in,
    reset_password,
    revoke_key,
)
from supercargo.faces.api.gate import COOKIE, Gate, hand_session
from supercargo.faces.api.problems import problem_answers
from supercargo.faces.api.requests import CommandId, desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.kernel import format_utc

__all__ = [
    "KeyShown",
    "LogIn",
    "Me",
    "NewKey",
    "NewPassword",
    "NewPerson",
    "NewRoles",
    "PasswordShown",
    "PersonRow",
    "session_router",
]

_ANYBODY = Rule("", "all")
_SELF = Rule("read", "own")
_EARLY = Rule("read", "own", early=True)
_ADMIN = Rule("admin", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """What a person proves itself with."""

    name: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who asks, and what it may do."""

    name: str
    customer: str
    scopes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """An account to be opened; `customer` for a customer's person alone, `new_customer` for one that is not on record."""

    name: str
    password: str
    roles: list[str]
    customer: str = ""
    new_customer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoles:
    """What a person is let do from now on."""

    roles: list[str]
    customer: str = ""
    new_customer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """One's password as it is and as it shall be."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordShown:
    """A one-time password at the only moment at which it can be read."""

    name: str
    password: str
    until_utc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """An account."""

    name: str
    roles: list[str]
    customer: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to be issued: what it may do, and for how many days."""

    scopes: list[str]
    days: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """A key at the only moment at which it can be read."""

    key_id: str
    secret: str
    scopes: list[str]
    expires_utc: str


def session_router() -> APIRouter:
    """Routes about who somebody is."""
    router = APIRouter(prefix="/v1")

    @router.post(
        "/session",
        status_code=204,
        openapi_extra=_ANYBODY.mark,
        responses=problem_answers(400, 401, 403, 413, 422, 429),
        tags=["session"],
    )
    def log_in(request: Request, response: Response, who: LogIn) -> None:
        """Open a session: its token comes as a cookie."""
        _gate(request).refuse_foreign(request)
        token = _gate(request).log_in(who.name, who.password)
        hand_session(request, response, token)

    @router.delete("/session", status_code=204, openapi_extra=_ANYBODY.mark, responses=problem_answers(403), tags=["session"])
    def log_out(request: Request, response: Response) -> None:
        """End the session."""
        _gate(request).refuse_foreign(request)
        _gate(request).log_out(request)
        response.delete_cookie(COOKIE)

    @router.get("/me", openapi_extra=_SELF.mark, responses=problem_answers(401, 403), tags=["session"])
    def me(asked: Annotated[Asked, rule_of(_SELF)]) -> Me:
        """Who asks, and what it may do."""
        who = asked.principal
        return Me(name=who.name, customer=who.customer, scopes=sorted(who.scopes))

    @router.put(
        "/me/password",
        status_code=204,
        openapi_extra=_EARLY.mark,
        responses=problem_answers(400, 401, 403, 413, 422, 429),
        tags=["session"],
    )
    def password(request: Request, response: Response, asked: Annotated[Asked, rule_of(_EARLY)], said: NewPassword) -> None:
        """Change one's password: every session ends, and a new one comes as a cookie."""
        desk, gate = desk_of(request), _gate(request)
        act = _act(asked, secrets.token_hex(16))
        change_password(desk.accounts, desk.log, act, old=said.old, new=said.new, proves=gate.proves)
        hand_session(request, response, gate.log_in(asked.principal.name, said.new))

    _people(router)
    _standing(router)
    return router


def _people(router: APIRouter) -> None:
    errors = problem_answers(400, 401, 403, 409, 413, 422)

    @router.get("/people", openapi_extra=_ADMIN.mark, responses=problem_answers(401, 403), tags=["people"])
    def people(request: Request, asked: Annotated[Asked, rule_of(_ADMIN)]) -> list[PersonRow]:
        """All accounts, by name."""
        return [_row(person) for person in desk_of(request).accounts.people()]

    @router.post("/people", status_code=201, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"])
    def add(request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], new: NewPerson, command_id: CommandId) -> PersonRow:
        """Open an account."""
        person = Person(name=new.name, roles=tuple(new.roles), customer=new.customer, enabled=True, created_utc=asked.at_utc)
        desk = desk_of(request)
        check_password(new.password)
        admit_for(desk, _act(asked, command_id), person, password=new.password, new_customer=new.new_customer)
        return _row(person)

    @router.put("/people/{name}/enabled", status_code=204, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"])
    def enable(
        request: Request,
        asked: Annotated[Asked, rule_of(_ADMIN)],
        name: str,
        enabled: Annotated[bool, Body()],
        command_id: CommandId,
    ) -> None:
        """Let a person in again, or shut it out."""
        desk = desk_of(request)
        let_in(desk.accounts, desk.log, _act(asked, command_id), name, enabled=enabled)
        _gate(request).forget_keys()


def _standing(router: APIRouter) -> None:
    errors = problem_answers(400, 401, 403, 409, 413, 422)

    @router.put("/people/{name}/roles", status_code=204, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"])
    def roles(
        request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, new: NewRoles, command_id: CommandId
    ) -> None:
        """Give a person other roles; what its sessions and keys open follows at once."""
        act, own = _act(asked, command_id), tuple(new.roles)
        set_roles_for(desk_of(request), act, name, own, new.customer, new_customer=new.new_customer)
        _gate(request).forget_keys()

    @router.post("/people/{name}/password", status_code=201, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"])
    def reset(request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, command_id: CommandId) -> PasswordShown:
        """Make a one-time password for a person; its sessions end, and it has to choose its own at the next log-in."""
        desk = desk_of(request)
        made = reset_password(desk.accounts, desk.log, _act(asked, command_id), name)
        return PasswordShown(name=made.name, password=made.word, until_utc=format_utc(made.until_utc))

    @router.post("/people/{name}/keys", status_code=201, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"])
    def key(
        request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, new: NewKey, command_id: CommandId
    ) -> KeyShown:
        """Issue a key for a person; it can be read in this answer and never again."""
        desk = desk_of(request)
        issued = issue_key(desk.accounts, desk.log, _act(asked, command_id), name, scopes=new.scopes, days=new.days)
        return KeyShown(
            key_id=issued.key_id,
            secret=issued.secret,
            scopes=list(issued.scopes),
            expires_utc=issued.expires_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    @router.delete(
        "/people/{name}/keys/{key_id}", status_code=204, openapi_extra=_ADMIN.mark, responses=errors, tags=["people"]
    )
    def revoke(
        request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, key_id: str, command_id: CommandId
    ) -> None:
        """Take a key out of use."""
        desk = desk_of(request)
        revoke_key(desk.accounts, desk.log, _act(asked, command_id), name, key_id=key_id)
        _gate(request).forget_keys()


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gatekeeper
    return gate


def _act(asked: Asked, command_id: str) -> AdminAct:
    return AdminAct(principal=asked.principal, at_utc=asked.at_utc, command_id=command_id)


def _row(person: Person) -> PersonRow:
    return PersonRow(name=person.name, roles=list(person.roles), customer=person.customer, enabled=person.enabled)
