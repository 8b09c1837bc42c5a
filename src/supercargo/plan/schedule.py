"""Decide which mission flies when, on what, from where and to which port: the year's schedule, with its proven gap."""

from __future__ import annotations

import math

import numpy as np

from supercargo.kernel import Fuse, NoPlan, Outcome, Status, Watch, days, never, silent
from supercargo.model import LaunchWindow, Scenario, Schedule, StockNeed
from supercargo.plan.first_come import first_come_choice
from supercargo.plan.schedule_decode import schedule_of
from supercargo.plan.schedule_instants import seconds_of
from supercargo.plan.schedule_options import Market, options_of, uses_of
from supercargo.plan.schedule_reasons import unflown_of
from supercargo.plan.schedule_worth import NOT_BOOKED, Booked, mission_worth_usd, option_costs_usd
from supercargo.solve.scheduling import Alternative, Cover, DatedChoice, Effort, choose, value_of

__all__ = ["COVER_DAYS", "COVER_SHARE", "COVER_USD_KG", "UNIT_USD", "dated_choice", "priced_first_come", "schedule_missions"]

UNIT_USD = 1000
"""The objective counts whole thousands of dollars."""

COVER_USD_KG = 200_000
"""Price of one kilogram of supplies that can't be there in time [USD/kg]: far above any tariff to low Earth orbit."""

COVER_SHARE = 0.9
"""Share of a spacecraft's capacity that supplies may count on; the rest is lost to packing."""

COVER_DAYS = 5
"""Days between the instants at which cover is checked; the need is that of the last day before the next check."""


def schedule_missions(
    scenario: Scenario,
    windows: tuple[LaunchWindow, ...],
    needs: tuple[StockNeed, ...],
    *,
    watch: Watch = silent,
    fuse: Fuse = never,
) -> Outcome[Schedule]:
    """A year's missions share launch pads, processing, spacecraft, ports and hands, and each date has its price.

    The objective [USD] is the worth of cargo that would be late or miss its flight, the extra price of ways dearer than
    a mission's cheapest, the worth of missions not flown and a price for supplies not covered; see docs/schedule.md.
    The bound is the solver's. A must mission that can't fly stands in `unflown` with its reason.

    Raises NoPlan where no mission of the scenario has any lawful launch at all.
    """
    if not scenario.missions:
        raise NoPlan("the scenario has no missions", fix="add rows to missions.csv", where="missions.csv")
    market = options_of(scenario, windows)
    if not market.options:
        causes = [f"{row.mission_id}: {row.reason}" for row in unflown_of(scenario, market, (-1,) * len(market.missions))]
        raise NoPlan(
            "no mission has a lawful launch",
            fix="look at the causes; widen earliest_utc and latest_utc, or add pads, ports, tails or licences",
            where="missions.csv",
            causes=causes,
        )
    problem = dated_choice(scenario, market, needs)
    limits = scenario.settings.limits
    effort = Effort(work=limits.schedule_work, gap=limits.schedule_gap, seed=scenario.settings.seed % (1 << 31), fuse=fuse)
    answer = choose(problem, effort, hint=first_come_choice(scenario, market), watch=watch)
    best = None if answer.best is None else schedule_of(scenario, market, answer.best)
    return Outcome(answer.status, best, answer.objective * UNIT_USD, answer.bound * UNIT_USD)


def priced_first_come(
    scenario: Scenario, windows: tuple[LaunchWindow, ...], needs: tuple[StockNeed, ...]
) -> Outcome[Schedule]:
    """First come, first served, with its price in the measure of `schedule_missions` [USD]; nothing is proven."""
    market = options_of(scenario, windows)
    choice = first_come_choice(scenario, market)
    price = value_of(dated_choice(scenario, market, needs), choice) * UNIT_USD
    return Outcome(Status.FEASIBLE, schedule_of(scenario, market, choice), float(price), -math.inf)


def dated_choice(scenario: Scenario, market: Market, needs: tuple[StockNeed, ...], booked: Booked = NOT_BOOKED) -> DatedChoice:
    """The schedule as a choice of one dated alternative for each mission, costs in thousands of dollars.

    `booked` cargo keeps to its mission.
    """
    costs_usd, cargo_usd = option_costs_usd(scenario, market, booked)
    yard = market.yard
    return DatedChoice(
        skip_costs=tuple(
            round(mission_worth_usd(scenario, request, float(cargo)) / UNIT_USD)
            for request, cargo in zip(market.missions, cargo_usd, strict=True)
        ),
        alternatives=tuple(
            Alternative(option.mission, round(float(cost) / UNIT_USD), uses_of(scenario, yard, option))
            for option, cost in zip(market.options, costs_usd, strict=True)
        ),
        capacities=tuple(pool.capacity for pool in yard.pools),
        blocks=yard.blocks,
        covers=tuple(_covers(scenario, market, needs)),
    )


def _bulk_classes(scenario: Scenario, destination: str) -> frozenset[str]:
    """Classes of which most mass goes to a place in tanks."""
    tanks: dict[str, float] = {}
    for line in sorted(scenario.cargo, key=lambda line: line.item_id):
        if line.destination == destination and line.direction == "up":
            sign = 1.0 if line.form == "bulk" else -1.0
            tanks[line.supply_class] = tanks.get(line.supply_class, 0.0) + sign * line.mass_kg
    return frozenset(name for name, balance in tanks.items() if balance > 0)


def _covers(scenario: Scenario, market: Market, needs: tuple[StockNeed, ...]) -> list[Cover]:
    """Supplies due by a day need spacecraft unloaded by then: in tanks, in dry holds, and both together."""
    covers = []
    for destination in sorted({need.destination for need in needs}):
        bulk = _bulk_classes(scenario, destination)
        own = sorted((need for need in needs if need.destination == destination), key=lambda need: need.supply_class)
        offers = [
            (index, option.launch_s + option.course.unload_end_s, option)
            for index, option in enumerate(market.options)
            if option.window.destination == destination
        ]
        for kind in ("bulk", "dry", "all"):
            wanted = [need for need in own if kind == "all" or (need.supply_class in bulk) == (kind == "bulk")]
            room = {
                index: math.floor(
                    COVER_SHARE * min(option.lift_kg, _hold_kg(option.vehicle.pressurised_kg, option.vehicle.bulk_kg, kind))
                )
                for index, _, option in offers
            }
            covers += _steps(market, [(index, end) for index, end, _ in offers], room, wanted)
    return covers


def _hold_kg(dry_kg: float, bulk_kg: float, kind: str) -> float:
    return {"dry": dry_kg, "bulk": bulk_kg}.get(kind, dry_kg + bulk_kg)


def _steps(market: Market, offers: list[tuple[int, int]], room: dict[int, int], wanted: list[StockNeed]) -> list[Cover]:
    """One cover for each check; what no spacecraft at all could bring by then is no matter of choice and left out."""
    if not wanted or not offers:
        return []
    need_kg = np.sum([need.need_kg for need in wanted], axis=0)  # [day] kg
    covers = []
    for day in range(0, len(need_kg), COVER_DAYS):
        before_s = seconds_of(days(day + 1))
        amounts = {index: room[index] for index, end in offers if end < before_s and room[index] > 0}
        largest: dict[int, int] = {}
        for index, amount in amounts.items():
            mission = market.options[index].mission
            largest[mission] = max(largest.get(mission, 0), amount)
        need = math.ceil(float(need_kg[min(day + COVER_DAYS, len(need_kg)) - 1]) - 1e-6)
        covers.append(Cover(amounts, min(need, sum(largest.values())), COVER_USD_KG // UNIT_USD))
    return [cover for cover in covers if cover.need > 0]
