"""Events to the scenario that is planned anew: periods move, ports close, families stand down, lines come, use changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from supercargo.kernel import Fault, as_written, days, days_between
from supercargo.model import (
    Blackout,
    Demand,
    DemandShift,
    Event,
    Loss,
    MissionRequest,
    OperationsPlan,
    PlannedMission,
    PortOut,
    Rate,
    Scenario,
    Slip,
    Standdown,
    TablesEdited,
    Urgent,
)
from supercargo.plan.demand import MONTH_D, use_by_day
from supercargo.plan.replan_tables import table_faults

__all__ = ["default_as_of", "event_faults", "lost_missions", "slips_of", "stretch_of", "upset_scenario"]

_LEAST_STRETCH_D = 30.0
_MOST_STRETCH_D = 120.0


def slips_of(events: Iterable[Event]) -> Mapping[str, Slip]:
    """Slips by mission."""
    return {event.mission_id: event for event in events if isinstance(event, Slip)}


def lost_missions(events: Iterable[Event]) -> frozenset[str]:
    """Missions that are lost."""
    return frozenset(event.mission_id for event in events if isinstance(event, Loss))


def default_as_of(plan: OperationsPlan, events: Iterable[Event]) -> datetime:
    """Events are known when the scenario's facts are, and a loss when the mission has lifted off."""
    lost = (plan.mission_named[name].launch_utc for name in lost_missions(events) if name in plan.mission_named)
    return max((plan.scenario.settings.as_of_utc, *lost))


def event_faults(plan: OperationsPlan, events: Sequence[Event], as_of_utc: datetime) -> tuple[Fault, ...]:
    """What keeps events from having happened to a plan, or from having happened together; every fault at once."""
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, event in enumerate(events, 1):
        where = f"event {number}"
        if isinstance(event, TablesEdited):
            faults += [Fault(where, 0, "", str(one), one.fix) for one in table_faults(plan, event, as_of_utc)]
        else:
            faults += [Fault(where, 0, "", what, fix) for what, fix in _fault_of(plan, event, as_of_utc)]
        for subject in _subjects(event):
            first = seen.setdefault(subject, number)
            if first != number:
                clash = f"{event} and {events[first - 1]} exclude each other: both say what becomes of {subject}"
                faults.append(Fault(where, 0, "", clash, f"keep one of event {first} and event {number}"))
        for first, earlier in enumerate(events[: number - 1], 1):
            shut = _both_shut(earlier, event)
            if shut:
                clash = f"{event} and {earlier} exclude each other: both say until when {shut} is shut"
                faults.append(Fault(where, 0, "", clash, f"give one span in place of event {first} and event {number}"))
    return tuple(faults)


def _subjects(event: Event) -> tuple[str, ...]:
    if isinstance(event, Slip | Loss):
        return (event.mission_id,)
    if isinstance(event, DemandShift):
        return (f"{event.supply_class} at {event.destination}",)
    if isinstance(event, Urgent):
        return tuple(f"line {line.item_id}" for line in event.lines)
    if isinstance(event, TablesEdited):
        lines = (f"line {name}" for name in sorted(event.names("cargo.csv")))
        return ("the tables", *sorted(event.names("missions.csv")), *lines)
    return ()


def _both_shut(one: Event, other: Event) -> str:
    """What two events shut in spans that overlap; empty where they shut nothing together."""
    if isinstance(one, PortOut) and isinstance(other, PortOut):
        names = {f"{one.destination}/{one.port}"} & {f"{other.destination}/{other.port}"}
    elif isinstance(one, Standdown) and isinstance(other, Standdown):
        names = {*one.launchers, *one.vehicle_types} & {*other.launchers, *other.vehicle_types}
    else:
        return ""
    overlap = one.from_utc < other.to_utc and other.from_utc < one.to_utc
    return ", ".join(sorted(names)) if overlap else ""


def _launched_in(plan: OperationsPlan, event: Standdown, as_of_utc: datetime) -> list[str]:
    """Missions of a family that have lifted off although it stands down; one lost at its first instant has caused it."""
    return sorted(
        mission.mission_id
        for mission in plan.missions
        if event.from_utc < mission.launch_utc < event.to_utc
        and mission.launch_utc <= as_of_utc
        and (mission.launcher in event.launchers or mission.vehicle_type in event.vehicle_types)
    )


def _fault_of(plan: OperationsPlan, event: Event, as_of_utc: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with one event beside the plan, and the fix."""
    if isinstance(event, Slip | Loss):
        mission = plan.mission_named[event.mission_id]
        flown = mission.launch_utc <= as_of_utc
        if isinstance(event, Slip) and flown:
            yield f"{event.mission_id} has lifted off by the instant of the event", "give an earlier --as-of"
        if isinstance(event, Loss):
            yield from _fault_of_loss(mission, as_of_utc, flown=flown)
    if isinstance(event, Standdown | PortOut):
        settings = plan.scenario.settings
        if event.to_utc <= max(as_of_utc, settings.start_utc) or event.from_utc >= settings.end_utc:
            yield f"{event}, which touches no part of the year that is left to plan", "give dates in it"
        elif isinstance(event, Standdown) and (launched := _launched_in(plan, event, as_of_utc)):
            told = f"{event}, but {', '.join(launched[:5])} lifted off in that span by the instant of the event"
            yield told, "let the span begin after the last of them has lifted off, or give an earlier --as-of"
    if isinstance(event, DemandShift):
        tracked = {(stock.destination, stock.supply_class) for stock in plan.scenario.stock}
        if (event.destination, event.supply_class) not in tracked:
            yield f"{event.supply_class} is no tracked stock of {event.destination}", "name a class and place of stock.csv"
    if isinstance(event, Urgent):
        known = sorted(line.item_id for line in event.lines if line.item_id in plan.scenario.lines)
        if known:
            yield f"{', '.join(known[:5])} of {event.file} stand in the plan already", "give urgent lines names of their own"


def _fault_of_loss(mission: PlannedMission, as_of_utc: datetime, *, flown: bool) -> Iterator[tuple[str, str]]:
    name = mission.mission_id
    if mission.lost:
        yield f"{name} is lost in the plan already", "take the event away"
    elif not flown:
        yield f"{name} has not lifted off by the instant of the event", "give a later --as-of, or let it slip"
    elif mission.arrive_utc is not None and mission.arrive_utc <= as_of_utc:
        yield f"{name} has docked by the instant of the event", "give an --as-of between its lift-off and its docking"


def stretch_of(events: Iterable[Event]) -> timedelta:
    """How far other missions may leave their contracted period [30 d to 120 d]: as long as the longest event lasts."""
    spans = [timedelta(0)]
    for event in events:
        if isinstance(event, Slip):
            spans.append(event.delay)
        elif isinstance(event, Standdown | PortOut):
            spans.append(event.to_utc - event.from_utc)
    return min(max(days(_LEAST_STRETCH_D), *spans), days(_MOST_STRETCH_D))


def upset_scenario(plan: OperationsPlan, events: Sequence[Event], as_of_utc: datetime) -> Scenario:
    """The scenario as it is once the events have happened; facts are known up to `as_of_utc`."""
    scenario = next((event.scenario for event in events if isinstance(event, TablesEdited)), plan.scenario)
    settings = replace(scenario.settings, as_of_utc=as_of_utc)
    slips = slips_of(events)
    missions = tuple(_slipped(plan, request, slips.get(request.mission_id)) for request in scenario.missions)
    scenario = replace(scenario, settings=settings, missions=missions, digest="")
    closed = tuple(row for event in events for row in _closures(plan, event, as_of_utc))
    known = {(row.kind, row.object, row.from_utc) for row in scenario.blackouts}
    new = {(row.kind, row.object, row.from_utc): row for row in closed}
    kept = tuple(row for row in scenario.blackouts if (row.kind, row.object, row.from_utc) not in new)
    joined = tuple(_joined(row, scenario.blackouts) if key in known else row for key, row in sorted(new.items()))
    lines = tuple(line for event in events if isinstance(event, Urgent) for line in event.lines)
    scenario = replace(scenario, blackouts=(*kept, *joined), cargo=(*scenario.cargo, *lines))
    for event in events:
        if isinstance(event, DemandShift):
            scenario = _shifted(scenario, event, as_of_utc)
    return replace(  # as a file will say it, so that what is counted from it holds there too
        scenario,
        demand=tuple(map(as_written, scenario.demand)),
        rates=tuple(map(as_written, scenario.rates)),
        spares=tuple(map(as_written, scenario.spares)),
    )


def _slipped(plan: OperationsPlan, request: MissionRequest, slip: Slip | None) -> MissionRequest:
    if slip is None:
        return request
    earliest = plan.mission_named[request.mission_id].launch_utc + slip.delay
    return replace(request, earliest_utc=earliest, latest_utc=max(earliest, request.latest_utc + slip.delay))


def _joined(row: Blackout, known: Iterable[Blackout]) -> Blackout:
    """Of two closures that begin together the longer holds."""
    alike = [other for other in known if (other.kind, other.object, other.from_utc) == (row.kind, row.object, row.from_utc)]
    return max((*alike, row), key=lambda one: one.to_utc)


def _closures(plan: OperationsPlan, event: Event, as_of_utc: datetime) -> Iterable[Blackout]:
    """Blackouts of an event; one that is closed already stays as it is, and what has flown is let alone."""
    if isinstance(event, Standdown):
        start = max(event.from_utc, as_of_utc + timedelta(seconds=1))
        objects = [("launcher", name) for name in event.launchers] + [("vehicle", name) for name in event.vehicle_types]
        for kind, name in objects:
            yield Blackout(kind=kind, object=name, from_utc=start, to_utc=event.to_utc, reason=f"{event.family} stands down")
    if isinstance(event, PortOut):
        start = event.from_utc
        for mission in sorted(plan.missions, key=lambda one: one.launch_utc):
            arrive_utc, depart_utc = mission.docked_utc
            at_port = (mission.destination, mission.port) == (event.destination, event.port)
            if at_port and mission.launch_utc <= as_of_utc and arrive_utc < event.to_utc and depart_utc > start:
                start = depart_utc  # who is docked there stays until it leaves
        if start < event.to_utc:
            name = f"{event.destination}/{event.port}"
            yield Blackout(kind="port", object=name, from_utc=start, to_utc=event.to_utc, reason="port out")


def _shifted(scenario: Scenario, event: DemandShift, as_of_utc: datetime) -> Scenario:
    """Use of a class at a place changes from an instant on; what was used before stays as it was.

    Rates and failures have no dates. Where use has begun, more of it stands in demand.csv from then on; less of it lowers
    the rates, and demand.csv makes up for that until then.
    """
    place, name, settings = event.destination, event.supply_class, scenario.settings
    start = max(as_of_utc, settings.start_utc)
    begun = start > settings.start_utc
    draws = tuple(row for draw in scenario.demand for row in _scaled_draw(draw, event, start))
    if begun:
        span = (start, settings.end_utc) if event.share > 0.0 else (settings.start_utc, start)
        draws += tuple(_draws_beside(scenario, event, span))
    scenario = replace(scenario, demand=draws)
    if begun and event.share > 0.0:
        return scenario
    return replace(
        scenario,
        rates=tuple(row for rate in scenario.rates for row in _scaled_rate(scenario, rate, event)),
        spares=tuple(
            replace(spare, failures_per_year=spare.failures_per_year * (1.0 + event.share))
            if (spare.destination, spare.supply_class) == (place, name)
            else spare
            for spare in scenario.spares
        ),
    )


def _draws_beside(scenario: Scenario, event: DemandShift, span: tuple[datetime, datetime]) -> Iterable[Demand]:
    """Draws in a span as large as the change of what crew and failures use, month by month.

    Each begins a second late: of two draws of one class and place that begin together a file knows only one.
    """
    start_utc = scenario.settings.start_utc
    use_kg = abs(event.share) * use_by_day(scenario, event.destination, event.supply_class)
    first, last = round(days_between(start_utc, span[0])), round(days_between(start_utc, span[1]))
    for day in range(first, last, MONTH_D):
        until = min(day + MONTH_D, last)
        from_utc = max(span[0], start_utc + timedelta(days=day)) + timedelta(seconds=1)
        yield Demand(
            destination=event.destination,
            supply_class=event.supply_class,
            from_utc=from_utc,
            to_utc=min(span[1], start_utc + timedelta(days=until)),
            kg_per_d=float(use_kg[day:until].mean()),
            basis=str(event),
        )


def _scaled_draw(draw: Demand, event: DemandShift, start: datetime) -> Iterable[Demand]:
    if (draw.destination, draw.supply_class) != (event.destination, event.supply_class) or draw.to_utc <= start:
        yield draw
        return
    if draw.from_utc < start:
        yield replace(draw, to_utc=start)
    kg_per_d = draw.kg_per_d * (1.0 + event.share)
    yield replace(draw, from_utc=max(draw.from_utc, start), kg_per_d=kg_per_d, basis=f"{draw.basis}; {event}")


def _scaled_rate(scenario: Scenario, rate: Rate, event: DemandShift) -> Iterable[Rate]:
    """A rate that holds at the place is split: the others keep it, the place has its own."""
    place = event.destination
    if rate.supply_class != event.supply_class or (rate.destinations and place not in rate.destinations):
        yield rate
        return
    everywhere = tuple(sorted(one.destination for one in scenario.destinations))
    others = tuple(name for name in rate.destinations or everywhere if name != place)
    if others:
        yield replace(rate, destinations=others)
    source = f"{rate.source}; {event}"
    yield replace(rate, destinations=(place,), kg_per_crew_d=rate.kg_per_crew_d * (1.0 + event.share), source=source)
