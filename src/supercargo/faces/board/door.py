"""Log-in, log-out, and how the pages look to one who reads them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from supercargo.faces.api.gate import COOKIE, Gate, hand_session
from supercargo.faces.api.problems import Problem
from supercargo.faces.api.rules import Rule
from supercargo.faces.board.frame import LOOK_COOKIE, LOOKS, bare_page, safe_next

__all__ = ["door_router"]

_ANYBODY = Rule("", "all")
_NAME_MOST, _PASSWORD_MOST = 200, 1000
_YEAR_S = 365 * 86_400


def door_router() -> APIRouter:
    """Routes by which one comes in and goes out."""
    router = APIRouter(include_in_schema=False)
    _in_and_out(router)

    @router.post("/look", openapi_extra=_ANYBODY.mark)
    def look(
        request: Request,
        look: Annotated[str, Form(max_length=20)] = "auto",
        next: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        """Light, dark or of high contrast from now on."""
        answer = RedirectResponse(safe_next(next), status_code=303)
        if look in LOOKS:
            answer.set_cookie(LOOK_COOKIE, look, max_age=_YEAR_S, httponly=True, samesite="lax")
        return answer

    return router


def _in_and_out(router: APIRouter) -> None:
    @router.get("/login", openapi_extra=_ANYBODY.mark)
    def asked_who(request: Request, next: str = "/") -> HTMLResponse:
        """The form that asks who one is."""
        return bare_page(request, "login.html", title="Log in", next=safe_next(next), refused="", name="")

    @router.post("/login", openapi_extra=_ANYBODY.mark)
    def log_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        """Open a session, or say why not."""
        gate: Gate = request.app.state.gatekeeper
        gate.refuse_foreign(request)
        try:
            if len(name) > _NAME_MOST or len(password) > _PASSWORD_MOST:  # nobody's, and not worth keeping count of
                raise Problem(401, "name and password do not fit", fix="try again, or ask an administrator", where="name")
            token = gate.log_in(name, password)
        except Problem as refused:
            words = f"{refused.detail}: {refused.fix}"
            return bare_page(
                request,
                "login.html",
                status=refused.status,
                title="Log in",
                next=safe_next(next),
                refused=words,
                name=name[:_NAME_MOST],
            )
        answer = RedirectResponse(safe_next(next), status_code=303)
        hand_session(request, answer, token)
        return answer

    @router.post("/logout", openapi_extra=_ANYBODY.mark)
    def log_out(request: Request) -> Response:
        """End the session."""
        gate: Gate = request.app.state.gatekeeper
        gate.refuse_foreign(request)
        gate.log_out(request)
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(COOKIE)
        return answer
