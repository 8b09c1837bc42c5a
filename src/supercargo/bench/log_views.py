"""Events and views to measure a log with: cargo items that move from place to place, and where each of them is."""

from __future__ import annotations

from datetime import datetime

from supercargo.track.envelope import Draft, Recorded
from supercargo.track.event_store import View
from supercargo.track.views import Projection, ViewTable

__all__ = ["BENCH_VIEWS", "a_move"]

PLACES_COUNT = 400


def _project(event: Recorded, view: View) -> None:
    place = str(event.body["place"])
    row = view.get("whereabouts", (event.stream,))
    before = row["place"] if row else ""
    count = row["moves_count"] + 1 if row else 1
    view.put(
        "whereabouts",
        (event.stream,),
        {"stream": event.stream, "place": place, "before": before, "moves_count": count, "by": event.by, "at": event.position},
    )
    view.put(
        "history",
        (event.stream, f"{event.version:06d}"),
        {"stream": event.stream, "version": f"{event.version:06d}", "kind": event.kind, "place": place, "by": event.by},
    )
    total = view.get("arrivals", (place,))
    view.put("arrivals", (place,), {"place": place, "arrivals_count": total["arrivals_count"] + 1 if total else 1})


BENCH_VIEWS: tuple[Projection, ...] = (
    Projection(
        name="bench",
        tables=(
            ViewTable(
                name="whereabouts",
                key=("stream",),
                columns=("place", "before", "moves_count", "by", "at"),
                indexed=("place",),
            ),
            ViewTable(name="history", key=("stream", "version"), columns=("kind", "place", "by")),
            ViewTable(name="arrivals", key=("place",), columns=("arrivals_count",)),
        ),
        project=_project,
    ),
)
"""Where each item is (sought by place too), every step of its life, and arrivals by place."""


def a_move(number: int, at: datetime, *, items_count: int, event_id: str = "") -> Draft:
    """Event `number` of a year in which items take turns to move; about half a kilobyte as it is stored."""
    item = number % items_count
    place = (number * 7919 + item) % PLACES_COUNT
    return Draft(
        event_id=event_id or f"move-{number:07d}",
        stream=f"cargo/R{item:06d}",
        kind="moved",
        body={
            "place": f"bay/{place:03d}",
            "mass_kg": 2.5 + item % 40,
            "reason": "stowage",
            "procedure": f"STOW-{place % 31}",
            "step": number // items_count + 1,
            "note": "moved with its container; seal looked at and found whole",
        },
        occurred_utc=at,
        by=f"crew-{item % 6}",
        tenant=("ESA", "NASA", "JAXA", "")[item % 4],
    )
