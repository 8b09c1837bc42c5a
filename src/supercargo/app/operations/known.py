"""Names and instants that a released plan makes impossible: refused when they are told, with what is near them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from supercargo.kernel import Refused, format_utc
from supercargo.track.acts import Act
from supercargo.track.event_store import EventStore, View
from supercargo.track.missions.phases import PHASES

__all__ = [
    "Dated",
    "asset_known",
    "customer_known",
    "earliest_utc",
    "not_absurdly_early",
    "not_before_release",
    "objects_known",
    "too_early",
]

_EARLIEST_D = 5 * 365.25


class Dated(Protocol):
    """Something that is stated to have happened at an instant."""

    @property
    def at_utc(self) -> datetime:
        """When."""


def _missions(view: View) -> list[dict[str, str]]:
    return [dict(row) for phase in PHASES for row in view.find("missions", "phase", phase)]


def _near(word: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5) or names[:5]
    return f"use one of: {', '.join(near)}{', ...' if len(names) > len(near) else ''}"


def asset_known(view: View, asset: str) -> None:
    """Refuse a tail, pad or facility that no mission of a released plan uses; without such a plan all pass."""
    rows = _missions(view)
    known = {f"tail/{row['vehicle_id']}" for row in rows} | {f"pad/{row['pad']}" for row in rows}
    known |= {f"facility/{row['facility_id']}" for row in rows if row["facility_id"]}
    if rows and asset not in known:
        raise Refused(f"no mission of a released plan uses {asset}", fix=_near(asset, known), where=f"asset/{asset}")


def objects_known(view: View, objects: Iterable[str], where: str) -> None:
    """Refuse objects that are named as missions are and are none of them, nor cargo; without a released plan all pass."""
    known = {row["mission_id"] for row in _missions(view)}
    stems = {name.rstrip("0123456789") for name in known}
    for name in objects:
        alike = name.rstrip("0123456789") in stems and name[-1:].isdigit()
        if alike and name not in known and view.get("unit", (f"cargo/{name}",)) is None:
            raise Refused(f"no mission {name} is open", fix=_near(name, known), where=where)


def customer_known(view: View, customer: str, where: str) -> None:
    """Refuse a customer that no contract of a released plan names; without a contract all pass."""
    rows = [row for state in ("open", "settled") for row in view.find("contracts", "state", state)]
    promises = (row for one in rows for row in view.find("promises", "contract_id", str(one["contract_id"])))
    known: set[str] = set()
    for row in chain(rows, promises):  # the first that names the customer ends it: there are thousands of promises
        if row["customer"] == customer:
            return
        known.add(str(row["customer"]))
    if known:
        raise Refused(f"no contract of a released plan is with {customer}", fix=_near(customer, known), where=where)


def not_before_release(store: EventStore, stream: str, act: Act) -> None:
    """Refuse an act on a thing before the plan that opened it was released."""
    for event in store.stream(stream)[:1]:
        if act.at_utc < event.occurred_utc:
            what = f"it was opened by the release at {format_utc(event.occurred_utc)}, the act is stated before that"
            raise Refused(what, fix="state when it happened, after the release", where=stream)


def earliest_utc(store: EventStore) -> datetime | None:
    """Five years before the first event of the store, before which nothing is told; None for an empty store."""
    for event in store.since(0, limit=1):
        return event.occurred_utc - timedelta(days=_EARLIEST_D)
    return None


def not_absurdly_early(store: EventStore, act: Dated) -> None:
    """Refuse what is stated more than five years before the first event of the store."""
    earliest = earliest_utc(store)
    if earliest is not None and act.at_utc < earliest:
        raise Refused(too_early(act.at_utc), fix="check the year", where="at_utc")


def too_early(at_utc: datetime) -> str:
    """What is said of an instant that lies too far back."""
    return f"{format_utc(at_utc)} is more than five years before the first event of the store"
