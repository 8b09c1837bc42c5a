"""A plan opens the cargo: each flown item with its expected journey, and the spacecraft and bays it flies in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from supercargo.kernel import format_utc
from supercargo.model import CargoLine, OperationsPlan
from supercargo.model.plan import ManifestRow, PlannedMission
from supercargo.track.cargo.deciding import decide
from supercargo.track.cargo.life import Life
from supercargo.track.cargo.steps import Plan, Register, Step
from supercargo.track.envelope import GENESIS, Draft, Head, recorded_from

__all__ = ["open_cargo", "opening_steps"]


def open_cargo(
    plan: OperationsPlan, *, by: str = "plan", opened_utc: datetime | None = None, digest: str = ""
) -> tuple[Draft, ...]:
    """What is written to open a plan's cargo in an empty log: containers first, then items in order of name.

    `opened_utc` is the instant of the release (None: the scenario's `as_of_utc`), `digest` names the plan. In a log that has
    events already, put `opening_steps` through `decide` instead: an item that lives keeps its stage and gets the new journey.
    """
    lives: dict[str, Life] = {}
    drafts: list[Draft] = []
    for step in opening_steps(plan, by=by, opened_utc=opened_utc, digest=digest):
        for draft in decide(step, lives):
            before = lives.get(draft.stream, Life.of(draft.stream))
            head = Head(position=len(drafts), hash=GENESIS)
            event = recorded_from(draft, head, version=before.version + 1, recorded_utc=step.at_utc)
            lives[draft.stream] = before.after(event)
            drafts.append(draft)
    return tuple(drafts)


def opening_steps(
    plan: OperationsPlan,
    *,
    by: str = "plan",
    opened_utc: datetime | None = None,
    digest: str = "",
    flown: Collection[str] = (),
) -> tuple[Step, ...]:
    """The steps that open a plan's cargo; items left behind are not opened, nor those of missions that have `flown`."""
    opening = _Opening(digest or plan.scenario.digest or "plan", by, opened_utc or plan.scenario.settings.as_of_utc)
    said = _Said.by(plan)
    rows = (row for row in plan.manifest if row.mission_id and row.mission_id not in flown)
    missions = [mission for mission in plan.missions if mission.mission_id not in flown]
    planned = (_planned(plan, row, said, opening) for row in sorted(rows, key=lambda row: row.item_id))
    return (*_containers(plan, missions, opening), *planned)


@dataclass(frozen=True, slots=True)
class _Opening:
    named: str
    by: str
    at_utc: datetime

    def event(self, thing: str) -> str:
        """The name of the event that opens a thing: the same whenever the same plan is opened."""
        return f"{self.named}/{quote(thing, safe='/#')}"


def _containers(plan: OperationsPlan, missions: Iterable[PlannedMission], opening: _Opening) -> Iterator[Step]:
    known: set[str] = set()
    for mission in missions:
        vehicle = f"container/{mission.vehicle_id}"
        if vehicle in known:
            continue
        known.add(vehicle)
        holder = plan.scenario.vehicle_types[mission.vehicle_type].operator
        yield _register(opening, vehicle, "vehicle", f"site/{mission.site}", holder)
        for bay in plan.bays:
            if bay.mission_id == mission.mission_id:
                yield _register(opening, f"{vehicle}/{bay.bay}", "bay", vehicle, holder)


def _register(opening: _Opening, thing: str, sort: str, where: str, holder: str) -> Register:
    return Register(
        command_id=opening.event(thing), thing=thing, at_utc=opening.at_utc, by=opening.by, sort=sort, where=where,
        custodian=holder,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    """What a plan says of bays and dates, by what it is asked for."""

    bays: Mapping[tuple[str, str], str]
    dates: Mapping[tuple[str, str], tuple[datetime, datetime]]

    @classmethod
    def by(cls, plan: OperationsPlan) -> _Said:
        """The first bay of each item on a mission, and start and end of each kind of activity of a mission."""
        bays: dict[tuple[str, str], str] = {}
        for place in sorted(plan.stowage, key=lambda place: place.bay):
            bays.setdefault((place.mission_id, place.item_id), place.bay)
        return cls(bays, {(a.mission_id, a.kind): (a.start_utc, a.end_utc) for a in plan.activities})


def _planned(plan: OperationsPlan, row: ManifestRow, said: _Said, opening: _Opening) -> Plan:
    mission = plan.mission_named[row.mission_id]
    line = plan.scenario.lines.get(row.item_id.partition("#")[0])
    ways = _up(row, mission, said, line) if row.direction == "up" else _back(row, mission, said)
    journey = tuple({"step": step, "where": where, "at_utc": format_utc(at)} for step, where, at in ways)
    return Plan(
        command_id=opening.event(f"cargo/{row.item_id}"), thing=f"cargo/{row.item_id}", at_utc=opening.at_utc, by=opening.by,
        customer=row.customer, direction=row.direction, pieces=row.pieces, mass_kg=row.mass_kg, mission=row.mission_id,
        destination=row.destination, plan=opening.named, supply_class=row.supply_class, journey=journey,
    )  # fmt: skip


_Way = Iterator[tuple[str, str, datetime]]


def _aboard(row: ManifestRow, mission: PlannedMission, said: _Said) -> str:
    bay = said.bays.get((row.mission_id, row.item_id), "")
    return f"container/{mission.vehicle_id}/{bay}" if bay else f"container/{mission.vehicle_id}"


def _up(row: ManifestRow, mission: PlannedMission, said: _Said, line: CargoLine | None) -> _Way:
    if line is not None:
        yield "received", f"site/{mission.site}", min(line.release_utc, mission.launch_utc)
    _, processed = said.dates.get((row.mission_id, "processing"), (mission.launch_utc, mission.launch_utc))
    late = line is not None and line.late_load
    yield "loaded", _aboard(row, mission, said), mission.launch_utc if late else min(processed, mission.launch_utc)
    yield "launched", f"flight/{mission.mission_id}", mission.launch_utc
    if mission.arrive_utc is not None:
        yield "docked", f"port/{mission.destination}/{mission.port}", mission.arrive_utc
        yield "stowed", f"place/{mission.destination}", row.delivered_utc or mission.arrive_utc


def _back(row: ManifestRow, mission: PlannedMission, said: _Said) -> _Way:
    _, leaves = mission.docked_utc
    _, loading_ends = said.dates.get((row.mission_id, "load"), (leaves, leaves))
    burns = row.direction == "disposal"
    yield "trashed" if burns else "loaded", _aboard(row, mission, said), loading_ends
    if mission.depart_utc is not None:
        yield "undocked", f"flight/{mission.mission_id}", mission.depart_utc
    if burns:
        yield "destroyed", f"entry/{mission.mission_id}", mission.end_utc
    else:
        yield "landed", f"site/{mission.site}", mission.end_utc
        yield "returned", f"customer/{row.customer}", row.delivered_utc or mission.end_utc
