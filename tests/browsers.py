"""A real browser for tests: Debian's Chromium where it is installed; a test without one is skipped by name."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["chromium", "served", "signed_in"]

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips where none is installed (`make setup-dev` installs one where it may)."""
    found = next((place for name in _NAMES if (place := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=_OPTIONS)
        yield browser
        browser.close()


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The app on a port of this machine."""
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
    page = browser.new_context(**how).new_page()
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
