"""Estimates from many futures, each with its standard error."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from supercargo.kernel import as_written
from supercargo.model import Difference, Spread

__all__ = ["difference_of", "probability_error", "shared", "spread_of"]

Floats = npt.NDArray[np.float64]

_QUANTILES = (("p05", 0.05), ("p50", 0.5), ("p95", 0.95))


def spread_of(metric: str, unit: str, values: Floats, *, about: str = "", plan: float | None = None) -> Spread:
    """Mean and quantiles of a figure; futures in which it is not defined (NaN) are left out and counted.

    The error of a quantile is half the distance of the order statistics that lie one standard error of their rank away.
    """
    known = np.sort(values[np.isfinite(values)])
    count = len(known)
    told: dict[str, float | None] = {}
    if count:
        told["mean"] = float(known.mean())
        told["mean_error"] = float(known.std(ddof=1)) / math.sqrt(count) if count > 1 else None
        for name, share in _QUANTILES:
            told[name] = float(np.quantile(known, share))
            told[f"{name}_error"] = _quantile_error(known, share) if count > 1 else None
    plan = None if plan is None or not math.isfinite(plan) else plan
    return as_written(Spread(metric=metric, object=about, unit=unit, plan=plan, runs=count, **told))


def _quantile_error(ordered: Floats, share: float) -> float:
    count = len(ordered)
    apart = math.sqrt(count * share * (1.0 - share))
    low = max(0, math.floor(share * (count - 1) - apart))
    high = min(count - 1, math.ceil(share * (count - 1) + apart))
    return float(ordered[high] - ordered[low]) / 2.0


def probability_error(share: float, runs: int) -> float:
    """Standard error of a share seen in so many futures; of none or all of them that of half a future more.

    >>> round(probability_error(0.5, 100), 3), round(probability_error(0.0, 99), 4)
    (0.05, 0.0071)
    """
    inside = (share * runs + 0.5) / (runs + 1.0) if share in (0.0, 1.0) else share
    return math.sqrt(inside * (1.0 - inside) / runs)


def difference_of(metric: str, unit: str, with_it: Floats, without: Floats) -> Difference:
    """Mean of the differences future by future, so that what both have in common cancels out."""
    both = np.isfinite(with_it) & np.isfinite(without)
    count = int(both.sum())
    if not count:
        return Difference(metric=metric, unit=unit, runs=0)
    apart = with_it[both] - without[both]
    return as_written(
        Difference(
            metric=metric,
            unit=unit,
            without=float(without[both].mean()),
            with_it=float(with_it[both].mean()),
            effect=float(apart.mean()),
            effect_error=float(apart.std(ddof=1)) / math.sqrt(count) if count > 1 else None,
            runs=count,
        )
    )


def shared(cause: Floats, result: Floats) -> float:
    """Squared correlation: the share of the spread of a result that a straight line in its cause explains."""
    known = np.isfinite(result)
    one, other = cause[known], result[known]
    if len(one) < 3 or one.std() == 0.0 or other.std() == 0.0:
        return 0.0
    return min(1.0, float(np.corrcoef(one, other)[0, 1]) ** 2)
