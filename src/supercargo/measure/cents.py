"""Money in whole cents: what is split adds up again, whatever the weights."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

__all__ = ["cents_of", "split_cents", "usd_of"]

Name = TypeVar("Name", bound="str | int | tuple[str, ...]")


def cents_of(usd: float) -> int:
    """An amount in whole cents, the nearest; amounts of files have no more decimals."""
    return round(usd * 100)


def usd_of(cents: int) -> float:
    """Cents as USD."""
    return cents / 100


def split_cents(total: int, weights: Mapping[Name, float]) -> dict[Name, int]:
    """Split whole cents by weight so that the parts add up to the cent: the odd ones go to the largest remainders.

    Equal remainders go by the order of names. Weights are exact fractions here, so that no sum of floats can lose a cent.
    Raises ValueError for weights of which one is negative or none is positive.

    >>> split_cents(100, {"a": 1.0, "b": 1.0, "c": 1.0})
    {'a': 34, 'b': 33, 'c': 33}
    >>> split_cents(-100, {"a": 2.0, "b": 1.0})
    {'a': -67, 'b': -33}
    """
    parts = {name: Fraction(weight) for name, weight in sorted(weights.items())}
    whole = sum(parts.values(), Fraction(0))
    if whole <= 0 or any(part < 0 for part in parts.values()):
        raise ValueError("cents are split by weights that are not negative, one of them positive")
    sign, size = (-1, -total) if total < 0 else (1, total)
    shares: dict[Name, int] = {}
    left: dict[Name, Fraction] = {}
    for name, part in parts.items():
        exact = part * size / whole
        shares[name] = int(exact)
        left[name] = exact - shares[name]
    odd = size - sum(shares.values())
    for name in sorted(left, key=lambda name: -left[name])[:odd]:
        shares[name] += 1
    return {name: sign * share for name, share in shares.items()}
