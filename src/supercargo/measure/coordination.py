"""How missions of a plan hang together: how many are where at once, and who waits for what another gives back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from supercargo.kernel import days, days_between
from supercargo.model import OperationsPlan

__all__ = ["STATES", "AtOnce", "Coupling", "Reach", "at_once", "couplings", "most_at_once", "reach_of"]

STATES: Mapping[str, str] = {
    "processing": "in processing", "pad": "on the pad", "phasing": "on the way", "dock": "docked", "return": "on the way back",
}  # fmt: skip
"""Kinds of activity of which a mission is in one at a time, and what a reader calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce:
    """Missions in each state at an instant, in the order of STATES."""

    at_utc: datetime
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupling:
    """A mission takes what another gives back: `room_d` is the delay of the first that the second does not feel."""

    kind: str
    resource: str
    mission_id: str
    next_id: str
    room_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The missions that a delay of one mission moves, directly or through others, if nobody plans anew."""

    mission_id: str
    launch_utc: datetime
    delay_d: float
    moved: tuple[str, ...]


def at_once(plan: OperationsPlan, *, every_d: float = 7.0) -> tuple[AtOnce, ...]:
    """Missions in each state at the start of the horizon and every so many days after it [d]."""
    start, end = plan.scenario.settings.start_utc, plan.scenario.settings.end_utc
    spans = [(one.kind, one.start_utc, one.end_utc) for one in plan.activities if one.kind in STATES]
    rows, at = [], start
    while at < end:
        counts = (sum(kind == state and first <= at < last for kind, first, last in spans) for state in STATES)
        rows.append(AtOnce(at_utc=at, counts=tuple(counts)))
        at += days(every_d)
    return tuple(rows)


def most_at_once(plan: OperationsPlan, states: Sequence[str] = tuple(STATES)) -> int:
    """Most missions that are in one of some states at the same instant."""
    spans = [(one.start_utc, one.end_utc) for one in plan.activities if one.kind in states]
    return max((sum(first <= at < last for first, last in spans) for at, _ in spans), default=0)


def couplings(plan: OperationsPlan) -> tuple[Coupling, ...]:
    """Every pair of missions that follow each other at a docking place, on a pad or with a tail, the least room first.

    A docking place is free after its clearance, a pad and a tail after their turnaround.
    """
    found = [*_ports(plan), *_pads(plan), *_tails(plan)]
    return tuple(sorted(found, key=lambda one: (one.room_d, one.kind, one.resource, one.mission_id)))


_Use = tuple[datetime, datetime, str]  # taken, free again, mission


def _followed(kind: str, uses: Mapping[str, list[_Use]]) -> Iterator[Coupling]:
    for resource, own in uses.items():
        for before, after in pairwise(sorted(own)):
            room_d = days_between(before[1], after[0])
            yield Coupling(kind=kind, resource=resource, mission_id=before[2], next_id=after[2], room_d=room_d)


def _ports(plan: OperationsPlan) -> Iterator[Coupling]:
    places = plan.scenario.places
    uses: dict[str, list[_Use]] = defaultdict(list)
    for one in plan.missions:
        if not one.lost:
            clear = days(places[one.destination].clearance_d)
            uses[f"{one.destination}/{one.port}"].append((one.docked_utc[0], one.docked_utc[1] + clear, one.mission_id))
    return _followed("docking place", uses)


def _pads(plan: OperationsPlan) -> Iterator[Coupling]:
    turnaround_d = {f"{pad.site}/{pad.pad}": pad.turnaround_d for pad in plan.scenario.pads}
    uses: dict[str, list[_Use]] = defaultdict(list)
    for one in plan.activities:
        if one.kind == "pad":
            again = one.end_utc + days(turnaround_d.get(one.resource_id, 0.0))
            uses[one.resource_id].append((one.start_utc, again, one.mission_id))
    return _followed("pad", uses)


def _tails(plan: OperationsPlan) -> Iterator[Coupling]:
    begun = {one.mission_id: one.start_utc for one in plan.activities if one.kind == "processing"}
    kinds = plan.scenario.vehicle_types
    uses: dict[str, list[_Use]] = defaultdict(list)
    for one in plan.missions:
        if one.vehicle_id and one.mission_id in begun and one.vehicle_type in kinds:
            again = one.end_utc + days(kinds[one.vehicle_type].turnaround_d)
            uses[one.vehicle_id].append((begun[one.mission_id], again, one.mission_id))
    return _followed("spacecraft", uses)


def reach_of(plan: OperationsPlan, coupled: Sequence[Coupling], delay_d: float) -> tuple[Reach, ...]:
    """What a delay of each mission moves, the widest reach first; a delay is passed on less the room that swallows it [d]."""
    following: dict[str, list[Coupling]] = defaultdict(list)
    for one in coupled:
        following[one.mission_id].append(one)
    rows = [
        Reach(
            mission_id=one.mission_id,
            launch_utc=one.launch_utc,
            delay_d=delay_d,
            moved=_moved(one.mission_id, following, delay_d),
        )
        for one in plan.missions
    ]
    return tuple(sorted(rows, key=lambda row: (-len(row.moved), row.launch_utc, row.mission_id)))


def _moved(mission_id: str, following: Mapping[str, list[Coupling]], delay_d: float) -> tuple[str, ...]:
    late = {mission_id: delay_d}
    open_missions = [mission_id]
    while open_missions:
        at = open_missions.pop()
        for one in following.get(at, ()):
            passed_d = late[at] - max(0.0, one.room_d)
            if passed_d > late.get(one.next_id, 0.0) + 1e-9:
                late[one.next_id] = passed_d
                open_missions.append(one.next_id)
    return tuple(sorted(late.keys() - {mission_id}))
