"""Rows that people bring to operations in a workbook or a file: orders, receipts, counts, deliveries, what customers say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = ["ComplaintRow", "CountRow", "DeliveryRow", "OrderRow", "PartnerRow", "ReceiptRow", "SurveyRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(_Checked):
    """An item that is ordered."""

    item_id: str = text("item, such as R000123")
    customer: str = text("whose cargo it is")
    supplier: str = text("who supplies it")
    order_no: str = text("number of the order")
    pieces: float = quantity("count", "pieces ordered", ge=0)
    mass_kg: float = quantity("kg", "gross mass ordered", ge=0)
    at_utc: datetime | None = text("when it was ordered; empty: now", default=None)
    note: str = text("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow(_Checked):
    """An item that came in; without a place it has not come."""

    item_id: str = text("item, such as R000123")
    where: str = text("place or container it came to, such as place/hangar; empty: it has not come", default="")
    taker: str = text("who holds it from now on", default="")
    pieces: float | None = quantity("count", "pieces counted; empty: not counted", ge=0, default=None)
    mass_kg: float | None = quantity("kg", "gross mass weighed; empty: not weighed", ge=0, default=None)
    at_utc: datetime | None = text("when it came; empty: now", default=None)
    note: str = text("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow(_Checked):
    """An item that was counted or weighed; as it stands on record it is left alone, unless a date or a remark says more."""

    item_id: str = text("item, such as R000123")
    pieces: float | None = quantity("count", "pieces counted; empty: not counted", ge=0, default=None)
    mass_kg: float | None = quantity("kg", "gross mass weighed; empty: not weighed", ge=0, default=None)
    at_utc: datetime | None = text("when it was counted; empty: now", default=None)
    note: str = text("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow(_Checked):
    """A line of a contract that is delivered; without evidence it is not."""

    contract_id: str = text("contract")
    item_id: str = text("line, or part of one")
    evidence: str = text("what shows that it is delivered; empty: it is not", default="")
    mission_id: str = text("mission that brought it; empty: the one that the plan names", default="")
    at_utc: datetime | None = text("when it was delivered; empty: now", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintRow(_Checked):
    """A customer's complaint."""

    customer: str = text("who complains")
    complaint: str = text("name of the complaint, such as C-7")
    words: str = text("the complaint in the customer's words", column="text")
    about: str = text("mission or line; empty: the service as a whole", default="")
    at_utc: datetime | None = text("when it came; empty: now", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow(_Checked):
    """What a customer answers to a survey that was asked; without a score it has not answered."""

    customer: str = text("who answers")
    survey: str = text("survey that was asked")
    score: float | None = quantity("value", "score on the survey's scale; empty: not answered", ge=0, default=None)
    words: str = text("in the customer's words", column="text", default="")
    at_utc: datetime | None = text("when it was answered; empty: now", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow(_Checked):
    """A partner that was looked at, and whether it may hold cargo."""

    party: str = text("customer, supplier, carrier or operator")
    status: str = text("whether it may hold cargo", choices=("approved", "conditional", "suspended"))
    reason: str = text("what it rests on")
    valid_until_utc: datetime = text("to be looked at again by")
    at_utc: datetime | None = text("when it was looked at; empty: now", default=None)
