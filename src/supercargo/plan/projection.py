"""Stock of each class at each place on each day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from supercargo.kernel import as_written, days_between
from supercargo.model import DemandSeries, InventoryRow, ManifestRow, Scenario

__all__ = ["project_stock"]


def project_stock(
    scenario: Scenario, forecast: tuple[DemandSeries, ...], rows: tuple[ManifestRow, ...]
) -> tuple[InventoryRow, ...]:
    """Stock at the end of a day is what was there, plus what was unloaded, less what was used.

    One row for each place, class and day of the horizon; the band is that of the running use [kg]. A shortage shows as a
    negative stock.
    """
    start, horizon = scenario.settings.start_utc, scenario.settings.horizon_days
    inbound: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for row in rows:
        if row.direction == "up" and row.delivered_utc is not None:
            day = int(days_between(start, row.delivered_utc) // 1)
            if 0 <= day < horizon:
                inbound.setdefault((row.destination, row.supply_class), np.zeros(horizon))[day] += row.mass_kg
    stocks = {(stock.destination, stock.supply_class): stock for stock in scenario.stock}
    found = []
    for series in forecast:
        stock = stocks[series.destination, series.supply_class]
        arrived = inbound.get((series.destination, series.supply_class), np.zeros(horizon))
        there = stock.on_hand_kg + np.cumsum(arrived)
        on_hand = there - np.cumsum(series.mean_kg)
        found += [
            as_written(
                InventoryRow(
                    destination=series.destination,
                    supply_class=series.supply_class,
                    day_utc=start + timedelta(days=day),
                    on_hand_kg=float(on_hand[day]),
                    p05_kg=float(there[day] - series.high_kg[day]),
                    p95_kg=float(there[day] - series.low_kg[day]),
                    reserve_kg=stock.reserve_kg,
                    inbound_kg=float(arrived[day]),
                )
            )
            for day in range(horizon)
        ]
    return tuple(found)
