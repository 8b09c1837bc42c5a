"""Forms in a real browser that loses its server: the page stays, with what was typed; files too large are told of at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from supercargo.store.intake import FILE_BYTES
from tests.browsers import chromium, served, signed_in
from tests.test_board import NOW, WORD, desk
from tests.test_board_plans import admit

__all__ = ["desk"]  # the store of the pages' tests


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    admit(desk, "quill", "quality")
    with served(create_app(desk, lambda: NOW)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def filled(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/quality")
    form = page.locator("#form-case-new")
    form.locator("[name=name]").fill(name)
    form.locator("[name=about]").fill("cargo/HOSTILE")
    form.locator("[name=said]").fill("the lid is bent")


def test_a_form_sent_while_cut_off_stays_with_what_was_typed_and_is_taken_once_the_server_is_back(
    browser: Browser, url: str, desk: Desk
) -> None:
    page = signed_in(browser, url, "quill", WORD)
    filled(page, url, "CUT1")
    page.context.set_offline(True)
    button = page.locator("#form-case-new button[value=open_case]")
    button.click()
    told = page.locator("#form-case-new [data-unsent]")
    told.wait_for()
    assert "Not sent" in told.inner_text()
    assert "the server can't be reached. What you typed stays here" in told.inner_text()
    assert page.locator("#form-case-new [name=said]").input_value() == "the lid is bent"
    assert page.url == f"{url}/quality"
    assert desk.store.stream("ncr/CUT1") == ()
    page.context.set_offline(False)
    with page.expect_navigation():
        button.click()
    assert page.url == f"{url}/quality#CUT1"
    assert len(desk.store.stream("ncr/CUT1")) == 1


def test_a_form_pressed_twice_quickly_is_one_act_and_the_button_that_was_pressed_is_sent(
    browser: Browser, url: str, desk: Desk
) -> None:
    page = signed_in(browser, url, "quill", WORD)
    filled(page, url, "TWICE1")
    with page.expect_navigation():
        page.locator("#form-case-new button[value=open_case]").dblclick()
    page.wait_for_load_state()
    assert [event.kind for event in desk.store.stream("ncr/TWICE1")] == ["ncr_opened"]


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("large", [FILE_BYTES + 1, 9 * 1024 * 1024, 40 * 1024 * 1024])
def test_a_file_that_is_too_large_is_answered_on_a_page_with_the_limit(
    browser: Browser, url: str, script: bool, large: int, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"item_id\n" + b"x" * large)
    page = signed_in(browser, url, "cora", WORD, java_script_enabled=script)
    page.goto(f"{url}/intake/orders")
    page.locator("#file").set_input_files(file)
    if script:
        page.locator("#form-file button.main").click()
        told = page.locator("[data-unsent]")
        told.wait_for()
        assert re.search(r"orders.csv has [\d.]+ MB, a file may have 4 MB. Split it", told.inner_text())
        return
    with page.expect_navigation():
        page.locator("#form-file button.main").click()
    words = page.locator("main").inner_text()
    assert "split" in words
    assert "more than 8 MiB" in words if large > 8 * 1024 * 1024 else "bytes: send at most 4,194,304" in words
    if large > 8 * 1024 * 1024:
        page.get_by_role("link", name="Back to the page it was sent from").click()
        assert page.url == f"{url}/intake/orders"
