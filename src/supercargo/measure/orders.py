"""Orders: what a customer hands over for one flight, and whether it came whole, in time, with its papers, undamaged.

An order is the up lines of one contract, customer and place that the first released plan which told of them put on one
mission. Lines for which it had no mission are ordered together by the day they are due.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from supercargo.kernel import days
from supercargo.measure.facts import Facts, LineFact
from supercargo.measure.scored import damaged_pieces

__all__ = ["DAMAGED", "NO_PAPERS", "Order", "orders_of"]


DAMAGED = "damaged"
NO_PAPERS = "papers incomplete (a gate waived or open, or no receipt)"
"""What may be wrong with an order beside time and amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and what became of it; `decided` once all its dates have passed, or the horizon is over.

    `documents` and `undamaged` are None where nothing tells. `received_utc` is the receipt of its first line, `handed_utc`
    when its last line was handed over, `delivered_utc` its last delivery (None: not whole).
    """

    name: str
    customer: str
    mission_id: str
    lines: tuple[LineFact, ...]
    decided: bool
    in_full: bool
    on_time: bool
    on_time_contractual: bool
    documents: bool | None
    undamaged: bool | None
    due_utc: datetime | None
    received_utc: datetime | None
    handed_utc: datetime | None
    delivered_utc: datetime | None
    why: str
    position: int | None

    @property
    def on_time_in_full(self) -> bool:
        """All of it, by its date."""
        return self.in_full and self.on_time

    @property
    def perfect(self) -> bool | None:
        """Whole, in time, with its papers and undamaged, of one and the same order; None where a part can't be known."""
        if not self.on_time_in_full or self.documents is False or self.undamaged is False:
            return False
        return None if self.documents is None or self.undamaged is None else True


def orders_of(facts: Facts) -> tuple[Order, ...]:
    """Every order, in order of name."""
    groups: dict[str, list[LineFact]] = defaultdict(list)
    for line in facts.lines:
        if line.direction == "up":
            groups[_name(line)].append(line)
    hurt = set(damaged_pieces(facts.damages, facts.lines))
    return tuple(_order(name, groups[name], facts, hurt) for name in sorted(groups))


def _name(line: LineFact) -> str:
    flight = line.committed_mission
    if not flight:
        flight = f"no mission, due {line.due_utc:%Y-%m-%d}" if line.due_utc else "no mission, no date"
    return " / ".join((line.contract_id or "no contract", line.customer, line.destination, flight))


def _date(line: LineFact) -> datetime | None:
    """The date that was committed to: the due date, or where none was agreed the delivery of the first plan."""
    return line.due_utc or line.planned_utc


def _kept(line: LineFact, *, lenient: bool) -> bool:
    date = _date(line)
    if line.delivered_utc is None:
        return False
    return date is None or line.delivered_utc <= date + days(line.tolerance_d if lenient else 0.0)


def _order(name: str, lines: list[LineFact], facts: Facts, hurt: set[str]) -> Order:
    listed = tuple(sorted(lines, key=lambda line: line.item_id))
    whole = all(line.whole and math.isclose(line.delivered_kg, line.mass_kg, abs_tol=0.01) for line in listed)
    on_time = all(_kept(line, lenient=False) for line in listed)
    broken = [line for line in listed if line.item_id in hurt]
    unpacked = facts.basis != "plan" and (bool(broken) or any(line.item_id in facts.seen_items for line in listed))
    papers = None if facts.basis == "plan" else all(line.whole and line.documents is True for line in listed)
    first = listed[0]
    handed = [line.released_utc for line in listed if line.released_utc is not None]
    told = [line.received_utc for line in listed if line.received_utc is not None]
    dates = [date for line in listed if (date := _date(line)) is not None]
    return Order(
        name=name,
        customer=first.customer,
        mission_id=first.committed_mission,
        lines=listed,
        decided=facts.over or (max(dates) <= facts.as_of_utc if dates else whole),
        in_full=whole,
        on_time=on_time,
        on_time_contractual=all(_kept(line, lenient=True) for line in listed),
        documents=papers,
        undamaged=not broken if unpacked or (broken and facts.basis != "plan") else None,
        due_utc=max(dates, default=None),
        received_utc=min(told, default=None),
        handed_utc=max(handed, default=None),
        delivered_utc=max((line.delivered_utc for line in listed if line.delivered_utc is not None), default=None)
        if whole
        else None,
        why=_why(listed, whole=whole, on_time=on_time, papers=papers, broken=bool(broken)),
        position=max((line.position for line in listed if line.position is not None), default=None),
    )


def _why(lines: tuple[LineFact, ...], *, whole: bool, on_time: bool, papers: bool | None, broken: bool) -> str:
    """The first thing that is wrong with an order, in words that many orders share."""
    place = lines[0].destination
    if not whole:
        if any(line.lost and not line.whole for line in lines):
            return f"{place}: lost with its mission"
        return f"{place}: not in full, a line was left behind" if any(line.left for line in lines) else f"{place}: not in full"
    if not on_time:
        return f"{place}: a line was late"
    if broken:
        return f"{place}: {DAMAGED}"
    return f"{place}: {NO_PAPERS}" if papers is False else ""
