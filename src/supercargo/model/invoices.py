"""What the service was billed and what it set aside: invoices, and lines of the budget."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = ["BudgetLine", "Invoice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(_Checked):
    """A position of a supplier's invoice; a credit note has a negative amount."""

    invoice_id: str = text("name of the position, such as INV-7 or INV-7/2")
    date: str = text("day of the invoice, YYYY-MM-DD")
    mission_id: str = text("mission; empty: of no single mission", default="")
    account: str = text("cost account, as in costs.csv")
    supplier: str = text("who bills", default="")
    billed: float | None = quantity(
        "value", "units of the account's driver that are billed; empty: not told", column="quantity", default=None, places=6
    )
    unit: str = text("the account's driver, such as docked_d; empty: as the account", default="")
    unit_price_usd: float | None = quantity("USD", "price of one unit; empty: not told", default=None, places=6)
    amount_usd: float = quantity("USD", "what is billed")
    currency: str = text("empty or USD: amounts are converted before they are booked", default="")
    note: str = text("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine(_Checked):
    """Money set aside for an account or a place, who answers for it, and from which share an alarm is given."""

    line: str = text("name of the line")
    account: str = text("cost account; empty: every account", default="")
    destination: str = text("place; empty: every place", default="")
    owner: str = text("who answers for it", default="")
    budget_usd: float | None = quantity("USD", "money set aside; empty: what the plan costs", ge=0, default=None)
    alarm_percent: float = quantity(
        "percent", "share of the budget, spent or forecast, from which it alarms", ge=0, le=1000, default=105.0
    )
