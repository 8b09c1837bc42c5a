"""`serve`: the API over a store, until it is told to stop."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from types import FrameType

import uvicorn
from fastapi import FastAPI

from supercargo.app.operations.desk import open_desk
from supercargo.app.operations.log import open_operations
from supercargo.app.operations.people import AdminAct, Principal, first_administrator, reset_at_the_machine
from supercargo.app.operations_answers import PasswordAnswer, ServeAnswer
from supercargo.faces.api.application import create_app, served
from supercargo.faces.commands import answering, print_json, tell
from supercargo.faces.words import printable
from supercargo.kernel import ScenarioError, format_utc

__all__ = ["FIRST_NAME", "now_utc", "password", "serve"]

FIRST_NAME = "admin"
"""Name of the account that a new store begins with."""


def now_utc() -> datetime:
    """The instant, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


class _Server(uvicorn.Server):
    """A server that ends what pages listen to before it stops, so that no listener is cut off in the middle."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop as uvicorn does, and let answers without end come to theirs."""
        self._app.state.stopping = True
        super().handle_exit(sig, frame)


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
        app = create_app(desk, now_utc, lane=False)
        config = uvicorn.Config(
            served(app), host=host, port=port, log_level="warning", access_log=False,
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=3,
        )  # fmt: skip
        _Server(config, app).run()


def password(name: str, store: str, *, by: str, as_json: bool) -> None:
    """Make a one-time password for an account, by one who may write the store itself, and tell it once."""
    with answering(as_json=as_json):
        if not by.strip():
            raise ScenarioError("nobody is named who does it", fix="give --by NAME", where="--by")
        who = Principal(name=by.strip(), scopes=frozenset({"admin"}))
        act = AdminAct(principal=who, at_utc=now_utc(), command_id=secrets.token_hex(16))
        with open_operations(store, now_utc) as log:
            made = reset_at_the_machine(log.accounts(), log, act, name)
    until = format_utc(made.until_utc)
    if as_json:
        answer: PasswordAnswer = {"store": store, "name": made.name, "password": made.word, "until_utc": until}
        print_json(answer)
        return
    tell(printable(f"one-time password of {made.name}: {made.word}") + "\n")
    tell(f"it opens until {until} and is not told again; log in by it and choose another\n")
