"""The pages: who sees what, that hostile words stay words, that every table comes out as a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import python_calamine
from fastapi.testclient import TestClient

from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk, open_desk
from supercargo.app.operations.releasing import ReleaseAsked, release_plan
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.faces.api.application import create_app
from supercargo.faces.board.frame import PLACES, safe_next
from supercargo.faces.board.rows import rows_of
from supercargo.store.accounts import Person
from supercargo.track.cargo.steps import Order

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
WORD = "a word of twenty chars"
SCRIPT = "<script>alert(1)</script>"
PEOPLE = {"ann": ("auditor",), "cora": ("controller",), "dora": ("director",), "esa": ("customer",), "ada": ("admin",)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store on which the tiny year is released."""
    folder: Path = tmp_path_factory.mktemp("board")
    new_scenario(folder / "year", NewScenario("tiny"))
    plan_scenario(folder / "year", folder / "plan")
    with open_desk(str(folder / "log.sqlite"), lambda: NOW) as desk:
        release_plan(folder / "plan", desk.store, ReleaseAsked(by="Kim Doe", at_utc=NOW))
        desk.shelf.keep(folder / "plan")
        for name, roles in PEOPLE.items():
            customer = "UNI-LAKE" if name == "esa" else ""
            desk.accounts.add(Person(name=name, roles=roles, customer=customer, enabled=True, created_utc=NOW), WORD)
        hostile = Order(
            command_id="hostile", thing="cargo/HOSTILE", at_utc=NOW - timedelta(days=1), by="cora", customer="UNI-LAKE",
            supplier="=1+1", order_no=SCRIPT, pieces=1.0, mass_kg=1.0, note=SCRIPT,
        )  # fmt: skip
        record_cargo([hostile], desk.store)
        yield desk


def client_of(desk: Desk, name: str) -> TestClient:
    client = TestClient(create_app(desk, lambda: NOW), headers={"Origin": "http://testserver"}, follow_redirects=False)
    if name:
        assert client.post("/login", data={"name": name, "password": WORD}).status_code == 303
    return client


def test_who_is_not_known_is_led_to_the_log_in_and_back(desk: Desk) -> None:
    client = client_of(desk, "")
    answer = client.get("/missions?phase=planned")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fmissions%3Fphase%3Dplanned")
    told = client.post("/login", data={"name": "cora", "password": WORD, "next": "/missions?phase=planned"})
    assert (told.status_code, told.headers["location"]) == (303, "/missions?phase=planned")


@pytest.mark.parametrize("word", ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1", "/a\nb"])
def test_log_in_leads_nowhere_else(word: str) -> None:
    assert safe_next(word) == "/"


def test_a_wrong_password_is_told_on_the_page_and_the_name_is_kept(desk: Desk) -> None:
    answer = client_of(desk, "").post("/login", data={"name": SCRIPT, "password": "x"})
    assert answer.status_code == 401
    assert "name and password do not fit" in answer.text
    assert SCRIPT not in answer.text


def test_a_cookie_stolen_before_log_out_opens_nothing_after_it(desk: Desk) -> None:
    client = client_of(desk, "cora")
    stolen = client.cookies["supercargo_session"]
    assert client.post("/logout").status_code == 303
    thief = client_of(desk, "")
    thief.cookies.set("supercargo_session", stolen)
    assert thief.get("/missions").status_code == 303


def test_a_form_of_another_page_is_turned_away(desk: Desk) -> None:
    client = client_of(desk, "cora")
    evil = {"Origin": "http://evil.example"}
    assert client.post("/logout", headers=evil).status_code == 403
    assert client.post("/login", data={"name": "cora", "password": WORD}, headers=evil).status_code == 403
    assert client.get("/missions").status_code == 200


def pages_of(client: TestClient) -> Iterator[tuple[str, str]]:
    for place in PLACES:
        answer = client.get(place.path)
        if answer.status_code == 200:
            yield place.path, answer.text


def test_every_page_has_one_heading_a_way_to_the_content_and_names_nothing_outside(desk: Desk) -> None:
    found = dict(pages_of(client_of(desk, "dora")))
    assert {"/", "/year", "/missions", "/cargo"} <= set(found)
    for path, text in found.items():
        assert text.count("<h1>") == 1, path
        assert 'href="#main"' in text, path
        assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]*", text) == [], path
        assert re.findall(r"\sstyle=|<style|\son[a-z]+=\"|<script(?! src=)", text) == [], path


def test_pages_forbid_what_does_not_come_from_here(desk: Desk) -> None:
    headers = client_of(desk, "dora").get("/").headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["cache-control"] == "no-store"


def test_a_customer_is_led_to_its_own_cargo_and_sees_nothing_else(desk: Desk) -> None:
    client = client_of(desk, "esa")
    assert client.get("/").headers["location"] == "/cargo"
    for path in ("/year", "/missions", "/missions/TN-01"):
        assert client.get(path).status_code == 403, path
    everything = client.get("/cargo").text
    owners = {str(row["tenant"]) for row in desk.store.page("unit", limit=500)} - {"UNI-LAKE", ""}
    assert owners
    for owner in owners:
        assert f">{owner}<" not in everything
    others = next(row["name"] for row in desk.store.page("unit", limit=500) if row["tenant"] not in ("", "UNI-LAKE"))
    assert client.get(f"/cargo/{others.removeprefix('cargo/')}").status_code == 404


def test_hostile_words_stay_words(desk: Desk) -> None:
    text = client_of(desk, "dora").get("/cargo/HOSTILE").text
    assert SCRIPT not in text
    asked = client_of(desk, "dora").get("/cargo", params={"q": SCRIPT}).text
    assert SCRIPT not in asked
    assert "&lt;script&gt;" in asked


def test_a_table_comes_out_as_a_workbook_in_which_text_stays_text(desk: Desk) -> None:
    client = client_of(desk, "dora")
    answer = client.get("/missions?xlsx=missions")
    assert answer.headers["content-disposition"] == 'attachment; filename="missions.xlsx"'
    sheet = python_calamine.load_workbook(BytesIO(answer.content)).get_sheet_by_name("missions").to_python()
    assert sheet[0][0] == "Mission"
    assert [row[0] for row in sheet[1:]] == ["TN-01", "TN-02", "TN-03"]
    again = client.get("/missions?xlsx=missions").content
    assert again == answer.content


def test_the_whole_name_of_a_thing_leads_to_its_page_and_a_slip_of_the_pen_is_mended(desk: Desk) -> None:
    client = client_of(desk, "cora")
    assert client.get("/cargo?q=HOSTILE").headers["location"] == "/cargo/HOSTILE"
    assert "did you mean HOSTILE" in client.get("/cargo?q=HOSTILF").text
    text = client.get("/cargo?q=R00003").text  # R000003 with a nought too few
    assert re.search(r'did you mean .*<a href="/cargo/R000003">R000003</a>', text)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/missions/NO", 404), ("/cargo/NO", 404), ("/year?start=now", 422), ("/no", 404), ("/year?start=0001-01-01", 422)],
)
def test_what_is_not_there_is_told_on_a_page(desk: Desk, path: str, status: int) -> None:
    answer = client_of(desk, "cora").get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_assets_are_kept_for_ever_under_a_name_that_changes_with_them(desk: Desk) -> None:
    client = client_of(desk, "")
    href = re.search(r'href="(/static/[0-9a-f]+/board.css)"', client.get("/login").text)
    assert href is not None
    assert "immutable" in client.get(href[1]).headers["cache-control"]
    assert client.get("/static/0/board.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/0/..%2Fframe.py").status_code == 404


def test_a_row_shows_each_kind_of_value_escaped_with_what_it_means_and_where_it_leads() -> None:
    cells = (Cell("<b>", "/x?a=1&b='2'", "bad", "<i>"), 1234.5, -2, True, None, datetime(2027, 1, 2, 3, 4, tzinfo=UTC), "a&b")
    columns = (Column(""), Column("", "kg", 1), *(Column(""),) * 5)
    row = (
        '<tr><th scope="row"><a href="/x?a=1&amp;b=&#39;2&#39;"><span class="bad">&lt;b&gt;</span></a>'
        ' <small>&lt;i&gt;</small></th><td class="n">1,234.5</td><td class="n">\u22122</td><td>yes</td><td>\u2013</td>'
        '<td class="w">2027-01-02 03:04</td><td>a&amp;b</td></tr>'
    )
    assert rows_of(Table(name="t", caption="", columns=columns, rows=[cells, cells])).split("\n") == [row, row]
