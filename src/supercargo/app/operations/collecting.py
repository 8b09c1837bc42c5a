"""Deliveries that the cargo's own record proves are booked on their contracts: nobody tells the same thing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from supercargo.app.operations.recording import Operations, record_deliveries
from supercargo.track.acts import Act
from supercargo.track.cargo.asking import Happening, history_of
from supercargo.track.contracts.deciding import Deliver
from supercargo.track.envelope import Receipt
from supercargo.track.event_store import View

__all__ = ["DELIVERED_BY", "collect_deliveries"]

DELIVERED_BY = {"up": ("stowed",), "down": ("landed", "returned"), "disposal": ("entered",)}
"""The steps of cargo by which a line is delivered: up when it is stowed at the place, down when it has landed intact, disposal
when it is burnt; the first of them counts."""


def collect_deliveries(store: Operations, contract_id: str, *, by: str, now_utc: datetime) -> tuple[Receipt, ...]:
    """Book each promised line of a contract whose cargo has been delivered since; the step of the cargo is the evidence.

    Told again it adds nothing. Raises Refused for a contract that no plan has opened.
    """
    with store.reading() as view:
        found = tuple(_proved(view, contract_id, by, now_utc))
    return record_deliveries(store, contract_id, found)


def _proved(view: View, contract_id: str, by: str, now_utc: datetime) -> Iterator[tuple[Deliver, Act]]:
    rows = [row for row in view.find("promises", "contract_id", contract_id) if row["state"] in ("promised", "settled")]
    for row in rows:
        line = row["line"]
        step = _first(history_of(view, f"cargo/{row['item_id']}"), DELIVERED_BY[line["direction"]], now_utc)
        mission_id = row["mission_id"]
        if step is None or not mission_id:
            continue
        deliver = Deliver(item_id=row["item_id"], evidence=f"event {step.event_id}", mission_id=mission_id)
        name = hashlib.sha256(f"{contract_id}\0{row['item_id']}".encode()).hexdigest()
        yield deliver, Act(command_id=f"collect.{name}", by=by, at_utc=step.at_utc)


def _first(told: tuple[Happening, ...], kinds: tuple[str, ...], now_utc: datetime) -> Happening | None:
    return next((one for one in told if one.stands and one.kind in kinds and one.at_utc <= now_utc), None)
