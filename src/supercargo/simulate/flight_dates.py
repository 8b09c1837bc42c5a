"""When a mission can lift off that can't at its date: the first chance at which nothing is in its way.

A mission gives way to those whose dates are nearer. What the plan itself agreed is not looked at again: two missions on
their planned dates are in nobody's way.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from supercargo.kernel import days
from supercargo.model import LaunchWindow, OperationsPlan, PlannedMission, PortOut, Scenario, Standdown
from supercargo.plan.windows import find_windows

__all__ = ["BEYOND_D", "Dated", "Yard", "redate", "yard_of"]

BEYOND_D = 365.0
"""How far beyond its period a slipped mission may look for a chance to lift off [d]."""

_ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Dated:
    """A mission at a date: its row of the plan, and by how much it is later than there."""

    row: PlannedMission
    launch_utc: datetime
    stacked: timedelta  # on the pad before lift-off
    prepared: timedelta  # from the start of processing to lift-off
    flown: bool = False
    lost: bool = False

    @property
    def late(self) -> timedelta:
        """How much later than its row."""
        return self.launch_utc - self.row.launch_utc

    @property
    def there(self) -> tuple[datetime, datetime]:
        """Arrival and departure at this date."""
        arrive, depart = self.row.docked_utc
        return arrive + self.late, depart + self.late


Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Yard:
    """What dates hang on: chances to lift off, pads, places, closures that the plan knew of."""

    scenario: Scenario
    chances: Mapping[tuple[str, str, str, str], tuple[LaunchWindow, ...]]
    instants: Mapping[tuple[str, str, str, str], tuple[datetime, ...]]
    closures: Mapping[tuple[str, str], Spans]
    turn: Mapping[tuple[str, str], timedelta]
    range_of: Mapping[str, tuple[str, timedelta]]
    standdowns: list[Standdown] = field(default_factory=list)
    port_outs: list[PortOut] = field(default_factory=list)

    def window_at(self, row: PlannedMission, at: datetime) -> LaunchWindow | None:
        """The chance to lift off at an instant."""
        key = _key(row)
        place = bisect_left(self.instants.get(key, ()), at)
        found = self.chances.get(key, ())[place : place + 1]
        return found[0] if found and found[0].launch_utc == at else None


def _key(row: PlannedMission) -> tuple[str, str, str, str]:
    return row.destination, row.site, row.pad, row.launcher


def yard_of(plan: OperationsPlan, standdowns: Iterable[Standdown] = (), port_outs: Iterable[PortOut] = ()) -> Yard:
    """What the dates of a plan hang on; chances are looked for until BEYOND_D after each period."""
    scenario = plan.scenario
    wide = replace(
        scenario,
        missions=tuple(replace(one, latest_utc=one.latest_utc + days(BEYOND_D)) for one in scenario.missions),
    )
    chances: dict[tuple[str, str, str, str], dict[datetime, LaunchWindow]] = {}
    for row in (*find_windows(wide), *plan.windows):
        chances.setdefault((row.destination, row.site, row.pad, row.launcher), {})[row.launch_utc] = row
    closures: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for closed in scenario.blackouts:
        closures.setdefault((closed.kind, closed.object), []).append((closed.from_utc, closed.to_utc))
    ranges = {one.site: (one.range_name or one.site, days(one.range_spacing_d)) for one in scenario.sites}
    return Yard(
        scenario=scenario,
        chances={key: tuple(rows[at] for at in sorted(rows)) for key, rows in chances.items()},
        instants={key: tuple(sorted(rows)) for key, rows in chances.items()},
        closures=closures,
        turn={(pad.site, pad.pad): days(pad.turnaround_d) for pad in scenario.pads},
        range_of=ranges,
        standdowns=list(standdowns),
        port_outs=list(port_outs),
    )


def redate(yard: Yard, waiting: Mapping[str, tuple[Dated, datetime]], flown: Iterable[Dated]) -> dict[str, datetime]:
    """New lift-offs of the missions that wait, each with its date and the earliest that holds for it; only those that move.

    The one that can lift off first has its date first; the others give way to it.
    """
    fixed = list(flown)
    queue = [(max(one.launch_utc, not_before), name) for name, (one, not_before) in waiting.items()]
    heapq.heapify(queue)
    moved: dict[str, datetime] = {}
    while queue:
        at, name = heapq.heappop(queue)
        one = waiting[name][0]
        free = _first_free(yard, one, at, fixed)
        if free > at:
            heapq.heappush(queue, (free, name))
            continue
        fixed.append(replace(one, launch_utc=at))
        if at > one.launch_utc:
            moved[name] = at
    return moved


def _first_free(yard: Yard, one: Dated, at: datetime, fixed: Sequence[Dated]) -> datetime:
    """The first chance from an instant on at which nothing is in the way; the instant itself where none is listed."""
    instants = yard.instants.get(_key(one.row), ())
    for _ in range(_ROUNDS):
        planned = at == one.row.launch_utc
        place = bisect_left(instants, at)
        chance = at if planned else instants[place] if place < len(instants) else at
        bound = max(_bounds(yard, replace(one, launch_utc=chance), fixed), default=chance)
        if bound <= chance:
            return chance
        at = bound
    return at


def _bounds(yard: Yard, one: Dated, fixed: Sequence[Dated]) -> Iterator[datetime]:
    """Later lift-offs that what is in the way asks for."""
    yield from _grounded(yard, one)
    yield from _out(yard, one)
    if one.late:
        yield from _closed(yard, one)
    for other in fixed:
        if one.late or other.late or other.lost:
            yield from _beside(yard, one, other)


def _grounded(yard: Yard, one: Dated) -> Iterator[datetime]:
    row, at = one.row, one.launch_utc
    for down in yard.standdowns:
        struck = row.launcher in down.launchers or row.vehicle_type in down.vehicle_types
        if struck and down.from_utc <= at < down.to_utc:
            yield down.to_utc


def _out(yard: Yard, one: Dated) -> Iterator[datetime]:
    arrive, depart = one.there
    for out in yard.port_outs:
        same = (out.destination, out.port) == (one.row.destination, one.row.port)
        if same and arrive < out.to_utc and depart > out.from_utc:
            yield one.launch_utc + (out.to_utc - arrive)


def _closed(yard: Yard, one: Dated) -> Iterator[datetime]:
    """Closures that the plan knew of; one on its planned date has been held to them."""
    row, at = one.row, one.launch_utc
    arrive, depart = one.there
    lifting = (("site", row.site), ("pad", f"{row.site}/{row.pad}"), ("launcher", row.launcher), ("vehicle", row.vehicle_type))
    for key in lifting:
        yield from (last for first, last in yard.closures.get(key, ()) if first <= at < last)
    for first, last in yard.closures.get(("destination", row.destination), ()):
        if first <= arrive < last:
            yield at + (last - arrive)
    for first, last in yard.closures.get(("port", f"{row.destination}/{row.port}"), ()):
        if arrive < last and depart > first:
            yield at + (last - arrive)


def _beside(yard: Yard, one: Dated, other: Dated) -> Iterator[datetime]:
    """Pad, range, tail, port and place that another mission holds."""
    mine, theirs, at, when = one.row, other.row, one.launch_utc, other.launch_utc
    pad = (mine.site, mine.pad)
    if pad == (theirs.site, theirs.pad):
        turn = yard.turn.get(pad, timedelta(0))
        if at - one.stacked < when + turn and when - other.stacked < at + turn:
            yield when + turn + one.stacked
    (range_name, spacing), (their_range, _) = yard.range_of[mine.site], yard.range_of[theirs.site]
    if range_name == their_range and abs(at - when) < spacing:
        yield when + spacing
    if mine.vehicle_id == theirs.vehicle_id and not other.lost:
        turn = days(yard.scenario.vehicle_types[mine.vehicle_type].turnaround_d)
        back, mine_back = theirs.end_utc + other.late + turn, mine.end_utc + one.late + turn
        if at - one.prepared < back and when - other.prepared < mine_back:
            yield back + one.prepared
    if other.lost or mine.destination != theirs.destination:
        return
    place = yard.scenario.places[mine.destination]
    arrive, depart = one.there
    came, left = other.there
    if mine.port == theirs.port and arrive < left + days(place.clearance_d) and came < depart + days(place.clearance_d):
        yield at + (left + days(place.clearance_d) - arrive)
    apart = days(place.arrival_spacing_d)
    if abs(arrive - came) < apart:
        yield at + (came + apart - arrive)
