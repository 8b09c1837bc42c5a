"""Instants at which something along an orbit changes sign or peaks: sampled first, then refined for all at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from supercargo.astro.timescales import Floats

__all__ = ["Curve", "peaks_s", "roots_s"]

Curve = Callable[[Floats], Floats]
"""Value at each of some instants [s]."""

_ROUNDS = 40
_SETTLED_S = 1e-4


def roots_s(curve: Curve, low_s: Floats, high_s: Floats) -> Floats:
    """Where a curve changes sign between two instants of each pair [s], by false position in its Illinois form.

    Source: Dowell and Jarratt, BIT 11 (1971), 168.
    """
    low, high = low_s.astype(np.float64), high_s.astype(np.float64)
    if not low.size:
        return low
    at_low, at_high = curve(low), curve(high)
    side, last = np.zeros(low.size), np.full(low.size, np.inf)
    for _ in range(_ROUNDS):
        gap = at_high - at_low
        middle = np.where(gap != 0.0, high - at_high * (high - low) / np.where(gap != 0.0, gap, 1.0), low)
        value = curve(middle)
        before = value * at_low > 0.0  # the root lies after the middle
        at_high = np.where(before, np.where(side == 1.0, at_high / 2.0, at_high), value)
        at_low = np.where(before, value, np.where(side == -1.0, at_low / 2.0, at_low))
        low, high = np.where(before, middle, low), np.where(before, high, middle)
        side = np.where(before, 1.0, -1.0)
        if float(np.minimum(np.abs(middle - last), high - low).max()) <= _SETTLED_S:
            break
        last = middle
    nearer = np.abs(curve(low)) <= np.abs(curve(high))
    return np.where(nearer, low, high)


def peaks_s(curve: Curve, near_s: Floats, step_s: float) -> Floats:
    """Where a curve peaks within a step [s] of each instant, by parabolas through ever closer triples."""
    at = near_s.astype(np.float64)
    width = step_s
    while at.size and width > 0.05:
        before, here, after = curve(at - width), curve(at), curve(at + width)
        bend = before - 2.0 * here + after
        shift = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, 1.0), 0.0)
        at = at + width * np.clip(shift, -1.0, 1.0)
        width /= 6.0
    return at
