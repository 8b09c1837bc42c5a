"""What every request and answer passes through: a limit on size, and the headers that keep browsers from harm."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BODY_MOST", "Wire", "dress"]

BODY_MOST = 8 * 1024 * 1024
"""Largest body of a request that is read [bytes]."""

_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class _TooLarge(Exception):
    """More bytes came than are read."""


class Wire:
    """Refuses bodies that are too large, by their stated size and as they come; adds headers to every answer."""

    def __init__(self, app: ASGIApp, *, problem_media: str, most: int = BODY_MOST) -> None:
        self._app, self._media, self._most = app, problem_media, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not (stated.isascii() and stated.isdigit()) or int(stated) > self._most:
            await self._refuse(send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise _TooLarge
            return message

        async def dressed(message: Message) -> None:
            if came > self._most:  # whatever the app makes of it, the answer is that it was too large
                if message["type"] == "http.response.start":
                    await self._refuse(send)
                return
            if message["type"] == "http.response.start":
                dress(message)
            await send(message)

        await self._app(scope, counted, dressed)

    async def _refuse(self, send: Send) -> None:
        body = {
            "type": "about:blank", "title": "Too large", "status": 413, "detail": f"the body has more than {self._most} bytes",
            "fix": "send less at once", "where": "body",
        }  # fmt: skip
        start: MutableMapping[str, Any] = {
            "type": "http.response.start",
            "status": 413,
            "headers": [(b"content-type", self._media.encode()), (b"connection", b"close")],
        }
        dress(start)
        await send(start)
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def dress(message: MutableMapping[str, Any]) -> None:
    """Add the headers that keep browsers from harm to the start of an answer, where it does not set them itself."""
    set_ = {name for name, _ in message["headers"]}
    message["headers"] = [*message["headers"], *(one for one in _HEADERS if one[0] not in set_)]
