"""What an insurer owes for a loss, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

__all__ = ["Terms", "cents", "recovery_cents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a policy pays: a share of the loss up to a limit, less a deductible [USD]."""

    cover_fraction: float
    limit_usd: float
    deductible_usd: float


def cents(usd: float) -> int:
    """Whole cents of an amount, the nearest."""
    return round(Decimal(repr(float(usd))) * 100)


def recovery_cents(terms: Terms, loss_cents: int, *, used_cents: int = 0) -> int:
    """Cents owed for a loss: the smaller of its covered share and what is left of the limit, less the deductible.

    `used_cents` of the limit went to earlier claims. Never more than the limit or the loss, less the deductible; part cents
    are not paid.

    >>> recovery_cents(Terms(cover_fraction=1.0, limit_usd=100.0, deductible_usd=10.0), 12_345)
    9000
    >>> recovery_cents(Terms(cover_fraction=0.5, limit_usd=100.0, deductible_usd=10.0), 12_345)
    5172
    """
    covered = int((Decimal(repr(terms.cover_fraction)) * loss_cents).to_integral_value(rounding=ROUND_FLOOR))
    left = cents(terms.limit_usd) - used_cents
    return max(0, min(covered, left) - cents(terms.deductible_usd))
