"""Why a contracted mission is not flown, in words."""

from __future__ import annotations

from collections import Counter

from supercargo.kernel import format_utc
from supercargo.model import Scenario, Unflown
from supercargo.plan.programme import missions_held
from supercargo.plan.schedule_calendar import Calendar
from supercargo.plan.schedule_options import HURDLES, Market, Option, uses_of
from supercargo.plan.schedule_pools import Pool

__all__ = ["unflown_of"]


def unflown_of(scenario: Scenario, market: Market, chosen: tuple[int, ...]) -> tuple[Unflown, ...]:
    """Name what binds each mission that a choice leaves out (-1)."""
    calendar = Calendar(market.yard)
    for index in chosen:
        if index >= 0:
            calendar.book(uses_of(scenario, market.yard, market.options[index]))
    return tuple(
        Unflown(mission_id=request.mission_id, reason=_reason(scenario, market, mission, calendar))
        for mission, request in enumerate(market.missions)
        if chosen[mission] < 0
    )


def _reason(scenario: Scenario, market: Market, mission: int, calendar: Calendar) -> str:
    request = market.missions[mission]
    if market.failed_at[mission] >= 0:
        earliest, latest = format_utc(request.earliest_utc), format_utc(request.latest_utc)
        hurdle = HURDLES[market.failed_at[mission]]
        gate, opens_utc = missions_held(scenario).get(request.mission_id, ("", request.earliest_utc))
        if gate and opens_utc > request.earliest_utc:
            earliest = f"{format_utc(opens_utc)}, when gate {gate} of the programme opens,"
        lift = market.too_weak[mission] if market.too_weak else ""
        return hurdle.format(earliest=earliest, latest=latest, destination=request.destination, lift=lift)
    options = [option for option in market.options if option.mission == mission]
    clashes = [set(calendar.clashes(uses_of(scenario, market.yard, option))) for option in options]
    if not all(clashes):
        return "it could fly, yet its cargo and its promise are worth less than flying it costs or delays"
    counted: Counter[str] = Counter()
    for option, pools in zip(options, clashes, strict=True):
        counted.update({_words(market.yard.pools[pool], option) for pool in pools})
    most = sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:3]
    named = "; ".join(f"{words} ({count} of {len(options)} choices)" for words, count in most)
    return f"every launch window it could take is lost to missions worth more: {named}"


def _words(pool: Pool, option: Option) -> str:
    window, members = option.window, " and ".join(sorted(set(pool.members)))
    if pool.kind == "pad":
        named = " and ".join(f"{window.site}/{member}" for member in pool.members)
        return f"pad {named} is taken"
    if pool.kind == "range":
        return f"{members} gives its launch slots to others"
    if pool.kind == "arrival":
        return f"another spacecraft arrives at {members} too near in time"
    if pool.kind == "facility":
        return f"facility {members} is full"
    if pool.kind == "port":
        return f"port {members} of {window.destination} is taken"
    if pool.kind == "crew":
        return f"the handling hours of {window.destination} are taken"
    if pool.kind == "flights":
        return f"tail {members} has no flight left"
    return f"no tail of {option.vehicle.vehicle_type} is free ({members})"
