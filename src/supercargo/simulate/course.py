"""A plan in numbers: what a rule of dispatch needs to fly it, and what each load earns, costs and stands for.

Durations and instants are whole seconds, instants since the start of the horizon.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S
from supercargo.measure.deliveries import line_name
from supercargo.measure.money import CHAIN_TARIFF
from supercargo.measure.occupancy import resource_use
from supercargo.model import CargoLine, ManifestRow, OperationsPlan, PlannedMission, Scenario
from supercargo.simulate.odds import Odds

__all__ = ["NEVER_S", "Course", "Goods", "Money", "Stocks", "Timing", "course_of"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

NEVER_S = 2**61
"""An instant that never comes."""

_DAILY_S = (4 * 3600, 3 * 86_400)  # gaps between lift-off chances that recur; wider ones are seasons


class Timing(NamedTuple):
    """What binds lift-offs; missions stand in the order of the odds."""

    launch: Whole  # [mission]
    transit: Whole  # [mission] lift-off to arrival
    stay: Whole  # [mission] arrival to departure
    home: Whole  # [mission] departure to the end
    processing: Whole  # [mission]
    stacked: Whole  # [mission] on the pad before lift-off
    fixed: Truth  # [mission] has lifted off
    pad: Whole  # [mission]
    pad_turn: Whole  # [mission] pad free again after the lift-off
    facility: Whole  # [mission]
    capacity: Whole  # [facility]
    tail: Whole  # [mission]
    tail_turn: Whole  # [mission] tail ready again after its end
    place: Whole  # [mission]
    spacing: Whole  # [mission] between two arrivals of the place
    ports: Whole  # [mission, choice] port, the planned one first; -1: no more
    clearance: Whole  # [mission] port empty after a departure from its place
    closed: Whole  # [port, closure, 2] nobody may be there from and until; equal: none
    shut: Whole  # [mission, closure, 2] no arrival at its place
    barred: Whole  # [mission, closure, 2] no lift-off from its site and pad, with its launcher and spacecraft
    step: Whole  # [mission] between two chances to lift off; 0: only those listed
    windows: Whole  # [mission, window] listed chances in order; NEVER_S: no more
    grounds: Truth  # [mission, mission] a loss of the first keeps the second on the ground
    end: int  # of the horizon


class Goods(NamedTuple):
    """Loads aboard missions in the plan's order."""

    mission: Whole  # [load]
    delivered: Whole  # [load] as planned
    due: Whole  # [load] NEVER_S: no date
    tolerance: Whole  # [load]
    daily: Floats  # [load] share of the price for each day begun
    cap: Floats  # [load] largest share
    price: Floats  # [load] USD
    chain: Floats  # [load] USD at the catalogue's tariff
    cost: Floats  # [load] USD that a load left behind does not cost
    mass: Floats  # [load] kg
    volume: Floats  # [load] m3
    pieces: Floats  # [load]
    up: Truth  # [load]
    must: Truth  # [load]
    marketed: Truth  # [load] to a place whose market is known
    stock: Whole  # [load] -1: no stock that is followed
    line: Whole  # [load] up line with a due date; -1: none
    drawn: Whole  # [load] place among the up loads of the odds; -1: not up
    ready: Whole  # [load] release and cut-off: the earliest lift-off that it can catch


class Stocks(NamedTuple):
    """Stocks in the order of the odds."""

    on_hand: Floats  # [stock] kg at the start
    reserve: Floats  # [stock] kg
    use: Floats  # [stock, day] kg
    month: Whole  # [day] which factor holds
    known_day: int  # days before it were used as planned


class Money(NamedTuple):
    """Money and sizes by mission, and what the plan owes whatever happens."""

    milestone: Floats  # [mission] USD when it docks
    service: Floats  # [mission] USD borne by the service
    whole: Floats  # [mission] USD, whoever bears it
    docked: Floats  # [mission] USD of the service for the days at the port
    owed: float  # USD for lines that the plan leaves behind
    capacity: Floats  # [mission] kg
    volume: Floats  # [mission] m3
    due_missions: int  # contracted
    lines: int  # up lines with a due date
    line_whole: Truth  # [line] no part of it is left behind by the plan
    market: float  # kg
    port_hours: float  # available


@dataclass(frozen=True, kw_only=True)
class Course:
    """A plan ready to be flown by the rule of dispatch."""

    timing: Timing
    goods: Goods
    stocks: Stocks
    money: Money
    lost: Truth  # [mission] was lost before the facts were known
    missions: tuple[str, ...]
    ports: tuple[str, ...]
    stock_names: tuple[tuple[str, str], ...]


class _Clock:
    """Seconds since the start of the horizon."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def __call__(self, at: datetime) -> int:
        return round((at - self._start).total_seconds())


def course_of(odds: Odds) -> Course:
    """The numbers of a plan, in the order of missions, ports, stocks and up loads of its odds."""
    plan, scenario = odds.plan, odds.plan.scenario
    clock = _Clock(scenario.settings.start_utc)
    return Course(
        timing=_timing(odds, clock),
        goods=_goods(odds, clock),
        stocks=_stocks(odds),
        money=_money(plan, odds.missions),
        lost=np.array([mission.lost for mission in odds.missions], dtype=bool),
        missions=tuple(mission.mission_id for mission in odds.missions),
        ports=tuple(f"{place}/{port}" for place, port in odds.ports),
        stock_names=tuple((use.destination, use.supply_class) for use in odds.uses),
    )


def _numbered(names: Iterable[str]) -> tuple[dict[str, int], Whole]:
    listed = list(names)
    places = {name: at for at, name in enumerate(dict.fromkeys(listed))}
    return places, np.array([places[name] for name in listed], dtype=np.int64)


def _whole(values: Iterable[float]) -> Whole:
    return np.array([round(value) for value in values], dtype=np.int64)


def _timing(odds: Odds, clock: _Clock) -> Timing:
    scenario, missions = odds.plan.scenario, odds.missions
    spans = {(one.mission_id, one.kind): one for one in odds.plan.activities}

    def length_s(mission: PlannedMission, kind: str) -> float:
        span = spans.get((mission.mission_id, kind))
        return (span.end_utc - span.start_utc).total_seconds() if span else 0.0

    facilities, facility = _numbered(one.facility_id for one in missions)
    room = {one.facility_id: one.capacity for one in scenario.facilities}
    turns = {(pad.site, pad.pad): pad.turnaround_d for pad in scenario.pads}
    docked = [one.docked_utc for one in missions]
    listed = [_chances(odds.plan, one, clock) for one in missions]
    widest = max((len(times) for _, times in listed), default=0)
    return Timing(
        launch=_whole(clock(one.launch_utc) for one in missions),
        transit=_whole((span[0] - one.launch_utc).total_seconds() for one, span in zip(missions, docked, strict=True)),
        stay=_whole((span[1] - span[0]).total_seconds() for span in docked),
        home=_whole((one.end_utc - span[1]).total_seconds() for one, span in zip(missions, docked, strict=True)),
        processing=_whole(length_s(one, "processing") for one in missions),
        stacked=_whole(length_s(one, "pad") for one in missions),
        fixed=~odds.ahead,
        pad=_numbered(f"{one.site}/{one.pad}" for one in missions)[1],
        pad_turn=_whole(turns.get((one.site, one.pad), 0.0) * DAY_S for one in missions),
        facility=facility,
        capacity=_whole(room.get(name, len(missions)) for name in facilities),
        tail=_numbered(one.vehicle_id for one in missions)[1],
        tail_turn=_whole(scenario.vehicle_types[one.vehicle_type].turnaround_d * DAY_S for one in missions),
        place=_numbered(one.destination for one in missions)[1],
        spacing=_whole(scenario.places[one.destination].arrival_spacing_d * DAY_S for one in missions),
        ports=_ports(odds),
        clearance=_whole(scenario.places[one.destination].clearance_d * DAY_S for one in missions),
        closed=_closed(odds, clock),
        shut=_boxed([_blackouts(scenario, clock, {("destination", one.destination)}) for one in missions]),
        barred=_boxed([_blackouts(scenario, clock, _lifting(one)) for one in missions]),
        step=_whole(step for step, _ in listed),
        windows=np.array([[*times, *[NEVER_S] * (widest - len(times))] for _, times in listed], dtype=np.int64).reshape(
            len(missions), widest
        ),
        grounds=np.array(
            [[_grounded(one, family[1], family[2]) for one in missions] for family in odds.families], dtype=bool
        ).reshape(len(missions), len(missions)),
        end=clock(scenario.settings.end_utc),
    )


def _grounded(mission: PlannedMission, launchers: Sequence[str], types: Sequence[str]) -> bool:
    return mission.launcher in launchers or mission.vehicle_type in types


def _chances(plan: OperationsPlan, mission: PlannedMission, clock: _Clock) -> tuple[int, list[int]]:
    """Gap between chances to lift off that recur, or 0 and all chances listed for the launcher and pad."""
    key = mission.destination, mission.site, mission.pad, mission.launcher
    found = [one for one in plan.windows if (one.destination, one.site, one.pad, one.launcher) == key]
    times = sorted({clock(one.launch_utc) for one in found})
    if any(one.node == "catalogue" for one in found):
        listed = [one for one in plan.scenario.transfer_windows if one.destination == mission.destination]
        if found and len(found) == len(listed):
            return 0, times
        return 0, sorted({*times, *(clock(one.launch_utc) for one in listed), clock(mission.launch_utc)})
    gaps = [later - first for first, later in pairwise(times) if later - first < _DAILY_S[1]]
    step = round(median(gaps)) if gaps else round(DAY_S)
    return min(max(step, _DAILY_S[0]), _DAILY_S[1]), []


def _ports(odds: Odds) -> Whole:
    """[mission, choice] ports of the place with the docking system of the planned one, that one first."""
    systems = {(port.destination, port.port): port.docking_system for port in odds.plan.scenario.ports}
    rows = []
    for mission in odds.missions:
        own = mission.destination, mission.port
        alike = [
            key for key in odds.ports if key[0] == own[0] and own in systems and systems[key] == systems[own] and key != own
        ]
        rows.append([odds.ports.index(key) for key in ([own] if own in systems else []) + alike])
    widest = max((1, *map(len, rows)))
    return np.array([[*row, *[-1] * (widest - len(row))] for row in rows], dtype=np.int64).reshape(len(rows), widest)


def _lifting(mission: PlannedMission) -> set[tuple[str, str]]:
    """Everything whose closure keeps a mission from lifting off."""
    return {
        ("site", mission.site),
        ("pad", f"{mission.site}/{mission.pad}"),
        ("launcher", mission.launcher),
        ("vehicle", mission.vehicle_type),
    }


def _blackouts(scenario: Scenario, clock: _Clock, objects: set[tuple[str, str]]) -> list[tuple[int, int]]:
    return sorted((clock(one.from_utc), clock(one.to_utc)) for one in scenario.blackouts if (one.kind, one.object) in objects)


def _boxed(spans: Sequence[Sequence[tuple[int, int]]]) -> Whole:
    """[object, closure, 2] with empty spans to fill it."""
    widest = max((len(shut) for shut in spans), default=0)
    filled = [[*shut, *[(0, 0)] * (widest - len(shut))] for shut in spans]
    return np.array(filled, dtype=np.int64).reshape(len(spans), widest, 2)


def _closed(odds: Odds, clock: _Clock) -> Whole:
    """[port, closure, 2] times at which a port is known not to be in service."""
    scenario = odds.plan.scenario
    named = {(port.destination, port.port): port for port in scenario.ports}
    spans = []
    for place, name in odds.ports:
        port = named[place, name]
        shut = _blackouts(scenario, clock, {("port", f"{place}/{name}")})
        shut += [(-NEVER_S, clock(port.from_utc))] if port.from_utc else []
        shut += [(clock(port.to_utc), NEVER_S)] if port.to_utc else []
        spans.append(shut)
    return _boxed(spans)


def _goods(odds: Odds, clock: _Clock) -> Goods:
    plan, scenario = odds.plan, odds.plan.scenario
    at_mission = {one.mission_id: at for at, one in enumerate(odds.missions)}
    at_stock = {(use.destination, use.supply_class): at for at, use in enumerate(odds.uses)}
    at_drawn = {row.item_id: at for at, row in enumerate(odds.lines)}
    gone = {one.mission_id for one in odds.missions if one.lost}
    rows = [row for row in plan.manifest if row.mission_id in at_mission and (row.delivered_utc or row.mission_id in gone)]
    lines = [scenario.lines[line_name(scenario, row.item_id)] for row in rows]
    pairs = list(zip(rows, lines, strict=True))
    dated = _dated(plan)
    markets = _markets(plan)
    share = [row.mass_kg / line.mass_kg for row, line in pairs]
    terms = [_terms(scenario, line) for line in lines]
    return Goods(
        mission=_whole(at_mission[row.mission_id] for row in rows),
        delivered=_whole(clock(row.delivered_utc) if row.delivered_utc else NEVER_S for row in rows),
        due=_whole(NEVER_S if line.due_utc is None else clock(line.due_utc) for line in lines),
        tolerance=_whole(tolerance_d * DAY_S for tolerance_d, _, _ in terms),
        daily=np.array([daily for _, daily, _ in terms]) / 100.0,
        cap=np.array([cap for _, _, cap in terms]) / 100.0,
        price=np.array([scenario.price_usd(line) for line in lines]) * np.array(share),
        chain=np.array(
            [row.mass_kg * scenario.tariffs.get((CHAIN_TARIFF, line.destination, line.direction), 0.0) for row, line in pairs]
        ),
        cost=np.array([_carried_usd(scenario, row, line) for row, line in pairs]),
        mass=np.array([row.mass_kg for row in rows]),
        volume=np.array([row.volume_m3 for row in rows]),
        pieces=np.array([row.pieces for row in rows], dtype=np.float64),
        up=np.array([row.direction == "up" for row in rows], dtype=bool),
        must=np.array([line.must for line in lines], dtype=bool),
        marketed=np.array([row.destination in markets for row in rows], dtype=bool),
        stock=_whole(at_stock.get((row.destination, row.supply_class), -1) if row.direction == "up" else -1 for row in rows),
        line=_whole(dated.get(line.item_id, -1) if line.direction == "up" else -1 for line in lines),
        drawn=_whole(at_drawn.get(row.item_id, -1) for row in rows),
        ready=_whole(_ready(scenario, odds.missions[at_mission[row.mission_id]], line, clock) for row, line in pairs),
    )


def _ready(scenario: Scenario, mission: PlannedMission, line: CargoLine, clock: _Clock) -> float:
    if line.direction != "up":
        return -NEVER_S
    vehicle = scenario.vehicle_types[mission.vehicle_type]
    return clock(line.release_utc) + DAY_S * (vehicle.late_cutoff_d if line.late_load else vehicle.cargo_cutoff_d)


def _terms(scenario: Scenario, line: CargoLine) -> tuple[float, float, float]:
    contract_id = scenario.contract_id(line)
    words = ("due_tolerance", "penalty_per_day", "penalty_cap")
    tolerance_d, daily, cap = (scenario.term_values.get((contract_id, word), 0.0) for word in words)
    return tolerance_d, daily, cap


def _carried_usd(scenario: Scenario, row: ManifestRow, line: CargoLine) -> float:
    """What the service does not pay for a load that stays behind [USD]."""
    counts = {f"{row.direction}_kg": row.mass_kg}
    if row.direction == "up":
        counts |= {"up_line": 1.0, "insured_usd": line.declared_usd * row.mass_kg / line.mass_kg}
    return math.fsum(counts.get(rate.driver, 0.0) * rate.usd for rate in scenario.cost_rates)


def _dated(plan: OperationsPlan) -> Mapping[str, int]:
    """Number of each up line with a due date."""
    named = dict.fromkeys(line_name(plan.scenario, row.item_id) for row in plan.manifest if row.direction == "up")
    lines = plan.scenario.lines
    return {name: at for at, name in enumerate(name for name in named if lines[name].due_utc is not None)}


def _markets(plan: OperationsPlan) -> Mapping[str, float]:
    """Markets by place [kg in the horizon] that hold what the plan brings there."""
    ours: dict[str, float] = {}
    for row in plan.manifest:
        if row.direction == "up" and row.mission_id:
            ours[row.destination] = ours.get(row.destination, 0.0) + row.mass_kg
    given = {
        place.destination: place.market_kg * plan.scenario.settings.years
        for place in plan.scenario.destinations
        if place.market_kg
    }
    return {place: market_kg for place, market_kg in given.items() if ours.get(place, 0.0) <= market_kg}


def _stocks(odds: Odds) -> Stocks:
    settings = odds.plan.scenario.settings
    rows = {(one.destination, one.supply_class): one for one in odds.plan.scenario.stock}
    followed = [rows[use.destination, use.supply_class] for use in odds.uses]
    days = settings.horizon_days
    return Stocks(
        on_hand=np.array([one.on_hand_kg for one in followed], dtype=np.float64),
        reserve=np.array([one.reserve_kg for one in followed], dtype=np.float64),
        use=np.array([use.mean_kg for use in odds.uses], dtype=np.float64).reshape(len(odds.uses), days),
        month=np.arange(days, dtype=np.int64) // 30,
        known_day=max(0, math.ceil((settings.as_of_utc - settings.start_utc).total_seconds() / DAY_S)),
    )


def _money(plan: OperationsPlan, missions: Sequence[PlannedMission]) -> Money:
    scenario = plan.scenario
    days_usd = math.fsum(rate.usd for rate in scenario.cost_rates if rate.driver == "docked_d")
    dated = _dated(plan)
    parted = {line_name(scenario, row.item_id) for row in plan.manifest if row.delivered_utc is None}
    return Money(
        milestone=np.array([_milestone_usd(scenario, one) for one in missions]),
        service=np.array([one.service_cost_usd for one in missions]),
        whole=np.array([one.cost_usd for one in missions]),
        docked=np.array([days_usd * (one.docked_utc[1] - one.docked_utc[0]).total_seconds() / DAY_S for one in missions]),
        owed=-math.fsum(row.plan_usd for row in plan.costs if row.account == "revenue:left-behind"),
        capacity=np.array([one.upmass_capacity_kg for one in missions]),
        volume=np.array([one.upvolume_capacity_m3 for one in missions]),
        due_missions=len(scenario.missions),
        lines=len(dated),
        line_whole=np.array([name not in parted for name in dated], dtype=bool),
        market=math.fsum(_markets(plan).values()),
        port_hours=_port_hours(plan),
    )


def _milestone_usd(scenario: Scenario, mission: PlannedMission) -> float:
    return scenario.term_values.get((scenario.requests[mission.mission_id].contract_id, "milestone"), 0.0)


def _port_hours(plan: OperationsPlan) -> float:
    return math.fsum(use.available_h for use in resource_use(plan) if use.kind == "ports")
