"""Names and instants that a released plan does not know are refused with what is near them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from supercargo.app.operations import recording
from supercargo.app.operations.asking import mission_seen
from supercargo.app.operations.cargo import record_cargo
from supercargo.kernel import Refused, ScenarioError, days
from supercargo.track.coordination.log import SeeConflict
from supercargo.track.maintenance.events import Limit
from supercargo.track.maintenance.orders import IssueWork
from supercargo.track.missions import commands as asked
from tests.builders import START
from tests.cargo_lives import a_step
from tests.operations import MemoryOperations, act, arrive, released
from tests.plans import a_plan

PLAN = a_plan()


def refused(store: MemoryOperations, record: Any, name: str, command: Any, at_utc: datetime) -> str:
    head = store.head()
    with pytest.raises(Refused) as told:
        record(store, name, command, act(at_utc))
    assert store.head() == head
    return str(told.value)


def test_work_is_ordered_only_on_what_the_released_plan_uses() -> None:
    order = IssueWork(order="W1", asset_kind="pad", asset="Mars/Z", task="wash", limit=Limit(cycles=2))
    store = released(PLAN)
    assert "no mission of a released plan uses pad/Mars/Z" in refused(store, recording.record_work, "W1", order, START)
    flight = PLAN.mission_named["M1"]
    good = IssueWork(order="W1", asset_kind="pad", asset=f"{flight.site}/{flight.pad}", task="wash", limit=Limit(cycles=2))
    recording.record_work(store, "W1", good, act(START))
    recording.record_work(MemoryOperations(), "W1", order, act(START))


def test_a_conflict_names_missions_that_are_open() -> None:
    store = released(PLAN)
    see = SeeConflict(conflict="K1", kind="ports", objects=("M1", "M99"), text="both want fore")
    assert "no mission M99 is open" in refused(store, recording.record_conflict, "K1", see, START)
    see = SeeConflict(conflict="K1", kind="ports", objects=("M1", "port/Hub/A", "the crew"), text="both want fore")
    recording.record_conflict(store, "K1", see, act(START))


def test_nothing_happens_to_a_mission_before_its_release_nor_years_before_the_store() -> None:
    store, at = released(PLAN), PLAN.scenario.settings.as_of_utc
    labels = asked.OpenIncident(incident="I1", severity=3, text="a leak")
    assert "opened by the release" in refused(store, recording.record_mission, "M1", labels, at - days(1))
    see = SeeConflict(conflict="K1", kind="ports", objects=("M1",), text="both want fore")
    assert "check the year" in refused(store, recording.record_conflict, "K1", see, at - days(2000))
    recording.record_mission(store, "M1", labels, act(at))


def test_an_order_is_of_a_customer_under_contract_and_pieces_are_whole() -> None:
    store = released(PLAN)
    with pytest.raises(Refused, match="use one of: ACME"):
        record_cargo([a_step("ordered", "cargo/X1", 0, command_id="o1", customer="ACNE")], store)
    record_cargo([a_step("ordered", "cargo/X1", 0, command_id="o1", customer="ACME")], store)
    with pytest.raises(ScenarioError, match="pieces are not whole"):
        record_cargo([a_step("received", "cargo/X1", 1, command_id="r1", pieces=1.5)], store)


def test_a_mission_and_its_spacecraft_that_contradict_each_other_are_told() -> None:
    store, flight = released(PLAN), PLAN.mission_named["M1"]
    arrive(store, PLAN, "M1")
    vehicle = f"container/{flight.vehicle_id}"
    warnings = mission_seen(store.view, "M1")["warnings"]
    assert [vehicle in warning for warning in warnings] == [True, True]
    names = ("v1", "v2", "v3")
    said: tuple[dict[str, Any], ...] = ({"sort": "vehicle"}, {"where": "flight/M1"}, {"where": "port/Hub/A"})
    for name, kind, more in zip(names, ("registered", "launched", "docked"), said, strict=True):
        record_cargo([a_step(kind, vehicle, int(name[1]), command_id=name, **more)], store)
    assert mission_seen(store.view, "M1")["warnings"] == []
    other = released(PLAN)
    record_cargo([a_step("registered", vehicle, 1, command_id="v1", sort="vehicle")], other)
    record_cargo([a_step("launched", vehicle, 2, command_id="v2", where="flight/M1")], other)
    (warning,) = mission_seen(other.view, "M1")["warnings"]
    assert warning == f"{vehicle} is launched on the cargo's record, M1 is planned by its own"
