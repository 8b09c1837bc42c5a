"""Stores events for others and may be killed at any instant: `python -m supercargo.bench.log_server STORE SOCKET`.

It loads what it needs once. For each `start` on its standard input it makes a child, which opens the store and serves it over
the socket, and prints the child's process number; a child that was killed leaves nothing behind but what is on the disk.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from supercargo.bench.log_views import BENCH_VIEWS
from supercargo.kernel import Refused, parse_utc
from supercargo.store.log import SqlStore, open_log
from supercargo.track.envelope import Draft

__all__ = ["main", "serve"]


def main() -> None:
    """Start a child for each line of standard input, until it ends."""
    store, place = sys.argv[1:3]
    child = 0
    for _ in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            serve(store, Path(place))
            os._exit(0)
        print(child, flush=True)
    if child:
        os.waitpid(child, 0)


def serve(store: str, place: Path) -> None:
    """Open the store and answer each connection in a thread of its own, until the process ends."""
    opened = open_log(store, BENCH_VIEWS, lambda: datetime.now(UTC))
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen(128)
        while True:
            caller, _ = door.accept()
            threading.Thread(target=_answer, args=(opened, caller), daemon=True).start()


def _answer(store: SqlStore, caller: socket.socket) -> None:
    with caller, caller.makefile("rwb") as lines:
        for line in lines:
            told = json.loads(line)
            draft = Draft(**{**told, "occurred_utc": parse_utc(told["occurred_utc"])})
            try:
                (receipt,) = store.append([draft])
                answer = asdict(receipt)
            except Refused as refusal:
                answer = {"refused": refusal.what}
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()


if __name__ == "__main__":
    main()
