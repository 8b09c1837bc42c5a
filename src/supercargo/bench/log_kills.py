"""Whether a program that is killed in the middle of its work loses or doubles what it had confirmed."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from supercargo.bench.log_views import BENCH_VIEWS, a_move
from supercargo.kernel import StoreError, format_utc
from supercargo.store.log import open_log, verify_log
from supercargo.track.envelope import Receipt

__all__ = ["KillReport", "kill_at_random"]

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KillReport:
    """What stood in the log after the kills, against what its clients had been told.

    `at_work_count` of the kills hit a program that had confirmed something; the others hit one that was still opening.
    """

    kills_count: int
    at_work_count: int
    confirmed_count: int
    stored_count: int
    retries_count: int
    lost_count: int
    doubled_count: int
    findings_count: int
    views_differ: bool
    seconds: float

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost_count or self.doubled_count or self.findings_count or self.views_differ)


@dataclass(slots=True)
class _Client:
    """Sends one event after the other over the socket, and each again until it has a receipt."""

    name: int
    place: Path
    ending: threading.Event
    receipts: list[Receipt] = field(default_factory=list)
    retries: int = 0
    fault: str = ""

    def run(self) -> None:
        while not self.ending.is_set() and not self.fault:
            self._confirm(len(self.receipts))

    def _confirm(self, number: int) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        draft = a_move(7 * number + self.name, at, items_count=50, event_id=f"{self.name}-{number}")
        told = {**asdict(draft), "occurred_utc": format_utc(at)}
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            try:
                answer = self._ask(json.dumps(told).encode() + b"\n")
            except OSError:
                self.retries += 1
                time.sleep(0.002)
                continue
            if "refused" in answer:
                self.fault = answer["refused"]
            else:
                self.receipts.append(Receipt(**answer))
            return
        self.fault = f"no answer in {PATIENCE_S:.0f} s"

    def _ask(self, line: bytes) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(PATIENCE_S)
            door.connect(str(self.place))
            door.sendall(line)
            with door.makefile("rb") as answers:
                answer = answers.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionResetError("the server went away")
        return dict(json.loads(answer))


def kill_at_random(store: str, folder: Path, *, kills: int, clients: int = 8, seed: int = 1) -> KillReport:
    """Kill the program that writes to `store` at random instants while clients send events and send them again.

    `folder` holds its socket. Raises StoreError where a client gets no answer for a minute.
    """
    rng = random.Random(seed)
    began = time.monotonic()
    place = folder / "door"
    ending = threading.Event()
    asking = [_Client(name, place, ending) for name in range(clients)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in asking]
    words = [sys.executable, "-m", "supercargo.bench.log_server", store, str(place)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        child = _started(server)
        for thread in threads:
            thread.start()
        at_work = 0
        for _ in range(kills):
            before = sum(len(client.receipts) for client in asking)
            # from the very start of a child, in the middle of its opening, to some dozens of commits later
            time.sleep(rng.choice((0.05, 0.3, 0.5)) * rng.random())
            os.kill(child, signal.SIGKILL)
            at_work += sum(len(client.receipts) for client in asking) > before
            child = _started(server)
        ending.set()
        for thread in threads:
            thread.join()
        os.kill(child, signal.SIGKILL)
        server.communicate()
    faults = [client.fault for client in asking if client.fault]
    if faults:
        raise StoreError(f"a client was not served: {faults[0]}", fix="see what the writing program said", where=store)
    return _judged(store, asking, (kills, at_work), time.monotonic() - began)


def _started(server: subprocess.Popen[str]) -> int:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write("start\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def _judged(store: str, clients: list[_Client], kills: tuple[int, int], seconds: float) -> KillReport:
    receipts = [receipt for client in clients for receipt in client.receipts]
    with open_log(store, BENCH_VIEWS, lambda: datetime.now(UTC)) as opened:
        events = opened.since(0, limit=10**9)
        report = verify_log(opened, receipts=receipts)
        live = opened.dump() if opened.views_are_current() else ()
        opened.rebuild()
        differ = opened.dump() != live
    stored = Counter(event.event_id for event in events)
    return KillReport(
        kills_count=kills[0],
        at_work_count=kills[1],
        confirmed_count=len(receipts),
        stored_count=len(events),
        retries_count=sum(client.retries for client in clients),
        lost_count=sum(1 for receipt in receipts if receipt.event_id not in stored),
        doubled_count=sum(count - 1 for count in stored.values()) + len(events) - len(receipts),
        findings_count=report.findings_count,
        views_differ=differ,
        seconds=seconds,
    )
