"""Tables that can be taken in: who may, what a row records, under which other names their columns come, and as they stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from supercargo.app.intake import judging
from supercargo.app.operations.booking import booked_invoices, budget_lines
from supercargo.model import BOOK_TABLES, INTAKE_TABLES, BudgetLine, Invoice, Table
from supercargo.model.intake import ComplaintRow, CountRow, DeliveryRow, ReceiptRow, SurveyRow
from supercargo.store.columns import Column, columns_of
from supercargo.store.intake import MOST_ROWS
from supercargo.track.cargo.stages import TRANSITIONS
from supercargo.track.event_store import View
from supercargo.track.parties.view import PARTY_TABLES

__all__ = ["INTAKES", "Intake", "Standing", "intake_named"]

_TABLE = {table.attribute: table for table in (*INTAKE_TABLES, *BOOK_TABLES)}
_ITEM = ("item", "thing", "name", "item no", "item number", "part", "line", "part no", "part number", "teil", "artikel",
         "artikelnummer", "artikelnr", "artikel nr", "teilenummer")  # fmt: skip
_WHEN = ("at", "when", "day", "date", "time", "datum", "tag", "zeitpunkt")
_MASS = ("mass", "gross mass", "weight", "gross weight", "wt", "gross wt", "total weight", "total mass", "masse", "gewicht",
         "bruttogewicht", "bruttomasse", "gesamtgewicht", "gesamtmasse")  # fmt: skip
_PIECES = ("pieces", "pcs", "qty", "quantity", "count", "number of pieces", "no of pieces", "stk", "stueck", "stueckzahl",
           "anzahl", "menge")  # fmt: skip
_NOTE = ("remark", "comment", "remarks", "comments", "notes", "bemerkung", "anmerkung", "notiz")
_CUSTOMER = ("kunde", "client", "auftraggeber")
_SUPPLIER = ("vendor", "lieferant")
_CONTRACT = ("contract", "contract no", "vertrag", "vertragsnummer")
_MISSION = ("mission", "flight", "flug")


@dataclass(frozen=True, slots=True)
class Standing:
    """The record as it stands: its views at one instant, and whole tables of them by name."""

    view: View
    rows: Callable[[str], Iterable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A table that can be taken in; `standing` gives its rows as they are recorded, to be edited and put back."""

    name: str
    title: str
    scope: str
    about: str
    judge: judging.Judge
    aliases: Mapping[str, tuple[str, ...]]
    standing: Callable[[Standing], Iterator[Any]]

    @property
    def table(self) -> Table:
        """Its noun and key."""
        return _TABLE[self.name]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns."""
        return columns_of(self.table.noun)

    @property
    def meanings(self) -> dict[str, str]:
        """What each column means."""
        noun: Any = self.table.noun
        return {one.metadata.get("column") or one.name: str(one.metadata["doc"]) for one in dataclasses.fields(noun)}


def _items(now: Standing, step: str) -> list[dict[str, Any]]:
    """Items of which a step may be told as they stand."""
    rows = (row for row in now.view.find("unit", "sort", "item") if row["stage"] in TRANSITIONS[step])
    return sorted(rows, key=lambda row: str(row["name"]))[:MOST_ROWS]


def _item(row: Mapping[str, Any]) -> str:
    return str(row["name"]).removeprefix("cargo/")


def _none(now: Standing) -> Iterator[Any]:
    return iter(())


def _receipts(now: Standing) -> Iterator[ReceiptRow]:
    for row in _items(now, "received"):
        if row["stage"] in ("planned", "ordered"):
            yield ReceiptRow(item_id=_item(row), pieces=row["pieces"], mass_kg=row["mass_kg"])


def _counts(now: Standing) -> Iterator[CountRow]:
    for row in _items(now, "inspected"):
        yield CountRow(item_id=_item(row), pieces=row["pieces"], mass_kg=row["mass_kg"])


def _deliveries(now: Standing) -> Iterator[DeliveryRow]:
    contracts = (row["contract_id"] for state in ("open", "settled") for row in now.view.find("contracts", "state", state))
    for contract_id in sorted(contracts):
        for row in now.view.find("promises", "contract_id", contract_id):
            if row["state"] != "delivered":
                yield DeliveryRow(contract_id=contract_id, item_id=row["item_id"], mission_id=row["mission_id"])


def _invoices(now: Standing) -> Iterator[Invoice]:
    return iter(booked_invoices(now.view))


def _budget(now: Standing) -> Iterator[BudgetLine]:
    return iter(budget_lines(now.rows("budgets")))


def _complaints(now: Standing) -> Iterator[ComplaintRow]:
    for state in PARTY_TABLES["complaints"]:
        for row in now.view.find("complaints", "state", state):
            named = {name: row[name] for name in ("customer", "complaint", "about")}
            yield ComplaintRow(**named, words=row["text"])


def _surveys(now: Standing) -> Iterator[SurveyRow]:
    for state in PARTY_TABLES["surveys"]:
        for row in now.view.find("surveys", "state", state):
            yield SurveyRow(customer=row["customer"], survey=row["survey"], score=row["score"], words=row["text"])


INTAKES: tuple[Intake, ...] = (
    Intake(
        name="orders", title="Orders", scope="cargo", judge=judging.judge_order, standing=_none,
        about="Each row orders an item: from then on its supplier holds it.",
        aliases={
            "item_id": _ITEM, "customer": ("owner", "for", "whose", *_CUSTOMER), "supplier": ("from", *_SUPPLIER),
            "pieces": _PIECES,
            "order_no": ("order", "order number", "po", "po number", "purchase order", "bestellnummer", "bestellnr",
                         "best nr"),
            "mass_kg": _MASS, "at_utc": _WHEN,
            "note": _NOTE,
        },
    ),
    Intake(
        name="receipts", title="Receipts", scope="cargo", judge=judging.judge_receipt, standing=_receipts,
        about="Each row with a place records that an item came in there, counted and weighed where figures stand.",
        aliases={
            "item_id": _ITEM, "where": ("place", "to", "location", "received at", "ort", "lagerort"),
            "taker": ("held by", "received by", "holder", "empfaenger"), "pieces": _PIECES, "mass_kg": _MASS,
            "at_utc": (*_WHEN, "received", "eingang"), "note": _NOTE,
        },
    ),
    Intake(
        name="counts", title="Stock counts", scope="cargo", judge=judging.judge_count, standing=_counts,
        about="Each row whose figures differ from the record, or that has a date or a remark, records a count.",
        aliases={"item_id": _ITEM, "pieces": _PIECES, "mass_kg": _MASS, "at_utc": (*_WHEN, "counted"),
                 "note": _NOTE},
    ),
    Intake(
        name="deliveries", title="Deliveries", scope="contract", judge=judging.judge_delivery, standing=_deliveries,
        about="Each row with evidence books a contract's line as delivered, once its mission has flown.",
        aliases={"contract_id": _CONTRACT, "item_id": _ITEM, "evidence": ("proof", "document", "nachweis", "beleg"),
                 "mission_id": _MISSION, "at_utc": (*_WHEN, "delivered")},
    ),
    Intake(
        name="invoices", title="Invoices", scope="contract", judge=judging.judge_invoice, standing=_invoices,
        about="Each row books a position; one that is booked otherwise is corrected, with a reason.",
        aliases={
            "invoice_id": ("invoice", "invoice no", "invoice number", "position", "belegnr", "document", "rechnung",
                           "rechnungsnummer", "rechnungsnr"),
            "date": (*_WHEN, "invoice date", "rechnungsdatum"),
            "mission_id": _MISSION, "account": ("cost account", "konto"), "supplier": _SUPPLIER,
            "quantity": ("billed", "menge"), "unit_price_usd": ("unit price", "price", "einzelpreis"),
            "note": (*_NOTE, "text"),
            "amount_usd": ("amount", "total", "sum", "betrag", "net"), "unit": ("driver",), "currency": ("ccy", "waehrung"),
        },
    ),
    Intake(
        name="budget", title="Budget", scope="contract", judge=judging.judge_budget, standing=_budget,
        about="Each row sets a line of the budget.",
        aliases={"line": ("budget line", "name"), "account": ("cost account",), "destination": ("place",),
                 "owner": ("who answers", "responsible"), "budget_usd": ("budget", "amount"), "alarm_percent": ("alarm",)},
    ),
    Intake(
        name="complaints", title="Complaints", scope="quality", judge=judging.judge_complaint, standing=_complaints,
        about="Each row takes a customer's complaint.",
        aliases={"customer": ("from", "who", *_CUSTOMER), "complaint": ("complaint no", "case", "name", "reklamation"),
                 "text": ("complaint text", "words"), "about": ("mission", "line", "concerns"), "at_utc": _WHEN},
    ),
    Intake(
        name="surveys", title="Survey answers", scope="quality", judge=judging.judge_survey, standing=_surveys,
        about="Each row with a score records what a customer answers to a survey that was asked.",
        aliases={"customer": ("from", "who", *_CUSTOMER), "survey": ("survey no", "name"),
                 "score": ("mark", "rating", "points"), "text": ("comment", "words", "remark"),
                 "at_utc": (*_WHEN, "answered")},
    ),
    Intake(
        name="partners", title="Partners", scope="comply", judge=judging.judge_partner, standing=_none,
        about="Each row records whether a partner may hold cargo, on what that rests, and until when.",
        aliases={"party": ("partner", "name", "company", "firma"), "status": ("state",), "reason": ("why", "basis"),
                 "valid_until_utc": ("valid until", "until", "expires", "gueltig bis"), "at_utc": _WHEN},
    ),
)  # fmt: skip
"""Every table that can be taken in; for each a command of operations records what its rows say."""


def intake_named(name: str) -> Intake | None:
    """The table of that name, or None."""
    return next((one for one in INTAKES if one.name == name), None)
