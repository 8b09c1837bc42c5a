"""The pages in a real browser: no fault that axe knows, by keyboard, live, without a script; nothing leaves the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from supercargo.track.cargo.steps import Order
from tests.browsers import chromium, served, signed_in
from tests.test_board import NOW, WORD, desk

__all__ = ["desk"]  # the store of the pages' tests

PATHS = (
    "/",
    "/year",
    "/missions",
    "/missions/TN-01",
    "/cargo",
    "/cargo/HOSTILE",
    "/orbit",
    "/kpis",
    "/kpis/K3",
    "/risk",
    "/cost",
    "/customers",
    "/customer?name=UNI-LAKE",
    "/compliance",
    "/audit",
    "/audit/1",
    "/admin",
    "/no",
)


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    with served(create_app(desk, lambda: NOW)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
@pytest.mark.parametrize("width", [1440, 800])
def test_axe_finds_no_fault_on_any_page(browser: Browser, url: str, look: str, width: int) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": width, "height": 900})
    page.context.add_cookies([{"name": "supercargo_look", "value": look, "url": url}])
    found = {}
    for path in PATHS:
        page.goto(url + path)
        faults = Axe().run(page).response["violations"]
        if faults:
            found[path] = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in faults]
    assert found == {}
    assert page.outside == []  # type: ignore[attr-defined]


def test_a_page_is_no_wider_than_its_window(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": 800, "height": 900})
    for path in PATHS:
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 800, path


def test_an_event_is_on_the_screen_within_a_second(browser: Browser, url: str, desk: Desk) -> None:
    page = signed_in(browser, url, "dora", WORD)
    page.goto(f"{url}/cargo")
    page.wait_for_timeout(400)
    name = f"A{time.monotonic_ns()}"
    order = Order(
        command_id=name, thing=f"cargo/{name}", at_utc=NOW - timedelta(hours=1), by="cora", customer="UNI-LAKE",
        supplier="S", order_no="1", pieces=1.0, mass_kg=1.0,
    )  # fmt: skip
    began = time.monotonic()
    record_cargo([order], desk.store)
    page.get_by_text(name).first.wait_for(timeout=5000)
    assert time.monotonic() - began <= 1.0


def test_an_item_is_found_by_keyboard_alone(browser: Browser, url: str) -> None:
    page: Page = signed_in(browser, url, "dora", WORD)
    page.goto(url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Cargo":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/cargo")
    page.keyboard.type("HOSTILE")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cargo/HOSTILE")
    assert page.get_by_role("heading", level=1).inner_text() == "HOSTILE"


def test_pages_do_their_work_without_any_script(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, java_script_enabled=False)
    page.goto(f"{url}/cargo?q=HOSTILE")
    assert page.get_by_role("heading", level=1).inner_text() == "HOSTILE"
