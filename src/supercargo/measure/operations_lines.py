"""Cargo lines as their contracts' streams tell of them: first promised, where they fly now, what was delivered."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from supercargo.measure.facts import LineFact
from supercargo.measure.operations_missions import MissionTold
from supercargo.track.contracts import events as told
from supercargo.track.envelope import Recorded

__all__ = ["ContractTold", "Delivery", "contract_told", "line_stem", "lines_of", "loads_of"]


def line_stem(written: str) -> str:
    """The line of a part: `ITEM` for `ITEM#2`.

    >>> line_stem("R1#2"), line_stem("R#x")
    ('R1', 'R#x')
    """
    stem, mark, part = written.rpartition("#")
    return stem if mark and part.isdigit() else written


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A part that is delivered, by which mission, on what evidence; `booked`, or by the cargo's record alone."""

    mission_id: str
    at_utc: datetime
    evidence: str
    position: int
    booked: bool = True


@dataclass(slots=True)
class _First:
    """What the first release that told of a line said of it."""

    received_utc: datetime
    mission_id: str
    planned_utc: datetime | None
    position: int


@dataclass(slots=True)
class ContractTold:
    """What a contract's stream has told so far."""

    contract_id: str
    tolerance_d: float = 0.0
    first: dict[str, _First] = field(default_factory=dict)
    parts: dict[str, told.Promise] = field(default_factory=dict)
    dropped: dict[str, told.Promise] = field(default_factory=dict)
    delivered: dict[str, Delivery] = field(default_factory=dict)
    promised_on: dict[str, list[tuple[int, told.Promise]]] = field(default_factory=lambda: defaultdict(list))
    amended: list[int] = field(default_factory=list)  # positions from which on only what is promised anew stands
    last_utc: datetime | None = None

    def tell(self, event: Recorded) -> None:
        """Take in one more event of the stream."""
        said, at = told.CONTRACT_KINDS.read(event), event.occurred_utc
        if said is None:
            return
        self.last_utc = at if self.last_utc is None else max(self.last_utc, at)
        match said:
            case told.ContractOpened(terms=terms):
                self.tolerance_d = terms.value("due_tolerance")
            case told.ContractAmended(terms=terms):
                self.tolerance_d = terms.value("due_tolerance")
                self.amended.append(event.position)
                self.dropped |= {name: one for name, one in self.parts.items() if name not in self.delivered}
                self.parts = {name: one for name, one in self.parts.items() if name in self.delivered}
            case told.LinesPromised(lines=lines):
                for line in lines:
                    self._promise(line, event)
            case told.LineDelivered(item_id=item_id, mission_id=mission_id, evidence=evidence):
                mission_id = mission_id or (self.parts[item_id].mission_id if item_id in self.parts else "")
                self.delivered.setdefault(
                    item_id, Delivery(mission_id=mission_id, at_utc=at, evidence=evidence, position=event.position)
                )

    def _promise(self, line: told.Promise, event: Recorded) -> None:
        stem = line_stem(line.item_id)
        self.promised_on[line.item_id].append((event.position, line))
        if line.item_id in self.delivered:
            return
        self.parts[line.item_id] = line
        for name in [name for name in self.dropped if line_stem(name) == stem]:
            del self.dropped[name]
        if stem not in self.first:
            self.first[stem] = _First(event.occurred_utc, line.mission_id, line.planned_utc, event.position)


def contract_told(contract_id: str, events: Iterable[Recorded]) -> ContractTold:
    """What a contract's stream tells."""
    contract = ContractTold(contract_id)
    for event in events:
        contract.tell(event)
    return contract


def loads_of(contracts: Iterable[ContractTold], missions: Mapping[str, MissionTold]) -> dict[str, tuple[float, float]]:
    """What was aboard each mission up at lift-off, as it was promised then: mass [kg] and volume [m3].

    A promise stands until the next of its item, or until a later plan amends the contract.
    """
    mass: dict[str, list[float]] = defaultdict(list)
    volume: dict[str, list[float]] = defaultdict(list)
    launched = {name: one.launch_position for name, one in missions.items() if one.launch_position is not None}
    for contract in contracts:
        for promises in contract.promised_on.values():
            for at, (position, line) in enumerate(promises):
                amended = bisect_right(contract.amended, position)
                ends = [promises[at + 1][0]] if at + 1 < len(promises) else []
                until = min([*ends, *contract.amended[amended : amended + 1]], default=math.inf)
                lift_off = launched.get(line.mission_id)
                if lift_off is not None and position < lift_off < until and line.direction == "up":
                    mass[line.mission_id].append(line.mass_kg)
                    volume[line.mission_id].append(line.volume_m3 or 0.0)
    return {name: (math.fsum(mass[name]), math.fsum(volume[name])) for name in sorted(launched)}


def lines_of(contract: ContractTold, missions: Mapping[str, MissionTold]) -> Iterator[LineFact]:
    """The lines of a contract in order of name, the parts of each as one; what a later plan no longer names is left behind."""
    stems: dict[str, list[told.Promise]] = defaultdict(list)
    for part in contract.parts.values():
        stems[line_stem(part.item_id)].append(part)
    gone: dict[str, list[told.Promise]] = defaultdict(list)
    for part in contract.dropped.values():
        gone[line_stem(part.item_id)].append(part)
    for stem in sorted({*stems, *gone}):
        yield _line(contract, stem, (stems.get(stem, []), gone.get(stem, [])), missions)


_Parts = tuple[list[told.Promise], list[told.Promise]]


def _line(contract: ContractTold, stem: str, parts: _Parts, missions: Mapping[str, MissionTold]) -> LineFact:
    standing, gone = parts
    every = [*standing, *gone]
    known, first = every[0], contract.first[stem]
    done = [(part, contract.delivered[part.item_id]) for part in standing if part.item_id in contract.delivered]
    waiting = [part for part in standing if part.item_id not in contract.delivered]
    whole = bool(done) and not waiting and not gone
    lost = any(missions[part.mission_id].state == "lost" for part in waiting if part.mission_id in missions)
    left = bool(gone) or any(not part.mission_id for part in waiting)
    last = max((delivery for _, delivery in done), key=lambda one: (one.at_utc, one.position), default=None)
    flown = {delivery.mission_id for _, delivery in done} | {part.mission_id for part in waiting if part.mission_id}
    pieces = [part.pieces for part in every if part.pieces is not None]
    reason = next((part.reason for part in waiting if part.reason), "no longer in the plan in force" if gone else "")
    return LineFact(
        item_id=stem,
        contract_id=contract.contract_id,
        customer=known.customer,
        destination=known.destination,
        direction=known.direction,
        mass_kg=math.fsum(part.mass_kg for part in every),
        due_utc=known.due_utc,
        tolerance_d=contract.tolerance_d,
        must=known.must,
        pieces=math.fsum(pieces) if pieces else None,
        committed_mission=first.mission_id,
        missions=tuple(sorted(flown)),
        received_utc=first.received_utc,
        released_utc=known.released_utc,
        planned_utc=first.planned_utc,
        delivered_utc=last.at_utc if whole and last is not None else None,
        delivered_kg=math.fsum(part.mass_kg for part, _ in done),
        delivered_pieces=math.fsum(part.pieces or 0.0 for part, _ in done),
        deliveries=tuple((delivery.mission_id, delivery.at_utc, part.mass_kg) for part, delivery in done),
        left=left,
        lost=lost,
        documents=_documents(done, missions),
        reason=reason,
        position=last.position if last is not None else first.position,
    )


def _documents(done: list[tuple[told.Promise, Delivery]], missions: Mapping[str, MissionTold]) -> bool | None:
    """Whether each delivered part has evidence and came on a mission all of whose gates were passed on evidence."""
    if not done:
        return None
    return all(
        bool(delivery.evidence.strip()) and delivery.mission_id in missions and missions[delivery.mission_id].papers
        for _, delivery in done
    )
