"""The five main jobs by the keyboard alone, with scripts and without; the focus goes onward in the page and can be seen."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from supercargo.app.board.shelf import plans_released
from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.asking import conflicts_seen, mission_seen
from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from tests.browsers import choose, chromium, enter, served, signed_in, tab_to
from tests.test_board import NOW, WORD, desk
from tests.test_board_plans import admit

__all__ = ["desk"]  # the store of the pages' tests

SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture(scope="module")
def url(desk: Desk) -> Iterator[str]:
    admit(desk, "quin", "quality")
    with served(create_app(desk, lambda: NOW)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def at_work(browser: Browser, url: str, name: str, *, script: bool) -> Page:
    return signed_in(browser, url, name, WORD, java_script_enabled=script, viewport={"width": 1280, "height": 800})


def go(page: Page, place: str) -> None:
    """Go to a page by its word in the navigation."""
    tab_to(page, page.locator("nav a", has_text=re.compile(f"^{place}$")))
    enter(page)


def fill(page: Page, form: str, **words: str) -> None:
    """Fill in fields of a form, one after another as Tab leads to them."""
    for name, word in words.items():
        field = page.locator(f"#form-{form} [name={name}]")
        tab_to(page, field)
        if field.evaluate("one => one.tagName") == "SELECT":
            choose(page, word)
        else:
            page.keyboard.press("Control+A")
            page.keyboard.type(word)


def press(page: Page, form: str, do: str) -> None:
    tab_to(page, page.locator(f"#form-{form} button[value={do}]"))
    enter(page)


@SCRIPTS
def test_where_an_item_is_is_found(browser: Browser, url: str, script: bool) -> None:
    page = at_work(browser, url, "dora", script=script)
    go(page, "Cargo")
    if not page.evaluate("document.activeElement.name === 'q'"):
        tab_to(page, page.locator("input[name=q]"))
    page.keyboard.type("HOSTIL")
    enter(page)
    tab_to(page, page.locator("main a", has_text="HOSTILE"))
    enter(page)
    assert page.get_by_role("heading", level=1).inner_text() == "HOSTILE"


@SCRIPTS
def test_a_mission_is_moved_its_ripple_and_cost_are_seen_it_is_planned_anew_and_the_plan_is_released(
    browser: Browser, url: str, desk: Desk, script: bool
) -> None:
    page = at_work(browser, url, "cora", script=script)
    go(page, "Year")
    tab_to(page, page.locator("#moving select"))
    choose(page, "TN-02" if script else "TN-01")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    enter(page)
    assert "nothing is saved yet" in page.locator("#move h2").inner_text()
    assert page.locator("#table-broken").count() == 1
    before = desk.store.head().position
    press(page, "propose", "propose")
    proposal, ends = page.locator("#proposal"), time.monotonic() + 60.0
    while page.locator("#proposal progress").count() and time.monotonic() < ends:
        page.wait_for_timeout(700)
        if not script and page.get_by_role("link", name="Look again").count():
            tab_to(page, page.get_by_role("link", name="Look again"))
            enter(page)
    assert "is on the shelf" in proposal.inner_text()
    tab_to(page, page.get_by_role("link", name="See its changes and costs"))
    enter(page)
    assert page.locator("#table-changes tbody tr").count() >= 1
    assert page.locator("#table-changes").get_by_text("USD").count() >= 1
    assert desk.store.head().position == before

    plan = page.url.partition("&b=")[2][:12]
    director = at_work(browser, url, "dora", script=script)
    go(director, "Plans")
    tab_to(director, director.locator("#table-proposals a", has_text=plan))
    enter(director)
    press(director, "release", "release")
    assert plan in director.locator("#table-versions tr", has_text="in force").inner_text()
    assert plans_released(desk.store, desk.shelf)[-1].digest[:12] == plan


@SCRIPTS
def test_a_conflict_is_stated_given_ways_out_with_their_cost_and_decided(
    browser: Browser, url: str, desk: Desk, script: bool
) -> None:
    page, name = at_work(browser, url, "cora", script=script), f"C{int(script)}"
    go(page, "Conflicts")
    fill(page, "see", name=name, kind="pads", objects="TN-01; TN-02", word="both want the pad")
    press(page, "see", "see")
    for option, cost in (("wait", "1000"), ("swap", "2500")):
        fill(page, "offer", option=option, word=f"{option} for it", cost_usd=cost, delay_d="2")
        press(page, "offer", "offer")
    assert "2,500" in page.locator("#table-options").inner_text()
    fill(page, "choose", option="swap", word="the cargo is urgent")
    press(page, "choose", "choose")
    assert "swap by cora" in page.locator("#standing").inner_text()
    with desk.views() as view:
        (row,) = conflicts_seen(view, name)
    assert (row["chosen"], row["why"]) == ("swap", "the cargo is urgent")


@SCRIPTS
def test_a_poll_is_asked_and_answered_and_a_step_of_a_procedure_is_signed(
    browser: Browser, url: str, desk: Desk, script: bool
) -> None:
    page, procedure = at_work(browser, url, "cora", script=script), f"late load {int(script)}"
    go(page, "Missions")
    tab_to(page, page.locator("#table-missions a", has_text="TN-03"))
    enter(page)
    fill(page, "poll", name="cargo; range")
    press(page, "poll", "poll-open")
    fill(page, "answer", name="range")
    press(page, "answer", "poll-go")
    assert "range: go by cora" in page.locator("#poll-part").inner_text()
    fill(page, "procedure", name=procedure, lines="1 | Open the hatch | 1")
    press(page, "procedure", "procedure-open")
    form = page.locator("form.act", has=page.locator(f"input[value='{procedure}']"))
    tab_to(page, form.locator("[name=word]"))
    page.keyboard.type("sheet 4")
    tab_to(page, form.locator("button"))
    enter(page)
    assert re.search(
        rf"{procedure}\s+1\s+Open the hatch\s+signed\s+cora\s+sheet 4", page.locator("#procedure-part").inner_text()
    )
    with desk.views() as view:
        seen = mission_seen(view, "TN-03")
    assert [step["state"] for step in seen["steps"] if step["procedure"] == procedure] == ["signed"]


@SCRIPTS
def test_a_complaint_is_made_and_answered_and_the_customer_reads_the_answer(
    browser: Browser, url: str, desk: Desk, script: bool
) -> None:
    customer, said = at_work(browser, url, "esa", script=script), f"the box was wet {int(script)}"
    go(customer, "Customers")
    fill(customer, "complain", text=said)
    press(customer, "complain", "complain")
    complaint = customer.locator("#complaints li", has_text=said).locator("b").inner_text()

    page = at_work(browser, url, "quin", script=script)
    go(page, "Customers")
    tab_to(page, page.locator("#table-customers a", has_text="UNI-LAKE"))
    enter(page)
    fill(page, "answer", complaint=complaint, word="the bag is changed")
    press(page, "answer", "answer")
    assert "the bag is changed" in page.locator("#complaints li", has_text=said).inner_text()

    go(customer, "Customers")
    assert "Answer: the bag is changed" in customer.locator("#complaints li", has_text=said).inner_text()
    assert customer.locator("#form-answer").count() == 0


@SCRIPTS
def test_a_stock_is_looked_into_down_to_the_mission_that_mends_it(
    browser: Browser, url: str, desk: Desk, script: bool
) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    page = at_work(browser, url, "dora", script=script)
    go(page, "Stock")
    tab_to(page, page.locator("#table-stocks tbody a").first)
    enter(page)
    assert page.locator("#table-days tbody tr").count() > 300
    coming = page.locator("#table-stocks a[href^='/missions/']")
    mission = coming.first.inner_text().partition(" ")[0]
    tab_to(page, coming)
    enter(page)
    assert page.get_by_role("heading", level=1).inner_text() == mission
    assert mission in kept.plan.mission_named
