"""A command on a mission, a work order, a conflict or a contract is decided on its stream and stored; repeated, it is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime
from itertools import takewhile
from typing import Protocol

from supercargo.app.operations.deciding import record_on
from supercargo.app.operations.known import asset_known, customer_known, not_before_release, objects_known
from supercargo.kernel import Refused
from supercargo.track.acts import Act
from supercargo.track.contracts.deciding import (
    ContractCommand,
    ContractState,
    Deliver,
    carrier_of,
    contract_of,
    decide_contract,
    evolve_contract,
)
from supercargo.track.coordination.log import (
    CoordinationCommand,
    Offer,
    SeeConflict,
    conflict_of,
    decide_coordination,
    decide_offers,
)
from supercargo.track.coordination.slips import slip_conflicts, slip_streams
from supercargo.track.envelope import Draft, Head, Receipt, Recorded, Statement, recorded_from
from supercargo.track.event_store import EventStore, View
from supercargo.track.maintenance.orders import IssueWork, RecordUse, WorkCommand, decide_use, decide_work, order_of
from supercargo.track.maintenance.view import overdue_work
from supercargo.track.missions.commands import Launch, MissionCommand, Slip
from supercargo.track.missions.deciding import decide
from supercargo.track.missions.state import MissionState, mission_of
from supercargo.track.parties.deciding import GiveRecognition, PartyCommand, PartyState, decide_party, party_of

__all__ = [
    "Operations",
    "conflicts_foreseen",
    "first_told_utc",
    "record_conflict",
    "record_contract",
    "record_deliveries",
    "record_mission",
    "record_offers",
    "record_party",
    "record_use",
    "record_work",
]


class Operations(EventStore, Protocol):
    """A store of events whose views can be read."""

    def reading(self) -> AbstractContextManager[View]:
        """The views as they stand at one instant."""


def record_mission(store: Operations, mission_id: str, command: MissionCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a mission. Raises Refused with what is missing; a launch is held to gates, poll and work too.

    A slip that takes a port which another has, or leaves the period that was asked for, opens a conflict with it.
    """

    def decided(state: MissionState | None) -> tuple[Draft, ...]:
        not_before_release(store, f"mission/{mission_id}", act)
        overdue = _overdue(store, state, act) if isinstance(command, Launch) and state else ()
        drafts = decide(state, command, act, overdue=overdue)
        return (*drafts, *_conflicts(store, state, drafts, act)) if isinstance(command, Slip) and state else drafts

    return record_on(store, f"mission/{mission_id}", act, mission_of, decided)


def _conflicts(store: Operations, state: MissionState, slip: Sequence[Draft], act: Act) -> tuple[Draft, ...]:
    """The conflicts that a slip opens; of one told again those that it has opened, whatever stands now."""
    if any(event.event_id == slip[0].event_id for event in store.stream(slip[0].stream)):
        opened = (event for stream in slip_streams(state) for event in store.stream(stream)[:1])
        return tuple(_as_drafted(event) for event in opened)
    with store.reading() as view:
        near = sorted(row["mission_id"] for row in view.find("missions", "destination", state.flight.destination))
    return slip_conflicts(state, slip, _flights(store, near).values(), act)


def conflicts_foreseen(store: Operations, mission_id: str, command: Slip, act: Act) -> tuple[str, ...]:
    """What conflicts a slip would open, in words; nothing is stored. Raises Refused where it could not be recorded."""
    state = mission_of(store.stream(f"mission/{mission_id}"))
    drafts = decide(state, command, act)
    assert state is not None  # decide refuses a mission that is not open
    return tuple(str(draft.body["text"]) for draft in _conflicts(store, state, drafts, act))


def _as_drafted(event: Recorded) -> Draft:
    said = {declared.name: getattr(event, declared.name) for declared in fields(Statement)}
    return Draft(**said, expected_version=event.version - 1)


def _overdue(store: Operations, state: MissionState, act: Act) -> tuple[str, ...]:
    flight = state.flight
    assets = (f"tail/{flight.vehicle_id}", f"pad/{flight.site}/{flight.pad}", f"facility/{flight.facility_id}")
    with store.reading() as view:
        return overdue_work(assets, view, act.at_utc)


def record_work(store: Operations, order: str, command: WorkCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a work order. Raises Refused with what is missing."""
    if isinstance(command, IssueWork) and command.order != order:
        raise Refused("the order has two names", fix="give one", where=f"workorder/{order}")
    if isinstance(command, IssueWork):
        with store.reading() as view:
            asset_known(view, f"{command.asset_kind}/{command.asset}")
    return record_on(store, f"workorder/{order}", act, order_of, lambda state: decide_work(state, command, act))


def record_use(store: EventStore, command: RecordUse, act: Act) -> tuple[Receipt, ...]:
    """Record hours or cycles of an asset. Raises Refused for what is no use."""
    stream = f"asset/{command.asset_kind}/{command.asset}"
    return record_on(store, stream, act, _version, lambda version: decide_use(version, command, act))


def first_told_utc(store: EventStore, command_id: str, now_utc: datetime) -> datetime:
    """When something that names no instant happened: now, or, told again under the same name, when it was told first."""
    for name in (command_id, f"{command_id}.1"):
        known = store.named(name)
        if known is not None:
            return known.occurred_utc
    return now_utc


def _version(events: Iterable[Recorded]) -> int:
    return sum(1 for _ in events)


def record_conflict(store: Operations, conflict: str, command: CoordinationCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a conflict. Raises Refused with what is missing."""
    if isinstance(command, SeeConflict) and command.conflict != conflict:
        raise Refused("the conflict has two names", fix="give one", where=f"coordination/{conflict}")
    stream = f"coordination/{conflict}"
    if isinstance(command, SeeConflict):
        with store.reading() as view:
            objects_known(view, command.objects, stream)
    return record_on(store, stream, act, conflict_of, lambda state: decide_coordination(state, command, act))


def record_offers(store: Operations, conflict: str, offers: Sequence[Offer], act: Act) -> tuple[Receipt, ...]:
    """Record several ways out of a conflict as one: all of them, or none. Raises Refused for the first that is not lawful."""
    return record_on(store, f"coordination/{conflict}", act, conflict_of, lambda state: decide_offers(state, offers, act))


def record_contract(store: EventStore, contract_id: str, command: ContractCommand, act: Act) -> tuple[Receipt, ...]:
    """Record a command on a contract. Raises Refused with what is missing; a delivery is held to the mission's own record."""

    def decided(state: ContractState | None) -> tuple[Draft, ...]:
        return decide_contract(state, command, act, flights=_flights(store, (carrier_of(state, command),)))

    return record_on(store, f"contract/{contract_id}", act, contract_of, decided)


def record_party(store: Operations, party: str, command: PartyCommand, act: Act) -> tuple[Receipt, ...]:
    """Record what a customer says of the service, or what others recognise. Raises Refused with what is missing."""
    stream = f"party/{party}"
    if not isinstance(command, GiveRecognition):
        with store.reading() as view:
            customer_known(view, party, stream)

    def decided(state: PartyState) -> tuple[Draft, ...]:
        return decide_party(state, command, act)

    return record_on(store, stream, act, lambda events: party_of(party, events), decided)


def _flights(store: EventStore, mission_ids: Iterable[str]) -> dict[str, MissionState]:
    """Missions as they stand; without those that are not open."""
    states = {name: mission_of(store.stream(f"mission/{name}")) for name in sorted(set(mission_ids)) if name}
    return {name: state for name, state in states.items() if state is not None}


def record_deliveries(store: EventStore, contract_id: str, deliveries: Sequence[tuple[Deliver, Act]]) -> tuple[Receipt, ...]:
    """Record many deliveries of a contract as one: all of them, or none. Raises Refused for the first that is not lawful."""
    names = {f"{act.command_id}.1" for _, act in deliveries}
    events = tuple(takewhile(lambda event: event.event_id not in names, store.stream(f"contract/{contract_id}")))
    state = contract_of(events)
    flights = _flights(store, (carrier_of(state, command) for command, _ in deliveries))
    drafts: list[Draft] = []
    for command, act in deliveries:
        for draft in decide_contract(state, command, act, flights=flights):
            version = (state.version if state else 0) + 1
            state = evolve_contract(state, recorded_from(draft, Head(), version=version, recorded_utc=act.at_utc))
            drafts.append(draft)
    return store.append(drafts) if drafts else ()
