"""A real browser for tests: Debian's Chromium where it is installed and opens pages; a test without one is skipped by name."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Locator, Page, sync_playwright

__all__ = ["MOST_MS", "choose", "chromium", "enter", "installed", "served", "signed_in", "tab_to", "why_unfit"]

MOST_MS = 10_000
"""So long does a test wait for anything of a page [ms]."""

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
_PROBE_S = 15.0
_PARTING_S = 3.0


@cache
def installed() -> str | None:
    """Where the browser lies; None where there is none."""
    return next((place for name in _NAMES if (place := shutil.which(name))), None)


@cache
def why_unfit(place: str, *, within_s: float = _PROBE_S) -> str:
    """Why the browser can't be used, empty where it opens a page of this machine; looked at once, by a process apart."""
    words = [sys.executable, str(Path(__file__).resolve()), place]
    here = str(Path(__file__).resolve().parents[1])
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}
    with subprocess.Popen(
        words, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as probe:  # fmt: skip
        try:
            said, _ = probe.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            return f"{place} opens no page within {within_s:g} s"
        finally:
            _ended(probe.pid)
    return "" if probe.returncode == 0 else f"{place} opens no page: {' '.join(said.split())[-300:]}"


def _ended(group: int) -> None:
    """Ask what the probe has started to end, the driver ends its browser then; after a while, end it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        ends = time.monotonic() + _PARTING_S
        while time.monotonic() < ends:
            time.sleep(0.05)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips where none is installed (`make setup-dev` installs one where it may) or where it opens no page."""
    found = installed()
    if found is None:
        pytest.skip("no Chromium is installed")
    if unfit := why_unfit(found):
        pytest.skip(unfit)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=_OPTIONS, timeout=MOST_MS)
        yield browser
        browser.close()


class _Page(BaseHTTPRequestHandler):
    """A page that says one word."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title><p>ready")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of what was asked."""


def _probe(place: str) -> None:
    """Open one page of this machine as the tests do; raises where that fails."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server, sync_playwright() as player:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = player.chromium.launch(executable_path=place, args=_OPTIONS, timeout=MOST_MS)
        page = browser.new_context().new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/", timeout=MOST_MS)
        page.get_by_text("ready").wait_for(timeout=MOST_MS)
        browser.close()
        server.shutdown()


@contextlib.contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The app on a port of this machine: the given one, or one that is free."""
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        ends = time.monotonic() + 60.0
        while not server.started:
            assert thread.is_alive(), "the server ended before it answered"
            assert time.monotonic() < ends, "the server does not start within a minute"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(30.0)
    assert not thread.is_alive(), "the server does not stop"


def signed_in(browser: Browser, url: str, name: str, word: str, **how: Any) -> Page:
    """A page of a person who has logged in by the keyboard alone; every request that leaves the machine fails."""
    context = browser.new_context(**how)
    context.set_default_timeout(MOST_MS)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((url, "data:")) else outside.append(request.url))
    page.outside = outside  # type: ignore[attr-defined]
    page.goto(f"{url}/login")
    page.locator("#name:focus").wait_for()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(word)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.url.startswith(f"{url}/login"), "the log-in failed"
    return page


def tab_to(page: Page, wanted: Locator, *, most: int = 250) -> int:
    """Press Tab until the focus is on what is wanted: the number of times.

    Fails where it is not reached, where the focus goes back in the page on the way, but for its beginning after its end, and
    where it can't be seen.
    """
    wanted.first.wait_for(state="attached")
    target = wanted.first.element_handle()
    before = page.evaluate_handle("document.activeElement")
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        now = page.evaluate_handle("document.activeElement")
        onward, there = page.evaluate(
            "([a, b, c]) => [a === b || a === document.body || b === document.body || b.matches('.skip')"
            " || Boolean(a.compareDocumentPosition(b) & 4), b === c]",
            [before, now, target],
        )
        assert onward, "Tab goes back in the page"
        if there:
            style, wide, high, window = page.evaluate(
                "one => { const s = getComputedStyle(one), r = one.getBoundingClientRect();"
                " return [s.outlineStyle, s.outlineWidth, [r.top, r.bottom], innerHeight]; }",
                target,
            )
            assert style != "none", "the focus is not shown"
            assert float(wide.removesuffix("px")) >= 2, "the focus is hardly shown"
            assert high[1] > 0, "what has the focus is above the window"
            assert high[0] < window, "what has the focus is below the window"
            return count
        before = now
    raise AssertionError(f"{most} times Tab do not reach {wanted}")


def enter(page: Page) -> None:
    """Press Enter on what has the focus, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, words: str) -> None:
    """Choose in the list that has the focus by typing the beginning of what is wanted; fails where it is not there."""
    page.keyboard.type(words)
    chosen = page.evaluate("document.activeElement.selectedOptions[0].textContent")
    assert chosen.startswith(words), f"{chosen!r} is chosen, not {words!r}"


if __name__ == "__main__":
    _probe(sys.argv[1])
