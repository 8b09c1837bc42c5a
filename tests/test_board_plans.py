"""Plans, stocks, conflicts, quality and a mission moved in the year: what they show, who may write, what nothing changes."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest import mock

import python_calamine

from supercargo.app.board.proposals import proposals_made
from supercargo.app.board.ripple import as_it_stands, moved_plan
from supercargo.app.board.shelf import plans_released
from supercargo.app.board.standing import plan_in_force
from supercargo.app.board.stock import ended_utc, stocks_seen
from supercargo.app.operations.asking import conflicts_seen, mission_board, work_seen
from supercargo.app.operations.desk import Desk
from supercargo.model import OperationsPlan
from supercargo.report.calendar import CalendarAsked, calendar_blocks, draw_calendar
from supercargo.report.lanes import timeline_blocks
from supercargo.store.accounts import Person
from tests.board_forms import form_shown, sent
from tests.test_board import NOW, SCRIPT, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests


def plan_of(desk: Desk) -> OperationsPlan:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    return kept.plan


def admit(desk: Desk, name: str, *roles: str) -> None:
    desk.accounts.add(Person(name=name, roles=roles, customer="", enabled=True, created_utc=NOW), WORD)


def test_every_day_of_a_stock_is_a_row_and_every_curve_has_its_numbers(desk: Desk) -> None:
    plan = plan_of(desk)
    first = plan.inventory[0]
    client = client_of(desk, "dora")
    query = {"place": first.destination, "supply": first.supply_class}
    book = client.get("/stock", params={**query, "xlsx": "days"}).content
    rows = python_calamine.load_workbook(BytesIO(book)).get_sheet_by_name("days").to_python()
    of_it = [row for row in plan.inventory if (row.destination, row.supply_class) == tuple(query.values())]
    assert [row[1] for row in rows[1:]] == [row.on_hand_kg for row in of_it]
    text = client.get("/stock").text
    assert len(re.findall(r'<svg class="stock[ "]', text)) == len(
        {(row.destination, row.supply_class) for row in plan.inventory}
    )


def test_cover_is_counted_in_days_and_a_shortage_names_its_first_day_and_what_mends_it(desk: Desk) -> None:
    plan = plan_of(desk)
    first = plan.inventory[0]
    day = datetime(2027, 1, 1, tzinfo=UTC)
    kilograms = (100.0, 90.0, 80.0, 170.0, 160.0)  # 10 kg are used a day; 100 kg come on the fourth
    rows = tuple(
        replace(first, day_utc=day + timedelta(days=n), on_hand_kg=kg, p05_kg=kg, p95_kg=kg, reserve_kg=85.0,
                inbound_kg=100.0 if n == 3 else 0.0)
        for n, kg in enumerate(kilograms)
    )  # fmt: skip
    (seen,) = stocks_seen(replace(plan, inventory=rows), day)
    assert seen.cover_d is None  # four days of use leave 60 kg
    assert (seen.below_utc, seen.fixed_utc) == (day + timedelta(days=2), day + timedelta(days=3))
    assert seen.lowest_kg == 80.0
    (short,) = stocks_seen(replace(plan, inventory=(replace(rows[0], on_hand_kg=15.0), *rows[1:])), day)
    assert short.cover_d is not None
    (later,) = stocks_seen(replace(plan, inventory=rows), day + timedelta(days=2, hours=5))
    assert (later.day_utc, later.on_hand_kg) == (day + timedelta(days=2), 80.0)


def test_a_stock_after_the_plans_end_tells_what_is_lacking_and_since_when_it_is_below_its_reserve(desk: Desk) -> None:
    plan = plan_of(desk)
    day = datetime(2027, 1, 1, tzinfo=UTC)
    kilograms = (80.0, 100.0, 80.0, 20.0, -114.1)  # below 85 kg on the first day, and from the third on
    rows = tuple(
        replace(plan.inventory[0], day_utc=day + timedelta(days=n), on_hand_kg=kg, reserve_kg=85.0, inbound_kg=0.0)
        for n, kg in enumerate(kilograms)
    )
    short = replace(plan, inventory=rows)
    long_after = day + timedelta(days=450)
    assert ended_utc(short, day + timedelta(days=4, hours=23)) is None
    assert ended_utc(short, long_after) == day + timedelta(days=4)
    (seen,) = stocks_seen(short, long_after)
    assert (seen.on_hand_kg, seen.lacking_kg, seen.cover_d) == (0.0, 114.1, 0.0)
    assert (seen.below_utc, seen.fixed_utc) == (day + timedelta(days=2), None)


def test_the_page_of_stocks_says_that_the_plan_has_ended_and_shows_nothing_negative_on_hand(desk: Desk) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    assert "has ended" not in client_of(desk, "dora").get("/stock").text
    last = max(row.day_utc for row in kept.plan.inventory)
    rows = tuple(replace(row, on_hand_kg=-114.1) if row.day_utc == last else row for row in kept.plan.inventory)
    late = replace(kept, plan=replace(kept.plan, inventory=rows))
    with (
        mock.patch("supercargo.faces.board.stock.plan_in_force", return_value=late),
        mock.patch("supercargo.faces.board.stock.now_of", return_value=last + timedelta(days=440)),
    ):
        text = client_of(desk, "dora").get("/stock").text
    assert f"The plan in force has ended: its last day, {last:%Y-%m-%d}, is 440 d ago" in text
    assert "114.1" in text
    assert not re.search(r"<td[^>]*>\s*[-\u2212]", text)


def test_a_plan_beside_itself_differs_in_nothing_and_one_that_is_not_kept_is_not_found(desk: Desk) -> None:
    client, digest = client_of(desk, "dora"), plans_released(desk.store, desk.shelf)[0].digest
    text = client.get("/plans", params={"a": digest[:12], "b": digest[:12]}).text
    assert digest in text
    assert "Kim Doe" in text
    assert "Every line flies as before." in text
    assert 'id="form-release"' not in text  # it is in force
    assert client.get("/plans?a=0123456789ab&b=0123456789ab").status_code == 404
    assert client.get(f"/plans?a={digest[:12]}&b=../../etc").status_code == 404


def test_a_conflict_goes_from_seen_to_closed_on_its_page(desk: Desk) -> None:
    client = client_of(desk, "cora")
    status, where = sent(client, "/conflicts", "see", "see", name="C/1", kind="pads", objects="TN-01; TN-02", word=SCRIPT)
    assert (status, where) == (303, "/conflicts/C%2F1")
    assert sent(client, "/conflicts", "see", "see", name="C-2", kind="pads", objects="TN-01; TN-02", word=SCRIPT)[0] == 303
    path = "/conflicts/C-2"
    assert SCRIPT not in client.get(path).text
    assert sent(client, path, "offer", "offer", option="wait", word="TN-02 waits", cost_usd="1e3", delay_d="two")[0] == 422
    assert sent(client, path, "offer", "offer", option="wait", word="TN-02 waits", cost_usd="1000", delay_d="2")[0] == 303
    assert sent(client, path, "choose", "choose", option="wait", word="cheapest")[0] == 303
    assert sent(client, path, "tell", "tell", party="the range")[0] == 303
    assert sent(client, path, "acknowledge", "acknowledge")[0] == 303
    with desk.views() as view:
        (row,) = conflicts_seen(view, "C-2")
    assert (row["state"], row["options"][0]["cost_usd"]) == ("closed", 1000.0)
    assert 'class="act"' not in client_of(desk, "dora").get(path).text
    assert client_of(desk, "dora").post(path, data={"do": "offer", "key": "k"}).status_code == 403


def test_a_non_conformance_is_closed_by_another_than_its_opener(desk: Desk) -> None:
    admit(desk, "quin", "quality")
    admit(desk, "quid", "quality")
    one, other = client_of(desk, "quin"), client_of(desk, "quid")
    assert sent(one, "/quality", "case-new", "open_case", name="N-1", about="cargo/HOSTILE", said=SCRIPT)[0] == 303
    assert SCRIPT not in one.get("/quality").text
    assert sent(one, "/quality", "dispose-N-1", "dispose", disposition="rework", said="the seal was dry")[0] == 303
    assert sent(one, "/quality", "plan_action-N-1", "plan_action", action="grease", owner="Max", due_utc="")[0] == 303
    status, text = sent(one, "/quality", "close_case-N-1", "close_case", said="done")
    assert status == 409
    assert "let another person close it" in text
    assert sent(other, "/quality", "close_case-N-1", "close_case", said="seen")[0] == 303
    rows = desk.store.page("ncr", limit=50)
    assert [(row["stage"], row["closed_by"]) for row in rows if row["case_id"] == "N-1"] == [("closed", "quid")]
    assert client_of(desk, "cora").post("/quality/cases", data={"do": "open_case", "name": "N", "key": "k"}).status_code == 403
    assert one.post("/quality/cases", data={"do": "close_case", "name": "N-1", "key": "k"}).status_code == 422


def test_a_work_order_takes_two_signatures(desk: Desk) -> None:
    admit(desk, "may", "maintainer")
    admit(desk, "moe", "maintainer")
    one, other = client_of(desk, "may"), client_of(desk, "moe")
    assert sent(one, "/quality", "order-new", "issue", name="W-1", word="look at it")[0] == 409  # no limit
    assert sent(one, "/quality", "order-new", "issue", name="W-1", word="look at it", due="2027-01-05T00:00")[0] == 303
    assert "overdue" in one.get("/quality").text
    assert "/quality#W-1" in one.get("/").text
    assert sent(one, "/quality", "start-W-1", "start")[0] == 303
    assert sent(one, "/quality", "sign-W-1", "sign", word="good")[0] == 303
    assert sent(one, "/quality", "finish-W-1", "finish")[0] == 409
    assert sent(other, "/quality", "sign-W-1", "sign", word="good")[0] == 303
    assert sent(other, "/quality", "finish-W-1", "finish")[0] == 303
    with desk.views() as view:
        assert work_seen(view, "W-1")["orders"][0]["state"] == "done"


def test_a_year_is_drawn_in_pictures_that_fit_on_a_sheet_and_each_lane_stands_once(desk: Desk) -> None:
    plan = plan_of(desk)
    span = CalendarAsked(start=plan.scenario.settings.start_utc, end=plan.scenario.settings.end_utc)
    blocks = [replace(block, lanes=block.lanes * 40) for block in timeline_blocks(plan)]
    lanes = sum(len(block.lanes) for block in blocks)
    drawn = draw_calendar(plan, span, blocks)
    heights = [int(height) for height in re.findall(r'<svg class="timeline"[^>]* height="(\d+)"', drawn)]
    assert len(heights) > 1
    assert max(heights) <= 660
    assert drawn.count('class="lane"') == lanes
    assert drawn.count('<pattern id="shut"') == 1
    assert drawn.count('class="month"') % len(heights) == 0, "every sheet names its months"
    assert len(re.findall(r'<svg class="timeline"', draw_calendar(plan, span))) == 1


def test_a_block_that_is_folded_keeps_its_heading_alone_and_a_mark_tells_what_is_broken(desk: Desk) -> None:
    plan = plan_of(desk)
    span = CalendarAsked(start=plan.scenario.settings.start_utc, end=plan.scenario.settings.end_utc)
    whole = draw_calendar(plan, span)
    folded = draw_calendar(
        plan, replace(span, shut=frozenset(calendar_blocks(timeline_blocks(plan))), marks={"TN-01": SCRIPT})
    )
    assert whole.count('class="head"') == folded.count('class="head"') == len(calendar_blocks(timeline_blocks(plan)))
    assert folded.count('class="lane"') == 0 < whole.count('class="lane"')
    marked = draw_calendar(plan, replace(span, marks={"TN-01": SCRIPT}))
    assert marked.count('class="mark"') == 1
    assert SCRIPT not in marked
    text = client_of(desk, "dora").get("/year?shut=Ports").text
    assert "Show Ports" in text
    assert "Fold Pads" in text


def test_a_mission_moved_in_the_year_is_judged_and_nothing_is_saved(desk: Desk) -> None:
    before = desk.store.head().position
    client = client_of(desk, "cora")
    text = client.get("/year?mission=TN-02&days=200").text
    assert "nothing is saved yet" in text
    assert "launch-period" in text
    assert "Recording it opens a conflict" in text
    assert desk.store.head().position == before
    assert 'id="form-slip"' not in client_of(desk, "dora").get("/year?mission=TN-02&days=200").text
    assert client.get("/year?mission=TN-02&days=inf").status_code == 422


def test_a_plan_moved_by_nothing_is_the_plan_and_a_move_takes_all_that_hangs_on_it(desk: Desk) -> None:
    plan = plan_of(desk)
    with desk.views() as view:
        rows = mission_board(view)["missions"]
    assert as_it_stands(plan, [row for row in rows if row["mission_id"] == "TN-03"]) == plan
    moved, after = moved_plan(plan, "TN-02", 30.0)
    for old, new in zip(plan.activities, after.activities, strict=True):
        later = moved.later if old.mission_id == "TN-02" else timedelta(0)
        assert (new.start_utc - old.start_utc, new.end_utc - old.end_utc) == (later, later)


def test_a_slip_seen_in_the_year_is_recorded_once_for_a_reason(desk: Desk) -> None:
    client = client_of(desk, "cora")
    path = "/year?mission=TN-03&days=5"
    action, held = form_shown(client.get(path).text, "slip")
    assert client.post("/year", data={**held, "do": "slip", "word": ""}).status_code == 409
    before = desk.store.head().position
    typed = {**held, "do": "slip", "word": "a valve"}
    assert [client.post(action.partition("#")[0], data=typed).status_code for _ in range(2)] == [303, 303]
    assert [event.kind for event in desk.store.since(before)].count("MissionSlipped") == 1
    with desk.views() as view:
        row = view.get("missions", ("TN-03",))
    assert row is not None
    assert row["slips_count"] == 1


def test_a_move_planned_anew_is_a_proposal_until_it_is_released(desk: Desk) -> None:
    client = client_of(desk, "cora")
    in_force = plans_released(desk.store, desk.shelf)
    status, where = sent(client, "/year?mission=TN-01&days=3", "propose", "propose")
    assert status == 303
    assert "proposal=" in where
    until = time.monotonic() + 120
    while (made := proposals_made(desk.shelf)[0]).state == "working" and time.monotonic() < until:
        time.sleep(0.3)
    assert made.state == "made", made.told
    assert plans_released(desk.store, desk.shelf) == in_force
    page = client.get(where).text
    link = re.search(r'href="(/plans\?a=[0-9a-f]{12}&amp;b=[0-9a-f]{12})#beside"', page)
    assert link is not None
    beside = link[1].replace("&amp;", "&")
    assert "TN-01" in client.get(beside).text
    assert 'id="form-release"' not in client.get(beside).text  # a controller may not release
    director = client_of(desk, "dora")
    status, text = sent(director, beside, "release", "release", supersedes="0" * 64)
    assert status == 409, "a plan that another has replaced meanwhile is superseded"
    assert "Nothing" not in text.partition('role="alert">')[2][:200]
    action, held = form_shown(director.get(beside).text, "release")
    first, again = (director.post(action, data={**held, "do": "release"}) for _ in range(2))
    status, text = first.status_code, first.text
    assert again.status_code == 303
    assert status == 303, text
    assert len(plans_released(desk.store, desk.shelf)) == len(in_force) + 1
