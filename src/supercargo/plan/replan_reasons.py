"""Why a mission departs from the old plan: the event that names it, what closes its old way, or who stands there now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from supercargo.kernel import format_utc
from supercargo.model import Event, Flight, Loss, OperationsPlan, PortOut, Scenario, Slip, Standdown, TablesEdited
from supercargo.plan.replan_schedule import Old, Resettled, old_option
from supercargo.plan.schedule_calendar import Calendar
from supercargo.plan.schedule_options import Option, uses_of
from supercargo.plan.schedule_pools import Pool
from supercargo.solve.scheduling import FOREVER, Use

__all__ = ["Reasons", "grounds", "struck_by"]

WORDS: Mapping[str, str] = {
    "pad": "pad {member}",
    "range": "range {member}",
    "facility": "facility {member}",
    "port": "port {member}",
    "arrival": "the approach to {member}",
    "crew": "the handling hours of {member}",
    "tail": "tail {member}",
    "flights": "the last flight of tail {member}",
}

FLOWN = "a mission that has flown"


def grounds(event: Event, flight: Flight) -> bool:
    """Whether an event closes the date, ship or port that a flight had."""
    if isinstance(event, Slip | Loss):
        return event.mission_id == flight.mission_id
    if isinstance(event, Standdown):
        family = flight.launcher in event.launchers or flight.vehicle_type in event.vehicle_types
        return family and event.from_utc <= flight.launch_utc < event.to_utc
    if isinstance(event, PortOut):
        there = (flight.destination, flight.port) == (event.destination, event.port)
        return there and flight.arrive_utc < event.to_utc and flight.depart_utc > event.from_utc
    return isinstance(event, TablesEdited) and flight.mission_id in event.names("missions.csv")


def struck_by(events: Sequence[Event], old: Old) -> tuple[str, ...]:
    """Missions that the events name, or whose old date, ship or port they close; flown ones only where they are lost."""
    return tuple(
        name
        for name, flight in sorted(old.flights.items())
        for event in events
        if grounds(event, flight) and (name not in old.flown.names or isinstance(event, Loss))
    )


class Reasons:
    """What stands in the way of each old flight in the new schedule."""

    def __init__(self, scenario: Scenario, events: Sequence[Event], old: Old, settled: Resettled) -> None:
        self.scenario, self.events, self.old, self.settled = scenario, events, old, settled
        self.contracted = {request.mission_id: request.latest_utc for request in scenario.missions}
        self.struck = frozenset(struck_by(events, old))

    @cached_property
    def _taken(self) -> Mapping[int, tuple[tuple[Use, str], ...]]:
        """What missions take of each pool in the new schedule, by pool; a mission's name with each use."""
        found: dict[int, list[tuple[Use, str]]] = {}
        market = self.settled.market
        for number, index in enumerate(self.settled.chosen):
            for use in uses_of(self.scenario, market.yard, market.options[index]) if index >= 0 else ():
                found.setdefault(use.resource, []).append((use, market.missions[number].mission_id))
        for use, _ in self.settled.held:
            found.setdefault(use.resource, []).append((use, FLOWN))
        return {resource: tuple(rows) for resource, rows in found.items()}

    def agreed_latest(self, mission_id: str) -> datetime:
        """Last lift-off that the contract and the events let a mission have."""
        return self.contracted[mission_id]

    def of_mission(self, plan: OperationsPlan, mission_id: str) -> str:
        """One sentence: why a mission departs from its old flight."""
        flight = self.old.flights.get(mission_id)
        named = [_grounded_by(event, flight) for event in self.events if flight is not None and grounds(event, flight)]
        if named:
            return "; ".join(named)
        unflown = {row.mission_id: row.reason for row in plan.unflown}
        if flight is None:
            return unflown.get(mission_id, self._new_by(mission_id) or "what the event frees lets it fly")
        clash = self._clash(flight)
        if mission_id in unflown:
            return unflown[mission_id]
        now = plan.mission_named.get(mission_id)
        if not clash and now is not None and now.launch_utc == flight.launch_utc and now.vehicle_type == flight.vehicle_type:
            return "its date stays; what it had goes to another mission, and it gets the like"
        return clash or "nothing forces it: its cargo is worth more this way than keeping the old date costs"

    def unflown(self, plan: OperationsPlan, mission_id: str) -> str:
        """Why a mission does not fly any more: what the schedule says of it, or who has taken it out."""
        reason = next((row.reason for row in plan.unflown if row.mission_id == mission_id), "")
        return reason or self.of_mission(plan, mission_id)

    def _new_by(self, mission_id: str) -> str:
        """Who has added a mission; empty where it was there before."""
        tables = (event for event in self.events if isinstance(event, TablesEdited))
        came = (event.source for event in tables for row in event.changes if row.came and row.key == mission_id)
        return next((f"its row of missions.csv is new in {source}" for source in came), "")

    def _clash(self, flight: Flight) -> str:
        """Who stands where the old flight would be; empty where nobody does."""
        market, start_utc = self.settled.market, self.scenario.settings.start_utc
        before = [option for option in market.options if self._is(option, flight, start_utc)]
        if not before:
            return "its old way is no longer lawful"
        calendar = Calendar(market.yard)  # its blocks are what flown missions hold
        calendar.book(use for rows in self._taken.values() for use, name in rows if name not in (flight.mission_id, FLOWN))
        told = [
            _said(self.scenario, market.yard.pools[use.resource], self._rivals(flight, use))
            for use in uses_of(self.scenario, market.yard, before[0])
            if not calendar.fits(use)
        ]
        return "; ".join(told[:2])

    def _rivals(self, flight: Flight, wanted: Use) -> list[tuple[Use, str]]:
        """Who takes a pool of the old flight at some instant of it."""
        return [
            (use, name)
            for use, name in self._taken.get(wanted.resource, ())
            if name != flight.mission_id and use.start < wanted.end and use.end > wanted.start
        ]

    def _is(self, option: Option, flight: Flight, start_utc: datetime) -> bool:
        market = self.settled.market
        mine = market.missions[option.mission].mission_id == flight.mission_id
        return mine and old_option(market, flight, option, start_utc)


def _grounded_by(event: Event, flight: Flight) -> str:
    if not isinstance(event, TablesEdited):
        return str(event)
    done = "edited" if flight.mission_id in event.scenario.requests else "taken out"
    return f"its row of missions.csv is {done} by {event.source}"


def _said(scenario: Scenario, pool: Pool, rivals: Sequence[tuple[Use, str]]) -> str:
    ends = [use.end for use, _ in rivals if use.end < FOREVER]
    until = f" until {format_utc(scenario.settings.start_utc + timedelta(seconds=max(ends)))[:10]}" if ends else ""
    names = ", ".join(dict.fromkeys(name for _, name in rivals)) or "what is closed"
    what = WORDS.get(pool.kind, pool.kind).format(member=" or ".join(sorted(set(pool.members))))
    return f"{what} is taken by {names}{until}"
