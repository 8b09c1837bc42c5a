"""`serve`: the API over a store, until it is told to stop."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

import uvicorn

from supercargo.app.operations.desk import open_desk
from supercargo.app.operations.people import AdminAct, Principal, first_administrator
from supercargo.app.operations_answers import ServeAnswer
from supercargo.faces.api.application import create_app, served
from supercargo.faces.commands import answering, print_json, tell

__all__ = ["FIRST_NAME", "now_utc", "serve"]

FIRST_NAME = "admin"
"""Name of the account that a new store begins with."""


def now_utc() -> datetime:
    """The instant, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def serve(store: str, *, host: str, port: int, as_json: bool) -> None:
    """Serve the API over a store; a new store gets an administrator, whose password is told once."""
    stopped = "stopped; whatever was confirmed is stored"
    with answering(as_json=as_json, stopped=stopped), open_desk(store, now_utc, apart=True) as desk:
        if not desk.accounts.count():
            word = secrets.token_urlsafe(15)
            first = AdminAct(
                principal=Principal(name=FIRST_NAME, scopes=frozenset({"admin"})),
                at_utc=now_utc(),
                command_id=secrets.token_hex(16),
            )
            first_administrator(desk.accounts, desk.log, first, password=word)
            sys.stderr.write(f"a first account was made: name {FIRST_NAME}, password {word}\n")
            sys.stderr.write("it is not told again; log in by POST /v1/session and add people\n")
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{port}"
        if as_json:
            answer: ServeAnswer = {"store": store, "url": url}
            print_json(answer)
        else:
            tell(f"serving {store} on {url}, described at /v1/openapi.json; Ctrl-C stops it\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            served(create_app(desk, now_utc, lane=False)), host=host, port=port, log_level="warning", access_log=False,
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=3,
        )  # fmt: skip
        uvicorn.Server(config).run()
