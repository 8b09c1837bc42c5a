"""What a year of operations leaves to the next: stock, missions that have not flown with their cargo, who is grounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import as_written, days
from supercargo.model import Blackout, CargoLine, Future, Grounding, MissionRequest, OperationsPlan, Scenario, Tail

__all__ = ["NOTHING_CARRIED", "Carried", "carried_into", "carried_over", "with_carried"]

_SMALLEST_ORDER_KG = 1.0
_PERIOD_D, _DUE_D, _READY_D = 90.0, 60.0, 30.0
"""A carried mission may lift off within so many days of its new date; its cargo is due so long after; ready so long before."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What a year leaves, with its dates as the next year counts them."""

    left_kg: Mapping[tuple[str, str], float]  # stock by place and class
    missions: tuple[MissionRequest, ...] = ()
    tails: tuple[Tail, ...] = ()
    lines: tuple[CargoLine, ...] = ()
    blackouts: tuple[Blackout, ...] = ()
    lost: tuple[str, ...] = ()  # of the missions: lost if they fly
    groundings: tuple[Grounding, ...] = ()


NOTHING_CARRIED = Carried(left_kg={})


def carried_into(scenario: Scenario, carried: Carried) -> Scenario:
    """A year that begins with what the year before left."""
    stock = tuple(
        as_written(replace(row, on_hand_kg=carried.left_kg.get((row.destination, row.supply_class), row.on_hand_kg)))
        for row in scenario.stock
    )
    known = {(row.kind, row.object, row.from_utc) for row in scenario.blackouts}
    return replace(
        scenario,
        stock=stock,
        missions=(*scenario.missions, *carried.missions),
        tails=(*scenario.tails, *carried.tails),
        cargo=(*scenario.cargo, *carried.lines, *_orders(scenario, carried)),
        blackouts=(
            *scenario.blackouts,
            *(row for row in carried.blackouts if (row.kind, row.object, row.from_utc) not in known),
        ),
        digest="",
    )


def _orders(scenario: Scenario, carried: Carried) -> Iterator[CargoLine]:
    """Cargo ordered for stocks that begin lower than the year was drawn for: like its own lines of that class, once more.

    Lines that wait from the year before count first.
    """
    coming: dict[tuple[str, str], float] = {}
    for line in carried.lines:
        coming[line.destination, line.supply_class] = coming.get((line.destination, line.supply_class), 0.0) + line.mass_kg
    alike: dict[tuple[str, str], list[CargoLine]] = {}
    for line in sorted(scenario.cargo, key=lambda one: (one.release_utc, one.item_id)):
        if line.direction == "up":
            alike.setdefault((line.destination, line.supply_class), []).append(line)
    for row in scenario.stock:
        key = row.destination, row.supply_class
        lacking = row.on_hand_kg - carried.left_kg.get(key, row.on_hand_kg) - coming.get(key, 0.0)
        lines, number = alike.get(key, []), 0
        while lacking >= _SMALLEST_ORDER_KG and lines:
            pattern = lines[number % len(lines)]
            mass_kg = min(pattern.mass_kg, lacking) if pattern.form == "bulk" else pattern.mass_kg
            yield as_written(
                replace(pattern, item_id=f"{pattern.item_id}+{number // len(lines) + 1}", mass_kg=mass_kg, must=False)
            )
            lacking, number = lacking - mass_kg, number + 1


def with_carried(future: Future, carried: Carried) -> Future:
    """A future of the year in which carried missions keep the fortune that was drawn for them."""
    return replace(future, lost=(*future.lost, *carried.lost), groundings=(*future.groundings, *carried.groundings))


def carried_over(
    first: OperationsPlan, last: OperationsPlan, future: Future, ready: Mapping[str, datetime], *, mark: str
) -> Carried:
    """What a year leaves to the next, but for the stock: missions that did not lift off, and the cargo first booked on them.

    `ready` holds the lift-off from which each slipped mission can fly. Names get a mark, so that they are new in the next
    year. Cargo that was turned away finds another carrier; cargo that was lost is lost.
    """
    scenario = last.scenario
    back = scenario.settings.end_utc - scenario.settings.start_utc
    flown = {one.mission_id for one in last.missions if one.launch_utc < scenario.settings.end_utc}
    waiting = [request for request in scenario.missions if request.mission_id not in flown]
    names = {request.mission_id: f"{request.mission_id}{mark}" for request in waiting}
    missions = tuple(_mission(scenario, one, ready.get(one.mission_id), back, names[one.mission_id]) for one in waiting)
    starts = {one.mission_id: one.earliest_utc for one in missions}
    return Carried(
        left_kg={},
        missions=missions,
        tails=tuple(_tail(first, scenario, one, names[one.mission_id]) for one in waiting),
        lines=tuple(_lines(first, last, names, starts, mark)),
        blackouts=tuple(_blackouts(scenario, back)),
        lost=tuple(names[name] for name in future.lost if name in names),
        groundings=tuple(
            replace(one, mission_id=names[one.mission_id]) for one in future.groundings if one.mission_id in names
        ),
    )


def _mission(
    scenario: Scenario, request: MissionRequest, ready: datetime | None, back: timedelta, name: str
) -> MissionRequest:
    """The mission in the next year, from the day on which it can fly."""
    settings = scenario.settings
    earliest = max(settings.start_utc, (ready or request.earliest_utc) - back)
    earliest = min(earliest, settings.end_utc - days(_PERIOD_D))
    return as_written(replace(request, mission_id=name, earliest_utc=earliest, latest_utc=earliest + days(_PERIOD_D)))


def _tail(first: OperationsPlan, scenario: Scenario, request: MissionRequest, name: str) -> Tail:
    """The spacecraft that waits with its mission."""
    planned = first.mission_named.get(request.mission_id)
    kind = planned.vehicle_type if planned is not None else request.vehicle_types[0]
    ready = scenario.settings.start_utc - days(365)
    return Tail(vehicle_id=f"{name}-ship", vehicle_type=kind, ready_utc=ready, flights_left=1.0)


def _lines(
    first: OperationsPlan, last: OperationsPlan, names: Mapping[str, str], starts: Mapping[str, datetime], mark: str
) -> Iterator[CargoLine]:
    """Cargo up that was first booked on a waiting mission and has not flown on another."""
    booked = {row.item_id.partition("#")[0]: row.mission_id for row in first.manifest if row.mission_id in names}
    gone: dict[str, float] = {}
    for row in last.manifest:
        if row.mission_id and row.mission_id not in names:
            item = row.item_id.partition("#")[0]
            gone[item] = gone.get(item, 0.0) + row.mass_kg
    for item, mission in sorted(booked.items()):
        line = last.scenario.lines[item]
        rest_kg = round(line.mass_kg - gone.get(item, 0.0), 3)
        if line.direction != "up" or rest_kg < 1.0 or (item in gone and line.form != "bulk"):
            continue
        start = starts[names[mission]]
        yield as_written(
            replace(
                line,
                item_id=f"{item}{mark}",
                mass_kg=rest_kg,
                release_utc=start - days(_READY_D),
                due_utc=None if line.due_utc is None else start + days(_DUE_D),
            )
        )


def _blackouts(scenario: Scenario, back: timedelta) -> Iterator[Blackout]:
    """Stand-downs and ports out that last into the next year."""
    settings = scenario.settings
    for row in scenario.blackouts:
        if row.to_utc > settings.end_utc and ("stands down" in row.reason or row.reason == "port out"):
            yield replace(row, from_utc=settings.start_utc, to_utc=row.to_utc - back)
