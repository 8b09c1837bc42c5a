"""What a line is worth and what lateness takes off: the same sums as a plan's, kept apart from the planner.

Sums are those of "Money" in docs/planning-rules.md, in the same order, so that a year flown as planned books the plan's cents.
"""

from __future__ import annotations

import math
from datetime import datetime

from supercargo.kernel import days_between
from supercargo.track.contracts.events import ContractTerms, Promise

__all__ = ["cap_usd", "late_usd", "line_order", "price_usd"]


def price_usd(terms: ContractTerms, line: Promise) -> float:
    """Price of a line or part [USD]: its share of the whole line at the tariff."""
    return line.line_kg * terms.usd_per_kg(line.destination, line.direction) * line.mass_kg / line.line_kg


def late_usd(terms: ContractTerms, line: Promise, delivered_utc: datetime) -> float:
    """What lateness takes off the price [USD]: a share for each day begun after due date and tolerance, up to the cap."""
    if line.due_utc is None:
        return 0.0
    late_d = math.ceil(round(days_between(line.due_utc, delivered_utc) - terms.value("due_tolerance"), 6))
    if late_d <= 0:
        return 0.0
    percent = min(late_d * terms.value("penalty_per_day"), terms.value("penalty_cap"))
    return price_usd(terms, line) * percent / 100.0


def cap_usd(terms: ContractTerms, line: Promise) -> float:
    """What is owed for a line that no mission carries past its due date [USD]."""
    return price_usd(terms, line) * terms.value("penalty_cap") / 100.0


def line_order(item_id: str) -> tuple[str, int]:
    """Lines in order of name and part: sums of floats are those of the plan only in the plan's order."""
    name, _, part = item_id.partition("#")
    return name, int(part) if part.isdecimal() else 0
