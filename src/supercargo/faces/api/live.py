"""Live events: one watcher looks at the log for all who listen; each hears only what it may see (Server-Sent Events)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from supercargo.app.operations.events import EventShown, events_since, log_head
from supercargo.faces.api.problems import Problem, problem_answers
from supercargo.faces.api.requests import desk_of
from supercargo.faces.api.rules import Asked, Rule, rule_of
from supercargo.kernel import plain

__all__ = ["ASK_AGAIN_S", "KEEP_ALIVE_S", "LOOK_S", "live_router"]

LOOK_S = 0.2
"""Between two looks at the end of the log [s]."""

ASK_AGAIN_S = 2.0
"""Whether the listener may still listen is asked so often [s]."""

KEEP_ALIVE_S = 15.0
"""A line without news is sent so often, so that nobody on the way closes the connection [s]."""

_AT_ONCE = 500

_OWN = Rule("read", "own")


def live_router() -> APIRouter:
    """Routes of events as they come."""
    router = APIRouter(prefix="/v1", tags=["events"])
    media: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "events as they come"}
    }

    @router.get(
        "/events/live",
        openapi_extra=_OWN.mark,
        response_class=StreamingResponse,
        responses={**media, **problem_answers(401, 403, 422)},
    )
    async def live(
        request: Request,
        asked: Annotated[Asked, rule_of(_OWN)],
        after: Annotated[int | None, Query(ge=0, description="position of the last event that is known")] = None,
        unnamed: Annotated[
            bool,
            Query(
                description="leave out the name of each event's kind, so that one listener hears all; "
                "what is sent without news is an event `alive` then"
            ),
        ] = False,
        last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
    ) -> StreamingResponse:
        """Events from a position on (`Last-Event-ID` wins over `after`; without either, from now on), as they come."""
        if last_event_id is not None:
            if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) <= 18):
                raise Problem(422, "Last-Event-ID is no position", fix="send the id of the last event", where="Last-Event-ID")
            after = int(last_event_id)
        desk = desk_of(request)
        start = (await asyncio.to_thread(log_head, desk)).position if after is None else after

        async def told() -> AsyncIterator[str]:
            position, quiet_s, asked_s = start, 0.0, 0.0
            yield ": from the log of operations\n\n"
            while not (request.app.state.stopping or await request.is_disconnected()):
                batch = await asyncio.to_thread(events_since, desk, asked.principal, position, limit=_AT_ONCE)
                for event in batch.events:
                    yield _written(event, named=not unnamed)
                moved = batch.position > position
                if (asked_s := asked_s + LOOK_S) >= ASK_AGAIN_S:
                    asked_s = 0.0
                    if await request.app.state.gatekeeper.principal_of(request) != asked.principal:
                        return  # the key was taken back, the session ended, or its rights are others now
                position = batch.position
                quiet_s = 0.0 if batch.events else quiet_s + LOOK_S
                if quiet_s >= KEEP_ALIVE_S:
                    quiet_s = 0.0
                    yield f"event: alive\ndata: {position}\n\n" if unnamed else f": at {position}\n\n"
                if not moved:
                    await asyncio.sleep(LOOK_S)

        return StreamingResponse(told(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return router


def _written(event: EventShown, *, named: bool) -> str:
    said = json.dumps(plain(event), sort_keys=True, ensure_ascii=False)
    kind = f"event: {event.kind}\n" if named else ""
    return f"id: {event.position}\n{kind}data: {said}\n\n"
