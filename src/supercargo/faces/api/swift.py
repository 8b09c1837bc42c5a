"""Routes that many scanners write to: a request that is plainly in order is answered at the door; any other goes inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supercargo.faces.api.problems import Problem, problem_of
from supercargo.faces.api.requests import command_id_of
from supercargo.faces.api.rules import Rule
from supercargo.kernel import SupercargoError

__all__ = ["SwiftLane", "SwiftRoute"]

_JSON = re.compile(rb"application/json(; ?charset=utf-8)?", re.IGNORECASE)
_NAME_MOST = 160
_BODY_MOST = 256 * 1024
_ONCE = (b"content-type", b"content-length", b"authorization", b"idempotency-key")


class SwiftRoute(APIRoute):
    """A route of an async function of `request`, `asked`, `said`, `command_id` and, where the path has it, `name`.

    Rule, form, names and answers are those that the function declares; `SwiftLane` reads them off it.
    """


class SwiftLane:
    """Stands before an app and answers what is plainly in order of its swift routes.

    Everything else goes to the app as it came, and is refused there in FastAPI's own words or found in order after all:
    there is one law, and two ways to it.
    """

    def __init__(self, app: ASGIApp, *, owner: FastAPI, dress: Callable[[Message], None]) -> None:
        self._app, self._owner, self._dress = app, owner, dress
        self._doors = [_Door(route) for route in owner.routes if isinstance(route, SwiftRoute)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it in."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        for door in self._doors:
            if (found := door.pattern.match(path)) is not None and (told := _plain(scope)) is not None:
                await self._answer(door, found.groupdict(), told, (scope, receive, send))
                return
        await self._app(scope, receive, send)

    async def _answer(
        self, door: _Door, named: dict[str, str], headers: dict[bytes, bytes], call: tuple[Scope, Receive, Send]
    ) -> None:
        scope, receive, send = call
        length = int(headers[b"content-length"])
        came = await _messages(receive, length)
        body: bytes = came[0].get("body", b"") if len(came) == 1 else b"".join(one.get("body", b"") for one in came)
        if len(body) == length and not scope["query_string"] and 1 <= len(named.get("name", "-")) <= _NAME_MOST:
            scope["app"] = self._owner
            told = await door.answered(Request(scope), headers, named, body)
            if told is not None:
                status, kind, content = told
                said = [(b"content-length", str(len(content)).encode()), (b"content-type", kind)]
                start: Message = {"type": "http.response.start", "status": status, "headers": said}
                self._dress(start)
                await send(start)
                await send({"type": "http.response.body", "body": content})
                return
        waiting = iter(came)

        async def again() -> Message:
            return next(waiting, None) or await receive()

        await self._app(scope, again, send)


async def _messages(receive: Receive, length: int) -> list[Message]:
    """What comes of a body of a stated length: to its end, until it is longer, or until nobody sends any more."""
    messages: list[Message] = []
    came = 0
    while True:
        message = await receive()
        came += len(message.get("body", b""))
        messages.append(message)
        if came > length or not message.get("more_body", False):
            return messages


def _plain(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers that count of a body of JSON under a key, where none of them is told twice; None for anything else."""
    told: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _ONCE:
            if name in told:
                return None
            told[name] = value
    length = told.get(b"content-length", b"")
    if not length.isdigit() or int(length) > _BODY_MOST or b"authorization" not in told:
        return None
    return told if _JSON.fullmatch(told.get(b"content-type", b"")) else None


class _Door:
    """One swift route as its function declares it."""

    def __init__(self, route: SwiftRoute) -> None:
        declared = route.endpoint.__annotations__
        rule = get_args(declared["asked"])[1].dependency
        assert isinstance(rule, Rule)
        self.pattern, self._rule, self._record = route.path_regex, rule, route.endpoint
        self._said_as, self._answer_as = TypeAdapter[Any](declared["said"]), TypeAdapter[Any](declared["return"])
        self._status = route.status_code or 200

    async def answered(
        self, request: Request, headers: dict[bytes, bytes], named: dict[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | None:
        """Status, media type and body of the answer; None for a request that is not plainly in order."""
        key = headers.get(b"idempotency-key")
        try:
            asked = self._rule.at_once(request, headers[b"authorization"].decode("latin-1")) or await self._rule(request)
            command_id = await command_id_of(request, None if key is None else key.decode("latin-1"))
            said = None if command_id is None else self._said_as.validate_json(body)
        except (Problem, ValidationError):
            return None
        if said is None:
            return None
        try:
            told = await self._record(request=request, asked=asked, said=said, command_id=command_id, **named)
        except SupercargoError as error:
            refused = problem_of(error)
            return refused.status_code, refused.media_type.encode(), bytes(refused.body)
        return self._status, b"application/json", self._answer_as.dump_json(told)
