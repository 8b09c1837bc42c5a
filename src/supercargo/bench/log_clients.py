"""Sends steps of cargo to a served log: `python -m supercargo.bench.log_clients` reads its order as JSON.

It runs in a process of its own, with one thread and bare sockets that stay open, so that it takes as little as it can of the
processor that the server runs on.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ClientOrder", "ClientReport", "main", "steps_of"]

TURNS = 20
"""Steps in the life of an item: ordered, received, then into a bag and out of it."""

_FACILITY, _BAG = "facility/BENCH", "container/BAG"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOrder:
    """Where to, with which key, how many clients at once, steps a request, for how long; `mark` keeps names apart."""

    host: str
    port: int
    key: str
    clients: int
    steps: int
    seconds: float
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientReport:
    """Steps that were confirmed, in how many seconds, and how long each request waited [s]."""

    confirmed_count: int
    seconds: float
    waits_s: list[float]


def steps_of(name: str) -> Iterator[dict[str, Any]]:
    """The life of one item, step by step, each lawful after the one before."""
    yield {
        "command": "ordered", "thing": f"cargo/{name}", "customer": "ESA", "supplier": "Acme", "order_no": "PO-17",
        "pieces": 1, "mass_kg": 3.25,
    }  # fmt: skip
    yield {"command": "received", "thing": f"cargo/{name}", "where": _FACILITY, "taker": "Ops", "pieces": 1, "mass_kg": 3.25}
    for turn in range(TURNS - 2):
        kind, where = ("unloaded", _FACILITY) if turn % 2 else ("packed", _BAG)
        yield {"command": kind, "thing": f"cargo/{name}", "where": where, "note": "seen and counted"}


class _Client:
    """One socket that sends a request, waits for its answer, and goes on."""

    def __init__(self, order: ClientOrder, number: int) -> None:
        self.order = order
        self.items = 0
        self.mark = f"{order.mark}-{number}"
        self.requests = self._requests()
        self.socket = socket.create_connection((order.host, order.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.came = b""
        self.sent_s = 0.0

    def _requests(self) -> Iterator[bytes]:
        many = self.order.steps > 1
        while True:
            self.items += 1
            lives = [tuple(steps_of(f"{self.mark}-{self.items}-{number}")) for number in range(self.order.steps)]
            for turn in range(TURNS):
                steps = [dict(life[turn]) for life in lives]
                if many:
                    yield self._request("/v1/things/steps", steps)
                else:
                    yield self._request(f"/v1/things/{steps[0].pop('thing')}/steps", steps[0])

    def _request(self, path: str, body: Any) -> bytes:
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.order.host}\r\nAuthorization: Bearer {self.order.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def send(self) -> None:
        """Send the next request."""
        content = next(self.requests)
        self.sent_s = time.perf_counter()
        self.socket.sendall(content)

    def answered(self) -> bool:
        """Take in what came; whether the answer is whole. Raises ConnectionError where it does not confirm."""
        part = self.socket.recv(65_536)
        if not part:
            raise ConnectionError("the server went away")
        self.came += part
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found:
            return False
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) < length:
            return False
        if not head.startswith(b"HTTP/1.1 201"):
            raise ConnectionError(f"not confirmed: {body[:300]!r}")
        self.came = b""
        return True


def _run(order: ClientOrder) -> ClientReport:
    clients = [_Client(order, number) for number in range(order.clients)]
    waits: list[float] = []
    with selectors.DefaultSelector() as ready:
        for client in clients:
            ready.register(client.socket, selectors.EVENT_READ, client)
            client.send()
        began = time.perf_counter()
        waiting = len(clients)
        while waiting:
            for chosen, _ in ready.select():
                client = chosen.data
                if not client.answered():
                    continue
                now = time.perf_counter()
                waits.append(now - client.sent_s)
                if now - began < order.seconds:
                    client.send()
                else:
                    waiting -= 1
        seconds = time.perf_counter() - began
    for client in clients:
        client.socket.close()
    return ClientReport(confirmed_count=len(waits) * order.steps, seconds=seconds, waits_s=waits)


def main() -> None:
    """Do what the order on standard input says and print the report."""
    json.dump(asdict(_run(ClientOrder(**json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
