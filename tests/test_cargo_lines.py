"""The page of an item: what is still to be delivered is not told as delivered, and what makes it late is named."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from supercargo.app.board.proposals import Proposal
from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.desk import Desk, open_desk
from supercargo.app.operations.recording import record_mission
from supercargo.faces.api.application import create_app
from supercargo.track.acts import Act
from supercargo.track.cargo.steps import Dock, Launch, Load, Move, Receive, Stow, Transfer
from supercargo.track.missions.commands import Slip
from tests.cli_runner import run
from tests.test_board import NOW, WORD, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

SLIPS = (("2027-02-25T10:00:00+00:00", "a valve"), ("2027-03-01T09:59:41+00:00", "weather & wind"))


def line_of(client: TestClient, item: str) -> str:
    """What the page of an item says of its line, in plain words."""
    found = re.search(r'<p class="line">(.*?)</p>', client.get(f"/cargo/{item}").text, re.S)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", found[1])).split())


def store_of(desk: Desk) -> str:
    """The file of a desk's store."""
    return str(desk.shelf.place).removesuffix(".plans")


@pytest.fixture(scope="module")
def slipped(desk: Desk) -> Desk:
    """TN-01 slips twice, by 15 days in all; QUILL's R000002 is still in time then, UNI-LAKE's R000011 is not."""
    assert line_of(client_of(desk, "dora"), "R000011").endswith("due 2027-02-28 21:00, to be delivered 2027-02-17 04:16")
    for number, (to, why) in enumerate(SLIPS):
        act = Act(command_id=f"slip{number}", by="cora", at_utc=NOW + timedelta(minutes=number))
        record_mission(desk.store, "TN-01", Slip(launch_utc=datetime.fromisoformat(to), reason=why), act)
    return desk


def test_an_item_that_has_not_flown_is_to_be_delivered_when_its_mission_now_flies(slipped: Desk) -> None:
    said = line_of(client_of(slipped, "dora"), "R000002")
    assert "due 2027-03-08 08:00, to be delivered 2027-03-05 00:16; TN-01 slipped from" in said
    assert "late" not in said
    assert ", delivered" not in said


def test_what_is_late_by_a_slip_says_from_when_to_when_by_whom_and_why_with_a_link_to_the_mission(slipped: Desk) -> None:
    client = client_of(slipped, "dora")
    said = line_of(client, "R000011")
    assert "to be delivered 2027-03-04 04:16, late because TN-01 slipped from 2027-02-14 09:59 to 2027-03-01 09:59" in said
    assert said.endswith("(2 slips, the longest, 11.0 d, by cora: a valve)")
    assert 'because <a href="/missions/TN-01">TN-01</a> slipped' in client.get("/cargo/R000011").text


def test_a_customer_reads_that_its_flight_slipped_but_not_who_said_so_nor_why(slipped: Desk) -> None:
    client = client_of(slipped, "esa")
    assert line_of(client, "R000011").endswith("late because TN-01 slipped from 2027-02-14 09:59 to 2027-03-01 09:59")
    text = client.get("/cargo/R000011").text
    assert "valve" not in text
    assert "/missions/TN-01" not in text


def test_what_should_have_been_delivered_and_is_not_told_to_be_is_no_delivery(slipped: Desk) -> None:
    later = TestClient(create_app(slipped, lambda: NOW + timedelta(days=90)), headers={"Origin": "http://testserver"})
    later.post("/login", data={"name": "dora", "password": WORD})
    said = line_of(later, "R000002")
    assert "was to be delivered 2027-03-05 00:16, and nothing on record says that it was, late" in said
    assert "without that it would be late too" in said


def test_an_item_is_delivered_when_the_record_says_so_and_not_when_the_plan_does(slipped: Desk) -> None:
    bay = "container/CXL-001"

    def told(kind: type[Move], thing: str, days: float, where: str) -> Move:
        name, at = f"{kind.__name__}{thing}", NOW + timedelta(days=days)
        return kind(command_id=name, thing=thing, at_utc=at, by="cora", where=where, taker="Northrop Grumman")

    item = "cargo/R000012"
    steps = (
        told(Receive, item, 1, "site/Kennedy Space Center"), told(Load, item, 2, bay), told(Launch, bay, 50, "flight/TN-01"),
        told(Dock, bay, 53, "port/Starlab/Bus nadir"), told(Transfer, item, 55, "place/Starlab"),
        told(Stow, item, 56, "place/Starlab"),
    )  # fmt: skip
    with open_desk(store_of(slipped), lambda: NOW + timedelta(days=57)) as later:
        record_cargo(steps, later.store)
    after = TestClient(create_app(slipped, lambda: NOW + timedelta(days=57)), headers={"Origin": "http://testserver"})
    after.post("/login", data={"name": "dora", "password": WORD})
    assert ", delivered 2027-03-07 12:00" in line_of(after, "R000012")
    assert ", delivered" not in line_of(after, "R000013")


def test_the_command_line_says_what_an_items_mission_has_slipped(slipped: Desk) -> None:
    told = run("track", "where", "R000011", "--store", store_of(slipped))
    assert "TN-01 slipped from 2027-02-14T09:59:41Z to 2027-03-01T09:59:41Z, 15.0 days" in told.out
    assert "(2 slips, the longest, 11.0 days, by cora: a valve)" in told.out


def test_what_is_counted_in_at_a_place_is_not_said_to_be_on_the_ground(slipped: Desk) -> None:
    late = NOW + timedelta(days=60)
    step = Receive(command_id="mars", thing="cargo/R000009", at_utc=late, by="cora", where="place/Mars", taker="cora")
    with open_desk(store_of(slipped), lambda: late) as later:
        record_cargo([step], later.store)
    text = client_of(slipped, "dora").get("/cargo/R000009").text
    assert "counted in at Mars" in text
    assert "on the ground" not in text.partition('id="where"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("days", "said"), [(2.9515, "+3 d"), (3.0, "+3 d"), (12.34, "+12.3 d"), (0.2549, "+6.1 h"), (-0.5, "-12 h")]
)
def test_a_proposal_is_named_by_days_to_a_tenth_and_by_hours_below_a_day(days: float, said: str) -> None:
    made = Proposal(name="p", mission_id="TN-01", days=days, base="b", by="cora", asked_utc=NOW, state="made")
    assert made.title == f"TN-01 {said}"
