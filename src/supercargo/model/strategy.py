"""What strategy is decided on: technologies, partners that may be won, the market by segment, rivals, options to grow."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Record

__all__ = [
    "CANDIDATE_ROLES",
    "TECHNOLOGY_KINDS",
    "TIMELINE_MONTHS",
    "CapacityOption",
    "Competitor",
    "MarketSegment",
    "PartnerCandidate",
    "StrategyTables",
    "Technology",
]

TECHNOLOGY_KINDS = ("automation", "robotics", "tracking", "communication", "vehicle", "analytics", "autonomy")
"""What a technology is."""

CANDIDATE_ROLES = ("customer", "spacecraft", "launch")
"""What a candidate would be: who sends cargo, who flies spacecraft, who lifts them."""

TIMELINE_MONTHS = 24
"""Length of the implementation, in months: three phases end with months 8, 18 and 24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology(_Record):
    """A technology that can be introduced: what it changes, what it costs, how long it takes and what it needs first."""

    technology_id: str = text("name of the technology")
    title: str = text("what is introduced")
    kind: str = text("what it is", choices=TECHNOLOGY_KINDS)
    changes: tuple[str, ...] = text(
        "what it changes, as in contingencies.csv: CHANCE.size*FACTOR, CHANCE.probability*FACTOR, stock/PLACE+DAYS, "
        "loss_usd*FACTOR, cost/ACCOUNT*FACTOR, turnaround/WHAT*FACTOR"
    )
    cost_usd: float = quantity("USD", "what its introduction costs, spread evenly over its months", ge=0, le=1e12)
    running_usd: float = quantity("USD", "what it costs a year once it is ready", ge=0, le=1e12, default=0.0)
    introduction_months: int = quantity("count", "months from the start to ready", ge=1, le=TIMELINE_MONTHS)
    earliest_month: int = quantity("count", "first month of the timeline in which it can start", ge=1, le=TIMELINE_MONTHS)
    life_years: float = quantity("count", "years that it is of use once it is ready", ge=0.1, le=30)
    needs: tuple[str, ...] = text("technologies that have to be ready before it starts", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCandidate(_Record):
    """Somebody who could be won: a customer with cargo and a price, or a second source for a carrier."""

    candidate: str = text("who it is")
    role: str = text("what it would be", choices=CANDIDATE_ROLES)
    destinations: tuple[str, ...] = text("customer: where its cargo goes", default=())
    up_kg: float = quantity("kg", "customer: cargo up in the horizon", ge=0, default=0.0)
    usd_per_kg: float = quantity("USD", "customer: what it pays the service for a kilogram up", ge=0, default=0.0)
    stands_in_for: str = text("spacecraft, launch: operator whose flights it could take over", default="")
    outage_probability: float = quantity(
        "probability", "spacecraft, launch: that that operator fails for the horizon", ge=0, le=1, default=0.0
    )
    cost_usd: float = quantity("USD", "what winning and qualifying it costs", ge=0, le=1e12)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSegment(_Record):
    """A part of the market: the places that it is made of, how it answers prices, and how it grows."""

    segment: str = text("name of the segment")
    destinations: tuple[str, ...] = text("places that it is made of; their market_kg is its size")
    elasticity: float = quantity(
        "value",
        "percent by which the mass that we carry changes with one percent of our price, at today's price",
        ge=-50,
        le=-0.01,
    )
    growth_fraction: float = quantity("fraction", "growth of its mass a year", ge=-0.9, le=5)
    spread_fraction: float = quantity("fraction", "standard deviation of the logarithm of that growth", ge=0, le=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor(_Record):
    """A rival's offer in a segment: its share of what we do not carry, and its price for the same service."""

    segment: str = text("segment")
    competitor: str = text("who offers")
    rest_fraction: float = quantity("fraction", "its share of what we do not carry; what is left goes with nobody", ge=0, le=1)
    usd_per_kg: float = quantity("USD", "its price for a kilogram up, for the service alone as ours", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOption(_Record):
    """A way to carry more in a segment: what it adds, what it costs, when it is ready and how long it can wait."""

    option: str = text("name of the option")
    title: str = text("what is built or bought")
    segment: str = text("segment whose demand it serves")
    capacity_kg: float = quantity("kg", "what it can carry up in a year", ge=0.001)
    capex_usd: float = quantity("USD", "what it costs to begin with", ge=0, le=1e12)
    fixed_usd: float = quantity("USD", "what it costs a year, used or not", ge=0, le=1e12)
    usd_per_kg: float = quantity("USD", "what a kilogram carried by it costs", ge=0)
    build_years: int = quantity("count", "years from the decision to the first flight", ge=0, le=10)
    life_years: int = quantity("count", "years that it flies", ge=1, le=30)
    wait_years: int = quantity("count", "years for which the decision can be put off", ge=0, le=10)
    discount_fraction: float = quantity("fraction", "what money that bears this risk costs a year", ge=0, le=1)
    riskfree_fraction: float = quantity("fraction", "what money without risk earns a year", ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class StrategyTables:
    """What strategy is decided on; `templates` are the files that the scenario lacks and the catalogue stands in for."""

    technologies: tuple[Technology, ...]
    partner_candidates: tuple[PartnerCandidate, ...]
    market_segments: tuple[MarketSegment, ...]
    competitors: tuple[Competitor, ...]
    capacity_options: tuple[CapacityOption, ...]
    templates: tuple[str, ...] = ()
