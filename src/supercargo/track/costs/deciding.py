"""What may be done to invoices and the budget: a position is booked once, corrected with a reason, taken back with one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from supercargo.kernel import Refused
from supercargo.track.acts import Act, drafts_of, need
from supercargo.track.costs import events as told
from supercargo.track.envelope import Draft, Recorded

__all__ = [
    "BookInvoice",
    "BudgetCommand",
    "CancelInvoice",
    "CorrectInvoice",
    "InvoiceCommand",
    "InvoiceState",
    "SetBudget",
    "bill_fault",
    "decide_budget",
    "decide_invoice",
    "invoice_of",
]

MOST_USD = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class BookInvoice(told.Bill):
    """Book a position of an invoice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectInvoice(told.Bill):
    """Say what a booked position says from now on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInvoice:
    """Take a booked position back whole."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """Set a line of the budget, or set it anew."""

    owner: str
    account: str = ""
    destination: str = ""
    budget_usd: float | None = None
    alarm_percent: float = 105.0


InvoiceCommand = BookInvoice | CorrectInvoice | CancelInvoice
BudgetCommand = SetBudget

_SAID = tuple(told.Bill.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceState:
    """A position as it stands; `bill` is None once it is taken back."""

    bill: told.Bill | None
    version: int


def invoice_of(events: Iterable[Recorded]) -> InvoiceState | None:
    """The state after a stream's events; None for a position that nobody booked."""
    state: InvoiceState | None = None
    for event in events:
        said = told.COST_KINDS.read(event)
        if isinstance(said, told.InvoiceBooked | told.InvoiceCorrected):
            state = InvoiceState(bill=said.bill, version=event.version)
        elif isinstance(said, told.InvoiceCancelled) and state is not None:
            state = replace(state, bill=None, version=event.version)
    return state


def bill_fault(bill: told.Bill) -> tuple[str, str, str] | None:
    """Column, what is wrong and the fix of what a position says; None where all is well.

    Quantity times unit price is the amount, as near as the decimals of a unit price allow.
    """
    try:
        if date.fromisoformat(bill.date).isoformat() != bill.date:
            raise ValueError
    except ValueError:
        return "date", f"{bill.date[:40]!r} is no day", "write it as 2027-03-01"
    if not bill.account.strip():
        return "account", "no account is named", "name the account as costs.csv does"
    if bill.account.startswith("revenue"):
        return "account", f"{bill.account!r} is earned, not spent", "book what contracts bring with `supercargo ledger`"
    if not abs(bill.amount_usd) <= MOST_USD:
        return "amount_usd", f"{bill.amount_usd!r} USD can't be meant", f"give at most {MOST_USD:,.0f} USD"
    if round(bill.amount_usd, 2) != bill.amount_usd:
        return "amount_usd", f"{bill.amount_usd!r} USD is not in whole cents", "round the amount to cents"
    if bill.billed is not None and bill.unit_price_usd is not None:
        product = bill.billed * bill.unit_price_usd
        if not abs(product - bill.amount_usd) <= 0.01 + 0.005 * abs(bill.billed):
            what = f"{bill.billed:g} x {bill.unit_price_usd:g} is {product:,.2f} USD and not {bill.amount_usd:,.2f}"
            return "amount_usd", what, "mend quantity, unit price or amount; leave the unit price empty if it is not known"
    return None


def decide_invoice(invoice_id: str, state: InvoiceState | None, command: InvoiceCommand, act: Act) -> tuple[Draft, ...]:
    """A command on a position becomes one draft of its stream. Raises Refused with what is missing or wrong."""
    stream = f"cost/{invoice_id}"
    need(act.by, "the name of the person")
    said: told.InvoiceBooked | told.InvoiceCorrected | told.InvoiceCancelled
    match command:
        case BookInvoice():
            if state is not None:
                fix = "correct it, with a reason" if state.bill else "correct it: a name is used once"
                raise Refused(f"{invoice_id} is booked", fix=fix, where=stream)
            said = told.InvoiceBooked(invoice_id=invoice_id, bill=_bill(command, stream))
        case CorrectInvoice(reason=reason):
            if state is None:
                raise Refused(f"{invoice_id} is not booked", fix="book it", where=stream)
            bill = _bill(command, stream)
            if bill == state.bill:
                raise Refused(f"{invoice_id} says that already", fix="leave it, or say what is otherwise", where=stream)
            reason = need(reason, "the reason of the correction", where=stream)
            said = told.InvoiceCorrected(invoice_id=invoice_id, bill=bill, reason=reason)
        case CancelInvoice(reason=reason):
            if state is None or state.bill is None:
                raise Refused(f"{invoice_id} is not booked", fix="give the name of a booked position", where=stream)
            reason = need(reason, "the reason why it is taken back", where=stream)
            said = told.InvoiceCancelled(invoice_id=invoice_id, reason=reason)
    return drafts_of(act, told.COST_KINDS, stream, (said,), version=state.version if state else 0)


def _bill(command: BookInvoice | CorrectInvoice, stream: str) -> told.Bill:
    bill = told.Bill(**{name: getattr(command, name) for name in _SAID})
    fault = bill_fault(bill)
    if fault:
        column, what, fix = fault
        raise Refused(what, fix=fix, where=f"{stream} {column}")
    return bill


def decide_budget(line: str, version: int, command: BudgetCommand, act: Act) -> tuple[Draft, ...]:
    """A line of the budget is set on its stream. Raises Refused with what is missing or out of range."""
    stream = f"budget/{line}"
    need(act.by, "the name of the person")
    owner = need(command.owner, "who answers for the line", where=stream)
    if command.budget_usd is not None and not 0 <= command.budget_usd <= MOST_USD:
        raise Refused(f"{command.budget_usd!r} USD is no budget", fix=f"give 0 to {MOST_USD:,.0f} USD", where=stream)
    if not 0 <= command.alarm_percent <= 1000:
        raise Refused(f"{command.alarm_percent!r} percent is no threshold", fix="give 0 to 1000 percent", where=stream)
    said = told.BudgetSet(
        line=line,
        account=command.account,
        destination=command.destination,
        owner=owner,
        budget_usd=command.budget_usd,
        alarm_percent=command.alarm_percent,
    )
    return drafts_of(act, told.COST_KINDS, stream, (said,), version=version)
