"""What the crew of a past year used and what stood on board: rates by era, and a stock that the planned flights keep up.

How much stood on board at the start of a year is not on record. It is taken so that the year as planned, every flight at
the latest date of its freedom, never falls below reserve, with a month's use to spare; docs/history.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from supercargo.app.history.lines import FREEDOM_D
from supercargo.kernel import as_written, days_between
from supercargo.model import CargoLine, CrewStay, Rate, Stock

__all__ = ["RESERVE_D", "era_rates", "stocks"]

RESERVE_D, CRITICAL_D, SPARE_D = 45.0, 15.0, 30.0
"""Days of use that make reserve, critical level and the slack of the first day; the first as the station keeps it."""

_LAG_D = FREEDOM_D + 12.0  # nominal docking to the last bag out, at the latest

RECOVERY_FROM = datetime(2008, 11, 1, tzinfo=UTC)
"""Month in which the station began to recover water and to make its own oxygen throughout (memory)."""

_RECOVERED: Mapping[str, tuple[float, float]] = {"water": (0.6, 0.8), "oxygen": (0.5, 0.85)}
_SOURCE = "; share recovered or made on board before and since 2008-11, with what is delivered: assumption"


def era_rates(rates: Sequence[Rate], start_utc: datetime) -> tuple[Rate, ...]:
    """Rates that hold at the station, with what was won back on board in that year."""
    found = []
    for rate in rates:
        if rate.destinations and "ISS" not in rate.destinations:
            continue
        before, since = _RECOVERED.get(rate.supply_class, (rate.recovered_fraction, rate.recovered_fraction))
        share = since if start_utc >= RECOVERY_FROM else before
        source = rate.source + (_SOURCE if rate.supply_class in _RECOVERED else "")
        found.append(replace(rate, destinations=("ISS",), recovered_fraction=share, source=source))
    return tuple(found)


def stocks(
    span: tuple[datetime, datetime],
    crew: Sequence[CrewStay],
    rates: Sequence[Rate],
    promised: Mapping[str, Sequence[CargoLine]],
) -> tuple[Stock, ...]:
    """Stock on the first day and reserve of each class that the crew uses [kg].

    `promised` holds the up lines of each class that the year's flights were planned to bring.
    """
    start_utc, end_utc = span
    horizon = round(days_between(start_utc, end_utc))
    day = np.arange(horizon, dtype=np.float64)
    people = np.zeros(horizon)
    for stay in crew:
        people[(day >= days_between(start_utc, stay.from_utc)) & (day < days_between(start_utc, stay.to_utc))] += (
            stay.crew_count
        )
    found = []
    for rate in rates:
        use = people * rate.kg_per_crew_d * (1.0 - rate.recovered_fraction)  # [day] kg
        most_d = float(np.max(use, initial=0.0))
        arrived = np.zeros(horizon)
        for line in promised.get(rate.supply_class, ()):
            at = days_between(start_utc, line.release_utc) + _LAG_D + _READY_TO_DOCK_D
            arrived[day >= at] += line.mass_kg
        shortfall = float(np.max(np.cumsum(use) - arrived, initial=0.0))
        reserve = RESERVE_D * most_d
        found.append(
            as_written(
                Stock(
                    destination="ISS",
                    supply_class=rate.supply_class,
                    on_hand_kg=reserve + SPARE_D * most_d + shortfall,
                    reserve_kg=reserve,
                    critical_kg=CRITICAL_D * most_d,
                )
            )
        )
    return tuple(found)


_READY_TO_DOCK_D = 55.0  # lines are ready 45 days before lift-off; up to ten days of phasing follow
