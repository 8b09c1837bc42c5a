"""A slip that takes another mission's port, or leaves the period that was asked for, opens a conflict with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from supercargo.app.operations.recording import record_mission
from supercargo.track.acts import drafts_of
from supercargo.track.coordination.log import conflict_of
from supercargo.track.missions import commands as asked
from supercargo.track.missions.events import MISSION_KINDS, MissionReplanned
from supercargo.track.missions.state import mission_of
from tests.builders import START
from tests.operations import act, released
from tests.plans import a_plan

PLAN = a_plan()


def test_a_slip_into_another_missions_port_or_out_of_its_period_opens_a_conflict_with_it() -> None:
    store = released(PLAN)
    first = PLAN.mission_named["M1"]
    other = next(one for one in PLAN.missions if one.launch_utc > first.launch_utc and one.mission_id == "M2")
    state = mission_of(store.stream("mission/M1"))
    assert state is not None
    port = (state.flight.destination, state.flight.port)
    near = mission_of(store.stream("mission/M2"))
    assert near is not None
    if (near.flight.destination, near.flight.port) != port:  # the plan gives it another port: take the same
        flight = replace(near.flight, port=port[1])
        store.append(
            drafts_of(act(START), MISSION_KINDS, "mission/M2", (MissionReplanned(flight=flight),), version=near.version)
        )
    slip = asked.Slip(launch_utc=other.launch_utc, reason="late")
    doing = act(START)
    receipts = record_mission(store, "M1", slip, doing)
    opened = [one.stream for one in receipts if one.stream.startswith("coordination/")]
    name = f"slip-M1-{state.version + 1}-ports"
    assert f"coordination/{name}" in opened
    seen = conflict_of(store.stream(f"coordination/{name}"))
    assert seen is not None
    assert (seen.kind, seen.objects[:2], seen.state) == ("ports", ("M1", "M2"), "seen")
    request = PLAN.scenario.requests["M1"]
    assert any(stream.endswith("windows") for stream in opened) == (other.launch_utc > request.latest_utc)
    assert all(one.repeated for one in record_mission(store, "M1", slip, doing))


def test_a_slip_that_leaves_port_and_period_in_peace_opens_nothing() -> None:
    store = released(PLAN)
    launch_utc = PLAN.mission_named["M1"].launch_utc + timedelta(minutes=1)
    (receipt,) = record_mission(store, "M1", asked.Slip(launch_utc=launch_utc, reason="boats"), act(START))
    assert receipt.stream == "mission/M1"
    latest = PLAN.scenario.requests["M1"].latest_utc + timedelta(days=1)
    receipts = record_mission(store, "M1", asked.Slip(launch_utc=latest, reason="boats"), act(START))
    assert [one.stream for one in receipts if one.stream.endswith("windows")] == ["coordination/slip-M1-4-windows"]
