"""A year of cargo's life, as it would be stored: items ordered, counted, sealed, packed, handed over, damaged."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.log import open_operations
from supercargo.track.cargo.steps import (
    CheckSeal,
    HandOver,
    Inspect,
    Order,
    Pack,
    Receive,
    Register,
    ReportDamage,
    Seal,
    Step,
    Unload,
    Unseal,
)
from supercargo.track.envelope import Draft, Recorded

__all__ = ["EVENTS_EACH", "containers", "item_named", "year_of_cargo"]

EVENTS_EACH = 21
"""Events in the life of an item: 20 steps, and the non-conformance that its damage opens."""

_MARK = "Q7MARK7Q"
_PLACE = "facility/BENCH"

_CONTAINERS = (
    ("container/SHIP", "vehicle", _PLACE),
    ("container/SHIP/A", "bay", "container/SHIP"),
    ("container/BAG", "bag", "container/SHIP/A"),
)


def containers(at: datetime) -> tuple[Step, ...]:
    """A spacecraft, its bay, and in it the bag that items are packed into."""
    return tuple(
        Register(
            command_id=f"bench:{thing}", thing=thing, sort=sort, where=where, custodian="Ops", by="scanner", at_utc=at
        )
        for thing, sort, where in _CONTAINERS
    )  # fmt: skip


def item_named(number: int) -> str:
    """The item of a number, as `year_of_cargo` names it."""
    return f"R{number:07d}"


def _life(at: datetime) -> Iterator[Step]:
    """What happens to one item, a minute after the other."""
    number = iter(range(100))

    def said(**more: Any) -> dict[str, Any]:
        count = next(number)
        given = {"command_id": f"{_MARK}.{count}", "thing": f"cargo/{_MARK}", "by": "scanner"}
        return {**given, "at_utc": at + timedelta(minutes=count), **more}

    yield Order(**said(customer="ESA", supplier="Acme", order_no="PO-17", pieces=2.0, mass_kg=3.25))
    yield Receive(**said(where=_PLACE, taker="Ops", pieces=2.0, mass_kg=3.25))
    yield Inspect(**said(mass_kg=3.25, note="looked at and weighed"))
    yield Seal(**said(number=f"S-{_MARK}"))
    yield CheckSeal(**said(number=f"S-{_MARK}", found="intact", seen=f"S-{_MARK}"))
    yield Unseal(**said(number=f"S-{_MARK}"))
    yield HandOver(**said(giver="Ops", taker="Lab"))
    yield HandOver(**said(giver="Lab", taker="Ops"))
    for _ in range(5):
        yield Pack(**said(where="container/BAG", note="packed"))
        yield Unload(**said(where=_PLACE))
    yield ReportDamage(**said(note="a corner is dented"))
    yield Pack(**said(where="container/BAG"))


def _judged(at: datetime) -> tuple[Recorded, ...]:
    """The containers and one item's life as they are judged and stored in a log of their own."""
    with tempfile.TemporaryDirectory(prefix="supercargo-year-") as folder:
        place = str(Path(folder) / "one.sqlite")
        with open_operations(place, lambda: at + timedelta(days=1)) as store:
            record_cargo(containers(at), store)
            record_cargo(tuple(_life(at + timedelta(hours=1))), store)
            return store.since(0)


def year_of_cargo(events: int, at: datetime) -> Iterator[Draft]:
    """Drafts of so many events: items that live the same life one beside the other, twenty-one events each."""
    stored = _judged(at)
    once, life = stored[: len(_CONTAINERS)], stored[len(_CONTAINERS) :]
    yield from islice(map(_draft, once), events)
    told = [(event, json.dumps(event.body)) for event in life]
    left = max(0, events - len(once))
    for number in range(-(-left // len(told))):
        name = item_named(number)
        for event, body in told[: left - number * len(told)]:
            again = replace(
                _draft(event), event_id=event.event_id.replace(_MARK, name), stream=event.stream.replace(_MARK, name),
                body=json.loads(body.replace(_MARK, name)),
            )  # fmt: skip
            yield again


def _draft(event: Recorded) -> Draft:
    return Draft(
        event_id=event.event_id, stream=event.stream, kind=event.kind, body=event.body, occurred_utc=event.occurred_utc,
        by=event.by, tenant=event.tenant,
    )  # fmt: skip
