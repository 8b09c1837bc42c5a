"""The year's crew lanes; two people who change a plan or a mission at once: one is refused, and the page says why."""

from __future__ import annotations

import re
from io import BytesIO

import python_calamine

from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.desk import Desk
from tests.test_board import client_of, desk

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
