"""Who gives way when a mission can't keep its date: windows, pads, ports, tails, stand-downs; and who does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from supercargo.kernel import days
from supercargo.model import PlannedMission, PortOut, Standdown
from supercargo.simulate.flight_dates import Dated, Yard, redate, yard_of
from tests.plans import a_plan

PLAN = a_plan()
FIRST, THIRD = PLAN.mission_named["M1"], PLAN.mission_named["M3"]  # the same port and tail


def dated(row: PlannedMission, late: timedelta = timedelta(0), *, lost: bool = False) -> Dated:
    return Dated(row=row, launch_utc=row.launch_utc + late, stacked=days(2), prepared=days(10), lost=lost)


def moved(yard: Yard, name: str, not_before: datetime, *flown: Dated) -> datetime | None:
    row = PLAN.mission_named[name]
    return redate(yard, {name: (dated(row), not_before)}, flown).get(name)


def test_a_mission_that_nothing_keeps_keeps_its_date() -> None:
    yard = yard_of(PLAN)
    waiting = {row.mission_id: (dated(row), row.launch_utc) for row in PLAN.missions}
    assert redate(yard, waiting, ()) == {}


@pytest.mark.parametrize("late_h", [1, 30, 24 * 9])
def test_a_slipped_mission_lifts_off_at_the_first_listed_window_from_then_on(late_h: int) -> None:
    yard = yard_of(PLAN)
    not_before = FIRST.launch_utc + timedelta(hours=late_h)
    key = (FIRST.destination, FIRST.site, FIRST.pad, FIRST.launcher)
    assert moved(yard, "M1", not_before) == min(at for at in yard.instants[key] if at >= not_before)


def test_nothing_of_a_family_that_stands_down_lifts_off_before_the_end_of_it() -> None:
    end = FIRST.launch_utc + days(40)
    down = Standdown(
        family=FIRST.launcher, launchers=(FIRST.launcher,), vehicle_types=(), from_utc=FIRST.launch_utc - days(1), to_utc=end
    )
    at = moved(yard_of(PLAN, standdowns=[down]), "M1", FIRST.launch_utc)
    assert at is not None
    assert at >= end
    other = replace(down, launchers=("another",))
    assert moved(yard_of(PLAN, standdowns=[other]), "M1", FIRST.launch_utc) is None


def test_nobody_arrives_at_a_port_that_is_out() -> None:
    assert FIRST.arrive_utc is not None
    out = PortOut(
        destination=FIRST.destination, port=FIRST.port, from_utc=FIRST.arrive_utc - days(1), to_utc=FIRST.arrive_utc + days(15)
    )
    at = moved(yard_of(PLAN, port_outs=[out]), "M1", FIRST.launch_utc)
    assert at is not None
    assert FIRST.arrive_utc + (at - FIRST.launch_utc) >= out.to_utc
    elsewhere = replace(out, port="nobody's")
    assert moved(yard_of(PLAN, port_outs=[elsewhere]), "M1", FIRST.launch_utc) is None


def test_who_comes_later_waits_until_port_and_tail_are_free() -> None:
    assert FIRST.depart_utc is not None
    assert THIRD.arrive_utc is not None
    late = THIRD.launch_utc - FIRST.launch_utc - days(3)  # it is docked when the other would come
    yard = yard_of(PLAN)
    at = moved(yard, "M3", THIRD.launch_utc, dated(FIRST, late))
    place = PLAN.scenario.places[FIRST.destination]
    assert at is not None
    assert THIRD.arrive_utc + (at - THIRD.launch_utc) >= FIRST.depart_utc + late + days(place.clearance_d)
    turn = days(PLAN.scenario.vehicle_types[FIRST.vehicle_type].turnaround_d)
    assert FIRST.vehicle_id == THIRD.vehicle_id
    assert at - days(10) >= FIRST.end_utc + late + turn


def test_a_lost_ship_holds_no_port() -> None:
    late = THIRD.launch_utc - FIRST.launch_utc - days(15)
    assert moved(yard_of(PLAN), "M3", THIRD.launch_utc, dated(FIRST, late, lost=True)) is None


def test_two_that_wait_for_one_port_go_in_order_of_their_dates() -> None:
    yard = yard_of(PLAN)
    not_before = THIRD.launch_utc - days(5)
    waiting = {"M1": (dated(FIRST), not_before), "M3": (dated(THIRD), THIRD.launch_utc)}
    found = redate(yard, waiting, ())
    assert not_before <= found["M1"] < THIRD.launch_utc < found["M3"]
