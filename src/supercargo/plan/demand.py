"""Forecast what each place draws from its stocks, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from supercargo.kernel import days_between
from supercargo.model import DemandSeries, Rate, Scenario, Spare, Stock

__all__ = ["MONTH_D", "crew_by_day", "forecast_demand", "use_by_day"]

Series = npt.NDArray[np.float64]

MONTH_D = 30
"""Crew use strays from its mean by one draw a month, as pantry counts do."""

YEAR_D = 365.0


def forecast_demand(scenario: Scenario, *, rng: np.random.Generator) -> tuple[DemandSeries, ...]:
    """Stations draw food and water by crew-day, spares by failures, the rest by plan.

    Returns one series for each row of stock.csv, in order of place and class: mean use a day [kg], and the 5 % and 95 %
    quantiles of the use since the start [kg] over `limits.demand_samples` seeded futures (crew use: one normal factor a
    month with the rate's spread, never below zero; failures: Poisson by part and day; demand.csv as planned).
    """
    stocks = sorted(scenario.stock, key=lambda stock: (stock.destination, stock.supply_class))
    return tuple(_series(scenario, stock, rng) for stock in stocks)


def crew_by_day(scenario: Scenario, destination: str) -> Series:
    """People at `destination` on each day of the horizon, averaged over the day."""
    stays = [(stay.from_utc, stay.to_utc, stay.crew_count) for stay in scenario.crew if stay.destination == destination]
    return _spread(scenario, stays)


def use_by_day(scenario: Scenario, destination: str, supply_class: str) -> Series:
    """Mean use of a class at a place on each day of the horizon by its crew and by failures, without demand.csv [kg]."""
    crew = crew_by_day(scenario, destination)
    use = np.zeros(len(crew))
    for rate in sorted((rate for rate in scenario.rates if _holds(rate, destination, supply_class)), key=_rate_order):
        use += crew * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)
    for spare in scenario.spares:
        if (spare.destination, spare.supply_class) == (destination, supply_class):
            use += spare.mass_kg * spare.failures_per_year / YEAR_D
    return use


def _spread(scenario: Scenario, spans: Sequence[tuple[datetime, datetime, float]]) -> Series:
    """Sum of `amount` over spans (from, to, amount), weighted by the share of each day that a span covers."""
    settings = scenario.settings
    day = np.arange(settings.horizon_days, dtype=np.float64)
    total = np.zeros(settings.horizon_days)
    for start, end, amount in spans:
        first = days_between(settings.start_utc, start)
        last = days_between(settings.start_utc, end)
        total += amount * np.clip(np.minimum(day + 1.0, last) - np.maximum(day, first), 0.0, 1.0)
    return total


def _series(scenario: Scenario, stock: Stock, rng: np.random.Generator) -> DemandSeries:
    place, supply_class = stock.destination, stock.supply_class
    horizon = scenario.settings.horizon_days
    crew = crew_by_day(scenario, place)
    rates = sorted((rate for rate in scenario.rates if _holds(rate, place, supply_class)), key=_rate_order)
    spares = sorted(
        (spare for spare in scenario.spares if (spare.destination, spare.supply_class) == (place, supply_class)),
        key=lambda spare: (spare.part, spare.mass_kg, spare.failures_per_year),
    )
    planned = _spread(
        scenario,
        [
            (d.from_utc, d.to_utc, d.kg_per_d)
            for d in scenario.demand
            if (d.destination, d.supply_class) == (place, supply_class)
        ],
    )
    samples = round(scenario.settings.limits.demand_samples)
    futures = np.zeros((samples, horizon))  # [future, day] kg
    mean = planned.copy()
    for rate in rates:
        use = crew * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)
        mean += use
        months = rng.normal(1.0, rate.spread_fraction, (samples, horizon // MONTH_D + 1)).clip(min=0.0)
        futures += use * np.repeat(months, MONTH_D, axis=1)[:, :horizon]
    for spare in spares:
        mean += spare.mass_kg * spare.failures_per_year / YEAR_D
        futures += _failures(spare, (samples, horizon), rng)
    running = np.cumsum(futures + planned, axis=1)
    expected = np.cumsum(mean)
    low, high = np.quantile(running, (0.05, 0.95), axis=0)
    return DemandSeries(
        destination=place,
        supply_class=supply_class,
        mean_kg=mean,
        # A rare failure's mean can lie outside the 90 % band; the band is widened so that it always holds the mean.
        low_kg=np.minimum(low, expected),
        high_kg=np.maximum(high, expected),
    )


def _rate_order(rate: Rate) -> tuple[float, float, float]:
    """Draws follow this order, not that of the file."""
    return rate.kg_per_crew_d, rate.recovered_fraction, rate.spread_fraction


def _holds(rate: Rate, place: str, supply_class: str) -> bool:
    return rate.supply_class == supply_class and (not rate.destinations or place in rate.destinations)


def _failures(spare: Spare, shape: tuple[int, int], rng: np.random.Generator) -> Series:
    drawn = rng.poisson(spare.failures_per_year / YEAR_D, shape)
    return drawn.astype(np.float64) * spare.mass_kg
