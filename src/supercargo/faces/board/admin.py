"""Who is let in: people, their roles, and keys of machines."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.admitting import admit_for, customers_on_record, set_roles_for
from supercargo.app.operations.people import (
    PASSWORD_LEAST,
    ROLE_SCOPES,
    SCOPES,
    AdminAct,
    IssuedKey,
    OneTimePassword,
    Person,
    issue_key,
    let_in,
    reset_password,
    revoke_key,
)
from supercargo.faces.api.gate import Gate
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.faces.board.forms import Told, TypedWords, refusal
from supercargo.faces.board.frame import page
from supercargo.kernel import ScenarioError, SupercargoError

__all__ = ["admin_pages"]

_ADMIN = Rule("admin", "company")
_WORD_MOST, _PASSWORD_MOST = 200, 1000
Word = Annotated[str, Form()]


def admin_pages() -> APIRouter:
    """The routes of the administrator."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin", openapi_extra=_ADMIN.mark)
    def people(request: Request, asked: Annotated[Asked, rule_of(_ADMIN)]) -> Response:
        """Every account, and a form for another."""
        return _shown(request, asked)

    @router.post("/admin/people", openapi_extra=_ADMIN.mark)
    def add(
        request: Request,
        asked: Annotated[Asked, rule_of(_ADMIN)],
        *,
        command: Word = "",
        name: Word = "",
        password: Word = "",
        roles: Annotated[list[str] | None, Form()] = None,
        customer: Word = "",
        new_customer: Word = "",
    ) -> Response:
        """Open an account; without a password one is made and shown once."""
        desk, typed = desk_of(request), TypedWords(form="person", name=name, customer=customer, roles=" ".join(roles or ()))
        typed["new_customer"] = new_customer
        try:
            _refuse_long(name=name, customer=customer, password=password)
            person = Person(
                name=name.strip(), roles=tuple(roles or ()), customer=customer.strip(), enabled=True, created_utc=asked.at_utc
            )
            made = admit_for(desk, _act(asked, command), person, password=password, new_customer=new_customer == "yes")
        except SupercargoError as error:
            return _shown(request, asked, told=refusal(error, typed))
        if made is not None:
            return _shown(request, asked, made=made)
        return RedirectResponse("/admin", status_code=303)

    _standing(router)
    _roles(router)
    _keys(router)
    return router


def _standing(router: APIRouter) -> None:
    @router.post("/admin/people/{name}/enabled", openapi_extra=_ADMIN.mark)
    def enable(
        request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, *, command: Word = "", enabled: Word = ""
    ) -> Response:
        """Let a person in again, or shut it out."""
        if enabled not in ("yes", "no"):
            raise Problem(
                422, "it is not said whether the person is let in", fix="use the buttons of the page", where="enabled"
            )
        desk = desk_of(request)
        try:
            let_in(desk.accounts, desk.log, _act(asked, command), name, enabled=enabled == "yes")
        except SupercargoError as error:
            return _shown(request, asked, told=refusal(error, TypedWords()))
        _forget(request)
        return RedirectResponse("/admin", status_code=303)


def _roles(router: APIRouter) -> None:
    @router.post("/admin/people/{name}/roles", openapi_extra=_ADMIN.mark)
    def roles(
        request: Request,
        asked: Annotated[Asked, rule_of(_ADMIN)],
        name: str,
        *,
        command: Word = "",
        roles: Annotated[list[str] | None, Form()] = None,
        customer: Word = "",
        new_customer: Word = "",
    ) -> Response:
        """Give a person other roles."""
        new = new_customer == "yes"
        try:
            act = _act(asked, command)
            set_roles_for(desk_of(request), act, name, tuple(roles or ()), customer.strip(), new_customer=new)
        except SupercargoError as error:
            return _shown(request, asked, told=refusal(error, TypedWords()))
        _forget(request)
        return RedirectResponse("/admin", status_code=303)

    @router.post("/admin/people/{name}/password", openapi_extra=_ADMIN.mark)
    def password(request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, *, command: Word = "") -> Response:
        """Make a one-time password and show it once."""
        desk = desk_of(request)
        try:
            made = reset_password(desk.accounts, desk.log, _act(asked, command), name)
        except SupercargoError as error:
            return _shown(request, asked, told=refusal(error, TypedWords()))
        return _shown(request, asked, made=made)


def _keys(router: APIRouter) -> None:
    @router.post("/admin/people/{name}/keys", openapi_extra=_ADMIN.mark)
    def key(
        request: Request,
        asked: Annotated[Asked, rule_of(_ADMIN)],
        name: str,
        *,
        command: Word = "",
        scopes: Annotated[list[str] | None, Form()] = None,
        days: Word = "90",
    ) -> Response:
        """Issue a key and show it once."""
        desk, typed = desk_of(request), TypedWords(form=f"key-{name}", days=days)
        try:
            lasts_d = typed.number("days") or 0.0
            issued = issue_key(desk.accounts, desk.log, _act(asked, command), name, scopes=scopes or [], days=lasts_d)
        except SupercargoError as error:
            typed["scopes"] = " ".join(scopes or ())
            return _shown(request, asked, told=refusal(error, typed))
        return _shown(request, asked, issued=issued)

    @router.post("/admin/people/{name}/keys/revoked", openapi_extra=_ADMIN.mark)
    def revoke(
        request: Request, asked: Annotated[Asked, rule_of(_ADMIN)], name: str, *, command: Word = "", key_id: Word = ""
    ) -> Response:
        """Take a key out of use."""
        desk = desk_of(request)
        try:
            revoke_key(desk.accounts, desk.log, _act(asked, command), name, key_id=key_id.strip())
        except SupercargoError as error:
            return _shown(request, asked, told=refusal(error, TypedWords()))
        _forget(request)
        return RedirectResponse("/admin", status_code=303)


def _act(asked: Asked, command: str) -> AdminAct:
    """The act of a form: its name was drawn when the page was made, so that a form sent twice is one act."""
    name = command if command.isalnum() and 8 <= len(command) <= 64 else secrets.token_hex(16)
    return AdminAct(principal=asked.principal, at_utc=asked.at_utc, command_id=name)


def _refuse_long(**words: str) -> None:
    """Raises ScenarioError for a word that is longer than any name or password."""
    for field, word in words.items():
        most = _PASSWORD_MOST if field == "password" else _WORD_MOST
        if len(word) > most:
            raise ScenarioError(f"{len(word):,} signs are too many", fix=f"write at most {most:,}", where=field)


def _forget(request: Request) -> None:
    gate: Gate = request.app.state.gatekeeper
    gate.forget_keys()


def _shown(
    request: Request,
    asked: Asked,
    *,
    told: Told | None = None,
    issued: IssuedKey | None = None,
    made: OneTimePassword | None = None,
) -> Response:
    found = desk_of(request).accounts.people()
    table = Table(
        name="people",
        caption="People and machines that are let in",
        columns=(Column("Name"), Column("Roles"), Column("Customer"), Column("Let in"), Column("Password")),
        rows=[
            (one.name, ", ".join(one.roles), one.customer, Cell(one.enabled, look="good" if one.enabled else "bad"),
             _password(one, asked))
            for one in found
        ],
    )  # fmt: skip
    return page(
        request, asked, "admin.html", title="Admin", tables=[table], people=found, told=told, issued=issued, made=made,
        customers=customers_on_record(desk_of(request)), least=PASSWORD_LEAST, scopes=SCOPES, roles=ROLE_SCOPES,
        command=lambda: secrets.token_hex(16),
    )  # fmt: skip


def _password(person: Person, asked: Asked) -> Cell:
    """Whose password it is: the person's own, or one that opens once."""
    until = person.once_until_utc
    if until is None:
        return Cell("own")
    return Cell("one-time, until", note=f"{until:%Y-%m-%d %H:%M}") if until > asked.at_utc else Cell("ended", look="bad")
