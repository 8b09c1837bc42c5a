"""The pages in a real browser: no fault that axe knows, by keyboard, live, without a script; nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from tests.board_times import best_ms, crowded_ready, event_to_screen_ms, timeline_ready_ms
from tests.browsers import chromium, served, signed_in
from tests.test_board import NOW, WORD, desk

__all__ = ["desk"]  # the store of the pages' tests

PATHS = (
    "/",
    "/year",
    "/missions",
    "/missions/TN-01",
    "/missions/TN-01/stowage?turn=3&explode=50",
    "/year?mission=TN-02&days=200",
    "/cargo",
    "/cargo/HOSTILE",
    "/stock",
    "/plans",
    "/conflicts",
    "/quality",
    "/orbit",
    "/kpis",
    "/kpis/K3",
    "/risk",
    "/cost",
    "/customers",
    "/customer?name=UNI-LAKE",
    "/compliance",
    "/intake",
    "/intake/invoices",
    "/audit",
    "/audit/1",
    "/admin",
    "/account",
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


@pytest.mark.parametrize("width", [1440, 800])
def test_axe_finds_no_fault_on_pages_of_planners(browser: Browser, url: str, width: int) -> None:
    page = signed_in(browser, url, "cora", WORD, viewport={"width": width, "height": 900})
    for path in ("/scenario", "/scenario/tables/missions", "/scenario/tables/cargo"):
        page.goto(url + path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_page_is_no_wider_than_its_window(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": 800, "height": 900})
    for path in PATHS:
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 800, path


def test_every_cell_of_the_register_is_seen_whole_on_a_narrow_window(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": 800, "height": 900})
    page.goto(f"{url}/risk")
    cells = page.locator("#table-risks tbody td")
    assert cells.count() > 8 * 12
    reach = page.evaluate(
        "[...document.querySelectorAll('#table-risks tbody :is(th, td)')].map(one => one.getBoundingClientRect().right)"
    )
    assert max(reach) <= 800
    owner = "getComputedStyle(document.querySelector('#table-risks tbody td:nth-child(9)'), '::before').content"
    assert page.evaluate(owner) == '"Owner: "'
    assert Axe().run(page).response["violations"] == []


def test_the_timeline_is_ready_within_half_a_second(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": 1440, "height": 900})
    assert best_ms(lambda: timeline_ready_ms(page, f"{url}/year"), bar=500.0) <= 500.0


def test_five_thousand_bars_are_ready_within_a_second_and_a_half(browser: Browser, url: str, desk: Desk) -> None:
    page = signed_in(browser, url, "dora", WORD, viewport={"width": 1440, "height": 900})
    bars, ready_ms = crowded_ready(page, url, desk)
    assert bars >= 5_000
    assert ready_ms <= 1_500.0


def test_an_event_is_on_the_screen_within_a_second(browser: Browser, url: str, desk: Desk) -> None:
    page = signed_in(browser, url, "dora", WORD)
    page.goto(f"{url}/cargo")
    page.wait_for_timeout(400)
    assert best_ms(lambda: event_to_screen_ms(page, desk, NOW), bar=1_000.0) <= 1_000.0


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
    page.locator("[name=q]:focus").wait_for()
    page.keyboard.type("HOSTILE")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cargo/HOSTILE")
    assert page.get_by_role("heading", level=1).inner_text() == "HOSTILE"


@pytest.mark.parametrize("look", ["dark", "contrast", "auto"])
def test_a_page_is_printed_dark_on_white_however_it_looks(browser: Browser, url: str, look: str) -> None:
    page = signed_in(browser, url, "dora", WORD, color_scheme="dark")
    page.context.add_cookies([{"name": "supercargo_look", "value": look, "url": url}])
    page.goto(f"{url}/year")
    page.emulate_media(media="print", color_scheme="dark")
    ink, paper = page.evaluate("(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()")
    assert (ink, paper) == ("rgb(22, 33, 43)", "rgb(255, 255, 255)")


def test_a_mission_is_moved_by_keyboard_alone_and_by_mouse_and_nothing_is_saved(
    browser: Browser, url: str, desk: Desk
) -> None:
    before = desk.store.head().position
    page = signed_in(browser, url, "cora", WORD, viewport={"width": 1440, "height": 900})
    page.goto(f"{url}/year")
    page.locator("#lane-TN-02").focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url("**days=8*")
    assert "nothing is saved yet" in page.locator("#move h2").inner_text()
    page.goto(f"{url}/year")
    bar = page.locator("#lane-TN-02 .dock").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, box["y"] + 4, steps=4)
    page.mouse.up()
    page.wait_for_url("**mission=TN-02&days=*")
    assert desk.store.head().position == before


def test_after_a_move_by_keyboard_the_focus_is_on_what_the_move_would_do(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "cora", WORD, viewport={"width": 1440, "height": 900})
    page.goto(f"{url}/year")
    page.locator("#lane-TN-02").focus()
    page.keyboard.press("Alt+ArrowRight")
    assert page.locator("#lane-TN-02 .lane").text_content() == "TN-02 +1 d"
    page.wait_for_url("**days=1*")
    page.locator("#move h2:focus").wait_for()
    assert "nothing is saved yet" in page.locator("#move h2").inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#move') !== null")
    still = signed_in(browser, url, "cora", WORD, java_script_enabled=False)
    still.goto(f"{url}/year")
    still.get_by_role("button", name="See what it would do").click()
    still.locator("#move:focus").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_narrow_window_says_that_the_year_scrolls_sideways_and_a_wide_one_does_not(
    browser: Browser, url: str, scripts: bool
) -> None:
    for width in (800, 1280, 1440):
        page = signed_in(
            browser, url, "dora", WORD, viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )  # fmt: skip
        page.goto(f"{url}/year")
        cue = page.get_by_text("scroll it sideways")
        assert cue.is_visible() == (width < 1440)
        shade = page.locator("#timeline").bounding_box()
        assert shade is not None
        picture = page.locator("#timeline > .sheets").bounding_box()
        assert picture is not None
        assert (picture["width"] > shade["width"]) == (width < 1440)


def test_the_bays_turn_with_the_arrow_keys_and_by_links_without_a_script(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD)
    page.goto(f"{url}/missions/TN-01/stowage")
    page.locator(".baysrow").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**turn=1*")
    still = signed_in(browser, url, "dora", WORD, java_script_enabled=False)
    still.goto(f"{url}/missions/TN-01/stowage")
    before = still.locator("svg.stow").first.inner_html()
    still.get_by_role("link", name="Turn right").click()
    assert still.locator("svg.stow").first.inner_html() != before


def test_a_gate_is_passed_by_keyboard_alone(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "cora", WORD)
    page.goto(f"{url}/missions/TN-02")
    page.locator("#form-gate select").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("minutes 7")
    page.keyboard.press("Enter")
    page.get_by_text("cora: minutes 7").wait_for(timeout=5000)


def test_pages_do_their_work_without_any_script(browser: Browser, url: str) -> None:
    page = signed_in(browser, url, "dora", WORD, java_script_enabled=False)
    page.goto(f"{url}/cargo?q=HOSTILE")
    assert page.get_by_role("heading", level=1).inner_text() == "HOSTILE"


INVOICES = b'Invoice No,Date,Konto,Betrag\nK1,02.01.2027,launch,"1.234,50"\nK2,02.01.2027,launch,two\n'


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_file_is_taken_in_by_keyboard_alone_with_or_without_scripts(
    browser: Browser, url: str, desk: Desk, scripts: bool
) -> None:
    page = signed_in(browser, url, "dora", WORD, java_script_enabled=scripts)
    page.goto(f"{url}/intake/invoices")
    named = b"K1" if scripts else b"L1"
    faulty = INVOICES.replace(b"K1", named)
    page.locator("#file").set_input_files({"name": "i.csv", "mimeType": "text/csv", "buffer": faulty})
    page.locator("#file").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/*")
    if scripts:
        assert Axe().run(page).response["violations"] == []
    page.locator("input[name=comma]").focus()
    page.keyboard.press("Space")
    page.locator("#form-columns button.main").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 fault:").wait_for(timeout=5000)
    page.goto(f"{url}/intake/invoices")
    mended = faulty.replace(b"two", b"2").replace(b"K2", named + b"2")
    page.locator("#file").set_input_files({"name": "i.csv", "mimeType": "text/csv", "buffer": mended})
    page.locator("#file").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/*")
    page.locator("input[name=comma]").focus()
    page.keyboard.press("Space")
    page.locator("#form-columns button.main").focus()
    page.keyboard.press("Enter")
    page.locator("#form-record button.main").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**done=*")
    assert "i.csv is recorded: 2 new of 2 rows, as one act, by dora" in page.locator(".state.good").inner_text()
    assert desk.store.stream(f"cost/{named.decode()}")[0].body["bill"]["amount_usd"] == 1234.5
