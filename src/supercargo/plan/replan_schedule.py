"""The schedule after an event: what has flown stays, the rest departs from the old plan as little as pays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from supercargo.kernel import DAY_S, Fuse, Outcome, Status, Watch, days_between, never, silent
from supercargo.model import Flight, LaunchWindow, Scenario, Schedule, StockNeed
from supercargo.plan.replan_flown import Flown, held_by, names_before
from supercargo.plan.schedule import UNIT_USD, dated_choice
from supercargo.plan.schedule_calendar import Calendar
from supercargo.plan.schedule_decode import Held, schedule_of
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_options import Market, Option, options_of
from supercargo.plan.schedule_worth import Booked
from supercargo.solve.scheduling import DatedChoice, Effort, choose, value_of

__all__ = [
    "CONSENT_USD",
    "CONSENT_USD_D",
    "MOVED_USD",
    "MOVED_USD_D",
    "OTHER_SHIP_USD",
    "OTHER_SITE_USD",
    "PORT_USD",
    "Old",
    "Priced",
    "Resettled",
    "consent_usd",
    "departure_usd",
    "first_choice",
    "later_market",
    "old_option",
    "priced_market",
    "resettle",
    "settle",
    "settled_by",
]

MOVED_USD = 2_000_000.0
"""Price of moving a lift-off at all: crews, ranges and customers turn round [USD], an assumption."""

MOVED_USD_D = 50_000.0
"""Price of each day by which a lift-off moves [USD/d], an assumption."""

PORT_USD = 500_000.0
"""Price of another port on the same date: approach and robotics are planned anew [USD], an assumption."""

OTHER_SHIP_USD = 10_000_000.0
"""Price of another type of spacecraft or launcher [USD], an assumption."""

OTHER_SITE_USD = 3_000_000.0
"""Price of another site, or of pads, processing facilities or tails that are not alike [USD], an assumption."""

CONSENT_USD = 10_000_000.0
"""Price of leaving a mission's contracted period, which its customer has to agree to [USD], an assumption."""

CONSENT_USD_D = 100_000.0
"""Price of each day outside that period [USD/d], an assumption."""

SAME_S = 1
"""A lift-off within a second of the old one is the old one [s]."""


@dataclass(frozen=True)
class Old:
    """The plan that is followed: its flights by mission, what they carry, what has flown, and when that is known."""

    flights: Mapping[str, Flight]
    booked: Booked
    flown: Flown
    as_of_utc: datetime
    delay_s: Mapping[str, int]  # least delay of a mission that slips


@dataclass(frozen=True)
class Resettled:
    """A new schedule with the market it was chosen from: options by mission, and what flown missions hold."""

    outcome: Outcome[Schedule]
    market: Market
    chosen: tuple[int, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Priced:
    """What may be chosen after an event: options, what flown missions hold, and the price of each choice."""

    market: Market
    held: tuple[Held, ...]
    problem: DatedChoice


def resettle(
    scenario: Scenario,
    windows: tuple[LaunchWindow, ...],
    needs: tuple[StockNeed, ...],
    old: Old,
    *,
    stretch: timedelta = timedelta(0),
    watch: Watch = silent,
    fuse: Fuse = never,
) -> Resettled:
    """A mission keeps its date, port and spacecraft unless an event or a conflict takes them, or moving pays for itself.

    The objective [USD] is that of `schedule_missions` with cargo held to the mission that it is booked on, and the price of
    each departure from the old plan. A mission may lift off up to `stretch` after its contracted period, at a price.
    Needs and scenario are what flown missions leave to do.
    """
    priced = priced_market(scenario, windows, needs, old, stretch)
    return settle(scenario, priced, old, hint=first_choice(scenario, priced, old), watch=watch, fuse=fuse)


def priced_market(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], needs: tuple[StockNeed, ...], old: Old, stretch: timedelta
) -> Priced:
    """The options of all missions yet to fly, each with its price [thousands of USD] and that of its departure."""
    market, held = later_market(scenario, windows, old, stretch)
    return Priced(market, held, _priced(scenario, dated_choice(scenario, market, needs, old.booked), market, old))


def settle(
    scenario: Scenario,
    priced: Priced,
    old: Old,
    *,
    hint: tuple[int, ...],
    kept: tuple[bool, ...] = (),
    watch: Watch = silent,
    fuse: Fuse = never,
) -> Resettled:
    """The cheapest choice of one option for each mission, among those that are `kept`; without a list all are."""
    limits = scenario.settings.limits
    effort = Effort(work=limits.schedule_work, gap=0.0, seed=scenario.settings.seed % (1 << 31), fuse=fuse)
    places = tuple(range(len(priced.market.options))) if not kept else tuple(i for i, one in enumerate(kept) if one)
    new_at = {index: at for at, index in enumerate(places)}
    problem, apart_usd = (priced.problem, 0) if not kept else _of_places(priced.problem, places)
    answer = choose(problem, effort, hint=tuple(new_at.get(index, -1) for index in hint), watch=watch)
    best = answer.best or (-1,) * len(priced.market.missions)
    chosen = tuple(places[at] if at >= 0 else -1 for at in best)
    schedule = _whole_schedule(scenario, priced, old, chosen)
    objective, bound = (value * UNIT_USD + apart_usd for value in (answer.objective, answer.bound))
    return Resettled(Outcome(answer.status, schedule, objective, bound), priced.market, chosen, priced.held)


def settled_by(scenario: Scenario, priced: Priced, old: Old, chosen: tuple[int, ...]) -> Resettled:
    """A choice that somebody has made, with its price; nothing is proven of it."""
    price_usd = float(value_of(priced.problem, chosen) * UNIT_USD)
    outcome = Outcome(Status.FEASIBLE, _whole_schedule(scenario, priced, old, chosen), price_usd, -math.inf)
    return Resettled(outcome, priced.market, chosen, priced.held)


def _whole_schedule(scenario: Scenario, priced: Priced, old: Old, chosen: tuple[int, ...]) -> Schedule:
    """Flights that have flown and those chosen, in order of lift-off."""
    settled = schedule_of(scenario, priced.market, chosen, names_before(old.flights.values()), priced.held)
    flights = sorted((*old.flown.flights, *settled.flights), key=lambda flight: (flight.launch_utc, flight.mission_id))
    return Schedule(flights=tuple(flights), unflown=settled.unflown)


def _of_places(problem: DatedChoice, places: tuple[int, ...]) -> tuple[DatedChoice, int]:
    """The problem with some of its alternatives, numbered anew, and the price of supplies that none of them brings [USD]."""
    new_at = {index: at for at, index in enumerate(places)}
    covers = [
        replace(cover, amounts={new_at[index]: amount for index, amount in cover.amounts.items() if index in new_at})
        for cover in problem.covers
    ]
    apart_usd = sum(cover.price * cover.need for cover in covers if not cover.amounts) * UNIT_USD
    own = tuple(problem.alternatives[index] for index in places)
    return replace(problem, alternatives=own, covers=tuple(cover for cover in covers if cover.amounts)), apart_usd


def later_market(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], old: Old, stretch: timedelta
) -> tuple[Market, tuple[Held, ...]]:
    """Options of the missions that have not flown, after the instant of the event, beside what flown ones hold."""
    longer = tuple(replace(request, latest_utc=request.latest_utc + stretch) for request in scenario.missions)
    whole = options_of(replace(scenario, missions=longer), windows)
    flown = old.flown.names
    later = [number for number, request in enumerate(whole.missions) if request.mission_id not in flown]
    place = {number: at for at, number in enumerate(later)}
    as_of_s = seconds_of(old.as_of_utc - scenario.settings.start_utc)
    options = tuple(
        replace(option, mission=place[option.mission])
        for option in whole.options
        if option.mission in place and _still_open(whole, option, old, as_of_s)
    )
    blocks, held = held_by(scenario, whole.yard, old.flown.flights)
    own = {option.mission for option in options}
    requests = {request.mission_id: request for request in scenario.missions}
    market = Market(
        missions=tuple(requests[whole.missions[number].mission_id] for number in later),
        options=options,
        yard=replace(whole.yard, blocks=(*whole.yard.blocks, *blocks)),
        failed_at=tuple(_failed_at(whole.failed_at[number], at in own) for at, number in enumerate(later)),
        too_weak=tuple(whole.too_weak[number] for number in later),
    )
    return market, held


def _failed_at(hurdle: int, has_options: bool) -> int:
    """A mission whose last option lies before the instant of the event has no window left."""
    return -1 if has_options else 2 if hurdle < 0 else hurdle


def _still_open(market: Market, option: Option, old: Old, as_of_s: int) -> bool:
    """An option after the instant of the event whose processing is still to come, or is that of the old plan or later."""
    if option.launch_s <= as_of_s:
        return False
    if option.launch_s + option.course.processing_s >= as_of_s:
        return True
    flight = old.flights.get(market.missions[option.mission].mission_id)
    if flight is None or flight.processing_utc > old.as_of_utc:
        return False
    same = option.vehicle.vehicle_type == flight.vehicle_type and option.window.site == flight.site
    return same and option.launch_s >= as_of_s + seconds_of(flight.launch_utc - old.as_of_utc)


def old_option(market: Market, flight: Flight, option: Option, start_utc: datetime) -> bool:
    """Whether an option is what a flight was: its date to the second, and ships, pad and port up to likeness."""
    moved_s = option.launch_s - seconds_of(flight.launch_utc - start_utc)
    arrived_s = option.launch_s + option.course.arrive_s - seconds_of(flight.arrive_utc - start_utc)
    return abs(moved_s) <= SAME_S and abs(arrived_s) <= 2 * SAME_S and not any(_others(market, flight, option))


def _others(market: Market, flight: Flight, option: Option) -> tuple[bool, bool, bool]:
    """Whether ship or launcher, site or pool on the ground, and port are others than a flight had."""
    pools = market.yard.pools
    ship = option.vehicle.vehicle_type != flight.vehicle_type or option.launcher.launcher != flight.launcher
    pad = market.yard.pads[option.window.site, option.window.pad]
    site = (
        option.window.site != flight.site
        or flight.pad not in pools[pad].members
        or flight.facility_id not in pools[option.facility].members
        or (not ship and flight.vehicle_id not in pools[option.tail].members)
    )
    return ship, site, flight.port not in pools[option.port].members


def departure_usd(scenario: Scenario, market: Market, old: Old, option: Option) -> float:
    """What an option costs for departing from the old flight and from the contracted period of its mission [USD]."""
    request = market.missions[option.mission]
    start_utc = scenario.settings.start_utc
    cost = consent_usd(scenario, market, option)
    flight = old.flights.get(request.mission_id)
    if flight is None:
        return cost
    delay_s = old.delay_s.get(request.mission_id, 0)
    moved_s = abs(option.launch_s - seconds_of(flight.launch_utc - start_utc) - delay_s)
    if moved_s > SAME_S:
        cost += (0.0 if delay_s else MOVED_USD) + MOVED_USD_D * moved_s / DAY_S
    ship, site, port = _others(market, flight, option)
    return cost + ship * OTHER_SHIP_USD + site * OTHER_SITE_USD + port * PORT_USD


def consent_usd(scenario: Scenario, market: Market, option: Option) -> float:
    """What an option costs for leaving the contracted period of its mission [USD]."""
    launch_utc = scenario.settings.start_utc + timedelta(seconds=option.launch_s)
    after_d = max(0.0, days_between(market.missions[option.mission].latest_utc, launch_utc))
    return CONSENT_USD + CONSENT_USD_D * after_d if after_d else 0.0


def _priced(scenario: Scenario, problem: DatedChoice, market: Market, old: Old) -> DatedChoice:
    """The choice of a year with the price of departing from the old plan added."""
    extra = (round(departure_usd(scenario, market, old, option) / UNIT_USD) for option in market.options)
    priced = tuple(
        replace(alternative, cost=alternative.cost + more)
        for alternative, more in zip(problem.alternatives, extra, strict=True)
    )
    return replace(problem, alternatives=priced)


def first_choice(scenario: Scenario, priced: Priced, old: Old, struck: frozenset[str] = frozenset()) -> tuple[int, ...]:
    """Who can keep the old flight does, others take the cheapest that is free: found without a search.

    Once the missions that keep their flights come first, once the `struck` ones; the cheaper of both choices is returned.
    """
    standing = _standing(scenario, priced.market, old)
    own = priced.problem.of_job()
    names = [request.mission_id for request in priced.market.missions]
    queue = sorted(range(len(names)), key=lambda number: (standing[number] < 0, _first_s(priced, own[number]), names[number]))
    second = sorted(queue, key=lambda number: names[number] not in struck)
    choices = [_greedy(priced, own, order, standing) for order in ([queue, second] if struck else [queue])]
    return min(choices, key=lambda chosen: value_of(priced.problem, chosen))


def _first_s(priced: Priced, own: tuple[int, ...]) -> int:
    return min((priced.market.options[index].launch_s for index in own), default=0)


def _standing(scenario: Scenario, market: Market, old: Old) -> list[int]:
    """The option that is the old flight of each mission (-1: it is no longer lawful)."""
    found = [-1] * len(market.missions)
    for index, option in enumerate(market.options):
        flight = old.flights.get(market.missions[option.mission].mission_id)
        if flight is not None and old_option(market, flight, option, scenario.settings.start_utc):
            found[option.mission] = index
    return found


def _greedy(priced: Priced, own: tuple[tuple[int, ...], ...], order: list[int], standing: list[int]) -> tuple[int, ...]:
    """Missions in an order take their old flight where it is free, else the cheapest free option that costs less than none."""
    alternatives, skip = priced.problem.alternatives, priced.problem.skip_costs
    calendar = Calendar(priced.market.yard)
    chosen = [-1] * len(own)
    for number in order:
        dearer = sorted(own[number], key=lambda index: (alternatives[index].cost, index))
        wanted = [standing[number], *dearer] if standing[number] >= 0 else dearer
        for index in wanted:
            uses = alternatives[index].uses
            if alternatives[index].cost < skip[number] and all(calendar.fits(use) for use in uses):
                calendar.book(uses)
                chosen[number] = index
                break
    return tuple(chosen)
