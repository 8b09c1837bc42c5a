"""K8 against a recount: gates are due by lift-off as it stands, at every place of a log in which missions slip and move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from supercargo.app.operations.recording import record_mission, record_party
from supercargo.kernel import parse_utc
from supercargo.measure.measuring import measure_facts
from supercargo.measure.operations import facts_of_log
from supercargo.track.envelope import Draft, Recorded
from supercargo.track.missions.commands import FailGate, MissionCommand, PassGate, Slip
from supercargo.track.missions.release import REGISTER, Standing, decide_release, register_of
from supercargo.track.missions.state import mission_of
from supercargo.track.parties.deciding import OpenComplaint
from tests import kpi_log
from tests.operations import MemoryOperations, act, an_order


def slipped_and_planned_again() -> MemoryOperations:
    """Gates passed early and in time; M1 slips, a later plan moves M2 out by 60 d, and an open gate lies between the dates."""
    store, plan = MemoryOperations(), kpi_log.gated_plan()
    store.append(decide_release(plan, an_order(plan), Standing()))
    first, second = sorted(plan.missions, key=lambda one: one.launch_utc)[:2]

    def do(name: str, command: MissionCommand, at: datetime) -> None:
        record_mission(store, name, command, act(at))

    do(first.mission_id, PassGate(gate="labels", evidence="r"), first.launch_utc - timedelta(days=40))
    do(first.mission_id, Slip(launch_utc=first.launch_utc + timedelta(days=20), reason="rain"),
       first.launch_utc - timedelta(days=32))  # fmt: skip
    states = {one.mission_id: mission_of(store.stream(f"mission/{one.mission_id}")) for one in plan.missions}
    standing = Standing(
        released=register_of(store.stream(REGISTER)), missions={name: state for name, state in states.items() if state},
        contracts={one.contract_id: len(store.stream(f"contract/{one.contract_id}")) for one in plan.scenario.contracts},
    )  # fmt: skip
    by = {first.mission_id: timedelta(days=20), second.mission_id: timedelta(days=60)}
    moved = ((one, by.get(one.mission_id, timedelta(0))) for one in plan.missions)
    later = tuple(replace(one, launch_utc=one.launch_utc + d, end_utc=one.end_utc + d) for one, d in moved)
    order = an_order(plan, digest="f" * 64, at_utc=first.launch_utc - timedelta(days=9))
    store.append(decide_release(replace(plan, missions=later), order, standing))
    do(first.mission_id, FailGate(gate="leak check", finding="leaks"), first.launch_utc + timedelta(days=16))
    record_party(store, "ACME", OpenComplaint(complaint="A-1", text="late"), act(second.launch_utc - timedelta(days=1)))
    return store


def due_gates(events: Sequence[Recorded], at: datetime) -> dict[tuple[str, str], datetime]:
    """Gates that are due by lift-off as the last event about it has it, with pencil and paper."""
    lift_off: dict[str, datetime] = {}
    gates: dict[str, Any] = {}
    for event in events:
        name = event.stream.partition("/")[2]
        if event.kind in ("MissionOpened", "MissionReplanned"):
            lift_off[name] = parse_utc(event.body["flight"]["launch_utc"])
        elif event.kind == "MissionSlipped":
            lift_off[name] = parse_utc(event.body["launch_utc"])
        elif event.kind == "MissionLaunched":
            lift_off[name] = event.occurred_utc
        elif event.kind == "GatesSet":
            gates[name] = event.body["gates"]
    of = [(name, gate) for name in gates for gate in gates[name]]
    found = {(name, gate["gate"]): lift_off[name] - timedelta(days=gate["before_launch_d"]) for name, gate in of}
    return {gate: due for gate, due in found.items() if due <= at}


def flown() -> MemoryOperations:
    store = MemoryOperations()
    kpi_log.fly_with_faults(store, kpi_log.gated_plan())
    return store


def as_told(events: Sequence[Recorded]) -> MemoryOperations:
    """A store that knows these events alone."""
    store = MemoryOperations()
    fields = ("event_id", "stream", "kind", "body", "occurred_utc", "by", "tenant", "schema")
    store.append([Draft(**{name: getattr(event, name) for name in fields}) for event in events])
    return store


@pytest.mark.parametrize("log", [slipped_and_planned_again, flown])
def test_gates_are_held_against_lift_off_as_it_stands_and_count_neither_way_before_they_are_due(log: Any) -> None:
    events = log().since(0, limit=1_000_000)
    opened = min(at for at, event in enumerate(events, 1) if event.kind == "PlanMadeCurrent")
    about = [at for at, event in enumerate(events, 1) if event.stream.startswith(("mission/", "party/")) and at > opened]
    counts = set()
    for end in about[:: max(1, len(about) // 30)]:
        store = as_told(events[:end])
        facts = facts_of_log(store, store.view)
        gates = {(one.mission_id, one.step): one.due_utc for one in facts.steps if one.kind == "gate"}
        assert gates == due_gates(events[:end], facts.as_of_utc), end
        counts.add(len(gates))
    assert len(counts) > 2


def test_k8_shows_the_dates_after_the_slip_and_says_which_gate_failed() -> None:
    store = slipped_and_planned_again()
    (k8,) = measure_facts(facts_of_log(store, store.view), only=("K8",))
    plan = kpi_log.gated_plan()
    first, second = sorted(plan.missions, key=lambda one: one.launch_utc)[:2]
    lift_off = first.launch_utc + timedelta(days=20)
    told = {row.object: (row.counted, row.at_utc) for row in k8.rows}
    assert told[f"{first.mission_id}/labels"] == ("gate done", lift_off - timedelta(days=30))
    assert told[f"{first.mission_id}/leak check"] == ("gate failed", lift_off - timedelta(days=5))
    assert not [name for name in told if name.startswith(f"{second.mission_id}/")]
