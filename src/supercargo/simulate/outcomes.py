"""What comes of a flown course: loads delivered, stock by day, money by the terms, and the KPIs that follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from supercargo.simulate.course import NEVER_S, Goods, Money, Stocks, Timing
from supercargo.simulate.dispatch import GROUNDED, compiled

__all__ = ["METRICS", "Hazards", "deliver_loads", "draw_stock"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

DAY_S = 86_400

METRICS = (
    ("K1", "percent"),
    ("K2", "percent"),
    ("K3", "percent"),
    ("K4", "percent"),
    ("K5", "percent"),
    ("K9", "USD"),
    ("K10", "percent"),
    ("K10 chain", "percent"),
    ("K13", "percent"),
    ("K16", "percent"),
    ("flown missions", "count"),
    ("lost missions", "count"),
    ("delivered up", "kg"),
    ("on-time lines", "count"),
    ("revenue", "USD"),
    ("penalties", "USD"),
    ("service cost", "USD"),
    ("whole cost", "USD"),
    ("margin", "USD"),
    ("cost a kg", "USD"),
    ("mean delay", "d"),
)
"""What is told of each future, with its unit, in the order of the numbers."""


class Hazards(NamedTuple):
    """What befalls one future, as the loops need it."""

    when: Whole  # [mission] lift-off; GROUNDED: not in the horizon
    lost: Truth  # [mission]
    damage: Floats  # [up load of the odds] share
    late: Whole  # [up load of the odds] s later at the launch site


@compiled
def _penalty(behind: int, daily: float, cap: float) -> float:
    """Share of the price owed for a load that is so many seconds behind its due date and tolerance."""
    if behind <= 0:
        return 0.0
    return float(min(-(-behind // DAY_S) * daily, cap))


@compiled
def _sums(timing: Timing, money: Money, hazards: Hazards, aboard: Floats) -> tuple[float, ...]:
    """Sums over missions: flown, late, succeeded, fill, milestones, costs of service and whole, port s, lost, delay s."""
    sums = np.zeros(10)
    for mission in range(len(timing.launch)):
        at = hazards.when[mission]
        if at >= GROUNDED:
            continue
        sums[0] += 1.0
        sums[1] += at > timing.launch[mission]
        sums[9] += at - timing.launch[mission]
        by_mass = aboard[mission, 0] / money.capacity[mission] if money.capacity[mission] > 0.0 else 0.0
        by_volume = aboard[mission, 1] / money.volume[mission] if money.volume[mission] > 0.0 else 0.0
        sums[3] += max(by_mass, by_volume)
        sums[5] += money.service[mission]
        sums[6] += money.whole[mission]
        if hazards.lost[mission]:
            sums[5] -= money.docked[mission]
            sums[6] -= money.docked[mission]
            sums[8] += 1.0
            continue
        sums[2] += aboard[mission, 2] == 0.0
        sums[4] += money.milestone[mission]
        docked = at + timing.transit[mission]
        sums[7] += max(0, min(docked + timing.stay[mission], timing.end) - max(docked, 0))
    return sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8], sums[9]


class _Kept(NamedTuple):
    """What a loop over loads adds up."""

    punctual: Truth  # [line]
    aboard: Floats  # [mission, 3] kg, m3, must loads that failed
    money: Floats  # revenue, penalties, cost saved, value at the catalogue's tariff: USD
    goods: Floats  # kg brought, kg to places with a market, pieces, pieces damaged


@compiled
def _tally(timing: Timing, goods: Goods, hazards: Hazards, kept: _Kept, unloaded: tuple[Floats, Floats]) -> None:
    """Add up what becomes of each load."""
    when, lost, damage = hazards.when, hazards.lost, hazards.damage
    inbound, arrived = unloaded
    for load in range(len(goods.mission)):
        mission = goods.mission[load]
        line = goods.line[load]
        up = goods.up[load]
        drawn = goods.drawn[load]
        late = hazards.late[drawn] if drawn >= 0 else 0
        missed = when[mission] < GROUNDED and late > 0 and goods.ready[load] + late > when[mission]
        if when[mission] >= GROUNDED or missed:
            if line >= 0:
                kept.punctual[line] = False
            if goods.due[load] <= timing.end:
                kept.money[0] -= goods.cap[load] * goods.price[load]
                kept.money[1] += goods.cap[load] * goods.price[load]
            if missed:
                kept.money[2] += goods.cost[load]
                kept.aboard[mission, 2] += goods.must[load]
            continue
        if up:
            kept.aboard[mission, 0] += goods.mass[load]
            kept.aboard[mission, 1] += goods.volume[load]
        if lost[mission]:
            if line >= 0:
                kept.punctual[line] = False
            continue
        share = damage[drawn] if drawn >= 0 else 0.0
        at = goods.delivered[load] + when[mission] - timing.launch[mission]
        behind = at - goods.due[load] - goods.tolerance[load] if goods.due[load] < NEVER_S else 0
        owed = _penalty(behind, goods.daily[load], goods.cap[load]) * goods.price[load]
        kept.money[0] += goods.price[load] * (1.0 - share) - owed
        kept.money[1] += owed
        kept.money[3] += goods.chain[load] * (1.0 - share)
        kept.aboard[mission, 2] += goods.must[load] and share > 0.0
        if line >= 0 and at > goods.due[load]:
            kept.punctual[line] = False
        if not up:
            continue
        sound = goods.mass[load] * (1.0 - share)
        kept.goods[0] += sound
        kept.goods[2] += goods.pieces[load]
        kept.goods[3] += np.ceil(share * goods.pieces[load])
        if at >= 0 and at < timing.end:
            kept.goods[1] += goods.marketed[load] * sound
            arrived[timing.place[mission]] += sound
            if goods.stock[load] >= 0:
                inbound[goods.stock[load], at // DAY_S] += sound


@compiled
def deliver_loads(timing: Timing, goods: Goods, money: Money, hazards: Hazards, unloaded: tuple[Floats, Floats]) -> Floats:
    """The numbers of METRICS for one future; `unloaded` is filled: [stock, day] kg and [place] kg within the horizon."""
    kept = _Kept(money.line_whole.copy(), np.zeros((len(timing.launch), 3)), np.zeros(4), np.zeros(4))
    _tally(timing, goods, hazards, kept, unloaded)
    flown, behind, succeeded, fill, milestones, service, whole, port_s, lost, delay_s = _sums(
        timing, money, hazards, kept.aboard
    )
    revenue = kept.money[0] - money.owed + milestones
    service -= kept.money[2]
    whole -= kept.money[2]
    on_time = float(kept.punctual.sum())
    found = np.full(21, np.nan)
    found[0] = 100.0 * succeeded / money.due_missions
    if flown > 0.0:
        found[1], found[4], found[20] = 100.0 * behind / flown, 100.0 * fill / flown, delay_s / DAY_S / flown
    if money.lines > 0:
        found[2] = 100.0 * on_time / money.lines
    if kept.goods[2] > 0.0:
        found[3] = 100.0 * kept.goods[3] / kept.goods[2]
    if revenue > 0.0:
        found[6] = 100.0 * (revenue - service) / revenue
    if kept.money[3] > 0.0:
        found[7] = 100.0 * (kept.money[3] - whole) / kept.money[3]
    if money.market > 0.0:
        found[8] = 100.0 * kept.goods[1] / money.market
    if money.port_hours > 0.0:
        found[9] = 100.0 * port_s / 3600.0 / money.port_hours
    if kept.goods[0] > 0.0:
        found[19] = whole / kept.goods[0]
    found[5], found[14], found[15] = revenue, revenue, kept.money[1] + money.owed
    found[10], found[11], found[12], found[13] = flown, lost, kept.goods[0], on_time
    found[16], found[17], found[18] = service, whole, revenue - service
    return found


@compiled
def draw_stock(stocks: Stocks, demand: Floats, monthly: Floats, inbound: Floats) -> Floats:
    """[stock, day] stock at the end of each day [kg]; below zero is a shortage that later arrivals have to fill."""
    count, days = stocks.use.shape
    found = np.empty((count, days))
    for stock in range(count):
        there = stocks.on_hand[stock]
        for day in range(days):
            factor = demand[stock] * monthly[stock, stocks.month[day]] if day >= stocks.known_day else 1.0
            there += inbound[stock, day] - stocks.use[stock, day] * factor
            found[stock, day] = there
    return found
