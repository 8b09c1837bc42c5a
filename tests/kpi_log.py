"""A small log with faults in it: four missions flown by hand, one slips, one is lost, things are late or damaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from supercargo.app.operations.cargo import record_case
from supercargo.app.operations.recording import (
    Operations,
    record_contract,
    record_deliveries,
    record_mission,
    record_party,
    record_work,
)
from supercargo.model import GateTemplate, ManifestRow, OperationsPlan
from supercargo.track.acts import Act
from supercargo.track.cargo.nonconformance import OpenCase
from supercargo.track.cargo.opening import open_cargo
from supercargo.track.contracts.deciding import Deliver, Settle
from supercargo.track.envelope import Draft
from supercargo.track.maintenance import orders
from supercargo.track.maintenance.events import Limit
from supercargo.track.missions import commands as asked
from supercargo.track.missions.events import Step
from supercargo.track.missions.release import Standing, decide_release
from supercargo.track.missions.state import mission_of
from supercargo.track.parties import deciding as parties
from tests.operations import act, an_order
from tests.plans import a_plan

END = datetime.fromisoformat("2028-01-02T00:00:00+00:00")
SLIP_D, LATE_D = 6, 40
LATE_LINE, DAMAGED_LINE = "X5", "X1"


@cache
def gated_plan() -> OperationsPlan:
    """The small valid plan with two gates before each lift-off, and a market at its station."""
    plan = a_plan()
    gates = tuple(
        GateTemplate(
            gate=name, before_launch_d=before, owner="integration", proof="record", source="made up", as_of="2026-12-02",
            evidence="assumption",
        )
        for name, before in (("labels", 30.0), ("leak check", 5.0))
    )  # fmt: skip
    places = tuple(replace(one, market_kg=4000.0) if one.destination == "Hub" else one for one in plan.scenario.destinations)
    return replace(plan, scenario=replace(plan.scenario, gates=gates, destinations=places))


def fly_with_faults(store: Operations, plan: OperationsPlan) -> None:
    """Release a plan and fly its year: see the names of this module for what goes wrong."""
    store.append(decide_release(plan, an_order(plan), Standing(), cargo=open_cargo(plan, by="kim")))
    _maintain(store, plan)
    for number, mission in enumerate(sorted(plan.missions, key=lambda one: one.launch_utc)):
        _fly(store, plan, mission.mission_id, number)
    _deliver(store, plan)
    _unpack(store, plan)
    _say(store)
    for contract in plan.scenario.contracts:
        command = Settle(until_utc=plan.scenario.settings.end_utc, evidence="the year is over")
        record_contract(store, contract.contract_id, command, act(END))


def _maintain(store: Operations, plan: OperationsPlan) -> None:
    start = plan.scenario.settings.start_utc + timedelta(days=20)
    issue = orders.IssueWork(order="WO-1", asset_kind="tail", asset="W1", task="wash", limit=Limit(cycles=99))
    steps: list[tuple[float, orders.WorkCommand, str]] = [
        (0, issue, "kim"),
        (1, orders.StartWork(), "kim"),
        (9, orders.SignWork(evidence="seen"), "kim"),
        (9, orders.SignWork(evidence="seen too"), "lee"),
        (10, orders.FinishWork(), "lee"),
    ]
    for day, command, who in steps:
        record_work(store, "WO-1", command, act(start + timedelta(days=day), who))


def _fly(store: Operations, plan: OperationsPlan, name: str, number: int) -> None:
    """The second mission slips, the third is lost; the last one's first gate is waived; the first has an incident."""
    one = plan.mission_named[name]
    assert one.arrive_utc is not None
    assert one.depart_utc is not None
    slip = timedelta(days=SLIP_D if number == 1 else 0)
    launch = one.launch_utc + slip

    def do(command: asked.MissionCommand, at: datetime, by: str = "kim") -> None:
        record_mission(store, name, command, act(at, by))

    early = launch - timedelta(days=25)
    do(asked.EnterPhase(phase="processing"), early)
    state = mission_of(store.stream(f"mission/{name}"))
    assert state is not None
    for gate in state.gates:
        waived = number == 3 and gate.gate == "labels"
        do(asked.WaiveGate(gate=gate.gate, reason="ok") if waived else asked.PassGate(gate=gate.gate, evidence="r"), early)
    do(asked.OpenProcedure(procedure="fuelling", steps=(Step(step="a", text="open"), Step(step="b", text="close"))), early)
    for step in ("a", "b"):
        do(asked.SignStep(procedure="fuelling", step=step, evidence="log"), early)
    if slip:
        do(asked.Slip(launch_utc=launch, reason="weather at the range"), early)
    do(asked.EnterPhase(phase="on pad"), launch - timedelta(days=2))
    do(asked.OpenPoll(), launch - timedelta(hours=3))
    for position in asked.POLL_POSITIONS:
        do(asked.AnswerPoll(position=position, answer="go"), launch - timedelta(hours=2), position)
    do(asked.Launch(), launch)
    do(asked.EnterPhase(phase="phasing"), launch)
    if number == 0:
        do(asked.OpenIncident(incident="valve", severity=3, text="a valve stuck"), launch)
        do(asked.UpdateIncident(incident="valve", severity=2, text="and again"), launch)
    if number == 2:
        do(asked.EnterPhase(phase="lost", evidence="no signal"), launch + timedelta(hours=1))
        return
    do(asked.EnterPhase(phase="docked", evidence="docking report"), one.arrive_utc + slip)
    do(asked.EnterPhase(phase="departed"), one.depart_utc + slip)
    do(asked.EnterPhase(phase="returned"), one.end_utc + slip)


def delivered_rows(plan: OperationsPlan) -> list[tuple[ManifestRow, datetime]]:
    """Rows of the manifest that come to their place, each with when: those of the lost mission never do."""
    order = [one.mission_id for one in sorted(plan.missions, key=lambda one: one.launch_utc)]
    found = []
    for row in plan.manifest:
        if not row.mission_id or row.mission_id == order[2] or row.delivered_utc is None:
            continue
        at = row.delivered_utc + timedelta(days=SLIP_D if row.mission_id == order[1] else 0)
        found.append((row, at + timedelta(days=LATE_D if row.item_id == LATE_LINE else 0)))
    return found


def _deliver(store: Operations, plan: OperationsPlan) -> None:
    said: dict[str, list[tuple[Deliver, Act]]] = {}
    for row, at in sorted(delivered_rows(plan), key=lambda one: (one[1], one[0].item_id)):
        contract = plan.scenario.contract_id(plan.scenario.lines[row.item_id.partition("#")[0]])
        said.setdefault(contract, []).append((Deliver(item_id=row.item_id, evidence="receipt"), act(at)))
    for contract, deliveries in said.items():
        record_deliveries(store, contract, deliveries)


def _unpack(store: Operations, plan: OperationsPlan) -> None:
    """The cargo's record tells that what came up was stowed; one line is damaged."""
    stowed = [(row, at) for row, at in delivered_rows(plan) if row.direction == "up"]
    store.append([a_stowage(f"cargo/{row.item_id}", row.destination, at, row.customer) for row, at in stowed])
    at = next(at for row, at in stowed if row.item_id == DAMAGED_LINE)
    case = OpenCase(
        command_id="case-1", case_id="C-1", at_utc=at, by="cora", about=f"cargo/{DAMAGED_LINE}", said="damaged corner",
        customer="ACME",
    )  # fmt: skip
    record_case(store, case)


def a_stowage(thing: str, place: str, at: datetime, customer: str) -> Draft:
    """The event that an item is at its place, as the cargo's record has it."""
    body: dict[str, Any] = {"where": f"place/{place}", "after": {"stage": "stowed", "custodian": place, "giver": "carrier"}}
    return Draft(
        event_id=f"stowed-{thing}", stream=thing, kind="stowed", body=body, occurred_utc=at, by="cora", tenant=customer
    )


def _say(store: Operations) -> None:
    at = END - timedelta(days=3)
    said: list[tuple[str, parties.PartyCommand, str]] = [
        ("ACME", parties.OpenComplaint(complaint="A-1", text="X5 came late", about="X5"), "kim"),
        ("ACME", parties.AnswerComplaint(complaint="A-1", answer="we are sorry"), "kim"),
        ("ACME", parties.CloseComplaint(complaint="A-1", finding="credit given"), "lee"),
        ("ACME", parties.AskSurvey(survey="S-1", most=5.0), "kim"),
        ("BETA", parties.AskSurvey(survey="S-1", most=10.0), "kim"),
        ("BETA", parties.AskSurvey(survey="S-2", most=10.0), "kim"),
        ("ACME", parties.AnswerSurvey(survey="S-1", score=3.0, text="too late"), "kim"),
        ("BETA", parties.AnswerSurvey(survey="S-1", score=10.0), "kim"),
        ("AIAA", parties.GiveRecognition(title="Logistics award", given_utc=at, evidence="letter 7"), "kim"),
    ]
    for party, command, who in said:
        record_party(store, party, command, act(at, who))
