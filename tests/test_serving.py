"""The server as people start and stop it: what listens when it is stopped is ended in good order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_stopped_while_pages_listen_says_so_and_shows_no_traceback(tmp_path: Path, how: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "supercargo", "serve", "--store", str(tmp_path / "log.sqlite"), "--port", str(port)]
    said = tmp_path / "said"
    with said.open("w") as told, subprocess.Popen(
        words, stdout=told, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ) as server:  # fmt: skip
        try:
            _listen_and_stop(server, f"http://127.0.0.1:{port}", said, how)
        finally:
            if server.poll() is None:
                server.kill()
    words_said = said.read_text()
    assert "Traceback" not in words_said
    assert "Cancel" not in words_said
    assert "stopped; whatever was confirmed is stored" in words_said


def _listen_and_stop(server: subprocess.Popen[bytes], url: str, said: Path, how: int) -> None:
    ends = time.monotonic() + 60.0
    while "Ctrl-C stops it" not in said.read_text():
        assert server.poll() is None, said.read_text()
        assert time.monotonic() < ends, "the server does not start within a minute"
        time.sleep(0.1)
    password = said.read_text().partition("password ")[2].split()[0]
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=10.0) as client:
        for _ in range(100):
            try:
                answer = client.post("/login", data={"name": "admin", "password": password})
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        assert answer.status_code == 303
        with client.stream("GET", "/v1/events/live") as stream:
            assert next(stream.iter_lines()).startswith(": from the log")
            server.send_signal(how)
            server.wait(20.0)
