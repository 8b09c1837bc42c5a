"""Years of operations under two planners: what each year came to, and how far the planners are apart."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = ["POLICIES", "ClosedLoop", "PairRow", "YearRow"]

POLICIES = ("planner", "first come, first served")
"""Who plans: the optimising planner with least disturbance, and the desk that serves who is ready first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow(_Checked):
    """One year of operations under one planner, as it was flown."""

    seed: int = quantity("count", "chain of years that share their demand and fortune", ge=0)
    year: int = quantity("count", "year of the chain, from 1", ge=1)
    policy: str = text("who planned", choices=POLICIES)
    due: int = quantity("count", "missions due", ge=0)
    flown: int = quantity("count", "missions that lifted off in the year, lost ones too", ge=0)
    lost: int = quantity("count", "missions lost before docking", ge=0)
    replans: int = quantity("count", "times that the year was planned anew", ge=0)
    k1_percent: float | None = quantity("percent", "mission success", default=None)
    k2_percent: float | None = quantity("percent", "missions that lifted off over a day later than committed", default=None)
    k3_percent: float | None = quantity("percent", "on-time delivery", default=None)
    k5_percent: float | None = quantity("percent", "spacecraft utilisation", default=None)
    k9_usd: float | None = quantity("USD", "revenue", default=None)
    k10_percent: float | None = quantity("percent", "margin", default=None)
    delivered_kg: float = quantity("kg", "cargo up that arrived", ge=0)
    usd_per_kg: float | None = quantity("USD/kg", "cost of the whole chain for each kilogram that arrived", ge=0, default=None)
    below_reserve_d: float = quantity("d", "days below reserve, over all stocks", ge=0)
    empty_d: float = quantity("d", "days on which a stock was used up, over all stocks", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow(_Checked):
    """How far two planners are apart in one measure: same years, same fortune, the difference of each pair."""

    measure: str = text("measure")
    unit: str = text("its unit")
    better: str = text("which way is better", choices=("more", "less", ""))
    planner: float = quantity("value", "mean of the planner's years")
    baseline: float = quantity("value", "mean of the years of first come, first served")
    difference: float = quantity("value", "mean of planner less baseline, year by year")
    low: float | None = quantity("value", "95 % interval of the mean difference over years, from", default=None)
    high: float | None = quantity("value", "to", default=None)
    years: int = quantity("count", "pairs of years in it", ge=0)
    chains_low: float | None = quantity("value", "the same over means of chains, from", default=None)
    chains_high: float | None = quantity("value", "to", default=None)
    chains: int = quantity("count", "pairs of chains in it", ge=0)


@dataclass(frozen=True, kw_only=True)
class ClosedLoop:
    """Years of operations with the planner in the loop beside first come, first served."""

    scenario: str
    missions: int
    years: int
    seeds: tuple[int, ...]
    rows: tuple[YearRow, ...]
    pairs: tuple[PairRow, ...]
    assumptions: tuple[str, ...]
