"""Turn forecast use and reserves into what must have been delivered by when."""

from __future__ import annotations

import numpy as np

from supercargo.model import DemandSeries, Scenario, StockNeed

__all__ = ["stock_needs"]


def stock_needs(scenario: Scenario, forecast: tuple[DemandSeries, ...]) -> tuple[StockNeed, ...]:
    """A station must be resupplied before use eats into its reserve.

    need_kg[day] = max over days so far of (use so far + reserve - on hand at the start), not below zero: the gross mass of
    the class that must have been delivered by the end of that day [kg].
    """
    stocks = {(stock.destination, stock.supply_class): stock for stock in scenario.stock}
    needs = []
    for series in forecast:
        stock = stocks[series.destination, series.supply_class]
        short = np.cumsum(series.mean_kg) + stock.reserve_kg - stock.on_hand_kg  # [day] kg
        needs.append(
            StockNeed(
                destination=series.destination,
                supply_class=series.supply_class,
                on_hand_kg=stock.on_hand_kg,
                reserve_kg=stock.reserve_kg,
                need_kg=np.maximum.accumulate(np.maximum(short, 0.0)),
            )
        )
    return tuple(needs)
