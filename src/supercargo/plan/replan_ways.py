"""Ways to answer events that differ in kind: who may move, which cargo may move, and what stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from supercargo.kernel import DAY_S, Fuse, Watch, never, silent
from supercargo.plan.replan_schedule import Priced, Resettled, consent_usd, first_choice, old_option, settle, settled_by
from supercargo.plan.replan_upset import Upset
from supercargo.plan.schedule import UNIT_USD
from supercargo.plan.schedule_options import Option

__all__ = ["LEAST", "WAYS", "Loading", "NoWay", "Way", "settle_by"]

Sieve = Callable[[Option], bool]
"""Whether an option is kept."""

Loading = Literal["keep", "hold", "settle", "split"]
"""How cargo is dealt with: kept as far as lawful; kept, with moved missions filled anew; moved where that pays; sent ahead."""

_HELD_USD = 10_000_000_000  # above all that a struck mission is worth
_FIRST_DAYS = 2.0  # a struck mission flies at the first date where it lifts off within so many days of it


class NoWay(Exception):
    """A way that these events leave no room for, and why."""


@dataclass(frozen=True)
class Way:
    """A kind of answer: its name, what it does in words, which options it keeps, and how cargo is dealt with."""

    name: str
    title: str
    keeps: Callable[[Upset], Sieve] | None
    loading: Loading = "settle"
    holds: bool = False  # missions that no event strikes fly, whatever it costs the struck ones
    asks_freely: bool = False  # customers are asked wherever it helps: leaving a period costs nothing
    of_struck: bool = False  # has a meaning only where an event strikes a mission that has yet to fly
    beside: str = ""  # what it does where no struck mission flies; empty: the same

    def said_of(self, struck: Collection[str], unflown: Collection[str] = ()) -> str:
        """What an answer of this kind does: first who does not fly in it, then what becomes of the others.

        `struck` are missions that events strike before they have flown; `unflown` those of the old plan that fly no more.
        """
        words = self.title if set(struck) - set(unflown) or not self.beside else self.beside
        if not unflown:
            return words
        does, whose = ("does", "its") if len(unflown) == 1 else ("do", "their")
        return f"{', '.join(unflown)} {does} not fly, {whose} cargo goes on others or stays behind; {words}"


def settle_by(way: Way, upset: Upset, *, watch: Watch = silent, fuse: Fuse = never) -> Resettled:
    """The cheapest schedule of a kind. Raises NoWay, with the reason, where the events leave no room for it."""
    if way.of_struck and not _struck(upset):
        raise NoWay("no event strikes a mission that has yet to fly")
    priced = _asking(upset) if way.asks_freely else _holding(upset) if way.holds else upset.priced
    kept: tuple[bool, ...] = ()
    if way.keeps is not None:
        kept = _some_of_each(upset, way, tuple(map(way.keeps(upset), priced.market.options)))
    hint = first_choice(upset.left, upset.priced, upset.old, upset.struck)
    settled = settle(upset.left, priced, upset.old, hint=hint, kept=kept, watch=watch, fuse=fuse)
    return settled if priced is upset.priced else settled_by(upset.left, upset.priced, upset.old, settled.chosen)


def _struck(upset: Upset) -> frozenset[str]:
    return upset.struck - upset.flown.names


def _some_of_each(upset: Upset, way: Way, kept: tuple[bool, ...]) -> tuple[bool, ...]:
    """Missions none of whose options a way keeps: a struck one makes the way senseless, another has them all."""
    market = upset.priced.market
    served = {option.mission for option, keep in zip(market.options, kept, strict=True) if keep}
    for number, request in enumerate(market.missions):
        if number not in served and request.mission_id in _struck(upset) and market.failed_at[number] < 0:
            raise NoWay(f"{request.mission_id} has no lawful way of this kind")
    return tuple(
        keep or (option.mission not in served and way.loading != "hold")
        for option, keep in zip(market.options, kept, strict=True)
    )


def _holding(upset: Upset) -> Priced:
    """Prices at which no mission that was to fly is left out for the sake of a struck one."""
    priced, kept = upset.priced, upset.old.flights.keys() - upset.struck
    rows = zip(priced.problem.skip_costs, priced.market.missions, strict=True)
    skip = tuple(cost + _HELD_USD // UNIT_USD * (request.mission_id in kept) for cost, request in rows)
    return replace(priced, problem=replace(priced.problem, skip_costs=skip))


def _asking(upset: Upset) -> Priced:
    """Prices without that of leaving a contracted period."""
    priced = upset.priced
    free = (round(consent_usd(upset.left, priced.market, option) / UNIT_USD) for option in priced.market.options)
    rows = zip(priced.problem.alternatives, free, strict=True)
    alternatives = tuple(replace(alternative, cost=alternative.cost - less) for alternative, less in rows)
    return replace(priced, problem=replace(priced.problem, alternatives=alternatives))


def _by_name(upset: Upset) -> tuple[str, ...]:
    return tuple(request.mission_id for request in upset.priced.market.missions)


def _others_hold(upset: Upset) -> Sieve:
    """Missions that no event strikes keep their flights."""
    names, flights, market = _by_name(upset), upset.old.flights, upset.priced.market

    def keeps(option: Option) -> bool:
        name = names[option.mission]
        if name in upset.struck or name not in flights:
            return name in upset.struck
        return old_option(market, flights[name], option, upset.scenario.settings.start_utc)

    return keeps


def _others_keep_dates(upset: Upset) -> Sieve:
    """Missions that no event strikes keep date, ship and pad; ports may be others."""
    names, flights, market = _by_name(upset), upset.old.flights, upset.priced.market

    def keeps(option: Option) -> bool:
        name = names[option.mission]
        if name in upset.struck or name not in flights:
            return name in upset.struck
        here = replace(flights[name], port=market.yard.pools[option.port].members[0])
        return old_option(market, here, option, upset.scenario.settings.start_utc)

    return keeps


def _struck_first(upset: Upset) -> Sieve:
    """Struck missions lift off as soon as the event lets them."""
    names, first_s = _by_name(upset), dict[int, int]()
    for option in upset.priced.market.options:
        first_s[option.mission] = min(option.launch_s, first_s.get(option.mission, option.launch_s))

    def keeps(option: Option) -> bool:
        return names[option.mission] not in upset.struck or option.launch_s <= first_s[option.mission] + _FIRST_DAYS * DAY_S

    return keeps


def _other_ship(upset: Upset) -> Sieve:
    """Struck missions fly with another type of spacecraft or launcher."""
    names = _by_name(upset)

    def keeps(option: Option) -> bool:
        flight = upset.old.flights.get(names[option.mission])
        if names[option.mission] not in upset.struck or flight is None:
            return True
        return (option.vehicle.vehicle_type, option.launcher.launcher) != (flight.vehicle_type, flight.launcher)

    return keeps


def _within_periods(upset: Upset) -> Sieve:
    """Nobody lifts off after its contracted period."""
    return lambda option: consent_usd(upset.left, upset.priced.market, option) == 0.0


LEAST = Way("least", "depart as little as pays", None)

WAYS: tuple[Way, ...] = (
    LEAST,
    Way("hold", "fly as little otherwise as pays; cargo stays on its mission where it can", None, "hold"),
    Way(
        "wait",
        "hold all others; the struck mission takes what is free, its cargo stays on it where it can",
        _others_hold,
        "hold",
        holds=True,
        beside="hold all others; cargo stays on its mission where it can",
    ),
    Way(
        "split",
        "send the struck mission's cargo on others as far as it fits",
        None,
        "split",
        of_struck=True,
        beside="what can fly on others is sent on them",
    ),
    Way(
        "first",
        "fly the struck mission as soon as it can; neighbours make room",
        _struck_first,
        of_struck=True,
        beside="no early date was found that pays",
    ),
    Way("ports", "keep all other dates that are still lawful; swap ports alone", _others_keep_dates, holds=True),
    Way(
        "other-ship",
        "fly the struck mission with another spacecraft or launcher",
        _other_ship,
        of_struck=True,
        beside="no other spacecraft or launcher was found that pays",
    ),
    Way("within", "ask no customer: nobody leaves its contracted period", _within_periods),
    Way("ask", "ask customers freely: leaving a contracted period stands in nobody's way", None, asks_freely=True),
)
"""Kinds of answer in the order in which they are tried."""
