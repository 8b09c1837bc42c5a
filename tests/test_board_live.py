"""A page that is cut off says so and since when; connected again it has missed nothing, in order, once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from supercargo.track.cargo.steps import Order
from tests.browsers import chromium, served, signed_in
from tests.test_board import NOW, WORD, desk

__all__ = ["desk"]  # the store of the pages' tests

CUT_S = 0.5
"""So long is a page cut off here, beside ten minutes by which its own clock is put on."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def ordered(desk: Desk, mark: str, count: int) -> list[str]:
    """Record orders, one after another: their names."""
    names = [f"{mark}-{number:03d}" for number in range(count)]
    for name in names:
        order = Order(
            command_id=name, thing=f"cargo/{name}", at_utc=NOW - timedelta(hours=1), by="cora", customer="UNI-LAKE",
            supplier="S", order_no="1", pieces=1.0, mass_kg=1.0,
        )  # fmt: skip
        record_cargo([order], desk.store)
    return names


def things_listed(page: Page, mark: str) -> list[str]:
    """What of a mark stands in the page's list of what came meanwhile, in its order."""
    return re.findall(rf"cargo/({mark}-\d+)", " ".join(page.locator("#meanwhile li").all_text_contents()))


def caught_up(page: Page, count: int) -> str:
    page.locator("#meanwhile li").nth(count - 1).wait_for(state="attached")
    return page.locator("#live").inner_text()


def cut_off(page: Page) -> str:
    page.locator("#live[data-cut]").wait_for()
    return page.locator("#live").inner_text()


def test_a_page_whose_network_is_cut_says_since_when_and_then_has_every_event_in_order_and_once(
    browser: Browser, desk: Desk
) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD)
        page.clock.install()
        page.goto(f"{url}/audit")
        page.wait_for_timeout(300)
        page.context.set_offline(True)
        said = cut_off(page)
        assert re.match(r"Cut off since \d\d:\d\d:\d\d UTC by this machine's clock: the page stands as of 2027-", said)
        names = ordered(desk, "NET", 12)
        page.clock.fast_forward(600_000)
        page.wait_for_timeout(1000 * CUT_S)
        assert page.locator("#live").inner_text() == said
        assert names[0] not in page.locator("#events").inner_text()
        page.context.set_offline(False)
        told = caught_up(page, 12)
        assert re.match(r"Connected again; cut off since \d\d:\d\d:\d\d UTC: 12 events came meanwhile\.", told)
        page.locator(f"#events :text('cargo/{names[-1]}')").first.wait_for()
        assert things_listed(page, "NET") == names
        assert re.findall(r"cargo/(NET-\d+)", page.locator("#events").inner_text()) == names[::-1]
        assert page.locator("#live[data-cut]").count() == 0


COVERED = """
() => [...document.querySelectorAll("a, button, input, select, textarea, summary, .state")].filter((one) => {
  if (one.closest(".skip") || !one.checkVisibility()) return false;
  const box = one.getBoundingClientRect();
  if (!box.width || box.bottom <= 1 || box.top >= innerHeight - 1) return false;
  const y = Math.min(Math.max((box.top + box.bottom) / 2, 0), innerHeight - 1);
  return [box.left + 1, (box.left + box.right) / 2, box.right - 1].some((x) => {
    const hit = x >= 0 && x < innerWidth ? document.elementFromPoint(x, y) : null;
    return hit && hit.closest(".live, .strip") && !hit.closest(".live, .strip").contains(one);
  });
}).map((one) => one.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("size", [(1440, 900), (800, 600), (390, 700)], ids=["wide", "narrow", "small"])
def test_what_is_said_of_the_connection_covers_nothing_and_is_seen_wherever_one_is_on_the_page(
    browser: Browser, desk: Desk, size: tuple[int, int]
) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD, viewport={"width": size[0], "height": size[1]})
        for path in ("/audit", "/missions", "/year"):
            page.goto(url + path)
            page.wait_for_timeout(200)
            page.context.set_offline(True)
            assert cut_off(page)
            assert page.title().startswith("Cut off: ")
            high = int(page.evaluate("document.documentElement.scrollHeight"))
            for y in range(0, min(high, 6_000), size[1] // 2):
                page.evaluate(f"scrollTo(0, {y})")
                assert page.evaluate(COVERED) == [], (path, y)
                assert page.locator("#strip").is_visible()
            page.context.set_offline(False)
            page.locator("#live:not([data-cut])").wait_for()
            assert not page.locator("#strip").is_visible()
            assert not page.title().startswith("Cut off")


def test_a_page_whose_server_was_stopped_and_started_again_resumes_where_it_was_and_stays_live(
    browser: Browser, desk: Desk
) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        port = int(url.rpartition(":")[2])
        page = signed_in(browser, url, "ann", WORD)
        page.clock.install()
        page.goto(f"{url}/audit")
        before = ordered(desk, "OLD", 2)
        page.locator(f"#events :text('cargo/{before[-1]}')").first.wait_for()
    assert cut_off(page)
    names = ordered(desk, "SRV", 8)
    page.clock.fast_forward(600_000)
    page.wait_for_timeout(1000 * CUT_S)
    with served(create_app(desk, lambda: NOW), port):
        caught_up(page, 8)
        assert things_listed(page, "SRV") == names
        assert things_listed(page, "OLD") == []
        page.locator(f"#events :text('cargo/{names[-1]}')").first.wait_for()
        (after,) = ordered(desk, "NEW", 1)
        page.locator(f"#events :text('cargo/{after}')").first.wait_for()
        assert things_listed(page, "NEW") == []  # it came as it happened
        assert page.locator("#live[data-cut]").count() == 0


def test_more_events_than_are_told_at_once_are_all_told(browser: Browser, desk: Desk) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD)
        page.goto(f"{url}/audit")
        page.wait_for_timeout(300)
        page.context.set_offline(True)
        cut_off(page)
        names = [f"MANY-{number:04d}" for number in range(1100)]
        record_cargo(
            [
                Order(
                    command_id=name, thing=f"cargo/{name}", at_utc=NOW - timedelta(hours=1), by="cora", customer="UNI-LAKE",
                    supplier="S", order_no="1", pieces=1.0, mass_kg=1.0,
                )
                for name in names
            ],
            desk.store,
        )  # fmt: skip
        page.context.set_offline(False)
        page.get_by_text("1100 events came meanwhile").wait_for()
        assert things_listed(page, "MANY") == names[:500]
        assert page.locator("#meanwhile summary").inner_text() == "The first 500 of 1100"


def test_a_part_that_the_focus_is_in_is_renewed_as_soon_as_the_focus_leaves_it(browser: Browser, desk: Desk) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD)
        page.goto(f"{url}/audit")
        page.locator("#events .scroll").focus()
        (name,) = ordered(desk, "FOC", 1)
        page.wait_for_timeout(900)
        assert name not in page.locator("#events").inner_text()
        page.locator("select[name=area]").focus()
        page.locator(f"#events :text('cargo/{name}')").first.wait_for()


def test_a_page_whose_session_ended_meanwhile_leads_to_the_log_in(browser: Browser, desk: Desk) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD)
        page.goto(f"{url}/audit")
        page.wait_for_timeout(300)
        page.context.set_offline(True)
        cut_off(page)
        page.context.clear_cookies()
        page.context.set_offline(False)
        page.wait_for_url("**/login?next=*")


def test_a_connection_that_is_silent_too_long_is_taken_for_cut_and_opened_again(browser: Browser, desk: Desk) -> None:
    with served(create_app(desk, lambda: NOW)) as url:
        page = signed_in(browser, url, "ann", WORD)
        page.clock.install()
        page.goto(f"{url}/audit")
        page.wait_for_timeout(300)
        began = time.monotonic()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/events/live" in request.url else None)
        page.clock.fast_forward(55_000)
        while not asked and time.monotonic() - began < 8.0:
            page.clock.fast_forward(6_000)
            page.wait_for_timeout(200)
        assert asked
