"""Pages of figures: they agree with the API, are counted beside the page, and a customer speaks for itself alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO
from unittest import mock

import pytest
import python_calamine
from fastapi.testclient import TestClient

from supercargo.app.board.slow import Slow
from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.commands import Act
from supercargo.app.operations.desk import Desk
from supercargo.app.operations.parties import record_party
from supercargo.store.accounts import Person
from supercargo.track.parties.deciding import AskSurvey
from tests.board_forms import sent
from tests.test_board import NOW, SCRIPT, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests


def counted(client: TestClient, path: str, *, until: str) -> str:
    """The page once its figures are there."""
    for _ in range(200):
        text = client.get(path).text
        if until in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{path} never showed {until!r}")


def test_kpis_of_the_page_are_those_of_the_api(desk: Desk) -> None:
    client = client_of(desk, "dora")
    text = counted(client, "/kpis", until=">K16<")
    told = client.get("/v1/kpis").json()
    assert [one["kpi_id"] for one in told] == [f"K{n}" for n in range(1, 17)]
    for one in told:
        assert f'href="/kpis/{one["kpi_id"]}"' in text
    assert "missing" in counted(client, "/kpis/K7", until="All KPIs")


def test_the_table_of_kpis_tells_causes_or_what_is_missing_and_no_definition(desk: Desk) -> None:
    client = client_of(desk, "dora")
    told = {one["kpi_id"]: one for one in client.get("/v1/kpis").json()}
    counted(client, "/kpis", until=">K16<")
    book = client.get("/kpis?xlsx=kpis").content
    rows = python_calamine.load_workbook(BytesIO(book)).get_sheet_by_name("kpis").to_python()
    cells = {str(row[0]): str(row[-1]) for row in rows[1:]}
    for name, one in told.items():
        missing = "" if one["value"] is not None else one["causes"]
        assert cells[name] == (one["largest"][0]["why"] if one["largest"] else missing)
    assert any(one["value"] is not None and not cells[name] for name, one in told.items())
    assert not any("denominator:" in cell for cell in cells.values())
    assert cells["K15"].startswith("missing: a base year")
    assert "--base" not in client.get("/kpis").text + counted(client, "/kpis/K15", until="All KPIs")


def test_a_kpi_that_there_is_not_is_not_found(desk: Desk) -> None:
    assert client_of(desk, "dora").get("/kpis/K99").status_code == 404


def test_cost_is_for_those_who_see_money(desk: Desk) -> None:
    assert client_of(desk, "cora").get("/cost").status_code == 403
    text = counted(client_of(desk, "dora"), "/cost?by=destination", until="Cost by destination")
    assert "Starlab" in text
    assert client_of(desk, "dora").get("/cost?by=luck").status_code == 422


def test_the_register_stands_on_the_page_with_every_class(desk: Desk) -> None:
    text = client_of(desk, "dora").get("/risk").text
    assert text.count('<circle class="') + text.count("<circle ") >= 8
    assert "policies" not in client_of(desk, "cora").get("/risk").text.casefold()


def test_a_page_without_a_register_says_whether_the_plan_or_its_register_is_missing(desk: Desk) -> None:
    client = client_of(desk, "dora")
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    bare = replace(kept, plan=replace(kept.plan, risks=()))
    with mock.patch("supercargo.faces.board.money.plan_in_force", return_value=bare):
        text = client.get("/risk").text
    assert f"Plan {kept.digest[:12]} is in force and has no register" in text
    assert "supercargo risk PLAN" in text
    assert "No plan is in force" not in text
    with mock.patch("supercargo.faces.board.money.plan_in_force", return_value=None):
        text = client.get("/risk").text
    assert "No plan is in force" in text
    assert "has no register" not in text


def test_a_customer_sees_its_own_page_and_nobody_elses(desk: Desk) -> None:
    client = client_of(desk, "esa")
    assert client.get("/customers").headers["location"] == "/customer"
    own = client.get("/customer")
    assert own.status_code == 200
    assert "UNI-LAKE" in own.text
    other = next(row["customer"] for row in desk.store.page("contracts", limit=50) if row["customer"] != "UNI-LAKE")
    assert client.get("/customer", params={"name": other}).status_code == 404
    assert client.post("/customer/complaint", data={"name": other, "text": "x", "key": "a" * 16}).status_code == 404


def test_a_complaint_is_taken_once_and_hostile_words_stay_words(desk: Desk) -> None:
    client = client_of(desk, "esa")
    form = {"key": "feedfacefeedface", "text": SCRIPT, "about": "TN-01"}
    for _ in range(2):
        assert client.post("/customer/complaint", data=form).status_code == 303
    rows = list(desk.store.page("complaints", column="customer", value="UNI-LAKE"))
    assert [row["text"] for row in rows] == [SCRIPT]
    text = client.get("/customer").text
    assert SCRIPT not in text
    assert "&lt;script&gt;" in text
    empty = client.post("/customer/complaint", data={**form, "key": "b" * 16, "text": " "})
    assert (empty.status_code, 'role="alert"' in empty.text) == (409, True)
    assert 'name="about" value="TN-01"' in empty.text  # what was typed stays


def test_a_survey_is_answered_on_its_scale(desk: Desk) -> None:
    ask = Act(command_id="ask-1", by="cora", at_utc=NOW)
    record_party(desk.store, "UNI-LAKE", AskSurvey(survey="S-1", about="TN-01"), ask)
    client = client_of(desk, "esa")
    beyond = client.post("/customer/survey", data={"survey": "S-1", "score": "11", "form": "survey-1", "key": "c" * 16})
    assert (beyond.status_code, 'role="alert"' in beyond.text, 'value="11"' in beyond.text) == (409, True, True)
    client.post("/customer/survey", data={"survey": "S-1", "score": "9", "text": "good", "key": "d" * 16})
    assert "9.0 of 10" in client.get("/customer").text


def test_every_span_of_arrival_holds_the_expected_instant_or_lies_behind_it(desk: Desk) -> None:
    text = counted(client_of(desk, "esa"), "/customer", until="of lift-offs so far ahead slip")
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", text)
    assert rows
    for row in rows:
        times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", row)
        if len(times) >= 3:
            expected, early, late = times[-3:]
            assert expected <= early <= late or early <= expected <= late


def waited(make: Callable[[], int], slow: Slow[int], state: int) -> int | None:
    return slow.ask("n", state, make, wait_s=5.0).value


def test_a_slow_figure_is_counted_once_a_state_and_an_error_is_raised_where_it_is_asked_for() -> None:
    slow: Slow[int] = Slow()
    calls: list[int] = []

    def make() -> int:
        calls.append(1)
        return len(calls)

    assert waited(make, slow, 1) == 1
    assert waited(make, slow, 1) == 1
    assert waited(make, slow, 2) == 1, "a newer state is counted only after a while"
    failing: Slow[int] = Slow()
    with pytest.raises(ZeroDivisionError):
        failing.ask("n", 1, lambda: 1 // 0, wait_s=5.0)


def test_a_complaint_is_answered_and_closed_by_those_of_quality_alone_and_by_another_than_who_took_it(desk: Desk) -> None:
    desk.accounts.add(Person(name="quy", roles=("quality",), customer="", enabled=True, created_utc=NOW), WORD)
    customer, one, path = client_of(desk, "esa"), client_of(desk, "quy"), "/customer?name=UNI-LAKE"
    said = {"about": "", "text": SCRIPT, "key": "e" * 16}
    assert customer.post("/customer/complaint", data=said).status_code == 303
    name = f"C-{'e' * 12}"
    status, text = sent(one, path, "answer", "answer", complaint=name, word=" ")
    assert (status, "state" in text.partition('role="alert">')[2][:80]) == (409, True)
    assert sent(one, path, "answer", "answer", complaint=name, word=SCRIPT)[0] == 303
    assert SCRIPT not in one.get(path).text
    assert SCRIPT not in customer.get("/customer").text
    assert sent(one, path, "close", "close", complaint=name, word="shown to the customer")[0] == 303
    assert sent(one, path, "ask", "ask", survey="S-9", most="0")[0] == 409
    typed = {"do": "answer", "name": "UNI-LAKE", "complaint": name, "word": "x", "key": "k"}
    for client in (client_of(desk, "dora"), customer):
        assert client.post("/customer/words", data=typed).status_code == 403
        assert 'id="form-ask"' not in client.get("/customer", params={"name": "UNI-LAKE"}).text
    assert one.post("/customer/words", data={**typed, "name": "nobody"}).status_code == 404


def test_a_complaint_is_about_ones_own_items_and_flights_alone_and_others_look_as_if_they_were_not_there(desk: Desk) -> None:
    client, before = client_of(desk, "esa"), desk.store.head()
    units = desk.store.page("unit", limit=5000)
    others = [str(row["name"]) for row in units if row["tenant"] not in ("", "UNI-LAKE")]
    own_flights = {str(row["mission"]) for row in units if row["tenant"] == "UNI-LAKE"}
    strange = [str(row["mission_id"]) for row in desk.store.page("missions") if row["mission_id"] not in own_flights]
    assert others
    told = set()
    for number, about in enumerate([*others[:3], others[0].removeprefix("cargo/"), *strange[:1], "NO-SUCH-THING", "TN-99"]):
        form = {"key": f"{number}{'f' * 15}", "about": about, "text": "late"}
        answer = client.post("/customer/complaint", data=form)
        page = client.get(answer.headers["location"]) if answer.status_code == 303 else answer
        assert "is not among your cargo" in page.text, about
        told.add(unescape(page.text).split('role="alert">')[1].split("</")[0].replace(about, "X"))
    assert len(told) == 1
    assert desk.store.head() == before


def test_a_complaint_about_an_own_item_or_flight_is_taken_as_it_is_written_on_record(desk: Desk) -> None:
    client = client_of(desk, "esa")
    own = next(row for row in desk.store.page("unit", limit=5000) if row["tenant"] == "UNI-LAKE" and row["mission"])
    item, flight = str(own["name"]).removeprefix("cargo/"), str(own["mission"])
    for number, about in enumerate((item, f"cargo/{item}", item.lower(), flight, flight.lower(), "")):
        form = {"key": f"{number}{'9' * 15}", "about": about, "text": "late"}
        assert client.post("/customer/complaint", data=form).status_code == 303, about
    rows = [row for row in desk.store.page("complaints", column="customer", value="UNI-LAKE") if "9999" in row["complaint"]]
    assert [row["about"] for row in rows] == [item, item, item, flight, flight, ""]
