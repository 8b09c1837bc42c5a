"""What a log confirms over HTTP: `supercargo serve` in a process of its own, clients in another, the disk's syncs in turns."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import open_desk
from supercargo.app.operations.people import AdminAct, Person, Principal, admit, first_administrator, issue_key
from supercargo.bench.log_clients import ClientOrder, ClientReport
from supercargo.bench.log_year import containers
from supercargo.kernel import StoreError

__all__ = ["HTTP_LOADS", "confirmed_over_http", "served"]

HTTP_LOADS = ((64, 1), (4, 50))
"""Clients at once, and steps that each of their requests carries."""

_UP_S = 60.0


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _open_up(file: Path) -> str:
    """Make a store with a bag to pack into, and give a key that lets cargo be recorded."""
    at = _now()
    with open_desk(str(file), _now) as desk:
        admin = Principal(name="admin", scopes=frozenset({"admin"}))

        def act() -> AdminAct:
            return AdminAct(principal=admin, at_utc=at, command_id=secrets.token_hex(8))

        first_administrator(desk.accounts, desk.log, act(), password=secrets.token_urlsafe(15))
        scanner = Person(name="scanner", roles=("custodian",), customer="", enabled=True, created_utc=at)
        admit(desk.accounts, desk.log, act(), scanner, password=secrets.token_urlsafe(15))
        key = issue_key(desk.accounts, desk.log, act(), "scanner", scopes=("read", "cargo", "custody"), days=1.0)
        record_cargo(containers(at - timedelta(hours=1)), desk.store)
    return key.secret


@contextmanager
def served(file: Path) -> Iterator[tuple[int, str]]:
    """The port on which a new store is served, and a key to it. Raises StoreError where it does not come up."""
    key = _open_up(file)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "supercargo", "serve", "--store", str(file), "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield port, key
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _UP_S
    while time.monotonic() < give_up and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
            continue
        return
    fix = "try `supercargo serve` by itself and see what it says"
    raise StoreError("the served log does not come up", fix=fix, where="serve")


def confirmed_over_http(at: tuple[int, str], load: tuple[int, int], seconds: float, mark: str) -> ClientReport:
    """What clients have confirmed to them within some seconds."""
    (port, key), (clients, steps) = at, load
    order = ClientOrder(host="127.0.0.1", port=port, key=key, clients=clients, steps=steps, seconds=seconds, mark=mark)
    told = subprocess.run(
        [sys.executable, "-m", "supercargo.bench.log_clients"],
        input=json.dumps(asdict(order)), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return ClientReport(**json.loads(told.stdout))
