"""Forms that are refused come back as they were filled, the fault beside its field; links put no words into pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import Desk
from supercargo.faces.api.wire import BODY_MOST
from supercargo.store.accounts import Person
from tests.page_forms import page_seen
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

AHEAD = f"{NOW + timedelta(days=400):%Y-%m-%dT%H:%M:%S}"
LURE = "Your account is locked, call 555-1234"


@pytest.fixture(scope="module")
def olga(desk: Desk) -> TestClient:
    """Somebody of operations and quality."""
    desk.accounts.add(Person(name="olga", roles=("controller", "quality"), customer="", enabled=True, created_utc=NOW), WORD)
    return client_of(desk, "olga")


def beside(text: str, form: str, name: str) -> str:
    """What stands beside a field of a form as its fault."""
    found = re.search(rf'id="fault-{form}-{name}">(.*?)</small>', text)
    assert found, html.unescape(" ".join(re.findall(r'role="alert">(.*?)</', text, re.S)))[:500]
    assert f'aria-describedby="fault-{form}-{name}"' in text
    return html.unescape(found[1])


CASE = {"form": "case-new", "do": "open_case", "name": "FC1", "about": "cargo/HOSTILE", "said": "the lid is bent"}
INCIDENT = {"form": "incident-new", "do": "incident-open", "name": "FI1", "severity": "2", "word": "the hose leaks"}


@pytest.mark.parametrize(("path", "said"), [("/quality/cases", CASE), ("/missions/TN-01", INCIDENT)])
@pytest.mark.parametrize(
    ("at", "words"),
    [
        (AHEAD, "has not come yet: the store's clock stands at"),
        ("0001-01-01T00:00", "is more than five years before the first event of the store: check the year"),
        ("0001-01-01T00:00+14:00", "is no instant: write it as"),
        ("yesterday", "is no instant: write it as"),
    ],
)
def test_an_instant_that_is_refused_is_told_beside_its_field_and_the_form_stays_filled(
    path: str, said: dict[str, str], at: str, words: str, olga: TestClient, desk: Desk
) -> None:
    before = desk.store.head()
    answer = olga.post(path, data={**said, "at": at, "key": "k" * 12})
    if "more than five" in words and path.startswith("/missions"):
        words = "was opened by the release"  # a mission's own law comes first
        assert words in answer.text or "five years" in answer.text
    else:
        assert words in beside(answer.text, said["form"], "at")
    assert answer.status_code in (409, 422)
    for name in ("name", "said", "word"):
        assert name not in said or f'name="{name}" value="{said[name]}"' in answer.text
    assert desk.store.head() == before


@pytest.mark.parametrize(
    ("who", "path", "form", "said"),
    [
        ("olga", "/quality/cases", "case-new", {**CASE, "said": "x" * 5_000}),
        ("olga", "/missions/TN-01", "incident-new", {**INCIDENT, "word": "x" * 5_000}),
        ("olga", "/conflicts", "see", {"form": "see", "do": "see", "name": "K1", "objects": "TN-01", "word": "x" * 5_000}),
        ("esa", "/customer/complaint", "complain", {"form": "complain", "about": "TN-01", "text": "x" * 5_000}),
    ],
)
def test_more_than_is_read_comes_back_on_the_same_form_whole(
    who: str, path: str, form: str, said: dict[str, str], olga: TestClient, desk: Desk
) -> None:
    client, before = olga if who == "olga" else client_of(desk, who), desk.store.head()
    answer = client.post(path, data={**said, "key": "k" * 12})
    long = next(name for name, word in said.items() if len(word) == 5_000)
    assert answer.status_code == 422
    assert beside(answer.text, form, long) == "5,000 signs are too many: write at most 4,000"
    for name, word in said.items():
        assert name in ("form", "do") or word in answer.text, name
    assert desk.store.head() == before


def test_a_complaint_without_words_keeps_what_it_is_about(desk: Desk) -> None:
    answer = client_of(desk, "esa").post("/customer/complaint", data={"about": "TN-01", "text": " ", "key": "c" * 16})
    form = next(one for one in page_seen(answer.text).forms if one.name == "form-complain")
    assert (answer.status_code, form.texts) == (409, ["about", "text"])
    assert 'name="about" value="TN-01"' in answer.text


def test_an_account_that_is_refused_keeps_its_name_and_roles_and_a_key_its_days(desk: Desk) -> None:
    client = client_of(desk, "ada")
    text = client.post("/admin/people", data={"name": "fern", "password": "short", "roles": ["viewer", "auditor"]}).text
    assert 'name="name" required autocomplete="off" value="fern"' in text
    new = text.partition("Each account")[0]
    assert set(re.findall(r'name="roles" value="(\w+)" checked', new)) == {"viewer", "auditor"}
    assert 'value="short"' not in text
    long = client.post("/admin/people", data={"name": "f" * 300, "password": WORD, "roles": ["viewer"]}).text
    assert "300 signs are too many: write at most 200" in long
    for days in ("ten", "-3", "1e9"):
        odd = client.post("/admin/people/cora/keys", data={"scopes": ["read"], "days": days})
        assert (odd.status_code, 'role="alert"' in odd.text, f'value="{days}"' in odd.text) == (200, True, True), days


@pytest.mark.parametrize("days", ["abc", "1e400", "nan", "401", LURE])
def test_odd_days_in_the_address_are_told_beside_their_field_on_the_page(days: str, olga: TestClient) -> None:
    answer = olga.get("/year", params={"mission": "TN-01", "days": days})
    assert answer.status_code == 422
    told = re.search(
        r'name="days"[^>]*value="([^"]*)" aria-invalid="true"></label> <span class="bad" role="alert">(.*?)<', answer.text
    )
    assert told is not None
    assert html.unescape(told[1]) == days
    assert "call 555" not in told[2]
    assert 'id="timeline"' in answer.text


def test_odd_spans_in_the_address_are_told_on_the_page(olga: TestClient) -> None:
    for start, end in ((LURE, ""), ("0001-01-01", ""), ("2027-05-01", "2027-04-01")):
        answer = olga.get("/year", params={"start": start, "end": end})
        assert (answer.status_code, 'id="timeline"' in answer.text, "call 555" in answer.text) == (422, True, False)


@pytest.mark.parametrize(
    "path",
    ["/customer?refused={}", "/customer?name=UNI-LAKE&refused={}", "/customer?name={}", "/customer?done={}", "/cargo/{}",
     "/intake/{}", "/intake/orders?done={}", "/intake/orders?refused={}", "/missions/{}",
     "/quality?refused={}", "/admin?refused={}",
     "/plans?a={}&b={}", "/cost?by={}", "/orbit?place={}", "/kpis?refused={}", "/conflicts/{}", "/today?told={}",
     "/year?told={}", "/login?refused={}", "/compliance?state={}&framework={}", "/stock?place={}",
     "/audit?by={}", "/nowhere/{}"],
)  # fmt: skip
def test_a_link_puts_no_words_into_what_a_page_says(path: str, olga: TestClient) -> None:
    text = olga.get(path.replace("{}", LURE.replace(" ", "%20")), follow_redirects=True).text
    shown = re.findall(r'<[^>]*(?:class="state|role="(?:alert|status)")[^>]*>.*?</(?:p|div)>', text, re.S)
    assert not any("locked" in html.unescape(one) or "call 555" in html.unescape(one) for one in shown), shown
    assert "is locked" not in re.sub(r"<(?:input|option|a|link|time)[^>]*>|<option.*?</option>|<title>.*?</title>", "", text)


def test_words_sought_in_cargo_stand_in_the_field_and_in_no_alert(olga: TestClient) -> None:
    text = olga.get("/cargo", params={"q": LURE}).text
    assert text.count("call 555") == 1
    assert 'role="alert">Nothing has this name:' in text


def test_what_is_too_large_is_answered_with_a_page_that_says_the_limit_and_the_way_back(olga: TestClient) -> None:
    large = b"x" * (BODY_MOST + 1)
    came = {"Referer": "http://testserver/intake/orders?x=1"}
    for path, sent in (
        ("/intake/orders", {"files": {"file": ("o.csv", large)}}),
        ("/quality/cases", {"data": {"said": large}}),
    ):
        answer = olga.post(path, headers=came, **sent)
        assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
        assert "more than 8 MiB" in answer.text
        assert "a file may have 4 MB" in answer.text
        assert 'href="/intake/orders?x=1"' in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    foreign = olga.post("/intake/orders", headers={"Referer": "http://evil.example/x"}, files={"file": ("o.csv", large)})
    assert "evil.example" not in foreign.text
    api = olga.post("/v1/events", content=large)
    assert (api.status_code, api.headers["content-type"]) == (413, "application/problem+json")


def test_a_log_in_that_is_too_long_is_told_on_its_page(desk: Desk) -> None:
    answer = client_of(desk, "").post("/login", data={"name": "n" * 5_000, "password": WORD})
    assert (answer.status_code, "name and password do not fit" in answer.text) == (401, True)
