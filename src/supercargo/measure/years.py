"""Years of operations under two planners: the difference of each pair of years, and how sure its mean is."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supercargo.measure.paired import paired_interval
from supercargo.model import POLICIES, PairRow, YearRow

__all__ = ["YEAR_MEASURES", "YearMeasure", "compare_years"]


@dataclass(frozen=True, slots=True)
class YearMeasure:
    """A column of years.csv that is compared."""

    name: str
    field: str
    unit: str
    better: str


YEAR_MEASURES = (
    YearMeasure("K1 mission success", "k1_percent", "percent", "more"),
    YearMeasure("K2 mission delay rate", "k2_percent", "percent", "less"),
    YearMeasure("K3 on-time delivery", "k3_percent", "percent", "more"),
    YearMeasure("K5 spacecraft utilisation", "k5_percent", "percent", "more"),
    YearMeasure("K9 revenue", "k9_usd", "USD", "more"),
    YearMeasure("K10 margin", "k10_percent", "percent", "more"),
    YearMeasure("cargo delivered", "delivered_kg", "kg", "more"),
    YearMeasure("cost of a delivered kg", "usd_per_kg", "USD/kg", "less"),
    YearMeasure("days below reserve", "below_reserve_d", "d", "less"),
    YearMeasure("days with nothing left", "empty_d", "d", "less"),
    YearMeasure("missions flown", "flown", "count", "more"),
    YearMeasure("times planned anew", "replans", "count", ""),
)


def compare_years(rows: Iterable[YearRow], measures: Sequence[YearMeasure]) -> tuple[PairRow, ...]:
    """Planner less baseline in each measure, over pairs of years with the same demand and fortune.

    Years of a chain are not independent: what one leaves, the next begins with. So the interval over the means of chains
    stands beside that over years.
    """
    by_key = {(row.seed, row.year, row.policy): row for row in rows}
    pairs = [
        (by_key[seed, year, POLICIES[0]], by_key[seed, year, POLICIES[1]])
        for seed, year in sorted({key[:2] for key in by_key})
        if (seed, year, POLICIES[0]) in by_key and (seed, year, POLICIES[1]) in by_key
    ]
    return tuple(row for one in measures if (row := _pair(one, pairs)) is not None)


def _pair(measure: YearMeasure, pairs: Sequence[tuple[YearRow, YearRow]]) -> PairRow | None:
    """One measure; None where no pair of years has it."""
    known = [
        (mine.seed, float(own), float(other))
        for mine, theirs in pairs
        if (own := getattr(mine, measure.field)) is not None and (other := getattr(theirs, measure.field)) is not None
    ]
    if not known:
        return None
    chains: dict[int, list[float]] = {}
    for seed, own, other in known:
        chains.setdefault(seed, []).append(own - other)
    differences = [own - other for _, own, other in known]
    over_years = paired_interval(differences)
    over_chains = paired_interval([statistics.fmean(values) for values in chains.values()])
    return PairRow(
        measure=measure.name,
        unit=measure.unit,
        better=measure.better,
        planner=statistics.fmean(own for _, own, _ in known),
        baseline=statistics.fmean(other for _, _, other in known),
        difference=statistics.fmean(differences),
        low=over_years[0] if over_years else None,
        high=over_years[1] if over_years else None,
        years=len(known),
        chains_low=over_chains[0] if over_chains else None,
        chains_high=over_chains[1] if over_chains else None,
        chains=len(chains),
    )
