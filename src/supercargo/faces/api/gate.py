"""The gate: whose key or session a request carries."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Request, Response

from supercargo.app.operations.people import KEY_MARK, SESSION_H, Accounts, Principal, folded
from supercargo.faces.api.problems import Problem

__all__ = ["COOKIE", "KEY_HOLDS_S", "TRIES", "Gate", "hand_session"]

COOKIE = "supercargo_session"
TRIES, TRIES_S = 5, 60.0
"""So many wrong passwords under one name are let through in so many seconds."""

KEY_HOLDS_S = 1.0
"""Whose key it is, is asked of the store so often [s]."""

_SAFE = {"GET", "HEAD", "OPTIONS"}
_NAMES_KEPT, _NAME_KEPT = 10_000, 200


class Gate:
    """Knows who sends a request by its key (Authorization: Bearer) or its session (a cookie)."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self._accounts, self._clock = accounts, clock
        self._keys: dict[bytes, tuple[Principal | None, float]] = {}
        self._asking: dict[bytes, asyncio.Future[tuple[Principal | None, int]]] = {}
        self._taken_back_count = 0
        self._wrong: dict[str, deque[datetime]] = {}

    async def principal_of(self, request: Request) -> Principal | None:
        """Who sends the request, or None. Raises Problem 403 for a write under a session that comes from another page."""
        if secret := _key_in(request.headers.get("Authorization", "")):
            return await self._known(secret)
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        if request.method not in _SAFE and not _same_page(request):
            raise Problem(403, "the request comes from another page", fix="send it from our own pages, or use a key")
        return await asyncio.to_thread(self._accounts.of_session, token, self._clock())

    def at_hand(self, authorization: str) -> Principal | None:
        """Whose key a header carries, where that was asked less than a second ago; None where it must be asked."""
        digest = hashlib.sha256(_key_in(authorization).encode()).digest()
        principal, until_s = self._keys.get(digest, (None, 0.0))
        return principal if time.monotonic() < until_s else None

    async def _known(self, secret: str) -> Principal | None:
        """Whose key it is; an answer holds for a second, which is how long a key that was taken back may still open."""
        digest, now_s = hashlib.sha256(secret.encode()).digest(), time.monotonic()
        principal, until_s = self._keys.get(digest, (None, 0.0))
        if now_s < until_s:
            return principal
        asking = self._asking.get(digest)
        if asking is None:  # many who send under one key ask once
            asking = self._asking[digest] = asyncio.ensure_future(asyncio.to_thread(self._of_key, secret))
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        principal, taken_back_count = await asyncio.shield(asking)
        if len(self._keys) > _NAMES_KEPT:
            self._keys.clear()
        if principal is not None and taken_back_count == self._taken_back_count:
            self._keys[digest] = (principal, now_s + KEY_HOLDS_S)
        return principal

    def _of_key(self, secret: str) -> tuple[Principal | None, int]:
        count = self._taken_back_count
        return self._accounts.of_key(secret, self._clock()), count

    def forget_keys(self) -> None:
        """Ask anew whose keys they are: one was taken back here."""
        self._taken_back_count += 1
        self._keys.clear()
        self._asking.clear()

    def refuse_foreign(self, request: Request) -> None:
        """Raises Problem 403 for a log-in that a browser sends from another page."""
        foreign = request.headers.get("Sec-Fetch-Site", "") in ("cross-site", "same-site")
        if foreign or (request.headers.get("Origin") and not _same_page(request)):
            raise Problem(403, "the request comes from another page", fix="log in on our own pages")

    def log_in(self, name: str, password: str) -> str:
        """The token of a new session. Raises Problem 401 for a wrong name or password, 429 after too many of them."""
        token = self._judged(name, lambda at: self._accounts.log_in(name, password, at))
        if token is None:
            raise Problem(401, "name and password do not fit", fix="try again, or ask an administrator", where="name")
        return token

    def proves(self, name: str, password: str) -> bool:
        """Whether a password is a person's; wrong ones count as wrong log-ins do. Raises Problem 429 after too many."""
        return self._judged(name, lambda at: self._accounts.proves(name, password, at)) == name

    def _judged(self, name: str, proof: Callable[[datetime], str | None]) -> str | None:
        """What a password proves, unless too many wrong ones came under the name, in whatever case it is written."""
        at, key = self._clock(), folded(name)[:_NAME_KEPT]
        tries = self._wrong.setdefault(key, deque(maxlen=TRIES))
        if len(tries) == TRIES and at - tries[0] < timedelta(seconds=TRIES_S):
            raise Problem(429, "too many wrong passwords under this name", fix=f"wait {TRIES_S:.0f} seconds", where="name")
        tries.append(at)  # before it is judged: many at once are as many tries
        proved = proof(at)
        if proved is not None:
            self._wrong.pop(key, None)
        elif len(self._wrong) > _NAMES_KEPT:
            self._wrong.clear()
        return proved

    def log_out(self, request: Request) -> None:
        """End the session of a request, if it has one."""
        token = request.cookies.get(COOKIE, "")
        if token:
            self._accounts.log_out(token)


def hand_session(request: Request, response: Response, token: str) -> None:
    """Give a browser its session as a cookie that scripts can't read."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=round(SESSION_H * 3600), httponly=True, samesite="lax", secure=secure)


def _key_in(authorization: str) -> str:
    """The key in a header; empty where it carries none."""
    kind, _, secret = authorization.partition(" ")
    return secret.strip() if kind.lower() == "bearer" and secret.startswith(KEY_MARK) else ""


def _same_page(request: Request) -> bool:
    origin = request.headers.get("Origin", "")
    if origin:
        return urlsplit(origin).netloc == request.headers.get("Host", "")
    return request.headers.get("Sec-Fetch-Site", "") == "same-origin"
