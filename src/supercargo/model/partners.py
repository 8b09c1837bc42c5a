"""What strategy answers of partners: how each does, what hangs on it, and what winning or losing one is worth."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.strategy import CANDIDATE_ROLES

__all__ = ["PARTNER_ROLES", "CandidateRow", "CollaborationRow", "ConcentrationRow", "PartnerRow"]

PARTNER_ROLES = ("customer", "spacecraft", "launch", "site", "facility", "supplier")
"""What a partner is to the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow(_Checked):
    """A customer, carrier, site, facility or supplier: its part in the year, how it does, and what hangs on it."""

    role: str = text("what it is to the service", choices=PARTNER_ROLES)
    partner: str = text("who it is")
    missions_count: int = quantity("count", "flights that use it; customer: that it furnishes or has under contract", ge=0)
    up_kg: float = quantity("kg", "cargo up by it or of it", ge=0)
    share_percent: float = quantity("percent", "its part of the cargo up of its role", ge=0, le=100)
    capacity_percent: float = quantity("percent", "its flights' part of the capacity of all flights", ge=0, le=100)
    revenue_usd: float = quantity("USD", "revenue with it; else of its flights or loads")
    cost_usd: float = quantity("USD", "cost of the service attributed to the same")
    margin_usd: float = quantity("USD", "the difference of the two")
    usd_per_kg: float | None = quantity("USD", "that cost for a kilogram up", default=None)
    on_time_percent: float | None = quantity("percent", "of its lines up with a due date", ge=0, le=100, default=None)
    late_percent: float | None = quantity(
        "percent", "of its flights in the courses drawn: more than 30 d late", ge=0, le=100, default=None
    )
    lost_percent: float | None = quantity("percent", "of its flights in the courses drawn: lost", ge=0, le=100, default=None)
    damage_percent: float = quantity("percent", "of its cargo up, expected to be damaged, by chances.csv", ge=0, le=100)
    score: float | None = quantity(
        "percent", "0 to 100, by the table of marks; empty: nothing flies with it", ge=0, le=100, default=None
    )
    alone_count: int = quantity("count", "flights that nothing else in the scenario could fly", ge=0)
    alone_kg: float = quantity("kg", "cargo up that stays on the ground without it", ge=0)
    alone_revenue_usd: float = quantity("USD", "revenue that goes with it")
    loss_usd: float = quantity("USD", "margin that goes with it; below zero: what goes with it cost more than it brought")
    keep_usd: float = quantity("USD", "of that, the margin of the flights that bring more than they cost", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentrationRow(_Checked):
    """How much hangs on few partners of a role."""

    role: str = text("what they are to the service", choices=PARTNER_ROLES)
    measure: str = text("shares of what")
    partners_count: int = quantity("count", "partners with a share", ge=1)
    index: float = quantity("count", "Herfindahl-Hirschman index, 10,000 for one alone", ge=0, le=10_000)
    band: str = text("its band, by the U.S. Merger Guidelines of 2023")
    evenly_count: float = quantity("count", "as many partners of equal size have the same index", ge=1)
    largest: str = text("largest partner")
    largest_percent: float = quantity("percent", "its share", ge=0, le=100)
    index_without_largest: float | None = quantity("count", "the index of the others if it leaves", ge=0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaborationRow(_Checked):
    """Whose hands a technology takes: partners of the role that what it changes belongs to, the largest first."""

    technology_id: str = text("name of the technology")
    chosen: bool = text("it stands on the roadmap")
    change: str = text("what it changes")
    role: str = text("whose work that is", choices=PARTNER_ROLES)
    partner: str = text("largest partner of that role")
    share_percent: float = quantity("percent", "its part of the cargo up of its role", ge=0, le=100)
    partners_count: int = quantity("count", "partners of that role", ge=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow(_Checked):
    """What winning a candidate is worth in the horizon."""

    rank: int = quantity("count", "1: the largest value", ge=1)
    candidate: str = text("who it is")
    role: str = text("what it would be", choices=CANDIDATE_ROLES)
    asked_kg: float = quantity("kg", "customer: cargo that it brings; else cargo that nothing else could fly", ge=0)
    carried_kg: float = quantity("kg", "of that, what finds room in the flights planned; else what it could fly", ge=0)
    margin_usd: float = quantity("USD", "margin of that cargo; else the expected loss of margin that it averts")
    cost_usd: float = quantity("USD", "what winning and qualifying it costs", ge=0)
    worth_usd: float = quantity("USD", "the difference of the two, in the horizon")
    worth_with_room_usd: float = quantity("USD", "the same if all its cargo found room")
    even_years: float | None = quantity(
        "count", "horizons after which it has paid for itself; empty: never", ge=0, default=None
    )
    how: str = text("how it was counted")
    evidence: str = text("weakest evidence of its row")
