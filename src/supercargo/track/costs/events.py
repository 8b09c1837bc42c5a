"""Invoices and budget lines as events: an invoice is booked, corrected or taken back; a line of the budget is set."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.track.bodies import Kinds

__all__ = ["COST_KINDS", "Bill", "BudgetSet", "InvoiceBooked", "InvoiceCancelled", "InvoiceCorrected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a position of an invoice says, as a row of invoices.csv without its name."""

    date: str
    account: str
    amount_usd: float
    mission_id: str = ""
    supplier: str = ""
    billed: float | None = None
    unit: str = ""
    unit_price_usd: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceBooked:
    """A position of an invoice is booked as actual cost."""

    invoice_id: str
    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCorrected:
    """A booked position says something else from now on; what it said before stays in the log."""

    invoice_id: str
    bill: Bill
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCancelled:
    """A booked position is taken back whole."""

    invoice_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSet:
    """Money is set aside for an account or a place, with who answers for it; a later event of the line replaces it."""

    line: str
    account: str
    destination: str
    owner: str
    budget_usd: float | None
    alarm_percent: float


COST_KINDS = Kinds((InvoiceBooked, InvoiceCorrected, InvoiceCancelled, BudgetSet))
"""Every kind of event of the streams `cost/INVOICE` and `budget/LINE`."""
