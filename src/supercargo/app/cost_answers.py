"""Answers of `cost`, as JSON: one object each."""

from __future__ import annotations

from typing import TypedDict

from supercargo.app.costing import AccountBooked
from supercargo.kernel import Fault
from supercargo.measure.cost_pricing import Quote
from supercargo.measure.cost_report import CostReport
from supercargo.measure.cost_to_serve import Served
from supercargo.track.envelope import Receipt

__all__ = ["CostAnswer", "CostImportAnswer", "CostQuoteAnswer"]


class CostAnswer(TypedDict):
    """Answer of `cost PLAN`: cost to serve by what was asked, and the whole report."""

    folder: str
    by: str
    rows: list[Served]
    report: CostReport


class CostImportAnswer(TypedDict):
    """Answer of `cost import`: what the file holds against the log, and what was booked."""

    file: str
    store: str
    booked: bool
    new: list[str]
    changed: list[str]
    same: list[str]
    bad_rows: list[int]
    faults: list[Fault]
    accounts: list[AccountBooked]
    receipts: list[Receipt]


class CostQuoteAnswer(TypedDict):
    """Answer of `cost quote`: what a load costs by three measures, and how the price offered stands to them."""

    folder: str
    quote: Quote
