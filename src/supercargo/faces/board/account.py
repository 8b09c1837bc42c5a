"""One's own account: what it may do, its password, and where it is logged in."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from supercargo.app.operations.people import (
    PASSWORD_LEAST,
    PASSWORD_RULE,
    SCOPES,
    SESSION_H,
    AdminAct,
    change_password,
    session_id_of,
)
from supercargo.faces.api.gate import COOKIE, Gate, hand_session
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import OWN_PLACE, Asked, Rule, rule_of
from supercargo.faces.board.frame import page
from supercargo.kernel import ScenarioError, SupercargoError

__all__ = ["account_pages"]

_OWN = Rule("read", "own", early=True)
Secret = Annotated[str, Form(max_length=1000)]


def account_pages() -> APIRouter:
    """The routes of one's own account."""
    router = APIRouter(include_in_schema=False)

    @router.get(OWN_PLACE, openapi_extra=_OWN.mark)
    def account(request: Request, asked: Annotated[Asked, rule_of(_OWN)]) -> Response:
        """One's roles, password and sessions."""
        return _shown(request, asked)

    @router.post("/account/password", openapi_extra=_OWN.mark)
    def password(
        request: Request, asked: Annotated[Asked, rule_of(_OWN)], *, old: Secret = "", new: Secret = "", again: Secret = ""
    ) -> Response:
        """Change one's password; every session ends, and this browser gets a new one."""
        desk, gate = desk_of(request), _gate(request)
        act = AdminAct(principal=asked.principal, at_utc=asked.at_utc, command_id=secrets.token_hex(16))
        try:
            if new != again:
                raise ScenarioError("the new password is not the same twice", fix="type it again", where="again")
            change_password(desk.accounts, desk.log, act, old=old, new=new, proves=gate.proves)
            token = gate.log_in(asked.principal.name, new)
        except SupercargoError as error:
            return _shown(request, asked, refused=f"{error.what}: {error.fix}", at=error.where, status=422)
        except Problem as error:
            return _shown(request, asked, refused=f"{error.detail}: {error.fix}", status=error.status)
        answer = RedirectResponse(f"{OWN_PLACE}?changed=yes", status_code=303)
        hand_session(request, answer, token)
        return answer

    @router.post("/account/sessions", openapi_extra=_OWN.mark)
    def end(
        request: Request, asked: Annotated[Asked, rule_of(_OWN)], *, session: Annotated[str, Form(max_length=100)] = ""
    ) -> Response:
        """End one of one's sessions."""
        try:
            desk_of(request).accounts.end_session(asked.principal.name, session)
        except ScenarioError as error:
            return _shown(request, asked, refused=f"{error.what}: {error.fix}", status=422)
        return RedirectResponse(OWN_PLACE, status_code=303)

    return router


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gatekeeper
    return gate


def _shown(request: Request, asked: Asked, *, refused: str = "", at: str = "", status: int = 200) -> Response:
    who = asked.principal
    token = request.cookies.get(COOKIE, "")
    shown = page(
        request, asked, "account.html", title="Your account", refused=refused, at=at, rule=PASSWORD_RULE,
        own=session_id_of(token) if token else "",
        changed=request.query_params.get("changed") == "yes" and not refused, least=PASSWORD_LEAST, hours=SESSION_H,
        sessions=desk_of(request).accounts.sessions(who.name, asked.at_utc),
        may=[(scope, SCOPES[scope]) for scope in sorted(who.scopes)],
    )  # fmt: skip
    shown.status_code = status
    return shown
