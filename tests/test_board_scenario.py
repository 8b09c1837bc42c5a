"""Scenario: the tables of the plan in force taken out, edited, put back, planned anew as a proposal and released."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from supercargo.app.board.proposals import proposal_named
from supercargo.app.board.scenario import flying_of, scenario_tables, tables_book_of
from supercargo.app.board.shelf import plans_released
from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.desk import Desk
from supercargo.kernel import Refused
from supercargo.store import rows_edited
from supercargo.store.accounts import Person
from supercargo.track.people import Principal
from tests.board_forms import form_shown, sent
from tests.test_board import NOW, SCRIPT, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

ENDS_S = 90.0


@pytest.fixture(scope="module")
def planner(desk: Desk) -> TestClient:
    """Somebody who plans and releases, and sees no money."""
    desk.accounts.add(Person(name="pia", roles=("planner",), customer="", enabled=True, created_utc=NOW), WORD)
    return client_of(desk, "pia")


def taken_out(client: TestClient, table: str = "") -> Any:
    answer = client.get("/scenario/book", params={"table": table} if table else {})
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def put_back(client: TestClient, book: Any, name: str = "edited.xlsx") -> tuple[int, str]:
    out = io.BytesIO()
    book.save(out)
    answer = client.post("/scenario", files={"file": (name, out.getvalue())})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def column(sheet: Any, name: str) -> int:
    return int(next(cell.column for cell in sheet[1] if cell.value == name))


def row_of(sheet: Any, key: str) -> int:
    return int(next(cell.row for cell in sheet["A"] if cell.value == key))


def test_the_tables_are_shown_with_their_rows_and_a_workbook_each(desk: Desk, planner: TestClient) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    text = planner.get("/scenario").text
    assert 'href="/scenario/tables/cargo"' in text
    assert f">{len(kept.plan.scenario.cargo):,}<" in text
    shown = planner.get("/scenario/tables/missions").text
    assert all(mission.mission_id in shown for mission in kept.plan.scenario.missions)
    sheet = taken_out(planner, "missions")["missions"]
    assert [cell.value for cell in sheet["A"]][1:] == [one.mission_id for one in kept.plan.scenario.missions]


def test_who_may_not_see_money_neither_gets_nor_sends_its_tables(planner: TestClient, desk: Desk) -> None:
    assert "prices" not in taken_out(planner).sheetnames
    assert planner.get("/scenario/tables/prices").status_code == 404
    assert planner.get("/scenario/book?table=terms").status_code == 404
    both = Person(name="dpia", roles=("planner", "director"), customer="", enabled=True, created_utc=NOW)
    desk.accounts.add(both, WORD)
    book = taken_out(client_of(desk, "dpia"))
    assert "prices" in book.sheetnames
    status, told = put_back(planner, book)
    assert (status, "are for those who may see money" in told) == (409, True)


def test_others_do_not_see_the_page(desk: Desk) -> None:
    for name in ("dora", "ann", "esa"):
        assert client_of(desk, name).get("/scenario").status_code == 403, name
    for name in ("dora", "ann", "esa", "ada"):
        assert 'href="/scenario"' not in client_of(desk, name).get("/cargo").text, name


def test_a_workbook_as_it_was_taken_out_edits_nothing(planner: TestClient) -> None:
    status, told = put_back(planner, taken_out(planner))
    assert (status, "the tables say what the plan in force says" in told) == (409, True)


def test_faults_are_told_with_table_row_and_fix_and_come_back_as_a_workbook(planner: TestClient) -> None:
    book = taken_out(planner, "missions")
    sheet = book["missions"]
    row = row_of(sheet, "TN-02")
    sheet.cell(row, column(sheet, "destination")).value = SCRIPT
    sheet.cell(row + 1, column(sheet, "docked_min_d")).value = "long"
    status, place = put_back(planner, book)
    assert status == 303
    text = planner.get(place).text
    assert SCRIPT not in text
    assert "2 faults" in text
    assert 'value="propose"' not in text
    back = openpyxl.load_workbook(io.BytesIO(planner.get(f"{place}?book=faults").content))
    assert "missions" in back.sheetnames
    answer = planner.post(place, data={"key": "k", "form": "tables", "do": "propose"})
    assert answer.status_code == 422


def test_files_that_are_no_tables_are_refused(planner: TestClient) -> None:
    odd = {"x.xlsm": b"PK", "x.xlsx": b"PK\x03\x04", "my.csv": b"a,b\n1,2\n", "": b"", "../cargo.csv": b"\xff"}
    for name, content in odd.items():
        answer = planner.post("/scenario", files={"file": (name or "x", content)})
        if answer.status_code == 303:  # a file of ours by its name, with faults
            assert "fault" in planner.get(answer.headers["location"]).text
        else:
            assert answer.status_code in (409, 422), name
    book = openpyxl.Workbook()
    book.create_sheet("notes")
    status, told = put_back(planner, book)
    assert (status, "has no sheet of a scenario" in told) == (422, True)


def test_drafts_are_seen_by_who_sent_them_alone(desk: Desk, planner: TestClient) -> None:
    book = taken_out(planner, "missions")
    book["missions"].cell(row_of(book["missions"], "TN-03"), column(book["missions"], "must")).value = True
    _, place = put_back(planner, book)
    assert "TN-03" in planner.get(place).text
    assert client_of(desk, "cora").get(place).status_code == 404
    status, where = sent(planner, place, "tables", "leave")
    assert (status, where) == (303, "/scenario")
    assert planner.get(place).status_code == 404


def test_an_edited_line_becomes_a_proposal_that_is_released(desk: Desk, planner: TestClient) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    line = next(row for row in kept.plan.manifest if row.mission_id == "TN-03" and "#" not in row.item_id)
    book = taken_out(planner, "cargo")
    sheet = book["cargo"]
    place_of = row_of(sheet, line.item_id)
    heavier = round(line.mass_kg + 3.0, 3)
    sheet.cell(place_of, column(sheet, "mass_kg")).value = heavier
    status, place = put_back(planner, book, "line & more.xlsx")
    assert status == 303
    shown = planner.get(place).text
    assert "line &amp; more.xlsx" in shown
    assert f"{heavier:g}" in shown
    status, where = sent(planner, place, "tables", "propose")
    assert status == 303
    shown = planner.get(where.partition("#")[0]).text
    assert "working.js" in shown, "the page follows what is being planned"
    name = where.partition("proposal=")[2].partition("#")[0]
    ends = time.monotonic() + ENDS_S
    while (made := proposal_named(desk.shelf, name)) is not None and made.state == "working" and time.monotonic() < ends:
        time.sleep(0.3)
    assert made is not None
    assert made.state == "made", made.told
    assert made.title == "tables of line & more.xlsx"
    assert "is on the shelf" in planner.get(where.partition("#")[0]).text
    assert f'href="/scenario?proposal={name}"' in planner.get("/plans").text
    beside = f"/plans?a={made.base}&b={made.plan}"
    action, held = form_shown(planner.get(beside).text, "release")
    answer = planner.post(action, data={**held, "do": "release"})
    assert answer.status_code == 303, answer.text
    after = plan_in_force(desk.store, desk.shelf)
    assert after is not None
    assert after.plan.scenario.lines[line.item_id].mass_kg == heavier
    # what was sent against the plan before is not planned upon this one
    answer = planner.post(place, data={"key": "another", "form": "tables", "do": "propose"})
    assert (answer.status_code, "the plan in force is another since you sent them" in answer.text) == (409, True)


def test_a_workbook_of_an_earlier_plan_undoes_nothing_that_others_released(desk: Desk, planner: TestClient) -> None:
    first, *_, kept = plans_released(desk.store, desk.shelf)  # the test above has released a heavier line
    base, now = (desk.shelf.plan(one.digest[:12]) for one in (first, kept))
    assert base is not None
    assert now is not None
    (edited,) = (one for one in rows_edited(base.plan.scenario, now.plan.scenario) if one.file == "cargo.csv")
    tables = scenario_tables(Principal(name="pia", scopes=frozenset({"mission"})))
    book = openpyxl.load_workbook(io.BytesIO(tables_book_of(base.plan.scenario, tables, plan=base.digest[:12])))
    sheet = book["stock"]
    sheet.cell(2, column(sheet, "reserve_kg")).value = base.plan.scenario.stock[0].reserve_kg + 1.0
    status, place = put_back(planner, book)
    assert status == 303, place
    text = planner.get(place).text
    assert f"It was taken from plan {base.digest[:12]}" in text
    assert "What is edited, cell by cell: 1" in text
    assert edited.key not in text
    sheet = book["cargo"]
    sheet.cell(row_of(sheet, edited.key), column(sheet, "mass_kg")).value = 1.25
    status, place = put_back(planner, book)
    assert f"{edited.key} was edited by somebody else meanwhile" in planner.get(place).text


def test_who_may_not_see_money_sees_none_of_it_beside_plans(desk: Desk, planner: TestClient) -> None:
    first, *_, kept = (one.digest[:12] for one in plans_released(desk.store, desk.shelf))
    desk.accounts.add(Person(name="cleo", roles=("custodian",), customer="", enabled=True, created_utc=NOW), WORD)
    for client, decides, sees in (
        (client_of(desk, "cleo"), False, False),
        (planner, True, False),
        (client_of(desk, "dora"), True, True),
    ):
        text = client.get("/plans", params={"a": first, "b": kept}).text
        assert ("USD" in text.partition("<main")[2]) == decides, "who decides sees what it costs"
        assert ("takes the scope" in text) != decides
        assert ('id="table-money"' in text) == sees
        book = client.get("/plans", params={"a": first, "b": kept, "xlsx": "money"})
        assert (book.headers["content-type"].startswith("application/vnd")) == sees


def test_flights_are_known_up_to_now_or_to_the_first_that_has_slipped(desk: Desk) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    plan = kept.plan
    first = min(plan.missions, key=lambda one: one.launch_utc)
    late = first.launch_utc + timedelta(days=5)
    rows = [{"mission_id": first.mission_id, "phase": "planned", "launch_utc": f"{late:%Y-%m-%dT%H:%M:%SZ}"}]
    now = first.launch_utc + timedelta(days=1)
    flying = flying_of(plan, rows, now)
    assert flying.slips == {first.mission_id: 5 * 86_400.0}
    assert flying.known_utc == first.launch_utc - timedelta(seconds=1)
    assert flying_of(plan, [], now).known_utc == now
    facts_utc = plan.scenario.settings.as_of_utc
    assert flying_of(plan, [], facts_utc - timedelta(days=9)).known_utc == facts_utc
    with pytest.raises(Refused, match="horizon"):
        flying_of(plan, [], plan.scenario.settings.end_utc)
