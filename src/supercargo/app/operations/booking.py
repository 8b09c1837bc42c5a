"""Invoices and the budget in the log: one by one, or a whole file of them at once; told again, nothing is booked twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from supercargo.app.operations.deciding import record_on
from supercargo.app.operations.recording import Operations
from supercargo.kernel import canonical_json, plain
from supercargo.model import BudgetLine, Invoice
from supercargo.track.acts import Act
from supercargo.track.costs.deciding import (
    BookInvoice,
    BudgetCommand,
    CorrectInvoice,
    InvoiceCommand,
    InvoiceState,
    decide_budget,
    decide_invoice,
    invoice_of,
)
from supercargo.track.costs.events import Bill
from supercargo.track.envelope import Draft, Receipt, Recorded
from supercargo.track.event_store import EventStore, View

__all__ = [
    "Booking",
    "Streams",
    "bill_of",
    "book_invoices",
    "booked_invoices",
    "bookings_of",
    "budget_lines",
    "record_budget",
    "record_invoice",
]

NEW, CHANGED, SAME = "new", "changed", "same"


def record_invoice(store: Operations, invoice_id: str, command: InvoiceCommand, act: Act) -> tuple[Receipt, ...]:
    """Book, correct or take back a position; raises as `decide_invoice` does."""
    stream = f"cost/{invoice_id}"
    return record_on(store, stream, act, invoice_of, lambda state: decide_invoice(invoice_id, state, command, act))


def record_budget(store: Operations, line: str, command: BudgetCommand, act: Act) -> tuple[Receipt, ...]:
    """Set a line of the budget; raises as `decide_budget` does."""
    return record_on(
        store,
        f"budget/{line}",
        act,
        lambda events: sum(1 for _ in events),
        lambda version: decide_budget(line, version, command, act),
    )


class Streams(Protocol):
    """A log whose streams can be read."""

    def stream(self, name: str) -> tuple[Recorded, ...]:
        """All events of a stream in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What a row of a file is to the log: new, changed or the same as booked; `before_usd` is what was booked [USD]."""

    state: str
    invoice: Invoice
    before_usd: float
    version: int


def bill_of(invoice: Invoice) -> Bill:
    """What a position says, as an event has it."""
    return Bill(**{name: getattr(invoice, name) for name in Bill.__slots__})


def bookings_of(store: Streams, invoices: Iterable[Invoice]) -> tuple[Booking, ...]:
    """Rows held against the log, in their order."""
    return tuple(_booking(invoice, invoice_of(store.stream(f"cost/{invoice.invoice_id}"))) for invoice in invoices)


def _booking(invoice: Invoice, state: InvoiceState | None) -> Booking:
    before = state.bill.amount_usd if state and state.bill else 0.0
    kind = NEW if state is None else SAME if state.bill == bill_of(invoice) else CHANGED
    return Booking(state=kind, invoice=invoice, before_usd=before, version=state.version if state else 0)


def book_invoices(
    store: EventStore, bookings: Sequence[Booking], *, by: str, now_utc: datetime, reason: str
) -> tuple[Receipt, ...]:
    """Book what is new and correct what is changed, all or nothing; what is the same is left alone.

    Raises StreamMoved where somebody booked one of them meanwhile, Refused as `decide_invoice` does.
    """
    drafts: list[Draft] = []
    for one in bookings:
        if one.state == SAME:
            continue
        said = {name: getattr(one.invoice, name) for name in Bill.__slots__}
        command = BookInvoice(**said) if one.state == NEW else CorrectInvoice(**said, reason=reason)
        state = None if one.state == NEW else InvoiceState(bill=None, version=one.version)
        content = canonical_json(plain({"invoice": one.invoice, "version": one.version}))
        act = Act(command_id=f"invoice.{hashlib.sha256(content.encode()).hexdigest()}", by=by, at_utc=now_utc)
        drafts += decide_invoice(one.invoice.invoice_id, state, command, act)
    return store.append(drafts) if drafts else ()


def booked_invoices(view: View) -> tuple[Invoice, ...]:
    """Positions that stand, in order of name."""
    rows = sorted(view.find("invoices", "state", "booked"), key=lambda row: str(row["invoice_id"]))
    names = [name for name in Invoice.__slots__ if name != "currency"]
    return tuple(Invoice(**{name: row[name] for name in names}) for row in rows)


def budget_lines(rows: Iterable[dict[str, object]]) -> tuple[BudgetLine, ...]:
    """Lines of the budget from rows of its board, in order of name."""
    made = (BudgetLine(**{name: row[name] for name in BudgetLine.__slots__}) for row in rows)  # type: ignore[arg-type]
    return tuple(sorted(made, key=lambda one: one.line))
