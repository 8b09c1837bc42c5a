"""The year's crew lanes; two people who change a plan or a mission at once: one is refused, and the page says why."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from io import BytesIO

import python_calamine
from fastapi.testclient import TestClient

from supercargo.app.board.overtaken import overtaken
from supercargo.app.board.proposals import Proposal, proposal_named
from supercargo.app.board.shelf import plans_released
from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.asking import mission_board
from supercargo.app.operations.desk import Desk
from supercargo.kernel import parse_utc
from supercargo.model import OperationsPlan
from tests.board_forms import form_shown, sent
from tests.test_board import NOW, client_of, desk
from tests.test_board_plans import admit

__all__ = ["desk"]  # the store of the pages' tests


def crew_block(text: str) -> str:
    found = re.search(r'<text class="head"[^>]*>Crew .*?(?=<text class="head"|</svg>)', text, re.S)
    return found[0] if found else ""


def test_the_crew_of_each_place_has_a_lane_in_the_year_that_folds_is_filtered_moves_and_comes_out(desk: Desk) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    client, works = client_of(desk, "dora"), [one for one in kept.plan.activities if one.kind == "unload"]
    block = crew_block(client.get("/year").text)
    assert all(f"{one.mission_id} is unloaded at {one.resource_id}, {one.units:g} of " in block for one in works)
    assert crew_block(client.get("/year?shut=Crew").text).count('class="lane"') == 0 < block.count('class="lane"')
    place = works[0].resource_id
    alone = crew_block(client.get("/year", params={"place": place}).text)
    assert set(re.findall(r'class="lane"[^>]*>([^:<]*):', alone)) == {place}
    book = python_calamine.load_workbook(BytesIO(client.get("/year?xlsx=crew").content)).get_sheet_by_name("crew").to_python()
    assert [row[3] for row in book[1:] if row[4] == "unload"] == [
        one.mission_id for one in sorted(works, key=lambda one: (one.resource_id, one.start_utc))
    ]
    moved = crew_block(client.get("/year?mission=TN-02&days=30").text)
    assert re.findall("TN-02 is unloaded[^<]*", moved) != re.findall("TN-02 is unloaded[^<]*", block)
    assert re.findall("TN-01 is unloaded[^<]*", moved) == re.findall("TN-01 is unloaded[^<]*", block)


def in_force(desk: Desk) -> tuple[str, OperationsPlan]:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    return kept.digest[:12], kept.plan


def row_of(desk: Desk, mission: str) -> dict[str, str]:
    with desk.views() as view:
        return next(row for row in mission_board(view)["missions"] if row["mission_id"] == mission)


def test_of_two_who_slip_a_mission_from_the_same_page_the_second_is_told_what_the_first_did(desk: Desk) -> None:
    admit(desk, "max", "controller")
    one, other = client_of(desk, "cora"), client_of(desk, "max")
    _, held = form_shown(one.get("/year?mission=TN-03&days=3").text, "slip")
    _, mine = form_shown(other.get("/year?mission=TN-03&days=20").text, "slip")
    _, third = form_shown(other.get("/missions/TN-03").text, "slip")
    assert one.post("/year", data={**held, "do": "slip", "word": "a valve"}).status_code == 303
    before = desk.store.head().position
    answer = other.post("/year", data={**mine, "do": "slip", "word": "the range"})
    assert answer.status_code == 409
    assert "since you looked" in answer.text
    assert re.search(r"cora slipped TN-03 to [-0-9: ]+ UTC: a valve", answer.text)
    assert 'value="the range"' in answer.text
    again = other.post("/missions/TN-03", data={**third, "do": "slip", "to": "2028-01-01T00:00", "word": "the range"})
    assert (again.status_code, desk.store.head().position) == (409, before)
    assert "since you looked" in again.text
    assert sent(other, "/year?mission=TN-03&days=20", "slip", "slip", word="the range")[0] == 303


def test_a_slip_recorded_after_a_proposal_was_asked_for_stands_in_its_way_and_one_before_does_not(desk: Desk) -> None:
    base, plan = in_force(desk)
    row = row_of(desk, "TN-03")
    late_s = (parse_utc(row["launch_utc"]) - plan.mission_named["TN-03"].launch_utc).total_seconds()
    known = {"TN-03": late_s} if late_s else {}
    made = Proposal(
        name="P", mission_id="TN-03", days=9.0, base=base, by="cora", asked_utc=NOW, state="made", plan="P", slips=known
    )
    with desk.views() as view:
        rows = mission_board(view)["missions"]
    assert overtaken(desk.store, desk.shelf, made, rows) is None
    assert sent(client_of(desk, "cora"), "/year?mission=TN-03&days=2", "slip", "slip", word="a crack")[0] == 303
    with desk.views() as view:
        rows = mission_board(view)["missions"]
    behind = overtaken(desk.store, desk.shelf, made, rows)
    assert behind is not None
    assert [word.partition(" UTC: ")[2] for word in behind.why] == ["a crack"]
    slipped = parse_utc(row_of(desk, "TN-03")["launch_utc"]) - parse_utc(row["launch_utc"])
    assert behind.anew_d is not None
    assert abs(timedelta(days=behind.anew_d) + slipped - timedelta(days=9)) < timedelta(seconds=2)


def planned(desk: Desk, where: str) -> Proposal:
    """The proposal that a page leads to, once it is planned."""
    found = re.search(r"proposal=([0-9a-z]+)", where)
    assert found is not None, where
    ends = time.monotonic() + 120.0
    while (made := proposal_named(desk.shelf, found[1])) is not None and made.state == "working" and time.monotonic() < ends:
        time.sleep(0.2)
    assert made is not None
    assert made.state == "made", made.told
    return made


def standings(client: TestClient) -> dict[str, str]:
    """What each proposed plan has come to, by the page of plans."""
    table = re.search(r'<table id="table-proposals">.*?</table>', client.get("/plans").text, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr>(.*?)</tr>", table[0], re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    found = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells]
    return {row[5]: row[4] for row in found[1:]}


def test_of_two_proposals_upon_one_plan_the_second_is_refused_with_the_reason_and_merged_when_planned_anew(desk: Desk) -> None:
    admit(desk, "mia", "controller")
    one, other, director = client_of(desk, "cora"), client_of(desk, "mia"), client_of(desk, "dora")
    base, _ = in_force(desk)
    pages = {name: f"/year?mission={name}&days={days}" for name, days in (("TN-01", 3), ("TN-02", 4))}
    _, held = form_shown(one.get(pages["TN-01"]).text, "propose")
    _, mine = form_shown(other.get(pages["TN-02"]).text, "propose")
    asked = one.post("/year", data={**held, "do": "propose"})
    meanwhile = other.post("/year", data={**mine, "do": "propose"})
    assert (asked.status_code, meanwhile.status_code) == (303, 409)
    assert "is being planned: wait until it is done" in meanwhile.text
    first = planned(desk, asked.headers["location"])
    where = other.post("/year", data={**mine, "do": "propose"}).headers["location"]
    second = planned(desk, where)
    assert {first.base, second.base} == {base}
    assert [standings(director)[made.plan] for made in (first, second)] == ["waits to be released"] * 2
    besides = [f"/plans?a={base}&b={made.plan}" for made in (first, second)]
    forms = [form_shown(director.get(path).text, "release")[1] for path in besides]
    assert director.post("/plans", data={**forms[0], "do": "release"}).status_code == 303
    assert [standings(director)[made.plan] for made in (first, second)] == ["released, in force", "overtaken: plan it anew"]
    refused = director.post("/plans", data={**forms[1], "do": "release"})
    assert refused.status_code == 409
    assert f"dora released plan {first.plan}" in refused.text
    assert re.search(r"TN-01 \+\d", refused.text)
    forged = director.post("/plans", data={**forms[1], "do": "release", "supersedes": in_force(desk)[0]})
    assert (forged.status_code, in_force(desk)[0]) == (409, first.plan)
    assert "others came before it" in other.get(where).text
    seen = director.get(besides[1]).text
    assert 'id="form-release"' not in seen
    assert "others came before it" in seen
    late = other.post("/year", data={**mine, "key": "another", "do": "propose"})
    assert late.status_code == 409
    assert "the plan in force is another since you looked" in late.text
    status, where = sent(other, besides[1], "propose", "propose")
    assert status == 303, where
    merged = planned(desk, where)
    assert merged.base == first.plan
    _, plan = in_force(desk)
    both = desk.shelf.plan(merged.plan)
    assert both is not None
    launches = {name: row.launch_utc for name, row in both.plan.mission_named.items()}
    assert launches["TN-01"] >= plan.mission_named["TN-01"].launch_utc
    assert launches["TN-02"] > plan.mission_named["TN-02"].launch_utc
    assert sent(director, f"/plans?a={first.plan}&b={merged.plan}", "release", "release")[0] == 303
    assert plans_released(desk.store, desk.shelf)[-1].digest[:12] == merged.plan
    assert [standings(director)[made.plan] for made in (first, merged)] == ["released, replaced since", "released, in force"]
