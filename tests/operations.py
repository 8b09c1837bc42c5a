"""Operations for tests: a store in memory with its views, a released plan, a year flown as it was planned."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from supercargo.app.operations.projections import PROJECTIONS
from supercargo.app.operations.recording import record_contract, record_deliveries, record_mission
from supercargo.model import OperationsPlan
from supercargo.track.acts import Act
from supercargo.track.contracts.deciding import Deliver, Settle
from supercargo.track.envelope import Draft, Receipt
from supercargo.track.event_store import View
from supercargo.track.memory import MemoryStore
from supercargo.track.missions import commands as asked
from supercargo.track.missions.release import ReleaseOrder, Standing, decide_release
from supercargo.track.missions.state import mission_of
from supercargo.track.views import MemoryView, project_all

LATE = datetime(2040, 1, 1, tzinfo=UTC)
DIGEST = "5ca1ab1e" * 8
_names = itertools.count(1)


class MemoryOperations(MemoryStore):
    """A store in memory whose views follow each append."""

    def __init__(self) -> None:
        super().__init__(lambda: LATE)
        self.view = MemoryView.of(PROJECTIONS)

    def append(self, drafts: Sequence[Draft]) -> tuple[Receipt, ...]:
        """Store the drafts and bring the views up to date."""
        before = self.head().position
        receipts = super().append(drafts)
        project_all(PROJECTIONS, self.since(before, limit=1_000_000), self.view)
        return receipts

    @contextmanager
    def reading(self) -> Iterator[View]:
        """The views."""
        yield self.view


def act(at_utc: datetime, by: str = "kim") -> Act:
    """A doing with a name of its own."""
    return Act(command_id=f"c{next(_names)}", by=by, at_utc=at_utc)


def an_order(plan: OperationsPlan, **changes: Any) -> ReleaseOrder:
    """The release of a plan by kim at its `as_of_utc`."""
    told: dict[str, Any] = {"digest": DIGEST, "by": "kim", "at_utc": plan.scenario.settings.as_of_utc}
    return ReleaseOrder(**{**told, **changes})


def released(plan: OperationsPlan) -> MemoryOperations:
    """A store in which a plan is released."""
    store = MemoryOperations()
    store.append(decide_release(plan, an_order(plan), Standing()))
    return store


def ready(store: MemoryOperations, mission_id: str, at_utc: datetime) -> None:
    """Bring a mission to the pad with its gates passed and its poll go."""

    def do(command: asked.MissionCommand, by: str = "kim") -> None:
        record_mission(store, mission_id, command, act(at_utc, by))

    state = mission_of(store.stream(f"mission/{mission_id}"))
    assert state is not None
    do(asked.EnterPhase(phase="processing"))
    do(asked.EnterPhase(phase="on pad"))
    for gate in state.gates:
        do(asked.PassGate(gate=gate.gate, evidence=f"record of {gate.gate}"))
    do(asked.OpenPoll())
    for position in asked.POLL_POSITIONS:
        do(asked.AnswerPoll(position=position, answer="go"), position)


def arrive(store: MemoryOperations, plan: OperationsPlan, mission_id: str, *, back: bool = False) -> None:
    """Fly a mission until it has docked at its instant, or on until it is back."""
    one = plan.mission_named[mission_id]
    assert one.arrive_utc is not None
    assert one.depart_utc is not None
    ready(store, mission_id, plan.scenario.settings.as_of_utc)
    steps: list[tuple[datetime, asked.MissionCommand]] = [
        (one.launch_utc, asked.Launch()),
        (one.launch_utc, asked.EnterPhase(phase="phasing")),
        (one.arrive_utc, asked.EnterPhase(phase="docked", evidence="docking report")),
    ]
    if back:
        steps += [(one.depart_utc, asked.EnterPhase(phase="departed")), (one.end_utc, asked.EnterPhase(phase="returned"))]
    for at, command in steps:
        record_mission(store, mission_id, command, act(at))


def fly(store: MemoryOperations, plan: OperationsPlan) -> None:
    """Fly every mission of a plan at its instants, deliver each line when the plan delivers it, and settle the year."""
    steps: list[tuple[datetime, int, str, asked.MissionCommand]] = []
    for one in plan.missions:
        assert one.arrive_utc is not None
        assert one.depart_utc is not None
        name = one.mission_id
        steps += [
            (one.launch_utc, 0, name, asked.Launch()),
            (one.launch_utc, 1, name, asked.EnterPhase(phase="phasing")),
            (one.arrive_utc, 2, name, asked.EnterPhase(phase="docked", evidence="docking report")),
            (one.depart_utc, 3, name, asked.EnterPhase(phase="departed")),
            (one.end_utc, 4, name, asked.EnterPhase(phase="returned")),
        ]
        ready(store, name, plan.scenario.settings.as_of_utc)
    for at, _, name, command in sorted(steps, key=lambda step: step[:3]):
        record_mission(store, name, command, act(at))
    delivered: dict[str, list[tuple[Deliver, Act]]] = {}
    for row in sorted(plan.manifest, key=lambda row: (row.delivered_utc or LATE, row.item_id)):
        contract_id = plan.scenario.contract_id(plan.scenario.lines[row.item_id.partition("#")[0]])
        if row.delivered_utc is not None and contract_id:
            deliver = Deliver(item_id=row.item_id, evidence="receipt of the place")
            delivered.setdefault(contract_id, []).append((deliver, act(row.delivered_utc)))
    for contract_id, deliveries in delivered.items():
        record_deliveries(store, contract_id, deliveries)
    end = plan.scenario.settings.end_utc
    for contract in plan.scenario.contracts:
        record_contract(store, contract.contract_id, Settle(until_utc=end, evidence="the year is over"), act(LATE))
