"""Rows held against the plan in force and the record: what can't be is a fault, what is odd is asked before it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from supercargo.app.intake.near import NearNames
from supercargo.app.operations.known import earliest_utc, too_early
from supercargo.kernel import format_utc
from supercargo.model import OperationsPlan
from supercargo.store.log import SqlStore
from supercargo.track.event_store import View

__all__ = ["SORTS", "Question", "Yardstick"]

SORTS: Mapping[str, str] = {
    "item": "items that neither the plan nor the record knows: each opens new cargo",
    "amount": "figures that are far from those of the plan or the record",
    "place": "places that the plan does not name and where nothing has been",
    "name": "names that the plan does not know",
    "when": "days that lie far from the plan",
}
"""What may be odd about a row; each sort is agreed to by itself."""

_MASS_FRACTION = 0.1
_FAR_FACTOR = 2.0
_EARLY_D = 366.0


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Question:
    """What is odd about a row: it is recorded only once a person has agreed to it."""

    row: int
    sort: str
    what: str


Doubts = Iterator[tuple[str, str]]


class Yardstick:
    """What the plan in force and the record know, read once for a whole file; without either there is nothing to doubt."""

    def __init__(self, store: SqlStore, view: View, plan: OperationsPlan | None, now_utc: datetime) -> None:
        self._view, self._plan, self._now_utc = view, plan, now_utc
        self._earliest_utc = earliest_utc(store)

    def impossible(self, record: Any) -> str:
        """Why a row can't be, in words; empty where it may."""
        at = _stated_utc(record)
        return too_early(at) if at is not None and self._earliest_utc is not None and at < self._earliest_utc else ""

    def doubts(self, table: str, number: int, record: Any) -> tuple[Question, ...]:
        """What is odd about a row of a table."""
        found = (*_DOUBTS[table](self, record), *self._when(record)) if table in _DOUBTS else tuple(self._when(record))
        return tuple(Question(row=number, sort=sort, what=what) for sort, what in found)

    def meant(self, item_id: str) -> str:
        """Which known items a name may mean, as a question; empty where none is near, or the name is one of them."""
        if _bare(item_id) in self._items:
            return ""
        return _did_you_mean(self._near_items.near(_bare(item_id)))

    def _when(self, record: Any) -> Doubts:
        at = _stated_utc(record)
        begins = None if self._plan is None else self._plan.scenario.settings.start_utc
        if at is not None and begins is not None and at < begins - timedelta(days=_EARLY_D):
            yield "when", f"{format_utc(at)} is more than a year before the plan begins, {format_utc(begins)}"
        if isinstance(getattr(record, "date", None), str) and at is not None and at > self._now_utc:
            yield "when", f"{record.date} has not come yet"

    @cached_property
    def _items(self) -> dict[str, tuple[float | None, float | None]]:
        """Pieces and mass of each item, by the record, or by the plan where nothing was opened."""
        lines = () if self._plan is None else self._plan.scenario.cargo
        known: dict[str, tuple[float | None, float | None]] = {line.item_id: (line.pieces, line.mass_kg) for line in lines}
        for row in self._view.find("unit", "sort", "item"):
            known[_bare(str(row["name"]))] = (row["pieces"], row["mass_kg"])
        return known

    @cached_property
    def _near_items(self) -> NearNames:
        return NearNames(self._items)

    @cached_property
    def _missions(self) -> frozenset[str]:
        return frozenset() if self._plan is None else frozenset(self._plan.mission_named)

    @cached_property
    def _places(self) -> frozenset[str]:
        if self._plan is None:
            return frozenset()
        all_ = self._plan.scenario
        return frozenset({
            *(f"place/{one.destination}" for one in all_.destinations), *(f"site/{one.site}" for one in all_.sites),
            *(f"facility/{one.facility_id}" for one in all_.facilities), *(f"pad/{one.site}/{one.pad}" for one in all_.pads),
            *(f"port/{one.destination}/{one.port}" for one in all_.ports),
        })  # fmt: skip

    @cached_property
    def _near_places(self) -> NearNames:
        return NearNames(self._places)

    @cached_property
    def _firms(self) -> frozenset[str]:
        if self._plan is None:
            return frozenset()
        all_ = self._plan.scenario
        operators = (one.operator for one in all_.vehicle_types.values())
        return frozenset({*(one.supplier for one in all_.suppliers), *(one.customer for one in all_.customers), *operators})

    @cached_property
    def _near_firms(self) -> NearNames:
        return NearNames(name for name in self._firms if len(name) > 3)

    def item(self, item_id: str) -> Doubts:
        """An item that nobody knows, though others are known."""
        name = _bare(item_id)
        if self._items and name not in self._items and not name.startswith("container/"):
            yield "item", f"item {name} is not in the plan{self.meant(name)}"

    def figures(self, record: Any, *, exact: bool) -> Doubts:
        """Pieces and mass that are not those known: all that differ, or only those that can be no counting or weighing."""
        pieces, mass_kg = self._items.get(_bare(record.item_id), (None, None))
        for word, said, known, unit in (
            ("pieces", record.pieces, pieces, "pieces"), ("mass", record.mass_kg, mass_kg, "kg"),
        ):  # fmt: skip
            if said is None or not known or abs(said - known) < 5e-4:
                continue
            near = 0.0 if word == "pieces" else _MASS_FRACTION
            far = abs(said - known) > near * known if exact else not known / _FAR_FACTOR <= said <= known * _FAR_FACTOR
            if far:
                yield "amount", f"{_figure(said)} {unit} of {_bare(record.item_id)}, the plan has {_figure(known)}"

    def place(self, place: str) -> Doubts:
        """A place of no plan, where nothing was ever."""
        kind, _, name = place.partition("/")
        outer = "/".join(place.split("/")[:2])
        if not self._places or not name or kind == "container" or {place, outer} & self._places:
            return
        if any(True for _ in self._view.find("stay", "where", place)):
            return
        near = self._near_places.near(place) or tuple(sorted(one for one in self._places if one.startswith(f"{kind}/")))[:3]
        yield "place", f"{place} is in no plan{_did_you_mean(near)}"

    def firm(self, name: str) -> Doubts:
        """A name that is nearly that of a supplier, customer or operator."""
        if name and name not in self._firms and (near := self._near_firms.near(name)):
            yield "name", f"{name} is in no plan{_did_you_mean(near)}"

    def mission(self, name: str) -> Doubts:
        """A mission that the plan does not fly."""
        if name and self._missions and name not in self._missions:
            yield "name", f"the plan flies no mission {name}{_did_you_mean(NearNames(self._missions).near(name))}"

    def concern(self, about: str) -> Doubts:
        """What a complaint is about: a mission or an item."""
        if about and self._missions and about not in self._missions and _bare(about) not in self._items:
            near = NearNames(self._missions).near(about) or self._near_items.near(_bare(about))
            yield "name", f"{about} is no mission and no item of the plan{_did_you_mean(near)}"

    def destination(self, name: str) -> Doubts:
        """A destination that the plan does not have."""
        known = {one.partition("/")[2] for one in self._places if one.startswith("place/")}
        if name and known and name not in known:
            yield (
                "name",
                f"the plan has no destination {name}{_did_you_mean(NearNames(known).near(name) or sorted(known)[:3])}",
            )

    def run_out(self, until_utc: datetime) -> Doubts:
        """A term that is over before it is recorded."""
        if until_utc <= self._now_utc:
            yield "when", f"it has run out already, at {format_utc(until_utc)}"


def _bare(item_id: str) -> str:
    return item_id.removeprefix("cargo/")


def _figure(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _did_you_mean(near: Any) -> str:
    return f": did you mean {' or '.join(near)}?" if near else ""


def _stated_utc(record: Any) -> datetime | None:
    """The instant that a row states; None where it states none."""
    at: datetime | None = getattr(record, "at_utc", None)
    day = getattr(record, "date", None)
    if at is not None or not isinstance(day, str):
        return at
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:  # the judge of the row names it
        return None


def _order(known: Yardstick, row: Any) -> Doubts:
    yield from known.item(row.item_id)
    yield from known.figures(row, exact=True)
    yield from known.firm(row.supplier)


def _receipt(known: Yardstick, row: Any) -> Doubts:
    if row.where:
        yield from known.place(row.where)
        yield from known.figures(row, exact=False)
        yield from known.firm(row.taker)


def _partner(known: Yardstick, row: Any) -> Doubts:
    yield from known.firm(row.party)
    yield from known.run_out(row.valid_until_utc)


_DOUBTS: Mapping[str, Callable[[Yardstick, Any], Doubts]] = {
    "orders": _order,
    "receipts": _receipt,
    "counts": lambda known, row: known.figures(row, exact=False),
    "invoices": lambda known, row: known.mission(row.mission_id),
    "budget": lambda known, row: known.destination(row.destination),
    "complaints": lambda known, row: known.concern(row.about),
    "partners": _partner,
}
