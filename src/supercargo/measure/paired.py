"""Differences of pairs: their mean, and how well it is known."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

__all__ = ["paired_interval", "student_quantile"]


def paired_interval(differences: Sequence[float], share: float = 0.95) -> tuple[float, float] | None:
    """Interval that holds the mean difference with a confidence, by Student's t; None for fewer than two pairs."""
    count = len(differences)
    if count < 2:
        return None
    middle = statistics.fmean(differences)
    half = student_quantile((1 + share) / 2, count - 1) * statistics.stdev(differences) / math.sqrt(count)
    return middle - half, middle + half


def student_quantile(share: float, freedom: int) -> float:
    """Value that Student's t with some degrees of freedom stays below with a probability above one half.

    >>> round(student_quantile(0.975, 9), 3)
    2.262
    """
    low, high = 0.0, 1.0
    while _below(high, freedom) < share:
        high *= 2.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(middle, freedom) < share else (low, middle)
    return (low + high) / 2


def _below(value: float, freedom: int) -> float:
    """Distribution of Student's t for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = math.atan(value / math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    if freedom % 2:
        term, total = cosine, 0.0
        for k in range(1, (freedom - 1) // 2 + 1):
            total += term
            term *= cosine * cosine * (2 * k) / (2 * k + 1)
        inside = 2.0 / math.pi * (angle + sine * total)
    else:
        term, total = 1.0, 0.0
        for k in range(1, freedom // 2 + 1):
            total += term
            term *= cosine * cosine * (2 * k - 1) / (2 * k)
        inside = sine * total
    return 0.5 + inside / 2
