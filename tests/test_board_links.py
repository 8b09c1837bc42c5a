"""Words of an address that name nothing, moves of less than a day, notes beside broken rules, ranks on the map of risks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from supercargo.app.board.ripple import moved_plan
from supercargo.app.board.standing import plan_in_force
from supercargo.app.operations.desk import Desk
from tests.test_board import client_of, desk

__all__ = ["desk"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/missions?phase=zz", "no phase of a mission is called &#39;zz&#39;"),
        ("/missions?place=zz", "no mission flies to &#39;zz&#39;"),
        ("/?kind=zz", "no decision is of the kind &#39;zz&#39;"),
        ("/year?mission=NOPE", "no mission is called &#39;NOPE&#39;"),
        ("/year?mission=NOPE&days=3", "no mission is called &#39;NOPE&#39;"),
        ("/year?place=zz", "no place is called &#39;zz&#39;"),
        ("/stock?place=zz", "no stock is kept at a place called &#39;zz&#39;"),
        ("/stock?supply=zz", "no stock is of a class called &#39;zz&#39;"),
    ],
)
def test_an_address_that_names_nothing_is_answered_with_what_there_is(desk: Desk, path: str, told: str) -> None:
    answer = client_of(desk, "dora").get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert told in answer.text
    assert "use one of: " in answer.text


@pytest.mark.parametrize("path", ["/missions?phase=docked", "/?kind=incident", "/?kind=stock", "/year?mission=TN-01"])
def test_an_address_that_names_something_there_can_be_is_a_page(desk: Desk, path: str) -> None:
    assert client_of(desk, "dora").get(path).status_code == 200


@pytest.mark.parametrize("wanted_d", [0.25, 0.5, 1.0, 21.0, -0.5, -3.0])
def test_a_move_goes_the_way_that_was_asked_for_and_never_nowhere(desk: Desk, wanted_d: float) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    for row in kept.plan.missions:
        moved, _ = moved_plan(kept.plan, row.mission_id, wanted_d)
        assert moved.later * wanted_d > timedelta(0), row.mission_id


def test_what_is_noted_is_no_broken_rule_and_marks_no_mission(desk: Desk) -> None:
    kept = plan_in_force(desk.store, desk.shelf)
    assert kept is not None
    text = client_of(desk, "dora").get("/year").text
    broken, notes = re.findall(r'<table id="table-(?:violations|notes)">.*?</table>', text, re.DOTALL)
    for one in kept.plan.violations:
        assert (one.rule in broken) == one.hard
        assert (one.rule in notes) != one.hard
    hard = {name for one in kept.plan.violations if one.hard for name in one.object.split("/")}
    marked = set(re.findall(r'id="lane-([^"]+)"[^>]*>(?:(?!</a>).)*class="mark"', text, re.DOTALL))
    assert marked <= hard
    assert [one for one in kept.plan.violations if not one.hard]


def test_the_circles_of_the_map_hold_ranks_and_the_page_says_so_and_what_the_chances_are_made_of(desk: Desk) -> None:
    text = client_of(desk, "dora").get("/risk").text
    marks = re.findall(r'<text class="mark"[^>]*>([^<]+)</text>', text)
    assert {mark for mark in marks if not mark.startswith("+")} <= {str(rank) for rank in range(1, 100)}
    assert marks
    assert "rank in the table" in text
    assert "an assumption for a year of 48 flights at 4 % each" in text
    assert "48 flights at .04 by research" in text
