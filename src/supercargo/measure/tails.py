"""What a bad year costs: quantile and tail mean of losses, by samples and by an exact distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Z_90", "compound_losses", "tail_mean_usd", "tail_mean_weighted_usd", "value_at_risk_usd", "wilson"]

Floats = npt.NDArray[np.float64]

Z_90 = 1.6448536269514722
"""Quantile of the normal distribution for two-sided intervals of 90 %."""


def value_at_risk_usd(losses: Floats, level: float) -> float:
    """The smallest loss that at least a share `level` of the samples does not exceed [USD].

    >>> value_at_risk_usd(np.array([0.0, 1.0, 2.0, 3.0]), 0.75)
    2.0
    """
    ordered = np.sort(losses)
    return float(ordered[max(0, math.ceil(level * len(ordered) - 1e-9) - 1)])


def tail_mean_usd(losses: Floats, level: float) -> float:
    """Mean of the worst share 1 - `level` of samples [USD], the sample at its edge by the part of it that lies in the tail.

    The tail value at risk: Rockafellar and Uryasev, "Optimization of conditional value-at-risk", J. Risk 2 (2000), eq. 4.

    >>> tail_mean_usd(np.array([0.0, 0.0, 0.0, 8.0]), 0.5)
    4.0
    """
    return tail_mean_weighted_usd(losses, np.full(len(losses), 1.0 / len(losses)), level)


def tail_mean_weighted_usd(losses: Floats, weights: Floats, level: float) -> float:
    """The tail mean of a distribution in points: losses [USD] with probabilities that sum to 1."""
    order = np.argsort(-losses, kind="stable")
    before = np.concatenate(([0.0], np.cumsum(weights[order])[:-1]))
    inside = np.clip((1.0 - level) - before, 0.0, weights[order])
    return float(inside @ losses[order] / (1.0 - level))


def compound_losses(values_usd: Sequence[float], probabilities: Sequence[float], step_usd: float) -> Floats:
    """Distribution of the sum of independent losses, exact on a grid: entry k is the probability of k steps.

    Each value is rounded to the nearest whole number of steps. For equal values it is the binomial distribution of counts.
    """
    steps = [round(value / step_usd) for value in values_usd]
    mass = np.zeros(sum(steps) + 1)
    mass[0] = 1.0
    for step, probability in zip(steps, probabilities, strict=True):
        shifted = np.concatenate((np.zeros(step), mass[: len(mass) - step])) if step else mass
        mass = (1.0 - probability) * mass + probability * shifted
    return mass


def wilson(count: int, samples: int, z: float = Z_90) -> tuple[float, float]:
    """Interval of a share that was seen `count` times in `samples`: Wilson (1927), by default of 90 %.

    >>> tuple(round(end, 4) for end in wilson(0, 100))
    (0.0, 0.0263)
    """
    share, scale = count / samples, 1.0 + z * z / samples
    centre = (share + z * z / (2 * samples)) / scale
    half = z * math.sqrt(share * (1.0 - share) / samples + z * z / (4.0 * samples * samples)) / scale
    return max(0.0, centre - half) if count else 0.0, min(1.0, centre + half) if count < samples else 1.0
