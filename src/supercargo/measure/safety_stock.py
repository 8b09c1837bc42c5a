"""Safety stock for a service level, where deliveries are far apart, slip, and now and then are lost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Supply", "normal_safety_kg", "safety_kg", "service_of", "spread_kg"]

_STEPS = 200
_RARE = 1e-12
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Supply:
    """How a stock is used and replenished: use a day, days between deliveries, days from order to delivery, losses."""

    use_kg_d: float
    spread_kg_d: float  # standard deviation of a day's use; days are independent
    gap_d: float
    gap_spread_d: float
    lead_d: float = 0.0
    lead_spread_d: float = 0.0
    loss_probability: float = 0.0


def spread_kg(supply: Supply, deliveries: float = 1.0) -> float:
    """Standard deviation of what is used over so many gaps between deliveries and one lead time [kg].

    sqrt(E(T) var(D) + E(D)^2 var(T)): Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains (4th
    edition, 2017), section 6.10, for a random time T and use D of each day.
    """
    time = deliveries * supply.gap_d + supply.lead_d
    spread = deliveries * supply.gap_spread_d**2 + supply.lead_spread_d**2
    return math.sqrt(time * supply.spread_kg_d**2 + supply.use_kg_d**2 * spread)


def normal_safety_kg(supply: Supply, service: float) -> float:
    """Safety stock k x spread of use over one gap and one lead time, k the normal quantile of the service level [kg].

    Service is the probability of no stock-out in a cycle (Silver, Pyke and Thomas, P1). Use in a cycle counts as normal.

    >>> week = Supply(use_kg_d=2500, spread_kg_d=500, gap_d=4, gap_spread_d=0, lead_d=2)
    >>> round(normal_safety_kg(week, 0.9))
    1570
    """
    return max(0.0, _NORMAL.inv_cdf(service) * spread_kg(supply))


def safety_kg(supply: Supply, service: float) -> float:
    """Safety stock above mean use that covers the time to the next delivery that is not lost, with a probability [kg].

    The delivery that comes is the n-th with probability (1 - p) p^(n - 1), and use until then is normal with n gaps in it:
    the stock is the quantile of that mixture, less the mean use until then. Without losses it is `normal_safety_kg`.

    Raises ValueError for a service level outside (0, 1), or where every delivery is lost.
    """
    if not 0.0 < service < 1.0 or not 0.0 <= supply.loss_probability < 1.0:
        raise ValueError(f"no stock gives service {service} with losses of {supply.loss_probability}")
    parts = _parts(supply)
    if supply.use_kg_d <= 0.0 and supply.spread_kg_d <= 0.0:
        return 0.0
    low, high = 0.0, max(mean + 40.0 * spread for _, mean, spread in parts) + 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _covered(parts, middle) < service else (low, middle)
    mean = sum(weight * mean for weight, mean, _ in parts)
    return max(0.0, (low + high) / 2.0 - mean)


def service_of(supply: Supply, kg: float) -> float:
    """Probability that so much stock above mean use covers the time to the next delivery that is not lost: of `safety_kg` the
    inverse. Raises ValueError where every delivery is lost.

    >>> week = Supply(use_kg_d=2500, spread_kg_d=500, gap_d=4, gap_spread_d=0, lead_d=2, loss_probability=0.1)
    >>> round(service_of(week, safety_kg(week, 0.95)), 6)
    0.95
    """
    if not 0.0 <= supply.loss_probability < 1.0:
        raise ValueError(f"no stock gives a service with losses of {supply.loss_probability}")
    parts = _parts(supply)
    return _covered(parts, kg + sum(weight * mean for weight, mean, _ in parts))


def _parts(supply: Supply) -> list[tuple[float, float, float]]:
    """(weight, mean use, its spread) for each number of deliveries until one comes; rare ones join the last."""
    lost, found, left = supply.loss_probability, [], 1.0
    for n in range(1, 1000):
        weight = left * (1.0 - lost)
        left -= weight
        if left < _RARE:
            weight += left
        found.append((weight, supply.use_kg_d * (n * supply.gap_d + supply.lead_d), spread_kg(supply, n)))
        if left < _RARE:
            break
    return found


def _covered(parts: list[tuple[float, float, float]], stock_kg: float) -> float:
    """Probability that use stays within a stock."""
    share = 0.0
    for weight, mean, spread in parts:
        share += weight * (_NORMAL.cdf((stock_kg - mean) / spread) if spread > 0.0 else float(stock_kg >= mean))
    return share
