"""What a place uses up, month by month: what was there first, then what was delivered first."""

from __future__ import annotations

from datetime import datetime, timedelta

from supercargo.simulate.flight_cargo import Bench
from supercargo.simulate.flight_doings import Flown
from supercargo.simulate.flight_state import RANK, Store, Year
from supercargo.simulate.odds import Odds
from supercargo.track.cargo import steps

__all__ = ["MONTH", "begin", "observed_share"]

MONTH = timedelta(days=30)
_LEAST_KG = 0.001


def begin(year: Year, odds: Odds) -> None:
    """Open the stocks, and have their use told at the end of each month."""
    settings = year.plan.scenario.settings
    held = {(stock.destination, stock.supply_class): stock for stock in year.plan.scenario.stock}
    for use in odds.uses:
        key = use.destination, use.supply_class
        year.stocks[key] = Store(use=use, opening_kg=held[key].on_hand_kg)
        year.reserves[key] = held[key].reserve_kg
    if year.stocks:
        year.push(min(settings.start_utc + MONTH, settings.end_utc), RANK["stock"], _consume)


def _month(year: Year, at: datetime) -> int:
    return round((at - year.plan.scenario.settings.start_utc) / MONTH + 0.49) - 1


def _consume(year: Year, at: datetime, _: str) -> Flown:
    """The use of the month that ends."""
    settings = year.plan.scenario.settings
    month = max(_month(year, at), 0)
    bench = Bench(year, "crew")
    low = []
    for key, stock in sorted(year.stocks.items()):
        first = 30 * month
        planned_kg = float(stock.use.mean_kg[first : first + 30].sum())
        used_kg = planned_kg * _factor(year, key, month)
        _use_up(bench, year, stock, used_kg, at)
        if stock.on_hand_kg(year.parcels) < year.reserves[key] <= year.planned_kg(key, at):
            low.append(f"{key[1]} at {key[0]}")
    yield from bench.tell(at)
    if low:
        yield from year.calls["low"](year, at, ", ".join(low))
    if at < settings.end_utc:
        year.push(min(at + MONTH, settings.end_utc), RANK["stock"], _consume)


def _factor(year: Year, key: tuple[str, str], month: int) -> float:
    """What the future makes of the use of a stock in a month."""
    monthly = year.future.monthly.get(key, ())
    return year.future.demand.get(key, 1.0) * (monthly[month] if month < len(monthly) else 1.0)


def observed_share(year: Year, key: tuple[str, str], at: datetime) -> float:
    """By how much the use of a stock has been above its forecast so far [fraction]; 0 before two months are over."""
    months = int((at - year.plan.scenario.settings.start_utc) / MONTH)
    if months < 2:
        return 0.0
    use = year.stocks[key].use.mean_kg
    planned = [float(use[30 * month : 30 * month + 30].sum()) for month in range(months)]
    used = [kg * _factor(year, key, month) for month, kg in enumerate(planned)]
    return sum(used) / sum(planned) - 1.0 if sum(planned) > 0.0 else 0.0


def _use_up(bench: Bench, year: Year, stock: Store, used_kg: float, at: datetime) -> None:
    left = used_kg
    taken = min(stock.opening_kg, left)
    stock.opening_kg -= taken
    left -= taken
    while left > _LEAST_KG and stock.lots:
        parcel = year.parcels[stock.lots[0]]
        thing = f"cargo/{parcel.item_id}"
        if parcel.mass_kg - left < _LEAST_KG:
            bench.add(steps.Consume, thing, at)
            stock.lots.pop(0)
            left -= parcel.mass_kg
            year.tally.consumed_kg += parcel.mass_kg
            parcel.state, parcel.mass_kg = "consumed", 0.0
        else:
            bite = round(left, 3)
            bench.add(steps.Consume, thing, at, mass_kg=bite)
            parcel.mass_kg = round(parcel.mass_kg - bite, 3)
            year.tally.consumed_kg += bite
            left = 0.0
    if left > _LEAST_KG:
        year.tally.short_kg += left
