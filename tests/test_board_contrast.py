"""Words and lines of every picture of every page stand out from what is painted beneath them, however the pages look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from supercargo.app.operations.booking import record_invoice
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from supercargo.track.acts import Act
from supercargo.track.costs.deciding import BookInvoice
from tests.browsers import chromium, served, signed_in
from tests.contrast import faint
from tests.test_board import NOW, WORD, desk
from tests.test_board_browser import PATHS

__all__ = ["desk"]

PICTURES = {"timeline", "stow", "stock", "track", "sun", "spark", "heat", "fall"}


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    bill = BookInvoice(date="2027-01-02", account="launch", amount_usd=1.5e6, mission_id="TN-01")
    record_invoice(desk.store, "W1", bill, Act(command_id="W1", by="dora", at_utc=NOW))
    with served(create_app(desk, lambda: NOW)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_every_word_and_line_of_every_picture_stands_out(browser: Browser, url: str, look: str) -> None:
    page = signed_in(browser, url, "dora", WORD)
    page.context.add_cookies([{"name": "supercargo_look", "value": look, "url": url}])
    found, pictures, marks = {}, set(), 0
    for path in PATHS:
        page.goto(url + path)
        for _ in range(20):
            if page.locator("meta[http-equiv=refresh]").count():
                page.wait_for_timeout(300)
                page.goto(url + path)
        count, few = faint(page)
        marks += count
        pictures |= set(page.evaluate("[...document.querySelectorAll('main svg')].map((one) => one.classList[0])"))
        if few:
            found[path] = few
    assert found == {}
    assert pictures >= PICTURES
    assert marks > 300
