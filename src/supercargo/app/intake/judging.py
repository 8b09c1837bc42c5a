"""What a row of each table is to the log: new, a change, the same as recorded, or nothing; what is new is decided at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.app.compliance import record_compliance
from supercargo.app.intake.gathering import Gathering
from supercargo.app.operations import booking
from supercargo.app.operations.cargo import judged
from supercargo.app.operations.recording import record_contract, record_party
from supercargo.kernel import plain
from supercargo.model import BudgetLine, Invoice
from supercargo.model.intake import ComplaintRow, CountRow, DeliveryRow, OrderRow, PartnerRow, ReceiptRow, SurveyRow
from supercargo.track.acts import Act
from supercargo.track.cargo.alike import odd_parts
from supercargo.track.cargo.life import Life
from supercargo.track.cargo.steps import Inspect, Order, Receive, Step
from supercargo.track.compliance.commands import SetPartnerStatus
from supercargo.track.contracts.deciding import Deliver, contract_of
from supercargo.track.costs.deciding import BookInvoice, CorrectInvoice, SetBudget
from supercargo.track.costs.events import Bill
from supercargo.track.parties.deciding import AnswerSurvey, OpenComplaint, party_of
from supercargo.track.people import Principal

__all__ = ["CHANGED", "NEW", "NOTHING", "SAME", "Judge", "RowAsked", "judge_budget", "judge_complaint", "judge_count",
           "judge_delivery", "judge_invoice", "judge_order", "judge_partner", "judge_receipt", "judge_survey"]  # fmt: skip

NEW, CHANGED, SAME, NOTHING = "new", "changed", "same as recorded", "nothing to record"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAsked:
    """A row, who has it recorded and under which name, and why what is recorded otherwise is corrected."""

    record: Any
    act: Act
    principal: Principal
    reason: str

    @property
    def dated(self) -> RowAsked:
        """The same at the instant that the row states, where it states one."""
        at: datetime | None = self.record.at_utc
        return self if at is None else replace(self, act=replace(self.act, at_utc=at))


Judge = Callable[[Gathering, RowAsked], str]
"""Decides a row upon those before it; raises Refused or ScenarioError for one that is not lawful."""


def _thing(item_id: str) -> str:
    return item_id if item_id.startswith(("cargo/", "container/")) else f"cargo/{item_id}"


def _who(asked: RowAsked) -> dict[str, Any]:
    act, row = asked.dated.act, asked.record
    return {
        "command_id": act.command_id, "by": act.by, "at_utc": act.at_utc, "thing": _thing(row.item_id), "note": row.note,
    }  # fmt: skip


def _step(store: Gathering, asked: RowAsked, step: Step) -> str:
    """A step that says what the thing's record says already, and no other instant, is not told again."""
    for event in store.stream(step.thing):
        then = step if asked.record.at_utc else replace(step, at_utc=event.occurred_utc)
        if event.kind == step.kind and not odd_parts(then, event):
            return SAME
    with store.reading() as view:
        drafts, _ = judged([step], store, asked.principal, (view, lambda name: Life.of(name, store.stream(name))))
    store.append(drafts)
    return NEW


def judge_order(store: Gathering, asked: RowAsked) -> str:
    """An item is ordered."""
    row: OrderRow = asked.record
    said = {name: getattr(row, name) for name in ("customer", "supplier", "order_no", "pieces", "mass_kg")}
    return _step(store, asked, Order(**_who(asked), **said))


def judge_receipt(store: Gathering, asked: RowAsked) -> str:
    """An item has come in."""
    row: ReceiptRow = asked.record
    if not row.where:
        return NOTHING
    said = {name: getattr(row, name) for name in ("where", "taker", "pieces", "mass_kg")}
    return _step(store, asked, Receive(**_who(asked), **said))


def judge_count(store: Gathering, asked: RowAsked) -> str:
    """An item was counted; what stands on record so, and has neither date nor remark, was not."""
    row: CountRow = asked.record
    if row.pieces is None and row.mass_kg is None:
        return NOTHING
    with store.reading() as view:
        unit = view.get("unit", (_thing(row.item_id),))
    if unit and not row.note and row.at_utc is None:
        pairs = ((row.pieces, unit["pieces"]), (row.mass_kg, unit["mass_kg"]))
        if all(counted is None or (known is not None and abs(counted - known) < 5e-4) for counted, known in pairs):
            return SAME
    return _step(store, asked, Inspect(**_who(asked), pieces=row.pieces, mass_kg=row.mass_kg))


def judge_delivery(store: Gathering, asked: RowAsked) -> str:
    """A line of a contract is delivered."""
    row: DeliveryRow = asked.record
    if not row.evidence:
        return NOTHING
    state = contract_of(store.stream(f"contract/{row.contract_id}"))
    if state is not None and row.item_id in state.delivered:
        return SAME
    command = Deliver(item_id=row.item_id, evidence=row.evidence, mission_id=row.mission_id)
    record_contract(store, row.contract_id, command, asked.dated.act)
    return NEW


def judge_complaint(store: Gathering, asked: RowAsked) -> str:
    """A customer complains."""
    row: ComplaintRow = asked.record
    known = party_of(row.customer, store.stream(f"party/{row.customer}")).complaints.get(row.complaint)
    if known is not None and (known.about, known.text) == (row.about.strip(), row.words.strip()):
        return SAME
    command = OpenComplaint(complaint=row.complaint, text=row.words, about=row.about)
    record_party(store, row.customer, command, asked.dated.act)
    return NEW


def judge_survey(store: Gathering, asked: RowAsked) -> str:
    """A customer answers a survey."""
    row: SurveyRow = asked.record
    if row.score is None:
        return NOTHING
    known = party_of(row.customer, store.stream(f"party/{row.customer}")).surveys.get(row.survey)
    if known is not None and (known.score, known.text) == (row.score, row.words):
        return SAME
    command = AnswerSurvey(survey=row.survey, score=row.score, text=row.words)
    record_party(store, row.customer, command, asked.dated.act)
    return NEW


def judge_partner(store: Gathering, asked: RowAsked) -> str:
    """A partner was looked at."""
    row: PartnerRow = asked.record
    said = {"status": row.status, "reason": row.reason, "valid_until_utc": row.valid_until_utc}
    told = [event for event in store.stream(f"party/{row.party}") if event.kind == SetPartnerStatus.kind]
    if told and all(told[-1].body.get(name) == plain(value) for name, value in said.items()):
        return SAME
    act = asked.dated.act
    command = SetPartnerStatus(
        command_id=act.command_id, by=act.by, at_utc=act.at_utc, party=row.party, status=row.status, reason=row.reason,
        valid_until_utc=row.valid_until_utc,
    )  # fmt: skip
    record_compliance(store, asked.principal, command)
    return CHANGED if told else NEW


def judge_invoice(store: Gathering, asked: RowAsked) -> str:
    """A position is billed, or billed otherwise than it is booked."""
    invoice: Invoice = asked.record
    one = booking.bookings_of(store, [invoice])[0]
    if one.state == booking.SAME:
        return SAME
    said = {name: getattr(invoice, name) for name in Bill.__slots__}
    command = BookInvoice(**said) if one.state == booking.NEW else CorrectInvoice(**said, reason=asked.reason)
    booking.record_invoice(store, invoice.invoice_id, command, asked.act)
    return NEW if one.state == booking.NEW else CHANGED


def judge_budget(store: Gathering, asked: RowAsked) -> str:
    """A line of the budget is set."""
    line: BudgetLine = asked.record
    with store.reading() as view:
        known = view.get("budgets", (line.line,))
    said = {name: getattr(line, name) for name in ("owner", "account", "destination", "budget_usd", "alarm_percent")}
    if known is not None and all(known[name] == value for name, value in said.items()):
        return SAME
    booking.record_budget(store, line.line, SetBudget(**said), asked.act)
    return NEW if known is None else CHANGED
