"""The app that is served: routes, their rules, errors in one shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from supercargo import __version__
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.board_routes import board_router
from supercargo.faces.api.cargo_routes import cargo_router
from supercargo.faces.api.command_routes import command_router
from supercargo.faces.api.gate import COOKIE, Gate
from supercargo.faces.api.kpi_routes import kpi_router
from supercargo.faces.api.live import live_router
from supercargo.faces.api.log_routes import log_router
from supercargo.faces.api.problems import PROBLEM, answer_problems, page_too_large
from supercargo.faces.api.rules import rules_missing
from supercargo.faces.api.session_routes import session_router
from supercargo.faces.api.swift import SwiftLane
from supercargo.faces.api.wire import Wire, dress
from supercargo.faces.board.frame import error_page
from supercargo.faces.board.pages import page_routers

__all__ = ["all_routers", "create_app", "served"]

_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong, where, and how to mend it (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "fix": {"type": "string"},
        "where": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["type", "title", "status", "detail", "fix", "where"],
}


def all_routers() -> tuple[APIRouter, ...]:
    """Every route that is served, by what it is about."""
    log = (session_router(), log_router(), live_router(), cargo_router(), command_router(), board_router(), kpi_router())
    return (*log, *page_routers())


def served(app: FastAPI) -> ASGIApp:
    """The app with its swift lane before all else: what is plainly in order needs nothing that stands further inside."""
    behind: Any = ProxyHeadersMiddleware  # uvicorn and Starlette name the same shapes differently
    return SwiftLane(behind(app), owner=app, dress=dress)


def create_app(desk: Desk, clock: Callable[[], datetime], *, lane: bool = True) -> FastAPI:
    """The API over an open store; `clock` tells the instant in whole seconds, UTC. Without its `lane` it is for `served`.

    Raises AssertionError for a route without a rule: it is never served.
    """
    app = FastAPI(
        title="supercargo", version=__version__, openapi_url="/v1/openapi.json", docs_url=None, redoc_url=None,
        summary="Operations of cargo transport in space: what happened, where everything is, what is due.",
    )  # fmt: skip
    app.state.desk, app.state.clock, app.state.gatekeeper = desk, clock, Gate(desk.accounts, clock)
    app.state.page_of_problem = error_page
    app.state.stopping = False
    answer_problems(app)
    app.add_middleware(Wire, problem_media=PROBLEM, page_of=page_too_large)
    for router in all_routers():
        app.router.routes.extend(router.routes)  # the routes themselves, so that each one's rule can be seen
    missing = rules_missing(app)
    assert not missing, f"routes without a rule: {missing}"
    if lane:
        app.add_middleware(SwiftLane, owner=app, dress=dress)  # added last, it stands first
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """The description of the API names the shape of errors and the two ways to prove who one is."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            parts = schema.setdefault("components", {})
            parts.setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
            parts["securitySchemes"] = {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            }
            for path in schema["paths"].values():
                for operation in path.values():
                    if operation["x-rule"]["seen"] != "all":
                        operation["security"] = [{"key": []}, {"session": []}]
                    if "422" in operation["responses"]:
                        operation["responses"]["422"] = {
                            "description": "The input is wrong",
                            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                        }
            parts["schemas"] = {
                k: v for k, v in parts["schemas"].items() if k not in {"HTTPValidationError", "ValidationError"}
            }
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
