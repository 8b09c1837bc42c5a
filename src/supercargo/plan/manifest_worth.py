"""What it is worth to fly a line on a mission, and what it costs to leave it behind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S, days_between
from supercargo.model import CargoLine, Flight, Scenario
from supercargo.plan.costing import late_penalty_usd
from supercargo.plan.manifest_offers import Offers, cutoff_utc, cutoffs_utc, delivery_utc

__all__ = ["EARLIER_SHARE", "left_behind_usd", "worth_usd", "worths_usd"]

EARLIER_SHARE = 1e-4
"""Share of a line's priority worth that each day of waiting takes: enough to break ties, never to move a due date."""


def worth_usd(scenario: Scenario, line: CargoLine, flight: Flight) -> float:
    """Worth of a whole line on a mission [USD]: price and priority worth, less what lateness and waiting take.

    The price falls by the contract's late penalty; the priority worth by `on_time_share` when the line is late.
    """
    service = scenario.settings.service
    priority_usd = service.priority_usd[int(line.priority) - 1]
    delivered = delivery_utc(line, flight)
    price_usd = scenario.price_usd(line)
    if line.due_utc is not None and delivered > line.due_utc:
        price_usd -= late_penalty_usd(scenario, line, delivered, price_usd)
        priority_usd *= 1.0 - service.on_time_share
    first = max(line.release_utc, scenario.settings.start_utc)
    waits_d = max(0.0, days_between(first, cutoff_utc(scenario, line, flight)))
    return price_usd + priority_usd * max(0.0, 1.0 - EARLIER_SHARE * waits_d)


def worths_usd(scenario: Scenario, offers: Offers) -> npt.NDArray[np.float64]:
    """Worth of each pair of line and flight [pair] USD: what `worth_usd` says of it, reckoned flight by flight."""
    lines, service = offers.lines, scenario.settings.service
    contracts = [scenario.contract_id(line) for line in lines]

    def term(name: str) -> npt.NDArray[np.float64]:
        return np.array([scenario.term_values.get((contract_id, name), 0.0) for contract_id in contracts])

    up = np.array([line.direction == "up" for line in lines], dtype=np.bool_)
    late_load = np.array([line.late_load for line in lines], dtype=np.bool_)
    price_usd = np.array([scenario.price_usd(line) for line in lines])
    priority_usd = np.array([service.priority_usd[int(line.priority) - 1] for line in lines])
    due_s = np.array([np.inf if line.due_utc is None else line.due_utc.timestamp() for line in lines])
    first_s = np.array([max(line.release_utc, scenario.settings.start_utc).timestamp() for line in lines])
    tolerance_d, percent_day, percent_cap = term("due_tolerance"), term("penalty_per_day"), term("penalty_cap")
    worth = np.zeros(len(offers.pair_line))
    for f, flight in enumerate(offers.flights):
        pairs = np.flatnonzero(offers.pair_flight == f)
        i = offers.pair_line[pairs]
        delivered_s = np.where(up[i], flight.unload_end_utc.timestamp(), flight.end_utc.timestamp())
        late_cut, plain_cut, back_cut = (instant.timestamp() for instant in cutoffs_utc(scenario, flight))
        cutoff_s = np.where(up[i], np.where(late_load[i], late_cut, plain_cut), back_cut)
        late = delivered_s > due_s[i]
        days_late = np.maximum(0.0, np.ceil(np.round((delivered_s - due_s[i]) / DAY_S - tolerance_d[i], 6)))
        penalty_usd = price_usd[i] * np.minimum(days_late * percent_day[i], percent_cap[i]) / 100.0
        kept_usd = np.where(late, price_usd[i] - penalty_usd, price_usd[i])
        service_usd = np.where(late, priority_usd[i] * (1.0 - service.on_time_share), priority_usd[i])
        waits_d = np.maximum(0.0, (cutoff_s - first_s[i]) / DAY_S)
        worth[pairs] = kept_usd + service_usd * np.maximum(0.0, 1.0 - EARLIER_SHARE * waits_d)
    return worth


def left_behind_usd(scenario: Scenario, line: CargoLine) -> float:
    """What a whole line costs when it stays behind although it was due in the horizon [USD]: the penalty cap of its price."""
    if line.due_utc is None or line.due_utc > scenario.settings.end_utc:
        return 0.0
    cap = scenario.term_values.get((scenario.contract_id(line), "penalty_cap"), 0.0)
    return scenario.price_usd(line) * cap / 100.0
