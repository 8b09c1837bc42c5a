"""Who may ask what: each route carries its rule, and no route is served without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute

from supercargo.app.operations.people import SCOPES, Principal
from supercargo.faces.api.problems import Problem

__all__ = ["OWN_PLACE", "RULE_MARK", "SEEN", "Asked", "Gatekeeper", "Rule", "rule_of", "rules_missing"]

RULE_MARK = "x-rule"
"""Where a route's rule stands in the description of the API."""

OWN_PLACE = "/account"
"""The page on which a person sees its own account and changes its password."""

SEEN = ("all", "own", "company")
"""all: needs no log-in; own: a customer sees its own rows, others answer 404; company: customers are turned away."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of who calls it: a scope, and whose rows it shows.

    Only a route that is open `early` lets in who came by a one-time password and has not chosen its own yet.
    """

    scope: str
    seen: str
    early: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.seen not in SEEN or (self.scope not in SCOPES) != (self.seen == "all"):
            raise ValueError(f"{self} is no rule")

    @property
    def mark(self) -> dict[str, Any]:
        """The rule as it stands in the description of the API."""
        return {RULE_MARK: {"scope": self.scope, "seen": self.seen}}

    async def __call__(self, request: Request) -> Asked:
        """Who sends a request that may pass, and when; Problem 401 or 403 for any other."""
        keeper: Gatekeeper = request.app.state.gatekeeper
        return self._let_in(request, await keeper.principal_of(request))

    def at_once(self, request: Request, authorization: str) -> Asked | None:
        """The same by a key that was asked about just now; None where it must be asked about. Raises Problem 403."""
        keeper: Gatekeeper = request.app.state.gatekeeper
        principal = keeper.at_hand(authorization)
        return None if principal is None else self._let_in(request, principal)

    def _let_in(self, request: Request, principal: Principal | None) -> Asked:
        if principal is None:
            raise Problem(
                401, "the request carries no key or session that opens", fix="send Authorization: Bearer KEY, or log in"
            )
        if principal.password_due and not self.early:
            raise Problem(
                403,
                "the password was made by an administrator and opens nothing but the way to your own",
                fix=f"choose a password of your own at {OWN_PLACE}",
                where=OWN_PLACE,
            )
        if self.scope not in principal.scopes:
            raise Problem(
                403,
                f"{principal.name} may not {SCOPES[self.scope]}",
                fix=f"ask an administrator for a role with the scope {self.scope!r}",
                where=self.scope,
            )
        if self.seen == "company" and principal.customer:
            raise Problem(403, "this is the company's own", fix="ask for your own cargo instead", where=self.scope)
        clock: Callable[[], datetime] = request.app.state.clock
        return Asked(principal=principal, at_utc=clock())


class Gatekeeper(Protocol):
    """Knows who sends a request."""

    async def principal_of(self, request: Request) -> Principal | None:
        """Who sends the request, or None."""

    def at_hand(self, authorization: str) -> Principal | None:
        """Whose key a header carries, where that was asked just now; None where it must be asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every route is given: who asks, and when."""

    principal: Principal
    at_utc: datetime


def rule_of(rule: Rule) -> Any:
    """Declare a route's rule: the dependency that lets only those in who may pass, and gives who it is."""
    return Depends(rule)


def rules_missing(app: FastAPI) -> list[str]:
    """What an app serves without a rule, its own description aside."""
    return [
        str(getattr(route, "path", route))
        for route in app.routes
        if getattr(route, "path", "") != app.openapi_url
        and not (isinstance(route, APIRoute) and RULE_MARK in (route.openapi_extra or {}))
    ]
