"""What it is worth to fly a line on a mission, and what it costs to leave it behind."""

from __future__ import annotations

from supercargo.kernel import days_between
from supercargo.model import CargoLine, Flight, Scenario
from supercargo.plan.costing import late_penalty_usd
from supercargo.plan.manifest_offers import cutoff_utc, delivery_utc

__all__ = ["EARLIER_SHARE", "left_behind_usd", "worth_usd"]

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


def left_behind_usd(scenario: Scenario, line: CargoLine) -> float:
    """What a whole line costs when it stays behind although it was due in the horizon [USD]: the penalty cap of its price."""
    if line.due_utc is None or line.due_utc > scenario.settings.end_utc:
        return 0.0
    cap = scenario.term_values.get((scenario.contract_id(line), "penalty_cap"), 0.0)
    return scenario.price_usd(line) * cap / 100.0
