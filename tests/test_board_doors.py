"""Who must stay out: forged origins, fixed and stolen sessions, and every link of another customer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from supercargo.app.operations.desk import Desk
from supercargo.faces.api.application import create_app
from supercargo.faces.board.frame import PLACES
from supercargo.store.accounts import Person
from supercargo.track.people import ROLE_SCOPES
from tests.intake_files import ORDER, csv_of
from tests.page_forms import crawled
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

COOKIE = "supercargo_session"


@pytest.fixture(scope="module")
def omni(desk: Desk) -> TestClient:
    """Somebody of the company with every role."""
    roles = tuple(role for role in ROLE_SCOPES if role != "customer")
    desk.accounts.add(Person(name="omni", roles=roles, customer="", enabled=True, created_utc=NOW), WORD)
    return client_of(desk, "omni")


def writes(desk: Desk) -> list[tuple[str, str]]:
    """Method and path of every route that writes."""
    routes = [route for route in create_app(desk, lambda: NOW).routes if isinstance(route, APIRoute)]
    found = {(method, re.sub(r"\{[^}]*\}", "x", route.path)) for route in routes for method in route.methods or ()}
    return sorted((method, path) for method, path in found if method not in ("GET", "HEAD"))


FORGED = (
    "http://evil.example", "null", "https://testserver.evil.example", "http://testserver@evil.example", "http://testserver:81",
    "about:blank", "",
)  # fmt: skip


@pytest.mark.parametrize("origin", FORGED)
def test_every_write_under_a_session_is_refused_to_a_forged_origin(origin: str, omni: TestClient, desk: Desk) -> None:
    before, wrong = desk.store.head(), []
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    assert len(writes(desk)) >= 30
    for method, path in writes(desk):
        said: dict[str, Any] = (
            {"json": {"name": "omni", "password": WORD}} if path == "/v1/session" else {"data": {"key": "k" * 12}}
        )
        answer = omni.request(method, path, headers=headers, **said)
        if path == "/look":
            assert answer.headers.get("set-cookie", "supercargo_look=").startswith("supercargo_look=")  # no more than a look
        elif answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert desk.store.head() == before
    assert omni.get("/missions").status_code == 200


def test_a_session_that_somebody_laid_ready_is_not_the_one_that_log_in_opens(desk: Desk) -> None:
    laid = "f" * 43
    victim = client_of(desk, "")
    victim.cookies.set(COOKIE, laid)
    told = victim.post("/login", data={"name": "cora", "password": WORD})
    given = re.search(rf"{COOKIE}=([^;]+)", told.headers["set-cookie"])
    assert given is not None
    assert given[1] != laid
    assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in told.headers["set-cookie"].split(";")}
    thief = client_of(desk, "")
    thief.cookies.set(COOKIE, laid)
    assert thief.get("/missions").headers["location"].startswith("/login")


def test_each_log_in_opens_a_session_of_its_own_and_the_end_of_one_is_not_the_others(desk: Desk) -> None:
    one, two = client_of(desk, "cora"), client_of(desk, "cora")
    assert one.cookies[COOKIE] != two.cookies[COOKIE]
    stolen = one.cookies[COOKIE]
    assert one.post("/logout").status_code == 303
    assert two.get("/missions").status_code == 200
    thief = client_of(desk, "")
    thief.cookies.set(COOKIE, stolen)
    for place in PLACES:
        assert thief.get(place.path).headers.get("location", "").startswith("/login"), place.path
    for method, path in writes(desk):
        if path not in ("/login", "/logout", "/look", "/v1/session"):
            assert thief.request(method, path, data={"key": "k" * 12}).status_code == 401, path


def test_over_https_the_session_is_sent_over_https_alone(desk: Desk) -> None:
    app = create_app(desk, lambda: NOW)
    client = TestClient(app, base_url="https://testserver", headers={"Origin": "https://testserver"}, follow_redirects=False)
    told = client.post("/login", data={"name": "cora", "password": WORD})
    assert "secure" in told.headers["set-cookie"].lower()


def test_every_link_of_another_customer_leads_a_customers_person_nowhere(desk: Desk, omni: TestClient) -> None:
    units = desk.store.page("unit", limit=5000)
    owners = {str(row["tenant"]) for row in units} - {"", "UNI-LAKE"}
    names = {str(row["name"]).removeprefix("cargo/") for row in units if row["tenant"] in owners}
    assert owners
    assert names
    own = client_of(desk, "esa")
    links = {path for path, _, _ in crawled(omni, tuple(place.path for place in PLACES), each=4, most=90)}
    some = sorted(names)[:12]
    links |= {f"/cargo/{name}" for name in names} | {f"/customer?name={owner}" for owner in owners}
    links |= {f"/cargo?q={name}" for name in some} | {f"/cargo?inside=container/{name}" for name in some}
    links |= {
        f"{path}{'&' if '?' in path else '?'}xlsx={table}"
        for path in sorted(links)[:40]
        for table in ("cargo", "arrivals", "customers")
    }
    seen = 0
    for link in sorted(links):
        answer = own.get(link)
        assert answer.status_code in (200, 303, 403, 404, 422), link
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            seen += 1
            text = answer.text
            for word in (*owners, *names):
                told = len(re.findall(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))
                asked = word in link  # a page may show the words that it was asked for, in its own field
                assert told <= (3 if asked else 0), (link, word)
        elif answer.status_code == 303:
            assert not any(word in answer.headers["location"] for word in (*owners, *names)), link
    assert seen >= 5


def test_a_customers_person_writes_for_no_other_customer_and_takes_nothing_in(desk: Desk) -> None:
    own, before = client_of(desk, "esa"), desk.store.head()
    for path, form in (
        ("/customer/complaint", {"name": "STATE-CORP", "key": "c" * 16, "text": "x"}),
        ("/customer/survey", {"name": "STATE-CORP", "key": "d" * 16, "survey": "S", "score": "1"}),
    ):
        assert own.post(path, data=form).status_code == 404, path
    rows = csv_of([ORDER, ("V1", "UNI-LAKE", "S", "1", 1, 2)])
    assert own.post("/intake/orders", files={"file": ("o.csv", rows)}).status_code == 403
    for path in ("/quality/cases", "/conflicts", "/missions/TN-01", "/admin/people", "/intake/orders/mappings"):
        assert own.post(path, data={"key": "k" * 12, "do": "see", "name": "x"}).status_code == 403, path
    assert desk.store.head() == before
