"""Hours that resources are used and tails are in maintenance, month by month, as it was flown or is planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from supercargo.kernel import days
from supercargo.measure.facts import Facts, MissionFact
from supercargo.measure.intervals import Span, clipped, total_d, without
from supercargo.measure.measured import Counted
from supercargo.track.missions.basis import OwnedTail, UsedResource

__all__ = ["maintenance_rows", "months_of", "resource_rows"]

HOURS_A_DAY = 24.0


def months_of(span: Span) -> Iterator[Span]:
    """Calendar months of a span, UTC, the first and the last cut at its ends."""
    start, end = span
    at = start
    while at < end:
        first = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
        yield at, min(first, end)
        at = first


def resource_rows(facts: Facts, kpi_id: str) -> tuple[Counted, ...]:
    """Hours used and available of each port, pad and facility in each month that is known; no row where none are available."""
    if facts.held is None:
        return ()
    taken = _taken(facts)
    return tuple(
        row for one in facts.held.resources for row in _months(facts, one, taken.get((one.kind, one.resource), []), kpi_id)
    )


def _months(facts: Facts, one: UsedResource, taken: list[Span], kpi_id: str) -> Iterator[Counted]:
    shut = [(closed.from_utc, closed.to_utc) for closed in one.closed]
    for month in months_of(facts.known_span):
        service = (max(one.from_utc or month[0], month[0]), min(one.to_utc or month[1], month[1]))
        if service[0] >= service[1]:
            continue
        open_d = total_d(without(service, shut)) * one.capacity
        if one.kind == "facilities":
            used_d = sum(total_d(clipped([span], month)) for span in taken)
        else:
            used_d = total_d(clipped([(start, end + days(one.turnaround_d)) for start, end in taken], service))
        yield Counted(
            kpi_id=kpi_id,
            object=one.resource,
            counted=one.kind,
            hit=used_d * HOURS_A_DAY,
            whole=open_d * HOURS_A_DAY,
            why="",
            at_utc=month[0],
        )


def _taken(facts: Facts) -> dict[tuple[str, str], list[Span]]:
    """What takes a resource: a port from docking to departure, a pad and a facility while the spacecraft is there."""
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for mission in facts.missions:
        if mission.docked_utc is not None:
            found["ports", f"{mission.destination}/{mission.port}"].append(_stay(mission, mission.docked_utc, facts.as_of_utc))
        found["pads", mission.pad] += mission.on_pad
        found["facilities", mission.facility_id] += mission.processing
    return found


def _stay(mission: MissionFact, docked: datetime, now: datetime) -> Span:
    return docked, mission.departed_utc or mission.ended_utc or max(docked, now)


def maintenance_rows(facts: Facts, kpi_id: str) -> tuple[Counted, ...]:
    """Days in maintenance and days owned of each tail in each month that is known."""
    if facts.held is None:
        return ()
    spans: dict[str, list[Span]] = defaultdict(list)
    tasks: dict[str, str] = {}
    positions: dict[str, int | None] = {}
    for work in facts.work:
        kind, _, name = work.asset.partition("/")
        if kind == "tail":
            spans[name].append(work.span)
            tasks[name], positions[name] = work.task, work.position
    rows = []
    for tail in facts.held.tails:
        for month in months_of(facts.known_span):
            own = _owned(tail, month, facts.missions)
            if own[0] < own[1]:
                resting = clipped(spans[tail.vehicle_id], own)
                rows.append(
                    Counted(
                        kpi_id=kpi_id,
                        object=tail.vehicle_id,
                        counted=tail.vehicle_type,
                        hit=total_d(resting),
                        whole=total_d([own]),
                        why=f"{tail.vehicle_type}: {tasks[tail.vehicle_id]}" if resting else "",
                        at_utc=month[0],
                        position=positions.get(tail.vehicle_id) if resting else None,
                    )
                )
    return tuple(rows)


def _owned(tail: OwnedTail, month: Span, missions: Iterable[MissionFact]) -> Span:
    """The part of a month in which a tail is owned: from ready to the end of the last flight of its life."""
    ends = sorted(one.ended_utc for one in missions if one.vehicle_id == tail.vehicle_id and one.ended_utc is not None)
    until = ends[-1] if ends and len(ends) >= tail.flights_left else month[1]
    return max(month[0], tail.ready_utc), min(month[1], until)
