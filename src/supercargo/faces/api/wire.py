"""What every request and answer passes through: a limit on size, and the headers that keep browsers from harm."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping
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


PageOf = Callable[[Scope, Mapping[str, Any]], ASGIApp | None]
"""What a browser is shown of an error, as an answer that can be sent; None where it is to be told as JSON."""

DRAINED_MOST = 64 * 1024 * 1024
"""Of a body that is too large so much is read and let go [bytes]: a browser that still sends reads no answer."""


class _TooLarge(Exception):
    """More bytes came than are read."""


class Wire:
    """Refuses bodies that are too large, by their stated size and as they come; adds headers to every answer."""

    def __init__(
        self, app: ASGIApp, *, problem_media: str, most: int = BODY_MOST, page_of: PageOf = lambda scope, body: None
    ) -> None:
        self._app, self._media, self._most, self._page_of = app, problem_media, most, page_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not (stated.isascii() and stated.isdigit()) or int(stated) > self._most:
            await self._refuse(scope, receive, send)
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
                    await self._refuse(scope, receive, send)
                return
            if message["type"] == "http.response.start":
                dress(message)
            await send(message)

        await self._app(scope, counted, dressed)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {
            "type": "about:blank", "title": "Too large", "status": 413, "detail": f"the body has more than {self._most} bytes",
            "fix": "send less at once", "where": "body",
        }  # fmt: skip
        page = self._page_of(scope, body)
        if page is not None:
            await _drained(receive)
            await page(scope, receive, _closing(send))
            return
        start: MutableMapping[str, Any] = {
            "type": "http.response.start",
            "status": 413,
            "headers": [(b"content-type", self._media.encode()), (b"connection", b"close")],
        }
        dress(start)
        await send(start)
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _drained(receive: Receive) -> None:
    """Read what still comes of a body, and let it go."""
    came = 0
    while came <= DRAINED_MOST:
        message = await receive()
        came += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return


def _closing(send: Send) -> Send:
    """Sends an answer after which the connection is closed."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
            dress(message)
        await send(message)

    return sent


def dress(message: MutableMapping[str, Any]) -> None:
    """Add the headers that keep browsers from harm to the start of an answer, where it does not set them itself."""
    set_ = {name for name, _ in message["headers"]}
    message["headers"] = [*message["headers"], *(one for one in _HEADERS if one[0] not in set_)]
