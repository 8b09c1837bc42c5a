"""Invoices and budget lines as they stand, made from the log."""

from __future__ import annotations

from supercargo.kernel import format_utc, plain
from supercargo.track.costs import events as told
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.views import Projection, ViewTable

__all__ = ["COSTS"]

INVOICES = ViewTable(
    name="invoices",
    key=("invoice_id",),
    columns=(*told.Bill.__slots__, "state", "corrections_count", "reason", "by", "at_utc"),
    indexed=("mission_id", "account", "supplier", "state"),
)
BUDGETS = ViewTable(
    name="budgets",
    key=("line",),
    columns=("account", "destination", "owner", "budget_usd", "alarm_percent", "by", "at_utc"),
    indexed=("account", "owner"),
)


def _project(event: Recorded, view: View) -> None:
    said = told.COST_KINDS.read(event)
    if said is None:
        return
    who = {"by": event.by, "at_utc": format_utc(event.occurred_utc)}
    match said:
        case told.BudgetSet():
            view.put(BUDGETS.name, (said.line,), {**plain(said), **who})
        case told.InvoiceBooked() | told.InvoiceCorrected():
            old = view.get(INVOICES.name, (said.invoice_id,))
            more = {
                "invoice_id": said.invoice_id,
                "state": "booked",
                "corrections_count": old["corrections_count"] + 1 if old else 0,
                "reason": getattr(said, "reason", ""),
            }
            view.put(INVOICES.name, (said.invoice_id,), {**plain(said.bill), **more, **who})
        case told.InvoiceCancelled():
            old = view.get(INVOICES.name, (said.invoice_id,)) or {}
            view.put(INVOICES.name, (said.invoice_id,), {**old, "state": "cancelled", "reason": said.reason, **who})


COSTS = Projection(name="costs", tables=(INVOICES, BUDGETS), project=_project)
"""Booked invoices and the budget."""
