"""How sure a figure is: intervals for shares, rates of rare events, and means or ratios of a sample."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from supercargo.kernel import stream

__all__ = ["BOOTSTRAPS", "CONFIDENCE", "Interval", "Z", "bootstrap", "poisson", "wilson"]

CONFIDENCE = 0.95
Z = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""
BOOTSTRAPS = 2000
_SEED = 20_270
_STEPS = 200
_MOST_DRAWN = 1_000_000  # of a sample's places held in memory at once

Interval = tuple[float, float]
"""Lower and upper end."""


def wilson(hits: float, trials: float, *, z: float = Z) -> Interval:
    """Interval of a share, hits over trials (Wilson 1927, equation 6, without correction for continuity).

    >>> low, high = wilson(9, 10)
    >>> round(low, 4), round(high, 4)
    (0.5958, 0.9821)

    Raises ValueError without trials, or with more hits than trials.
    """
    if not 0 <= hits <= trials or trials <= 0:
        raise ValueError(f"{hits} of {trials} is no share")
    share, weight = hits / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return 0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == trials else min(1.0, middle + half)


def poisson(count: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Exact interval of the mean of a Poisson count (Garwood 1936).

    >>> low, high = poisson(10)
    >>> round(low, 3), round(high, 3)
    (4.795, 18.39)

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError(f"{count} is no count")
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _mean_where(lambda mean: 1 - _at_most(count - 1, mean) - tail, count)
    return low, _mean_where(lambda mean: tail - _at_most(count, mean), count)


def _at_most(count: int, mean: float) -> float:
    """Probability of at most so many events."""
    if mean <= 0:
        return 1.0
    return min(1.0, math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)))


def _mean_where(rising: Callable[[float], float], count: int) -> float:
    """The mean at which a rising function crosses zero, by halving."""
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 10
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def bootstrap(parts: Sequence[float], wholes: Sequence[float], name: str) -> Interval | None:
    """Percentile interval of sum(parts) / sum(wholes) from 2,000 resamples of its pairs (Efron 1979).

    Seeded by `name`: the same sample gives the same interval. None for fewer than two pairs, or where a resample has no whole.
    """
    count = len(parts)
    if count < 2:
        return None
    rng = stream(_SEED, f"kpi {name}")
    of, hit = np.asarray(wholes, dtype=float), np.asarray(parts, dtype=float)
    at_once = max(1, _MOST_DRAWN // count)
    ratios: list[np.ndarray] = []
    for start in range(0, BOOTSTRAPS, at_once):
        chosen = rng.integers(0, count, (min(at_once, BOOTSTRAPS - start), count))
        whole = of[chosen].sum(axis=1)
        if not (whole > 0).all():
            return None
        ratios.append(hit[chosen].sum(axis=1) / whole)
    low, high = np.quantile(np.concatenate(ratios), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
