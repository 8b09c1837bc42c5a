"""The log itself, for those who audit it; and the health of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request

from supercargo.app.operations.events import EventShown, events_since, log_head
from supercargo.faces.api.problems import problem_answers
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of

__all__ = ["EventPage", "HeadShown", "Health", "log_router"]

_ANYBODY = Rule("", "all")
_AUDIT = Rule("audit", "company")
_OWN = Rule("read", "own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """That the service answers and its store can be read."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadShown:
    """The end of the log."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events in their order; `next_after` is where to go on, equal to `after` at the end of the log."""

    events: list[EventShown]
    next_after: int


def log_router() -> APIRouter:
    """Routes about the log."""
    router = APIRouter(prefix="/v1", tags=["events"])

    @router.get("/health", openapi_extra=_ANYBODY.mark, responses=problem_answers(503))
    def health(request: Request) -> Health:
        """Whether the service answers and its store can be read."""
        log_head(desk_of(request))
        return Health(state="well")

    @router.get("/log/head", openapi_extra=_AUDIT.mark, responses=problem_answers(401, 403))
    def head(request: Request, asked: Annotated[Asked, rule_of(_AUDIT)]) -> HeadShown:
        """The end of the log: what the next event will be chained to."""
        end = log_head(desk_of(request))
        return HeadShown(position=end.position, hash=end.hash)

    @router.get("/events", openapi_extra=_OWN.mark, responses=problem_answers(401, 403, 422))
    def events(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> EventPage:
        """Events behind a position, as far as they may be seen; `limit` counts all that are looked at."""
        batch = events_since(desk_of(request), asked.principal, after, limit=limit)
        return EventPage(events=list(batch.events), next_after=batch.position)

    return router
