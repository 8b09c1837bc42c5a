"""The right to wait, by a binomial lattice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Right", "value_right"]

_MOST_STEPS = 5000
"""What strays so little that a lattice would need more steps is taken for sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right to exchange `strike` for what is worth `spot` now, until `years` from now.

    `volatility`, `rate` and `leak` are a year's: standard deviation of the logarithm of what it is worth, continuous rate of
    money without risk, and the share of its return that who waits forgoes (a dividend's yield).
    """

    spot: float
    strike: float
    years: float
    rate: float
    volatility: float
    leak: float = 0.0
    put: bool = False  # the right to give, not to take
    early: bool = True  # may be used at any step, not at the end alone


def value_right(right: Right, steps: int = 200) -> float:
    """Worth of a right by the lattice of Cox, Ross and Rubinstein, J. Financial Economics 7 (1979) 229-263.

    Each step multiplies by u = exp(volatility sqrt(dt)) or by 1 / u, with probability (exp((rate - leak) dt) - 1 / u) /
    (u - 1 / u) of the first. Steps are added until that is a probability. Raises ValueError for a negative spot or strike.

    >>> round(value_right(Right(spot=50, strike=50, years=5 / 12, rate=0.1, volatility=0.4, put=True), steps=5), 2)
    4.49
    """
    if right.spot < 0 or right.strike < 0 or right.years < 0 or right.volatility < 0:
        raise ValueError("spot, strike, years and volatility of a right are 0 or more")
    sign = -1.0 if right.put else 1.0
    if right.years == 0 or right.spot == 0:
        return max(0.0, sign * (right.spot - right.strike))
    drift = right.rate - right.leak
    needed = math.inf if right.volatility <= 0 else right.years * (drift / right.volatility) ** 2 + 1.0
    if needed > _MOST_STEPS:
        return _sure(right, sign)
    count = max(1, steps, math.ceil(needed))
    step = right.years / count
    up = math.exp(right.volatility * math.sqrt(step))
    share = (math.exp(drift * step) - 1.0 / up) / (up - 1.0 / up)
    kept = math.exp(-right.rate * step)
    at = right.spot * up ** np.arange(-count, count + 1, 2, dtype=np.float64)
    worth = np.maximum(0.0, sign * (at - right.strike))
    for left in range(count - 1, -1, -1):
        worth = kept * (share * worth[1:] + (1.0 - share) * worth[:-1])
        if right.early:
            at = right.spot * up ** np.arange(-left, left + 1, 2, dtype=np.float64)
            worth = np.maximum(worth, sign * (at - right.strike))
    return float(worth[0])


def _sure(right: Right, sign: float) -> float:
    """Worth of a right on what does not stray: the best instant to use it, of a fine grid, or its end."""
    at = np.linspace(0.0, right.years, _MOST_STEPS + 1) if right.early else np.array([right.years])
    worth = sign * (right.spot * np.exp(-right.leak * at) - right.strike * np.exp(-right.rate * at))
    return max(0.0, float(worth.max()))
